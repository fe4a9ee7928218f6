# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever check mode predicts, the real run does or refuses alike: for all modules that change, on any machine.

Where a VF, user or group is missing that an earlier task may make, check mode goes on, and warns of each refusal of the real
run. A machine goes through a few tasks of any module; each is asked in check mode first. What a module cannot read
is left out: what happens between the two runs, and hardware that answers otherwise than it says.
"""

from __future__ import annotations

from typing import Any, Callable

import pytest
from ansible_collections.dataplane.dpdk.plugins.modules import (
    access,
    dpdk_bind,
    hugepages,
    kernel_args,
    sriov_vfs,
    vf_token,
    vfio_module,
)
from ansible_collections.dataplane.dpdk.tests.unit.fakes.generated import ADDRESSES, SETTINGS, Setting, made
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import BRIDGE, OTHER, PF
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

Task = tuple[str, dict[str, Any]]
Args = st.SearchStrategy[dict[str, Any]]
MODULES: dict[str, Callable[[], None]] = {
    "access": access.main,
    "dpdk_bind": dpdk_bind.main,
    "hugepages": hugepages.main,
    "kernel_args": kernel_args.main,
    "sriov_vfs": sriov_vfs.main,
    "vf_token": vf_token.main,
    "vfio_module": vfio_module.main,
}
STATE = st.sampled_from(["present", "present", "present", "restored"])
NAMES = [PF, "enp1s0", "enp2s0", OTHER, BRIDGE, "enp65s0", "8086:10c9", *ADDRESSES]
DEVICES = st.lists(
    st.one_of(
        st.sampled_from(NAMES),
        st.builds(lambda device, vf: {"device": device, "vf": vf}, st.sampled_from([PF, "enp2s0"]), st.integers(0, 2)),
        st.just({"device": "8086:10c9", "match": "all"}),
    ),
    min_size=1,
    max_size=2,
    unique_by=str,
)


def options(**given_options: st.SearchStrategy[Any]) -> Args:
    """A task that gives some of these options."""
    return st.fixed_dictionaries({}, optional=given_options)


def merged(left: Args, right: Args) -> Args:
    return st.builds(lambda one, other: {**one, **other}, left, right)


BIND = merged(
    st.builds(lambda devices: {"devices": devices}, DEVICES),
    options(
        driver=st.sampled_from(
            [
                "vfio-pci",
                "vfio-pci",
                "uio_pci_generic",
                "igb_uio",
                "kernel",
                "none",
                "igb",
                "igbvf",
                "mlx5_core",
                "nonsense",
            ]
        ),
        state=STATE,
        persistent=st.booleans(),
        group=st.sampled_from(["refuse", "bind_all", "ignore"]),
        all_or_nothing=st.booleans(),
        force=st.booleans(),
        allow_bifurcated=st.booleans(),
    ),
)
PFS = st.lists(
    merged(
        st.builds(lambda device: {"device": device}, st.sampled_from([PF, "enp2s0", BRIDGE])),
        options(
            num_vfs=st.integers(0, 9),
            drivers_autoprobe=st.booleans(),
            vfs=st.lists(
                st.fixed_dictionaries(
                    {"index": st.integers(0, 3)},
                    optional={
                        "vlan": st.integers(0, 20),
                        "mac": st.sampled_from(["02:00:00:00:00:01", "02:00:00:00:00:02"]),
                        "driver": st.sampled_from(["vfio-pci", "igbvf"]),
                    },
                ),
                max_size=2,
                unique_by=lambda each: each["index"],
            ),
        ),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda each: each["device"],
)
VFS = merged(
    st.builds(lambda pfs: {"pfs": pfs}, PFS),
    options(state=STATE, persistent=st.booleans(), allow_recreate=st.booleans(), force=st.booleans()),
)
MODULE = options(
    name=st.sampled_from(
        ["vfio-pci", "vfio_pci", "vfio", "vfio_iommu_type1", "uio_pci_generic", "igb_uio", "nonsense"]
    ),
    params=options(
        enable_sriov=st.booleans(),
        disable_idle_d3=st.booleans(),
        disable_denylist=st.booleans(),
        dma_entry_limit=st.sampled_from(["auto", 1000]),
        nonsense=st.booleans(),
    ),
    noiommu=st.sampled_from(["enabled", "disabled", "where_needed"]),
    persistent=st.booleans(),
    reload=st.sampled_from(["never", "if_idle"]),
    state=st.sampled_from(["present", "present", "absent", "restored"]),
)
TOKENS = st.lists(
    st.sampled_from(
        ["intel_iommu=on", "iommu=pt", "quiet", "hugepagesz=1G", "hugepages=4", "isolcpus=1-3", "two words"]
    ),
    max_size=3,
    unique=True,
)
BOOT = options(present=TOKENS, absent=TOKENS, rebooting=st.booleans(), state=STATE)
PAGES = options(
    pools=st.lists(
        st.fixed_dictionaries(
            {"size": st.sampled_from(["2M", "1G", "3M"]), "count": st.integers(0, 5)},
            optional={"node": st.integers(0, 2), "persistent": st.booleans()},
        ),
        max_size=2,
    ),
    mounts=st.lists(
        st.fixed_dictionaries(
            {"path": st.sampled_from(["/mnt/huge", "/dev/hugepages"])},
            optional={"size": st.sampled_from(["2M", "1G"]), "group": st.sampled_from(["root", "nogroup"])},
        ),
        max_size=1,
    ),
    state=STATE,
)
ACCESS = options(
    group=st.sampled_from(["nfv", "root"]),
    users=st.lists(st.sampled_from(["app", "nobody-here"]), max_size=1),
    devices=DEVICES,
    memlock=st.sampled_from(["unlimited", "512M", "nonsense"]),
    services=st.lists(st.just("app.service"), max_size=1),
    state=STATE,
)
TOKEN = options(
    group=st.sampled_from(["root", "nogroup", "nobody-here"]),
    rotate=st.booleans(),
    return_token=st.booleans(),
    state=st.sampled_from(["present", "absent", "restored"]),
)
ARGS: dict[str, Args] = {
    "access": ACCESS,
    "dpdk_bind": BIND,
    "hugepages": PAGES,
    "kernel_args": BOOT,
    "sriov_vfs": VFS,
    "vf_token": TOKEN,
    "vfio_module": MODULE,
}
TASK = st.one_of(*(st.tuples(st.just(name), args) for name, args in ARGS.items()))


def task_of(name: str) -> st.SearchStrategy[Task]:
    return st.tuples(st.just(name), ARGS[name])


def both(host: FakeHost, task: Task) -> None:
    """Ask in check mode, then do it: both refuse with the same words, or both do the same."""
    name, args = task
    before = files(host)
    predicted = call(MODULES[name], host, args, check=True)
    assert files(host) == before, "check mode changed the host"
    done = call(MODULES[name], host, args)
    note(f"{name} {args}\n  check: {predicted.get('msg') or predicted.get('actions')}\n  real: {done.get('msg')}")
    if done.get("failed"):
        said = predicted["msg"] if predicted.get("failed") else " ".join(predicted["warnings"])
        assert all(each["problem"] in said for each in done.get("problems", [{"problem": done["msg"]}]))
        assert files(host) == before, "a refusal changed the host"
        return
    assert not predicted.get("failed")
    assert predicted["changed"] is done["changed"]
    assert predicted["actions"] == done["actions"]
    assert predicted["after"] == done["after"]
    assert predicted["warnings"] == done["warnings"]


def files(host: FakeHost) -> dict[str, str]:
    """What there is below sysfs and /etc, with links as they are."""
    found = {}
    for top in ("sys", "etc", "var"):
        for path in sorted((host.tree.root / top).rglob("*")):
            name = str(path.relative_to(host.tree.root))
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_file():
                found[name] = path.read_bytes().decode("utf-8", "replace")
    return found


@pytest.mark.parametrize("name", MODULES)
@given(data=st.data(), setting=SETTINGS)
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate], report_multiple_bugs=False)
def test_what_check_mode_predicts_is_what_happens(name: str, data: st.DataObject, setting: Setting) -> None:
    with made(setting) as host:
        for task in data.draw(st.lists(TASK, max_size=2)):
            both(host, task)
        both(host, data.draw(task_of(name)))
