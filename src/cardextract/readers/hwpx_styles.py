"""The header part of HWPX: what paragraph ids mean (indent, automatic bullets and numbers); private glyphs.

Elements are compared by local name: Hangul has written the same names under several namespaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cardextract.readers.tabbed import Stops

STEP = 500
"""HWP units of one step of indent: half a 10 pt em, the width of a digit or space (7,200 are an inch)."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def local(element: Any) -> str:
    """The element's name without its namespace."""
    return _local(element.tag)


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def child(element: Any, name: str) -> Any:
    """The first child of that name, also inside `hp:switch` (its case before its default), or None."""
    for item in element:
        kind = local(item)
        if kind == name:
            return item
        if kind == "switch":
            for branch in sorted(item, key=lambda b: local(b) != "case"):
                found = child(branch, name)
                if found is not None:
                    return found
    return None


def number(element: Any, name: str, default: int = 0) -> int:
    """An attribute as a whole number; `default` where it is missing or no number."""
    text = element.get(name, "") if element is not None else ""
    return int(text) if _NUMBER.fullmatch(text) else default


# --- paragraph shapes -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """A paragraph shape. first, rest: where its first and its other lines start, in steps (see STEP).

    kind: "" | OUTLINE | NUMBER | BULLET, with the id of the list and the level from 0.
    """

    first: float = 0
    rest: float = 0
    kind: str = ""
    ref: str = ""
    level: int = 0
    checked: bool = False
    new_page: bool = False
    tabs: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """One level of a numbering: its text (`^1.`), how its own number is written, and the first number."""

    text: str
    form: str
    start: int


@dataclass(frozen=True, slots=True)
class Styles:
    """What the header part says. bullets: id -> (glyph, glyph when checked)."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    numberings: dict[str, dict[int, Head]] = field(default_factory=dict)
    bullets: dict[str, tuple[str, str]] = field(default_factory=dict)
    tabs: dict[str, Stops] = field(default_factory=dict)

    def stops(self, paragraph: Any) -> Stops:
        """The tab stops of an `hp:p`."""
        return self.tabs.get(self.shape(paragraph).tabs, _USUAL_STOPS)

    def shape(self, paragraph: Any) -> Shape:
        """The shape of an `hp:p`."""
        return self.shapes.get(paragraph.get("paraPrIDRef", ""), _PLAIN)


_PLAIN = Shape()
_USUAL_STOPS = Stops(step=40.0)
"""Hangul sets a stop every 40 points."""


def read_styles(header: Any) -> Styles:
    """The styles of the root element of `header.xml`; none for None (a package without a header part)."""
    styles = Styles()
    if header is None:
        return styles
    for element in header.iter("{*}paraPr"):
        styles.shapes[element.get("id", "")] = _shape(element)
    for element in header.iter("{*}numbering"):
        heads = (h for h in element if local(h) == "paraHead")
        styles.numberings[element.get("id", "")] = {
            number(h, "level", 1): Head(h.text or "", h.get("numFormat", "DIGIT"), number(h, "start", 1))
            for h in heads
        }
    for element in header.iter("{*}tabPr"):
        styles.tabs[element.get("id", "")] = Stops(tuple(sorted(_tab_stops(element))), _USUAL_STOPS.step)
    for element in header.iter("{*}bullet"):
        plain = (
            glyphs(element.get("char", "")).strip() or "●"
        )  # an image bullet: Hangul's own text save writes ●
        styles.bullets[element.get("id", "")] = (
            plain,
            glyphs(element.get("checkedChar", "")).strip() or plain,
        )
    return styles


def _shape(element: Any) -> Shape:
    heading, setting, margin = (child(element, name) for name in ("heading", "breakSetting", "margin"))
    kind = heading.get("type", "NONE") if heading is not None else "NONE"
    left, intent = (_length(margin, name) for name in ("left", "intent"))
    # a negative first-line indent hangs: the first line starts at the left margin, the others further in
    return Shape(
        first=(left + max(intent, 0)) / STEP,
        rest=(left + max(-intent, 0)) / STEP,
        kind="" if kind == "NONE" else kind,
        ref=heading.get("idRef", "") if heading is not None else "",
        level=number(heading, "level"),
        checked=element.get("checked") == "1",
        new_page=setting is not None and setting.get("pageBreakBefore") == "1",
        tabs=element.get("tabPrIDRef", ""),
    )


