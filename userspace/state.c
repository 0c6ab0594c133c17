// SPDX-License-Identifier: GPL-2.0
/*
 * natctl save --state and apply --state: the IPsec tunnels, which a second
 * router must know to take the first one's place
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "channel.h"
#include "config.h"
#include "natctl.h"
#include "state.h"
#include "tunnel.h"

/* How far times may differ before a tunnel is told again, in s */
#define IDLE_DIFFERENCE 30

/* So many mistakes and refusals are said, the others are counted */
#define SAID_MAX 10

/* Tunnels: those that run, or a file's. A file that was cut short must not be
 * taken for all there is, so it ends with their number.
 */
struct state {
	struct tunnel *tunnels;
	unsigned int count;
	bool total; /* it has ended */
};

static void add_tunnel(struct state *state, const struct tunnel *tunnel)
{
	if (!(state->count & (state->count - 1)))
		state->tunnels =
			grow(state->tunnels,
			     sizeof(*tunnel) *
				     (state->count ? 2 * state->count : 1));
	state->tunnels[state->count++] = *tunnel;
}

static void state_free(struct state *state)
{
	unsigned int i;

	for (i = 0; i < state->count; i++)
		tunnel_free(&state->tunnels[i]);
	free(state->tunnels);
}

static void load_tunnel(const struct nlmsghdr *nlh, void *data)
{
	struct tunnel tunnel;

	tunnel_read(nlh, &tunnel);
	add_tunnel(data, &tunnel);
}

static void state_sort(struct state *state)
{
	if (state->count)
		qsort(state->tunnels, state->count, sizeof(struct tunnel),
		      tunnel_compare);
}

/* Those that run; a table that grew while it was read shows some of them twice,
 * and of those the latest is right
 */
static int state_load(struct state *state)
{
	unsigned int i, kept = 0;
	int status;

	status = genl_dump(NF_ALG_CMD_TUNNEL_GET, load_tunnel, state);
	if (status)
		return status;
	state_sort(state);
	for (i = 0; i < state->count; i++) {
		if (kept && !tunnel_compare(&state->tunnels[kept - 1],
					    &state->tunnels[i]))
			tunnel_free(&state->tunnels[--kept]);
		state->tunnels[kept++] = state->tunnels[i];
	}
	state->count = kept;
	return DONE;
}

/* Without NAT, or without a packet that went out, there is nothing to know */
static bool is_saved(const struct tunnel *tunnel)
{
	return !tunnel->plain && tunnel->global.address.family != AF_UNSPEC;
}

int state_save(struct words *words)
{
	struct state state = {};
	unsigned int i, total = 0;
	int status;

	status = words_end(words, "save");
	if (!status)
		status = state_load(&state);
	for (i = 0; !status && i < state.count; i++) {
		if (!is_saved(&state.tunnels[i]))
			continue;
		tunnel_print(&state.tunnels[i]);
		total++;
	}
	if (!status)
		printf("tunnel total %u\n", total);
	state_free(&state);
	return status;
}

static int file_total(struct state *state, struct words *words)
{
	const char *word = words_next(words);
	uint32_t total;

	if (!word_number(word, 0, UINT32_MAX, &total))
		return complain(USAGE, "tunnel total: \"%s\" is not a number",
				word ?: "");
	state->total = true;
	if (total != state->count)
		return complain(USAGE,
				"there should be %u tunnels, and there are %u",
				total, state->count);
	return words_end(words, "tunnel total");
}

static int file_words(struct state *state, struct words *words,
		      unsigned int number)
{
	struct tunnel tunnel = {};
	bool ours = words_take(words, "tunnel");
	int status;

	if (state->total)
		return complain(USAGE, "\"tunnel total\" is the last line");
	if (ours && words_take(words, "total"))
		return file_total(state, words);
	if (!ours || !words_take(words, "add"))
		return complain(USAGE,
				"only \"tunnel add\" may stand in a state");
	status = tunnel_parse(words, &tunnel);
	tunnel.line = number;
	if (status)
		tunnel_free(&tunnel);
	else
		add_tunnel(state, &tunnel);
	return status;
}

static int file_line(struct state *state, char *line, unsigned int number)
{
	struct words words = { 0 };
	char **word = NULL;
	char *token;
	int status = DONE;

	line[strcspn(line, "#\n")] = '\0';
	for (token = strtok(line, " \t\r"); token;
	     token = strtok(NULL, " \t\r")) {
		if (!(words.left & (words.left - 1)))
			word = grow(word,
				    sizeof(*word) *
					    (words.left ? 2 * words.left : 1));
		word[words.left++] = token;
	}
	words.next = word;
	words_take(&words, "natctl");
	if (words.left)
		status = file_words(state, &words, number);
	free(word);
	return status;
}

