"""`cardextract export`: what a run left in its output folder, in another shape, whole or in part."""

from __future__ import annotations

import csv as csv_module
import difflib
import importlib
import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from cardextract.sinks import mask
from cardextract.sinks.rows import Json, Row, finding_row, joined, period_order, wide_rows
from cardextract.sinks.tables import (
    BUDGET_WIDE,
    CARDS,
    STATUS_TITLES,
    TABLES,
    Column,
    Table,
    text,
    wide_columns,
)

Names = Literal["own", "gov", "nec"]

SINKS: dict[str, str] = {
    "csv": "cardextract.sinks.files:write_csv",
    "json": "cardextract.sinks.files:write_json",
    "jsonl": "cardextract.sinks.files:write_jsonl",
    "xlsx": "cardextract.sinks.xlsx:write",
    "sqlite": "cardextract.sinks.sqlite:write",
    "parquet": "cardextract.sinks.parquet:write",
}
"""kind -> module:function, imported when asked for; the function gets the destination and a Content."""
SUFFIXES = {
    "csv": "-csv",
    "json": ".json",
    "jsonl": ".jsonl",
    "xlsx": ".xlsx",
    "sqlite": ".sqlite",
    "parquet": "-parquet",
}
"""kind -> what is put behind the output folder's name where no destination is given (a file, or a folder)."""

RENAMED: dict[str, dict[str, str]] = {
    "gov": {
        "number": "MANAGE_NO",
        "lead_department": "PRTN_DEPT",
        "title": "PPLDG_BSNS_NM",
        "status": "PRTN_SITTN",
    },
    "nec": {"number": "prmsOrd", "title": "prmsTitle"},
}
"""Names of a municipal pledge API (gov) and of the election commission's (nec) for columns of `cards`."""
NEC_COLUMNS = (
    text("prmsRealmName", "공약 분야", "Header field 분야, if the card has one."),
    text("prmmCont", "공약 내용", "The goals, joined."),
)


class ExportError(ValueError):
    """The export cannot be done as asked; the message is one line for people."""


@dataclass(frozen=True)
class Content:
    """What is exported: tables with their columns, and the chosen records, read anew at each pass."""

    output: Path
    tables: dict[str, Table]
    chosen: Callable[[Json], bool]
    privacy: mask.Privacy
    whole: bool
    """No card was left out: findings of files come too."""
    renamed: dict[str, str] = field(default_factory=dict)
    csv_encoding: Literal["utf-8", "cp949"] = "utf-8"
    excel: bool = False

    def cards(self) -> Iterator[dict[str, Any]]:
        """The records, JSON-shaped and masked, in the order of cards.jsonl."""
        for card in read_lines(self.output / "cards.jsonl"):
            if self.chosen(card):
                yield mask.mask_card(card, self.privacy)

    def findings(self) -> Iterator[dict[str, Any]]:
        """The findings of files."""
        if self.whole:
            for f in read_lines(self.output / "findings.jsonl"):
                if f["card_id"] is None:
                    yield mask.mask_finding(f, self.privacy)

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """(table, rows) for one card after the other, those of `cards` first; then the findings of files."""
        for card in self.cards():
            for name, table in self.tables.items():
                yield name, list(table.rows(card))
        yield "findings", [finding_row(f) for f in self.findings()]


def export(
    output: Path,
    *,
    to: str,
    where: Sequence[str] = (),
    released: bool = False,
    names: Names = "own",
    dest: Path | None = None,
    mask_staff: bool = False,
    keep_personal: bool = False,
    csv_encoding: Literal["utf-8", "cp949"] = "utf-8",
    excel: bool = False,
) -> Path:
    """Write the cards of an output folder as `to` (a key of SINKS) and return where: a file or a folder.

    where: conditions on columns of `cards`, all of which must hold (`status=completed`, `as_of>=2024-01-01`,
    `lead_department~환경`; `!=`, `<`, `>`, `<=` too; nothing behind `=` means empty). released: only cards
    without open errors. names: column names of `cards` as a municipal API (gov) or the election
    commission's (nec) has them. The same output folder gives the same bytes. Raises ExportError,
    csv.Unencodable, OSError.
    """
    if to not in SINKS:
        raise ExportError(f"--to {to}: one of {', '.join(SINKS)}")
    if not (output / "cards.jsonl").is_file():
        raise ExportError(f"{output}: no cards.jsonl; run `cardextract run` first")
    conditions = [condition(each) for each in where]
    links = read_links(output)

    def chosen(card: Json) -> bool:
        return (not released or is_released(card)) and all(holds(card) for holds in conditions)

    everything = Content(
        output, {}, chosen, mask.Privacy(mask_staff, keep_personal), not where and not released
    )
    periods, people = survey(everything)
    content = replace(
        everything,
        tables=made_tables(names, periods, links),
        privacy=replace(everything.privacy, people=people),
        renamed=RENAMED.get(names, {}),
        csv_encoding=csv_encoding,
        excel=excel,
    )
    path = dest or output.with_name(output.name + SUFFIXES[to])
    path.parent.mkdir(parents=True, exist_ok=True)
    module, _, function = SINKS[to].partition(":")
    getattr(importlib.import_module(module), function)(path, content)
    return path


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def read_links(output: Path) -> dict[str, tuple[str, str]]:
    """card_id -> (pledge_id, why), as the last run found them; {} if it wrote no cards.csv."""
    path = output / "csv" / "cards.csv"
    if not path.is_file():
        return {}
    with path.open("rb") as begin:
        encoding = "utf-8-sig" if begin.read(3) == b"\xef\xbb\xbf" else "cp949"
    with path.open(encoding=encoding, newline="") as stream:
        rows = csv_module.DictReader(stream)
        return {row["card_id"]: (row["pledge_id"], row["pledge_link"]) for row in rows if row["pledge_id"]}


