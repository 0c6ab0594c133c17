// SPDX-License-Identifier: GPL-2.0
/*
 * natctl tunnel: IPsec tunnels of another router's, put in and forgotten
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include "channel.h"
#include "natctl.h"
#include "spec.h"
#include "tunnel.h"

const char tunnel_usage[] =
	"natctl tunnel add inside LOCAL-IP global GLOBAL-IP gateway IP zone N\n"
	"                  [user-zone N] [vrf NAME] [idle SECONDS] [ahead N]\n"
	"                  [latest SPI] [out SPI]...\n"
	"                  [in SPI [by EVIDENCE] [tentative]]... [cookie HEX]...\n"
	"natctl tunnel delete inside LOCAL-IP gateway IP [user-zone N] [vrf NAME]\n"
	"\n"
	"What save --state prints are such lines. latest is the SPI that the inside\n"
	"host sends, if the gateway has answered it.\n";

#define AHEAD_MAX 2

static struct tunnel_spi *add_spi(struct tunnel *tunnel)
{
	if (!(tunnel->spis & (tunnel->spis - 1)))
		tunnel->spi =
			grow(tunnel->spi,
			     sizeof(*tunnel->spi) *
				     (tunnel->spis ? 2 * tunnel->spis : 1));
	memset(&tunnel->spi[tunnel->spis], 0, sizeof(*tunnel->spi));
	return &tunnel->spi[tunnel->spis++];
}

static void add_cookie(struct tunnel *tunnel, uint64_t cookie)
{
	if (!(tunnel->cookies & (tunnel->cookies - 1)))
		tunnel->cookie = grow(
			tunnel->cookie,
			sizeof(*tunnel->cookie) *
				(tunnel->cookies ? 2 * tunnel->cookies : 1));
	tunnel->cookie[tunnel->cookies++] = cookie;
}

void tunnel_free(struct tunnel *tunnel)
{
	free(tunnel->spi);
	free(tunnel->cookie);
	tunnel->spi = NULL;
	tunnel->cookie = NULL;
}

/* Readers of the word behind a keyword: DONE or a complaint */

static int read_address(struct words *words, const char *what,
			struct endpoint *endpoint)
{
	const char *word = words_next(words);

	if (word_address(word, &endpoint->address))
		return DONE;
	return complain(USAGE, "tunnel: %s: \"%s\" is not an address", what,
			word ?: "");
}

static int read_number(struct words *words, const char *what, uint32_t low,
		       uint32_t high, uint32_t *number)
{
	const char *word = words_next(words);

	if (word_number(word, low, high, number))
		return DONE;
	return complain(USAGE, "tunnel: %s: \"%s\" is not a number: %u to %u",
			what, word ?: "", low, high);
}

static bool word_hexadecimal(const char *word, uint64_t high, uint64_t *value)
{
	char *end;

	if (!word || strncmp(word, "0x", 2) || !word[2] ||
	    strlen(word) > 2 + 2 * sizeof(*value) ||
	    strspn(word + 2, "0123456789abcdefABCDEF") != strlen(word + 2))
		return false;
	*value = strtoull(word, &end, 16);
	return *value && *value <= high;
}

static int read_spi(struct words *words, const char *what, uint32_t *spi)
{
	const char *word = words_next(words);
	uint64_t value;

	if (!word_hexadecimal(word, 0xffffffff, &value))
		return complain(
			USAGE,
			"tunnel: %s: \"%s\" is not an SPI: 0x1 to 0xffffffff",
			what, word ?: "");
	*spi = value;
	return DONE;
}

static int read_spi_in(struct words *words, struct tunnel *tunnel)
{
	struct tunnel_spi *spi = add_spi(tunnel);
	const char *word;
	int status, evidence;

	spi->inbound = true;
	spi->firm = true;
	spi->evidence = NF_ALG_EVIDENCE_RESTORED;
	status = read_spi(words, "in", &spi->spi);
	if (status)
		return status;
	if (words_take(words, "by")) {
		word = words_next(words);
		evidence = word_of(word, spec_evidence, __NF_ALG_EVIDENCE_MAX);
		if (evidence < 0)
			return complain(
				USAGE,
				"tunnel: by: there is no evidence \"%s\"",
				word ?: "");
		spi->evidence = evidence;
	}
	if (words_take(words, "tentative"))
		spi->firm = false;
	return DONE;
}

static int read_spi_out(struct words *words, struct tunnel *tunnel, bool latest)
{
	struct tunnel_spi *spi;

	if (latest && tunnel->latest)
		return complain(USAGE, "tunnel: there is one latest SPI");
	spi = add_spi(tunnel);
	spi->evidence = NF_ALG_EVIDENCE_SENT;
	if (!latest)
		return read_spi(words, "out", &spi->spi);
	if (read_spi(words, "latest", &spi->spi))
		return USAGE;
	tunnel->latest = spi->spi;
	return DONE;
}

