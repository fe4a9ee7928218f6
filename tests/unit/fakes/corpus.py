# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines of tests/corpus: hardware that nobody here has, built from a few lines that say what public sources say of it."""

from __future__ import annotations

import copy
import itertools
import re
import struct
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _devices
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts, vmbus
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as _hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function

CORPUS = Path(__file__).parents[2] / "corpus"
# The drivers that make network interfaces, and those of PFs.
_NETDEV = {
    "ena",
    "gve",
    "iavf",
    "ice",
    "i40e",
    "igb",
    "ixgbe",
    "mana",
    "mlx5_core",
    "tg3",
    "igc",
    "virtio-pci",
    "bnxt_en",
    "hns3",
}
_SRIOV = {"ice", "i40e", "igb", "ixgbe", "mlx5_core", "4xxx", "c6xx", "bnxt_en", "hns3", "nvme"}
_VERBS = {"mlx5_core": "mlx5_ib", "mana": "mana_ib"}
# Types of nodes of IORT (Arm DEN0049): an interrupt translation service, and an SMMUv3.
_ITS, _SMMU_V3 = 0, 4
_UNITS = {"DMAR": "dmar", "IVRS": "ivhd", "IORT": "smmu3.0x", "VIOT": "virtio"}
_RANGE = re.compile(r"\{([0-9a-f]+)-([0-9a-f]+)\}")
_FEW = 3  # lines that differ in nothing but places are shown, and no more of them


class Line(NamedTuple):
    """A function with its driver, the number of VFs that it has, and the names of further interfaces."""

    function: Function
    driver: str | None
    vfs: int
    more: str


def names() -> list[str]:
    """Return the machines of the corpus."""
    return sorted(path.stem for path in CORPUS.glob("*.yml"))


