"""Sources that no rule knows, over all tables of a card: what one table or the header proves holds for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardextract.budget.entries import Budget, Entry
from cardextract.findings import Finding

COARSEST = 10**8
"""The worth of the last digit that a header may print, in won (`117억`)."""


def weigh(budgets: Sequence[Budget], stated: int | None) -> list[Budget]:
    """The budgets, with what was only likely of an unknown source told to be true or not.

    A name that one table proves, or that the header's amount needs (there is no total of the sources then), is a source
    in every table: its finding is an info. A name without which the sources come to that amount is none.
    """
    likely = {str(f.actual) for b in budgets for f in b.findings if f.kind == "likely_source"}
    if not likely:
        return list(budgets)
    proved = {str(f.actual) for b in budgets for f in b.findings if f.kind == "source"}
    refuted: set[str] = set()
    within, without = _plan_sums(budgets)
    if stated and within is not None and len(likely) == 1:
        slack = _worth(stated) - 1
        if abs(stated - without) <= slack < abs(stated - within):
            refuted = likely - proved
        elif abs(stated - within) <= slack < abs(stated - without):
            proved |= likely
    return [_told(b, proved & likely, refuted) for b in budgets]


def _plan_sums(budgets: Sequence[Budget]) -> tuple[int | None, int]:
    """What the plan of the sources comes to with and without the inferred ones; None where it states its own total."""
    plan = [e for b in budgets for e in b.entries if e.ledger == "plan" and e.amount.won is not None]
    sources = [e for e in plan if e.source != "total"]
    if any(e.source == "total" for e in plan) or not sources:
        return None, 0
    whole = [e for e in sources if e.period == "total"]
    figures = whole or [e for e in sources if e.period not in ("in_term", None)]
    total = sum(e.amount.won or 0 for e in figures)
    return total, total - sum(e.amount.won or 0 for e in figures if _guessed(e))


def _guessed(e: Entry) -> bool:
    return e.source == "other" and e.certainty == "inferred"


def _worth(amount: int) -> int:
    """The largest power of ten that divides an amount, as far as headers are rounded."""
    step = 1
    while step < COARSEST and amount % (step * 10) == 0:
        step *= 10
    return step


def _told(budget: Budget, proved: set[str], refuted: set[str]) -> Budget:
    named = {str(f.actual) for f in budget.findings if f.kind == "likely_source"}
    entries = [e for e in budget.entries if not (named & refuted and _guessed(e))]
    return replace(budget, entries=entries, findings=[_weighed(f, proved, refuted) for f in budget.findings])


def _weighed(f: Finding, proved: set[str], refuted: set[str]) -> Finding:
    if f.kind != "likely_source":
        return f
    if f.actual in proved:
        return replace(f, kind="source", severity="info")
    return replace(f, kind=None) if f.actual in refuted else f
