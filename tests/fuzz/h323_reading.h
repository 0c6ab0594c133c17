/* SPDX-License-Identifier: GPL-2.0 */
/* What must hold of a reading, whatever the bytes were */
#ifndef NF_ALG_TEST_H323_READING_H
#define NF_ALG_TEST_H323_READING_H

#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "h323_tables.h"
#include <linux/nf_nat_alg.h>

static inline void h323_must(bool holds)
{
	if (!holds)
		abort();
}

static inline bool h323_within(u32 at, u32 bytes, u32 len)
{
	return at <= len && bytes <= len - at;
}

static inline void h323_check(const struct h323_reading *r, u32 len)
{
	u32 items = 0, end = 0;

	h323_must(r->messages <= H323_MESSAGES_MAX && r->hits <= H323_HITS_MAX);
	/* An extension bit costs one more than the loop sees */
	h323_must(r->nodes <= H323_NODES_MAX + 8 * len);
	for (u32 i = 0; i < r->messages; i++) {
		const struct h323_message *m = &r->message[i];

		items += m->layer == H323_LAYER_FAST_START ||
			 m->layer == H323_LAYER_TUNNEL ||
			 m->layer == H323_LAYER_PARALLEL;
		h323_must(h323_within(m->at, m->len, len) &&
			  (m->parent < i || (!i && !m->parent)) &&
			  !(m->layer == H323_LAYER_PDU) == !!i &&
			  (!m->call || h323_within(m->call, 16, len)) &&
			  (!m->conference ||
			   h323_within(m->conference, 16, len)) &&
			  h323_within(m->endpoint.off, m->endpoint.len, len) &&
			  h323_within(m->gatekeeper.off, m->gatekeeper.len,
				      len) &&
			  h323_message_name(m->protocol, m->kind));
		/* What stands in a broken message is broken too */
		h323_must(!r->message[m->parent].broken || m->broken);
	}
	h323_must(items <= H323_ITEMS_MAX);
	for (u32 i = 0; i < r->hits; i++) {
		const struct h323_hit *hit = &r->hit[i];
		u32 bytes = hit->family == NFPROTO_IPV4 ? 4 : 16;

		if (hit->flags & H323_HIT_PORT)
			bytes += 2;
		h323_must(hit->at >= end && h323_within(hit->at, bytes, len) &&
			  hit->message < r->messages &&
			  !r->message[hit->message].broken && hit->field &&
			  hit->field < H323_ALTERNATE_ENDPOINTS &&
			  (!hit->within ||
			   (hit->within >= H323_ALTERNATE_ENDPOINTS &&
			    hit->within < H323_FIELDS)) &&
			  h323_field_name(hit->field));
		end = hit->at + bytes;
	}
}

static inline void h323_same(const struct h323_reading *a,
			     const struct h323_reading *b)
{
	h323_must(a->messages == b->messages && a->hits == b->hits &&
		  a->dropped == b->dropped && a->nodes == b->nodes);
	for (u32 i = 0; i < a->hits; i++)
		h323_must(a->hit[i].at == b->hit[i].at &&
			  a->hit[i].field == b->hit[i].field &&
			  a->hit[i].within == b->hit[i].within &&
			  a->hit[i].message == b->hit[i].message &&
			  a->hit[i].lcn == b->hit[i].lcn &&
			  a->hit[i].feature == b->hit[i].feature);
	h323_must(!memcmp(a->message, b->message,
			  a->messages * sizeof(*a->message)));
}

/* Read it twice, from copies that end where the bytes end, into what was full of
 * other things before; and once by the tables alone
 */
static inline void h323_fuzz(int (*read)(const u8 *data, u32 len,
					 struct h323_reading *r),
			     const uint8_t *input, size_t size)
{
	static struct h323_reading first, again;
	u8 *data = malloc(size ? size : 1);
	int err;

	memcpy(data, input, size);
	memset(&first, 0x55, sizeof(first));
	memset(&again, 0xaa, sizeof(again));
	err = read(data, size, &first);
	h323_must(err == read(data, size, &again) &&
		  (!err || err == -NF_ALG_REASON_MALFORMED) &&
		  !memcmp(data, input, size));
	if (!err) {
		h323_check(&first, size);
		h323_same(&first, &again);
	}
	h323_must(h323_as_tables(&first, err, data));
	free(data);
}

#endif
