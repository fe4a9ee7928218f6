# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""inside.py KERNEL_PACKAGE [SUITE...]: runs in a chroot. Each row is set up, predicted, done, and compared with what real tools write.

Every comparison becomes an outcome: suite, row, what was compared, and what was wrong, empty where both were alike.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import rows
from ansible_collections.dataplane.dpdk.plugins.module_utils._boot import have, plan, resolve, want
from ansible_collections.dataplane.dpdk.plugins.module_utils._errors import HostError
from ansible_collections.dataplane.dpdk.plugins.module_utils._host import Host
from ansible_collections.dataplane.dpdk.plugins.module_utils._kernel import cmdline
from ansible_collections.dataplane.dpdk.plugins.module_utils._memory import remember
from ansible_collections.dataplane.dpdk.plugins.module_utils._plan import apply

NEW = "99.1.0-dpdk-amd64"
OLD = "6.0.0-dpdk-amd64"
MACHINE = "ffadd81c88844ca8960414f831fa7b32"
ENTRIES = Path("/boot/efi/loader/entries")
MENU = Path("/boot/grub/grub.cfg")
CMDLINE = Path("/etc/kernel/cmdline")
VENDOR = Path("/usr/lib/kernel/cmdline")
WATCHED = ("/etc/default", "/etc/grub.d", "/etc/kernel", "/etc/tuned", "/boot", "/var/lib/dataplane-dpdk")
LINUX = re.compile(r"^\s*linux\s+(\S+)[ \t]*(.*)$", re.MULTILINE)
OUTCOMES: list[dict[str, str]] = []


def run(argv, environ_update=None, **_ignored):
    """Run a command as AnsibleModule.run_command does."""
    done = subprocess.run(
        argv, capture_output=True, check=False, env={**os.environ, **(environ_update or {})}, timeout=600
    )
    out, err = (each.decode("utf-8", "surrogateescape") for each in (done.stdout, done.stderr))
    return done.returncode, out, err


def must(*argv):
    rc, out, err = run(list(argv))
    if rc:
        raise RuntimeError(f"{argv} ended with {rc}: {out}{err}")
    return out


HOST = Host(run_command=run)


def note(suite, row, compared, wrong=""):
    OUTCOMES.append({"suite": suite, "row": row, "compared": compared, "wrong": str(wrong)})
    if wrong:
        sys.stdout.write(f"{suite}, {row}, {compared}: {wrong}\n")
        sys.stdout.flush()


def same(suite, row, compared, found, expected):
    note(suite, row, compared, "" if found == expected else f"{found!r} is not {expected!r}")


def planned(**asked):
    """Return the plan, or the error, of a call of the module."""
    given = {
        "present": [],
        "absent": [],
        "replace": [],
        "rebooting": False,
        "trial": False,
        "state": "present",
        **asked,
    }
    try:
        wanted = want.parse({key: list(value) if isinstance(value, tuple) else value for key, value in given.items()})
        found = have.read(remember(HOST), wanted)
        resolved = resolve.resolve(found, wanted)
        return plan.plan(found, resolved)
    except HostError as error:
        return error


def configured():
    found = have.read(remember(HOST), want.Want())
    return plan.describe(found, want.Want())["configured"]


def snapshot():
    """Return all watched files with their content, mode and time."""
    seen = {}
    for top in WATCHED:
        for path in sorted(Path(top).rglob("*")):
            status = path.lstat()
            data = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            seen[str(path)] = (data, status.st_mode, status.st_mtime_ns if path.is_file() else 0)
    return seen


def touched(before):
    """Return the paths that are not as they were."""
    return sorted(path for path, dummy in before.items() ^ snapshot().items())


def contents():
    return {path: data for path, (data, *_rest) in snapshot().items() if "before-dpdk" not in path and data}


def words(line):
    """Take a line apart as GRUB does, the quotes kept."""
    return re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", line)


