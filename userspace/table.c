// SPDX-License-Identifier: GPL-2.0
/*
 * Rows, as a table or as JSON
 */
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/nf_nat_alg.h>
#include "channel.h"
#include "json.h"
#include "natctl.h"
#include "spec.h"
#include "table.h"

#define LINE_MAX 1024

struct cell *table_row(struct table *table)
{
	struct cell *row = grow(NULL, table->width * sizeof(*row));

	memset(row, 0, table->width * sizeof(*row));
	if (!(table->count & (table->count - 1)))
		table->rows = grow(
			table->rows,
			sizeof(row) * (table->count ? 2 * table->count : 1));
	table->rows[table->count++] = row;
	return row;
}

void cell_number(struct cell *cell, uint64_t number)
{
	cell->set = true;
	cell->number = number;
}

void cell_text(struct cell *cell, const char *text)
{
	cell->set = true;
	free(cell->text);
	cell->text = copy_string(text);
}

void cell_endpoint(struct cell *cell, const struct endpoint *endpoint)
{
	cell->set = endpoint->address.family != AF_UNSPEC;
	cell->endpoint = *endpoint;
}

struct cell *table_cell(const struct table *table, struct cell *row, int attr)
{
	int i;

	for (i = 0; i < table->width; i++)
		if (table->columns[i].attr == attr)
			return &row[i];
	abort();
}

struct cell *table_add(struct table *table, const struct nlattr *const *tb)
{
	struct cell *row = table_row(table);
	struct endpoint endpoint;
	const struct nlattr *attr;
	int i;

	for (i = 0; i < table->width; i++) {
		attr = tb[table->columns[i].attr];
		if (!attr)
			continue;
		switch (table->columns[i].shape) {
		case TEXT:
			cell_text(&row[i], mnl_attr_get_str(attr));
			break;
		case ENDPOINT:
			endpoint_read(attr, &endpoint);
			cell_endpoint(&row[i], &endpoint);
			break;
		default:
			cell_number(&row[i], attribute_number(attr));
		}
	}
	return row;
}

void endpoint_read(const struct nlattr *nest, struct endpoint *endpoint)
{
	const struct nlattr *tb[NF_ALG_A_ENDPOINT_MAX + 1];
	const struct nlattr *address;

	memset(endpoint, 0, sizeof(*endpoint));
	nested_attributes(nest, tb, NF_ALG_A_ENDPOINT_MAX);
	address = tb[NF_ALG_A_ENDPOINT_ADDRESS];
	if (!address || (mnl_attr_get_payload_len(address) != 4 &&
			 mnl_attr_get_payload_len(address) != 16))
		return;
	endpoint->address.len = mnl_attr_get_payload_len(address);
	endpoint->address.family = endpoint->address.len == 4 ? AF_INET :
								AF_INET6;
	memcpy(endpoint->address.bytes, mnl_attr_get_payload(address),
	       endpoint->address.len);
	if (tb[NF_ALG_A_ENDPOINT_PORT])
		endpoint->port = attribute_number(tb[NF_ALG_A_ENDPOINT_PORT]);
}

void endpoint_write(struct nlmsghdr *nlh, int attr,
		    const struct endpoint *endpoint)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);

	mnl_attr_put(nlh, NF_ALG_A_ENDPOINT_ADDRESS, endpoint->address.len,
		     endpoint->address.bytes);
	if (endpoint->port)
		mnl_attr_put_u16(nlh, NF_ALG_A_ENDPOINT_PORT, endpoint->port);
	mnl_attr_nest_end(nlh, nest);
}

const char *endpoint_text(const struct endpoint *endpoint)
{
	static char text[4][64];
	static unsigned int turn;
	char *to = text[turn++ % 4];
	const char *address;

	if (endpoint->address.family == AF_UNSPEC)
		return "---";
	address = address_text(&endpoint->address);
	if (endpoint->spi)
		snprintf(to, sizeof(text[0]), "%s:%08X", address,
			 endpoint->spi);
	else if (!endpoint->port)
		snprintf(to, sizeof(text[0]), "%s", address);
	else if (endpoint->address.family == AF_INET6)
		snprintf(to, sizeof(text[0]), "[%s]:%u", address,
			 endpoint->port);
	else
		snprintf(to, sizeof(text[0]), "%s:%u", address, endpoint->port);
	return to;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->address.family == b->address.family &&
	       !memcmp(a->address.bytes, b->address.bytes,
		       sizeof(a->address.bytes));
}

const char *seconds_text(uint64_t seconds)
{
	static char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ":%02u:%02u", seconds / 3600,
		 (unsigned int)(seconds / 60 % 60),
		 (unsigned int)(seconds % 60));
	return text;
}

static const char *name_text(const struct column *column,
			     const struct cell *cell)
{
	static char number[24];

	if (cell->number < (uint64_t)column->count &&
	    column->names[cell->number])
		return column->names[cell->number];
	snprintf(number, sizeof(number), "%" PRIu64, cell->number);
	return number;
}

static const char *device_text(const struct cell *cell)
{
	static char name[IF_NAMESIZE + 16];

	if (!if_indextoname(cell->number, name))
		snprintf(name, sizeof(name), "%" PRIu64, cell->number);
	return name;
}

static const char *cell_string(const struct column *column,
			       const struct cell *cell)
{
	static char number[24];

	if (!cell->set)
		return column->shape == ENDPOINT ? "---" : "-";
	switch (column->shape) {
	case TEXT:
		return cell->text;
	case NAME:
		return name_text(column, cell);
	case TRANSPORT:
		return transport_name(cell->number);
	case ENDPOINT:
		return endpoint_text(&cell->endpoint);
	case SECONDS:
		return seconds_text(cell->number);
	case YESNO:
		return cell->number ? "yes" : "no";
	case DEVICE:
		return device_text(cell);
	case HEXADECIMAL:
		snprintf(number, sizeof(number), "%08" PRIX64, cell->number);
		return number;
	case NUMBER:
		break;
	}
	snprintf(number, sizeof(number), "%" PRIu64, cell->number);
	return number;
}

