#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds a bootable raw disk image of Debian: one ext4 partition labelled "root", GRUB in the boot record.
# usage: build_image.sh IMAGE RELEASE MIRROR PACKAGES KERNEL_ARGS PUBLIC_KEY
# PACKAGES is comma-separated. MIRROR may be empty: mmdebstrap's own choice. Needs root, for the loop device.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

image=$1 release=$2 mirror=$3 packages=$4 kernel_args=$5 public_key=$6
[[ -e $image ]] && exit 0 # another host of the inventory built it while this one waited for the lock

work=$(mktemp -d "$image.XXXXXX")
root=$work/root
loop=
cleanup() {
    mountpoint -q "$root" && umount --recursive "$root"
    if [[ -n $loop ]]; then
        partx --delete "$loop" || true
        losetup --detach "$loop"
    fi
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

# The partition table is one entry: bootable, type Linux, from sector 2048 to the end of 8 GiB.
truncate --size=8G "$work/disk"
sectors=$((8 * 1024 * 1024 * 2 - 2048))
entry=$(printf '80 00 00 00 83 00 00 00 00 08 00 00 %02x %02x %02x %02x' \
    $((sectors & 255)) $((sectors >> 8 & 255)) $((sectors >> 16 & 255)) $((sectors >> 24 & 255)))
printf '%b' "\\x${entry// /\\x}" | dd of="$work/disk" bs=1 seek=446 conv=notrunc status=none
printf '\x55\xaa' | dd of="$work/disk" bs=1 seek=510 conv=notrunc status=none
loop=$(losetup --find --show "$work/disk")
# Not losetup --partscan: kernels without support for DOS partitions cannot do that. A loop device that another build just gave
# back may still have its partition for a moment.
for attempt in 1 2 3 4 5; do
    partx --delete "$loop" 2>/dev/null || true
    partx --add "$loop" && break
    ((attempt < 5)) || exit 1
    sleep 1
done
mkfs.ext4 -q -L root -E lazy_itable_init=0 "${loop}p1"
mkdir "$root"
mount "${loop}p1" "$root"

bash "${0%/*}/install_debian.sh" "the packages" "$release" "$root" "$mirror" \
    --variant=minbase --include="$packages" --aptopt='APT::Install-Recommends "false"'

install -d -m 0700 "$root/root/.ssh"
echo "$public_key" >"$root/root/.ssh/authorized_keys"
echo dpdk-lab >"$root/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >"$root/etc/hosts"
echo 'LABEL=root / ext4 defaults 0 1' >"$root/etc/fstab"
# 10.0.2.0/24 is the network that QEMU makes for its user; .2 is the host, .3 the name server.
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
cat >"$root/etc/systemd/network/10-management.network" <<'EOF'
[Match]
MACAddress=52:54:00:00:00:01
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
EOF
# A VF's mailbox answers only while its PF is up.
cat >"$root/etc/systemd/network/20-pf.network" <<'EOF'
[Match]
Driver=igb
[Link]
ActivationPolicy=up
RequiredForOnline=no
[Network]
LinkLocalAddressing=no
LLDP=no
EOF
# Nothing waits for the network, and nothing takes the package manager's lock by itself after a snapshot's clock jumps.
chroot "$root" systemctl --quiet enable systemd-networkd
chroot "$root" systemctl --quiet mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer

for directory in dev proc sys; do
    mount --rbind "/$directory" "$root/$directory"
    mount --make-rslave "$root/$directory"
done
# Debian's initramfs lacks virtio_iommu, and without it a machine with a virtio IOMMU finds no disk.
if [[ -d $root/etc/initramfs-tools ]]; then
    echo virtio_iommu >>"$root/etc/initramfs-tools/modules"
else # dracut would look at the hardware of the controller, to leave out what that has no need of
    printf '%s\n' 'hostonly="no"' 'add_drivers+=" virtio_iommu virtio_blk virtio_pci virtio_net "' \
        >"$root/etc/dracut.conf.d/50-dpdk-lab.conf"
fi
# Emulated processors lose a timer interrupt at times and stand still: a panic makes the machine boot once more.
cat >>"$root/etc/default/grub" <<EOF
GRUB_TIMEOUT=0
GRUB_TERMINAL=console
GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0 panic=5 rcupdate.rcu_cpu_stall_timeout=60 sysctl.kernel.panic_on_rcu_stall=1"
GRUB_CMDLINE_LINUX="$kernel_args"
EOF
chroot "$root" sh -c 'if [ -x /usr/sbin/update-initramfs ]; then update-initramfs -u; else dracut --force --regenerate-all; fi'
chroot "$root" grub-install --target=i386-pc "$loop"
chroot "$root" update-grub
# Without udev, grub-mkconfig can only name the loop device; inside the machine it names the file system.
sed -i "s#root=${loop}p1#root=LABEL=root#" "$root/boot/grub/grub.cfg"
grep -q 'root=LABEL=root' "$root/boot/grub/grub.cfg"

umount --recursive "$root"
chmod 0644 "$work/disk"
mv "$work/disk" "$image"
