# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is set up, asked for and expected, as data: each row is one state of a host that somebody has."""

from __future__ import annotations

from dataclasses import dataclass, field

NAME = "GRUB_CMDLINE_LINUX_DEFAULT"
APPENDS = f'{NAME}="${NAME} local=1"\n'
# As TuneD appends it.
TUNED_LINE = f'{NAME}="${{{NAME}:+${NAME} }}\\$tuned_params"\n'
PAGES = ("default_hugepagesz=1G", "hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512")


@dataclass(frozen=True)
class Row:
    """A state and a request. ``refused`` is part of the message where nothing may be changed."""

    name: str
    present: tuple[str, ...] = ("iommu=pt",)
    absent: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Grub(Row):
    """/etc/default/grub by its two values, as shell words, with text around them; ``files`` are others below /etc."""

    default: str = '"quiet"'
    linux: str = '""'
    before: str = ""
    behind: str = ""
    files: dict[str, str] = field(default_factory=dict)
    directories: tuple[str, ...] = ()
    scripts: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The main file."""
        lines = f"GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_DISTRIBUTOR=Debian\n{NAME}={self.default}\nGRUB_CMDLINE_LINUX={self.linux}\n"
        return f"{self.before}{lines}{self.behind}"


@dataclass(frozen=True)
class Cmdline(Row):
    """/etc/kernel/cmdline, or none, and the distribution's."""

    text: str | None = None
    vendor: str | None = None


def drop_in(name: str, text: str) -> dict[str, str]:
    return {f"default/grub.d/{name}": text}


CUSTOM = """\
#!/bin/sh
cat << 'EOF'
menuentry 'Rescue of the administrator' {
    linux /rescue/vmlinuz rescue quiet
}
EOF
"""
QUIET = ("quiet",)

