"""Budget tables that blanks alone set: a line is a row, figures below each other are a column.

The columns are those of the figures; the lowest headings stand over them, upper ones keep their order only. A label of
several rows stands on the first of them or in their middle: the labels beside it say where its rows begin.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardextract.budget.slots import Slot, read_slots
from cardextract.document import Cell, Paragraph, Table
from cardextract.rules import Rules
from cardextract.values import squeeze

VALUES = ("figure", "mark", "percent")
_PIECE = re.compile(r"\S+(?:[ \xa0]\S+)*")
_WORD = re.compile(r"\S+")
MAX_HEADS = 3
"""Lines of headings."""


@dataclass(frozen=True)
class Piece:
    """What stands together in a line, from column x0 to x1."""

    x0: int
    x1: int
    cell: Cell
    slot: Slot

    @property
    def value(self) -> bool:
        return self.slot.kind in VALUES


Line = tuple[Piece, ...]
Column = tuple[int, int]


def pieces_of(p: Paragraph, xs: Sequence[int], rules: Rules) -> Line:
    """The pieces of a line: what stands two blanks apart, or one where all of it are figures. xs: where each character
    begins, and where the last ends."""
    out = []
    for m in _PIECE.finditer(p.text):
        words = [(m.start() + w.start(), m.start() + w.end()) for w in _WORD.finditer(m[0])]
        slots = [_slot(p, i, j, rules) for i, j in words]
        if len(words) > 1 and all(s.kind in VALUES for s in slots):
            out += [_piece(i, j, s, xs) for (i, j), s in zip(words, slots, strict=True)]
        else:
            out.append(_piece(*m.span(), _slot(p, *m.span(), rules), xs))
    return tuple(out)


def _slot(p: Paragraph, i: int, j: int, rules: Rules) -> Slot:
    part = replace(p, text=p.text[i:j], place=p.place.part(i, j), indent=0)
    (slot,) = read_slots([Cell(0, 0, 1, 1, (part,), part.place)], rules)
    return slot


def _piece(i: int, j: int, slot: Slot, xs: Sequence[int]) -> Piece:
    assert slot.cell is not None
    return Piece(xs[i], xs[j], slot.cell, slot)


def spaced_tables(lines: Sequence[Line]) -> Iterator[tuple[int, int, Table]]:
    """(first line, end, table) of the runs of lines that could be budgets."""
    i = 0
    while i < len(lines):
        if not _heading(lines[i]):
            i += 1
            continue
        first = i
        while i < len(lines) and _heading(lines[i]):
            i += 1
        body = i
        while i < len(lines) and (_row(lines[i]) or _label_alone(lines[i : i + 2])):
            i += 1
        if i > body and body - first <= MAX_HEADS:
            table = _table(lines[first:body], lines[body:i])
            if table is not None:
                yield first, i, table


def _heading(line: Line) -> bool:
    return len(line) > 1 and not any(p.value for p in line) and sum(bool(p.slot.terms) for p in line) > 1


def _row(line: Line) -> bool:
    words = [p for p in line if not p.value]
    return any(p.value for p in line) and len(words) <= 4 and any(p.slot.terms for p in words)


def _label_alone(lines: Sequence[Line]) -> bool:
    """A label in the middle of an even number of rows, or the second line of one."""
    return len(lines) == 2 and len(lines[0]) == 1 and not lines[0][0].value and _row(lines[1])


def _clusters(pieces: Sequence[Piece]) -> list[Column]:
    """What overlaps is one column."""
    out: list[Column] = []
    for x0, x1 in sorted((p.x0, p.x1) for p in pieces):
        if out and x0 < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    return out


def _in(piece: Piece, columns: Sequence[Column]) -> int:
    """The column that a piece overlaps most, else the nearest."""
    return max(
        range(len(columns)),
        key=lambda i: min(piece.x1, columns[i][1]) - max(piece.x0, columns[i][0]),
    )


def _placed(pieces: Sequence[Piece], columns: Sequence[Column]) -> dict[int, Piece] | None:
    """Each piece in its column; None where two would share one."""
    if len(pieces) == len(columns):
        return dict(enumerate(pieces))
    out = {_in(p, columns): p for p in pieces}
    return out if len(out) == len(pieces) else None


def _value_columns(rows: Sequence[Sequence[Piece]]) -> list[Column]:
    """The columns of the figures: where every row has as many, each counts; else what overlaps, if some row fills all."""
    filled = [row for row in rows if row]
    most = max(map(len, filled))
    if all(len(row) == most for row in filled):
        return [(min(p.x0 for p in c), max(p.x1 for p in c)) for c in zip(*filled, strict=True)]
    found = _clusters([p for row in filled for p in row])
    return found if len(found) == most else []


def _table(heads: Sequence[Line], body: Sequence[Line]) -> Table | None:
    """The lines as a table with the spans that their places tell; None where these leave a doubt."""
    values = _value_columns([[p for p in line if p.value] for line in body])
    if not values:
        return None
    left, right = min(x0 for x0, _ in values), max(x1 for _, x1 in values)
    words = [p for line in body for p in line if not p.value and p.x0 < left]
    if not words or any(not p.value and p.x0 >= left for line in body for p in line):
        return None
    labels = _clusters(words)
    own = [[p for p in line if _in(p, [*labels, *values]) >= len(labels)] for line in heads]
    over = _headings([[p for p in line if not (p.x0 >= right and _remark(p))] for line in own], values)
    named = _named(body, labels)
    if over is None or named is None:
        return None
    corner = [p.cell for p in heads[0] if p not in own[0]]
    if any(p not in own[n] for n, line in enumerate(heads) for p in line if n) or len(corner) > len(labels):
        return None
    cells = [
        replace(cell, row=0, col=n, rowspan=len(heads), colspan=1 if n + 1 < len(corner) else len(labels) - n)
        for n, cell in enumerate(corner)
    ]
    cells += [replace(c, col=c.col + len(labels)) for c in over]
    for r, (line, names) in enumerate(named, len(heads)):
        placed = _placed([p for p in line if p.value], values)
        if placed is None:
            return None
        cells += [replace(c, row=r, col=n) for n, c in enumerate(names) if c is not None]
        cells += [replace(p.cell, row=r, col=len(labels) + n) for n, p in placed.items()]
    return _of(_spanned(cells, len(labels), len(heads)), len(heads) + len(named), len(labels) + len(values))


def _remark(piece: Piece) -> bool:
    return {t.dimension for t in piece.slot.terms} == {"ignore"}


def _headings(lines: Sequence[Sequence[Piece]], values: Sequence[Column]) -> list[Cell] | None:
    """The headings over the value columns, of one line or two; None where one could stand over several of them."""
    lower = _placed(lines[-1], values)
    if lower is None or len(lines) > 2:
        return None
    if len(lines) == 1:
        found = [replace(p.cell, row=0, col=c) for c, p in lower.items()]
        return found if len(lower) == len(values) else None
    groups = _groups(lines[0], lower, len(values))
    if groups is None:
        return None
    return [
        *(replace(p.cell, row=1, col=c) for c, p in lower.items()),
        *(
            replace(p.cell, row=0, col=first, colspan=span, rowspan=1 if first in lower else 2)
            for p, (first, span) in zip(lines[0], groups, strict=True)
        ),
    ]


def _groups(upper: Sequence[Piece], lower: dict[int, Piece], width: int) -> list[tuple[int, int]] | None:
    """(first column, columns) below each upper heading: one that has none below it, or a run of those that have."""
    runs: list[tuple[int, int]] = []
    for c in range(width):
        if c in lower and c - 1 in lower:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((c, 1))
    if len(runs) == len(upper):
        return runs
    starts = [c for c, p in lower.items() if any(abs(p.x0 - u.x0) <= 1 for u in upper)]
    parted = [part for first, span in runs for part in _parted(first, span, starts, lower)]
    if len(parted) == len(upper):
        return parted
    if len(runs) == 1 and width % len(upper) == 0:
        each = width // len(upper)
        texts = [squeeze(lower[c].slot.text) for c in range(width)]
        if texts == texts[:each] * len(upper):
            return [(c, each) for c in range(0, width, each)]
    return None


def _parted(first: int, span: int, starts: Sequence[int], lower: dict[int, Piece]) -> list[tuple[int, int]]:
    """A run of columns cut where an upper heading begins right over one of them."""
    cuts = [c for c in starts if first < c < first + span]
    if first not in lower or first not in starts:
        return [(first, span)]
    return [(i, j - i) for i, j in itertools.pairwise([first, *cuts, first + span])]


def _spanned(cells: Sequence[Cell], labels: int, first: int) -> list[Cell]:
    """The cells, an outer label reaching down over the rows whose inner label stands without one."""
    at = {(c.row, c.col): c for c in cells}
    last = max(c.row for c in cells)
    out = []
    for c in cells:
        down = c.rowspan
        if c.row >= first and c.col < labels - 1:
            while (
                c.row + down <= last
                and not any((c.row + down, n) in at for n in range(c.col + 1))
                and any((c.row + down, n) in at for n in range(c.col + 1, labels))
            ):
                down += 1
        out.append(replace(c, rowspan=down))
    return out


def _named(body: Sequence[Line], labels: Sequence[Column]) -> list[tuple[Line, list[Cell | None]]] | None:
    """The rows with figures, each with the cells of its labels: an outer label on the first row of its group."""
    rows: list[tuple[Line, list[Cell | None]]] = []
    floating: list[tuple[int, Cell]] = []  # outer labels, and how many rows stand above them
    for line in body:
        placed = _placed([p for p in line if not p.value], labels)
        if placed is None:
            return None
        if not any(p.value for p in line):
            floating += [(len(rows), p.cell) for p in placed.values()]
            continue
        rows.append((line, [placed[c].cell if c in placed else None for c in range(len(labels))]))
    inner = [squeeze(names[-1].text) if names[-1] else "" for _, names in rows]
    starts = [n for n, text in enumerate(inner) if text == inner[0]]
    if len(labels) == 1 or len(starts) < 2 or all(rows[n][1][0] for n in starts):
        return rows if not floating else None
    outer = [*((n, names[0]) for n, (_, names) in enumerate(rows) if names[0]), *floating]
    for first, end in itertools.pairwise([*starts, len(rows)]):
        own = [
            cell for n, cell in outer if first <= n < end or (n == end and cell in [c for _, c in floating])
        ]
        if not own:
            return None
        for n in range(first, end):
            rows[n][1][0] = None
        rows[first][1][0] = own[0]
    return rows


def _of(cells: Sequence[Cell], rows: int, cols: int) -> Table:
    return Table(rows, cols, tuple(cells), cells[0].place, aligned=True)
