"""Export as Parquet, one file a table (extra `parquet`: pyarrow); titles and units are metadata."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from cardextract import storage
from cardextract.sinks.content import Content, ExportError
from cardextract.sinks.rows import Row
from cardextract.sinks.tables import Table

GROUP = 50_000
"""Rows a row group: bounds the memory."""


def write(folder: Path, content: Content) -> None:
    """A folder with one Parquet file a table. Raises ExportError without pyarrow, OSError."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise ExportError("--to parquet needs pyarrow: pip install 'cardextract[parquet]'") from None
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        writers = {}
        for name, table in content.tables.items():
            stream = stack.enter_context(storage.replacing(folder / f"{name}.parquet", sync_folder=False))
            writers[name] = stack.enter_context(parquet.ParquetWriter(stream, schema(table, arrow)))
        waiting: dict[str, list[Row]] = {name: [] for name in content.tables}

        def flush(name: str) -> None:
            writer, rows = writers[name], waiting[name]
            if rows:
                writer.write_table(as_table(rows, writer.schema, arrow))
            waiting[name] = []

        for name, rows in content.rows():
            waiting[name] += rows
            if len(waiting[name]) >= GROUP:
                flush(name)
        for name in waiting:
            flush(name)
    storage.sync(folder)


def schema(table: Table, arrow: Any) -> Any:
    """The Arrow schema of a table."""
    types = {
        "string": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
    }
    fields = []
    for column in table.columns:
        about = {"title": column.title, "description": column.meaning, "unit": column.unit or ""}
        field = arrow.field(column.name, types[column.type], nullable=not column.required)
        fields.append(field.with_metadata({k: v for k, v in about.items() if v}))
    return arrow.schema(fields)


def as_table(rows: list[Row], schema: Any, arrow: Any) -> Any:
    """Rows as an Arrow table."""
    columns = zip(*rows, strict=True)
    arrays = [
        arrow.array(list(values), type=field.type) for values, field in zip(columns, schema, strict=True)
    ]
    return arrow.Table.from_arrays(arrays, schema=schema)
