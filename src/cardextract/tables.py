"""The budget grammar: a table whose axes name periods, sources or ledgers -> (ledger, source, period) = amount.

Steps, each a function on plain data: find the header rows and the label columns of a region; give each value column
and row its path of axis terms; resolve totals by their siblings; put back what a conversion lost where the sums
leave one placement; read the figures. Nothing depends on where a word stands, only on what it says.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cardextract.alignment import Block, Row, place
from cardextract.axes import Term, terms, unit_in
from cardextract.document import Cell, Certainty, Span, Table
from cardextract.findings import Finding, finding
from cardextract.rules import Rules
from cardextract.values import UNITS, Amount, parse_amount, squeeze

MAX_PLACEMENTS = 3000
"""Most placements of a short row that are tried; beyond it the row is reported as unplaced."""
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


@dataclass
class Budget:
    """What a table says: its entries, what is odd about it, and which of its rows were read."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    unit: str | None = None


@dataclass(frozen=True)
class Context:
    """What stands around a table: the ledger and unit that its heading and captions name."""

    ledger: str | None = None
    unit: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Key:
    """The coordinates that a path of terms names."""

    ledger: str | None = None
    source: str | None = None
    source_word: str = ""
    period: str | None = None
    ignore: bool = False
    unknown: str = ""


def slots(table: Table, rules: Rules) -> list[list[Slot]]:
    """The grid with each position read; a merged cell stands at each position it covers."""
    out = []
    for row in table.grid():
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
        out.append(line)
    return out


AXIS = ("ledger", "source", "period")


def _dims(slot: Slot) -> set[str]:
    return {t.dimension for t in slot.terms}


def is_header(row: Sequence[Slot]) -> bool:
    """A row that names an axis: two different axis cells, or one beside a corner or total; and no figures."""
    seen: set[int] = set()
    axis = other = 0
    for slot in row:
        if slot.cell is None or id(slot.cell) in seen or slot.kind == "blank":
            continue
        seen.add(id(slot.cell))
        if slot.kind in ("figure", "mark"):
            return False
        dims = _dims(slot)
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
        if not is_header(grid[r]) or any("not_budget" in _dims(s) for s in grid[r]):
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
        if slot.terms and not _dims(slot) & {"corner"}:
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
        if s.terms and not _dims(s) & {"corner"} and s.cell is not None and s.cell.rowspan == 1
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


def line_up(grid: list[list[Slot]], body: int, end: int) -> list[list[Slot]]:
    """Rows whose merged label lost its span stand too far left: `합계 | 계 | 794` beside `임기내 | 소계 | 계 | 670`.
    Their figures move right by blanks behind the labels, as far as blanks at the row's end make room."""
    starts = {}
    for r in range(body, end):
        figure = next((c for c, s in enumerate(grid[r]) if s.kind in ("figure", "mark")), None)
        words = [c for c, s in enumerate(grid[r][:figure]) if s.kind in ("term", "text")]
        if words:
            starts[r] = words[-1] + 1
    labels = max(starts.values(), default=0)
    out = list(grid)
    for r, start in starts.items():
        row = grid[r]
        figure = next((c for c, s in enumerate(row) if s.kind in ("figure", "mark")), None)
        if figure is None or figure >= labels:
            continue
        room = len(row) - len(list(itertools.dropwhile(lambda s: s.kind == "blank", reversed(row))))
        missing = labels - figure
        if room >= missing:
            blank = Slot(None, "", "blank", ())
            out[r] = [*row[:start], *[blank] * missing, *row[start : len(row) - missing]]
    return out


