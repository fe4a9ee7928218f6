# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import owners
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind
from ansible_collections.dataplane.dpdk.tests.unit.fakes import vmbus
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

IDS = "8086:10c9"
OPTIONS = f"options vfio-pci ids={IDS}\n"
ASKED = {"devices": [PF], "driver": "uio_pci_generic"}


def owned(host: FakeHost) -> dict[str, str]:
    """Where the IDs come from that vfio-pci takes."""
    return {ids: owner.path for ids, owner in owners.read(host).vfio_ids.items()}


@pytest.mark.parametrize("directory", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_ids_count_wherever_modprobe_looks(host: FakeHost, directory: str) -> None:
    path = f"{directory}/modprobe.d/vfio.conf"
    host.tree.write(path, OPTIONS)
    assert owned(host) == {IDS: path}


def test_the_module_names_the_file_that_gives_ids(host: FakeHost) -> None:
    host.tree.write("/usr/local/lib/modprobe.d/vfio.conf", OPTIONS)
    refused = call(dpdk_bind.main, host, ASKED)
    assert f"/usr/local/lib/modprobe.d/vfio.conf gives every {IDS} to vfio-pci" in refused["msg"]


@pytest.mark.parametrize("name", ["vfio.bak", "vfio.conf.rpmsave", "vfio.conf.dpkg-old", ".vfio.conf"])
def test_what_modprobe_does_not_read_owns_nothing(host: FakeHost, name: str) -> None:
    host.tree.write(f"/etc/modprobe.d/{name}", OPTIONS)
    assert owned(host) == {}


@pytest.mark.parametrize("name", ["vfio.bak", "vfio.rpmsave", "vfio.conf"])
def test_a_directory_below_modprobe_d_is_no_obstacle(host: FakeHost, name: str) -> None:
    host.tree.write(f"/etc/modprobe.d/{name}/vfio.conf", OPTIONS)
    assert owned(host) == {}
    assert not call(dpdk_bind.main, host, ASKED).get("failed")


def test_a_file_below_etc_hides_that_of_the_vendor(host: FakeHost) -> None:
    host.tree.write("/usr/lib/modprobe.d/vfio.conf", OPTIONS)
    host.tree.write("/etc/modprobe.d/vfio.conf", "options vfio-pci ids=1234:5678\n")
    assert owned(host) == {"1234:5678": "/etc/modprobe.d/vfio.conf"}


def test_a_continued_line_is_read(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/vfio.conf", f"options vfio-pci \\\n    ids={IDS}\n")
    assert owned(host) == {IDS: "/etc/modprobe.d/vfio.conf"}


@pytest.mark.parametrize(
    "line",
    [
        f"options vfio-pci ids={IDS} x='",  # to the kernel, an apostrophe is a letter like any other
        f'options vfio-pci "ids={IDS}"',
        f'options vfio-pci ids="{IDS}"',
        f"options vfio-pci disable_vga=1 # ids={IDS}",  # modprobe knows comments only where a line begins
        f"options\tvfio-pci\tids={IDS}\r",
        f"options vfio-pci ids=x,,0x8086:0x10c9,{IDS}:ffff",
    ],
)
def test_a_line_is_split_as_the_kernel_splits_it(host: FakeHost, line: str) -> None:
    host.tree.write("/etc/modprobe.d/vfio.conf", line + "\n")
    assert owned(host) == {IDS: "/etc/modprobe.d/vfio.conf"}


@pytest.mark.parametrize("line", [f"options vfio-pci ids='{IDS}'", "options vfio-pci ids=8086", "options vfio-pci ids"])
def test_what_vfio_pci_cannot_read_is_no_id(host: FakeHost, line: str) -> None:
    host.tree.write("/etc/modprobe.d/vfio.conf", line + "\n")
    assert owned(host) == {}


def test_the_last_ids_count(host: FakeHost) -> None:
    """The parameter is one text, which each value replaces; files are read in the order of their names alone."""
    host.tree.write("/etc/modprobe.d/a.conf", OPTIONS)
    host.tree.write("/usr/lib/modprobe.d/b.conf", "options vfio-pci ids=1234:5678\n")
    assert owned(host) == {"1234:5678": "/usr/lib/modprobe.d/b.conf"}
    host.tree.write("/proc/cmdline", f"quiet vfio-pci.ids={IDS}\n")
    assert owned(host) == {IDS: "the boot parameter vfio_pci.ids"}


@pytest.mark.parametrize("token", [f'"vfio-pci.ids={IDS}"', f'vfio_pci.ids="{IDS}"'])
def test_a_quoted_boot_parameter(host: FakeHost, token: str) -> None:
    host.tree.write("/proc/cmdline", f"quiet {token} ro\n")
    assert owned(host) == {IDS: "the boot parameter vfio_pci.ids"}


@pytest.mark.parametrize(
    "line", ["options igb ids=8086:10c9", "options vfio-pci disable_vga=1", "options vfio-pci ids='"]
)
def test_other_options_own_nothing(host: FakeHost, line: str) -> None:
    host.tree.write("/etc/modprobe.d/x.conf", line + "\n")
    assert owned(host) == {}


def test_driverctl_keeps_devices_of_other_buses_too(host: FakeHost) -> None:
    guid = "f8615163-0001-1000-2000-000000000001"
    path = f"/etc/driverctl.d/vmbus-{guid}"
    host.tree.write(path, "uio_hv_generic\n")
    host.tree.write("/etc/driverctl.d/platform-x.0", "vfio-platform\n")
    (owner,) = owners.read(host).driverctl.values()
    assert owner == owners.Owner(
        "driverctl", "uio_hv_generic", path, "uio_hv_generic\n", f"driverctl -b vmbus unset-override {guid}"
    )
    assert list(owners.read(host).driverctl) == [guid]


def test_a_port_of_the_vmbus_that_driverctl_keeps(tmp_path: Path) -> None:
    host = hyperv_guest(tmp_path)
    host.tree.write(f"/etc/driverctl.d/vmbus-{vmbus.PORT}", "hv_netvsc\n")
    refused = call(dpdk_bind.main, host, {"devices": [vmbus.PORT], "force": True})
    assert f"driverctl keeps {vmbus.PORT} (eth1) on hv_netvsc (/etc/driverctl.d/vmbus-{vmbus.PORT})" in refused["msg"]
    assert f"Run 'driverctl -b vmbus unset-override {vmbus.PORT}'" in refused["msg"]
