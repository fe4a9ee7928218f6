# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one module as it is on this machine, and prints what it took: `scan_ours.py MODULE ARGUMENTS`."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import time

from ansible.module_utils.testing import patch_module_args

# What of the collection is measured: a module's main(), the entry that every build has.
MODULES = "ansible_collections.dataplane.dpdk.plugins.modules"


def main() -> None:
    module = importlib.import_module(f"{MODULES}.{sys.argv[1]}")
    out = io.StringIO()
    with patch_module_args(json.loads(sys.argv[2])), contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        start = time.perf_counter()
        module.main()
    seconds = time.perf_counter() - start
    result = json.loads(out.getvalue())
    if result.get("failed"):
        sys.exit(f"{sys.argv[1]} failed: {result['msg']}")
    net = sum(each.get("kind") == "net" for each in result["devices"])
    print(json.dumps({"seconds": seconds, "net": net}))


if __name__ == "__main__":
    main()
