# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From every state that the guides lead to, a host comes back as it was, or is refused as a whole before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import driver_of
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind, kernel_args, sriov_vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages, systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes.described import (
    carry_out,
    fingerprint,
    look,
    make_nodes,
    prepare,
    reboot,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

PAGES = {"hugepages": [{"size": "2M", "count": 64}]}
ACCESS = {"access": {"group": "dpdk", "users": ["app"], "services": ["vpp.service"]}}
GUIDES: dict[str, dict[str, Any]] = {
    "first host": {
        "vfs": [{"device": "enp1s0", "num_vfs": 2, "drivers_autoprobe": False}],
        "ports": [{"device": "enp1s0", "vf": 0}, "enp2s0"],
        **PAGES,
    },
    "access": {"ports": ["enp1s0", "enp2s0"], **ACCESS, **PAGES},
    "VFs with their drivers": {
        "vfs": [{"device": "enp1s0", "num_vfs": 2, "vfs": [{"vf": "0-1", "driver": "vfio-pci"}]}],
        **ACCESS,
    },
    "a PF on vfio-pci with VFs and a token": {
        "ports": ["enp1s0"],
        "vfs": [{"device": "enp1s0", "num_vfs": 2}],
        "vf_token": {},
        **ACCESS,
        **PAGES,
    },
    "boot parameters and a mount": {
        "ports": ["enp2s0"],
        "kernel_args": ["isolcpus=2-3"],
        "hugepages": [{"size": "2M", "count": 8}],
        "hugepages_mounts": [{"path": "/mnt/huge", "size": "2M"}],
    },
}


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    make_nodes(host)
    hugepages.add_node(host.tree, 0, total_mib=1024, free_mib=512, sizes=(2048,))
    host.tree.write("/proc/meminfo", "MemTotal: 1048576 kB\nHugepagesize:       2048 kB\n")
    systemd.mount(host.tree, "/dev/hugepages")
    host.tree.write("/usr/lib/systemd/system/vpp.service", "[Service]\n")
    return host


def give_back(host: FakeHost, *stages: str, **more: Any) -> list[str]:
    """Restore as the role does, and check that what was planned is what was done."""
    seen = look(host, {"restore": list(stages or ("all",)), **more})
    assert seen["problems"] == []
    done = carry_out(host, seen)
    assert done == seen["actions"]
    return done


@pytest.mark.parametrize("guide", GUIDES)
def test_a_host_comes_back_as_it_was(host: FakeHost, guide: str) -> None:
    before = fingerprint(host)
    prepare(host, GUIDES[guide])
    prepared = fingerprint(host)
    assert look(host, GUIDES[guide])["ready"]
    look(host, {"restore": ["all"]})
    assert fingerprint(host) == prepared != before
    give_back(host)
    reboot(host)
    assert fingerprint(host) == before
    again = look(host, {"restore": ["all"]})
    assert (again["actions"], again["problems"], again["reboot_pending"]) == ([], [], "")


def test_what_was_bound_by_hand_comes_back(host: FakeHost) -> None:
    """The steps of the DPDK guide, task by task, as docs/sriov.md has them."""
    before = fingerprint(host)
    prepare(host, {"modules": [{"name": "vfio_pci", "params": {"enable_sriov": True}}]})
    call(dpdk_bind.main, host, {"devices": [PF]})
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 2}]})
    call(dpdk_bind.main, host, {"devices": [{"device": PF, "vf": 0}]})
    give_back(host)
    reboot(host)
    assert fingerprint(host) == before


def test_vfs_that_a_pf_had_on_its_own_driver_come_back_after_it(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "1")
    before = fingerprint(host)
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 0}]})
    prepare(host, {"ports": [PF], "vfs": [{"device": PF, "num_vfs": 2}], "vf_token": {}})
    seen = look(host, {"restore": ["all"]})
    assert list(seen["stages"])[:3] == ["vfs", "ports", "vfs_again"]
    give_back(host)
    reboot(host)
    assert fingerprint(host) == before


def test_more_vfs_than_there_were(host: FakeHost) -> None:
    host.write_attr(f"/sys/bus/pci/devices/{PF}/sriov_numvfs", "1")
    before = fingerprint(host)
    described = {
        "vfs": [{"device": PF, "num_vfs": 3, "allow_recreate": True}],
        "ports": [{"device": PF, "vf": 0}, VFS[0]],
    }
    prepare(host, {"vfs": described["vfs"]})
    prepare(host, described)
    refused = look(host, {"restore": ["all"], "fail": False})
    assert ["allow_recreate" in "".join(each["remedy"]) for each in refused["problems"]] == [True]
    give_back(host, allow_recreate=True)
    reboot(host)
    assert fingerprint(host) == before


def test_a_device_that_is_gone_leaves_no_rule(host: FakeHost) -> None:
    prepare(host, {"vfs": [{"device": PF, "num_vfs": 1}], "ports": [{"device": PF, "vf": 0}]})
    call(sriov_vfs.main, host, {"pfs": [{"device": PF, "num_vfs": 0}]})
    give_back(host, "vfs", "ports")
    assert not any(name.startswith(("/etc/udev", "/var/lib/dataplane")) for name in fingerprint(host))


def test_a_host_that_was_never_touched_is_left_alone(host: FakeHost) -> None:
    host.modules.load("vfio_pci")
    assert look(host, {"restore": ["all"]})["actions"] == []


def test_only_what_is_named_comes_back(host: FakeHost) -> None:
    prepare(host, GUIDES["a PF on vfio-pci with VFs and a token"])
    give_back(host, "vfs", "ports")
    assert driver_of(host, PF) == "igb"
    left = fingerprint(host)
    assert "/etc/dataplane-dpdk/vf_token" in left
    assert "/etc/modules-load.d/dataplane-dpdk-vfio_pci.conf" in left


