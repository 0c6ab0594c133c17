# SPDX-License-Identifier: GPL-2.0
"""The network of a world: hosts inside on one bridge, a router, the outside.

Namespaces of hosts last for the whole program; the router's and all its links
are new for each play, so that no state of one play is met by another. The
drawing is in tests/net/field/field.sh.
"""

import ipaddress
import os
import re
import shlex
import socket
import struct
import subprocess

from netns import Host, enter

# key in a world: name in the environment (netns.Host), device at the router
INSIDE = {"a": ("PHONE", "lana"), "b": ("DESK", "lanb"), "c": ("PBX", "lanc")}
REMOTE = {"p": "198.18.1.1", "q": "198.18.2.1", "x": "198.18.3.1",
          "s": "10.9.0.5"}
OWN = {"a": "10.0.0.2", "b": "10.0.0.3", "c": "10.0.0.4"}
WANS = (("wan", "eth0", "203.0.113.1", "203.0.113.9"),
        ("wan2", "eth1", "198.51.100.1", "198.51.100.9"))
SIMULATED = os.environ.get("NF_ALG_MACHINE") == "uml"
PACKET_OUTGOING, ETH_P_ALL, ETH_P_IP = 4, 3, 0x0800

FILTER = """table inet filter {
	chain forward {
		type filter hook forward priority 0
		policy drop
		ct state established,related accept
		iifname != { wan, wan2 } ct state new accept
		%s
	}
}
"""
NAT = """table ip nat {
	chain prerouting {
		type nat hook prerouting priority -100
		%s
	}
	chain postrouting {
		type nat hook postrouting priority 100
		%s
	}
}
"""
IN_TREE = """table ip intree {
	ct helper sip-udp {
		type "sip" protocol udp
	}
	ct helper sip-tcp {
		type "sip" protocol tcp
	}
	chain prerouting {
		type filter hook prerouting priority -150
		udp dport 5060 ct helper set "sip-udp"
		tcp dport 5060 ct helper set "sip-tcp"
	}
}
"""


class Broken(Exception):
    """The world could not be built"""


def program(host, words, text=None):
    """Run a program in a host's namespace, or where this program runs"""
    if isinstance(words, str):
        words = shlex.split(words)
    done = subprocess.run(
        words, input=text, text=True, capture_output=True, check=False,
        preexec_fn=(lambda: enter(host.fd)) if host else None)
    if done.returncode:
        raise Broken("%s: %s: %s%s%s" % (
            host.name if host else "here", " ".join(words),
            "\n%s" % text if text else "", done.stdout, done.stderr))
    return done.stdout


def batch(host, lines):
    if lines:
        program(host, ["ip", "-batch", "-"], "\n".join(lines) + "\n")


class Wire:
    """What leaves the router by a device, and whether its source is right"""

    def __init__(self, router, device, rules):
        with router:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)
        self.sock.bind((device, ETH_P_ALL))
        self.sock.setblocking(False)
        self.device, self.wrong, self.seen = device, 0, []
        # the most specific destination decides
        self.rules = sorted(
            ((ipaddress.ip_network("0.0.0.0/0" if to == "*" else to),
              [ipaddress.ip_network(s) for s in sources])
             for to, sources in rules.items()),
            key=lambda rule: -rule[0].prefixlen)

    def drain(self):
        while True:
            try:
                data, peer = self.sock.recvfrom(256)
            except BlockingIOError:
                return
            if peer[2] != PACKET_OUTGOING or peer[1] != ETH_P_IP:
                continue
            source, to = (ipaddress.ip_address(data[n:n + 4])
                          for n in (12, 16))
            for net, sources in self.rules:
                if to in net:
                    break
            if not any(source in s for s in sources):
                self.wrong += 1
                if len(self.seen) < 8:
                    self.seen.append(describe(self.device, data))


def describe(device, data):
    """A packet as one line"""
    head = (data[0] & 15) * 4
    ports = ("", "")
    if data[9] in (6, 17) and not data[7] and not data[6] & 31:
        ports = [":%d" % n for n in struct.unpack(">HH", data[head:head + 4])]
    text = data[head + 8:head + 40] if data[9] == 17 else b""
    return "%s: protocol %d %s%s > %s%s %r" % (
        device, data[9], socket.inet_ntoa(data[12:16]), ports[0],
        socket.inet_ntoa(data[16:20]), ports[1], text)


