"""The straight borders, filled boxes and images of a PDF page, forms within forms included, by PDFium.

Also the two helpers that both sides of the PDFium reader need: C calls by address, and matrices.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from cardextract.document import Box
from cardextract.readers.guards import too_large

MAX_PAGE_OBJECTS = 150_000
"""Objects on one page, those in forms included: dotted borders make up to 6,000 of a page, maps 50,000."""

MAX_FORM_DEPTH = 8
"""Form XObjects within forms; also ends cycles."""

MAX_SEGMENTS = 400
"""Segments looked at in one path; longer ones are drawings, not tables."""

RULE_WIDTH = 5.0
"""Points: a filled rectangle thinner than this (and much longer) is a rule."""

DOT = 2.0
"""Points: a filled box no wider and no higher may be a dot of a dotted border."""

FEWEST_DOTS = 8
"""Dots in a row that make a border."""


class Rule(NamedTuple):
    """A straight border, horizontal (at y = pos) or vertical (at x = pos), from `start` to `end`."""

    pos: float
    start: float
    end: float


# Calls in a C loop: addresses instead of objects, so that `map` runs without Python code between the calls.
INT, ADDRESS = ctypes.c_int, ctypes.c_void_p


def bind(function: Any, result: Any, *arguments: Any) -> Any:
    """A PDFium function that takes plain numbers for handles and pointers."""
    address = ctypes.cast(function, ADDRESS).value
    assert address is not None
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_page_object = bind(pdfium.FPDFPage_GetObject, ADDRESS, ADDRESS, INT)
_form_object = bind(pdfium.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
_object_type = bind(pdfium.FPDFPageObj_GetType, INT, ADDRESS)
_bounds = bind(pdfium.FPDFPageObj_GetBounds, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS)
_segments = bind(pdfium.FPDFPath_CountSegments, INT, ADDRESS)
_segment = bind(pdfium.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INT)
_segment_type = bind(pdfium.FPDFPathSegment_GetType, INT, ADDRESS)
_segment_close = bind(pdfium.FPDFPathSegment_GetClose, INT, ADDRESS)
_point = bind(pdfium.FPDFPathSegment_GetPoint, INT, ADDRESS, ADDRESS, ADDRESS)
_draw_mode = bind(pdfium.FPDFPath_GetDrawMode, INT, ADDRESS, ADDRESS, ADDRESS)
_matrix = bind(pdfium.FPDFPageObj_GetMatrix, INT, ADDRESS, ADDRESS)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def address(handle: Any) -> int:
    """A PDFium handle as a number."""
    return ctypes.cast(handle, ADDRESS).value or 0


@dataclass(slots=True)
class Shapes:
    """What is drawn besides text, in points of the rendered page; count: objects looked at.

    flat: pieces of text without width, of a font set from top to bottom: PDFium's text leaves them out.
    """

    rows: list[Rule] = field(default_factory=list)
    columns: list[Rule] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    count: int = 0
    flat: int = 0


def read_shapes(page: Any, matrix: Matrix, *, downward: bool = False) -> Shapes:
    """The shapes of a loaded page; matrix: to points of the rendered page. Raises Unreadable `too_large`.

    downward: text may run from top to bottom; only then `flat` is counted.
    """
    shapes = Shapes()
    count = _counted(shapes, pdfium.FPDFPage_CountObjects(page))
    objects = list(map(_page_object, repeat(address(page)), range(count)))
    _collect(shapes, objects, matrix, 0, downward)
    if len(shapes.dots) >= FEWEST_DOTS:
        shapes.rows += _dotted([((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in shapes.dots])
        shapes.columns += _dotted([((x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in shapes.dots])
    return shapes


def _dotted(dots: list[tuple[float, float, float]]) -> list[Rule]:
    """The borders that dots make: (position across, start, end) of each dot. A browser paints every dot by itself."""
    out = []
    run: list[tuple[float, float, float]] = []
    for dot in [*sorted((round(pos, 1), start, end) for pos, start, end in dots), (0.0, 0.0, 0.0)]:
        if run and dot[0] == run[-1][0] and dot[1] - run[-1][2] <= 2 * (dot[2] - dot[1]):
            run.append(dot)
            continue
        if len(run) >= FEWEST_DOTS:
            out.append(Rule(run[0][0], run[0][1], run[-1][2]))
        run = [dot]
    return out


def _counted(shapes: Shapes, count: int) -> int:
    shapes.count += max(0, count)
    if shapes.count > MAX_PAGE_OBJECTS:
        raise too_large(f"한 쪽의 그림 요소 {shapes.count:,}개 (한도 {MAX_PAGE_OBJECTS:,}개)")
    return max(0, count)


def _collect(shapes: Shapes, objects: list[int], matrix: Matrix, depth: int, downward: bool) -> None:
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
            _collect(shapes, inner, times(_object_matrix(obj), matrix), depth + 1, downward)
        elif downward and kind == pdfium.FPDF_PAGEOBJ_TEXT and _bounds(obj, _box_at, *_BOX_REST):
            shapes.flat += _box[0] == _box[2] and _box[1] != _box[3]


_box = (ctypes.c_float * 4)()
_box_at = ctypes.addressof(_box)
_BOX_REST = (_box_at + 4, _box_at + 8, _box_at + 12)
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
    if not _bounds(obj, _box_at, *_BOX_REST):
        return None
    left, bottom, right, top = _box[:]
    return mapped(left, bottom, right, top, m)


def mapped(x0: float, y0: float, x1: float, y1: float, m: Matrix) -> Box:
    """A box of PDF user space in points of the rendered page."""
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


def _path(shapes: Shapes, obj: int, matrix: Matrix) -> None:
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
    if not stroked:  # the dashes of a border may be one path
        box = _object_box(obj, matrix)
        if box is not None and min(box[2] - box[0], box[3] - box[1]) <= DOT and _thin(shapes, box):
            return
    if count > MAX_SEGMENTS:
        return
    _outline(shapes, _corners(obj, count, times(_object_matrix(obj), matrix)), stroked)


def _line_of_box(shapes: Shapes, box: Box) -> None:
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


def _thin(shapes: Shapes, box: Box) -> bool:
    """A filled box so thin that it is a rule."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if height <= RULE_WIDTH and width > 3 * height:
        shapes.rows.append(Rule((y0 + y1) / 2, x0, x1))
        return True
    if width <= RULE_WIDTH and height > 3 * width:
        shapes.columns.append(Rule((x0 + x1) / 2, y0, y1))
        return True
    if width <= DOT and height <= DOT:
        shapes.dots.append(box)
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


def _outline(shapes: Shapes, paths: list[list[Point]], stroked: bool) -> None:
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
