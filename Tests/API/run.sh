#!/usr/bin/env bash
# Tests the HTTP server with other people's tools: schemathesis against its OpenAPI document, promtool on its measurements,
# nginx and Caddy in front of it as docs/reference/http.md tells. Called by `make test-api`. About a minute on two cores.
# Options go to run.py, such as `--only proxies`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh caddy nginx-light prometheus python3 python3-pip
# Without pip of its own: Debian's python3 has venv but not ensurepip.
venv=.deps/api-venv
if ! cmp -s Tests/API/requirements.txt "$venv/.requirements.txt"; then
    echo "test-api: fetching schemathesis"
    rm -rf "$venv"
    /usr/bin/python3 -m venv --without-pip "$venv"
    /usr/bin/python3 -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" \
        install --require-hashes -r Tests/API/requirements.txt
    cp Tests/API/requirements.txt "$venv/.requirements.txt"
fi
# Not --product: the next build of all would then make the tools of all dependencies, too, such as protoc from its C++.
swift build ${SWIFTFLAGS-}
PYTHONPATH=Tests/Browser exec "$venv/bin/python" Tests/API/run.py --programs .build/debug "$@"
