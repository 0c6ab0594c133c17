// SPDX-License-Identifier: GPL-2.0
/*
 * Whose is an SPI
 *
 * Nothing in the clear ties the SPIs of the two directions together, so what
 * comes in with a new one is given to the tunnel that must be expecting it. To
 * keep that certain, one tunnel of a gateway and public address at a time sends
 * with a new SPI until it is answered; the first packet of the others waits.
 * All of this is under the lock of the gateway, and only for packets whose SPI
 * is new.
 */
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include "learn.h"
#include "report.h"
#include "spi_match.h"
#include "state.h"
#include "tunnel.h"
#include "wait.h"

/* An SPI that was silent so long may come as an answer again */
#define IPSEC_LEARN_PAUSE HZ

/* After turns without an answer a tunnel pauses, up to 2^5 times as long */
#define IPSEC_LEARN_TRIES_MAX 5

/* Look at the turns of a peer soon */
static void ipsec_learn_kick(struct ipsec_net *ns, struct ipsec_peer *peer,
			     unsigned long delay)
{
	spin_lock(&ns->active_lock);
	if (list_empty(&peer->active))
		list_add_tail(&peer->active, &ns->active);
	spin_unlock(&ns->active_lock);
	if (!delay)
		mod_delayed_work(system_highpri_wq, &ns->learning, 0);
	else
		queue_delayed_work(system_highpri_wq, &ns->learning, delay);
}

/* The turns and hints whose time is up */
static void ipsec_learn_expire(struct ipsec_net *ns, struct ipsec_peer *peer)
{
	unsigned long pause =
		ipsec_option_ms(ns, NF_ALG_OPTION_TUNNEL_TURN_TIME);
	struct ipsec_tunnel *tunnel, *next;

	list_for_each_entry_safe(tunnel, next, &peer->pending, pending) {
		if (time_before(jiffies, tunnel->pending_until))
			break;
		list_del_init(&tunnel->pending);
		if (tunnel->answered)
			continue;
		if (tunnel->tries < IPSEC_LEARN_TRIES_MAX)
			tunnel->tries++;
		tunnel->retry_at = jiffies + (pause << tunnel->tries);
		nf_alg_reason_count(ns->an, NF_ALG_REASON_TUNNEL_UNANSWERED);
	}
	list_for_each_entry_safe(tunnel, next, &peer->hinted, hinted) {
		if (time_before(jiffies, tunnel->hint_until))
			break;
		list_del_init(&tunnel->hinted);
		tunnel->hint = false;
	}
}

/* How many have sent and were not answered; @one: the first of them */
static u32 ipsec_learn_unanswered(const struct ipsec_peer *peer,
				  struct ipsec_tunnel **one)
{
	struct ipsec_tunnel *tunnel;
	u32 count = 0;

	*one = NULL;
	list_for_each_entry(tunnel, &peer->pending, pending) {
		if (tunnel->answered)
			continue;
		*one = *one ?: tunnel;
		if (++count > 1)
			break;
	}
	return count;
}

/**
 * enum ipsec_role - what an SPI is in its pair
 * @IPSEC_ROLE_HASHED: the initiator's, which is hashed
 * @IPSEC_ROLE_HALF: the responder's, half of which is that hash
 */
enum ipsec_role {
	IPSEC_ROLE_HASHED,
	IPSEC_ROLE_HALF,
};

/* What of an SPI a predicate says has to be the same as of the other one */
static struct ipsec_clue_key ipsec_learn_halves(const struct ipsec_peer *peer,
						enum ipsec_clue_kind kind,
						u8 predicate, u32 spi,
						enum ipsec_role role)
{
	const struct ipsec_predicate *p = &ipsec_predicates[predicate];
	u16 value = role == IPSEC_ROLE_HASHED ? p->hash(spi) : p->half(spi);

	return ipsec_tunnel_clue(peer, kind, (u64)predicate << 32 | value);
}