def load(name: str) -> dict[str, Any]:
    """Return what a file of the corpus says."""
    found: dict[str, Any] = yaml.safe_load((CORPUS / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def build(root: Path, machine: Mapping[str, Any]) -> FakeHost:
    """Return a host as a file of the corpus describes it."""
    host = FakeHost(root)
    functions = list(_functions(machine))
    _add_drivers(host, functions, machine.get("without", ()))
    host.tree.mkdir("/sys/class/iommu")
    for function, driver, _vfs, more in functions:
        host.add(function, driver)
        if driver in _VERBS:
            host.tree.mkdir(f"{function.path}/infiniband_verbs/uverbs{len(host.tree.names('/dev/infiniband'))}")
        for name in filter(None, more.split(",")):
            host.network.appear(name, "02:00:00:01:00:00", function.path)
    for (
        function,
        _driver,
        vfs,
        _more,
    ) in functions:  # VFs come after all else was found, and have the groups behind those
        if vfs:
            host.write_attr(f"{function.path}/sriov_numvfs", str(vfs))
    for line in machine.get("vmbus", ()):
        _add_channel(host, line)
    _set_up(host, machine)
    host.writes.clear()
    return host


def _functions(machine: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the functions of the lines: an address, a class, IDs, a driver or -, and more as NAME=VALUE."""
    groups = itertools.count()
    for number, line in enumerate(_spelt(machine["functions"])):
        address, class_code, ids, driver, *words = line.split()
        more = dict(word.split("=", 1) for word in words)
        function = Function(
            address,
            ids,
            class_code,
            interface=more.get("if"),
            mac=f"02:00:00:00:{number // 256:02x}:{number % 256:02x}",
            group=_group(more.get("group"), groups),
            total_vfs=int(more.get("vfs", 0)),
            vf_ids=more.get("vf", "8086:1889"),
            vf_offset=int(more.get("offset", 8)),
            vf_stride=int(more.get("stride", 1)),
            header_type=int(more.get("header", class_code == "060400")),
            interrupt_pin=int(more.get("pin", 1)),
            numa_node=int(more.get("node", -1)),
            virtio=more.get("virtio"),
        )
        yield Line(function, None if driver == "-" else driver, int(more.get("made", 0)), more.get("more", ""))


def _spelt(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, one with {10-1f} once for each of these hexadecimal numbers."""
    for line in lines:
        found = _RANGE.search(line)
        if found is None:
            yield line
            continue
        for number in range(int(found[1], 16), int(found[2], 16) + 1):
            yield line.replace(found[0], f"{number:02x}")


def _group(text: str | None, numbers: Iterator[int]) -> int | None:
    """Return the number of a group, the next one for +, and None where no IOMMU stands before the function."""
    return next(numbers) if text == "+" else None if text is None else int(text)


def _add_drivers(host: FakeHost, functions: list[Line], without: Collection[str]) -> None:
    for module in hosts.MODULES:
        if module.name.startswith(("vfio", "uio")) and module.name not in without:
            host.modules.add(copy.deepcopy(module))
    for driver in hosts.DRIVERS:
        if driver.any_id and driver.module not in without:
            host.add_driver(copy.copy(driver))
    host.pci.register(host.drivers[0])  # pcieport is in every kernel
    driven: dict[str, list[str]] = {}
    for function, name, *_rest in functions:
        if name is not None:
            driven.setdefault(name, []).append(function.ids)
        if function.total_vfs:
            driven.setdefault("iavf" if function.vf_ids.startswith("8086:18") else f"{name}", []).append(
                function.vf_ids
            )
    for name, ids in driven.items():
        if name not in host.pci.drivers and name not in {each.name for each in host.drivers}:
            host.add_driver(Driver(name, name, tuple(ids), netdev=name in _NETDEV, sriov=name in _SRIOV))
        _load(host, name)
    for name in driven:
        for needed in (_VERBS[name], "ib_uverbs") if name in _VERBS else ():
            _load(host, needed)


def _load(host: FakeHost, name: str) -> None:
    module = name.replace("-", "_")
    if module == "pcieport" or host.modules.is_loaded(module):
        return
    if module not in host.modules.known:
        host.modules.add(Module(module))
    host.modules.load(module)


def _add_channel(host: FakeHost, line: str) -> None:
    guid, interface = line.split()
    if "hv_netvsc" not in host.modules.known:
        for driver in vmbus.DRIVERS:
            host.modules.add(Module(driver.module))
            host.add_driver(copy.copy(driver))
        host.modules.load("hv_netvsc")
    number = len(host.buses["vmbus"].functions)
    host.add(vmbus.Channel(guid, interface=interface, mac=f"00:15:5d:00:00:{number:02x}", numa_node=0), "hv_netvsc")


def _set_up(host: FakeHost, machine: Mapping[str, Any]) -> None:
    host.network.appear("lo", "00:00:00:00:00:00")
    host.network.address("lo", "127.0.0.1/8", "host")
    for upper, lowers in (machine.get("stacked") or {}).items():
        host.network.stack(upper, *lowers["over"], kind=lowers.get("kind", ""))
    interface = machine["connection"]
    host.network.address(interface, "192.0.2.15/24")
    host.network.route("192.0.2.0/24", interface, protocol="kernel")
    host.network.route("default", interface, "192.0.2.1", protocol="dhcp")
    host.variables["SSH_CONNECTION"] = "192.0.2.2 50022 192.0.2.15 22"
    host.tree.write("/proc/cpuinfo", f"{machine['cpuinfo']}\n")
    for name, value in (machine.get("dmi") or {}).items():
        host.tree.write(f"/sys/class/dmi/id/{name}", f"{value}\n")
    _add_firmware(host, machine)
    for node in range(machine.get("nodes", 1)):
        _hugepages.add_node(
            host.tree, node, total_mib=65536, free_mib=60000, sizes=tuple(machine.get("pages", (2048, 1048576)))
        )
    host.tree.write("/proc/meminfo", f"MemTotal: 67108864 kB\nHugepagesize: {machine.get('pages', [2048])[0]:>7} kB\n")
    host.tree.write("/proc/interrupts", machine.get("interrupts", "") + "\n")
    host.grub.install(default=f'"{machine.get("cmdline", "quiet")}"')
    for path, text in (machine.get("files") or {}).items():
        host.tree.write(path, text)


def _add_firmware(host: FakeHost, machine: Mapping[str, Any]) -> None:
    """Write the tables that report IOMMUs, and the units that the kernel set up."""
    host.tree.mkdir("/sys/firmware/acpi/tables")
    table = machine.get("firmware")
    if table == "DMAR":
        host.tree.write_bytes("/sys/firmware/acpi/tables/DMAR", b"DMAR".ljust(36, b"\0") + b"\x2f\x01")
    elif table == "IORT":
        nodes = b"".join(struct.pack("<BH", kind, 20).ljust(20, b"\0") for kind in (_ITS, _SMMU_V3))
        host.tree.write_bytes(
            "/sys/firmware/acpi/tables/IORT",
            b"IORT".ljust(36, b"\0") + struct.pack("<II", 2, 48).ljust(12, b"\0") + nodes,
        )
    elif table is not None:
        host.tree.write_bytes(f"/sys/firmware/acpi/tables/{table}", table.encode().ljust(48, b"\0"))
    for number in range(machine.get("units", 0)):
        host.tree.mkdir(f"/sys/class/iommu/{_UNITS[str(table)]}{number}")


# what is expected of a machine, as text that people review


def review(plan: Mapping[str, Any]) -> str:
    """Return what host_plan says of a machine: its devices, its IOMMU, what stands in the way, and what would be done."""
    wrapper = textwrap.TextWrapper(130, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "".join(f"{each.rstrip()}\n" for line in _lines(plan) for each in wrapper.wrap(line))


def _lines(plan: Mapping[str, Any]) -> Iterator[str]:
    yield from _collapsed(_devices.lines(plan["info"]))
    yield from _collapsed(
        [
            f"{each['address']}: {each['not_ready_reason']}"
            for each in plan["info"]["devices"]
            if each["not_ready_reason"]
        ]
    )
    verdict = plan.get("iommu", {})
    parameters = " ".join((verdict.get("kernel_args") or {}).get("present", ())) or "none"
    yield f"IOMMU: {verdict.get('verdict')}, {verdict.get('platform')}; it needs the boot parameters: {parameters}"
    yield from (f"problem: {each}" for each in plan["problem_lines"])
    yield from (f"warning: {each}" for each in plan["warnings"])
    yield from (f"to do: {each}" for each in plan["actions"])
    yield f"reboot: {plan['reboot_pending'] or 'no'}"


def _collapsed(lines: list[str]) -> Iterator[str]:
    """Yield lines, of many that differ in nothing but places and numbers the first, how many there are, and the last."""
    for _key, alike in itertools.groupby(lines, key=lambda line: re.sub(r"[0-9a-f]*[0-9][0-9a-f]*|\s+", "", line)):
        found = list(alike)
        if len(found) <= _FEW:
            yield from found
        else:
            yield from (found[0], f"... {len(found) - 2} more like these ...", found[-1])
