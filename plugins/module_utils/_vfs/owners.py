# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other tools that make VFs or set them up: systemd, NetworkManager, netplan, an operator, a driver's max_vfs, and more.

What writes to sysfs at boot is found in ``boot_owners``.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import boot_owners

_PLACES = ("/etc", "/run", "/usr/local/lib", "/usr/lib")
_OPERATOR = "/etc/sriov-operator/pci"  # PfAppliedConfig in pkg/consts/constants.go of sriov-network-operator
_SECTION = re.compile(r"^\s*\[([^]]+)\]\s*$")
_SETTING = re.compile(r"^\s*([A-Za-z0-9.-]+)\s*=\s*(.*?)\s*$")
_MAX_VFS = "max_vfs"
_SRIOV_NUM_VFS = "sriov-num-vfs"
_NM_KINDS = {"interface-name": "name", "mac": "mac", "driver": "driver"}

Sections = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Owner:
    """A setting of another tool; ``match`` holds patterns, of which each kind that is given has to fit the PF.

    ``number`` is how many VFs it gives, where that decides whether both can go on side by side. One that is not ``sure``
    may mean other PFs than those that match, or an unknown number.
    """

    tool: str
    path: str
    match: Mapping[str, str]
    number: int | None = None
    sure: bool = True

    def __str__(self) -> str:
        return f"{self.tool} ({self.path})"

    @property
    def text(self) -> str:
        """Which tool it is, and what it gives."""
        return str(self) if self.number is None else f"{self}, which gives {self.number}"

    def is_against(self, num_vfs: int) -> bool:
        """Whether it would fight over a number of VFs."""
        return self.sure and self.number != num_vfs

    def sets(self, device: Device) -> bool:
        """Whether it means this PF; one that says nothing of who it means, means all."""
        names = {name for each in device.interfaces for name in each.names}
        known = {
            "name": names,
            "mac": {mac for each in device.interfaces for mac in (each.mac, each.identity)},
            "vendor": {device.vendor_id},
            "device": {device.device_id},
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
    written = (Owner(each.tool, each.path, each.match, each.number, each.sure) for each in boot_owners.read(host))
    return [
        *(*_systemd(host), *_network_manager(host), *_network_manager_conf(host), *_netplan(host), *_operator(host)),
        *(*_max_vfs(host), *written),
    ]


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


def _network_manager_conf(host: Host) -> Iterator[Owner]:
    """Find sriov-num-vfs of device sections (NetworkManager.conf)."""
    paths = ["/etc/NetworkManager/NetworkManager.conf", *_files(host, "NetworkManager/conf.d", (".conf",))]
    for path in paths:
        text = host.read(path) or ""
        for name, settings in _sections(text).items() if _SRIOV_NUM_VFS in text else ():
            given = dict(settings)
            number = given.get(_SRIOV_NUM_VFS, "0")
            if name.startswith("device") and number != "0":
                for match, sure in _specifications(given.get("match-device", "*")):
                    known = int(number) if number.isdecimal() else None
                    yield Owner("NetworkManager", path, match, known, sure and known is not None)


def _specifications(text: str) -> Iterator[tuple[dict[str, str], bool]]:
    """Return the devices that a list of NetworkManager matches, and whether that is sure."""
    entries = [each for each in re.split(r"[,;\s]+", text) if each]
    exceptions = any(each.startswith("except:") for each in entries)
    for entry in entries:
        kind, colon, value = entry.partition(":")
        if kind in _NM_KINDS and colon:
            # A name that begins with = is meant literally.
            yield {_NM_KINDS[kind]: value.lstrip("=").lower() if kind == "mac" else value.lstrip("=")}, not exceptions
        elif kind != "except":
            yield {"mac" if entry.count(":") == 5 else "name": entry}, not exceptions and kind != "type"


def _netplan(host: Host) -> Iterator[Owner]:
    """Find virtual-function-count, and PFs that others name as their ``link``: each of those is a VF of it."""
    texts = {path: host.read(path) or "" for path in _files(host, "netplan", (".yaml",))}
    ports: dict[str, tuple[str, dict[str, Any]]] = {}
    for path, text in texts.items():
        for name, keys in _ethernets(text).items():
            ports[name] = (path, {**ports.get(name, (path, {}))[1], **keys})
    links = [str(keys["link"]) for _path, keys in ports.values() if "link" in keys]
    for name, (path, keys) in ports.items():
        number = str(keys.get("virtual-function-count", links.count(name) or ""))
        if number and number != "0":
            yield Owner("netplan", path, _netplan_match(name, keys), int(number) if number.isdecimal() else None)
    for name in sorted(set(links) - set(ports)):
        paths = [path for path, keys in ports.values() if keys.get("link") == name]
        yield Owner("netplan", paths[0], {"name": name}, links.count(name))


def _ethernets(text: str) -> dict[str, dict[str, Any]]:
    if "virtual-function-count" not in text and "link" not in text and "match" not in text:
        return {}
    from ansible_collections.dataplane.dpdk.plugins.module_utils._net import netplan

    network = netplan.parse(text).get("network")
    found = network.get("ethernets") if isinstance(network, dict) else None
    return {name: keys for name, keys in found.items() if isinstance(keys, dict)} if isinstance(found, dict) else {}


def _netplan_match(name: str, keys: Mapping[str, Any]) -> dict[str, str]:
    match = keys.get("match")
    if not isinstance(match, dict) or not match:
        return {"name": name}
    names = [str(each) for each in (match.get("name"), keys.get("set-name")) if each]
    driver = match.get("driver")
    found = {
        "mac": str(match.get("macaddress") or "").lower(),
        "name": " ".join(names) if match.get("name") else "",
        "driver": " ".join(map(str, driver)) if isinstance(driver, list) else str(driver or ""),
    }
    return {kind: value for kind, value in found.items() if value}


def _operator(host: Host) -> Iterator[Owner]:
    """Find the PFs that sriov-network-operator set up, but for those that it leaves to others."""
    for address in host.names(_OPERATOR):
        path = f"{_OPERATOR}/{address}"
        try:
            left = json.loads(host.read(path) or "{}").get("externallyManaged", False)
        except (ValueError, AttributeError, RecursionError):
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
