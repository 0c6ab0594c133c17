// SPDX-License-Identifier: GPL-2.0
/*
 * Dialogs: how long a call lives, and when its media is open.
 *
 * A dialog belongs to an inside host and is known by Call-ID and the tag of
 * that host, so that all branches of a forked call share what the host offered,
 * and many calls on one trunk do not disturb each other.
 */
#include <linux/err.h>
#include "dialog.h"
#include "door.h"
#include "media.h"
#include "name_addr.h"
#include "netns.h"
#include "peer.h"
#include "transaction.h"

#define SIP_DIALOG_KEY_MAX 300
#define SIP_DIALOG_LINGER 32
#define SIP_SESSION_EXPIRES_MIN 90
#define SIP_SESSION_EXPIRES_MAX 604800
/* Where nobody says (RFC 6665 leaves it to the event, RFC 3515 to the agent) */
#define SIP_SUBSCRIBE_EXPIRES 3600
#define SIP_REFER_EXPIRES 180

/* The tag of From or To */
static bool sip_tag(const struct sip_translation *t, enum sip_header header,
		    struct nf_alg_span *tag)
{
	struct sip_name_addr value;
	struct nf_alg_cursor c;

	tag->off = 0;
	tag->len = 0;
	nf_alg_cursor_span(&c, &t->c, &t->head.single[header]);
	if (sip_name_addr_next(&c, &value) <= 0)
		return false;
	sip_param_find(&t->c, &value.params, "tag", 3, tag);
	return true;
}

/* The header that names the sender or the receiver of this message */
static enum sip_header sip_party(const struct sip_translation *t,
				 enum sip_role role)
{
	return t->head.line.request == (role == SIP_SENDER) ? SIP_HEADER_FROM :
							      SIP_HEADER_TO;
}

u32 sip_far_tag(const struct sip_translation *t, enum sip_role role)
{
	struct nf_alg_span tag;

	if (!sip_tag(t,
		     sip_party(t,
			       role == SIP_SENDER ? SIP_RECEIVER : SIP_SENDER),
		     &tag) ||
	    !tag.len)
		return 0;
	return (u32)sip_hash(sip_text(t, &tag), tag.len) ?: 1;
}

bool sip_invite_accepted(const struct sip_translation *t)
{
	return t->head.method == SIP_METHOD_INVITE &&
	       t->head.line.status >= 200 && t->head.line.status < 300;
}

bool sip_dialog_offers(const struct sip_translation *t)
{
	u32 status = t->head.line.status;

	switch (t->head.method) {
	case SIP_METHOD_INVITE:
	case SIP_METHOD_UPDATE:
	case SIP_METHOD_PRACK:
		return t->head.line.request || (status > 100 && status < 300);
	case SIP_METHOD_ACK:
		return t->head.line.request;
	default:
		return false;
	}
}

/* A request that asks for notices, or its answer */
static bool sip_subscribes(const struct sip_translation *t)
{
	return t->head.method == SIP_METHOD_SUBSCRIBE ||
	       t->head.method == SIP_METHOD_REFER;
}

bool sip_dialog_begins(const struct sip_translation *t)
{
	if (!t->msg->from->inside)
		return false;
	if (sip_subscribes(t))
		return t->head.line.request || (t->head.line.status >= 200 &&
						t->head.line.status < 300);
	return sip_dialog_offers(t) &&
	       (t->head.method == SIP_METHOD_INVITE ||
		t->head.single[SIP_HEADER_CONTENT_TYPE].len);
}

