"""List pages: one table with a pledge a row (or a few rows) instead of a card a pledge.

Each pledge becomes the blocks of a card: its label columns as a grid of label and value, its amount columns as a budget
table of its own, so that the grammars for cards read them. Names and figures keep their places in the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardextract.budget.axes import terms
from cardextract.document import NOWHERE, Block, Cell, Paragraph, Span, Table
from cardextract.head.words import label_fields
from cardextract.rules import Rules
from cardextract.values import squeeze

MONEY = frozenset({"period", "source", "ledger", "total", "group", "ignore"})
STATED = frozenset({"lead_department", "status", "progress", "period", "budget_total", "staff", "person"})
PAGE = frozenset({"쪽", "쪽수", "페이지", "면", "page", "Page", "PAGE", "쪽번호"})
"""A column of page numbers makes the table one of contents."""
_TOTAL = re.compile(r"(?:총|합|소|누)?계(?:\(.*\))?|총\d+건?.*|합계.*")
_FIGURE = re.compile(r"[-–△]|[△-]?[\d,.]+\s*%?(?:건|개)?")

Grid = list[list[Cell | None]]


@dataclass(frozen=True)
class Columns:
    """The head of a list: its rows, and what each column holds."""

    height: int
    heads: tuple[tuple[Cell, ...], ...]
    title: int
    number: int | None
    status: tuple[int, ...]
    """Columns named by status words, of which a mark chooses one."""
    money: tuple[int, ...]
    axis: tuple[int, ...]
    """Columns whose cells name the rows of a pledge's budget (국비, 도비)."""
    reports: bool
    """It says how the pledges stand; a list of names and departments is one of contents."""

    def name(self, col: int) -> Cell | None:
        """The lowest heading of a column."""
        return self.heads[col][-1] if self.heads[col] else None


@dataclass(frozen=True)
class Listed:
    """A pledge of a list: rows of the table, and the group row above it."""

    rows: tuple[int, ...]
    group: Cell | None


@dataclass(frozen=True)
class Entries:
    """A list that was understood; rest: text of its rows that belongs to no pledge (totals, sub-totals)."""

    table: Table
    columns: Columns
    pledges: tuple[Listed, ...]
    rest: tuple[Span, ...]


def read_list(table: Table, rules: Rules) -> Entries | None:
    """The pledges of a list page, or None where the table is none."""
    if table.rows < 3 or table.cols < 3 or not _heads_list(table.lines()[0], rules):
        return None
    grid = table.grid()
    columns = _columns(grid, rules)
    if columns is None or _pairs(grid[columns.height :], rules):
        return None
    pledges: list[Listed] = []
    rest: list[Span] = []
    group: Cell | None = None
    for r in range(columns.height, table.rows):
        row = grid[r]
        kind = _kind_of_row(row, grid[r - 1], columns, bool(pledges), rules)
        if kind == "label":
            return None
        if kind == "pledge":
            pledges.append(Listed((r,), group))
        elif kind == "more":
            pledges[-1] = replace(pledges[-1], rows=(*pledges[-1].rows, r))
        elif kind == "rest":
            first = next(c for c in row if c is not None and c.bare)
            if not _TOTAL.fullmatch(squeeze(first.text)):
                group = first
            rest.extend(c.span.strip() for c in _once(row) if c.bare and c is not group)
    if len(pledges) < 2:
        return None
    return Entries(table, columns, tuple(pledges), tuple(rest))


def _pairs(body: Grid, rules: Rules) -> bool:
    """Are these rows of labels with values, those of a header grid whose first rows look like a head?"""
    labelled = [
        any(set(label_fields(c.bare, rules)) - {"other", "source"} for c in _once(row)) for row in body
    ]
    return sum(labelled) * 2 > len(labelled)


def is_contents(table: Table) -> bool:
    """A table of contents: its first row names a column of page numbers."""
    first = [c for c in table.cells if c.row == 0]
    return table.rows > 2 and len(first) > 2 and any(squeeze(c.text) in PAGE for c in first)


def _once(row: Sequence[Cell | None]) -> list[Cell]:
    seen: dict[int, Cell] = {id(c): c for c in row if c is not None}
    return list(seen.values())