/* SPI matching: those halves are now awaited */
static void ipsec_learn_await(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			      const struct ipsec_peer *peer, u32 spi)
{
	const struct ipsec_clue_key keys[] = {
		ipsec_learn_halves(peer, IPSEC_CLUE_HASHED, tunnel->match, spi,
				   IPSEC_ROLE_HALF),
		ipsec_learn_halves(peer, IPSEC_CLUE_HALF, tunnel->match, spi,
				   IPSEC_ROLE_HASHED),
	};
	struct ipsec_clue *clue;
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (ipsec_clue_add(ns, tunnel, &keys[i], NF_ALG_EVIDENCE_MATCH))
			continue;
		clue = ipsec_clue_find(ns, &keys[i]);
		if (clue && clue->tunnel != tunnel)
			clue->tied = true;
	}
}

/* Its turn begins: the SPI goes out, and an answer is awaited */
static void ipsec_learn_turn(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			     struct ipsec_peer *peer, __be32 spi)
{
	const struct ipsec_clue_key key =
		ipsec_tunnel_clue(peer, IPSEC_CLUE_OUT, ntohl(spi));
	unsigned long time =
		ipsec_option_ms(ns, NF_ALG_OPTION_TUNNEL_TURN_TIME);

	if (!ipsec_clue_find(ns, &key))
		ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_SENT);
	if (tunnel->match)
		ipsec_learn_await(ns, tunnel, peer, ntohl(spi));
	WRITE_ONCE(tunnel->last_out, spi);
	tunnel->answered = false;
	tunnel->turn_since = jiffies;
	tunnel->pending_until = jiffies + time;
	list_move_tail(&tunnel->pending, &peer->pending);
	ipsec_learn_kick(ns, peer, time);
}

void ipsec_learn_ahead(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	spin_lock_bh(&tunnel->gateway->lock);
	if (!tunnel->dead && !tunnel->plain)
		ipsec_tunnel_unsettle(ns, tunnel);
	spin_unlock_bh(&tunnel->gateway->lock);
}

/* It has SPIs of both directions from before */
static bool ipsec_learn_is_live(const struct ipsec_tunnel *tunnel)
{
	const struct ipsec_clue *clue;

	list_for_each_entry(clue, &tunnel->clues, list)
		if (clue->key.kind == IPSEC_CLUE_IN)
			return true;
	return false;
}

/* The SPI that was the latest one counts as used until now: while it is the
 * latest, packets with it are not noted
 */
static void ipsec_learn_rest(struct ipsec_net *ns,
			     const struct ipsec_tunnel *tunnel,
			     const struct ipsec_peer *peer)
{
	const struct ipsec_clue_key key = ipsec_tunnel_clue(
		peer, IPSEC_CLUE_OUT, ntohl(tunnel->last_out));
	struct ipsec_clue *clue = ipsec_clue_find(ns, &key);

	if (clue && clue->tunnel == tunnel)
		WRITE_ONCE(clue->used, jiffies);
}

/* The gateway's lock is held; @skb: NULL if the packet must not be held */
static unsigned int ipsec_learn_sent(struct ipsec_net *ns,
				     struct ipsec_tunnel *tunnel,
				     struct ipsec_peer *peer,
				     const struct ipsec_esp *esp,
				     struct sk_buff *skb)
{
	const struct ipsec_clue_key key =
		ipsec_tunnel_clue(peer, IPSEC_CLUE_OUT, ntohl(esp->spi));
	struct ipsec_clue *clue = ipsec_clue_find(ns, &key);
	struct ipsec_tunnel *other;
	bool ours = clue && clue->tunnel == tunnel;
	/* With SAs by hand another host may have sent with the same one first */
	bool known = ours || esp->spi == tunnel->last_out;
	bool turn;

