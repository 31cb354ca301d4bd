"""Export as CSV (with its data package), JSON and JSON Lines."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardextract import storage
from cardextract.sinks import contracts, postgres
from cardextract.sinks.content import Content
from cardextract.sinks.csv import Dialect, File, Output, Unencodable, fits, header, prepared
from cardextract.sinks.rows import Row
from cardextract.sinks.tables import Column

CHUNK = 20_000
"""Rows in memory before they are printed."""


def write_csv(folder: Path, content: Content) -> None:
    """A folder with one CSV file a table, datapackage.json and postgresql.sql. Raises Unencodable, OSError."""
    dialect = Dialect(content.csv_encoding, content.excel)
    folder.mkdir(parents=True, exist_ok=True)
    bad: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        outputs: dict[str, Output] = {}
        for name, table in content.tables.items():
            stream = stack.enter_context(storage.replacing(folder / f"{name}.csv", sync_folder=False))
            outputs[name] = Output(stream, hashlib.sha256())
            outputs[name].write(dialect.mark + encoded(header(table.columns), name, dialect, bad))
        for name, rows in chunks(content):
            text = printed(rows, dialect, content.tables[name].columns)
            outputs[name].write(encoded(text, name, dialect, bad))
            outputs[name].rows += len(rows)
        if bad:
            raise Unencodable(dialect.encoding, bad)
    files = [
        File(name, out.size, out.hash.hexdigest(), out.rows, content.tables[name].columns)
        for name, out in outputs.items()
    ]
    rules: set[str] = set()
    as_of: set[str] = set()
    for card in content.cards():
        rules.add(card["rules_sha256"])
        as_of.update([card["as_of"]] if card["as_of"] else ())
    package = contracts.data_package(files, dialect, rules=rules, as_of=as_of, folder="")
    contracts.write_package(folder, package)
    storage.write(folder / "postgresql.sql", postgres.script(content.tables, dialect.encoding).encode())


def chunks(content: Content) -> Iterator[tuple[str, list[Row]]]:
    """(table, many rows): what one frame holds at a time."""
    waiting: dict[str, list[Row]] = {name: [] for name in content.tables}
    for name, rows in content.rows():
        waiting[name] += rows
        if len(waiting[name]) >= CHUNK:
            yield name, waiting[name]
            waiting[name] = []
    yield from ((name, rows) for name, rows in waiting.items() if rows)


def printed(rows: list[Row], dialect: Dialect, columns: tuple[Column, ...]) -> str:
    """Rows as CSV text; of type object, so that whole numbers with gaps stay whole."""
    import pandas

    frame = pandas.DataFrame(list(prepared(rows, dialect, columns)), dtype=object)
    return str(frame.to_csv(header=False, index=False, lineterminator="\r\n"))


def encoded(text: str, name: str, dialect: Dialect, bad: dict[str, str]) -> bytes:
    """The text as bytes; characters that do not fit are put into `bad`."""
    try:
        return text.encode(dialect.encoding)
    except UnicodeEncodeError:
        for c in dict.fromkeys(text):
            if not fits(c, dialect.encoding):
                bad.setdefault(c, name)
        return b""


def named(content: Content) -> Iterator[dict[str, Any]]:
    """The records with the names asked for at their top level."""
    for card in content.cards():
        yield {content.renamed.get(key, key): value for key, value in card.items()}


def dump(value: Any) -> bytes:
    """Compact JSON, Hangul as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def write_jsonl(path: Path, content: Content) -> None:
    """One record a line. Raises OSError."""
    storage.write_lines(path, map(dump, named(content)))


def write_json(path: Path, content: Content) -> None:
    """One array of records. Raises OSError."""
    with storage.replacing(path) as stream:
        before = b"[\n"
        for card in named(content):
            stream.write(before + dump(card))
            before = b",\n"
        stream.write(b"[\n]\n" if before == b"[\n" else b"\n]\n")
