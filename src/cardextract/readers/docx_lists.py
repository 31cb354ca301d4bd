"""Styles and automatic numbering of Word: what marker, level, indent and heading a paragraph shows.

Apart from the walk over the document because it is a small world of its own: styles.xml and numbering.xml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cardextract.readers.guards import MAX_NESTING

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"
TWIPS_A_STEP = 200
"""One step of indent is about one character of a 10-point text (20 twips a point)."""


@dataclass
class Level:
    """One level of an automatic list."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    font: str = ""
    ind: Any = None


@dataclass
class Lists:
    """The lists of a document and how far each has counted."""

    nums: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)


def number(text: str | None, default: int = 0) -> int:
    """An attribute as an integer; garbage and absurd sizes give the default.

    >>> number("3"), number(None), number("x"), number("9" * 30)
    (3, 0, 0, 0)
    """
    if text is None or len(text) > 10:
        return default
    try:
        return int(text)
    except ValueError:
        return default


def on(parent: Any, name: str) -> bool | None:
    """The state of an on/off property such as w:b: None where it is not given."""
    child = None if parent is None else parent.find(W + name)
    return None if child is None else child.get(VAL, "1") not in ("0", "false", "off", "none")


def read_lists(root: Any, styles: Styles) -> Lists:
    """The lists of numbering.xml (None where the package has none), counters at their start."""
    lists = Lists()
    if root is None:
        return lists
    abstract = {a.get(W + "abstractNumId", ""): a for a in root.iterchildren(W + "abstractNum")}
    by_style = {
        link.get(VAL): key for key, a in abstract.items() if (link := a.find(W + "styleLink")) is not None
    }
    for num in root.iterchildren(W + "num"):
        ref = num.find(W + "abstractNumId")
        key = "" if ref is None else ref.get(VAL, "")
        link = abstract[key].find(W + "numStyleLink") if key in abstract else None
        if link is not None:
            key = by_style.get(link.get(VAL), key)
        levels = _levels(abstract.get(key), styles)
        num_id = num.get(W + "numId", "")
        for override in num.iterchildren(W + "lvlOverride"):
            at = number(override.get(W + "ilvl"))
            own = override.find(W + "lvl")
            if own is not None:
                levels = {**levels, at: _level(own)}
            start = override.find(W + "startOverride")
            if start is not None:
                lists.overrides[num_id, at] = number(start.get(VAL), 1)
        lists.nums[num_id] = (key, levels)
    return lists


def _levels(abstract: Any, styles: Styles) -> dict[int, Level]:
    if abstract is None:
        return {}
    out = {number(lvl.get(W + "ilvl")): _level(lvl) for lvl in abstract.iterchildren(W + "lvl")}
    for at, level in out.items():
        if level.style:
            styles.levels.setdefault(level.style, at)
    return out


def _level(lvl: Any) -> Level:
    def value(name: str) -> str | None:
        child = lvl.find(W + name)
        return None if child is None else child.get(VAL)

    fonts = lvl.find(f"{W}rPr/{W}rFonts")
    restart = value("lvlRestart")
    return Level(
        format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        start=number(value("start"), 0),
        restart=None if restart is None else number(restart),
        legal=on(lvl, "isLgl") or False,
        style=value("pStyle"),
        font="" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or "",
        ind=lvl.find(f"{W}pPr/{W}ind"),
    )


def next_marker(lists: Lists, num_id: str, at: int) -> tuple[str, Level | None]:
    """Count one paragraph of this list and level; the marker it shows ('' for none) and its level.

    A list counts over all of its paragraphs in the document; a deeper level starts anew below a higher one.
    """
    key, levels = lists.nums.get(num_id, ("", {}))
    level = levels.get(at)
    if level is None:
        return "", None
    counts = lists.counts.setdefault(key, [None] * 9)
    if (num_id, at) in lists.overrides and (num_id, at) not in lists.begun:
        counts[at] = lists.overrides[num_id, at]
    else:
        before = counts[at]
        counts[at] = level.start if before is None else before + 1
    lists.begun.add((num_id, at))
    for deeper in range(at + 1, 9):
        below = levels.get(deeper)
        if below is None or below.restart is None or 0 < below.restart >= at + 1:
            counts[deeper] = None
    if level.format == "bullet":
        return symbols(level.text, level.font), level
    return _fill(level, levels, counts), level


