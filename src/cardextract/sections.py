"""Cut a card into its head and its sections: by the words of the headings, never by their numbers.

`split(blocks, rules)` finds the heading style of the card (the one whose lines name the most different kinds of
section), explodes one-table cards into the same shape, and returns the head (everything before the first heading)
and the sections with their blocks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from cardextract.document import Block, Cell, PageBreak, Paragraph, Picture, Span, Table, walk
from cardextract.outline import marker_at, split_line
from cardextract.rules import Rules
from cardextract.values import squeeze

_OPEN, _CLOSE = "【<〈［[「『《≪〔（(", "】>〉］]」』》≫〕）)"
_PREFIX = re.compile(
    r"(?:(?P<num>\d{1,2})(?P<numsep>[.)])|(?P<roman>[Ⅰ-Ⅻ]|[IVX]{1,4})(?P<romansep>[.)]?)(?=\s|【)|(?P<han>[가나다라마바사아자차카타파하])(?P<hansep>[.)])"
    r"|(?P<circled>[①-⑳❶-❿⑴-⒇\U000f02b1-\U000f02c4])|(?P<paren>\(\d{1,2}\)|\[\d{1,2}\]|<\d{1,2}>|【\d{1,2}】)"
    r"|제\s?(?P<chapter>\d{1,2})\s?[장절편](?=\s|[.:])[.:]?|(?P<latin>[A-H])\.(?=\s?[가-힣])|(?P<bare>\d{1,2})(?=\s+[가-힣]))\s*"
)
_STYLES = {"roman": "Ⅰ", "circled": "①", "chapter": "제1장", "latin": "A."}
_NOTE = re.compile(
    r"\s*[<(\[〈（〔{][^<>()\[\]〈〉]{0,40}(?:단위|기준|현재|現在|천원|백만원|억원|\d{2,4}\s?[.년~])[^<>()\[\]〈〉]{0,20}[>)\]〉）〕}]\s*$"
    r"|\s+단위\s?[:：]\s?\S{1,6}\s*$|\s*[※＊*]\s?\S.{0,40}$|\s+-\s?['’]?\d{2,4}\s?[.년].{0,20}$"
)
"""What stands behind the words of a heading: its unit, its date, a note."""
_DATED = re.compile(r"\s*[(<\[]?\s*(?:['’]?\d{2,4}\s?[.년]|단위).{0,24}$")
_BRACKETED = re.compile(r"[(\[（][^)\]）]*[)\]）]")
_LABELLED = re.compile(r"[:：]\s*\S")
_PAIR = re.compile(r"[^:：【<〈［\[「『《≪〔（(]*[:：]\s*\S")
"""A label : value line, seen before its parts are cut: most lines of a card are no headings."""
BARE_NUMBER = "1"
"""The style of `1 추진배경`: a number without a dot, which heads a section only before a known heading word."""
_NUMBER_CELL = re.compile(r"(?:\d{1,2}|[Ⅰ-Ⅻ]|[IVX]{1,4}|[가-하])\.?")
MAX_HEADING = 34
"""Headings are short; a longer line that holds a heading word is a sentence."""
WEAK = frozenset("○-·•◦ㅇ*※▷❍⇒․∙▶□ㅁ")
"""Marks that head items far more often than sections."""
BARE_REST = 6
"""How many more characters than its heading word a heading without any mark may have."""


@dataclass(frozen=True)
class Heading:
    """A line or cell that may head a section. style is its outer form (`1.`, `□`, `【 】`, `` for none)."""

    kind: str | None
    number: str | None
    title: Span
    span: Span
    style: str
    note: str
    rest: int
    exact: bool


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


def kind_of_heading(core: str, rules: Rules) -> tuple[str | None, int, bool]:
    """(kind, characters beyond the heading word, exact) of squeezed heading words.

    The word that stands last decides between several (`추진상 문제점 및 대책`), unless one holds the whole text.
    """
    if not rules.section_pattern.search(core):
        return None, len(core), False
    bare = _BRACKETED.sub("", core)
    first, joined, _ = bare.partition("및")
    if joined and len(first) >= 2:  # `문제점 및 향후계획`: what is named first
        kind, rest, _ = kind_of_heading(first, rules)
        if kind is not None:
            return kind, rest, False
    whole = rules.exact_sections.get(core) or rules.exact_sections.get(bare)
    if whole is not None:
        return whole, 0, True
    for word, kind, exact in rules.section_words:
        if not exact and word in bare:
            return kind, len(bare) - len(word), False
    return None, len(bare), False


def _numbering(m: re.Match[str]) -> tuple[str, str]:
    """The number that a heading bears, and its style: that of all numbers of its form."""
    name = next(g for g in ("num", "roman", "han", "circled", "paren", "chapter", "latin", "bare") if m[g])
    style = _STYLES.get(name) or re.sub(r"\d+", "1", m[name])
    if name in ("num", "han"):
        style = ("1" if name == "num" else "가") + m[name + "sep"]
    return m[name].strip("()[]<>【】"), BARE_NUMBER if name == "bare" else style


def heading_of(span: Span, rules: Rules) -> Heading | None:
    """The line as a possible heading, or None where it cannot be one (too long, a label : value line, a date)."""
    whole = span.strip()
    text = whole.text
    if not text or len(text) > 90 or "\n" in text:
        return None
    note = ""
    m = _NOTE.search(text)
    core = whole
    if _PAIR.match(text, 0, m.start() if m and m.start() > 0 else len(text)):
        return None
    if m and m.start() > 0:
        note = m.group()
        core = whole.part(0, m.start()).strip()
    style, number = "", None
    i = marker_at(core.text, 0, rules)
    p = _PREFIX.match(core.text)
    if p:
        number, style = _numbering(p)
        core = core.part(p.end(), len(core.text)).strip()
    elif i > 0 and core.text[0] not in _OPEN:
        while core.text[i : i + 1] == core.text[0]:  # `◎◎ 추진계획`
            i += 1
        style = core.text[:i]
        core = core.part(i, len(core.text)).strip()
        q = _PREFIX.match(core.text)
        if q:  # `■ 1. 추진개요`
            number = _numbering(q)[0]
            core = core.part(q.end(), len(core.text)).strip()
    t = core.text
    if t and t[0] in _OPEN:
        close = _CLOSE[_OPEN.index(t[0])]
        behind = t.find(close)
        if not t.endswith(close) and behind > 0 and _DATED.match(t, behind + 1):  # `[추진실적] 2024년 상반기`
            note, core = t[behind + 1 :] + note, core.part(0, behind + 1)
            t = core.text
        if t.endswith(close):
            inner = core.part(1, len(t) - 1)
            style += t[0] + (" " if inner.text[:1].isspace() else "") + close
            core = inner.strip()
            q = _PREFIX.match(core.text)
            if q and number is None:
                number = q.group().strip().rstrip(".)")
                core = core.part(q.end(), len(core.text)).strip()
        else:
            return None
    t = core.text.rstrip(":：").rstrip()
    if not t:
        return None
    words = squeeze(t)
    if len(words) > MAX_HEADING or _LABELLED.search(core.text):
        return None
    kind, rest, exact = kind_of_heading(words, rules)
    return Heading(kind, number, core.part(0, len(t)), whole, style, note, rest, exact)


def _bulleted(paragraphs: Sequence[Paragraph], rules: Rules) -> bool:
    """Does a line begin with a mark and say something? A dash alone says that there is nothing."""
    texts = [(p.marker, p.text.strip()) for p in paragraphs]
    return any(t and (m or 0 < marker_at(t, 0, rules) < len(t)) for m, t in texts)


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [c for c in row if c.text.strip() or any(isinstance(b, Table | Picture) for b in c.blocks)]


def row_heading(row: Sequence[Cell], rules: Rules, below: Sequence[Cell] = ()) -> Heading | None:
    """The heading that a table row holds: its only cell, or its first with bulleted or nested content beside it."""
    cells = _filled(row)
    if not cells or len(cells) > 2:
        return None
    first = cells[0]
    texts = [p for p in first.paragraphs if p.text.strip()]
    if not texts or any(isinstance(b, Table) for b in first.blocks):
        return None
    span = first.span if len(texts) > 1 else texts[0].span()
    span = Span(" ".join(span.text.split("\n")), span.place) if "\n" in span.text else span
    if len(texts) == 1 and texts[0].marker and not _PREFIX.match(span.text):
        span = Span(f"{texts[0].marker} {span.text}", span.place)
    h = heading_of(span, rules)
    if h is None or h.kind is None or (not h.style and h.rest > BARE_REST):
        return None
    label = rules.label_of.get(squeeze(h.title.text))
    axis = rules.axis_of.get(squeeze(h.title.text))
    under = _filled(below)
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
        or not content.text.strip()
    ):
        return h
    return None


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
    first = [squeeze(c.text) for c in table.cells if c.row == 0 and c.text.strip()]
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


def paragraph_heading(p: Paragraph, rules: Rules) -> Heading | None:
    """The paragraph as a possible heading, its automatic number put in front."""
    span = p.span()
    if p.marker:
        h = heading_of(Span(f"{p.marker} {p.text}", p.place), rules)
        if h is None:
            return None
        at = p.text.find(h.title.text)
        title = p.span(at, at + len(h.title.text)) if at >= 0 else span.strip()
        return replace(h, title=title, span=span.strip())
    h = heading_of(span, rules)
    # `<h4>`, a heading style of Word: the format says what the words need not show
    return replace(h, style=f"h{p.heading}") if h is not None and not h.style and p.heading else h


def heading_style(heads: Sequence[Heading]) -> set[str]:
    """The style of this card's headings: the one that names the most kinds; bare lines only when nothing else does."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for h in heads:
        if not h.style and (h.rest > BARE_REST or re.search(r"\d", h.title.text)):
            continue
        if h.style and h.rest > 14:
            continue
        kinds[h.style].add(h.kind or "")
    if not kinds:
        return set()

    def score(style: str) -> tuple[float, int]:
        n = float(len(kinds[style]))
        if (style in WEAK and style not in "□ㅁ") or (len(style) == 1 and style in "①"):
            n -= 1.5
        return n, 1 if style else 0

    best = max(kinds, key=score)
    if score(best)[0] <= 0:
        return set()
    return {best}


