"""The heading rows of a table that lost its spans, read as paths: every way in which the rows fit into each other.

A heading that spans columns leaves one field, one that spans rows leaves a blank below it (or nothing, where blanks
are lost too). So each lower row is dealt out to the cells above it: a blank prolongs one of them, a run of words is
its children. Several ways may fit; the sums of the table choose among them (`tables`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

from cardextract.budget.slots import BLANK, Slot, heads_values
from cardextract.plain import plain
from cardextract.values import squeeze

Path = tuple[Slot, ...]
"""The headings over one value column, from the top."""
MAX_WAYS = 600
"""Ways to deal out one row that are looked at: the likely ones come first."""
MAX_READINGS = 48
MAX_WIDTH = 80
"""Fields of a heading row; a wider one is no budget of a card, and dealing it out would take long."""
CUT_OFF = 3
"""At most so many single columns stand behind the last group (임기후, 비고, 집행률)."""
ANY = 10_000
"""`most` where rows lost blanks: no row says how many columns there are."""


@plain(frozen=True)
class Reading:
    """One way to read the heading rows. rank: how much it had to assume; readings of one rank are rivals."""

    rank: int
    paths: tuple[Path, ...]


def readings(rows: Sequence[Sequence[Slot]], least: int, most: int) -> list[Reading]:
    """The ways to read heading rows as one path for each value column, likeliest first.

    least: columns that hold figures, each of which needs a heading; most: columns that the longest row has room for.
    """
    fields = [[s for s in row if s.cell is not None] for row in rows]
    if max(map(len, fields)) > MAX_WIDTH:
        return []
    top: list[Path] = [(s,) for s in fields[0] if s.kind != "blank"]
    if fields[0] and fields[0][0].kind == "blank":
        top.insert(0, (fields[0][0],))  # an empty corner
    ways = [(0, top)]
    for low in fields[1:]:
        ways = [
            (max(rank, more), deeper)
            for rank, paths in ways
            for more, deeper in itertools.islice(_dealt(paths, low), MAX_WAYS)
        ]
        ways = sorted(ways, key=lambda w: w[0])[:MAX_WAYS]
    found: dict[tuple[tuple[int, ...], ...], Reading] = {}
    for rank, paths in ways:
        for more, values in _without_corner(paths, least):
            remarks = len(list(itertools.takewhile(_is_remark, reversed(values))))
            if not len(values) - remarks <= least <= len(values) and not least < len(values) <= most:
                continue
            spare = len(values) - least if remarks < len(values) - least else 0
            reading = Reading(rank + more + 4 * bool(spare), tuple(values))
            found.setdefault(tuple(tuple(map(id, p)) for p in values), reading)
    return sorted(found.values(), key=lambda r: r.rank)[:MAX_READINGS]


def _is_remark(path: Path) -> bool:
    return "ignore" in path[0].dims


def _without_corner(paths: Sequence[Path], least: int) -> Iterator[tuple[int, list[Path]]]:
    """The paths of value columns: corners left out, and a first heading that stands over the labels (the ledger of the
    table, or an unknown word) where there is one too many."""
    values = list(itertools.dropwhile(lambda p: not heads_values(p[0]), paths))
    whole = len(values) == len(paths) > least and len(values[0]) == 1
    if whole and ("ledger" in values[0][0].dims or not values[0][0].terms):
        yield 0, values[1:]
        yield 1, values
    else:
        yield 0, values


def _dealt(uppers: Sequence[Path], low: Sequence[Slot]) -> Iterator[tuple[int, list[Path]]]:
    """The ways to deal a row out to the cells above it, with the rank of each."""
    kept = any(s.kind == "blank" for s in _trimmed(low))
    every: list[tuple[int, list[Path]]] = []
    for row in _ends(low) if kept else [_trimmed(low)]:
        even = itertools.chain.from_iterable(
            _deal(uppers, row, kept, n) for n in range(1 if kept else 2, len(row) + 1)
        )
        for children in itertools.islice(itertools.chain(even, _deal(uppers, row, kept)), MAX_WAYS):
            paths = [
                p
                for upper, under in zip(uppers, children, strict=True)
                for p in ([(*upper, s) for s in under] or [upper])
            ]
            every.append((_rank(uppers, children), paths))
    yield from sorted(every, key=lambda w: w[0])


def _trimmed(row: Sequence[Slot]) -> list[Slot]:
    return list(itertools.dropwhile(lambda s: s.kind == "blank", reversed(row)))[::-1]


def _ends(row: Sequence[Slot]) -> Iterator[list[Slot]]:
    """The row without, then with more and more of the blanks at its end (pads, or prolonged cells), and with some that
    a conversion cut off."""
    core = _trimmed(row)
    blanks = [*row[len(core) :], *[BLANK] * CUT_OFF]
    yield from ([*core, *blanks[:n]] for n in range(len(blanks) + 1))


def _deal(
    uppers: Sequence[Path], low: Sequence[Slot], kept: bool, size: int = 0
) -> Iterator[list[Sequence[Slot]]]:
    """What stands under each cell above, in order; nothing under a cell that is prolonged. kept: each prolonged cell
    left a blank; else it left nothing, and a cell that has children has several. size: children of each group, if all
    have as many."""
    runs = [0] * (len(low) + 1)
    for j in range(len(low) - 1, -1, -1):
        runs[j] = 0 if low[j].kind == "blank" else runs[j + 1] + 1

    def taken(i: int, j: int) -> Sequence[int]:
        head = uppers[i][-1]
        children = range(size or 1 + (not kept), (size or runs[j]) + 1) if runs[j] >= size else ()
        if not kept:
            return [0, *(() if _closed(head) or head.kind == "blank" else children)]
        if j < len(low) and low[j].kind == "blank":
            return [0]
        return () if _closed(head) else children

    @cache
    def sizes(i: int, j: int) -> tuple[int, ...]:
        """How many fields the i-th cell may take from the j-th on, so that the rest can be dealt out."""
        last = i + 1 == len(uppers)
        ends = {n: j + n + (kept and not n) for n in taken(i, j)}
        return tuple(n for n, end in ends.items() if (end == len(low) if last else sizes(i + 1, end)))

    def go(i: int, j: int) -> Iterator[list[Sequence[Slot]]]:
        if i == len(uppers):
            yield []
            return
        for n in sizes(i, j):
            for rest in go(i + 1, j + n + (kept and not n)):
                yield [low[j : j + n], *rest]

    if uppers:
        yield from go(0, 0)


def _closed(head: Slot) -> bool:
    """A corner or a remark has no children."""
    return bool(head.dims & {"ignore", "corner"}) or (not heads_values(head) and head.kind != "blank")


def _rank(uppers: Sequence[Path], children: Sequence[Sequence[Slot]]) -> int:
    """0: every group has the same children, or years stand under a term and sources under their group; 1: groups of one
    size; 2: anything else. One more where one cell has sources and years side by side under it."""
    grown = [(u[-1], c) for u, c in zip(uppers, children, strict=True) if c]
    names = {tuple(s.terms or squeeze(s.text) for s in c) for _, c in grown}
    mixed = any(len({d for s in c for d in s.dims & {"source", "period"}}) > 1 for _, c in grown)
    alone = len(grown) == 1
    if (len(names) == 1 and not alone) or all(_natural(u, c, alone) for u, c in grown):
        return int(mixed)
    return (1 if len({len(c) for _, c in grown}) == 1 else 2) + mixed


def _natural(head: Slot, below: Sequence[Slot], alone: bool) -> bool:
    """Years under the term, parts of a year under it, sources under their group; anything under the one ledger that has
    children (two would have the same)."""
    over, under = head.dims, {d for s in below for d in s.dims}
    values = {t.value for t in head.terms}
    if over == {"period"}:
        return under <= {"period", "total", "version"} and not values & {"before", "after_term", "total"}
    if "group" in over:
        return under <= {"source", "total"}
    if "source" in over:
        return under <= {"group", "total"}
    return alone and "ledger" in over
