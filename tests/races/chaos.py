# SPDX-License-Identifier: GPL-2.0
"""What administrators, daemons and cables do, at random and all at once.

Each driver is a process with dice of its own, seeded by the run's seed and the driver's name. Every action is
written with its number before it is done, so that the last lines of chaos.log name what a dead machine did.
"""

import ctypes
import os
import random
import time

from ctnetlink import HELPERS, Conntrack
from world import LIBC, run

PROTOCOLS = ("nf_alg_sip", "nf_alg_sccp", "nf_alg_h323", "nf_alg_ipsec")
ENGINE = "nf_nat_alg"
O_NONBLOCK = 0o4000

SERVICES = ("sip udp port 5060", "sip tcp port 5060", "sip udp port 5080", "skinny tcp port 2000",
            "h225 tcp port 1720", "ras udp port 1719", "ras udp port 1718", "ftp tcp port 21")
ESP = ("esp", "esp spi-match", "ike preserve-port")
OPTIONS = ("linger-time 1", "linger-time 30", "hold-time 100", "call-setup-time 10",
           "media-ports 30000-30050", "media-ports default", "calls-per-host 4",
           "sessions-per-host 3", "allow-multipart on", "sdp-origin off", "media-from own",
           "hold-time default", "linger-time default", "calls-per-host default", "sessions-per-host default")
LISTS = ("access-list add some 10 permit 10.0.0.0/24", "access-list add some 10 deny host 10.0.0.2",
         "access-list add some 20 permit any")
CLEAR = ("translations *", "translations esp *", "translations udp inside 203.0.113.1 5060 10.0.0.2 5060")
RULE = """
table inet helper {
	ct helper h { type "%s" protocol %s; }
	chain c { type filter hook prerouting priority -100; %s dport %d ct helper set "h"; }
}
"""


def unload(module):
    """Return 0 or the error: 11 (EAGAIN) says that it is in use"""
    if LIBC.syscall(176, module.encode(), ctypes.c_uint(O_NONBLOCK)):
        return ctypes.get_errno()
    return 0


def configuration(dice):
    """The lines of a random natctl.conf"""
    lines = ["set " + o for o in dice.sample(OPTIONS, dice.randrange(4)) if "default" not in o]
    some = dice.random() < 0.4
    if some:
        lines += [LISTS[dice.randrange(2)], LISTS[2]]
    lines += ["service add %s%s" % (s, " list some" if some and dice.random() < 0.5 else "")
              for s in dice.sample(SERVICES, dice.randrange(2, len(SERVICES)))]
    lines += ["service add " + s for s in dice.sample(ESP, dice.randrange(2))]
    # a port has one service, an option one value
    return list({line.split(" list ")[0].rsplit(" ", line.startswith("set"))[0]: line
                 for line in lines}.values())


class Driver:
    """actions: (weight, name), each a method"""

    actions = ()
    pause = 0.1

    def __init__(self, worlds, seed, log):
        self.name = type(self).__name__.lower()
        self.worlds, self.log = worlds, log
        self.dice = random.Random("%s %s" % (seed, self.name))
        self.world = None
        self.number = 0
        self.done = {}

    def say(self, text):
        os.write(self.log, ("%s %d: %s\n" % (self.name, self.number, text)).encode())

    def step(self):
        self.number += 1
        self.world = self.dice.choice(self.worlds)
        name = self.dice.choices([n for _, n in self.actions], [w for w, _ in self.actions])[0]
        self.say("%s on %d" % (name, self.world.number))
        try:
            result = getattr(self, name)()
            self.done[name] = self.done.get(name, 0) + 1
            if result not in (None, 0):
                self.say("= %s" % result)
        except OSError as error:
            self.say("= %s" % error)
        time.sleep(self.dice.random() * 2 * self.pause)

    def forever(self, until):
        # ahead of the traffic, however slow the machine is
        os.nice(-10)
        while time.monotonic() < until.value:
            self.step()
        self.say("did %s" % self.done)


class Tables(Driver):
    """The connection table in other hands: conntrack(8), conntrackd(8), rules"""

    actions = ((2, "flush"), (6, "delete"), (8, "help"), (4, "change"), (10, "again"), (2, "stay"), (1, "dump"))
    pause = 0.3

    def some(self, act, share=0.5):
        with Conntrack(self.world) as conntrack:
            entries = conntrack.entries()
            results = {}
            for entry in entries:
                if self.dice.random() < share:
                    result = act(conntrack, entry)
                    results[result] = results.get(result, 0) + 1
            return results

    def flush(self):
        with Conntrack(self.world) as conntrack:
            return conntrack.flush()

    def dump(self):
        return self.some(lambda conntrack, entry: 0, 1)

    def delete(self):
        return self.some(lambda conntrack, entry: conntrack.delete(entry))

    def change(self):
        return self.some(lambda conntrack, entry: conntrack.change(
            entry, self.dice.choice((0, 1, 5, 600)), self.dice.randrange(4)))

    def help(self):
        return self.some(lambda conntrack, entry: conntrack.help(
            entry, "" if self.dice.random() < 0.4 else self.dice.choice(HELPERS)))

    def again(self):
        """Deleted, and made again under the same tuples: with a helper, with an empty one, without"""
        def act(conntrack, entry):
            conntrack.delete(entry)
            return conntrack.create(entry, self.dice.choice((None, None, None) + HELPERS),
                                    self.dice.choice((1, 10, 600)))
        return self.some(act)

    def stay(self):
        """All of one moment are there again, whatever the hosts do meanwhile"""
        with Conntrack(self.world) as conntrack:
            entries = conntrack.entries()
            conntrack.flush()
            time.sleep(self.dice.random() * 0.2)
            return [conntrack.create(entry) for entry in entries].count(0)


