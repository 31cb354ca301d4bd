"""pick: from head and sections to raw fields. Nothing is typed here; every piece is a Span with its place."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cardextract.boxes import subtable
from cardextract.budget.axes import ledger_in, terms, unit_in
from cardextract.budget.entries import Budget
from cardextract.budget.joining import rejoin
from cardextract.budget.lines import budget_in_lines
from cardextract.budget.stray import lines_of
from cardextract.budget.tables import Context, may_be_budget, read_budget
from cardextract.captions import (
    PHOTO,
    PHOTO_MARKS,
    is_caption,
    is_photo_line,
    names_ledger,
    names_picture,
    names_year,
    photos,
)
from cardextract.document import Block, PageBreak, Paragraph, Picture, Span, Table
from cardextract.findings import Finding
from cardextract.head.grids import is_change_log, read_grid
from cardextract.head.issuers import issuer_in
from cardextract.head.lines import read_lines
from cardextract.head.stated import stated_facts, without_money
from cardextract.head.titles import (
    AS_OF,
    BREADCRUMBS,
    DATE_BEHIND,
    DATE_TAIL,
    HEAD_WORDS,
    NUMBER,
    NUMBER_BEHIND,
    NUMBERED_TITLE,
    PAGE_NUMBER,
    POLICY_FIELD,
    is_date_line,
    names_report,
    says_as_of,
    undressed,
)
from cardextract.head.words import Grid, Pick, label_fields
from cardextract.headings import paragraph_heading
from cardextract.outline import Line, Node, flattened, mark, marker_at, read_line, split_line, tree
from cardextract.overview import facts_of_sections
from cardextract.rules import MAX_LINE, Rules
from cardextract.sections import Section, Split
from cardextract.values import may_hold, parse_as_of, squeeze

CAPTION_REACH = 4
"""A caption stands at most this many lines above its table."""


@dataclass
class Outline:
    """A section with its items, raw."""

    section: Section
    nodes: list[Node] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    captions: list[Span] = field(default_factory=list)


@dataclass
class Picked:
    """All raw fields of a card. titles: lines that may be the report's title, the card's title, in order."""

    picks: list[Pick] = field(default_factory=list)
    report_titles: list[Span] = field(default_factory=list)
    numbered: list[tuple[Span | None, Span]] = field(default_factory=list)
    plain_titles: list[Span] = field(default_factory=list)
    as_of: list[Span] = field(default_factory=list)
    issuers: list[Span] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    stated: list[tuple[Budget, list[Pick]]] = field(default_factory=list)
    """Those of the budgets that are facts of the head where a table of years stands, too."""
    outlines: list[Outline] = field(default_factory=list)
    unused: list[Span] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cover: dict[str, str] = field(default_factory=dict)
    """What the cover of the report says, under the record's names: report_title, issuer."""
    unit: str | None = None


def pick(split: Split, rules: Rules, cover: Mapping[str, str] | None = None) -> Picked:
    """The raw fields of a card that `split` has cut; cover: what the report's cover says, by the record's names."""
    out = Picked(cover=dict(cover or {}))
    _head(split.head, rules, out, split.styles)
    lines = _lines_of(split.sections, out)
    for section in split.sections:
        _section(section, lines, rules, out)
    out.picks.extend(facts_of_sections(split.sections, out.picks, rules))
    tables = [b for b in out.budgets if not any(b is s for s, _ in out.stated)]
    if tables and out.stated:
        out.budgets = tables
        out.picks[:0] = [p for _, facts in out.stated for p in facts]
    _budget_lines(out, rules)
    out.unused.extend(split.foot)
    return out


def _budget_lines(out: Picked, rules: Rules) -> None:
    """The budget of a card that has no table: the lines of its investment section."""
    for o in out.outlines if not out.budgets else []:
        if o.section.heading.kind == "investment":
            title = " ".join(t for t in (o.section.heading.span.text, o.section.heading.note) if t)
            unit = unit_in(title) or out.unit
            budget = budget_in_lines(list(lines_of(o.nodes)), unit, ledger_in(title, rules), rules)
            out.budgets.extend([budget] if budget is not None else [])


