# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import config
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt

TEXT = """\
# Linux/x86 6.12 Kernel Configuration
CONFIG_VFIO=m
CONFIG_VFIO_NOIOMMU=y
# CONFIG_INTEL_IOMMU is not set
CONFIG_DEFAULT_HOSTNAME="(none)"
"""
PLACES = [
    f"/boot/config-{RELEASE}",
    f"/lib/modules/{RELEASE}/config",
    f"/usr/lib/modules/{RELEASE}/config",
    f"/usr/lib/kernel/config-{RELEASE}",
    f"/lib/modules/{RELEASE}/build/.config",
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VFIO", "m"),
        ("VFIO_NOIOMMU", "y"),
        ("INTEL_IOMMU", "n"),
        ("DEFAULT_HOSTNAME", "(none)"),
        ("EMPTY", "n"),
        ("LAST", "y"),
        ("IOMMU", None),
        ("NOIOMMU", None),
    ],
)
def test_an_option(name: str, value: str | None) -> None:
    assert config.Config("a path", f'{TEXT}CONFIG_EMPTY=""\nCONFIG_LAST=y').get(name) == value


@pytest.mark.parametrize("path", PLACES)
def test_every_place(host: FakeHost, path: str) -> None:
    host.tree.write(path, TEXT)
    found = config.read(host)
    assert (found.path, found.get("VFIO"), found.get("IOMMUFD")) == (path, "m", None)


def test_the_running_kernel_tells_first(host: FakeHost) -> None:
    host.tree.write(PLACES[0], TEXT)
    host.tree.write_bytes("/proc/config.gz", gzip.compress(b"CONFIG_VFIO=y\n"))
    found = config.read(host)
    assert (found.path, found.get("VFIO")) == ("/proc/config.gz", "y")


def test_a_kernel_that_tells_nothing(host: FakeHost) -> None:
    found = config.read(host)
    assert (found.path, found.get("VFIO")) == (None, None)


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"CONFIG_VFIO=y\n")[:-9], b"\x1f\x8b", b"\x1f\x8bnonsense", b"\xff\0"],
    ids=["truncated", "empty", "garbled", "binary"],
)
def test_a_broken_file_is_an_error_or_nothing(host: FakeHost, data: bytes) -> None:
    host.tree.write_bytes("/proc/config.gz", data)
    found = attempt(lambda: config.read(host))
    assert isinstance(found, HostError) or found.get("VFIO") is None
