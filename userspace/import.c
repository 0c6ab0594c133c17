// SPDX-License-Identifier: GPL-2.0
/*
 * natctl import: another router's configuration as commands; needs no module
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "access_list.h"
#include "config.h"
#include "explain.h"
#include "import.h"
#include "ios.h"
#include "json.h"
#include "natctl.h"

const char import_usage[] =
	"natctl import ios {FILE | -}\n"
	"\n"
	"Reads a Cisco IOS configuration, as \"show running-config\" prints it, and\n"
	"prints a configuration for natctl apply: \"ip nat service\" and access lists.\n"
	"What cannot be said with natctl is listed as comments, with the reason.\n";

#define INDENT "#     "

/* A comment that goes on in the next line; it is for a file, not for a screen */
static void print_comment(const char *first, const char *indent,
			  const char *text)
{
	print_wrapped(text, printf("%s", first), indent, 80);
}

/* What natctl would not take becomes a comment */
static void check_lines(struct ios_config *config, struct ios_lines *lines,
			struct config *checked)
{
	unsigned int i = 0;

	while (i < lines->count) {
		if (!config_line(checked, lines->line[i].command))
			i++;
		else
			ios_refuse(config, lines, i, complain_said);
	}
}

/* Networks as natctl writes them: 10.0.0.0/8 */
static void natural_rules(struct ios_lines *rules)
{
	struct words words;
	char *word[8], *copy;
	struct rule rule;
	unsigned int i;

	for (i = 0; i < rules->count; i++) {
		if (rules->line[i].command[0] == '#')
			continue;
		copy = copy_string(rules->line[i].command);
		words = (struct words){ 0, word };
		for (word[0] = strtok(copy, " ");
		     word[words.left] && words.left < 7;
		     word[words.left] = strtok(NULL, " "))
			words.left++;
		words_take(&words, "access-list");
		words_take(&words, "add");
		if (!rule_parse(&words, &rule)) {
			free(rules->line[i].command);
			rules->line[i].command = copy_string(rule_text(&rule));
		}
		free(copy);
	}
}

static int compare_lines(const void *a, const void *b)
{
	const struct ios_line *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static unsigned int count_lines(const struct ios_lines *lines)
{
	unsigned int i, count = 0;

	for (i = 0; i < lines->count; i++)
		count += lines->line[i].number ? lines->line[i].lines : 0;
	return count;
}

static void print_commands(const struct ios_lines *lines)
{
	const struct ios_line *line;
	unsigned int i;

	for (i = 0; i < lines->count; i++) {
		line = &lines->line[i];
		if (line->command[0] == '#')
			print_comment("# ", "# ", line->command + 1);
		else
			puts(line->command);
	}
}

static void print_services(const struct ios_lines *services)
{
	unsigned int i, count = 0;

	for (i = 0; i < services->count; i++)
		if (!services->line[i].number && !count++)
			puts("# On by default on IOS:");
	for (i = 0; i < services->count; i++)
		if (!services->line[i].number)
			puts(services->line[i].command);
	for (count = 0, i = 0; i < services->count; i++)
		if (services->line[i].number && !count++)
			puts("# As configured:");
	for (i = 0; i < services->count; i++)
		if (services->line[i].number)
			puts(services->line[i].command);
}

static void print_explained(const struct ios_lines *explained)
{
	const struct ios_line *line;
	char first[24];
	unsigned int i;

	if (!explained->count)
		return;
	puts("\n# Without a command:");
	for (i = 0; i < explained->count; i++) {
		line = &explained->line[i];
		snprintf(first, sizeof(first), "# line %u: ", line->number);
		print_comment(first, INDENT, line->text);
		print_comment(INDENT, INDENT, line->reason);
	}
}

static void print_config(const struct ios_config *config, const char *name)
{
	unsigned int commands = count_lines(&config->settings) +
				count_lines(&config->rules) +
				count_lines(&config->services);
	char text[512];

	snprintf(
		text, sizeof(text),
		"Made of %s by natctl import ios. Lines: %u (%u became commands or remarks, %u are explained below, %u are about other things, %u about NAT itself%s).",
		name, config->lines, commands, count_lines(&config->explained),
		config->other, config->nat,
		config->nat ?
			", which is the firewall's: natctl doctor says whether it is there" :
			"");
	print_comment("# ", "# ", text);
	if (config->settings.count)
		putchar('\n');
	print_commands(&config->settings);
	if (config->rules.count)
		putchar('\n');
	print_commands(&config->rules);
	if (config->services.count)
		putchar('\n');
	print_services(&config->services);
	print_explained(&config->explained);
}

static void json_lines(const struct ios_lines *lines)
{
	const struct ios_line *line;
	unsigned int i;

	for (i = 0; i < lines->count; i++) {
		line = &lines->line[i];
		if (line->command && line->command[0] == '#')
			continue;
		json_object(NULL);
		if (line->command)
			json_string("command", line->command);
		if (line->number) {
			json_number("line", line->number);
			json_number("lines", line->lines);
			json_string("text", line->text);
		}
		if (line->reason)
			json_string("reason", line->reason);
		json_object_end();
	}
}

static void json_config(const struct ios_config *config)
{
	json_object(NULL);
	json_array("commands");
	json_lines(&config->settings);
	json_lines(&config->rules);
	json_lines(&config->services);
	json_array_end();
	json_array("explained");
	json_lines(&config->explained);
	json_array_end();
	json_number("lines", config->lines);
	json_number("nat", config->nat);
	json_number("other", config->other);
	json_object_end();
}

/* A name that can stand in a comment */
static const char *shown_name(const char *name)
{
	static char shown[128];
	unsigned int i;

	snprintf(shown, sizeof(shown), "%s", name);
	for (i = 0; shown[i]; i++)
		if ((unsigned char)shown[i] < 0x20 || shown[i] == 0x7f)
			shown[i] = '?';
	return shown;
}

static int import_ios(FILE *file, const char *name)
{
	struct config *checked = config_new();
	struct ios_config config;
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;

	ios_begin(&config);
	while (getline(&line, &size, file) >= 0)
		ios_feed(&config, ++number, line);
	free(line);
	if (ferror(file)) {
		config_delete(checked);
		ios_free(&config);
		return complain(USAGE, "import: %s: %s", name, strerror(errno));
	}

	complain_silent = true;
	check_lines(&config, &config.settings, checked);
	check_lines(&config, &config.services, checked);
	/* What a rule means depends on the services that are left */
	ios_end(&config);
	check_lines(&config, &config.rules, checked);
	complain_silent = false;
	natural_rules(&config.rules);
	if (config.explained.count)
		qsort(config.explained.line, config.explained.count,
		      sizeof(config.explained.line[0]), compare_lines);
	if (natctl.json)
		json_config(&config);
	else
		print_config(&config, shown_name(name));
	config_delete(checked);
	ios_free(&config);
	return DONE;
}

int import_command(struct words *words)
{
	const char *name;
	FILE *file;
	int status;

	if (!words_take(words, "ios"))
		return complain(USAGE,
				words_peek(words) ?
					"import: \"%s\" is not known: ios" :
					"import: of what kind? ios",
				words_peek(words));
	status = config_open(words, "import", &file, &name);
	if (status)
		return status;
	status = import_ios(file, name);
	if (file != stdin)
		fclose(file);
	return status;
}
