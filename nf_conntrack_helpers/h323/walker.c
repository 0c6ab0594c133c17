// SPDX-License-Identifier: GPL-2.0
/*
 * The walk through a PDU, led by the tables.
 *
 * One loop, and a stack of its own instead of recursion. In the tables the parts
 * of a type stand one behind the other, so what comes next is mostly the next
 * entry; the stack tells where to go on behind a SEQUENCE, a list, a place that
 * hits tell of, and a guard: the hard end of an open type or of an octet string
 * that holds an encoding. What goes wrong behind a guard is forgotten back to
 * it, and the walk goes on at its end. Without a guard the PDU is lost.
 *
 * What is in every call is not led by the tables: generate.py has made readers
 * of it (readers.h), one function a type. A type that may hold itself has none,
 * so they do not call each other in circles, and what they call the tables for
 * never comes back to them.
 */
#include <linux/bitops.h>
#include <linux/netfilter.h>
#include <linux/nf_nat_alg.h>

#include "per.h"
#include "schema.h"
#include "tables.h"
#include "tpkt.h"
#include "walker.h"

/* All that stands on the stack at once; a fast start in call signalling that a
 * RAS message reports needs 26
 */
#define H323_DEPTH_MAX 38
/* Encodings in octet strings in each other: RAS in call signalling, its report
 * of another call signalling, that one's fast start
 */
#define H323_LAYERS_MAX 3
/* Generic data in generic data: each is a set of data with its parameters */
#define H323_SCOPES_MAX 8
/* Additions whose bits are at hand at once */
#define H323_BITMAP 24

/* H.460.N as an object identifier: itu-t recommendation h 460 N */
#define H323_OID_460 4
static const u8 h323_oid_460[H323_OID_460] = { 0x00, 0x08, 0x83, 0x4c };
/* protocolIdentifier: itu-t recommendation h 2250 version V */
#define H323_OID_2250 5
static const u8 h323_oid_2250[H323_OID_2250] = { 0x00, 0x08, 0x91, 0x4a, 0x00 };

/* Where the walk is, as far as hits tell it */
struct h323_path {
	u8 within;
	u8 field;
	u8 flags;
	u8 message;
	u16 list;
	u16 index;
	u16 feature;
	u16 parameter;
	u32 reserved;
};

enum h323_step {
	H323_STEP_PART, /* a SEQUENCE, or a part that says where the walk is */
	H323_STEP_LIST,
	H323_STEP_GUARD,
	H323_STEP_STOP, /* lowest on the stack: nothing comes any more */
};

/* What the elements of a list are counted in */
enum h323_counts {
	H323_COUNTS_NOTHING,
	H323_COUNTS_LIST,
	H323_COUNTS_INDEX,
};

/**
 * struct h323_frame - one entry of the stack
 * @path: the path at its beginning, where @restore
 * @next: what comes behind it
 * @bits: which optional components of those that come behind it there are
 * @step: enum h323_step
 * @restore: the path is another one behind it
 * @scope: it is a set of generic data
 * @encoding: of a guard: it holds an encoding
 * @part: of a list: its element; of additions: those of the bits at hand
 * @count: of a list: how many elements there are; of additions: bits of the
 *	bitmap that are not at hand yet; of a guard: hits before it
 * @at: of a list: the next element; of additions: where these bits stand; of a
 *	guard: the end outside
 * @counts: of a list: enum h323_counts
 * @messages: of a guard: messages before it
 * @scopes: of a guard: scopes before it
 * @known: of additions: how many of those from @part on are known
 */
struct h323_frame {
	struct h323_path path;
	const struct h323_part *next;
	u32 bits;
	u8 step;
	bool restore;
	bool scope;
	bool encoding;
	const struct h323_part *part;
	u32 count;
	u32 at;
	u8 counts;
	u8 messages;
	u8 scopes;
	u8 known;
};

/**
 * struct h323_walk - the state of a walk
 * @per: the position
 * @next: what comes next
 * @bits: which optional components of those that come next there are, or which
 *	additions; highest bit first
 * @nodes: parts looked at
 * @r: what is filled in
 * @top: the highest entry of the stack, which is in @r
 * @limit: the last there is room for
 * @path: where the walk is
 * @counts: enum h323_counts: a list that is read next
 * @layers: guards around encodings
 * @scopes: sets of generic data around this place
 * @items: items of fastStart and the like
 * @rest: nothing more of what the tables were asked to read is of interest
 * @over: a limit is reached
 * @few: the PDU, where it is shorter than what is read at once
 */
struct h323_walk {
	struct h323_per per;
	const struct h323_part *next;
	u32 bits;
	u32 nodes;
	struct h323_reading *r;
	struct h323_frame *top;
	const struct h323_frame *limit;
	struct h323_path path;
	u8 counts;
	u8 layers;
	u8 scopes;
	u8 items;
	bool rest;
	bool over;
	u8 few[sizeof(__be32)];
};

/* What is not in the tables, because the stack says what it means */
static const struct h323_part h323_end = { H323_KIND_END };
static const struct h323_part h323_next_addition = { H323_KIND_ADDITION };
static const struct h323_part h323_next_element = { H323_KIND_ELEMENT };
static const struct h323_part h323_leaving = { H323_KIND_LEAVE };
static const struct h323_part h323_stop = { H323_KIND_STOP };

static const u32 h323_flags[] = {
	[H323_NOTE_KEEP_ALIVE - H323_NOTE_FLAG] = H323_HAS_KEEP_ALIVE,
	[H323_NOTE_H245_TUNNELLING - H323_NOTE_FLAG] = H323_HAS_TUNNELING,
	[H323_NOTE_MULTIPLE_CALLS - H323_NOTE_FLAG] = H323_HAS_MULTIPLE_CALLS,
	[H323_NOTE_MAINTAIN_CONNECTION - H323_NOTE_FLAG] =
		H323_HAS_MAINTAIN_CONNECTION,
	[H323_NOTE_ANSWER_CALL - H323_NOTE_FLAG] = H323_HAS_ANSWER_CALL,
	[H323_NOTE_ADDITIVE_REGISTRATION - H323_NOTE_FLAG] = H323_HAS_ADDITIVE,
	[H323_NOTE_FAST_CONNECT_REFUSED - H323_NOTE_FLAG] =
		H323_HAS_FAST_CONNECT_REFUSED,
	[H323_NOTE_CRYPTO_TOKENS - H323_NOTE_FLAG] = H323_HAS_CRYPTO,
	[H323_NOTE_INTEGRITY_CHECK_VALUE - H323_NOTE_FLAG] = H323_HAS_INTEGRITY,
	[H323_NOTE_IS_GATEKEEPER - H323_NOTE_FLAG] = H323_IS_GATEKEEPER,
	[H323_NOTE_IS_GATEWAY - H323_NOTE_FLAG] = H323_IS_GATEWAY,
	[H323_NOTE_IS_MCU - H323_NOTE_FLAG] = H323_IS_MCU,
	[H323_NOTE_IS_TERMINAL - H323_NOTE_FLAG] = H323_IS_TERMINAL,
};

