# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of binding: load, remember, take over, move, keep by rules, forget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.owners import Owner
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.resolve import Target
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, record
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.record import Record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import bind_rules
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard


def remember(text: str | None, devices: Iterable[Device]) -> list[Step]:
    """Return the step that records what devices are before their first change, or none where that is known."""
    return record.remember_step(text, {device.address: _found(device) for device in devices})


def _found(device: Device) -> Record:
    return replace(record.of_port(device), binding=record.Binding(device.driver, device.driver_override))


def takeover(owner: Owner) -> Step:
    """Return the step that removes what another tool saved for a device."""
    return write_step(owner.path, owner.text, None)


def move(target: Target, alone: bool) -> Step:
    """Return the step that brings a device to its goal; ``alone`` where it may fail without the others."""
    goal, device = target.goal, target.device
    # A kernel driver brings an interface, and udev its name; DPDK's drivers bring none.
    named = target.rebinds and goal.driver is not None and not drivers.is_for_dpdk(goal.driver)

    def settle(host: Host) -> None:
        _driver.settle(host, device.address, goal.driver, goal.override)
        if named:
            udev.settle(host)

    return Step(
        _action(target),
        settle,
        lambda host: _driver.settle(host, device.address, device.driver, device.driver_override),
        subject=device.address if alone else None,
        late=lambda host: _held(host, device),
    )


def _held(host: Host, device: Device) -> HostError | None:
    """Return that a process has a device open by now."""
    # Not at the top: only what is taken back later needs it.
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders

    return guard.held(device, holders.scan(host, [device]).get(device.address, []))


def _action(target: Target) -> str:
    goal, device = target.goal, target.device
    if not target.rebinds:
        return f"Set driver_override of {device.label} to {goal.override or 'nothing'}"
    if goal.driver is None:
        return f"Unbound {device.label} (was {device.driver})"
    return f"Bound {device.label} to {goal.driver} (was {device.driver or 'without driver'})"


def rules(before: str | None, after: str | None) -> list[Step]:
    """Return the step that writes the udev rules, or none where they stay."""
    return [udev.rules_step(bind_rules.BIND_PATH, before, after)] if before != after else []