/* By gateway and zone */
static int compare_zones(const void *a, const void *b)
{
	const struct tunnel *x = a, *y = b;

	if (x->zone != y->zone)
		return x->zone < y->zone ? -1 : 1;
	if (x->gateway.address.family != y->gateway.address.family)
		return x->gateway.address.family < y->gateway.address.family ?
			       -1 :
			       1;
	return memcmp(x->gateway.address.bytes, y->gateway.address.bytes,
		      sizeof(x->gateway.address.bytes));
}

/* Neighbours that must differ do */
static int file_differ(const struct state *state, const char *name,
		       int (*compare)(const void *a, const void *b),
		       const char *what)
{
	const struct tunnel *tunnel;
	unsigned int i;

	for (i = 1; i < state->count; i++) {
		tunnel = &state->tunnels[i];
		if (!compare(tunnel - 1, tunnel))
			return complain(USAGE, "%s:%u: line %u has %s", name,
					tunnel->line, tunnel[-1].line, what);
	}
	return DONE;
}

static int file_check(struct state *state, const char *name)
{
	int status;

	if (!state->count)
		return DONE;
	qsort(state->tunnels, state->count, sizeof(struct tunnel),
	      compare_zones);
	status = file_differ(state, name, compare_zones,
			     "another tunnel of this gateway in this zone");
	state_sort(state);
	return file_differ(state, name, tunnel_compare, "this tunnel too") ?:
		       status;
}

/* So many more went wrong than were said */
static void say_more(unsigned int wrong, const char *what)
{
	complain_silent = false;
	if (wrong > SAID_MAX)
		complain(REFUSED, "apply: and %u more %s", wrong - SAID_MAX,
			 what);
}

static int state_read(struct state *state, FILE *file, const char *name)
{
	unsigned int number = 0, wrong = 0;
	char where[256];
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) >= 0) {
		snprintf(where, sizeof(where), "%s:%u: ", name, ++number);
		complain_where = where;
		/* All complaints at once, none of the changes */
		if (file_line(state, line, number))
			complain_silent = ++wrong >= SAID_MAX;
	}
	complain_where = "";
	free(line);
	say_more(wrong, "lines are wrong");
	if (!wrong && !state->total)
		return complain(
			USAGE,
			"%s: the last line, \"tunnel total\", is missing: this is not all of it",
			name);
	return wrong ? USAGE : file_check(state, name);
}

/* Is what runs all that is wanted */
static bool is_current(const struct tunnel *now, const struct tunnel *wanted)
{
	return now && tunnel_equal(now, wanted) &&
	       now->idle <= (uint64_t)wanted->idle + IDLE_DIFFERENCE;
}

static const struct tunnel *find_tunnel(const struct state *state,
					const struct tunnel *tunnel)
{
	if (!state->count)
		return NULL;
	return bsearch(tunnel, state->tunnels, state->count,
		       sizeof(struct tunnel), tunnel_compare);
}

/* Send one; DONE also where the kernel refuses it: the others are not to wait
 * for it
 */
static int send_tunnel(const struct tunnel *tunnel, uint8_t command,
		       unsigned int *refused)
{
	static char text[256];
	int status;

	snprintf(text, sizeof(text), "tunnel %s %s",
		 command == NF_ALG_CMD_TUNNEL_ADD ? "add" : "delete",
		 tunnel_name(tunnel));
	channel_command = text;
	status = tunnel_send(tunnel, command, NLM_F_CREATE | NLM_F_REPLACE);
	if (status != REFUSED)
		return status;
	complain_silent = ++*refused >= SAID_MAX;
	return DONE;
}

static int make_equal(const struct state *now, const struct state *wanted)
{
	const struct tunnel *tunnel, *other;
	unsigned int refused = 0, i;
	int status = DONE;

	/* Those in the way of others go first */
	for (i = 0; !status && i < now->count; i++) {
		tunnel = &now->tunnels[i];
		other = find_tunnel(wanted, tunnel);
		if (other ? other->zone != tunnel->zone : is_saved(tunnel))
			status = send_tunnel(tunnel, NF_ALG_CMD_TUNNEL_DELETE,
					     &refused);
	}
	for (i = 0; !status && i < wanted->count; i++) {
		tunnel = &wanted->tunnels[i];
		if (!is_current(find_tunnel(now, tunnel), tunnel))
			status = send_tunnel(tunnel, NF_ALG_CMD_TUNNEL_ADD,
					     &refused);
	}
	say_more(refused, "were refused");
	return status ?: refused ? REFUSED : DONE;
}

int state_apply(struct words *words)
{
	struct state now = {}, wanted = {};
	const char *name;
	FILE *file;
	int status;

	status = config_open(words, "apply", &file, &name);
	if (status)
		return status;
	status = state_read(&wanted, file, name);
	if (file != stdin)
		fclose(file);
	if (status)
		warn("apply: nothing was changed");
	if (!status)
		status = state_load(&now);
	if (!status)
		status = make_equal(&now, &wanted);
	state_free(&now);
	state_free(&wanted);
	return status;
}