static struct h323_message *h323_message(struct h323_walk *w)
{
	return &w->r->message[w->path.message];
}

static struct h323_channel *h323_channel(struct h323_walk *w)
{
	struct h323_message *m = h323_message(w);

	return w->path.within == H323_REVERSE ? &m->reverse : &m->forward;
}

/* A message begins: what is read from here on belongs to it */
static bool h323_open(struct h323_walk *w, u8 protocol, u8 layer, u32 at,
		      u32 len)
{
	struct h323_message *m;
	u8 parent = w->path.message;
	u8 index = 0;

	static_assert(sizeof(*m) == 64, "see walker.h");
	static_assert(H323_MESSAGES_MAX <= 0xff, "so many have a number");

	if (layer == H323_LAYER_FAST_START || layer == H323_LAYER_TUNNEL ||
	    layer == H323_LAYER_PARALLEL)
		w->items++;
	if (w->r->messages == H323_MESSAGES_MAX || w->items > H323_ITEMS_MAX) {
		w->over = true;
		return false;
	}
	for (u32 i = w->r->messages; i-- > 1;) {
		m = &w->r->message[i];
		if (m->parent != parent || m->layer != layer)
			continue;
		index = m->index + 1;
		break;
	}
	m = &w->r->message[w->r->messages];
	memset(m, 0, sizeof(*m));
	m->at = at;
	m->len = len;
	m->protocol = protocol;
	m->kind = H323_UNKNOWN;
	if (protocol == H323_CONTROL)
		m->kind = H323_CONTROL_OTHER;
	if (layer == H323_LAYER_FAST_START)
		m->kind = H323_OLC;
	m->layer = layer;
	m->parent = parent;
	m->index = index;
	memset(&w->path, 0, sizeof(w->path));
	w->path.message = w->r->messages++;
	return true;
}

static inline struct h323_frame *
h323_push(struct h323_walk *w, u8 step, const struct h323_part *next, u32 bits)
{
	struct h323_frame *f = w->top + 1;

	if (unlikely(f > w->limit))
		return NULL;
	w->top = f;
	f->next = next;
	f->bits = bits;
	f->step = step;
	f->restore = false;
	f->scope = false;
	f->encoding = false;
	return f;
}

/* Nothing comes any more of what is highest on the stack; returns it, because it
 * says where to go on
 */
static inline const struct h323_frame *h323_pop(struct h323_walk *w)
{
	const struct h323_frame *f = w->top--;

	if (unlikely(f->restore)) {
		w->path = f->path;
		w->scopes -= f->scope;
	}
	return f;
}

/* The next @bytes are all that what comes now may read; there are so many */
static bool h323_guard(struct h323_walk *w, u32 bytes, bool encoding)
{
	struct h323_frame *f = h323_push(w, H323_STEP_GUARD, w->next, w->bits);

	if (!f)
		return false;
	f->encoding = encoding;
	f->path = w->path;
	f->restore = true;
	f->count = w->r->hits;
	f->messages = w->r->messages;
	f->scopes = w->scopes;
	f->at = w->per.end;
	w->layers += encoding;
	w->per.end = w->per.pos + bytes * 8;
	w->next = &h323_leaving;
	return true;
}

/* The end of the guard that is highest on the stack */
static inline void h323_guard_end(struct h323_walk *w)
{
	const struct h323_frame *f = w->top;

	w->per.pos = w->per.end;
	w->per.end = f->at;
	w->layers -= f->encoding;
}

/* Go to the end of the innermost guard: @broken: after an error */
static noinline bool h323_leave(struct h323_walk *w, bool broken)
{
	struct h323_frame *f = w->top;

	while (f->step != H323_STEP_GUARD) {
		if (f->step == H323_STEP_STOP) {
			w->next = &h323_stop;
			w->rest = !broken;
			return !broken;
		}
		f--;
	}
	w->top = f;
	w->scopes = f->scopes;
	if (broken) {
		w->r->hits = f->count;
		for (u32 i = f->messages; i < w->r->messages; i++)
			w->r->message[i].broken = true;
		w->r->dropped++;
	}
	h323_guard_end(w);
	h323_pop(w);
	w->next = f->next;
	w->bits = f->bits;
	return true;
}

/* Generic data are for H.460.@feature; so is all up to the end of the scope */
static void h323_feature(struct h323_walk *w, u32 feature)
{
	if (feature && feature < 32)
		h323_message(w)->features |= 1U << feature;
	w->path.feature = feature;
}

static void h323_flag(struct h323_walk *w, u8 note, bool is)
{
	struct h323_message *m = h323_message(w);
	u32 flag = h323_flags[note - H323_NOTE_FLAG];

	/* Of the sender, not of endpoints it mentions */
	if (w->path.within)
		return;
	m->has |= flag;
	if (is)
		m->is |= flag;
}

/* A number, or which alternative it is, has been read. Readers know at once what
 * is noted.
 */
