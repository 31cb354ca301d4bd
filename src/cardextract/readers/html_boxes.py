"""Tables that a page builds of other elements: `display: table`, and boxes of the same kind below one another, each
with its parts side by side (a label and its value, or the cells of a row).
"""

from __future__ import annotations

import re
from typing import Any

from cardextract.readers.html_page import Sheet, hidden

FEWEST = 3
"""Boxes of one kind from which on they are the rows of a table; two of a kind may stand there by chance."""

MOST_PARTS = 16
"""Parts of a box: a row of years and sources has no more."""

LABEL = 24
"""Signs of a row's first part at most: a label, no text."""

_NO_LABEL = re.compile(r"[\W\d]*")
_ROW_TAGS = frozenset(("div", "li", "p", "dl", "section", "article", "span", "a", "tr"))
_PART_TAGS = frozenset(("div", "span", "p", "strong", "b", "em", "dt", "dd", "label", "i", "a", "li"))
_TABLES = frozenset(("table", "inline-table"))
_GROUPS = frozenset(("table-row-group", "table-header-group", "table-footer-group"))


def shown_as_table(element: Any, sheet: Sheet) -> list[list[Any]] | None:
    """The cells of each row of an element that a style sheet lays out as a table; None where it is none."""
    if element.tag == "table" or sheet.style(element).get("display") not in _TABLES:
        return None
    rows: list[list[Any]] = []
    stack = list(element)[::-1]
    while stack:
        part = stack.pop()
        shown = sheet.style(part).get("display") if isinstance(part.tag, str) else None
        if shown in _GROUPS:
            stack += list(part)[::-1]
        elif shown == "table-row":
            rows.append([e for e in part if isinstance(e.tag, str) and not hidden(e, sheet.style(e))])
        elif shown == "table-cell":
            rows = rows or [[]]
            rows[-1].append(part)
    return rows if any(len(row) > 1 for row in rows) else None


def rows_of_boxes(children: list[Any], at: int, sheet: Sheet) -> list[list[Any]]:
    """The parts of each box, where the element at `at` is the first of several of one kind; else an empty list."""
    first = children[at]
    if first.tag not in _ROW_TAGS or len(children) - at < FEWEST:
        return []
    rows: list[list[Any]] = []
    for i, box in enumerate(children[at:]):
        if box.tag != first.tag or box.get("class") != first.get("class") or hidden(box, sheet.style(box)):
            break
        parts = _parts(box, sheet)
        if not parts or (rows and _kinds(parts)[:1] != _kinds(rows[0])[:1]):
            break
        rows.append(parts)
        if i + 1 < len(children) - at and (box.tail or "").strip():
            break
    labels = [_text(row[0]) for row in rows]
    if len(rows) < FEWEST or all(_NO_LABEL.fullmatch(label) for label in labels):
        return []
    short = sum(0 < len(label) <= LABEL for label in labels)
    return rows if 4 * short >= 3 * len(rows) else []


def _parts(box: Any, sheet: Sheet) -> list[Any]:
    """The elements that hold all of a box's text side by side; empty where it is no row."""
    if (box.text or "").strip():
        return []
    parts = []
    for part in box:
        if (part.tail or "").strip(" \t\r\n:：\xa0"):
            return []
        if not isinstance(part.tag, str) or part.tag in ("br", "script", "style"):
            continue
        if part.tag not in _PART_TAGS:
            return []
        if not hidden(part, sheet.style(part)):
            parts.append(part)
    if not 2 <= len(parts) <= MOST_PARTS or any(e.tag == "table" for e in box.iter()):
        return []
    # running text dressed up in pieces has parts of one kind and no class: <p><b>…</b><b>…</b></p>
    told_apart = len(set(_kinds(parts))) > 1 or any(part.get("class") for part in parts)
    return parts if told_apart or all(part.tag in ("div", "dt", "dd") for part in parts) else []


def _kinds(parts: list[Any]) -> list[tuple[str, str | None]]:
    return [(part.tag, part.get("class")) for part in parts]


def _text(element: Any) -> str:
    return "".join("".join(element.itertext()).split())