def explode(table: Table, rules: Rules) -> list[Heading | Table | Paragraph | Picture]:
    """A table that holds headings, cut into header grids, headings and their content; others come back whole."""
    rows = table.lines()
    heads = [row_heading(row, rules, below) for row, below in zip(rows, [*rows[1:], ()], strict=True)]
    heads = _with_short_rows(rows, heads, rules)
    kinds: dict[str, set[str | None]] = defaultdict(set)
    for h in heads:
        if h is not None:
            kinds[h.style].add(h.kind)
    # `□ 특이사항 없음` alone in its row is an item; `□ 추진실적` beside `□ 향후계획` is a heading
    heads = [
        h
        if h is None or h.style not in WEAK or len(kinds[h.style]) > 1 or len(_filled(rows[r])) > 1
        else None
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
            return [replace(h, number=boxed[0].text.strip().rstrip("."), style=BARE_NUMBER + "|")]
    side = _side_by_side(table, rows, rules)
    if side is not None:
        return side
    for r in range(1, len(rows)):
        # `집행액` whose amounts are blank, in the middle of a budget: a row, no heading
        h, cells = heads[r], _filled(rows[r])
        if h is None or h.style or len(cells) > 1 or cells[0].colspan >= table.cols:
            continue
        below = _filled(rows[r + 1]) if r + 1 < len(rows) else []
        headed = bool(below) and rules.axis_of.get(squeeze(below[0].text), ("",))[0] == "corner"
        inside = cells[0].col > 0 or (len(_filled(rows[r - 1])) > 2 and not headed)
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

    for r, (row, head) in enumerate(zip(rows, heads, strict=True)):
        cells = _filled(row)
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
    flush(len(rows))
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
    table: Table, rows: Sequence[Sequence[Cell]], rules: Rules
) -> list[Heading | Table | Paragraph | Picture] | None:
    """Headings in one row, each with its content below it (`추진실적 | 향후계획`): section after section."""
    for r in range(len(rows) - 1):
        heads, below = _filled(rows[r]), {c.col: c for c in _filled(rows[r + 1])}
        if len(heads) < 2 or {c.col for c in heads} < below.keys():
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
        if r + 2 < len(rows):
            out.extend(explode(subtable(table, r + 2, len(rows)), rules))
        return out
    return None


