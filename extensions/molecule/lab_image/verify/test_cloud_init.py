# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine was set up by cloud-init, from the seed of the lab."""

from __future__ import annotations

from testinfra.host import Host

NAME = "cloud-trixie"
testinfra_hosts = [f"ssh://{NAME}"]


def test_cloud_init_is_done(host: Host) -> None:
    assert "status: done" in host.run("cloud-init status").stdout


def test_cloud_init_read_our_seed(host: Host) -> None:
    answer = host.check_output("cloud-init query ds.meta_data")
    assert f'"instance-id": "{NAME}"' in answer, answer
    assert "DataSourceNoCloud" in host.check_output("cat /run/cloud-init/result.json")


def test_seed_is_the_disk_that_the_lab_made(host: Host) -> None:
    assert "cidata" in host.check_output("blkid -o value -s LABEL").splitlines()


def test_name_comes_from_the_inventory(host: Host) -> None:
    assert host.check_output("hostname") == NAME


def test_key_came_from_cloud_init_alone(host: Host) -> None:
    assert "dpdk-lab" in host.check_output("grep -v ^$ /root/.ssh/authorized_keys")


def test_management_port_has_its_address(host: Host) -> None:
    assert "10.0.2.15" in host.check_output("ip -4 -brief address")


def test_ports_are_there(host: Host) -> None:
    assert host.check_output("cat /sys/class/net/enp1s0/address") == "52:54:00:00:01:01"
