"""Lines of a text file that only the width of a page broke: they are one item again.

Only a line that begins with a mark is continued, where it is long or cannot end as it does, and only by a line that is
nothing of its own: no mark, no heading, no label, no title. Readers of paged formats do this themselves; a text file
has no page to measure.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import replace

from cardextract.captions import is_caption
from cardextract.document import Block, Document, Paragraph
from cardextract.head.lines import line_label
from cardextract.head.titles import AS_OF, NUMBERED_TITLE, PAGE_NUMBER
from cardextract.head.words import label_fields
from cardextract.headings import paragraph_heading
from cardextract.outline import marker_at
from cardextract.rules import Rules

NARROWEST = 56
"""No page is narrower (columns; a Hangul syllable takes two): shorter lines end where they were meant to."""
HANGING = 40
"""No page is narrower on which lines hang under the items that they continue."""
NEAR = 0.8
"""A broken line fills at least this part of the widest one."""


def width(text: str) -> int:
    """Columns a text takes.

    >>> width("가나 ab")
    7
    """
    return sum(map(_WIDTHS.__getitem__, text))


class _Widths(dict[str, int]):
    """The width of each character that was seen: a page has few different ones."""

    def __missing__(self, character: str) -> int:
        self[character] = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        return self[character]


_WIDTHS = _Widths()


def rejoin_lines(document: Document, rules: Rules) -> Document:
    """The document with broken lines joined, line ends kept, so that every place stays exact."""
    decoded = document.decoded
    if decoded is None:
        return document
    full = 0.0
    page: int | None = None
    out: list[Block] = []
    last = ""  # the line printed last
    for b in document.blocks:
        before = out[-1] if out else None
        if (
            isinstance(b, Paragraph)
            and isinstance(before, Paragraph)
            and _begins_mere_text(b.text.lstrip())
            and _follows(before, b, decoded)
            and _marked(before, rules)
        ):
            full = full or _full_width(document, rules)
            under = _under(before, b, rules)
            joins = width(last) >= full or (under and _broken(before))
            if under and not joins:
                page = _page_of_hanging_lines(document, rules) if page is None else page
                joins = 0 < page < _with_next_word(last, b)
            joins = joins and _mere_text(b, rules, under)
        else:
            joins = False
        if joins and isinstance(b, Paragraph) and isinstance(before, Paragraph):
            start, end = before.place.end, b.place.start
            place = replace(before.place, end=b.place.end)
            out[-1] = replace(before, text=before.text + decoded[start:end] + b.text, place=place)
        else:
            out.append(b)
        last = b.text if isinstance(b, Paragraph) else ""
    return replace(document, blocks=tuple(out))


def _full_width(document: Document, rules: Rules) -> float:
    """The width from which on a line may have been broken."""
    lines = (b for b in document.blocks if isinstance(b, Paragraph))
    widest = max((width(p.text) for p in lines if _marked(p, rules)), default=0)
    return max(NARROWEST, NEAR * min(widest, 120))


def _begins_mere_text(text: str) -> bool:
    return text[0].isalnum() or text[0] in "(‘'“\"「"


def _marked(p: Paragraph, rules: Rules) -> bool:
    text = p.text.lstrip()
    return marker_at(text, 0, rules) > 0


def _under(item: Paragraph, p: Paragraph, rules: Rules) -> bool:
    """Does the line stand right under the text of an item? Its mark may count as one column or as the two that it takes."""
    text = item.text.split("\n")[0]
    lead = len(text) - len(text.lstrip())
    end = marker_at(text, lead, rules)
    start = end + len(text[end:]) - len(text[end:].lstrip())
    wide = sum(unicodedata.east_asian_width(c) == "A" for c in text[lead:end])
    return len(p.text) - len(p.text.lstrip()) in (start, width(text[:start]), start + wide)


def _broken(item: Paragraph) -> bool:
    """An item that cannot end there: after a comma, a particle, within a bracket."""
    last = item.text.rstrip()
    return bool(_OPEN_END.search(last)) or last.count("(") > last.count(")")


def _with_next_word(line: str, p: Paragraph) -> int:
    """The width that a line would have had with the word that stands first in the next one."""
    return width(line.rstrip()) + 1 + width(p.text.split()[0])


def _page_of_hanging_lines(document: Document, rules: Rules) -> int:
    """The width of a narrow page: that of the widest item, where each line that hangs under an item stands there because
    the line above had no room for its first word. 0 where one had: such lines are items without a mark."""
    widest = 0
    needed: list[int] = []  # what the lines above would have had to hold
    item: Paragraph | None = None
    above = ""
    for b in document.blocks:
        if not isinstance(b, Paragraph):
            item = None
            continue
        if _marked(b, rules):
            item = b
        elif item is not None and _begins_mere_text(b.text.lstrip()) and _under(item, b, rules):
            ended = not _OPEN_END.search(above.rstrip())
            needed.append(_with_next_word(above, b) if ended else sys.maxsize)
        else:
            item = None
        if item is not None:
            widest = max(widest, width(b.text.rstrip()))
        above = b.text
    hanging = widest >= HANGING and len(needed) > 1 and min(needed) > widest
    return widest if hanging else 0


_OPEN_END = re.compile(
    r"[,·]$|(?:으로|로|넘어|위해|위하여|통해|통하여|따라|인해|하도록|으며|이며|면서|거나|으나|지만|하고|하여|하며|되어|되고|및|또는|의|을|를|에|에서|와|과|은|는)$"
)


def _follows(before: Paragraph, p: Paragraph, decoded: str) -> bool:
    """Does the line stand right below, and does the one above not end its sentence?"""
    start, end = before.place.end, p.place.start
    if start is None or end is None:
        return False
    gap = decoded[start:end]
    return gap.strip() == "" and len(gap.splitlines()) == 1 and before.text[-1] not in ".!?:："


def _mere_text(p: Paragraph, rules: Rules, under: bool) -> bool:
    text = p.text.strip()
    head = paragraph_heading(p, rules)
    return (
        not _marked(p, rules)
        and (head is None or head.kind is None or not (head.exact or (head.rest <= 14 and not under)))
        and line_label(p, rules) is None
        and not label_fields(text, rules)
        and not any(pattern.search(text) for pattern in (rules.report_title_pattern, rules.end_pattern))
        and not (PAGE_NUMBER.match(text) or NUMBERED_TITLE.match(text) or is_caption(p))
        and not (AS_OF.search(text) and len(text) < 40)
    )
