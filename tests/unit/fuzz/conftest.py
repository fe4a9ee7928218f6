# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many inputs the fuzzers try: a slice in the unit tests, or as many as `--fuzz` says over all of them."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from hypothesis import settings

SLICE = 20
host = hosts.host


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [each for each in items if "/fuzz/" in str(each.path)]
    whole = config.getoption("--fuzz")
    count = max(1, whole // max(1, len(ours))) if whole else SLICE
    # Items of one function with different parameters share it, and hypothesis takes settings once.
    for function in {each.function: None for each in ours if isinstance(each, pytest.Function)}:
        settings(max_examples=count, database=None)(function)
