"""CSV, JSON, XLSX, SQLite and Parquet, read back by the programs that people use for them."""

from __future__ import annotations

import csv as csv_module
import hashlib
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factory import make_card, make_cards, make_finding

from cardextract import sinks
from cardextract.card import BudgetCell, Card, Item, Section
from cardextract.sinks import csv, rows
from cardextract.sinks.content import SINKS, ExportError, condition
from cardextract.sinks.tables import TABLES

DANGEROUS = [
    '=HYPERLINK("http://x.invalid","click")',
    "+82-51",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "＝1+1",
]


def raw(card: Card) -> dict[str, Any]:
    return card.model_dump(mode="json")


def write_output(folder: Path, cards: Iterable[Card], dialect: csv.Dialect | None = None) -> Path:
    """An output folder as a run leaves it, as far as sinks go."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [raw(card) for card in cards]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "cards.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    found = [*file_findings(), *(f for record in records for f in record["findings"])]
    text = "".join(json.dumps(f, ensure_ascii=False) + "\n" for f in found)
    (folder / "findings.jsonl").write_text(text, encoding="utf-8")
    dialect = dialect or csv.Dialect()
    parts = [csv.file_fragment(file_findings(), dialect), *(csv.fragment(r, dialect) for r in records)]
    sinks.write_tables(
        folder, parts, dialect, rules=[r["rules_sha256"] for r in records], as_of=["2024-06-30"]
    )
    return folder


def file_findings() -> list[dict[str, Any]]:
    """A finding of a file without a card."""
    card = make_card(9)
    made = make_finding(
        card, "NEEDS_OCR", card_id=None, source_path="스캔.pdf", paths=(), places=(), suggestion=None
    )
    return [json.loads(json.dumps({slot: getattr(made, slot) for slot in made.__slots__}))]


def read(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv_module.DictReader(stream))


def test_csv_holds_every_fact_once(tmp_path: Path) -> None:
    cards = make_cards(3)
    output = write_output(tmp_path / "output", cards)
    data = (output / "csv/cards.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 4
    assert sorted(p.stem for p in (output / "csv").iterdir()) == sorted([*TABLES, "budget_wide"])
    budget = read(output / "csv/budget.csv")
    assert [
        (b["card_id"], b["ledger"], b["source"], b["period"], b["amount"], b["state"]) for b in budget
    ] == [(c.card_id, b.ledger, b.source, b.period, str(b.amount), b.state) for c in cards for b in c.budget]
    evidence = read(output / "csv/evidence.csv")
    assert [(e["card_id"], e["path"], e["text"]) for e in evidence] == [
        (c.card_id, path, e.text) for c in cards for path, e in c.evidence.items()
    ]
    assert {(b["card_id"], b["path"]) for b in budget} <= {(e["card_id"], e["path"]) for e in evidence}
    row = read(output / "csv/cards.csv")[1]
    assert (row["open_errors"], row["number"], row["beyond_term"]) == ("1", "2-1-1", "false")
    assert [f["card_id"] for f in read(output / "csv/findings.csv")] == [
        "",
        cards[1].card_id,
        cards[2].card_id,
    ]


def test_items_keep_their_tree(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", [make_card()])
    items = read(output / "csv/items.csv")
    assert [(i["level"], i["marker"]) for i in items] == [
        ("0", "○"),
        ("1", "-"),
        ("2", "⇒"),
        ("1", "-"),
        ("0", "○"),
    ]
    by_path = {i["path"]: i for i in items}
    assert all(not i["parent"] or int(by_path[i["parent"]]["level"]) == int(i["level"]) - 1 for i in items)
    mention = read(output / "csv/mentions.csv")[1]
    assert (
        by_path[mention["item"]]["text"][int(mention["start_at"]) : int(mention["end_at"])] == mention["text"]
    )


def test_budget_wide_has_the_periods_of_all_cards_and_counts_unplaced(tmp_path: Path) -> None:
    other = make_card(2, path="b.txt")
    half = BudgetCell(ledger="plan", source="total", period="2021-H2", amount=5, state="stated")
    lost = BudgetCell(ledger="plan", source="total", period=None, amount=7, state="unplaced")
    other.budget = [*other.budget, half, lost]
    output = write_output(tmp_path / "output", [make_card(path="a.txt"), other])
    wide = read(output / "csv/budget_wide.csv")
    assert list(wide[0])[-10:] == [
        "unplaced",
        "total",
        "before",
        "2021-H2",
        "2022",
        "2023",
        "2024",
        "2025",
        "2026",
        "after_term",
    ]
    assert [(w["2021-H2"], w["unplaced"], w["2022"]) for w in wide if w["source"] == "total"][:4] == [
        ("", "0", "200000000"), ("", "0", "200000000"), ("", "0", "195000000"), ("5", "1", "400000000"),
    ]  # fmt: skip


def test_cp949_is_strict_and_names_the_characters(tmp_path: Path) -> None:
    plain = make_card(1, captions=["골목길"])
    dialect = csv.Dialect("cp949")
    output = write_output(tmp_path / "output", [plain], dialect)
    assert read(output / "csv/cards.csv", "cp949")[0]["title"] == plain.title
    before = {p.name: p.read_bytes() for p in (output / "csv").iterdir()}
    with pytest.raises(csv.Unencodable, match=r"‘❍’ \(U\+274D, captions\.csv\), ‘뎀’|‘❍’ \(U\+274D"):
        write_output(tmp_path / "output", [make_card(1, captions=["❍ 골목길 😀"])], dialect)
    assert {p.name: p.read_bytes() for p in (output / "csv").iterdir()} == before


@pytest.mark.parametrize("text", DANGEROUS)
def test_texts_are_inert_in_sheets_and_untouched_in_plain_csv(tmp_path: Path, text: str) -> None:
    card = make_card(1, captions=[text], number="1-1-1", title=text)
    output = write_output(tmp_path / "output", [card])
    assert read(output / "csv/captions.csv")[0]["text"] == text
    excel = write_output(tmp_path / "excel", [card], csv.Dialect(excel=True))
    row = read(excel / "csv/cards.csv")[0]
    assert (row["title"], row["number"], row["as_of"]) == ("'" + text, "'1-1-1", "2024-06-30")
    assert int(row["budget_total"]) == card.budget_total
    book = openpyxl.load_workbook(sinks.export(output, to="xlsx"))
    cell = book["captions"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert not any("<f>" in part or "<f " in part for part in parts_of(tmp_path / "output.xlsx"))


def parts_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets")]


def test_xlsx_is_a_workbook_for_people(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    book = openpyxl.load_workbook(sinks.export(output, to="xlsx"))
    assert book.sheetnames == [*TABLES, "budget_wide", "설명"]
    cards = book["cards"]
    header = {cell.value: cell.column for cell in cards[1]}
    number, total = (cards.cell(2, header[name]) for name in ("number", "budget_total"))
    assert (number.value, number.data_type, number.number_format) == ("1-1-1", "s", "@")
    assert (total.value, total.number_format) == (1_600_000_000, "#,##0")
    assert cards.freeze_panes == "B2"
    assert cards.auto_filter.ref == "A1:AG1"
    assert cards.column_dimensions["N"].width == 40
    assert book.properties.created == datetime(2000, 1, 1)
    assert {row[1].value for row in book["설명"]} >= set(TABLES["cards"].names)


def test_xlsx_escapes_what_xml_cannot_hold_and_says_when_it_cuts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = make_card(1, captions=["a\x01b\ufffe<&>", "_x0041_", "긴 글 " * 10_000])
    output = write_output(tmp_path / "output", [card])
    book = openpyxl.load_workbook(sinks.export(output, to="xlsx"))
    shown = [row[2].value for row in book["captions"].iter_rows(min_row=2)]
    assert shown[:2] == ["a_x0001_b_xFFFE_<&>", "_x005F_x0041_"]
    assert len(shown[2]) == 32_767
    assert "too long" in caplog.text


def test_xlsx_goes_on_in_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardextract.sinks.xlsx.ROWS", 60)
    output = write_output(tmp_path / "output", [make_card()])
    book = openpyxl.load_workbook(sinks.export(output, to="xlsx"))
    assert [book[n].max_row for n in ("budget", "budget (2)")] == [60, 14]
    assert book["budget (2)"]["A1"].value == "card_id"


def test_sqlite_is_typed_keyed_and_has_views(tmp_path: Path) -> None:
    cards = make_cards(3)
    base = sqlite3.connect(sinks.export(write_output(tmp_path / "output", cards), to="sqlite"))
    try:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        spent = base.execute(
            "SELECT amount, cards FROM spent_by_year_and_source WHERE period = '2022' AND source = 'national'"
        ).fetchone()
        assert spent == (120_000_000 * (1 + 2 + 3), 3)
        totals = base.execute("SELECT number, plan, secured, spent FROM totals ORDER BY number").fetchall()
        assert totals[0] == ("1-1-1", 1_600_000_000, 1_080_000_000, 780_000_000)
        base.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            base.execute("INSERT INTO captions VALUES ('nobody', 0, 'x')")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            base.execute("UPDATE budget SET ledger = 'dreamt'")
        with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
            base.execute("UPDATE budget SET amount = 'many'")
        plan = base.execute("EXPLAIN QUERY PLAN SELECT * FROM findings WHERE code = 'ROW_SUM'").fetchall()
        assert "findings_by_code" in plan[0][3]
    finally:
        base.close()


def test_parquet_and_csv_say_the_same_to_pandas_and_duckdb(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    folder = sinks.export(output, to="parquet")
    frame = pandas.read_parquet(folder / "budget.parquet")
    table = pandas.read_csv(output / "csv/budget.csv")
    assert str(frame["amount"].dtype).lower() == "int64"
    pandas.testing.assert_frame_equal(frame, table, check_dtype=False)
    where = "ledger = 'spent' AND source = 'total' AND period = 'total'"
    budget = folder / "budget.parquet"
    total = duckdb.sql(f"SELECT sum(amount) FROM '{budget}' WHERE {where}").fetchall()
    assert total == [(780_000_000 * (1 + 2 + 3),)]


@pytest.mark.parametrize("kind", SINKS)
def test_two_exports_are_the_same_bytes(tmp_path: Path, kind: str) -> None:
    def digest(path: Path) -> list[str]:
        files = [path] if path.is_file() else sorted(path.iterdir())
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]

    output = write_output(tmp_path / "output", make_cards(3))
    first = digest(sinks.export(output, to=kind))
    clock = datetime.now()
    while datetime.now().second // 2 == clock.second // 2:  # zip entries count in steps of two seconds
        sum(range(1000))
    assert digest(sinks.export(output, to=kind, dest=tmp_path / "again")) == first
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".tmp-")]


@pytest.mark.parametrize("dialect", [csv.Dialect(), csv.Dialect("cp949"), csv.Dialect(excel=True)])
def test_pandas_prints_what_the_run_printed(
    tmp_path: Path, dialect: csv.Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardextract.sinks.files.CHUNK", 100)
    cards = make_cards(4)
    cards[0].captions = ['두 줄\r\n설명, "따옴표"', " ", "=1+1", "NaN", "None", "1e5"]
    cards[1].progress, cards[2].period.beyond_term, cards[3].progress = None, None, 33.333
    output = write_output(tmp_path / "output", cards, dialect)
    folder = sinks.export(output, to="csv", csv_encoding=dialect.encoding, excel=dialect.excel)
    for name in TABLES:
        ours, theirs = output / "csv" / f"{name}.csv", folder / f"{name}.csv"
        if name == "findings":  # those of files come first in a run, last in an export
            assert sorted(ours.read_bytes().split(b"\r\n")) == sorted(theirs.read_bytes().split(b"\r\n"))
        else:
            assert ours.read_bytes() == theirs.read_bytes(), name


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        (["status=completed"], ["2-1-1"]),
        (["추진상태!=completed", "number!=1-1-1"], ["3-1-1"]),
        (["budget_total>=3,200,000,000"], ["2-1-1", "3-1-1"]),
        (["progress < 42"], ["1-1-1"]),
        (["title~골목길"], ["1-1-1"]),
        (["issuer="], []),
        (["beyond_term=false", "as_of<=2024-06-30"], ["1-1-1", "2-1-1", "3-1-1"]),
    ],
)
def test_where(tmp_path: Path, where: list[str], numbers: list[str]) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    path = sinks.export(output, to="jsonl", where=where)
    assert [json.loads(line)["number"] for line in path.read_text(encoding="utf-8").splitlines()] == numbers


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("titel=x", "did you mean title"),
        ("status", "COLUMN=VALUE"),
        ("budget_total=much", "is a number"),
        ("zzz=1", "columns: card_id"),
    ],
)
def test_a_wrong_condition_says_what_is_wrong(given: str, said: str) -> None:
    with pytest.raises(ExportError, match=said):
        condition(given)


def test_only_released_cards_have_no_open_error(tmp_path: Path) -> None:
    cards = make_cards(3)
    output = write_output(tmp_path / "output", cards)
    path = sinks.export(output, to="json", released=True)
    assert [c["number"] for c in json.loads(path.read_text(encoding="utf-8"))] == ["1-1-1", "3-1-1"]
    cards[1].findings = [make_finding(cards[1], state="accepted")]
    output = write_output(tmp_path / "output", cards)
    assert len(json.loads(sinks.export(output, to="json", released=True).read_text(encoding="utf-8"))) == 3


def test_names_of_public_apis(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", make_cards(3))
    row = read(sinks.export(output, to="csv", names="gov") / "cards.csv")[0]
    assert {k: row[k] for k in ("MANAGE_NO", "PRTN_DEPT", "PPLDG_BSNS_NM", "PRTN_SITTN")} == {
        "MANAGE_NO": "1-1-1", "PRTN_DEPT": "도시재생과", "PPLDG_BSNS_NM": "걷고 싶은 골목길 만들기",
        "PRTN_SITTN": "정상추진",
    }  # fmt: skip
    row = read(sinks.export(output, to="csv", names="nec") / "cards.csv")[0]
    assert [row[k] for k in ("prmsOrd", "prmsRealmName", "prmsTitle", "prmmCont")] == [
        "1-1-1", "도시", "걷고 싶은 골목길 만들기", "누구나 안심하고 걷는 골목길",
    ]  # fmt: skip
    base = sqlite3.connect(sinks.export(output, to="sqlite", names="gov"))
    assert base.execute("SELECT title FROM totals WHERE number = '1-1-1'").fetchone() == (row["prmsTitle"],)
    base.close()


def test_links_and_findings_across_cards_are_put_into_a_ready_fragment(tmp_path: Path) -> None:
    card = make_card()
    part = csv.fragment(raw(card))
    late = make_card(1, findings=[make_finding(card), make_finding(card, "LONGITUDINAL", severity="warning")])
    findings = raw(late)["findings"]
    amended = csv.amended(part, findings, ("pabc", "number_title"))
    row = next(csv_module.reader(io.StringIO(amended.tables["cards"].data.decode(), newline="")))
    assert row[-4:] == ["1", "1", "pabc", "number_title"]
    assert amended.tables["findings"] == csv.fragment(raw(late)).tables["findings"]
    assert part == csv.fragment(raw(card))
    output = tmp_path / "output"
    sinks.write_tables(output, [amended], csv.Dialect())
    record = json.dumps(raw(card) | {"findings": findings}, ensure_ascii=False)
    (output / "cards.jsonl").write_text(record, encoding="utf-8")
    (output / "findings.jsonl").write_text("", encoding="utf-8")
    base = sqlite3.connect(sinks.export(output, to="sqlite"))
    assert base.execute("SELECT pledge_id, pledge_link FROM cards").fetchone() == ("pabc", "number_title")
    base.close()


def test_evidence_needs_no_json_of_its_own() -> None:
    for card in make_cards(4):
        slim = card.model_dump(mode="json", exclude={"evidence"})
        assert csv.fragment(slim, proofs=card.evidence) == csv.fragment(raw(card))
        assert csv.fragment(raw(card)).tables["evidence"].rows == len(card.evidence)


def test_an_empty_output_gives_empty_tables(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", [])
    assert read(output / "csv/cards.csv") == []
    for kind in SINKS:
        assert sinks.export(output, to=kind).exists()


def test_export_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="run `cardextract run` first"):
        sinks.export(tmp_path, to="xlsx")
    with pytest.raises(ExportError, match="one of csv, json"):
        sinks.export(tmp_path, to="pptx")


def test_deep_trees_are_walked_without_recursion() -> None:
    item = Item(marker="-", text="바닥")
    for level in range(100):
        item = Item(marker="-", text=f"{level}", children=[item])
    card = {"sections": [{**raw(make_card())["sections"][0], "items": [item.model_dump()]}]}
    assert [level for _, _, level, *_ in rows.walk_items(card)] == list(range(101))
    assert Section(kind="other", title="x", items=[item]).items[0].text == "99"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    table = TABLES["captions"]
    printed = csv.lines([("a-1", i, text) for i, text in enumerate(texts)], csv.Dialect(), table.columns)
    back = list(csv_module.reader(io.StringIO(printed.data.decode(), newline="")))
    assert [row[2] for row in back] == texts
    assert printed.rows == len(texts)
    part = csv.Fragment({"captions": printed, "cards": printed}, "2023,2024")
    assert csv.Fragment.load(part.dump()) == part


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=20, max_size=40))
def test_any_text_is_a_text_in_a_workbook(tmp_path: Path, texts: list[str]) -> None:
    output = write_output(tmp_path / "output", [make_card(1, captions=texts)])
    book = openpyxl.load_workbook(sinks.export(output, to="xlsx"))
    for cell, text in zip(book["captions"]["C"][1:], texts, strict=True):
        assert cell.data_type in ("s", "inlineStr")
        assert unescaped(str(cell.value)) == text
    base = sqlite3.connect(sinks.export(output, to="sqlite"))
    assert [row[0] for row in base.execute("SELECT text FROM captions ORDER BY position")] == texts
    base.close()


def unescaped(text: str) -> str:
    """What Excel shows for a text of a workbook."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_nothing_that_a_spreadsheet_takes_for_a_formula_begins_a_cell(text: str) -> None:
    (row,) = csv.inert([("a-1", 0, text)], TABLES["captions"].columns)
    assert row[2] in (text, "'" + text)
    assert row[2][0] not in "=+-@\t\r\n"
