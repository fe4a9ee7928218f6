# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of these rooms ask for, and how they carry it out."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import have as have_room
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import plan as plan_room
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import want as want_room
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.resolve import resolve
from ansible_collections.dataplane.dpdk.plugins.module_utils._module.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as files
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module, Parameter
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import four_steps, told

PARAMETERS = "/sys/module/vfio_pci/parameters"
MODPROBE = files.modprobe_path("vfio_pci")
LOAD = files.load_path("vfio_pci")
IDS = "8086:10c9"
FILE = "/root/igb_uio.ko.xz"
INSTALLED = f"/lib/modules/{RELEASE}/updates/dataplane-dpdk/igb_uio.ko.xz"
# What a task has where its author wrote nothing.
DEFAULTS: dict[str, Any] = {
    "name": None,
    "state": "present",
    "params": {},
    "persistent": True,
    "reload": "never",
    "noiommu": None,
    "path": None,
}


def asked(**given: Any) -> Want:
    """What a task with these options asks for."""
    return want_room.parse({**DEFAULTS, **given})


def want(name: str = "vfio-pci", persistent: bool = True, **params: Any) -> Want:
    return asked(name=name, params=params, persistent=persistent)


def absent(name: str = "vfio-pci") -> Want:
    return asked(name=name, state="absent")


def noiommu_choice(choice: str, persistent: bool = True) -> Want:
    return asked(noiommu=choice, persistent=persistent)


def resolved(host: FakeHost, wanted: Want) -> Want:
    return resolve(have_room.read(host, wanted), wanted)


def plan(host: FakeHost, wanted: Want) -> Plan:
    have = have_room.read(host, wanted)
    return plan_room.plan(have, resolve(have, wanted))


def steps(host: FakeHost, wanted: Want) -> Plan:
    return four_steps(
        host,
        lambda: have_room.read(host, wanted),
        lambda have: plan_room.plan(have, resolve(have, wanted)),
        lambda have: plan_room.describe(have, resolve(have, wanted)),
    )


def refused(host: FakeHost, wanted: Want) -> str:
    with pytest.raises(HostError) as caught:
        plan(host, wanted)
    assert caught.value.remedy
    return told(caught.value)


def build_in(host: FakeHost) -> None:
    """Build vfio_pci into the kernel, as Ubuntu does with vfio and others."""
    host.modules.add(Module("vfio_pci", {"enable_sriov": Parameter("N")}, builtin=True))


def late(host: FakeHost, persistent: bool = True, reload: str = "never", **params: Any) -> Want:
    """What is wanted of a module that is loaded already."""
    host.modules.load("vfio_pci")
    return asked(name="vfio-pci", params=params, persistent=persistent, reload=reload)


def on_vfio(host: FakeHost, address: str = PF) -> None:
    host.modules.load("vfio_pci")
    driver.move(host, address, "vfio-pci")


def initramfs_tools(host: FakeHost) -> None:
    host.tree.write(f"/boot/initrd.img-{RELEASE}", "")
    host.tree.write("/usr/bin/lsinitramfs", "")


def bring(host: FakeHost, **more: Any) -> Want:
    """Bring igb_uio as a file."""
    parameters = {"intr_mode": Parameter("msix", "charp"), "wc_activate": Parameter("0", "int", mode=0)}
    host.modules.add_file(FILE, Module("igb_uio", parameters, depends=("uio",), **more))
    host.modules.add(Module("uio"))
    return asked(name="igb_uio", params={"wc_activate": 1}, persistent=more == {}, path=FILE)
