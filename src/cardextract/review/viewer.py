"""The child process behind the source pane: `python -m cardextract.review.viewer FD PARENT`.

It opens a document and gives its blocks as JSON, or draws a page of a PDF as PNG: hostile documents are opened
here, under the limits of the batch's workers, and never in the server. Jobs are lines of JSON on stdin.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from cardextract.document import Block, PageBreak, Paragraph, Picture, Place, Table
from cardextract.engine.worker import Limits, die_with_parent, limit_cpu, limit_memory

LIMITS = Limits(cpu_seconds=30, wall_seconds=40, memory_mib=2048)
MOST_PIXELS = 6_000_000
"""A rendered page is at most this large: an A4 page at 2 pixels a point has 2 million."""


def place_json(place: Place) -> dict[str, Any]:
    """The coordinates that apply."""
    return {f.name: value for f in fields(Place) if (value := getattr(place, f.name)) is not None}


def block_json(block: Block) -> dict[str, Any]:
    """A block as plain data: k is p, t, i (picture) or b (page break)."""
    if isinstance(block, Paragraph):
        out: dict[str, Any] = {"k": "p", "text": block.text, "place": place_json(block.place)}
        if block.marker:
            out["marker"] = block.marker
        if block.heading:
            out["heading"] = block.heading
        if block.indent:
            out["indent"] = block.indent
        return out
    if isinstance(block, Table):
        cells = [
            {
                "row": c.row, "col": c.col, "rowspan": c.rowspan, "colspan": c.colspan, "header": c.header,
                "place": place_json(c.place), "blocks": [block_json(b) for b in c.blocks],
            }
            for row in block.lines() for c in row
        ]  # fmt: skip
        return {"k": "t", "rows": block.rows, "cells": cells}
    if isinstance(block, Picture):
        return {"k": "i", "alt": block.alt}
    if isinstance(block, PageBreak):
        return {"k": "b", "page": block.page}
    raise TypeError(block)


def document(path: Path) -> dict[str, Any]:
    """The document's blocks; where there are none of its format, why not (`refused`)."""
    from cardextract.findings import Unreadable
    from cardextract.readers import read

    try:
        read_document, _ = read(path)
    except Unreadable as e:
        return {"refused": e.message}
    return {"format": read_document.format, "blocks": [block_json(b) for b in read_document.blocks]}


def page(path: Path, number: int, scale: float) -> dict[str, Any]:
    """Page `number` (from 1) as PNG, base64."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    try:
        if not 1 <= number <= len(pdf):
            return {"refused": "쪽이 없습니다."}
        sheet = pdf[number - 1]
        width, height = sheet.get_size()
        scale = min(scale, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = sheet.render(scale=scale, may_draw_forms=False)
        stream = io.BytesIO()
        bitmap.to_pil().save(stream, "PNG", compress_level=1)
        return {"png": base64.b64encode(stream.getvalue()).decode(), "width": width, "height": height}
    finally:
        pdf.close()


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """The answer to one job; whatever goes wrong in a document is an answer too."""
    path = Path(os.fsdecode(job["path"].encode("latin-1")))
    try:
        if job["do"] == "page":
            return page(path, job["page"], job["scale"])
        return document(path)
    except MemoryError:
        raise
    except Exception as e:  # a reader's bug must not look like an empty document
        return {"refused": f"{type(e).__name__}: 문서를 다시 열지 못했습니다."}


def main(arguments: list[str]) -> int:
    """Serve jobs until stdin ends."""
    answers = int(arguments[0])
    die_with_parent(int(arguments[1]))
    limit_memory(LIMITS)
    for line in sys.stdin.buffer:
        limit_cpu(LIMITS)
        data = memoryview(json.dumps(answer(json.loads(line)), ensure_ascii=True).encode() + b"\n")
        while data:
            data = data[os.write(answers, data) :]
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
