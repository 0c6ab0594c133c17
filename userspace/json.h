/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_JSON_H
#define NATCTL_JSON_H

#include <stdbool.h>
#include <stdint.h>

/*
 * JSON on stdout, piece by piece. @key is NULL inside arrays and at the top.
 */
void json_object(const char *key);
void json_object_end(void);
void json_array(const char *key);
void json_array_end(void);
void json_string(const char *key, const char *text);
void json_number(const char *key, uint64_t number);
void json_bool(const char *key, bool value);

#endif /* NATCTL_JSON_H */
