// SPDX-License-Identifier: GPL-2.0
/*
 * natctl: what nf_nat_alg translates, and why it does not
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include "access_list.h"
#include "channel.h"
#include "clear.h"
#include "config.h"
#include "doctor.h"
#include "explain.h"
#include "import.h"
#include "metrics.h"
#include "monitor.h"
#include "natctl.h"
#include "option.h"
#include "service.h"
#include "show.h"
#include "spi_match.h"
#include "status.h"
#include "tunnel.h"
#include "words.h"

#define COLORED_MAX 1100
#define NETNS_FOLDER "/var/run/netns/"

struct natctl natctl = { .width = 80 };
const char *complain_where = "";
bool complain_silent;
char complain_said[512];

static const struct command {
	const char *name;
	int (*run)(struct words *words);
	const char *usage;
	const char *summary;
} commands[] = {
	{ "service", service_command, service_usage,
	  "ports on which a protocol is spoken" },
	{ "access-list", access_list_command, access_list_usage,
	  "which inside hosts may use a service" },
	{ "set", option_command, option_usage, "limits, timers, switches" },
	{ "save", save_command, save_usage, "print the configuration" },
	{ "apply", apply_command, apply_usage, "make it so" },
	{ "import", import_command, import_usage,
	  "commands from another router's configuration" },
	{ "tunnel", tunnel_command, tunnel_usage,
	  "IPsec tunnels of another router's" },
	{ "show", show_command, show_usage,
	  "translations, sessions, calls, counters" },
	{ "clear", clear_command, clear_usage, "end translations" },
	{ "monitor", monitor_command, monitor_usage, "events as they happen" },
	{ "spi-match", spi_match_command, spi_match_usage,
	  "a responder's SPIs, for manual SAs" },
	{ "doctor", doctor_command, doctor_usage,
	  "what is wrong, and what to do" },
	{ "metrics", metrics_command, metrics_usage, "figures for Prometheus" },
	{ "explain", explain_command, explain_usage,
	  "what a counter means, and what to do" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

int complain(int status, const char *format, ...)
{
	va_list args;

	if (complain_silent) {
		va_start(args, format);
		vsnprintf(complain_said, sizeof(complain_said), format, args);
		va_end(args);
		return status;
	}
	fflush(stdout);
	fprintf(stderr, "natctl: %s", complain_where);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

void warn(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "natctl: %swarning: ", complain_where);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

const char *colored(const char *text, const char *color)
{
	static char to[COLORED_MAX];

	if (!natctl.color)
		return text;
	snprintf(to, sizeof(to), "\033[%sm%s\033[0m", color, text);
	return to;
}

void *grow(void *old, unsigned long size)
{
	void *new = realloc(old, size);

	if (!new)
		exit(complain(REFUSED, "out of memory"));
	return new;
}

char *copy_string(const char *text)
{
	return strcpy(grow(NULL, strlen(text) + 1), text);
}

static const struct command *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; name && i < COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static void usage(FILE *file)
{
	unsigned int i;

	fputs("natctl [-j] [-p] [-n NETNS] [-c WHEN] OBJECT [COMMAND ...]\n"
	      "natctl                    what is going on\n"
	      "natctl help [OBJECT]      how to say it; also natctl OBJECT --help\n"
	      "\n",
	      file);
	for (i = 0; i < COMMANDS; i++)
		fprintf(file, "  %-12s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n"
	      "  -j, --json               for programs\n"
	      "  -p, --pretty             with -j: indented\n"
	      "  -n, --netns NAME         in a network namespace of ip netns\n"
	      "  -c, --color=WHEN         auto, always or never\n"
	      "      --version\n",
	      file);
}

static int help_command(struct words *words)
{
	const char *name = words_next(words);
	const struct command *command = find_command(name);

	if (!name) {
		usage(stdout);
		return DONE;
	}
	if (!command)
		return complain(USAGE, "help: there is no object \"%s\"", name);
	fputs(command->usage, stdout);
	return words_end(words, "help");
}

static int enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), NETNS_FOLDER "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(errno == EACCES ? NOT_PERMITTED : USAGE,
				"network namespace \"%s\": %s", name,
				errno == ENOENT ? "there is none of this name" :
						  strerror(errno));
	if (setns(fd, CLONE_NEWNET) < 0)
		return complain(
			errno == EPERM ? NOT_PERMITTED : USAGE,
			"network namespace \"%s\": %s", name,
			errno == EPERM ?
				"not permitted: it needs CAP_SYS_ADMIN (try sudo)" :
				strerror(errno));
	close(fd);
	return DONE;
}

static int set_color(const char *when)
{
	const char *terminal = getenv("TERM");

	if (!strcmp(when, "auto"))
		natctl.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") &&
			       terminal && strcmp(terminal, "dumb");
	else if (!strcmp(when, "always"))
		natctl.color = true;
	else if (!strcmp(when, "never"))
		natctl.color = false;
	else
		return complain(USAGE,
				"color: \"%s\" is not auto, always or never",
				when);
	return DONE;
}

static void set_width(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) &&
	    size.ws_col > natctl.width)
		natctl.width = size.ws_col;
}

/* The value of an option: behind '=', or the next word */
static const char *option_value(const char *option, const char *name,
				const char *letter, struct words *words)
{
	size_t length = strlen(name);

	if (!strncmp(option, name, length) && option[length] == '=')
		return option + length + 1;
	if (!strcmp(option, name) || !strcmp(option, letter))
		return words_next(words);
	if (!strncmp(option, letter, 2) && option[1] != '-' && option[2])
		return option[2] == '=' ? option + 3 : option + 2;
	return NULL;
}

