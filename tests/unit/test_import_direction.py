# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may import whom under plugins/, read from the source.

A module calls `_result` with the rooms of its feature; features do not know one another, and stand on the ground of
`_pci`, `_net` and `_kernel`. Only `_host` touches the machine. What is pure can be tested without a machine, and what is
at the bottom can be replaced by the fake one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
SOURCES = sorted(str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py"))
PREFIX = "ansible_collections.dataplane.dpdk.plugins."

# What runs on the controller: actions, callbacks and filters, and what they share.
CONTROLLER = ("action/", "callback/", "filter/", "plugin_utils/")
# From the top to the bottom, one layer a line: an import goes down, or stays within one folder.
LAYERS = (
    ("modules",),
    ("_result",),
    ("_capture",),
    ("_description",),
    ("_bind", "_vfs", "_module", "_boot", "_iommu", "_hugepages", "_access", "_token", "_info"),  # the features
    ("_use",),
    ("_persist",),
    ("_pci",),
    ("_net",),
    ("_kernel",),
    ("_confirm",),
    ("_journal",),
    ("_plan",),
    ("_memory",),
    ("_host",),
    ("_stored",),
    ("_files",),
    ("_process",),
    ("_written",),  # how people write what several options take
    ("_errors",),
    ("_dataclass",),
)

MACHINE = {"os", "pathlib", "shutil", "tempfile", "socket", "glob", "subprocess", "fcntl", "select", "mmap", "ctypes"}
OPENERS = {"open", "io.open", "gzip.open", "bz2.open", "lzma.open", "codecs.open"}
TOUCHES_MACHINE = "module_utils/_host.py"
BELOW_IT = ("module_utils/_files.py", "module_utils/_process.py")  # its parts, for it alone
PURE = (
    "module_utils/_pci/address.py",
    "module_utils/_pci/buses.py",
    "module_utils/_kernel/cmdline.py",
    "module_utils/_persist/",
    "module_utils/_written/",
)
NOT_PURE = ("module_utils/_kernel/udev.py",)  # reads the rules that are there and makes the step that writes them


def run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node, except what only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in node.orelse:
                yield from (other, *run_time_nodes(other))
            continue
        yield node
        yield from run_time_nodes(node)


def imported(path: str, node: ast.AST) -> list[str]:
    """The full names that an import statement brings in; relative ones are resolved from the file's own place."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = node.module or ""
    if node.level:
        parents = path.split("/")[: -node.level]
        package = PREFIX + ".".join([*parents, *filter(None, [node.module])])
    return [f"{package}.{alias.name}" for alias in node.names]


def room(name: str) -> str:
    """The folder, or the file beside the folders, of a dotted name below plugins/."""
    parts = name.split(".")
    return parts[0] if parts[0] != "module_utils" else parts[1] if len(parts) > 1 else ""


def layer(name: str) -> int | None:
    """The layer of a dotted name below plugins/, and None if it has none."""
    return next((number for number, names in enumerate(LAYERS) if room(name) in names), None)


def wrong_import(path: str, name: str) -> str | None:
    top = name.split(".")[0]
    pure = path.startswith(PURE)
    if top in MACHINE and (pure or path not in (TOUCHES_MACHINE, *BELOW_IT)):
        return f"imports {name}; only {TOUCHES_MACHINE} touches the machine"
    if path.startswith("module_utils/") and name.startswith("ansible.module_utils.basic"):
        return "imports ansible.module_utils.basic at run time; only modules may"
    if not name.startswith(PREFIX):
        return None
    below = name[len(PREFIX) :]
    here = path[: -len(".py")].replace("/", ".")
    own, other = layer(here), layer(below)
    if own is None or other is None:
        return f"imports {below}; {path if own is None else below} is in none of LAYERS"
    if pure and other == layer("module_utils._host"):
        return f"imports {below}; this file is pure text"
    if other < own or (other == own and (room(here) != room(below) or room(here) == "modules")):
        return f"imports {below}, which is not below it"
    return None


def violations(path: str, source: str) -> list[str]:
    found = []
    for node in run_time_nodes(ast.parse(source)):
        reasons = [wrong_import(path, name) for name in imported(path, node)]
        if isinstance(node, ast.Call) and ast.unparse(node.func) in OPENERS and path != TOUCHES_MACHINE:
            reasons.append(f"calls {ast.unparse(node.func)}(); only {TOUCHES_MACHINE} touches the machine")
        found += [f"{path}:{getattr(node, 'lineno', 0)} {reason}" for reason in reasons if reason]
    return found


def test_there_are_sources() -> None:
    assert TOUCHES_MACHINE in SOURCES
    assert any(path.startswith("module_utils/_pci/") for path in SOURCES)


@pytest.mark.parametrize("path", [path for path in SOURCES if not path.startswith(CONTROLLER)])
def test_imports_go_down(path: str) -> None:
    assert violations(path, (PLUGINS / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("module_utils/_pci/device.py", "import os"),
        ("module_utils/_pci/device.py", "def read():\n    from pathlib import Path"),
        ("module_utils/_pci/device.py", "def read():\n    return open('/sys/x').read()"),
        ("module_utils/_kernel/config.py", "import gzip\ngzip.open('/proc/config.gz')"),
        ("module_utils/_kernel/module.py", "from ansible.module_utils.basic import AnsibleModule"),
        ("module_utils/_plan.py", f"from {PREFIX}module_utils._pci import device"),
        ("module_utils/_host.py", f"from {PREFIX}module_utils._plan import Plan"),
        ("module_utils/_errors.py", f"import {PREFIX}module_utils._host"),
        ("module_utils/_pci/driver.py", f"from {PREFIX}module_utils._result import finish"),
        ("module_utils/_pci/driver.py", "from .._result import finish"),
        ("module_utils/_pci/driver.py", f"from {PREFIX}modules.dpdk_bind import main"),
        ("module_utils/_pci/address.py", f"from {PREFIX}module_utils._host import Host"),
        ("module_utils/_kernel/cmdline.py", "import os.path"),
        ("module_utils/_persist/bind_rules.py", f"from {PREFIX}module_utils import _host"),
        ("module_utils/_bind/have.py", f"from {PREFIX}module_utils._iommu import verdict"),
        ("module_utils/_vfs/guard.py", "from .._bind import guard"),
        ("module_utils/_kernel/log.py", f"from {PREFIX}module_utils._pci.device import Device"),
        ("module_utils/_use/guard.py", f"from {PREFIX}module_utils._bind import guard"),
        ("module_utils/_new.py", f"from {PREFIX}module_utils._host import Host"),
        ("modules/dpdk_bind.py", f"from {PREFIX}modules import dpdk_info"),
        ("modules/dpdk_bind.py", "import subprocess"),
    ],
)
def test_an_offender_is_found(path: str, source: str) -> None:
    assert len(violations(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("modules/dpdk_bind.py", "from ansible.module_utils.basic import AnsibleModule"),
        ("modules/dpdk_bind.py", f"from {PREFIX}module_utils._bind import plan"),
        ("module_utils/_result.py", "if TYPE_CHECKING:\n    from ansible.module_utils.basic import AnsibleModule"),
        ("module_utils/_bind/guard.py", f"from {PREFIX}module_utils._use import usage"),
        ("module_utils/_bind/plan.py", f"from {PREFIX}module_utils._bind import guard"),
        ("module_utils/_pci/driver.py", "from .._host import Host"),
        ("module_utils/_host.py", "import os\nopen('/sys/x')"),
        ("module_utils/_pci/address.py", f"from {PREFIX}module_utils._errors import HostError"),
    ],
)
def test_what_is_right_is_not_found(path: str, source: str) -> None:
    assert violations(path, source) == []
