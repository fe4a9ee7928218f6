# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/kernels.md has a row for all that the scenario asks the kernels, and asks for nothing that the scenario does not."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "extensions" / "molecule" / "kernels" / "files" / "behaviour.py"


def test_the_page_names_what_is_asked() -> None:
    asked = re.findall(r'yield "([^"]+)"', SCRIPT.read_text())
    rows = [
        line.split("|") for line in (CHECKOUT / "docs" / "kernels.md").read_text().splitlines() if line.startswith("|")
    ]
    named = [name.strip() for row in rows[2:] for name in row[3].split(";")]
    assert len(asked) > 20
    assert sorted(asked) == sorted(name for name in named if not name.startswith("scenario "))
    assert all(
        name.split("`")[1] in {path.name for path in SCRIPT.parents[2].iterdir()}
        for name in named
        if "scenario" in name
    )
