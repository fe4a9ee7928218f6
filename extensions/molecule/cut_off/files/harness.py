# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills modules before each of their changes, and runs eight at once: `harness.py kill [MODULE ...]`, `harness.py together`."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

PFS = ("0000:01:00.0", "0000:02:00.0")
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
VFS = [{"vf": 0, "mac": "02:00:00:00:10:01"}, {"vf": 1, "vlan": 100}, {"vf": 2, "driver": "vfio-pci"}]
BACK = {"state": "restored"}
CASES = {
    "dpdk_bind": ("dpdk_bind", {"devices": list(PFS)}, BACK),
    "sriov_vfs": ("sriov_vfs", {"pfs": [{"device": PFS[0], "num_vfs": 3, "up": True, "vfs": VFS}]}, BACK),
    "vfio_module": ("vfio_module", {"params": {"enable_sriov": True}}, BACK),
    "vf_token": ("vf_token", {"group": "dpdk"}, BACK),
    "hugepages": (
        "hugepages",
        {"pools": [{"size": "2M", "count": 8}], "mounts": [{"path": "/dev/huge2M", "size": "2M", "group": "dpdk"}]},
        BACK,
    ),
    "access": (
        "access",
        {"group": "dpdk", "users": ["nobody"], "devices": [PFS[1]], "memlock": "64", "services": ["cron.service"]},
        BACK,
    ),
    "kernel_args": ("kernel_args", {"present": ["iommu.passthrough=1"]}, BACK),
}


def run(module: str, arguments: dict, kill_at: int = 0) -> tuple[int, dict]:
    environment = {**os.environ, "PYTHONPATH": "/root/harness", "KILL_AT": str(kill_at), "KILL_ALL": "1"}
    command = ["python3", "/root/harness/run.py", module, json.dumps(arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"failed": True, "msg": done.stderr}


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
    number, wrong = 0, []
    while True:
        number += 1
        rc, result = run(module, arguments, number)
        if rc != -9:
            break
        again = must(module, arguments)
        wrong += [f"kill {number}: {each}" for each in differences(snapshot(), wanted)]
        if must(module, arguments)["changed"]:
            wrong.append(f"kill {number}: it changes something the third time")
        must(module, back)
        wrong += [f"kill {number}, taken back: {each}" for each in differences(snapshot(), first)]
        print(f"  {name} {number}: {len(wrong)} {again.get('warnings', '')}", file=sys.stderr, flush=True)
    if rc or result.get("failed"):
        wrong.append(f"the last run: {result}")
    must(module, back)
    print(f"{name}: {number - 1} changes, {number - 1} kills, 0 hosts lost, {len(wrong)} differences", flush=True)
    for each in wrong[:40]:
        print(f"  {each}", flush=True)
    return {"name": name, "kills": number - 1, "differences": wrong}


def together() -> dict:
    """Eight runs for eight VFs begin at once, and eight that take them back."""
    pfs = [{"device": pf, "num_vfs": 4, "drivers_autoprobe": False} for pf in PFS]
    must("sriov_vfs", {"pfs": pfs, "persistent": False})
    vfs = [{"device": pf, "vf": index} for pf in PFS for index in range(4)]
    addresses = [
        os.path.basename(os.readlink(f"/sys/bus/pci/devices/{each['device']}/virtfn{each['vf']}")) for each in vfs
    ]
    bound = at_once([{"devices": [each]} for each in vfs])
    rules = read(Path("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules"))
    record = json.loads(read(Path("/var/lib/dataplane-dpdk/devices.json")))
    drivers = [os.path.basename(os.readlink(f"/sys/bus/pci/devices/{each}/driver")) for each in addresses]
    given_back = at_once([{"devices": [each], **BACK} for each in vfs])
    left = [each for each in addresses if os.path.exists(f"/sys/bus/pci/devices/{each}/driver")]
    must("sriov_vfs", BACK)
    result = {
        "failed": [each["msg"] for each in [*bound, *given_back] if each.get("failed")],
        "bound": drivers.count("vfio-pci"),
        "recorded": sum(bool(record.get(each, {}).get("binding")) for each in addresses),
        "rules": sum(each in rules for each in addresses),
        "restored": 8 - len(left),
        "left": read(Path("/etc/udev/rules.d/65-dataplane-dpdk-bind.rules")),
        "waited": sorted(
            str(each["warnings"]) for each in [*bound, *given_back] if "Waited" in str(each.get("warnings"))
        ),
    }
    print(json.dumps(result, indent=2))
    return result


def at_once(arguments: list[dict]) -> list[dict]:
    environment = {**os.environ, "PYTHONPATH": "/root/harness"}
    command = ["python3", "/root/harness/run.py", "dpdk_bind"]
    runs = [
        subprocess.Popen([*command, json.dumps(each)], env=environment, stdout=subprocess.PIPE, text=True)
        for each in arguments
    ]
    return [json.loads(each.communicate(timeout=600)[0]) for each in runs]


def main(words: list[str]) -> None:
    results = Path("/root/harness/results.json")
    known = json.loads(read(results) or "{}")
    if words[0] == "together":
        known["together"] = together()
    else:
        subprocess.run(["groupadd", "--force", "dpdk"], check=True)
        for name in words[1:] or CASES:
            known[name] = kill(name)
            results.write_text(json.dumps(known))
    results.write_text(json.dumps(known))


if __name__ == "__main__":
    main(sys.argv[1:])
