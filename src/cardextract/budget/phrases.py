"""Labels of budget axes put together of words that no list holds as a whole: `총 필요재정`, `사업비 집행`, `2026. 7월 이후`,
`사업량(개소)`."""

from __future__ import annotations

import re

from cardextract.rules import Rules

RIDER = (
    r"(?:계|누계|기?(?:투자|집행|투입|지출|소요|실적|사업비|예산|계획|재정|재원|필요)+(?:액|비|분|금액|계)?)?"
)
"""What may stand behind `2021년까지`, `이전` or `향후` without saying more: `투자액`, `소요 예산`."""
_RIDER = re.compile(RIDER)
_OPEN = re.compile(
    r"(?P<mark>['’‘`])?(?P<y>20\d\d|\d\d)(?:\.|년도?|年)(?:(?P<m>\d{1,2})(?P<unit>\.|월말?)?(?:\d{1,2}[.일])?|(?P<half>[상하])(?:반기)?)?"
    rf"(?P<by>이후|부터|~|까지|이전)(?:~)?{RIDER}"
)
_COUNTED = re.compile(r"(?P<name>.+)[(\[](?:단위:)?(?P<unit>[^()\[\]]{1,6})[)\]]")


def open_ended(word: str, rules: Rules) -> str | None:
    """The period before or after the term that a squeezed label leaves open, by the dates of the term: `2026.7월이후`,
    `2027년부터`; None where it names another one."""
    m = _OPEN.fullmatch(word)
    if m is None or not (len(m["y"]) == 4 or m["mark"] or "년" in word or m["unit"] or m["half"]):
        return None
    year = m["y"] if len(m["y"]) == 4 else "20" + m["y"]
    back = m["by"] in ("까지", "이전")
    month = f"{int(m['m']):02}" if m["m"] else ""
    if m["half"]:  # its last month where it ends, else its first
        month = {"상": "06" if m["by"] == "까지" else "01", "하": "12" if m["by"] == "까지" else "07"}[
            m["half"]
        ]
    start, end = (f"{d[:7]}" if month else d[:4] for d in (rules.term.start, rules.term.end))
    at = f"{year}-{month}" if month else year
    if back:
        return "before" if at < start or (at == start and m["by"] == "이전") else None
    return "after_term" if at > end or (month and at == end and m["by"] == "이후") else None


def outside_term(word: str, rules: Rules) -> str | None:
    """`이전투자액`, `향후소요예산`: before or after the term, whatever ledger word stands behind it."""
    if not word.startswith(rules.outside_words):
        return None
    for i in range(2, len(word)):
        dimension, value = rules.axis_of.get(word[:i], ("", ""))
        if dimension == "period" and value in ("before", "after_term") and _RIDER.fullmatch(word, i):
            return value
    return None


def ledger_of(word: str, rules: Rules) -> str | None:
    """The ledger that a label of stems and plain nouns of money names: `필요액`, `총집행금액`, `사업비집행`.

    Two stems (`계획집행`) name two ledgers, and so none.
    """
    if not rules.ledger_stems.search(word):
        return None
    return next((ledger for ledger, p in rules.ledger_patterns.items() if p.fullmatch(word)), None)


def is_counted(word: str, rules: Rules) -> bool:
    """Does a squeezed label end with a unit that is no money (`사업량(개소)`, `목표(%)`)? Its figures are no amounts."""
    m = _COUNTED.fullmatch(word)
    named = rules.axis_of.get(m["name"], ("", "")) if m else ("", "")
    return m is not None and m["unit"] in rules.counts and (named[0] != "source" or m["unit"] in "%％‰")