class Modules(Driver):
    """Modules come and go, one, or all and the engine"""

    actions = ((5, "one"), (2, "all"), (5, "load"), (1, "vanish"))
    pause = 0.4

    def one(self):
        return "%s %d" % (module := self.dice.choice(PROTOCOLS), unload(module))

    def all(self):
        return [unload(m) for m in self.dice.sample(PROTOCOLS, len(PROTOCOLS)) + [ENGINE]]

    def load(self):
        result = run("modprobe", "-a", *self.dice.sample(PROTOCOLS, self.dice.randrange(1, len(PROTOCOLS) + 1)))
        # the engine may be a new one, which knows no services
        self.world.serve()
        return result

    def vanish(self):
        """A router's namespace ends, and the protocols go while it is being cleaned up"""
        self.world.delete("router")
        result = []
        for _ in range(self.dice.randrange(1, 5)):
            result += [unload(m) for m in self.dice.sample(PROTOCOLS, len(PROTOCOLS))]
            time.sleep(self.dice.random() * 0.05)
        result.append(unload(ENGINE))
        run("modprobe", "-a", *PROTOCOLS)
        self.world.make(self.dice)
        return result


class Administrator(Driver):
    """Services, options, addresses, links, bridges, rules and namespaces"""

    actions = ((6, "apply"), (4, "clear"), (2, "option"), (2, "state"), (1, "watch"), (3, "link"), (3, "address"),
               (3, "bridge"), (2, "rule"), (2, "router"), (2, "host"), (2, "short_lived"))
    pause = 0.2

    def natctl(self, *words, text=None):
        return run("natctl", "-n", self.world.ns("router"), *words, text=text)

    def apply(self):
        return self.natctl("apply", "-", text="\n".join(configuration(self.dice)) + "\n")

    def clear(self):
        return self.natctl("clear", *self.dice.choice(CLEAR).split())

    def option(self):
        return self.natctl("set", *self.dice.choice(OPTIONS).split())

    def state(self):
        return self.natctl(*self.dice.choice((
            "show calls", "show bindings", "show sessions", "show tunnels", "save --state", "-j show statistics",
            "service flush", "service defaults")).split())

    def watch(self):
        """Somebody listens while things go away"""
        return run("timeout", "1", "natctl", "-n", self.world.ns("router"), "monitor")

    def link(self):
        device = self.dice.choice(("wan", "br0", "lan2", "p1", "vrf7"))
        self.world.link("router", device, False)
        time.sleep(self.dice.random() * 0.2)
        self.world.link("router", device, True)

    def address(self):
        device, address = self.dice.choice((("wan", "203.0.113.1"), ("br0", "10.0.0.1"), ("br0", "10.0.1.1")))
        with self.world.inside("router"):
            if self.dice.random() < 0.5:
                run("ip", "address", "add", "203.0.113.%d/24" % self.dice.randrange(2, 8), "dev", "wan")
                return run("ip", "address", "flush", "dev", "wan", "scope", "global", "secondary")
            run("ip", "address", "del", address + "/24", "dev", device)
            time.sleep(self.dice.random() * 0.2)
            return run("ip", "address", "add", address + "/24", "dev", device)

    def bridge(self):
        with self.world.inside("router"):
            self.world.sysctl("net/bridge/bridge-nf-call-iptables", "0")
            if self.dice.random() < 0.5:
                port = self.dice.choice(("p1", "p2", "p3"))
                run("ip", "link", "set", port, "nomaster")
                run("ip", "link", "set", port, "master", "br0")
            self.world.sysctl("net/bridge/bridge-nf-call-iptables", "1")

    def rule(self):
        helper, protocol, port = self.dice.choice((
            ("alg-sip", "udp", 5060), ("alg-sip", "tcp", 5060), ("alg-skinny", "tcp", 2000),
            ("alg-h225", "tcp", 1720), ("alg-ras", "udp", 1719)))
        with self.world.inside("router"):
            result = run("nft", "-f", "-", text=RULE % (helper, protocol, protocol, port))
            time.sleep(self.dice.random())
            run("nft", "delete", "table", "inet", "helper")
        return result

    def router(self):
        """The router is a new one, with its hosts as they are"""
        self.world.delete("router")
        time.sleep(self.dice.random() * 0.3)
        self.world.make(self.dice)
        return self.natctl("apply", "-", text="\n".join(configuration(self.dice)) + "\n")

    def host(self):
        self.world.delete(self.dice.choice(("phone", "neighbour", "near", "desk", "server")))
        time.sleep(self.dice.random() * 0.1)
        self.world.make(self.dice)

    def short_lived(self):
        """A namespace that is there for its services only"""
        name = "short-%d" % self.number
        run("ip", "netns", "add", name)
        result = run("natctl", "-n", name, "apply", "-",
                     text="\n".join(configuration(self.dice)) + "\n")
        run("ip", "netns", "del", name)
        return result


DRIVERS = (Tables, Modules, Administrator)
