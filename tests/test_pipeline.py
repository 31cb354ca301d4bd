"""One file through the whole pipeline: our own cards in every format against golden records, and its promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cards.make import golden, make
from tests.conftest import ROOT
from tests.texts import cells, read

from cardextract.card import Card
from cardextract.findings import Unreadable
from cardextract.pipeline import assert_spans, extract_file
from cardextract.profiles import RuleSet

CARDS = ROOT / "tests" / "cards"
STEMS = ("baram", "dasom", "eunha", "gaon", "haesol", "naru")
FORMATS = ("txt", "html", "docx", "hwpx", "hwp", "pdf")


def one(path: Path, ruleset: RuleSet) -> Card:
    result = extract_file(path, root=path.parent, rules=ruleset, profile="base", mentions=False)
    assert result.findings == []
    (card,) = result.cards
    return card


def differences(a: Any, b: Any, path: str = "") -> list[str]:
    """Where two JSON values differ, as lines."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [
            d for k in sorted(a.keys() | b.keys()) for d in differences(a.get(k), b.get(k), f"{path}.{k}")
        ]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [
            d for i, (x, y) in enumerate(zip(a, b, strict=True)) for d in differences(x, y, f"{path}[{i}]")
        ]
    return [] if a == b else [f"{path}: golden {a!r}, got {b!r}"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("stem", STEMS)
def test_every_format_gives_the_golden_record(stem: str, suffix: str, ruleset: RuleSet) -> None:
    wanted = json.loads((CARDS / f"{stem}.json").read_text(encoding="utf-8"))
    card = one(CARDS / f"{stem}.{suffix}", ruleset)
    assert differences(wanted, golden(json.loads(card.model_dump_json()))) == []


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("stem", STEMS)
def test_every_value_shows_its_place(stem: str, suffix: str, ruleset: RuleSet) -> None:
    """Every figure, header value and item has evidence: text and a place of the format's own kind."""
    card = one(CARDS / f"{stem}.{suffix}", ruleset)
    paths = [f"budget[{b.ledger}/{b.source}/{b.period}].amount" for b in card.budget]
    paths += [f"budget_by_source.{s}" for s in card.budget_by_source]
    paths += [f"{k}[{i}]" for k in ("goals", "related_departments") for i in range(len(getattr(card, k)))]
    paths += [f"staff[{i}].name" for i in range(len(card.staff))]
    paths += [f"tasks[{i}].text" for i in range(len(card.tasks))]
    paths += [
        "title",
        "number",
        "as_of",
        "lead_department",
        "budget_total",
        "status",
        "progress",
        "period.start",
    ]
    for i, section in enumerate(card.sections):
        paths += [
            f"sections[{i}].title",
            *(f"sections[{i}].items[{j}].text" for j in range(len(section.items))),
        ]
    for path in paths:
        place = card.evidence[path].place
        known = {
            "txt": place.start is not None and place.line is not None,
            "pdf": place.page == 1 and place.box is not None,
        }.get(suffix, place.block is not None or place.table is not None)
        assert known, (path, place)
        if place.box is not None:
            x0, top, x1, bottom = place.box
            assert 0 <= x0 < x1 <= 1, (path, place)
            assert 0 <= top < bottom <= 1, (path, place)


@pytest.mark.parametrize("stem", STEMS)
def test_the_descriptions_make_these_files(stem: str, tmp_path: Path) -> None:
    """Text and HTML are byte for byte what make.py writes; nobody edits a product by hand."""
    made = make(CARDS / f"{stem}.card", tmp_path)
    assert {p.suffix for p in made} == {".txt", ".html", ".docx", ".hwpx", ".hwp"}
    for path in made:
        if path.suffix in (".txt", ".html"):
            assert path.read_bytes() == (CARDS / path.name).read_bytes()


def test_the_clean_cards_are_clean_and_the_mistake_is_named(ruleset: RuleSet) -> None:
    for stem in ("eunha", "gaon", "haesol"):
        card = one(CARDS / f"{stem}.hwpx", ruleset)
        assert [f.code for f in card.findings if f.severity != "info"] == []
    naru = one(CARDS / "naru.docx", ruleset)
    (row,) = (f for f in naru.findings if f.code == "ROW_SUM")
    assert row.suggestion is not None
    assert (row.suggestion.path, row.suggestion.text) == ("budget[plan/sigungu/2023].amount", "75")
    # printed is printed: the record holds the wrong figure
    assert cells(naru)["plan", "sigungu", "2023"] == 57_000_000


def test_the_same_file_gives_the_same_record(ruleset: RuleSet) -> None:
    path = CARDS / "gaon.docx"
    assert one(path, ruleset) == one(path, ruleset)


def test_source_is_named_by_its_path_in_the_inbox(ruleset: RuleSet) -> None:
    result = extract_file(CARDS / "gaon.txt", root=CARDS.parent, rules=ruleset, mentions=False)
    assert (result.path, result.format) == ("cards/gaon.txt", "text")
    assert result.cards[0].source.path == "cards/gaon.txt"
    assert result.cards[0].card_id == f"{result.sha256[:12]}-1"


def test_issuer_is_given_or_unknown(ruleset: RuleSet) -> None:
    path = CARDS / "gaon.txt"
    given = extract_file(path, root=CARDS, rules=ruleset, issuer="가온구", mentions=False).cards[0]
    assert given.issuer == "가온구"


def test_no_text_is_unreadable(tmp_path: Path, ruleset: RuleSet) -> None:
    path = tmp_path / "blank.txt"
    path.write_text(" \n\t\n", encoding="utf-8")
    with pytest.raises(Unreadable) as caught:
        extract_file(path, root=tmp_path, rules=ruleset)
    assert caught.value.code == "no_text"


def test_no_card_is_no_record(tmp_path: Path, ruleset: RuleSet) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("회의 알림\n\n다음 주 화요일에 모입니다.\n", encoding="utf-8")
    assert extract_file(path, root=tmp_path, rules=ruleset).cards == []


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_change_no_value(
    codec: str, newline: str, tmp_path: Path, ruleset: RuleSet
) -> None:
    text = (CARDS / "haesol.txt").read_text(encoding="utf-8")
    path = tmp_path / "card.txt"
    path.write_bytes(text.replace("\n", newline).replace("㎡", "m2").encode(codec))
    card = one(path, ruleset)
    plain = read(text.replace("㎡", "m2"), ruleset)[0]
    without = {"source", "card_id", "evidence", "findings"}
    assert card.model_dump(exclude=without) == plain.model_dump(exclude=without)


def test_a_wrong_span_is_a_bug_of_ours(ruleset: RuleSet) -> None:
    text = (CARDS / "gaon.txt").read_text(encoding="utf-8")
    (card,) = read(text, ruleset)
    with pytest.raises(AssertionError, match="evidence of"):
        assert_spans(card, " " + text)


def test_severities_are_set_by_rules(ruleset: RuleSet) -> None:
    from cardextract.pipeline import finish

    text = (CARDS / "naru.txt").read_text(encoding="utf-8")
    (card,) = read(text, ruleset)
    quiet = ruleset.base.model_copy(update={"severity": {"ROW_SUM": "off", "COLUMN_SUM": "warning"}})
    again = finish(card.model_copy(deep=True), quiet)
    assert "ROW_SUM" not in {f.code for f in again.findings}
    assert {f.severity for f in again.findings if f.code == "COLUMN_SUM"} == {"warning"}
