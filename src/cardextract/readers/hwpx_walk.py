"""Section parts of HWPX -> blocks in reading order: paragraphs, tables, notes, text boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cardextract.document import (
    NOWHERE,
    Block,
    Cell,
    Note,
    NoteKind,
    PageBreak,
    Paragraph,
    Picture,
    Place,
    Table,
    walk,
)
from cardextract.readers.guards import Meter
from cardextract.readers.hwpx_styles import (
    Labels,
    Styles,
    child,
    glyphs,
    local,
    number,
    numeral,
    printed_indent,
    unreadable,
)
from cardextract.readers.tabbed import TabRun

_CHARACTERS = {
    "tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-", "hypen": "-",
}  # fmt: skip
_HIDDEN = {
    "secPr", "linesegarray", "fieldEnd", "colPr", "bookmark", "indexmark", "newNum", "pageNum", "pageHiding",
    "titleMark", "markpenBegin", "markpenEnd", "insertBegin", "insertEnd",
}  # fmt: skip
"""Controls without text of their own."""
_APART: dict[str, NoteKind] = {
    "header": "header", "footer": "footer", "hiddenComment": "comment", "fieldBegin": "memo",
}  # fmt: skip
"""Text that is not the body's: margins, hidden comments, memos (a list inside their field)."""


@dataclass
class _Piece:
    """An object that stands in a paragraph. inline: it takes its place among the characters of the line."""

    blocks: list[Block]
    inline: bool


