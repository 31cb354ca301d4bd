"""Rows of a header grid with a shape of their own: status words with a mark, small tables of people."""

from __future__ import annotations

from collections.abc import Sequence

from cardextract.document import Cell, Span, Table
from cardextract.head.lines import facts, line_label, read_lines
from cardextract.head.words import COLON, MAX_LABEL, Grid, Pick, label_fields, values_of
from cardextract.rules import MAX_LINE, Rules
from cardextract.values import squeeze


def inline_label(cell: Cell, rules: Rules) -> bool:
    text = cell.bare
    colon = COLON.match(text[:MAX_LINE])
    return bool(label_fields(text, rules) or (colon and label_fields(colon["label"], rules)))


FACTS = 3
"""So many `label : value` lines make a cell a header of its own."""


def stated_in(cell: Cell, rules: Rules) -> set[str]:
    """The fields of the `label : value` lines in a cell; empty where they are too few for a header, or where the cell
    holds more than a header: tables, many other lines."""
    text = cell.text
    if text.count(":") + text.count("：") < FACTS or any(isinstance(b, Table) for b in cell.blocks):
        return set()
    lines = [p for p in cell.paragraphs if p.text.strip()]
    found = [[line_label(fact, rules) for fact in facts(p, rules)] for p in lines]
    names = {name for line in found for labelled in line if labelled for name in labelled[1]}
    return names if len(names) >= FACTS and 2 * sum(map(any, found)) > len(lines) else set()


def fact_cells(filled: Sequence[Cell], rules: Rules, out: Grid) -> bool:
    """A row whose header facts are the lines of one cell (`사업현황 | • 공약번호 : 2 • 공약명 : …`): is it read?

    Such lines belong to the head where they name the pledge, or where the table has named it before.
    """
    cells = [c for c in filled if stated_in(c, rules)]
    if not cells:
        return False
    captions = [c for c in filled if not any(c is f for f in cells)]
    named = {p.field for p in out.picks}.union(*(stated_in(c, rules) for c in cells)) & {"title", "number"}
    if not named or any(len(c.bare) > MAX_LABEL or label_fields(c.bare, rules) for c in captions):
        return False
    for cell in cells:
        grid, rest = read_lines(cell.paragraphs, rules)
        out.picks.extend(grid.picks)
        out.unused.extend(grid.unused)
        out.alone.extend(rest)
    return True


def status_row(
    rows: Sequence[Sequence[Cell]], r: int, filled: Sequence[Cell], rules: Rules, out: Grid
) -> int:
    """Status words side by side with a mark under (or beside) one of them; rows used, or 0."""
    if len(filled) < 3 or r + 1 >= len(rows):
        return 0
    words = [c for c in filled if squeeze(c.bare) in rules.status_of]
    if len(words) < 3:
        return 0
    marked = []
    for cell in rows[r + 1]:
        text = squeeze(cell.bare)
        over = [w for w in words if w.col <= cell.col < w.col + w.colspan]
        if text in rules.marks and text not in rules.unmarks:
            marked += over
        elif text and not over:
            _under_label(rows[: r + 1], cell, rules, out)
    label = next((c for c in filled if "status" in label_fields(c.bare, rules)), None)
    if len(marked) == 1:
        out.picks.append(Pick("status", label.bare if label else "", marked[0].span.strip(), marked[0]))
    elif label is not None:
        out.picks.append(Pick("status", label.bare, Span("", label.place), None))
    return 2


def _under_label(above: Sequence[Sequence[Cell]], cell: Cell, rules: Rules, out: Grid) -> None:
    """The value of a label one or two rows above it (`추진율` beside the status words), else unused text."""
    for row in above[:-3:-1]:
        for c in row:
            names = label_fields(c.bare, rules)
            if names and c.col <= cell.col < c.col + c.colspan:
                out.picks.extend(values_of(cell, names, c.bare))
                return
    out.unused.append(cell.span.strip())


def staff_rows(
    rows: Sequence[Sequence[Cell]],
    r: int,
    filled: Sequence[Cell],
    fields: Sequence[tuple[str, ...]],
    rules: Rules,
    out: Grid,
    done: set[int],
) -> int:
    """A small table of people: a row that names 성명 (and 직위, 연락처), then a person a row; rows used, or 0. fields: what
    the filled cells of the row name."""
    if not any("staff_name" in names for names in fields):
        return 0
    names = {c.col: named for c, named in zip(filled, fields, strict=True)}
    columns: dict[int, str] = {}
    start = min(
        c.col for c in filled if set(names[c.col]) & {"staff_name", "staff_rank", "staff_role", "phone"}
    )
    for c in filled:
        kinds = set(names[c.col])
        for kind, name in (
            ("staff_name", "name"),
            ("staff_rank", "rank"),
            ("staff_role", "role"),
            ("phone", "phone"),
        ):
            if kind in kinds:
                columns[c.col] = name
        if (
            "role" not in columns.values() and squeeze(c.bare) in ("구분", "직위", "직책", ":", "담당구분")
        ) or (squeeze(c.bare).strip(":") == "구분"):
            columns[c.col] = "role"
            start = min(start, c.col)
    used = 1
    for row in rows[r + 1 :]:
        cells = [c for c in row if c.bare]
        values: dict[str, Cell] = {}
        for c in cells:
            near = [col for col in columns if col <= c.col]
            if near and c.col >= start:
                values[columns[max(near)]] = c
        role = values.get("role")
        known = role is not None and squeeze(role.bare) in rules.role_set
        others = [c for c in cells if c is not role and label_fields(c.bare, rules)]
        if (
            not values
            or others
            or (role is not None and not known and label_fields(role.bare, rules))
            or "name" not in values
        ):
            break
        if cells and cells[0].col < start and label_fields(cells[0].bare, rules):
            break
        out.picks.extend(
            Pick(f"staff_{part}", role.bare if role else "", cell.span.strip(), cell)
            for part, cell in sorted(
                values.items(), key=lambda kv: ("role", "rank", "name", "phone").index(kv[0])
            )
        )
        out.picks.append(Pick("staff_end", "", Span("", cells[0].place)))
        done.update(id(c) for c in cells)
        used += 1
    return used if used > 1 else 0
