# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fake machine's `ip link` tells and sets of VFs, and its `devlink`, as iproute2 6.15 with igb does."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._net.vf_admin import BATCH
from ansible_collections.dataplane.dpdk.tests.unit.fakes.network import NET
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Function, PciBus

Answer = tuple[int, str, str]
_FLAGS = ("trust", "spoofchk")


def answer(bus: PciBus, words: list[str]) -> Answer | None:
    """Answer `ip -j -d link show [dev NAME]` and `ip link set dev NAME vf N ...`; None for anything else."""
    if words[:4] == ["-j", "-d", "link", "show"]:
        names = words[5:] or bus.tree.names(NET)
        return 0, json.dumps([_link(bus, name) for name in names] + [{}]), ""
    if words[:3] == ["link", "set", "dev"] and words[4:] in (["up"], ["down"]):
        bus.tree.write(bus.tree.real(f"{NET}/{words[3]}/flags"), "0x1003\n" if words[4] == "up" else "0x1002\n")
        return 0, "", ""
    if words[:3] == ["link", "set", "dev"] and words[4:5] == ["vf"]:
        return _set(bus, words[3], int(words[5]), words[6:])
    return None


def batch(bus: PciBus, words: list[str]) -> Answer | None:
    """Answer the script that gives its words to `ip -batch`, a line each: it ends with the first that fails."""
    if words[:2] != ["-c", BATCH]:
        return None
    for number, line in enumerate(words[3:], start=1):
        done = answer(bus, line.split()) or (1, "", "no such command\n")
        if done[0]:
            return 1, "", f"{done[2]}Command failed -:{number}\n"
    return 0, "", ""


def devlink(bus: PciBus, words: list[str]) -> Answer:
    """Answer `devlink -j dev eswitch show pci/A` and `devlink dev eswitch set pci/A mode M`."""
    words = [word for word in words if word != "-j"]
    device = words[3]
    function = bus.functions[device.partition("/")[2]]
    if function.eswitch is None:
        return 1, '{"dev":{}}\n', "kernel answers: No such device\n"
    if words[2] == "set":
        if function.vfs:
            return 1, "", "kernel answers: Device or resource busy\n"
        function.eswitch = words[5]
    return 0, json.dumps({"dev": {device: {"mode": function.eswitch}}}), ""


def _pf(bus: PciBus, name: str) -> Function | None:
    found = [each for each in bus.functions.values() if each.interface == name and each.total_vfs]
    return found[0] if found else None


def _link(bus: PciBus, name: str) -> dict[str, Any]:
    pf = _pf(bus, name)
    told = {"ifname": name, "link_type": "ether"}
    return {**told, "vfinfo_list": [_vf(index, vf) for index, vf in enumerate(pf.vfs)]} if pf and pf.vfs else told


def _vf(index: int, vf: Function) -> dict[str, Any]:
    known = vf.settings
    vlan = {key: int(known[key]) for key in ("vlan", "qos") if int(known.get(key, 0))}
    return {
        "vf": index,
        "link_type": "ether",
        "address": known.get("mac", "00:00:00:00:00:00"),
        "vlan_list": [vlan],
        "rate": {"max_tx": int(known.get("max_tx_rate", 0)), "min_tx": int(known.get("min_tx_rate", 0))},
        "spoofchk": known.get("spoofchk", "on") == "on",
        "link_state": known.get("state", "auto"),
        "trust": known.get("trust", "off") == "on",
    }


def _set(bus: PciBus, name: str, index: int, words: list[str]) -> Answer:
    pf = _pf(bus, name)
    if pf is None or index >= len(pf.vfs):
        return 2, "", "RTNETLINK answers: Invalid argument\n"
    driver = bus.driver_of(pf)
    given = dict(zip(words[::2], words[1::2]))
    if "vlan" in given:
        given.setdefault("qos", "0")
    for key, value in given.items():  # do_setvfinfo: one after the other, those before a refused one stay
        refused = driver.refuses_settings.get(key) if driver else "No such device"
        if key.endswith("tx_rate") and bus.network.carrier(name) != "1":  # igb_ndo_set_vf_bw
            refused = refused or "Invalid argument"
        if refused == "":  # takes it and does nothing
            continue
        if refused:
            return 2, "", f"RTNETLINK answers: {refused}\n"
        pf.vfs[index].settings[key] = value
    return 0, "", ""