static int sip_dialog_find(struct sip_translation *t, enum sip_role role,
			   const struct nf_alg_endpoint *inside, bool begin)
{
	const struct nf_alg_span *call_id = &t->head.single[SIP_HEADER_CALL_ID];
	u8 key[SIP_DIALOG_KEY_MAX] __uninitialized;
	struct nf_alg_call *call;
	struct nf_alg_span tag;
	u32 len;

	if (!sip_tag(t, sip_party(t, role), &tag))
		return -NF_ALG_REASON_MALFORMED;
	/* Without a tag the receiver has no dialog yet */
	if (role == SIP_RECEIVER && t->head.line.request && !tag.len)
		return 0;
	len = call_id->len + 1 + tag.len;
	if (len > sizeof(key))
		return -NF_ALG_REASON_MESSAGE_TOO_LONG;
	memcpy(key, sip_text(t, call_id), call_id->len);
	key[call_id->len] = ';';
	memcpy(key + call_id->len + 1, sip_text(t, &tag), tag.len);

	if (begin) {
		call = nf_alg_call_take(t->msg, NF_ALG_CALL, inside, key, len);
		if (IS_ERR(call))
			return PTR_ERR(call);
	} else {
		call = nf_alg_call_find(t->msg, NF_ALG_CALL, inside, key, len);
	}
	t->call[role] = call;
	return 0;
}

int sip_dialog_open(struct sip_translation *t)
{
	const struct nf_alg_message *msg = t->msg;
	int err;

	if (t->head.method == SIP_METHOD_OPTIONS ||
	    t->head.method == SIP_METHOD_REGISTER || t->head.line.status == 100)
		return 0;
	if (msg->from->inside && !sip_dialog_begins(t)) {
		err = sip_dialog_find(t, SIP_SENDER, &msg->from->own, false);
		if (err)
			return err;
	}
	if (msg->to->inside)
		return sip_dialog_find(t, SIP_RECEIVER, &msg->to->own, false);
	return 0;
}

int sip_dialog_settle(struct sip_translation *t)
{
	if (t->call[SIP_SENDER] || !sip_dialog_begins(t))
		return 0;
	return sip_dialog_find(t, SIP_SENDER, &t->msg->from->own,
			       t->msg->changes ||
				       (t->door && sip_subscribes(t)));
}

/* Is this a request or answer with which the far side has agreed */
static bool sip_dialog_agreed(const struct sip_translation *t)
{
	u32 status = t->head.line.status;

	if (t->head.line.request)
		return t->head.method == SIP_METHOD_ACK;
	return status >= 200 && status < 300 &&
	       (t->head.method == SIP_METHOD_INVITE || sip_subscribes(t));
}

void sip_dialog_door(struct sip_translation *t)
{
	bool agreed = sip_dialog_agreed(t);
	struct nf_alg_message *msg = t->msg;
	struct nf_alg_call *call = t->call[SIP_SENDER];
	u8 l4proto = msg->session->l4proto;
	struct nf_alg_endpoint public;
	struct sip_dialog *dialog;
	struct nf_alg_bind want;
	__be16 door = t->door;
	int err;

	/* It is reserved with SUBSCRIBE, which nothing but its answer follows */
	if (!call || (!agreed && !(t->head.line.request && sip_subscribes(t))))
		return;
	if (!door) {
		dialog = nf_alg_call_lock(call);
		door = dialog->door;
		nf_alg_call_unlock(call);
	}
	if (!door || !sip_door_permitted(msg, l4proto, ntohs(door)))
		return;
	sip_door_want(msg, l4proto, ntohs(door), &want);
	want.flags |= NF_ALG_BIND_STAY | NF_ALG_BIND_FIRM;
	if (agreed)
		want.flags &= ~NF_ALG_BIND_CLOSED;
	err = nf_alg_bind(msg, call, &want, &public);
	if (err)
		sip_count(t, -err);
	else if (agreed && want.remote.family)
		sip_peer_admit(t, call, &want.inside);
}

int sip_dialog_bind(struct sip_translation *t, struct nf_alg_bind *want,
		    struct nf_alg_endpoint *public)
{
	int err;

