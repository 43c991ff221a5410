#!/usr/bin/env bash
# Packs what `make install` installs into .build/deb/camstream_VERSION_ARCH.deb, with the dependencies that the linked
# libraries ask for. Called by `make deb`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
umask 022

./scripts/apt-install.sh dpkg-dev patchelf
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
version=$(.build/release/camstream --version)-1
architecture=$(dpkg --print-architecture)
work=$root/.build/deb
stage=$work/debian/camstream
rm -rf "$work"
mkdir -p "$stage/DEBIAN"

make --no-print-directory -o build install DESTDIR="$stage" PREFIX=/usr >/dev/null
# The checkout's path has no business in an installed program.
patchelf --set-rpath '$ORIGIN/../lib/camstream' "$stage/usr/bin/camstream"
doc=$stage/usr/share/doc/camstream
# Debian has names of its own for these two.
rm "$doc/LICENSE" "$doc/CHANGELOG.md"
sed -i 's|(LICENSE)|(copyright)|; s|(CHANGELOG.md)|(changelog.gz)|' "$doc/README.md"
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
echo "deb: $package, $(du -h "$package" | cut -f1), $(dpkg-deb -f "$package" Installed-Size) kB installed"
