#!/usr/bin/env bash
# Prints the program's version, which stands in one place.
set -euo pipefail
place=$(dirname "$0")/../Sources/camstream/Version.swift
version=$(sed -n 's/^ *static let version = "\([0-9][0-9A-Za-z.+~-]*\)"$/\1/p' "$place")
[ -n "$version" ] || {
    echo "version: $place has none" >&2
    exit 1
}
echo "$version"
