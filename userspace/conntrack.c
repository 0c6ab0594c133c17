// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's conntrack entries, as far as NAT changed them
 */
#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include "channel.h"
#include "conntrack.h"
#include "natctl.h"

/* Later than the headers we build with */
#define STATUS_OFFLOAD (1 << 14)
#define STATUS_HW_OFFLOAD (1 << 15)

/* A tuple: where packets of a direction come from and go to */
struct tuple {
	uint8_t transport;
	struct endpoint source;
	struct endpoint destination;
	uint8_t icmp[2];
};

static void read_address(const struct nlattr *attr, struct endpoint *endpoint)
{
	unsigned int len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return;
	endpoint->address.len = len;
	endpoint->address.family = len == 4 ? AF_INET : AF_INET6;
	memcpy(endpoint->address.bytes, mnl_attr_get_payload(attr), len);
}

static uint16_t read_port(const struct nlattr *attr)
{
	return attr ? ntohs(mnl_attr_get_u16(attr)) : 0;
}

static bool read_tuple(const struct nlattr *nest, struct tuple *tuple)
{
	const struct nlattr *parts[CTA_TUPLE_MAX + 1];
	const struct nlattr *ip[CTA_IP_MAX + 1];
	const struct nlattr *proto[CTA_PROTO_MAX + 1];
	const struct nlattr *id;

	memset(tuple, 0, sizeof(*tuple));
	if (!nest)
		return false;
	nested_attributes(nest, parts, CTA_TUPLE_MAX);
	if (!parts[CTA_TUPLE_IP] || !parts[CTA_TUPLE_PROTO])
		return false;
	nested_attributes(parts[CTA_TUPLE_IP], ip, CTA_IP_MAX);
	nested_attributes(parts[CTA_TUPLE_PROTO], proto, CTA_PROTO_MAX);
	if (ip[CTA_IP_V4_SRC] && ip[CTA_IP_V4_DST]) {
		read_address(ip[CTA_IP_V4_SRC], &tuple->source);
		read_address(ip[CTA_IP_V4_DST], &tuple->destination);
	} else if (ip[CTA_IP_V6_SRC] && ip[CTA_IP_V6_DST]) {
		read_address(ip[CTA_IP_V6_SRC], &tuple->source);
		read_address(ip[CTA_IP_V6_DST], &tuple->destination);
	} else {
		return false;
	}
	if (!proto[CTA_PROTO_NUM])
		return false;
	tuple->transport = mnl_attr_get_u8(proto[CTA_PROTO_NUM]);
	tuple->source.port = read_port(proto[CTA_PROTO_SRC_PORT]);
	tuple->destination.port = read_port(proto[CTA_PROTO_DST_PORT]);

	/* An ICMP identifier takes the place of the ports */
	id = proto[CTA_PROTO_ICMP_ID] ?: proto[CTA_PROTO_ICMPV6_ID];
	if (id) {
		tuple->source.port = read_port(id);
		tuple->destination.port = tuple->source.port;
	}
	if (proto[CTA_PROTO_ICMP_TYPE] && proto[CTA_PROTO_ICMP_CODE]) {
		tuple->icmp[0] = mnl_attr_get_u8(proto[CTA_PROTO_ICMP_TYPE]);
		tuple->icmp[1] = mnl_attr_get_u8(proto[CTA_PROTO_ICMP_CODE]);
	} else if (proto[CTA_PROTO_ICMPV6_TYPE] &&
		   proto[CTA_PROTO_ICMPV6_CODE]) {
		tuple->icmp[0] = mnl_attr_get_u8(proto[CTA_PROTO_ICMPV6_TYPE]);
		tuple->icmp[1] = mnl_attr_get_u8(proto[CTA_PROTO_ICMPV6_CODE]);
	}
	return true;
}

/* Who is inside: the source where its address was changed, else the
 * destination that was given another one
 */
static bool sort_out(struct connection *connection, const struct tuple *out,
		     const struct tuple *back)
{
	if (!endpoint_equal(&out->source, &back->destination)) {
		connection->inside_local = out->source;
		connection->inside_global = back->destination;
		connection->outside_local = out->destination;
		connection->outside_global = back->source;
		return true;
	}
	if (!endpoint_equal(&out->destination, &back->source)) {
		connection->inside_local = back->source;
		connection->inside_global = out->destination;
		connection->outside_local = back->destination;
		connection->outside_global = out->source;
		return true;
	}
	return false;
}

