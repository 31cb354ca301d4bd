"""Names of files as text: for records (`portable`) and for a terminal (`printable`). Nothing here touches the
disk."""

from __future__ import annotations

import re
import unicodedata

_ESCAPED = re.compile("[\udc80-\udcff]")
_KEPT = frozenset("\u200c\u200d")


def portable(relative: bytes) -> str:
    """A path as it is on disk, for records and reports; bytes that are no UTF-8 stand percent-encoded.

    Nothing is normalized: a decomposed Korean name and the composed one stay two names.

    >>> portable("2024/카드 1.txt".encode())
    '2024/카드 1.txt'
    >>> portable(bytes([0xC4, 0xAB]) + b"100%.txt")
    'ī100%.txt'
    >>> portable(bytes([0xB0, 0xA1]) + b".txt")
    '%B0%A1.txt'
    """
    text = relative.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda m: f"%{ord(m[0]) - 0xDC00:02X}", text)


def printable(text: str, longest: int = 300) -> str:
    """Text fit for a terminal: control, format and bidirectional characters are replaced, long text is cut.

    >>> printable("a" + chr(27) + "[31mb" + chr(10) + "c" + chr(0x202E) + "d")
    'a�[31mb�c�d'
    """
    clean = "".join(c if _harmless(c) else "�" for c in text[: longest + 1])
    return clean if len(text) <= longest else clean[: longest - 1] + "…"


def _harmless(char: str) -> bool:
    return char.isprintable() or char in _KEPT or unicodedata.category(char) == "Zs"
