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
./scripts/apt-install.sh lintian ffmpeg

# The one about a bug to close is for Debian's own archive.
lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$package" ||
    fail "lintian finds fault"

. packaging/clean-root.sh
clean_root
cp "$package" "$root/root/camstream.deb"

echo "test-deb: installing"
inside "apt-get update -q && apt-get install -q -y --no-install-recommends ./camstream.deb man-db systemd" \
    >"$root/apt.log" 2>&1 || fail "apt: $(tail -20 "$root/apt.log")"
inside "dpkg --verify camstream && ! ldd /usr/bin/camstream | grep 'not found'" || fail "the package is not whole"

echo "test-deb: using it"
inside "camstream --version && camstream models >/dev/null && camstream devices && man -P cat camstream | head -4"
inside "systemd-analyze verify camstream@front.service camstream@front.socket" || fail "systemd takes fault with the units"
inside "camstream models | grep -q '^imagenet .*used without --model'" || fail "the package has no model imagenet"
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
