# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host and its capture make the same plans, word for word; what the capture lacks is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import form, replay
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.modules import capture, host_plan
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hugepages as _hugepages
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

MACHINES: dict[str, Callable[[Path], FakeHost]] = {
    "with IOMMU": hosts.machine,
    "without IOMMU": lambda root: hosts.machine(root, iommu=False),
    "on Hyper-V": hosts.hyperv_guest,
}
DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "ports": {"ports": ["enp1s0", {"device": "0000:02:00.0"}]},
    "all": {
        "ports": ["enp2s0", {"device": "enp1s0", "vf": 0}],
        "pfs": [{"device": "enp1s0", "num_vfs": 2, "drivers_autoprobe": False}],
        "modules": [{"name": "vfio_pci", "params": {"enable_sriov": True}}],
        "hugepages": [{"size": "2M", "count": 64}],
        "kernel_args": ["isolcpus=2-3"],
    },
    "token": {"ports": [{"device": "enp1s0"}], "vf_token": {}, "force": True},
    "wrong": {
        "ports": ["enp9s0", "enp0s2"],
        "pfs": [{"device": "enp1s0", "num_vfs": 99}],
        "kernel_args": ["two words"],
    },
    "taken back": {"restore": ["all"]},
}


@pytest.fixture(params=MACHINES)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> FakeHost:
    found = MACHINES[request.param](tmp_path)
    _hugepages.add_node(found.tree, 0, total_mib=1024, free_mib=512, sizes=(2048,))
    found.tree.write("/proc/meminfo", "MemTotal: 1048576 kB\nHugepagesize:       2048 kB\n")
    return found


def taken(host: FakeHost, description: dict[str, Any]) -> Any:
    """The document of a capture, as it comes out of a file."""
    result = call(capture.main, host, description)
    assert not result.get("failed"), result
    assert host.writes == []
    return json.loads(json.dumps(result["capture"]))


def planned(host: Any, description: dict[str, Any]) -> dict[str, Any]:
    return call(host_plan.main, host, {**description, "gather_info": True, "fail": False})


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_capture_for_a_description_gives_the_same_plan(host: FakeHost, name: str) -> None:
    description = {key: value for key, value in DESCRIPTIONS[name].items() if key not in ("restore", "force")}
    captured = replay.host(form.parse(taken(host, description)), root=host.root)
    assert planned(captured, DESCRIPTIONS[name]) == planned(host, DESCRIPTIONS[name])


@pytest.mark.parametrize("name", [name for name in DESCRIPTIONS if name != "taken back"])
def test_a_capture_for_nothing_serves_other_descriptions(host: FakeHost, name: str) -> None:
    captured = replay.host(form.parse(taken(host, {"vf_token": {}})), root=host.root)
    seen = planned(captured, DESCRIPTIONS[name])
    assert without(seen, "was not checked") == planned(host, DESCRIPTIONS[name])
    assert replay.unsaid(captured, texts(seen)) == []
    assert ("was not checked" in str(seen)) is (name == "all"), "only other boot parameters are not in it"


def without(value: Any, words: str) -> Any:
    """A result without the texts of its lists that hold these words."""
    if isinstance(value, dict):
        return {key: without(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [without(each, words) for each in value if not (isinstance(each, str) and words in each)]
    return value


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in below for text in texts(each)]


def test_what_only_the_generator_of_a_host_knows_is_a_warning_by_name(host: FakeHost) -> None:
    captured = replay.host(form.parse(taken(host, {})), root=host.root)
    seen = planned(captured, {"kernel_args": ["isolcpus=2-3"]})
    assert [each["stage"] for each in seen["problems"]] in ([], ["IOMMU"])
    assert seen["stages"]["kernel_args"][0]["after"]["configured"].endswith("isolcpus=2-3")
    [warning] = seen["stages"]["kernel_args"][0]["warnings"]
    assert warning == (
        "The capture of a host lacks what 'unshare --mount sh -c ... sh grub-mkconfig grub-script-check ...' prints. "
        "That grub-mkconfig takes over these boot parameters as they are was not checked."
    )


def test_with_the_boot_parameters_of_the_capture_the_generator_was_asked(host: FakeHost) -> None:
    captured = replay.host(form.parse(taken(host, {"kernel_args": ["isolcpus=2-3"]})), root=host.root)
    assert not planned(captured, {"kernel_args": ["isolcpus=2-3"]})["stages"]["kernel_args"][0].get("warnings")


def test_what_a_reader_does_without_is_said_as_well() -> None:
    captured = replay.host(form.Capture("a host", "", {}))
    assert captured.output("wg", "show", "wg0", "fwmark") == ""
    [lack] = replay.unsaid(captured, ["something else"])
    assert lack.message == "The capture of a host lacks what 'wg show wg0 fwmark' prints."
    assert replay.unsaid(captured, [f"Use: {lack.message}"]) == []


def test_what_a_capture_lacks_is_said_and_not_guessed(host: FakeHost) -> None:
    document = taken(host, {})
    document["read"] = {path: text for path, text in document["read"].items() if "modprobe.d" not in path}
    document["names"] = {path: names for path, names in document["names"].items() if "modprobe.d" not in path}
    captured = replay.host(form.parse(document), root=host.root)
    problems = planned(captured, DESCRIPTIONS["all"])["problems"]
    assert any("lacks /etc/modprobe.d" in each["problem"] for each in problems)
    assert all("Take the capture again" in each["remedy"][0] for each in problems if "lacks" in each["problem"])


def test_a_directory_that_was_listed_says_what_is_not_in_it() -> None:
    captured = replay.host(form.Capture("a host", "", {("names", "/etc"): ["fstab"], ("exists", "/opt"): False}))
    assert captured.read("/etc/nothing/below") is None
    assert captured.names("/opt/below") == []
    assert not captured.exists("/opt")
    with pytest.raises(HostError, match="lacks /etc/fstab"):
        captured.read("/etc/fstab")
    with pytest.raises(HostError, match="lacks /srv"):
        captured.exists("/srv")


def test_a_captured_host_is_not_changed() -> None:
    captured = replay.host(form.Capture("a host", "", {}))
    with pytest.raises(NotImplementedError):
        captured.write_attr("/sys/x", "1")
    with pytest.raises(NotImplementedError):
        captured.write_file("/etc/x", "")
