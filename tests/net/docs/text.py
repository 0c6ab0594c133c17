#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the pages say of the tree is so: text.py, in the repository's top folder."""

import glob
import os
import re
import subprocess
import tempfile

import yaml

from pages import blocks

PAGES = ["README.md", "tests/README.md"] + sorted(
    glob.glob("Documentation/*.md") + glob.glob("packaging/*/README.md"))
SHELLS = ("console", "")


def result(what, wrong):
    for line in wrong:
        print("# " + line)
    print("%s - %s" % ("not ok" if wrong else "ok", what))


def text(page):
    with open(page, encoding="utf-8") as file:
        return file.read()


def prose(page):
    """Without fenced blocks and comments"""
    return re.sub(r"<!--.*?-->", "", re.sub(
        r"(?ms)^ *```.*?^ *```$", "", text(page)), flags=re.S)


def anchors(page):
    """As forges make them of headings"""
    seen = {}
    for title in re.findall(r"(?m)^#+ +(.*)$", prose(page)):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        count = seen.get(name, 0)
        seen[name] = count + 1
        yield name if not count else "%s-%d" % (name, count)


def links():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
            if re.match("[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            path = os.path.normpath(os.path.join(os.path.dirname(page), path)) \
                if path else page
            if not os.path.exists(path):
                yield "%s: no file %s" % (page, target)
            elif anchor and anchor not in anchors(path):
                yield "%s: no heading %s" % (page, target)


def unmarked():
    for page in PAGES:
        if page.startswith("tests/"):
            continue
        for block in blocks(page):
            session = any(line.startswith("$ ") for line in block.text)
            if not block.run and not block.excuse and \
                    (session or block.language == "console"):
                yield "%s: neither runnable nor says why" % block.name()


# The column of a page that names files, the folder, and what follows a name
TABLES = {"architecture": ("nf_nat_alg", r"`([\w/]+\.[chy][a-z]*)`"),
          "sip": ("nf_conntrack_helpers/sip", None),
          "sccp": ("nf_conntrack_helpers/sccp", None)}


def files():
    for page in PAGES:
        said = prose(page)
        for name in re.findall(r"`((?:nf_nat_alg|nf_conntrack_helpers|uapi|"
                               r"userspace|tests|packaging|Documentation)/"
                               r"[\w./-]*)`", said):
            if not os.path.exists(name) and not glob.glob(name + ".*") and \
                    not re.search("NAME|<|userspace-api", name):
                yield "%s: no %s" % (page, name)
    for page, (folder, pattern) in TABLES.items():
        page = "Documentation/%s.md" % page
        said = prose(page)
        if pattern:
            names = [n for n in re.findall(pattern, said) if "/" not in n]
        else:
            rows = said[said.index("| `%s/`" % folder):].splitlines()[2:]
            names = [n + ".c" for row in rows if row.startswith("|")
                     for n in re.findall("`([a-z_]+)`", row.split("|")[1])]
        for name in names:
            if not glob.glob("%s/%s" % (folder, name)) and \
                    not glob.glob("nf_conntrack_helpers/*/" + name):
                yield "%s: no %s in %s" % (page, name, folder)
        if not names:
            yield "%s: names no file" % page


def spec(name):
    definitions = yaml.safe_load(text("uapi/nf_nat_alg.yaml"))["definitions"]
    entries, = (d["entries"] for d in definitions if d["name"] == name)
    return [e if isinstance(e, str) else e["name"] for e in entries]


def reasons():
    for name in spec("reason")[1:]:
        done = subprocess.run(["natctl", "explain", name], check=False,
                              stdout=subprocess.PIPE, text=True)
        if done.returncode or len(done.stdout.splitlines()) < 3:
            yield "natctl does not explain %s" % name


def unknown_reasons():
    known = set(spec("reason")) | set(spec("option"))
    page = "Documentation/troubleshooting.md"
    said = re.findall(r"(?m)^\|(.*?)\|", prose(page))
    found = 0
    for cell in said:
        for name in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`", cell):
            found += 1
            if name not in known and name not in ("no", "natctl"):
                yield "%s: there is no reason %s" % (page, name)
    if found < 40:
        yield "%s: names %d reasons only" % (page, found)


def options():
    known = set(spec("option")) | {"media-ports"}
    for page in PAGES:
        for name in re.findall(r"(?m)(?:`|^\$ )natctl set ([a-z-]+)", text(page)):
            if name not in known:
                yield "%s: there is no option %s" % (page, name)


