# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import sriov
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, driver_of
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

NUMVFS = f"{DEVICES}/{PF}/sriov_numvfs"
AUTOPROBE = f"{DEVICES}/{PF}/sriov_drivers_autoprobe"


def failed(host: FakeHost, number: int) -> str:
    with pytest.raises(HostError) as caught:
        sriov.set_num_vfs(host, PF, number)
    assert caught.value.remedy
    return told(caught.value)


def test_a_number_that_is_right_already(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    sriov.set_num_vfs(host, PF, 2)
    assert host.attr(NUMVFS) == "2"


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (errno.ERANGE, "Numerical result out of range", "Ask for no more VFs than sriov_totalvfs says"),
        (errno.ENOENT, "No such file or directory", "Bind the PF to a driver that can make VFs"),
        (errno.EBUSY, "Device or resource busy", "Set the number of VFs to 0 first"),
        (errno.ENOMEM, "Cannot allocate memory", "pci=realloc"),
        (errno.ENOSPC, "No space left on device", "MSI-X"),
        (errno.EIO, "Input/output error", "Update the card's firmware"),
        (errno.EPERM, "Operation not permitted", "assigned to virtual machines"),
        (errno.EINVAL, "Invalid argument", "mode"),
        (errno.EXDEV, "Invalid cross-device link", "Look into the kernel log"),
    ],
)
def test_each_errno_has_a_cause_and_a_remedy(host: FakeHost, answer: int, cause: str, remedy: str) -> None:
    host.refuse("sriov_numvfs", answer)
    said = failed(host, 2)
    assert f"{PF} did not get 2 VFs. Writing '2' to {NUMVFS} failed: {cause}." in said
    assert remedy in said
    assert "mlxconfig" not in said


@pytest.mark.parametrize("answer", [errno.ERANGE, errno.EBUSY, errno.ENOMEM, errno.ENOENT, errno.EINVAL])
def test_how_to_set_the_firmware_of_a_connectx(host: FakeHost, answer: int) -> None:
    host.tree.write(f"{host.pci.functions[PF].path}/vendor", "0x15b3\n")
    host.refuse("sriov_numvfs", answer)
    assert f"mlxconfig -d {PF} set SRIOV_EN=1 NUM_OF_VFS=4" in failed(host, 4)


def test_real_refusals_of_the_kernel(host: FakeHost) -> None:
    """Those that the fake kernel finds by itself, with the line that it logs."""
    host.write_attr(NUMVFS, "2")
    assert "igb 0000:01:00.0: 2 VFs already enabled. Disable before enabling" in failed(host, 3)
    assert "Numerical result out of range" in failed(host, 8)


def test_a_write_that_hangs_is_left_behind(host: FakeHost) -> None:
    host.hang("sriov_numvfs")
    said = failed(host, 2)
    assert "did not finish writing '2'" in said
    assert "within 120 s" in said
    assert "end that process" in said


@pytest.mark.parametrize("short", [1, 2])
def test_fewer_vfs_than_asked_are_a_failure(host: FakeHost, short: int) -> None:
    host.pci.drivers["igb"].fewer_vfs = short
    assert f"{PF} should have 2 VFs, but its driver made {2 - short}. Ask for {2 - short} VFs" in failed(host, 2)


def test_a_vf_is_found_by_its_link(host: FakeHost) -> None:
    host.write_attr(NUMVFS, "2")
    assert sriov.vf_address(host, PF, 1) == VFS[1]
    with pytest.raises(HostError) as caught:
        sriov.vf_address(host, PF, 2)
    assert "VF 2 of 0000:01:00.0 is not there. Look" in told(caught.value)


def test_vfs_are_offered_to_native_drivers(host: FakeHost) -> None:
    host.write_attr(AUTOPROBE, "0")
    host.write_attr(NUMVFS, "2")
    assert [driver_of(host, vf) for vf in VFS[:2]] == [None, None]
    sriov.release(host, PF)
    assert host.attr(AUTOPROBE) == "1"
    assert [driver_of(host, vf) for vf in VFS[:2]] == ["igbvf", "igbvf"]
    assert host.commands[-1][:2] == ("udevadm", "settle")


def test_autoprobe_that_does_not_change(host: FakeHost) -> None:
    host.lie("sriov_drivers_autoprobe")
    with pytest.raises(HostError) as caught:
        sriov.set_autoprobe(host, PF, False)
    assert "but it reads 1. Look for another tool" in told(caught.value)
