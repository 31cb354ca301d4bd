"""A finding as the card page shows it: why, the sums it breaks, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardextract.card import Card
from cardextract.catalogue import CATALOGUE
from cardextract.corrections import Correction
from cardextract.document import Place
from cardextract.findings import Finding
from cardextract.labels import period_label
from cardextract.review.shown import Held, Value, proof_of, value
from cardextract.review.sums import SumView

SEVERITY_RANK = {"error": 0, "warning": 1, "info": 2}
SURE = (
    "DECIMAL_SEPARATOR", "UNIT_SLIP", "SHIFTED_CELL", "DATE_INVALID", "PERIOD_REVERSED", "PROGRESS_RANGE",
    "HEADER_BREAKDOWN", "ROW_SUM", "COLUMN_SUM", "SUBTOTAL", "HEADER_TABLE",
)  # fmt: skip
"""Codes whose findings are hardly ever false, surest first."""
LINES = ("SHIFTED_CELL", "UNIT_SLIP")
"""Codes that may suggest the figures of a whole line."""


def sureness(f: Finding) -> tuple[int, int, int, int]:
    """Sorts the surest mistakes first: errors, with a suggested value, by code; consequences last."""
    told = f.suggestion is not None and f.suggestion.value is not None
    code = SURE.index(f.code) if f.code in SURE else len(SURE)
    return (1 if f.caused_by else 0, SEVERITY_RANK[f.severity], 0 if told else 1, code)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cell or line that a suggestion changes."""

    cell: Value
    text: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what the page needs to explain it and to act on it."""

    f: Finding
    title: str
    why: str
    mend: str
    culprit: str | None
    related: tuple[str, ...]
    sums: tuple[SumView, ...]
    children: tuple[Finding, ...]
    fix: Value | None
    fillable: str | None
    proposal: tuple[Proposal, ...] = ()
    """The cells that the suggestion changes, with what it writes there; empty where it cannot be taken by a key."""
    assignable: tuple[tuple[str, str], ...] = ()
    later: bool = False
    decision: Correction | None = None
    stale: Correction | None = None
    pseudo: str = ""


def findings_of(
    card: Card,
    sums: Sequence[SumView],
    decisions: Sequence[Correction],
    held: Held,
) -> tuple[FindingView, ...]:
    """The findings that no other one explains, surest first; what they cause stands with them."""
    by_finding = {c.finding: c for c in decisions if c.action in ("accept", "ignore", "later") and c.finding}
    ids = {f.id for f in card.findings}
    tops = [f for f in card.findings if f.caused_by not in ids]
    children: dict[str, list[Finding]] = {}
    for f in card.findings:
        if f.caused_by in ids and f.caused_by is not None:
            children.setdefault(_root(f, card.findings), []).append(f)
    views = [
        _finding(card, f, sums, children.get(f.id, []), by_finding.get(f.id), decisions, held) for f in tops
    ]
    views.sort(key=lambda v: (v.f.state != "open", v.later, sureness(v.f), v.f.id))
    return tuple(views)


def _root(f: Finding, findings: Sequence[Finding]) -> str:
    """The finding at the end of the chain of causes."""
    by_id = {g.id: g for g in findings}
    seen = {f.id}
    while f.caused_by in by_id and f.caused_by is not None and f.caused_by not in seen:
        seen.add(f.caused_by)
        f = by_id[f.caused_by]
    return f.id


def _finding(
    card: Card,
    f: Finding,
    sums: Sequence[SumView],
    children: Sequence[Finding],
    decision: Correction | None,
    decisions: Sequence[Correction],
    held: Held,
) -> FindingView:
    entry = CATALOGUE.get(f.code)
    told = f.suggestion.path if f.suggestion is not None and f.suggestion.value is not None else None
    proposal = _proposal(card, f, held)
    culprit = told or (proposal[0].cell.path if proposal else f.paths[0] if f.paths else None)
    if f.code == "UNPLACED" and culprit is not None:
        culprit = next((k for k in card.evidence if k.startswith(f"{culprit}None")), culprit)
    paths = tuple(dict.fromkeys(key for p in f.paths for key in _keys(card, p)))
    found = proof_of(card, culprit) if culprit else None
    culprit = found[0] if found else culprit
    of = [s for s in sums if s.gap and culprit in s.paths] or [
        s for s in sums if s.gap and s.paths & set(paths)
    ]
    if f.code not in ("ROW_SUM", "COLUMN_SUM", "SUBTOTAL", "HEADER_TABLE", "HEADER_BREAKDOWN", *SURE[:3]):
        of = []
    of.sort(key=lambda s: (s.code != f.code, s.whole.path != (f.paths[0] if f.paths else None)))
    stale = _stale_of(f, decisions) if f.code == "STALE_CORRECTION" else None
    fix = value(card, culprit, "", held) if culprit and found and found[1].place != Place() else None
    missing = f.code == "MISSING_FIELD" and culprit is not None
    places = [] if found else list(f.places)
    return FindingView(
        f, entry.title if entry else f.code, entry.why if entry else "", entry.mend if entry else "", culprit,
        tuple(p for p in paths if p != culprit), tuple(of[:3]), tuple(children), fix,
        culprit if missing else None, proposal, _targets(card, f), decision is not None and decision.action == "later",
        decision, stale, f"@{f.id}" if places else "",
    )  # fmt: skip


def _proposal(card: Card, f: Finding, held: Held) -> tuple[Proposal, ...]:
    """What taking the suggestion would write: one value, or the figures of a line that moved, cell by cell.

    A line is proposed whole or not at all: half of it in place would break more sums than it mends.
    """
    if f.suggestion is None:
        return ()
    if f.suggestion.value is not None:
        wanted = {f.suggestion.path: f.suggestion.text}
    elif f.code in LINES:  # the cells of the line stand first among the paths
        figures = f.suggestion.text.split()
        wanted = dict(zip(f.paths, figures, strict=False)) if len(figures) <= len(f.paths) else {}
    else:
        return ()
    made = [Proposal(value(card, path, "", held), text) for path, text in wanted.items()]
    if not all(p.cell.placed for p in made):
        return ()
    return tuple(p for p in made if not _same_figure(p.cell.now or "", p.text))


def _same_figure(printed: str, proposed: str) -> bool:
    """Nothing to write: the same text, or a blank or a dash where a zero is proposed."""
    return printed.strip() == proposed or (proposed == "0" and printed.strip(" -–―−") == "")


def _keys(card: Card, path: str) -> Iterator[str]:
    found = proof_of(card, path)
    if found is not None:
        yield found[0]


def _targets(card: Card, f: Finding) -> tuple[tuple[str, str], ...]:
    """Where an unplaced figure can go: the blank or missing cells of its row."""
    if f.code != "UNPLACED" or not f.paths or not f.paths[0].startswith("budget["):
        return ()
    inner = f.paths[0].removeprefix("budget[").split("]")[0].split("/")
    if len(inner) < 2:
        return ()
    ledger, source = inner[:2]
    periods = dict.fromkeys(str(c.period) for c in card.budget if c.ledger == ledger and c.period is not None)
    taken = {
        str(c.period)
        for c in card.budget
        if c.ledger == ledger and c.source == source and c.amount is not None
    }
    return tuple(
        (f"budget[{ledger}/{source}/{p}].amount", period_label(p)) for p in periods if p not in taken
    )


def _stale_of(f: Finding, decisions: Sequence[Correction]) -> Correction | None:
    for c in decisions:
        same_path = f.paths == ((c.path,) if c.path else ())
        if c.action in ("fix", "fill", "assign") and same_path and (c.was or "") == f.expected:
            return c
    return None
