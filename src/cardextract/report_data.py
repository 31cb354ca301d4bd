"""What a report shows, as plain data: one line a card, and sums over the cards of one report.

Sums are over printed amounts, nothing is estimated; a rate is the sum of numerators over the sum of
denominators of the cards that have both, and both are shown with it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardextract.card import Card
from cardextract.document import Place
from cardextract.measures import Measure, measures
from cardextract.pledges import Link, facts, last_day, links
from cardextract.sinks import mask
from cardextract.sinks.rows import LEDGERS, SOURCES, period_order

STATUSES = (
    "completed",
    "completed_ongoing",
    "in_progress",
    "partial",
    "delayed",
    "on_hold",
    "dropped",
    "planned",
    None,
)
"""In the order in which a report shows them; None where the card states none."""

Amounts = dict[tuple[str, str, str], int]
"""(ledger, source, period) -> won"""


@dataclass(frozen=True, slots=True)
class Line:
    """One card as a report needs it. day: last day of its as-of date, to compare with; empty if it has
    none."""

    card_id: str
    path: str
    issuer: str | None
    report_title: str | None
    as_of: str | None
    day: str
    number: str | None
    title: str | None
    department: str | None
    status: str | None
    progress: float | None
    amounts: Amounts
    measures: tuple[Measure, ...]
    findings: tuple[tuple[str, str, str], ...]
    """(code, severity, state)"""
    certainties: Mapping[str, int]
    places: Mapping[str, tuple[str, int]]
    """Path -> where status, progress and the totals stand (see `place_key`)."""

    @property
    def open_errors(self) -> int:
        """How many of its findings are errors that nobody has settled: its figures may be wrong."""
        return sum(1 for _, severity, state in self.findings if severity == "error" and state == "open")

    def total(self, ledger: str) -> int | None:
        """The total of a ledger: the printed one, else the sum of its sources; None without the table."""
        return total(self.amounts, ledger)

    def measure(self, name: str, scope: str, source: str = "total") -> Measure | None:
        """One of its rates."""
        for m in self.measures:
            if (m.name, m.scope, m.source) == (name, scope, source):
                return m
        return None


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate over several cards: sums of numerators and denominators, and of how many cards."""

    name: str
    scope: str
    source: str
    numerator: int
    denominator: int
    cards: int

    @property
    def percent(self) -> float | None:
        """Unrounded; None where nothing is planned."""
        return 100 * self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Change:
    """What became different between two reports of one pledge; before is None for a new pledge, after for a
    gone one."""

    before: Line | None
    after: Line | None

    @property
    def any(self) -> bool:
        """Whether anything that a report shows changed."""
        a, b = self.before, self.after
        if a is None or b is None:
            return True
        same = a.status == b.status and a.progress == b.progress and a.title == b.title
        return not (same and all(a.total(ledger) == b.total(ledger) for ledger in LEDGERS))


@dataclass(frozen=True)
class Files:
    """What became of the input files."""

    statuses: Mapping[str, int]
    codes: Mapping[str, int]
    refused: Sequence[Mapping[str, Any]] = field(default=())


def read_lines(
    output: Path, privacy: mask.Privacy, term: tuple[str, str]
) -> tuple[list[Line], dict[str, Link]]:
    """All cards of an output folder as lines, and how they are linked to pledges."""
    lines, known = [], []
    people: frozenset[str] = frozenset()
    if privacy.mask_staff:
        people = frozenset(n for raw in read(output / "cards.jsonl") for n in mask.names_of(raw))
    privacy = mask.Privacy(privacy.mask_staff, privacy.keep_personal, people)
    for raw in read(output / "cards.jsonl"):
        card = Card.model_validate(mask.mask_card(raw, privacy))
        lines.append(line_of(card, term))
        known.append(facts(card))
    return lines, links(known)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf-8") as stream:
        for text in stream:
            yield json.loads(text)


def line_of(card: Card, term: tuple[str, str]) -> Line:
    """A card as a line of the report."""
    amounts: Amounts = {
        (c.ledger, c.source, c.period): c.amount
        for c in card.budget
        if c.period is not None and c.amount is not None
    }
    places = {}
    for name in ("status", "progress", *(f"budget[{x}/total/total].amount" for x in LEDGERS)):
        if name in card.evidence and (key := place_key(card.evidence[name].place)):
            places[name] = key
    return Line(
        card_id=card.card_id,
        path=card.source.path,
        issuer=card.issuer,
        report_title=card.report_title,
        as_of=card.as_of,
        day=last_day(card.as_of),
        number=card.number,
        title=card.title,
        department=card.lead_department,
        status=card.status,
        progress=card.progress,
        amounts=amounts,
        measures=tuple(measures(card, term)),
        findings=tuple((f.code, f.severity, f.state) for f in card.findings),
        certainties=Counter(e.certainty for e in card.evidence.values()),
        places=places,
    )


