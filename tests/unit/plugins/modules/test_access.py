# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import access_files
from ansible_collections.dataplane.dpdk.plugins.modules import access, dpdk_bind
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, hyperv_guest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import PORT

GROUP = "nfv"
SERVICE = "/etc/systemd/system/app.service.d/50-dataplane-dpdk.conf"


@pytest.fixture
def node(host: FakeHost) -> str:
    """The group node of a port on vfio-pci, as the kernel makes it, with the nodes of other devices."""
    assert not call(dpdk_bind.main, host, {"devices": [OTHER]}).get("failed")
    number = host.tree.path(f"/sys/bus/pci/devices/{OTHER}/iommu_group").resolve().name
    for path in (f"/dev/vfio/{number}", "/dev/vfio/77", "/dev/iommu"):
        host.tree.write(path, "", mode=0o660 if path == "/dev/iommu" else 0o600)
    return f"/dev/vfio/{number}"


@pytest.fixture
def guest(tmp_path: Path) -> FakeHost:
    """A guest of Hyper-V with a port on the VMBus."""
    return hyperv_guest(tmp_path / "guest")


def owned(host: FakeHost, path: str) -> tuple[str, int]:
    return ownership.owners(host.tree, path)[1], host.tree.path(path).stat().st_mode & 0o7777


def rules(host: FakeHost) -> str:
    return host.tree.read(access_files.RULES) or ""


def test_the_group_gets_the_nodes_of_its_own_devices(host: FakeHost, node: str) -> None:
    done = four_calls(access.main, host, {"group": GROUP, "users": ["app"], "devices": [OTHER]})
    assert done["actions"][:2] == [f"Made the group {GROUP}", f"Added app to the group {GROUP}"]
    assert owned(host, node) == owned(host, "/dev/iommu") == (GROUP, 0o660)
    assert owned(host, "/dev/vfio/77") == ("root", 0o600)
    assert done["after"]["nodes"] == [{"path": path, "group": GROUP, "mode": "0660"} for path in ("/dev/iommu", node)]


def test_the_rules_name_the_device_and_not_the_number_of_its_group(host: FakeHost, node: str) -> None:
    call(access.main, host, {"group": GROUP, "devices": [OTHER]})
    assert f'SUBSYSTEM=="vfio", TEST=="/sys/kernel/iommu_groups/%k/devices/{OTHER}", GROUP="{GROUP}"' in rules(host)
    assert f'KERNEL=="noiommu-*", TEST=="/sys/kernel/iommu_groups/%n/devices/{OTHER}"' in rules(host)
    assert f'SUBSYSTEM=="vfio-dev", KERNELS=="{OTHER}"' in rules(host)
    assert "infiniband" not in rules(host)
    assert ("udevadm", "control", "--reload") in host.commands


def test_a_device_that_is_not_named_any_more_is_closed(host: FakeHost, node: str) -> None:
    call(access.main, host, {"group": GROUP, "devices": [OTHER, PF]})
    assert owned(host, node) == (GROUP, 0o660)
    done = four_calls(access.main, host, {"group": GROUP, "devices": [PF]})
    assert done["after"]["devices"] == [PF]
    assert OTHER not in rules(host)
    assert owned(host, node) == ("root", 0o600)


def test_a_device_of_rdma_has_its_verbs(host: FakeHost) -> None:
    device = f"/sys/bus/pci/devices/{PF}"
    host.tree.remove(f"{device}/driver")
    host.tree.link(f"{device}/driver", "/sys/bus/pci/drivers/mlx5_core")
    host.tree.mkdir(f"{device}/infiniband_verbs/uverbs0")
    host.tree.write("/dev/infiniband/uverbs0", "", mode=0o666)
    four_calls(access.main, host, {"group": GROUP, "devices": [PF]})
    assert f'SUBSYSTEM=="infiniband_verbs", KERNELS=="{PF}", GROUP="{GROUP}"' in rules(host)
    assert owned(host, "/dev/infiniband/uverbs0") == (GROUP, 0o660)
    call(access.main, host, {"state": "restored"})
    assert owned(host, "/dev/infiniband/uverbs0") == ("root", 0o666)


