# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is compared: this checkout, an earlier build of it, and a playbook written by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import costs
from costs import CHECKOUT, WORK, Cost
from lab import Lab

BENCH = CHECKOUT / "tests" / "bench"
RESTORE = {"dpdk_host_restore": ["ports", "vfs", "access", "hugepages", "modules"]}


@dataclass(frozen=True)
class Build:
    """Playbooks that make a host ready and bring it back, and the collections they are run with.

    ``arrange`` is a playbook with its arguments that sets boot parameters without a reboot, for those who do not
    share the file in which the others have set them.
    """

    name: str
    collections: Path
    prepare: tuple[str, ...]
    restore: tuple[str, ...]
    arrange: tuple[str, ...] = ()

    def run(self, lab: Lab, playbook: tuple[str, ...]) -> Cost:
        """Run one of its playbooks on the machine."""
        hosts = ("-e", f"dpdk_hosts={lab.host}")
        return costs.measure(
            ["ansible-playbook", "-i", str(lab.inventory), *playbook, *hosts], costs.ansible(self.collections)
        )


def ours() -> Build:
    """Return the collection of this checkout."""
    return _collection("ours", CHECKOUT / ".venv" / "collections")


def earlier(reference: str | None) -> Build | None:
    """Return the collection of another commit, by default of the last tag; None where there is none."""
    last = _git("describe", "--tags", "--abbrev=0")
    if reference is None and last is None:
        costs.say("No tag and no --earlier: nothing is compared with an earlier build.")
        return None
    commit = _git("rev-parse", "--verify", f"{reference or last}^{{commit}}")
    if commit is None:
        sys.exit(f"There is no commit {reference}.")
    home = WORK / "earlier" / commit
    target = home / "ansible_collections" / "dataplane" / "dpdk"
    if not target.exists():
        target.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", commit], cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
        subprocess.run(["tar", "--extract"], cwd=target, input=archive.stdout, check=True)
    return _collection(f"earlier build ({reference or last})", home)


def by_hand() -> Build:
    """Return what people write today; the collections that it uses are installed first."""
    requirements = BENCH / "requirements.txt"
    target = WORK / "by_hand"
    made = target / "made"
    if not made.exists() or made.read_text() != requirements.read_text():
        costs.say("Installing the collections of the playbook written by hand, once.")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--upgrade",
        ]
        subprocess.run([*pip, "--target", str(target), "--requirement", str(requirements)], check=True)
        made.write_text(requirements.read_text())
    playbook = str(BENCH / "by_hand.yml")
    return Build(
        "by hand",
        target,
        (playbook,),
        (str(BENCH / "by_hand_undo.yml"),),
        (playbook, "--tags", "boot", "-e", '{"by_hand_reboot": false}'),
    )


def _collection(name: str, collections: Path) -> Build:
    restore = ("dataplane.dpdk.restore", "-e", json.dumps(RESTORE))
    return Build(name, collections, ("dataplane.dpdk.prepare",), restore)


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
