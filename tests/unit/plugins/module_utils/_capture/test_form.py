# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A capture comes back from its document as it was, and a damaged one is refused before anything is made of it."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Status

ANSWERS: dict[tuple[str, ...], Any] = {
    ("read", "/etc/fstab", "-1"): b"LABEL=root / ext4\n",
    ("read", "/sys/bus/pci/devices/0000:01:00.0/config", "64"): b"\x86\x80\xc9\x10",
    ("read", "/etc/modprobe.d/nothing", "-1"): None,
    ("attr", "/proc/cmdline"): "quiet",
    ("attr", "/sys/class/net/lo/nothing"): None,
    ("exists", "/sys/module/vfio"): False,
    ("mode", "/etc/fstab"): 0o644,
    ("status", "/etc/fstab"): Status("file", 0o644, 0, 0),
    ("status", "/etc/nothing"): None,
    ("link", "/sys/class/net/eth0"): "../../devices/pci0000:00/0000:00:02.0/net/eth0",
    ("names", "/sys/class/iommu"): [],
    ("run", "ip", "-j", "link"): Completed(0, "[]", ""),
    ("run", "modinfo", "vfio_pci"): HostError("Cannot run modinfo: No such file or directory.", "Install it."),
    ("environment", "SSH_CONNECTION"): "10.0.0.1 5 10.0.0.2 22",
    ("release",): "6.12.0",
}


def document(**changes: Any) -> dict[str, Any]:
    return {**form.render("a host", "2026-11-28T12:00:00Z", ANSWERS), **changes}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, HostError):
        return isinstance(other, HostError) and (one.message, one.remedy) == (other.message, other.remedy)
    return bool(one == other)


def test_what_was_answered_comes_back() -> None:
    found = form.parse(json.loads(json.dumps(document())))
    assert (found.host, found.taken) == ("a host", "2026-11-28T12:00:00Z")
    assert set(found.answers) == set(ANSWERS)
    assert all(same(answer, found.answers[question]) for question, answer in ANSWERS.items())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "This is no capture"),
        ({}, "This is no capture"),
        ({"format": form.FORMAT, "version": 2}, "has version 2, and only 1"),
        (document(host=5), "host of 'the capture' is 5"),
        (document(release=None), "release of 'the capture' is None"),
        (document(read=[]), "read of 'the capture' is []"),
        (document(read={"/etc/../../root": ""}), "'/etc/../../root' is no path"),
        (document(read={"etc": ""}), "'etc' is no path"),
        (document(read={"/etc/x": 5}), "read of '/etc/x' is 5"),
        (document(read={"/etc/x": {"base64": "%"}}), "is no base64"),
        (document(read={"/etc/x": {"base64": 7}}), "read of '/etc/x' is 7"),
        (document(attr={"/sys/x": ["a"]}), "attr of '/sys/x' is ['a']"),
        (document(exists={"/sys/x": "yes"}), "exists of '/sys/x' is 'yes'"),
        (document(mode={"/sys/x": 10**40}), "mode of '/sys/x' is 1000"),
        (document(mode={"/sys/x": True}), "mode of '/sys/x' is True"),
        (document(status={"/sys/x": ["file", 420, 0]}), "status of '/sys/x' is ['file', 420, 0]"),
        (document(status={"/sys/x": ["file", 420, 0, "root"]}), "status of '/sys/x' is 'root'"),
        (document(names={"/sys/x": [None]}), "names of '/sys/x' is None"),
        (document(run=[["ip"]]), "is no command with its answer"),
        (document(run=[[[], {}]]), "is no command with its answer"),
        (document(run=[[["ip"], {"rc": "0", "out": "", "err": ""}]]), "run of 'ip' is '0'"),
        (document(run=[[["ip"], {"problem": 5, "remedy": []}]]), "run of 'ip' is 5"),
        (document(environment={"SSH_CONNECTION": {}}), "environment of 'SSH_CONNECTION' is {}"),
    ],
)
def test_a_damaged_capture_is_refused(given: Any, says: str) -> None:
    with pytest.raises(HostError, match=re.escape(says)) as caught:
        form.parse(copy.deepcopy(given))
    assert caught.value.remedy
    assert len(caught.value.message) < 200
