#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Real telephones: baresip inside and outside, Kamailio between them.

clients.py {udp|tcp}    in a machine, with NF_ALG_CACHE/debian-bookworm

alice and dora are behind the router, bob is not; Kamailio is their proxy and
registrar and knows nothing of NAT. In each state of a call the RTP packets
that leave one phone are counted at the other.
"""

import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time
import wave

from exchange import Failure
from netns import Host

ROOT = os.environ["NF_ALG_CACHE"] + "/debian-bookworm"
CONTROL = 4444
FULL = os.environ.get("FULL")
PERIOD = 2 if FULL else 0.5     # seconds in which packets are counted

PROXY = """#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
disable_sctp=yes
auto_aliases=no
listen=udp:{address}:5060
listen=tcp:{address}:5060
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("usrloc", "db_mode", 0)
request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    if (has_totag()) {{
        if (loose_route()) t_relay();
        else if (is_method("ACK") && t_check_trans()) t_relay();
        else if (!is_method("ACK")) sl_send_reply("404", "Not here");
        exit;
    }}
    t_check_trans();
    if (is_method("REGISTER")) {{
        if (!save("location")) sl_reply_error();
        exit;
    }}
    record_route();
    if (!lookup("location")) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    t_relay();
}}
"""

CONFIG = """poll_method epoll
sip_listen {address}:{port}
ringback_disabled yes
call_local_timeout 30
call_max_calls 4
audio_player aubridge,nowhere
audio_source aufile,/root/tone.wav
audio_alert aubridge,alert
audio_srate 8000
audio_channels 1
rtp_ports {rtp}-{last}
rtcp_mux no
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module aufile.so
module_app account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""

ACCOUNT = ("<sip:{name}@{proxy};transport={transport}>;auth_pass=none;"
           "regint=120;answermode=auto;audio_codecs=pcmu;ptime=20\n")


def chrooted(host, *words, log):
    return subprocess.Popen(
        ["ip", "netns", "exec", host.ns, "chroot", ROOT, *words],
        stdin=subprocess.DEVNULL, stdout=open(log, "wb"),
        stderr=subprocess.STDOUT)


class Ear:
    """Counts the RTP packets at a host, by direction"""

    def __init__(self, host):
        with host:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(0x0003))
            self.sock.bind(("eth0", 0x0003))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 21)
        self.sock.setblocking(False)

    def packets(self):
        """[(sent, source and number)] since the last time"""
        out = []
        while True:
            try:
                data, where = self.sock.recvfrom(2048)
            except BlockingIOError:
                return out
            if where[1] != 0x0800 or len(data) < 40 or data[9] != 17 or (
                    data[28] >> 6 != 2) or data[29] & 0x7f:
                continue
            # the ports differ on both sides, SSRC and sequence do not
            out.append((where[2] == 4, data[36:40] + data[30:32]))


