"""The columns of rows of text, and their grid: what no piece crosses parts them.

A label that spans rows stands in their middle, a heading that spans columns above the middle of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from cardextract.document import Box
from cardextract.readers.pdf_lattice import Grid, regions_of
from cardextract.readers.pdf_shapes import Rule

LEADING = 0.5
"""Of the line height: lines nearer than this may stand in one cell; rows of a table stand further apart."""

APART = 1.0
"""Points: half of the least white space between columns."""

FILLED = 0.25
"""Share of the cells that hold text, at least."""

PROSE = 12
"""Signs: where the pieces of every column are this long on average, it is text in columns."""

_FIGURE = re.compile(r"[-–—－△▲()\d.,%·]+$")
ITEM = re.compile(r"\s*[□■▣○●❍◦▷▶▸◆◇◈※⇒→•∙‧ㆍ․·*<〈【《①-⑳]|\s*[-–—]\s|\s*(?:\d{1,2}|[가-하])[.)]\s")


def is_figure(text: str) -> bool:
    """Whether a text is a figure or a sign for none."""
    return _FIGURE.match(text.strip()) is not None


class Piece(NamedTuple):
    """Text that stands together in one line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def figure(self) -> bool:
        """A figure or a sign for none."""
        return is_figure(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or part of one: its pieces from left to right."""

    pieces: tuple[Piece, ...]
    floating: tuple[Piece, ...] = ()

    @property
    def breadth(self) -> int:
        """How many pieces stand side by side."""
        return len(columns_of(self.pieces, 2 * APART))

    @property
    def top(self) -> float:
        return min(p.top for p in self.pieces)

    @property
    def bottom(self) -> float:
        return max(p.bottom for p in self.pieces)


def columns_of(pieces: Iterable[Piece], apart: float) -> list[tuple[float, float]]:
    """What the pieces cover from left to right, as intervals that stand apart."""
    out: list[tuple[float, float]] = []
    for p in sorted(pieces, key=lambda p: p.x0):
        if out and p.x0 - out[-1][1] < apart:
            out[-1] = (out[-1][0], max(out[-1][1], p.x1))
        else:
            out.append((p.x0, p.x1))
    return out


def _columns(rows: Sequence[Row]) -> tuple[list[tuple[float, float]], set[Piece]]:
    """The columns, and the pieces that span several. The rows of most columns come first: they know them all."""
    columns = _numbered(rows)
    wide: set[Piece] = set()
    order = sorted(rows, key=lambda row: -row.breadth)
    for row in order:
        for piece in (*row.pieces, *row.floating):
            touched = [i for i, (a, b) in enumerate(columns) if piece.x0 < b + APART and piece.x1 > a - APART]
            inside = [i for i in touched if piece.x0 < columns[i][1] and piece.x1 > columns[i][0]]
            near = _nearest(piece, columns, row) if not touched else None
            if near is not None:
                touched = [near]
            if not touched:
                columns = sorted([*columns, (piece.x0, piece.x1)])
            elif len(touched) > 1 and len(inside) != 1:
                wide.add(piece)
            elif len(touched) == 1:
                (i,) = touched
                columns[i] = (min(columns[i][0], piece.x0), max(columns[i][1], piece.x1))
    return columns, wide


def _nearest(piece: Piece, columns: Sequence[tuple[float, float]], row: Row) -> int | None:
    """The column in whose middle half a piece stands that no piece of its row touches; None where there is none."""
    if len(columns) < 2:
        return None
    middles = [(a + b) / 2 for a, b in columns]
    middle = (piece.x0 + piece.x1) / 2
    i = min(range(len(columns)), key=lambda i: abs(middles[i] - middle))
    pitch = min(abs(middles[j] - middles[i]) for j in (i - 1, i + 1) if 0 <= j < len(columns))
    a, b = min(columns[i][0], piece.x0), max(columns[i][1], piece.x1)
    taken = any(p.x0 < b and p.x1 > a for p in row.pieces if p is not piece)
    crowded = any(a - 2 * APART < d and b + 2 * APART > c for j, (c, d) in enumerate(columns) if j != i)
    # figures stand right of the middle of their heading; text may stand somewhat left
    room = 0.5 if middle > middles[i] else 0.25
    return i if abs(middles[i] - middle) < room * pitch and not taken and not crowded else None


def _numbered(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Columns by number, of the rows that fill them all; empty where those do not stand one below the other.

    A heading in the middle and a figure at the right of one column need not overlap.
    """
    most = max(row.breadth for row in rows)
    full = [row.pieces for row in rows if len(row.pieces) == row.breadth == most]
    if not full:
        return []
    counted = [pieces for pieces in full if any(p.figure for p in pieces)] or full
    # over labels in two columns stands one heading for both
    labels = [(min(pieces[0].x0 for pieces in counted), max(pieces[0].x1 for pieces in counted))]
    others = list(zip(*full, strict=True))[1:]
    columns = labels + [(min(p.x0 for p in column), max(p.x1 for p in column)) for column in others]
    return columns if all(b[0] - a[1] >= 2 * APART for a, b in pairwise(columns)) else []


def _joined(
    columns: Sequence[tuple[float, float]], rows: Sequence[Row], wide: set[Piece]
) -> list[tuple[float, float]]:
    """Neighbours of which no row fills both are one column: text at its left, figures at its right."""
    out = list(columns)
    met = [
        {
            i
            for i, (a, b) in enumerate(out)
            if any(p.x0 < b and p.x1 > a for p in (*row.pieces, *row.floating) if p not in wide)
        }
        for row in rows
    ]
    while True:
        apart = [i for i in range(len(out) - 1) if not any(i in s and i + 1 in s for s in met)]
        if not apart or len(out) < 3:
            return out
        at = min(apart, key=lambda i: out[i + 1][0] - out[i][1])
        out[at : at + 2] = [(out[at][0], out[at + 1][1])]
        met = [{i - (i > at) for i in s} for s in met]


def grid_of_rows(
    rows: Sequence[Row], rules: Sequence[Rule], right: float, down: Sequence[Rule] = ()
) -> Grid | None:
    """The grid of rows; None where they are no table. right: how far text reaches on the page. down: vertical rules."""
    pieces = [p for row in rows for p in (*row.pieces, *row.floating)]
    drawn = _drawn(rows, pieces, down)
    columns, wide = _columns(rows)
    columns = [(a, b) for a, b in pairwise(drawn)] if len(drawn) > 3 else _joined(columns, rows, wide)
    if len(rows) == 1 and not (len(columns) > 2 and sum(p.figure for p in rows[0].pieces) > 1):
        return None
    if len(columns) < 2 or (len(columns) == 2 and len(rows) < 3):
        return None
    if not _is_table(rows, columns):
        return None
    xs = drawn if len(drawn) > 3 else [
        min(columns[0][0], *(p.x0 for p in pieces)) - 2,
        *_between(columns, [p for p in pieces if p not in wide]),
        max(columns[-1][1] + 2, *(p.x1 + 2 for p in pieces), right),
    ]
    ys = [rows[0].top - 2, *(_border(a, b, rules) for a, b in pairwise(rows)), rows[-1].bottom + 2]
    if any(b - a < 1 for a, b in pairwise(ys)):
        return None
    return _merged(xs, ys, rows)


def _drawn(rows: Sequence[Row], pieces: Sequence[Piece], down: Sequence[Rule]) -> list[float]:
    """The edges of columns where vertical rules beside the rows part them; both ends included."""
    top, bottom = rows[0].top, rows[-1].bottom
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    inner = sorted(
        r.pos
        for r in down
        if left < r.pos < right and min(r.end, bottom) - max(r.start, top) > 0.5 * (bottom - top)
    )
    return [left - 2, *inner, right + 2]


def _between(columns: Sequence[tuple[float, float]], pieces: Sequence[Piece]) -> list[float]:
    """The borders between columns: close to the figures that end before them or to the text that begins behind."""
    out = []
    for a, b in pairwise(columns):
        ends = Counter(round(p.x1) for p in pieces if a[0] <= p.x0 and p.x1 <= a[1])
        starts = Counter(round(p.x0) for p in pieces if b[0] <= p.x0 and p.x1 <= b[1])
        middle = (a[1] + b[0]) / 2
        if _most(ends) > 0.5 and any(abs(at - a[1]) < 2 for at, _ in ends.most_common(1)):
            out.append(min(middle, a[1] + 4))
        elif _most(starts) > 0.5 and any(abs(at - b[0]) < 2 for at, _ in starts.most_common(1)):
            out.append(max(middle, b[0] - 4))
        else:
            out.append(middle)
    return out


def _most(edges: Counter[int]) -> float:
    return edges.most_common(1)[0][1] / edges.total() if edges.total() > 1 else 0.0


def _border(above: Row, below: Row, rules: Sequence[Rule]) -> float:
    middle = (above.bottom + below.top) / 2
    between = [r.pos for r in rules if above.bottom - 2 <= r.pos <= below.top + 2]
    return min(between, key=lambda y: abs(y - middle), default=middle)


def _is_table(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> bool:
    texts: list[list[str]] = [[] for _ in columns]
    filled = 0
    for row in rows:
        seen: set[int] = set()
        for p in row.pieces:
            middle = (p.x0 + p.x1) / 2
            at = min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - middle))
            texts[at].append(p.text.strip())
            seen.update(i for i, (a, b) in enumerate(columns) if p.x0 < b and p.x1 > a)
        filled += len(seen)
    if filled < FILLED * len(rows) * len(columns):
        return False
    items = sum(bool(row.pieces and ITEM.match(row.pieces[0].text)) for row in rows)
    colons = sum(row.pieces[0].text.rstrip().endswith((":", "：")) for row in rows)
    if 3 * items > len(rows) or 2 * colons > len(rows):
        return False
    return any(len("".join(column)) < PROSE * max(1, len(column)) for column in texts)


