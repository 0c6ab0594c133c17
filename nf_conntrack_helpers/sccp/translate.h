/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_TRANSLATE_H
#define NF_ALG_SCCP_TRANSLATE_H

#include "channel.h"

/**
 * struct sccp_translation - one message on its way
 * @msg: the engine's message
 * @session: what is known of its connection
 * @reading: what it says
 * @channel: its sender's channel, once ports were bound for it; else NULL
 */
struct sccp_translation {
	struct nf_alg_message *msg;
	struct sccp_session *session;
	struct sccp_reading reading;
	struct sccp_channel *channel;
};

/**
 * sccp_translate() - translate a message
 * @msg: message
 *
 * Return: as nf_alg_protocol.translate.
 */
int sccp_translate(struct nf_alg_message *msg);

/* nf_alg_protocol.title and .print */
const char *sccp_title(const u8 *data, u32 len);
void sccp_print(const struct nf_alg_message *msg,
		const struct nf_alg_change *change, char *old, char *new,
		size_t size);

/**
 * sccp_write_address() - replace an address
 * @t: translation
 * @field: where it stands
 * @to: the new one, of the same family; the port is not looked at
 *
 * Return: 0 or -reason.
 */
int sccp_write_address(struct sccp_translation *t,
		       const struct sccp_field *field,
		       const struct nf_alg_endpoint *to);

/**
 * sccp_write_port() - replace a port
 * @t: translation
 * @at: where it stands in the message; 0: nowhere
 * @port: the new one, network order
 *
 * Return: 0 or -reason.
 */
int sccp_write_port(struct sccp_translation *t, u32 at, __be16 port);

/**
 * sccp_write_endpoint() - replace an address and its port
 * @t: translation
 * @field: where they stand
 * @to: the new ones
 *
 * Return: 0 or -reason.
 */
int sccp_write_endpoint(struct sccp_translation *t,
			const struct sccp_field *field,
			const struct nf_alg_endpoint *to);

#endif /* NF_ALG_SCCP_TRANSLATE_H */
