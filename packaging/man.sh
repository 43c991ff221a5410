#!/usr/bin/env bash
# Prints the manual page of a built program. usage: man.sh PROGRAM
# It bears the date of the sources.
set -euo pipefail
here=$(dirname "$0")
seconds=$("$here/source-date.sh")
python3 "$here/man.py" "$1" "$here/man-rest.mdoc" "$(date -u -d "@$seconds" +%F)"
