"""Word documents (.docx): our own walk over the XML. python-docx repeats merged cells, fails on rows with
gridBefore, sees no text boxes or content controls, and opens a package without limits.

What a reader of the printed page sees is read: tracked insertions yes, deletions and hidden text no; a text
box once; results of fields, not their codes. A line break begins a new Paragraph at the same place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cardextract.document import Block, Cell, Document, PageBreak, Paragraph, Picture, Place, Table, walk
from cardextract.findings import Finding, Unreadable
from cardextract.readers.docx_lists import (
    PLAIN,
    VAL,
    Lists,
    Look,
    Styles,
    W,
    look,
    number,
    on,
    read_lists,
    read_styles,
    symbols,
)
from cardextract.readers.docx_notes import comments, embedded, hidden, run_text
from cardextract.readers.docx_package import main_part, read_part, related_parts
from cardextract.readers.docx_tabs import tab_step, tab_stops
from cardextract.readers.gaps import unread_parts, without_text
from cardextract.readers.guards import CORRUPT, MAX_COLUMNS, Meter, Package, open_package
from cardextract.readers.tabbed import TabRun

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GLYPHS = "w16se"
"""The one Choice without text: a glyph of an emoji font, whose Fallback is the character."""


@dataclass
class _State:
    """What one reading carries along; counters run over the whole document."""

    styles: Styles = field(default_factory=Styles)
    lists: Lists = field(default_factory=Lists)
    meter: Meter = field(default_factory=Meter)
    tab_step: float = 36.0
    tables: int = 0
    block: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, Place]] = field(default_factory=list)
    hidden: list[tuple[Place, str]] = field(default_factory=list)
    unread: list[tuple[str, Place]] = field(default_factory=list)


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a Word document.

    Raises Unreadable: `encrypted`, `corrupt`, `truncated`, `too_large`.
    """
    with open_package(path) as package:
        main = main_part(package)
        root = read_part(package, main)
        bodies = [] if root is None else root.findall(W + "body")
        if not bodies:
            raise Unreadable("corrupt", CORRUPT)
        related = related_parts(package, main)
        state = _state(package, related, root)
        blocks = [block for body in bodies for block in _blocks(body, state, None, 0)]
        blocks += _notes(package, related, state)
        notes = (*comments(package, related, state.comments, state.meter), *hidden(state.hidden))
        margins = _margins(package, related, state)
    document = Document("docx", tuple(blocks), margins=margins, notes=notes)
    return document, unread_parts(state.unread) + without_text(document)


# --- the package ---

_DEFAULT_STYLE = re.compile(rb'<(\w+:)?style\b[^>]*\bdefault="(?:1|true|on)"[^>]*>.*?</(?:\w+:)?style>', re.S)


def _state(package: Package, related: dict[str, list[tuple[str, str]]], root: Any) -> _State:
    """Styles and lists, read only where something names them: styles.xml is five times as long as a card."""

    def first(kind: str) -> str:
        targets = related.get(kind) or [("", "")]
        return targets[0][1]

    state = _State()
    if next(root.iter(W + "tab"), None) is not None:
        state.tab_step = tab_step(read_part(package, first("settings")))
    used = next(root.iter(W + "pStyle", W + "numPr"), None) is not None
    if used or _default_matters(package, first("styles")):
        state.styles = read_styles(read_part(package, first("styles")))
        state.lists = read_lists(read_part(package, first("numbering")), state.styles)
    return state


def _default_matters(package: Package, name: str) -> bool:
    """The default paragraph style itself indents, numbers or is a heading."""
    if name not in package:
        return False
    for match in _DEFAULT_STYLE.finditer(package.read(name)):
        style = match[0]
        if b'type="paragraph"' in style[: style.index(b">")]:
            return any(word in style for word in (b"numPr", b"ind ", b"outlineLvl", b"basedOn"))
    return False


def _margins(
    package: Package, related: dict[str, list[tuple[str, str]]], state: _State
) -> tuple[Paragraph, ...]:
    out: list[Paragraph] = []
    for kind in ("header", "footer"):
        for name in dict.fromkeys(target for _, target in related.get(kind, ())):
            root = read_part(package, name)
            if root is not None:
                blocks = tuple(_blocks(root, state, Place(), 0))
                out += [replace(p, place=Place()) for p in walk(blocks)]
    return tuple(out)


