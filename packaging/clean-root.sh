# A clean Debian 12 in a folder of its own; sourced by scripts that try the package in it. Needs root.

# Removes the folder at the end. usage: clean_root; sets `root`
clean_root() {
    # The bare system is kept; each run works on a copy.
    local base=.deps/debian12.tar mirror
    root=$(mktemp -d)
    trap 'rm -rf --one-file-system "$root"' EXIT
    if [ ! -e "$base" ]; then
        ./scripts/apt-install.sh debootstrap
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -1)
        echo "fetching Debian 12"
        debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$root.log" || {
            tail -3 "$root.log" >&2
            exit 1
        }
        rm "$root.log"
        mkdir -p .deps
        tar -C "$root" -cf "$base.new" .
        mv "$base.new" "$base"
    else
        tar -C "$root" -xf "$base"
    fi
    chmod 755 "$root"
    # The network is reached as this machine reaches it.
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
}

# Runs a command line in it, in namespaces of its own, so that nothing stays mounted or running.
inside() {
    unshare --mount --pid --fork --root="$root" --wd=/root --mount-proc \
        env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        bash -euo pipefail -c "mount -t sysfs sysfs /sys; $1"
}
