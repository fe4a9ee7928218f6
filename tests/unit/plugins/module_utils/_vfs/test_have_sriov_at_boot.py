# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether vfio-pci will have enable_sriov after a reboot, as a user sees it."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.modules import sriov_vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

OPTIONS = "options vfio-pci enable_sriov=1\n"
ETC = "/etc/modprobe.d/x.conf"


def at_boot(host: FakeHost) -> bool:
    """Whether the module does not warn that the parameter is missing at boot."""
    host.modules.load("vfio_pci", enable_sriov="Y")
    driver.move(host, PF, "vfio-pci")
    done = call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2}]}, check=True)
    assert done["changed"]
    return not any("enable_sriov of vfio-pci is not set for the next boot" in each for each in done["warnings"])


@pytest.mark.parametrize("directory", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_the_option_counts_wherever_modprobe_looks(host: FakeHost, directory: str) -> None:
    host.tree.write(f"{directory}/modprobe.d/x.conf", OPTIONS)
    assert at_boot(host)


@pytest.mark.parametrize("name", ["x.bak", "x.conf.rpmsave", "x.conf.dpkg-old"])
def test_what_modprobe_does_not_read_does_not_count(host: FakeHost, name: str) -> None:
    host.tree.write(f"/etc/modprobe.d/{name}", OPTIONS)
    assert not at_boot(host)


def test_a_directory_below_modprobe_d_is_no_obstacle(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/old/x.conf", OPTIONS)
    assert not at_boot(host)


@pytest.mark.parametrize(
    "text",
    ["options vfio-pci enable_sriov", "options vfio-pci \\\nenable-sriov=on", "options vfio_pci x=' enable_sriov=true"],
)
def test_a_boolean_is_read_as_the_kernel_reads_it(host: FakeHost, text: str) -> None:
    host.tree.write(ETC, f"{text}\n")
    assert at_boot(host)


def test_the_last_value_counts(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/a.conf", OPTIONS)
    host.tree.write("/usr/lib/modprobe.d/b.conf", "options vfio-pci enable_sriov=0\n")
    assert not at_boot(host)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vfio-pci.enable_sriov=1", True),
        ('"vfio_pci.enable-sriov=Y"', True),
        ("vfio_pci.enable_sriov", True),
        ("vfio_pci.enable_sriov=1 vfio_pci.enable_sriov=0", False),
        ("vfio_pci.enable_sriov=N", False),
        ("vfio.enable_sriov=1", False),
    ],
)
def test_a_boot_parameter_counts(host: FakeHost, line: str, expected: bool) -> None:
    host.tree.write("/proc/cmdline", f"quiet {line} ro\n")
    assert at_boot(host) is expected


def test_a_boot_parameter_goes_before_the_files(host: FakeHost) -> None:
    host.tree.write(ETC, OPTIONS)
    host.tree.write("/proc/cmdline", "vfio-pci.enable_sriov=0\n")
    assert not at_boot(host)
