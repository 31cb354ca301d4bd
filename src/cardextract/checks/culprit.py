"""Which figure is wrong? One wrong cell makes every sum fail in which it stands, and all by the same amount.

A cell is accused only if that is so for all its sums and no other cell would explain the same failures.
Everything works on the sums of one table (with the header's figures as further rows of it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from cardextract.checks.ledger import Key, Ledger, Sum, residual, time_order

HEADER = "header"
MOST_SLIPS = 3
"""More wrong cells than this in one table are a mess, not slips: no cell is accused."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong cell: with `right` in place of its value, the sums in `explains` close."""

    key: Key
    wrong: int
    right: int
    explains: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Several figures of a line (a source over the periods, a period over the sources) stand in wrong cells.

    kind: `shift` (moved along the line), `swap` (two exchanged), `unit` (the line is in another unit).
    """

    kind: str
    right: dict[Key, int]
    steps: int = 0


def slips(sums: list[Sum], amounts: Mapping[Key, int]) -> list[Slip]:
    """The fewest wrong cells that explain all failing sums, if there is exactly one way; else none.

    All sums of the table are given: one that closes clears each of its cells.
    """
    failing = [s for s in sums if residual(s, amounts)]
    candidates = list(_candidates(sums, amounts))
    # of several slips each must stand where two failing sums cross: anything explains a single sum
    crossing = [c for c in candidates if len(c.explains) > 1 or c.key.ledger == HEADER]
    for size in range(1, min(MOST_SLIPS, len(failing)) + 1):
        covers = [
            chosen
            for chosen in combinations(candidates if size == 1 else crossing, size)
            if sum(len(c.explains) for c in chosen) == len(failing)
            and {id(s) for c in chosen for s in c.explains} == {id(s) for s in failing}
        ]
        if covers:
            return list(covers[0]) if len(covers) == 1 else []
    return []


def suspects(sums: list[Sum], amounts: Mapping[Key, int]) -> list[Slip]:
    """Every single cell that would explain all failing sums."""
    failing = sum(bool(residual(s, amounts)) for s in sums)
    return [c for c in _candidates(sums, amounts) if len(c.explains) == failing]


def _candidates(sums: list[Sum], amounts: Mapping[Key, int]) -> Iterator[Slip]:
    """Cells all of whose sums fail, and by the same amount."""
    missing: dict[Key, set[int]] = {}
    where: dict[Key, list[Sum]] = {}
    for s in sums:
        miss = residual(s, amounts)
        for key in s.keys:
            missing.setdefault(key, set()).add(-miss if key == s.whole else miss)
            where.setdefault(key, []).append(s)
    for key, misses in missing.items():
        if len(misses) == 1 and (change := next(iter(misses))) and key in amounts:
            yield Slip(key, amounts[key], amounts[key] + change, tuple(where[key]))


def moves(ledger: Ledger, sums: list[Sum], amounts: Mapping[Key, int]) -> list[Move]:
    """The ways in which figures of one line, put elsewhere, make every sum of the table close."""
    holding: dict[Key, list[int]] = {}
    for i, s in enumerate(sums):
        for key in s.keys:
            holding.setdefault(key, []).append(i)
    failing = {i for i, s in enumerate(sums) if residual(s, amounts)}
    found: dict[tuple[tuple[Key, int], ...], Move] = {}
    reach = [
        line
        for line in lines(ledger)
        if failing <= {i for k in scope(ledger, line) for i in holding.get(k, ())}
    ]
    for move in _moves(ledger, reach, sums, amounts):
        changed = {k: v for k, v in move.right.items() if v != amounts[k]}
        touched = {i for k in changed for i in holding.get(k, ())}
        if not failing <= touched or any(v < 0 for v in move.right.values()):
            continue
        moved = {**amounts, **changed}
        if not any(residual(sums[i], moved) for i in touched):
            found.setdefault(tuple(sorted(changed.items())), move)
    return list(found.values())


def lines(ledger: Ledger) -> Iterator[list[Key]]:
    """Each source over the periods in order of time, and over its years alone; then each period over the sources
    as printed."""
    periods = sorted((p for p in ledger.periods if p not in ("total", "in_term")), key=time_order)
    for source in ledger.sources:
        line = [k for p in periods if (k := ledger.key(source, p)) in ledger.amounts]
        yield line
        years = [k for k in line if k.period[0] == "2"]
        if len(years) < len(line):
            yield years
    sources = [s for s in ledger.sources if s != "total"]
    for period in ledger.periods:
        yield [k for s in sources if (k := ledger.key(s, period)) in ledger.amounts]


def scope(ledger: Ledger, line: list[Key]) -> list[Key]:
    """The figures of the table in a line's row or column, its totals included."""
    sources, periods = {k.source for k in line}, {k.period for k in line}
    row, column = len(sources) == 1, len(periods) == 1
    return [k for k in ledger.amounts if (row and k.source in sources) or (column and k.period in periods)]


