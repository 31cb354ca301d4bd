"""Forms in which offices print the head of a card: several facts in a line, dates at the edge, facts under a heading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cardextract.card import Card
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet

Read = Callable[[str], list[Card]]

PLAIN = """구청장 공약사항 관리카드

공약명	가온천 물길	관리번호	2-1
주관부서	하천과	추진상황	정상추진
진도	40%	기준일	2024. 6. 30.
"""


def test_several_facts_in_one_line(read_text: Read) -> None:
    (card,) = read_text("""[공약 12] 청년 월세 지원                     (2024. 12. 31. 기준)
■ 부서명: 청년과    ■ 담당: 6급 윤슬(3321), 8급 이든(3322)
■ 사업기간: 2023.1.~2026.12.    ■ 이행률: 55%
■ 추진상태: 일부추진
■ 사업내용
 ▷ 월 10만원, 최대 12개월
■ 추진실적
 ▷ 82명 지급
""")
    assert (card.number, card.title, card.as_of) == ("12", "청년 월세 지원", "2024-12-31")
    assert card.lead_department == "청년과"
    assert [(s.rank, s.name, s.phone) for s in card.staff] == [
        ("6급", "윤슬", "3321"),
        ("8급", "이든", "3322"),
    ]
    assert (card.progress, card.status, card.period.end) == (55.0, "partial", "2026-12")


def test_a_colon_within_a_value_begins_no_fact(read_text: Read) -> None:
    (card,) = read_text("""[공약 3] 마을버스 늘리기
○ 담당부서: 교통과
○ 사업목적: 운행 간격  단축: 20분에서 10분으로
○ 사업기간: 2023 ~ 2025
○ 추진상황: 추진중
1. 추진실적
 - 노선 확정
""")
    assert card.goals == ["운행 간격 단축: 20분에서 10분으로"]


def test_the_date_at_the_end_of_the_card(read_text: Read) -> None:
    for line in ("(2025. 6. 30. 現在)", "작성기준일 : 2025. 6. 30.", "〈2025년 6월말 기준〉"):
        text = PLAIN.replace("\t기준일\t2024. 6. 30.", "") + f"\n1. 추진실적\n ○ 착공\n\n{line}\n"
        (card,) = read_text(text)
        assert card.as_of in ("2025-06-30", "2025-06"), line
        assert [i.text for i in card.sections[0].items] == ["착공"]


def test_a_dated_item_is_no_as_of_date(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\n1. 추진실적\n ○ 2024. 3. 4.\n ○ 기준 마련: 2024. 5.\n")
    assert card.as_of == "2024-06-30"
    assert len(card.sections[0].items) == 2


def test_a_heading_with_its_content_in_the_line(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\n□ 추진실적\n ○ 착공\n□ 문제점 및 대책 : 해당없음\n□ 향후계획\n ○ 준공\n")
    assert [(s.kind, [i.text for i in s.items]) for s in card.sections] == [
        ("achievements", ["착공"]), ("issues", ["해당없음"]), ("next_steps", ["준공"]),
    ]  # fmt: skip


def test_header_facts_as_items_of_an_overview(read_text: Read) -> None:
    (card,) = read_text("""4-07-1. 어르신 무료 순환버스

○ 공약개요
 - 사업기간 : '22. 7. ~ '26. 6.
 - 총사업비 : 67.5억원(도비 20.5, 군비 47)
 - 담당부서 : 교통과
 - 추진상황 : 이행 후 계속추진(누적 추진율 100%)

○ 주요 추진실적
 - 사업비 : 3억원 집행
 - 운행개시 : 2023. 1. 2.