	if (!t->call[SIP_SENDER]) {
		err = sip_dialog_find(t, SIP_SENDER, &t->msg->from->own, true);
		if (err)
			return err;
	}
	/* An ACK or an answer comes after the other side has spoken */
	if (t->head.line.request && t->head.method != SIP_METHOD_ACK)
		want->flags |= NF_ALG_BIND_CLOSED;
	else
		want->flags &= ~NF_ALG_BIND_CLOSED;
	t->bound = true;
	return nf_alg_bind(t->msg, t->call[SIP_SENDER], want, public);
}

/* clang-format off */
static const char *const sip_dialog_states[] = {
	[SIP_DIALOG_NEW] = "new",
	[SIP_DIALOG_FAILED] = "failed",
	[SIP_DIALOG_CALLING] = "calling",
	[SIP_DIALOG_RINGING] = "ringing",
	[SIP_DIALOG_ANSWERED] = "answered",
	[SIP_DIALOG_SUBSCRIBED] = "subscribed",
	[SIP_DIALOG_CLOSING] = "closing",
};

/* clang-format on */

/* Show the state and who is at the other end */
static void sip_dialog_describe(struct sip_translation *t,
				struct nf_alg_call *call, enum sip_role role,
				u8 state)
{
	enum sip_header far = sip_party(t, role) == SIP_HEADER_FROM ?
				      SIP_HEADER_TO :
				      SIP_HEADER_FROM;
	struct sip_name_addr value;
	struct nf_alg_cursor c;

	nf_alg_cursor_span(&c, &t->c, &t->head.single[far]);
	if (sip_name_addr_next(&c, &value) <= 0)
		return;
	nf_alg_call_describe(call, sip_dialog_states[state],
			     sip_text(t, &value.uri), value.uri.len);
}

/* The number a header begins with, or -1 */
static s32 sip_seconds_parse(const struct sip_translation *t,
			     enum sip_header header)
{
	struct nf_alg_cursor c;

	if (!t->head.single[header].len)
		return -1;
	nf_alg_cursor_span(&c, &t->c, &t->head.single[header]);
	sip_skip_lws(&c);
	return sip_number_parse(&c);
}

static u32 sip_session_expires(const struct sip_translation *t)
{
	s32 seconds = sip_seconds_parse(t, SIP_HEADER_SESSION_EXPIRES);

	if (seconds < 0)
		return 0;
	return clamp(seconds, SIP_SESSION_EXPIRES_MIN, SIP_SESSION_EXPIRES_MAX);
}

/* Does this NOTIFY end its subscription */
static bool sip_subscription_over(const struct sip_translation *t)
{
	const struct nf_alg_span *state =
		&t->head.single[SIP_HEADER_SUBSCRIPTION_STATE];
	struct nf_alg_cursor c, word;

	nf_alg_cursor_span(&c, &t->c, state);
	sip_skip_lws(&c);
	word = c;
	sip_skip_chars(&c, SIP_CHAR_TOKEN);
	word.end = c.pos;
	return state->len && sip_equal_fold(&word, "terminated", 10);
}

static u32 *sip_branch_find(struct sip_dialog *dialog, u32 branch)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(dialog->branch); i++)
		if (dialog->branch[i] == branch)
			return &dialog->branch[i];
	return NULL;
}

static u32 sip_branches(const struct sip_dialog *dialog)
{
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(dialog->branch); i++)
		n += dialog->branch[i] != 0;
	return n;
}

/* One more branch has answered; it may be one too many to be known */
static void sip_branch_answers(struct sip_dialog *dialog, u32 branch)
{
	u32 *place;

	if (dialog->settled || !branch || sip_branch_find(dialog, branch))
		return;
	place = sip_branch_find(dialog, 0);
	if (place)
		*place = branch;
}

/* Is this BYE, or its answer, of a branch beside which another goes on. Those
 * share what the host has offered, so nothing of it may go.
 */
static bool sip_branch_leaves(const struct sip_translation *t,
			      enum sip_role role, struct sip_dialog *dialog)
{
	u32 n = sip_branches(dialog);
	u32 *branch, far;

	if (!n)
		return false;
	far = sip_far_tag(t, role);
	if (!far)
		return false;
	branch = sip_branch_find(dialog, far);
	if (!branch)
		return true;
	if (n == 1)
		return false;
	*branch = 0;
	return true;
}

