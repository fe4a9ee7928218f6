# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to a want, without the host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dataplane.dpdk.plugins.module_utils._bind.want import Entry, Want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._pci.selector import Selector
from ansible_collections.dataplane.dpdk.plugins.module_utils._use import guard
from ansible_collections.dataplane.dpdk.plugins.module_utils._use.guard import Consent
from ansible_collections.dataplane.dpdk.tests.unit.fakes.hosts import PF
from ansible_collections.dataplane.dpdk.tests.unit.plugins.module_utils._bind.support import want


def test_the_options_of_a_task() -> None:
    asked = want(
        PF,
        state="restored",
        persistent=False,
        group="bind_all",
        all_or_nothing=False,
        takeover=True,
        force=True,
        assume_prepared=True,
    )
    assert asked == Want(
        (Entry(Selector(PF), "vfio-pci"),), True, False, "bind_all", True, False, Consent(force=True), True
    )


def test_a_device_may_name_its_own_driver() -> None:
    asked = want(PF, {"device": "enp1s0", "vf": 1, "driver": "igbvf"}, driver=None)
    assert asked.entries == (Entry(Selector(PF), None), Entry(Selector("enp1s0", 1), "igbvf"))


def test_consent_is_not_given_by_default() -> None:
    assert want(PF).consent == guard.NONE == Consent(False, False, False)


@pytest.mark.parametrize(
    ("option", "consent"),
    [
        ("force", Consent(force=True)),
        ("allow_management", Consent(management=True)),
        ("allow_bifurcated", Consent(bifurcated=True)),
        ("allow_unlisted", Consent(unlisted=True)),
    ],
)
def test_each_consent_by_itself(option: str, consent: Consent) -> None:
    assert want(PF, **{option: True}).consent == consent


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    "name", ["", ".", "..", "../devices", "../x", "vfio-pci/../igb", "igb ", "igb\n", "a\0b", "-h\n"]
)
def test_a_driver_has_a_name(name: str, own: bool) -> None:
    with pytest.raises(HostError, match="is no name of a driver") as caught:
        want({"device": PF, "driver": name}) if own else want(PF, driver=name)
    assert caught.value.remedy


@pytest.mark.parametrize("entry", [5, "", {"vf": 1}, {"device": PF, "vf": "x"}, {"device": PF, "driver": 5}, [PF]])
def test_an_entry_that_names_nothing(entry: Any) -> None:
    with pytest.raises(HostError, match="names no device") as caught:
        want(entry)
    assert caught.value.remedy
