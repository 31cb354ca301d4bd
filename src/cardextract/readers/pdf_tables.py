"""Which tables a page has: by rules; where those leave doubt, as pdfplumber finds them; else by alignment."""

from __future__ import annotations

from collections.abc import Sequence

from cardextract.document import Box
from cardextract.readers.pdf_align import aligned
from cardextract.readers.pdf_glyphs import Glyphs
from cardextract.readers.pdf_gutters import gathered
from cardextract.readers.pdf_judge import grids_again
from cardextract.readers.pdf_lattice import Grid, Region, grids, joined
from cardextract.readers.pdf_pieces import is_figure
from cardextract.readers.pdf_shapes import Rule
from cardextract.readers.pdf_words import Word

DENSE = 16
"""Rules on a page from which on a page without any table is in doubt."""

FILLS = 4
"""Filled boxes outside of every table from which on there may be a table without rules."""

JUDGED_OBJECTS = 20_000
"""Objects on a page up to which pdfplumber is asked: it takes 0.1 ms and more for each."""

LONG = 30.0
"""Points: a rule that may part the rows or columns of a table; shorter ones underline words."""

WIDE = 0.4
"""Share of the page's width from which on a cell may hold a table without rules."""

FEWEST_WORDS = 8
"""Words in a cell from which on it may hold a table."""


BEYOND = 0.25
"""Share of a table's words that filled boxes leave out, from which on only some of its cells are filled."""


def page_grids(glyphs: Glyphs, data: bytes) -> list[Grid]:
    """The tables of a page: by rules, where those leave doubt pdfplumber's, and where there are none by alignment."""
    found = _ruled_grids(glyphs, data)
    more = _aligned(_outside(glyphs.words, found), glyphs)
    for grid in found:
        for region in grid.regions:
            if grid.xs[region.col + region.colspan] - grid.xs[region.col] > WIDE * glyphs.width:
                more += _within(glyphs, grid, region, found)
    return sorted([*found, *more], key=lambda g: (g.ys[0], g.xs[0])) if more else found


def _outside(words: Sequence[Word], found: Sequence[Grid]) -> list[Word]:
    loose = list(words)
    for box in (grid.box for grid in found):
        loose = [w for w in loose if not _in(w, box)]
    return loose


def _in(w: Word, box: Box) -> bool:
    return box[0] <= (w.x0 + w.x1) / 2 <= box[2] and box[1] <= (w.top + w.bottom) / 2 <= box[3]


def _aligned(words: Sequence[Word], glyphs: Glyphs) -> list[Grid]:
    return aligned(words, lambda: _long(glyphs), lambda: joined(glyphs.columns))


def _long(glyphs: Glyphs) -> list[Rule]:
    """Horizontal rules, and upper and lower edges of filled boxes side by side: where the colour changes, a row ends."""
    wide = [f for f in glyphs.fills if f[2] - f[0] > LONG / 2 and f[3] - f[1] < 10 * LONG]
    edges = [Rule(y, x0, x1) for x0, y0, x1, y1 in wide for y in (y0, y1)]
    return [r for r in joined([*glyphs.rows, *edges]) if r.end - r.start > LONG]


def _within(glyphs: Glyphs, grid: Grid, region: Region, found: Sequence[Grid]) -> list[Grid]:
    """Tables without rules in a frame, or in a cell where they are of figures."""
    box = grid.region_box(region)
    if box[3] - box[1] < LONG:
        return []
    words = [w for w in glyphs.words if _in(w, box)]
    words = _outside(words, [g for g in found if g is not grid and _touch(g, grid) and not _holds(g, grid)])
    frame = len(grid.xs) == 2
    if len(words) < FEWEST_WORDS or not (frame or 2 * sum(is_figure(w.text) for w in words) > len(words)):
        return []
    return [g for g in _aligned(words, glyphs) if frame or _of_figures(g, words)]


