"""PDF files of others: each table of the shared samples against its twin's, each hostile file against other readers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence

import pytest
from tests.test_readers_pdf import shared, squeeze, tables

from cardextract.document import Cell, Paragraph
from cardextract.readers.pdf import read

Texts = list[tuple[int, int, int, int, str]]
"""Cells: row, column, the rows and columns they span, and their text without white space."""

Drawn = Sequence[Sequence[tuple[int, int]]]
"""What the page shows of a table: for each cell that rules close, the twin's cells (row, column) that stand in it."""

DIFFERENT: dict[tuple[str, int], tuple[str, Drawn]] = {
    ("복학원서", 0): (
        "the title row has no border but the one below it",
        [[(r, c)] for r in range(1, 4) for c in range(4)] + [[(4, 0)], [(4, 1)]],
    ),
    ("복학원서", 1): (
        "only the receiver's box is ruled; under the signature runs a dotted line",
        [[(0, 3)], [(1, 3)]],
    ),
    ("복학원서", 2): ("no border at all: a line to cut along above, a stamp beside it", []),
    ("hwpx-h-02", 0): ("one box around three cells, nothing between them", [[(0, 0), (0, 1), (0, 2)]]),
    ("hwpx-h-02", 2): ("no border at all: a line of text with wide gaps", []),
    ("hwpx-h-02", 7): (
        "no border between the two rows at the left, nor between rank, name and telephone",
        [
            [(0, 0), (1, 0)], [(0, 1), (1, 1)], [(0, 2)], [(0, 3), (0, 4), (0, 5)], [(1, 2)],
            [(1, 3), (1, 4), (1, 5)],
        ],
    ),
    ("hwpx-h-02", 8): ("the cell between the two boxes has no border above and below", [[(0, 0)], [(0, 2)]]),
    ("hwpx-h-02", 25): ("as in table 8", [[(0, 0)], [(0, 2)]]),
}  # fmt: skip


def _own(cell: Cell) -> str:
    return squeeze("".join(b.text for b in cell.blocks if isinstance(b, Paragraph)))


def test_sample_tables_are_those_of_the_twins() -> None:
    """Every table of a twin stands in the PDF, cell by cell; where rules are missing, every cell that is ruled."""
    (truth,) = shared("samples/expected_tables.json")
    twins = json.loads(truth.read_text("utf-8"))
    different: set[tuple[str, int]] = set()
    for path in shared("samples/pdf/*.pdf"):
        twin = twins[f"pdf/{path.name}"]["tables"]
        found: list[Texts] = [
            sorted((c.row, c.col, c.rowspan, c.colspan, _own(c)) for c in table.cells)
            for table in tables(read(path)[0].blocks)
        ]
        for i, table in enumerate(twin):
            cells = sorted(
                (c["row"], c["col"], c["row_span"], c["col_span"], squeeze(c["text"])) for c in table["cells"]
            )
            if cells in found:
                found.remove(cells)
                continue
            name = path.stem.rsplit("__", 1)[-1]
            different.add((name, i))
            text = {(row, col): string for row, col, _, _, string in cells}
            want = ["".join(text[at] for at in group) for group in DIFFERENT[name, i][1]]
            have = [[string for *_, string in cells] for cells in found]
            if want:
                found.pop(have.index(want))
        assert not found, path.name  # no table that the twin does not have
    assert different == set(DIFFERENT)


READERS = """
import json, resource, signal, sys
from collections import Counter
from pathlib import Path
import pdfplumber, pypdfium2
from cardextract.findings import Unreadable
from cardextract.readers.pdf import read

def letters(text):
    return Counter(c for c in text if c.isalnum())

def pdfium(path):
    document = pypdfium2.PdfDocument(path)
    return [letters(page.get_textpage().get_text_range()) for page in document]

def plumber(path):
    with pdfplumber.open(path) as document:
        return [letters("".join(c["text"] for c in page.chars)) for page in document.pages]

def compared(path, other):
    signal.alarm(3)  # pdfminer needs minutes for some
    try:
        return other(path)
    except Exception:
        return []  # it cannot read the file, or not soon
    finally:
        signal.alarm(0)

resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
def late(*_): raise TimeoutError
signal.signal(signal.SIGALRM, late)
for name in sys.stdin.read().split("\\n"):
    result = {"code": None, "named": [], "lost": [], "silent": []}
    try:
        document, findings = read(Path(name))
    except Unreadable as verdict:
        result["code"] = verdict.code
    else:
        mine = {}
        for paragraph in [*document.paragraphs(), *document.margins]:
            mine.setdefault(paragraph.place.page, Counter()).update(letters(paragraph.text))
        result["named"] = sorted({f.code for f in findings})
        flagged = {f.places[0].page for f in findings}
        for other in (pdfium, plumber):
            pages = compared(name, other)
            total = sum(pages, Counter())
            if (total - sum(mine.values(), Counter())).total() > 0.05 * total.total():
                result["lost"].append(other.__name__)
            if (total - sum(mine.values(), Counter())).total() >= 20:
                result["silent"] += [
                    number for number, page in enumerate(pages, start=1)
                    if page.total() >= 20 and not mine.get(number) and number not in flagged
                ]
    print(json.dumps([Path(name).name, result]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limits of the child are POSIX")
@pytest.mark.parametrize("folder", ["torture", "samples"])
def test_no_file_is_empty_in_silence_where_another_reader_finds_text(folder: str) -> None:
    """Records, an empty document with a finding, or a refusal with its code; and no twentieth of the text is lost."""
    files = shared(f"{folder}/pdf/*.pdf")
    child = subprocess.run(
        [sys.executable, "-c", READERS], input="\n".join(map(str, files)), capture_output=True, text=True,
        timeout=180,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-2000:]
    results = dict(json.loads(line) for line in child.stdout.splitlines())
    assert set(results) == {path.name for path in files}
    for name, result in results.items():
        assert result["code"] is None or re.fullmatch(r"[a-z_]+", result["code"]), name
        assert not result["silent"], (name, result)
        assert not result["lost"] or result["named"], (name, result)
    if folder == "torture":
        named = {name for name, result in results.items() if result["lost"]}
        assert (
            named
            <= {  # which of them depends on the fonts of the machine
                "pdfminersix__issue-791-non-unicode-cmap.pdf",  # a font without a character map: pdfminer guesses wrong
                "pdfminersix__jo.pdf",  # set from top to bottom: PDFium leaves out lines without width
            }
        )
