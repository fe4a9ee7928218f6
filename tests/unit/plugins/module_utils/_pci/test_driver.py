# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import log
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import DEVICES, driver_of, override_of
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


@pytest.fixture(autouse=True)
def loaded(host: FakeHost) -> None:
    host.modules.load("vfio_pci")


def state(host: FakeHost, address: str = PF) -> tuple[str | None, str | None]:
    return driver_of(host, address), override_of(host, address)


def test_a_driver_exists_when_the_kernel_has_registered_it(host: FakeHost) -> None:
    assert driver.exists(host, "vfio-pci")
    assert not driver.exists(host, "vfio_pci")


def test_move_and_put_back(host: FakeHost) -> None:
    driver.move(host, PF, "vfio-pci")
    assert state(host) == ("vfio-pci", "vfio-pci")
    driver.settle(host, PF, "igb", None)
    assert state(host) == ("igb", None)


def test_a_device_on_its_driver_only_gets_the_override(host: FakeHost) -> None:
    driver.move(host, PF, "igb")
    assert host.writes == [(f"{DEVICES}/{PF}/driver_override", "igb")]
    assert state(host) == ("igb", "igb")


def test_a_device_without_driver_is_not_unbound(host: FakeHost) -> None:
    driver.unbind(host, PF)
    host.writes.clear()
    driver.move(host, PF, "vfio-pci")
    assert [path.rsplit("/", 1)[1] for path, _value in host.writes] == ["driver_override", "bind"]
    driver.settle(host, PF, None, None)
    assert state(host) == (None, None)


def test_the_override_is_restored_before_the_driver(host: FakeHost) -> None:
    driver.move(host, PF, "vfio-pci")
    host.writes.clear()
    driver.settle(host, PF, "igb", None)
    names = [path.rsplit("/", 1)[1] for path, value in host.writes]
    assert names.index("driver_override") < names.index("bind"), "else the kernel answers ENODEV"
    assert all("\0" not in value for path, value in host.writes), "a lone NUL would be taken for a name"


def test_a_vf_goes_back_to_its_driver_where_autoprobe_is_off(host: FakeHost) -> None:
    host.write_attr(f"{DEVICES}/{PF}/sriov_numvfs", "1")
    host.write_attr(f"{DEVICES}/{PF}/sriov_drivers_autoprobe", "0")
    assert state(host, VFS[0]) == ("igbvf", None)
    driver.move(host, VFS[0], "vfio-pci")
    driver.settle(host, VFS[0], "igbvf", None)
    assert state(host, VFS[0]) == ("igbvf", None)


def test_an_override_that_does_not_stay_is_found(host: FakeHost) -> None:
    host.lie("driver_override")
    with pytest.raises(HostError) as caught:
        driver.set_override(host, PF, "vfio-pci")
    assert f"driver_override of {PF} was set to vfio-pci, but reads nothing." in told(caught.value)
    assert caught.value.remedy


def test_an_unbind_that_does_nothing_is_found(host: FakeHost) -> None:
    host.lie("driver/unbind")
    with pytest.raises(HostError) as caught:
        driver.unbind(host, PF)
    assert f"{PF} was unbound, but igb has it." in told(caught.value)
    assert "Look for another tool" in told(caught.value)


def test_a_bind_that_does_nothing_is_found(host: FakeHost) -> None:
    driver.unbind(host, PF)
    driver.set_override(host, PF, "vfio-pci")
    host.lie("vfio-pci/bind")
    with pytest.raises(HostError) as caught:
        driver.bind(host, PF, "vfio-pci")
    assert "The kernel took the write, but the driver is none." in told(caught.value)
    assert "Run dataplane.dpdk.iommu_check" in told(caught.value)


@pytest.mark.parametrize(
    ("answer", "said"), [(errno.EINVAL, "Invalid argument"), (errno.ENODEV, "No such device"), (errno.EBUSY, "busy")]
)
def test_whatever_the_errno_of_a_refused_bind_it_is_reported(host: FakeHost, answer: int, said: str) -> None:
    driver.unbind(host, PF)
    host.refuse("vfio-pci/bind", answer)
    with pytest.raises(HostError) as caught:
        driver.bind(host, PF, "vfio-pci")
    assert f"vfio-pci did not take {PF}. Writing '{PF}'" in caught.value.message
    assert said in caught.value.message
    assert caught.value.remedy


def test_a_refused_bind_that_worked_is_a_success(host: FakeHost) -> None:
    host.refuse("igb/bind", errno.EBUSY)
    driver.bind(host, PF, "igb")  # udev was faster
    assert driver_of(host, PF) == "igb"


def test_a_refusal_reports_what_the_kernel_said_of_this_device_since(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.kernel_log += [f"igb {PF}: line of an earlier run"]
    host.drivers[2].refuses = errno.EIO
    host.pci.drivers["igb"].refuses = errno.EIO
    driver.unbind(host, PF)
    write = host.write_attr

    def noisy(path: str, value: str) -> None:
        host.kernel_log += [f"igb {PF}: line {number}" for number in range(9)] + ["igb 0000:77:00.0: of another"]
        write(path, value)

    monkeypatch.setattr(host, "write_attr", noisy)
    with pytest.raises(HostError) as caught:
        driver.bind(host, PF, "igb")
    assert "probe with driver igb failed with error -5" in caught.value.message
    assert "line 8" in caught.value.message
    assert "line 3;" not in caught.value.message
    assert "of another" not in caught.value.message
    assert "earlier run" not in caught.value.message
    assert caught.value.remedy == ("Look into the kernel log for the reason that igb gives.",)


def test_a_closed_kernel_log_is_no_second_error(host: FakeHost) -> None:
    host.missing_commands.add("dmesg")
    assert log.about(host, PF) == ""
    with pytest.raises(HostError, match="vfio-pci did not take"):
        driver.bind(host, PF, "vfio-pci")


def test_an_unbind_that_blocks_says_so(host: FakeHost) -> None:
    driver.move(host, PF, "vfio-pci")
    host.hold(host.pci.functions[PF])
    with pytest.raises(WriteError) as caught:
        driver.unbind(host, PF)
    assert "did not finish writing" in told(caught.value)
    assert "end that process" in told(caught.value)


@pytest.mark.parametrize("path", ["driver_override", "driver/unbind"])
def test_a_refused_write_has_a_remedy(host: FakeHost, path: str) -> None:
    host.refuse(path, errno.EPERM)
    with pytest.raises(HostError) as caught:
        driver.move(host, PF, "vfio-pci")
    assert f"{PF}/{path} failed: Operation not permitted." in caught.value.message
    assert caught.value.remedy
