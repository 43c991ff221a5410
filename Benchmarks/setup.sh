#!/usr/bin/env bash
# Makes what the benchmarks need under .deps/: the peer's Python packages and two small C programs; with the argument
# `methods`, PyTorch and pytorch-grad-cam instead. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

# make_venv FOLDER REQUIREMENTS WHAT
# Without pip of its own: Debian's python3 has venv but not ensurepip, and scripts/setup.sh has installed pip.
make_venv() {
    cmp -s "$2" "$1/.requirements.txt" && return
    echo "bench: fetching $3"
    rm -rf "$1"
    python3 -m venv --without-pip "$1"
    python3 -m pip --quiet --disable-pip-version-check --python "$1/bin/python" install -r "$2"
    cp "$2" "$1/.requirements.txt"
}

if [ "${1-}" = methods ]; then
    make_venv .deps/methods-venv Benchmarks/requirements-methods.txt "PyTorch and pytorch-grad-cam"
    exit
fi
make_venv .deps/bench-venv Benchmarks/requirements.txt "OpenCV, NumPy and OpenVINO for the Python peer"

mkdir -p .deps/bench
# Word splitting is wanted: pkg-config prints several flags.
# shellcheck disable=SC2046
cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Werror Benchmarks/bare_inference.c -o .deps/bench/bare_inference \
    $(PKG_CONFIG_PATH=.deps/openvino pkg-config --cflags --libs openvino) -Wl,-rpath,'$ORIGIN/../openvino/lib'
cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Werror -shared -fPIC Benchmarks/malloc_count.c \
    -o .deps/bench/libmalloc_count.so