class Net:
    def __init__(self):
        names = [INSIDE[k][0] for k in INSIDE] + ["SERVER"]
        new = [n for n in names
               if not os.path.exists("/run/netns/" + os.environ[n])]
        batch(None, ["netns add " + os.environ[n] for n in new])
        self.hosts = {k: Host(INSIDE[k][0]) for k in INSIDE}
        self.out = Host("SERVER")
        for host in (*self.hosts.values(), self.out):
            self.sysctl(host, {"net/ipv6/conf/default/disable_ipv6": 1})
        batch(self.out, new and [
            "link set lo up", "address add 10.9.0.5/32 dev lo",
            "route add local 198.18.0.0/15 dev lo",
            "rule add from 10.9.0.0/24 lookup 9"])
        self.router = None
        self.wires = []

    def host(self, key):
        """The host at which an agent or an address lives"""
        if key in self.hosts:
            return self.hosts[key]
        return self.router if key == "r" else self.out

    @staticmethod
    def sysctl(host, values):
        with host:
            for name, value in values.items():
                with open("/proc/sys/" + name, "w") as f:
                    f.write(str(value))

    def build(self, world):
        ns = os.environ["ROUTER"]
        wans = WANS[:world.get("wans", 1)]
        names = {k: self.hosts[k].ns for k in INSIDE}
        batch(None, ["netns add " + ns] + [
            "link add %s netns %s type veth peer name eth0 netns %s" % (
                INSIDE[k][1], ns, names[k])
            for k in INSIDE] + [
            "link add %s netns %s type veth peer name %s netns %s" % (
                w[0], ns, w[1], self.out.ns) for w in wans])
        self.router = Host("ROUTER")
        self.sysctl(self.router, {
            "net/ipv6/conf/default/disable_ipv6": 1,
            "net/ipv4/ip_forward": 1, "net/ipv4/conf/all/send_redirects": 0,
            "net/ipv4/conf/default/send_redirects": 0,
            "net/bridge/bridge-nf-call-iptables": 0})
        bridge = world.get("bridge", True)
        batch(self.router, ["link set lo up"] + ([
            "link add lan type bridge", "address add 10.0.0.1/24 dev lan",
            "link set lan up"] if bridge else []) + [
            "link set %s %sup" % (INSIDE[k][1],
                                  "master lan " if bridge else "")
            for k in INSIDE] + [line for w in wans for line in (
                "address add %s/24 dev %s" % (w[2], w[0]),
                "link set %s up" % w[0])] + [
            "route add default via " + wans[0][3]] + world.get("router", []))
        for key, host in self.hosts.items():
            batch(host, ["link set lo up"] + world.get("inside", {}).get(key, [
                "address add %s/24 dev eth0" % OWN[key], "link set eth0 up",
                "route add default via 10.0.0.1"]))
        batch(self.out, [line for w in wans for line in (
            "address add %s/24 dev %s" % (w[3], w[1]),
            "link set %s up" % w[1])] + world.get("outside", []))
        if not SIMULATED:
            # a silence is shorter there
            self.sysctl(self.router, {
                "net/netfilter/nf_conntrack_udp_timeout": 3,
                "net/netfilter/nf_conntrack_udp_timeout_stream": 12})
        self.sysctl(self.router, world.get("sysctl", {}))
        rules = world.get("ruleset")
        if rules is None:
            rules = [FILTER % "\n\t\t".join(world.get("filter", [])),
                     NAT % ("\n\t\t".join(world.get("dnat", [])),
                            "\n\t\t".join(world.get("nat", [
                                'oifname "wan*" masquerade'])))]
        program(self.router, ["nft", "-f", "-"], "\n".join(rules) + "\n")
        for host, key in ((self.router, "commands"), (self.out, "gateway")):
            for line in world.get(key, []):
                program(host, line)
        leaves = world.get("leaves", {"wan": {"*": ["203.0.113.1"]}})
        self.wires = [Wire(self.router, *item) for item in leaves.items()]

    def drain(self):
        for wire in self.wires:
            wire.drain()

    def teardown(self, world):
        """Whatever stands of it, at once, for the next play"""
        for wire in self.wires:
            wire.sock.close()
        self.wires = []
        ns = os.environ["ROUTER"]
        if not os.path.exists("/run/netns/" + ns):
            return
        if self.router is None:
            self.router = Host("ROUTER")
        devices = program(self.router, "ip -o link show type veth")
        batch(self.router, ["link del " + name for name in re.findall(
            r"^\d+: (\w+)", devices, re.M)])
        for line in world.get("after", []):
            program(self.out, line)
        os.close(self.router.fd)
        batch(None, ["netns del " + ns])
        self.router = None
