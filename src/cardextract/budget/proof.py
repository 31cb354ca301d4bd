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
    by_source: dict[tuple[str, str], dict[str, int]] = {}
    by_period: dict[tuple[str, str], dict[str, int]] = {}
    steps: dict[str, int] = {}
    closed = broken = 0
    for e in entries:
        ledger, source, period, amount = e.ledger, e.source, e.period, e.amount
        won, step = amount.won, amount.step
        if period is None or won is None:
            continue
        broken += by_source.setdefault((ledger, source), {}).setdefault(period, won) != won
        by_period.setdefault((ledger, period), {}).setdefault(source, won)
        if step and step < steps.get(ledger, step + 1):
            steps[ledger] = step
    for (ledger, _), row in by_source.items():
        for outcome in _row(row, steps.get(ledger, 0)):
            closed += outcome
            broken += not outcome
    for (ledger, _), column in by_period.items():
        parts = [v for s, v in column.items() if s != "total"]
        if "total" in column and parts and any(column.values()):
            outcome = abs(column["total"] - sum(parts)) <= steps.get(ledger, 0) * (len(parts) + 1) // 2
            closed += outcome
            broken += not outcome
    return closed, broken


_OUTSIDE = frozenset({"total", "in_term", "before", "after_term"})


def _row(row: Mapping[str, int], step: int) -> list[bool]:
    """The sums of a source over its periods."""
    out = []
    inside = {p: v for p, v in row.items() if p not in _OUTSIDE}
    years = list(inside.values())
    if inside and max(map(len, inside)) > 4:  # halves stand in their year
        years = [v for p, v in inside.items() if p[:4] == p or p[:4] not in inside]
        out += _within_years(inside, step)
    if "total" not in row or len(row) < 2 or not (years or "in_term" in row):
        return out
    if not any(row.values()):
        return out
    if not years and not {"before", "after_term"} & row.keys() and row["in_term"] < row["total"]:
        return out  # what lies outside the term is not printed
    before, after = row.get("before", 0), row.get("after_term", 0)
    term = sum(years) if years else row.get("in_term", 0)
    slack = step * (len(years) + 2) // 2
    left = row["total"] - term
    out.append(min(map(abs, (left, left - before, left - after, left - before - after))) <= slack)
    return out


def _within_years(periods: Mapping[str, int], step: int) -> list[bool]:
    """The sums of halves and quarters beside their years."""
    out = []
    for year in (p for p in periods if p[:4] == p):
        parts = [v for p, v in periods.items() if p.startswith(f"{year}-")]
        whole = len(parts) == (2 if f"{year}-H1" in periods else 4)
        if any(parts) and (
            whole or periods[year] == sum(parts)
        ):  # a year that is not over prints some of its quarters
            out.append(abs(periods[year] - sum(parts)) <= step * (len(parts) + 1) // 2)
    return out
