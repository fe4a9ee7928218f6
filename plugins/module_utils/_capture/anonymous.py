# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A capture that anybody may see: addresses, names and serial numbers replaced, the same one by the same one everywhere.

Addresses of the internet protocol keep their prefixes in common, bit by bit, so that routes and networks still fit: the scheme of
Xu, Fan, Ammar and Moon, Prefix-Preserving IP Address Anonymization (ICNP 2002).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")
_MAC_IN_NAME = re.compile(r"(?<=enx)[0-9a-f]{12}|(?<=wlx)[0-9a-f]{12}")
_V4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\d.])")
_V6 = re.compile(r"(?<![0-9A-Fa-f:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:/\d{1,3})?(?![0-9A-Fa-f:.])")
_HEX = re.compile(r"(?<![0-9A-F])(?:[0-9A-F]{32}|[0-9A-F]{8})(?=:[0-9A-F]{4} )")  # of /proc/net/tcp
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
# Those that firmware variables have by the specifications of UEFI, of the boot loader interface and of shim.
_OF_EVERYBODY = frozenset(
    (
        "8be4df61-93ca-11d2-aa0d-00e098032b8c",
        "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
        "d719b2cb-3d3a-4596-a3bc-dad00e67656f",
        "605dab50-e046-4300-abb6-3dd810dd8b23",
    )
)
_IQN = re.compile(r"\biqn\.\d{4}-\d{2}\.[^\s\",;]+")
_SERIAL = re.compile(r"/(?:serial|product_uuid|product_serial|board_serial|chassis_serial|vpd|wwid|uuid)$")
# Groups of addresses that say nothing of a network: this host, links, everybody, a mask.
_PLAIN = tuple(
    map(ipaddress.ip_network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "ff00::/8"))
)
_LINK_LOCAL = ipaddress.ip_network("fe80::/64")
_PLAIN_MAC = re.compile(r"(?i)ff:ff:ff:ff:ff:ff|00:00:00:00:00:00|01:00:5e.*|33:33.*|01:80:c2.*")
Network = Any  # IPv4Network or IPv6Network


def anonymous(document: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return a capture with everything replaced that says whose host it is; ``key`` must be random, and be forgotten."""
    found = {**document, "attr": {path: _hidden(path, value) for path, value in document["attr"].items()}}
    names = {name: f"host{number}" for number, name in enumerate(_hosts(document), start=1)}
    names.update({name: f"user{number}" for number, name in enumerate(_users(document), start=1)})
    changes = [_words(names), *_addresses(key)]
    changed: dict[str, Any] = _each_text(found, lambda text: _all(changes, text))
    return changed


def _hidden(path: str, value: Any) -> Any:
    return "left-out" if value and _SERIAL.search(path) else value


def _hosts(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the host, the longest first: one with its domain holds the one without."""
    name = document["host"]
    if name not in ("", "localhost", "(none)"):
        yield from dict.fromkeys((name, name.partition(".")[0]))


def _users(document: Mapping[str, Any]) -> list[str]:
    """Return the accounts of people that were asked for, and the members of groups that were."""
    found: list[str] = []
    for argv, done in document["run"]:
        fields = done.get("out", "").strip().split(":")
        if (
            argv[0] == "getent"
            and argv[1:2] == ["passwd"]
            and len(fields) > 3
            and fields[2].isdigit()
            and int(fields[2]) >= 1000
        ):
            found.append(fields[0])
        elif argv[0] == "getent" and argv[1:2] == ["group"] and len(fields) > 3:
            found += [each for each in fields[3].split(",") if each and each != "root"]
    return sorted(set(found), key=len, reverse=True)


def _words(names: Mapping[str, str]) -> Callable[[str], str]:
    if not names:
        return lambda text: text
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w-])")
    return lambda text: pattern.sub(lambda match: names[match[0]], text)


def _addresses(key: bytes) -> Iterable[Callable[[str], str]]:
    macs: dict[str, str] = {}
    uuids: dict[str, str] = {}

    def mac(text: str) -> str:
        plain = text.lower()
        if _PLAIN_MAC.fullmatch(plain):
            return text
        number = macs.setdefault(plain, f"{len(macs) + 1:06x}")
        return f"02:00:00:{number[:2]}:{number[2:4]}:{number[4:]}"

    def mac_in_name(text: str) -> str:
        return mac(":".join(text[n : n + 2] for n in range(0, 12, 2))).replace(":", "")

    def uuid(text: str) -> str:
        if text.lower() in _OF_EVERYBODY:
            return text
        return uuids.setdefault(text.lower(), f"00000000-0000-4000-8000-{len(uuids) + 1:012x}")

    def network(text: str) -> str:
        return _network(text, key)

    def iqn(text: str) -> str:
        return f"iqn.2000-01.invalid:{hashlib.sha256(key + text.encode()).hexdigest()[:12]}"

    return [
        lambda text, pattern=pattern, change=change: pattern.sub(lambda match: change(match[0]), text)  # type: ignore[misc]
        for pattern, change in (
            (_HEX, lambda text: _hex(text, key)),
            (_UUID, uuid),
            (_IQN, iqn),
            (_MAC, mac),
            (_MAC_IN_NAME, mac_in_name),
            (_V4, network),
            (_V6, network),
        )
    ]


def _network(text: str, key: bytes) -> str:
    """Return another address, or network, of the same kind; what is none stays."""
    try:
        address = ipaddress.ip_interface(text)
    except ValueError:
        return text
    if any(address.ip in each for each in _PLAIN if each.version == address.version):
        return text
    kept = 64 if address.version == 6 and address.ip in _LINK_LOCAL else 0
    bits = f"{int(address.ip):0{address.max_prefixlen}b}"
    own = len(bits) if int(address.ip) & int(address.network.hostmask) else address.network.prefixlen
    changed = bits[:kept] + "".join(_bit(bits[:n], bits[n], key) for n in range(kept, own)) + bits[own:]
    ip = type(address.ip)(int(changed, 2))
    return f"{ip}/{address.network.prefixlen}" if "/" in text else str(ip)


def _hex(text: str, key: bytes) -> str:
    """Return another address in the form of /proc/net/tcp: words of four bytes, each in the byte order of the machine."""
    words = [text[place : place + 8] for place in range(0, len(text), 8)]
    address = ipaddress.ip_address(b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words))
    mapped = getattr(address, "ipv4_mapped", None)
    changed = ipaddress.ip_address(_network(str(mapped or address), key)).packed
    data = address.packed[:12] + changed if mapped else changed
    return "".join(f"{int.from_bytes(data[n : n + 4], sys.byteorder):08X}" for n in range(0, len(data), 4))


def _bit(before: str, bit: str, key: bytes) -> str:
    """Return a bit, turned over or not as those before it and the key decide."""
    turned = hashlib.sha256(key + before.encode()).digest()[0] & 1
    return str(int(bit) ^ turned)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(name): _each_text(each, change) for name, each in value.items()}
    return [_each_text(each, change) for each in value] if isinstance(value, list) else value


def _all(changes: Iterable[Callable[[str], str]], text: str) -> str:
    for change in changes:
        text = change(text)
    return text
