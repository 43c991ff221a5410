#!/usr/bin/env bash
# Prints the manual page of a built program. usage: man.sh PROGRAM
# It bears the date of SOURCE_DATE_EPOCH, or of the last commit.
set -euo pipefail
here=$(dirname "$0")
seconds=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || date +%s)}
python3 "$here/man.py" "$1" "$here/man-rest.mdoc" "$(date -u -d "@$seconds" +%F)"
