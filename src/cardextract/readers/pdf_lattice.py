"""Tables from rules: borders joined and snapped, groups of crossing borders, grid units merged to cells.

A grid unit and its neighbour are one cell where no border stands between them; what is open to the outside is
no cell. That gives row and column spans exactly. Where the outcome is no set of rectangles, the grid is
`doubtful` and pdfplumber judges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from cardextract.document import Box
from cardextract.plain import plain
from cardextract.readers.pdf_shapes import Rule

SNAP = 3.0
"""Points: borders this near are one border (double lines; pdfplumber's own tolerance)."""

REACH = 3.5
"""Points: a border that ends this far from another one still meets it (corner gaps)."""

SMALLEST = 6.0
"""Points: a grid narrower or lower than this is a tick box or an underline."""

COVER = 0.6
"""Share of a unit's side that borders must cover to close it."""


class Region(NamedTuple):
    """A cell of a grid, in grid units."""

    row: int
    col: int
    rowspan: int
    colspan: int


@plain(frozen=True, slots=True)
class Grid:
    """A table's borders: xs and ys are its grid lines in points; `at[row][col]`: index of a region, or -1.

    doubtful: not only rectangles. loose: no borders, the text's alignment alone tells the cells.
    open: one box without its upper or lower border, as a page break leaves it: alone it is no table.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[Region, ...]
    at: tuple[tuple[int, ...], ...]
    doubtful: bool = False
    loose: bool = False
    open: bool = False

    @property
    def box(self) -> Box:
        """The outer border."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def region_box(self, region: Region) -> Box:
        """The border of a cell."""
        return (
            self.xs[region.col], self.ys[region.row],
            self.xs[region.col + region.colspan], self.ys[region.row + region.rowspan],
        )  # fmt: skip

    def find(self, x: float, y: float) -> int:
        """The region at a point, -1 for none."""
        if not (self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]):
            return -1
        col = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        return self.at[row][col]


def grids(rows: Sequence[Rule], columns: Sequence[Rule], width: float, height: float) -> list[Grid]:
    """The tables of a page and boxes that are open at one end, from top to bottom. width, height: of the page, in points."""
    horizontal, vertical = joined(rows), joined(columns)
    found = []
    for across, down in _groups(horizontal, vertical):
        grid = _grid(across, down)
        if grid is None or _is_frame(grid, width, height):
            continue
        if len(across) > 1:
            found.append(grid)
        elif len(grid.regions) == 1:
            found.append(replace(grid, open=True))
    return sorted(found, key=lambda g: (g.ys[0], g.xs[0]))


