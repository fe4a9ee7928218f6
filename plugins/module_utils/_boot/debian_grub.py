# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB as Debian and Ubuntu set it up: a drop-in file, then grub-mkconfig; the same under UEFI."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import drop_in, grub_cfg, signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.drop_in import DropIn
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Menu, Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, links, written
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

if TYPE_CHECKING:
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.preview import Preview

MAIN = signs.DEFAULT_GRUB
DIRECTORY = "/etc/default/grub.d"
GRUB_CFG = signs.DEBIAN_OR_ARCH
MENU = Menu(GRUB_CFG, "grub-mkconfig", "grub-script-check")
DEBIAN = signs.DEBIAN

NAME = "debian_grub"
SIGN = f"{MAIN} with {GRUB_CFG} and {DEBIAN}"
TRIAL = True
HINT = grub_cfg.HINT
detect = signs.debian_grub


@dataclass(frozen=True)
class Configured:
    """What the next boot will be given.

    ``foreign`` are the tokens of everybody else's files, ``written`` those with ours, ``tokens`` the same with what TuneD's
    variable holds, ``generated`` those of the first entry in grub.cfg, which also name the root file system.
    ``files`` are all files in the order in which they are sourced, ours at its place also where there is none.
    """

    files: tuple[str, ...]
    foreign: tuple[str, ...]
    written: tuple[str, ...]
    generated: tuple[str, ...]
    drop_in_text: str | None
    grub_cfg: str
    grub_cfg_mode: int
    links: Mapping[str, str]
    preview: Preview | HostError | None = None
    source: str = MAIN

    @property
    def tokens(self) -> tuple[str, ...]:
        """What a normal entry boots with."""
        return grub_cfg.expanded(self.written, self.grub_cfg)


def read(host: Host) -> Configured:
    """Read the configuration; raise HostError where GRUB itself could not read it."""
    there = drop_ins(host)
    others = [MAIN, *[path for path in there if path != drop_in.PATH]]
    text = host.read(GRUB_CFG) or ""
    return Configured(
        files=(MAIN, *sorted({*there, drop_in.PATH}, key=_bytes)),
        foreign=grub_cfg.evaluate(host, others).tokens,
        written=grub_cfg.evaluate(host, [MAIN, *there]).tokens,
        generated=grub_cfg.first_entry(text),
        drop_in_text=host.read(drop_in.PATH),
        grub_cfg=text,
        grub_cfg_mode=host.mode(GRUB_CFG) or 0o600,
        links=links(host, drop_in.PATH),
    )


def drop_ins(host: Host) -> list[str]:
    """Return the files that grub-mkconfig sources after the main one, in its order; a directory gives its shell nothing."""
    paths = [f"{DIRECTORY}/{name}" for name in host.names(DIRECTORY) if re.fullmatch(r"[^.].*\.cfg", name, re.DOTALL)]
    return sorted([path for path in paths if host.exists(path) and not host.exists(f"{path}/.")], key=_bytes)


def _bytes(path: str) -> bytes:
    """Return what the shell sorts names by."""
    return path.encode("utf-8", "surrogateescape")


def preview(host: Host, have: Configured, want: Want) -> Configured:
    """Return the picture with what grub-mkconfig makes of our drop-in, where it has to be run at all."""
    text = drop_in.render(_new_drop_in(have, want))
    if not _stale(have, text, want):
        return have
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import preview as generator

    try:
        if want.trial:
            from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import trial

            trial.require_forgetful(host, MENU)
        seen = generator.preview(host, MENU, drop_in.NAME, text, _sourced(have, text))
    except HostError as error:
        seen = error
    return replace(have, preview=seen)


def write(have: Configured, want: Want) -> Written:
    """Return the steps: our drop-in, kept at what earlier calls asked for, and then GRUB's own file."""
    new = _new_drop_in(have, want)
    text = drop_in.render(new)
    if not _stale(have, text, want):
        return Written(tuple(_withdrawn(have, want)), have.tokens)
    seen = _checked(have, new, want)
    expected = seen.variables[-1].tokens
    if want.trial:
        return Written((_trial(have, text, expected, want),), have.tokens, seen.warnings)
    steps: list[Step] = _withdrawn(have, want)
    if text != have.drop_in_text:
        steps.append(write_step(drop_in.PATH, have.drop_in_text, text))
    steps.append(_generate(have, expected, want))
    return written(steps, grub_cfg.expanded(expected, seen.text), have.links, seen.warnings)


def _withdrawn(have: Configured, want: Want) -> list[Step]:
    """Return the step that takes back a trial entry that was not booted, with the choice of it; nothing where there is none."""
    if not want.restored:
        return []
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import trial

    without = trial.without(have.grub_cfg)
    if without == have.grub_cfg:
        return []

    def withdraw(host: Host) -> None:
        trial.disarm(host)
        grub_cfg.put_back(host, MENU, without, have.grub_cfg_mode)

    return [Step("Took the trial entry of the next boot back", withdraw)]


def original(have: Configured) -> Want:
    """Return what takes back all of our drop-in, which is the record of everything that was added and removed."""
    ours = drop_in.parse(have.drop_in_text)
    return Want(present=ours.removed, absent=ours.added)


