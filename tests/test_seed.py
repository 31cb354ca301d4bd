"""The real card of the seed comes out exact, with a place for every value, and no figure of it can be wrong unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.scoring import load_truth, overall, plain, scorer
from tests.texts import read

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet

SEED = "inbox/single/geumjeong/txt/geumjeong_txt.txt"


@pytest.fixture(scope="module")
def seed_file(shared: Path) -> Path:
    return shared / "seed" / SEED


@pytest.fixture(scope="module")
def seed(seed_file: Path, ruleset: RuleSet) -> Card:
    result = extract_file(seed_file, root=seed_file.parent, rules=ruleset, profile="base", mentions=False)
    assert result.findings == []
    (card,) = result.cards
    return card


def items(card: Card) -> Iterator[str]:
    for section in card.sections:
        todo = list(section.items)
        while todo:
            item = todo.pop()
            yield item.text
            todo.extend(item.children)


def test_measure_is_full(seed: Card, seed_file: Path, shared: Path) -> None:
    module = scorer(shared)
    truth = load_truth(shared / "seed" / "truth", seed_file.stem)
    n = overall(module, truth, plain([seed], seed_file))
    assert n["cards"] == n["found"] == n["matched"] == 1
    assert n["head_right"] == n["head_stated"] > 0
    assert n["cells_right"] == n["cells_found"] == n["cells"] == 61
    assert n["items_text"] == n["items_full"] == n["items_found"] == n["items"] == 58
    assert n["evidence_good"] == n["evidence"] > 0
    assert (n["silent"], n["numbers_wrong"], n["alarms"]) == (0, 0, 0)


def test_counts(seed: Card) -> None:
    assert len(seed.budget) == 80
    assert len(list(items(seed))) == 58
    assert len(seed.tasks) == 5
    assert len(seed.captions) == 3


def test_the_only_oddity_is_a_warning(seed: Card) -> None:
    assert [(f.code, f.severity) for f in seed.findings if f.severity != "info"] == [
        ("YEAR_OVERSPENT", "warning")
    ]
    (odd,) = (f for f in seed.findings if f.code == "YEAR_OVERSPENT")
    assert any("2022" in path for path in odd.paths)
    assert [f.code for f in seed.findings if f.severity == "info"] == ["HEADER_SHIFTED"]


def test_every_span_reproduces_its_text(seed: Card, seed_file: Path) -> None:
    decoded = seed_file.read_bytes().decode("utf-8-sig")
    spans = [(path, e) for path, e in seed.evidence.items() if e.place.start is not None]
    assert len(spans) == len(seed.evidence) > 140
    for path, e in spans:
        assert decoded[e.place.start : e.place.end] == e.text, path
        assert e.text in decoded.splitlines()[(e.place.line or 0) - 1], path


# ---------------------------------------------------------------- no figure can be wrong unseen


def seed_figures() -> list[str]:
    """Paths of the seed's printed figures: the cells that are no zeros, the header amount and its breakdown."""
    ledger = {
        "plan": {
            "total": "before 2022 2023 2024 2025 2026 after_term",
            "national": "before 2022 2023 2024 2025 2026 after_term",
            "sido": "2022 2023 2024 2025 2026 after_term",
            "sigungu": "before 2022 2023 2024 2025 2026 after_term",
            "other": "before 2023 2024 2025 2026 after_term",
        },
        "spent": {
            "total": "before 2022 2023 2024",
            "national": "before 2022 2023 2024",
            "sido": "2022 2023 2024",
            "sigungu": "before 2022 2023 2024",
            "other": "before 2023 2024",
        },
    }
    cells = [
        f"budget[{name}/{source}/{period}].amount"
        for name, rows in ledger.items()
        for source, periods in rows.items()
        for period in ["total", *periods.split()]
    ]
    parts = [f"budget_by_source.{source}" for source in ("national", "sido", "sigungu", "other")]
    return [*cells, "budget_total", *parts]


def slips(figure: str) -> list[str]:
    """What a hand does to a figure: one up, a digit wrong, a digit lost or doubled."""
    n = int(figure.replace(",", ""))
    first = str(n)[0]
    changed = int(("1" if first != "1" else "2") + str(n)[1:])
    return [f"{x:,}" for x in {n + 1, changed, n * 10, n // 10} - {n, 0}]


def beside(path: str, other: str) -> bool:
    """Does a finding's path hold the figure's row, its column or the header field?"""
    if other.startswith(("budget_total", "budget_by_source")):
        return True
    a, b = (re.match(r"budget\[(\w+)/(\w+)/([\w-]+)\]", p) for p in (path, other))
    if a is None:  # a header amount against the plan's totals
        return b is not None and b[1] == "plan" and b[3] == "total"
    return b is not None and a[1] == b[1] and (a[2] == b[2] or a[3] == b[3])


def test_the_list_of_figures_is_complete(seed: Card) -> None:
    stated = {
        path for path, e in seed.evidence.items() if path.startswith("budget") and re.search("[1-9]", e.text)
    }
    assert stated == set(seed_figures())
    assert sum(path.startswith("budget[") for path in stated) == 61


@pytest.mark.parametrize("path", seed_figures())
def test_no_figure_can_be_wrong_unseen(path: str, seed: Card, seed_file: Path, ruleset: RuleSet) -> None:
    text = seed_file.read_bytes().decode("utf-8-sig")
    place = seed.evidence[path].place
    assert place.start is not None
    figure = re.match(r"[\d,]+", text[place.start : place.end])
    assert figure is not None
    for wrong in slips(figure[0]):
        (card,) = read(text[: place.start] + wrong + text[place.start + figure.end() :], ruleset)
        errors = [f for f in card.findings if f.severity == "error"]
        assert any(beside(path, p) for f in errors for p in f.paths), (
            figure[0],
            wrong,
            [(f.code, f.paths) for f in card.findings],
        )


def test_a_lost_figure_is_flagged(seed: Card, seed_file: Path, ruleset: RuleSet) -> None:
    """A cell that prints a dash instead of its figure breaks its row and its column."""
    text = seed_file.read_bytes().decode("utf-8-sig")
    for path in ("budget[plan/sido/2024].amount", "budget[spent/other/2023].amount"):
        place = seed.evidence[path].place
        (card,) = read(text[: place.start] + "-" + text[place.end :], ruleset)
        codes = {f.code for f in card.findings if f.severity == "error" and path in f.paths}
        assert codes & {"ROW_SUM", "COLUMN_SUM"}, path
