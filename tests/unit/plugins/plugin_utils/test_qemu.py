# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine of the lab as QEMU is started for it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _qemu

ROOT = {"model": "igb", "port": "root"}
BEHIND = {"model": "e1000", "behind": "bridge"}


def machine(**changes: Any) -> dict[str, Any]:
    return {
        "name": "m",
        "directory": "/lab/m",
        "disk": "/lab/m/disk.qcow2",
        "memory": 2048,
        "cpus": 2,
        "accel": "tcg",
        **changes,
    }


def values(option: str, **changes: Any) -> list[str]:
    """What follows each occurrence of an option in the argument list."""
    found = _qemu.arguments(machine(**changes))
    return [value for name, value in zip(found, found[1:]) if name == option]


def devices(driver: str, **changes: Any) -> list[dict[str, str]]:
    found = []
    for value in values("-device", **changes):
        name, *properties = value.split(",")
        if name == driver:
            found.append(dict(item.split("=", 1) for item in properties))
    return found


def refusal(**changes: Any) -> str:
    with pytest.raises(_qemu.MachineError) as caught:
        _qemu.arguments(machine(**changes))
    return str(caught.value)


def test_all_arguments_are_text() -> None:
    assert all(
        isinstance(argument, str) for argument in _qemu.arguments(machine(nics=[ROOT, BEHIND], seed="/s", loadvm="g"))
    )


def test_same_description_gives_same_arguments_and_stays_as_it_was() -> None:
    nics = [dict(ROOT), dict(BEHIND)]
    assert _qemu.arguments(machine(nics=nics)) == _qemu.arguments(machine(nics=nics))
    assert nics == [ROOT, BEHIND]


def test_nothing_comes_by_default() -> None:
    assert _qemu.arguments(machine())[0] == "-nodefaults"


def test_memory_and_cpus() -> None:
    assert (values("-m", memory=512), values("-smp", cpus=3)) == (["512"], ["3"])
    assert values("-m", memory="1G") == ["1024"]
    assert "memory: 'much' is no size. Write it like" in refusal(memory="much")


@pytest.mark.parametrize(
    ("accel", "machine_type", "accelerator", "cpu"),
    [
        ("tcg", "q35,kernel-irqchip=off", "tcg,thread=multi,tb-size=512", "max"),
        ("kvm", "q35,kernel-irqchip=split", "kvm", "host"),
    ],
)
def test_accelerator(accel: str, machine_type: str, accelerator: str, cpu: str) -> None:
    assert values("-machine", accel=accel) == [machine_type]
    assert values("-accel", accel=accel) == [accelerator]
    assert values("-cpu", accel=accel) == [cpu]


UEFI = {"firmware_code": "/f/code", "nvram": "/lab/m/nvram"}


@pytest.mark.parametrize("firmware", ["uefi", "secureboot"])
def test_uefi_has_code_to_read_and_variables_to_write(firmware: str) -> None:
    flash = [value for value in values("-drive", firmware=firmware, **UEFI) if value.startswith("if=pflash")]
    assert flash == [
        "if=pflash,unit=0,format=raw,readonly=on,file=/f/code",
        "if=pflash,unit=1,format=qcow2,file=/lab/m/nvram",
    ]


def test_only_secure_boot_protects_its_variables() -> None:
    assert values("-machine", firmware="secureboot", **UEFI) == ["q35,kernel-irqchip=off,smm=on"]
    assert values("-global", firmware="secureboot", **UEFI) == ["driver=cfi.pflash01,property=secure,value=on"]
    assert values("-machine", firmware="uefi", **UEFI) == values("-machine")
    assert values("-global", firmware="uefi", **UEFI) == []


def test_uefi_boots_the_disk_before_the_network() -> None:
    assert [disk.get("bootindex") for disk in devices("virtio-blk-pci", firmware="uefi", **UEFI)] == ["1"]
    assert [disk.get("bootindex") for disk in devices("virtio-blk-pci")] == [None]


def test_files_of_the_firmware_are_of_no_use_to_the_bios() -> None:
    assert _qemu.arguments(machine(firmware="bios", **UEFI)) == _qemu.arguments(machine())


@pytest.mark.parametrize(
    ("iommu", "device"),
    [("intel", "intel-iommu"), ("amd", "amd-iommu"), ("virtio", "virtio-iommu-pci"), ("none", None)],
)
def test_iommu(iommu: str, device: str | None) -> None:
    found = [value.split(",")[0] for value in values("-device", iommu=iommu) if "iommu" in value]
    assert found == ([device] if device else [])


def test_iommu_stands_before_all_devices_it_serves() -> None:
    assert values("-device", nics=[ROOT])[0].startswith("intel-iommu")


def test_intel_is_the_default_iommu() -> None:
    assert _qemu.arguments(machine()) == _qemu.arguments(machine(iommu="intel"))


