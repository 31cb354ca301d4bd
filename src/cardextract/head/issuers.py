"""Which government issued a card: named alone in a line or before its date, in front of the report's title, or in brackets behind it."""

from __future__ import annotations

import re

from cardextract.document import Span

_NAME = r"[가-힣]{1,7}(?:특별자치도|특별자치시|광역시|특별시|시|군|구)|(?:[가-힣]{2}|[가-힣]{1,5}특별자치)도"
_ALONE = re.compile(rf"(?P<name>{_NAME})(?:청|교육청)?")
_DATED = re.compile(
    rf"(?P<name>{_NAME})(?:청|교육청)?\s*[(\[（][^()（）\[\]]*\d{{2,4}}\s?[.년][^()（）\[\]]*[)\]）].{{0,16}}"
)
_BEFORE = re.compile(rf"^(?P<name>{_NAME})(?:청장|장|수|청|지사|교육감|교육청)?\s.*공약")
_BEHIND = re.compile(rf"공약.*[(\[（]\s*(?P<name>{_NAME})(?:청|교육청)?\s*[)\]）]\s*$")
_COMMON = frozenset({"이행도", "추진도", "달성도", "만족도", "완성도", "진척도"})
"""Words that end like a government's name and are none."""


def issuer_in(span: Span) -> Span | None:
    """The government that a head line names.

    >>> from cardextract.document import NOWHERE
    >>> [s and s.text for s in (issuer_in(Span(t, NOWHERE)) for t in ("한누리광역시", "새빛시 공약사업 관리카드"))]
    ['한누리광역시', '새빛시']
    >>> [s and s.text for s in (issuer_in(Span(t, NOWHERE)) for t in ("늘솔군 (2024. 6. 30. 현재)", "늘솔군 (3개소)"))]
    ['늘솔군', None]
    >>> [s and s.text for s in (issuer_in(Span(t, NOWHERE)) for t in ("공약 추진상황(푸른들군)", "구청장 공약카드", "진도"))]
    ['푸른들군', None, None]
    """
    if len(span.text) > 60:
        return None
    for pattern in (_ALONE.fullmatch, _DATED.fullmatch, _BEFORE.match, _BEHIND.search):
        m = pattern(span.text)
        if m and len(m["name"]) > 2 and m["name"] not in _COMMON:
            return span.part(*m.span("name"))
    return None


def upper_money(issuer: str) -> bool | None:
    """Is 시비 on a card of this government the money of the one above it (구, 군) or of a metropolitan city? False for a
    city under a province, None where the name does not say."""
    if issuer.endswith(("특별시", "광역시", "특별자치시", "구", "군")):
        return True
    return False if issuer.endswith("시") else None
