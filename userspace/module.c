// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel modules, loaded and on disk
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>
#include "module.h"
#include "natctl.h"

#define FILE_MAX (64 << 20)
#define SIGNED "~Module signature appended~\n"
#define EFIVARS "/sys/firmware/efi/efivars/"
#define SECURE_BOOT EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define MOK_STATE EFIVARS "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23"
#define MOK_LIST EFIVARS "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23"
#define DKMS_KEY "/var/lib/dkms/mok.pub"
/* In front of the value of an EFI variable */
#define EFI_ATTRIBUTES 4

const char *file_line_of(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool good = file && fgets(line, size, file);

	if (file)
		fclose(file);
	if (!good)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static const char *unpacker(const char *path)
{
	static const struct {
		const char *ending;
		const char *program;
	} unpackers[] = {
		{ ".xz", "xz -dc" },
		{ ".zst", "zstd -dcq" },
		{ ".gz", "gzip -dc" },
	};
	size_t length = strlen(path), i, ending;

	for (i = 0; i < sizeof(unpackers) / sizeof(unpackers[0]); i++) {
		ending = strlen(unpackers[i].ending);
		if (length > ending &&
		    !strcmp(path + length - ending, unpackers[i].ending))
			return unpackers[i].program;
	}
	return NULL;
}

char *file_whole(const char *path, size_t *size)
{
	const char *program = unpacker(path);
	char *data = NULL, command[700];
	size_t room = 0, got;
	const char *c;
	FILE *file;

	/* It goes through a shell */
	for (c = path; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/._+~-", *c))
			program = NULL;
	if (access(path, R_OK))
		return NULL;
	snprintf(command, sizeof(command), "%s %s 2>/dev/null", program ?: "",
		 path);
	file = program ? popen(command, "re") : fopen(path, "re");
	*size = 0;
	while (file && *size < FILE_MAX) {
		if (*size == room) {
			room = room ? 2 * room : 65536;
			data = grow(data, room);
		}
		got = fread(data + *size, 1, room - *size, file);
		if (!got)
			break;
		*size += got;
	}
	if (file && program ? pclose(file) : file ? fclose(file) : -1) {
		free(data);
		return NULL;
	}
	return data;
}

bool module_loaded(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* Its path in a line "kernel/net/x.ko.xz: ..." of modules.dep */
static bool module_line(const char *line, const char *name)
{
	size_t length = strlen(name);
	const char *file = line, *slash;
	size_t end = strcspn(line, ":");

	for (slash = line; slash < line + end; slash++)
		if (*slash == '/')
			file = slash + 1;
	for (; length; length--, file++, name++)
		if (*file != *name && (*file != '-' || *name != '_'))
			return false;
	return !strncmp(file, ".ko", 3);
}

bool module_find(const char *name, struct module_file *file)
{
	struct utsname kernel;
	char path[512], *line = NULL;
	size_t room = 0;
	bool found = false;
	FILE *list;

	memset(file, 0, sizeof(*file));
	uname(&kernel);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep",
		 kernel.release);
	list = fopen(path, "re");
	while (list && !found && getline(&line, &room, list) >= 0)
		found = module_line(line, name);
	if (found) {
		line[strcspn(line, ":")] = '\0';
		if (line[0] == '/')
			snprintf(file->path, sizeof(file->path), "%s", line);
		else
			snprintf(file->path, sizeof(file->path),
				 "/lib/modules/%s/%s", kernel.release, line);
		found = !access(file->path, F_OK);
	}
	if (found)
		file->data = file_whole(file->path, &file->size);
	free(line);
	if (list)
		fclose(list);
	return found;
}

bool module_current(const char *name, const struct module_file *file)
{
	char path[256], *note;
	bool current;
	size_t size;

	/* The note that the linker made of all of it */
	snprintf(path, sizeof(path), "/sys/module/%s/notes/.note.gnu.build-id",
		 name);
	note = file_whole(path, &size);
	current = !note || !file->data ||
		  memmem(file->data, file->size, note, size);
	free(note);
	return current;
}

bool module_signed(const struct module_file *file)
{
	size_t length = strlen(SIGNED);

	return file->data && file->size > length &&
	       !memcmp(file->data + file->size - length, SIGNED, length);
}

/* The value of an EFI variable of one byte, or -1 */
static int efi_byte(const char *path)
{
	size_t size;
	char *data = file_whole(path, &size);
	int value = data && size > EFI_ATTRIBUTES ?
			    (unsigned char)data[EFI_ATTRIBUTES] :
			    -1;

	free(data);
	return value;
}

const char *module_enforcement(void)
{
	char line[64];

	if (efi_byte(SECURE_BOOT) == 1 && efi_byte(MOK_STATE) != 1)
		return "Secure Boot is on";
	if (file_line_of("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	    !strstr(line, "[none]"))
		return "the kernel is locked down";
	if (file_line_of("/sys/module/module/parameters/sig_enforce", line,
			 sizeof(line)) &&
	    line[0] == 'Y')
		return "the kernel takes signed modules alone (module.sig_enforce)";
	return NULL;
}

bool module_key_missing(void)
{
	size_t size, key_size;
	char *list = file_whole(MOK_LIST, &size);
	char *key = file_whole(DKMS_KEY, &key_size);
	bool missing = key && key_size &&
		       (!list || !memmem(list, size, key, key_size));

	free(list);
	free(key);
	return missing;
}

void module_free(struct module_file *file)
{
	free(file->data);
	file->data = NULL;
}