static __always_inline void h323_note_number(struct h323_walk *w, u8 note,
					     u32 value)
{
	struct h323_message *m = h323_message(w);

	switch (note) {
	case H323_NOTE_SEQUENCE:
		m->sequence = value;
		m->has |= H323_HAS_SEQUENCE;
		break;
	case H323_NOTE_CRV:
		m->call_reference = value;
		m->has |= H323_HAS_CALL_REFERENCE;
		break;
	case H323_NOTE_TTL:
		m->time_to_live = value;
		m->has |= H323_HAS_TIME_TO_LIVE;
		break;
	case H323_NOTE_REASON:
		m->reason = min_t(u32, value, H323_UNKNOWN);
		m->has |= H323_HAS_REASON;
		break;
	case H323_NOTE_MODEL:
		m->model = min_t(u32, value, H323_UNKNOWN);
		m->has |= H323_HAS_MODEL;
		break;
	case H323_NOTE_KIND_IS:
		m->kind = H323_UNKNOWN;
		if (value <
		    (m->protocol == H323_RAS ? H323_RAS_KINDS : H323_BODIES))
			m->kind = value;
		break;
	case H323_NOTE_LCN:
		m->forward.lcn = value;
		break;
	case H323_NOTE_REVERSE_LCN:
		m->reverse.lcn = value;
		break;
	case H323_NOTE_SESSION:
		h323_channel(w)->session = value;
		break;
	case H323_NOTE_RELIABLE:
		h323_channel(w)->reliable = value;
		break;
	case H323_NOTE_FEATURE:
		h323_feature(w, min_t(u32, value, U16_MAX));
		break;
	case H323_NOTE_PARAMETER:
		/* H323_ANY is none */
		w->path.parameter = min_t(u32, value, H323_ANY - 1);
		break;
	}
}

static noinline void h323_note_value(struct h323_walk *w, u8 note, u32 value)
{
	h323_note_number(w, note, value);
}

/* A string of @len bytes has been read */
static __always_inline void h323_note_octets(struct h323_walk *w, u8 note,
					     u32 at, u32 len)
{
	struct h323_message *m = h323_message(w);
	const u8 *p = w->per.data + at;

	switch (note) {
	case H323_NOTE_VERSION:
		if (len > H323_OID_2250 &&
		    !memcmp(p, h323_oid_2250, H323_OID_2250))
			m->version = p[H323_OID_2250];
		break;
	case H323_NOTE_CALL:
		/* That of the message goes before one in generic data */
		if (!m->call || !w->path.within)
			m->call = at;
		break;
	case H323_NOTE_CONFERENCE:
		m->conference = at;
		break;
	case H323_NOTE_ENDPOINT:
		m->endpoint.off = at;
		m->endpoint.len = len;
		break;
	case H323_NOTE_GATEKEEPER:
		m->gatekeeper.off = at;
		m->gatekeeper.len = len;
		break;
	case H323_NOTE_FEATURE_OID:
		/* The number is less than 128 */
		if (len > H323_OID_460 &&
		    !memcmp(p, h323_oid_460, H323_OID_460) &&
		    p[H323_OID_460] < 128)
			h323_feature(w, p[H323_OID_460]);
		break;
	}
}

static noinline void h323_note_bytes(struct h323_walk *w, u8 note, u32 at,
				     u32 len)
{
	h323_note_octets(w, note, at, len);
}

/* Something begins that says where the walk is. Returns enum h323_counts: what
 * its elements are counted in, if it is a list.
 */
static inline u8 h323_enter_mark(struct h323_walk *w, u8 mark)
{
	if (!mark)
		return H323_COUNTS_NOTHING;
	if (mark < H323_ALTERNATE_ENDPOINTS) {
		w->path.field = mark;
		return H323_COUNTS_INDEX;
	}
	if (mark == H323_FORWARD || mark == H323_FORWARD_ACK)
		h323_message(w)->forward.there = true;
	else if (mark == H323_REVERSE)
		h323_message(w)->reverse.there = true;
	if (w->path.within && w->path.within != mark)
		return H323_COUNTS_NOTHING;
	w->path.within = mark;
	return H323_COUNTS_LIST;
}

/* Something begins that is noted */
static bool h323_enter_note(struct h323_walk *w, u8 note)
{
	if (note >= H323_NOTE_DATA)
		h323_channel(w)->data = note - H323_NOTE_DATA;
	else if (note >= H323_NOTE_KIND)
		h323_message(w)->kind = note - H323_NOTE_KIND;
	else if (note >= H323_NOTE_FLAG)
		h323_flag(w, note, false);
	else if (note == H323_NOTE_MULTICAST)
		w->path.flags |= H323_HIT_MULTICAST;
	else if (note == H323_NOTE_NEW_FEATURE)
		w->path.feature = 0;
	else if (note == H323_NOTE_REPORT)
		return h323_open(w, H323_SIGNALLING, H323_LAYER_REPORT,
				 w->per.pos / 8, 0);
	return true;
}

/* A part begins that there is something to be done for */
static noinline bool h323_enter(struct h323_walk *w,
				const struct h323_part *part)
{
	struct h323_frame *f;

	if (part->flags & H323_PART_PATH) {
		/* It is noted to come back from there */
		if (part->kind == H323_KIND_SEQ ||
		    part->kind == H323_KIND_LIST) {
			/* Those have a frame of their own */
			w->top[1].path = w->path;
		} else {
			f = h323_push(w, H323_STEP_PART, w->next, w->bits);
			if (!f)
				return false;
			f->path = w->path;
			f->restore = true;
			w->next = &h323_end;
		}
		w->counts = h323_enter_mark(w, part->mark);
	}
	return h323_enter_note(w, part->note);
}

/* An address in the component @field */
static bool h323_hit(struct h323_walk *w, u8 family, u8 flags, u8 field)
{
	const struct h323_message *m = h323_message(w);
	const struct h323_channel *channel = &m->forward;
	u16 lcn = channel->lcn;
	u32 bits = family == NFPROTO_IPV4 ? 32 : 128;
	struct h323_hit *hit;

	h323_per_align(&w->per);
	if (flags & H323_HIT_PORT)
		bits += 16;
	if (bits > h323_per_left(&w->per))
		return false;
	if (w->r->hits == H323_HITS_MAX) {
		w->over = true;
		return false;
	}
	if (w->path.within == H323_REVERSE) {
		channel = &m->reverse;
		lcn = channel->lcn ?: lcn;
	}
	hit = &w->r->hit[w->r->hits++];
	hit->at = w->per.pos / 8;
	hit->family = family;
	hit->flags = w->path.flags | flags;
	hit->message = w->path.message;
	hit->field = field;
	hit->within = w->path.within;
	hit->data = channel->data;
	hit->session = channel->session;
	hit->list = w->path.list;
	hit->index = w->path.index;
	hit->lcn = lcn;
	hit->feature = w->path.feature;
	w->per.pos += bits;
	return true;
}

/* Nearly all addresses are IPv4 with a port, and that begins with so many
 * zeroes. Returns true where it is one, that has been read; or has not been,
 * where @good is set to false.
 */
