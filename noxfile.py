# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of nox. `make` is the front door and calls what it needs from here; `nox --list` shows the rest."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import antsibull_nox
import nox

# The real interpreters come before pyenv's shims, which also answer for versions that are not active.
INTERPRETERS = sorted(str(path) for path in Path.home().glob(".pyenv/versions/*/bin"))
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *INTERPRETERS, os.environ["PATH"]])

antsibull_nox.load_antsibull_nox_toml()


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"], default=False)
def units(session: nox.Session) -> None:
    """Unit tests on the Pythons of managed hosts."""
    session.install("--quiet", "--no-deps", "--require-hashes", "--requirement", "constraints-units.txt")
    session.run("pytest", "-p", "no:cacheprovider", *session.posargs)


@nox.session(python=["3.12"], default=False)
@nox.parametrize("core", ["2.18.19", "2.19.14", "2.20.10"])
def sanity(session: nox.Session, core: str) -> None:
    """The sanity tests of the ansible-core versions that are supported besides the one in .venv."""
    session.install("--quiet", f"ansible-core=={core}")
    session.run("tests/tools/sanity", external=True)
