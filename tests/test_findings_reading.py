"""The codes of the reading steps, on small cards of text: what triggers each, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests import pdf_maker as make

from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules
from cardextract.second import compare

ROOT = Path(__file__).parents[1]

HEADER = """가온구청장 공약사항 관리카드

(2024. 6. 30. 현재)

공약제목\t걷고 싶은 골목길 만들기\t관리번호\t1-1
주관부서\t도시재생과\t관련부서\t-
사업기간\t2022. 7. ~ 2026. 6.\t소요예산\t31백만원
추진상황\t추진중\t진 도\t50%

1. 추진개요

○ 골목길 12곳 정비

2. 투자계획

(단위: 백만원)

"""
TABLE = """구분\t재원\t계\t2022년\t2023년\t2024년
계획\t총계\t31\t10\t10\t11
\t국비\t12\t3\t4\t5
\t구비\t19\t7\t6\t6

"""
END = """3. 추진실적

○ 주민 설명회 개최: 2024. 1. 12.
"""


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(ROOT / "rules")


def codes(tmp_path: Path, ruleset: RuleSet, text: str) -> set[str]:
    path = tmp_path / "card.txt"
    path.write_text(text, encoding="utf-8")
    result = extract_file(path, root=tmp_path, rules=ruleset, mentions=False)
    assert len(result.cards) == 1
    return {f.code for f in [*result.findings, *result.cards[0].findings]}


def table(old: str, new: str) -> str:
    assert old in TABLE
    return HEADER + TABLE.replace(old, new) + END


def header(old: str, new: str) -> str:
    assert old in HEADER
    return HEADER.replace(old, new) + TABLE + END


SOUND = HEADER + TABLE + END

CASES = {
    "UNREADABLE_AMOUNT": (table("\t3\t4\t5", "\t3\t4개소\t5"), table("\t3\t4\t5", "\t3\t4 \t5")),
    "UNKNOWN_COLUMN": (table("2024년", "집행잔액현황표"), table("2024년", "'24년")),
    "UNKNOWN_LABEL": (header("관련부서\t-", "마을이름표\t골목"), header("관련부서\t-", "협조부서\t-")),
    "UNREADABLE_VALUE": (header("50%", "절반쯤"), header("50%", "50 %")),
    "UNKNOWN_UNIT": (header("(단위: 백만원)\n", "").replace("31백만원", "-"), SOUND),
    "AMBIGUOUS_CELL": (table("\t구비\t19\t7\t6\t6", "\t구비\t19\t7\t6\t6\n\t구비\t18\t6\t6\t6"), SOUND),
    "UNPLACED": (
        HEADER
        + "구분\t계\t2022년\t2023년\t2024년\n총계\t20\t5\t5\t10\n국비\t10\t5\t5\n구비\t10\t5\t5\n\n"
        + END,
        SOUND,
    ),
    "UNPROVEN_COLUMNS": (
        HEADER + "구분\t2022년\t2023년\n계획\t국비\t3\t4\n\t구비\t7\t6\n\n" + END,
        table("구분\t재원\t계", "구분\t계"),
    ),
    "HEADER_SHIFTED": (table("구분\t재원\t계", "구분\t계"), SOUND),
    "UNREAD_BUDGET": (
        HEADER + "시설명\t길이\t면적\n골목\t1,000\t2,000\n마당\t2,000\t3,000\n\n" + END,
        SOUND + "\n시설명\t길이\t면적\n골목\t1,000\t2,000\n마당\t2,000\t3,000\n",
    ),
    "SAME_SOURCE": (
        HEADER + TABLE.replace("국비", "자부담").replace("구비", "기타") + END,
        HEADER + TABLE.replace("국비", "자부담") + END,
    ),
    "UNCLAIMED_TEXT": (
        header(
            "1. 추진개요", "이 글은 어느 항목에도 들지 않는 글로서 1,200백만원이라고 적혀 있다\n\n1. 추진개요"
        ),
        SOUND,
    ),
}


def test_the_sound_card_has_no_finding(tmp_path: Path, ruleset: RuleSet) -> None:
    assert codes(tmp_path, ruleset, SOUND) == set()


@pytest.mark.parametrize("code", sorted(CASES))
def test_trigger(code: str, tmp_path: Path, ruleset: RuleSet) -> None:
    assert code in codes(tmp_path, ruleset, CASES[code][0])


@pytest.mark.parametrize("code", sorted(CASES))
def test_near_miss(code: str, tmp_path: Path, ruleset: RuleSet) -> None:
    assert code not in codes(tmp_path, ruleset, CASES[code][1])


def drawn(rows: list[list[str]]) -> bytes:
    """A card on one PDF page: two lines of header and a ruled budget table."""
    xs, top = [50 + 60 * i for i in range(len(rows[0]) + 1)], 420
    ys = [top - 20 * i for i in range(len(rows) + 1)]
    fields = (
        "관리번호 : 1-1",
        "공약명 : 골목길 만들기",
        "주관부서 : 도시재생과",
        "사업기간 : 2022. 7. ~ 2026. 6.",
    )
    content = make.text(120, 570, "공약사항 관리카드", 16) + make.text(50, 460, "1. 투자계획", 12)
    content += "".join(make.text(50, 550 - 20 * i, f"○ {f}") for i, f in enumerate(fields))
    content += make.text(200, 440, "(단위: 백만원)") + make.grid(xs, ys)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            content += make.text(xs[c] + 5, ys[r] - 14, cell)
    return make.pdf([content])


def test_a_figure_that_two_readings_see_differently_is_conflicting(tmp_path: Path, ruleset: RuleSet) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(
        drawn(
            [
                ["구분", "계", "2022년", "2023년"],
                ["총계", "31", "20", "11"],
                ["국비", "12", "8", "4"],
                ["구비", "19", "12", "7"],
            ]
        )
    )
    [card] = extract_file(path, root=tmp_path, rules=ruleset, mentions=False).cards
    figure = "budget[plan/national/2022].amount"
    assert card.evidence[figure].text == "8"
    assert compare(path, card, [1]) == []
    card.evidence[figure] = replace(card.evidence[figure], text="3")  # as if misread the first time
    assert [(f.code, f.paths) for f in compare(path, card, [1])] == [("CONFLICTING_READING", (figure,))]
    assert card.evidence[figure].certainty == "conflicting"


def test_tables_of_two_units_that_contradict_each_other(tmp_path: Path, ruleset: RuleSet) -> None:
    again = "(단위: 천원)\n\n구분\t재원\t2022년\n계획\t국비\t{}\n\n"
    assert "AMBIGUOUS_CELL" in codes(tmp_path, ruleset, HEADER + TABLE + again.format("4,000") + END)
    assert "AMBIGUOUS_CELL" not in codes(tmp_path, ruleset, HEADER + TABLE + again.format("3,000") + END)


@pytest.mark.parametrize(
    "lines",
    [
        "재원   계   2022년   2023년   2024년\n국비   112   3   4   5\n구비   19   7   6   6",
        "재원\n계\n2022년\n2023년\n2024년\n국비\n112\n3\n4\n5\n구비\n19\n7\n6\n6",
    ],
    ids=["rows", "cells"],
)
def test_a_budget_of_bare_lines_is_named(lines: str, tmp_path: Path, ruleset: RuleSet) -> None:
    assert "UNREAD_BUDGET" in codes(tmp_path, ruleset, HEADER + lines + "\n\n" + END)


def test_items_that_name_sources_are_no_budget(tmp_path: Path, ruleset: RuleSet) -> None:
    items = "○ 국비 12백만원 확보\n○ 구비 19백만원 편성\n○ 2023년 3개소, 2024년 4개소\n"
    assert "UNREAD_BUDGET" not in codes(tmp_path, ruleset, HEADER + TABLE + items + END)


ROWS = (("재원", "계", "2022년", "2023년"), ("국비", "1,200", "400", "800"), ("구비", "900", "500", "400"))


@pytest.mark.parametrize("bar", [" | ", ";", ",", "   ", "\u3000\u3000", "\n"])
def test_a_budget_in_an_unknown_dress_is_read_or_named(bar: str, tmp_path: Path, ruleset: RuleSet) -> None:
    lines = "\n".join(bar.join(f'"{c}"' if bar == "," else c for c in row) for row in ROWS)
    for text in (HEADER + lines + "\n\n" + END, HEADER.split("1. ")[0] + lines + "\n"):
        path = tmp_path / "card.txt"
        path.write_text(text, encoding="utf-8")
        (card,) = extract_file(path, root=tmp_path, rules=ruleset, mentions=False).cards
        amounts = sorted(b.amount for b in card.budget if b.amount)
        read = amounts == [n * 10**6 for n in (400, 400, 500, 800, 900, 1200)]
        assert read or any(f.severity == "error" and "budget" in f.paths for f in card.findings)


def test_a_section_that_promises_a_budget_in_words_is_named(tmp_path: Path, ruleset: RuleSet) -> None:
    prose = "○ 총 1,200백만원 가운데 국비 400백만원은 확보하였고 나머지는 협의하고 있음\n\n"
    assert "UNREAD_BUDGET" in codes(tmp_path, ruleset, HEADER + prose + END)
    assert "UNREAD_BUDGET" not in codes(tmp_path, ruleset, HEADER + "○ 비예산 사업\n\n" + END)


def test_the_label_of_a_figure_without_its_value_is_named(tmp_path: Path, ruleset: RuleSet) -> None:
    lost = HEADER.replace("\t진 도\t50%", "\n\n진 도\n\n50%\n")
    assert "UNREADABLE_VALUE" in codes(tmp_path, ruleset, lost + TABLE + END)
    assert "UNREADABLE_VALUE" not in codes(tmp_path, ruleset, HEADER + TABLE + END)
