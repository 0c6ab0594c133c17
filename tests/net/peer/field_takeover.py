#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A phone behind two routers, of which the second takes over in a call.

field_takeover.py PLAY RESULT FOLDER   says FOLDER/ready when the second router
                                       may take over, waits for FOLDER/taken

The network is that of tests/net/ipsec/pair.sh; field.py's table shows it.
"""

import json
import os
import sys
import time

import field_acts
from field_sip import ok
from field import Stage
from netns import Host

TITLE = "conntrackd's backup takes over while a call is up"


class Pair:
    """What a Stage asks of its net"""

    def __init__(self):
        self.phone, self.server = Host("PHONE"), Host("SERVER")

    def host(self, key):
        return self.phone if key == "a" else self.server

    def drain(self):
        pass


class Stream:
    """The phone's connection, and what arrives on it"""

    def __init__(self, stage, phone, provider):
        self.stage, self.phone, self.number = stage, phone, 0
        self.provider = provider
        self.listener = provider.host.listener(5060, address=provider.address)
        self.listener.settimeout(stage.patience)
        self.connect()

    def connect(self):
        phone, provider = self.phone, self.provider
        self.sock = phone.host.tcp(0, address=phone.address)
        self.sock.settimeout(self.stage.patience)
        self.sock.connect((provider.address, 5060))
        self.far, _ = self.listener.accept()
        self.far.settimeout(self.stage.patience)

    def message(self):
        """A REGISTER and its answer: (nothing false has come, both came)"""
        self.number += 1
        text = self.phone.request(
            "REGISTER", "sip:example.com", "tcp-reg",
            extra=["X: %d" % self.number]).replace(
                "SIP/2.0/UDP", "SIP/2.0/TCP").encode()
        got = b""
        try:
            self.sock.sendall(text)
            while b"\r\n\r\n" not in got:
                data = self.far.recv(4096)
                if not data:
                    return 1, 0
                got += data
            if not got.startswith(b"REGISTER") or not got.endswith(
                    b"\r\n\r\n") or b"X: %d\r\n" % self.number not in got:
                self.stage.note("   tcp: %r" % got)
                return 0, 0
            self.far.sendall(ok(got.decode()).encode())
            got = self.sock.recv(4096)
            if got and (not got.startswith(b"SIP/2.0 200") or
                        b"X: %d\r\n" % self.number not in got):
                self.stage.note("   tcp: %r" % got)
                return 0, 0
            return 1, int(bool(got))
        except OSError as e:
            self.stage.note("   tcp: %r, came %r" % (e, got))
            return int(not got or got.startswith(b"REGISTER")), 0

    def close(self):
        for sock in (self.sock, self.far, self.listener):
            sock.close()


def main():
    play, result, folder = sys.argv[1:]
    world = {"agents": ["a", "p"], "phones": {
        "a": {"address": os.environ["PHONE4"]},
        "p": {"address": os.environ["SERVER4"]}}}
    stage = Stage(Pair(), world, play)
    stream = Stream(stage, stage.agents["a"], stage.agents["p"])
    stage.row("a talks by tcp to p", whole=min(stream.message()))
    stage.act("a registers at p")
    stage.act("a calls p and stays")
    open(folder + "/ready", "w", encoding="ascii").close()
    while not os.path.exists(folder + "/taken"):
        time.sleep(0.2)
    stage.note("# the second router forwards")
    stage.act("the calls go on")
    right, came = stream.message()
    stage.row("no byte of the tcp connection is taken for another",
              right=right - 1)
    if not came:
        # as phones do
        stream.sock.close()
        stream.far.close()
        try:
            stream.connect()
            came = min(stream.message())
        except OSError as e:
            stage.note("   tcp: %r" % e)
    stage.row("a talks by tcp to p, at last", whole=came)
    stage.act("the calls end")
    stage.act("a registers at p")
    stage.act("p calls a")
    stage.act("a calls p")
    stream.close()
    stage.close()
    with open(result, "w", encoding="utf-8") as f:
        json.dump({"play": play, "worlds": {"takeover": {
            "rows": stage.rows, "broken": None, "trace": stage.lines,
            "title": TITLE, "may": {}}}}, f, indent=1)


if __name__ == "__main__":
    main()
