# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script of the smoke test, with applications that only count."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "roles" / "dpdk_host" / "files" / "smoke.py"


class Application:
    """A testpmd that loses the packets that ``lost`` says."""

    done: list[str]
    lost = 0

    def __init__(self, name: str, port: Any, memory: int, cores: tuple[int, int], options: list[str]) -> None:
        self.name, self.counter = name, 7
        self.done.append(f"start {name}")

    def opened(self) -> None:
        self.done.append(f"opened {self.name}")

    def ready(self) -> None:
        self.done.append(f"ready {self.name}")

    def say(self, command: str) -> None:
        self.done.append(f"{self.name}: {command}")

    def expect(self, pattern: str, seconds: float) -> None:
        pass

    def count(self, direction: str) -> int:
        sent = any("tx_first" in each for each in self.done)
        return self.counter + (0 if not sent else 64 if direction == "TX" else 64 - self.lost)

    def close(self) -> None:
        self.done.append(f"close {self.name}")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location("smoke_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "smoke_script", module)  # dataclasses look there
    spec.loader.exec_module(module)
    monkeypatch.setattr(Application, "done", [], raising=False)
    monkeypatch.setattr(module, "Testpmd", Application)
    monkeypatch.setattr(module, "_SETTLE_SECONDS", 0)
    return module


def run(script: Any, what: str = "smoke") -> dict[str, Any]:
    sender, receiver = script.Port("0000:01:00.0", "t"), script.Port("0000:01:10.0", "t")
    found = script.start(sender, receiver, 64) if what == "start" else script.smoke(sender, receiver, None, 64, 64)
    return dict(found)


@pytest.mark.parametrize(("lost", "loss"), [(0, 0.0), (1, 1.56), (64, 100.0)])
def test_the_loss_is_counted(script: Any, monkeypatch: pytest.MonkeyPatch, lost: int, loss: float) -> None:
    monkeypatch.setattr(Application, "lost", lost)
    found = run(script)
    assert (found["sent"], found["received"], found["lost"], found["loss"]) == (64, 64 - lost, lost, loss)


def test_packets_of_others_are_no_loss(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Application, "lost", -5)
    assert (run(script)["lost"], run(script)["loss"]) == (0, 0.0)


@pytest.mark.parametrize("what", ["smoke", "start"])
def test_the_receiver_is_first(script: Any, what: str) -> None:
    run(script, what)
    order = [each for each in Application.done if each.split()[0] in ("start", "ready", "opened", "close")]
    assert order[:4] == ["start receiver", "ready receiver", "start sender", "opened sender"]
    assert order[-2:] == ["close sender", "close receiver"]


@pytest.mark.parametrize("what", ["smoke", "start"])
def test_a_pf_is_before_its_vf(script: Any, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """VFIO lets nobody open a VF with a token before an application has the PF."""
    monkeypatch.setattr(script, "is_pf_of", lambda sender, receiver: True)
    run(script, what)
    order = [each for each in Application.done if each.split()[0] in ("start", "ready", "opened", "close")]
    assert order[:4] == ["start sender", "opened sender", "start receiver", "ready receiver"]
    assert order[-2:] == ["close receiver", "close sender"]


def test_what_a_vf_belongs_to(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    links = {"/sys/bus/pci/devices/0000:01:10.0/physfn": "../0000:01:00.0"}
    monkeypatch.setattr(script.os.path, "islink", lambda path: path in links)
    monkeypatch.setattr(script.os, "readlink", lambda path: links[path])
    pf, vf = script.Port("0000:01:00.0", None), script.Port("0000:01:10.0", None)
    assert script.is_pf_of(pf, vf)
    assert not script.is_pf_of(vf, pf)
    assert not script.is_pf_of(script.Port("0000:02:00.0", None), vf)
