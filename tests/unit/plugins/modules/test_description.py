# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a description means: PFs on vfio-pci, options of its own, and mistakes that are found before anything is done."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import want as _access
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import want as _bind
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import want as _boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import want as _description
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import want as _hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import want as _module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.device import driver_of
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import want as _token
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import want as _vfs
from ansible_collections.dataplane.dpdk.plugins.modules import dpdk_bind, kernel_args
from ansible_collections.dataplane.dpdk.tests.unit.conftest import CHECKOUT
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes.described import (
    carry_out,
    look,
    make_nodes,
    prepare,
    reboot,
    tasks,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF, VFS
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

ROLE = CHECKOUT / "roles" / "dpdk_host"
OPTIONS: dict[str, dict[str, Any]] = {
    "access": _access.OPTIONS,
    "dpdk_bind": _bind.OPTIONS,
    "hugepages": _hugepages.OPTIONS,
    "kernel_args": _boot.OPTIONS,
    "sriov_vfs": _vfs.OPTIONS,
    "vf_token": _token.OPTIONS,
    "vfio_module": _module.OPTIONS,
}
PF_ON_VFIO = {
    "ports": ["enp1s0", {"device": "enp1s0", "vf": 1}],
    "vfs": [{"device": "enp1s0", "num_vfs": 2}],
    "vf_token": {},
}


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    make_nodes(host)
    hugepages.add_node(host.tree, 0, total_mib=1024, free_mib=512, sizes=(2048,))
    host.tree.write("/proc/meminfo", "MemTotal: 1048576 kB\nHugepagesize:       2048 kB\n")
    return host


def of(seen: dict[str, Any], stage: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = seen["stages"][stage]
    assert len(found) == 1
    return found[0]


def problems(host: FakeHost, **description: Any) -> list[str]:
    return list(look(host, description, fail=False)["problem_lines"])


def test_a_pf_that_gets_vfs_goes_to_vfio_first(host: FakeHost) -> None:
    seen = look(host, PF_ON_VFIO)
    assert seen["problems"] == []
    assert of(seen, "pfs")["arguments"]["devices"] == ["enp1s0"]
    assert of(seen, "modules")["arguments"]["params"] == {"enable_sriov": True}
    assert of(seen, "vfs")["assumes"] == ["pfs"]
    carry_out(host, seen)
    reboot(host)
    assert [driver_of(host, each) for each in (PF, *VFS[:2])] == ["vfio-pci"] * 3
    again = look(host, PF_ON_VFIO)
    assert (again["actions"], again["ready"]) == ([], True)
    assert set(again["ports"]) == {PF, *VFS[:2]}


def test_what_is_planned_of_a_pf_on_vfio_is_what_is_done(host: FakeHost) -> None:
    described = {**PF_ON_VFIO, "access": {"group": "apps"}}
    seen = look(host, described)
    vfs = of(seen, "vfs")["actions"]
    assert any("num" in each or "VFs" in each for each in vfs)
    done = carry_out(host, seen)
    assert [each for each in vfs if each not in done] == []
    assert [each for each in of(seen, "ports")["actions"] if each not in done] == []


def test_the_token_belongs_to_the_group_of_access(host: FakeHost) -> None:
    described = {**PF_ON_VFIO, "access": {"group": "apps"}}
    assert of(look(host, described), "vf_token")["arguments"]["group"] == "apps"
    prepare(host, described)
    assert problems(host, vf_token={"group": "nonesuch"}) == [
        "VF token: /etc/dataplane-dpdk/vf_token should belong to the group nonesuch, and this host has none. Make the group nonesuch "
        "first, or name another one; dataplane.dpdk.access makes its group."
    ]


def test_access_covers_vfs_that_have_no_port_of_their_own(host: FakeHost) -> None:
    described = {
        "vfs": [{"device": "enp2s0", "num_vfs": 3, "vfs": [{"vf": "0-1", "driver": "vfio-pci"}]}],
        "access": {"group": "dpdk"},
    }
    seen = prepare(host, described)
    assert len(seen["ports"]) == 2
    again = look(host, described)
    assert again["actions"] == []
    nodes = of(again, "access")["before"]["nodes"]
    assert [(each["group"], each["mode"]) for each in nodes] == [("dpdk", "0660")] * 2


def test_access_is_planned_for_the_nodes_that_binding_makes(host: FakeHost) -> None:
    described = {"ports": ["enp2s0"], "access": {"group": "dpdk"}}
    seen = look(host, described)
    assert of(seen, "access")["assumes"] == ["ports"]
    given = [each for each in of(seen, "access")["actions"] if each.startswith("Gave /dev/vfio/")]
    assert len(given) == 1
    done = carry_out(host, seen)
    assert given[0] in done
    # Unbound by hand, the node is gone, and the rules are there: the stage has nothing to do by itself, and runs all the same.
    call(dpdk_bind.main, host, {"devices": [OTHER], "driver": "kernel", "persistent": False})
    assert of(look(host, described), "access")["assumes"] == ["ports"]


@pytest.mark.parametrize("module", OPTIONS)
def test_a_stage_names_every_option_so_that_no_default_slips_in(module: str) -> None:
    found = 0
    # Not part of a plan: what the controller does after the task.
    wanted = {*OPTIONS[module], *(["confirm_within"] if module in ("dpdk_bind", "sriov_vfs") else [])}
    for path in sorted((ROLE / "tasks").glob("*.yml")):
        for task in yaml.safe_load(path.read_text()) or ():
            given = task.get(f"dataplane.dpdk.{module}")
            if given is not None:
                found += 1
                assert set(given) == wanted, f"{path.name}: {task['name']}"
    assert found


def test_every_option_that_a_stage_reads_is_planned(host: FakeHost) -> None:
    seen = look(host, {**PF_ON_VFIO, "access": {"group": "dpdk"}, "hugepages": [{"size": "2M", "count": 1}]})
    texts = {path.name: path.read_text() for path in (ROLE / "tasks").glob("*.yml")}
    files = {
        "pfs": "run_dpdk_bind",
        "vfs": "run_sriov_vfs",
        "ports": "run_dpdk_bind",
        "access": "run_access",
        "vf_token": "run_vf_token",
        "hugepages": "run_hugepages",
    }
    for stage, name in files.items():
        for option in of(seen, stage)["arguments"]:
            assert f"item.arguments.{option}" in texts[f"{name}.yml"], (stage, option)


@pytest.mark.parametrize(
    ("option", "value", "stage"),
    [
        ("group_policy", "bind_all", "ports"),
        ("takeover", True, "ports"),
        ("force", True, "ports"),
        ("allow_management", True, "ports"),
        ("allow_bifurcated", True, "ports"),
        ("allow_unlisted", True, "ports"),
        ("all_or_nothing", False, "ports"),
        ("persistent", False, "ports"),
        ("persistent", False, "module"),
        ("persistent", False, "vfs"),
        ("force", True, "vfs"),
        ("allow_recreate", True, "vfs"),
    ],
)
def test_the_description_carries_what_modules_ask_for(host: FakeHost, option: str, value: Any, stage: str) -> None:
    described = {"ports": ["enp2s0"], "vfs": [{"device": "enp1s0", "num_vfs": 1}]}
    assert of(look(host, described), stage)["arguments"][option] != value
    assert of(look(host, described, **{option: value}), stage)["arguments"][option] == value


def test_a_pf_has_options_of_its_own(host: FakeHost) -> None:
    described = {
        "vfs": [{"device": "enp1s0", "num_vfs": 2, "allow_recreate": True}, {"device": "enp2s0", "num_vfs": 1}]
    }
    found = [each["arguments"] for each in look(host, described)["stages"]["vfs"]]
    assert [(each["pfs"][0]["device"], each["allow_recreate"]) for each in found] == [
        ("enp1s0", True),
        ("enp2s0", False),
    ]
    prepare(host, described)
    described["vfs"][0]["num_vfs"] = 3
    assert look(host, described)["problems"] == []
    described["vfs"][1]["num_vfs"] = 2
    assert len(problems(host, **described)) == 1


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("dpdk_host_prots", "Write dpdk_host_ports."),
        ("dpdk_host_hugepage", "Write dpdk_host_hugepages."),
        ("dpdk_host_zzz", "Remove it, or give it a name that does not begin with dpdk_host_."),
    ],
)
def test_a_variable_that_is_none_is_refused(host: FakeHost, name: str, remedy: str) -> None:
    seen = look(host, {"variables": [name, "dpdk_hosts", "dpdk_host_vfs"]})
    assert seen["msg"] == f"{name} is no variable of the role dpdk_host. Nothing was changed. {remedy}"