def apply(host: Host, expected: tuple[str, ...], want: Want) -> None:
    """Let the files count. ``expected`` are the tokens that they have to give now, exactly."""
    try:
        _check_files(read(host).written, expected)
        grub_cfg.generate(host, MENU, want)
    except HostError as error:
        raise _with_remedy(error) from error


def _stale(have: Configured, text: str | None, want: Want) -> bool:
    """Whether anything has to be written or generated."""
    return want.trial or text != have.drop_in_text or not want.holds(have.generated)


def _sourced(have: Configured, text: str | None) -> list[str]:
    return [path for path in have.files if path != drop_in.PATH or text is not None]


def _checked(have: Configured, new: DropIn, want: Want) -> Preview:
    """Return what grub-mkconfig would make; raise HostError where it is not what is wanted, or something foreign is lost."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import preview as generator

    files = _sourced(have, drop_in.render(new))
    kept = [token for token in have.foreign if token not in new.removed]
    expected = Variables(default=(*kept, *new.added))
    seen = generator.granted(have.preview, MENU, have.grub_cfg, [expected] * len(files))
    if isinstance(seen, generator.Preview):
        _require_last_word(files, seen.variables, want)
        tokens = seen.variables[-1].tokens
        if not want.holds(tokens) or Counter([*kept, *new.added]) - Counter(tokens):
            _check_files(tokens, (*kept, *new.added))
    try:
        return generator.require(seen, MENU, want)
    except HostError as error:
        raise _with_remedy(error) from error


def _require_last_word(files: Sequence[str], variables: Sequence[Variables], want: Want) -> None:
    """Raise HostError where a file that is sourced behind ours takes away what ours made right."""
    if drop_in.PATH not in files:
        return
    ours = files.index(drop_in.PATH)
    before = _wrong(variables[ours], want)
    for path, each in zip(files[ours + 1 :], variables[ours + 1 :]):
        wrong = [token for token in _wrong(each, want) if token not in before]
        if wrong and not want.holds(variables[-1].tokens):
            raise HostError(
                f"{path} is read behind {drop_in.PATH}, and sets the boot parameters so that {' '.join(wrong)} would be wrong. "
                "Nothing was changed.",
                f"Rename {path} so that it sorts before {drop_in.NAME}, or make this change in it by hand.",
            )


def _wrong(variables: Variables, want: Want) -> list[str]:
    return [*want.lacking(variables.tokens), *want.unwanted(variables.tokens)]


def _with_remedy(error: HostError) -> HostError:
    return HostError(
        error.message,
        *error.remedy,
        f"Look for another file in {DIRECTORY} that sets GRUB_CMDLINE_LINUX_DEFAULT, and run grub-mkconfig by hand.",
    )


def _new_drop_in(have: Configured, want: Want) -> DropIn:
    """Keep what earlier calls asked for, unless this call says otherwise."""
    old = drop_in.parse(have.drop_in_text)
    gone = want.unwanted(old.added)
    kept = [token for token in old.added if token not in gone]
    present = [*kept, *cmdline.lacking(kept, want.present, want.replace)]
    absent = [*want.absent, *old.removed]
    removed = tuple(dict.fromkeys(cmdline.unwanted(have.foreign, present, absent, want.replace)))
    rest = [token for token in have.foreign if token not in removed]
    return DropIn(removed, tuple(cmdline.lacking(rest, present, want.replace)))


def _generate(have: Configured, expected: tuple[str, ...], want: Want) -> Step:
    return Step(
        f"Regenerated {GRUB_CFG}",
        lambda host: apply(host, expected, want),
        lambda host: grub_cfg.put_back(host, MENU, have.grub_cfg, have.grub_cfg_mode),
        writes=(MENU.path, MENU.backup, MENU.new),
    )


def _trial(have: Configured, text: str | None, expected: tuple[str, ...], want: Want) -> Step:
    """Have grub-mkconfig write an entry for the parameters, with our drop-in in place for no longer than that."""
    from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import trial

    def arm(host: Host) -> None:
        try:
            _put(host, text)
            _check_files(read(host).written, expected)
            trial.arm(host, MENU, have.grub_cfg, have.grub_cfg_mode, want)
        finally:
            _put(host, have.drop_in_text)

    def disarm(host: Host) -> None:
        _put(host, have.drop_in_text)  # where the arming was cut off
        trial.disarm(host)
        grub_cfg.put_back(host, MENU, have.grub_cfg, have.grub_cfg_mode)

    return Step("Chose a trial entry for the next boot alone", arm, disarm, writes=(drop_in.PATH, MENU.path, MENU.new))


def _put(host: Host, text: str | None) -> None:
    if text is None:
        host.remove_file(drop_in.PATH)
    elif host.read(drop_in.PATH) != text:
        host.write_file(drop_in.PATH, text)


def _check_files(tokens: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Raise HostError where a token could not be taken out cleanly, such as a word within another one's quotes."""
    if tokens != expected:
        raise HostError(
            f"With {drop_in.PATH} the files give '{cmdline.render(tokens)}' and not '{cmdline.render(expected)}'. "
            f"{GRUB_CFG} was left as it was.",
            f"Make this change in {MAIN} by hand.",
        )
