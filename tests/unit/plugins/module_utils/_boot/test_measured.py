# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A disk that a TPM unlocks for the boot parameters of today."""

from __future__ import annotations

import json

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import measured
from ansible_collections.dataplane.dpdk.plugins.modules import kernel_args
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

DISK = "/dev/disk/by-uuid/6f1c"


def header(host: FakeHost, *pcrs: int) -> None:
    """A LUKS2 header with a slot of systemd-cryptenroll, as cryptsetup 2.6 prints it."""
    tokens = {"0": {"type": "systemd-tpm2", "keyslots": ["1"], "tpm2-pcrs": list(pcrs), "tpm2-pcr-bank": "sha256"}}
    text = json.dumps({"keyslots": {}, "tokens": {**tokens, "1": {"type": "clevis", "keyslots": ["2"]}}})
    host.programs["cryptsetup"] = lambda words: (0, text, "") if words[-1] == DISK else (1, "", "no such device")


@pytest.fixture(autouse=True)
def encrypted(host: FakeHost) -> None:
    host.tree.mkdir("/sys/class/tpm/tpm0")
    host.tree.write(measured.CRYPTTAB, "# comment\nroot UUID=6f1c none luks,tpm2-device=auto,tpm2-pcrs=7+12\n")
    header(host, 7, 12)


@pytest.mark.parametrize("check", [True, False])
def test_it_is_said_before_the_parameters_change(host: FakeHost, check: bool) -> None:
    done = call(kernel_args.main, host, {"present": ["iommu=pt"]}, check=check)
    assert done["changed"]
    (warning,) = done["warnings"]
    assert f"The key of {DISK} is bound by systemd-cryptenroll to PCR 12 of the TPM" in warning
    assert "passphrase or recovery key: have it at hand" in warning


def test_it_is_not_said_where_nothing_changes(host: FakeHost) -> None:
    assert call(kernel_args.main, host, {"present": ["quiet"]})["warnings"] == []


@pytest.mark.parametrize(("pcrs", "found"), [((7,), ()), ((4, 7, 11), ()), ((8, 9), (8, 9)), ((0, 7, 12), (12,))])
def test_what_other_pcrs_measure_does_not_matter(host: FakeHost, pcrs: tuple[int, ...], found: tuple[int, ...]) -> None:
    header(host, *pcrs)
    assert [each.pcrs for each in measured.read(host)] == [found] * bool(found)


def test_a_disk_of_the_command_line_alone(host: FakeHost) -> None:
    host.tree.remove(measured.CRYPTTAB)
    assert measured.read(host) == ()
    host.tree.write("/proc/cmdline", "root=/dev/mapper/x rd.luks.uuid=luks-6f1c\n")
    assert [each.device for each in measured.read(host)] == [DISK]
    host.tree.write("/proc/cmdline", "root=/dev/mapper/x rd.luks.name=6f1c=root\n")
    assert [each.device for each in measured.read(host)] == [DISK]


def test_a_header_that_cannot_be_read(host: FakeHost) -> None:
    host.missing_commands.add("cryptsetup")
    assert [each.pcrs for each in measured.read(host)] == [(12,)], "crypttab says it"
    host.tree.write(measured.CRYPTTAB, "root UUID=6f1c none luks\n")
    assert measured.read(host) == ()
    host.missing_commands.clear()
    host.programs["cryptsetup"] = lambda words: (0, "no json", "")
    assert measured.read(host) == ()


@pytest.mark.parametrize(
    "listed",
    [
        '1: tpm2 \'{"hash":"sha256","key":"ecc","pcr_bank":"sha256","pcr_ids":"7,8"}\'\n',
        '2: sss \'{"t":1,"pins":{"tpm2":[{"hash":"sha256","key":"ecc","pcr_ids":"8"}]}}\'\n',
    ],
)
def test_what_clevis_bound(host: FakeHost, listed: str) -> None:
    header(host, 7)
    host.programs["clevis"] = lambda words: (0, listed, "")
    assert measured.read(host) == ()
    host.tree.write("/usr/bin/clevis", "")
    assert [(each.program, each.pcrs) for each in measured.read(host)] == [("clevis", (8,))]


def test_without_a_tpm_nothing_is_run(host: FakeHost) -> None:
    host.tree.remove("/sys/class/tpm")
    assert measured.read(host) == ()
    assert not any(words[0] == "cryptsetup" for words in host.commands)
