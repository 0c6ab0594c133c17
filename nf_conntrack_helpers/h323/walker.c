// SPDX-License-Identifier: GPL-2.0
/*
 * The walk through a PDU, led by the tables.
 *
 * One loop, and a stack of its own instead of recursion. Three things stand on
 * the stack: a SEQUENCE whose components come one by one, a list, and a guard:
 * the hard end of an open type or of an octet string that holds an encoding.
 * What goes wrong behind a guard is forgotten back to it, and the walk goes on
 * at its end. Without a guard the PDU is lost.
 */
#include <linux/bitops.h>
#include <linux/netfilter.h>
#include <linux/nf_nat_alg.h>

#include "per.h"
#include "schema.h"
#include "tables.h"
#include "tpkt.h"
#include "walker.h"

/* Guards, SEQUENCEs and lists in each other; a fast start in call signalling
 * that a RAS message reports needs 24
 */
#define H323_DEPTH_MAX 32
/* Encodings in octet strings in each other: RAS in call signalling, its report
 * of another call signalling, that one's fast start
 */
#define H323_LAYERS_MAX 3
/* Generic data in generic data: each is a set of data with its parameters */
#define H323_SCOPES_MAX 8

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
	u16 reserved;
};

enum h323_step {
	H323_STEP_END, /* lowest on the stack: nothing comes any more */
	H323_STEP_ROOT, /* components of a SEQUENCE before the marker */
	H323_STEP_ADDITIONS, /* those behind it */
	H323_STEP_LIST,
	H323_STEP_GUARD,
};

/**
 * struct h323_frame - one entry of the stack
 * @path: the path at its beginning
 * @node: the SEQUENCE or the list
 * @part: the next component of its root
 * @last: behind the last of them
 * @count: bits in the bitmap, elements in the list; of a guard: hits before it
 * @bits: preamble, first bit highest; where the bitmap begins; of a guard:
 *	the end outside
 * @next: the next bit of the bitmap, or element
 * @step: enum h323_step
 * @extended: there are additions; of a guard: it holds an encoding
 * @counts: of a list: enum h323_counts
 * @messages: of a guard: messages before it
 * @scopes: of a guard: scopes before it
 */
struct h323_frame {
	struct h323_path path;
	const struct h323_node *node;
	const struct h323_part *part;
	const struct h323_part *last;
	u32 count;
	u32 bits;
	u16 next;
	u8 step;
	u8 extended;
	u8 counts;
	u8 messages;
	u8 scopes;
};

/* What the elements of a list are counted in */
enum h323_counts {
	H323_COUNTS_NOTHING,
	H323_COUNTS_LIST,
	H323_COUNTS_INDEX,
};

/**
 * struct h323_walk - the state of a walk
 * @per: the position
 * @r: what is filled in
 * @top: the highest entry of the stack, which is in @r
 * @limit: the last there is room for
 * @nodes: types looked at
 * @path: where the walk is
 * @note: what to do with the value that is read next
 * @counts: enum h323_counts: a list that is read next
 * @items: items of fastStart and the like
 * @layers: guards around encodings
 * @scopes: sets of generic data around this place
 * @over: a limit is reached
 */
