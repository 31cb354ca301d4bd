"""From words and grids to lines, from lines to logical paragraphs, cells and tables of one page.

A paragraph is one logical line: lines that only the width of the page or cell wrapped are put together again.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import NamedTuple

from cardextract.document import Block, Box, Cell, Paragraph, Picture, Place, Table
from cardextract.plain import plain
from cardextract.readers.pdf_glyphs import Glyphs
from cardextract.readers.pdf_lattice import SNAP, Grid
from cardextract.readers.pdf_turns import turned_back
from cardextract.readers.pdf_words import CUT, GAP, Word

WIDE_GAP = 2.0
"""Of the line height: a gap that is more than a space; shown as three spaces, as a text file would."""

SPACE = 0.3
"""Of the font size: one step of indent, the width of a space, for lists are indented by spaces."""

PICTURE = 20.0
"""Points: a smaller image is an ornament."""

PADDING, MOST_PADDING = 6.0, 20.0
"""Points inside of a cell's border: what is usual, and what a table may show by lines that begin there."""

_BULLET = (
    r"[□■▣○●❍◦ㅇㅁ▷▶▸◆◇◈◎◉★☆☞※⇒→➔➜⊙▪▫•∙‧ㆍ․·]"
    r"|[-–—*](?!\d)|[①-⑳㉠-㉻⓵-⓾❶-❿➀-➓]"
)
_NUMBER = r"\(?(?:\d{1,2}|[가나다라마바사아자차카타파하])[.)](?!\d)|[Ⅰ-Ⅻⅰ-ⅻ][.)\s]|[IVX]{1,4}\."
_OPEN = r"[\[<【〈《「『]"
_MARKER = re.compile(rf"\s*(?:{_BULLET}|{_NUMBER}|{_OPEN}|붙임)")
_NUMBERED = re.compile(rf"\s*(?:{_NUMBER})")
_DATE_GOES_ON = re.compile(r"(?:\d{4}\.|['’]\d\d\.|[~/,])\s*$")
_FIGURE = re.compile(r"[\d.,-]{2}")
_CHUNK = re.compile(r"[(\[<{‘“'\"〈《「『【]*(?:[가-힣一-鿿]|[^\s가-힣一-鿿]+)[)\]>}’”'\"〉》」』】.,:;!?%]*")
_BRACKETS = {")": "(", "]": "[", "】": "【", "〉": "〈", "》": "《", "」": "「", ">": "<"}


