# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import vfio
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel.hugepages import Pool
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import hugepage_units
from ansible_collections.dataplane.dpdk.plugins.modules import hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as fake
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership, systemd
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls

TWO = 2048
ONE_GIG = 1048576


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    """A host with two NUMA nodes, and the mount that systemd makes."""
    for node in (0, 1):
        fake.add_node(host.tree, node, total_mib=8192, free_mib=6000)
    systemd.mount(host.tree, "/dev/hugepages")
    return host


def count(host: FakeHost, node: int, size: int = TWO) -> int:
    return int(host.tree.read(Pool(size, node, 0, 0).path) or -1)


def pool(**given: Any) -> dict[str, Any]:
    return {"pools": [{"size": "2M", **given}]}


def test_pages_on_one_node(host: FakeHost) -> None:
    done = four_calls(hugepages.main, host, pool(count=512, node=1))
    assert (count(host, 0), count(host, 1)) == (0, 512)
    assert done["memory_mib"] == 1024
    assert done["actions"][1] == "Set the pages of 2M on node 1 to 512 (were 0)"


@pytest.mark.parametrize("more", [{}, {"node": 0}])
def test_pages_of_a_kernel_without_nodes(host: FakeHost, more: dict[str, Any]) -> None:
    fake.remove_nodes(host.tree, 8192, 6000)
    four_calls(hugepages.main, host, pool(count=512, **more))
    assert host.tree.read("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages") == "512"
    assert "/sys/kernel/mm/hugepages" in (host.tree.read(hugepage_units.PATH) or "")


def test_pages_spread_over_all_nodes(host: FakeHost) -> None:
    four_calls(hugepages.main, host, pool(count=5))
    assert (count(host, 0), count(host, 1)) == (3, 2)


def test_an_uneven_spread_with_the_right_sum_stays(host: FakeHost) -> None:
    call(hugepages.main, host, {"pools": [{"size": "2M", "count": 4, "node": 0, "persistent": False}]})
    assert not call(hugepages.main, host, {"pools": [{"size": "2M", "count": 4, "persistent": False}]})["changed"]


def test_the_unit_reserves_them_at_boot(host: FakeHost) -> None:
    four_calls(hugepages.main, host, {"pools": [{"size": "2M", "count": 8}, {"size": "1G", "count": 2, "node": 0}]})
    assert hugepage_units.parse_pools(host.tree.read(hugepage_units.PATH)) == {
        (0, TWO): 4,
        (1, TWO): 4,
        (0, ONE_GIG): 2,
    }
    assert host.tree.exists(f"{systemd.UNITS}/sysinit.target.wants/{hugepage_units.NAME}")


def test_the_unit_keeps_sizes_that_are_not_named(host: FakeHost) -> None:
    call(hugepages.main, host, pool(count=8, node=0))
    call(hugepages.main, host, {"pools": [{"size": "1G", "count": 1, "node": 0}]})
    assert hugepage_units.parse_pools(host.tree.read(hugepage_units.PATH)) == {(0, TWO): 8, (0, ONE_GIG): 1}
    call(hugepages.main, host, pool(count=0, node=0))
    assert hugepage_units.parse_pools(host.tree.read(hugepage_units.PATH)) == {(0, ONE_GIG): 1}


def test_pools_that_boot_parameters_reserve_have_no_unit(host: FakeHost) -> None:
    four_calls(hugepages.main, host, {"pools": [{"size": "1G", "count": 2, "persistent": False}]})
    assert not host.tree.exists(hugepage_units.PATH)


def test_a_short_pool_tells_how_many_and_that_memory_is_lacking(host: FakeHost) -> None:
    failed = call(
        hugepages.main, host, {"pools": [{"size": "2M", "count": 100}, {"size": "2M", "count": 4000, "node": 0}]}
    )
    assert "named twice" in failed["msg"]
    failed = call(hugepages.main, host, pool(count=3500, node=0))
    assert "The kernel gave 3000 of 3500 pages of 2M on node 0: 0 MiB are free." in failed["msg"]
    assert failed["remedy"][0].startswith("Stop what uses memory")
    assert count(host, 0) == 0
    assert not host.tree.exists(record.RECORD)


def test_a_short_pool_tells_that_memory_is_scattered(host: FakeHost) -> None:
    fake.scatter(host.tree, 0, ONE_GIG, 1)
    failed = call(hugepages.main, host, {"pools": [{"size": "1G", "count": 4, "node": 0}]})
    assert "gave 1 of 4 pages of 1G on node 0: 4976 MiB are free, but not in pieces of that size" in failed["msg"]
    assert "hugepagesz=1G hugepages=4" in failed["remedy"][0]
    assert count(host, 0, ONE_GIG) == 0


