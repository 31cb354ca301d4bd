"""Cards against each other: the same number twice, and one pledge over several reports.

Everything here sees only the slim facts of a card (`pledges.facts`); findings stand on the later card.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from cardextract.card import Card
from cardextract.document import Place
from cardextract.findings import Finding, Severity, finding, stamp
from cardextract.labels import LEDGERS, SOURCES, STATUSES, official_day, period_label, short_money
from cardextract.pledges import (
    SAME,
    Facts,
    Link,
    chains,
    facts,
    issuer_key,
    last_day,
    likeness,
    links,
    load,
    number_key,
    order_key,
)
from cardextract.values import squeeze

STATUS_ORDER = {
    "planned": 0,
    "delayed": 1,
    "partial": 1,
    "in_progress": 1,
    "completed": 2,
    "completed_ongoing": 2,
}
__all__ = [
    "Facts",
    "Link",
    "Row",
    "check_across",
    "facts",
    "links",
    "load",
    "main",
    "timeline",
]

Setting = Literal["error", "warning", "info", "off"]


def _note(card: Facts, code: str, *, paths: Sequence[str], **more: Any) -> Finding:
    kept = json.loads(card.places)
    places = []
    for path in paths:
        if at := kept.get(path):
            places.append(Place(**{**at, "box": tuple(at["box"])} if "box" in at else at))
    return stamp(finding(code, paths=paths, places=places, **more), card.path, card.card_id, card.index)


# --- one report ---


def _reports(cards: Iterable[Facts]) -> dict[tuple[str, str], list[Facts]]:
    """Cards by report: the issuer's (else the folder's) cards of one as-of date."""
    out: dict[tuple[str, str], list[Facts]] = defaultdict(list)
    for card in cards:
        out[issuer_key(card), last_day(card.as_of)].append(card)
    return out


def _duplicates(report: list[Facts]) -> Iterator[tuple[Facts, Finding]]:
    """DUPLICATE_NUMBER, DUPLICATE_CARD: one number on several cards of a report."""
    by_number: dict[str, list[Facts]] = defaultdict(list)
    for card in report:
        if card.number:
            by_number[number_key(card)].append(card)
    twice = {n: cards for n, cards in by_number.items() if len(cards) > 1}
    if _restarts(by_number, twice):
        return
    for cards in twice.values():
        for card in cards:
            others = [c for c in cards if c is not card]
            copies = [c for c in others if c.path != card.path and likeness(c.title, card.title) >= SAME]
            other = [c for c in others if c not in copies]
            if copies and order_key(copies[0]) < order_key(card):
                first = copies[0]
                made = _note(
                    card,
                    "DUPLICATE_CARD",
                    paths=["number", "as_of"],
                    actual=card.number,
                    expected=card.as_of or "?",
                    as_of=official_day(card.as_of) or "없음",
                    label=first.path,
                )
                yield card, made
            if other:
                label = ", ".join(f"{c.title or '(제목 없음)'} [{c.path}#{c.index}]" for c in other[:3])
                yield card, _note(card, "DUPLICATE_NUMBER", paths=["number"], actual=card.number, label=label)


def _restarts(by_number: dict[str, list[Facts]], twice: dict[str, list[Facts]]) -> bool:
    """Plain numbers that begin again in every policy field (1, 2, 3, 1, 2): a habit, not a defect."""
    if len(twice) < 2 or not all(n.isdigit() for n in by_number):
        return False
    return min(by_number, key=int) in twice


def _same_budget(report: list[Facts]) -> Iterator[tuple[Facts, Finding]]:
    """DUPLICATE_BUDGET: two pledges of a report with every figure alike."""
    first: dict[str, Facts] = {}
    for card in report:
        if card.table is None:
            continue
        known = first.setdefault(card.table, card)
        if known is not card and likeness(known.title, card.title) < SAME:
            label = f"{known.title or '(제목 없음)'} [{known.path}#{known.index}]"
            yield card, _note(card, "DUPLICATE_BUDGET", paths=["budget"], actual=card.table, label=label)


def _longitudinal(before: Facts, card: Facts) -> Iterator[Finding]:
    """LONGITUDINAL findings on the later of two cards of a pledge. Going back and rewriting are warnings."""
    report = f"{official_day(before.as_of)} 보고 대비"

    def note(kind: str, label: str, paths: Sequence[str], old: Any, new: Any, **more: Any) -> Finding:
        severity: Severity = "warning" if kind in WARNINGS else "info"
        of_money = paths[0].startswith("budget")
        shown = [short_money(v) if of_money else _shown(kind, v) for v in (old, new)]
        return _note(
            card,
            "LONGITUDINAL",
            kind=kind,
            severity=severity,
            paths=paths,
            expected=old,
            actual=new,
            label=label,
            report=report,
            before=shown[0],
            after=shown[1],
            **more,
        )

    cause: str | None = None
    old, new = _spent(before), _spent(card)
    if old is not None and new is not None and new < old:
        head = note("spent_back", "누적 집행액이 줄었습니다", [_cell("spent/total/total")], old, new)
        cause = head.id
        yield head
    yield from _rewritten(before, card, note, cause)
    if before.progress is not None and card.progress is not None and card.progress < before.progress:
        yield note("progress_back", "진도율이 줄었습니다", ["progress"], before.progress, card.progress)
    if STATUS_ORDER.get(card.status or "", 9) < 2 <= STATUS_ORDER.get(before.status or "", -1):
        yield note("status_back", "완료된 공약이 다시 추진중입니다", ["status"], before.status, card.status)
    yield from _changed(before, card, note)


def _shown(kind: str, value: Any) -> str:
    """A value that is no amount, as people write it."""
    if kind == "progress_back":
        return f"{value:g}%"
    if kind == "status_back":
        return STATUSES.get(value, "없음")
    days = (official_day(day) for day in str(value).split(" ~ "))
    return " ~ ".join(days).strip() if kind in DATED else str(value)


DATED = {"period_changed", "copied"}
WARNINGS = {"spent_back", "progress_back", "status_back", "past_rewritten"}


def _spent(card: Facts) -> int | None:
    """Cumulative spending; None where the card has no spent table."""
    if "spent/total/total" in card.budget:
        return card.budget["spent/total/total"]
    return 0 if any(k.startswith("spent/") for k in card.budget) else None


def _cell(key: str) -> str:
    return f"budget[{key}].amount"


def _rewritten(before: Facts, card: Facts, note: Any, cause: str | None) -> Iterator[Finding]:
    """A year that had ended by the earlier report has other spending now."""
    ended = last_day(before.as_of)[:4]
    complete = last_day(before.as_of)[5:] == "12-31"
    keys = {k for f in (before, card) for k in f.budget if k.startswith("spent/total/")}
    if _spent(before) is None or _spent(card) is None:
        return
    for key in sorted(keys):
        period = key.rsplit("/", 1)[1]
        past = period == "before" or (period.isdigit() and (period < ended or (period == ended and complete)))
        old, new = before.budget.get(key, 0), card.budget.get(key, 0)
        if past and old != new:
            label = f"지난 {period_label(period)} 집행액이 바뀌었습니다"
            yield note("past_rewritten", label, [_cell(key)], old, new, caused_by=cause)


def _changed(before: Facts, card: Facts, note: Any) -> Iterator[Finding]:
    """What may change, and should be known: plan, title, department, period; achievements copied."""
    plan = sorted({k for f in (before, card) for k in f.budget if k.startswith("plan/")})
    if any(k.startswith("plan/") for k in before.budget) and any(k.startswith("plan/") for k in card.budget):
        for key in plan:
            _, source, period = key.split("/")
            old, new = before.budget.get(key, 0), card.budget.get(key, 0)
            if old != new:
                label = f"{LEDGERS['plan']} {SOURCES[source]} {period_label(period)}이(가) 바뀌었습니다"
                yield note("plan_changed", label, [_cell(key)], old, new)
    if squeeze(before.title or "") != squeeze(card.title or "") and before.title and card.title:
        yield note("title_changed", "공약명이 바뀌었습니다", ["title"], before.title, card.title)
    if before.department and card.department and squeeze(before.department) != squeeze(card.department):
        yield note(
            "department_changed",
            "주관부서가 바뀌었습니다",
            ["lead_department"],
            before.department,
            card.department,
        )
    old_period, new_period = (f"{f.start or ''} ~ {f.end or ''}" for f in (before, card))
    if before.start and card.start and old_period != new_period:
        yield note(
            "period_changed",
            "사업기간이 바뀌었습니다",
            ["period.start", "period.end"],
            old_period,
            new_period,
        )
    if len(card.done) >= 2 and card.done == before.done and STATUS_ORDER.get(card.status or "", 1) < 2:
        yield note("copied", "추진실적이 지난 보고와 같습니다", ["sections"], before.as_of, card.as_of)


def _gaps(chain: list[Facts], days: list[str]) -> Iterator[tuple[Facts, Finding]]:
    """A report in which the pledge is missing although it stands in the ones before and after."""
    for earlier, later in pairwise(chain):
        between = [d for d in days if last_day(earlier.as_of) < d < last_day(later.as_of)]
        if between:
            made = _note(
                later,
                "LONGITUDINAL",
                kind="report_missing",
                severity="info",
                paths=["as_of"],
                expected=between[0],
                actual=later.as_of,
                label="이 공약이 빠진 보고가 있습니다",
                report=f"{official_day(between[0])} 보고",
                before=official_day(earlier.as_of),
                after=official_day(later.as_of),
            )
            yield later, made


def check_across(
    cards: Iterable[Facts], severity: Mapping[str, Setting] | None = None
) -> dict[str, list[Finding]]:
    """Findings that need several cards, by card id, stamped. severity: as in the rules."""
    every = sorted(cards, key=order_key)
    found: list[tuple[Facts, Finding]] = []
    for report in _reports(every).values():
        found.extend(_duplicates(report))
        found.extend(_same_budget(report))
    linked = links(every)
    known = {c.card_id: c for c in every}
    for card in every:
        before = linked[card.card_id].before
        if before is not None:
            found.extend((card, f) for f in _longitudinal(known[before], card))
    days: dict[str, list[str]] = {}
    for report in _by_issuer(every).values():
        dates = sorted({d for c in report if (d := last_day(c.as_of))})
        days.update({c.card_id: dates for c in report})
    for chain in chains(every, linked).values():
        if chain[0].issuer:
            found.extend(_gaps(chain, days[chain[0].card_id]))
    out: dict[str, list[Finding]] = defaultdict(list)
    for card, f in found:
        setting = (severity or {}).get(f.code)
        if setting == "off" or any(g.id == f.id for g in out[card.card_id]):
            continue
        weaker = (
            f.severity == "info" and f.code == "LONGITUDINAL"
        )  # a change stays news, whatever going back is
        out[card.card_id].append(f if setting is None or weaker else replace(f, severity=setting))
    return {k: v for k, v in out.items() if v}


def _by_issuer(cards: Iterable[Facts]) -> dict[str, list[Facts]]:
    out: dict[str, list[Facts]] = defaultdict(list)
    for card in cards:
        out[squeeze(card.issuer or "")].append(card)
    return out


# --- the command ---


@dataclass(frozen=True, slots=True)
class Row:
    """One report of a pledge, as `cardextract history` prints it; amounts in won, rate in percent."""

    pledge_id: str
    as_of: str | None
    number: str | None
    title: str | None
    department: str | None
    status: str | None
    progress: float | None
    planned: int
    spent: int
    rate: float | None
    link: str
    path: str
    notes: tuple[str, ...]


def timeline(cards: Sequence[Facts], wanted: str) -> list[Row]:
    """The reports of each pledge that `wanted` names: pledge id, card id, number, or words of the title."""
    linked = links(cards)
    words = squeeze(wanted)
    hit = {
        linked[c.card_id].pledge_id
        for c in cards
        if wanted in (linked[c.card_id].pledge_id, c.card_id)
        or number_key(c) == words
        or words in squeeze(c.title or "")
    }
    across = check_across(cards)
    rows = []
    for card in sorted(cards, key=lambda c: (linked[c.card_id].pledge_id, last_day(c.as_of), order_key(c))):
        link = linked[card.card_id]
        if link.pledge_id not in hit:
            continue
        planned, spent = card.budget.get("plan/total/total", 0), card.budget.get("spent/total/total", 0)
        rows.append(
            Row(
                link.pledge_id,
                card.as_of,
                card.number,
                card.title,
                card.department,
                card.status,
                card.progress,
                planned,
                spent,
                round(100 * spent / planned, 1) if planned > 0 else None,
                link.reason,
                f"{card.path}#{card.index}",
                tuple(f.message for f in across.get(card.card_id, ()) if f.code == "LONGITUDINAL"),
            )
        )
    return rows


def main(output: Path, wanted: str, *, as_json: bool = False) -> int:
    """Print a pledge over time from an output folder: tab-separated, or one JSON object a line.

    Returns the exit code: 0; 2 without records or without such a pledge; 74 where they cannot be read.
    """
    records = output / "cards.jsonl"
    if not records.is_file():
        print(f"{records}: no records here; run `cardextract run` first", file=sys.stderr)
        return 2
    try:
        with records.open(encoding="utf-8") as lines:
            cards = [facts(Card.model_validate_json(line)) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        print(f"{records}: cannot be read: {error}", file=sys.stderr)
        return 74
    rows = timeline(cards, wanted)
    if not rows:
        print(f"no pledge is called {wanted!r}: give its number, id or words of its title", file=sys.stderr)
        return 2
    if as_json:
        for row in rows:
            print(json.dumps(asdict(row), ensure_ascii=False))
        return 0
    names = [f.name for f in fields(Row)]
    print("\t".join(names))
    for row in rows:
        values = asdict(row) | {"notes": " | ".join(row.notes)}
        print("\t".join("" if values[n] is None else " ".join(str(values[n]).split()) for n in names))
    return 0
