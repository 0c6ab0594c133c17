/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_DIALOG_H
#define NF_ALG_SIP_DIALOG_H

#include "binding.h"
#include "owner.h"
#include "translate.h"

enum sip_dialog_state {
	SIP_DIALOG_NEW,
	SIP_DIALOG_FAILED,
	SIP_DIALOG_CALLING,
	SIP_DIALOG_RINGING,
	SIP_DIALOG_ANSWERED,
	SIP_DIALOG_SUBSCRIBED,
	SIP_DIALOG_CLOSING,
};

/* Branches of a forked call that may be answered, and are told apart */
#define SIP_BRANCHES_MAX 3

/**
 * struct sip_dialog - the module's part of a call
 * @owner: the texts it holds
 * @invite: transaction of the inside host's latest INVITE
 * @offer: of its latest UPDATE, PRACK or SUBSCRIBE
 * @session_expires: seconds between refreshes, or 0 (RFC 4028); those of a
 *	subscription
 * @door: inside port behind the host's Contact, or 0
 * @state: enum sip_dialog_state
 * @pending: media was bound since the last commit or rollback
 * @heard: the far side has spoken in it
 * @settled: the host has spoken in it since: no more branches answer
 * @branch: sip_far_tag() of those that have answered the host's INVITE, or 0
 *
 * Under the call's lock.
 */
struct sip_dialog {
	struct sip_owner owner;
	u64 invite;
	u64 offer;
	u32 session_expires;
	__be16 door;
	u8 state;
	u8 pending;
	u8 heard;
	u8 settled;
	u32 branch[SIP_BRANCHES_MAX];
};

/**
 * sip_far_tag() - a number for the far side's tag
 * @t: translation
 * @role: which of the two the inside host is
 *
 * Return: the number, keyed; 0 if there is no tag.
 */
u32 sip_far_tag(const struct sip_translation *t, enum sip_role role);

/**
 * sip_invite_accepted() - is this a final answer to an INVITE, and a good one
 * @t: translation
 *
 * Return: true if it is a 2xx.
 */
bool sip_invite_accepted(const struct sip_translation *t);

/**
 * sip_dialog_begins() - may a dialog of the sender begin with this message
 * @t: translation
 *
 * One begins with an INVITE of the inside host, with its answer to one, with
 * its session description, or with a subscription (RFC 6665).
 *
 * Return: true if it may; it does when something in the message is ours.
 */
bool sip_dialog_begins(const struct sip_translation *t);

/**
 * sip_dialog_open() - find the dialogs of a message
 * @t: translation; @t->call is set, but for a sender's dialog that may begin
 *
 * Return: 0 or -reason.
 */
int sip_dialog_open(struct sip_translation *t);

/**
 * sip_dialog_settle() - find or begin the sender's dialog
 * @t: translation, with all edits of the message
 *
 * It has begun already if ports were bound for it, and begins here if the
 * message is changed in another way. Where nothing is ours there is none.
 *
 * Return: 0 or -reason.
 */
int sip_dialog_settle(struct sip_translation *t);

/**
 * sip_dialog_door() - let requests of the far side come in
 * @t: translation; its dialogs are known
 *
 * A dialog may be silent for longer than a UDP flow is remembered, and what
 * comes then need not come from the host that is known. So there is a door
 * behind the Contact of the inside host once the other side has agreed, as
 * long as the dialog lives. Where there can be none, the dialog goes on
 * without it.
 */
void sip_dialog_door(struct sip_translation *t);

/**
 * sip_dialog_bind() - bind ports of the sender for its dialog
 * @t: translation; the sender has a dialog, or one may begin
 * @want: what is wanted. In a request it is reserved and opened by the
 *	answer; in an answer it is open at once
 * @public: where the public endpoint is put
 *
 * Return: as nf_alg_bind(); -NF_ALG_REASON_LIMIT_BINDINGS.
 */
int sip_dialog_bind(struct sip_translation *t, struct nf_alg_bind *want,
		    struct nf_alg_endpoint *public);

/**
 * sip_dialog_offers() - may this message carry an offer or answer
 * @t: translation
 *
 * RFC 3264, 3262, 3311.
 *
 * Return: true if it may.
 */
bool sip_dialog_offers(const struct sip_translation *t);

/**
 * sip_dialog_update() - the message goes out: what it means for its dialogs
 * @t: translation
 */
void sip_dialog_update(struct sip_translation *t);

/**
 * sip_dialog_close() - put the dialogs of a message
 * @t: translation
 *
 * Those that only a failed message began are ended.
 */
void sip_dialog_close(struct sip_translation *t);

#endif /* NF_ALG_SIP_DIALOG_H */
