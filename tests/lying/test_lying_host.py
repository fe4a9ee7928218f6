# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook against hosts that lie: nothing outside of a scratch directory is touched, nobody else is disturbed.

What runs is counted by an overlay over the whole file system, where that can be mounted (as root, on Linux): every file that
a run makes, changes or removes is in its upper layer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import answers
import pytest
from answers import HONEST

CHECKOUT = Path(__file__).resolve().parents[2]
COLLECTIONS = CHECKOUT / ".venv" / "collections"
# ansible-playbook of the oldest and the newest core that are supported, as tests/tools/lying_host names them.
PLAYBOOKS = (os.environ.get("LYING_PLAYBOOKS") or str(Path(sys.executable).with_name("ansible-playbook"))).split(":")
# Mounts the overlay, and runs a command in it in a directory.
_OVERLAY = """
set -e
mount -t tmpfs overlay "$1"; mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for place in /proc /dev /sys "$2"; do mkdir -p "$1/root$place"; mount --rbind "$place" "$1/root$place"; done
rc=0; chroot "$1/root" sh -c 'cd "$0"; exec "$@"' "$3" "${@:4}" || rc=$?
cd "$1/upper"
find . -mindepth 1 | while IFS= read -r path; do
    # A directory that was there before has only been passed.
    if ! [ -d "$path" ] || ! [ -d "/$path" ]; then echo "${path#.}"; fi
done > "$2/touched"
exit $rc
"""


