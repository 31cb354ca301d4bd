"""Percentages with the label that stands before them."""

from __future__ import annotations

import re

from cardextract.plain import plain
from cardextract.values.text import fold, squeeze

_NUMBER = r"(?>\d{1,3}(?:,\d{3})+|\d{1,6})(?>\.\d{1,6})?"
_PERCENT = re.compile(rf"(?<![\d.,])({_NUMBER})\s?(?:%|퍼센트|프로(?=$|[\s,.)]))(?!\s?[pP]|\s?포인트)")
_SIGN = re.compile(r"[%％퍼프]")
"""Without one of these there is no percentage."""
# 진도율: 35% | 공정률70% | 공 정 률: 87%
_LABEL = re.compile(
    r"((?:[가-힣]\s){1,4}[율률도]|[가-힣]{1,12}[율률]|진\s?도|이행도|달성도)\s?(?:\(%\))?\s?[:=]?\s?[(]?\s?(?:약\s?)?$"
)
_BARE = re.compile(rf"(?:.{{0,20}}[:]\s?)?({_NUMBER})\s?(?:$|\()")


@plain(frozen=True, slots=True)
class Percent:
    """A printed percentage; label without spaces, "" if none stands directly before it."""

    value: float | int
    label: str
    start: int
    end: int


def find_percents(text: str) -> list[Percent]:
    """Every percentage, left to right; percentage points (%p) are none.

    >>> [(p.value, p.label) for p in find_percents("공 정 률: 87%, 목표대비 102.2 % (만족도 3%p 상승)")]
    [(87, '공정률'), (102.2, '')]
    """
    if not _SIGN.search(text):
        return []
    folded = fold(text)
    return [_make(folded, m) for m in _PERCENT.finditer(folded)]


def _make(folded: str, match: re.Match[str]) -> Percent:
    label = _LABEL.search(folded, max(0, match.start() - 30), match.start())
    return Percent(_value(match[1]), squeeze(label[1]) if label else "", match.start(), match.end())


def _value(number: str) -> float | int:
    value = float(number.replace(",", ""))
    return int(value) if value.is_integer() else value


def parse_percent(text: str) -> Percent | None:
    """The percentage a value states, with or without the sign; None if it states none.

    >>> [parse_percent(t).value for t in ("50.0%", "88", "100 %", "진도율: 35%", "0")]
    [50, 88, 100, 35, 0]
    >>> parse_percent("-") is None and parse_percent("3건") is None
    True
    """
    if found := find_percents(text):
        return found[0]
    folded = fold(text)
    match = _BARE.match(folded.strip())
    if not match:
        return None
    shift = len(folded) - len(folded.lstrip())
    label = _LABEL.search(folded, 0, match.start(1) + shift)
    return Percent(
        _value(match[1]), squeeze(label[1]) if label else "", match.start(1) + shift, match.end(1) + shift
    )
