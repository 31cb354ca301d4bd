"""Entries of a budget: one cell each, as printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cardextract.budget.slots import Figure, Key, Slot
from cardextract.document import Certainty, Span
from cardextract.findings import Finding
from cardextract.plain import plain
from cardextract.values import UNITS, Amount, parse_amount, squeeze

ASSUMED = UNITS["백만원"]
"""The unit in which figures are read where none is stated; the most frequent one."""


@plain(frozen=True)
class Entry:
    """One cell of a budget, as printed. period None: its column could not be known."""

    ledger: str
    source: str
    source_word: str
    period: str | None
    amount: Amount
    span: Span
    unit: str
    certainty: Certainty = "exact"
    reason: str | None = None
    doubtful: bool = False
    """Its print might be meant otherwise (`1, 234`), and no sum has proved it."""


@dataclass
class Budget:
    """What a table says: its entries, what is odd about it, and which of its rows were read."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    unit: str | None = None
    sources: set[str] = field(default_factory=set)
    """The sources that its axes name, those without any figure too (`구비` with blanks alone says what 시비 is)."""

    aside: list[Entry] = field(default_factory=list)
    """Figures of sources that no rule knows and that have no key of their own (달빛나눔 beside 기타): addends of its sums."""

    @property
    def doubts(self) -> list[Finding]:
        """What is odd and not proved by its sums."""
        return [f for f in self.findings if f.severity != "info"]


def read_entry(slot: Slot, row: Key, col: Key, ledger: str, unit: str | None) -> Entry:
    assert slot.cell is not None
    unit = col.unit or row.unit or unit
    span = slot.cell.span
    part = slot.figure
    if part is None and slot.kind == "figure" and len(slot.text) < len(span.text):
        part = Figure(0, len(slot.text))
    doubtful = ""
    if part is not None:
        lead = len(span.text) - len(span.text.lstrip())
        span = span.part(lead + part.start, lead + part.end)
        doubtful = part.doubtful
    amount = parse_amount(squeeze(span.text) if doubtful else span.text, UNITS.get(unit or "", ASSUMED))
    period = col.period
    if row.period is not None and period in (None, "total", "in_term"):
        period = "in_term" if period == "in_term" and row.period == "total" else row.period
    key = col if row.source is None or col.source not in (None, "total") else row
    source, word = key.source or "total", key.source_word
    ledger = (row.ledger if col.noted else None) or col.ledger or row.ledger or ledger
    if not doubtful:
        return Entry(ledger, source, word, period or "total", amount, span, unit or "")
    reason = f"{doubtful} (단위: {unit})"
    return Entry(
        ledger, source, word, period or "total", amount, span, unit or "", "inferred", reason, doubtful=True
    )
