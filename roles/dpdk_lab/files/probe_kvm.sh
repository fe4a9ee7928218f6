#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints "kvm" when a machine under KVM gets as far as its boot sector within five seconds, else "tcg".
# A /dev/kvm that opens proves nothing: under some hypervisors it is there and the machine hangs or QEMU aborts.
# usage: probe_kvm.sh CACHE_DIRECTORY QEMU...    The answer is kept until the controller boots again.
set -euo pipefail
export LC_ALL=C

cache=$1/accel-$(</proc/sys/kernel/random/boot_id)
shift
if [[ ! -s $cache ]]; then
    disk=$(mktemp "$cache.XXXXXX")
    trap 'rm -f "$disk" "$disk.answer"' EXIT
    # mov al, 16; out 0xf4, al; then hlt for ever. The debug port makes QEMU exit with 16 * 2 + 1.
    printf '\xb0\x10\xe6\xf4\xf4\xeb\xfd' >"$disk"
    truncate --size=510 "$disk"
    printf '\x55\xaa' >>"$disk"
    truncate --size=1M "$disk"
    code=0
    timeout 5 "$@" -nodefaults -display none -machine q35,kernel-irqchip=split -accel kvm -cpu host -smp 2 -m 512 \
        -device intel-iommu,intremap=on -device isa-debug-exit,iobase=0xf4,iosize=1 \
        -drive "file=$disk,format=raw,if=none,id=disk" -device virtio-blk-pci,drive=disk >/dev/null 2>&1 || code=$?
    if ((code == 33)); then echo kvm; else echo tcg; fi >"$disk.answer"
    mv "$disk.answer" "$cache"
fi
cat "$cache"
