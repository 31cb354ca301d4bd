"""Cut a card into its head and its sections: by the words of the headings, never by their numbers.

`split(blocks, rules)` finds the heading style of the card (the one whose lines name the most different kinds of
section), explodes one-table cards into the same shape, and returns the head (everything before the first heading)
and the sections with their blocks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cardextract.boxes import explode
from cardextract.document import Block, PageBreak, Paragraph, Picture, Span, Table, walk
from cardextract.headings import (
    BARE_NUMBER,
    BARE_REST,
    BRACKETED,
    LABELLED,
    Heading,
    Looks,
    heading_style,
    paragraph_heading,
)
from cardextract.rules import Rules
from cardextract.values import squeeze


@dataclass
class Section:
    """A heading and the blocks under it; cell: the content stood in table cells, where lines may be flattened."""

    heading: Heading
    blocks: list[Block] = field(default_factory=list)
    cell: bool = False


@dataclass
class Split:
    """The head of a card (title lines, header grids) and its sections; styles: the outer forms of its headings."""

    head: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    styles: frozenset[str] = frozenset()
    foot: list[Span] = field(default_factory=list)
    """Lines of the page below the card (목록, 이전글): they belong to no section."""


def split(blocks: Sequence[Block], rules: Rules, labels: Collection[int] = ()) -> Split:
    """Head and sections of one card. labels: indexes of lines that are labels of the head, and so no headings."""
    named = {id(blocks[i]) for i in labels}
    flow: list[Heading | Block] = []
    for b in blocks:
        if isinstance(b, Table):
            flow.extend(explode(b, rules))
        else:
            flow.append(b)
    in_cells = [x for x in flow if isinstance(x, Heading)]
    lines = {
        i: h
        for i, x in enumerate(flow)
        if isinstance(x, Paragraph) and id(x) not in named and (h := paragraph_heading(x, rules, known=True))
    }
    styles = heading_style([*(h for h in lines.values() if h.kind is not None), *in_cells])
    styles |= {h.style for h in in_cells} | _styles_outside(blocks, in_cells, rules)
    ruling = {s for s in styles if s and not s[0].isalnum() and _heads_only(s, flow, lines)}
    looks = Looks(styles)
    out = Split(styles=frozenset(styles))
    section: Section | None = None
    for i, x in enumerate(flow):
        head = x if isinstance(x, Heading) else None
        h = lines.get(i)
        dressed = isinstance(x, Paragraph) and looks.may_be_of(x)
        if h is None and dressed and isinstance(x, Paragraph) and id(x) not in named:
            h = paragraph_heading(x, rules)
        if h is not None and section is not None and _names_the_next_ledger(h, rules, section):
            h = head = replace(h, kind="investment")
        if (
            h is not None
            and h.style in styles
            and (_is_heading(h, rules, section) or (h.style in ruling and _unknown_heading(h)))
        ):
            head = h
        body = None
        if head is None and section is not None and dressed and isinstance(x, Paragraph):
            head, body = _heading_with_body(x, styles, rules)
        if head is not None:
            section = Section(head, cell=isinstance(x, Heading))
            out.sections.append(section)
            if body is not None:
                section.blocks.append(body)
        elif section is None:
            out.head.append(x)  # type: ignore[arg-type]
        else:
            section.blocks.append(x)  # type: ignore[arg-type]
    out.foot = _cut_foot(out.sections[-1].blocks if out.sections else out.head, rules)
    return out


def _first_text(b: Paragraph | Table) -> str:
    """A line, or the first cell of a table: what says that the foot of a page begins here."""
    return (b.text if isinstance(b, Paragraph) else next((c.text for c in b.cells), "")).strip()


def _cut_foot(blocks: list[Block], rules: Rules) -> list[Span]:
    """Take the foot of a web page from the end of a card."""
    at = next(
        (
            i
            for i, b in enumerate(blocks)
            if not isinstance(b, PageBreak | Picture) and rules.foot_pattern.search(_first_text(b))
        ),
        len(blocks),
    )
    foot = [p.body() for p in walk(tuple(blocks[at:])) if p.text.strip()]
    del blocks[at:]
    return foot


def _heading_with_body(
    p: Paragraph, styles: set[str], rules: Rules
) -> tuple[Heading, Paragraph] | tuple[None, None]:
    """A heading whose content stands behind a colon: `□ 문제점 및 대책 : 해당없음` among other headings with □."""
    m = LABELLED.search(p.text) if not p.marker else None
    before = p.text[: m.start()].rstrip() if m else ""
    if m is None or before.endswith("단위") or not rules.section_pattern.search(squeeze(before)):
        return None, None
    h = paragraph_heading(replace(p, text=p.text[: m.start()]), rules)
    if h is None or h.kind is None or not h.style or h.style not in styles or h.rest > BARE_REST:
        return None, None
    body = p.body(m.start() + 1)
    return h, replace(p, text=body.text, place=body.place)


def _styles_outside(blocks: Sequence[Block], in_cells: Sequence[Heading], rules: Rules) -> set[str]:
    """The style of the headings outside tables, where those name other sections than the headings in tables do."""
    if not in_cells:
        return set()
    taken = {h.kind for h in in_cells}
    read = (paragraph_heading(b, rules, known=True) for b in blocks if isinstance(b, Paragraph))
    outside = [h for h in read if h is not None and h.kind is not None and h.kind not in taken]
    styles = heading_style(outside)
    return {s for s in styles if len({h.kind for h in outside if h.style == s}) > 1}


def _heads_only(style: str, flow: Sequence[Heading | Block], lines: Mapping[int, Heading]) -> bool:
    """Does a mark head sections only? Nearly all lines that begin with it name a kind, three at least."""
    begun = [i for i, x in enumerate(flow) if isinstance(x, Paragraph) and x.text.lstrip().startswith(style)]
    known = {
        h.kind for i in begun if (h := lines.get(i)) is not None and h.style == style and h.kind is not None
    }
    named = sum(
        1 for i in begun if (h := lines.get(i)) is not None and h.style == style and h.kind is not None
    )
    return len(known) >= 3 and (len(begun) - named) * 3 <= named


def _unknown_heading(h: Heading) -> bool:
    """A short name without figures, where every other line of its dress is a heading: `■ 조치계획`."""
    return h.kind is None and 2 <= len(squeeze(h.title.text)) <= 12 and not re.search(r"\d", h.title.text)


_ORDERS = ("가나다라마바사아자차카타파하", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮", "ABCDEFGH")


def _place_in_order(number: str | None) -> int | None:
    if number and number.isdecimal():
        return int(number)
    return next((o.index(number) + 1 for o in _ORDERS if number and len(number) == 1 and number in o), None)


def _counts_on(before: Heading, h: Heading) -> bool:
    """Does an unknown name count on from the heading before it? `1) 발주` below `3) 주요성과` is an item."""
    first, second = _place_in_order(before.number), _place_in_order(h.number)
    return before.style != h.style or first is None or second is None or second == first + 1


def _names_the_next_ledger(h: Heading, rules: Rules, section: Section) -> bool:
    """`3. 예산 집행실적` below `2. 투자계획`: the next number, and the table below it is another ledger's."""
    before = section.heading
    if h.kind is not None or before.kind != "investment" or before.style != h.style:
        return False
    place = _place_in_order(h.number)
    words = squeeze(h.title.text)
    return (
        place is not None
        and place - 1 == _place_in_order(before.number)
        and any(rules.axis_of.get(w, ("",))[0] == "ledger" for w in (words, BRACKETED.sub("", words)))
    )


def _is_heading(h: Heading, rules: Rules, section: Section | None) -> bool:
    if h.kind is None:
        strong = h.style and h.style != BARE_NUMBER and (h.style[0].isdigit() or h.style[0] in "Ⅰ가【h")
        words = squeeze(h.title.text)
        return bool(
            strong
            and section is not None
            and _counts_on(section.heading, h)
            and 2 <= len(words) <= 14
            and words not in rules.label_of
            and words not in rules.axis_of
        )
    if not h.style:
        return h.exact or h.rest <= BARE_REST
    return h.exact or h.rest <= 14