# --- spans ---


def _merged(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Row]) -> Grid | None:
    cols = len(xs) - 1
    held: list[list[Box | None]] = [[None] * cols for _ in rows]
    for r, row in enumerate(rows):
        for p in row.pieces:
            first, last = _column(xs, p.x0 + 1), _column(xs, p.x1 - 1)
            for c in range(first, last + 1):
                box = held[r][c]
                held[r][c] = _union(box, p)
    headings = next((r for r, row in enumerate(rows) if any(p.figure for p in row.pieces)), 0)
    above = [[True] * cols for _ in range(len(rows) + 1)]
    beside = [[True] * len(rows) for _ in range(cols + 1)]
    for r, row in enumerate(rows):
        for p in row.pieces:
            first, last = _column(xs, p.x0 + 1), _column(xs, p.x1 - 1)
            if r < headings:
                first, last = _over(xs, held[r], first, last, (p.x0 + p.x1) / 2)
            for c in range(first + 1, last + 1):
                beside[c][r] = False
    figures = [i for row in rows[headings:] for p in row.pieces if p.figure for i in [_column(xs, p.x1 - 1)]]
    for c in range(min(figures, default=1)):
        for first, last in _spans_of_labels(ys, rows, held, xs, c):
            for r in range(first + 1, last + 1):
                above[r][c] = False
    grid = regions_of(list(xs), list(ys), above, beside)
    return replace(grid, loose=True) if grid is not None else None