static inline bool h323_address(struct h323_walk *w,
				const struct h323_part *part, bool *good)
{
	u32 pos = w->per.pos, zeroes;

	if (!h323_per_bits(&w->per, part->unit, &zeroes) || zeroes) {
		w->per.pos = pos;
		return false;
	}
	*good = h323_hit(w, NFPROTO_IPV4, H323_HIT_PORT,
			 part->mark ? part->mark : w->path.field);
	return true;
}

/* A string of so many units; or whatever else has a length in front */
static inline bool h323_string(struct h323_walk *w,
			       const struct h323_part *part)
{
	u32 len;

	if (likely(part->width == H323_WIDTH_GENERAL) ?
		    !h323_per_length(&w->per, &len) :
		    !h323_per_number(&w->per, part->width, &len))
		return false;
	len += part->lb;
	if (!len)
		return true;
	if (part->flags & H323_PART_ALIGNED)
		h323_per_align(&w->per);
	len *= part->unit;
	if (unlikely(part->note) && !(w->per.pos & 7) &&
	    len <= h323_per_left(&w->per))
		h323_note_bytes(w, part->note, w->per.pos / 8, len / 8);
	return h323_per_skip(&w->per, len);
}

static inline bool h323_fixed(struct h323_walk *w, const struct h323_part *part)
{
	if (part->flags & H323_PART_ALIGNED)
		h323_per_align(&w->per);
	return h323_per_skip(&w->per, part->lb);
}

/* An unconstrained number; of more than four octets it is passed over */
static bool h323_integer(struct h323_walk *w, const struct h323_part *part)
{
	u32 octets, value;

	if (!h323_per_length(&w->per, &octets))
		return false;
	if (octets > 4)
		return h323_per_skip(&w->per, octets * 8);
	if (!h323_per_octets(&w->per, octets, &value))
		return false;
	if (part->note)
		h323_note_value(w, part->note, value);
	return true;
}

static inline bool h323_uint(struct h323_walk *w, const struct h323_part *part)
{
	u32 value;

	if (unlikely(part->flags & H323_PART_EXT)) {
		if (!h323_per_bits(&w->per, 1, &value))
			return false;
		if (value)
			return h323_integer(w, part);
	}
	if (!h323_per_number(&w->per, part->width, &value))
		return false;
	if (part->note)
		h323_note_value(w, part->note, value + part->lb);
	return true;
}

/* A value or an alternative that is not one of the root */
static bool h323_index_beyond(struct h323_walk *w, u32 width, u32 root,
			      u32 *index)
{
	if (!(*index >> width))
		return false;
	w->per.pos -= width;
	if (!h323_per_small(&w->per, index))
		return false;
	*index = min_t(u32, *index, U16_MAX) + root;
	return true;
}

/* Which value or alternative: those behind the marker are counted on */
static inline bool h323_index(struct h323_walk *w, const struct h323_part *part,
			      u32 *index)
{
	u32 extensible = part->flags & H323_PART_EXT;

	static_assert(H323_PART_EXT == 1, "it is a bit of the encoding too");
	/* generate.py has seen that there are at most 255 */
	if (!h323_per_bits(&w->per, extensible + part->width, index))
		return false;
	if (likely(*index < part->root))
		return true;
	return extensible &&
	       h323_index_beyond(w, part->width, part->root, index);
}

/* The length of an open type that there is room for */
static inline bool h323_open_type(struct h323_walk *w, u32 *len)
{
	return h323_per_length(&w->per, len) &&
	       *len * 8 <= h323_per_left(&w->per);
}

/* A BOOLEAN has been read that somebody wants to know */
static void h323_bool(struct h323_walk *w, const struct h323_part *part,
		      bool value)
{
	if (part->note >= H323_NOTE_FLAG)
		h323_flag(w, part->note, value);
	else
		h323_note_value(w, part->note, value);
}

/* An open type that nobody looks into */
static bool h323_skip_open(struct h323_walk *w)
{
	u32 len;

	if (!h323_open_type(w, &len))
		return false;
	w->per.pos += len * 8;
	return true;
}

/* What is noted of generic data holds until the end of @f */
static bool h323_scope(struct h323_walk *w, struct h323_frame *f)
{
	if (!f->restore)
		f->path = w->path;
	f->restore = true;
	f->scope = true;
	w->path.parameter = H323_ANY;
	return ++w->scopes <= H323_SCOPES_MAX;
}

static inline bool h323_sequence(struct h323_walk *w,
				 const struct h323_part *part,
				 const struct h323_part **next, u32 *present)
{
	struct h323_frame *f;
	u32 bits;

	/* Where nothing comes behind it, it takes the place of what it is in */
	if (unlikely(part->flags & (H323_PART_PATH | H323_PART_SCOPE)) ||
	    !((*next)->kind == H323_KIND_END ||
	      ((*next)->kind == H323_KIND_MARKER && !*present))) {
		f = h323_push(w, H323_STEP_PART, *next, *present);
		if (!f)
			return false;
		if (unlikely(part->flags & H323_PART_PATH))
			f->restore = true;
		if (unlikely(part->flags & H323_PART_SCOPE) &&
		    !h323_scope(w, f))
			return false;
	}
	*next = &h323_parts[part->first];
	if (!part->unit)
		return true;
	/* generate.py has seen that there are at most 24 */
	if (!h323_per_bits(&w->per, part->unit, &bits))
		return false;
	bits <<= 32 - part->unit;
	/* That of the marker goes last here, so where it is reached no other is
	 * left
	 */
	*present = part->flags & H323_PART_EXT ? rol32(bits, 1) : bits;
	return true;
}

/* Which of the next additions there are */
static void h323_bitmap(struct h323_walk *w, struct h323_frame *f)
{
	struct h323_per bitmap = w->per;
	u32 some = min_t(u32, f->count, H323_BITMAP);

	bitmap.pos = f->at;
	h323_per_bits(&bitmap, some, &w->bits);
	w->bits <<= 32 - some;
	f->at += some;
	f->count -= some;
}

/* Behind the components of a SEQUENCE: it has additions */
static noinline bool h323_additions(struct h323_walk *w,
				    const struct h323_part *marker)
{
	struct h323_frame *f = w->top;

	if (!h323_per_additions(&w->per, &f->count))
		return false;
	f->at = w->per.pos;
	if (!h323_per_skip(&w->per, f->count))
		return false;
	f->part = marker + 1;
	f->known = marker->parts;
	w->bits = 0;
	if (f->count)
		h323_bitmap(w, f);
	return true;
}

