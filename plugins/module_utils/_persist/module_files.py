# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that load a module at boot, and give it its parameters."""

from __future__ import annotations

from collections.abc import Mapping

_HEAD = "# Written by the Ansible module dataplane.dpdk.vfio_module; changes made here are lost.\n"


def modprobe_path(name: str) -> str:
    """Return the file below /etc/modprobe.d that holds a module's parameters."""
    return f"/etc/modprobe.d/dataplane-dpdk-{name}.conf"


def load_path(name: str) -> str:
    """Return the file below /etc/modules-load.d that has systemd load a module at boot."""
    return f"/etc/modules-load.d/dataplane-dpdk-{name}.conf"


def render_options(name: str, params: Mapping[str, str]) -> str | None:
    """Return the modprobe.d text, or None where there is no parameter and no file is needed."""
    if not params:
        return None
    return _HEAD + f"options {name} " + " ".join(f"{key}={value}" for key, value in sorted(params.items())) + "\n"


def render_load(name: str) -> str:
    """Return the modules-load.d text."""
    return f"{_HEAD}{name}\n"
