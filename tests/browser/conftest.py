# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable by its name, from where ansible-playbook takes it too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

sys.path[:0] = [os.environ["ANSIBLE_COLLECTIONS_PATH"].partition(os.pathsep)[0], str(HERE)]
