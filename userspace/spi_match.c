// SPDX-License-Identifier: GPL-2.0
/*
 * natctl spi-match: the responder's half, for administrators of manual SAs
 */
#include "kernel_types.h"
#include <stdio.h>
#include <stdlib.h>
#include "json.h"
#include "natctl.h"
#include "spec.h"
#include "spi_match.h"
#include "../nf_conntrack_helpers/ipsec/spi_match.h"

/* RFC 4303 section 2.1 keeps those below for other purposes */
#define SPI_MIN 256

const char spi_match_usage[] =
	"natctl spi-match [PREDICATE] SPI\n"
	"\n"
	"Which SPIs a responder may choose for an initiator's SPI (0x... or decimal,\n"
	"from 256 on) where an esp service says spi-match, by crc16 or the predicate\n"
	"that is named: fold16.\n";

int spi_match_command(struct words *words)
{
	const struct ipsec_predicate *predicate =
		&ipsec_predicates[NF_ALG_PREDICATE_CRC16];
	int id = word_of(words_peek(words), spec_predicate,
			 __NF_ALG_PREDICATE_MAX);
	const char *word;
	unsigned long long spi;
	uint32_t low, high;
	char *end;
	int status;

	if (id > NF_ALG_PREDICATE_NONE) {
		predicate = &ipsec_predicates[id];
		words_next(words);
	}
	word = words_next(words);
	if (!word)
		return complain(USAGE, "spi-match: an SPI is missing");
	spi = strtoull(word, &end, 0);
	if (*end || word[0] == '-' || spi < SPI_MIN || spi > 0xffffffff)
		return complain(
			USAGE,
			"spi-match: \"%s\" is not an SPI: 0x00000100 to 0xffffffff",
			word);
	status = words_end(words, "spi-match");
	if (status)
		return status;

	low = (uint32_t)predicate->hash(spi) << 16;
	high = low | 0xffff;
	if (low < SPI_MIN)
		low = SPI_MIN;
	if (natctl.json) {
		json_object(NULL);
		json_string("predicate", predicate->name);
		json_number("initiator", spi);
		json_number("low", low);
		json_number("high", high);
		json_object_end();
		return DONE;
	}
	printf("initiator 0x%08x: responder 0x%08x to 0x%08x (%s)\n",
	       (unsigned int)spi, low, high, predicate->name);
	return DONE;
}
