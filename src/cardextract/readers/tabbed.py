"""Lines whose cells stand between tabs, as people type a table that they do not draw: a run of them is a table.

Which column a text stands in is told by the tab stop that it reached, and that depends on the width of what stands
before it, which no file says. So the line is set with several widths: people strike tabs until the columns stand one
below the other, and the width that gives the fewest columns is the one they saw. Where none gives clean columns the
texts are taken one after the other; a grid of figures then needs the same number in every line, else its lines
stay lines. Merged cells leave no trace: the grid is ragged, and what alignment tells must be proved by the sums.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cardextract.document import Block, Cell, Paragraph, Place, Table

_MARKER = re.compile(
    r"(?:[^\w\s]|[○ㅇㅁo]){1,2}|[(\[<]?(?:\d{1,2}|[가-하]|[a-zA-Z]|[IVXivx]{1,4})[.)\]>]{1,2}|[Ⅰ-Ⅻ①-⑳][.)]?"
)
"""A field that is only the marker or number of the line: `○⇥작은 도서관`, `Ⅰ⇥추진개요`."""
_MARKED = re.compile(r"[^\w\s(\[<'’‘\"△▲+-]\s|[○ㅇㅁo※*]\s|-\s+(?!\d)")
"""A line that begins with a bullet: its tabs only set a date or a place apart."""
_FIGURE = re.compile(r"[△▲-]?\(?\d[\d,.]*\)?%?|[-–－—ㅡ·]")
_LONE_LABEL = re.compile(r"[가-힣][가-힣·()]{1,9}|['’‘]?\d{2,4}년?도?")
"""The label of a row whose amounts are all blank (`⇥국비`), or whose value stands behind one tab."""
MOST_HELD = 4
"""Labels without amounts that may follow one another."""
_PAGE = re.compile(r"[-–]?\s*\d{1,4}\s*[-–]?")
FEWEST_ALONE, FEWEST_MARKED = 3, 4
"""Fields of a line that is a table by itself, and of one that begins with a bullet and is a row."""
EMS = (10.0, 10.5, 11.0, 9.5, 12.0, 9.0)
"""Sizes of print in points that are tried where the file states none: the width of a Hangul syllable."""
NARROW = (0.5, 0.55, 0.6)
"""Widths of a figure, in ems."""
HEADINGS = 2
"""Lines of headings, which may name columns that nothing stands in (비고)."""
MOST_LONELY, MOST_EMPTY = 1, 3
"""Columns of clean ones that one line below the headings has for itself, and that the fullest line leaves blank."""


@dataclass(frozen=True, slots=True)
class Stops:
    """The tab stops of a paragraph in points: (place, kind) of its own, and the step of those behind them."""

    own: tuple[tuple[float, str], ...] = ()
    step: float = 36.0

    def after(self, x: float) -> tuple[float, str]:
        """The first stop right of x."""
        found = next((stop for stop in self.own if stop[0] > x + 0.1), None)
        return found or ((int((x + 0.1) // self.step) + 1) * self.step, "left")


@dataclass(frozen=True, slots=True)
class TabLine:
    """A paragraph with tabs."""

    paragraph: Paragraph
    stops: Stops

    @property
    def fields(self) -> list[str]:
        """The text between the tabs, blank fields too."""
        return [f.strip() for f in self.paragraph.text.rstrip().split("\t")]

    @property
    def struck_once(self) -> bool:
        """One tab leads to the next column: there is a stop for each of them."""
        return len(self.stops.own) >= len(self.fields) - 1

    def places(self, em: float, narrow: float) -> Iterator[tuple[float, str]]:
        """(tab stop, text) of the texts, set in this size; the first of the line stands at 0."""
        x, stop, kind = 0.0, 0.0, "left"
        for i, text in enumerate(self.fields):
            if i:
                stop, kind = self.stops.after(x)
            if text:
                yield stop, text
            wide = sum(em if unicodedata.east_asian_width(c) in "WFA" else em * narrow for c in text)
            # a text at a right stop grows to the left, as far as there is room
            x = (
                stop + wide
                if kind == "left"
                else max(stop, x + wide)
                if kind != "center"
                else stop + wide / 2
            )


@dataclass
class TabRun:
    """Lines with tabs that follow one another, in the making. held: labels without tabs, rows if another follows."""

    lines: list[TabLine] = field(default_factory=list)
    held: list[TabLine] = field(default_factory=list)

    def takes(self, blocks: Sequence[Block], stops: Stops) -> bool:
        """Adds the lines of a paragraph, if all of them are rows between tabs."""
        label = _label_alone(blocks) if self.lines and len(self.held) < MOST_HELD else None
        if label is not None:
            self.held.append(TabLine(label, stops))
            return True
        goes_on = bool(self.lines)
        rows = [tab_line(b, stops, goes_on) if isinstance(b, Paragraph) else None for b in blocks]
        taken = [row for row in rows if row is not None]
        if not taken or len(taken) < len(blocks):
            return False
        self.lines += [*self.held, *taken]
        self.held.clear()
        return True

    def end(self, number: int) -> list[Block]:
        """The run as table `number`, or its lines where they are none; the run is empty then."""
        table = laid_out(self.lines, number) if self.lines else None
        out: list[Block] = [line.paragraph for line in self.lines] if table is None else [table]
        out += [line.paragraph for line in self.held]
        self.lines.clear()
        self.held.clear()
        return out


def _label_alone(blocks: Sequence[Block]) -> Paragraph | None:
    only = blocks[0] if len(blocks) == 1 else None
    if not isinstance(only, Paragraph) or only.marker or "\t" in only.text:
        return None
    return only if _LONE_LABEL.fullmatch(only.text.strip()) else None


Row = list[tuple[int, str]]
"""(column, text) of the texts of a line."""


def tab_line(paragraph: Paragraph, stops: Stops, goes_on: bool) -> TabLine | None:
    """The paragraph as a row, None where its tabs only indent, set a marker apart or a value behind its colon.

    goes_on: it follows another row; a lone mark below a heading is a row then.
    """
    if "\t" not in paragraph.text or paragraph.marker:
        return None
    line = TabLine(paragraph, stops)
    full = [f for f in line.fields if f]
    if goes_on and len(full) == 1 and (_is_mark(paragraph.text) or _LONE_LABEL.fullmatch(full[0])):
        return line
    if len(full) < 2 or _MARKER.fullmatch(full[0]) or any(f[0] in ":：" or f[-1] in ":：" for f in full):
        return None
    if _MARKED.match(full[0]) and len(full) < FEWEST_MARKED:
        return None
    return line


def _is_mark(text: str) -> bool:
    """`⇥⇥○` below the words of a status."""
    return text.startswith("\t\t") and len(text.strip()) <= 2


def laid_out(run: Sequence[TabLine], number: int) -> Table | None:
    """The run as table `number`; None where it is none: a line alone, a list of contents, figures out of line."""
    texts = [[f for f in line.fields if f] for line in run]
    if len(run) == 1 and len(texts[0]) < FEWEST_ALONE and not _LONE_LABEL.fullmatch(texts[0][0]):
        return None
    if all(len(row) == 2 and _PAGE.fullmatch(row[1]) for row in texts):
        return None
    marks = any(len(row) == 1 and _is_mark(line.paragraph.text) for line, row in zip(run, texts, strict=True))
    figures = sum(sum(_FIGURE.fullmatch(f) is not None for f in row) > 1 for row in texts) > 1
    typed = all(line.struck_once for line in run)
    if len(run) == 1 and not typed and sum(_FIGURE.fullmatch(f) is not None for f in texts[0]) > 1:
        return None  # nothing stands above it that would tell the columns
    if typed:
        rows: list[Row] | None = [[(c, f) for c, f in enumerate(line.fields) if f] for line in run]
    else:
        rows = _in_columns(run, max(len(row) for row in texts), figures, marks)
    if rows is None:
        if marks or (figures and len({len(row) for row in texts}) > 1):
            return None
        rows = [
            [*enumerate(row, start=int(line.paragraph.text[0] == "\t"))]
            for line, row in zip(run, texts, strict=True)
        ]
    elif not (figures or marks or typed):
        rows = _below(rows)
    return _table(run, rows, number, typed)


def _in_columns(run: Sequence[TabLine], widest: int, figures: bool, marks: bool) -> list[Row] | None:
    """The rows in their columns, where some width of print sets them in clean ones; a mark must have one place only."""
    size = run[0].paragraph.size
    sizes = EMS if size is None else (size, size * 0.95, size * 1.05)
    tried = [[[*line.places(em, narrow)] for line in run] for em, narrow in itertools.product(sizes, NARROW)]
    evenness = [_evenness(rows) for rows in tried]
    best = [rows for rows, even in zip(tried, evenness, strict=True) if even == max(evenness)]
    used = Counter(x for row in best[0] for x, _ in row)
    fewest = len(used)
    below = {x for row in best[0][HEADINGS if figures else 0 :] for x, _ in row}
    lonely = sum(used[x] == 1 for x in below) if len(run) > 2 else 0
    clean = lonely <= MOST_LONELY and fewest <= widest + MOST_EMPTY if figures else lonely * 3 <= fewest
    if not clean:
        return None
    laid = [_ranked(rows) for rows in best]
    return None if (marks or figures) and any(rows != laid[0] for rows in laid) else laid[0]


Placed = Sequence[Sequence[tuple[float, str]]]


def _evenness(rows: Placed) -> tuple[int, int]:
    """How few columns there are, and how many lines share them."""
    used = Counter(x for row in rows for x, _ in row)
    return -len(used), sum(n * n for n in used.values())


def _ranked(rows: Placed) -> list[Row]:
    order = {x: i for i, x in enumerate(sorted({x for row in rows for x, _ in row}))}
    return [[(order[x], text) for x, text in row] for row in rows]


def _below(rows: list[Row]) -> list[Row]:
    """As many values as labels in the line above stand below these, wherever their widths let them begin."""
    out = rows[:1]
    for row in rows[1:]:
        above = out[-1]
        same = len(row) == len(above) > 2
        out.append([(c, text) for (c, _), (_, text) in zip(above, row, strict=True)] if same else row)
    return out


def _table(run: Sequence[TabLine], rows: list[Row], number: int, typed: bool) -> Table:
    width = 1 + max(c for row in rows for c, _ in row)
    cells = []
    for r, (line, row) in enumerate(zip(run, rows, strict=True)):
        held = dict(row)
        for c in range(max(held) + 1):
            place = Place(table=number, row=r, col=c)
            text = held.get(c)
            blocks = (replace(line.paragraph, text=text, place=place, indent=0),) if text else ()
            cells.append(Cell(r, c, 1, 1, blocks, place))
    return Table(len(rows), width, tuple(cells), Place(table=number), ragged=True, aligned=not typed)
