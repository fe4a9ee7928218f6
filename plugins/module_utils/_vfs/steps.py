# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that give one PF its VFs, in the order that drivers need.

The eswitch is switched while there are no VFs; the PF is up before a VF's driver asks it; autoprobe is off before VFs
are made that no native driver may have, or not yet; settings are there before a driver starts.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import udev
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import (
    admin_state,
    carrier,
    eswitch,
    vf_admin,
    vf_settings,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device as _device
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver as _driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.have import Have
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs.resolve import (
    WAITED,
    Target,
    settings_to_set,
    waits_for_link,
    worth_keeping,
)

Settings = dict[int, dict[str, Any]]


def of_pf(have: Have, target: Target) -> list[Step]:
    """Return the steps that give one PF its VFs; none where it has them."""
    settings, drivers, waiting = settings_to_set(target), _driver_steps(have, target), _native_wait(have, target)
    autoprobe = target.drivers_autoprobe and not waiting
    steps = []
    if target.remakes and target.now.num_vfs:
        steps.append(_remove_step(have, target))
    if target.switches:
        steps.append(_eswitch_step(target))
    if target.up and (target.switches or not target.is_up):  # a card that is switched may make its interface again
        steps.append(_up_step(target))
    if autoprobe != target.now.drivers_autoprobe:
        steps.append(_autoprobe_step(target, autoprobe, waiting))
    if target.makes:
        steps.append(_make_step(target, bool(drivers) or autoprobe))
    needed = waits_for_link(target)
    if needed and (target.makes or target.up):
        steps.append(_link_step(target, needed))
    if settings:
        steps.append(_settings_step(target, settings))
    steps += drivers
    if waiting:
        steps.append(_release_step(target))
    return steps


def _native_wait(have: Have, target: Target) -> bool:
    """Whether the native drivers of VFs that are made wait; a PF that should be up is so by then."""
    named = [(vf.settings, vf.driver) for vf in target.vfs.values()]
    given = [*named, *_put_back(have, target, target.num_vfs)]
    return target.makes and vf_settings.native_drivers_wait(target.drivers_autoprobe, given, pf_set_up_later=False)


def _put_back(have: Have, target: Target, number: int) -> list[tuple[dict[str, Any], str | None]]:
    """Return what the first VFs get back that they would not have by themselves: settings, and the driver."""
    bound = _bound(have, target)
    drivers = [bound[index].driver if index in bound else None for index in range(number)]
    settings = [target.settings.get(index, {}) for index in range(number)]
    return [(each if vf_settings.differs_from_new(each) else {}, driver) for each, driver in zip(settings, drivers)]


def _remove_step(have: Have, target: Target) -> Step:
    address, number = target.device.address, target.now.num_vfs
    return Step(
        f"Set the number of VFs of {target.device.label} to 0 (was {number})",
        lambda host: sriov.set_num_vfs(host, address, 0),
        lambda host: _bring_back(host, have, target),
        late=lambda host: _held(host, address),
    )


def _bring_back(host: Host, have: Have, target: Target) -> None:
    """Make the VFs that were there again, with their settings and drivers; the PF is as up as it was then."""
    address, now = target.device.address, target.now
    given = _put_back(have, target, now.num_vfs)
    waiting = vf_settings.native_drivers_wait(now.drivers_autoprobe, given, pf_set_up_later=False)
    sriov.set_autoprobe(host, address, now.drivers_autoprobe and not waiting)
    sriov.set_num_vfs(host, address, now.num_vfs)  # the kernel does nothing where they never went (sriov_numvfs_store)
    if target.interface is not None:
        vf_admin.ensure(host, target.interface, worth_keeping(target))
    for index, vf in _bound(have, target).items():
        _driver.settle(host, sriov.vf_address(host, address, index), vf.driver, vf.driver_override)
    if waiting:
        sriov.release(host, address)


def _eswitch_step(target: Target) -> Step:
    address = target.device.address
    old, new = target.eswitch_now or eswitch.LEGACY, target.eswitch_mode or eswitch.LEGACY
    return Step(
        f"Set the eswitch of {target.device.label} to {new} (was {old})",
        lambda host: eswitch.set_mode(host, address, new),
        lambda host: eswitch.set_mode(host, address, old),
    )


def _up_step(target: Target) -> Step:
    interface, old = target.interface or "", target.is_up
    return Step(
        f"Set {target.device.label} up",
        lambda host: admin_state.set_up(host, interface, True),
        None if old else lambda host: admin_state.set_up(host, interface, False),
    )


def _autoprobe_step(target: Target, enabled: bool, waiting: bool) -> Step:
    address, old = target.device.address, target.now.drivers_autoprobe
    until = " until the VFs have their settings" if waiting else ""
    return Step(
        f"Turned drivers_autoprobe of {target.device.label} {'on' if enabled else 'off'}{until}",
        lambda host: sriov.set_autoprobe(host, address, enabled),
        lambda host: sriov.set_autoprobe(host, address, old),
    )


def _release_step(target: Target) -> Step:
    address = target.device.address
    return Step(
        f"Turned drivers_autoprobe of {target.device.label} on, and offered the VFs to their native driver",
        lambda host: sriov.release(host, address),
    )


def _make_step(target: Target, awaited: bool) -> Step:
    address, number = target.device.address, target.num_vfs
    old = 0 if target.switches else target.now.num_vfs

    def make(host: Host) -> None:
        sriov.set_num_vfs(host, address, number)
        if awaited:
            udev.settle(host)

    return Step(
        f"Set the number of VFs of {target.device.label} to {number} (was {old})",
        make,
        lambda host: sriov.set_num_vfs(host, address, 0),
        late=lambda host: _held(host, address),
    )


def _link_step(target: Target, needed: list[str]) -> Step:
    interface, driver = target.interface or "", target.device.driver

    def wait(host: Host) -> None:
        if not carrier.wait(host, interface):
            raise HostError(
                f"{target.device.label} has had no link for {carrier.SECONDS:g} s, and {driver} takes "
                f"{' and '.join(needed)} only with one.",
                "Look at the cable and the other end of it, or leave these settings out.",
            )

    return Step(f"{WAITED} {target.device.label}, without which {driver} takes no {' and '.join(needed)}", wait)


def _held(host: Host, address: str) -> HostError | None:
    """Return that a process has one of the VFs open that a PF has now."""
    # Not at the top: only what is taken back later needs it.
    from ansible_collections.dataplane.dpdk.plugins.module_utils._use import holders as _holders

    vfs = _device.read(host, sriov.addresses(host, address))
    held = _holders.scan(host, vfs.values())
    return next((guard.held(vfs[vf], found) for vf, found in held.items()), None)


def _settings_step(target: Target, settings: Settings) -> Step:
    interface = target.interface or ""
    shown = "; ".join(f"VF {index} {' '.join(vf_settings.words(each))}" for index, each in settings.items())
    old = {index: {key: target.settings.get(index, {}).get(key) for key in each} for index, each in settings.items()}
    kept = {index: {key: value for key, value in each.items() if value is not None} for index, each in old.items()}
    return Step(
        f"Set up VFs of {target.device.label}: {shown}",
        lambda host: vf_admin.ensure(host, interface, settings),
        # VFs that were just made go again, and take their settings along.
        None if target.remakes else lambda host: vf_admin.ensure(host, interface, kept),
    )


def _bound(have: Have, target: Target) -> dict[int, Device]:
    """Return the VFs whose driver somebody chose: those do not come back to it by themselves."""
    found = {index: have.devices[vf] for index, vf in enumerate(target.now.vfs) if vf in have.devices}
    chosen = not target.now.drivers_autoprobe
    return {index: vf for index, vf in found.items() if vf.driver and (vf.driver_override or chosen)}


def _driver_steps(have: Have, target: Target) -> list[Step]:
    kept = _bound(have, target) if target.makes else {}
    steps = []
    for index in range(target.num_vfs):
        wanted = target.driver(index)
        if wanted is not None:
            steps += _bind_steps(have, target, index, wanted)
        elif index in kept:
            steps.append(_rebind_step(target, index, kept[index]))
    return steps


def _bind_steps(have: Have, target: Target, index: int, wanted: str) -> list[Step]:
    pf = target.device
    old = have.devices.get(target.existing(index) or "")
    if old is not None and old.driver == wanted:
        return []
    return [
        Step(
            f"Bound VF {index} of {pf.label} to {wanted}" + (f" (was {old.driver or 'without driver'})" if old else ""),
            lambda host: _driver.move(host, sriov.vf_address(host, pf.address, index), wanted),
            None if old is None else lambda host: _driver.settle(host, old.address, old.driver, old.driver_override),
            late=lambda host: _held(host, pf.address),
        )
    ]


def _rebind_step(target: Target, index: int, old: Device) -> Step:
    pf = target.device
    return Step(
        f"Put VF {index} of {pf.label} back on {old.driver}",
        lambda host: _driver.settle(host, sriov.vf_address(host, pf.address, index), old.driver, old.driver_override),
    )
