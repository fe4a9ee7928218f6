#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unpacks what an arm64 machine needs into a directory of its own: QEMU, its processor for single programs, and UEFI.
# The host stays as it is.
# usage: build_arm64_tools.sh DIRECTORY RELEASE MIRROR
# MIRROR may be empty: mmdebstrap's own choice. Needs root.
set -euo pipefail
export LC_ALL=C

directory=$1 release=$2 mirror=$3
[[ -e $directory ]] && exit 0 # another host of the inventory made it while this one waited for the lock

work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
bash "${0%/*}/install_debian.sh" "QEMU for arm64" "$release" "$work/root" "$mirror" \
    --variant=extract --include=qemu-system-arm,qemu-utils,qemu-user,qemu-efi-aarch64
chmod 0755 "$work/root"
mv "$work/root" "$directory"