@pytest.mark.parametrize("named", ["eth1", PORT, PORT.upper()])
def test_a_port_of_the_vmbus_has_its_node_of_uio(guest: FakeHost, named: str) -> None:
    assert not call(dpdk_bind.main, guest, {"devices": [named]}).get("failed")
    done = four_calls(access.main, guest, {"group": GROUP, "devices": [named]})
    assert done["after"]["devices"] == [PORT]
    assert done["after"]["nodes"] == [{"path": "/dev/uio0", "group": GROUP, "mode": "0660"}]
    assert owned(guest, "/dev/uio0") == (GROUP, 0o660)
    assert f'SUBSYSTEM=="uio", KERNELS=="{PORT}", GROUP="{GROUP}", MODE="0660"' in rules(guest)
    assert 'SUBSYSTEM=="vfio"' not in rules(guest)
    four_calls(access.main, guest, {"state": "restored"})
    assert owned(guest, "/dev/uio0") == ("root", 0o600)


def test_a_port_of_the_vmbus_that_is_not_named_any_more_is_closed(guest: FakeHost) -> None:
    call(dpdk_bind.main, guest, {"devices": [PORT]})
    call(access.main, guest, {"group": GROUP, "devices": [PORT]})
    done = four_calls(access.main, guest, {"group": GROUP, "devices": [PF]})
    assert PORT not in rules(guest)
    assert "Gave /dev/uio0 to the group root with mode 0600" in done["actions"]
    assert owned(guest, "/dev/uio0") == ("root", 0o600)


def test_a_port_of_the_vmbus_that_is_not_bound_yet_gets_its_rule(guest: FakeHost) -> None:
    done = four_calls(access.main, guest, {"group": GROUP, "devices": ["eth1", PF]})
    assert (done["after"]["devices"], done["after"]["nodes"]) == ([PF, PORT], [])
    assert f'KERNELS=="{PORT}"' in rules(guest)


def test_what_the_node_of_the_vmbus_opens_is_said_once(guest: FakeHost) -> None:
    args = {"group": GROUP, "devices": [PORT]}
    for check in (True, False):
        (warning,) = call(access.main, guest, args, check=check)["warnings"]
        assert f"No IOMMU guards the memory of this host from whoever opens the node of {PORT} (eth1)" in warning
        assert "CAP_SYS_ADMIN" in warning
    assert call(access.main, guest, args)["warnings"] == []
    assert call(access.main, guest, {**args, "devices": [PORT, PF]})["warnings"] == []


def test_uio_of_pci_stays_with_root(host: FakeHost) -> None:
    assert not call(dpdk_bind.main, host, {"devices": [OTHER], "driver": "uio_pci_generic"}).get("failed")
    host.tree.mkdir(f"{host.pci.functions[OTHER].path}/uio/uio0")
    host.tree.write("/dev/uio0", "", mode=0o600)
    assert four_calls(access.main, host, {"group": GROUP, "devices": [OTHER]})["after"]["nodes"] == []
    assert owned(host, "/dev/uio0") == ("root", 0o600)
    assert 'SUBSYSTEM=="uio"' not in rules(host)


def test_a_vf_that_is_yet_to_be_made(host: FakeHost) -> None:
    args = {"group": GROUP, "devices": [{"device": PF, "vf": 1}]}
    seen = call(access.main, host, args, check=True)
    assert seen["after"]["devices"] == ["0000:01:10.2"]
    assert "VF 1 of" in seen["warnings"][0]
    failed = call(access.main, host, args)
    assert "VF 1 of" in failed["msg"]
    assert "Make the VFs first" in failed["remedy"][0]
    assert not rules(host)


@pytest.mark.parametrize(
    ("memlock", "limit", "drop_in"),
    [("64", "65536", "LimitMEMLOCK=65536K"), ("unlimited", "unlimited", "LimitMEMLOCK=infinity")],
)
def test_limits_of_logins_and_services(host: FakeHost, memlock: str, limit: str, drop_in: str) -> None:
    done = four_calls(access.main, host, {"group": GROUP, "memlock": memlock, "services": ["app.service"]})
    assert f"@{GROUP} - memlock {limit}" in (host.tree.read(access_files.LIMITS) or "").splitlines()
    assert {drop_in, f"SupplementaryGroups={GROUP}"} <= set((host.tree.read(SERVICE) or "").splitlines())
    assert any("Restart app.service" in each for each in done["warnings"])
    assert done["after"]["memlock"] == limit


