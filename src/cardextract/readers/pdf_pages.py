"""What several pages tell together: running headers and footers, page numbers, tables over page breaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cardextract.readers.pdf_flow import Column, Draft, Image, Item, Layout, Line, continues, groups
from cardextract.readers.pdf_lattice import Grid, Region
from cardextract.readers.pdf_pieces import is_figure

EDGE = 0.11
"""Share of the page's height at top and bottom in which headers, footers and page numbers stand."""

SAME = 3.0
"""Points: positions on two pages that count as the same."""

_NUMBER = re.compile(
    r"[-–—‐−~·<〈(\[\s]*(?:(?:page|p\.|쪽)\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\s*(?:쪽|page|면)?[-–—‐−~·>〉)\]\s]*$",
    re.I,
)
_DRESSED = re.compile(r"\D*[-–—‐−<〈(\[/쪽p]")


def usual_size(layouts: Sequence[Layout]) -> float:
    """The font size in which most characters of the document's lines are set."""
    sizes: dict[float, int] = {}
    for layout in layouts:
        _add_sizes(layout.items, sizes)
    return _usual(sizes)


def _add_sizes(items: Sequence[Item], sizes: dict[float, int], *, tables: bool = True) -> None:
    for item in items:
        if isinstance(item, Line):
            sizes[item.size] = sizes.get(item.size, 0) + len(item.text)
        elif tables and isinstance(item, Draft):
            for cell in item.items:
                _add_sizes(cell, sizes)


def _usual(sizes: Mapping[float, int]) -> float:
    return max(max(sizes, key=sizes.__getitem__), 1.0) if sizes else 10.0


def _all_lines(items: Sequence[Item]) -> list[Line]:
    out = []
    for item in items:
        if isinstance(item, Line):
            out.append(item)
        elif isinstance(item, Draft):
            for cell in item.items:
                out += _all_lines(cell)
    return out


# --- headers, footers, page numbers ---


def part_margins(layouts: Sequence[Layout]) -> tuple[list[Layout], list[Line]]:
    """The layouts without their running headers, footers and page numbers, and those lines.

    A line runs when its words (figures aside) stand at the same place of several pages, in print no larger
    than the body's, with nothing of the body beyond it. A card's title repeated at the top of each page is
    larger than the body, or the body of other pages begins as high as it stands: it stays.
    """
    outside: dict[float, int] = {}
    for layout in layouts:
        _add_sizes(layout.items, outside, tables=False)
    size = max(usual_size(layouts), _usual(outside))  # tables may be set smaller than the text
    running = _running(layouts, size) if len(layouts) > 1 else set()
    if sum(_all_runs(layout, running) for layout in layouts) > len(layouts) / 2:
        running = set()  # pages of nothing but one line: that line is the text
    kept, margins = [], []
    for layout in layouts:
        edges = _edge_lines(layout)
        gone = {
            id(line)
            for line, at_top in edges
            if _key(line, layout) in running or _is_page_number(line, at_top, edges)
        }
        margins += [item for item in layout.items if isinstance(item, Line) and id(item) in gone]
        kept.append(replace(layout, items=tuple(i for i in layout.items if id(i) not in gone)))
    return kept, margins


def _all_runs(layout: Layout, running: set[Key]) -> bool:
    """Whether nothing but running lines and images stands on the page."""
    lines = [item for item in layout.items if not isinstance(item, Image)]
    return (
        bool(lines)
        and all(
            isinstance(line, Line) and (_key(line, layout) in running or _NUMBER.match(line.text) is not None)
            for line in lines
        )
        and not any(isinstance(item, Image) for item in layout.items)
    )


def _edge_lines(layout: Layout) -> list[tuple[Line, bool]]:
    """The lines at the top and bottom edge, outside of tables, with whether they are at the top."""
    out = []
    for item in layout.items:
        if isinstance(item, Line):
            if item.bottom < EDGE * layout.height:
                out.append((item, True))
            elif item.top > (1 - EDGE) * layout.height:
                out.append((item, False))
    return out


Key = tuple[str, int, int]


def _key(line: Line, layout: Layout) -> Key:
    text = re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text))
    return text, round((line.top + line.bottom) / 2 / SAME), round(layout.height / 10)


def _running(layouts: Sequence[Layout], size: float) -> set[Key]:
    seen: Counter[Key] = Counter()
    largest: dict[Key, float] = {}
    for layout in layouts:
        for key in {_key(line, layout) for line, _ in _edge_lines(layout)}:
            seen[key] += 1
        for line, _ in _edge_lines(layout):
            largest[_key(line, layout)] = max(largest.get(_key(line, layout), 0.0), line.size)
    often = max(2, round(0.4 * len(layouts)))
    found = {key for key, count in seen.items() if count >= often and largest[key] <= 1.05 * size}
    while True:
        wrong = {key for layout in layouts for key in _not_outermost(layout, found)}
        if not wrong:
            return found
        found -= wrong


