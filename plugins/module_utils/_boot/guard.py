# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every reason not to change the boot parameters of a host that has a boot stack."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

# As people call it; a stack without a title is called by its name.
_TITLES = {"debian_grub": "Debian's GRUB"}


def require_open_line(have: Have) -> None:
    """Raise HostError where what is added at the end of the line would be no boot parameter."""
    if cmdline.END in have.tokens:
        raise HostError(
            f"The configured command line holds {cmdline.END}; parameters added behind it would go to init.",
            f"Take {cmdline.END} and what follows it out of {have.configured.source}.",
        )


def require_trial(have: Have) -> None:
    """Raise HostError where the next boot alone cannot be given other parameters."""
    if not have.stack.TRIAL:
        names = dict.fromkeys(each.NAME for each in stack.STACKS if not isinstance(each, Refusal) and each.TRIAL)
        offered = " and ".join(_TITLES.get(name, name) for name in names)
        raise HostError(
            f"A trial boot is offered for {offered} alone, and this host boots by {have.stack.NAME}. Nothing was changed.",
            "Leave trial out, and keep the host's console at hand.",
        )