# What the values hold and what is asked for.
VALUES = (
    Grub("plain"),
    Grub("empty values", default='""'),
    Grub("no values at all", default="", linux=""),
    Grub("single quotes", default="'quiet splash'", absent=("splash",)),
    Grub("bare word", default="quiet", absent=QUIET),
    Grub("spaces and tabs", default='"  quiet \t splash  "', absent=QUIET),
    Grub("in both lines", default='"quiet iommu=off"', linux='"iommu=off"', absent=("iommu",)),
    Grub("another value", default='"isolcpus=1-3 quiet"', present=("isolcpus=2-5",), absent=("isolcpus",)),
    Grub("pairs of hugepages", default='"quiet hugepages=64"', present=PAGES),
    Grub("other pairs", default=f'"{" ".join(PAGES)}"', present=("hugepagesz=2M", "hugepages=64")),
    Grub(
        "repeated key",
        linux='"console=tty0 console=ttyS0,115200"',
        present=("console=ttyS1", "console=tty0"),
        replace=("console",),
    ),
    Grub("dash and underscore", default='"intel-iommu=off"', present=("intel_iommu=on",), absent=("intel_iommu",)),
    Grub("quoted token", default="'quiet dyndbg=\"file a.c +p\"'", absent=QUIET),
    Grub("quoted token with backslashes", default='"quiet dyndbg=\\"file a.c +p\\""', absent=QUIET),
    Grub("word within quotes", default="'quiet dyndbg=\"file quiet +p\"'", absent=QUIET),
    Grub("word within quotes alone", default="'dyndbg=\"file quiet +p\"'", absent=QUIET),
    Grub("word within single quotes", default="\"quiet dyndbg='file quiet +p'\"", absent=QUIET),
    Grub("quoted token is asked for", present=('dyndbg="file a.c +p"',)),
    Grub("patterns", default='"quiet a=* b=? c=[x]"', absent=("a",)),
    Grub("variable of GRUB", default='"quiet \\$vt_handoff"', absent=QUIET),
    Grub("joined lines", default='"quiet \\\n splash"', absent=QUIET),
    Grub("there already", default='"quiet iommu=pt"'),
    Grub("line end within quotes", default='"quiet\nsplash"', refused="a value that goes on in another line"),
    Grub("line end at the end", linux='"a=1\n"', refused="a value that goes on in another line"),
    Grub("line end by a command", linux="\"$(printf 'a\\nb')\"", refused="a value that goes on in another line"),
    Grub("carriage return", default='"quiet\r"', refused="carriage return"),
    Grub("for init", default='"quiet -- single"', refused="would go to init"),
    Grub("damaged quotes", default='"quiet dyndbg="file a.c +p""', refused="its quotes end too early"),
    Grub("open quote", behind='X="\n', refused="The shell cannot read"),
)
# What else the main file does.
MAIN = (
    Grub("a line that prints", behind="echo iommu=pt read\n"),
    Grub("a line that complains", behind="echo read >&2\n"),
    Grub("extends itself", behind=APPENDS),
    Grub("extends by TuneD's variable", behind=TUNED_LINE),
    Grub("a condition", behind=f'if [ -e /etc/debian_version ]; then {NAME}="cond=1"; fi\n'),
    Grub("a command", linux='"$(echo made=1)"'),
    Grub("another file", behind=". /etc/default/more\n", files={"default/more": "GRUB_CMDLINE_LINUX=more=1\n"}),
    Grub("a function", behind='more() { GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX $1"; }\nmore f=1\n'),
    Grub("exported", behind=f'export {NAME}="exported=1"\n'),
    Grub("overridden later", behind=f'{NAME}="later=1 quiet"\n', absent=QUIET),
    Grub("set -u", before="set -u\n", refused="grub-mkconfig was run with a copy of /etc/default"),
    Grub("set -f", before="set -f\n", refused="grub-mkconfig"),
    Grub("set +e", before="set +e\n"),
    Grub("another PATH", before="PATH=/nowhere\n", refused="grub-mkconfig was run with a copy of /etc/default"),
    Grub("fails", behind="false\n", refused="The shell cannot read"),
    Grub("ends early", behind="exit 0\n", refused="The shell cannot read"),
    Grub("no recovery entries", behind="GRUB_DISABLE_RECOVERY=true\n"),
    Grub("no submenu", behind="GRUB_DISABLE_SUBMENU=y\n"),
    Grub("saved default", behind="GRUB_DEFAULT=saved\nGRUB_SAVEDEFAULT=true\n"),
)
# Drop-ins of others, and entries of the administrator.
OTHERS = (
    Grub("cloud image", files=drop_in("50-cloudimg-settings.cfg", f'{NAME}="console=tty1 console=ttyS0"\n')),
    Grub("takes away", files=drop_in("50-x.cfg", f'{NAME}="quiet iommu=off"\n'), absent=("iommu",)),
    Grub("appends behind ours", files=drop_in("zz-local.cfg", APPENDS)),
    Grub("appends by a tilde", files=drop_in("~local.cfg", APPENDS)),
    Grub("appends by another alphabet", files=drop_in("\u00fcber.cfg", APPENDS)),
    Grub("appends to the other line", files=drop_in("zzz.cfg", 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX z=1"\n')),
    Grub("overrides", files=drop_in("zz-local.cfg", f'{NAME}="quiet"\n'), refused="grub.d/zz-local.cfg is read behind"),
    Grub(
        "brings back",
        files=drop_in("~x.cfg", APPENDS.replace("local=1", "quiet")),
        absent=QUIET,
        refused="~x.cfg is read behind",
    ),
    Grub("overrides what is there", files=drop_in("zz-local.cfg", f'{NAME}="iommu=pt"\n')),
    Grub("hidden file", files=drop_in(".hidden.cfg", f'{NAME}="hidden=1"\n')),
    Grub("another ending", files=drop_in("x.cfg.bak", f'{NAME}="bak=1"\n')),
    Grub("prints", files=drop_in("10-x.cfg", "echo iommu=pt\n")),
    Grub("sets -u", files=drop_in("10-x.cfg", "set -u\n"), refused="grub-mkconfig was run with a copy of /etc/default"),
    Grub("directory", directories=("default/grub.d/x.cfg",)),
    Grub("directory behind ours", directories=("default/grub.d/zzz.cfg",)),
    Grub("entry of the administrator first", scripts={"06_custom": CUSTOM}),
    Grub("entry of the administrator first, with what should go", scripts={"06_custom": CUSTOM}, absent=QUIET),
    Grub("entry of the administrator last", scripts={"40_custom": CUSTOM}, absent=QUIET),
    Grub("a generator that fails", scripts={"12_broken": "#!/bin/sh\nexit 3\n"}, refused="it ended with 3"),
    Grub(
        "a generator that writes nonsense", scripts={"12_broken": "#!/bin/sh\necho 'if {'\n"}, refused="it ended with 1"
    ),
)
GRUB = (*VALUES, *MAIN, *OTHERS)
# For GRUB 2 without drop-ins, whose file is edited.
PLAIN = "in a way that is more than a plain assignment"
GRUB2 = (
    *[row for row in VALUES if row.name != "joined lines"],
    Grub("joined lines", default='"quiet \\\n splash"', absent=QUIET, refused=PLAIN),
    Grub("a line that prints", behind="echo iommu=pt read\n"),
    Grub("extends itself", behind=APPENDS, absent=QUIET),
    Grub("extends by TuneD's variable", behind=TUNED_LINE, absent=QUIET),
    Grub("what an extension holds", behind=APPENDS, absent=("local",), refused="and not"),
    Grub("a condition", behind=f'if true; then {NAME}="cond=1"; fi\n', refused=PLAIN),
    Grub("another file", behind=". /etc/default/more\n", files={"default/more": f"{NAME}=more=1\n"}, refused="and not"),
    Grub(
        "another file that does not matter", behind=". /etc/default/more\n", files={"default/more": "GRUB_TIMEOUT=3\n"}
    ),
    Grub("set -u", before="set -u\n", refused="grub-mkconfig was run with a copy of /etc/default"),
    Grub("set -f", before="set -f\n", refused="grub-mkconfig"),
    Grub("entry of the administrator first", scripts={"06_custom": CUSTOM}, absent=QUIET),
)
SYSTEMD = (
    Cmdline("plain", text="root=LABEL=root ro quiet\n", absent=QUIET),
    Cmdline("no file"),
    Cmdline("the distribution's", vendor="root=LABEL=root ro vendor=1\n"),
    Cmdline("the distribution's with a comment", vendor="# theirs\nroot=LABEL=root ro vendor=1\n"),
    Cmdline("comment first", text="# for DPDK\nroot=LABEL=root ro quiet\n"),
    Cmdline("comment last", text="root=LABEL=root ro quiet\n# the end"),
    Cmdline("comment with the wanted word", text="# iommu=pt was tried\nroot=LABEL=root ro\n"),
    Cmdline(
        "indented comment", text="root=LABEL=root ro\n   # a comment\nquiet\n", present=("iommu=pt", "isolcpus=2-3")
    ),
    Cmdline("several lines", text="root=LABEL=root\n\nro quiet\n\tconsole=tty0\n", absent=QUIET),
    Cmdline("nothing but a comment", text="# nothing else\n"),
    Cmdline("mark within a line", text="root=LABEL=root ro # mark\n"),
    Cmdline("pairs of hugepages", text="# pages\nroot=LABEL=root ro hugepages=4\n# more\n", present=PAGES),
    Cmdline("quoted token", text='root=LABEL=root ro dyndbg="file quiet +p" quiet\n', absent=QUIET),
    Cmdline("no line end", text="root=LABEL=root ro"),
    Cmdline("there already", text="# iommu=off\nroot=LABEL=root ro iommu=pt\n"),
)
# These depend on whether a release takes the words of comments for parameters.
COMMENTED = Cmdline("comment with a word that should go", text="# quiet\nroot=LABEL=root ro quiet\n", absent=QUIET)
