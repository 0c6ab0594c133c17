// SPDX-License-Identifier: GPL-2.0
/*
 * Framing: however the bytes arrive, the answer is the same, it lies within
 * them, and a start line is recognized as the parser recognizes it.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/frame.c
 * sources: nf_conntrack_helpers/sip/header.c nf_conntrack_helpers/sip/start_line.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "frame.h"
#include "header.h"
#include "translate.h"

/* As the engine calls it: with a copy that ends where the bytes end */
static int feed(const uint8_t *data, u32 len, struct nf_alg_frame *frame)
{
	u8 *copy = malloc(len ?: 1);
	int result;

	memcpy(copy, data, len);
	result = sip_frame(copy, len, frame);
	free(copy);
	return result;
}

static void same(const struct sip_head *a, const struct sip_head *b)
{
	if (a->body != b->body || a->body_len != b->body_len ||
	    a->cseq != b->cseq || a->method != b->method ||
	    a->fields != b->fields ||
	    memcmp(a->single, b->single, sizeof(a->single)) ||
	    memcmp(a->field, b->field, a->fields * sizeof(a->field[0])))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_frame whole = {}, pieces = {}, indexed = {};
	static struct sip_session session;
	struct nf_alg_cursor c;
	struct sip_head head;
	int all, some = NF_ALG_FRAME_MORE;
	u32 len, step;

	if (!size)
		return 0;
	all = feed(data, size, &whole);
	/* An index of the head says the same, and is that of the message */
	indexed.priv = &session;
	if (feed(data, size, &indexed) != all)
		abort();
	if (indexed.parsed) {
		nf_alg_cursor_init(&c, data, all);
		if (sip_head_parse(&c, &head) != SIP_HEAD_OK)
			abort();
		same(&head, &session.translation.head);
	}
	if (all > (int)size || whole.seen > size)
		abort();
	step = data[size - 1] % 7 + 1;
	for (len = step; some == NF_ALG_FRAME_MORE; len += step) {
		if (len > size)
			len = size;
		some = feed(data, len, &pieces);
		if (len == size)
			break;
	}
	/* A keepalive is handed on as soon as it is there, and so is a message
	 * without a length; a foreign stream is known when enough is there.
	 */
	if (some < 0 && all >= 0)
		abort();
	if (some > 0 && all > 0 && some != all &&
	    sip_keepalive(data, size) != (u32)all)
		abort();
	if (all > 0 && data[0] != '\r') {
		nf_alg_cursor_init(&c, data, all);
		if (sip_head_parse(&c, &head) == SIP_HEAD_FOREIGN &&
		    memcmp(data, "SIP/2.0", 7))
			abort();
	}
	return 0;
}
