# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a distribution's grub-mkconfig would make of a changed file in /etc/default, without changing it.

Files of the administrator can do to the generator what no reader of them predicts (``set -u``, ``set -f``, another
PATH), so it is run itself: in a mount namespace of its own, with a copy of /etc/default in the place of the directory,
and into a file that is thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Menu, Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, UnknownError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

DEFAULTS = "/etc/default"
_SCRIPT = """
set -eu
mkconfig=$1 check=$2 defaults=$3 name=$4 text=$5 grubenv=$6 source=$7
shift 7
scratch=$(mktemp -d)
[ -e "$grubenv" ] || made=$grubenv
trap 'rm -rf "$scratch" "${made:-$scratch}"' EXIT
mkdir "$scratch/default"
cp -a "$defaults/." "$scratch/default"
mkdir -p "$(dirname "$scratch/default/$name")"
rm -f "$scratch/default/$name"
[ -z "$text" ] || printf '%s' "$text" > "$scratch/default/$name"
mount --bind "$scratch/default" "$defaults"
sh -c "$source" sh "$@"
"$mkconfig" -o "$scratch/grub.cfg" >&2
"$check" "$scratch/grub.cfg" >&2
cat "$scratch/grub.cfg"
"""


@dataclass(frozen=True)
class Preview:
    """The two variables after each of the files, and the menu that would be generated.

    ``warnings`` say so where it was taken for granted, because a host that answers from a capture runs no generator.
    """

    variables: tuple[Variables, ...]
    text: str
    warnings: tuple[str, ...] = ()


def preview(host: Host, menu: Menu, name: str, text: str | None, files: Sequence[str]) -> Preview | HostError:
    """Return what the generator makes of a file below /etc/default with another text, or without the file; or its error.

    ``files`` are those that it sources, in their order.
    """
    arguments = [menu.mkconfig, menu.check, host.path(DEFAULTS), name, text or ""]
    # Where GRUB_DEFAULT is saved, listing the environment makes its file (open_envblk_file of grub-editenv).
    arguments += [host.path(menu.path.replace("grub.cfg", "grubenv")), grub_cfg.SOURCE]
    try:
        done = host.run("unshare", "--mount", "sh", "-c", _SCRIPT, "sh", *arguments, *map(host.path, files))
    except UnknownError as error:
        return error
    if done.rc != 0:
        said = (done.err.strip() or "nothing")[-2000:]
        return HostError(
            f"{menu.mkconfig} was run with a copy of {DEFAULTS} that holds the parameters; it ended with {done.rc} and said: "
            f"{said} Nothing was changed.",
            f"Run '{menu.mkconfig}' by hand and correct what it complains of.",
        )
    *lines, generated = done.out.split("\0", 2 * len(files))
    try:
        return Preview(grub_cfg.said(host, files, lines), generated)
    except HostError as error:
        return error


def granted(
    seen: Preview | HostError | None, menu: Menu, text: str, expected: Sequence[Variables]
) -> Preview | HostError | None:
    """Return what was seen; where nobody could look, the menu as it is, with what is expected after each file."""
    if not isinstance(seen, UnknownError):
        return seen
    warning = f"{seen.message} That {menu.mkconfig} takes over these boot parameters as they are was not checked."
    return Preview(tuple(expected), text, (warning,))


def require(seen: Preview | HostError | None, menu: Menu, want: Want) -> Preview:
    """Return what the generator would make; raise HostError where it fails, or its first entry is not as wanted."""
    if isinstance(seen, HostError):
        raise seen
    if seen is None:
        raise NotImplementedError("a change is planned from a picture that was read for it")
    try:
        if not seen.warnings:
            grub_cfg.check_entry(menu, seen.text, want)
    except HostError as error:
        raise HostError(f"{error.message} Nothing was changed.", *error.remedy) from error
    return seen
