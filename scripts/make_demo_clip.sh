#!/usr/bin/env bash
# Makes the demo's clip with ffmpeg's generators: a square that changes its colour and wanders over a grey, moving,
# textured background; 720p, 30 fps, 10 s.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 CLIP.mp4" >&2; exit 64; }
[ -e "$1" ] && exit 0
mkdir -p "$(dirname "$1")"

colours=(red green blue yellow cyan magenta)
graph="mandelbrot=s=1280x720:r=30:maxiter=400:end_scale=0.02:end_pts=300,hue=s=0,eq=contrast=0.6,format=yuv420p[v0]"
for i in "${!colours[@]}"; do
    start=$(awk "BEGIN {print $i * 10 / 6}")
    end=$(awk "BEGIN {print ($i + 1) * 10 / 6}")
    graph+=";color=${colours[i]}:s=260x260:r=30:d=10[c$i]"
    graph+=";[v$i][c$i]overlay=x='510+430*sin(0.9*t+$i)':y='230+200*cos(1.3*t)':enable='gte(t,$start)*lt(t,$end)'[v$((i + 1))]"
done
ffmpeg -v error -filter_complex "$graph" -map "[v${#colours[@]}]" -t 10 -c:v libx264 -preset veryfast -crf 18 \
    -pix_fmt yuv420p -y "$1.part.mp4"
mv "$1.part.mp4" "$1"
