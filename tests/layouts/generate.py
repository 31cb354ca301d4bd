"""generate(seed, n) -> the blocks of one card and its truth; write(folder, seeds) -> files and truth as the corpus keeps them."""

# ruff: noqa: E501
from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from . import budget as money
from . import grammar
from .budget import Cell, Table
from .content import Content, Item, draw
from .defects import inject
from .grammar import Layout
from .header import header
from .pages import as_layout_page
from .render import Block, Line, as_html, as_text, width_of, write_docx
from .strange import strange as with_stranger
from .tabs import write_tabbed

SUMS = (
    "ROW_SUM",
    "COLUMN_SUM",
    "DECIMAL_SEPARATOR",
    "SHIFTED_CELL",
    "SPENT_OVER_PLAN",
    "HEADER_TABLE",
    "HEADER_BREAKDOWN",
)
"""The defects in figures of the budget."""
KIND_OF_TITLE = {"문제점 및 향후계획": "issues"}


def as_of_lines(layout: Layout) -> tuple[str, str | None, str]:
    """(suffix of the title, a line of its own, the truth)"""
    y, m, d = layout.as_of.split("-")
    month, quarter = int(m), (int(m) + 2) // 3
    full, short = layout.as_of, layout.as_of[:7]
    unit = layout.unit_style.format(u=layout.says).strip("()<>[]※ ")
    style = layout.as_of_style
    if layout.unit_place == "asof":
        return (
            "",
            [f"기준: {y}. {month}월 말 / {unit}", f"({y}. {month}. {d}. 기준, {unit})"][layout.seed % 2],
            [short, full][layout.seed % 2],
        )
    return {
        "現在": ("", f"({y}. {month}. {d}. 現在)", full), "기준점": ("", f"{y}.{m}.{d}.기준", full), "dot기준": ("", f"{y}. {month}. {d}. 기준", full),
        "apos": ("", f"(’{y[2:]}.{month}.{d}.기준)", full), "month_end": ("", f"{y}년 {month}월말 기준", short), "quarter": ("", f"({y}년 {quarter}분기)", short),
        "half": ("", f"[{y}년 {'상' if month < 7 else '하'}반기]", short), "title": (f"({y}. {month}. {d}. 기준)", None, full),
        "month": ("", f"{y}. {month}.(현재)", short), "field": ("", None, full), "plain": ("", f"{y}-{m}-{d} 현재", full),
        "angle": ("", f"〈{y}.{month}.{d}.기준〉", full),
    }[style]  # fmt: skip


def heading_text(layout: Layout, i: int, title: str) -> tuple[str, str | None]:
    h = layout.heading
    roman, hangul, circled = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", "가나다라마바사아자차", "①②③④⑤⑥⑦⑧⑨⑩"
    if h in ("【】", "<>", "[]", "〔〕", "《》"):
        return f"{h[0]} {title} {h[1]}" if layout.seed % 2 else f"{h[0]}{title}{h[1]}", None
    if h == "** ":
        return f"◎◎ {title}", None
    number = {"1. ": f"{i + 1}. ", "Ⅰ. ": f"{roman[i]}. ", "가. ": f"{hangul[i]}. ", "1) ": f"{i + 1}) ", "1 ": f"{i + 1} ",
              "① ": f"{circled[i]} "}.get(h)  # fmt: skip
    if number:
        return number + title, number.strip(" .)")
    if h == "table2":
        return f"{roman[i]}\t{title}", roman[i]
    return ("" if h in ("bare", "cell", "table1") else h) + title, None


def item_lines(layout: Layout, items: tuple[Item, ...], level: int = 0) -> list[Line]:
    out: list[Line] = []
    counters = {0: "", 1: "가나다라마바사", 2: "①②③④⑤⑥⑦"}
    for i, it in enumerate(items):
        mark = layout.marks[min(level, 2)]
        if it.note:
            mark = layout.note
        elif mark == "1)":
            mark = f"{i + 1})"
        elif mark == "1.":
            mark = f"{i + 1}."
        elif mark in ("가)", "가."):
            mark = counters[1][i] + mark[1]
        elif mark == "①":
            mark = counters[2][i]
        out.append(Line(f"{mark} {it.text}", level))
        out += item_lines(layout, it.children, level + 1)
    return out


def truth_items(items: tuple[Item, ...]) -> list[dict[str, Any]]:
    return [{"marker": None, "text": it.text, "children": truth_items(it.children)} for it in items]


def caption_blocks(layout: Layout, captions: list[str]) -> list[Block]:
    if layout.captions == "table":
        return [[[Cell("") for _ in captions], [Cell(c) for c in captions]]]
    style = {"lines": "{c}", "angle": "< {c} >", "bracket": "[사진{i}] {c}"}[layout.captions or "lines"]
    return [x for i, c in enumerate(captions) for x in (Line(""), Line(style.format(c=c, i=i + 1)))]


