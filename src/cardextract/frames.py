"""Tables that only lay out a page: what stands in their cells is the page, one cell after the other.

Old web sites set menu, path and content into the cells of a table, often one in another; word processors frame a whole
card with a table of one cell. Such a table holds other tables and says nothing of its own: it names hardly a field,
and no heading of it stands beside what it heads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cardextract.boxes import row_heading
from cardextract.document import Block, Cell, Document, Table
from cardextract.head.words import label_fields
from cardextract.rules import Rules

MOST_NAMED = 1
"""Labels of fields that the texts of such a table may name: a menu has words like `공약사항`."""

FEWEST_LINES = 10
"""Rows of one line each that make a page of its own; in a box of several lines a row heads the next."""


def unframe(document: Document, rules: Rules) -> Document:
    """The document with its layout tables replaced by what stands in their cells."""
    if not any(isinstance(b, Table) and (_holds_tables(b) or _is_lines(b)) for b in document.blocks):
        return document
    return replace(document, blocks=tuple(_opened(document.blocks, rules)))


def _opened(blocks: Sequence[Block], rules: Rules) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Table) and is_frame(block, rules):
            for row in block.lines():
                for cell in row:
                    yield from _opened(cell.blocks, rules)
        else:
            yield block


def is_frame(table: Table, rules: Rules) -> bool:
    """Does the table only lay out others?"""
    if _is_lines(table):
        return True
    if not _holds_tables(table):
        return False
    named = {name for cell in table.cells for name in label_fields(cell.bare, rules)}
    if len(named) > MOST_NAMED:
        return False
    rows = ([c for c in row if _filled(c)] for row in table.lines())
    return not any(len(row) == 2 and row_heading(row, rules) is not None for row in rows)


def _filled(cell: Cell) -> bool:
    return bool(cell.bare) or any(isinstance(b, Table) for b in cell.blocks)


def _holds_tables(table: Table) -> bool:
    """Tables of more than one row and column, or that hold such tables themselves."""
    return any((t.rows > 1 and t.cols > 1) or _is_lines(t) or _holds_tables(t) for t in table.inner)


def _is_lines(table: Table) -> bool:
    """A line a row, nothing beside it: `<tr><td>` in place of `<p>`."""
    return table.cols == 1 and table.rows >= FEWEST_LINES and all(len(c.blocks) < 2 for c in table.cells)