def use_hugepages(host: FakeHost, pages: int) -> None:
    """A process maps pages by a file, as an application does that is not told to leave none."""
    hugepages.put(host.tree, "/sys/devices/system/node/node0/hugepages/hugepages-2048kB", 64, 64 - pages)
    host.tree.write("/proc/4711/comm", "dpdk-testpmd\n")
    host.tree.write("/proc/4711/status", f"Name:\tdpdk-testpmd\nHugetlbPages:\t{pages * 2048:8} kB\n")
    host.tree.write("/proc/4711/maps", "100000000-100200000 rw-s 00000000 00:2f 123      /dev/hugepages/rtemap_0\n")
    host.tree.write("/dev/hugepages/rtemap_0", "")


@pytest.mark.parametrize("guide", ["access", "a PF on vfio-pci with VFs and a token"])
def test_a_running_application_keeps_the_whole_host_as_it_is(host: FakeHost, guide: str) -> None:
    prepare(host, GUIDES[guide])
    use_hugepages(host, 32)
    host.hold(host.pci.functions[PF])
    before = fingerprint(host)
    seen = look(host, {"restore": ["all"]})
    assert seen["failed"]
    assert "Nothing was changed." in seen["msg"]
    assert fingerprint(host) == before
    said = " ".join(seen["problem_lines"])
    assert "dpdk-testpmd (pid 4711, /dev/vfio/" in said
    assert "32 of its 64 are in use" in said
    assert "dpdk-testpmd (pid 4711, 64 MiB)" in said
    assert "the files /dev/hugepages/rtemap_0" in said


def test_files_that_an_application_left_are_named(host: FakeHost) -> None:
    prepare(host, GUIDES["access"])
    use_hugepages(host, 32)
    for name in ("comm", "status", "maps"):
        host.tree.remove(f"/proc/4711/{name}")
    lines = look(host, {"restore": ["all"], "fail": False})["problem_lines"]
    assert len(lines) == 1
    assert "used by the files /dev/hugepages/rtemap_0." in lines[0]


def test_a_mount_in_use_is_not_unmounted(host: FakeHost) -> None:
    prepare(host, GUIDES["boot parameters and a mount"])
    use_hugepages(host, 0)
    host.tree.write("/proc/4711/status", "HugetlbPages:\t    2048 kB\n")
    host.tree.write("/proc/4711/maps", "1000-2000 rw-s 00000000 00:2f 123      /mnt/huge/app_map_0\n")
    hugepages.put(host.tree, "/sys/devices/system/node/node0/hugepages/hugepages-2048kB", 8, 7)
    lines = look(host, {"restore": ["hugepages"], "fail": False})["problem_lines"]
    assert any(
        "/mnt/huge should be unmounted, and is used by dpdk-testpmd (pid 4711, 2 MiB)." in line for line in lines
    )


def test_modules_are_not_said_to_stay_that_go(host: FakeHost) -> None:
    prepare(host, {"ports": ["enp2s0"]})
    seen = look(host, {"restore": ["all"]})
    assert [each for each in seen["warnings"] if "stays loaded" in each] == []
    assert "Unloaded vfio_pci" in seen["actions"]


def test_boot_parameters_that_cannot_be_taken_back_keep_nothing_else(host: FakeHost) -> None:
    prepare(host, {"ports": ["enp2s0"]})
    host.tree.remove("/etc/default/grub")
    seen = look(host, {"restore": ["all"]})
    assert seen["problems"] == []
    assert any(
        "The boot parameters stay as they are. This host shows no boot stack" in each for each in seen["warnings"]
    )
    assert look(host, {"restore": ["kernel_args"], "fail": False})["problems"]
    carry_out(host, seen)
    assert driver_of(host, OTHER) == "igb"


def test_a_host_without_iommu_comes_back(bare_host: FakeHost) -> None:
    host = bare_host
    make_nodes(host)
    before = fingerprint(host)
    prepare(host, {"iommu": False, "modules": [{"noiommu": "enabled"}], "ports": ["enp2s0"]})
    assert driver_of(host, OTHER) == "vfio-pci"
    give_back(host)
    reboot(host)
    assert fingerprint(host) == before


def can_try_a_boot(host: FakeHost) -> None:
    """GRUB's environment on a plain partition, and a menu that reads it."""

    def environment(text: str) -> tuple[int, str, str]:
        host.tree.write("/boot/grub/grubenv", text)
        return 0, "", ""

    host.programs["grub-probe"] = lambda words: (0, "ext2\n" if words[0] == "--target=fs" else "\n", "")
    host.programs["grub-reboot"] = lambda words: environment(f"next_entry={words[0]}\n")
    host.programs["grub-editenv"] = lambda words: environment("")
    environment("")
    menu = "/boot/grub/grub.cfg"
    host.tree.write(menu, '[ "${next_entry}" ]\n' + (host.read(menu) or ""), 0o444)


@pytest.mark.parametrize("trial", [False, True])
def test_a_reboot_that_was_prepared_and_did_not_happen_leaves_nothing(host: FakeHost, trial: bool) -> None:
    if trial:
        can_try_a_boot(host)
    before = fingerprint(host)
    args = look(host, {"ports": ["enp2s0"], "kernel_args": ["isolcpus=2-3"]})["stages"]["kernel_args"][0]["arguments"]
    prepared = call(kernel_args.main, host, {**args, "rebooting": True, "trial": trial})
    assert not prepared.get("failed"), prepared["msg"]
    assert fingerprint(host) != before
    give_back(host)
    assert fingerprint(host) == before
