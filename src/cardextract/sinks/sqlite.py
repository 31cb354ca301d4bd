"""Export as an SQLite database: typed (STRICT) tables with keys, checks and indexes, and some views.

The same cards and the same SQLite version give the same bytes: one connection, one order, no clock.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cardextract import storage
from cardextract.sinks.content import Content
from cardextract.sinks.rows import LEDGERS
from cardextract.sinks.tables import Column, Table

TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
APPLICATION_ID = 0x43415244
"""`CARD`, for file(1)."""
INDEXES = (
    ("budget", "ledger, source, period"),
    ("budget", "card_id, path"),
    ("findings", "card_id"),
    ("findings", "code"),
    ("mentions", "type"),
)


def quoted(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def write(path: Path, content: Content) -> None:
    """Replace the file by a database of the content. Raises OSError, sqlite3.Error."""
    temporary = path.with_name(storage.TEMPORARY + path.name)
    try:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as base:
            fill(base, content)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    storage.sync(path.parent)


def fill(base: sqlite3.Connection, content: Content) -> None:
    """Make and fill all tables."""
    base.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096; PRAGMA cache_size = -65536;"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;"
    )
    for statement in schema(content.tables):
        base.execute(statement)
    base.execute("BEGIN")
    inserts = {
        name: f"INSERT INTO {quoted(name)} VALUES ({', '.join('?' * len(table.columns))})"
        for name, table in content.tables.items()
    }
    for name, rows in content.rows():
        base.executemany(inserts[name], rows)
    for table, columns in INDEXES:
        index = f"{table}_by_{columns.replace(', ', '_')}"
        base.execute(f"CREATE INDEX {index} ON {table} ({columns})")
    for statement in views(content.renamed):
        base.execute(statement)
    base.execute("COMMIT")
    wrong = base.execute("PRAGMA foreign_key_check").fetchone()
    if wrong is not None:
        raise sqlite3.IntegrityError(f"a row of {wrong[0]} refers to no card")


def schema(tables: dict[str, Table]) -> Iterator[str]:
    """The statements that make the tables."""
    for table in tables.values():
        parts = [definition(column) for column in table.columns]
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
        if table.name != "cards":
            parts.append("FOREIGN KEY (card_id) REFERENCES cards (card_id)")
        rowid = " STRICT" if table.name == "findings" else " STRICT, WITHOUT ROWID"
        yield f"CREATE TABLE {quoted(table.name)} (\n  {', '.join(parts)}\n){rowid}"


def definition(column: Column) -> str:
    """One column; its vocabulary is checked."""
    out = f"{quoted(column.name)} {TYPES[column.type]}"
    if column.required:
        out += " NOT NULL"
    if column.type == "boolean":
        out += f" CHECK ({quoted(column.name)} IN (0, 1))"
    if column.values:
        values = ", ".join(f"'{value}'" for value in column.values)
        out += f" CHECK ({quoted(column.name)} IN ({values}))"
    return out


def views(renamed: dict[str, str]) -> Iterator[str]:
    """Sums by year and source for each ledger, and the three totals of each card.

    Cards of several dates are never added up: every sum stands for one issuer and one as-of date.
    """
    for ledger in LEDGERS:
        yield f"""CREATE VIEW {ledger}_by_year_and_source AS
SELECT c.issuer, c.as_of, b.period, b.source, sum(b.amount) AS amount, count(b.amount) AS cards
FROM budget b JOIN cards c USING (card_id)
WHERE b.ledger = '{ledger}' AND b.period IS NOT NULL
GROUP BY c.issuer, c.as_of, b.period, b.source
ORDER BY c.issuer, c.as_of, b.period, b.source"""
    number, title = (quoted(renamed.get(name, name)) for name in ("number", "title"))
    sums = ", ".join(
        f"max(CASE WHEN b.ledger = '{ledger}' THEN b.amount END) AS {ledger}" for ledger in LEDGERS
    )
    yield f"""CREATE VIEW totals AS
SELECT c.card_id, c.issuer, c.as_of, c.{number} AS number, c.{title} AS title, {sums}
FROM cards c LEFT JOIN budget b ON b.card_id = c.card_id AND b.source = 'total' AND b.period = 'total'
GROUP BY c.card_id"""