def header_shift(grid: Sequence[Sequence[Slot]], first: int, body: int, end: int, labels: int) -> int:
    """By how many columns a ragged header must move right so that each value column has a heading (0: it stands right)."""
    width = max(len(r) for r in grid[body:end])
    used = [
        c
        for c in range(labels, width)
        if any(c < len(row) and row[c].kind in ("figure", "mark", "percent") for row in grid[body:end])
    ]
    if not used:
        return 0
    heads = [c for c in range(width) if any(c < len(row) and _heads(row[c]) for row in grid[first:body])]
    if heads[:1] == [0] and "ledger" in _dims(grid[first][0]) and len(heads) > len(used):
        heads = heads[1:]  # the corner names the ledger: `계획 | 계 | 2022 | …`
    if not heads:
        return 0

    def misses(shift: int) -> tuple[int, int, int]:
        moved = {c + shift for c in heads}
        spans = _filled_heads(grid, first, body, shift, width)
        return sum(c not in spans for c in used), sum(c < labels for c in moved), abs(shift)

    return min(range(4), key=misses)


def _heads(slot: Slot) -> bool:
    return (bool(slot.terms) and not _dims(slot) & {"corner"}) or (
        slot.kind == "text" and not unit_in(slot.text)
    )


def _filled_heads(grid: Sequence[Sequence[Slot]], first: int, body: int, shift: int, width: int) -> set[int]:
    """Columns that have a heading of their own in the last header rows, after the shift."""
    out = set()
    for row in grid[first:body]:
        out |= {c + shift for c, s in enumerate(row) if _heads(s)}
    if body - first > 1:  # an upper heading covers the blanks to its right
        top = grid[first]
        last = None
        for c in range(width):
            s = top[c] if c < len(top) else None
            if s and _heads(s):
                last = c
            elif last is not None and any(c < len(row) and _heads(row[c]) for row in grid[first + 1 : body]):
                out.add(c + shift)
    return out


def column_paths(
    grid: Sequence[Sequence[Slot]], first: int, body: int, width: int, shift: int, ragged: bool
) -> list[list[Slot | None]]:
    """For each value column the headings above it, top to bottom; in ragged tables upper headings fill to the right."""
    paths: list[list[Slot | None]] = [[] for _ in range(width)]
    if ragged:
        grid = _spread_groups(grid, first, body)
    for r in range(first, body):
        row = grid[r]
        fill: Slot | None = None
        for c in range(width):
            src = c - shift
            slot = row[src] if 0 <= src < len(row) else None
            if slot is not None and slot.kind != "blank" and src >= 0:
                fill = slot if not _dims(slot) & {"corner"} else None
                paths[c].append(slot)
            elif ragged and fill is not None and r < body - 1 and _below(grid, r, body, src):
                paths[c].append(fill)
            else:
                paths[c].append(None)
    return paths


def _spread_groups(grid: Sequence[Sequence[Slot]], first: int, body: int) -> Sequence[Sequence[Slot]]:
    """Group headings that lost their spans, over the columns they head: `구분 | 계획 | 집행` above
    `계 국비 구비 계 국비 구비`, which repeats once for each group."""
    if body - first != 2:
        return grid
    top, low = grid[first], grid[first + 1]
    groups = [s for s in top if _heads(s)]
    below = [c for c, s in enumerate(low) if _heads(s)]
    size, rest = divmod(len(below), max(1, len(groups)))
    names = [low[c].terms or squeeze(low[c].text) for c in below]
    if len(groups) < 2 or rest or size < 2 or any(n != names[i % size] for i, n in enumerate(names)):
        return grid
    starts = dict(zip(below[::size], groups, strict=True))
    corners = {c: s for c, s in enumerate(top[: below[0]]) if not _heads(s)}
    line = [starts.get(c) or corners.get(c) or Slot(None, "", "blank", ()) for c in range(len(low))]
    return [*grid[:first], line, *grid[first + 1 :]]


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
        {d for p in paths if k < len(p) and (slot := p[k]) for d in _dims(slot) & {"source", "period"}}
        for k in range(levels)
    ]
    axis_dims = set().union(*level_dims) if level_dims else set()

    def total_dim(k: int, path: Sequence[Slot | None]) -> str | None:
        siblings = level_dims[k]
        if len(siblings) == 1:
            return next(iter(siblings))
        if len(axis_dims) == 1:
            return next(iter(axis_dims))
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
        ignore = ignore or (grouped and source in (None, "total"))
        out.append(Key(ledger, source, word, period, ignore, unknown))
    return out


