#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""All rows, or those named.

siprows_run.py --count
siprows_run.py [A1 C7 ...]
"""

import siprows
import siprows_a
import siprows_b
import siprows_c
import siprows_d
import siprows_e

assert siprows_a and siprows_b and siprows_c and siprows_d and siprows_e

if __name__ == "__main__":
    siprows.main()
