"""How long the review station takes with many cards: `python benchmarks/review.py [CARDS] [FINDINGS]`.

Prints the median of the queue page and the card page, as a browser's request sees them, the time to start, and (with
Chromium installed) of the step to the next finding. Everything is made from invented cards in a temporary folder.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.review_cards import text_card
from tests.review_station import Station, run, serving


def make(root: Path, cards: int, findings: int) -> None:
    """An inbox of one real card and an output folder with `cards` copies of it, `findings` errors among them."""
    inbox, output = root / "inbox", root / "output"
    inbox.mkdir()
    (inbox / "카드.txt").write_text(text_card(0, {("소요", "구비", "계"): "1.764"}), encoding="utf-8")
    run(inbox, output)
    text = (output / "cards.jsonl").read_text("utf-8").strip()
    first = json.loads(text)
    errors = [f for f in first["findings"] if f["severity"] == "error"]
    lines, left = [], findings
    for n in range(cards):
        path = f"2024_상반기/카드_{n:05}.txt"
        source = inbox / path
        source.parent.mkdir(exist_ok=True)
        body = text_card(0, {("소요", "구비", "계"): "1.764"}) + f"\n{n}\n"
        source.write_text(body, encoding="utf-8")
        sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        card = dict(
            first, card_id=f"{sha256[:12]}-1", title=f"{first['title']} {n}", number=f"{n // 100}-{n % 100}-1"
        )
        card["source"] = {**first["source"], "path": path, "sha256": sha256}
        own = errors[: min(left, len(errors))] if n % 10 < 1 or left >= (cards - n) * len(errors) else []
        left -= len(own)
        card["findings"] = [
            {
                **f,
                "id": f"{n:06}{i:06}",
                "caused_by": f"{n:06}{0:06}" if i else None,
                "card_id": card["card_id"],
                "source_path": path,
            }
            for i, f in enumerate(own)
        ]
        raw = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
        lines.append(raw)
        (output / "cards" / f"{card['card_id']}.json").write_text(raw, encoding="utf-8")
    (output / "cards.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [f for line in lines for f in json.loads(line)["findings"]]
    text = "".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) + "\n" for f in found)
    (output / "findings.jsonl").write_text(text, encoding="utf-8")


def median(what: Callable[[int], object], times: int = 15) -> float:
    """Milliseconds."""
    taken = []
    for n in range(times):
        begun = time.perf_counter()
        what(n)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def pages(station: Station) -> None:
    """The two pages, by HTTP."""
    station.request("/")
    print(f"queue page           {median(lambda _: station.request('/')):7.0f} ms")
    print(f"queue page, searched {median(lambda n: station.request(f'/?q={n}')):7.0f} ms")
    ids = [part.split('"')[0].split("?")[0] for part in station.request("/")[2].split('href="/card/')[1:]]
    station.request(f"/card/{ids[0]}")
    print(f"card page            {median(lambda n: station.request(f'/card/{ids[1 + n]}')):7.0f} ms")


def browser(station: Station) -> None:
    """The step to the next finding, from key to the next frame."""
    from tests.test_review_browser import Browser

    with tempfile.TemporaryDirectory() as scratch:
        chromium = Browser(Path(scratch))
        try:
            chromium.driver.get(station.entrance)
            link = chromium.js("document.querySelector('.queue th a').href")
            begun = time.perf_counter()
            chromium.driver.get(link)
            print(
                f"card in the browser  {(time.perf_counter() - begun) * 1000:7.0f} ms (one load, with styles and script)"
            )
            script = (
                "const done = arguments[0], t = performance.now();"
                "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyJ', bubbles: true}));"
                "setTimeout(() => requestAnimationFrame(() => done(performance.now() - t)), 0);"
            )
            taken = [float(chromium.driver.execute_async_script(script)) for _ in range(15)]
            print(f"next finding         {statistics.median(taken):7.0f} ms")
        finally:
            chromium.driver.quit()


def main(cards: int, findings: int) -> None:
    """Make, serve, measure."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root, cards, findings)
        print(f"{cards} cards, {findings} findings")
        begun = time.perf_counter()
        with serving(root / "output", root / "inbox") as station:
            print(f"start                {(time.perf_counter() - begun) * 1000:7.0f} ms")
            pages(station)
            browser(station)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3])) if len(sys.argv) > 2 else main(5000, 2000)