static bool option_is(const char *option, const char *name, const char *letter)
{
	size_t length = strlen(name);

	return (!strncmp(option, name, length) &&
		(!option[length] || option[length] == '=')) ||
	       (option[1] != '-' && !strncmp(option, letter, 2));
}

/* Read the options in front of the command; @done if that was all */
static int read_options(struct words *words, bool *done)
{
	const char *option, *value;
	int status = DONE;

	while (!status && words_peek(words) && words_peek(words)[0] == '-') {
		option = words_next(words);
		if (!strcmp(option, "-j") || !strcmp(option, "--json")) {
			natctl.json = true;
		} else if (!strcmp(option, "-p") ||
			   !strcmp(option, "--pretty")) {
			natctl.pretty = true;
		} else if (!strcmp(option, "-jp") || !strcmp(option, "-pj")) {
			natctl.json = true;
			natctl.pretty = true;
		} else if (option_is(option, "--netns", "-n")) {
			value = option_value(option, "--netns", "-n", words);
			status =
				value ? enter_netns(value) :
					complain(USAGE, "-n needs a namespace");
		} else if (option_is(option, "--color", "-c")) {
			value = option_value(option, "--color", "-c", words);
			status =
				value ? set_color(value) :
					complain(
						USAGE,
						"-c needs auto, always or never");
		} else if (!strcmp(option, "--version") ||
			   !strcmp(option, "-V")) {
			puts("natctl " NATCTL_VERSION);
			*done = true;
			return DONE;
		} else if (!strcmp(option, "--help") || !strcmp(option, "-h")) {
			usage(stdout);
			*done = true;
			return DONE;
		} else {
			status = complain(
				USAGE,
				"there is no option \"%s\"; see natctl help",
				option);
		}
	}
	return status;
}

/* "natctl OBJECT --help", also behind more words */
static bool wants_help(const struct words *words)
{
	const char *last = words->next[words->left - 1];

	return !strcmp(last, "--help") || !strcmp(last, "-h");
}

int main(int argc, char **argv)
{
	struct words words = { argc - 1, argv + 1 };
	const struct command *command;
	char typed[200];
	bool done = false;
	int status;

	set_color("auto");
	set_width();
	status = read_options(&words, &done);
	if (status || done)
		return status;
	words_join(&words, typed, sizeof(typed));
	channel_command = typed;

	if (!words_peek(&words)) {
		status = status_command();
	} else if (words_take(&words, "help")) {
		status = help_command(&words);
	} else {
		command = find_command(words_peek(&words));
		if (command && wants_help(&words)) {
			fputs(command->usage, stdout);
		} else if (command) {
			words_next(&words);
			status = command->run(&words);
		} else {
			status = complain(
				USAGE,
				"there is no object \"%s\"; see natctl help",
				words_peek(&words));
		}
	}
	if (fflush(stdout) || ferror(stdout))
		return complain(REFUSED, "output: %s", strerror(errno));
	return status;
}