@dataclass
class Walker:
    """Walks the sections of one document. `blocks` and `margins` fill; counters run over all sections."""

    styles: Styles
    meter: Meter
    blocks: list[Block] = field(default_factory=list)
    margins: list[Paragraph] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    strange: Counter[str] = field(default_factory=Counter)
    unread: dict[str, list[Place]] = field(default_factory=dict)
    tables: int = 0
    paragraphs: int = 0
    depth: int = 0
    _footnotes: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.labels = Labels(self.styles)

    def section(self, root: Any) -> None:
        """One section part; every section after the first begins on a new page."""
        properties = next(root.iter("{*}secPr"), None)
        if properties is not None:
            self.labels.outline = properties.get("outlineShapeIDRef", "")
        first, run = True, TabRun()
        for paragraph in root:
            if local(paragraph) != "p":
                continue
            breaks = paragraph.get("pageBreak") in ("1", "true") or self.styles.shape(paragraph).new_page
            if breaks:
                self._end_run(run)
            if (breaks or first) and self.blocks and not isinstance(self.blocks[-1], PageBreak):
                self.blocks.append(PageBreak())
            first = False
            if next(paragraph.iter("{*}tbl"), None) is not None:
                self._end_run(run)  # tables are numbered as they come
            blocks = self.paragraph(paragraph, None)
            if not run.takes(blocks, self.styles.stops(paragraph)):
                self._end_run(run)
                self.blocks += blocks
            if self._footnotes:
                self._end_run(run)
                self.blocks += self._footnotes
                self._footnotes = []
        self._end_run(run)

    def _end_run(self, run: TabRun) -> None:
        """A run of lines with tabs is a table, or its lines."""
        out = run.end(self.tables)
        if out and isinstance(out[0], Table):
            self.meter.grid(out[0].rows, out[0].cols)
            self.tables += 1
        self.blocks += out

    def margin(self, element: Any) -> tuple[Block, ...]:
        """A header, footer or master page: its blocks without places; its paragraphs are margins."""
        found = self._apart(element)
        self.margins += (p for p in walk(found) if p.text.strip())
        return found

    def _apart(self, element: Any) -> tuple[Block, ...]:
        """The blocks of something that is not the body's, its notes at its end, without places."""
        other = Walker(self.styles, self.meter, depth=self.depth + 1)
        self.meter.nesting(other.depth)
        found = tuple(other.lists(element, NOWHERE))
        self.margins += other.margins
        self.notes += other.notes
        self.strange += other.strange
        return tuple(_placeless((*found, *other._footnotes)))

    def _note(self, kind: NoteKind, element: Any, cell: Place | None) -> None:
        """A memo, comment, header or footer that hangs on the paragraph being read."""
        margin = kind in ("header", "footer")
        blocks = self.margin(element) if margin else self._apart(element)
        if any(p.text.strip() for p in walk(blocks)) and (cell is not None or not margin):
            self.notes.append(Note(kind, cell or Place(block=max(0, self.paragraphs - 1)), blocks))

    def lists(self, element: Any, cell: Place | None) -> Iterator[Block]:
        """The paragraphs of the paragraph lists (`hp:subList`) of a cell, box, note or header."""
        line = 0
        for item in element:
            if local(item) in ("subList", "paraList"):
                for paragraph in item:
                    if local(paragraph) == "p":
                        known = len(self.notes)
                        blocks = self.paragraph(paragraph, cell)
                        line += sum(isinstance(b, Paragraph) for b in blocks)
                        self.notes[known:] = (
                            replace(n, line=line) if n.place == cell else n for n in self.notes[known:]
                        )
                        yield from blocks

    # --- paragraphs -------------------------------------------------------------------------------

    def paragraph(self, element: Any, cell: Place | None) -> list[Block]:
        """An `hp:p` as its lines and the objects in it; `cell` is the place of the cell around it, if any."""
        shape = self.styles.shape(element)
        marker, level = self.labels.next(shape)
        place = cell
        if place is None:
            place = Place(block=self.paragraphs)
            self.paragraphs += 1
        out: list[Block] = []
        later: list[Block] = []
        text: list[str] = []
        printed = False
        heading = shape.level + 1 if shape.kind == "OUTLINE" else None

        def flush(last: bool) -> None:
            nonlocal marker, level, printed
            lines = glyphs("".join(text)).split("\n")
            # an empty paragraph is a line of its cell, but nothing in the body
            wanted = last and (marker or (cell is not None and not printed))
            if not wanted and not any(line.strip() for line in lines):
                return
            printed = True
            text.clear()
            for i, line in enumerate(lines):
                if cell is None and not line.strip() and not marker:
                    continue
                self.meter.text(line)
                self.strange.update(unreadable(line))
                start = printed_indent(line, shape.rest if i else shape.first)
                out.append(Paragraph(line, place, start, marker, level, heading))
                marker, level = "", None

        for piece in self._pieces(element, cell):
            if isinstance(piece, str):
                text.append(piece)
            elif piece.inline or not "".join(text).strip():
                if piece.inline:
                    flush(False)
                out += piece.blocks
            else:  # it floats: its anchor may stand in the middle of a word
                later += piece.blocks
        flush(True)
        return out + later

    def _pieces(self, element: Any, cell: Place | None) -> Iterator[str | _Piece]:
        """The text and the objects of a paragraph in order, without what a tracked change deleted."""
        deleted = False
        for item in _flat(element):
            if isinstance(item, str):
                if not deleted:
                    yield item
                continue
            name = local(item)
            if name in ("deleteBegin", "deleteEnd"):
                deleted = name == "deleteBegin"
            elif not deleted and name not in _HIDDEN:
                yield from self._object(name, item, cell)

    def _object(self, name: str, item: Any, cell: Place | None) -> Iterator[str | _Piece]:
        """A control or drawing object inside a paragraph."""
        if name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name in _APART:
            self._note(_APART[name], item, cell)
        elif name in ("footNote", "endNote"):
            self._footnotes += self._nested(self.lists(item, cell))
        elif name == "autoNum":
            yield _auto_number(item)
        elif name == "equation":
            script = child(item, "script")
            yield " ".join((script.text or "").split()) if script is not None else ""
        elif name == "dutmal":
            yield _dutmal(item)
        elif name == "compose":
            yield item.get("composeText", "")
        elif name in _FORMS:
            yield _form(name, item)
        elif name == "switch":
            branch = next((b for b in item if local(b) == "case"), None)
            branch = branch if branch is not None else child(item, "default")
            for inner in branch if branch is not None else ():
                yield from self._object(local(inner), inner, cell)
        else:
            position = child(item, "pos")
            blocks = self._nested(self._drawing(name, item, cell))
            inline = position is not None and position.get("treatAsChar") in ("1", "true")
            if blocks:
                yield _Piece(blocks, inline and any(not isinstance(b, Picture) for b in blocks))

    def _nested(self, read: Iterator[Block]) -> list[Block]:
        """What a reader of something inside a paragraph yields, one level deeper."""
        self.depth += 1
        self.meter.nesting(self.depth)
        blocks = list(read)
        self.depth -= 1
        return blocks

    def _drawing(self, name: str, item: Any, cell: Place | None) -> Iterator[Block]:
        """A table, picture, text box, group of them, or their captions."""
        if name == "tbl":
            yield from _around(item, self._table(item), self._caption(item, cell))
            return
        blocks: list[Block] = []
        if name == "pic":
            place = cell or Place(block=max(0, self.paragraphs - 1))
            comment = child(item, "shapeComment")
            blocks.append(
                Picture(place, " ".join((comment.text or "").split()) if comment is not None else "")
            )
        elif name in _UNREAD:
            self.unread.setdefault(_UNREAD[name], []).append(cell or Place(block=max(0, self.paragraphs - 1)))
        elif name == "textart" and item.get("text", "").strip():
            blocks += self._line(item.get("text", ""), cell)
        for inner in item:
            kind = local(inner)
            if kind == "drawText":
                blocks += self.lists(inner, cell)
            elif kind in _SHAPES:
                blocks += self._nested(self._drawing(kind, inner, cell))
        yield from _around(item, blocks, self._caption(item, cell))

    def _line(self, text: str, cell: Place | None) -> Iterator[Paragraph]:
        for line in glyphs(text).splitlines():
            self.meter.text(line)
            yield Paragraph(line, cell or Place(block=max(0, self.paragraphs - 1)))

    def _caption(self, item: Any, cell: Place | None) -> list[Block]:
        caption = child(item, "caption")
        return list(self.lists(caption, cell)) if caption is not None else []

    # --- tables -----------------------------------------------------------------------------------

    def _table(self, element: Any) -> list[Block]:
        """An `hp:tbl`. Cells keep the address they state; spans end where another cell with text begins."""
        index = self.tables
        self.tables += 1
        sources: list[tuple[int, int, Any]] = []
        for row, line in enumerate(tr for tr in element if local(tr) == "tr"):
            column = 0
            for tc in (c for c in line if local(c) == "tc"):
                address = child(tc, "cellAddr")
                r, c = number(address, "rowAddr", row), number(address, "colAddr", column)
                sources.append((r, c, tc) if min(r, c) >= 0 else (row, column, tc))
                column = sources[-1][1] + max(1, number(child(tc, "cellSpan"), "colSpan", 1))
        if not sources:
            return []
        rows = max(number(element, "rowCnt"), *(r + 1 for r, _, _ in sources), 1)
        cols = max(number(element, "colCnt"), *(c + 1 for _, c, _ in sources), 1)
        self.meter.grid(rows, cols)
        grid = _Grid(rows, cols)
        blanks = [_is_blank(tc) for _, _, tc in sources]
        for (r, c, _), blank in zip(sources, blanks, strict=True):
            if not blank:
                grid.reserve(r, c)
        cells = []
        for (r, c, tc), blank in zip(sources, blanks, strict=True):
            at = grid.column(r, c, blank)
            if at is None:  # an empty cell under the span of another: some writers keep it
                continue
            if grid.cols > cols:
                cols = grid.cols
                self.meter.grid(rows, cols)
            span = child(tc, "cellSpan")
            down, right = grid.fit(r, at, number(span, "rowSpan", 1), number(span, "colSpan", 1))
            place = Place(table=index, row=r, col=at)
            blocks = tuple(self.lists(tc, place))
            cells.append(Cell(r, at, down, right, blocks, place, tc.get("header") in ("1", "true")))
        return [Table(rows, cols, tuple(cells), Place(table=index))]


