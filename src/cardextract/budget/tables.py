"""The budget grammar: a table whose axes name periods, sources or ledgers -> (ledger, source, period) = amount.

Steps, each a function on plain data: find the header rows and the label columns of a region; give each value column
and row its path of axis terms; resolve totals by their siblings; put back what a conversion lost where the sums
leave one placement; read the figures. Nothing depends on where a word stands, only on what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cardextract.budget.axes import ledger_in, unit_in
from cardextract.budget.doubles import part_names
from cardextract.budget.entries import Budget, read_entry
from cardextract.budget.keys import (
    axis_dims,
    carry_along,
    carry_ledgers,
    column_paths,
    resolve,
    row_paths,
    without_title,
)
from cardextract.budget.lossy import REPAIRED, restore_blanks
from cardextract.budget.proof import closure
from cardextract.budget.regions import find_regions, label_columns
from cardextract.budget.slots import AXIS, Key, Slot, ends_with_word, is_value, slots, stated_unit
from cardextract.budget.strangers import Odd, either_odd, oddity, settle
from cardextract.budget.twins import find_twins, is_pair, split
from cardextract.budget.views import View, views
from cardextract.document import Table
from cardextract.findings import finding
from cardextract.plain import plain
from cardextract.rules import Rules
from cardextract.values import parse_amount


@plain(frozen=True)
class Context:
    """What stands around a table: the ledger and unit that its heading and captions name."""

    ledger: str | None = None
    unit: str | None = None
    title: str = ""
    near: tuple[str, ...] = ()
    """The lines around the table."""


def may_be_budget(table: Table) -> bool:
    """Does it hold a figure or a mark below its first row, or several figures in a cell? A quick no for most others."""
    for cell in reversed(table.cells):
        text = cell.bare
        if not text or ends_with_word(text):
            continue
        if (cell.row + cell.rowspan > 1 and is_value(text)) or is_pair(text):
            return True
    return False


def read_budget(table: Table, context: Context, rules: Rules) -> Budget | None:
    """The budget that a table holds, or None where it holds none; each figure of a cell that holds two is read."""
    twins = find_twins(table, (context.title, *context.near), rules)
    if twins is None or twins.ledgers is None:
        budget = _read_table(table, context, rules)
        if twins is not None and budget is not None and twins.rows & budget.rows:
            budget.findings.append(
                finding("UNKNOWN_COLUMN", label=TWO, actual=TWO, paths=["budget"], places=twins.places)
            )
        return budget
    out = Budget()
    for half, ledger in zip(split(table, twins.ledgers, rules), twins.ledgers, strict=True):
        first = ledger == twins.ledgers[0]
        own = context if first and twins.labelled else replace(context, ledger=ledger)
        found = _read_table(half, own, rules)
        if found is not None:
            _join(found, None if first else ledger, twins.guessed, out)
    return out if out.rows else None


TWO = "한 칸에 두 금액"
"""What is said of cells that hold two figures where no word says what the second one is."""
GUESSED = "제목에 적힌 차례대로 읽음"


def _join(half: Budget, ledger: str | None, guessed: bool, out: Budget) -> None:
    """Take in the budget of the figures that stand at one place in the cells; ledger: theirs, whatever a heading over the
    whole table says."""
    said = {(f.code, f.message) for f in out.findings}
    out.findings += [f for f in half.findings if (f.code, f.message) not in said]
    out.rows |= half.rows
    out.sources |= half.sources
    out.unit = out.unit or half.unit
    for e in half.entries:
        own = replace(e, ledger=ledger or e.ledger)
        reason = f"{GUESSED} (단위: {e.unit})"
        out.entries.append(replace(own, certainty="inferred", reason=reason) if guessed else own)


def _read_table(table: Table, context: Context, rules: Rules) -> Budget | None:
    grid = slots(table, rules)
    if not grid:
        return None
    out = Budget()
    for first, body, end in find_regions(grid):
        _read_region(table, grid, first, body, end, _named_around(grid, first, end, context, rules), out)
    return out if out.rows else None


def _named_around(grid: list[list[Slot]], first: int, end: int, context: Context, rules: Rules) -> Context:
    """The context of a region whose ledger or unit stand in a row of their own: `〈집행액〉 단위: 억원` above it, or the
    unit below."""
    above = _alone(grid[first - 1]) if first else ""
    below = _alone(grid[end]) if end < len(grid) else ""
    ledger = ledger_in(above, rules) if above else None
    unit = unit_in(above) or (unit_in(below) if len(below) < 24 else None)
    if ledger is None and unit is None:
        return context
    return replace(context, ledger=ledger or context.ledger, unit=unit or context.unit)


def _alone(row: Sequence[Slot]) -> str:
    """The text of a row that holds one cell and no more."""
    cells = {id(s.cell): s.text for s in row if s.kind != "blank"}
    return next(iter(cells.values())) if len(cells) == 1 else ""


@plain(frozen=True)
class _Outcome:
    """What one view of a region gave, and how many of its sums close."""

    view: View
    budget: Budget
    closed: int
    broken: int

    @property
    def sound(self) -> bool:
        return not self.broken and not self.budget.doubts

    @property
    def closes(self) -> bool:
        return self.sound and self.closed > 0

    @property
    def unplaced(self) -> bool:
        """Rows that lost blanks and could stand in several ways."""
        return self.view.lossy and not self.broken and any(f.code == "UNPLACED" for f in self.budget.findings)

    @property
    def score(self) -> tuple[int, int]:
        broken = self.broken + 2 * len(self.budget.doubts)
        return self.closed - broken, -broken


def _read_region(
    table: Table,
    grid: list[list[Slot]],
    first: int,
    body: int,
    end: int,
    context: Context,
    out: Budget,
) -> None:
    """Read a region into `out`. Of a ragged one every way to see it is tried until the sums close; the way that
    closes most stays. Where something had to be assumed and no sum proves it, the whole region is flagged."""
    if any("not_budget" in s.dims for row in grid[first:body] for s in row):
        return
    stated = stated_unit(grid, first, body, end)
    unit = context.unit if stated is None else stated or None
    outcomes: list[_Outcome] = []
    for view in _views(table, grid, first, body, end):
        if any(o.closes for o in outcomes) and view.rank > outcomes[-1].view.rank:
            break
        seen = _read_view(table.ragged, view, first, body, end, unit, context.ledger)
        if seen is None:
            continue
        outcomes.append(_Outcome(view, seen, *closure([*seen.entries, *seen.aside])))
        if outcomes[-1].sound and not view.assumed:
            break
    if not outcomes:
        return
    best = _best(outcomes)
    if not best.budget.entries and not best.budget.findings:
        return  # rows of counts (`설치(개소)`) by the year: no budget
    view, found, closed, broken = best.view, best.budget, best.closed, best.broken
    out.unit = out.unit or unit
    out.rows.update(range(first, end))
    out.sources |= found.sources
    places = [s.cell.place for s in grid[first][:1] if s.cell]
    if view.shift:
        out.findings.append(finding("HEADER_SHIFTED", label=view.shift, paths=["budget"], places=places))
    filled = any(e.amount.won for e in found.entries)
    # one wrong figure breaks its row and its column; more broken sums say that the columns were misread
    # (or that a source is unknown, which is said by its own finding)
    nameless = any(f.code == "UNKNOWN_COLUMN" for f in found.doubts)
    doubtful = (broken > 4 and not nameless) if not view.assumed else broken > 2 or (not closed and filled)
    contested = view.assumed and any(
        _figures_of(o.budget) != _figures_of(found) for o in outcomes if o is not best and _rival(o, best)
    )
    # lines set with tabs alone: each row was placed by itself, so that one that does not close may be another's fault
    typed = table.ragged and table.aligned and broken > 0
    if doubtful or contested or typed or (view.assumed and broken and closed <= broken):
        out.findings.append(finding("UNPROVEN_COLUMNS", paths=["budget"], places=places))
    out.findings.extend(found.findings)
    out.aside.extend(found.aside)
    proved = closed > 0 and not broken
    out.entries.extend([replace(e, doubtful=False) if proved and e.doubtful else e for e in found.entries])


def _views(table: Table, grid: list[list[Slot]], first: int, body: int, end: int) -> Iterator[View]:
    """The ways to see a region. What stands in no drawn cell is assumed: only sums can prove it."""
    for view in (
        views(grid, first, body, end) if table.ragged else [View(grid, label_columns(grid, body, end))]
    ):
        yield replace(view, assumed=True) if table.aligned else view


def _best(outcomes: Sequence[_Outcome]) -> _Outcome:
    """The likeliest view, unless a later one closes more. One misprint breaks a row and a column: for such a one the
    table is not seen otherwise, unless every sum closes then, and more of them."""
    best = outcomes[0]
    for o in outcomes[1:]:
        if o.sound and not o.view.assumed:
            return o
        if o.view.assumed and not best.view.assumed and not best.broken and o.closed <= best.closed:
            continue  # fewer unknown names prove nothing: they may have been moved off the figures
        misprint = best.closed > best.broken <= 2 and not best.budget.doubts
        if o.score > best.score and (
            o.view.rank == best.view.rank or not misprint or (o.closes and o.closed > best.closed)
        ):
            best = o
    return best


def _rival(other: _Outcome, best: _Outcome) -> bool:
    """Could the other view as well be right? Of one rank, where it closes as much; where sums are broken, any that
    closes nearly as much."""
    if best.broken:
        return not other.budget.doubts and other.closed > 0 and sum(other.score) >= sum(best.score) - 1
    same = other.view.rank == best.view.rank
    return same and (other.unplaced or (other.closes and other.closed >= best.closed))


def _figures_of(budget: Budget) -> set[tuple[str, str, str | None, int]]:
    return {(e.ledger, e.source, e.period, e.amount.won) for e in budget.entries if e.amount.won}


def _read_view(
    ragged: bool, view: View, first: int, body: int, end: int, unit: str | None, ledger: str | None
) -> Budget | None:
    """The entries of a region seen one way; None where its axes say nothing."""
    grid = list(view.grid)
    labels = view.labels
    width = max(len(r) for r in grid[first:end])
    if view.headings is None:
        columns = column_paths(grid, first, body, width + view.shift, view.shift, ragged)[labels:]
    else:
        columns = [list(p) for p in view.headings]
    rows = row_paths(grid, body, end, labels, ragged)
    # a region with one heading row may hold its ledger in the corner: `계획 | 계 | 2022 | …`
    corner = [s for row in grid[first:body] for s in row[: max(labels, 1)] if "ledger" in s.dims]
    rows, corner = without_title(rows, corner)
    col_dims, row_dims = axis_dims(columns), axis_dims(rows)
    if not (col_dims | row_dims) & AXIS:
        return None
    named = corner[0].terms[0].value if corner and "ledger" not in col_dims | row_dims else None
    fallback = named or ledger or "plan"
    col_keys, row_keys = resolve(columns, row_dims), resolve(rows, col_dims)
    if "ledger" not in col_dims:
        row_keys = carry_ledgers(row_keys)
    elif "ledger" not in row_dims:
        col_keys = carry_along(col_keys)
    loose: dict[int, list[Slot]] = {}
    repaired: set[int] = set()
    if view.lossy:
        loose, repaired = restore_blanks(grid, body, labels, row_keys, col_keys)
    out = Budget(sources={k.source for k in (*row_keys, *col_keys) if k.source})
    seen: set[int] = set()
    odd: list[Odd] = []
    # one row or column whose name says nothing holds what the other axis names: `사업비 | 12 | 34`
    nameless = (end - body == 1 and not row_dims, len(col_keys) == 1 and not col_dims)
    odd_columns = [oddity(k, nameless[1]) for k in col_keys]
    for r, row_key in zip(range(body, end), row_keys, strict=True):
        if row_key.ignore and not row_key.group:
            continue
        odd_row = oddity(row_key, nameless[0])
        for slot, col_key, odd_column in zip(grid[r][labels:], col_keys, odd_columns, strict=False):
            cell = slot.cell
            if cell is None:
                continue
            if col_key.ignore and not col_key.group:
                if col_key.remark and slot.kind == "figure" and parse_amount(slot.text, 1).won:
                    entry = read_entry(slot, row_key, col_key, fallback, unit)
                    odd.append(Odd("remark", slot, row_key, col_key, entry))
                continue
            why = either_odd(odd_row, odd_column) if odd_row or odd_column else ""
            if why:
                if slot.kind == "figure" or why == "kin":
                    entry = read_entry(slot, row_key, col_key, fallback, unit)
                    odd.append(Odd(why, slot, row_key, col_key, entry))
                continue
            if cell.colspan > 1 or cell.rowspan > 1:
                if id(cell) in seen:
                    continue
                seen.add(id(cell))
            entry = read_entry(slot, row_key, col_key, fallback, unit)
            if r in repaired:
                entry = replace(entry, certainty="repaired", reason=f"{REPAIRED} (단위: {unit})")
            out.entries.append(entry)
        if r in loose:
            _unplaced(loose[r], row_key, fallback, unit, out)
    corners = [t for row in grid[first:body] for s in row[: max(labels, 1)] for t in s.terms]
    settle(odd, out, tasks=any(t.value == "tasks" for t in corners))
    part_names(out)
    return out


def _unplaced(figures: Sequence[Slot], key: Key, ledger: str, unit: str | None, out: Budget) -> None:
    """Keep the figures of a row whose columns cannot be known, without a period, under one finding."""
    entries = [read_entry(s, key, Key(), ledger, unit) for s in figures]
    for e in entries:
        amount = replace(e.amount, state="unplaced") if e.amount.won is not None else e.amount
        source = "other" if key.kin else e.source
        out.entries.append(replace(e, source=source, period=None, amount=amount))
    if entries:
        first = entries[0]
        row = f"budget[{first.ledger}/{first.source}/"
        printed = " ".join(s.text for s in figures)
        places = [s.cell.place for s in figures if s.cell]
        out.findings.append(
            finding("UNPLACED", label=printed, actual=printed, paths=[row, "budget"], places=places)
        )
