# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import modalias
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from hypothesis import given, settings
from hypothesis import strategies as st

DIRECTORY = f"/lib/modules/{RELEASE}"
IGB = "pci:v00008086d000010C9sv00001AF4sd00001100bc02sc00i00"
NVME = "pci:v0000144Dd0000A80Asv0000144Dsd0000A801bc01sc08i02"
LISTING = """\
# Aliases extracted from modules themselves.
alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb
alias pci:v00008086d000010CAsv*sd*bc*sc*i* igbvf
alias pci:v00008086d000010C9sv00001AF4sd*bc*sc*i* igb_special
alias pci:v00008086d000010C9sv0000FFFFsd*bc*sc*i* igb_other
alias usb:v1BC7p10C9d*dc*dsc*dp*icFFisc*ip*in* option
alias pci:v*d*sv*sd*bc01sc08i02* nvme
alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci
"""


def test_the_modules_of_each_device(host: FakeHost) -> None:
    host.tree.write(f"{DIRECTORY}/modules.alias", LISTING)
    assert modalias.read(host, [IGB, NVME]) == {IGB: ["igb", "igb_special"], NVME: ["nvme"]}


def test_modules_that_are_built_in(host: FakeHost) -> None:
    entries = ["ahci.license=GPL", "ahci.alias=pci:v*d*sv*sd*bc01sc06i01*", "nvme.alias=pci:v*d*sv*sd*bc01sc08i02*", ""]
    host.tree.write(f"{DIRECTORY}/modules.builtin.modinfo", "\0".join(entries))
    assert modalias.read(host, [NVME]) == {NVME: ["nvme"]}


def test_a_host_without_listing_and_a_device_without_alias(host: FakeHost) -> None:
    assert modalias.read(host, [IGB, "", "vmbus:6351"]) == {IGB: []}


@settings(max_examples=50)
@given(listing=st.text(), alias=st.text())
def test_whatever_the_files_hold_is_no_traceback(host: FakeHost, listing: str, alias: str) -> None:
    host.tree.write(f"{DIRECTORY}/modules.alias", f"alias pci:{listing}\nalias pci:{alias}")
    assert set(modalias.read(host, [IGB, f"pci:{alias}"])) == {IGB, f"pci:{alias}"}