def _not_outermost(layout: Layout, found: set[Key]) -> set[Key]:
    """Of the found lines those that have something of this page's body beyond (or beside) them."""
    tops = [line for line, at_top in _edge_lines(layout) if at_top and _key(line, layout) in found]
    bottoms = [line for line, at_top in _edge_lines(layout) if not at_top and _key(line, layout) in found]
    margin = {id(line) for line in (*tops, *bottoms)}
    extents = [_extent(i) for i in layout.items if id(i) not in margin and not _is_numberlike(i)]
    wrong = {_key(line, layout) for line in tops if any(top < line.top - 1 for top, _ in extents)}
    return wrong | {
        _key(line, layout) for line in bottoms if any(low > line.bottom + 1 for _, low in extents)
    }


def _extent(item: Item) -> tuple[float, float]:
    if isinstance(item, Line):
        return item.top, item.bottom
    if isinstance(item, Draft):
        return item.grid.ys[0], item.grid.ys[-1]
    return item.box[1], item.box[3]


def _is_numberlike(item: Item) -> bool:
    return not isinstance(item, Draft | Line) or (
        isinstance(item, Line) and _NUMBER.match(item.text) is not None
    )


def _is_page_number(line: Line, at_top: bool, edges: Sequence[tuple[Line, bool]]) -> bool:
    parts = line.text.strip().split("   ")
    if not at_top and len(parts) > 1 and any(_NUMBER.match(p) and _DRESSED.match(p) for p in parts):
        # a footer with the page's number beside it: the last line of the page
        return not any(other.top > line.bottom for other, top in edges if not top and other is not line)
    if not _NUMBER.match(line.text):
        return False
    if _DRESSED.match(line.text) or not at_top:
        below = [other for other, top in edges if top == at_top and other is not line]
        return not at_top and not any(
            other.top > line.bottom for other in below if not _NUMBER.match(other.text)
        )
    return False


# --- tables over page breaks ---


def text_of(draft: Draft, region: int) -> str:
    """The text of a cell without white space, nested tables included."""
    return re.sub(r"\s+", "", "".join(line.text for line in _all_lines(draft.items[region])))


def bridge(layouts: Sequence[Layout], columns: Mapping[int, Column]) -> list[tuple[Layout, bool]]:
    """The layouts with tables and paragraphs that run over page breaks put together, on the page they begin.

    The flag: whether the page begins with what is its own, so that a page break stands before it.
    """
    limit = _bottom(layouts)
    sheets = [list(layout.items) for layout in layouts]
    own = [True] * len(layouts)
    first = last = None  # the first and the last part of the table that ends the pages so far
    home = 0  # the page of the last item so far
    for i, sheet in enumerate(sheets):
        tail = sheets[home][-1] if sheets[home] else None
        head = sheet[0] if sheet else None
        if i and isinstance(tail, Draft) and isinstance(head, Draft):
            begin, end = (first, last) if first is not None and last is not None else (tail, tail)
            head = refitted(begin, head)
            if goes_on(begin, end, head, limit):
                sheets[home][-1] = join(tail, head, repeated_rows(begin, head))
                del sheet[0]
                first, last, own[i] = begin, head, False
        elif (
            i and isinstance(tail, Line) and isinstance(head, Line) and tail.bottom > limit - 3 * tail.height
        ):
            own[i] = not _bridge_lines(sheets[home], sheet, columns[layouts[home].number])
        if sheet:
            home, first, last = i, None, None
    return [
        (replace(layout, items=tuple(sheet)), flag)
        for layout, sheet, flag in zip(layouts, sheets, own, strict=True)
    ]


def refitted(first: Draft, after: Draft) -> Draft:
    """`after` in the columns of `first`, where text alone tells its cells and each text finds its column.

    A row or two behind a page break may lack what made the table before it: no fill tells their cells apart.
    """
    a, b = first.grid, after.grid
    if not b.loose or (not a.loose and len(b.ys) > 3):
        return after
    if abs(a.xs[0] - b.xs[0]) > 60 and not _lies_within(first, after):
        return after
    taken: set[tuple[int, int]] = set()
    regions = []
    for region, items in zip(b.regions, after.items, strict=True):
        lines = [item for item in items if isinstance(item, Line)]
        if not lines:
            continue
        middle = sum(line.x0 + line.x1 for line in lines) / (2 * len(lines))
        column = max(0, min(len(a.xs) - 2, sum(x <= middle for x in a.xs) - 1))
        if (region.row, column) in taken:
            return after
        taken.add((region.row, column))
        regions.append((Region(region.row, column, region.rowspan, 1), items))
    blank = [
        (Region(r, c, 1, 1), ())
        for r in range(len(b.ys) - 1)
        for c in range(len(a.xs) - 1)
        if not any(g.col == c and g.row <= r < g.row + g.rowspan for g, _ in regions)
    ]
    cells = sorted([*regions, *blank], key=lambda cell: cell[0][:2])
    at = [[-1] * (len(a.xs) - 1) for _ in b.ys[:-1]]
    for i, (g, _) in enumerate(cells):
        for r in range(g.row, g.row + g.rowspan):
            at[r][g.col] = i
    grid = replace(b, xs=a.xs, regions=tuple(g for g, _ in cells), at=tuple(map(tuple, at)))
    page = after.parts[0][0]
    spots = tuple((page, grid.region_box(g)) for g, _ in cells)
    return Draft(grid, tuple(items for _, items in cells), spots, after.parts)