def _column(xs: Sequence[float], x: float) -> int:
    return max(0, min(len(xs) - 2, sum(x >= edge for edge in xs) - 1))


def _union(box: Box | None, p: Piece) -> Box:
    if box is None:
        return p.x0, p.top, p.x1, p.bottom
    return min(box[0], p.x0), min(box[1], p.top), max(box[2], p.x1), max(box[3], p.bottom)


def _over(
    xs: Sequence[float], held: Sequence[Box | None], first: int, last: int, middle: float
) -> tuple[int, int]:
    """The columns that a heading spans: blank ones on both sides, where it then stands in the middle."""
    best, least = (first, last), abs((xs[first] + xs[last + 1]) / 2 - middle)
    low = first
    while low and held[low - 1] is None:
        low -= 1
    high = last
    while high + 2 < len(xs) and held[high + 1] is None:
        high += 1
    for a in range(low, first + 1):
        for b in range(last, high + 1):
            off = abs((xs[a] + xs[b + 1]) / 2 - middle)
            if off < least - 3 or (off < least + 1 and least < 4 and b - a > best[1] - best[0] > 0):
                best, least = (a, b), off
    return best


def _spans_of_labels(
    ys: Sequence[float],
    rows: Sequence[Row],
    held: Sequence[Sequence[Box | None]],
    xs: Sequence[float],
    c: int,
) -> list[tuple[int, int]]:
    """The rows that each label of a column spans, where all stand in the middle of theirs; none otherwise."""
    floating = [
        (_union(None, p), True) for row in rows for p in row.floating if _column(xs, (p.x0 + p.x1) / 2) == c
    ]
    standing = [(box, False) for row in held if (box := row[c]) is not None]
    if not floating and len(standing) == len(rows):
        return []
    labels: list[tuple[Box, bool]] = []
    for box, floats in sorted([*floating, *standing], key=lambda label: label[0][1]):
        above = labels[-1] if labels else None
        if above and (floats or above[1]) and box[1] - above[0][3] < LEADING * (box[3] - box[1]):
            old = above[0]
            labels[-1] = ((min(old[0], box[0]), old[1], max(old[2], box[2]), max(old[3], box[3])), True)
        else:
            labels.append((box, floats))
    middles = [(box[1] + box[3]) / 2 for box, _ in labels]
    out = []
    start = 0
    for middle in middles:
        ends = range(start, len(rows))
        end = min(ends, key=lambda e: abs((ys[start] + ys[e + 1]) / 2 - middle), default=-1)
        if end < 0 or abs((ys[start] + ys[end + 1]) / 2 - middle) > 0.3 * (ys[end + 1] - ys[end]):
            return []
        out.append((start, end))
        start = end + 1
    return out if start == len(rows) else []
