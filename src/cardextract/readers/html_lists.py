"""The markers of lists: what a browser shows before an item, and those that stand typed in the text."""

from __future__ import annotations

import re
from typing import Any

from cardextract.readers.docx_lists import numeral

TYPED = re.compile(r"\s*(?:[□■○●❍◦ㅇㅁ▷▶◆◇◈•·‧∙ㆍ․※⇒→➔☞▸▪*\-–①-⑳㉠-㉻]|\(?[0-9가-힣ⅠⅡⅢⅣⅤ]{1,2}[.)]\s)")
"""A marker typed in the text: the page then hides the list's own, or shows both; one is enough."""

_BULLETS = {"disc": "•", "circle": "◦", "square": "▪", "none": ""}
_NUMBERS = {
    "decimal": "decimal", "1": "decimal", "decimal-leading-zero": "decimalZero", "a": "lowerLetter",
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "A": "upperLetter",
    "upper-alpha": "upperLetter", "upper-latin": "upperLetter", "i": "lowerRoman",
    "lower-roman": "lowerRoman", "I": "upperRoman", "upper-roman": "upperRoman", "hangul": "ganada",
    "hangul-consonant": "chosung", "korean-hangul-formal": "koreanDigital",
}  # fmt: skip


def _ordinal(item: Any, parent: Any) -> int:
    """The item's number: from `value`, `start` and the items before it."""
    count = integer(parent.get("start"), 1) - 1
    for other in parent:
        if other.tag == "li":
            count = integer(other.get("value"), count + 1)
        if other is item:
            break
    return count


def integer(text: str | None, default: int) -> int:
    """The whole number that an attribute begins with."""
    match = re.match(r"\s*(-?[0-9]{1,6})", text or "")
    return int(match[1]) if match else default


def marker_of(item: Any, parent: Any, kind: str, depth: int) -> str | None:
    """The marker of a list item; None where its list shows none. kind: the list's type, empty where none is stated."""
    kind = kind if kind in _NUMBERS else kind.lower()
    ordered = parent.tag == "ol"
    if not ordered and not kind:
        kind = ("disc", "circle", "square")[min(2, max(0, depth - 1))]
    if kind in _BULLETS:
        return _BULLETS[kind]
    if ordered or kind in _NUMBERS:
        return numeral(_ordinal(item, parent), _NUMBERS.get(kind, "decimal")) + "."
    return None
