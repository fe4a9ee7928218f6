# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dataclasses that cost little to import.

Python writes the methods of each class as text and compiles it (`_process_class` in Lib/dataclasses.py), which takes as
long as seventy lines of code. A module is imported on the host in each task, so that is paid for each class, each time.
Here all classes share the methods below; `fields`, `replace` and `asdict` of Python's own work with them.
"""

from __future__ import annotations

import dataclasses
import reprlib
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # pylint: disable=useless-import-alias
else:

    def dataclass(cls: type | None = None, *, frozen: bool = False, repr: bool = True) -> Any:  # noqa: A002
        """Do as Python's decorator does; ``repr`` says whether values may be shown."""

        def decorate(cls: type) -> type:
            made = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
            shared = {"__init__": _init_of(made), "__eq__": _eq, "__hash__": _hash if frozen else None}
            shared.update({"__setattr__": _refuse, "__delattr__": _refuse} if frozen else {})
            shared.update({"__repr__": _repr} if repr and "__repr__" not in vars(cls) else {})
            for name, method in shared.items():
                setattr(made, name, method)
            return made

        return decorate if cls is None else decorate(cls)


def _init_of(cls: Any) -> Callable[..., None]:
    fields = cls.__dataclass_fields__
    names, wanted = tuple(fields), fields.keys()
    defaults = {name: each.default for name, each in fields.items() if each.default is not dataclasses.MISSING}
    factories = {name: each.default_factory for name, each in fields.items()}
    factories = {name: each for name, each in factories.items() if each is not dataclasses.MISSING}

    def init(self: Any, *values: Any, **named: Any) -> None:
        state = self.__dict__
        state.update(defaults)
        state.update(zip(names, values))
        twice = values and not named.keys().isdisjoint(names[: len(values)])
        state.update(named)
        for name, make in factories.items():
            if name not in state:
                state[name] = make()
        if twice or len(values) > len(names) or state.keys() != wanted:
            raise TypeError(f"{cls.__qualname__} is made of {', '.join(names)}, not of {values} and {sorted(named)}")

    return init


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name, each in self.__dataclass_fields__.items() if each.compare)


def _eq(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = [name for name, each in self.__dataclass_fields__.items() if each.repr]
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    """Refuse to change a field; what inherits and is no dataclass itself may have attributes besides."""
    if name in self.__dataclass_fields__ or "__dataclass_fields__" in vars(type(self)):
        raise dataclasses.FrozenInstanceError(f"cannot change {name} of {type(self).__qualname__}")
    (object.__setattr__ if value else object.__delattr__)(self, name, *value)
