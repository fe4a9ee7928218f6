# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie"]


def test_the_module_was_killed_at_every_kind_of_write(host: Host) -> None:
    killed = host.file("/root/killed").content_string.splitlines()
    assert len(killed) >= 6
    assert {line.split()[0] for line in killed} >= {"open", "os.rename", "subprocess.Popen"}
    places = " ".join(killed)
    for place in ("/etc/default/grub.d/", "/boot/grub/", "grub-mkconfig", "grub-script-check"):
        assert place in places


def test_the_machine_was_booted_after_each(host: Host) -> None:
    boots = host.check_output("journalctl --list-boots --quiet --no-pager").splitlines()
    assert len(boots) >= 1 + len(host.file("/root/killed").content_string.splitlines())


def test_the_parameters_are_there_in_the_end(host: Host) -> None:
    assert "intel_iommu=on" in host.file("/etc/default/grub.d/zz-dataplane-dpdk.cfg").content_string
    assert host.run("grub-script-check /boot/grub/grub.cfg").rc == 0
