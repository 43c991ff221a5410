#!/usr/bin/env bash
# Tests the service as a user has it: boots a clean Debian 12 with systemd, the package and vivid's camera in an emulated
# machine (no KVM needed); Tests/VM/service-inside.sh starts, reloads, freezes and stops it there.
# Called by `make test-service`, which makes the package. Some ten minutes on two cores. Needs root, for the clean Debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
limit_seconds=${CAMSTREAM_VM_LIMIT:-1200}  # for slow machines; a hang is a failure
[ "$(id -u)" -eq 0 ] || {
    echo "test-service: needs root, for debootstrap and chroot" >&2
    exit 1
}
./scripts/apt-install.sh qemu-system-x86 busybox-static kmod cpio e2fsprogs
. Tests/VM/kernel.sh
. packaging/clean-root.sh
clean_root

echo "test-service: installing"
cp .build/deb/camstream_*.deb "$root/root/camstream.deb"
inside "apt-get update -q
    apt-get install -q -y --no-install-recommends systemd-sysv udev dbus curl procps ./camstream.deb
    apt-get clean" >"$root/apt.log" 2>&1 || {
    tail -20 "$root/apt.log" >&2
    exit 1
}
install -m 755 Tests/VM/service-inside.sh "$root/usr/local/bin/test-service"
printf '%s\n' '[Unit]' 'After=multi-user.target' '[Service]' 'Type=oneshot' 'TimeoutStartSec=infinity' \
    'ExecStart=/usr/local/bin/test-service' 'StandardOutput=tty' 'StandardError=tty' 'TTYPath=/dev/console' \
    >"$root/etc/systemd/system/test-service.service"
wants=$root/etc/systemd/system/multi-user.target.wants
mkdir -p "$wants"
ln -s ../test-service.service "$wants/"
ln -s /dev/null "$root/etc/systemd/system/serial-getty@ttyS0.service"  # its prompt would stand in our lines

# The first process loads the drivers and hands over to systemd.
first=$root.first
work=$vm/service
rm -rf "$work"
mkdir -p "$work" "$first"/{bin,proc,dev,root,modules}
trap 'rm -rf --one-file-system "$root" "$first" "$work/disk"' EXIT
cp /bin/busybox "$first/bin/"
copy_modules "$first/modules" virtio_pci virtio_blk crc32c_generic ext4 vivid
cat >"$first/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*; do
    case $module in
    *-vivid.ko) insmod "$module" n_devs=1 node_types=0x1 num_inputs=1 input_types=0 ;;
    *) insmod "$module" ;;
    esac
done
until mount -t ext4 /dev/vda /root; do sleep 1; done
mount --move /dev /root/dev
umount /proc
exec switch_root /root /lib/systemd/systemd
INIT
chmod 755 "$first/init"
(cd "$first" && find . | cpio -o -H newc --quiet) >"$work/initrd"
mkfs.ext4 -q -d "$root" "$work/disk" 2G >/dev/null

echo "test-service: booting $release"
timeout "$limit_seconds" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -nographic -no-reboot \
    -kernel "$vm/kernel/boot/vmlinuz-$release" -initrd "$work/initrd" -drive file="$work/disk",if=virtio,format=raw \
    -append "console=ttyS0 quiet panic=-1 systemd.show_status=0" </dev/null >"$work/console.txt" 2>&1 || true
tr -d '\r' <"$work/console.txt" | grep -aE '^(ok|not ok|done|    )' || true
if grep -aq '^not ok' "$work/console.txt" || ! grep -aq '^done' "$work/console.txt"; then
    echo "test-service: failed, see $work/console.txt" >&2
    exit 1
fi
