"""Bullet trees: lines with markers and indents -> nested items; several items in one flattened cell are split.

Markers are learned per section, never assumed: within one indent a marker that first appears below another is
deeper than it; a deeper indent is always deeper. A note (`※`, `*`) never opens a level of its own by its marker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cardextract.document import Paragraph, Span
from cardextract.marks import DASHES, MINUSES
from cardextract.plain import plain
from cardextract.rules import MAX_LINE, Rules

_NUMBERED = re.compile(
    r"(?:\d{1,2}[.)](?=\s|[가-힣])(?!\s*\d)|\d{1,2}\)(?=\s)|[가나다라마바사아자차카타파하][.)](?=\s)|\(\d{1,2}\)(?=\s)|\([가-하]\)(?=\s)"
    r"|[①-⑳㉠-㉻⑴-⒇❶-❿➀-➓](?=\s|\S)|[Ⅰ-Ⅻ]\.(?=\s)|[oO](?=\s)|[ㄱ-ㅎ]\)(?=\s))"
)
_BEFORE_FIGURE = re.compile(r"\d{1,2}\.\s(?=\d)(?!\s*\d{1,2}\s*(?:[.~∼～/,)일월]|$))")
"""A counting marker before a figure (`1. 2023년: 조사`), which is no date (`6. 30.`)."""
_BEFORE_YEAR = re.compile(r"\d{1,2}\.\s(?=(?:19|20)\d\d년)")
_SHAPES = frozenset(
    c
    for first, last in ((0x2190, 0x21FF), (0x25A0, 0x27BF), (0x2B00, 0x2BFF), (0xE000, 0xF8FF))
    for c in map(chr, range(first, last + 1))
    if c not in "☎☏✆" and not "❶" <= c <= "➓"
)
"""Arrows, geometric shapes, dingbats, private-use glyphs: set off by white space they open an item, known or not."""
_THROUGH = frozenset("→➔➜➡↦")
"""Arrows that lead through a sentence as often as they open an item."""
INDENT_STEP = 0.2
"""Indents nearer than this (characters) are the same: PDF positions are never exact; one space is 0.3."""


@plain(frozen=True, slots=True)
class Line:
    """An item's own line: marker, text with place, indent."""

    marker: str
    span: Span
    indent: float


@dataclass(slots=True)
class Node:
    """An item with its children; filled while the tree is built."""

    line: Line
    children: list[Node] = field(default_factory=list)


@lru_cache(maxsize=512)
def kind_of(marker: str) -> str:
    """Counting markers of one style are one marker: `2)` and `1)`, `나.` and `가.`.

    >>> kind_of("2)"), kind_of("③"), kind_of("○")
    ('1)', '①', '○')
    """
    if not marker:
        return ""
    if "①" <= marker <= "⑳":
        return "①"
    if "㉠" <= marker <= "㉻":
        return "㉠"
    if "Ⅰ" <= marker[0] <= "Ⅻ":
        return "Ⅰ" + marker[1:]
    if len(marker) > 1:
        return re.sub(r"[가-하]", "가", re.sub(r"\d+", "1", marker))
    return marker


_BEHIND_FIGURE = re.compile(r"\d\.\s*$")


def marker_at(text: str, i: int, rules: Rules) -> int:
    """End of the marker that begins at i, or i if none does. A dash or dot before a digit or a word is no marker."""
    c = text[i : i + 1]
    after = text[i + 1 : i + 2]
    mark = rules.marks_at.get(c)
    if mark is None:
        if not c or ("가" <= c <= "힣" and after not in (".", ")")):
            return i  # most lines begin with a word
    elif c in MINUSES and after.isdigit():
        return i  # a minus: `△1,920백만원`
    else:
        for arrow in mark.arrows:
            if text.startswith(arrow, i):
                return i + len(arrow)
        if mark.alone:
            return i + 1 if not mark.before_blank or after.isspace() or not after else i
    if (after.isspace() or not after) and (c in _SHAPES or c >= "\U000f0000"):
        return i + 1
    m = _NUMBERED.match(text, i)
    if m is None and c.isdigit():
        m = _BEFORE_FIGURE.match(text, i) if not text[:i].strip() else None
        if m is None and not (i and _BEHIND_FIGURE.search(text[max(0, i - 8) : i])):
            m = _BEFORE_YEAR.match(text, i)
        return len(m.group().rstrip()) + i if m else i
    return m.end() if m else i


