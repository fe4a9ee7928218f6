# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the devices that a task names to their addresses."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._access.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._access.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector


def resolve(have: Have, want: Want) -> Want:
    """Return the want with addresses; raise HostError for devices that are unknown or ambiguous."""
    found = [each for selector in want.selectors for each in _find(have, selector)]
    addresses = {address for address, dummy in found}
    return replace(
        want, addresses=tuple(sorted(addresses)), missing=tuple(error for dummy, error in found if error is not None)
    )


def _find(have: Have, selector: Selector) -> list[tuple[str, HostError | None]]:
    """Return the addresses of devices, at least one; with an error where it is a VF that does not exist yet."""
    pf = _selector.pf_of_missing_vf(have.devices, have.records, selector)
    if pf is None or selector.vf is None:
        return [(each.address, None) for each in _selector.find_all(have.devices, have.records, selector)]
    return [(_selector.predicted_vf_address(pf, selector.vf), _selector.missing_vf(selector, pf))]
