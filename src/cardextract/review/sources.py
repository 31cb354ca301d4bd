"""The source pane: drives the viewer child and turns a document's blocks into what the template draws.

Marks are made by place: in text files exactly the characters, elsewhere the cell or line and, where the printed
text stands in it only once, just that text.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from cardextract.card import Card
from cardextract.document import Place
from cardextract.review.viewer import LIMITS

SCALE = 2.0
"""Pixels a point: sharp at the zoom of a culprit, 0.3 MB a page."""


class Refused(Exception):  # noqa: N818 - an answer for the page
    """The source cannot be shown; the message is for the person."""


class Viewer:
    """One warm viewer child, restarted when it dies or hangs; safe to use from several threads.

    Everything happens in one thread of its own: Linux ends a child that asked for it with the *thread* that
    started it, and the server's threads come and go.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="viewer")
        self._process: subprocess.Popen[bytes] | None = None
        self._answers = -1

    def ask(self, path: Path, **job: Any) -> dict[str, Any]:
        """The child's answer. Raises Refused where it refuses, dies or takes too long."""
        return self._thread.submit(self._ask, path, job).result()

    def close(self) -> None:
        """End the child."""
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _ask(self, path: Path, job: dict[str, Any]) -> dict[str, Any]:
        try:
            data = self._exchange({"path": os.fsencode(path).decode("latin-1"), **job})
        except (OSError, ValueError, TimeoutError) as e:
            self._end()
            raise Refused("문서를 다시 읽다가 멈췄습니다. 원본 파일을 직접 열어 확인해 주세요.") from e
        if "refused" in data:
            raise Refused(str(data["refused"]))
        return data

    def _exchange(self, job: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            process = self._start()
        assert process.stdin is not None
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
        buffer = bytearray()
        deadline = time.monotonic() + LIMITS.wall_seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while not buffer.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                chunk = os.read(self._answers, 1 << 20)
                if not chunk:
                    raise OSError("the viewer has ended")
                buffer += chunk
        data = json.loads(buffer)
        if not isinstance(data, dict):
            raise ValueError("not an answer")
        return data

    def _start(self) -> subprocess.Popen[bytes]:
        mine, theirs = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-m", "cardextract.review.viewer", str(theirs), str(os.getpid())],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(theirs,),
                start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(theirs)
        self._answers = mine
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        os.close(self._answers)
        self._process = None


class Sources:
    """Documents (some, in memory) and page pictures (on disk, in the output's private folder)."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._viewer = Viewer()
        self._documents: OrderedDict[tuple[Path, str], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def document(self, path: Path, sha256: str) -> dict[str, Any]:
        """The blocks of a file as plain data. Raises Refused."""
        key = (path, sha256)
        with self._lock:
            if key in self._documents:
                self._documents.move_to_end(key)
                return self._documents[key]
        data = self._viewer.ask(path, do="document")
        with self._lock:
            self._documents[key] = data
            while len(self._documents) > 16:
                self._documents.popitem(last=False)
        return data

    def page(self, path: Path, sha256: str, number: int) -> bytes:
        """A page of a PDF as PNG. Raises Refused."""
        file = self._cache / f"{sha256[:16]}-{number}.png"
        with contextlib.suppress(OSError):
            return file.read_bytes()
        data = self._viewer.ask(path, do="page", page=number, scale=SCALE)
        png = base64.b64decode(data["png"])
        with contextlib.suppress(OSError):  # a picture that cannot be kept is drawn again
            self._cache.mkdir(parents=True, exist_ok=True)
            temporary = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
            temporary.write_bytes(png)
            temporary.replace(file)
        return png

    def close(self) -> None:
        """End the child."""
        self._viewer.close()


# ---------------------------------------------------------------- what the template draws


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the paths of the values that stand there."""

    text: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A block to draw: kind p, t, i or b. paths: values of the whole cell or line."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    paths: tuple[str, ...] = ()
    marker: str = ""
    heading: int = 0
    indent: int = 0
    rows: tuple[tuple[CellNode, ...], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CellNode:
    """A cell to draw."""

    nodes: tuple[Node, ...]
    rowspan: int = 1
    colspan: int = 1
    header: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A marked rectangle of a page, in fractions of it."""

    x: float
    y: float
    width: float
    height: float
    paths: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a PDF with its boxes."""

    number: int
    boxes: tuple[Box, ...] = ()


@dataclass
class Marks:
    """The values of a card by place: by offset, by cell or line, by box."""

    spans: list[tuple[int, int, str]] = field(default_factory=list)
    cells: dict[tuple[int | None, ...], list[tuple[str, str]]] = field(default_factory=dict)
    boxes: dict[int, dict[tuple[float, float, float, float], list[tuple[str, str]]]] = field(
        default_factory=dict
    )


def marks(proofs: Iterable[tuple[str, str, Place]]) -> Marks:
    """Values as (path, printed text, place), by place."""
    out = Marks()
    for path, text, place in proofs:
        if place.start is not None and place.end is not None:
            out.spans.append((place.start, place.end, path))
        elif place.box is not None and place.page is not None:
            out.boxes.setdefault(place.page, {}).setdefault(place.box, []).append((path, text))
        elif place.table is not None or place.block is not None:
            out.cells.setdefault(_cell_key(place), []).append((path, text))
    out.spans.sort()
    return out


def _cell_key(place: Place) -> tuple[int | None, ...]:
    if place.table is not None:
        return (place.table, place.row, place.col)
    return (None, place.block)


def sheets(card: Card, found: Marks) -> list[Sheet]:
    """The card's pages with their boxes."""
    numbers = sorted({*card.source.pages, *found.boxes}) or [1]
    out = []
    for number in numbers:
        boxes = [
            Box(b[0], b[1], b[2] - b[0], b[3] - b[1], tuple(p for p, _ in values), values[0][1])
            for b, values in found.boxes.get(number, {}).items()
        ]
        # small boxes lie over large ones, or they could not be clicked
        boxes.sort(key=lambda box: -box.width * box.height)
        out.append(Sheet(number, tuple(boxes)))
    return out


def nodes(data: Mapping[str, Any], found: Marks, following: Place | None) -> list[Node]:
    """The blocks of the card's part of the document, with marks.

    following: where the next card of the file begins; None at the end of the file.
    """
    blocks = data["blocks"]
    first, last = _range(blocks, found, following)
    return [_node(block, found) for block in blocks[first:last]]


def _range(blocks: list[dict[str, Any]], found: Marks, following: Place | None) -> tuple[int, int]:
    """The blocks from the card's first value to the next card's first one."""
    mine: list[int] = []
    until = len(blocks)
    starts = {s for s, _, _ in found.spans}
    lowest = min(starts) if starts else None
    after = marks([("", "", following)]) if following is not None else None
    for i, block in enumerate(blocks):
        for place in _places(block):
            if "start" in place:
                start, end = int(place["start"]), int(place["end"])
                if lowest is not None and start <= lowest <= end:
                    mine.append(i)
                if after and after.spans and start <= after.spans[0][0] <= end:
                    until = min(until, i)
            else:
                key = _cell_key(Place(**place))
                if key in found.cells:
                    mine.append(i)
                if after and key in after.cells:
                    until = min(until, i)
    first = min(mine, default=0)
    if following is None and len(blocks) - first < 400:
        until = len(blocks)
    # the lines above the first value (a report's title) belong to the card where it is the file's first
    return (0 if first < 6 else first), max(until, first + 1)


def _places(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if block["k"] == "p":
        yield block["place"]
    elif block["k"] == "t":
        for cell in block["cells"]:
            yield cell["place"]
            for inner in cell["blocks"]:
                yield from _places(inner)


def _node(block: Mapping[str, Any], found: Marks, cell: Mapping[str, Any] | None = None) -> Node:
    kind = block["k"]
    if kind == "t":
        return _table(block, found)
    if kind == "i":
        return Node("i", text=block.get("alt", ""))
    if kind == "b":
        return Node("b", text=str(block.get("page") or ""))
    text, place = block["text"], block["place"]
    whole: tuple[str, ...] = ()
    if "start" in place:
        pieces = _by_offset(text, place["start"], found)
    else:
        pieces, whole = _by_words(text, found.cells.get(_cell_key(Place(**place)), []))
    if cell is not None:
        whole = ()  # the cell itself carries them
    indent = min(12, int(block.get("indent", 0))) if cell is None else 0
    return Node("p", pieces, whole, block.get("marker", ""), block.get("heading") or 0, indent)


def _table(block: Mapping[str, Any], found: Marks) -> Node:
    rows: list[list[CellNode]] = [[] for _ in range(block["rows"])]
    for cell in block["cells"]:
        place = Place(**cell["place"])
        inner = tuple(_node(b, found, cell) for b in cell["blocks"])
        if place.start is not None and place.end is not None:
            blank = place.start == place.end
            own = tuple(p for s, e, p in found.spans if blank and s == e == place.start)
        else:
            shown = {p for node in inner for piece in node.pieces for p in piece.paths}
            own = tuple(p for p, _ in found.cells.get(_cell_key(place), []) if p not in shown)
        rows[cell["row"]].append(CellNode(inner, cell["rowspan"], cell["colspan"], cell["header"], own))
    return Node("t", rows=tuple(tuple(row) for row in rows))


def _by_offset(text: str, start: int, found: Marks) -> tuple[Piece, ...]:
    end = start + len(text)
    inside = [(s, e, p) for s, e, p in found.spans if s < end and start < e]
    if not inside:
        return (Piece(text),)
    cuts = sorted({start, end, *(max(start, s) for s, _, _ in inside), *(min(end, e) for _, e, _ in inside)})
    out = []
    for a, b in pairwise(cuts):
        paths = tuple(p for s, e, p in inside if s <= a and b <= e)
        out.append(Piece(text[a - start : b - start], paths))
    return tuple(out)


def _by_words(text: str, values: list[tuple[str, str]]) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Pieces where the printed words stand once, and the paths of the values for which they do not."""
    spans, whole = [], []
    for path, words in values:
        if words and text.count(words) == 1 and len(words) < len(text):
            spans.append((text.index(words), text.index(words) + len(words), path))
        else:
            whole.append(path)
    return _by_offset(text, 0, Marks(spans=spans)), tuple(whole)
