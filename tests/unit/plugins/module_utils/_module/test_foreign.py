# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import foreign
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import steps, want

OPTIONS = "options vfio-pci enable_sriov=0\n"


def found(host: FakeHost, name: str = "vfio_pci") -> list[str]:
    return [str(each) for each in foreign.read(host, name)]


@pytest.mark.parametrize("directory", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_others_are_found_wherever_modprobe_looks(host: FakeHost, directory: str) -> None:
    path = f"{directory}/modprobe.d/x.conf"
    host.tree.write(path, OPTIONS)
    assert found(host) == [f"{path}: options enable_sriov=0"]


def test_our_own_file_is_not_foreign(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/dataplane-dpdk-vfio_pci.conf", OPTIONS)
    assert found(host) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("install vfio-pci echo don't\n", ["install vfio-pci echo don't"]),
        ("install vfio* /bin/false\n", ["install vfio* /bin/false"]),  # modprobe takes patterns here (fnmatch)
        ("install vfio /bin/false\noptions vfio_p* a=1\nblacklist vfio*\n", []),  # and nowhere else
        ('options vfio-pci a="1 2" b\n', ["options a=1 2", "options b"]),
        ("blacklist vfio-pci", ["blacklist vfio-pci"]),
        ("blacklist \\\nvfio-pci\n", ["blacklist vfio-pci"]),
        ("# for now \\\nblacklist vfio-pci\n", []),
        ("", []),
    ],
)
def test_a_line_is_read_as_modprobe_reads_it(host: FakeHost, text: str, expected: list[str]) -> None:
    host.tree.write("/etc/modprobe.d/x.conf", text)
    assert found(host) == [f"/etc/modprobe.d/x.conf: {each}" for each in expected]


def test_a_name_alone_turns_a_boolean_on(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/x.conf", "options vfio-pci enable_sriov\n")
    others = foreign.read(host, "vfio_pci")
    assert foreign.refusal(others, "vfio_pci", {"enable_sriov": "Y"}) is None
    assert foreign.refusal(others, "vfio_pci", {"enable_sriov": "N"})


@pytest.mark.parametrize("token", ["vfio-pci.enable_sriov=0", '"vfio-pci.enable_sriov=0"', "vfio_pci.enable-sriov=0"])
def test_a_boot_parameter_is_foreign(host: FakeHost, token: str) -> None:
    host.tree.write("/proc/cmdline", f"quiet {token} ro\n")
    assert found(host) == ["the kernel command line: option enable_sriov=0"]


@pytest.mark.parametrize(
    "text", ["options vfio-pci enable_sriov=1", "install vfio-pci /usr/local/sbin/vfio-overrides", "options x y=1"]
)
def test_who_says_the_same_or_nothing_is_left_alone(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/modprobe.d/local.conf", f"{text}\n")
    done = steps(host, want(enable_sriov=True))
    assert bool(done.facts["foreign"]) is ("vfio" in text)
    assert host.read("/etc/modprobe.d/local.conf") == f"{text}\n"
