// SPDX-License-Identifier: GPL-2.0
/*
 * JSON on stdout
 */
#include <inttypes.h>
#include <stdio.h>
#include "json.h"
#include "natctl.h"

static int depth;
static bool first = true; /* nothing stands before at this depth */

static void json_indent(void)
{
	if (natctl.pretty)
		printf("\n%*s", 4 * depth, "");
}

static void json_text(const char *text)
{
	const unsigned char *c;

	putchar('"');
	for (c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < 0x20 || *c > 0x7e)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void json_begin(const char *key)
{
	if (!first)
		putchar(',');
	if (depth)
		json_indent();
	first = false;
	if (key) {
		json_text(key);
		fputs(natctl.pretty ? ": " : ":", stdout);
	}
}

static void json_open(const char *key, char bracket)
{
	json_begin(key);
	putchar(bracket);
	depth++;
	first = true;
}

static void json_close(char bracket)
{
	depth--;
	if (!first)
		json_indent();
	putchar(bracket);
	first = false;
	if (!depth) {
		putchar('\n');
		first = true;
	}
}

void json_object(const char *key)
{
	json_open(key, '{');
}

void json_object_end(void)
{
	json_close('}');
}

void json_array(const char *key)
{
	json_open(key, '[');
}

void json_array_end(void)
{
	json_close(']');
}

void json_string(const char *key, const char *text)
{
	json_begin(key);
	json_text(text);
}

void json_number(const char *key, uint64_t number)
{
	json_begin(key);
	printf("%" PRIu64, number);
}

void json_bool(const char *key, bool value)
{
	json_begin(key);
	fputs(value ? "true" : "false", stdout);
}
