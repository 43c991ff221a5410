#!/usr/bin/env bash
# Packs what `make install` installs into .build/deb/camstream_VERSION_ARCH.deb, with the dependencies that the linked
# libraries ask for, and the symbols for debuggers into camstream-dbgsym_VERSION_ARCH.deb. Called by `make deb`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
umask 022

./scripts/apt-install.sh dpkg-dev patchelf
SOURCE_DATE_EPOCH=$(packaging/source-date.sh)
export SOURCE_DATE_EPOCH
version=$(.build/release/camstream --version)-1
architecture=$(dpkg --print-architecture)
work=$root/.build/deb
stage=$work/debian/camstream
rm -rf "$work"
mkdir -p "$stage/DEBIAN"

make --no-print-directory -o build install DESTDIR="$stage" PREFIX=/usr >/dev/null
# As debhelper does it: the symbols apart, under the number by which debuggers look for them. The checkout's path has no
# business in an installed program.
program=$stage/usr/bin/camstream
cp .build/release/camstream "$program"
patchelf --set-rpath '$ORIGIN/../lib/camstream' "$program"
number=$(readelf -n "$program" | sed -n 's/^ *Build ID: //p')
[ ${#number} = 40 ] || {
    echo "deb: the program has no build ID" >&2
    exit 1
}
debug_stage=$work/debian/camstream-dbgsym
symbols=$debug_stage/usr/lib/debug/.build-id/${number:0:2}/${number:2}.debug
mkdir -p "$debug_stage/DEBIAN" "$(dirname "$symbols")"
objcopy --only-keep-debug --compress-debug-sections "$program" "$symbols"
chmod 644 "$symbols"
strip --remove-section=.comment "$program"
objcopy --add-gnu-debuglink "$symbols" "$program"
doc=$stage/usr/share/doc/camstream
# Debian has names of its own for these two.
rm "$doc/LICENSE" "$doc/CHANGELOG.md"
find "$doc" -name '*.md' -exec sed -i -E \
    's%\]\(((\.\./)*)LICENSE\)%](\1copyright)%g; s%\]\(((\.\./)*)CHANGELOG\.md(#[^)]*)?\)%](\1changelog.gz)%g' {} +
install -m 644 packaging/deb/copyright "$doc/copyright"
gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
python3 packaging/check-links.py "$doc"
gzip -9n "$stage/usr/share/man/man1/camstream.1"
install -D -m 644 packaging/deb/lintian-overrides "$stage/usr/share/lintian/overrides/camstream"

# dpkg's tools read debian/control and debian/changelog.
maintainer="${DEBFULLNAME:-The camstream maintainers} <${DEBEMAIL:-camstream@packages.invalid}>"
sed "s/@MAINTAINER@/$maintainer/" packaging/deb/control >"$work/debian/control"
cat >"$work/debian/changelog" <<CHANGES
camstream ($version) bookworm; urgency=medium

  * See CHANGELOG.md.

 -- $maintainer  $(date -uR -d "@$SOURCE_DATE_EPOCH")
CHANGES
gzip -9n <"$work/debian/changelog" >"$doc/changelog.Debian.gz"

install -m 755 packaging/deb/{postinst,prerm,postrm} "$stage/DEBIAN/"
(cd "$stage" && find etc -type f -printf '/%p\n') >"$stage/DEBIAN/conffiles"
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"

cd "$work"
objects=("$stage/usr/bin/camstream")
while IFS= read -r library; do objects+=("$library"); done < <(find "$stage/usr/lib/camstream" -name '*.so*' | sort)
# The runtime's libraries need each other; those are in the package itself.
dpkg-shlibdeps --ignore-missing-info -l"$stage/usr/lib/camstream" "${objects[@]}" 2>shlibdeps.log || {
    cat shlibdeps.log >&2
    exit 1
}
dpkg-gencontrol -pcamstream -P"$stage" >/dev/null
package=$work/camstream_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$package" >/dev/null

mkdir -p "$debug_stage/usr/share/doc"
ln -s camstream "$debug_stage/usr/share/doc/camstream-dbgsym"
(cd "$debug_stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$debug_stage/DEBIAN/md5sums"
dpkg-gencontrol -pcamstream -P"$debug_stage" -DPackage=camstream-dbgsym -DAuto-Built-Package=debug-symbols -DSection=debug \
    "-DDepends=camstream (= $version)" "-DDescription=debug symbols for camstream" "-DBuild-Ids=$number" \
    -URecommends -USuggests >/dev/null
# Its sections are compressed already.
debug_package=$work/camstream-dbgsym_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz -z1 --build "$debug_stage" "$debug_package" >/dev/null

for made in "$package" "$debug_package"; do
    echo "deb: $made, $(du -h "$made" | cut -f1), $(dpkg-deb -f "$made" Installed-Size) kB installed"
done
