#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs or unpacks packages of a Debian release into a directory, and shows what apt said if that fails.
# usage: install_debian.sh WHAT RELEASE DIRECTORY MIRROR OPTION...
# WHAT is for the error message. MIRROR may be empty: mmdebstrap's own choice. The options are mmdebstrap's.
# Environment: DPDK_LAB_ALLOW_EXPIRED, not empty where an expired index of the mirror is taken all the same;
# DPDK_LAB_SUITES, further suites of the mirror, from which a package is taken as NAME/SUITE.
set -euo pipefail
export LC_ALL=C

what=$1 release=$2 directory=$3 mirror=$4
shift 4
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
options=()
[[ -n ${DPDK_LAB_ALLOW_EXPIRED:-} ]] && options+=("--aptopt=Acquire::Check-Valid-Until \"false\"")

install() {
    mmdebstrap "${options[@]}" "$@" >"$work/log" 2>&1 || {
        tail -n 20 "$work/log"
        echo "mmdebstrap could not install $what of Debian $release from ${mirror:-its own mirror}; the reason is above."
        if grep -q 'Release file .* is expired' "$work/log"; then
            echo "The mirror is not kept up to date. Set dpdk_lab_mirror to one that is, or dpdk_lab_allow_expired: true."
        else
            echo "Set dpdk_lab_mirror to a mirror that this machine reaches, and check the names in dpdk_lab_packages."
        fi
        exit 1
    } >&2
}

# The keys of a release that is not out yet may be newer than this machine. The last release that is out has them, and the
# keys at hand vouch for that one.
case $release in
    forky | sid)
        install --variant=extract --include=debian-archive-keyring trixie "$work/keys" ${mirror:+"$mirror"}
        options+=("--keyring=$work/keys/usr/share/keyrings")
        ;;
esac
sources=()
for suite in ${DPDK_LAB_SUITES:-}; do
    sources+=("deb ${mirror:-http://deb.debian.org/debian} $suite main")
done
[[ -z $mirror && ${#sources[@]} -gt 0 ]] && mirror=http://deb.debian.org/debian
install "$@" "$release" "$directory" ${mirror:+"$mirror"} "${sources[@]}"
