"""The columns of rows of text, and their grid: what no piece crosses parts them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from cardextract.readers.pdf_lattice import Grid, snapped
from cardextract.readers.pdf_pieces import APART, Piece, Row
from cardextract.readers.pdf_shapes import Rule
from cardextract.readers.pdf_spans import merged

FILLED = 0.25
"""Share of the cells that hold text, at least."""

PROSE = 12
"""Signs: where the pieces of every column are this long on average, it is text in columns."""

ITEM = re.compile(r"\s*[□■▣○●❍◦▷▶▸◆◇◈※⇒→•∙‧ㆍ․·*<〈【《①-⑳]|\s*[-–—]\s|\s*(?:\d{1,2}|[가-하])[.)]\s")


def _columns(rows: Sequence[Row]) -> tuple[list[tuple[float, float]], set[Piece]]:
    """The columns, and the pieces that span several. The rows of most columns come first: they know them all."""
    columns = _numbered(rows) or _figures_numbered(rows)
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
    if len(counted) > 2 and counted[0] is rows[0].pieces:
        counted = counted[1:]  # a heading of years
    middle = [p.x1 for row in rows for p in row.floating if p.x0 < counted[0][0].x0]
    if middle:  # labels left of it span rows
        counted = [pieces for pieces in counted if pieces[0].x0 > max(middle)] or counted
    # over labels in two columns stands one heading for both
    labels = [(min(pieces[0].x0 for pieces in counted), max(pieces[0].x1 for pieces in counted))]
    others = list(zip(*full, strict=True))[1:]
    columns = labels + [(min(p.x0 for p in column), max(p.x1 for p in column)) for column in others]
    return columns if _stand_apart(columns) else []


def _figures_numbered(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The columns of figures by number from the right, with their headings; empty where they do not stand below one
    another. Labels that span columns leave rows of several lengths."""
    ends = [
        (n, row.pieces) for row in rows if (n := _figures_at_end(row)) > 1 and len(row.pieces) == row.breadth
    ]
    if not ends:
        return []
    often = Counter(n for n, _ in ends)
    count = max(often, key=lambda n: (often[n], n))
    parts = [pieces[-count:] for n, pieces in ends if n == count]
    columns = _ranges(parts)
    head = rows[0].pieces
    if len(head) > count and not _figures_at_end(rows[0]):
        headed = _ranges([*parts, head[-count:]])
        columns = headed if _stand_apart(headed) else columns
    return columns if _stand_apart(columns) else []


def _figures_at_end(row: Row) -> int:
    count = 0
    for p in reversed(row.pieces):
        if not p.figure:
            break
        count += 1
    return count


def _ranges(rows: Iterable[Sequence[Piece]]) -> list[tuple[float, float]]:
    return [(min(p.x0 for p in column), max(p.x1 for p in column)) for column in zip(*rows, strict=True)]


def _stand_apart(columns: Sequence[tuple[float, float]]) -> bool:
    return all(b[0] - a[1] >= 2 * APART for a, b in pairwise(columns))


def _joined(
    columns: Sequence[tuple[float, float]], rows: Sequence[Row], wide: set[Piece], least: int
) -> list[tuple[float, float]]:
    """Neighbours of which no row fills both are one column: text at its left, figures at its right. Two of labels
    (below the heading) stay two: a label that spans rows may stand beside none of the others. least: columns that remain."""
    out = list(columns)
    met = [
        {
            i
            for i, (a, b) in enumerate(out)
            if any(p.x0 < b and p.x1 > a for p in (*row.pieces, *row.floating) if p not in wide)
        }
        for row in rows
    ]
    labels = [
        any(
            p.x0 < b and p.x1 > a and not p.figure
            for row in rows[1:]
            for p in (*row.pieces, *row.floating)
            if p not in wide
        )
        for a, b in out
    ]
    while True:
        apart = [
            i
            for i in range(len(out) - 1)
            if not (labels[i] and labels[i + 1]) and not any(i in s and i + 1 in s for s in met)
        ]
        if not apart or len(out) <= least:
            return out
        at = min(apart, key=lambda i: out[i + 1][0] - out[i][1])
        out[at : at + 2] = [(out[at][0], out[at + 1][1])]
        labels[at : at + 2] = [labels[at] or labels[at + 1]]
        met = [{i - (i > at) for i in s} for s in met]


def grid_of_rows(
    rows: Sequence[Row], rules: Sequence[Rule], right: float, down: Sequence[Rule] = ()
) -> Grid | None:
    """The grid of rows; None where they are no table. right: how far text reaches on the page. down: vertical rules."""
    pieces = [p for row in rows for p in (*row.pieces, *row.floating)]
    ends = (min(p.x0 for p in pieces) - 2, max(p.x1 for p in pieces) + 2)
    drawn = _drawn(rows, ends, down)
    columns: list[tuple[float, float]] = []
    borders: list[float] = []
    for low, high in pairwise((ends[0], *drawn, ends[1])):
        part = [row for r in rows if (row := r.between(low, high)).pieces]
        found, wide = _columns(part) if part else ([(low, high)], set())
        found = _joined(found, part, wide, 1 if drawn else 2)
        inside = [p for row in part for p in (*row.pieces, *row.floating) if p not in wide]
        borders += [*([low] if columns else []), *_between(found, inside)]
        columns += found
    if len(rows) == 1 and not (len(columns) > 2 and sum(p.figure for p in rows[0].pieces) > 1):
        return None
    if len(columns) < 2 or (len(columns) == 2 and len(rows) < 3):
        return None
    if not _is_table(rows, columns):
        return None
    xs = [min(columns[0][0] - 2, ends[0]), *borders, max(columns[-1][1] + 2, ends[1], right)]
    ys = [rows[0].top - 2, *(_border(a, b, rules) for a, b in pairwise(rows)), rows[-1].bottom + 2]
    if any(b - a < 1 for a, b in pairwise(ys)):
        return None
    return merged(xs, ys, rows, rules)


def _drawn(rows: Sequence[Row], ends: tuple[float, float], down: Sequence[Rule]) -> list[float]:
    """Where vertical rules beside the rows part their columns."""
    top, bottom = rows[0].top, rows[-1].bottom
    return snapped(
        r.pos
        for r in down
        if ends[0] < r.pos < ends[1] and min(r.end, bottom) - max(r.start, top) > 0.5 * (bottom - top)
    )


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
    firsts = [min(row.pieces, key=lambda p: p.x0).text for row in rows if row.pieces]
    items = sum(bool(ITEM.match(text)) for text in firsts)
    colons = sum(text.rstrip().endswith((":", "：")) for text in firsts)
    if 3 * items > len(rows) or 2 * colons > len(rows):
        return False
    return any(len("".join(column)) < PROSE * max(1, len(column)) for column in texts)
