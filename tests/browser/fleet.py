# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A made-up fleet, in the form in which modules return what they see: always the same for the same number of hosts."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _merged, _report

SEEN = "2026-01-31T06:{:02}:{:02}Z"
HOSTILE = "<script>alert(1)</script>"
CARDS = (
    ("8086:1592", "Ethernet Controller E810-C for QSFP", "ice", 128),
    ("8086:1572", "Ethernet Controller X710 for 10GbE SFP+", "i40e", 32),
    ("8086:10c9", "82576 Gigabit Network Connection", "igb", 7),
)
MELLANOX = ("15b3:101d", "MT2892 Family [ConnectX-6 Dx]", "mlx5_core", 16)
KERNELS = ("6.12.107+deb13-amd64", "6.1.0-41-amd64", "5.14.0-570.el9.x86_64", "6.8.0-90-generic")


def device(address: str, card: tuple[str, str, str, int], **given: Any) -> dict[str, Any]:
    ids, name, native, total = card
    driver = given.get("driver", "vfio-pci")
    sort = {"vfio-pci": "vfio", "uio_pci_generic": "uio", "mlx5_core": "bifurcated", None: None}.get(driver, "kernel")
    vendor = "Intel Corporation" if ids.startswith("8086") else "Mellanox Technologies"
    return {
        "address": address,
        "kind": "net",
        "ids": ids,
        "vendor_name": vendor,
        "device_name": name,
        "driver": driver,
        "driver_class": sort,
        "dpdk_driver": sort in ("vfio", "uio"),
        "dpdk_ready": sort in ("vfio", "bifurcated"),
        "not_ready_reason": None
        if sort in ("vfio", "bifurcated")
        else f"It is on {driver}, which DPDK cannot work with.",
        "interfaces": [],
        "original_driver": native,
        "persistent_driver": "vfio-pci" if sort == "vfio" else None,
        "drift": [],
        "vfs": [],
        "total_vfs": total,
        "pf": None,
        "management": None,
        **given,
    }


def management(number: int) -> dict[str, Any]:
    return device(
        "0000:04:00.0",
        ("14e4:165f", "NetXtreme BCM5720 Gigabit Ethernet PCIe", "tg3", 0),
        driver="tg3",
        numa_node=0,
        iommu_group=30,
        interfaces=[{"name": "eno1", "mac": f"52:54:00:01:{number // 256:02x}:{number % 256:02x}"}],
        management="eno1 has the address of this connection.",
    )


def ports(pick: random.Random, number: int) -> list[dict[str, Any]]:
    """Two cards on two NUMA nodes; one PF of the first has VFs."""
    card = pick.choice(CARDS)
    found = [management(number)]
    vfs = pick.choice((2, 4, 6, 7) if card[3] < 16 else (2, 4, 8, 16))
    names = [f"0000:17:{1 + each // 8:02x}.{each % 8}" for each in range(vfs)]
    native = card[2]
    pf = device("0000:17:00.0", card, driver=native, numa_node=0, iommu_group=40, vfs=names, persistent_num_vfs=vfs)
    pf["interfaces"] = [{"name": "ens1f0", "mac": f"3c:fd:fe:00:{number // 256:02x}:{number % 256:02x}"}]
    found += [pf]
    found += [
        device(each, card, numa_node=0, iommu_group=60 + n, pf=pf["address"], total_vfs=0)
        for n, each in enumerate(names)
    ]
    if number % 5 == 0:
        found += [
            device(f"0000:b1:00.{n}", MELLANOX, driver="mlx5_core", numa_node=1, iommu_group=100 + n) for n in range(2)
        ]
        for n, each in enumerate(found[-2:]):
            each["interfaces"] = [
                {"name": f"ens3f{n}np{n}", "mac": f"b8:ce:f6:0{n}:{number // 256:02x}:{number % 256:02x}"}
            ]
    else:
        found += [
            device(f"0000:b1:00.{n}", card, numa_node=1, iommu_group=100 + n, last_interface=f"ens3f{n}")
            for n in range(2)
        ]
    return found


