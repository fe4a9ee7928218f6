# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file in /etc/default/grub.d by which boot parameters are added and taken away.

grub-mkconfig sources it after the administrator's own files, so those stay byte for byte as they
are, and removing this one file undoes everything. Parameters are added to
GRUB_CMDLINE_LINUX_DEFAULT only: the recovery entries stay free of them.
"""

from __future__ import annotations

import shlex

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass

NAME = "grub.d/zz-dataplane-dpdk.cfg"
PATH = f"/etc/default/{NAME}"
_HEAD = """\
# Boot parameters for DPDK, written by the Ansible module dataplane.dpdk.kernel_args.
# Changes made here are lost. To undo: remove this file, then run update-grub.

dpdk_without() {
    dpdk_left=$1
    dpdk_line=
    while :; do
        dpdk_left="${dpdk_left#"${dpdk_left%%[![:space:]]*}"}"
        [ -n "$dpdk_left" ] || break
        dpdk_token=
        while :; do
            dpdk_word="${dpdk_left%%[[:space:]\\"\\']*}"
            dpdk_token="$dpdk_token$dpdk_word"
            dpdk_left="${dpdk_left#"$dpdk_word"}"
            case "$dpdk_left" in
                \\"*) dpdk_quote='"' ;;
                \\'*) dpdk_quote="'" ;;
                *) break ;;
            esac
            dpdk_left="${dpdk_left#?}"
            dpdk_word="${dpdk_left%%"$dpdk_quote"*}"
            dpdk_token="$dpdk_token$dpdk_quote$dpdk_word"
            dpdk_left="${dpdk_left#"$dpdk_word"}"
            case "$dpdk_left" in
                ?*) dpdk_token="$dpdk_token$dpdk_quote" dpdk_left="${dpdk_left#?}" ;;
                *) break ;;
            esac
        done
        case "$dpdk_token" in
            "$2") ;;
            *) dpdk_line="$dpdk_line${dpdk_line:+ }$dpdk_token" ;;
        esac
    done
    printf '%s' "$dpdk_line"
}

dpdk_remove() {
    GRUB_CMDLINE_LINUX=$(dpdk_without "$GRUB_CMDLINE_LINUX" "$1")
    GRUB_CMDLINE_LINUX_DEFAULT=$(dpdk_without "$GRUB_CMDLINE_LINUX_DEFAULT" "$1")
}

dpdk_add() {
    GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT${GRUB_CMDLINE_LINUX_DEFAULT:+ }$1"
}

"""


@dataclass(frozen=True)
class DropIn:
    """The tokens taken out of the foreign lines, and those added behind them, in order."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def render(drop_in: DropIn) -> str | None:
    """Return the file's text, or None where there is nothing to say and no file is needed."""
    if not drop_in.removed and not drop_in.added:
        return None
    lines = [f"dpdk_remove {shlex.quote(token)}" for token in drop_in.removed]
    lines += [f"dpdk_add {shlex.quote(token)}" for token in drop_in.added]
    return _HEAD + "\n".join(lines) + "\n"


def parse(text: str | None) -> DropIn:
    """Return what a file says; lines that ``render`` does not write are passed over."""
    words = [_words(line) for line in (text or "").splitlines()]
    return DropIn(
        tuple(each[1] for each in words if len(each) == 2 and each[0] == "dpdk_remove"),
        tuple(each[1] for each in words if len(each) == 2 and each[0] == "dpdk_add"),
    )


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []
