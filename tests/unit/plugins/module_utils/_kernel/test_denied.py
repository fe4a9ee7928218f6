# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that are kept from being loaded, by a file or by a boot parameter, themselves or through what they need."""

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import denied, modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import module as _module
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told

FILE = "/etc/modprobe.d/hardened.conf"


def refusal(host: FakeHost, text: str, name: str = "vfio-pci") -> HostError | None:
    host.tree.write(FILE, text)
    return denied.refusal(host, modprobe_d.read(host), name)


@pytest.mark.parametrize("name", ["vfio-pci", "vfio_pci"])
@pytest.mark.parametrize(
    "command",
    ["/bin/true", "/bin/false", "/usr/bin/false # policy", "true", "exit 1", ":", "/dev/null", "/bin/echo no"],
)
def test_a_command_that_loads_nothing(host: FakeHost, name: str, command: str) -> None:
    error = refusal(host, f"install {name} {command}\n")
    assert error is not None
    assert error.message.startswith(f"vfio_pci cannot be loaded: {FILE} says 'install {name} ")
    assert f"Take that line out of {FILE}" in error.remedy[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "blacklist vfio-pci\n",
        "install vfio-pci /usr/local/sbin/vfio-overrides\n",
        "install vfio-pci echo vfio-pci > /x; /sbin/modprobe --ignore-install vfio-pci\n",
        "install vfio-pci true && /sbin/modprobe -i vfio-pci\n",
        "install nouveau /bin/true\n",
        "options vfio-pci enable_sriov=1\n",
    ],
)
def test_what_may_load_it(host: FakeHost, text: str) -> None:
    assert refusal(host, text) is None


def test_a_module_that_it_depends_on(host: FakeHost) -> None:
    error = refusal(host, "install vfio_iommu_type1 /bin/false\n")
    assert error is not None
    assert "vfio_pci cannot be loaded, because it needs vfio_iommu_type1: " in error.message
    host.modules.load("vfio_iommu_type1")
    assert refusal(host, "install vfio_iommu_type1 /bin/false\n") is None, "it is there already"


@pytest.mark.parametrize(
    ("token", "kept"), [("module_blacklist=a,vfio-pci", True), ("modprobe.blacklist=vfio-pci", False)]
)
def test_the_kernel_refuses_what_it_was_booted_without(host: FakeHost, token: str, kept: bool) -> None:
    host.tree.write("/proc/cmdline", f"quiet {token}\n")
    error = refusal(host, "")
    assert (error is not None) is kept
    if error is not None:
        assert "module_blacklist, which names vfio_pci" in told(error)


@pytest.mark.parametrize(
    "text", ["install vfio-pci /bin/true\n", "install vfio /bin/false\n", "install vfio_p* /bin/true\n"]
)
def test_what_is_predicted_is_what_happens(host: FakeHost, text: str) -> None:
    assert refusal(host, text) is not None
    with pytest.raises(HostError, match="did not load the module"):
        _module.load(host, "vfio-pci")
