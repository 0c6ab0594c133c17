/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_SPI_MATCH_H
#define NATCTL_SPI_MATCH_H

#include "words.h"

extern const char spi_match_usage[];

int spi_match_command(struct words *words);

#endif /* NATCTL_SPI_MATCH_H */
