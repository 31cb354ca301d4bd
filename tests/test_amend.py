"""Fills and assigns on a built card."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factory import make_card

from cardextract.amend import amend
from cardextract.card import BudgetCell, Card, Evidence
from cardextract.corrections import Correction
from cardextract.document import Document, Place
from cardextract.findings import Finding
from cardextract.profiles import find_rules_dir, load_rules
from cardextract.replay import certify
from cardextract.rules import Rules

FIRST, SECOND = Place(line=9, start=900, end=903), Place(line=9, start=910, end=913)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(find_rules_dir(Path(__file__).parent.parent / "rules")).base


def loose_card() -> Card:
    """A plan row of national money of which two figures lost their columns."""
    card = make_card()
    keep = [c for c in card.budget if (c.ledger, c.source) != ("plan", "national")]
    loose = [
        BudgetCell(ledger="plan", source="national", period=None, amount=amount, state="unplaced")
        for amount in (120_000_000, 240_000_000)
    ]
    blank = BudgetCell(ledger="plan", source="national", period="2022", amount=None, state="blank")
    evidence = {k: v for k, v in card.evidence.items() if "plan/national" not in k}
    evidence["budget[plan/national/None].amount"] = Evidence(text="120", place=FIRST)
    evidence["budget[plan/national/None#2].amount"] = Evidence(text="240", place=SECOND)
    finding = Finding(
        "f", "UNPLACED", None, "error", "", card.card_id, "", ("budget[plan/national/", "budget")
    )
    update = {"budget": [*keep, blank, *loose], "evidence": evidence, "findings": [finding]}
    return card.model_copy(update=update)


def assign(place: Place, text: str, path: str, card: Card) -> Correction:
    return Correction(
        id=text, author="나가온", time="2024-07-01T00:00:00Z", action="assign", source_path=card.source.path,
        source_sha256=card.source.sha256, card_index=1, place=place, was=text, path=path,
    )  # fmt: skip


def cells(card: Card) -> dict[str | None, tuple[int | None, str]]:
    row = [c for c in card.budget if (c.ledger, c.source) == ("plan", "national")]
    return {c.period: (c.amount, c.state) for c in row}


def test_an_unplaced_figure_gets_its_column_and_the_last_one_ends_the_finding(rules: Rules) -> None:
    card = loose_card()
    one = assign(SECOND, "240", "budget[plan/national/2023].amount", card)
    placed = amend(card, [one], rules)
    assert cells(placed) == {
        "2022": (None, "blank"), None: (120_000_000, "unplaced"), "2023": (240_000_000, "corrected"),
    }  # fmt: skip
    assert placed.evidence["budget[plan/national/2023].amount"].text == "240"
    assert placed.evidence["budget[plan/national/None].amount"].text == "120"
    assert [f.code for f in placed.findings] == ["UNPLACED"]
    two = assign(FIRST, "120", "budget[plan/national/2022].amount", card)
    both = amend(card, [one, two], rules)
    assert cells(both) == {"2022": (120_000_000, "corrected"), "2023": (240_000_000, "corrected")}
    assert both.findings == []
    evidence, _ = certify(both.evidence, [], Document("text", ()), [one, two], 1)
    assert evidence["budget[plan/national/2022].amount"].certainty == "corrected"


@pytest.mark.parametrize(
    "path",
    [
        "budget[plan/sigungu/2022].amount",
        "budget[plan/sido/2022].amount",
        "title",
        "budget[spent/national/2022]",
    ],
)
def test_an_assign_that_does_not_fit_changes_nothing(rules: Rules, path: str) -> None:
    card = loose_card()
    assert amend(card, [assign(FIRST, "120", path, card)], rules) == card
    assert amend(card, [assign(FIRST, "121", "budget[plan/national/2022].amount", card)], rules) == card


def test_a_fill_goes_through_the_grammar_and_leaves_stated_fields_alone(rules: Rules) -> None:
    card = make_card().model_copy(update={"progress": None, "status": None})
    fills = [
        Correction(
            id=path, author="나가온", time="2024-07-01T00:00:00Z", action="fill", source_path=card.source.path,
            source_sha256=card.source.sha256, card_index=1, path=path, was="", now=now,
        )
        for path, now in (("progress", "55%"), ("status", "완료"), ("title", "다른 이름"))
    ]  # fmt: skip
    filled = amend(card, fills, rules)
    assert (filled.progress, filled.status, filled.title) == (55, "completed", card.title)
    assert amend(card, fills, rules, "another file") == card