def _fill(level: Level, levels: dict[int, Level], counts: list[int | None]) -> str:
    def one(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        other = levels.get(at, Level())
        count = counts[at]
        shown = other.start if count is None else count
        return numeral(shown, "decimal" if level.legal else other.format)

    return symbols(re.sub(r"%([1-9])", one, level.text), level.font)


# --- numerals ---

_ROWS = {
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
}
_TENS = {
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
    "koreanLegal": "영일이삼사오육칠팔구",
    "ideographDigital": "〇一二三四五六七八九",
    "chineseCounting": "〇一二三四五六七八九",
    "chineseCountingThousand": "〇一二三四五六七八九",
    "japaneseCounting": "〇一二三四五六七八九",
}
_NATIVE = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def numeral(n: int, kind: str) -> str:
    """The number as the list format writes it; decimal where the format is unknown or ends.

    >>> [numeral(3, kind) for kind in ("decimal", "ganada", "decimalEnclosedCircle", "koreanDigital")]
    ['3', '다', '③', '삼']
    >>> numeral(28, "lowerLetter"), numeral(12, "koreanCounting"), numeral(21, "decimalEnclosedCircle")
    ('bb', '열둘', '21')
    """
    out = str(n)
    if kind == "none":
        out = ""
    elif kind == "decimalZero":
        out = f"{n:02d}"
    elif kind in ("decimalFullWidth", "decimalFullWidth2"):
        out = out.translate({48 + d: 0xFF10 + d for d in range(10)})
    elif kind == "numberInDash":
        out = f"- {n} -"
    elif kind in ("upperRoman", "lowerRoman") and 0 < n < 4000:
        out = "".join(sign * count for sign, count in _roman(n))
        out = out if kind == "upperRoman" else out.lower()
    elif kind in _TENS and 0 < n < 100:
        digits, (tens, ones) = _TENS[kind], divmod(n, 10)
        ten = "십" if digits[1] == "일" else "十"
        out = (digits[tens] if tens > 1 else "") + (ten if tens else "") + (digits[ones] if ones else "")
    elif kind == "koreanCounting" and 0 < n < 100:
        out = _NATIVE_TENS[n // 10] + _NATIVE[n % 10]
    elif kind in ("upperLetter", "lowerLetter") and 0 < n <= 26 * 30:
        out = _ROWS[kind][(n - 1) % 26] * ((n - 1) // 26 + 1)
    elif kind in _ROWS and 0 < n <= len(_ROWS[kind]):
        out = _ROWS[kind][n - 1]
    return out


def _roman(n: int) -> list[tuple[str, int]]:
    out = []
    for value, sign in _ROMAN:
        count, n = divmod(n, value)
        out.append((sign, count))
    return out


# --- symbol fonts ---

_WINGDINGS = {
    0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x45: "☜", 0x46: "☞", 0x47: "☝", 0x48: "☟", 0x6C: "●", 0x6D: "❍",
    0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖",
    0x77: "◆", 0x78: "⌧", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA2: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪",
    0xA8: "◻", 0xAA: "✦", 0xAB: "★", 0xAC: "✶", 0xD8: "➢", 0xDC: "➲", 0xDF: "←", 0xE0: "→", 0xE1: "↑",
    0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    **{0x80 + n: "⓪①②③④⑤⑥⑦⑧⑨⑩"[n] for n in range(11)},
    **{0x8C + n: "❶❷❸❹❺❻❼❽❾❿"[n] for n in range(10)},
}  # fmt: skip
_SYMBOL = {
    0xB7: "•", 0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→",
    0xAF: "↓", 0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈",
    0xBC: "…", 0xD7: "⋅", 0xDE: "⇒", 0xDB: "⇔", 0xE0: "◊", 0x2D: "−",
}  # fmt: skip


def symbols(text: str, font: str) -> str:
    """Characters of symbol fonts as the Unicode characters that look like them; all others stay.

    >>> symbols("\\uf06c", "Wingdings"), symbols("\\uf0b7", "Symbol"), symbols("o", "Courier New")
    ('●', '•', '○')
    """
    if text == "o" and font == "Courier New":  # the hollow bullet of Word's own lists
        return "○"
    if not any("\uf020" <= c <= "\uf0ff" for c in text):
        return text
    table = _SYMBOL if font == "Symbol" else _WINGDINGS
    return "".join(_like(c, table) for c in text)


def _like(c: str, table: dict[int, str]) -> str:
    if not "\uf020" <= c <= "\uf0ff":
        return c
    code = ord(c) - 0xF000
    plain = (
        chr(code) if table is _SYMBOL and code < 0x40 else c
    )  # the Symbol font keeps figures and signs of ASCII
    return table.get(code, plain)


# --- styles ---


@dataclass
class Styles:
    """Paragraph styles by id, resolved when asked for. `levels`: the list level that a style stands for."""

    elements: dict[str, Any] = field(default_factory=dict)
    default: str | None = None
    levels: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chain = cache(self._chain)

    def _chain(self, style: str | None) -> tuple[Any, ...]:
        """The style's w:pPr and those it is based on, nearest first; a cycle ends where it closes."""
        out: list[Any] = []
        seen: set[str] = set()
        key = style if style in self.elements else self.default
        while key is not None and key in self.elements and key not in seen and len(seen) < MAX_NESTING:
            seen.add(key)
            element = self.elements[key]
            ppr = element.find(W + "pPr")
            if ppr is not None:
                out.append(ppr)
            base = element.find(W + "basedOn")
            key = None if base is None else base.get(VAL)
        return tuple(out)


def read_styles(root: Any) -> Styles:
    """The paragraph styles of styles.xml; none where the package has none."""
    styles = Styles()
    if root is None:
        return styles
    for style in root.iterchildren(W + "style"):
        if style.get(W + "type", "paragraph") == "paragraph":
            styles.elements[style.get(W + "styleId", "")] = style
            if style.get(W + "default") in ("1", "true", "on"):
                styles.default = style.get(W + "styleId", "")
    return styles


@dataclass(frozen=True, slots=True)
class Look:
    """What styles and lists give a paragraph. first, rest: indent of its first and other lines, in steps."""

    marker: str = ""
    level: int | None = None
    heading: int | None = None
    first: float = 0
    rest: float = 0


PLAIN = Look()
_NAMING = frozenset((W + "pStyle", W + "numPr", W + "outlineLvl"))


def look(ppr: Any, styles: Styles, lists: Lists) -> Look:
    """The look of a paragraph with this w:pPr (None where it has none). Counts the paragraph in its list."""
    if ppr is not None and styles.default is None and _NAMING.isdisjoint([child.tag for child in ppr]):
        ind = ppr.find(W + "ind")  # most paragraphs name neither style nor list
        return PLAIN if ind is None else Look("", None, None, *_indent([ind]))
    style = None if ppr is None else ppr.find(W + "pStyle")
    name = None if style is None else style.get(VAL)
    chain = styles.chain(name)
    if ppr is None and not chain:
        return PLAIN
    own = () if ppr is None else (ppr,)
    num_id, at, direct = _list_of((*own, *chain), styles, name)
    marker, level = next_marker(lists, num_id, at) if num_id not in ("", "0") else ("", None)
    inds = [p.find(W + "ind") for p in chain]
    if (
        level is not None
    ):  # a list's own indent is stronger than the style's where the paragraph itself names the list
        inds = [level.ind, *inds] if direct else [*inds, level.ind]
    inds = [p.find(W + "ind") for p in own] + inds
    first, rest = _indent([i for i in inds if i is not None])
    shown = at if level is not None else None
    return Look(marker, shown, _heading((*own, *chain), styles, name), first, rest)


def _list_of(pprs: tuple[Any, ...], styles: Styles, style: str | None) -> tuple[str, int, bool]:
    """(numId, ilvl, whether the paragraph itself names the list). numId 0 takes a style's list away."""
    num_id, at, direct = "", None, False
    for i, ppr in enumerate(pprs):
        props = ppr.find(W + "numPr")
        if props is None:
            continue
        lvl, num = props.find(W + "ilvl"), props.find(W + "numId")
        if at is None and lvl is not None:
            at = number(lvl.get(VAL))
        if num is not None:
            num_id, direct = num.get(VAL, ""), i == 0
            break
    if at is None:
        at = styles.levels.get(style or "", 0)
    return num_id, min(8, max(0, at)), direct


def _indent(inds: list[Any]) -> tuple[float, float]:
    """First line and other lines, in steps; the nearest element that has an attribute decides it."""
    if not inds:
        return 0, 0

    def pick(*names: str) -> float | None:
        for ind in inds:
            for name in names:
                value = ind.get(W + name)
                if value is not None:
                    return number(value) / (100 if name.endswith("Chars") else TWIPS_A_STEP)
        return None

    rest = pick("leftChars", "startChars", "left", "start") or 0
    hanging, more = pick("hangingChars", "hanging"), pick("firstLineChars", "firstLine")
    return round(rest - (hanging if hanging is not None else -(more or 0)), 2), round(rest, 2)


def _heading(pprs: tuple[Any, ...], styles: Styles, style: str | None) -> int | None:
    for ppr in pprs:
        level = ppr.find(W + "outlineLvl")
        if level is not None:
            at = number(level.get(VAL), 9)
            return at + 1 if 0 <= at < 9 else None
    name = styles.elements[style].find(W + "name") if style in styles.elements else None
    match = re.fullmatch(
        r"(?:heading|제목) ?([1-9])|(title|제목)", "" if name is None else name.get(VAL, "").lower()
    )
    return None if match is None else int(match[1] or 1)
