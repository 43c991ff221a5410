#!/usr/bin/env bash
# Makes what the benchmarks need under .deps/: the peer's Python packages and two small C programs. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

# Without pip of its own: Debian's python3 has venv but not ensurepip, and scripts/setup.sh has installed pip.
venv=.deps/bench-venv
if ! cmp -s Benchmarks/requirements.txt "$venv/.requirements.txt"; then
    echo "bench: fetching OpenCV, NumPy and OpenVINO for the Python peer"
    rm -rf "$venv"
    python3 -m venv --without-pip "$venv"
    python3 -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" \
        install -r Benchmarks/requirements.txt
    cp Benchmarks/requirements.txt "$venv/.requirements.txt"
fi

mkdir -p .deps/bench
# Word splitting is wanted: pkg-config prints several flags.
# shellcheck disable=SC2046
cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Werror Benchmarks/bare_inference.c -o .deps/bench/bare_inference \
    $(PKG_CONFIG_PATH=.deps/openvino pkg-config --cflags --libs openvino) -Wl,-rpath,'$ORIGIN/../openvino/lib'
cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Werror -shared -fPIC Benchmarks/malloc_count.c \
    -o .deps/bench/libmalloc_count.so