/**
 * struct sip_consequence - what a message does to a call besides its state
 * @live: for how many seconds it lives on from now; 0: as long as before
 * @open: what was reserved is opened
 * @commit: what is pending stays
 * @rollback: what is pending goes
 * @end: the call is over
 * @ringing: nothing need be said for as long as the host decides
 */
struct sip_consequence {
	u32 live;
	bool open;
	bool commit;
	bool rollback;
	bool end;
	bool ringing;
};

static u32 sip_setup_time(const struct sip_translation *t)
{
	return nf_alg_option(t->msg->session->an,
			     NF_ALG_OPTION_CALL_SETUP_TIME);
}

/* As long as the dialog lives when nothing more is heard of it. One that the
 * inside host alone speaks of, an answer without an ACK, is not up yet.
 */
static u32 sip_dialog_life(const struct sip_translation *t,
			   const struct sip_dialog *dialog)
{
	u32 life = dialog->session_expires + SIP_DIALOG_LINGER;

	if (dialog->state == SIP_DIALOG_CLOSING)
		return SIP_DIALOG_LINGER;
	if (!dialog->session_expires)
		life = nf_alg_option(t->msg->session->an,
				     NF_ALG_OPTION_CALL_IDLE_TIME);
	return dialog->heard ? life : min(life, sip_setup_time(t));
}

/* Does it end when its time is up, with media on it or not: after a BYE (64*T1,
 * RFC 3261 section 17), and where refreshes were agreed on (RFC 4028)
 */
static bool sip_dialog_limited(const struct sip_dialog *dialog)
{
	return dialog->state == SIP_DIALOG_CLOSING ||
	       (dialog->state == SIP_DIALOG_ANSWERED && dialog->heard &&
		dialog->session_expires);
}

static void sip_request_consequence(struct sip_translation *t,
				    enum sip_role role,
				    struct sip_dialog *dialog, u64 transaction,
				    struct sip_consequence *c)
{
	switch (t->head.method) {
	case SIP_METHOD_INVITE:
		if (dialog->state < SIP_DIALOG_CALLING)
			dialog->state = SIP_DIALOG_CALLING;
		/* Who has heard nothing by then gives up: timer B */
		if (dialog->state < SIP_DIALOG_ANSWERED)
			c->live = dialog->state == SIP_DIALOG_RINGING ?
					  sip_setup_time(t) :
					  min_t(u32, sip_setup_time(t),
						SIP_DIALOG_LINGER);
		if (role == SIP_SENDER) {
			dialog->invite = transaction;
			/* It is repeated, or it is another one */
			dialog->settled = sip_branches(dialog) &&
					  sip_far_tag(t, role);
		}
		break;
	case SIP_METHOD_UPDATE:
	case SIP_METHOD_PRACK:
		if (dialog->state == SIP_DIALOG_NEW)
			dialog->state = SIP_DIALOG_CALLING;
		if (role == SIP_SENDER)
			dialog->offer = transaction;
		break;
	case SIP_METHOD_ACK:
		/* A dialog older than what is known of it */
		if (dialog->state == SIP_DIALOG_NEW) {
			dialog->state = SIP_DIALOG_ANSWERED;
			c->live = sip_dialog_life(t, dialog);
		}
		/* An answer in the ACK is the end of the exchange */
		c->commit = role == SIP_SENDER && dialog->pending &&
			    dialog->state == SIP_DIALOG_ANSWERED;
		break;
	case SIP_METHOD_BYE:
		if (dialog->state == SIP_DIALOG_CLOSING ||
		    sip_branch_leaves(t, role, dialog))
			break;
		dialog->state = SIP_DIALOG_CLOSING;
		c->live = SIP_DIALOG_LINGER;
		break;
	case SIP_METHOD_SUBSCRIBE:
	case SIP_METHOD_REFER:
		if (dialog->state < SIP_DIALOG_CALLING) {
			dialog->state = SIP_DIALOG_CALLING;
			c->live = SIP_DIALOG_LINGER;
		}
		if (role == SIP_SENDER)
			dialog->offer = transaction;
		break;
	case SIP_METHOD_NOTIFY:
		if (dialog->state == SIP_DIALOG_SUBSCRIBED &&
		    sip_subscription_over(t)) {
			dialog->state = SIP_DIALOG_CLOSING;
			c->live = SIP_DIALOG_LINGER;
		}
		break;
	default:
		break;
	}
}

