#!/usr/bin/env python3
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send packets from one bound port to another with dpdk-testpmd, and count them at both ends.

Prints one JSON object with what was sent and received. The number of packets is limited, and they
go to the receiver's MAC address where it is known, so that it can run on a network in use.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import threading
import time

_BURST = 32  # packets; what "start tx_first N" sends N times
_START_SECONDS = 60.0
_SEND_SECONDS = 120.0
_SETTLE_SECONDS = 10.0
_LAST_LINES = 25


class SmokeError(Exception):
    """A testpmd that did not do its work; the text is for the user."""


class Testpmd:
    """An interactive testpmd with one port, and all that it printed."""

    def __init__(self, name: str, address: str, memory: int, cores: tuple[int, int], options: list[str]) -> None:
        self.name = name
        self.address = address
        self.text = ""
        eal = ["-l", f"{min(cores)}-{max(cores)}", "--main-lcore", str(cores[0]), "-a", address, "-m", str(memory)]
        eal += ["--file-prefix", f"smoke-{name}", "--huge-unlink", "--no-telemetry"]
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
            self.text += line

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


def smoke(sender: str, receiver: str, mac: str | None, packets: int, memory: int) -> dict[str, object]:
    """Run the test; return the counters of both ends."""
    rx = Testpmd("receiver", receiver, memory, (1, 0), [])
    try:
        rx.say("start")
        rx.expect("packet forwarding packets/burst", _START_SECONDS)
        tx = Testpmd("sender", sender, memory, (0, 1), [f"--eth-peer=0,{mac}"] if mac else [])
        try:
            tx.expect(r"Port 0: ", _START_SECONDS)
            # A VF's counters go on from where the application before left them: only what is added counts.
            tx_before, rx_before = tx.count("TX"), rx.count("RX")
            tx.say(f"start tx_first {max(1, packets // _BURST)}")
            tx.expect("packet forwarding packets/burst", _SEND_SECONDS)
            sent = tx.count("TX") - tx_before
            received = _settled(rx, rx_before + sent) - rx_before
        finally:
            tx.close()
    finally:
        rx.close()
    return {"sender": sender, "receiver": receiver, "sent": sent, "received": received}


def _settled(rx: Testpmd, expected: int) -> int:
    """Return the receiver's counter once all packets have arrived, or after a while."""
    count, end = rx.count("RX"), time.monotonic() + _SETTLE_SECONDS
    while count < expected and time.monotonic() < end:
        time.sleep(1)
        count = rx.count("RX")
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sender", required=True)
    parser.add_argument("--receiver", required=True)
    parser.add_argument("--mac", default=None)
    parser.add_argument("--packets", type=int, required=True)
    parser.add_argument("--memory", type=int, required=True)
    args = parser.parse_args()
    try:
        result = smoke(args.sender, args.receiver, args.mac, args.packets, args.memory)
    except SmokeError as error:
        result = {"error": str(error)}
    except FileNotFoundError as error:
        result = {"error": f"Cannot run {error.filename}: install DPDK's tools (package dpdk) and coreutils."}
    print(json.dumps(result))
    return 1 if "error" in result else 0


if __name__ == "__main__":
    sys.exit(main())
