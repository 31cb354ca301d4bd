"""The budget grammar: a table whose axes name periods, sources or ledgers -> (ledger, source, period) = amount.

Steps, each a function on plain data: find the header rows and the label columns of a region; give each value column
and row its path of axis terms; resolve totals by their siblings; put back what a conversion lost where the sums
leave one placement; read the figures. Nothing depends on where a word stands, only on what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cardextract.axes import ledger_in, unit_in
from cardextract.document import Certainty, Span, Table
from cardextract.findings import Finding, finding
from cardextract.headings import ANY, Path, readings
from cardextract.lossy import (
    REPAIRED,
    header_shift,
    headings_stand,
    is_lossy,
    line_ups,
    restore_blanks,
    restore_labels,
    stands,
    used_columns,
)
from cardextract.proof import closure
from cardextract.rules import Rules
from cardextract.slots import AXIS, Key, Slot, dims_of, figure_in, slots, stated_unit
from cardextract.values import UNITS, Amount, find_money, parse_amount, squeeze

ASSUMED = UNITS["백만원"]
"""The unit in which figures are read where none is stated; the most frequent one."""


@dataclass(frozen=True)
class Entry:
    """One cell of a budget, as printed. period None: its column could not be known."""

    ledger: str
    source: str
    source_word: str
    period: str | None
    amount: Amount
    span: Span
    unit: str
    certainty: Certainty = "exact"
    reason: str | None = None
    doubtful: bool = False
    """Its print might be meant otherwise (`1, 234`), and no sum has proved it."""


@dataclass
class Budget:
    """What a table says: its entries, what is odd about it, and which of its rows were read."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    unit: str | None = None
    sources: set[str] = field(default_factory=set)
    """The sources that its axes name, those without any figure too (`구비` with blanks alone says what 시비 is)."""


@dataclass(frozen=True)
class Context:
    """What stands around a table: the ledger and unit that its heading and captions name."""

    ledger: str | None = None
    unit: str | None = None
    title: str = ""


def is_header(row: Sequence[Slot]) -> bool:
    """A row that names an axis: two different axis cells, or one beside a corner or total; and no figures."""
    seen: set[int] = set()
    axis = other = 0
    for slot in row:
        if slot.cell is None or id(slot.cell) in seen or slot.kind == "blank":
            continue
        seen.add(id(slot.cell))
        if slot.kind in ("figure", "mark") or (slot.kind == "text" and find_money(slot.text)):
            return False
        dims = dims_of(slot)
        if dims & set(AXIS):
            axis += 1
        elif dims & {"total", "corner", "ignore"} or (slot.kind == "text" and unit_in(slot.text)):
            other += 1
    return axis >= 2 or (axis == 1 and other >= 1)


def find_regions(grid: Sequence[Sequence[Slot]]) -> list[tuple[int, int, int]]:
    """(first header row, first body row, end) of each budget region."""
    out = []
    r = 0
    while r < len(grid):
        if not is_header(grid[r]) or any("not_budget" in dims_of(s) for s in grid[r]):
            r += 1
            continue
        first = r
        value = _first_value(grid[r])
        r += 1
        while r < len(grid) and _continues_header(grid[r], value):
            r += 1
        body = r
        while r < len(grid) and _is_body(grid[r], value):
            r += 1
        if r > body and any(s.kind in ("figure", "mark") for row in grid[body:r] for s in row):
            out.append((first, body, r))
        elif r == body:
            r = first + 1
    return out


def _first_value(row: Sequence[Slot]) -> int:
    """The first column that heads values: past corner cells and the blanks behind them."""
    for c, slot in enumerate(row):
        if slot.terms and not dims_of(slot) & {"corner"}:
            return c
    return len(row)


