"""Budget tables that came as a stack of lines, one cell a line (LibreOffice's text export, a table pasted into a mail).

Labels and figures take turns, so they tell where a row begins; which headings stand in one row is tried out. A stack
is a table again only where the sums of one way to lay it out close and no other way closes with other figures; else
its lines stay lines, and are reported as a budget that was not read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardextract.budget.axes import terms, unit_in
from cardextract.budget.entries import Budget
from cardextract.budget.headings import readings
from cardextract.budget.proof import closure
from cardextract.budget.slots import read_slots
from cardextract.budget.tables import Context, read_budget
from cardextract.captions import is_caption
from cardextract.document import Block, Cell, Document, Paragraph, Place, Table, relaid
from cardextract.head.words import could_be_label
from cardextract.headings import paragraph_heading
from cardextract.rules import Rules

LONGEST = 24
"""Characters of a label or a figure."""
FEWEST = 4
"""Figures that make a stack worth a look."""
MAX_LABELS = 3
"""Label columns of a body row."""
MAX_SPLITS, MAX_LAYOUTS = 60, 12
"""Ways to part the headings into rows that are looked at, and ways to lay the whole out that are tried, likeliest first."""
_FIGURE = re.compile(r"[△▲-]?[\d,.]+%?")
LABEL, VALUE, BLANK = "label", "value", "blank"
SHORT = 80
_VALUE = re.compile(
    r"\s*+(?:(?:\(?주|[^\w\s]){0,6}+\s*+\d[\d,.\s]*+(?:$|[^\w\s]|[천백만억원주])|[^\w\s]{1,3}\s*$|ㅡ)"
)
"""How figures and marks begin; no `1. 추진개요`."""


@dataclass(frozen=True)
class _Token:
    """A cell of the stack: label | value | blank. lines: the paragraphs that it came as, none for an empty line."""

    kind: str
    lines: tuple[Paragraph, ...] = ()


Row = Sequence[_Token]


def restack(document: Document, rules: Rules) -> Document:
    """The document with the budgets in stacks of lines laid out as tables."""

    def tables(lines: list[Paragraph]) -> Iterator[tuple[int, int, list[Block]]]:
        for start, end in _runs(lines, rules):
            if laid := _laid_out(lines[start:end], rules):
                yield start, end, laid

    return relaid(document, tables)


def _runs(paragraphs: Sequence[Paragraph], rules: Rules) -> Iterator[tuple[int, int]]:
    """(start, end) of lines that could be the cells of a budget."""
    values = [p for p in paragraphs if len(p.text) < SHORT and _VALUE.match(p.text)]
    if len(values) < FEWEST:
        return  # most texts
    kinds = [_kind(p, rules) for p in paragraphs]
    i = 0
    while i < len(kinds):
        if not kinds[i]:
            i += 1
            continue
        j = i
        while j < len(kinds) and kinds[j]:
            j += 1
        end = j
        while end > i and kinds[end - 1] != VALUE:
            end -= 1
        if kinds[i:end].count(VALUE) >= FEWEST and kinds[i:end].count(LABEL) >= 2:
            yield i, end
        i = j


def _kind(p: Paragraph, rules: Rules) -> str:
    """What the line could be in a budget: label | value, or nothing."""
    text = p.text.strip()
    if p.marker or not text or len(text) > LONGEST:
        return ""
    (slot,) = read_slots([Cell(0, 0, 1, 1, (p,))], rules)
    if slot.kind in ("figure", "mark", "percent"):
        return VALUE
    if is_caption(p) and (not slot.terms or text[0] in "<[〈【〔"):
        return LABEL if text[0] == "(" and not unit_in(text) else ""
    h = paragraph_heading(p, rules)
    if h is not None and h.kind is not None and h.style:
        return ""
    return LABEL if slot.terms or could_be_label(text, rules) else ""


def _tokens(lines: Sequence[Paragraph], rules: Rules) -> list[_Token]:
    """The cells of the stack, empty lines too: these were blank cells or parts of merged ones. `(계획)` below `소요예산`
    belongs to its cell."""
    gaps = [_gap(a, b) for a, b in itertools.pairwise(lines)]
    usual = min(gaps, default=0)  # a text with a blank line between any two lines
    out: list[_Token] = []
    for p, gap in zip(lines, [0, *gaps], strict=True):
        kind = _kind(p, rules)
        blanks = (gap - usual) // (usual + 1)
        if out and not blanks and out[-1].kind == kind == LABEL and p.text.lstrip()[0] in "(（[":
            out[-1] = replace(out[-1], lines=(*out[-1].lines, p))
            continue
        out += [_Token(BLANK)] * blanks
        out.append(_Token(kind, (p,)))
    return out


def _gap(above: Paragraph, below: Paragraph) -> int:
    """Empty lines between two lines of a text file."""
    first, second = above.place.line, below.place.line
    return 0 if first is None or second is None else max(0, second - first - 1 - above.text.count("\n"))


def _laid_out(lines: Sequence[Paragraph], rules: Rules) -> list[Block]:
    """The stack as tables, with the lines that belong to none; empty where nothing is proved."""
    tokens = _tokens(lines, rules)
    out: list[Block] = []
    proved = False
    for part in _parts(tokens):
        above = _captions(part, rules)
        table = _proved(part[above:], rules)
        proved = proved or table is not None
        out += [p for t in part[: above if table is not None else None] for p in t.lines]
        out += [table] if table is not None else []
    return out if proved else []


def _captions(tokens: Sequence[_Token], rules: Rules) -> int:
    """How many cells stand above the corner of the table: a heading, the name of a ledger."""
    first = next((i for i, t in enumerate(tokens) if t.kind == VALUE), 0)
    corner = next((i for i in range(first) if _corners(tokens[i : i + 1], rules)), 0)
    return corner if corner and (tokens[corner - 1].kind == BLANK or _heads(tokens[corner - 1], rules)) else 0


def _heads(token: _Token, rules: Rules) -> bool:
    """Could the cell be the heading of a section?"""
    h = paragraph_heading(token.lines[0], rules) if token.lines else None
    return h is not None and h.kind is not None


def _parts(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """One table after the other: headings are many labels in a row."""
    start = 0
    seen = False
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].kind == LABEL:
            j += 1
        if j - i > MAX_LABELS and seen:
            yield list(tokens[start:i])
            start, seen = i, False
        seen = seen or (j < len(tokens) and tokens[j].kind == VALUE)
        i = max(j, i + 1)
    yield list(tokens[start:])


@dataclass(frozen=True)
class _Reading:
    """What one layout gives. rank 0: the plain one, a row of headings with one over each value."""

    rank: int
    table: Table
    budget: Budget
    closed: int
    broken: int

    @property
    def closes(self) -> bool:
        return self.closed > 0 and not self.broken

    @property
    def sound(self) -> bool:
        """Every row is read and nothing is odd; in a plain layout a figure may be misprinted."""
        clean = all(f.code == "HEADER_SHIFTED" for f in self.budget.findings)
        proved = self.closes or (not self.rank and self.closed > 2 * self.broken)
        return clean and proved and len(self.budget.rows) == self.table.rows


def _proved(tokens: Sequence[_Token], rules: Rules) -> Table | None:
    """The one layout whose sums close; None where there is none, or several with different figures.

    Where empty lines were kept they tell which headings stand in one row. Where they were not, sums alone must: they
    close as well if two columns change places, so every layout that closes must say the same.
    """
    kept = any(t.kind == BLANK for t in tokens)
    found = _readings(tokens, kept, rules)
    if not kept:
        best = next((r for r in found if r.sound and _whole(r, rules)), None)
        return best.table if best and _agree([best, *(r for r in found if r.closes)]) else None
    for _, group in itertools.groupby(found, lambda r: r.rank):
        sound = [r for r in group if r.sound]
        if sound:
            best = max(sound, key=lambda r: (r.closed - r.broken, -r.broken))
            near = [r for r in sound if r.closed - r.broken >= best.closed - best.broken - 1]
            return best.table if _agree(near) else None
    return None


def _readings(tokens: Sequence[_Token], kept: bool, rules: Rules) -> list[_Reading]:
    out = []
    for rank, heads, body in _layouts(tokens, kept, rules):
        table = _table([*heads, *body])
        budget = read_budget(table, Context(None, "백만원"), rules)
        if budget is not None and budget.entries:
            out.append(_Reading(rank, table, budget, *closure(budget.entries)))
    return out


def _agree(found: Sequence[_Reading]) -> bool:
    return len({frozenset(_figures(r.budget)) for r in found}) == 1


def _whole(reading: _Reading, rules: Rules) -> bool:
    """Is every figure of the table an entry, but for rates at the end of plain rows? Where blanks are lost a total can
    pass for a sub-total that is left out."""
    heads, *body = reading.table.lines()
    rates = itertools.takewhile(lambda c: _ignored(c, rules), reversed(heads) if not reading.rank else ())
    tail = len(list(rates))
    cells = [c for row in body for c in row[: len(row) - tail]]
    read = {e.span for e in reading.budget.entries}
    return read.issuperset(c.span for c in cells if _FIGURE.fullmatch(c.text) and re.search("[1-9]", c.text))


def _ignored(cell: Cell, rules: Rules) -> bool:
    return {t.dimension for t in terms(cell.text, rules)} == {"ignore"}


def _figures(budget: Budget) -> set[tuple[str, str, str | None, int]]:
    return {(e.ledger, e.source, e.period, e.amount.won) for e in budget.entries if e.amount.won}


def _layouts(
    tokens: Sequence[_Token], kept: bool, rules: Rules
) -> Iterator[tuple[int, list[Row], list[Row]]]:
    """(rank, the headings, the body) of every way to lay the stack out. First, where there is one, the plain way: one row
    of headings, one over each value."""
    first = next((i for i, t in enumerate(tokens) if t.kind == VALUE), 0)
    label = next((i for i in range(first, -1, -1) if tokens[i].kind == LABEL), None)
    if label is None:
        return
    names = len(list(itertools.takewhile(lambda t: t.kind == LABEL, tokens[label::-1])))
    starts = range(label, max(label - min(names, MAX_LABELS), 0), -1)
    bodies = [
        (s, n, body)
        for s in starts
        for n, body in _bodies(tokens, s, label + 1)
        if _names(body[0]) <= max(map(_names, body[1:]), default=MAX_LABELS)
    ]
    ways: list[tuple[list[Row], list[Row]]] = []
    for rows, (s, n, body) in itertools.product((1, 2, 3), bodies):
        if rows > 1 and not kept and len({sum(t.kind == VALUE for t in row) for row in body}) > 1:
            continue  # blanks and spans lost together: too much could be made to close
        spans = s - _corners(tokens[:s], rules) - n  # headings that stand over several columns
        if rows > 1 and not kept and spans < rows - 1:
            continue
        splits = list(itertools.islice(_split(tokens[:s], rows, n), MAX_SPLITS + 1))
        if not kept and len(splits) > MAX_SPLITS:
            return
        ways += [(heads, body) for heads in splits if _stand(heads, n, rules)]
    if not kept and len(ways) > MAX_LAYOUTS:
        return
    for s, n, body in bodies:
        if all(t.kind == LABEL for t in tokens[:s]) and n in (s - 1, s - _corners(tokens[:s], rules)):
            yield 0, [tokens[:s]], body
    yield from ((1, heads, body) for heads, body in ways[:MAX_LAYOUTS])


def _names(row: Row) -> int:
    """How many cells of a row stand before its values."""
    return max((i + 1 for i, t in enumerate(row) if t.kind == LABEL), default=0)


def _stand(heads: Sequence[Row], n: int, rules: Rules) -> bool:
    """Can the headings stand over n columns?"""
    slots = [read_slots([_cell(r, c, t) for c, t in enumerate(row)], rules) for r, row in enumerate(heads)]
    return bool(readings(slots, n, n))


def _corners(heads: Sequence[_Token], rules: Rules) -> int:
    """How many words that name a column of labels (구분, 재원) stand first."""
    names = ({t.dimension for t in terms(_text(h), rules)} for h in heads)
    return len(list(itertools.takewhile(lambda found: found == {"corner"}, names)))


def _text(token: _Token) -> str:
    return "\n".join(p.text.strip() for p in token.lines)


def _bodies(tokens: Sequence[_Token], start: int, first: int) -> Iterator[tuple[int, list[Row]]]:
    """(values of a row, rows) from the row that begins at `start` and whose values begin at `first`."""
    end = next((i for i in range(first, len(tokens)) if tokens[i].kind == LABEL), len(tokens))
    if all(t.kind != BLANK for t in tokens[start:]):
        rows: list[list[_Token]] = []
        for before, t in zip([None, *tokens[start:]], tokens[start:], strict=False):
            if t.kind == LABEL and (before is None or before.kind != LABEL):
                rows.append([])
            rows[-1].append(t)
        yield max(sum(t.kind == VALUE for t in row) for row in rows), list(rows)
        return
    n = end - first
    while n > 0:
        body = _cut(tokens, start, n)
        if body:
            yield n, body
        if tokens[first + n - 1].kind != BLANK:
            return  # blanks at the end may be the first cells of the next row, figures may not
        n -= 1


def _cut(tokens: Sequence[_Token], start: int, n: int) -> list[Row]:
    """The rows of n values each; empty where the stack cannot be cut so."""
    rows: list[Row] = []
    i = start
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].kind == BLANK:
            j += 1
        while j < len(tokens) and tokens[j].kind == LABEL:
            j += 1
        values = tokens[j : j + n]
        short = len(values) < n and j + n < len(tokens)
        if j == i or short or any(t.kind == LABEL for t in values) or tokens[j - 1].kind != LABEL:
            return []
        rows.append([*tokens[i:j], *values, *[_Token(BLANK)] * (n - len(values))])
        i = j + n
    return rows


def _split(heads: Sequence[_Token], rows: int, n: int) -> Iterator[list[Row]]:
    """The ways to part the headings into so many rows. Where empty lines were kept, one begins every row but the first:
    it is what the corner covers."""
    blanks = [i for i, t in enumerate(heads) if t.kind == BLANK]
    if rows == 1 and not blanks:
        yield [heads]
    starts = [i for i in blanks if len(heads) - i >= n or i == blanks[0]] if blanks else range(2, len(heads))
    for cuts in itertools.combinations(starts, rows - 1) if rows > 1 else ():
        if not blanks or cuts[0] == blanks[0]:
            yield [heads[i:j] for i, j in itertools.pairwise((0, *cuts, len(heads)))]


def _table(rows: Sequence[Row]) -> Table:
    """Rows of cells as a table that lost its spans and whose places alone tell its columns."""
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c, token in enumerate(row):
            cells.append(_cell(r, c, token))
    width = max(len(row) for row in rows)
    lines = tuple(p for row in rows for t in row for p in t.lines)
    return Table(len(rows), width, tuple(cells), _around(lines), ragged=True, aligned=True)


def _cell(row: int, col: int, token: _Token) -> Cell:
    lines = tuple(_stripped(p) for p in token.lines)
    return Cell(row, col, 1, 1, lines, _around(lines))


def _stripped(p: Paragraph) -> Paragraph:
    span = p.span().strip()
    return replace(p, text=span.text, place=span.place, indent=0)


def _around(lines: Sequence[Paragraph]) -> Place:
    return replace(lines[0].place, end=lines[-1].place.end) if lines else Place()