struct h323_walk {
	struct h323_per per;
	struct h323_reading *r;
	struct h323_frame *top;
	const struct h323_frame *limit;
	u32 nodes;
	struct h323_path path;
	u8 note;
	u8 counts;
	u8 layers;
	u8 scopes;
	u8 items;
	bool over;
};

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
	u16 index = 0;

	if (layer == H323_LAYER_FAST_START || layer == H323_LAYER_TUNNEL ||
	    layer == H323_LAYER_PARALLEL)
		w->items++;
	if (w->r->messages == H323_MESSAGES_MAX || w->items > H323_ITEMS_MAX) {
		w->over = true;
		return false;
	}
	for (u32 i = 1; i < w->r->messages; i++) {
		m = &w->r->message[i];
		index += m->parent == parent && m->layer == layer;
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

static inline struct h323_frame *h323_push(struct h323_walk *w, u8 step)
{
	struct h323_frame *f = w->top + 1;

	if (f > w->limit)
		return NULL;
	w->top = f;
	f->path = w->path;
	f->step = step;
	return f;
}

static inline void h323_pop(struct h323_walk *w)
{
	const struct h323_frame *f = w->top--;

	if (f->step == H323_STEP_GUARD) {
		w->per.pos = w->per.end;
		w->per.end = f->bits;
		w->layers -= f->extended;
	} else if (f->step != H323_STEP_LIST &&
		   unlikely(f->node->flags & H323_NODE_SCOPE)) {
		w->scopes--;
	}
}

/* The next @bytes are all that what comes now may read */
static bool h323_guard(struct h323_walk *w, u32 bytes, bool encoding)
{
	struct h323_frame *f;

	if (bytes * 8 > h323_per_left(&w->per))
		return false;
	f = h323_push(w, H323_STEP_GUARD);
	if (!f)
		return false;
	f->extended = encoding;
	f->count = w->r->hits;
	f->messages = w->r->messages;
	f->scopes = w->scopes;
	f->bits = w->per.end;
	w->layers += encoding;
	w->per.end = w->per.pos + bytes * 8;
	return true;
}

/* Go to the end of the innermost guard: @broken: after an error */
static bool h323_leave(struct h323_walk *w, bool broken)
{
	while (w->top->step != H323_STEP_END) {
		const struct h323_frame *f = w->top;

		if (f->step != H323_STEP_GUARD) {
			h323_pop(w);
			continue;
		}
		if (broken) {
			w->r->hits = f->count;
			for (u32 i = f->messages; i < w->r->messages; i++)
				w->r->message[i].broken = true;
			w->scopes = f->scopes;
			w->r->dropped++;
		}
		w->path = f->path;
		h323_pop(w);
		return true;
	}
	return !broken;
}

/* Generic data are for H.460.@feature; so is all up to the end of the scope */
static void h323_feature(struct h323_walk *w, u32 feature)
{
	if (feature && feature < 32)
		h323_message(w)->features |= 1U << feature;
	w->top->path.feature = feature;
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

/* A number, or which alternative it is, has been read */
static noinline void h323_note_value(struct h323_walk *w, u8 note, u32 value)
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
		w->top->path.parameter = min_t(u32, value, H323_ANY - 1);
		break;
	}
}

/* A string of @len bytes has been read */
static noinline void h323_note_bytes(struct h323_walk *w, u8 note, u32 at,
				     u32 len)
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

/* A part that somebody wants to know begins */
static noinline bool h323_enter_marked(struct h323_walk *w,
				       const struct h323_part *part)
{
	struct h323_message *m = h323_message(w);

	if (part->mark >= H323_ALTERNATE_ENDPOINTS) {
		if (part->mark == H323_FORWARD ||
		    part->mark == H323_FORWARD_ACK)
			m->forward.there = true;
		else if (part->mark == H323_REVERSE)
			m->reverse.there = true;
		if (!w->path.within || w->path.within == part->mark) {
			w->path.within = part->mark;
			w->counts = H323_COUNTS_LIST;
		}
	} else if (part->mark) {
		w->path.field = part->mark;
		w->counts = H323_COUNTS_INDEX;
	}
	if (!part->note)
		return true;
	if (part->note >= H323_NOTE_DATA)
		h323_channel(w)->data = part->note - H323_NOTE_DATA;
	else if (part->note >= H323_NOTE_KIND)
		m->kind = part->note - H323_NOTE_KIND;
	else if (part->note >= H323_NOTE_FLAG)
		h323_flag(w, part->note, false);
	else if (part->note == H323_NOTE_MULTICAST)
		w->path.flags |= H323_HIT_MULTICAST;
	else if (part->note == H323_NOTE_NEW_FEATURE)
		w->top->path.feature = 0;
	else if (part->note == H323_NOTE_REPORT)
		return h323_open(w, H323_SIGNALLING, H323_LAYER_REPORT,
				 w->per.pos / 8, 0);
	w->note = part->note;
	return true;
}

