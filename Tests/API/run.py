"""Tests the HTTP server with other people's tools. See run.sh."""

import argparse
import sys
import time

from conforming import conforming
from fitting import fitting
from measuring import measuring
from proxies import proxies


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="folder with numbered-server and camstream")
    # Each says what it checked, or raises.
    parts = {"schemathesis": conforming, "answers": fitting, "promtool": measuring, "proxies": proxies}
    parser.add_argument("--only", nargs="+", choices=parts)
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.only or parts:
        start = time.monotonic()
        try:
            told = parts[name](arguments.programs)
            print(f"ok    {name}: {told} ({time.monotonic() - start:.0f} s)", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
    print(f"test-api: {failed} failed" if failed else "test-api: passed")
    return 1 if failed else 0


sys.exit(main())
