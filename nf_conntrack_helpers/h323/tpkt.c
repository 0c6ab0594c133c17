// SPDX-License-Identifier: GPL-2.0
/*
 * TPKTs in a stream
 */
#include <linux/string.h>

#include "q931.h"
#include "tpkt.h"

static int h323_tpkt(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	u32 length;

	frame->seen = min_t(u32, len, H323_TPKT_HEADER);
	if ((len > 0 && data[0] != H323_TPKT_VERSION) || (len > 1 && data[1]))
		return -NF_ALG_REASON_FRAMING;
	if (len < H323_TPKT_HEADER)
		return NF_ALG_FRAME_MORE;
	length = data[2] << 8 | data[3];
	if (length < H323_TPKT_HEADER)
		return -NF_ALG_REASON_FRAMING;
	frame->head = H323_TPKT_HEADER;
	frame->body = length - H323_TPKT_HEADER;
	frame->idle = length == H323_TPKT_HEADER;
	return len < length ? NF_ALG_FRAME_MORE : (int)length;
}

int h323_tpkt_signalling(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	int ret = h323_tpkt(data, len, frame);

	if (ret >= 0 && !frame->idle && len > H323_TPKT_HEADER &&
	    data[H323_TPKT_HEADER] != H323_Q931_DISCRIMINATOR)
		return -NF_ALG_REASON_FRAMING;
	return ret;
}

int h323_tpkt_control(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	return h323_tpkt(data, len, frame);
}
