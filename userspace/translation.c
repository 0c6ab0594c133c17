// SPDX-License-Identifier: GPL-2.0
/*
 * natctl show translations: Cisco's columns, from the kernel's conntrack
 * entries and our bindings
 */
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "channel.h"
#include "conntrack.h"
#include "natctl.h"
#include "spec.h"
#include "table.h"
#include "translation.h"

#define PPTP_PORT 1723

static const struct column translation_columns[] = {
	{ NF_ALG_A_TRANSLATION_TRANSPORT, "Pro", TRANSPORT, .sort = true },
	{ NF_ALG_A_TRANSLATION_INSIDE_GLOBAL, "Inside global", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_TRANSLATION_INSIDE_LOCAL, "Inside local", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_TRANSLATION_OUTSIDE_LOCAL, "Outside local", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_TRANSLATION_OUTSIDE_GLOBAL, "Outside global", ENDPOINT },
	{ NF_ALG_A_TRANSLATION_ZONE, NULL, NUMBER },
	{ NF_ALG_A_TRANSLATION_CREATE, NULL, SECONDS },
	{ NF_ALG_A_TRANSLATION_USE, NULL, SECONDS },
	{ NF_ALG_A_TRANSLATION_LEFT, NULL, SECONDS },
	{ NF_ALG_A_TRANSLATION_FLAGS, NULL, TEXT },
	{ NF_ALG_A_TRANSLATION_ALG, NULL, TEXT },
	{ NF_ALG_A_TRANSLATION_KEY, NULL, TEXT },
};

#define WIDTH (sizeof(translation_columns) / sizeof(translation_columns[0]))

/* The call behind a binding, for the flows that came by it. Hosts of two VRFs
 * may have the same address, but then the zones differ.
 */
struct known {
	uint8_t transport;
	uint16_t zone;
	struct endpoint inside;
	char *alg;
	char *key;
};

/* The SPIs behind an entry of ESP, which conntrack does not know */
struct spis {
	uint16_t zone;
	struct endpoint inside;
	struct endpoint gateway;
	uint32_t in;
	uint32_t out;
};

/* What is wanted, and what was found */
struct search {
	struct table table;
	const char *protocol; /* esp, icmp, pptp, tcp, udp; NULL: all */
	uint32_t vrf; /* interface index, 0: all */
	struct known *known;
	unsigned int known_count;
	struct spis *spis;
	unsigned int spis_count;
};

static bool is_wanted(const struct search *search, uint8_t transport,
		      uint16_t local_port, uint16_t global_port)
{
	const char *name = search->protocol;

	if (!name)
		return true;
	if (!strcmp(name, "pptp"))
		return transport == IPPROTO_GRE ||
		       (transport == IPPROTO_TCP &&
			(local_port == PPTP_PORT || global_port == PPTP_PORT));
	if (!strcmp(name, "icmp"))
		return transport == IPPROTO_ICMP || transport == IPPROTO_ICMPV6;
	return !strcmp(name, transport_name(transport));
}

static const struct known *find_known(const struct search *search,
				      uint8_t transport, uint16_t zone,
				      const struct endpoint *inside)
{
	unsigned int i;

	for (i = 0; i < search->known_count; i++)
		if (search->known[i].transport == transport &&
		    search->known[i].zone == zone &&
		    endpoint_equal(&search->known[i].inside, inside))
			return &search->known[i];
	return NULL;
}

static struct known *add_known(struct search *search, uint8_t transport,
			       const struct nlattr *zone,
			       const struct endpoint *inside)
{
	struct known *known;

	if (!(search->known_count & (search->known_count - 1)))
		search->known =
			grow(search->known,
			     sizeof(*known) * (search->known_count ?
						       2 * search->known_count :
						       1));
	known = &search->known[search->known_count++];
	known->transport = transport;
	known->zone = zone ? attribute_number(zone) : 0;
	known->inside = *inside;
	known->alg = NULL;
	known->key = NULL;
	return known;
}

static struct cell *cell_of(struct search *search, struct cell *row, int attr)
{
	return table_cell(&search->table, row, attr);
}

static bool in_vrf(const struct search *search, const struct nlattr *vrf)
{
	return !search->vrf || (vrf && attribute_number(vrf) == search->vrf);
}

