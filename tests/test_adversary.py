"""What random layouts found (tests/layouts), one small text per cause: each is a mechanism, no layout's own case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.texts import cells

from cardextract.card import Card, Item

Read = Callable[[str], list[Card]]
TOP = "군수 공약사업 관리카드\n(2024. 6. 30. 기준)\n\n"
HEAD = TOP + "관리번호\t1-2\t공약명\t동네 쉼터 조성\n주관부서\t체육과\t추진상황\t정상추진\n\n"


@pytest.fixture
def one(read_text: Read) -> Callable[[str], Card]:
    def read(text: str) -> Card:
        (card,) = read_text(text)
        return card

    return read


One = Callable[[str], Card]


def texts(items: list[Item]) -> list[object]:
    """Items as nested lists of their texts."""
    return [[i.text, texts(i.children)] if i.children else i.text for i in items]


def test_a_number_without_a_dot_heads_a_section(one: One) -> None:
    card = one(
        HEAD + "1 사업개요\n○ 쉼터 2곳\n - 정자 설치\n\n2 추진실적\n○ 2 단계 착공\n\n3 향후계획\n○ 준공\n"
    )
    assert [(s.kind, s.number) for s in card.sections] == [
        ("overview", "1"),
        ("achievements", "2"),
        ("next_steps", "3"),
    ]
    assert texts(card.sections[0].items) == [["쉼터 2곳", ["정자 설치"]]]
    assert texts(card.sections[1].items) == ["2 단계 착공"]


def test_a_heading_boxed_with_its_number_in_a_cell_of_its_own(one: One) -> None:
    card = one(HEAD + "Ⅰ\t추진배경\n\n○ 주민 요청\n\nⅡ\t추진실적\n\n○ 착공\n")
    assert [(s.kind, s.number) for s in card.sections] == [("background", "Ⅰ"), ("achievements", "Ⅱ")]


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("1-2. 동네 쉼터 조성", "1-2"),
        ("1-2) 동네 쉼터 조성", "1-2"),
        ("Ⅱ-①-1. 동네 쉼터 조성", "Ⅱ-①-1"),
        ("004. 동네 쉼터 조성", "004"),
    ],
)
def test_a_number_before_the_title_where_no_label_names_one(one: One, printed: str, number: str) -> None:
    card = one(TOP + f"공약명\t{printed}\n주관부서\t체육과\t추진상황\t정상추진\n")
    assert (card.number, card.title) == (number, "동네 쉼터 조성")


def test_a_year_before_the_title_is_no_number(one: One) -> None:
    card = one(TOP + "공약명\t2025. 전국체전 준비\n주관부서\t체육과\t추진상황\t정상추진\n")
    assert (card.number, card.title) == (None, "2025. 전국체전 준비")


@pytest.mark.parametrize("row", ["연번\t7\t공약번호\t1-2", "공약번호\t1-2\t연번\t7"])
def test_a_row_count_beside_the_number_is_not_the_number(one: One, row: str) -> None:
    card = one(TOP + f"{row}\n공약명\t동네 쉼터 조성\n주관부서\t체육과\t추진상황\t정상추진\n")
    assert card.number == "1-2"
    assert card.other_fields["연번"] == "7"


def test_a_row_count_alone_is_the_number(one: One) -> None:
    assert one(TOP + "연번\t7\t공약명\t동네 쉼터 조성\n주관부서\t체육과\n").number == "7"


def test_roles_of_one_label_belong_to_the_people_in_order(one: One) -> None:
    card = one(HEAD.rstrip() + "\n팀장/담당자\t곽가온(☎4803) / 남나래(☎4804)\n")
    assert [(p.role, p.name, p.phone) for p in card.staff] == [
        ("팀장", "곽가온", "4803"),
        ("담당자", "남나래", "4804"),
    ]


def test_status_words_with_round_marks_are_no_section(one: One) -> None:
    card = one(
        TOP
        + "관리번호\t1-2\t공약명\t동네 쉼터 조성\n추진상황\t●완료 ○보류 ○지연 ○추진 중\t\t\n주관부서\t체육과\t진도\t100%\n"
    )
    assert (card.status, card.lead_department, card.progress) == ("completed", "체육과", 100)
    assert card.sections == []


def test_counting_markers_before_a_year(one: One) -> None:
    card = one(
        HEAD
        + "【 추진일정 】\n1. 2023년: 조사\n2. 2024년: 설계\n3. 3개소 공사\n\n【 추진실적 】\n6. 30. 기준 2곳\n"
    )
    assert texts(card.sections[0].items) == ["2023년: 조사", "2024년: 설계", "3개소 공사"]
    assert texts(card.sections[1].items) == ["6. 30. 기준 2곳"]


def test_half_years_written_with_a_dot(one: One) -> None:
    table = "구분\t22.하반기\t2023\t26.상반기\t계\n국비\t1\t2\t3\t6\n군비\t4\t5\t6\t15\n계\t5\t7\t9\t21\n"
    card = one(HEAD + "□ 투자계획 (단위: 백만원)\n" + table)
    assert cells(card)["plan", "national", "2022-H2"] == 1_000_000
    assert cells(card)["plan", "sigungu", "2026-H1"] == 6_000_000


@pytest.mark.parametrize("mark", ["", "○ ", "- "])
@pytest.mark.parametrize("colon", [" : ", ": ", ":"])
def test_a_header_of_lines_with_or_without_a_marker(one: One, mark: str, colon: str) -> None:
    facts = {"공약명": "동네 쉼터 조성", "순번": "1-2", "부서명": "체육과", "진도율": "80%"}
    lines = "".join(f"{mark}{k}{colon}{v}\n" for k, v in facts.items())
    card = one(TOP + lines + "\n1. 사업개요\n◦ 쉼터 2곳\n")
    assert (card.number, card.title, card.lead_department, card.progress) == (
        "1-2",
        "동네 쉼터 조성",
        "체육과",
        80,
    )


def test_one_label_above_its_value_in_a_wider_grid(one: One) -> None:
    card = one(
        TOP
        + "공약명\t동네 쉼터 조성\n공약번호\t\n1-2\t\n추진단계\t연번\n보류\t16\n주관부서\t\n체육과\t\n목표\t가까운 쉼터\n"
    )
    assert (card.number, card.lead_department, card.status, card.goals) == (
        "1-2",
        "체육과",
        "on_hold",
        ["가까운 쉼터"],
    )


def test_a_known_label_beside_an_unknown_one_with_both_values_below(one: One) -> None:
    card = one(
        TOP
        + "공약명\t동네 쉼터 조성\n공약번호\t주관부서\n1-2\t체육과\n달성률\t이용료\n40%\t무료\n재원소요\t시급성\n14억 1,300만원\t보통\n"
    )
    assert (card.progress, card.budget_total) == (40, 1_413_000_000)
    assert card.other_fields == {"이용료": "무료", "시급성": "보통"}


def test_a_department_beside_an_unknown_pair_below_keeps_its_value(one: One) -> None:
    card = one(TOP + "공약번호\t1-2\t공약명\t쉼터\n주관부서\t체육과\n시급성\t보통\n")
    assert (card.lead_department, card.other_fields) == ("체육과", {"시급성": "보통"})


def test_a_status_word_with_a_bracket_before_its_rate(one: One) -> None:
    card = one(TOP + "공약번호\t1-2\t공약명\t쉼터\n주관부서\t체육과\t이행상태(진도율)\t완료(계속) (100%)\n")
    assert (card.status, card.progress) == ("completed_ongoing", 100)


def test_the_unit_of_the_header_cells(one: One) -> None:
    card = one(
        HEAD + "1. 투자계획\n구분\t계획(천원)\t집행(천원)\n2022년\t10\t10\n2023년\t11\t11\n계\t21\t21\n"
    )
    assert cells(card)["plan", "total", "2023"] == 11_000
    assert not any(f.code in ("UNKNOWN_UNIT", "UNIT_SLIP") for f in card.findings)


def test_the_page_owner_at_the_foot_is_no_text_of_the_card(one: One) -> None:
    card = one(
        HEAD
        + "1. 사업개요\n○ 쉼터 2곳\n\n자료관리 담당부서 : 홍보담당관   이 페이지의 정보에 만족하십니까?\n"
    )
    assert (card.lead_department, texts(card.sections[0].items)) == ("체육과", ["쉼터 2곳"])


def test_a_total_row_behind_a_group_of_rows(one: One) -> None:
    """Blanks among the labels were kept and every row is full: nothing is moved, and the last row is no part of the group."""
    table = (
        "구분\t재원\t\t총계\t22년\t23년\n계획액\t국비\t\t30\t10\t20\n\t지방비\t도비\t0\t0\t0\n\t\t군비\t70\t30\t40\n"
        "\t기타\t\t0\t0\t0\n\t합계\t\t100\t40\t60\n"
    )
    card = one(HEAD + "1. 투자계획 (단위: 백만원)\n" + table)
    million = 1_000_000
    total = {p: a for (_, source, p), a in cells(card).items() if source == "total"}
    assert total == {"total": 100 * million, "2022": 40 * million, "2023": 60 * million}
    assert cells(card)["plan", "sigungu", "2023"] == 40 * million


@pytest.mark.parametrize(
    "table",
    [
        "구분\t계\t’22\t’23\t비고\t\t\t\n\t계획액\t집행액\t계획액\t집행액\t계획액\t집행액\t\n"
        "국비\t30\t15\t10\t10\t20\t5\t\n군비\t70\t35\t30\t30\t40\t5\t\n총계\t100\t50\t40\t40\t60\t10\t\n",
        "구 분\t소요예산\t집행\t비고\t\t\t\n\t합 계\t국비\t군비\t합 계\t국비\t군비\t\n"
        "계\t100\t30\t70\t50\t15\t35\t\n'22년\t40\t10\t30\t40\t10\t30\t\n'23년\t60\t20\t40\t10\t5\t5\t\n",
    ],
)
def test_groups_that_lost_their_spans_before_a_remark_column(one: One, table: str) -> None:
    got = cells(one(HEAD + "1. 투자계획 (단위: 백만원)\n" + table))
    million = 1_000_000
    assert {k: v // million for k, v in got.items() if k[2] == "2023"} == {
        ("plan", "national", "2023"): 20, ("plan", "sigungu", "2023"): 40, ("plan", "total", "2023"): 60,
        ("spent", "national", "2023"): 5, ("spent", "sigungu", "2023"): 5, ("spent", "total", "2023"): 10,
    }  # fmt: skip
    assert len(got) == 18


def test_where_a_page_stands_on_its_site_is_no_title(one: One) -> None:
    card = one(
        "홈 > 열린군수실 > 공약사항 > 공약 추진현황\n\n"
        + HEAD.removeprefix(TOP)
        + "1. 추진실적\n○ 착공\n목록 이전글 다음글\n"
    )
    assert (card.report_title, card.title) == (None, "동네 쉼터 조성")
    assert texts(card.sections[0].items) == ["착공"]
