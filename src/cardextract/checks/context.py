"""What every check is given, and how it reports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardextract.card import Aside, Card, Item, SectionKind
from cardextract.checks.ledger import Key, Ledger, Sum, ledgers_of, residual
from cardextract.document import Place
from cardextract.findings import Finding, Severity, Suggestion, finding, stamp
from cardextract.plain import once, plain
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


NAMED = {"source", "likely_source", "aside", "likely_aside"}
"""Kinds of UNKNOWN_COLUMN that explain nothing: the figures under that name are known and stand in the sums."""
MISREAD = {"UNPROVEN_COLUMNS", "UNKNOWN_COLUMN", "AMBIGUOUS_CELL"}
"""Findings of the reading step that one of them can cause."""

FIGURE = re.compile(r"[\d.,\s△%-]+(?:[천백십만억조]*원)?")
"""A column named by one of its own figures: a row was read one column off."""

OVER_SOURCES = {"COLUMN_SUM", "HEADER_TABLE", "HEADER_BREAKDOWN"}
"""Sums that a source without a name is missing from."""

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


Bullet = tuple[SectionKind, str, Item, tuple[Item, ...]]
"""(kind of its section, path of its text, item, the items above it)"""


def _add_bullets(
    out: list[Bullet], kind: SectionKind, items: list[Item], path: str, above: tuple[Item, ...]
) -> None:
    """The items of a list with those below them, depth first."""
    for i, item in enumerate(items):
        out.append((kind, f"{path}[{i}].text", item, above))
        if item.children:
            _add_bullets(out, kind, item.children, f"{path}[{i}].children", (*above, item))


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


@plain(frozen=True)
class Context:
    """A card with what the checks derive from it once."""

    card: Card
    rules: Rules

    @property
    def term(self) -> tuple[str, str]:
        return self.rules.term.start, self.rules.term.end

    @once
    def ledgers(self) -> dict[str, Ledger]:
        return ledgers_of(self.card, self.term)

    @once
    def items(self) -> list[Bullet]:
        """Every bullet, in order."""
        out: list[Bullet] = []
        for i, section in enumerate(self.card.sections):
            _add_bullets(out, section.kind, section.items, f"sections[{i}].items", ())
        return out

    def text(self, path: str) -> str:
        """The raw printed text behind a value, or nothing."""
        proof = self.card.evidence.get(path) or self.aside.get(path)
        return proof.text if proof else ""

    def places(self, paths: Sequence[str]) -> list[Place]:
        return [proof.place for p in paths if (proof := self.card.evidence.get(p) or self.aside.get(p))]

    @once
    def aside(self) -> dict[str, Aside]:
        """The figures that have no key in the record, by the path they would have."""
        return {Key(*a[:3]).path: a for a in self.card._aside}

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
        places = places or self.places(paths)
        if self.aside:
            paths = [p for p in paths if p not in self.aside] or ["budget"]
            suggestion = suggestion if suggestion and suggestion.path not in self.aside else None
        made = finding(
            code,
            kind=kind,
            paths=paths,
            places=places,
            expected=expected,
            actual=actual,
            suggestion=suggestion,
            caused_by=caused_by,
            severity=severity,
            **words,
        )
        source = self.card.source
        return stamp(made, source.path, self.card.card_id, source.card_index)

    def read_badly(self, code: str) -> str | None:
        """The id of the first finding of the reading step with this code."""
        return next((f.id for f in self.card.findings if f.code == code and f.kind not in NAMED), None)

    @once
    def misreading(self) -> Finding | None:
        """The finding of the reading step that explains others of it: a name that no rule knows, which leaves its
        figures without a column or puts them into another's; else columns that no sum proves."""
        found = self.card.findings
        names = [f for f in found if f.code == "UNKNOWN_COLUMN" and f.kind not in NAMED]
        words = [f for f in names if not FIGURE.fullmatch(str(f.actual))]
        return next(iter([*words, *(f for f in found if f.code == "UNPROVEN_COLUMNS"), *names]), None)

    def root(self, f: Finding) -> str:
        """The id of the finding at the bottom of one of the reading step."""
        return self.misreading.id if self.misreading and f.code in MISREAD else f.id

    def lacking(self, failing: Sequence[Sum], amounts: Mapping[Key, int]) -> dict[int, str]:
        """id(sum) -> the finding that a name or the unit of the table went unread, where that can be why it fails.

        A row stands for itself unless others lack something too: then it is a period that went unread.
        """
        unit, name = self.read_badly("UNKNOWN_UNIT"), self.read_badly("UNKNOWN_COLUMN")
        short = [s for s in failing if s.code == "ROW_SUM" and residual(s, amounts) > 0]
        out = {}
        for s in failing:
            if unit and s.code == "HEADER_TABLE":
                out[id(s)] = unit
            elif s.code == "HEADER_TABLE" and any(k.source == "total" for k in s.parts):
                continue  # a printed total holds the sources without a name too
            elif name and (s in short if s.code == "ROW_SUM" and len(short) > 1 else s.code in OVER_SOURCES):
                out[id(s)] = name
        return out

    def reading_fault(self, s: Sum) -> Finding | None:
        """A finding of the reading step that explains why this sum fails.

        Amounts without a column are missing in every sum of their table; a table that was not read, in all.
        """
        wanted = {k.path for k in s.keys}
        name = self.read_badly("UNKNOWN_COLUMN")
        tables = {f"budget[{k.ledger}/" for k in s.keys if k.ledger != "header"}
        for f in self.card.findings:
            if f.code not in READING or f.severity != "error" or self.root(f) == name:
                continue
            blamed = {p if p.endswith(".amount") else f"{p}.amount" for p in f.paths}
            if f.code == "UNPLACED":
                hit = any(p.startswith(t) for p in f.paths for t in tables)
            else:
                hit = bool(wanted & blamed) or (f.code in WHOLE and "budget" in f.paths)
            if hit:
                return f
        return None
