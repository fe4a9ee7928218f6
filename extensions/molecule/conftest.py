# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets testinfra reach the machines of the lab by their names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The ssh configuration that the lab writes; an option given by hand goes first."""
    lab = os.environ.get("DPDK_LAB_DIR") or Path.home() / ".cache" / "dataplane-dpdk-lab"
    config.option.ssh_config = config.option.ssh_config or str(Path(lab) / "ssh_config")
