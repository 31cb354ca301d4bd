"""How many sums of a budget close: the measure by which one way to read a table is preferred to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from cardextract.values import Amount


class Figure(Protocol):
    """What an entry must say of itself: (ledger, source, period) and its amount."""

    @property
    def ledger(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def period(self) -> str | None: ...
    @property
    def amount(self) -> Amount: ...


def closure(entries: Iterable[Figure]) -> tuple[int, int]:
    """(sums that close, sums that do not) over rows and columns; sums of nothing but zeros count as neither.

    A total may leave out what lies before or after the term, and may be the sum of the term alone; a last digit of
    difference for each addend is rounding. A key given twice counts as a broken sum.
    """
    cells: dict[tuple[str, str, str], int] = {}
    steps: dict[str, int] = {}
    twice = 0
    for e in entries:
        if e.period is None or e.amount.won is None:
            continue
        key = (e.ledger, e.source, e.period)
        twice += key in cells and cells[key] != e.amount.won
        cells.setdefault(key, e.amount.won)
        if e.amount.step:
            steps[e.ledger] = min(steps.get(e.ledger, e.amount.step), e.amount.step)
    closed, broken = 0, twice
    for ledger in {k[0] for k in cells}:
        mine = {k[1:]: v for k, v in cells.items() if k[0] == ledger}
        step = steps.get(ledger, 0)
        for outcome in (*_rows(mine, step), *_columns(mine, step)):
            closed += outcome
            broken += not outcome
    return closed, broken


def _rows(cells: Mapping[tuple[str, str], int], step: int) -> list[bool]:
    out = []
    for source in {s for s, _ in cells}:
        row = {p: v for (s, p), v in cells.items() if s == source}
        inside = {p: v for p, v in row.items() if p not in ("total", "in_term", "before", "after_term")}
        years = [
            v for p, v in inside.items() if p[:4] == p or p[:4] not in inside
        ]  # halves stand in their year
        for year in (p for p in inside if p[:4] == p):
            parts = [v for p, v in inside.items() if p.startswith(f"{year}-")]
            whole = len(parts) == (2 if f"{year}-H1" in inside else 4)
            if any(parts) and (
                whole or row[year] == sum(parts)
            ):  # a year that is not over prints some of its quarters
                out.append(abs(row[year] - sum(parts)) <= step * (len(parts) + 1) // 2)
        if "total" not in row or len(row) < 2 or not (years or "in_term" in row):
            continue
        if not any(row.values()):
            continue
        if not years and not {"before", "after_term"} & row.keys() and row["in_term"] < row["total"]:
            continue  # what lies outside the term is not printed
        before, after = row.get("before", 0), row.get("after_term", 0)
        term = sum(years) if years else row.get("in_term", 0)
        sums = {term + before + after, term + before, term + after, term}
        out.append(any(abs(row["total"] - x) <= step * (len(years) + 2) // 2 for x in sums))
    return out


def _columns(cells: Mapping[tuple[str, str], int], step: int) -> list[bool]:
    out = []
    for period in {p for _, p in cells}:
        column = {s: v for (s, p), v in cells.items() if p == period}
        parts = [v for s, v in column.items() if s != "total"]
        if "total" in column and parts and any(column.values()):
            out.append(abs(column["total"] - sum(parts)) <= step * (len(parts) + 1) // 2)
    return out
