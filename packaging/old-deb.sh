#!/usr/bin/env bash
# Makes the package as 0.1.0 was, to upgrade from: packaging, documentation and settings of that version's last commit, and the
# program that is built here. usage: old-deb.sh FILE; status 3 where the commit is not at hand, as in a source archive
set -euo pipefail
cd "$(dirname "$0")/.."
commit=2e6f484e2693d748ff8f271a6c461866e1289cc7
git cat-file -e "$commit^{commit}" 2>/dev/null || exit 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git archive "$commit" | tar -x -C "$work"
ln -s "$PWD/.deps" "$work/.deps"
mkdir "$work/.build"
ln -s "$PWD/.build/release" "$PWD/.build/checkouts" "$work/.build/"
# Older than all others of its number, so that today's is an upgrade whatever that is; and packed quickly.
sed -i 's/^version=.*/version=0.1.0-0/; s/-Zxz/-Zxz -z0/' "$work/packaging/make-deb.sh"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$commit") make --no-print-directory -C "$work" -o build deb >/dev/null
mv "$work"/.build/deb/camstream_0.1.0-0_*.deb "$1"
