#!/usr/bin/env bash
# Sends the live picture to real receivers (GStreamer's RTSP server, ffmpeg's RTMP, SRT and UDP listeners) and fetches it in
# segments. Called by `make test-outputs`. Options go to run.py, such as `--only rtsp hls`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh ffmpeg gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad gstreamer1.0-plugins-base \
    gstreamer1.0-plugins-good python3 python3-gi
exec /usr/bin/python3 Tests/Outputs/run.py "$@"