def is_released(card: Json) -> bool:
    """Whether a card has no open error."""
    return not any(f["severity"] == "error" and f["state"] == "open" for f in card["findings"])


def survey(content: Content) -> tuple[tuple[str, ...], frozenset[str]]:
    """The budget periods of all chosen cards, and the names on them, if staff is to be masked."""
    periods: set[str] = set()
    people: set[str] = set()
    for card in read_lines(content.output / "cards.jsonl"):
        if content.privacy.mask_staff:
            people |= mask.names_of(card)
        if content.chosen(card):
            periods.update(cell["period"] for cell in card["budget"] if cell["period"] is not None)
    return tuple(sorted(periods, key=period_order)), frozenset(people)


def made_tables(
    names: Names, periods: tuple[str, ...], links: dict[str, tuple[str, str]]
) -> dict[str, Table]:
    """The tables of an export: `cards` with the names asked for, and budget_wide with its periods."""

    def card_rows(card: Json) -> Iterator[Row]:
        pledge_id, why = links.get(card["card_id"], (None, None))
        for row in CARDS.rows({**card, "pledge_id": pledge_id, "pledge_link": why}):
            yield renamed_row(row, card, names)

    def rows_wide(card: Json) -> Iterator[Row]:
        printed, rows = wide_rows(card)
        where = [printed.index(p) if p in printed else None for p in periods]
        fixed = len(BUDGET_WIDE.columns)
        for row in rows:
            yield row[:fixed] + tuple(None if i is None else row[fixed + i] for i in where)

    columns = tuple(replace(c, name=RENAMED.get(names, {}).get(c.name, c.name)) for c in CARDS.columns)
    if names == "gov":
        columns = tuple(replace(c, values=tuple(STATUS_TITLES.values())) if c.values else c for c in columns)
    if names == "nec":
        columns += NEC_COLUMNS
    return {
        **TABLES,
        "cards": replace(CARDS, columns=columns, rows=card_rows),
        "budget_wide": replace(BUDGET_WIDE, columns=wide_columns(periods), rows=rows_wide),
    }


def renamed_row(row: Row, card: Json, names: Names) -> Row:
    """A row of `cards` with the values that the other names stand for."""
    if names == "gov":
        i = CARDS.names.index("status")
        return (*row[:i], STATUS_TITLES.get(row[i], row[i]), *row[i + 1 :])
    if names == "nec":
        return (*row, card["other_fields"].get("분야"), joined(card["goals"]))
    return row


# ---------------------------------------------------------------- conditions

CONDITION = re.compile(r"\s*(?P<name>[^\s!<>=~]+)\s*(?P<operator>!=|<=|>=|=|<|>|~)\s*(?P<value>.*?)\s*", re.S)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test by one column of `cards`: of a record when called, or of a row."""

    column: Column
    compare: Callable[[Any, Any], bool]
    wanted: Any

    def __call__(self, card: Json) -> bool:
        """Whether it holds for a record."""
        return self.of_value(next(iter(CARDS.rows(card)))[CARDS.columns.index(self.column)])

    def of_row(self, row: Json) -> bool:
        """Whether it holds for a row of `cards` as a mapping."""
        return self.of_value(row[self.column.name])

    def of_value(self, value: Any) -> bool:
        """Whether it holds for the column's value; nothing is less or more than an empty one."""
        if value is None or self.wanted is None:
            return self.compare in (operator.eq, operator.ne) and self.compare(value, self.wanted)
        return self.compare(value, self.wanted)


def contains(value: Any, part: Any) -> bool:
    """Whether the words of a value hold the part."""
    return str(part) in str(value)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "<": operator.lt, ">":
    operator.gt, "~": contains,
}  # fmt: skip


def condition(given: str) -> Condition:
    """A condition on a column of `cards`, named in English or Korean. Raises ExportError.

    >>> condition("진도율 >= 50").of_row({"progress": 60.0})
    True
    >>> condition("진도율=x")
    Traceback (most recent call last):
    cardextract.sinks.content.ExportError: --where 진도율=x: progress is a number
    """
    match = CONDITION.fullmatch(given)
    if match is None:
        raise ExportError(f"--where {given}: not of the form COLUMN=VALUE (=, !=, <, <=, >, >=, ~)")
    column = find_column(match["name"], given)
    wanted = match["value"] if match["operator"] == "~" else typed(match["value"], column, given)
    return Condition(column, OPERATORS[match["operator"]], wanted)


def find_column(name: str, given: str) -> Column:
    """The column of `cards` with this name or Korean title. Raises ExportError with the nearest names."""
    for column in CARDS.columns:
        if name in (column.name, column.title):
            return column
    near = difflib.get_close_matches(
        name, [part for c in CARDS.columns for part in (c.name, c.title)], 3, 0.5
    )
    hint = f"; did you mean {', '.join(near)}?" if near else f"; columns: {', '.join(CARDS.names)}"
    raise ExportError(f"--where {given}: no column {name}{hint}")


def typed(value: str, column: Column, given: str) -> Any:
    """The value in the column's type; None for an empty one. Raises ExportError."""
    if not value:
        return None
    try:
        if column.type == "integer":
            return int(value.replace(",", ""))
        if column.type == "number":
            return float(value)
    except ValueError:
        raise ExportError(f"--where {given}: {column.name} is a number") from None
    return value == "true" if column.type == "boolean" else value


def columns_of(tables: Iterable[Table]) -> Iterator[tuple[Table, Column]]:
    """Every column with its table: the dictionary of an export."""
    for table in tables:
        for column in table.columns:
            yield table, column
