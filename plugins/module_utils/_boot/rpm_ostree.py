# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rpm-ostree: boot parameters belong to a deployment; a change makes a new one for the next boot."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import signs
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.protocol import Written, no_generator, no_record
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot.want import Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import Step

NAME = "rpm_ostree"
SIGN = f"{signs.OSTREE} with {signs.RPM_OSTREE}"
TRIAL = False
HINT = (
    "Look which deployment was booted, with 'rpm-ostree status': the boot loader or greenboot may have fallen back to the one "
    "before."
)
detect = signs.rpm_ostree
original = no_record
preview = no_generator


@dataclass(frozen=True)
class Configured:
    """The parameters of the deployment that boots next; without an argument rpm-ostree shows that one, not the booted."""

    tokens: tuple[str, ...]
    source: str = "rpm-ostree kargs"


def read(host: Host) -> Configured:
    """Ask for the parameters of the pending deployment."""
    lines = [line for line in host.must("rpm-ostree", "kargs").splitlines() if line.strip()]
    # Older versions say "The kernel arguments are:" first.
    return Configured(cmdline.parse(lines[-1]) if lines else ())


def write(have: Configured, want: Want) -> Written:
    """Return the one step: one call, one deployment."""
    gone = want.unwanted(have.tokens)
    expected = want.edit(have.tokens)
    if expected == have.tokens:
        return Written((), expected)
    added = want.lacking(have.tokens)
    step = Step(
        "Made a deployment with other boot parameters",
        lambda host: apply(host, gone, added, expected),
        lambda host: _undo(host, have.tokens, expected, gone, added),
    )
    return Written((step,), expected)


def apply(host: Host, gone: list[str], added: list[str], expected: tuple[str, ...]) -> None:
    """Change the pending deployment and read it back."""
    changes = [f"--delete={token}" for token in gone] + [f"--append={token}" for token in added]
    host.must("rpm-ostree", "kargs", *changes)
    tokens = read(host).tokens
    if sorted(tokens) != sorted(expected):
        raise HostError(
            f"rpm-ostree made a deployment with '{cmdline.render(tokens)}' and not '{cmdline.render(expected)}'.",
            "Run 'rpm-ostree kargs --editor' and make this change by hand.",
        )


def _undo(host: Host, old: tuple[str, ...], new: tuple[str, ...], gone: list[str], added: list[str]) -> None:
    if sorted(read(host).tokens) == sorted(new) != sorted(old):
        host.must(
            "rpm-ostree", "kargs", *[f"--delete={each}" for each in added], *[f"--append={each}" for each in gone]
        )