/* An addition that is known, of @len bytes; returns false if it is to be read */
static bool h323_pass_known(struct h323_walk *w, const struct h323_part *part,
			    u32 len)
{
	if (part->kind == H323_KIND_BOOL && len)
		h323_bool(w, part, h323_per_peek(&w->per));
	else if (part->flags & H323_PART_PATH ||
		 (part->kind != H323_KIND_SKIP &&
		  (part->kind != H323_KIND_FIXED || part->lb > len * 8)))
		return false;
	else if (part->flags & H323_PART_ENTER)
		h323_enter(w, part);
	w->per.pos += len * 8;
	return true;
}

/* The addition @at of those whose bits are at hand; returns it if it is to be
 * read
 */
static noinline const struct h323_part *h323_addition(struct h323_walk *w,
						      u32 at, bool *good)
{
	const struct h323_frame *f = w->top;
	u32 len;

	*good = h323_open_type(w, &len);
	if (!*good)
		return NULL;
	/* It may have come later than these tables */
	if (at >= f->known) {
		w->per.pos += len * 8;
		return NULL;
	}
	if (h323_pass_known(w, f->part + at, len))
		return NULL;
	*good = h323_guard(w, len, false);
	return *good ? f->part + at : NULL;
}

/* Have more bits of the bitmap at hand; returns false if there are none */
static noinline bool h323_more_additions(struct h323_walk *w)
{
	struct h323_frame *f = w->top;

	if (!f->count)
		return false;
	f->part += H323_BITMAP;
	f->known -= min_t(u8, f->known, H323_BITMAP);
	h323_bitmap(w, f);
	return true;
}

static bool h323_list(struct h323_walk *w, const struct h323_part *part)
{
	const struct h323_part *element = &h323_parts[part->first];
	struct h323_frame *f;
	u32 count;

	if (!h323_per_number(&w->per, part->width, &count))
		return false;
	count += part->lb;
	/* Whole octets, or no alignment at all */
	if (element->kind == H323_KIND_FIXED &&
	    (!(element->lb & 7) || !(element->flags & H323_PART_ALIGNED))) {
		if (part->flags & H323_PART_PATH)
			w->path = w->top[1].path;
		if (element->flags & H323_PART_ALIGNED && count)
			h323_per_align(&w->per);
		return h323_per_skip(&w->per, count * element->lb);
	}
	f = h323_push(w, H323_STEP_LIST, w->next, w->bits);
	if (!f)
		return false;
	f->restore = part->flags & H323_PART_PATH;
	f->part = element;
	f->count = count;
	f->at = 0;
	f->counts = f->restore ? w->counts : H323_COUNTS_NOTHING;
	w->next = &h323_next_element;
	return true;
}

/* Another element of the list that is highest on the stack: note where it is */
static inline const struct h323_part *h323_element(struct h323_walk *w)
{
	struct h323_frame *f = w->top;

	if (f->counts == H323_COUNTS_LIST)
		w->path.list = f->at;
	else if (f->counts == H323_COUNTS_INDEX)
		w->path.index = f->at;
	f->at++;
	return f->part;
}

/* An alternative behind the marker, or NULL where it is passed over */
static const struct h323_part *h323_alternative(struct h323_walk *w,
						const struct h323_part *part,
						u32 index, bool *good)
{
	const struct h323_part *alternative = &h323_parts[part->first + index];
	u32 len;

	*good = h323_open_type(w, &len);
	if (!*good)
		return NULL;
	if (index >= part->parts || alternative->kind == H323_KIND_SKIP) {
		w->per.pos += len * 8;
		return NULL;
	}
	*good = h323_guard(w, len, false);
	return *good ? alternative : NULL;
}

/* What an octet string holds, or NULL where it is passed over, as it is where
 * there are too many layers
 */
static const struct h323_part *h323_octets(struct h323_walk *w, u16 part,
					   u8 layer, bool *good)
{
	u8 protocol = layer == H323_LAYER_RAS ? H323_RAS : H323_CONTROL;
	u32 at, len;

	*good = h323_open_type(w, &len);
	if (!*good)
		return NULL;
	if (w->layers == H323_LAYERS_MAX || part == H323_NOTHING) {
		w->per.pos += len * 8;
		return NULL;
	}
	at = w->per.pos / 8;
	*good = h323_guard(w, len, true) &&
		(layer == H323_NO_LAYER ||
		 h323_open(w, protocol, layer, at, len));
	return *good ? &h323_parts[part] : NULL;
}

/* The type of an octet string that depends on what was noted before */
static const struct h323_part *h323_content(struct h323_walk *w, u8 kind,
					    bool *good)
{
	u8 protocol = h323_message(w)->protocol;

	for (u32 i = 0; i < H323_CONTENTS; i++) {
		const struct h323_content *c = &h323_contents[i];

		if (c->kind != kind || c->feature != w->path.feature ||
		    (c->parameter != H323_ANY &&
		     c->parameter != w->path.parameter))
			continue;
		/* RAS within RAS would be nonsense */
		if (c->layer == H323_LAYER_RAS && protocol != H323_SIGNALLING)
			continue;
		return h323_octets(w, c->part, c->layer, good);
	}
	return h323_octets(w, H323_NOTHING, H323_NO_LAYER, good);
}

/* What is rare, or is noted; returns what is in it, or NULL */
static noinline const struct h323_part *
h323_other(struct h323_walk *w, const struct h323_part *part, bool *good)
{
	u32 value;

	switch (part->kind) {
	case H323_KIND_PDU:
		return h323_octets(w, part->first, part->unit, good);
	case H323_KIND_GENERIC:
	case H323_KIND_PARAMETER:
	case H323_KIND_OPERATION:
		return h323_content(w, part->kind, good);
	case H323_KIND_BOOL:
		*good = h323_per_bits(&w->per, 1, &value);
		if (*good)
			h323_bool(w, part, value);
		return NULL;
	case H323_KIND_INT:
		*good = h323_integer(w, part);
		return NULL;
	case H323_KIND_ENUM:
	case H323_KIND_PICK:
		*good = h323_index(w, part, &value);
		if (!*good)
			return NULL;
		if (part->note)
			h323_note_value(w, part->note, value);
		if (part->kind == H323_KIND_PICK && value >= part->root)
			*good = h323_skip_open(w);
		return NULL;
	case H323_KIND_IP4:
	case H323_KIND_IP6:
		*good = h323_hit(w,
				 part->kind == H323_KIND_IP4 ? NFPROTO_IPV4 :
							       NFPROTO_IPV6,
				 part->flags & H323_PART_PORT ? H323_HIT_PORT :
								0,
				 w->path.field);
		return NULL;
	case H323_KIND_REST:
		h323_leave(w, false);
		return NULL;
	}
	*good = false;
	return NULL;
}

