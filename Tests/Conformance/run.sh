#!/usr/bin/env bash
# Exports torchvision's architectures and compares their gradients with PyTorch's. Called by `make conformance`; names of
# architectures go to run.py. About ten minutes on two cores, and about 5 GB for PyTorch under .deps/ the first time.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Without pip of its own: Debian's python3 has venv but not ensurepip, and scripts/setup.sh has installed pip.
venv=.deps/conformance-venv
if ! cmp -s Tests/Conformance/requirements.txt "$venv/.requirements.txt"; then
    echo "conformance: fetching PyTorch and torchvision"
    rm -rf "$venv"
    python3 -m venv --without-pip "$venv"
    python3 -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" \
        install -r Tests/Conformance/requirements.txt
    cp Tests/Conformance/requirements.txt "$venv/.requirements.txt"
fi
swift build ${SWIFTFLAGS-} --build-tests
exec "$venv/bin/python" Tests/Conformance/run.py "$@"
