"""The budget grammar: whatever way a sound budget is printed, exactly its figures come out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.cards.make import as_text, grid
from tests.conftest import ROOT
from tests.tablemaker import (
    LEDGERS,
    PERIODS,
    SOURCES,
    UNITS,
    Print,
    Sound,
    as_table,
    prints,
    render,
    sound_budgets,
    step,
    with_totals,
    word,
)

from cardextract.budget.axes import drop_unit, period_of, terms, unit_in
from cardextract.budget.entries import Budget
from cardextract.budget.tables import Context, may_be_budget, read_budget
from cardextract.document import Cell, Paragraph, Table
from cardextract.profiles import load_rules
from cardextract.readers.text import parse
from cardextract.rules import Rules

RULES = load_rules(ROOT / "rules").base


def ragged(text: str) -> Table:
    (table,) = parse(text)
    assert isinstance(table, Table)
    return table


def read(text: str, ledger: str | None = None, unit: str | None = "백만원") -> Budget:
    budget = read_budget(ragged(text), Context(ledger, unit), RULES)
    assert budget is not None
    return budget


def amounts(budget: Budget) -> dict[tuple[str, str, str | None], int | None]:
    keys = [(e.ledger, e.source, e.period) for e in budget.entries]
    assert len(keys) == len(set(keys)), "a cell was read twice"
    return {(e.ledger, e.source, e.period): e.amount.won for e in budget.entries}


# ---------------------------------------------------------------- properties


def nothing(sound: Sound, how: Print, ledger: str | None) -> bool:
    """Whether a ledger's table (None: the one table) is printed without any figure or sign."""
    return how.zero == "" and not any(v for (of, _, _), v in sound.figures.items() if ledger in (None, of))


ONE_BLANK = Sound(
    ("plan", "spent"),
    ("national", "sigungu"),
    ("2022", "2023"),
    with_totals({("plan", "national", "2022"): 5}),
)
"""Nothing was spent: where each ledger has a table of its own, one of them may hold nothing but blanks."""
BLANKS = Print(rows="sources", ledgers="tables", unit="백만원", zero="", words=0, total="계", tenths=False)


def figures_of(sound: Sound, how: Print, mode: str) -> dict[tuple[str, str, str | None], int]:
    """What read_budget makes of a printed budget: its figures that are no zeros."""
    out: dict[tuple[str, str, str | None], int] = {}
    for ledger, printed in render(sound, how):
        if mode == "spans":
            table = as_table(printed)
        else:
            table = ragged(as_text([printed], blanks=mode == "blanks"))
        budget = read_budget(table, Context(ledger, how.unit), RULES)
        if budget is None:  # a table of nothing but blanks
            assert nothing(sound, how, ledger)
            continue
        assert {f.code for f in budget.findings} <= {"HEADER_SHIFTED"}
        assert {e.certainty for e in budget.entries} <= {"exact", "repaired"}
        found = {k: v for k, v in amounts(budget).items() if v}
        assert not found.keys() & out.keys()
        out |= found
    return out


@settings(max_examples=300)
@given(sound_budgets(), prints, st.sampled_from(["spans", "blanks", "lost"]))
@example(ONE_BLANK, BLANKS, "blanks")
def test_exactly_the_printed_figures(sound: Sound, how: Print, mode: str) -> None:
    """Any orientation, ledgers as blocks, groups or tables, any unit and zero sign; spans kept, left as blanks, lost."""
    wanted = {key: amount * step(how) for key, amount in sound.figures.items()}
    assert figures_of(sound, how, mode) == wanted


@given(sound_budgets(), prints)
@example(ONE_BLANK, BLANKS)
def test_every_entry_shows_its_cell(sound: Sound, how: Print) -> None:
    """The evidence of each entry is the text that stands at its place, exactly."""
    for ledger, printed in render(sound, how):
        text = as_text([printed], blanks=True)
        budget = read_budget(ragged(text), Context(ledger, how.unit), RULES)
        assert budget is not None or nothing(sound, how, ledger)
        for e in budget.entries if budget else ():
            assert text[e.span.place.start : e.span.place.end] == e.span.text
        for r, box in ((b.row, b) for b in printed.boxes if b.lines[0]):
            assert 0 <= r < printed.rows
            assert box.lines[0] in text


