"""The contracts, checked by validators that are not ours: jsonschema and frictionless."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pytest
from pydantic import TypeAdapter
from tests.factory import make_card, make_cards
from tests.test_sinks import file_findings, raw, write_output

from cardextract import sinks
from cardextract.card import Card, Period
from cardextract.corrections import Correction
from cardextract.document import Place
from cardextract.ledger import Line
from cardextract.sinks import contracts, csv
from cardextract.sinks.tables import BUDGET_WIDE, TABLES
from cardextract.sinks.vocabulary import FIELDS


def validator(name: str) -> jsonschema.Draft202012Validator:
    made = contracts.schema(name)
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def test_every_kind_of_file_fits_its_schema(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    written = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in (output / "schema").iterdir()}
    assert written == {name: contracts.schema(name) for name in contracts.SCHEMAS}
    for line in (output / "cards.jsonl").read_text(encoding="utf-8").splitlines():
        validator("record").validate(json.loads(line))
    for f in file_findings():
        validator("finding").validate(f)
    line = Line("a.txt", "0" * 64, "ok", cards=("a-1",))
    validator("ledger").validate(json.loads(line.json()))
    decision = Correction(
        id="1", author="김가온", time="2024-07-01T00:00:00Z", action="fix", source_path="a.txt",
        source_sha256="0" * 64, card_index=1, place=Place(line=3, start=4, end=9), path="progress", was="500%", now="50%",
    )  # fmt: skip
    validator("correction").validate(json.loads(decision.model_dump_json()))


@pytest.mark.parametrize(
    "change",
    [{"status": "dreaming"}, {"budget_total": "many"}, {"new_field": 1}, {"budget": [{"ledger": "plan"}]}],
)
def test_a_wrong_record_does_not_fit(change: dict[str, Any]) -> None:
    assert not validator("record").is_valid(raw(make_card()) | change)
    assert validator("record").is_valid(raw(make_card()))


@pytest.mark.parametrize("dialect", [csv.Dialect(), csv.Dialect("cp949"), csv.Dialect(excel=True)])
def test_the_data_package_is_valid(tmp_path: Path, dialect: csv.Dialect) -> None:
    cards = [*make_cards(3), make_card(7, as_of=None, period=Period(), budget=[], evidence={}, sections=[])]
    for card in cards:
        card.captions = ['두 줄\r\n설명, 쉼표와 "따옴표"', "=1+1"]
    output = write_output(tmp_path / "output", cards, dialect)
    report = frictionless.validate(output / "datapackage.json")
    assert report.flatten(["message"]) == []
    package = frictionless.Package(output / "datapackage.json")
    assert [r.name for r in package.resources] == [*TABLES, "budget-wide"]
    row = package.get_resource("cards").read_rows()[0]
    assert (row["budget_total"], row["beyond_term"], row["number"].lstrip("'")) == (
        1_600_000_000,
        False,
        "1-1-1",
    )
    read = json.loads((output / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["rows"] for r in read["resources"]][:3] == [4, 72 * 4 - 72, 8]
    assert (read["as_of"], read["licenses"][0]["name"]) == (["2024-06-30"], "notspecified")
    amount = next(f for f in read["resources"][1]["schema"]["fields"] if f["name"] == "amount")
    assert (amount["unit"], amount["title"]) == ("KRW", "금액")


def test_frictionless_sees_a_damaged_table(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(2))
    path = output / "csv/budget.csv"
    path.write_bytes(path.read_bytes().replace(b",plan,", b",dreamt,", 1))
    assert "dreamt" in str(frictionless.validate(output / "datapackage.json").flatten(["message"]))


def test_an_exported_package_is_valid_with_other_names(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    for names in ("gov", "nec"):
        folder = sinks.export(output, to="csv", names=names, dest=tmp_path / names)
        assert frictionless.validate(folder / "datapackage.json").flatten(["message"]) == []


def test_every_field_has_a_label_and_no_label_is_left_over() -> None:
    seen: dict[str, set[str]] = {}
    for model, *_ in contracts.SCHEMAS.values():
        made = TypeAdapter(model).json_schema(mode="serialization")
        for name, definition in {model.__name__: made, **made.get("$defs", {})}.items():
            if "properties" in definition:
                seen.setdefault(name, set()).update(definition["properties"])
                for field, described in definition["properties"].items():
                    label = FIELDS[name][field]
                    assert label.title, (name, field)
                    assert label.meaning or described.get("description"), (name, field)
    assert {name: set(labels) for name, labels in FIELDS.items()} == seen


def test_every_row_is_as_long_as_its_columns() -> None:
    card = raw(make_cards(2)[1])
    for table in TABLES.values():
        made = list(table.rows(card))
        assert made, table.name
        assert {len(row) for row in made} == {len(table.columns)}, table.name
        assert set(table.key) <= set(table.names)
        keys = [tuple(row[table.names.index(k)] for k in table.key) for row in made]
        assert len(set(keys)) == len(keys)
    assert set(BUDGET_WIDE.key) <= set(BUDGET_WIDE.names)


def test_every_fact_of_a_record_is_in_the_tables() -> None:
    """Change any single value of a record: some table changes."""
    card = raw(make_cards(2)[1])

    def shown(record: dict[str, Any]) -> dict[str, list[Any]]:
        return {name: list(table.rows(record)) for name, table in TABLES.items()}

    before = shown(card)
    untouched = [path for path in leaves(card) if shown(changed(card, path)) == before]
    grids = [p for p in untouched if p[-1] in ("rows", "cols")]
    places = [p for p in untouched if "places" in p and p[p.index("places") + 1] > 0]
    assert [p for p in untouched if p not in grids and p not in places] == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values that can be changed by themselves."""
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, part in enumerate(value) for leaf in leaves(part, (*path, i))]
    return [] if value is None else [path]


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """A copy with another value at the path."""
    if not path:
        return (
            not value
            if isinstance(value, bool)
            else value + 1
            if isinstance(value, int | float)
            else value + "?"
        )
    if isinstance(value, dict):
        return {key: changed(part, path[1:]) if key == path[0] else part for key, part in value.items()}
    return [changed(part, path[1:]) if i == path[0] else part for i, part in enumerate(value)]


def test_ledger_and_finding_have_only_known_fields() -> None:
    assert {f.name for f in fields(Line)} == set(FIELDS["Line"])
    assert set(asdict(Line("a", None, "ok"))) == set(contracts.schema("ledger")["properties"])
    assert contracts.schema("record")["$id"].endswith(Card.model_fields["schema_version"].default)
