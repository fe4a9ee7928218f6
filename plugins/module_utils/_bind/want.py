# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for: which devices should have which drivers, and how far the module may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    "group": {"type": "str", "choices": ["refuse", "bind_all", "ignore"], "default": "refuse"},
    "all_or_nothing": {"type": "bool", "default": True},
    "takeover": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "allow_management": {"type": "bool", "default": False},
    "allow_bifurcated": {"type": "bool", "default": False},
    "allow_unlisted": {"type": "bool", "default": False},
    "assume_prepared": {"type": "bool", "default": False},
}


@dataclass(frozen=True)
class Entry:
    """What a task says of one device; ``driver`` None means whatever DPDK needs for it."""

    selector: Selector
    driver: str | None = None


@dataclass(frozen=True)
class Want:
    """Which device should have which driver, and how; ``restored`` brings recorded devices back instead.

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


def parse(params: Mapping[str, Any]) -> Want:
    """Return what the options ask for; raise HostError for what names no device or no driver."""
    return Want(
        entries=tuple(_entry(each, params["driver"]) for each in params["devices"]),
        restored=params["state"] == "restored",
        persistent=params["persistent"],
        group=params["group"],
        takeover=params["takeover"],
        all_or_nothing=params["all_or_nothing"],
        consent=Consent(
            params["force"], params["allow_management"], params["allow_bifurcated"], params["allow_unlisted"]
        ),
        assume_prepared=params["assume_prepared"],
    )


def _entry(given: Any, driver: str | None) -> Entry:
    if isinstance(given, dict) and isinstance(given.get("driver"), str):
        driver = given["driver"]
        given = {key: value for key, value in given.items() if key != "driver"}
    selector = _selector.parse(given)
    if driver is not None:
        _driver.require_name(driver)
    return Entry(selector, driver)
