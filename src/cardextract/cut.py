"""Cut a document into its cards.

A card begins at its header: a table or a run of label : value lines that states at least three different header
fields, one of them its title or number. Title and as-of lines right above belong to it. What stands before the first
card (cover, contents table) gives its title and date to cards that state none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cardextract.budget.axes import unit_in
from cardextract.budget.joining import joined
from cardextract.card import Evidence
from cardextract.document import Block, Document, PageBreak, Paragraph, Span, Table
from cardextract.head.grids import is_change_log, read_grid
from cardextract.head.issuers import issuer_in
from cardextract.head.lines import facts, line_label, unmarked
from cardextract.head.rows import stated_in
from cardextract.head.titles import (
    AS_OF,
    DATE_TAIL,
    NUMBER,
    NUMBERED_TITLE,
    PAGE_NUMBER,
    is_date_line,
    undressed,
)
from cardextract.head.words import COLON, label_fields
from cardextract.headings import paragraph_heading
from cardextract.listing import blocks_of, is_contents, read_list
from cardextract.outline import marker_at
from cardextract.parting import parted
from cardextract.rules import Rules
from cardextract.sections import split
from cardextract.values import clean, find_money, parse_as_of, squeeze

WEIGHTY = frozenset(
    {
        "title",
        "number",
        "serial",
        "lead_department",
        "period",
        "budget_total",
        "status",
        "progress",
        "staff",
        "person",
        "related_departments",
        "goals",
        "tasks",
    }
)
CONTENTS_ROWS = 4
"""A table whose label row has this many rows under it is a list (contents, ledger), no header."""


@dataclass
class CardBlocks:
    """The blocks of one card, and what the cover says for it."""

    blocks: tuple[Block, ...]
    cover: dict[str, Any] = field(default_factory=dict)
    cover_evidence: dict[str, Evidence] = field(default_factory=dict)
    unclaimed: tuple[Span, ...] = ()
    """Text of a list page that belongs to no pledge: totals, sub-totals."""
    labels: frozenset[int] | None = None
    """Indexes of lines that are labels without a colon; None: not looked for yet."""


def header_fields(block: Block, rules: Rules) -> set[str]:
    """The header fields that a table states, or that a label : value line states."""
    if isinstance(block, Table):
        if is_list(block, rules) or is_change_log(block):
            return set()
        return {p.field for p in read_grid(block, rules).picks} & WEIGHTY
    if isinstance(block, Paragraph):
        whole = line_label(block, rules)
        if not whole:
            return set()
        parts = facts(block, rules)
        found = [whole] if parts == [block] else [line_label(fact, rules) for fact in parts]
        return {name for labelled in found if labelled for name in labelled[1]} & WEIGHTY
    return set()


def is_list(table: Table, rules: Rules) -> bool:
    """One label row with many rows below: a contents table or a list page."""
    if is_contents(table) or read_list(table, rules) is not None:
        return True
    lines = table.lines()
    if len(lines) < CONTENTS_ROWS + 1:
        return False
    filled = ([c for c in row if c.text.strip()] for row in lines)
    first = next((row for row in filled if row), [])
    if len(first) < 2 or not all(label_fields(c.text, rules) for c in first):
        return False
    rows = [first, *(row for row in filled if row)]
    if len(rows) < CONTENTS_ROWS + 1:
        return False
    widths = [len(r) for r in rows[1:]]
    return sum(w == len(rows[0]) for w in widths) >= len(widths) - 1 and not any(
        label_fields(r[0].text, rules) for r in rows[1:]
    )


def anchors(
    blocks: Sequence[Block], rules: Rules, labels: Mapping[int, Sequence[str]], loose: bool = False
) -> list[int]:
    """Indexes of the blocks that begin a header. labels: what `unmarked` says of the blocks. loose: also of one that
    names no pledge (its title stands above)."""
    out: list[int] = []
    named = [header_fields(b, rules) if isinstance(b, Paragraph) else set() for b in blocks]
    for n, names in labels.items():
        named[n] = named[n] | set(names) & WEIGHTY
    i = 0
    while i < len(blocks):
        b = blocks[i]
        if isinstance(b, Table):
            stated = header_fields(b, rules) if _begins_card(nameable(b, rules), loose) else set()
            j = i + 1
            if not _begins_card(stated, loose):
                i += 1
                continue
            if not (out and _same_header(blocks, out[-1], i, rules, stated)):
                out.append(i)
            i = j
        elif named[i]:
            stated, j = set(), i
            gap = 0
            while j < len(blocks) and isinstance(blocks[j], Paragraph) and gap < 6:
                here = named[j]
                gap = 0 if here else gap + 1
                stated |= here
                j += 1
            if len(stated) >= 3:
                out.append(i)
            i = max(i + 1, j - gap)
        else:
            i += 1
    return out


GAP = 2
"""Blocks that state nothing between the small tables and lines of one head, at most."""


def scattered(blocks: Sequence[Block], rules: Rules) -> list[int]:
    """Where heads begin that come in pieces: small tables and lines close together, none of which says enough alone."""
    out: list[int] = []
    stated: set[str] = set()
    first = gap = 0
    for i, b in enumerate((*blocks, None)):
        here = header_fields(b, rules) if b is not None else set()
        if here and not stated:
            first = i
        gap = 0 if here else gap + 1
        if b is None or gap > GAP or "title" in here & stated:
            out.extend([first] if _begins_card(stated) else [])
            first, stated = i, set()
        stated |= here
    return out


def _begins_card(stated: set[str], loose: bool = False) -> bool:
    return len(stated) >= 3 and (loose or bool(stated & {"title", "number", "serial", "lead_department"}))


def nameable(table: Table, rules: Rules) -> set[str]:
    """The header fields that a table could state at most: a quick no for the many tables that are no header."""
    out = {"status"}  # which status words name without a label
    for cell in table.cells:
        text = cell.text.strip()
        if not text:
            continue
        out.update(label_fields(text, rules))
        colon = COLON.match(text) if ":" in text or "：" in text else None
        if colon:
            out.update(label_fields(colon["label"], rules))
        out |= stated_in(cell, rules)
    for cell in table.cells:
        for block in cell.blocks:
            if isinstance(block, Table):
                out |= nameable(block, rules)
    return out & WEIGHTY


def _same_header(blocks: Sequence[Block], last: int, i: int, rules: Rules, stated: set[str]) -> bool:
    """A second table with header fields close behind the first belongs to the same card, unless both name the pledge."""
    first = header_fields(blocks[last], rules)
    between = [b for b in blocks[last + 1 : i] if isinstance(b, Paragraph) and b.text.strip()]
    return (
        not (first & stated & {"title", "number", "lead_department", "period", "budget_total"})
        and len(between) <= 3
    )


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
    filled = [c for c in b.cells if c.text.strip()] if isinstance(b, Table) and b.rows == 1 else []
    if (
        not filled
        or len(filled) > 2
        or any(len(c.paragraphs) != len(c.blocks) or len(c.blocks) > 1 for c in filled)
    ):
        return None
    last = filled[-1].paragraphs[0]
    if len(filled) == 1:
        return last
    number = filled[0].text.strip().rstrip(".")
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


def cards(document: Document, rules: Rules) -> list[CardBlocks]:
    """The cards of a document in order; empty where nothing looks like a card."""
    blocks = tuple(_with_group_lines(list(parted(list(_unframed(document.blocks)), rules)), rules))
    labels = unmarked(blocks, rules)
    found = anchors(blocks, rules, labels)
    if not found:
        listed = _listed(blocks, rules)
        if listed:
            return listed
        found = anchors(blocks, rules, labels, loose=True) or scattered(blocks, rules)
    if not found:
        inner = tuple(_unwrapped(blocks))
        return cards(replace(document, blocks=inner), rules) if len(inner) > len(blocks) else []
    if len(found) == 1 and not any(isinstance(b, Table) and is_list(b, rules) for b in blocks[: found[0]]):
        return [CardBlocks(tuple(blocks), labels=frozenset(labels))]
    starts: list[int] = []
    for n, a in enumerate(found):
        floor = found[n - 1] + 1 if n else 0
        starts.append(_first_start(blocks, a, rules) if n == 0 else card_start(blocks, a, floor, rules))
    # what stands above the first header speaks for all cards that state nothing else
    cover, proof = _cover(blocks[: found[0] if len(found) > 1 else starts[0]], rules)
    ends = [*starts[1:], len(blocks)]
    out = [CardBlocks(tuple(blocks[s:e]), cover, proof) for s, e in zip(starts, ends, strict=True)]
    return [replace(out[0], unclaimed=_unsaid(blocks[: starts[0]], proof)), *out[1:]]


def _unsaid(blocks: Sequence[Block], proof: dict[str, Evidence]) -> tuple[Span, ...]:
    """What a cover says and no card took: each line with an amount, the others in one piece."""
    lines = [b.body() for b in blocks if isinstance(b, Paragraph)]
    said = [e.text for e in proof.values()]
    rest = [
        s for s in lines if s.text and not PAGE_NUMBER.match(s.text) and not any(t in s.text for t in said)
    ]
    plain = [s for s in rest if not find_money(s.text)]
    whole = (Span(" / ".join(s.text for s in plain), plain[0].place),) if plain else ()
    return (*whole, *(s for s in rest if find_money(s.text)))


def _unframed(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks without frames: a table of one cell that holds a table is a line drawn around it."""
    for b in blocks:
        if (
            isinstance(b, Table)
            and len(b.cells) == 1
            and any(isinstance(x, Table) for x in b.cells[0].blocks)
        ):
            yield from _unframed(b.cells[0].blocks)
        else:
            yield b


