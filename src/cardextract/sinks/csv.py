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
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from cardextract import storage
from cardextract.card import Evidence
from cardextract.sinks.index import Index, Ranges, period_set
from cardextract.sinks.rows import Json, Row, finding_row, period_order, proof_rows, wide_rows
from cardextract.sinks.tables import (
    BUDGET_WIDE,
    CARDS,
    DATE,
    EVIDENCE,
    FINDINGS,
    TABLES,
    Column,
    wide_columns,
)

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


class Lines(NamedTuple):
    """Records of one table as CSV text in UTF-8, and how many they are."""

    data: bytes = b""
    rows: int = 0


NO_LINES = Lines()


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one card, or the findings of one file, give to the CSV files.

    tables: table name -> its lines, where there are any; those of `budget_wide` have columns for `periods` only, which are
    joined by commas.
    """

    tables: Mapping[str, Lines]
    periods: str = ""

    def dump(self) -> bytes:
        r"""One line of JSON that tells the sizes, then the bytes of all tables.

        >>> Fragment({"cards": Lines(b"a-1,\r\n", 1)}, "2023").dump()
        b'{"periods":"2023","tables":{"cards":[6,1]}}\na-1,\r\n'
        """
        sizes = {name: (len(lines.data), lines.rows) for name, lines in self.tables.items()}
        head = json.dumps({"periods": self.periods, "tables": sizes}, separators=(",", ":"))
        return b"".join((head.encode(), b"\n", *(lines.data for lines in self.tables.values())))

    @classmethod
    def load(cls, dumped: bytes) -> Fragment:
        """The inverse of `dump`."""
        at = dumped.index(b"\n") + 1
        head = json.loads(dumped[:at])
        tables = {}
        for name, (size, rows) in head["tables"].items():
            tables[name] = Lines(dumped[at : at + size], rows)
            at += size
        return cls(tables, head["periods"])


def fragment(
    card: Json, dialect: Dialect = Dialect(), proofs: Mapping[str, Evidence] | None = None
) -> Fragment:
    """The CSV lines of one record for every table that it has rows for. The record is masked already.

    proofs: its evidence, where the JSON of the record holds none.
    """
    out = {}
    for name, table in TABLES.items():
        of_proofs = proofs is not None and name == EVIDENCE.name
        rows = proof_rows(card["card_id"], proofs or {}) if of_proofs else table.rows(card)
        out[name] = lines(rows, dialect, table.columns)
    periods, wide = wide_rows(card)
    out[WIDE_NAME] = lines(wide, dialect, BUDGET_WIDE.columns)
    return Fragment({name: some for name, some in out.items() if some.rows}, ",".join(periods))


def file_fragment(findings: Iterable[Json], dialect: Dialect = Dialect()) -> Fragment:
    """The CSV lines of findings that belong to a file and to no card."""
    found = lines(map(finding_row, findings), dialect, FINDINGS.columns)
    return Fragment({"findings": found} if found.rows else {})


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
    (row,) = csv.reader(io.StringIO(part.tables["cards"].data.decode(), newline=""))
    for f in findings:
        if f["state"] == "open" and f["severity"] in OPEN_COLUMNS:
            column = OPEN_COLUMNS[f["severity"]]
            row[column] = str(int(row[column]) + 1)
    if link is not None:
        row[LINK_COLUMN : LINK_COLUMN + 2] = link
    tables = {**part.tables, "cards": lines([tuple(row)], Dialect(), ())}
    if findings:
        own, more = (
            part.tables.get("findings", NO_LINES),
            lines(map(finding_row, findings), dialect, FINDINGS.columns),
        )
        tables["findings"] = Lines(own.data + more.data, own.rows + more.rows)
    return replace(part, tables=tables)


def lines(rows: Iterable[Row], dialect: Dialect, columns: tuple[Column, ...]) -> Lines:
    r"""Rows as CSV text. Booleans are true and false, None is empty.

    >>> lines([("a-1", 3, "x,y"), ("=1+1", None, None)], Dialect(), ())
    Lines(data=b'a-1,3,"x,y"\r\n=1+1,,\r\n', rows=2)
    """
    printed: list[str] = []
    csv.writer(_Printer(printed.append)).writerows(prepared(rows, dialect, columns))
    return Lines("".join(printed).encode(), len(printed))


class _Printer(NamedTuple):
    """What the csv module prints to: it hands over a record at a time."""

    write: Callable[[str], object]


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
    spool: IO[bytes]
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
            self.unit(name, part.tables.get(name, NO_LINES))
        wide = part.tables.get(WIDE_NAME, NO_LINES)
        self.periods.update(period_set(part.periods))
        self.index.periods.append(part.periods)
        self.spool.write(f"{len(wide.data)} {wide.rows} {part.periods}\n".encode())
        self.spool.write(wide.data)

    def copy(self, units: range) -> None:
        """Append units of the old files, in place of `add`. With all units the periods have to be the old
        ones, since they are columns of budget_wide."""
        assert self.old is not None
        for name in TABLES:
            self.outputs[name].copy(units)
        printed = self.old.periods[units.start : units.stop]
        self.periods.update(p for one in set(printed) for p in period_set(one))
        self.index.periods += printed
        self.spool.write(f"= {units.start} {units.stop}\n".encode())

    def unit(self, name: str, some: Lines) -> None:
        """Append what a unit gives to one file, also if that is nothing."""
        output = self.outputs[name]
        size = output.size
        if some.rows:
            self.append(name, some)
        output.units.add(output.size - size, some.rows)

    def begin(self, name: str, columns: Iterable[Column]) -> None:
        """Write the header of a file."""
        self.append(name, Lines(header(columns).encode(), 1))
        self.outputs[name].units.start = self.outputs[name].size

    def append(self, name: str, some: Lines) -> None:
        """Append to one file; characters that do not fit are gathered, the end of the block raises."""
        output = self.outputs[name]
        output.write(
            some.data if self.dialect.encoding == "utf-8" else self._encoded(name, some.data.decode())
        )
        output.rows += some.rows

    def _encoded(self, name: str, text: str) -> bytes:
        try:
            return text.encode(self.dialect.encoding)
        except UnicodeEncodeError:
            for c in dict.fromkeys(text):
                if not fits(c, self.dialect.encoding):
                    self.bad.setdefault(c, name)
            return text.encode(self.dialect.encoding, "replace")

    def close(self) -> None:
        """Lay out budget_wide (it needs the periods of all cards), check the encoding. Raises Unencodable."""
        periods = tuple(sorted(self.periods, key=period_order))
        columns = wide_columns(periods)
        self.begin(WIDE_NAME, columns)
        self.spool.seek(0)
        while head := self.spool.readline():
            first, second, third = head.decode().rstrip("\n").split(" ")
            if first == "=":
                self.outputs[WIDE_NAME].copy(range(int(second), int(third)))
            else:
                some = Lines(self.spool.read(int(first)), int(second))
                self.unit(WIDE_NAME, relaid(some, period_set(third), periods))
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


def relaid(some: Lines, printed: Sequence[str], periods: Sequence[str]) -> Lines:
    """Rows of budget_wide with the columns of all periods instead of those of their own card."""
    if list(printed) == list(periods) or not some.rows:
        return some
    fixed = len(BUDGET_WIDE.columns)
    where = {period: fixed + i for i, period in enumerate(printed)}
    rows = csv.reader(io.StringIO(some.data.decode(), newline=""))
    laid = ((*row[:fixed], *(row[where[p]] if p in where else "" for p in periods)) for row in rows)
    return lines(laid, Dialect(), ())


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
        spool = stack.enter_context(tempfile.TemporaryFile())
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