def _moves(
    ledger: Ledger, reach: list[list[Key]], sums: list[Sum], amounts: Mapping[Key, int]
) -> Iterator[Move]:
    failing = [s for s in sums if residual(s, amounts)]
    for line in reach:
        if len({id(s) for s in failing if _crosses(s, line)}) < 2:
            continue  # one failing sum proves no exchange: too many would mend it
        values = [amounts[k] for k in line]
        for steps in (-1, 1, -2, 2, -3, 3):
            yield from _shifts(line, values, steps, sums, amounts)
        for i, j in combinations(range(len(line)), 2):
            if values[i] != values[j]:
                yield Move("swap", {line[i]: values[j], line[j]: values[i]})
        if sum(v != 0 for v in values) < 2:
            continue  # a single figure in another unit is a slip of that figure
        whole = scope(ledger, line)
        for factor in (1000, 100, 10):
            yield Move("unit", {k: amounts[k] * factor for k in whole})
            if all(amounts[k] % factor == 0 for k in whole):
                yield Move("unit", {k: amounts[k] // factor for k in whole})


def _crosses(s: Sum, line: list[Key]) -> bool:
    """The sum runs across the line: it holds one of its figures only."""
    return sum(k in s.keys for k in line) == 1


def _shifts(
    line: list[Key], values: list[int], steps: int, sums: list[Sum], amounts: Mapping[Key, int]
) -> Iterator[Move]:
    """The run of figures moved by `steps`; a figure pushed out of the table is put back from the sums."""
    nonzero = [i for i, v in enumerate(values) if v]
    if not nonzero:
        return
    first, last = nonzero[0], nonzero[-1]
    # the figures of the run may also be only the later or the earlier part of the line
    for begin in range(first, last + 1):
        for end in range(last, begin - 1, -1):
            if begin > first and end < last:
                continue
            low, high = min(begin, begin + steps), max(end, end + steps)
            if low < 0 or high >= len(line):
                continue
            moved = list(values)
            moved[begin : end + 1] = [0] * (end + 1 - begin)
            target = range(begin + steps, end + 1 + steps)
            if any(moved[i] for i in target):
                continue
            moved[begin + steps : end + 1 + steps] = values[begin : end + 1]
            yield Move("shift", dict(zip(line, moved, strict=True)), steps)
    if steps == -1 and first:
        moved = [*values[: first - 1], *values[first:], 0]
        gap = _gap(line[-1], sums, {**amounts, **dict(zip(line, moved, strict=True))}, line)
        if gap > 0:
            yield Move("shift", dict(zip(line, [*moved[:-1], gap], strict=True)), steps)


def _gap(lost: Key, sums: list[Sum], amounts: Mapping[Key, int], line: list[Key]) -> int:
    """What the sums say of a figure that fell out of the table; 0 unless a row and a column agree on it."""
    holding = [s for s in sums if lost in s.keys]
    gaps = {-residual(s, amounts) if s.whole == lost else residual(s, amounts) for s in holding}
    return next(iter(gaps)) if len(gaps) == 1 and any(_crosses(s, line) for s in holding) else 0
