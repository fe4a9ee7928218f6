# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import device, driver
from ansible_collections.dataplane.dpdk.plugins.module_utils._vfs import owners as vf_owners
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost

COUNT = "[Link]\nSR-IOVVirtualFunctions=2\n"
NM = "[connection]\nid=x\ninterface-name=enp1s0\n[sriov]\ntotal-vfs=2\n"
NETPLAN = "network:\n  version: 2\n  ethernets:\n    {}:\n      dhcp4: true\n{}      virtual-function-count: 2\n"
NETPLAN_MAC = NETPLAN.format("nic", '      match:\n        macaddress: "52:54:00:00:01:00"\n')


def found(host: FakeHost, address: str = PF) -> list[str]:
    pf = device.scan(host)[address]
    return [str(owner) for owner in vf_owners.read(host) if owner.sets(pf)]


@pytest.mark.parametrize(
    ("path", "text", "tool"),
    [
        ("/etc/systemd/network/10-x.link", f"[Match]\nOriginalName=enp1*\n{COUNT}", "systemd"),
        (
            "/usr/lib/systemd/network/10-x.link",
            f"[Match]\nMACAddress=aa:bb:cc:dd:ee:ff 52:54:00:00:01:00\n{COUNT}",
            "systemd",
        ),
        ("/run/systemd/network/10-x.link", f"[Match]\nPath=pci-{PF}\n{COUNT}", "systemd"),
        ("/etc/systemd/network/10-x.network", "[Match]\nName=enp1s0\n[SR-IOV]\nVirtualFunction=0\n", "systemd"),
        ("/etc/NetworkManager/system-connections/x.nmconnection", NM, "NetworkManager"),
        ("/etc/netplan/10-x.yaml", NETPLAN.format("enp1s0", ""), "netplan"),
        ("/etc/netplan/10-x.yaml", NETPLAN_MAC, "netplan"),
        (f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2}', "sriov-network-operator"),
        (f"/etc/sriov-operator/pci/{PF}", "broken", "sriov-network-operator"),
    ],
)
def test_an_owner_of_one_pf(host: FakeHost, path: str, text: str, tool: str) -> None:
    assert found(host) == []
    host.tree.write(path, text)
    assert found(host) == [f"{tool} ({path})"]
    assert found(host, OTHER) == []


@pytest.mark.parametrize("path", ["/etc/modprobe.d/igb.conf", "/proc/cmdline"])
def test_an_owner_of_all_pfs_of_a_driver(host: FakeHost, path: str) -> None:
    host.tree.write(path, "ro igb.max_vfs=2 quiet\n" if path.startswith("/proc") else "options igb max_vfs=2\n")
    assert len(found(host)) == len(found(host, OTHER)) == 1
    assert "max_vfs" in found(host)[0]