@given(sound_budgets(), prints, st.data())
def test_a_changed_cell_changes_one_entry(sound: Sound, how: Print, data: st.DataObject) -> None:
    """What stands in one cell reaches one entry and no other: printed is printed."""
    assume(sound.figures)
    key = data.draw(st.sampled_from(sorted(sound.figures)))
    changed = replace(sound, figures={**sound.figures, key: sound.figures[key] + 1})
    before, after = (figures_of(s, how, "spans") for s in (sound, changed))
    assert {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)} == {key}


@given(
    st.sampled_from([*SOURCES, *PERIODS, *LEDGERS]),
    st.sampled_from(["", " ", "(계)", " (백만원)", " (단위: 천원)"]),
    st.integers(0, 3),
)
def test_axis_words_are_known_with_spaces_and_units(key: str, tail: str, n: int) -> None:
    table = SOURCES if key in SOURCES else PERIODS if key in PERIODS else LEDGERS
    how = Print("sources", "tables", "원", "-", n, "계", False)
    label = word(table, key, how)
    tail = tail if "(" not in label or "단위" in tail else ""
    (term, *_) = terms(" ".join(label) + tail, RULES)
    assert term.value == key
    assert term.dimension == ("source" if key in SOURCES else "period" if key in PERIODS else "ledger")


@given(st.text(max_size=30))
def test_no_label_breaks_the_axes(label: str) -> None:
    period_of(label)
    unit_in(label)
    drop_unit(label)
    for term in terms(label, RULES):
        assert term.dimension in {
            "ledger",
            "source",
            "period",
            "total",
            "corner",
            "ignore",
            "not_budget",
            "group",
        }


@given(
    st.lists(
        st.lists(st.text("계국비구2024-,. 1·가", max_size=6), min_size=1, max_size=5), min_size=1, max_size=5
    )
)
def test_no_table_breaks_the_grammar(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(["구분", *r]) for r in rows)
    for table in parse(text):
        assert isinstance(table, Table)
        budget = read_budget(table, Context(), RULES)
        if budget is not None:
            texts = [c.text for c in table.cells]
            assert all(e.span.text in texts for e in budget.entries)


# ---------------------------------------------------------------- periods


@given(
    st.integers(2000, 2060),
    st.sampled_from(["{y}", "{y}년", "{y}년도", "'{s}년", "’{s}", "{y}.", " {y} 년 "]),
)
def test_years(year: int, form: str) -> None:
    assert period_of(form.format(y=year, s=f"{year % 100:02d}")) == str(year)


@given(st.integers(2000, 2059), st.integers(1, 12))
def test_ranges_and_halves(year: int, n: int) -> None:
    assert period_of(f"{year}년~{year + n}년") == f"{year}-{year + n}"
    assert period_of(f"{year}~{year}") is None
    assert period_of(f"{year + n}~{year}") is None
    assert period_of(f"{year}년 상반기") == f"{year}-H1"
    assert period_of(f"’{year % 100:02d}.하반기") == f"{year}-H2"
    assert period_of(f"{year}년 이후") == "after_term"
    assert period_of(f"~{year}") == "before"
    assert period_of(f"{year}년까지") == "before"


@pytest.mark.parametrize(
    "label",
    [
        "",
        "22",
        "1,022",
        "2,022",
        "22명",
        "계",
        "국비",
        "20222",
        "1999",
        "2061",
        "2022-1",
        "2022 개소",
        "-",
        "200000.0",
    ],
)
def test_no_period(label: str) -> None:
    assert period_of(label) is None


