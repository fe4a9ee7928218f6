# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import uuid
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dataplane.dpdk.plugins.module_utils._token import token_file as token
from ansible_collections.dataplane.dpdk.plugins.modules import vf_token
from ansible_collections.dataplane.dpdk.tests.unit.fakes import ownership
from ansible_collections.dataplane.dpdk.tests.unit.fakes.kernel import FakeHost
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import call, four_calls


def text(host: FakeHost) -> str:
    return host.tree.read(token.PATH) or ""


def test_a_token_is_made_once(host: FakeHost) -> None:
    done = four_calls(vf_token.main, host, {"group": "dpdk"})
    assert done["path"] == token.PATH
    assert done["before"] == {"path": token.PATH, "exists": False, "mode": None, "owner": None, "group": None}
    assert done["after"] == {"path": token.PATH, "exists": True, "mode": "0640", "owner": "root", "group": "dpdk"}
    assert token.parse(text(host), token.PATH) == text(host)


def test_check_mode_makes_none(host: FakeHost) -> None:
    assert call(vf_token.main, host, {}, check=True)["changed"]
    assert not host.tree.exists(token.PATH)


def test_it_rotates_only_on_request(host: FakeHost) -> None:
    call(vf_token.main, host, {})
    first = text(host)
    assert not call(vf_token.main, host, {})["changed"]
    assert text(host) == first
    assert call(vf_token.main, host, {"rotate": True}, check=True)["changed"]
    assert text(host) == first
    done = call(vf_token.main, host, {"rotate": True})
    assert done["changed"]
    assert "keep the old VF token" in done["warnings"][0]
    assert text(host) not in ("", first)


@pytest.mark.parametrize("args", [{}, {"rotate": True}, {"group": "dpdk"}, {"state": "absent"}, {"state": "restored"}])
def test_it_is_in_no_output(host: FakeHost, args: dict[str, Any]) -> None:
    said = ""
    known = []
    for each in ({}, args, args):
        said += str(call(vf_token.main, host, each, diff=True))
        known.append(text(host) or "no token")
    assert not [each for each in known if each in said]
    assert not [words for words in host.commands if any(each in " ".join(words) for each in known)]


def test_it_is_returned_on_request(host: FakeHost) -> None:
    assert call(vf_token.main, host, {"return_token": True}, check=True)["token"] is None
    made = call(vf_token.main, host, {"return_token": True})["token"]
    assert made == text(host) == call(vf_token.main, host, {"return_token": True})["token"]


def test_a_new_one_is_only_known_once_it_is_made(host: FakeHost) -> None:
    first = call(vf_token.main, host, {"return_token": True})["token"]
    assert call(vf_token.main, host, {"return_token": True}, check=True)["token"] == first
    rotate = {"return_token": True, "rotate": True}
    assert call(vf_token.main, host, rotate, check=True)["token"] is None
    made = call(vf_token.main, host, rotate)["token"]
    assert made == text(host) != first


def test_it_is_returned_only_where_it_is_not_logged(host: FakeHost) -> None:
    logged = property(lambda module: False, lambda module, value: None)
    with mock.patch.object(AnsibleModule, "no_log", logged, create=True):
        failed = call(vf_token.main, host, {"return_token": True})
    assert failed["failed"]
    assert "Set no_log: true for this task." in failed["remedy"]
    assert not host.tree.exists(token.PATH)


def test_mode_and_group_are_fixed(host: FakeHost) -> None:
    call(vf_token.main, host, {})
    first = text(host)
    host.tree.path(token.PATH).chmod(0o644)
    four_calls(vf_token.main, host, {"group": "dpdk"})
    assert host.tree.path(token.PATH).stat().st_mode & 0o777 == 0o640
    assert text(host) == first


def test_the_owner_is_fixed(host: FakeHost) -> None:
    call(vf_token.main, host, {})
    ownership.chown(host.tree, ["app:root", token.PATH])
    assert four_calls(vf_token.main, host, {})["before"]["owner"] == "app"
    assert ownership.owners(host.tree, token.PATH) == ("root", "root")


def test_the_group_gets_into_the_directory(host: FakeHost) -> None:
    before = os.umask(0o077)
    try:
        call(vf_token.main, host, {"group": "dpdk"})
    finally:
        os.umask(before)
    assert host.tree.path(token.PATH).parent.stat().st_mode & 0o777 == 0o755


