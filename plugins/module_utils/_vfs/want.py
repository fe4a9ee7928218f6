# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PFs and VFs as a task asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import vf_lists

# The options of the module, as Ansible checks them before anything here does.
_VF = {
    "vf": {"type": "raw", "required": True},
    **vf_settings.options(),
    "driver": {"type": "str"},
}
_PF = {
    "device": {"type": "str", "required": True},
    "slot": {"type": "str"},
    "match": {"type": "str", "choices": ["one", "all"], "default": "one"},
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
    """One PF, or with ``many`` every one that matches. What is None stays as it is; VFs that are not named are only made.

    ``every`` is what all VFs should have, for as many as there are; ``sure`` says that ``device`` is the address of a PF that
    was found already.
    """

    device: str
    num_vfs: int | None
    drivers_autoprobe: bool | None
    eswitch_mode: str | None = None
    up: bool = False
    vfs: dict[int, VfWant] = field(default_factory=dict)
    sure: bool = field(default=False, compare=False)
    slot: str | None = None
    many: bool = False
    every: VfWant | None = None

    def vfs_of(self, count: int) -> dict[int, VfWant]:
        """Return what each VF should have where the PF has so many; raise HostError where that contradicts itself."""
        return self.vfs if self.every is None else _spread(self.vfs, self.every, range(count))


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
        named = (vf for pf in self.pfs for vf in (*pf.vfs.values(), *([pf.every] if pf.every else [])))
        return sorted({vf.driver for vf in named if vf.driver})


def parse(params: Mapping[str, Any]) -> Want:
    """Return what a task asks for; raise HostError for what no host could do."""
    restored = params["state"] == "restored"
    want = Want(
        pfs=tuple(_named(pf) if restored else _pf(pf) for pf in params["pfs"]),
        allow_recreate=params["allow_recreate"],
        persistent=params["persistent"],
        consent=Consent(force=params["force"]),
        restored=restored,
        everything=restored and not params["pfs"],
    )
    for driver in want.drivers:
        _driver.require_name(driver)
    return want


def _named(pf: Mapping[str, Any]) -> PfWant:
    return PfWant(pf["device"], None, None, slot=pf.get("slot"), many=pf.get("match") == "all")


def _pf(pf: Mapping[str, Any]) -> PfWant:
    named = {key: pf[key] for key in ("num_vfs", "drivers_autoprobe", "eswitch_mode", "up")}
    found = _named(pf)
    vfs, every = _vfs(pf["vfs"], pf["num_vfs"], found.many)
    return replace(found, **named, vfs=vfs, every=every)


def _vfs(
    entries: Iterable[Mapping[str, Any]], count: int | None, many: bool
) -> tuple[dict[int, VfWant], VfWant | None]:
    """Return what each VF should have, and what all should have where nobody says how many; entries add up."""
    found: dict[int, VfWant] = {}
    every: VfWant | None = None
    for entry in entries:
        name = vf_lists.shown(entry["vf"])
        given = {key: value for key, value in entry.items() if value is not None and key not in ("vf", "driver")}
        new = VfWant(vf_settings.checked(given, name), entry.get("driver"))
        indexes = vf_lists.parse(entry["vf"])
        if "mac" in new.settings and (many or indexes is None or len(indexes) > 1):
            said = f"The VFs {name} cannot all have the MAC address {new.settings['mac']}."
            raise HostError(said, "Name each VF with its own.")
        if indexes is None and count is None:
            every = _both("all", every, new)
        else:
            found = _spread(found, new, range(count or 0) if indexes is None else indexes)
    for index, vf in found.items():
        _check_together(index, vf.settings)
    if every:
        _check_together("all", every.settings)
    return dict(sorted(found.items())), every


def _spread(found: Mapping[int, VfWant], new: VfWant, indexes: Iterable[int]) -> dict[int, VfWant]:
    return {**found, **{index: _both(index, found.get(index), new) for index in indexes}}


def _both(index: int | str, old: VfWant | None, new: VfWant) -> VfWant:
    """Return what two entries say of the same VF, as long as they agree."""
    if old is None:
        return new
    settings = {**old.settings, **new.settings}
    if {**settings, **old.settings} != settings or old.driver not in (None, new.driver or old.driver):
        raise HostError(f"VF {index} is named twice, with different settings.", "Decide for one of them.")
    return VfWant(settings, new.driver or old.driver)


def _check_together(index: int | str, settings: Mapping[str, Any]) -> None:
    """Raise HostError for values that exclude one another."""
    if settings.get("qos") and not settings.get("vlan"):
        raise HostError(f"qos of VF {index} is given without a VLAN.", "Give vlan as well, or leave qos out.")
    if settings.get("max_tx_rate") and settings.get("min_tx_rate", 0) > settings["max_tx_rate"]:
        raise HostError(f"min_tx_rate of VF {index} is above its max_tx_rate.", "Give a minimum below the maximum.")
