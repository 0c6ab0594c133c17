// SPDX-License-Identifier: GPL-2.0
/*
 * natctl access-list: which inside hosts may use a service
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "access_list.h"
#include "json.h"
#include "natctl.h"
#include "spec.h"
#include "table.h"

const char access_list_usage[] =
	"natctl access-list [show [NAME]]\n"
	"natctl access-list add NAME [SEQ] {permit | deny}\n"
	"                       {any | host ADDR | ADDR/LEN | ADDR WILDCARD}\n"
	"natctl access-list delete NAME [SEQ]\n"
	"natctl access-list resequence NAME [START [STEP]]\n"
	"\n"
	"The first rule that matches the inside host counts; no match denies.\n"
	"NAME is a word or a number. In the numbered lists 1-99 ADDR alone is a host.\n";

static bool is_number(const char *word)
{
	return word && word[0] && strspn(word, "0123456789") == strlen(word);
}

int access_list_name(const char *word,
		     char name[NF_ALG_ACCESS_LIST_NAME_MAX + 1])
{
	const char *c;

	if (!word || !word[0])
		return complain(USAGE, "the name of an access list is missing");
	if (strlen(word) > NF_ALG_ACCESS_LIST_NAME_MAX)
		return complain(
			USAGE,
			"\"%s\" is too long for the name of an access list: %d characters",
			word, NF_ALG_ACCESS_LIST_NAME_MAX);
	for (c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return complain(
				USAGE,
				"\"%s\" cannot name an access list: letters, digits, '.', '_' and '-' can",
				word);
	strcpy(name, word);
	return DONE;
}

/* Bits of the address that do not matter are zero */
static void rule_trim(struct rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->address.len; i++)
		rule->address.bytes[i] &= ~rule->wildcard.bytes[i];
}