def test_the_pools_before_a_short_one_come_back(host: FakeHost) -> None:
    fake.scatter(host.tree, 1, TWO, 10)
    failed = call(hugepages.main, host, pool(count=200))
    assert failed["undone"]
    assert (count(host, 0), count(host, 1)) == (0, 0)


@pytest.mark.parametrize(
    ("args", "says", "remedy"),
    [
        (pool(count=-1), "-1 pages of 2M cannot be reserved", "0 or more"),
        (pool(count=1, node=7), "no NUMA node 7 with memory; it has 0, 1", "Correct the node"),
        (
            {"pools": [{"size": "512M", "count": 1}]},
            "no hugepages of 512M; the sizes that it offers: 2M, 1G",
            "pdpe1gb",
        ),
        ({"pools": [{"size": "big", "count": 1}]}, "'big' is no size", "like 2M or 1G"),
        (pool(count=9000), "Hugepages of 9000 MiB are asked for on node 0, which has 8192 MiB", "Ask for fewer"),
        ({"mounts": [{"path": "huge", "size": "2M"}]}, "'huge' is no place for a mount", "absolute path"),
        ({"mounts": [{"path": "/h\0", "size": "2M"}]}, "'/h\\x00' is no place for a mount", "control characters"),
        ({"mounts": [{"path": "/h", "size": "2M", "mode": "rwx"}]}, "'rwx' is no mode", "octal"),
        ({"mounts": [{"path": "/h", "size": "2M", "group": "a,b"}]}, "'a,b' is no name", "Name an owner"),
        ({"mounts": [{"path": "/h", "size": "2M"}, {"path": "/h/", "size": "1G"}]}, "/h: named twice", "once"),
        ({"mounts": [{"path": "/dev/hugepages", "size": "1G"}]}, "for pages of 2M, not 1G", "another path"),
        ({"state": "restored", **pool(count=1)}, "given back as a whole", "Leave out pools"),
    ],
)
def test_wrong_input_changes_nothing(host: FakeHost, args: dict[str, Any], says: str, remedy: str) -> None:
    for check in (True, False):
        failed = call(hugepages.main, host, args, check=check)
        assert says in failed["msg"]
        assert any(remedy in each for each in failed["remedy"])
    assert not host.writes
    assert not host.tree.exists("/etc/systemd")


def test_pages_in_use_stay(host: FakeHost) -> None:
    fake.put(host.tree, "/sys/devices/system/node/node0/hugepages/hugepages-2048kB", 64, 4)
    failed = call(hugepages.main, host, pool(count=10, node=0))
    assert "60 of its 64 are in use" in failed["msg"]
    assert count(host, 0) == 64


def test_a_mount_for_a_group(host: FakeHost) -> None:
    done = four_calls(hugepages.main, host, {"mounts": [{"path": "/mnt/huge-1G", "size": "1G", "group": "dpdk"}]})
    assert {"path": "/mnt/huge-1G", "size": "1G", "owner": "root", "group": "dpdk", "mode": "1770"} in done["after"][
        "mounts"
    ]
    unit = host.tree.read(f"{systemd.UNITS}/mnt-huge\\x2d1G.mount") or ""
    assert "Options=pagesize=1G,uid=root,gid=dpdk,mode=1770" in unit
    assert host.tree.exists(f"{systemd.UNITS}/sysinit.target.wants/mnt-huge\\x2d1G.mount")


def test_the_mount_of_systemd_is_kept_and_given_to_a_group(host: FakeHost) -> None:
    args = {"mounts": [{"path": "/dev/hugepages", "size": "2M", "group": "dpdk"}]}
    done = four_calls(hugepages.main, host, args)
    assert "Gave /dev/hugepages to root:dpdk with mode 1770" in done["actions"]
    assert not [words for words in host.commands if words[:2] == ("systemctl", "start")]


def test_a_group_that_does_not_exist(host: FakeHost) -> None:
    for path in ("/dev/hugepages", "/mnt/huge"):
        failed = call(hugepages.main, host, {"mounts": [{"path": path, "size": "2M", "group": "nobody-here"}]})
        assert failed["failed"]
        assert any("group" in each for each in failed["remedy"])
        assert not [name for name in host.tree.names(systemd.UNITS) if name.endswith(".mount")]


def test_all_is_given_back(host: FakeHost) -> None:
    fake.put(host.tree, "/sys/devices/system/node/node0/hugepages/hugepages-2048kB", 16, 16)
    args = {
        **pool(count=512, node=0),
        "mounts": [{"path": path, "size": "2M", "group": "dpdk"} for path in ("/dev/hugepages", "/mnt/huge")],
    }
    call(hugepages.main, host, args)
    call(hugepages.main, host, pool(count=600, node=0))
    done = four_calls(hugepages.main, host, {"state": "restored"})
    assert count(host, 0) == 16
    assert done["after"]["mounts"] == [
        {"path": "/dev/hugepages", "size": "2M", "owner": "root", "group": "root", "mode": "0755"}
    ]
    assert not host.tree.exists(record.RECORD)
    assert [name for name in host.tree.names(systemd.UNITS) if not name.endswith(".wants")] == []
    assert host.tree.names(f"{systemd.UNITS}/sysinit.target.wants") == []


