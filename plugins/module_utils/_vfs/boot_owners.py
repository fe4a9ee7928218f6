# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What writes a number of VFs to sysfs at boot: sysfsutils, ifupdown, udev rules, tmpfiles.d, units, cron, TuneD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address as _address
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import sriov_rules

WORD = "sriov_numvfs"
_LIBRARIES = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
_UDEV, _TMPFILES, _UNITS = "udev/rules.d", "tmpfiles.d", "systemd/system"
_INTERFACES = "/etc/network/interfaces"
# Where each tool has its files; a folder is read with all below it.
_PLACES: dict[str, tuple[str, ...]] = {
    "sysfsutils": ("/etc/sysfs.conf", "/etc/sysfs.d"),
    "ifupdown": (_INTERFACES, *(f"/etc/network/{name}.d" for name in ("interfaces", "if-pre-up", "if-up"))),
    "a udev rule": tuple(f"{place}/{_UDEV}" for place in _LIBRARIES),
    "tmpfiles.d": tuple(f"{place}/{_TMPFILES}" for place in _LIBRARIES),
    "a unit": tuple(f"{place}/{_UNITS}" for place in _LIBRARIES),
    "rc.local": ("/etc/rc.local", "/etc/rc.d/rc.local"),
    "cron": ("/etc/crontab", "/etc/cron.d"),
    "a script of NetworkManager": ("/etc/NetworkManager/dispatcher.d",),
    "a script of systemd-networkd": ("/etc/networkd-dispatcher",),
}
_ENDINGS = {"a udev rule": ".rules", "tmpfiles.d": ".conf"}
_ECHO = re.compile(
    r"""(?:echo|printf)\s+(?:-\w+\s+)?["']?(?P<number>[^\s"'>|]+)["']?\s*(?:>{1,2}|\|\s*(?:sudo\s+)?tee(?:\s+-a)?)\s*["']?"""
    rf"(?P<path>[^\s\"';|&)]*{WORD})"
)
_ASSIGNED = re.compile(rf"^\s*(?P<path>[^\s=#\[]*{WORD})\s*=\s*(?P<number>\S+)\s*$", re.MULTILINE)
_WRITTEN = re.compile(rf"^\s*w[+!^=~-]*\s+(?P<path>\S+{WORD})(?:\s+\S+){{4}}\s+(?P<number>\S+)\s*$", re.MULTILINE)
_RULE = re.compile(r"""([A-Z]+(?:\{[^}]*\})?)\s*(==|!=|\+=|:=|=)\s*"((?:[^"\\]|\\.)*)\"""")
_VARIABLE = re.compile(r"\$+(?:\w+|\{[^}]*\})|%[a-zA-Z]")
_IFACE = re.compile(r"^\s*iface\s+(\S+)")
# What the keys of a udev rule say of a PF; KERNEL is an address where it looks like one.
_KEYS = {
    **dict.fromkeys(("KERNEL", "KERNELS", "NAME", "ENV{INTERFACE}", "ENV{ID_NET_NAME}"), "name"),
    **dict.fromkeys(("DRIVER", "DRIVERS", "ENV{ID_NET_DRIVER}"), "driver"),
    **dict.fromkeys(("ATTR{address}", "ATTRS{address}"), "mac"),
    **dict.fromkeys(("ATTR{vendor}", "ATTRS{vendor}", "ATTR{device/vendor}"), "vendor"),
    **dict.fromkeys(("ATTR{device}", "ATTRS{device}", "ATTR{device/device}"), "device"),
    "ENV{ID_PATH}": "path",
}


@dataclass(frozen=True)
class Setting:
    """A number of VFs that a file gives (None: nobody can say which); ``match`` is what is known of the PF.

    ``sure`` is False where it may mean other PFs than those that match, as with a variable.
    """

    tool: str
    path: str
    match: Mapping[str, str] = field(default_factory=dict)
    number: int | None = None
    sure: bool = True


def read(host: Host) -> list[Setting]:
    """Return what files that run at boot write; one run of grep finds them among hundreds."""
    places = [place for paths in _PLACES.values() for place in paths if place != "/lib" or host.link("/lib") is None]
    paths = host.run("grep", "-rslE", WORD, *places).out.split("\n")
    found = [each for path in paths if path for each in _of_file(host, path)]
    return [*found, *_scripts(host), *_tuned(host)]


def _of_file(host: Host, path: str) -> Iterator[Setting]:
    tool = next((tool for tool, places in _PLACES.items() if _is_below(path, places)), None)
    if tool is None or path == sriov_rules.PATH or not path.endswith(_ENDINGS.get(tool, "")) or _is_hidden(host, path):
        return
    text = host.read(path) or ""
    if tool == "a udev rule":
        yield from _of_rules(path, text)
    elif tool == "a unit":
        for each in _as_run(host, path, text):
            yield from _of_text(tool, path, each)
    elif tool == "ifupdown":
        yield from _of_text(tool, path, _with_names(text))
    else:
        yield from _of_text(tool, path, text)


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _is_hidden(host: Host, path: str) -> bool:
    """Whether a file of the same name in an earlier folder takes its place."""
    for folder in (_UDEV, _TMPFILES, _UNITS):
        place, found, name = path.partition(f"/{folder}/")
        if found and place in _LIBRARIES:
            earlier = _LIBRARIES[: _LIBRARIES.index(place)]
            return any(host.exists(f"{each}/{folder}/{name}") for each in earlier if f"{each}/{folder}/{name}" != path)
    return False


