#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# chroot.sh RELEASE DIRECTORY MIRROR CHECKOUT [SUITE...]: run all rows, or those of some suites, in a chroot of a release.
#
# The chroot is a file system of its own, so that grub-probe finds what / lies on. It looks for the file behind a loop device,
# which is not in the chroot, but not behind a partition of one. The file system is built once for each list of packages, and
# each run works on a copy.
set -euo pipefail
# In a mount namespace of its own: a mount that others copied into theirs could not be taken away at the end.
[ -n "${BOOT_TOOLS_ALONE:-}" ] || exec unshare --mount env BOOT_TOOLS_ALONE=1 bash "$0" "$@"
release=$1 directory=$2 mirror=$3 checkout=$(realpath "$4")
shift 4

packages=systemd,systemd-boot,grub2-common,kmod,python3,tuned,dbus,cpio,zstd,procps
case $release in
    bookworm) initramfs="initramfs-tools" ;;
    *) initramfs=dracut ;;
esac
kernel=linux-image-cloud-amd64
named=$(echo "1 $packages $initramfs $kernel" | sha256sum | cut -c1-12)
image=$directory/$release-$named.img
copy=$directory/$release.run
exec 9>"$directory/$release.lock"
flock 9 # two at a time would write into one copy
mounted=$(mktemp -d)
rm -f "$directory/$release.json"

loop=

attach() { # attach IMAGE: mount it as the partition of a loop device
    loop=$(losetup --find --show "$1")
    delpart "$loop" 1 2>/dev/null || : # left by one that was killed
    addpart "$loop" 1 0 "$(blockdev --getsz "$loop")"
    mount "${loop}p1" "$mounted"
}

detach() {
    for _ in 1 2 3 4 5; do
        if ! mountpoint -q "$mounted" || umount -R "$mounted" 2>/dev/null; then break; fi
        sleep 1
    done
    if [ -n "$loop" ]; then
        delpart "$loop" 1 || :
        losetup --detach "$loop"
        loop=
    fi
}

# shellcheck disable=SC2317 # the trap calls it
finish() {
    detach
    rmdir "$mounted" 2>/dev/null || :
    rm -f "$copy" "$image.new"
}
trap finish EXIT

bind() {
    mount -t proc proc "$mounted/proc"
    mount --rbind /dev "$mounted/dev"
    mount --make-rslave "$mounted/dev"
    mount --rbind /sys "$mounted/sys"
    mount --make-rslave "$mounted/sys"
    mount -t tmpfs tmpfs "$mounted/run"
}

if ! [ -e "$image" ]; then
    truncate -s 4G "$image.new"
    mkfs.ext4 -q "$image.new"
    attach "$image.new"
    mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --include="$packages,$initramfs" \
        "$release" "$mounted" "$mirror"
    cp --remove-destination /etc/resolv.conf "$mounted/etc/resolv.conf"
    bind
    chroot "$mounted" apt-get -o Acquire::Check-Valid-Until=false update -q
    chroot "$mounted" apt-get install -q -y --no-install-recommends --download-only "$kernel"
    detach
    mv "$image.new" "$image"
fi

cp --sparse=always "$image" "$copy"
attach "$copy"
bind
mkdir -p "$mounted/opt/tree/ansible_collections/dataplane/dpdk"
mount --bind -o ro "$checkout" "$mounted/opt/tree/ansible_collections/dataplane/dpdk"
status=0
# What is started in the chroot ends with it.
unshare --pid --fork --kill-child chroot "$mounted" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PYTHONPATH=/opt/tree \
    PYTHONDONTWRITEBYTECODE=1 SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_ESP_PATH=/boot/efi DEBIAN_FRONTEND=noninteractive \
    python3 /opt/tree/ansible_collections/dataplane/dpdk/extensions/molecule/boot_tools/files/inside.py "$kernel" "$@" || status=$?
cp "$mounted/root/boot_tools.json" "$directory/$release.json"
exit "$status"
