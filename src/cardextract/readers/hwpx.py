"""Hangul documents, HWPX (a zip of XML) and HWP 5 (OLE): `read(path)`, whatever the file's name says.

HWPX is opened through our own guards and walked with lxml: python-hwpx takes a second to import and builds
an object model that is not needed. HWP is converted to the same XML by python-hwpx (`hwpx_hwp`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cardextract.document import Document, Picture, Place, Table
from cardextract.findings import Finding, Unreadable, finding
from cardextract.readers.guards import (
    CORRUPT,
    Meter,
    Package,
    check_size,
    open_package,
    parse_xml,
    read_bytes,
)
from cardextract.readers.hwpx_hwp import ENCRYPTED, OLE, hwp_parts
from cardextract.readers.hwpx_styles import read_styles, unreadable
from cardextract.readers.hwpx_walk import Walker

_HWP3 = b"HWP Document File V"
_HWP3_MESSAGE = "한글 97 이전의 문서(HWP 3.0)는 읽지 못합니다. 한글에서 열어 HWPX나 HWP로 다시 저장해 주세요."
_NO_TEXT = "글자가 없는 문서입니다."
_ONLY_PICTURES = (
    "글자가 없고 그림만 있는 문서입니다. 그림 속의 글자는 읽지 못합니다. 글자로 된 원본을 넣어 주세요."
)


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read an HWPX or HWP file.

    Raises Unreadable: `encrypted`, `distribution`, `unsupported_type` (HWP 3 and other files), `corrupt`,
    `truncated`, `too_large`, and `no_text` where the body holds no character at all.
    """
    document, findings = parse(path)
    if not any(p.text.strip() or p.marker for p in document.paragraphs()):
        pictures = _has_pictures(document.blocks)
        raise Unreadable("no_text", _ONLY_PICTURES if pictures else _NO_TEXT)
    return document, findings


def parse(path: Path) -> tuple[Document, list[Finding]]:
    """As `read`, but a document without text (an empty form) is returned too."""
    check_size(path)
    with path.open("rb") as stream:
        head = stream.read(32)
    if head.startswith(b"PK"):
        with open_package(path) as package:
            return _walk("hwpx", *_package_parts(package))
    if head.startswith(_HWP3):
        raise Unreadable("unsupported_type", _HWP3_MESSAGE)
    if head.startswith(OLE):
        parts = hwp_parts(read_bytes(path))
        sections, masters = ([parse_xml(p) for p in group] for group in (parts.sections, parts.masters))
        document, findings = _walk("hwp", parse_xml(parts.header), sections, masters)
        return document, findings + [finding("UNREAD_PART", label=what) for what in parts.unread]
    raise Unreadable("unsupported_type", "한글 문서(HWPX, HWP)가 아닙니다.")


def _walk(
    kind: str, header: Any, sections: Sequence[Any], masters: Sequence[Any]
) -> tuple[Document, list[Finding]]:
    walker = Walker(read_styles(header), Meter())
    try:
        for section in sections:
            walker.section(section)
        for master in masters:
            walker.margin(master)
    except RecursionError as error:  # runs within runs: no program writes them
        raise Unreadable("corrupt", CORRUPT) from error
    document = Document(kind, tuple(walker.blocks), margins=tuple(walker.margins), notes=tuple(walker.notes))
    unread = [finding("UNREAD_PART", label=what, places=p) for what, p in walker.unread.items()]
    return document, _damage(walker, document) + unread


def _damage(walker: Walker, document: Document) -> list[Finding]:
    """One finding for all characters nobody can read, with the places they stand at."""
    if not walker.strange:
        return []
    signs = ", ".join(f"U+{ord(sign):04X}×{count}" for sign, count in walker.strange.most_common(8))
    places: list[Place] = [p.place for p in document.paragraphs() if next(unreadable(p.text), "")]
    return [finding("DAMAGED_TEXT", places=places[:20], actual=signs)]


def _has_pictures(blocks: Sequence[Any]) -> bool:
    return any(
        isinstance(b, Picture) or (isinstance(b, Table) and any(_has_pictures(c.blocks) for c in b.cells))
        for b in blocks
    )


# --- the package ----------------------------------------------------------------------------------


def _package_parts(package: Package) -> tuple[Any, list[Any], list[Any]]:
    """The root elements of the header (or None), the sections and the master pages, in order."""
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest):
        raise Unreadable("encrypted", ENCRYPTED)
    names = list(package)
    sections = _in_order(package, [n for n in names if re.search(r"(^|/)section\d+\.xml$", n, re.IGNORECASE)])
    if not sections:
        raise _no_sections(names)
    header = next((n for n in names if re.search(r"(^|/)header\.xml$", n, re.IGNORECASE)), None)
    masters = _by_number([n for n in names if re.search(r"(^|/)masterpage\d*\.xml$", n, re.IGNORECASE)])
    return (
        package.xml(header) if header else None,
        [package.xml(n) for n in sections],
        [package.xml(n) for n in masters],
    )


def _no_sections(names: list[str]) -> Unreadable:
    if any(n.lower() in ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml") for n in names):
        return Unreadable("unsupported_type", "한글 문서가 아닌 오피스 문서입니다.")
    return Unreadable(
        "corrupt", "한글 문서의 본문(section0.xml)이 들어 있지 않습니다. 원본에서 다시 저장해 주세요."
    )


def _in_order(package: Package, sections: list[str]) -> list[str]:
    """Sections in the order of the spine of content.hpf; those it does not name by number."""
    listed: list[str] = []
    hpf = next((n for n in package if n.lower().endswith("content.hpf")), None)
    if hpf:
        try:
            root = package.xml(hpf)
        except Unreadable:
            return _by_number(sections)  # a broken table of contents does not make the text unreadable
        hrefs = {e.get("id"): e.get("href", "") for e in root.iter("{*}item")}
        spine = [hrefs.get(e.get("idref"), "") for e in root.iter("{*}itemref")]
        ends = {n.rpartition("/")[2].lower(): n for n in sections}
        listed = [ends[e] for href in spine if (e := href.rpartition("/")[2].lower()) in ends]
    listed = list(dict.fromkeys(listed))
    return listed + [n for n in _by_number(sections) if n not in listed]


def _by_number(names: list[str]) -> list[str]:
    return sorted(names, key=lambda n: (int(re.sub(r"\D", "", n.rpartition("/")[2]) or 0), n))
