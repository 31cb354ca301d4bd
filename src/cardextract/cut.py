"""Cut a document into its cards.

A card begins at its header: a table or a run of label : value lines that states at least three different header
fields, one of them its title or number. Title and as-of lines right above belong to it. What stands before the first
card (cover, contents table) gives its title and date to cards that state none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cardextract.anchors import anchors, is_list, scattered
from cardextract.budget.axes import unit_in
from cardextract.budget.joining import joined
from cardextract.card import Evidence
from cardextract.document import Block, Document, Paragraph, Span, Table
from cardextract.head.issuers import issuer_in
from cardextract.head.lines import unmarked
from cardextract.head.titles import (
    AS_OF,
    DATE_TAIL,
    PAGE_NUMBER,
    is_date_line,
)
from cardextract.listing import blocks_of, read_list
from cardextract.parting import parted
from cardextract.rules import Rules
from cardextract.sections import split
from cardextract.starts import card_start
from cardextract.values import clean, find_money, parse_as_of, squeeze


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
    tables = [i for i, b in enumerate(blocks) if isinstance(b, Table)]
    if all(j - i != 2 for i, j in itertools.pairwise(tables)):
        return list(blocks)  # no two with one line between them
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
