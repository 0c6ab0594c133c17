// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the kernel
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/nf_nat_alg.h>
#include "channel.h"
#include "natctl.h"

#define DUMP_TRIES 8

/* An open socket */
struct channel {
	struct mnl_socket *socket;
	unsigned int sequence;
	int bus;
};

static struct channel generic = { .bus = NETLINK_GENERIC };
static struct channel netfilter = { .bus = NETLINK_NETFILTER };
static struct channel route = { .bus = NETLINK_ROUTE };
static uint16_t family_id;
static uint32_t group_id;

const char *channel_command = "";

/* Messages of an answer, kept until it is known to be whole */
struct answer {
	struct nlmsghdr **message;
	unsigned int count;
	bool interrupted;
	int error; /* errno, 0 */
	char sentence[256]; /* the kernel's, if it said one */
};

static void answer_clear(struct answer *answer)
{
	unsigned int i;

	for (i = 0; i < answer->count; i++)
		free(answer->message[i]);
	free(answer->message);
	memset(answer, 0, sizeof(*answer));
}

static void answer_add(struct answer *answer, const struct nlmsghdr *nlh)
{
	if (!(answer->count & (answer->count - 1)))
		answer->message =
			grow(answer->message,
			     sizeof(answer->message[0]) *
				     (answer->count ? 2 * answer->count : 1));
	answer->message[answer->count] = grow(NULL, nlh->nlmsg_len);
	memcpy(answer->message[answer->count++], nlh, nlh->nlmsg_len);
}

/* The sentence behind an error is in attributes after @offset bytes */
static void answer_error(struct answer *answer, const struct nlmsghdr *nlh,
			 size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, offset)
	{
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			snprintf(answer->sentence, sizeof(answer->sentence),
				 "%s", mnl_attr_get_str(attr));
	}
}

/* Take a message into the answer; true if it was the last */
static bool answer_take(struct answer *answer, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error;
	size_t offset;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;

	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*error)))
			return true;
		error = mnl_nlmsg_get_payload(nlh);
		answer->error = -error->error;
		offset = sizeof(*error);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			offset += mnl_nlmsg_get_payload_len(&error->msg);
		answer_error(answer, nlh, offset);
		return true;
	case NLMSG_DONE:
		if (nlh->nlmsg_len >= mnl_nlmsg_size(sizeof(int))) {
			answer->error = -*(int *)mnl_nlmsg_get_payload(nlh);
			answer_error(answer, nlh, sizeof(int));
		}
		return true;
	case NLMSG_NOOP:
		return false;
	default:
		answer_add(answer, nlh);
		return false;
	}
}

