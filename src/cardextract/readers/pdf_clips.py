"""Text that runs out of what a PDF page shows: a browser cuts a table that is wider than the page."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import pypdfium2.raw as pdfium

from cardextract.readers.pdf_shapes import Matrix, mapped
from cardextract.readers.pdf_words import CUT, Word

OVER = 0.5
"""Points: by how much a text must run over the edge."""

_FIGURES = frozenset("0123456789,.")


def cut_off(text_page: Any, words: list[Word], matrix: Matrix) -> tuple[list[Word], list[Word]]:
    """The words, figures that the edge of what is shown cuts marked; and all that it cuts.

    Only where the word that reaches furthest is cut are others asked: few pages have such an edge at all.
    """
    if not words or not _is_cut(text_page, max(words, key=lambda w: w.x1), matrix):
        return words, []
    cut = {id(w) for w in words if _is_cut(text_page, w, matrix)}
    marked = [
        w._replace(text=w.text + CUT, xs=(*w.xs, w.xs[-1])) if id(w) in cut and w.text[-1] in _FIGURES else w
        for w in words
    ]
    return marked, [w for w in words if id(w) in cut]


def _is_cut(text_page: Any, word: Word, matrix: Matrix) -> bool:
    last = word.first + len(word.text) - 1  # a browser gives only what is cut such an edge
    return any(word.x0 < edge < word.x1 - OVER for edge in _edges(text_page, last, matrix))


def _edges(text_page: Any, index: int, matrix: Matrix) -> Sequence[float]:
    """The right edges of what is shown of the text that a character belongs to."""
    found = pdfium.FPDFText_GetTextObject(text_page, index)
    clip = pdfium.FPDFPageObj_GetClipPath(found) if found else None
    count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    x, y = ctypes.c_float(), ctypes.c_float()
    out = []
    for path in range(min(count, 8)):
        points = []
        for i in range(min(pdfium.FPDFClipPath_CountPathSegments(clip, path), 16)):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, path, i), x, y)
            points.append((x.value, y.value))
        if points:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            out.append(mapped(min(xs), min(ys), max(xs), max(ys), matrix)[2])
    return out
