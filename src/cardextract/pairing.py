"""The header of a card whose cells came as lines, one below the other: labels and values are paired again.

A label is a known word alone in its line. One label is followed by its value; several in a row were the cells of one
row, and as many lines below are their values. Where the lines do not come out even, or a figure would get words for
its value, nothing is paired: the lines stay what they are, and what could not be read is reported.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cardextract.captions import is_caption
from cardextract.document import Cell, Document, Paragraph, Place, Table, relaid
from cardextract.head.words import could_be_label, fits, label_fields
from cardextract.headings import paragraph_heading
from cardextract.outline import marker_at
from cardextract.rules import Rules
from cardextract.values import squeeze

FEWEST = 3
"""Different header fields that make a stack of lines a header."""
MAX_VALUE = 120
NEARLY = 2
"""A bare line with at most so many characters beside the words of a heading is one."""
MAX_LINES = 6
"""Lines of one value, but for lists."""
LISTS = frozenset({"goals", "tasks"})
"""Fields with a line for each item."""
PEOPLE = frozenset({"staff_name", "staff_rank", "staff_role", "phone"})
ROLE_COLUMNS = frozenset({"구분", "직위", "직책"})
SURE = ("progress", "budget_total", "number")
"""Fields whose values are known by their looks."""
HEADER = frozenset(
    {*SURE, *LISTS, "title", "lead_department", "related_departments", "staff", "person", "period", "status"}
)

Lines = tuple[Paragraph, ...]


@dataclass
class _Grid:
    """Rows of cells as they are found; fields: what their labels name."""

    rows: list[list[Lines]] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    end: int = 0


def pair_up(document: Document, rules: Rules) -> Document:
    """The document with the headers that came as stacks of lines laid out as tables."""
    return relaid(
        document,
        lambda lines: (
            (start, grid.end, (_table(grid, document.decoded),)) for start, grid in _grids(lines, rules)
        ),
    )


def _grids(paragraphs: Sequence[Paragraph], rules: Rules) -> Iterator[tuple[int, _Grid]]:
    labels = [_names(p, rules) for p in paragraphs]
    if sum(map(bool, labels)) < FEWEST:
        return
    i = 0
    while i < len(paragraphs):
        grid = _grid(paragraphs, labels, i, rules) if labels[i] else None
        if grid is not None and len(grid.fields & HEADER) >= FEWEST:
            yield i, grid
            i = grid.end
        else:
            i += 1


def _names(p: Paragraph, rules: Rules) -> tuple[str, ...]:
    """The fields that a line names which holds nothing but a label."""
    text = p.text.strip()
    if p.marker or p.heading or ":" in text or marker_at(text, 0, rules) > 0:
        return ()
    names = label_fields(text, rules)
    if not names or names == ("source",):
        return ()
    h = paragraph_heading(p, rules)
    return () if h is not None and h.kind is not None and h.style else names


def _stops(p: Paragraph, rules: Rules) -> bool:
    """Does the header end before this line?"""
    text = p.text.strip()
    h = paragraph_heading(p, rules)
    return (
        len(text) > MAX_VALUE
        or is_caption(p)
        or (h is not None and h.kind is not None and (bool(h.style) or h.exact or h.rest <= NEARLY))
        or bool(rules.report_title_pattern.search(text) or rules.end_pattern.search(text))
    )


def _marked(p: Paragraph, rules: Rules) -> bool:
    return bool(p.marker) or marker_at(p.text.strip(), 0, rules) > 0


def _grid(
    paragraphs: Sequence[Paragraph], labels: list[tuple[str, ...]], start: int, rules: Rules
) -> _Grid | None:
    """The header that begins with the label at `start`; None where its lines do not come out even."""
    grid = _Grid(end=start)
    i = start
    while i < len(paragraphs) and labels[i]:
        people, end = _people(paragraphs, labels, i, rules)
        if people:
            grid.rows += people
            grid.fields.add("staff")
            i = grid.end = end
            continue
        k = i
        while k < len(paragraphs) and labels[k] and not (k > i and _apart(paragraphs[k - 1], paragraphs[k])):
            k += 1
        v = k
        while v < len(paragraphs) and not labels[v] and not _stops(paragraphs[v], rules):
            v += 1
        last = v == len(paragraphs) or not labels[v]
        names, values = labels[i:k], paragraphs[k:v]
        items = k - i == 1 and bool(values) and _marked(values[0], rules)
        if items and "status" in names[0] and not _BOXES.search(values[0].text):
            break  # `추진상황` over items heads a section
        if 1 < k - i == len(values) - 1 and not last and could_be_label(values[-1].text.strip(), rules):
            v, values = v - 1, values[:-1]  # a label that no rule knows stands first in the next row
            labels[v] = ("unknown",)
        rows = _rows(paragraphs[i:k], names, values, last, rules)
        if rows is None:
            break
        grid.rows += rows
        grid.fields.update(*names)
        i = v if not last else k + sum(len(c) for row in rows for c in row) - (k - i)
        grid.end = i
        if last:
            break
    return grid


_BOXES = re.compile(r"[☐☑□■].*[☐☑□■]")
"""`☐완료 ☑추진 중`: the words for all states, one of them ticked."""


def _apart(above: Paragraph, below: Paragraph) -> bool:
    """An empty line between two labels: the value of the first is blank."""
    first, second = above.place.line, below.place.line
    return first is not None and second is not None and second - first > 1


def _rows(
    labels: Sequence[Paragraph],
    names: Sequence[tuple[str, ...]],
    values: Sequence[Paragraph],
    last: bool,
    rules: Rules,
) -> list[list[Lines]] | None:
    """Labels that stand together and the lines below them, as rows of cells."""
    words = list(itertools.takewhile(lambda p: squeeze(p.text) in rules.status_of, values))
    if len(labels) == 1 and len(words) >= 3:
        return _states(labels[0], words, values[len(words) :])
    if len(labels) == 1:
        return _one(labels[0], names[0], values, last, rules)
    if len(values) < len(labels) or (len(values) > len(labels) and not last):
        alone = len(values) == 1 and all(fits(n, values[0].text.strip(), rules) for n in names[-1])
        if not alone:
            return None
        return [*([(p,), ()] for p in labels[:-1]), [(labels[-1],), (values[0],)]]
    pairs = list(zip(labels, names, values, strict=False))
    if any(n in SURE and fits(n, v.text.strip(), rules) is False for _, found, v in pairs for n in found):
        return None
    return [[(p,), (v,)] for p, _, v in pairs]


def _people(
    paragraphs: Sequence[Paragraph], labels: Sequence[tuple[str, ...]], i: int, rules: Rules
) -> tuple[list[list[Lines]], int]:
    """A small table of people that begins at line i, `담당 | 직위 | 성명 | 연락처` and a person a row: its rows and its
    end. Who stands in it is told by the words for roles in its first column."""
    texts = [squeeze(p.text) for p in paragraphs[i : i + 8]]
    first = next((n for n, text in enumerate(texts[:3]) if text in ROLE_COLUMNS), None)
    if first is None:
        return [], i
    start = i + first
    end = start + 1
    while end < len(paragraphs) and {*labels[end]} & PEOPLE:
        end += 1
    heads = paragraphs[start:end]
    if not any("staff_name" in found for found in labels[start:end]):
        return [], i
    rows: list[list[Lines]] = [[tuple(paragraphs[i:start]), *((p,) for p in heads)]]
    while end + len(heads) <= len(paragraphs) and squeeze(paragraphs[end].text) in rules.role_set:
        rows.append([(), *((p,) for p in paragraphs[end : end + len(heads)])])
        end += len(heads)
    return (rows, end) if len(rows) > 1 else ([], i)


def _states(label: Paragraph, words: Sequence[Paragraph], marks: Sequence[Paragraph]) -> list[list[Lines]]:
    """The words for all states side by side and a mark below one of them, told by the empty lines before the mark; the
    first of these is what the label covers. Without them the state is unknown."""
    heads: list[list[Lines]] = [[(label,), *((p,) for p in words)]]
    if len(marks) == len(words):
        return [*heads, [(), *((p,) for p in marks)]]
    first, second = words[-1].place.line, marks[0].place.line if marks else None
    if len(marks) != 1 or first is None or second is None or not 1 < second - first <= len(words) + 1:
        return [[(label,), ()], *([(), (p,)] for p in (*words, *marks))]
    before = second - first - 2
    return [*heads, [(), *[()] * before, (marks[0],), *[()] * (len(words) - before - 1)]]


def _one(
    label: Paragraph, names: tuple[str, ...], values: Sequence[Paragraph], last: bool, rules: Rules
) -> list[list[Lines]] | None:
    """A label and its value; behind it may stand pairs whose label no rule knows."""
    if not values:
        return [[(label,), ()]]
    if LISTS & {*names}:
        items = list(itertools.takewhile(lambda p: _marked(p, rules), values))
        own = max(len(items), 1)
    else:
        own = 1 if last or _marked(values[0], rules) else _own(values, rules)
        if own > MAX_LINES:
            return None
    if any(n in SURE and fits(n, values[0].text.strip(), rules) is False for n in names):
        return None
    rows: list[list[Lines]] = [[(label,), tuple(values[:own])]]
    for n in range(own, len(values) - 1 if not last else 0, 2):
        rows.append([(values[n],), (values[n + 1],)])
    return rows


def _own(values: Sequence[Paragraph], rules: Rules) -> int:
    """How many lines belong to a value: one, if pairs of an unknown label and its value follow; else all."""
    unknown = values[1::2]
    pairs = len(values) % 2 == 1 and all(could_be_label(p.text.strip(), rules) for p in unknown)
    return 1 if pairs else len(values)


def _table(grid: _Grid, decoded: str | None) -> Table:
    """The rows as a table; the last cell of a row spans what is left."""
    width = max(len(row) for row in grid.rows)
    cells = []
    for r, row in enumerate(grid.rows):
        for c, lines in enumerate(row):
            span = width - c if c + 1 == len(row) else 1
            cells.append(cell_of(r, c, span, tuple(_stripped(p) for p in lines), decoded))
    first = next(p for row in grid.rows for cell in row for p in cell)
    return Table(len(grid.rows), width, tuple(cells), first.place)


def cell_of(row: int, col: int, span: int, lines: Lines, decoded: str | None) -> Cell:
    """A cell of lines that stood in the open, with the place of all of them where one span reproduces them."""
    if not lines:
        return Cell(row, col, 1, span)
    place = replace(lines[0].place, end=lines[-1].place.end)
    text = "\n".join(p.text for p in lines)
    if decoded is not None and decoded[place.start : place.end] != text:
        place = Place(line=place.line)  # lines apart or indented: no one span reproduces them
    return Cell(row, col, 1, span, lines, place)


def _stripped(p: Paragraph) -> Paragraph:
    span = p.span().strip()
    return replace(p, text=span.text, place=span.place, indent=0)
