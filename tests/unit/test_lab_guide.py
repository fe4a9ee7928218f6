# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files for Molecule in docs/lab.md are found by Molecule, and reach the hosts of the inventory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("molecule")

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "lab.md"
FILES = dict(re.findall(r"```yaml\n# (\S+\.yml)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))
NO_MACHINE = [{"hosts": "all", "gather_facts": False, "tasks": []}]


def task(name: str, **what: Any) -> dict[str, Any]:
    return {"name": name, **what}


def test_the_scenario_of_the_guide_runs_on_its_hosts(tmp_path: Path) -> None:
    """With another inventory and other playbooks, since no machine is made here."""
    assert {"inventory.yml", ".config/molecule/config.yml", "molecule/ports/converge.yml"} <= set(FILES)
    files = {name: text for name, text in FILES.items() if "molecule" in name}
    mark = tmp_path / "ran"
    ran = [task("Note it", **{"ansible.builtin.copy": {"content": "{{ inventory_hostname }}", "dest": str(mark)}})]
    play = yaml.safe_load(files["molecule/ports/converge.yml"])[0]
    local = {"all": {"hosts": {"node1": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
    replaced = {
        "molecule/inventory.yml": local,
        "molecule/default/create.yml": NO_MACHINE,
        "molecule/default/destroy.yml": NO_MACHINE,
        "molecule/ports/converge.yml": [{**play, "roles": [], "tasks": ran}],
    }
    for name, text in {**files, **{name: yaml.safe_dump(content) for name, content in replaced.items()}}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "molecule", "converge", "--scenario-name", "ports"]
    home = {"HOME": str(tmp_path / "home"), "ANSIBLE_HOME": str(tmp_path / "ansible"), "PY_COLORS": "0"}
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **home}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert mark.exists(), done.stdout + done.stderr
    assert mark.read_text() == "node1"


def test_another_place_of_the_lab_needs_one_variable_alone() -> None:
    shared = yaml.safe_load(FILES["inventory.yml"])["all"]["vars"]
    assert "DPDK_LAB_DIR" in shared["lab"]
    assert "{{ lab }}" in shared["ansible_ssh_common_args"]
    assert "{{ lab }}" in shared["ansible_control_path_dir"]
