# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the file of a boot stack offers. ``stack.STACKS`` names these files; nothing else knows one by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step


class Configured(Protocol):
    """A stack's own picture of what is configured."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The boot parameters that the next boot is given."""

    @property
    def source(self) -> str:
        """The file or command that a user looks into for them."""


@dataclass(frozen=True)
class Written:
    """The steps that make the next boot the wanted one, and what is configured once they are done.

    ``warnings`` say what could not be looked at for it.
    """

    steps: tuple[Step, ...]
    tokens: tuple[str, ...]
    warnings: tuple[str, ...] = ()


Picture = TypeVar("Picture", bound=Configured)


class BootStack(Protocol[Picture]):
    """One way to start a kernel; the file of the stack has these names.

    ``SIGN`` says what ``detect`` looks for. ``TRIAL`` is whether a boot can be tried once. ``HINT`` says what to look at
    where a host came back from a reboot without its parameters; it is empty where nothing is known.
    """

    NAME: str
    SIGN: str
    TRIAL: bool
    HINT: str

    def detect(self, host: Host) -> bool:
        """Whether this host boots by the stack, given that it boots by none that comes before it."""

    def read(self, host: Host) -> Picture:
        """Read what is configured; raise HostError where the stack itself could not read it."""

    def preview(self, host: Host, have: Picture, want: Want) -> Picture:
        """Return the picture with what the stack's own generator would make of the change, where it has a generator."""

    def write(self, have: Picture, want: Want) -> Written:
        """Return the steps; raise HostError where the stack cannot hold what is wanted."""

    def original(self, have: Picture) -> Want | None:
        """Return what brings back the parameters before the first change, or None where nothing keeps them."""


def no_record(have: Any) -> None:
    """The ``original`` of a stack that keeps nothing of what was there before the first change."""


def written(
    steps: Sequence[Step], tokens: tuple[str, ...], links: Mapping[str, str], warnings: tuple[str, ...] = ()
) -> Written:
    """Return steps and what is configured after them; raise HostError where one would write through a symbolic link.

    ``links`` are the targets of those files of a stack that are links: applying leaves a link alone, and check mode says so.
    """
    for step in steps:
        if step.file is not None and step.file.path in links:
            raise HostError(
                f"{step.file.path} is a symbolic link to {links[step.file.path]}; it was left alone. Nothing was changed.",
                f"Replace {step.file.path} by a regular file, or remove it.",
            )
    return Written(tuple(steps), tokens, warnings)


def links(host: Host, *paths: str) -> dict[str, str]:
    """Return the targets of those files that are symbolic links."""
    targets = {path: host.target(path) for path in paths}
    return {path: target for path, target in targets.items() if target is not None}


def no_generator(host: Host, have: Any, want: Want) -> Any:
    """The ``preview`` of a stack whose files are what boots: nothing is made of them by a program."""
    return have
