"""What a conversion lost from a budget table, put back: the spans of headings and labels, and blank cells.

Text and bad HTML keep no spans, and some conversions drop blank cells too. Headings move until each value column has
one; labels line up; blanks come back only where the sums leave one placement (`alignment`).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

from cardextract.budget.alignment import Block, Row, place
from cardextract.budget.headings import ANY, readings
from cardextract.budget.slots import BLANK, VALUES, WORDS, Key, Slot, heads_values
from cardextract.values import parse_amount, squeeze

REPAIRED = "변환에서 빠진 빈칸을 합계로 되찾음"


def line_ups(grid: list[list[Slot]], body: int, end: int) -> list[list[list[Slot]]]:
    """The ways to line rows up with each other: a merged label that lost its span leaves its row too far left
    (`합계 | 계 | 794` beside `임기내 | 소계 | 계 | 670`). What holds for one row holds for all with as many labels.

    Rows with a figure among the labels must move; others may also stand right (their first values are blank).
    """
    starts = {}
    for r in range(body, end):
        for c, s in enumerate(grid[r]):
            if s.kind in VALUES:
                break
            if s.kind in WORDS:
                starts[r] = c + 1
    labels = max(starts.values(), default=0)
    out = [list(grid)]
    for start in sorted(set(starts.values()) - {labels}):
        rows = [r for r, n in starts.items() if n == start and any(_is_value(s) for s in grid[r])]
        missing = labels - start
        inside = any(_is_value(s) for r in rows for s in grid[r][:labels])
        able = [r for r in rows if _pads(grid[r]) >= missing]
        stay = [] if inside and able else out
        moved = [[_moved(g[r], start, missing) if r in able else g[r] for r in range(len(g))] for g in out]
        out = [*stay, *(moved if able and (inside or len(able) == len(rows)) else [])]
    return out


def _is_value(slot: Slot) -> bool:
    return slot.kind in VALUES


def _pads(row: Sequence[Slot]) -> int:
    """Blanks at the end of a row."""
    return len(list(itertools.takewhile(lambda s: s.kind == "blank", reversed(row))))


def _moved(row: Sequence[Slot], at: int, missing: int) -> list[Slot]:
    return [*row[:at], *[BLANK] * missing, *row[at : len(row) - missing]]


def stands(grid: Sequence[Sequence[Slot]], first: int, body: int, end: int, labels: int) -> bool:
    """Does a region with one row of headings need no repair? Every row fills the same columns behind the labels, and
    each of these has a heading of its own. Blanks among the labels were kept, so they say where the words stand."""
    if body - first != 1:
        return False
    columns = _filled(grid[body])
    row = grid[first]
    heads = tuple(c for c in range(labels, len(row)) if row[c].cell is not None and heads_values(row[c]))
    if not columns or columns[0] != labels or columns != heads[: len(columns)]:
        return False
    remarks = [c for c in columns if c < len(row) and "ignore" in row[c].dims]  # `비고` over figures: shifted
    # a heading behind the last figure: a remark, or a column whose blanks were kept
    behind = all(
        "ignore" in row[c].dims or all(c < len(r) and r[c].cell is not None for r in grid[body:end])
        for c in heads[len(columns) :]
    )
    return behind and not remarks and all(_filled(r) == columns for r in grid[body + 1 : end])


def _filled(row: Sequence[Slot]) -> tuple[int, ...]:
    """The columns of a row's figures."""
    return tuple([c for c, s in enumerate(row) if s.kind in VALUES])


def used_columns(grid: Sequence[Sequence[Slot]], body: int, end: int, labels: int) -> list[int]:
    """The value columns in which any row holds a figure."""
    out = []
    rows = grid[body:end]
    for c in range(labels, max(map(len, rows))):
        for row in rows:
            if c < len(row) and row[c].kind in ("figure", "mark", "percent"):
                out.append(c)
                break
    return out


def headings_stand(
    grid: Sequence[Sequence[Slot]], first: int, body: int, end: int, labels: int, shift: int
) -> bool:
    """Does every column with a figure have a heading without moving any?"""
    if shift:
        return False
    headed = _own_heads(grid, first, body) | _covered(grid, first, body, max(map(len, grid[body:end])))
    return headed.issuperset(used_columns(grid, body, end, labels))