def _notes(package: Package, related: dict[str, list[tuple[str, str]]], state: _State) -> list[Block]:
    """Foot- and endnotes as paragraphs after the body, in the order of their references."""
    out: list[Block] = []
    for kind in ("footnote", "endnote"):
        wanted = list(dict.fromkeys(note for which, note in state.notes if which == kind))
        names = related.get(kind + "s")
        root = read_part(package, names[0][1]) if wanted and names else None
        found = {} if root is None else {note.get(W + "id"): note for note in root.iterchildren(W + kind)}
        for i, note_id in enumerate(wanted, start=1):
            if note_id in found:
                blocks = list(_blocks(found[note_id], state, None, 0))
                if blocks and isinstance(blocks[0], Paragraph) and not blocks[0].marker:
                    stripped = replace(blocks[0], text=blocks[0].text.lstrip())
                    blocks[0] = replace(stripped, marker=f"{i})")
                out += blocks
    return out


# --- blocks ---

_WRAPPERS = frozenset(
    W + name
    for name in (
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "customXml",
        "smartTag",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
    )
)
_GONE = frozenset(W + name for name in ("del", "moveFrom", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr"))


def _children(element: Any) -> Iterator[Any]:
    """The children, wrappers opened: content controls, insertions, links; one branch of AlternateContent."""
    for child in element:
        tag = child.tag
        if tag in _WRAPPERS:
            yield from _children(child)
        elif tag == _MC + "AlternateContent":
            branch = _branch(child)
            if branch is not None:
                yield from _children(branch)
        elif tag not in _GONE:
            yield child


def _branch(alternate: Any) -> Any:
    choice, fallback = alternate.find(_MC + "Choice"), alternate.find(_MC + "Fallback")
    if choice is not None and (fallback is None or _GLYPHS not in choice.get("Requires", "")):
        return choice
    return fallback


def _blocks(parent: Any, state: _State, place: Place | None, depth: int) -> Iterator[Block]:
    """The blocks of a body, cell, text box, header or note. place: that of a cell; None outside tables."""
    held: list[Paragraph] = []  # lines whose paragraph mark is deleted: the next paragraph goes on with them
    run = TabRun()
    for child in _children(parent):
        tag = child.tag
        if tag == W + "p":
            blocks, open_end = _paragraph(child, state, place, depth)
            if held and blocks and isinstance(blocks[0], Paragraph):
                blocks[0] = replace(held[-1], text=held[-1].text + blocks[0].text)
                blocks[:0] = held[:-1]
            else:
                blocks[:0] = held
            held = []
            if open_end and blocks and all(isinstance(b, Paragraph) for b in blocks):
                held = [b for b in blocks if isinstance(b, Paragraph)]
                continue
            if place is not None or not _takes(run, child, blocks, state):
                yield from (*_laid_out(run, state), *blocks)
        elif tag == W + "tbl":
            yield from (*_laid_out(run, state), *held)
            held = []
            yield from _table(child, state, depth + 1)
        elif tag == W + "altChunk":
            state.unread.append(("다른 문서", place or Place(block=state.block)))
    yield from (*_laid_out(run, state), *held)


def _takes(run: TabRun, p: Any, blocks: list[Block], state: _State) -> bool:
    if not run.lines and not any(isinstance(b, Paragraph) and "\t" in b.text for b in blocks):
        return False
    return run.takes(blocks, tab_stops(p.find(W + "pPr"), state.tab_step))


def _laid_out(run: TabRun, state: _State) -> list[Block]:
    """Ends a run of lines with tabs: its table, or its lines."""
    out = run.end(state.tables)
    if out and isinstance(out[0], Table):
        state.meter.grid(out[0].rows, out[0].cols)
        state.tables += 1
    return out


@dataclass
class _Line:
    """A paragraph in the making: the pieces of its current line, and the blocks that came before."""

    out: list[Block]
    look: Look
    place: Place
    pieces: list[str] = field(default_factory=list)
    bold: bool | None = None
    size: float | None = None
    first: bool = True


def _paragraph(p: Any, state: _State, place: Place | None, depth: int) -> tuple[list[Block], bool]:
    """The blocks of one w:p, and whether its paragraph mark is a tracked deletion."""
    if place is None:
        here = Place(block=state.block)
        state.block += 1
    else:
        here = place
    ppr = p.find(W + "pPr")
    has_look = ppr is not None or state.styles.default is not None
    line = _Line([], look(ppr, state.styles, state.lists) if has_look else PLAIN, here)
    after: list[Block] = []
    for child in _children(p):
        if child.tag == W + "r":
            _run(child, line, after, state, depth)
        elif child.tag.endswith("}oMath") or child.tag.endswith("}oMathPara"):
            line.pieces += [t.text or "" for t in child.iter(child.tag.rpartition("}")[0] + "}t")]
        elif child.tag == W + "tbl":
            after += _table(child, state, depth + 1)
        elif child.tag == W + "p":  # a paragraph in a paragraph: some converters write it
            blocks, _ = _paragraph(child, state, place, depth)
            after += blocks
    _end_line(line, state)
    out = [*line.out, *after]
    if ppr is None:
        return out, False
    if on(ppr, "pageBreakBefore"):
        out.insert(0, PageBreak())
    section = ppr.find(W + "sectPr")
    if section is not None:
        kind = section.find(W + "type")
        if kind is None or kind.get(VAL) not in ("continuous", "nextColumn"):
            out.append(PageBreak())
    mark = ppr.find(W + "rPr")
    return out, mark is not None and mark.find(W + "del") is not None


def _end_line(line: _Line, state: _State) -> None:
    """Put the current line out as a Paragraph; a line without text is none."""
    text = "".join(line.pieces).rstrip()
    line.pieces.clear()
    if text.strip():
        state.meter.text(text)
        shown = line.look
        lead = len(text) - len(text.lstrip())
        line.out.append(
            Paragraph(
                text,
                line.place,
                indent=(shown.first if line.first else shown.rest) + lead,
                marker=shown.marker if line.first else "",
                level=shown.level,
                heading=shown.heading,
                bold=bool(line.bold),
                size=line.size,
            )
        )
        line.first = False
    line.bold = None


def _run(run: Any, line: _Line, after: list[Block], state: _State, depth: int) -> None:
    rpr = run.find(W + "rPr")
    if rpr is not None and on(rpr, "vanish"):
        text = run_text(run)
        state.meter.text(text)
        if text.strip():
            state.hidden.append((line.place, text))
        return
    before = len(line.pieces)
    for child in _children(run):
        piece = _PIECES.get(child.tag)
        if piece is not None:
            line.pieces.append(piece(child))
        elif child.tag == W + "br":
            kind = child.get(W + "type")
            _end_line(line, state)
            before = 0
            if kind == "page":
                line.out.append(PageBreak())
        elif child.tag == W + "cr":
            _end_line(line, state)
            before = 0
        elif child.tag in _NOTES:
            state.notes.append((_NOTES[child.tag], child.get(W + "id", "")))
        elif child.tag == W + "commentReference":
            state.comments.append((child.get(W + "id", ""), line.place))
        elif child.tag in _DRAWN:
            after += _drawing(child, state, line.place, depth)
        elif child.tag == W + "tbl":
            after += _table(child, state, depth + 1)
    if len(line.pieces) > before and rpr is not None:
        _dress(line, before, rpr)


def _dress(line: _Line, before: int, rpr: Any) -> None:
    """Weight, size and symbol font of a run's text."""
    text = "".join(line.pieces[before:])
    if any("\uf020" <= c <= "\uf0ff" for c in text):
        fonts = rpr.find(W + "rFonts")
        font = "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
        if font.startswith(("Wingdings", "Symbol")):
            line.pieces[before:] = [symbols(text, font)]
    if text.strip():
        bold = on(rpr, "b") or False
        line.bold = bold if line.bold is None else line.bold and bold
        if line.size is None:
            size = rpr.find(W + "sz")
            line.size = None if size is None else number(size.get(VAL)) / 2 or None


def _symbol(sym: Any) -> str:
    code = sym.get(W + "char", "")
    try:
        c = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    if c < "\u0100" and c != "\x00":
        c = chr(0xF000 + ord(c))
    return "" if "\ud800" <= c <= "\udfff" or c == "\x00" else symbols(c, sym.get(W + "font", ""))


def _ruby(ruby: Any) -> str:
    base = ruby.find(W + "rubyBase")
    return "" if base is None else "".join(t.text or "" for t in base.iter(W + "t"))


_PIECES: dict[str, Callable[[Any], str]] = {
    W + "t": lambda t: t.text or "",
    W + "tab": lambda _: "\t",
    W + "ptab": lambda _: "\t",
    W + "noBreakHyphen": lambda _: "-",
    W + "sym": _symbol,
    W + "ruby": _ruby,
}
_NOTES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
_DRAWN = frozenset(W + name for name in ("drawing", "pict", "object"))


def _drawing(element: Any, state: _State, place: Place, depth: int) -> list[Block]:
    """The text boxes in a drawing, each once, else its picture."""
    boxes = list(_boxes(element))
    state.unread += [(label, place) for label in embedded(element)]
    if not boxes:
        names = [
            e.get("descr") or e.get("alt") or "" for e in element.iter() if e.get("descr") or e.get("alt")
        ]
        return [Picture(place, names[0] if names else "")]
    state.meter.nesting(depth + 1)
    out: list[Block] = []
    in_cell = place if place.table is not None or place.block is None else None
    for box in boxes:
        out += _blocks(box, state, in_cell, depth + 1)
    return out


def _boxes(element: Any) -> Iterator[Any]:
    """Contents of text boxes below an element, those inside other boxes left to their box."""
    for child in element:
        if child.tag == W + "txbxContent":
            yield child
        elif child.tag == _MC + "AlternateContent":
            branch = _branch(child)
            if branch is not None:
                yield from _boxes(branch)
        else:
            yield from _boxes(child)


# --- tables ---


@dataclass
class _Open:
    """A cell in the making; rows below may prolong it."""

    cell: Cell
    rows: int = 1


def _table(tbl: Any, state: _State, depth: int) -> Iterator[Block]:
    """One table. Merged cells are one Cell; a vMerge that continues nothing is a cell of its own."""
    state.meter.nesting(depth)
    index = state.tables
    state.tables += 1
    cells: list[_Open] = []
    above: dict[tuple[int, int], _Open] = {}
    row, width = 0, 0
    for tr in _children(tbl):
        if tr.tag != W + "tr":
            continue
        props = tr.find(W + "trPr")
        if props is not None and props.find(W + "del") is not None:
            continue
        above, right = _row(tr, props, row, index, above, cells, state, depth)
        width = max(width, right)
        row += 1
    state.meter.grid(row, width)
    if cells:
        done = tuple(o.cell if o.rows == 1 else replace(o.cell, rowspan=o.rows) for o in cells)
        yield Table(row, width, done, Place(table=index))


def _row(
    tr: Any, props: Any, row: int, index: int, above: dict[tuple[int, int], _Open], cells: list[_Open],
    state: _State, depth: int,
) -> tuple[dict[tuple[int, int], _Open], int]:  # fmt: skip
    """Read one row; (the cells that end in it by (column, span), its right end)."""
    here: dict[tuple[int, int], _Open] = {}
    before = None if props is None else props.find(W + "gridBefore")
    col = 0 if before is None else _within(number(before.get(VAL)), 0)
    header = on(props, "tblHeader") or False
    for tc in _children(tr):
        if tc.tag != W + "tc":
            continue
        tcpr = tc.find(W + "tcPr")
        span, merge, joined = _cell_spans(tcpr)
        opened = above.get((col, span)) if merge == "continue" else None
        if opened is not None:
            opened.rows += 1
        elif joined and cells and cells[-1].cell.row == row:  # w:hMerge, the old way to join cells of a row
            last = cells[-1]
            here.pop((last.cell.col, last.cell.colspan), None)
            last.cell = replace(last.cell, colspan=last.cell.colspan + span)
            here[last.cell.col, last.cell.colspan] = last
            col += span
            continue
        else:
            place = Place(table=index, row=row, col=col)
            gone = tcpr is not None and tcpr.find(W + "cellDel") is not None
            blocks = () if gone else tuple(_blocks(tc, state, place, depth))
            opened = _Open(Cell(row, col, 1, span, blocks, place, header))
            cells.append(opened)
        if merge:
            here[col, span] = opened
        col = _within(col + span, col + span)
    return here, col


def _within(columns: int, default: int) -> int:
    """A column count within the limit; above it the table is refused."""
    if columns > MAX_COLUMNS:
        Meter().grid(1, columns)
    return columns if columns >= 0 else default


def _cell_spans(tcpr: Any) -> tuple[int, str, bool]:
    """(columns, 'restart' | 'continue' | '', joined to the cell on its left)."""
    if tcpr is None:
        return 1, "", False
    span, vmerge, hmerge = tcpr.find(W + "gridSpan"), tcpr.find(W + "vMerge"), tcpr.find(W + "hMerge")
    columns = 1 if span is None else max(1, number(span.get(VAL), 1))
    merge = "" if vmerge is None else "restart" if vmerge.get(VAL) == "restart" else "continue"
    return columns, merge, hmerge is not None and hmerge.get(VAL, "continue") == "continue"
