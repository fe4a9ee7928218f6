# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: which devices should have which drivers, and how far the module may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import selector as _selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard as _use
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent

# Words for what is no driver's name: the kernel's own driver, and no driver at all.
KERNEL = "kernel"
NONE = "none"


# The options of the module, as Ansible checks them before anything here does.
OPTIONS: dict[str, Any] = {
    "devices": {"type": "list", "elements": "raw", "default": []},
    "driver": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "restored"], "default": "present"},
    "persistent": {"type": "bool", "default": True},
    "group_policy": {
        "type": "str",
        "choices": ["refuse", "bind_all", "ignore"],
        "default": "refuse",
        "aliases": ["group"],
        "deprecated_aliases": [{"name": "group", "version": "2.0.0", "collection_name": "dataplane.dpdk"}],
    },
    "all_or_nothing": {"type": "bool", "default": True},
    "takeover": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "allow_management": {"type": "bool", "default": False},
    "allow_bifurcated": {"type": "bool", "default": False},
    "allow_unlisted": {"type": "bool", "default": False},
    "assume_prepared": {"type": "bool", "default": False},
}
# The options that a device may have for itself; those of consent by their names there.
_CONSENT = {
    "force": "force",
    "allow_management": "management",
    "allow_bifurcated": "bifurcated",
    "allow_unlisted": "unlisted",
}
_OWN = ("persistent", "takeover", *_CONSENT)
_POLICY = ("group_policy", "group")
Own = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Entry:
    """What a task says of one device; ``driver`` None means whatever DPDK needs for it.

    ``own`` are options that it has for itself.
    """

    selector: Selector
    driver: str | None = None
    own: Own = ()


@dataclass(frozen=True)
class Want:
    """Which device should have which driver, and how; ``restored`` brings recorded devices back instead.

    ``everything`` is that no device is named: then the rules and records of devices that are gone go too.
    ``assume_prepared`` says that earlier tasks of the run turn the IOMMU on and make the VFs.
    """

    entries: tuple[Entry, ...]
    restored: bool = False
    persistent: bool = True
    group: str = "refuse"
    takeover: bool = False
    all_or_nothing: bool = True
    consent: Consent = _use.NONE
    assume_prepared: bool = False
    everything: bool = False

    def of(self, own: Own) -> Want:
        """Return what is wanted of a device with options of its own."""
        if not own:
            return self
        given = dict(own)
        consent = {_CONSENT[name]: given.pop(name) for name in _CONSENT if name in given}
        return replace(self, consent=replace(self.consent, **consent), **given)


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the options ask for; raise HostError for what names no device or no driver."""
    restored, driver = params["state"] == "restored", params["driver"]
    return Want(
        entries=tuple(entry for each in params["devices"] for entry in _entries(each, driver)),
        restored=restored,
        persistent=params["persistent"],
        group=params["group_policy"],
        takeover=params["takeover"],
        all_or_nothing=params["all_or_nothing"],
        consent=Consent(
            params["force"], params["allow_management"], params["allow_bifurcated"], params["allow_unlisted"]
        ),
        assume_prepared=params["assume_prepared"],
        everything=restored and not params["devices"],
    )


def _entries(given: Any, driver: str | None) -> list[Entry]:
    """Return what is said of one device, or of several VFs of a PF."""
    own: Own = ()
    if isinstance(given, dict):
        driver = given["driver"] if isinstance(given.get("driver"), str) else driver
        own = tuple(_own(given))
        others = {key: value for key, value in given.items() if key not in (*_OWN, *_POLICY)}
        given = {key: value for key, value in others.items() if key != "driver" or not isinstance(value, str)}
    selectors = [*_selector.parse_all([given])]
    if driver is not None:
        _driver.require_name(driver)
    return [Entry(each, driver, own) for each in selectors]


def _own(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the options that an entry has for itself; raise HostError for values that they cannot have."""
    choices = OPTIONS["group_policy"]["choices"]
    for name in _OWN:
        if name in given and not isinstance(given[name], bool):
            raise HostError(f"{name} of {given.get('device')!r} is {given[name]!r}.", "Write true or false.")
        if name in given:
            yield name, given[name]
    for name in _POLICY:
        if name in given and given[name] not in choices:
            raise HostError(
                f"{name} of {given.get('device')!r} is {given[name]!r}.", f"Write one of {', '.join(choices)}."
            )
        if name in given:
            yield "group", given[name]
