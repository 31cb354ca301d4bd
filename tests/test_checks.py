"""Every code that a check can give: what triggers it, and a near miss that does not."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.budgets import MILLION, Shape, card_of, make_budget, with_amount

from cardextract.card import Card, Item, Period, Section, Staff, Task
from cardextract.checks import check
from cardextract.findings import Finding, Suggestion, finding, stamp
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, load_rules
from cardextract.rules import Rules

ROOT = Path(__file__).parents[1]
SEED = ROOT.parent / "shared" / "seed" / "inbox" / "single" / "geumjeong" / "txt" / "geumjeong_txt.txt"


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(ROOT / "rules")


@pytest.fixture(scope="module")
def rules(ruleset: RuleSet) -> Rules:
    return ruleset.base


def sound(**fields: Any) -> Card:
    """A card without any finding: two sources, three years, plan and spent."""
    rows = {
        "total": (31, 10, 10, 11),
        "national": (12, 3, 4, 5),
        "sigungu": (19, 7, 6, 6),
    }
    spent = {"total": (14, 9, 5, 0), "national": (6, 3, 3, 0), "sigungu": (8, 6, 2, 0)}
    periods = ("total", "2022", "2023", "2025")
    amounts = {
        (ledger, source, period): amount * 100 * MILLION
        for ledger, table in (("plan", rows), ("spent", spent))
        for source, row in table.items()
        for period, amount in zip(periods, row, strict=True)
    }
    header: dict[str, Any] = {
        "budget_total": 3100 * MILLION,
        "budget_by_source": {"national": 1200 * MILLION, "sigungu": 1900 * MILLION},
    }
    return card_of(amounts, **{**header, **fields})


def achievements(*texts: str, kind: str = "achievements") -> list[Section]:
    return [
        Section.model_validate(
            {"kind": kind, "title": "추진실적", "items": [{"marker": "-", "text": t} for t in texts]}
        )
    ]


def amount(path: str, value: int) -> Card:
    return with_amount(sound(), path, value)


def set_cells(card: Card, changes: dict[str, int]) -> Card:
    for key, millions in changes.items():
        card = with_amount(card, f"budget[{key}].amount", millions * MILLION)
    return card


def without_budget(card: Card) -> Card:
    return card.model_copy(update={"budget": []})


def test_a_sound_card_has_no_finding(rules: Rules) -> None:
    assert check(sound(), rules) == []


CASES: dict[str, tuple[Callable[[], Card], Callable[[], Card]]] = {
    "ROW_SUM": (
        lambda: amount("budget[plan/national/total].amount", 1300 * MILLION),
        lambda: amount("budget[plan/national/total].amount", 1200 * MILLION),
    ),
    "COLUMN_SUM": (
        lambda: amount("budget[plan/total/2022].amount", 1100 * MILLION),
        lambda: amount("budget[plan/total/2022].amount", 1000 * MILLION),
    ),
    "SUBTOTAL": (
        lambda: with_amount(in_term(), "budget[plan/national/in_term].amount", 7 * MILLION),
        lambda: in_term(),
    ),
    "ROUNDING": (lambda: rounded(1), lambda: rounded(5)),
    "HEADER_TABLE": (
        lambda: sound(budget_total=3200 * MILLION, budget_by_source={}),
        lambda: near_header("약 30억원", 3000 * MILLION),
    ),
    "HEADER_BREAKDOWN": (
        lambda: sound(budget_by_source={"national": 1100 * MILLION, "sigungu": 1900 * MILLION}),
        lambda: sound(budget_by_source={"national": 1200 * MILLION}),
    ),
    "DECIMAL_SEPARATOR": (
        lambda: amount("budget[plan/national/2023].amount", 400_000),
        lambda: decimals(),
    ),
    "UNIT_SLIP": (
        lambda: sound(budget_total=3_100_000 * MILLION, budget_by_source={}),
        lambda: sound(budget_total=3_000_000 * MILLION, budget_by_source={}),
    ),
    "SHIFTED_CELL": (
        lambda: set_cells(
            sound(), {"spent/sigungu/2022": 0, "spent/sigungu/2023": 600, "spent/sigungu/2025": 200}
        ),
        lambda: set_cells(
            sound(), {"spent/sigungu/2022": 0, "spent/sigungu/2023": 600, "spent/sigungu/2025": 300}
        ),
    ),
    "NEGATIVE_AMOUNT": (
        lambda: amount("budget[plan/national/2022].amount", -300 * MILLION),
        lambda: amount("budget[plan/national/2022].amount", 0),
    ),
    "SHARE_SUM": (
        lambda: shares("100백만원(국비 60%, 구비 30%)"),
        lambda: shares("100백만원(국비 60%, 구비 40%)"),
    ),
    "TASKS_OVER_BUDGET": (
        lambda: sound(
            tasks=[Task(text="골목길 정비", amount=1600 * MILLION), Task(text="쉼터", amount=1501 * MILLION)]
        ),
        lambda: sound(
            tasks=[Task(text="골목길 정비", amount=1600 * MILLION), Task(text="쉼터", amount=1500 * MILLION)]
        ),
    ),
    "SPENT_OVER_PLAN": (lambda: spent_more(1900), lambda: spent_more(1800)),
    "YEAR_OVERSPENT": (lambda: spent_in_2022(1001), lambda: spent_in_2022(1000)),
    "SPENT_AFTER_AS_OF": (lambda: spent_in_2025("2024-12-31"), lambda: spent_in_2025("2025-01")),
    "BEFORE_DIFFERS": (lambda: before(200, 210), lambda: before(200, 200)),
    "STATUS_PROGRESS": (
        lambda: sound(status="completed", progress=99),
        lambda: sound(status="completed", progress=100),
    ),
    "PROGRESS_RANGE": (lambda: sound(progress=100.5), lambda: sound(progress=100, status="completed")),
    "PERIOD_BUDGET": (
        lambda: sound(period=Period(start="2023-01", end="2025-12")),
        lambda: sound(period=Period(start="2022-07", end="2025-12")),
    ),
    "TEXT_AMOUNT": (
        lambda: sound(sections=achievements("보조금 교부: 3,200백만원")),
        lambda: sound(sections=achievements("보조금 교부: 3,100백만원")),
    ),
    "COUNT_LIST": (
        lambda: sound(sections=achievements("점검: 3회(2024. 1./ 3.)")),
        lambda: sound(sections=achievements("점검: 2회(2024. 1./ 3.)")),
    ),
    "SELECTED_OVER_APPLIED": (
        lambda: sound(sections=achievements("신청 50명 중 60명 선정")),
        lambda: sound(sections=achievements("20개 업체 신청접수 및 최종 10개 업체 선정")),
    ),
    "NON_BUDGET": (
        lambda: sound(budget_total=0, budget_by_source={}),
        lambda: without_budget(sound(budget_total=0, budget_by_source={})),
    ),
    "PERIOD_REVERSED": (
        lambda: sound(period=Period(start="2026-06", end="2022-07")),
        lambda: sound(period=Period(start="2022-07", end="2022", beyond_term=True)),
    ),
    "DATE_INVALID": (
        lambda: sound(sections=achievements("준공식 개최: 2024. 2. 30.")),
        lambda: sound(sections=achievements("준공식 개최: 2024. 2. 29.")),
    ),
    "DATE_AFTER_AS_OF": (
        lambda: sound(sections=achievements("협약 체결: 2024. 7. 1.")),
        lambda: sound(
            sections=achievements(
                "운영: 2024. 3. ~ 2024. 12.", "준공 예정: 2024. 7. 1.", "협약: 2024. 6. 30."
            )
        ),
    ),
    "AS_OF_CONFLICT": (
        lambda: sound(other_fields={"작성": "2023. 12. 31. 기준"}),
        lambda: sound(other_fields={"작성": "2024. 6월말 기준"}),
    ),
    "NEXT_STEP_PAST": (
        lambda: sound(sections=achievements("설계 착수: 2024. 5.", kind="next_steps")),
        lambda: sound(
            sections=achievements("설계: 2024. 5. ~ 2024. 9.", "착수: 2024. 6.", kind="next_steps")
        ),
    ),
    "MISSING_FIELD": (lambda: sound(title=None), lambda: sound(title="도시숲")),
    "EMPTY_SECTION": (
        lambda: sound(sections=achievements()),
        lambda: sound(sections=achievements(kind="investment")),
    ),
    "DAMAGED_TEXT": (
        lambda: sound(sections=achievements("주민 \ufffd\ufffd회 개최")),
        lambda: sound(sections=achievements("하하호호 뎀!뎀!뎀! 축제")),
    ),
    "PERSONAL_NUMBER": (
        lambda: sound(staff=[Staff(name="도하늘", phone="010-1234-5678")]),
        lambda: sound(
            staff=[Staff(name="도하늘", phone="051-010-5678")], sections=achievements("850101-2024 공고")
        ),
    ),
}


def in_term() -> Card:
    """Two sources with an in-term subtotal and money after the term."""
    table = {"national": (9, 6, 2, 4, 3), "sigungu": (8, 7, 5, 2, 1), "total": (17, 13, 7, 6, 4)}
    periods = ("total", "in_term", "2023", "2024", "after_term")
    return card_of(
        {("plan", s, p): a * MILLION for s, row in table.items() for p, a in zip(periods, row, strict=True)}
    )


def rounded(miss: int) -> Card:
    """Parts rounded to a million, one row exact: the national total is off by `miss` million."""
    return amount("budget[plan/national/total].amount", (1200 + miss) * MILLION).model_copy(
        update={
            "budget_by_source": {},
            "budget": [
                c.model_copy(update={"amount": (1200 + miss) * MILLION})
                if (c.ledger, c.source, c.period) == ("plan", "national", "total")
                else c.model_copy(update={"amount": (1900 - miss) * MILLION})
                if (c.ledger, c.source, c.period) == ("plan", "sigungu", "total")
                else c
                for c in sound().budget
            ],
        }
    )


def near_header(text: str, won: int) -> Card:
    card = sound(budget_total=won, budget_by_source={})
    proof = replace(card.evidence["budget_total"], text=text)
    return card.model_copy(update={"evidence": {**card.evidence, "budget_total": proof}})


def decimals() -> Card:
    """억원 with true decimals: a dot is no mistyped comma."""
    table = {"total": (31, 20, 11), "national": (12, 8, 4), "sigungu": (19, 12, 7)}
    return card_of(
        {
            ("plan", s, p): a * 10_000_000
            for s, row in table.items()
            for p, a in zip(("total", "2022", "2023"), row, strict=True)
        },
        unit="억원",
    )


def shares(text: str) -> Card:
    card = sound()
    proof = replace(card.evidence["budget_total"], text=text)
    return card.model_copy(update={"evidence": {**card.evidence, "budget_total": proof}})


def spent_more(extra: int) -> Card:
    """What is spent in 2023 grows, and every sum with it; the plan is 3,100."""
    more = {
        "spent/total/2023": 500,
        "spent/total/total": 1400,
        "spent/sigungu/2023": 200,
        "spent/sigungu/total": 800,
    }
    return set_cells(sound(), {k: v + extra - 100 for k, v in more.items()})


def spent_in_2022(millions: int) -> Card:
    more = millions - 900
    return set_cells(
        sound(),
        {
            "spent/total/2022": 900 + more,
            "spent/total/total": 1400 + more,
            "spent/sigungu/2022": 600 + more,
            "spent/sigungu/total": 800 + more,
        },
    )


def spent_in_2025(as_of: str) -> Card:
    card = set_cells(
        sound(),
        {
            "spent/total/2025": 100,
            "spent/total/total": 1500,
            "spent/sigungu/2025": 100,
            "spent/sigungu/total": 900,
        },
    )
    return card.model_copy(update={"as_of": as_of})


def before(planned: int, spent: int) -> Card:
    amounts = {}
    for ledger, first in (("plan", planned), ("spent", spent)):
        for source, share in (("total", 2), ("national", 1), ("sigungu", 1)):
            amounts[ledger, source, "total"] = (first + 100) * share * MILLION
            amounts[ledger, source, "before"] = first * share * MILLION
            amounts[ledger, source, "2022"] = 100 * share * MILLION
    return card_of(amounts)


@pytest.mark.parametrize("code", sorted(CASES))
def test_trigger(code: str, rules: Rules) -> None:
    found = [f for f in check(CASES[code][0](), rules) if f.code == code]
    assert found, f"{code} was not found"
    for f in found:
        assert f.id, f"{code} is not stamped"
        assert f.paths
        assert f.source_path == "inbox/card.txt"


@pytest.mark.parametrize("code", sorted(CASES))
def test_near_miss(code: str, rules: Rules) -> None:
    assert [f for f in check(CASES[code][1](), rules) if f.code == code] == []


def test_missing_section_is_required_by_rules_alone(rules: Rules) -> None:
    need = rules.required[0].model_copy(
        update={"field": "sections.achievements", "label": "추진실적", "severity": "warning"}
    )
    strict = rules.model_copy(update={"required": [need]})
    assert [(f.code, f.severity) for f in check(sound(), strict)] == [("MISSING_SECTION", "warning")]
    assert check(sound(sections=achievements("협약 체결")), strict) == []


# --- one defect, one headline ---


def heads(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity == "error" and f.caused_by is None]


def test_a_wrong_cell_is_named_with_the_value_that_mends_row_and_column(rules: Rules) -> None:
    found = check(amount("budget[plan/national/2023].amount", 450 * MILLION), rules)
    [head] = heads(found)
    assert head.suggestion == Suggestion("budget[plan/national/2023].amount", 400 * MILLION, "400")
    assert {f.code for f in found if f.caused_by == head.id} == {"COLUMN_SUM"}
    assert "400백만원이면 맞습니다" in head.message


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (1020, "digit_swap"),
        (120, "lost_digit"),
        (12000, "extra_digit"),
        (1201, "one_digit"),
        (1_200_000, "thousand"),
    ],
)
def test_slips_of_the_pen_have_names(wrong: int, kind: str, rules: Rules) -> None:
    card = amount("budget[plan/national/total].amount", wrong * MILLION)
    [head] = heads(check(card, rules))
    assert (head.code, head.kind) == ("ROW_SUM", kind)


def test_an_exact_thousandth_is_a_lost_separator_also_where_no_dot_shows(rules: Rules) -> None:
    card = amount("budget[plan/national/total].amount", 1200 * MILLION // 1000)
    path = "budget[plan/national/total].amount"
    card.evidence[path] = replace(card.evidence[path], text="1,200,000")
    [head] = heads(check(card, rules))
    assert (head.code, head.kind) == ("DECIMAL_SEPARATOR", "thousandth")
    assert head.suggestion == Suggestion(path, 1200 * MILLION, "1,200")
    assert "천분의 일" in head.message


def test_two_slips_in_different_rows_and_columns_are_both_named(rules: Rules) -> None:
    card = set_cells(sound(), {"plan/national/2022": 310, "plan/sigungu/2025": 640})
    assert {(f.suggestion.path, f.suggestion.value) for f in heads(check(card, rules)) if f.suggestion} == {
        ("budget[plan/national/2022].amount", 300 * MILLION),
        ("budget[plan/sigungu/2025].amount", 600 * MILLION),
    }


def test_two_slips_by_the_same_amount_accuse_nobody(rules: Rules) -> None:
    card = set_cells(sound(), {"plan/national/2022": 310, "plan/sigungu/2025": 610})
    found = check(card, rules)
    assert [f for f in found if f.suggestion] == []
    paths = {p for f in found for p in f.paths}
    assert {"budget[plan/national/2022].amount", "budget[plan/sigungu/2025].amount"} <= paths


def test_overspending_that_a_wrong_figure_explains_points_at_it(rules: Rules) -> None:
    found = check(amount("budget[spent/total/total].amount", 14_000 * MILLION), rules)
    [head] = heads(found)
    over = [f for f in found if f.code == "SPENT_OVER_PLAN"]
    assert [f.caused_by for f in over] == [head.id]


def test_a_total_may_leave_out_prior_spending(rules: Rules) -> None:
    shape = Shape(total_has_before=False)
    for seed in range(20):
        assert [
            f for f in check(make_budget(random.Random(seed), shape), rules) if f.severity == "error"
        ] == []


def test_a_single_row_may_leave_out_prior_spending_but_not_the_time_after_the_term(rules: Rules) -> None:
    amounts = {
        ("plan", "total", p): a * MILLION
        for p, a in (("total", 30), ("before", 9), ("2022", 10), ("2023", 20))
    }
    assert check(card_of(amounts), rules) == []
    amounts["plan", "total", "after_term"] = 5 * MILLION
    assert [f.code for f in heads(check(card_of(amounts), rules))] == ["ROW_SUM"]


def test_blank_cells_count_as_nothing_where_the_sum_closes_without_them(rules: Rules) -> None:
    card = sound()
    cells = [
        c.model_copy(update={"amount": None, "state": "blank"}) if not c.amount else c for c in card.budget
    ]
    assert check(card.model_copy(update={"budget": cells}), rules) == []


def test_a_blank_where_the_sums_miss_a_figure_gets_that_figure_suggested(rules: Rules) -> None:
    card = sound()
    cells = [
        c.model_copy(update={"amount": None, "state": "blank"})
        if (c.ledger, c.source, c.period) == ("plan", "national", "2023")
        else c
        for c in card.budget
    ]
    [head] = heads(check(card.model_copy(update={"budget": cells}), rules))
    assert head.suggestion == Suggestion("budget[plan/national/2023].amount", 400 * MILLION, "400")


def test_sums_over_an_unreadable_cell_are_consequences_of_it(rules: Rules) -> None:
    card = sound()
    path = "budget[plan/national/2023]"
    cells = [
        c.model_copy(update={"amount": None, "state": "unreadable"})
        if (c.ledger, c.source, c.period) == ("plan", "national", "2023")
        else c
        for c in card.budget
    ]
    read = stamp(finding("UNREADABLE_AMOUNT", paths=[path], actual="4oo"), card.source.path, card.card_id, 1)
    found = check(card.model_copy(update={"budget": cells, "findings": [read]}), rules)
    assert {f.code for f in found} == {"ROW_SUM", "COLUMN_SUM"}
    assert {f.caused_by for f in found} == {read.id}


def test_a_table_in_another_unit_is_one_headline(rules: Rules) -> None:
    card = sound()
    cells = [c.model_copy(update={"amount": (c.amount or 0) // 1000}) for c in card.budget]
    found = check(card.model_copy(update={"budget": cells}), rules)
    assert [(f.code, f.paths[0]) for f in found if f.severity != "info"] == [("UNIT_SLIP", "budget")]


def test_a_header_rounded_to_its_own_digits_is_no_defect(rules: Rules) -> None:
    amounts = {
        ("plan", "total", p): a * MILLION for p, a in (("total", 3912), ("2022", 1900), ("2023", 2012))
    }

    def header(text: str, won: int) -> list[str]:
        card = card_of(amounts, budget_total=won)
        proof = replace(card.evidence["budget_total"], text=text)
        return [
            f.code
            for f in check(
                card.model_copy(update={"evidence": {**card.evidence, "budget_total": proof}}), rules
            )
        ]

    assert header("39.1억원", 3910 * MILLION) == []
    assert header("39억원", 3900 * MILLION) == []
    assert header("약 40억원", 4000 * MILLION) == []
    assert header("40억원", 4000 * MILLION) == []
    assert header("41억원", 4100 * MILLION) == ["HEADER_TABLE"]
    assert header("3,911백만원", 3911 * MILLION) == ["HEADER_TABLE"]


def test_a_line_in_shifted_years_is_put_back(rules: Rules) -> None:
    card = set_cells(sound(), {"spent/sigungu/2022": 0, "spent/sigungu/2023": 600, "spent/sigungu/2025": 200})
    [head] = heads(check(card, rules))
    assert head.code == "SHIFTED_CELL"
    assert head.suggestion is not None
    assert head.suggestion.text == "600 200 0"


@pytest.mark.parametrize(
    ("stated", "kind"), [(30, None), (21, "basis"), (25, "basis"), (16, "basis"), (22, None)]
)
def test_a_header_that_counts_something_else_is_a_warning(
    stated: int, kind: str | None, rules: Rules
) -> None:
    row = (("total", 30), ("before", 9), ("2022", 10), ("2023", 6), ("after_term", 5))
    card = card_of({("plan", "total", p): a * MILLION for p, a in row}, budget_total=stated * MILLION)
    found = [f for f in check(card, rules) if f.code == "HEADER_TABLE"]
    expected = [] if stated == 30 else [(kind, "warning" if kind else "error", kind is None)]
    assert [(f.kind, f.severity, f.suggestion is not None) for f in found] == expected


def test_a_pledge_that_goes_on_without_money_for_it_is_news(rules: Rules) -> None:
    table = {("plan", "total", p): a * MILLION for p, a in (("total", 30), ("2022", 30), ("after_term", 0))}
    assert [(f.code, f.kind, f.severity) for f in check(card_of(table), rules)] == [
        ("PERIOD_BUDGET", "nothing_after", "info")
    ]
    table["plan", "total", "total"] = 35 * MILLION
    table["plan", "total", "after_term"] = 5 * MILLION
    assert check(card_of(table), rules) == []


# --- what the reading step doubts ---


def doubted(card: Card, *findings: Finding) -> Card:
    stamped = [stamp(f, card.source.path, card.card_id, 1) for f in findings]
    return card.model_copy(update={"findings": stamped})


UNPROVEN = finding("UNPROVEN_COLUMNS", paths=["budget"])
UNKNOWN = finding("UNKNOWN_COLUMN", paths=["budget"], label="상생기금", actual="상생기금")


def test_columns_that_no_sum_proved_are_proved_by_the_one_defect_that_explains_all(rules: Rules) -> None:
    dotted = doubted(amount("budget[plan/national/2023].amount", 400_000), UNPROVEN)
    shifted = doubted(
        set_cells(sound(), {"spent/sigungu/2022": 0, "spent/sigungu/2023": 600, "spent/sigungu/2025": 200}),
        UNPROVEN,
    )
    for card, code in ((dotted, "DECIMAL_SEPARATOR"), (shifted, "SHIFTED_CELL")):
        found = check(card, rules)
        assert [f.code for f in heads(found)] == [code]
        [head] = heads(found)
        assert [f.caused_by for f in found if f.code == "UNPROVEN_COLUMNS"] == [head.id]


def test_columns_stay_unproven_where_another_sum_fails(rules: Rules) -> None:
    card = with_amount(
        amount("budget[plan/national/2023].amount", 400_000), "budget[spent/total/2022].amount", MILLION
    )
    found = check(doubted(card, UNPROVEN), rules)
    assert "DECIMAL_SEPARATOR" in {f.code for f in heads(found)}
    assert [
        f for f in found if f.code == "UNPROVEN_COLUMNS"
    ] == []  # as the reading step said it, without a cause


def test_what_lacks_a_source_without_a_name_hangs_on_that_name(rules: Rules) -> None:
    card = sound()
    cells = [c for c in card.budget if c.source != "national"]
    found = check(doubted(card.model_copy(update={"budget": cells}), UNKNOWN, UNPROVEN), rules)
    [name] = [f for f in doubted(card, UNKNOWN).findings if f.code == "UNKNOWN_COLUMN"]
    assert {f.code for f in found} >= {"COLUMN_SUM", "UNPROVEN_COLUMNS"}
    assert {f.caused_by for f in found} == {name.id}
    assert {f.severity for f in found if f.code == "COLUMN_SUM"} == {"info"}


def test_a_wrong_row_is_its_own_beside_a_source_without_a_name(rules: Rules) -> None:
    card = set_cells(sound(), {"plan/sigungu/total": 1950})
    cells = [c for c in card.budget if c.source != "national"]
    found = check(doubted(card.model_copy(update={"budget": cells}), UNKNOWN), rules)
    assert [f.code for f in heads(found)] == ["ROW_SUM"]


def test_figures_that_name_columns_are_consequences(rules: Rules) -> None:
    figure = finding("UNKNOWN_COLUMN", paths=["budget"], label="1,020", actual="1,020")
    twice = finding(
        "AMBIGUOUS_CELL", paths=["budget[plan/total/2022].amount"], label="계획 총계 2022년", actual=3
    )
    card = doubted(sound(), figure, twice, UNPROVEN)
    root = card.findings[2].id
    assert {f.code: f.caused_by for f in check(card, rules)} == {
        "UNKNOWN_COLUMN": root,
        "AMBIGUOUS_CELL": root,
    }


def test_an_unknown_unit_explains_a_table_in_another_unit(rules: Rules) -> None:
    card = sound()
    cells = [c.model_copy(update={"amount": (c.amount or 0) // 1000}) for c in card.budget]
    card = doubted(card.model_copy(update={"budget": cells}), finding("UNKNOWN_UNIT", paths=["budget"]))
    assert {f.code: f.caused_by for f in check(card, rules) if f.severity == "error"} == {
        "UNIT_SLIP": card.findings[0].id
    }


def test_a_dotted_total_is_no_table_in_another_unit(rules: Rules) -> None:
    """All that the header says is off by a thousand; the total's own parts are too."""
    amounts = {
        ("plan", "total", p): a * MILLION for p, a in (("total", 2968), ("2022", 1000), ("2023", 1968))
    }
    card = with_amount(
        card_of(amounts, budget_total=2968 * MILLION), "budget[plan/total/total].amount", 2_968_000
    )
    assert [f.code for f in heads(check(card, rules))] == ["DECIMAL_SEPARATOR"]