static void read_binding(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_BINDING_MAX + 1];
	struct search *search = data;
	struct endpoint local, global;
	const char *flags = "static";
	struct known *known;
	struct cell *row;
	uint64_t protocol = 0;
	uint8_t transport;

	genl_attributes(nlh, tb, NF_ALG_A_BINDING_MAX);
	/* A listener outside is no translation */
	if (tb[NF_ALG_A_BINDING_STATE] &&
	    !strcmp(mnl_attr_get_str(tb[NF_ALG_A_BINDING_STATE]), "outside"))
		return;
	if (!tb[NF_ALG_A_BINDING_TRANSPORT] ||
	    !tb[NF_ALG_A_BINDING_INSIDE_LOCAL] ||
	    !tb[NF_ALG_A_BINDING_INSIDE_GLOBAL] ||
	    !in_vrf(search, tb[NF_ALG_A_BINDING_VRF]))
		return;
	transport = attribute_number(tb[NF_ALG_A_BINDING_TRANSPORT]);
	endpoint_read(tb[NF_ALG_A_BINDING_INSIDE_LOCAL], &local);
	endpoint_read(tb[NF_ALG_A_BINDING_INSIDE_GLOBAL], &global);

	known = add_known(search, transport, tb[NF_ALG_A_BINDING_ZONE], &local);
	if (tb[NF_ALG_A_BINDING_PROTOCOL])
		protocol = attribute_number(tb[NF_ALG_A_BINDING_PROTOCOL]);
	if (protocol && protocol < __NF_ALG_PROTOCOL_MAX)
		known->alg = copy_string(spec_protocol_id[protocol]);
	if (tb[NF_ALG_A_BINDING_KEY])
		known->key =
			copy_string(mnl_attr_get_str(tb[NF_ALG_A_BINDING_KEY]));

	if (!is_wanted(search, transport, local.port, global.port))
		return;
	row = table_row(&search->table);
	cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_TRANSPORT),
		    transport);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_INSIDE_LOCAL),
		      &local);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_INSIDE_GLOBAL),
		      &global);
	if (tb[NF_ALG_A_BINDING_ZONE])
		cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_ZONE),
			    attribute_number(tb[NF_ALG_A_BINDING_ZONE]));
	if (tb[NF_ALG_A_BINDING_AGE])
		cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_CREATE),
			    attribute_number(tb[NF_ALG_A_BINDING_AGE]));
	if (tb[NF_ALG_A_BINDING_IDLE])
		cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_USE),
			    attribute_number(tb[NF_ALG_A_BINDING_IDLE]));
	if (tb[NF_ALG_A_BINDING_DOOR] &&
	    attribute_number(tb[NF_ALG_A_BINDING_DOOR]))
		flags = "static,door";
	cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_FLAGS), flags);
	if (known->alg)
		cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_ALG),
			  known->alg);
	if (known->key)
		cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_KEY),
			  known->key);
}

/* A VRF's sessions: conntrack itself does not say which VRF an entry is of */
static void read_session(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_SESSION_MAX + 1];
	struct search *search = data;
	struct endpoint local;

	genl_attributes(nlh, tb, NF_ALG_A_SESSION_MAX);
	if (!tb[NF_ALG_A_SESSION_TRANSPORT] ||
	    !tb[NF_ALG_A_SESSION_INSIDE_LOCAL] ||
	    !in_vrf(search, tb[NF_ALG_A_SESSION_VRF]))
		return;
	endpoint_read(tb[NF_ALG_A_SESSION_INSIDE_LOCAL], &local);
	add_known(search, attribute_number(tb[NF_ALG_A_SESSION_TRANSPORT]),
		  tb[NF_ALG_A_SESSION_ZONE], &local);
}

static void read_tunnel(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_TUNNEL_MAX + 1];
	struct search *search = data;
	struct spis *spis;

	genl_attributes(nlh, tb, NF_ALG_A_TUNNEL_MAX);
	if (!tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL] ||
	    !tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL] ||
	    !in_vrf(search, tb[NF_ALG_A_TUNNEL_VRF]))
		return;
	if (!(search->spis_count & (search->spis_count - 1)))
		search->spis =
			grow(search->spis,
			     sizeof(*spis) * (search->spis_count ?
						      2 * search->spis_count :
						      1));
	spis = &search->spis[search->spis_count++];
	memset(spis, 0, sizeof(*spis));
	if (tb[NF_ALG_A_TUNNEL_ZONE])
		spis->zone = attribute_number(tb[NF_ALG_A_TUNNEL_ZONE]);
	endpoint_read(tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL], &spis->inside);
	endpoint_read(tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL], &spis->gateway);
	if (tb[NF_ALG_A_TUNNEL_SPI_IN])
		spis->in = attribute_number(tb[NF_ALG_A_TUNNEL_SPI_IN]);
	if (tb[NF_ALG_A_TUNNEL_SPI_OUT])
		spis->out = attribute_number(tb[NF_ALG_A_TUNNEL_SPI_OUT]);
	/* Of a VRF: its entries are wanted */
	if (search->vrf)
		add_known(search, IPPROTO_ESP, tb[NF_ALG_A_TUNNEL_ZONE],
			  &spis->inside);
}

/* Each end with the SPI of what is sent to it, as Cisco has it */
static void add_spis(const struct search *search, uint16_t zone,
		     struct endpoint *local, struct endpoint *global)
{
	unsigned int i;

