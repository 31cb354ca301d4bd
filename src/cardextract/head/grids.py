"""The header grid: label -> value pairs of a table or of `label : value` lines, wherever the labels stand.

A label is a cell whose words a rule knows, or one that its position makes a label. Its value stands right of it; below
it where the row holds labels alone. Nothing is typed here: a Pick is raw text with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardextract.document import Cell, Span, Table
from cardextract.head.rows import fact_cells, inline_label, staff_rows, status_row
from cardextract.head.words import (
    COLON,
    Grid,
    Pick,
    bare,
    could_be_label,
    fits,
    label_fields,
    value_of,
    values_of,
)
from cardextract.rules import MAX_LINE, Rules
from cardextract.values import squeeze

_BEFORE, _AFTER = re.compile("(?:당초|변경전|종전|기존)"), re.compile("(?:변경|변경후|조정|개정)(?:안|후)?")


def is_change_log(table: Table) -> bool:
    """Does a table set what was planned beside what it was changed to (`구분 | 당초 | 변경`)? Its labels state neither."""
    first = [squeeze(c.text) for c in table.lines()[0]] if table.rows else []
    return any(_BEFORE.match(w) and len(w) <= 6 for w in first) and any(_AFTER.fullmatch(w) for w in first)


def read_grid(table: Table, rules: Rules) -> Grid:
    """The label/value pairs of a header table. The cut asks for the same one as the fields: it is read once."""
    known = _READ.get(id(table))
    if known is not None and known[0] is table and known[1] == rules.sha256:
        return known[2]
    if len(_READ) >= REMEMBERED:
        _READ.clear()
    out = _read_grid(table, rules)
    _READ[id(table)] = (table, rules.sha256, out)
    return out


REMEMBERED = 32
_READ: dict[int, tuple[Table, str, Grid]] = {}
"""The header tables read last; each is kept alive here, so that its id stays its own."""


def _once_each(row: Sequence[Cell]) -> list[Cell]:
    """A row of a text without the repetitions that a conversion makes of a merged cell: `상태 | 정상추진 | 정상추진`.
    Figures are left alone: two sources can have the same amount."""
    return [
        c
        for n, c in enumerate(row)
        if not n or c.bare != row[n - 1].bare or len(c.bare) < 2 or _DIGIT.search(c.bare)
    ]


_DIGIT = re.compile(r"\d")


def _read_grid(table: Table, rules: Rules) -> Grid:
    out = Grid()
    if is_change_log(table):
        out.unused.extend(c.span.strip() for c in table.cells if c.bare)
        return out
    rows = [_once_each(row) for row in table.lines()] if table.ragged else table.lines()
    done: set[int] = set()
    r = 0
    while r < len(rows):
        row = [c for c in rows[r] if id(c) not in done]
        filled = [c for c in row if c.bare]
        if not filled:
            r += 1
            continue
        fields = [label_fields(c.bare, rules) for c in filled]
        used = (
            int(fact_cells(filled, rules, out))
            or status_row(rows, r, filled, rules, out)
            or staff_rows(rows, r, filled, fields, rules, out, done)
            or _below_row(table, rows, r, filled, fields, rules, out, done)
        )
        if used:
            r += used
            continue
        if len(filled) == 1 and not out.picks and not inline_label(filled[0], rules):
            out.alone.extend(p for p in filled[0].paragraphs if p.text.strip())
            r += 1
            continue
        _across(table, rows, r, row, rules, out, done)
        r += 1
    return out


def _below_row(
    table: Table,
    rows: Sequence[Sequence[Cell]],
    r: int,
    filled: Sequence[Cell],
    fields: Sequence[tuple[str, ...]],
    rules: Rules,
    out: Grid,
    done: set[int],
) -> int:
    """A row of labels alone whose values stand in the row below, column by column; rows used, or 0. fields: what the
    filled cells name."""
    named = len(fields) - fields.count(())
    if r + 1 >= len(rows) or named * 2 < len(filled):
        return 0
    below = [c for c in rows[r + 1] if c.bare]
    alone = len(filled) == 1 and len(below) == 1 and filled[0].col == below[0].col and table.cols > 1
    if len(filled) < 2 and not (alone and (filled[0].colspan >= table.cols or set(fields[0]) - {"other"})):
        return 0
    if not below:
        return 0
    if named < len(filled) and not all(
        f or could_be_label(c.bare, rules) for c, f in zip(filled, fields, strict=True)
    ):
        return 0
    if (
        len(filled) > 1
        and all(not f or f == ("other",) for f in fields[1::2])
        and any(fields[0::2])
        and not all(fields)
        and not _fits_below(filled, fields, below, rules)
    ):
        return 0  # label, value, label, value: `유형 | 신규 | …`
    columns = {c.col: c for c in filled}
    if any(b.col not in columns for b in below) or any(
        label_fields(b.bare, rules) and rules.label_of.get(bare(b.bare)) != "other" for b in below
    ):
        return 0
    if not table.ragged and not all(c.bare for c in rows[r]):
        return 0
    under = {b.col: b for b in rows[r + 1]}
    for c, names in zip(filled, fields, strict=True):
        cell = under.get(c.col)
        span_cell = cell if cell is not None else c
        if cell is None or not cell.bare:
            out.picks.extend(Pick(n, c.bare, Span("", span_cell.place)) for n in names)
            continue
        out.picks.extend(values_of(cell, names or ("unknown",), c.bare))
    done.update(id(b) for b in rows[r + 1])
    return 2


def _fits_below(
    filled: Sequence[Cell], fields: Sequence[tuple[str, ...]], below: Sequence[Cell], rules: Rules
) -> bool:
    """Does a known label's value stand below it rather than right of it? `달성률 | 사업성격` over `40% | 하드웨어`."""
    under = {b.col: b for b in below}
    judged = [
        (fits(name, right.bare, rules), fits(name, under[c.col].bare, rules))
        for c, right, names in zip(filled, filled[1:], fields, strict=False)
        for name in names
        if c.col in under
    ]
    return any(low and right is False for right, low in judged) and not any(right for right, _ in judged)


