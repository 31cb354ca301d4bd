"""PDFium's side of the PDF reader: one pass over a page gives words with boxes, rules, fills and images.

Everything comes out in points of the *rendered* page (crop box and rotation applied), origin top left.
PDFium's own text call is not used for spaces: it invents some ("26 명"). A space is a space character that
has a width, or a gap. PDFium is not thread-safe: use processes.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from cardextract.document import Box
from cardextract.readers.guards import too_large

MAX_PAGES = 3_000
"""A report of one government has 20 to 500 pages; page trees of bombs claim millions."""

MAX_PAGE_CHARS = 100_000
"""Characters on one page: a dense A3 ledger has about 10,000."""

MAX_PAGE_OBJECTS = 150_000
"""Objects on one page, those in forms included: dotted borders make up to 6,000 of a page, maps 50,000."""

MAX_FORM_DEPTH = 8
"""Form XObjects within forms; also ends cycles."""

MAX_SEGMENTS = 400
"""Segments looked at in one path; longer ones are drawings, not tables."""

RULE_WIDTH = 5.0
"""Points: a filled rectangle thinner than this (and much longer) is a rule."""

GAP = 0.22
"""Of the line height: a wider gap between two characters is a space (a space has 0.25 to 0.5 em)."""


class Word(NamedTuple):
    """Characters that stand together, spaces within included; `first` is the index of the first in the page.

    xs: the left edge of each character; their middle decides in which cell a character stands.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    first: int
    xs: tuple[float, ...]


class Rule(NamedTuple):
    """A straight border, horizontal (at y = pos) or vertical (at x = pos), from `start` to `end`."""

    pos: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What a page shows. size: (width, height) in points. bad: characters without a known letter.

    rows, columns: horizontal and vertical rules; fills: filled boxes (cell backgrounds).
    styles: of each word's first character, size in points and bold, asked once per line by the caller.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    rows: list[Rule]
    columns: list[Rule]
    fills: list[Box]
    images: list[Box]
    chars: int
    bad: int
    objects: int
    styles: dict[int, tuple[float, bool]] = field(default_factory=dict)