def _tab_stops(element: Any) -> Iterator[tuple[float, str]]:
    """(place in points, kind) of each stop; as with margins only those in a `case` branch are plain."""
    for item in element:
        branch = child(item, "case") if local(item) == "switch" else None
        for stop in branch if branch is not None else [item]:
            if local(stop) == "tabItem":
                kind = {"RIGHT": "right", "DECIMAL": "right", "CENTER": "center"}.get(
                    stop.get("type", ""), "left"
                )
                yield number(stop, "pos") / (100 if branch is not None else 200), kind


def _length(margin: Any, name: str) -> float:
    element = child(margin, name) if margin is not None else None
    value = number(element, "value")
    if element is not None and element.get("unit") == "CHAR":
        return value * 10  # hundredths of an em, here always one of 10 pt (1,000 units)
    # only in the `case` branch are lengths plain; elsewhere Hangul writes them doubled, as HWP does
    parent = margin.getparent() if margin is not None else None
    return value if parent is not None and local(parent) == "case" else value / 2


def printed_indent(text: str, start: float) -> float:
    """Where the text starts, in steps: the margin and the white space typed in front of it.

    >>> printed_indent("  ○ 가", 2), printed_indent("\\u3000나", 0)
    (4, 2)
    """
    for char in text:
        if char == " " or char == "\xa0":
            start += 1
        elif char == "\u3000":
            start += 2
        elif char == "\t":
            start += 8  # Hangul's default tab stop, 40 pt
        else:
            break
    return start


# --- automatic numbers ----------------------------------------------------------------------------


@dataclass
class Labels:
    """Counts the automatic numbers of a document; `outline` is the id of the section's outline numbering."""

    styles: Styles
    outline: str = ""
    counters: dict[str, dict[int, int]] = field(default_factory=dict)

    def next(self, shape: Shape) -> tuple[str, int | None]:
        """The marker of the next paragraph of this shape, and its level from 0 (None without a list)."""
        if not shape.kind:
            return "", None
        if shape.kind == "BULLET":
            plain, checked = self.styles.bullets.get(shape.ref, ("●", "●"))
            return (checked if shape.checked else plain), shape.level
        numbering = self.outline if shape.kind == "OUTLINE" else shape.ref
        return self._number(numbering, shape.level + 1), shape.level

    def _number(self, numbering: str, level: int) -> str:
        heads = self.styles.numberings.get(numbering)
        if not heads or level not in heads:
            return ""  # outline levels without a numbering are printed without one
        counters = self.counters.setdefault(numbering, {})
        for upper in range(1, level):
            if upper in heads:
                counters.setdefault(upper, heads[upper].start)
        counters[level] = counters[level] + 1 if level in counters else heads[level].start
        for deeper in [k for k in counters if k > level]:
            del counters[deeper]

        def fill(match: re.Match[str]) -> str:
            if match[1] in "Nn":  # the whole path: 1.2.3
                path = ".".join(str(counters.get(k, 1)) for k in range(1, level + 1))
                return f"{path}." if match[1] == "N" else path
            k = int(match[1])
            head = heads.get(k)
            return numeral(counters.get(k, 1), head.form) if head else ""

        return glyphs(re.sub(r"\^(\d{1,2}|[Nn])", fill, heads[level].text)).strip()


def numeral(value: int, form: str) -> str:
    """A number as the format writes it, in plain digits where the format has no sign for it.

    >>> [numeral(n, "HANGUL_SYLLABLE") for n in (1, 14, 15)], numeral(21, "CIRCLED_DIGIT")
    (['가', '하', '거'], '㉑')
    >>> [numeral(n, "ROMAN_SMALL") for n in (0, 4, 19)], numeral(12, "IDEOGRAPH"), numeral(27, "LATIN_SMALL")
    (['0', 'ⅳ', 'xix'], '十二', 'aa')
    """
    write = _NUMERALS.get(form)
    return (write(value) if write and 0 < value < 4000 else "") or str(value)


_ONSETS = (
    0,
    2,
    3,
    5,
    6,
    7,
    9,
    11,
    12,
    14,
    15,
    16,
    17,
    18,
)  # ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ among the 19 initials
_VOWELS = (0, 4, 8, 13, 18, 20)  # after 하 come 거, 너, …, then 고, 구, 그, 기
_ROMANS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _syllable(value: int) -> str:
    row, column = divmod(value - 1, 14)
    return chr(0xAC00 + _ONSETS[column] * 588 + _VOWELS[row] * 28) if row < len(_VOWELS) else ""


def _roman(value: int) -> str:
    if value <= 12:
        return chr(0x2160 + value - 1)
    out = ""
    for amount, sign in _ROMANS:
        count, value = divmod(value, amount)
        out += sign * count
    return out


def _small_roman(value: int) -> str:
    return chr(0x2170 + value - 1) if value <= 12 else _roman(value).lower()