class _Grid:
    """Which positions of a table are free (0), taken (1) or reserved as the corner of a full cell (2)."""

    def __init__(self, rows: int, cols: int) -> None:
        self.rows, self.cols = rows, cols
        self._used = [bytearray(cols) for _ in range(rows)]

    def reserve(self, r: int, c: int) -> None:
        """A cell with text begins here."""
        self._used[r][c] = 2

    def column(self, r: int, c: int, blank: bool) -> int | None:
        """Where a cell that states (r, c) begins: there, else at the next free column, a new one if need be.

        None for a blank cell whose position is used.
        """
        state = self._used[r][c]
        if state == 0 or (state == 2 and not blank):
            return c
        if blank:
            return None
        free = self._used[r].find(0, c)
        if free < 0:
            free = self.cols
            self.cols += 1
            for row in self._used:
                row.append(0)
        return free

    def fit(self, r: int, c: int, down: int, right: int) -> tuple[int, int]:
        """The spans of a cell at (r, c), cut where the grid or another cell begins; takes its positions."""
        self._used[r][c] = 0
        free = self._used[r][c : c + max(1, right)]
        right = len(free) - len(free.lstrip(b"\x00"))
        height = 0
        while (
            height < max(1, down)
            and r + height < self.rows
            and not any(self._used[r + height][c : c + right])
        ):
            self._used[r + height][c : c + right] = b"\x01" * right
            height += 1
        return height, right


