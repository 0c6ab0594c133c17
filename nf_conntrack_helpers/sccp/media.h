/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_MEDIA_H
#define NF_ALG_SCCP_MEDIA_H

#include "translate.h"

/**
 * sccp_unspecified() - does it name no host, or a group of them
 * @endpoint: address; the port is not looked at
 *
 * Return: true for 0.0.0.0, ::, and multicast, which are never translated.
 */
bool sccp_unspecified(const struct nf_alg_endpoint *endpoint);

/**
 * sccp_media_own() - the sender names an end of media of its own
 * @t: translation
 * @field: where
 *
 * Return: 0 or -reason.
 */
int sccp_media_own(struct sccp_translation *t, const struct sccp_field *field);

/**
 * sccp_media_remote() - a server names the other end of media
 * @t: translation
 * @field: where
 *
 * Return: 0 or -reason.
 */
int sccp_media_remote(struct sccp_translation *t,
		      const struct sccp_field *field);

/**
 * sccp_media_mention() - a server names an end that something else set up
 * @t: translation
 * @field: where
 *
 * Return: 0 or -reason.
 */
int sccp_media_mention(struct sccp_translation *t,
		       const struct sccp_field *field);

/**
 * sccp_media_echo() - a phone repeats where it was told to transmit
 * @t: translation
 * @field: where
 *
 * Return: 0 or -reason.
 */
int sccp_media_echo(struct sccp_translation *t, const struct sccp_field *field);

/**
 * sccp_media_port() - a phone names a port without an address
 * @t: translation
 * @field: where
 *
 * Return: 0 or -reason.
 */
int sccp_media_port(struct sccp_translation *t, const struct sccp_field *field);

#endif /* NF_ALG_SCCP_MEDIA_H */
