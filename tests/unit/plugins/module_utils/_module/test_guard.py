# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import RELEASE, FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Module
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._module.asking import (
    FILE,
    IDS,
    LOAD,
    MODPROBE,
    asked,
    bring,
    late,
    on_vfio,
    plan,
    refused,
    steps,
    want,
)


def test_a_module_that_the_kernel_does_not_have(host: FakeHost) -> None:
    said = refused(host, want("igb_uio"))
    assert "has no module igb_uio." in said
    assert "install the package that holds igb_uio.ko" in said


@pytest.mark.parametrize("loaded", [True, False])
def test_a_parameter_that_the_module_does_not_have(host: FakeHost, loaded: bool) -> None:
    if loaded:
        host.modules.load("vfio_pci")
    said = refused(host, want(enable_srvio=True))
    assert "vfio_pci of this kernel has no parameter enable_srvio; it has disable_denylist, " in said
    assert "Correct the name, or use a kernel that was built with the feature." in said


def test_a_module_without_any_parameter(host: FakeHost) -> None:
    assert "it has none." in refused(host, want("igbvf", x=1))


@pytest.mark.parametrize("persistent", [True, False])
def test_a_module_that_nobody_may_load(host: FakeHost, persistent: bool) -> None:
    host.tree.write("/etc/modprobe.d/hardened.conf", "install vfio /bin/true\n")
    wanted = asked(name="vfio-pci", persistent=persistent)
    said = refused(host, wanted)
    assert "vfio_pci cannot be loaded, because it needs vfio: /etc/modprobe.d/hardened.conf says" in said
    host.modules.load("vfio_pci")
    plan(host, wanted)


# what counts only while a module is loaded


@pytest.mark.parametrize("held", [True, False])
def test_a_module_with_devices_is_never_unloaded(host: FakeHost, held: bool) -> None:
    on_vfio(host)
    if held:
        host.hold(host.pci.functions[PF])
    said = refused(host, late(host, reload="if_idle", disable_idle_d3=True))
    assert "vfio_pci.disable_idle_d3 is N; the kernel reads it only while the module is loaded." in said
    assert f"It is in use and was not unloaded: devices {PF}" in said
    assert ("dpdk-testpmd (pid 4711" in said) is held
    assert "give the devices back" in said
    assert not any(command[0] == "rmmod" or "--remove" in command for command in host.commands)


@pytest.mark.parametrize("reload", ["never", "if_idle"])
def test_what_can_neither_wait_nor_be_done_is_refused(host: FakeHost, reload: str) -> None:
    on_vfio(host)
    said = refused(host, late(host, persistent=False, reload=reload, disable_idle_d3=True))
    assert "the kernel reads it only while the module is loaded." in said
    assert "from the next boot on" in said


def test_the_value_of_a_parameter_that_cannot_be_read_is_kept_by_its_file_alone(host: FakeHost) -> None:
    said = refused(host, late(host, persistent=False, ids=IDS))
    assert "vfio_pci.ids is not readable" in said


# what others say


@pytest.mark.parametrize(
    ("path", "text", "reported"),
    [
        ("/etc/modprobe.d/local.conf", "options vfio-pci enable_sriov=0", "local.conf: options enable_sriov=0"),
        ("/usr/lib/modprobe.d/x.conf", "options vfio_pci enable-sriov=n x=1", "x.conf: options enable_sriov=n"),
        ("/etc/modprobe.d/deny.conf", "blacklist vfio_pci", "deny.conf: blacklist vfio_pci"),
        ("/proc/cmdline", "quiet vfio-pci.enable_sriov=0", "the kernel command line: option enable_sriov=0"),
        ("/proc/cmdline", "modprobe.blacklist=nouveau,vfio-pci", "the kernel command line: blacklist modprobe.black"),
    ],
)
def test_who_says_otherwise_is_named(host: FakeHost, path: str, text: str, reported: str) -> None:
    host.tree.write(path, f"{text}\n")
    said = refused(host, want(enable_sriov=True))
    assert reported in said
    assert "set persistent to false" in said
    assert plan(host, want(enable_sriov=True, persistent=False)).steps
    assert host.read(MODPROBE) is None
    assert host.read(LOAD) is None


# a file of the user's


@pytest.mark.parametrize(
    ("name", "path", "cause"),
    [
        ("igb_uio", "/root/none.ko", "There is no file /root/none.ko on the host."),
        ("vfio", FILE, f"{FILE} holds the module igb_uio, not vfio."),
        ("igb_uio", "/root/text.ko", "/root/text.ko is no kernel module"),
    ],
)
def test_a_file_that_is_not_the_module(host: FakeHost, name: str, path: str, cause: str) -> None:
    bring(host)
    host.tree.write("/root/text.ko", "text\n")
    assert cause in refused(host, asked(name=name, path=path))


def test_a_file_for_another_kernel(host: FakeHost) -> None:
    bring(host, release="5.10.0-1-amd64")
    said = refused(host, asked(name="igb_uio", path=FILE))
    assert f"{FILE} was built for the kernel 5.10.0-1-amd64; {RELEASE} runs." in said
    assert "DKMS" in said


# Secure Boot


KEYS = "3d4d I------ 1 perm 1f030000 0 0 asymmetri Build time autogenerated kernel key: 092f: X509.ecdsa []\n"


def lock(host: FakeHost) -> None:
    host.tree.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    host.tree.write("/proc/keys", KEYS)


def test_under_lockdown_a_signed_vfio_pci_is_loaded(host: FakeHost) -> None:
    lock(host)
    steps(host, want())


@pytest.mark.parametrize("name", ["uio_pci_generic", "igb_uio"])
def test_under_lockdown_uio_is_refused_before_trying(host: FakeHost, name: str) -> None:
    lock(host)
    host.modules.add(Module("igb_uio", signer=""))
    said = refused(host, want(name))
    assert f"{name} gives devices to userspace directly, and kernel lockdown is in mode integrity" in said
    assert "Use vfio-pci, which works under lockdown." in said
    assert not any(command[0] == "modprobe" for command in host.commands)


@pytest.mark.parametrize(
    ("signer", "cause"), [("", "is not signed"), ("DKMS module signing key", "no key that this kernel trusts")]
)
@pytest.mark.parametrize("enforced", [True, False])
def test_a_module_without_a_trusted_signature_is_refused(
    host: FakeHost, signer: str, cause: str, enforced: bool
) -> None:
    lock(host)
    if enforced:
        host.tree.write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
        host.tree.write("/sys/module/module/parameters/sig_enforce", "Y\n")
    host.modules.known["igbvf"].signer = signer
    host.modules.unload("igbvf")
    said = refused(host, want("igbvf"))
    assert cause in said
    assert ("module.sig_enforce is set" if enforced else "lockdown is in mode integrity") in said
    assert "mokutil --import" in said


def test_a_module_that_is_loaded_already_needs_no_signature(host: FakeHost) -> None:
    lock(host)
    host.modules.known["igbvf"].signer = ""
    assert plan(host, want("igbvf")).steps
