#!/usr/bin/env bash
# Prints the date of the sources in seconds since 1970: SOURCE_DATE_EPOCH, that of a source archive, that of the last commit,
# or now.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
    echo "$SOURCE_DATE_EPOCH"
elif [ -e "$root/.source-date" ]; then
    cat "$root/.source-date"
else
    git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s
fi
