"""Budgets as the field guide says they may be printed: each figure is right or flagged, and a clean card is not accused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cards.make import Grid, as_html, as_text, grid
from tests.conftest import ROOT
from tests.texts import cells, flagged, read
from tests.wide import Form, make
from tests.wide_forms import FORMS

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.rules import load_rules

RULESET = load_rules(ROOT / "rules")


def card_of(form: Form, seed: int, mode: str, folder: Path) -> tuple[Card, dict[tuple[str, str, str], int]]:
    """The card around a drawn budget, read from a page with spans, or from text with blanks or spans lost."""
    budget, figures = make(form, seed)
    head = grid([["공약명", "골목길 정비", "관리번호", "1-2"], ["주관부서", "도로과", "진도율", "50%"]])
    blocks: list[str | Grid] = [form.title, "", "(2025. 12. 31. 현재)", "", head, "", "1. 추진개요", "○ 정비"]
    blocks += ["2. 투자계획", *budget, "3. 추진실적", "○ 착공"]
    if mode == "spans":
        path = folder / "card.html"
        path.write_text(as_html(blocks, form.title), encoding="utf-8")
        (card,) = extract_file(path, root=folder, rules=RULESET, profile="base", mentions=False).cards
    else:
        (card,) = read(as_text(blocks, blanks=mode == "blanks"), RULESET)
    return card, figures


@pytest.mark.parametrize("mode", ["spans", "blanks", "lost"])
@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.name.replace(" ", "_"))
def test_every_figure_is_right_or_flagged(form: Form, mode: str, tmp_path: Path) -> None:
    for seed in range(2):
        card, figures = card_of(form, seed, mode, tmp_path)
        found = cells(card)
        wrong = {k for k in figures.keys() | found.keys() if figures.get(k) != found.get(k)}
        assert {k for k in wrong if not flagged(card, f"budget[{'/'.join(k)}]")} == set()
        if not form.flagged:
            assert wrong == set()
            alarms = {f.code for f in card.findings if f.severity != "info"}
            assert alarms <= form.noted
