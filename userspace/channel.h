/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_CHANNEL_H
#define NATCTL_CHANNEL_H

#include <stdint.h>
#include <libmnl/libmnl.h>

/*
 * Requests to the kernel. What it refuses is said on stderr, in its own words
 * and behind the command that was refused; the functions return how natctl
 * should end.
 */

/* Looks at a message of an answer */
typedef void (*channel_reader)(const struct nlmsghdr *nlh, void *data);

/* What the request is for, in a complaint: the words of the command */
extern const char *channel_command;

/* Begin a request to nf_nat_alg; NULL with *@status set if there is none */
struct nlmsghdr *genl_begin(uint8_t command, uint16_t flags, int *status);

/* Send it, and show the answers to @reader, which may be NULL */
int genl_send(struct nlmsghdr *nlh, channel_reader reader, void *data);

/* Show all objects of a list to @reader */
int genl_dump(uint8_t command, channel_reader reader, void *data);

/* Attributes of an answer by type; @max is the highest one wanted */
void genl_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
		     int max);
void nested_attributes(const struct nlattr *nest, const struct nlattr **tb,
		       int max);

/* A number of any size in host order */
uint64_t attribute_number(const struct nlattr *attr);

/* Listen to the family's events until something fails */
int genl_listen(channel_reader reader, void *data);

/* Likewise for conntrack, which is nfnetlink */
struct nlmsghdr *conntrack_begin(uint8_t command, uint16_t flags,
				 uint8_t family, int *status);
/* A dump of nf_tables, which is nfnetlink too: sent and read like conntrack's */
struct nlmsghdr *nftables_begin(uint8_t command, uint8_t family, int *status);
int conntrack_send(struct nlmsghdr *nlh, channel_reader reader, void *data);
/* What is gone already may be deleted */
int conntrack_send_delete(struct nlmsghdr *nlh);
void conntrack_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
			  int max);

/* Show the network devices to @reader: messages of rtnetlink */
int link_dump(channel_reader reader, void *data);
void link_attributes(const struct nlmsghdr *nlh, const struct nlattr **tb,
		     int max);

#endif /* NATCTL_CHANNEL_H */
