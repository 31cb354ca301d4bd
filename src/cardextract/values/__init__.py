"""The grammars of printed values: money, dates, periods, percent, staff. Pure functions on text, exact spans.

Nothing here knows a label, a heading or a document: rules decide which text is a value, this package reads
it. No function raises on any text; what cannot be read is None, an empty list, or an `unreadable` Amount.
"""

from cardextract.values.dates import (
    Date,
    Period,
    find_dates,
    find_periods,
    first_date,
    parse_as_of,
    parse_date,
    parse_period,
)
from cardextract.values.money import (
    UNITS,
    Amount,
    AmountState,
    Money,
    find_money,
    is_non_budget,
    money_among,
    parse_amount,
    parse_money,
)
from cardextract.values.percent import Percent, find_percents, parse_percent
from cardextract.values.staff import Person, parse_staff
from cardextract.values.text import clean, fold, may_hold, spelled, squeeze

__all__ = [
    "UNITS",
    "Amount",
    "AmountState",
    "Date",
    "Money",
    "Percent",
    "Period",
    "Person",
    "clean",
    "find_dates",
    "find_money",
    "find_percents",
    "find_periods",
    "first_date",
    "fold",
    "is_non_budget",
    "may_hold",
    "money_among",
    "parse_amount",
    "parse_as_of",
    "parse_date",
    "parse_money",
    "parse_percent",
    "parse_period",
    "parse_staff",
    "spelled",
    "squeeze",
]
