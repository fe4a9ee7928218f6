# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine of the lab that is converged: what state it is in, what ran on it, and what it is made of."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from costs import CHECKOUT

PF, PORT, VF = "0000:01:00.0", "0000:02:00.0", "0000:01:10.0"
LOOK = f"""
driver() {{ basename "$(readlink "/sys/bus/pci/devices/$1/driver" || echo none)"; }}
echo "port=$(driver {PORT})"
echo "vfs=$(cat /sys/bus/pci/devices/{PF}/sriov_numvfs)"
echo "vf=$(driver {VF})"
echo "autoprobe=$(cat /sys/bus/pci/devices/{PF}/sriov_drivers_autoprobe)"
echo "vfio=$(test -e /sys/module/vfio_pci && echo loaded || echo absent)"
echo "pages=$(cat /proc/sys/vm/nr_hugepages)"
echo "mounted=$(findmnt --noheadings --output FSTYPE /dev/hugepages)"
echo "kept=$(find /etc/udev/rules.d /etc/driverctl.d /etc/modules-load.d /etc/sysctl.d /etc/systemd/system \\
  -type f -printf '%f ' 2>/dev/null | tr ' ' '\\n' | grep -c -E 'dpdk|pci-|vfio|by-hand')"
"""
PAGES = {"pages": "256", "mounted": "hugetlbfs"}
# The boot parameters stay, and with them the pages.
RESTORED = {"port": "igb", "vfs": "0", "vf": "none", "autoprobe": "1", "vfio": "absent", "kept": "0", **PAGES}
READY = {"port": "vfio-pci", "vfs": "2", "vf": "vfio-pci", "autoprobe": "0", "vfio": "loaded", **PAGES}


@dataclass(frozen=True)
class Lab:
    """One machine, by its name in the inventory and in the lab's ssh configuration."""

    host: str = "vfio-trixie"
    inventory: Path = CHECKOUT / "extensions" / "molecule" / "inventory.yml"
    directory: Path = field(
        default_factory=lambda: Path(os.environ.get("DPDK_LAB_DIR") or Path.home() / ".cache" / "dataplane-dpdk-lab")
    )

    def shell(self, script: str) -> str:
        """Run a script on the machine, and return what it printed."""
        return self.fetch(script).decode()

    def fetch(self, script: str) -> bytes:
        """Run a script on the machine, and return what it printed as it is."""
        argv = ["ssh", "-F", str(self.directory / "ssh_config"), self.host, "sh", "-eu"]
        done = subprocess.run(argv, input=script.encode(), capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"{self.host}: a script ended with {done.returncode}:\n{script}\n{done.stderr.decode()}")
        return done.stdout

    def state(self) -> dict[str, str]:
        """Return what the description is about, as it is now."""
        return dict(line.split("=", 1) for line in self.shell(LOOK).splitlines())

    def require(self, wanted: dict[str, str]) -> None:
        """Go on only where the machine is in this state."""
        seen = self.state()
        wrong = {key: (seen.get(key), value) for key, value in wanted.items() if seen.get(key) != value}
        if wrong:
            sys.exit(f"{self.host} is not in the state that is measured from, by found and wanted: {wrong}")

    def settle(self) -> None:
        """Wait until udev and systemd are done with what was changed: it would count against who comes next."""
        self.shell("udevadm settle; sync")
        time.sleep(1)

    def cursor(self) -> str:
        """Return where the journal ends."""
        return self.shell("journalctl --sync; journalctl --lines=0 --show-cursor").strip().partition("cursor: ")[2]

    def executions(self, cursor: str) -> int:
        """Return how many modules have run since: each writes one line into the journal."""
        log = self.shell(f"journalctl --sync; journalctl --output=cat --after-cursor='{cursor}'")
        return sum("Invoked with" in line for line in log.splitlines())

    def emulator(self) -> str:
        """Return what runs the machine: QEMU's version, by the greeting of its monitor, and how it emulates."""
        home = self.directory / "machines" / self.host
        try:
            with socket.socket(socket.AF_UNIX) as monitor:
                monitor.settimeout(5)
                monitor.connect(str(home / "qmp.sock"))
                version = json.loads(monitor.makefile().readline())["QMP"]["version"]["qemu"]
            argv = Path(f"/proc/{(home / 'pid').read_text().strip()}/cmdline").read_text().split("\0")
        except (OSError, ValueError, KeyError):
            return "a machine that the lab does not run"
        accelerator = argv[argv.index("-accel") + 1].split(",")[0]
        return f"QEMU {version['major']}.{version['minor']}.{version['micro']} ({accelerator})"

    def software(self) -> str:
        """Return the versions on the machine that what is measured depends on."""
        script = (
            "uname -r; . /etc/os-release; echo $PRETTY_NAME; dpkg-query --show dpdk driverctl python3 pciutils; nproc"
        )
        kernel, system, *packages, cores = self.shell(script).splitlines()
        names = ", ".join(re.sub(r"\t(?:\d+:)?", " ", each) for each in packages)
        return f"{system}, Linux {kernel}, {cores} processors, {names}"
