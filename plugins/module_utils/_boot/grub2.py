# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB 2 that generates its menu from /etc/default/grub, as SUSE and Arch set it up: no drop-ins, no BLS.

Under UEFI the file below /boot/efi is a stub that reads the one below /boot; it is never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, grub_cfg, signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import preview as generator
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Menu, Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, links, no_record, written
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

MENUS = (
    Menu(signs.RED_HAT_OR_SUSE, "grub2-mkconfig", "grub2-script-check"),  # SUSE
    Menu(signs.DEBIAN_OR_ARCH, "grub-mkconfig", "grub-script-check"),  # Arch
)

NAME = "grub2"
SIGN = f"{default_grub.PATH} with {' or '.join(signs.MENUS)}"
TRIAL = False
HINT = grub_cfg.HINT
detect = signs.grub2
original = no_record


@dataclass(frozen=True)
class Configured:
    """What the file says, and what the first entry of the generated menu says."""

    text: str
    variables: Variables
    generated: tuple[str, ...]
    menu: Menu
    grub_cfg: str
    grub_cfg_mode: int
    links: Mapping[str, str]
    preview: generator.Preview | HostError | None = None
    source: str = default_grub.PATH

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the next boot is given, once the menu is generated."""
        return grub_cfg.expanded(self.variables.tokens, self.grub_cfg)


def read(host: Host) -> Configured:
    """Read the configuration; raise HostError where GRUB itself could not read it."""
    menu = next(menu for menu in MENUS if host.exists(menu.path))
    text = host.read(menu.path) or ""
    return Configured(
        text=host.read(default_grub.PATH) or "",
        variables=grub_cfg.evaluate(host, [default_grub.PATH]),
        generated=grub_cfg.first_entry(text),
        menu=menu,
        grub_cfg=text,
        grub_cfg_mode=host.mode(menu.path) or 0o600,
        links=links(host, default_grub.PATH),
    )


def preview(host: Host, have: Configured, want: Want) -> Configured:
    """Return the picture with what the generator makes of the changed file, where it has to be run at all."""
    try:
        text, new = _edited(have, want)
    except HostError:
        return have  # as ``write`` says
    if not _stale(have, text, new, want):
        return have
    return replace(have, preview=generator.preview(host, have.menu, default_grub.NAME, text, [default_grub.PATH]))


def write(have: Configured, want: Want) -> Written:
    """Return the steps: the file with other values, and then the menu. Recovery entries stay free of what is added."""
    text, new = _edited(have, want)
    if not _stale(have, text, new, want):
        return Written((), have.tokens)
    made = generator.granted(have.preview, have.menu, have.grub_cfg, [new])
    if isinstance(made, generator.Preview):
        _require_equal(made.variables[-1], new)
    seen = generator.require(made, have.menu, want)
    expected = seen.variables[-1]
    steps: list[Step] = []
    if text != have.text:
        steps.append(write_step(default_grub.PATH, have.text, text))
    steps.append(
        Step(
            f"Regenerated {have.menu.path}",
            lambda host: apply(host, have.menu, expected, want),
            lambda host: grub_cfg.put_back(host, have.menu, have.grub_cfg, have.grub_cfg_mode),
            writes=(have.menu.path, have.menu.backup, have.menu.new),
        )
    )
    return written(steps, grub_cfg.expanded(expected.tokens, seen.text), have.links, seen.warnings)


def apply(host: Host, menu: Menu, expected: Variables, want: Want) -> None:
    """Generate the menu, once the shell reads from the file what was meant."""
    _require_equal(grub_cfg.evaluate(host, [default_grub.PATH]), expected)
    grub_cfg.generate(host, menu, want)


def _stale(have: Configured, text: str, new: Variables, want: Want) -> bool:
    """Whether anything has to be written or generated; a variable that no edit reaches would come back with the next menu."""
    return text != have.text or new != have.variables or not want.holds(have.generated)


def _edited(have: Configured, want: Want) -> tuple[str, Variables]:
    """Return the file's next text, and the variables that it has to give; raise HostError where no edit is safe."""
    old = have.variables
    gone = want.unwanted(old.tokens)
    linux = tuple(token for token in old.linux if token not in gone)
    default = tuple(token for token in old.default if token not in gone)
    added = want.lacking((*linux, *default))
    text = default_grub.edit(have.text, "GRUB_CMDLINE_LINUX", gone, []) if linux != old.linux else have.text
    if added or default != old.default:
        text = default_grub.edit(text, "GRUB_CMDLINE_LINUX_DEFAULT", gone, added)
    return text, Variables(linux, (*default, *added))


def _require_equal(found: Variables, expected: Variables) -> None:
    """Raise HostError unless both variables hold these tokens; lines that extend a variable come behind what is added."""
    if [sorted(found.linux), sorted(found.default)] != [sorted(expected.linux), sorted(expected.default)]:
        raise HostError(
            f"{default_grub.PATH} gives '{cmdline.render(found.tokens)}' and not '{cmdline.render(expected.tokens)}'.",
            f"Make this change in {default_grub.PATH} by hand.",
        )
