"""What every reader returns: blocks of text and tables, each with its place in the source. All frozen.

>>> line = Paragraph("사업기간 : 2022. 7.", Place(line=3, start=40, end=53))
>>> line.span(7, 9).place.start
47
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cardextract.plain import once, plain

Box = tuple[float, float, float, float]
Certainty = Literal["exact", "repaired", "inferred", "conflicting", "corrected"]
"""How sure a value is; no invented probabilities."""


@plain(frozen=True, slots=True)
class Place:
    """Where a piece of text stands in the source; None where a coordinate does not apply.

    page counts from 1, box is (x0, top, x1, bottom) in fractions 0..1 of the rendered page, origin top left (PDF);
    line counts from 1, start and end are characters of the decoded file, byte-order mark not counted (text);
    table, row, col count from 0, in reading order (DOCX, HWPX, HWP, HTML), block is the number of the
    paragraph in the document (the same formats, outside tables).
    """

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None
    table: int | None = None
    row: int | None = None
    col: int | None = None
    block: int | None = None

    def part(self, i: int, j: int) -> Place:
        """The place of characters i..j of a text that stands here; only text files know it exactly."""
        if self.start is None:
            return self
        start = self.start
        if i == 0 and self.end == start + j:
            return self
        return Place(
            self.page, self.box, self.line, start + i, start + j, self.table, self.row, self.col, self.block
        )


NOWHERE = Place()


BLANKS = " \t\n\r\f\v\xa0\u3000"


@plain(frozen=True, slots=True)
class Span:
    """A piece of raw text with its place: what the rules pick and what becomes evidence."""

    text: str
    place: Place

    def part(self, i: int, j: int) -> Span:
        """Characters i..j."""
        return Span(self.text[i:j], self.place.part(i, j))

    def strip(self, extra: str = "") -> Span:
        """Without white space (and the characters in `extra`) at both ends."""
        chars = BLANKS + extra if extra else BLANKS
        text, place = self.text, self.place
        size = len(text.strip(chars))
        if size == len(text) and (place.start is None or place.end == place.start + size):
            return self
        left = len(text) - len(text.lstrip(chars))
        return self.part(left, left + size)


@plain(frozen=True, slots=True)
class Paragraph:
    """One logical line of text. A reader rejoins lines that only the page width wrapped.

    text: as printed, without line end; in text files `decoded[place.start:place.end] == text`, leading white
    space included. indent: how far the text starts from the left (characters in text files, else the
    reader's own steps of about one character; only the order of indents within one document matters).
    marker: a list marker that is *not* part of `text` (automatic numbering of Word or Hangul, <li>), resolved
    to what a reader of the page sees ("○", "1.", "가."). level: depth of that automatic numbering from 0.
    heading: 1.. where the format says that this is a heading (style, <h1>), else None. size, bold: PDF, where known.
    """

    text: str
    place: Place = NOWHERE
    indent: float = 0
    marker: str = ""
    level: int | None = None
    heading: int | None = None
    bold: bool = False
    size: float | None = None

    def span(self, i: int = 0, j: int | None = None) -> Span:
        """The text from i to j with its place."""
        if j is None:
            if not i:
                place = self.place
                if place.start is None or place.end == place.start + len(self.text):
                    return Span(self.text, place)
            j = len(self.text)
        return Span(self.text[i:j], self.place.part(i, j))

    def part(self, piece: Span, marker: str = "") -> Paragraph:
        """A piece of the line as a line of its own, alike in all but its text and marker."""
        return Paragraph(
            piece.text, piece.place, self.indent, marker, self.level, self.heading, self.bold, self.size
        )

    def body(self, i: int = 0) -> Span:
        """The text from i to its end, without white space around it."""
        text = self.text
        rest = (text[i:] if i else text).lstrip(BLANKS)
        start = len(text) - len(rest)
        bare = rest.rstrip(BLANKS)
        if len(bare) == len(text):
            return self.span()
        return Span(bare, self.place.part(start, start + len(bare)))


@dataclass(frozen=True, slots=True)
class Picture:
    """An image; its text, if any, is unknown to us."""

    place: Place = NOWHERE
    alt: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A page begins here (an explicit break, or the next PDF page). PDF blocks know their page besides."""

    page: int | None = None


@plain(frozen=True)
class Cell:
    """A cell of a table's grid: row and col from 0, at its top left corner; spans at least 1.

    blocks: its paragraphs and nested tables in order. place: that of the whole cell; in text files
    `decoded[place.start:place.end]` is the cell's text with its white space.
    """

    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    blocks: tuple[Block, ...] = ()
    place: Place = NOWHERE
    header: bool = False

    @once
    def paragraphs(self) -> list[Paragraph]:
        """The cell's own paragraphs, without those of nested tables."""
        return [b for b in self.blocks if isinstance(b, Paragraph)]

    @once
    def text(self) -> str:
        """The cell's own text, paragraphs joined by line ends (automatic markers put in front)."""
        if not self.blocks:
            return ""
        first = self.blocks[0]
        if len(self.blocks) == 1 and isinstance(first, Paragraph) and not first.marker:
            return first.text
        return "\n".join(f"{p.marker} {p.text}" if p.marker else p.text for p in self.paragraphs)

    @once
    def bare(self) -> str:
        """Its text without the white space around it."""
        return self.text.strip()

    @property
    def span(self) -> Span:
        """Text and place of the whole cell, as evidence."""
        if len(self.blocks) == 1 and isinstance(only := self.blocks[0], Paragraph) and not only.marker:
            return only.span()
        paragraphs = self.paragraphs
        return (
            paragraphs[0].span()
            if len(paragraphs) == 1 and not paragraphs[0].marker
            else Span(self.text, self.place)
        )


def cell_of_line(row: int, col: int, text: str, place: Place) -> Cell:
    """A cell with one line, without white space around it, or blank. Its text need not be put together from its blocks."""
    cell = Cell(row, col, 1, 1, (Paragraph(text, place),) if text else (), place)
    cell.__dict__["text"] = cell.__dict__["bare"] = text
    return cell


@plain(frozen=True)
class Table:
    """A grid of cells. Every grid position is covered by at most one cell.

    ragged: a conversion lost spans and blank cells (tab-separated text, HTML without spans): `col` is then only
    the number of the field in its line and says nothing about the column it belongs to.
    fragments: the places of the parts, where a reader joined a table over page breaks.
    aligned: no borders were drawn; which cell a text stands in was told by its place alone.
    """

    rows: int
    cols: int
    cells: tuple[Cell, ...]
    place: Place = NOWHERE
    ragged: bool = False
    fragments: tuple[Place, ...] = ()
    aligned: bool = False

    def grid(self) -> list[list[Cell | None]]:
        """rows x cols; a merged cell stands at each position it covers."""
        rows, cols = self.rows, self.cols
        out: list[list[Cell | None]] = [[None] * cols for _ in range(rows)]
        for cell in self.cells:
            row, col = cell.row, cell.col
            if cell.rowspan == 1 == cell.colspan and row < rows and col < cols:
                out[row][col] = cell
                continue
            for r in range(row, min(rows, row + cell.rowspan)):
                for c in range(col, min(cols, col + cell.colspan)):
                    out[r][c] = cell
        return out

    def lines(self) -> Sequence[Sequence[Cell]]:
        """The cells that begin in each row, from left to right."""
        return self._lines

    @once
    def inner(self) -> list[Table]:
        """The tables that stand in its cells."""
        return [b for cell in self.cells for b in cell.blocks if isinstance(b, Table)]

    @once
    def _lines(self) -> list[list[Cell]]:
        out: list[list[Cell]] = [[] for _ in range(self.rows)]
        sorted_already = True
        for cell in self.cells:
            row = out[cell.row]
            sorted_already = sorted_already and (not row or row[-1].col <= cell.col)
            row.append(cell)
        if not sorted_already:
            for row in out:
                row.sort(key=lambda c: c.col)
        return out


def table_of_rows(rows: list[list[Cell]], place: Place) -> Table:
    """A ragged table of rows of `cell_of_line`: what they are made of need not be looked for in its cells."""
    cells = tuple(itertools.chain.from_iterable(rows))
    table = Table(len(rows), max(map(len, rows)), cells, place, ragged=True)
    table.__dict__.update(_lines=rows, inner=[])
    return table


Block = Paragraph | Table | Picture | PageBreak


NoteKind = Literal["memo", "comment", "hidden", "header", "footer"]


@dataclass(frozen=True, slots=True)
class Note:
    """Text that hangs on a place of the body and is not printed there: a memo drawn beside the page, a hidden
    comment, hidden characters, or a page header whose control someone put into a cell.

    place: the cell or paragraph it hangs on. line: how many paragraphs of that cell stand before it, if known.
    blocks: its text, without places of its own.
    """

    kind: NoteKind
    place: Place
    blocks: tuple[Block, ...]
    line: int | None = None

    @property
    def text(self) -> str:
        """What it says, line by line."""
        return "\n".join(p.text for p in walk(self.blocks))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a paged format: its number from 1 and its rendered size in points."""

    number: int
    width: float
    height: float


@plain(frozen=True)
class Document:
    """One input file, read.

    blocks: the body in reading order. margins: running headers, footers, page numbers, master pages: kept apart,
    never part of a card. notes: what hangs on a place and is no part of it. decoded: the whole decoded text (text
    files only), into which spans point.
    """

    format: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    margins: tuple[Paragraph, ...] = ()
    notes: tuple[Note, ...] = ()
    decoded: str | None = field(default=None, repr=False)

    def paragraphs(self) -> list[Paragraph]:
        """Every paragraph of the body, those in cells and nested tables included, in reading order."""
        return walk(self.blocks)

    @once
    def runs(self) -> list[tuple[int, list[Paragraph]]]:
        """The lines of the body that nothing parts, and the number of the block with which each run of them begins."""
        out: list[tuple[int, list[Paragraph]]] = []
        last: Block | None = None
        for i, block in enumerate(self.blocks):
            if isinstance(block, Paragraph):
                if not isinstance(last, Paragraph):
                    out.append((i, []))
                out[-1][1].append(block)
            last = block
        return out


def walk(blocks: Iterable[Block]) -> list[Paragraph]:
    """The paragraphs of blocks, depth first."""
    out: list[Paragraph] = []
    _gather(blocks, out)
    return out


def _gather(blocks: Iterable[Block], out: list[Paragraph]) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(block)
        elif isinstance(block, Table):
            for row in block.lines():
                for cell in row:
                    for inner in cell.blocks:
                        if isinstance(inner, Paragraph):
                            out.append(inner)
                        else:
                            _gather((inner,), out)


def relaid(
    document: Document, tables: Callable[[list[Paragraph]], Iterable[tuple[int, int, Sequence[Block]]]]
) -> Document:
    """The document with parts of its runs of lines laid out otherwise. tables: (start, end, blocks in their place) of each
    such part of a run, in order."""
    out: list[Block] = []
    at = 0  # the first block that is not yet in its place
    for first, lines in document.runs:
        for start, end, laid in tables(lines):
            out += [*document.blocks[at : first + start], *laid]
            at = first + end
    return replace(document, blocks=(*out, *document.blocks[at:])) if at else document
