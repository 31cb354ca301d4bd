"""Tables that blanks alone set: read where columns and sums agree, named where they do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import wide
from tests.test_stacks import FORMS, HEAD, TAIL

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(ROOT / "rules")


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def spaced(grid: wide.Grid, size: Callable[[str], int], middle: bool, fill: str = " ") -> str:
    """The grid in columns of blanks. middle: a label of several rows stands on the middle one of them."""
    at = {(b.row + (b.down - 1) // 2 if middle else b.row, b.col): " ".join(b.lines) for b in grid.boxes}
    widths = [max(size(at.get((r, c), "")) for r in range(grid.rows)) + 3 for c in range(grid.cols)]
    lines = []
    for r in range(grid.rows):
        texts = [at.get((r, c), "") for c in range(grid.cols)]
        pads = [w - size(t) for t, w in zip(texts, widths, strict=True)]
        blanks = [fill * (n // size(fill)) + " " * (n % size(fill)) for n in pads]
        lines.append("".join(t + b for t, b in zip(texts, blanks, strict=True)).rstrip())
    return "\n".join(lines) + "\n"


def read(path: Path, text: str, ruleset: RuleSet) -> Card:
    path.write_text(text, encoding="utf-8")
    (card,) = extract_file(path, root=path.parent, rules=ruleset, profile="base", mentions=False).cards
    return card


def amounts(card: Card) -> dict[tuple[str, str, str | None], int]:
    return {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}


@pytest.mark.parametrize("middle", [False, True], ids=["top", "middle"])
@pytest.mark.parametrize("size", [columns, len], ids=["wide", "single"])
@pytest.mark.parametrize("form", FORMS, ids=[f.name for f in FORMS])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_a_table_of_blanks_is_read_or_named(
    form: wide.Form, size: Callable[[str], int], middle: bool, seed: int,
    tmp_path_factory: pytest.TempPathFactory, ruleset: RuleSet,
) -> None:  # fmt: skip
    (_, grid), figures = wide.make(form, seed)
    assert isinstance(grid, wide.Grid)
    card = read(
        tmp_path_factory.mktemp("spaced") / "card.txt", HEAD + spaced(grid, size, middle) + TAIL, ruleset
    )
    named = any(f.severity == "error" and "budget" in f.paths for f in card.findings)
    assert amounts(card) == figures or (named and not amounts(card))


@pytest.mark.parametrize(
    ("size", "middle", "fill"),
    [(columns, False, " "), (len, True, " "), (columns, False, "\u3000")],
    ids=["printed", "pdftotext", "full-width blanks"],
)
def test_a_table_of_blanks_is_read_with_its_places(
    size: Callable[[str], int], middle: bool, fill: str, tmp_path: Path, ruleset: RuleSet
) -> None:
    (_, grid), figures = wide.make(FORMS[2], 3)
    assert isinstance(grid, wide.Grid)
    text = HEAD + spaced(grid, size, middle, fill) + TAIL
    card = read(tmp_path / "card.txt", text, ruleset)
    assert amounts(card) == figures
    assert not [f for f in card.findings if f.severity == "error"]
    for path, proof in card.evidence.items():
        assert text[proof.place.start : proof.place.end] == proof.text, path


def test_figures_that_stand_under_no_heading_are_named(tmp_path: Path, ruleset: RuleSet) -> None:
    (_, grid), _ = wide.make(FORMS[0], 3)
    assert isinstance(grid, wide.Grid)
    lines = spaced(grid, columns, middle=False).splitlines()
    moved = "\n".join([lines[0], *(" " * 5 * n + line for n, line in enumerate(lines[1:]))]).replace("-", " ")
    card = read(tmp_path / "card.txt", HEAD + moved + "\n" + TAIL, ruleset)
    assert not amounts(card)
    assert any(f.code == "UNREAD_BUDGET" for f in card.findings)


HEADER = """가온구청장 공약사항 관리카드

(2024. 6. 30. 현재)

공약제목    걷고 싶은 골목길 만들기          관리번호    1-1
주관부서    도시재생과                       진 도       50%
            (골목길팀)
사업기간    2022. 7. ~ 2026. 6.              소요예산    31백만원
"""
CENTERED = """            ○ 걷기 좋은 길
공약목표
            ○ 만나는 골목
            ○ 담장 허물기(20백만원)
추진과제    ○ 화분 놓기(8백만원)
            ○ 등 달기(3백만원)
"""
AT_THE_TOP = """공약목표    ○ 걷기 좋은 길
            ○ 만나는 골목
추진과제    ○ 담장 허물기(20백만원)
            ○ 화분 놓기(8백만원)
            ○ 등 달기(3백만원)
"""


@pytest.mark.parametrize("lists", [CENTERED, AT_THE_TOP], ids=["centered", "top"])
def test_a_header_of_blanks(lists: str, tmp_path: Path, ruleset: RuleSet) -> None:
    card = read(tmp_path / "card.txt", HEADER + lists + TAIL, ruleset)
    assert (card.title, card.number, card.progress) == ("걷고 싶은 골목길 만들기", "1-1", 50)
    assert (card.budget_total, card.period.start) == (31_000_000, "2022-07")
    assert [(t.text, t.amount) for t in card.tasks] == [
        ("담장 허물기", 20_000_000),
        ("화분 놓기", 8_000_000),
        ("등 달기", 3_000_000),
    ]
    assert card.goals == ["걷기 좋은 길", "만나는 골목"]