static void sip_invite_answered(struct sip_translation *t, enum sip_role role,
				struct sip_dialog *dialog,
				struct sip_consequence *c)
{
	u32 status = t->head.line.status;

	if (status < 200) {
		if (dialog->state >= SIP_DIALOG_ANSWERED)
			return;
		dialog->state = SIP_DIALOG_RINGING;
		c->live = sip_setup_time(t);
		c->ringing = true;
		c->open = role == SIP_RECEIVER;
	} else if (status < 300) {
		c->open = role == SIP_RECEIVER;
		/* What nobody has asked for waits until the far side speaks */
		c->commit = (dialog->pending ||
			     dialog->state < SIP_DIALOG_ANSWERED) &&
			    dialog->heard;
		dialog->session_expires = sip_session_expires(t);
		if (role == SIP_RECEIVER)
			sip_branch_answers(dialog, sip_far_tag(t, role));
		if (dialog->state != SIP_DIALOG_CLOSING) {
			dialog->state = SIP_DIALOG_ANSWERED;
			c->live = sip_dialog_life(t, dialog);
		}
	} else if (status == 401 || status == 407) {
		/* The same again with credentials */
		if (dialog->state < SIP_DIALOG_ANSWERED)
			c->live = SIP_DIALOG_LINGER;
	} else {
		c->rollback = true;
		/* The host may try again with the same Call-ID */
		if (dialog->state < SIP_DIALOG_ANSWERED) {
			dialog->state = SIP_DIALOG_FAILED;
			c->live = SIP_DIALOG_LINGER;
		}
	}
}

/* An answer to SUBSCRIBE, or to REFER, which is one outside of calls */
static void sip_subscribe_answered(struct sip_translation *t,
				   enum sip_role role,
				   struct sip_dialog *dialog,
				   struct sip_consequence *c)
{
	u32 status = t->head.line.status;
	s32 seconds;

	/* In a call it is the call that decides */
	if (dialog->state == SIP_DIALOG_RINGING ||
	    dialog->state == SIP_DIALOG_ANSWERED ||
	    dialog->state == SIP_DIALOG_CLOSING || dialog->invite)
		return;
	if (status >= 200 && status < 300) {
		seconds = sip_seconds_parse(t, SIP_HEADER_EXPIRES);
		if (seconds < 0)
			seconds = t->head.method == SIP_METHOD_REFER ?
					  SIP_REFER_EXPIRES :
					  SIP_SUBSCRIBE_EXPIRES;
		dialog->session_expires = min(seconds, SIP_SESSION_EXPIRES_MAX);
		dialog->state = seconds ? SIP_DIALOG_SUBSCRIBED :
					  SIP_DIALOG_CLOSING;
		c->live = dialog->session_expires + SIP_DIALOG_LINGER;
		c->open = role == SIP_RECEIVER;
	} else if (status >= 300 && dialog->state < SIP_DIALOG_ANSWERED) {
		c->live = SIP_DIALOG_LINGER;
		if (status != 401 && status != 407)
			dialog->state = SIP_DIALOG_FAILED;
	}
}

static void sip_response_consequence(struct sip_translation *t,
				     enum sip_role role,
				     struct sip_dialog *dialog, u64 transaction,
				     struct sip_consequence *c)
{
	bool answered = dialog->state == SIP_DIALOG_ANSWERED;
	u32 status = t->head.line.status;

