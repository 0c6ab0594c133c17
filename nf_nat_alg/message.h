/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_MESSAGE_H
#define NF_ALG_MESSAGE_H

#include <linux/list.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/string.h>
#include "session.h"

#define NF_ALG_EDITS_MAX 96
#define NF_ALG_EDIT_BYTES 4096

/**
 * struct nf_alg_change - one replacement in a message
 * @off: offset in the original message in bytes
 * @old_len: bytes replaced; 0 inserts
 * @new_off: where the new bytes stand in nf_alg_message.text
 * @new_len: how many they are; 0 deletes
 */
struct nf_alg_change {
	u32 off;
	u32 old_len;
	u16 new_off;
	u16 new_len;
};

/**
 * struct nf_alg_message - one whole message on its way
 * @data: its bytes, linear, never written to
 * @len: how many
 * @dir: direction of the flow it travels in
 * @session: the flow's session
 * @from: the side that sent it
 * @to: the side it goes to
 * @parsed: frame() has left in the session what it learned of it
 * @moves: an edit has another length than what it replaces (engine)
 * @undo: bindings this message took, given back if it fails (engine); under
 *	the bindings' lock, because others may release them at any time
 * @bound: @undo was added to; only its own CPU reads and writes this
 * @growth: bytes the message gets longer by (engine)
 * @changes: number of edits (engine)
 * @text_len: bytes used of @text (engine)
 * @change: the edits, by offset (engine)
 * @text: the new bytes (engine)
 *
 * Owned by one CPU for the time of one translate().
 */
struct nf_alg_message {
	const u8 *data;
	u32 len;
	enum ip_conntrack_dir dir;
	struct nf_alg_session *session;
	const struct nf_alg_side *from;
	const struct nf_alg_side *to;
	bool parsed;
	bool moves;
	bool bound;

	struct list_head undo;
	s32 growth;
	u16 changes;
	u16 text_len;
	struct nf_alg_change change[NF_ALG_EDITS_MAX];
	u8 text[NF_ALG_EDIT_BYTES];
};

/**
 * nf_alg_edit() - replace bytes of a message
 * @msg: message
 * @off: offset in the original message
 * @old_len: how many bytes to replace
 * @bytes: what to put there; copied
 * @new_len: how many bytes that is
 *
 * Edits may be recorded in any order but must not overlap. An edit that puts
 * the same bytes back is not recorded.
 *
 * Return: 0; -NF_ALG_REASON_LIMIT_EDITS when there are too many of them;
 * -NF_ALG_REASON_MALFORMED when the range lies outside the message or overlaps
 * an earlier edit. translate() hands the error on.
 */
int nf_alg_edit(struct nf_alg_message *msg, u32 off, u32 old_len,
		const void *bytes, u32 new_len);

/**
 * nf_alg_replace() - nf_alg_edit() that keeps the length
 * @msg: message
 * @off: offset in the original message
 * @bytes: what to put there; copied
 * @len: how many bytes that is; known to the compiler
 *
 * Cheap for who makes many short edits, one behind the other.
 *
 * Return: as nf_alg_edit().
 */
static __always_inline int nf_alg_replace(struct nf_alg_message *msg, u32 off,
					  const void *bytes, u32 len)
{
	struct nf_alg_change *change = &msg->change[msg->changes];

	if (msg->changes == NF_ALG_EDITS_MAX || off >= msg->len ||
	    len > msg->len - off || msg->data[off] == *(const u8 *)bytes ||
	    msg->text_len + len > sizeof(msg->text) ||
	    (msg->changes && (change[-1].off >= off ||
			      change[-1].off + change[-1].old_len > off)))
		return nf_alg_edit(msg, off, len, bytes, len);
	change->off = off;
	change->old_len = len;
	change->new_off = msg->text_len;
	change->new_len = len;
	memcpy(msg->text + msg->text_len, bytes, len);
	msg->text_len += len;
	msg->changes++;
	return 0;
}

/* For stream and datagram */
struct nf_alg_message *nf_alg_message_translate(struct nf_alg_session *session,
						enum ip_conntrack_dir dir,
						const u8 *data, u32 len,
						bool parsed);
void nf_alg_message_write(const struct nf_alg_message *msg, u8 *to);
void nf_alg_message_apply(const struct nf_alg_message *msg, u8 *text);
void nf_alg_message_end(struct nf_alg_message *msg, bool sent);

int nf_alg_message_cache_init(void);
void nf_alg_message_cache_exit(void);

#endif /* NF_ALG_MESSAGE_H */
