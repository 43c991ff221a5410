#!/usr/bin/env bash
# The loops of our own, compiled for arm64 and run under QEMU: every number must be this machine's, bit by bit.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(gcc libc6-dev)
[ "$(uname -m)" = aarch64 ] || packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)
./scripts/apt-install.sh "${packages[@]}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Those of the package, which the compiler of Swift builds.
flags=(-O3 $(sed -n 's/^let loops: .*unsafeFlags(\[\(.*\)\]).*/\1/p' Package.swift | tr -d '",'))
modules=(CBlend CColour CContour CMotion CResize CSteady CTone)
for module in "${modules[@]}"; do flags+=(-I "Sources/$module/include"); done
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang

# build NAME LINKER FLAG…
build() {
    local name=$1 linker=$2 source number=0
    shift 2
    for source in Tests/Arm/kernels.c $(printf 'Sources/%s/*.c ' "${modules[@]}"); do
        "$clang" "${flags[@]}" "$@" -c "$source" -o "$work/$name-$((number += 1)).o"
    done
    "$linker" -static "$work/$name"-*.o -lm -o "$work/$name"
}

build here gcc
"$work/here" > "$work/plain.txt"
for version in 1 2; do diff "$work/plain.txt" <("$work/here" $version) >&2 || {
    echo "test-arm: version $version of this machine differs from plain C" >&2
    exit 1
}; done
if [ "$(uname -m)" != aarch64 ]; then
    root=/usr/aarch64-linux-gnu
    build arm aarch64-linux-gnu-gcc --target=aarch64-linux-gnu --sysroot="$root" -isystem "$root/include"
    diff "$work/plain.txt" <(qemu-aarch64-static "$work/arm") >&2 || {
        echo "test-arm: arm64 differs from this machine" >&2
        exit 1
    }
fi
echo "test-arm: $(wc -l < "$work/plain.txt") results of the loops, the same bits on arm64 and in all versions for this machine"
