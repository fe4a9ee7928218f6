# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated arguments and generated files: nothing but clear errors.

In the fast loop a few of each; DPDK_EXAMPLES in the environment says how many.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dataplane.dpdk.plugins.module_utils._access import want as access
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind import want as bind
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in, grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import want as boot
from ansible_collections.dataplane.dpdk.plugins.module_utils._description import want as description
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import record as pages_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._hugepages import want as hugepages
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline, modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._module import want as module
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import record
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import (
    access_files,
    bind_rules,
    hugepage_units,
    sriov_rules,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import want as token
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import want as vfs
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("DPDK_EXAMPLES", "30"))
WANTS = {
    "access": access,
    "dpdk_bind": bind,
    "host_plan": description,
    "hugepages": hugepages,
    "kernel_args": boot,
    "sriov_vfs": vfs,
    "vf_token": token,
    "vfio_module": module,
}
READERS: dict[str, Callable[[str], Any]] = {
    "access rules": access_files.parse_rules,
    "bind rules": bind_rules.parse_bind,
    "command line": cmdline.parse,
    "drop-in": drop_in.parse,
    "first entry": grub_cfg.first_entry,
    "hugepages record": pages_record.parse,
    "modprobe.d": lambda text: modprobe_d.parse(text, "/etc/modprobe.d/a.conf"),
    "record": record.parse,
    "sriov rules": sriov_rules.parse,
    "token": lambda text: token_file.parse(text, token_file.PATH),
    "unit": hugepage_units.parse_pools,
}
# Words that mean something somewhere, so that more than the first check is reached.
WORDS = st.sampled_from(
    [
        *(
            "0000:01:00.0",
            "01:00.0",
            "enp1s0",
            "8086:10c9",
            "52:54:00:00:01:01",
            "vfio-pci",
            "none",
            "kernel",
            "all",
            "one",
        ),
        *("2M", "1G", "auto", "unlimited", "dpdk", "root", "hugepagesz=1G", "hugepages=4", "intel_iommu=on", 'a="b c"'),
        *(
            "device",
            "vf",
            "driver",
            "slot",
            "match",
            "mac",
            "vlan",
            "num_vfs",
            "/dev/hugepages",
            "..",
            "",
            "\n",
            "\0",
            "%",
            "'",
        ),
    ]
)
TEXTS = st.one_of(WORDS, st.text(max_size=12), st.integers().map(str))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, st.integers(-5, 2**70), st.booleans(), st.none(), st.floats(allow_nan=True)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def fitting(spec: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """What an option could be given: mostly of its type, and anything now and then."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(-2, 2**33),
        "bool": st.booleans(),
        "str": TEXTS,
        "path": TEXTS,
        "raw": VALUES,
    }
    kind = spec.get("type", "str")
    if spec.get("choices") and kind != "list":
        good: st.SearchStrategy[Any] = st.sampled_from(spec["choices"])
    elif kind == "list":
        given_type = {**spec, "type": spec.get("elements", "str")}
        good = st.lists(fitting({key: value for key, value in given_type.items() if key != "elements"}), max_size=3)
    elif kind == "dict":
        good = options(spec["options"]) if spec.get("options") else st.dictionaries(TEXTS, VALUES, max_size=3)
    else:
        good = kinds.get(kind, VALUES)
    return st.one_of(good, good, good, VALUES)


def options(spec: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: fitting(each) for name, each in spec.items()})


@pytest.mark.parametrize("name", WANTS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_arguments_are_taken_or_refused(name: str, data: st.DataObject) -> None:
    want = WANTS[name]
    required = getattr(want, "REQUIRED_IF", [])
    given_options = data.draw(options(want.OPTIONS))
    try:
        found = ArgumentSpecValidator(want.OPTIONS, required_if=required).validate(given_options)
    except TypeError:  # Ansible's own, for a number in place of a dictionary with options
        return
    if found.error_messages:
        return
    clear(attempt(lambda: want.parse(found.validated_parameters)))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=EXAMPLES)
@given(text=st.one_of(st.text(max_size=80), st.lists(TEXTS, max_size=12).map(" ".join), VALUES.map(repr)))
def test_a_file_is_read_or_refused(name: str, text: str) -> None:
    clear(attempt(lambda: READERS[name](text)))


def clear(answer: Any) -> None:
    """An error says what is wrong and what to do."""
    if isinstance(answer, HostError):
        assert answer.message
        assert answer.remedy
