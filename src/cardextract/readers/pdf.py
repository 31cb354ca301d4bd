"""PDF files: PDFium reads, rules make the tables, pdfplumber judges what is in doubt.

Steps: glyphs of each page -> grids -> layout -> margins parted -> tables joined over breaks -> blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cardextract.document import Block, Document, Page, PageBreak, Paragraph, Place
from cardextract.findings import Finding, Unreadable, finding
from cardextract.readers import guards, pdf_guard
from cardextract.readers import pdf_pages as pages
from cardextract.readers.pdf_align import aligned
from cardextract.readers.pdf_flow import (
    SPACE,
    Column,
    Draft,
    Image,
    Item,
    Layout,
    Line,
    Sizes,
    blocks_of,
    lay_out,
    place,
)
from cardextract.readers.pdf_glyphs import MAX_PAGES, Glyphs, read_page
from cardextract.readers.pdf_gutters import gathered
from cardextract.readers.pdf_judge import grids_again, read_again
from cardextract.readers.pdf_lattice import Grid, grids
from cardextract.readers.pdf_words import Word

__all__ = ["page_grids", "read", "read_again"]

DENSE = 16
"""Rules on a page from which on a page without any table is in doubt."""

FILLS = 4
"""Filled boxes outside of every table from which on there may be a table without rules."""

JUDGED_OBJECTS = 20_000
"""Objects on a page up to which pdfplumber is asked: it takes 0.1 ms and more for each."""

LONG = 30.0
"""Points: a horizontal rule that may part the rows of a table; shorter ones underline words."""

SCAN = 0.7
"""Share of the page that one image covers when the page is a scan; printed page numbers aside."""


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a PDF. Findings: NEEDS_OCR and UNDECODABLE_TEXT with the pages they stand on.

    Raises Unreadable: `encrypted`, `corrupt`, `too_large`, `no_text` (an empty file); OSError.
    """
    data = guards.read_bytes(path)
    pdf_guard.check(data)
    layouts: list[Layout] = []
    sizes: list[Page] = []
    findings: list[Finding] = []
    meter = guards.Meter()
    blank: list[int] = []
    points: dict[int, tuple[float, float, int]] = {}
    for number, glyphs in enumerate(_glyphs(data), start=1):
        if glyphs is None:
            sizes.append(Page(number, 0.0, 0.0))
            findings.append(finding("NEEDS_OCR", label=number, places=[Place(page=number)]))
            continue
        width, height = round(glyphs.width, 2), round(glyphs.height, 2)
        points[number] = (width, height, glyphs.turns)
        sizes.append(Page(number, *((height, width) if glyphs.turns % 2 else (width, height))))
        for word in glyphs.words:
            meter.text(word.text)
        found = page_grids(glyphs, data)
        for grid in found:
            meter.grid(len(grid.ys) - 1, len(grid.xs) - 1)
        layouts.append(lay_out(glyphs, found))
        findings += _undecodable(glyphs)
        if glyphs.chars == 0 and glyphs.objects == 0:
            blank.append(number)
    layouts, margins = pages.part_margins(layouts)
    findings += _textless(layouts, blank)
    step = SPACE * pages.usual_size(layouts)
    blocks = tuple(_blocks(layouts, points, step))
    document = Document("pdf", blocks, tuple(sizes), tuple(_margins(margins, points)))
    return document, sorted(findings, key=lambda f: (f.places[0].page or 0, f.code))


# --- the file ---


def _glyphs(data: bytes) -> Iterator[Glyphs | None]:
    """The glyphs of each page; the file is closed at the end."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Unreadable("encrypted", guards.ENCRYPTED) from error
        raise pdf_guard.why_broken(data) from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise guards.too_large(f"{count:,}쪽 (한도 {MAX_PAGES:,}쪽)")
        if count < 1:
            raise Unreadable("corrupt", guards.CORRUPT)
        downward = pdf_guard.may_write_down(data)
        for index in range(count):
            yield read_page(document.raw, index, downward=downward)
    finally:
        document.close()


# --- doubt ---


def page_grids(glyphs: Glyphs, data: bytes) -> list[Grid]:
    """The tables of a page: by rules, where those leave doubt pdfplumber's, and where there are none by alignment."""
    found = _ruled_grids(glyphs, data)
    loose = glyphs.words
    for box in (grid.box for grid in found):
        loose = _outside(loose, *box)
    more = aligned(loose, [r for r in glyphs.rows if r.end - r.start > LONG])
    return sorted([*found, *more], key=lambda g: (g.ys[0], g.xs[0])) if more else found


def _outside(words: list[Word], x0: float, y0: float, x1: float, y1: float) -> list[Word]:
    return [w for w in words if not (x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.top + w.bottom) / 2 <= y1)]


def _ruled_grids(glyphs: Glyphs, data: bytes) -> list[Grid]:
    found = gathered(grids(glyphs.rows, glyphs.columns, glyphs.width, glyphs.height))
    sure = [grid for grid in found if not grid.doubtful and not _overlaps(grid, found)]
    fills = _loose_fills(glyphs, found)
    dense = not found and len(glyphs.rows) + len(glyphs.columns) >= DENSE
    if len(sure) == len(found) and not fills and not dense:
        return found
    if glyphs.objects > JUDGED_OBJECTS or glyphs.turns:
        return found
    again = [
        grid
        for grid in grids_again(data, glyphs.number)
        if len(grid.xs) > 2 and len(grid.ys) > 2 and not any(_touch(grid, s) for s in sure)
    ]  # marked words and boxed headings are no tables
    unsure = [g for g in found if g not in sure and not any(_touch(g, other) for other in again)]
    return sorted([*sure, *unsure, *again], key=lambda g: (g.ys[0], g.xs[0]))


