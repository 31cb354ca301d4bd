"""What every check is given, and how it reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cardextract.card import Card, Item, SectionKind
from cardextract.checks.ledger import Key, Ledger, ledgers_of
from cardextract.document import Place
from cardextract.findings import Finding, Severity, Suggestion, finding, stamp
from cardextract.rules import Rules

READING = {
    "UNPLACED",
    "UNREADABLE_AMOUNT",
    "AMBIGUOUS_CELL",
    "UNREAD_BUDGET",
    "UNPROVEN_COLUMNS",
    "CONFLICTING_READING",
}
"""Findings of the reading step that explain why sums fail."""

WHOLE = {"UNREAD_BUDGET", "UNPROVEN_COLUMNS"}
"""Those that put every figure of the budget in doubt."""


ARITHMETIC = {
    "ROW_SUM",
    "COLUMN_SUM",
    "SUBTOTAL",
    "DECIMAL_SEPARATOR",
    "UNIT_SLIP",
    "SHIFTED_CELL",
    "HEADER_TABLE",
    "HEADER_BREAKDOWN",
}
"""Codes of wrong figures: other findings on the same figures are their consequences."""


def walk_items(
    items: list[Item], path: str, above: tuple[Item, ...]
) -> Iterator[tuple[str, Item, tuple[Item, ...]]]:
    """(path of the text, item, the items above it), depth first."""
    for i, item in enumerate(items):
        here = f"{path}[{i}]"
        yield f"{here}.text", item, above
        if item.children:
            yield from walk_items(item.children, f"{here}.children", (*above, item))


@dataclass
class Found:
    """The findings so far; later checks ask it whether a wrong figure explains what they see."""

    findings: dict[str, Finding] = field(default_factory=dict)

    def add(self, f: Finding) -> None:
        self.findings.setdefault(f.id, f)

    @property
    def codes(self) -> set[str]:
        return {f.code for f in self.findings.values()}

    def cause(self, paths: Sequence[str]) -> str | None:
        """The id of the headline finding that says one of these figures is wrong.

        A finding that knows the wrong cell explains only what hangs on that cell, another all its figures.
        """
        wanted = set(paths)
        for f in self.findings.values():
            if f.caused_by or f.code not in ARITHMETIC:
                continue
            known = f.suggestion is not None and f.suggestion.value is not None
            blamed = {f.suggestion.path} if known and f.suggestion else set(f.paths)
            if wanted & blamed or ("budget" in blamed and any(p.startswith("budget") for p in wanted)):
                return f.id
        return None


@dataclass(frozen=True)
class Context:
    """A card with what the checks derive from it once."""

    card: Card
    rules: Rules

    @property
    def term(self) -> tuple[str, str]:
        return self.rules.term.start, self.rules.term.end

    @cached_property
    def ledgers(self) -> dict[str, Ledger]:
        return ledgers_of(self.card, self.term)

    @cached_property
    def items(self) -> list[tuple[SectionKind, str, Item, tuple[Item, ...]]]:
        """(section kind, path, item, the items above it) of every bullet, in order."""
        out: list[tuple[SectionKind, str, Item, tuple[Item, ...]]] = []
        for i, section in enumerate(self.card.sections):
            out.extend(
                (section.kind, *found) for found in walk_items(section.items, f"sections[{i}].items", ())
            )
        return out

    def text(self, path: str) -> str:
        """The raw printed text behind a value, or nothing."""
        proof = self.card.evidence.get(path)
        return proof.text if proof else ""

    def places(self, paths: Sequence[str]) -> list[Place]:
        return [self.card.evidence[p].place for p in paths if p in self.card.evidence]

    def note(
        self,
        code: str,
        *,
        paths: Sequence[str],
        places: Sequence[Place] = (),
        kind: str | None = None,
        expected: int | float | str | None = None,
        actual: int | float | str | None = None,
        suggestion: Suggestion | None = None,
        caused_by: str | None = None,
        severity: Severity | None = None,
        **words: Any,
    ) -> Finding:
        """A stamped finding of this card; its places are those of its paths unless given."""
        paths = list(dict.fromkeys(paths))
        made = finding(
            code,
            kind=kind,
            paths=paths,
            places=places or self.places(paths),
            expected=expected,
            actual=actual,
            suggestion=suggestion,
            caused_by=caused_by,
            severity=severity,
            **words,
        )
        source = self.card.source
        return stamp(made, source.path, self.card.card_id, source.card_index)

    def reading_fault(self, keys: Sequence[Key]) -> str | None:
        """The id of a finding of the reading step that already explains trouble with these cells.

        Amounts without a column are missing in every sum of their table; a table that was not read, in all.
        """
        wanted = {k.path for k in keys}
        tables = {f"budget[{k.ledger}/" for k in keys if k.ledger != "header"}
        for f in self.card.findings:
            if f.code not in READING or f.severity != "error":
                continue
            blamed = {p if p.endswith(".amount") else f"{p}.amount" for p in f.paths}
            if f.code == "UNPLACED":
                hit = any(p.startswith(t) for p in f.paths for t in tables)
            else:
                hit = bool(wanted & blamed) or (f.code in WHOLE and "budget" in f.paths)
            if hit:
                return f.id
        return None