static int read_vrf(struct words *words, struct tunnel *tunnel)
{
	const char *name = words_next(words);

	tunnel->vrf = name ? if_nametoindex(name) : 0;
	if (tunnel->vrf)
		return DONE;
	if (!name)
		return complain(USAGE, "tunnel: vrf needs a name");
	return complain(USAGE,
			"tunnel: there is no device \"%s\" in this namespace",
			name);
}

/* Words that say which tunnel; @known: there was such a word */
static int read_key(struct words *words, struct tunnel *tunnel, bool *known)
{
	uint32_t number;
	int status;

	*known = true;
	if (words_take(words, "inside"))
		return read_address(words, "inside", &tunnel->inside);
	if (words_take(words, "gateway"))
		return read_address(words, "gateway", &tunnel->gateway);
	if (words_take(words, "vrf"))
		return read_vrf(words, tunnel);
	if (words_take(words, "user-zone")) {
		status = read_number(words, "user-zone", 1, 65535, &number);
		tunnel->user_zone = status ? 0 : number;
		return status;
	}
	*known = false;
	return DONE;
}

/* And those that say what it has */
static int read_content(struct words *words, struct tunnel *tunnel, bool *known)
{
	uint64_t cookie;
	uint32_t number;
	int status;

	*known = true;
	if (words_take(words, "global"))
		return read_address(words, "global", &tunnel->global);
	if (words_take(words, "zone")) {
		status = read_number(words, "zone", 1, 65535, &number);
		tunnel->zone = status ? 0 : number;
		return status;
	}
	if (words_take(words, "idle"))
		return read_number(words, "idle", 0, UINT32_MAX, &tunnel->idle);
	if (words_take(words, "ahead")) {
		status = read_number(words, "ahead", 0, AHEAD_MAX, &number);
		tunnel->ahead = status ? 0 : number;
		return status;
	}
	if (words_take(words, "in"))
		return read_spi_in(words, tunnel);
	if (words_take(words, "out"))
		return read_spi_out(words, tunnel, false);
	if (words_take(words, "latest"))
		return read_spi_out(words, tunnel, true);
	if (words_take(words, "cookie")) {
		const char *word = words_next(words);

		if (!word_hexadecimal(word, UINT64_MAX, &cookie))
			return complain(
				USAGE,
				"tunnel: \"%s\" is not a cookie: 0x1 to 0xffffffffffffffff",
				word ?: "");
		add_cookie(tunnel, cookie);
		return DONE;
	}
	*known = false;
	return DONE;
}

static int require(const struct endpoint *endpoint, const char *what)
{
	if (endpoint->address.family != AF_UNSPEC)
		return DONE;
	return complain(USAGE, "tunnel: \"%s IP\" is missing", what);
}

static int parse(struct words *words, struct tunnel *tunnel, bool content)
{
	int status = DONE;
	bool known = true;

	memset(tunnel, 0, sizeof(*tunnel));
	while (!status && known && words_peek(words)) {
		status = read_key(words, tunnel, &known);
		if (!status && !known && content)
			status = read_content(words, tunnel, &known);
	}
	if (!status)
		status = words_end(words, "tunnel");
	if (!status)
		status = require(&tunnel->inside, "inside");
	if (!status && content)
		status = require(&tunnel->global, "global");
	if (!status)
		status = require(&tunnel->gateway, "gateway");
	if (!status && content && !tunnel->zone)
		status = complain(USAGE, "tunnel: \"zone N\" is missing");
	return status;
}

int tunnel_parse(struct words *words, struct tunnel *tunnel)
{
	return parse(words, tunnel, true);
}

static uint64_t number_of(const struct nlattr *const *tb, int attr)
{
	return tb[attr] ? attribute_number(tb[attr]) : 0;
}

static void read_spi_nest(const struct nlattr *nest, struct tunnel *tunnel)
{
	const struct nlattr *tb[NF_ALG_A_SPI_MAX + 1];
	struct tunnel_spi *spi = add_spi(tunnel);

	nested_attributes(nest, tb, NF_ALG_A_SPI_MAX);
	spi->spi = number_of(tb, NF_ALG_A_SPI_SPI);
	spi->inbound = number_of(tb, NF_ALG_A_SPI_INBOUND);
	spi->evidence = number_of(tb, NF_ALG_A_SPI_EVIDENCE);
	spi->firm = number_of(tb, NF_ALG_A_SPI_FIRM);
}