def _of_text(tool: str, path: str, text: str) -> Iterator[Setting]:
    """Return the last number for each PF: scripts write 0 first."""
    plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", ";")))
    found: dict[str, str] = {}
    for pattern in (_ASSIGNED, _WRITTEN, _ECHO):
        found.update({match["path"]: match["number"] for match in pattern.finditer(plain)})
    for target, number in found.items():
        match, sure = _pf(target)
        yield from _setting(tool, path, match, number, sure)


def _setting(tool: str, path: str, match: Mapping[str, str], number: str, sure: bool) -> Iterator[Setting]:
    text = number.strip("\"'")
    known = int(text) if text.isascii() and text.isdecimal() else None
    if known != 0:
        yield Setting(tool, path, match, known, sure and known is not None)


def _pf(target: str) -> tuple[dict[str, str], bool]:
    """Return what a path in sysfs says of the PF whose attribute it is, and whether that is sure."""
    parts = target.strip("\"'").split("/")[:-1]
    if not parts:
        return {}, False
    place = parts[-2] if parts[-1] == "device" and len(parts) > 1 else parts[-1]
    kind = "name" if parts[-1] == "device" else "address"
    pattern = _VARIABLE.sub("*", place)
    return {kind: pattern}, pattern == place


def _of_rules(path: str, text: str) -> Iterator[Setting]:
    for line in text.replace("\\\n", " ").splitlines():
        if WORD not in line or line.lstrip().startswith("#"):
            continue
        keys = _RULE.findall(line)
        match, sure = _matched(keys)
        for key, operator, value in keys:
            written = re.fullmatch(rf"ATTR\{{(?:device/)?{WORD}\}}", key) and operator in ("=", ":=")
            numbers = [value] if written else [each["number"] for each in _ECHO.finditer(value)][-1:]
            for number in numbers:
                yield from _setting("a udev rule", path, match, number, sure)


def _matched(keys: Iterable[tuple[str, str, str]]) -> tuple[dict[str, str], bool]:
    match: dict[str, str] = {}
    sure = True
    for key, operator, value in keys:
        kind = _KEYS.get(key)
        if kind is None or operator not in ("==", "!="):
            continue
        if operator == "!=":
            sure = False
        elif kind == "name" and (":" in value or _address.parse(value)):
            match["address"] = value.lower().replace("|", " ")
        else:
            plain = value.lower() if kind in ("mac", "vendor", "device") else value
            match[kind] = plain.replace("|", " ").replace("0x", "")
    return match, sure


def _with_names(text: str) -> str:
    """Return a file of ifupdown with the interface in place of $IFACE, as far as its stanza says which."""
    found, name = [], "$IFACE"
    for line in text.splitlines():
        match = _IFACE.match(line)
        name = match[1] if match else name
        found.append(re.sub(r"\$(?:IFACE\b|\{IFACE\})", lambda _match: name, line))  # noqa: B023
    return "\n".join(found)


# units


def _as_run(host: Host, path: str, text: str) -> list[str]:
    """Return a unit's text for each instance that something starts at boot; none where nothing does."""
    name = path.split(f"/{_UNITS}/", 1)[1].split("/")[0]
    name = name[:-2] if name.endswith(".d") else name
    first, template, last = name.partition("@.")
    started = {each for each in _started(host) if each == name or (template and each.startswith(f"{first}@"))}
    instances = sorted(each[len(first) + 1 : -len(last) - 1] if template else "" for each in started)
    return [re.sub("%[iI]", lambda _match: each, text) if template else text for each in instances]  # noqa: B023


def _started(host: Host) -> set[str]:
    folders = [f"{place}/{_UNITS}" for place in _LIBRARIES]
    wanting = [
        f"{each}/{name}" for each in folders for name in host.names(each) if name.endswith((".wants", ".requires"))
    ]
    return {name for each in wanting for name in host.names(each)}


def _scripts(host: Host) -> Iterator[Setting]:
    """Return what the scripts write that the administrator's own units start."""
    folder = f"/etc/{_UNITS}"
    for name in host.names(folder):
        text = (host.read(f"{folder}/{name}") or "") if name.endswith(".service") else ""
        for script in re.findall(r"^Exec\w*=[-@:+!]*(?:/\S*/(?:ba|da)?sh\s+)?(/\S+)", text, re.MULTILINE):
            body = _beginning(host, script)
            if body.startswith("#!") and WORD in body and _as_run(host, f"{folder}/{name}", text):
                yield from _of_text(f"{name}, a unit,", script, body)


def _beginning(host: Host, path: str) -> str:
    try:
        return (host.read_bytes(path, 1 << 16) or b"").decode("utf-8", "replace")
    except HostError:  # no file, so no script
        return ""


# TuneD


def _tuned(host: Host) -> Iterator[Setting]:
    todo = (host.attr("/etc/tuned/active_profile") or "").split()
    seen: set[str] = set()
    while todo:
        name = todo.pop(0)
        if name in seen:
            continue
        seen.add(name)
        for folder in ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned"):
            path = f"{folder}/{name}/tuned.conf"
            text = host.read(path)
            if text is not None:
                yield from _of_text("TuneD", path, text) if WORD in text else ()
                todo += [
                    each
                    for line in re.findall(r"^include\s*=(.*)$", text, re.MULTILINE)
                    for each in re.split(r"[,\s]+", line)
                ]
                break
