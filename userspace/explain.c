// SPDX-License-Identifier: GPL-2.0
/*
 * natctl explain: what a reason means; needs no module
 */
#include <stdio.h>
#include <string.h>
#include "explain.h"
#include "json.h"
#include "natctl.h"
#include "spec.h"

const char explain_usage[] =
	"natctl explain           all reasons\n"
	"natctl explain REASON    the sentence behind a counter, and what to do\n";

void print_wrapped(const char *text, unsigned int at, const char *indent,
		   unsigned int width)
{
	unsigned int start = at, length;

	text += strspn(text, " ");
	while (*text) {
		length = strcspn(text, " ");
		if (at > start && at + 1 + length > width) {
			printf("\n%s", indent);
			at = start = strlen(indent);
		}
		if (at > start)
			at += printf(" ");
		at += printf("%.*s", (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
	putchar('\n');
}

#define INDENT "    "

static void explain(const struct spec_reason *reason)
{
	if (natctl.json) {
		json_object(NULL);
		json_string(spec_reason_attr[NF_ALG_A_REASON_NAME],
			    reason->name);
		json_string("sentence", reason->sentence);
		json_string("advice", reason->advice);
		json_object_end();
		return;
	}
	puts(colored(reason->name, "1"));
	print_wrapped(reason->sentence, printf(INDENT), INDENT, natctl.width);
	print_wrapped(reason->advice, printf(INDENT), INDENT, natctl.width);
}

int explain_command(struct words *words)
{
	const char *name = words_next(words);
	int status;
	int i;

	status = words_end(words, "explain");
	if (status)
		return status;
	if (!name && natctl.json)
		json_array(NULL);
	for (i = NF_ALG_REASON_NONE + 1; i < __NF_ALG_REASON_MAX; i++) {
		if (name && strcmp(name, spec_reason[i].name))
			continue;
		explain(&spec_reason[i]);
		if (name)
			return DONE;
	}
	if (!name && natctl.json)
		json_array_end();
	return name ? complain(
			      USAGE,
			      "explain: there is no reason \"%s\"; natctl explain lists them",
			      name) :
		      DONE;
}
