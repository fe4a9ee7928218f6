# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fake kernel behaves as the real one is known to: the order of its checks, its errnos, and its lies."""

from __future__ import annotations

import errno

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

DEVICES = "/sys/bus/pci/devices"
DRIVERS = "/sys/bus/pci/drivers"
host = hosts.host
bare_host = hosts.bare_host


def answer(host: FakeHost, path: str, value: str) -> int | None:
    """The errno of a write; 0 for success, None where it blocks."""
    try:
        host.write_attr(path, value)
    except WriteError as error:
        return error.errno
    return 0


def driver(host: FakeHost, address: str) -> str | None:
    return host.link(f"{DEVICES}/{address}/driver")


def set_override(host: FakeHost, address: str, value: str = "vfio-pci") -> None:
    host.write_attr(f"{DEVICES}/{address}/driver_override", value)


def make_vfs(host: FakeHost, number: int = 2) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", str(number))


def test_binding_makes_links_and_takes_the_interface(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    assert host.exists("/sys/class/net/enp1s0/address")
    set_override(host, PF)
    assert driver(host, PF) == "igb", "an override moves nothing"
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    assert driver(host, PF) is None
    assert not host.exists("/sys/class/net/enp1s0")
    host.write_attr(f"{DRIVERS}/vfio-pci/bind", PF)
    assert driver(host, PF) == "vfio-pci"
    assert host.exists(f"{DRIVERS}/vfio-pci/{PF}")


def test_unset_override_reads_null_and_a_line_feed_clears_it(host: FakeHost) -> None:
    path = f"{DEVICES}/{PF}/driver_override"
    assert host.attr(path) == "(null)"
    host.write_attr(path, "vfio-pci")
    assert host.attr(path) == "vfio-pci"
    host.write_attr(path, "\n")
    assert host.attr(path) == "(null)"
    assert answer(host, path, "x" * 4096) == errno.EINVAL


@pytest.mark.parametrize(
    ("override", "target", "expected"),
    [
        (None, "vfio-pci", errno.ENODEV),  # vfio-pci comes by override only
        (None, "igbvf", errno.ENODEV),  # no ID matches
        ("igb", "vfio-pci", errno.ENODEV),  # the override names another driver
        ("igbvf", "igbvf", errno.ENODEV),  # admitted by the override, refused by the probe
        ("vfio-pci", "vfio-pci", 0),
        (None, "igb", 0),
    ],
)
def test_bind_without_driver(host: FakeHost, override: str | None, target: str, expected: int) -> None:
    host.modules.load("vfio_pci")
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    set_override(host, PF, override or "\n")
    assert answer(host, f"{DRIVERS}/{target}/bind", PF) == expected


def test_bind_of_a_bound_or_unknown_device(host: FakeHost) -> None:
    assert answer(host, f"{DRIVERS}/igb/bind", PF) == errno.EBUSY
    assert answer(host, f"{DRIVERS}/igb/bind", "0000:77:00.0") == errno.ENODEV
    assert answer(host, f"{DRIVERS}/igbvf/unbind", PF) == errno.ENODEV
    assert answer(host, f"{DRIVERS}/unknown/bind", PF) == errno.ENOENT


def test_vfio_refuses_bridges_and_devices_without_group(host: FakeHost, bare_host: FakeHost) -> None:
    for each, address, expected in (
        (host, hosts.BRIDGE, errno.EINVAL),
        (bare_host, OTHER, errno.EINVAL),
    ):
        each.modules.load("vfio_pci")
        set_override(each, address)
        each.write_attr(f"{DEVICES}/{address}/driver/unbind", address)
        assert answer(each, f"{DRIVERS}/vfio-pci/bind", address) == expected
        assert f"error -{expected}" in each.kernel_log[-1]


def test_noiommu_mode_makes_up_a_group(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio_pci")
    bare_host.write_attr("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "1")
    set_override(bare_host, PF)
    bare_host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    bare_host.write_attr(f"{DRIVERS}/vfio-pci/bind", PF)
    group = bare_host.link(f"{DEVICES}/{PF}/iommu_group")
    assert bare_host.attr(f"/sys/kernel/iommu_groups/{group}/name") == "vfio-noiommu"
    bare_host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    assert bare_host.names("/sys/kernel/iommu_groups") == []


def test_drivers_probe_lies(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    set_override(host, PF, "none")
    assert answer(host, "/sys/bus/pci/drivers_probe", PF) == 0
    assert driver(host, PF) is None
    assert answer(host, "/sys/bus/pci/drivers_probe", "0000:77:00.0") == errno.ENODEV


def test_unbinding_waits_for_who_holds_the_device(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    set_override(host, PF)
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    host.write_attr(f"{DRIVERS}/vfio-pci/bind", PF)
    host.hold(host.pci.functions[PF])
    assert answer(host, f"{DEVICES}/{PF}/driver/unbind", PF) is None
    assert driver(host, PF) == "vfio-pci"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("many", errno.EINVAL), ("-1", errno.EINVAL), ("70000", errno.EINVAL), ("8", errno.ERANGE), ("0", 0), ("3", 0)],
)
def test_sriov_numvfs(host: FakeHost, value: str, expected: int) -> None:
    assert answer(host, f"{DEVICES}/{PF}/sriov_numvfs", value) == expected


def test_sriov_numvfs_needs_a_driver_and_zero_in_between(host: FakeHost) -> None:
    path = f"{DEVICES}/{PF}/sriov_numvfs"
    make_vfs(host, 2)
    assert answer(host, path, "2") == 0
    assert answer(host, path, "3") == errno.EBUSY
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    assert host.attr(path) == "0", "the driver took its VFs along"
    assert answer(host, path, "2") == errno.ENOENT
    host.modules.load("vfio_pci")
    set_override(host, PF)
    host.write_attr(f"{DRIVERS}/vfio-pci/bind", PF)
    assert answer(host, path, "2") == errno.ENOENT, "enable_sriov is N"


def test_vfs_have_links_groups_and_interfaces(host: FakeHost) -> None:
    make_vfs(host, 3)
    assert [host.link(f"{DEVICES}/{PF}/virtfn{index}") for index in range(3)] == list(VFS)
    assert [host.link(f"{DEVICES}/{vf}/physfn") for vf in VFS] == [PF] * 3
    assert len({host.link(f"{DEVICES}/{vf}/iommu_group") for vf in VFS}) == 3
    assert [driver(host, vf) for vf in VFS] == ["igbvf"] * 3
    assert host.exists("/sys/class/net/enp1s0v2")
    make_vfs(host, 0)
    assert host.names(f"{DEVICES}/{VFS[0]}") == []
    assert not [name for name in host.names(f"{DEVICES}/{PF}") if name.startswith("virtfn")]


def test_autoprobe_off_leaves_vfs_without_driver_unless_overridden(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_drivers_autoprobe", "0")
    make_vfs(host)
    assert driver(host, VFS[0]) is None
    assert answer(host, f"{DRIVERS}/igbvf/bind", VFS[0]) == errno.ENODEV
    set_override(host, VFS[0], "igbvf")
    assert answer(host, f"{DRIVERS}/igbvf/bind", VFS[0]) == 0


def test_vfs_of_a_pf_on_vfio_land_on_vfio(host: FakeHost) -> None:
    host.modules.load("vfio_pci", enable_sriov="1")
    set_override(host, PF)
    host.write_attr(f"{DEVICES}/{PF}/driver/unbind", PF)
    host.write_attr(f"{DRIVERS}/vfio-pci/bind", PF)
    make_vfs(host)
    assert driver(host, VFS[0]) == "vfio-pci"
    assert host.attr(f"{DEVICES}/{VFS[0]}/driver_override") == "vfio-pci"


def test_a_group_in_use_keeps_native_drivers_away(host: FakeHost) -> None:
    first, second = host.pci.functions[PF], host.pci.functions[OTHER]
    second.group = first.group
    first.open_by.append(1)
    host.write_attr(f"{DEVICES}/{OTHER}/driver/unbind", OTHER)
    assert answer(host, f"{DRIVERS}/igb/bind", OTHER) == errno.EBUSY


def test_parameters(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    path = "/sys/module/vfio_pci/parameters"
    assert answer(host, f"{path}/enable_sriov", "on") == 0
    assert host.attr(f"{path}/enable_sriov") == "Y"
    assert answer(host, f"{path}/enable_sriov", "perhaps") == errno.EINVAL
    assert answer(host, f"{path}/disable_denylist", "1") == errno.EACCES
    assert answer(host, f"{path}/ids", "8086:10c9") == errno.ENOENT


def test_modprobe(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/x.conf", "options vfio-pci disable_idle_d3=1\n")
    assert host.run("modprobe", "vfio-pci", "enable_sriov=1").rc == 0
    path = "/sys/module/vfio_pci/parameters"
    assert [host.attr(f"{path}/{name}") for name in ("enable_sriov", "disable_idle_d3")] == ["Y", "Y"]
    assert host.run("modprobe", "vfio-pci", "enable_sriov=0").rc == 0
    assert host.attr(f"{path}/enable_sriov") == "Y", "a loaded module takes no options"
    assert host.run("modprobe", "nothing").rc == 1
    assert host.run("modprobe", "--remove", "vfio_pci").rc == 0
    assert not host.exists(f"{DRIVERS}/vfio-pci")


def test_injected_faults_happen_once(host: FakeHost) -> None:
    path = f"{DEVICES}/{PF}/sriov_numvfs"
    host.refuse("sriov_numvfs", errno.ENOMEM)
    assert answer(host, path, "1") == errno.ENOMEM
    host.hang("sriov_numvfs")
    assert answer(host, path, "1") is None
    host.lie("sriov_numvfs")
    assert answer(host, path, "1") == 0
    assert host.attr(path) == "0"
    assert answer(host, path, "1") == 0
    assert host.attr(path) == "1"


def test_a_full_file_system(host: FakeHost) -> None:
    host.full.append("/etc")
    with pytest.raises(HostError, match="Cannot write /etc/x: No space left"):
        host.write_file("/etc/x", "text")
    assert not host.exists("/etc/x")
    host.write_file("/var/x", "text")
    assert host.read("/var/x") == "text"


def test_a_reboot_takes_the_first_entry(host: FakeHost) -> None:
    booted = host.read("/proc/cmdline")
    boot_id = host.read("/proc/sys/kernel/random/boot_id")
    host.write_file("/etc/default/grub.d/50-x.cfg", 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT more=1"\n')
    assert host.run("grub-mkconfig", "-o", "/boot/grub/grub.cfg").rc == 0
    assert host.read("/proc/cmdline") == booted
    host.grub.boot()
    assert (host.read("/proc/cmdline") or "").split()[-2:] == ["quiet", "more=1"]
    assert host.read("/proc/sys/kernel/random/boot_id") != boot_id
