# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a capture never holds: tokens, keys, what processes were started with, and what looks like a password."""

from __future__ import annotations

import base64
import json
import shlex
from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import allowed, form
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed
from ansible_collections.dataplane.dpdk.plugins.modules import capture
from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call

SECRET = "bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3"


@pytest.mark.parametrize(
    "path",
    [
        "/proc/1/environ",
        "/proc/self/environ",
        "/etc/shadow",
        "/etc/ssh/ssh_host_rsa_key",
        "/root/.ssh/id_rsa",
        "/home/alice/notes",
        "/etc/pki/tls/private/server.key",
        "/proc/1/mem",
        "/proc/kcore",
    ],
)
def test_paths_that_are_never_kept(path: str) -> None:
    assert not allowed.may_be_kept(("read", path, "-1"))
    assert not allowed.may_be_kept(("attr", path))


def test_programs_and_variables_that_are_not_listed_are_not_kept() -> None:
    assert not allowed.may_be_kept(("run", "cat", "/etc/fstab"))
    assert not allowed.may_be_kept(("environment", "AWS_SECRET_ACCESS_KEY"))
    assert allowed.may_be_kept(("run", "/usr/sbin/ip", "-j", "link"))


@pytest.mark.parametrize(
    "text",
    [
        f"psk={SECRET}",
        f"[wifi-security]\nwifi.psk = {SECRET}\n",
        f'password: "{SECRET}"',
        f"root=LABEL=root rd.iscsi.password={SECRET} quiet",
        f"private-key={SECRET}",
        f"password_pbkdf2 root grub.pbkdf2.sha512.10000.{SECRET}",
        f"password root {SECRET}",
        f'{{"password": "{SECRET}"}}',
        f'psk="a\\"{SECRET}"',
    ],
)
def test_what_looks_like_a_password_is_taken_out(text: str) -> None:
    for question, answer in (
        (("read", "/etc/netplan/x.yaml", "-1"), text.encode()),
        (("attr", "/proc/cmdline"), text),
        (("run", "ip", "link"), Completed(0, text, text)),
    ):
        kept = allowed.without_secrets(question, answer)
        assert SECRET not in str(kept)
        assert allowed.LEFT_OUT in str(kept)


def test_boot_parameters_stay_as_they_are() -> None:
    text = "root=UUID=7d1f intel_iommu=on iommu=pt hugepagesz=1G hugepages=4 rd.luks.uuid=luks-5 isolcpus=2-3"
    assert allowed.without_secrets(("attr", "/proc/cmdline"), text) == text


def test_what_is_taken_out_leaves_quotes_and_words_as_they_are() -> None:
    text = f'GRUB_CMDLINE_LINUX="rd.iscsi.password={SECRET} quiet rd.iscsi.password={SECRET}"\n'
    kept = allowed.without_secrets(("read", "/etc/default/grub", "-1"), text.encode()).decode()
    assert kept == text.replace(SECRET, allowed.LEFT_OUT)
    assert len(shlex.split(kept)) == len(shlex.split(text))
    question = allowed.masked_question(("run", "sh", "-c", "eval", "sh", text))
    assert question == ("run", "sh", "-c", "eval", "sh", kept)


def test_of_an_encrypted_disk_only_what_it_is_bound_to_is_kept() -> None:
    token = {"type": "systemd-tpm2", "tpm2-pcrs": [8, 9], "tpm2-blob": SECRET}
    header = json.dumps({"keyslots": {"0": {"salt": SECRET}}, "tokens": {"0": token}})
    kept = allowed.without_secrets(("run", "cryptsetup", "luksDump"), Completed(0, header, ""))
    assert json.loads(kept.out) == {"tokens": {"0": {"type": "systemd-tpm2", "tpm2-pcrs": [8, 9]}}}
    assert allowed.without_secrets(("run", "cryptsetup", "luksDump"), Completed(1, "nothing", "")).out == ""


def test_of_the_kernel_log_only_what_is_about_devices_is_kept() -> None:
    log = "DMAR: IOMMU enabled\nusb 1-1: SerialNumber: 12345\nvfio-pci 0000:01:00.0: probe failed\n"
    kept = allowed.without_secrets(("run", "dmesg"), Completed(0, log, ""))
    assert kept.out == "DMAR: IOMMU enabled\nvfio-pci 0000:01:00.0: probe failed\n"


def test_a_capture_of_a_host_with_a_token_holds_it_nowhere(tmp_path: Path) -> None:
    host = hosts.machine(tmp_path)
    host.tree.write("/etc/dataplane-dpdk/vf_token", SECRET + "\n")
    host.tree.write("/proc/4711/comm", "testpmd\n")
    host.tree.write("/proc/4711/environ", f"TOKEN={SECRET}\0")
    host.tree.write("/etc/NetworkManager/system-connections/wifi.nmconnection", f"[wifi-security]\npsk={SECRET}\n")
    document = call(capture.main, host, {"vf_token": {}})["capture"]
    text = json.dumps(document)
    assert document["read"]["/etc/dataplane-dpdk/vf_token"] == allowed.NO_TOKEN + "\n"
    assert form.parse(document).answers
    assert SECRET not in text
    assert not any(base64.b64encode(SECRET.encode())[:20].decode() in each for each in text.split('"'))


def test_files_that_processes_have_open_are_not_listed(tmp_path: Path) -> None:
    host = hosts.machine(tmp_path)
    host.tree.write("/proc/4711/comm", "editor\n")
    host.tree.mkdir("/proc/4711/fd")
    for number, target in ((3, "/home/alice/notes.txt"), (4, "/dev/vfio/3"), (5, "socket:[77]")):
        host.tree.path(f"/proc/4711/fd/{number}").symlink_to(target)
    document = call(capture.main, host, {})["capture"]
    assert "/home/alice" not in json.dumps(document)
    assert document["names"]["/proc/4711/fd"] == ["4", "5"]
    assert document["link"]["/proc/4711/fd/4"] == "/dev/vfio/3"