@given(
    st.integers(0, 10**9),
    st.integers(0, 99),
    st.sampled_from(["{n:,}", "{n:,}.{d}", "△{n:,}", "({n:,})", "{n}.{d}"]),
)
def test_a_figure_is_no_period(n: int, d: int, form: str) -> None:
    """`12.6` (억원) is no June of 2012; only a bare 2000 to 2060 may be a year."""
    text = form.format(n=n, d=d)
    if text.strip("()").isdigit() and 2000 <= int(text.strip("()")) <= 2060:
        return
    assert period_of(text) is None
    assert terms(text, RULES) == ()


# ---------------------------------------------------------------- cases with a name

SHORT_HEADER = """구 분\t계\t2022년\t2023년\t
계획\t총계\t30\t10\t20
\t국비\t12\t4\t8
\t구비\t18\t6\t12
"""


def test_a_header_that_lost_its_corner_span_moves_right() -> None:
    """The seed's own trap: by position every figure would fall into the wrong year."""
    budget = read(SHORT_HEADER)
    assert amounts(budget)["plan", "national", "2022"] == 4_000_000
    assert amounts(budget)["plan", "sigungu", "2023"] == 12_000_000
    assert [f.code for f in budget.findings] == ["HEADER_SHIFTED"]


def test_group_headings_that_lost_their_spans() -> None:
    budget = read(
        "구분\t투자계획\t집행액\n\t계\t국비\t군비\t계\t국비\t군비\n2022\t30\t10\t20\t9\t4\t5\n합계\t30\t10\t20\t9\t4\t5\n"
    )
    assert amounts(budget)["plan", "sigungu", "2022"] == 20_000_000
    assert amounts(budget)["spent", "national", "2022"] == 4_000_000


THREE_ROWS = """구분\t계획\t집행액
\t계\t임기내\t임기후\t계\t임기내\t임기후
\t\t소계\t2023년\t2024년\t\t\t소계\t2023년\t2024년
국비\t30\t20\t5\t15\t10\t9\t9\t4\t5\t
구비\t12\t8\t8\t\t4\t3\t3\t3\t\t
계\t42\t28\t13\t15\t14\t12\t12\t7\t5\t
"""


def test_three_heading_rows_that_lost_their_spans() -> None:
    """A blank below a heading prolongs it, a run of words are its children: 임기내 heads three columns, 계 one."""
    found = amounts(read(THREE_ROWS))
    assert found["plan", "national", "2024"] == 15_000_000
    assert found["plan", "national", "after_term"] == 10_000_000
    assert found["spent", "national", "in_term"] == 9_000_000
    assert found["spent", "total", "2024"] == 5_000_000


def test_many_small_groups_that_lost_their_spans() -> None:
    """Nine headings of two children each: all groups are tried with one size before any other way."""
    years = "\t".join(f"20{y}년" for y in range(18, 26))
    pairs = "\t".join(["계획\t집행"] * 9)
    row = "\t".join(f"{10 * n}\t{n}" for n in range(1, 9))
    found = amounts(read(f"구분\t계\t{years}\n\t{pairs}\n국비\t360\t36\t{row}\n계\t360\t36\t{row}\n"))
    assert found["plan", "national", "2020"] == 30_000_000
    assert found["spent", "total", "2025"] == 8_000_000


def test_a_label_that_lost_its_span_and_whose_first_figure_is_blank() -> None:
    """`향후` spans two label columns; whether its blank is a label's or 국비's only the sums of the columns tell."""
    found = amounts(
        read(
            "구 분\t국비\t도비\t군비\t\n임기내\t계\t12\t7\t8\n\t2023년\t5\t3\t8\n\t2024년\t7\t4\t\n향후\t\t2\t1\t\n합계\t12\t9\t9\t\n"
        )
    )
    assert found["plan", "do", "after_term"] == 2_000_000
    assert found["plan", "sigungu", "after_term"] == 1_000_000
    assert found["plan", "national", "in_term"] == 12_000_000


def test_rivals_that_close_alike_prove_nothing() -> None:
    """No sum tells whether 10 stands in 국비 or 도비: the table is read, and said to be unproven."""
    budget = read("구 분\t국비\t도비\t\n임기내\t계\t\t\n\t2023년\t\t\n향후\t\t10\t\n합계\t\t10\t\n")
    assert "UNPROVEN_COLUMNS" in {f.code for f in budget.findings}