def _touch(a: Grid, b: Grid) -> bool:
    """Whether two grids share more than a border."""
    ax0, ay0, ax1, ay1 = a.box
    bx0, by0, bx1, by1 = b.box
    return min(ax1, bx1) - max(ax0, bx0) > 3 and min(ay1, by1) - max(ay0, by0) > 3


def _overlaps(grid: Grid, others: Sequence[Grid]) -> bool:
    """Whether a grid crosses another one without standing inside one of its cells (or around it)."""
    return any(
        other is not grid and _touch(grid, other) and not (_holds(grid, other) or _holds(other, grid))
        for other in others
    )


def _holds(outer: Grid, inner: Grid) -> bool:
    x0, y0, x1, y1 = inner.box
    return any(
        a0 - 3 <= x0 and b0 - 3 <= y0 and x1 <= a1 + 3 and y1 <= b1 + 3
        for a0, b0, a1, b1 in map(outer.region_box, outer.regions)
    )


def _loose_fills(glyphs: Glyphs, found: Sequence[Grid]) -> bool:
    """Filled boxes with text in them that belong to no table: cells may be told apart by colour alone."""
    loose = []
    for x0, y0, x1, y1 in glyphs.fills:
        if not (8 < x1 - x0 < 0.95 * glyphs.width and 6 < y1 - y0 < 0.5 * glyphs.height):
            continue
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if not any(g.box[0] <= x <= g.box[2] and g.box[1] <= y <= g.box[3] for g in found):
            loose.append((x0, y0, x1, y1))
    if len(loose) < FILLS:
        return False
    holding = sum(
        1
        for x0, y0, x1, y1 in set(loose)
        if any(x0 <= (w.x0 + w.x1) / 2 <= x1 and y0 <= (w.top + w.bottom) / 2 <= y1 for w in glyphs.words)
    )
    return holding >= FILLS


# --- findings ---


def _undecodable(glyphs: Glyphs) -> list[Finding]:
    """A page of which a third of the characters have no letter, or that holds text PDFium leaves out."""
    if glyphs.unread or (glyphs.bad >= 5 and 3 * glyphs.bad > glyphs.chars):
        return [finding("UNDECODABLE_TEXT", label=glyphs.number, places=[Place(page=glyphs.number)])]
    return []


def _textless(layouts: Sequence[Layout], blank: Sequence[int]) -> list[Finding]:
    """Pages without text: scans and drawings. An empty page between others is just empty."""
    out = []
    all_blank = len(blank) == len(layouts)
    for layout in layouts:
        chars = sum(map(_letters, layout.items))
        covered = max((_share(item, layout) for item in layout.items), default=0.0)
        if (chars == 0 and (all_blank or layout.number not in blank)) or (chars < 20 and covered > SCAN):
            out.append(finding("NEEDS_OCR", label=layout.number, places=[Place(page=layout.number)]))
    return out


def _letters(item: Item) -> int:
    if isinstance(item, Line):
        return len(item.text.replace(" ", ""))
    return sum(_letters(i) for cell in item.items for i in cell) if isinstance(item, Draft) else 0


def _share(item: Item, layout: Layout) -> float:
    if not isinstance(item, Image) or not layout.width or not layout.height:
        return 0.0
    x0, y0, x1, y1 = item.box
    return (
        (min(x1, layout.width) - max(x0, 0))
        * (min(y1, layout.height) - max(y0, 0))
        / (layout.width * layout.height)
    )


# --- blocks ---


def _columns(layouts: Sequence[Layout]) -> dict[int, Column]:
    """The text column of each page: of all pages of one width together."""
    edges: dict[int, tuple[list[float], list[float]]] = {}
    for layout in layouts:
        lefts, rights = edges.setdefault(round(layout.width), ([], []))
        for item in layout.items:
            if isinstance(item, Line):
                lefts.append(item.x0)
                rights.append(item.x1)
            elif isinstance(item, Draft):
                lefts.append(item.grid.xs[0])
                rights.append(item.grid.xs[-1])
    columns = {}
    for layout in layouts:
        lefts, rights = edges[round(layout.width)]
        left = min(lefts, default=0.0)
        # at least as far as an even margin: on a page of short lines the longest is not full
        columns[layout.number] = Column(left, max([*rights, layout.width - left]))
    return columns


def _blocks(layouts: Sequence[Layout], sizes: Sizes, step: float) -> Iterator[Block]:
    columns = _columns(layouts)
    for layout, own in pages.bridge(layouts, columns):
        if own and layout.number != layouts[0].number:
            yield PageBreak(layout.number)
        yield from blocks_of(layout.items, columns[layout.number], step, sizes)


def _margins(lines: Sequence[Line], sizes: Sizes) -> Iterator[Paragraph]:
    for line in lines:
        where = place((line.page, (line.x0, line.top, line.x1, line.bottom)), sizes)
        yield Paragraph(line.text.strip(), where, bold=line.bold, size=line.size)
