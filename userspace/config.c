// SPDX-License-Identifier: GPL-2.0
/*
 * natctl save and apply: the whole configuration as commands
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "access_list.h"
#include "config.h"
#include "json.h"
#include "natctl.h"
#include "option.h"
#include "service.h"
#include "spec.h"
#include "state.h"

const char save_usage[] =
	"natctl save              the configuration as commands, one a line\n"
	"natctl save --state      likewise the IPsec tunnels, for another router\n";
const char apply_usage[] =
	"natctl apply [--dry-run | --verbose] {FILE | -}\n"
	"natctl apply --state {FILE | -}\n"
	"\n"
	"Checks the whole file first, then makes the running configuration equal to\n"
	"it, changing only what differs. What save prints is such a file. --dry-run\n"
	"changes nothing and prints what would be done, as commands; --verbose prints\n"
	"what is done. With --state it is the IPsec tunnels that are made equal.\n";

#define LINE_WORDS 32
#define SEQUENCE_STEP 10

/* A configuration: the running one, or a file's */
struct config {
	struct settings settings;
	struct service *services;
	unsigned int service_count;
	struct rule *rules;
	unsigned int rule_count;
};

static void add_service(struct config *config, const struct service *service)
{
	config->services = grow(config->services,
				sizeof(*service) * (config->service_count + 1));
	config->services[config->service_count++] = *service;
}

static void add_rule(struct config *config, const struct rule *rule)
{
	config->rules =
		grow(config->rules, sizeof(*rule) * (config->rule_count + 1));
	config->rules[config->rule_count++] = *rule;
}

static void config_free(struct config *config)
{
	free(config->services);
	free(config->rules);
}

static void load_service(const struct nlmsghdr *nlh, void *data)
{
	struct service service;

	service_read(nlh, &service);
	add_service(data, &service);
}

static void load_rule(const struct nlmsghdr *nlh, void *data)
{
	struct rule rule;

	rule_read(nlh, &rule);
	add_rule(data, &rule);
}

static int compare_services(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->vrf > y->vrf) - (x->vrf < y->vrf);
}

/* The running configuration; lists come in their order, services are sorted */
static int config_load(struct config *config)
{
	int status;

	status = settings_load(&config->settings);
	if (!status)
		status = genl_dump(NF_ALG_CMD_ACCESS_LIST_GET, load_rule,
				   config);
	if (!status)
		status =
			genl_dump(NF_ALG_CMD_SERVICE_GET, load_service, config);
	if (!status && config->service_count)
		qsort(config->services, config->service_count,
		      sizeof(config->services[0]), compare_services);
	return status;
}

int save_command(struct words *words)
{
	struct config config = {};
	unsigned int i;
	int status;

	if (words_take(words, "--state"))
		return state_save(words);
	status = words_end(words, "save");
	if (!status)
		status = config_load(&config);
	if (!status) {
		settings_print(&config.settings);
		for (i = 0; i < config.rule_count; i++)
			puts(rule_text(&config.rules[i]));
		for (i = 0; i < config.service_count; i++)
			puts(service_text(&config.services[i]));
	}
	config_free(&config);
	return status;
}

/* A rule of the file joins those before it, as the kernel would add it */
static int file_rule(struct config *config, struct rule *rule)
{
	unsigned int count = 0, i;
	uint32_t last = 0;

	for (i = 0; i < config->rule_count; i++) {
		const struct rule *other = &config->rules[i];

		if (strcmp(other->list, rule->list))
			continue;
		count++;
		if (other->sequence > last)
			last = other->sequence;
		if (rule->sequence && other->sequence == rule->sequence)
			return complain(USAGE,
					"access list %s has two rules %u",
					rule->list, rule->sequence);
		if (rule_equal(other, rule))
			return complain(
				USAGE,
				"access list %s has this rule already, as %u",
				rule->list, other->sequence);
	}
	if (count >= NF_ALG_ACCESS_LIST_RULES_MAX)
		return complain(
			USAGE,
			"access list %s is too long: it can have %d rules",
			rule->list, NF_ALG_ACCESS_LIST_RULES_MAX);
	if (!rule->sequence)
		rule->sequence = last + SEQUENCE_STEP;
	add_rule(config, rule);
	return DONE;
}

static int file_service(struct config *config, const struct service *service)
{
	const struct service *other;
	unsigned int i;

	for (i = 0; i < config->service_count; i++) {
		other = &config->services[i];
		if (other->transport != service->transport ||
		    other->port != service->port || other->vrf != service->vrf)
			continue;
		if (!service->port)
			return complain(USAGE, "%s has a service already",
					transport_name(service->transport));
		return complain(USAGE, "%s port %u has a service already",
				transport_name(service->transport),
				service->port);
	}
	add_service(config, service);
	return DONE;
}

