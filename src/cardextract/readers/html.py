"""Web pages: html5lib's tree (lxml.html drops rows that browsers show), then blocks as a browser shows them.

White space collapses as in a browser, <br> ends a line, no-break spaces stay. Menus and footers of a site
stay in the body for the rules to leave unclaimed, but for elements that say what they are (<nav>, …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cardextract.document import Block, Cell, Document, Note, Paragraph, Picture, Place, Table
from cardextract.findings import Finding
from cardextract.readers.gaps import unread_parts, without_text
from cardextract.readers.guards import MAX_COLUMNS, MAX_HTML_BYTES, MAX_ROWS, Meter, read_bytes
from cardextract.readers.html_boxes import rows_of_boxes, shown_as_table
from cardextract.readers.html_lists import TYPED, integer, marker_of
from cardextract.readers.html_page import Sheet, Style, decode, hidden, prepare, read_sheet, steps


@dataclass
class _State:
    """What one reading carries along; counters run over the whole page."""

    sheet: Sheet = field(default_factory=Sheet)
    meter: Meter = field(default_factory=Meter)
    tables: int = 0
    block: int = 0
    margins: list[Paragraph] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unread: list[tuple[str, Place]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks where it stands. indent: in steps; first: that of a first line besides."""

    indent: float = 0
    first: float = 0
    heading: int | None = None
    bold: bool = False
    pre: bool = False
    lists: int = 0
    main: bool = False


@dataclass
class _Flow:
    """A run of blocks in the making: a body, a cell, a margin."""

    state: _State
    place: Place | None = None
    depth: int = 0
    out: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    look: _Look | None = None
    bold: bool = True
    marker: str = ""
    level: int | None = None
    pictures: list[str] = field(default_factory=list)
    fresh: bool = True


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a web page.

    Raises Unreadable: `encoding_unknown`, `too_large`, `no_text` (an empty file).
    """
    import html5lib

    text = prepare(decode(read_bytes(path, MAX_HTML_BYTES)))
    # the tree of the standard library: with lxml's html5lib takes 1.6 times as long
    root = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    state = _State()
    for style in root.iter("style"):
        read_sheet("".join(style.itertext()), state.sheet)
    title = root.find("head/title")
    if title is not None and (words := " ".join("".join(title.itertext()).split())):
        state.margins.append(Paragraph(words))
    flow = _Flow(state)
    body = root.find("body")
    for part in (body, *root.iter("frameset")):
        if part is not None:
            _walk(part, flow, _Look())
    _end_block(flow)
    document = Document("html", tuple(flow.out), margins=tuple(state.margins), notes=tuple(state.notes))
    return document, unread_parts(state.unread) + without_text(document)


# --- the flow of text ---


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _words(
    "script style template noscript head title rt rp object embed video audio canvas map datalist"
)
_BLOCKS = _words(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup
    option p pre section summary ul table tr td th tbody thead tfoot frameset"""
)
_SHOWN_AS_BLOCK = _words("block list-item flex grid table")
_MARGINS = frozenset(("nav", "aside", "footer"))
_SPACE = re.compile(r"[ \t\n\r\f]+")
_UA_INDENT = {"ul": 2.5, "ol": 2.5, "menu": 2.5, "dir": 2.5, "dd": 2.5, "blockquote": 2.5}


def _walk(element: Any, flow: _Flow, look: _Look) -> None:
    """Put the content of an element into the flow. One Python frame a level: prepare bounds the depth."""
    _text(element.text, flow, look)
    children = list(element)
    boxes: set[Any] = set()  # those that are rows of a table already put out
    for at, child in enumerate(children):
        tag = child.tag
        if isinstance(tag, str) and tag not in _SKIPPED and child not in boxes:
            style = flow.state.sheet.style(child)
            if hidden(child, style):
                _keep_hidden(child, flow)
            else:
                if rows := rows_of_boxes(children, at, flow.state.sheet):
                    boxes.update(children[at : at + len(rows)])
                    _boxes(rows, flow)
                elif shown := shown_as_table(child, flow.state.sheet):
                    _boxes(shown, flow)
                elif tag in _SPECIAL:
                    _SPECIAL[tag](child, flow, look, style)
                elif _is_margin(child, look):
                    _margin(child, flow)
                else:
                    block = tag in _BLOCKS or style.get("display") in _SHOWN_AS_BLOCK
                    if block:
                        _end_block(flow)
                    inner = _looks(child, look, style)
                    if tag == "li":
                        _item(child, element, flow, inner, style)
                    _walk(child, flow, inner)
                    if block:
                        _end_block(flow)
        _text(child.tail, flow, look)


