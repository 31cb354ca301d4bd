"""A budget that a head states in a small table, and no table of years: `소요예산 | 국비 | 시비` over or beside one amount each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardextract.budget.axes import drop_unit, unit_in
from cardextract.budget.entries import Budget, Entry
from cardextract.document import Table
from cardextract.head.words import Grid, Pick, label_fields
from cardextract.rules import Rules

MONEY = frozenset({"budget_total", "budget_by_source", "source", "unknown"})
"""What a label grid would make of the cells of such a table."""


def stated_facts(table: Table, budget: Budget, rules: Rules) -> list[Pick]:
    """The total and the sources of a budget as facts of a head; nothing where it is a table of years, or of ledgers, or where
    no label says that the card's budget stands there."""
    label = next((t for c in table.cells if _is_budget(t := c.bare, rules)), None)
    entries = [e for e in budget.entries if e.amount.state != "blank"]
    plain = {(e.ledger, e.period) for e in entries} == {("plan", "total")}
    sources = [e.source for e in entries]
    if label is None or not plain or len(sources) != len(set(sources)) or not set(sources) - {"total"}:
        return []
    return [_pick(e, label) for e in sorted(entries, key=lambda e: e.source != "total")]


def _is_budget(text: str, rules: Rules) -> bool:
    return bool({"budget_total", "budget_by_source"} & {*label_fields(drop_unit(text).strip(), rules)})


def _pick(e: Entry, label: str) -> Pick:
    """With the unit of the table behind the label, unless the label or the figure itself states one."""
    name = label if e.source == "total" else e.source_word
    unit = f"({e.unit})" if e.unit and not unit_in(name) and "원" not in e.span.text else ""
    return Pick("budget_total" if e.source == "total" else "source", name + unit, e.span)


def without_money(grid: Grid, entries: Sequence[Entry]) -> Grid:
    """What a label grid says beside the budget that stands in it."""
    places = {e.span.place for e in entries}
    return replace(
        grid,
        picks=[p for p in grid.picks if p.field not in MONEY],
        unused=[s for s in grid.unused if s.place not in places],
    )
