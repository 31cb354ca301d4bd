"""Tables without vertical rules, or without any: cells told apart by where their text stands.

Lines of text -> pieces (what stands together) -> rows -> columns (what no piece crosses) -> a grid. A label that
spans rows stands in their middle, a heading that spans columns above the middle of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cardextract.readers.pdf_columns import ITEM, grid_of_rows
from cardextract.readers.pdf_lattice import Grid
from cardextract.readers.pdf_pieces import LEADING, Piece, Row, columns_of
from cardextract.readers.pdf_shapes import Rule
from cardextract.readers.pdf_words import Word

JOIN = 0.75
"""Of the line height: words nearer than this stand in one cell."""

BESIDE = 0.2
"""Of its height: a text that shares so much of a line of figures belongs to them, also where it has several lines."""

ROWS_APART = 3.5
"""Of the line height: lines further apart belong to two tables."""

_UNIT = re.compile(r"단\s*위")


def aligned(
    words: Sequence[Word], across: Callable[[], Sequence[Rule]], down: Callable[[], Sequence[Rule]]
) -> list[Grid]:
    """The grids of words (those that stand in no table yet) that are set in rows and columns.

    across, down: horizontal and vertical rules; they part rows and columns. Most pages need none.
    """
    lines = _lines(words)
    if not any(len(_pieces(line, ())) > 1 for line in lines):
        return []
    rules, columns = across(), down()
    pieces = [_pieces(line, columns) for line in lines]
    out = []
    right = max(p.x1 for line in pieces for p in line)
    for run in _runs(_bands(pieces, rules)):
        grid = grid_of_rows(_rows(run), rules, right, columns)
        if grid is not None:
            out.append(grid)
    return out


# --- pieces ---


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    out: list[list[Word]] = []
    top = bottom = 0.0
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        overlap = min(bottom, word.bottom) - max(top, word.top)
        if out and overlap > 0.5 * min(bottom - top, word.bottom - word.top):
            out[-1].append(word)
        else:
            out.append([word])
        top, bottom = word.top, word.bottom
    return out


def _pieces(words: list[Word], down: Sequence[Rule]) -> tuple[Piece, ...]:
    words.sort(key=lambda w: w.x0)
    out: list[Piece] = []
    for w in words:
        if (
            out
            and w.x0 - out[-1].x1 < JOIN * (w.bottom - w.top)
            and not any(
                out[-1].x1 - 2 < r.pos < w.x0 + 2 and r.start < w.bottom and r.end > w.top for r in down
            )
        ):
            p = out[-1]
            out[-1] = Piece(
                f"{p.text} {w.text}", p.x0, min(p.top, w.top), max(p.x1, w.x1), max(p.bottom, w.bottom)
            )
        else:
            out.append(Piece(w.text, w.x0, w.top, w.x1, w.bottom))
    return tuple(out)


# --- rows ---


def _bands(lines: Sequence[tuple[Piece, ...]], rules: Sequence[Rule]) -> list[list[tuple[Piece, ...]]]:
    """Lines that stand together, no rule between them."""
    out: list[list[tuple[Piece, ...]]] = []
    low = 0.0
    for line in lines:
        top, bottom = min(p.top for p in line), max(p.bottom for p in line)
        if out and top - low < LEADING * (bottom - top) and not _ruled(rules, out[-1][-1], line):
            out[-1].append(line)
            low = max(low, bottom)
        else:
            out.append([line])
            low = bottom
    return out


def _ruled(rules: Sequence[Rule], above: Sequence[Piece], below: Sequence[Piece]) -> bool:
    """Whether a rule stands between two lines, over (and under) all of both."""
    high = max((p.top + p.bottom) / 2 for p in above)
    low = min((p.top + p.bottom) / 2 for p in below)
    left, right = min(p.x0 for p in (*above, *below)), max(p.x1 for p in (*above, *below))
    return any(high < r.pos < low and r.start <= left + 2 and right - 2 <= r.end for r in rules)


def _height(line: Sequence[Piece]) -> float:
    return max(line[0].bottom - line[0].top, 1.0)


def _runs(bands: Sequence[list[tuple[Piece, ...]]]) -> Iterator[list[list[tuple[Piece, ...]]]]:
    """Bands of several columns one below the other; a label alone may stand between two of them."""
    run: list[list[tuple[Piece, ...]]] = []
    alone: list[list[tuple[Piece, ...]]] = []
    for band in bands:
        pieces = [p for line in band for p in line]
        far = run and pieces[0].top - max(p.bottom for line in (alone or run)[-1] for p in line) > (
            ROWS_APART * _height(band[0])
        )
        # lines of which none holds two pieces are text, however far to the right one of them stands
        several = (
            any(len(line) > 1 for line in band) and len(columns_of(pieces, JOIN * _height(band[0]))) > 1
        ) or (bool(run) and _label_beside(band))
        if far or (
            not several and not (any(len(x) > 1 for b in run for x in b) and _label_alone(run, pieces))
        ):
            yield from ([run + _trailing(run, alone)] if run else [])
            run, alone = [], []
        if several:
            run += [*alone, band]
            alone = []
        elif run:
            alone.append(band)
    yield from ([run + _trailing(run, alone)] if run else [])


def _label_beside(band: Sequence[tuple[Piece, ...]]) -> bool:
    """Whether a short text stands left of several lines that begin below one another, at half their height."""
    if len(band) < 3 or any(len(line) > 1 for line in band):
        return False
    label, *rest = sorted((line[0] for line in band), key=lambda p: p.x0)
    top, bottom = min(p.top for p in rest), max(p.bottom for p in rest)
    edge = min(p.x0 for p in rest)
    return (
        len(label.text) < 12
        and label.x1 + JOIN * (label.bottom - label.top) < edge
        and abs(label.top + label.bottom - top - bottom) < label.bottom - label.top
    )


def _trailing(
    run: Sequence[list[tuple[Piece, ...]]], alone: Sequence[list[tuple[Piece, ...]]]
) -> list[list[tuple[Piece, ...]]]:
    """Labels below the last row with values that stand as far apart as the rows do."""
    steps = [_room(a, b) for a, b in pairwise(run)]
    if not steps:
        return []
    usual = sorted(steps)[len(steps) // 2]
    out: list[list[tuple[Piece, ...]]] = []
    for band in alone:
        if abs(_room((out or run)[-1], band) - usual) > 2:
            break
        out.append(band)
    return out


def _room(above: Sequence[tuple[Piece, ...]], below: Sequence[tuple[Piece, ...]]) -> float:
    return min(p.top for line in below for p in line) - max(p.bottom for line in above for p in line)


def _label_alone(run: Sequence[list[tuple[Piece, ...]]], pieces: Sequence[Piece]) -> bool:
    """Whether a line (or a few) could be the label of a row without values."""
    firsts = [line[0] for band in run for line in band if len(line) > 1]
    text = "".join(p.text.strip() for p in pieces)
    return (
        len(text) < 12
        and not ITEM.match(text)
        and not _UNIT.search(text)
        and all(p.x1 > min(f.x0 for f in firsts) and p.x0 < max(f.x1 for f in firsts) for p in pieces)
    )


def _rows(run: Sequence[list[tuple[Piece, ...]]]) -> list[Row]:
    """The rows of a table: bands, cut where only a label in the middle of several rows holds them together, where
    several lines of one hold figures, or where all is one band.
    """
    out: list[Row] = []
    for band in run:
        anchored = _anchored(band)
        if anchored:
            out += anchored
            continue
        middle = [line for line in band if len(band) > 1 and _beside(line, band)]
        rest = [line for line in band if line not in middle]
        if not rest:
            middle, rest = [], band
        counted = sum(len(line) > 1 and any(p.figure for p in line) for line in rest)
        tight = counted > 1 or (len(run) == 1 and sum(len(line) > 1 for line in rest) > 1)
        parts = [[line] for line in rest] if tight else _bands(rest, ())
        if len(parts) < 2 and counted != 1:
            out.append(Row(tuple(p for line in band for p in line)))
            continue
        rows = [Row(tuple(p for line in part for p in line)) for part in parts]
        for line in middle:
            at = min(
                range(len(rows)),
                key=lambda i: abs(rows[i].top + rows[i].bottom - line[0].top - line[0].bottom),
            )
            rows[at] = replace(rows[at], floating=(*rows[at].floating, *line))
        out += rows
    return out


def _anchored(band: Sequence[tuple[Piece, ...]]) -> list[Row]:
    """The rows of a band of which several lines hold figures and the others none: each text belongs to the figures
    beside it, or (a label for several rows) stands between them. Empty for other bands."""
    anchors = [line for line in band if sum(p.figure for p in line) > 1]
    others = [line for line in band if line not in anchors]
    if len(anchors) < 2 or not others or any(p.figure for line in others for p in line):
        return []
    rows = [list(line) for line in anchors]
    floating: list[list[Piece]] = [[] for _ in anchors]
    for text in _stacks([p for line in others for p in line]):
        beside = [_nearest(p, anchors) for p in text]
        if None in beside:
            return []  # not beside any figure: a heading
        own = all(sure for _, sure in filter(None, beside))
        at = Counter(i for i, _ in filter(None, beside))
        apart = len(at) > 1 and min(at.values()) > 1  # several lines beside each: texts that only touch
        for p, (i, _) in zip(text, filter(None, beside), strict=True):
            (rows if own and (len(at) == 1 or apart) else floating)[i if apart else max(at)].append(p)
    return [
        Row(tuple(sorted(row, key=lambda p: p.x0)), tuple(extra))
        for row, extra in zip(rows, floating, strict=True)
    ]


def _nearest(p: Piece, anchors: Sequence[Sequence[Piece]]) -> tuple[int, bool] | None:
    """The line of figures beside a piece, and whether there is no other; None where it stands beside none."""
    height = p.bottom - p.top
    shared = [min(p.bottom, a[0].bottom) - max(p.top, a[0].top) for a in anchors]
    at = max(range(len(anchors)), key=lambda i: shared[i])
    if shared[at] < -LEADING * height:
        return None
    near = [i for i, part in enumerate(shared) if part > 0 and 2 * part >= shared[at]]
    return at, shared[at] > BESIDE * height and near == [at]


def _stacks(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stand close below one another: the lines of one text."""
    out: list[list[Piece]] = []
    for p in sorted(pieces, key=lambda p: p.top):
        for stack in out:
            above = stack[-1]
            if p.x0 < above.x1 and above.x0 < p.x1 and p.top - above.bottom < LEADING * (p.bottom - p.top):
                stack.append(p)
                break
        else:
            out.append([p])
    return out


def _beside(line: Sequence[Piece], band: Sequence[Sequence[Piece]]) -> bool:
    """Whether a line is one piece that stands left or right of all lines of several, or between their pieces."""
    (piece, *more) = line
    return not more and not any(
        p.x0 < piece.x1 and p.x1 > piece.x0 for other in band if len(other) > 1 for p in other
    )
