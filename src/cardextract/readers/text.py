"""Plain text: encodings, line ends, tab-separated grids; every place is an exact span of the decoded file."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from cardextract.document import Block, Cell, Document, Paragraph, Place, Table
from cardextract.findings import Finding, Unreadable, finding

MAX_BYTES = 32 * 1024 * 1024
"""A text of 12 cards has 60 kB; 32 MiB is every card of a government in one file."""


def decode(raw: bytes) -> str:
    """The text without its byte-order mark: BOM, else strict UTF-8, else strict CP949. Raises Unreadable."""
    for bom, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(bom):
            try:
                return raw[len(bom) :].decode(codec)
            except UnicodeDecodeError as error:
                raise Unreadable(
                    "encoding_unknown",
                    f"{codec} 표시(BOM)가 있지만 그 인코딩이 아닙니다(바이트 {error.start}).",
                ) from error
    for codec in ("utf-8", "cp949"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        "encoding_unknown",
        "글자 인코딩을 알 수 없습니다(UTF-8도 CP949도 아님). UTF-8로 다시 저장해 주십시오.",
    )


def lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of each line, ends excluded; only \\n, \\r\\n and \\r end a line (not U+2028, form feed, …).

    >>> lines("a\\r\\nb\\rc")
    [(0, 1), (3, 4), (5, 6)]
    """
    out, start, i, n = [], 0, 0, len(text)
    while i < n:
        newline = text.find("\n", i)
        newline = n if newline < 0 else newline
        chunk = text[i:newline]
        if "\r" in chunk:
            for part in chunk.split("\r")[:-1]:
                out.append((start, start + len(part)))
                start += len(part) + 1
            if start == newline and newline < n:  # \r\n
                i = start = newline + 1
                continue
        if newline < n or start < n:
            out.append((start, newline))
        i = start = newline + 1
    return out


BARS = "|│┃║"
_RULE = re.compile(r"[\s|:+\-─━═│┃║┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛]*[-─━═]{3,}[\s|:+\-─-╬]*")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")


def _barred(line: str) -> bool:
    """Is the line a row of a table drawn with bars, as converters to Markdown and old printers make them?

    >>> _barred("| 구분 | 계 |"), _barred("홈 | 군수실 | 공약")
    (True, False)
    """
    bare = line.strip()
    return len(bare) > 2 and bare[0] in BARS and bare[-1] in BARS


_THOUSANDS = re.compile(r"(?<=\d),\d{3}(?!\d)")
_WORD = re.compile(r"\s*(?!\d+[.)])[\w\"';,]")
"""What a row of a CSV file begins with: no mark of an item, no number of a heading."""


_PARTING = {"|": re.compile(f"[{BARS}]"), **{mark: re.compile(mark) for mark in "\t;,"}}


def _cuts(line: str, mark: str) -> list[int]:
    """Where the marks stand that part the fields of a line; one within quotes parts nothing."""
    found = [m.start() for m in _PARTING[mark].finditer(line)]
    if not found or '"' not in line:
        return found
    out, quotes, at = [], 0, 0
    for i in found:
        quotes += line.count('"', at, i)
        at = i
        if quotes % 2 == 0:
            out.append(i)
    return out


def _marks(line: str) -> tuple[str, int]:
    """What parts the fields of a line that has neither tabs nor bars at both ends, and how often: bars, semicolons or
    the commas of a CSV file, which no blank follows. One such line says nothing; several below each other are rows.

    >>> _marks('구분,계,"1,200"'), _marks("구분 | 계"), _marks("가온동, 나루동, 다래동"), _marks("- 1,200원")
    ((',', 2), ('|', 1), ('', 0), ('', 0))
    """
    for mark in "|;,":
        cuts = _cuts(line, mark) if mark == "|" or (mark in line and _WORD.match(line)) else []
        prose = mark == "," and any(line[i + 1 : i + 2].isspace() for i in cuts)
        if cuts and not prose and not all(_THOUSANDS.match(line, i) for i in cuts):
            return mark, len(cuts)
    return "", 0


