// SPDX-License-Identifier: GPL-2.0
/*
 * Access lists: which inside hosts may use a service
 *
 * A list is found by its name once, when a service names it; packets follow the
 * pointer. Its rules are an array that is replaced as a whole. The option
 * media-from names one as well.
 */
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "access_list.h"
#include "netns.h"

#define NF_ALG_SEQUENCE_STEP 10

static bool nf_alg_rule_matches(const struct nf_alg_rule *rule,
				const struct nf_alg_endpoint *host)
{
	u32 differ = 0;
	int i;

	if (!rule->family)
		return true;
	if (rule->family != host->family)
		return false;
	/* Behind an IPv4 address all bytes are zero on both sides */
	for (i = 0; i < ARRAY_SIZE(rule->address.all); i++)
		differ |= (rule->address.all[i] ^ host->addr.all[i]) &
			  ~rule->wildcard.all[i];
	return !differ;
}

bool nf_alg_access_list_permits(const struct nf_alg_access_list *list,
				const struct nf_alg_endpoint *host)
{
	const struct nf_alg_rules *rules;
	u32 i;

	if (!list)
		return true;
	rules = rcu_dereference(list->rules);
	if (!rules)
		return false;
	for (i = 0; i < rules->count; i++)
		if (nf_alg_rule_matches(&rules->rule[i], host))
			return rules->rule[i].action == NF_ALG_ACTION_PERMIT;
	return false;
}
EXPORT_SYMBOL_GPL(nf_alg_access_list_permits);

static struct nf_alg_rules *nf_alg_rules_of(struct nf_alg_net *an,
					    struct nf_alg_access_list *list)
{
	return rcu_dereference_protected(list->rules,
					 lockdep_is_held(&an->config));
}

static struct nf_alg_rules *nf_alg_rules_alloc(u32 count)
{
	struct nf_alg_rules *rules;

	rules = kvmalloc(struct_size(rules, rule, count), GFP_KERNEL_ACCOUNT);
	if (rules)
		rules->count = count;
	return rules;
}

static void nf_alg_rules_replace(struct nf_alg_net *an,
				 struct nf_alg_access_list *list,
				 struct nf_alg_rules *rules)
{
	struct nf_alg_rules *old = nf_alg_rules_of(an, list);

	rcu_assign_pointer(list->rules, rules);
	if (old)
		kvfree_rcu(old, rcu);
}

bool nf_alg_access_list_name_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || !(isalnum(*c) || strchr("._-", *c)))
			return false;
	return c > name && c - name <= NF_ALG_ACCESS_LIST_NAME_MAX;
}

/* Numbers first, by value; then words */
static int nf_alg_name_compare(const char *a, const char *b)
{
	bool digit_a = isdigit(a[0]) && strspn(a, "0123456789") == strlen(a);
	bool digit_b = isdigit(b[0]) && strspn(b, "0123456789") == strlen(b);

	if (digit_a != digit_b)
		return digit_a ? -1 : 1;
	if (digit_a && strlen(a) != strlen(b))
		return strlen(a) < strlen(b) ? -1 : 1;
	return strcmp(a, b);
}

struct nf_alg_access_list *nf_alg_access_list_find(struct nf_alg_net *an,
						   const char *name)
{
	struct nf_alg_access_list *list;

	list_for_each_entry(list, &an->access_lists, node)
		if (!strcmp(list->name, name))
			return list;
	return NULL;
}

/* Find a list, or let it come to be without rules and users */
static struct nf_alg_access_list *nf_alg_access_list_take(struct nf_alg_net *an,
							  const char *name)
{
	struct nf_alg_access_list *list, *after;
	u32 count = 0;

	list = nf_alg_access_list_find(an, name);
	if (list)
		return list;

	list_for_each_entry(after, &an->access_lists, node)
		count++;
	if (count >= NF_ALG_ACCESS_LISTS_MAX)
		return ERR_PTR(-ENOSPC);

	list = kzalloc(sizeof(*list), GFP_KERNEL_ACCOUNT);
	if (!list)
		return ERR_PTR(-ENOMEM);
	strscpy(list->name, name, sizeof(list->name));

	list_for_each_entry(after, &an->access_lists, node)
		if (nf_alg_name_compare(after->name, list->name) > 0)
			break;
	list_add_tail(&list->node, &after->node);
	return list;
}

static void nf_alg_access_list_drop(struct nf_alg_access_list *list)
{
	if (list->users || rcu_access_pointer(list->rules))
		return;
	list_del(&list->node);
	kfree_rcu(list, rcu);
}

struct nf_alg_access_list *nf_alg_access_list_use(struct nf_alg_net *an,
						  const char *name)
{
	struct nf_alg_access_list *list = nf_alg_access_list_take(an, name);

	if (!IS_ERR(list))
		list->users++;
	return list;
}

void nf_alg_access_list_unuse(struct nf_alg_access_list *list)
{
	if (!list)
		return;
	list->users--;
	nf_alg_access_list_drop(list);
}

