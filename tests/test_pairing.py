"""Headers whose cells came as lines: labels and values find each other again, or nothing is paired."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules

ROOT = Path(__file__).parents[1]
TITLE = "가온구청장 공약사항 관리카드\n\n(2024. 6. 30. 현재)\n\n"
SECTIONS = "\n1. 추진개요\n\n○ 골목길 12곳 정비\n\n2. 추진실적\n\n○ 주민 설명회 개최: 2024. 1. 12.\n"


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(ROOT / "rules")


def read(tmp_path: Path, ruleset: RuleSet, head: str) -> Card:
    path = tmp_path / "card.txt"
    path.write_text(TITLE + head + SECTIONS, encoding="utf-8")
    (card,) = extract_file(path, root=tmp_path, rules=ruleset, profile="base", mentions=False).cards
    return card


STACKED = """공약제목
걷고 싶은 골목길 만들기
관리번호
1-1
주관부서
도시재생과
관련부서

사업기간
2022. 7. ~ 2026. 6.
소요예산
31백만원
추진상황
추진중
진 도
50%
추진과제
○ 담장 허물기(20백만원)
○ 화분 놓기(11백만원)
"""


def test_a_label_over_its_value(tmp_path: Path, ruleset: RuleSet) -> None:
    card = read(tmp_path, ruleset, STACKED)
    assert (card.title, card.number, card.lead_department) == ("걷고 싶은 골목길 만들기", "1-1", "도시재생과")
    assert (card.progress, card.budget_total, card.status) == (50, 31_000_000, "in_progress")
    assert [(t.text, t.amount) for t in card.tasks] == [
        ("담장 허물기", 20_000_000),
        ("화분 놓기", 11_000_000),
    ]
    assert card.related_departments == []


def test_a_row_of_labels_over_a_row_of_values(tmp_path: Path, ruleset: RuleSet) -> None:
    rows = "공약제목\n걷고 싶은 골목길 만들기\n관리번호\n주관부서\n1-1\n도시재생과\n추진율\n소요예산\n50%\n31백만원\n"
    card = read(tmp_path, ruleset, rows)
    assert (card.number, card.lead_department) == ("1-1", "도시재생과")
    assert (card.progress, card.budget_total) == (50, 31_000_000)


def test_a_small_table_of_people(tmp_path: Path, ruleset: RuleSet) -> None:
    people = "담당\n구분\n성명\n연락처\n팀장\n나가온\n4801\n담당자\n도하늘\n4802\n"
    card = read(tmp_path, ruleset, STACKED.replace("사업기간\n", people + "사업기간\n"))
    assert [(p.role, p.name, p.phone) for p in card.staff] == [
        ("팀장", "나가온", "4801"),
        ("담당자", "도하늘", "4802"),
    ]
    assert card.progress == 50


@pytest.mark.parametrize("marked", [1, 2, 3])
def test_the_state_with_the_mark_below_it(marked: int, tmp_path: Path, ruleset: RuleSet) -> None:
    marks = "\n" + "\n".join("○" if n == marked else "" for n in range(1, 4))
    states = f"추진상황\n완료\n정상추진\n지연\n{marks}\n진 도\n"
    card = read(tmp_path, ruleset, STACKED.replace("추진상황\n추진중\n진 도\n", states))
    assert card.status == ["completed", "in_progress", "delayed"][marked - 1]


def test_lines_that_do_not_come_out_even_are_left_and_named(tmp_path: Path, ruleset: RuleSet) -> None:
    uneven = "진 도\n소요예산\n사업기간\n50%\n31백만원\n"
    card = read(tmp_path, ruleset, STACKED.split("사업기간")[0] + uneven)
    assert card.progress is None
    assert {p for f in card.findings if f.code == "UNREADABLE_VALUE" for p in f.paths} >= {"progress"}


def test_headings_without_numbers_are_no_labels(tmp_path: Path, ruleset: RuleSet) -> None:
    head = "공약제목\t걷고 싶은 골목길 만들기\t관리번호\t1-1\n주관부서\t도시재생과\t진 도\t50%\n"
    path = tmp_path / "card.txt"
    plain = "\n추진상황\n○ 설계 완료\n향후계획\n○ 담장 허물기\n기대효과\n○ 걷기 좋은 길\n"
    path.write_text(TITLE + head + plain, encoding="utf-8")
    (card,) = extract_file(path, root=tmp_path, rules=ruleset, profile="base", mentions=False).cards
    assert card.status is None
    assert [s.kind for s in card.sections] == ["achievements", "next_steps", "effects"]
