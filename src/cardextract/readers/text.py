"""Plain text: encodings, line ends, tab-separated grids; every place is an exact span of the decoded file."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from cardextract.document import Block, Cell, Document, Paragraph, Place, Table, cell_of_line, table_of_rows
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


def lines(text: str) -> list[tuple[int, str]]:
    """Where each line begins, and the line without its end; only \\n, \\r\\n and \\r end a line (not U+2028, form feed, …).

    >>> lines("a\\r\\nb\\rc")
    [(0, 'a'), (3, 'b'), (5, 'c')]
    """
    out, start = [], 0
    if "\r" not in text:
        for line in text.split("\n"):
            out.append((start, line))
            start += len(line) + 1
        return out if out[-1][1] else out[:-1]
    for end in _LINE_END.finditer(text):
        out.append((start, text[start : end.start()]))
        start = end.end()
    return [*out, (start, text[start:])] if start < len(text) else out


_LINE_END = re.compile(r"\r\n?|\n")


BARS = "|│┃║"
_DRAWN = "|:+─━═│┃║┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛"
_RULE = re.compile(rf"(?>[\s{_DRAWN}\-]*?[-─━═]{{3}})[\s|:+\-─-╬]*+")
"""A rule between the rows of a drawn table; one that begins with a dash might be text."""
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


_BAR = re.compile(f"[{BARS}]")
_PARTING = {"|": _BAR, **{mark: re.compile(mark) for mark in "\t;,"}}


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
        if not _BAR.search(line) if mark == "|" else mark not in line or not _WORD.match(line):
            continue
        cuts = _cuts(line, mark)
        prose = mark == "," and any(line[i + 1 : i + 2].isspace() for i in cuts)
        if cuts and not prose and not all(_THOUSANDS.match(line, i) for i in cuts):
            return mark, len(cuts)
    return UNPARTED


UNPARTED = ("", 0)


def cells(line: str, row: int, number: int, start: int, mark: str = "") -> list[Cell]:
    """The fields of a line between tabs, bars or `mark`; a field's place is its text without the white space (and the
    quotes) around it. start: of the line in the text."""
    out, at = [], start
    if not mark and _barred(line):
        lead = len(line) - len(line.lstrip()) + 1
        at, line, mark = start + lead, line.rstrip()[lead:-1], "|"
    quoted = '"' in line
    for col, field in enumerate(_fields(line, mark or "\t")):
        bare = field.strip()
        left = at + len(field) - len(field.lstrip()) if bare and len(bare) < len(field) else at
        if quoted and len(bare) > 1 and bare[0] == bare[-1] == '"':
            inner = bare[1:-1].strip()
            left += bare.index(inner, 1) if inner else 1
            bare = inner
        out.append(cell_of_line(row, col, bare, Place(None, None, number, left, left + len(bare))))
        at += len(field) + 1
    return out


def _fields(line: str, mark: str) -> list[str]:
    """What stands between the marks of a line."""
    if '"' not in line:
        return _PARTING[mark].split(line) if mark == "|" else line.split(mark)
    starts = [0]
    ends = []
    for cut in _cuts(line, mark):
        ends.append(cut)
        starts.append(cut + 1)
    return [line[i:j] for i, j in zip(starts, [*ends, len(line)], strict=True)]


def _rows_of(found: Sequence[str], bars: bool) -> list[str]:
    """For each line what parts its fields, where it is a row of a table: `\\t` (or bars at both ends), `|`, `;`, `,`. bars:
    are there any in these lines?"""
    out = ["\t" if ("\t" in line or (bars and _barred(line))) and line.strip() else "" for line in found]
    marks = [
        _marks(line) if not kind and ("," in line or ";" in line or bars) else UNPARTED
        for line, kind in zip(found, out, strict=True)
    ]
    if marks.count(UNPARTED) == len(marks):
        return out
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
    found = lines(text)
    kinds = _rows_of([line for _, line in found], any(bar in text for bar in BARS))
    for number, ((start, line), kind) in enumerate(zip(found, kinds, strict=True), 1):
        printed = line.rstrip()
        indent = len(line) - len(line.lstrip())
        if printed and line[indent] in _DRAWN and _RULE.fullmatch(line):
            continue
        if rows and kind != parted:
            blocks.append(_table(rows))
            rows = []
        parted = kind
        if kind:
            rows.append(cells(line, len(rows), number, start, kind.strip()))
        elif printed:
            hashes = _HASHES.match(printed) if printed[0] == "#" else None
            lead, level = (hashes.end(), len(hashes[1])) if hashes else (0, None)
            place = Place(None, None, number, start + lead, start + len(printed))
            blocks.append(Paragraph(printed[lead:], place, indent, "", None, level))
    if rows:
        blocks.append(_table(rows))
    return tuple(blocks)


def _table(rows: list[list[Cell]]) -> Table:
    first, last = rows[0][0].place, rows[-1][-1].place
    return table_of_rows(rows, Place(line=first.line, start=first.start, end=last.end))


def read(path: Path) -> tuple[Document, list[Finding]]:
    """Read a text file. Raises Unreadable: no_text, too_large, encoding_unknown."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(
            "too_large", f"글 파일이 {size // 2**20} MiB입니다. {MAX_BYTES // 2**20} MiB까지 읽습니다."
        )
    text = decode(path.read_bytes())
    if not text or text.isspace():
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
