# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modprobe_d
from ansible_collections.dataplane.dpdk.plugins.module_utils._persist import module_files as modules
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import attempt
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import asked
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def accepted(value: str) -> bool:
    """Whether the front door lets a value through."""
    return not isinstance(attempt(lambda: asked(name="x", params={"k": value})), HostError)


def test_the_files_lie_where_systemd_and_modprobe_look() -> None:
    assert modules.modprobe_path("vfio_pci") == "/etc/modprobe.d/dataplane-dpdk-vfio_pci.conf"
    assert modules.load_path("vfio_pci") == "/etc/modules-load.d/dataplane-dpdk-vfio_pci.conf"


def test_render() -> None:
    assert modules.render_load("vfio_pci").splitlines()[-1] == "vfio_pci"
    text = modules.render_options("vfio_pci", {"enable_sriov": "Y", "disable_idle_d3": "Y"})
    assert text is not None
    assert text.splitlines()[0].startswith("# Written by the Ansible module dataplane.dpdk.vfio_module")
    assert text.splitlines()[-1] == "options vfio_pci disable_idle_d3=Y enable_sriov=Y"
    assert modules.render_options("vfio_pci", {}) is None


@given(NAMES, st.dictionaries(NAMES, st.text(min_size=1).filter(accepted), max_size=3))
def test_modprobe_reads_what_was_rendered(name: str, params: dict[str, str]) -> None:
    text = modules.render_options(name, params) or ""
    assert modprobe_d.parse(text, modules.modprobe_path(name)).values_of(name) == params
