# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import owners as vf_owners
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

COUNT = "[Link]\nSR-IOVVirtualFunctions=2\n"
NM = "[connection]\nid=x\ninterface-name=enp1s0\n[sriov]\ntotal-vfs=2\n"
NETPLAN = "network:\n  version: 2\n  ethernets:\n    {}:\n      dhcp4: true\n{}      virtual-function-count: 2\n"
NETPLAN_MAC = NETPLAN.format("nic", '      match:\n        macaddress: "52:54:00:00:01:00"\n')


def found(host: FakeHost, address: str = PF) -> list[str]:
    pf = device.scan(host)[address]
    return [str(owner) for owner in vf_owners.read(host) if owner.sets(pf)]


@pytest.mark.parametrize(
    ("path", "text", "tool"),
    [
        ("/etc/systemd/network/10-x.link", f"[Match]\nOriginalName=enp1*\n{COUNT}", "systemd"),
        (
            "/usr/lib/systemd/network/10-x.link",
            f"[Match]\nMACAddress=aa:bb:cc:dd:ee:ff 52:54:00:00:01:00\n{COUNT}",
            "systemd",
        ),
        ("/run/systemd/network/10-x.link", f"[Match]\nPath=pci-{PF}\n{COUNT}", "systemd"),
        ("/etc/systemd/network/10-x.network", "[Match]\nName=enp1s0\n[SR-IOV]\nVirtualFunction=0\n", "systemd"),
        ("/etc/NetworkManager/system-connections/x.nmconnection", NM, "NetworkManager"),
        ("/etc/netplan/10-x.yaml", NETPLAN.format("enp1s0", ""), "netplan"),
        ("/etc/netplan/10-x.yaml", NETPLAN_MAC, "netplan"),
        (f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2}', "sriov-network-operator"),
        (f"/etc/sriov-operator/pci/{PF}", "broken", "sriov-network-operator"),
    ],
)
def test_an_owner_of_one_pf(host: FakeHost, path: str, text: str, tool: str) -> None:
    assert found(host) == []
    host.tree.write(path, text)
    assert found(host) == [f"{tool} ({path})"]
    assert found(host, OTHER) == []


@pytest.mark.parametrize("path", ["/etc/modprobe.d/igb.conf", "/proc/cmdline"])
def test_an_owner_of_all_pfs_of_a_driver(host: FakeHost, path: str) -> None:
    host.tree.write(path, "ro igb.max_vfs=2 quiet\n" if path.startswith("/proc") else "options igb max_vfs=2\n")
    assert len(found(host)) == len(found(host, OTHER)) == 1
    assert "max_vfs" in found(host)[0]


@pytest.mark.parametrize("directory", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_max_vfs_counts_wherever_modprobe_looks(host: FakeHost, directory: str) -> None:
    host.tree.write(f"{directory}/modprobe.d/igb.conf", "options igb max_vfs=2\n")
    assert found(host) == [f"the option max_vfs ({directory}/modprobe.d/igb.conf)"]


@pytest.mark.parametrize(
    "text",
    [
        "options igb \\\nmax_vfs=2",
        'options igb "max_vfs=2"',
        "options igb max-vfs=2,2",
        "options\tigb\tdebug=1\tmax_vfs=0,2",
    ],
)
def test_max_vfs_is_read_as_modprobe_reads_it(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/modprobe.d/igb.conf", f"{text}\n")
    assert found(host) == ["the option max_vfs (/etc/modprobe.d/igb.conf)"]


def test_the_last_max_vfs_counts(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/a.conf", "options igb max_vfs=2\n")
    host.tree.write("/etc/modprobe.d/b.conf", "options igb max_vfs=0\n")
    assert found(host) == []
    host.tree.write("/proc/cmdline", 'ro "igb.max_vfs=2"\n')
    assert found(host) == ["the option max_vfs (the boot parameter igb.max_vfs)"]


def test_a_driver_may_have_dashes_where_its_module_has_underscores(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/a.conf", "options vfio-pci max_vfs=2\n")
    host.modules.load("vfio_pci")
    driver.move(host, PF, "vfio-pci")
    assert len(found(host)) == 1


def test_a_directory_below_modprobe_d_is_no_obstacle(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/old.bak/igb.conf", "options igb max_vfs=2\n")
    assert found(host) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/modprobe.d/x.bak", "options igb max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf.rpmsave", "options igb max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf", "options igb\noptions ixgbe max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf", 'options igb note="was max_vfs=2"\n'),
        ("/etc/modprobe.d/x.conf", "# \\\noptions igb max_vfs=2\n"),
        ("/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nMTUBytes=9000\n"),
        ("/etc/NetworkManager/system-connections/x.nmconnection", NM.replace("total-vfs=2", "total-vfs=0")),
        ("/etc/netplan/10-x.yaml", "network:\n  ethernets:\n    enp1s0:\n      dhcp4: true\n"),
        ("/etc/netplan/10-x.yaml", "# virtual-function-count: 2\n- broken: [\n\tx\n"),
        ("/etc/modprobe.d/x.conf", "# options igb max_vfs=2\noptions ixgbe max_vfs=2\n"),
        (f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2, "externallyManaged": true}'),
        ("/etc/systemd/network/10-x.txt", f"[Match]\nName=enp1s0\n{COUNT}"),
    ],
)
def test_no_owner(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    assert found(host) == []


def test_an_operator_owns_a_pf_without_interface_too(host: FakeHost) -> None:
    driver.unbind(host, PF)
    host.tree.write(f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2}')
    assert found(host) == [f"sriov-network-operator (/etc/sriov-operator/pci/{PF})"]


def test_a_drop_in_counts(host: FakeHost) -> None:
    host.tree.write("/usr/lib/systemd/network/99-default.link", "[Match]\nOriginalName=*\n")
    host.tree.write("/etc/systemd/network/99-default.link.d/vfs.conf", COUNT)
    assert found(host) == ["systemd (/usr/lib/systemd/network/99-default.link)"]


def test_a_file_below_etc_hides_that_of_the_vendor(host: FakeHost) -> None:
    host.tree.write("/usr/lib/systemd/network/10-x.link", f"[Match]\nOriginalName=*\n{COUNT}")
    host.tree.write("/etc/systemd/network/10-x.link", "[Match]\nOriginalName=*\n")
    assert found(host) == []


def test_all_kinds_of_a_match_have_to_fit(host: FakeHost) -> None:
    host.tree.write("/etc/systemd/network/10-x.link", f"[Match]\nOriginalName=*\nDriver=ice\n{COUNT}")
    assert found(host) == []
