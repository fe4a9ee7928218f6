#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds a raw disk image of Debian for arm64, one ext4 file system labelled "root", and beside it the kernel and the
# initramfs that QEMU hands over.
# usage: build_arm64_image.sh IMAGE KERNEL INITRD RELEASE MIRROR PACKAGES PUBLIC_KEY INTERPRETER
# PACKAGES is comma-separated. MIRROR may be empty: mmdebstrap's own choice. INTERPRETER is a statically linked qemu-aarch64.
# Needs root.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

image=$1 kernel=$2 initrd=$3 release=$4 mirror=$5 packages=$6 public_key=$7 interpreter=$8
[[ -e $image ]] && exit 0 # another host of the inventory built it while this one waited for the lock

work=$(mktemp -d "$image.XXXXXX")
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$root"

# Nothing waits for the network, and nothing takes the package manager's lock by itself after a snapshot's clock jumps.
units='systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer'
bash "${0%/*}/with_arm64.sh" "$interpreter" \
    bash "${0%/*}/install_debian.sh" "the packages for arm64" "$release" "$root" "$mirror" \
    --mode=root --arch=arm64 --skip=check/qemu --variant=minbase --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' \
    --customize-hook="chroot \"\$1\" systemctl --quiet enable systemd-networkd" \
    --customize-hook="chroot \"\$1\" systemctl --quiet mask $units"

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

truncate --size=8G "$work/disk"
mkfs.ext4 -q -L root -E lazy_itable_init=0 -d "$root" "$work/disk"
cp "$root"/boot/vmlinuz-* "$kernel"
cp "$root"/boot/initrd.img-* "$initrd"
chmod 0644 "$work/disk" "$kernel" "$initrd"
mv "$work/disk" "$image"