def investment(layout: Layout, card: Content) -> tuple[list[Block], list[dict[str, Any]]]:
    """Unit line, captions and tables; a card without a budget says so in an item."""
    if not card.budgeted:
        return list(item_lines(layout, (Item("비예산 사업"),))), []
    unit = layout.unit_style.format(u=layout.says)
    out: list[Block] = []
    truth: list[dict[str, Any]] = []
    separate = "tables" in layout.shape
    for n, ledger in enumerate(layout.ledgers if separate else [""]):
        caption = (
            ["<{l}>", "[{l}]", "〈{l}〉", "【{l}】", "{l}"][layout.seed % 5].format(
                l=layout.ledger_names[ledger]
            )
            if separate and len(layout.ledgers) > 1
            else ""
        )
        if caption and layout.heading in ("【】", "<>", "[]", "〔〕", "《》"):
            caption = layout.ledger_names[ledger]
        if layout.unit_place == "caption":
            out.append(Line(f"{caption} {unit}".strip()))
        else:
            if caption:
                out.append(Line(caption))
            if layout.unit_place == "line" and (n == 0 or layout.seed % 2):
                out.append(Line(unit))
        table, cells = money.table(layout, card, {"ledger": ledger} if ledger else {})
        out.append(table)
        truth += cells
        if layout.unit_place == "below":
            out.append(Line(unit if unit.startswith(("※", "(")) else f"({unit.strip('<>[]( )')})"))
    return out, truth


def status_table(layout: Layout, card: Content) -> Table:
    on, off = ("○", "") if layout.status_shape == "column" else ("해당됨", "해당안됨")
    words = layout.status_words
    label = Cell(layout.labels["status"], 2, 1, True)
    return [
        [label, *(Cell(w, 1, 1, True) for w in words.values())],
        [Cell(on if k == card.status else off) for k in words],
    ]


def _split_table(head: Table, sections: list[tuple[str, list[Block]]], embedded: bool) -> list[Block]:
    """One-table cards: each section is a row of label and content; budget tables in the same grid or between two parts of it."""
    width = width_of(head)
    if embedded:
        width = max([width, *(width_of(b) for _, bs in sections for b in bs if not isinstance(b, Line))])

    out: list[Block] = []
    current: Table = _stretch(head, width)
    for title, blocks in sections:
        lines = [b for b in blocks if isinstance(b, Line)]
        if all(isinstance(b, Line) for b in blocks):
            current.append(
                [Cell(title, 1, 1, True), Cell("\n".join(b.text for b in lines if b.text), 1, width - 1)]
            )
            continue
        current.append([Cell(title, 1, width, True)])
        for b in blocks:
            if embedded:
                current += (
                    _stretch(b, width)
                    if not isinstance(b, Line)
                    else ([[Cell(b.text, 1, width)]] if b.text else [])
                )
            else:
                if current:
                    out.append(current)
                    current = []
                out.append(b)
    if current:
        out.append(current)
    return out


def _stretch(table: Table, width: int) -> Table:
    """The last cell of every row takes the columns that the table is short of."""
    more = width - width_of(table)
    if not more:
        return [list(r) for r in table]
    grid: Table = []
    for row in table:
        last = row[-1]
        grid.append([*row[:-1], Cell(last.text, last.rs, last.cs + more, last.head)])
    return grid


