# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to the QEMU of one machine: monitor.py MACHINE_DIRECTORY COMMAND...

The command is one of QEMU's human monitor. Its answer is printed. Exit code 3: nobody answers on the socket.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import IO, Any

NOBODY = 3


def ask(stream: IO[str], command: str, **arguments: str) -> Any:
    """One QMP command and its answer; events that come in between are passed over."""
    stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    stream.flush()
    for line in stream:
        answer = json.loads(line)
        if "error" in answer:
            sys.exit(f"QEMU refused {command} {arguments}: {answer['error']['desc']}")
        if "return" in answer:
            return answer["return"]
    sys.exit(f"QEMU went away before it answered {command} {arguments}")


def main(directory: str, *command: str) -> None:
    """Send the command and print what QEMU says."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(120)  # a snapshot of a large machine takes a while
        if command == ("quit",):
            connection.settimeout(10)
        try:
            os.chdir(directory)  # the path of a socket may have no more than 107 characters
            connection.connect("qmp.sock")
        except OSError as error:
            print(f"nobody answers on {directory}/qmp.sock: {error.strerror}", file=sys.stderr)
            sys.exit(NOBODY)
        with connection.makefile("rw") as stream:
            stream.readline()  # the greeting
            ask(stream, "qmp_capabilities")
            if command == ("quit",):
                ask(stream, "quit")
            else:
                print(ask(stream, "human-monitor-command", **{"command-line": " ".join(command)}), end="")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TimeoutError:
        sys.exit(f"QEMU of {sys.argv[1]} did not answer {sys.argv[2:]} in time")