def _table_budget(
    table: Table,
    before: Sequence[Paragraph],
    after: Sequence[Block],
    title: str,
    rules: Rules,
    out: Picked,
    inherited: str | None = None,
) -> Budget | None:
    if not may_be_budget(table) or is_change_log(table):
        return None
    near = list(before)[-CAPTION_REACH:][::-1]
    ledger = unit = None
    for p in near:
        ledger = ledger or (ledger_in(p.text, rules) if is_caption(p) or len(p.text.strip()) <= 24 else None)
        unit = unit or unit_in(p.text)
    behind = next((b for b in after if isinstance(b, Paragraph)), None)
    if unit is None:
        unit = unit_in(title)
    if unit is None and behind is not None and len(behind.text) < 40:
        unit = unit_in(behind.text)
    around = tuple(p.text for p in (*near, *([behind] if behind else [])) if len(p.text) < 60)
    context = Context(ledger or ledger_in(title, rules), unit or inherited or out.unit, title, around)
    budget = read_budget(table, context, rules)
    if budget is not None:
        year = next((y for p in near if (y := names_year(p, rules))), None)
        if year is not None and all(e.period == "total" for e in budget.entries):
            budget.entries = [replace(e, period=year) for e in budget.entries]
        out.budgets.append(budget)
    return budget


def _rest_of(table: Table, rows: set[int]) -> list[Table]:
    """The parts of a table that a budget left."""
    out, start = [], None
    for r in range(table.rows + 1):
        if r < table.rows and r not in rows:
            start = r if start is None else start
        elif start is not None:
            out.append(subtable(table, start, r))
            start = None
    return out


def _head(blocks: Sequence[Block], rules: Rules, out: Picked, styles: Collection[str]) -> None:
    blocks = rejoin(blocks, rules)
    lines = [b for b in blocks if isinstance(b, Paragraph)]
    for p in lines:
        if len(p.text.strip()) < 60:
            out.unit = out.unit or unit_in(p.text)
    pending: list[Paragraph] = []
    for n, b in enumerate(blocks):
        if isinstance(b, Paragraph):
            pending.append(b)
        elif isinstance(b, Table):
            budget = _table_budget(b, pending, blocks[n + 1 : n + 3], "", rules, out)
            facts = stated_facts(b, budget, rules) if budget else []
            out.stated.extend([(budget, facts)] if budget and facts else [])
            if budget is not None:
                pending = [p for p in pending if not is_caption(p) or AS_OF.search(p.text)]
            _lines(pending, rules, out, styles)
            pending = []
            for part in _rest_of(b, budget.rows) if budget and not facts else [b]:
                titled = _title_row(part, rules)
                if titled is not None:
                    out.numbered.append(titled)
                elif not _indicators(part, rules):
                    grid = read_grid(part, rules)
                    grid = without_money(grid, budget.entries) if budget and facts else grid
                    _take(grid, rules, out)
                    _lines(grid.alone, rules, out, styles)
    _lines(pending, rules, out, styles)
    out.as_of.sort(key=lambda span: not AS_OF.search(span.text))  # the date of issue gives way


def _title_row(table: Table, rules: Rules) -> tuple[Span, Span] | None:
    """Number and title of a pledge in a box of their own: `9 | 어촌 신활력 거점 조성`."""
    cells = [c for c in table.cells if c.text.strip()]
    if len(cells) != 2 or cells[0].row != cells[1].row or label_fields(cells[1].text.strip(), rules):
        return None
    number, title = (c.span.strip() for c in cells)
    plain = len(title.text) >= 4 and not re.match(r"[\d△]", title.text)
    return (number, title) if plain and re.fullmatch(rf"{NUMBER}\.?", number.text) else None


def _indicators(table: Table, rules: Rules) -> bool:
    return any(
        t.dimension == "not_budget" for c in table.cells if c.row == 0 for t in terms(c.text.strip(), rules)
    )


def _take(grid: Grid, rules: Rules, out: Picked) -> None:
    out.picks.extend(grid.picks)
    for span in grid.unused:
        if names_report(span.text, rules):
            out.report_titles.append(span)
        else:
            out.unused.append(span)


