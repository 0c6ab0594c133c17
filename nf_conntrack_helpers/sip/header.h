/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_HEADER_H
#define NF_ALG_SIP_HEADER_H

#include "cursor.h"
#include "start_line.h"

/**
 * enum sip_header - header fields that the translation knows
 * @SIP_HEADER_OTHER: every other field; never touched
 */
enum sip_header {
	SIP_HEADER_OTHER,
	SIP_HEADER_VIA,
	SIP_HEADER_FROM,
	SIP_HEADER_TO,
	SIP_HEADER_CALL_ID,
	SIP_HEADER_CSEQ,
	SIP_HEADER_CONTENT_TYPE,
	SIP_HEADER_CONTENT_ENCODING,
	SIP_HEADER_EXPIRES,
	SIP_HEADER_SESSION_EXPIRES,
	SIP_HEADER_SUBSCRIPTION_STATE,
	__SIP_HEADER_SINGLE,
	/* These may come several times and are kept in order */
	SIP_HEADER_CONTACT = __SIP_HEADER_SINGLE,
	SIP_HEADER_RECORD_ROUTE,
	SIP_HEADER_ROUTE,
	SIP_HEADER_PATH,
	SIP_HEADER_SERVICE_ROUTE,
	SIP_HEADER_REFER_TO,
	SIP_HEADER_REFERRED_BY,
	/* Who somebody is: P-Asserted-Identity and its like */
	SIP_HEADER_IDENTITY,
	SIP_HEADER_CONTENT_LENGTH,
	__SIP_HEADER_MAX,
};

/**
 * struct sip_field - one header field
 * @name: which
 * @value: from the first byte that is no white space behind the colon to the
 *	line end, folds included
 */
struct sip_field {
	enum sip_header name;
	struct nf_alg_span value;
};

/* Contact, Record-Route, ... lines of one message */
#define SIP_FIELDS_MAX 40

/**
 * struct sip_head - a message up to its body, indexed in one pass
 * @line: start line
 * @single: first field of each kind below __SIP_HEADER_SINGLE; off 0 where the
 *	message has none. Of Via only the topmost value counts
 * @field: the others, in order
 * @fields: how many
 * @method: of the transaction: the request's, or CSeq's in a response
 * @cseq: sequence number
 * @body: offset of the body
 * @body_len: its length: Content-Length, or all that is left where there is
 *	none
 * @length: there was a Content-Length
 */
struct sip_head {
	struct sip_start_line line;
	struct nf_alg_span single[__SIP_HEADER_SINGLE];
	struct sip_field field[SIP_FIELDS_MAX];
	u32 fields;
	enum sip_method method;
	u32 cseq;
	u32 body;
	u32 body_len;
	bool length;
};

/**
 * sip_header_name() - which header field is this name
 * @name: first byte of the name
 * @len: its length in bytes
 *
 * Long and compact forms, in any case (RFC 3261 section 7.3).
 *
 * Return: the field.
 */
enum sip_header sip_header_name(const u8 *name, u32 len);

/**
 * sip_content_length_parse() - read the value of Content-Length
 * @c: the value. Not advanced
 * @digits: where the place of the digits is put; may be NULL
 *
 * Return: the length in bytes, or -1 if it is none.
 */
s32 sip_content_length_parse(const struct nf_alg_cursor *c,
			     struct nf_alg_span *digits);

/**
 * enum sip_head_result - what sip_head_parse() found
 * @SIP_HEAD_FOREIGN: no SIP start line
 * @SIP_HEAD_MALFORMED: a start line, but no good head behind it
 */
enum sip_head_result {
	SIP_HEAD_OK,
	SIP_HEAD_FOREIGN,
	SIP_HEAD_MALFORMED,
};

/**
 * sip_head_parse() - index a whole message
 * @c: the message; advanced to its body
 * @head: the index
 *
 * A message without From, To, Call-ID, CSeq or Via, with two of one of the
 * first four, with a CSeq of another method, or with a Content-Length that is
 * contradictory or longer than the message, is malformed.
 *
 * Return: enum sip_head_result.
 */
enum sip_head_result sip_head_parse(struct nf_alg_cursor *c,
				    struct sip_head *head);

/**
 * sip_skip_lws() - pass over white space and folds
 * @c: cursor
 */
static inline void sip_skip_lws(struct nf_alg_cursor *c)
{
	int ch;

	while ((ch = nf_alg_cursor_at(c, 0)) == ' ' || ch == '\t' ||
	       ch == '\r' || ch == '\n')
		c->pos++;
}

/**
 * sip_skip_quoted() - pass over the rest of a quoted string
 * @c: cursor behind the opening quote; advanced behind the closing one
 *
 * Return: true; false if it is not closed.
 */
bool sip_skip_quoted(struct nf_alg_cursor *c);

/**
 * sip_equal_fold() - is this text a keyword
 * @c: the text and nothing else
 * @word: the keyword in lower case; letters, digits, '-', '/' and '.' only
 * @len: its length
 *
 * Return: true if they are equal in any case.
 */
bool sip_equal_fold(const struct nf_alg_cursor *c, const char *word, u32 len);

#endif /* NF_ALG_SIP_HEADER_H */