class Line(NamedTuple):
    """A printed line, in points of the page; size is the font size of its first character."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    page: int
    size: float
    bold: bool

    @property
    def height(self) -> float:
        """In points."""
        return self.bottom - self.top


@plain(frozen=True, slots=True)
class Draft:
    """A table before its paragraphs are built: for each region of the grid what stands in it, in order.

    places: for each region its page and box; parts: those of the table, several where it runs over breaks
    (the grid lines of later parts then go on below the first one, the places do not).
    """

    grid: Grid
    items: tuple[tuple[Item, ...], ...]
    places: tuple[Spot, ...]
    parts: tuple[Spot, ...]

    @property
    def top(self) -> float:
        """In points."""
        return self.grid.ys[0]


class Image(NamedTuple):
    """An image on a page, in points."""

    box: Box
    page: int

    @property
    def top(self) -> float:
        """In points."""
        return self.box[1]


Item = Line | Draft | Image
Spot = tuple[int, Box]
Sizes = Mapping[int, tuple[float, float, int]]
"""Of each page, by its number: width and height in points as it was read, and how it was turned for that."""


@plain(frozen=True, slots=True)
class Layout:
    """One page: its items in reading order."""

    number: int
    width: float
    height: float
    items: tuple[Item, ...]


def place(spot: Spot, sizes: Sizes) -> Place:
    """Points to fractions of the rendered page."""
    page, (x0, top, x1, bottom) = spot
    width, height, turns = sizes[page]
    if not width or not height:
        return Place(page=page)
    # to five decimals; `round` takes three times as long, and there are hundreds of places on a page
    box = (
        floor(x0 / width * 1e5 + 0.5) / 1e5, floor(top / height * 1e5 + 0.5) / 1e5,
        floor(x1 / width * 1e5 + 0.5) / 1e5, floor(bottom / height * 1e5 + 0.5) / 1e5,
    )  # fmt: skip
    if x0 < 0 or top < 0 or x1 > width or bottom > height:
        box = (_part(box[0]), _part(box[1]), _part(box[2]), _part(box[3]))
    if turns:
        x0, y0, x1, y1 = turned_back(box, turns)
        box = (round(x0, 5), round(y0, 5), round(x1, 5), round(y1, 5))
    return Place(page, box)


def _part(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def is_marker(text: str) -> bool:
    """Whether a line begins with a list marker or an opening bracket: it is no continuation.

    >>> [is_marker(t) for t in ("○ 추진", "- 3회", "1. 개요", "<집행액>", "가. 개요")]
    [True, True, True, True, True]
    >>> [is_marker(t) for t in ("2024. 3.", "-1,200", "추진")]
    [False, False, False]
    """
    return _MARKER.match(text) is not None


# --- words to lines ---


def lines_of(words: Sequence[Word], glyphs: Glyphs) -> list[Line]:
    """Words to lines, from top to bottom, each from left to right."""
    if len(words) == 1:  # most cells
        line = _line([words[0]], glyphs)
        return [line] if line is not None else []
    rows: list[list[Word]] = []
    top = bottom = 0.0
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        overlap = min(bottom, word.bottom) - max(top, word.top)
        if rows and overlap > 0.5 * min(bottom - top, word.bottom - word.top):
            rows[-1].append(word)
        else:
            rows.append([word])
            top, bottom = word.top, word.bottom
    return [line for row in rows if (line := _line(row, glyphs)) is not None]


def _line(words: list[Word], glyphs: Glyphs) -> Line | None:
    words.sort(key=lambda w: w.x0)
    text = words[0].text
    for before, word in itertools.pairwise(words):
        gap, height = word.x0 - before.x1, word.bottom - word.top
        if gap > WIDE_GAP * height:
            text = text.rstrip() + "   "
        elif gap > GAP * height and not text.endswith(" "):
            text += " "
        text += word.text
    if not text.strip():
        return None
    first = words[0]
    size, bold = glyphs.styles.get(first.first, (first.bottom - first.top, False))
    if len(words) == 1:
        return Line(text, first.x0, first.top, first.x1, first.bottom, glyphs.number, size, bold)
    return Line(
        text, words[0].x0, min(w.top for w in words), max(w.x1 for w in words), max(w.bottom for w in words),
        glyphs.number, size, bold,
    )  # fmt: skip


# --- the layout of a page ---


def lay_out(glyphs: Glyphs, grids: Sequence[Grid]) -> Layout:
    """Put the words into the cells of the grids, the rest into lines, all in reading order."""
    order = sorted(range(len(grids)), key=lambda i: _area(grids[i].box))
    inside: dict[tuple[int, int], list[Word]] = {}
    body: list[Word] = []
    for word in glyphs.words:
        for piece, key in _placed(word, grids, order):
            (body if key is None else inside.setdefault(key, [])).append(piece)
    images: dict[tuple[int, int] | None, list[Image]] = {}
    for box in glyphs.images:
        if min(box[2] - box[0], box[3] - box[1]) >= PICTURE:
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            images.setdefault(_key(grids, order, *middle), []).append(Image(box, glyphs.number))
    nested = _nesting(grids, order)
    drafts: dict[int, Draft] = {}
    for i in order:  # small ones first: what is nested is ready before its parent
        items: list[tuple[Item, ...]] = []
        for r in range(len(grids[i].regions)):
            found: list[Item] = [*lines_of(inside.get((i, r), []), glyphs), *images.get((i, r), [])]
            found += [drafts[j] for j, key in nested.items() if key == (i, r)]
            items.append(_ordered(found))
        spots = tuple((glyphs.number, grids[i].region_box(g)) for g in grids[i].regions)
        drafts[i] = Draft(grids[i], tuple(items), spots, ((glyphs.number, grids[i].box),))
    top_level = [drafts[i] for i in range(len(grids)) if i not in nested]
    items_of_page = _ordered([*lines_of(body, glyphs), *images.get(None, []), *top_level])
    return Layout(glyphs.number, glyphs.width, glyphs.height, items_of_page)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _left(item: Item) -> float:
    if isinstance(item, Line):
        return item.x0
    return item.grid.xs[0] if isinstance(item, Draft) else item.box[0]


def _ordered(items: list[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (round(item.top), _left(item))))


def _key(grids: Sequence[Grid], order: list[int], x: float, y: float) -> tuple[int, int] | None:
    for i in order:
        region = grids[i].find(x, y)
        if region >= 0:
            return i, region
    return None


def _placed(
    word: Word, grids: Sequence[Grid], order: list[int]
) -> Iterator[tuple[Word, tuple[int, int] | None]]:
    """The word with its cell; a word that crosses a border is cut where the border stands."""
    if not order:
        yield word, None
        return
    y = (word.top + word.bottom) / 2
    key = _key(grids, order, (word.x0 + word.x1) / 2, y)
    reach = 0.4 * (word.bottom - word.top)
    start, end = word.xs[0] + reach, max(word.x1 - reach, word.xs[-1])
    if key is not None:
        grid = grids[key[0]]
        left, _, right, _ = grid.region_box(grid.regions[key[1]])
        whole = left <= start and end <= right
    else:
        whole = _key(grids, order, start, y) is None and _key(grids, order, end, y) is None
    if whole:
        yield word, key
        return
    start, before = 0, key
    for i, (left, right) in _atoms(word):
        here = _key(grids, order, (left + max(left, right)) / 2, y)
        if here is None and i and word.text[-1] == CUT:
            here = before  # the end of a figure that is cut belongs to what is seen of it
        if i and here != before:
            yield _piece(word, start, i), before
            start = i
        before = here
    yield _piece(word, start, len(word.text)), before


def _atoms(word: Word) -> Iterator[tuple[int, tuple[float, float]]]:
    """What no border cuts, as (index of the first character, (left, right)): a sign, or a figure that is wider than
    its cell. Figures of two cells stand apart by more than the signs of one.
    """
    edges = (*word.xs, word.x1)
    start = 0
    for i in range(1, len(word.text) + 1):
        if i < len(word.text) and _FIGURE.fullmatch(word.text, i - 1, i + 1):
            advance, after = edges[i] - edges[i - 1], edges[i + 1] - edges[i]
            if word.text[i] in ",." or word.text[i - 1] in ",." or advance <= 1.12 * max(after, 0.1):
                continue
        yield start, (edges[start], edges[i])
        start = i


def _piece(word: Word, i: int, j: int) -> Word:
    x1 = word.xs[j] if j < len(word.xs) else word.x1
    return word._replace(text=word.text[i:j], x0=word.xs[i], x1=x1, first=word.first + i, xs=word.xs[i:j])


def _nesting(grids: Sequence[Grid], order: list[int]) -> dict[int, tuple[int, int]]:
    """Which cell of which larger grid a grid stands in."""
    out: dict[int, tuple[int, int]] = {}
    for n, i in enumerate(order):
        x0, y0, x1, y1 = grids[i].box
        for j in order[n + 1 :]:
            region = grids[j].find((x0 + x1) / 2, (y0 + y1) / 2)
            if region < 0:
                continue
            a0, b0, a1, b1 = grids[j].region_box(grids[j].regions[region])
            if a0 - SNAP <= x0 and x1 <= a1 + SNAP and b0 - SNAP <= y0 and y1 <= b1 + SNAP:
                out[i] = (j, region)
                break
    return out


# --- lines to paragraphs ---


class Column(NamedTuple):
    """The space that lines were set in: of the page's text, or of a cell. padding: inside of its edges."""

    left: float
    right: float
    padding: float = 0.0