def dims_of(paths: Sequence[Sequence[Slot | None]]) -> set[str]:
    """The dimensions that an axis names."""
    return {d for p in paths for s in p if s for d in _dims(s) & set(AXIS)}


def read_budget(table: Table, context: Context, rules: Rules) -> Budget | None:
    """The budget that a table holds, or None where it holds none."""
    grid = slots(table, rules)
    if not grid or any("not_budget" in _dims(s) for s in grid[0]):
        return None
    out = Budget()
    for first, body, end in find_regions(grid):
        _read_region(table, grid, first, body, end, context, out)
    return out if out.rows else None


def _read_region(
    table: Table,
    grid: list[list[Slot]],
    first: int,
    body: int,
    end: int,
    context: Context,
    out: Budget,
) -> None:
    unit = next((u for row in grid[first:body] for s in row if (u := unit_in(s.text))), None) or context.unit
    lossy = table.ragged and is_lossy(grid, first, body, end)
    if lossy:
        grid = restore_labels(grid, first, body, end)
    elif table.ragged:
        grid = line_up(grid, body, end)
    labels = label_columns(grid, body, end)
    width = max(len(r) for r in grid[first:end])
    shift = header_shift(grid, first, body, end, labels) if table.ragged else 0
    columns = column_paths(grid, first, body, width + shift, shift, table.ragged)[labels:]
    rows = row_paths(grid, body, end, labels, table.ragged)
    if any("not_budget" in _dims(s) for row in grid[first:body] for s in row):
        return
    col_dims, row_dims = dims_of(columns), dims_of(rows)
    if not (col_dims | row_dims) & {"source", "period"} and "ledger" not in col_dims | row_dims:
        return
    # a region with one heading row may hold its ledger in the corner: `계획 | 계 | 2022 | …`
    corner = [
        s for row in grid[first:body] for s in row[: max(labels, 1)] if s.terms and "ledger" in _dims(s)
    ]
    ledger = corner[0].terms[0].value if corner and "ledger" not in col_dims | row_dims else None
    col_keys = resolve(columns, row_dims)
    row_keys = resolve(rows, col_dims)
    loose: dict[int, list[Slot]] = {}
    repaired: set[int] = set()
    if lossy:
        loose, repaired = restore_blanks(grid, body, labels, row_keys, col_keys)
    out.unit = out.unit or unit
    if shift:
        out.findings.append(
            finding(
                "HEADER_SHIFTED",
                label=shift,
                paths=["budget"],
                places=[s.cell.place for s in grid[first][:1] if s.cell],
            )
        )
    out.rows.update(range(first, end))
    known = [c for c, k in enumerate(col_keys) if _states(k) and not k.ignore]
    seen_cells: set[int] = set()
    fallback = ledger or context.ledger or "plan"
    strangers: dict[str, list[tuple[Slot, Key, Key]]] = {}
    begin = len(out.entries)
    for r, row_key in zip(range(body, end), row_keys, strict=True):
        if row_key.ignore:
            continue
        line = grid[r]
        stated = _states(row_key)
        for c, col_key in enumerate(col_keys):
            slot = line[labels + c] if labels + c < len(line) else None
            if slot is None or slot.cell is None or col_key.ignore:
                continue
            if not stated or c not in known:
                if slot.kind == "figure":
                    name = row_key.unknown if not stated else col_key.unknown or slot.text
                    strangers.setdefault(name, []).append((slot, row_key, col_key))
                continue
            if id(slot.cell) in seen_cells and (slot.cell.colspan > 1 or slot.cell.rowspan > 1):
                continue
            seen_cells.add(id(slot.cell))
            entry = _entry(slot, row_key, col_key, fallback, unit)
            if r in repaired:
                entry = replace(entry, certainty="repaired", reason=f"{REPAIRED} (단위: {unit})")
            out.entries.append(entry)
        if r in loose:
            _unplaced(loose[r], row_key, fallback, unit, out)
    for name, found in strangers.items():
        _stranger(name, found, out, begin, fallback, unit)


