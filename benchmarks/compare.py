"""cardextract beside simpler means on the same invented cards: `python benchmarks/compare.py [--cards N] [--rounds N]`.

Text cards: a plain script of regular expressions that takes the title, the number and the figures of the budget as they
stand, with no place, no check and no doubt. PDF cards of three pages: PDFium's bare text, and pdfplumber's tables and
words. CPU milliseconds a card in one process, the median of the rounds, and the ratio to cardextract.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

sys.path.insert(0, str(Path(__file__).parent))
import formats
import pdf

import cards
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, find_rules_dir, load_rules

Run = Callable[[Path], object]
FIELDS = re.compile(r"^(공약제목|주관부서|사업기간|추진상황)\t([^\t]*)|관리번호\t(.*)$", re.MULTILINE)
ROW = re.compile(r"^[^\t\n]*\t(총계|국비|시비|구비|기타)\t(.*)$", re.MULTILINE)


def script(path: Path) -> object:
    """What a script of an afternoon does."""
    text = path.read_text(encoding="utf-8")
    header = [m.groups() for m in FIELDS.finditer(text)]
    figures = [
        (
            m[1],
            [0 if cell == "-" else int(cell.replace(",", "")) * 10**6 for cell in m[2].split("\t") if cell],
        )
        for m in ROW.finditer(text)
    ]
    return header, figures


def plumber(path: Path) -> object:
    """Tables with their text, and words."""
    with pdfplumber.open(path) as document:
        return [(page.extract_tables(), page.extract_words()) for page in document.pages]


def ours(rules: RuleSet, mentions: bool) -> Run:
    """A card from file to checked record."""
    return lambda path: extract_file(path, root=path.parent, rules=rules, mentions=mentions)


def milliseconds(run: Run, files: list[Path]) -> float:
    """CPU milliseconds a file."""
    start = time.process_time()
    for path in files:
        run(path)
    return (time.process_time() - start) * 1000 / len(files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rules = load_rules(find_rules_dir(None))
    whole: dict[str, Run] = {
        "cardextract": ours(rules, False),
        "cardextract, with mentions": ours(rules, True),
    }
    runs: dict[str, dict[str, Run]] = {
        "txt": {**whole, "a script of regular expressions": script},
        "pdf": {**whole, "PDFium's bare text": pdf.bare, "pdfplumber, tables and words": plumber},
    }
    with tempfile.TemporaryDirectory() as folder:
        for kind, means in runs.items():
            files = [Path(folder) / f"{n}.{kind}" for n in range(given.cards)]
            for n, path in enumerate(files):
                formats.MAKERS[kind](cards.card(n), path)
            for run in means.values():
                run(files[0])  # imports and caches
            figures = {
                name: [milliseconds(run, files) for _ in range(given.rounds)] for name, run in means.items()
            }
            own = statistics.median(figures["cardextract"])
            for name, values in figures.items():
                median = statistics.median(values)
                print(f"{kind}  {name:34} {median:8.2f} ms a card  {median / own:7.3f} x cardextract")


if __name__ == "__main__":
    main()
