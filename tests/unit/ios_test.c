// SPDX-License-Identifier: GPL-2.0
/*
 * Cisco configurations that natctl import reads: every line is accounted for, and
 * none is too strange.
 *
 * sources: userspace/ios.c userspace/words.c
 */
#include <dirent.h>
#include <stdio.h>
#include "ktap.h"
#include "ios_reading.h"

#define CORPUS "tests/net/natctl/ios"

static void corpus(void)
{
	struct ios_config config;
	static char text[65536];
	struct dirent *entry;
	char path[512];
	unsigned int count = 0;
	size_t size;
	FILE *file;
	DIR *dir = opendir(CORPUS);

	while (dir && (entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".ios"))
			continue;
		snprintf(path, sizeof(path), CORPUS "/%s", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		size = fread(text, 1, sizeof(text), file);
		fclose(file);
		ios_read(&config, text, size);
		ktap_ok(ios_whole(&config), "%s: every line is accounted for",
			entry->d_name);
		ios_free(&config);
		count++;
	}
	if (dir)
		closedir(dir);
	ktap_ok(count >= 7, "the corpus is there: %u files", count);
}

static bool reads(const char *text, unsigned int services,
		  unsigned int explained)
{
	struct ios_config config;
	bool good;

	ios_read(&config, text, strlen(text));
	good = ios_whole(&config) && config.services.count == services &&
	       ios_count(&config.explained) == explained;
	if (!good)
		printf("# services %u, explained %u of %u lines: %s\n",
		       config.services.count, ios_count(&config.explained),
		       config.lines, text);
	ios_free(&config);
	return good;
}

static void lines(void)
{
	ktap_ok(reads("", 9, 0), "nothing is what IOS does by default");
	ktap_ok(reads("no ip nat service all-algs\n", 0, 1), "all are off");
	ktap_ok(reads("no ip nat service all-algs\nip nat service all-algs\n",
		      9, 2),
		"all are on again");
	ktap_ok(reads("ip nat service sip udp port 5080\n"
		      "no ip nat service sip udp port 5080\n",
		      9, 2),
		"a service that is taken back");
	ktap_ok(reads("IP NAT SERVICE RAS\nip nat service ras\n", 9, 1),
		"two services of one line, said twice");
	ktap_ok(reads("no ip nat service ras\nip nat service ras\n", 9, 1),
		"two services of one line, off and on");
	ktap_ok(reads("ip nat service ras\nno ip nat service ras\n", 7, 2),
		"two services of one line, on and off");
	ktap_ok(reads("ip nat service allow-multipart\n"
		      "no ip nat service allow-multipart\n",
		      9, 2),
		"a setting that is taken back");
	ktap_ok(reads("banner motd #access-list 1 permit any#\n"
		      "no ip nat service ras\n",
		      7, 1),
		"a banner of one line ends there");
	ktap_ok(reads("banner login ^C hello\nno ip nat service ras\n^C\n", 9,
		      0),
		"what stands in a banner is no command");
	ktap_ok(reads("banner motd\nno ip nat service ras\n", 7, 1),
		"a banner without a text");
	ktap_ok(reads("ip access-list standard A\n permit any\n!\n permit any\n"
		      "router ospf 1\n permit any\n",
		      9, 0),
		"rules end with the list");
	ktap_ok(reads("access-list 10 permit\naccess-list\naccess-list 10\n"
		      "ip access-list\nip nat service\nip nat\nip\nno\n",
		      9, 4),
		"lines that are cut short");
	ktap_ok(reads("no ip nat service sip tcp port 5060 5061\n", 9, 1),
		"words too many");
}

/* A line of @count times @piece */
static void endless(const char *start, const char *piece, unsigned int count)
{
	size_t length = strlen(piece), head = strlen(start);
	char *text = grow(NULL, head + length * count + 1);
	struct ios_config config;
	unsigned int i;

	strcpy(text, start);
	for (i = 0; i < count; i++)
		memcpy(text + head + i * length, piece, length);
	text[head + length * count] = '\0';
	ios_read(&config, text, strlen(text));
	ktap_ok(ios_whole(&config), "%u times \"%s\" behind \"%.30s\"", count,
		piece + (piece[0] == '\n'), start);
	ios_free(&config);
	free(text);
}

int main(void)
{
	corpus();
	lines();
	endless("ip nat service ", "x", 100000);
	endless("ip nat service ", "x ", 100000);
	endless("ip nat service list ", "9", 5000);
	endless("access-list 10 remark ", "x", 100000);
	endless("access-list 101 permit udp any eq ", "1 ", 5000);
	endless("ip access-list extended ", "a", 5000);
	endless("access-list 10 permit any", "\naccess-list 10 permit any",
		5000);
	return ktap_end();
}
