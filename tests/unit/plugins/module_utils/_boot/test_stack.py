# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import stack
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


def test_debian_with_grub_is_supported(host: FakeHost) -> None:
    stack.require_supported(host)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/run/ostree-booted", "rpm-ostree"),
        ("/usr/sbin/grubby", "BLS entries kept by grubby"),
        ("/run/.containerenv", "a container"),
        ("/.dockerenv", "a container"),
    ],
)
def test_other_stacks_are_refused_by_name(host: FakeHost, path: str, name: str) -> None:
    host.tree.write(path, "")
    with pytest.raises(HostError) as caught:
        stack.require_supported(host)
    assert f"This host boots by {name} ({path} exists), which kernel_args does not support." in told(caught.value)
    assert "Set the boot parameters with the host's own tool and reboot" in told(caught.value)


@pytest.mark.parametrize("path", ["/etc/debian_version", "/etc/default/grub", "/boot/grub/grub.cfg"])
def test_a_host_without_a_stack_that_is_known(host: FakeHost, path: str) -> None:
    host.tree.remove(path)
    with pytest.raises(HostError) as caught:
        stack.require_supported(host)
    assert "shows no boot stack that is known here" in told(caught.value)
    assert path in caught.value.message
    assert caught.value.remedy
