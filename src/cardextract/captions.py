"""Lines that belong to a table or a picture and are no items: units, names of ledgers and years, photo captions."""

from __future__ import annotations

import itertools
import re

from cardextract.budget.axes import ledger_in, terms, unit_in
from cardextract.document import Paragraph, Span
from cardextract.head.titles import AS_OF
from cardextract.outline import marker_at
from cardextract.rules import Rules
from cardextract.values import find_money, squeeze

_BRACKETED = re.compile(r"[<\[〈【(〔].{1,30}[>\]〉】)〕]")


def is_caption(p: Paragraph) -> bool:
    """A line that belongs to a table and is no item: a unit line, or a bracketed name (`<집행액>`, `[재원별 현황] <단위: 천원>`)."""
    text = p.text.strip()
    if len(text) > 60:
        return False
    if (
        unit_in(text)
        and len(squeeze(re.sub(r"단위\s*[:：]?\s*\S*\s?원?", "", text)).strip("<>[]()〈〉※*-/")) <= 14
    ):
        return True
    bracketed = text[:1] in "<[〈【(〔" and bool(_BRACKETED.fullmatch(text))
    return bracketed and not AS_OF.search(text) and not find_money(text)


def names_year(p: Paragraph, rules: Rules) -> str | None:
    """The year or half-year that a line names and nothing else: `2023년` over the budget of that year."""
    text = re.sub(r"[<(\[]?\s*단위[^>)\]]*[>)\]]?", "", p.text).strip()
    words = terms(text, rules) if len(text) < 16 and not p.marker else ()
    year = words[0].value if len(words) == 1 and words[0].dimension == "period" else ""
    return year if year[:4].isdigit() else None


def names_picture(p: Paragraph, rules: Rules) -> bool:
    """A short line without a bullet behind a picture is its caption."""
    text = p.text.strip()
    return not p.marker and not p.heading and len(text) < 60 and marker_at(text, 0, rules) == 0


def names_ledger(p: Paragraph, rules: Rules) -> bool:
    """A bare line such as `집행액` or `연도별 소요예산` right above a table is its caption."""
    text = p.text.strip()
    if len(text) >= 24 or p.marker or p.indent or marker_at(text, 0, rules) > 0:
        return False
    words = terms(text, rules)
    if names_year(p, rules):
        return True
    named = words[0].dimension in ("ledger", "source") if words else ledger_in(text, rules) is not None
    return named and not re.search(r"\d", text)


PHOTO = re.compile(r"[\[<〈【(]\s*(?:현장|관련)?\s*사진\s*(?:\d{1,2}|[①-⑳])?\s*[\]>〉】)]\s*\S")
"""`[사진1] 개소식` is a caption in every section."""

PHOTO_MARKS = "▲△▶▷■□◀"
"""Marks that point to a picture, unless they head items elsewhere on the card."""


def is_photo_line(p: Paragraph, rules: Rules, bullets: set[str]) -> bool:
    """A caption: no bullet, a bracket, or a mark (▲, ▶) that heads no item elsewhere on the card."""
    text = p.text.strip()
    end = marker_at(text, 0, rules)
    if end == 0 and not p.marker:
        return True
    return text[:1] in "<〈[" or (text[:1] in PHOTO_MARKS and text[:1] not in bullets)


def photos(p: Paragraph) -> list[Span]:
    """The captions of a line: several stand in one where a conversion joined them (`< a > < b >`, `[사진1] a [사진2] b`)."""
    cuts = [
        m.start()
        for m in re.finditer(r"(?<=[>〉])\s*(?=[<〈])|(?=\[\s*사진\s*\d)|(?<=\S\s)(?=[▲△▶]\s)", p.text)
    ]
    bounds = sorted({0, *cuts, len(p.text)})
    return [s for i, j in itertools.pairwise(bounds) if (s := p.span(i, j).strip()).text]