def _continues_header(row: Sequence[Slot], value: int) -> bool:
    """No figure, and an axis word at or past the first value column (a body row bears its words before it)."""
    if any(s.kind in ("figure", "mark", "text") for s in row[value:]):
        return False
    fields = [s for s in row if s.cell is not None]
    if len(fields) >= 3 and all(s.terms for s in fields) and is_header(row):
        return True  # a lower header row that lost its leading blanks
    words = [s for s in row[value:] if s.terms and s.cell is not None and s.cell.col >= value]
    left = [
        s
        for s in row[:value]
        if s.terms and not dims_of(s) & {"corner"} and s.cell is not None and s.cell.rowspan == 1
    ]
    return bool(words) and not left and len({id(s.cell) for s in words}) >= 1


def _is_body(row: Sequence[Slot], value: int) -> bool:
    """Label cells with at least one word, then figures, marks and blanks; value: first column the header heads.

    A row without figures is a body row whose amounts are blank (`민선8기 | ’22 | | |`) unless it names several
    things past the label columns: then it heads the next region.
    """
    kinds = [s.kind for s in row]
    figures = sum(k in ("figure", "mark") for k in kinds)
    if not any(k in ("term", "text") for k in kinds):
        return figures > 0
    has_term = any(s.terms for s in row)
    texts = {id(s.cell) for s in row if s.kind == "text"}
    if figures == 0:
        named = {id(s.cell) for s in row[value:] if s.terms and s.cell is not None and s.cell.col >= value}
        return has_term and not texts and len(named) <= 1
    if has_term:
        return len(texts) <= 1 + (figures > 2)
    return figures >= 2 and len(texts) <= 2


def label_columns(grid: Sequence[Sequence[Slot]], body: int, end: int) -> int:
    """How many leading columns hold row labels: those with a word and no figure in any body row."""
    width = max(len(r) for r in grid[body:end])
    count = 0
    for c in range(width):
        column = [row[c] for row in grid[body:end] if c < len(row)]
        if any(s.kind in ("figure", "mark") for s in column):
            break
        if any(s.kind in ("term", "text") for s in column):
            count = c + 1
    return count


def column_paths(
    grid: Sequence[Sequence[Slot]], first: int, body: int, width: int, shift: int, ragged: bool
) -> list[list[Slot | None]]:
    """For each value column the headings above it, top to bottom; in ragged tables upper headings fill to the right."""
    paths: list[list[Slot | None]] = [[] for _ in range(width)]
    for r in range(first, body):
        row = grid[r]
        fill: Slot | None = None
        for c in range(width):
            src = c - shift
            slot = row[src] if 0 <= src < len(row) else None
            if any(0 <= src < len(above) and above[src].kind != "blank" for above in grid[first:r]):
                fill = None  # another group begins above
            if slot is not None and slot.kind != "blank" and src >= 0:
                fill = slot if not dims_of(slot) & {"corner", "ignore"} else None
                paths[c].append(slot)
            elif ragged and fill is not None and r < body - 1 and _below(grid, r, body, src):
                paths[c].append(fill)
            else:
                paths[c].append(None)
    return paths


def _below(grid: Sequence[Sequence[Slot]], r: int, body: int, c: int) -> bool:
    return any(0 <= c < len(row) and row[c].kind != "blank" for row in grid[r + 1 : body])


def row_paths(
    grid: Sequence[Sequence[Slot]], body: int, end: int, labels: int, ragged: bool
) -> list[list[Slot | None]]:
    """For each body row its label slots; in ragged tables a blank takes the label above while a later one is set."""
    above: list[Slot | None] = [None] * labels
    out = []
    for r in range(body, end):
        row = grid[r]
        path: list[Slot | None] = []
        for c in range(labels):
            slot = row[c] if c < len(row) else None
            if slot is not None and slot.kind != "blank":
                path.append(slot)
                above[c] = slot
                if ragged:
                    above[c + 1 :] = [None] * (labels - c - 1)
            elif (
                ragged
                and any(c2 < len(row) and row[c2].kind != "blank" for c2 in range(c + 1, labels))
                and above[c] is not None
            ):
                path.append(above[c])
            else:
                path.append(None)
        out.append(path)
    return out


