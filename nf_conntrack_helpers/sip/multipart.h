/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_MULTIPART_H
#define NF_ALG_SIP_MULTIPART_H

#include "cursor.h"

/* RFC 2046 section 5.1.1 */
#define SIP_BOUNDARY_MAX 70

/**
 * struct sip_part - one part of a body
 * @type: value of its Content-Type; off 0 where there is none
 * @encoding: value of its Content-Encoding; likewise
 * @transfer: value of its Content-Transfer-Encoding; likewise
 * @length: digits of its Content-Length; likewise
 * @body: what follows its headers, up to the line end before the next
 *	delimiter
 */
struct sip_part {
	struct nf_alg_span type;
	struct nf_alg_span encoding;
	struct nf_alg_span transfer;
	struct nf_alg_span length;
	struct nf_alg_span body;
};

/**
 * sip_multipart_begin() - find the first part
 * @c: the body; advanced behind the first delimiter
 * @boundary: the boundary, without quotes
 *
 * Return: true; false if there is no delimiter, or the boundary is none.
 */
bool sip_multipart_begin(struct nf_alg_cursor *c,
			 const struct nf_alg_span *boundary);

/**
 * sip_multipart_next() - read the next part
 * @c: cursor behind a delimiter; advanced behind the next one
 * @boundary: the boundary, without quotes
 * @part: what it says
 *
 * RFC 2046. Delimiters stand at the start of a line. A part whose
 * Content-Length is not the distance to the next delimiter is malformed: some
 * would believe the one and some the other.
 *
 * Return: 1 for a part, 0 behind the last one, -1 if it is malformed.
 */
int sip_multipart_next(struct nf_alg_cursor *c,
		       const struct nf_alg_span *boundary,
		       struct sip_part *part);

#endif /* NF_ALG_SIP_MULTIPART_H */
