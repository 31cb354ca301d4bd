"""Two names of one kind of source in one table (`자부담` and `기타`, `특별교부세` and `특별조정교부금`).

The record has one key for both. The first keeps it; the figures of the other stand aside, where the sums need them, and are
reported: one finding a name, not a contradiction a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardextract.budget.entries import Budget, Entry
from cardextract.budget.kin import set_aside
from cardextract.budget.proof import closure
from cardextract.findings import finding


def part_names(out: Budget) -> None:
    """Set the second and further names of a kind aside, unless the sums of the table say that they hold each other."""
    first: dict[tuple[str, str, str | None], Entry] = {}
    doubles: dict[tuple[str, str, str], str] = {}
    for e in out.entries:
        kept = first.setdefault((e.ledger, e.source, e.period), e)
        if kept.source_word != e.source_word and kept.source_word and e.source_word and e.source != "total":
            doubles.setdefault(_named(e), kept.source_word)
    for double, before in doubles.items():
        name = double[-1]
        moved = [e for e in out.entries if _named(e) == double]
        if _agree(moved, first):
            continue
        rest = [e for e in out.entries if _named(e) != double]
        apart = Budget(aside=list(out.aside))
        set_aside(name, moved, apart)
        if closure([*rest, *apart.aside])[1] >= closure([*out.entries, *out.aside])[1]:
            continue
        out.entries, out.aside = rest, apart.aside
        places = [e.span.place for e in moved if e.amount.won]
        out.findings.append(
            finding("SAME_SOURCE", label=name, actual=name, expected=before, paths=["budget"], places=places)
        )


def _named(e: Entry) -> tuple[str, str, str]:
    return e.ledger, e.source, e.source_word


def _agree(moved: Sequence[Entry], first: dict[tuple[str, str, str | None], Entry]) -> bool:
    """The same figures under another name: one source, named twice."""
    return all(e.amount.won == first[e.ledger, e.source, e.period].amount.won for e in moved)
