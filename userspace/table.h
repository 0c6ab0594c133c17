/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_TABLE_H
#define NATCTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <libmnl/libmnl.h>
#include "words.h"

/*
 * One description of a row feeds the table and JSON. Rows are gathered, sorted
 * and printed at the end.
 */

/* How a value is read and shown */
enum shape {
	NUMBER,
	TEXT,
	NAME, /* a number with names */
	TRANSPORT, /* tcp, udp, ... */
	ENDPOINT, /* nested address and port */
	SECONDS, /* as 1:02:03 in a table */
	YESNO, /* 0 or 1 */
	DEVICE, /* interface index */
	HEXADECIMAL, /* as 2E59EEF5 in a table */
};

/* Address and port; family AF_UNSPEC is none, port 0 the whole host. ESP has no
 * ports but an SPI, which stands in their place.
 */
struct endpoint {
	struct address address;
	uint16_t port;
	uint32_t spi;
};

/**
 * struct column - what a column shows
 * @attr: netlink attribute; its name is the key in JSON
 * @head: heading; NULL: only in JSON
 * @shape: how it is shown
 * @names: of a NAME, as many as @count
 * @count: how many
 * @sort: rows are sorted by these columns, from left to right
 * @right: flush right
 * @hidden: only in the verbose table
 */
struct column {
	int attr;
	const char *head;
	enum shape shape;
	const char *const *names;
	int count;
	bool sort;
	bool right;
	bool hidden;
};

/* A value of a row */
struct cell {
	bool set;
	uint64_t number;
	char *text; /* TEXT */
	struct endpoint endpoint;
};

struct table {
	const struct column *columns;
	int width; /* number of columns */
	const char *const *keys; /* names of the attributes */
	bool verbose;
	/* Prints more lines below a row, or NULL */
	void (*second_line)(const struct table *table, struct cell *row);
	struct cell **rows;
	unsigned int count;
};

/* A row without values */
struct cell *table_row(struct table *table);

/* Fill a row with the attributes of a message; returns it */
struct cell *table_add(struct table *table, const struct nlattr *const *tb);

/* The cell of an attribute */
struct cell *table_cell(const struct table *table, struct cell *row, int attr);

void cell_number(struct cell *cell, uint64_t number);
void cell_text(struct cell *cell, const char *text);
void cell_endpoint(struct cell *cell, const struct endpoint *endpoint);

/* Read a nested endpoint */
void endpoint_read(const struct nlattr *nest, struct endpoint *endpoint);

/* Put one into a message as a nested attribute */
void endpoint_write(struct nlmsghdr *nlh, int attr,
		    const struct endpoint *endpoint);

/* "192.0.2.1:5060", "[2001:db8::1]:5060", "192.0.2.1"; "---" for none. In a
 * buffer that the next call but three overwrites
 */
const char *endpoint_text(const struct endpoint *endpoint);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* Sort by the columns that say so */
void table_sort(struct table *table);

/* Print as a table or as an array of JSON (under @key, or NULL), and free it.
 * An empty table prints @empty and nothing else.
 */
void table_print(struct table *table, const char *key, const char *empty);

/* "0:00:32" */
const char *seconds_text(uint64_t seconds);

#endif /* NATCTL_TABLE_H */
