"""Dates with their printed precision, lists of dates, periods, as-of dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cardextract.plain import plain
from cardextract.values.text import fold

# 2024 | '24 | 24 only where 24년 cannot be a span of years; what stands before is asked after the first characters,
# so that the search can leap from one digit or apostrophe to the next
_YEAR = re.compile(
    r"['\d](?:(?<=')(?<![\d']')\s?(?P<quoted>\d{2})(?!\d)"
    r"|(?:(?<=1)9|(?<=2)0)(?<![\d.,제]\d\d)(?<!\d-\d\d)\d{2}(?!\d|,\d)"
    r"|(?<=\d)\d(?<![\d.,'-]\d\d)(?=\s?년도?\s?(?:\d{1,2}\s?월|[상하]반기|[1-4]\s?(?:/4\s?)?분기)|년도|\.\s?[상하]반기))"
)
# a number without a dot or 월, 일 after it must not be the start of a count: "2024. 3. 5개 업체"
_STOP = (
    r"(?=$|[^\d가-힣A-Za-z.,%㎡]|,(?!\d)|기준|현재|부터|까지|이후|이전|자[\s,)]|말)"
    r"(?!\s?(?:개|명|건|회|억|만|백만|천원|원|%|㎡|km|톤|대|곳|가구|세대|종|호)(?![가-힣]*월))"
)
_HALF = re.compile(r"\s?(?:년도?|\.)?\s?([상하])반기")
_QUARTER = re.compile(r"\s?(?:년도?|\.)?\s?([1-4])\s?(?:/4\s?)?분기")
_ISO = re.compile(r"([-/])(\d{1,2})(?:\1(\d{1,2}))?(?!\d|\1\d|\s?호)")
_LATE = r"(?:\s?(?:말일?|초순?|중순|하순|상순)(?![가-힣])|\s?말(?=기준|현재))?"
_MONTH_DAY = (
    rf"(\d{{1,2}})(?:\s?월(?:\s?(\d{{1,2}})\s?일(?!간)|(?!간|별){_LATE})"
    rf"|\.\s?(\d{{1,2}})(?:\s?일(?!간)|\.(?!\d{{3}})|{_STOP})|\.|{_STOP}{_LATE})"
)
_AFTER_YEAR = re.compile(rf"(?:\s?년도?\s?|\s?\.\s?){_MONTH_DAY}")
_ONLY_YEAR = re.compile(r"\s?년도?(?!(?:간|생|차)(?![가-힣])|\s?(?:이상|이내|동안))말?")
_ONLY_MONTH = re.compile(
    rf"(?<![\d.,/-])(\d{{1,2}})\s?월(?!\s?[간별])(?:\s?(\d{{1,2}})\s?일(?!간))?{_LATE}"
    r"|(?:(?<=[(:~])|(?<=[(:~] ))(\d{1,2})\.\s?(\d{1,2})\.(?!\s?\d)"  # (6. 14.)
)
_MAY_BE_MONTH = re.compile(r"[월(:~](?:(?<=월)| ?\d{1,2}\.)")
"""Without one of these `_ONLY_MONTH` finds nothing."""
_MORE = re.compile(
    r"\s?[/,·]\s?(\d{1,2})(?:\.\s?(\d{1,2}))?(?:\.(?!\d)|\s?월(?:\s?(\d{1,2})일)?|일)(?!간|\d)"
)
_BARE_DATE = re.compile(rf"\s*(\d{{2}})(?:\s?\.\s?){_MONTH_DAY}\s*$")


@plain(frozen=True, slots=True)
class Date:
    """A date as printed: iso is 2024, 2024-H1, 2024-Q2, 2024-06 or 2024-06-30; `text[start:end]` is its text.

    valid: it stands in the calendar. inherited: its year stands elsewhere (in the date before, or was given).
    """

    iso: str
    start: int
    end: int
    valid: bool = True
    inherited: bool = False

    @property
    def first(self) -> date | None:
        """The first day it can mean; None if it is not valid."""
        return _days(self.iso)[0] if self.valid else None

    @property
    def last(self) -> date | None:
        """The last day it can mean; None if it is not valid."""
        return _days(self.iso)[1] if self.valid else None


@plain(frozen=True, slots=True)
class Period:
    """A range: ISO as precise as printed, None where nothing is printed.

    open: no end date is printed. beyond_term: 임기 후 or 계속 is printed. start_span, end_span: where the two
    dates stand.
    """

    start: str | None
    end: str | None
    beyond_term: bool
    open: bool
    span_start: int
    span_end: int
    start_span: tuple[int, int] | None
    end_span: tuple[int, int] | None
    valid: bool = True


def _days(iso: str) -> tuple[date, date]:
    year = int(iso[:4])
    rest = iso[5:]
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if rest[0] in "HQ":
        size = 6 if rest[0] == "H" else 3
        month = size * int(rest[1])
        return date(year, month - size + 1, 1), date(year, month, _length(year, month))
    month = int(rest[:2])
    if len(rest) > 2:
        return date(year, month, int(rest[3:])), date(year, month, int(rest[3:]))
    return date(year, month, 1), date(year, month, _length(year, month))


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _length(year: int, month: int) -> int:
    """The days of a month; `calendar.monthrange` works out its weekdays, too."""
    return 29 if month == 2 and calendar.isleap(year) else _LENGTHS[month - 1]


def _make(
    year: int, month: str | int, day: str | int | None, start: int, end: int, inherited: bool = False
) -> Date:
    month = int(month)
    valid = 1 <= month <= 12
    iso = f"{year}-{month:02}"
    if day:
        day = int(day)
        valid = valid and 1 <= day <= _length(year, month)
        iso += f"-{day:02}"
    return Date(iso, start, end, valid, inherited)


def _year(match: re.Match[str]) -> int:
    quoted = match["quoted"]
    if quoted is None and len(match[0]) == 4:
        return int(match[0])
    two = int(quoted or match[0])
    return 2000 + two if two < 70 else 1900 + two


def _date_at(folded: str, match: re.Match[str], *, bare: bool) -> Date | None:
    """The date whose year `match` found. bare: a four-digit number alone may be a year."""
    year, start, at = _year(match), match.start(), match.end()
    if "기" in folded:
        if half := _HALF.match(folded, at):
            return Date(f"{year}-H{1 if half[1] == '상' else 2}", start, half.end())
        if quarter := _QUARTER.match(folded, at):
            return Date(f"{year}-Q{quarter[1]}", start, quarter.end())
    if rest := _AFTER_YEAR.match(folded, at):
        return _make(year, rest[1], rest[2] or rest[3], start, rest.end())
    if iso := _ISO.match(folded, at):
        return _make(year, iso[2], iso[3], start, iso.end())
    if only := _ONLY_YEAR.match(folded, at):
        return Date(str(year), start, only.end())
    if bare or match["quoted"]:
        return Date(str(year), start, at)
    return None


def _more(folded: str, first: Date) -> list[Date]:
    """The rest of a list: `2024. 1./ 3./ 5.`, `2024. 3. 5., 4. 12.`."""
    found: list[Date] = []
    last = first
    while (match := _MORE.match(folded, last.end)) and len(first.iso) >= 7 and first.iso[5] not in "HQ":
        one, two = match[1], match[2] or match[3]
        year, month = int(last.iso[:4]), last.iso[5:7]
        if two is None and len(last.iso) > 7 and "월" not in match[0]:
            month, two = month, one  # `3. 5./ 12.`: another day of the same month
        else:
            month = one
        last = _make(year, month, two, match.start(1), match.end(), inherited=True)
        found.append(last)
    return found


def _scan(folded: str, year: int | None, *, bare: bool) -> Iterator[Date]:
    end = 0
    known = year
    at = 0
    months = _MAY_BE_MONTH.search(folded) is not None
    while True:
        full = _YEAR.search(folded, at)
        while full and (found := _date_at(folded, full, bare=bare)) is None:
            full = _YEAR.search(folded, full.end())
        if months and known is not None:
            yield from _months(folded, end, full.start() if full else len(folded), known)
        if not full or found is None:
            return
        yield found
        end = found.end
        for one in _more(folded, found):
            yield one
            end = one.end
        known = int(found.iso[:4])
        at = end


def _months(folded: str, start: int, end: int, year: int) -> Iterator[Date]:
    """Months without a year of their own; the year is the one before, or was given."""
    at = start
    while match := _ONLY_MONTH.search(folded, at, end):
        month, day = match[1] or match[3], match[2] or match[4]
        found = _make(year, month, day, match.start(), match.end(), inherited=True)
        at = found.end
        if not found.valid and match[2] is None:
            continue
        yield found
        for one in _more(folded[:end], found):
            yield one
            at = one.end


def find_dates(text: str, year: int | None = None) -> list[Date]:
    """Every date, left to right; lists expanded, years inherited from the date before, else from `year`.

    >>> [d.iso for d in find_dates("4회(2024. 1./ 3./ 5./ 6.), 24년 상반기, 2024. 6.30.기준, 2023년")]
    ['2024-01', '2024-03', '2024-05', '2024-06', '2024-H1', '2024-06-30', '2023']
    >>> [(d.iso, d.valid) for d in find_dates("2024. 2. 30.")], find_dates("2024. 3. 5개 업체")[0].iso
    ([('2024-02-30', False)], '2024-03')
    """
    return list(_scan(fold(text), year, bare=False))


def first_date(text: str) -> Date | None:
    """The first of `find_dates`."""
    return next(_scan(fold(text), None, bare=False), None)


def parse_date(text: str) -> Date | None:
    """The first date of a value; a bare year counts.

    >>> [parse_date(t).iso for t in ("2024. 1.12.", "’24.6.30.", "2022. 12월", "2026", "2024-06-30")]
    ['2024-01-12', '2024-06-30', '2022-12', '2026', '2024-06-30']
    """
    folded = fold(text)
    if match := _BARE_DATE.match(folded):  # 24. 6. 30. as a whole value
        return _make(
            2000 + int(match[1]), match[2], match[3] or match[4], match.start(1), len(folded.rstrip())
        )
    return next(_scan(folded, None, bare=True), None)


_AS_OF = re.compile(r"\s?(?:\([월화수목금토일]\))?\s?(?:말\s?)?\(?\s?(?:기준|현재|現在|現 在|말)")


_SHORT_DATE = re.compile(
    r"(?<![\d.])(\d{2})\.\s?(\d{1,2})\.(?:\s?(\d{1,2})\.?)?\s?(?=말?\s?\(?(?:기준|현재))"
)
"""`24. 6. 30. 기준`: a year of two digits, sure only before these words."""


def parse_as_of(text: str) -> Date | None:
    """The date a report states as its as-of date; a quarter or half-year gives its last month.

    >>> [parse_as_of(t).iso for t in ("(2024. 6. 30. 現在)", "기준: 2025. 9월 말 / 단위: 백만원")]
    ['2024-06-30', '2025-09']
    >>> [parse_as_of(t).iso for t in ("(’18.9.11.기준)", "2026. 8.(현재)", "2025년 6월말 기준")]
    ['2018-09-11', '2026-08', '2025-06']
    >>> [parse_as_of(t).iso for t in ("[24. 6. 30. 기준]", "2024年 6月 30日 現在")]
    ['2024-06-30', '2024-06-30']
    >>> [parse_as_of(t).iso for t in ("2024년 2분기", "2024년 하반기")]
    ['2024-06', '2024-12']
    """
    folded = fold(text)
    found = list(_scan(folded, None, bare=True))
    if not found:
        short = _SHORT_DATE.search(folded)
        whole = parse_date(text)
        if short is not None and whole is None:
            whole = _make(
                2000 + int(short[1]), short[2], short[3], short.start(1), short.end(3 if short[3] else 2)
            )
        found = [whole] if whole else []
    marked = [d for d in found if _AS_OF.match(folded, d.end)]
    chosen = next(iter(marked or [d for d in found if len(d.iso) > 4] or found), None)
    if chosen and chosen.iso[5:6] in ("H", "Q"):
        months = (6 if chosen.iso[5] == "H" else 3) * int(chosen.iso[6])
        return replace(chosen, iso=f"{chosen.iso[:4]}-{months:02}")
    return chosen


_WEEKDAY = r"(?:\s?\([월화수목금토일]\))?"
_TO = re.compile(rf"{_WEEKDAY}\s{{0,3}}(?:~|부터|-(?=\s|'?\d{{2}}))\s{{0,3}}(?:현재\s?)?")
_BEYOND = re.compile(
    r"\s?[【\[(<〔「]?\s?(?:임기\s?(?:후|이후|만료\s?후)(?:\s?에?도?)?(?:\s?까지)?(?:\s?계속)?(?:\s?추진)?|계속(?:\s?(?:추진|사업))?)\s?[】\])>〕」]?"
)
_IN_TERM = re.compile(r"\s?[【\[(<〔]?\s?임기\s?내\s?[】\])>〕]?")
_END_HALF = re.compile(r"([상하])반기|([1-4])\s?(?:/4\s?)?분기")
_END_PART = re.compile(rf"{_MONTH_DAY}|(\d{{1,2}})(?:\s?일(?!간)|(?=\)|$))")
_END_YEAR = re.compile(r"(\d{2})(?!\d|[.,]\d|\s?월|\.\s?\d)(?:\s?년)?(?![가-힣])")
_UNTIL = re.compile(rf"{_WEEKDAY}\s?까지")
_FROM_NOTHING = re.compile(r"(?:^|[\s(,:])(~\s?)$")
_YEAR_HERE = re.compile(
    r"'\s?(?P<quoted>\d{2})(?!\d)|(?P<four>(?:19|20)\d{2})(?!\d|,\d)|(?P<two>\d{2})(?=년)"
)


def _end_at(folded: str, at: int, begin: Date) -> Date | None:
    """The end of a range whose start is `begin`: with a year of its own, or without."""
    year_match = _YEAR_HERE.match(folded, at)
    if year_match:
        return _date_at(folded, year_match, bare=True)
    year = int(begin.iso[:4])
    if match := _END_HALF.match(folded, at):
        part = f"H{1 if match[1] == '상' else 2}" if match[1] else f"Q{match[2]}"
        return Date(f"{year}-{part}", at, match.end(), True, True)
    if len(begin.iso) == 4:
        if match := _END_YEAR.match(folded, at):
            return Date(f"{begin.iso[:2]}{match[1]}", at, match.end(), True, True)
        return None
    match = _END_PART.match(folded, at)
    if not match:
        return None
    month, day, bare = match[1], match[2] or match[3], match[4]
    if bare is not None or (day is None and len(begin.iso) == 10 and "월" not in match[0]):
        return _make(year, begin.iso[5:7], bare or month, at, match.end(), inherited=True)
    return _make(year, month, day, at, match.end(), inherited=True)


def _flag(folded: str, at: int) -> tuple[bool | None, int]:
    """(beyond term, end of the words) of 임기 후 계속 or 임기내 at `at`; None where neither stands."""
    if match := _BEYOND.match(folded, at):
        return True, match.end()
    if match := _IN_TERM.match(folded, at):
        return False, match.end()
    return None, at


def _period_at(folded: str, begin: Date, *, bare: bool) -> Period | None:
    to = _TO.match(folded, begin.end)
    if not to:
        return None
    at = to.end()
    spans = (begin.start, begin.end)
    end = _end_at(folded, at, begin)
    if end:
        until = _UNTIL.match(folded, end.end)
        stop = until.end() if until else end.end
        beyond, after = _flag(folded, stop)
        stop = after if beyond is not None else stop
        valid = begin.valid and end.valid
        return Period(
            begin.iso, end.iso, bool(beyond), False, begin.start, stop, spans, (end.start, end.end), valid
        )
    if "-" in to[0]:
        return None  # a dash alone opens no range
    beyond, after = _flag(folded, at)
    if beyond is None and "부터" in to[0] and not bare:
        return None  # "2024년부터 지원하지 않음" is a date, no range
    stop = after if beyond is not None else begin.end + len(to[0].rstrip())
    return Period(begin.iso, None, bool(beyond), True, begin.start, stop, spans, None, begin.valid)


def find_periods(text: str, year: int | None = None) -> list[Period]:
    """Every range with a tilde, a dash between dates, or 부터 … 까지, years as in `find_dates`.

    >>> [(p.start, p.end) for p in find_periods("2024. 3. ~ 2024.12. (2회), 2021. 6 ~ 12월, 2024. 1. ~")]
    [('2024-03', '2024-12'), ('2021-06', '2021-12'), ('2024-01', None)]
    """
    return list(_periods(fold(text), year, bare=False))


def _periods(folded: str, year: int | None, *, bare: bool) -> Iterator[Period]:
    if "~" not in folded and "부터" not in folded and "-" not in folded:
        return
    end = 0
    for begin in _scan(folded, year, bare=True):
        if begin.start < end:
            continue  # the end of the range before
        lone = _FROM_NOTHING.search(folded, max(0, begin.start - 3), begin.start)  # (3,775백만원, ~2026)
        if period := _period_at(folded, begin, bare=bare):
            end = period.span_end
            yield period
        elif lone:
            span = (begin.start, begin.end)
            yield Period(None, begin.iso, False, False, lone.start(1), begin.end, None, span, begin.valid)


_SHORT_RANGE = re.compile(
    r"\s*(\d{2})(?:\.\s?\d{1,2}\.?(?:\s?\d{1,2}\.?)?|년?)\s?~\s?(\d{2})(?=\.\s?\d{1,2}|년)"
)


def _with_apostrophes(folded: str) -> tuple[str, tuple[int, int]] | None:
    """`22. 7. ~ 26. 6.`, `23~26년` as `'22. 7. ~ '26. 6.`, and where the apostrophes were put in: only as a whole value
    is such a range sure to be one of years."""
    m = _SHORT_RANGE.match(folded)
    if m is None:
        return None
    (a, b), text = (m.start(1), m.start(2)), folded
    if not 0 <= int(m[2]) - int(m[1]) <= 30:
        return None
    return f"{text[:a]}'{text[a:b]}'{text[b:]}", (a, b)


def _moved_back(period: Period, added: tuple[int, int]) -> Period:
    """The period with its spans in the text that has no apostrophes."""
    a, b = added[0], added[1] + 1

    def back(i: int) -> int:
        return i - (i > a) - (i > b)

    def span(s: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if s is None else (back(s[0]), back(s[1]))

    return replace(
        period,
        span_start=back(period.span_start),
        span_end=back(period.span_end),
        start_span=span(period.start_span),
        end_span=span(period.end_span),
    )


def _in_brackets(text: str, at: int) -> bool:
    before = text[:at]
    return sum(map(before.count, "([<〔")) > sum(map(before.count, ")]>〕"))


def parse_period(text: str) -> Period | None:
    """The range a value states; a single date is a start without end that is not open.

    >>> p = parse_period("2022 ~ 【임기 후 계속】"); p.start, p.end, p.beyond_term, p.open
    ('2022', None, True, True)
    >>> p = parse_period("'22. 7월 ~ '28. 6월 (임기 후 계속)"); p.start, p.end, p.beyond_term
    ('2022-07', '2028-06', True)
    >>> p = parse_period("2022년 7월부터 2026년 6월까지"); p.start, p.end, p.beyond_term
    ('2022-07', '2026-06', False)
    >>> p = parse_period("22. 7. ~ 26. 6."); p.start, p.end, p.start_span, p.end_span
    ('2022-07', '2026-06', (0, 6), (9, 15))
    >>> p = parse_period("(당초) 2022~2024 (변경) 2022~2026"); p.start, p.end
    ('2022', '2026')
    >>> p = parse_period("2026. 6. 까지"); p.start, p.end
    (None, '2026-06')
    >>> p = parse_period("임기내"); p.start, p.end, p.beyond_term
    (None, None, False)
    """
    folded = fold(text)
    short = _with_apostrophes(folded)
    if short is not None:
        dated = parse_period(short[0])
        return None if dated is None else _moved_back(dated, short[1])
    beyond = any(re.finditer(r"임기\s?(?:이후|후|만료\s?후)|(?<![가-힣])계속", folded))
    found = [p for p in _periods(folded, None, bare=True) if not _in_brackets(folded, p.span_start)]
    changed = [p for p in found if re.search(r"변경\s?(?:후)?[)\]:\s]*$", folded[: p.span_start])]
    period = next(iter(changed or found), None) or next(_periods(folded, None, bare=True), None)
    if period is not None:
        return replace(period, beyond_term=period.beyond_term or beyond)
    if single := parse_date(text):
        spans = (single.start, single.end)
        if re.match(r"\s?(?:까지|이전|限)", folded[single.end :]):
            return Period(None, single.iso, beyond, False, *spans, None, spans, single.valid)
        return Period(single.iso, None, beyond, False, *spans, spans, None, single.valid)
    if match := re.search(r"임기\s?(?:이후|후|내)(?:\s?계속)?|계속", folded):
        return Period(None, None, beyond, beyond, *match.span(), None, None)
    return None
