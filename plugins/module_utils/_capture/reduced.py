# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left out of a capture because no plan of that host reads it: names and aliases of hardware that it lacks.

Both lists are some megabytes long, and a host has functions of a few vendors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Question

_UEVENT = re.compile(r"/sys/bus/pci/devices/[^/]+/uevent")
_ID = re.compile(r"^PCI_ID=([0-9A-F]{4}):", re.MULTILINE)
_VENDOR_LINE = re.compile(r"[0-9a-f]{4}  ")
_CONNECTIONS = re.compile(r"/proc/\d+/net/tcp6?")
_HANDLES = re.compile(r"/proc/\d+/fd")


def without_what_nobody_reads(answers: Mapping[Question, Any]) -> dict[Question, Any]:
    """Return the answers with shorter lists, and without the files and connections of processes that have nothing to do with plans."""
    vendors = set(_vendors(answers))
    sockets = {str(answer)[len("socket:[") : -1] for answer in answers.values() if str(answer).startswith("socket:[")}
    found: dict[Question, Any] = {}
    for question, answer in answers.items():
        path = question[1] if len(question) > 1 else ""
        if isinstance(answer, bytes) and path.endswith("/pci.ids"):
            found[question] = "".join(_names_of(answer.decode("utf-8", "replace"), vendors)).encode()
        elif isinstance(answer, bytes) and path.endswith("/modules.alias"):
            found[question] = "".join(_aliases_of(answer.decode("utf-8", "replace"), vendors)).encode()
        elif isinstance(answer, str) and question[0] == "attr" and _CONNECTIONS.fullmatch(path):
            found[question] = "\n".join(_connections_of(answer, sockets))
        elif question[0] == "names" and _HANDLES.fullmatch(path):
            found[question] = [each for each in answer if _matters(answers.get(("link", f"{path}/{each}")))]
        elif question[0] != "link" or not _HANDLES.fullmatch(path.rpartition("/")[0]) or _matters(answer):
            found[question] = answer
    return found


def _vendors(answers: Mapping[Question, Any]) -> Iterator[str]:
    for question, answer in answers.items():
        if question[0] in ("attr", "read") and _UEVENT.fullmatch(question[1]):
            text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else str(answer)
            yield from (each.lower() for each in _ID.findall(text))


def _names_of(text: str, vendors: set[str]) -> Iterator[str]:
    """Yield the lines of the vendors; a vendor's line is not indented, its devices are, and comments stand among them."""
    keep = False
    yield "\n"
    for line in _lines(text):
        if _VENDOR_LINE.match(line):
            keep = line[:4] in vendors
        elif not line.startswith(("\t", "#")):
            keep = False
        if keep:
            yield line


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; splitlines knows more ends than the readers of these files."""
    return [f"{line}\n" for line in text.rstrip("\n").split("\n")]


def _aliases_of(text: str, vendors: set[str]) -> Iterator[str]:
    """Yield the aliases of the vendors, and those that are for any vendor."""
    for line in _lines(text):
        vendor = line[len("alias pci:v0000") :][:4].lower() if line.startswith("alias pci:v0000") else ""
        if not line.startswith("alias pci:") or not vendor or vendor in vendors:
            yield line


def _connections_of(text: str, sockets: set[str]) -> Iterator[str]:
    """Yield the head, and the lines of those sockets: the others are connections of others."""
    head, *lines = text.split("\n")
    yield head
    for line in lines:
        fields = line.split()
        if len(fields) > 9 and fields[9] in sockets:
            yield line


def _matters(answer: Any) -> bool:
    """Say whether a file that a process has open is a device of DPDK, or a connection, which may be the one to the controller."""
    return isinstance(answer, str) and answer.startswith(("/dev/vfio/", "/dev/uio", "/dev/iommu", "socket:["))
