#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Small worlds as people build them, played with and without an ALG.

field.py play PLAY RESULT WORLD...  play them: off, in-tree, ours or flooded
                                    (ours, after what the world calls "flood")
field.py table RESULT...            the table, and a test line for each world
field.py count WORLD...             how many lines that will be

A world is a JSON file below tests/net/field. Nothing but "title" and "play"
has to be there; the network, the firewall and masquerading are those of
field_net.py otherwise.

title       what it is, for the table
play        list of sentences of field_acts.py, or names of events
like        another world, whose keys are this one's where it has none
agents      who takes part: phones a, b, c; r on the router; p, q, x, s outside
phones      {agent: {address, port, media, public}}
providers   {agent: "plain" or "aware"}
wans        1 or 2
bridge      false: a, b and c are on links of their own
router, outside, inside     lines of ip -batch; inside by agent, in place of
            the usual ones
nat, dnat, filter           rules in postrouting, prerouting and forward;
ruleset     the whole of it instead, lines of nft
sysctl      {path below /proc/sys: value} of the router
commands, gateway, after    commands on the router, outside; outside at the end
events      {sentence: {"r", "o" or an agent: commands, "natctl": its words}}
services, vrf, natctl       what ours is given
in-tree, ours               commands on the router for that play
container   natctl has no /lib/modules
leaves      {device: {destination: [sources]}}: what may leave by it
seen-as     {agent outside: source that it has to see}
flood       acts before the play, for a play of ours of its own
may         {row: why it need not work}
full        only in the long form
known       a fault of ours that this world shows and that is not mended yet: its
            lines are skips that say so, and ask for the mark to go once it is
