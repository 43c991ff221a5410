#!/usr/bin/env bash
# Tests the HTTP server with other people's tools: promtool on its measurements, nginx and Caddy in front of it as
# docs/http.md tells. Called by `make test-api`. A few seconds once it is built.
# Options go to run.py, such as `--only proxies`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh caddy nginx-light prometheus python3
swift build --product numbered-server
swift build --product camstream
PYTHONPATH=Tests/Browser exec /usr/bin/python3 Tests/API/run.py --programs .build/debug "$@"
