"""Where a table holds budgets: its heading rows, its body rows, its label columns."""

from __future__ import annotations

from collections.abc import Sequence

from cardextract.budget.axes import unit_in
from cardextract.budget.slots import AXIS, LONGEST, VALUES, WORDS, Slot
from cardextract.values import find_money


def is_header(row: Sequence[Slot]) -> bool:
    """A row that names an axis: two different axis cells, or one beside a corner or total; and no figures."""
    seen: set[int] = set()
    texts = []
    axis = other = 0
    for slot in row:
        kind = slot.kind
        if kind in VALUES:
            return False
        if kind == "blank" or id(slot.cell) in seen:
            continue
        seen.add(id(slot.cell))
        if kind == "text":
            texts.append(slot.text)
        elif not slot.dims.isdisjoint(AXIS):
            axis += 1
        elif not slot.dims.isdisjoint(_BESIDE):
            other += 1
    if not axis:
        return False
    other += sum(unit_in(t) is not None for t in texts)
    return (
        (axis >= 2 or other >= 1)
        and not any(find_money(t) for t in texts)
        and not _pairs(row)
        and not _fields(row)
    )


_BESIDE = frozenset({"total", "corner", "ignore"})
"""What may stand beside the words of an axis."""


def _pairs(row: Sequence[Slot]) -> bool:
    """Labels of the header, each before its value (`기간 | 2022 ~ 2026 | 부서 | 하천과`): no head of a budget."""
    cells = [s for n, s in enumerate(row) if s.kind != "blank" and (not n or row[n - 1].cell is not s.cell)]
    labels = [n for n, s in enumerate(cells) if s.label]
    return len(labels) > 1 and all(n + 1 < len(cells) and not cells[n + 1].label for n in labels)


def _fields(row: Sequence[Slot]) -> bool:
    """Labels of the header in a row, their values below (`연번 | 기간 | 진도 | 총 소요예산`, `사업기간 | 소요예산 | 진도`):
    소요예산 is one of them."""
    cells = list({id(s.cell): s for s in row}.values())
    named = [s.dims for s in cells if s.terms]
    labels = sum(s.label for s in cells)
    amounts = sum(bool(d & AXIS) for d in named)
    if amounts != 1 or any(d & {"corner", "source", "period"} for d in named):
        return False
    return labels > 1 or (len(named) + labels == len(cells) and any("ignore" in d for d in named))


def find_regions(grid: Sequence[Sequence[Slot]]) -> list[tuple[int, int, int]]:
    """(first header row, first body row, end) of each budget region."""
    out = []
    r = 0
    while r < len(grid):
        if not (is_header(grid[r]) or _bare_header(grid, r)) or any("not_budget" in s.dims for s in grid[r]):
            r += 1
            continue
        first = r
        value = _first_value(grid[r])
        r += 1
        while r < len(grid) and _continues_header(grid[r], value):
            r += 1
        body = r
        labels = max((_first_figure(row) for row in grid[body : body + REACH]), default=0)
        while r < len(grid) and (
            _is_body(grid[r], value, labels) or _is_bridge(grid, body, r, value, labels)
        ):
            r += 1
        if r > body and any(s.kind in VALUES for row in grid[body:r] for s in row):
            out.append((first, body, r))
        elif r == body:
            r = first + 1
    return out


def _bare_header(grid: Sequence[Sequence[Slot]], r: int) -> bool:
    """`구분 | 계` over rows of sources or ledgers: their names say what the one column holds."""
    dims = []
    for s in grid[r]:
        if s.kind != "blank":
            if s.dims.isdisjoint(_BESIDE):
                return False
            dims.append(s.dims)
    if r + 1 == len(grid) or len(dims) < 2:
        return False
    below = [s for s in grid[r + 1] if s.kind != "blank"]
    named = bool(below) and not below[0].dims.isdisjoint(("source", "ledger"))
    return named and {"total"} in dims and any(s.kind == "figure" for s in below)


def _first_value(row: Sequence[Slot]) -> int:
    """The first column that heads values: past corner cells and the blanks behind them."""
    for c, slot in enumerate(row):
        if slot.terms and "corner" not in slot.dims:
            return c
    return len(row)