def netlink():
    done = subprocess.run(["uapi/generate.py", "--check"], check=False,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def version(path, pattern):
    return re.search(pattern, text(path))[1]


def versions():
    """The packages' versions are one, and all modules are in all of them"""
    seen = {
        "dkms.conf": version("dkms.conf", r'PACKAGE_VERSION="(.*)"'),
        "debian": version("packaging/debian/changelog", r"\((.*)\)"),
        "openwrt": version("packaging/openwrt/Makefile",
                           r"PKG_VERSION:=(.*)")}
    if len(set(seen.values())) != 1:
        yield "versions differ: %r" % seen
    folders = set(re.findall(r"obj-m \+= (.*)/", text("Kbuild")))
    built = {"%s/%s" % (folder, name) for folder in folders for name in
             re.findall(r"obj-m \+= (.*)\.o", text(folder + "/Kbuild"))}
    names = re.findall(r'BUILT_MODULE_NAME\[\d\]="(.*)"', text("dkms.conf"))
    places = re.findall(r'BUILT_MODULE_LOCATION\[\d\]="(.*)"',
                        text("dkms.conf"))
    if {p + n for p, n in zip(places, names)} != built:
        yield "dkms.conf builds others than Kbuild"
    recipe = openwrt("NF_NAT_ALG_MODULES").split()
    if set(recipe) != built:
        yield "packaging/openwrt builds others than Kbuild: %s" % recipe


def openwrt(variable):
    """A variable of the recipe, read by make without OpenWrt's own files"""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rules.mk", "kernel.mk", "package.mk"):
            with open(os.path.join(folder, name), "w",
                      encoding="ascii") as file:
                file.write("INCLUDE_DIR:=%s\n" % folder)
        done = subprocess.run(
            ["make", "-s", "-f", "Makefile", "--eval",
             "shown:\n\t@echo $(%s)" % variable, "shown",
             "TOPDIR=" + folder], cwd="packaging/openwrt", check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.stdout.strip() or done.stderr


def recipe():
    tree = openwrt("NF_NAT_ALG_TREE")
    if os.path.realpath(tree) != os.getcwd():
        yield "the recipe's tree is %s" % tree
    made = text("packaging/openwrt/Makefile")
    for part in re.search(r"foreach part,(.*?),", made)[1].split():
        if not os.path.exists(part):
            yield "no %s" % part
    for name in re.findall(r"\./(files/\S+)", made):
        if not os.access("packaging/openwrt/" + name, os.X_OK):
            yield "no program %s" % name


print("1..10")
result("packages have one version and all modules", list(versions()))
result("OpenWrt's recipe is read, and names what is there", list(recipe()))
result("links lead to files and headings that are there", list(links()))
result("each session is runnable, or says why not", list(unmarked()))
result("files that are named are there", list(files()))
result("natctl explains every reason", list(reasons()))
result("troubleshooting names reasons that are there",
       list(unknown_reasons()))
result("options that are named are there", list(options()))
result("the netlink page is what the specification says", netlink())
missing = [name for name in spec("reason")[1:]
           if "`%s`" % name not in text("Documentation/troubleshooting.md")]
print("# by natctl explain alone: %s" % (", ".join(missing) or "none"))
result("most reasons are found by their symptom",
       missing if len(missing) > 12 else [])
