#!/usr/bin/env bash
# Makes the pictures of the README and of docs/ (overlay.jpg, grid.jpg, compare.jpg, page.jpg) with the built program from
# the input demo:. The page's needs what Tests/Browser/run.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One frame of the scene in a layout: LAYOUT SECONDS WIDTH FILE
picture() {
    .build/release/camstream --quiet --input demo: --layout "$1" --crf 12 --out "$work/$1.mp4"
    ffmpeg -v error -y -ss "$2" -i "$work/$1.mp4" -vf "scale=$3:-2:flags=area" -frames:v 1 -q:v 3 "$4"
}
picture overlay 5.9 960 docs/overlay.jpg
picture grid 4.4 1280 docs/grid.jpg
.build/release/camstream compare --quiet --input demo: --at 5.9 --force --out docs/compare.jpg \
    --methods cam,gradcam++,layercam,eigencam,scorecam,rise,saliency,guided-gradcam
/usr/bin/python3 scripts/make_page_picture.py
