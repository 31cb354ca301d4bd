"""A script for psql that makes the tables with their keys, checks and comments, and loads the CSV files with COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardextract.sinks.sqlite import quoted
from cardextract.sinks.tables import Column, Table

TYPES = {"string": "text", "integer": "bigint", "number": "double precision", "boolean": "boolean"}


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def script(tables: Mapping[str, Table], encoding: str) -> str:
    """The statements; run them with psql in the folder of the CSV files."""
    return "\n".join(statements(tables, encoding)) + "\n"


def statements(tables: Mapping[str, Table], encoding: str) -> Iterator[str]:
    """One transaction: all tables or none."""
    yield "\\set ON_ERROR_STOP on"
    yield "BEGIN;"
    for table in tables.values():
        parts = [definition(column) for column in table.columns]
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
        if table.name != "cards":
            parts.append("FOREIGN KEY (card_id) REFERENCES cards (card_id)")
        body = ",\n  ".join(parts)
        yield f"CREATE TABLE {quoted(table.name)} (\n  {body}\n);"
        yield f"COMMENT ON TABLE {quoted(table.name)} IS {literal(table.title)};"
        for column in table.columns:
            where = f"{quoted(table.name)}.{quoted(column.name)}"
            yield f"COMMENT ON COLUMN {where} IS {literal(column.title)};"
    name = "UTF8" if encoding == "utf-8" else "UHC"
    for table in tables.values():
        options = f"FORMAT csv, HEADER true, ENCODING {literal(name)}"
        yield f"\\copy {quoted(table.name)} FROM {literal(table.name + '.csv')} WITH ({options})"
    yield "CREATE INDEX ON budget (ledger, source, period);"
    yield "CREATE INDEX ON findings (code);"
    yield "COMMIT;"


def definition(column: Column) -> str:
    """One column; its vocabulary is checked."""
    out = f"{quoted(column.name)} {TYPES[column.type]}"
    if column.required:
        out += " NOT NULL"
    if column.values:
        out += f" CHECK ({quoted(column.name)} IN ({', '.join(map(literal, column.values))}))"
    return out