""")
    assert (card.lead_department, card.status, card.progress) == ("교통과", "completed_ongoing", 100.0)
    assert card.budget_total == 6_750_000_000
    assert card.budget_by_source["sido"] == 2_050_000_000
    assert len(card.sections[0].items) == 4


def test_one_fact_in_an_overview_is_no_header(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\n□ 사업개요\n - 위치: 가온천\n - 사업비: 3억원\n\n□ 추진실적\n - 착공\n")
    assert card.budget_total is None


def test_telephones_below_the_people(read_text: Read) -> None:
    (card,) = read_text(
        PLAIN
        + "팀장\t6급 강나루\t담당자\t8급 온새미\n\t\t\t\n연락처\t5301\t연락처\t5304\n\n1. 추진실적\n ○ 착공\n"
    )
    assert [(s.name, s.phone) for s in card.staff] == [("강나루", "5301"), ("온새미", "5304")]


def test_a_report_title_in_the_table(read_text: Read) -> None:
    (card,) = read_text("\t\t공약이행 관리카드\t\n" + PLAIN.split("\n\n")[1] + "\n1. 추진실적\n ○ 착공\n")
    assert card.report_title == "공약이행 관리카드"


def test_a_section_that_holds_the_budget_is_an_investment(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\nⅠ. 추진배경\n ㅇ 노후\nⅡ. 해마다 드는 돈\n(단위: 백만원)\n구분\t계\t2023\t2024\n계\t30\t10\t20\n"
                        "도비\t10\t5\t5\n시비\t20\t5\t15\nⅢ. 추진실적\n ㅇ 착공\n")  # fmt: skip
    assert [s.kind for s in card.sections] == ["background", "investment", "achievements"]


def test_the_unit_beside_the_date(read_text: Read) -> None:
    text = (
        " " * 60
        + "기준: 2025. 9월 말 / 단위: 천원\n\n"
        + PLAIN.replace("\t기준일\t2024. 6. 30.", "").split("\n\n")[1]
    )
    (card,) = read_text(
        text
        + "\n□ 투자계획\n구분\t계\t2023\t2024\n계\t30\t10\t20\n도비\t10\t5\t5\n시비\t20\t5\t15\n□ 추진실적\n ○ 착공\n"
    )
    assert card.as_of == "2025-09"
    assert {b.amount for b in card.budget if (b.source, b.period) == ("total", "total")} == {30_000}


def test_a_caption_names_no_number(read_text: Read) -> None:
    (card,) = read_text("[6-1] 골목상권 지원\n\n공약 상세\n\n분야\t경제\t추진부서\t경제과\n이행도\t80%\t추진상태\t추진중\n\n"
                        "□ 추진실적\n ○ 상점 120개\n")  # fmt: skip
    assert (card.number, card.title) == ("6-1", "골목상권 지원")


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("4-07-1  순환버스 운행", "4-07-1", "순환버스 운행"),
        ("P8-25 (B)   골목상권 새단장", "P8-25 (B)", "골목상권 새단장"),
        ("〔공약 3-2〕 디지털 교실", "3-2", "디지털 교실"),
        ("□ 도시숲 조성 (공약번호 2)", "2", "도시숲 조성"),
    ],
)
def test_numbers_of_title_lines(read_text: Read, line: str, number: str, title: str) -> None:
    (card,) = read_text(
        f"{line}\n\n주관부서\t산림과\t추진상황\t추진중\n진도\t40%\t사업기간\t2023\n\n1. 추진실적\n ○ 착공\n"
    )
    assert (card.number, card.title) == (number, title)


TAIL = "\n1. 추진실적\n ○ 착공\n"


@pytest.mark.parametrize(
    "head",
    [
        "공약번호\n6-2\n공약명\n도시정책 마당\n담당부서\n소통과\n추진상황\n추진중\n진도율\n70%\n",  # each value below its label
        "공약번호 6-2\n공약명 도시정책 마당\n담당부서 소통과\n추진상황 추진중\n진도율 70%\n",  # behind it
        "[공약번호] 6-2  [공약명] 도시정책 마당\n[담당부서] 소통과  [추진상황] 추진중\n[진도율] 70%\n",
        "1. 공약번호: 6-2   2. 공 약 명: 도시정책 마당\n3. 담당부서: 소통과   4. 추진상황: 추진중\n5. 진도율: 70%\n",
    ],
)
def test_labels_without_a_table(read_text: Read, head: str) -> None:
    (card,) = read_text("시장 공약 관리카드\n\n" + head + TAIL)
    assert (card.number, card.title, card.lead_department) == ("6-2", "도시정책 마당", "소통과")
    assert (card.status, card.progress) == ("in_progress", 70.0)


def test_headings_above_short_lines_are_no_labels(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\n추진배경\n노후\n사업내용\n새 물길\n추진현황\n착공\n")
    assert (card.status, card.lead_department) == ("in_progress", "하천과")
    assert len(card.sections) == 3


def test_sources_in_the_line_below_the_amount(read_text: Read) -> None:
    (card,) = read_text("○ 공약명 : 물길\n○ 부서 : 하천과\n○ 총사업비 : 7,830,500원\n   - 국비 3,480,500원, 도비 4,350,000원\n"
                        "○ 추진상황 : 추진중\n" + TAIL)  # fmt: skip
    assert card.budget_by_source == {"national": 3_480_500, "sido": 4_350_000}


def test_a_list_below_a_label_without_a_colon(read_text: Read) -> None:
    (card,) = read_text(
        "○ 공약명 : 물길\n○ 부서 : 하천과\n○ 추진과제\n   ① 보행로(1,345백만원, ~2026)\n   ② 쉼터\n"
        "○ 추진상황 : 추진중\n" + TAIL
    )
    assert [(t.text, t.amount, t.until) for t in card.tasks] == [
        ("보행로", 1_345_000_000, "2026"), ("쉼터", None, None),
    ]  # fmt: skip


def test_a_table_of_marks_behind_a_heading_states_the_status(read_text: Read) -> None:
    head = PLAIN.replace("\t추진상황\t정상추진", "").replace("진도\t40%\t", "")
    (card,) = read_text(
        head
        + "\n1. 사업개요\n ○ 물길\n\n구분\t완료\t정상추진\t지연\t보류\t진도율\n"
        + "추진상황\t\t○\t\t\t72%\n\n2. 추진실적\n ○ 착공\n"
    )
    assert (card.status, card.progress) == ("in_progress", 72.0)


def test_number_and_title_in_a_box(read_text: Read) -> None:
    (card,) = read_text(
        "9\t어촌 거점 조성\n\n주관부서\t해양과\t추진상황\t추진중\n기간\t2022\t추진율\t63%\n\n□ 추진실적\n ㅇ 착공\n"
    )
    assert (card.number, card.title) == ("9", "어촌 거점 조성")


def test_a_field_of_policy_before_the_title(read_text: Read) -> None:
    (card,) = read_text(
        "[경제분야] 센터 설립\n\n공약번호\t1-7\t담당부서\t투자과\n이행기간\t2023\t추진상황\t추진중\n"
        "\n□ 추진실적\n ㅇ 착공\n"
    )
    assert (card.title, card.other_fields) == ("센터 설립", {"분야": "경제분야"})


def test_a_running_title_within_a_section_is_no_item(read_text: Read) -> None:
    (card,) = read_text("구청장 공약사항 관리카드\n\n" + PLAIN.split("\n\n")[1] + "\n1. 추진실적\n ○ 착공\n\n- 2 -\n"
                        "구청장 공약사항 관리카드\n\n   - 1구간\n ○ 준공\n")  # fmt: skip
    assert [(i.text, [c.text for c in i.children]) for i in card.sections[0].items] == [
        ("착공", ["1구간"]),
        ("준공", []),
    ]


def test_a_header_without_a_title_of_its_own(read_text: Read) -> None:
    (card,) = read_text(
        "센터 설립\n\n이행기간\t2023 ~ 2026\t추진상황\t추진중\n총사업비\t30백만원\t진도율\t40%\n\n□ 추진실적\n ㅇ 착공\n"
    )
    assert (card.title, card.status) == ("센터 설립", "in_progress")


def test_a_merged_cell_that_a_conversion_repeats_is_one_value(read_text: Read) -> None:
    (card,) = read_text(
        PLAIN.replace("진도\t40%\t", "")
        + "이행상태\t정상추진\t정상추진\t정상추진\n공약목표\t맑은 물\t맑은 물\t맑은 물\n"
        + TAIL
    )
    assert (card.status, card.goals) == ("in_progress", ["맑은 물"])


def test_glyphs_of_a_word_processor_are_marks(read_text: Read) -> None:
    (card,) = read_text(
        PLAIN + "\n\U000f02b1 추진실적\n \U000f03da 착공\n  - 1구간\n\U000f02b2 향후계획\n \U000f03da 준공\n"
    )
    assert [(s.kind, [i.text for i in s.items]) for s in card.sections] == [
        ("achievements", ["착공"]), ("next_steps", ["준공"]),
    ]  # fmt: skip


def test_a_sentence_or_a_trail_is_no_report_title(read_text: Read) -> None:
    for line in ("시장실 > 공약이행현황", "공약 추진현황 표입니다."):
        (card,) = read_text(f"군수 공약 추진카드\n{line}\n\n" + PLAIN.split("\n\n")[1] + TAIL)
        assert card.report_title == "군수 공약 추진카드"


@pytest.mark.parametrize("end", ["시설 노후로", "연면적 3,940㎡,", "12개 블록(2024년"])
def test_a_line_under_the_text_of_an_unfinished_item_goes_on_with_it(read_text: Read, end: str) -> None:
    """Though the page is narrow: it hangs exactly where the item's text begins, and the item cannot end there."""
    (card,) = read_text(PLAIN + f"\n1. 추진실적\n ㅇ {end}\n   새로 고침)\n   - 1구간\n ㅇ 준공\n")
    assert [i.text for i in card.sections[0].items] == [f"{end}    새로 고침)", "준공"]


