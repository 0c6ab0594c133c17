/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_WORDS_H
#define NATCTL_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

/* The words of a command that are not yet read */
struct words {
	int left;
	char **next;
};

/* An address of either family */
struct address {
	int family; /* AF_INET, AF_INET6 or AF_UNSPEC */
	unsigned int len;
	uint8_t bytes[16];
};

/* The next word without reading it, or NULL */
const char *words_peek(const struct words *words);

/* The next word, or NULL */
const char *words_next(struct words *words);

/* Read the next word if it is this one */
bool words_take(struct words *words, const char *word);

/* All words must have been read: DONE, or USAGE with a complaint */
int words_end(const struct words *words, const char *command);

/* The words as they were typed, in @text */
void words_join(const struct words *words, char *text, size_t size);

/* Readers of a word. Each returns true, or false if the word is not one */
bool word_number(const char *word, uint32_t low, uint32_t high,
		 uint32_t *number);
bool word_port(const char *word, uint16_t *port);
bool word_address(const char *word, struct address *address);
bool word_transport(const char *word, uint8_t *transport);

/* A name's place in a table of @count names of which some are NULL, or -1 */
int word_of(const char *word, const char *const *table, int count);

const char *transport_name(uint8_t transport);

/* An address as text, in a buffer that the next call but three overwrites */
const char *address_text(const struct address *address);

#endif /* NATCTL_WORDS_H */