/* Read all there is, beginning with @part. Returns false for an error behind no
 * guard, or where a limit is reached.
 */
static bool h323_run(struct h323_walk *w, const struct h323_part *part)
{
	/* Those of the walk, where nobody else needs them */
	const struct h323_part *next = &h323_stop;
	u32 nodes = w->nodes, bits = 0, absent, at;
	const struct h323_frame *f;
	bool good;

	goto again;
	for (;;) {
		part = next++;
		if (part->flags & H323_PART_OPTIONAL) {
			if (!(bits >> 31)) {
				absent = min_t(u32, part->run, 32 - fls(bits));
				bits <<= absent;
				next = part + absent;
				continue;
			}
			bits <<= 1;
		}
again:
		nodes++;
		good = true;
		if (unlikely(part->flags & H323_PART_ENTER)) {
			w->next = next;
			w->bits = bits;
			good = h323_enter(w, part);
			next = w->next;
			bits = w->bits;
			if (!good)
				goto failed;
		}
		switch (part->kind) {
		case H323_KIND_FIXED:
			good = h323_fixed(w, part);
			break;
		case H323_KIND_STRING:
			good = h323_string(w, part);
			break;
		case H323_KIND_SEQ:
			good = h323_sequence(w, part, &next, &bits);
			break;
		case H323_KIND_MARKER:
			if (unlikely(bits)) {
				good = h323_additions(w, part);
				next = &h323_next_addition;
				bits = w->bits;
				break;
			}
			fallthrough;
		case H323_KIND_END:
pop:
			f = h323_pop(w);
			next = f->next;
			bits = f->bits;
			continue;
		case H323_KIND_ELEMENT:
			f = w->top;
			if (f->at == f->count)
				goto pop;
			w->nodes = nodes;
			if (unlikely(nodes > H323_NODES_MAX)) {
				w->over = true;
				return false;
			}
			next = part;
			part = h323_element(w);
			goto again;
		case H323_KIND_ADDITION:
			next = part;
			w->nodes = nodes;
			if (!bits) {
				if (!h323_more_additions(w))
					goto pop;
				bits = w->bits;
				continue;
			}
			at = 32 - fls(bits);
			bits &= ~(0x80000000U >> at);
			w->next = next;
			w->bits = bits;
			part = h323_addition(w, at, &good);
			next = w->next;
			if (part)
				goto again;
			break;
		case H323_KIND_LEAVE:
			h323_guard_end(w);
			goto pop;
		case H323_KIND_ADDRESS:
			if (h323_address(w, part, &good))
				break;
			w->next = next;
			w->bits = bits;
			if (part->mark && !h323_enter(w, part))
				goto failed;
			next = w->next;
			fallthrough;
		case H323_KIND_CHOICE:
			if (!h323_index(w, part, &at))
				goto failed;
			if (unlikely(part->note))
				h323_note_value(w, part->note, at);
			if (likely(at < part->root)) {
				part = &h323_parts[part->first + at];
				goto again;
			}
			w->next = next;
			w->bits = bits;
			part = h323_alternative(w, part, at, &good);
			next = w->next;
			if (part)
				goto again;
			break;
		case H323_KIND_LIST:
			w->next = next;
			w->bits = bits;
			good = h323_list(w, part);
			next = w->next;
			break;
		case H323_KIND_UINT:
			good = h323_uint(w, part);
			break;
		case H323_KIND_STOP:
			w->nodes = nodes;
			return true;
		default:
			w->next = next;
			w->bits = bits;
			part = h323_other(w, part, &good);
			next = w->next;
			bits = w->bits;
			if (part)
				goto again;
			break;
		}
		if (likely(good))
			continue;
failed:
		w->nodes = nodes;
		if (w->over || !h323_leave(w, true))
			return false;
		next = w->next;
		bits = w->bits;
	}
}

/* The rest is what the readers of readers.h are made of */

/* What a reader returns */
enum h323_read {
	/* Nothing behind it in this open type, octet string or PDU is of interest */
	H323_READ_REST = -1,
	H323_READ_ERROR = 0,
	H323_READ_GOOD = 1,
	/* What is in it is to be read now */
	H323_READ_INSIDE = 2,
};

/**
 * struct h323_mark - a guard of a reader; see struct h323_frame
 * @path: the path at its beginning
 * @end: the end outside
 * @hits: hits before it
 * @messages: messages before it
 * @scopes: scopes before it
 */
struct h323_mark {
	struct h323_path path;
	u32 end;
	u32 hits;
	u8 messages;
	u8 scopes;
};

/* The next @bytes are all that what comes now may read; there are so many */
static inline void h323_mark_begin(struct h323_walk *w, struct h323_mark *mark,
				   u32 bytes)
{
	mark->path = w->path;
	mark->end = w->per.end;
	mark->hits = w->r->hits;
	mark->messages = w->r->messages;
	mark->scopes = w->scopes;
	w->per.end = w->per.pos + bytes * 8;
}

/* Not all of it has been read: forget what was wrong */
static noinline bool h323_mark_cut(struct h323_walk *w,
				   const struct h323_mark *mark, int r)
{
	if (r == H323_READ_ERROR) {
		if (w->over)
			return false;
		w->r->hits = mark->hits;
		for (u32 i = mark->messages; i < w->r->messages; i++)
			w->r->message[i].broken = true;
		w->r->dropped++;
	}
	w->scopes = mark->scopes;
	w->path = mark->path;
	return true;
}

/* Go on behind it. @r is how it went inside; returns how it went. */
static inline int h323_mark_end(struct h323_walk *w,
				const struct h323_mark *mark, int r)
{
	/* What has been read to its end has put the path back */
	if (unlikely(r != H323_READ_GOOD) && !h323_mark_cut(w, mark, r))
		return H323_READ_ERROR;
	w->per.pos = w->per.end;
	w->per.end = mark->end;
	return H323_READ_GOOD;
}

/* The same behind an octet string that holds a message */
static inline int h323_mark_message_end(struct h323_walk *w,
					const struct h323_mark *mark, int r)
{
	r = h323_mark_end(w, mark, r);
	w->path = mark->path;
	w->layers--;
	return r;
}