"""

import faulthandler
import json
import os
import sys
import time

import field_acts
from field_net import IN_TREE, OWN, REMOTE, SIMULATED, Broken, Net, program
from field_sip import ROUNDS, Agent

SERVICES = "sip udp port 5060", "sip tcp port 5060"
PLAYS = ("off", "in-tree", "ours", "flooded")


class Stage:
    """A world in which a play goes on"""

    log = sys.stderr            # how far it is

    def __init__(self, net, world, play):
        self.net, self.world, self.play = net, world, play
        self.rows, self.lines = [], []
        self.patience = 0.4 if SIMULATED else 1
        self.agents, self.calls, self.sockets = {}, [], {}
        self.where = {}         # H.323 endpoints, as the gatekeeper knows them
        self.number = 0
        kinds = {"p": "plain", "q": "plain", "x": "plain", "s": "plain",
                 **world.get("providers", {})}
        for name in world.get("agents", ["a", "b", "p"]):
            more = world.get("phones", {}).get(name, {})
            address = more.get("address") or OWN.get(name) or \
                REMOTE.get(name) or "203.0.113.1"
            self.agents[name] = Agent(
                self, name, net.host(name), address,
                kinds.get(name, "phone"), more.get("port", 5060),
                more.get("media", 30000))

    def note(self, line):
        self.lines.append(line)
        if line.startswith("#"):
            print(line, file=self.log, flush=True)

    def row(self, question, **score):
        self.rows.append([question, score])

    def inside(self):
        """Whoever may be called: also on the router"""
        return [a for a in self.agents.values() if a.kind == "phone"]

    def rings(self, call):
        """Which inside agent gets the INVITE of that call"""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            for agent in self.inside():
                text, source = agent.take("INVITE", 0.001)
                if text and "\r\nCall-ID: %s\r\n" % call in text:
                    return agent, text, source
            time.sleep(0.01)
        return None, None, None

    def act(self, sentence):
        self.note("# " + sentence)
        events = self.world.get("events", {})
        if sentence in events:
            for key, lines in events[sentence].items():
                for line in lines:
                    if key == "natctl":
                        if self.play in ("ours", "flooded"):
                            natctl(line)
                    else:
                        program(self.net.host(key), line)
        else:
            field_acts.act(self, sentence)
        self.net.drain()

    def close(self):
        for call in self.calls:
            call.close()
        for sock in self.sockets.values():
            sock.close()
        for agent in self.agents.values():
            agent.close()


def natctl(line):
    return program(None, [os.environ["NATCTL"], "-n", os.environ["ROUTER"],
                          *line.split()])


def give(net, world, play):
    """What the play gives the router"""
    if play == "off":
        return
    for line in world.get(play, []):
        program(net.router, line)
    if play == "in-tree":
        if "in-tree" not in world:
            program(net.router, ["nft", "-f", "-"], IN_TREE)
        return
    lines = ["service add %s%s" % (service, vrf)
             for service in world.get("services", SERVICES)
             for vrf in [" vrf " + v for v in world.get("vrf", [])] or [""]]
    words = [os.environ["NATCTL"], "apply", "-"]
    if world.get("container"):
        words = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none "
                 "/lib/modules && \"$@\"", "sh", *words]
    program(net.router, words, "\n".join(
        lines + world.get("natctl", [])) + "\n")


def load(path):
    with open(path, encoding="utf-8") as f:
        world = json.load(f)
    if "like" in world:
        world = {**load(os.path.join(os.path.dirname(path),
                                     world["like"] + ".json")), **world}
    world["name"] = os.path.basename(path)[:-len(".json")]
    return world


def perform(net, world, play):
    stage, broken = None, None
    begun = time.process_time()
    try:
        net.build(world)
        give(net, world, play)
        stage = Stage(net, world, play)
        acts = world["play"]
        if play == "flooded":
            acts = world["flood"] + acts
        for sentence in acts:
            stage.act(sentence)
        time.sleep(0.05)
        net.drain()
        stage.row("packets outside with a wrong source", right=-sum(
            w.wrong for w in net.wires))
        for wire in net.wires:
            stage.lines += wire.seen
        if play in ("ours", "flooded"):
            stage.lines += natctl("show bindings").splitlines()
            stage.lines += natctl("show statistics").splitlines()
        if play != "off":
            stage.lines += program(net.router, "conntrack -L").splitlines()
    except (Broken, OSError, ValueError) as e:
        broken = "%s: %s" % (type(e).__name__, e)
    if stage:
        stage.close()
    net.teardown(world)
    return {"rows": stage.rows if stage else [], "broken": broken,
            "trace": stage.lines if stage else [],
            "seconds": time.process_time() - begun}


def played(world, play):
    return play != "flooded" or bool(world.get("flood"))


def plays(play, result, paths):
    """All worlds in one play"""
    Stage.log = open(result + ".log", "w", encoding="utf-8")
    net, results = Net(), {}
    for path in paths:
        world = load(path)
        print(world["name"], file=Stage.log, flush=True)
        # what hangs is told from where
        faulthandler.dump_traceback_later(900, file=Stage.log, exit=True)
        if played(world, play):
            results[world["name"]] = done = perform(net, world, play)
            done["title"] = world["title"]
            done["may"] = world.get("may", {})
            done["known"] = world.get("known")
            print("%s, %s: %.2f s" % (world["name"], play, done["seconds"]),
                  flush=True)
            if done["broken"]:
                print("%s, %s: %s" % (world["name"], play, done["broken"]))
        # a machine may die of the next one
        with open(result, "w", encoding="utf-8") as f:
            json.dump({"play": play, "worlds": results}, f, indent=1)
            f.flush()
            os.fsync(f.fileno())


# --- the table ---------------------------------------------------------------

def cell(score):
    """A call is R(ings) S(tands) in/out, t(he port that was told), B(ye)"""
    if "rings" not in score:
        return " ".join(str(n) for n in score.values())
    return "%s%s %d/%d%s %s" % (
        {1: "R", 0: "-", -1: "!"}[score["rings"]],
        "S" if score["stands"] else "-", score["in"], score["out"],
        "t" if score["told"] == ROUNDS else "-",
        "B" if score["ends"] else "-")


def table(paths):
    results = {}
    for path in paths:
        with open(path, encoding="utf-8") as f:
            one = json.load(f)
        results[one["play"]] = one["worlds"]
    others = [p for p in PLAYS[:2] if p in results]
    ours = [p for p in PLAYS[2:] if p in results]
    print("# a call: R(ings; ! the wrong one), S(tands), packets in/out of %d,"
          " t(he port told), B(ye)" % ROUNDS)
    for name, world in results[ours[0]].items():
        versions = [p for p in others + ours if name in results[p]]
        print("# %s: %s" % (name, world["title"]))
        print("#   %-47s" % "" + "".join("%-12s" % p for p in versions))
        worse, missing = [], []
        for at, (question, score) in enumerate(world["rows"]):
            line, each = "#   %-47s" % question, {}
            for play in versions:
                rows = results[play][name]["rows"]
                each[play] = rows[at][1] if at < len(rows) else None
                line += "%-12s" % (cell(each[play]) if each[play] else "?")
            print(line)
            for play in versions:
                if not each[play]:
                    worse.append("%s: no answer from %s" % (question, play))
            for play in ours:
                for other in others:
                    if each.get(play) and each.get(other):
                        worse += ["%s: %s %s is %s, %s %s" % (
                            question, play, k, each[play][k], other,
                            each[other][k]) for k in score
                            if each[play][k] < each[other][k]]
                if each.get(play) and question not in world["may"]:
                    missing += ["%s: %s %s is %s" % (
                        question, play, k, each[play][k])
                        for k in score if each[play][k] < best(k)]
        broken = [results[p][name]["broken"] for p in versions
                  if results[p][name]["broken"]]
        known = world.get("known")
        verdict(worse + broken, "%s: ours is at least as good as none and the "
                "kernel's own" % name, known)
        verdict(missing + broken, "%s: with ours all of it works" % name, known)
        if worse or missing or broken:
            # all of it is in the results
            print("\n".join("# | %s: %s" % (p, line) for p in ours
                            if name in results[p] for line in
                            results[p][name]["trace"][:40]))


def best(key):
    """What a component can reach"""
    return {"in": ROUNDS, "out": ROUNDS, "told": ROUNDS, "right": 0,
            "packets": field_acts.PACKETS}.get(key, 1)


def verdict(faults, sentence, known):
    for fault in faults:
        print("# " + fault.replace("\n", "\n# "))
    if known and faults:
        print("ok - %s # SKIP known fault: %s" % (sentence, known))
        return
    if known:
        print("# a known fault did not show: " + known)
    print("%sok - %s" % ("not " if faults else "", sentence))


if __name__ == "__main__":
    if sys.argv[1] == "play":
        plays(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif sys.argv[1] == "table":
        table(sys.argv[2:])
    else:
        print(2 * len(sys.argv[2:]))
