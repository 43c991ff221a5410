#!/usr/bin/env bash
# Shows that the Debian package works on a clean Debian 12: installs it there, uses it, changes its settings, installs it
# again, purges it, and looks at what stays. Called by `make test-deb`, which makes the package. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() {
    echo "test-deb: $*" >&2
    exit 1
}
[ "$(id -u)" -eq 0 ] || fail "needs root, for debootstrap and chroot"
package=$(ls .build/deb/camstream_*.deb)
./scripts/apt-install.sh debootstrap lintian ffmpeg

# The one about a bug to close is for Debian's own archive.
lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$package" ||
    fail "lintian finds fault"

# The bare system is kept; each run works on a copy.
base=.deps/debian12.tar
if [ ! -e "$base" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -1)
    echo "test-deb: fetching Debian 12"
    fresh=$(mktemp -d)
    debootstrap --variant=minbase bookworm "$fresh" "${mirror:-http://deb.debian.org/debian}" >"$fresh.log" ||
        fail "debootstrap: $(tail -3 "$fresh.log")"
    tar -C "$fresh" -cf "$base.new" .
    rm -rf "$fresh" "$fresh.log"
    mv "$base.new" "$base"
fi
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
tar -C "$root" -xf "$base"
chmod 755 "$root"
# The network is reached as this machine reaches it.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
cp "$package" "$root/root/camstream.deb"

# In namespaces of its own, so that nothing stays mounted or running.
inside() {
    unshare --mount --pid --fork --root="$root" --wd=/root --mount-proc \
        env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        bash -euo pipefail -c "mount -t sysfs sysfs /sys; $1"
}

echo "test-deb: installing"
inside "apt-get update -q && apt-get install -q -y --no-install-recommends ./camstream.deb man-db systemd" \
    >"$root/apt.log" 2>&1 || fail "apt: $(tail -20 "$root/apt.log")"
inside "dpkg --verify camstream && ! ldd /usr/bin/camstream | grep 'not found'" || fail "the package is not whole"

echo "test-deb: using it"
inside "camstream --version && camstream models >/dev/null && camstream devices && man -P cat camstream | head -4"
inside "systemd-analyze verify camstream@front.service camstream@front.socket" || fail "systemd takes fault with the units"
inside "camstream --quiet --input demo:seconds=2 --out /tmp/o.mp4"
frames=$(ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0 "$root/tmp/o.mp4")
[ "$frames" = 60 ] || fail "the overlay has $frames frames and not 60"
# As a service has it: an unknown user who may write nowhere but to his cache.
inside "install -d -o 61234 /tmp/cache && cd / && XDG_CACHE_HOME=/tmp/cache HOME=/ setpriv --reuid 61234 --regid 61234 \
    --groups video --no-new-privs camstream --quiet --input demo:seconds=1 --out /tmp/cache/o.mp4"

echo "test-deb: installing it again, then purging it"
inside "
    echo '# mine' >>/etc/camstream/example.yaml
    echo 'capture: {}' >/etc/camstream/front.yaml
    mkdir -p /var/lib/camstream/front /var/cache/camstream/front /etc/systemd/system/multi-user.target.wants
    touch /var/lib/camstream/front/recording.mp4 /var/cache/camstream/front/model.blob
    ln -s /usr/lib/systemd/system/camstream@.service /etc/systemd/system/multi-user.target.wants/camstream@front.service
    apt-get install -q -y --reinstall ./camstream.deb
    grep -q '# mine' /etc/camstream/example.yaml
    dpkg -L camstream >/root/files
    apt-get purge -q -y camstream" >"$root/apt.log" 2>&1 || fail "apt: $(tail -20 "$root/apt.log")"
# man-db clears its own cache in its own time.
left=$(cd "$root" && find etc usr var -path var/cache/man -prune -o -path '*camstream*' -print | sort | xargs echo)
yours="etc/camstream etc/camstream/front.yaml var/lib/camstream var/lib/camstream/front"
[ "$left" = "$yours var/lib/camstream/front/recording.mp4" ] || fail "after the purge there is: $left"
echo "test-deb: the package installs, runs and goes, and leaves what is the user's"