	switch (t->head.method) {
	case SIP_METHOD_INVITE:
		/* Only the answer to what the host asked last counts */
		if (role == SIP_SENDER || transaction == dialog->invite)
			sip_invite_answered(t, role, dialog, c);
		return;
	case SIP_METHOD_UPDATE:
	case SIP_METHOD_PRACK:
		if (role == SIP_RECEIVER && transaction != dialog->offer)
			return;
		if (status >= 200 && status < 300) {
			c->open = role == SIP_RECEIVER;
			c->commit = answered && dialog->pending;
			if (answered && t->head.method == SIP_METHOD_UPDATE) {
				dialog->session_expires =
					sip_session_expires(t);
				c->live = sip_dialog_life(t, dialog);
			}
		} else if (status >= 300 && status != 401 && status != 407) {
			c->rollback = answered;
		}
		return;
	case SIP_METHOD_SUBSCRIBE:
	case SIP_METHOD_REFER:
		if (role == SIP_SENDER || transaction == dialog->offer)
			sip_subscribe_answered(t, role, dialog, c);
		return;
	case SIP_METHOD_BYE:
		if (dialog->state != SIP_DIALOG_CLOSING &&
		    sip_branch_leaves(t, role, dialog))
			return;
		if ((status >= 200 && status < 300) || status == 408 ||
		    status == 481) {
			c->end = true;
		} else if (status == 401 || status == 407) {
			dialog->state = SIP_DIALOG_ANSWERED;
			c->live = sip_dialog_life(t, dialog);
		}
		return;
	default:
		return;
	}
}

static void sip_dialog_advance(struct sip_translation *t, enum sip_role role)
{
	struct nf_alg_call *call = t->call[role];
	struct sip_consequence c = {};
	u64 transaction = sip_transaction(t);
	struct sip_dialog *dialog;
	bool begun, limited;
	u8 before, state;

	dialog = nf_alg_call_lock(call);
	before = dialog->state;
	if (role == SIP_SENDER && t->bound)
		dialog->pending = true;
	if (role == SIP_SENDER && t->door)
		dialog->door = t->door;
	begun = role == SIP_RECEIVER && !dialog->heard;
	dialog->heard |= role == SIP_RECEIVER;
	/* Any message shows that the dialog lives */
	if (before == SIP_DIALOG_ANSWERED &&
	    (!dialog->session_expires || begun))
		c.live = sip_dialog_life(t, dialog);
	if (t->head.line.request)
		sip_request_consequence(t, role, dialog, transaction, &c);
	else
		sip_response_consequence(t, role, dialog, transaction, &c);

	if (begun && dialog->state == SIP_DIALOG_ANSWERED)
		c.commit = true;
	if (c.commit || c.rollback)
		dialog->pending = false;
	/* What the engine would make of it knows of no refreshes */
	if (c.commit && !c.live)
		c.live = sip_dialog_life(t, dialog);
	limited = sip_dialog_limited(dialog);
	state = dialog->state;
	nf_alg_call_unlock(call);

	if (c.open)
		nf_alg_bind_open(call, NULL, 0);
	if (c.commit)
		nf_alg_call_commit(call);
	if (c.rollback)
		nf_alg_call_rollback(call);
	if (c.live && limited)
		nf_alg_call_limit(call, c.live);
	else if (c.live)
		nf_alg_call_extend(call, c.live);
	if (c.end)
		nf_alg_call_end(call);
	/* The answer comes by this flow: there is no door before the ACK */
	if (c.ringing)
		nf_alg_session_keep(t->msg->session, c.live);
	/* What the INVITE named was nobody's until now */
	if (before == SIP_DIALOG_NEW && role == SIP_SENDER &&
	    !t->head.line.request)
		sip_peer_adopt(t, call, &t->msg->from->own);
	if (state != before)
		sip_dialog_describe(t, call, role, state);
}