/* What has no answer is to be asked for again: it is as if never sent */
static void drop_spi_out(struct tunnel *tunnel, uint32_t spi)
{
	unsigned int i, kept = 0;

	for (i = 0; i < tunnel->spis; i++)
		if (tunnel->spi[i].inbound || tunnel->spi[i].spi != spi)
			tunnel->spi[kept++] = tunnel->spi[i];
	tunnel->spis = kept;
}

void tunnel_read(const struct nlmsghdr *nlh, struct tunnel *tunnel)
{
	const struct nlattr *tb[NF_ALG_A_TUNNEL_MAX + 1];
	const struct nlattr *attr;
	uint32_t spi_out;

	memset(tunnel, 0, sizeof(*tunnel));
	genl_attributes(nlh, tb, NF_ALG_A_TUNNEL_MAX);
	if (tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL])
		endpoint_read(tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL],
			      &tunnel->inside);
	if (tb[NF_ALG_A_TUNNEL_INSIDE_GLOBAL])
		endpoint_read(tb[NF_ALG_A_TUNNEL_INSIDE_GLOBAL],
			      &tunnel->global);
	if (tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL])
		endpoint_read(tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL],
			      &tunnel->gateway);
	tunnel->vrf = number_of(tb, NF_ALG_A_TUNNEL_VRF);
	tunnel->zone = number_of(tb, NF_ALG_A_TUNNEL_ZONE);
	tunnel->user_zone = number_of(tb, NF_ALG_A_TUNNEL_USER_ZONE);
	tunnel->ahead = number_of(tb, NF_ALG_A_TUNNEL_AHEAD);
	tunnel->idle = number_of(tb, NF_ALG_A_TUNNEL_IDLE);
	tunnel->plain = tb[NF_ALG_A_TUNNEL_STATE] &&
			!strcmp(mnl_attr_get_str(tb[NF_ALG_A_TUNNEL_STATE]),
				"untranslated");
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == NF_ALG_A_TUNNEL_SPI)
			read_spi_nest(attr, tunnel);
		if (mnl_attr_get_type(attr) == NF_ALG_A_TUNNEL_COOKIE)
			add_cookie(tunnel, attribute_number(attr));
	}
	spi_out = number_of(tb, NF_ALG_A_TUNNEL_SPI_OUT);
	if (number_of(tb, NF_ALG_A_TUNNEL_ANSWERED))
		tunnel->latest = spi_out;
	else
		drop_spi_out(tunnel, spi_out);
}

static void put_spi(struct nlmsghdr *nlh, const struct tunnel_spi *spi)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NF_ALG_A_TUNNEL_SPI);

	mnl_attr_put_u32(nlh, NF_ALG_A_SPI_SPI, spi->spi);
	mnl_attr_put_u8(nlh, NF_ALG_A_SPI_INBOUND, spi->inbound);
	mnl_attr_put_u8(nlh, NF_ALG_A_SPI_EVIDENCE, spi->evidence);
	mnl_attr_put_u8(nlh, NF_ALG_A_SPI_FIRM, spi->firm);
	mnl_attr_nest_end(nlh, nest);
}

/* More than these are too many for the kernel as well, and for a message */
#define SPIS_SENT 160
#define COOKIES_SENT 80

int tunnel_send(const struct tunnel *tunnel, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *nlh;
	unsigned int i;
	int status;

	nlh = genl_begin(command, NLM_F_ACK | flags, &status);
	if (!nlh)
		return status;
	endpoint_write(nlh, NF_ALG_A_TUNNEL_INSIDE_LOCAL, &tunnel->inside);
	endpoint_write(nlh, NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL, &tunnel->gateway);
	if (tunnel->user_zone)
		mnl_attr_put_u16(nlh, NF_ALG_A_TUNNEL_USER_ZONE,
				 tunnel->user_zone);
	if (tunnel->vrf)
		mnl_attr_put_u32(nlh, NF_ALG_A_TUNNEL_VRF, tunnel->vrf);
	if (command == NF_ALG_CMD_TUNNEL_DELETE)
		return genl_send(nlh, NULL, NULL);

	endpoint_write(nlh, NF_ALG_A_TUNNEL_INSIDE_GLOBAL, &tunnel->global);
	mnl_attr_put_u16(nlh, NF_ALG_A_TUNNEL_ZONE, tunnel->zone);
	mnl_attr_put_u32(nlh, NF_ALG_A_TUNNEL_IDLE, tunnel->idle);
	mnl_attr_put_u8(nlh, NF_ALG_A_TUNNEL_AHEAD, tunnel->ahead);
	if (tunnel->latest)
		mnl_attr_put_u32(nlh, NF_ALG_A_TUNNEL_SPI_OUT, tunnel->latest);
	for (i = 0; i < tunnel->spis && i < SPIS_SENT; i++)
		put_spi(nlh, &tunnel->spi[i]);
	for (i = 0; i < tunnel->cookies && i < COOKIES_SENT; i++)
		mnl_attr_put_u64(nlh, NF_ALG_A_TUNNEL_COOKIE,
				 tunnel->cookie[i]);
	return genl_send(nlh, NULL, NULL);
}

