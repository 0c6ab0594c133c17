// SPDX-License-Identifier: GPL-2.0
/*
 * One whole message: its edits, all or none
 */
#include <linux/module.h>
#include "binding.h"
#include "event.h"
#include "message.h"
#include "netns.h"
#include "spare.h"
#include "trace.h"

static struct nf_alg_spare nf_alg_message_spare __read_mostly;

/* An IPv4 address and its port are of a size that the compiler knows */
static __always_inline void nf_alg_text_copy(u8 *to, const u8 *from, u32 len)
{
	if (len == 6)
		memcpy(to, from, 6);
	else
		memcpy(to, from, len);
}

int nf_alg_edit(struct nf_alg_message *msg, u32 off, u32 old_len,
		const void *bytes, u32 new_len)
{
	struct nf_alg_change *change;
	int i;

	if (off > msg->len || old_len > msg->len - off)
		return -NF_ALG_REASON_MALFORMED;
	/* Most differ in the first byte */
	if (old_len == new_len &&
	    (!new_len || (msg->data[off] == *(const u8 *)bytes &&
			  !memcmp(msg->data + off, bytes, new_len))))
		return 0;
	if (msg->changes == NF_ALG_EDITS_MAX ||
	    new_len > sizeof(msg->text) - msg->text_len)
		return -NF_ALG_REASON_LIMIT_EDITS;

	/* Most edits come in order: look for the place from the end */
	for (i = msg->changes; i > 0; i--) {
		change = &msg->change[i - 1];
		if (change->off + change->old_len <= off &&
		    (change->off < off || change->old_len))
			break;
		if (change->off < off + old_len || change->off == off)
			return -NF_ALG_REASON_MALFORMED;
	}
	change = &msg->change[i];
	if (i < msg->changes)
		memmove(change + 1, change,
			(msg->changes - i) * sizeof(*change));
	change->off = off;
	change->old_len = old_len;
	change->new_off = msg->text_len;
	change->new_len = new_len;
	nf_alg_text_copy(msg->text + msg->text_len, bytes, new_len);
	msg->text_len += new_len;
	msg->growth += new_len - old_len;
	msg->moves |= new_len != old_len;
	msg->changes++;
	return 0;
}
EXPORT_SYMBOL_GPL(nf_alg_edit);

/**
 * nf_alg_message_translate() - show a whole message to its protocol
 * @session: the flow; its lock is held
 * @dir: direction in which it travels
 * @data: the message, linear
 * @len: its length in bytes
 * @parsed: frame() has left in the session what it learned of it
 *
 * Return: the message with its edits, to be written and then ended; or NULL if
 * it passes as it is. What it asked for is given back in that case, and the
 * reason counted, unless there was simply nothing to change.
 */
struct nf_alg_message *nf_alg_message_translate(struct nf_alg_session *session,
						enum ip_conntrack_dir dir,
						const u8 *data, u32 len,
						bool parsed)
{
	struct nf_alg_net *an = session->an;
	struct nf_alg_message *msg;
	int err = -NF_ALG_REASON_NO_MEMORY;

	/* Under the session's lock; lists read them without it */
	WRITE_ONCE(session->messages[dir], session->messages[dir] + 1);
	msg = nf_alg_spare_take(&nf_alg_message_spare);
	if (!msg)
		goto pass;

	msg->data = data;
	msg->len = len;
	msg->dir = dir;
	msg->session = session;
	msg->from = &session->side[dir];
	msg->to = &session->side[!dir];
	msg->parsed = parsed;
	msg->moves = false;
	msg->bound = false;
	INIT_LIST_HEAD(&msg->undo);
	msg->growth = 0;
	msg->changes = 0;
	msg->text_len = 0;

	err = session->protocol->translate(msg);
	trace_nf_alg_message(msg, err);
	if (!err && msg->changes)
		return msg;
	nf_alg_message_end(msg, !err);
	if (!err)
		return NULL;
pass:
	nf_alg_pass(an, session, -err);
	return NULL;
}

/**
 * nf_alg_message_write() - the message as it goes out
 * @msg: a translated message
 * @to: room for msg->len + msg->growth bytes; must not overlap msg->data
 */
void nf_alg_message_write(const struct nf_alg_message *msg, u8 *to)
{
	const struct nf_alg_change *change = msg->change;
	const struct nf_alg_change *end = change + msg->changes;
	u32 pos = 0;

	nf_alg_event_message(msg);
	if (!msg->moves) {
		/* Where all stays in its place, one copy and then the edits */
		memcpy(to, msg->data, msg->len);
		for (; change < end; change++)
			nf_alg_text_copy(to + change->off,
					 msg->text + change->new_off,
					 change->new_len);
		return;
	}
	for (; change < end; change++) {
		memcpy(to, msg->data + pos, change->off - pos);
		to += change->off - pos;
		memcpy(to, msg->text + change->new_off, change->new_len);
		to += change->new_len;
		pos = change->off + change->old_len;
	}
	memcpy(to, msg->data + pos, msg->len - pos);
}

/* Move what stands between two edits to its new place */
static void nf_alg_message_move(u8 *text, u32 from, u32 to, s32 by)
{
	memmove(text + from + by, text + from, to - from);
}

/**
 * nf_alg_message_apply() - make the edits where the message lies
 * @msg: a translated message
 * @text: its bytes, with room for msg->growth more behind them
 *
 * What moves toward the start is moved first, in order, and what moves toward
 * the end afterwards, from the last on: so nothing is overwritten that has yet
 * to move.
 */
void nf_alg_message_apply(const struct nf_alg_message *msg, u8 *text)
{
	const struct nf_alg_change *change;
	u32 from, to;
	s32 by = 0;
	int i;

	nf_alg_event_message(msg);
	for (i = 0; i < msg->changes; i++) {
		change = &msg->change[i];
		by += change->new_len - change->old_len;
		from = change->off + change->old_len;
		to = i + 1 < msg->changes ? change[1].off : msg->len;
		if (by < 0)
			nf_alg_message_move(text, from, to, by);
	}
	to = msg->len;
	for (i = msg->changes - 1; i >= 0; i--) {
		change = &msg->change[i];
		from = change->off + change->old_len;
		if (by > 0)
			nf_alg_message_move(text, from, to, by);
		by -= change->new_len - change->old_len;
		memcpy(text + change->off + by, msg->text + change->new_off,
		       change->new_len);
		to = change->off;
	}
}

/**
 * nf_alg_message_end() - done with a message
 * @msg: the message; freed
 * @sent: it goes out as the protocol wished; otherwise the bindings it took
 *	are given back
 */
void nf_alg_message_end(struct nf_alg_message *msg, bool sent)
{
	if (sent && msg->changes)
		WRITE_ONCE(msg->session->translated[msg->dir],
			   msg->session->translated[msg->dir] + 1);
	/* The list itself cannot be asked without its lock: another CPU may be
	 * about to write to the message when it already looks empty.
	 */
	if (msg->bound) {
		if (sent)
			nf_alg_bind_keep(msg);
		else
			nf_alg_bind_undo(msg);
	}
	nf_alg_spare_give(&nf_alg_message_spare, msg);
}

int nf_alg_message_cache_init(void)
{
	return nf_alg_spare_init(&nf_alg_message_spare, "nf_alg_message",
				 sizeof(struct nf_alg_message));
}

void nf_alg_message_cache_exit(void)
{
	nf_alg_spare_exit(&nf_alg_message_spare);
}
