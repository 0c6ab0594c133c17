// SPDX-License-Identifier: GPL-2.0
/*
 * Who somebody is: From, To and identities.
 */
#include "contact.h"
#include "identity.h"
#include "name_addr.h"
#include "netns.h"

static void sip_identity_key(const struct sip_translation *t,
			     const struct sip_uri *uri,
			     const struct nf_alg_side *side,
			     struct sip_memory_key *key)
{
	struct nf_alg_endpoint public = side->seen;

	public.port = htons(sip_uri_port(uri));
	sip_memory_key(key, t->msg->session, SIP_MEMORY_IDENTITY, &side->own,
		       &public, 0,
		       sip_name(sip_text(t, &uri->user), uri->user.len));
}

static int sip_identity_out(struct sip_translation *t,
			    const struct sip_uri *uri)
{
	const struct nf_alg_side *from = t->msg->from;
	u8 text[SIP_HOSTPORT_MAX] __uninitialized;
	struct nf_alg_endpoint public = from->seen;
	struct sip_memory_key key __uninitialized;
	int err;

	if (!sip_literal_of(t, &uri->host, &from->own))
		return 0;
	sip_identity_key(t, uri, from, &key);
	err = sip_owner_keep(t, &key, sip_text(t, &uri->host), uri->host.len,
			     nf_alg_option(t->msg->session->an,
					   NF_ALG_OPTION_CALL_IDLE_TIME));
	if (err)
		return err;
	public.port = 0;
	return sip_replace(t, &uri->host, text,
			   sip_hostport_print(text, &public, t->seen->text,
					      t->seen->len, false, 0));
}

static int sip_identity_in(struct sip_translation *t, const struct sip_uri *uri)
{
	const struct nf_alg_side *to = t->msg->to;
	struct sip_memory_key key __uninitialized;
	u8 text[SIP_MEMORY_MAX] __uninitialized;
	u32 len;

	if (!sip_literal_of(t, &uri->host, &to->seen))
		return 0;
	sip_identity_key(t, uri, to, &key);
	len = sip_memory_find(&key, text,
			      nf_alg_option(t->msg->session->an,
					    NF_ALG_OPTION_CALL_IDLE_TIME));
	return len ? sip_replace(t, &uri->host, text, len) : 0;
}

/* All values of a header; what cannot be read is left, it is no route */
static int sip_identity_field(struct sip_translation *t,
			      const struct nf_alg_span *field, bool signable)
{
	struct sip_name_addr value __uninitialized;
	struct sip_uri uri __uninitialized;
	struct nf_alg_cursor c, text;
	int err = 0;

	if (!field->off)
		return 0;
	nf_alg_cursor_span(&c, &t->c, field);
	while (!err && sip_name_addr_next(&c, &value) > 0) {
		if (value.star)
			continue;
		/* A signature covers it (RFC 3892) */
		if (signable &&
		    sip_param_find(&t->c, &value.params, "cid", 3, NULL))
			continue;
		nf_alg_cursor_span(&text, &t->c, &value.uri);
		if (!sip_uri_parse(&text, &uri) ||
		    uri.scheme == SIP_SCHEME_OTHER)
			continue;
		if (t->out && t->msg->from->inside)
			err = sip_identity_out(t, &uri);
		if (!err && t->in)
			err = sip_identity_in(t, &uri);
	}
	return err;
}

int sip_identity_translate(struct sip_translation *t)
{
	const struct sip_field *field;
	int err;
	u32 i;

	if (likely(!nf_alg_option(t->msg->session->an,
				  NF_ALG_OPTION_IDENTITIES)))
		return 0;
	err = sip_identity_field(t, &t->head.single[SIP_HEADER_FROM], false);
	if (!err)
		err = sip_identity_field(t, &t->head.single[SIP_HEADER_TO],
					 false);
	for (i = 0; !err && i < t->head.fields; i++) {
		field = &t->head.field[i];
		if (field->name == SIP_HEADER_IDENTITY)
			err = sip_identity_field(t, &field->value, false);
		else if (field->name == SIP_HEADER_REFERRED_BY)
			err = sip_identity_field(t, &field->value, true);
	}
	return err;
}