static const struct table *sorted;

static int cell_compare(const struct column *column, const struct cell *a,
			const struct cell *b)
{
	const struct endpoint *x = &a->endpoint, *y = &b->endpoint;
	int order;

	if (a->set != b->set)
		return a->set ? 1 : -1;
	if (column->shape == TEXT)
		return a->set ? strcmp(a->text, b->text) : 0;
	if (column->shape != ENDPOINT)
		return (a->number > b->number) - (a->number < b->number);
	order = x->address.family - y->address.family;
	if (!order)
		order = memcmp(x->address.bytes, y->address.bytes,
			       sizeof(x->address.bytes));
	return order ?: x->port - y->port;
}

static int row_compare(const void *a, const void *b)
{
	const struct cell *x = *(struct cell *const *)a;
	const struct cell *y = *(struct cell *const *)b;
	int i, order = 0;

	for (i = 0; !order && i < sorted->width; i++)
		if (sorted->columns[i].sort)
			order = cell_compare(&sorted->columns[i], &x[i], &y[i]);
	return order;
}

void table_sort(struct table *table)
{
	sorted = table;
	qsort(table->rows, table->count, sizeof(table->rows[0]), row_compare);
}

static void json_endpoint(const char *key, const struct endpoint *endpoint)
{
	json_object(key);
	json_string(spec_endpoint_attr[NF_ALG_A_ENDPOINT_ADDRESS],
		    address_text(&endpoint->address));
	if (endpoint->port)
		json_number(spec_endpoint_attr[NF_ALG_A_ENDPOINT_PORT],
			    endpoint->port);
	if (endpoint->spi)
		json_number(spec_spi_attr[NF_ALG_A_SPI_SPI], endpoint->spi);
	json_object_end();
}

static void table_print_json(const struct table *table, const char *key)
{
	const struct column *column;
	const struct cell *cell;
	unsigned int row;
	const char *name;
	int i;

	json_array(key);
	for (row = 0; row < table->count; row++) {
		json_object(NULL);
		for (i = 0; i < table->width; i++) {
			column = &table->columns[i];
			cell = &table->rows[row][i];
			name = table->keys[column->attr];
			if (!cell->set)
				continue;
			if (column->shape == ENDPOINT)
				json_endpoint(name, &cell->endpoint);
			else if (column->shape == YESNO)
				json_bool(name, cell->number);
			else if (column->shape == NUMBER ||
				 column->shape == HEXADECIMAL ||
				 column->shape == SECONDS)
				json_number(name, cell->number);
			else
				json_string(name, cell_string(column, cell));
		}
		json_object_end();
	}
	json_array_end();
}

/* Print a line without the blanks at its end */
static void put_line(char *line, unsigned int length, bool bold)
{
	while (length && line[length - 1] == ' ')
		length--;
	line[length] = '\0';
	puts(bold ? colored(line, "1") : line);
}

/* A row, or without one the headings; it goes on in the next line where the
 * output is not wide enough
 */
static void print_line(const struct table *table, const unsigned int *widths,
		       const struct cell *row)
{
	const struct column *column;
	char line[LINE_MAX];
	unsigned int at = 0;
	const char *text;
	int i;

	for (i = 0; i < table->width; i++) {
		column = &table->columns[i];
		if (!widths[i])
			continue;
		text = row ? cell_string(column, &row[i]) : column->head;
		if (at && at + 1 + widths[i] > natctl.width) {
			put_line(line, at, !row);
			at = snprintf(line, sizeof(line), "   ");
		}
		if (at + 1 + widths[i] >= sizeof(line))
			break;
		at += snprintf(line + at, sizeof(line) - at, "%s%*s",
			       at ? " " : "",
			       (int)widths[i] * (column->right ? 1 : -1), text);
	}
	put_line(line, at, !row);
}

static void table_print_text(const struct table *table)
{
	unsigned int widths[table->width];
	unsigned int row, len;
	int i;

	for (i = 0; i < table->width; i++) {
		const struct column *column = &table->columns[i];
		bool used = false;

		widths[i] = 0;
		if (!column->head || (column->hidden && !table->verbose))
			continue;
		widths[i] = strlen(column->head);
		for (row = 0; row < table->count; row++) {
			used |= table->rows[row][i].set;
			len = strlen(cell_string(column, &table->rows[row][i]));
			if (len > widths[i])
				widths[i] = len;
		}
		/* What nobody has needs no column, but for addresses */
		if (!used && column->shape != ENDPOINT)
			widths[i] = 0;
	}
	print_line(table, widths, NULL);
	for (row = 0; row < table->count; row++) {
		print_line(table, widths, table->rows[row]);
		if (table->second_line)
			table->second_line(table, table->rows[row]);
	}
}

static void table_free(struct table *table)
{
	unsigned int row;
	int i;

	for (row = 0; row < table->count; row++) {
		for (i = 0; i < table->width; i++)
			free(table->rows[row][i].text);
		free(table->rows[row]);
	}
	free(table->rows);
	table->rows = NULL;
	table->count = 0;
}

void table_print(struct table *table, const char *key, const char *empty)
{
	if (natctl.json)
		table_print_json(table, key);
	else if (table->count)
		table_print_text(table);
	else
		puts(empty);
	table_free(table);
}
