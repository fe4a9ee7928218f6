# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real Host with real files, pipes and processes."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible_collections.dataplane.dpdk.plugins.module_utils import _process
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError, WriteError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Completed, Host
from ansible_collections.dataplane.dpdk.tests.unit.fakes.steps import told


@pytest.fixture
def real(tmp_path: Path) -> Host:
    return Host(root=str(tmp_path))


@pytest.fixture
def commands() -> Host:
    """A host whose commands run through a real AnsibleModule."""
    data = json.dumps({"ANSIBLE_MODULE_ARGS": {}}).encode()
    with (
        mock.patch.object(basic, "_ANSIBLE_ARGS", data),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
    ):
        return Host(run_command=basic.AnsibleModule({}).run_command)


def put(host: Host, path: str, data: bytes = b"") -> Path:
    target = Path(host.path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


# reading


def test_paths_lie_below_the_root() -> None:
    assert Host(root="/mnt").path("/sys/class") == "/mnt/sys/class"
    assert Host().path("/sys/class") == "/sys/class"


def test_what_is_missing_reads_as_none_or_nothing(real: Host) -> None:
    put(real, "/etc/file")
    for path in ("/etc/none", "/etc/file/below"):
        assert real.read(path) is None
        assert real.read_bytes(path) is None
        assert real.attr(path) is None
        assert real.link(path) is None
        assert real.target(path) is None
        assert real.names(path) == []
        assert not real.exists(path)


def test_reading_keeps_every_byte(real: Host, tmp_path: Path) -> None:
    data = b" \xff\xfe text\n"
    put(real, "/etc/file", data)
    text = real.read("/etc/file")
    assert text is not None
    real.write_file("/etc/copy", text)
    assert (tmp_path / "etc/copy").read_bytes() == data
    assert real.read_bytes("/etc/file", 2) == b" \xff"


def test_an_attribute_loses_its_white_space_and_never_raises(real: Host) -> None:
    put(real, "/sys/value", b" vfio-pci\n\0"[:-1])
    put(real, "/sys/bytes", b"\xff\n")
    os.mkdir(real.path("/sys/directory"))
    assert real.attr("/sys/value") == "vfio-pci"
    assert real.attr("/sys/bytes") == "\N{REPLACEMENT CHARACTER}"
    assert real.attr("/sys/directory") is None


def test_reading_what_cannot_be_read_says_so(real: Host) -> None:
    os.mkdir(real.path("/etc"))
    with pytest.raises(HostError) as caught:
        real.read("/etc")
    assert caught.value.message == "Cannot read /etc: Is a directory."
    assert "root" in caught.value.remedy[0]


def test_links_and_names(real: Host) -> None:
    put(real, "/sys/b/two")
    put(real, "/sys/b/one")
    os.symlink("../x/igb", real.path("/sys/driver"))
    assert real.link("/sys/driver") == "igb"
    assert real.target("/sys/driver") == "../x/igb"
    assert real.names("/sys/b") == ["one", "two"]
    assert not real.exists("/sys/driver"), "a link that leads nowhere"


# writing attributes


def test_an_attribute_is_written(real: Host) -> None:
    target = put(real, "/sys/driver_override")
    real.write_attr("/sys/driver_override", "vfio-pci")
    assert target.read_text() == "vfio-pci"


def test_a_missing_attribute_is_not_created(real: Host) -> None:
    os.mkdir(real.path("/sys"))
    with pytest.raises(WriteError) as caught:
        real.write_attr("/sys/none", "1")
    assert caught.value.errno == errno.ENOENT
    assert caught.value.message == "Writing '1' to /sys/none failed: No such file or directory."
    assert not real.exists("/sys/none")


def test_the_errno_of_the_kernel_comes_back() -> None:
    with pytest.raises(WriteError) as caught:
        Host().write_attr("/dev/full", "1")
    assert caught.value.errno == errno.ENOSPC
    assert "'1' to /dev/full failed: No space left on device" in caught.value.message


def status_of_a_child() -> int:
    """Return how a child ended; one that runs on is a failure."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.05)
    return pytest.fail("the child still runs")


def test_a_write_that_hangs_is_given_up_and_its_process_ended(real: Host) -> None:
    os.mkfifo(real.path("/unbind"))
    begin = time.monotonic()
    with pytest.raises(WriteError) as caught:
        real.write_attr("/unbind", "0000:01:00.0", deadline=0.1)
    assert time.monotonic() - begin < 5
    assert caught.value.errno is None
    assert caught.value.message == "The kernel did not finish writing '0000:01:00.0' to /unbind within 0.1 s."
    assert "end that process" in told(caught.value)
    with contextlib.suppress(ChildProcessError):  # where it was reaped at once
        assert os.WTERMSIG(status_of_a_child()) == signal.SIGKILL


def test_a_process_that_hangs_holds_nothing_of_ours(real: Host) -> None:
    os.mkfifo(real.path("/unbind"))
    reader, writer = os.pipe()
    left: list[int] = []
    with mock.patch.object(_process, "give_up", left.append), pytest.raises(WriteError):
        real.write_attr("/unbind", "1", deadline=0.1)
    os.close(writer)
    os.set_blocking(reader, False)
    try:
        assert os.read(reader, 1) == b"", "the child has the pipe to the controller open"
    finally:
        os.close(reader)
        os.kill(left[0], signal.SIGKILL)
        os.waitpid(left[0], 0)


def test_a_process_that_dies_is_no_success(real: Host) -> None:
    put(real, "/sys/value")

    def die(*args: Any) -> None:
        os._exit(1)

    with mock.patch.object(_process, "write_and_exit", die), pytest.raises(WriteError) as caught:
        real.write_attr("/sys/value", "1")
    assert caught.value.errno == errno.EIO


def test_a_child_never_reports_a_success_that_was_none(real: Host) -> None:
    with mock.patch.object(Host, "path", lambda host, path: path), pytest.raises((WriteError, ValueError)):
        real.write_attr("/sys/a\0b", "1")


# writing files


def test_a_file_is_written_with_its_directories_and_mode(real: Host) -> None:
    real.write_file("/var/lib/x/file", "text\n", 0o600)
    assert real.read("/var/lib/x/file") == "text\n"
    assert os.stat(real.path("/var/lib/x/file")).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("broken", ["os.fsync", "os.rename", "os.fchmod"])
def test_a_file_that_cannot_be_replaced_stays(real: Host, broken: str) -> None:
    real.write_file("/etc/file", "old")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch(broken, side_effect=full), pytest.raises(HostError) as caught:
        real.write_file("/etc/file", "new")
    assert caught.value.message == "Cannot write /etc/file: No space left on device."
    assert caught.value.remedy == ("Make the file system below /etc writable, with space left on it.",)
    assert real.read("/etc/file") == "old"
    assert real.names("/etc") == ["file"], "no temporary file is left"


def test_a_symbolic_link_is_not_followed(real: Host) -> None:
    put(real, "/etc/target", b"theirs")
    os.symlink("target", real.path("/etc/file"))
    with pytest.raises(HostError) as caught:
        real.write_file("/etc/file", "ours")
    assert "/etc/file is a symbolic link to target; it was left alone." in told(caught.value)
    assert "Replace /etc/file by a regular file" in told(caught.value)
    assert real.read("/etc/target") == "theirs"


def test_rename_and_remove(real: Host) -> None:
    put(real, "/boot/new", b"new")
    put(real, "/boot/old", b"old")
    real.rename("/boot/new", "/boot/old")
    assert (real.read("/boot/old"), real.names("/boot")) == ("new", ["old"])
    real.remove_file("/boot/old")
    real.remove_file("/boot/old")
    assert real.names("/boot") == []


def test_rename_and_remove_tell_why_not_and_what_to_do(real: Host) -> None:
    os.makedirs(real.path("/boot/directory"))
    with pytest.raises(HostError) as renaming:
        real.rename("/boot/none", "/boot/x")
    assert "Cannot rename /boot/none to /boot/x: No such file" in told(renaming.value)
    with pytest.raises(HostError) as removing:
        real.remove_file("/boot/directory")
    assert "Cannot remove /boot/directory: Is a directory." in told(removing.value)
    assert renaming.value.remedy
    assert removing.value.remedy


# commands


def test_a_command_runs_under_the_c_locale(commands: Host) -> None:
    with mock.patch.dict(os.environ, {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}):
        assert commands.run("printenv", "LC_ALL", "LANGUAGE") == Completed(0, "C\nC\n", "")


def test_what_a_command_says_and_its_return_code_come_back(commands: Host) -> None:
    assert commands.run("sh", "-c", "echo said; echo oops >&2; exit 3") == Completed(3, "said\n", "oops\n")


@pytest.mark.parametrize("word", ["$HOME", "${PATH} x", "~", "~root/x", "a b", "'"])
def test_words_reach_a_command_as_they_are(commands: Host, word: str) -> None:
    assert commands.run("printf", "%s", word).out == word


def test_a_missing_command_says_what_to_install(commands: Host) -> None:
    with pytest.raises(HostError) as caught:
        commands.run("/no/such/command")
    assert "Cannot run /no/such/command: No such file or directory." in told(caught.value)
    assert "Install the package that holds /no/such/command." in told(caught.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo out; echo err >&2; exit 4", "ended with 4 and said: err"),
        ("echo out; exit 4", "ended with 4 and said: out"),
        ("exit 4", "ended with 4 and said: nothing"),
    ],
)
def test_a_command_that_must_succeed_tells_what_it_said(commands: Host, script: str, said: str) -> None:
    with pytest.raises(HostError) as caught:
        commands.must("sh", "-c", script)
    assert f"'sh -c {script}' {said}" in caught.value.message
    assert commands.must("sh", "-c", "echo fine") == "fine\n"


def test_a_host_without_commands_says_so() -> None:
    with pytest.raises(NotImplementedError):
        Host().run("true")


def test_the_process_and_its_machine(real: Host) -> None:
    with mock.patch.dict(os.environ, {"SSH_CONNECTION": "a b c d"}):
        assert real.environment("SSH_CONNECTION") == "a b c d"
    assert real.environment("NO_SUCH_VARIABLE") is None
    assert real.release() == os.uname().release


def make_ancestors(host: Host) -> None:
    """The parent is sudo, with a name that looks like more; its parent is the shell of the connection."""
    put(host, f"/proc/{os.getppid()}/environ", b"PATH=/bin\0MY_SSH_CONNECTION=no\0")
    put(host, f"/proc/{os.getppid()}/stat", f"{os.getppid()} (su) 7 do) S 4712 1 1".encode())
    put(host, "/proc/4712/environ", b"SSH_CONNECTION=192.0.2.9 50022 192.0.2.1 22\0HOME=/root\0")
    put(host, "/proc/4712/stat", b"4712 (sh) S 1 1 1")


def test_a_variable_that_sudo_took_away_is_found_in_an_ancestor(real: Host) -> None:
    make_ancestors(real)
    with mock.patch.dict(os.environ):
        os.environ.pop("SSH_CONNECTION", None)
        assert real.environment("SSH_CONNECTION") == "192.0.2.9 50022 192.0.2.1 22"
        assert real.environment("CONNECTION") is None


def test_an_ancestor_that_cannot_be_read_is_passed_over(real: Host) -> None:
    make_ancestors(real)
    os.unlink(real.path(f"/proc/{os.getppid()}/environ"))
    os.mkdir(real.path(f"/proc/{os.getppid()}/environ"))
    with mock.patch.dict(os.environ):
        os.environ.pop("SSH_CONNECTION", None)
        assert real.environment("SSH_CONNECTION") == "192.0.2.9 50022 192.0.2.1 22"


# what a killed write leaves


def test_what_a_killed_write_left_goes_with_the_next_one(real: Host) -> None:
    class Killed(BaseException):
        pass

    with mock.patch("os.rename", side_effect=Killed), pytest.raises(Killed):
        real.write_file("/etc/modprobe.d/a.conf", "new")
    (left,) = real.names("/etc/modprobe.d")
    assert left.startswith("."), "hidden"
    assert not left.endswith((".conf", ".rules", ".cfg", ".service", ".mount", ".ko")), "nobody reads it"
    real.write_file("/etc/modprobe.d/a.conf", "new")
    assert real.names("/etc/modprobe.d") == ["a.conf"]


@pytest.mark.parametrize(
    "again", [lambda host: host.remove_file("/etc/a"), lambda host: host.put_back("/etc/a", "old", 0o644)]
)
def test_what_a_killed_write_left_goes_when_it_is_undone(real: Host, again: Any) -> None:
    real.write_file("/etc/a", "old")
    put(real, "/etc/.a.dataplane-dpdk", b"ne")
    again(real)
    assert real.names("/etc") in ([], ["a"])


def test_a_file_that_is_as_it_was_is_not_put_back(real: Host) -> None:
    real.write_file("/etc/a", "same")
    before = os.stat(real.path("/etc/a")).st_ino
    real.put_back("/etc/a", "same", 0o644)
    assert os.stat(real.path("/etc/a")).st_ino == before
    real.put_back("/etc/a", "same", 0o600)
    assert real.mode("/etc/a") == 0o600


def test_nothing_is_removed_where_there_is_nothing(real: Host) -> None:
    read_only = OSError(errno.EROFS, os.strerror(errno.EROFS))
    with mock.patch("os.unlink", side_effect=read_only):
        real.remove_file("/etc/none")


# may a file be written?


def test_a_file_that_can_be_written_is_not_touched_to_find_out(real: Host, tmp_path: Path) -> None:
    real.require_writable("/etc/new/file", 100)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_refused_before(real: Host) -> None:
    put(real, "/etc/target")
    os.symlink("target", real.path("/etc/file"))
    with pytest.raises(HostError, match="is a symbolic link"):
        real.require_writable("/etc/file", 1)


@pytest.mark.parametrize("closed", ["/etc", "/etc/file"])
def test_what_is_read_only_or_immutable_is_refused_before(real: Host, closed: str) -> None:
    put(real, "/etc/file")
    access = os.access

    def answer(path: str, mode: int) -> bool:
        return path != real.path(closed) and access(path, mode)

    with mock.patch("os.access", answer), pytest.raises(HostError) as caught:
        real.require_writable("/etc/file", 1)
    assert f"Cannot write /etc/file: {closed} is not writable" in caught.value.message
    assert "lsattr" in caught.value.remedy[0]


def test_a_full_file_system_is_refused_before(real: Host) -> None:
    space = os.statvfs(real.root)
    with pytest.raises(HostError, match="no space left"):
        real.require_writable("/etc/file", space.f_bavail * space.f_frsize)


# taking turns


def hold(root: str, ready: int, name: str = "dpdk_bind") -> None:
    """Hold the lock until the end of this process."""
    with Host(root=root).alone(name, 0):
        os.write(ready, b"!")
        time.sleep(60)


@contextlib.contextmanager
def other_run(host: Host, name: str = "dpdk_bind") -> Iterator[int]:
    """Another process holds the lock of the host."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        hold(host.root, writer, name)
        os._exit(0)
    try:
        os.read(reader, 1)
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


def test_one_run_at_a_time(real: Host) -> None:
    with other_run(real) as pid, pytest.raises(HostError) as caught, real.alone("sriov_vfs", 0.2):
        pytest.fail("two at once")
    assert f"dpdk_bind (process {pid}, since 20" in caught.value.message
    assert "did not end within 0.2 s" in caught.value.message
    assert "Nothing was changed." in caught.value.message
    assert "lock_timeout" in caught.value.remedy[0]


def test_the_lock_goes_with_the_process_that_has_it(real: Host) -> None:
    with other_run(real):
        pass  # it is killed here
    with real.alone("sriov_vfs", 0) as waited:
        assert waited is None


def test_who_waits_knows_for_whom(real: Host) -> None:
    with other_run(real) as pid:
        os.kill(pid, signal.SIGSTOP)

        def end(seconds: float) -> None:
            os.kill(pid, signal.SIGKILL)

        with mock.patch("time.sleep", end), real.alone("sriov_vfs", 10) as waited:
            assert waited is not None
            assert waited.startswith(f"dpdk_bind (process {pid}, since ")


def test_turns_follow_one_another(real: Host) -> None:
    for name in ("dpdk_bind", "sriov_vfs"):
        with real.alone(name, 0) as waited:
            assert waited is None
    with pytest.raises(HostError, match="broke"), real.alone("dpdk_bind", 0):
        raise HostError("It broke.")
    with real.alone("sriov_vfs", 0):
        pass


def test_a_write_that_outlives_its_run_keeps_the_lock(real: Host) -> None:
    """The run was killed while the kernel removed VFs: what the next one would read is not what it will have."""
    os.mkfifo(real.path("/numvfs"))
    child = os.fork()
    if child == 0:
        with real.alone("sriov_vfs", 0):
            real.write_attr("/numvfs", "0", deadline=30)
        os._exit(0)
    time.sleep(0.3)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with pytest.raises(HostError, match="sriov_vfs"), real.alone("dpdk_bind", 0.2):
        pytest.fail("the write is not done")
    with open(real.path("/numvfs"), "rb") as stream:
        stream.read()
    with real.alone("dpdk_bind", 5):
        pass


def test_a_write_that_never_ends_does_not_keep_the_lock_of_a_run_that_ended(real: Host) -> None:
    os.mkfifo(real.path("/unbind"))
    with (
        mock.patch.object(_process, "give_up"),
        pytest.raises(WriteError),
        real.alone("dpdk_bind", 0),
    ):
        real.write_attr("/unbind", "1", deadline=0.1)
    with real.alone("sriov_vfs", 0):
        pass
    with open(real.path("/unbind"), "rb") as stream:
        stream.read()
    os.wait()


def test_without_root_the_lock_says_what_to_do(real: Host) -> None:
    denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with mock.patch("os.makedirs", side_effect=denied), pytest.raises(HostError) as caught, real.alone("x", 0):
        pytest.fail("without the lock")
    assert "Cannot open /run/dataplane-dpdk/lock" in caught.value.message
    assert "become" in caught.value.remedy[0]


def test_a_cut_connection_does_not_end_a_run(real: Host) -> None:
    with real.undisturbed() as asked:
        os.kill(os.getpid(), signal.SIGHUP)
        assert asked == []
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked == ["SIGTERM"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_commands_without_a_module_behave_like_those_with_one() -> None:
    host = Host(run_command=_process.run_alone)
    assert host.run("sh", "-c", "echo said $LC_ALL; echo oops >&2; exit 3") == Completed(3, "said C\n", "oops\n")
    with pytest.raises(HostError, match="Cannot run /no/such/command: No such file"):
        host.run("/no/such/command")


def test_lines_are_added_and_a_directory_goes_with_its_files(real: Host) -> None:
    real.write_file("/var/lib/x/plan/a", "1")
    real.append("/var/lib/x/plan/steps", "one")
    real.append("/var/lib/x/plan/steps", "two")
    assert real.read("/var/lib/x/plan/steps") == "one\ntwo\n"
    assert real.mode("/var/lib/x/plan/steps") == 0o600
    real.remove_directory("/var/lib/x/plan")
    real.remove_directory("/var/lib/x/plan")
    assert (real.exists("/var/lib"), real.exists("/var/lib/x")) == (True, False)
    with pytest.raises(HostError, match="Cannot write /none/x"):
        real.append("/none/x", "one")


# what is not ours, and what is nobody's


def test_only_regular_files_are_read(real: Host) -> None:
    put(real, "/etc/there")
    os.mkfifo(real.path("/etc/fifo"))
    with pytest.raises(HostError, match="/etc/fifo is no regular file, and was not read"):
        real.read("/etc/fifo")
    assert real.attr("/etc/fifo") is None
    os.symlink("/dev/null", real.path("/etc/masked"))
    assert real.read("/etc/masked") == "", "a file that says nothing"


@pytest.mark.parametrize("text", ["/etc/a\0b", "/etc/\ud800"])
def test_what_no_path_can_hold_is_refused(real: Host, text: str) -> None:
    for do in (real.read, real.attr, real.exists, real.mode, real.target, real.names, real.status, real.remove_file):
        with pytest.raises(HostError, match="is no path"):
            do(text)
    with pytest.raises(HostError, match="cannot be given to true"):
        real.run("true", text)


def test_a_status_is_that_of_the_link_itself(real: Host) -> None:
    put(real, "/etc/file").chmod(0o640)
    os.symlink("file", real.path("/etc/link"))
    os.mkfifo(real.path("/etc/fifo"))
    found = {name: real.status(f"/etc/{name}") for name in ("file", "link", "fifo", "none")}
    assert found["none"] is None
    assert [each.kind for each in found.values() if each] == ["file", "link", "other"]
    assert found["file"] == ("file", 0o640, os.getuid(), os.getgid())


def test_a_file_that_was_there_keeps_its_mode_and_attributes(real: Host) -> None:
    place = put(real, "/etc/default/grub", b"old")
    place.chmod(0o600)
    try:
        os.setxattr(place, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    real.write_file("/etc/default/grub", "new")
    assert (place.read_text(), place.stat().st_mode & 0o7777) == ("new", 0o600)
    assert os.getxattr(place, "user.note") == b"kept"


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_that_was_there_keeps_its_owner(real: Host) -> None:
    place = put(real, "/etc/default/grub", b"old")
    os.chown(place, 4711, 4712)
    place.chmod(0o640)
    real.write_file("/etc/default/grub", "new")
    found = place.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (4711, 4712, 0o640)


def test_a_mode_that_is_asked_for_counts(real: Host) -> None:
    place = put(real, "/etc/secret", b"old")
    place.chmod(0o644)
    real.write_file("/etc/secret", "new", 0o600)
    assert place.stat().st_mode & 0o7777 == 0o600


@pytest.mark.parametrize("umask", [0, 0o077])
def test_directories_and_files_do_not_have_the_umask_of_whoever_logged_in(real: Host, umask: int) -> None:
    before = os.umask(umask)
    try:
        real.write_file("/var/lib/a/b/file", "text")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    modes = [os.stat(real.path(path)).st_mode & 0o7777 for path in ("/var/lib/a", "/var/lib/a/b", "/var/lib/a/b/file")]
    assert modes == [0o755, 0o755, 0o644]


def test_what_takes_another_files_place_has_its_mode_and_attributes(real: Host) -> None:
    place, new = put(real, "/boot/grub.cfg", b"old"), put(real, "/boot/grub.cfg.new", b"new")
    place.chmod(0o640)
    new.chmod(0o600)
    with contextlib.suppress(OSError):  # not every file system has them
        os.setxattr(place, "user.note", b"kept")
    found = os.listxattr(place)
    real.rename("/boot/grub.cfg.new", "/boot/grub.cfg")
    assert (place.read_text(), place.stat().st_mode & 0o7777, os.listxattr(place)) == ("new", 0o640, found)


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_what_takes_another_files_place_has_its_owner(real: Host) -> None:
    place = put(real, "/boot/grub.cfg", b"old")
    put(real, "/boot/grub.cfg.new", b"new")
    os.chown(place, 4711, 4712)
    real.rename("/boot/grub.cfg.new", "/boot/grub.cfg")
    assert (place.stat().st_uid, place.stat().st_gid) == (4711, 4712)


def test_no_file_takes_the_place_of_a_link(real: Host) -> None:
    put(real, "/boot/grub.cfg.new", b"new")
    target = put(real, "/boot/real.cfg", b"old")
    os.symlink("real.cfg", real.path("/boot/grub.cfg"))
    with pytest.raises(HostError, match=r"/boot/grub.cfg is a symbolic link to real.cfg"):
        real.rename("/boot/grub.cfg.new", "/boot/grub.cfg")
    assert target.read_text() == "old"
    assert real.target("/boot/grub.cfg") == "real.cfg"