def _columns(grid: Grid, rules: Rules) -> Columns | None:
    height = 0
    for row in grid:
        filled = [c for c in _once(row) if c.bare]
        if not _heads_list(filled, rules):
            break
        if not height and len(filled) < 3:
            return None
        height += 1
    if not 1 <= height <= 3:
        return None
    heads: list[tuple[Cell, ...]] = []
    for col in range(len(grid[0])):
        stack = [c for r in range(height) if (c := grid[r][col]) is not None and c.bare]
        heads.append(tuple(_once(stack)))
    names = [{n for c in h for n in label_fields(c.bare, rules)} for h in heads]
    if any(squeeze(c.text) in PAGE for h in heads for c in h):
        return None
    title = next((i for i, n in enumerate(names) if "title" in n), None)
    if title is None:
        title = next((i for i, n in enumerate(names) if "tasks" in n), None)
    if title is None:
        return None
    number = next((i for i, n in enumerate(names) if n & {"number", "serial"}), None)
    status = tuple(i for i, h in enumerate(heads) if h and squeeze(h[-1].text) in rules.status_of)
    status = status if len(status) > 2 else ()
    said = {n for group in names for n in group}
    if not (said & STATED or status):
        return None  # neither a department nor a state
    money = tuple(
        i
        for i, h in enumerate(heads)
        if h
        and i not in status
        and i not in (title, number)
        and {t.dimension for c in h for t in terms(c.bare, rules)} & (MONEY - {"ignore"})
        and not names[i] - {"budget_total", "source", "other", "rate"}
    )
    axis = tuple(
        i
        for i in range(len(heads))
        if i not in (title, number, *status, *money)
        and len(_words(grid, height, i)) > 1
        and all(
            {t.dimension for t in terms(w, rules)} & {"source", "ledger", "total", "group"}
            for w in _words(grid, height, i)
        )
    )
    reports = bool(said & STATED - {"lead_department", "staff", "person"} or status or len(money) > 1)
    return Columns(height, tuple(heads), title, number, status, money, axis, reports)


def _heads_list(row: Sequence[Cell], rules: Rules) -> bool:
    """Could the cells of a row stand in the head of a list?"""
    filled = [c for c in row if c.bare]
    known = sum(_names_column(c, rules) for c in filled)
    return bool(filled) and known * 3 >= len(filled) * 2 and all(_heads(c, rules) for c in filled)


def _words(grid: Grid, height: int, col: int) -> set[str]:
    """The texts of a column's own cells; a total's or a group's cell that spans it begins elsewhere."""
    cells = (row[col] for row in grid[height:])
    return {c.bare for c in cells if c is not None and c.col == col and c.bare}


def _names_column(cell: Cell, rules: Rules) -> bool:
    text = cell.bare
    word = squeeze(text)
    return bool(label_fields(text, rules) or word in rules.status_of or terms(text, rules) or word in PAGE)


def _heads(cell: Cell, rules: Rules) -> bool:
    """Can the cell stand in the head of a list: a label, a status, an axis word, or short words without figures?"""
    word = squeeze(cell.text)
    return _names_column(cell, rules) or (len(word) <= 10 and not re.search(r"\d", word))


def _kind_of_row(
    row: Sequence[Cell | None], above: Sequence[Cell | None], columns: Columns, begun: bool, rules: Rules
) -> str:
    """pledge | more (a further row of the pledge before) | rest (a group or a total) | head | label | blank."""
    cells = [c for c in _once(row) if c.bare]
    if not cells:
        return "blank"
    title = row[columns.title]
    if title is not None and title is above[columns.title] and begun:
        return "more"
    named = title is not None and bool(title.bare)
    first = squeeze(cells[0].text)
    if named and title is not None and {"title"} & set(label_fields(title.bare, rules)):
        return "head"  # the head once more, on a new page
    if sum(bool(label_fields(c.bare, rules)) for c in cells[:2]) == len(cells[:2]) > 1:
        return "label"
    if _TOTAL.fullmatch(first):
        return "rest"
    other = [c for c in cells if c is not title]
    if named and title is not None:
        spans_number = columns.number is not None and row[columns.number] is title
        figures_only = all(_FIGURE.fullmatch(c.bare) for c in other)
        numbered = columns.number is None or (
            (n := row[columns.number]) is not None and n is not title and bool(n.bare)
        )
        return "rest" if spans_number or (figures_only and not numbered) else "pledge"
    behind = [c for c in cells if c.col > columns.title]
    return "more" if begun and len(behind) == len(cells) else "rest"


