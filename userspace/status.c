// SPDX-License-Identifier: GPL-2.0
/*
 * natctl without arguments: is it working? Needs no permission.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "channel.h"
#include "json.h"
#include "natctl.h"
#include "service.h"
#include "show.h"
#include "spec.h"
#include "status.h"

static void show_protocol(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_PROTOCOL_MAX + 1];
	bool *any = data;
	const char *name;
	bool present;

	genl_attributes(nlh, tb, NF_ALG_A_PROTOCOL_MAX);
	if (!tb[NF_ALG_A_PROTOCOL_NAME] || !tb[NF_ALG_A_PROTOCOL_PRESENT])
		return;
	name = mnl_attr_get_str(tb[NF_ALG_A_PROTOCOL_NAME]);
	present = attribute_number(tb[NF_ALG_A_PROTOCOL_PRESENT]);
	if (natctl.json) {
		json_object(NULL);
		json_string(spec_protocol_attr[NF_ALG_A_PROTOCOL_NAME], name);
		json_bool(spec_protocol_attr[NF_ALG_A_PROTOCOL_PRESENT],
			  present);
		json_object_end();
	} else if (present) {
		printf(", %s", name);
		*any = true;
	}
}

/* The release of the loaded module, if it says one */
static void print_version(void)
{
	char version[64] = "";
	FILE *file = fopen("/sys/module/nf_nat_alg/version", "re");

	if (file && fgets(version, sizeof(version), file)) {
		version[strcspn(version, "\n")] = '\0';
		printf(" %s", version);
	}
	if (file)
		fclose(file);
}

static void show_use(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_LIMIT_MAX + 1];
	uint64_t resource;

	(void)data;
	genl_attributes(nlh, tb, NF_ALG_A_LIMIT_MAX);
	if (!tb[NF_ALG_A_LIMIT_RESOURCE] || !tb[NF_ALG_A_LIMIT_USED])
		return;
	resource = attribute_number(tb[NF_ALG_A_LIMIT_RESOURCE]);
	/* Who has no IPsec need not read of it */
	if (resource > NF_ALG_RESOURCE_BINDINGS &&
	    (resource != NF_ALG_RESOURCE_TUNNELS ||
	     !attribute_number(tb[NF_ALG_A_LIMIT_USED])))
		return;
	printf("%s%s%s %" PRIu64, resource ? ", " : "", spec_resource[resource],
	       resource == NF_ALG_RESOURCE_CALLS ? " and registrations" : "",
	       attribute_number(tb[NF_ALG_A_LIMIT_USED]));
}

int status_command(void)
{
	bool any = false;
	int status;

	/* A refusal prints nothing else */
	status = genl_dump(NF_ALG_CMD_PROTOCOL_GET, NULL, NULL);
	if (status)
		return status;

	if (natctl.json) {
		json_object(NULL);
		json_array("protocols");
		genl_dump(NF_ALG_CMD_PROTOCOL_GET, show_protocol, &any);
		json_array_end();
		service_show("services");
		show_limits("limits");
		show_reasons(false, "reasons");
		json_object_end();
		return DONE;
	}

	fputs("Modules: nf_nat_alg", stdout);
	print_version();
	genl_dump(NF_ALG_CMD_PROTOCOL_GET, show_protocol, &any);
	puts(any ? "" : "; no protocol yet");
	fputs("In use: ", stdout);
	genl_dump(NF_ALG_CMD_LIMIT_GET, show_use, NULL);
	fputs("\n\n", stdout);
	status = service_show(NULL);
	putchar('\n');
	return status ?: show_reasons(false, NULL);
}
