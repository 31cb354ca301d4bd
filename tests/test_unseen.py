"""Layouts written from a description of the field alone, before looking at the code that reads them."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT
from tests.texts import read

from cardextract.card import Card, Item
from cardextract.profiles import load_rules

RULESET = load_rules(ROOT / "rules")


def card_of(text: str) -> Card:
    (card,) = read(text, RULESET)
    return card


def headed(body: str) -> Card:
    """A card with the usual header and these lines behind it."""
    return card_of(f"공약명\t나루 쉼터\n관리번호\t3\n주관부서\t복지과\n\n{body}")


def people(card: Card) -> list[tuple[str | None, ...]]:
    return [(p.role, p.rank, p.name, p.phone) for p in card.staff]


def outline(items: list[Item]) -> list[object]:
    return [[i.text, outline(i.children)] if i.children else i.text for i in items]


@pytest.mark.parametrize(
    ("line", "kind", "number"),
    [
        ("제1장 추진실적", "achievements", "1"),
        ("■ 1. 추진실적", "achievements", "1"),
        ("[1] 추진실적", "achievements", "1"),
        ("A. 추진실적", "achievements", "A"),
        ("[추진실적] ※ 상반기까지", "achievements", None),
        ("[추진실적] (2024. 1. ~ 6.)", "achievements", None),
        ("[추진실적] 2024년 상반기", "achievements", None),
        ("【추진실적】 - 2024년 6월", "achievements", None),
        ("1. 향후 추진일정", "next_steps", "1"),
    ],
)
def test_forms_of_headings(line: str, kind: str, number: str | None) -> None:
    card = headed(f"{line}\n○ 가온 쉼터 개소\n")
    assert [(s.kind, s.number) for s in card.sections] == [(kind, number)]
    assert outline(card.sections[0].items) == ["가온 쉼터 개소"]


def test_headings_side_by_side_head_the_cells_below_them() -> None:
    card = headed(
        "추진실적\t향후계획\n○ 쉼터 2곳 개소 - 나루동, 가온동\t○ 3호 개소\n\n■ 추진일정\n- 봄\n■ 기대효과\n- 쉼\n"
    )
    assert [s.kind for s in card.sections] == ["achievements", "next_steps", "schedule", "effects"]
    assert outline(card.sections[0].items) == [["쉼터 2곳 개소", ["나루동, 가온동"]]]
    assert outline(card.sections[1].items) == ["3호 개소"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("담당자\t한○○ 주무관(02-000-4821)", [("담당자", "주무관", "한○○", "02-000-4821")]),
        ("담당자\t장학관 윤슬, 장학사 한가람(☎ 8233)", [("담당자", "장학관", "윤슬", None), ("담당자", "장학사", "한가람", "8233")]),
        ("담당\t행정7급 윤슬 / 1742", [("담당", "행정7급", "윤슬", "1742")]),
        ("팀장/담당자\t한가람 팀장(2571) / 윤슬 주무관(2574)", [("팀장", None, "한가람", "2571"), ("담당자", "주무관", "윤슬", "2574")]),
        ("담당팀 담당자\t돌봄팀 윤슬(2218)", [("담당자", None, "윤슬", "2218")]),
        ("과장/팀장\t한가람 / 윤슬\n연락처\t2340 / 2351", [("과장", None, "한가람", "2340"), ("팀장", None, "윤슬", "2351")]),
        ("담당자\t기획팀장 윤슬 ☎ 241", [("기획팀장", None, "윤슬", "241")]),
    ],
)  # fmt: skip
def test_people_in_a_cell(row: str, expected: list[tuple[str | None, ...]]) -> None:
    assert people(headed(f"{row}\n")) == expected


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("(完)", "completed"),
        ("정상추진 / 진도 50%", "in_progress"),
        ("완료( ) 보류(○) 지연( )", "on_hold"),
        ("완료□ 지연■", "delayed"),
        ("[ ] 완료 [V] 지연", "delayed"),
        ("완료 / 보류", None),
    ],
)
def test_status_marks(value: str, status: str | None) -> None:
    card = headed(f"추진상황\t{value}\n")
    assert card.status == status
    assert (status is None) == any(f.code == "UNREADABLE_VALUE" for f in card.findings)


def test_a_rate_beside_the_columns_of_status_words() -> None:
    card = headed("\n추진상황\t\t\t추진율\n완료\t추진중\t보류\t\n\t○\t\t35 %\n")
    assert (card.status, card.progress) == ("in_progress", 35)


def test_several_pairs_in_one_line() -> None:
    card = card_of(
        "공약 나-3  빈집 고치기\n○ 주관부서 : 주택과   ○ 협조부서 : 건축과, 세무과\n"
        "○ 추진기간 : 2023. 1. ~ 2025. 12. / 진 도 : 40%\n"
    )
    assert (card.number, card.title, card.lead_department) == ("나-3", "빈집 고치기", "주택과")
    assert (card.related_departments, card.period and card.period.end, card.progress) == (
        ["건축과", "세무과"], "2025-12", 40,
    )  # fmt: skip


def test_a_label_of_two_fields_shares_its_value() -> None:
    card = card_of("공약명\t빈집 고치기\n번호\t9\n주관/협조\t주택과 / 건축과\n추진상황/진도\t추진중 / 60%\n")
    assert (card.lead_department, card.related_departments) == ("주택과", ["건축과"])
    assert (card.status, card.progress) == ("in_progress", 60)


def test_a_title_and_a_date_in_a_frame() -> None:
    card = card_of(
        "군수 공약사항 관리카드\t\t\n(2024. 6. 30. 현재)\t\t\n공약명\t나루 쉼터\t\n번호\t3\t\n주관부서\t복지과\t\n"
    )
    assert (card.report_title, card.as_of, card.title) == (
        "군수 공약사항 관리카드",
        "2024-06-30",
        "나루 쉼터",
    )


def test_a_heading_over_the_header_is_no_title() -> None:
    card = card_of(
        "공약번호 가-1  나루 쉼터\n1. 기본현황\n가. 주관부서 : 복지과\n나. 사업기간 : 2023. ~ 2025.\n다. 진도 : 10%\n"
        "2. 추진경과\n① 착공\n"
    )
    assert (card.number, card.title) == ("가-1", "나루 쉼터")


LIST = (
    "시장 공약사항 추진현황\n2024. 9. 30. 기준\n\n연번\t공약명\t담당부서\t추진상황\t진도(%)\t비고\n합계 (3건)\t\t\t\t70\t\n"
    "Ⅰ. 안전 (1건)\t\t\t\t64\t\n1\t건널목 밝히기\t교통과\t정상추진\t64\t\n"
    "Ⅱ. 돌봄 (2건)\t\t\t\t60\t\n2\t나루 쉼터\t복지과\t이행 후 계속\t100\t조기 완료\n3\t가온 의원\t보건과\t보류\t-\t\n"
)


def test_a_list_page_gives_a_card_a_row() -> None:
    cards = read(LIST, RULESET)
    assert [(c.number, c.title, c.lead_department, c.status, c.progress) for c in cards] == [
        ("1", "건널목 밝히기", "교통과", "in_progress", 64),
        ("2", "나루 쉼터", "복지과", "completed_ongoing", 100),
        ("3", "가온 의원", "보건과", "on_hold", None),
    ]
    assert {(c.as_of, c.report_title) for c in cards} == {("2024-09-30", "시장 공약사항 추진현황")}
    assert cards[1].other_fields == {"분야": "Ⅱ. 돌봄 (2건)", "비고": "조기 완료"}
    unclaimed = [f.actual for c in cards for f in c.findings if f.code == "UNCLAIMED_TEXT"]
    assert unclaimed == ["합계 (3건)", "70", "64", "60"]  # the totals of no pledge, and nothing else


def test_a_ledger_gives_each_pledge_its_budget() -> None:
    cards = read(
        "공약사업별 투자 현황\n(단위 : 백만원, 2024. 6. 30. 현재)\n\n번호\t사업명\t주관부서\t재원\t연도별 투자계획\t\t\t추진상태\n"
        "\t\t\t\t계\t2023\t2024\t\n총계\t\t\t\t900\t400\t500\t\n1\t나루 쉼터\t복지과\t계\t600\t300\t300\t완료\n"
        "\t\t\t국비\t400\t200\t200\t\n\t\t\t구비\t200\t100\t100\t\n2\t가온 도서관\t문화과\t계\t300\t100\t200\t추진중\n"
        "\t\t\t국비\t100\t-\t100\t\n\t\t\t구비\t200\t100\t100\t\n",
        RULESET,
    )
    assert [c.title for c in cards] == ["나루 쉼터", "가온 도서관"]
    amounts = {(b.source, b.period): b.amount for b in cards[0].budget}
    assert amounts[("national", "2023")] == 200_000_000
    assert amounts[("sigungu", "total")] == 200_000_000
    assert amounts[("total", "2024")] == 300_000_000
    assert {(b.source, b.period): b.amount for b in cards[1].budget}[("sigungu", "2024")] == 100_000_000


def test_a_broken_line_of_a_text_is_one_item() -> None:
    card = headed(
        "□ 추진실적\n○ 나루 쉼터를 누구나 쓸 수 있도록 운영 시간을 늘려 달라는 요구가 이어져 온 데 따라\r\n"
        "조례를 고치고 야간에도 문을 열기로 함\n- 하루 40명\n○ 안내판 설치\n"
    )
    assert outline(card.sections[0].items) == [
        [
            "나루 쉼터를 누구나 쓸 수 있도록 운영 시간을 늘려 달라는 요구가 이어져 온 데 따라  조례를 고치고 야간에도 문을 열기로 함",
            ["하루 40명"],
        ],
        "안내판 설치",
    ]


def test_the_foot_of_a_web_page_is_no_item() -> None:
    card = headed("추진실적\n○ 개소\n○ 만족도 조사 92%\n목록\n이전글 : 가온 도서관\n")
    assert outline(card.sections[0].items) == ["개소", "만족도 조사 92%"]
    assert {f.actual for f in card.findings if f.code == "UNCLAIMED_TEXT"} == {"목록", "이전글 : 가온 도서관"}


def test_numbered_photos_are_captions_in_every_section() -> None:
    card = headed("1. 기대효과\n- 쉼\n[사진1] 개소 전\n[사진 2] 개소 뒤\n")
    assert (card.captions, outline(card.sections[0].items)) == (["개소 전", "개소 뒤"], ["쉼"])


def test_names_over_figures_are_paired_or_left_out() -> None:
    paired = headed("사업비\t총 4억원 국비 도비 군비 1억원 1억원 2억원\n")
    assert paired.budget_by_source == {
        "national": 100_000_000, "sido": 100_000_000, "sigungu": 200_000_000,
    }  # fmt: skip
    doubtful = headed("사업비\t총 4억원 국비 도비 군비 1억원 3억원\n")
    assert doubtful.budget_by_source == {}


def test_labels_with_labels_inside_a_group() -> None:
    card = card_of(
        "공약명\t\t나루 쉼터\n번호\t\t3\n담당\t부서\t복지과\n\t팀장\t윤슬 (☎ 031-000-4410)\n예산\t총액\t24억 3,000만원\n"
        "\t도비\t8억원\n\t시비\t16억 3,000만원\n추진 상황\t상태\t정상추진\n\t진도\t72%\n"
    )
    assert (card.lead_department, people(card)) == ("복지과", [("팀장", None, "윤슬", "031-000-4410")])
    assert (card.budget_total, card.budget_by_source) == (
        2_430_000_000, {"sido": 800_000_000, "sigungu": 1_630_000_000},
    )  # fmt: skip
    assert (card.status, card.progress) == ("in_progress", 72)
    assert not [f for f in card.findings if f.severity == "warning"]


def test_a_table_of_sections_keeps_its_short_rows() -> None:
    card = headed(
        "구 분\t내 용\n추진배경\t주민 요구\n주요내용\t① 쉼터 운영 ② 상담\n추진실적\t○ 2023년 : 46회 ○ 2024년 : 48회\n"
        "향후계획\t○ 확대 검토\n"
    )
    assert [s.kind for s in card.sections] == ["background", "overview", "achievements", "next_steps"]
    assert outline(card.sections[0].items) == ["주민 요구"]
    assert card.other_fields == {}


def test_years_under_a_heading_that_fills_its_row() -> None:
    card = headed(
        "추진상황\t□ 완료 ☑ 정상추진 □ 보류·폐기\t\n추진실적\t\t\n2023년\t- 쉼터 2곳 - 의자 40개\t\n2024년\t- 쉼터 3곳 - 그늘막\t\n"
        "문제점\t대책\t\n- 자리 부족\t- 복지관 활용\t\n향후계획\t\t\n- 쉼터 4곳 - 안내판\t\t\n"
    )
    assert card.status == "in_progress"
    assert [(s.kind, outline(s.items)) for s in card.sections] == [
        ("achievements", [["2023년", ["쉼터 2곳", "의자 40개"]], ["2024년", ["쉼터 3곳", "그늘막"]]]),
        ("issues", ["자리 부족"]),
        ("issues", ["복지관 활용"]),
        ("next_steps", ["쉼터 4곳", "안내판"]),
    ]


def test_cards_under_chapters_with_an_overview_for_a_header() -> None:
    one = (
        "제{n}장 {field}\n{n}-1. {title}\n▣ 개   요\n ○ 추진부서 : {dept}\n ○ 사업기간 : 매년\n ○ 소요예산 : 3억원(시비)\n"
        " ○ 추진상태 : 추진중(진도율 60%)\n▣ 추진실적\n ○ 개소\n▣ 향후계획\n ○ 확대\n{page} / 24\n"
    )
    cards = read(
        "2024년 하반기\n시장 공약 이행상황 보고서\n2024. 12. 31. 기준\n\n"
        + one.format(n=1, field="쉬는 도시", title="나루 쉼터", dept="복지과", page=3)
        + one.format(n=2, field="배우는 도시", title="가온 도서관", dept="문화과", page=4),
        RULESET,
    )
    assert [(c.number, c.title, c.lead_department, c.progress) for c in cards] == [
        ("1-1", "나루 쉼터", "복지과", 60),
        ("2-1", "가온 도서관", "문화과", 60),
    ]
    assert {(c.as_of, c.report_title) for c in cards} == {("2024-12-31", "시장 공약 이행상황 보고서")}
    assert [[s.kind for s in c.sections] for c in cards] == [["overview", "achievements", "next_steps"]] * 2
    assert cards[0].other_fields == {"사업기간": "매년"}
    assert outline(cards[0].sections[2].items) == ["확대"]


def test_an_amount_with_its_sources_below_it() -> None:
    card = headed(
        "총사업비\t3,200 (단위: 백만원) - 시비 1,600 - 구비 1,600\n담당\t과장 윤슬, 주무관 한가람 (☎3377)\n"
    )
    assert (card.budget_total, card.budget_by_source) == (
        3_200_000_000, {"sido": 1_600_000_000, "sigungu": 1_600_000_000},
    )  # fmt: skip
    assert people(card) == [("과장", None, "윤슬", None), ("주무관", None, "한가람", "3377")]


@pytest.mark.parametrize("line", ["◎◎ 추진실적", "▣ 추진실적 단위: 백만원", "▣ 추진실적(2024. 6. 30. 기준)"])
def test_a_heading_with_a_doubled_mark_or_a_unit(line: str) -> None:
    card = headed(f"{line}\n○ 개소\n○ 확대\n")
    assert [(s.kind, outline(s.items)) for s in card.sections] == [("achievements", ["개소", "확대"])]


def test_references_before_the_sections_whose_marks_they_bear() -> None:
    card = headed("기타 참고사항\n▷ 관련 조례: 쉼터 조례\n\n추진실적\n▷ 개소\n\n관련사진\n개소식\n")
    assert (card.captions, outline(card.sections[0].items)) == (["개소식"], ["관련 조례: 쉼터 조례"])


def test_an_amount_below_its_label_is_no_section() -> None:
    card = headed("추진기간\t진도\n2023 ~ 2026\t40%\n소요예산\t\n1,399천원\t\n사업목적\t• 쉼 • 그늘\n")
    assert (card.budget_total, card.goals, card.sections) == (1_399_000, ["쉼", "그늘"], [])


@pytest.mark.parametrize(
    ("row", "path", "value"),
    [
        ("사업기간\t22. 7. ~ 26. 6.", "period", ("2022-07", "2026-06")),
        ("사업기간\t(당초) 2022~2024 (변경) 2022~2026", "period", ("2022", "2026")),
        ("사업기간\t2026. 6. 까지", "period", (None, "2026-06")),
        ("총사업비\t△1,920백만원", "budget_total", -1_920_000_000),
        ("총사업비\t10억원 → 15억원", "budget_total", 1_500_000_000),
        ("총사업비\t0", "budget_total", 0),
        ("추진상황\t■완료", "status", "completed"),
        ("추진상황\t2024년 완료", "status", "completed"),
        ("추진상황\t추진중(지연)", "status", "delayed"),
        ("추진상황\t완료(이행후 계속추진)", "status", "completed_ongoing"),
        ("진도율\t계획 60% / 실적 50%", "progress", 50),
        ("진도율\t70% → 80%", "progress", 80),
        ("진도율\t40%(공정률 55%)", "progress", 40),
    ],
)
def test_values_that_state_more_than_one_thing(row: str, path: str, value: object) -> None:
    card = headed(f"{row}\n")
    got = getattr(card, path)
    assert ((got.start, got.end) if path == "period" else got) == value
    assert not [f for f in card.findings if f.severity == "warning"]


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("총사업비\t국비 10억원, 시비 5억원", "budget_total"),  # two parts, and no total is printed
        ("총사업비\t1,2O0백만원", "budget_total"),  # a letter among the figures
        ("추진상황\t○", "status"),
        ("추진상황\t완료예정", "status"),
        ("추진상황\t완료 (보류 50%)", "status"),
        ("진도율\t1차 60%, 2차 50%", "progress"),
    ],
)
def test_what_cannot_be_decided_is_flagged(row: str, path: str) -> None:
    card = headed(f"{row}\n")
    assert getattr(card, path) is None
    assert [f for f in card.findings if f.code == "UNREADABLE_VALUE" and path in f.paths]


def test_a_rate_of_another_name_keeps_its_name() -> None:
    card = headed("진도율\t공정률70%\n")
    assert (card.progress, [(r.label, r.percent) for r in card.rates]) == (None, [("공정률", 70)])


@pytest.mark.parametrize("line", ["[24. 6. 30. 기준]", "2024年 6月 30日 現在", "기준일자 2024.06.30"])
def test_dates_of_reports(line: str) -> None:
    assert card_of(f"{line}\n\n공약명\t나루 쉼터\n관리번호\t3\n주관부서\t복지과\n").as_of == "2024-06-30"


def test_what_a_cover_says_is_not_lost() -> None:
    card = "공약명\t나루 쉼터\n번호\t{n}\n주관부서\t복지과 / ☎ 043-000-5510\n진도\t10%\n"
    first, second = read(
        "시장 공약 이행현황\n2024. 12. 31. 기준\n해솔시\n총사업비 1,234억원\n\n연번\t공약명\t쪽\n1\t나루 쉼터\t3\n2\t나루 쉼터\t4\n\n"
        + card.format(n=1)
        + "\n1. 추진실적\n -\n\n"
        + card.format(n=2),
        RULESET,
    )
    unclaimed = {f.actual: f.severity for f in first.findings if f.code == "UNCLAIMED_TEXT"}
    assert unclaimed["총사업비 1,234억원"] == "warning"
    assert not [f for f in second.findings if f.code == "UNCLAIMED_TEXT"]
    assert (first.lead_department, first.other_fields["전화"]) == ("복지과", "043-000-5510")
    assert first.sections[0].items == []


def test_pairs_with_years_in_them_are_no_head_of_a_budget() -> None:
    card = headed(
        "완료시기\t임기내\t기간\t2022 ~ 2026\t관련부서\t회계과\n총사업비\t412,789원 [도비 412,789]\t\t\t\t\n목적\t쉼\t\t\t\t\n"
    )
    assert (card.period and card.period.end, card.related_departments) == ("2026", ["회계과"])
    assert (card.budget_total, card.budget) == (412_789, [])


def test_a_line_in_brackets_is_an_item_unless_it_names_a_table() -> None:
    card = headed(
        "1. 추진실적\n○ 개소\n(쉼터 2곳)\n\n2. 투자계획\n<재원별 현황>\n(쉼터 77억원)\n구분\t계\t국비\t구비\n"
        "계획\t30\t10\t20\n집행\t15\t5\t10\n"
    )
    assert "(쉼터 2곳)" in str(outline(card.sections[0].items))
    assert outline(card.sections[1].items) == ["(쉼터 77억원)"]


def test_a_dash_beside_a_word_is_no_section() -> None:
    card = card_of(
        "공약명\t나루 쉼터\n주관부서\t복지과\n재정사업 여부\t협조부서\n재정\t-\n공약 번호\t추진기간\n"
        "1-2\t2022 ~ 2026\n사업목적\t○ 쉼 ○ 그늘\n"
    )
    assert (card.sections, card.goals) == ([], ["쉼", "그늘"])
    assert card.period is not None
    assert card.period.end == "2026"


def test_a_name_nobody_knows_among_headings_with_a_mark_of_their_own() -> None:
    card = headed(
        "■ 사업개요\n ▷ 쉼터\n■ 그간 추진상황\n ▷ 개소\n■ 현안\n ▷ 자리 부족\n■ 조치\n ▷ 추경\n■ 향후계획\n ▷ 확대\n"
    )
    assert [(s.kind, s.title) for s in card.sections][3:] == [("other", "조치"), ("next_steps", "향후계획")]
    assert outline(card.sections[3].items) == ["추경"]


def test_pairs_numbered_in_one_line() -> None:
    card = card_of(
        "(1) 공약명: 쉼터\n(2) 번호: 3\n(3) 추진부서: 복지과   (4) 협조부서: 건축과\n(5) 진도: 10%\n"
    )
    assert (card.lead_department, card.related_departments, card.progress) == ("복지과", ["건축과"], 10)


def test_a_list_with_one_column_of_amounts() -> None:
    cards = read(
        "공약 이행 현황\n\n번호\t공약명\t부서\t이행상태\t2024년 예산(백만원)\n1\t쉼터\t복지과\t완료\t1,200\n2\t의원\t보건과\t보류\t-\n",
        RULESET,
    )
    assert [(b.period, b.amount) for b in cards[0].budget] == [("2024", 1_200_000_000)]


def test_items_numbered_like_the_headings() -> None:
    card = headed(
        "1) 추진배경\n가. 요구\n2) 주요성과\n가. 쉼터 조성\n 1) 공사 발주\n 2) 협의체 구성\n3) 조치\n가. 추경\n4) 향후계획\n가. 확대\n"
    )
    assert [s.title for s in card.sections] == ["추진배경", "주요성과", "조치", "향후계획"]
    assert outline(card.sections[1].items) == [["쉼터 조성", ["공사 발주", "협의체 구성"]]]


def test_lines_that_hang_under_a_narrow_page() -> None:
    card = headed(
        "□ 추진실적\n"
        "○ 나루터 쉼터 대상지 확정: 2024. 8. 19. (주민 합동\n  현장 점검 결과를 반영하여 추진)\n - 하천변 2개소\n"
        "○ 안내판 설치: 2025. 1. 11.\n"
        "○ 좁은 골목길의 소음 민원이 잦음에 따라 관계기관\n  협의체를 구성하고 대안을 단계적으로 마련할\n  예정임\n"
    )
    assert outline(card.sections[0].items) == [
        [
            "나루터 쉼터 대상지 확정: 2024. 8. 19. (주민 합동   현장 점검 결과를 반영하여 추진)",
            ["하천변 2개소"],
        ],
        "안내판 설치: 2025. 1. 11.",
        "좁은 골목길의 소음 민원이 잦음에 따라 관계기관   협의체를 구성하고 대안을 단계적으로 마련할   예정임",
    ]


def test_items_without_a_mark_under_a_wide_item_are_no_broken_lines() -> None:
    card = headed(
        "□ 추진실적\n○ 나루터 쉼터 대상지 확정과 현장 점검 결과 보고회\n  하천변 2개소\n  공원 1개소\n○ 안내판 설치\n  나루동 4곳\n"
    )
    assert [i.text for i in card.sections[0].items] == [
        "나루터 쉼터 대상지 확정과 현장 점검 결과 보고회",
        "안내판 설치",
    ]
    assert [c.text for i in card.sections[0].items for c in i.children] == [
        "하천변 2개소",
        "공원 1개소",
        "나루동 4곳",
    ]


def test_a_survey_is_an_item_and_no_foot_of_the_page() -> None:
    card = headed("1. 향후계획\n만족도 조사: 2026. 2월\n성과보고회 개최: 2026. 3월\n")
    assert [i.text for i in card.sections[0].items] == [
        "만족도 조사: 2026. 2월",
        "성과보고회 개최: 2026. 3월",
    ]
    foot = headed("1. 향후계획\n성과보고회 개최: 2026. 3월\n만족도 조사\n")
    assert [i.text for i in foot.sections[0].items] == ["성과보고회 개최: 2026. 3월"]


@pytest.mark.parametrize("title", ["구청장 공약사항 세부실행계획", "공약사항 실행계획", "시장 공약 실천계획"])
def test_reports_named_after_a_plan(title: str) -> None:
    card = card_of(f"{title}\n\n공약명\t나루 쉼터\n관리번호\t3\n주관부서\t복지과\n\n1. 추진실적\n○ 착공\n")
    assert (card.report_title, card.title) == (title, "나루 쉼터")