def test_a_list_of_pfs_has_its_name_and_for_a_while_the_older_one(host: FakeHost) -> None:
    pf = {"device": PF, "num_vfs": 2, "drivers_autoprobe": False}
    new, old = look(host, {"pfs": [pf]}), look(host, {"vfs": [pf]})
    assert new["actions"] == old["actions"] != []
    (name,) = _description.OPTIONS["pfs"]["deprecated_aliases"]
    assert (name["name"], name["version"]) == ("vfs", "2.0.0")


def test_a_pf_is_named_by_its_slot(host: FakeHost) -> None:
    host.tree.write("/sys/bus/pci/slots/3/address", f"{PF[:-2]}\n")
    pf = {"device": "8086:10c9", "slot": "3", "num_vfs": 2, "drivers_autoprobe": False}
    seen = look(host, {"vfs": [pf]})
    assert [each["address"] for each in seen["stages"]["vfs"][0]["after"]["pfs"]] == [PF]
    assert "Those that it matches are in the slots: 3" in look(host, {"vfs": [{**pf, "slot": 4}]})["msg"]


def test_pfs_that_match_are_described_at_once(host: FakeHost) -> None:
    description = {
        "vfs": [{"device": "8086:10c9", "match": "all", "num_vfs": 1, "drivers_autoprobe": False}],
        "ports": [{"device": "8086:10c9", "match": "all"}],
        "access": {"group": "nfv"},
    }
    seen = prepare(host, description)
    assert [each["address"] for each in seen["stages"]["pfs"][0]["after"]["devices"]] == [PF, OTHER]
    assert look(host, description)["ready"]