/* A part begins */
static inline bool h323_enter(struct h323_walk *w, const struct h323_part *part)
{
	w->note = 0;
	w->counts = H323_COUNTS_NOTHING;
	if (!(part->mark | part->note))
		return true;
	return h323_enter_marked(w, part);
}

static bool h323_hit(struct h323_walk *w, u8 family,
		     const struct h323_node *node)
{
	const struct h323_channel *channel = h323_channel(w);
	const struct h323_message *m = h323_message(w);
	struct h323_hit *hit;
	u32 at, bits = family == NFPROTO_IPV4 ? 32 : 128;

	h323_per_align(&w->per);
	at = w->per.pos / 8;
	if (node->flags & H323_NODE_PORT)
		bits += 16;
	if (!h323_per_skip(&w->per, bits))
		return false;
	if (w->r->hits == H323_HITS_MAX) {
		w->over = true;
		return false;
	}
	hit = &w->r->hit[w->r->hits++];
	hit->at = at;
	hit->family = family;
	hit->flags = w->path.flags;
	if (node->flags & H323_NODE_PORT)
		hit->flags |= H323_HIT_PORT;
	hit->message = w->path.message;
	hit->field = w->path.field;
	hit->within = w->path.within;
	hit->data = channel->data;
	hit->session = channel->session;
	hit->list = w->path.list;
	hit->index = w->path.index;
	hit->lcn = channel->lcn ? channel->lcn : m->forward.lcn;
	hit->feature = w->path.feature;
	return true;
}

static bool h323_string(struct h323_walk *w, const struct h323_node *node)
{
	u32 len = 0;

	if (node->width && !h323_per_number(&w->per, node->width, &len))
		return false;
	len += node->lb;
	if (!len)
		return true;
	if (node->flags & H323_NODE_ALIGNED)
		h323_per_align(&w->per);
	if (w->note && !(w->per.pos & 7) &&
	    len * node->unit <= h323_per_left(&w->per))
		h323_note_bytes(w, w->note, w->per.pos / 8,
				len * node->unit / 8);
	return h323_per_skip(&w->per, len * node->unit);
}

/* An unconstrained number; of more than four octets it is passed over */
static bool h323_integer(struct h323_walk *w)
{
	u32 octets, value;

	if (!h323_per_length(&w->per, &octets))
		return false;
	if (octets > 4)
		return h323_per_skip(&w->per, octets * 8);
	if (!h323_per_octets(&w->per, octets, &value))
		return false;
	if (w->note)
		h323_note_value(w, w->note, value);
	return true;
}

static bool h323_uint(struct h323_walk *w, const struct h323_node *node)
{
	u32 value;

	if (node->flags & H323_NODE_EXT) {
		if (!h323_per_bits(&w->per, 1, &value))
			return false;
		if (value)
			return h323_integer(w);
	}
	if (!h323_per_number(&w->per, node->width, &value))
		return false;
	if (w->note)
		h323_note_value(w, w->note, value + node->lb);
	return true;
}

/* Which value or alternative: those behind the marker are counted on */
static inline bool h323_index(struct h323_walk *w, const struct h323_node *node,
			      u32 *index)
{
	u32 extensible = node->flags & H323_NODE_EXT;

	static_assert(H323_NODE_EXT == 1, "it is a bit of the encoding too");
	/* generate.py has seen that there are at most 255 */
	if (!h323_per_bits(&w->per, extensible + node->width, index))
		return false;
	if (likely(*index < node->root))
		return true;
	if (!extensible || !(*index >> node->width))
		return false;
	w->per.pos -= node->width;
	if (!h323_per_small(&w->per, index))
		return false;
	*index = min_t(u32, *index, U16_MAX) + node->root;
	return true;
}

/* An open type that nobody looks into */
static bool h323_skip_open(struct h323_walk *w)
{
	u32 len;

	return h323_per_length(&w->per, &len) &&
	       h323_per_skip(&w->per, len * 8);
}

