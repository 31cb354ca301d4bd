"""Pages of a PDF as PNG files with its tables, cells and chosen places drawn in: a wrong reading can be seen.

Only `explain --draw` needs this; Pillow draws, PDFium renders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cardextract.document import Block, Box, Document, Place, Table
from cardextract.findings import Unreadable
from cardextract.readers import guards

SCALE = 1.5
"""Pixels a point: small print stays readable, a page is 900 x 1,260."""

MAX_PIXELS = 40_000_000
"""Of one page image; a poster is drawn smaller."""

TABLE = (46, 125, 50)
CELL = (33, 150, 243)
CLAIMED = (211, 47, 47)


def draw(path: Path, document: Document, claims: Sequence[tuple[Place, str]], folder: Path) -> list[Path]:
    """Write `<stem>-<page>.png` into folder for each page and return the paths, in page order.

    Tables are outlined in green, cells in blue; claims (place, label) in red with their label, as far as the
    font at hand shows it. Places without a page or box are left out. The folder is made when it is missing.
    Raises Unreadable for a file that is no readable PDF, OSError where the folder cannot be written.
    """
    import pypdfium2

    data = guards.read_bytes(path)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        source = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("corrupt", guards.CORRUPT) from error
    boxes = list(_boxes(document.blocks))
    written = []
    try:
        for page in document.pages:
            if not page.width or not page.height:
                continue
            image = _render(source, page.number, page.width * page.height)
            for place, colour in boxes:
                if place.page == page.number and place.box:
                    _outline(image, place.box, colour, 2 if colour == TABLE else 1)
            for place, label in claims:
                if place.page == page.number and place.box:
                    _outline(image, place.box, CLAIMED, 2)
                    _label(image, place.box, label)
            target = folder / f"{path.stem}-{page.number:03}.png"
            image.save(target, optimize=False)
            written.append(target)
    finally:
        source.close()
    return written


def _boxes(blocks: Sequence[Block]) -> Iterator[tuple[Place, tuple[int, int, int]]]:
    """The places of all cells and tables, nested ones included; cells first, tables over them."""
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield cell.place, CELL
                yield from _boxes(cell.blocks)
            for place in block.fragments or (block.place,):
                yield place, TABLE


def _render(source: Any, number: int, area: float) -> Any:
    scale = min(SCALE, (MAX_PIXELS / max(area, 1.0)) ** 0.5)
    page = source[number - 1]
    try:
        return page.render(scale=scale).to_pil().convert("RGB")
    finally:
        page.close()


def _outline(image: Any, box: Box, colour: tuple[int, int, int], width: int) -> None:
    from PIL import ImageDraw

    x0, y0, x1, y1 = _pixels(image, box)
    ImageDraw.Draw(image).rectangle((x0, y0, max(x0, x1), max(y0, y1)), outline=colour, width=width)


def _label(image: Any, box: Box, label: str) -> None:
    """The label above the box, at its right end; signs that Pillow's own font lacks become question marks."""
    from PIL import ImageDraw, ImageFont

    x0, y0, _, _ = _pixels(image, box)
    font = ImageFont.load_default(size=11)
    text = label.encode("latin-1", "replace").decode("latin-1")
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = pen.textbbox((x0, max(0, y0 - 13)), text, font=font)
    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=(255, 255, 255))
    pen.text((x0, max(0, y0 - 13)), text, fill=CLAIMED, font=font)


def _pixels(image: Any, box: Box) -> tuple[float, float, float, float]:
    return box[0] * image.width, box[1] * image.height, box[2] * image.width, box[3] * image.height
