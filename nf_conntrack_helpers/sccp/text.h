/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_TEXT_H
#define NF_ALG_SCCP_TEXT_H

#include "endpoint.h"

/* "[", 39, "]:65535" */
#define SCCP_ENDPOINT_TEXT 48

/**
 * struct sccp_text - a text in the making
 * @at: where it is written
 * @room: how many bytes there are
 * @len: how many are used; what does not fit is left out
 */
struct sccp_text {
	char *at;
	u32 room;
	u32 len;
};

void sccp_text_add(struct sccp_text *text, const char *word);
void sccp_text_number(struct sccp_text *text, u32 number);
void sccp_text_endpoint(struct sccp_text *text,
			const struct nf_alg_endpoint *endpoint);

#endif /* NF_ALG_SCCP_TEXT_H */