def overlay_works(place: Path) -> bool:
    """Whether a run can be counted here."""
    layer = place / "probe"
    layer.mkdir()
    command = ["unshare", "--mount", "bash", "-c", _OVERLAY, "bash", str(layer), str(place), "/", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(command, check=False, capture_output=True).returncode == 0


@dataclass
class Controller:
    """A controller in a scratch directory, with a directory beside it that nobody may touch."""

    place: Path
    truth: dict[str, dict[str, Any]]
    counted: bool
    ansible_playbook: str

    @property
    def forbidden(self) -> Path:
        return self.place / "forbidden"

    def prepare(self) -> None:
        for name in ("home", "work", "layer", "forbidden/machines/steers"):
            (self.place / name).mkdir(parents=True, exist_ok=True)
        (self.forbidden / "known").write_text("left alone\n")
        (self.forbidden / "machines/steers/disk").write_text("left alone\n")
        task = {"name": "T", "ansible.builtin.file": {"path": str(self.forbidden / "ran"), "state": "touch"}}
        (self.forbidden / "tasks.yml").write_text(json.dumps([{**task, "delegate_to": "localhost"}]))

    def run(self, playbook: str, *more: str, truth: str = "", **variables: Any) -> subprocess.CompletedProcess[str]:
        """Run a playbook against all liars and the honest host."""
        given = self.truth[truth or playbook]
        said = {HONEST: given, **answers.liars(given, self.forbidden)}
        (self.place / "answers.json").write_text(json.dumps(said))
        hosts = {name: {"ansible_connection": "liar", **_described(variables)} for name in said}
        (self.place / "inventory.json").write_text(json.dumps({"dpdk": {"hosts": hosts}}))
        named = more or (f"dataplane.dpdk.{playbook}",)
        command = [self.ansible_playbook, "-i", str(self.place / "inventory.json"), "-e", "dpdk_lab_hosts=all", *named]
        if self.counted:
            wrap = ["unshare", "--mount", "bash", "-c", _OVERLAY, "bash"]
            command = [*wrap, *(str(self.place / each) for each in ("layer", "", "work")), *command]
        return subprocess.run(
            command, cwd=self.place / "work", env=self.environment(), check=False, capture_output=True, text=True
        )

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.place / "home"),
            "LC_ALL": "C.UTF-8",
            "DPDK_LAB_DIR": str(self.place / "lab"),
            "LIAR_ANSWERS": str(self.place / "answers.json"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CONNECTION_PLUGINS": str(Path(__file__).parent / "connection_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "dataplane.dpdk.readiness",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOCAL_TEMP": str(self.place / "home" / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self.place / "home" / "tmp"),
            "ANSIBLE_FORKS": "4",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def untouched(self) -> None:
        """Fail unless the forbidden directory is as it was, and nothing outside of the scratch directory was touched."""
        found = {str(path.relative_to(self.forbidden)) for path in self.forbidden.rglob("*") if path.is_file()}
        assert found == {"known", "tasks.yml", "machines/steers/disk"}
        assert (self.forbidden / "known").read_text() == "left alone\n"
        if self.counted:
            assert (self.place / "touched").read_text().split() == []

    def left(self) -> set[str]:
        """Return the files in the directory that ansible-playbook was called in."""
        return {str(path.relative_to(self.place / "work")) for path in (self.place / "work").rglob("*")}


def _described(variables: dict[str, Any]) -> dict[str, Any]:
    return {"dpdk_host_ports": ["0000:02:00.0"], "ansible_python_interpreter": "/usr/bin/python3", **variables}


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return answers.honest(tmp_path_factory.mktemp("honest"))


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> bool:
    return overlay_works(tmp_path_factory.mktemp("overlay"))


@pytest.fixture(params=PLAYBOOKS)
def controller(
    request: pytest.FixtureRequest, tmp_path: Path, truth: dict[str, dict[str, Any]], counted: bool
) -> Controller:
    made = Controller(tmp_path, truth, counted, request.param)
    made.prepare()
    return made


# A filter or an action of ours that ended with an exception it does not explain, on the oldest core.
_BROKEN = "An exception occurred during task execution"


def sound(done: subprocess.CompletedProcess[str]) -> None:
    """Fail where a run broke, or where something of a host would steer the terminal."""
    said = done.stdout + done.stderr
    for word in (
        "Traceback (most recent",
        "Unexpected Exception",
        "unexpected exception",
        "Callback dispatch",
        _BROKEN,
    ):
        assert word not in said, [line for line in said.splitlines() if word in line]
    # ansible-core escapes what is below a space where it shows a message of a module, and lets the rest through.
    steering = {letter for letter in done.stdout if letter < " " or letter == "\x7f"} - {"\n"}
    assert not steering, [line for line in done.stdout.splitlines() if any(each in line for each in steering)][:5]


def table_line(done: subprocess.CompletedProcess[str], host: str) -> str:
    lines = done.stdout.partition("DPDK READINESS")[2].splitlines()
    found = [line for line in lines if line.split()[-1:] == [host] or f" {host} " in line]
    assert found, lines
    return found[0]


def recap(done: subprocess.CompletedProcess[str], host: str) -> dict[str, int]:
    """Return how many tasks of a host were ok, changed, failed and so on."""
    line = next(line for line in done.stdout.splitlines() if line.startswith(f"{host} ") and "ok=" in line)
    return {name: int(count) for name, _equals, count in (word.partition("=") for word in line.split()[2:])}


def test_runs_are_counted(counted: bool) -> None:
    if not counted:
        pytest.skip("no overlay can be mounted here, so only the forbidden directory is looked at")


def test_the_report(controller: Controller) -> None:
    done = controller.run("report")
    sound(done)
    controller.untouched()
    assert controller.left() == {"dpdk-report.html", "dpdk-report.json"}
    report = json.loads((controller.place / "work/dpdk-report.json").read_text())
    assert report["title"] == "DPDK readiness"
    hosts = {each["name"]: each for each in report["hosts"]}
    assert set(hosts) == {HONEST, *answers.liars(controller.truth["report"], controller.forbidden)}
    assert hosts[HONEST]["state"] == "not_ready"
    assert hosts[HONEST]["groups"] != ["stolen"]
    for name in ("steers", "steers_inside", "forges", "empties", "numbers", "nests", "silent", "no_json", "fails"):
        assert hosts[name]["state"] == "failed", name
    assert table_line(done, HONEST).startswith("not ready")


def after_an_earlier_play(controller: Controller, playbook: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run a playbook behind a play that asked the hosts for something."""
    play = {"hosts": "all", "gather_facts": False, "tasks": [{"dataplane.dpdk.dpdk_info": {}, "ignore_errors": True}]}
    book = controller.place / "book.yml"
    book.write_text(json.dumps([play, {"import_playbook": f"dataplane.dpdk.{playbook}"}]))
    done = controller.run("report", str(book), *more)
    sound(done)
    controller.untouched()
    return done


def test_facts_of_an_earlier_play_do_not_name_the_report(controller: Controller) -> None:
    done = after_an_earlier_play(controller, "report")
    assert controller.left() == {"dpdk-report.html", "dpdk-report.json"}
    assert "has facts with names of this collection's variables" in done.stdout


@pytest.mark.parametrize("playbook", ["preflight", "prepare", "restore", "smoke"])
def test_the_playbooks_that_change_hosts(controller: Controller, playbook: str) -> None:
    ports = {"dpdk_host_smoke_sender": "0000:01:00.0", "dpdk_host_smoke_receiver": "0000:02:00.0"}
    done = controller.run(playbook, **(ports if playbook == "smoke" else {}))
    sound(done)
    controller.untouched()
    assert controller.left() == set()
    assert recap(done, HONEST)["failed"] == 0


def test_no_host_names_the_tasks_around_its_reboot(controller: Controller) -> None:
    done = controller.run("prepare", truth="rebooting")
    sound(done)
    controller.untouched()
    assert "has facts with names of this collection's variables" in done.stdout
    assert "TASK [T]" not in done.stdout


def test_no_host_names_what_is_removed_with_the_lab(controller: Controller) -> None:
    done = after_an_earlier_play(controller, "lab_down")
    assert "Remove the machine's directory" in done.stdout


STEERING = ("steers", "steers_inside", "forges")


def test_no_host_names_what_the_lab_starts(controller: Controller) -> None:
    done = after_an_earlier_play(controller, "lab_up", "--limit", ",".join(STEERING))
    assert "has facts with names of this collection's variables" in done.stdout
    assert all(recap(done, name)["failed"] == 1 for name in STEERING)
    assert not (controller.place / "lab").exists()


def test_the_lab_in_check_mode(controller: Controller) -> None:
    done = after_an_earlier_play(controller, "lab_up", "--check")
    assert recap(done, HONEST)["failed"] == 0
    assert not (controller.place / "lab").exists()
    assert all(recap(done, name)["failed"] == 1 for name in STEERING)


def test_the_table_of_devices(controller: Controller) -> None:
    done = controller.run("show")
    sound(done)
    controller.untouched()
    assert controller.left() == set()
    assert recap(done, HONEST)["failed"] == 0
    assert "0000:01:00.0" in done.stdout
    assert not {letter for letter in done.stdout if "\x7f" < letter < "\xa0" or letter == "\u202e"}
