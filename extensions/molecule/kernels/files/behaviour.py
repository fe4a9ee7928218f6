# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks the kernel itself for what the modules rely on: `behaviour.py PF PORT`, on a machine whose two ports are idle on igb.

One line for each behaviour: its name in docs/kernels.md, what was expected, and what was seen. Ends with 1 if one differs.
Drivers and VFs are put back.
"""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PCI = Path("/sys/bus/pci")
NONE = "(null)"
Behaviour = tuple[str, str, str]  # name, expected, seen


def write(path: Path, text: str) -> str:
    """Write once, as a shell's echo does, and say what the kernel answered."""
    try:
        with open(path, "wb", buffering=0) as file:
            file.write(f"{text}\n".encode())
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "success"


def read(path: Path) -> str:
    return path.read_text().strip()


def device(address: str) -> Path:
    return PCI / "devices" / address


def driver(address: str) -> str:
    link = device(address) / "driver"
    return link.resolve().name if link.exists() else "none"


def give(address: str, name: str) -> str:
    """Unbind a device and bind it to a driver by its override, and say what the kernel answered to the bind."""
    if driver(address) != "none":
        write(device(address) / "driver" / "unbind", address)
    write(device(address) / "driver_override", name)
    return write(PCI / "drivers" / name / "bind", address)


def give_back(address: str) -> None:
    if driver(address) not in ("none", "igb"):
        write(device(address) / "driver" / "unbind", address)
    write(device(address) / "driver_override", "")
    if driver(address) == "none":
        write(PCI / "drivers_probe", address)
    subprocess.run(["udevadm", "settle"], check=True)


def virtual_functions(address: str) -> list[str]:
    return sorted(link.resolve().name for link in device(address).glob("virtfn*"))


def log_since(mark: str) -> str:
    lines = subprocess.run(["dmesg"], check=True, capture_output=True, text=True).stdout
    return lines.rpartition(mark)[2]


def overrides(port: str) -> Iterator[Behaviour]:
    path = device(port) / "driver_override"
    yield "override unset", NONE, read(path)
    write(path, "anything")
    yield "override cleared by a newline", f"success {NONE}", f"{write(path, '')} {read(path)}"
    write(device(port) / "driver" / "unbind", port)
    write(path, "no-such-driver")
    yield "drivers_probe without a driver", "success none", f"{write(PCI / 'drivers_probe', port)} {driver(port)}"
    yield "bind while the override names another", "ENODEV", write(PCI / "drivers" / "igb" / "bind", port)
    yield "drivers_probe of no device", "ENODEV", write(PCI / "drivers_probe", "0000:ff:1f.7")
    give_back(port)
    yield "back by ids", "igb", driver(port)


def numbers_of_vfs(pf: str) -> Iterator[Behaviour]:
    path = device(pf) / "sriov_numvfs"
    yield "sriov_numvfs, 0 of 0", "success", write(path, "0")
    yield "sriov_numvfs, too many", "ERANGE", write(path, "99")
    write(path, "2")
    yield "sriov_numvfs, the same again", "success", write(path, "2")
    yield "sriov_numvfs, another number", "EBUSY", write(path, "3")
    yield "sriov_numvfs, back to 0", "success 0", f"{write(path, '0')} {read(path)}"
    write(device(pf) / "driver" / "unbind", pf)
    yield "sriov_numvfs without a driver", "ENOENT", write(path, "2")
    give_back(pf)


def without_iommu(port: str) -> Iterator[Behaviour]:
    mark = f"behaviour {time.monotonic_ns()}"
    Path("/dev/kmsg").write_text(mark)
    yield "vfio-pci without a group", "EINVAL", give(port, "vfio-pci")
    told = [line for line in log_since(mark).splitlines() if "vfio-pci" in line and "error -22" in line]
    release = tuple(int(each) for each in re.findall(r"\d+", read(Path("/proc/sys/kernel/osrelease")))[:2])
    words = "probe with driver vfio-pci failed" if release >= (6, 11) else "probe of"
    yield "the refusal in the kernel's log", words, words if any(words in line for line in told) else repr(told)
    give_back(port)


def group_types(port: str) -> Iterator[Behaviour]:
    path = device(port) / "iommu_group" / "type"
    before = read(path)
    yield "group type, to identity with a driver", "EPERM", write(path, "identity")
    yield "group type, DMA to DMA-FQ with a driver", "success", write(path, "DMA-FQ")
    yield "group type afterwards", "DMA-FQ", read(path)
    write(device(port) / "driver" / "unbind", port)
    yield "group type, back without a driver", "success", write(path, before)
    give_back(port)


def vfs_of_vfio(pf: str) -> Iterator[Behaviour]:
    many, probe = device(pf) / "sriov_numvfs", device(pf) / "sriov_drivers_autoprobe"
    enabled = Path("/sys/module/vfio_pci/parameters/enable_sriov")
    yield "vfio-pci takes a PF", "success", give(pf, "vfio-pci")
    write(enabled, "N")
    yield "VFs of vfio-pci, not enabled", "ENOENT", write(many, "2")
    write(enabled, "Y")
    write(probe, "0")
    yield "VFs of vfio-pci, enabled", "success 2", f"{write(many, '2')} {len(virtual_functions(pf))}"
    taken = {f"{driver(each)} {read(device(each) / 'driver_override')}" for each in virtual_functions(pf)}
    yield "VFs of vfio-pci with sriov_drivers_autoprobe 0", "vfio-pci vfio-pci", ", ".join(sorted(taken))
    write(enabled, "N")
    yield "VFs of vfio-pci, 0 while not enabled", "ENOENT 2", f"{write(many, '0')} {read(many)}"
    write(enabled, "Y")
    yield "VFs of vfio-pci, 0", "success 0", f"{write(many, '0')} {read(many)}"
    write(enabled, "N")
    write(probe, "1")
    give_back(pf)
    yield "PF back by ids", "igb", driver(pf)


def behaviours(pf: str, port: str) -> Iterator[Behaviour]:
    yield from overrides(port)
    yield from numbers_of_vfs(pf)
    if (device(port) / "iommu_group").exists():
        yield from group_types(port)
        yield from vfs_of_vfio(pf)
    else:
        yield from without_iommu(port)


def main(pf: str, port: str) -> int:
    subprocess.run(["modprobe", "vfio-pci"], check=True)
    asked = list(behaviours(pf, port))
    lines = [
        f"{'same' if seen == expected else 'DIFFERS'}: {name}: {expected}; seen {seen}"
        for name, expected, seen in asked
    ]
    there = ("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "/dev/iommu", "/dev/vfio/devices")
    lines += [f"{'there' if Path(name).exists() else 'not there'}: {name}" for name in there]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(seen != expected for dummy, expected, seen in asked))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