def _lines(paragraphs: Sequence[Paragraph], rules: Rules, out: Picked, styles: Collection[str] = ()) -> None:
    """Head lines: report title, as-of date, numbered title, label : value lines; the rest may be the title."""
    grid, rest = read_lines(paragraphs, rules)
    _take(grid, rules, out)
    for p in rest:
        span = p.body()
        text = span.text[:MAX_LINE]
        if not text or PAGE_NUMBER.match(text) or rules.end_pattern.search(text):
            continue
        if BREADCRUMBS.match(text):
            out.unused.append(span)
            continue
        issuer = issuer_in(span)
        if issuer is not None:
            out.issuers.append(issuer)
            if issuer.text == text:
                continue
        tail = DATE_BEHIND.search(text)
        if tail and tail.start() > 0 and says_as_of(tail.group()):
            out.as_of.append(span.part(tail.start(), len(span.text)).strip())
            span = span.part(0, tail.start()).strip()
            text = span.text[:MAX_LINE]
        if names_report(text, rules):
            tail = DATE_TAIL.search(text)
            if tail and parse_as_of(tail.group()):
                out.as_of.append(span.part(tail.start(), tail.end()).strip())
                span = span.part(0, tail.start()).strip()
            out.report_titles.append(span)
        elif (
            len(text) < 60
            and parse_as_of(text)
            and (
                AS_OF.search(text)
                or unit_in(text)
                or re.fullmatch(r"[<(\[〈（].*[>)\]〉）]", text)
                or is_date_line(text)
            )
        ):
            out.as_of.append(span)
        elif is_caption(p) and unit_in(text):
            out.unit = out.unit or unit_in(text)
        elif (m := NUMBER_BEHIND.search(text)) and m.start() > 0 and len(text) < 120:
            begin = marker_at(text, 0, rules)
            out.numbered.append((span.part(*m.span("number")), span.part(begin, m.start()).strip()))
        elif (
            (m := NUMBERED_TITLE.match(text, undressed(text)))
            and len(text) < 120
            and not _captions_head(p, rules, styles)
        ):
            group = next(g for g in "abcd" if m[g])
            out.numbered.append((span.part(*m.span(group)), span.part(*m.span("title"))))
        elif p.marker and NUMBERED_TITLE.match(f"{p.marker} {text}") and not _captions_head(p, rules, styles):
            out.numbered.append((Span(p.marker.strip(".)[] "), span.place), span))  # the format counts
        elif (
            len(text) < 120
            and not p.marker
            and marker_at(text, 0, rules) == 0
            and not text.endswith(("다.", "음.", "함."))
        ):
            field = POLICY_FIELD.match(text)
            if field:
                out.picks.append(Pick("other", "분야", span.part(*field.span(1))))
                span = span.part(field.end(), len(span.text)).strip()
            out.plain_titles.append(span)
        elif (
            len(text) < 60
            and (begin := undressed(f"{p.marker}{text}") - len(p.marker)) >= 0
            and (begin or p.marker)
        ):
            title = span.part(begin, len(span.text)).strip()
            words = squeeze(title.text)
            if HEAD_WORDS.fullmatch(words) or words.endswith(("다.", "음.", "함.")):
                out.unused.append(span)
            else:
                out.plain_titles.insert(0, title)  # a line without a mark is surer
        else:
            out.unused.append(span)


def _captions_head(p: Paragraph, rules: Rules, styles: Collection[str]) -> bool:
    """A heading over the header itself (`1. 기본현황` where the sections are numbered like it): no title."""
    h = paragraph_heading(p, rules)
    return h is not None and h.style in styles and bool(HEAD_WORDS.fullmatch(squeeze(h.title.text)))


@dataclass(frozen=True)
class _Lines:
    """What is asked of the lines of all sections at once, for one line in a thousand is such."""

    sections: Sequence[Section]
    titles: frozenset[str]
    """The squeezed titles of the report, which stand at the head of pages."""
    titled: bool
    """Can a line be one of them?"""
    dated: bool
    """Can a line say as of when the card speaks?"""


def _lines_of(sections: Sequence[Section], out: Picked) -> _Lines:
    titles = frozenset(
        squeeze(t) for t in (*(s.text for s in out.report_titles), out.cover.get("report_title", ""))
    )
    lines = [b.text for s in sections for b in s.blocks if isinstance(b, Paragraph)]
    whole = unicodedata.normalize("NFC", " ".join(lines))
    titled = any(may_hold(whole, t) if t else any(c in whole for c in _INVISIBLE) for t in titles)
    return _Lines(sections, titles, titled, AS_OF.search(whole) is not None)


_INVISIBLE = ("\u200b", "\ufeff")
"""Blanks of no width: a line of them alone is squeezed to nothing."""


