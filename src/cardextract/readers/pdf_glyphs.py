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
from dataclasses import field
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from cardextract.document import Box
from cardextract.plain import plain
from cardextract.readers.guards import too_large
from cardextract.readers.pdf_clips import cut_off
from cardextract.readers.pdf_overlay import put_in
from cardextract.readers.pdf_shapes import ADDRESS, INT, Matrix, Rule, address, bind, read_shapes
from cardextract.readers.pdf_turns import climbed, quarter_turns, turned
from cardextract.readers.pdf_words import GAP, SCRIPT_GAP, Word

MAX_PAGES = 3_000
"""A report of one government has 20 to 500 pages; page trees of bombs claim millions."""

MAX_PAGE_CHARS = 100_000
"""Characters on one page: a dense A3 ledger has about 10,000."""


@plain(frozen=True, slots=True)
class Glyphs:
    """What a page shows. size: (width, height) in points. bad: characters without a known letter.

    rows, columns: horizontal and vertical rules; fills: filled boxes (cell backgrounds).
    styles: of each word's first character, size in points and bold, asked once per line by the caller.
    turns: quarter turns, clockwise, after which the rendered page was read; everything here is turned already.
    unread: pieces of text that PDFium does not give. hidden: fields with a value that the page does not show.
    cut: words whose end is not shown.
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
    turns: int = 0
    unread: int = 0
    hidden: int = 0
    cut: list[Word] = field(default_factory=list)


_loose_box = bind(pdfium.FPDFText_GetLooseCharBox, INT, ADDRESS, INT, ADDRESS)
_unicode = bind(pdfium.FPDFText_GetUnicode, ctypes.c_uint, ADDRESS, INT)
_char_angle = bind(pdfium.FPDFText_GetCharAngle, ctypes.c_float, ADDRESS, INT)
_font_size = bind(pdfium.FPDFText_GetFontSize, ctypes.c_double, ADDRESS, INT)
_font_weight = bind(pdfium.FPDFText_GetFontWeight, INT, ADDRESS, INT)
_font_info = bind(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong, ADDRESS, INT, ADDRESS, ctypes.c_ulong, ADDRESS)
_char_matrix = bind(pdfium.FPDFText_GetMatrix, INT, ADDRESS, INT, ADDRESS)
_map_error = bind(pdfium.FPDFText_HasUnicodeMapError, INT, ADDRESS, INT)


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


def read_page(document: Any, index: int, *, downward: bool = False) -> Glyphs | None:
    """The glyphs of page `index` (from 0); None where PDFium cannot load the page. downward: as in `read_shapes`.

    Raises Unreadable `too_large` over the limits above.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    page, hidden = put_in(document, index, page) if page else (page, 0)
    if not page:
        return None
    text_page = None
    try:
        matrix, width, height = page_matrix(page)
        text_page = pdfium.FPDFText_LoadPage(page)
        words: list[Word] = []
        cut: list[Word] = []
        chars = bad = 0
        styles: dict[int, tuple[float, bool]] = {}
        turns = 0
        if text_page:
            rotation = pdfium.FPDFPage_GetRotation(page) % 4 * math.pi / 2
            words, chars, bad = _words(text_page, matrix, width, height)
            turns = quarter_turns(words, lambda i: _char_angle(address(text_page), i) + rotation)
            if turns:
                matrix, width, height = turned(matrix, width, height, turns)
                rotation += turns * math.pi / 2
                words, chars, bad = _words(text_page, matrix, width, height)
            words = climbed(words, lambda i: _char_angle(address(text_page), i) + rotation)
            styles = _styles(text_page, words)
            words, cut = cut_off(text_page, words, matrix)
        shapes = read_shapes(page, matrix, downward=downward)
        return Glyphs(
            index + 1, width, height, words, shapes.rows, shapes.columns, shapes.fills, shapes.images,
            chars, bad, shapes.count, styles, turns, shapes.flat, hidden, cut,
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
    codes = map(_unicode, repeat(address(text_page)), range(count))
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
    page = address(text_page)
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
    spaced = _prints_spaces(chars, left, top, right, bottom)
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
                and (
                    l - x1 <= GAP * line
                    or (spaced and l - x1 <= SCRIPT_GAP * line and _scripts_meet(text[-1], char))
                )
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


def _prints_spaces(
    chars: list[str], left: list[float], top: list[float], right: list[float], bottom: list[float]
) -> bool:
    """Whether the page prints its spaces as characters: more of them than gaps as wide as a space between Hangul."""
    printed = gaps = 0
    for i in [i for i, char in enumerate(chars[:-1]) if char == " "]:
        if right[i] - left[i] > 0.2:
            printed += 1
        elif i and chars[i - 1] > "\u2e80" < chars[i + 1]:
            gap, height = left[i + 1] - right[i - 1], bottom[i - 1] - top[i - 1]
            gaps += GAP * height < gap < 0.7 * height
    return printed > 2 * gaps


def _scripts_meet(one: str, other: str) -> bool:
    """Hangul beside a figure or a Latin letter: Word and Writer put a fifth or a quarter of an em between them."""
    return (one > "\u2e80" and other.isascii() and other.isalnum()) or (
        other > "\u2e80" and one.isascii() and one.isalnum()
    )


def _once(words: Iterator[Word]) -> list[Word]:
    """Without words struck again in (nearly) the same place: fake bold, shadows."""
    out: list[Word] = []
    seen: dict[str, list[tuple[float, float]]] = {}
    for word in words:
        text, x, y, _, bottom, _, _ = word
        twins = seen.setdefault(text, [])
        slack = 0.15 * (bottom - y)
        for left, top in twins:
            if -slack < left - x < slack and -slack < top - y < slack:
                break
        else:
            twins.append((x, y))
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
    page = address(text_page)
    line: float | None = None
    style = (0.0, False)
    for word in words:
        first = word.first
        if word.top != line:  # words of one line share a style well enough
            line = word.top
            size = _font_size(page, first)
            if _char_matrix(page, first, _matrix_at):
                size *= math.hypot(_matrix[2], _matrix[3])
            _font_info(page, first, _name_at, _NAME, _flags_at)
            bold = (
                bool(_flags.value & 0x40000)
                or _font_weight(page, first) >= 600
                or b"bold" in _name.value.lower()
            )
            style = (round(size, 1), bold)
        out[first] = style
    return out


_NAME = 128
_name = ctypes.create_string_buffer(_NAME)
_name_at = ctypes.addressof(_name)
_flags = ctypes.c_int()
_flags_at = ctypes.addressof(_flags)
_matrix = (ctypes.c_float * 6)()
_matrix_at = ctypes.addressof(_matrix)
