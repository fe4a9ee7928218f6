# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GRUB 2 that generates its menu from /etc/default/grub, as SUSE and Arch set it up: no drop-ins, no BLS.

Under UEFI the file below /boot/efi is a stub that reads the one below /boot; it is never written.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import default_grub, grub_cfg
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.grub_cfg import Menu, Variables
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, no_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step, write_step

MENUS = (
    Menu("/boot/grub2/grub.cfg", "grub2-mkconfig", "grub2-script-check"),  # SUSE
    Menu("/boot/grub/grub.cfg", "grub-mkconfig", "grub-script-check"),  # Arch
)

NAME = "grub2"
SIGN = f"{default_grub.PATH} with {' or '.join(menu.path for menu in MENUS)}"
TRIAL = False
HINT = grub_cfg.HINT
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
    source: str = default_grub.PATH

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the next boot is given, once the menu is generated."""
        return self.variables.tokens


def detect(host: Host) -> bool:
    """Whether this host boots by such a GRUB."""
    return host.exists(default_grub.PATH) and any(host.exists(menu.path) for menu in MENUS)


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
    )


def write(have: Configured, want: Want) -> Written:
    """Return the steps: the file with other values, and then the menu. Recovery entries stay free of what is added."""
    gone = want.unwanted(have.tokens)
    linux = tuple(token for token in have.variables.linux if token not in gone)
    default = tuple(token for token in have.variables.default if token not in gone)
    new = Variables(linux, (*default, *want.lacking((*linux, *default))))
    text = have.text
    for name, old, tokens in (
        ("GRUB_CMDLINE_LINUX", have.variables.linux, new.linux),
        ("GRUB_CMDLINE_LINUX_DEFAULT", have.variables.default, new.default),
    ):
        if tokens != old:
            text = default_grub.replace(text, name, cmdline.render(tokens))
    steps: list[Step] = []
    if text != have.text:
        steps.append(write_step(default_grub.PATH, have.text, text))
    if steps or not want.holds(have.generated):
        steps.append(
            Step(
                f"Regenerated {have.menu.path}",
                lambda host: apply(host, have.menu, new, want),
                lambda host: grub_cfg.put_back(host, have.menu, have.grub_cfg, have.grub_cfg_mode),
            )
        )
    return Written(tuple(steps), new.tokens)


def apply(host: Host, menu: Menu, expected: Variables, want: Want) -> None:
    """Generate the menu, once the shell reads from the file exactly what was meant."""
    found = grub_cfg.evaluate(host, [default_grub.PATH])
    if found != expected:
        raise HostError(
            f"{default_grub.PATH} gives '{cmdline.render(found.tokens)}' and not '{cmdline.render(expected.tokens)}'.",
            f"Make this change in {default_grub.PATH} by hand.",
        )
    grub_cfg.generate(host, menu, want)
