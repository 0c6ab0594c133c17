#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The blocks of a page that say they can be run, and whether they print what the page says.

    pages.py run PAGE...      run them, here; scenes are asked for on stdout (10-pages.sh)
    pages.py count PAGE...    how many results that gives
    pages.py commands WORD PAGE...
                              what stands in the blocks ```sh WORD: how to install
                              is done elsewhere (tests/package/)

A block is marked by its info string, which a forge takes for "console":

    ```console run
    $ natctl access-list add phones permit 10.20.0.0/16
    $ natctl access-list
    ...
    ```

Lines that begin with "$ " are commands, "> " goes on with one; what follows is
what they print, both streams together. Widths of columns, times of day and
durations may differ. "..." stands for any text in a line, and alone on a line
for any lines. A comment before a block says what happens around it:

    <!-- scene: router call -->     these functions of scenes.sh run before it
    <!-- meanwhile: call -->        its one command goes on running, then these
                                    run, until it has printed what the page says
    <!-- not run: WHY -->           this console block cannot be run here

```nft run``` is a ruleset that nft takes.
"""

import os
import re
import subprocess
import sys
import time

PATIENCE = 60           # seconds for what has to happen


class Block:
    def __init__(self, page, line, info):
        self.page, self.line, self.info = page, line, info
        words = info.split()
        self.language = words[0] if words else ""
        self.run = "run" in words[1:]
        self.scenes, self.meanwhile, self.excuse = [], [], ""
        self.text = []

    def name(self):
        return "%s:%d" % (self.page, self.line)

    def commands(self):
        """[(command, [line it prints])]"""
        found = []
        for line in self.text:
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif line.startswith("> ") and found and not found[-1][1]:
                found[-1][0].append(line[2:])
            elif found:
                found[-1][1].append(line)
            else:
                raise SystemExit("%s: begins with no command" % self.name())
        return [("\n".join(command), lines) for command, lines in found]


def blocks(page):
    found, block, indent, comment = [], None, "", {}
    with open(page, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            fence = re.match(r"( *)```(.*)$", line)
            if block is not None:
                if fence and not fence[2]:
                    found.append(block)
                    block = None
                else:
                    block.text.append(line.removeprefix(indent))
            elif fence:
                block, indent = Block(page, number, fence[2]), fence[1]
                block.scenes = comment.get("scene", "").split()
                block.meanwhile = comment.get("meanwhile", "").split()
                block.excuse = comment.get("not run", "")
                comment = {}
            else:
                words = re.match(r" *<!-- (scene|meanwhile|not run): (.*) -->$", line)
                if words:
                    comment[words[1]] = words[2]
                elif line.strip():
                    comment = {}
    if block is not None:
        raise SystemExit("%s: does not end" % block.name())
    return found


# --- comparing ---------------------------------------------------------------

def plain(line):
    """Without what differs each time"""
    line = re.sub(r"\b\d{2}:\d\d:\d\d\.\d{3}\b", "CLOCK", line)
    line = re.sub(r"\b\d+:\d\d:\d\d\b", "TIME", line)
    return " ".join(line.split())


def pattern(lines):
    parts = []
    for line in lines:
        line = plain(line)
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(map(re.escape, line.split("..."))) + r"\n")
    return re.compile("".join(parts))


def trimmed(text):
    lines = [plain(line) for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(line + "\n" for line in lines)


def same(expected, text):
    lines = list(expected)
    while lines and not lines[-1].strip():
        lines.pop()
    return pattern(lines).fullmatch(trimmed(text)) is not None


# --- running -----------------------------------------------------------------

def scene(name):
    """Asks the script that started us; it says whether that went well"""
    print("scene", name, flush=True)
    return sys.stdin.readline().strip() == "yes"


def complain(command, expected, text):
    for title, lines in (("command", command.splitlines()),
                         ("the page says", expected),
                         ("it printed", text.splitlines())):
        print("# %s:" % title)
        for line in lines[:40]:
            print("#     %s" % line)


def once(command, expected, directory):
    done = subprocess.run(["bash", "-c", command], cwd=directory,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PATIENCE,
                          check=False)
    text = done.stdout.decode(errors="replace")
    if same(expected, text):
        return True
    complain(command, expected, text)
    return False


def listeners():
    """Sockets that have joined a group of generic netlink"""
    with open("/proc/net/netlink", encoding="ascii") as file:
        rows = [line.split() for line in file][1:]
    return sum(row[1] == "16" and int(row[3], 16) != 0 for row in rows)


def meanwhile(block, directory):
    (command, expected), = block.commands()
    path = os.path.join(directory, ".printed")
    before = listeners()
    with open(path, "wb") as out:
        running = subprocess.Popen(["bash", "-c", "exec " + command],
                                   cwd=directory, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while listeners() == before and running.poll() is None and \
                time.monotonic() < end:
            time.sleep(0.05)
        good = all([scene(name) for name in block.meanwhile])
        while True:
            with open(path, encoding="utf-8", errors="replace") as out:
                text = out.read()
            if same(expected, text):
                return good
            if time.monotonic() > end:
                complain(command, expected, text)
                return False
            time.sleep(0.1)
    finally:
        running.terminate()
        running.wait()


def perform(block, directory):
    if not all([scene(name) for name in block.scenes]):
        return False
    if block.language == "nft":
        done = subprocess.run(["nft", "-f", "-"], text=True, check=False,
                              input="\n".join(block.text), stderr=subprocess.PIPE)
        if done.returncode:
            complain("nft -f -", [], done.stderr)
        return done.returncode == 0
    if block.meanwhile:
        return meanwhile(block, directory)
    return all([once(command, lines, directory)
                for command, lines in block.commands()])


def main():
    verb, *pages = sys.argv[1:]
    if verb == "commands":
        word, *pages = pages
        lines = [line for page in pages for block in blocks(page)
                 if block.info == "sh " + word for line in block.text]
        if not lines:
            sys.exit("no block ```sh %s in %s" % (word, " ".join(pages)))
        print("\n".join(lines))
        return
    todo = [block for page in pages for block in blocks(page) if block.run]
    if verb == "count":
        print(len(todo))
        return
    directory = os.environ["SCRATCH"]
    for block in todo:
        try:
            good = perform(block, directory)
        except subprocess.TimeoutExpired as late:
            print("# no end: %s" % late)
            good = False
        print("%s - %s, %s" % ("ok" if good else "not ok", block.name(),
                               block.text[0]), flush=True)


if __name__ == "__main__":
    main()
