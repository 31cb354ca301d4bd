"""Words and numbers of the report in Korean and English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

from cardextract import labels

Lang = Literal["ko", "en"]
NONE = "–"
"""Where there is nothing to show; never a zero."""

EN_PERIODS = {"total": "Total", "before": "Before", "in_term": "In term", "after_term": "After term"}


@cache
def vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    """The words of report_templates/words.toml: group -> key -> language -> word."""
    return tomllib.loads(
        (files("cardextract") / "report_templates" / "words.toml").read_text(encoding="utf-8")
    )


class Words:
    """The words of one language: `words("by_year")`, and its numbers."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, key: str, **filled: object) -> str:
        """A word or sentence; KeyError for one that does not exist."""
        return vocabulary()["words"][key][self.lang].format(**filled)

    def of(self, group: str, key: str | None) -> str:
        """A word of another group: ledgers, statuses, sources, certainties, files."""
        return self("no_status") if key is None else vocabulary()[group][key][self.lang]

    def place(self, key: tuple[str, int]) -> str:
        """Where a value stands (see report_data.place_key)."""
        return self.of("places", key[0]).format(n=key[1])

    def period(self, period: str) -> str:
        """A period in words."""
        if self.lang == "ko":
            return labels.period_label(period)
        return EN_PERIODS.get(period, period)

    def day(self, iso: str | None) -> str:
        """A date as official papers write it.

        >>> Words("ko").day("2024-06-30"), Words("ko").day("2024-06"), Words("en").day("2024-06-30")
        ('2024. 6. 30.', '2024. 6.', '2024-06-30')
        """
        if not iso:
            return self("no_date")
        if self.lang == "en":
            return iso
        return labels.official_day(iso)

    def axis(self, won: int, most: int) -> str:
        """An amount beside the axis of a drawing that reaches to `most`.

        >>> Words("ko").axis(25_000_000_000, 10**11), Words("ko").axis(20_000_000, 60_000_000)
        ('250억', '20백만')
        """
        units = ((10**8, "억"), (10**6, "백만")) if self.lang == "ko" else ((10**9, " bn"), (10**6, " m"))
        unit, name = next((u for u in units if most >= u[0]), units[-1])
        return f"{won / unit:,.10g}{name}" if won else "0"

    def headline(self, won: int | None) -> str:
        """An amount for the eye, rounded: 억원, or billions of won.

        >>> Words("ko").headline(4_850_000_000), Words("en").headline(4_850_000_000)
        ('48.5억원', '₩4.85 billion')
        """
        if won is None:
            return NONE
        if self.lang == "ko":
            return f"{rounded(won, 10**8, 1)}억원"
        return f"₩{rounded(won, 10**9, 2)} billion"

    def exact(self, won: int | None) -> str:
        """An amount to the won.

        >>> Words("ko").exact(4_850_000_000), Words("en").exact(None)
        ('4,850,000,000원', '–')
        """
        if won is None:
            return NONE
        return f"{won:,}원" if self.lang == "ko" else f"₩{won:,}"


def unit_of(amounts: Iterable[int]) -> int:
    """The unit of a page: millions of won where all its amounts are whole in it, else thousands.

    >>> unit_of([1_764_000_000, 0]), unit_of([1_764_000_000, 99_410_000])
    (1000000, 1000)
    """
    return 10**6 if all(won % 10**6 == 0 for won in amounts) else 10**3


def in_unit(won: int | None, unit: int) -> str:
    """An amount in a unit, exactly: with as many decimals as it has.

    >>> in_unit(1_764_000_000, 10**6), in_unit(99_410_500, 10**3), in_unit(0, 10**3), in_unit(None, 10**6)
    ('1,764', '99,410.5', '0', '–')
    """
    return NONE if won is None else labels.money(won, unit).rstrip("원천백만")


def rounded(won: int, unit: int, places: int) -> str:
    """An amount in a unit, rounded half up, with thousands marks.

    >>> rounded(123_456_000_000, 10**8, 1), rounded(5_000_000, 10**8, 1)
    ('1,234.6', '0.1')
    """
    return f"{(Decimal(won) / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def percent(value: float | None) -> str:
    """A rate with one decimal.

    >>> percent(33.64), percent(100.0), percent(None)
    ('33.6%', '100.0%', '–')
    """
    if value is None:
        return NONE
    return f"{Decimal(repr(value)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%"


def plain(value: float | None) -> str:
    """A printed percentage as it is printed.

    >>> plain(50.0), plain(102.2), plain(None)
    ('50%', '102.2%', '–')
    """
    return NONE if value is None else f"{value:g}%"