	ipsec_learn_expire(ns, peer);
	if (ours)
		WRITE_ONCE(clue->used, jiffies);
	if (known && esp->spi != tunnel->last_out) {
		/* The old SA while the new one is being learned, or either of
		 * two that are known
		 */
		if (tunnel->answered && list_empty(&tunnel->pending)) {
			WRITE_ONCE(tunnel->last_out, esp->spi);
			ipsec_tunnel_settle(ns, tunnel);
		}
		return NF_ACCEPT;
	}
	if (!known && tunnel->ahead) {
		ipsec_learn_rest(ns, tunnel, peer);
		/* The gateway was first; its half is known */
		tunnel->ahead--;
		ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_SENT);
		WRITE_ONCE(tunnel->last_out, esp->spi);
		tunnel->answered = true;
		ipsec_tunnel_settle(ns, tunnel);
		return NF_ACCEPT;
	}
	if (!known) {
		ipsec_learn_rest(ns, tunnel, peer);
		tunnel->tries = 0;
		tunnel->retry_at = jiffies;
		tunnel->out_since = jiffies;
		tunnel->answered = false;
		list_del_init(&tunnel->pending);
	}

	if (!list_empty(&tunnel->pending) ||
	    time_before(jiffies, tunnel->retry_at))
		return NF_ACCEPT;
	turn = !ipsec_learn_unanswered(peer, &other) &&
	       list_empty(&peer->waiting);
	/* Answered once, but by one packet alone: an answer that was not its
	 * own is put right when there is a turn to spare
	 */
	if (tunnel->answered && !turn)
		return NF_ACCEPT;
	if (turn || tunnel->match ||
	    (tunnel->hint && ipsec_learn_is_live(tunnel))) {
		ipsec_learn_turn(ns, tunnel, peer, esp->spi);
		return NF_ACCEPT;
	}
	if (tunnel->tries)
		return NF_ACCEPT;
	if (!skb) {
		nf_alg_reason_count(ns->an, NF_ALG_REASON_TUNNEL_WAITING);
		return NF_DROP;
	}
	if (!ipsec_wait_hold(ns, tunnel, esp, skb))
		return NF_DROP;
	list_add_tail(&tunnel->waiting, &peer->waiting);
	ipsec_learn_kick(ns, peer, 1);
	ipsec_report_tunnel(ns, tunnel, NF_ALG_EVENT_TUNNEL_HELD);
	return NF_STOLEN;
}

unsigned int ipsec_learn_out(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			     const union nf_inet_addr *public,
			     const struct ipsec_esp *esp, struct sk_buff *skb)
{
	struct ipsec_gateway *gateway = tunnel->gateway;
	unsigned int verdict = NF_ACCEPT;
	struct ipsec_peer *peer;

	spin_lock_bh(&gateway->lock);
	if (tunnel->dead)
		goto unlock;
	peer = ipsec_tunnel_public(ns, tunnel, public);
	if (esp->spi != tunnel->last_out)
		ipsec_tunnel_unsettle(ns, tunnel);
	if (!peer) {
		nf_alg_reason_count(ns->an, NF_ALG_REASON_NO_MEMORY);
	} else if (!tunnel->unsettled) {
		/* Another entry of conntrack's, nothing new to us */
	} else if (!list_empty(&tunnel->waiting)) {
		nf_alg_reason_count(ns->an, NF_ALG_REASON_TUNNEL_WAITING);
		verdict = NF_DROP;
	} else {
		verdict = ipsec_learn_sent(ns, tunnel, peer, esp, skb);
	}
unlock:
	spin_unlock_bh(&gateway->lock);
	return verdict;
}

/* An SPI of nobody's is remembered: it came before what comes now */
static void ipsec_learn_strange(struct ipsec_peer *peer, __be32 spi)
{
	struct ipsec_strange *strange = peer->strange, *oldest = strange;
	u32 now = jiffies;
	int i;

	for (i = 0; i < IPSEC_PEER_STRANGE; i++, strange++) {
		if (strange->spi == spi)
			break;
		if (now - strange->last > now - oldest->last)
			oldest = strange;
	}
	if (i == IPSEC_PEER_STRANGE)
		strange = oldest;
	if (strange->spi != spi || now - strange->last > IPSEC_LEARN_PAUSE)
		strange->since = now;
	strange->spi = spi;
	strange->last = now;
}