@pytest.mark.parametrize("vf", ["all", "0-2", [0, 1, 2], "0,1,2"])
def test_vfs_of_the_description_in_one_entry(host: FakeHost, vf: Any) -> None:
    description = {
        "vfs": [{"device": PF, "num_vfs": 3, "drivers_autoprobe": False, "vfs": [{"vf": vf, "trust": True}]}],
        "ports": [{"device": PF, "vf": vf}],
        "access": {"group": "nfv"},
    }
    seen = prepare(host, description)
    assert [each["address"] for each in seen["stages"]["ports"][0]["after"]["devices"]] == [*VFS[:3]]
    assert look(host, description)["ready"]


def test_every_variable_of_the_role_is_known() -> None:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    named = {name for spec in specs.values() for name in spec["options"]}
    defaults = set(yaml.safe_load((ROLE / "defaults" / "main.yml").read_text()))
    assert named | defaults <= variables.KNOWN
    facts = {f"dpdk_host_{name}" for name in ("reboot_required", "problems", "drift", "smoke_result")}
    assert set(yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["__dpdk_host_variables"]) == variables.KNOWN
    assert variables.KNOWN - named - facts <= {"dpdk_host_smoke_max_loss"}


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ({"ports": [{"device": "enp1s0", "vfs": 0}]}, "Write vf for vfs."),
        ({"vfs": [{"device": "enp1s0", "num_vf": 2}]}, "pfs.num_vf is no option. Write num_vfs."),
        ({"vfs": [{"device": "enp1s0", "vfs": [{"vf": 0, "trusted": True}]}]}, "Write trust."),
        ({"vfs": [{"device": "enp1s0", "num_vfs": 1, "vfs": [{"vf": 0, "driver": "vfio_pci"}]}]}, "Write vfio-pci"),
        ({"hugepages_mounts": [{"path": "/mnt/h", "size": "2M", "group": "nonesuch"}]}, "the group nonesuch"),
        ({"vfs": [{"device": "enp1s0", "num_vfs": 1}], "ports": [{"device": "enp1s0", "vf": 3}]}, "Raise num_vfs"),
    ],
)
def test_a_mistake_is_found_before_anything_is_done(host: FakeHost, description: dict[str, Any], says: str) -> None:
    found = problems(host, **description)
    assert len(found) == 1
    assert says in found[0]


def test_a_group_that_access_makes_is_there_for_mounts(host: FakeHost) -> None:
    mounts = [{"path": "/mnt/h", "size": "2M", "group": "apps"}]
    assert problems(host, hugepages_mounts=mounts, access={"group": "apps"}) == []


def test_a_service_without_unit_is_said(host: FakeHost) -> None:
    described = {"ports": ["enp2s0"], "access": {"group": "dpdk", "services": ["vpp.service", "app@1.service"]}}
    host.tree.write("/etc/systemd/system/app@.service", "[Service]\n")
    said = look(host, described)["warnings"]
    assert [each for each in said if "There is no unit vpp.service on this host" in each]


def test_vfs_that_go_are_not_there_for_ports(host: FakeHost) -> None:
    call(kernel_args.main, host, {}, check=True)
    prepare(host, {"vfs": [{"device": "enp1s0", "num_vfs": 3}]})
    described = {
        "vfs": [{"device": "enp1s0", "num_vfs": 1, "allow_recreate": True}],
        "ports": [{"device": PF, "vf": 2}],
    }
    assert "Raise num_vfs" in problems(host, **described)[0]