def _with_short_rows(
    rows: Sequence[Sequence[Cell]], heads: Sequence[Heading | None], rules: Rules
) -> list[Heading | None]:
    """In a table whose first column heads sections, `추진배경 | 주민 요구` heads one too, short as it is."""
    found = [h for r, h in enumerate(heads) if h is not None and len(_filled(rows[r])) == 2]
    if len({h.kind for h in found}) < 2:
        return list(heads)
    out = list(heads)
    for r, row in enumerate(rows):
        cells = _filled(row)
        if out[r] is not None or len(cells) != 2:
            continue
        if _BRACKETED.sub("", squeeze(cells[0].text)) in rules.label_of:  # `추진상황(진도) | 완료(100%)`
            continue
        h = heading_of(Span(" ".join(cells[0].text.split("\n")), cells[0].place), rules)
        if h is not None and h.kind is not None and (h.exact or h.rest <= 2):
            out[r] = h
    return out


def _number_beside(table: Table) -> tuple[Cell, Cell] | None:
    """The two cells of a heading in a box: its number and its words (`Ⅰ | 추진배경`)."""
    filled = [c for c in table.cells if c.text.strip()]
    if table.rows != 1 or len(filled) != 2 or not _NUMBER_CELL.fullmatch(filled[0].text.strip()):
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
        if isinstance(x, Paragraph) and id(x) not in named and (h := paragraph_heading(x, rules))
    }
    styles = heading_style([*(h for h in lines.values() if h.kind is not None), *in_cells])
    styles |= {h.style for h in in_cells} | _styles_outside(blocks, in_cells, rules)
    out = Split(styles=frozenset(styles))
    section: Section | None = None
    for i, x in enumerate(flow):
        head = x if isinstance(x, Heading) else None
        h = lines.get(i)
        if h is not None and h.style in styles and _is_heading(h, rules, section):
            head = h
        body = None
        if head is None and section is not None and isinstance(x, Paragraph):
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
    foot = [p.span().strip() for p in walk(tuple(blocks[at:])) if p.text.strip()]
    del blocks[at:]
    return foot