def test_a_rounded_header_tells_which_figure_of_a_lone_row_is_wrong(rules: Rules) -> None:
    amounts = {
        ("plan", "total", p): a * MILLION for p, a in (("total", 3835), ("2022", 2000), ("2023", 2445))
    }
    card = card_of(amounts, budget_total=4445 * MILLION)
    proof = replace(card.evidence["budget_total"], text="44억 4,500만원")
    card = card.model_copy(update={"evidence": {**card.evidence, "budget_total": proof}})
    [head] = heads(check(card, rules))
    assert head.suggestion == Suggestion("budget[plan/total/total].amount", 4445 * MILLION, "4,445")
    vague = replace(proof, text="약 60억원")
    far = card.model_copy(
        update={"evidence": {**card.evidence, "budget_total": vague}, "budget_total": 6000 * MILLION}
    )
    assert [f.suggestion for f in heads(check(far, rules)) if f.code == "ROW_SUM"] == [None]


# --- severities, ids ---


def test_rules_set_severity_and_switch_codes_off(rules: Rules) -> None:
    card = amount("budget[plan/national/2023].amount", 450 * MILLION)
    soft = rules.model_copy(update={"severity": {"ROW_SUM": "warning", "COLUMN_SUM": "off"}})
    assert [(f.code, f.severity) for f in check(card, soft)] == [("ROW_SUM", "warning")]
    off = rules.model_copy(update={"severity": {"ROW_SUM": "off"}})
    assert [(f.code, f.caused_by) for f in check(card, off)] == [("COLUMN_SUM", None)]