def _continues_header(row: Sequence[Slot], value: int) -> bool:
    """No figure, and an axis word at or past the first value column (a body row bears its words before it). A name or
    two among more axis words may be unknown. A row of units alone (`백만원 | 천원`) goes on, too."""
    if any(s.kind in VALUES for s in row[value:]):
        return False
    filled = [s for s in row if s.kind != "blank"]
    if filled and all(s.kind == "text" and unit_in(s.text) for s in filled):
        return True
    names = {id(s.cell): s for s in row[value:] if s.cell is not None and s.kind in WORDS}
    unknown = [s for s in names.values() if s.kind == "text"]
    if unknown and not _are_names(unknown, [s for s in names.values() if s.terms]):
        return False
    fields = [s for s in row if s.cell is not None]
    if len(fields) >= 2 and all(s.terms for s in fields) and is_header(row):
        same = len({s.dims for s in fields}) == 1 and fields[0].terms[0].value != "in_term"
        if len(fields) >= 3 or same:
            return True  # a lower header row that lost its leading blanks: `도비 | 군비`
    words = [s for s in row[value:] if s.terms and s.cell is not None and s.cell.col >= value]
    left = [
        s
        for s in row[:value]
        if s.terms and "corner" not in s.dims and s.cell is not None and s.cell.rowspan == 1
    ]
    return bool(words) and not left and len({id(s.cell) for s in words}) >= 1


def _are_names(unknown: Sequence[Slot], known: Sequence[Slot]) -> bool:
    """Could unknown words of a lower heading row be names of sources beside the known ones?"""
    sources = sum("source" in s.dims for s in known)
    short = all(len(s.text) <= LONGEST and not find_money(s.text) and not s.label for s in unknown)
    return short and sources >= 2 and len(unknown) < len(known)


REACH = 12
"""Rows below the headings that are looked at for the width of the labels."""


def _first_figure(row: Sequence[Slot]) -> int:
    """How many fields stand before the first figure of a row; 0 where it has none."""
    for c, s in enumerate(row):
        if s.kind in VALUES:
            return c
    return 0


def _is_body(row: Sequence[Slot], value: int, labels: int) -> bool:
    """Label cells with at least one word, then figures, marks and blanks; value: first column the header heads.

    A row without figures is a body row whose amounts are blank (`민선8기 | ’22 | | |`) unless it names several
    things past the label columns: then it heads the next region.
    """
    figures = 0
    has_term = False
    texts = set()
    for s in row:
        kind = s.kind
        if kind in VALUES:
            figures += 1
        elif kind == "term":
            has_term = True
        elif kind == "text":
            texts.add(id(s.cell))
    if has_term and len(row) > 2 and row[0].kind == "term" and all(s.cell is row[0].cell for s in row):
        return False  # `【집행】` across all columns heads the next region
    if not has_term and not texts:
        return figures > 0
    if figures == 0:
        if row[0].kind == "blank":  # under a merged label, `지방비 | 도비` with no figure
            value = max(value, labels)
        named = {id(s.cell) for s in row[value:] if s.terms and s.cell is not None and s.cell.col >= value}
        return has_term and not texts and len(named) <= 1
    if has_term:
        return len(texts) <= 1 + (figures > 2)
    return figures >= 2 and len(texts) <= 2


def _is_bridge(grid: Sequence[Sequence[Slot]], body: int, r: int, value: int, labels: int) -> bool:
    """A row under an unknown name that holds next to nothing (`달빛나눔 | | | -`) and stands between rows of a body; or
    in a table of one column, where no row holds more."""
    row = grid[r]
    if not _holds_nothing(row):
        return False
    figures, before = (sum(s.kind in VALUES for s in x) for x in (row, grid[r - 1]))
    return (r > body and figures == before == 1) or _goes_on(grid, r + 1, value, labels)


def _holds_nothing(row: Sequence[Slot]) -> bool:
    """An unknown name, alone or with an axis word beside it, over figures and blanks."""
    words = {id(s.cell): s for s in row if s.kind in WORDS}
    named = [s for s in words.values() if s.kind == "text"]
    known = [s.dims for s in words.values() if s.terms]
    rest = any(s.cell is not None and id(s.cell) not in words for s in row)
    plain = not any(d & {"total", "corner"} for d in known)
    return rest and plain and len(named) == 1 and len(words) <= 2 and _is_name(named[0])


def _goes_on(grid: Sequence[Sequence[Slot]], r: int, value: int, labels: int) -> bool:
    """Does a row with axis words and figures follow, behind nothing but rows that hold nothing?"""
    for row in grid[r:]:
        body = any(s.terms for s in row) and _is_body(row, value, labels)
        if body and any(s.kind in VALUES for s in row):
            return True
        if not body and not _holds_nothing(row):
            return False
    return False


def _is_name(slot: Slot) -> bool:
    return slot.text[:1].isalpha() and len(slot.text) <= LONGEST and not slot.label and not unit_in(slot.text)


def label_columns(grid: Sequence[Sequence[Slot]], body: int, end: int) -> int:
    """How many leading columns hold row labels: those with a word and no figure in any body row."""
    width = max(len(r) for r in grid[body:end])
    count = 0
    named = -1
    for c in range(width):
        for row in grid[body:end]:
            kind = row[c].kind if c < len(row) else ""
            if kind in VALUES:
                return count
            if kind in WORDS:
                named = c
        count = named + 1
    return count
