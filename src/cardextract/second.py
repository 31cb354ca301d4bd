"""A second opinion on a PDF's budget: where its sums do not close, the page is read once more by pdfplumber.

A figure that the second reading sees otherwise becomes *conflicting*; a person decides. One that both read alike is
what the document prints, and the finding about its sum stands as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cardextract.card import Card
from cardextract.document import Box, Cell, Place, Table
from cardextract.findings import Finding, finding
from cardextract.values import squeeze

DOUBTFUL = frozenset(
    {
        "ROW_SUM",
        "COLUMN_SUM",
        "SUBTOTAL",
        "UNPLACED",
        "UNKNOWN_COLUMN",
        "UNREADABLE_AMOUNT",
        "AMBIGUOUS_CELL",
        "SHIFTED_CELL",
    }
)
"""Findings that a wrong reading of the page could have caused."""
MAX_PAGES = 6
"""Pages of one card that are read again: a card has one to three; reading one takes 50 ms."""


def doubtful_pages(card: Card, findings: Sequence[Finding]) -> list[int]:
    """The pages on which the figures of doubtful findings stand."""
    paths = {p for f in findings if f.code in DOUBTFUL for p in f.paths}
    if not paths:
        return []
    budget = [proof.place.page for path, proof in card.evidence.items() if path.startswith("budget[")]
    return sorted({page for page in budget if page is not None})[:MAX_PAGES]


def compare(path: Path, card: Card, pages: Sequence[int]) -> list[Finding]:
    """Findings for the budget figures of these pages that pdfplumber reads otherwise; marks their evidence.

    Raises Unreadable, OSError as the reader does.
    """
    from cardextract.readers.pdf_judge import read_again

    out: list[Finding] = []
    for page in pages:
        cells = [c for t in read_again(path, page) for c in _cells(t)]
        if not cells:
            continue
        for key, proof in card.evidence.items():
            if not key.startswith("budget[") or proof.place.page != page or proof.place.box is None:
                continue
            other = _at(proof.place.box, cells)
            if other is None or squeeze(other.text) == squeeze(proof.text):
                continue
            proof.certainty = "conflicting"
            proof.reason = f"둘째 판독: {squeeze(other.text)[:40]}"
            both = f"{squeeze(proof.text)} / {squeeze(other.text)[:40]}"
            found = finding(
                "CONFLICTING_READING", paths=[key], places=[proof.place], actual=proof.text, label=both
            )
            out.append(found)
    return out


def _cells(table: Table) -> list[Cell]:
    return [c for c in table.cells if c.place.box is not None]


def _at(box: Box, cells: Sequence[Cell]) -> Cell | None:
    """The smallest cell that holds the middle of a box."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    holding = [c for c in cells if (b := c.place.box) and b[0] <= x <= b[2] and b[1] <= y <= b[3]]
    return min(holding, key=lambda c: _area(c.place), default=None)


def _area(place: Place) -> float:
    return (place.box[2] - place.box[0]) * (place.box[3] - place.box[1]) if place.box else 0.0
