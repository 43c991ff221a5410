#!/usr/bin/env bash
# Collects the licences of what is linked into the program: the Swift packages, and Swift's own runtime.
# usage: licences.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
collect() {  # NAME FOLDER
    find "$2" -maxdepth 1 -type f \( -iname 'LICENSE*' -o -iname 'NOTICE*' -o -iname 'COPYING*' \) |
        while read -r file; do install -D -m 644 "$file" "$target/$1/$(basename "$file")"; done
}
target=$1
for package in .build/checkouts/*; do collect "$(basename "$package")" "$package"; done
swift=$(readlink -f "$(command -v swift)")
collect swift "$(dirname "$(dirname "$swift")")/share/swift"