def _lies_within(first: Draft, after: Draft) -> bool:
    """Whether a part without borders could be the rest of a table whose label, at its left, stands before the break."""
    a, b = first.grid.xs, after.grid.xs
    texts = [text_of(after, i) for i, g in enumerate(after.grid.regions) if g.row == 0]
    return a[0] - 10 <= b[0] and b[-1] <= a[-1] + 10 and sum(map(is_figure, texts)) > 1


def _bridge_lines(before: list[Item], after: list[Item], column: Column) -> bool:
    """Move the lines that go on with the last paragraph of the page before; whether there were any."""
    lines: list[Line] = []
    for item in reversed(before):
        if not isinstance(item, Line):
            break
        lines.insert(0, item)
    moved = False
    while after and isinstance(after[0], Line) and continues(groups(lines, column)[-1], after[0], column):
        lines.append(after[0])
        before.append(after.pop(0))
        moved = True
    return moved


def _bottom(layouts: Sequence[Layout]) -> float:
    """How far down the pages are filled, in points."""
    lows = [_extent(item)[1] for layout in layouts for item in layout.items if not isinstance(item, Image)]
    return max(lows, default=0.0)


def goes_on(first: Draft, before: Draft, after: Draft, limit: float) -> bool:
    """Whether `after`, first on its page, is the rest of a table.

    first, before: the first and the last part so far. limit: how far down pages are filled, in points: a
    table that ends higher up than its next row needs had no reason to break.
    """
    a, b = before.grid, after.grid
    ends = {a.xs[-1], *(a.xs[g.col + g.colspan] for g in a.regions if g.row + g.rowspan == len(a.ys) - 1)}
    if abs(a.xs[0] - b.xs[0]) > SAME or min(abs(x - b.xs[-1]) for x in ends) > SAME:
        return False
    if not (_within(b.xs, first.grid.xs) or _within(first.grid.xs, b.xs)):
        return False
    if repeated_rows(first, after):
        return True
    room = limit - before.parts[-1][1][3]
    return room < min(b.ys[1] - b.ys[0], 40.0) + 8.0


def _within(some: Sequence[float], others: Sequence[float]) -> bool:
    return all(any(abs(x - y) <= SAME for y in others) for x in some)


def repeated_rows(before: Draft, after: Draft) -> int:
    """How many rows at the top of `after` repeat those at the top of `before`; at most half of either."""
    a, b = before.grid, after.grid
    most = min(len(a.ys), len(b.ys)) - 1
    if len(a.xs) != len(b.xs):
        return 0
    count = 0
    for row in range(most):
        first, second = _row_texts(before, row), _row_texts(after, row)
        if first is None or first != second:
            break
        count = row + 1
    if count == 0 or count >= len(a.ys) - 1:
        return 0
    # a header of two rows is repeated whole: a cell that spans out of the last row would be torn
    while count and any(g.row < count < g.row + g.rowspan for g in b.regions):
        count -= 1
    return count if any(_row_texts(after, r) for r in range(count)) else 0


def _row_texts(draft: Draft, row: int) -> list[tuple[int, int, str]] | None:
    """What begins in a row; of a header of two rows a program may repeat the first alone, its spans cut off."""
    cells = [(g.col, g.colspan, text_of(draft, i)) for i, g in enumerate(draft.grid.regions) if g.row == row]
    return sorted(cells) if any(text for *_, text in cells) else None