def test_disk_and_management_bypass_the_iommu() -> None:
    assert "iommu_platform" not in " ".join(_qemu.arguments(machine(nics=[ROOT], seed="/s")))


def test_management_port_is_reached_through_a_port_that_the_host_picks() -> None:
    assert values("-netdev") == ["user,id=management,hostfwd=tcp:127.0.0.1:0-:22"]


def test_root_ports_are_one_bus_each_in_order() -> None:
    nics = [ROOT, BEHIND, ROOT]
    ports = devices("pcie-root-port", nics=nics)
    assert [(port["addr"], port["chassis"]) for port in ports] == [("0x10", "1"), ("0x11", "2")]
    assert [nic["bus"] for nic in devices("igb", nics=nics)] == [port["id"] for port in ports]


def test_ports_behind_one_bridge_share_it() -> None:
    nics = [BEHIND, ROOT, BEHIND, {"model": "e1000", "behind": "other"}]
    assert [bridge["id"] for bridge in devices("pcie-pci-bridge", nics=nics)] == ["bridge", "other"]
    assert [(nic["bus"], nic["addr"]) for nic in devices("e1000", nics=nics)] == [
        ("bridge", "0x1"),
        ("bridge", "0x2"),
        ("other", "0x1"),
    ]


def test_root_ports_have_lower_slots_than_bridges() -> None:
    nics = [BEHIND, *[ROOT] * 8]
    slots = [int(port["addr"], 16) for port in devices("pcie-root-port", nics=nics)]
    assert max(slots) < int(devices("pcie-pci-bridge", nics=nics)[0]["addr"], 16)


def test_controllers_stand_before_the_ports_that_sit_on_them() -> None:
    drivers = [value.split(",")[0] for value in values("-device", nics=[ROOT, BEHIND])]
    assert drivers.index("pcie-root-port") < drivers.index("igb")
    assert drivers.index("pcie-pci-bridge") < drivers.index("e1000")


def test_no_two_devices_share_a_slot() -> None:
    everything = values("-device", nics=[*[ROOT] * 8, BEHIND], seed="/s", iommu="virtio")
    slots = [value.split("addr=")[1].split(",")[0] for value in everything if "addr=" in value and "bus=b" not in value]
    assert len(slots) == len(set(slots)) == 14


def test_ports_on_one_wire_share_a_hub_and_others_have_one_each() -> None:
    nics = [{**ROOT, "wire": "a"}, ROOT, {**BEHIND, "wire": "a"}, BEHIND]
    hubs = [value.split("hubid=")[1] for value in values("-netdev", nics=nics) if value.startswith("hubport")]
    assert hubs[0] == hubs[2]
    assert len(set(hubs)) == 3


def test_wire_may_have_any_name() -> None:
    nics = [{**ROOT, "wire": "nics[1]"}, ROOT]
    hubs = [value.split("hubid=")[1] for value in values("-netdev", nics=nics) if value.startswith("hubport")]
    assert hubs == ["0", "1"]


def test_mac_is_given_or_counted() -> None:
    nics = [ROOT, {**ROOT, "mac": "52:54:00:00:02:02"}, ROOT]
    assert [nic["mac"] for nic in devices("igb", nics=nics)] == [
        "52:54:00:00:01:01",
        "52:54:00:00:02:02",
        "52:54:00:00:01:03",
    ]


def test_seed_is_a_read_only_disk_for_cloud_init() -> None:
    assert values("-blockdev", seed="/s") == ["driver=vvfat,node-name=seed,read-only=on,label=cidata,dir=/s"]
    assert {"drive": "seed", "addr": "0x5"} in devices("virtio-blk-pci", seed="/s")


def test_without_seed_there_is_one_disk() -> None:
    assert [disk["drive"] for disk in devices("virtio-blk-pci", seed="")] == ["disk"]


def test_snapshot_is_resumed_only_when_asked() -> None:
    assert values("-loadvm", loadvm="golden") == ["golden"]
    assert values("-loadvm") == []


def test_comma_in_a_path_does_not_end_the_option() -> None:
    assert values("-drive", disk="/a,b/disk")[0].startswith("file=/a,,b/disk,format=qcow2")
    assert values("-chardev", directory="/a,b") == ["file,id=serial,path=/a,,b/serial.log"]
    assert values("-pidfile", directory="/a,b") == ["/a,b/pid"]


ARM64 = {"arch": "arm64", "kernel": "/i.vmlinuz", "initrd": "/i.initrd", "firmware": "uefi", **UEFI}
TREE = {**ARM64, "firmware": "none"}


@pytest.mark.parametrize(
    ("iommu", "machine_type"), [("smmuv3", "virt,gic-version=3,iommu=smmuv3"), ("none", "virt,gic-version=3")]
)
def test_arm64_has_an_smmu_or_none(iommu: str, machine_type: str) -> None:
    assert values("-machine", iommu=iommu, **ARM64) == [machine_type]
    assert not [value for value in values("-device", iommu=iommu, **ARM64) if "iommu" in value]


