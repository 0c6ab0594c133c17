/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_MODULE_H
#define NATCTL_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Kernel modules: what is loaded, what is on disk for the running kernel, and
 * whether the kernel would load it.
 */

/* A module on disk */
struct module_file {
	char path[512];
	char *data; /* unpacked; NULL: it could not be read */
	size_t size;
};

bool module_loaded(const char *name);

/* Find it for the running kernel: true if it is there */
bool module_find(const char *name, struct module_file *file);

/* Is the loaded module the one on disk? True also where nobody can tell */
bool module_current(const char *name, const struct module_file *file);

/* Does it carry a signature? */
bool module_signed(const struct module_file *file);

/* The kernel wants signatures: why, in words, or NULL */
const char *module_enforcement(void);

/* The key that dkms signs with is there, and the firmware does not know it */
bool module_key_missing(void);

void module_free(struct module_file *file);

/* The first line of a file without its newline, at most @size; NULL: none */
const char *file_line_of(const char *path, char *line, size_t size);

/* A whole file, unpacked by its name's ending; NULL: it cannot be read */
char *file_whole(const char *path, size_t *size);

#endif /* NATCTL_MODULE_H */
