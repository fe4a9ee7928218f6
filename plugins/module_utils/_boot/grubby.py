# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BLS entries as Red Hat keeps them, changed by grubby: RHEL and its kin, Fedora.

Parameters live in up to four places, and each release has its own habits. The entries hold them, or in
RHEL 8 name the variable kernelopts of grubenv. New kernels take them from /etc/kernel/cmdline, in
older releases from GRUB_CMDLINE_LINUX; from RHEL 9.3 on grub2-mkconfig leaves entries alone.

grubby is a shell script around sed: it takes what it removes for a regular expression, takes all values of a key away to
add one, loses lines, quotes and settings of others on its way, and ends well where it could not write. So each
file is written as it should be, then grubby is given the same for what else a release has it do, and what it made of the
files is put right and read back.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import (
    default_grub,
    grub_cfg,
    grubby_files,
    grubby_guard,
    signs,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grubby_files import (
    CMDLINE,
    GRUBENV,
    Configured,
    File,
)
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, no_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, UnknownError, combined
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import FileChange, Step

# It swallows the option that follows it, so it is the last.
NO_DEFAULTS = "--no-etc-grub-update"
_INDEX = re.compile(r"^index=", re.MULTILINE)
_ARGS = re.compile(r"^args=\"(.*)\"$", re.MULTILINE)
_ID = re.compile(r"^id=\"(.*)\"$", re.MULTILINE)
# What neither the shell nor sed takes for something else; a point matches any letter, and what that costs is put right.
_PLAIN = re.compile(r"[\w,:=@/%-][\w.,:=@/%-]*")
_EVALUATE = """
exec 3>&1 >/dev/null
eval "$1"
printf '%s\\0%s\\0' "${GRUB_CMDLINE_LINUX-}" "${GRUB_CMDLINE_LINUX_DEFAULT-}" >&3
"""

NAME = "grubby"
SIGN = f"grubby with {signs.ENTRIES}"
TRIAL = False
HINT = (
    "Look which entry the boot loader starts, with 'grubby --default-kernel' and 'grub2-editenv list': a one-shot choice, "
    "an entry that grubby does not show, or a grub.cfg without blscfg."
)
detect = signs.grubby
original = no_record


def read(host: Host) -> Configured:
    """Read all places, and ask grubby which entry boots."""
    default = host.must("grubby", "--default-index").strip()
    shown = host.must("grubby", "--info=ALL")
    if not parse_info(shown):
        raise HostError("grubby --info=ALL shows no entry.", "Reinstall the kernel, which makes its entry.")
    paths = [f"{signs.ENTRIES}/{name}" for name in host.names(signs.ENTRIES) if name.endswith(".conf")]
    # /etc/kernel/cmdline is the last, and so the newest: one that is older than /etc/default/grub is made again from that,
    # and loses what is not there, as soon as a kernel is installed (20-grub.install).
    files = tuple(_file(host, path) for path in (default_grub.PATH, *paths, GRUBENV, CMDLINE))
    found = host.exists(default_grub.PATH)
    variables = grub_cfg.evaluate(host, [default_grub.PATH]) if found else Variables()
    return Configured(files, _order(paths, shown, default), variables)


def _file(host: Host, path: str) -> File:
    text, real = host.read(path), path
    while (target := host.target(real)) is not None:
        real = posixpath.normpath(posixpath.join(posixpath.dirname(real), target))
    return File(path, real, text, host.mode(path) or 0o644)


def _order(paths: Sequence[str], shown: str, default: str) -> tuple[str, ...]:
    """Return the entries in the order in which grubby shows them, the one that boots first."""
    blocks = _INDEX.split(shown)[1:]
    numbers = [block.partition("\n")[0].strip() for block in blocks]
    names = [match.group(1) if match else "" for match in map(_ID.search, blocks)]
    found = [f"{signs.ENTRIES}/{name}.conf" for name in names]
    if not set(found) <= set(paths):  # an old grubby, which shows no names, sorts like this
        found = sorted(paths, reverse=True)
    first = numbers.index(default) if default in numbers else 0
    return tuple(dict.fromkeys([*found[first : first + 1], *found, *paths]))


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


def preview(host: Host, have: Configured, want: Want) -> Configured:
    """Return the picture as it is; raise HostError where the shell would not read what is meant from /etc/default/grub."""
    if grubby_files.as_wanted(have, want):
        return have
    text = grubby_files.planned(have, want).text(default_grub.PATH)
    if text is not None and text != have.text(default_grub.PATH):
        try:
            found = _evaluated(host, text)
        except UnknownError as error:
            warning = (
                f"{error.message} That the shell reads these boot parameters from {default_grub.PATH} was not checked."
            )
            return replace(have, warnings=(warning,))
        grubby_guard.require_variables(found, grubby_files.variables(have.variables, want))
    return have


def _evaluated(host: Host, text: str) -> Variables:
    """Return what the shell would read from a text, without a file for it."""
    done = host.run("sh", "-c", _EVALUATE, "sh", text)
    if done.rc != 0:
        raise HostError(
            f"The shell could not read {default_grub.PATH} with the boot parameters: {done.err.strip() or done.rc}. "
            "Nothing was changed.",
            f"Make this change in {default_grub.PATH} by hand.",
        )
    return grub_cfg.said(host, [default_grub.PATH], done.out.split("\0")[:-1])[-1]


def write(have: Configured, want: Want) -> Written:
    """Return one step a file, and the one in which grubby does what else it does, where any place is not as wanted."""
    if grubby_files.as_wanted(have, want):
        return Written((), want.edit(have.tokens))
    grubby_guard.require_plain(want.present)
    grubby_guard.require_no_root(want)
    grubby_guard.require_kernelopts(have)
    goal = grubby_files.planned(have, want)
    steps = [_write_step(have, old, new) for old, new in grubby_files.differing(have, goal) if old.path != GRUBENV]
    last = Step(
        "Updated the entries of all kernels", lambda host: apply(host, have, goal, want), lambda host: _undo(host, have)
    )
    return Written((*steps, last), goal.tokens, have.warnings)


def _write_step(have: Configured, old: File, new: File) -> Step:
    """Return the step for one file; whatever fails later, all files are brought back together, in their order."""

    def put(host: Host) -> None:
        host.write_file(new.real, new.text or "", new.mode)

    verb = "Wrote" if old.text is None else "Changed"
    change = FileChange(old.path, old.text, new.text)
    return Step(f"{verb} {old.path}", put, lambda host: _undo(host, have), change, writes=(new.real,))


def apply(host: Host, have: Configured, goal: Configured, want: Want) -> None:
    """Let grubby do it too, put right what it made of the files, and read all places back."""
    _set_kernelopts(host, goal)
    _run(host, have, want)
    _align(host, have, goal)
    try:
        after = read(host)
    except HostError as error:
        raise HostError(error.message.replace(" Nothing was changed.", ""), *error.remedy) from error
    wrong = [place for place, tokens in after.places if not want.holds(tokens)]
    wrong += ["grubby --info=ALL"] * any(not want.holds(after.expanded(each)) for each in after.entries)
    if wrong or after.tokens != goal.tokens:
        raise HostError(
            f"grubby ended well, and {', '.join(wrong) or signs.ENTRIES} gives '{cmdline.render(after.tokens)}' "
            f"and not '{cmdline.render(goal.tokens)}'.",
            "Run 'grubby --info=ALL', and look for another program that writes the entries.",
        )
    grubby_guard.require_variables(after.variables, grubby_files.variables(have.variables, want))


def _run(host: Host, have: Configured, want: Want) -> None:
    """Call grubby with what it takes as it is meant; the files hold the rest already."""
    gone = list(dict.fromkeys(token for tokens in have.lines for token in want.unwanted(tokens)))
    gone = [token for token in gone if _PLAIN.fullmatch(token)]
    added = _named_with_ours(have.tokens, want)
    words = [f"--remove-args={cmdline.render(gone)}"] if gone else []
    words += [f"--args={cmdline.render(added)}"] if added and all(map(_PLAIN.fullmatch, added)) else []
    if not words:
        return
    done = host.run("grubby", "--update-kernel=ALL", *words, NO_DEFAULTS)
    if done.rc != 0 and NO_DEFAULTS.strip("-") in f"{done.err} {done.out}":  # RHEL 8.0 and 8.1
        host.must("grubby", "--update-kernel=ALL", *words)
    elif done.rc != 0:
        raise HostError(
            f"'grubby --update-kernel=ALL {' '.join(words)} {NO_DEFAULTS}' ended with {done.rc} and said: "
            f"{done.err.strip() or done.out.strip() or 'nothing'}",
            "Run 'grubby --info=ALL' by hand and correct what it complains of.",
        )


def _named_with_ours(tokens: Sequence[str], want: Want) -> list[str]:
    """Return what grubby is given to add: what is lacking, behind the foreign values of the same keys, which stay."""
    lacking = want.lacking(tuple(tokens))
    keys = {cmdline.key(token) for token in lacking}
    return [token for token in want.edit(tuple(tokens)) if cmdline.key(token) in keys]


def _set_kernelopts(host: Host, goal: Configured) -> None:
    if goal.kernelopts is not None and goal.kernelopts != grubby_files.kernelopts(host.read(GRUBENV) or ""):
        line = cmdline.render(goal.kernelopts)
        host.must("grub2-editenv", host.path(GRUBENV), "set", f"kernelopts={line}")


def _align(host: Host, have: Configured, goal: Configured) -> None:
    """Write again what grubby took too much of, put elsewhere or lost, file by file."""
    _set_kernelopts(host, goal)
    renewed = have.text(default_grub.PATH) != goal.text(default_grub.PATH)
    for each in goal.files:
        now, text = host.read(each.path), each.text
        if each.path == CMDLINE and text is None and now is not None:
            text = cmdline.render(goal.tokens) + "\n"  # grubby made it, from the entry that it lists last
        last = each.path == CMDLINE and renewed  # see ``read``
        if text is not None and each.path != GRUBENV and (last or now != text):
            host.write_file(each.real, text, each.mode)


def _undo(host: Host, have: Configured) -> None:
    """Bring every file back that is not as it was; raise HostError for those that could not be."""
    problems: list[HostError] = []
    renewed = False
    for each in have.files:
        try:
            if host.read(each.path) == each.text and not (each.path == CMDLINE and renewed):
                continue
            renewed = renewed or each.path == default_grub.PATH
            if each.text is None:
                host.remove_file(each.real)
            else:
                host.write_file(each.real, each.text, each.mode)
        except HostError as error:
            problems.append(error)
    if problems:
        raise combined(problems)
