# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings that a PF's driver keeps for each VF, one a line, and what follows from the lines alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError

Settings = Mapping[str, Any]
NO_MAC = "00:00:00:00:00:00"  # what the kernel reports of a VF that nobody gave an address
MAC = "mac"  # the one type that is more than a type of an option
_MAC = re.compile(r"[0-9a-f][02468ace](?:[:-][0-9a-f]{2}){5}")
_U32 = (1 << 32) - 1


@dataclass(frozen=True)
class Setting:
    """One setting: ``name`` is the option of the module and the key in rules; ``word`` is that of `ip link set ... vf N`.

    ``type`` is mac, or that of an option: int (from 0 to ``most``, in ``unit``), bool, or str (one of ``choices``).
    ``places`` say where an entry of vfinfo_list has it in what `ip -j -d link show` prints; later ones are of older
    versions. ``idle`` is what a new VF has (None: depends on the driver); with ``silent``, `ip` leaves that out.
    Settings of one ``group`` are set by one command. With ``whole``, the kernel takes away what the command leaves out.
    """

    name: str
    word: str
    type: str
    places: tuple[str, ...]
    idle: Any = None
    silent: bool = False
    most: int = 0
    unit: str = ""
    choices: tuple[str, ...] = ()
    group: str = ""
    whole: bool = False
    needs_link: bool = False  # many drivers refuse it while the link is down


# In the order of a command: qos has to follow vlan.
TABLE = (
    Setting("mac", "mac", MAC, ("address", "mac"), idle=NO_MAC, silent=True),
    Setting("vlan", "vlan", "int", ("vlan_list.vlan",), idle=0, silent=True, most=4094, group="vlan", whole=True),
    Setting("qos", "qos", "int", ("vlan_list.qos",), idle=0, silent=True, most=7, group="vlan", whole=True),
    Setting("trust", "trust", "bool", ("trust",), idle=False),
    Setting("spoof_check", "spoofchk", "bool", ("spoofchk",)),
    Setting(
        "min_tx_rate", "min_tx_rate", "int", ("rate.min_tx",), 0, True, _U32, "Mbit/s", group="rate", needs_link=True
    ),
    Setting(
        "max_tx_rate",
        "max_tx_rate",
        "int",
        ("rate.max_tx", "tx_rate"),
        0,
        True,
        _U32,
        "Mbit/s",
        group="rate",
        needs_link=True,
    ),
    Setting("link_state", "state", "str", ("link_state",), idle="auto", choices=("auto", "enable", "disable")),
)
# Drivers that take what needs a link only with one: igb_ndo_set_vf_bw and ixgbe_ndo_set_vf_bw ask for it, and
# i40e_get_link_speed has no speed without. Their PF is reset when VFs are made, and the link comes back seconds later.
LINK_DRIVERS = ("igb", "ixgbe", "i40e")
_ALIASES = ("spoofchk",)  # words of `ip link` that an option has as a second name
_BY_NAME = {each.name: each for each in TABLE}
_GROUPS = tuple(
    tuple(each for each in TABLE if (each.group or each.name) == group)
    for group in dict.fromkeys(each.group or each.name for each in TABLE)
)


def options() -> dict[str, dict[str, Any]]:
    """Return the options of a module that name settings."""
    return {
        each.name: {
            "type": "str" if each.type == MAC else each.type,
            **({"choices": list(each.choices)} if each.choices else {}),
            **({"aliases": [each.word]} if each.word in _ALIASES else {}),
        }
        for each in TABLE
    }


def checked(named: Settings, vf: str) -> dict[str, Any]:
    """Return settings as `ip` prints them; raise HostError for a value that no driver could take."""
    return {name: _checked(_BY_NAME[name], value, vf) for name, value in named.items() if name not in _ALIASES}


def _checked(setting: Setting, value: Any, vf: str) -> Any:
    if setting.type == MAC:
        if not _MAC.fullmatch(value.lower()):
            from ansible_collections.dataplane.dpdk.plugins.module_utils._written import numbers

            raise HostError(
                f"{value!r} is no MAC address for VF {vf}.",
                *numbers.remedy(value),
                "Write six pairs of hexadecimal digits; the second digit of a single station's address is even.",
            )
        return value.lower().replace("-", ":")
    if setting.type == "int" and not 0 <= value <= setting.most:
        unit = f" {setting.unit}" if setting.unit else ""
        raise HostError(
            f"{setting.name} of VF {vf} cannot be {value}.", f"Give a number from 0 to {setting.most}{unit}."
        )
    return value


