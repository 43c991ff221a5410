#!/usr/bin/env bash
# Checks the source archive: two of one commit are the same, whoever makes them; it holds what is committed and nothing else;
# what is asked of git in a checkout is known in it, too. Called by `make test-dist`. Whether it builds, `make test-source` shows.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "test-dist: $*" >&2
    exit 1
}

version=$(packaging/version.sh)
archive=.build/dist/camstream-$version.tar.xz
packaging/make-dist.sh >/dev/null
cp "$archive" "$work/first.tar.xz"
(umask 077 && TZ=Asia/Tokyo LC_ALL=C packaging/make-dist.sh >/dev/null)
cmp "$archive" "$work/first.tar.xz" || fail "two archives of one commit differ"
(cd .build/dist && sha256sum --check --quiet "camstream-$version.tar.xz.sha256") || fail "the checksum is another archive's"

tar -tf "$archive" | grep -v '/$' | sed "s|^camstream-$version/||" | sort >"$work/packed"
{ git ls-tree -r -z --name-only HEAD | tr '\0' '\n' && printf '%s\n' Package.resolved .source-date; } | sort >"$work/committed"
diff "$work/committed" "$work/packed" >&2 || fail "it does not hold what is committed"
[ "$(tar --numeric-owner -tvf "$archive" | awk '{print $2}' | sort -u)" = 0/0 ] || fail "files are somebody's own"

tar -C "$work" -xf "$archive"
sources=$work/camstream-$version
[ "$("$sources/packaging/version.sh")" = "$(git show HEAD:Sources/camstream/Version.swift | grep -o '[0-9][^"]*')" ] ||
    fail "without git the version is another"
[ "$(GIT_DIR=/nowhere "$sources/packaging/source-date.sh")" = "$(git log -1 --format=%ct)" ] ||
    fail "without git the date is another"
said=$("$sources/packaging/make-dist.sh" 2>&1) && fail "an archive is made of an archive"
[ "$said" = "dist: a source archive is made of a git checkout, which this is not" ] || fail "an archive of an archive: $said"

# A release whose tag, version and changelog do not agree is none.
git clone -q --no-hardlinks --depth 1 "file://$PWD" "$work/clone"
cp Package.resolved "$work/clone/"
git -C "$work/clone" tag v999.0.0
said=$("$work/clone/packaging/make-dist.sh" 2>&1) && fail "a commit with another version's tag is packed"
[ "$said" = "dist: the commit is tagged v999.0.0, and its version is $version" ] || fail "of another version's tag it says: $said"

python3 "$sources/packaging/check-links.py" "$sources" || fail "links of the documentation in it"
echo "test-dist: the archive is whole, and the same each time"
