"""The pictures of docs/, made anew from invented cards: `python -m tests.review_pictures`."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

from tests.review_cards import html_card, print_pdf, text_card
from tests.review_station import record, run, serving
from tests.test_report import TERM, three_reports
from tests.test_review_browser import PDF, TEXT, Browser

from cardextract import report

YEARS = ("2022년", "2023년", "2024년", "2025년")
IMG = Path(__file__).parent.parent / "docs" / "img"


def inbox_of(root: Path) -> Path:
    """Cards with slips of the pen, and two sound ones."""
    inbox = root / "inbox"
    inbox.mkdir()
    print_pdf(html_card(3, {("소요", "구비", "2025년"): "362"}), inbox / PDF, root)
    print_pdf(html_card(5, factor=6), inbox / "2024_마을버스.pdf", root)
    texts = {
        TEXT: text_card(0, {("소요", "구비", "계"): "3.528"}, factor=2),
        "2024_돌봄센터.txt": text_card(1, {("투입", "시비", "2023년"): "747"}, factor=3, progress="120%"),
        "2024_물길.txt": text_card(2, {("투입", "국비", "2024년"): "3,000"}, factor=4),
        "2024_도서관.txt": text_card(4, {("소요", "국비", "2024년"): "4,560"}, factor=5).replace(
            "관리번호\t1-5-1", "\t"
        ),
        "2024_청년가게.txt": text_card(6, factor=7),
        "2024_도서관_밀림.txt": text_card(
            10, {("투입", "시비", k): v for k, v in zip(YEARS, ("-", "160", "158", "31"), strict=True)}
        ),
    }
    for name, text in texts.items():
        (inbox / name).write_text(text, encoding="utf-8")
    return inbox


def take(root: Path, browser: Browser) -> None:
    """Every picture, in the order of a person's work."""

    def shot(name: str) -> None:
        browser.driver.save_screenshot(str(IMG / f"review-{name}.png"))

    inbox, output = inbox_of(root), root / "output"
    run(inbox, output)
    with serving(output, inbox) as station:
        browser.enter(station)
        shot("queue")
        browser.enter(station, TEXT)
        shot("card-text")
        browser.key("KeyS")
        browser.until("document.querySelector('.chip.good') !== null")
        browser.until("document.querySelector('#output').classList.contains('output-current')")
        browser.until("getComputedStyle(document.querySelector('#toast')).opacity === '0'")
        shot("corrected")
        browser.enter(station, "2024_도서관_밀림.txt")
        shot("line")
        browser.enter(station, PDF)
        browser.until("document.querySelector('.sheet img').naturalWidth > 0")
        shot("card-pdf")
        browser.key("KeyA")
        browser.until("document.querySelector('#edit').open")
        shot("accept")
        browser.key("Escape")
        browser.key("KeyG")
        browser.until("document.activeElement.closest('.grid') !== null")
        browser.type("326")
        shot("grid")
        browser.key("Enter")
        browser.until("document.querySelector('.chip.good') !== null")
        browser.key("Slash", shift=True)
        browser.until("document.querySelector('#help').open")
        shot("help")
        browser.enter(station, "2024_돌봄센터.txt")
        browser.key("KeyA")
        browser.until("document.querySelector('#edit').open")
        browser.key("Enter")
        browser.until("document.querySelector('.finding.state-accepted') !== null")
        browser.key("KeyU")
        browser.until("document.querySelector('.finding.state-accepted') === null")
        browser.driver.get(f"{station.address}/log")
        shot("log")
        browser.driver.get(f"{station.address}/?lang=en")
        shot("english")
        browser.driver.get(f"{station.address}/?lang=ko")
        for path in ("2024_돌봄센터.txt", "2024_물길.txt", "2024_도서관.txt", "2024_도서관_밀림.txt"):
            card = record(output, path)
            for f in card["findings"]:
                if f["caused_by"] is None and f["severity"] != "info":
                    station.decide(
                        card["card_id"], action="accept", finding=f["id"], reason="원본에 그렇게 적혀 있음"
                    )
        station.settled()
        browser.driver.get(station.address)
        browser.until("document.querySelector('.empty') !== null")
        shot("empty")


def take_report(root: Path, browser: Browser) -> None:
    """The report of a government and of one pledge, whole pages."""
    output = three_reports(root)
    for name, pledge in (("report", None), ("report-pledge", "3-1-1")):
        page = report.write(output, dest=root / f"{name}.html", pledge=pledge, term=TERM)
        browser.driver.get(page.as_uri())
        height = min(1500, browser.js("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": 885, "height": height, "scale": 1}
        metrics = {"width": 885, "height": 768, "deviceScaleFactor": 1, "mobile": False}
        browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        shot = browser.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
        )
        (IMG / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    IMG.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        chromium = Browser(scratch / "profile-of-pictures")
        try:
            take(scratch, chromium)
            take_report(scratch / "report", chromium)
        finally:
            chromium.driver.quit()
