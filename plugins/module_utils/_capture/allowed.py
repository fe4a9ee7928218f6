# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a host may be in a capture: a list of what may, and what is taken out of that.

Whatever is not on the list is left out, so that a rehearsal says that it is missing and never guesses.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import Question

LEFT_OUT = "left-out"  # one word, which shells and the kernel take as it is
NO_TOKEN = "00000000-0000-4000-8000-000000000000"  # stands for every VF token
_PATHS = re.compile(
    "|".join(
        [
            r"/sys(/.*)?",
            r"/proc(/(cmdline|config\.gz|cpuinfo|interrupts|meminfo|modules|swaps|iomem|mounts|version))?",
            r"/proc/(self|\d+)/(comm|fd|fd/\d+|mountinfo|net/tcp6?|ns/net|stat|status|cgroup)",
            r"/proc/(sys|device-tree|driver|net|spl)(/.*)?",
            r"/dev(/(vfio|hugepages|uio\d+|infiniband|iommu|ptp)([-/].*)?)?",
            r"/boot(/.*)?",
            r"/efi(/.*)?",
            r"/lib/(modules|modprobe\.d|systemd|udev)(/.*)?",
            r"/usr/(local/)?lib/(modules|modprobe\.d|systemd|udev|kernel|netplan|tmpfiles\.d|NetworkManager)(/.*)?",
            r"/usr/lib/(ostree|bootc|grub|os-release|modules-load\.d)(/.*)?",
            r"/(usr/)?s?bin/[^/]+",
            r"/usr/share/(hwdata/|misc/)?pci\.ids",
            r"/etc/(modprobe|modules-load|dracut\.conf|udev|systemd|default|grub|kernel|tuned|driverctl|netplan)(\..*|/.*)?",
            r"/etc/(NetworkManager|network|sysfs|sysconfig|security/limits\.d|sriov-operator|tmpfiles)(\..*|/.*)?",
            r"/etc/(fstab|crypttab|debian_version|os-release|redhat-release|zipl\.conf|mke?initcpio\.conf|modules)",
            r"/etc/(dracut\.conf|grub2?\.cfg|grub2?-efi\.cfg|initramfs-tools(/.*)?|dpdk(/.*)?)",
            r"/run/(modprobe|udev|systemd|netplan|NetworkManager|network|tuned|dataplane-dpdk)(\..*|/.*)?",
            r"/run/(\.containerenv|ostree-booted)",
            r"/\.dockerenv",
            r"/var/lib/dataplane-dpdk(/[^/]+\.json)?",
            r"/tmp|/mnt|/",
        ]
    )
)
# The token that opens VFs, whatever processes were started with, and the keys of others.
_NEVER = re.compile(r".*(/environ|shadow|private|\.(key|pem|gpg)|/dataplane-dpdk/plan/).*")
_TOKEN = re.compile(r"token[^/]*$")  # a file that may hold a VF token; it is kept as a file that holds another one
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PROGRAMS = frozenset(
    [
        "bootc",
        "bootctl",
        "clevis",
        "cryptsetup",
        "devlink",
        "dmesg",
        "dracut",
        "findmnt",
        "getent",
        "grep",
        "grub-editenv",
        "grub-probe",
        "grub2-editenv",
        "grubby",
        "ip",
        "kernel-install",
        "lsinitramfs",
        "lsinitrd",
        "modinfo",
        "modprobe",
        "nsenter",
        "ostree",
        "rpm-ostree",
        "sh",
        "stat",
        "systemctl",
        "systemd-detect-virt",
        "udevadm",
        "uname",
        "unshare",
        "wg",
    ]
)
_VARIABLES = frozenset({"SSH_CONNECTION"})
_SECRET = re.compile(
    r"(?P<name>[\w.-]*(?:passw(?:or)?d|passphrase|secret|psk|private-?key|wep-?key|token|\bpin\b)[\w.-]*"
    r"(?:[ \t]*[=:][ \t]*[\"']?|[\"'][ \t]*:[ \t]*[\"'])"
    r"|\bpassword(?:_pbkdf2)?[ \t]+\S+[ \t]+)"  # of a menu of GRUB
    r"(?P<value>(?!\$)(?:(?<=\")(?:\\.|[^\"\\\n])+|(?<=')[^'\n]+|[^\s\0;,\"'\\]+))",  # a variable of a shell is none
    re.IGNORECASE,
)
# What plans read of the kernel log; the rest of it is about other things than DPDK.
_LOG = re.compile(
    r"(?i)dmar|amd-vi|iommu|smmu|vfio|uio|lockdown|secure.?boot|interrupt remapping"
    r"|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
)


def may_be_kept(question: Question) -> bool:
    """Say whether an answer to this question may be in a capture."""
    kind, *words = question
    if kind == "run":
        return words[0].rpartition("/")[2] in _PROGRAMS and not any(_NEVER.fullmatch(each) for each in words)
    if kind == "environment":
        return words[0] in _VARIABLES
    if kind in (
        "exists",
        "mode",
        "status",
    ):  # that the host has a file, such as one of a boot loader, says nothing of what is in it
        return not words[0].startswith(("/home/", "/root/"))
    return kind == "release" or bool(
        _TOKEN.search(words[0]) or (_PATHS.fullmatch(words[0]) and not _NEVER.fullmatch(words[0]))
    )


def without_secrets(question: Question, answer: Any) -> Any:
    """Return an answer as it may be kept: no passwords, and of the log what is about devices."""
    if isinstance(answer, bytes) and _TOKEN.search(question[1]):
        return f"{NO_TOKEN if _UUID.fullmatch(answer.decode('ascii', 'replace').strip()) else LEFT_OUT}\n".encode()
    if isinstance(answer, bytes):
        return _masked(answer.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if isinstance(answer, Completed):
        shorten = _SHORTER.get(question[1], _masked)
        return Completed(answer.rc, shorten(answer.out), _masked(answer.err))
    if not isinstance(answer, str):
        return answer
    return _masked(answer)


def masked_question(question: Question) -> Question:
    """Return a question as it may be kept: a command can be given the text of a file."""
    return (question[0], *map(_masked, question[1:])) if question[0] == "run" else question


def _masked(text: str) -> str:
    return _SECRET.sub(lambda found: f"{found['name']}{LEFT_OUT}", text)


def _of_log(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if _LOG.search(line))


def _of_header(text: str) -> str:
    """Return of the header of an encrypted disk only to what it is bound; the rest is salts and wrapped keys."""
    try:
        tokens = json.loads(text)["tokens"].items()
        kept = {name: {key: each[key] for key in ("type", "tpm2-pcrs") if key in each} for name, each in tokens}
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return json.dumps({"tokens": kept})


_SHORTER = {"dmesg": _of_log, "cryptsetup": _of_header}
