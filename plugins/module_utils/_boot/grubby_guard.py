# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every reason not to change the boot parameters of a host with grubby."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grubby_files import GRUBENV, KERNELOPTS, Configured
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline


def require_plain(tokens: Sequence[str]) -> None:
    """Raise HostError for what grubby cannot hold: it is a shell script that takes lists apart at spaces and lets the shell expand patterns."""
    clever = [token for token in tokens if re.search(r"[\s\"*?\[\]!]", token)]
    if clever:
        raise HostError(
            f"grubby cannot set {' '.join(clever)}: it splits values at spaces and expands patterns. Nothing was changed.",
            "Leave the parameter out here, and set it in the files of /boot/loader/entries by hand.",
        )


def require_no_root(want: Want) -> None:
    """Raise HostError where root is named: grubby shows it apart from all others, and /etc/default/grub never has it."""
    named = [token for token in (*want.present, *want.absent) if cmdline.key(token) == "root"]
    if named:
        raise HostError(
            f"{' '.join(named)}: the root file system of a host with grubby is not changed here. Nothing was changed.",
            "Leave root out, and change it with 'grubby --update-kernel=ALL --args=root=...' and in /etc/kernel/cmdline.",
        )


def require_kernelopts(have: Configured) -> None:
    """Raise HostError where entries name a variable that nothing holds."""
    named = [each.path for each in have.entries if any(token in KERNELOPTS for token in each.tokens)]
    if named and have.kernelopts is None:
        raise HostError(
            f"{', '.join(named)} name $kernelopts, and {GRUBENV} has no such line. Nothing was changed.",
            "Run 'grub2-mkconfig -o /etc/grub2.cfg' (under UEFI /etc/grub2-efi.cfg), which writes it.",
        )


def require_variables(found: Variables, meant: Variables) -> None:
    """Raise HostError unless the shell reads these parameters, and no others; lines that extend a variable come last."""
    if sorted(found.tokens) != sorted(meant.tokens):
        raise HostError(
            f"{default_grub.PATH} would give '{cmdline.render(found.tokens)}' and not '{cmdline.render(meant.tokens)}'.",
            f"Make this change in {default_grub.PATH} by hand.",
        )
