# SPDX-License-Identifier: GPL-2.0
"""The page Documentation/netlink.md, from nf_nat_alg.yaml. generate.py writes it."""

import yaml

HEAD = """\
<!-- Made by uapi/generate.py from uapi/nf_nat_alg.yaml: do not edit. -->
# The netlink family {name}

{doc} This page is made from `uapi/nf_nat_alg.yaml`, which has the format of the kernel's netlink
specifications (`Documentation/userspace-api/netlink/` there). natctl speaks this and nothing else to the
module, and its `-j` output has these names as keys:

<!-- scene: sip -->
```console run
$ natctl -j service | jq -c '.[] | [.protocol, .transport, .port, .hits, ."module-present"]'
["sip","tcp",5060,0,true]
["sip","udp",5060,0,true]
```

* {protocol}, version 1; numbers are in `uapi/linux/nf_nat_alg.h`.
* *Permission*: `admin` needs CAP_NET_ADMIN in the user namespace that owns the network namespace; the others
  are for everyone.
* A refusal carries a sentence, and the attribute it is about, in the extended acknowledgement.
* Attributes that the module does not know are ignored, so module and tool may differ in age.
* A dump that says it was interrupted (NLM_F_DUMP_INTR) is to be asked for again.
"""


def words(text):
    return " ".join((text or "").split()).replace("|", "\\|")


def first(text):
    """The first paragraph"""
    return words((text or "").split("\n\n")[0])


def code(names):
    return ", ".join("`%s`" % name for name in names)


def entries(node):
    return [{"name": e} if isinstance(e, str) else e for e in node["entries"]]


def command(op):
    lines = ["### " + op["name"], "", words(op["doc"])]
    rows = [("Permission", "admin" if "uns-admin-perm" in op.get("flags", [])
             else "everyone"),
            ("Attributes of", "[%s](#%s)" % ((op["attribute-set"],) * 2))]
    for way in ("do", "dump"):
        for part, title in (("request", "asks with"), ("reply", "answers")):
            names = op.get(way, {}).get(part, {}).get("attributes")
            if names:
                rows.append(("%s %s" % (way, title), code(names)))
    if "event" in op:
        rows.append(("event", code(op["event"]["attributes"])))
    lines += ["", "| | |", "|---|---|"]
    return lines + ["| %s | %s |" % row for row in rows] + [""]


def attribute(node, sets):
    kind = node["type"]
    if kind == "nest":
        kind = "[%s](#%s)" % ((node["nested-attributes"],) * 2)
    elif "enum" in node:
        kind += ", [%s](#%s-1)" % (node["enum"], node["enum"]) \
            if node["enum"] in sets else ", [%s](#%s)" % ((node["enum"],) * 2)
    if node.get("multi-attr"):
        kind += ", repeated"
    return "| `%s` | %s | %s |" % (node["name"], kind, words(node.get("doc")))


def page(path):
    """Its lines"""
    with open(path, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    sets = {one["name"] for one in spec["attribute-sets"]}
    lines = [HEAD.format(name=spec["name"], doc=words(spec["doc"]),
                         protocol="Generic netlink"), "## Commands", ""]
    for op in spec["operations"]["list"]:
        lines += command(op)
    groups = [g["name"] for g in spec["mcast-groups"]["list"]]
    lines += ["Events come by the multicast group %s; to join it takes "
              "CAP_NET_ADMIN." % code(groups), "", "## Attributes", ""]
    for one in spec["attribute-sets"]:
        lines += ["### " + one["name"], "", words(one.get("doc")), "",
                  "| Attribute | Type | |", "|---|---|---|"]
        lines += [attribute(a, sets) for a in one["attributes"]
                  if a["type"] != "pad"] + [""]
    lines += ["## Numbers", ""]
    consts = [d for d in spec["definitions"] if d["type"] == "const"]
    lines += ["| Constant | Value | |", "|---|---|---|"]
    lines += ["| `%s` | %s | %s |" % (d["name"], d["value"], words(d["doc"]))
              for d in consts] + [""]
    for enum in spec["definitions"]:
        if enum["type"] == "const":
            continue
        lines += ["### " + enum["name"], "", words(enum.get("doc")), "",
                  "| | Name | |", "|---|---|---|"]
        start = enum.get("value-start", 0)
        lines += ["| %d | `%s` | %s |" % (n, e["name"], first(e.get("doc")))
                  for n, e in enumerate(entries(enum), start)] + [""]
    return lines[:-1]
