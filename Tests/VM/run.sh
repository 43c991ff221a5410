#!/usr/bin/env bash
# Tests the camera against a real V4L2 driver: boots Debian's kernel with vivid, its virtual camera, in an emulated
# machine (no KVM needed), records from it there with the release build, and checks the results here.
# Called by `make test-camera`, which builds first. Three minutes on two idle cores, after the first time.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
binary=$root/.build/release/camstream
limit_seconds=${CAMSTREAM_VM_LIMIT:-420}  # for slow machines; a hang is a failure

./scripts/apt-install.sh qemu-system-x86 busybox-static kmod cpio v4l-utils curl ffmpeg python3

. Tests/VM/kernel.sh

work=$vm/run
rm -rf "$work"
trap 'rm -rf "$work/root" "$work/initrd"' EXIT  # what was recorded stays for a look
tree=$work/root
mkdir -p "$tree"/{bin,proc,sys,dev,modules,out,tmp,model} "$work/out"
cp /bin/busybox "$tree/bin/"
cp Tests/VM/init.sh "$tree/init"
cp models/colours/colours.onnx models/colours/colours.yaml "$tree/model/"

copy_modules "$tree/modules" virtio_pci 9pnet_virtio 9p vivid

# Each program with the libraries that it loads, at the same paths.
copy_libraries() {
    { ldd "$1" | grep -oE '/[^ ]+' | grep -vF "$root/" || true; } | while read -r library; do
        mkdir -p "$tree$(dirname "$library")"
        cp -Ln "$library" "$tree$library"
    done
}
strip -o "$tree/bin/camstream" "$binary"
copy_libraries "$binary"
for program in v4l2-ctl curl; do
    cp "/usr/bin/$program" "$tree/bin/"
    copy_libraries "/usr/bin/$program"
done
# The program looks for the OpenVINO runtime and its plugins beside itself, as an installed one does.
mkdir -p "$tree/lib/camstream"
cp .deps/openvino/lib/lib*.so.* .deps/openvino/lib/*_cpu_plugin.so "$tree/lib/camstream/"
for library in "$tree"/lib/camstream/*; do copy_libraries "$library"; done
mkdir -p "$tree/usr/share/fonts/truetype/dejavu" "$tree/etc/fonts"
cp /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf "$tree/usr/share/fonts/truetype/dejavu/"
cp -rL /etc/fonts/. "$tree/etc/fonts/"

(cd "$tree" && find . | cpio -o -H newc --quiet) >"$work/initrd"
echo "test-camera: booting $release"
timeout "$limit_seconds" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 \
    -nographic -nic none -no-reboot \
    -kernel "$vm/kernel/boot/vmlinuz-$release" -initrd "$work/initrd" \
    -virtfs local,path="$work/out",mount_tag=out,security_model=none \
    -append "console=ttyS0 quiet panic=-1" </dev/null | tee "$work/console.txt" | tr -d '\r' | sed 's/^/    /' || {
    echo "test-camera: the machine did not end within $limit_seconds s" >&2
    exit 1
}
python3 Tests/VM/check.py "$work/out" || {
    tail -n 20 "$work"/out/*.log "$work"/out/*.events >&2
    exit 1
}
