"""What a Word document holds beside its text: comments, characters that are hidden, charts and embedded objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cardextract.document import Note, Paragraph, Place
from cardextract.readers.docx_lists import W
from cardextract.readers.docx_package import read_part
from cardextract.readers.guards import Meter, Package


def comments(
    package: Package, related: dict[str, list[tuple[str, str]]], wanted: list[tuple[str, Place]], meter: Meter
) -> Iterator[Note]:
    """The comments that are referred to, each at its reference: (number, place of the paragraph or cell)."""
    names = related.get("comments") if wanted else None
    root = read_part(package, names[0][1]) if names else None
    if root is None:
        return
    found = {comment.get(W + "id"): comment for comment in root.iterchildren(W + "comment")}
    for number, place in dict(wanted).items():
        if number in found:
            lines = [run_text(p) for p in found[number].iter(W + "p")]
            for line in lines:
                meter.text(line)
            yield Note("memo", place, tuple(Paragraph(line) for line in lines if line.strip()))


def hidden(runs: Iterable[tuple[Place, str]]) -> Iterator[Note]:
    """The hidden text of each place, its runs joined."""
    for place, group in groupby(runs, key=lambda run: run[0]):
        yield Note("hidden", place, (Paragraph("".join(text for _, text in group)),))


_EMBEDDED = {"chart": "차트", "chartex": "차트", "diagram": "스마트아트(SmartArt)"}


def embedded(drawing: Any) -> Iterator[str]:
    """What a drawing holds that has a part of its own, which is not read: its name in Korean."""
    for data in drawing.iter("{*}graphicData"):
        label = _EMBEDDED.get(data.get("uri", "").rpartition("/")[2])
        if label:
            yield label
    if next(drawing.iter("{*}OLEObject"), None) is not None:
        yield "끼워 넣은 개체(OLE)"


def run_text(element: Any) -> str:
    """The characters below an element, tabs and line breaks as such."""
    marks = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n"}
    return "".join(marks.get(e.tag) or e.text or "" for e in element.iter(W + "t", *marks))
