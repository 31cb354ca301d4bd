"""Folding of look-alike characters, so that the grammars see one dash, one tilde, one middle dot."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from cardextract.values.hanja import HANJA

_CODES: dict[int, str] = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},  # full-width ASCII
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－─━⁃­"), "-"),
    **dict.fromkeys(map(ord, "～∼〜˜∽⁓〰"), "~"),
    **dict.fromkeys(map(ord, "·•∙‧ㆍ․・･⋅ᆞ᛫⸱"), "·"),
    **dict.fromkeys(map(ord, "\xa0\u3000\u1680\u202f\u205f\u200b\ufeff"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **dict.fromkeys(map(ord, "’‘‛ʼ′`´＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″＂"), '"'),
    **dict(zip(map(ord, "年月日現在"), "년월일현재", strict=True)),
    **{ord(character): reading for character, reading in HANJA.items()},
}
_FOLD = {chr(code): character for code, character in _CODES.items()}
_FOLDABLE = re.compile(
    f"[{re.escape(''.join(_FOLD))}]"
)  # most text needs none of it, so `translate` is slower
LABEL = 24
"""Texts up to this length are labels, headings and words of the rules, which come again and again."""


def fold(text: str) -> str:
    """Look-alikes made alike, character for character, so that offsets stay true.

    Full-width forms become ASCII, every dash `-`, every tilde `~`, every middle dot `·`, every single
    quote `'`; no-break, ideographic and zero-width spaces become a space; the Hanja of labels their readings.

    >>> fold("２０２４．６．～　–1,920 ‘24ㆍ")
    "2024.6.~ -1,920 '24·"
    """
    return _FOLDABLE.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    return _FOLD[match[0]]


def squeeze(text: str) -> str:
    """NFC, folded, without any white space: for comparing labels.

    >>> squeeze("진  도\\u3000율")
    '진도율'
    >>> squeeze("推進 狀況"), squeeze("國費")
    ('추진상황', '국비')
    """
    return _squeeze_label(text) if len(text) <= LABEL else _squeeze(text)


def _squeeze(text: str) -> str:
    word = fold(unicodedata.normalize("NFC", text)).replace(" ", "")
    return word if word.isprintable() else "".join(word.split())  # no other blank can be printed


_squeeze_label = lru_cache(maxsize=16384)(_squeeze)


def may_hold(text: str, squeezed: str) -> bool:
    """Can squeezed words stand in the squeezed text? A quick no for most texts (NFC): a character of the words that stands
    for itself alone stands nowhere in it.

    >>> may_hold("현장 점검", squeeze("관리 카드")), may_hold("管 理 카 드", squeeze("관리 카드"))
    (False, True)
    """
    return all(c in text for c in squeezed if c not in _READINGS)


_READINGS = frozenset(_FOLD.values())
"""What look-alikes are folded to."""


def spelled(words: str) -> re.Pattern[str]:
    """A pattern that finds words in a text (NFC) as it was printed, however they are spaced and with look-alikes for their
    characters: where `squeeze` of the words stands in `squeeze` of the text, though the whole text need not be folded.

    >>> [bool(spelled("추진상황").search(text)) for text in ("推 進 狀 況", "추진\u3000상황", "추진현황")]
    [True, True, False]
    """
    blanks = rf"[\s{_look_alikes(' ')}]*"
    return re.compile(blanks.join(f"[{re.escape(c)}{_look_alikes(c)}]" for c in squeeze(words)))


def _look_alikes(character: str) -> str:
    return "".join(re.escape(other) for other, folded in _FOLD.items() if folded == character)


def clean(text: str) -> str:
    """NFC, runs of white space to one space, stripped: for values such as titles. Nothing is folded.

    >>> clean(" 청년  일자리\\n 사업 ")
    '청년 일자리 사업'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())