@pytest.mark.parametrize("line", ["※ 단위: 천원", "(단위: 천원)"])
def test_the_unit_in_a_row_below(line: str) -> None:
    budget = read(f"구분\t계획\t집행\n합계\t30\t20\n2023년\t30\t20\n{line}\t\t\n", unit=None)
    assert amounts(budget)["plan", "total", "2023"] == 30_000


@pytest.mark.parametrize("print_", ["{}*", "{}주1)", "{}¹", "{}※", "{} (1,000)", "{}[5]", "{}1)"])
def test_what_stands_behind_a_figure(print_: str) -> None:
    """A footnote mark or a second figure in brackets: the first figure is the cell's, and its place is its own."""
    shown = [print_.format(f) for f in ("1,020", "2,030", "3,050")]
    budget = read("구분\t계\t2022년\t2023년\n국비\t{2}\t{0}\t{1}\n계\t{2}\t{0}\t{1}\n".format(*shown))
    assert amounts(budget)["plan", "national", "2023"] == 2_030_000_000
    assert {e.span.text for e in budget.entries} == {"1,020", "2,030", "3,050"}
    assert not any(e.doubtful for e in budget.entries)


def test_a_figure_in_pieces_is_doubtful_until_a_sum_proves_it() -> None:
    proved = read("구분\t계\t2022년\t2023년\n국비\t3, 050\t1, 020\t2,030\n")
    alone = read("구분\t2022년\t2023년\n국비\t1, 020\t2,030\n")
    assert [e.amount.won for e in proved.entries] == [3_050_000_000, 1_020_000_000, 2_030_000_000]
    assert [(e.doubtful, e.certainty) for e in proved.entries][1] == (False, "inferred")
    assert [e.doubtful for e in alone.entries] == [True, False]


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("국비지원금", "national"),
        ("순구비", "sigungu"),
        ("국가균형발전특별회계", "fund"),
        ("부동산교부세", "grant"),
        ("LH공사", "other"),
        ("도교육청", "other"),
        ("기타(자부담)", "other"),
        ("민간투자(BTL)", "private"),
        ("도비보조금", "do"),
    ],
)
def test_names_of_sources(label: str, value: str) -> None:
    assert [(t.dimension, t.value) for t in terms(label, RULES)] == [("source", value)]


@pytest.mark.parametrize("label", ["국비+도비", "도비/군비", "국비·시비", "지방비"])
def test_names_of_several_sources_are_groups(label: str) -> None:
    assert [t.dimension for t in terms(label, RULES)] == ["group"]


def test_a_ledger_and_a_source_run_together() -> None:
    (ledger, source) = terms("투입예산국비", RULES)
    assert (ledger.value, source.value) == ("spent", "national")


def codes(budget: Budget) -> set[str]:
    return {f.code for f in budget.findings}


def test_a_second_heading_row_of_two_fields() -> None:
    """`지방비` spanned 도비 and 군비; the blanks beside them are lost, the heading row is only two fields long."""
    found = amounts(
        read(
            "구분\t총계\t국비\t지방비\t기금\n도비\t군비\n2022년\t10\t1\t2\t3\t4\n2023년\t26\t5\t6\t7\t8\n계\t36\t6\t8\t10\t12\n"
        )
    )
    assert found["plan", "do", "2022"] == 2_000_000
    assert found["plan", "fund", "2023"] == 8_000_000


def test_where_columns_lost_every_figure_no_column_is_proved() -> None:
    """Two of four sources have no figure and their blanks are lost: which two, no sum tells."""
    budget = read(
        "구분\t총계\t국비\t지방비\t기금\n도비\t군비\n2022년\t3\t1\t2\n2023년\t11\t5\t6\n계\t14\t6\t8\n"
    )
    assert "UNPROVEN_COLUMNS" in codes(budget) or {e.period for e in budget.entries} == {None}
    assert codes(budget)