static void read_details(struct connection *connection,
			 const struct nlattr *const *tb)
{
	const struct nlattr *stamp[CTA_TIMESTAMP_MAX + 1];
	const struct nlattr *help[CTA_HELP_MAX + 1];
	uint64_t start;

	if (tb[CTA_STATUS])
		connection->status = ntohl(mnl_attr_get_u32(tb[CTA_STATUS]));
	if (tb[CTA_ID])
		connection->id = mnl_attr_get_u32(tb[CTA_ID]);
	if (tb[CTA_ZONE])
		connection->zone = ntohs(mnl_attr_get_u16(tb[CTA_ZONE]));
	if (tb[CTA_TIMEOUT])
		connection->left = ntohl(mnl_attr_get_u32(tb[CTA_TIMEOUT]));
	if (tb[CTA_TIMESTAMP]) {
		nested_attributes(tb[CTA_TIMESTAMP], stamp, CTA_TIMESTAMP_MAX);
		if (stamp[CTA_TIMESTAMP_START]) {
			start = mnl_attr_get_u64(stamp[CTA_TIMESTAMP_START]);
			connection->start = be64toh(start) / 1000000000;
		}
	}
	if (tb[CTA_HELP]) {
		nested_attributes(tb[CTA_HELP], help, CTA_HELP_MAX);
		if (help[CTA_HELP_NAME])
			snprintf(connection->helper, sizeof(connection->helper),
				 "%s", mnl_attr_get_str(help[CTA_HELP_NAME]));
	}
}

/* Who wants to see the connections */
struct audience {
	void (*reader)(const struct connection *connection, void *data);
	void *data;
};

static void read_connection(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTA_MAX + 1];
	struct connection connection = {};
	struct audience *audience = data;
	struct tuple out, back;

	conntrack_attributes(nlh, tb, CTA_MAX);
	if (!read_tuple(tb[CTA_TUPLE_ORIG], &out) ||
	    !read_tuple(tb[CTA_TUPLE_REPLY], &back) ||
	    !sort_out(&connection, &out, &back))
		return;
	connection.transport = out.transport;
	connection.source = out.source;
	connection.destination = out.destination;
	memcpy(connection.icmp, out.icmp, sizeof(out.icmp));
	read_details(&connection, tb);
	audience->reader(&connection, audience->data);
}

int connections_dump(void (*reader)(const struct connection *connection,
				    void *data),
		     void *data)
{
	struct audience audience = { reader, data };
	struct nlmsghdr *nlh;
	int status;

	nlh = conntrack_begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP, AF_UNSPEC,
			      &status);
	return nlh ? conntrack_send(nlh, read_connection, &audience) : status;
}

static void put_protocol(struct nlmsghdr *nlh,
			 const struct connection *connection)
{
	bool v4 = connection->source.address.family == AF_INET;

	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, connection->transport);
	if (connection->transport == IPPROTO_ICMP ||
	    connection->transport == IPPROTO_ICMPV6) {
		mnl_attr_put_u16(nlh,
				 v4 ? CTA_PROTO_ICMP_ID : CTA_PROTO_ICMPV6_ID,
				 htons(connection->source.port));
		mnl_attr_put_u8(
			nlh, v4 ? CTA_PROTO_ICMP_TYPE : CTA_PROTO_ICMPV6_TYPE,
			connection->icmp[0]);
		mnl_attr_put_u8(
			nlh, v4 ? CTA_PROTO_ICMP_CODE : CTA_PROTO_ICMPV6_CODE,
			connection->icmp[1]);
		return;
	}
	mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT,
			 htons(connection->source.port));
	mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT,
			 htons(connection->destination.port));
}

int connection_delete(const struct connection *connection)
{
	const struct address *source = &connection->source.address;
	const struct address *destination = &connection->destination.address;
	bool v4 = source->family == AF_INET;
	struct nlattr *tuple, *part;
	struct nlmsghdr *nlh;
	int status;

	nlh = conntrack_begin(IPCTNL_MSG_CT_DELETE, NLM_F_ACK, source->family,
			      &status);
	if (!nlh)
		return status;
	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_ORIG);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put(nlh, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, source->len,
		     source->bytes);
	mnl_attr_put(nlh, v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, destination->len,
		     destination->bytes);
	mnl_attr_nest_end(nlh, part);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	put_protocol(nlh, connection);
	mnl_attr_nest_end(nlh, part);
	mnl_attr_nest_end(nlh, tuple);
	mnl_attr_put_u32(nlh, CTA_ID, connection->id);
	if (connection->zone)
		mnl_attr_put_u16(nlh, CTA_ZONE, htons(connection->zone));
	return conntrack_send_delete(nlh);
}

const char *connection_flags(const struct connection *connection)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} flags[] = {
		{ IPS_EXPECTED, "related" },
		{ IPS_ASSURED, "assured" },
		{ STATUS_OFFLOAD, "offload" },
		{ STATUS_HW_OFFLOAD, "hw-offload" },
		{ IPS_DYING, "dying" },
	};
	static char text[80];
	unsigned int i;

	snprintf(text, sizeof(text), "%s",
		 connection->status & IPS_SEEN_REPLY ? "extended" :
						       "extended,unreplied");
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(connection->status & flags[i].bit))
			continue;
		strcat(text, ",");
		strcat(text, flags[i].name);
	}
	return text;
}
