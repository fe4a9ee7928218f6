# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# pylint: disable=invalid-field-call
# The decorator is called by hand here, so that pylint does not see it.

"""Our dataclasses do what Python's do: each test asks both."""

from __future__ import annotations

import dataclasses
import re
import sys
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils import _dataclass

CHECKOUT = Path(__file__).resolve().parents[4]
DECORATORS = [dataclasses.dataclass, _dataclass.dataclass]


def made(decorator: Any, **options: Any) -> Any:
    class Port:
        """A port."""

        name: str
        vlan: int | None = None
        settings: dict[str, int] = field(default_factory=dict)

        @property
        def label(self) -> str:
            return f"the port {self.name}"

    return decorator(frozen=True, **options)(Port)


@pytest.fixture(params=DECORATORS, ids=["Python's", "ours"])
def port(request: pytest.FixtureRequest) -> Any:
    return made(request.param)


def test_values_by_order_and_by_name(port: Any) -> None:
    assert port("a").label == "the port a"
    assert asdict(port("a", settings={"mtu": 9000})) == {"name": "a", "vlan": None, "settings": {"mtu": 9000}}
    assert port("a", 5) == port(vlan=5, name="a")
    assert [each.name for each in fields(port)] == ["name", "vlan", "settings"]
    assert port("a").settings is not port("a").settings


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), (("a",), {"name": "b"}), (("a",), {"speed": 1}), (("a", 1, {}, 2), {}), ((), {"speed": 1, "vlan": 2})],
    ids=["missing", "twice", "strange", "too many", "strange and missing"],
)
def test_wrong_values(port: Any, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    # Python 3.9 names the function alone in the message of its own decorator.
    ours_or_newer = port.__eq__ is _dataclass._eq or sys.version_info >= (3, 10)
    with pytest.raises(TypeError, match="Port" if ours_or_newer else r"__init__\(\)"):
        port(*values, **named)


def test_equality(port: Any) -> None:
    assert port("a") == port("a")
    assert port("a") != port("b")
    assert port("a") != "a"
    assert port("a") != made(dataclasses.dataclass)("a")


def test_hash(port: Any) -> None:
    assert hash(port("a", 1, ())) == hash(port("a", 1, ())) != hash(port("b", 1, ()))
    with pytest.raises(TypeError, match="unhashable"):
        hash(port("a"))


def test_repr() -> None:
    python, ours = (made(each)("a", 5) for each in DECORATORS)
    assert repr(python) == repr(ours)
    for decorator in DECORATORS:
        assert "a secret" not in repr(made(decorator, repr=False)("a secret"))


@pytest.mark.parametrize("decorator", DECORATORS)
def test_fields_that_do_not_count(decorator: Any) -> None:
    class Selector:
        """One whose second field says nothing of what is meant, and whose third nobody should see."""

        text: str
        sure: bool = field(default=False, compare=False)
        token: str = field(default="", repr=False)

    made_of_it: Any = decorator(frozen=True)(Selector)
    assert made_of_it("a", True) == made_of_it("a", False) != made_of_it("b")
    assert hash(made_of_it("a", True)) == hash(made_of_it("a", False))
    assert repr(made_of_it("a", token="secret")).endswith("Selector(text='a', sure=False)")


@pytest.mark.parametrize("decorator", DECORATORS)
def test_one_that_holds_itself(decorator: Any) -> None:
    value: list[Any] = []
    holder = made(decorator)("a", settings=value)
    value.append(holder)
    assert "..." in repr(holder)


def test_a_repr_of_its_own_stays() -> None:
    class Own:
        """One that says nothing of itself."""

        text: str

        def __repr__(self) -> str:
            return "a secret"

    for decorator in DECORATORS:
        own: Any = decorator(frozen=True)(Own)
        assert repr(own("x")) == "a secret"


def test_nothing_can_be_changed(port: Any) -> None:
    made_of_it = port("a")
    for change in (partial(setattr, made_of_it, "name", "b"), partial(delattr, made_of_it, "name")):
        with pytest.raises(FrozenInstanceError):
            change()
    with pytest.raises(FrozenInstanceError):
        made_of_it.other = "b"
    assert replace(made_of_it, vlan=7) == port("a", 7)
    assert made_of_it == port("a")


@pytest.mark.parametrize("decorator", DECORATORS)
def test_one_that_is_not_frozen(decorator: Any) -> None:
    class Seen:
        """What is filled in step by step."""

        actions: list[str] = field(default_factory=list)
        warning: str = ""

    filled: Any = decorator(Seen)
    seen = filled()
    seen.warning = "look"
    seen.other = 1
    assert (seen.warning, seen == filled(), seen == filled([], "look")) == ("look", False, True)
    del seen.other
    with pytest.raises(TypeError, match="unhashable"):
        hash(seen)


@pytest.mark.parametrize("decorator", DECORATORS)
def test_what_inherits(decorator: Any) -> None:
    base = made(decorator)

    class Longer(base):  # type: ignore[misc, valid-type]
        """One with a field more."""

        speed: int = 10

    class Fake(base):  # type: ignore[misc, valid-type]
        """No dataclass itself."""

        def __init__(self) -> None:
            super().__init__("fake")
            self.writes = ["a"]

    assert asdict(decorator(frozen=True)(Longer)("a"))["speed"] == 10
    fake = Fake()
    assert (fake.name, fake.writes) == ("fake", ["a"])
    with pytest.raises(FrozenInstanceError):
        fake.name = "b"
    del fake.writes


def test_all_of_the_host_s_code_uses_ours() -> None:
    """A dataclass of Python's own costs as much as seventy lines wherever it is imported."""
    files = sorted((CHECKOUT / "plugins" / "module_utils").rglob("*.py"))
    assert files
    pattern = re.compile(r"^from dataclasses import .*\bdataclass\b|@dataclasses\.dataclass", re.MULTILINE)
    found = [path.name for path in files if path.name != "_dataclass.py" and pattern.search(path.read_text())]
    assert found == [], "import dataclass from _dataclass there"
