#!/usr/bin/env bash
# Shows that nothing but Debian 12, Swift and the source archive is needed: unpacks it on a clean Debian 12 that has what Swift
# asks for and make, builds it there with `make build`, and lets the program run. Called by `make test-source`, which makes the
# archive. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() {
    echo "test-source: $*" >&2
    exit 1
}
[ "$(id -u)" -eq 0 ] || fail "needs root, for debootstrap and chroot"
version=$(packaging/version.sh)
archive=.build/dist/camstream-$version.tar.xz
[ -e "$archive" ] || fail "no $archive: 'make dist' makes it"
swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")

# What https://www.swift.org/install/linux/ lists for Debian 12.
of_swift="binutils-gold gcc git libcurl4-openssl-dev libedit-dev libncurses-dev libpython3-dev libsqlite3-dev libstdc++-12-dev
    libxml2-dev pkg-config tzdata unzip uuid-dev zlib1g-dev"

. packaging/clean-root.sh
clean_root
tar -C "$root/root" -xf "$archive"
mkdir -p "$root/opt/swift"
# Mounted there and nowhere else: the toolchain, and copies of packages' repositories where git has such.
mounts="mount --bind -o ro '$swift' '$root/opt/swift'"
while read -r key _; do
    copies=${key#url.}
    copies=${copies%.insteadof}
    git config --file "$root/root/.gitconfig" --add "url.$copies.insteadOf" https://github.com/
    [ ! -d "$copies" ] || { mkdir -p "$root$copies" && mounts="$mounts; mount --bind -o ro '$copies' '$root$copies'"; }
done < <(git config --get-regexp '^url\..*\.insteadof$' '^https://github\.com/$' || true)
git config --file "$root/root/.gitconfig" --add safe.directory '*'

export root
export -f inside
# Runs a command line in the unpacked archive; its output goes to a log, whose end is shown where it fails.
step() {
    local start=$SECONDS
    echo "test-source: $1"
    unshare --mount bash -euo pipefail -c "$mounts; inside 'export PATH=/opt/swift/bin:\$PATH; cd camstream-$version; $2'" \
        >"$root/step.log" 2>&1 || fail "$1: $(tail -30 "$root/step.log")"
    echo "test-source: $1: $((SECONDS - start)) s"
}
step "installing what Swift asks for, and make" "apt-get update -q &&
    apt-get install -q -y --no-install-recommends ca-certificates make $(echo $of_swift)"
# As this machine trusts them.
if [ -d /usr/local/share/ca-certificates ]; then
    cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
    step "taking this machine's certificates" "update-ca-certificates"
fi
step "make setup" "make setup"
step "make build" "make build"
step "running it" "[ \"\$(.build/release/camstream --version)\" = $version ] && .build/release/camstream models &&
    .build/release/camstream --quiet --input demo:seconds=2 --out /root/o.mp4 && [ -s /root/o.mp4 ]"
step "installing it" "make -o build install DESTDIR=/root/installed >/dev/null &&
    python3 packaging/check-links.py /root/installed/usr/local/share/doc/camstream &&
    /root/installed/usr/local/bin/camstream --version"
du -sh "$root/root/camstream-$version/.build" "$root/root/camstream-$version/.deps" | sed "s|$root/root/|test-source: |"
echo "test-source: from the archive and Swift to a program that runs"
