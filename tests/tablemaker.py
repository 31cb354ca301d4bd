"""Sound budgets and every way a government prints them: as a table with spans, and as the text a conversion leaves."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import strategies as st
from tests.cards.make import Box, Grid

from cardextract.document import Cell, Paragraph, Place, Table

Figures = dict[tuple[str, str, str], int]
"""(ledger, source, period) -> amount in the smallest printed step; zeros are left out."""

SOURCES = {
    "national": ("국비", "국고"),
    "do": ("도비",),
    "si": ("시비",),
    "sigungu": ("구비", "군비"),
    "private": ("민자", "민간"),
    "fund": ("기금",),
    "grant": ("특교세",),
    "other": ("기타",),
}
PERIODS = {
    "before": ("기투자", "기투자액"),
    "2022": ("2022년", "2022", "’22년", "'22년"),
    "2023": ("2023년", "2023", "’23년", "'23년"),
    "2024": ("2024년", "2024", "’24년", "'24년"),
    "2025": ("2025년", "2025", "’25년", "'25년"),
    "2026": ("2026년", "2026", "’26년", "'26년"),
    "after_term": ("임기후", "2027년 이후", "향후"),
}
LEDGERS = {
    "plan": ("투자계획", "소요예산(계획)"),
    "secured": ("확보액", "예산확보"),
    "spent": ("집행액", "투입예산"),
}
TOTALS = ("계", "합계", "총계")
UNITS = {"원": 1, "천원": 10**3, "백만원": 10**6, "억원": 10**8}


@dataclass(frozen=True)
class Print:
    """How a budget is printed."""

    rows: str
    """sources | periods: what the rows name; the columns name the other."""
    ledgers: str
    """blocks | groups | tables: row blocks, column groups or a table each."""
    unit: str
    zero: str
    words: int
    """Which synonym of each word is printed."""
    total: str
    tenths: bool
    """억원 with one decimal."""


@dataclass(frozen=True)
class Sound:
    """Figures whose rows and columns close; sources and periods in printed order, totals not counted."""

    ledgers: tuple[str, ...]
    sources: tuple[str, ...]
    periods: tuple[str, ...]
    figures: Figures


@st.composite
def sound_budgets(draw: st.DrawFn, *, zeros: bool = True) -> Sound:
    """Any sound budget: one to three ledgers, one to five sources, two to seven periods."""
    ledgers = draw(st.sampled_from([("plan",), ("plan", "spent"), ("plan", "secured", "spent")]))
    own = draw(st.sampled_from(["si", "sigungu"]))
    more = draw(
        st.lists(st.sampled_from(["do", "private", "fund", "grant", "other"]), unique=True, max_size=3)
    )
    sources = ("national", *more[:1], own, *more[1:])
    years = ("2022", "2023", "2024", "2025", "2026")[: draw(st.integers(2, 5))]
    periods = (
        *(["before"] if draw(st.booleans()) else []),
        *years,
        *(["after_term"] if draw(st.booleans()) else []),
    )
    figures: Figures = {}
    amount = st.integers(1, 99_999)
    for ledger in ledgers:
        for source, period in itertools.product(sources, periods):
            if zeros and draw(st.integers(0, 4)) == 0:
                continue
            figures[ledger, source, period] = draw(amount)
    return Sound(ledgers, sources, periods, with_totals(figures))


def with_totals(parts: Figures) -> Figures:
    """The figures with the totals of sources and periods."""
    out: Figures = dict(parts)
    for (ledger, source, period), amount in parts.items():
        for key in ((ledger, "total", period), (ledger, source, "total"), (ledger, "total", "total")):
            out[key] = out.get(key, 0) + amount
    return out


prints = st.builds(
    Print,
    rows=st.sampled_from(["sources", "periods"]),
    ledgers=st.sampled_from(["blocks", "groups", "tables"]),
    unit=st.sampled_from(sorted(UNITS)),
    zero=st.sampled_from(["-", "0", "", "–", "·"]),
    words=st.integers(0, 3),
    total=st.sampled_from(TOTALS),
    tenths=st.booleans(),
)


def word(table: dict[str, tuple[str, ...]], key: str, how: Print) -> str:
    """The printed word of a key: its synonym of this print."""
    if key == "total":
        return how.total
    return table[key][how.words % len(table[key])]


def shown(amount: int, how: Print) -> str:
    """An amount as printed, a zero as this print shows zeros."""
    if not amount:
        return how.zero
    if how.unit == "억원" and how.tenths:
        return f"{amount // 10:,}.{amount % 10}"
    return f"{amount:,}"


def step(how: Print) -> int:
    """Won of one step of the figures."""
    return UNITS[how.unit] // (10 if how.unit == "억원" and how.tenths else 1)


def render(sound: Sound, how: Print) -> list[tuple[str | None, Grid]]:
    """(ledger, table): ledger where the table itself does not name it."""
    if how.ledgers == "tables" or (how.ledgers == "groups" and len(sound.ledgers) == 1):
        return [(name, _simple(sound, (name,), how)) for name in sound.ledgers]
    if how.ledgers == "blocks":
        return [(None, _blocks(sound, how))]
    return [(None, _groups(sound, how))]


def _axes(sound: Sound, how: Print) -> tuple[list[str], list[str]]:
    sources, periods = ["total", *sound.sources], ["total", *sound.periods]
    return (sources, periods) if how.rows == "sources" else (periods, sources)


def _name(key: str, how: Print, *, row: bool) -> str:
    is_source = (how.rows == "sources") == row
    return word(SOURCES if is_source else PERIODS, key, how)


def _amount(sound: Sound, ledger: str, row: str, col: str, how: Print) -> str:
    source, period = (row, col) if how.rows == "sources" else (col, row)
    return shown(sound.figures.get((ledger, source, period), 0), how)


def _simple(sound: Sound, ledgers: tuple[str, ...], how: Print) -> Grid:
    rows, cols = _axes(sound, how)
    corner = "재원별" if how.rows == "sources" else "연도"
    boxes = [_box(0, 0, corner), *(_box(0, c, _name(k, how, row=False)) for c, k in enumerate(cols, 1))]
    for r, key in enumerate(rows, 1):
        boxes.append(_box(r, 0, _name(key, how, row=True)))
        boxes += [_box(r, c, _amount(sound, ledgers[0], key, k, how)) for c, k in enumerate(cols, 1)]
    return Grid(len(rows) + 1, len(cols) + 1, tuple(boxes))


def _blocks(sound: Sound, how: Print) -> Grid:
    rows, cols = _axes(sound, how)
    boxes = [
        _box(0, 0, "구 분", right=2),
        *(_box(0, c, _name(k, how, row=False)) for c, k in enumerate(cols, 2)),
    ]
    r = 1
    for ledger in sound.ledgers:
        boxes.append(_box(r, 0, word(LEDGERS, ledger, how), down=len(rows)))
        for key in rows:
            boxes.append(_box(r, 1, _name(key, how, row=True)))
            boxes += [_box(r, c, _amount(sound, ledger, key, k, how)) for c, k in enumerate(cols, 2)]
            r += 1
    return Grid(r, len(cols) + 2, tuple(boxes))


def _groups(sound: Sound, how: Print) -> Grid:
    rows, cols = _axes(sound, how)
    n = len(cols)
    boxes = [_box(0, 0, "구분", down=2)]
    for g, ledger in enumerate(sound.ledgers):
        boxes.append(_box(0, 1 + g * n, word(LEDGERS, ledger, how), right=n))
        boxes += [_box(1, 1 + g * n + c, _name(k, how, row=False)) for c, k in enumerate(cols)]
    for r, key in enumerate(rows, 2):
        boxes.append(_box(r, 0, _name(key, how, row=True)))
        for g, ledger in enumerate(sound.ledgers):
            boxes += [_box(r, 1 + g * n + c, _amount(sound, ledger, key, k, how)) for c, k in enumerate(cols)]
    return Grid(len(rows) + 2, 1 + n * len(sound.ledgers), tuple(boxes))


def _box(row: int, col: int, text: str, *, down: int = 1, right: int = 1) -> Box:
    return Box(row, col, down, right, (text,))


def as_table(grid: Grid) -> Table:
    """The table as DOCX, HWPX, HTML or PDF give it: spans and blank cells kept."""
    cells = tuple(
        Cell(
            b.row,
            b.col,
            b.down,
            b.right,
            (Paragraph(b.lines[0], Place(table=0, row=b.row, col=b.col)),),
            Place(table=0, row=b.row, col=b.col),
        )
        for b in grid.boxes
    )
    return Table(grid.rows, grid.cols, cells, Place(table=0))