def _looks(element: Any, look: _Look, style: Style) -> _Look:
    """The look inside an element."""
    tag = element.tag
    if not style and tag not in _DRESSING:
        return look
    left = steps(style.get("margin-left")) + steps(style.get("padding-left", f"{_UA_INDENT.get(tag, 0)}em"))
    space = style.get("white-space", "pre" if tag in ("pre", "textarea", "listing") else "")
    return replace(
        look,
        indent=look.indent + left,
        first=steps(style["text-indent"]) if "text-indent" in style else look.first,
        heading=int(tag[1]) if tag in _HEADINGS else look.heading,
        bold=look.bold or tag in ("b", "strong"),
        pre=space.startswith("pre") if space else look.pre,
        lists=look.lists + (tag in ("ul", "ol", "menu", "dir")),
        main=look.main or tag in ("main", "article", "section"),
    )


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_DRESSING = _HEADINGS | _words("b strong pre textarea listing main article section") | set(_UA_INDENT)


def _text(text: str | None, flow: _Flow, look: _Look) -> None:
    if not text:
        return
    if look.pre:
        for i, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if i:
                _end_line(flow)
            if line:
                _put(line, flow, look)
        return
    if not flow.pieces or flow.pieces[-1].endswith(" "):
        text = text.lstrip(" \t\n\r\f")
    if text:
        _put(_SPACE.sub(" ", text), flow, look)


def _put(text: str, flow: _Flow, look: _Look) -> None:
    if flow.look is None or not "".join(flow.pieces).strip():
        flow.look = look
    flow.pieces.append(text)
    if text.strip():
        flow.bold = flow.bold and look.bold


def _end_line(flow: _Flow) -> None:
    """Put the current line out as a Paragraph; a line without text is none."""
    text = "".join(flow.pieces).rstrip()
    flow.pieces.clear()
    place = flow.place or Place(block=flow.state.block)
    if text.strip():
        look = flow.look or _Look()
        lead = text[: len(text) - len(text.lstrip())]
        indent = (
            look.indent + (look.first if flow.fresh else 0) + sum(1 if c == "\u3000" else 0.5 for c in lead)
        )
        typed = flow.marker and TYPED.match(text)
        flow.state.meter.text(text)
        marker = "" if typed else flow.marker
        flow.out.append(
            Paragraph(text, place, round(indent, 2), marker, flow.level, look.heading, bold=flow.bold)
        )
        flow.marker, flow.fresh = "", False
    flow.out += [Picture(place, alt) for alt in flow.pictures]
    flow.pictures.clear()
    flow.look, flow.bold = None, True


def _end_block(flow: _Flow) -> None:
    """End the line and its paragraph."""
    had = len(flow.out)
    _end_line(flow)
    if (len(flow.out) > had or not flow.fresh) and flow.place is None:
        flow.state.block += 1
    flow.fresh, flow.marker, flow.level = True, "", None


def _item(item: Any, parent: Any, flow: _Flow, look: _Look, style: Style) -> None:
    """The marker that a browser shows before a list item."""
    above = flow.state.sheet.style(parent)
    kind = style.get("list-style-type") or above.get("list-style-type") or parent.get("type") or ""
    marker = marker_of(item, parent, kind, look.lists)
    flow.marker = flow.marker if marker is None else marker
    flow.level = max(0, look.lists - 1)


# --- elements of their own kind ---


def _br(_element: Any, flow: _Flow, _look: _Look, _style: Style) -> None:
    _end_line(flow)


def _img(element: Any, flow: _Flow, _look: _Look, _style: Style) -> None:
    flow.pictures.append((element.get("alt") or "").strip())


