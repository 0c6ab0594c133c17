/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_TRANSLATE_H
#define NF_ALG_SIP_TRANSLATE_H

#include "address.h"
#include "call.h"
#include "header.h"
#include "message.h"
#include "memory.h"
#include "owner.h"
#include "reason.h"
#include "uri.h"
#include "via.h"

/**
 * struct sip_literal - an address as SDP has it
 * @len: its length in bytes
 * @text: its text
 */
struct sip_literal {
	u8 len;
	u8 text[SIP_HOSTPORT_MAX];
};

/**
 * struct sip_translation - one message on its way
 * @msg: the engine's message
 * @c: all of it, behind leading line ends
 * @head: its index
 * @via: its topmost Via
 * @out: its sender's address is translated
 * @in: its receiver's address is translated
 * @own: sender's address as it writes it
 * @seen: sender's public address
 * @public: receiver's public address
 * @external: what is written for the public address, if not that, or 0
 * @transaction: keyed hash, or 0 while nobody has asked
 * @call: dialog of the sender and of the receiver, or NULL; referenced
 * @kept: texts that are remembered for it
 * @growth: bytes the body gets longer by
 * @bound: media was bound for this message
 * @door: inside port behind the sender's Contact, if a request to it can come
 *	in a flow of its own; or 0
 */
struct sip_translation {
	struct nf_alg_message *msg;
	struct nf_alg_cursor c;
	struct sip_head head;
	struct sip_via via;
	bool out;
	bool in;
	const struct sip_literal *own;
	const struct sip_literal *seen;
	const struct sip_literal *public;
	__be32 external;
	u64 transaction;
	struct nf_alg_call *call[2];
	struct sip_kept kept;
	s32 growth;
	bool bound;
	__be16 door;
};

/**
 * struct sip_session - the module's part of a session
 * @own: addresses of the two ends as they write them themselves, by direction;
 *	empty before the first message
 * @seen: as the other end writes them
 * @external: what is written for the public address, if not that, or 0
 * @translation: the message that is on its way, one at a time: too large for a
 *	stack
 */
struct sip_session {
	struct sip_literal own[IP_CT_DIR_MAX];
	struct sip_literal seen[IP_CT_DIR_MAX];
	__be32 external;
	struct sip_translation translation;
};

/* Index of sip_translation.call */
enum sip_role {
	SIP_SENDER,
	SIP_RECEIVER,
};

/**
 * sip_translate() - translate a message
 * @msg: message
 *
 * Return: as nf_alg_protocol.translate.
 */
int sip_translate(struct nf_alg_message *msg);

/**
 * sip_place() - the name of the header or line that a change stands in
 * @msg: message
 * @change: a change of it
 * @text: where the name is put, terminated
 * @size: room there in bytes
 */
void sip_place(const struct nf_alg_message *msg,
	       const struct nf_alg_change *change, char *text, size_t size);

/**
 * sip_literal_of() - is this text the address of a host
 * @t: translation
 * @text: where it stands
 * @host: the host; the port is not looked at
 *
 * Return: true if it is a literal and equal.
 */
bool sip_literal_of(const struct sip_translation *t,
		    const struct nf_alg_span *text,
		    const struct nf_alg_endpoint *host);

/**
 * sip_text() - the bytes of a piece of the message
 * @t: translation
 * @span: a piece that a parser found
 *
 * Return: its first byte.
 */
static inline const u8 *sip_text(const struct sip_translation *t,
				 const struct nf_alg_span *span)
{
	return t->msg->data + span->off;
}

/**
 * sip_replace() - replace a piece of the message
 * @t: translation
 * @span: the piece
 * @bytes: what to put there
 * @len: how many bytes that is
 *
 * Return: 0 or -reason.
 */
static inline int sip_replace(struct sip_translation *t,
			      const struct nf_alg_span *span, const u8 *bytes,
			      u32 len)
{
	return nf_alg_edit(t->msg, span->off, span->len, bytes, len);
}

/**
 * sip_public_print() - write the sender's public address and a port
 * @t: translation
 * @out: at least SIP_HOSTPORT_MAX bytes
 * @public: the port; the address is the sender's
 * @had_port: the text replaced had a port
 *
 * Return: number of bytes written.
 */
static inline u32 sip_public_print(const struct sip_translation *t, u8 *out,
				   const struct nf_alg_endpoint *public,
				   bool had_port)
{
	return sip_hostport_print(out, public, t->seen->text, t->seen->len,
				  had_port, SIP_PORT);
}

/**
 * sip_maddr_replace() - let a maddr that names a host name another
 * @t: translation
 * @maddr: its value; off 0: there is none
 * @host: the address to put there
 *
 * Return: 0 or -reason.
 */
int sip_maddr_replace(struct sip_translation *t,
		      const struct nf_alg_span *maddr,
		      const struct nf_alg_endpoint *host);

/**
 * sip_maddr_of() - is there no maddr, or does it name this host
 * @t: translation
 * @maddr: its value; off 0: there is none
 * @host: the host
 *
 * Return: true if so: what is done to the host can be done to it.
 */
static inline bool sip_maddr_of(const struct sip_translation *t,
				const struct nf_alg_span *maddr,
				const struct nf_alg_endpoint *host)
{
	return !maddr->off || sip_literal_of(t, maddr, host);
}

/**
 * sip_count() - count why a part of a message is left as it is
 * @t: translation
 * @reason: why
 */
static inline void sip_count(const struct sip_translation *t,
			     enum nf_alg_reason reason)
{
	nf_alg_reason_left(t->msg, reason);
}

#endif /* NF_ALG_SIP_TRANSLATE_H */
