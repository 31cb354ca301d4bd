"""CSV: UTF-8 with byte-order mark and CRLF, so that Excel reads the Hangul; or CP949, strictly.

Made for a stream: `fragment(card)` gives the ready text of one card for every table (a worker can do that, a
cache can keep it), `open_tables(folder)` joins fragments into files that replace the old ones when the block
ends. Nothing of a card is kept in memory. The csv module does the quoting: a pandas frame for each card would
cost more than reading the card does (10 ms against 1.4), and a run over one card should not wait for the import
(1 to 4 s). Exports, which wait for nobody, are printed by pandas (files.py), and a test holds the two together.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, Literal

from cardextract import storage
from cardextract.sinks.index import Index, Ranges, period_set
from cardextract.sinks.rows import Json, Row, finding_row, period_order, wide_rows
from cardextract.sinks.tables import BUDGET_WIDE, CARDS, DATE, FINDINGS, TABLES, Column, wide_columns

Encoding = Literal["utf-8", "cp949"]
WIDE_NAME = "budget_wide"
OPEN_COLUMNS = {"error": CARDS.names.index("open_errors"), "warning": CARDS.names.index("open_warnings")}
LINK_COLUMN = CARDS.names.index("pledge_id")
DANGEROUS = "=+-@\t\r\n＝＋－＠"
"""First characters that make a spreadsheet take a text for a formula, or lose its shape."""
LOOKS_TYPED = re.compile(r"0\d+|\d+[-/.]\d+([-/.]\d+)?|\d+[eE]\d+|\d{12,}")
"""Texts that Excel turns into a date or a number: 1-1-1, 0512, 3/4, 1e5."""


class Unencodable(ValueError):  # noqa: N818 - it is about the documents' text, not an error of ours
    """Characters that do not fit the encoding; `characters`: each with the table where it stood first."""

    def __init__(self, encoding: str, characters: Mapping[str, str]) -> None:
        first = list(characters.items())[:20]
        named = ", ".join(f"‘{c}’ (U+{ord(c):04X}, {table}.csv)" for c, table in first)
        more = f" 외 {len(characters) - 20}자" if len(characters) > 20 else ""
        super().__init__(f"{encoding}로 적을 수 없는 글자: {named}{more}. --csv-encoding utf-8을 쓰세요.")
        self.encoding, self.characters = encoding, dict(characters)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV files are written.

    excel: texts that a spreadsheet would take for formulas, dates or numbers get a `'` in front; without it
    the text stands as it is.
    """

    encoding: Encoding = "utf-8"
    excel: bool = False

    @property
    def mark(self) -> bytes:
        """The byte-order mark."""
        return b"\xef\xbb\xbf" if self.encoding == "utf-8" else b""


@dataclass(frozen=True, slots=True)
class File:
    """A file that was written."""

    name: str
    size: int
    sha256: str
    rows: int
    columns: tuple[Column, ...]


Fragment = dict[str, str]
"""Table name -> CSV text of one card's rows; `budget_wide` begins with a line that names its periods."""


def fragment(card: Json, dialect: Dialect = Dialect()) -> Fragment:
    """The CSV text of one record for every table that it has rows for. The record is masked already."""
    out: Fragment = {}
    for name, table in TABLES.items():
        if text := lines(table.rows(card), dialect, table.columns):
            out[name] = text
    periods, rows = wide_rows(card)
    if rows:
        out[WIDE_NAME] = ",".join(periods) + "\n" + lines(rows, dialect, BUDGET_WIDE.columns)
    return out


def file_fragment(findings: Iterable[Json], dialect: Dialect = Dialect()) -> Fragment:
    """The CSV text of findings that belong to a file and to no card."""
    text = lines(map(finding_row, findings), dialect, FINDINGS.columns)
    return {"findings": text} if text else {}


def amended(
    part: Fragment,
    findings: Sequence[Json] = (),
    link: tuple[str, str] | None = None,
    dialect: Dialect = Dialect(),
) -> Fragment:
    """A card's fragment with what only all cards together give: further findings, and its pledge.

    link: (pledge_id, why). The fragment itself stays as it is.
    """
    if not findings and link is None:
        return part
    (row,) = csv.reader(io.StringIO(part["cards"], newline=""))
    for f in findings:
        if f["state"] == "open" and f["severity"] in OPEN_COLUMNS:
            column = OPEN_COLUMNS[f["severity"]]
            row[column] = str(int(row[column]) + 1)
    if link is not None:
        row[LINK_COLUMN : LINK_COLUMN + 2] = link
    out = {**part, "cards": lines([tuple(row)], Dialect(), ())}
    return out | {"findings": part.get("findings", "") + file_fragment(findings, dialect).get("findings", "")}


