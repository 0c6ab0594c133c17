#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
#
# Files, headings, reasons and options that README.md and Documentation/ name
# exist, and what is generated is up to date. No network: text.py.
cd "$NF_ALG_TOP" || exit 1
PYTHONPATH=tests/net/docs PYTHONDONTWRITEBYTECODE=1 python3 tests/net/docs/text.py
