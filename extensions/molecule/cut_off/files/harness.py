# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills modules before each of their changes: `harness.py kill [MODULE ...]`. `state` and `snapshot` show the machine."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

sys.path.insert(0, "/root/harness")

import killer
from ansible.module_utils import basic
from cases import CASES, PFS

PLACES = (
    "/etc/udev/rules.d",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/systemd/system",
    "/etc/security/limits.d",
    "/etc/default/grub.d",
    "/etc/dataplane-dpdk",
    "/var/lib/dataplane-dpdk",
    "/boot/grub",
)
MODULES = {
    name: importlib.import_module(f"ansible_collections.dataplane.dpdk.plugins.modules.{name}") for name in CASES
}


def run(module: str, arguments: dict, kill_at: int = 0) -> tuple[int, dict]:
    """Run a module in a child, which has all imports from this process: that spares most of the time."""
    streams = [os.memfd_create(name) for name in ("out", "err")]
    child = os.fork()
    if child == 0:
        as_ansible(module, arguments, kill_at, streams)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err = [os.pread(each, os.fstat(each).st_size, 0).decode() for each in streams]
    for each in streams:
        os.close(each)
    try:
        return status, json.loads(out)
    except ValueError:
        return status, {"failed": True, "msg": out + err}


def as_ansible(module: str, arguments: dict, kill_at: int, streams: list[int]) -> None:
    status = 1
    try:
        for number, each in enumerate(streams, 1):
            os.dup2(each, number)
        given = {"_ansible_module_name": f"dataplane.dpdk.{module}", **arguments}
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        basic._ANSIBLE_PROFILE = "legacy"
        signal.alarm(900)
        killer.arm(kill_at, everything=True)
        MODULES[module].main()
    except SystemExit as end:
        status = int(end.code or 0)
    except Exception:  # noqa: BLE001 - whatever it is, it is the result of this run
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def must(module: str, arguments: dict) -> dict:
    rc, result = run(module, arguments)
    if rc or result.get("failed"):
        raise SystemExit(f"{module} failed: {result}")
    return result


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def snapshot() -> dict[str, str]:
    """All that the modules set: drivers, VFs with their settings, parameters, pages, mounts, units, and every file of ours."""
    found = {}
    for device in sorted(Path("/sys/bus/pci/devices").iterdir()):
        driver = device / "driver"
        vfs = len(list(device.glob("virtfn*")))
        autoprobe = read(device / "sriov_drivers_autoprobe")
        name = os.path.basename(os.readlink(driver)) if driver.exists() else "none"
        found[str(device)] = f"{name} {read(device / 'driver_override')} {vfs} {autoprobe}"
    for link in json.loads(said("ip", "-j", "-d", "link", "show") or "[]"):
        for vf in link.get("vfinfo_list", []):
            mac = vf["address"] if vf["vf"] == 0 else ""  # of others the driver makes one up
            found[f"{link['ifname']} vf {vf['vf']}"] = f"{mac} {vf.get('vlan_list')}"
    for mac in Path("/sys/bus/pci/devices").glob(f"{PFS[0]}/virtfn0/net/*/address"):
        found["the first VF"] = read(mac)
    for parameter in Path("/sys/module").glob("vfio*/parameters/*"):
        found[str(parameter)] = read(parameter)
    for pool in Path("/sys/devices/system/node").glob("node*/hugepages/*/nr_hugepages"):
        found[str(pool)] = read(pool)
    mounts = [line.split(" ", 4)[4] for line in read(Path("/proc/self/mountinfo")).splitlines() if "hugetlbfs" in line]
    found["mounts"] = "\n".join(sorted(line.split(" - ")[0].split(" shared")[0] for line in mounts))
    found["reload"] = said("systemctl", "show", "--property=NeedDaemonReload", "dataplane-dpdk-hugepages", "cron")
    found["groups"] = read(Path("/etc/group"))
    for path in (path for place in PLACES for path in Path(place).rglob("*")):
        found[str(path)] = shown(path)
    return {key: value for key, value in found.items() if value}