def cell_column(box: Box, lines: Sequence[Line], most: float = PADDING) -> Column:
    """The column of a cell; its padding is the smallest distance of a line from the left border."""
    if len(lines) < 2:
        return Column(box[0], box[2], 3.0)  # nothing to put together
    return Column(box[0], box[2], min(max(min(line.x0 for line in lines) - box[0], 0.5), most))


def _padding(draft: Draft) -> float:
    """The most that lines of a cell are set in: what three lines of the table have on their left, or PADDING."""
    if all(len(items) < 2 for items in draft.items):
        return PADDING  # nothing to put together
    shared: Counter[int] = Counter()
    for items, (_, box) in zip(draft.items, draft.places, strict=True):
        shared.update(round(item.x0 - box[0]) for item in items if isinstance(item, Line))
    often = [inset for inset, count in shared.items() if count >= 3]
    return min(max(min(often, default=0.0), PADDING), MOST_PADDING)


def continues(lines: Sequence[Line], after: Line, column: Column) -> bool:
    """Whether `after` is the rest of the paragraph `lines`, wrapped by the width of the column."""
    line, em = lines[-1], max(after.size, 1.0)
    same_size = abs(line.size - after.size) <= 0.6
    if not same_size and abs(line.size - after.size) > 0.25 * em:
        return False
    if line.page == after.page and not -0.6 * line.height <= after.top - line.bottom <= 0.85 * line.height:
        return False
    if is_marker(after.text) and not (
        _NUMBERED.match(after.text) and (_DATE_GOES_ON.search(line.text) or _closes(lines, after.text))
    ):  # "2024. / 3. 5." and "(2024- / 03)" are no numbered items
        return False
    slack = _slack(lines, after, column, em)
    if slack is None:
        return False
    if slack < _width(_chunk(after.text), em) + 0.35 * em:
        return same_size or column.right - line.x1 < 1.5 * em
    if not same_size:
        return False
    if _closes(lines, after.text):
        return True
    word = _width(after.text.split(" ", 1)[0], em)
    wide = column.right - column.left
    return wide > 20 * em and line.x1 - column.left > 0.55 * wide and slack < min(word, 8 * em) + 0.5 * em


