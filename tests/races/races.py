#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""races.py SECONDS SEED MESSAGES [NAME...]: everything at once, then nothing is left.

Runs as root in a virtual machine. Two worlds (world.py) with traffic of all protocols (traffic.py), while
three drivers (chaos.py) do what they like. What the kernel has to say about it is read by tests/races/run.
The same seed draws the same actions in each driver; how they meet is up to the CPUs. Each NAME is a kind of
traffic, an action or a module that is left out, to look past a fault that is known; "near" is the near server.
"""

import glob
import json
import multiprocessing
import os
import signal
import sys
import time

import chaos
import traffic
from world import ROLES, World, run

# Seconds; an emulated machine is slow
PATIENCE = 300
STILL = 10
# of the engine and its protocols
CACHES = ("nf_alg_*", "ipsec_*", "sip_memory")


def result(good, text, more=""):
    print("%s - %s%s" % ("ok" if good else "not ok", text, " # " + more if more and not good else ""), flush=True)


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def objects(cache):
    """Objects of a slab cache that are in use, without those that only wait to be freed"""
    folder = "/sys/kernel/slab/" + cache
    try:
        with open(folder + "/shrink", "w", encoding="ascii") as file:
            file.write("1")
        with open(folder + "/objects", encoding="ascii") as file:
            return int(file.read().split()[0])
    except OSError:
        return 0


def spaces():
    """Namespaces in memory, once another one has come and gone: kernels free the last ones only then. The least
    there is until none has gone for some seconds, in which that one itself is cleaned up.
    """
    run("ip", "netns", "add", "last")
    run("ip", "netns", "del", "last")
    least, since = objects("net_namespace"), time.monotonic()
    while time.monotonic() < since + STILL:
        time.sleep(0.5)
        now = objects("net_namespace")
        if now < least:
            least, since = now, time.monotonic()
    return least


def ours_loaded():
    return [m for m in chaos.PROTOCOLS + (chaos.ENGINE,) if os.path.exists("/sys/module/" + m)]


def unload_all():
    for module in ours_loaded():
        chaos.unload(module)
    return not ours_loaded()


def main():
    seconds, seed, messages = float(sys.argv[1]), sys.argv[2], sys.argv[3]
    without = sys.argv[4:]
    chaos.PROTOCOLS = tuple(p for p in chaos.PROTOCOLS if p not in without)
    for driver in chaos.DRIVERS:
        driver.actions = [(w, n) for w, n in driver.actions if n not in without]
    if "near" in without:
        traffic.BRIDGED = 0
    kinds = [kind for kind in traffic.KINDS if kind.__name__ not in without]
    print("1..6")
    with open(messages, encoding="ascii") as file:
        traffic.H323.update(json.load(file))
    log = os.open(os.environ["NF_ALG_OUT"] + "/chaos.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    before = spaces()
    worlds = [World(n) for n in (1, 2)]
    result(run("modprobe", "-a", *chaos.PROTOCOLS) == 0, "the modules load")
    for world in worlds:
        world.make()

    until = multiprocessing.Value("d", time.monotonic() + seconds, lock=False)
    workers, reports = [], []
    for world in worlds:
        for kind in kinds:
            report = multiprocessing.Array("L", 2, lock=False)
            reports.append((kind.__name__, report))
            workers.append(multiprocessing.Process(target=traffic.forever, args=(
                kind, world, "%s %s %d" % (seed, kind.__name__, world.number), until, report)))
    for driver in chaos.DRIVERS:
        workers.append(multiprocessing.Process(
            target=driver(worlds, seed, log).forever, args=(until,)))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(seconds + PATIENCE)
    stuck = [w for w in workers if w.is_alive()]
    for worker in stuck:
        os.kill(worker.pid, signal.SIGKILL)
    calls = {}
    for name, report in reports:
        sums = calls.setdefault(name, [0, 0])
        sums[0], sums[1] = sums[0] + report[0], sums[1] + report[1]
    print("# " + ", ".join("%s %d (%d ended early)" % (n, *c) for n, c in calls.items()), flush=True)
    result(not stuck, "every process comes to its end", "%d do not" % len(stuck))
    result(all(c[0] > c[1] for c in calls.values()), "some calls of every protocol come to their end", str(calls))

    for world in worlds:
        for role in ROLES:
            world.delete(role)
    for path in glob.glob("/run/netns/*"):
        run("ip", "netns", "del", os.path.basename(path))
    result(wait_for(lambda: spaces() <= before), "every namespace goes",
           "%d before, %d now" % (before, spaces()))
    result(wait_for(unload_all), "every module is unloaded", " ".join(ours_loaded()))
    left = [c for pattern in CACHES for c in glob.glob("/sys/kernel/slab/" + pattern)]
    result(not left and objects("nf_conntrack") == 0, "nothing of ours and no connection is left in memory",
           "%s, %d connections" % (left, objects("nf_conntrack")))


if __name__ == "__main__":
    main()