	for (i = 0; i < search->spis_count; i++) {
		if (search->spis[i].zone != zone ||
		    !endpoint_equal(&search->spis[i].inside, local) ||
		    !endpoint_equal(&search->spis[i].gateway, global))
			continue;
		local->spi = search->spis[i].in;
		global->spi = search->spis[i].out;
		return;
	}
}

static void read_connection(const struct connection *connection, void *data)
{
	struct endpoint local = connection->inside_local;
	struct endpoint global = connection->outside_global;
	struct search *search = data;
	const struct known *known;
	const char *alg = NULL;
	struct cell *row;

	if (!is_wanted(search, connection->transport,
		       connection->outside_local.port,
		       connection->inside_local.port))
		return;
	known = find_known(search, connection->transport, connection->zone,
			   &connection->inside_local);
	if (search->vrf && !known)
		return;

	if (connection->transport == IPPROTO_ESP)
		add_spis(search, connection->zone, &local, &global);
	row = table_row(&search->table);
	cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_TRANSPORT),
		    connection->transport);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_INSIDE_GLOBAL),
		      &connection->inside_global);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_INSIDE_LOCAL),
		      &local);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_OUTSIDE_LOCAL),
		      &connection->outside_local);
	cell_endpoint(cell_of(search, row, NF_ALG_A_TRANSLATION_OUTSIDE_GLOBAL),
		      &global);
	if (connection->zone)
		cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_ZONE),
			    connection->zone);
	if (connection->start)
		cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_CREATE),
			    time(NULL) - connection->start);
	cell_number(cell_of(search, row, NF_ALG_A_TRANSLATION_LEFT),
		    connection->left);
	cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_FLAGS),
		  connection_flags(connection));
	if (!strncmp(connection->helper, "alg-", 4))
		alg = connection->helper + 4;
	else if (connection->helper[0])
		alg = connection->helper;
	else if (known)
		alg = known->alg;
	if (alg)
		cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_ALG), alg);
	if (known && known->key)
		cell_text(cell_of(search, row, NF_ALG_A_TRANSLATION_KEY),
			  known->key);
}

static void print_part(const struct table *table, struct cell *row, int attr,
		       const char *name, bool *any)
{
	const struct cell *cell = table_cell(table, row, attr);

	if (!cell->set)
		return;
	printf("%s%s %s", *any ? ", " : "    ", name,
	       cell->text ?: seconds_text(cell->number));
	*any = true;
}

/* Behind each row, if that is wanted */
static void print_details(const struct table *table, struct cell *row)
{
	bool any = false;

	print_part(table, row, NF_ALG_A_TRANSLATION_CREATE, "create", &any);
	print_part(table, row, NF_ALG_A_TRANSLATION_USE, "use", &any);
	print_part(table, row, NF_ALG_A_TRANSLATION_LEFT, "left", &any);
	print_part(table, row, NF_ALG_A_TRANSLATION_ALG, "ALG", &any);
	print_part(table, row, NF_ALG_A_TRANSLATION_FLAGS, "flags", &any);
	if (any)
		putchar('\n');
	any = false;
	print_part(table, row, NF_ALG_A_TRANSLATION_KEY, "call", &any);
	if (any)
		putchar('\n');
}

static int parse_search(struct words *words, struct search *search,
			bool *verbose)
{
	static const char *const protocols[] = { "esp", "icmp", "pptp", "tcp",
						 "udp" };
	const char *name;
	int i;

	i = word_of(words_peek(words), protocols, 5);
	if (i >= 0)
		search->protocol = words_next(words);
	*verbose = words_take(words, "verbose");
	if (words_take(words, "vrf")) {
		name = words_next(words);
		search->vrf = name ? if_nametoindex(name) : 0;
		if (!search->vrf)
			return complain(
				USAGE,
				"show translations: there is no device \"%s\" in this namespace",
				name ?: "");
	}
	if (words_take(words, "verbose"))
		*verbose = true;
	return words_end(words, "show translations");
}

int show_translations(struct words *words)
{
	struct search search = {
		.table = {
			.columns = translation_columns,
			.width = WIDTH,
			.keys = spec_translation_attr,
		},
	};
	bool verbose = false;
	unsigned int i;
	int status;

	status = parse_search(words, &search, &verbose);
	if (!status)
		status = genl_dump(NF_ALG_CMD_BINDING_GET, read_binding,
				   &search);
	if (!status)
		status = genl_dump(NF_ALG_CMD_TUNNEL_GET, read_tunnel, &search);
	if (!status && search.vrf)
		status = genl_dump(NF_ALG_CMD_SESSION_GET, read_session,
				   &search);
	if (!status)
		status = connections_dump(read_connection, &search);
	if (status)
		return status;

	table_sort(&search.table);
	search.table.second_line = verbose ? print_details : NULL;
	table_print(&search.table, NULL, "No translation.");
	for (i = 0; i < search.known_count; i++) {
		free(search.known[i].alg);
		free(search.known[i].key);
	}
	free(search.known);
	free(search.spis);
	return DONE;
}
