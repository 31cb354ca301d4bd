"""borders.py [--seeds 0:24] [--dress none,hrules]: score PDFs of drawn layouts whose tables have few borders, or none.

Prints the layouts' web pages with Chromium (selenium and a chromedriver are needed), each dress of the tables by itself.
Run from the project's folder:
    python -m tests.layouts.borders --seeds 0:24
"""

from __future__ import annotations

import argparse
import base64
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from .generate import write
from .measure import compare, extract, scorer

PAGE = (
    "@page{size:A4;margin:15mm} body{font-family:NanumGothic,sans-serif;font-size:10pt}"
    " table{border-collapse:collapse;width:100%;margin:4px 0 10px} td,th{padding:3px 6px;font-weight:normal}"
)
ALIGNED = [("right", "center"), ("center", "center"), ("left", "left"), ("right", "left"), ("center", "left")]
"""How figures and headings are set, by turns."""
DRESS = {
    "grid": "td,th{border:1px solid #333}",
    "none": "",
    "budget": ".head td,.head th{border:1px solid #333}",
    "hrules": "td,th{border-bottom:1px solid #999}",
    "vrules": "td,th{border-left:1px solid #999;border-right:1px solid #999}",
    "frame": "table{border:1.5px solid #000}",
    "zebra": "tr:nth-child(even){background:#eee}",
    "headfill": "th{background:#dde}",
    "fills": "table{border-collapse:separate;border-spacing:3px} td{background:#eef} th{background:#dde}",
    "dotted": "td,th{border:1px dotted #333}",
    "dashed": "td,th{border:1px dashed #333}",
    "spaced": "table{border-collapse:separate;border-spacing:6px} td,th{border:1px solid #333}",
}
"""Style rules; a table of more than four columns, or mostly of figures, is no `head`."""


def classed(page: str) -> str:
    """The page with its tables of labels marked."""

    def mark(found: re.Match[str]) -> str:
        table = found[0]
        most = max(len(re.findall(r"<t[dh]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.S))
        figures = len(re.findall(r"<td[^>]*>\s*[-\d.,△%％]+\s*</td>", table))
        head = most <= 4 and figures <= 0.6 * len(re.findall("<td", table))
        return table.replace("<table", '<table class="head"', 1) if head else table

    return re.sub(r"<table.*?</table>", mark, page, flags=re.S)


def printed(driver: Any, page: str, style: str, target: Path) -> None:
    """Write the page as PDF."""
    style = f"<style>{PAGE}{style}.head td{{text-align:left}}</style>"
    source = target.with_suffix(".html")
    source.write_text(
        page.replace("</head>", f"{style}</head>", 1) if "</head>" in page else style + page, "utf-8"
    )
    driver.get(source.as_uri())
    made = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    target.write_bytes(base64.b64decode(made["data"]))
    source.unlink()


def dressed(root: Path, seeds: range, names: list[str]) -> None:
    """Write a folder for each dress with a PDF of each layout; the web pages and their truth stand in `root`."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        for i in seeds:
            (path, *_) = sorted(root.glob(f"inbox/*/*/html/ad{i:04}_*_html.html"))
            raw = path.read_bytes()
            text = raw.decode("cp949" if b"euc-kr" in raw[:400].lower() else "utf-8")
            page = classed(re.sub(r'charset="?[\w-]+"?', 'charset="utf-8"', text))
            figures, headings = ALIGNED[i % len(ALIGNED)]
            for name in names:
                folder = root / name / "inbox" / "single" / "borders" / "pdf"
                folder.mkdir(parents=True, exist_ok=True)
                style = f"td{{text-align:{figures}}}th{{text-align:{headings}}}{DRESS[name]}"
                printed(driver, page, style, folder / (path.stem.replace("_html", "_pdf") + ".pdf"))
    finally:
        driver.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:24")
    parser.add_argument("--dress", default=",".join(DRESS))
    parser.add_argument("-v", action="store_true")
    a = parser.parse_args()
    first, last = map(int, a.seeds.split(":"))
    score = scorer()
    score.SPACES = ""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, range(first, last), ("html",), 2)
        dressed(root, range(first, last), a.dress.split(","))
        truth = [{**t, "doc": t["doc"].replace("_html", "_pdf")} for t in score.load_truth(root / "truth")]
        for name in a.dress.split(","):
            stems = {path.stem for path in (root / name).rglob("*.pdf")}
            want = [t for t in truth if t["doc"] in stems]
            found = [score.adapt(card) for card in extract(root / name)]
            n = score.score(want, found)["overall"]
            print(
                f"{name:9}", " ".join(f"{key}={show(n).strip()}" for key, show in score.COLUMNS), flush=True
            )
            for doc, lines in compare(score, want, found).items() if a.v else ():
                print("##", doc, *lines, sep="\n    ")


if __name__ == "__main__":
    sys.exit(main())
