# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each device was before the collection first changed it, kept on the host."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils import _stored
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import Device
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

PATH = "/var/lib/dataplane-dpdk/devices.json"


def _is_address(value: Any, place: str) -> None:
    if not isinstance(value, str) or _address.parse(value) != value:
        raise ValueError(f"{place} is no address of a device")


_DRIVER, _TEXT = _stored.maybe(_stored.NAME), _stored.words(r"[^\x00-\x1f\x7f]{0,255}")
_SCHEMA = _stored.table(
    _is_address,
    _stored.fields(
        {},
        {
            "interface": _stored.maybe(_TEXT),
            "mac": _stored.maybe(_TEXT),
            "also": _stored.items(_TEXT),
            "earlier": _stored.items(_TEXT),
            "binding": _stored.maybe(_stored.fields({"driver": _DRIVER, "driver_override": _DRIVER})),
            "vfs": _stored.maybe(
                _stored.fields(
                    {"num_vfs": _stored.number(2**16), "drivers_autoprobe": _stored.flag},
                    {"eswitch_mode": _stored.maybe(_stored.words(r"\w+"))},
                )
            ),
        },
    ),
)


@dataclass(frozen=True)
class Binding:
    """The driver and override that a device was found with."""

    driver: str | None
    driver_override: str | None


@dataclass(frozen=True)
class Vfs:
    """The number of VFs, the autoprobe setting and, where it had to change, the eswitch mode that a PF was found with."""

    num_vfs: int
    drivers_autoprobe: bool
    eswitch_mode: str | None = None


@dataclass(frozen=True)
class Record:
    """One device: how it was first found, and what it last was as a network port.

    ``mac`` is its permanent MAC address. ``also`` holds whatever else it was ever called: altnames, earlier names, and
    the names and addresses of further interfaces. ``earlier`` holds what other ports were called that were changed at
    the same place before: nothing is found by that.
    """

    interface: str | None = None
    mac: str | None = None
    binding: Binding | None = None
    vfs: Vfs | None = None
    also: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    def is_called(self, text: str) -> bool:
        """Whether a text is one of the names and addresses of the port."""
        return bool(text) and (text in (self.interface, *self.also) or _address.mac(text) in self.macs)

    @property
    def macs(self) -> tuple[str, ...]:
        """The permanent MAC addresses of the port."""
        known = (each for each in (self.mac, *self.also) if each and each.strip("0:"))
        return tuple(each for each in known if _address.MAC.fullmatch(each))


def parse(text: str | None) -> dict[str, Record]:
    """Return the records that a text holds, by address; raise HostError where it is damaged."""
    if text is None:
        return {}
    entries = _stored.load(PATH, text, _SCHEMA, "the original drivers are then forgotten")
    return {address: _record(entry) for address, entry in entries.items()}


def render(records: Mapping[str, Record]) -> str:
    """Return the text that ``parse`` reads back."""
    return json.dumps({address: asdict(record) for address, record in sorted(records.items())}, indent=2) + "\n"


def of_port(device: Device) -> Record:
    """Return what identifies a device as a network port: its interfaces with all names, and their permanent addresses."""
    if not device.interfaces:
        return Record()
    first, *others = device.interfaces
    further = (text for each in others for text in (*each.names, each.identity))
    return Record(interface=first.name, mac=first.identity, also=_each_once([*first.altnames, *further], first.name))


def forget_step(text: str | None, addresses: Collection[str], part: str) -> list[Step]:
    """Return the step that drops what was recorded of devices as ``part`` (binding, vfs), or none where nothing was."""
    records = parse(text)
    given: dict[str, Any] = {part: None}
    left = {address: replace(known, **given) if address in addresses else known for address, known in records.items()}
    kept = {address: known for address, known in left.items() if known.binding or known.vfs}
    return [write_step(PATH, text, render(kept) if kept else None)] if kept != records else []


def remember_step(text: str | None, found: Mapping[str, Record]) -> list[Step]:
    """Return the step that adds what was found to the records, or none where they know it already."""
    records = parse(text)
    records.update({address: _note(records.get(address), new) for address, new in found.items()})
    after = render(records) if records else None
    return [write_step(PATH, text, after)] if after != text else []


def _note(old: Record | None, new: Record) -> Record:
    """Return a record that keeps what was found first, knows the interface that was seen last, and forgets no name."""
    if old is None:
        return new
    seen = new if new.interface else old
    same = seen is old or not old.macs or not set(old.macs).isdisjoint(new.macs)
    names = [each for each in (old.interface, *old.also) if each and (seen is old or not _address.MAC.fullmatch(each))]
    return replace(
        old,
        interface=seen.interface,
        mac=seen.mac,
        also=_each_once([*seen.also, *(names if same else [])], seen.interface),
        earlier=_each_once([*old.earlier, *([] if same else [*names, *old.macs])]),
        binding=old.binding or new.binding,
        vfs=_first(old.vfs, new.vfs),
    )


def _each_once(texts: Iterable[str], name: str | None = None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each not in ("", name)))


def _first(old: Vfs | None, new: Vfs | None) -> Vfs | None:
    """Return what was found first; the eswitch may be changed by a later task than the number."""
    if old is None or new is None:
        return old or new
    return replace(old, eswitch_mode=old.eswitch_mode or new.eswitch_mode)


def _record(entry: Mapping[str, Any]) -> Record:
    binding, vfs = entry.get("binding"), entry.get("vfs")
    return Record(
        interface=entry.get("interface"),
        mac=entry.get("mac"),
        also=tuple(map(str, entry.get("also") or ())),
        earlier=tuple(map(str, entry.get("earlier") or ())),
        binding=Binding(binding["driver"], binding["driver_override"]) if binding else None,
        vfs=Vfs(vfs["num_vfs"], vfs["drivers_autoprobe"], vfs.get("eswitch_mode")) if vfs else None,
    )
