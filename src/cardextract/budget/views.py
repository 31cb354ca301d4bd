"""The ways to see a budget region of a table that lost its spans or blanks."""

from __future__ import annotations

from collections.abc import Iterator

from cardextract.budget.headings import ANY, Path, readings
from cardextract.budget.lossy import (
    header_shift,
    headings_stand,
    is_lossy,
    line_ups,
    restore_labels,
    stands,
    used_columns,
)
from cardextract.budget.regions import label_columns
from cardextract.budget.slots import Slot
from cardextract.plain import plain

MAX_LOSSY = 6
"""Readings of the headings that are tried where blank cells are lost: each needs a search of its own."""


@plain(frozen=True)
class View:
    """One way to see a region: its grid, how far its headings move or which they are, and what was assumed for it.

    rank: views of one rank are rivals; if two of them close with different figures, neither is proved."""

    grid: list[list[Slot]]
    labels: int
    """The leading columns of its rows that hold labels."""
    rank: int = 0
    shift: int = 0
    headings: tuple[Path, ...] | None = None
    lossy: bool = False
    assumed: bool = False


def views(grid: list[list[Slot]], first: int, body: int, end: int) -> Iterator[View]:
    """The ways to see a region of a ragged table, likeliest first."""
    labels = label_columns(grid, body, end)
    if stands(grid, first, body, end, labels):
        yield View(grid, labels, -1)
    yield from sorted(_repaired(grid, first, body, end, labels), key=lambda v: v.rank)


def _repaired(grid: list[list[Slot]], first: int, body: int, end: int, labels: int) -> list[View]:
    """The ways in which something is moved or put back, or has to be assumed."""
    out: list[View] = []
    lossy = is_lossy(grid, first, body, end, labels)
    kept = any(s.kind == "blank" and s.cell is not None for row in grid[first + 1 : body] for s in row)
    if lossy:
        named = restore_labels(grid, body, end)
        kept_labels = label_columns(named, body, end)
        least = len(used_columns(named, body, end, kept_labels))
        found = readings(grid[first:body], least, ANY)
        # where blanks are lost too, much can be made to close: only the likeliest readings may
        out += [
            View(named, kept_labels, r.rank + 8 * kept, headings=r.paths, lossy=True, assumed=True)
            for r in found[:MAX_LOSSY]
            if r.rank == found[0].rank
        ]
        if not kept:
            return out
    for lined in line_ups(grid, body, end):
        moved = any(a is not b for a, b in zip(lined, grid, strict=True))
        own = label_columns(lined, body, end) if moved else labels
        likely = header_shift(lined, first, body, end, own)
        right = headings_stand(lined, first, body, end, own, likely)
        # blanks between the upper headings say that none of theirs are lost
        plain = body - first == 1 or (right and _has_blanks_inside(lined[first]))
        rank = 0 if plain else 9 if _uneven(lined, first, body) else 3 if right else 5
        out.append(View(lined, own, rank, likely, assumed=bool(likely) or moved or lossy or not plain))
        out += [View(lined, own, 9, shift, assumed=True) for shift in range(4) if shift != likely]
        used = used_columns(lined, body, end, own)
        if body - first > 1 and used:
            room = max(len(row) for row in lined[body:end]) - own
            out += [
                View(lined, own, r.rank + plain, headings=r.paths, assumed=True)
                for r in readings(grid[first:body], used[-1] + 1 - own, room)
            ]
    return out


def _has_blanks_inside(row: list[Slot]) -> bool:
    """A blank between two words of a row, behind its corner."""
    filled = [c for c, s in enumerate(row) if s.kind != "blank"]
    return any(s.kind == "blank" for s in row[filled[1] : filled[-1]]) if len(filled) > 2 else False


def _uneven(grid: list[list[Slot]], first: int, body: int) -> bool:
    """Two upper headings of one kind (계획, 집행) that would have different children, as the rows stand."""
    groups: dict[int, list[object]] = {}
    heads = [c for c, s in enumerate(grid[first]) if "ledger" in s.dims]
    for c, s in enumerate(grid[first + 1]) if body - first > 1 else ():
        over = [h for h in heads if h <= c]
        if s.kind != "blank" and over:
            groups.setdefault(over[-1], []).append(s.terms or s.text)
    return len(heads) > 1 and len({tuple(map(str, g)) for g in groups.values()}) > 1