def booted_lines(text):
    """Return what each entry of 10_linux gives its kernel, by kernel and whether it is for recovery."""
    tuned = re.findall(r"^set tuned_params=\"(.*)\"", text, re.MULTILINE)
    made = re.search(r"### BEGIN /etc/grub.d/10_linux ###(.*)### END /etc/grub.d/10_linux ###", text, re.DOTALL)
    found = []
    for kernel, line in LINUX.findall(made.group(1) if made else ""):
        tokens = words(line.replace("$tuned_params", tuned[-1] if tuned else ""))
        found.append((kernel, any(each in ("single", "recovery") for each in tokens), tokens))
    return found


def check_lines(suite, row, compared, lines, present, absent):
    """Compare lines with what was asked for; ``present`` is in the order of the task."""
    wrong = []
    for kernel, recovery, tokens in lines:
        if not any(each.startswith("root=") for each in tokens):
            wrong.append(f"{kernel} has no root=")
        if recovery:
            continue
        lacking, unwanted = cmdline.lacking(tokens, present), cmdline.unwanted(tokens, present, absent)
        wrong += [f"{kernel}: lacks {lacking}, still has {unwanted}: {tokens}"] * bool(lacking or unwanted)
    note(suite, row, compared, "; ".join(wrong) if lines else "there is no entry")


# GRUB


def clean(debian=True):
    """Bring the files of both stacks to where a row starts from."""
    for path in ("/etc/default", "/etc/grub.d", "/etc/kernel"):
        shutil.rmtree(path)
        shutil.copytree(f"/root/saved{path}", path, symlinks=True)
    for path in Path("/boot").glob("vmlinuz-*"):
        path.unlink()
    for top in ("/boot/grub", "/boot/efi", "/var/lib/dataplane-dpdk"):
        shutil.rmtree(top, ignore_errors=True)
    VENDOR.unlink(missing_ok=True)
    kernel(OLD)
    Path("/etc/debian_version").unlink(missing_ok=True)
    if debian:
        Path("/etc/debian_version").write_text("13\n")


def kernel(version):
    """Put a kernel there, as its package does: no machine boots it here."""
    Path(f"/boot/vmlinuz-{version}").write_bytes(b"MZ" + b"\0" * 512)
    Path(f"/boot/initrd.img-{version}").write_bytes(b"\0" * 512)
    Path(f"/usr/lib/modules/{version}").mkdir(parents=True, exist_ok=True)


def set_up_grub(row):
    """Write the row's files, with a menu that was generated before they were there."""
    MENU.parent.mkdir(parents=True, exist_ok=True)
    Path("/etc/default/grub").write_text(rows.Grub("start").text)
    must("grub-mkconfig", "-o", str(MENU))
    Path("/etc/default/grub").write_text(row.text, newline="")
    for name, text in row.files.items():
        path = Path("/etc") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in row.directories:
        (Path("/etc") / name).mkdir(parents=True)
    for name, text in row.scripts.items():
        path = Path("/etc/grub.d") / name
        path.write_text(text)
        path.chmod(0o755)


def asked(row):
    return {"present": row.present, "absent": row.absent, "replace": row.replace}


def refused(suite, row, predicted, before):
    """Compare a refusal with what the row says, and see that nothing was touched."""
    message = predicted.message if isinstance(predicted, HostError) else f"planned {predicted.after}"
    note(suite, row.name, "refused", "" if row.refused in message and isinstance(predicted, HostError) else message)
    same(suite, row.name, "untouched", touched(before), [])