def _letters(first: str) -> Callable[[int], str]:
    def write(value: int) -> str:
        times, rest = divmod(value - 1, 26)
        return chr(ord(first) + rest) * (times + 1) if times < 4 else ""

    return write


def _signs(*ranges: tuple[int, int]) -> Callable[[int], str]:
    signs = [chr(first + i) for first, count in ranges for i in range(count)]
    return lambda value: signs[value - 1] if value <= len(signs) else ""


def _sino(digits: str, ten: str) -> Callable[[int], str]:
    def write(value: int) -> str:
        if value > 99:
            return ""
        tens, ones = divmod(value, 10)
        return (digits[tens] if tens > 1 else "") + (ten if tens else "") + (digits[ones] if ones else "")

    return write


_CIRCLED = _signs((0x2460, 20), (0x3251, 15), (0x32B1, 15))
_NUMERALS: dict[str, Callable[[int], str]] = {
    "DIGIT": str,
    "CIRCLED_DIGIT": _CIRCLED,
    "DECAGON_CIRCLE": _CIRCLED,
    "ROMAN_CAPITAL": _roman,
    "ROMAN_SMALL": _small_roman,
    "LATIN_CAPITAL": _letters("A"),
    "LATIN_SMALL": _letters("a"),
    "CIRCLED_LATIN_CAPITAL": _signs((0x24B6, 26)),
    "CIRCLED_LATIN_SMALL": _signs((0x24D0, 26)),
    "HANGUL_SYLLABLE": _syllable,
    "CIRCLED_HANGUL_SYLLABLE": _signs((0x326E, 14)),
    "HANGUL_JAMO": lambda value: "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"[value - 1 : value],
    "CIRCLED_HANGUL_JAMO": _signs((0x3260, 14)),
    "HANGUL_PHONETIC": _sino("영일이삼사오육칠팔구", "십"),
    "IDEOGRAPH": _sino("零一二三四五六七八九", "十"),
    "CIRCLED_IDEOGRAPH": _signs((0x3280, 10)),
    "DECAGON_CIRCLE_HANJA": _signs((0x3280, 10)),
}


# --- glyphs of the private use area ---------------------------------------------------------------

_WINGDINGS = {  # U+F020..F0FF: Hangul draws them as Wingdings, whatever the font
    0x45: "☜", 0x46: "☞", 0x47: "☝", 0x48: "☟", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□",
    0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆",
    0x9E: "·", 0x9F: "•", 0xA0: "·", 0xA1: "○", 0xA2: "○", 0xA3: "○", 0xA4: "◉", 0xA5: "◎",
    0xA7: "▪", 0xA8: "◻", 0xAA: "✦", 0xAB: "★", 0xAC: "✶", 0xB7: "•", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩",
    0xFB: "✗", 0xFC: "✔", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_HANCOM = {  # U+F0xxx of the fonts that come with Hangul
    0x03B: "↓", 0x12B: "(인)", 0x2EC: "◇", 0x2EF: "·", 0x2FB: "▸", 0x2FC: "►", 0x31C: "■", 0x3A0: "↵",
    0x3A7: "⊟", 0x3A8: "⊞", 0x3C5: "□", 0x3DA: "□", 0x3FF: "□", 0x806: "┌", 0x807: "┬", 0x808: "┐",
    0x80C: "└", 0x80E: "┘", 0x80F: "━", 0x810: "│", 0x811: "┌", 0x817: "└", 0x81A: "─", 0x81C: "┈",
    0x832: "═", 0x848: "━", 0x854: "《", 0x855: "》",
}  # fmt: skip
_GLYPHS: dict[int, str] = {
    **{0xF000 + code: sign for code, sign in _WINGDINGS.items()},
    **{0xF0000 + code: sign for code, sign in _HANCOM.items()},
    **{0xF02B1 + i: chr(0x2460 + i) for i in range(20)},  # digits in a box: ①
    **{0xF03EF + i: sign for i, sign in enumerate("한글과컴퓨터")},
    0xF53A: "ᄒᆞᆫ",
}


def glyphs(text: str) -> str:
    """Private-use characters of Hangul's fonts as Unicode characters that look like them; unknown ones stay.

    >>> glyphs("\\uf09f 가\\U000f02ef나")
    '• 가·나'
    """
    return text.translate(_GLYPHS) if _PRIVATE.search(text) else text


def unreadable(text: str) -> Iterator[str]:
    """The characters nobody can read: private use that `glyphs` does not know, and U+FFFD."""
    yield from _PRIVATE.findall(text)
    yield from "\ufffd" * text.count("\ufffd")
