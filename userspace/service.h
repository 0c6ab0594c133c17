/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_SERVICE_H
#define NATCTL_SERVICE_H

#include <linux/nf_nat_alg.h>
#include "channel.h"
#include "words.h"

/* A service as it is configured */
struct service {
	uint32_t protocol;
	uint8_t transport;
	uint16_t port; /* 0: it has none */
	uint8_t spi_match; /* enum nf_alg_predicate */
	uint32_t vrf; /* interface index, 0: everywhere */
	char list[NF_ALG_ACCESS_LIST_NAME_MAX + 1]; /* "": none */
};

extern const char service_usage[];

/* Read the words behind "service add" and "service delete" */
int service_parse(struct words *words, struct service *service);

/* Send it with NF_ALG_CMD_SERVICE_ADD or _DELETE */
int service_send(const struct service *service, uint8_t command,
		 uint16_t flags);

/* The service of a message of NF_ALG_CMD_SERVICE_GET */
void service_read(const struct nlmsghdr *nlh, struct service *service);

/* The command that adds it, in a buffer that the next call overwrites */
const char *service_text(const struct service *service);

/* The list behind the status; DONE or a complaint */
int service_show(const char *json_key);

int service_command(struct words *words);

#endif /* NATCTL_SERVICE_H */
