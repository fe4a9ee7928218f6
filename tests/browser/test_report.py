# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of 500 hosts in Chromium: quick, harmless whatever hosts call themselves, usable without a mouse.

Pictures of it, to be looked at, are left in tests/output/report.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fleet
import pytest
from chromium import Chromium, find

SIZE = 500
SECONDS = 2.0
PICTURES = Path(__file__).resolve().parents[1] / "output" / "report"
COUNT = "document.querySelector('output').textContent"
SHOWN = "[...document.querySelectorAll('.host:not([hidden]) > details')].map(each => each.dataset.name)"

if find() is None:
    pytest.skip("no Chromium: install chromium-headless-shell or chromium", allow_module_level=True)


@pytest.fixture(scope="session")
def report() -> dict[str, Any]:
    return fleet.report(SIZE)


@pytest.fixture(scope="session")
def page(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as the playbook writes it, from two slices of the fleet."""
    place = tmp_path_factory.mktemp("report")
    for name, hosts in (("odd", report["hosts"][1::2]), ("even", report["hosts"][::2])):
        (place / f"{name}.json").write_text(json.dumps({**report, "hosts": hosts}))
    wanted = {
        "dpdk_report_look": False,
        "dpdk_report_merge": ["odd.json", "even.json"],
        "dpdk_report_title": report["title"],
    }
    command = ["ansible-playbook", "-i", "localhost,", "-e", json.dumps(wanted), "dataplane.dpdk.report"]
    done = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return place / "dpdk-report.html"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    started = Chromium()
    yield started
    started.close()


@pytest.fixture
def shown(browser: Chromium, page: Path) -> Chromium:
    """The page as it opens on a desk."""
    browser.size(1360, 900)
    browser.media("screen", "light")
    browser.call("Storage.clearDataForOrigin", origin="*", storageTypes="local_storage")
    browser.open(page)
    return browser


def picture(browser: Chromium, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser.painted()
    browser.screenshot(PICTURES / f"{name}.png")


def type_text(browser: Chromium, text: str) -> None:
    for letter in text:
        browser.key(letter, text=letter)
    browser.painted()


def complaints(browser: Chromium) -> list[dict[str, Any]]:
    """Exceptions, console messages, refused or attempted loads, and dialogs."""
    bad = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening")
    return [
        each
        for each in browser.events
        if each.get("method") in bad
        or (
            each.get("method") == "Network.requestWillBeSent"
            and not each["params"]["request"]["url"].startswith(("file:", "about:"))
        )
    ]


def test_both_slices_are_in_the_report(report: dict[str, Any], page: Path) -> None:
    assert json.loads(page.with_suffix(".json").read_text())["hosts"] == report["hosts"]


def test_it_opens_in_time(
    browser: Chromium, page: Path, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    browser.size(1360, 900)
    browser.media("screen", "light")
    took = browser.open(page)
    with capsys.disabled():
        print(f"\nopened a report of {SIZE} hosts in {took:.2f} s")
    assert browser.run(COUNT) == f"{SIZE} hosts"
    assert took < SECONDS
    assert complaints(browser) == []


def test_one_bad_host_is_one_bad_row(browser: Chromium, page: Path, report: dict[str, Any], tmp_path: Path) -> None:
    head, opening, rest = page.read_text().partition('<script type="application/json" id="report">')
    embedded, closing, tail = rest.partition("</script>")
    data = json.loads(embedded)
    bad: list[dict[str, Any]] = [
        {"devices": [{"address": "0000:01:00.0", "interfaces": [None]}]},
        {"problems": [None]},
        {"problems": [{"title": {}, "cause": None}]},
        {"kernel": {"cmdline": 5, "release": []}},
        {"iommu": 7},
        {"groups": {"a": 1}},
        {"hugepages": [None, {"total": "x"}]},
        {"devices": 5, "seen": {}},
    ]
    for host, given in zip(data["hosts"], bad):
        host.update(given)
    data["hosts"].append(None)
    damaged = tmp_path / "damaged.html"
    text = json.dumps(data).replace("<", "\\u003c")  # names of hosts may hold the end of a script
    damaged.write_text(f"{head}{opening}{text}{closing}{tail}")
    browser.size(1360, 900)
    browser.open(damaged)
    assert browser.run(COUNT) == f"{SIZE} hosts"
    browser.key("/", text="/")
    type_text(browser, "mlx5_core")
    assert 0 < len(browser.run(SHOWN)) < SIZE
    browser.open(damaged)
    browser.run(
        f"[...document.querySelectorAll('.host > details')].slice(0, {2 * len(bad)}).forEach(each => each.open = true)"
    )
    browser.painted()
    assert complaints(browser) == []


def test_it_filters_in_time(shown: Chromium, report: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    shown.key("/", text="/")
    start = time.monotonic()
    type_text(shown, "mlx5_core ams")
    took = time.monotonic() - start
    with capsys.disabled():
        print(f"\nfiltered it by 13 typed letters in {took:.2f} s")
    assert took < SECONDS
    names = shown.run(SHOWN)
    assert sorted(names) == sorted(
        each["name"]
        for each in report["hosts"]
        if "ams" in each["groups"] and any(device.get("driver") == "mlx5_core" for device in each["devices"])
    )
    assert 0 < len(names) < SIZE


def test_states_causes_and_selections_filter(shown: Chromium, report: dict[str, Any]) -> None:
    failed = [each["name"] for each in report["hosts"] if each["state"] == "failed"]
    shown.run("document.querySelector('.state.tone-failed').click()")
    assert sorted(shown.run(SHOWN)) == sorted(failed)
    shown.run("[...document.querySelectorAll('.cause')].find(each => each.textContent.includes('Unreachable')).click()")
    unreachable = [
        each["name"]
        for each in report["hosts"]
        if each["problems"][:1] and each["problems"][0]["title"] == "Unreachable"
    ]
    assert sorted(shown.run(SHOWN)) == sorted(unreachable)
    assert shown.run("location.hash") == "#state=failed&title=Unreachable"
    shown.run("document.querySelector('.tools select').value = 'nosuch'")
    shown.run("document.querySelector('.nothing button').click()")
    assert shown.run(COUNT) == f"{SIZE} hosts"


def test_a_filtered_view_can_be_sent(shown: Chromium, page: Path) -> None:
    shown.run("location.hash = '#title=Drift'")
    shown.painted()
    assert len(shown.run(SHOWN)) == 13


def test_hostile_names_do_nothing(shown: Chromium, report: dict[str, Any]) -> None:
    hostile = next(each for each in report["hosts"] if each["name"] == fleet.HOSTILE)
    shown.run(
        "document.querySelectorAll('.host > details').forEach(each => { each.open = each.dataset.name.includes('<') })"
    )
    shown.painted()
    shown.painted()
    name = "document.querySelector('.host > details[open] .name').lastChild.textContent"
    assert shown.run(name) == fleet.HOSTILE
    text = shown.run("document.querySelector('.host > details[open]').textContent")
    assert hostile["groups"][0] in text
    assert "<img src=x onerror=alert(3)>{{ 7 * 7 }}" in text
    assert shown.run("document.querySelectorAll('img').length") == 0
    assert shown.run("document.scripts.length") == 2
    assert complaints(shown) == []


def test_harm_would_be_noticed(shown: Chromium) -> None:
    shown.run("document.body.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.1:9/'}))")
    shown.run("setTimeout(() => alert(1))")
    shown.painted()
    shown.painted()
    assert {each["method"] for each in complaints(shown)} == {
        "Page.javascriptDialogOpening",
        "Log.entryAdded",
        "Network.requestWillBeSent",
    }


def test_it_is_used_without_a_mouse(shown: Chromium) -> None:
    shown.key("/", text="/")
    assert shown.run("document.activeElement.id") == "search"
    type_text(shown, "drift")
    shown.key("ArrowDown")
    shown.key("ArrowDown")
    second = shown.run(SHOWN)[1]
    assert shown.run("document.activeElement.parentNode.dataset.name") == second
    shown.key("Enter", text="\r")
    shown.painted()
    assert shown.run("document.querySelector('details[open] .problem .do').textContent.length") > 10
    assert shown.run("document.querySelector('details[open] svg.picture').getAttribute('aria-label').length") > 10


def test_the_picture_holds_every_device(shown: Chromium, report: dict[str, Any]) -> None:
    host = next(
        each
        for each in report["hosts"]
        if any(problem["cause"].startswith("IOMMU group 17") for problem in each["problems"])
    )
    shown.run(f"document.querySelector('[data-name=\"{host['name']}\"]').open = true")
    shown.painted()
    texts = shown.run("[...document.querySelectorAll('details[open] svg.picture text')].map(each => each.textContent)")
    for device in host["devices"]:
        if not device.get("pf"):
            assert device["address"] in texts
            assert device["driver"] in texts
    assert "group 17 (2)" in texts
    assert "eno1 has the address of this connection." in texts
    assert {"0", "1"} <= set(texts)
    overlaps = """(() => {
        const boxes = [...document.querySelectorAll('details[open] svg.picture rect:not(.numa)')].map(each => each.getBBox());
        return boxes.filter((a, n) => boxes.some((b, m) => m > n && a.x < b.x + b.width && b.x < a.x + a.width
            && a.y < b.y + b.height && b.y < a.y + a.height)).length;
    })()"""
    assert shown.run(overlaps) == 0


def test_text_is_legible_in_both_schemes(shown: Chromium) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 between text and what is behind it."""
    lowest = """(() => {
        const rgb = text => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
        const behind = node => {
            for (; node; node = node.parentElement) {
                const colour = rgb(getComputedStyle(node).backgroundColor);
                if (colour.length < 4 || colour[3] > 0) return colour;
            }
        };
        const found = [];
        for (const node of document.querySelectorAll('body *')) {
            if (![...node.childNodes].some(each => each.nodeType === 3 && each.textContent.trim())) continue;
            if (!node.checkVisibility() || /SCRIPT|STYLE/.test(node.tagName)) continue;
            const style = getComputedStyle(node);
            const [a, b] = [light(rgb(node.namespaceURI.endsWith('svg') ? style.fill : style.color)), light(behind(node))];
            found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.className.baseVal ?? node.className, node.textContent.slice(0, 40)]);
        }
        return found.sort((a, b) => a[0] - b[0]).slice(0, 1).concat([[found.length]]);
    })()"""
    shown.run("document.querySelectorAll('.host > details').forEach((each, n) => { each.open = n % 40 === 0 })")
    shown.run(
        "document.querySelectorAll('button.cause, button.state').forEach((each, n) => n % 2 && each.setAttribute('aria-pressed', 'true'))"
    )
    for scheme in ("light", "dark"):
        shown.media("screen", scheme)
        shown.painted()
        (ratio, *where), (number,) = shown.run(lowest)
        assert ratio >= 4.5, (scheme, ratio, where)
        assert number > SIZE


def test_the_switch_wins_over_the_system(shown: Chromium) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = shown.run(background)
    shown.media("screen", "dark")
    dark = shown.run(background)
    assert light != dark
    shown.run("document.querySelector('.themes [data-value=light]').click()")
    assert shown.run(background) == light
    shown.run("document.querySelector('.themes [data-value=\"\"]').click()")
    assert shown.run(background) == dark


@pytest.mark.parametrize("width", [360, 768, 1360])
def test_nothing_is_wider_than_the_screen(shown: Chromium, width: int) -> None:
    shown.size(width, 844)
    shown.run("document.querySelectorAll('.host > details').forEach((each, n) => { each.open = n % 50 === 0 })")
    shown.painted()
    shown.painted()
    assert shown.run("document.documentElement.scrollWidth") <= width


def test_paper_holds_the_problems(shown: Chromium, page: Path) -> None:
    shown.run("dispatchEvent(new Event('beforeprint'))")
    shown.media("print")
    assert shown.run("[...document.querySelectorAll('.printed')].filter(each => each.checkVisibility()).length") == 63
    assert not shown.run("document.querySelector('.tools').checkVisibility()")
    shown.size(794, 1123)
    picture(shown, "print")
    shown.run("dispatchEvent(new Event('afterprint'))")
    assert shown.run("document.querySelectorAll('.printed').length") == 0
    shown.media("")
    PICTURES.mkdir(parents=True, exist_ok=True)
    shown.pdf(PICTURES / "print.pdf")
    assert (PICTURES / "print.pdf").read_bytes().startswith(b"%PDF")


def test_pictures(shown: Chromium) -> None:
    picture(shown, "light")
    shown.media("screen", "dark")
    picture(shown, "dark")
    open_one = "(() => { const one = document.querySelector('.host.tone-not_ready > details'); one.open = true; one.scrollIntoView() })()"
    shown.run(open_one)
    shown.painted()
    picture(shown, "host-dark")
    shown.media("screen", "light")
    picture(shown, "host-light")
    shown.size(390, 844)
    shown.run("scrollTo(0, 0)")
    picture(shown, "phone")
    assert len(list(PICTURES.glob("*.png"))) >= 5