def parse(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an entry of vfinfo_list, as `ip -j -d link show` prints it; None is what it does not show."""
    return {each.name: _parsed(each, entry) for each in TABLE}


def _parsed(setting: Setting, entry: Mapping[str, Any]) -> Any:
    shown = (_at(entry, place) for place in setting.places)
    value = next((each for each in shown if each is not None), setting.idle if setting.silent else None)
    return str(value).lower() if setting.type == MAC else value


def _at(entry: Any, place: str) -> Any:
    """Return what is at a place; of a list the first counts."""
    for key in place.split("."):
        entry = entry.get(key) if isinstance(entry, Mapping) else None
        if isinstance(entry, list):
            entry = entry[0] if entry else None
    return entry


def words(settings: Settings) -> list[str]:
    """Return settings as `ip link set ... vf N` takes them."""
    texts = {True: "on", False: "off"}
    found = []
    for each in TABLE:
        if each.name in settings:
            value = settings[each.name]
            found += [each.word, texts[value] if isinstance(value, bool) else str(value)]
    return found


def parts(settings: Settings) -> list[dict[str, Any]]:
    """Return settings in the smallest parts that one command can set."""
    return _chosen(settings, _GROUPS)


def needing_link(settings: Settings) -> dict[str, Any]:
    """Return those settings that many drivers refuse while there is no link."""
    return {each.name: settings[each.name] for each in TABLE if each.needs_link and each.name in settings}


def apart(settings: Settings) -> list[dict[str, Any]]:
    """Return what needs no link, and apart from it what needs one: where that is refused, the rest is set nevertheless."""
    return _chosen(settings, ([each for each in TABLE if each.needs_link == needs] for needs in (False, True)))


def _chosen(settings: Settings, groups: Iterable[Iterable[Setting]]) -> list[dict[str, Any]]:
    found = ({each.name: settings[each.name] for each in group if each.name in settings} for group in groups)
    return [each for each in found if each]


def difference(have: Settings, want: Settings) -> dict[str, Any]:
    """Return what of ``want`` should be set, with what the kernel would take away otherwise."""
    found = {}
    for group in _GROUPS:
        if any(each.name in want and want[each.name] != have.get(each.name) for each in group):
            known = {**{each.name: have.get(each.name) for each in group if each.whole}, **want}
            found.update({each.name: known[each.name] for each in group if known.get(each.name) is not None})
    return found


def reported(now: Settings, left: Settings) -> str:
    """Return what a VF has of the settings in ``left``, in the words of `ip link`."""
    return " ".join(words({key: now[key] for key in left if now.get(key) is not None})) or "nothing of it"


def worth_keeping(settings: Settings) -> dict[str, Any]:
    """Return what should be put back on a VF that is made again: what not every new VF has."""
    found = {}
    for group in _GROUPS:
        known = [each for each in group if settings.get(each.name) is not None]
        kept = [each for each in known if settings[each.name] != each.idle]
        found.update({each.name: settings[each.name] for each in known if each in kept or (kept and each.whole)})
    return found


def differs_from_new(settings: Settings) -> bool:
    """Whether a VF has what no new VF of any driver has."""
    return any(each.idle is not None and settings.get(each.name) not in (None, each.idle) for each in TABLE)


def native_drivers_wait(autoprobe: bool, given: Iterable[tuple[Settings, str | None]], pf_set_up_later: bool) -> bool:
    """Whether the native drivers of VFs that are made wait until the VFs have what they are given, and the PF answers.

    ``given`` holds the settings and the driver of each VF. A native driver reads the MAC address once, when it starts,
    and sends as soon as it has started, in whichever VLAN the VF is by then; a VF with a driver of its own would come as
    a network interface first, and go again.
    ``pf_set_up_later`` is for a PF that is set up only after its VFs are made. At boot it is: udev writes attributes
    while it reads the rules, and runs commands after that. Live, the PF is set up before.
    """
    return autoprobe and (pf_set_up_later or any(settings or driver for settings, driver in given))