/* Does this message say where requests of its dialog come from */
static bool sip_dialog_names(const struct sip_translation *t)
{
	u32 status = t->head.line.status;

	return (t->head.line.request || (status > 100 && status < 300)) &&
	       (t->head.method == SIP_METHOD_INVITE ||
		t->head.method == SIP_METHOD_UPDATE || sip_subscribes(t));
}

/* A branch that rings on after another has answered names nobody */
static bool sip_branch_lost(struct sip_translation *t, u32 far)
{
	struct nf_alg_call *call = t->call[SIP_RECEIVER];
	struct sip_dialog *dialog;
	bool lost;

	if (t->head.line.request || t->head.line.status >= 200)
		return false;
	dialog = nf_alg_call_lock(call);
	lost = sip_branches(dialog) && !sip_branch_find(dialog, far);
	nf_alg_call_unlock(call);
	return lost;
}

/* Has the far side said anything that the sender of this message may have heard?
 * An answer is one to the far side's words.
 */
static bool sip_dialog_heard(const struct sip_translation *t)
{
	struct sip_dialog *dialog;
	bool heard;

	if (!t->head.line.request)
		return true;
	dialog = nf_alg_call_lock(t->call[SIP_SENDER]);
	heard = dialog->heard;
	nf_alg_call_unlock(t->call[SIP_SENDER]);
	return heard;
}

/* Both before what was offered is committed */
static void sip_dialog_named(struct sip_translation *t)
{
	const struct nf_alg_message *msg = t->msg;
	u32 far;

	if (t->call[SIP_SENDER] && t->bound && sip_dialog_heard(t))
		sip_peer_media_admit(t, t->call[SIP_SENDER], &msg->from->own,
				     sip_far_tag(t, SIP_SENDER));
	if (!t->call[SIP_RECEIVER] || msg->from->inside ||
	    !sip_dialog_offers(t))
		return;
	far = sip_far_tag(t, SIP_RECEIVER);
	if (!sip_branch_lost(t, far))
		sip_peer_media_admit(t, t->call[SIP_RECEIVER], &msg->to->own,
				     far);
}

/* The final answer is here: branches that have lost, and hosts that only an
 * earlier answer named, send no media any more
 */
static void sip_dialog_chosen(struct sip_translation *t)
{
	struct nf_alg_call *call = t->call[SIP_RECEIVER];
	struct sip_dialog *dialog;
	bool chosen;
	u32 far;

	if (!call || t->msg->from->inside || !sip_invite_accepted(t))
		return;
	far = sip_far_tag(t, SIP_RECEIVER);
	dialog = nf_alg_call_lock(call);
	chosen = sip_transaction(t) == dialog->invite &&
		 sip_branches(dialog) == 1 && sip_branch_find(dialog, far);
	nf_alg_call_unlock(call);
	if (chosen)
		sip_peer_media_retain(t, call, &t->msg->to->own, far);
}

void sip_dialog_update(struct sip_translation *t)
{
	bool named_only = sip_media_named_only(t);

	/* Hosts that are named come in before the rules for destinations */
	sip_dialog_named(t);
	if (t->call[SIP_SENDER])
		sip_dialog_advance(t, SIP_SENDER);
	if (t->call[SIP_RECEIVER])
		sip_dialog_advance(t, SIP_RECEIVER);
	if (unlikely(named_only))
		sip_dialog_chosen(t);
	/* From which of the far side's hosts its next request may come */
	if (t->msg->to->inside && sip_dialog_names(t))
		sip_peer_learn(t);
}

void sip_dialog_close(struct sip_translation *t)
{
	struct nf_alg_call *call;
	struct sip_dialog *dialog;
	u32 role;
	bool end;

	for (role = 0; role < ARRAY_SIZE(t->call); role++) {
		call = t->call[role];
		if (!call)
			continue;
		dialog = nf_alg_call_lock(call);
		end = dialog->state == SIP_DIALOG_NEW;
		nf_alg_call_unlock(call);
		if (end)
			nf_alg_call_end(call);
		nf_alg_call_put(call);
	}
}