def test_without_a_limit_there_is_no_file(host: FakeHost) -> None:
    call(access.main, host, {"group": GROUP, "memlock": "64", "services": ["app.service"]})
    done = call(access.main, host, {"group": GROUP})
    assert done["changed"]
    assert not host.tree.exists(access_files.LIMITS)
    assert not host.tree.exists(SERVICE)


def test_a_foreign_drop_in_stays(host: FakeHost) -> None:
    host.tree.write(SERVICE, "[Service]\nNice=5\n")
    assert call(access.main, host, {"group": GROUP})["after"]["services"] == []
    assert host.tree.read(SERVICE) == "[Service]\nNice=5"


@pytest.mark.parametrize(
    ("args", "says", "remedy"),
    [
        ({"group": "Not A Name"}, "'Not A Name' is no name", "small letters"),
        ({"group": "root"}, "root may do all of this already", "such as dpdk"),
        ({"group": GROUP, "users": ["nobody-here"]}, "no user nobody-here", "Make the user first"),
        (
            {"group": GROUP, "users": ["nobody-here"], "devices": ["enp9s0"]},
            "no user nobody-here",
            "Make the user first",
        ),
        ({"group": GROUP, "devices": ["enp9s0"]}, "No device matches 'enp9s0'", "Name one of them"),
        ({"group": GROUP, "memlock": "plenty"}, "'plenty' is no limit", "MiB, or unlimited"),
        ({"group": GROUP, "memlock": "0"}, "'0' is no limit", "MiB, or unlimited"),
        ({"group": GROUP, "services": ["app"]}, "'app' is no service", "vpp.service"),
        ({"group": GROUP, "services": ["../x.service"]}, "'../x.service' is no service", "vpp.service"),
    ],
)
def test_wrong_input_changes_nothing(host: FakeHost, args: dict[str, Any], says: str, remedy: str) -> None:
    for check in (True, False):
        failed = call(access.main, host, args, check=check)
        assert says in failed["msg"]
        assert any(remedy in each for each in failed["remedy"])
    assert not [words for words in host.commands if words[0] in ("groupadd", "gpasswd", "chgrp")]


def test_what_was_done_comes_back_when_a_step_fails(host: FakeHost, node: str) -> None:
    host.answers["chmod"] = (1, "", "chmod: Operation not permitted\n")
    failed = call(access.main, host, {"group": GROUP, "users": ["app"], "devices": [OTHER], "memlock": "64"})
    assert "Operation not permitted" in failed["msg"]
    assert not rules(host)
    assert not host.tree.exists(access_files.LIMITS)
    assert f"{GROUP}:" not in (host.tree.read("/etc/group") or "")


def test_all_is_taken_back_but_the_group(host: FakeHost, node: str) -> None:
    args = {"group": GROUP, "users": ["app"], "devices": [OTHER], "memlock": "64", "services": ["app.service"]}
    call(access.main, host, args)
    call(access.main, host, {**args, "users": []})
    four_calls(access.main, host, {"state": "restored"})
    assert owned(host, node) == ("root", 0o600)
    assert owned(host, "/dev/iommu") == ("root", 0o660)
    assert [host.tree.exists(path) for path in (access_files.RULES, access_files.LIMITS, SERVICE)] == [False] * 3
    assert f"\n{GROUP}:x:902:" in "\n" + (host.tree.read("/etc/group") or "")


def test_a_member_from_before_stays_one(host: FakeHost) -> None:
    host.tree.write("/etc/group", f"root:x:0:\n{GROUP}:x:900:app\n")
    call(access.main, host, {"group": GROUP, "users": ["app"]})
    call(access.main, host, {"state": "restored"})
    assert f"{GROUP}:x:900:app" in (host.tree.read("/etc/group") or "")


def test_a_service_whose_file_systemd_has_not_read_is_read(host: FakeHost, node: str) -> None:
    args = {"group": GROUP, "devices": [OTHER], "services": ["app.service"]}
    call(access.main, host, args)
    host.tree.write("/.systemd/app.service", "old")
    done = four_calls(access.main, host, args)
    assert done["actions"] == ["Had systemd read app.service again"]