def place_key(place: Place) -> tuple[str, int] | None:
    """Where a value stands, in short: (`page`, `line` or `table`, its number from 1)."""
    if place.page is not None:
        return "page", place.page
    if place.line is not None:
        return "line", place.line
    return None if place.table is None else ("table", place.table + 1)


def total(amounts: Amounts, ledger: str, period: str = "total") -> int | None:
    """The total row of a ledger: as printed, else the sum of its sources; None where it has no such
    figure."""
    printed = amounts.get((ledger, "total", period))
    if printed is not None:
        return printed
    parts = [amounts[key] for s in SOURCES[1:] if (key := (ledger, s, period)) in amounts]
    return sum(parts) if parts else None


# ---------------------------------------------------------------- one report out of many


def dates(lines: Iterable[Line], issuer: str | None) -> list[str]:
    """The days of the reports of an issuer, oldest first; an empty day stands for cards without an as-of
    date."""
    return sorted({line.day for line in lines if issuer is None or line.issuer == issuer})


def of_report(lines: Iterable[Line], issuer: str | None, day: str) -> list[Line]:
    """The cards of one report, in the order of their files."""
    return [line for line in lines if line.day == day and (issuer is None or line.issuer == issuer)]


def sums(lines: Iterable[Line]) -> Amounts:
    """Amounts over all cards; total rows that a card does not print are the sum of its sources."""
    out: Amounts = defaultdict(int)
    for line in lines:
        for ledger in LEDGERS:
            periods = {period for (of, _, period) in line.amounts if of == ledger}
            for period in periods:
                amount = total(line.amounts, ledger, period)
                if amount is not None:
                    out[ledger, "total", period] += amount
        for (ledger, source, period), amount in line.amounts.items():
            if source != "total":
                out[ledger, source, period] += amount
    return dict(out)


def periods_of(amounts: Amounts) -> list[str]:
    """The periods that make up the whole, in order: without totals and in_term, which is one."""
    return sorted({p for (_, _, p) in amounts if p not in ("total", "in_term")}, key=period_order)


def sources_of(amounts: Amounts) -> list[str]:
    """The sources that occur, without the total."""
    return [s for s in SOURCES[1:] if any(key[1] == s for key in amounts)]


def rates(lines: Iterable[Line]) -> dict[tuple[str, str, str], Rate]:
    """(name, scope, source) -> rate over all cards that have numerator and denominator."""
    found: dict[tuple[str, str, str], list[Measure]] = defaultdict(list)
    for line in lines:
        for m in line.measures:
            found[m.name, m.scope, m.source].append(m)
    return {
        key: Rate(*key, sum(m.numerator for m in ms), sum(m.denominator for m in ms), len(ms))
        for key, ms in sorted(found.items(), key=lambda item: rate_order(item[0]))
    }


def rate_order(key: tuple[str, str, str]) -> tuple[int, int, int]:
    """Sort key of a rate: secured before spent, the total before its sources."""
    name, scope, source = key
    return LEDGERS.index(name), ("total", "in_term").index(scope), SOURCES.index(source)


def by_status(lines: Iterable[Line]) -> dict[str | None, int]:
    """How many cards have each status, in the order of STATUSES; those that occur."""
    found = Counter(line.status for line in lines)
    return {status: found[status] for status in STATUSES if found[status]}


def findings_by(lines: Iterable[Line], key: str) -> list[tuple[str, Counter[str]]]:
    """Findings by `code` or `department`: severity -> number of open ones, `done` -> accepted and ignored,
    `cards`."""
    out: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        names = set()
        for code, severity, state in line.findings:
            name = code if key == "code" else line.department or ""
            out[name][severity if state == "open" else "done"] += 1
            names.add(name)
        for name in names:
            out[name]["cards"] += 1
    return sorted(
        out.items(), key=lambda item: (-item[1]["error"], -item[1]["warning"], -item[1]["info"], item[0])
    )


def changes(before: Sequence[Line], after: Sequence[Line], linked: Mapping[str, Link]) -> list[Change]:
    """What changed from one report to the next, pledge by pledge; unchanged ones are left out."""
    earlier: dict[str, Line] = {}
    for line in before:
        earlier.setdefault(linked[line.card_id].pledge_id, line)
    out = []
    seen = set()
    for line in after:
        pledge = linked[line.card_id].pledge_id
        out.append(Change(earlier.get(pledge), line))
        seen.add(pledge)
    out += [Change(line, None) for pledge, line in earlier.items() if pledge not in seen]
    return [change for change in out if change.any]


def files_of(output: Path) -> Files:
    """What became of the input files, from the ledger; nothing if there is none."""
    path = output / "ledger.jsonl"
    lines = list(read(path)) if path.is_file() else []
    refused = [line for line in lines if line["status"] == "quarantined"]
    return Files(
        Counter(line["status"] for line in lines),
        Counter(line["code"] for line in refused if line["code"]),
        refused,
    )


def certainties(lines: Iterable[Line]) -> Counter[str]:
    """How the values of all cards were got."""
    out: Counter[str] = Counter()
    for line in lines:
        out.update(line.certainties)
    return out
