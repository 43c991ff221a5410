# Debian's kernel for the emulated machines; sourced by the scripts beside it. Sets `vm`, its folder, and `release`.
# The kernel's package is kept; a newer one takes its place.
vm=$PWD/.deps/camera-vm
mkdir -p "$vm"
if [ -z "$(apt-cache depends linux-image-amd64 2>/dev/null)" ]; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
    "${as_root[@]}" apt-get update -q
fi
image=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p' | head -1)
if [ "$(cat "$vm/.kernel" 2>/dev/null)" != "$image" ]; then
    echo "fetching $image"
    rm -rf "$vm/kernel"
    (cd "$vm" && apt-get download -q "$image" && dpkg -x linux-image-*.deb kernel && rm linux-image-*.deb)
    echo "$image" >"$vm/.kernel"
fi
release=$(ls "$vm/kernel/lib/modules")
depmod -b "$vm/kernel" "$release"

# Copies modules with those that they need, numbered in the order of loading. usage: copy_modules FOLDER NAME...
copy_modules() {
    local folder=$1 number=0
    shift
    for module in "$@"; do
        modprobe -d "$vm/kernel" -S "$release" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
    done | awk '!seen[$0]++' | while read -r path; do
        number=$((number + 1))
        cp "$path" "$folder/$(printf %02d $number)-$(basename "$path")"
    done
}
