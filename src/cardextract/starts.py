"""Where a card begins: above its header stand title, date and other lines of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cardextract.anchors import header_fields
from cardextract.budget.axes import unit_in
from cardextract.document import Block, PageBreak, Paragraph, Table
from cardextract.head.grids import read_grid
from cardextract.head.lines import facts, line_label
from cardextract.head.titles import AS_OF, NUMBER, NUMBERED_TITLE, PAGE_NUMBER, is_date_line, undressed
from cardextract.headings import paragraph_heading
from cardextract.outline import marker_at
from cardextract.rules import Rules
from cardextract.values import find_money, squeeze


def card_start(blocks: Sequence[Block], anchor: int, floor: int, rules: Rules) -> int:
    """The first block of the card whose header is at anchor: title and as-of lines above it are its own."""
    start = i = anchor
    stated, titled = _title_of(blocks, anchor, rules), False
    while i > floor:
        b = blocks[i - 1]
        if isinstance(b, PageBreak):
            return i
        line = _as_line(b)
        if line is None:
            if titled or not _names_alone(b, blocks[anchor], rules):
                break
            i -= 1
            start, titled = i, True
            continue
        text = line.text.strip()
        if not text:
            i -= 1
            continue
        h = paragraph_heading(line, rules)
        if h is not None and h.kind == "overview" and h.style and i == anchor:
            i -= 1  # `▣ 개요` over the header's own lines
            continue
        if PAGE_NUMBER.match(text):
            break  # the foot of the page before
        named = _states(line, blocks[anchor], rules) or (not titled and _titles(line, stated))
        if not named and not titled and _aside(text):
            i -= 1
            continue
        if (line.marker or marker_at(text, 0, rules)) and not named and not is_date_line(text):
            break  # an item of the card before
        if anchor - i > 8 or len(text) > 90 or rules.end_pattern.search(text):
            break
        if h is not None and h.kind is not None and (h.style or line is not b):
            break
        i -= 1
        dated = bool(AS_OF.search(text)) or is_date_line(text)
        above = not titled and stated is None
        if (
            named
            or dated
            or above
            or rules.report_title_pattern.search(text)
            or NUMBERED_TITLE.match(text)
            or line.heading
        ):
            start = i
        titled = titled or not dated
    while start > floor and start < anchor and _group_line(blocks[start - 1]):
        start -= 1
    return start


def _as_line(b: Block) -> Paragraph | None:
    """A block that says one line: a paragraph, or a box around one, or around a title and its number."""
    if isinstance(b, Paragraph):
        return b
    filled = [c for c in b.cells if c.bare] if isinstance(b, Table) and b.rows == 1 else []
    if (
        not filled
        or len(filled) > 2
        or any(len(c.paragraphs) != len(c.blocks) or len(c.blocks) > 1 for c in filled)
    ):
        return None
    last = filled[-1].paragraphs[0]
    if len(filled) == 1:
        return last
    number = filled[0].bare.rstrip(".")
    return replace(last, text=f"{number}. {last.text.strip()}") if re.fullmatch(NUMBER, number) else None


NAMING_ROWS = 2
"""A table that only names the pledge of the header below it has so many rows at most."""


def _names_alone(b: Block, header: Block, rules: Rules) -> bool:
    """A small table with the number or the title of the pledge, above a header that states neither."""
    if not isinstance(b, Table) or b.rows > NAMING_ROWS:
        return False
    own = header_fields(b, rules)
    return bool(own & {"title", "number"}) and not own & header_fields(header, rules)


def _title_of(blocks: Sequence[Block], anchor: int, rules: Rules) -> str | None:
    """The title that the header at anchor states itself, squeezed. If it states none, the line above it does."""
    for b in blocks[anchor : anchor + (1 if isinstance(blocks[anchor], Table) else 8)]:
        if isinstance(b, Table) and "title" in header_fields(b, rules):
            return next(squeeze(p.span.text) for p in read_grid(b, rules).picks if p.field == "title")
        for fact in facts(b, rules) if isinstance(b, Paragraph) else ():
            labelled = line_label(fact, rules)
            if labelled and "title" in labelled[1]:
                return squeeze(labelled[2].text)
    return None


TITLE_LEAD = 8
"""So many characters stand before a title at most: its number."""


def _states(p: Paragraph, header: Block, rules: Rules) -> bool:
    """A line that states what the header below it does not: `▣ 공약명 : 나루 쉼터`."""
    labelled = line_label(p, rules)
    own = set(labelled[1]) & {"title", "number", "as_of", "lead_department"} if labelled else set()
    return bool(own) and not own & header_fields(header, rules)


_ASIDE = re.compile(r"[-–—~]\s.*\s[-–—~]|\(?\d{1,3}\s?/\s?\d{1,3}\)?|[^:：\d]{2,12}[:：]\s*\S.*")


def _aside(text: str) -> bool:
    """A line that stands between a title and its header and is neither: a unit, a motto between dashes, a page of so
    many, a label that nobody knows."""
    return bool(_ASIDE.fullmatch(text)) or (len(text) < 40 and unit_in(text) is not None)


def _titles(p: Paragraph, stated: str | None) -> bool:
    """Is the line the title of the card whose header stands below? Above a header that states no title: a number and
    words (`2. 나루 쉼터`), a dressed line (`■ 나루 쉼터`). Else the title that it states, once more."""
    text = f"{p.marker} {p.text.strip()}".strip()
    if stated is None:
        return bool(undressed(text) or NUMBERED_TITLE.match(text)) and not find_money(text)
    whole = squeeze(text)
    return len(stated) > 1 and whole.endswith(stated) and len(whole) - len(stated) <= TITLE_LEAD


_GROUP = re.compile(r"(?:제\s?\d{1,2}\s?[장절편부]|[Ⅰ-Ⅻ]\.?)\s+\S")


def _group_line(b: Block) -> bool:
    """A line over several cards: `제2장 안전한 도시`."""
    return isinstance(b, Paragraph) and len(b.text) < 60 and bool(_GROUP.match(b.text.strip()))