def test_a_record_that_is_none(host: FakeHost) -> None:
    host.tree.write(record.RECORD, "garbage")
    failed = call(hugepages.main, host, pool(count=1))
    assert "does not hold what this collection writes there" in failed["msg"]
    assert failed["remedy"]


def test_more_mappings_than_the_kernel_allows(host: FakeHost) -> None:
    host.tree.write(vfio.DMA_ENTRY_LIMIT, "100\n")
    assert call(hugepages.main, host, pool(count=100, node=0))["warnings"] == []
    done = call(hugepages.main, host, pool(count=101, node=0))
    assert (done["dma_entries"], done["dma_entry_limit"]) == (101, 100)
    assert "dma_entry_limit is 100" in done["warnings"][0]


def test_check_mode_says_that_the_group_has_to_come_from_an_earlier_task(host: FakeHost) -> None:
    mounts = [{"path": "/mnt/huge", "size": "2M", "group": "nobody-here"}]
    seen = call(hugepages.main, host, {"mounts": mounts}, check=True)
    assert seen["changed"]
    assert "/mnt/huge should belong to the group nobody-here, and this host has none" in seen["warnings"][0]
    refused = call(hugepages.main, host, {"mounts": mounts, "pools": [{"size": "2M", "count": 4}]})
    assert refused["failed"]
    assert not refused["changed"]


def test_a_unit_that_is_not_enabled_is_enabled(host: FakeHost) -> None:
    """The pages and mounts would be gone after a reboot."""
    args = {**pool(count=8), "mounts": [{"path": "/dev/huge1G", "size": "1G"}]}
    call(hugepages.main, host, args)
    host.tree.remove("/etc/systemd/system/sysinit.target.wants")
    before = call(hugepages.main, host, args, check=True)["before"]
    assert [each["at_boot"] for each in before["pools"] if each["size"] == "2M"] == [None, None]
    done = four_calls(hugepages.main, host, args)
    assert done["actions"] == ["Enabled dataplane-dpdk-hugepages.service", "Enabled dev-huge1G.mount"]
    assert host.tree.names("/etc/systemd/system/sysinit.target.wants") == [
        "dataplane-dpdk-hugepages.service",
        "dev-huge1G.mount",
    ]


def at(path: str) -> dict[str, Any]:
    return {"mounts": [{"path": path, "size": "2M"}]}


@pytest.mark.parametrize(
    "path",
    [
        "/etc",
        "/usr",
        "/boot",
        "/etc/../etc",
        "/usr/share/x",
        "//etc/",
        "/",
        "/var/lib",
        "/home",
        "/dev/./shm",
        "/a/../../root",
    ],
)
def test_a_directory_of_the_system_is_not_hidden(host: FakeHost, path: str) -> None:
    for check in (True, False):
        failed = call(hugepages.main, host, at(path), check=check)
        assert "is a directory of the system, which a mount would hide at every boot" in failed["msg"]
    assert host.commands == []


def test_what_is_there_is_not_hidden(host: FakeHost) -> None:
    host.tree.write("/data/full/file", "x")
    host.tree.write("/data/file", "x")
    line = "77 1 8:1 / /data/disk rw - ext4 /dev/sda1 rw"
    host.tree.write("/proc/self/mountinfo", "\n".join([host.tree.read("/proc/self/mountinfo") or "", line]) + "\n")
    for path, says in (
        ("/data/full", "/data/full holds 1 entry, which would be hidden"),
        ("/data/file", "/data/file is no directory"),
        ("/data/disk", "/data/disk is a mount point of ext4, which would be hidden"),
        ("/data/../data//full", "/data/full holds 1 entry"),
    ):
        for check in (True, False):
            assert says in call(hugepages.main, host, at(path), check=check)["msg"]
    assert not [each for each in host.tree.names("/etc/systemd/system") if each.startswith("data")]


def test_a_place_that_others_may_replace_is_refused(host: FakeHost) -> None:
    host.tree.mkdir("/srv/app")
    ownership.chown(host.tree, ["app:root", "/srv/app"])
    assert "Others than root may write /srv/app" in call(hugepages.main, host, at("/srv/app/huge"))["msg"]


def test_a_unit_of_somebody_else_stays(host: FakeHost) -> None:
    host.tree.write("/etc/systemd/system/mnt-huge.mount", "[Mount]\n")
    failed = call(hugepages.main, host, at("/mnt/huge"))
    assert "/etc/systemd/system/mnt-huge.mount was written by somebody else" in failed["msg"]
    assert host.tree.read("/etc/systemd/system/mnt-huge.mount") == "[Mount]"
