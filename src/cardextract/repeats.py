"""Tables of a converter that repeats the text of a merged cell in each of its columns and rows: one cell again.

Equal words side by side are one merged cell, equal figures are two. Only where a document does so in several rows is it
taken for one of such a converter; then every row has all its cells, and the grids need no repair.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from cardextract.budget.slots import figure_in
from cardextract.document import Cell, Document, Table
from cardextract.rules import Rules

FEWEST = 3
"""Rows with a repeated text that show what the converter does."""
_WORDS = re.compile(r"[가-힣一-鿿A-Za-z].*[가-힣一-鿿A-Za-z]", re.DOTALL)


def merge_repeats(document: Document, rules: Rules) -> Document:
    """The document with repeated cells merged. rules: unused, as every step of the way takes them."""
    del rules
    tables = [b for b in document.blocks if isinstance(b, Table) and _full(b)]
    if sum(map(_repeating, tables)) < FEWEST:
        return document
    mine = {id(t) for t in tables}
    blocks = tuple(merged(b) if isinstance(b, Table) and id(b) in mine else b for b in document.blocks)
    return replace(document, blocks=blocks)


def _full(table: Table) -> bool:
    """Does every row of a table without spans have all its fields?"""
    return table.ragged and table.cols > 2 and len(table.cells) == table.rows * table.cols


def _repeating(table: Table) -> int:
    """Rows in which a text stands in two cells side by side."""
    count = 0
    for row in table.lines():
        texts = [cell.bare for cell in row]
        for first, second in itertools.pairwise(texts):
            if first == second and _is_merged(first):
                count += 1
                break
    return count


def _repeats(first: Cell, second: Cell) -> bool:
    text = first.bare
    return text == second.bare and _is_merged(text)


def _is_merged(text: str) -> bool:
    """Does a text that stands in two cells side by side stand in one merged cell?"""
    return _WORDS.search(text) is not None and figure_in(text) is None


def merged(table: Table) -> Table:
    """The table with spans where texts are repeated."""
    rows = table.lines()
    taken: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if (r, c) in taken:
                continue
            right = c + 1
            while right < table.cols and (r, right) not in taken and _repeats(cell, row[right]):
                right += 1
            down = r + 1
            while down < table.rows and _same_below(rows[r], rows[down], c, right):
                down += 1
            taken |= {(i, j) for i in range(r, down) for j in range(c, right)}
            cells.append(replace(cell, rowspan=down - r, colspan=right - c))
    return replace(table, cells=tuple(cells), ragged=False)


def _same_below(above: Sequence[Cell], below: Sequence[Cell], first: int, end: int) -> bool:
    """Do the cells of the row below repeat the merged cell, in its columns and in no other?"""
    if not all(_repeats(above[first], below[c]) for c in range(first, end)):
        return False
    beside = [c for c in (first - 1, end) if 0 <= c < len(below)]
    return not any(_repeats(above[first], below[c]) for c in beside)