def grub_row(suite, row, debian):
    clean(debian)
    set_up_grub(row)
    before, files = snapshot(), contents()
    predicted = planned(**asked(row))
    same(suite, row.name, "check mode", touched(before), [])
    if row.refused or isinstance(predicted, HostError):
        refused(suite, row, predicted, before)
        if not row.refused:
            note(suite, row.name, "accepted", predicted.message)
        return
    apply(HOST, predicted)
    same(suite, row.name, "predicted", configured(), predicted.after["configured"])
    again = planned(**asked(row))
    same(suite, row.name, "again", getattr(again, "steps", again), ())
    text = MENU.read_text(errors="surrogateescape")
    normal = [line for line in booted_lines(text) if not line[1]]
    check_lines(suite, row.name, "generated", normal, row.present, row.absent)
    given = [each for each in normal[0][2] if not each.startswith("root=")][1:] if normal else []
    same(suite, row.name, "booted as predicted", given, words(predicted.after["configured"]))
    kernel(NEW)
    must("update-grub") if debian else must("grub-mkconfig", "-o", str(MENU))
    lines = [line for line in booted_lines(MENU.read_text(errors="surrogateescape")) if NEW in line[0]]
    check_lines(suite, row.name, "new kernel", lines, row.present, row.absent)
    if debian:
        back = planned(state="restored")
        if isinstance(back, HostError):
            note(suite, row.name, "restored", back.message)
            return
        apply(HOST, back)
        left = {path for path, data in contents().items() if path.startswith("/etc") and files.get(path) != data}
        same(suite, row.name, "restored", left, set())


# TuneD


PROFILES = {
    "on": "[bootloader]\ncmdline=tuned.param=1 isolcpus=2-3\n",
    "none": "[sysctl]\nvm.swappiness=10\n",  # keeps what the one before wrote
}
TUNED = ["tuned.param=1", "isolcpus=2-3"]
ORDERS = (
    ("on", "module", "none", "module", "off", "module", "restored"),
    ("module", "on", "module", "off", "module", "restored"),
    ("on", "module", "restored", "module", "off", "restored"),
    ("module", "on", "restored", "off", "module"),
)