def test_an_id_lapses_when_the_value_changes(rules: Rules) -> None:
    one, same, other = (
        {f.id for f in check(amount("budget[plan/national/total].amount", n * MILLION), rules)}
        for n in (1300, 1300, 1301)
    )
    assert one == same
    assert not one & other


def test_findings_carry_the_places_of_their_values(rules: Rules) -> None:
    card = amount("budget[plan/national/2023].amount", 450 * MILLION)
    [head] = heads(check(card, rules))
    assert {card.evidence[p].place for p in head.paths} == set(head.places)


# --- the real card ---


@pytest.fixture(scope="module")
def seed(ruleset: RuleSet) -> Card:
    if not SEED.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/seed is needed in CI")
        pytest.skip("../shared/seed is not here")
    [card] = extract_file(SEED, root=SEED.parent, rules=ruleset, mentions=False).cards
    return card


def test_the_seed_overspent_one_year_and_has_no_error(seed: Card) -> None:
    loud = [f for f in seed.findings if f.severity != "info"]
    assert [(f.code, f.severity, f.expected, f.actual) for f in loud] == [
        ("YEAR_OVERSPENT", "warning", 1000 * MILLION, 1064 * MILLION)
    ]


def test_any_changed_figure_of_the_seed_is_flagged(seed: Card, rules: Rules) -> None:
    bare = seed.model_copy(update={"findings": []})
    figures = {f"budget[{c.ledger}/{c.source}/{c.period}].amount": c.amount for c in seed.budget if c.amount}
    figures |= {"budget_total": seed.budget_total} | {
        f"budget_by_source.{s}": a for s, a in seed.budget_by_source.items()
    }
    assert len(figures) >= 61
    for path, old in figures.items():
        for new in ((old or 0) + MILLION, (old or 0) // 10 // MILLION * MILLION, (old or 0) * 10):
            errors = [f for f in check(with_amount(bare, path, new), rules) if f.severity == "error"]
            assert any(
                path in f.paths or ("budget" in f.paths and path.startswith("budget")) for f in errors
            ), (path, new)


def test_the_seed_can_be_checked_again_from_its_own_json(seed: Card, rules: Rules) -> None:
    again = Card.model_validate(json.loads(seed.model_dump_json()))
    assert [replace(f, state="open") for f in check(again, rules)] == [
        f for f in seed.findings if f.code in {g.code for g in check(seed, rules)}
    ]


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("운영계획 수립: 2024. 9. 19.", True),
        ("정비 계획: 2024. 9. 착공", False),
        ("준공 예정일 2024. 9. 19.", False),
        ("3회(2024. 1./ 3./ 9.)", True),
        ("운영: 2024. 9. ~ 2024. 12.", True),
        ("공사기간: 2023. 12. ~ 2024. 9.", False),
        ("2025년 신규 사업", False),
    ],
)
def test_what_is_done_after_the_as_of_date(text: str, late: bool, rules: Rules) -> None:
    found = [f.code for f in check(sound(sections=achievements(text)), rules)]
    assert found == (["DATE_AFTER_AS_OF"] if late else [])