/* Could an SPI be the answer to what happened then, or did it come before?
 * Where all other tunnels have theirs it does not matter.
 */
static bool ipsec_learn_is_answer(const struct ipsec_peer *peer,
				  const struct ipsec_tunnel *tunnel, __be32 spi,
				  bool native, u32 since)
{
	const struct ipsec_strange *strange = peer->strange;
	int i;

	if (!native && peer->complete + !tunnel->complete == peer->count)
		return true;
	for (i = 0; i < IPSEC_PEER_STRANGE; i++, strange++)
		if (strange->spi == spi)
			return (u32)jiffies - strange->last >
				       IPSEC_LEARN_PAUSE ||
			       (s32)(strange->since - since) >= 0;
	return true;
}

/* The one tunnel whose predicate fits */
static struct ipsec_tunnel *
ipsec_learn_match(struct ipsec_net *ns, const struct ipsec_peer *peer, u32 spi)
{
	struct ipsec_tunnel *found = NULL;
	struct ipsec_clue_key key;
	struct ipsec_clue *clue;
	u8 predicate;
	int i;

	for (predicate = NF_ALG_PREDICATE_CRC16;
	     predicate < __NF_ALG_PREDICATE_MAX; predicate++) {
		for (i = 0; i < 2; i++) {
			key = i ? ipsec_learn_halves(peer, IPSEC_CLUE_HALF,
						     predicate, spi,
						     IPSEC_ROLE_HALF) :
				  ipsec_learn_halves(peer, IPSEC_CLUE_HASHED,
						     predicate, spi,
						     IPSEC_ROLE_HASHED);
			clue = ipsec_clue_find(ns, &key);
			if (!clue)
				continue;
			if (clue->tied || (found && found != clue->tunnel))
				return NULL;
			found = clue->tunnel;
		}
	}
	return found;
}

/* The one that a key exchange or its own packet says must be expecting it */
static struct ipsec_tunnel *
ipsec_learn_expecting(struct ipsec_peer *peer, __be32 spi, bool native,
		      enum nf_alg_evidence *evidence,
		      enum nf_alg_reason *reason)
{
	struct ipsec_tunnel *tunnel, *pending, *hinted = NULL;
	u32 pendings = ipsec_learn_unanswered(peer, &pending);
	u32 hints = 0;

	list_for_each_entry(tunnel, &peer->hinted, hinted) {
		/* It asked first and waits: the gateway does not know its new
		 * SPI's traffic yet
		 */
		if (!list_empty(&tunnel->waiting))
			continue;
		/* To a host that is new a gateway hardly speaks first; where
		 * another one has had an exchange too and has sent, that one
		 * is answered
		 */
		if (pendings == 1 && pending->hint && tunnel != pending &&
		    !tunnel->complete)
			continue;
		hinted = tunnel;
		if (++hints > 1)
			break;
	}
	*reason = NF_ALG_REASON_SPI_AMBIGUOUS;
	if (hints == 1 && (!pendings || (pendings == 1 && pending == hinted))) {
		*evidence = NF_ALG_EVIDENCE_IKE;
		if (ipsec_learn_is_answer(peer, hinted, spi, native,
					  hinted->hint_since))
			return hinted;
		return NULL;
	}
	*evidence = NF_ALG_EVIDENCE_PENDING;
	if (!hints && pendings == 1) {
		if (ipsec_learn_is_answer(peer, pending, spi, native,
					  pending->turn_since))
			return pending;
		return NULL;
	}
	if (hints || pendings)
		return NULL;
	/* One that was answered a moment ago, perhaps by somebody else */
	if (list_is_singular(&peer->pending)) {
		pending = list_first_entry(&peer->pending, struct ipsec_tunnel,
					   pending);
		if (ipsec_learn_is_answer(peer, pending, spi, native,
					  pending->turn_since))
			return pending;
	}
	tunnel = list_first_entry(&peer->tunnels, struct ipsec_tunnel,
				  peer_list);
	if (peer->count == 1 && !native && READ_ONCE(tunnel->esp)) {
		*evidence = NF_ALG_EVIDENCE_SOLE;
		return tunnel;
	}
	*reason = NF_ALG_REASON_SPI_UNKNOWN;
	return NULL;
}

