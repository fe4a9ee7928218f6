#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Waits until a machine answers over ssh, sets its clock (a snapshot's stood still) and its name, and waits until systemd
# has started everything. On failure shows what ssh said last.
# usage: first_contact.sh SECONDS NAME SSH...    SECONDS is for ssh to answer; an empty NAME leaves the name alone.
set -uo pipefail

seconds=$1 name=$2
shift 2
rename=${name:+"echo $name >/etc/hostname && hostname $name &&"}
# systemctl's answer is a word (running, degraded); its exit code says nothing about ssh.
settle="{ timeout $seconds systemctl is-system-running --wait || true; }"
deadline=$((SECONDS + seconds))
until said=$("$@" "date --utc --set=@$(date +%s) >/dev/null && $rename $settle" 2>&1); do
    if ((SECONDS >= deadline)); then
        echo "$said" >&2
        exit 1
    fi
    sleep 1
done
echo "$said"