def _input(element: Any, flow: _Flow, look: _Look, _style: Style) -> None:
    kind = (element.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        _put("☑" if element.get("checked") is not None else "☐", flow, look)
    elif kind not in ("hidden", "password", "file", "image", "color", "range"):
        _text(element.get("value"), flow, look)


def _select(element: Any, flow: _Flow, look: _Look, _style: Style) -> None:
    options = list(element.iter("option"))
    chosen = [o for o in options if o.get("selected") is not None] or options[:1]
    for option in chosen:
        _text(" ".join("".join(option.itertext()).split()), flow, look)


def _frame(element: Any, flow: _Flow, _look: _Look, _style: Style) -> None:
    if element.get("src") and element.get("width") != "0" and element.get("height") != "0":
        flow.state.unread.append(("다른 웹 문서(iframe)", flow.place or Place(block=flow.state.block)))


def _is_margin(element: Any, look: _Look) -> bool:
    """Running parts of the site. A <header> counts only with links or a menu: cards have headers too."""
    if element.tag in ("div", "ul", "p", "section") and (
        _names_furniture(element) or _only_controls(element)
    ):
        return True
    if element.tag == "header" and not look.main:
        return next((e for e in element.iter() if e.tag in ("nav", "ul", "form", "a")), None) is not None
    return element.tag in _MARGINS and not (look.main and element.tag == "footer")


_FURNITURE = _words(
    """gnb lnb snb tnb location breadcrumb breadcrumbs footer foot copyright satisfaction satisfy manager skip
    skipnav skip_nav btn btns btn_area btnarea btn_wrap paging pagination sns share topmenu menu search quick
    header util sitemap banner"""
)
"""Class and id names by which Korean municipal sites call the parts around their content."""


def _names_furniture(element: Any) -> bool:
    """A part that its own name calls menu, path, buttons or survey, and that holds no table."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    if not any(n in _FURNITURE for n in names) or next(element.iter("table"), None) is not None:
        return False
    text = "".join(element.itertext()) if element.tag == "p" else ""
    return len(text) > LONGEST_DATE or not _SAYS_AS_OF.search(text)


LONGEST_DATE = 40
_SAYS_AS_OF = re.compile(
    r"(?:기준|현재)(?:일자?)?\s*[:：]?\s*['’]?\d|\d[\d.\s년월일분기말]*(?:기준|현재|現在)"
)
"""As of when a card speaks: it says so in its foot, too."""


_CONTROLS = frozenset(("a", "button", "label", "input", "select", "form"))


def _only_controls(element: Any) -> bool:
    """Nothing but links and buttons, two at least: a lone link may be a title, a form field holds a value."""
    found = 0

    def outside(e: Any) -> bool:
        nonlocal found
        if (e.text or "").strip():
            return True
        for child in e:
            if child.tag in _CONTROLS:
                found += 1
            elif not isinstance(child.tag, str) or outside(child):
                return True
            if (child.tail or "").strip(" \t\r\n>|·\xa0"):
                return True
        return False

    if outside(element) or found < 2:
        return False
    return not any(e.tag in ("img", "select", "textarea") or e.get("value") for e in element.iter())


_WORTH = re.compile(r"\d.{0,400}\d", re.S)
"""What a hidden part must hold to be told of: figures. Menus, popups and words for screen readers hold none."""


def _keep_hidden(element: Any, flow: _Flow) -> None:
    """A part that the page shows only when something is clicked: no text of the card, but not lost either."""
    words = " ".join(" ".join(_shown_text(element)).split())
    if _WORTH.search(words):
        flow.state.meter.text(words)
        place = flow.place or Place(block=flow.state.block)
        flow.state.notes.append(Note("hidden", place, (Paragraph(words),)))


def _shown_text(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _shown_text(child)
        yield child.tail or ""


def _margin(element: Any, flow: _Flow) -> None:
    _end_block(flow)
    inner = _Flow(flow.state, Place(), flow.depth)
    _walk(element, inner, _Look())
    _end_block(inner)
    stack: list[Block] = inner.out[::-1]
    while stack:
        block = stack.pop()
        if isinstance(block, Paragraph):
            flow.state.margins.append(replace(block, place=Place()))
        elif isinstance(block, Table):
            stack += [b for cell in reversed(block.cells) for b in reversed(cell.blocks)]


# --- tables ---


def _table(element: Any, flow: _Flow, look: _Look, _style: Style) -> None:
    _end_block(flow)
    caption = element.find("caption")
    if caption is not None and not hidden(caption, flow.state.sheet.style(caption)):
        _walk(caption, flow, look)
        _end_block(flow)
    flow.state.meter.nesting(flow.depth + 1)
    index = flow.state.tables
    flow.state.tables += 1
    placed, rows, width = _grid(element, flow.state)
    flow.state.meter.grid(rows, width)
    if any(next(td.iter("table"), None) is not None for td, *_ in placed):
        menus = {id(td) for td, *_ in placed if _only_controls(td)}  # a table that lays out a page
    else:
        menus = set()
    for td, *_ in placed:
        if id(td) in menus:
            _margin(td, flow)
    cells = [_cell(td, row, col, spans, index, flow) for td, row, col, spans in placed if id(td) not in menus]
    if cells:
        flow.out.append(Table(rows, width, tuple(cells), Place(table=index), ragged=_ragged(cells, rows)))


def _boxes(rows: list[list[Any]], flow: _Flow) -> None:
    """A table whose rows are lists of elements."""
    _end_block(flow)
    flow.state.meter.nesting(flow.depth + 1)
    index = flow.state.tables
    flow.state.tables += 1
    width = max(map(len, rows))
    flow.state.meter.grid(len(rows), width)
    cells = [
        _cell(part, r, c, (1, 1), index, flow) for r, row in enumerate(rows) for c, part in enumerate(row)
    ]
    flow.out.append(
        Table(len(rows), width, tuple(cells), Place(table=index), ragged=_ragged(cells, len(rows)))
    )


_Placed = tuple[Any, int, int, tuple[int, int]]


def _grid(table: Any, state: _State) -> tuple[list[_Placed], int, int]:
    """((cell, row, col, (rowspan, colspan)) …, rows, columns): the HTML table model, but without overlaps.

    A rowspan ends with its row group, as browsers do it; a colspan ends where a cell from above stands.
    """
    placed: list[_Placed] = []
    row, width = 0, 0
    for group in _groups(table, state):
        blocked: dict[int, int] = {}  # column -> first row where it is free again
        end = row + len(group)
        for tr in group:
            col = 0
            for td in tr:
                if td.tag not in ("td", "th"):
                    continue
                while blocked.get(col, 0) > row:
                    col += 1
                wide = min(MAX_COLUMNS, max(1, integer(td.get("colspan"), 1)))
                high = integer(td.get("rowspan"), 1)
                high = end - row if high == 0 else min(end - row, MAX_ROWS, max(1, high))
                span = 1
                while span < wide and blocked.get(col + span, 0) <= row:
                    span += 1
                placed.append((td, row, col, (high, span)))
                if high > 1:
                    blocked.update(dict.fromkeys(range(col, col + span), row + high))
                col += span
                if col > MAX_COLUMNS:
                    state.meter.grid(1, col)
            width = max(width, col)
            row += 1
    return placed, row, width


def _groups(table: Any, state: _State) -> Iterator[list[Any]]:
    """The rows of each row group in the order of the page: head, bodies, foot; rows not shown left out."""
    groups = [e for e in table if e.tag in ("thead", "tbody", "tfoot", "tr")]
    groups.sort(key=lambda e: {"thead": 0, "tfoot": 2}.get(e.tag, 1))
    sheet = state.sheet
    for group in groups:
        if not hidden(group, sheet.style(group)):
            rows = [group] if group.tag == "tr" else [e for e in group if e.tag == "tr"]
            yield [tr for tr in rows if not hidden(tr, sheet.style(tr))]


def _cell(td: Any, row: int, col: int, spans: tuple[int, int], index: int, flow: _Flow) -> Cell:
    place = Place(table=index, row=row, col=col)
    inner = _Flow(flow.state, place, flow.depth + 1)
    if not hidden(td, flow.state.sheet.style(td)):
        _walk(td, inner, _Look(main=True))
        _end_block(inner)
    return Cell(row, col, spans[0], spans[1], tuple(inner.out), place, header=td.tag == "th")


def _ragged(cells: list[Cell], rows: int) -> bool:
    """No cell spans and rows differ in length: a conversion lost the spans, columns mean nothing."""
    if any(cell.rowspan > 1 or cell.colspan > 1 for cell in cells):
        return False
    lengths = [0] * rows
    for cell in cells:
        lengths[cell.row] += 1
    return len({n for n in lengths if n}) > 1


def _pairs(element: Any, flow: _Flow, look: _Look, style: Style) -> None:
    """<dl>: labels and values, as a table of two columns; a second <dd> goes into the same cell."""
    parts = [
        e for child in element for e in (child if child.tag == "div" else (child,)) if e.tag in ("dt", "dd")
    ]
    parts = [e for e in parts if not hidden(e, flow.state.sheet.style(e))]
    if not parts or {e.tag for e in parts} != {"dt", "dd"}:
        _end_block(flow)
        _walk(element, flow, _looks(element, look, style))
        _end_block(flow)
        return
    _end_block(flow)
    flow.state.meter.nesting(flow.depth + 1)
    index = flow.state.tables
    flow.state.tables += 1
    cells: list[Cell] = []
    row = -1
    for part in parts:
        col = int(part.tag == "dd")
        if col == 0 or row < 0:
            row += 1
        cell = _cell(part, row, col, (1, 1), index, flow)
        cell = replace(cell, header=col == 0)
        if col and cells and cells[-1].row == row and cells[-1].col == 1:
            cells[-1] = replace(cells[-1], blocks=cells[-1].blocks + cell.blocks)
        else:
            cells.append(cell)
    flow.state.meter.grid(row + 1, 2)
    flow.out.append(Table(row + 1, 2, tuple(cells), Place(table=index)))


_SPECIAL = {
    "br": _br, "img": _img, "input": _input, "select": _select, "iframe": _frame, "frame": _frame,
    "table": _table, "dl": _pairs,
}  # fmt: skip
