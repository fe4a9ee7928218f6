#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes from an image of build_image.sh one that UEFI boots: the same root file system, an EFI system partition behind it.
# usage: build_uefi_image.sh IMAGE BASE BOOT_LOADER
# BOOT_LOADER is grub (behind the shim, so that Secure Boot starts it) or systemd-boot. Needs root, for the loop devices.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

image=$1 base=$2 boot_loader=$3
[[ -e $image ]] && exit 0 # another host of the inventory built it while this one waited for the lock

root_start=2048                    # in sectors; what build_image.sh chose
esp_start=$((8 * 1024 * 1024 * 2)) # where the base ends
esp_sectors=$((512 * 1024 * 2))
work=$(mktemp -d "$image.XXXXXX")
root=$work/root
esp=$root/mnt/esp
disk=
partition=
cleanup() {
    mountpoint -q "$root" && umount --recursive "$root"
    [[ -n $partition ]] && losetup --detach "$partition"
    [[ -n $disk ]] && losetup --detach "$disk"
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

cp --sparse=always --reflink=auto "$base" "$work/disk"
truncate --size=$(((esp_start + esp_sectors + 2048) * 512)) "$work/disk"
disk=$(losetup --find --show "$work/disk")
partition=$(losetup --find --show --offset $((root_start * 512)) --sizelimit $(((esp_start - root_start) * 512)) "$work/disk")
mkdir "$root"
mount "$partition" "$root"
for directory in dev proc sys; do
    mount --rbind "/$directory" "$root/$directory"
    mount --make-rslave "$root/$directory"
done

# The controller may lack sfdisk and a kernel that knows FAT. The image has the programs, and mtools need no mount.
chroot "$root" sfdisk --quiet --no-reread --no-tell-kernel --wipe=always "$disk" 2>&1 <<EOF
label: gpt
start=$root_start, size=$((esp_start - root_start)), type=linux
start=$esp_start, size=$esp_sectors, type=uefi
EOF
mkdir -p "$root/boot/efi" "$esp"
mount -t tmpfs esp "$esp" # kernel-install takes only the root of a file system
mkdir -p "$esp/EFI/BOOT"
echo 'LABEL=ESP /boot/efi vfat umask=0077 0 1' >>"$root/etc/fstab"

use_grub() {
    mkdir "$esp/EFI/debian"
    cp "$root/usr/lib/shim/shimx64.efi.signed" "$esp/EFI/BOOT/BOOTX64.EFI"
    cp "$root/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$esp/EFI/BOOT/grubx64.efi"
    # shellcheck disable=SC2016 # these are variables of GRUB
    printf '%s\n' 'search.fs_label root root' 'set prefix=($root)/boot/grub' 'configfile $prefix/grub.cfg' \
        >"$esp/EFI/debian/grub.cfg"
}

use_systemd_boot() {
    local release id
    release=$(ls "$root/lib/modules")
    # shellcheck disable=SC2016 # expanded by the shell in the image
    chroot "$root" sh -c '. /etc/default/grub
        echo root=LABEL=root ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT >/etc/kernel/cmdline'
    chroot "$root" apt-get -qq --yes purge grub-common >/dev/null
    rm -rf "$root/boot/grub" "$root/etc/default/grub" "$root/etc/default/grub.d"
    chroot "$root" systemd-machine-id-setup
    id=$(<"$root/etc/machine-id")
    echo "$id" >"$root/etc/kernel/entry-token"
    echo layout=bls >"$root/etc/kernel/install.conf"
    mkdir -p "$esp/EFI/systemd" "$esp/loader/entries" "$esp/$id"
    cp "$root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$esp/EFI/BOOT/BOOTX64.EFI"
    cp "$root/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$esp/EFI/systemd/"
    echo 'timeout 0' >"$esp/loader/loader.conf"
    chroot "$root" env SYSTEMD_RELAX_ESP_CHECKS=1 \
        kernel-install --esp-path=/mnt/esp add "$release" "/boot/vmlinuz-$release" "/boot/initrd.img-$release"
}

case $boot_loader in
    grub) use_grub ;;
    systemd-boot) use_systemd_boot ;;
esac

truncate --size=$((esp_sectors * 512)) "$root/mnt/esp.img"
chroot "$root" mkfs.vfat -F 32 -n ESP /mnt/esp.img >/dev/null
chroot "$root" sh -c 'cd /mnt/esp && mcopy -s -i /mnt/esp.img ./* ::'
dd if="$root/mnt/esp.img" of="$disk" bs=1M seek=$((esp_start / 2048)) status=none
umount "$esp"
rm -r "$root/mnt/esp.img" "$esp"
umount --recursive "$root"
chmod 0644 "$work/disk"
mv "$work/disk" "$image"
