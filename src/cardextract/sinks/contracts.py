"""What other systems may rely on: JSON Schemas of the JSON files and a Data Package over the CSV files.

Both are made from the models and from `TABLES`; nothing in them depends on the clock or the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from cardextract import __version__, storage
from cardextract.card import SCHEMA_VERSION, Card
from cardextract.corrections import Correction
from cardextract.findings import Finding
from cardextract.ledger import Line
from cardextract.sinks.csv import Dialect, File
from cardextract.sinks.tables import BUDGET_WIDE, TABLES, Column
from cardextract.sinks.vocabulary import FIELDS

SCHEMAS: dict[str, tuple[Any, str, str]] = {
    "record": (Card, "공약사항 관리카드", "One management card: a file of cards/, a line of cards.jsonl."),
    "finding": (Finding, "검토 사항", "One thing a person should look at: a line of findings.jsonl."),
    "correction": (
        Correction,
        "수정 결정",
        "One decision of a person: a line of <output>.corrections.jsonl.",
    ),
    "ledger": (Line, "접수 대장", "What became of one input: a line of ledger.jsonl."),
}
"""Name of schema/<name>.json -> model, Korean title, meaning."""
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True}
ALL = {**TABLES, BUDGET_WIDE.name: BUDGET_WIDE}
NO_LICENSE = {"name": "notspecified", "title": "이용허락 조건이 정해지지 않음"}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of record: a key of SCHEMAS; KeyError for another."""
    model, title, meaning = SCHEMAS[name]
    made = TypeAdapter(model).json_schema(mode="serialization")
    definitions = made.pop("$defs", {})
    for each, definition in definitions.items():
        label(each, definition)
    label(model.__name__, made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cardextract:{name}:{SCHEMA_VERSION}",
        **made,
        "title": title,
        "description": meaning,
        **({"$defs": definitions} if definitions else {}),
    }


def label(model: str, definition: dict[str, Any]) -> None:
    """Give the properties of a model their Korean titles, meanings and units; no other key may be there."""
    if "properties" not in definition:
        return
    definition["additionalProperties"] = False
    for name, field in definition["properties"].items():
        known = FIELDS[model][name]
        field["title"] = known.title
        if known.meaning and "description" not in field:
            field["description"] = known.meaning
        if known.unit:
            field["unit"] = known.unit


def table_schema(name: str, columns: Iterable[Column]) -> dict[str, Any]:
    """The Table Schema of one CSV file."""
    out: dict[str, Any] = {"fields": [field(column) for column in columns], "missingValues": [""]}
    out["primaryKey"] = list(ALL[name].key)
    if name != "cards":
        out["foreignKeys"] = [foreign_key("card_id")]
    return out


def foreign_key(column: str) -> dict[str, Any]:
    """The column names a row of `cards`."""
    return {"fields": [column], "reference": {"resource": "cards", "fields": ["card_id"]}}


def field(column: Column) -> dict[str, Any]:
    """One field of a Table Schema."""
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    if column.pattern:
        constraints["pattern"] = column.pattern
    out: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.title,
        "description": column.meaning,
    }
    if column.unit:
        out["unit"] = column.unit
    if column.terms:
        out["terms"] = column.terms
    if column.type == "boolean":
        out |= {"trueValues": ["true"], "falseValues": ["false"]}
    return out | ({"constraints": constraints} if constraints else {})


def data_package(
    files: Iterable[File],
    dialect: Dialect,
    *,
    rules: Iterable[str] = (),
    as_of: Iterable[str] = (),
    license: Mapping[str, str] | None = None,
    folder: str = "csv",
) -> dict[str, Any]:
    """The Data Package (v2) over the CSV files.

    rules: hashes of the rules of the cards; as_of: dates of the cards; license: {name, title, path} of the
    data, which are the publisher's; without it the package says that none is given.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "pledge-cards",
        "title": "공약사항 관리카드",
        "description": "Pledge management cards, one fact a row; see docs/output.md.",
        "version": SCHEMA_VERSION,
        "licenses": [dict(license or NO_LICENSE)],
        "software": {"name": "cardextract", "version": __version__},
        "rules_sha256": sorted(set(rules)),
        "as_of": sorted(set(as_of)),
        "resources": [resource(file, dialect, folder) for file in files],
    }


def resource(file: File, dialect: Dialect, folder: str) -> dict[str, Any]:
    """One CSV file in the package."""
    table = ALL[file.name]
    return {
        "name": file.name.replace("_", "-"),
        "title": table.title,
        "description": table.meaning
        if table
        else "The budget as printed: a row a source, a column a period.",
        "path": f"{folder}/{file.name}.csv" if folder else f"{file.name}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": dialect.encoding,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        "dialect": DIALECT,
        "schema": table_schema(file.name, file.columns),
    }


def pretty(value: Any) -> bytes:
    """JSON for people: indented, Hangul as it is."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def write_schemas(folder: Path) -> None:
    """Write schema/*.json. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        storage.write(folder / f"{name}.json", pretty(schema(name)), sync_folder=False)
    storage.sync(folder)


def write_package(output: Path, package: Mapping[str, Any]) -> None:
    """Write datapackage.json. Raises OSError."""
    storage.write(output / "datapackage.json", pretty(package))
