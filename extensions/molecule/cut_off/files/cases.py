# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task for every module that changes a host, and one that takes it back."""

from __future__ import annotations

PFS = ("0000:01:00.0", "0000:02:00.0")
VFS = [{"vf": 0, "mac": "02:00:00:00:10:01"}, {"vf": 1, "vlan": 100}, {"vf": 2, "driver": "vfio-pci"}]
BACK = {"state": "restored"}
CASES = {
    "dpdk_bind": ("dpdk_bind", {"devices": list(PFS)}, BACK),
    "sriov_vfs": ("sriov_vfs", {"pfs": [{"device": PFS[0], "num_vfs": 3, "up": True, "vfs": VFS}]}, BACK),
    "vfio_module": ("vfio_module", {"params": {"enable_sriov": True}}, BACK),
    "vf_token": ("vf_token", {"group": "dpdk"}, BACK),
    "hugepages": (
        "hugepages",
        {"pools": [{"size": "2M", "count": 8}], "mounts": [{"path": "/dev/huge2M", "size": "2M", "group": "dpdk"}]},
        BACK,
    ),
    "access": (
        "access",
        {"group": "dpdk", "users": ["nobody"], "devices": [PFS[1]], "memlock": "64", "services": ["cron.service"]},
        BACK,
    ),
    "kernel_args": ("kernel_args", {"present": ["iommu.passthrough=1"]}, BACK),
}
