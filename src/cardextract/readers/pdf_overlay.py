"""What is laid over a PDF page: filled-in fields, notes and stamps. PDFium's text does not hold them, the reader's page
shows them: they are put into the page before it is read.
"""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium

MAX_ANNOTATIONS = 5_000
"""Looked at on one page; links are annotations, too."""

SHOWN = {pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP}
"""Kinds that show text of their own."""


def put_in(document: Any, index: int, page: Any) -> tuple[Any, int]:
    """The loaded page `index` with what is laid over it as part of it, and how many fields hold a value that is not
    shown. The page given may be closed for it; None where PDFium cannot load it again."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    shown = hidden = 0
    for i in range(min(max(count, 0), MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, i)
        if annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            drawn = kind in SHOWN and bool(pdfium.FPDFAnnot_HasKey(annotation, b"AP"))
            shown += drawn
            hidden += kind == pdfium.FPDF_ANNOT_WIDGET and not drawn and _has_value(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
    if not shown or pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return page, hidden
    pdfium.FPDF_ClosePage(page)
    return pdfium.FPDF_LoadPage(document, index), hidden


def _has_value(annotation: Any) -> bool:
    return bool(pdfium.FPDFAnnot_GetStringValue(annotation, b"V", None, 0) > 2)
