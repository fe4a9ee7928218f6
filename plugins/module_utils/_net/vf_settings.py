# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of VFs, as their PF takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# ip link set ... vf N <word> <value>; qos has to follow vlan
_WORDS = {
    "mac": "mac",
    "vlan": "vlan",
    "qos": "qos",
    "trust": "trust",
    "spoof_check": "spoofchk",
    "min_tx_rate": "min_tx_rate",
    "max_tx_rate": "max_tx_rate",
    "link_state": "state",
}


def words(settings: Mapping[str, Any]) -> list[str]:
    """Return settings as `ip link set ... vf N` takes them."""
    texts = {True: "on", False: "off"}
    found = []
    for key, word in _WORDS.items():
        if key in settings:
            value = settings[key]
            found += [word, texts[value] if isinstance(value, bool) else str(value)]
    return found