def resolve(paths: Sequence[Sequence[Slot | None]], other_dims: set[str]) -> list[Key]:
    """Paths of labels -> keys. A total takes the dimension of its siblings on its level, else of its axis, else the one
    that the other axis leaves open."""
    levels = max((len(p) for p in paths), default=0)
    level_dims = [
        {d for p in paths if k < len(p) and (slot := p[k]) for d in dims_of(slot) & {"source", "period"}}
        for k in range(levels)
    ]
    named = set().union(*level_dims) if level_dims else set()

    def total_dim(k: int, path: Sequence[Slot | None]) -> str | None:
        siblings = level_dims[k]
        if len(siblings) == 1:
            return next(iter(siblings))
        if len(named) == 1:
            return next(iter(named))
        if siblings:
            return (
                "period" if any(p and t.value == "in_term" for p in path if p for t in p.terms) else "source"
            )
        if "period" in other_dims and "source" not in other_dims:
            return "source"
        if "source" in other_dims and "period" not in other_dims:
            return "period"
        return None

    out = []
    for path in paths:
        ledger = source = period = None
        word = unknown = ""
        ignore = grouped = False
        for k, slot in enumerate(path):
            if slot is None:
                continue
            if not slot.terms:
                unknown = slot.text
            for term in slot.terms:
                if term.dimension == "ledger":
                    ledger = term.value
                elif term.dimension == "source":
                    source, word = term.value, term.word
                elif term.dimension == "period":
                    if not (term.value == "in_term" and period not in (None, "total")):
                        period = term.value
                elif term.dimension in ("ignore", "not_budget"):
                    ignore = True
                elif term.dimension == "group":
                    grouped = True
                elif term.dimension == "total":
                    which = total_dim(k, path)
                    if which == "source" and source is None:
                        source = "total"
                    elif which == "period" and period is None:
                        period = "total"
        # `지방비` over 도비 and 군비 says nothing of its own; alone or with a total it is their sub-total
        group = grouped and source in (None, "total")
        out.append(Key(ledger, source, word, period, ignore or group, unknown, group))
    return out


def without_title(
    rows: Sequence[Sequence[Slot | None]], corner: Sequence[Slot]
) -> tuple[list[list[Slot | None]], list[Slot]]:
    """Row paths and corner without the cell that stands beside all rows (`투자계획` beside 계획 and 집행): it is the title
    of the whole, where ledgers are named further in."""
    first = {id(path[0].cell) for path in rows if path and path[0] is not None}
    whole = next(iter(first)) if len(first) == 1 and all(path and path[0] for path in rows) else None
    inner = [s for path in rows for s in path if s and id(s.cell) != whole and "ledger" in dims_of(s)]
    others = [s for s in corner if id(s.cell) != whole]
    if whole is None or len(rows) < 2 or not (inner or others):
        return [list(path) for path in rows], list(corner)
    return [[s if s and id(s.cell) != whole else None for s in path] for path in rows], others


def carry_ledgers(rows: Sequence[Key]) -> list[Key]:
    """A ledger that stands in the place of a total (`계획`, then `국비`, `시비`) is that of the sources below it too."""
    out = []
    ledger = None
    for key in rows:
        if key.ledger is not None:
            ledger = key.ledger if key.source in (None, "total") and key.period is None else None
        elif ledger is not None and key.source is not None:
            key = replace(key, ledger=ledger)
        out.append(key)
    return out


def axis_dims(paths: Sequence[Sequence[Slot | None]]) -> set[str]:
    """The dimensions that an axis names."""
    return {d for p in paths for s in p if s for d in dims_of(s) & set(AXIS)}


def read_budget(table: Table, context: Context, rules: Rules) -> Budget | None:
    """The budget that a table holds, or None where it holds none."""
    grid = slots(table, rules)
    if not grid:
        return None
    out = Budget()
    for first, body, end in find_regions(grid):
        _read_region(table, grid, first, body, end, _named_around(grid, first, end, context, rules), out)
    return out if out.rows else None


MAX_LOSSY = 6
"""Readings of the headings that are tried where blank cells are lost: each needs a search of its own."""


@dataclass(frozen=True)
class _View:
    """One way to see a region: its grid, how far its headings move or which they are, and what was assumed for it.

    rank: views of one rank are rivals; if two of them close with different figures, neither is proved."""

    grid: list[list[Slot]]
    rank: int = 0
    shift: int = 0
    headings: tuple[Path, ...] | None = None
    lossy: bool = False
    assumed: bool = False