def blocks_of(entries: Entries, pledge: Listed, rules: Rules) -> tuple[Block, ...]:
    """A pledge as the blocks of a card: a grid of label and value, and its budget where the list states one."""
    grid, columns = entries.table.grid(), entries.columns
    pairs: list[tuple[Cell, Cell]] = []
    if pledge.group is not None:
        pairs.append((_made("분야"), pledge.group))
    for col in range(len(grid[0])):
        label = columns.name(col)
        budget = col in columns.money and not (label and "budget_total" in label_fields(label.text, rules))
        if label is None or budget or col in columns.axis or col in columns.status:
            continue
        value = _stacked([c for r in pledge.rows if (c := grid[r][col]) is not None])
        if value is not None and value.bare:
            head = columns.heads[col][-1]
            fields = label_fields(head.text, rules)
            named = head if fields else columns.heads[col][0]
            pairs.append(
                (_made("공약명") if col == columns.title and "title" not in fields else named, value)
            )
    marked = [
        col
        for col in columns.status
        for r in pledge.rows
        if (c := grid[r][col]) is not None
        and squeeze(c.text) in rules.marks
        and squeeze(c.text) not in rules.unmarks
    ]
    if len(marked) == 1 and (word := columns.name(marked[0])) is not None:
        pairs.append((_made("추진상황"), word))
    out: list[Block] = [_pair_table(pairs, entries.table)]
    budget_table = _budget_table(entries, pledge)
    if budget_table is not None:
        out.append(budget_table)
    return tuple(out)


def _made(text: str) -> Cell:
    """A label that the list does not print."""
    return Cell(0, 0, 1, 1, (Paragraph(text, NOWHERE),))


def _stacked(cells: Sequence[Cell]) -> Cell | None:
    once = _once(cells)
    if not once:
        return None
    filled = [c for c in once if c.bare]
    return replace(once[0], blocks=tuple(b for c in filled for b in c.blocks)) if len(filled) > 1 else (
        filled or once
    )[0]  # fmt: skip


def _pair_table(pairs: Sequence[tuple[Cell, Cell]], table: Table) -> Table:
    cells = [
        replace(c, row=r, col=col, rowspan=1, colspan=1) for r, pair in enumerate(pairs) for col, c in enumerate(pair)
    ]  # fmt: skip
    return Table(len(pairs), 2, tuple(cells), table.place)


def _budget_table(entries: Entries, pledge: Listed) -> Table | None:
    """The amount columns of a pledge's rows under the list's own headings."""
    grid, columns = entries.table.grid(), entries.columns
    if not columns.money:
        return None
    cells: list[Cell] = []
    lead = len(columns.axis) or 1
    for r in range(columns.height):
        cells += [replace(_made("" if r else "구분"), row=r, col=k) for k in range(lead)]
        seen: set[int] = set()
        for k, col in enumerate(columns.money, lead):
            c = grid[r][col]
            if c is None or id(c) in seen or c.row != r:
                continue
            seen.add(id(c))
            wide = sum(grid[r][x] is c for x in columns.money)
            cells.append(replace(c, row=r, col=k, colspan=wide, rowspan=min(c.rowspan, columns.height - r)))
    for k, r in enumerate(pledge.rows, columns.height):
        if not columns.axis:
            cells.append(replace(_made("계"), row=k, col=0))
        for x, col in enumerate(columns.axis):
            if (c := grid[r][col]) is not None and c.row == r:
                cells.append(
                    replace(c, row=k, col=x, colspan=1, rowspan=min(c.rowspan, pledge.rows[-1] + 1 - r))
                )
        for x, col in enumerate(columns.money, lead):
            if (c := grid[r][col]) is not None and c.row == r:
                cells.append(replace(c, row=k, col=x, colspan=1, rowspan=1))
    rows = columns.height + len(pledge.rows)
    return Table(
        rows, lead + len(columns.money), tuple(cells), entries.table.place, ragged=entries.table.ragged
    )