def test_a_line_under_a_finished_item_is_its_own(read_text: Read) -> None:
    (card,) = read_text(PLAIN + "\n1. 추진실적\n ㅇ 착공 완료\n   총 3개 구간\n ㅇ 준공\n")
    assert [i.text for i in card.sections[0].items] == ["착공 완료", "준공"]


def test_a_table_of_changes_is_no_header(read_text: Read) -> None:
    """What was planned before stands beside what holds now: neither begins a card nor states its amount."""
    log = "\n1. 변경 내역\n\n구분\t당초\t변경\n사업명\t예술촌\t창작공간\n사업비\t12,000백만원\t재산정\n사업기간\t2022 ~ 2025\t2022 ~ 2026\n"
    (card,) = read_text(PLAIN + log + "\n2. 추진실적\n ○ 착공\n")
    assert (card.title, card.budget_total, card.budget) == ("가온천 물길", None, [])


def test_numbers_that_begin_with_a_letter_and_a_dash(read_text: Read) -> None:
    (card,) = read_text(
        "A-1. 대중교통\n\n주관부서\t교통과\t추진상황\t추진중\n기간\t2022\t추진율\t63%\n" + TAIL
    )
    assert (card.number, card.title) == ("A-1", "대중교통")


@pytest.mark.parametrize(
    ("value", "lead", "partners"),
    [
        ("물길과 (협조부서 : 세무과, 나루동)", "물길과", ["세무과", "나루동"]),
        ("(주관) 물길과 (협조) 세무과", "물길과", ["세무과"]),
        ("주관: 물길과 / 협조: 세무과", "물길과", ["세무과"]),
        ("물길과(주관), 세무과(협조), 나루동(협조)", "물길과", ["세무과", "나루동"]),
        ("물길 관리과, 세무과(협조)", "물길 관리과", ["세무과"]),
        ("물길과(팀장 윤슬)", "물길과", []),
        ("물길과(주관), 세무과(주관)", "물길과(주관), 세무과(주관)", []),
    ],
)
def test_partners_named_within_the_department(
    read_text: Read, value: str, lead: str, partners: list[str]
) -> None:
    (card,) = read_text(f"관리번호\t2-1\n공약명\t가온천 물길\n주관부서\t{value}\n추진상황\t정상추진\n")
    assert (card.lead_department, card.related_departments) == (lead, partners)