def test_what_was_tried_is_compared_with_and_not_derived_again(host: FakeHost) -> None:
    tried = {"present": ["amd_iommu=fullflush"], "absent": ["amd_iommu=fullflush,off"], "replace": []}
    host.tree.write("/proc/cmdline", "amd_iommu=fullflush iommu=pt\n")
    seen = look(host, {"ports": ["enp2s0"], "boot_parameters": tried})
    assert of(seen, "kernel_args")["arguments"] == {**tried, "state": "present"}
    assert not seen["reboot_required"]


def test_the_devices_of_a_host_are_listed_once(host: FakeHost) -> None:
    found = problems(host, ports=["enp8s0", "enp9s0"], access={"group": "dpdk"})
    assert "".join(found).count("This host has:") == 1


def test_a_problem_does_not_say_of_the_host_what_holds_for_a_module(host: FakeHost) -> None:
    host.tree.remove("/etc/default/grub")
    seen = look(host, {"ports": ["enp2s0"]}, fail=False)
    assert [each for each in seen["problem_lines"] if "Nothing was changed" in each] == []
    assert len(seen["problems"]) == 1


def test_what_is_configured_is_known_of_a_refused_description(host: FakeHost) -> None:
    seen = look(host, {"kernel_args": ["two words"]}, fail=False)
    assert of(seen, "kernel_args")["before"]["booted"]


def test_a_host_without_description_has_nothing_to_do(host: FakeHost) -> None:
    seen = look(host, {"iommu": False})
    assert (seen["described"], seen["actions"], seen["ready"]) == (False, [], True)
    assert look(host, {"driver": "vfio-pci"})["described"]


def test_devices_that_are_not_named_are_said(host: FakeHost) -> None:
    assert call(dpdk_bind.main, host, {})["warnings"] == ["No device is named, so nothing is done."]


def test_stages_come_in_the_order_in_which_they_are_done(host: FakeHost) -> None:
    seen = look(host, {**PF_ON_VFIO, "access": {"group": "dpdk"}, "hugepages": [{"size": "2M", "count": 1}]})
    order = ["kernel_args", "modules", "module", "pfs", "vfs", "ports", "access", "vf_token", "hugepages"]
    assert [stage for stage, dummy in tasks(seen)] == order


def test_a_port_has_options_of_its_own(host: FakeHost) -> None:
    host.network.address("enp2s0", "192.0.2.1/24")
    assert "is in use" in problems(host, ports=["enp2s0"])[0]
    port = {"device": "enp2s0", "force": True, "persistent": False, "group_policy": "ignore"}
    assert problems(host, ports=[port]) == []
    seen = prepare(host, {"ports": [port, "enp1s0"], "access": {"group": "dpdk"}})
    assert of(seen, "access")["arguments"]["devices"] == [{"device": "enp2s0"}, "enp1s0"]
    kept = {each["address"]: each["persistent_driver"] for each in of(seen, "ports")["after"]["devices"]}
    assert kept == {OTHER: None, PF: "vfio-pci"}
    assert look(host, {"ports": [port, "enp1s0"], "access": {"group": "dpdk"}})["ready"]


def test_an_option_of_a_port_has_to_make_sense(host: FakeHost) -> None:
    assert "Write true or false." in problems(host, ports=[{"device": "enp2s0", "force": "perhaps"}])[0]
    policy = problems(host, ports=[{"device": "enp2s0", "group_policy": "all"}])[0]
    assert "Write one of refuse, bind_all, ignore." in policy


def test_what_means_the_same_needs_no_reboot(host: FakeHost) -> None:
    host.tree.mkdir("/sys/kernel/boot_params")
    host.tree.write("/proc/cmdline", "intel_iommu=on iommu.passthrough=1\n")
    assert not look(host, {"ports": ["enp2s0"]})["reboot_required"]


def static_tasks(name: str) -> list[dict[str, Any]]:
    """The tasks of a file, with those of the files that it imports."""
    found: list[dict[str, Any]] = []
    for task in yaml.safe_load((ROLE / "tasks" / name).read_text()):
        imported = task.get("ansible.builtin.import_tasks")
        found += static_tasks(imported) if imported else [task]
    return found


def test_a_ready_host_costs_three_tasks() -> None:
    """The look, the facts, and the one that is skipped: each costs the controller time, for each host."""
    actions = [next(key for key in task if "." in key) for task in static_tasks("main.yml")]
    assert actions == ["dataplane.dpdk.host_plan", "ansible.builtin.set_fact", "ansible.builtin.include_tasks"]


def test_what_stops_a_host_runs_whatever_tags_are_chosen() -> None:
    for name in ("refuse.yml", "undescribed.yml", "drift.yml", "follows.yml"):
        assert all(task.get("tags") == "always" for task in static_tasks(name)), name
