# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/kernel/cmdline as text: what kernel-install makes of it, and the file with other parameters in it.

kernel-install joins the lines by spaces. That of systemd 257 leaves out lines that begin with ``#``; that of 252 takes their words
for parameters as all others (90-loaderentry.install). So a comment stays a line of its own, whatever the release: joined
with the parameters it would take them along, root= among them, once a newer kernel-install reads the file.
"""

from __future__ import annotations

import re

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline

PATH = "/etc/kernel/cmdline"
PLUGINS = ("/etc/kernel/install.d/90-loaderentry.install", "/usr/lib/kernel/install.d/90-loaderentry.install")
_COMMENT = re.compile(r"[ \t]*#")


def parse(text: str) -> tuple[str, ...]:
    """Return the parameters of the lines that are no comments."""
    return cmdline.parse(" ".join(line for line in _lines(text) if not _COMMENT.match(line)))


def comments(text: str) -> tuple[str, ...]:
    """Return the words of the lines that are comments."""
    return cmdline.parse(" ".join(line for line in _lines(text) if _COMMENT.match(line)))


def reads_comments(host: Host) -> bool:
    """Whether this release of kernel-install takes the words of comments for parameters: its plugin does not filter them."""
    plugin = next((text for text in map(host.read, PLUGINS) if text is not None), None)
    return plugin is not None and not re.search(r"^[^#\n]*\bgrep\b[^\n]*\^\S*#", plugin, re.MULTILINE)


def edit(text: str, want: Want) -> str:
    """Return the text with the parameters as wanted: what goes is taken out where it stands, what is added comes last."""
    old = parse(text)
    new = want.edit(old)
    if new == old:
        return text
    lines = _lines(text)
    ours = [number for number, line in enumerate(lines) if line.strip() and not _COMMENT.match(line)]
    apart = {number: cmdline.parse(lines[number]) for number in ours}
    if len(ours) > 1 and old == tuple(token for number in ours for token in apart[number]) and cmdline.END not in old:
        gone = want.unwanted(old)
        apart = {number: tuple(token for token in tokens if token not in gone) for number, tokens in apart.items()}
        apart[ours[-1]] += tuple(want.lacking(old))
    else:  # one line, one that ends in what belongs to init, or quotes that hold a line end
        apart = dict.fromkeys(ours[1:], ())
        apart[ours[0] if ours else len(lines)] = new
        lines += [""] * (not ours)
    kept = [cmdline.render(apart[number]) if number in apart else line for number, line in enumerate(lines)]
    return "".join(f"{line}\n" for number, line in enumerate(kept) if line or number not in apart)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]