@pytest.mark.parametrize("directory", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_max_vfs_counts_wherever_modprobe_looks(host: FakeHost, directory: str) -> None:
    host.tree.write(f"{directory}/modprobe.d/igb.conf", "options igb max_vfs=2\n")
    assert found(host) == [f"the option max_vfs ({directory}/modprobe.d/igb.conf)"]


@pytest.mark.parametrize(
    "text",
    [
        "options igb \\\nmax_vfs=2",
        'options igb "max_vfs=2"',
        "options igb max-vfs=2,2",
        "options\tigb\tdebug=1\tmax_vfs=0,2",
    ],
)
def test_max_vfs_is_read_as_modprobe_reads_it(host: FakeHost, text: str) -> None:
    host.tree.write("/etc/modprobe.d/igb.conf", f"{text}\n")
    assert found(host) == ["the option max_vfs (/etc/modprobe.d/igb.conf)"]


def test_the_last_max_vfs_counts(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/a.conf", "options igb max_vfs=2\n")
    host.tree.write("/etc/modprobe.d/b.conf", "options igb max_vfs=0\n")
    assert found(host) == []
    host.tree.write("/proc/cmdline", 'ro "igb.max_vfs=2"\n')
    assert found(host) == ["the option max_vfs (the boot parameter igb.max_vfs)"]


def test_a_driver_may_have_dashes_where_its_module_has_underscores(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/a.conf", "options vfio-pci max_vfs=2\n")
    host.modules.load("vfio_pci")
    driver.move(host, PF, "vfio-pci")
    assert len(found(host)) == 1


def test_a_directory_below_modprobe_d_is_no_obstacle(host: FakeHost) -> None:
    host.tree.write("/etc/modprobe.d/old.bak/igb.conf", "options igb max_vfs=2\n")
    assert found(host) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/modprobe.d/x.bak", "options igb max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf.rpmsave", "options igb max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf", "options igb\noptions ixgbe max_vfs=2\n"),
        ("/etc/modprobe.d/x.conf", 'options igb note="was max_vfs=2"\n'),
        ("/etc/modprobe.d/x.conf", "# \\\noptions igb max_vfs=2\n"),
        ("/etc/systemd/network/10-x.link", "[Match]\nOriginalName=enp1s0\n[Link]\nMTUBytes=9000\n"),
        ("/etc/NetworkManager/system-connections/x.nmconnection", NM.replace("total-vfs=2", "total-vfs=0")),
        ("/etc/netplan/10-x.yaml", "network:\n  ethernets:\n    enp1s0:\n      dhcp4: true\n"),
        ("/etc/netplan/10-x.yaml", "# virtual-function-count: 2\n- broken: [\n\tx\n"),
        ("/etc/modprobe.d/x.conf", "# options igb max_vfs=2\noptions ixgbe max_vfs=2\n"),
        (f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2, "externallyManaged": true}'),
        ("/etc/systemd/network/10-x.txt", f"[Match]\nName=enp1s0\n{COUNT}"),
    ],
)
def test_no_owner(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    assert found(host) == []


def test_an_operator_owns_a_pf_without_interface_too(host: FakeHost) -> None:
    driver.unbind(host, PF)
    host.tree.write(f"/etc/sriov-operator/pci/{PF}", '{"numVfs": 2}')
    assert found(host) == [f"sriov-network-operator (/etc/sriov-operator/pci/{PF})"]


def test_a_drop_in_counts(host: FakeHost) -> None:
    host.tree.write("/usr/lib/systemd/network/99-default.link", "[Match]\nOriginalName=*\n")
    host.tree.write("/etc/systemd/network/99-default.link.d/vfs.conf", COUNT)
    assert found(host) == ["systemd (/usr/lib/systemd/network/99-default.link)"]


def test_a_file_below_etc_hides_that_of_the_vendor(host: FakeHost) -> None:
    host.tree.write("/usr/lib/systemd/network/10-x.link", f"[Match]\nOriginalName=*\n{COUNT}")
    host.tree.write("/etc/systemd/network/10-x.link", "[Match]\nOriginalName=*\n")
    assert found(host) == []


def test_all_kinds_of_a_match_have_to_fit(host: FakeHost) -> None:
    host.tree.write("/etc/systemd/network/10-x.link", f"[Match]\nOriginalName=*\nDriver=ice\n{COUNT}")
    assert found(host) == []


ECHO = "echo 4 > /sys/class/net/enp1s0/device/sriov_numvfs"
BY_ADDRESS = f"/sys/bus/pci/devices/{PF}/sriov_numvfs"
UDEV = 'ACTION=="add", SUBSYSTEM=="net", {}, ATTR{{device/sriov_numvfs}}="4"\n'
NM_CONF = "[main]\nplugins=keyfile\n[device-x]\nmatch-device={}\nsriov-num-vfs=4\n"
LINKED = "network:\n  ethernets:\n    enp1s0: {dhcp4: true}\n" + "".join(
    f"    vf{number}: {{link: enp1s0}}\n" for number in range(4)
)


@pytest.mark.parametrize(
    ("path", "text", "tool"),
    [
        ("/etc/sysfs.conf", "class/net/enp1s0/device/sriov_numvfs = 4\n", "sysfsutils"),
        ("/etc/sysfs.d/vfs.conf", f"# x\n{BY_ADDRESS[5:]}=4\n", "sysfsutils"),
        (
            "/etc/sysfs.conf",
            f"devices/pci0000:00/0000:00:1c.0/{PF}/sriov_numvfs = 0\ndevices/pci0000:00/0000:00:1c.0/{PF}/sriov_numvfs = 4\n",
            "sysfsutils",
        ),
        ("/etc/network/interfaces", f"auto enp1s0\niface enp1s0 inet manual\n    up {ECHO}\n", "ifupdown"),
        (
            "/etc/network/interfaces.d/vfs",
            "iface enp1s0 inet manual\n  pre-up echo '4' > /sys/class/net/$IFACE/device/sriov_numvfs\niface x inet manual\n",
            "ifupdown",
        ),
        (
            "/etc/network/interfaces",
            f"iface enp1s0 inet manual\n  up echo 4 | tee {BY_ADDRESS} > /dev/null\n",
            "ifupdown",
        ),
        ("/etc/udev/rules.d/70-vfs.rules", UDEV.format('KERNEL=="enp1s*"'), "a udev rule"),
        ("/usr/lib/udev/rules.d/70-vfs.rules", UDEV.format(f'KERNELS=="{PF}"'), "a udev rule"),
        (
            "/etc/udev/rules.d/70-vfs.rules",
            UDEV.format('DRIVERS=="igb", ATTR{address}=="52:54:00:00:01:00"'),
            "a udev rule",
        ),
        (
            "/etc/udev/rules.d/70-vfs.rules",
            f'ACTION=="add", SUBSYSTEM=="pci", \\\n KERNEL=="{PF}", ATTR{{vendor}}=="0x8086", ATTR{{sriov_numvfs}}="4"\n',
            "a udev rule",
        ),
        (
            "/etc/udev/rules.d/70-vfs.rules",
            f'ACTION=="add", KERNEL=="enp1s0|eno1", RUN+="/bin/sh -c \'echo 4 > {BY_ADDRESS}\'"\n',
            "a udev rule",
        ),
        ("/etc/tmpfiles.d/vfs.conf", "w /sys/class/net/enp1s0/device/sriov_numvfs - - - - 4\n", "tmpfiles.d"),
        ("/usr/lib/tmpfiles.d/vfs.conf", f"w! {BY_ADDRESS} - - - - 4\n", "tmpfiles.d"),
        ("/etc/rc.local", f"#!/bin/sh\n{ECHO}\nexit 0\n", "rc.local"),
        ("/etc/cron.d/vfs", f"@reboot root {ECHO}\n", "cron"),
        ("/etc/NetworkManager/NetworkManager.conf", NM_CONF.format("interface-name:enp1s0"), "NetworkManager"),
        ("/etc/NetworkManager/conf.d/x.conf", NM_CONF.format("mac:52:54:00:00:01:00"), "NetworkManager"),
        (
            "/usr/lib/NetworkManager/conf.d/x.conf",
            NM_CONF.format("=enp1s0;eno7").replace("=enp1s0", "enp1s0"),
            "NetworkManager",
        ),
        ("/etc/netplan/1.yaml", "network: {ethernets: {enp1s0: {virtual-function-count: 4}}}\n", "netplan"),
        (
            "/etc/netplan/1.yaml",
            "network:\n  ethernets:\n    enp1s0: {virtual-function-count: 4, dhcp4: no}\n",
            "netplan",
        ),
        (
            "/etc/netplan/1.yaml",
            'network:\n  ethernets:\n    x: {match: {macaddress: "52:54:00:00:01:00"},\n      virtual-function-count: 4}\n',
            "netplan",
        ),
        ("/etc/netplan/1.yaml", LINKED, "netplan"),
        ("/etc/netplan/1.yaml", LINKED.replace("    enp1s0: {dhcp4: true}\n", ""), "netplan"),
    ],
)
def test_what_makes_four_vfs_at_boot(host: FakeHost, path: str, text: str, tool: str) -> None:
    assert found(host) == []
    host.tree.write(path, text)
    assert found(host) == [f"{tool} ({path})"]
    assert found(host, OTHER) == []
    pf = device.scan(host)[PF]
    (owner,) = [each for each in vf_owners.read(host) if each.sets(pf)]
    assert (owner.number, owner.sure) == (4, True)
    assert (owner.is_against(4), owner.is_against(2)) == (False, True)


SERVICE = "[Service]\nType=oneshot\nExecStart={}\n[Install]\nWantedBy=multi-user.target\n"
STARTED = "/etc/systemd/system/multi-user.target.wants/"


def test_a_unit_counts_where_something_starts_it(host: FakeHost) -> None:
    path = "/etc/systemd/system/vfs.service"
    host.tree.write(path, SERVICE.format(f"/bin/sh -c '{ECHO}'"))
    assert found(host) == []
    host.tree.link(f"{STARTED}vfs.service", path)
    assert found(host) == [f"a unit ({path})"]


def test_a_unit_for_each_interface(host: FakeHost) -> None:
    path = "/usr/lib/systemd/system/vfs@.service"
    host.tree.write(path, SERVICE.format("/bin/sh -c 'echo 4 > /sys/class/net/%i/device/sriov_numvfs'"))
    assert found(host) == []
    host.tree.link(f"{STARTED}vfs@enp1s0.service", path)
    assert (found(host), found(host, OTHER)) == ([f"a unit ({path})"], [])


def test_a_script_that_a_unit_starts(host: FakeHost) -> None:
    script = "/usr/local/sbin/make-vfs"
    host.tree.write(script, f"#!/bin/bash\n{ECHO.replace('4', '0')}\n{ECHO}\n")
    host.tree.write("/etc/systemd/system/vfs.service", SERVICE.format(f"{script} --all"))
    assert found(host) == []
    host.tree.link(f"{STARTED}vfs.service", "/etc/systemd/system/vfs.service")
    assert found(host) == [f"vfs.service, a unit, ({script})"]


def test_the_active_profile_of_tuned_counts(host: FakeHost) -> None:
    host.tree.write("/etc/tuned/vfs/tuned.conf", "[sysfs]\n/sys/class/net/enp1s0/device/sriov_numvfs=4\n")
    host.tree.write("/usr/lib/tuned/profiles/mine/tuned.conf", "[main]\ninclude=throughput, vfs\n")
    assert found(host) == []
    host.tree.write("/etc/tuned/active_profile", "mine\n")
    assert found(host) == ["TuneD (/etc/tuned/vfs/tuned.conf)"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/etc/rc.local",
            "#!/bin/sh\nfor i in enp1s0 enp2s0; do echo 4 > /sys/class/net/$i/device/sriov_numvfs; done\n",
        ),
        ("/etc/network/if-up.d/vfs", 'echo 4 > "/sys/class/net/$IFACE/device/sriov_numvfs"\n'),
        ("/etc/rc.local", f"#!/bin/sh\n{ECHO.replace('4', '$N')}\n"),
        ("/etc/NetworkManager/conf.d/x.conf", NM_CONF.format("*,except:interface-name:eno1")),
        ("/etc/udev/rules.d/70-vfs.rules", UDEV.format('KERNEL!="lo"')),
    ],
)
def test_what_may_mean_the_pf_is_warned_of_and_not_refused(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    pf = device.scan(host)[PF]
    (owner,) = [each for each in vf_owners.read(host) if each.sets(pf)]
    assert not owner.is_against(2)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/sysfs.conf", "# class/net/enp1s0/device/sriov_numvfs = 4\nclass/net/enp1s0/mtu = 9000\n"),
        ("/etc/network/interfaces", f"iface enp1s0 inet manual\n    # up {ECHO}\n"),
        ("/etc/rc.local", "#!/bin/sh\ncat /sys/class/net/enp1s0/device/sriov_numvfs\n"),
        ("/etc/rc.local", f"#!/bin/sh\n{ECHO.replace('4', '0')}\n"),
        ("/etc/udev/rules.d/70-vfs.rules.off", UDEV.format('KERNEL=="enp1s0"')),
        ("/etc/udev/rules.d/65-dataplane-dpdk-sriov.rules", UDEV.format('KERNEL=="enp1s0"')),
        ("/etc/udev/rules.d/70-vfs.rules", 'KERNEL=="enp1s0", ATTR{device/sriov_numvfs}=="4", ENV{X}="1"\n'),
        ("/etc/NetworkManager/conf.d/x.conf", NM_CONF.format("interface-name:enp1s0").replace("=4", "=0")),
        ("/etc/netplan/1.yaml", "network: {vlans: {v: {link: enp1s0, id: 5}}}\n"),
    ],
)
def test_what_makes_no_vfs_at_boot(host: FakeHost, path: str, text: str) -> None:
    host.tree.write(path, text)
    assert found(host) == []


def test_a_rule_that_another_of_its_name_hides(host: FakeHost) -> None:
    host.tree.write("/usr/lib/udev/rules.d/70-vfs.rules", UDEV.format('KERNEL=="enp1s0"'))
    host.tree.write("/etc/udev/rules.d/70-vfs.rules", "# nothing\n")
    assert found(host) == []
