"""From raw fields to the record: what is typed, what is proved, and what is only reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.texts import flagged, read

from cardextract import extract
from cardextract.card import Card
from cardextract.document import NOWHERE, Span
from cardextract.profiles import load_rules
from cardextract.record.amounts import breakdown, source_level

RULESET = load_rules(ROOT / "rules")
RULES = RULESET.base
Read = Callable[[str], list[Card]]


def card_of(*rows: str, title: str = "구청장 공약사항 관리카드", after: str = "") -> Card:
    """A card with the fields that every card needs and these rows."""
    grid = "공약명\t가온천 물길\t관리번호\t2-1\n주관부서\t하천과\t관련부서\t-\n" + "".join(
        r + "\n" for r in rows
    )
    (card,) = read(f"{title}\n\n(2024. 6. 30. 현재)\n\n{grid}\n1. 추진실적\n\n○ 착공\n{after}", RULESET)
    return card


def codes(card: Card) -> set[str]:
    return {f.code for f in card.findings}


@pytest.mark.parametrize(
    ("row", "path", "value"),
    [
        ("추진상황\t완료", "status", "completed"),
        ("추진상황\t이행 후 계속추진", "status", "completed_ongoing"),
        ("추진상황\t□ 완료 ■ 정상추진 □ 보류", "status", "in_progress"),
        ("진 도\t45.5%", "progress", 45.5),
        ("이행률\t88", "progress", 88),
        ("소요예산\t97억 3,200만원", "budget_total", 9_732_000_000),
        ("소요예산\t비예산", "budget_total", 0),
        ("소요예산\t-", "budget_total", None),
        ("관련부서\t환경과, 도로과", "related_departments", ["환경과", "도로과"]),
        ("관련부서\t없음", "related_departments", []),
    ],
)
def test_values(row: str, path: str, value: object) -> None:
    assert getattr(card_of(row), path) == value


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("추진상황\t오락가락", "status"),
        ("소요예산\t많음", "budget_total"),
        ("사업기간\t언젠가", "period"),
        ("진 도\t절반쯤", "progress"),
    ],
)
def test_what_cannot_be_read_is_reported_never_guessed(row: str, path: str) -> None:
    card = card_of(row)
    (found,) = (f for f in card.findings if f.code == "UNREADABLE_VALUE")
    assert found.paths == (path,)
    assert found.actual == row.split("\t")[1]
    assert (card.status, card.budget_total, card.progress, card.period.start) == (None, None, None, None)


def test_other_rates_are_no_progress() -> None:
    card = card_of("공정률\t70%\t집행률\t35%")
    assert card.progress is None
    assert {(r.label, r.percent) for r in card.rates} == {("공정률", 70.0), ("집행률", 35.0)}


def test_an_unknown_label_is_kept_and_told() -> None:
    card = card_of("별빛지수\t높음")
    assert card.other_fields == {"별빛지수": "높음"}
    assert "UNKNOWN_LABEL" in codes(card)
    assert card.evidence["other_fields.별빛지수"].text == "높음"


def test_staff_in_one_cell_and_in_many() -> None:
    one = card_of("담당자\t팀장 나가온 051-000-1111 주무관 도하늘 051-000-2222")
    assert [(p.name, p.phone) for p in one.staff] == [("나가온", "051-000-1111"), ("도하늘", "051-000-2222")]
    many = card_of("팀 장\t행정6급 나가온(☎4801)\t담당자\t행정7급 도하늘(☎4802)")
    assert [(p.role, p.rank, p.name, p.phone) for p in many.staff] == [
        ("팀장", "행정6급", "나가온", "4801"),
        ("담당자", "행정7급", "도하늘", "4802"),
    ]


def test_tasks_with_amount_and_end() -> None:
    card = card_of("추진과제\t○ 철거(900백만원, ~2025) ○ 산책로 ○ 물길지기(50백만원)")
    assert [(t.text, t.amount, t.until) for t in card.tasks] == [
        ("철거", 900_000_000, "2025"),
        ("산책로", None, None),
        ("물길지기", 50_000_000, None),
    ]


@pytest.mark.parametrize(
    ("words", "title", "wanted"),
    [
        ({"si", "sigungu"}, "", "sido"),
        ({"si", "do"}, "", "sigungu"),
        ({"si"}, "구청장 공약", "sido"),
        ({"si"}, "가온광역시장 공약", "sido"),
        ({"si"}, "해솔시장 공약", "sigungu"),
    ],
)
def test_whose_money_si_is(words: set[str], title: str, wanted: str) -> None:
    assert source_level(words, title, RULES)[0]["si"] == wanted


@pytest.mark.parametrize("is_city", [True, False])
def test_the_profile_decides_first(is_city: bool) -> None:
    own = RULES.model_copy(update={"sigungu_is_city": is_city})
    assert source_level({"si", "do"}, "구청장", own)[0]["si"] == ("sigungu" if is_city else "sido")


@given(
    st.dictionaries(
        st.sampled_from(["국비", "시비", "구비", "기타", "민자", "기금"]), st.integers(1, 99_999), min_size=1
    ),
    st.sampled_from(["{w} {n:,}", "{w}{n:,}", "{w}: {n:,}", "{w} {n}"]),
    st.sampled_from([", ", " / ", " "]),
)
def test_breakdowns(parts: dict[str, int], form: str, between: str) -> None:
    text = between.join(form.format(w=w, n=n) for w, n in parts.items())
    found = breakdown(Span(text, NOWHERE), 0, 10**6, RULES)
    assert [won for _, won, _ in found] == [n * 10**6 for n in parts.values()]
    assert [s.text for _, _, s in found] == [form.format(w="", n=n).strip(" :") for n in parts.values()]


def test_shares_are_no_amounts() -> None:
    card = card_of("소요예산\t50,000천원 (국비 90%, 구비 10%)")
    assert (card.budget_total, card.budget_by_source) == (50_000_000, {})


def test_a_header_that_contradicts_its_parts_is_flagged() -> None:
    card = card_of("소요예산\t1,000백만원(국 600, 구 500)")
    assert card.budget_total == 1_000_000_000
    assert "HEADER_BREAKDOWN" in codes(card)
    assert flagged(card, "budget_total")


def test_one_budget_cell_twice_is_an_error_unless_it_says_the_same() -> None:
    table = "구분\t계\t2022년\n국비\t30\t30\n계\t30\t30\n"
    section = "\n2. 투자계획\n(단위: 백만원)\n{}\n(단위: 백만원)\n{}"
    same = card_of(after=section.format(table, table))
    other = card_of(after=section.format(table, table.replace("30", "40")))
    assert "AMBIGUOUS_CELL" not in codes(same)
    assert "AMBIGUOUS_CELL" in codes(other)
    assert len({(b.ledger, b.source, b.period) for b in other.budget}) == len(other.budget)


def test_no_unit_is_told() -> None:
    card = card_of(after="\n2. 투자계획\n구분\t계\t2022년\n국비\t30\t30\n계\t30\t30\n")
    assert "UNKNOWN_UNIT" in codes(card)
    assert flagged(card, "budget[plan/national/2022]")


@pytest.mark.parametrize(
    ("stated", "won"), [("30백만원", 30_000_000), ("30천원", 30_000), ("3,000만원", 30_000_000)]
)
def test_a_table_without_a_unit_takes_the_one_that_comes_to_the_stated_total(stated: str, won: int) -> None:
    table = "\n2. 투자계획\n구분\t계\t2022년\t2023년\n국비\t30\t10\t20\n계\t30\t10\t20\n"
    card = card_of(f"소요예산\t{stated}", after=table)
    assert {(b.source, b.period): b.amount for b in card.budget}["national", "total"] == won
    assert card.evidence["budget[plan/national/2022].amount"].certainty == "inferred"
    assert not codes(card) & {"UNKNOWN_UNIT", "UNIT_SLIP", "HEADER_TABLE"}


def test_a_stated_total_that_no_unit_reaches_gives_no_unit() -> None:
    card = card_of("소요예산\t31백만원", after="\n2. 투자계획\n구분\t계\t2022년\n국비\t30\t30\n계\t30\t30\n")
    assert "UNKNOWN_UNIT" in codes(card)


def test_the_unit_beside_a_heading_in_cells() -> None:
    table = "\nⅡ\t재원별 투자계획 단위: 천원\n\n구분\t계\t2022년\n국비\t30\t30\n계\t30\t30\n"
    card = card_of(after=table)
    assert {b.amount for b in card.budget} == {30_000}


def test_a_doubtful_figure_that_nothing_proves_is_flagged() -> None:
    card = card_of(after="\n2. 투자계획\n(단위: 백만원)\n구분\t2022년\t2023년\n국비\t1, 020\t30\n")
    assert flagged(card, "budget[plan/national/2022]")
    assert not flagged(card, "budget[plan/national/2023]")


def test_text_that_nobody_claimed_is_a_finding_with_its_place(read_text: Read) -> None:
    text = "공약명\t가온천\t번호\t1\n주관부서\t하천과\t진도율\t4%\n주인 없는 긴 글이 표 안에 외따로 서 있습니다\t\n\n1. 추진실적\n○ 착공\n"
    (card,) = read_text(text)
    (lost,) = (f for f in card.findings if f.code == "UNCLAIMED_TEXT")
    assert text[lost.places[0].start : lost.places[0].end] == lost.actual


@pytest.mark.parametrize(("total", "unit"), [("30백만원", 10**6), ("3만원", 10**3), ("30억원", 10**8)])
def test_the_header_amount_proves_a_unit_that_nobody_states(total: str, unit: int) -> None:
    table = "\n2. 투자계획\n구분\t계\t2023\t2024\n계\t30\t10\t20\n도비\t10\t5\t5\n군비\t20\t5\t15\n"
    card = card_of(f"총사업비\t{total}", after=table)
    assert {(b.source, b.period): b.amount for b in card.budget}["total", "2023"] == 10 * unit
    assert "UNKNOWN_UNIT" not in codes(card)
    assert {p.certainty for path, p in card.evidence.items() if path.startswith("budget[")} == {"inferred"}


def test_a_unit_that_nothing_proves_is_reported() -> None:
    table = "\n2. 투자계획\n구분\t계\t2023\t2024\n계\t30\t10\t20\n도비\t10\t5\t5\n군비\t20\t5\t15\n"
    assert "UNKNOWN_UNIT" in codes(card_of("총사업비\t31백만원", after=table))


def test_a_ledger_in_the_place_of_a_total_holds_for_the_sources_below() -> None:
    table = (
        "\n2. 투자계획\n(단위: 백만원)\n구분\t계\t2023\t2024\n계획\t30\t10\t20\n도비\t10\t5\t5\n군비\t20\t5\t15\n"
        "집행\t9\t9\t\n도비\t4\t4\t\n군비\t5\t5\t\n"
    )
    card = card_of(after=table)
    found = {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}
    assert found["plan", "sido", "2023"] == 5_000_000
    assert found["spent", "total", "total"] == 9_000_000
    assert found["spent", "sigungu", "2023"] == 5_000_000
    assert not [f for f in card.findings if f.severity == "error"]


@pytest.mark.parametrize("first", ["계획 계", "소요예산"])
def test_the_title_beside_all_rows_of_a_table_is_no_ledger(first: str, tmp_path: Path) -> None:
    """`투자계획` spans the whole budget; 계획 and 집행 within it say which ledger a row belongs to."""
    rows = [
        f"<td>{first}<td>30<td>10<td>20", "<td>도비<td>10<td>5<td>5", "<td>군비<td>20<td>5<td>15",
        "<td>집행 계<td>9<td>9<td>", "<td>도비<td>4<td>4<td>", "<td>군비<td>5<td>5<td>",
    ]  # fmt: skip
    budget = "<tr><td rowspan=7>투자계획<br>(단위:백만원)<td>구분<td>계<td>2023<td>2024" + "".join(
        f"<tr>{r}" for r in rows
    )
    page = tmp_path / "card.html"
    page.write_text(
        "<meta charset=utf-8><table><tr><td>공약명<td>물길<td>관리번호<td>2-1<tr><td>부서<td>하천과<td>추진상황<td>완료</table>"
        f"<table>{budget}</table><h4>추진실적</h4><p>○ 착공</p>",
        encoding="utf-8",
    )
    (card,) = extract(page, profile="base", mentions=False)
    found = {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}
    assert found["plan", "sido", "2023"] == 5_000_000
    assert found["spent", "total", "total"] == 9_000_000
    assert found["spent", "sigungu", "2023"] == 5_000_000


def test_a_table_a_year_takes_its_year_from_the_line_above() -> None:
    table = "{}\n구분\t계\t도비\t군비\n계획\t{}\t10\t20\n집행\t9\t4\t5\n"
    after = (
        "\n2. 투자계획\n(단위: 백만원)\n"
        + table.format("2023년", 30)
        + table.format("<2024년> (단위: 백만원)", 30)
    )
    card = card_of(after=after)
    found = {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}
    assert found["plan", "sido", "2023"] == found["plan", "sido", "2024"] == 10_000_000
    assert {p for _, _, p in found} == {"2023", "2024"}
    assert not card.sections[-1].items


def test_a_budget_that_a_page_cuts_behind_its_running_title() -> None:
    rows = [
        "구분\t계\t2023\t2024",
        "계획\t계\t30\t10\t20",
        "도비\t10\t5\t5",
        "군비\t20\t5\t15",
        "집행\t계\t9\t9\t-",
    ]
    rest = ["도비\t4\t4\t-", "군비\t5\t5\t-"]
    for again in ([], rows[:1]):
        page = "\n\n- 2 -\n\n구청장 공약사항 관리카드\n"
        after = "\n2. 투자계획\n(단위: 백만원)\n" + "\n".join(rows) + page + "\n".join([*again, *rest]) + "\n"
        card = card_of(after=after)
        found = {(b.ledger, b.source, b.period): b.amount for b in card.budget if b.amount}
        assert found["spent", "total", "total"] == 9_000_000
        assert found["spent", "sigungu", "2023"] == 5_000_000
        assert not [f for f in card.findings if f.severity == "error"]


def test_names_with_the_mark_of_a_note() -> None:
    table = "\n2. 투자계획\n(단위: 백만원)\n구분\t계\t2023\t2024\n계\t30\t10\t20\n도비1)\t10\t5\t5\n군비2)\t20\t5\t15\n"
    assert {b.source for b in card_of(after=table).budget} == {"total", "sido", "sigungu"}
