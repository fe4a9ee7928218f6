# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import have
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu import refusal as explain
from ansible_collections.dataplane.dpdk.plugins.module_utils._iommu.refusal import Refusal
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, inventory
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, OTHER, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT
from hypothesis import given, settings
from hypothesis import strategies as st

NEW = f"[ 9.1] vfio-pci {PF}: probe with driver vfio-pci failed with error %d"
OLD = f"[ 9.1] vfio-pci: probe of {PF} failed with error %d"
STRANGE = "vfio-pci 0000:99:00.0: probe with driver vfio-pci failed with error -22"


def predicted(host: FakeHost, address: str) -> Refusal | None:
    return explain.predict(have.facts(host), device.scan(host)[address])


def explained(host: FakeHost, *log: str) -> list[Refusal]:
    return explain.from_log(log, have.facts(host), device.scan(host))


# predicting


def test_a_device_that_would_be_taken(host: FakeHost) -> None:
    assert predicted(host, PF) is None


def test_a_device_without_iommu(bare_host: FakeHost) -> None:
    refusal = predicted(bare_host, PF)
    assert refusal
    assert (refusal.error, refusal.cause) == (-22, "no_iommu")
    assert "virtual machine without a virtual IOMMU" in refusal.reason
    assert "Give the virtual machine an IOMMU" in refusal.remedy[0]


def test_a_device_that_an_iommu_leaves_out(host: FakeHost) -> None:
    host.pci.leave_group(host.pci.functions[PF])
    refusal = predicted(host, PF)
    assert refusal
    assert refusal.remedy == ("Move the card to a slot behind an IOMMU.",)


def test_no_iommu_mode_takes_it(bare_host: FakeHost) -> None:
    bare_host.modules.load("vfio", enable_unsafe_noiommu_mode="Y")
    assert predicted(bare_host, PF) is None


@pytest.mark.parametrize("ids", ["8086:19e2", "8086:37c9", "8086:0b25"])
def test_a_denied_device(host: FakeHost, ids: str) -> None:
    vendor, kind = ids.split(":")
    card = replace(device.scan(host)[PF], vendor_id=vendor, device_id=kind)
    refusal = explain.predict(have.facts(host), card)
    assert refusal
    assert (refusal.error, refusal.cause) == (-22, "denylist")
    assert "disable_denylist" in refusal.remedy[0]
    assert explain.predict(have.facts(host), card, denylist=False) is None


def test_the_denylist_can_be_off(host: FakeHost) -> None:
    assert vfio.denylist_in_force(host)
    host.modules.load("vfio_pci", disable_denylist="Y")
    assert not vfio.denylist_in_force(host)


def test_a_bridge(host: FakeHost) -> None:
    refusal = predicted(host, BRIDGE)
    assert refusal
    assert (refusal.error, refusal.cause) == (-22, "bridge")
    assert "header type 1" in refusal.reason


@pytest.mark.parametrize("class_code", ["060100", "068000"])
def test_an_endpoint_is_taken_whatever_its_class(host: FakeHost, class_code: str) -> None:
    card = replace(device.scan(host)[PF], class_code=class_code)
    assert explain.predict(have.facts(host), card) is None


def test_what_does_not_answer(host: FakeHost) -> None:
    refusal = explain.predict(have.facts(host), replace(device.scan(host)[PF], header_type=0x7F))
    assert refusal
    assert refusal.cause == "no_answer"
    assert "does not answer" in refusal.reason
    assert "power" in refusal.remedy[0]


def test_a_device_that_vfio_has_is_not_refused(bare_host: FakeHost) -> None:
    """The mode that let it in may be off again: turning it off releases nothing."""
    card = replace(device.scan(bare_host)[PF], driver="vfio-pci")
    assert explain.predict(have.facts(bare_host), card) is None


def test_a_pf_with_vfs(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "2")
    refusal = predicted(host, PF)
    assert refusal
    assert (refusal.error, refusal.cause) == (-16, "pf_with_vfs")
    assert "Set the number of VFs to 0" in refusal.remedy[0]


@pytest.mark.parametrize("iommu", [True, False])
def test_nothing_is_predicted_for_a_bus_that_vfio_does_not_know(tmp_path: Path, iommu: bool) -> None:
    guest = hyperv_guest(tmp_path / "guest", iommu)
    assert explain.predict(have.facts(guest), inventory.scan(guest)[PORT]) is None


# what a log says


@pytest.mark.parametrize("line", [NEW, OLD])
def test_an_error_is_found_in_the_log_of_any_kernel(bare_host: FakeHost, line: str) -> None:
    (refusal,) = explained(bare_host, "[ 9.0] something else", line % -22)
    assert (refusal.address, refusal.error, refusal.cause) == (PF, -22, "no_iommu")


def test_the_last_error_of_a_device_counts(bare_host: FakeHost) -> None:
    (refusal,) = explained(bare_host, NEW % -22, NEW % -16)
    assert refusal.cause == "pf_with_vfs"


@pytest.mark.parametrize(
    ("line", "error", "cause"),
    [
        (f"vfio-pci {PF}: 8086:19e2 exists in vfio-pci device denylist, driver probing disallowed.", -22, "denylist"),
        (f"vfio-pci {PF}: Cannot bind to PF with SR-IOV enabled", -16, "pf_with_vfs"),
        ("", -16, "pf_with_vfs"),
        ("", -22, "not_coherent"),
        ("", -12, "unknown"),
    ],
)
def test_what_the_log_says_of_it_decides(host: FakeHost, line: str, error: int, cause: str) -> None:
    (refusal,) = explained(host, line, NEW % error)
    assert (refusal.error, refusal.cause) == (error, cause)
    assert refusal.reason
    assert refusal.remedy


def test_a_failure_that_is_past(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    host.write_attr(f"/sys/bus/pci/devices/{PF}/driver/unbind", PF)
    host.write_attr(f"/sys/bus/pci/devices/{PF}/driver_override", "vfio-pci")
    host.write_attr("/sys/bus/pci/drivers/vfio-pci/bind", PF)
    (refusal,) = explained(host, NEW % -22)
    assert refusal.cause == "past"


def test_a_device_of_another_host(host: FakeHost) -> None:
    (refusal,) = explained(host, STRANGE)
    assert refusal.cause == "unknown"
    assert "no IOMMU group, is a bridge, or" in refusal.reason
    assert "on the host that the log is from" in refusal.remedy[0]


def test_each_device_is_explained(bare_host: FakeHost) -> None:
    other = (NEW % -22).replace(PF, OTHER)
    assert [each.address for each in explained(bare_host, NEW % -22, other, STRANGE)] == [PF, OTHER, "0000:99:00.0"]


@given(st.lists(st.text(max_size=60)))
@settings(max_examples=40)
def test_any_log_is_read(host: FakeHost, lines: list[str]) -> None:
    assert all(each.reason for each in explained(host, *lines, NEW % -22))
