"""The review station in a real Chromium: cards are mended by keys alone, and every decision lasts."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.review_cards import CHROMIUM, html_card, print_pdf, text_card
from tests.review_station import Station, budget, decisions, record, run, serving, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None and os.environ.get("CI") != "true",
        reason="chromium is not installed (.ci/run installs it)",
    ),
]

TEXT, PDF, HOSTILE = "글.txt", "쪽.pdf", "해로운.txt"
TOTAL = "budget[plan/sigungu/total].amount"
YEAR = "budget[plan/sigungu/2025].amount"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text card and a PDF card with a wrong cell each, and a card that holds markup; run."""
    root = tmp_path_factory.mktemp("browser")
    inbox = root / "inbox"
    inbox.mkdir()
    (inbox / TEXT).write_text(text_card(0, {("소요", "구비", "계"): "1.764"}), encoding="utf-8")
    print_pdf(html_card(1, {("소요", "구비", "2025년"): "625"}, factor=2), inbox / PDF, root)
    hostile = '- ▷ <script>document.title="깨짐"</script><img src=x onerror="document.title=1">\n'
    wrong = {("소요", "국비", "2024년"): "<b>2,790</b>"}
    (inbox / HOSTILE).write_text(text_card(2, wrong, factor=3, extra=hostile), encoding="utf-8")
    run(inbox, root / "output")
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(made / "inbox", tmp_path / "inbox")
    shutil.copytree(made / "output", tmp_path / "output")
    return tmp_path


@pytest.fixture
def station(place: Path) -> Iterator[Station]:
    with serving(place / "output", place / "inbox") as found:
        yield found


