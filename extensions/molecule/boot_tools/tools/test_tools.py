# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each comparison that was made in a chroot, one check each."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

testinfra_hosts = ["local://"]
LAB = Path(os.environ.get("DPDK_LAB_DIR") or Path.home() / ".cache/dataplane-dpdk-lab") / "boot_tools"
RELEASES = ("bookworm", "trixie", "forky")
SUITES = ("grub", "grub2", "tuned", "systemd", "kernel")


def outcomes(release):
    """Return what files/inside.py noted: suite, row, what was compared, and what was wrong."""
    path = LAB / f"{release}.json"
    return json.loads(path.read_text()) if path.exists() else []


@pytest.mark.parametrize("release", RELEASES)
def test_every_table_was_run(release):
    suites = [each["suite"] for each in outcomes(release)]
    assert {name: suites.count(name) > 0 for name in SUITES} == dict.fromkeys(SUITES, True)


@pytest.mark.parametrize(
    ("release", "outcome"),
    [(release, each) for release in RELEASES for each in outcomes(release)],
    ids=lambda each: each if isinstance(each, str) else f"{each['suite']}-{each['row']}-{each['compared']}",
)
def test_predicted_and_real_are_alike(release, outcome):
    assert outcome["wrong"] == ""
