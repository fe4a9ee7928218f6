# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard, usage
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.usage import Usage
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

NVME = "0000:09:00.0"
BLOCK = "/sys/class/block"


@pytest.fixture(autouse=True)
def drive(host: FakeHost) -> None:
    """An NVMe drive with two partitions, mounted nowhere."""
    path = host.add(Function(NVME, "144d:a808", "010802", group=40)).path
    disk(host, "nvme0n1", f"{path}/nvme/nvme0", "259:0")
    for number in (1, 2):
        disk(host, f"nvme0n1p{number}", f"{path}/nvme/nvme0/nvme0n1", f"259:{number}")


def disk(host: FakeHost, name: str, place: str, number: str) -> None:
    host.tree.write(f"{place}/{name}/dev", f"{number}\n")
    host.tree.link(f"{BLOCK}/{name}", f"{place}/{name}")


def mount(host: FakeHost, number: str, point: str, source: str = "/dev/x", kind: str = "ext4") -> None:
    before = host.tree.read("/proc/self/mountinfo") or ""
    line = f"25 1 {number} / {point} rw,noatime shared:1 master:2 - {kind} {source} rw\n"
    host.tree.write("/proc/self/mountinfo", f"{before}\n{line}")


def hold(host: FakeHost, name: str, holder: str, number: str, mapped: str | None = None) -> None:
    path = f"/sys/devices/virtual/block/{holder}"
    if not host.tree.exists(path):
        disk(host, holder, "/sys/devices/virtual/block", number)
    host.tree.link(f"{host.tree.real(f'{BLOCK}/{name}')}/holders/{holder}", path)
    if mapped:
        host.tree.write(f"{path}/dm/name", f"{mapped}\n")


def judge(host: FakeHost, address: str = NVME) -> Usage:
    return usage.device_usage(usage.read(host), device.scan(host)[address])


def test_an_idle_drive_is_free_to_go(host: FakeHost) -> None:
    mount(host, "8:1", "/")
    assert judge(host) == Usage(None, None)


@pytest.mark.parametrize(("point", "management"), [("/", True), ("/var", True), ("/srv/data", False), ("/boot", False)])
def test_a_mount_is_a_use_and_that_of_the_system_is_vital(host: FakeHost, point: str, management: bool) -> None:
    mount(host, "259:2", point)
    expected = f"nvme0n1p2 is mounted at {point}"
    assert judge(host) == (Usage(expected, None) if management else Usage(None, expected))


def test_the_guard_says_so(host: FakeHost) -> None:
    mount(host, "259:2", "/")
    error = guard.in_use(device.scan(host)[NVME], usage.read(host), Consent(force=True))
    assert error is not None
    assert f"{NVME} carries the system of this host: nvme0n1p2 is mounted at /." in told(error)
    assert "Name another device; force does not cover this." in told(error)


def test_swap_space_is_a_use(host: FakeHost) -> None:
    host.tree.write(
        "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/nvme0n1p1 partition 1 0 -2\n/x file 1 0 -3\n"
    )
    assert judge(host) == Usage(None, "nvme0n1p1 is swap space")


def test_volumes_are_followed_up(host: FakeHost) -> None:
    hold(host, "nvme0n1p2", "md0", "9:0")
    assert judge(host) == Usage(None, "nvme0n1p2 is part of md0")
    hold(host, "md0", "dm-0", "253:0", "vg-root")
    mount(host, "253:0", "/")
    assert judge(host).management == "nvme0n1p2 is part of md0, which is part of dm-0, which is mounted at /"


def test_a_mount_is_found_by_the_name_of_its_volume(host: FakeHost) -> None:
    hold(host, "nvme0n1p2", "dm-0", "253:0", "vg-srv")
    mount(host, "0:40", "/srv", "/dev/mapper/vg-srv", "btrfs")
    assert judge(host).other == "nvme0n1p2 is part of dm-0, which is mounted at /srv"


def test_every_member_of_a_btrfs_counts(host: FakeHost) -> None:
    disk(host, "sda", "/sys/devices/platform/other", "8:0")
    for name in ("sda", "nvme0n1p1"):
        host.tree.mkdir(f"/sys/fs/btrfs/uuid/devices/{name}")
    mount(host, "0:41", "/srv", "/dev/sda", "btrfs")
    assert judge(host).other == "nvme0n1p1 is mounted at /srv"


def test_a_drive_with_several_paths_is_followed_to_its_subsystem(host: FakeHost) -> None:
    path = host.add(Function("0000:0a:00.0", "144d:a808", "010802", group=41)).path
    disk(host, "nvme3c5n1", f"{path}/nvme/nvme5", "259:20")
    head = "/sys/devices/virtual/nvme-subsystem/nvme-subsys3"
    disk(host, "nvme3n1", head, "259:21")
    disk(host, "nvme3n1p1", f"{head}/nvme3n1", "259:22")
    mount(host, "259:22", "/")
    assert judge(host, "0000:0a:00.0").management == "nvme3n1p1 is mounted at /"


@pytest.mark.parametrize(("point", "management"), [("/", True), ("/tank", False)])
def test_a_drive_that_may_belong_to_a_zfs_pool_is_in_use(host: FakeHost, point: str, management: bool) -> None:
    host.tree.write("/proc/spl/kstat/zfs/tank/state", "ONLINE\n")
    host.tree.write("/proc/spl/kstat/zfs/arcstats", "\n")
    mount(host, "0:42", point, "tank/root", "zfs")
    found = judge(host)
    expected = "nvme0n1 may belong to the ZFS pool tank, which does not show its disks"
    assert found == (Usage(expected, None) if management else Usage(None, expected))
