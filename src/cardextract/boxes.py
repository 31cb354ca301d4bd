"""Tables that hold headings: one-table cards, headings in boxes, headings side by side, cut into headings and content."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from cardextract.document import Cell, Paragraph, Picture, Span, Table
from cardextract.headings import BARE_NUMBER, BARE_REST, BRACKETED, PREFIX, WEAK, Heading, heading_of
from cardextract.outline import marker_at, split_line
from cardextract.rules import Rules
from cardextract.values import squeeze

_NUMBER_CELL = re.compile(r"(?:\d{1,2}|[Ⅰ-Ⅻ]|[IVX]{1,4}|[가-하])\.?")


def _bulleted(paragraphs: Sequence[Paragraph], rules: Rules) -> bool:
    """Does a line begin with a mark and say something? A dash alone says that there is nothing."""
    texts = [(p.marker, p.text.strip()) for p in paragraphs]
    return any(t and (m or 0 < marker_at(t, 0, rules) < len(t)) for m, t in texts)


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [c for c in row if c.blocks and (c.bare or any(isinstance(b, Table | Picture) for b in c.blocks))]


def row_heading(cells: Sequence[Cell], rules: Rules, under: Sequence[Cell] = ()) -> Heading | None:
    """The heading that a table row holds: its only cell, or its first with bulleted or nested content beside it.

    cells, under: those of the row and of the next one that hold anything.
    """
    if not cells or len(cells) > 2:
        return None
    first = cells[0]
    texts = [p for p in first.paragraphs if p.text.strip()]
    if not texts or any(isinstance(b, Table) for b in first.blocks):
        return None
    span = first.span if len(texts) > 1 else texts[0].span()
    span = Span(" ".join(span.text.split("\n")), span.place) if "\n" in span.text else span
    if len(texts) == 1 and texts[0].marker and not PREFIX.match(span.text):
        span = Span(f"{texts[0].marker} {span.text}", span.place)
    h = heading_of(span, rules)
    if h is None or h.kind is None or (not h.style and h.rest > BARE_REST):
        return None
    label = rules.label_of.get(squeeze(h.title.text)) or _status_and_rate(h.title.text, rules)
    axis = rules.axis_of.get(squeeze(h.title.text))
    listed = len(under) == 1 and _bulleted(under[0].paragraphs, rules)
    if axis is not None and axis[0] == "period" and not h.style and len(cells) == 1 and not listed:
        return None  # `향후` alone in its row: a row of a budget whose amounts are blank
    if len(cells) == 1 and label is not None and not h.style and len(under) == 1 and not listed:
        return None  # `소요예산` over its amount
    if len(cells) == 1:
        if label is not None and len(under) == 1 and _is_value(label, under[0].text, rules):
            return None  # `추진상황` over `완료`: a label with its value below
        return h if label is None or label in ("budget_total", "status") or h.style else None
    content = cells[1]
    inner = [p for p in content.paragraphs if p.text.strip()]
    nested = any(isinstance(b, Table) and not _sources_only(b, rules) for b in content.blocks)
    rich = nested or len(inner) > 1 or _bulleted(inner, rules)
    if label is not None and label not in ("budget_total", "status"):
        return None
    if label is not None and not h.style and not (nested or _bulleted(inner, rules)):
        return None
    if label == "budget_total" and not nested and _amounts_only(inner, rules):
        return None  # `총사업비 | 32억 - 시비 16억 - 구비 16억`
    if label == "status" and (_ticked(content.text, rules) or _marked_status(content.text, rules)):
        return None
    if (
        label == "status"
        and len(re.findall(r"[□☐■☑☒]", content.text)) >= 2
        and not re.search(r"[□■]\s\S+\s\S+\s\S+", content.text)
    ):
        return None  # boxes to tick, not bullets
    if (
        h.kind == "references"
        or rich
        or (h.style and h.style not in ("○", "-"))
        or len(content.text) > 24
        or not content.bare
    ):
        return h
    return None


def _status_and_rate(text: str, rules: Rules) -> str | None:
    """`이행상황(달성률)` labels a status with its rate, though the words before the bracket could head a section."""
    bracket = BRACKETED.search(squeeze(text))
    rated = bracket is not None and bracket[0][1:-1] in rules.progress_labels
    return "status" if rated and rules.label_of.get(BRACKETED.sub("", squeeze(text))) == "status" else None


def _is_value(label: str, text: str, rules: Rules) -> bool:
    """Is the text what a label of this field has: a status word, an amount?"""
    if label == "status":
        return squeeze(re.sub(r"[(\[（].*", "", text)) in rules.status_of
    return bool(re.match(r"(?:금|총|약)?\s*[\d△]", text.strip())) and len(text) < 60


def _amounts_only(lines: Sequence[Paragraph], rules: Rules) -> bool:
    """Lines of which each states an amount, those with a mark that of a source."""
    marked = [p for p in lines if _bulleted([p], rules)]
    words = [re.findall(r"[가-힣·]+", p.text) for p in marked]
    return all(re.search(r"\d", p.text) for p in lines) and all(
        w and rules.axis_of.get(w[0], ("",))[0] in ("source", "total", "group") for w in words
    )


def _sources_only(table: Table, rules: Rules) -> bool:
    """A small table that breaks one amount down by source (`국비 | 도비` over two figures) belongs to its label."""
    first = [squeeze(c.text) for c in table.cells if c.row == 0 and c.bare]
    words = [rules.axis_of.get(word, ("",))[0] for word in first]
    return (
        table.rows <= 2 and bool(words) and "source" in words and set(words) <= {"source", "total", "group"}
    )


def _marked_status(text: str, rules: Rules) -> bool:
    """`■완료`, `○`: one state with its mark, or the mark alone."""
    word = squeeze(text).strip("".join(rules.mark_starts) + "√✔☑vV")
    return not word or word in rules.status_of


def _ticked(text: str, rules: Rules) -> bool:
    """Status words with a mark each, of which one is set: `●완료 ○보류 ○지연`."""
    words = [squeeze(w) for w in re.split(r"[□☐■☑☒○●◎◉√✔]", text) if w.strip()]
    known = sum(w in rules.status_of for w in words)
    return known >= 2 and known * 3 >= len(words) * 2


def explode(table: Table, rules: Rules) -> list[Heading | Table | Paragraph | Picture]:
    """A table that holds headings, cut into header grids, headings and their content; others come back whole."""
    filled = [_filled(row) for row in table.lines()]
    heads = [
        row_heading(row, rules, below) if 0 < len(row) < 3 else None
        for row, below in zip(filled, [*filled[1:], ()], strict=True)
    ]
    heads = _with_short_rows(filled, heads, rules)
    kinds: dict[str, set[str | None]] = defaultdict(set)
    for h in heads:
        if h is not None:
            kinds[h.style].add(h.kind)
    # `□ 특이사항 없음` alone in its row is an item; `□ 추진실적` beside `□ 향후계획` is a heading
    heads = [
        h if h is None or h.style not in WEAK or len(kinds[h.style]) > 1 or len(filled[r]) > 1 else None
        for r, h in enumerate(heads)
    ]
    if table.rows == 1 and table.cols == 1 and table.cells and len(table.cells[0].paragraphs) == 1:
        h = heading_of(table.cells[0].paragraphs[0].span(), rules)
        if h and h.kind and (h.style or h.rest <= BARE_REST):
            return [h]
    boxed = _number_beside(table)
    if boxed is not None:
        h = heading_of(boxed[1].paragraphs[0].span(), rules)
        if h and h.kind and h.rest <= BARE_REST:
            return [replace(h, number=boxed[0].bare.rstrip("."), style=BARE_NUMBER + "|")]
    side = _side_by_side(table, filled, rules)
    if side is not None:
        return side
    for r in range(1, len(filled)):
        # `집행액` whose amounts are blank, in the middle of a budget: a row, no heading
        h, cells = heads[r], filled[r]
        if h is None or h.style or len(cells) > 1 or cells[0].colspan >= table.cols:
            continue
        below = filled[r + 1] if r + 1 < len(filled) else []
        headed = bool(below) and rules.axis_of.get(squeeze(below[0].text), ("",))[0] == "corner"
        inside = cells[0].col > 0 or (len(filled[r - 1]) > 2 and not headed)
        if squeeze(h.title.text) in rules.axis_of and inside:
            heads[r] = None
    if not any(heads):
        return [table]
    out: list[Heading | Table | Paragraph | Picture] = []
    start = 0
    open_heading = False

    def flush(stop: int) -> None:
        if stop > start:
            out.append(subtable(table, start, stop))

    for r, (cells, head) in enumerate(zip(filled, heads, strict=True)):
        if head is None:
            alone = open_heading and len(cells) == 1 and start == r and not _label_row(cells, rules)
            if not cells and start == r:
                start = r + 1
            elif alone or (open_heading and start == r and _dated_items(cells, rules)):
                for cell in cells:
                    out.extend(_content(cell, rules))
                start = r + 1
            continue
        flush(r)
        out.append(head)
        for cell in cells[1:]:
            out.extend(_content(cell, rules))
        start, open_heading = r + 1, True
    flush(len(filled))
    return out


def _dated_items(cells: Sequence[Cell], rules: Rules) -> bool:
    """`2023년 | - 12개소 완료`: items under a name of their own, below a heading that fills its row."""
    if len(cells) != 2 or any(isinstance(b, Table) for c in cells for b in c.blocks):
        return False
    return (
        len(squeeze(cells[0].text)) <= 12
        and squeeze(cells[0].text) not in rules.label_of
        and _bulleted(cells[1].paragraphs, rules)
    )


def _side_by_side(
    table: Table, filled: Sequence[Sequence[Cell]], rules: Rules
) -> list[Heading | Table | Paragraph | Picture] | None:
    """Headings in one row, each with its content below it (`추진실적 | 향후계획`): section after section. filled: the
    cells of each row that hold anything."""
    for r in range(len(filled) - 1):
        heads = filled[r]
        if len(heads) < 2 or not all(rules.section_pattern.search(squeeze(c.text)) for c in heads):
            continue
        below = {c.col: c for c in filled[r + 1]}
        if {c.col for c in heads} < below.keys():
            continue
        under = [below[c.col] for c in heads if c.col in below]
        listed = sum(_bulleted(c.paragraphs, rules) for c in under)
        if not listed or listed * 2 < len(under):
            continue
        read = [heading_of(Span(" ".join(c.text.split("\n")), c.place), rules) for c in heads]
        if not all(h and h.kind and (h.exact or h.rest <= 2) for h in read):
            continue
        out: list[Heading | Table | Paragraph | Picture] = (
            list(explode(subtable(table, 0, r), rules)) if r else []
        )
        for cell, h in zip(heads, read, strict=True):
            if h is not None:
                out.append(h)
            if cell.col in below:
                out.extend(_content(below[cell.col], rules))
        if r + 2 < len(filled):
            out.extend(explode(subtable(table, r + 2, len(filled)), rules))
        return out
    return None


def _with_short_rows(
    filled: Sequence[Sequence[Cell]], heads: Sequence[Heading | None], rules: Rules
) -> list[Heading | None]:
    """In a table whose first column heads sections, `추진배경 | 주민 요구` heads one too, short as it is."""
    found = [h for r, h in enumerate(heads) if h is not None and len(filled[r]) == 2]
    if len({h.kind for h in found}) < 2:
        return list(heads)
    out = list(heads)
    for r, cells in enumerate(filled):
        if out[r] is not None or len(cells) != 2:
            continue
        if BRACKETED.sub("", squeeze(cells[0].text)) in rules.label_of:  # `추진상황(진도) | 완료(100%)`
            continue
        h = heading_of(Span(" ".join(cells[0].text.split("\n")), cells[0].place), rules)
        if h is not None and h.kind is not None and (h.exact or h.rest <= 2):
            out[r] = h
    return out


def _number_beside(table: Table) -> tuple[Cell, Cell] | None:
    """The two cells of a heading in a box: its number and its words (`Ⅰ | 추진배경`)."""
    filled = [c for c in table.cells if c.bare] if table.rows == 1 else []
    if len(filled) != 2 or not _NUMBER_CELL.fullmatch(filled[0].bare):
        return None
    return (filled[0], filled[1]) if len(filled[1].paragraphs) == 1 else None


def _label_row(cells: Sequence[Cell], rules: Rules) -> bool:
    return (
        bool(cells) and squeeze(cells[0].text) in rules.label_of and not _bulleted(cells[0].paragraphs, rules)
    )


def _content(cell: Cell, rules: Rules) -> list[Table | Paragraph | Picture]:
    out: list[Table | Paragraph | Picture] = []
    for b in cell.blocks:
        if isinstance(b, Paragraph):
            out.extend(split_line(b, rules))
        elif isinstance(b, Table | Picture):
            out.append(b)
    return out


def subtable(table: Table, start: int, stop: int) -> Table:
    """Rows start..stop as a table of their own; places stay those of the document."""
    cells = []
    for c in table.cells:
        if c.row >= stop or c.row + c.rowspan <= start:
            continue
        top, bottom = max(c.row, start), min(c.row + c.rowspan, stop)
        cells.append(replace(c, row=top - start, rowspan=bottom - top))
    return replace(table, rows=stop - start, cells=tuple(cells))
