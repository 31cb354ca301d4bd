"""What every check is given, and how it reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cardextract.card import Card
from cardextract.checks.ledger import Key, Ledger, ledger_of
from cardextract.document import Place
from cardextract.findings import Finding, Severity, Suggestion, finding, stamp
from cardextract.rules import Rules

READING = {"UNPLACED", "UNREADABLE_AMOUNT", "AMBIGUOUS_CELL", "UNREAD_BUDGET", "CONFLICTING_READING"}
"""Findings of the reading step that explain why sums fail."""


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
        found = {name: ledger_of(self.card, name, self.term) for name in ("plan", "secured", "spent")}
        return {name: ledger for name, ledger in found.items() if ledger is not None}

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
            code, kind=kind, paths=paths, places=places or self.places(paths), expected=expected, actual=actual,
            suggestion=suggestion, caused_by=caused_by, severity=severity, **words,
        )  # fmt: skip
        source = self.card.source
        return stamp(made, source.path, self.card.card_id, source.card_index)

    def reading_fault(self, keys: Sequence[Key]) -> str | None:
        """The id of a finding of the reading step that already explains trouble with these cells."""
        wanted = {k.path for k in keys}
        rows = {k.path.rsplit("/", 1)[0] for k in keys if k.ledger != "header"}
        for f in self.card.findings:
            if f.code in READING and f.severity == "error":
                if wanted & {p if p.endswith("]") is False else p + ".amount" for p in f.paths} or (
                    f.code in ("UNPLACED", "UNREAD_BUDGET") and any(p == "budget" or p.rsplit("/", 1)[0] in rows for p in f.paths)
                ):
                    return f.id
        return None
