"""PDF files: PDFium reads, rules make the tables, pdfplumber judges what is in doubt.

Steps: glyphs of each page -> grids -> layout -> margins parted -> tables joined over breaks -> blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cardextract.document import Block, Document, Page, PageBreak, Paragraph, Place
from cardextract.findings import Finding, Unreadable, finding
from cardextract.plain import uncollected
from cardextract.readers import guards, pdf_guard
from cardextract.readers import pdf_pages as pages
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
from cardextract.readers.pdf_judge import read_again
from cardextract.readers.pdf_tables import page_grids

__all__ = ["page_grids", "read", "read_again"]

SCAN = 0.7
"""Share of the page that one image covers when the page is a scan; printed page numbers aside."""


FIELDS = "양식 칸에 적혔으나 보이지 않는 값"
CUT_OFF = "오른쪽 끝에서 잘려 보이지 않는 글"
"""What UNREAD_PART names."""


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a PDF. Findings: NEEDS_OCR, UNDECODABLE_TEXT and UNREAD_PART with the pages they stand on.

    Raises Unreadable: `encrypted`, `corrupt`, `too_large`, `no_text` (an empty file); OSError.
    """
    data = guards.read_bytes(path)
    pdf_guard.check(data)
    with uncollected():
        return _read(data)


def _read(data: bytes) -> tuple[Document, list[Finding]]:
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
        meter.texts(len(glyphs.words), sum(len(word.text) for word in glyphs.words))
        found = page_grids(glyphs, data)
        for grid in found:
            meter.grid(len(grid.ys) - 1, len(grid.xs) - 1)
        layouts.append(lay_out(glyphs, found))
        findings += _undecodable(glyphs)
        findings += _unread(glyphs, points)
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


# --- findings ---


def _undecodable(glyphs: Glyphs) -> list[Finding]:
    """A page of which a third of the characters have no letter, or that holds text PDFium leaves out."""
    if glyphs.unread or (glyphs.bad >= 5 and 3 * glyphs.bad > glyphs.chars):
        return [finding("UNDECODABLE_TEXT", label=glyphs.number, places=[Place(page=glyphs.number)])]
    return []


def _unread(glyphs: Glyphs, sizes: Sizes) -> list[Finding]:
    """What a page holds and does not show."""
    out = []
    if glyphs.hidden:
        out.append(finding("UNREAD_PART", label=FIELDS, places=[Place(page=glyphs.number)]))
    if glyphs.cut:
        spots = [(glyphs.number, (w.x0, w.top, w.x1, w.bottom)) for w in glyphs.cut]
        out.append(finding("UNREAD_PART", label=CUT_OFF, places=[place(spot, sizes) for spot in spots]))
    return out


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