static bool h323_sequence(struct h323_walk *w, const struct h323_node *node)
{
	struct h323_frame *f;
	u32 bits;

	f = h323_push(w, H323_STEP_ROOT);
	if (!f)
		return false;
	f->node = node;
	f->part = &h323_parts[node->first];
	f->last = f->part + node->root;
	if (unlikely(node->flags & H323_NODE_SCOPE)) {
		f->path.parameter = H323_ANY;
		if (++w->scopes > H323_SCOPES_MAX)
			return false;
	}
	/* generate.py has seen that there are at most 24 */
	if (!h323_per_bits(&w->per, node->unit, &bits))
		return false;
	bits = bits << 1 << (31 - node->unit);
	f->extended = 0;
	if (node->flags & H323_NODE_EXT) {
		f->extended = bits >> 31;
		bits <<= 1;
	}
	f->bits = bits;
	return true;
}

static bool h323_list(struct h323_walk *w, const struct h323_node *node)
{
	struct h323_frame *f;
	u32 count;

	if (!h323_per_number(&w->per, node->width, &count))
		return false;
	f = h323_push(w, H323_STEP_LIST);
	if (!f)
		return false;
	f->node = node;
	f->next = 0;
	f->counts = w->counts;
	f->count = count + node->lb;
	return true;
}

/* What an octet string holds is read as @type; where that is 0xffff it is passed
 * over, as it is where there are too many layers
 */
static bool h323_octets(struct h323_walk *w, u16 *type, u8 layer)
{
	u8 protocol = layer == H323_LAYER_RAS ? H323_RAS : H323_CONTROL;
	u32 at, len;

	if (!h323_per_length(&w->per, &len))
		return false;
	if (w->layers == H323_LAYERS_MAX)
		*type = H323_SKIP;
	if (*type == H323_SKIP)
		return h323_per_skip(&w->per, len * 8);
	at = w->per.pos / 8;
	if (!h323_guard(w, len, true))
		return false;
	if (layer != H323_NO_LAYER && !h323_open(w, protocol, layer, at, len))
		return false;
	w->note = layer == H323_LAYER_RAS ? H323_NOTE_KIND_IS : 0;
	return true;
}

/* The type of an octet string that depends on what was noted before */
static u16 h323_content(const struct h323_walk *w, u8 kind, u8 *layer)
{
	u8 protocol = w->r->message[w->path.message].protocol;

	for (u32 i = 0; i < H323_CONTENTS; i++) {
		const struct h323_content *c = &h323_contents[i];

		if (c->kind != kind || c->feature != w->path.feature ||
		    (c->parameter != H323_ANY &&
		     c->parameter != w->path.parameter))
			continue;
		/* RAS within RAS would be nonsense */
		if (c->layer == H323_LAYER_RAS && protocol != H323_SIGNALLING)
			continue;
		*layer = c->layer;
		return c->type;
	}
	return H323_SKIP;
}

/* Read a type that holds no others */
static noinline bool h323_plain(struct h323_walk *w,
				const struct h323_node *node)
{
	u32 value;

	switch (node->kind) {
	case H323_KIND_NULL:
		return true;
	case H323_KIND_BOOL:
		if (!h323_per_bits(&w->per, 1, &value))
			return false;
		if (w->note >= H323_NOTE_FLAG && value)
			h323_flag(w, w->note, true);
		else if (w->note && w->note < H323_NOTE_FLAG)
			h323_note_value(w, w->note, value);
		return true;
	case H323_KIND_OID:
		if (!h323_per_length(&w->per, &value))
			return false;
		if (w->note && value * 8 <= h323_per_left(&w->per))
			h323_note_bytes(w, w->note, w->per.pos / 8, value);
		return h323_per_skip(&w->per, value * 8);
	case H323_KIND_UINT:
		return h323_uint(w, node);
	case H323_KIND_INT:
		return h323_integer(w);
	case H323_KIND_ENUM:
		return h323_index(w, node, &value);
	case H323_KIND_PICK:
		if (!h323_index(w, node, &value))
			return false;
		if (w->note)
			h323_note_value(w, w->note, value);
		return value < node->root || h323_skip_open(w);
	case H323_KIND_STRING:
		return h323_string(w, node);
	case H323_KIND_IP4:
		return h323_hit(w, NFPROTO_IPV4, node);
	case H323_KIND_IP6:
		return h323_hit(w, NFPROTO_IPV6, node);
	}
	return false;
}

