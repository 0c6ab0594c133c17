/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_IOS_H
#define NATCTL_IOS_H

#include <stdbool.h>

/*
 * What a Cisco IOS configuration says of application-level gateways. Knows
 * nothing of the kernel and of files.
 */

/* A line that became a command of natctl's, or the reason why it did not */
struct ios_line {
	unsigned int number; /* in the file; 0: IOS does it without being told */
	char *text; /* as it stands in the file */
	char *command; /* "set ...", "# a remark", or NULL */
	char *reason; /* why there is no command, or NULL */
	unsigned int lines; /* how many it stands for */
};

struct ios_lines {
	struct ios_line *line;
	unsigned int count;
};

struct ios_config {
	struct ios_lines settings;
	struct ios_lines rules;
	struct ios_lines services;
	struct ios_lines explained;
	unsigned int lines; /* that are neither empty nor comments */
	unsigned int nat; /* of them about NAT itself */
	unsigned int other; /* of them about other things */

	/* While it is read */
	struct ios_entry *entries; /* rules, as they stand in the file */
	unsigned int entry_count;
	char list[256]; /* whose rules follow, "": none */
	bool extended;
	char banner[4]; /* what ends the banner that is read, "": none */
	bool macro;
};

/* What IOS does before a configuration says anything */
void ios_begin(struct ios_config *config);

/* Read line @number; @text is changed */
void ios_feed(struct ios_config *config, unsigned int number, char *text);

/* All lines were read: make the commands */
void ios_end(struct ios_config *config);

/* A command that cannot be used: it becomes a line with this reason */
void ios_refuse(struct ios_config *config, struct ios_lines *from,
		unsigned int index, const char *reason);

void ios_free(struct ios_config *config);

#endif /* NATCTL_IOS_H */