class Browser:
    """A Chromium of 1366 x 768 with what a test does in it."""

    def __init__(self, scratch: Path) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = shutil.which("chromium") or ""
        for argument in (*CHROMIUM, f"--user-data-dir={scratch}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        metrics = {"width": 1366, "height": 768, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def key(self, code: str, key: str | None = None, *, shift: bool = False) -> None:
        """A key by its place on the keyboard; `key` is what the input method makes of it (`ㅁ`, `Process`)."""
        number = (
            229
            if key == "Process"
            else {"Enter": 13, "Escape": 27, "Slash": 191, "Backspace": 8}.get(code, ord(code[-1]))
        )
        name = key or {"Slash": "?" if shift else "/"}.get(
            code, code.removeprefix("Key").lower() if code.startswith("Key") else code
        )
        event: dict[str, Any] = {
            "code": code,
            "key": name,
            "windowsVirtualKeyCode": number,
            "modifiers": 8 if shift else 0,
        }
        if code == "Enter":
            event["text"] = "\r"
        self.driver.execute_cdp_cmd(
            "Input.dispatchKeyEvent", {**event, "type": "keyDown" if "text" in event else "rawKeyDown"}
        )
        self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    def type(self, text: str) -> None:
        """Text as an input method enters it."""
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def js(self, script: str, *arguments: Any) -> Any:
        """The value of an expression."""
        return self.driver.execute_script(f"return {script}", *arguments)

    def until(self, script: str) -> Any:
        """Wait until an expression is true."""
        return wait_for(lambda: self.js(script))

    def enter(self, station: Station, path: str = "") -> None:
        """Open the station by its printed address, then a card by its source path."""
        self.driver.get(station.entrance)
        if path:
            self.driver.get(f"{station.address}/card/{record(station.output, path)['card_id']}")
            self.until("document.querySelector('#record') !== null")

    def errors(self) -> list[str]:
        """What the console complains about, but for refused decisions and a server that the test has ended."""
        found = self.driver.get_log("browser")
        known = (" 409 ", "ERR_CONNECTION_REFUSED")
        severe = [e["message"] for e in found if e["level"] == "SEVERE"]
        return [message for message in severe if not any(part in message for part in known)]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.driver.quit()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    chromium.driver.get("about:blank")
    chromium.errors()
    yield chromium
    assert chromium.errors() == []


CLOSED = "[...document.querySelectorAll('.grid .check')].every(c => !c.classList.contains('open'))"
SUMS_OPEN = "document.querySelectorAll('.grid .check.open').length"


def test_a_text_card_is_mended_by_keys_alone_and_lasts(browser: Browser, place: Path) -> None:
    output, inbox = place / "output", place / "inbox"
    with serving(output, inbox) as station:
        browser.enter(station)
        browser.key("KeyJ")
        browser.until("document.activeElement.closest('[data-row]') !== null")
        browser.key("Enter")
        browser.until("document.body.dataset.page === 'card'")
        browser.until("document.querySelector('.finding.current') !== null")
        assert browser.js("document.querySelector('#paper mark.culprit').textContent") == "1.764"
        assert browser.js(SUMS_OPEN) == 2
        browser.key("KeyS")
        browser.until("document.querySelector('.chip.good') !== null")
        assert browser.js(CLOSED)
        cell = "document.querySelector(`.grid input[data-path='budget[plan/sigungu/total].amount']`)"
        assert browser.js(f"{cell}.value") == "1,764"
        assert "1.764" in browser.js(f"{cell}.parentElement.textContent"), "what was printed is shown"
        assert browser.js("document.querySelector('#paper mark.fixed').textContent") == "1.764"
        station.settled()
    card = record(output, TEXT)
    assert budget(card, "plan", "sigungu", "total")["amount"] == 1_764_000_000
    with (output / "csv" / "budget.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert any(
            r["card_id"] == card["card_id"] and r["amount"] == "1764000000" for r in csv.DictReader(stream)
        )

    run(inbox, output)
    assert budget(record(output, TEXT), "plan", "sigungu", "total")["amount"] == 1_764_000_000, (
        "a re-run keeps it"
    )
    with serving(output, inbox) as station:
        browser.enter(station, TEXT)
        assert browser.js("document.querySelector('.chip.good') !== null"), "a restart keeps it"
        browser.key("KeyU")
        browser.until("document.querySelector('.finding.sev-error') !== null")
        station.settled()
    assert budget(record(output, TEXT), "plan", "sigungu", "total")["amount"] == 1_764_000
    assert [d["action"] for d in decisions(output)] == ["fix", "undo"]


def test_a_pdf_card_is_mended_while_hangul_input_is_on(browser: Browser, station: Station) -> None:
    browser.enter(station, PDF)
    browser.until(
        "document.querySelector('.sheet img').complete && document.querySelector('.sheet img').naturalWidth > 0"
    )
    box = (
        "(() => { const b = document.querySelector('rect.culprit').getBoundingClientRect(), "
        "v = document.querySelector('#paper').getBoundingClientRect(); "
        "return [b.left - v.left, v.right - b.right, b.top - v.top, v.bottom - b.bottom, b.width, b.height].every(part => part > 0); })()"
    )
    browser.until(box)
    assert browser.js("document.querySelectorAll('rect.related').length") >= 8
    browser.key("KeyF", "ㄹ")
    browser.until("document.querySelector('#edit').open")
    assert browser.js("document.querySelector('#edit-printed q').textContent") == "625"
    assert browser.js("document.querySelector('#edit-now').value") == "652"
    browser.type("652")
    browser.key("Enter")
    browser.until("document.querySelector('.chip.good') !== null && !document.querySelector('#edit').open")
    assert browser.js(CLOSED)
    station.settled()
    cell = budget(record(station.output, PDF), "plan", "sigungu", "2025")
    assert (cell["amount"], cell["state"]) == (652_000_000, "corrected")
    proof = record(station.output, PDF)["evidence"][YEAR]
    assert (proof["text"], proof["certainty"], proof["place"]["page"]) == ("625", "corrected", 1)
    browser.key("KeyU", "Process")
    browser.until("document.querySelector('.finding.sev-error') !== null")
    station.settled()
    assert budget(record(station.output, PDF), "plan", "sigungu", "2025")["amount"] == 625_000_000


def test_the_grid_turns_green_as_it_closes_and_saves_with_enter(browser: Browser, station: Station) -> None:
    browser.enter(station, TEXT)
    browser.key("KeyG", "ㅎ")
    browser.until(f"document.activeElement.dataset.path === '{TOTAL}'")
    row = "document.activeElement.closest('tr').querySelector('.check')"
    assert browser.js(f"{row}.classList.contains('open')")
    browser.type("1,76")
    assert browser.js(f"{row}.classList.contains('open')")
    browser.type("4")
    assert browser.js(f"{row}.classList.contains('closed')")
    assert browser.js(CLOSED)
    assert "✓" in browser.js("document.querySelector('.finding.current .sum').textContent"), (
        "the words count along"
    )
    assert decisions(station.output) == []
    browser.key("Enter")
    browser.until("document.querySelector('.chip.good') !== null")
    assert [d["now"] for d in decisions(station.output)] == ["1,764"]


def test_accept_ignore_and_later_by_keys(browser: Browser, station: Station) -> None:
    browser.enter(station, TEXT)
    browser.key("KeyL", "ㅣ")
    browser.until("document.querySelector('.finding.later') !== null")
    browser.key("KeyA", "ㅁ")
    browser.until("document.querySelector('#edit').open")
    assert browser.js("document.activeElement.id") == "edit-reason"
    browser.type("부서에 확인함")
    browser.key("Enter")
    browser.until("document.querySelector('.finding.state-accepted') !== null")
    station.settled()
    assert {f["state"] for f in record(station.output, TEXT)["findings"]} == {"accepted"}
    assert {d["reason"] for d in decisions(station.output) if d["action"] == "accept"} == {"부서에 확인함"}
    browser.key("KeyU", "ㅕ")
    browser.until("document.querySelector('.finding.state-open') !== null")
    browser.key("KeyX", "ㅌ")
    browser.until("document.querySelector('#edit').open")
    browser.key("Enter")
    browser.until("document.querySelector('.finding.state-ignored') !== null")


def test_keys_do_nothing_while_composing_typing_or_with_backspace(browser: Browser, station: Station) -> None:
    browser.enter(station, TEXT)
    where = browser.driver.current_url
    fire = "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyS', bubbles: true, isComposing: true}))"
    browser.js(fire)
    browser.key("Backspace")
    browser.js("document.querySelector('#author').focus()")
    browser.key("KeyS")
    browser.key("KeyN")
    browser.js("document.querySelector('#author').blur()")
    browser.key("Slash", shift=True)
    browser.until("document.querySelector('#help').open")
    browser.key("KeyS")
    browser.key("Escape")
    browser.until("!document.querySelector('#help').open")
    assert browser.driver.current_url == where
    assert decisions(station.output) == []
    browser.key("KeyH")
    browser.until("document.querySelector('#paper').classList.contains('bare')")


def test_enter_follows_what_has_the_focus(browser: Browser, station: Station) -> None:
    browser.enter(station)
    browser.js("document.querySelector('nav a[href=\"/log\"]').focus()")
    browser.key("Enter")
    browser.until("document.body.dataset.page === 'log'")
    browser.enter(station)
    browser.key("Enter")
    browser.until("document.body.dataset.page === 'card'")
    browser.js("document.querySelector('#paper').focus()")
    first = browser.js("document.querySelector('.finding.current').id")
    browser.key("ArrowDown")
    assert browser.js("document.querySelector('.finding.current').id") == first, "the pane scrolls"


def test_no_figure_of_the_grid_is_cut_off(browser: Browser, place: Path) -> None:
    output, inbox = place / "output", place / "inbox"
    (inbox / TEXT).write_text(
        text_card(0, {("소요", "구비", "계"): "1.764"}, factor=98_765), encoding="utf-8"
    )
    run(inbox, output)
    with serving(output, inbox) as station:
        browser.enter(station, TEXT)
        cut = (
            "[...document.querySelectorAll('.grid input')].filter(i => i.scrollWidth > i.clientWidth).length"
        )
        assert browser.js(cut) == 0
        assert browser.js("document.documentElement.scrollWidth <= 1366")


def test_markup_in_a_document_is_text(browser: Browser, station: Station) -> None:
    browser.enter(station, HOSTILE)
    text = browser.js("document.querySelector('#paper').textContent")
    assert '<script>document.title="깨짐"</script>' in text
    assert "<b>2,790</b>" in text
    assert "가온천" in browser.driver.title
    assert browser.js("document.querySelectorAll('#paper script, #paper img, #paper b').length") == 0
    assert browser.js("document.querySelectorAll('script:not([src])').length") == 0
    for path in ("", "/log", "/?all=1"):
        browser.driver.get(station.address + path)
        assert "깨짐" not in browser.driver.title


def test_a_second_tab_gets_a_conflict_and_keeps_what_was_typed(browser: Browser, station: Station) -> None:
    browser.enter(station, TEXT)
    first = browser.driver.current_window_handle
    card = browser.driver.current_url
    browser.driver.switch_to.new_window("tab")
    second = browser.driver.current_window_handle
    browser.driver.get(card)
    browser.key("KeyG")
    browser.until(f"document.activeElement.dataset.path === '{TOTAL}'")
    browser.type("1,700")
    browser.driver.switch_to.window(first)
    browser.key("KeyS")
    browser.until("document.querySelector('.chip.good') !== null")
    browser.driver.switch_to.window(second)
    browser.key("Enter")
    browser.until("document.querySelector('#save-message').textContent.includes('먼저 고쳤습니다')")
    cell = f"document.querySelector(`.grid input[data-path='{TOTAL}']`)"
    browser.until(f"{cell}.dataset.now === '1,764'")
    assert browser.js(f"{cell}.value") == "1,700", "the lost race loses no typed text"
    assert [d["now"] for d in decisions(station.output)] == ["1,764"]
    browser.js("document.querySelector('#save').click()")
    browser.until(f"{cell}.dataset.now === '1,700'")
    assert [d["now"] for d in decisions(station.output)] == ["1,764", "1,700"]
    browser.driver.close()
    browser.driver.switch_to.window(first)


def test_another_site_cannot_decide(browser: Browser, station: Station, place: Path) -> None:
    """A page of another origin posts with the person's own browser."""
    browser.enter(station, TEXT)
    card_id = record(station.output, TEXT)["card_id"]
    version = station.version(card_id)
    page = place / "evil.html"
    page.write_text("<title>evil</title>", encoding="utf-8")
    browser.driver.get(page.as_uri())
    browser.driver.execute_async_script(
        "const done = arguments[3]; fetch(arguments[0] + '/decide', {method: 'POST', credentials: 'include', "
        "mode: 'no-cors', headers: {'Content-Type': 'text/plain'}, body: JSON.stringify({card: arguments[1], "
        "version: arguments[2], action: 'undo'})}).then(done, done)",
        station.address, card_id, version,
    )  # fmt: skip
    assert decisions(station.output) == []
    browser.errors()


def test_a_click_on_a_value_shows_its_place_and_back(browser: Browser, station: Station) -> None:
    browser.enter(station, TEXT)
    browser.js("document.querySelector(`#fields [data-path='progress']`).click()")
    assert browser.js("document.querySelector('#paper mark.culprit').textContent") == "50%"
    browser.js("[...document.querySelectorAll('#paper mark')].find(m => m.textContent === '1,721').click()")
    browser.until("document.activeElement.dataset.path === 'budget[plan/total/2025].amount'")
    assert browser.js("document.activeElement.value") == "1,721"
    assert browser.js("document.documentElement.scrollWidth <= 1366")
