#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Kills process PID if it is the QEMU that runs from DISK; a number that was given to another process since is left alone.
# usage: kill_qemu.sh PID DISK
set -euo pipefail

pid=$1 disk=$2
if grep --quiet --fixed-strings --null-data "file=${disk//,/,,}," "/proc/$pid/cmdline" 2>/dev/null; then
    kill -KILL "$pid"
    echo "killed $pid"
fi
