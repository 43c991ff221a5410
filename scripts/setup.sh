#!/usr/bin/env bash
# Installs what the build needs: Debian packages with apt, the OpenVINO runtime under .deps/. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    libv4l-dev libturbojpeg0-dev libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libopenblas-dev
    liblbfgs-dev libsqlite3-dev libpango1.0-dev libfontconfig-dev libcairo2-dev libcurl4-openssl-dev libssl-dev zlib1g-dev
    libmosquitto-dev ca-certificates fonts-dejavu-core ffmpeg libonnx-testdata pkg-config python3 python3-pip unzip
)
./scripts/apt-install.sh "${packages[@]}"

read -r _ version python platform sha256 < <(grep "^$(uname -m) " scripts/openvino.lock) || {
    echo "setup: no OpenVINO runtime is pinned for $(uname -m): see scripts/openvino.lock" >&2
    exit 1
}
# What is unpacked of the wheel, and from which; another choice counts as another runtime.
unpacked="$sha256 all devices"
if [ "$(cat .deps/openvino/.unpacked 2>/dev/null)" != "$unpacked" ]; then
    echo "setup: fetching OpenVINO $version"
    rm -rf .deps/openvino .deps/wheel
    mkdir -p .deps/wheel
    echo "openvino==$version --hash=sha256:$sha256" >.deps/wheel/requirements.txt
    python3 -m pip download -q --no-deps --require-hashes --only-binary :all: \
        --python-version "$python" --platform "$platform" -d .deps/wheel -r .deps/wheel/requirements.txt
    mkdir -p .deps/openvino
    # Headers, the C library, the plugins of all devices, which look for drivers when they are asked for, and the ONNX
    # reader; the other readers stay behind.
    unzip -q -j .deps/wheel/openvino-*.whl -d .deps/openvino/lib \
        'openvino/libs/libopenvino.so*' 'openvino/libs/libopenvino_c.so*' 'openvino/libs/libopenvino_onnx_frontend.so*' \
        'openvino/libs/libopenvino_ir_frontend.so*' 'openvino/libs/libopenvino_*_plugin.so' \
        'openvino/libs/libtbb.so*' 'openvino/libs/libtbbbind*' 'openvino/libs/libtbbmalloc.so*' 'openvino/libs/libhwloc.so*'
    unzip -q .deps/wheel/openvino-*.whl 'openvino/include/*' -d .deps/wheel
    # What the GPU plugin knows of the kernels that are fastest.
    [ "$(uname -m)" != x86_64 ] || unzip -q -j .deps/wheel/openvino-*.whl -d .deps/openvino/lib openvino/libs/cache.json
    mv .deps/wheel/openvino/include .deps/openvino/include
    unzip -q -j .deps/wheel/openvino-*.whl '*.dist-info/licenses/*' -d .deps/openvino/licenses
    (cd .deps/openvino/lib && ln -s libopenvino_c.so.* libopenvino_c.so)
    cat >.deps/openvino/openvino.pc <<PC
prefix=\${pcfiledir}
Name: openvino
Description: OpenVINO runtime, C API
Version: $version
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -lopenvino_c
PC
    rm -rf .deps/wheel
    echo "$unpacked" >.deps/openvino/.unpacked
fi
./scripts/imagenet/setup.sh
