"""Tables whose cells are boxes of their own, set apart by gutters: a browser's `border-spacing`, a heading in two boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardextract.document import Box
from cardextract.readers.pdf_lattice import SNAP, Grid, grid_of_boxes

WIDEST = 12.0
"""Points: boxes further apart are no cells of one table."""

UNEVEN = 1.5
"""Points: by how much the gutters of one table differ."""


def gathered(grids: Sequence[Grid]) -> list[Grid]:
    """The grids, those of one cell that stand side by side with one gutter put together where they fill a rectangle.

    A box that is open at one end is left out where it stands alone.
    """
    alone = [g for g in grids if len(g.regions) == 1]
    if not alone or (len(alone) == 1 and not alone[0].open):
        return list(grids)
    out = [g for g in grids if len(g.regions) > 1]
    for group in _groups([g.box for g in alone]):
        members = [alone[i] for i in group]
        table = next((t for boxes in _fitted(members) if (t := _table(boxes)) is not None), None)
        out += [table] if table is not None else [g for g in members if not g.open]
    return sorted(out, key=lambda g: (g.ys[0], g.xs[0]))


def _groups(boxes: Sequence[Box]) -> list[list[int]]:
    """Boxes that are neighbours, directly or over others; a table further off is none of theirs."""
    gutters = {
        (i, j): gutter[1]
        for i, a in enumerate(boxes)
        for j, b in enumerate(boxes)
        if i != j and (gutter := _gutter(a, b)) is not None
    }
    nearest: dict[int, float] = {}
    for (i, _), width in gutters.items():
        nearest[i] = min(width, nearest.get(i, width))
    left = set(range(len(boxes)))
    out = []
    while left:
        group = [min(left)]
        left.discard(group[0])
        for i in group:  # grows while it is walked
            near = [
                j for j in left if (i, j) in gutters and gutters[i, j] <= min(nearest[i], nearest[j]) + UNEVEN
            ]
            group += near
            left.difference_update(near)
        out.append(sorted(group))
    return out


def _gutter(a: Box, b: Box) -> tuple[bool, float] | None:
    """(side by side, how far apart) of two neighbours; None where they are none."""
    across, down = max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3])
    if 0 < across <= WIDEST and down < -SNAP:
        return True, across
    if 0 < down <= WIDEST and across < -SNAP:
        return False, down
    return None


def _fitted(group: Sequence[Grid]) -> Iterator[list[Box]]:
    """The boxes as they are, and with those that a page break cut ending where the nearest closed ones do: what a
    browser paints of them runs into the page's margin, or ends beside its rows."""
    yield [g.box for g in group]
    closed = [g.box for g in group if not g.open]
    if closed and len(closed) < len(group):
        tops, bottoms = [b[1] for b in closed], [b[3] for b in closed]
        yield [_moved(g.box, tops, bottoms) if g.open else g.box for g in group]


def _moved(box: Box, tops: Sequence[float], bottoms: Sequence[float]) -> Box:
    x0, y0, x1, y1 = box
    top, bottom = min(tops, key=lambda y: abs(y - y0)), min(bottoms, key=lambda y: abs(y - y1))
    return (x0, top, x1, bottom) if top < bottom else box


def _table(boxes: Sequence[Box]) -> Grid | None:
    """The grid of boxes that leave no hole; each border moves to the gutter's middle."""
    gutters = [
        gutter for i, a in enumerate(boxes) for b in boxes[:i] if (gutter := _gutter(a, b)) is not None
    ]
    least = min((width for _, width in gutters), default=0.0)
    widths = sorted(width for _, width in gutters if width <= least + UNEVEN)
    if not any(beside for beside, _ in gutters):
        return None
    half = widths[len(widths) // 2] / 2
    grid = grid_of_boxes([(x0 - half, y0 - half, x1 + half, y1 + half) for x0, y0, x1, y1 in boxes])
    if grid is None or len(grid.regions) != len(boxes) or any(-1 in row for row in grid.at):
        return None
    return grid
