# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fake host that reacts: a real directory tree, and a `Host` whose writes and commands change it as Linux does."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable
from unittest import mock

from ansible_collections.dataplane.dpdk.plugins.module_utils import _journal
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import KERNEL_WRITE_SECONDS, Host, Status
from ansible_collections.dataplane.dpdk.tests.unit.fakes import accounts, hugepages, ownership, sriov, systemd, vf_admin
from ansible_collections.dataplane.dpdk.tests.unit.fakes.grub import Grub, preview
from ansible_collections.dataplane.dpdk.tests.unit.fakes.modules import Modules
from ansible_collections.dataplane.dpdk.tests.unit.fakes.namespaces import Namespaces
from ansible_collections.dataplane.dpdk.tests.unit.fakes.network import NET, Network
from ansible_collections.dataplane.dpdk.tests.unit.fakes.pci import Driver, Function, PciBus
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import BlockedError, Tree, grep
from ansible_collections.dataplane.dpdk.tests.unit.fakes.vmbus import VmBus

RELEASE = "6.12.0-1-amd64"
Answer = tuple[int, str, str]
_DEVICE = re.compile(r"/sys/devices/(?:pci[^/]+|vmbus)/([^/]+)/(\w+)")
_DRIVER = re.compile(r"/sys/bus/(\w+)/drivers/([^/]+)/(\w+)")
_PROBE = re.compile(r"/sys/bus/(\w+)/drivers_probe")
_PARAMETER = re.compile(r"/sys/module/(\w+)/parameters/(\w+)")


class KilledError(BaseException):
    """The run on the host was ended by SIGKILL: no code of it runs any more."""


@dataclass
class Fault:
    """What goes wrong with the next ``times`` writes to paths that end in ``path``.

    ``answer`` is an errno; None blocks; 0 is a success that changes nothing.
    """

    path: str
    value: str | None
    answer: int | None
    times: int


