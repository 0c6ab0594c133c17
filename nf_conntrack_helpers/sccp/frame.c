// SPDX-License-Identifier: GPL-2.0
/*
 * Messages in a stream.
 */
#include "cursor.h"
#include "frame.h"

/* No id above was ever seen but SPCP's */
#define SCCP_ID_PLAUSIBLE 0x0200
#define SCCP_ID_MAX 0xffff

bool sccp_plausible(u32 id)
{
	return id < SCCP_ID_PLAUSIBLE || id == 0x8000 || id == 0x8100 ||
	       id == 0x8101;
}

int sccp_frame(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	/* What has not come counts as zero: it only makes numbers greater */
	u8 header[SCCP_HEADER] = {};
	u32 known = min_t(u32, len, SCCP_HEADER);
	u32 length;

	memcpy(header, data, known);
	length = sccp_u32(header);
	if (length > SCCP_LENGTH_MAX ||
	    (known >= 4 && length < SCCP_LENGTH_MIN) ||
	    sccp_u32(header + 4) > SCCP_VERSION_MAX ||
	    sccp_message_id(header) > SCCP_ID_MAX)
		return -NF_ALG_REASON_FRAMING;
	frame->seen = known;
	if (known < SCCP_HEADER)
		return NF_ALG_FRAME_MORE;
	frame->head = SCCP_HEADER;
	frame->body = length + SCCP_UNCOUNTED - SCCP_HEADER;
	if (len < length + SCCP_UNCOUNTED)
		return NF_ALG_FRAME_MORE;
	return length + SCCP_UNCOUNTED;
}
