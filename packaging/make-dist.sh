#!/usr/bin/env bash
# Packs the last commit into .build/dist/camstream-VERSION.tar.xz, which builds without git's folder: with the versions of the
# Swift packages (Package.resolved) and the date of the commit (.source-date). The same commit gives the same bytes. Called by
# `make dist`.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
fail() {
    echo "dist: $*" >&2
    exit 1
}
[ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$PWD" ] || fail "a source archive is made of a git checkout, which this is not"
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "dist: what is not committed is not in the archive" >&2
[ -e Package.resolved ] || swift package resolve

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -c tar.umask=022 archive --prefix=sources/ HEAD | tar -x -C "$work"
cp Package.resolved "$work/sources/"
git log -1 --format=%ct >"$work/sources/.source-date"
version=$("$work/sources/packaging/version.sh")
name=camstream-$version
# A release says in three places which it is.
for tag in $(git tag --points-at HEAD 'v[0-9]*'); do
    [ "$tag" = "v$version" ] || fail "the commit is tagged $tag, and its version is $version"
    grep -q "^## $version\b" "$work/sources/CHANGELOG.md" || fail "CHANGELOG.md has no section $version"
done
mv "$work/sources" "$work/$name"
mkdir -p .build/dist
archive=$PWD/.build/dist/$name.tar.xz
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --format=gnu \
    --mtime="@$(cat "$work/$name/.source-date")" -c "$name" | xz -9 --threads=1 >"$archive.part"
mv "$archive.part" "$archive"
(cd .build/dist && sha256sum "$name.tar.xz" >"$name.tar.xz.sha256")
echo "dist: $archive, $(du -h "$archive" | cut -f1)"
