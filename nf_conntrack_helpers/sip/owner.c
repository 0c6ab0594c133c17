// SPDX-License-Identifier: GPL-2.0
/*
 * What a call or a registration remembers, for as long as it lives.
 */
#include "dialog.h"
#include "owner.h"
#include "registration.h"
#include "translate.h"

/* What is left without an owner may still be answered (64*T1) */
#define SIP_OWNER_LEFT 32

int sip_owner_keep(struct sip_translation *t, const struct sip_memory_key *key,
		   const u8 *text, u32 len, u32 seconds)
{
	struct sip_memory_link *link = NULL;
	bool owned;
	int err;

	/* A Path outlives the registrations of this proxy's own, if it has any */
	if (t->head.method == SIP_METHOD_REGISTER)
		owned = key->kind != SIP_MEMORY_ROUTE;
	else
		owned = t->call[SIP_SENDER] || sip_dialog_begins(t);
	if (owned && t->kept.count < SIP_OWNER_KEPT)
		link = &t->kept.link[t->kept.count];
	err = sip_memory_keep(t->msg->session, key, text, len, seconds, link);
	if (!err && link)
		t->kept.count++;
	return err;
}

static bool sip_owner_has(const struct sip_owner *owner,
			  const struct sip_memory_link *link)
{
	u32 i;

	for (i = 0; i < SIP_OWNER_TEXTS; i++)
		if (owner->text[i].id == link->id &&
		    owner->text[i].stamp == link->stamp)
			return true;
	return false;
}

/* Hold one more text; the caller holds the call's lock */
static void sip_owner_add(struct sip_owner *owner, struct sip_memory_link *link)
{
	struct sip_memory_link *place = &owner->text[0];

	if (sip_owner_has(owner, link))
		return;
	if (!link->fresh && !sip_memory_hold(link))
		return;
	if (link->kind != SIP_MEMORY_VIA) {
		place += 1 + owner->next;
		owner->next = (owner->next + 1) % (SIP_OWNER_TEXTS - 1);
	}
	if (place->id)
		sip_memory_release(place, SIP_OWNER_LEFT);
	*place = *link;
	/* It is held by the owner from now on */
	place->fresh = false;
	link->fresh = false;
}

void sip_owner_adopt(struct sip_translation *t, struct nf_alg_call *call)
{
	struct sip_owner *owner;
	u32 i;

	BUILD_BUG_ON(offsetof(struct sip_dialog, owner));
	BUILD_BUG_ON(offsetof(struct sip_registration, owner));

	owner = nf_alg_call_lock(call);
	for (i = 0; i < t->kept.count; i++)
		sip_owner_add(owner, &t->kept.link[i]);
	nf_alg_call_unlock(call);
}

void sip_owner_take(struct nf_alg_call *call, const struct sip_memory_key *key)
{
	struct sip_memory_link link;

	if (!sip_memory_link(key, &link))
		return;
	sip_owner_add(nf_alg_call_lock(call), &link);
	nf_alg_call_unlock(call);
}

void sip_owner_settle(struct sip_translation *t)
{
	u32 i;

	if (!t->kept.count)
		return;
	if (t->call[SIP_SENDER])
		sip_owner_adopt(t, t->call[SIP_SENDER]);
	for (i = 0; i < t->kept.count; i++)
		if (t->kept.link[i].fresh)
			sip_memory_release(&t->kept.link[i], SIP_OWNER_LEFT);
}

void sip_owner_end(struct nf_alg_call *call)
{
	const struct sip_owner *owner = nf_alg_call_priv(call);
	u32 i;

	for (i = 0; i < SIP_OWNER_TEXTS; i++)
		if (owner->text[i].id)
			sip_memory_release(&owner->text[i], 0);
}
