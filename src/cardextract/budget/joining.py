"""Tables of a text that a page or a line without tabs cut in two are one again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from cardextract.boxes import subtable
from cardextract.budget.axes import terms
from cardextract.budget.regions import is_header
from cardextract.budget.slots import read_slots
from cardextract.document import Block, Cell, Paragraph, Table
from cardextract.head.titles import PAGE_NUMBER
from cardextract.rules import Rules
from cardextract.values import squeeze


def rejoin(blocks: Sequence[Block], rules: Rules, running: Collection[str] = ()) -> list[Block]:
    """Ragged tables that were cut in two are one again: by a row without figures (`’22` alone in its line lost its tabs), or
    by a page, with or without the headings once more. running: squeezed titles at the head of every page."""
    if len([b for b in blocks if isinstance(b, Table)]) < 2:
        return list(blocks)
    out: list[Block] = []
    for b in blocks:
        if isinstance(b, Table) and b.ragged:
            k = len(out)
            while (
                k > 0
                and isinstance(p := out[k - 1], Paragraph)
                and (_axis_line(p, rules) or _furniture(p, running))
            ):
                k -= 1
            above = out[k - 1] if k > 0 else None
            between = [q for q in out[k:] if isinstance(q, Paragraph) and not _furniture(q, running)]
            if isinstance(above, Table) and above.ragged:
                headed = is_header(read_slots(b.grid()[0], rules))
                if not headed and (between or _goes_on(above, b, rules)):
                    out[k - 1 :] = [joined(above, between, b)]
                    continue
                if (
                    headed
                    and k < len(out)
                    and not between
                    and b.rows > 1
                    and _texts(b, 0) == _texts(above, 0)
                ):
                    out[k - 1 :] = [joined(above, (), subtable(b, 1, b.rows))]
                    continue
        out.append(b)
    return out


def _furniture(p: Paragraph, running: Collection[str]) -> bool:
    return bool(PAGE_NUMBER.match(p.text)) or squeeze(p.text) in running


def _texts(table: Table, row: int) -> list[str]:
    return [squeeze(c.text) for c in table.cells if c.row == row]


def _goes_on(above: Table, below: Table, rules: Rules) -> bool:
    """Do the rows of a budget go on behind the foot of a page? As wide as a row above, with a label of an axis and figures."""
    last, first = (read_slots(t.grid()[r], rules) for t, r in ((above, -1), (below, 0)))
    figures = [sum(s.kind in ("figure", "mark") for s in row) for row in (last, first)]
    widths = {len(_texts(above, r)) for r in range(above.rows)}
    return len(_texts(below, 0)) in widths and min(figures) >= 2 and any(s.terms for s in first)


def _axis_line(p: Paragraph, rules: Rules) -> bool:
    return len(p.text) < 20 and any(
        t.dimension in ("period", "source", "total") for t in terms(p.text.strip(), rules)
    )


def joined(above: Table, between: Sequence[Paragraph], below: Table) -> Table:
    """Two ragged tables and the lines between them, each a row, as one table."""
    cells = list(above.cells)
    rows = above.rows
    for p in between:
        cells.append(
            Cell(
                rows,
                0,
                1,
                1,
                (replace(p, text=p.body().text, place=p.body().place),),
                p.place,
            )
        )
        rows += 1
    cells += [replace(c, row=c.row + rows) for c in below.cells]
    place = replace(above.place, end=below.place.end)
    aligned = above.aligned or below.aligned
    return Table(rows + below.rows, max(above.cols, below.cols), tuple(cells), place, True, (), aligned)
