"""A budget table's grid with every position read: blank, figure, mark, percent, axis word or other text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardextract.budget.axes import Term, terms, unit_in
from cardextract.document import Cell, Table
from cardextract.plain import plain
from cardextract.rules import Rules
from cardextract.values import fold, squeeze

_FIGURE = re.compile(r"^[△▲▽(\-–−－+]?\s*\d[\d,.\s]*(?:\)|원|천원|백만원|억원|억)?\s*$")


_DIGITS = r"\d{1,3}(?:, ?\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+|\d+(?:\.\d+)?"
_NOTE = r"(?:[*＊※†‡]{1,3}|\(?주\s?\d{0,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]\)?|[①-⑳]|(?<=,\d{3})\d\)|\(\*\))"
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
"""What nearly all figures look like."""
_NOTED = re.compile(
    rf"(?:{_NOTE}\s*)?(?P<figure>[△▲▽▼-]?\s?(?:{_DIGITS})(?:\s?(?:천|백만|억)?원)?)\s*(?P<note>{_NOTE}\s*)*"
    r"(?P<second>[(\[]\s*[^()\[\]]{0,6}?[\d,.]+\s*[^()\[\]]{0,6}[)\]])?"
)
"""A figure with a footnote mark (`1,234*`, `1,234주1)`) or a second figure in brackets (`1,234(500)`)."""


@plain(frozen=True, slots=True)
class Figure:
    """The figure of a cell: where it stands in the text, and whether it might be meant otherwise."""

    start: int
    end: int
    doubtful: str = ""


def figure_in(text: str) -> Figure | None:
    """The figure in the text of a cell, whatever is printed beside it; None where it is none or several.

    >>> [figure_in(t) for t in ("1,234", "1,234*", "가구")]
    [Figure(start=0, end=5, doubtful=''), Figure(start=0, end=5, doubtful=''), None]
    >>> figure_in("1,234(500)").doubtful, figure_in("1, 234").doubtful
    ('괄호 안의 금액은 읽지 않음', '띄어 쓴 숫자를 이어 읽음')
    """
    if _PLAIN.fullmatch(text):
        return Figure(0, len(text))
    m = _NOTED.fullmatch(text)
    if m is None:
        return Figure(0, len(text)) if _FIGURE.match(fold(text)) else None
    doubtful = (
        "괄호 안의 금액은 읽지 않음"
        if m["second"]
        else "띄어 쓴 숫자를 이어 읽음"
        if " " in m["figure"].strip()
        else ""
    )
    return Figure(m.start("figure"), m.end("figure"), doubtful)


_PERCENT = re.compile(r"^\d{1,3}(?:\.\d+)?\s*[%％]$")


_MARK = re.compile(r"^[\-–—－−·ㆍ.ㅡ]+$")


@plain(frozen=True, slots=True)
class Slot:
    """One grid position: the cell that covers it and what its text is: blank | figure | mark | percent | term | text."""

    cell: Cell | None
    text: str
    kind: str
    terms: tuple[Term, ...]
    label: bool = False
    """It names a field of the header (부서, 사업기간), not an axis."""


@plain(frozen=True)
class Key:
    """The coordinates that a path of terms names."""

    ledger: str | None = None
    source: str | None = None
    source_word: str = ""
    period: str | None = None
    ignore: bool = False
    remark: bool = False
    """It is left out because it holds words."""
    unknown: str = ""
    group: bool = False
    """It names several sources together (지방비): a sub-total, left out where it is one."""
    part: bool = False
    """A part of a source (국비 > 보조금)."""
    task: str = ""
    """The unknown name that stands over its known ones (세부사업 > 국비)."""
    version: bool = False
    """A budget on the way to that of its year (본예산, 1회추경)."""
    sum: bool = False
    """A bare total (계, 합계): the sum of those beside it, and no amount of its own as 총사업비 is."""
    noted: bool = False
    """Its ledger stands behind its year (`2023 결산`): less than one that stands alone."""
    unit: str | None = None
    """The unit that its words state (`집행액(천원)`)."""
    stranger: bool = False
    """Its own name is unknown while those beside it name an axis."""
    kin: bool = False
    """Those beside its unknown name are sources."""


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
        if "," in text and _PLAIN.fullmatch(text):
            line.append(Slot(cell, text, "figure", ()))
            continue
        found = terms(text, rules) if len(text) < 60 else ()
        if found:
            kind = "term"
        elif _MARK.match(text):
            kind = "mark"
        elif figure_in(text):
            kind = "figure"
        elif _PERCENT.match(text):
            kind = "percent"
        else:
            kind = "text"
        label = kind == "text" and len(text) < 20 and squeeze(text) in rules.label_of
        line.append(Slot(cell, text, kind, found, label))
    return line


LONGEST = 24
"""Characters that the unknown name of a source may have."""

AXIS = ("ledger", "source", "period")


def dims_of(slot: Slot) -> set[str]:
    return {t.dimension for t in slot.terms}


def heads_values(slot: Slot) -> bool:
    return (bool(slot.terms) and not dims_of(slot) & {"corner"}) or (
        slot.kind == "text" and not unit_in(slot.text)
    )


def stated_unit(grid: list[list[Slot]], first: int, body: int, end: int) -> str | None:
    """The unit that the headings of a region name, or, where they name none, its row labels; empty where they differ."""
    heads = {
        u for row in grid[first:body] for s in row if "ignore" not in dims_of(s) and (u := unit_in(s.text))
    }
    named = heads or {u for row in grid[body:end] for s in row if s.terms and (u := unit_in(s.text))}
    return None if not named else named.pop() if len(named) == 1 else ""
