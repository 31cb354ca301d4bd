"""The kind of a file comes from its content; what is not read is named, with what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from cardextract.findings import Unreadable
from cardextract.readers import NAMES, READERS, kind_of_name, sniff
from cardextract.readers.guards import MAX_DIRECTORY_BYTES, MAX_MEMBERS, open_package, parse_xml


def package(**members: str) -> bytes:
    """A zip of the members; `__` in a name stands for a slash, `_dot_` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in members.items():
            z.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


def ole(*names: str) -> bytes:
    """An OLE header with one directory sector holding these names."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 0)
    struct.pack_into("<109L", header, 76, *[0xFFFFFFFF] * 109)
    entries = b""
    for name in names:
        raw = name.encode("utf-16-le") + b"\0\0"
        entries += raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) + bytes(62)
    return bytes(header) + entries.ljust(512, b"\0")


CONTENT_TYPES = {"[Content_Types]_dot_xml": "<Types/>"}

READ = {
    "pdf": b"%PDF-1.4\n",
    "pdf after junk": b"\n\njunk\n%PDF-1.4\n",
    "docx": package(**CONTENT_TYPES, word__document_dot_xml="<w/>"),
    "hwpx": package(mimetype="application/hwp+zip", Contents__header_dot_xml="<h/>"),
    "hwpx without mimetype": package(Contents__content_dot_hpf="<h/>"),
    "hwp": ole("Root Entry", "FileHeader", "DocInfo"),
    "html": b"<!DOCTYPE html><title>x</title>",
    "html in capitals after a comment": b"\xef\xbb\xbf \n<!-- made by\n hand --><HTML><BODY>",
    "html after a long comment": b"<!--" + b"x" * 9000 + b"--><table><tr><td>1</td></tr></table>",
    "html in cp949": '<p class="x">공약명</p>'.encode("cp949"),
    "html in utf-16": "<html><body>공약".encode("utf-16"),
    "html from xml": b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"><html>',
    "text": "공약명 : 작은도서관 늘리기\n".encode(),
    "text in cp949": "공약명 : 작은도서관 늘리기\n".encode("cp949"),
    "text in utf-16": "공약명 : 작은도서관".encode("utf-16"),
    "text in angle brackets": "<공약사항> 작은도서관\n".encode(),
    "text with a tag far in": ("공약 " * 400 + "<table>").encode(),
    "text that begins like a bitmap": b"BMW 2022 ~ 2026\n",
    "text that begins like a zip": b"PK budget\n",
}


@pytest.mark.parametrize("case", READ)
def test_kinds_that_are_read(tmp_path: Path, case: str) -> None:
    path = tmp_path / "card.bin"
    path.write_bytes(READ[case])
    assert sniff(path) == case.split()[0]


REFUSED = {
    "no_text": b"",
    "unsupported_type 엑셀(.xlsx)": package(**CONTENT_TYPES, xl__workbook_dot_xml="<x/>"),
    "unsupported_type 파워포인트(.pptx)": package(**CONTENT_TYPES, ppt__presentation_dot_xml="<x/>"),
    "unsupported_type 오픈도큐먼트": package(mimetype="application/vnd.oasis.opendocument.text"),
    "unsupported_type 압축(.zip)": package(card_dot_txt="x"),
    "unsupported_type 옛 워드(.doc)": ole("Root Entry", "WordDocument"),
    "unsupported_type 옛 엑셀(.xls)": ole("Root Entry", "Workbook"),
    "encrypted 오피스": ole("Root Entry", "EncryptionInfo", "EncryptedPackage"),
    "unsupported_type 한글 97(HWP 3.0)": b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05",
    "unsupported_type PNG": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "unsupported_type 실행": b"MZ" + bytes(60),
    "unsupported_type gzip": b"\x1f\x8b\x08" + bytes(20),
    "unsupported_type XML": b'<?xml version="1.0"?><HWPML Version="2.1"/>',
    "unsupported_type 이진": bytes(range(256)) * 4,
    "encoding_unknown UTF-16": "2022 year card, no mark".encode("utf-16-le"),
    "truncated": package(**CONTENT_TYPES, word__document_dot_xml="<w/>" * 99)[:-30],
}


@pytest.mark.parametrize("case", REFUSED)
def test_kinds_that_are_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "card.txt"
    path.write_bytes(REFUSED[case])
    code, _, word = case.partition(" ")
    with pytest.raises(Unreadable) as caught:
        sniff(path)
    assert caught.value.code == code
    assert word in caught.value.message


def test_the_name_is_never_asked(tmp_path: Path) -> None:
    path = tmp_path / "card.hwp"
    path.write_bytes(READ["hwpx"])
    assert (sniff(path), kind_of_name(path)) == ("hwpx", "hwp")


def test_names_promise_only_kinds_that_exist() -> None:
    assert set(NAMES.values()) == set(READERS)


# --- guards ---


def test_encrypted_package(tmp_path: Path) -> None:
    data = bytearray(READ["docx"])
    data[6] |= 1
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="encrypted"):
        open_package(path)


def test_lying_sizes_are_counted_while_inflating(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(package(big="0" * 3_000_000))
    with open_package(path) as p:
        with pytest.raises(Unreadable, match="too_large"):
            p.read("big", 1_000_000)
        assert len(p.read("BIG")) == 3_000_000
        with pytest.raises(KeyError):
            p.read("../big")


def test_too_many_members_and_a_giant_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(package(**{f"m{i}": "" for i in range(MAX_MEMBERS + 1)}))
    with pytest.raises(Unreadable, match="too_large"):
        open_package(path)
    data = bytearray(READ["docx"])
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, MAX_DIRECTORY_BYTES + 1)
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="too_large"):
        open_package(path)


def test_other_compressions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as z:
        z.writestr("a.xml", "<a/>")
    with open_package(path) as p, pytest.raises(Unreadable, match="corrupt"):
        p.read("a.xml")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<a>", "corrupt"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "corrupt"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "corrupt"),
        (b"<a>" * 300 + b"</a>" * 300, "too_large"),
        (b"<a>" + b"<b/>" * 1_300_000 + b"</a>", "too_large"),
    ],
)
def test_xml_is_guarded(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_xml(data)
    assert caught.value.code == code


def test_good_xml_is_read() -> None:
    assert parse_xml("<a>공약<!-- x --> &amp; 실천</a>".encode()).text == "공약 & 실천"