static int channel_open(struct channel *channel)
{
	int on = 1;

	if (channel->socket)
		return DONE;
	channel->socket = mnl_socket_open2(channel->bus, SOCK_CLOEXEC);
	if (!channel->socket ||
	    mnl_socket_bind(channel->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return complain(REFUSED, "netlink socket: %s", strerror(errno));
	/* Without these the kernel only says less */
	mnl_socket_setsockopt(channel->socket, NETLINK_EXT_ACK, &on,
			      sizeof(on));
	mnl_socket_setsockopt(channel->socket, NETLINK_CAP_ACK, &on,
			      sizeof(on));
	channel->sequence = time(NULL);
	return DONE;
}

/* Send a request and gather the answer */
static int channel_ask(struct channel *channel, struct nlmsghdr *nlh,
		       struct answer *answer)
{
	static char buffer[65536];
	unsigned int portid = mnl_socket_get_portid(channel->socket);
	const struct nlmsghdr *message;
	bool last = false;
	int length;

	nlh->nlmsg_seq = ++channel->sequence;
	if (mnl_socket_sendto(channel->socket, nlh, nlh->nlmsg_len) < 0)
		return errno;
	while (!last) {
		length = mnl_socket_recvfrom(channel->socket, buffer,
					     sizeof(buffer));
		if (length < 0)
			return errno;
		message = (const struct nlmsghdr *)buffer;
		while (!last && mnl_nlmsg_ok(message, length)) {
			if (message->nlmsg_seq == nlh->nlmsg_seq &&
			    mnl_nlmsg_portid_ok(message, portid))
				last = answer_take(answer, message);
			message = mnl_nlmsg_next(message, &length);
		}
	}
	return 0;
}

static int channel_refused(const struct answer *answer)
{
	const char *gap = channel_command[0] ? ": " : "";

	if (answer->error == EPERM || answer->error == EACCES)
		return complain(
			NOT_PERMITTED,
			"%s%snot permitted: it needs CAP_NET_ADMIN in this network namespace (try sudo)",
			channel_command, gap);
	return complain(REFUSED, "%s%s%s", channel_command, gap,
			answer->sentence[0] ? answer->sentence :
					      strerror(answer->error));
}

/* Ask; a list that changed while it was read is read again. The error
 * @forgiven (or 0) is none.
 */
static int channel_send(struct channel *channel, struct nlmsghdr *nlh,
			channel_reader reader, void *data, int forgiven)
{
	struct answer answer = {};
	int status = DONE;
	unsigned int i;
	int tries = DUMP_TRIES;

	do {
		answer_clear(&answer);
		answer.error = channel_ask(channel, nlh, &answer) ?:
								    answer.error;
	} while (answer.interrupted && --tries);

	if (answer.error && answer.error != forgiven)
		status = channel_refused(&answer);
	else if (answer.interrupted)
		warn("the list changed each of the %d times that it was read: entries may be missing or shown twice",
		     DUMP_TRIES);
	for (i = 0; !status && reader && i < answer.count; i++)
		reader(answer.message[i], data);
	answer_clear(&answer);
	return status;
}

static struct nlmsghdr *genl_header(uint16_t type, uint16_t flags,
				    uint8_t command, uint8_t version)
{
	static char buffer[16384];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = version;
	return nlh;
}

static void genl_read_groups(const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups)
	{
		nested_attributes(group, tb, CTRL_ATTR_MCAST_GRP_MAX);
		if (tb[CTRL_ATTR_MCAST_GRP_ID] &&
		    tb[CTRL_ATTR_MCAST_GRP_NAME] &&
		    !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    NF_NAT_ALG_MCGRP_EVENTS))
			group_id = mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static void genl_read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];

	(void)data;
	genl_attributes(nlh, tb, CTRL_ATTR_MAX);
	if (tb[CTRL_ATTR_FAMILY_ID])
		family_id = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		genl_read_groups(tb[CTRL_ATTR_MCAST_GROUPS]);
}

/* Find the family, which is there while the module is loaded */
static int genl_open(void)
{
	struct answer answer = {};
	struct nlmsghdr *nlh;
	unsigned int i;
	int status;

	if (family_id)
		return DONE;
	status = channel_open(&generic);
	if (status)
		return status;

	nlh = genl_header(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NF_NAT_ALG_FAMILY_NAME);
	answer.error = channel_ask(&generic, nlh, &answer) ?: answer.error;
	if (answer.error == ENOENT)
		status = complain(
			NO_MODULE,
			"the kernel module nf_nat_alg is not loaded: modprobe nf_nat_alg");
	else if (answer.error)
		status = channel_refused(&answer);
	for (i = 0; !status && i < answer.count; i++)
		genl_read_family(answer.message[i], NULL);
	answer_clear(&answer);
	return status;
}

struct nlmsghdr *genl_begin(uint8_t command, uint16_t flags, int *status)
{
	*status = genl_open();
	if (*status)
		return NULL;
	return genl_header(family_id, flags, command,
			   NF_NAT_ALG_FAMILY_VERSION);
}

int genl_send(struct nlmsghdr *nlh, channel_reader reader, void *data)
{
	return channel_send(&generic, nlh, reader, data, 0);
}