REPAIRED = "변환에서 빠진 빈칸을 합계로 되찾음"


def is_lossy(grid: Sequence[Sequence[Slot]], first: int, body: int, end: int) -> bool:
    """Did a conversion drop the blank cells of this region? No row has a blank field, and the rows differ in length or
    from their headings. Where any blank was kept, a short row only lost the blanks at its end and stands right."""
    rows = [[s for s in row if s.cell is not None] for row in grid[first:end]]
    if any(s.kind == "blank" for row in rows for s in row):
        return False
    figures = [_figures(row) for row in rows[body - first :]]
    labels = {len(row) - len(f) for row, f in zip(rows[body - first :], figures, strict=True)}
    heads = len(_leaf_paths(grid, first, body, max(map(len, figures))))
    uneven = body - first > 1 and len({len(row) for row in rows[: body - first]}) > 1
    return heads > 1 and (uneven or len(labels) > 1 or any(len(f) != heads for f in figures))


def _figures(row: Sequence[Slot]) -> list[Slot]:
    """The value fields of a row: all behind its leading labels, without a remark at its end."""
    fields = [s for s in row if s.cell is not None]
    out = fields[next((i for i, s in enumerate(fields) if s.kind not in ("term", "text")), len(fields)) :]
    while out and out[-1].kind == "text":
        out.pop()
    return out