def tuned_service():
    """Start TuneD and its bus, as the init system would, once."""
    if Path("/run/dbus").exists():
        return
    Path("/run/dbus").mkdir()
    must("dbus-daemon", "--system", "--fork")
    for name, text in PROFILES.items():
        for place in (f"/etc/tuned/profiles/{name}", f"/etc/tuned/{name}"):
            Path(place).mkdir(parents=True, exist_ok=True)
            Path(f"{place}/tuned.conf").write_text(text)
    subprocess.run(
        ["tuned", "-d"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _second in range(60):
        if not run(["tuned-adm", "active"])[0]:
            return
        time.sleep(1)


def tuned(profile):
    """Have TuneD switch to a profile, or go; return what it sets from then on."""
    must("tuned-adm", *(["off"] if profile == "off" else ["profile", profile]))
    time.sleep(2)  # it answers before the last file is written
    must("grub-mkconfig", "-o", str(MENU))
    found = re.findall(r'^TUNED_BOOT_CMDLINE="?(.*?)"?$', Path("/etc/tuned/bootcmdline").read_text(), re.MULTILINE)
    return words(found[-1] if found else "")


def tuned_row(order, debian):
    """TuneD and the module in turn: what was asked for last holds, and nothing of the other is lost."""
    name = f"{' '.join(order)} ({'drop-in' if debian else 'file'})"
    clean(debian)
    set_up_grub(rows.Grub("tuned"))
    tuned_service()
    tuned("on")
    present, absent, foreign = (), (), tuned("off")
    for number, what in enumerate(order, 1):
        if what in (*PROFILES, "off"):
            foreign = tuned(what)
            expected = {"on": [TUNED], "none": [TUNED, []], "off": [TUNED, []]}[what]
            note("tuned", name, f"{number} {what}: TuneD did it", "" if foreign in expected else foreign)
        else:
            present, absent = (("iommu=pt",), ("quiet",)) if what == "module" else (("quiet",), ("iommu",))
            back = debian and what == "restored"
            predicted = planned(state="restored") if back else planned(present=present, absent=absent)
            if isinstance(predicted, HostError):
                note("tuned", name, f"{number} {what}", predicted.message)
                return
            apply(HOST, predicted)
            same("tuned", name, f"{number} {what}: predicted", configured(), predicted.after["configured"])
        normal = [line for line in booted_lines(MENU.read_text()) if not line[1]]
        check_lines("tuned", name, f"{number} {what}: generated", normal, present, absent)
        found = [token for token in words(configured()) if token in TUNED]
        same("tuned", name, f"{number} {what}: TuneD's parameters", found, foreign)
        if foreign:
            text = " ".join(getattr(planned(absent=("isolcpus",)), "warnings", ["refused"]))
            named = "isolcpus=2-3 is also set by TuneD" in text and "each boot" in text
            note("tuned", name, f"{number} {what}: TuneD is named", "" if named else text)


# systemd-boot


def entry(version):
    path = ENTRIES / f"{MACHINE}-{version}.conf"
    found = re.search(r"^options\s+(.*)$", path.read_text(), re.MULTILINE) if path.exists() else None
    return list(cmdline.parse(found.group(1))) if found else None


def set_up_systemd(row):
    Path("/boot/efi").mkdir(parents=True, exist_ok=True)
    Path("/etc/machine-id").write_text(f"{MACHINE}\n")
    Path("/etc/kernel/install.conf").write_text("layout=bls\nBOOT_ROOT=/boot/efi\ninitrd_generator=none\n")
    (Path("/boot/efi") / MACHINE).mkdir()
    ENTRIES.mkdir(parents=True)
    CMDLINE.write_text("root=LABEL=root ro quiet\n")
    kernel(OLD)
    must("kernel-install", "add", OLD, f"/boot/vmlinuz-{OLD}")
    CMDLINE.unlink()
    if row.text is not None:
        CMDLINE.write_text(row.text)
    if row.vendor is not None:
        VENDOR.write_text(row.vendor)


def systemd_row(row, expect_refusal=""):
    clean()
    set_up_systemd(row)
    before = snapshot()
    predicted = planned(**asked(row))
    same("systemd", row.name, "check mode", touched(before), [])
    if isinstance(predicted, HostError) or expect_refusal:
        message = predicted.message if isinstance(predicted, HostError) else "planned"
        note("systemd", row.name, "refused", "" if expect_refusal and expect_refusal in message else message)
        return
    apply(HOST, predicted)
    same("systemd", row.name, "predicted", configured(), predicted.after["configured"])
    same("systemd", row.name, "again", getattr(planned(**asked(row)), "steps", None), ())
    kernel(NEW)
    must("kernel-install", "add", NEW, f"/boot/vmlinuz-{NEW}")
    for version in (OLD, NEW):
        tokens = entry(version) or []
        lacking, unwanted = cmdline.lacking(tokens, row.present), cmdline.unwanted(tokens, row.present, row.absent)
        wrong = f"lacks {lacking}, still has {unwanted}: {tokens}" if lacking or unwanted or not tokens else ""
        note("systemd", row.name, "new kernel" if version == NEW else "entry", wrong)
    source = row.text if row.text is not None else row.vendor or "root=LABEL=root ro quiet"
    kept = [each for line in source.split("\n") if not line.lstrip().startswith("#") for each in cmdline.parse(line)]
    kept = [each for each in kept if each not in cmdline.unwanted(kept, row.present, row.absent)]
    lost = [each for each in kept if each not in (entry(NEW) or [])]
    same("systemd", row.name, "nothing foreign is lost", lost, [])
    comments = [line for line in source.split("\n") if line.lstrip().startswith("#")]
    same(
        "systemd",
        row.name,
        "comments stay",
        [line for line in CMDLINE.read_text().split("\n") if line.lstrip().startswith("#")],
        comments,
    )


def takes_comments():
    """Whether this kernel-install takes the words of comments for parameters, found out by asking it."""
    clean()
    set_up_systemd(rows.Cmdline("ask", text="# asked=1\nroot=LABEL=root ro\n"))
    must("kernel-install", "add", NEW, f"/boot/vmlinuz-{OLD}")
    return "asked=1" in (entry(NEW) or [])


# a real kernel, by its package


def kernel_package(package):
    """Install a kernel's package behind the module: its hooks make the initramfs and the entries of both boot loaders."""
    clean()
    set_up_grub(rows.Grub("package"))
    apply(HOST, planned(present=("iommu=pt",), absent=("quiet",)))
    Path("/boot/efi").mkdir()
    must("mount", "-t", "tmpfs", "tmpfs", "/boot/efi")  # bootctl wants a file system of its own
    set_up_systemd(rows.Cmdline("package", text="# a comment\nroot=LABEL=root ro quiet\n"))
    Path("/etc/kernel/install.conf").write_text("layout=bls\nBOOT_ROOT=/boot/efi\n")
    must(
        "bootctl", "--no-variables", "--esp-path=/boot/efi", "install"
    )  # without it the hook of systemd-boot does nothing
    MENU.rename("/root/grub.cfg")
    apply(HOST, planned(present=("iommu=pt",), absent=("quiet",)))
    Path("/root/grub.cfg").rename(MENU)
    must("apt-get", "install", "-q", "-y", "--no-install-recommends", package)
    versions = [path.name.partition("-")[2] for path in Path("/boot").glob("vmlinuz-*")]
    new = next((each for each in versions if each not in (OLD, NEW)), "none")
    note(
        "kernel",
        package,
        "an initramfs was made",
        "" if Path(f"/boot/initrd.img-{new}").exists() else f"none for {new}",
    )
    lines = [line for line in booted_lines(MENU.read_text()) if new in line[0]]
    check_lines("kernel", package, "GRUB", lines, ("iommu=pt",), ("quiet",))
    tokens = entry(new) or []
    wrong = cmdline.lacking(tokens, ("root=LABEL=root", "iommu=pt")) or cmdline.unwanted(tokens, (), ("quiet",))
    note("kernel", package, "systemd-boot", f"{new}: {tokens}" if wrong or not tokens else "")


def save():
    """Keep what a row starts from; Debian's grub-pc would have written the main file."""
    Path("/etc/default/grub").write_text(rows.Grub("start").text)
    for path in ("/etc/default", "/etc/grub.d", "/etc/kernel"):
        shutil.copytree(path, f"/root/saved{path}", symlinks=True)


def tables(package):
    """Return the suites: for each its rows by name, and what is done for one."""
    refusal = "this release of kernel-install reads comments" if takes_comments() else ""
    return {
        "grub": {row.name: lambda row=row: grub_row("grub", row, True) for row in rows.GRUB},
        "grub2": {row.name: lambda row=row: grub_row("grub2", row, False) for row in rows.GRUB2},
        "systemd": {
            **{row.name: lambda row=row: systemd_row(row) for row in rows.SYSTEMD},
            rows.COMMENTED.name: lambda: systemd_row(rows.COMMENTED, refusal),
        },
        "tuned": {
            f"{' '.join(order)} {debian}": lambda order=order, debian=debian: tuned_row(order, debian)
            for order in ORDERS
            for debian in (True, False)
        },
        "kernel": {package: lambda: kernel_package(package)},
    }


def main(package, *named):
    save()
    for suite, table in tables(package).items():
        for name, do in table.items() if suite in named or not named else ():
            guarded(suite, name, do)
    Path("/root/boot_tools.json").write_text(json.dumps(OUTCOMES, indent=1))
    wrong = [each for each in OUTCOMES if each["wrong"]]
    compared = {(each["suite"], each["row"]) for each in OUTCOMES}
    sys.stdout.write(f"{len(compared)} rows, {len(OUTCOMES)} comparisons, {len(wrong)} different\n")


def guarded(suite, name, do):
    try:
        do()
    except (HostError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        note(suite, name, "ran to the end", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