/* Has it an SPI of the gateway's */
static void ipsec_learn_complete(struct ipsec_tunnel *tunnel,
				 struct ipsec_peer *peer, bool complete)
{
	if (tunnel->complete == complete)
		return;
	tunnel->complete = complete;
	peer->complete += complete ? 1 : -1;
}

/* The gateway's half of a pair is known */
static void ipsec_learn_answered(struct ipsec_net *ns,
				 struct ipsec_tunnel *tunnel,
				 struct ipsec_peer *peer,
				 enum nf_alg_evidence evidence)
{
	tunnel->hint = false;
	list_del_init(&tunnel->hinted);
	if (tunnel->answered || !tunnel->last_out) {
		/* The gateway is first */
		if (evidence != NF_ALG_EVIDENCE_SOLE && !tunnel->unsettled &&
		    tunnel->ahead < 2)
			tunnel->ahead++;
		return;
	}
	tunnel->answered = true;
	tunnel->tries = 0;
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_HASHED);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_HALF);
	if (!list_empty(&peer->waiting)) {
		list_del_init(&tunnel->pending);
		ipsec_learn_kick(ns, peer, 0);
	}
}

struct ipsec_tunnel *ipsec_learn_in(struct ipsec_net *ns,
				    struct ipsec_peer *peer,
				    const struct ipsec_esp *esp, bool native,
				    enum nf_alg_evidence *evidence,
				    enum nf_alg_reason *reason)
{
	const struct ipsec_clue_key key =
		ipsec_tunnel_clue(peer, IPSEC_CLUE_IN, ntohl(esp->spi));
	struct ipsec_gateway *gateway = peer->gateway;
	struct ipsec_tunnel *tunnel = NULL;
	struct ipsec_clue *clue;

	*reason = NF_ALG_REASON_SPI_UNKNOWN;
	spin_lock_bh(&gateway->lock);
	if (peer->dead)
		goto unlock;
	clue = ipsec_clue_find(ns, &key);
	if (clue) {
		*evidence = clue->evidence;
		tunnel = clue->tunnel;
		goto unlock;
	}
	ipsec_learn_expire(ns, peer);
	*evidence = NF_ALG_EVIDENCE_MATCH;
	tunnel = ipsec_learn_match(ns, peer, ntohl(esp->spi));
	if (!tunnel)
		tunnel = ipsec_learn_expecting(peer, esp->spi, native, evidence,
					       reason);
	if (!tunnel) {
		ipsec_learn_strange(peer, esp->spi);
		goto unlock;
	}
	ipsec_learn_complete(tunnel, peer, true);
	if (ipsec_clue_add(ns, tunnel, &key, *evidence))
		ipsec_report_spi(ns, tunnel, peer, NF_ALG_EVENT_SPI_LEARNED,
				 esp->spi, *evidence);
	ipsec_learn_answered(ns, tunnel, peer, *evidence);
unlock:
	spin_unlock_bh(&gateway->lock);
	return tunnel;
}

