"""Rows and columns of a budget whose names no rule knows: which of them are sources, and what is never taken for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.test_build import card_of
from tests.test_tables import RULES, ragged

from cardextract.budget.entries import Budget
from cardextract.budget.tables import Context, read_budget
from cardextract.card import Card
from cardextract.findings import Finding

Form = Callable[..., str]
SOUND = {"국비": (10, 20), "달빛나눔": (5, 7), "구비": (4, 6), "계": (19, 33)}


def read(text: str) -> Budget:
    budget = read_budget(ragged(text), Context(None, "백만원"), RULES)
    assert budget is not None
    return budget


def rows(figures: dict[str, tuple[int, ...]], total: bool = True) -> str:
    """Sources down, years across, each row with its sum."""
    lines = [f"{n}\t{sum(v)}\t" + "\t".join(map(str, v)) for n, v in figures.items() if total or n != "계"]
    return "구분\t계\t2022년\t2023년\n" + "\n".join(lines) + "\n"


def columns(figures: dict[str, tuple[int, ...]], total: bool = True) -> str:
    """The same the other way round."""
    names = [n for n in figures if total or n != "계"]
    lines = [
        f"{year}\t" + "\t".join(str(v) for n in names for v in [(*figures[n], sum(figures[n]))[i]])
        for i, year in enumerate(("2022년", "2023년", "계"))
    ]
    return "구분\t" + "\t".join(names) + "\n" + "\n".join(lines) + "\n"


def others(budget: Budget) -> dict[str | None, int | None]:
    return {e.period: (e.amount.won or 0) // 10**6 for e in budget.entries if e.source == "other"}


@pytest.mark.parametrize("form", [rows, columns])
@pytest.mark.parametrize("name", ["달빛나눔", "발전소 지원", "K-상생", "다온재단 부담"])
def test_sums_prove_an_unknown_source(form: Form, name: str) -> None:
    figures = {name if n == "달빛나눔" else n: v for n, v in SOUND.items()}
    budget = read(form(figures))
    assert others(budget) == {"total": 12, "2022": 5, "2023": 7}
    assert [(f.code, f.severity) for f in budget.findings] == [("UNKNOWN_COLUMN", "info")]
    (entry,) = (e for e in budget.entries if (e.source, e.period) == ("other", "2022"))
    assert entry.certainty == "inferred"
    assert name in str(entry.reason)


@pytest.mark.parametrize("form", [rows, columns])
def test_one_wrong_figure_does_not_make_it_a_stranger(form: Form) -> None:
    """The sums of two columns need it; in the third a figure is wrong, which the checks are to find."""
    text = form(SOUND).replace("12\t5\t7", "12\t50\t7").replace("10\t5\t4", "10\t50\t4")
    budget = read(text)
    assert others(budget) == {"total": 12, "2022": 50, "2023": 7}


@pytest.mark.parametrize("form", [rows, columns])
def test_without_totals_its_kin_speak_for_it_and_it_stays_doubtful(form: Form) -> None:
    budget = read(form(SOUND, total=False))
    assert others(budget) == {"total": 12, "2022": 5, "2023": 7}
    assert [(f.code, f.severity) for f in budget.findings] == [("UNKNOWN_COLUMN", "warning")]


@pytest.mark.parametrize("name", ["사업량", "이용자수", "추진율", "참여인원", "집행잔액"])
def test_without_totals_what_is_counted_is_no_source(name: str) -> None:
    figures = {name if n == "달빛나눔" else n: v for n, v in SOUND.items()}
    budget = read(rows(figures, total=False))
    assert others(budget) == {}
    assert {e.source for e in budget.entries} == {"national", "sigungu"}


def test_what_the_totals_do_not_hold_is_no_source() -> None:
    figures = {**SOUND, "계": (14, 26)}
    budget = read(rows(figures))
    assert others(budget) == {}
    assert [(f.code, f.severity) for f in budget.findings] == [("UNKNOWN_COLUMN", "warning")]


def test_tasks_among_sources_are_none() -> None:
    """Two tasks come to the total as the sources do."""
    budget = read(
        rows({"국비": (10, 20), "구비": (4, 6), "마을회관": (9, 16), "쉼터": (5, 10), "계": (14, 26)})
    )
    assert others(budget) == {}


def test_an_unknown_source_beside_other_money_has_no_key_of_its_own() -> None:
    budget = read(rows({"국비": (10, 20), "기타": (4, 6), "달빛나눔": (5, 7), "계": (19, 33)}))
    assert others(budget) == {"total": 10, "2022": 4, "2023": 6}
    assert [(f.code, f.severity) for f in budget.findings] == [("UNKNOWN_COLUMN", "warning")]


def test_an_unknown_source_without_money_says_nothing() -> None:
    budget = read("구분\t계\t2022년\t2023년\n국비\t30\t10\t20\n달빛나눔\t-\t\t\n계\t30\t10\t20\n")
    assert budget.findings == []


def test_an_unknown_source_in_the_second_heading_row() -> None:
    """2022 and 2023 over 국비, 달빛나눔 and 계."""
    budget = read(
        "구분\t2022년\t\t\t2023년\t\t\n\t국비\t달빛나눔\t계\t국비\t달빛나눔\t계\n계획\t10\t5\t15\t20\t7\t27\n집행\t8\t5\t13\t1\t2\t3\n"
    )
    assert {(e.ledger, e.period): (e.amount.won or 0) // 10**6 for e in budget.entries if e.source == "other"} == {
        ("plan", "2022"): 5, ("plan", "2023"): 7, ("spent", "2022"): 5, ("spent", "2023"): 2,
    }  # fmt: skip


def test_an_unknown_source_over_ledgers_is_no_task() -> None:
    budget = read(
        "구분\t\t계\t2022년\t2023년\n국비\t계획\t30\t10\t20\n\t집행\t9\t8\t1\n달빛나눔\t계획\t12\t5\t7\n\t집행\t7\t5\t2\n"
        "계\t계획\t42\t15\t27\n\t집행\t16\t13\t3\n"
    )
    assert {(e.ledger, e.period): (e.amount.won or 0) // 10**6 for e in budget.entries if e.source == "other"} == {
        ("plan", "total"): 12, ("plan", "2022"): 5, ("plan", "2023"): 7,
        ("spent", "total"): 7, ("spent", "2022"): 5, ("spent", "2023"): 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source"), [("시/군비", "sigungu"), ("구/군비", "sigungu"), ("시/도비", "do")]
)
def test_joined_names_of_one_level_are_a_source(name: str, source: str) -> None:
    budget = read(f"구분\t계\t2022년\t2023년\n국비\t30\t10\t20\n{name}\t12\t5\t7\n계\t42\t15\t27\n")
    assert {e.source for e in budget.entries} == {"national", source, "total"}
    assert budget.findings == []


def test_joined_names_over_their_parts_are_a_sum() -> None:
    budget = read("구분\t계\t2022년\n국비\t30\t30\n시/군비\t12\t12\n시비\t7\t7\n군비\t5\t5\n계\t42\t42\n")
    assert {e.source for e in budget.entries} == {"national", "si", "sigungu", "total"}
    assert budget.findings == []


@pytest.mark.parametrize("row", ["달빛나눔\t\t\t", "달빛나눔\t\t\t-"])
def test_a_table_goes_on_behind_an_unknown_name_without_money(row: str) -> None:
    budget = read(f"구분\t계\t2022년\t2023년\n국비\t30\t10\t20\n{row}\n구비\t3\t1\t2\n계\t33\t11\t22\n")
    assert {e.source for e in budget.entries if e.amount.won} == {"national", "sigungu", "total"}
    assert budget.findings == []


def test_a_table_begins_with_an_unknown_name_without_money() -> None:
    budget = read("구분\t계\t2022년\t2023년\n달빛나눔\t\t\t\n국비\t30\t10\t20\n계\t30\t10\t20\n")
    assert {e.source for e in budget.entries if e.amount.won} == {"national", "total"}


def test_an_unknown_source_in_a_table_of_one_column() -> None:
    budget = read("구분\t금액\n국비\t30\n달빛나눔\t12\n구비\t8\n계\t50\n")
    assert others(budget) == {"total": 12}


# --- what the checks make of them ---

BIG = {
    "국비": (1010, 2020),
    "기타": (1300, 1400),
    "달빛나눔": (1234, 1750),
    "구비": (1040, 1060),
    "계": (4584, 6230),
}


def checked(
    figures: dict[str, tuple[int, ...]], *damage: tuple[str, str], header: str = "10,814백만원"
) -> Card:
    lines = [f"{n}\t{sum(v):,}\t" + "\t".join(f"{x:,}" for x in v) for n, v in figures.items()]
    table = "\n".join(lines)
    for old, new in damage:
        assert table.count(old) == 1
        table = table.replace(old, new)
    return card_of(
        f"소요예산\t{header}", after=f"\n2. 투자계획\n\n(단위: 백만원)\n구분\t계\t2022년\t2023년\n{table}\n"
    )


def heads(card: Card) -> list[Finding]:
    return [f for f in card.findings if f.severity != "info" and f.caused_by is None]


def test_a_proved_source_is_no_alarm() -> None:
    card = checked(
        {k: v for k, v in {**BIG, "계": (3284, 4830)}.items() if k != "기타"}, header="8,114백만원"
    )
    assert heads(card) == []


def test_a_source_beside_other_money_is_said_and_its_sums_close() -> None:
    assert [f.code for f in heads(checked(BIG))] == ["UNKNOWN_COLUMN"]
    assert {f.code for f in checked(BIG).findings} & {"COLUMN_SUM", "HEADER_TABLE"} == set()


@pytest.mark.parametrize("dot", [("\t1,234", "\t1.234"), ("\t1,010", "\t1.010"), ("\t4,584", "\t4.584")])
def test_a_dot_is_found_in_every_row_beside_it(dot: tuple[str, str]) -> None:
    """In its own row, in another one, in the total."""
    found = heads(checked(BIG, dot))
    assert {f.code for f in found} == {"UNKNOWN_COLUMN", "DECIMAL_SEPARATOR"}
    [said] = [f for f in found if f.code == "DECIMAL_SEPARATOR"]
    assert dot[1].strip() in said.message
    assert any(p.line for p in said.places)


def test_a_wrong_sum_of_an_unknown_source_is_said_by_its_name() -> None:
    card = checked(BIG, ("달빛나눔\t2,984", "달빛나눔\t2,994"))
    [said] = [f for f in heads(card) if f.code == "ROW_SUM"]
    assert "달빛나눔" in said.message
    assert said.suggestion is None  # the record has no cell that it could mend


def test_figures_set_aside_are_in_no_record() -> None:
    card = checked(BIG)
    assert {c.source for c in card.budget} == {"national", "other", "sigungu", "total"}
    assert all("?" not in p for f in card.findings for p in f.paths)
    assert "?달빛나눔" not in card.model_dump_json()


def test_a_dot_is_found_where_the_total_of_its_row_is_wrong_too() -> None:
    """No sum closes with either of them mended; but nothing else in the table is printed with a dot."""
    card = card_of(
        "소요예산\t8,914백만원",
        after="\n2. 투자계획\n\n(단위: 백만원)\n구분\t계\t2022년\t2023년\t2024년\n계획\t8,914\t1.234\t2,480\t5,100\n",
    )
    assert [f.code for f in heads(card)] == ["DECIMAL_SEPARATOR", "ROW_SUM"]


def test_decimals_among_decimals_are_no_dots() -> None:
    card = card_of(
        "소요예산\t8.914억원",
        after="\n2. 투자계획\n\n(단위: 억원)\n구분\t계\t2022년\t2023년\t2024년\n계획\t8.914\t1.234\t2.480\t5.100\n",
    )
    assert "DECIMAL_SEPARATOR" not in {f.code for f in card.findings}


def test_the_header_names_the_unknown_source_too() -> None:
    figures = {k: v for k, v in {**BIG, "계": (3284, 4830)}.items() if k != "기타"}
    card = checked(figures, header="8,114백만원(국비 3,030, 달빛나눔 2,984, 구비 2,100)")
    assert card.budget_by_source["other"] == 2_984_000_000
    assert card.evidence["budget_by_source.other"].certainty == "inferred"
    assert heads(card) == []


def test_what_the_header_lists_besides_is_no_source() -> None:
    figures = {k: v for k, v in {**BIG, "계": (3284, 4830)}.items() if k != "기타"}
    card = checked(figures, header="8,114백만원(국비 3,030, 부지 700, 구비 2,100)")
    assert "other" not in card.budget_by_source


@pytest.mark.parametrize("printed", ["1.234.000", "1.234,000", "1,234.000"])
def test_dots_between_thousands_are_named_and_mended_by_the_sums(printed: str) -> None:
    """Two of the three are no numbers as they stand: nothing is recorded, and the one finding says what was meant."""
    figures = {"국비": (1_234_000, 2_020_000), "구비": (1_040_000, 1_060_000), "계": (2_274_000, 3_080_000)}
    card = checked(figures, ("\t1,234,000\t", f"\t{printed}\t"), header="5,354,000백만원")
    [said] = heads(card)
    assert said.code == "DECIMAL_SEPARATOR"
    assert said.suggestion is not None
    assert (said.suggestion.path, said.suggestion.value) == (
        "budget[plan/national/2022].amount",
        1_234_000_000_000,
    )


def test_dots_between_thousands_that_no_sum_proves_stay_unreadable() -> None:
    figures = {"국비": (1_234_000, 2_020_000), "구비": (1_040_000, 1_060_000), "계": (2_274_000, 3_080_000)}
    card = checked(figures, ("\t1,234,000\t", "\t1.243.000\t"), header="5,354,000백만원")
    assert "DECIMAL_SEPARATOR" not in {f.code for f in card.findings}
    assert "UNREADABLE_AMOUNT" in {f.code for f in heads(card)}


def test_a_dot_in_a_single_row_whose_total_leaves_out_what_was_spent_before() -> None:
    card = card_of(
        "소요예산\t8,814백만원",
        after="\n2. 투자계획\n\n(단위: 백만원)\n구분\t계\t기투자\t2022년\t2023년\t2024년\n계획\t8,814\t500\t1.234\t2,480\t5,100\n",
    )
    assert [f.code for f in heads(card)] == ["DECIMAL_SEPARATOR"]


@pytest.mark.parametrize("printed", ["1·234", "1ㆍ234", "1．234", "1. 234", "1‧234"])
def test_a_dot_is_one_however_it_is_printed(printed: str) -> None:
    figures = {"국비": (1_234, 2_020), "구비": (1_040, 1_060), "계": (2_274, 3_080)}
    card = checked(figures, ("\t1,234\t", f"\t{printed}\t"), header="5,354백만원")
    assert [f.code for f in heads(card)] == ["DECIMAL_SEPARATOR"]


YEARS = "\n2. 투자계획\n\n(단위: 백만원)\n구분\t2022년\t2023년\t2024년\n계획\t{}\t2,480\t5,100\n"


def test_a_lone_dot_in_no_sum_is_asked_about() -> None:
    [said] = heads(card_of("소요예산\t-", after=YEARS.format("1.234")))
    assert (said.code, said.severity) == ("DECIMAL_SEPARATOR", "warning")
    assert heads(card_of("소요예산\t-", after=YEARS.format("1.2"))) == []  # a decimal
    assert (
        heads(card_of("소요예산\t7,581.234백만원", after=YEARS.format("1.234"))) == []
    )  # its sum closes as it stands


def test_a_rounded_header_proves_a_dot() -> None:
    [said] = heads(card_of("소요예산\t88억원", after=YEARS.format("1.234")))
    assert (said.code, said.severity) == ("DECIMAL_SEPARATOR", "error")


def test_a_dotted_total_without_parts_is_no_slip_of_the_unit() -> None:
    table = "\n2. 투자계획\n\n(단위: 백만원)\n구분\t총사업비\n계획\t{}\n집행\t1,200\n"
    assert [f.code for f in heads(card_of("소요예산\t2,521백만원", after=table.format("2.521")))] == [
        "DECIMAL_SEPARATOR"
    ]


def without_totals(header: str, name: str = "달빛나눔", figures: tuple[int, int] = (1234, 1750)) -> Card:
    rows_ = {"국비": (1010, 2020), name: figures, "구비": (1040, 1060)}
    return checked(rows_, header=header)


def test_the_header_proves_a_source_where_the_table_has_no_total() -> None:
    card = without_totals("8,114백만원")
    assert heads(card) == []
    assert {c.period: c.amount for c in card.budget if c.source == "other"}["2022"] == 1_234_000_000


def test_the_header_denies_a_source_where_the_table_has_no_total() -> None:
    card = without_totals("5,130백만원")
    assert "other" not in {c.source for c in card.budget}
    assert [f.code for f in heads(card)] == ["UNKNOWN_COLUMN"]


def test_a_source_that_nothing_proves_stays_doubtful() -> None:
    card = without_totals("-")
    assert {c.period: c.amount for c in card.budget if c.source == "other"}["2022"] == 1_234_000_000
    assert [(f.code, f.severity) for f in heads(card)] == [("UNKNOWN_COLUMN", "warning")]


def test_rows_of_an_unknown_source_over_ledgers_without_money() -> None:
    budget = read(
        "구분\t\t계\t2022년\t2023년\n국비\t계획\t30\t10\t20\n\t집행\t9\t8\t1\n달빛나눔\t계획\t\t\t\n\t집행\t\t\t\n"
        "계\t계획\t30\t10\t20\n\t집행\t9\t8\t1\n"
    )
    assert {(e.ledger, e.period) for e in budget.entries if e.source == "total" and e.amount.won} == {
        (ledger, period) for ledger in ("plan", "spent") for period in ("total", "2022", "2023")
    }


@pytest.mark.parametrize("name", ["증감", "증△감", "증(△)감", "전년대비 증감액", "증감(천원)", "비교"])
def test_what_changed_is_no_amount(name: str) -> None:
    """Its unit is not that of the table either."""
    table = (
        f"구분\t계\t2022년\t2023년\t{name}\n국비\t3,000\t2,000\t1,000\t△1,000\n"
        "구비\t1,500\t1,000\t500\t500\n계\t4,500\t3,000\t1,500\t△500\n"
    )
    card = card_of("소요예산\t4,500백만원", after=f"\n2. 투자계획\n\n(단위: 백만원)\n{table}")
    assert heads(card) == []
    assert {c.amount for c in card.budget if c.source == "national"} == {3 * 10**9, 2 * 10**9, 10**9}
