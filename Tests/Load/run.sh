#!/usr/bin/env bash
# Tests the HTTP server under load, over time, and with what no client should send. Called by `make test-load`. About four
# minutes on two cores. Options go to run.py: `--soak-minutes 10`; `--url http://127.0.0.1:8090 --pid PID` takes a running
# program (without a password) instead of the server with numbered pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh python3
# Not --product: the next build of all would then make the tools of all dependencies, too, such as protoc from its C++.
swift build ${SWIFTFLAGS-}
PYTHONPATH=Tests/Browser exec /usr/bin/python3 Tests/Load/run.py --program .build/debug/numbered-server "$@"
