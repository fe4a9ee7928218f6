# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controllers of one machine, each with connections of its own: `controllers.py together|lost|outage`.

`together` has four of them bind eight VFs at once, and give them back at once. `lost` kills a controller, and with it its
connection, while a module is at work. `outage` waits until the machine is not reached, and measures for how long. All write
down what they saw, for the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cases import CASES, PFS

HOST = "sriov-trixie"
HERE = Path(__file__).resolve().parent
INVENTORY = HERE.parents[1] / "inventory.yml"
OUTPUT = HERE.parents[3] / "tests" / "output" / "cut_off"
LAB = os.environ.get("DPDK_LAB_DIR") or f"{os.environ['HOME']}/.cache/dataplane-dpdk-lab"
LOCK = "/run/dataplane-dpdk/lock"
# A connection that others share would outlive its controller.
ALONE = "-o ControlMaster=no -o ControlPath=none"
VFS = [(pf, vf) for pf in PFS for vf in range(4)]


def on_machine(command: str) -> str:
    ssh = ["ssh", "-F", f"{LAB}/ssh_config", *ALONE.split(), HOST, command]
    return subprocess.run(ssh, check=True, capture_output=True, text=True, timeout=600).stdout


def harness(word: str) -> dict:
    return json.loads(on_machine(f"python3 /root/harness/harness.py {word}"))


def controller(place: str, hosts: dict[str, dict], state: str) -> subprocess.Popen:
    """Start one that runs a task on each of some names of the machine, side by side."""
    inventory = Path(place) / "hosts.json"
    inventory.write_text(json.dumps({"names": {"hosts": hosts}}))
    command = ["ansible-playbook", "-i", str(INVENTORY), "-i", str(inventory), str(HERE / "port.yml")]
    given = json.dumps({"port_state": state, "results": place, "ansible_ssh_args": ALONE})
    return subprocess.Popen([*command, "-e", given], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def at_once(state: str) -> list[dict]:
    """Run eight tasks from four controllers; return their results."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(tempfile.TemporaryDirectory()) for dummy in range(4)]
        running = []
        for number, place in enumerate(places):
            hosts = {
                f"port{number}{index}": {"ansible_host": HOST, "pf": pf, "vf": vf}
                for index, (pf, vf) in enumerate(VFS[2 * number : 2 * number + 2])
            }
            running.append(controller(place, hosts, state))
        for each in running:
            out = each.communicate(timeout=900)[0]
            if each.returncode:
                print(out, file=sys.stderr)
        return [json.loads(path.read_text()) for place in places for path in sorted(Path(place).glob("port*.json"))]


def together() -> dict:
    bound = at_once("present")
    after = harness("state")
    restored = at_once("restored")
    said = [str(text) for each in [*bound, *restored] for text in each.get("warnings", [])]
    failed = [each["msg"] for each in [*bound, *restored] if each.get("failed")]
    return {
        "tasks": [len(bound), len(restored)],
        "changed": [sum(each["changed"] for each in found) for found in (bound, restored)],
        "failed": failed,
        "bound": after,
        "restored": harness("state"),
        "waited": [text for text in said if "Waited" in text],
    }


def lost() -> dict:
    """Kill the controller of each module at two moments of its work: the module ends its work, or has taken it back."""
    found = {}
    for name, (module, arguments, back) in CASES.items():
        run(module, arguments)
        whole = harness("snapshot")
        run(module, back)
        before = harness("snapshot")
        ends = [cut(module, arguments, back, seconds, before, whole) for seconds in (0.2, 1.5)]
        found[name] = ends
        print(f"{name}: {ends}", file=sys.stderr, flush=True)
    return found


def run(module: str, arguments: dict) -> None:
    subprocess.run(task(module, arguments), check=True, capture_output=True, timeout=600)


def task(module: str, arguments: dict) -> list[str]:
    given = json.dumps({"ansible_ssh_args": ALONE})
    what = ["-m", f"dataplane.dpdk.{module}", "-a", json.dumps(arguments)]
    return ["ansible", "-i", str(INVENTORY), HOST, *what, "-e", given]


def cut(module: str, arguments: dict, back: dict, seconds: float, before: dict, whole: dict) -> dict:
    held = f"until ! flock --nonblock {LOCK} true; do sleep 0.02; done"
    with subprocess.Popen(task(module, arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as controller:
        on_machine(f"{held}; sleep {seconds}")
        at_work = on_machine(f"cat {LOCK}").strip()
        for each in descendants(controller.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
    on_machine(f"flock --timeout 300 {LOCK} true")
    after = harness("snapshot")
    differences = {name: changed(after, end) for name, end in (("whole", whole), ("before", before))}
    end = next((name for name, each in differences.items() if not each), "between")
    run(module, back)
    return {"at_work": at_work, "end": end, "differences": differences if end == "between" else {}}


def outage() -> dict:
    """Wait until nobody can log in any more, and then until somebody can; at most five minutes for each."""
    gone = until(lambda: not reached())
    return {"seconds": until(reached) - gone}


def reached() -> bool:
    ssh = ["ssh", "-F", f"{LAB}/ssh_config", *ALONE.split(), "-o", "ConnectTimeout=3", HOST, "true"]
    try:
        return subprocess.run(ssh, check=False, capture_output=True, timeout=8).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def until(true: Callable[[], bool]) -> float:
    """Return when that was so; of a try that takes long, when it began."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        begun = time.monotonic()
        if true():
            return time.monotonic() if true is reached else begun
        time.sleep(1)
    raise SystemExit("five minutes went by")


def changed(one: dict, other: dict) -> list[str]:
    """What differs; a module that was loaded may stay."""
    return [
        f"{key}: {one.get(key)!r}, not {other.get(key)!r}"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key) and not key.startswith("/sys/module/")
    ]


def descendants(pid: int) -> list[int]:
    """A process and all that came of it: Ansible gives its workers sessions of their own."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


if __name__ == "__main__":
    start = time.monotonic()
    seen = {"together": together, "lost": lost, "outage": outage}[sys.argv[1]]()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / f"{sys.argv[1]}.json").write_text(json.dumps(seen))
    print(json.dumps(seen, indent=2), f"\n{time.monotonic() - start:.0f} s")
