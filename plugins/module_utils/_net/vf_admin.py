# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the driver of a PF keeps for each VF (MAC, VLAN and so on), by way of `ip link`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import carrier, links, vf_settings
from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_settings import (
    Settings,
    difference,
    needing_link,
    parts,
    reported,
    words,
)

# A line of words for each command; ip ends with the first that fails, and says which it was.
BATCH = "printf '%s\\n' \"$@\" | ip -batch -"
_FAILED = re.compile(r"Command failed -:(\d+)")
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
    """Set what differs, and read it back; what needs a link last, and where that is refused, once there is one."""
    have = _parse(_show(host, interface)).get(interface, {})
    todo = {index: difference(have.get(index, {}), settings) for index, settings in want.items()}
    linked = {index: needing_link(each) for index, each in todo.items()}
    _set_all(host, interface, {index: _without(each, linked[index]) for index, each in todo.items()})
    _set_with_link(host, interface, linked)
    now = _parse(_show(host, interface)).get(interface, {})
    for index, settings in want.items():
        left = difference(now.get(index, {}), settings)
        if left:
            raise HostError(
                f"Setting {' '.join(words(left))} for VF {index} of {interface} succeeded, "
                f"but the PF's driver reports {reported(now.get(index, {}), left)}.",
                "Look into the kernel log, and for another tool that sets the VFs of this PF.",
            )


def _without(settings: Settings, others: Settings) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in others}


def _set_with_link(host: Host, interface: str, todo: Mapping[int, Settings]) -> None:
    """Set what a driver may refuse while the link is not there, or not known to it yet."""
    try:
        _set_all(host, interface, todo)
    except HostError as error:
        if "Invalid argument" not in error.message:
            raise
        if not carrier.wait(host, interface):
            raise HostError(
                f"{error.message} {interface} has no link, and most drivers take a rate only with one.",
                f"Set {interface} up, and look at its cable and the other end.",
                *error.remedy,
            ) from error
        _set_all(host, interface, todo)


def _set_all(host: Host, interface: str, todo: Mapping[int, Settings]) -> None:
    """Set many VFs with one run of ip and one message for each; where one is refused, find which setting it is.

    A message sets one VF alone: of several lists of VFs in it the kernel takes the last, and ip writes a list for each.
    """
    left = [(index, settings) for index, settings in todo.items() if settings]
    while len(left) > 1:
        lines = [" ".join(_command(interface, index, settings)[1:]) for index, settings in left]
        done = host.run("sh", "-c", BATCH, "ip", *lines)
        if done.rc == 0:
            return
        failed = _FAILED.search(done.err)
        left = left[int(failed[1]) - 1 if failed else 0 :]
        _set(host, interface, *left.pop(0))
    for index, settings in left:
        _set(host, interface, index, settings)


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
    asked = ("-d", "link", "show", *(["dev", *interface] if interface else []))
    return links.objects(asked, host.must("ip", "-j", *asked), "the settings of the VFs")


def _parse(shown: list[dict[str, Any]]) -> dict[str, dict[int, dict[str, Any]]]:
    return {
        link.get("ifname", ""): {each["vf"]: vf_settings.parse(each) for each in link["vfinfo_list"]}
        for link in shown
        if link.get("vfinfo_list")
    }