int genl_dump(uint8_t command, channel_reader reader, void *data)
{
	struct nlmsghdr *nlh;
	int status;

	nlh = genl_begin(command, NLM_F_DUMP, &status);
	return nlh ? genl_send(nlh, reader, data) : status;
}

/* Where several attributes are of one type, the first counts */
static void take_attribute(const struct nlattr *attr, const struct nlattr **tb,
			   int max)
{
	int type = mnl_attr_get_type(attr);

	if (type <= max && !tb[type])
		tb[type] = attr;
}

void genl_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
		     int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		take_attribute(attr, tb, max);
}

void nested_attributes(const struct nlattr *nest, const struct nlattr **tb,
		       int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each_nested(attr, nest) take_attribute(attr, tb, max);
}

uint64_t attribute_number(const struct nlattr *attr)
{
	uint64_t wide;

	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		memcpy(&wide, mnl_attr_get_payload(attr), sizeof(wide));
		return wide;
	}
	return 0;
}

int genl_listen(channel_reader reader, void *data)
{
	static char buffer[65536];
	const struct nlmsghdr *message;
	int length, status;

	status = genl_open();
	if (status)
		return status;
	if (mnl_socket_setsockopt(generic.socket, NETLINK_ADD_MEMBERSHIP,
				  &group_id, sizeof(group_id)) < 0) {
		struct answer answer = { .error = errno };

		return channel_refused(&answer);
	}
	for (;;) {
		length = mnl_socket_recvfrom(generic.socket, buffer,
					     sizeof(buffer));
		if (length < 0 && errno == ENOBUFS) {
			warn("some events were lost: they came too fast");
			continue;
		}
		if (length < 0)
			return complain(REFUSED, "%s: %s", channel_command,
					strerror(errno));
		message = (const struct nlmsghdr *)buffer;
		while (mnl_nlmsg_ok(message, length)) {
			if (message->nlmsg_type == family_id)
				reader(message, data);
			message = mnl_nlmsg_next(message, &length);
		}
	}
}

static struct nlmsghdr *netfilter_begin(uint8_t subsystem, uint8_t command,
					uint16_t flags, uint8_t family,
					int *status)
{
	static char buffer[4096];
	struct nfgenmsg *nfgen;
	struct nlmsghdr *nlh;

	*status = channel_open(&netfilter);
	if (*status)
		return NULL;
	nlh = mnl_nlmsg_put_header(buffer);
	nlh->nlmsg_type = subsystem << 8 | command;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nfgen = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfgen));
	nfgen->nfgen_family = family;
	nfgen->version = NFNETLINK_V0;
	return nlh;
}

struct nlmsghdr *conntrack_begin(uint8_t command, uint16_t flags,
				 uint8_t family, int *status)
{
	return netfilter_begin(NFNL_SUBSYS_CTNETLINK, command, flags, family,
			       status);
}

struct nlmsghdr *nftables_begin(uint8_t command, uint8_t family, int *status)
{
	return netfilter_begin(NFNL_SUBSYS_NFTABLES, command, NLM_F_DUMP,
			       family, status);
}

int conntrack_send(struct nlmsghdr *nlh, channel_reader reader, void *data)
{
	return channel_send(&netfilter, nlh, reader, data, 0);
}

int conntrack_send_delete(struct nlmsghdr *nlh)
{
	return channel_send(&netfilter, nlh, NULL, NULL, ENOENT);
}

void conntrack_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
			  int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		take_attribute(attr, tb, max);
}

int link_dump(channel_reader reader, void *data)
{
	static char buffer[256];
	struct ifinfomsg *info;
	struct nlmsghdr *nlh;
	int status;

	status = channel_open(&route);
	if (status)
		return status;
	nlh = mnl_nlmsg_put_header(buffer);
	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	return channel_send(&route, nlh, reader, data, 0);
}

void link_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
		     int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		take_attribute(attr, tb, max);
}
