"""HWP 5 (an OLE file of compressed record streams) -> the same XML parts that HWPX holds, by python-hwpx.

python-hwpx inflates a stream up to 256 MiB and makes an object of every record, so the streams are inflated
and their records counted here first; pictures, scripts and previews are never read.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from cardextract.findings import Unreadable
from cardextract.readers.guards import CORRUPT, MAX_INFLATED_BYTES, MAX_MEMBER_BYTES, MiB, too_large

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MAX_RECORDS = 300_000
"""Records of a file: a card has about 700, a 300-card report 200,000 (line layout not counted). Each takes up
to 2.6 kB while python-hwpx makes XML of it, and 80 microseconds."""

_PARA_LINE_SEG = 0x45
"""Where the lines of a paragraph stand on the page: a fifth of the records, and nothing that is read here."""

ENCRYPTED = "암호가 걸린 문서입니다. 한글에서 암호로 열어 암호를 해제하고 다시 저장해 주세요."
DISTRIBUTION = (
    "배포용 문서여서 본문이 암호화되어 있습니다. "
    "한글에서 열어 배포용 문서를 해제하거나 일반 문서로 다시 저장해 주세요."
)
DRM = "문서 보안(DRM)이나 인증서로 암호화된 문서입니다. 보안을 해제하고 일반 문서로 다시 저장해 주세요."
NOT_HWP = "한글 문서(HWP 5.0)가 아닌 OLE 파일입니다. 한글, 워드, PDF 가운데 하나로 다시 저장해 주세요."

_VERDICTS = {
    "hwp5-password": ("encrypted", ENCRYPTED),
    "hwp5-distribution": ("distribution", DISTRIBUTION),
    "hwp5-drm": ("encrypted", DRM),
    "hwp5-not-hwp5": ("unsupported_type", NOT_HWP),
    "hwp5-version-unsupported": ("unsupported_type", NOT_HWP),
    "hwp5-limit-exceeded": ("too_large", "너무 큽니다: 한글 문서의 내부 한도. 파일을 나누어 넣어 주세요."),
}


_UNREAD = {"equation-caption": "수식의 캡션", "master-page": "바탕쪽"}


@dataclass(frozen=True, slots=True)
class Parts:
    """An HWP 5 file as HWPX would hold it: XML parts. unread: what could not be converted, in Korean."""

    header: bytes
    sections: list[bytes]
    masters: list[bytes]
    unread: list[str]


def hwp_parts(data: bytes) -> Parts:
    """Convert an HWP 5 file.

    Raises Unreadable: `encrypted`, `distribution`, `unsupported_type` (no HWP 5), `too_large`, `corrupt`.
    """
    from hwpx.hwp5 import docinfo, header_xml, section_common, section_xml
    from hwpx.hwp5.errors import Hwp5Error

    try:
        info_stream, section_streams = _streams(data)
        info = docinfo.decode_docinfo(info_stream)
        report = section_common.ConversionReport()
        memos = section_xml.memo_bodies(section_streams)
        masters: list[bytes] = []
        sections = [section_xml.build_section(s, report, memos, masters) for s in section_streams]
        kinds = [k for k in sorted(report.unconverted) if k != "memo-body"]  # a memo without its field
        unread = [_UNREAD.get(k, f"한글 개체({k})") for k in kinds]
        return Parts(header_xml.build_header(info, len(sections)), sections, masters, unread)
    except (Unreadable, MemoryError):
        raise
    except Hwp5Error as error:
        refuse(error.code, error)
    except RecursionError as error:
        raise too_large("글 상자나 표의 깊이") from error
    except Exception as error:  # hostile records reach code that trusts them
        raise Unreadable("corrupt", CORRUPT) from error


def refuse(code: str, cause: Exception) -> NoReturn:
    """Raises the verdict for one of python-hwpx's error codes."""
    ledger, message = _VERDICTS.get(code, ("corrupt", CORRUPT))
    raise Unreadable(ledger, message) from cause


def _streams(data: bytes) -> tuple[Any, list[Any]]:
    """DocInfo and the body sections as record trees, inflated within the limits and without line layout."""
    from hwpx.hwp5.cfb import CompoundFile
    from hwpx.hwp5.errors import Hwp5Error
    from hwpx.hwp5.fileheader import parse_file_header
    from hwpx.hwp5.reader import refuse_protected
    from hwpx.hwp5.records import parse_records

    compound = CompoundFile(data)
    if not compound.has_stream("FileHeader"):
        names = set(compound.iter_paths())
        if {"EncryptionInfo", "EncryptedPackage"} <= names:
            raise Unreadable("encrypted", ENCRYPTED)
        raise Unreadable("unsupported_type", NOT_HWP)
    header = parse_file_header(compound.read("FileHeader"))
    if header.version[0] != 5:
        raise Hwp5Error("version", code="hwp5-version-unsupported")
    refuse_protected(header)
    # tracked changes: the body with the marks is in ViewText, BodyText holds a stand-in without them
    folders = ["ViewText", "BodyText"] if header.has("track_changes") else ["BodyText"]
    nothing: list[str] = []
    parts = next((found for f in folders if (found := _sections(compound, f))), nothing)
    if not parts:
        raise Unreadable("corrupt", CORRUPT)
    budget = [MAX_INFLATED_BYTES, MAX_RECORDS]
    trees = []
    for name in ["DocInfo", *parts]:
        raw = compound.read(name)
        trees.append(parse_records(_slim(_inflate(raw, budget) if header.compressed else raw, budget), name))
    return trees[0], trees[1:]


def _sections(compound: Any, folder: str) -> list[str]:
    found = (re.fullmatch(rf"{folder}/Section(\d{{1,5}})", path) for path in compound.stream_paths())
    return [m[0] for m in sorted((m for m in found if m), key=lambda m: int(m[1]))]


def _inflate(raw: bytes, budget: list[int]) -> bytes:
    """A raw deflate stream, counted while it inflates; takes from the file's budget of bytes."""
    limit = min(MAX_MEMBER_BYTES, budget[0])
    inflater = zlib.decompressobj(-15)
    try:
        out = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Unreadable("corrupt", CORRUPT) from error
    if len(out) > limit:
        raise too_large(f"압축을 푼 크기 (한도 {limit // MiB} MiB)")
    if not inflater.eof:
        raise Unreadable("corrupt", CORRUPT)  # cut short: half a document must not pass for one
    budget[0] -= len(out)
    return out


def _slim(stream: bytes, budget: list[int]) -> bytes:
    """The stream without line layout; takes from the file's budget of records."""
    out = bytearray()
    for tag, start, end in _records(stream):
        if tag == _PARA_LINE_SEG:
            continue
        out += stream[start:end]
        budget[1] -= 1
        if budget[1] < 0:
            raise too_large(f"한글 문서의 레코드 (한도 {MAX_RECORDS:,}개)")
    return bytes(out)


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """(tag, start, end) of each record: 10 bits tag, 10 level, 12 size (0xFFF: 32 more), then the body."""
    at, size = 0, len(stream)
    try:
        while at < size:
            (word,) = struct.unpack_from("<I", stream, at)
            length, body = word >> 20, at + 4
            if length == 0xFFF:
                (length,) = struct.unpack_from("<I", stream, body)
                body += 4
            if body + length > size:
                raise Unreadable("corrupt", CORRUPT)
            yield word & 0x3FF, at, body + length
            at = body + length
    except struct.error as error:
        raise Unreadable("corrupt", CORRUPT) from error