static bool nf_alg_rule_equal(const struct nf_alg_rule *a,
			      const struct nf_alg_rule *b)
{
	return a->action == b->action && a->family == b->family &&
	       !memcmp(&a->address, &b->address, sizeof(a->address)) &&
	       !memcmp(&a->wildcard, &b->wildcard, sizeof(a->wildcard));
}

static int nf_alg_rules_add(struct nf_alg_net *an,
			    struct nf_alg_access_list *list,
			    const struct nf_alg_rule *rule, bool replace)
{
	const struct nf_alg_rules *old = nf_alg_rules_of(an, list);
	u32 count = old ? old->count : 0;
	u32 sequence = rule->sequence;
	struct nf_alg_rules *new;
	bool taken = false;
	u32 at = count;
	u32 i;

	for (i = count; i-- > 0;) {
		if (sequence && old->rule[i].sequence == sequence) {
			if (!replace)
				return -EEXIST;
			taken = true;
		} else if (!replace && nf_alg_rule_equal(&old->rule[i], rule)) {
			return -EALREADY;
		}
		if (sequence && old->rule[i].sequence >= sequence)
			at = i;
	}
	if (!sequence &&
	    check_add_overflow(count ? old->rule[count - 1].sequence : 0,
			       (u32)NF_ALG_SEQUENCE_STEP, &sequence))
		return -ERANGE;
	if (!taken && count >= NF_ALG_ACCESS_LIST_RULES_MAX)
		return -E2BIG;

	new = nf_alg_rules_alloc(count + !taken);
	if (!new)
		return -ENOMEM;
	if (old) {
		memcpy(new->rule, old->rule, at * sizeof(*rule));
		memcpy(new->rule + at + 1, old->rule + at + taken,
		       (count - at - taken) * sizeof(*rule));
	}
	new->rule[at] = *rule;
	new->rule[at].sequence = sequence;
	nf_alg_rules_replace(an, list, new);
	return 0;
}

int nf_alg_access_list_add(struct nf_alg_net *an, const char *name,
			   const struct nf_alg_rule *rule, bool replace)
{
	struct nf_alg_access_list *list = nf_alg_access_list_take(an, name);
	int err;

	if (IS_ERR(list))
		return PTR_ERR(list);
	err = nf_alg_rules_add(an, list, rule, replace);
	nf_alg_access_list_drop(list);
	return err;
}

int nf_alg_access_list_delete(struct nf_alg_net *an, const char *name,
			      u32 sequence)
{
	struct nf_alg_access_list *list = nf_alg_access_list_find(an, name);
	const struct nf_alg_rules *old;
	struct nf_alg_rules *new = NULL;
	u32 i = 0;

	if (!list || !rcu_access_pointer(list->rules))
		return -ENOENT;
	old = nf_alg_rules_of(an, list);

	if (sequence) {
		while (i < old->count && old->rule[i].sequence != sequence)
			i++;
		if (i == old->count)
			return -ESRCH;
		if (old->count > 1) {
			new = nf_alg_rules_alloc(old->count - 1);
			if (!new)
				return -ENOMEM;
			memcpy(new->rule, old->rule, i * sizeof(*old->rule));
			memcpy(new->rule + i, old->rule + i + 1,
			       (old->count - i - 1) * sizeof(*old->rule));
		}
	}
	nf_alg_rules_replace(an, list, new);
	nf_alg_access_list_drop(list);
	return 0;
}

int nf_alg_access_list_resequence(struct nf_alg_net *an, const char *name,
				  u32 start, u32 step)
{
	struct nf_alg_access_list *list = nf_alg_access_list_find(an, name);
	const struct nf_alg_rules *old;
	struct nf_alg_rules *new;
	u32 i;

	if (!list || !rcu_access_pointer(list->rules))
		return -ENOENT;
	old = nf_alg_rules_of(an, list);
	if ((u64)start + (u64)step * (old->count - 1) > U32_MAX)
		return -ERANGE;

	new = nf_alg_rules_alloc(old->count);
	if (!new)
		return -ENOMEM;
	memcpy(new->rule, old->rule, old->count * sizeof(*old->rule));
	for (i = 0; i < new->count; i++, start += step)
		new->rule[i].sequence = start;
	nf_alg_rules_replace(an, list, new);
	return 0;
}

void nf_alg_access_lists_init(struct nf_alg_net *an)
{
	INIT_LIST_HEAD(&an->access_lists);
}

/* Services are gone already, and so are those lists that only they named */
void nf_alg_access_lists_exit(struct nf_alg_net *an)
{
	struct nf_alg_access_list *list, *next;

	mutex_lock(&an->config);
	list_for_each_entry_safe(list, next, &an->access_lists, node) {
		nf_alg_rules_replace(an, list, NULL);
		nf_alg_access_list_drop(list);
	}
	mutex_unlock(&an->config);
}