/* An open type that a reader looks into */
static inline int h323_mark_open(struct h323_walk *w, struct h323_mark *mark)
{
	u32 len;

	if (!h323_open_type(w, &len))
		return H323_READ_ERROR;
	h323_mark_begin(w, mark, len);
	return H323_READ_INSIDE;
}

/* An octet string that holds a message of H.245 */
static int h323_mark_message(struct h323_walk *w, struct h323_mark *mark,
			     u8 layer)
{
	u32 len, at;

	w->nodes++;
	if (!h323_open_type(w, &len))
		return H323_READ_ERROR;
	if (w->layers == H323_LAYERS_MAX) {
		w->per.pos += len * 8;
		return H323_READ_GOOD;
	}
	at = w->per.pos / 8;
	h323_mark_begin(w, mark, len);
	w->layers++;
	/* Where there is no room for it, there is none for the PDU */
	return h323_open(w, H323_CONTROL, layer, at, len) ? H323_READ_INSIDE :
							    H323_READ_ERROR;
}

/* A part that the tables are to read */
static noinline int h323_read_part(struct h323_walk *w,
				   const struct h323_part *part)
{
	struct h323_frame *f = h323_push(w, H323_STEP_STOP, NULL, 0);
	bool good;

	if (!f)
		return H323_READ_ERROR;
	good = h323_run(w, part);
	w->top = f - 1;
	if (!good)
		return H323_READ_ERROR;
	if (likely(!w->rest))
		return H323_READ_GOOD;
	w->rest = false;
	return H323_READ_REST;
}

/* An alternative that the tables are to read, if they have it */
static noinline int h323_read_alternative(struct h323_walk *w, u16 first,
					  u8 root, u8 parts, u32 index)
{
	const struct h323_part *part = &h323_parts[first + index];
	struct h323_mark mark __uninitialized;
	int r;

	if (index < root)
		return h323_read_part(w, part);
	if (index >= parts || part->kind == H323_KIND_SKIP)
		return h323_skip_open(w);
	r = h323_mark_open(w, &mark);
	if (r != H323_READ_INSIDE)
		return r;
	return h323_mark_end(w, &mark, h323_read_part(w, part));
}

/**
 * struct h323_bitmap - which additions there are
 * @bitmap: the rest of the bitmap
 * @bits: those of it that are at hand, highest bit first
 * @base: which addition that one is for
 * @first: the first of the additions in h323_parts
 * @known: how many of them are known
 */
struct h323_bitmap {
	struct h323_per bitmap;
	u32 bits;
	u32 base;
	u16 first;
	u8 known;
};

static int h323_bitmap_begin(struct h323_walk *w, struct h323_bitmap *b,
			     u16 first, u8 known)
{
	u32 count;

	if (!h323_per_additions(&w->per, &count))
		return H323_READ_ERROR;
	b->bitmap = w->per;
	if (!h323_per_skip(&w->per, count))
		return H323_READ_ERROR;
	b->bitmap.end = w->per.pos;
	b->bits = 0;
	b->base = -H323_BITMAP;
	b->first = first;
	b->known = known;
	return H323_READ_GOOD;
}

/* The next addition there is: which, and its length. Returns false if there is
 * none, or it does not fit: then @r says so.
 */
static bool h323_bitmap_next(struct h323_walk *w, struct h323_bitmap *b,
			     u32 *at, u32 *len, int *r)
{
	u32 some;

	while (!b->bits) {
		some = min_t(u32, h323_per_left(&b->bitmap), H323_BITMAP);
		if (!some)
			return false;
		h323_per_bits(&b->bitmap, some, &b->bits);
		b->bits <<= 32 - some;
		b->base += H323_BITMAP;
	}
	some = 32 - fls(b->bits);
	b->bits &= ~(0x80000000U >> some);
	*at = b->base + some;
	w->nodes++;
	if (h323_open_type(w, len))
		return true;
	*r = H323_READ_ERROR;
	return false;
}

/* An addition without a reader */
static int h323_read_addition(struct h323_walk *w, const struct h323_bitmap *b,
			      u32 at, u32 len)
{
	const struct h323_part *part = &h323_parts[b->first + at];
	struct h323_mark mark __uninitialized;

	if (at >= b->known) {
		w->per.pos += len * 8;
		return H323_READ_GOOD;
	}
	if (h323_pass_known(w, part, len))
		return H323_READ_GOOD;
	h323_mark_begin(w, &mark, len);
	return h323_mark_end(w, &mark, h323_read_part(w, part));
}

/* Additions of which none is known */
static noinline int h323_read_no_additions(struct h323_walk *w)
{
	struct h323_bitmap additions __uninitialized;
	u32 at, len;
	int r;

	r = h323_bitmap_begin(w, &additions, 0, 0);
	while (r > 0 && h323_bitmap_next(w, &additions, &at, &len, &r))
		w->per.pos += len * 8;
	return r;
}

/* Another element of a list */
static inline bool h323_read_element(struct h323_walk *w, u8 counts, u32 i)
{
	if (unlikely(w->nodes > H323_NODES_MAX)) {
		w->over = true;
		return false;
	}
	if (counts == H323_COUNTS_LIST)
		w->path.list = i;
	else if (counts == H323_COUNTS_INDEX)
		w->path.index = i;
	return true;
}

static inline bool h323_read_fixed(struct h323_walk *w, bool aligned, u32 bits)
{
	if (aligned)
		h323_per_align(&w->per);
	return h323_per_skip(&w->per, bits);
}

/* As h323_string(), where what the part says is known */
static __always_inline bool h323_read_string(struct h323_walk *w, u8 width,
					     u32 lb, u8 unit, bool aligned,
					     u8 note)
{
	u32 len;

	if (width == H323_WIDTH_GENERAL ?
		    !h323_per_length(&w->per, &len) :
		    !h323_per_number(&w->per, width, &len))
		return false;
	len += lb;
	/* Only of no characters at all nothing is aligned */
	if (aligned && width <= H323_WIDTH_BITS && (lb || len))
		h323_per_align(&w->per);
	len *= unit;
	if (!h323_per_skip(&w->per, len))
		return false;
	if (note)
		h323_note_octets(w, note, (w->per.pos - len) / 8, len / 8);
	return true;
}