def _unwrapped(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a page whose tables only lay it out: a cell that holds lines and a table of its own is opened."""
    for b in blocks:
        if isinstance(b, Table) and any(
            len(c.blocks) > 3 and any(isinstance(x, Table) for x in c.blocks) for c in b.cells
        ):
            for cell in b.cells:
                yield from _unwrapped(cell.blocks)
        else:
            yield b


def _listed(blocks: Sequence[Block], rules: Rules) -> list[CardBlocks]:
    """The pledges of list pages, where no card stands in the document and no section either."""
    read = ((i, read_list(b, rules)) for i, b in enumerate(blocks) if isinstance(b, Table))
    lists = {i: entries for i, entries in read if entries is not None and entries.columns.reports}
    if not lists or len(split(blocks, rules).sections) > 1:
        return []
    outside = [b for i, b in enumerate(blocks) if i not in lists]
    cover, proof = _cover(outside, rules)
    units = [b for b in outside if isinstance(b, Paragraph) and len(b.text) < 60 and unit_in(b.text)]
    said = [e.text for e in proof.values()]
    rest = [
        b.body()
        for b in outside
        if isinstance(b, Paragraph)
        and b.text.strip()
        and not any(b is u for u in units)
        and not any(text in b.text for text in said)
    ]
    out: list[CardBlocks] = []
    for entries in lists.values():
        rest += entries.rest
        for pledge in entries.pledges:
            own = blocks_of(entries, pledge, rules)
            out.append(CardBlocks((*units, *own), cover, proof, tuple(rest)))
            rest = []
    return out


def _with_group_lines(blocks: Sequence[Block], rules: Rules) -> list[Block]:
    """Lists of a text whose group rows (`【경제】`) stand in lines without tabs: such a line is a row of the list again."""
    out: list[Block] = []
    for b in blocks:
        between = out[-1] if out else None
        above = out[-2] if len(out) > 1 else None
        if (
            isinstance(b, Table)
            and b.ragged
            and isinstance(above, Table)
            and above.ragged
            and isinstance(between, Paragraph)
            and len(between.text) < 40
            and b.cols <= above.cols
            and read_list(joined(above, (), b), rules) is not None
        ):
            out[-2:] = [joined(above, (between,), b)]
        else:
            out.append(b)
    return out


def _first_start(blocks: Sequence[Block], anchor: int, rules: Rules) -> int:
    """Where the first card begins: behind the cover and its contents table."""
    floor = max(
        (i + 1 for i, b in enumerate(blocks[:anchor]) if isinstance(b, Table) and is_list(b, rules)),
        default=0,
    )
    return card_start(blocks, anchor, floor, rules)


def _cover(blocks: Sequence[Block], rules: Rules) -> tuple[dict[str, Any], dict[str, Evidence]]:
    cover: dict[str, Any] = {}
    proof: dict[str, Evidence] = {}
    said = ""
    for b in blocks:
        if not isinstance(b, Paragraph):
            continue
        span = b.body()
        date = parse_as_of(span.text) if len(span.text) < 60 and re.search(r"\d", span.text) else None
        if date and len(date.iso) > 4 and _surer(date.iso, span.text, cover.get("as_of"), said):
            cover["as_of"], said = date.iso, span.text
            piece = span.part(date.start, date.end)
            proof["as_of"] = Evidence(text=piece.text, place=piece.place, certainty="inferred", reason="표지")
        issuer = issuer_in(span)
        if issuer is not None and "issuer" not in cover:
            cover["issuer"] = issuer.text
            proof["issuer"] = Evidence(
                text=issuer.text, place=issuer.place, certainty="inferred", reason="표지"
            )
        if (
            rules.report_title_pattern.search(span.text)
            and len(squeeze(span.text)) < 40
            and "report_title" not in cover
        ):
            tail = DATE_TAIL.search(span.text)
            piece = span.part(0, tail.start()).strip() if tail else span
            cover["report_title"] = clean(piece.text)
            proof["report_title"] = Evidence(
                text=piece.text, place=piece.place, certainty="inferred", reason="표지"
            )
    return cover, proof


def _surer(iso: str, text: str, before: str | None, said: str) -> bool:
    """Is this the cover's date rather than the one before, which its line `said`? A line that says 기준 or 현재 is surer
    than the date of issue; among equals the first, unless a later one is more precise (`2024년 상반기`)."""
    if before is None:
        return True
    now, then = bool(AS_OF.search(text)), bool(AS_OF.search(said))
    finer = len(iso) > len(before) and (now or is_date_line(text))
    return (now and not then) or (finer and (now == then or iso.startswith(before)))
