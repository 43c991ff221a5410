"""Puts the HTTP server under load. See run.sh."""

import argparse
import asyncio
import sys
import time
from contextlib import ExitStack

from crowd import crowd
from descriptors import descriptors
from hostile import hostilities
from server import Server
from soak import soak
from target import Target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="numbered-server")
    parser.add_argument("--url", help="of a server that runs already")
    parser.add_argument("--pid", type=int, help="its process")
    parser.add_argument("--soak-minutes", type=float, default=2)
    parser.add_argument("--only", nargs="+", choices=["crowd", "descriptors", "soak", "hostile"])
    arguments = parser.parse_args()
    failed = 0
    with ExitStack() as stack:
        if arguments.url:
            target = Target(arguments.url, arguments.pid)
        else:
            server = stack.enter_context(Server(arguments.program, "--size", "640x360"))
            target = Target(server.url, server.process.pid)
        parts = {
            "crowd": crowd, "descriptors": descriptors,
            "soak": lambda target: soak(target, arguments.soak_minutes), "hostile": hostilities}
        for name in arguments.only or parts:
            start = time.monotonic()
            try:
                told = asyncio.run(parts[name](target))
                print(f"ok    {name}: {told} ({time.monotonic() - start:.0f} s)", flush=True)
            except Exception as error:
                failed += 1
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
    print(f"test-load: {failed} failed" if failed else "test-load: passed")
    return 1 if failed else 0


sys.exit(main())