class FakeHost(Host):
    """A machine in a directory. ``writes`` and ``commands`` hold what was done to it, in order."""

    def __init__(self, root: Path) -> None:
        super().__init__(root=str(root), run_command=self._run_command)
        self.tree = Tree(root)
        self.kernel_log: list[str] = []
        self.network = Network(self.tree)
        self.namespaces = Namespaces(self.tree, self.network)
        self.pci = PciBus(self.tree, self.network, self.kernel_log.append)
        self.modules = Modules(self.tree, RELEASE, self._module_loaded, self._module_unloaded)
        self.pci.module_parameter = self.modules.value
        self.buses = {"pci": self.pci, "vmbus": VmBus(self.tree, self.network, self.kernel_log.append)}
        self.grub = Grub(self.tree)
        self.drivers: list[Driver] = []
        self.variables: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.stuck: set[str] = set()
        self.full: list[str] = []
        self.missing_commands: set[str] = set()
        self.answers: dict[str, Answer] = {}
        self.programs: dict[str, Callable[[list[str]], Answer]] = {}
        self.writes: list[tuple[str, str]] = []
        self.commands: list[tuple[str, ...]] = []
        self.changes: list[str] = []
        self.kill_at = 0
        self.dead = False
        self.reads = 0
        self.fail_at = (
            0,
            0,
        )  # the number of the change, or below zero of the reading, that fails, and with which errno
        self.programs[sys.executable] = lambda words: (0, _journal.answer(self, words[-1]), "")

    # building

    def add_driver(self, driver: Driver) -> None:
        """Make a driver known; it registers when its module is there."""
        self.drivers.append(driver)
        if driver.bus == "pci":
            self.modules.know(driver.module, driver.ids)
        if self.modules.is_present(driver.module):
            self.buses[driver.bus].register(driver)

    def add(self, function: Function, driver: str | None = None) -> Function:
        """Plug a function in."""
        if function.total_vfs:
            sriov.add_capability(self.pci, function)
        return self.buses[function.bus].add(function, driver)

    def hold(self, function: Function, pid: int = 4711, command: str = "dpdk-testpmd") -> None:
        """A process opens a device's group through VFIO."""
        function.open_by.append(pid)
        group = self.tree.path(f"{function.path}/iommu_group").resolve().name
        self.tree.write(f"/proc/{pid}/comm", f"{command}\n")
        self.tree.mkdir(f"/proc/{pid}/fd")
        for number, node in enumerate(("/dev/null", "/dev/vfio/vfio", f"/dev/vfio/{group}")):
            self.tree.path(f"/proc/{pid}/fd/{number}").symlink_to(node)

    # breaking

    def refuse(self, path: str, answer: int, value: str | None = None, times: int = 1) -> None:
        """The kernel answers a write with an errno."""
        self.faults.append(Fault(path, value, answer, times))

    def hang(self, path: str) -> None:
        """The kernel does not come back from a write."""
        self.faults.append(Fault(path, None, None, 1))

    def lie(self, path: str, value: str | None = None, times: int = 1) -> None:
        """The kernel takes a write and does nothing."""
        self.faults.append(Fault(path, value, 0, times))

    @contextmanager
    def killing(self, number: int) -> Iterator[None]:
        """Kill the run right before its so-manieth change, if it makes as many. ``changes`` then holds those it made."""
        self.changes, self.kill_at = [], number
        try:
            yield
        except KilledError:
            self.changes.pop()
        finally:
            self.kill_at, self.dead = 0, False

    @contextmanager
    def failing(self, number: int, answer: int) -> Iterator[None]:
        """Have the so-manieth change fail, or below zero the so-manieth reading. ``changes`` and ``reads`` count them."""
        self.changes, self.reads, self.fail_at = [], 0, (number, answer)
        try:
            yield
        finally:
            self.fail_at = (0, 0)

    def _may(self, what: str) -> None:
        """Do a change of a file, or say as Host does that it cannot be done."""
        try:
            self._change(what)
        except OSError as error:
            raise HostError(f"Cannot {what}: {error.strerror}.", "Look into the kernel log.") from error

    def _reads(self) -> bool:
        """Count a reading; return whether it fails."""
        self.reads += 1
        return self.fail_at[0] == -self.reads

    def _change(self, what: str) -> None:
        self.changes.append(what)
        if len(self.changes) == self.fail_at[0]:
            raise OSError(self.fail_at[1], os.strerror(self.fail_at[1]))
        if self.dead or len(self.changes) == self.kill_at:
            self.dead = True
            raise KilledError(what)

    # what Host is

    def attr(self, path: str) -> str | None:
        """Read; of sriov_numvfs this waits for a write that is stuck (sriov_numvfs_show), here by ending the test."""
        if path in self.stuck and path.endswith("/sriov_numvfs"):
            raise BlockedError(f"reading {path} does not come back")
        if path.startswith(f"{NET}/") and path.endswith("/carrier"):
            return self.network.carrier(path.split("/")[-2])
        return super().attr(path)

    def write_attr(self, path: str, value: str, deadline: float = KERNEL_WRITE_SECONDS) -> None:
        self.writes.append((path, value))
        self.stuck.discard(path)
        try:
            self._change(f"write {value!r} to {path}")
            self._write(path, value)
        except BlockedError:
            self.stuck.add(path)
            raise WriteError(
                f"The kernel did not finish writing {value!r} to {path} within {deadline:g} s.",
                None,
                "Look into the kernel log for the process that holds the device, and end that process.",
            ) from None
        except OSError as error:
            number = error.errno or errno.EIO
            raise WriteError(f"Writing {value!r} to {path} failed: {os.strerror(number)}.", number) from None

    def status(self, path: str) -> Status | None:
        found = super().status(path)
        return None if found is None else Status(found.kind, found.mode, *ownership.numbers(self.tree, path))

    def _own(self, handle: int, uid: int, gid: int) -> None:
        ownership.note(self.tree, os.fstat(handle).st_ino, uid, gid)

    def write_file(self, path: str, text: str, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
        self._may(f"open {path}")
        full = any(path.startswith(each) for each in self.full)
        answer = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if full else None
        rename = os.rename

        def renamed(old: str, new: str) -> None:
            self._change(f"put {path} in place")
            rename(old, new)

        with mock.patch("os.fsync", side_effect=answer), mock.patch("os.rename", renamed):
            super().write_file(path, text, mode, owner)

    def append(self, path: str, line: str) -> None:
        self._may(f"append to {path}")
        with mock.patch("os.fsync"):
            super().append(path, line)

    def rename(self, old: str, new: str) -> None:
        self._may(f"rename {old} to {new}")
        super().rename(old, new)

    def remove_file(self, path: str) -> None:
        self._may(f"remove {path}")
        super().remove_file(path)

    def remove_directory(self, path: str) -> None:
        self._may(f"remove {path}")
        super().remove_directory(path)

    def environment(self, name: str) -> str | None:
        return self.variables.get(name)

    def release(self) -> str:
        return RELEASE

    # reactions

    def _write(self, path: str, value: str) -> None:
        for fault in self.faults:
            if fault.times and path.endswith(fault.path) and fault.value in (None, value):
                fault.times -= 1
                if fault.answer is None:
                    raise BlockedError
                if fault.answer:
                    raise OSError(fault.answer, "injected")
                return
        if not self.tree.exists(path):
            raise OSError(errno.ENOENT, "no such attribute")
        self._react(self.tree.real(path), value)

    def _react(self, path: str, value: str) -> None:
        device, driver = _DEVICE.fullmatch(path), _DRIVER.fullmatch(path)
        parameter, probe = _PARAMETER.fullmatch(path), _PROBE.fullmatch(path)
        if device:
            bus = next(each for each in self.buses.values() if device[1] in each.functions)
            stores: dict[str, Callable[[Function, str], None]] = {
                "driver_override": bus.store_override,
                "sriov_numvfs": lambda function, text: sriov.store_numvfs(self.pci, function, text),
                "sriov_drivers_autoprobe": lambda function, text: sriov.store_autoprobe(self.pci, function, text),
            }
            stores[device[2]](bus.functions[device[1]], value)
        elif driver:
            bus = self.buses[driver[1]]
            store = {"bind": bus.store_bind, "unbind": bus.store_unbind}[driver[3]]
            store(bus.drivers[driver[2]], value)
        elif parameter:
            self.modules.store(parameter[1], parameter[2], value)
        elif probe:
            self.buses[probe[1]].store_probe(value)
        elif hugepages.ATTRIBUTE.fullmatch(path):
            hugepages.store(self.tree, path, value)
        else:
            raise NotImplementedError(f"the fake kernel does not know what a write to {path} does")

    def _module_loaded(self, name: str) -> None:
        for driver in self.drivers:
            if driver.module == name:
                self.buses[driver.bus].register(driver)

    def _module_unloaded(self, name: str) -> None:
        for driver in self.drivers:
            if driver.module == name:
                self.buses[driver.bus].unregister(driver)

    def _run_command(
        self,
        argv: list[str],
        environ_update: dict[str, str],
        handle_exceptions: bool,
        expand_user_and_vars: bool = True,
    ) -> Answer:
        if environ_update.get("LC_ALL") != "C" or handle_exceptions:
            raise NotImplementedError("commands run under LC_ALL=C, and their errors come back")
        if expand_user_and_vars:  # what AnsibleModule.run_command does unless told otherwise
            argv = [os.path.expanduser(os.path.expandvars(word)) for word in argv]
        try:
            if not _only_reads(argv):
                self._change(f"run {' '.join(argv)}")
        except OSError as error:
            return 1, "", f"{argv[0]}: {error.strerror}\n"
        self.commands.append(tuple(argv))
        return self.dispatch(argv)

    def dispatch(self, argv: list[str]) -> Answer:
        """Answer a command, also one that another command runs."""
        name, words = argv[0], argv[1:]
        if name in self.missing_commands:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if name in self.answers:
            return self.answers[name]
        if name in self.programs:
            return self.programs[name](words)
        commands: dict[str, Callable[[list[str]], Answer]] = {
            "systemd-run": lambda more: (0, "", ""),
            "chgrp": lambda more: ownership.chgrp(self.tree, more),
            "depmod": self.modules.depmod,
            "dracut": self.modules.update_initramfs,
            "insmod": self.modules.insmod,
            "lsinitramfs": self.modules.lsinitramfs,
            "lsinitrd": self.modules.lsinitramfs,
            "rmmod": self.modules.rmmod,
            "update-initramfs": self.modules.update_initramfs,
            "chmod": lambda more: ownership.chmod(self.tree, more),
            "chown": lambda more: ownership.chown(self.tree, more),
            "devlink": lambda more: vf_admin.devlink(self.pci, more),
            "dmesg": lambda more: (0, "".join(f"[    1.0] {line}\n" for line in self.kernel_log), ""),
            "getent": lambda more: accounts.getent(self.tree, more),
            "gpasswd": lambda more: accounts.gpasswd(self.tree, more),
            "groupadd": lambda more: accounts.groupadd(self.tree, more),
            "groupdel": lambda more: accounts.groupdel(self.tree, more),
            "grep": lambda more: grep(self.tree, more),
            "grub-mkconfig": self.grub.mkconfig,
            "grub-script-check": self.grub.script_check,
            "ip": lambda more: vf_admin.answer(self.pci, more) or self.network.ip(more),
            "modinfo": self.modules.modinfo,
            "modprobe": self.modules.modprobe,
            "nsenter": self.namespaces.nsenter,
            "sh": lambda more: vf_admin.batch(self.pci, more) or _sh(more),
            "stat": lambda more: ownership.stat(self.tree, more),
            "systemctl": lambda more: systemd.systemctl(self.tree, more),
            "udevadm": lambda more: (0, "", ""),
            "unshare": lambda more: preview(self.tree, self.dispatch, more),
        }
        return commands[name](words)


_READERS = (
    ("dmesg",),
    ("getent",),
    ("grub-script-check",),
    ("ip", "-j"),
    ("lsinitramfs",),
    ("lsinitrd",),
    ("modinfo",),
    ("nsenter",),
    ("sh",),
    ("stat",),
    ("systemctl", "show"),
    ("udevadm", "settle"),
    (sys.executable,),  # which reports its own changes
)


def _only_reads(argv: list[str]) -> bool:
    return any(tuple(argv[: len(each)]) == each for each in _READERS) or "show" in argv


def _sh(words: list[str]) -> Answer:
    environment = {**os.environ, "LC_ALL": "C", "LANGUAGE": "C"}
    done = subprocess.run(["sh", *words], check=False, capture_output=True, env=environment, timeout=30)
    out, err = (each.decode("utf-8", "surrogateescape") for each in (done.stdout, done.stderr))
    return done.returncode, out, err
