#!/usr/bin/env bash
# Shows that the Debian package works on a clean Debian 12: upgrades it from 0.1.0 with settings and recordings, uses it, finds its
# symbols, changes its settings, installs it again, purges it, and looks at what stays. Called by `make test-deb`, which makes the
# package. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() {
    echo "test-deb: $*" >&2
    exit 1
}
[ "$(id -u)" -eq 0 ] || fail "needs root, for debootstrap and chroot"
package=$(ls .build/deb/camstream_*.deb)
symbols=$(ls .build/deb/camstream-dbgsym_*.deb)
./scripts/apt-install.sh lintian ffmpeg

# The one about a bug to close is for Debian's own archive.
lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$package" "$symbols" ||
    fail "lintian finds fault"

. packaging/clean-root.sh
clean_root
cp "$package" "$root/root/camstream.deb"
cp "$symbols" "$root/root/camstream-dbgsym.deb"
apt() {
    inside "$1" >"$root/apt.log" 2>&1 || fail "apt: $(tail -20 "$root/apt.log")"
}
# All that is the user's: settings, changed ones of ours, recordings with their list, models, enabled services. What dpkg puts
# beside a changed file is ours.
of_the_user() {
    (cd "$root" && find etc/camstream etc/systemd/system/multi-user.target.wants var/lib/camstream \
        -type f ! -name '*.dpkg-dist' -exec sha256sum {} + -o -type l -printf '%p -> %l\n' | sort)
}
# As the service does: records for some seconds, then stops as systemd stops it.
serve='cd /var/lib/camstream/front && timeout --preserve-status --signal TERM 6 camstream serve --quiet --config /etc/camstream/front.yaml'

upgrading=yes
packaging/old-deb.sh "$root/root/old.deb" || { [ $? = 3 ] && upgrading=no; } || fail "no package as 0.1.0 was"
if [ $upgrading = yes ]; then
    echo "test-deb: installing 0.1.0, and using it"
    apt "apt-get update -q && apt-get install -q -y --no-install-recommends ./old.deb man-db systemd
        mkdir -p /var/lib/camstream/{front,models/mine} /etc/systemd/system/multi-user.target.wants
        echo '# mine' >>/etc/camstream/example.yaml
        printf '%s\n' 'capture: {input: \"demo:\", live: true}' 'encode: {output: \"%Y-%m-%d_%H-%M-%S.mp4\", segment: 10m, keep: 7d}' \
            'serve: {listen: 127.0.0.1:8090}' >/etc/camstream/front.yaml
        cp /usr/share/camstream/models/demo/* /var/lib/camstream/models/mine/
        ln -s /usr/lib/systemd/system/camstream@.service \
            /etc/systemd/system/multi-user.target.wants/camstream@front.service
        $serve"
    of_the_user >"$root/before"
    grep -q 'front/.*\.mp4' "$root/before" || fail "0.1.0 recorded nothing"
    echo "test-deb: upgrading"
    # As unattended upgrades do: a changed file of settings stays.
    apt "apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold ./camstream.deb"
    of_the_user >"$root/after"
    diff "$root/before" "$root/after" >&2 || fail "the upgrade changed what is the user's"
    inside "$serve" || fail "the upgraded program does not take 0.1.0's settings"
    of_the_user >"$root/after"
    left=$(diff "$root/before" "$root/after" | grep '^<' | grep '\.mp4$' || true)
    [ -z "$left" ] || fail "the upgraded program lost recordings: $left"
    [ "$(grep -c 'front/.*\.mp4$' "$root/after")" -gt "$(grep -c 'front/.*\.mp4$' "$root/before")" ] ||
        fail "the upgraded program recorded nothing"
    inside "[ \"\$(find /usr/share/doc/camstream -type f | sort)\" = \
        \"\$(dpkg -L camstream | grep ^/usr/share/doc/camstream/ | xargs -d '\n' -I{} find {} -maxdepth 0 -type f | sort)\" ]" ||
        fail "files of 0.1.0 stay behind"
    inside "rm -rf /etc/camstream/front.yaml /etc/systemd/system/multi-user.target.wants /var/lib/camstream /root/.cache
        DEBIAN_FRONTEND=noninteractive apt-get purge -q -y camstream >/dev/null 2>&1"
else
    echo "test-deb: no upgrade is tried, as 0.1.0's commit is not at hand"
    apt "apt-get update -q"
fi

echo "test-deb: installing"
apt "apt-get install -q -y --no-install-recommends ./camstream.deb man-db systemd"
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

echo "test-deb: its parts, and its symbols"
packaging/check-sbom.sh "$root/usr/share/doc/camstream/camstream.spdx.json"
apt "apt-get install -q -y --no-install-recommends ./camstream-dbgsym.deb gdb"
# Of a loop in C, and of some functions in Swift; those that the compiler made by itself have no lines.
functions=$(nm "$root"/usr/lib/debug/.build-id/*/*.debug | sed -n 's/.* t \($s9camstream[0-9].*\)/\1/p' | sed -n 1,1000p)
printf "info line '%s'\n" cblend_fill $functions >"$root/root/lines.gdb"
inside "gdb -nx -batch -x lines.gdb /usr/bin/camstream" >"$root/gdb.log" 2>&1 || true
grep -q 'Line [0-9]* of ".*/Sources/CBlend/' "$root/gdb.log" && grep -q 'Line [0-9]* of ".*/Sources/camstream/' "$root/gdb.log" ||
    fail "gdb finds no lines of the sources: $(tail -3 "$root/gdb.log")"
apt "apt-get purge -q -y camstream-dbgsym gdb"

echo "test-deb: installing it again, then purging it"
apt "
    echo '# mine' >>/etc/camstream/example.yaml
    echo 'capture: {}' >/etc/camstream/front.yaml
    mkdir -p /var/lib/camstream/front /var/cache/camstream/front /etc/systemd/system/multi-user.target.wants
    touch /var/lib/camstream/front/recording.mp4 /var/cache/camstream/front/model.blob
    ln -s /usr/lib/systemd/system/camstream@.service /etc/systemd/system/multi-user.target.wants/camstream@front.service
    apt-get install -q -y --reinstall ./camstream.deb
    grep -q '# mine' /etc/camstream/example.yaml
    dpkg -L camstream >/root/files
    apt-get purge -q -y camstream"
# man-db clears its own cache in its own time.
left=$(cd "$root" && find etc usr var -path var/cache/man -prune -o -path '*camstream*' -print | sort | xargs echo)
yours="etc/camstream etc/camstream/front.yaml var/lib/camstream var/lib/camstream/front"
[ "$left" = "$yours var/lib/camstream/front/recording.mp4" ] || fail "after the purge there is: $left"
echo "test-deb: the package installs, runs and goes, and leaves what is the user's"
