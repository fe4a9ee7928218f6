#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes from an image of build_image.sh one in whose root file system a script was run.
# usage: run_in_image.sh IMAGE BASE SCRIPT
# The script runs as root under bash in a chroot. Needs root, for the loop device.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

image=$1 base=$2 script=$3
[[ -e $image ]] && exit 0 # another host of the inventory built it while this one waited for the lock

root_start=2048 # in sectors; what build_image.sh chose
work=$(mktemp -d "$image.XXXXXX")
root=$work/root
loop=
cleanup() {
    mountpoint -q "$root" && umount --recursive "$root"
    [[ -n $loop ]] && losetup --detach "$loop"
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

cp --sparse=always --reflink=auto "$base" "$work/disk"
loop=$(losetup --find --show --offset $((root_start * 512)) "$work/disk")
mkdir "$root"
mount "$loop" "$root"
for directory in dev proc sys; do
    mount --rbind "/$directory" "$root/$directory"
    mount --make-rslave "$root/$directory"
done
install -m 0755 "$script" "$root/root/dpdk-lab-script"
chroot "$root" bash /root/dpdk-lab-script >&2 || {
    echo "The script $script (dpdk_lab_script) failed in the image; what it said is above. Correct it and start again." >&2
    exit 1
}
rm "$root/root/dpdk-lab-script"
umount --recursive "$root"
chmod 0644 "$work/disk"
mv "$work/disk" "$image"
