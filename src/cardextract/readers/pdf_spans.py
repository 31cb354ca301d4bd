"""Which cells of a table without borders span others: a label that spans rows stands in their middle (or in the first
of them), a heading that spans columns above the middle of them, a label for two columns between their labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from cardextract.document import Box
from cardextract.readers.pdf_lattice import Grid, regions_of
from cardextract.readers.pdf_pieces import LEADING, Piece, Row
from cardextract.readers.pdf_shapes import Rule

OFF = 0.3
"""Of the height of rows: how far off their middle a label may stand that spans them."""

BETWEEN = 4.0
"""Points: a label for two columns stands at least so far left of the labels of the second."""

Held = Sequence[Sequence[Box | None]]
"""For each row and column the box of the text that stands there."""


_YEAR = re.compile(r"20\d\d")


class Unit(NamedTuple):
    """A cell of a column of labels: its rows, where its text stands (None: it is blank), and the text."""

    first: int
    last: int
    box: Box | None = None
    text: str = ""


class Label(NamedTuple):
    """A text in a column of labels; floats: it stands beside no row, or on several lines. clashes: in the column of the
    label of the nearest row."""

    box: Box
    floats: bool
    text: str
    clashes: bool = False

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2


def merged(
    xs: Sequence[float], ys: Sequence[float], rows: Sequence[Row], rules: Sequence[Rule]
) -> Grid | None:
    """The grid of rows in columns, its units put together where a text spans them; None where there is none.

    rules: horizontal ones.
    """
    cols = len(xs) - 1
    held: list[list[Box | None]] = [[None] * cols for _ in rows]
    for r, row in enumerate(rows):
        for p in row.pieces:
            for c in range(_column(xs, p.x0 + 1), _column(xs, p.x1 - 1) + 1):
                held[r][c] = _union(held[r][c], p)
    headings = next((r for r, row in enumerate(rows) if _counts(row)), 0)
    pieces = [p for row in rows for p in row.pieces]
    of_labels = 3 * sum(p.figure for p in pieces) < len(pieces)
    above = [[True] * cols for _ in range(len(rows) + 1)]
    beside = [[True] * len(rows) for _ in range(cols + 1)]
    for r, row in enumerate(rows):
        for p in row.pieces:
            first, last = _column(xs, p.x0 + 1), _column(xs, p.x1 - 1)
            if r < headings:
                first, last = _over(xs, held[r], first, last, (p.x0 + p.x1) / 2)
            for c in range(first + 1, last + 1):
                beside[c][r] = False
        if of_labels and _has_one_value(row):
            for c in range(_column(xs, row.pieces[0].x1 - 1) + 2, cols):
                beside[c][r] = False
    figures = [_column(xs, p.x1 - 1) for row in rows[headings:] for p in row.pieces if _is_amount(p)]
    count = min(figures, default=1)
    open_at = _left_open(xs, ys, count, rules)
    for c, r in open_at:
        above[r][c] = False
    spanning, both = _labels_that_span(xs, ys, rows, held, headings, count)
    if open_at:
        spanning = []
    for c, unit in [*spanning, *both, *((c + 1, unit) for c, unit in both)]:
        for r in range(unit.first + 1, unit.last + 1):
            above[r][c] = False
    for c, unit in both:
        for r in range(unit.first, unit.last + 1):
            beside[c + 1][r] = False
    grid = regions_of(list(xs), list(ys), above, beside)
    return replace(grid, loose=True) if grid is not None else None


def _left_open(
    xs: Sequence[float], ys: Sequence[float], count: int, rules: Sequence[Rule]
) -> list[tuple[int, int]]:
    """Where rules part all rows of figures but pass by a label, as (column, row below): it spans both rows. Empty where
    not every row is ruled, or all rules run through."""
    out = []
    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    for r in range(1, len(ys) - 1):
        beside = [rule for rule in rules if abs(rule.pos - ys[r]) < 2]
        covered = [any(rule.start < x < rule.end for rule in beside) for x in middles]
        if not all(covered[count:]):
            return []
        out += [(c, r) for c in range(count) if not covered[c]]
    return out


def _has_one_value(row: Row) -> bool:
    """Whether a row is a label and one text: the text has the rest of the row, however far right it stands."""
    if len(row.pieces) != 2:
        return False
    label, value = sorted(row.pieces, key=lambda p: p.x0)
    return not value.figure and label.x1 < value.x0


def _counts(row: Row) -> bool:
    """Whether a row holds figures, and not years alone."""
    return any(map(_is_amount, row.pieces))


def _is_amount(p: Piece) -> bool:
    return p.figure and not _YEAR.fullmatch(p.text.strip())


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


# --- labels ---


def _labels_that_span(
    xs: Sequence[float], ys: Sequence[float], rows: Sequence[Row], held: Held, headings: int, count: int
) -> tuple[list[tuple[int, Unit]], list[tuple[int, Unit]]]:
    """The labels that span rows, with their column; and those that span this column and the next one.

    The columns of labels from right to left: which rows a label spans is told by its middle, and by what stands
    right of it.
    """
    spanning: list[tuple[int, Unit]] = []
    both: list[tuple[int, Unit]] = []
    for c in range(count):
        above = _in_sequence(ys, 0, headings - 1, _labels(xs, rows, held, c, 0, headings))
        spanning += [(c, unit) for unit in above or ()]
    units: list[Unit] = []
    for c in reversed(range(count)):
        labels = _labels(xs, rows, held, c, headings, len(rows))
        here: list[Unit]
        if c == count - 1:
            parts = [[Unit(r, r) for r in range(headings, len(rows))]]
            here = []
        else:
            wide = _for_two_columns(ys, units, held, labels, c)
            both += [(c, unit) for unit in wide]
            parts, here = _parts(units, wide), list(wide)
        for part in parts:
            top, bottom = ys[part[0].first], ys[part[-1].last + 1]
            here += _spanned(ys, part, [label for label in labels if top <= label.middle < bottom])
        units = sorted(here)
        spanning += [(c, unit) for unit in units]
    return spanning, both


def _labels(
    xs: Sequence[float], rows: Sequence[Row], held: Held, c: int, first: int, end: int
) -> list[Label]:
    """The texts of a column in rows first..end-1; lines close to one another are one."""
    found = []
    for r in range(first, end):
        floating = [p for p in rows[r].floating if _column(xs, (p.x0 + p.x1) / 2) == c]
        box = held[r][c]
        found += [Label(_union(None, p), True, p.text, box is not None) for p in floating]
        if box is not None:
            text = "".join(p.text for p in rows[r].pieces if _column(xs, p.x0 + 1) == c)
            found.append(Label(box, False, text))
    out: list[Label] = []
    for label in sorted(found, key=lambda label: label.box[1]):
        above = out[-1] if out else None
        box = label.box
        together = above and (label.clashes or above.clashes or (label.floats and above.floats))
        if above and together and box[1] - above.box[3] < LEADING * (box[3] - box[1]):
            old = above.box
            joint = (min(old[0], box[0]), old[1], max(old[2], box[2]), max(old[3], box[3]))
            out[-1] = Label(joint, True, above.text + label.text, label.clashes or above.clashes)
        else:
            out.append(label)
    return out


def _for_two_columns(
    ys: Sequence[float], units: Sequence[Unit], held: Held, labels: Sequence[Label], c: int
) -> list[Unit]:
    """The cells right of column c whose text stands further left than that of the others: in the middle of both."""
    middles = sorted((u.box[0] + u.box[2]) / 2 for u in units if u.box is not None)
    steps = [(b - a, i + 1) for i, (a, b) in enumerate(pairwise(middles))]
    gap, at = max(steps, default=(0.0, 0))
    if not labels or gap < BETWEEN or middles[at - 1] - middles[0] > 3 or middles[-1] - middles[at] > 3:
        return []
    wide = [u for u in units if u.box is not None and (u.box[0] + u.box[2]) / 2 <= middles[at - 1]]
    others = [u.box for u in units if u.box is not None and u not in wide]
    left, right = min(box[0] for box in others), max(box[2] for box in others)
    if any(u.box is not None and (u.box[0] > left - BETWEEN or u.box[2] > right - BETWEEN) for u in wide):
        return []  # set to the left or right, of other lengths
    free = all(
        all(held[r][c] is None for r in range(u.first, u.last + 1))
        and not any(ys[u.first] <= label.middle < ys[u.last + 1] for label in labels)
        for u in wide
    )
    return wide if free else []


def _parts(units: Sequence[Unit], wide: Sequence[Unit]) -> list[list[Unit]]:
    """Runs of units with none that spans two columns between them."""
    out: list[list[Unit]] = [[]]
    for unit in units:
        if unit in wide:
            out.append([])
        else:
            out[-1].append(unit)
    return [part for part in out if part]


def _spanned(ys: Sequence[float], part: Sequence[Unit], labels: Sequence[Label]) -> list[Unit]:
    """The units of a column beside `part`, the units of the next one: one a row where the labels do not tell."""
    first, last = part[0].first, part[-1].last
    if len(labels) == 1 and _fits(ys, first, last, labels[0]):
        return [Unit(first, last, labels[0].box, labels[0].text)]
    rows: list[Label | None] = [None] * (last + 1 - first)
    for label in labels:
        for r in range(first, last + 1):
            if ys[r] <= label.middle < ys[r + 1]:
                rows[r - first] = label
    return (
        _by_repetition(ys, part, labels)
        or _in_sequence(ys, first, last, labels)
        or [
            Unit(first + r, first + r, label.box, label.text) if label else Unit(first + r, first + r)
            for r, label in enumerate(rows)
        ]
    )


def _fits(ys: Sequence[float], first: int, last: int, label: Label) -> bool:
    """Whether a label stands in the middle of rows, or in the first of them."""
    off = abs((ys[first] + ys[last + 1]) / 2 - label.middle)
    return off <= OFF * (ys[last + 1] - ys[first]) or label.middle < ys[first + 1]


def _in_sequence(ys: Sequence[float], first: int, last: int, labels: Sequence[Label]) -> list[Unit]:
    """The rows of each label where all stand in the middle of theirs and leave no row; else none."""
    out = []
    start = first
    for label in labels:
        ends = range(start, last + 1)
        end = min(ends, key=lambda e: abs((ys[start] + ys[e + 1]) / 2 - label.middle), default=-1)
        if end < 0 or abs((ys[start] + ys[end + 1]) / 2 - label.middle) > OFF * (ys[end + 1] - ys[start]):
            return []
        out.append(Unit(start, end, label.box, label.text))
        start = end + 1
    return out if start == last + 1 else []


def _by_repetition(ys: Sequence[float], part: Sequence[Unit], labels: Sequence[Label]) -> list[Unit]:
    """The rows of each label where what stands beside them repeats: a page break may cut the first and the last."""
    texts = dict.fromkeys(unit.text for unit in part if unit.text)
    repeated = [
        starts for text in texts if len(starts := [unit.first for unit in part if unit.text == text]) > 1
    ]
    for at_top in (False, True):
        found = [
            units
            for starts in repeated
            if not at_top or starts[0] == part[0].first
            if (units := _between(ys, part, starts, labels, at_top=at_top)) is not None
        ]
        if found:
            return min(found, key=lambda units: units[0])[1]
    return []


def _between(
    ys: Sequence[float], part: Sequence[Unit], starts: Sequence[int], labels: Sequence[Label], *, at_top: bool
) -> tuple[float, list[Unit]] | None:
    """How far off the middle of their rows (at_top: of the first row) the labels stand, one between two starts; and
    those units. None where one stands more than half a row off."""
    out, total = [], 0.0
    for a, b in pairwise(sorted({part[0].first, *starts, part[-1].last + 1})):
        inside = [label for label in labels if ys[a] <= label.middle < ys[b]]
        if len(inside) > 1 and all(len(label.text.strip()) == 1 for label in inside):
            inside = [_one(inside)]  # a sign a line, in a narrow column
        whole = a in starts and b in starts
        if len(inside) > 1 or (whole and not inside):
            return None
        if whole:
            off = abs((ys[a] + ys[a + 1 if at_top else b]) / 2 - inside[0].middle)
            if off > 0.5 * (ys[b] - ys[a]) / (b - a):
                return None
            total += off
        out.append(Unit(a, b - 1, inside[0].box, inside[0].text) if inside else Unit(a, b - 1))
    return total, out


def _one(labels: Sequence[Label]) -> Label:
    boxes = [label.box for label in labels]
    box = (min(b[0] for b in boxes), boxes[0][1], max(b[2] for b in boxes), boxes[-1][3])
    return Label(box, True, "".join(label.text.strip() for label in labels))