def shown(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    if path.is_dir() or path.name in ("grubenv", "grub.cfg.before-dpdk"):
        return ""
    status = path.stat()
    text = b"" if path.name == "vf_token" else path.read_bytes()
    return f"{status.st_mode:o} {status.st_uid}:{status.st_gid} {hashlib.sha256(text).hexdigest()}"


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [
        f"{key}: {one.get(key)!r}, not {other.get(key)!r}"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    ]


def kill(name: str) -> dict:
    """Kill a module before each of its changes: run it again, compare, take it back, compare."""
    module, arguments, back = CASES[name]
    must(module, arguments)
    wanted = snapshot()
    must(module, back)
    first = snapshot()
    number, lost, wrong = 0, [], []
    while not lost:
        number += 1
        rc, result = run(module, arguments, number)
        if rc != -9:
            break
        last = read(Path("/root/killed")).splitlines()[-1]
        again = run(module, arguments)[1]
        if again.get("failed") or not reached():
            lost.append(f"kill {number} before {last}: {again}")
            break
        wrong += [f"kill {number} before {last}: {each}" for each in differences(snapshot(), wanted)]
        if must(module, arguments)["changed"]:
            wrong.append(f"kill {number} before {last}: it changes something the third time")
        must(module, back)
        wrong += [f"kill {number} before {last}, taken back: {each}" for each in differences(snapshot(), first)]
        print(f"  {name} {number}: {last}: {len(wrong)} {again.get('warnings', '')}", file=sys.stderr, flush=True)
    if not lost and (rc or result.get("failed")):
        wrong.append(f"the last run: {result}")
    run(module, back)
    counts = f"{number - 1} changes, {number - 1} kills, {len(lost)} hosts lost, {len(wrong)} differences"
    print("\n".join([f"{name}: {counts}", *(f"  {each}" for each in [*lost, *wrong][:40])]), flush=True)
    return {"name": name, "kills": number - 1, "lost": lost, "differences": wrong}


def reached() -> bool:
    """Whether the interface by which this machine is managed has its address and the way out."""
    return "scope global" in said("ip", "-4", "address") and "default" in said("ip", "route")


def state() -> dict:
    """What eight runs that bind a VF each have left."""
    record = json.loads(read(Path("/var/lib/dataplane-dpdk/devices.json")) or "{}")
    rules = read(Path("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules"))
    vfs = {
        os.path.basename(os.readlink(link)) for pf in PFS for link in Path(f"/sys/bus/pci/devices/{pf}").glob("virtfn*")
    }
    drivers = {vf: os.path.basename(os.path.realpath(f"/sys/bus/pci/devices/{vf}/driver")) for vf in vfs}
    return {
        "vfs": len(vfs),
        "bound": sum(each == "vfio-pci" for each in drivers.values()),
        "driverless": sum(each == "driver" for each in drivers.values()),
        "recorded": sum(bool(record.get(vf, {}).get("binding")) for vf in vfs),
        "rules": sum(vf in rules for vf in vfs),
        "lines": len(rules.splitlines()),
    }


def main(words: list[str]) -> None:
    if words[0] == "state":
        print(json.dumps(state()))
        return
    if words[0] == "snapshot":
        print(json.dumps(snapshot()))
        return
    results = Path("/root/harness/results.json")
    known = json.loads(read(results) or "{}")
    subprocess.run(["groupadd", "--force", "dpdk"], check=True)
    for name in words[1:] or CASES:
        try:
            known[name] = kill(name)
        except SystemExit as end:
            print(f"{name}: {end}", flush=True)
            known[name] = {"name": name, "kills": 0, "lost": [str(end)], "differences": []}
        results.write_text(json.dumps(known))


if __name__ == "__main__":
    main(sys.argv[1:])
