"""Rates that people publish, with numerator and denominator kept: 재정확보율 and 집행률.

They are computed from the budget table; a printed 진도 is another thing and is never merged with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cardextract.card import Card
from cardextract.labels import year_sets

NAMES = {"secured": "재정확보율", "spent": "집행률"}
SCOPES = {"total": "전체", "in_term": "임기내"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate of one source, numerator and denominator in won; percent is None where nothing is planned.

    name: secured (재정확보율) | spent (집행률). scope: total | in_term (the plan less what follows the term).
    """

    name: Literal["secured", "spent"]
    scope: Literal["total", "in_term"]
    source: str
    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        return 100 * self.numerator / self.denominator if self.denominator > 0 else None

    @property
    def label(self) -> str:
        """The Korean name, as in reports."""
        return f"{NAMES[self.name]}({SCOPES[self.scope]})"


def measures(card: Card, term: tuple[str, str] = ("", "")) -> list[Measure]:
    """All rates of a card, total and in term, for the total and every source that the plan names.

    term: first and last day (ISO); years after it count as after the term where no such column is printed.
    A card without a plan or without the other table has none; nothing is estimated.
    """
    tables: dict[str, dict[str, dict[str, int]]] = {}
    for cell in card.budget:
        if cell.period is not None and cell.amount is not None and cell.state != "unplaced":
            tables.setdefault(cell.ledger, {}).setdefault(cell.source, {})[cell.period] = cell.amount
    out: list[Measure] = []
    for name in ("secured", "spent"):
        table = _with_total(tables.get(name, {}))
        if not table:
            continue
        for source, plan in _with_total(tables.get("plan", {})).items():
            row = table.get(source)
            if row is None:
                continue
            planned, done = _total(plan), _total(row)
            later = _after(plan, term)
            kind: Literal["secured", "spent"] = "secured" if name == "secured" else "spent"
            out.append(Measure(kind, "total", source, done, planned))
            out.append(Measure(kind, "in_term", source, done, planned - later))
    return out


def _with_total(table: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The rows; a total row that is not printed is the sum of the sources."""
    if not table or "total" in table:
        return table
    total: dict[str, int] = {}
    for row in table.values():
        for period, amount in row.items():
            total[period] = total.get(period, 0) + amount
    return {"total": total, **table}


def _total(row: Mapping[str, int]) -> int:
    if "total" in row:
        return row["total"]
    once, _ = year_sets([p for p in row if p[0] == "2"], ("", ""))
    return sum(row.get(p, 0) for p in ("before", *once, "after_term"))


def _after(row: Mapping[str, int], term: tuple[str, str]) -> int:
    """What is planned for the time after the term."""
    if "after_term" in row:
        return row["after_term"]
    once, inside = year_sets([p for p in row if p[0] == "2"], term)
    first = term[0][:4]
    return sum(row[p] for p in once if p not in inside and p[:4] >= first)