def joined(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces of one border put together: the same position within a point, ends within REACH."""
    out: list[Rule] = []
    bands: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.pos):
        if bands and rule.pos - bands[-1][-1].pos <= 0.7 and rule.pos - bands[-1][0].pos <= 1.5:
            bands[-1].append(rule)
        else:
            bands.append([rule])
    for band in bands:
        band.sort(key=lambda r: r.start)
        start, end, total = band[0].start, band[0].end, band[0].pos
        count = 1
        for rule in band[1:]:
            if rule.start <= end + REACH:
                end, total, count = max(end, rule.end), total + rule.pos, count + 1
            else:
                out.append(Rule(total / count, start, end))
                start, end, total, count = rule.start, rule.end, rule.pos, 1
        out.append(Rule(total / count, start, end))
    return [rule for rule in out if rule.end - rule.start >= SNAP]


def _groups(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Borders that cross or touch one another, directly or over others: one group a table."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    downs = sorted(range(len(vertical)), key=lambda i: vertical[i].pos)
    positions = [vertical[i].pos for i in downs]
    for h, across in enumerate(horizontal):
        low = bisect_left(positions, across.start - REACH)
        high = bisect_right(positions, across.end + REACH)
        for i in downs[low:high]:
            down = vertical[i]
            if down.start - REACH <= across.pos <= down.end + REACH:
                parent[root(h)] = root(len(horizontal) + i)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for h, across in enumerate(horizontal):
        groups.setdefault(root(h), ([], []))[0].append(across)
    for v, down in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + v), ([], []))[1].append(down)
    return [
        (across, down) for across, down in groups.values() if len(across) + len(down) > 2 and across and down
    ]


def _open_sides(across: list[Rule], down: list[Rule]) -> list[Rule]:
    """Borders that are not drawn: tables of Hangul are often open at the left and right (or one of them)."""
    top, bottom = min(r.pos for r in across), max(r.pos for r in across)
    if bottom - top < SMALLEST:
        return []
    out = []
    first, last = min(r.pos for r in down), max(r.pos for r in down)
    reaching_left = [r.start for r in across if r.start < first - 2 * SMALLEST]
    reaching_right = [r.end for r in across if r.end > last + 2 * SMALLEST]
    outer = [r for r in across if r.pos in (top, bottom)]
    if _reach_alike(reaching_left, [r.start for r in outer], first):
        out.append(Rule(min(reaching_left), top, bottom))
    if _reach_alike([-x for x in reaching_right], [-r.end for r in outer], -last):
        out.append(Rule(max(reaching_right), top, bottom))
    return out


def _reach_alike(reaching: list[float], outer: list[float], first: float) -> bool:
    """Do borders reach beyond the first column to one position: two of them and both outer ones, or three and one of
    the outer ones (the corner is open, too)?"""
    if len(reaching) < 2:
        return False
    near = sum(x - min(reaching) < 2 * REACH for x in outer if x < first - 2 * SMALLEST)
    alike = max(reaching) - min(reaching) < 2 * REACH
    return near == len(outer) or (near > 0 and alike and len(reaching) > 2)


def _open_ends(across: list[Rule], down: list[Rule]) -> list[Rule]:
    """Borders that a page break left out: where the outer columns, or nearly all, run on beyond the first or last border
    to one height, a row stands there."""
    first, last = min(r.pos for r in down), max(r.pos for r in down)
    top, bottom = min(r.pos for r in across), max(r.pos for r in across)
    out = []
    for beyond in (
        {r.pos: r.start for r in down if r.start < top - 2 * SMALLEST},
        {r.pos: r.end for r in down if r.end > bottom + 2 * SMALLEST},
    ):
        outer = first in beyond and last in beyond
        most = len(beyond) >= 3 and len(beyond) >= 0.8 * len(down)
        if (outer or most) and max(beyond.values()) - min(beyond.values()) < 2 * REACH:
            out.append(Rule(sum(beyond.values()) / len(beyond), first, last))
    return out


def snapped(values: Iterable[float]) -> list[float]:
    """Sorted positions, near ones replaced by their mean."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= SNAP:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(g) / len(g) for g in groups]


def _nearest(lines: list[float], value: float) -> int:
    i = bisect_left(lines, value)
    if i == len(lines) or (i and value - lines[i - 1] < lines[i] - value):
        i -= 1
    return i


def _sides(lines: list[float], others: list[float], rules: list[Rule]) -> list[list[bool]]:
    """sides[i][j]: a border stands on line i between the crossing lines j and j + 1."""
    covered = [[0.0] * (len(others) - 1) for _ in lines]
    for rule in rules:
        row = covered[_nearest(lines, rule.pos)]
        low = max(0, bisect_right(others, rule.start) - 1)
        for j in range(low, len(others) - 1):
            overlap = min(others[j + 1], rule.end) - max(others[j], rule.start)
            if overlap > 0:
                row[j] = (
                    max(row[j], overlap) if overlap / (others[j + 1] - others[j]) > 0.5 else row[j] + overlap
                )
            elif others[j] > rule.end:
                break
    return [
        [length >= COVER * (others[j + 1] - others[j]) for j, length in enumerate(row)] for row in covered
    ]


def _grid(across: list[Rule], down: list[Rule]) -> Grid | None:
    across = across + _open_ends(across, down)
    down = down + _open_sides(across, down)
    xs, ys = snapped(r.pos for r in down), snapped(r.pos for r in across)
    if len(xs) < 2 or len(ys) < 2 or xs[-1] - xs[0] < SMALLEST or ys[-1] - ys[0] < SMALLEST:
        return None
    above, beside = _sides(ys, xs, across), _sides(xs, ys, down)
    _close_ends(above, beside)
    return regions_of(xs, ys, above, beside)


def _close_ends(above: list[list[bool]], beside: list[list[bool]]) -> None:
    """Close the left and right end where borders above and below run up to it, the upper and lower end
    where borders at both sides do: a cell may be open."""
    for side, col in ((0, 0), (len(beside) - 1, len(beside) - 2)):
        borders = [r for r, row in enumerate(above) if row[col]]
        for r in range(borders[0], borders[-1]) if borders else ():
            beside[side][r] = True
    for side, row in ((0, 0), (len(above) - 1, len(above) - 2)):
        ends = above[side]
        drawn = [c for c in range(len(beside)) if beside[c][row]]
        for first, last in pairwise(drawn):
            # a cell that spans rows on both sides of a page break has no border there
            ends[first:last] = [True] * (last - first)


def regions_of(
    xs: list[float], ys: list[float], above: list[list[bool]], beside: list[list[bool]]
) -> Grid | None:
    """Merge units that no border parts. above[r][c]: over unit (r, c); beside[c][r]: left of it."""
    rows, cols = len(ys) - 1, len(xs) - 1
    outside = rows * cols
    parent = list(range(outside + 1))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def merge(i: int, j: int) -> None:
        a, b = root(i), root(j)
        if a != b:
            parent[min(a, b)] = max(a, b)  # the outside has the highest number and stays the root

    for r in range(rows + 1):
        for c in range(cols):
            if not above[r][c]:
                merge((r - 1) * cols + c if r else outside, r * cols + c if r < rows else outside)
    for c in range(cols + 1):
        for r in range(rows):
            if not beside[c][r]:
                merge(r * cols + c - 1 if c else outside, r * cols + c if c < cols else outside)
    units: dict[int, list[tuple[int, int]]] = {}
    for r in range(rows):
        for c in range(cols):
            units.setdefault(root(r * cols + c), []).append((r, c))
    units.pop(root(outside), None)
    if not units:
        return None
    at = [[-1] * cols for _ in range(rows)]
    regions: list[Region] = []
    doubtful = False
    for members in sorted(units.values()):
        r0, c0 = min(r for r, _ in members), min(c for _, c in members)
        r1, c1 = max(r for r, _ in members), max(c for _, c in members)
        if (r1 - r0 + 1) * (c1 - c0 + 1) != len(members):
            doubtful = True  # an L-shaped cell: a border is missing or not ruled
        for r, c in members:
            at[r][c] = len(regions)
        regions.append(Region(r0, c0, r1 - r0 + 1, c1 - c0 + 1))
    return _trimmed(xs, ys, regions, at, doubtful)


def _trimmed(
    xs: list[float], ys: list[float], regions: list[Region], at: list[list[int]], doubtful: bool
) -> Grid:
    """Without outer rows and columns that hold no cell (a border that juts out), and unused grid lines."""
    keep_x = sorted({r.col for r in regions} | {r.col + r.colspan for r in regions})
    keep_y = sorted({r.row for r in regions} | {r.row + r.rowspan for r in regions})
    if len(keep_y) == len(ys) and len(keep_x) == len(xs):
        return Grid(tuple(xs), tuple(ys), tuple(regions), tuple(map(tuple, at)), doubtful)
    row_of, col_of = {y: i for i, y in enumerate(keep_y)}, {x: i for i, x in enumerate(keep_x)}
    moved = tuple(
        Region(
            row_of[g.row], col_of[g.col],
            row_of[g.row + g.rowspan] - row_of[g.row], col_of[g.col + g.colspan] - col_of[g.col],
        )
        for g in regions
    )  # fmt: skip
    kept = tuple(tuple(at[r][c] for c in keep_x[:-1]) for r in keep_y[:-1])
    return Grid(tuple(xs[i] for i in keep_x), tuple(ys[i] for i in keep_y), moved, kept, doubtful)


def _is_frame(grid: Grid, width: float, height: float) -> bool:
    """A single box around (nearly) the whole page is decoration."""
    x0, y0, x1, y1 = grid.box
    return len(grid.regions) == 1 and (x1 - x0) * (y1 - y0) > 0.6 * width * height


def grid_of_boxes(boxes: Sequence[Box]) -> Grid | None:
    """A grid from cell boxes that another program found; None where there are none."""
    if not boxes:
        return None
    xs = snapped(x for b in boxes for x in (b[0], b[2]))
    ys = snapped(y for b in boxes for y in (b[1], b[3]))
    if len(xs) < 2 or len(ys) < 2:
        return None
    at = [[-1] * (len(xs) - 1) for _ in ys[:-1]]
    regions: list[Region] = []
    for x0, y0, x1, y1 in sorted(boxes, key=lambda b: (b[1], b[0])):
        r0, r1, c0, c1 = _nearest(ys, y0), _nearest(ys, y1), _nearest(xs, x0), _nearest(xs, x1)
        units = [(r, c) for r in range(r0, r1) for c in range(c0, c1)]
        if not units or any(at[r][c] >= 0 for r, c in units):
            continue
        for r, c in units:
            at[r][c] = len(regions)
        regions.append(Region(r0, c0, r1 - r0, c1 - c0))
    return Grid(tuple(xs), tuple(ys), tuple(regions), tuple(map(tuple, at))) if regions else None
