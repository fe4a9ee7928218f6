# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BLS entries as Red Hat keeps them, changed by grubby: RHEL and its kin, Fedora.

Parameters live in up to four places, and each release has its own habits. The entries hold them, or in
RHEL 8 name the variable kernelopts of grubenv. New kernels take them from /etc/kernel/cmdline, in
older releases from GRUB_CMDLINE_LINUX; from RHEL 9.3 on grub2-mkconfig leaves entries alone. grubby reaches
most of these places, so all are read back after it, and what it missed is brought into line.
For a key that it adds grubby takes every other value of that key away, so foreign values are named with ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, entries, grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.entries import Entry
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, no_generator, no_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

PROGRAMS = ("/usr/sbin/grubby", "/usr/bin/grubby", "/sbin/grubby")
ENTRIES = "/boot/loader/entries"
GRUBENV = "/boot/grub2/grubenv"
CMDLINE = "/etc/kernel/cmdline"
_INDEX = re.compile(r"^index=", re.MULTILINE)
_ARGS = re.compile(r"^args=\"(.*)\"$", re.MULTILINE)
_OPTIONS = re.compile(r"^kernelopts=(.*)$", re.MULTILINE)
KERNELOPTS = "$kernelopts"

NAME = "grubby"
SIGN = f"grubby with {ENTRIES}"
TRIAL = False
HINT = (
    "Look which entry the boot loader starts, with 'grubby --default-kernel' and 'grub2-editenv list': a one-shot choice, "
    "an entry that grubby does not show, or a grub.cfg without blscfg."
)
original = no_record
preview = no_generator


@dataclass(frozen=True)
class Configured:
    """The parameters in each place that has some, by the place's name, and the files to bring back after a failure.

    ``infos`` are the entries as grubby shows them, the one that boots first.
    """

    infos: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, tuple[str, ...]], ...]
    entries: tuple[Entry, ...]
    files: tuple[tuple[str, str | None, int], ...]
    source: str = ENTRIES

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the next boot is given."""
        return self.infos[0]

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """All lines that have to be as wanted."""
        return (*self.infos, *[tokens for dummy, tokens in self.places])


def detect(host: Host) -> bool:
    """Whether there is a grubby, and entries for it."""
    return any(host.exists(path) for path in PROGRAMS) and bool(entries.read(host, ENTRIES))


def read(host: Host) -> Configured:
    """Read all places; the entries through grubby, which puts kernelopts in for its name."""
    default = host.must("grubby", "--default-index").strip()
    shown = parse_info(host.must("grubby", "--info=ALL"))
    infos = sorted(shown, key=lambda each: each[0] != default)
    if not infos:
        raise HostError("grubby --info=ALL shows no entry.", "Reinstall the kernel, which makes its entry.")
    found = entries.read(host, ENTRIES)
    paths = [CMDLINE, default_grub.PATH, GRUBENV, *[each.path for each in found]]
    files = tuple((path, host.read(path), host.mode(path) or 0o644) for path in paths)
    return Configured(tuple(tokens for dummy, tokens in infos), _places(host), found, files)


def _places(host: Host) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parameters in each file besides the entries that has some."""
    found = []
    text = host.read(CMDLINE)
    if text is not None:
        found.append((CMDLINE, cmdline.parse(text)))
    if host.exists(default_grub.PATH):
        linux = grub_cfg.evaluate(host, [default_grub.PATH]).linux
        if linux:  # an empty one is not in use, and grubby leaves it alone
            found.append((default_grub.PATH, linux))
    options = _OPTIONS.search(host.read(GRUBENV) or "")
    if options:
        found.append((GRUBENV, cmdline.parse(options.group(1))))
    return tuple(found)


