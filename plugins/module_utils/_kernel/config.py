# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the running kernel was configured when it was built."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass

from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host

_LINE = re.compile(r"^(?:# )?CONFIG_(\w+)(?:=(.*)| is not set)$", re.MULTILINE)


@dataclass(frozen=True)
class Config:
    """Kernel options by name without CONFIG_: y, m, n or a value; ``path`` is where they were read."""

    path: str | None
    options: dict[str, str]

    def get(self, name: str) -> str | None:
        """Return an option's value, or None where the configuration was not found or lacks it."""
        return self.options.get(name)


def read(host: Host) -> Config:
    """Read the configuration from the first place that has it; absence proves nothing."""
    release = host.release()
    for path in (
        "/proc/config.gz",
        f"/boot/config-{release}",
        f"/lib/modules/{release}/config",
        f"/usr/lib/modules/{release}/config",
        f"/usr/lib/kernel/config-{release}",
        f"/lib/modules/{release}/build/.config",
    ):
        data = host.read_bytes(path)
        text = None if data is None else _text(data)
        if text is not None:
            return Config(path, parse(text))
    return Config(None, {})


def parse(text: str) -> dict[str, str]:
    """Return the options that a configuration file sets; those that are not set have the value n."""
    return {name: value.strip('"') or "n" for name, value in _LINE.findall(text)}


def _text(data: bytes) -> str | None:
    """Return the text of a file that may be compressed, or None where it is broken."""
    try:
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return None
