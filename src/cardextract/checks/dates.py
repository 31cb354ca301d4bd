"""Dates: those that do not exist, and those that contradict the as-of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cardextract.checks.context import Context, Found
from cardextract.findings import Finding
from cardextract.labels import day_span, official_day
from cardextract.values import Date, find_dates, find_periods, parse_as_of

PLANNED = re.compile(
    r"예정|계획(?!\s?[을의]?\s?(?:수립|확정|공고|승인|시행|발표|변경|통보|협의|보고))|목표|까지|추후|향후|예상|기한|만료"
    r"|도래|이전(?![가-힣])|앞으로|추진\s?중|진행\s?중|납기|유효"
)
"""Words that make a later date among the achievements no contradiction: a plan, a term, or still going on."""
STATED = re.compile(r"기준|현재|現在")
DATED = re.compile(r"[\d'’‘′`´＇](?:(?<=1)9\d\d|(?<=2)0\d\d|(?<=\d)\d\s?(?:년|\.\s?[상하])|(?<!\d)\s?\d\d)")
"""A date needs a year (`1998`, `2024`, `24년`, `24. 상`, `'24`): without one of these there is none to look for. Their first
characters stand first, so that the search can leap to them."""


def check_period(context: Context, _: Found) -> Iterator[Finding]:
    """PERIOD_REVERSED."""
    period = context.card.period
    start, end = day_span(period.start), day_span(period.end)
    if start and end and start[0] > end[1]:
        yield context.note(
            "PERIOD_REVERSED",
            paths=["period.start", "period.end"],
            actual=period.end,
            expected=period.start,
            start=official_day(period.start),
            end=official_day(period.end),
        )


def check_dates(context: Context, _: Found) -> Iterator[Finding]:
    """DATE_INVALID, DATE_AFTER_AS_OF, NEXT_STEP_PAST, AS_OF_CONFLICT."""
    card = context.card
    as_of = day_span(card.as_of)
    last = as_of[1].isoformat() if as_of else ""
    for kind, path, item, above in context.items:
        text = item.text
        if not DATED.search(text):
            continue
        dates = find_dates(text)
        for d in dates:
            if not d.valid:
                yield context.note("DATE_INVALID", paths=[path], actual=text[d.start : d.end].strip())
        if as_of is None or not dates:
            continue
        if kind == "achievements":
            late = [d for d in dates if _is_after(d, last)]
            if late and not any(PLANNED.search(words) for words in (text, *(a.text for a in above))):
                yield from _after(context, path, text, late)
        elif kind == "next_steps":
            yield from _past(context, path, text, dates, as_of[0])
    for path in ("period.start", "period.end", "as_of"):
        text = context.text(path)
        for d in find_dates(text) if text else ():
            if not d.valid:
                yield context.note("DATE_INVALID", paths=[path], actual=text[d.start : d.end].strip())
    if as_of is not None:
        yield from _conflicts(context, as_of)


def _ends(text: str) -> set[int]:
    """Where the ends of ranges stand: an end after the as-of date is a plan, no contradiction."""
    return {p.end_span[0] for p in find_periods(text) if p.end_span is not None}


def _is_after(d: Date, day: str) -> bool:
    """Does a month or day lie after the day (ISO)?"""
    iso = d.iso
    return len(iso) >= 7 and iso > day[: len(iso)] and iso[5] not in "HQ" and d.first is not None


def _after(context: Context, path: str, text: str, late: list[Date]) -> Iterator[Finding]:
    ends = _ends(text)
    for d in late:
        if d.start not in ends:
            printed = text[d.start : d.end].strip()
            yield context.note(
                "DATE_AFTER_AS_OF",
                paths=[path, "as_of"],
                expected=context.card.as_of,
                actual=printed,
                as_of=official_day(context.card.as_of),
            )


def _month(d: Date) -> str:
    """The last month of a date, a half-year or a quarter (ISO)."""
    return d.last.isoformat()[:7] if d.last and d.iso[5] in "HQ" else d.iso[:7]


def _past(context: Context, path: str, text: str, dates: list[Date], first: date) -> Iterator[Finding]:
    month = first.isoformat()[:7]
    early = [d for d in dates if len(d.iso) >= 7 and _month(d) < month and d.last]
    if not early:
        return
    inside = {span[0] for p in find_periods(text) for span in (p.start_span, p.end_span) if span}
    for d in early:
        if d.start not in inside:
            printed = text[d.start : d.end].strip()
            yield context.note(
                "NEXT_STEP_PAST",
                paths=[path, "as_of"],
                expected=context.card.as_of,
                actual=printed,
                as_of=official_day(context.card.as_of),
            )


def _conflicts(context: Context, as_of: tuple[date, date]) -> Iterator[Finding]:
    """Another as-of date in a heading or a field of the header."""
    card = context.card
    texts = [(f"sections[{i}].title", s.title) for i, s in enumerate(card.sections)]
    texts += [(f"other_fields.{name}", value) for name, value in card.other_fields.items()]
    for path, text in texts:
        if not STATED.search(text) or not DATED.search(text):
            continue
        other = parse_as_of(text)
        if other is None or len(other.iso) < 7:
            continue
        span = day_span(other.iso)
        if span and (span[0] > as_of[1] or span[1] < as_of[0]):
            yield context.note(
                "AS_OF_CONFLICT",
                paths=["as_of", path],
                expected=card.as_of,
                as_of=official_day(card.as_of),
                actual=text[other.start : other.end].strip(),
            )
