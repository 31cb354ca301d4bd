"""A budget table's grid with every position read: blank, figure, mark, percent, axis word or other text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cardextract.axes import Term, terms, unit_in
from cardextract.document import Cell, Table
from cardextract.rules import Rules

_FIGURE = re.compile(r"^[△▲▽(\-–−－+]?\s*\d[\d,.\s]*(?:\)|원|천원|백만원|억원|억)?\s*$")


_PERCENT = re.compile(r"^\d{1,3}(?:\.\d+)?\s*[%％]$")


_MARK = re.compile(r"^[\-–—－−·ㆍ.ㅡ]+$")


@dataclass(frozen=True, slots=True)
class Slot:
    """One grid position: the cell that covers it and what its text is: blank | figure | mark | percent | term | text."""

    cell: Cell | None
    text: str
    kind: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Key:
    """The coordinates that a path of terms names."""

    ledger: str | None = None
    source: str | None = None
    source_word: str = ""
    period: str | None = None
    ignore: bool = False
    unknown: str = ""
    group: bool = False
    """It names several sources together (지방비): a sub-total, left out where it is one."""


def slots(table: Table, rules: Rules) -> list[list[Slot]]:
    """The grid with each position read; a merged cell stands at each position it covers."""
    return [read_slots(row, rules) for row in table.grid()]


def read_slots(row: Sequence[Cell | None], rules: Rules) -> list[Slot]:
    """One row of a grid read."""
    line = []
    for cell in row:
        text = cell.text.strip() if cell else ""
        if not text:
            line.append(Slot(cell, "", "blank", ()))
            continue
        found = terms(text, rules) if len(text) < 60 else ()
        if found:
            kind = "term"
        elif _MARK.match(text):
            kind = "mark"
        elif _FIGURE.match(text):
            kind = "figure"
        elif _PERCENT.match(text):
            kind = "percent"
        else:
            kind = "text"
        line.append(Slot(cell, text, kind, found))
    return line


AXIS = ("ledger", "source", "period")


def dims_of(slot: Slot) -> set[str]:
    return {t.dimension for t in slot.terms}


def heads_values(slot: Slot) -> bool:
    return (bool(slot.terms) and not dims_of(slot) & {"corner"}) or (
        slot.kind == "text" and not unit_in(slot.text)
    )


def stated_unit(grid: list[list[Slot]], first: int, body: int, end: int) -> str | None:
    """The unit that the headings of a region name, or, where they name none, its row labels; empty where they differ."""
    heads = {u for row in grid[first:body] for s in row if (u := unit_in(s.text))}
    named = heads or {u for row in grid[body:end] for s in row if s.terms and (u := unit_in(s.text))}
    return None if not named else named.pop() if len(named) == 1 else ""