@pytest.mark.parametrize("title", ["공약사업 관리카드", "공약사항 이행현황"])
@pytest.mark.parametrize("mark", ["", "▶ "])
def test_the_name_of_the_report_is_no_pledge(read_text: Read, title: str, mark: str) -> None:
    facts = ("공약번호  3-1", "공 약 명  나루 놀이터", "담당부서  물길과", "진 도 율  40%")
    (card,) = read_text(f"{title}\n\n" + "".join(f"{mark}{fact}\n" for fact in facts))
    assert (card.report_title, card.title, card.number) == (title, "나루 놀이터", "3-1")
    if mark:
        (card,) = read_text(
            f"{title}\n\n나루 놀이터\n\n▶ 공약번호  3-1\n▶ 담당부서  물길과\n▶ 진 도 율  40%\n"
        )
        assert (card.report_title, card.title) == (title, "나루 놀이터")


def test_the_end_of_a_date_is_no_mark_of_the_next_fact(read_text: Read) -> None:
    for gap in ("      ○ ", "      "):
        (card,) = read_text(
            "[공약 3] 마을버스 늘리기\n○ 담당부서 : 교통과\n"
            f"○ 추진기간 : 2022. 7. ~ 2026. 6.{gap}총사업비 : 1,200백만원\n○ 진 도 율 : 40%\n"
        )
        assert card.period
        assert (card.period.start, card.period.end) == ("2022-07", "2026-06")
        assert card.budget_total == 1_200_000_000


