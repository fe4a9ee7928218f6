# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB as Debian and Ubuntu set it up: a drop-in file, then grub-mkconfig; the same under UEFI."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

NAME = "debian_grub"
MAIN = "/etc/default/grub"
DIRECTORY = "/etc/default/grub.d"
GRUB_CFG = "/boot/grub/grub.cfg"
BACKUP = "/boot/grub/grub.cfg.before-dpdk"
_NEW = "/boot/grub/grub.cfg.dpdk-new"
_LINUX = re.compile(r"^\s*linux(?:16|efi)?\s+\S+[ \t]*(.*)$", re.MULTILINE)
# The same files in the same order as grub-mkconfig sources them, in the same shell.
_SOURCE = """
set -e
unset GRUB_CMDLINE_LINUX GRUB_CMDLINE_LINUX_DEFAULT
for file in "$@"; do . "$file"; done
printf '%s\\n%s\\n' "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"
"""


@dataclass(frozen=True)
class Configured:
    """What the next boot will be given.

    ``foreign`` are the tokens of everybody else's files, ``tokens`` those with ours, ``generated``
    those of the first entry in grub.cfg, which also name the root file system.
    """

    foreign: tuple[str, ...]
    tokens: tuple[str, ...]
    generated: tuple[str, ...]
    drop_in_text: str | None
    grub_cfg: str
    grub_cfg_mode: int


def found(host: Host) -> bool:
    """Whether this host boots by Debian's GRUB."""
    return host.exists("/etc/debian_version") and host.exists(MAIN) and host.exists(GRUB_CFG)


def read(host: Host) -> Configured:
    """Read the configuration; raise HostError where GRUB itself could not read it."""
    files = [MAIN] + [
        path
        for path in (f"{DIRECTORY}/{name}" for name in host.names(DIRECTORY) if re.fullmatch(r"[^.].*\.cfg", name))
        if host.exists(path)
    ]
    grub_cfg = host.read(GRUB_CFG) or ""
    return Configured(
        foreign=_evaluate(host, [path for path in files if path != drop_in.PATH]),
        tokens=_evaluate(host, files),
        generated=first_entry(grub_cfg),
        drop_in_text=host.read(drop_in.PATH),
        grub_cfg=grub_cfg,
        grub_cfg_mode=host.mode(GRUB_CFG) or 0o600,
    )


def write(host: Host, text: str | None) -> None:
    """Put the drop-in in place, or remove it; the next ``apply`` makes it count."""
    if text is None:
        host.remove_file(drop_in.PATH)
    else:
        host.write_file(drop_in.PATH, text)


def apply(host: Host, expected: tuple[str, ...], present: tuple[str, ...], absent: tuple[str, ...]) -> None:
    """Generate grub.cfg beside the old one, check it, and only then let it take the old one's place.

    ``expected`` are the tokens that the files have to give now, exactly.
    """
    try:
        _check_files(read(host).tokens, expected)
        host.must("grub-mkconfig", "-o", _NEW)
        host.must("grub-script-check", host.path(_NEW))
        _check_entry(first_entry(host.read(_NEW) or ""), present, absent)
        host.write_file(BACKUP, host.read(GRUB_CFG) or "", mode=0o600)
        host.rename(_NEW, GRUB_CFG)
    except HostError as error:
        host.remove_file(_NEW)
        raise HostError(
            f"{error.message} {GRUB_CFG} was left as it was.",
            *error.remedy,
            f"Look for another file in {DIRECTORY} that sets GRUB_CMDLINE_LINUX_DEFAULT, and run grub-mkconfig by hand.",
        ) from error


def _check_files(tokens: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Raise HostError where a token could not be taken out cleanly, such as a word within another one's quotes."""
    if tokens != expected:
        raise HostError(
            f"With {drop_in.PATH} the files give '{cmdline.render(tokens)}' and not '{cmdline.render(expected)}'.",
            f"Make this change in {MAIN} by hand.",
        )


def put_back(host: Host, grub_cfg: str, mode: int) -> None:
    """Bring an earlier grub.cfg back, where it is not there any more; it may hold the hash of a password."""
    if host.read(GRUB_CFG) != grub_cfg:
        host.write_file(GRUB_CFG, grub_cfg, mode)


def first_entry(grub_cfg: str) -> tuple[str, ...]:
    """Return the boot parameters of the first entry: the one that boots unless another was chosen."""
    match = _LINUX.search(grub_cfg)
    return cmdline.parse(match.group(1)) if match else ()


def _check_entry(tokens: tuple[str, ...], present: tuple[str, ...], absent: tuple[str, ...]) -> None:
    missing = cmdline.lacking(tokens, present)
    left = cmdline.unwanted(tokens, present, absent)
    if not tokens:
        raise HostError("grub-mkconfig wrote a configuration without any Linux entry.")
    if missing or left:
        problem = [f"lacks {' '.join(missing)}"] * bool(missing) + [f"still has {' '.join(left)}"] * bool(left)
        raise HostError(f"The first entry that grub-mkconfig wrote {' and '.join(problem)}.")


def _evaluate(host: Host, files: list[str]) -> tuple[str, ...]:
    done = host.run("sh", "-c", _SOURCE, "sh", *[host.path(path) for path in files])
    if done.rc != 0:
        raise HostError(
            f"The shell cannot read {', '.join(files)}: {done.err.strip() or done.rc}. Nothing was changed.",
            f"Correct the file that is named; 'sh -n {MAIN}' shows the place.",
        )
    return cmdline.parse(done.out)
