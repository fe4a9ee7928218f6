# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files on the controller, and the machine that they describe."""

from __future__ import annotations

import json
import re
from pathlib import Path

from testinfra.host import Host

testinfra_hosts = ["ssh://vfio-trixie"]

PLACE = Path(__file__).resolve().parents[4] / "tests" / "output" / "report-scenario"
MERGED = json.loads((PLACE / "merged.json").read_text(encoding="utf-8"))
SEEN = next(each for each in MERGED["hosts"] if each["name"] == "vfio-trixie")


def test_the_kernel_is_the_one_that_runs(host: Host) -> None:
    assert SEEN["kernel"]["cmdline"] == host.file("/proc/cmdline").content_string.strip()
    assert SEEN["kernel"]["release"] == host.check_output("uname -r")


def test_the_drivers_are_those_of_the_kernel(host: Host) -> None:
    for device in SEEN["devices"]:
        driver = host.run(f"basename $(readlink /sys/bus/pci/devices/{device['address']}/driver)").stdout.strip()
        assert device.get("driver", "") == driver


def test_the_page_holds_the_same_and_loads_nothing() -> None:
    page = (PLACE / "merged.html").read_text(encoding="utf-8")
    embedded = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert embedded
    assert json.loads(embedded[1]) == MERGED
    assert not re.search(r"""\b(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert (PLACE / "merged.html").stat().st_mode & 0o007 == 0
