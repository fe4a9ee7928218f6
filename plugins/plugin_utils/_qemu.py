# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine of the lab as the argument list of QEMU. Pure, on the controller."""

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes

# Slots on the root bus. The root ports stand before the bridges, so that the firmware numbers their buses first.
VGA_SLOT = 0x2
DISK_SLOT = 0x3
MANAGEMENT_SLOT = 0x4
SEED_SLOT = 0x5
IOMMU_SLOT = 0x9
FIRST_ROOT_PORT_SLOT = 0x10
ROOT_PORTS = 8
FIRST_BRIDGE_SLOT = 0x18
BRIDGES = 7
BRIDGE_SLOTS = 31
MANAGEMENT_MAC = "52:54:00:00:00:01"

IOMMU_DEVICES = {
    "intel": ["-device", "intel-iommu,intremap=on,caching-mode=on"],
    # Without dma-remap, which QEMU has from 11 on, this one does not translate: devices bind, packets do not flow.
    "amd": ["-device", "amd-iommu,intremap=on,xtsup=on"],
    "virtio": ["-device", f"virtio-iommu-pci,addr={IOMMU_SLOT:#x}"],
    "none": [],
}
ARM64_IOMMUS = {"smmuv3": ",iommu=smmuv3", "none": ""}
# Emulated processors lose a timer interrupt at times and stand still: a panic makes the machine boot once more.
ARM64_KERNEL_ARGS = (
    "root=LABEL=root ro console=ttyAMA0 panic=5 rcupdate.rcu_cpu_stall_timeout=60 sysctl.kernel.panic_on_rcu_stall=1"
)


class MachineError(ValueError):
    """A machine that cannot be as it is described; the text says what to do."""


def _fail(name: object, problem: str, remedy: str) -> MachineError:
    return MachineError(f"machine {name}: {problem} {remedy}")


def _choice(machine: dict[str, Any], key: str, choices: list[str], default: str | None = None) -> str:
    value = machine.get(key, default)
    if value not in choices:
        raise _fail(
            machine.get("name"), f"{key} is {value!r}, which is not supported.", f"Use one of: {', '.join(choices)}."
        )
    return str(value)


def _value(text: object) -> str:
    """A value inside a QEMU option: a comma would end it, unless doubled."""
    return str(text).replace(",", ",,")


def _headless(machine: dict[str, Any]) -> list[str]:
    return [
        *("-nodefaults", "-no-user-config", "-display", "none"),
        *("-name", f"guest={_value(machine['name'])}"),
    ]


def _arm64(machine: dict[str, Any]) -> list[str]:
    iommu = _choice(machine, "iommu", list(ARM64_IOMMUS), "smmuv3")
    _choice(machine, "accel", ["tcg"])
    firmware = _choice(machine, "firmware", ["uefi", "none"], "uefi")
    _need(machine, ["kernel", "initrd"], "arm64", "Name the files of the machine's kernel.")
    return [
        *_headless(machine),
        *("-machine", f"virt,gic-version=3{ARM64_IOMMUS[iommu]}"),
        *("-accel", "tcg,thread=multi,tb-size=512", "-cpu", "cortex-a57"),
        *("-smp", str(machine["cpus"]), "-m", str(_mebibytes(machine))),
        # The firmware brings ACPI tables; IORT is the one that describes the SMMU.
        *(_uefi(machine) if firmware == "uefi" else []),
        *("-kernel", str(machine["kernel"]), "-initrd", str(machine["initrd"])),
        *("-append", f"{ARM64_KERNEL_ARGS} {machine.get('kernel_args', '')}".strip()),
    ]


def _amd64(machine: dict[str, Any]) -> list[str]:
    firmware = _choice(machine, "firmware", ["bios", "uefi", "secureboot"], "bios")
    iommu = _choice(machine, "iommu", list(IOMMU_DEVICES), "intel")
    kvm = _choice(machine, "accel", ["kvm", "tcg"]) == "kvm"
    # Interrupt remapping needs the interrupt controller, or its I/O part under KVM, in QEMU.
    irqchip = "split" if kvm else "off"
    emulated_cpu = "EPYC-v4" if iommu == "amd" else "max"
    return [
        *_headless(machine),
        # Secure Boot's variables may only be written by the firmware, in system management mode.
        *("-machine", f"q35,kernel-irqchip={irqchip}" + ",smm=on" * (firmware == "secureboot")),
        *("-accel", "kvm" if kvm else "tcg,thread=multi,tb-size=512"),
        *("-cpu", "host" if kvm else emulated_cpu),
        *("-smp", str(machine["cpus"]), "-m", str(_mebibytes(machine))),
        *(_uefi(machine) if firmware != "bios" else []),
        *IOMMU_DEVICES[iommu],
        # Nobody looks at it, but GRUB crashes where the BIOS has no display to offer.
        *("-device", f"VGA,addr={VGA_SLOT:#x}"),
    ]


def _need(machine: dict[str, Any], keys: list[str], what: str, remedy: str) -> None:
    missing = [key for key in keys if key not in machine]
    if missing:
        raise _fail(machine["name"], f"{what} without {', '.join(missing)}.", remedy)


def _uefi(machine: dict[str, Any]) -> list[str]:
    _need(machine, ["firmware_code", "nvram"], "UEFI", "Name the firmware's files.")
    secure = ["-global", "driver=cfi.pflash01,property=secure,value=on"]
    return [
        *("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={_value(machine['firmware_code'])}"),
        *("-drive", f"if=pflash,unit=1,format=qcow2,file={_value(machine['nvram'])}"),
        *(secure if machine.get("firmware") == "secureboot" else []),
    ]


