#!/usr/bin/env bash
# Makes the pictures of the README and of docs/ in docs/images (scene.webp, photographs.jpg, overlay.jpg, grid.jpg, compare.jpg,
# steady.jpg, motion.jpg, steadiness.png, page.jpg) with the built program from the input demo:, and from two photographs that may be
# passed on (Tests/Fixtures/photographs). The page's needs what Tests/Browser/run.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The scene, as a moving picture of less than 1 MB.
.build/release/camstream --quiet --input demo:fps=15 --codec ffv1 --out "$work/scene.mkv"
ffmpeg -v error -y -i "$work/scene.mkv" -vf 'fps=10,scale=640:-2:flags=area' -c:v libwebp_anim -quality 40 \
    -compression_level 6 -loop 0 docs/images/scene.webp

# What the model imagenet sees in photographs, which are enlarged so that labels are sharp.
for name in cat coffee; do
    ffmpeg -v error -y -i "Tests/Fixtures/photographs/$name.jpg" -vf scale=-2:600:flags=lanczos "$work/$name.png"
    .build/release/camstream --quiet --input "$work/$name.png" --model imagenet --out "$work/$name-heat.png"
done
ffmpeg -v error -y -i "$work/cat-heat.png" -i "$work/coffee-heat.png" \
    -filter_complex "hstack=inputs=2,scale=1280:-2:flags=area" -q:v 3 docs/images/photographs.jpg

# One frame of the scene in a layout: LAYOUT SECONDS WIDTH FILE
picture() {
    .build/release/camstream --quiet --input demo: --layout "$1" --crf 12 --out "$work/$1.mp4"
    ffmpeg -v error -y -ss "$2" -i "$work/$1.mp4" -vf "scale=$3:-2:flags=area" -frames:v 1 -q:v 3 "$4"
}
picture overlay 6.15 960 docs/images/overlay.jpg
picture grid 4.4 1280 docs/images/grid.jpg
.build/release/camstream compare --quiet --input demo: --at 5.9 --force --out docs/images/compare.jpg \
    --methods cam,gradcam++,layercam,eigencam,scorecam,rise,saliency,guided-gradcam

# Six frames of the scene beside each other: FILTER FILE OPTIONS ...
row() {
    local frames=$1 file=$2
    shift 2
    .build/release/camstream --quiet --input demo: --crf 12 --no-color-bar --force --out "$work/row.mp4" "$@"
    ffmpeg -v error -y -i "$work/row.mp4" -vf "select='$frames',scale=240:-2:flags=area,tile=6x1:padding=2" \
        -frames:v 1 "$file"
}
# Rows below each other: FILE ROW ...
sheet() {
    local file=$1 inputs=()
    shift
    for picture in "$@"; do inputs+=(-i "$picture"); done
    ffmpeg -v error -y "${inputs[@]}" -filter_complex "vstack=inputs=$#" -q:v 3 "$file"
}
between='between(n,46,56)*not(mod(n,2))'
row "$between" "$work/raw.png" --smoothing 0 --scale frame
row "$between" "$work/steady.png"
sheet docs/images/steady.jpg "$work/raw.png" "$work/steady.png"
moving='between(n,59,79)*not(mod(n-59,4))'
row "$moving" "$work/off.png" --cam-every 4 --motion off
row "$moving" "$work/auto.png" --cam-every 4
sheet docs/images/motion.jpg "$work/off.png" "$work/auto.png"
.build/release/camstream steady --quiet --input demo: --force --picture docs/images/steadiness.png >"$work/steadiness.txt"

/usr/bin/python3 scripts/make_page_picture.py
