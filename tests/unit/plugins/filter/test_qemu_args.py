# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.dataplane.dpdk.plugins.filter.qemu_args import FilterModule, qemu_args
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _qemu

MACHINE = {"name": "m", "directory": "/lab/m", "disk": "/lab/m/disk", "memory": 512, "cpus": 1, "accel": "tcg"}


def test_filter_has_its_name() -> None:
    assert FilterModule().filters() == {"qemu_args": qemu_args}


def test_it_returns_the_arguments_of_the_machine() -> None:
    assert qemu_args(MACHINE) == _qemu.arguments(MACHINE)


def test_a_refusal_names_the_filter_and_the_machine() -> None:
    with pytest.raises(AnsibleFilterError, match=r"^qemu_args: machine m: no directory, disk, memory, cpus\."):
        qemu_args({"name": "m"})


def test_something_else_than_a_dictionary_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="not list"):
        qemu_args(["m"])
