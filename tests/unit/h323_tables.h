/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walker's generated readers against its tables, which say the same: every
 * PDU is read by both. The walker is a part of this, so it is no source of a
 * program that includes it.
 */
#ifndef NF_ALG_TEST_H323_TABLES_H
#define NF_ALG_TEST_H323_TABLES_H

#include "h323/walker.c"

/* Deep enough for whatever is in 64 KB */
#define TABLES_DEPTH 1000

/* The PDU that was read into @read, once more and without readers. Returns
 * whether the tables refuse it; *@over: one of the two may have reached a limit,
 * which readers do later: they need less of the stack.
 */
static bool h323_tables_refuse(const struct h323_reading *read, const u8 *data,
			       struct h323_reading *r, bool *over)
{
	static const u16 parts[] = {
		[H323_RAS] = H323_PART_RAS_MESSAGE,
		[H323_SIGNALLING] = H323_PART_H323_USER_INFORMATION,
		[H323_CONTROL] = H323_PART_MULTIMEDIA_SYSTEM_CONTROL_MESSAGE,
	};
	static struct h323_frame stack[TABLES_DEPTH + 2];
	const struct h323_message *m = &read->message[0];
	struct h323_walk w;
	int result;

	h323_begin(r);
	h323_walk_begin(&w, r, data, m->at, m->len, m->protocol);
	stack[0] = *w.top;
	stack[H323_DEPTH_MAX + 1].step = 0xff;
	w.top = stack;
	w.limit = stack + TABLES_DEPTH;
	result = h323_read_part(&w, &h323_parts[parts[m->protocol]]);
	h323_walk_end(&w, m->protocol, result);
	*over = w.over || stack[H323_DEPTH_MAX + 1].step != 0xff ||
		read->nodes > H323_NODES_MAX;
	return result == H323_READ_ERROR;
}

static bool h323_same_channel(const struct h323_channel *a,
			      const struct h323_channel *b)
{
	return a->lcn == b->lcn && a->session == b->session &&
	       a->data == b->data && a->reliable == b->reliable &&
	       a->there == b->there;
}

/* Of a broken message it does not matter how far it was read */
static bool h323_same_message(const struct h323_message *a,
			      const struct h323_message *b)
{
	if (a->at != b->at || a->len != b->len || a->protocol != b->protocol ||
	    a->layer != b->layer || a->parent != b->parent ||
	    a->index != b->index || a->broken != b->broken)
		return false;
	return a->broken ||
	       (a->kind == b->kind && a->version == b->version &&
		a->reason == b->reason && a->model == b->model &&
		a->sequence == b->sequence &&
		a->call_reference == b->call_reference && a->has == b->has &&
		a->is == b->is && a->features == b->features &&
		a->time_to_live == b->time_to_live && a->call == b->call &&
		a->conference == b->conference &&
		!memcmp(&a->endpoint, &b->endpoint, sizeof(a->endpoint)) &&
		!memcmp(&a->gatekeeper, &b->gatekeeper,
			sizeof(a->gatekeeper)) &&
		h323_same_channel(&a->forward, &b->forward) &&
		h323_same_channel(&a->reverse, &b->reverse));
}

static bool h323_same_hit(const struct h323_hit *a, const struct h323_hit *b)
{
	return a->at == b->at && a->family == b->family &&
	       a->flags == b->flags && a->message == b->message &&
	       a->field == b->field && a->within == b->within &&
	       a->data == b->data && a->session == b->session &&
	       a->list == b->list && a->index == b->index && a->lcn == b->lcn &&
	       a->feature == b->feature;
}

/**
 * h323_as_tables() - do readers and tables say the same of a PDU
 * @r: what h323_read_ras() and the like have filled in
 * @err: what they have returned
 * @data: the PDU
 *
 * Both count what they look at, each in its own way: a PDU that one of them
 * finds too long or too deep is not compared.
 *
 * Return: true if they do.
 */
static bool h323_as_tables(const struct h323_reading *r, int err,
			   const u8 *data)
{
	static struct h323_reading again;
	bool refused, over;

	/* TPKT or Q.931 was refused, or there is nothing to be read */
	if (!r->messages)
		return true;
	memset(&again, 0x77, sizeof(again));
	refused = h323_tables_refuse(r, data, &again, &over);
	if (over || (err && refused))
		return true;
	if (err || refused)
		return false;
	if (r->messages != again.messages || r->hits != again.hits ||
	    r->dropped != again.dropped)
		return false;
	for (u32 i = 0; i < r->messages; i++)
		if (!h323_same_message(&r->message[i], &again.message[i]))
			return false;
	for (u32 i = 0; i < r->hits; i++)
		if (!h323_same_hit(&r->hit[i], &again.hit[i]))
			return false;
	return true;
}

#endif
