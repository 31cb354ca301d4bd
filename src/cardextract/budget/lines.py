"""A budget in lines instead of a table: `- 2022년: 300백만원(국비 100, 구비 200)`, `2022년 10백만원, 2023년 20백만원`.

A line counts only where every word of it is an axis word, an amount or a filler, so that prose about money is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardextract.budget.axes import Term, ledger_in, terms, unit_in
from cardextract.budget.entries import Budget, Entry
from cardextract.document import Span
from cardextract.rules import Rules
from cardextract.values import UNITS, parse_amount, squeeze

REASON = "줄로 적은 예산"
FEWEST = 2
"""Amounts with a year that make lines a budget."""

_MONEY = re.compile(
    r"[△▲-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\d|,\d|\s?(?:년|월|일|개|명|건|차|회|%|％|분기|반기))(?:\s?(?P<unit>(?:천|백만|억|만)?\s?원|억))?"
)
_WORD = re.compile(
    r"[~∼'’‘]?[\d.~∼'’]*\s?[가-힣A-Za-z·]+(?:\s?[~∼]\s?['’]?\d+년?)?|['’]\d\d(?![\d,])|20\d\d(?![\d,])"
)
_FILLER = re.compile(r"[\s:：,;/·+()\[\]<>=→※*○●ㅇ▷▶◦□■\-–—.]+")
_LABEL = re.compile(r"\s*[○●ㅇ▷▶◦□■※*\-]?\s*(?P<label>[가-힣() ]{2,20}?)\s*[:：]")
_ABOUT = re.compile(r"연도별|재원별|투자|예산|사업비|소요|집행|확보")
_IDLE = {
    "약",
    "총",
    "등",
    "단위",
    "원",
    "천원",
    "백만원",
    "억원",
    "만원",
    "년도별",
    "연도별투자계획",
    "재원별",
}


def amounts_in(text: str) -> int:
    """How many amounts a text states: with a unit of money, or with thousands.

    >>> amounts_in("2022. 7.부터 총 1,200백만원(국비 300백만원)"), amounts_in("제2회 추경 300")
    (2, 0)
    """
    return sum(bool(m["unit"]) or "," in m[0] for m in _MONEY.finditer(text))


@dataclass(frozen=True)
class _Piece:
    """A word of the budget's axes or an amount, in the order of the line."""

    words: tuple[Term, ...]
    span: Span | None = None
    unit: str | None = None


def budget_in_lines(
    lines: Sequence[Span], unit: str | None, ledger: str | None, rules: Rules
) -> Budget | None:
    """The budget that lines state, or None. unit, ledger: what the heading says."""
    out = Budget(unit=unit)
    for line in lines:
        pieces = _pieces(line, rules)
        if pieces is not None:
            out.entries.extend(_entries(pieces, unit_in(line.text) or unit, ledger, out))
    years = sum(e.period not in (None, "total") and bool(e.amount.won) for e in out.entries)
    keys = [(e.ledger, e.source, e.period) for e in out.entries]
    return out if years >= FEWEST and len(keys) == len(set(keys)) else None


def _pieces(line: Span, rules: Rules) -> list[_Piece] | None:
    """The line in pieces; None where a word of it is none of the budget's."""
    text, at = line.text, 0
    out: list[_Piece] = []
    label = _LABEL.match(text)
    if label and _ABOUT.search(label["label"]) and _known(label["label"], rules) is None:
        named = ledger_in(label["label"], rules)
        out.append(_Piece((Term("ledger", named),) if named else ()))
        at = label.end()
    while at < len(text):
        if filler := _FILLER.match(text, at):
            at = filler.end()
            continue
        word = _WORD.match(text, at)
        found = _known(word[0], rules) if word else None
        if word and found is not None:
            out.append(_Piece(found))
            at = word.end()
        elif money := _MONEY.match(text, at):
            out.append(_Piece((), line.part(at, money.end()), squeeze(money["unit"] or "") or None))
            at = money.end()
        else:
            return None
    return out if any(p.span for p in out) and any(p.words for p in out) else None


def _known(word: str, rules: Rules) -> tuple[Term, ...] | None:
    if squeeze(word) in _IDLE:
        return ()
    found = terms(word, rules)
    return (
        found if found and {t.dimension for t in found} <= {"ledger", "source", "period", "total"} else None
    )


def _entries(pieces: Sequence[_Piece], unit: str | None, ledger: str | None, out: Budget) -> Iterator[Entry]:
    """An amount belongs to the last year, and to the source right before it."""
    ledger, period, source, word = ledger or "plan", "total", "total", ""
    for piece in pieces:
        for t in piece.words:
            if t.dimension == "period":
                period, source, word = t.value, "total", ""
            elif t.dimension == "source":
                source, word = t.value, t.word
                out.sources.add(t.value)
            elif t.dimension == "ledger":
                ledger, source, word = t.value, "total", ""
            else:
                source, word = "total", ""
        if piece.span is not None:
            unit = piece.unit or unit
            amount = parse_amount(squeeze(piece.span.text), UNITS.get(unit or "", UNITS["백만원"]))
            reason = f"{REASON} (단위: {unit})"
            yield Entry(ledger, source, word, period, amount, piece.span, unit or "", "inferred", reason)
            source, word = "total", ""