def header_shift(grid: Sequence[Sequence[Slot]], first: int, body: int, end: int, labels: int) -> int:
    """By how many columns a ragged header must move right so that each value column has a heading (0: it stands right)."""
    width = max(map(len, grid[body:end]))
    used = used_columns(grid, body, end, labels)
    if not used:
        return 0
    own = _own_heads(grid, first, body)
    heads = sorted(c for c in own if c < width)
    if heads[:1] == [0] and "ledger" in grid[first][0].dims and len(heads) > len(used):
        heads = heads[1:]  # the corner names the ledger: `계획 | 계 | 2022 | …`
    if not heads:
        return 0

    spans = own | _covered(grid, first, body, width)

    def misses(shift: int) -> tuple[int, int, int]:
        bare = [c for c in used if c - shift not in spans]
        astray = [c for c in heads if c + shift < labels]
        return len(bare), len(astray), shift

    return min(range(4), key=misses)


def _own_heads(grid: Sequence[Sequence[Slot]], first: int, body: int) -> set[int]:
    """Columns that have a heading of their own."""
    return {c for row in grid[first:body] for c, s in enumerate(row) if heads_values(s)}


def _covered(grid: Sequence[Sequence[Slot]], first: int, body: int, width: int) -> set[int]:
    """Columns that an upper heading covers: blanks to its right with a lower heading below them."""
    out = set()
    if body - first > 1:
        top = grid[first]
        last = None
        for c in range(width):
            s = top[c] if c < len(top) else None
            if s and heads_values(s):
                last = c
            elif last is not None and any(
                c < len(row) and heads_values(row[c]) for row in grid[first + 1 : body]
            ):
                out.add(c)
    return out


def is_lossy(grid: Sequence[Sequence[Slot]], first: int, body: int, end: int, labels: int) -> bool:
    """Did a conversion drop the blank cells of this region? No row keeps a blank among its values, and the rows differ
    in length or from their headings. Where one does, a short row only lost the blanks at its end and stands right.
    labels: leading columns that hold no figure."""
    heading = [[s for s in row if s.cell is not None] for row in grid[first:body]]
    rows = [[s for s in row if s.cell is not None] for row in grid[body:end]]
    starts = [_first_figure(row) for row in rows]
    figures = [_without_end(row[n:], _BEHIND) for row, n in zip(rows, starts, strict=True)]
    found = readings(grid[first:body], max(map(len, figures)), ANY)
    heads = len(found[0].paths) if found else sum(heads_values(s) for s in heading[-1])
    if any(_keeps_blanks(row, labels, heads) for row in rows):
        # an empty row that keeps its blanks to the end, or a total behind the last figure of a row, says that a
        # short row did not only lose the blanks at its end
        padded = any(len(row) - labels >= heads and row[-1].kind == "blank" for row in rows)
        short = [
            len(row) - labels
            for row, f in zip(rows, figures, strict=True)
            if f and len(row) - labels < heads and row[-1].kind != "blank"
        ]
        totals = [n for n, p in enumerate(found[0].paths if found else ()) if p[-1].dims == {"total"}]
        return bool(short) and (padded or any(n >= length for n in totals for length in short))
    names = {len(_without_end(row[:n], _BLANKS)) for row, n in zip(rows, starts, strict=True)}
    spanless = len(heading) > 1 and not any(s.kind == "blank" for row in heading for s in row)
    uneven = spanless and len({len(row) for row in heading}) > 1
    return heads > 1 and (uneven or len(names) > 1 or any(len(f) != heads for f in figures))


def _keeps_blanks(row: Sequence[Slot], labels: int, heads: int) -> bool:
    """A blank that stands before a value, or blanks that fill the row up to its last heading. A lone blank at the end
    of a short row is only the tab that ends it."""
    values = row[labels:]
    blanks = [i for i, s in enumerate(values) if s.kind == "blank"]
    if not blanks:
        return False
    inside = any(s.kind not in ("blank", "text") for s in values[blanks[0] :])
    return inside or (len(values) >= heads > blanks[0])


def _first_figure(fields: Sequence[Slot]) -> int:
    for i, s in enumerate(fields):
        if s.kind not in WORDS and s.kind != "blank":
            return i
    return len(fields)


def _names(fields: Sequence[Slot]) -> list[Slot]:
    """The labels of a row: all before its first figure, blanks of merged cells too."""
    return _without_end(fields[: _first_figure(fields)], _BLANKS)


