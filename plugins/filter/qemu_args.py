# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: qemu_args
short_description: QEMU arguments of a virtual machine with an IOMMU and SR-IOV ports
version_added: 1.0.0
author:
  - The dataplane.dpdk authors (@dataplane)
description:
  - Turns the description of a machine into the argument list of C(qemu-system-x86_64) or, with O(_input.arch=arm64),
    C(qemu-system-aarch64), without the program's own name.
  - The role P(dataplane.dpdk.dpdk_lab#role) uses it for every machine it starts.
  - Every device gets a fixed PCI slot, so that the names of the interfaces in the guest depend on the description alone.
    Ports on a root port come first, one bus each from bus 1 on, then the bridges in the order in which they are named.
  - The disk and the management port bypass the virtual IOMMU, so no test of the IOMMU can cut the connection.
options:
  _input:
    description:
      - The machine.
    type: dict
    required: true
    suboptions:
      name:
        description: Name of the machine, shown in the host's process list.
        type: str
        required: true
      directory:
        description: Where the serial log and the pid file are written.
        type: path
        required: true
      disk:
        description: The machine's own qcow2 overlay.
        type: path
        required: true
      memory:
        description: Memory in MiB.
        type: int
        required: true
      cpus:
        description: Number of virtual CPUs.
        type: int
        required: true
      arch:
        description: Architecture of the machine.
        type: str
        choices: [amd64, arm64]
        default: amd64
      accel:
        description: V(kvm) or V(tcg). An arm64 machine is always emulated.
        type: str
        choices: [kvm, tcg]
        required: true
      firmware:
        description:
          - Firmware of the machine. An arm64 machine has V(uefi), which tells of the hardware in ACPI tables, or V(none), where
            a device tree tells of it. Others have all but V(none).
          - The default is V(bios), and V(uefi) with O(_input.arch=arm64).
        type: str
        choices: [bios, uefi, secureboot, none]
      firmware_code:
        description: UEFI's code, one for Secure Boot with O(_input.firmware=secureboot). Needed with UEFI.
        type: path
      nvram:
        description: The machine's own copy of UEFI's variables, qcow2. Needed with UEFI.
        type: path
      kernel:
        description: Kernel that the firmware or QEMU starts. Needed with O(_input.arch=arm64), and only used there.
        type: path
      initrd:
        description: Its initramfs. Needed with O(_input.arch=arm64), and only used there.
        type: path
      kernel_args:
        description: Boot parameters besides those that every machine needs. Only used with O(_input.arch=arm64).
        type: str
        default: ""
      iommu:
        description:
          - Kind of the virtual IOMMU. An arm64 machine has V(smmuv3) or V(none), and others all but V(smmuv3).
          - The default is V(intel), and V(smmuv3) with O(_input.arch=arm64).
        type: str
        choices: [intel, amd, virtio, smmuv3, none]
      nics:
        description: The ports besides the management port.
        type: list
        elements: dict
        default: []
        suboptions:
          model:
            description: QEMU's name of the device, for example V(igb), V(e1000) or V(virtio-net-pci).
            type: str
            required: true
          port:
            description: V(root) puts the device on a PCIe root port of its own. Exactly one of O(_input.nics[].port) and
              O(_input.nics[].behind) must be given.
            type: str
            choices: [root]
          behind:
            description: Name of a PCIe-to-PCI bridge. Ports that name the same bridge share it, and its IOMMU group.
            type: str
          wire:
            description: Name of a wire. Ports on the same wire reach each other. Without it the port's wire has one end.
            type: str
          mac:
            description: MAC address. The default is derived from the position in the list.
            type: str
      devices:
        description:
          - Further devices, each as QEMU's C(-device) takes it. Slots 0x6 to 0x8 and 0xa to 0xf of the root bus are free.
        type: list
        elements: str
        default: []
      seed:
        description: Directory with C(user-data) and C(meta-data) for cloud-init, shown to the guest as a disk labelled V(cidata).
        type: path
      loadvm:
        description: Name of the internal snapshot to resume.
        type: str
"""

EXAMPLES = r"""
- name: Show how a machine with one SR-IOV port would be started
  ansible.builtin.debug:
    msg: "{{ machine | dataplane.dpdk.qemu_args | join(' ') }}"
  vars:
    machine:
      name: vfio-trixie
      directory: /var/tmp/lab/vfio-trixie
      disk: /var/tmp/lab/vfio-trixie/disk.qcow2
      memory: 2048
      cpus: 2
      accel: tcg
      iommu: intel
      nics:
        - model: igb
          port: root
"""

RETURN = r"""
_value:
  description: The arguments, one element each.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError

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


def _fail(name: object, problem: str, remedy: str) -> AnsibleFilterError:
    return AnsibleFilterError(f"qemu_args: machine {name}: {problem} {remedy}")


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
        *("-smp", str(machine["cpus"]), "-m", str(machine["memory"])),
        # With the firmware come ACPI tables, of which IORT tells of the SMMU.
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
        *("-smp", str(machine["cpus"]), "-m", str(machine["memory"])),
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
    arguments = [
        *("-drive", f"file={_value(machine['disk'])},format=qcow2,if=none,id=disk,discard=unmap"),
        # UEFI would try to boot from the network first.
        *("-device", f"virtio-blk-pci,drive=disk,addr={DISK_SLOT:#x}" + ",bootindex=1" * uefi),
        # Port 0: the host picks a free one; the monitor tells which.
        *("-netdev", "user,id=management,hostfwd=tcp:127.0.0.1:0-:22"),
        *(
            "-device",
            f"virtio-net-pci,netdev=management,mac={MANAGEMENT_MAC},addr={MANAGEMENT_SLOT:#x},romfile=",
        ),
    ]
    if machine.get("seed"):
        seed = f"driver=vvfat,node-name=seed,read-only=on,label=cidata,dir={_value(machine['seed'])}"
        arguments += ["-blockdev", seed, "-device", f"virtio-blk-pci,drive=seed,addr={SEED_SLOT:#x}"]
    return arguments


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
    arguments = [
        *("-chardev", f"file,id=serial,path={directory}/serial.log"),
        *("-serial", "chardev:serial"),
        # Relative, because the path of a socket may have no more than 107 characters.
        *("-qmp", "unix:qmp.sock,server=on,wait=off"),
        *("-pidfile", f"{machine['directory']}/pid"),
        "-daemonize",
    ]
    return arguments + (["-loadvm", str(machine["loadvm"])] if machine.get("loadvm") else [])


def qemu_args(machine: dict[str, Any]) -> list[str]:
    """The argument list of QEMU for the machine described; see the documentation above for the keys."""
    if not isinstance(machine, dict):
        raise _fail(
            "?", f"a dictionary is needed, not {type(machine).__name__}.", "Describe the machine as a dictionary."
        )
    missing = [key for key in ("name", "directory", "disk", "memory", "cpus") if key not in machine]
    if missing:
        raise _fail(machine.get("name"), f"no {', '.join(missing)}.", "Add what is missing to the description.")
    platform = {"amd64": _amd64, "arm64": _arm64}[_choice(machine, "arch", ["amd64", "arm64"], "amd64")]
    return platform(machine) + _storage_and_management(machine) + _nics(machine) + _devices(machine) + _control(machine)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"qemu_args": qemu_args}
