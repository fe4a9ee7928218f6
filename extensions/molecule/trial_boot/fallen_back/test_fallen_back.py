# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie"]


def test_the_old_line_was_booted(host: Host) -> None:
    line = host.file("/proc/cmdline").content_string
    assert "nowhere" not in line
    assert "panic=5" in line


def test_nothing_but_the_trial_entry_has_the_parameters(host: Host) -> None:
    text = host.file("/boot/grub/grub.cfg").content_string
    assert text.count("root=LABEL=nowhere") == 1
    assert not host.file("/etc/default/grub.d/zz-dataplane-dpdk.cfg").exists
    assert "next_entry=dataplane" not in host.file("/boot/grub/grubenv").content_string


def test_only_the_hook_before_the_reboot_ran(host: Host) -> None:
    lines = host.file("/root/hooks").content_string.splitlines()
    assert [line.partition(" on ")[0] for line in lines] == ["drained"]
