# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every device that a task can name, whatever its bus."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import buses, device, vmbus
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

# How each bus of ``buses.TABLE`` is read.
READERS = {buses.PCI: device.scan, buses.VMBUS: vmbus.scan}


def scan(host: Host) -> dict[str, Device]:
    """Return all devices by address: a PCI address, or a GUID."""
    return {address: found for read in READERS.values() for address, found in read(host).items()}
