"""Budgets whose cells came as lines: read where the sums prove one layout, named where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import wide

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules

ROOT = Path(__file__).parents[1]
HEAD = """가온구청장 공약사항 관리카드

공약제목\t걷고 싶은 골목길 만들기\t관리번호\t1-1
주관부서\t도시재생과\t관련부서\t-

1. 투자계획

(단위: 백만원)

"""
TAIL = """
2. 추진실적

○ 주민 설명회 개최: 2024. 1. 12.
"""
FORMS = [
    wide.Form(
        "one",
        "구분 | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        " | 2022 | 2023 | 2024 | 2025",
        "계 ::\n국비 :: national\n시비 :: sido\n구비 :: sigungu",
    ),
    wide.Form(
        "two",
        "연도 | 투자계획 | < | < | < | 집행액 | < | < | <\n^ | 계 | 국비 | 시비 | 구비 | 계 | 국비 | 시비 | 구비",
        "plan | plan national | plan sido | plan sigungu | spent | spent national | spent sido | spent sigungu",
        "합계 ::\n2022 :: 2022\n2023 :: 2023\n2024 :: 2024\n2025 :: 2025",
    ),
    wide.Form(
        "blocks",
        "구분 | < | 계 | 2022년 | 2023년 | 2024년 | 2025년",
        " | 2022 | 2023 | 2024 | 2025",
        "소요예산 | 계 :: plan\n^ | 국비 :: plan national\n^ | 시비 :: plan sido\n^ | 구비 :: plan sigungu\n"
        "투입예산 | 계 :: spent\n^ | 국비 :: spent national\n^ | 시비 :: spent sido\n^ | 구비 :: spent sigungu",
    ),
]


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(ROOT / "rules")


def stack(grid: wide.Grid, blanks: bool) -> str:
    """One cell a line, as LibreOffice exports a table: what a cell covers on its right is lost, below it is a blank line."""
    own = {(b.row, b.col): " ".join(b.lines) for b in grid.boxes}
    below = {(b.row + k, b.col) for b in grid.boxes for k in range(1, b.down)}
    cells = [
        own.get((r, c), "")
        for r in range(grid.rows)
        for c in range(grid.cols)
        if (r, c) in own or (r, c) in below
    ]
    return "\n".join(c for c in cells if c or blanks) + "\n"


def read(path: Path, text: str, ruleset: RuleSet) -> Card:
    path.write_text(text, encoding="utf-8")
    (card,) = extract_file(path, root=path.parent, rules=ruleset, profile="base", mentions=False).cards
    return card


@pytest.mark.parametrize("blanks", [True, False], ids=["kept", "dropped"])
@pytest.mark.parametrize("form", FORMS, ids=[f.name for f in FORMS])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_a_stack_of_cells_is_read_or_named(
    form: wide.Form, blanks: bool, seed: int, tmp_path_factory: pytest.TempPathFactory, ruleset: RuleSet
) -> None:
    (_, grid), figures = wide.make(form, seed)
    assert isinstance(grid, wide.Grid)
    text = HEAD + stack(grid, blanks) + TAIL
    card = read(tmp_path_factory.mktemp("stack") / "card.txt", text, ruleset)
    found = {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}
    named = any(f.severity == "error" and "budget" in f.paths for f in card.findings)
    assert found == figures or (named and not found)


def test_a_stack_is_read_with_its_places(tmp_path: Path, ruleset: RuleSet) -> None:
    (_, grid), figures = wide.make(FORMS[2], 3)
    assert isinstance(grid, wide.Grid)
    text = HEAD + stack(grid, blanks=True) + TAIL
    card = read(tmp_path / "card.txt", text, ruleset)
    assert {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount} == figures
    for path, proof in card.evidence.items():
        assert text[proof.place.start : proof.place.end] == proof.text, path
    assert not [f for f in card.findings if f.severity == "error"]


def test_a_stack_whose_sums_do_not_close_stays_lines(tmp_path: Path, ruleset: RuleSet) -> None:
    (_, grid), _ = wide.make(FORMS[1], 3)
    assert isinstance(grid, wide.Grid)
    lines = stack(grid, blanks=False).replace("\n합계\n", "\n합계\n1\n", 1)
    card = read(tmp_path / "card.txt", HEAD + lines + TAIL, ruleset)
    assert not card.budget
    assert any(f.code == "UNREAD_BUDGET" for f in card.findings)


def test_items_below_each_other_are_no_stack(tmp_path: Path, ruleset: RuleSet) -> None:
    text = HEAD + "비예산 사업\n" + TAIL + "- 국비\n- 시비\n- 2023년\n- 1,200\n- 300\n- 400\n- 500\n"
    assert not read(tmp_path / "card.txt", text, ruleset).budget
