# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the running kernel was configured when it was built."""

from __future__ import annotations

import gzip
import zlib

from ansible_collections.dataplane.dpdk.plugins.module_utils._dataclass import dataclass
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host


@dataclass(frozen=True)
class Config:
    """A kernel's configuration file as it is; ``path`` is where it was read, None where it was not found."""

    path: str | None = None
    text: str = ""

    def get(self, name: str) -> str | None:
        """Return an option's value by its name without CONFIG_: y, m, n or another; None where the file lacks it.

        It is looked for as it is asked for: to take ten thousand lines apart would cost more than all else here.
        """
        lines = f"\n{self.text}\n"
        mark = f"\nCONFIG_{name}="
        place = lines.rfind(mark)
        if place >= 0:
            start = place + len(mark)
            return lines[start : lines.index("\n", start)].strip('"') or "n"
        return "n" if f"\n# CONFIG_{name} is not set\n" in lines else None


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
            return Config(path, text)
    return Config()


def _text(data: bytes) -> str | None:
    """Return the text of a file that may be compressed, or None where it is broken."""
    try:
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return None
