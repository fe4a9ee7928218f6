# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every test here can have a fake host: one with an IOMMU, or one without."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.tests.unit.fakes import hosts

host = hosts.host
bare_host = hosts.bare_host
