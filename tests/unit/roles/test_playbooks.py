# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No playbook runs on hosts that nobody meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
ON_HOSTS = ("preflight", "prepare", "report", "restore", "show", "smoke")


@pytest.mark.parametrize("name", ON_HOSTS)
def test_the_group_dpdk_is_the_default_and_dpdk_hosts_chooses(name: str) -> None:
    plays = yaml.safe_load((PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8"))
    hosts = [play["hosts"] for play in plays if "dpdk_hosts" in play.get("hosts", "")]
    assert hosts
    for given in hosts:
        assert "default('dpdk'" in given
    assert not [play for play in plays if play.get("hosts") == "all"]
