"""Amounts of money: table cells in a stated unit, and amounts with their own unit inside text.

Exact integers throughout: a printed decimal is shifted, never turned into a float.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from cardextract.plain import plain
from cardextract.values.text import fold, squeeze

AmountState = Literal["stated", "zero_mark", "blank", "unreadable", "unplaced"]

UNITS: dict[str, int] = {
    "원": 1,
    "십원": 10,
    "백원": 100,
    "천원": 10**3,
    "만원": 10**4,
    "십만원": 10**5,
    "백만원": 10**6,
    "천만원": 10**7,
    "억원": 10**8,
    "십억원": 10**9,
    "백억원": 10**10,
    "천억원": 10**11,
    "조원": 10**12,
    "천": 10**3,
    "백만": 10**6,
    "억": 10**8,
    "조": 10**12,
}
"""Printed unit, without spaces, to won."""

_SMALL = {"천": 1000, "백": 100, "십": 10}
_BIG = {"조": 10**12, "억": 10**8, "만": 10**4}
_SCALES: dict[str | None, int] = {
    small + big: _SMALL.get(small, 1) * _BIG.get(big, 1) for small in ("", *_SMALL) for big in ("", *_BIG)
} | {None: 1}

NUMBER = r"(?>\d{1,3}(?:,\d{3}){1,6}(?![\d]|,\d)|\d{1,16}(?![\d]|,\d))(?>\.\d{1,8})?(?!\d|\.\d)"
"""Digits with proper thousands marks or none, and decimals; `1,06` and `1.2.3` are no numbers."""

_PLAIN = re.compile(NUMBER)
_COMMON = re.compile(r"\d{1,3}(?:,\d{3}){1,6}|\d{1,16}")
"""What nearly all cells look like."""
_SIGNED = re.compile(rf"([△▲▵▽▼-])?\s?({NUMBER})|\(\s?({NUMBER})\s?\)")
_ZERO = re.compile(r"[-·ㅡ]{1,3}|0(?:\.0{1,8})?")
# one number with its scale: 6천, 50억, 9,732백만, 500 (여: "some"); 원 is looked for after the last one
_PIECE = re.compile(rf"({NUMBER})\s?(여)?\s?([천백십]?[조억만]|[천백십])?(여)?")
# what may be a number before its scale; `_PIECE` tells whether it is one
_START = re.compile(r"\d(?<![\d.,A-Za-z]\d)[\d.,]*+(?=\s?여?\s?[조억만천백십원])")
_SIGNS = re.compile("[원억조圓億]")
_NO_WON = r"(?!칙|화\b|화[된로]|격|소|리|형|도심)"
_WON = re.compile(rf"\s?여?\s?원{_NO_WON}")
_USUAL = re.compile(rf"({NUMBER})\s{{0,2}}([천백십]?[조억만]|[천백십])?\s{{0,2}}원{_NO_WON}")
"""One number with its scale and 원: nearly all amounts."""
# what 억, 조 or 만 may count instead of won
_COUNTED = re.compile(
    r"\s?(?:여\s?)?(?:명|인|개|건|회|톤|㎡|평|장|매|호|년|대|그루|본|주|달러|불|엔|위안|유로|뷰|권|km|kw|t|m|가구|세대|필지|식|편|차)",
    re.IGNORECASE,
)
_ABOUT_BEFORE = re.compile(r"약\s?(?:금\s?)?$")
_ABOUT_AFTER = re.compile(r"\s?(?:정도|내외|가량|안팎)")
_NO_BUDGET = re.compile(r"\(?(?:비예산|예산(?:비수반|없음|미수반)|해당(?:사항)?없음|없음)(?:사업)?[)().]*")
_LEAD = re.compile(rf"\s*(?:(?:총계|합계|총|계|약|금)\s*[:]?\s*){{0,3}}({NUMBER})(?=\s*(?:$|[(\[〔【{{]))")


@plain(frozen=True, slots=True)
class Amount:
    """A table cell. won: None if blank or unreadable. step: won per 1 of its last digit, 0 if unknown."""

    won: int | None
    state: AmountState
    step: int = 0


@plain(frozen=True, slots=True)
class Money:
    """An amount in text. `text[start:end]` is the figure with its unit; unit in won; step as in Amount."""

    won: int
    start: int
    end: int
    step: int
    approximate: bool
    unit: int


def _scaled(number: str, unit: int) -> tuple[int, int] | None:
    """(won, step) of a printed number in a unit; None where it is no whole number of won."""
    if "." not in number:
        return int(number.replace(",", "")) * unit, unit
    whole, _, decimals = number.replace(",", "").partition(".")
    scale = 10 ** len(decimals)
    won, rest = divmod(int(whole + decimals) * unit, scale)
    return None if rest else (won, unit // scale)


def parse_amount(text: str, unit: int) -> Amount:
    """A table cell in won; the cell's own unit, where it prints one, wins over `unit` (won).

    A dot is a decimal point here, as printed; whether it was meant for a thousands mark only the sums tell.

    >>> parse_amount("9,732", 10**6)
    Amount(won=9732000000, state='stated', step=1000000)
    >>> parse_amount("5.79", 10**8)
    Amount(won=579000000, state='stated', step=1000000)
    >>> [parse_amount(t, 1000).won for t in ("△1,920", "-1,920", "(1,920)", "1,000백만원")]
    [-1920000, -1920000, -1920000, 1000000000]
    >>> [parse_amount(t, 1).state for t in ("–", "0", " ", "1,06", "삼억")]
    ['zero_mark', 'zero_mark', 'blank', 'unreadable', 'unreadable']
    """
    return _short_amount(text, unit) if len(text) <= SHORT else _amount(text, unit)


def _amount(text: str, unit: int) -> Amount:
    if _COMMON.fullmatch(text):
        won = int(text.replace(",", "")) * unit
        return Amount(won, "stated" if won else "zero_mark", unit)
    folded = fold(text)
    if "\n" in folded:
        folded = re.sub(r",\s*\n\s*(?=\d{3})", ",", folded)  # "1,234,\n567": wrapped in a narrow cell
    folded = folded.strip()
    if not folded:
        return Amount(None, "blank")
    if _ZERO.fullmatch(folded):
        return Amount(0, "zero_mark", (_scaled(folded, unit) or (0, 0))[1] if folded[0] == "0" else 0)
    if match := _SIGNED.fullmatch(folded):
        sign, number, bracketed = match.groups()
        if scaled := _scaled(number or bracketed, unit):
            won, step = scaled
            return Amount(-won if sign or bracketed else won, "zero_mark" if won == 0 else "stated", step)
        return Amount(None, "unreadable")
    if is_non_budget(folded):
        return Amount(0, "zero_mark")
    found = find_money(folded)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(folded):
        return Amount(found[0].won, "stated" if found[0].won else "zero_mark", found[0].step)
    return Amount(None, "unreadable")


SHORT = 3
"""Texts up to this length are marks and figures that come again and again."""
_short_amount = lru_cache(maxsize=8192)(_amount)


def find_money(text: str) -> list[Money]:
    """Every amount with its own unit, left to right, without overlaps.

    >>> [m.won for m in find_money("9,732백만원, 97억 3,200만원, 1조 2,000억원, 6천50억원")]
    [9732000000, 9732000000, 1200000000000, 605000000000]
    >>> [m.won for m in find_money("3억 5천만원, 67.5억 원, 금120,000원(금일십이만원), 약 8,919억")]
    [350000000, 6750000000, 120000, 891900000000]
    >>> find_money("5억명, 제3조, 2만 그루, 3인 1조")
    []
    """
    if not _SIGNS.search(text):
        return []
    folded = fold(text)
    found: list[Money] = []
    end = 0
    for match in _START.finditer(folded):
        start = match.start()
        if start >= end and (money := _money_at(folded, start)):
            found.append(money)
            end = money.end
    return found


def _money_at(folded: str, start: int) -> Money | None:
    """The amount that begins with the digit at `start`."""
    if usual := _USUAL.match(folded, start):
        unit = _SCALES[usual[2]]
        scaled = _scaled(usual[1], unit)
        return _make(folded, start, usual.end(), *scaled, False, unit) if scaled else None
    total = pending = 0  # won, and the part whose 조, 억 or 만 is still to come (6천 of 6천50억)
    small, big = 10**9, 10**13  # the scales must fall from left to right
    unit = step = 0
    about = False
    best: Money | None = None
    at = start
    while match := _PIECE.match(folded, at):
        number, some, scale, some_after = match.groups()
        scale = scale or ""
        this_small = _SMALL.get(scale[:1], 1)
        this_big = _BIG.get(scale[-1:], 1)
        if this_big >= big or this_small >= small:
            break
        scaled = _scaled(number, this_small * this_big)
        if scaled is None:
            break
        about = about or bool(some or some_after)
        unit, step = this_small * this_big, scaled[1]
        at = match.end()
        if this_big > 1:
            total += pending * this_big + scaled[0]
            pending, small, big = 0, 10**9, this_big
        else:
            pending += scaled[0]
            small = this_small
        if won := _WON.match(folded, at):
            return _make(folded, start, won.end(), total + pending, step, about or "여" in won.group(), unit)
        if this_big == _BIG["억"] or (this_big > 1 and total >= 10**8 and best):
            best = None if _COUNTED.match(folded, at) else _make(folded, start, at, total, step, about, unit)
        if not scale:
            break
        if folded[at : at + 1] == " ":
            at += 1
    return best


def _make(folded: str, start: int, end: int, won: int, step: int, about: bool, unit: int) -> Money:
    before = folded[max(0, start - 4) : start]
    about = (
        about
        or ("약" in before and _ABOUT_BEFORE.search(before) is not None)
        or _ABOUT_AFTER.match(folded, end) is not None
    )
    # a minus stands alone before its number; in "국비-50억원" or "10억-20억" the dash separates
    sign = before[-1:]
    if sign and sign in "△▲▵▽▼":
        return Money(-won, start - 1, end, step, about, unit)
    if sign == "-" and (len(before) == 1 or before[-2] in " (:\t"):
        return Money(-won, start - 1, end, step, about, unit)
    return Money(won, start, end, step, about, unit)


def is_non_budget(text: str) -> bool:
    """Whether a value says that the pledge needs no budget.

    >>> [is_non_budget(t) for t in ("비 예산", "해당 없음", "비예산(협약)", "1억원")]
    [True, True, True, False]
    """
    squeezed = squeeze(text)
    return bool(_NO_BUDGET.fullmatch(squeezed)) or (squeezed.startswith("비예산") and not find_money(text))


def parse_money(text: str, unit: int | None = None) -> Money | None:
    """The amount a header value states: the first outside brackets, else the first; None if it states none.

    unit: won, for a bare figure.

    >>> parse_money("총 2,337백만원 (국비 1,419, 시비 766, 구비 152)").won
    2337000000
    >>> parse_money("국비(50억)와 군비(70억) 등 120억원").won
    12000000000
    >>> parse_money("9,732", 10**6).won, parse_money("비예산"), parse_money("9,732")
    (9732000000, None, None)
    """
    return money_among(find_money(text), text, unit)


def money_among(found: Sequence[Money], text: str, unit: int | None = None) -> Money | None:
    """`parse_money` where the amounts of the text are known."""
    for money in found:
        before = text[: money.start]
        if sum(map(before.count, "(（[〔【{")) <= sum(map(before.count, ")）]〕】}")):
            return money
    if unit and (match := _LEAD.match(fold(text))) and (scaled := _scaled(match[1], unit)):
        before = match[0][: match.start(1) - match.start()]
        return Money(scaled[0], match.start(1), match.end(1), scaled[1], "약" in before, unit)
    return found[0] if found else None