def _of_figures(grid: Grid, words: Sequence[Word]) -> bool:
    inside = [w for w in words if _in(w, grid.box)]
    return len(grid.xs) > 3 and 2 * sum(is_figure(w.text) for w in inside) >= len(inside)


def _ruled_grids(glyphs: Glyphs, data: bytes) -> list[Grid]:
    found = gathered(grids(glyphs.rows, glyphs.columns, glyphs.width, glyphs.height))
    sure = [grid for grid in found if not grid.doubtful and not _overlaps(grid, found)]
    fills = _loose_fills(glyphs, found)
    dense = not found and len(glyphs.rows) + len(glyphs.columns) >= DENSE
    if len(sure) == len(found) and not fills and not dense:
        return found
    if glyphs.objects > JUDGED_OBJECTS or glyphs.turns:
        return found
    again = [
        grid
        for grid in grids_again(data, glyphs.number)
        if len(grid.xs) > 2 and len(grid.ys) > 2 and not any(_touch(grid, s) for s in sure)
    ]  # marked words and boxed headings are no tables
    coloured = [g for g in again if not any(_touch(g, other) for other in found)]
    if coloured:
        words = _outside(glyphs.words, found)
        wider = _aligned(words, glyphs)
        partly = [w for w in wider if _goes_beyond(w, coloured, words)]
        again = [g for g in again if g not in coloured or not any(_touch(w, g) for w in partly)]
    unsure = [g for g in found if g not in sure and not any(_touch(g, other) for other in again)]
    return sorted([*sure, *unsure, *again], key=lambda g: (g.ys[0], g.xs[0]))


def _goes_beyond(wider: Grid, coloured: Sequence[Grid], words: Sequence[Word]) -> bool:
    """Whether a table by alignment holds text, more than a line at its edge, for which filled boxes have no cell."""
    inside = [w for w in words if _in(w, wider.box)]
    beyond = [
        w for w in inside if all(g.find((w.x0 + w.x1) / 2, (w.top + w.bottom) / 2) < 0 for g in coloured)
    ]
    return len(beyond) > BEYOND * len(inside)


def _touch(a: Grid, b: Grid) -> bool:
    """Whether two grids share more than a border."""
    ax0, ay0, ax1, ay1 = a.box
    bx0, by0, bx1, by1 = b.box
    return min(ax1, bx1) - max(ax0, bx0) > 3 and min(ay1, by1) - max(ay0, by0) > 3


def _overlaps(grid: Grid, others: Sequence[Grid]) -> bool:
    """Whether a grid crosses another one without standing inside one of its cells (or around it)."""
    return any(
        other is not grid and _touch(grid, other) and not (_holds(grid, other) or _holds(other, grid))
        for other in others
    )


def _holds(outer: Grid, inner: Grid) -> bool:
    x0, y0, x1, y1 = inner.box
    return any(
        a0 - 3 <= x0 and b0 - 3 <= y0 and x1 <= a1 + 3 and y1 <= b1 + 3
        for a0, b0, a1, b1 in map(outer.region_box, outer.regions)
    )


def _loose_fills(glyphs: Glyphs, found: Sequence[Grid]) -> bool:
    """Filled boxes with text in them that belong to no table: cells may be told apart by colour alone."""
    loose = []
    for x0, y0, x1, y1 in glyphs.fills:
        if not (8 < x1 - x0 < 0.95 * glyphs.width and 6 < y1 - y0 < 0.5 * glyphs.height):
            continue
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if not any(g.box[0] <= x <= g.box[2] and g.box[1] <= y <= g.box[3] for g in found):
            loose.append((x0, y0, x1, y1))
    if len(loose) < FILLS:
        return False
    holding = sum(
        1
        for x0, y0, x1, y1 in set(loose)
        if any(x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.top + w.bottom) / 2 <= y1 for w in glyphs.words)
    )
    return holding >= FILLS
