# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from testinfra.host import Host

testinfra_hosts = ["ssh://boot-trixie"]


def test_the_parameters_were_booted_and_are_kept(host: Host) -> None:
    assert "dpdk.tried=1" in host.file("/proc/cmdline").content_string
    assert "dpdk_add dpdk.tried=1" in host.file("/etc/default/grub.d/zz-dataplane-dpdk.cfg").content_string
    text = host.file("/boot/grub/grub.cfg").content_string
    assert "dataplane-dpdk-trial" not in text
    first = next(line for line in text.splitlines() if "\tlinux\t" in line)
    assert "dpdk.tried=1" in first


def test_the_host_was_rebooted_once_for_each_trial(host: Host) -> None:
    boots = host.check_output("journalctl --list-boots --quiet --no-pager").splitlines()
    assert len(boots) == 3, "the first one, the one after the power was cycled, and the trial that worked"


def test_both_hooks_ran(host: Host) -> None:
    lines = host.file("/root/hooks").content_string.splitlines()
    assert [line.partition(" on ")[0] for line in lines] == ["drained", "drained", "put back"]


def test_nothing_is_left_of_the_note(host: Host) -> None:
    assert not host.file("/var/lib/dataplane-dpdk/reboot.json").exists
