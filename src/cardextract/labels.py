"""Amounts, periods and vocabularies in the words people read, and the days behind ISO dates."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from cardextract.values import Date

SOURCES = {
    "total": "총계",
    "national": "국비",
    "sido": "시·도비",
    "sigungu": "시·군·구비",
    "private": "민자",
    "grant": "교부세",
    "fund": "기금",
    "other": "기타",
}
ASIDE = "?"
"""Begins the name of a source that no rule knows, where checks speak of it."""
STATUSES = {
    "planned": "미착수",
    "in_progress": "추진중",
    "partial": "일부추진",
    "completed": "완료",
    "completed_ongoing": "이행 후 계속추진",
    "delayed": "지연",
    "on_hold": "보류",
    "dropped": "폐기",
}
LEDGERS = {"plan": "계획", "secured": "확보", "spent": "집행"}
PERIODS = {"total": "계", "before": "기투자", "in_term": "임기내", "after_term": "임기후"}
UNITS = {
    "원": 1,
    "천원": 10**3,
    "만원": 10**4,
    "십만원": 10**5,
    "백만원": 10**6,
    "천만원": 10**7,
    "억원": 10**8,
    "조원": 10**12,
}


def source_label(source: str) -> str:
    """A source in words; one that no rule knows by its printed name.

    >>> source_label("national"), source_label("?달빛나눔")
    ('국비', '달빛나눔')
    """
    return source.removeprefix(ASIDE) if source.startswith(ASIDE) else SOURCES[source]


def short_money(won: int) -> str:
    """An amount in the largest usual unit that needs no decimals.

    >>> short_money(1_764_000_000), short_money(99_410_000), short_money(500)
    ('1,764백만원', '99,410천원', '500원')
    """
    unit = next((u for u in (10**6, 10**3) if won % u == 0 and abs(won) >= u), 1)
    return money(won, unit)


def period_label(period: str) -> str:
    """A period as it is printed.

    >>> period_label("2022-H2"), period_label("before")
    ('2022년 하반기', '기투자')
    """
    if period in PERIODS:
        return PERIODS[period]
    return period.replace("-H1", "년 상반기").replace("-H2", "년 하반기") if "-H" in period else period + "년"


def cell_label(ledger: str, source: str, period: str | None) -> str:
    """A figure of the budget in words.

    >>> cell_label("plan", "national", "2022"), cell_label("plan", "total", "total")
    ('계획 국비 2022년', '계획 총계')
    """
    if (source, period) == ("total", "total"):
        return f"{LEDGERS[ledger]} {SOURCES[source]}"
    return f"{LEDGERS[ledger]} {source_label(source)} {period_label(period) if period else '열 모름'}"


def money(won: int, unit: int = 1) -> str:
    """An amount in its printed unit.

    >>> money(1_764_000_000, 10**6), money(11_700_000_000, 10**8), money(2_259_000, 10**6)
    ('1,764백만원', '117억원', '2.259백만원')
    """
    name = next((n for n, u in UNITS.items() if u == unit), "원")
    unit = UNITS[name]
    whole, rest = divmod(abs(won), unit)
    decimals = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{'-' if won < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}{name}"


def figure(won: int, unit: int) -> str:
    """The digits as the table would print them, without the unit's name.

    >>> figure(2_259_000_000, 10**6)
    '2,259'
    """
    return money(won, unit).rstrip("원천만십백억조")


def official_day(iso: str | None) -> str:
    """A date as official papers write it; other text as it is.

    >>> official_day("2024-06-30"), official_day("2024-06"), official_day("2022"), official_day("2022-H2")
    ('2024. 6. 30.', '2024. 6.', '2022년', '2022년 하반기')
    """
    parts = (iso or "").split("-")
    if len(parts) == 1 or parts[1][:1] == "H":
        return period_label(iso) if iso else ""
    return " ".join(f"{int(part)}." for part in parts) if all(p.isdigit() for p in parts) else iso or ""


def last_year(period: str) -> str:
    """The last year of a year, half-year or range of years.

    >>> last_year("2022-H2"), last_year("2028-2030")
    ('2022', '2030')
    """
    return period[:4] if "H" in period else period[-4:]


def year_sets(years: list[str], term: tuple[str, str]) -> tuple[list[str], list[str]]:
    """(years counted once, those in the term): half-years of a year that is there itself are its parts."""
    once = [y for y in years if "-H" not in y or y[:4] not in years]
    if not all(term):
        return once, once
    first, last = term[0][:4], term[1][:4]
    halves = {f"{last}-H2"} if "01" <= term[1][5:7] <= "06" else set()
    inside = [y for y in once if first <= y[:4] and last_year(y) <= last and y not in halves]
    return once, inside


@lru_cache(maxsize=1024)
def day_span(iso: str | None) -> tuple[date, date] | None:
    """First and last day of an ISO date as precise as printed; None if it is none.

    >>> [d.isoformat() for d in day_span("2024-06")]
    ['2024-06-01', '2024-06-30']
    """
    if not iso:
        return None
    try:
        parsed = Date(iso, 0, 0)
        first, last = parsed.first, parsed.last
    except ValueError:
        return None
    return (first, last) if first and last else None
