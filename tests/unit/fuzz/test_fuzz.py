# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated inputs for everything that reads what others wrote: an answer or a refusal, and never another exception.

A slice of them is part of the unit tests. `pytest tests/unit/fuzz --fuzz 250000` tries so many, over all tests together.
Left out is what no JSON, no file and no kernel can bring: other Python types than those of JSON.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataplane.dpdk.plugins.filter import devices, plain, readiness, report, script_json
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import want as access
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import want as bind
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    default_grub,
    drop_in,
    entries,
    grub_cfg,
    grubby,
    grubby_files,
    systemd_cmdline,
    trial,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import want as boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import record as hugepages_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import want as hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, modprobe_d, mounts, parameter
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import want as module
from ansible_collections.dataplane.dpdk.plugins.module_utils._net import eswitch, links, netplan
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import address
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record as devices_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import (
    access_files,
    bind_rules,
    hugepage_units,
    module_files,
    sriov_rules,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import want as token
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import want as vfs
from ansible_collections.dataplane.dpdk.plugins.module_utils._written import sizes
from ansible_collections.dataplane.dpdk.plugins.plugin_utils import _merged, _report, _watch
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._merged import ReportError
from ansible_collections.dataplane.dpdk.plugins.plugin_utils._watch import Seen
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt
from hypothesis import given
from hypothesis import strategies as st

WORDS = (
    *(
        "",
        "0",
        "-1",
        "1G",
        "2M",
        "9" * 5000,
        "a\0b",
        "\ud800",
        "..",
        "/",
        "../x",
        "/etc",
        "0000:01:00.0",
        "0000:01:00.8",
    ),
    *(
        "igb",
        "vfio-pci",
        "none",
        "\u00b2",
        "on",
        "off",
        "true",
        "50:54:00:00:00:01",
        "iommu=pt",
        "a=b=c",
        "'",
        '"',
        "\\",
        "%",
        "\n",
    ),
)
TEXT = st.sampled_from(WORDS) | st.text(max_size=30)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**4000) | TEXT
KEYS = (
    *(
        "address",
        "devices",
        "interfaces",
        "name",
        "mac",
        "hugepages",
        "size_kb",
        "total",
        "node",
        "free",
        "count",
        "kernel",
    ),
    *(
        "cmdline",
        "drift",
        "stages",
        "ports",
        "arguments",
        "actions",
        "after",
        "before",
        "problems",
        "problem",
        "remedy",
        "state",
    ),
    *(
        "driver",
        "binding",
        "vfs",
        "num_vfs",
        "device",
        "vf",
        "vlan",
        "settings",
        "info",
        "iommu",
        "verdict",
        "causes",
        "skipped",
    ),
)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXT, inner, max_size=4),
    max_leaves=12,
)
LINES = st.lists(
    st.lists(
        TEXT | st.sampled_from(["options", "blacklist", "install", "#", "-", "ATTR{x}", "echo 5 >"]), max_size=6
    ).map(" ".join),
    max_size=5,
).map("\n".join)
ANY_TEXT = LINES | JSON.map(lambda value: json.dumps(value, default=str)) | st.text()


def _default_grub(text: str) -> Any:
    default_grub.require_sound("/etc/default/grub", text)
    return default_grub.assignments(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "address": address.parse,
    "access rules": access_files.parse_rules,
    "bind rules": bind_rules.parse_bind,
    "sriov rules": lambda text: sriov_rules.parse(f"# {{{text}}}\n"),
    "devices.json": devices_record.parse,
    "hugepages.json": hugepages_record.parse,
    "hugepages unit": hugepage_units.parse_pools,
    "modprobe.d": lambda text: modprobe_d.parse(text, module_files.modprobe_path("vfio")),
    "command line": cmdline.parse,
    "default grub": _default_grub,
    "drop-in": drop_in.parse,
    "boot entry": lambda text: entries.replace(text, ("iommu=pt",)),
    "menu": lambda text: (grub_cfg.made(text), grub_cfg.first_entry(text)),
    "grubby": lambda text: (grubby.parse_info(text), grubby_files.kernelopts(text)),
    "/etc/kernel/cmdline": systemd_cmdline.parse,
    "trial": lambda text: (trial.entry(text), trial.without(text)),
    "token": lambda text: token_file.parse(text, "/etc/token"),
    "netplan": netplan.parse,
    "size": sizes.parse,
}
WANTS: dict[str, Any] = {
    "access": access,
    "dpdk_bind": bind,
    "kernel_args": boot,
    "hugepages": hugepages,
    "vfio_module": module,
    "vf_token": token,
    "sriov_vfs": vfs,
}