def _leaf_paths(grid: Sequence[Sequence[Slot]], first: int, body: int, most: int) -> list[list[Slot]]:
    """The headings of the single value columns, from the top, of a header that lost its blanks; most: the figures of
    the longest row. Two rows of headings: the lower ones spread evenly under the upper ones, or all stand under the
    one upper heading that spans years (임기내)."""
    rows = [
        [s for s in row if s.cell is not None and _heads(s) and "ignore" not in _dims(s)]
        for row in grid[first:body]
    ]
    rows = [r for r in rows if r]
    if not rows:
        return []
    top = rows[0]
    if len(rows) == 1:
        corner = "ledger" in _dims(top[0]) and len(top) == most + 1
        return [[s] for s in (top[1:] if corner else top)]
    low = rows[-1]
    span = [i for i, s in enumerate(top) if any(t.value == "in_term" for t in s.terms)]
    nested = len(span) == 1 and all(_dims(s) & {"period", "total"} for s in low)
    inside = (
        [
            *([s] for s in top[: span[0]]),
            *([top[span[0]], s] for s in low),
            *([s] for s in top[span[0] + 1 :]),
        ]
        if nested
        else []
    )
    even = [
        [s, t]
        for s, k in zip(top, itertools.count())
        for t in low[k * len(low) // len(top) : (k + 1) * len(low) // len(top)]
    ]
    if len(low) % len(top):
        even = []
    return next((c for c in (inside, even) if len(c) == most), inside or even)


def restore_labels(grid: list[list[Slot]], first: int, body: int, end: int) -> list[list[Slot]]:
    """The grid with label columns lined up: a row that lost the label of a merged cell gets a blank in its place, and
    the header as many corner columns as there are label columns."""
    empty = Slot(None, "", "blank", ())
    fields = {r: [s for s in grid[r] if s.cell is not None] for r in range(body, end)}
    figures = {r: _figures(fields[r]) for r in fields}
    own = {r: list(itertools.takewhile(lambda s: s.kind in ("term", "text"), fields[r])) for r in fields}
    labels = max(len(v) for v in own.values())
    outer = {d for v in own.values() if len(v) == labels > 1 for d in _dims(v[0])}
    inner = {d for v in own.values() if len(v) == labels > 1 for d in _dims(v[-1])}
    paths = _leaf_paths(grid, first, body, max(map(len, figures.values())))
    depth = body - first
    out = list(grid)
    for k in range(depth):
        last = k == depth - 1
        corner = (
            [s for s in grid[first] if s.cell is not None and "ledger" in _dims(s)][:1]
            if len(paths[0]) == 1 and depth == 1
            else []
        )
        corner = [s for s in corner if [s] not in paths]
        heads = [
            p[k]
            if k < len(p) - 1
            else (p[-1] if last or (k >= len(p) - 1 and k == 0 and len(p) == 1) else empty)
            for p in paths
        ]
        out[first + k] = [*(corner or [empty]), *[empty] * (labels - 1), *heads]
    seen: set[str] = set()
    for r in range(body, end):
        names = own[r]
        missing = labels - len(names)
        before = missing
        if missing and names:
            dims = _dims(names[0])
            again = squeeze(names[-1].text) in seen
            alone = "total" in dims and (again or r in (body, end - 1)) and "ledger" not in outer
            if dims & (outer - inner) or alone:
                before = 0
        if not missing:
            seen = set()
        seen.update(squeeze(s.text) for s in names[-1:])
        out[r] = [*[empty] * before, *names, *[empty] * (missing - before), *figures[r]]
    return out


def restore_blanks(
    grid: list[list[Slot]], body: int, labels: int, row_keys: Sequence[Key], col_keys: Sequence[Key]
) -> tuple[dict[int, list[Slot]], set[int]]:
    """Move the figures of short rows to their columns, in place, where the sums decide.

    Returns the rows whose figures have no provable column (with those figures), and the rows that were moved.
    """
    empty = Slot(None, "", "blank", ())
    columns = tuple(_role(k, col_keys, k.ledger or "") for k in col_keys)
    groups: dict[tuple[str, str], list[int]] = {}
    for n, key in enumerate(row_keys):
        groups.setdefault((key.ledger or "", ""), []).append(n)
    loose: dict[int, list[Slot]] = {}
    repaired: set[int] = set()
    for (ledger, _), members in groups.items():
        keys = [row_keys[n] for n in members]
        figures = {n: _figures(grid[body + n][labels:]) for n in members}
        rows = []
        for n, key in zip(members, keys, strict=True):
            role = _role(key, keys, ledger).partition(":")[0] if key.source or key.period else "aside"
            rows.append(Row(role, tuple(_exact(s.text) for s in figures[n])))
        found = place(Block(columns, tuple(rows)))
        for n, way in zip(members, found, strict=True):
            slots_of = figures[n]
            if len(slots_of) == len(columns):
                continue
            if way is None:
                loose[body + n] = slots_of
                line = [empty] * len(columns)
            else:
                line = [empty] * len(columns)
                for slot, c in zip(slots_of, way, strict=True):
                    line[c] = slot
                repaired.add(body + n)
            grid[body + n] = [*grid[body + n][:labels], *line]
    return loose, repaired


def _role(key: Key, keys: Sequence[Key], group: str) -> str:
    """total | part | aside of a row or column among those of its axis."""
    if any(k.period not in (None, "total") for k in keys):
        years = any(k.period not in (None, "total", "in_term") for k in keys)
        role = (
            "total"
            if key.period in (None, "total")
            else "aside"
            if key.period == "in_term" and years
            else "part"
        )
    elif any(k.source not in (None, "total") for k in keys):
        role = "total" if key.source in (None, "total") else "part"
    else:
        role = "aside"
    return f"{role}:{group}" if not key.ignore else "aside"


def _exact(text: str) -> int:
    """A figure in thousandths of its unit, so that decimals add up exactly; marks are 0."""
    return parse_amount(text, 1000).won or 0


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
    if any("other" in sources for sources in known.values()):
        return
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
    factor = UNITS.get(unit or "백만원", 10**6)
    span = slot.cell.span
    amount = parse_amount(span.text, factor)
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
        amount=amount, span=span, unit=unit or "",
    )  # fmt: skip
