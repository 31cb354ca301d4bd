"""What the headings of a column and the labels of a row say together: paths of axis words, resolved to keys."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Set
from dataclasses import replace

from cardextract.budget.axes import PARTS_OF_YEAR, unit_in
from cardextract.budget.slots import AXIS, LONGEST, Key, Slot
from cardextract.plain import once


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
            if r > first and _above(grid, first, r, src):
                fill = None  # another group begins above
            if slot is not None and slot.kind != "blank" and src >= 0:
                fill = slot if slot.dims.isdisjoint(("corner", "ignore")) else None
                paths[c].append(slot)
            elif ragged and fill is not None and r < body - 1 and _below(grid, r, body, src):
                paths[c].append(fill)
            else:
                paths[c].append(None)
    return paths


def _above(grid: Sequence[Sequence[Slot]], first: int, r: int, c: int) -> bool:
    return any(0 <= c < len(row) and row[c].kind != "blank" for row in grid[first:r])


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
                and above[c] is not None
                and any(c2 < len(row) and row[c2].kind != "blank" for c2 in range(c + 1, labels))
            ):
                path.append(above[c])
            else:
                path.append(None)
        out.append(path)
    return out


def resolve(paths: Sequence[Sequence[Slot | None]], other_dims: Set[str]) -> list[Key]:
    """Paths of labels -> keys. A total takes the dimension of its siblings on its level, else of its axis, else the one
    that the other axis leaves open."""
    axis = _Axis(paths, other_dims)
    return _subtotals(_of_one_ledger(_told_apart([_key(path, axis) for path in paths], paths)))


def _of_one_ledger(keys: list[Key]) -> list[Key]:
    """`국비 확보액 | 군비 확보액 | 계`: the total of labels that all name one ledger is of this ledger."""
    parts = [k for k in keys if not (k.sum or k.ignore)]
    ledgers = {k.ledger for k in parts if k.source or k.period}
    if len(ledgers) != 1 or len(parts) < 2 or any(not (k.source or k.period) for k in parts):
        return keys
    return [replace(k, ledger=next(iter(ledgers))) if k.sum else k for k in keys]


def _told_apart(keys: list[Key], paths: Sequence[Sequence[Slot | None]]) -> list[Key]:
    """`2023년 계획` beside `2023년 집행`: the word behind a year is its ledger where two labels would else be the same.
    (Alone it says how sure the figure is: `2023 결산`, `2024 예산`.)"""
    same: dict[tuple[object, ...], list[int]] = {}
    for n, k in enumerate(keys):
        if k.period and not (k.ledger or k.ignore or k.stranger or k.part or k.task):
            same.setdefault((k.source, k.period), []).append(n)
    for group in (g for g in same.values() if len(g) > 1):
        named = [next((x for s in paths[n] if s and (x := _note(s))), "") for n in group]
        if len(set(named) - {""}) == len(group):
            for n, ledger in zip(group, named, strict=True):
                keys[n] = replace(keys[n], ledger=ledger)
    return keys


def _note(slot: Slot) -> str:
    return next((t.note for t in slot.terms if t.note), "")


_SUMMED = frozenset({"source", "period"})
"""Dimensions that have totals."""


class _Axis:
    """What the levels of an axis name, for words that say nothing alone."""

    def __init__(self, paths: Sequence[Sequence[Slot | None]], other_dims: Set[str]) -> None:
        depth = max((len(p) for p in paths), default=0)
        levels = [{id(s): s for p in paths if k < len(p) and (s := p[k])} for k in range(depth)]
        self.dims = [_SUMMED & set().union(*[s.dims for s in level.values()]) for level in levels]
        self.levels = levels
        self.named = set().union(*self.dims)
        self.other = other_dims

    @once
    def known(self) -> list[bool]:
        """Does a level hold a word that says something?"""
        return [any(s.terms for s in level.values()) for level in self.levels]

    @once
    def unknown(self) -> list[set[str]]:
        """The other words of each level."""
        return [{s.text for s in level.values() if not s.terms} for level in self.levels]

    @once
    def sources(self) -> set[str]:
        named = (t for level in self.levels for s in level.values() for t in s.terms)
        return {t.value for t in named if t.dimension == "source"}

    def of_sources(self, k: int, slot: Slot) -> bool:
        """Is an unknown word on level k one among sources?"""
        return (
            "source" in self.dims[k] and slot.kind == "text" and not slot.label and len(slot.text) <= LONGEST
        )

    def lacks(self, joined: str) -> bool:
        """Does `시/군비` stand for a source, because no 시비 or 군비 stands beside it that it could be the sum of?"""
        parts = {"sigungu": {"si", "sigungu"}, "do": {"si", "do"}}.get(joined, {joined})
        return bool(joined) and not parts & self.sources

    def of_total(self, k: int, path: Sequence[Slot | None]) -> str | None:
        """The dimension that a total on level k sums up."""
        siblings = self.dims[k]
        if len(siblings) == 1:
            return next(iter(siblings))
        if len(self.named) == 1:
            return next(iter(self.named))
        if siblings:
            in_term = any(t.value == "in_term" for s in path if s for t in s.terms)
            return "period" if in_term else "source"
        open_ = {"source", "period"} - self.other
        return next(iter(open_)) if len(open_) == 1 else None


def _key(path: Sequence[Slot | None], axis: _Axis) -> Key:
    """What a path says. The first source stands: another one or an unknown word under it is a part of it."""
    ledger = source = period = None
    word = unknown = task = ""
    ignore = grouped = version = part = stranger = kin = remark = noted = bare = False
    host: Slot | None = None
    unit = None
    last = next((s for s in reversed(path) if s is not None), None)
    for k, slot in enumerate(path):
        if slot is None:
            continue
        unit = unit_in(slot.text) or unit
        below = host is not None and source != "total" and slot.cell is not host.cell
        if not slot.terms and unit_in(slot.text):
            continue  # a row of units below the headings
        if not slot.terms:
            unknown = slot.text
            if below:
                part = True
            elif axis.of_sources(k, slot):
                kin = True
            elif last is not None and slot.cell is last.cell:
                stranger = stranger or axis.known[k]
            elif axis.known[k] or len(axis.unknown[k]) > 1:
                task = slot.text
        for term in slot.terms:
            if term.dimension == "ledger":
                ledger = term.value
                noted = any(t.value[:4].isdigit() for t in slot.terms)
            elif term.dimension in ("source", "group") and below:
                part = True
            elif term.dimension == "source" or (term.dimension == "group" and axis.lacks(term.value)):
                source, word, host = term.value, term.word, slot
            elif term.dimension == "period":
                if term.value in PARTS_OF_YEAR:
                    if period is not None and period.isdigit():
                        period = f"{period}-{term.value}"
                    elif period is None:
                        unknown, stranger = slot.text, True
                elif not (term.value == "in_term" and period not in (None, "total")):
                    period = term.value
            elif term.dimension in ("ignore", "not_budget"):
                ignore, remark = True, term.value == "remark"
            elif term.dimension == "version":
                version = True
            elif term.dimension == "group":
                grouped, unknown = True, unknown or slot.text
            elif term.dimension == "total":
                which = axis.of_total(k, path)
                bare = term.word.endswith(("계", "합"))
                if which == "source" and source is None:
                    source = "total"
                elif which == "period" and period is None:
                    period = "total"
    kin = kin and source in (None, "total")
    # `지방비` over 도비 and 군비 says nothing of its own; alone or with a total it is their sub-total
    group = grouped and source in (None, "total") and not kin
    return Key(
        ledger,
        source,
        word,
        period,
        ignore or group,
        remark,
        unknown,
        group,
        part=part,
        task=task,
        version=version,
        sum=bare and ledger is None,
        noted=noted,
        unit=unit,
        stranger=stranger or kin,
        kin=kin,
    )


def _subtotals(keys: list[Key]) -> list[Key]:
    """`'22~'26 계` beside each of these years is the sum of the term; `본예산`, `1회추경` beside the sum of their year are
    steps on the way to it."""
    if not any(k.version or "-" in (k.period or "") for k in keys):
        return keys
    years = {k.period for k in keys if k.period and k.period.isdigit()}
    whole = {(k.ledger, k.source, k.period) for k in keys if not k.version}
    term = any(k.period == "in_term" for k in keys)
    out = []
    for key in keys:
        first, _, end = (key.period or "").partition("-")
        if (
            end.isdigit()
            and len(end) == 4
            and len(years) > 1
            and not term
            and all(first <= y <= end for y in years)
        ):
            key = replace(key, period="in_term")
        if key.version and (key.ledger, key.source, key.period) in whole:
            key = replace(key, ignore=True)
        out.append(key)
    return out


def without_title(
    rows: Sequence[Sequence[Slot | None]], corner: Sequence[Slot]
) -> tuple[list[list[Slot | None]], list[Slot]]:
    """Row paths and corner without the cell that stands beside all rows (`투자계획` beside 계획 and 집행): it is the title
    of the whole, where ledgers are named further in."""
    first = {id(path[0].cell) for path in rows if path and path[0] is not None}
    whole = next(iter(first)) if len(first) == 1 and all(path and path[0] for path in rows) else None
    inner = [s for path in rows for s in path if s and id(s.cell) != whole and "ledger" in s.dims]
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
        elif ledger is not None and (key.source is not None or key.kin):
            key = replace(key, ledger=ledger)
        out.append(key)
    return out


def carry_along(columns: Sequence[Key]) -> list[Key]:
    """The same for columns (`집행액 | 국비 | 시비`, `총 집행액 | 2022 | 2023`), unless two ledgers stand side by side: of
    them none heads what follows."""
    named = [n for n, k in enumerate(columns) if k.ledger is not None]
    plain = all(columns[n].source in (None, "total") and columns[n].period in (None, "total") for n in named)
    if not plain or any(b - a == 1 for a, b in itertools.pairwise(named)):
        return list(columns)
    out: list[Key] = []
    ledger = None
    for key in columns:
        ledger = key.ledger or ledger
        own = key.kin or (not key.stranger and (key.source is not None or key.period is not None))
        out.append(replace(key, ledger=ledger) if ledger and own else key)
    return out


def axis_dims(paths: Sequence[Sequence[Slot | None]]) -> frozenset[str]:
    """The dimensions that an axis names."""
    return AXIS & set().union(*[s.dims for p in paths for s in p if s])
