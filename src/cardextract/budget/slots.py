"""A budget table's grid with every position read: blank, figure, mark, percent, axis word or other text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardextract.budget.axes import MOST_READ, Term, terms, unit_in
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
    terms: tuple[Term, ...] = ()
    dims: frozenset[str] = frozenset()
    """The dimensions that its terms name."""
    label: bool = False
    """It names a field of the header (부서, 사업기간), not an axis."""
    figure: Figure | None = None
    """Which part of a text is its figure; None where all of it is."""


BLANK = Slot(None, "", "blank")
"""A position that no cell covers."""


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


@plain(frozen=True, slots=True)
class Said:
    """What the text of a cell is, wherever the cell stands."""

    kind: str
    terms: tuple[Term, ...] = ()
    dims: frozenset[str] = frozenset()
    label: bool = False
    figure: Figure | None = None


_WHOLE_FIGURE = Said("figure")


def slots(table: Table, rules: Rules) -> list[list[Slot]]:
    """The grid with each position read; a merged cell stands at each position it covers."""
    return [read_slots(row, rules) for row in table.grid()]


def read_slots(row: Sequence[Cell | None], rules: Rules) -> list[Slot]:
    """One row of a grid read."""
    line = []
    read = rules.cells_read
    for cell in row:
        if cell is None:
            line.append(BLANK)
        elif text := cell.bare:
            said = read.get(text) or _said(text, rules)
            line.append(Slot(cell, text, said.kind, said.terms, said.dims, said.label, said.figure))
        else:
            line.append(Slot(cell, "", "blank"))
    return line


def _said(text: str, rules: Rules) -> Said:
    """What a text is. Labels, marks and short figures come again and again, so they are remembered; longer figures, which
    name no year, are not worth it."""
    if ("," in text or len(text) > 4) and _PLAIN.fullmatch(text):
        return _WHOLE_FIGURE
    found = _read_text(text, rules)
    if len(text) < LONG:
        read = rules.cells_read
        if len(read) > MOST_READ:
            read.clear()
        read[text] = found
    return found


LONG = 60
"""No word of an axis is so long."""


def _read_text(text: str, rules: Rules) -> Said:
    found = terms(text, rules) if len(text) < LONG else ()
    if found:
        return Said("term", found, frozenset([t.dimension for t in found]))
    if _MARK.match(text):
        return Said("mark")
    if figure := figure_in(text):
        return Said("figure", figure=None if figure == Figure(0, len(text)) else figure)
    if _PERCENT.match(text):
        return Said("percent")
    return Said("text", label=len(text) < 20 and squeeze(text) in rules.label_of)


def ends_with_word(text: str) -> bool:
    """Is the last character one that ends no figure? A quick no for most texts."""
    return "가" <= text[-1] <= "힣" and text[-1] not in "원억"


def is_value(text: str) -> bool:
    """Is a text a figure or a mark, if it names no axis?"""
    return _MARK.match(text) is not None or figure_in(text) is not None


LONGEST = 24
"""Characters that the unknown name of a source may have."""

VALUES = frozenset({"figure", "mark"})
WORDS = frozenset({"term", "text"})
"""Kinds of slots: what stands in columns of amounts, and what names them."""

AXIS = frozenset({"ledger", "source", "period"})


def heads_values(slot: Slot) -> bool:
    return (bool(slot.terms) and "corner" not in slot.dims) or (
        slot.kind == "text" and not unit_in(slot.text)
    )


def stated_unit(grid: list[list[Slot]], first: int, body: int, end: int) -> str | None:
    """The unit that the headings of a region name, or, where they name none, its row labels; empty where they differ."""
    heads = {u for row in grid[first:body] for s in row if "ignore" not in s.dims and (u := unit_in(s.text))}
    named = heads or {u for row in grid[body:end] for s in row if s.terms and (u := unit_in(s.text))}
    return None if not named else named.pop() if len(named) == 1 else ""
