# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""udev rules that make VFs as soon as a PF's driver is there, rendered and parsed back.

The event of the PF's network interface says that its driver is there; for a PF on vfio-pci, which
has none, the event of its binding does. VFs are found by the PF's virtfn links, never by arithmetic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, field
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils import _stored
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import apart, native_drivers_wait, words

PATH = "/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules"
_HEAD = """\
# Written by the Ansible module dataplane.dpdk.sriov_vfs; changes made here are lost.
"""
_MARK = re.compile(r"^# (\{.*\})$", re.MULTILINE)
# What udev knows as $name here is the name that the kernel gave, and by the time of the command there is another one.
_NAME = "$$(basename $$(dirname $$(grep -lx $env{{IFINDEX}} /sys/bus/pci/devices/{address}/net/*/ifindex)))"
_OTHER_DRIVER = (
    "cd /sys/bus/pci/devices/{address}/virtfn{index} && vf=$$(basename $$(pwd -P)) && "
    "echo {driver} > driver_override && if ! [ driver -ef /sys/bus/pci/drivers/{driver} ]; then "
    "if [ -e driver ]; then echo $$vf > driver/unbind; fi; echo $$vf > /sys/bus/pci/drivers_probe; fi"
)
_RELEASE = (
    "cd /sys/bus/pci/devices/{address} && echo 1 > sriov_drivers_autoprobe && for vf in virtfn*; do "
    "[ -e $$vf/driver ] || basename $$(readlink $$vf) > /sys/bus/pci/drivers_probe; done"
)


@dataclass(frozen=True)
class VfRule:
    """The settings that one VF should have from its PF, and its driver (None: whichever takes it)."""

    settings: dict[str, Any] = field(default_factory=dict)
    driver: str | None = None


@dataclass(frozen=True)
class SriovRule:
    """A PF that should have a number of VFs as soon as its driver is there."""

    address: str
    vendor_id: str
    device_id: str
    num_vfs: int
    drivers_autoprobe: bool
    on_vfio: bool = False
    eswitch_mode: str | None = None
    up: bool = False
    vfs: dict[int, VfRule] = field(default_factory=dict)


def render(rules: Iterable[SriovRule]) -> str | None:
    """Return the text of the file, or None where there is no rule and no file is needed."""
    blocks = [_block(rule) for rule in sorted(rules, key=lambda rule: rule.address)]
    return _HEAD + "".join(blocks) if blocks else None


def parse(text: str | None) -> dict[str, SriovRule]:
    """Return the rules of a file by address; raise HostError where a mark is damaged: its rule would be forgotten."""
    marks = (_stored.load(PATH, mark, _SCHEMA, "its rules are then forgotten") for mark in _MARK.findall(text or ""))
    return {mark["address"]: _rule(mark) for mark in marks}


def _rule(mark: dict[str, Any]) -> SriovRule:
    vfs = {int(index): VfRule(each["settings"], each["driver"]) for index, each in mark["vfs"].items()}
    return SriovRule(**{key: mark[key] for key in _KEYS if key in mark}, vfs=vfs)


def _is_setting(value: Any, place: str) -> None:
    """Check a value that goes into a command of ``ip``."""
    if not isinstance(value, (bool, int)):
        _SETTING_TEXT(value, place)
    elif abs(value) >= 2**32:
        raise ValueError(f"{place} is too large")


_SETTING_TEXT = _stored.words(r"[\w:.-]{1,64}")
_ID = _stored.words(r"[0-9a-f]{4}")
_KEYS = ("address", "vendor_id", "device_id", "num_vfs", "drivers_autoprobe", "on_vfio", "eswitch_mode", "up")
_VF = _stored.fields(
    {"settings": _stored.table(_stored.words(r"\w+"), _is_setting), "driver": _stored.maybe(_stored.NAME)}
)
_SCHEMA = _stored.fields(
    {
        "address": _stored.words(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]"),
        "vendor_id": _ID,
        "device_id": _ID,
        "num_vfs": _stored.number(2**16),
        "drivers_autoprobe": _stored.flag,
        "vfs": _stored.table(_stored.words(r"\d{1,5}"), _VF),
    },
    {"on_vfio": _stored.flag, "eswitch_mode": _stored.maybe(_stored.words(r"\w+")), "up": _stored.flag},
)


def _block(rule: SriovRule) -> str:
    mark = json.dumps(asdict(rule), sort_keys=True)
    return "".join(f"{line}\n" for line in ["", f"# {mark}", *_lines(rule)])


def _lines(rule: SriovRule) -> Iterable[str]:
    match, place = _match(rule)
    given = ((vf.settings, vf.driver) for vf in rule.vfs.values())
    waiting = native_drivers_wait(rule.drivers_autoprobe, given, pf_set_up_later=rule.up)
    if rule.eswitch_mode:
        yield f"{match}, PROGRAM==\"/bin/sh -c 'devlink dev eswitch set pci/{rule.address} mode {rule.eswitch_mode}'\""
    yield (
        f'{match}, ATTR{{{place}sriov_drivers_autoprobe}}="{int(rule.drivers_autoprobe and not waiting)}", '
        f'ATTR{{{place}sriov_numvfs}}="{rule.num_vfs}"'
    )
    if rule.up:
        yield _run(match, f"ip link set dev {_NAME.format(address=rule.address)} up")
    yield from (_run(match, command) for command in _setting_commands(rule))
    for driver in sorted({vf.driver for vf in rule.vfs.values() if vf.driver}):
        yield f'{match}, RUN{{builtin}}+="kmod load {driver.replace("-", "_")}"'
    yield from (_run(match, command) for command in _driver_commands(rule))
    if waiting:
        yield _run(match, _RELEASE.format(address=rule.address))


def _match(rule: SriovRule) -> tuple[str, str]:
    """Return what the event of a PF's driver looks like, and where the PF's attributes are from there."""
    if rule.on_vfio:
        # A PF on vfio-pci overrides the driver of its VFs by itself (vfio_pci_bus_notifier).
        match = (
            f'ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="{rule.address}", ATTR{{vendor}}=="0x{rule.vendor_id}", '
            f'ATTR{{device}}=="0x{rule.device_id}", DRIVER=="vfio-pci"'
        )
        return match, ""
    match = (
        f'ACTION=="add", SUBSYSTEM=="net", KERNELS=="{rule.address}", ATTRS{{vendor}}=="0x{rule.vendor_id}", '
        f'ATTRS{{device}}=="0x{rule.device_id}"'
    )
    return match, "device/"


def _setting_commands(rule: SriovRule) -> Iterable[str]:
    name = _NAME.format(address=rule.address)
    for index, vf in sorted(rule.vfs.items()):
        for settings in apart(vf.settings):
            yield f"ip link set dev {name} vf {index} {' '.join(words(settings))}"


def _driver_commands(rule: SriovRule) -> Iterable[str]:
    for index, vf in sorted(rule.vfs.items()):
        if vf.driver:
            yield _OTHER_DRIVER.format(address=rule.address, index=index, driver=vf.driver)


def _run(match: str, command: str) -> str:
    return f"{match}, RUN+=\"/bin/sh -c '{command}'\""
