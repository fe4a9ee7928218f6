# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network namespaces of the fake machine: each has a sysfs and a network of its own, below the machine's root."""

from __future__ import annotations

from ansible_collections.dataplane.dpdk.tests.unit.fakes.network import NET, Network
from ansible_collections.dataplane.dpdk.tests.unit.fakes.tree import Tree

Answer = tuple[int, str, str]


class Namespaces:
    """Namespaces by the file that they are entered by; ``closed`` ones cannot be entered."""

    def __init__(self, tree: Tree, network: Network) -> None:
        self.tree = tree
        self.network = network
        self.inside: dict[str, Network] = {}
        self.numbered: dict[int, Network] = {}
        self.closed: set[str] = set()

    def _add(self, path: str, number: int) -> Network:
        if not self.tree.exists("/proc/self/ns"):
            self._identify("self", 1)
            self._identify("1", 1)
        if number not in self.numbered:
            self.numbered[number] = Network(Tree(self.tree.root / "namespaces" / str(number)))
            self.numbered[number].appear("lo", "00:00:00:00:00:00")
        self.inside[path] = self.numbered[number]
        return self.inside[path]

    def named(self, name: str, number: int = 4026532001) -> Network:
        """What `ip netns add` does: a namespace that is mounted below /run/netns."""
        path = f"/run/netns/{name}"
        line = f"43 42 0:4 net:[{number}] {path} rw shared:2 - nsfs nsfs rw\n"
        before = self.tree.read("/proc/self/mountinfo")
        self.tree.write("/proc/self/mountinfo", f"{before}\n{line}" if before else line)
        return self._add(path, number)

    def of_process(self, pid: int, command: str, number: int = 4026532002) -> Network:
        """A process in a namespace of its own."""
        inside = self._add(f"/proc/{pid}/ns/net", number)
        self._identify(str(pid), number)
        self.tree.write(f"/proc/{pid}/comm", f"{command}\n")
        return inside

    def move(self, name: str, inside: Network) -> None:
        """What `ip link set NAME netns` does: addresses and routes are lost on the way."""
        path = self.tree.real(f"{NET}/{name}")
        mac = self.tree.read(f"{path}/address") or ""
        self.network.leave(name)
        inside.appear(name, mac, path.rpartition("/net/")[0])

    def nsenter(self, words: list[str]) -> Answer:
        """Answer `nsenter --net=FILE`, with `ip` or with the list of interfaces that a new sysfs shows."""
        path = words[0].partition("=")[2]
        if path in self.closed or path not in self.inside:
            return 1, "", f"nsenter: cannot open {path}: Permission denied"
        inside = self.inside[path]
        if words[1] == "ip":
            return inside.ip(words[2:])
        return 0, "".join(inside.tree.real(f"{NET}/{name}") + "\n" for name in inside.tree.names(NET)), ""

    def _identify(self, pid: str, number: int) -> None:
        self.tree.mkdir(f"/proc/{pid}/ns")
        self.tree.remove(f"/proc/{pid}/ns/net")
        self.tree.path(f"/proc/{pid}/ns/net").symlink_to(f"net:[{number}]")