@pytest.mark.parametrize(
    ("line", "number", "as_of"),
    [
        ("[공약번호 Ⅲ-2]  [2025년 2분기]", "Ⅲ-2", "2025-06"),
        ("【공약번호 : 3-2】 【2025. 6. 30. 기준】", "3-2", "2025-06-30"),
        ("(번호 ３－２) (주관부서 물길과)", "3-2", None),
        ("(번호 3-2) (단위 백만원)", "3-2", None),
    ],
)
def test_facts_in_brackets(read_text: Read, line: str, number: str, as_of: str | None) -> None:
    (card,) = read_text(
        f"공약사업 세부실천계획\n공약명 : 나루 쉼터\n{line}\n부서\t물길과\t기간\t2023. 3. ~ 2026. 6.\n"
        "추진상황\t추진중\t추진율\t40%\n"
    )
    assert (card.number, card.as_of, card.title, card.lead_department) == (
        number,
        as_of,
        "나루 쉼터",
        "물길과",
    )


@pytest.mark.parametrize(
    "line", ["- 2025년 3분기 -", "〔2025. 9. 30.〕", "― 2025. 9월말 ―", "2025년 3분기(2025. 9. 30.)"]
)
def test_a_date_in_its_own_dress(read_text: Read, line: str) -> None:
    (card,) = read_text(
        PLAIN.replace("\t기준일\t2024. 6. 30.", "").replace("관리카드\n", f"관리카드\n{line}\n")
    )
    assert (card.report_title, str(card.as_of)[:7]) == ("구청장 공약사항 관리카드", "2025-09")


@pytest.mark.parametrize("name", ["추진계획 및 실적", "추진 실적·계획", "이행실적 및 추진상황"])
def test_reports_named_after_two_things(read_text: Read, name: str) -> None:
    (card,) = read_text(PLAIN.replace("공약사항 관리카드", f"공약사업 {name}"))
    assert card.report_title == f"구청장 공약사업 {name}"


@pytest.mark.parametrize("caption", ["<td>사업현황</td>", ""])
@pytest.mark.parametrize("above", ["", "<tr><td>공약명</td><td>나루 쉼터</td></tr>"])
def test_facts_as_the_lines_of_one_cell(ruleset: RuleSet, tmp_path: Path, caption: str, above: str) -> None:
    lines = [
        "공약번호 : 2-9",
        "주관부서 : 물길과",
        "사업기간 : 2023. 3. ~ 2026. 6.",
        "추진상황 : 추진중",
        "이행률 : 40%",
    ]
    lines += [] if above else ["공약명 : 나루 쉼터"]
    cell = "<br>".join(f"• {line}" for line in lines)
    page = f"<h2>군수 공약사항 관리카드</h2><table>{above}<tr>{caption}<td>{cell}</td></tr></table>"
    (tmp_path / "card.html").write_text(f"{page}<h3>추진실적</h3><p>○ 착공</p>", encoding="utf-8")
    (card,) = extract_file(
        tmp_path / "card.html", root=tmp_path, rules=ruleset, profile="base", mentions=False
    ).cards
    assert (card.number, card.title, card.lead_department) == ("2-9", "나루 쉼터", "물길과")
    assert (card.status, card.progress, card.period and card.period.end) == ("in_progress", 40, "2026-06")
    assert not [f.code for f in card.findings if f.severity in ("error", "warning")]


