"""Where every card stands in the CSV files of the last run, so that the next one copies what did not change.

A unit is what one card, or the findings of one file, gave; the units stand in the same order in every file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(slots=True)
class Ranges:
    """One file. start: the size of byte-order mark and header; sizes, rows: bytes and records of each unit."""

    start: int = 0
    sizes: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, size: int, rows: int) -> None:
        """One unit more."""
        self.sizes.append(size)
        self.rows.append(rows)

    def extend(self, other: Ranges, units: range) -> None:
        """The same units as in another file."""
        self.sizes += other.sizes[units.start : units.stop]
        self.rows += other.rows[units.start : units.stop]

    def offsets(self) -> list[int]:
        """Where each unit begins, and the end.

        >>> Ranges(10, [5, 0, 7], [1, 0, 1]).offsets()
        [10, 15, 15, 22]
        """
        return list(accumulate(self.sizes, initial=self.start))


@dataclass(slots=True)
class Index:
    """All files. periods: of each unit, the columns that its rows of budget_wide need, joined by commas."""

    tables: dict[str, Ranges] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)

    def dump(self) -> str:
        """As JSON; the few different periods are numbered."""
        names = {p: i for i, p in enumerate(dict.fromkeys(self.periods))}
        tables = {name: [r.start, r.sizes, r.rows] for name, r in self.tables.items()}
        data = {"names": list(names), "periods": [names[p] for p in self.periods], "tables": tables}
        return json.dumps(data, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Index:
        """The inverse of `dump`."""
        data = json.loads(text)
        tables = {name: Ranges(*values) for name, values in data["tables"].items()}
        return cls(tables, [data["names"][i] for i in data["periods"]])


def period_set(printed: str) -> list[str]:
    """The periods of a unit.

    >>> period_set("2023,2024"), period_set("")
    (['2023', '2024'], [])
    """
    return printed.split(",") if printed else []