const char *tunnel_name(const struct tunnel *tunnel)
{
	static char text[192];
	char device[IF_NAMESIZE];
	int used;

	used = snprintf(text, sizeof(text), "inside %s gateway %s",
			address_text(&tunnel->inside.address),
			address_text(&tunnel->gateway.address));
	if (tunnel->user_zone)
		used += snprintf(text + used, sizeof(text) - used,
				 " user-zone %u", tunnel->user_zone);
	if (tunnel->vrf)
		snprintf(text + used, sizeof(text) - used, " vrf %s",
			 if_indextoname(tunnel->vrf, device) ?: "?");
	return text;
}

static void print_spi(const struct tunnel_spi *spi, uint32_t latest)
{
	if (!spi->inbound) {
		printf(" %s 0x%08x", spi->spi == latest ? "latest" : "out",
		       spi->spi);
		return;
	}
	printf(" in 0x%08x", spi->spi);
	if (spi->evidence < __NF_ALG_EVIDENCE_MAX)
		printf(" by %s", spec_evidence[spi->evidence]);
	if (!spi->firm)
		printf(" tentative");
}

void tunnel_print(const struct tunnel *tunnel)
{
	unsigned int i;

	printf("tunnel add %s", tunnel_name(tunnel));
	printf(" global %s zone %u idle %u",
	       address_text(&tunnel->global.address), tunnel->zone,
	       tunnel->idle);
	if (tunnel->ahead)
		printf(" ahead %u", tunnel->ahead);
	for (i = 0; i < tunnel->spis; i++)
		print_spi(&tunnel->spi[i], tunnel->latest);
	for (i = 0; i < tunnel->cookies; i++)
		printf(" cookie 0x%016llx",
		       (unsigned long long)tunnel->cookie[i]);
	putchar('\n');
}

static int compare_addresses(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int tunnel_compare(const void *a, const void *b)
{
	const struct tunnel *x = a, *y = b;
	int order;

	order = compare_addresses(&x->gateway.address, &y->gateway.address);
	if (!order)
		order = compare_addresses(&x->inside.address,
					  &y->inside.address);
	if (!order)
		order = (x->vrf > y->vrf) - (x->vrf < y->vrf);
	if (!order)
		order = (x->user_zone > y->user_zone) -
			(x->user_zone < y->user_zone);
	return order;
}

static bool has_spi(const struct tunnel *tunnel, const struct tunnel_spi *spi)
{
	unsigned int i;

	for (i = 0; i < tunnel->spis; i++)
		if (tunnel->spi[i].spi == spi->spi &&
		    tunnel->spi[i].inbound == spi->inbound &&
		    tunnel->spi[i].firm >= spi->firm)
			return true;
	return false;
}

static bool has_cookie(const struct tunnel *tunnel, uint64_t cookie)
{
	unsigned int i;

	for (i = 0; i < tunnel->cookies; i++)
		if (tunnel->cookie[i] == cookie)
			return true;
	return false;
}

bool tunnel_equal(const struct tunnel *a, const struct tunnel *b)
{
	unsigned int i;

	if (a->zone != b->zone || a->latest != b->latest ||
	    a->ahead != b->ahead || a->spis != b->spis ||
	    a->cookies != b->cookies ||
	    compare_addresses(&a->global.address, &b->global.address))
		return false;
	for (i = 0; i < b->spis; i++)
		if (!has_spi(a, &b->spi[i]))
			return false;
	for (i = 0; i < b->cookies; i++)
		if (!has_cookie(a, b->cookie[i]))
			return false;
	return true;
}

int tunnel_command(struct words *words)
{
	struct tunnel tunnel = {};
	bool add = words_take(words, "add");
	int status;

	if (!add && !words_take(words, "delete"))
		return complain(
			USAGE,
			"tunnel: add or delete? natctl show tunnels lists them");
	status = parse(words, &tunnel, add);
	if (!status)
		status = tunnel_send(&tunnel,
				     add ? NF_ALG_CMD_TUNNEL_ADD :
					   NF_ALG_CMD_TUNNEL_DELETE,
				     0);
	tunnel_free(&tunnel);
	return status;
}
