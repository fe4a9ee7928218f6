# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of the collection as Ansible does: `run.py MODULE ARGUMENTS`, the arguments as JSON."""

from __future__ import annotations

import json
import runpy
import sys

sys.path.insert(0, "/root/harness")

from ansible.module_utils import basic

name, arguments = sys.argv[1], json.loads(sys.argv[2])
given = {"_ansible_module_name": f"dataplane.dpdk.{name}", **arguments}
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
basic._ANSIBLE_PROFILE = "legacy"
sys.argv = [name]
runpy.run_module(f"ansible_collections.dataplane.dpdk.plugins.modules.{name}", run_name="__main__", alter_sys=True)