def _slack(lines: Sequence[Line], after: Line, column: Column, em: float) -> float | None:
    """The room left on the last line, in points; None where `after` stands elsewhere."""
    line = lines[-1]
    left, right = column.left + column.padding, column.right - column.padding
    room = right - line.x1
    centred = abs((line.x0 - left) - room) < em and line.x0 - left > 0.8 * em
    if not centred and column.padding:  # the first line of a cell may be full and only the rest centred
        centred = abs((after.x0 - left) - (right - after.x1)) < em and after.x0 - left > 0.8 * em
    if centred and abs((line.x0 + line.x1) - (after.x0 + after.x1)) < em:
        return room + line.x0 - left
    first = lines[0]
    if len(lines) > 1:
        return room if abs(after.x0 - line.x0) < 0.6 * em else None
    hanging = -0.6 * em <= after.x0 - first.x0 <= 4.5 * em
    indented = not is_marker(first.text) and -2.6 * em <= after.x0 - first.x0 < 0
    # an indent typed as spaces: the rest begins at the edge
    typed = is_marker(first.text) and after.x0 < first.x0 and abs(after.x0 - left) < 0.3 * em
    if hanging or indented or typed:
        return room
    # text at the right of its cell: what is left over stands at the left
    return line.x0 - left if column.padding and abs(line.x1 - after.x1) < 0.3 * em else None


def _chunk(text: str) -> str:
    """What cannot be parted at the start of a line: a Hangul syllable, or a word of other letters."""
    match = _CHUNK.match(text.lstrip())
    return match.group() if match else text[:1]


def _width(text: str, em: float) -> float:
    """About how wide the text is; good to a fifth of an em a word."""
    return em * sum(0.3 if c == " " else 0.53 if c < "ࠀ" else 0.95 for c in text)