def _across(
    table: Table,
    rows: Sequence[Sequence[Cell]],
    r: int,
    row: Sequence[Cell],
    rules: Rules,
    out: Grid,
    done: set[int],
) -> None:
    """Label, value, label, value … from left to right."""
    i = 0
    after_pair = True
    while i < len(row):
        cell = row[i]
        text = cell.bare
        if not text:
            i += 1
            continue
        fields = label_fields(text, rules)
        j = i + 1
        if table.ragged:
            while j < len(row) and not row[j].bare:
                j += 1
        nxt = row[j] if j < len(row) else None
        if nxt is not None and "budget_total" in fields and _total_word(nxt.bare, rules):
            after = next((c for c in row[j + 1 :] if c.bare), None)
            if after is not None:  # `예산 | 총액 | 24억원`
                j, nxt = j + 1 + list(row[j + 1 :]).index(after), after
        if i == 0 and nxt is not None and _over_columns(text, nxt.bare, rules):
            return
        beside = label_fields(nxt.bare, rules) if nxt is not None else ()
        if fields:
            if nxt is not None and (
                not beside
                or _value_like(fields, nxt, rules)
                or (
                    not any(c.bare for c in row[j + 1 :])  # the last pair of its row
                    and (
                        (beside == ("other",) and "status" in fields)
                        or (j == i + 1 and _pair_below(rows, r, cell, nxt, rules))
                    )
                )
            ):
                out.picks.extend(values_of(nxt, fields, text))
                for b in nxt.blocks:
                    if isinstance(b, Table):
                        out.picks.extend(read_grid(b, rules).picks)
                i = j + 1
            else:
                below = (
                    next((c for c in rows[r + 1] if c.col == cell.col and c.bare), None)
                    if r + 1 < len(rows) and nxt is None and cell.col > 0
                    else None
                )
                if below is not None and not label_fields(below.bare, rules):
                    out.picks.extend(values_of(below, fields, text))
                    done.add(id(below))
                else:
                    inline = COLON.match(text)
                    if inline and inline.end() < len(text):
                        out.picks.extend(
                            Pick(n, inline["label"], cell.span.strip().part(inline.end(), len(text)), cell)
                            for n in fields
                        )
                    else:
                        out.picks.extend(
                            Pick(n, text, Span("", (row[i + 1] if i + 1 < len(row) else cell).place))
                            for n in fields
                        )
                i += 1
            after_pair = True
            continue
        colon = COLON.match(text[:MAX_LINE])
        if colon and label_fields(colon["label"], rules) and colon.end() < len(text):
            for name in label_fields(colon["label"], rules):
                out.picks.append(
                    Pick(name, colon["label"], cell.span.strip().part(colon.end(), len(text)), cell)
                )
            i += 1
            after_pair = True
            continue
        if after_pair and nxt is not None and not beside and could_be_label(text, rules):
            out.picks.append(value_of(nxt, "unknown", text))
            i = j + 1
            continue
        out.unused.append(cell.span.strip())
        after_pair = False
        i += 1


def _pair_below(rows: Sequence[Sequence[Cell]], r: int, label: Cell, value: Cell, rules: Rules) -> bool:
    """Does a label stand below a label (above it in the last row), with its value below what could be a label too?
    `사업주체 | 국가` over `진도 | 45%`."""
    near = rows[r + 1] if r + 1 < len(rows) else rows[r - 1] if r else []
    texts = {c.col: c.bare for c in near}
    below, beside = texts.get(label.col, ""), texts.get(value.col, "")
    return bool(below and beside and label_fields(below, rules)) and not label_fields(beside, rules)


def _over_columns(first: str, second: str, rules: Rules) -> bool:
    """`구분 | 내용` over a column of labels and one of values: a head, no pair."""
    return rules.axis_of.get(squeeze(first), ("",))[0] == "corner" and squeeze(second) in (
        "내용", "세부내용", "주요내용", "추진내용", "내역", "세부내역",
    )  # fmt: skip


def _total_word(text: str, rules: Rules) -> bool:
    return rules.axis_of.get(squeeze(text), ("",))[0] == "total"


def _value_like(fields: Sequence[str], cell: Cell, rules: Rules) -> bool:
    """A label's neighbour that is a known word too, but fits as its value (`유형 | 기타`)."""
    text = squeeze(cell.bare)
    if "status" in fields:
        return text in rules.status_of
    return "other" in fields and label_fields(cell.bare, rules) == ("other",)