def lines(rows: Iterable[Row], dialect: Dialect, columns: tuple[Column, ...]) -> str:
    r"""Rows as CSV text. Booleans are true and false, None is empty.

    >>> lines([("a-1", 3, "x,y"), ("=1+1", None, None)], Dialect(), ())
    'a-1,3,"x,y"\r\n=1+1,,\r\n'
    """
    out = io.StringIO()
    csv.writer(out).writerows(prepared(rows, dialect, columns))
    return out.getvalue()


def prepared(rows: Iterable[Row], dialect: Dialect, columns: tuple[Column, ...]) -> Iterable[Row]:
    """Rows as their cells are to be printed."""
    if dialect.excel:
        rows = inert(rows, columns)
    booleans = [i for i, column in enumerate(columns) if column.type == "boolean"]
    return lowered(rows, booleans) if booleans else rows


def lowered(rows: Iterable[Row], places: list[int]) -> Iterator[Row]:
    """Rows with booleans as `true` and `false`, as Table Schema and SQL spell them."""
    for row in rows:
        out = list(row)
        for i in places:
            if out[i] is not None:
                out[i] = "true" if out[i] else "false"
        yield tuple(out)


def inert(rows: Iterable[Row], columns: tuple[Column, ...]) -> Iterator[Row]:
    """Rows in which no text is taken for a formula, a date or a number by a spreadsheet."""
    dates = {i for i, column in enumerate(columns) if column.pattern == DATE}
    for row in rows:
        yield tuple(
            f"'{value}" if isinstance(value, str) and i not in dates and is_dangerous(value) else value
            for i, value in enumerate(row)
        )


def is_dangerous(value: str) -> bool:
    """Whether a spreadsheet would not take the text as text.

    >>> [is_dangerous(t) for t in ("=HYPERLINK()", "- 도로 정비", "1-1-1", "0512", "골목길", "2024")]
    [True, True, True, True, False, False]
    """
    return bool(value) and (value[0] in DANGEROUS or LOOKS_TYPED.fullmatch(value) is not None)