def _figures(fields: Sequence[Slot]) -> list[Slot]:
    """The value fields of a row: all behind its leading labels, without a remark or blanks at its end."""
    return _without_end(fields[_first_figure(fields) :], _BEHIND)


_BLANKS, _BEHIND = frozenset({"blank"}), frozenset({"blank", "text"})
"""What ends a row and is no label, no figure of it."""


def _without_end(fields: Sequence[Slot], kinds: Collection[str]) -> list[Slot]:
    """The fields without those of the kinds at their end."""
    n = len(fields)
    while n and fields[n - 1].kind in kinds:
        n -= 1
    return list(fields[:n])


def restore_labels(grid: list[list[Slot]], body: int, end: int) -> list[list[Slot]]:
    """The grid with label columns lined up: a row that lost the label of a merged cell gets a blank in its place."""
    fields = {r: [s for s in grid[r] if s.cell is not None] for r in range(body, end)}
    own = {r: _names(fields[r]) for r in fields}
    labels = max(len(v) for v in own.values())
    outer = {d for v in own.values() if len(v) == labels > 1 for d in v[0].dims}
    inner = {d for v in own.values() if len(v) == labels > 1 for d in v[-1].dims}
    out = list(grid)
    seen: set[str] = set()
    kept = any(v[0].kind == "blank" for v in own.values() if v)
    for r in range(body, end):
        names = own[r]
        missing = labels - len(names)
        before = 0 if kept else missing  # label blanks were kept: only spans to the right are lost
        if before and names:
            dims = names[0].dims
            again = squeeze(names[-1].text) in seen
            alone = "total" in dims and (again or r in (body, end - 1)) and "ledger" not in outer
            if dims & (outer - inner) or alone:
                before = 0
        if not missing:
            seen = set()
        seen.update(squeeze(s.text) for s in names[-1:])
        out[r] = [*[BLANK] * before, *names, *[BLANK] * (missing - before), *_figures(fields[r])]
    return out


def restore_blanks(
    grid: list[list[Slot]], body: int, labels: int, row_keys: Sequence[Key], col_keys: Sequence[Key]
) -> tuple[dict[int, list[Slot]], set[int]]:
    """Move the figures of short rows to their columns, in place, where the sums decide.

    Returns the rows whose figures have no provable column (with those figures), and the rows that were moved.
    """
    own = {k.source for k in col_keys} & {"do", "si", "sigungu"}
    columns = tuple(_role(k, col_keys, k.ledger or "", alone=k.group and not own) for k in col_keys)
    groups: dict[tuple[str, str], list[int]] = {}
    for n, key in enumerate(row_keys):
        groups.setdefault((key.ledger or "", ""), []).append(n)
    loose: dict[int, list[Slot]] = {}
    repaired: set[int] = set()
    for (ledger, _), members in groups.items():
        keys = [row_keys[n] for n in members]
        figures = {n: _figures([s for s in grid[body + n][labels:] if s.cell is not None]) for n in members}
        rows = []
        for n, key in zip(members, keys, strict=True):
            role = (
                _role(key, keys, ledger).partition(":")[0] if key.source or key.period or key.kin else "aside"
            )
            rows.append(Row(role, tuple(_exact(s.text) for s in figures[n])))
        found = place(Block(columns, tuple(rows)))
        for n, way in zip(members, found, strict=True):
            slots_of = figures[n]
            if len(slots_of) == len(columns):
                continue
            if way is None:
                loose[body + n] = slots_of
                line = [BLANK] * len(columns)
            else:
                line = [BLANK] * len(columns)
                for slot, c in zip(slots_of, way, strict=True):
                    line[c] = slot
                repaired.add(body + n)
            grid[body + n] = [*grid[body + n][:labels], *line]
    return loose, repaired


def _role(key: Key, keys: Sequence[Key], group: str, alone: bool = False) -> str:
    """total | part | aside of a row or column among those of its axis; alone: 지방비 without 도비 or 군비 beside it."""
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
        role = "total" if key.source in (None, "total") and not key.kin else "part"
    else:
        role = "aside"
    return f"{role}:{group}" if not key.ignore or alone else "aside"


def _exact(text: str) -> int:
    """A figure in thousandths of its unit, so that decimals add up exactly; marks are 0."""
    return parse_amount(text, 1000).won or 0