@pytest.mark.parametrize("empty", ["", "\t\t\t\t\t\n"])
def test_a_short_row_whose_total_stood_last_did_not_only_lose_its_end(empty: str) -> None:
    rows = "계획\t1\t2\t3\t4\t10\n집행\t1\t2\t3\n" + (f"확보{empty}" if empty else "")
    budget = read(f"구분\t2022년\t2023년\t2024년\t2025년\t계\n{rows}")
    assert [e.period for e in budget.entries if e.ledger == "spent"] == [None] * 3
    assert "UNPLACED" in codes(budget)


def test_halves_under_their_year_are_no_years_beside_it() -> None:
    budget = read(
        "구분\t총계\t2024년\t2025년\t\t\n\t\t소계\t상반기\t하반기\t소계\t상반기\t하반기\n국비\t30\t13\t6\t7\t17\t9\t8\n계\t30\t13\t6\t7\t17\t9\t8\n"
    )
    found = amounts(budget)
    assert found["plan", "national", "2025-H2"] == 8_000_000
    assert found["plan", "national", "2024"] == 13_000_000
    assert not codes(budget)


@pytest.mark.parametrize("width", [30, 90, 3000])
def test_wide_tables_take_no_time(width: int) -> None:
    """Heading rows are dealt out within bounds, however many fields they have."""
    top, low = "\t".join(["국비", "구비"] * (width // 4)), "\t".join(["계획", "집행"] * (width // 2))
    row = "\t".join(["1"] * width)
    assert read(f"구분\t{top}\n\t{low}\n2022년\t{row}\n2023년\t{row}\n").rows


@pytest.mark.parametrize("rows", ["총계\t3\t5\t7\t9\t\n", "총계\t\t\t\t9\t\n", "총계\t0\t0\t0\t9\t\n"])
def test_figures_are_never_lost_under_a_remark(rows: str) -> None:
    """`지방비` lost its span, so 비고 seems to stand over the figures of 민자."""
    year = rows.replace("총계", "2022년")
    budget = read(f"구 분\t국비\t지방비\t민자\t비고\t\n\t\t도비\t군비\t\t\n{rows}{year}")
    assert amounts(budget)["plan", "private", "2022"] == 9_000_000


def test_a_figure_under_a_remark_is_told() -> None:
    budget = read("구분\t계\t2022년\t비고\n국비\t30\t30\t1,200\n계\t30\t30\t\n")
    assert codes(budget) == {"UNKNOWN_COLUMN"}


def test_one_misprint_does_not_move_the_headings() -> None:
    """With 1,277 for 1,267 a shifted header breaks fewer sums, because it has fewer: the table stands as printed."""
    budget = read(
        "구분\t\t22년\t23년\t24년\t25년\t총계\t비고\n총 계\t\t-\t1,501\t1,267\t-\t2,768\t\n국비\t\t-\t-\t-\t-\t-\t\n"
        "지방비\t도비\t-\t-\t-\t-\t-\t\n\t시비\t-\t1,501\t1,277\t-\t2,768\t\n"
    )
    assert amounts(budget)["plan", "si", "2024"] == 1_277_000_000
    assert amounts(budget)["plan", "total", "2023"] == 1_501_000_000


def test_two_ledgers_have_the_same_children() -> None:
    """Only 도비 has figures; read as it stands, 계획 would have 국비 alone and 집행 everything else."""
    budget = read(
        "구 분\t계획\t집행\t\t\t\t\t\t\n\t국비\t지방비\t기타\t국비\t지방비\t기타\t\t\n\t\t도비\t시비\t\t\t도비\t시비\t\n"
        "계\t\t30\t\t\t\t20\t\t\n’22년\t\t10\t\t\t\t10\t\t\n’23년\t\t20\t\t\t\t10\t\t\n"
    )
    found = {k: v for k, v in amounts(budget).items() if v}
    assert found["plan", "do", "2023"] == 20_000_000
    assert found["spent", "do", "2022"] == 10_000_000
    assert len(found) == 6


def test_labels_of_rows_without_figures_are_no_headings() -> None:
    """`지방비 | 시비` under 투자계획 without a figure: the table goes on."""
    budget = read(
        "구 분\t합계\t22년\t23년\t\t\n투자계획\t국비\t\t\t\t\n\t지방비\t시비\t\t\t\n\t\t구비\t30\t10\t20\n"
        "\t기타\t7\t3\t4\t\n\t합계\t37\t13\t24\t\n"
    )
    assert amounts(budget)["plan", "sigungu", "2023"] == 20_000_000
    assert amounts(budget)["plan", "other", "2022"] == 3_000_000


@pytest.mark.parametrize("head", ["구분\t계", "재원별\t금액(백만원)\t구성비", "구분\t합계\t비고"])
def test_one_column_of_sources(head: str) -> None:
    more = "\t" * (head.count("\t") - 1)
    budget = read(f"{head}\n국비\t30{more}\n구비\t20{more}\n계\t50{more}\n")
    assert amounts(budget) == {
        ("plan", "national", "total"): 30_000_000,
        ("plan", "sigungu", "total"): 20_000_000,
        ("plan", "total", "total"): 50_000_000,
    }


def test_counts_of_years_are_no_budget() -> None:
    assert read_budget(ragged("구분\t계\n2022년\t1,200\n2023년\t1,300\n"), Context(), RULES) is None


def test_an_unknown_source_is_one_finding() -> None:
    """기타 has amounts, so the unknown source cannot be it: every sum lacks it, and its name alone is told."""
    years = "\t".join(f"202{n}년" for n in range(2, 7))
    rows = {"국비": 10, "기타": 20, "달빛나눔": 30, "계": 60}
    lines = [f"{name}\t{5 * n}" + f"\t{n}" * 5 for name, n in rows.items()]
    budget = read(f"구분\t계\t{years}\n" + "\n".join(lines) + "\n")
    assert [f.code for f in budget.findings] == ["UNKNOWN_COLUMN"]


def test_rates_and_remarks_are_no_amounts() -> None:
    budget = read(
        "구분\t계\t2022년\t집행률(%)\t비고\n국비\t30\t30\t95\t추경\n구비\t20\t20\t90\t\n계\t50\t50\t93\t\n",
        "spent",
    )
    assert set(amounts(budget)) == {
        ("spent", s, p) for s in ("national", "sigungu", "total") for p in ("total", "2022")
    }


def test_indicator_tables_are_no_budget() -> None:
    table = ragged("성과지표\t단위\t2022\t2023\n이용자 수\t명\t7,555\t5,726\n만족도\t%\t89\t74\n")
    assert read_budget(table, Context(), RULES) is None


@pytest.mark.parametrize("text", ["이름\t나이\n도하늘\t31\n", "구분\t계\n", "1\t2\t3\n4\t5\t6\n"])
def test_other_tables_are_no_budget(text: str) -> None:
    assert read_budget(ragged(text), Context(), RULES) is None


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_the_unit_stands_in_the_corner_or_around(unit: str) -> None:
    inside = read(f"구분(단위: {unit})\t계\t2022년\n국비\t30\t30\n계\t30\t30\n", unit="조원")
    around = read("구분\t계\t2022년\n국비\t30\t30\n계\t30\t30\n", unit=unit)
    assert (
        amounts(inside)["plan", "national", "2022"]
        == 30 * UNITS[unit]
        == amounts(around)["plan", "national", "2022"]
    )


def test_blank_is_not_zero() -> None:
    budget = read("구분\t계\t2022년\t2023년\n국비\t10\t10\t\n구비\t-\t-\t0\n계\t10\t10\t-\n")
    states = {(e.source, e.period): (e.amount.won, e.amount.state) for e in budget.entries}
    assert states["national", "2023"] == (None, "blank")
    assert states["sigungu", "2022"] == (0, "zero_mark")
    assert states["sigungu", "2023"] == (0, "zero_mark")


def test_what_cannot_be_read_is_said() -> None:
    budget = read("구분\t계\t2022년\n국비\t1,06\t1,06\n구비\t20\t20\n계\t30\t30\n")
    (bad,) = (e for e in budget.entries if (e.source, e.period) == ("national", "2022"))
    assert (bad.amount.won, bad.amount.state, bad.span.text) == (None, "unreadable", "1,06")


def test_an_unknown_row_is_reported_and_proved_by_the_sums() -> None:
    budget = read("구분\t계\t2022년\t2023년\n국비\t30\t10\t20\n달빛나눔\t12\t5\t7\n계\t42\t15\t27\n")
    assert [f.code for f in budget.findings] == ["UNKNOWN_COLUMN"]
    (entry,) = (e for e in budget.entries if e.source == "other" and e.period == "2022")
    assert (entry.amount.won, entry.certainty) == (5_000_000, "inferred")


def test_a_merged_figure_is_one_entry() -> None:
    made = grid(
        [
            ["구분", "계", "2022년", "2023년"],
            ["국비", "30", "30", "<"],
            ["구비", "9", "4", "5"],
            ["계", "39", "34", "5"],
        ]
    )
    budget = read_budget(as_table(made), Context(None, "백만원"), RULES)
    assert budget is not None
    assert [e.period for e in budget.entries if e.source == "national"] == ["total", "2022"]


def test_the_rules_decide_the_words(rules: Rules) -> None:
    table = ragged("구분\t계\t2022년\n해솔금\t30\t30\n구비\t9\t9\n합\t39\t39\n")
    data = rules.model_dump()
    data["axes"]["source"]["fund"] = ["해솔금"]
    own = Rules.model_validate({**data, "sha256": "own words"})
    budget = read_budget(table, Context(None, "천원"), own)
    assert budget is not None
    assert amounts(budget)["plan", "fund", "2022"] == 30_000


def test_totals_are_made_of_their_parts() -> None:
    """The test's own arithmetic: with_totals adds each part to its row, its column and the whole."""
    assert with_totals({("plan", "fund", "2022"): 5, ("plan", "si", "2023"): 7}) == {
        ("plan", "fund", "2022"): 5, ("plan", "si", "2023"): 7, ("plan", "total", "2022"): 5, ("plan", "total", "2023"): 7,
        ("plan", "fund", "total"): 5, ("plan", "si", "total"): 7, ("plan", "total", "total"): 12,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "연번\t기간\t진 도\t총 소요예산\n2\t2022년 3월 ～ 2025년 2월\t100％\t519,264천원\n",
        "진 도\t총 소요예산\n100％\t519,264천원\n",
        "사업기간\t재원소요\t진도\n2023년~2026년\t4,659백만원\t55.0%\n",
    ],
)
def test_labels_over_their_values_are_no_budget(text: str) -> None:
    """총 소요예산 is a label among labels here, and the years of the period are no column."""
    assert read_budget(ragged(text), Context(), RULES) is None


CELLS = ("구분", "2022년", "2023년", "계", "국비", "시비", "계획", "집행", "담당자", "", "-", "12", "1,234")
CELLS += ("7 / 4", "30(25)", "50%", "1,234원", "(120)")


@given(
    st.lists(st.lists(st.sampled_from(CELLS), min_size=2, max_size=4), min_size=1, max_size=5), st.booleans()
)
@example([["구분", "2022년", "2023년"], ["국비", "7 / 4", "9 / 8"]], False)
@example([["구분", "2022년", "2023년"], ["국비", "1,234원", ""]], True)
def test_no_table_that_may_be_no_budget_is_one(rows: list[list[str]], lost: bool) -> None:
    cells = [
        Cell(r, c, blocks=(Paragraph(text),)) for r, row in enumerate(rows) for c, text in enumerate(row)
    ]
    table = Table(len(rows), max(map(len, rows)), tuple(cells), ragged=lost)
    if not may_be_budget(table):
        for said in ("", "괄호 안은 집행액", "계획/집행"):
            assert read_budget(table, Context(unit="천원", title=said), RULES) is None
