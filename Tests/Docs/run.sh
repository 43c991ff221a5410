#!/usr/bin/env bash
# Runs the commands of the README, of docs/start and of docs/guides as they are written, checks the links between all pages, and
# their spelling. Called by `make test-docs`, which builds first. Two minutes on two cores; everything is in a temporary folder
# and, where the system allows it, in a network of its own. Options go to run.py, such as `--only README.md`.
set -euo pipefail
cd "$(dirname "$0")/../.."

./scripts/apt-install.sh aspell aspell-en ffmpeg iproute2 python3 python3-numpy python3-pil
python3 packaging/check-links.py .
/usr/bin/python3 Tests/Docs/spell.py
run=(/usr/bin/python3 Tests/Docs/run.py "$@")
if unshare --net --map-root-user true 2>/dev/null; then
    exec unshare --net --map-root-user bash -c 'ip link set lo up && exec "$@"' test-docs "${run[@]}"
fi
exec "${run[@]}"
