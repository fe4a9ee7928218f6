#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unpacks Debian's UEFI firmware for virtual machines into a directory of its own; the host stays as it is.
# usage: unpack_firmware.sh DIRECTORY RELEASE MIRROR
# MIRROR may be empty: mmdebstrap's own choice. Needs root.
set -euo pipefail
export LC_ALL=C

directory=$1 release=$2 mirror=$3
[[ -e $directory ]] && exit 0 # another host of the inventory made it while this one waited for the lock

work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
bash "${0%/*}/install_debian.sh" OVMF "$release" "$work/root" "$mirror" --variant=extract --include=ovmf
chmod 0755 "$work/root/usr/share/OVMF"
mv "$work/root/usr/share/OVMF" "$directory"
