"""Attacks the built program in the ways of docs/reference/security.md, and says of each whether what must hold does. All traffic is on
the loopback interface, in a network of its own where the system lets it; everything is in a temporary folder. Needs ffmpeg,
openssl and a C compiler.

Usage: run.py [--binary PATH] [--only NAME ...] [--jobs N] [--list]
"""

import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import traceback

import batches
import clients
import endings
import files
import names
import store
import strangers
import titles
from scene import Broken, Place, Program, Skipped, allow_many_files, attacks, kill_all

PARTS = [batches, files, store, clients, strangers, names, titles, endings]
INSIDE = "CAMSTREAM_ATTACK_NETWORK"


def enter_own_network():
    """Starts this anew in a network that has only a loopback interface, where the system allows one."""
    if INSIDE in os.environ:
        return
    for way in [["--net"], ["--net", "--map-root-user"]]:
        if subprocess.run(["unshare", *way, "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0:
            line = 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$0" "$@"'
            os.environ[INSIDE] = "own"
            os.execvp("unshare", ["unshare", *way, "sh", "-c", line, sys.executable, *sys.argv])
    os.environ[INSIDE] = "shared"


def tried(name, work):
    """Returns (line, whether it is broken)."""
    start = time.monotonic()
    folder = os.path.join(work, name)
    os.mkdir(folder)
    word, facts = "HOLDS", ""
    try:
        attacks[name](Place(folder))
    except Skipped as reason:
        word, facts = "SKIPPED", str(reason)
    except Broken as problem:
        word, facts = "BROKEN", f"{attacks[name].__doc__}\n{problem}"
    except Exception:
        word, facts = "BROKEN", f"{attacks[name].__doc__}\n{traceback.format_exc()}"
    line = f"{word:8}{name} ({time.monotonic() - start:.1f} s)"
    return line + (textwrap.indent("\n" + facts, "    ") if facts else ""), word == "BROKEN"


def attempt_all(chosen, jobs):
    broken = 0
    with tempfile.TemporaryDirectory(prefix="camstream-attack-") as work:
        os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
        os.environ["XDG_DATA_HOME"] = os.path.join(work, "data")
        pool = concurrent.futures.ThreadPoolExecutor(jobs)
        try:
            for attempt in concurrent.futures.as_completed([pool.submit(tried, name, work) for name in chosen]):
                line, is_broken = attempt.result()
                broken += is_broken
                print(line, flush=True)
        finally:
            # Also on Ctrl-C: no attack outlives this, and no program an attack.
            pool.shutdown(wait=False, cancel_futures=True)
            end = time.monotonic() + 20
            while any(thread.name.startswith("ThreadPool") for thread in threading.enumerate()) and time.monotonic() < end:
                kill_all()
                time.sleep(0.05)
            kill_all()
    return broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=Program.binary)
    parser.add_argument("--only", nargs="+", choices=list(attacks), metavar="NAME")
    parser.add_argument("--jobs", type=int, default=3, help="attacks at a time")
    parser.add_argument("--list", action="store_true", help="say what there is")
    options = parser.parse_args()
    if options.list:
        for name, function in attacks.items():
            print(f"{name}: {' '.join(function.__doc__.split())}")
        return 0
    enter_own_network()
    Program.binary = os.path.abspath(options.binary)
    allow_many_files()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    # Under nohup it is ignored, and the programs would inherit that.
    signal.signal(signal.SIGHUP, lambda *_: None)
    start = time.monotonic()
    broken = attempt_all(list(dict.fromkeys(options.only or attacks)), options.jobs)
    took = f"{time.monotonic() - start:.0f} s"
    print(f"test-attack: {broken} broken, {took}" if broken else f"test-attack: all hold, {took}")
    return 1 if broken else 0


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    # Whatever an attack still waits for.
    os._exit(code)
