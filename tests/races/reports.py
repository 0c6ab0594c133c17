#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""reports.py LOG: what the kernel has to say, a report each, ours first.

Everything that tests/vm/machine calls dirty is a failure, with one exception: of KCSAN's reports only those
count in which one of the two stacks goes through a function of our modules. The kernel proper has data races of
its own that it lives with (its strict mode says so); they are listed and not counted, because nothing here can
mend them. Exit status 1 if anything counts.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = re.compile(r"\[nf_(nat_)?alg(_\w+)?\]")
STAMP = re.compile(r"^(<\d+>)?\[ *[0-9.]+\]( ?\[ *[TC]\d+\])? ?")
LINE = "=" * 66
LONGEST = 60


def dirty():
    with open(os.path.join(HERE, "../vm/machine"), encoding="utf-8") as file:
        return re.compile(re.search(r"^dirty='(.*)'$", file.read(), re.M)[1] +
                          "|sleeping function|soft lockup|self-detected stall|leaked reference")


def reports(lines, pattern):
    """Lists of lines: KCSAN's up to its last line, others as long as a stack is"""
    at = 0
    while at < len(lines):
        if "BUG: KCSAN" in lines[at]:
            stop = at + 1
            while stop < len(lines) and LINE not in lines[stop] and stop - at < 100:
                stop += 1
            yield lines[at:stop]
            at = stop
        elif pattern.search(lines[at]):
            stop = at + 1
            while stop < len(lines) and stop - at < LONGEST and "end trace" not in lines[stop] and \
                    LINE not in lines[stop]:
                stop += 1
            yield lines[at:stop]
            at = stop
        else:
            at += 1


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        lines = [STAMP.sub("", line.rstrip()) for line in file]
    counted, others = {}, {}
    for report in reports(lines, dirty()):
        # one line stands for all reports that begin alike
        name = re.sub(r"0x[0-9a-f]+|[0-9a-f]{16}|\d+", "N", report[0])
        theirs = "KCSAN" in report[0] and not OURS.search("\n".join(report))
        (others if theirs else counted).setdefault(name, []).append(report)
    for name, found in counted.items():
        print("# %d times: %s" % (len(found), found[0][0]))
        for line in found[0][1:]:
            print("#   " + line)
    if others:
        print("# of the kernel proper, not counted:")
    for found in others.values():
        print("#   %d times: %s" % (len(found), found[0][0]))
    sys.exit(bool(counted))


main()