def join(before: Draft, after: Draft, skip: int) -> Draft:
    """One draft of two: columns united, the first `skip` rows of `after` (a repeated header) left out, cells
    that the break cut put together. The grid of the second part goes on below the first, places stay.
    """
    xs = _united(before.grid.xs, after.grid.xs)
    rows_before = len(before.grid.ys) - 1
    left = _spread(before.grid, xs)
    right = [
        Region(g.row - skip, g.col, g.rowspan, g.colspan)
        for g in _spread(after.grid, xs)
    ]  # fmt: skip
    kept = [
        (g, items, spot)
        for g, items, spot in zip(right, after.items, after.places, strict=True)
        if g.row >= 0
    ]
    first_row = [(g, items) for g, items, _ in kept if g.row == 0]
    shift, absorbed = _cut(before, left, rows_before, first_row)
    regions, contents, places = list(left), [list(items) for items in before.items], list(before.places)
    for g, items, spot in kept:
        target = absorbed.get((g.row, g.col)) if g.row == 0 else None
        if target is not None:
            old = regions[target]
            regions[target] = old._replace(rowspan=rows_before + g.rowspan - shift - old.row)
            contents[target] += items
        else:
            regions.append(g._replace(row=g.row + rows_before - shift))
            contents.append(list(items))
            places.append(spot)
    ys = [*before.grid.ys]
    base = after.grid.ys[skip + shift]
    ys += [before.grid.ys[-1] + y - base for y in after.grid.ys[skip + shift + 1 :]]
    at = [[-1] * (len(xs) - 1) for _ in ys[:-1]]
    for i, g in enumerate(regions):
        for r in range(g.row, min(g.row + g.rowspan, len(ys) - 1)):
            for c in range(g.col, g.col + g.colspan):
                at[r][c] = i
    grid = Grid(tuple(xs), tuple(ys), tuple(regions), tuple(map(tuple, at)), loose=before.grid.loose)
    return Draft(grid, tuple(map(tuple, contents)), tuple(places), before.parts + after.parts)


def _united(a: Sequence[float], b: Sequence[float]) -> list[float]:
    out = list(a)
    out += [x for x in b if not any(abs(x - y) <= SAME for y in a)]
    return sorted(out)


def _spread(grid: Grid, xs: Sequence[float]) -> list[Region]:
    """The regions of a grid in the columns of a finer one."""

    def nearest(x: float) -> int:
        return min(range(len(xs)), key=lambda i: abs(xs[i] - x))

    column = [nearest(x) for x in grid.xs]
    return [
        Region(g.row, column[g.col], g.rowspan, column[g.col + g.colspan] - column[g.col])
        for g in grid.regions
    ]


def _cut(
    before: Draft, left: Sequence[Region], rows: int, first_row: Sequence[tuple[Region, tuple[Item, ...]]]
) -> tuple[int, dict[tuple[int, int], int]]:
    """Which cells of the first row after the break are the rest of cells before it.

    Returns (1 when the whole row is the rest of the last row, else 0; cell -> index of the region before).
    A cell that is blank in the label column, below one that is not, was cut: a label spans the break.
    """
    last = {(g.col, g.colspan): i for i, g in enumerate(left) if g.row + g.rowspan == rows}
    pairs = [(g, items, last.get((g.col, g.colspan))) for g, items in first_row]
    if not pairs or pairs[0][2] is None:
        return 0, {}
    above = pairs[0][2]
    if len(pairs) == 1:
        return (
            (1, {(pairs[0][0].row, 0): above}) if _list_goes_on(before.items[above], pairs[0][1]) else (0, {})
        )
    blank = [not any(_is_full(i) for i in items) for _, items, _ in pairs]
    if all(blank) or not blank[0] or not text_of(before, above):
        return 0, {}
    full = [index for (_, _, index), empty in zip(pairs, blank, strict=True) if not empty]
    single = all(g.rowspan == 1 for g, *_ in pairs) and left[above].rowspan == 1
    if single and len(full) == 1 and full[0] is not None and all(index is not None for *_, index in pairs):
        lines = [len(_all_lines(before.items[index])) for *_, index in pairs if index is not None]
        most = len(_all_lines(before.items[full[0]]))
        if most == max(lines) and (len(pairs) == 2 or most > 1):
            return 1, {(g.row, g.col): index for g, _, index in pairs if index is not None}
    spanning: dict[tuple[int, int], int] = {}
    for (g, _, index), empty in zip(pairs, blank, strict=True):
        if not empty or index is None or not text_of(before, index) or (g.col and g.rowspan == 1):
            break  # only label columns, from the left
        spanning[(g.row, g.col)] = index
    return 0, spanning


def _list_goes_on(before: Sequence[Item], after: Sequence[Item]) -> bool:
    """Whether a cell as wide as the table is the rest of the list in the one above the break.

    A heading row would be bold, or centred.
    """
    a, b = _all_lines(before), _all_lines(after)
    if len(a) < 2 or not b or b[0].bold != a[-1].bold or abs(b[0].size - a[-1].size) > 0.6:
        return False
    return min(line.x0 for line in a) - SAME <= b[0].x0 <= max(line.x0 for line in a) + 3 * b[0].size


def _is_full(item: Item) -> bool:
    return not isinstance(item, Line) or bool(item.text.strip())
