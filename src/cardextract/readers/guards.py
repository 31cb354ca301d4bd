"""Limits in front of every reader, and the only way into packages and XML: hostility ends in `Unreadable`.

Nothing here touches the disk but to read the one input file; names inside a package are keys, never paths.
A limit is far above what real cards need and far below what hurts a machine that reads several files at once.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lxml import etree

from cardextract.findings import Unreadable

MiB = 1024 * 1024

MAX_FILE_BYTES = 256 * MiB
"""A scanned report of 400 pages has about 100 MiB; a file is read into memory once or twice."""

MAX_TEXT_BYTES = 64 * MiB
"""Text and HTML: a card has 5 KiB, the cards of a whole government 2 MiB."""

MAX_HTML_BYTES = 16 * MiB
"""A web page: a card has 10 to 50 KiB, a page with 300 cards 6 MiB; html5lib reads 1 MiB a second."""

MAX_MEMBERS = 5_000
"""Files inside a package: a report has about 20, one with a photo on each of 400 pages about 450."""

MAX_DIRECTORY_BYTES = 2 * MiB
"""The zip directory, held in memory before a member can be counted: 5,000 members of 400 bytes each."""

MAX_MEMBER_BYTES = 64 * MiB
"""One inflated member: the XML of one card has 65 KiB, that of a 300-card report 20 MiB."""

MAX_INFLATED_BYTES = 256 * MiB
"""All members read from one package, counted while they inflate: the sizes in a zip directory can lie."""

MAX_XML_ELEMENTS = 1_200_000
"""A card has about 2,000 elements, a report of 300 cards 600,000; a tree takes 200 to 300 bytes for each."""

MAX_XML_ATTRIBUTES = 6_000_000
"""A card has about 5,000; they cost as much memory as elements do."""

MAX_NESTING = 32
"""Tables within tables (and boxes within boxes): a page shows three; Python's own stack ends at about 200."""

MAX_COLUMNS = 1_000
"""Columns of one table: the widest ledger seen has 60; browsers stop at 1,000 too."""

MAX_ROWS = 65_534
"""Rows of one table, also the most that browsers let one cell span."""

MAX_POSITIONS = 2_000_000
"""Grid positions (rows x columns) of all tables: a 300-card report has 100,000. Stops span bombs."""

MAX_PARAGRAPHS = 500_000
"""Paragraphs of a file: a card has 150, a 300-card report 45,000."""

MAX_CHARACTERS = 30_000_000
"""Characters of a file, about 20,000 full pages."""

_CHUNK = 256 * 1024
_DEFLATE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, NotImplementedError,
    RuntimeError,
)  # fmt: skip

CORRUPT = "파일이 손상되어 읽을 수 없습니다. 원본에서 다시 저장해 주세요."
TRUNCATED = "파일이 중간에서 끊겼습니다. 다시 내려받거나 복사해 주세요."
ENCRYPTED = "암호가 걸린 문서입니다. 암호를 풀어 다시 저장해 주세요."
NO_TEXT = "빈 파일입니다."


def too_large(what: str) -> Unreadable:
    """The verdict on an input over one of the limits; `what` names it in Korean, with the limit."""
    return Unreadable("too_large", f"너무 큽니다: {what}. 파일을 나누어 넣어 주세요.")


def check_size(path: Path, limit: int = MAX_FILE_BYTES) -> int:
    """The size of the file in bytes. Raises Unreadable `too_large` or, for an empty file, `no_text`."""
    size = path.stat().st_size
    if size > limit:
        raise too_large(f"파일 크기 {size / MiB:,.0f} MiB (한도 {limit // MiB} MiB)")
    if size == 0:
        raise Unreadable("no_text", NO_TEXT)
    return size


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """The whole file, when it is within the limit; also for a file that grows while it is read."""
    check_size(path, limit)
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise too_large(f"파일 크기 (한도 {limit // MiB} MiB)")
    return data


# --- packages ---


@dataclass
class Package:
    """An open zip package: `read` and `xml` by member name, inflated bytes counted over all calls. Close it.

    Names compare without regard to case and slash, as the package formats say.
    """

    _stream: IO[bytes]
    _zip: zipfile.ZipFile
    _members: dict[str, zipfile.ZipInfo]
    _left: int = MAX_INFLATED_BYTES

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def __iter__(self) -> Iterator[str]:
        """The member names as the package writes them."""
        return (info.filename for info in self._members.values())

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._stream.close()

    def read(self, name: str, limit: int = MAX_MEMBER_BYTES) -> bytes:
        """The inflated bytes of a member.

        Raises KeyError for a name that is not there, Unreadable `encrypted`, `corrupt` or `too_large`.
        """
        info = self._members[_key(name)]
        if info.flag_bits & 1:
            raise Unreadable("encrypted", ENCRYPTED)
        if info.compress_type not in _DEFLATE:
            # other methods inflate without a bound per call in zipfile, and no office format allows them
            raise Unreadable("corrupt", f"{CORRUPT} (압축 방식 {info.compress_type})")
        limit = min(limit, self._left)
        try:
            with self._zip.open(info) as member:
                data = _read_counted(member, limit)
        except _BROKEN as error:
            raise Unreadable("corrupt", CORRUPT) from error
        except OSError as error:
            raise _seek_error(error) from error
        self._left -= len(data)
        return data

    def xml(self, name: str) -> Any:
        """The root element of an XML member; errors as in `read` and `parse_xml`."""
        return parse_xml(self.read(name))


