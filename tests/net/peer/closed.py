#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Connections one after the other, each with a request, each closed by both
ends. Prints how many sessions are charged after each, and "!" where the request
came untranslated.
"""

import json
import os
import subprocess
import sys

import siptext
from netns import Host


def charged():
    limits = json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
         "limits"], check=True, capture_output=True).stdout)
    return [one["used"] for one in limits if one["name"] == "sessions"][0]


def main(count):
    phone, server = Host("PHONE"), Host("SERVER")
    own, far = phone.address(), server.address()
    listener = server.listener(backlog=8)
    for n in range(count):
        ours = phone.tcp()
        ours.connect((far, 5060))
        ours.sendall(siptext.request(
            "OPTIONS", "sip:x@%s" % far, own, "n%d" % n, 1,
            "<sip:a@example.com>;tag=1", "<sip:x@example.com>").replace(
                b"/UDP ", b"/TCP "))
        theirs, _ = listener.accept()
        translated = own.encode() not in theirs.recv(4096)
        ours.shutdown(1)
        theirs.recv(1)
        theirs.close()
        ours.recv(1)
        ours.close()
        print("%d%s" % (charged(), "" if translated else "!"), end=" ")


main(int(sys.argv[1]))
