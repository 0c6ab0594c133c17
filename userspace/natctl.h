/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_H
#define NATCTL_H

#include <stdbool.h>

#define NATCTL_VERSION "0.1.0"

/* How natctl ends */
enum {
	DONE,
	REFUSED, /* by the kernel */
	USAGE, /* the words make no sense */
	NO_MODULE, /* nf_nat_alg is not loaded */
	NOT_PERMITTED,
};

/* What the options in front of the command say */
struct natctl {
	bool json;
	bool pretty;
	bool color;
	unsigned int width; /* of the output, in columns */
};

extern struct natctl natctl;

/* What went wrong is said on stderr behind this: a file and line, or nothing */
extern const char *complain_where;

/* Enough has been said of the kind: what is wrong stands here instead */
extern bool complain_silent;
extern char complain_said[512];

/* Say what is wrong; returns @status */
int complain(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Say what may be wrong, and go on */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text in a color, if colors are wanted: "1" bold, "31" red, "32" green, "33"
 * yellow. In a buffer that the next call overwrites
 */
const char *colored(const char *text, const char *color);

/* malloc() and friends that do not return NULL */
void *grow(void *old, unsigned long size);
char *copy_string(const char *text);

#endif /* NATCTL_H */
