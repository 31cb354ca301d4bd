"""Put back the blank cells that a conversion dropped, where the sums of a table leave exactly one way.

A row whose blanks collapsed has its figures in order but too far left. `place` tries every way to spread the figures
over the columns and keeps those in which all sums of the block close. One way left: repaired. Several: what they
agree on is placed, the rest is unknown. None: the rows stay as they are.

>>> block = Block(columns=("total", "part", "part"), rows=(Row("total", (30, 10, 20)), Row("part", (30, 10, 20))))
>>> place(block)[1]
(0, 1, 2)
>>> short = Row("part", (10, 10))
>>> place(Block(("total", "part", "part"), (Row("total", (30, 10, 20)), short, Row("part", (20, 20)))))[1:]
[(0, 1), (0, 2)]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import comb

from cardextract.plain import plain

MAX_PLACEMENTS = 4000
"""Ways to spread one row that are tried: 8 figures over 14 columns have 3,003."""
MAX_STEPS = 60_000
"""Steps of the search over a block; beyond it the block counts as undecided (0.1 s)."""
Way = tuple[int, ...]


@plain(frozen=True)
class Row:
    """A row of figures in order, blanks dropped. role: total | part | aside (a sub-total, in no sum of the block)."""

    role: str
    values: tuple[int, ...]


@plain(frozen=True)
class Block:
    """Rows that add up to each other. columns: total | part | aside, with `:group` where several totals stand side by
    side (`total:plan`, `part:plan`, `total:spent`, …)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def ways(row: Row, columns: Sequence[str]) -> list[Way]:
    """Every way to spread the row's figures over the columns in which its own sum closes; all if none does."""
    n, width = len(row.values), len(columns)
    if n > width or comb(width, n) > MAX_PLACEMENTS:
        return []
    every = list(itertools.combinations(range(width), n))
    return [w for w in every if _row_closes(row.values, w, columns)] or every


def _row_closes(values: Sequence[int], way: Way, columns: Sequence[str]) -> bool:
    """In every group of columns the total equals its parts; a group without figures closes."""
    totals: dict[str, int] = {}
    parts: dict[str, int] = {}
    for value, c in zip(values, way, strict=True):
        role, _, group = columns[c].partition(":")
        if role in ("total", "part"):
            side = totals if role == "total" else parts
            side[group] = side.get(group, 0) + value
    groups = {c.partition(":")[2] for c in columns if c.startswith("total")}
    return all(totals.get(g, 0) == parts.get(g, 0) for g in groups)


def _solutions(block: Block, choices: Sequence[Sequence[Way]]) -> Iterator[tuple[Way, ...] | None]:
    """Assignments in which every column closes; None where the search was cut short."""
    width = len(block.columns)
    steps = 0
    has_total = any(r.role == "total" for r in block.rows)

    def go(i: int, chosen: tuple[Way, ...], balance: tuple[int, ...]) -> Iterator[tuple[Way, ...] | None]:
        nonlocal steps
        steps += 1
        if steps > MAX_STEPS:
            yield None
            return
        if i == len(block.rows):
            if not has_total or not any(balance):
                yield chosen
            return
        row = block.rows[i]
        sign = {"total": 1, "part": -1}.get(row.role, 0)
        for way in choices[i]:
            after = list(balance)
            for v, c in zip(row.values, way, strict=True):
                after[c] += sign * v
            if sign == -1 and any(b < 0 for b in after) and has_total and block.rows[0].role == "total":
                continue
            yield from go(i + 1, (*chosen, way), tuple(after))
            if steps > MAX_STEPS:
                return

    yield from go(0, (), (0,) * width)


def place(block: Block) -> list[Way | None]:
    """For each row the columns of its figures, or None where the sums do not decide (or nothing closes).

    A row that fills every column is never moved.
    """
    width = len(block.columns)
    order = sorted(range(len(block.rows)), key=lambda i: block.rows[i].role != "total")
    ordered = Block(block.columns, tuple(block.rows[i] for i in order))
    choices = [
        [tuple(range(width))] if len(r.values) == width else ways(r, block.columns) for r in ordered.rows
    ]
    found: list[tuple[Way, ...]] = []
    seen: set[tuple[tuple[tuple[int, int], ...], ...]] = set()
    if all(choices):
        for solution in _solutions(ordered, choices):
            if solution is None:
                found = []
                break
            key = tuple(
                tuple((c, v) for c, v in zip(w, r.values, strict=True) if v)
                for w, r in zip(solution, ordered.rows, strict=True)
            )
            if key not in seen:
                seen.add(key)
                found.append(solution)
            if len(found) > 400:
                break
    out: list[Way | None] = [None] * len(block.rows)
    for at, i in enumerate(order):
        options = {s[at] for s in found}
        if len(options) == 1:
            out[i] = options.pop()
        elif len(ordered.rows[at].values) == width:
            out[i] = tuple(range(width))
    return out
