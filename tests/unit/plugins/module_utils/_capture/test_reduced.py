# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.dataplane.dpdk.plugins.module_utils._capture import reduced

PATH = "/usr/share/misc/pci.ids"
LIST = """\
# List of PCI IDs

1af4  Red Hat, Inc.
\t1000  Virtio network device
8086  Intel Corporation
\t0284  A first device
# and registers common to both
#\tof its kind
\t10c9  82576 Gigabit Network Connection
\t\t8086 a03c  a card\u2028of another
\t10ca  82576 Virtual Function
15b3  Mellanox Technologies
\t1017  MT27800

C 00  Unclassified device
\t00  Non-VGA unclassified device
"""


def test_the_list_of_names_keeps_all_lines_of_a_vendor() -> None:
    answers: dict[Any, Any] = {
        ("read", PATH, "-1"): LIST.encode(),
        ("attr", "/sys/bus/pci/devices/0000:01:00.0/uevent"): "DRIVER=igb\nPCI_ID=8086:10C9",
    }
    kept = reduced.without_what_nobody_reads(answers)["read", PATH, "-1"].decode()
    assert kept == "\n" + LIST[LIST.index("8086  Intel") : LIST.index("15b3  ")]
