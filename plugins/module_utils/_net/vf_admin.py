# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the driver of a PF keeps for each VF (MAC, VLAN and so on), by way of `ip link`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import words

NO_MAC = "00:00:00:00:00:00"  # what the kernel tells of a VF that nobody gave an address
Settings = Mapping[str, Any]
# VLAN and priority are one value for the kernel: setting the one alone takes the other away.
_UNITS = (
    ("mac",),
    ("vlan", "qos"),
    ("trust",),
    ("spoof_check",),
    ("min_tx_rate", "max_tx_rate"),
    ("link_state",),
)
_REMEDIES = {
    "not supported": "Leave it out: the driver of this PF does not offer it.",
    "Invalid argument": "Correct the value, or leave it out: some drivers have no minimum rate, "
    "and most take a rate only while the link is up.",
    "not permitted": "Run the task as root (become: true), and look whether the driver takes this in its present mode.",
}


def read(host: Host) -> dict[str, dict[int, dict[str, Any]]]:
    """Return the settings of all VFs, by the interface of their PF and by their index."""
    return _parse(_show(host))


def difference(have: Settings, want: Settings) -> dict[str, Any]:
    """Return what of ``want`` is to be set; a VLAN and its priority always together."""
    found = {}
    for unit in _UNITS:
        if any(key in want and want[key] != have.get(key) for key in unit):
            found.update({key: want.get(key, have.get(key)) for key in unit if key in want or "vlan" in unit})
    return found


def ensure(host: Host, interface: str, want: Mapping[int, Settings]) -> None:
    """Set what differs, and read it back."""
    have = _parse(_show(host, interface)).get(interface, {})
    for index, settings in want.items():
        todo = difference(have.get(index, {}), settings)
        if todo:
            _set(host, interface, index, todo)
    now = _parse(_show(host, interface)).get(interface, {})
    for index, settings in want.items():
        left = difference(now.get(index, {}), settings)
        if left:
            raise HostError(
                f"VF {index} of {interface} was to have {' '.join(words(left))}, "
                f"but the PF's driver tells {told(now.get(index, {}), left)}.",
                "Look into the kernel log, and for another tool that sets the VFs of this PF.",
            )


def told(now: Settings, left: Settings) -> str:
    """Return what a VF has of the settings in ``left``, in the words of `ip link`."""
    return " ".join(words({key: now[key] for key in left if now.get(key) is not None})) or "nothing of it"


def _set(host: Host, interface: str, index: int, settings: Settings) -> None:
    """Set all at once; where the kernel refuses, one after the other, to tell which it is."""
    if host.run(*_command(interface, index, settings)).rc == 0:
        return
    for unit in _UNITS:
        part = {key: settings[key] for key in unit if key in settings}
        done = host.run(*_command(interface, index, part)) if part else None
        if done is not None and done.rc != 0:
            said = (done.err.strip() or done.out.strip() or "nothing")[-300:]
            fitting = [remedy for text, remedy in _REMEDIES.items() if text in said]
            raise HostError(
                f"Setting {' '.join(words(part))} for VF {index} of {interface} failed; ip said: {said}",
                *(fitting or ["Look into the kernel log for the reason that the PF's driver gives."]),
            )


def _command(interface: str, index: int, settings: Settings) -> list[str]:
    return ["ip", "link", "set", "dev", interface, "vf", str(index), *words(settings)]


def _show(host: Host, *interface: str) -> list[dict[str, Any]]:
    text = host.must("ip", "-j", "-d", "link", "show", *(["dev", *interface] if interface else []))
    try:
        return [each for each in json.loads(text or "[]") if each]
    except ValueError as error:
        raise HostError(
            f"'ip -j -d link show' printed no JSON, so nobody knows the settings of the VFs: {error}.",
            "Install iproute2 4.14 or newer.",
        ) from error


def _parse(links: list[dict[str, Any]]) -> dict[str, dict[int, dict[str, Any]]]:
    return {
        link.get("ifname", ""): {each["vf"]: _settings(each) for each in link["vfinfo_list"]}
        for link in links
        if link.get("vfinfo_list")
    }


def _settings(vf: Mapping[str, Any]) -> dict[str, Any]:
    vlan: Settings = next(iter(vf.get("vlan_list", [])), {})
    rate = vf.get("rate", {})
    return {
        "mac": str(vf.get("address", vf.get("mac", NO_MAC))).lower(),
        "vlan": vlan.get("vlan", 0),
        "qos": vlan.get("qos", 0),
        "trust": vf.get("trust"),
        "spoof_check": vf.get("spoofchk"),
        "min_tx_rate": rate.get("min_tx", 0),
        "max_tx_rate": rate.get("max_tx", vf.get("tx_rate", 0)),
        "link_state": vf.get("link_state"),
    }
