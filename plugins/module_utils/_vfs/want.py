# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PFs and VFs as a task asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_MOST = 1 << 16  # sriov_numvfs is a u16


# The options of the module, as Ansible checks them before anything here does.
_VF = {
    "vf": {"type": "str", "required": True},
    **vf_settings.options(),
    "driver": {"type": "str"},
}
_PF = {
    "device": {"type": "str", "required": True},
    "num_vfs": {"type": "int"},
    "drivers_autoprobe": {"type": "bool"},
    "eswitch_mode": {"type": "str", "choices": ["legacy", "switchdev"]},
    "up": {"type": "bool", "default": False},
    "vfs": {"type": "list", "elements": "dict", "default": [], "options": _VF},
}
OPTIONS: dict[str, Any] = {
    "pfs": {"type": "list", "elements": "dict", "default": [], "options": _PF},
    "state": {"type": "str", "choices": ["present", "restored"], "default": "present"},
    "allow_recreate": {"type": "bool", "default": False},
    "persistent": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
}


@dataclass(frozen=True)
class VfWant:
    """What one VF should have: settings of its PF's driver by name, and its driver (None: not named)."""

    settings: dict[str, Any] = field(default_factory=dict)
    driver: str | None = None


@dataclass(frozen=True)
class PfWant:
    """One PF. What is None stays as it is; VFs that are not named are only made.

    ``sure`` says that ``device`` is the address of a PF that was found already.
    """

    device: str
    num_vfs: int | None
    drivers_autoprobe: bool | None
    eswitch_mode: str | None = None
    up: bool = False
    vfs: dict[int, VfWant] = field(default_factory=dict)
    sure: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Want:
    """The PFs, and what may be done to them; ``restored`` gives them back as they were found.

    ``everything`` is that no PF is named: then the rules and records of PFs that are gone go too.
    """

    pfs: tuple[PfWant, ...]
    allow_recreate: bool = False
    persistent: bool = True
    consent: Consent = guard.NONE
    restored: bool = False
    everything: bool = False

    @property
    def drivers(self) -> list[str]:
        """The drivers that are named for VFs."""
        return sorted({vf.driver for pf in self.pfs for vf in pf.vfs.values() if vf.driver})


def parse(params: Mapping[str, Any]) -> Want:
    """Return what a task asks for; raise HostError for what no host could do."""
    restored = params["state"] == "restored"
    want = Want(
        pfs=tuple(PfWant(pf["device"], None, None) if restored else _pf(pf) for pf in params["pfs"]),
        allow_recreate=params["allow_recreate"],
        persistent=params["persistent"],
        consent=Consent(force=params["force"]),
        restored=restored,
        everything=restored and not params["pfs"],
    )
    for driver in want.drivers:
        _driver.require_name(driver)
    return want


def _pf(pf: Mapping[str, Any]) -> PfWant:
    named = {key: pf[key] for key in ("device", "num_vfs", "drivers_autoprobe", "eswitch_mode", "up")}
    return PfWant(**named, vfs=_vfs(pf["vfs"]))


def _vfs(entries: Iterable[Mapping[str, Any]]) -> dict[int, VfWant]:
    """Return what each VF should have; entries for the same VF add up, as long as they agree."""
    found: dict[int, VfWant] = {}
    for entry in entries:
        given = {key: value for key, value in entry.items() if value is not None and key not in ("vf", "driver")}
        named = vf_settings.checked(given, str(entry["vf"]))
        for index in _indexes(str(entry["vf"]), named):
            old = found.get(index, VfWant())
            new = VfWant({**old.settings, **named}, entry.get("driver") or old.driver)
            if {**new.settings, **old.settings} != new.settings or old.driver not in (None, new.driver):
                raise HostError(f"VF {index} is named twice, with different settings.", "Decide for one of them.")
            found[index] = new
    for index, vf in found.items():
        _check_together(index, vf.settings)
    return dict(sorted(found.items()))


def _check_together(index: int, settings: Mapping[str, Any]) -> None:
    """Raise HostError for values that exclude one another."""
    if settings.get("qos") and not settings.get("vlan"):
        raise HostError(f"qos of VF {index} is given without a VLAN.", "Give vlan as well, or leave qos out.")
    if settings.get("max_tx_rate") and settings.get("min_tx_rate", 0) > settings["max_tx_rate"]:
        raise HostError(f"min_tx_rate of VF {index} is above its max_tx_rate.", "Give a minimum below the maximum.")


def _indexes(text: str, named: Mapping[str, Any]) -> range:
    match = _RANGE.fullmatch(text.strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not first <= last < _MOST:
        raise HostError(f"{text!r} names no VFs.", "Write the index of a VF, such as 0, or a range, such as 0-3.")
    if "mac" in named and first != last:
        raise HostError(f"The VFs {text} cannot all have the MAC address {named['mac']}.", "Name each VF with its own.")
    return range(first, last + 1)
