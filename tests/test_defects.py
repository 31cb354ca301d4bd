"""Defects of the publishers in drawn layouts: each is found under its own code, with one headline, and none is invented.

The documents are the random forms of tests/layouts in HTML, which keeps spans: what a conversion loses is not measured here.
"""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.layouts import content, generate, grammar
from tests.layouts.budget import figure, won
from tests.layouts.defects import INJECTORS, Defect, inject, keys, path
from tests.layouts.render import as_html

from cardextract.findings import Finding
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules

SEEDS = range(60)
CONSEQUENT = {"SPENT_OVER_PLAN": {"ROW_SUM", "COLUMN_SUM", "SPENT_OVER_PLAN"}}
"""Codes that may be the headline of a defect: a wrong total that exceeds the plan is first a total that does not add up."""


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(Path(__file__).parents[1] / "rules")


def drawn(seed: int) -> tuple[grammar.Layout, content.Content]:
    layout = grammar.draw(seed)
    if layout.unit_place in ("below", "percell", "heading"):  # where the reading of a unit is the question
        layout = replace(layout, unit_place="line")
    if layout.one_table == "embedded":  # where the reading of several tables in one grid is
        layout = replace(layout, one_table="split")
    return layout, content.draw(random.Random(f"card-{seed}-1"), layout, 1)


def findings(layout: grammar.Layout, card: content.Content, rules: RuleSet, folder: Path) -> list[Finding]:
    """Errors and warnings."""
    blocks, _ = generate.card_blocks(layout, card)
    file = folder / "card.html"
    file.write_text(as_html(blocks, layout.gov), encoding="utf-8")
    [found] = extract_file(file, root=folder, rules=rules, profile="base", mentions=False).cards
    return [f for f in found.findings if f.severity != "info"]


def heads(found: list[Finding]) -> list[Finding]:
    return [f for f in found if f.caused_by is None]


def injected(code: str) -> Iterator[Defect]:
    for seed in SEEDS:
        layout, card = drawn(seed)
        defect = inject(layout, card, code, random.Random(zlib.crc32(f"{seed}-{code}".encode())))
        if defect is not None:
            yield defect


def test_sound_cards_are_not_accused(ruleset: RuleSet, tmp_path: Path) -> None:
    loud = {seed: findings(*drawn(seed), ruleset, tmp_path) for seed in SEEDS}
    assert {seed: [f.message for f in found] for seed, found in loud.items() if found} == {}


@pytest.mark.parametrize("code", sorted(set(INJECTORS) - {"SHIFTED_CELL"}))
def test_a_defect_is_the_headline_under_its_own_code(code: str, ruleset: RuleSet, tmp_path: Path) -> None:
    tried = 0
    for defect in injected(code):
        tried += 1
        found = findings(defect.layout, defect.card, ruleset, tmp_path)
        where = f"layout {defect.layout.seed}, {defect.where}: {[f.message for f in found]}"
        assert code in {f.code for f in found}, where
        assert len(heads(found)) == 1, where
        assert heads(found)[0].code in CONSEQUENT.get(code, {code}), where
        assert any(p.startswith(defect.where) for f in found for p in f.paths) or code.startswith("DATE"), (
            where
        )
        for f in found:
            if f.suggestion is not None and defect.right is not None:
                assert (f.suggestion.path, f.suggestion.value) == (
                    defect.where,
                    won(defect.layout, defect.right),
                ), where
    assert tried > 15


def test_a_line_moved_by_a_year_is_named_where_a_column_can_tell(ruleset: RuleSet, tmp_path: Path) -> None:
    """A table without a row of totals, or of one row, has no sum across the line: its row may still close."""
    outcome: Counter[str] = Counter()
    for defect in injected("SHIFTED_CELL"):
        cells = keys(defect.layout)
        if len({k[1] for k in cells}) < 3 or "total" not in {k[1] for k in cells}:
            continue
        found = findings(defect.layout, defect.card, ruleset, tmp_path)
        assert any(f.severity == "error" for f in found), f"layout {defect.layout.seed}: silent"
        outcome["SHIFTED_CELL" if [f.code for f in heads(found)] == ["SHIFTED_CELL"] else "other"] += 1
    assert outcome["SHIFTED_CELL"] > 15
    assert outcome["SHIFTED_CELL"] >= 0.9 * outcome.total()


def test_a_dot_for_a_comma_is_named_in_any_cell(ruleset: RuleSet, tmp_path: Path) -> None:
    """Totals and parts, rows and columns; also where the row alone or the column alone can tell."""
    tried = 0
    for seed in SEEDS:
        layout, card = drawn(seed)
        if not card.budgeted or layout.unit == "억원":
            continue
        cells = [k for k in keys(layout) if 1000 <= card.amounts[k] < 10**6]
        for key in random.Random(seed).sample(cells, min(3, len(cells))):
            tried += 1
            text = figure(layout, card.amounts[key]).replace(",", ".")
            wrong = replace(card, misprints={key: (text, card.amounts[key])})
            head = heads(findings(layout, wrong, ruleset, tmp_path))
            assert [f.code for f in head] == ["DECIMAL_SEPARATOR"], (
                f"layout {seed}, {key}: {[f.message for f in head]}"
            )
            assert head[0].suggestion is not None
            assert (head[0].suggestion.path, head[0].suggestion.value) == (
                path(key),
                won(layout, card.amounts[key]),
            )
    assert tried > 60


def test_a_source_that_no_rule_knows_is_one_headline(ruleset: RuleSet, tmp_path: Path) -> None:
    """Whatever it makes of the table: other doubts and the sums that lack it are its consequences."""
    tried = 0
    for seed in SEEDS:
        layout, card = drawn(seed)
        if "sido" not in layout.source_names or not card.budgeted or "sido" not in layout.sources:
            continue
        tried += 1
        strange = replace(layout, source_names={**layout.source_names, "sido": "발전소주변지역재원"})
        found = findings(strange, card, ruleset, tmp_path)
        assert len(heads(found)) <= 1, f"layout {seed}: {[f.message for f in heads(found)]}"
    assert tried > 20
