# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, drivers


def test_every_driver_is_for_a_known_bus() -> None:
    assert {each.bus for each in drivers.TABLE} == {each.name for each in buses.TABLE}


@pytest.mark.parametrize(("bus", "driver", "vfio"), [("pci", "vfio-pci", True), ("vmbus", "uio_hv_generic", False)])
def test_what_dpdk_needs_for_a_bus(bus: str, driver: str, vfio: bool) -> None:
    assert (drivers.default(bus), drivers.uses_vfio(bus)) == (driver, vfio)


def test_a_bus_whose_devices_stay_with_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "TABLE", tuple(each for each in drivers.TABLE if each.bus != drivers.VMBUS))
    with pytest.raises(HostError, match="DPDK has no driver of its own for the VMBus of Hyper-V") as caught:
        drivers.default(drivers.VMBUS)
    assert caught.value.remedy == ("Leave the device with its kernel driver.",)