/* Which other tunnel does later evidence say that an SPI belongs to */
static struct ipsec_tunnel *ipsec_learn_other(struct ipsec_net *ns,
					      const struct ipsec_peer *peer,
					      const struct ipsec_clue *clue)
{
	struct ipsec_tunnel *tunnel;

	/* Nothing is stronger; and it may have been forgotten meanwhile */
	if (clue->evidence == NF_ALG_EVIDENCE_MATCH ||
	    ipsec_clue_find(ns, &clue->key) != clue)
		return NULL;
	tunnel = ipsec_learn_match(ns, peer, clue->key.value);
	return tunnel != clue->tunnel ? tunnel : NULL;
}

/* Return: true if it is now the other one's */
static bool ipsec_learn_move(struct ipsec_net *ns, struct ipsec_peer *peer,
			     struct ipsec_clue *clue, struct ipsec_tunnel *to)
{
	struct ipsec_tunnel *from = clue->tunnel;
	__be32 spi = htonl(clue->key.value);

	if (!ipsec_clue_move(ns, clue, to, NF_ALG_EVIDENCE_MATCH))
		return false;
	/* It still waits for its own */
	if (!ipsec_learn_is_live(from)) {
		from->answered = false;
		ipsec_learn_complete(from, peer, false);
	}
	ipsec_learn_complete(to, peer, true);
	ipsec_report_spi(ns, to, peer, NF_ALG_EVENT_SPI_MOVED, spi,
			 NF_ALG_EVIDENCE_MATCH);
	ipsec_learn_answered(ns, to, peer, NF_ALG_EVIDENCE_MATCH);
	return true;
}

struct ipsec_tunnel *ipsec_learn_firm(struct ipsec_net *ns,
				      struct ipsec_clue *clue)
{
	struct ipsec_tunnel *tunnel = clue->tunnel, *other;
	struct ipsec_gateway *gateway = tunnel->gateway;
	struct ipsec_peer *peer;

	spin_lock_bh(&gateway->lock);
	if (tunnel->dead)
		goto unlock;
	peer = ipsec_tunnel_peer(tunnel);
	other = peer ? ipsec_learn_other(ns, peer, clue) : NULL;
	if (other && ipsec_learn_move(ns, peer, clue, other)) {
		tunnel = other;
		goto unlock;
	}
	WRITE_ONCE(clue->firm, true);
	/* It was learned for the SPI that goes out now */
	if (!peer ||
	    (!tunnel->answered && (s32)(clue->born - tunnel->out_since) < 0))
		goto unlock;
	tunnel->answered = true;
	tunnel->tries = 0;
	ipsec_tunnel_settle(ns, tunnel);
	list_del_init(&tunnel->pending);
	if (!list_empty(&peer->waiting))
		ipsec_learn_kick(ns, peer, 0);
unlock:
	spin_unlock_bh(&gateway->lock);
	return tunnel;
}

/* Was it seen before? If not it is now. */
static bool ipsec_learn_repeated(struct ipsec_tunnel *tunnel, u32 digest)
{
	const int count = ARRAY_SIZE(tunnel->exchange);
	int i;

	for (i = 0; i < count; i++)
		if (tunnel->exchange[i] == digest)
			return true;
	memmove(tunnel->exchange + 1, tunnel->exchange,
		(count - 1) * sizeof(tunnel->exchange[0]));
	tunnel->exchange[0] = digest;
	return false;
}