def _views(grid: list[list[Slot]], first: int, body: int, end: int) -> list[_View]:
    """The ways to see a region of a ragged table, likeliest first."""
    labels = label_columns(grid, body, end)
    out = [_View(grid, -1)] if stands(grid, first, body, end, labels) else []
    lossy = is_lossy(grid, first, body, end, labels)
    kept = any(s.kind == "blank" and s.cell is not None for row in grid[first + 1 : body] for s in row)
    if lossy:
        named = restore_labels(grid, body, end)
        least = len(used_columns(named, body, end, label_columns(named, body, end)))
        out += [
            _View(named, r.rank + 8 * kept, headings=r.paths, lossy=True, assumed=True)
            for r in readings(grid[first:body], least, ANY)[:MAX_LOSSY]
        ]
        if not kept:
            return out
    for lined in line_ups(grid, body, end):
        labels = label_columns(lined, body, end)
        moved = any(a is not b for a, b in zip(lined, grid, strict=True))
        likely = header_shift(lined, first, body, end, labels)
        right = headings_stand(lined, first, body, end, labels, likely)
        plain = body - first == 1 or right
        out.append(
            _View(lined, 0 if plain else 5, likely, assumed=bool(likely) or moved or lossy or not plain)
        )
        out += [_View(lined, 9, shift, assumed=True) for shift in range(4) if shift != likely]
        used = used_columns(lined, body, end, labels)
        if body - first > 1 and used:
            room = max(len(row) for row in lined[body:end]) - labels
            out += [
                _View(lined, r.rank + plain, headings=r.paths, assumed=True)
                for r in readings(grid[first:body], used[-1] + 1 - labels, room)
            ]
    return sorted(out, key=lambda v: v.rank)


def _named_around(grid: list[list[Slot]], first: int, end: int, context: Context, rules: Rules) -> Context:
    """The context of a region whose ledger or unit stand in a row of their own: `〈집행액〉 단위: 억원` above it, or the
    unit below."""
    above = _alone(grid[first - 1]) if first else ""
    below = _alone(grid[end]) if end < len(grid) else ""
    return replace(
        context,
        ledger=ledger_in(above, rules) or context.ledger,
        unit=unit_in(above) or (unit_in(below) if len(below) < 24 else None) or context.unit,
    )


def _alone(row: Sequence[Slot]) -> str:
    """The text of a row that holds one cell and no more."""
    cells = {id(s.cell): s.text for s in row if s.kind != "blank"}
    return next(iter(cells.values())) if len(cells) == 1 else ""


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
    if any("not_budget" in dims_of(s) for row in grid[first:body] for s in row):
        return
    stated = stated_unit(grid, first, body, end)
    unit = context.unit if stated is None else stated or None
    views = _views(grid, first, body, end) if table.ragged else [_View(grid)]
    best: tuple[tuple[int, int], Budget, _View] | None = None
    rivals: list[Budget] = []
    for view in views:
        if rivals and best is not None and view.rank > best[2].rank:
            break
        found = _read_view(table.ragged, view, first, body, end, unit, context.ledger)
        if found is None:
            continue
        closed, broken = closure(found.entries)
        broken += 2 * len(found.findings)
        if best is None or (not rivals and (closed - broken, -broken) > best[0]):
            best = ((closed - broken, -broken), found, view)
        if broken == 0 and not view.assumed:
            best = ((closed, 0), found, view)
            break
        if broken == 0 and closed:
            rivals.append(found)
    if best is None:
        return
    found, view = best[1:]
    closed, broken = closure(found.entries)
    out.unit = out.unit or unit
    out.rows.update(range(first, end))
    out.sources |= found.sources
    places = [s.cell.place for s in grid[first][:1] if s.cell]
    if view.shift:
        out.findings.append(finding("HEADER_SHIFTED", label=view.shift, paths=["budget"], places=places))
    filled = any(e.amount.won for e in found.entries)
    # one wrong figure breaks its row and its column; more broken sums say that the columns were misread
    doubtful = broken > 4 if not view.assumed else broken > 2 or (not closed and filled)
    open_ = any(_figures_of(r) != _figures_of(found) for r in rivals)
    if doubtful or open_ or (view.assumed and broken and closed <= broken):
        out.findings.append(finding("UNPROVEN_COLUMNS", paths=["budget"], places=places))
    out.findings.extend(found.findings)
    proved = closed > 0 and not broken
    out.entries.extend(replace(e, doubtful=False) if proved and e.doubtful else e for e in found.entries)