/* Which alternative it is; @type: its type, or H323_SKIP if it is passed over */
static bool h323_choice(struct h323_walk *w, const struct h323_node *node,
			u16 *type)
{
	const struct h323_part *part;
	u32 value;

	/* Nearly all addresses are IPv4, and that begins with so many zeroes */
	if (node->unit && h323_per_bits(&w->per, node->unit, &value)) {
		if (!value)
			return h323_hit(w, NFPROTO_IPV4,
					&h323_nodes[H323_TYPE_IPV4]);
		w->per.pos -= node->unit;
	}
	if (!h323_index(w, node, &value))
		return false;
	if (w->note)
		h323_note_value(w, w->note, value);
	part = &h323_parts[node->first + value];
	if (value >= node->root) {
		if (value >= node->parts || part->type == H323_SKIP)
			return h323_skip_open(w);
		if (!h323_per_length(&w->per, &value) ||
		    !h323_guard(w, value, false))
			return false;
	}
	*type = part->type;
	return h323_enter(w, part);
}

/* Read a type. What is in it comes later, but of a choice and of an octet string
 * with an encoding.
 */
static bool h323_type(struct h323_walk *w, u16 type)
{
	while (type != H323_SKIP) {
		const struct h323_node *node = &h323_nodes[type];
		u8 layer = H323_NO_LAYER;

		if (++w->nodes > H323_NODES_MAX) {
			w->over = true;
			return false;
		}
		type = H323_SKIP;
		switch (node->kind) {
		case H323_KIND_SEQ:
			return h323_sequence(w, node);
		case H323_KIND_LIST:
			return h323_list(w, node);
		case H323_KIND_CHOICE:
			if (!h323_choice(w, node, &type))
				return false;
			continue;
		case H323_KIND_PDU:
			type = node->first;
			if (!h323_octets(w, &type, node->unit))
				return false;
			continue;
		case H323_KIND_GENERIC:
		case H323_KIND_PARAMETER:
		case H323_KIND_OPERATION:
			type = h323_content(w, node->kind, &layer);
			if (!h323_octets(w, &type, layer))
				return false;
			continue;
		case H323_KIND_REST:
			h323_leave(w, false);
			return true;
		}
		return h323_plain(w, node);
	}
	return true;
}

/* The components of a SEQUENCE before its marker, up to one that holds others */
static bool h323_root(struct h323_walk *w, struct h323_frame *f, u16 *type)
{
	const struct h323_part *part = f->part;
	const struct h323_part *last = f->last;
	u32 bits = f->bits;

	for (; part < last; part++) {
		if (part->optional) {
			bool present = bits >> 31;

			bits <<= 1;
			if (!present)
				continue;
		}
		w->path = f->path;
		if (!h323_enter(w, part))
			return false;
		if (part->kind >= H323_KIND_SEQ) {
			*type = part->type;
			f->part = part + 1;
			f->bits = bits;
			/* Nothing of it is left but that */
			if (f->part == last && !f->extended &&
			    !(f->node->flags & H323_NODE_SCOPE))
				w->top--;
			return true;
		}
		w->nodes++;
		if (!h323_plain(w, &h323_nodes[part->type]))
			return false;
	}
	f->part = last;
	if (!f->extended)
		return true;
	if (!h323_per_additions(&w->per, &f->count))
		return false;
	f->bits = w->per.pos;
	f->next = 0;
	f->step = H323_STEP_ADDITIONS;
	return h323_per_skip(&w->per, f->count);
}

/* The next bit of a bitmap that is set; or its size */
static u32 h323_present(const struct h323_walk *w, const struct h323_frame *f)
{
	struct h323_per bitmap = { w->per.data, f->bits + f->next, w->per.end };
	u32 at = f->next, bits;

	while (at < f->count) {
		u32 some = min_t(u32, f->count - at, 24);

		h323_per_bits(&bitmap, some, &bits);
		if (bits)
			return at + some - fls(bits);
		at += some;
	}
	return at;
}

