"""What a card prints and the record does not hold: no figure passes in silence because its line was not understood."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from cardextract.budget.axes import terms
from cardextract.budget.lines import amounts_in
from cardextract.budget.stray import cells_of, lines_of, stray_budget, yearly_amounts
from cardextract.budget.twins import is_pair
from cardextract.document import Block, Paragraph, Place, Span, Table
from cardextract.fields import Outline, Picked
from cardextract.findings import Finding, finding
from cardextract.head.words import label_fields
from cardextract.rules import Rules
from cardextract.sections import Split

PROMISED = 2
"""Amounts in a section that promises a budget, from which on it must have given one."""

FIGURED = 3
"""Cells with figures that make a table one that must have been read."""
_PLAIN = re.compile(r"[\d,]+(\.\d+)?")

_MONEY = re.compile(
    r"[△▲-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?:,\d{3})*(?:\.\d+)?\s?(?:천|백만|억)?원)"
)


def suspicious(table: Table, rules: Rules) -> bool:
    """A table of figures that no budget was read from although it names sources, ledgers or years and totals."""
    words = {t.dimension for c in table.cells for t in terms(c.bare, rules)}
    figures = sum(bool(_MONEY.fullmatch(c.bare)) for c in table.cells)
    named = {"source", "ledger"} if "not_budget" in words else {"source", "ledger", "period"}
    if (
        words & {"source", "ledger"} or table.aligned
    ) and "not_budget" not in words:  # 억원 have no thousands
        figures = sum(bool(_PLAIN.fullmatch(c.bare)) or is_pair(c.text) for c in table.cells)
    if table.aligned:
        named.add("total")
    return bool(words & named) and figures >= FIGURED


def unread(picked: Picked, split: Split, rules: Rules) -> list[Finding]:
    """UNREAD_BUDGET for tables that look like budgets but were not understood, also where only their lines came, and for
    a section that promises a budget and gave none."""
    found = []
    none = not any(e.amount.won for b in picked.budgets for e in b.entries)
    for o in picked.outlines:
        promised = none and o.section.heading.kind == "investment"
        places = [
            t.place for t in o.tables if suspicious(t, rules) or (promised and _figures(t, rules) >= FIGURED)
        ]
        stray = stray_budget(lines_of(o.nodes), rules)
        if stray is None and o.section.heading.kind == "investment" and not picked.budgets:
            stray = yearly_amounts(lines_of(o.nodes)) or (_promised(o) if none and not places else None)
        if stray is not None:
            places.append(stray.place)
        found += [_finding(o.section.heading.title.text, p) for p in places]
    if none and not found:
        found += [_finding(s.text.strip()[:40], s.place) for s in _in_head(split.head, rules)]
    return found + list(_labels(picked, split, rules))


def _figures(table: Table, rules: Rules) -> int:
    """Cells that hold one figure or several, whatever names their rows and columns."""
    texts = [c.bare for c in table.cells]
    if any(t.dimension == "not_budget" for text in texts for t in terms(text, rules)):
        return 0
    return sum((bool(_PLAIN.fullmatch(text)) and not terms(text, rules)) or is_pair(text) for text in texts)


def _finding(label: str, place: Place) -> Finding:
    return finding("UNREAD_BUDGET", label=label, paths=["budget"], places=[place])


def _promised(outline: Outline) -> Span | None:
    """The first line with an amount of a section that promises a budget, where it states several."""
    found = [(line, n) for line in lines_of(outline.nodes) if (n := amounts_in(line.text))]
    return found[0][0] if sum(n for _, n in found) >= PROMISED else None


def _in_head(head: Sequence[Block], rules: Rules) -> Iterator[Span]:
    """What looks like a budget above the first heading, or in a card without headings."""
    stray = stray_budget((p.span() for p in head if isinstance(p, Paragraph)), rules)
    if stray is not None:
        yield stray


FIGURES = ("progress", "budget_total", "tasks")
"""Header fields that hold figures."""


def _labels(picked: Picked, split: Split, rules: Rules) -> Iterator[Finding]:
    """UNREADABLE_VALUE for the label of a figure that stands alone in a line (or between wide blanks) of a head that
    states the field nowhere else: its value is some other line."""
    told = any(
        isinstance(b, Table) and b.aligned for b in split.head
    )  # a label there may have lost its value
    missing = {*FIGURES} - {p.field for p in picked.picks if p.span.text or p.lines or not told}
    for p, below in itertools.zip_longest(split.head, split.head[1:]):
        if not isinstance(p, Paragraph) or p.marker or isinstance(below, Table):
            continue  # right above a table it is the table's name
        cells = cells_of(p.text)
        for n, cell in enumerate(cells):
            for name in missing & set(label_fields(cell, rules)):
                missing.remove(name)
                yield finding(
                    "UNREADABLE_VALUE", label=cell, actual=" ".join(cells[n + 1 : n + 2]), paths=[name],
                    places=[p.place],
                )  # fmt: skip