def _figures_of(budget: Budget) -> set[tuple[str, str, str | None, int]]:
    return {(e.ledger, e.source, e.period, e.amount.won) for e in budget.entries if e.amount.won}


def _read_view(
    ragged: bool, view: _View, first: int, body: int, end: int, unit: str | None, ledger: str | None
) -> Budget | None:
    """The entries of a region seen one way; None where its axes say nothing."""
    grid = list(view.grid)
    labels = label_columns(grid, body, end)
    width = max(len(r) for r in grid[first:end])
    if view.headings is None:
        columns = column_paths(grid, first, body, width + view.shift, view.shift, ragged)[labels:]
    else:
        columns = [list(p) for p in view.headings]
    rows = row_paths(grid, body, end, labels, ragged)
    # a region with one heading row may hold its ledger in the corner: `계획 | 계 | 2022 | …`
    corner = [s for row in grid[first:body] for s in row[: max(labels, 1)] if "ledger" in dims_of(s)]
    rows, corner = without_title(rows, corner)
    col_dims, row_dims = axis_dims(columns), axis_dims(rows)
    if not (col_dims | row_dims) & set(AXIS):
        return None
    named = corner[0].terms[0].value if corner and "ledger" not in col_dims | row_dims else None
    fallback = named or ledger or "plan"
    col_keys, row_keys = resolve(columns, row_dims), resolve(rows, col_dims)
    if "ledger" not in col_dims:
        row_keys = carry_ledgers(row_keys)
    loose: dict[int, list[Slot]] = {}
    repaired: set[int] = set()
    if view.lossy:
        loose, repaired = restore_blanks(grid, body, labels, row_keys, col_keys)
    out = Budget(sources={k.source for k in (*row_keys, *col_keys) if k.source})
    seen: set[int] = set()
    strangers: dict[str, list[tuple[Slot, Key, Key]]] = {}
    grouped: list[tuple[Slot, Key, Key]] = []
    for r, row_key in zip(range(body, end), row_keys, strict=True):
        if row_key.ignore and not row_key.group:
            continue
        line = grid[r]
        for c, col_key in enumerate(col_keys):
            slot = line[labels + c] if labels + c < len(line) else None
            if slot is None or slot.cell is None or (col_key.ignore and not col_key.group):
                continue
            if row_key.group or col_key.group:
                if slot.kind == "figure":
                    grouped.append((slot, row_key, col_key))
                continue
            if not _states(row_key) or not _states(col_key):
                if slot.kind == "figure":
                    name = row_key.unknown if not _states(row_key) else col_key.unknown
                    strangers.setdefault(name or slot.text, []).append((slot, row_key, col_key))
                continue
            if id(slot.cell) in seen and (slot.cell.colspan > 1 or slot.cell.rowspan > 1):
                continue
            seen.add(id(slot.cell))
            entry = _entry(slot, row_key, col_key, fallback, unit)
            if r in repaired:
                entry = replace(entry, certainty="repaired", reason=f"{REPAIRED} (단위: {unit})")
            out.entries.append(entry)
        if r in loose:
            _unplaced(loose[r], row_key, fallback, unit, out)
    for slot, row_key, col_key in grouped:
        if not _is_subtotal(_entry(slot, row_key, col_key, fallback, unit), out.entries):
            strangers.setdefault(slot.text, []).append((slot, row_key, col_key))
    for name, found in strangers.items():
        _stranger(name, found, out, 0, fallback, unit)
    return out