static bool parse_prefix(const char *word, struct rule *rule)
{
	char text[64];
	uint32_t length, i;
	char *slash;

	snprintf(text, sizeof(text), "%s", word);
	slash = strchr(text, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (!word_address(text, &rule->address) ||
	    !word_number(slash + 1, 0, 8 * rule->address.len, &length))
		return false;
	rule->wildcard = rule->address;
	for (i = 0; i < rule->address.len; i++)
		rule->wildcard.bytes[i] =
			length >= 8 * (i + 1) ? 0 :
			length <= 8 * i	      ? 0xff :
						0xff >> (length - 8 * i);
	return true;
}

static int parse_hosts(struct words *words, struct rule *rule)
{
	const char *word, *wildcard;

	if (words_take(words, "any"))
		return DONE;
	if (words_take(words, "host")) {
		word = words_next(words);
		if (!word_address(word, &rule->address))
			return complain(USAGE,
					"access-list: \"%s\" is not an address",
					word ?: "");
		goto host;
	}
	word = words_next(words);
	if (!word)
		return complain(
			USAGE,
			"access-list: whom? any, host ADDR, ADDR/LEN or ADDR WILDCARD");
	if (strchr(word, '/')) {
		if (!parse_prefix(word, rule))
			return complain(USAGE,
					"access-list: \"%s\" is not a network",
					word);
		return DONE;
	}
	if (!word_address(word, &rule->address))
		return complain(USAGE, "access-list: \"%s\" is not an address",
				word);
	wildcard = words_next(words);
	if (!wildcard && is_number(rule->list) && atoi(rule->list) >= 1 &&
	    strlen(rule->list) <= 2)
		goto host;
	if (!wildcard)
		return complain(
			USAGE,
			"access-list: for one host say \"host %s\", else a wildcard must follow",
			word);
	if (!word_address(wildcard, &rule->wildcard) ||
	    rule->wildcard.family != rule->address.family)
		return complain(USAGE,
				"access-list: \"%s\" is not a wildcard for %s",
				wildcard, word);
	return DONE;

host:
	rule->wildcard.family = rule->address.family;
	rule->wildcard.len = rule->address.len;
	return DONE;
}

int rule_parse(struct words *words, struct rule *rule)
{
	const char *word;
	int status;

	memset(rule, 0, sizeof(*rule));
	status = access_list_name(words_next(words), rule->list);
	if (status)
		return status;
	if (is_number(words_peek(words))) {
		word = words_next(words);
		if (!word_number(word, 1, UINT32_MAX, &rule->sequence))
			return complain(
				USAGE,
				"access-list: \"%s\" is not a sequence number: 1 to 4294967295",
				word);
	}
	if (words_take(words, "permit"))
		rule->action = NF_ALG_ACTION_PERMIT;
	else if (words_take(words, "deny"))
		rule->action = NF_ALG_ACTION_DENY;
	else
		return complain(USAGE,
				"access-list: permit or deny is missing");
	status = parse_hosts(words, rule);
	if (status)
		return status;
	rule_trim(rule);
	return words_end(words, "access-list");
}

int rule_send(const struct rule *rule, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *nlh;
	int status;

	nlh = genl_begin(command, NLM_F_ACK | flags, &status);
	if (!nlh)
		return status;
	mnl_attr_put_strz(nlh, NF_ALG_A_ACCESS_LIST_NAME, rule->list);
	if (rule->sequence)
		mnl_attr_put_u32(nlh, NF_ALG_A_ACCESS_LIST_SEQUENCE,
				 rule->sequence);
	if (command == NF_ALG_CMD_ACCESS_LIST_ADD) {
		mnl_attr_put_u8(nlh, NF_ALG_A_ACCESS_LIST_ACTION, rule->action);
		if (rule->address.family != AF_UNSPEC) {
			mnl_attr_put(nlh, NF_ALG_A_ACCESS_LIST_ADDRESS,
				     rule->address.len, rule->address.bytes);
			mnl_attr_put(nlh, NF_ALG_A_ACCESS_LIST_WILDCARD,
				     rule->wildcard.len, rule->wildcard.bytes);
		}
	}
	return genl_send(nlh, NULL, NULL);
}

static void read_address(const struct nlattr *attr, struct address *address)
{
	unsigned int len = attr ? mnl_attr_get_payload_len(attr) : 0;

	memset(address, 0, sizeof(*address));
	if (len != 4 && len != 16)
		return;
	address->family = len == 4 ? AF_INET : AF_INET6;
	address->len = len;
	memcpy(address->bytes, mnl_attr_get_payload(attr), len);
}

void rule_read(const struct nlmsghdr *nlh, struct rule *rule)
{
	const struct nlattr *tb[NF_ALG_A_ACCESS_LIST_MAX + 1];

	memset(rule, 0, sizeof(*rule));
	genl_attributes(nlh, tb, NF_ALG_A_ACCESS_LIST_MAX);
	if (tb[NF_ALG_A_ACCESS_LIST_NAME])
		snprintf(rule->list, sizeof(rule->list), "%s",
			 mnl_attr_get_str(tb[NF_ALG_A_ACCESS_LIST_NAME]));
	if (tb[NF_ALG_A_ACCESS_LIST_SEQUENCE])
		rule->sequence =
			attribute_number(tb[NF_ALG_A_ACCESS_LIST_SEQUENCE]);
	if (tb[NF_ALG_A_ACCESS_LIST_ACTION])
		rule->action =
			attribute_number(tb[NF_ALG_A_ACCESS_LIST_ACTION]);
	read_address(tb[NF_ALG_A_ACCESS_LIST_ADDRESS], &rule->address);
	read_address(tb[NF_ALG_A_ACCESS_LIST_WILDCARD], &rule->wildcard);
}

bool rule_equal(const struct rule *a, const struct rule *b)
{
	return a->action == b->action &&
	       a->address.family == b->address.family &&
	       !memcmp(a->address.bytes, b->address.bytes,
		       sizeof(a->address.bytes)) &&
	       !memcmp(a->wildcard.bytes, b->wildcard.bytes,
		       sizeof(a->wildcard.bytes));
}

/* Length of the network the rule stands for, or -1 for other wildcards */
static int prefix_length(const struct rule *rule)
{
	int bits = 8 * rule->wildcard.len;
	int length = 0, i;

	while (length < bits &&
	       !(rule->wildcard.bytes[length / 8] & (0x80 >> length % 8)))
		length++;
	for (i = length; i < bits; i++)
		if (!(rule->wildcard.bytes[i / 8] & (0x80 >> i % 8)))
			return -1;
	return length;
}

static const char *hosts_text(const struct rule *rule)
{
	static char text[128];
	const char *address;
	int length;

	if (rule->address.family == AF_UNSPEC)
		return "any";
	address = address_text(&rule->address);
	length = prefix_length(rule);
	if (length == 8 * (int)rule->address.len)
		snprintf(text, sizeof(text), "host %s", address);
	else if (length >= 0)
		snprintf(text, sizeof(text), "%s/%d", address, length);
	else
		snprintf(text, sizeof(text), "%s %s", address,
			 address_text(&rule->wildcard));
	return text;
}

const char *rule_text(const struct rule *rule)
{
	static char text[256];
	char sequence[16] = "";

	if (rule->sequence)
		snprintf(sequence, sizeof(sequence), " %u", rule->sequence);
	snprintf(text, sizeof(text), "access-list add %s%s %s %s", rule->list,
		 sequence, spec_action[rule->action], hosts_text(rule));
	return text;
}

/* The list on the screen: rules below their list's name, as IOS shows them */
struct listing {
	const char *name; /* one list, or NULL: all */
	char current[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
	bool any;
};

static void show_rule(const struct nlmsghdr *nlh, void *data)
{
	struct listing *listing = data;
	struct rule rule;

	rule_read(nlh, &rule);
	if (listing->name && strcmp(listing->name, rule.list))
		return;
	if (natctl.json && !listing->any)
		json_array(NULL);
	listing->any = true;
	if (natctl.json) {
		json_object(NULL);
		json_string(spec_access_list_attr[NF_ALG_A_ACCESS_LIST_NAME],
			    rule.list);
		json_number(
			spec_access_list_attr[NF_ALG_A_ACCESS_LIST_SEQUENCE],
			rule.sequence);
		json_string(spec_access_list_attr[NF_ALG_A_ACCESS_LIST_ACTION],
			    spec_action[rule.action]);
		if (rule.address.family != AF_UNSPEC) {
			json_string(spec_access_list_attr
					    [NF_ALG_A_ACCESS_LIST_ADDRESS],
				    address_text(&rule.address));
			json_string(spec_access_list_attr
					    [NF_ALG_A_ACCESS_LIST_WILDCARD],
				    address_text(&rule.wildcard));
		}
		json_object_end();
		return;
	}
	if (strcmp(listing->current, rule.list)) {
		printf("Access list %s\n", rule.list);
		strcpy(listing->current, rule.list);
	}
	printf("    %u %s %s\n", rule.sequence,
	       rule.action == NF_ALG_ACTION_PERMIT ? colored("permit", "32") :
						     colored("deny", "31"),
	       hosts_text(&rule));
}

static int access_list_show(struct words *words)
{
	struct listing listing = {};
	int status;

	if (words_take(words, "show"))
		listing.name = words_next(words);
	status = words_end(words, "access-list");
	if (status)
		return status;
	status = genl_dump(NF_ALG_CMD_ACCESS_LIST_GET, show_rule, &listing);
	if (status)
		return status;
	if (listing.name && !listing.any)
		return complain(REFUSED, "access-list: there is no list \"%s\"",
				listing.name);
	if (natctl.json) {
		if (!listing.any)
			json_array(NULL);
		json_array_end();
	} else if (!listing.any) {
		puts("No access list.");
	}
	return DONE;
}

static int access_list_delete(struct words *words)
{
	struct rule rule = {};
	const char *word;
	int status;

	status = access_list_name(words_next(words), rule.list);
	if (status)
		return status;
	word = words_next(words);
	if (word && !word_number(word, 1, UINT32_MAX, &rule.sequence))
		return complain(
			USAGE,
			"access-list: \"%s\" is not a sequence number: 1 to 4294967295",
			word);
	status = words_end(words, "access-list");
	return status ?: rule_send(&rule, NF_ALG_CMD_ACCESS_LIST_DELETE, 0);
}

static int access_list_resequence(struct words *words)
{
	uint32_t number[2] = { 10, 10 };
	char name[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
	struct nlmsghdr *nlh;
	const char *word;
	int status, i;

	status = access_list_name(words_next(words), name);
	if (status)
		return status;
	for (i = 0; i < 2 && words_peek(words); i++) {
		word = words_next(words);
		if (!word_number(word, 1, UINT32_MAX, &number[i]))
			return complain(
				USAGE,
				"access-list: \"%s\" is not a number from 1 to 4294967295",
				word);
	}
	status = words_end(words, "access-list");
	if (status)
		return status;
	nlh = genl_begin(NF_ALG_CMD_ACCESS_LIST_RESEQUENCE, NLM_F_ACK, &status);
	if (!nlh)
		return status;
	mnl_attr_put_strz(nlh, NF_ALG_A_ACCESS_LIST_NAME, name);
	mnl_attr_put_u32(nlh, NF_ALG_A_ACCESS_LIST_START, number[0]);
	mnl_attr_put_u32(nlh, NF_ALG_A_ACCESS_LIST_STEP, number[1]);
	return genl_send(nlh, NULL, NULL);
}

int access_list_command(struct words *words)
{
	struct rule rule;
	int status;

	if (words_take(words, "add")) {
		status = rule_parse(words, &rule);
		return status ?:
				rule_send(&rule, NF_ALG_CMD_ACCESS_LIST_ADD,
					  NLM_F_CREATE | NLM_F_EXCL);
	}
	if (words_take(words, "delete"))
		return access_list_delete(words);
	if (words_take(words, "resequence"))
		return access_list_resequence(words);
	return access_list_show(words);
}