def healthy(pick: random.Random, number: int) -> dict[str, Any]:
    site, rack = ("ams", "fra", "lon", "par")[number % 4], number // 40 + 1
    booted = "BOOT_IMAGE=/vmlinuz root=UUID=7d5c ro quiet intel_iommu=on iommu=pt hugepagesz=1G hugepages=32"
    pools = [
        {"size_kb": size, "node": node, "total": total, "free": pick.choice((0, total // 2, total))}
        for node in (0, 1)
        for size, total in ((2048, pick.choice((0, 1024))), (1048576, 16))
    ]
    return {
        "name": f"{site}-r{rack:02}-dp{number:03}",
        "groups": [site, f"rack{rack:02}"],
        "seen": SEEN.format(number // 60 % 60, number % 60),
        "info": {
            "devices": ports(pick, number),
            "vmbus_devices": [],
            "drift": [],
            "kernel": {"release": KERNELS[pick.choice((0, 0, 0, 0, 1, 1, 2, 3))], "cmdline": booted},
            "hugepages": pools,
        },
        "iommu": {
            "verdict": pick.choice(("active", "passthrough")),
            "effective": True,
            "platform": "intel",
            "causes": ["The kernel drives dmar0, dmar1 and has 148 IOMMU groups."],
            "remedies": [],
        },
        "predicted": {
            "kernel_args": {
                "actions": [],
                "before": {"configured": "quiet intel_iommu=on iommu=pt hugepagesz=1G hugepages=32", "booted": booted},
                "reboot_required": False,
                "missing": [],
                "conflicting": [],
            }
        },
        "hugepages": [{"size": "1G", "count": 32}],
    }


def unreachable(seen: dict[str, Any]) -> None:
    said = f"Failed to connect to the host via ssh: ssh: connect to host {seen['name']} port 22: Connection timed out"
    seen.update(info={"unreachable": True, "msg": said}, iommu={"skipped": True}, predicted={})


def refused(seen: dict[str, Any]) -> None:
    remedy = ["Name another port, or set allow_management where the host has out-of-band access."]
    problem = "0000:04:00.0 (eno1) carries the management path of this host: eno1 has the address of this connection."
    seen["predicted"]["dpdk_bind"] = {
        "failed": True,
        "msg": f"{problem} {remedy[0]}",
        "remedy": remedy,
        "problems": [{"problem": problem, "remedy": remedy}],
    }


def to_be_rebooted(seen: dict[str, Any]) -> None:
    booted = "BOOT_IMAGE=/vmlinuz root=UUID=7d5c ro quiet intel_iommu=off"
    seen["info"]["kernel"]["cmdline"] = booted
    seen["predicted"]["kernel_args"].update(
        reboot_required=True, missing=["intel_iommu=on", "iommu=pt"], conflicting=["intel_iommu=off"]
    )
    seen["iommu"] = {
        "verdict": "off_by_cmdline",
        "effective": False,
        "causes": ["Intel VT-d was turned off by the boot parameter intel_iommu=off."],
        "remedies": ["Remove intel_iommu=off from the kernel command line, add intel_iommu=on and reboot."],
    }
    for each in seen["info"]["devices"]:
        each["iommu_group"] = None
        if each["driver"] == "vfio-pci":
            each.update(
                driver=None,
                driver_class=None,
                dpdk_driver=False,
                dpdk_ready=False,
                not_ready_reason="It has no driver.",
            )


def firmware(seen: dict[str, Any]) -> None:
    to_be_rebooted(seen)
    seen["predicted"]["kernel_args"].update(reboot_required=False, missing=[], conflicting=[])
    seen["iommu"] = {
        "verdict": "firmware_absent",
        "effective": False,
        "causes": ["The firmware reports no IOMMU: no ACPI table DMAR, IVRS, VIOT, IORT."],
        "remedies": ["Enable the IOMMU in the firmware setup: VT-d (Intel), AMD-Vi or IOMMU (AMD), SMMU (Arm)."],
    }


def drifted(seen: dict[str, Any]) -> None:
    port = next(each for each in seen["info"]["devices"] if each["vfs"])
    port["drift"] = [f"The number of VFs should be {len(port['vfs']) + 2}, but is {len(port['vfs'])}."]


def shared_group(seen: dict[str, Any]) -> None:
    first, second = seen["info"]["devices"][-2:]
    for each in (first, second):
        each["iommu_group"] = 17
    first.update(
        device("0000:b1:00.0", CARDS[2], numa_node=1, iommu_group=17),
        dpdk_ready=False,
        not_ready_reason="IOMMU group 17 is not viable: it also holds 0000:b1:00.1 (ens3f1) on igb.",
    )
    second.update(
        device(
            "0000:b1:00.1",
            CARDS[2],
            driver="igb",
            numa_node=1,
            iommu_group=17,
            interfaces=[{"name": "ens3f1", "mac": "52:54:00:02:00:01"}],
        )
    )


def few_pages(seen: dict[str, Any]) -> None:
    for each in seen["info"]["hugepages"]:
        if each["size_kb"] == 1048576 and each["node"] == 1:
            each.update(total=9, free=9)


def not_described(seen: dict[str, Any]) -> None:
    seen["predicted"]["sriov_vfs"] = {"actions": ["Made 8 VFs of 0000:17:00.0 (ens1f0) (were 4)"], "after": {}}
    seen["predicted"]["dpdk_bind"] = {
        "actions": [f"Bound 0000:17:01.{n} to vfio-pci (was none)" for n in (4, 5, 6, 7)],
        "after": {"devices": []},
    }


FAULTS = (
    (unreachable, 7),
    (refused, 3),
    (to_be_rebooted, 14),
    (firmware, 5),
    (drifted, 12),
    (shared_group, 4),
    (few_pages, 9),
    (not_described, 8),
)


def report(size: int) -> dict[str, Any]:
    """A report of a fleet: about one host in eight has something, and one is named to do harm."""
    pick = random.Random(size)
    seen = [healthy(pick, number) for number in range(size)]
    at = iter(pick.sample(range(1, size), sum(number for _fault, number in FAULTS) * size // 500))
    for fault, number in FAULTS:
        for _each in range(number * size // 500):
            fault(seen[next(at)])
    seen[0]["name"] = HOSTILE
    seen[0]["groups"] = ["</script><img src=x onerror=alert(2)>"]
    drifted(seen[0])
    seen[0]["info"]["devices"][1]["device_name"] = "<img src=x onerror=alert(3)>{{ 7 * 7 }}"
    return _merged.merge(
        [_report.entry(each) for each in seen], title="DPDK readiness, all sites", created=SEEN.format(40, 0)
    )
