#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a command as root of a user namespace in which arm64 programs run, on an emulated processor.
# Nothing changes outside: since 6.7 the kernel keeps a list of foreign programs (binfmt_misc) for each user namespace.
# usage: with_arm64.sh INTERPRETER COMMAND...
# INTERPRETER is a statically linked qemu-aarch64. Needs root.
set -euo pipefail
export LC_ALL=C

inside() {
    local interpreter=$1
    shift
    mount --make-rprivate /
    # The first bytes of an arm64 program; the last two name the architecture (ELF's e_machine, 183). C: a program keeps its
    # set-user-ID bit. F: the interpreter is opened now, because its path means nothing after a chroot.
    { mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc && printf '%s%s%s%s' \
        ':qemu-aarch64:M:' \
        ':\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' \
        ':\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' \
        ":$interpreter:OCF" >/proc/sys/fs/binfmt_misc/register; } || {
        echo "This kernel ($(uname -r)) does not run arm64 programs in a user namespace; the reason is above. Building an" \
            "image for arm64 needs Linux 6.7 or newer with binfmt_misc (try: modprobe binfmt_misc)." >&2
        exit 1
    }
    exec "$@"
}
export -f inside

# It waits until its users and groups have numbers: the same as outside, so that files need no translation.
# shellcheck disable=SC2016 # expanded by the shell inside
coproc namespace {
    exec unshare --user --mount --pid --fork --kill-child \
        bash -c 'set -euo pipefail; echo entered; read -r; inside "$@" </dev/null >&2' bash "$@"
}
# shellcheck disable=SC2154 # coproc sets it
pid=$namespace_PID
read -r -u "${namespace[0]}" || {
    echo "unshare could not make a user namespace; the reason is above. Allow them (sysctl user.max_user_namespaces)." >&2
    exit 1
}
echo '0 0 4294967295' >"/proc/$pid/uid_map"
echo '0 0 4294967295' >"/proc/$pid/gid_map"
echo mapped >&"${namespace[1]}"
wait "$pid"
