# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LISTED = (CHECKOUT / "pyproject.toml").read_text()


def scripts() -> list[str]:
    """Scripts in Python whose names do not say so: ruff reads those alone that it is told of."""
    places = [*(CHECKOUT / "tests" / "tools").iterdir(), *(CHECKOUT / "tests" / "bench").iterdir()]
    plain = [path for path in places if path.is_file() and not path.suffix]
    return sorted(
        str(path.relative_to(CHECKOUT)) for path in plain if b"python" in path.read_bytes().split(b"\n", 1)[0]
    )


def test_scripts_without_a_suffix_are_linted() -> None:
    found = scripts()
    assert "tests/tools/suite" in found
    assert [name for name in found if f'"{name}"' not in LISTED] == []