def read_line(p: Paragraph, rules: Rules) -> Line:
    """Marker and text of a paragraph; a converter's `- ` before a real marker is dropped."""
    if p.marker:
        return Line(p.marker, p.body(), p.indent)
    i, end = _mark_in(p.text, rules)
    return Line(p.text[i:end], p.body(end), p.indent)


def mark(p: Paragraph, rules: Rules) -> str:
    """The marker of a paragraph, as `read_line` reads it."""
    i, end = (0, 0) if p.marker else _mark_in(p.text, rules)
    return p.marker or p.text[i:end]


def _mark_in(text: str, rules: Rules) -> tuple[int, int]:
    """Where the marker of a line begins and ends."""
    m = rules.usual_mark.match(text)
    if m is not None:
        return m.span(m.lastindex or 0)
    i = len(text) - len(text.lstrip())
    end = marker_at(text, i, rules)
    if end > i and text[i:end] in DASHES and text[end : end + 1].isspace():
        j = len(text) - len(text[end:].lstrip())
        second = marker_at(text, j, rules)
        if second > j and text[j:second] not in DASHES:
            return j, second
    return i, end


def _starts(text: str, rules: Rules) -> list[int]:
    """Where items begin in a flattened line: markers at the start or after white space that open an item."""
    starts: list[int] = []
    counts: dict[str, int] = {}
    for m in rules.item_starts.finditer(text):
        i = m.start()
        end = marker_at(text, i, rules)
        spaced = end == len(text) or text[end].isspace() or "①" <= text[i] <= "⑳"
        if end == i or not spaced:
            continue
        marker = text[i:end]
        if marker[0].isdigit() and marker.endswith(".") and _within_date(text, i, starts):
            continue
        if marker in _THROUGH and starts and text[starts[0]] != marker:
            continue  # `당초 → 변경` within an item
        if not starts and text[:i].strip() and marker in ("-", "–", "*", "·"):
            continue  # behind a lead-in only a strong marker opens a list
        style = kind_of(marker)
        if len(marker) > 1 or "①" <= marker <= "⑳":  # a counting marker must count
            number = _count(marker)
            if number is not None:
                if number != 1 and counts.get(style, 0) + 1 != number:
                    continue
                counts[style] = number
        starts.append(i)
    return starts


_DATE_SO_FAR = re.compile(
    r"(?<![\d.])(?P<whole>(?:\d{4}|['’]\d{2})\.\s?\d{1,2}\.\s?)?(?P<last>\d{1,4})\.\s*$"
)


def _within_date(text: str, i: int, starts: Sequence[int]) -> bool:
    """Does `1.` go on with a date (`2024. 6. 1. : 점검`)? Not behind a whole date, nor behind another counting mark."""
    m = _DATE_SO_FAR.search(text, max(0, i - 16), i)
    return m is not None and m["whole"] is None and m.start("last") not in starts


def _count(marker: str) -> int | None:
    digits = re.search(r"\d+", marker)
    if digits:
        return int(digits[0])
    if "①" <= marker <= "⑳":
        return ord(marker) - ord("①") + 1
    order = "가나다라마바사아자차카타파하"
    hangul = next((c for c in marker if c in order), None)
    return order.index(hangul) + 1 if hangul else None


_ENDS_DATE = re.compile(r"\d\.\s*$")
_RANGE_OF_FIGURES = re.compile(r"\d")
_RANGE_OF_DATES = re.compile(r"\d{1,4}\s?(?:[.년월일]|$)")
"""What a range may go on with behind a date (`2024. 3. - 6.`); a count (`8. 10. - 3개 노선`) is an item."""


