"""Cells that hold a figure of each of two ledgers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.texts import cells, read

from cardextract.budget.tables import Context, read_budget
from cardextract.card import Card
from cardextract.document import Cell, Paragraph, Place, Table
from cardextract.profiles import load_rules

RULESET = load_rules(ROOT / "rules")
RULES = RULESET.profiles["base"]
AMOUNTS = [
    ("계", [(900, 512), (400, 350), (500, 162)]),
    ("국비", [(580, 342), (260, 230), (320, 112)]),
    ("군비", [(320, 170), (140, 120), (180, 50)]),
]
EXPECTED = {
    (ledger, source, period): pair[k] * 10**6
    for (_, row), source in zip(AMOUNTS, ("total", "national", "sigungu"), strict=True)
    for pair, period in zip(row, ("total", "2023", "2024"), strict=True)
    for k, ledger in enumerate(("plan", "spent"))
}


def card_of(heading: str, corner: str, form: str, note: str = "") -> Card:
    lines = [
        "공약명\t나루 쉼터", "관리번호\t3", "주관부서\t복지과", "", heading, note, f"{corner}\t계\t2023년\t2024년",
    ]  # fmt: skip
    lines += ["\t".join([name, *(form.format(a, b) for a, b in row)]) for name, row in AMOUNTS]
    lines += ["", "3. 추진실적", "○ 쉼터 개소"]
    (card,) = read("\n".join(lines), RULESET)
    return card


@pytest.mark.parametrize(
    ("heading", "corner", "form", "note"),
    [
        ("2. 투자계획", "계획(집행)", "{}({})", "(단위: 백만원)"),
        ("2. 투자계획", "계획 / 집행", "{} / {}", "(단위: 백만원)"),
        ("2. 투자계획", "구분", "{}/{}", "(단위: 백만원, 계획액/집행액)"),
        ("2. 투자계획(단위: 백만원, 괄호 안은 집행액)", "재원", "{} ({})", ""),
        ("2. 투자계획(단위: 백만원)", "재원", "{}({})", "※ (  )는 집행액임"),
        ("2. 투자계획(단위: 백만원)", "재원", "{}/{}", "※ 윗줄은 계획, 아랫줄은 집행"),
        ("2. 투자계획(단위: 백만원)", "재원", "계획 {} / 집행 {}", ""),
        ("2. 투자계획(단위: 백만원)", "계획집행", "{}/{}", ""),
        ("2. 투자계획(단위: 백만원)", "재원", "{} (집행 {})", ""),
        ("2. 투자계획", "재원", "{}/{}(50%)", "(단위: 백만원, 계획/집행(집행률))"),
        ("2. 투자계획 및 집행현황(단위: 백만원)", "재원", "{}({})", ""),
    ],
)
def test_two_ledgers_in_a_cell(heading: str, corner: str, form: str, note: str) -> None:
    card = card_of(heading, corner, form, note)
    assert cells(card) == EXPECTED
    sure = {e.certainty for path, e in card.evidence.items() if path.startswith("budget[")}
    assert sure == {"inferred" if "및" in heading else "exact"}
    assert [f.code for f in card.findings if f.severity in ("error", "warning")] == []


def test_each_figure_of_a_pair_has_its_own_place() -> None:
    card = card_of("2. 투자계획(단위: 백만원)", "계획(집행)", "{}({})")
    plan, spent = (card.evidence[f"budget[{x}/total/2023].amount"] for x in ("plan", "spent"))
    assert (plan.text, spent.text) == ("400", "350")
    assert plan.place is not None
    assert spent.place is not None
    assert spent.place.start == (plan.place.end or 0) + 1


@pytest.mark.parametrize("form", ["{}({})", "{} / {}"])
def test_a_second_figure_of_no_name_is_reported(form: str) -> None:
    card = card_of("2. 투자계획(단위: 백만원)", "구분", form)
    assert not any(ledger == "spent" for ledger, _, _ in cells(card))
    assert {f.code for f in card.findings} & {"UNKNOWN_COLUMN", "UNREAD_BUDGET"}


@pytest.mark.parametrize("heading", ["2. 투자계획(단위: 백만원)", "2. 투자계획 및 집행(단위: 백만원)"])
def test_a_rate_in_brackets_is_no_second_amount(heading: str) -> None:
    card = card_of(heading, "집행액(집행률)", "{}({})")
    assert {x[0] for x in cells(card)} == {"spent"}
    assert not any(f.code == "UNKNOWN_COLUMN" for f in card.findings)


def test_two_paragraphs_of_a_cell() -> None:
    def cell(row: int, col: int, *texts: str) -> Cell:
        place = Place(table=0, row=row, col=col)
        return Cell(row, col, blocks=tuple(Paragraph(t, place) for t in texts), place=place)

    rows = [
        [cell(0, 0, "재원"), cell(0, 1, "구분"), cell(0, 2, "계"), cell(0, 3, "2023"), cell(0, 4, "2024")]
    ]
    for r, (name, row) in enumerate(AMOUNTS, 1):
        figures = [cell(r, c, *map(str, pair)) for c, pair in enumerate(row, 2)]
        rows.append([cell(r, 0, name), cell(r, 1, "계획", "집행"), *figures])
    rows.append([cell(4, 0, "기타"), cell(4, 1, "계획", "집행"), *(cell(4, c, "-", "-") for c in (2, 3, 4))])
    budget = read_budget(Table(5, 5, tuple(c for r in rows for c in r)), Context(unit="백만원"), RULES)
    assert budget is not None
    assert not budget.findings
    found = {(e.ledger, e.source, e.period): e.amount.won for e in budget.entries}
    assert {k: v for k, v in found.items() if v} == EXPECTED
    assert found["plan", "other", "2023"] == found["spent", "other", "2024"] == 0


def table_of(*rows: str, note: str = "") -> Card:
    lines = ["공약명\t나루 쉼터", "관리번호\t3", "주관부서\t복지과", "", "2. 투자계획(단위: 백만원)", note]
    (card,) = read(
        "\n".join([*lines, *(r.replace("|", "\t") for r in rows), "", "3. 추진실적", "○ 개소"]), RULESET
    )
    return card


def silent(card: Card) -> bool:
    return not any(f.severity in ("error", "warning") for f in card.findings)


def test_three_ledgers_in_a_cell() -> None:
    card = table_of("구분|계|2023|2024", "국비|60/50/30|30/30/25|30/20/5", note="(계획/확보/집행)")
    assert silent(card)
    assert {k[0]: v // 10**6 for k, v in cells(card).items() if k[2] == "2024"} == {
        "plan": 30, "secured": 20, "spent": 5,
    }  # fmt: skip


def test_a_label_before_the_names_stays() -> None:
    card = table_of("구분|계|2023|2024", "국비 계획/집행|60/30|30/25|30/5", "군비 계획/집행|30/20|20/16|10/4")
    assert silent(card)
    assert cells(card)["spent", "sigungu", "2023"] == 16 * 10**6


def test_a_lone_figure_is_a_first_one() -> None:
    card = table_of(
        "계획(집행)|계|2023|2024|2025", "계|120(50)|50(41)|40(9)|30", "국비|120(50)|50(41)|40(9)|30"
    )
    assert silent(card)
    assert cells(card)["plan", "total", "2025"] == 30 * 10**6
    spent = next(c for c in card.budget if (c.ledger, c.source, c.period) == ("spent", "total", "2025"))
    assert (spent.amount, spent.state) == (None, "blank")


def test_a_column_of_pairs_beside_another_ledger() -> None:
    card = table_of("재원|총사업비|확보/집행", "국비|60|55/30", "군비|30|30/20", "계|90|85/50")
    assert silent(card)
    assert {k[0]: v // 10**6 for k, v in cells(card).items() if k[1] == "total"} == {
        "plan": 90, "secured": 85, "spent": 50,
    }  # fmt: skip


def test_a_ledger_across_all_columns_heads_the_rows_below_it() -> None:
    def row(r: int, *texts: str) -> list[Cell]:
        places = [Place(table=0, row=r, col=c) for c in range(len(texts))]
        width = 4 if len(texts) == 1 else 1
        return [
            Cell(r, c, 1, width, (Paragraph(t, p),), p)
            for c, (t, p) in enumerate(zip(texts, places, strict=True))
        ]

    head = ("구분", "계", "2023", "2024")
    rows = [
        row(0, *head),
        row(1, "계", "90", "50", "40"),
        row(2, "【집행】"),
        row(3, *head),
        row(4, "계", "59", "50", "9"),
    ]
    budget = read_budget(Table(5, 4, tuple(c for r in rows for c in r)), Context("plan", "백만원"), RULES)
    assert budget is not None
    assert [(e.ledger, e.period, e.span.text) for e in budget.entries] == [
        ("plan", "total", "90"), ("plan", "2023", "50"), ("plan", "2024", "40"),
        ("spent", "total", "59"), ("spent", "2023", "50"), ("spent", "2024", "9"),
    ]  # fmt: skip


def test_a_source_with_the_ledger_of_the_figures_in_brackets() -> None:
    card = table_of("연도|국비(집행)|군비(집행)", "2023|30(25)|20(16)", "2024|32(5)|10(4)")
    assert silent(card)
    assert {k: v // 10**6 for k, v in cells(card).items() if k[1] == "national"} == {
        ("plan", "national", "2023"): 30, ("spent", "national", "2023"): 25,
        ("plan", "national", "2024"): 32, ("spent", "national", "2024"): 5,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["개소/사업비", "국비/군비", "가/나"])
def test_an_investment_section_whose_table_gave_nothing_is_reported(name: str) -> None:
    card = table_of("구분|계|2023|2024", f"{name}|60 / 30|30 / 20|30 / 10")
    assert not card.budget
    assert "UNREAD_BUDGET" in {f.code for f in card.findings}


def test_a_heading_of_two_ledgers_does_not_say_what_larger_figures_are() -> None:
    card = card_of("2. 투자계획 및 집행현황(단위: 백만원)", "재원", "{1}({0})")
    assert not any(ledger == "spent" for ledger, _, _ in cells(card))
    assert not silent(card)


FORMS = ["{}({})", "{} ({})", "{}/{}", "{} / {}"]
AMOUNT = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 99_999))


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=2, max_size=2), min_size=2, max_size=2),
    form=st.sampled_from(FORMS),
    zero=st.sampled_from(["0", "-"]),
)
def test_each_figure_of_each_pair(rows: list[list[tuple[int, int]]], form: str, zero: str) -> None:
    assume(sum(any(pair) for row in rows for pair in row) > 1)
    sums = [[(a + b, c + d) for (a, c), (b, d) in zip(*rows, strict=True)], *rows]
    whole = [[(sum(a for a, _ in row), sum(b for _, b in row)), *row] for row in sums]
    lines = [
        "|".join([name, *(form.format(*(f"{v:,}" if v else zero for v in pair)) for pair in row)])
        for name, row in zip(("계", "국비", "군비"), whole, strict=True)
    ]
    card = table_of("계획(집행)|계|2023|2024", *lines)
    wanted = {
        (ledger, source, period): pair[k] * 10**6
        for source, row in zip(("total", "national", "sigungu"), whole, strict=True)
        for period, pair in zip(("total", "2023", "2024"), row, strict=True)
        for k, ledger in enumerate(("plan", "spent"))
    }
    found = {(b.ledger, b.source, str(b.period)): b.amount or 0 for b in card.budget}
    flagged = {f.code for f in card.findings} & {"UNKNOWN_COLUMN", "UNREAD_BUDGET"}
    assert found == wanted or (flagged and not any(wanted[k] != v for k, v in found.items()))
