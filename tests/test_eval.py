"""`cardextract eval`: a user's own gold records against an output folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT

from cardextract import extract
from cardextract.evaluate import Tally, compare, load_gold, main


@pytest.fixture
def card() -> dict[str, Any]:
    (card,) = extract(ROOT / "tests/cards/haesol.txt", rules=ROOT / "rules", mentions=False)
    return dict(json.loads(card.model_dump_json()))


def output(folder: Path, *cards: dict[str, Any]) -> Path:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    lines = "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cards)
    (out / "cards.jsonl").write_text(lines, encoding="utf-8")
    return out


def gold(folder: Path, record: dict[str, Any], name: str = "a.json") -> Path:
    truth = folder / "truth"
    truth.mkdir(exist_ok=True)
    (truth / name).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return truth


def scores(
    capsys: pytest.CaptureFixture[str], truth: Path, out: Path
) -> dict[str, dict[str, dict[str, int]]]:
    assert main(truth, out, as_json=True) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_record_is_right_against_itself(
    card: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = scores(capsys, gold(tmp_path, {**card, "layout": "해솔"}), output(tmp_path, card))
    assert set(found) == {"all", "format text", "layout 해솔"}
    for outcomes in found["all"].values():
        assert outcomes["right"] > 0
        assert sum(outcomes.values()) == outcomes["right"]
    assert found["all"]["budget"]["right"] == 38  # 48 cells, 10 of them zero
    assert found["all"] == found["layout 해솔"]


def test_wrong_missing_and_invented_are_told_apart(card: dict[str, Any]) -> None:
    truth = json.loads(json.dumps(card))
    truth["title"], truth["goals"] = "다른 제목", []
    truth["budget"][0]["amount"] += 1
    record = json.loads(json.dumps(card))
    record["number"] = None
    tally = Tally()
    compare(truth, record, tally)
    assert tally.fields["title"]["wrong"] == 1
    assert tally.fields["goals"]["invented"] == 1
    assert tally.fields["number"]["missing"] == 1
    assert tally.fields["budget"]["wrong"] == 1


def test_what_the_gold_leaves_out_is_not_scored(card: dict[str, Any]) -> None:
    tally = Tally()
    compare({"doc": "haesol", "title": card["title"]}, card, tally)
    assert {k for k, c in tally.fields.items() if c} == {"card", "title"}


def test_a_card_that_was_not_found_is_missing(
    card: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = scores(capsys, gold(tmp_path, {"doc": "nowhere", "title": "가"}), output(tmp_path, card))
    assert found["all"]["card"] == {"missing": 1}
    assert found["all"]["title"] == {"missing": 1}


def test_items_are_counted_at_every_depth(card: dict[str, Any]) -> None:
    record = json.loads(json.dumps(card))
    record["sections"][1]["items"][1]["children"].pop()
    tally = Tally()
    compare(card, record, tally)
    assert tally.fields["items"]["missing"] == 1
    assert tally.fields["items"]["right"] >= 8


def test_the_table_is_for_people(
    card: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(gold(tmp_path, card), output(tmp_path, card)) == 0
    out = capsys.readouterr().out
    assert out.startswith("all\n")
    assert "100.0" in out


@pytest.mark.parametrize(
    ("text", "words"), [("[]", "gold record"), ("{", "not valid JSON"), ("{}", "source.path")]
)
def test_bad_gold_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as caught:
        list(load_gold(tmp_path))
    assert "bad.json" in str(caught.value)


def test_no_gold_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no gold records"):
        list(load_gold(tmp_path))
