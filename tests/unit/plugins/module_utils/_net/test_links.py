# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.dataplane.dpdk.plugins.module_utils._net import links
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost


def test_a_name_with_control_characters_is_read(host: FakeHost) -> None:
    """The kernel forbids slashes, colons and white space only (dev_valid_name), and ip prints the rest as it is."""
    host.programs["ip"] = lambda words: (0, '[{"ifname": "a\x01\x1b[31m", "ifindex": 7}, {"ifname": "b"}]', "")
    assert [link.name for link in links.read(host)] == ["a\x01\x1b[31m", "b"]
