"""Checks of one card: `check(card, rules)` says what is wrong, where, and which figure is to blame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cardextract.card import Card
from cardextract.checks.arithmetic import check_sums
from cardextract.checks.consistency import check_budget_words, check_progress, check_spending, check_text
from cardextract.checks.context import Context, Found
from cardextract.checks.dates import check_dates, check_period
from cardextract.checks.form import check_fields, check_reading, check_sections, check_texts
from cardextract.findings import Finding
from cardextract.rules import Rules

Check = Callable[[Context, Found], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_reading,
    check_sums,
    check_period,
    check_spending,
    check_progress,
    check_budget_words,
    check_text,
    check_dates,
    check_fields,
    check_sections,
    check_texts,
)
"""In this order: a check may ask whether an earlier one explains what it sees."""


def check(card: Card, rules: Rules) -> list[Finding]:
    """All findings of the card's own values, stamped with file, card and id; severities are the rules' own.

    Works on the record alone (amounts in won, printed texts in the evidence), so that it runs after an edit.
    Findings of the reading step in `card.findings` (UNPLACED, say) are taken as causes; those that another finding
    explains come back, the same but for `caused_by`. Others are ignored.
    """
    context = Context(card, rules)
    found = Found()
    for run in CHECKS:
        for f in run(context, found):
            found.add(f)
    return settle(list(found.findings.values()), rules)


def settle(findings: list[Finding], rules: Rules) -> list[Finding]:
    """The findings under the profile's severities; those set to `off` go and are no cause any more."""
    kept = []
    off = {f.id for f in findings if rules.severity.get(f.code) == "off"}
    for f in findings:
        setting = rules.severity.get(f.code, f.severity)
        if setting == "off":
            continue
        if setting != f.severity or f.caused_by in off:
            f = replace(f, severity=setting, caused_by=None if f.caused_by in off else f.caused_by)
        kept.append(f)
    return kept
