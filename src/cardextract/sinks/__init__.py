"""Sinks: everything that leaves the program as a file.

A run writes CSV, schemas and the data package as a stream (`csv.fragment` in a worker, `write_tables` in
the parent); `export` (content.py) makes the other kinds from cards.jsonl.

    raw = mask.mask_card(card.model_dump(mode="json"), privacy)   # worker: as it may leave the program
    part = csv.fragment(raw, dialect)                             # worker: table -> CSV text
    part = csv.amended(part, findings_across, (pledge_id, why))   # parent: what all cards together gave
    write_tables(output, parts, dialect, rules=..., as_of=...)    # parent: csv/, schema/, datapackage.json
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cardextract.sinks import contracts, csv
from cardextract.sinks.index import Index


def write_tables(
    output: Path,
    parts: Iterable[csv.Fragment | range],
    dialect: csv.Dialect,
    *,
    rules: Iterable[str] = (),
    as_of: Iterable[str] = (),
    old: Index | None = None,
) -> Index:
    """Write csv/*.csv, schema/*.json and datapackage.json; nothing is replaced before all are complete.

    parts: fragments of cards and `csv.file_fragment` of files, in the order of path and card index. rules:
    hashes of the rules used; as_of: dates of the cards (both are read after `parts`, and may be filled
    meanwhile). old: where everything stands in the files of the last run, if they are as it left them; then
    a range in `parts` means units to be copied from there. Returns the same for the new files. Raises
    csv.Unencodable (before anything is replaced), OSError.
    """
    with csv.open_tables(output / "csv", dialect, old=old) as tables:
        for part in parts:
            if isinstance(part, range):
                tables.copy(part)
            else:
                tables.add(part)
    contracts.write_schemas(output / "schema")
    package = contracts.data_package(tables.files, dialect, rules=rules, as_of=as_of)
    contracts.write_package(output, package)
    return tables.index


def export(output: Path, *, to: str, **options: Any) -> Path:
    """Write the cards of an output folder in another shape; see `content.export` for the options."""
    from cardextract.sinks import content

    return content.export(output, to=to, **options)