def test_items_below_a_planned_one_are_plans(rules: Rules) -> None:
    child = Item(marker="-", text="준공: 2024. 9. 1.")
    tree = [
        Section(
            kind="achievements",
            title="실적",
            items=[Item(marker="○", text="하반기 추진 예정", children=[child])],
        )
    ]
    assert check(sound(sections=tree), rules) == []
    tree = [
        Section(
            kind="achievements", title="실적", items=[Item(marker="○", text="사업 추진", children=[child])]
        )
    ]
    assert [f.code for f in check(sound(sections=tree), rules)] == ["DATE_AFTER_AS_OF"]


def test_nonsense_is_checked_without_complaint(rules: Rules) -> None:
    """Whatever the reading step may put into a record: every cause named is there, every id once."""
    periods = ("total", "before", "in_term", "after_term", "2022", "2022-H2", "2026", "2027", "2028-2030")
    sources = ("total", "national", "sido", "sigungu", "private", "other")
    for seed in range(150):
        rng = random.Random(seed)
        chosen = rng.sample(sources, rng.randint(1, 5)), rng.sample(periods, rng.randint(1, 8))
        card = card_of(
            {
                (ledger, source, period): rng.choice(
                    (0, rng.randint(-5, 99) * MILLION, rng.randint(0, 10**12))
                )
                for ledger in rng.sample(("plan", "secured", "spent"), rng.randint(0, 3))
                for source in chosen[0]
                for period in chosen[1]
                if rng.random() < 0.9
            },
            as_of=rng.choice((None, "2024", "2024-06", "2024-02-30")),
            budget_total=rng.choice((None, 0, 10**9, 123_456_789)),
            budget_by_source={s: rng.randint(0, 10**9) for s in rng.sample(sources[1:], rng.randint(0, 4))},
            period=Period(
                start=rng.choice((None, "2022", "2022-13")), end=rng.choice((None, "2021", "2026-06"))
            ),
            progress=rng.choice((None, 0, 50, 100, -3)),
            status=rng.choice((None, "planned", "completed", "dropped")),
        )
        found = check(card, rules)
        ids = [f.id for f in found]
        assert len(ids) == len(set(ids)), f"seed {seed}"
        assert {f.caused_by for f in found} <= {None, *ids}, f"seed {seed}"