def test_smmu_is_the_default_of_arm64() -> None:
    assert _qemu.arguments(machine(**ARM64)) == _qemu.arguments(machine(iommu="smmuv3", **ARM64))


def test_arm64_is_given_its_kernel() -> None:
    assert (values("-kernel", **ARM64), values("-initrd", **ARM64)) == (["/i.vmlinuz"], ["/i.initrd"])
    assert values("-append", **ARM64)[0].startswith("root=LABEL=root ro console=ttyAMA0 ")
    assert values("-append", kernel_args="iommu.passthrough=1", **ARM64)[0].endswith(" iommu.passthrough=1")


def test_a_comma_in_the_path_of_a_kernel_stays_as_it_is() -> None:
    assert values("-kernel", **{**ARM64, "kernel": "/a,b"}) == ["/a,b"]


def test_arm64_has_acpi_from_its_firmware_or_a_device_tree() -> None:
    assert [value.split(",")[0] for value in values("-drive", **ARM64)] == [
        "if=pflash",
        "if=pflash",
        "file=/lab/m/disk.qcow2",
    ]
    assert [value.split(",")[0] for value in values("-drive", **TREE)] == ["file=/lab/m/disk.qcow2"]


def test_arm64_has_no_display() -> None:
    assert devices("VGA", **ARM64) == []


def test_ports_of_arm64_are_those_of_amd64() -> None:
    nics = [ROOT, BEHIND]
    for driver in ("pcie-root-port", "pcie-pci-bridge", "igb", "e1000", "virtio-net-pci"):
        assert devices(driver, nics=nics, **ARM64) == devices(driver, nics=nics)


@pytest.mark.parametrize("key", ["kernel", "initrd", "kernel_args"])
def test_a_kernel_is_of_no_use_to_amd64(key: str) -> None:
    assert _qemu.arguments(machine(**{key: "/k"})) == _qemu.arguments(machine(arch="amd64"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"firmware": "coreboot"}, ["firmware is 'coreboot'", "Use one of: bios, uefi, secureboot"]),
        ({"firmware": "uefi"}, ["UEFI without firmware_code, nvram", "Name the firmware's files"]),
        ({"iommu": "smmuv3"}, ["iommu is 'smmuv3'", "intel, amd, virtio, none"]),
        ({"firmware": "none"}, ["firmware is 'none'", "Use one of: bios, uefi, secureboot"]),
        ({"arch": "riscv64"}, ["arch is 'riscv64'", "amd64, arm64"]),
        ({"arch": "arm64", "firmware": "none"}, ["arm64 without kernel, initrd", "Name the files"]),
        ({**ARM64, "iommu": "intel"}, ["iommu is 'intel'", "smmuv3, none"]),
        ({**ARM64, "accel": "kvm"}, ["accel is 'kvm'", "Use one of: tcg"]),
        ({**ARM64, "firmware": "secureboot"}, ["firmware is 'secureboot'", "Use one of: uefi, none"]),
        ({**ARM64, "firmware": "bios"}, ["firmware is 'bios'", "Use one of: uefi, none"]),
        ({"accel": "hvf"}, ["accel is 'hvf'", "kvm, tcg"]),
        ({"nics": [{"port": "root"}]}, ["nics[0] has no model", "model: igb"]),
        ({"nics": [ROOT, {"model": "igb"}]}, ["nics[1] must have one of port and behind"]),
        ({"nics": [{**ROOT, **BEHIND}]}, ["nics[0] must have one of port and behind"]),
        ({"nics": [{"model": "igb", "port": "leaf"}]}, ["nics[0]: port is 'leaf'", "Use one of: root"]),
        ({"nics": [ROOT] * 9}, ["9 ports on root ports", "at most 8 and 7"]),
        ({"nics": [{"model": "e1000", "behind": f"b{n}"} for n in range(8)]}, ["8 bridges", "at most 8 and 7"]),
        ({"nics": [BEHIND] * 32}, ["more than 31 ports behind bridge", "second bridge"]),
    ],
)
def test_refusal_names_the_machine_the_problem_and_the_remedy(changes: dict[str, Any], words: list[str]) -> None:
    message = refusal(**changes)
    assert "machine m" in message
    for word in words:
        assert word in message


def test_missing_keys_are_named_together() -> None:
    with pytest.raises(_qemu.MachineError, match="machine m: no directory, disk, memory, cpus"):
        _qemu.arguments({"name": "m"})


def test_something_else_than_a_dictionary_is_refused() -> None:
    with pytest.raises(_qemu.MachineError, match="not list"):
        _qemu.arguments(["m"])


def test_further_devices_come_last_and_as_they_are() -> None:
    further = ["nvme-subsys,id=s", "nvme,serial=lab,subsys=s"]
    assert values("-device", nics=[ROOT], devices=further)[-2:] == further
    assert _qemu.arguments(machine(devices=[])) == _qemu.arguments(machine())
