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
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import (
    Settings,
    difference,
    parts,
    reported,
    words,
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
                f"Setting {' '.join(words(left))} for VF {index} of {interface} succeeded, "
                f"but the PF's driver reports {reported(now.get(index, {}), left)}.",
                "Look into the kernel log, and for another tool that sets the VFs of this PF.",
            )


def _set(host: Host, interface: str, index: int, settings: Settings) -> None:
    """Set all at once; where the kernel refuses, one after the other, to find which it is."""
    if host.run(*_command(interface, index, settings)).rc == 0:
        return
    for part in parts(settings):
        done = host.run(*_command(interface, index, part))
        if done.rc != 0:
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
        link.get("ifname", ""): {each["vf"]: vf_settings.parse(each) for each in link["vfinfo_list"]}
        for link in links
        if link.get("vfinfo_list")
    }