def split_line(p: Paragraph, rules: Rules) -> list[Paragraph]:
    """The items of one flattened paragraph (a table cell whose lines a conversion joined), in order.

    An arrow-like marker that is followed by an amount or a word such as `수시` stays in its item.
    """
    text = p.text[: MAX_LINE * 8]
    if len(text) < 4:
        return [p]
    starts = _starts(text, rules)
    if not starts:
        return [p]
    bounds: list[int] = []
    for n, i in enumerate(starts):
        stop = starts[n + 1] if n + 1 < len(starts) else len(text)
        end = marker_at(text, i, rules)
        body = text[end:stop].strip()
        if bounds and not body:
            continue
        if bounds and text[i] in "▷▶►▸→" and rules.inline_pattern.fullmatch(body[:MAX_LINE]):
            continue
        if (
            bounds
            and text[i] in "-–~"
            and (_RANGE_OF_DATES if _ENDS_DATE.search(text[:i]) else _RANGE_OF_FIGURES).match(body)
            and re.search(r"\d\.?\s*$", text[:i])
            and len(body) < 12
        ):
            continue
        bounds.append(i)
    if text[: bounds[0]].strip():
        bounds.insert(0, 0)
    if len(bounds) < 2:
        return [p]
    out = []
    for n, i in enumerate(bounds):
        j = bounds[n + 1] if n + 1 < len(bounds) else len(p.text)
        piece = p.span(i, j).strip()
        if piece.text:
            out.append(p.part(piece, "" if n else p.marker))
    return out


def flattened(paragraphs: Sequence[Paragraph], rules: Rules) -> bool:
    """Did a conversion join the items of these paragraphs into one line? At least two bullets, arrows not counted."""
    if len(paragraphs) != 1:
        return False
    marks = [mark(p, rules) for p in split_line(paragraphs[0], rules)]
    return sum(bool(m) and m not in rules.arrows for m in marks) > 1


def tree(lines: Sequence[Line], rules: Rules) -> list[Node]:
    """The nested items of one section.

    An item's parent is the nearest earlier item that is indented less; within one indent the order in which markers
    first appear decides; a note with nothing less indented before it hangs on the item before it, an arrow (`⇒`)
    on the item before it.
    """
    if len(lines) == 1:
        return [Node(lines[0])]
    roots: list[Node] = []
    stack: list[tuple[int, str, Node]] = []  # indent, style of marker, node
    order: dict[int, list[str]] = {}
    steps = _steps(lines)
    flat = len(set(steps)) <= 1
    last: Node | None = None
    read = {m: (kind_of(m), m in rules.notes and not _opens(m, lines)) for m in {x.marker for x in lines}}
    for line, step in zip(lines, steps, strict=True):
        node = Node(line, [])
        style, note = read[line.marker]
        if note and flat:
            parent = stack[-1][2] if stack else last
            (parent.children if parent else roots).append(node)
            continue
        rank = 0
        ranks = order.setdefault(step, [])
        if not note:
            if style not in ranks:
                current = next(
                    (known for s, known, _ in reversed(stack) if s == step and known in ranks), None
                )
                ranks.insert(ranks.index(current) + 1 if current is not None else len(ranks), style)
            rank = ranks.index(style)
        above = ranks[:rank]
        while stack and (
            stack[-1][0] > step or (stack[-1][0] == step and (note or stack[-1][1] not in above))
        ):
            stack.pop()
        if stack:
            stack[-1][2].children.append(node)
        elif note and last is not None:
            last.children.append(node)
        else:
            roots.append(node)
        stack.append((step, style, node))
        if not note:
            last = node
    return roots


def _opens(marker: str, lines: Sequence[Line]) -> bool:
    """`*` and `☆` are bullets where the section's first item bears them."""
    return bool(lines) and lines[0].marker == marker and marker not in "※"


def _steps(lines: Sequence[Line]) -> list[int]:
    """Indents as small integers: values nearer than INDENT_STEP are one step."""
    values = sorted({line.indent for line in lines})
    if len(values) == 1:
        return [0] * len(lines)
    step_of, step, previous = {}, 0, None
    for v in values:
        if previous is not None and v - previous > INDENT_STEP:
            step += 1
        step_of[v] = step
        previous = v
    return [step_of[line.indent] for line in lines]