def _section(section: Section, asked: _Lines, rules: Rules, out: Picked) -> None:
    h = section.heading
    if h.note and AS_OF.search(h.note):
        at = h.span.text.find(h.note.strip())
        if at >= 0:
            out.as_of.append(h.span.part(at, at + len(h.note.strip())))
    outline = Outline(section)
    out.outlines.append(outline)
    blocks = rejoin([b for b in section.blocks if not isinstance(b, PageBreak)], rules, asked.titles)
    ends = len(blocks) - 2 if blocks and not isinstance(blocks[-1], Table) else len(blocks)
    title = " ".join(t for t in (h.span.text, h.note) if t)
    lines: list[Paragraph] = []
    since: list[Paragraph] = []
    near: set[int] = set()  # lines beside a table (their ids), which may be its captions
    unit: str | None = None
    for n, b in enumerate(blocks):
        if isinstance(b, Paragraph):
            text = b.text.strip()
            last = text[-1:]
            if not text or ((last.isdecimal() or last in "-–—") and PAGE_NUMBER.match(text)):
                continue
            if n >= ends and rules.end_pattern.search(text):
                continue
            bare = text.lstrip("※* ") if asked.dated and not b.marker else ""
            if bare and len(bare) < 60 and says_as_of(bare) and marker_at(bare, 0, rules) == 0:
                out.as_of.append(b.body())
                continue
            if asked.titled and not b.marker and squeeze(text) in asked.titles:
                continue  # the running title of a report, at the head of a page
            if n and isinstance(blocks[n - 1], Picture) and names_picture(b, rules):
                outline.captions.append(b.body())
                continue
            lines.append(b)
            since.append(b)
        elif isinstance(b, Table):
            near.update(map(id, (*since[-CAPTION_REACH:], *blocks[n + 1 : n + 2])))
            budget = _table_budget(b, since, blocks[n + 1 : n + 2], title, rules, out, unit)
            if budget is not None:  # the unit line stands above the first of several tables
                unit = budget.unit or unit
                if h.kind is None:
                    section.heading = replace(h, kind="investment")
                names = list(
                    itertools.takewhile(lambda p: is_caption(p) or names_ledger(p, rules), reversed(since))
                )
                lines = [p for p in lines if not any(p is q for q in names)]
            parts = _rest_of(b, budget.rows) if budget else [b]
            # a heading or unit line may stand in a row of cells of its own: `Ⅱ | 투자계획 단위: 천원`
            since = (
                [p for c in parts[0].cells for p in c.paragraphs] if budget is None and b.rows == 1 else []
            )
            for part in parts:
                _other_table(part, section, outline)
    captions = section.heading.kind == "references"
    body = [p for p in lines if not _names_table(p, near, captions)]
    if len(body) == 1 and not section.cell and flattened(body, rules):
        body = split_line(body[0], rules)
        body = [replace(p, indent=0) for p in body]
    read: list[Line] = []
    marked = captions and any(p.text.strip()[:1] in PHOTO_MARKS for p in body)
    bullets = _bullets(asked.sections, rules) if marked else set()
    for p in body:
        if (captions and is_photo_line(p, rules, bullets)) or (
            "사진" in p.text and PHOTO.match(p.text.strip())
        ):
            outline.captions.extend(photos(p))
        else:
            read.append(read_line(p, rules))
    outline.nodes = tree([x for x in read if x.span.text], rules)  # a mark alone (`-`) says nothing


def _names_table(p: Paragraph, near: set[int], captions: bool) -> bool:
    """A line that belongs to a table: its unit, or a name right beside it. captions: not where all lines are captions."""
    if unit_in(p.text):
        return is_caption(p)
    return not captions and id(p) in near and is_caption(p)


def _bullets(sections: Sequence[Section], rules: Rules) -> set[str]:
    """Markers that head items in the sections that hold no captions."""
    return {
        mark(p, rules)
        for section in sections
        if section.heading.kind != "references"
        for p in section.blocks
        if isinstance(p, Paragraph)
    }


def _other_table(table: Table, section: Section, outline: Outline) -> None:
    pictures = any(isinstance(b, Picture) for c in table.cells for b in c.blocks)
    if section.heading.kind == "references" or pictures:
        texts = [p.body() for row in table.lines() for c in row for p in c.paragraphs if p.text.strip()]
        outline.captions.extend(texts)
        return
    if any(c.text.strip() for c in table.cells):
        outline.tables.append(table)
