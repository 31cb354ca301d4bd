"""Looks at the bytes of a PDF before PDFium does: PDFium itself cannot be stopped half-way.

The dictionaries of streams always stand in clear in the file, so forms that call themselves and filters in a
row can be seen without decoding much. What hides better ends at the limits of the process that reads.
"""

from __future__ import annotations

import re
import zlib

from cardextract.findings import Unreadable
from cardextract.readers import guards

MAX_FORM_CALLS = 16
"""Form XObjects that call one another in a row: pages have two or three, a cycle has no end."""

MAX_FILTERS = 1
"""Inflating filters in a row on one stream: each multiplies by up to 1,000, and programs write one."""

MAX_DICTIONARY = 20_000
"""Bytes of one object looked at; the dictionary of a form has 200 to 2,000."""

MAX_FORM_BYTES = 4 * guards.MiB
"""Content of one form looked at, inflated; a stamp or letterhead has some KiB."""

_OBJECT = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+obj\b")
_END = re.compile(rb"\bstream\r?\n|\bendobj\b")
_RESOURCES = re.compile(rb"/Resources\s+(\d{1,8})\s+\d{1,5}\s+R")
_XOBJECTS = re.compile(rb"/XObject\s*(?:<<(.*?)>>|(\d{1,8})\s+\d{1,5}\s+R)", re.S)
_NAMED = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d{1,8})\s+\d{1,5}\s+R\b")
_CALL = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")
_FILTERS = re.compile(rb"/F(?:ilter)?\s*\[([^\]]{0,400})\]")
_INFLATING = re.compile(rb"/(?:FlateDecode|LZWDecode|RunLengthDecode|Fl|LZW|RL)\b")
_CYCLE = "서로를 끝없이 부르는 양식(XObject)이 들어 있어 읽지 않습니다."

_DOWNWARD = tuple(
    map(re.compile, (rb"-V[\s/>\]]", rb"/WMode\b", rb"/ObjStm\b"))
)  # one by one: each leaps to its first bytes

Body = tuple[bytes, int]
"""The dictionary of an object, and where its stream begins (0 for none)."""


def check(data: bytes) -> None:
    """Raise Unreadable: `corrupt` for forms that call themselves, `too_large` for filters in a row."""
    for match in _FILTERS.finditer(data):
        if len(_INFLATING.findall(match[1])) > MAX_FILTERS:
            raise guards.too_large(f"한 자료에 겹친 압축 (한도 {MAX_FILTERS}겹)")
    if b"/Form" not in data or b"/XObject" not in data:
        return
    bodies = _bodies(data)
    forms = {n: body for n, body in bodies.items() if body[1] and re.search(rb"/Subtype\s*/Form\b", body[0])}
    reach = {n: _xobjects(body[0], bodies) for n, body in forms.items()}
    if _deep({n: set(names.values()) & set(forms) for n, names in reach.items()}):
        # forms may share one dictionary that lists them all: only what they really call counts
        calls = {n: _called(data, forms[n]) for n in forms}
        if _deep({n: {t for name, t in reach[n].items() if name in calls[n] and t in forms} for n in forms}):
            raise Unreadable("corrupt", _CYCLE)


def may_write_down(data: bytes) -> bool:
    """Whether a font of the file may be set from top to bottom: by the name of its character map, where it can be seen."""
    return any(pattern.search(data) for pattern in _DOWNWARD)


def why_broken(data: bytes) -> Unreadable:
    """The verdict on a file that PDFium cannot open: cut short, or corrupt."""
    whole = b"%%EOF" in data[-1024:] or b"startxref" in data[-2048:] or b"%PDF-" not in data[:1024]
    return Unreadable("corrupt", guards.CORRUPT) if whole else Unreadable("truncated", guards.TRUNCATED)


def _bodies(data: bytes) -> dict[int, Body]:
    out: dict[int, Body] = {}
    for match in _OBJECT.finditer(data):
        start = match.end()
        end = _END.search(data, start, start + MAX_DICTIONARY)
        body = data[start : end.start() if end else start + MAX_DICTIONARY]
        if b"/XObject" in body or b"/Form" in body or b"/Resources" in body or _NAMED.search(body):
            out[int(match[1])] = (body, end.end() if end and end[0].startswith(b"stream") else 0)
    return out


def _xobjects(body: bytes, bodies: dict[int, Body]) -> dict[bytes, int]:
    """Name -> object number of the XObjects in the resources of a form."""
    out: dict[bytes, int] = {}
    texts = [body] + [bodies[int(n)][0] for n in _RESOURCES.findall(body) if int(n) in bodies]
    for text in texts:
        for inner, reference in _XOBJECTS.findall(text):
            if reference:
                inner = bodies.get(int(reference), (b"", 0))[0]
            out.update((name, int(number)) for name, number in _NAMED.findall(inner))
    return out


def _called(data: bytes, form: Body) -> set[bytes]:
    """The names that the content of a form draws; an unknown filter hides them, then none."""
    body, start = form
    content = data[start : start + MAX_FORM_BYTES]
    if b"/FlateDecode" in body or b"/Fl " in body:
        try:
            content = zlib.decompressobj().decompress(content, MAX_FORM_BYTES)
        except zlib.error:
            return set()
    else:
        content = content.split(b"endstream", 1)[0]
    return set(_CALL.findall(content))


def _deep(calls: dict[int, set[int]]) -> bool:
    """Whether the calls go in a circle, or deeper than MAX_FORM_CALLS."""
    depth: dict[int, int] = {}
    for start in calls:
        stack = [(start, iter(calls[start]))] if start not in depth else []
        above = {start}
        while stack:
            node, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                depth[node] = 1 + max((depth.get(c, 0) for c in calls[node]), default=0)
                if depth[node] > MAX_FORM_CALLS:
                    return True
                above.discard(node)
                stack.pop()
            elif child in above:
                return True
            elif child in calls and child not in depth:
                above.add(child)
                stack.append((child, iter(calls[child])))
    return False
