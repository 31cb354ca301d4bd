"""The same facts in another print: synonyms, the table turned, another unit, blank cells lost.

Each card of the corpus is printed anew; its record must come out unchanged, or every figure that changed must be flagged.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests import transform
from tests.conftest import ROOT
from tests.texts import cells, flagged, read

from cardextract.card import Card, SourceFile
from cardextract.document import Document
from cardextract.pipeline import finish, read_cards
from cardextract.profiles import RuleSet, load_rules
from cardextract.readers import reader

RULESET = load_rules(ROOT / "rules")
LAYOUTS = ("dev1_seed_gu", "dev2_si_grid", "dev3_gun_lines", "dev4_metro_eok", "dev5_gu_onebig")
CARDS = ("01", "02", "03", "04", "05", "06")


def corpus_text(shared: Path, layout: str, number: str) -> str:
    path = shared / f"corpus/inbox/single/{layout}/txt/{layout}_{number}_txt.txt"
    return path.read_bytes().decode("utf-8-sig")


def one(text: str) -> Card:
    (card,) = read(text, RULESET)
    return card


def differences(before: Card, after: Card) -> dict[str, Any]:
    a, b = transform.facts(before), transform.facts(after)
    return {k: (a[k], b[k]) for k in a if a[k] != b[k]}


def alarms(card: Card) -> list[str]:
    return sorted(f.code for f in card.findings if f.severity in ("error", "warning"))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_as_synonyms(layout: str, seed: int, shared: Path) -> None:
    for number in CARDS[:4]:
        text = corpus_text(shared, layout, number)
        before = one(text)
        printed = transform.rename_labels(text, before, RULESET.base, random.Random(seed))
        assert printed != text
        after = one(printed)
        assert differences(before, after) == {}, printed[:600]
        assert alarms(after) == alarms(before)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_headings_as_synonyms(layout: str, seed: int, shared: Path) -> None:
    for number in CARDS[:4]:
        text = corpus_text(shared, layout, number)
        before = one(text)
        printed = transform.rename_headings(text, before, RULESET.base, random.Random(seed))
        assert printed != text
        assert differences(before, one(printed)) == {}, printed


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_axis_words_as_synonyms(layout: str, seed: int, shared: Path) -> None:
    changed = 0
    for number in CARDS[:4]:
        text = corpus_text(shared, layout, number)
        printed = transform.rename_axes(text, RULESET.base, random.Random(seed))
        changed += printed != text
        before, after = one(text), one(printed)
        assert differences(before, after) == {}, printed
        assert alarms(after) == alarms(before)
    assert changed >= 3


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_finer_unit(layout: str, shared: Path) -> None:
    changed = 0
    for number in CARDS:
        text = corpus_text(shared, layout, number)
        before = one(text)
        printed = transform.finer_unit(text, before)
        if printed is None:
            continue
        changed += 1
        after = one(printed)
        assert cells(after) == cells(before), printed
        assert after.budget_total == before.budget_total
        assert alarms(after) == alarms(before)
    assert changed >= 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_wrong_unit_is_flagged(layout: str, shared: Path) -> None:
    """The unit line says something else than the figures: every figure is off, and the card says so."""
    for number in CARDS:
        text = corpus_text(shared, layout, number)
        before = one(text)
        if not before.budget or not before.budget_total:
            continue
        for unit, other in (("백만원", "천원"), ("천원", "백만원"), ("억원", "백만원")):
            slipped = text.replace(f"단위: {unit}", f"단위: {other}").replace(
                f"단위 : {unit}", f"단위 : {other}"
            )
            slipped = slipped.replace(f"단위:{unit}", f"단위:{other}")
            if slipped != text and "단위" in text:
                break
        after = one(slipped)
        assert cells(after) != cells(before)
        wrong = [p for p in cells(after) if cells(after)[p] != cells(before).get(p)]
        assert any(flagged(after, f"budget[{p[0]}/{p[1]}/{p[2]}]") for p in wrong), alarms(after)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_table_turned(layout: str, shared: Path) -> None:
    """Rows as columns, headings and merged cells with them: the same figures, and nothing new to report."""
    turned = 0
    for number in CARDS:
        path = shared / f"corpus/inbox/single/{layout}/docx/{layout}_{number}_docx.docx"
        document, _ = reader("docx")(path)
        other = transform.transpose(document, RULESET.base)
        if other is None:
            continue
        turned += 1
        before, after = from_document(document, RULESET), from_document(other, RULESET)
        assert differences(before, after) == {}, path.name
        assert alarms(after) == alarms(before), path.name
    assert turned >= 4


def from_document(document: Document, ruleset: RuleSet) -> Card:
    source = SourceFile(path="x.docx", sha256="0" * 64, format="docx", card_index=1)
    (reading,) = read_cards(document, source, ruleset.base)
    return finish(reading.card, ruleset.base)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_blank_cells_lost(layout: str, shared: Path) -> None:
    """Every zero printed as a blank and every blank gone: what no sum can place is flagged, and nothing is silent."""
    changed = 0
    for number in CARDS:
        text = corpus_text(shared, layout, number)
        before = one(text)
        printed = transform.drop_blanks(text, before)
        if printed == text:
            continue
        changed += 1
        after = one(printed)
        a, b = cells(before), cells(after)
        silent = [
            key
            for key in a.keys() | b.keys()
            if a.get(key) != b.get(key) and not flagged(after, f"budget[{key[0]}/{key[1]}/{key[2]}]")
        ]
        assert silent == [], printed
        rest = differences(before, after)
        rest.pop("budget", None)
        assert rest == {}, printed
        # no figure is lost: those without a provable column keep their amount, without a period
        assert len([x for x in after.budget if x.amount]) >= len(a), printed
    assert changed >= 4
