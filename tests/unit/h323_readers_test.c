// SPDX-License-Identifier: GPL-2.0
/*
 * The readers that generate.py makes of what is in every call say the same as
 * the tables: of each PDU in the fuzzers' corpora, cut at every byte, and with
 * every bit changed.
 *
 * sources: nf_conntrack_helpers/h323/tables.c nf_conntrack_helpers/h323/q931.c
 * sources: nf_conntrack_helpers/h323/name.c nf_conntrack_helpers/h323/per.c
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "h323_tables.h"
#include "ktap.h"

/* Longer ones take too long, bit by bit */
#define SIZE_MAX_BITS 600

typedef int h323_reader(const u8 *data, u32 len, struct h323_reading *r);

static u32 readings, good_readings, hits;

static bool same(h323_reader *read, const u8 *bytes, u32 len)
{
	static struct h323_reading r;
	u8 *data = malloc(len ? len : 1);
	bool good;
	int err;

	/* No byte behind the PDU, for the address sanitizer */
	memcpy(data, bytes, len);
	memset(&r, 0x55, sizeof(r));
	err = read(data, len, &r);
	good = h323_as_tables(&r, err, data);
	readings++;
	if (!err) {
		good_readings++;
		hits += r.hits;
	}
	free(data);
	return good;
}

/* Returns how many readings differ */
static u32 file(h323_reader *read, const char *path)
{
	u8 data[8192];
	u32 len, bad = 0;
	FILE *f = fopen(path, "rb");

	if (!f)
		return 1;
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	for (u32 cut = 0; cut <= len; cut++)
		bad += !same(read, data, cut);
	for (u32 bit = 0; len <= SIZE_MAX_BITS && bit < len * 8; bit++) {
		data[bit / 8] ^= 0x80 >> bit % 8;
		bad += !same(read, data, len);
		data[bit / 8] ^= 0x80 >> bit % 8;
	}
	if (bad)
		printf("# %s: %u readings differ\n", path, bad);
	return bad;
}

static void corpus(const char *name, h323_reader *read)
{
	char folder[128], path[512];
	struct dirent *entry;
	u32 files = 0, bad = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/h323_%s", name);
	dir = opendir(folder);
	readings = 0;
	good_readings = 0;
	hits = 0;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		bad += file(read, path);
		files++;
	}
	if (dir)
		closedir(dir);
	ktap_ok(files && good_readings && hits && !bad,
		"%s: readers and tables say the same of %u PDUs, cut or changed: of %u readings %u are good, with %u addresses",
		name, files, readings, good_readings, hits);
}

int main(void)
{
	corpus("signalling", h323_read_signalling);
	corpus("control", h323_read_control);
	corpus("ras", h323_read_ras);
	return ktap_end();
}