def parse_info(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the index and the parameters of each entry that grubby --info shows."""
    found = []
    for block in _INDEX.split(text)[1:]:
        args = _ARGS.search(block)
        if args:
            # Variables of GRUB, such as $tuned_params, are not expanded; others fill them.
            tokens = [token for token in cmdline.parse(args.group(1)) if not token.startswith("$")]
            found.append((block.partition("\n")[0].strip(), tuple(tokens)))
    return found


def write(have: Configured, want: Want) -> Written:
    """Return the one step, where any place is not as wanted."""
    expected = want.edit(have.tokens)
    _require_plain(want.present)
    if all(want.holds(tokens) for tokens in have.lines):
        return Written((), expected)
    step = Step(
        "Updated the entries of all kernels", lambda host: apply(host, have, want), lambda host: _undo(host, have)
    )
    return Written((step,), expected)


def apply(host: Host, have: Configured, want: Want) -> None:
    """Let grubby do it, read all places back, and bring into line what it missed."""
    gone = list(dict.fromkeys(token for tokens in have.lines for token in want.unwanted(tokens)))
    added = _named_with_ours(have.tokens, want)
    words = [f"--remove-args={cmdline.render(gone)}"] if gone else []
    words += [f"--args={cmdline.render(added)}"] if added else []
    host.must("grubby", "--update-kernel=ALL", *words)
    _align(host, have, want)
    after = read(host)
    wrong = [place for place, tokens in after.places if not want.holds(tokens)]
    wrong += ["grubby --info=ALL"] * any(not want.holds(tokens) for tokens in after.infos)
    if wrong or after.tokens != want.edit(have.tokens):
        raise HostError(
            f"grubby ended well, and {', '.join(wrong) or ENTRIES} gives '{cmdline.render(after.tokens)}' "
            f"and not '{cmdline.render(want.edit(have.tokens))}'.",
            "Run 'grubby --info=ALL', and look for another program that writes the entries.",
        )


def _named_with_ours(tokens: Sequence[str], want: Want) -> list[str]:
    """Return what grubby is given to add: what is lacking, behind the foreign values of the same keys, which stay."""
    lacking = want.lacking(tuple(tokens))
    keys = {cmdline.key(token) for token in lacking}
    return [token for token in want.edit(tuple(tokens)) if cmdline.key(token) in keys]


def _align(host: Host, have: Configured, want: Want) -> None:
    """Write what grubby left out, took too much of or put elsewhere, place by place."""
    for old in have.entries:
        entry = Entry(old.path, host.read(old.path) or "")
        tokens = old.tokens if KERNELOPTS in old.tokens else want.edit(old.tokens)
        if tokens != entry.tokens:
            host.write_file(entry.path, entries.replace(entry.text, tokens), host.mode(entry.path) or 0o644)
    now = dict(_places(host))
    for path, before in have.places:
        tokens = want.edit(before)
        if now.get(path) == tokens:
            continue
        if path == GRUBENV:
            host.must("grub2-editenv", host.path(GRUBENV), "set", f"kernelopts={cmdline.render(tokens)}")
        elif path == CMDLINE:
            host.write_file(path, cmdline.render(tokens) + "\n")
        else:
            text = host.read(path) or ""
            host.write_file(path, default_grub.replace(text, "GRUB_CMDLINE_LINUX", cmdline.render(tokens)))


def _require_plain(tokens: Sequence[str]) -> None:
    """grubby is a shell script that takes lists apart at spaces and lets the shell expand patterns."""
    clever = [token for token in tokens if re.search(r"[\s\"*?\[\]!]", token)]
    if clever:
        raise HostError(
            f"grubby cannot set {' '.join(clever)}: it splits values at spaces and expands patterns. Nothing was changed.",
            "Leave the parameter out here, and set it in the files of /boot/loader/entries by hand.",
        )


def _undo(host: Host, have: Configured) -> None:
    for path, text, mode in have.files:
        if host.read(path) == text:
            continue
        if text is None:
            host.remove_file(path)
        else:
            host.write_file(path, text, mode)
