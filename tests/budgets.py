"""Random sound budgets for tests of the checks: every row and column closes, and one cell can be damaged.

>>> card = make_budget(random.Random(1), Shape())
>>> {b.ledger for b in card.budget} == {"plan", "spent"}
True
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from cardextract.card import BudgetCell, Card, Evidence, Period, SourceFile, budget_path
from cardextract.document import Place

MILLION = 10**6
UNITS = {"천원": 10**3, "백만원": 10**6, "억원": 10**8}


@dataclass(frozen=True)
class Shape:
    """What a budget table prints."""

    sources: tuple[str, ...] = ("national", "sido", "sigungu", "other")
    years: tuple[str, ...] = ("2022", "2023", "2024", "2025", "2026")
    before: bool = True
    after: bool = True
    in_term: bool = False
    total_source: bool = True
    total_period: bool = True
    total_has_before: bool = True
    by_period: bool = False
    header: bool = True
    unit: str = "백만원"


def random_shape(rng: random.Random) -> Shape:
    """Any orientation: sources or periods first, with and without the columns that differ between layouts."""
    return Shape(
        sources=tuple(
            rng.sample(("national", "sido", "sigungu", "private", "fund", "other"), rng.randint(2, 5))
        ),
        years=tuple(str(y) for y in range(rng.choice((2022, 2023)), 2027)),
        before=rng.random() < 0.6,
        after=rng.random() < 0.6,
        in_term=rng.random() < 0.3,
        total_has_before=rng.random() < 0.8,
        by_period=rng.random() < 0.5,
        header=rng.random() < 0.7,
        unit=rng.choice(("천원", "백만원")),
    )


def make_budget(rng: random.Random, shape: Shape) -> Card:
    """A card whose plan and spent tables close; amounts of one to five digits, some of them zero."""
    unit = UNITS[shape.unit]
    parts = (["before"] if shape.before else []) + list(shape.years) + (["after_term"] if shape.after else [])
    cells: dict[tuple[str, str, str], int] = {}
    for ledger in ("plan", "spent"):
        for source in shape.sources:
            for period in parts:
                empty = rng.random() < 0.2 or (
                    ledger == "spent" and (period > "2024" or period == "after_term")
                )
                plan = cells.get(("plan", source, period), 0)
                amount = 0 if empty else rng.randint(1, 10 ** rng.randint(2, 5))
                if ledger == "spent":
                    amount = plan if period == "before" else rng.randint(0, plan) if not empty else 0
                cells[ledger, source, period] = amount
    order = (["total"] if shape.total_period else []) + (["in_term"] if shape.in_term else []) + parts
    out: dict[tuple[str, str, str], int] = {}
    for ledger in ("plan", "spent"):
        rows: dict[str, dict[str, int]] = {}
        for source in shape.sources:
            row = {p: cells[ledger, source, p] for p in parts}
            counted = [p for p in parts if shape.total_has_before or p != "before"]
            rows[source] = {
                "total": sum(row[p] for p in counted),
                "in_term": sum(row[y] for y in shape.years),
            } | row
        if shape.total_source:
            rows = {
                "total": {p: sum(r[p] for r in rows.values()) for p in ("total", "in_term", *parts)}
            } | rows
        keys = [(s, p) for s in rows for p in order]
        if shape.by_period:
            keys = [(s, p) for p in order for s in rows]
        out |= {(ledger, s, p): rows[s][p] * unit for s, p in keys}
    header: dict[str, Any] = {}
    if shape.header and shape.total_source and shape.total_period:
        header = {
            "budget_total": out["plan", "total", "total"],
            "budget_by_source": {s: out["plan", s, "total"] for s in shape.sources},
        }
    return card_of(out, unit=shape.unit, **header)


def card_of(amounts: dict[tuple[str, str, str], int], *, unit: str = "백만원", **fields: Any) -> Card:
    """A card with this budget (won) and the printed texts behind it; everything else is harmless."""
    proof = {}
    cells = []
    for (ledger, source, period), amount in amounts.items():
        cells.append(
            BudgetCell.model_validate(
                {
                    "ledger": ledger,
                    "source": source,
                    "period": period,
                    "amount": amount,
                    "state": "stated" if amount else "zero_mark",
                }
            )
        )
        path = f"{budget_path(ledger, source, period)}.amount"
        proof[path] = Evidence(
            text=printed(amount, unit), place=Place(line=len(proof) + 1), reason=f"단위: {unit}"
        )
    for path, amount in header_paths(fields):
        proof[path] = Evidence(text=f"{printed(amount, unit)}{unit}", place=Place(line=900))
    plain: dict[str, Any] = {
        "number": "1-1",
        "title": "걷고 싶은 골목길 만들기",
        "lead_department": "도시재생과",
        "as_of": "2024-06-30",
        "status": "in_progress",
        "progress": 50,
        "period": Period(start="2020", end=None, beyond_term=True),
    }
    return Card(
        card_id="0123456789ab-1",
        source=SourceFile(path="inbox/card.txt", sha256="0123456789ab", format="text", card_index=1),
        profile="base",
        rules_sha256="",
        budget=cells,
        evidence=proof | fields.pop("evidence", {}),
        **{**plain, **fields},
    )


def header_paths(fields: dict[str, Any]) -> list[tuple[str, int]]:
    out = [(f"budget_by_source.{s}", a) for s, a in fields.get("budget_by_source", {}).items()]
    if fields.get("budget_total"):
        out.append(("budget_total", fields["budget_total"]))
    return out


def printed(amount: int, unit: str) -> str:
    """As a table prints it: thousands commas, decimals only where they are needed, a dash for nothing."""
    if not amount:
        return "-"
    whole, rest = divmod(amount, UNITS[unit])
    decimals = f"{rest:0{len(str(UNITS[unit])) - 1}d}".rstrip("0") if rest else ""
    return f"{whole:,}" + (f".{decimals}" if decimals else "")


def with_amount(card: Card, path: str, amount: int) -> Card:
    """The card with another amount printed at a path (`budget[plan/total/2022].amount`, `budget_total`)."""
    unit = next(
        (u for e in card.evidence.values() if e.reason for u in UNITS if e.reason.endswith(f" {u}")), "백만원"
    )
    evidence = dict(card.evidence)
    if path in evidence:
        suffix = "" if path.startswith("budget[") else unit
        evidence[path] = replace(evidence[path], text=printed(amount, unit) + suffix)
    if path == "budget_total":
        return card.model_copy(update={"budget_total": amount, "evidence": evidence})
    if path.startswith("budget_by_source."):
        changed = {**card.budget_by_source, path.partition(".")[2]: amount}
        return card.model_copy(update={"budget_by_source": changed, "evidence": evidence})
    cells = [
        c.model_copy(update={"amount": amount, "state": "stated"})
        if f"{budget_path(c.ledger, c.source, c.period)}.amount" == path
        else c
        for c in card.budget
    ]
    return card.model_copy(update={"budget": cells, "evidence": evidence})


def amount_at(card: Card, path: str) -> int:
    """The amount at a path."""
    if path == "budget_total":
        return card.budget_total or 0
    if path.startswith("budget_by_source."):
        return {str(k): v for k, v in card.budget_by_source.items()}[path.partition(".")[2]]
    return next(
        c.amount or 0 for c in card.budget if f"{budget_path(c.ledger, c.source, c.period)}.amount" == path
    )
