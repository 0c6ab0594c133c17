/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_IOS_READING_H
#define NF_ALG_TEST_IOS_READING_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "natctl_tool.h"
#include "../../userspace/ios.h"

/* Read a whole configuration, as natctl import does */
static void ios_read(struct ios_config *config, const char *text, size_t size)
{
	unsigned int number = 0;
	const char *end = text + size;
	size_t length;
	char *line;

	ios_begin(config);
	while (text < end) {
		const char *newline = memchr(text, '\n', end - text);

		length = (newline ? newline + 1 : end) - text;
		line = grow(NULL, length + 1);
		memcpy(line, text, length);
		line[length] = '\0';
		ios_feed(config, ++number, line);
		free(line);
		text += length;
	}
	ios_end(config);
}

static unsigned int ios_count(const struct ios_lines *lines)
{
	unsigned int i, count = 0;

	for (i = 0; i < lines->count; i++)
		count += lines->line[i].number ? lines->line[i].lines : 0;
	return count;
}

/* Every line became a command, has a reason, or is somebody else's; what is
 * printed keeps to its line
 */
static bool ios_whole(const struct ios_config *config)
{
	const struct ios_lines *all[] = { &config->settings, &config->rules,
					  &config->services,
					  &config->explained };
	unsigned int i, j, count = config->nat + config->other;

	for (i = 0; i < 4; i++) {
		count += ios_count(all[i]);
		for (j = 0; j < all[i]->count; j++) {
			const struct ios_line *line = &all[i]->line[j];
			const char *said = i == 3 ? line->reason :
						    line->command;

			if (!said || (!line->command == !line->reason) ||
			    strpbrk(said, "\n\r\033") ||
			    strpbrk(line->text, "\n\r\033"))
				return false;
		}
	}
	return count == config->lines;
}

#endif
