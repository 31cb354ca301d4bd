"""Export as one XLSX workbook: a sheet a table and a dictionary; texts are texts, whatever they begin with.

Every text is written as an inline string, never as a formula, and where it begins like one it is marked as
quoted, so that editing the cell in Excel does not bring it to life. Clock and machine leave no trace: the
same cards and the same openpyxl give the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from cardextract import storage
from cardextract.sinks.content import Content, columns_of
from cardextract.sinks.csv import is_dangerous
from cardextract.sinks.rows import Row
from cardextract.sinks.tables import Column, Table

ROWS, CHARACTERS = 1_048_576, 32_767
"""Limits of the format: rows of a sheet, characters of a cell."""
CUT = " …(뒤는 줄임: JSON에 전문)"
MOMENT = datetime(2000, 1, 1)
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
FORMATS = {"KRW": "#,##0", "percent": '0.0"%"'}
WIDTHS = {"string": 18, "integer": 10, "number": 10, "boolean": 8}
WIDE = {
    "title": 40,
    "text": 60,
    "message": 60,
    "source_path": 36,
    "path": 34,
    "item": 34,
    "paths": 40,
    "reason": 30,
}

log = logging.getLogger(__name__)


def write(path: Path, content: Content) -> None:
    """Replace the file by a workbook of the content. Raises OSError.

    openpyxl makes the book, its styles and the header rows; the rows themselves are written here, because
    openpyxl needs 50 ms for those of one card.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    with contextlib.ExitStack() as stack:
        sheets = {name: Sheet(book, table, stack) for name, table in content.tables.items()}
        for name, rows in content.rows():
            for row in rows:
                sheets[name].append(row)
        explain(book, content)
        book.properties.creator = "cardextract"
        book.properties.created = book.properties.modified = MOMENT
        skeleton = stack.enter_context(TemporaryFile())
        book.save(skeleton)
        bodies = {body.title: body.stream for sheet in sheets.values() for body in sheet.bodies}
        numbered = {f"xl/worksheets/sheet{i}.xml": bodies.get(s.title) for i, s in enumerate(book, 1)}
        stream = stack.enter_context(storage.replacing(path))
        settle(skeleton, numbered, stream)


@dataclass
class Body:
    """The rows of one sheet as XML, without its header (an open resource)."""

    title: str
    stream: IO[bytes]
    filled: int = 1


class Sheet:
    """A table being written, over as many sheets as it needs (an open resource)."""

    def __init__(self, book: Any, table: Table, stack: contextlib.ExitStack) -> None:
        from openpyxl.utils import get_column_letter

        self.book, self.table, self.stack = book, table, stack
        self.letters = [get_column_letter(i) for i, _ in enumerate(table.columns, 1)]
        self.bodies: list[Body] = []
        self.begin()

    def begin(self) -> None:
        """Open the next sheet with its header."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        title = self.table.name + (f" ({len(self.bodies) + 1})" if self.bodies else "")
        sheet = self.book.create_sheet(title)
        sheet.freeze_panes = "B2"
        headers = []
        for letter, column in zip(self.letters, self.table.columns, strict=True):
            width = WIDE.get(column.name, 16 if column.unit == "KRW" else WIDTHS[column.type])
            sheet.column_dimensions[letter].width = max(width, len(column.name) + 2)
            headers.append(WriteOnlyCell(sheet, column.name))
            headers[-1].font = Font(bold=True)
        sheet.append(headers)
        sheet.auto_filter.ref = f"A1:{self.letters[-1]}1"
        self.plain = [style_of(sheet, column, quoted=False) for column in self.table.columns]
        self.quoted = [style_of(sheet, column, quoted=True) for column in self.table.columns]
        self.bodies.append(Body(title, self.stack.enter_context(TemporaryFile())))  # noqa: SIM115

    def append(self, row: Row) -> None:
        """Write one row."""
        if self.bodies[-1].filled == ROWS:
            self.begin()
        body = self.bodies[-1]
        body.filled += 1
        n = body.filled
        cells = [f'<row r="{n}">']
        for i, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                style = self.quoted[i] if is_dangerous(value) else self.plain[i]
                cells.append(
                    f'<c r="{self.letters[i]}{n}" s="{style}" t="inlineStr">'
                    f'<is><t xml:space="preserve">{self.shown(value)}</t></is></c>'
                )
            elif isinstance(value, bool):
                cells.append(f'<c r="{self.letters[i]}{n}" s="{self.plain[i]}" t="b"><v>{value:d}</v></c>')
            else:
                cells.append(f'<c r="{self.letters[i]}{n}" s="{self.plain[i]}"><v>{value!r}</v></c>')
        cells.append("</row>")
        body.stream.write("".join(cells).encode())

    def shown(self, value: str) -> str:
        """A text as XML; what XML cannot hold is escaped as Excel does."""
        if len(value) > CHARACTERS:
            log.warning("a text of %s is too long for a cell of a sheet and was cut", self.table.name)
            value = value[: CHARACTERS - len(CUT)] + CUT
        value = NO_XML.sub(lambda m: f"_x{ord(m[0]):04X}_", value)
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def style_of(sheet: Any, column: Column, *, quoted: bool) -> int:
    """The number of the style of a column's cells in the book."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.number_format = format_of(column)
    cell.quotePrefix = quoted
    return int(cell.style_id)


def format_of(column: Column) -> str:
    """The number format of a column; texts are `@`, so that 1-1-1 stays what it is when edited."""
    if column.type == "string":
        return "@"
    return FORMATS.get(column.unit or "", "0" if column.type == "integer" else "General")


def explain(book: Any, content: Content) -> None:
    """The dictionary as the last sheet."""
    sheet = book.create_sheet("설명")
    for letter, width in zip("ABCDEF", (14, 20, 20, 12, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append(["table", "column", "이름", "단위", "meaning", "문서의 말"])
    for table, column in columns_of(content.tables.values()):
        sheet.append([table.name, column.name, column.title, column.unit, column.meaning, column.terms])


def settle(skeleton: IO[bytes], bodies: Mapping[str, IO[bytes] | None], stream: IO[bytes]) -> None:
    """Put the rows into their sheets, and take the moment of writing out of zip entries and properties.

    bodies: name of a part -> rows of that sheet as XML.
    """
    moment = MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(skeleton) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in sorted(old.infolist(), key=lambda i: (i.filename != "[Content_Types].xml", i.filename)):
            data = old.read(info)
            if info.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, data)
            entry = zipfile.ZipInfo(info.filename, MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            head, between, tail = data, b"", b""
            body = bodies.get(info.filename)
            if body is not None:
                head, between, tail = data.rpartition(b"</sheetData>")
                body.seek(0)
            with new.open(entry, "w", force_zip64=True) as part:
                part.write(head)
                if body is not None:
                    shutil.copyfileobj(body, part, 1 << 20)
                part.write(between + tail)