void ipsec_learn_exchange(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			  const struct ipsec_isakmp *isakmp, bool from_inside,
			  const union nf_inet_addr *public)
{
	unsigned long time = ipsec_option_ms(ns, NF_ALG_OPTION_IKE_HINT_TIME);
	struct ipsec_gateway *gateway = tunnel->gateway;
	struct ipsec_peer *peer;
	bool began_inside;
	u32 digest;

	if (!time || !isakmp->responder || !ipsec_isakmp_makes_sa(isakmp))
		return;
	/* Who asked, so that both ends may count from the same number */
	began_inside = isakmp->major == 2 && from_inside != isakmp->response;
	digest = jhash_3words(lower_32_bits(isakmp->initiator),
			      lower_32_bits(isakmp->responder), isakmp->message,
			      (u32)isakmp->exchange << 8 | began_inside);
	/* Even: the request; odd: its answer */
	digest = (digest & ~1) | isakmp->response;

	spin_lock_bh(&gateway->lock);
	if (tunnel->dead || tunnel->plain || !READ_ONCE(tunnel->esp) ||
	    ipsec_learn_repeated(tunnel, digest))
		goto unlock;
	peer = public ? ipsec_tunnel_public(ns, tunnel, public) :
			ipsec_tunnel_peer(tunnel);
	/* The SPI was learned between request and answer */
	if (isakmp->response && !tunnel->hint &&
	    ipsec_learn_repeated(tunnel, digest & ~1))
		goto unlock;
	if (!tunnel->hint)
		tunnel->hint_since = jiffies;
	tunnel->hint = true;
	tunnel->hint_until = jiffies + time;
	/* It begins anew: what it had is void */
	if (peer && began_inside && isakmp->exchange == IPSEC_EXCHANGE_IKE_AUTH)
		ipsec_learn_complete(tunnel, peer, false);
	if (peer) {
		list_move_tail(&tunnel->hinted, &peer->hinted);
		ipsec_learn_kick(ns, peer, time);
	}
unlock:
	spin_unlock_bh(&gateway->lock);
}

/* Whose turn is over goes, whose turn it is begins. Return: when to look again
 * in jiffies from now, 0: there is nothing more; @go: what may now be sent
 */
static unsigned long ipsec_learn_advance(struct ipsec_net *ns,
					 struct ipsec_peer *peer,
					 struct list_head *go)
{
	struct ipsec_tunnel *tunnel;
	struct ipsec_esp esp;

	ipsec_learn_expire(ns, peer);
	while (!list_empty(&peer->waiting) &&
	       !ipsec_learn_unanswered(peer, &tunnel)) {
		tunnel = list_first_entry(&peer->waiting, struct ipsec_tunnel,
					  waiting);
		list_del_init(&tunnel->waiting);
		if (!ipsec_wait_take(ns, tunnel, go, &esp))
			continue;
		ipsec_learn_turn(ns, tunnel, peer, esp.spi);
	}
	if (list_empty(&peer->pending) && list_empty(&peer->waiting))
		return 0;
	if (list_empty(&peer->pending))
		return 1;
	tunnel = list_first_entry(&peer->pending, struct ipsec_tunnel, pending);
	return time_after(tunnel->pending_until, jiffies) ?
		       tunnel->pending_until - jiffies :
		       1;
}

void ipsec_learn_turns(struct work_struct *work)
{
	struct ipsec_net *ns =
		container_of(work, struct ipsec_net, learning.work);
	unsigned long delay, soonest = 0;
	struct ipsec_peer *peer;
	LIST_HEAD(todo);
	LIST_HEAD(go);

	ipsec_wait_drain(ns);
	rcu_read_lock();
	spin_lock_bh(&ns->active_lock);
	list_splice_init(&ns->active, &todo);
	while (!list_empty(&todo)) {
		peer = list_first_entry(&todo, struct ipsec_peer, active);
		list_del_init(&peer->active);
		spin_unlock_bh(&ns->active_lock);

		delay = 0;
		spin_lock_bh(&peer->gateway->lock);
		if (!peer->dead)
			delay = ipsec_learn_advance(ns, peer, &go);
		spin_unlock_bh(&peer->gateway->lock);

		spin_lock_bh(&ns->active_lock);
		if (!delay)
			continue;
		if (list_empty(&peer->active) && !READ_ONCE(peer->dead))
			list_add_tail(&peer->active, &ns->active);
		if (!soonest || delay < soonest)
			soonest = delay;
	}
	spin_unlock_bh(&ns->active_lock);
	ipsec_wait_send(ns, &go);
	rcu_read_unlock();
	if (soonest)
		queue_delayed_work(system_highpri_wq, &ns->learning, soonest);
}
