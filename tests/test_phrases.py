"""Axis labels put together of words that no list holds as a whole."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT
from tests.texts import cells, read

from cardextract.budget.axes import terms
from cardextract.card import Card
from cardextract.profiles import load_rules

RULESET = load_rules(ROOT / "rules")
RULES = RULESET.profiles["base"]
LATER = RULES.model_copy(
    update={"term": RULES.term.model_copy(update={"start": "2026-07-01", "end": "2030-06-30"})}
)
M = 10**6


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2026. 7월 이후", "after_term"),
        ("’26.8월~", "after_term"),
        ("2026. 6. 30. 이후", "after_term"),
        ("2027년부터", "after_term"),
        ("2028년 이후 투자액", "after_term"),
        ("2022. 6월까지", "before"),
        ("2021년까지 기집행", "before"),
        ("2021년 이전 투자실적", "before"),
        ("이전 투자액", "before"),
        ("향후 소요 재원", "after_term"),
        ("2022. 7월~", "2022-H2"),
        ("2026. 6월까지", "2026-H1"),
        ("2024년부터", None),
        ("’26.하반기 이후", "after_term"),
        ("’22.상까지", "before"),
    ],
)
def test_open_periods_by_the_dates_of_the_term(label: str, said: str | None) -> None:
    assert [t.value for t in terms(label, RULES)] == ([said] if said else [])


def test_a_later_term_has_other_open_ends() -> None:
    assert [[t.value for t in terms(x, LATER)] for x in ("2026. 7월~", "2026. 6월까지", "2031년부터")] == [
        ["2026-H2"], ["before"], ["after_term"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("필요액", ["plan"]),
        ("총 필요재정", ["plan"]),
        ("총 집행금액", ["spent"]),
        ("사업비 집행(백만원)", ["spent"]),
        ("재정 확보 내역", ["secured"]),
        ("확보예산 국비", ["secured", "national"]),
        ("집행(군비)", ["spent", "sigungu"]),
        ("국비(지출)", ["national", "spent"]),
        ("2023(결산)", ["2023"]),
        ("계획집행", []),
        ("이행계획", []),
        ("필요성", []),
    ],
)
def test_ledgers_of_stems_and_nouns(label: str, said: list[str]) -> None:
    assert [t.value for t in terms(label, RULES)] == said


def card_of(table: str, heading: str = "2. 투자계획 (단위: 백만원)") -> Card:
    (card,) = read(
        f"공약명\t나루 쉼터\n관리번호\t3\n주관부서\t복지과\n\n{heading}\n{table}\n\n3. 추진실적\n○ 개소\n",
        RULESET,
    )
    return card


def loud(card: Card) -> list[str]:
    return [f.code for f in card.findings if f.severity in ("error", "warning")]


def test_ledger_and_source_in_one_label() -> None:
    rows = [
        "구분\t계\t2023\t2024",
        "계획(계)\t90\t50\t40",
        "계획(국비)\t60\t30\t30",
        "계획(군비)\t30\t20\t10",
    ]
    rows += ["국비(집행)\t35\t30\t5", "군비(집행)\t25\t20\t5", "계(집행)\t60\t50\t10"]
    card = card_of("\n".join(rows))
    assert loud(card) == []
    assert cells(card)["spent", "total", "2024"] == 10 * M
    assert cells(card)["plan", "sigungu", "2023"] == 20 * M
    assert len(cells(card)) == 18


def test_a_ledger_in_the_place_of_a_total_heads_the_columns_behind_it() -> None:
    planned = "구분\t총 소요예산\t국비\t군비\n2023\t50\t30\t20\n2024\t40\t30\t10\n계\t90\t60\t30"
    spent = "구분\t총 지출액\t국비\t군비\n2023\t41\t25\t16\n2024\t9\t5\t4\n계\t50\t30\t20"
    card = card_of(f"{planned}\n\n{spent}")
    assert loud(card) == []
    assert (cells(card)["spent", "national", "2023"], cells(card)["plan", "national", "2023"]) == (
        25 * M,
        30 * M,
    )


def test_a_year_marked_with_a_ledger_leaves_the_row_its_own() -> None:
    rows = [
        "구분\t계\t2023(결산)\t2024(예산)",
        "필요액\t90\t50\t40",
        "확보액\t80\t50\t30",
        "집행액\t45\t45\t-",
    ]
    card = card_of("\n".join(rows))
    assert loud(card) == []
    assert {k[0]: v for k, v in cells(card).items() if k[2] == "2023"} == {
        "plan": 50 * M, "secured": 50 * M, "spent": 45 * M,
    }  # fmt: skip


def test_totals_beyond_the_term_are_no_broken_sums() -> None:
    rows = ["재원\t총 필요재정\t임기내 필요재정", "국비\t70\t40", "군비\t50\t35", "계\t120\t75"]
    card = card_of("\n".join(rows))
    assert loud(card) == []
    assert cells(card)["plan", "total", "in_term"] == 75 * M


def test_counted_things_are_no_money() -> None:
    rows = ["구분\t계\t2023\t2024", "설치(개소)\t5\t2\t3", "교육(회)\t30\t10\t20"]
    card = card_of("\n".join(rows), "2. 연도별 추진계획")
    assert (loud(card), card.budget) == ([], [])
    assert "설치(개소)" in card.model_dump_json()  # the table is kept where it stands
    mixed = card_of("구분\t계\t2023\t2024\n사업량(개소)\t5\t2\t3\n계획\t90\t50\t40\n집행\t45\t45\t-")
    assert loud(mixed) == []
    assert len(cells(mixed)) == 5


@pytest.mark.parametrize("form", ["{} {}", "{}년 {}액", "{}({})"])
def test_the_word_behind_a_year_tells_two_columns_apart(form: str) -> None:
    heads = [form.format(y, w) for y in ("2023", "2024") for w in ("계획", "집행")]
    card = card_of(
        "\n".join(
            ["\t".join(["재원", *heads]), "계\t50\t41\t40\t9", "국비\t30\t25\t30\t5", "군비\t20\t16\t10\t4"]
        )
    )
    assert loud(card) == []
    assert {k[::2]: v // M for k, v in cells(card).items() if k[1] == "total"} == {
        ("plan", "2023"): 50, ("spent", "2023"): 41, ("plan", "2024"): 40, ("spent", "2024"): 9,
    }  # fmt: skip


def test_unknown_names_at_the_end_of_a_row_move_no_heading() -> None:
    card = card_of(
        "구분\t2025년 계획\t1분기 집행\t2분기 집행\n계\t50\t10\t10\n국비\t30\t6\t5\n군비\t20\t4\t5"
    )
    assert cells(card) == {
        ("plan", s, "2025"): v * M for s, v in (("total", 50), ("national", 30), ("sigungu", 20))
    }
    assert loud(card) == ["UNKNOWN_COLUMN", "UNKNOWN_COLUMN"]


def test_what_is_left_of_a_budget_is_in_no_ledger() -> None:
    card = card_of("구분\t예산현액\t지출액\t이월액\t불용액\n2023\t50\t41\t5\t4\n2024\t40\t9\t31\t-")
    assert loud(card) == []
    assert cells(card) == {
        ("plan", "total", "2023"): 50 * M, ("spent", "total", "2023"): 41 * M,
        ("plan", "total", "2024"): 40 * M, ("spent", "total", "2024"): 9 * M,
    }  # fmt: skip


def test_tasks_that_come_to_the_totals_are_no_unknown_sources() -> None:
    rows = "쉼터 조성\t90\t50\t40\n쉼터 운영\t30\t15\t15\n합계\t120\t65\t{}"
    tasks = card_of("세부사업명\t계\t2023\t2024\n" + rows.format(55))
    assert loud(tasks) == []
    assert cells(tasks)["plan", "total", "2024"] == 55 * M
    assert "UNKNOWN_COLUMN" in loud(card_of("재원\t계\t2023\t2024\n" + rows.format(55)))
    assert "UNKNOWN_COLUMN" in loud(card_of("세부사업명\t계\t2023\t2024\n" + rows.format(54)))


def test_a_ledger_behind_a_year_yields_to_that_of_the_row() -> None:
    card = card_of("구분\t계\t2023 결산\t2024 예산\n필요액\t90\t50\t40\n집행액\t45\t45\t-")
    assert loud(card) == []
    assert cells(card)["plan", "total", "2023"] == 50 * M
    assert cells(card)["spent", "total", "2023"] == 45 * M


def test_a_total_of_one_ledger_is_of_this_ledger() -> None:
    card = card_of("구분\t국비 확보액\t군비 확보액\t계\n2023\t30\t20\t50\n2024\t32\t10\t42")
    assert loud(card) == []
    assert {k[:2] for k in cells(card)} == {("secured", s) for s in ("national", "sigungu", "total")}
    whole = card_of("구분\t총사업비\t국비 확보액\t군비 확보액\n쉼터\t99\t30\t20\n공원\t70\t32\t10")
    assert not any(k[:2] == ("secured", "total") for k in cells(whole))


def test_units_in_a_row_of_their_own() -> None:
    card = card_of(
        "구분\t소요예산\t집행액\n\t백만원\t천원\n2023\t50\t41,000\n2024\t40\t9,000\n계\t90\t50,000",
        "2. 투자계획",
    )
    assert loud(card) == []
    assert cells(card)["plan", "total", "2023"] == 50 * M
    assert cells(card)["spent", "total", "2024"] == 9 * M


def test_parts_of_a_year_prove_its_column() -> None:
    card = card_of("구분\t2025년\t\t\t\n\t계\t1분기\t2분기\t3분기\n계획\t50\t20\t20\t10\n집행\t40\t20\t20\t-")
    assert loud(card) == []
    assert cells(card)["spent", "total", "2025-Q2"] == 20 * M


def test_a_sum_up_to_a_year_is_before() -> None:
    assert [t.value for t in terms("2023년 말 누계", RULES)] == ["before"]
    assert [t.value for t in terms("차년도 이후", RULES)] == ["after_term"]