static int file_line(struct config *config, char *line)
{
	struct words words = { 0 };
	char *word[LINE_WORDS];
	struct service service;
	struct rule rule;
	char *token;
	int status;

	line[strcspn(line, "#\n")] = '\0';
	for (token = strtok(line, " \t\r"); token;
	     token = strtok(NULL, " \t\r")) {
		if (words.left == LINE_WORDS)
			return complain(USAGE, "the line has too many words");
		word[words.left++] = token;
	}
	words.next = word;
	words_take(&words, "natctl");
	if (!words.left)
		return DONE;

	if (words_take(&words, "set"))
		return settings_parse(&words, &config->settings);
	if (words_take(&words, "service") && words_take(&words, "add")) {
		status = service_parse(&words, &service);
		return status ?: file_service(config, &service);
	}
	if (words_take(&words, "access-list") && words_take(&words, "add")) {
		status = rule_parse(&words, &rule);
		return status ?: file_rule(config, &rule);
	}
	return complain(
		USAGE,
		"only \"set\", \"service add\" and \"access-list add\" may stand in a configuration");
}

struct config *config_new(void)
{
	struct config *config = grow(NULL, sizeof(*config));

	memset(config, 0, sizeof(*config));
	return config;
}

int config_line(struct config *config, const char *line)
{
	char *copy = copy_string(line);
	int status = file_line(config, copy);

	free(copy);
	return status;
}

void config_delete(struct config *config)
{
	config_free(config);
	free(config);
}

static int config_read(struct config *config, FILE *file, const char *name)
{
	char where[256], line[1024];
	unsigned int number = 0;
	int status = DONE, result;

	while (fgets(line, sizeof(line), file)) {
		snprintf(where, sizeof(where), "%s:%u: ", name, ++number);
		complain_where = where;
		if (!strchr(line, '\n') && !feof(file))
			result = complain(USAGE, "the line is too long");
		else
			result = file_line(config, line);
		/* All complaints at once, none of the changes */
		if (result)
			status = result;
	}
	complain_where = "";
	/* A folder, a disk that fails: what was read is not the whole */
	if (ferror(file))
		status = complain(USAGE, "%s: %s", name, strerror(errno));
	return status;
}

static const struct rule *find_rule(const struct config *config,
				    const struct rule *rule)
{
	unsigned int i;

	for (i = 0; i < config->rule_count; i++)
		if (config->rules[i].sequence == rule->sequence &&
		    !strcmp(config->rules[i].list, rule->list))
			return &config->rules[i];
	return NULL;
}

static const struct service *find_service(const struct config *config,
					  const struct service *service)
{
	unsigned int i;

	for (i = 0; i < config->service_count; i++)
		if (!compare_services(&config->services[i], service))
			return &config->services[i];
	return NULL;
}

/* What apply does with a difference */
struct changes {
	bool dry; /* nothing */
	bool said; /* say it, as a command */
};

static void say_change(const struct changes *changes, const char *text)
{
	if (!changes->said)
		return;
	if (natctl.json)
		json_string(NULL, text);
	else
		puts(text);
}

static int apply_settings(const struct config *now, const struct config *wanted,
			  const struct changes *changes)
{
	struct settings change = {};
	bool any = false;
	int i;

	memcpy(change.list, wanted->settings.list, sizeof(change.list));

	for (i = NF_ALG_OPTION_UNSPEC + 1; i < __NF_ALG_OPTION_MAX; i++) {
		change.value[i] = wanted->settings.set[i] ?
					  wanted->settings.value[i] :
					  option_default(i);
		change.set[i] = now->settings.set[i] &&
				(now->settings.value[i] != change.value[i] ||
				 strcmp(now->settings.list[i], change.list[i]));
		any |= change.set[i];
	}
	if (change.set[NF_ALG_OPTION_MEDIA_PORT_LOW] ||
	    change.set[NF_ALG_OPTION_MEDIA_PORT_HIGH])
		say_change(changes,
			   setting_text(&change, NF_ALG_OPTION_MEDIA_PORT_LOW));
	for (i = NF_ALG_OPTION_MEDIA_PORT_HIGH + 1; i < __NF_ALG_OPTION_MAX;
	     i++)
		if (change.set[i])
			say_change(changes, setting_text(&change, i));
	return any && !changes->dry ? settings_send(&change) : DONE;
}

static void say_rule_gone(const struct changes *changes,
			  const struct rule *rule)
{
	char text[96];

	snprintf(text, sizeof(text), "access-list delete %s %u", rule->list,
		 rule->sequence);
	say_change(changes, text);
}

