"""Header fields that the head lacks and a section states: the head printed under a heading, or beside it in a small table."""

from __future__ import annotations

from collections.abc import Sequence

from cardextract.document import Paragraph, Table
from cardextract.head.grids import read_grid
from cardextract.head.lines import read_lines
from cardextract.head.words import Pick, may_begin_label
from cardextract.rules import Rules
from cardextract.sections import Section

HEADER_FACTS = frozenset(
    {
        "title",
        "number",
        "lead_department",
        "related_departments",
        "staff",
        "person",
        "period",
        "budget_total",
        "status",
        "progress",
    }
)
"""What a head states; where it states none of a kind, an overview of the pledge may."""


SMALL_ROWS = 4
"""A table of header fields behind a heading has at most so many rows."""


def facts_of_sections(sections: Sequence[Section], known: Sequence[Pick], rules: Rules) -> list[Pick]:
    """Facts that are not among the known ones of the head: of an overview in `label : value` lines (at least three: it is the
    head itself, under a heading), or of a small table of labels that stands behind a heading. They stay there, too."""
    stated = {p.field for p in known if p.span.text}
    out: list[Pick] = []
    for n, section in enumerate(sections):
        found: list[Pick] = []
        if section.heading.kind == "overview" or n < 2:
            lines = [b for b in section.blocks if isinstance(b, Paragraph)]
            labelled = any(may_begin_label(p.text, rules) for p in lines)
            picks = read_lines(lines, rules)[0].picks if labelled else ()
            facts = [p for p in picks if p.field in HEADER_FACTS and p.span.text]
            found += facts if len({p.field for p in facts}) >= 3 else []
        for table in (b for b in section.blocks if isinstance(b, Table) and b.rows <= SMALL_ROWS):
            grid = read_grid(table, rules)
            facts = [p for p in grid.picks if p.field in HEADER_FACTS and p.span.text]
            if len({p.field for p in facts} - {"budget_total"}) >= 2 and not grid.unused:
                found += facts
        out.extend(p for p in found if p.field not in stated)
        stated |= {p.field for p in found}
    return out
