"""The gaps of a document as findings: parts that are not read, and a body in which nothing is written."""

from __future__ import annotations

from collections.abc import Iterable

from cardextract.document import Document, Place
from cardextract.findings import Finding, finding


def unread_parts(parts: Iterable[tuple[str, Place]]) -> list[Finding]:
    """UNREAD_PART for each kind of part (its Korean name, its place), with all its places."""
    places: dict[str, list[Place]] = {}
    for label, place in parts:
        places.setdefault(label, []).append(place)
    return [finding("UNREAD_PART", label=label, places=here) for label, here in places.items()]


def without_text(document: Document) -> list[Finding]:
    """NO_TEXT where the body holds no character: a blank form, pictures alone, or parts that are not read."""
    written = any(p.text.strip() or p.marker for p in document.paragraphs())
    return [] if written else [finding("NO_TEXT")]
