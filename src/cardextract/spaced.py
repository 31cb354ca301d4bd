"""Tables of a text that are told by blanks alone, as `pdftotext -layout` and old printers set them.

What stands two blanks apart are pieces: cells of a header's row, or figures in the columns of a budget. A converter counts
a Hangul syllable as one column or as two, so both are tried. What is no header and no budget stays lines.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardextract.budget.proof import closure
from cardextract.budget.spaced import Line, Piece, pieces_of, spaced_tables
from cardextract.budget.tables import Context, read_budget
from cardextract.captions import is_caption
from cardextract.document import Block, Document, Paragraph, Table
from cardextract.head.grids import read_grid
from cardextract.head.lines import line_label
from cardextract.head.words import label_fields
from cardextract.headings import paragraph_heading
from cardextract.outline import marker_at
from cardextract.pairing import cell_of
from cardextract.rules import Rules
from cardextract.wrapping import width

_APART = re.compile(r"\s(?:\s|(?<=\u3000))")
"""Two blanks side by side, or a wide one."""
INDENT, NEAR = 4, 1
"""Items of a cell begin so far right; the lines of one begin below each other."""
FEWEST = 2
"""Lines of several pieces that make a segment worth a look."""


@dataclass(frozen=True)
class _Laid:
    """A table and the lines that it takes up; worth: how many sums close and labels find their values."""

    first: int
    last: int
    table: Table
    worth: int


def lay_out(document: Document, rules: Rules) -> Document:
    """The document with the tables that blanks set laid out as such."""
    if document.decoded is None or not any(_apart(p) for _, run in document.runs for p in run):
        return document
    out: list[Block] = []
    for lines, group in itertools.groupby(document.blocks, lambda b: isinstance(b, Paragraph)):
        blocks = list(group)
        if not lines:
            out += blocks
            continue
        for segment in _segments([b for b in blocks if isinstance(b, Paragraph)], rules):
            at = 0
            for laid in _tables(segment, document.decoded, rules):
                out += [*segment[at : laid.first], laid.table]
                at = laid.last + 1
            out += segment[at:]
    return replace(document, blocks=tuple(out))


def _apart(p: Paragraph) -> bool:
    text = p.text.strip()
    if text.isprintable():  # no white space but the common blank
        return "  " in text
    return _APART.search(text) is not None


def _segments(paragraphs: Sequence[Paragraph], rules: Rules) -> Iterator[list[Paragraph]]:
    """Lines between headings, captions and lines of a label and its value; each of these is alone."""
    run: list[Paragraph] = []
    for p in paragraphs:
        h = paragraph_heading(p, rules) if not _apart(p) else None
        headed = h is not None and h.kind is not None and h.style
        stated = h is None and line_label(p, rules)  # `공약번호  :  3-1` is a line of its own
        if headed or stated or (is_caption(p) and not _apart(p)):
            yield from ([run] if run else [])
            yield [p]
            run = []
        else:
            run.append(p)
    yield from ([run] if run else [])


def _tables(segment: list[Paragraph], decoded: str, rules: Rules) -> list[_Laid]:
    """The tables of a segment, in the metric in which they are worth more."""
    if sum(map(_apart, segment)) < FEWEST:
        return []
    ways = [_in_metric(segment, wide, decoded, rules) for wide in (True, False)]
    return max(ways, key=lambda found: sum(t.worth for t in found))


def _in_metric(segment: Sequence[Paragraph], wide: bool, decoded: str, rules: Rules) -> list[_Laid]:
    """The tables of a segment: budgets, and what of a header stands between them. wide: a Hangul syllable takes two
    columns."""
    lines = [pieces_of(p, _edges(p, wide), rules) for p in segment]
    out = list(_budgets(lines, rules))
    free = [(a.last + 1, b.first) for a, b in itertools.pairwise(out)]
    bounds = [(0, out[0].first), *free, (out[-1].last + 1, len(segment))] if out else [(0, len(segment))]
    for first, end in bounds:
        if sum(map(_apart, segment[first:end])) >= FEWEST:
            out += _heads(lines[first:end], first, decoded, rules)
    return sorted(out, key=lambda t: t.first)


def _edges(p: Paragraph, wide: bool) -> list[int]:
    """Where each character of a line begins, and where the last ends."""
    steps = (width(c) if wide else 1 for c in p.text)
    lead = int(p.indent) if not p.text[:1].isspace() else 0
    return list(itertools.accumulate(steps, initial=lead))


def _budgets(lines: Sequence[Line], rules: Rules) -> Iterator[_Laid]:
    for first, end, table in spaced_tables(lines):
        budget = read_budget(table, Context(None, "백만원"), rules)
        if budget is not None and len(budget.rows) == table.rows:
            closed, broken = closure(budget.entries)
            clean = all(f.code == "HEADER_SHIFTED" for f in budget.findings)
            if clean and closed and not broken:
                yield _Laid(first, end - 1, table, 4 * (closed - broken))


def _heads(lines: Sequence[Line], start: int, decoded: str, rules: Rules) -> Iterator[_Laid]:
    """The header grids in some lines: a line is a row, its pieces its cells. start: number of the first line."""
    kinds = [_kind(line, lines[n - 1] if n else (), rules) for n, line in enumerate(lines)]
    for plain, group in itertools.groupby(range(len(lines)), lambda n: kinds[n] == ""):
        run = list(group)
        rows = [] if plain else _rows([lines[n] for n in run], [kinds[n] for n in run])
        if rows:
            table = _table(rows, decoded)
            worth = _worth(table, rules)
            if worth:
                yield _Laid(start + run[0], start + run[-1], table, worth)


def _kind(line: Line, above: Line, rules: Rules) -> str:
    """What a line is in a header: a row, a label alone, the value below one, an item of a list, the second line of
    cells; empty where it is none of it."""
    labels = [p for p in line if label_fields(p.slot.text, rules)]
    if len(line) == 1 and labels:
        return "label"
    first = line[0]
    if len(line) == 1 and first.x0 >= INDENT and marker_at(first.slot.text, 0, rules) > 0:
        return "item"
    if not labels and above and all(any(abs(p.x0 - q.x0) <= NEAR for q in above[1:]) for p in line):
        return "more"
    if len(line) > 1:
        return (
            "list"
            if len(line) == 2 and labels == [first] and marker_at(line[1].slot.text, 0, rules) > 0
            else "row"
        )
    under = len(above) == 1 and bool(label_fields(above[0].slot.text, rules))
    return "value" if under and abs(first.x0 - above[0].x0) <= NEAR else ""


def _rows(lines: Sequence[Line], kinds: Sequence[str]) -> list[list[tuple[Paragraph, ...]]]:
    """The rows of a header. The label of a list stands beside its first item, or in the middle of its items."""
    items = [n for n, kind in enumerate(kinds) if kind == "item"]
    centered = bool(items) and (not items[0] or kinds[items[0] - 1] not in ("list", "label"))
    rows: list[list[tuple[Paragraph, ...]]] = []
    above: list[tuple[Paragraph, ...]] = []  # items that wait for their label
    below = 0  # items that the last label may still take
    cells: list[int] = []  # where the pieces of the last row begin
    for line, kind in zip(lines, kinds, strict=True):
        texts = [_lines(p) for p in line]
        if kind == "item" and rows and (below > 0 or (not centered and len(rows[-1]) <= 2)):
            rows[-1] = [rows[-1][0], (*(rows[-1][1] if len(rows[-1]) > 1 else ()), *texts[0])]
            below -= 1
        elif kind == "item":
            above.append(texts[0])
        elif kind == "value" and rows:
            rows[-1].append(texts[0])
        elif kind == "more" and rows:
            for piece, text in zip(line, texts, strict=True):
                at = min(range(1, len(cells)), key=lambda c: abs(cells[c] - piece.x0))
                rows[-1][at] = (*rows[-1][at], *text)
        else:
            if above and kind in ("list", "label"):
                texts = [texts[0], tuple(p for cell in (*above, *texts[1:]) for p in cell)]
                below = len(above)
            else:
                rows += [[cell] for cell in above]
                below = 0
            above = []
            rows.append(texts)
            cells = [p.x0 for p in line]
    return rows + [[cell] for cell in above]


def _lines(piece: Piece) -> tuple[Paragraph, ...]:
    return tuple(piece.cell.paragraphs)


def _table(rows: Sequence[Sequence[tuple[Paragraph, ...]]], decoded: str) -> Table:
    cells = [cell_of(r, c, 1, lines, decoded) for r, row in enumerate(rows) for c, lines in enumerate(row)]
    place = next(c.place for c in cells if c.blocks)
    return Table(len(rows), max(map(len, rows)), tuple(cells), place, ragged=True, aligned=True)


def _worth(table: Table, rules: Rules) -> int:
    """Labels of a header that found their values; 0 where it is none, or one of figures."""
    found = {p.field for p in read_grid(table, rules).picks if p.span.text}
    labels = sum(bool(label_fields(c.text.strip(), rules)) for c in table.cells if c.text.strip())
    return len(found) if labels >= 2 and len(found - {"unknown", "other", "source"}) >= 2 else 0