def cells(text: str, row: int, number: int, start: int, end: int, mark: str = "") -> list[Cell]:
    """The fields of a line between tabs, bars or `mark`; a field's place is its text without the white space (and the
    quotes) around it."""
    line = text[start:end]
    if not mark and _barred(line):
        lead = len(line) - len(line.lstrip()) + 1
        start, end = start + lead, start + len(line.rstrip()) - 1
        mark = "|"
    out, at = [], start
    for col, cut in enumerate([*_cuts(text[start:end], mark or "\t"), end - start]):
        field = text[at : start + cut]
        bare = field.strip()
        left = at + (len(field) - len(field.lstrip()) if bare else 0)
        if len(bare) > 1 and bare[0] == bare[-1] == '"':
            inner = bare[1:-1].strip()
            left += bare.index(inner, 1) if inner else 1
            bare = inner
        place = Place(None, None, number, left, left + len(bare))
        out.append(Cell(row, col, 1, 1, (Paragraph(bare, place),) if bare else (), place))
        at = start + cut + 1
    return out


def _rows_of(found: Sequence[str]) -> list[str]:
    """For each line what parts its fields, where it is a row of a table: `\\t` (or bars at both ends), `|`, `;`, `,`."""
    out = ["\t" if ("\t" in line or _barred(line)) and line.strip() else "" for line in found]
    marks = [("", 0) if kind else _marks(line) for line, kind in zip(found, out, strict=True)]
    i = 0
    for (mark, count), group in itertools.groupby(marks):
        n = len(list(group))
        if n >= (2 if mark == "|" or count > 1 else 3) and mark:
            out[i : i + n] = [mark] * n
        i += n
    return out


def parse(text: str) -> tuple[Block, ...]:
    """Blocks of a decoded text: runs of lines with tabs, between bars or with the commas of a CSV file are (ragged) tables,
    other lines paragraphs; `#` marks a heading as in Markdown."""
    blocks: list[Block] = []
    rows: list[list[Cell]] = []
    parted = ""

    def flush() -> None:
        if rows:
            width = max(len(r) for r in rows)
            first, last = rows[0][0].place, rows[-1][-1].place
            place = Place(line=first.line, start=first.start, end=last.end)
            blocks.append(Table(len(rows), width, tuple(c for r in rows for c in r), place, ragged=True))
            rows.clear()

    spans = lines(text)
    kinds = _rows_of([text[i:j] for i, j in spans])
    for number, ((start, end), kind) in enumerate(zip(spans, kinds, strict=True), 1):
        line = text[start:end]
        ruled = _RULE.fullmatch(line) is not None and (rows or line.strip()[0] not in "-=")
        if ruled and line.strip()[0] not in "-":
            continue  # a rule between the rows of a drawn table
        if kind:
            if kind != parted:
                flush()
            parted = kind
            rows.append(cells(text, len(rows), number, start, end, kind.strip()))
            continue
        flush()
        printed = line.rstrip()
        if printed:
            hashes = _HASHES.match(printed)
            lead = hashes.end() if hashes else 0
            indent = len(line) - len(line.lstrip())
            place = Place(None, None, number, start + lead, start + len(printed))
            level = len(hashes[1]) if hashes else None
            blocks.append(Paragraph(printed[lead:], place, indent, heading=level))
    flush()
    return tuple(blocks)


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a text file. Raises Unreadable: no_text, too_large, encoding_unknown."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(
            "too_large", f"글 파일이 {size // 2**20} MiB입니다. {MAX_BYTES // 2**20} MiB까지 읽습니다."
        )
    text = decode(path.read_bytes())
    if not text.strip():
        raise Unreadable("no_text", "글이 없는 파일입니다.")
    findings = []
    if "\ufffd" in text:
        at = text.index("\ufffd")
        findings.append(
            finding(
                "DAMAGED_TEXT", actual=text[max(0, at - 10) : at + 10], places=[Place(start=at, end=at + 1)]
            )
        )
    return Document("text", parse(text), decoded=text), findings
