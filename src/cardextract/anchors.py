"""Where headers stand: the tables and lines that state enough header fields to begin a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from cardextract.document import Block, Paragraph, Table
from cardextract.head.grids import is_change_log, read_grid
from cardextract.head.lines import boxed_fields, facts, line_label
from cardextract.head.rows import stated_in
from cardextract.head.words import COLON, label_fields
from cardextract.listing import is_contents, read_list
from cardextract.plain import asked_once
from cardextract.rules import Rules

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


def header_fields(block: Block, rules: Rules) -> frozenset[str]:
    """The header fields that a table states, or that a label : value line states."""
    if isinstance(block, Table):
        if is_list(block, rules) or is_change_log(block):
            return _NONE
        return WEIGHTY.intersection(p.field for p in read_grid(block, rules).picks)
    if isinstance(block, Paragraph):
        return _line_fields(block, rules)
    return _NONE


def _line_fields(line: Paragraph, rules: Rules) -> frozenset[str]:
    whole = line_label(line, rules)
    if not whole:
        return WEIGHTY & boxed_fields(line, rules) if line.text.lstrip()[:1] in _BOXES else _NONE
    parts = facts(line, rules)
    if len(parts) == 1:
        return WEIGHTY.intersection(whole[1])
    found = [line_label(fact, rules) for fact in parts]
    return WEIGHTY.intersection(name for labelled in found if labelled for name in labelled[1])


_NONE: frozenset[str] = frozenset()
_BOXES = frozenset("[【〔<〈《(")
"""What a line of brackets begins with."""


def is_list(table: Table, rules: Rules) -> bool:
    """One label row with many rows below: a contents table or a list page."""
    if is_contents(table) or read_list(table, rules) is not None:
        return True
    lines = table.lines()
    if len(lines) < CONTENTS_ROWS + 1:
        return False
    filled = ([c for c in row if c.bare] for row in lines)
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
    named = [_line_fields(b, rules) if isinstance(b, Paragraph) else _NONE for b in blocks]
    for n, names in labels.items():
        named[n] |= WEIGHTY.intersection(names)
    i = 0
    while i < len(blocks):
        b = blocks[i]
        if isinstance(b, Table):
            fields = header_fields(b, rules) if _begins_card(nameable(b, rules), loose) else _NONE
            if _begins_card(fields, loose) and not (out and _same_header(blocks, out[-1], i, rules, fields)):
                out.append(i)
            i += 1
        elif named[i]:
            stated: set[str] = set()
            j, gap = i, 0
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
        here = header_fields(b, rules) if b is not None else _NONE
        if here and not stated:
            first = i
        gap = 0 if here else gap + 1
        if b is None or gap > GAP or "title" in here & stated:
            out.extend([first] if _begins_card(stated) else [])
            first, stated = i, set()
        stated |= here
    return out


def _begins_card(stated: AbstractSet[str], loose: bool = False) -> bool:
    return len(stated) >= 3 and (loose or bool(stated & {"title", "number", "serial", "lead_department"}))


@asked_once
def nameable(table: Table, rules: Rules) -> frozenset[str]:
    """The header fields that a table could state at most: a quick no for the many tables that are no header."""
    out = {"status"}  # which status words name without a label
    for cell in table.cells:
        text = cell.bare
        if not text:
            continue
        names = label_fields(text, rules)
        if names:
            out.update(names)
        if ":" in text or "：" in text:
            colon = COLON.match(text)
            if colon:
                out.update(label_fields(colon["label"], rules))
            out |= stated_in(cell, rules)
    for inner in table.inner:
        out |= nameable(inner, rules)
    return WEIGHTY & out


def _same_header(blocks: Sequence[Block], last: int, i: int, rules: Rules, stated: AbstractSet[str]) -> bool:
    """A second table with header fields close behind the first belongs to the same card, unless both name the pledge."""
    first = header_fields(blocks[last], rules)
    between = [b for b in blocks[last + 1 : i] if isinstance(b, Paragraph) and b.text.strip()]
    return (
        not (first & stated & {"title", "number", "lead_department", "period", "budget_total"})
        and len(between) <= 3
    )
