# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes `ansible_collections.dataplane.dpdk` importable from a checkout at any path, without Ansible's own loader."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more of the machine than of the code; the fake machine may be used for all of them.
settings.register_profile(
    "any-machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("any-machine")

# Every test builds a machine of a hundred files; in memory that takes a third of the time.
if os.access("/dev/shm", os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

CHECKOUT = Path(__file__).resolve().parents[2]
TREE = Path(tempfile.mkdtemp(prefix="dataplane-dpdk-unit-"))

# A real package, since a namespace package would lose against an ansible_collections installed by pip.
(TREE / "ansible_collections" / "dataplane").mkdir(parents=True)
(TREE / "ansible_collections" / "__init__.py").touch()
(TREE / "ansible_collections" / "dataplane" / "dpdk").symlink_to(CHECKOUT, target_is_directory=True)
sys.path.insert(0, str(TREE))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=0, help="how many inputs the fuzzers try; a small slice otherwise")


def pytest_unconfigure() -> None:
    shutil.rmtree(TREE)