def _placeless(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks without their places, which would count tables and paragraphs of another text."""
    for block in blocks:
        if isinstance(block, Table):
            cells = (replace(c, blocks=tuple(_placeless(c.blocks)), place=NOWHERE) for c in block.cells)
            yield replace(block, cells=tuple(cells), place=NOWHERE)
        elif not isinstance(block, PageBreak):
            yield replace(block, place=NOWHERE)


def _is_blank(tc: Any) -> bool:
    return not any((t.text or "").strip() or len(t) for t in tc.iter("{*}t", "{*}tbl", "{*}pic"))


def _flat(element: Any) -> Iterator[Any]:
    """The text (as str), controls and objects of a paragraph in order, out of their runs."""
    for item in element:
        name = local(item)
        if name == "t":
            if item.text:
                yield item.text
            for inner in item:
                yield inner
                if inner.tail:
                    yield inner.tail
        elif name in ("run", "ctrl") and item.get("id", "").lower() != "tab":
            yield from _flat(item)
        elif name == "ctrl":
            yield "\t"
        else:
            yield item


def _around(item: Any, blocks: Sequence[Block], caption: list[Block]) -> list[Block]:
    """An object with its caption, which stands above or below it."""
    element = child(item, "caption") if caption else None
    if element is not None and element.get("side") in ("TOP", "LEFT"):
        return [*caption, *blocks]
    return [*blocks, *caption]


# --- things that print as characters --------------------------------------------------------------

_SHAPES = {
    "rect", "ellipse", "polygon", "curve", "arc", "line", "connectLine", "container", "textart", "pic", "ole",
    "tbl", "unknownObject", "video", "chart",
}  # fmt: skip
_UNREAD = {"ole": "끼워 넣은 개체(OLE)", "chart": "차트", "unknownObject": "모르는 개체"}
_FORMS = {"checkBtn", "radioBtn", "btn", "edit", "comboBox", "listBox"}


def _auto_number(item: Any) -> str:
    """The number of a note, picture or table, as the format writes it; those of pages are known to the printer."""
    if item.get("numType", "").endswith("PAGE"):
        return ""
    form = child(item, "autoNumFormat")
    value = number(item, "num", 1)
    if form is None:
        return str(value)
    return (
        f"{form.get('prefixChar', '')}{numeral(value, form.get('type', 'DIGIT'))}{form.get('suffixChar', '')}"
    )


def _dutmal(item: Any) -> str:
    """A word with a small gloss above it, the gloss in parentheses."""
    main, gloss = (
        (e.text or "") if (e := child(item, name)) is not None else "" for name in ("mainText", "subText")
    )
    return f"{main}({gloss})" if gloss.strip() else main


def _form(name: str, item: Any) -> str:
    """A form field as it is printed: a box with its caption, or the text filled in."""
    if name in ("checkBtn", "radioBtn"):
        on, off = ("☑", "☐") if name == "checkBtn" else ("◉", "○")
        return f"{on if item.get('value') == 'CHECKED' else off}{item.get('caption', '')}"
    if name == "btn":
        return str(item.get("caption", ""))
    if name == "edit":
        text = child(item, "text")
        return (text.text or "") if text is not None else ""
    chosen = item.get("selectedValue", "")
    choices: Iterable[Any] = (e for e in item if local(e) == "listItem")
    named = {e.get("value", ""): e.get("displayText", "") for e in choices}
    return str(named.get(chosen) or chosen or (next(iter(named), "") if len(named) == 1 else ""))