/* The next component behind the marker, likewise */
static bool h323_addition(struct h323_walk *w, struct h323_frame *f, u16 *type)
{
	const struct h323_node *node = f->node;
	const struct h323_part *part;
	u32 at, len;

	while ((at = h323_present(w, f)) < f->count) {
		f->next = at + 1;
		if (!h323_per_length(&w->per, &len))
			return false;
		w->nodes++;
		/* It may have come later than these tables */
		if (at + node->root < node->parts) {
			part = f->last + at;
			w->path = f->path;
			if (part->type != H323_SKIP) {
				*type = part->type;
				return h323_guard(w, len, false) &&
				       h323_enter(w, part);
			}
			if (!h323_enter(w, part))
				return false;
		}
		if (!h323_per_skip(&w->per, len * 8))
			return false;
	}
	f->next = at;
	return true;
}

/* What comes next; H323_SKIP: nothing of what is highest on the stack */
static bool h323_next(struct h323_walk *w, u16 *type)
{
	struct h323_frame *f = w->top;

	switch (f->step) {
	case H323_STEP_ROOT:
		if (!h323_root(w, f, type))
			return false;
		if (*type != H323_SKIP)
			return true;
		if (f->step == H323_STEP_ROOT)
			break;
		fallthrough;
	case H323_STEP_ADDITIONS:
		if (!h323_addition(w, f, type))
			return false;
		if (*type != H323_SKIP)
			return true;
		break;
	case H323_STEP_LIST:
		if (f->next == f->count)
			break;
		w->path = f->path;
		if (f->counts == H323_COUNTS_LIST)
			w->path.list = f->next;
		else if (f->counts == H323_COUNTS_INDEX)
			w->path.index = f->next;
		f->next++;
		w->note = 0;
		w->counts = H323_COUNTS_NOTHING;
		*type = f->node->first;
		return true;
	}
	h323_pop(w);
	return true;
}

/* Read all there is. Returns false for an error behind no guard, or where a limit
 * is reached.
 */
static bool h323_run(struct h323_walk *w, u16 type)
{
	bool good;

	while (type != H323_SKIP || w->top->step != H323_STEP_END) {
		if (type != H323_SKIP) {
			good = h323_type(w, type);
			type = H323_SKIP;
		} else {
			good = h323_next(w, &type);
		}
		if (likely(good))
			continue;
		if (w->over || !h323_leave(w, true))
			return false;
		type = H323_SKIP;
	}
	return true;
}

static int h323_walk(struct h323_reading *r, const u8 *data, u32 at, u32 len,
		     u8 protocol, u16 type)
{
	struct h323_walk w = {
		.per = { data, at * 8, (at + len) * 8 },
		.r = r,
		.top = (struct h323_frame *)r->stack,
	};
	bool good;

	static_assert((H323_DEPTH_MAX + 1) * sizeof(*w.top) <= sizeof(r->stack),
		      "there is room for the stack");
	w.top->step = H323_STEP_END;
	w.limit = w.top + H323_DEPTH_MAX;
	if (!h323_open(&w, protocol, H323_LAYER_PDU, at, len))
		return -NF_ALG_REASON_MALFORMED;
	w.note = protocol == H323_RAS ? H323_NOTE_KIND_IS : 0;
	good = h323_run(&w, type);
	r->nodes = w.nodes;
	return good ? 0 : -NF_ALG_REASON_MALFORMED;
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
	return h323_walk(r, data, 0, len, H323_RAS, H323_TYPE_RAS_MESSAGE);
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
			 H323_SIGNALLING, H323_TYPE_H323_USER_INFORMATION);
}

int h323_read_control(const u8 *data, u32 len, struct h323_reading *r)
{
	h323_begin(r);
	if (len < H323_TPKT_HEADER || len > U16_MAX)
		return -NF_ALG_REASON_MALFORMED;
	if (len == H323_TPKT_HEADER)
		return 0;
	return h323_walk(r, data, H323_TPKT_HEADER, len - H323_TPKT_HEADER,
			 H323_CONTROL,
			 H323_TYPE_MULTIMEDIA_SYSTEM_CONTROL_MESSAGE);
}
