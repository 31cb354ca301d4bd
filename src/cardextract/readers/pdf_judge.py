"""pdfplumber, the judge: much slower, independent of PDFium, asked where the fast way is in doubt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cardextract.document import Box, Table
from cardextract.findings import Unreadable
from cardextract.readers import guards
from cardextract.readers.pdf_flow import SPACE, Draft, lay_out, table
from cardextract.readers.pdf_glyphs import Glyphs
from cardextract.readers.pdf_lattice import Grid, grid_of_boxes
from cardextract.readers.pdf_turns import FEWEST
from cardextract.readers.pdf_words import GAP, Word


def grids_again(data: bytes, number: int) -> list[Grid]:
    """The tables of page `number` (from 1) as pdfplumber finds them, in points of the rendered page.

    An empty list where pdfplumber cannot read the page.
    """
    try:
        with _open(data) as pdf:
            page = pdf.pages[number - 1]
            return _grids(page)
    except Exception:  # pdfminer raises whatever a broken file makes it raise; it is only a second opinion
        return []


def read_again(path: Path, page: int) -> list[Table]:
    """The tables of a page (from 1), text and grid by pdfplumber: the judge where a budget does not close.

    Empty where pdfplumber cannot read the page. Raises Unreadable for an oversized or empty file, OSError.
    """
    data = guards.read_bytes(path)
    try:
        with _open(data) as pdf:
            source = pdf.pages[page - 1]
            if len(source.chars) > 4 * FEWEST and not any(char["upright"] for char in source.chars):
                return []  # a page on its side: pdfplumber reads it letter by letter
            found, glyphs = _grids(source), _glyphs(source, page)
    except Unreadable:
        raise
    except Exception:  # as above
        return []
    sizes = {page: (glyphs.width, glyphs.height, 0)}
    items = lay_out(glyphs, found).items
    return [table(item, _step(glyphs), sizes) for item in items if isinstance(item, Draft)]


def _step(glyphs: Glyphs) -> float:
    """Points of one indent unit, by the usual font size of the page."""
    sizes = sorted(size for size, _ in glyphs.styles.values())
    return SPACE * (max(sizes[len(sizes) // 2], 1.0) if sizes else 10.0)


def _open(data: bytes) -> Any:
    import pdfplumber

    return pdfplumber.open(io.BytesIO(data))


def _grids(page: Any) -> list[Grid]:
    left, top, _, _ = _origin(page)
    out = []
    for found in page.find_tables():
        boxes: list[Box] = [(b[0] - left, b[1] - top, b[2] - left, b[3] - top) for b in found.cells]
        grid = grid_of_boxes(boxes)
        if grid is not None:
            out.append(grid)
    return out


def _origin(page: Any) -> tuple[float, float, float, float]:
    """left, top, width, height of the rendered page (the crop box, turned) as pdfplumber counts."""
    ml, mb, mr, mt = _upright(page.page_obj.mediabox)
    cl, cb, cr, ct = _upright(page.page_obj.cropbox)
    cl, cb, cr, ct = max(cl, ml), max(cb, mb), min(cr, mr), min(ct, mt)
    turn = page.rotation // 90
    left, top = ((cl - ml, mt - ct), (cb - mb, cl - ml), (mr - cr, cb - mb), (mt - ct, mr - cr))[turn]
    width, height = (cr - cl, ct - cb) if turn % 2 == 0 else (ct - cb, cr - cl)
    return page.mediabox[0] + left, page.mediabox[1] + top, width, height


def _upright(box: Sequence[float]) -> Box:
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _glyphs(page: Any, number: int) -> Glyphs:
    left, top, width, height = _origin(page)
    words: list[Word] = []
    styles: dict[int, tuple[float, bool]] = {}
    found = page.dedupe_chars(tolerance=1).extract_words(
        keep_blank_chars=True, x_tolerance_ratio=GAP, y_tolerance=2, return_chars=True, extra_attrs=[]
    )
    first = 0
    for word in found:
        xs = tuple(c["x0"] - left for c in word["chars"] for _ in c["text"])
        text = "".join(c["text"] for c in word["chars"])
        if not text:
            continue  # characters that a broken font gives no letter
        words.append(
            Word(
                text, word["x0"] - left, word["top"] - top, word["x1"] - left, word["bottom"] - top, first, xs
            )
        )
        char = word["chars"][0]
        styles[first] = (round(char["size"], 1), "bold" in char["fontname"].lower())
        first += len(text)
    return Glyphs(number, width, height, words, [], [], [], [], first, 0, len(page.chars), styles)
