#!/usr/bin/env python
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send packets from one bound port to another with dpdk-testpmd, and count them at both ends.

Prints one JSON object with what was sent, received and lost (loss is in percent). The number of packets is limited, and they
go to the receiver's MAC address where it is known, so that it can run on a network in use.
With --start-only both ports have to start, and no packet is sent. A VF token is read from its file
and shown nowhere but in testpmd's own arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_BURST = 32  # packets; what "start tx_first N" sends N times
_START_SECONDS = 60.0
_SEND_SECONDS = 120.0
_SETTLE_SECONDS = 10.0
_LAST_LINES = 25


class SmokeError(Exception):
    """A testpmd that did not do its work; the text is for the user."""


@dataclass(frozen=True)
class Port:
    """A port, and the VF token that its application gives, if any."""

    address: str
    token: str | None


class Testpmd:
    """An interactive testpmd with one port, and all that it printed."""

    def __init__(self, name: str, port: Port, memory: int, cores: tuple[int, int], options: list[str]) -> None:
        self.name = name
        self.address = address = port.address
        self.token = port.token
        self.text = ""
        eal = ["-l", f"{min(cores)}-{max(cores)}", "--main-lcore", str(cores[0]), "-a", address, "-m", str(memory)]
        eal += ["--file-prefix", f"smoke-{name}", "--huge-unlink", "--no-telemetry"]
        eal += [f"--vfio-vf-token={self.token}"] if self.token else []
        # With its output in a pipe testpmd would hold lines back until it ends.
        self.process = subprocess.Popen(
            [
                "stdbuf",
                "-oL",
                "dpdk-testpmd",
                *eal,
                "--",
                "-i",
                "--total-num-mbufs=8192",
                "--forward-mode=rxonly",
                *options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.text += line.replace(self.token, "(the VF token)") if self.token else line

    def say(self, command: str) -> None:
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except OSError:
            raise self.failed("ended early") from None

    def expect(self, pattern: str, seconds: float, start: int = 0) -> re.Match[str]:
        """Wait until the output behind ``start`` matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            match = re.compile(pattern, re.DOTALL).search(self.text, start)
            if match:
                return match
            if ended:
                raise self.failed(f"ended with {self.process.returncode}")
            time.sleep(0.1)
        raise self.failed(f"did not get ready within {seconds:g} s")

    def failed(self, problem: str) -> SmokeError:
        last = " | ".join(line.strip() for line in self.text.splitlines()[-_LAST_LINES:] if line.strip())
        return SmokeError(f"dpdk-testpmd on {self.address} ({self.name}) {problem}. It said: {last}")

    def opened(self) -> None:
        """Wait until the port is started."""
        if self.expect(r"Port 0: |No probed ethernet devices", _START_SECONDS).group(0) != "Port 0: ":
            raise self.failed("could not open the port")

    def ready(self) -> None:
        """Wait until the port is started and forwards."""
        self.opened()
        self.say("start")
        self.expect("packet forwarding packets/burst", _START_SECONDS)

    def count(self, direction: str) -> int:
        """Ask for the port's own counter of packets, RX or TX."""
        start = len(self.text)
        self.say("show port stats 0")
        return int(self.expect(rf"{direction}-packets: +(\d+).*Tx-bps", _START_SECONDS, start).group(1))

    def close(self) -> None:
        try:
            self.say("stop")
            self.say("quit")
            self.process.wait(_START_SECONDS)
        except (SmokeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def is_pf_of(sender: Port, receiver: Port) -> bool:
    """Whether the receiver is a VF of the sender.

    VFIO opens a VF with a token only while an application has its PF (vfio_pci_validate_vf_token), so that one is first.
    """
    pf = f"/sys/bus/pci/devices/{receiver.address}/physfn"
    return os.path.islink(pf) and os.path.basename(os.readlink(pf)) == sender.address


@contextmanager
def _both(sender: Port, receiver: Port, memory: int, options: list[str]) -> Iterator[tuple[Testpmd, Testpmd]]:
    """Run an application on each port: the receiver first, but a PF before its VF, whatever its part. Yield both."""
    running: list[Testpmd] = []

    def receive() -> Testpmd:
        running.append(Testpmd("receiver", receiver, memory, (1, 0), []))
        running[-1].ready()
        return running[-1]

    def send() -> Testpmd:
        running.append(Testpmd("sender", sender, memory, (0, 1), options))
        running[-1].opened()
        return running[-1]

    try:
        if is_pf_of(sender, receiver):
            tx = send()
            rx = receive()
        else:
            rx = receive()
            tx = send()
        yield tx, rx
    finally:
        for each in reversed(running):
            each.close()


def start(sender: Port, receiver: Port, memory: int) -> dict[str, object]:
    """Have both ports started at the same time."""
    with _both(sender, receiver, memory, []) as (tx, _receiver):
        tx.ready()
    return {"sender": sender.address, "receiver": receiver.address, "started": True}


def smoke(sender: Port, receiver: Port, mac: str | None, packets: int, memory: int) -> dict[str, object]:
    """Run the test; return the counters of both ends, and the loss in percent."""
    with _both(sender, receiver, memory, [f"--eth-peer=0,{mac}"] if mac else []) as (tx, rx):
        # A VF's counters go on from where the application before left them: only what is added counts.
        tx_before, rx_before = tx.count("TX"), rx.count("RX")
        tx.say(f"start tx_first {max(1, packets // _BURST)}")
        tx.expect("packet forwarding packets/burst", _SEND_SECONDS)
        sent = tx.count("TX") - tx_before
        received = _settled(rx, rx_before + sent) - rx_before
    lost = max(0, sent - received)
    counted = {"sent": sent, "received": received, "lost": lost, "loss": round(100 * lost / sent, 2) if sent else 0.0}
    return {"sender": sender.address, "receiver": receiver.address, **counted}


def _settled(rx: Testpmd, expected: int) -> int:
    """Return the receiver's counter once all packets have arrived, or after a while."""
    count, end = rx.count("RX"), time.monotonic() + _SETTLE_SECONDS
    while count < expected and time.monotonic() < end:
        time.sleep(1)
        count = rx.count("RX")
    return count


def _token(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        with open(path, encoding="ascii") as stream:
            return stream.read().strip()
    except OSError as error:
        raise SmokeError(
            f"Cannot read the VF token in {path}: {error.strerror}. Make it with dataplane.dpdk.vf_token."
        ) from error


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sender", required=True)
    parser.add_argument("--receiver", required=True)
    parser.add_argument("--mac", default=None)
    parser.add_argument("--packets", type=int, default=32000)
    parser.add_argument("--vf-token-file", help="the file with the VF token, for both ends")
    parser.add_argument("--sender-vf-token-file", help="another one for the sender")
    parser.add_argument("--start-only", action="store_true")
    parser.add_argument("--memory", type=int, required=True)
    args = parser.parse_args()
    try:
        sender = Port(args.sender, _token(args.sender_vf_token_file or args.vf_token_file))
        receiver = Port(args.receiver, _token(args.vf_token_file))
        if args.start_only:
            result = start(sender, receiver, args.memory)
        else:
            result = smoke(sender, receiver, args.mac, args.packets, args.memory)
    except SmokeError as error:
        result = {"error": str(error)}
    except FileNotFoundError as error:
        result = {"error": f"Cannot run {error.filename}: install DPDK's tools (package dpdk) and coreutils."}
    print(json.dumps(result))
    return 1 if "error" in result else 0


if __name__ == "__main__":
    sys.exit(main())