def _closes(lines: Sequence[Line], after: str) -> bool:
    """`after` closes a bracket that the paragraph left open."""
    for char in after:
        if char in _BRACKETS.values():
            return False
        opener = _BRACKETS.get(char)
        if opener:
            text = "".join(line.text for line in lines)
            return text.count(opener) > text.count(char)
    return False


def join_text(before: str, after: str, room: float, em: float) -> str:
    """The text of two lines of one paragraph. Korean wraps inside words: no space is invented without a sign.

    Signs: a space printed at the line's end; two Latin words or figures; room for the next syllable, so
    that a whole word did not fit.
    """
    if before.endswith(" "):
        return before + after.lstrip()
    last, first = before[-1:], after.lstrip()[:1]
    if last.isascii() and last.isalnum() and first.isascii() and first.isalnum():
        return f"{before} {after.lstrip()}"
    if "가" <= first <= "힣" and room > _width(_chunk(after), em) + 0.5 * em:
        return f"{before} {after.lstrip()}"
    return before + after.lstrip()


def groups(lines: Sequence[Line], column: Column) -> list[list[Line]]:
    """The lines of each paragraph."""
    out: list[list[Line]] = []
    for line in lines:
        if out and continues(out[-1], line, column):
            out[-1].append(line)
        else:
            out.append([line])
    return out


def paragraph(lines: Sequence[Line], column: Column, step: float, sizes: Sizes) -> Paragraph:
    """One paragraph of the lines of a group. step: points of one indent unit."""
    first = lines[0]
    text = first.text
    for before, line in itertools.pairwise(lines):
        room = column.right - column.padding - before.x1
        text = join_text(text, line.text, room, max(line.size, 1.0))
    box = (first.x0, first.top, first.x1, first.bottom)
    if len(lines) > 1:
        here = [line for line in lines if line.page == first.page]
        box = (
            min(line.x0 for line in here), min(line.top for line in here),
            max(line.x1 for line in here), max(line.bottom for line in here),
        )  # fmt: skip
    indent = round(max(first.x0 - column.left, 0.0) / step, 1)
    return Paragraph(
        text.strip(), place((first.page, box), sizes), indent, "", None, None, first.bold, first.size
    )


def blocks_of(items: Sequence[Item], column: Column, step: float, sizes: Sizes) -> list[Block]:
    """Items in order to blocks."""
    if not items:
        return []
    if len(items) == 1 and isinstance(items[0], Line):  # most cells
        return [paragraph(items, column, step, sizes)]  # type: ignore[arg-type]
    out: list[Block] = []
    waiting: list[Line] = []

    def flush() -> None:
        out.extend(paragraph(group, column, step, sizes) for group in groups(waiting, column))
        waiting.clear()

    for item in items:
        if isinstance(item, Line):
            waiting.append(item)
            continue
        flush()
        if isinstance(item, Draft):
            out.append(table(item, step, sizes))
        else:
            out.append(Picture(place((item.page, item.box), sizes)))
    flush()
    return out


def table(draft: Draft, step: float, sizes: Sizes) -> Table:
    """The table of a draft."""
    grid = draft.grid
    cells = []
    most = _padding(draft)
    for region, items, spot in zip(grid.regions, draft.items, draft.places, strict=True):
        blocks: tuple[Block, ...] = ()
        if items:
            column = cell_column(spot[1], [item for item in items if isinstance(item, Line)], most)
            blocks = tuple(blocks_of(items, column, step, sizes))
        cells.append(Cell(region.row, region.col, region.rowspan, region.colspan, blocks, place(spot, sizes)))
    cells.sort(key=lambda c: (c.row, c.col))
    places = [place(part, sizes) for part in draft.parts]
    fragments = tuple(places) if len(places) > 1 else ()
    return Table(len(grid.ys) - 1, len(grid.xs) - 1, tuple(cells), places[0], False, fragments, grid.loose)
