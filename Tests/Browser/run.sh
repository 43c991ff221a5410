#!/usr/bin/env bash
# Tests the page in real browsers: headless Chromium and Firefox ESR, from Debian's packages, over WebDriver BiDi.
# Called by `make test-browser`. About three minutes on two cores. Options go to run.py, such as
# `--browsers firefox --only keyboard`. Pictures of the page come to Tests/Browser/pictures/.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh chromium chromium-driver firefox-esr ffmpeg python3 python3-pil python3-websockets fonts-dejavu-core
# Not --product: the next build of all would then make the tools of all dependencies, too, such as protoc from its C++.
swift build ${SWIFTFLAGS-}
# Debian's own Python has Debian's packages.
exec /usr/bin/python3 Tests/Browser/run.py --program .build/debug/numbered-server --programs .build/debug "$@"