def _storage_and_management(machine: dict[str, Any]) -> list[str]:
    uefi = machine.get("firmware") in ("uefi", "secureboot")
    words = [
        *("-drive", f"file={_value(machine['disk'])},format=qcow2,if=none,id=disk,discard=unmap"),
        # UEFI would try to boot from the network first.
        *("-device", f"virtio-blk-pci,drive=disk,addr={DISK_SLOT:#x}" + ",bootindex=1" * uefi),
        # Port 0: the host picks a free one; the monitor says which.
        *("-netdev", "user,id=management,hostfwd=tcp:127.0.0.1:0-:22"),
        *(
            "-device",
            f"virtio-net-pci,netdev=management,mac={MANAGEMENT_MAC},addr={MANAGEMENT_SLOT:#x},romfile=",
        ),
    ]
    if machine.get("seed"):
        seed = f"driver=vvfat,node-name=seed,read-only=on,label=cidata,dir={_value(machine['seed'])}"
        words += ["-blockdev", seed, "-device", f"virtio-blk-pci,drive=seed,addr={SEED_SLOT:#x}"]
    return words


def _bus(machine: dict[str, Any], index: int, bridges: dict[str, int]) -> str:
    """The bus of one port, and the slot on it where it shares the bus; counts the ports behind each bridge."""
    nic = machine["nics"][index]
    if ("port" in nic) == ("behind" in nic):
        raise _fail(machine["name"], f"nics[{index}] must have one of port and behind.", "Give exactly one of them.")
    if "behind" not in nic:
        _choice({"name": f"{machine['name']}, nics[{index}]", **nic}, "port", ["root"])
        return f"bus=root{index}"
    bridge = str(nic["behind"])
    bridges[bridge] = bridges.get(bridge, 0) + 1
    if bridges[bridge] > BRIDGE_SLOTS:
        raise _fail(machine["name"], f"more than {BRIDGE_SLOTS} ports behind {bridge}.", "Name a second bridge.")
    return f"bus={_value(bridge)},addr={bridges[bridge]:#x}"


def _nics(machine: dict[str, Any]) -> list[str]:
    hubs: dict[str | int, int] = {}
    bridges: dict[str, int] = {}
    ports: list[str] = []
    roots = 0
    controllers: list[str] = []
    for index, nic in enumerate(machine.get("nics", [])):
        if not nic.get("model"):
            raise _fail(machine["name"], f"nics[{index}] has no model.", "Give one, for example model: igb.")
        bus = _bus(machine, index, bridges)
        if "port" in nic:
            slot, roots = FIRST_ROOT_PORT_SLOT + roots, roots + 1
            controllers += ["-device", f"pcie-root-port,id=root{index},chassis={roots},slot={roots},addr={slot:#x}"]
        hub = hubs.setdefault(str(nic["wire"]) if "wire" in nic else index, len(hubs))
        mac = nic.get("mac", f"52:54:00:00:01:{index + 1:02x}")
        ports += [
            *("-netdev", f"hubport,id=nic{index},hubid={hub}"),
            *("-device", f"{nic['model']},netdev=nic{index},mac={mac},{bus}"),
        ]
    if roots > ROOT_PORTS or len(bridges) > BRIDGES:
        raise _fail(
            machine["name"],
            f"{roots} ports on root ports and {len(bridges)} bridges.",
            f"Describe at most {ROOT_PORTS} and {BRIDGES}.",
        )
    for slot, bridge in enumerate(bridges, FIRST_BRIDGE_SLOT):
        controllers += ["-device", f"pcie-pci-bridge,id={_value(bridge)},bus=pcie.0,addr={slot:#x}"]
    return controllers + ports


def _devices(machine: dict[str, Any]) -> list[str]:
    return [word for device in machine.get("devices", []) for word in ("-device", str(device))]


def _control(machine: dict[str, Any]) -> list[str]:
    directory = _value(machine["directory"])
    words = [
        *("-chardev", f"file,id=serial,path={directory}/serial.log"),
        *("-serial", "chardev:serial"),
        # Relative, because the path of a socket may have no more than 107 characters.
        *("-qmp", "unix:qmp.sock,server=on,wait=off"),
        *("-pidfile", f"{machine['directory']}/pid"),
        "-daemonize",
    ]
    return words + (["-loadvm", str(machine["loadvm"])] if machine.get("loadvm") else [])


def _mebibytes(machine: dict[str, Any]) -> int:
    try:
        return sizes.parse(str(machine["memory"]), alone="M") // 1024
    except HostError as error:
        raise _fail(machine.get("name"), f"memory: {error.message}", " ".join(error.remedy)) from error


def arguments(machine: Any) -> list[str]:
    """Return the argument list of QEMU for a machine; see the filter `qemu_args` for the keys."""
    if not isinstance(machine, dict):
        raise _fail(
            "?", f"a dictionary is needed, not {type(machine).__name__}.", "Describe the machine as a dictionary."
        )
    missing = [key for key in ("name", "directory", "disk", "memory", "cpus") if key not in machine]
    if missing:
        raise _fail(machine.get("name"), f"no {', '.join(missing)}.", "Add what is missing to the description.")
    platform = {"amd64": _amd64, "arm64": _arm64}[_choice(machine, "arch", ["amd64", "arm64"], "amd64")]
    return platform(machine) + _storage_and_management(machine) + _nics(machine) + _devices(machine) + _control(machine)
