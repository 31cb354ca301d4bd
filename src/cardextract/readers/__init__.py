"""Readers: one function a file kind, `read(path) -> (Document, findings)`; the kind is sniffed by content.

To add one: a module with `read`, a line in READERS, one sample pair in tests/cards.
Raises `Unreadable` (with the ledger's code) for a file that gives no document.
"""

from __future__ import annotations

import importlib
import io
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO

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

NAMES: dict[str, str] = {
    ".txt": "text", ".text": "text", ".md": "text", ".csv": "text", ".tsv": "text",
    ".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".dotx": "docx", ".hwpx": "hwpx", ".hwp": "hwp",
    ".htm": "html", ".html": "html", ".xhtml": "html",
}  # fmt: skip
"""What the end of a file name promises; only for the note that a name is wrong, never for reading."""


def reader(kind: str) -> Reader:
    """The read function of a kind."""
    module, _, name = READERS[kind].partition(":")
    function: Reader = getattr(importlib.import_module(module), name)
    return function


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a file of any kind."""
    return reader(sniff(path))(path)


def kind_of_name(path: Path) -> str | None:
    """The kind that the name promises, or None where it promises none that we read.

    >>> kind_of_name(Path("카드.HWP")), kind_of_name(Path("카드"))
    ('hwp', None)
    """
    return NAMES.get(path.suffix.lower())


def sniff(path: Path, raw: bytes | None = None) -> str:
    """The kind of a file by its content, never its name: a key of READERS. raw: its content, where it is at hand.

    Raises Unreadable: `unsupported_type` for a kind we know and do not read, with what to do; `encrypted` for
    an encrypted Office file or package; `encoding_unknown` for UTF-16 without a byte-order mark; `no_text`,
    `too_large`, `truncated`, `corrupt`.
    """
    with path.open("rb") if raw is None else io.BytesIO(raw) as stream:
        head = stream.read(_HEAD)
        if not head:
            raise Unreadable("no_text", "빈 파일입니다.")
        if head.startswith(b"PK"):
            kind = _zip_kind(path, head)
        elif head.startswith(_OLE):
            kind = _ole_kind(stream, head)
        elif b"%PDF-" in head[:1024]:
            kind = "pdf"
        else:
            _refuse_known(head)
            kind = _markup_or_text(head + (stream.read(_COMMENTS) if b"<!--" in head[:512] else b""))
    return kind


_HEAD = 4096
_COMMENTS = 64 * 1024  # a licence or a template's comment may stand before the first tag
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _unsupported(kind: str, advice: str) -> Unreadable:
    return Unreadable("unsupported_type", f"{kind} 파일은 읽지 않습니다. {advice}")


_AGAIN = "HWPX, DOCX, PDF 또는 텍스트로 다시 저장해 주세요."
_UNPACK = "압축을 풀어 안의 문서를 넣어 주세요."
_SCAN = "글자가 있는 원본 문서를 넣거나 문자 인식(OCR)을 거친 PDF를 넣어 주세요."
_NO_CARD = "관리카드 문서를 넣어 주세요."


# --- zip packages ---


def _zip_kind(path: Path, head: bytes) -> str:
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _markup_or_text(head)  # a text that begins with "PK"
    from cardextract.readers.guards import open_package

    with open_package(path) as package:
        names = {name.replace("\\", "/").lstrip("/").lower() for name in package}
        kind = package.read("mimetype", 256).strip() if "mimetype" in names else b""
    if kind == b"application/hwp+zip" or names & {"contents/content.hpf", "contents/section0.xml"}:
        return "hwpx"
    if "[content_types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return "docx"
        if any(name.startswith("xl/") for name in names):
            raise _unsupported("엑셀(.xlsx)", _AGAIN)
        if any(name.startswith("ppt/") for name in names):
            raise _unsupported("파워포인트(.pptx)", _AGAIN)
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise _unsupported("오픈도큐먼트(.odt, .ods)", _AGAIN)
    if kind == b"application/epub+zip":
        raise _unsupported("전자책(.epub)", _AGAIN)
    raise _unsupported("압축(.zip)", _UNPACK)


# --- OLE compound files ---


def _ole_kind(stream: IO[bytes], head: bytes) -> str:
    names = _ole_names(stream, head)
    if "EncryptedPackage" in names:
        raise Unreadable("encrypted", "암호가 걸린 오피스 문서입니다. 암호를 풀어 다시 저장해 주세요.")
    if "FileHeader" in names and names & {"DocInfo", "BodyText", "ViewText"}:
        return "hwp"
    if "WordDocument" in names:
        raise _unsupported("옛 워드(.doc)", "워드에서 열어 .docx로 다시 저장해 주세요.")
    if names & {"Workbook", "Book"}:
        raise _unsupported("옛 엑셀(.xls)", _AGAIN)
    if "PowerPoint Document" in names:
        raise _unsupported("옛 파워포인트(.ppt)", _AGAIN)
    if any(name.startswith("__substg1.0_") for name in names):
        raise _unsupported("전자우편(.msg)", "첨부된 문서를 꺼내어 넣어 주세요.")
    if not names:
        raise Unreadable("corrupt", "파일이 손상되어 읽을 수 없습니다. 원본에서 다시 저장해 주세요.")
    raise _unsupported("OLE 복합 문서", _AGAIN)


def _ole_names(stream: IO[bytes], head: bytes) -> set[str]:
    """The names in the directory of an OLE file. Only what the header reaches is read: at most 64 sectors."""
    if len(head) < 512:
        return set()
    shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<L", head, 48)[0]
    if shift not in (9, 12):
        return set()
    size = 1 << shift
    table = struct.unpack_from("<109L", head, 76)
    names: set[str] = set()
    sector = first
    for _ in range(64):
        stream.seek((sector + 1) << shift)
        data = stream.read(size)
        for at in range(0, len(data) - 127, 128):
            length = min(64, struct.unpack_from("<H", data, at + 64)[0])
            names.add(data[at : at + max(0, length - 2)].decode("utf-16-le", "replace"))
        block, entry = divmod(sector, size // 4)
        if block >= len(table) or table[block] >= 0xFFFFFFFA:
            break
        stream.seek(((table[block] + 1) << shift) + entry * 4)
        link = stream.read(4)
        if len(link) < 4 or (sector := struct.unpack("<L", link)[0]) >= 0xFFFFFFFA:
            break
    return names - {""}


# --- kinds known by their first bytes ---

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"HWP Document File V", "한글 97(HWP 3.0)", "한글에서 열어 .hwpx로 다시 저장해 주세요."),
    (b"\x89PNG", "그림(PNG)", _SCAN),
    (b"\xff\xd8\xff", "그림(JPEG)", _SCAN),
    (b"GIF8", "그림(GIF)", _SCAN),
    (b"II*\x00", "그림(TIFF)", _SCAN),
    (b"MM\x00*", "그림(TIFF)", _SCAN),
    (b"RIFF", "그림·소리·영상(RIFF)", _SCAN),
    (b"{\\rtf", "서식 있는 글(.rtf)", _AGAIN),
    (b"%!PS", "포스트스크립트", _AGAIN),
    (b"\x1f\x8b", "압축(gzip)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "압축(7z)", _UNPACK),
    (b"Rar!\x1a", "압축(RAR)", _UNPACK),
    (b"\xfd7zXZ", "압축(xz)", _UNPACK),
    (b"BZh", "압축(bzip2)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "압축(zstd)", _UNPACK),
    (b"ALZ\x01", "압축(ALZ)", _UNPACK),
    (b"EGGA", "압축(EGG)", _UNPACK),
    (b"\x7fELF", "실행", _NO_CARD),
    (b"MZ", "실행", _NO_CARD),
    (b"BM", "그림(BMP)", _SCAN),
    (b"SQLite format 3\x00", "SQLite", _NO_CARD),
    (b"ID3", "소리", _NO_CARD),
    (b"OggS", "소리", _NO_CARD),
)
_MARKS = tuple(mark for mark, _, _ in _MAGIC)
_PLAIN = (b"RIFF", b"GIF8", b"BZh", b"EGGA", b"MZ", b"BM", b"ID3", b"OggS")
"""Marks that a text can begin with: they need a control character near them to count."""

_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")


def _refuse_known(head: bytes) -> None:
    for mark, kind, advice in _MAGIC if head.startswith(_MARKS) else ():
        if head.startswith(mark) and (mark not in _PLAIN or _CONTROL.search(head[:512])):
            raise _unsupported(kind, advice)
    if head[4:8] == b"ftyp":
        raise _unsupported("영상 또는 그림", _SCAN)


# --- HTML or text ---

_SKIP = re.compile(r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*", re.S)
_TAGS = (
    "html|head|body|table|meta|title|link|style|script|base|div|p|h[1-6]|ul|ol|dl|section|article|main|header|"
    "nav|center|font|span|br|hr|pre|form|a|b|strong|img|iframe|tbody|tr|td|th"
)
_START = re.compile(rf"<(?:!doctype\s+html\b|(?:{_TAGS})(?:\s[^<>]*|/?)>)", re.I)
_NEAR = re.compile(r"<(?:html|body|table)(?:\s[^<>]*)?>", re.I)
_XML = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\s+(?!html)\w|HWPML\b)", re.I)


def _markup_or_text(head: bytes) -> str:
    text, wide = _letters(head)
    if text.startswith("MIME-Version:") or re.match(
        r"From: .*\nSubject: .*\n.*?MIME-Version:", text[:512], re.S
    ):
        raise _unsupported(
            "웹 보관(.mht)이나 전자우편", "브라우저에서 열어 HTML이나 PDF로 다시 저장해 주세요."
        )
    if "<" in text:
        start = _SKIP.match(text)
        if _START.match(text, start.end() if start else 0) or _NEAR.search(text[:1024]):
            return "html"
        if _XML.match(text):
            raise _unsupported("XML", _AGAIN)
    if wide:
        return "text"
    if b"\x00" in head:
        if _looks_wide(head):
            raise Unreadable(
                "encoding_unknown", "UTF-16으로 보이지만 표시(BOM)가 없습니다. UTF-8로 다시 저장해 주세요."
            )
        raise _unsupported("글자가 아닌 이진", _AGAIN)
    if (len(head) - len(head.translate(None, _CONTROLS))) * 50 > len(head):
        raise _unsupported("글자가 아닌 이진", _AGAIN)
    return "text"


def _letters(head: bytes) -> tuple[str, bool]:
    """The head as text good enough to find ASCII tags in, and whether a UTF-16 mark stood there."""
    for mark, code in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(code, "replace"), True
    if b"\x00" in head and _looks_wide(head):
        return head.replace(b"\x00", b"").decode("latin-1"), False
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1"), False


def _looks_wide(head: bytes) -> bool:
    """Zero bytes stand at odd places only, or at even places only, as in UTF-16 with spaces and figures."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return min(even, odd) == 0 and max(even, odd) * 20 > len(head)
