"""Tables that hold several one-table cards (a PDF drew them too near, a sheet has them one below the other), parted.

A card begins again where a row repeats the labels of the first header row beside other values, and the rows below it
name the pledge as the rows below the first do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cardextract.anchors import nameable
from cardextract.boxes import subtable
from cardextract.document import Block, Cell, Table
from cardextract.head.grids import read_grid
from cardextract.head.words import label_fields
from cardextract.rules import Rules
from cardextract.values import squeeze

FEWEST_ROWS = 3
"""A card in one table has at least so many rows."""
NAMING = frozenset({"title", "number", "serial", "lead_department"})
NAMING_FIRST = frozenset({"title", "number"})


def parted(blocks: Sequence[Block], rules: Rules) -> Iterator[Block]:
    """The blocks with tables of several cards cut into a table a card."""
    for b in blocks:
        if not isinstance(b, Table) or b.rows < 2 * FEWEST_ROWS:
            yield b
        elif starts := _starts(b, rules):
            for i, j in itertools.pairwise([0, *starts, b.rows]):
                yield _part(b, i, j)
        else:
            yield b


def _starts(table: Table, rules: Rules) -> list[int]:
    """The rows in which the second card and those after it begin."""
    if not nameable(table, rules) & NAMING_FIRST:
        return []
    rows = [[c for c in row if c.bare] for row in table.lines()]
    first = next((r for r, row in enumerate(rows) if _names(row, rules)), None)
    if first is None or not _labels(rows[first], rules):
        return []
    labels = _labels(rows[first], rules)
    again = [
        r
        for r in range(first + FEWEST_ROWS, len(rows))
        if _labels(rows[r], rules) == labels and _texts(rows[r]) != _texts(rows[first])
    ]
    if not again:
        return []
    begins = [_with_titles(rows, r, first) for r in again]
    stated = [_stated(subtable(table, i, j), rules) for i, j in itertools.pairwise([0, *begins, table.rows])]
    alike = all(len(s) >= 3 and len(s & NAMING) >= 2 and len(s & stated[0]) >= 3 for s in stated)
    return begins if alike else []


def _texts(row: Sequence[Cell]) -> list[str]:
    return [squeeze(c.bare) for c in row]


def _labels(row: Sequence[Cell], rules: Rules) -> list[str]:
    """The known labels of a row that has values beside them; empty for a row of labels alone, or without any."""
    known = [squeeze(c.bare) for c in row if label_fields(c.bare, rules)]
    return known if 0 < len(known) < len(row) else []


def _names(row: Sequence[Cell], rules: Rules) -> bool:
    return any(not NAMING_FIRST.isdisjoint(label_fields(c.bare, rules)) for c in row)


def _with_titles(rows: Sequence[Sequence[Cell]], start: int, first: int) -> int:
    """The row in which a card begins: what stands alone above its header as above the first (its report's name) is its own."""
    above = {text for row in rows[:first] for text in _texts(row)}
    while not rows[start - 1] or (len(rows[start - 1]) == 1 and _texts(rows[start - 1])[0] in above):
        start -= 1
    return start


def _stated(table: Table, rules: Rules) -> set[str]:
    return {p.field for p in read_grid(table, rules).picks if p.span.text}


def _part(table: Table, start: int, stop: int) -> Table:
    """Some rows as a table of their own, on the pages on which they stand."""
    part = subtable(table, start, stop)
    pages = {c.place.page for c in part.cells}
    own = tuple(place for place in table.fragments if place.page in pages)
    return replace(part, fragments=own, place=own[0] if own else part.place)
