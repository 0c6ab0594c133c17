# SPDX-License-Identifier: GPL-2.0
"""The small networks in which everything happens at once; each is made of namespaces of its own.

   phone .2, neighbour .3, near (10.0.1.9)          router                     server
  +------------+                        +--------------------------+       +-----------+
  | each eth0  |----- ports of br0 -----| br0 10.0.0.1, 10.0.1.1   |  wan  |           |
  +------------+                        |                       .1 |-------|.9 eth0    |
   desk 192.168.100.200                 |                          | 203.0.113.0/24    |
  +------------+                        |                          |       |           |
  |    eth0    |------------------------| lan2, a VRF and zone 7   |       +-----------+
  +------------+                        +--------------------------+

br0 has net.bridge.bridge-nf-call-iptables=1. The phone asks the near server through the router, and the near
server answers through the bridge. What leaves by wan is masqueraded. Some routers have a flowtable, and some
have lan2 in a VRF and a conntrack zone of its own: that is decided whenever one is made.
"""

import ctypes
import fcntl
import os
import random
import socket
import struct
import subprocess

CLONE_NEWNET = 0x40000000
MNT_DETACH = 2
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1
LIBC = ctypes.CDLL(None, use_errno=True)
HOME = os.open("/proc/self/ns/net", os.O_RDONLY)

ADDRESS = {"phone": "10.0.0.2", "neighbour": "10.0.0.3", "desk": "192.168.100.200",
           "near": "10.0.1.9", "server": "203.0.113.9"}
WAN = "203.0.113.1"
# the router's end of each host's link
PORT = {"phone": "p1", "neighbour": "p2", "near": "p3", "desk": "lan2", "server": "wan"}
ROLES = ("router", "phone", "neighbour", "near", "desk", "server")

LINKS = """
link add br0 type bridge
link add p1 type veth peer name eth0 netns {phone}
link add p2 type veth peer name eth0 netns {neighbour}
link add p3 type veth peer name eth0 netns {near}
link add lan2 type veth peer name eth0 netns {desk}
link add wan type veth peer name eth0 netns {server}
link set p1 master br0 up
link set p2 master br0 up
link set p3 master br0 up
link set lo up
link set br0 up
link set wan up
address add 10.0.0.1/24 dev br0
address add 10.0.1.1/24 dev br0
address add 203.0.113.1/24 dev wan
"""
DESK_PLAIN = """
link set lan2 up
address add 192.168.100.1/24 dev lan2
"""
DESK_VRF = """
link add vrf7 type vrf table 7
link set vrf7 up
link set lan2 master vrf7 up
address add 192.168.100.1/24 dev lan2
route add default via 203.0.113.9 dev wan table 7
rule add pref 100 fwmark 7 lookup 7
"""
RULES = """
table inet filter {{
	{flowtable}
	chain forward {{
		type filter hook forward priority 0; policy drop;
		{offload}
		ct state established,related accept
		ct state new iifname {{ br0, lan2, vrf7 }} accept
	}}
}}
table inet nat {{
	chain postrouting {{
		type nat hook postrouting priority 100
		oifname wan masquerade
	}}
}}
{zones}
"""
FLOWTABLE = "flowtable fast { hook ingress priority 0; devices = { wan, lan2 }; }"
OFFLOAD = "meta l4proto { tcp, udp } ct state established flow add @fast"
ZONES = """
table inet zones {
	chain prerouting {
		type filter hook prerouting priority -300
		iifname lan2 ct original zone set 7
		iifname lan2 meta mark set 7
	}
	chain marks {
		type filter hook prerouting priority -150
		iifname { lan2, vrf7 } ct mark set 7
		iifname wan ct mark 7 meta mark set 7
	}
}
"""


def enter(fd):
    if LIBC.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def run(*words, text=None, timeout=60):
    """Run a program without a word; its exit status"""
    try:
        return subprocess.run(words, input=text, text=True, timeout=timeout, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        return -1


class Inside:
    """With this one is in a namespace, which need not exist any more"""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        fd = os.open("/run/netns/" + self.name, os.O_RDONLY)
        try:
            enter(fd)
        finally:
            os.close(fd)

    def __exit__(self, *_):
        enter(HOME)


class World:
    def __init__(self, number):
        self.number = number

    def ns(self, role):
        return "%s-%d" % (role, self.number)

    def inside(self, role):
        return Inside(self.ns(role))

    def socket(self, role, kind, port=0, proto=0, address=None):
        """A socket of that host, on a port or (kind None) for raw packets"""
        with self.inside(role):
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW if kind is None else kind, proto)
        try:
            sock.settimeout(1)
            if kind is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == socket.SOCK_STREAM:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.bind((address or ADDRESS[role], port))
        except OSError:
            sock.close()
            raise
        return sock

    def make(self, dice=random):
        """Make what is not there; a host that still lives keeps its namespace and gets a new link"""
        names = {role: self.ns(role) for role in ROLES}
        missing = [role for role in ROLES if not os.path.exists("/run/netns/" + names[role])]
        # A namespace that is still being cleaned up has the other end of a link
        for role, port in PORT.items():
            if "router" in missing and role not in missing:
                with self.inside(role):
                    run("ip", "link", "del", "eth0")
            elif role in missing and "router" not in missing:
                with self.inside("router"):
                    run("ip", "link", "del", port)
        run("ip", "-batch", "-", text="".join("netns add %s\n" % names[role] for role in missing))
        vrf, fast = dice.random() < 0.5, dice.random() < 0.3
        with self.inside("router"):
            for name in ("net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables",
                         "net/netfilter/nf_conntrack_udp_timeout",
                         "net/netfilter/nf_conntrack_tcp_timeout_time_wait",
                         "net/ipv4/tcp_l3mdev_accept"):
                self.sysctl(name, "2" if "timeout" in name else "1")
            run("ip", "-force", "-batch", "-",
                text=LINKS.format(**names) + (DESK_VRF if vrf else DESK_PLAIN))
            run("nft", "-f", "-", text=RULES.format(
                flowtable=FLOWTABLE if fast else "", offload=OFFLOAD if fast else "",
                zones=ZONES if vrf else ""))
        for role, address in ADDRESS.items():
            net = address.rsplit(".", 1)[0]
            more = {"server": "", "near": "route replace 10.0.0.0/24 dev eth0\n"}.get(
                role, "route replace default via %s.1\n" % net)
            if role in ("phone", "neighbour"):
                more += "route replace 10.0.1.0/24 via 10.0.0.1\n"
            with self.inside(role):
                run("ip", "-force", "-batch", "-", text="link set lo up\naddress add %s/24 dev eth0\n"
                    "link set eth0 up\n%s" % (address, more))

        self.serve()

    def serve(self):
        """The default services, and ESP; without the module there are none"""
        for words in ("service defaults", "service add esp"):
            run("natctl", "-n", self.ns("router"), *words.split())

    @staticmethod
    def sysctl(name, value):
        try:
            with open("/proc/sys/" + name, "w", encoding="ascii") as file:
                file.write(value)
        except OSError:
            pass

    def link(self, role, device, up):
        with self.inside(role):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sock:
            request = struct.pack("16sH14x", device.encode(), 0)
            flags = struct.unpack("16sH14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
            flags = flags | IFF_UP if up else flags & ~IFF_UP
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", device.encode(), flags))

    def delete(self, role):
        """The name goes; the namespace does with its last socket"""
        path = "/run/netns/" + self.ns(role)
        LIBC.umount2(path.encode(), MNT_DETACH)
        try:
            os.unlink(path)
        except OSError:
            pass