/* Rules come and change before others go: a list is never empty in between */
static int apply_rules(const struct config *now, const struct config *wanted,
		       const struct changes *changes)
{
	const struct rule *rule;
	int status = DONE;
	unsigned int i;

	for (i = 0; !status && i < wanted->rule_count; i++) {
		channel_command = rule_text(&wanted->rules[i]);
		rule = find_rule(now, &wanted->rules[i]);
		if (rule && rule_equal(rule, &wanted->rules[i]))
			continue;
		if (rule)
			say_rule_gone(changes, rule);
		channel_command = rule_text(&wanted->rules[i]);
		say_change(changes, channel_command);
		if (!changes->dry)
			status = rule_send(&wanted->rules[i],
					   NF_ALG_CMD_ACCESS_LIST_ADD,
					   NLM_F_CREATE | NLM_F_REPLACE);
	}
	for (i = 0; !status && i < now->rule_count; i++) {
		if (find_rule(wanted, &now->rules[i]))
			continue;
		say_rule_gone(changes, &now->rules[i]);
		if (!changes->dry)
			status = rule_send(&now->rules[i],
					   NF_ALG_CMD_ACCESS_LIST_DELETE, 0);
	}
	return status;
}

static void say_service_gone(const struct changes *changes,
			     const struct service *service)
{
	char text[200];

	snprintf(text, sizeof(text), "service delete%s",
		 service_text(service) + strlen("service add"));
	say_change(changes, text);
}

static int apply_services(const struct config *now, const struct config *wanted,
			  const struct changes *changes)
{
	const struct service *service;
	int status = DONE;
	unsigned int i;

	/* Those in the way of others go first */
	for (i = 0; !status && i < now->service_count; i++) {
		if (find_service(wanted, &now->services[i]))
			continue;
		say_service_gone(changes, &now->services[i]);
		if (!changes->dry)
			status = service_send(&now->services[i],
					      NF_ALG_CMD_SERVICE_DELETE, 0);
	}
	for (i = 0; !status && i < wanted->service_count; i++) {
		service = find_service(now, &wanted->services[i]);
		if (service &&
		    service->spi_match == wanted->services[i].spi_match &&
		    !strcmp(service->list, wanted->services[i].list))
			continue;
		if (service)
			say_service_gone(changes, service);
		channel_command = service_text(&wanted->services[i]);
		say_change(changes, channel_command);
		if (!changes->dry)
			status = service_send(&wanted->services[i],
					      NF_ALG_CMD_SERVICE_ADD,
					      NLM_F_CREATE | NLM_F_REPLACE);
	}
	return status;
}

/* A service may name a list before there is one; say so if that stays */
static void warn_lists(const struct config *wanted)
{
	const char *list;
	unsigned int i, j;

	for (i = 0; i < wanted->service_count; i++) {
		list = wanted->services[i].list;
		for (j = 0; j < wanted->rule_count; j++)
			if (!strcmp(list, wanted->rules[j].list))
				break;
		if (list[0] && j == wanted->rule_count)
			warn("access list %s has no rules, so %s port %u is for nobody",
			     list,
			     transport_name(wanted->services[i].transport),
			     wanted->services[i].port);
	}
}

int config_open(struct words *words, const char *command, FILE **file,
		const char **name)
{
	int status;

	*name = words_next(words);
	if (!*name)
		return complain(
			USAGE, "%s: a file is missing, or - for standard input",
			command);
	status = words_end(words, command);
	if (status)
		return status;
	if (!strcmp(*name, "-")) {
		*file = stdin;
		*name = "stdin";
		return DONE;
	}
	*file = fopen(*name, "re");
	if (!*file)
		return complain(USAGE, "%s: %s: %s", command, *name,
				strerror(errno));
	return DONE;
}

int apply_command(struct words *words)
{
	struct config now = {}, wanted = {};
	struct changes changes = {};
	const char *name;
	FILE *file;
	int status;

	if (words_take(words, "--state"))
		return state_apply(words);
	changes.dry = words_take(words, "--dry-run");
	changes.said = changes.dry || words_take(words, "--verbose");
	status = config_open(words, "apply", &file, &name);
	if (status)
		return status;
	status = config_read(&wanted, file, name);
	if (file != stdin)
		fclose(file);
	if (status)
		warn("apply: nothing was changed");

	if (!status)
		status = config_load(&now);
	if (!status) {
		if (changes.said && natctl.json)
			json_array(NULL);
		status = apply_settings(&now, &wanted, &changes);
		if (!status)
			status = apply_rules(&now, &wanted, &changes);
		if (!status)
			status = apply_services(&now, &wanted, &changes);
		if (changes.said && natctl.json)
			json_array_end();
	}
	if (!status)
		warn_lists(&wanted);
	config_free(&now);
	config_free(&wanted);
	return status;
}