def card_blocks(layout: Layout, card: Content) -> tuple[list[Block], dict[str, Any]]:
    suffix, line, as_of = as_of_lines(layout)
    head, stated = header(layout, card)
    blocks: list[Block] = []
    if layout.report_title:
        blocks += [Line(layout.report_title + suffix), Line("")]
    if line:
        blocks += [Line(line), Line("")]
    if layout.number_place == "line":
        blocks += [Line(layout.title_shape.format(n=card.number, t=card.title)), Line("")]
    body: list[tuple[str, list[Block]]] = []
    truth_sections: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for i, (kind, items) in enumerate(card.sections):
        title = layout.section_titles[kind]
        text, number = heading_text(layout, i, title)
        if kind == "investment":
            content, cells = investment(layout, card)
            if layout.unit_place == "heading" and card.budgeted:
                text += " " + layout.unit_style.format(u=layout.says)
            items = () if card.budgeted else (Item("비예산 사업"),)
        else:
            content = list(item_lines(layout, items))
            if kind == "overview" and layout.indicator:
                content.append([[Cell("성과지표", head=True), Cell("단위", head=True), *(Cell(f"{y}", head=True) for y in range(2022, 2027))],
                                [Cell("이용자 수"), Cell("명"), *(Cell(f"{120 * k + 15:,}") for k in range(1, 6))],
                                [Cell("만족도"), Cell("%"), *(Cell(f"{70 + k}") for k in range(1, 6))]])  # fmt: skip
        body.append((text, content))
        truth_sections.append(
            {
                "kind": KIND_OF_TITLE.get(title, kind),
                "number": number,
                "title": title,
                "items": truth_items(items),
            }
        )
    if card.captions:
        title = ["관련사진", "사진자료", "현장사진"][layout.seed % 3]
        text, number = heading_text(layout, len(body), title)
        body.append((text, caption_blocks(layout, card.captions)))
        truth_sections.append({"kind": "references", "number": number, "title": title, "items": []})
    status: list[Block] = [status_table(layout, card)] if layout.status_shape in ("column", "marked") else []
    if layout.one_table:
        parts = _split_table(head, body, layout.one_table == "embedded")  # type: ignore[arg-type]
        blocks += [*status, *parts]
    else:
        flow: list[Block] = []
        for text, content in body:
            if layout.heading in ("table1", "table2"):
                flow.append([[Cell(x) for x in text.split("\t")]])
            else:
                flow += [Line(""), Line(text)]
            flow += content
        top: list[Block] = [
            *([Line(x) for x in head] if head and isinstance(head[0], str) else [head]),
            *status,
        ]  # type: ignore[list-item, misc]
        blocks += [*top, *flow]
    if layout.footer:
        blocks += [Line(""), Line(layout.footer)]
    with_tasks = layout.grid != "lines"
    truth: dict[str, Any] = {
        "report_title": layout.report_title, "as_of": as_of, "number": card.number, "title": card.title, "lead_department": card.dept,
        "related_departments": card.related,
        "staff": [{"role": p.role, "rank": p.rank or None, "name": p.name, "phone": p.phone or None} for p in card.staff],
        "period": card.period, **stated, "status": card.status, "progress": card.progress, "goals": card.goals if with_tasks else [],
        "tasks": [{**t, "amount": money.won(layout, t["amount"]) if t["amount"] else None} for t in card.tasks] if with_tasks and layout.seed % 5 else [],
        "captions": card.captions, "sections": truth_sections, "budget": cells if card.budgeted else [], "injected": [],
    }  # fmt: skip
    return blocks, truth


def generate(
    seed: int, n: int, layout: Layout | None = None, strange: bool = False, defects: bool = False
) -> tuple[Layout, list[Block], dict[str, Any]]:
    """strange: with a source that no rule knows. defects: with one defect, if the card has a place for the one drawn."""
    layout = layout or grammar.draw(seed)
    layout = with_stranger(layout) if strange else layout
    card = draw(random.Random(f"card-{seed}-{n}"), layout, n)
    rng = random.Random(f"defect-{seed}-{n}")
    defect = inject(layout, card, rng.choice(SUMS), rng) if defects else None
    if defect is None:
        return layout, *card_blocks(layout, card)
    blocks, truth = card_blocks(defect.layout, defect.card)
    truth["injected"] = [{"code": defect.code, "where": defect.where}]
    return defect.layout, blocks, truth


def write(
    root: Path,
    seeds: range | list[int],
    formats: tuple[str, ...] = ("txt", "html", "docx"),
    cards: int = 2,
    several: bool = False,
    layout: Layout | None = None,
    strange: bool = False,
    defects: bool = False,
) -> None:
    """root/inbox/single/<layout>/<format>/… and root/truth/… ; `several`: all cards of a layout in one file."""
    (root / "truth").mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        drawn = [generate(seed, n, layout, strange, defects) for n in range(1, cards + 1)]
        groups = [drawn] if several else [[d] for d in drawn]
        for g, group in enumerate(groups, 1):
            form = group[0][0]
            blocks = [b for _, bs, _ in group for b in [*bs, Line("")]]
            for fmt in formats:
                stem = f"ad{seed:04d}_{g:02d}_{fmt}"
                folder = root / "inbox" / "single" / f"ad{seed:04d}" / fmt
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{stem}.{fmt}"
                if fmt == "txt":
                    path.write_text(
                        as_text(blocks, lossy=form.lossy, indent=form.indent, blank_lines=form.blank_lines),
                        encoding="utf-8",
                    )
                elif fmt == "html":
                    path.write_text(as_html(blocks, form.gov), encoding="utf-8")
                elif fmt == "nested":
                    page = as_layout_page(blocks, form.gov, stem)
                    path.with_suffix(".html").write_text(page, encoding="utf-8")
                elif fmt in ("stops", "struck"):
                    write_tabbed(blocks, path.with_suffix(".docx"), fmt == "struck")
                else:
                    write_docx(blocks, path)
                for i, (_, _, truth) in enumerate(group, 1):
                    record = {"doc": stem, "card_index": i, **truth}
                    (root / "truth" / f"{stem}.{i:02d}.json").write_text(
                        json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8"
                    )