def options(spec: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Values for the options of a module: often of their type, and often of none."""
    return st.fixed_dictionaries({}, optional={name: _option(each) for name, each in spec.items()})


def _option(spec: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    kind = spec.get("type", "str")
    fitting: st.SearchStrategy[Any] = {
        "int": st.integers(-5, 70000),
        "bool": st.booleans(),
        "dict": options(spec["options"]) if "options" in spec else st.dictionaries(TEXT, SCALAR, max_size=3),
    }.get(kind, TEXT)
    if "choices" in spec:
        fitting = st.sampled_from(spec["choices"])
    if kind == "list":
        element = {**spec, "type": spec.get("elements", "str")}
        fitting = st.lists(_option({key: each for key, each in element.items() if key != "choices"}), max_size=3)
    return st.one_of(fitting, fitting, JSON)


def sound(answer: Any) -> None:
    """Fail where an error does not say what to do."""
    assert not isinstance(answer, HostError) or (answer.message and answer.remedy)


@pytest.mark.parametrize("name", PARSERS)
@given(text=ANY_TEXT)
def test_parsers(name: str, text: str) -> None:
    sound(attempt(lambda: PARSERS[name](text)))


@pytest.mark.parametrize("name", WANTS)
@given(data=st.data())
def test_options(name: str, data: st.DataObject) -> None:
    given_options = data.draw(options(WANTS[name].OPTIONS))
    try:
        checked = ArgumentSpecValidator(WANTS[name].OPTIONS).validate(
            json.loads(json.dumps(given_options, default=str))
        )
    except (ValueError, OverflowError):
        return  # ansible-core refuses it in its own way
    if checked.error_messages:
        return
    if name == "access" and checked.validated_parameters.get("group") is None:
        return  # the module itself requires one
    sound(attempt(lambda: WANTS[name].parse(checked.validated_parameters)))


@given(text=ANY_TEXT)
def test_what_ip_prints(host: FakeHost, text: str) -> None:
    host.programs["ip"] = lambda words: (0, text, "")
    sound(attempt(lambda: links.way_to(host, "10.0.0.1")))


@given(text=ANY_TEXT)
def test_what_devlink_prints(host: FakeHost, text: str) -> None:
    host.answers["devlink"] = (0, text, "")
    eswitch.read(host, "0000:01:00.0")


@given(text=ANY_TEXT)
def test_what_is_mounted(host: FakeHost, text: str) -> None:
    host.tree.write_bytes("/proc/self/mountinfo", text.encode("utf-8", "replace"))
    mounts.in_memory(host, "/var/lib/x")


@given(value=JSON)
def test_values_of_parameters(value: Any) -> None:
    sound(attempt(lambda: parameter.check("key", parameter.text(value))))


@given(
    seen=st.dictionaries(
        st.sampled_from(["plan", "info", "iommu", "args", "predicted", "failures", "hugepages", "steered"]), JSON
    )
)
def test_what_hosts_answer_for_the_report(seen: dict[str, Any]) -> None:
    made = _report.entry({"name": "a", **seen})
    json.dumps(_merged.merge([made]))


@given(report=JSON, hosts=st.lists(st.dictionaries(st.sampled_from(KEYS) | st.just("seen"), JSON), max_size=3))
def test_reports_that_are_merged(report: Any, hosts: list[dict[str, Any]]) -> None:
    whole = {**_merged.merge([]), "hosts": [{"name": "a", **each} for each in hosts]}
    for given_report in (report, whole, json.dumps(report, default=str)):
        with contextlib.suppress(ReportError):
            json.dumps(_merged.merge([], {"old.json": given_report}))


@given(
    action=st.sampled_from(["host_plan", "dpdk_info", "iommu_check", "kernel_args", "dpdk_bind", "access"]),
    result=st.dictionaries(st.sampled_from(KEYS), JSON),
    check=st.booleans(),
    failed=st.booleans(),
)
def test_what_hosts_answer_for_the_terminal(action: str, result: dict[str, Any], check: bool, failed: bool) -> None:
    seen = Seen()
    seen.note(f"dataplane.dpdk.{action}", result, check)
    lines = [line for _state, line in _watch.table([_watch.row("a", seen, failed, True)], 20)]
    assert all(letter.isprintable() for line in lines for letter in line)


DEVICES = st.fixed_dictionaries(
    {"devices": st.lists(st.dictionaries(st.sampled_from(KEYS), JSON) | JSON, max_size=3) | JSON},
    optional={
        "hugepages": st.lists(st.dictionaries(st.sampled_from(KEYS), JSON) | JSON, max_size=2) | JSON,
        "vmbus_devices": JSON,
    },
)
FILTERS: dict[str, Callable[[Any], Any]] = {
    name: each
    for file in (devices, plain, readiness, report, script_json)
    for name, each in file.FilterModule().filters().items()
}


@pytest.mark.parametrize("name", FILTERS)
@given(answer=JSON | DEVICES, text=ANY_TEXT)
def test_what_hosts_answer_for_the_filters(name: str, answer: Any, text: str) -> None:
    for each in (answer, text):
        with contextlib.suppress(AnsibleFilterError):
            json.dumps(FILTERS[name](each))