/* A BOOLEAN behind the marker */
static inline int h323_read_flag(struct h323_walk *w, u8 note, u32 len)
{
	h323_flag(w, note, h323_per_peek(&w->per));
	w->per.pos += len * 8;
	return H323_READ_GOOD;
}

static inline int h323_read_address(struct h323_walk *w,
				    const struct h323_part *part, u8 field,
				    u8 zeroes)
{
	u32 pos = w->per.pos, value;

	if (likely(h323_per_bits(&w->per, zeroes, &value) && !value))
		return h323_hit(w, NFPROTO_IPV4, H323_HIT_PORT, field);
	w->per.pos = pos;
	return h323_read_part(w, part);
}

/* Which alternative, of whose bits @index are the first: see h323_index() */
static inline bool h323_read_index(struct h323_walk *w, u32 extensible,
				   u32 width, u32 root, u32 *index)
{
	if (likely(*index < root))
		return true;
	return extensible && h323_index_beyond(w, width, root, index);
}

/* The same, bits and all, where those of interest stand behind the marker: that,
 * and a small number
 */
static inline bool h323_read_index_behind(struct h323_walk *w, u32 width,
					  u32 root, u32 *index)
{
	u32 pos = w->per.pos;

	if (likely(h323_per_bits(&w->per, 8, index) &&
		   (*index & 0xc0) == 0x80)) {
		*index += root - 0x80;
		return true;
	}
	w->per.pos = pos;
	return h323_per_bits(&w->per, 1 + width, index) &&
	       h323_read_index(w, 1, width, root, index);
}

/* ENUMERATED, and a choice of NULLs: that has an open type behind the marker */
static inline int h323_read_value(struct h323_walk *w, u32 extensible,
				  u32 width, u32 root, bool open, u8 note)
{
	u32 index;

	if (!h323_per_bits(&w->per, extensible + width, &index) ||
	    !h323_read_index(w, extensible, width, root, &index))
		return H323_READ_ERROR;
	if (note)
		h323_note_number(w, note, index);
	if (open && unlikely(index >= root))
		return h323_skip_open(w);
	return H323_READ_GOOD;
}

/* Two values that nobody wants to know, if both are of the root and nothing
 * stands between them. Each has so many bits, its marker among them.
 */
static inline bool h323_read_values(struct h323_walk *w, u32 bits, u32 root,
				    u32 more_bits, u32 more_root)
{
	u32 pos = w->per.pos, values;

	if (h323_per_bits(&w->per, bits + more_bits, &values) &&
	    values >> more_bits < root &&
	    (values & ((1U << more_bits) - 1)) < more_root)
		return true;
	w->per.pos = pos;
	return false;
}

#include "readers.h"

/* The walk stands before an encoding of @len bytes; returns false where there is
 * no room for its message
 */
static bool h323_walk_begin(struct h323_walk *w, struct h323_reading *r,
			    const u8 *data, u32 at, u32 len, u8 protocol)
{
	*w = (struct h323_walk){
		.per = { data, at * 8, (at + len) * 8 },
		.r = r,
		.top = (struct h323_frame *)r->stack,
	};
	/* One more than there is: where the path is put before its frame */
	static_assert((H323_DEPTH_MAX + 2) * sizeof(*w->top) <=
			      sizeof(r->stack),
		      "there is room for the stack");
	w->limit = w->top + H323_DEPTH_MAX;
	w->top->step = H323_STEP_STOP;
	if (at + len < sizeof(w->few)) {
		memcpy(w->few, data, at + len);
		w->per.data = w->few;
	} else {
		w->per.last = at + len - sizeof(w->few);
	}
	return h323_open(w, protocol, H323_LAYER_PDU, at, len);
}

/* What stands behind a message of H.245 in its TPKT, another one say, passes as
 * it is
 */
static void h323_walk_end(struct h323_walk *w, u8 protocol, int result)
{
	if (protocol == H323_CONTROL && result == H323_READ_GOOD &&
	    h323_per_left(&w->per) >= 8)
		w->r->dropped++;
	w->r->nodes = w->nodes;
}

static int h323_walk(struct h323_reading *r, const u8 *data, u32 at, u32 len,
		     u8 protocol)
{
	struct h323_walk w __uninitialized;
	int result;

	if (!h323_walk_begin(&w, r, data, at, len, protocol))
		return -NF_ALG_REASON_MALFORMED;
	switch (protocol) {
	case H323_SIGNALLING:
		result = h323_read_h323_user_information(&w);
		break;
	case H323_CONTROL:
		result = h323_read_multimedia_system_control_message(&w);
		break;
	default:
		result = h323_read_part(&w, &h323_parts[H323_PART_RAS_MESSAGE]);
		break;
	}
	h323_walk_end(&w, protocol, result);
	return result == H323_READ_ERROR ? -NF_ALG_REASON_MALFORMED : 0;
}

static void h323_begin(struct h323_reading *r)
{
	r->messages = 0;
	r->hits = 0;
	r->dropped = 0;
	r->nodes = 0;
	memset(&r->q931, 0, sizeof(r->q931));
}

int h323_read_ras(const u8 *data, u32 len, struct h323_reading *r)
{
	h323_begin(r);
	if (len > U16_MAX)
		return -NF_ALG_REASON_MALFORMED;
	return h323_walk(r, data, 0, len, H323_RAS);
}

int h323_read_signalling(const u8 *data, u32 len, struct h323_reading *r)
{
	struct nf_alg_cursor c;
	int err;

	h323_begin(r);
	if (len < H323_TPKT_HEADER || len > U16_MAX)
		return -NF_ALG_REASON_MALFORMED;
	if (len == H323_TPKT_HEADER)
		return 0;
	nf_alg_cursor_init(&c, data, len);
	nf_alg_cursor_skip(&c, H323_TPKT_HEADER);
	err = h323_q931_read(&c, &r->q931);
	if (err || !r->q931.uuie.len)
		return err;
	return h323_walk(r, data, r->q931.uuie.off, r->q931.uuie.len,
			 H323_SIGNALLING);
}

int h323_read_control(const u8 *data, u32 len, struct h323_reading *r)
{
	h323_begin(r);
	if (len < H323_TPKT_HEADER || len > U16_MAX)
		return -NF_ALG_REASON_MALFORMED;
	if (len == H323_TPKT_HEADER)
		return 0;
	return h323_walk(r, data, H323_TPKT_HEADER, len - H323_TPKT_HEADER,
			 H323_CONTROL);
}
