# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of DPDK's drivers: what it holds, that the page says the same, and that the script finds what differs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci import drivers, pmds, pmds_table

CHECKOUT = Path(__file__).resolve().parents[5]
TOOL = CHECKOUT / "tests" / "tools" / "pmds"


def test_what_a_line_says() -> None:
    found = {each.name: each for each in pmds.read()}
    assert found["net_i40e"].kernel == "igb_uio | uio_pci_generic | vfio-pci"
    assert found["net_i40e"].needs == "igb_uio or uio_pci_generic or vfio-pci"
    assert "8086:1572" in found["net_i40e"].devices
    assert found["intel_acc100_pf"].kernel == ""
    assert {each.split(":")[0] for each in found["net_virtio"].devices} == {"1af4"}


def test_every_line_is_whole() -> None:
    assert pmds_table.RELEASE
    known = list(pmds.read())
    assert len(known) > 100
    assert len({each.name for each in known}) == len(known)
    for each in known:
        assert each.devices
        assert all(re.fullmatch("[0-9a-f]{4}:[0-9a-f]{4}", ids) for ids in each.devices)


def test_who_knows_a_device() -> None:
    found = pmds.find(["8086:1889", "15b3:101d", "1234:5678", ""])
    assert [each.name for each in found["8086:1889"]] == ["net_iavf", "net_ice_dcf"]
    assert {"crypto_mlx5", "mlx5_eth", "vdpa_mlx5"} <= {each.name for each in found["15b3:101d"]}
    assert (found["1234:5678"], found[""]) == ([], [])


@pytest.mark.parametrize(
    ("ids", "driver", "named"),
    [
        ("8086:1572", "vfio-pci", True),
        ("8086:1572", "uio_pci_generic", True),
        ("8086:1572", "mlx5_core", False),
        ("15b3:1015", "mlx5_core", True),
        ("19ee:4000", "vfio-pci", True),  # which calls it vfio
    ],
)
def test_what_a_declaration_names(ids: str, driver: str, named: bool) -> None:
    assert pmds.find([ids])[ids][0].names(driver) is named


@pytest.mark.parametrize("driver", [each for each in drivers.TABLE if each.kind == drivers.BIFURCATED])
def test_what_dpdk_works_on_top_of_is_declared(driver: drivers.Driver) -> None:
    """The modules of a driver's line are those of the declaration; idxd and hisi_zip are on buses without declarations."""
    declared = [
        each for each in pmds.read() if each.names(driver.module) or each.names(driver.needs[0] if driver.needs else "")
    ]
    if driver.name in ("idxd", "hisi_zip"):
        assert declared == []
    else:
        assert declared
        assert all(each.names(module) for each in declared for module in driver.needs)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), *arguments], check=False, capture_output=True, text=True, timeout=60
    )


def test_the_page_says_what_the_table_says() -> None:
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["/nowhere"], ["--write"]])
def test_what_the_script_is_asked_wrongly(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "compares the table with a DPDK source tree" in done.stderr


# The ways in which DPDK's drivers write their tables.
TREE = {
    "VERSION": "99.11.0\n",
    "lib/eal/macros.h": "#define VENDOR 0x1111\n",
    "drivers/net/one/one.h": "#define ONE_ID(dev) { RTE_PCI_DEVICE(VENDOR, dev) } /* 0xffff */\nenum {\n  ONE_B = 0X000b,\n};\n",
    "drivers/net/one/one.c": """
static const struct rte_pci_id one_map[] = {
    ONE_ID(0x000a), ONE_ID(ONE_B), // ONE_ID(0x000c)
    { .vendor_id = 0 },
};
RTE_PMD_REGISTER_PCI_TABLE(net_one, one_map);
RTE_PMD_REGISTER_KMOD_DEP(net_one, "* igb_uio | "
    "vfio-pci");
""",
    "drivers/net/two/two.c": """
#define NAME net_two
#define PLACES(sub, dev) { RTE_CLASS_ANY, VENDOR, (dev), 0xffff, (sub) }
#define RTE_CLASS_ANY (0xffffff)
static struct rte_pci_id two_map[2] = {
    PLACES(0xb900, 0xa063),
    { .class_id = 1, .vendor_id = VENDOR, .device_id = 0x00ffU },
};
static struct rte_pci_driver two = { .id_table = two_map, };
RTE_PMD_REGISTER_PCI_TABLE(NAME, two);
""",
}


def grow(root: Path, many: int = 90) -> Path:
    """A tree as small as the script takes for one."""
    files = dict(TREE)
    for number in range(many):
        files[f"drivers/net/n{number}/n.c"] = (
            f"struct rte_pci_id n{number}_map[] = {{ {{ RTE_PCI_DEVICE(0x2222, {number + 1:#06x}) }} }};\n"
            f"RTE_PMD_REGISTER_PCI_TABLE(net_n{number}, n{number}_map);\n"
        )
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_tree_that_differs(tmp_path: Path) -> None:
    done = run(str(grow(tmp_path)))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "- net_i40e: igb_uio | uio_pci_generic | vfio-pci" in lines
    place = lines.index("+ net_one: igb_uio | vfio-pci")
    assert lines[place + 1] == "+   1111: 000a 000b"
    assert lines[lines.index("+ net_two:") + 1] == "+   1111: 00ff a063"


def test_a_tree_of_something_else(tmp_path: Path) -> None:
    done = run(str(grow(tmp_path, many=3)))
    assert done.returncode != 0
    assert "5 drivers" in done.stderr