def _heading_with_body(
    p: Paragraph, styles: set[str], rules: Rules
) -> tuple[Heading, Paragraph] | tuple[None, None]:
    """A heading whose content stands behind a colon: `□ 문제점 및 대책 : 해당없음` among other headings with □."""
    m = _LABELLED.search(p.text)
    before = p.text[: m.start()].rstrip() if m else ""
    if m is None or p.marker or before.endswith("단위") or not rules.section_pattern.search(squeeze(before)):
        return None, None
    h = paragraph_heading(replace(p, text=p.text[: m.start()]), rules)
    if h is None or h.kind is None or not h.style or h.style not in styles or h.rest > BARE_REST:
        return None, None
    body = p.span(m.start() + 1).strip()
    return h, replace(p, text=body.text, place=body.place)


def _styles_outside(blocks: Sequence[Block], in_cells: Sequence[Heading], rules: Rules) -> set[str]:
    """The style of the headings outside tables, where those name other sections than the headings in tables do."""
    if not in_cells:
        return set()
    taken = {h.kind for h in in_cells}
    read = (paragraph_heading(b, rules) for b in blocks if isinstance(b, Paragraph))
    outside = [h for h in read if h is not None and h.kind is not None and h.kind not in taken]
    styles = heading_style(outside)
    return {s for s in styles if len({h.kind for h in outside if h.style == s}) > 1}


def _is_heading(h: Heading, rules: Rules, section: Section | None) -> bool:
    if h.kind is None:
        strong = h.style and h.style != BARE_NUMBER and (h.style[0].isdigit() or h.style[0] in "Ⅰ가【h")
        words = squeeze(h.title.text)
        return bool(
            strong
            and section is not None
            and 2 <= len(words) <= 14
            and words not in rules.label_of
            and words not in rules.axis_of
        )
    if not h.style:
        return h.exact or h.rest <= BARE_REST
    return h.exact or h.rest <= 14
