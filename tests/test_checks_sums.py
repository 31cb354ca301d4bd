"""Properties of the sums: sound budgets are never accused, a damaged cell is named or at least flagged."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.budgets import UNITS, amount_at, make_budget, random_shape, with_amount

from cardextract.card import Card
from cardextract.checks import check
from cardextract.findings import Finding, Suggestion
from cardextract.profiles import load_rules
from cardextract.rules import Rules

CARDS = 200
DAMAGES = ("any", "digit", "swap", "lost", "thousand", "dot")


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(Path(__file__).parents[1] / "rules").base


def figures(card: Card) -> list[str]:
    paths = [f"budget[{c.ledger}/{c.source}/{c.period}].amount" for c in card.budget]
    if card.budget_total:
        paths += ["budget_total", *(f"budget_by_source.{s}" for s in card.budget_by_source)]
    return paths


def damaged(rng: random.Random, old: int, unit: int) -> int:
    """Another amount, as people mistype it."""
    digits = str(old // unit)
    how = rng.choice(DAMAGES)
    i = rng.randrange(len(digits))
    if how == "digit":
        digits = digits[:i] + rng.choice("123456789") + digits[i + 1 :]
    elif how == "swap" and i:
        digits = digits[: i - 1] + digits[i] + digits[i - 1] + digits[i + 1 :]
    elif how == "lost" and len(digits) > 1:
        digits = digits[:i] + digits[i + 1 :]
    elif how == "thousand":
        return old * 1000
    elif how == "dot" and old % 1000 == 0:
        return old // 1000
    else:
        digits = str(rng.randint(1, 99999))
    return int(digits) * unit


def errors(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity == "error"]


def holds(findings: list[Finding], path: str) -> bool:
    """Some error points at the figure by its path."""
    return any(
        path in f.paths or ("budget" in f.paths and path.startswith("budget")) for f in errors(findings)
    )


def counted(card: Card, path: str) -> bool:
    """The sums can tell: prior spending that no total counts stands in one sum only."""
    if not path.endswith("before].amount"):
        return True
    ledger = path[len("budget[") :].partition("/")[0]
    row = {c.period: c.amount or 0 for c in card.budget if c.ledger == ledger and c.source == "total"}
    years = sum(a for p, a in row.items() if p not in ("total", "in_term", "before"))
    return row["total"] == years + row["before"]


def test_sound_budgets_have_no_error(rules: Rules) -> None:
    for seed in range(CARDS):
        rng = random.Random(seed)
        card = make_budget(rng, random_shape(rng))
        assert [f.message for f in check(card, rules) if f.severity != "info"] == [], f"seed {seed}"


def test_a_damaged_cell_is_flagged_once_and_named_where_the_sums_determine_it(rules: Rules) -> None:
    determined = right = 0
    for seed in range(CARDS):
        rng = random.Random(seed)
        shape = random_shape(rng)
        card = make_budget(rng, shape)
        path = rng.choice(figures(card))
        old = amount_at(card, path)
        new = damaged(rng, old, UNITS[shape.unit])
        if new == old:
            continue
        found = check(with_amount(card, path, new), rules)
        assert holds(found, path), f"seed {seed}: {path} is silent"
        heads = [f for f in errors(found) if f.caused_by is None]
        assert len(heads) == 1, f"seed {seed}: {[f.message for f in heads]}"
        suggestions = [f.suggestion for f in found if f.suggestion]
        assert all((s.path, s.value) == (path, old) for s in suggestions), f"seed {seed}: {suggestions}"
        if counted(card, path):
            determined += 1
            right += bool(suggestions)
    assert determined > CARDS / 2
    assert right >= 0.9 * determined


@pytest.mark.parametrize("left_out", ["sources", "total row", "total column"])
def test_tables_that_prove_less_never_suggest_a_wrong_value(left_out: str, rules: Rules) -> None:
    suggested = 0
    for seed in range(CARDS):
        rng = random.Random(seed)
        shape = random_shape(rng)
        card = make_budget(rng, shape)
        cells = [
            c
            for c in card.budget
            if (left_out == "sources" and c.source == "total")
            or (left_out == "total row" and c.source != "total")
            or (left_out == "total column" and c.period != "total")
        ]
        header = {} if left_out == "sources" else card.budget_by_source
        card = card.model_copy(update={"budget": cells, "budget_by_source": header})
        assert errors(check(card, rules)) == [], f"seed {seed}"
        path = rng.choice(figures(card))
        old = amount_at(card, path)
        new = damaged(rng, old, UNITS[shape.unit])
        for f in check(with_amount(card, path, new), rules):
            if f.suggestion is not None:
                suggested += 1
                assert f.suggestion == Suggestion(path, old, f.suggestion.text), f"seed {seed}"
    assert suggested > 0


def test_a_shifted_row_is_never_taken_for_a_wrong_cell(rules: Rules) -> None:
    named = tried = 0
    for seed in range(CARDS):
        rng = random.Random(seed)
        shape = random_shape(rng)
        card = make_budget(rng, shape)
        ledger, source = rng.choice(("plan", "spent")), rng.choice(shape.sources)
        cells = {c.period: c for c in card.budget if (c.ledger, c.source) == (ledger, source)}
        row = [cells[y].amount or 0 for y in shape.years]
        if row[-1] or len({*row}) < 3 or not row[0]:
            continue
        moved = card
        for year, value in zip(shape.years, [0, *row], strict=False):
            moved = with_amount(moved, f"budget[{ledger}/{source}/{year}].amount", value)
        found = errors(check(moved, rules))
        tried += 1
        heads = [f for f in found if f.caused_by is None]
        named += [f.code for f in heads] == ["SHIFTED_CELL"]
        assert all(f.suggestion is None or f.suggestion.value is None for f in found), f"seed {seed}"
    assert tried > 10
    assert named >= 0.9 * tried