def test_a_directory_that_was_there_keeps_its_mode(host: FakeHost) -> None:
    host.tree.mkdir("/srv/secret")
    host.tree.path("/srv/secret").chmod(0o750)
    call(vf_token.main, host, {"path": "/srv/secret/token"})
    assert host.tree.path("/srv/secret").stat().st_mode & 0o777 == 0o750


def test_a_group_that_does_not_exist(host: FakeHost) -> None:
    failed = call(vf_token.main, host, {"group": "nobody-here"})
    assert "Make the group nobody-here first" in failed["remedy"][0]
    assert not host.tree.exists(token.PATH)


def test_a_group_by_its_number(host: FakeHost) -> None:
    assert "Write the name of the group." in call(vf_token.main, host, {"group": "1000"})["remedy"]
    assert not host.tree.exists(token.PATH)


def test_the_old_token_comes_back(host: FakeHost) -> None:
    call(vf_token.main, host, {"group": "dpdk"})
    first = text(host)
    assert call(vf_token.main, host, {"group": "nobody-here", "rotate": True})["failed"]
    assert text(host) == first
    assert not call(vf_token.main, host, {"group": "dpdk"})["changed"]


def test_a_file_with_something_else(host: FakeHost) -> None:
    host.tree.write(token.PATH, "my password\n")
    failed = call(vf_token.main, host, {})
    assert "holds no UUID" in failed["msg"]
    assert "password" not in str(failed)
    assert call(vf_token.main, host, {"rotate": True})["changed"]


@pytest.mark.parametrize("state", ["absent", "restored"])
def test_it_is_removed(host: FakeHost, state: str) -> None:
    call(vf_token.main, host, {})
    done = four_calls(vf_token.main, host, {"state": state})
    assert done["actions"] == [f"Removed {token.PATH}"]
    assert done["after"] == {"path": token.PATH, "exists": False, "mode": None, "owner": None, "group": None}
    assert not host.tree.exists(token.PATH)


@pytest.mark.parametrize("state", ["absent", "restored"])
def test_what_is_no_token_is_removed_too(host: FakeHost, state: str) -> None:
    host.tree.write(token.PATH, "my password\n")
    assert call(vf_token.main, host, {"state": state, "return_token": True})["token"] is None
    assert not host.tree.exists(token.PATH)


def test_check_mode_says_that_the_group_has_to_come_from_an_earlier_task(host: FakeHost) -> None:
    seen = call(vf_token.main, host, {"group": "nobody-here"}, check=True)
    assert seen["changed"]
    assert "should belong to the group nobody-here, and this host has none" in seen["warnings"][0]


def test_a_directory_that_others_may_write_is_refused(host: FakeHost) -> None:
    for place, spoil in (
        ("/srv/a", lambda: ownership.chown(host.tree, ["app:root", "/srv/a"])),
        ("/srv/b", lambda: host.tree.path("/srv/b").chmod(0o1777)),
    ):
        host.tree.mkdir(f"{place}/below")
        spoil()
        for check in (True, False):
            failed = call(vf_token.main, host, {"path": f"{place}/below/token"}, check=check)
            assert f"Others than root may write {place}" in failed["msg"]
        assert host.tree.names(f"{place}/below") == []


def test_a_link_on_the_way_is_followed_to_where_it_leads(host: FakeHost) -> None:
    host.tree.mkdir("/home/app")
    ownership.chown(host.tree, ["app:root", "/home/app"])
    host.tree.link("/srv/secret", "/home/app")
    assert "Others than root may write /home/app" in call(vf_token.main, host, {"path": "/srv/secret/token"})["msg"]


def test_a_link_in_place_of_the_token_is_neither_read_nor_followed(host: FakeHost) -> None:
    host.tree.write("/etc/other", f"{uuid.uuid4()}\n", mode=0o600)
    host.tree.link(token.PATH, "/etc/other")
    for args in ({}, {"rotate": True}, {"return_token": True}, {"state": "absent"}):
        failed = call(vf_token.main, host, args)
        assert "is a link; no VF token is read from that" in failed["msg"]
    assert host.tree.path("/etc/other").stat().st_mode & 0o777 == 0o600


def test_the_token_has_its_owner_and_mode_before_its_name(host: FakeHost) -> None:
    seen = []
    rename = os.rename

    def look(old: str, new: str) -> None:
        if new == host.path(token.PATH):
            seen.append((os.stat(old).st_mode & 0o777, host.tree.read(f"/.owners/{os.stat(old).st_ino}")))
        rename(old, new)

    with mock.patch("os.rename", look):
        call(vf_token.main, host, {"group": "dpdk"})
    assert seen == [(0o640, "root:dpdk")]