def _is_subtotal(figure: Entry, entries: Sequence[Entry]) -> bool:
    """Is the figure the sum of some neighbouring sources of its ledger and period, as 지방비 is of 도비 and 군비?"""
    parts = [e.amount.won or 0 for e in entries if (e.ledger, e.period) == (figure.ledger, figure.period)]
    parts = [p for p in parts if p]
    sums = {sum(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return not figure.amount.won or figure.amount.won in sums


def _unplaced(figures: Sequence[Slot], key: Key, ledger: str, unit: str | None, out: Budget) -> None:
    """Keep the figures of a row whose columns cannot be known, without a period, under one finding."""
    entries = [_entry(s, key, Key(), ledger, unit) for s in figures]
    for e in entries:
        amount = replace(e.amount, state="unplaced") if e.amount.won is not None else e.amount
        out.entries.append(replace(e, period=None, amount=amount))
    if entries:
        first = entries[0]
        row = f"budget[{first.ledger}/{first.source}/"
        printed = " ".join(s.text for s in figures)
        places = [s.cell.place for s in figures if s.cell]
        out.findings.append(
            finding("UNPLACED", label=printed, actual=printed, paths=[row, "budget"], places=places)
        )


def _stranger(
    name: str, found: Sequence[tuple[Slot, Key, Key]], out: Budget, begin: int, ledger: str, unit: str | None
) -> None:
    """A row or column whose name no rule knows. Where it makes every sum of the sources close it is a source of its
    own (`other`, inferred); where it repeats the sum of known ones it is a sub-total; it is reported either way."""
    places = [slot.cell.place for slot, _, _ in found if slot.cell]
    out.findings.append(finding("UNKNOWN_COLUMN", label=name, actual=name, paths=["budget"], places=places))
    known: dict[tuple[str, str | None], dict[str, int]] = {}
    for e in out.entries[begin:]:
        cell = known.setdefault((e.ledger, e.period), {})
        cell[e.source] = cell.get(e.source, 0) + (e.amount.won or 0)
    new = [_entry(slot, row, col, ledger, unit) for slot, row, col in found]
    if any(sources.get("other") for sources in known.values()):
        return  # 기타 has amounts of its own
    proved = 0
    for e in new:
        sources = known.get((e.ledger, e.period), {})
        if (
            "total" not in sources
            or e.source != "total"
            or sources["total"] - sum(v for k, v in sources.items() if k != "total") != e.amount.won
        ):
            return
        proved += bool(e.amount.won)
    if proved >= 2:
        out.entries.extend(
            replace(
                e,
                source="other",
                source_word=squeeze(name),
                certainty="inferred",
                reason=f"이름 ‘{name}’은(는) 모르지만 합계가 맞음",
            )
            for e in new
        )


def _states(key: Key) -> bool:
    return key.ledger is not None or key.source is not None or key.period is not None


def _entry(slot: Slot, row: Key, col: Key, ledger: str, unit: str | None) -> Entry:
    assert slot.cell is not None
    factor = UNITS.get(unit or "", ASSUMED)
    span = slot.cell.span
    part = figure_in(span.text.strip()) if slot.kind == "figure" else None
    if part is not None:
        lead = len(span.text) - len(span.text.lstrip())
        span = span.part(lead + part.start, lead + part.end)
    doubtful = part.doubtful if part is not None else ""
    amount = parse_amount(squeeze(span.text) if doubtful else span.text, factor)
    period = col.period if col.period not in (None, "total", "in_term") or row.period is None else row.period
    if col.period == "in_term" and row.period in (None, "total"):
        period = "in_term"
    source, word = (
        (col.source, col.source_word)
        if col.source not in (None, "total") or row.source is None
        else (row.source, row.source_word)
    )
    return Entry(
        ledger=col.ledger or row.ledger or ledger, source=source or "total", source_word=word, period=period or "total",
        amount=amount, span=span, unit=unit or "", certainty="inferred" if doubtful else "exact",
        reason=f"{doubtful} (단위: {unit})" if doubtful else None, doubtful=bool(doubtful),
    )  # fmt: skip
