# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other tools that make VFs or set them up: systemd, NetworkManager, netplan, an operator, a driver's max_vfs."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device

_PLACES = ("/etc", "/run", "/usr/local/lib", "/usr/lib")
_OPERATOR = "/etc/sriov-operator/pci"  # PfAppliedConfig in pkg/consts/constants.go of sriov-network-operator
_SECTION = re.compile(r"^\s*\[([^]]+)\]\s*$")
_SETTING = re.compile(r"^\s*([A-Za-z0-9.-]+)\s*=\s*(.*?)\s*$")
_MAX_VFS = "max_vfs"
_NETPLAN = re.compile(r"^(\s*)(?:\"?)([^\s#\":]+)(?:\"?)\s*:\s*(.*?)\s*$")

Sections = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Owner:
    """A setting of another tool; ``match`` holds patterns, of which each kind that is given has to fit the PF."""

    tool: str
    path: str
    match: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.tool} ({self.path})"

    def sets(self, device: Device) -> bool:
        """Whether it means this PF; one that says nothing of who it means, means all."""
        names = {each.name for each in device.interfaces}
        known = {
            "name": names,
            "mac": {each.mac for each in device.interfaces},
            "path": {f"pci-{device.address}"},
            "driver": {device.driver or ""},
            "address": {device.address},
        }
        return bool(names or {"driver", "address"} & set(self.match)) and all(
            any(fnmatch.fnmatchcase(value, pattern) for value in known[kind] for pattern in patterns.split())
            for kind, patterns in self.match.items()
        )


def read(host: Host) -> list[Owner]:
    """Read all of them."""
    return [*_systemd(host), *_network_manager(host), *_netplan(host), *_operator(host), *_max_vfs(host)]


def _systemd(host: Host) -> Iterator[Owner]:
    for path in _files(host, "systemd/network", (".link", ".network")):
        sections = _sections(_with_drop_ins(host, path))
        counts = any(key == "SR-IOVVirtualFunctions" for key, _value in sections.get("Link", []))
        if counts or "SR-IOV" in sections:
            kinds = {"OriginalName": "name", "Name": "name", "Path": "path", "Driver": "driver"}
            kinds.update({"MACAddress": "mac", "PermanentMACAddress": "mac"})
            found = {kinds[key]: value for key, value in sections.get("Match", []) if key in kinds}
            yield Owner(
                "systemd", path, {kind: value.lower() if kind == "mac" else value for kind, value in found.items()}
            )


def _network_manager(host: Host) -> Iterator[Owner]:
    for path in _files(host, "NetworkManager/system-connections", ("",)):
        sections = _sections(host.read(path) or "")
        if any(key == "total-vfs" and value != "0" for key, value in sections.get("sriov", [])):
            named = dict(sections.get("connection", []) + sections.get("ethernet", []))
            match = {"name": named.get("interface-name", ""), "mac": named.get("mac-address", "").lower()}
            yield Owner("NetworkManager", path, {kind: value for kind, value in match.items() if value})


def _netplan(host: Host) -> Iterator[Owner]:
    """Find virtual-function-count by indentation: hosts need not have a parser of YAML."""
    for path in _files(host, "netplan", (".yaml",)):
        stack: list[tuple[int, str]] = []
        found: dict[str, dict[str, str]] = {}
        for line in (host.read(path) or "").splitlines():
            match = _NETPLAN.match(line)
            if match is None:
                continue
            stack = [each for each in stack if each[0] < len(match[1])]
            key, value = match[2], match[3].strip("'\"")
            port = stack[2][1] if len(stack) > 2 and stack[1][1] == "ethernets" else None
            if port is not None:
                found.setdefault(port, {})[key] = value
            stack.append((len(match[1]), key))
        for port, keys in found.items():
            if "virtual-function-count" in keys:
                mac = {"mac": keys["macaddress"].lower()} if "macaddress" in keys else {}
                yield Owner("netplan", path, mac or {"name": keys.get("name", port)})


def _operator(host: Host) -> Iterator[Owner]:
    """Find the PFs that sriov-network-operator set up, but for those that it leaves to others."""
    for address in host.names(_OPERATOR):
        path = f"{_OPERATOR}/{address}"
        try:
            left = json.loads(host.read(path) or "{}").get("externallyManaged", False)
        except (ValueError, AttributeError):
            left = False
        if not left:
            yield Owner("sriov-network-operator", path, {"address": address})


def _max_vfs(host: Host) -> Iterator[Owner]:
    found = modprobe_d.read(host)
    counting = (found.option(module, _MAX_VFS) for module in sorted({each.module for each in found.options}))
    for option in counting:
        # One number for each port; 0 makes no VFs.
        if option and set((option.value or "0").split(",")) != {"0"}:
            # A driver has its module's name, with dashes or with underscores.
            names = f"{option.module} {option.module.replace('_', '-')}"
            yield Owner("the option max_vfs", option.place, {"driver": names})


def _files(host: Host, directory: str, endings: tuple[str, ...]) -> Iterator[str]:
    """Return the files of a directory below /etc, /run and /usr/lib; the first of a name hides the others."""
    seen: set[str] = set()
    for place in _PLACES:
        for name in host.names(f"{place}/{directory}"):
            if name.endswith(endings) and name not in seen and not name.startswith("."):
                seen.add(name)
                yield f"{place}/{directory}/{name}"


def _with_drop_ins(host: Host, path: str) -> str:
    name = path.rsplit("/", 1)[1]
    extra = [host.read(each) or "" for each in _files(host, f"systemd/network/{name}.d", (".conf",))]
    return "\n".join([host.read(path) or "", *extra])


def _sections(text: str) -> Sections:
    """Return the settings of a file in the manner of systemd, by section."""
    found: Sections = {}
    section = ""
    for line in text.splitlines():
        head, setting = _SECTION.match(line), _SETTING.match(line)
        if head:
            section = head[1]
            found.setdefault(section, [])
        elif setting:
            found.setdefault(section, []).append((setting[1], setting[2]))
    return found