@dataclass
class Output:
    """One CSV file being written (an open resource)."""

    stream: IO[bytes]
    hash: Any
    size: int = 0
    rows: int = 0
    units: Ranges = field(default_factory=Ranges)
    """Where the units stand in this file."""
    old: tuple[BufferedIOBase, Ranges, list[int]] | None = None
    """The same file as the last run left it, its ranges, and where each of them begins."""

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes."""
        self.stream.write(data)
        self.hash.update(data)
        self.size += len(data)

    def copy(self, units: range) -> None:
        """Append units of the old file. Raises OSError."""
        assert self.old is not None
        source, ranges, offsets = self.old
        storage.copy_range(source, self, offsets[units.start], offsets[units.stop])
        self.rows += sum(ranges.rows[units.start : units.stop])
        self.units.extend(ranges, units)


@dataclass
class Tables:
    """All CSV files of a run, open for appending (an open resource). Made by `open_tables`."""

    dialect: Dialect
    outputs: dict[str, Output]
    spool: IO[str]
    bad: dict[str, str] = field(default_factory=dict)
    periods: set[str] = field(default_factory=set)
    files: list[File] = field(default_factory=list)
    """What was written; filled when the block ends."""
    old: Index | None = None
    index: Index = field(default_factory=Index)
    """Where everything stands; filled when the block ends."""

    def add(self, part: Fragment) -> None:
        """Append the rows of one card or file; call it in the order of path and card_index."""
        for name in TABLES:
            self.unit(name, part.get(name, ""))
        periods, _, body = part.get(WIDE_NAME, "").partition("\n")
        self.periods.update(period_set(periods))
        self.index.periods.append(periods)
        self.spool.write(f"{len(body)} {periods}\n{body}")

    def copy(self, units: range) -> None:
        """Append units of the old files, in place of `add`. With all units the periods have to be the old
        ones, since they are columns of budget_wide."""
        assert self.old is not None
        for name in TABLES:
            self.outputs[name].copy(units)
        printed = self.old.periods[units.start : units.stop]
        self.periods.update(p for one in set(printed) for p in period_set(one))
        self.index.periods += printed
        self.spool.write(f"= {units.start} {units.stop}\n")

    def unit(self, name: str, text: str) -> None:
        """Append what a unit gives to one file, also if that is nothing."""
        output = self.outputs[name]
        size, rows = output.size, output.rows
        if text:
            self.append(name, text)
        output.units.add(output.size - size, output.rows - rows)

    def begin(self, name: str, columns: Iterable[Column]) -> None:
        """Write the header of a file."""
        self.append(name, header(columns))
        self.outputs[name].units.start = self.outputs[name].size

    def append(self, name: str, text: str) -> None:
        """Append text to one file; characters that do not fit are gathered, the end of the block raises."""
        try:
            data = text.encode(self.dialect.encoding)
        except UnicodeEncodeError:
            for c in dict.fromkeys(text):
                if not fits(c, self.dialect.encoding):
                    self.bad.setdefault(c, name)
            data = text.encode(self.dialect.encoding, "replace")
        output = self.outputs[name]
        output.write(data)
        output.rows += row_count(text)

    def close(self) -> None:
        """Lay out budget_wide (it needs the periods of all cards), check the encoding. Raises Unencodable."""
        periods = tuple(sorted(self.periods, key=period_order))
        columns = wide_columns(periods)
        self.begin(WIDE_NAME, columns)
        self.spool.seek(0)
        while head := self.spool.readline():
            size, _, printed = head.rstrip("\n").partition(" ")
            if size == "=":
                self.outputs[WIDE_NAME].copy(range(*map(int, printed.split(" "))))
            else:
                self.unit(WIDE_NAME, relaid(self.spool.read(int(size)), tuple(printed.split(",")), periods))
        if self.bad:
            raise Unencodable(self.dialect.encoding, self.bad)
        for name, output in self.outputs.items():
            self.index.tables[name] = output.units
            made = TABLES[name].columns if name in TABLES else columns
            self.files.append(File(name, output.size, output.hash.hexdigest(), output.rows - 1, made))


def fits(character: str, encoding: str) -> bool:
    """Whether a character can be written."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def row_count(text: str) -> int:
    r"""How many records a CSV text has; line ends within quotes do not count.

    >>> row_count('a,"b\r\nc"\r\nd,e\r\n')
    2
    """
    if '"' not in text:
        return text.count("\r\n")
    return sum(part.count("\r\n") for part in text.split('"')[::2])


def relaid(text: str, printed: tuple[str, ...], periods: tuple[str, ...]) -> str:
    """Rows of budget_wide with the columns of all periods instead of those of their own card."""
    if printed == periods or not text:
        return text
    fixed = len(BUDGET_WIDE.columns)
    where = {period: fixed + i for i, period in enumerate(printed)}
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow(row[:fixed] + [row[where[p]] if p in where else "" for p in periods])
    return out.getvalue()


def header(columns: Iterable[Column]) -> str:
    """The first line of a file."""
    return ",".join(column.name for column in columns) + "\r\n"


@contextlib.contextmanager
def open_tables(
    folder: Path,
    dialect: Dialect = Dialect(),
    replacing: Callable[..., contextlib.AbstractContextManager[IO[bytes]]] = storage.replacing,
    old: Index | None = None,
) -> Iterator[Tables]:
    """The CSV files of a folder, replaced when the block ends well and untouched otherwise.

    old: where everything stands in the files that are there now, for `Tables.copy`.
    After the block `files` tells names, sizes, hashes and numbers of rows. Raises Unencodable, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        spool = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
        outputs = {}
        for name in (*TABLES, WIDE_NAME):
            stream = stack.enter_context(replacing(folder / f"{name}.csv", sync_folder=False))
            outputs[name] = Output(stream, hashlib.sha256())
            outputs[name].write(dialect.mark)
            if old is not None:
                source = stack.enter_context((folder / f"{name}.csv").open("rb"))
                outputs[name].old = (source, old.tables[name], old.tables[name].offsets())
        tables = Tables(dialect, outputs, spool, old=old)
        for name, table in TABLES.items():
            tables.begin(name, table.columns)
        yield tables
        tables.close()
    storage.sync(folder)