def open_package(path: Path) -> Package:
    """Open a zip package (DOCX, HWPX) without inflating anything.

    Raises Unreadable: `too_large` (file, directory or number of members), `truncated` (no end record),
    `corrupt`, `encrypted` (a member has the zip encryption flag).
    """
    check_size(path)
    stream = path.open("rb")
    try:
        _check_directory(stream)
        archive = zipfile.ZipFile(stream)
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise too_large(f"묶음 안의 파일 {len(infos):,}개 (한도 {MAX_MEMBERS:,}개)")
        if any(info.flag_bits & 1 for info in infos):
            raise Unreadable("encrypted", ENCRYPTED)
    except _BROKEN as error:
        stream.close()
        raise Unreadable("corrupt", CORRUPT) from error
    except OSError as error:
        stream.close()
        raise _seek_error(error) from error
    except Unreadable:
        stream.close()
        raise
    return Package(stream, archive, {_key(info.filename): info for info in infos})


def _seek_error(error: OSError) -> Exception:
    """zipfile seeks where a broken directory sends it (EINVAL); a failing disk stays an OSError."""
    return Unreadable("corrupt", CORRUPT) if error.errno == errno.EINVAL else error


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _read_counted(member: IO[bytes], limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := member.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise too_large(f"압축을 푼 크기 (한도 {limit // MiB} MiB)")
        chunks.append(chunk)
    return b"".join(chunks)


def _check_directory(stream: IO[bytes]) -> None:
    """The size of the zip directory from its end record(s), before zipfile reads all of it into memory."""
    size = stream.seek(0, 2)
    tail_size = min(size, 65_535 + 22 + 20 + 56)
    stream.seek(size - tail_size)
    tail = stream.read(tail_size)
    stream.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Unreadable("truncated", TRUNCATED)
    (directory,) = struct.unpack_from("<L", tail, end + 12)
    record = tail.rfind(b"PK\x06\x06", 0, end)
    if record >= 0 and tail[max(0, end - 20) : end].startswith(b"PK\x06\x07") and end - record >= 56:
        (directory,) = struct.unpack_from("<Q", tail, record + 40)
    if directory > MAX_DIRECTORY_BYTES:
        raise too_large(f"묶음의 차례 {directory / MiB:,.0f} MiB (한도 {MAX_DIRECTORY_BYTES // MiB} MiB)")


# --- XML ---

_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def parse_xml(data: bytes) -> Any:
    """The root element. No DOCTYPE, no entity but the five of XML, no network; elements counted first.

    Comments and processing instructions are dropped. libxml2 itself stops at a depth of 256.
    Raises Unreadable: `corrupt` (not well-formed, or a DOCTYPE), `too_large` (elements, depth, one text).
    """
    _count_xml(data)
    if any(mark in data for mark in _DOCTYPES):
        raise Unreadable("corrupt", "허용되지 않는 DOCTYPE 선언이 들어 있어 읽지 않습니다.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if _is_limit(error):
            raise too_large("XML의 깊이나 글의 길이") from error
        raise Unreadable("corrupt", CORRUPT) from error
    except ValueError as error:
        raise Unreadable("corrupt", CORRUPT) from error
    if root.getroottree().docinfo.internalDTD is not None:  # a DOCTYPE in an encoding not looked for above
        raise Unreadable("corrupt", "허용되지 않는 DOCTYPE 선언이 들어 있어 읽지 않습니다.")
    return root


def _count_xml(data: bytes) -> None:
    """Upper bounds by counting signs: the tree itself would take 300 MB before anyone could count it."""
    elements = data.count(b"<") - data.count(b"</")
    if elements > MAX_XML_ELEMENTS:
        raise too_large(f"XML 요소 {elements:,}개 (한도 {MAX_XML_ELEMENTS:,}개)")
    if data.count(b"=") > MAX_XML_ATTRIBUTES:
        raise too_large(f"XML 속성 (한도 {MAX_XML_ATTRIBUTES:,}개)")


def _is_limit(error: etree.XMLSyntaxError) -> bool:
    text = str(error)
    return any(word in text for word in ("Excessive depth", "huge", "amplification", "limit"))


# --- what a reader makes ---


@dataclass
class Meter:
    """Counts what a reader makes of one file; each method raises Unreadable `too_large` at its limit."""

    paragraphs: int = field(default=0)
    characters: int = field(default=0)
    positions: int = field(default=0)

    def text(self, text: str) -> None:
        """One paragraph more."""
        self.texts(1, len(text))

    def texts(self, count: int, characters: int) -> None:
        """So many paragraphs more, with so many characters."""
        self.paragraphs += count
        self.characters += characters
        if self.paragraphs > MAX_PARAGRAPHS:
            raise too_large(f"문단 {self.paragraphs:,}개 (한도 {MAX_PARAGRAPHS:,}개)")
        if self.characters > MAX_CHARACTERS:
            raise too_large(f"글자 (한도 {MAX_CHARACTERS:,}자)")

    def grid(self, rows: int, cols: int) -> None:
        """One table more, of this size."""
        if rows > MAX_ROWS or cols > MAX_COLUMNS:
            raise too_large(f"표 {rows:,}행 {cols:,}열 (한도 {MAX_ROWS:,}행 {MAX_COLUMNS:,}열)")
        self.positions += rows * cols
        if self.positions > MAX_POSITIONS:
            raise too_large(f"표의 칸 (한도 {MAX_POSITIONS:,}칸)")

    def nesting(self, depth: int) -> None:
        """A table or box at this depth, counted from 1."""
        if depth > MAX_NESTING:
            raise too_large(f"표 안의 표 {depth}겹 (한도 {MAX_NESTING}겹)")
