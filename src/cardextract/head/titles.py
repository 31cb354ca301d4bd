"""Title lines of a head: numbers before titles, dates behind them, what names the report and what does not."""

from __future__ import annotations

import re

from cardextract.rules import Rules
from cardextract.values import fold, parse_as_of

AS_OF = re.compile(r"기준|현재|現在|現 在|基準")


DATE_TAIL = re.compile(r"\s*[<(\[〈（〔][^<>()\[\]〈〉]{2,40}[>)\]〉）〕]\s*$")


_PART = r"(?:\d{1,4}|[①-⑳]|[A-Za-z]\d{0,2}|[가-하])"


_LEAD = r"(?:[A-Za-z]{1,2}\d{1,3}|[A-Z](?=\s?[-－–]\s?\d)|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]{1,3}|[IVX]{1,4}|[가-하]|\d{1,4})"


NUMBER = rf"{_LEAD}(?:\s?[-－–]\s?{_PART}){{0,4}}(?:\s?\([A-Z]\))?"


NUMBERED_TITLE = re.compile(
    rf"(?:[\[【<〈(（〔「『《［]\s*(?:공약|과제|사업)?\s*(?:번호)?\s*(?P<a>{NUMBER})\s*[\]】>〉)）〕」』》］]"
    rf"|(?:공약|과제|사업)\s?(?:과제)?\s?(?:번호)?\s*[:：]?\s*(?P<b>(?![가-하](?!\s?[-－–.):])){NUMBER})(?:\s*[.):]|(?=\s))"
    rf"|(?P<c>{NUMBER})\s*[.)](?=\s|[가-힣])"
    rf"|(?P<d>(?!(?:19|20)\d\d\s?[-－–]){_LEAD}(?:[-－–]{_PART}){{1,4}}(?:\s?\([A-Z]\))?)(?=\s+[^\s\d~]))\s*(?P<title>\S.*)$"
)
"""`[P8-01] title`, `공약 1-1. title`, `1-1) title`, `4-07-1 title`: the number in group a, b, c or d. `공약 상세` is no
title with a number, `2024-06` no number."""


_DRESS = re.compile(r"(?P<strong>[■▣◈◆◇●◎★❖]+)\s*(?=\S)|□\s*(?=\S)")


def undressed(text: str) -> int:
    """Where a title begins behind the mark that dresses it: `■ 나루 쉼터`, `□ 2. 나루 쉼터`. □ alone heads sections.

    >>> [undressed(t) for t in ("■ 나루 쉼터", "□ 2. 나루 쉼터", "□ 추진실적", "나루 쉼터")]
    [2, 2, 0, 0]
    """
    m = _DRESS.match(text)
    return m.end() if m and (m["strong"] or NUMBERED_TITLE.match(text, m.end())) else 0


POLICY_FIELD = re.compile(r"[\[【〔(（<]\s*([가-힣·]{2,12}분야)\s*[\]】〕)）>]\s*(?=\S)")
"""`[경제분야] title`: the pledge's field of policy before its title."""


NUMBER_BEHIND = re.compile(
    rf"\s*[(\[（〔]\s*(?:공약|과제|관리|사업)\s?(?:번호)?\s*[:：]?\s*(?P<number>{NUMBER})\s*[)\]）〕]\s*$"
)
"""`title (공약번호 2)`."""


PAGE_NUMBER = re.compile(r"^\s*[-–—]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–—]?\s*$")


BREADCRUMBS = re.compile(r"[^<>《》]+(?:\s[>›»]\s[^<>]+){2,}$")
"""Where a page stands on its site: `홈 > 열린구청장실 > 공약사항`."""


DATE_BEHIND = re.compile(r"(?:\s*[<(\[〈（〔][^<>()\[\]〈〉]{2,40}[>)\]〉）〕]|\s{2,}\S(?:\s?\S){3,40})\s*$")
"""The end of a line that may be its date: in brackets, or set off by a wide gap."""


_AS_OF_WORDS = re.compile(r"(?:자료|작성)?(?:말|말일)?(?:(?:기준|현재|現在)(?:일|일자|시점|연월|년월)?)+")


def names_report(text: str, rules: Rules) -> bool:
    """Is the line a report's title? No sentence (`공약 현황 표입니다.`), no trail of a web page (`시장실 > 공약현황`)."""
    titled = len(text) < 60 and rules.report_title_pattern.search(fold(text))
    return bool(titled) and not text.endswith(("다.", "요.")) and " > " not in text


def says_as_of(text: str) -> bool:
    """Does a text say nothing but as of when it speaks?

    >>> [says_as_of(t) for t in ("(2025. 6. 30. 現在)", "작성기준일 : 2025. 12. 31.", "기준 마련: 2024. 5.", "2024. 5.")]
    [True, True, False, False]
    """
    date = parse_as_of(text) if AS_OF.search(text) else None
    if date is None:
        return False
    return bool(_AS_OF_WORDS.fullmatch(re.sub(r"[^가-힣現在]", "", text[: date.start] + text[date.end :])))


_DATE_LABEL = re.compile(
    r"(?:작성|자료|조사)?\s?(?:기준|작성)?\s?(?:일자?|시점|연월|년월)\s*[:：]?\s*(?=['’\d])"
)
_DATE_CHARACTERS = r"['’]?\d{2,4}[\d\s.년월일분기반말/상하'’-]*"
_DATE_DRESS = re.compile(
    rf"[<(\[〈（【〔「]?\s*{_DATE_CHARACTERS}\s*[>)\]〉）】〕」]?|{_DATE_CHARACTERS}\({_DATE_CHARACTERS}\)|[-=~]+\s*{_DATE_CHARACTERS}?\s*[-=~]+"
)


def is_date_line(text: str) -> bool:
    """Is the line nothing but a date, bare, in brackets, between dashes or behind its label (`작성일 2024. 6. 30.`)?

    >>> [is_date_line(t) for t in ("(2024. 6.)", "2024년 2분기(2024. 6. 30.)", "- 2025년 3분기 -", "작성일 2025. 6. 3.")]
    [True, True, True, True]
    >>> [is_date_line(t) for t in ("- 2024. 6.", "2024. 3. 4. 개소", "- 1 -")]
    [False, False, False]
    """
    label = _DATE_LABEL.match(text.strip())
    date = fold(text.strip()[label.end() if label else 0 :])
    return len(text) < 30 and bool(_DATE_DRESS.fullmatch(date)) and parse_as_of(text) is not None


HEAD_WORDS = re.compile(r"(?:기본|일반|총괄|공약|사업|과제)?(?:현황|정보|사항)|개요")
