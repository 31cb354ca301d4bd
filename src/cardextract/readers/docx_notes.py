"""What a Word document holds and does not print in its text: comments, and characters that are hidden."""

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


def run_text(element: Any) -> str:
    """The characters below an element, tabs and line breaks as such."""
    marks = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n"}
    return "".join(marks.get(e.tag) or e.text or "" for e in element.iter(W + "t", *marks))