# Calls in a C loop: addresses instead of objects, so that `map` runs without Python code between the calls.
_INT, _ADDRESS = ctypes.c_int, ctypes.c_void_p


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    address = ctypes.cast(function, _ADDRESS).value
    assert address is not None
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_loose_box = _bind(pdfium.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
_unicode = _bind(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
_map_error = _bind(pdfium.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT)
_page_object = _bind(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
_form_object = _bind(pdfium.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
_object_type = _bind(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
_segments = _bind(pdfium.FPDFPath_CountSegments, _INT, _ADDRESS)
_segment = _bind(pdfium.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
_segment_type = _bind(pdfium.FPDFPathSegment_GetType, _INT, _ADDRESS)
_segment_close = _bind(pdfium.FPDFPathSegment_GetClose, _INT, _ADDRESS)
_point = _bind(pdfium.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
_draw_mode = _bind(pdfium.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
_matrix = _bind(pdfium.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _address(handle: Any) -> int:
    return ctypes.cast(handle, _ADDRESS).value or 0


def page_matrix(page: Any) -> tuple[Matrix, float, float]:
    """From PDF user space to points of the rendered page, origin top left; and its width and height."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    left, right, bottom, top = box.left, box.right, box.bottom, box.top
    turn = pdfium.FPDFPage_GetRotation(page) % 4
    if turn == 1:
        return (0, 1, 1, 0, -bottom, -left), top - bottom, right - left
    if turn == 2:
        return (-1, 0, 0, 1, right, -bottom), right - left, top - bottom
    if turn == 3:
        return (0, -1, -1, 0, top, right), top - bottom, right - left
    return (1, 0, 0, -1, -left, top), right - left, top - bottom


def read_page(document: Any, index: int) -> Glyphs | None:
    """The glyphs of page `index` (from 0); None where PDFium cannot load the page.

    Raises Unreadable `too_large` over the limits above.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return None
    text_page = None
    try:
        matrix, width, height = page_matrix(page)
        text_page = pdfium.FPDFText_LoadPage(page)
        words: list[Word] = []
        chars = bad = 0
        styles: dict[int, tuple[float, bool]] = {}
        if text_page:
            words, chars, bad = _words(text_page, matrix, width, height)
            styles = _styles(text_page, words)
        shapes = _shapes(page, matrix)
        return Glyphs(
            index + 1, width, height, words, shapes.rows, shapes.columns, shapes.fills, shapes.images,
            chars, bad, shapes.count, styles,
        )  # fmt: skip
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


# --- characters ---


def _characters(text_page: Any, count: int) -> list[str]:
    """One string for each character index of the text page."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    units = buffer[:count]
    text = bytes(memoryview(buffer).cast("B")[: 2 * count]).decode("utf-16-le", "replace")
    if written == count + 1 and len(text) == count and 0 not in units:
        return list(text)
    # surrogate pairs, or characters without a letter, which the call above leaves out: one by one
    codes = map(_unicode, repeat(_address(text_page)), range(count))
    return [chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "�" for code in codes]


def _words(text_page: Any, matrix: Matrix, width: float, height: float) -> tuple[list[Word], int, int]:
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return [], 0, 0
    if count > MAX_PAGE_CHARS:
        raise too_large(f"한 쪽의 글자 {count:,}자 (한도 {MAX_PAGE_CHARS:,}자)")
    chars = _characters(text_page, count)
    boxes = (ctypes.c_float * (4 * count))()
    base = ctypes.addressof(boxes)
    page = _address(text_page)
    deque(map(_loose_box, repeat(page), range(count), range(base, base + 16 * count, 16)), maxlen=0)
    values = boxes[:]
    left, top, right, bottom = _placed(values, matrix)
    words = _once(_runs(chars, left, top, right, bottom, width, height))
    bad = _undecodable(page, words)
    return words, sum(len(w.text.replace(" ", "")) for w in words), bad


def _placed(values: list[float], m: Matrix) -> tuple[list[float], list[float], list[float], list[float]]:
    """left, top, right, bottom of each character on the rendered page."""
    left, top, right, bottom = values[0::4], values[1::4], values[2::4], values[3::4]
    a, b, _, _, e, f = m
    if a > 0:
        return [x + e for x in left], [f - y for y in top], [x + e for x in right], [f - y for y in bottom]
    if a < 0:
        return [e - x for x in right], [y + f for y in bottom], [e - x for x in left], [y + f for y in top]
    if b > 0:
        return [y + e for y in bottom], [x + f for x in left], [y + e for y in top], [x + f for x in right]
    return [e - y for y in top], [f - x for x in right], [e - y for y in bottom], [f - x for x in left]


def _runs(
    chars: list[str], left: list[float], top: list[float], right: list[float], bottom: list[float],
    width: float, height: float,
) -> Iterator[Word]:  # fmt: skip
    """Cut the characters into words: at line ends, gaps, steps back and changes of the line."""
    text: list[str] = []
    xs: list[float] = []
    first = 0
    x0 = x1 = y0 = y1 = 0.0
    last_left = -1e9
    width, height = 2 * width, 2 * height  # compared with sums of two edges
    guessed = False  # PDFium put a space of its own before this character
    for i, char in enumerate(chars):
        l, t, r, b = left[i], top[i], right[i], bottom[i]  # noqa: E741
        if char <= " " or char in "\xa0\u3000":
            if char in "\r\n":
                if text:
                    yield Word("".join(text), x0, y0, x1, y1, first, tuple(xs))
                    text, xs, guessed = [], [], False
            elif text and r - l > 0.2 and text[-1] != " " and abs(l - x1) < 0.6 * (y1 - y0):
                # a generated space has no width: the gap before the next character tells whether one is there
                text.append(" ")
                xs.append(l)
                if r > x1:
                    x1 = r
            else:
                guessed = r - l <= 0.2
            continue
        if not (0 <= l + r <= width and 0 <= t + b <= height):
            continue  # outside of the crop box: not on the rendered page
        if text:
            line, small = y1 - y0, b - t
            overlap = (b if b < y1 else y1) - (t if t > y0 else y0)
            if (
                overlap > 0.5 * (small if small < line else line)
                and l - x1 <= GAP * line
                and l > last_left - 0.2 * line
            ):
                if guessed:
                    guessed = False
                    if l < x1 - 0.1 * line and text[-1] != " ":
                        # a font without widths, each box as wide as the em: only PDFium's guess is left
                        text.append(" ")
                        xs.append(l)
                if char == text[-1] and l - last_left < 0.12 * line and abs(t - y0) < 0.12 * line:
                    continue  # struck twice: fake bold
                text.append(char)
                xs.append(l)
                last_left = l
                if r > x1 or l < x1 - 0.5 * line:
                    x1 = r
                if t < y0:
                    y0 = t
                if b > y1:
                    y1 = b
                continue
            yield Word("".join(text), x0, y0, x1, y1, first, tuple(xs))
        text, xs, first, guessed = [char], [l], i, False
        x0, y0, x1, y1, last_left = l, t, r, b, l
    if text:
        yield Word("".join(text), x0, y0, x1, y1, first, tuple(xs))


def _once(words: Iterator[Word]) -> list[Word]:
    """Without words struck again in (nearly) the same place: fake bold, shadows."""
    out: list[Word] = []
    seen: dict[str, list[Word]] = {}
    for word in words:
        twins = seen.get(word.text)
        if twins is None:
            seen[word.text] = [word]
        else:
            slack = 0.15 * (word.bottom - word.top)
            if any(abs(w.x0 - word.x0) < slack and abs(w.top - word.top) < slack for w in twins):
                continue
            twins.append(word)
        out.append(word)
    return out


def _undecodable(page: int, words: list[Word]) -> int:
    """How many characters have no letter: asked of a sample, and of all where the sample shows some."""
    codes = any(_NO_LETTER.search(word.text) for word in words)
    step = max(1, len(words) // 40)
    if not codes and not any(_map_error(page, word.first) for word in words[::step]):
        return 0
    return sum(
        1
        for word in words
        for i, char in enumerate(word.text)
        if char != " " and (_NO_LETTER.match(char) or _map_error(page, word.first + i) == 1)
    )


_NO_LETTER = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")


def _styles(text_page: Any, words: list[Word]) -> dict[int, tuple[float, bool]]:
    """Size and bold of the first character of each word, one call for each change of height."""
    out: dict[int, tuple[float, bool]] = {}
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    m = pdfium.FS_MATRIX()
    line: float | None = None
    style = (0.0, False)
    for word in words:
        key = word.top
        if key != line:  # words of one line share a style well enough
            line = key
            size = pdfium.FPDFText_GetFontSize(text_page, word.first)
            if pdfium.FPDFText_GetMatrix(text_page, word.first, m):
                size *= math.hypot(m.c, m.d)
            pdfium.FPDFText_GetFontInfo(text_page, word.first, name, 128, flags)
            weight = pdfium.FPDFText_GetFontWeight(text_page, word.first)
            bold = weight >= 600 or b"bold" in name.value.lower() or bool(flags.value & 0x40000)
            style = (round(size, 1), bold)
        out[word.first] = style
    return out


# --- rules, fills, images ---


@dataclass(slots=True)
class _Shapes:
    rows: list[Rule] = field(default_factory=list)
    columns: list[Rule] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    count: int = 0


def _shapes(page: Any, matrix: Matrix) -> _Shapes:
    shapes = _Shapes()
    address = _address(page)
    count = pdfium.FPDFPage_CountObjects(page)
    _collect(shapes, list(map(_page_object, repeat(address), range(_counted(shapes, count)))), matrix, 0)
    return shapes


def _counted(shapes: _Shapes, count: int) -> int:
    shapes.count += max(0, count)
    if shapes.count > MAX_PAGE_OBJECTS:
        raise too_large(f"한 쪽의 그림 요소 {shapes.count:,}개 (한도 {MAX_PAGE_OBJECTS:,}개)")
    return max(0, count)


def _collect(shapes: _Shapes, objects: list[int], matrix: Matrix, depth: int) -> None:
    for obj, kind in zip(objects, map(_object_type, objects), strict=True):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _path(shapes, obj, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or kind == pdfium.FPDF_PAGEOBJ_SHADING:
            box = _object_box(obj, matrix)
            if box is not None:
                shapes.images.append(box)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            count = _counted(
                shapes, pdfium.FPDFFormObj_CountObjects(ctypes.cast(obj, pdfium.FPDF_PAGEOBJECT))
            )
            inner = list(map(_form_object, repeat(obj), range(count)))
            _collect(shapes, inner, _times(_object_matrix(obj), matrix), depth + 1)


_box = (ctypes.c_float * 4)()
_box_at = ctypes.addressof(_box)
_mode = (ctypes.c_int * 2)()
_mode_at = ctypes.addressof(_mode)
_six = (ctypes.c_float * 6)()
_six_at = ctypes.addressof(_six)
_xy = (ctypes.c_float * 2)()
_xy_at = ctypes.addressof(_xy)


def _object_matrix(obj: int) -> Matrix:
    if not _matrix(obj, _six_at):
        return _IDENTITY
    a, b, c, d, e, f = _six[:]
    return (a, b, c, d, e, f)


def _object_box(obj: int, m: Matrix) -> Box | None:
    if not _bounds(obj, _box_at, _box_at + 4, _box_at + 8, _box_at + 12):
        return None
    left, bottom, right, top = _box[:]
    return _mapped(left, bottom, right, top, m)


def _mapped(x0: float, y0: float, x1: float, y1: float, m: Matrix) -> Box:
    a, b, c, d, e, f = m
    if b == 0 == c:
        u0, u1, v0, v1 = a * x0 + e, a * x1 + e, d * y0 + f, d * y1 + f
    elif a == 0 == d:
        u0, u1, v0, v1 = c * y0 + e, c * y1 + e, b * x0 + f, b * x1 + f
    else:
        us = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
        vs = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
        return min(us), min(vs), max(us), max(vs)
    return min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)


def _path(shapes: _Shapes, obj: int, matrix: Matrix) -> None:
    _draw_mode(obj, _mode_at, _mode_at + 4)
    filled, stroked = _mode[0] != 0, _mode[1] != 0
    if not filled and not stroked:
        return
    count = _segments(obj)
    if count == 2 or (count <= 5 and not stroked):
        box = _object_box(obj, matrix)
        if box is not None:
            x0, y0, x1, y1 = box
            if stroked:
                _line_of_box(shapes, box)
            elif not _thin(shapes, box):
                shapes.fills.append((x0, y0, x1, y1))
        return
    if count > MAX_SEGMENTS:
        return
    _outline(shapes, _corners(obj, count, _times(_object_matrix(obj), matrix)), stroked)


def _line_of_box(shapes: _Shapes, box: Box) -> None:
    """A stroked line of two points; its bounds hold half the pen's width on each side."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    pen = min(width, height)
    if pen > 2 * RULE_WIDTH:
        return  # a slanted line
    inset = pen / 2
    if width >= height:
        shapes.rows.append(Rule((y0 + y1) / 2, x0 + inset, x1 - inset))
    else:
        shapes.columns.append(Rule((x0 + x1) / 2, y0 + inset, y1 - inset))


def _thin(shapes: _Shapes, box: Box) -> bool:
    """A filled box so thin that it is a rule."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if height <= RULE_WIDTH and width > 3 * height:
        shapes.rows.append(Rule((y0 + y1) / 2, x0, x1))
        return True
    if width <= RULE_WIDTH and height > 3 * width:
        shapes.columns.append(Rule((x0 + x1) / 2, y0, y1))
        return True
    return width < 1 or height < 1


Point = tuple[float, float]


def _corners(obj: int, count: int, m: Matrix) -> list[list[Point]]:
    """The straight sub-paths of a path as points on the rendered page; curves end a sub-path."""
    a, b, c, d, e, f = m
    paths: list[list[Point]] = []
    for i in range(count):
        segment = _segment(obj, i)
        kind = _segment_type(segment)
        _point(segment, _xy_at, _xy_at + 4)
        x, y = _xy[0], _xy[1]
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind != pdfium.FPDF_SEGMENT_LINETO or not paths:
            paths.append([point])
        else:
            paths[-1].append(point)
        if _segment_close(segment) and len(paths[-1]) > 2:
            paths[-1].append(paths[-1][0])
    return paths


def _outline(shapes: _Shapes, paths: list[list[Point]], stroked: bool) -> None:
    for path in paths:
        xs, ys = [p[0] for p in path], [p[1] for p in path]
        box = (min(xs), min(ys), max(xs), max(ys))
        if not stroked:
            if len(path) in (4, 5) and not _thin(shapes, box):
                shapes.fills.append(box)
            continue
        if len(path) == 5 and _thin(shapes, box):
            continue
        for (ax, ay), (bx, by) in pairwise(path):
            if abs(ay - by) < 0.5 < abs(ax - bx):
                shapes.rows.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 0.5 < abs(ay - by):
                shapes.columns.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
