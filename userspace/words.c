// SPDX-License-Identifier: GPL-2.0
/*
 * Words of commands
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "natctl.h"
#include "words.h"

const char *words_peek(const struct words *words)
{
	return words->left > 0 ? words->next[0] : NULL;
}

const char *words_next(struct words *words)
{
	if (words->left <= 0)
		return NULL;
	words->left--;
	return *words->next++;
}

bool words_take(struct words *words, const char *word)
{
	const char *next = words_peek(words);

	if (!next || strcmp(next, word))
		return false;
	words_next(words);
	return true;
}

int words_end(const struct words *words, const char *command)
{
	if (!words->left)
		return DONE;
	return complain(USAGE, "%s: what does \"%s\" mean? See natctl help",
			command, words->next[0]);
}

void words_join(const struct words *words, char *text, size_t size)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < words->left && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s", i ? " " : "",
				 words->next[i]);
}

bool word_number(const char *word, uint32_t low, uint32_t high,
		 uint32_t *number)
{
	unsigned long value;
	char *end;

	if (!word || word[0] < '0' || word[0] > '9')
		return false;
	value = strtoul(word, &end, 10);
	if (*end || end - word > 10 || value < low || value > high)
		return false;
	*number = value;
	return true;
}

bool word_port(const char *word, uint16_t *port)
{
	uint32_t number;

	if (!word_number(word, 1, 65535, &number))
		return false;
	*port = number;
	return true;
}

bool word_address(const char *word, struct address *address)
{
	memset(address, 0, sizeof(*address));
	if (!word)
		return false;
	if (inet_pton(AF_INET, word, address->bytes) == 1) {
		address->family = AF_INET;
		address->len = 4;
		return true;
	}
	if (inet_pton(AF_INET6, word, address->bytes) == 1) {
		address->family = AF_INET6;
		address->len = 16;
		return true;
	}
	return false;
}

static const struct {
	const char *name;
	uint8_t number;
} transports[] = {
	{ "tcp", IPPROTO_TCP },	  { "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP }, { "icmpv6", IPPROTO_ICMPV6 },
	{ "esp", IPPROTO_ESP },	  { "gre", IPPROTO_GRE },
	{ "sctp", IPPROTO_SCTP }, { "udplite", IPPROTO_UDPLITE },
};

bool word_transport(const char *word, uint8_t *transport)
{
	unsigned int i;

	for (i = 0; word && i < 2; i++) {
		if (!strcmp(word, transports[i].name)) {
			*transport = transports[i].number;
			return true;
		}
	}
	return false;
}

const char *transport_name(uint8_t transport)
{
	static char number[8];
	unsigned int i;

	for (i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (transports[i].number == transport)
			return transports[i].name;
	snprintf(number, sizeof(number), "%u", transport);
	return number;
}

int word_of(const char *word, const char *const *table, int count)
{
	int i;

	for (i = 0; word && i < count; i++)
		if (table[i] && !strcmp(table[i], word))
			return i;
	return -1;
}

const char *address_text(const struct address *address)
{
	static char text[4][INET6_ADDRSTRLEN];
	static unsigned int turn;
	char *to = text[turn++ % 4];

	if (!inet_ntop(address->family, address->bytes, to, sizeof(text[0])))
		strcpy(to, "?");
	return to;
}
