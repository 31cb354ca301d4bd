"""How fast cards of each format are: `python benchmarks/formats.py [--cards N] [--rounds N] [--workers N] [--mentions]`.

The invented cards of cards.py as text, DOCX, HWPX and PDF of three pages, each format in an inbox of its own; then the
command as people run it. Prints a line of JSON for each run, as batch.py does; start and end of the run are included.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).parent))
import batch
from tests import pdf_maker
from tests.cards import make

import cards

Rows = list[list[str]]
Blocks = list[str | Rows]
LEFT, TOP, BOTTOM = 40, 800, 50
WIDTHS = {2: (60, 455), 4: (60, 195, 60, 200), 6: (60, 95, 45, 125, 60, 130), 10: (85, 40, *[48] * 7, 54)}
"""Of a row with so many cells: how wide they are."""


def blocks(text: str) -> Blocks:
    """Lines and tables; in a table only cells with text, and those of the budget in their columns."""
    out: Blocks = []
    for line in text.splitlines():
        if "\t" not in line:
            out.append(line)
            continue
        cells = line.split("\t")
        if cells[0] == "구 분":
            cells.insert(1, "<")
        if len(cells) < 9:
            cells = [c for c in cells if c]
        rows = out[-1] if out and isinstance(out[-1], list) else []
        if not rows:
            out.append(rows)
        rows.append((cells if cells[0] else ["^", *cells[1:]])[:10])
    return out


def table(rows: Rows) -> make.Grid:
    """For the makers of the sample cards, which want every row to be as wide."""
    wide = {2: lambda c: [*c, "<", "<", "<", "<"], 4: lambda c: [*c[:2], "<", *c[2:], "<"]}
    return make.grid([wide.get(len(c), list)(c) if len(rows[0]) < 10 else c for c in rows])


def pdf(content: Blocks) -> bytes:
    """Pages as a printer makes them: text line by line, tables as strokes."""
    pages, y = [""], float(TOP)

    def room(height: float) -> None:
        nonlocal y
        if y - height < BOTTOM:
            pages.append("")
            y = TOP
        y -= height

    for block in content:
        if isinstance(block, str):
            room(20 if block.strip() else 9)
            pages[-1] += pdf_maker.text(LEFT, y, block, 9) if block.strip() else ""
            continue
        room(18 * len(block))
        top = y + 18 * len(block)
        for r, row in enumerate(block):
            x, low = float(LEFT), top - 18 * (r + 1)
            for c, (cell, width) in enumerate(zip(row, WIDTHS[len(row)], strict=True)):
                spans = row[c + 1 : c + 2] == ["<"]
                if cell != "<":
                    pages[-1] += pdf_maker.text(x + 2, low + 6, cell if cell != "^" else "", 6.5)
                begins = r + 1 == len(block) or block[r + 1][c : c + 1] != ["^"]
                sides = [(x, low + 18, x, low)] if cell != "<" else []
                sides += [(x, low, x + width, low)] if begins else []
                sides += [(x, low + 18, x + width, low + 18)] if r == 0 else []
                sides += [(x + width, low + 18, x + width, low)] if c + 1 == len(row) and not spans else []
                pages[-1] += pdf_maker.lines(sides)
                x += width
    return pdf_maker.pdf(pages, box="/MediaBox [0 0 595 842]")


def printed(content: Blocks) -> list[str | make.Grid]:
    """Blocks for the makers of the sample cards."""
    return [b if isinstance(b, str) else table(b) for b in content]


MAKERS: dict[str, Callable[[str, Path], object]] = {
    "txt": lambda text, path: path.write_text(text, encoding="utf-8"),
    "docx": lambda text, path: make.as_docx(printed(blocks(text)), path),
    "hwpx": lambda text, path: make.as_hwpx(printed(blocks(text)), path),
    "pdf": lambda text, path: path.write_bytes(pdf(blocks(text))),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mentions", action="store_true")
    parser.add_argument("--formats", default=",".join(MAKERS))
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cardextract-formats-"))
    more = ["--workers", str(given.workers), "--mentions" if given.mentions else "--no-mentions"]
    for name in given.formats.split(","):
        inbox = folder / name
        inbox.mkdir()
        for n in range(given.cards):
            MAKERS[name](cards.card(n), inbox / f"card{n:0{math.ceil(math.log10(given.cards))}}.{name}")
        time.sleep(2.5)  # so that the first run may trust the times of the files
        for _ in range(given.rounds):
            shutil.rmtree(folder / "output", ignore_errors=True)
            found = batch.measured(name, inbox, folder / "output", given.cards, *more)
            print(json.dumps(found), flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