class Baresip:
    def __init__(self, host, name, transport, proxy, rtp):
        self.host, self.name, self.events = host, name, []
        self.port = 5060
        folder = "/root/" + name
        os.makedirs(ROOT + folder, exist_ok=True)
        with open(ROOT + folder + "/config", "w") as f:
            f.write(CONFIG.format(address=host.address(), port=self.port,
                                  rtp=rtp, last=rtp + 99, control=CONTROL))
        with open(ROOT + folder + "/accounts", "w") as f:
            f.write(ACCOUNT.format(name=name, proxy=proxy,
                                   transport=transport))
        open(ROOT + folder + "/contacts", "w").close()
        self.log = "%s/%s.%s" % (os.environ["NF_ALG_OUT"], name, transport)
        self.process = chrooted(host, "baresip", "-f", folder, log=self.log)
        self.ear = Ear(host)
        self.buffer = b""
        self.sock = self.control()

    def control(self):
        until = time.monotonic() + 20
        while True:
            sock = self.host.socket()
            try:
                sock.connect(("127.0.0.1", CONTROL))
                return sock
            except OSError:
                sock.close()
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failure("%s does not start: %s" % (
                    self.name, open(self.log, errors="replace").read()))
            time.sleep(0.1)

    def command(self, word, params=""):
        text = json.dumps({"command": word, "params": params,
                           "token": word}).encode()
        self.sock.sendall(b"%d:%s," % (len(text), text))
        answer = self.wait(lambda e: e.get("response") and
                           e.get("token") == word, "answer to " + word)
        if not answer.get("ok"):
            raise Failure("%s: %s: %s" % (self.name, word, answer))
        return answer

    def take(self, timeout):
        """What it has said, within so many seconds"""
        if select.select([self.sock], [], [], max(0, timeout))[0]:
            data = self.sock.recv(65536)
            if not data:
                raise Failure("%s is gone: %s" % (self.name, open(
                    self.log, errors="replace").read()[-1000:]))
            self.buffer += data
        while b":" in self.buffer:
            length, rest = self.buffer.split(b":", 1)
            length = int(length)
            if len(rest) <= length:
                return
            self.events.append(json.loads(rest[:length]))
            self.buffer = rest[length + 1:]

    def wait(self, condition, what, seconds=15):
        until = time.monotonic() + seconds
        while True:
            for i, event in enumerate(self.events):
                if condition(event):
                    del self.events[:i + 1]
                    return event
            left = until - time.monotonic()
            if left <= 0:
                raise Failure("%s: no %s; %s" % (
                    self.name, what, [e.get("type") for e in self.events]))
            self.take(min(left, 1))

    def event(self, kind, seconds=15):
        return self.wait(lambda e: e.get("type") == kind, kind, seconds)

    def registered(self):
        until = time.monotonic() + 20
        while "OK" not in self.command("reginfo").get("data", ""):
            if time.monotonic() > until:
                raise Failure("%s is not registered" % self.name)
            time.sleep(0.2)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Clients:
    def __init__(self, transport):
        self.transport = transport
        self.server = Host("SERVER")
        self.proxy = self.server.address()
        for name in ("proc", "dev"):
            if not os.path.ismount("%s/%s" % (ROOT, name)):
                subprocess.run(["mount", "--bind", "/" + name, "%s/%s" % (
                    ROOT, name)], check=True)
        with wave.open(ROOT + "/root/tone.wav", "wb") as f:
            f.setparams((1, 2, 8000, 0, "NONE", ""))
            f.writeframes(struct.pack("<8h", 0, 5657, 8000, 5657, 0, -5657,
                                      -8000, -5657) * 1000 * 60)
        with open(ROOT + "/root/proxy.cfg", "w") as f:
            f.write(PROXY.format(address=self.proxy))
        # it wants to know its own name
        with open(ROOT + "/etc/hosts", "w") as f:
            f.write("127.0.0.1 localhost\n%s proxy\n" % self.proxy)
        self.log = "%s/kamailio.%s" % (os.environ["NF_ALG_OUT"], transport)
        self.phones = {}
        self.kamailio = chrooted(
            self.server, "kamailio", "-DD", "-E", "-m", "32", "-M", "4",
            "-f", "/root/proxy.cfg", "-Y", "/tmp", log=self.log)

    def begin(self):
        until = time.monotonic() + 20
        while True:
            sock = self.server.socket()
            try:
                sock.connect((self.proxy, 5060))
                break
            except OSError:
                pass
            finally:
                sock.close()
            if self.kamailio.poll() is not None or time.monotonic() > until:
                raise Failure("Kamailio does not start: %s" % open(
                    self.log, errors="replace").read()[-2000:])
            time.sleep(0.1)
        for name, host, rtp in (("alice", "PHONE", 16000),
                                ("dora", "DESK", 16000),
                                ("bob", "FAR", 26000)):
            self.phones[name] = Baresip(Host(host), name, self.transport,
                                        self.proxy, rtp)
        for phone in self.phones.values():
            phone.registered()

    def end(self):
        for phone in self.phones.values():
            phone.stop()
        self.kamailio.terminate()
        try:
            self.kamailio.wait(5)
        except subprocess.TimeoutExpired:
            self.kamailio.kill()
            self.kamailio.wait()

    def uri(self, name):
        return "sip:%s@%s" % (name, self.proxy)

    def dial(self, caller, callee):
        self.phones[caller].command("dial", self.uri(callee))
        self.phones[caller].event("CALL_ESTABLISHED")
        self.phones[callee].event("CALL_ESTABLISHED")

    def hangup(self, who, other):
        self.phones[who].command("hangup")
        self.phones[other].event("CALL_CLOSED")

    def talk(self, a, b, when):
        """RTP both ways between two phones: what one sends, the other hears"""
        ears = {name: self.phones[name].ear for name in (a, b)}
        sent, heard = {a: set(), b: set()}, {a: set(), b: set()}

        def listen(counting):
            time.sleep(0.1)
            for name, ear in ears.items():
                for own, packet in ear.packets():
                    if not own:
                        heard[name].add(packet)
                    elif counting:
                        sent[name].add(packet)

        # they need a moment to begin
        until = time.monotonic() + 15
        while not (heard[a] and heard[b]):
            if time.monotonic() > until:
                raise Failure("%s: %s hears %d packets, %s %d" % (
                    when, a, len(heard[a]), b, len(heard[b])))
            listen(False)
        until = time.monotonic() + PERIOD
        while time.monotonic() < until or min(
                len(s) for s in sent.values()) < 10 * PERIOD:
            listen(True)
            if time.monotonic() > until + 10:
                raise Failure("%s: one does not speak" % when)
        until = time.monotonic() + 3
        while not (sent[a] <= heard[b] and sent[b] <= heard[a]):
            if time.monotonic() > until:
                raise Failure("%s: %s does not hear %d of %d, %s %d of %d" % (
                    when, b, len(sent[a] - heard[b]), len(sent[a]),
                    a, len(sent[b] - heard[a]), len(sent[b])))
            listen(False)
        print("figure: %s: %s sends %d packets and %s %d, none is lost" % (
            when, a, len(sent[a]), b, len(sent[b])))

    def silent(self, name, when):
        """No RTP comes to this phone any more"""
        until = time.monotonic() + 5
        while True:
            self.phones[name].ear.packets()
            time.sleep(0.5)
            if not any(not sent for sent, _ in
                       self.phones[name].ear.packets()):
                return
            if time.monotonic() > until:
                raise Failure("%s: %s still hears" % (when, name))

    def calls(self):
        for caller, callee in (("alice", "bob"), ("bob", "alice"),
                               ("alice", "dora")):
            self.dial(caller, callee)
            self.talk(caller, callee, "%s calls %s" % (caller, callee))
            # the inside one holds, then the outside one
            if callee == "bob" or FULL and caller == "bob":
                self.hold(caller, callee)
            self.hangup(callee, caller)
            self.silent(caller, "after the end")

    def hold(self, holder, held):
        self.phones[holder].command("hold")
        self.silent(holder, "%s holds" % holder)
        self.phones[holder].command("resume")
        self.talk(holder, held, "%s has resumed" % holder)

    def transfers(self):
        """transferor, transferee, target: each inside and outside"""
        cases = (("bob", "alice", "dora"), ("alice", "bob", "dora"),
                 ("alice", "dora", "bob"))
        if not FULL:
            cases = cases[:1] if self.transport == "udp" else cases[1:2]
        for who, whom, target in cases:
            self.dial(who, whom)
            self.talk(who, whom, "before the transfer")
            self.phones[who].command("transfer", self.uri(target))
            self.phones[target].event("CALL_ESTABLISHED")
            self.phones[whom].event("CALL_ESTABLISHED")
            self.talk(whom, target, "%s has sent %s to %s" % (
                who, whom, target))
            self.hangup(target, whom)
            self.silent(whom, "after the end")
            for phone in self.phones.values():
                phone.take(0)
                del phone.events[:]


def main(transport):
    clients = Clients(transport)
    try:
        clients.begin()
        clients.calls()
        clients.transfers()
    except Failure as failure:
        for name in ["kamailio", *clients.phones]:
            with open("%s/%s.%s" % (os.environ["NF_ALG_OUT"], name,
                                    transport), errors="replace") as f:
                text = re.sub(r"\x1b\[[0-9;]*m", "", f.read())
                print("--- %s\n%s" % (name, text[-1500:]))
        raise failure
    finally:
        clients.end()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Failure as failure:
        sys.exit("%s" % failure)