@pytest.mark.parametrize(
    "rows",
    [
        ["주관부서|복지과", "소요예산(백만원)|국비|군비", "90|60|30"],
        ["총사업비 (단위: 백만원)|국비|군비", "90|60|30", "주관부서|복지과|"],
        ["주관부서|소요예산(백만원)|국비|군비", "복지과|90|60|30"],
        ["주관부서|복지과|||", "소요예산(백만원)|계|국비|군비|", "|90|60|30|"],
        ["주관부서|복지과|||", "소요예산|합계|국비|군비", "(백만원)|90|60|30"],
    ],
)
def test_a_budget_and_its_sources_in_a_table_of_labels(read_text: Read, rows: list[str]) -> None:
    head = "공약명\t나루 쉼터\n관리번호\t3\n추진상황\t정상추진\n\n" + "\n".join(rows).replace("|", "\t")
    years = "구분\t계\t2023\t2024\n국비\t61\t31\t30\n군비\t30\t20\t10\n계\t91\t51\t40\n"
    (card,) = read_text(f"{head}\n\n2. 투자계획(단위: 백만원)\n{years}")
    assert (card.budget_total, card.lead_department) == (90_000_000, "복지과")
    assert card.budget_by_source == {"national": 60_000_000, "sigungu": 30_000_000}
    assert {(b.source, b.period): b.amount for b in card.budget}["national", "total"] == 61_000_000
    assert len(card.budget) == 9
    errors = {f.code for f in card.findings if f.severity == "error"}
    assert "HEADER_TABLE" in errors
    assert errors <= {"HEADER_TABLE", "HEADER_BREAKDOWN"}


def test_blanks_around_the_colon_make_no_columns(read_text: Read) -> None:
    (card,) = read_text(
        "공약이행 추진카드\n\n공약번호  :  가-3\n"
        "공약명  :  나루 쉼터\n담당부서  :  물길과\n추진기간  :  2023. 3. ~ 2026. 6.\n이행률  :  40%\n"
    )
    assert (card.number, card.title, card.lead_department, card.progress) == (
        "가-3",
        "나루 쉼터",
        "물길과",
        40,
    )


@pytest.mark.parametrize("sign", ["=", "→", "=>", "-"])
def test_signs_that_stand_for_the_colon(read_text: Read, sign: str) -> None:
    facts = ("공약번호 {} 3-1", "공약명 {} 나루 쉼터", "담당부서 {} 물길과", "진도율 {} 40%")
    (card,) = read_text("".join(f"{fact.format(sign)}\n" for fact in facts))
    assert (card.number, card.title, card.lead_department, card.progress) == (
        "3-1",
        "나루 쉼터",
        "물길과",
        40,
    )


@pytest.mark.parametrize(
    ("label", "value", "partners", "people"),
    [
        ("주관(협조)부서", "물길과(세무과)", ["세무과"], []),
        ("주관부서(협조부서)", "물길과(세무과, 나루동)", ["세무과", "나루동"], []),
        ("주관부서(협조부서)", "물길과", [], []),
        ("담당부서(담당자)", "물길과(윤슬)", [], ["윤슬"]),
        ("담당부서(담당자)", "물길과", [], []),
    ],
)
def test_a_label_that_says_what_the_bracket_holds(
    read_text: Read, label: str, value: str, partners: list[str], people: list[str]
) -> None:
    (card,) = read_text(f"공약명\t나루 쉼터\n번호\t3-1\n{label}\t{value}\n추진율\t40%\n")
    assert (card.lead_department, card.related_departments) == ("물길과", partners)
    assert [p.name for p in card.staff] == people


def test_a_line_of_facts_in_one_bracket(read_text: Read) -> None:
    (card,) = read_text(
        "[3-1] 나루 쉼터\n(담당부서: 물길과, 협조: 세무과)\n사업기간: 2023. 3. ~ 2026. 6.\n추진상황: 추진중\n"
    )
    assert (card.number, card.title, card.lead_department) == ("3-1", "나루 쉼터", "물길과")
    assert (card.related_departments, card.status) == (["세무과"], "in_progress")


def test_a_list_with_budgets_states_no_header_facts(read_text: Read) -> None:
    rows = [
        "번호\t공약명\t주관부서\t총사업비\t\t\t진도율\t추진상황", "\t\t\t계\t국비\t군비\t\t",
        "1\t나루 쉼터\t복지과\t90\t60\t30\t40%\t추진중",
        "2\t가온천 물길\t하천과\t70\t30\t40\t60%\t추진중", "3\t빈집 고치기\t주택과\t50\t20\t30\t80%\t추진중",
    ]  # fmt: skip
    found = read_text("군수 공약사업 총괄표\n(단위: 백만원)\n\n" + "\n".join(rows) + "\n")
    assert [(c.title, c.budget_total, c.budget_by_source) for c in found] == [
        ("나루 쉼터", None, {}), ("가온천 물길", None, {}), ("빈집 고치기", None, {}),
    ]  # fmt: skip
    assert [{b.source: b.amount for b in c.budget}["total"] for c in found] == [
        90_000_000,
        70_000_000,
        50_000_000,
    ]
