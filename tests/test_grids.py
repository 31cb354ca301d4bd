"""The header grid: labels wherever they stand, their values beside or below them, and what no rule knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cards.make import grid
from tests.conftest import ROOT
from tests.tablemaker import as_table

from cardextract.document import Paragraph, Place, Table
from cardextract.head.grids import read_grid
from cardextract.head.lines import line_label, read_lines
from cardextract.head.words import label_fields
from cardextract.profiles import load_rules
from cardextract.readers.text import parse
from cardextract.values import squeeze

RULES = load_rules(ROOT / "rules").base
LABELS = sorted(
    (w, name) for name, words in RULES.labels.items() for w in words if not name.startswith("staff")
)
VALUES = [
    "한빛마을 가꾸기",
    "1-2-3",
    "2022. 7. ~ 2026. 6.",
    "1,250백만원",
    "도시재생과",
    "45%",
    "○ 하나 ○ 둘",
]


def picks(table: Table) -> dict[str, str]:
    return {p.field: p.span.text for p in read_grid(table, RULES).picks}


def text_table(text: str) -> Table:
    (table,) = parse(text)
    assert isinstance(table, Table)
    return table


@given(
    st.sampled_from(LABELS),
    st.sampled_from(["", " ", "\u3000"]),
    st.sampled_from(["", "○ ", "- ▷ ", "1. ", "가. "]),
)
def test_every_label_is_known_in_a_line(entry: tuple[str, str], blank: str, mark: str) -> None:
    """However it is spaced, marked and dressed: the quick look at how a line begins lets no label pass."""
    label = blank.join(entry[0])
    found = line_label(Paragraph(f"{mark}{label} : 12"), RULES)
    assert found is not None
    assert found[1] == (entry[1],)


@given(st.sampled_from(LABELS), st.booleans(), st.sampled_from(["", ":", " :"]))
def test_every_label_is_known_with_inner_spaces(entry: tuple[str, str], spaced: bool, colon: str) -> None:
    word, name = entry
    label = (" ".join(word) if spaced else word) + colon
    assert name in label_fields(label, RULES) or RULES.label_of[squeeze(word)] in label_fields(label, RULES)


@pytest.mark.parametrize("last", [False, True])
def test_a_value_that_is_a_label_elsewhere_takes_no_value_of_another(last: bool) -> None:
    lines = [["공약명", "작은도서관 열 곳 짓기"], ["진도", "45%"], ["주관부서", "도서관과"]]
    lines.insert(3 if last else 1, ["사업주체", "국가"])
    found = picks(text_table("\n".join(map("\t".join, lines))))
    assert found["progress"] == "45%"
    assert found["other"] == "국가"


@given(st.text(max_size=50))
def test_any_text_may_be_asked(text: str) -> None:
    for name in label_fields(text, RULES):
        assert isinstance(name, str)


FOUR = ["공약명", "관리번호", "주관부서", "사업기간", "진도율", "소요예산"]
GIVEN = {
    "공약명": "한빛마을 가꾸기",
    "관리번호": "1-2-3",
    "주관부서": "도시재생과",
    "사업기간": "2022. 7. ~ 2026. 6.",
    "진도율": "45%",
    "소요예산": "1,250백만원",
}


@given(st.permutations(FOUR), st.integers(1, 3), st.sampled_from(["beside", "below"]), st.booleans())
def test_any_order_and_width(labels: list[str], width: int, where: str, ragged: bool) -> None:
    """2, 4 or 6 columns with values beside their labels, or rows of labels above rows of values."""
    width = max(width, 2) if where == "below" else width
    rows = []
    for i in range(0, len(labels), width):
        part = labels[i : i + width]
        if where == "beside":
            rows.append([x for label in part for x in (label, GIVEN[label])])
        else:
            rows += [part, [GIVEN[label] for label in part]]
    if ragged:
        found = picks(text_table("\n".join("\t".join(r) + "\t" for r in rows)))
    else:
        found = picks(as_table(grid(rows)))
    assert found == {RULES.label_of[label]: GIVEN[label] for label in labels}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("추진상태(진도)\t추진중(40%)\n", {"status": "추진중(40%)", "progress": "추진중(40%)"}),
        ("공약명 : 가온천\t번호 : 3\n", {"title": "가온천", "number": "3"}),
        ("공약명\t\t가온천 물길\t\n", {"title": "가온천 물길"}),
        ("공약명\t\n", {"title": ""}),
        ("유형\t기타\t공약명\t가온천\n", {"other": "기타", "title": "가온천"}),
    ],
)
def test_grids(text: str, wanted: dict[str, str]) -> None:
    assert picks(text_table(text)) == wanted


def test_status_by_a_mark_in_a_column() -> None:
    table = text_table("추진상태\t완료\t정상추진\t지연\t보류\n\t\t○\t\t\n")
    assert picks(table) == {"status": "정상추진"}
    assert picks(text_table("추진상태\t완료\t정상추진\t지연\t보류\n\t○\t○\t\t\n")) == {"status": ""}


def test_an_unknown_label_keeps_its_value() -> None:
    found = read_grid(text_table("공약명\t가온천\t별빛지수\t높음\n"), RULES)
    assert [(p.field, p.label, p.span.text) for p in found.picks] == [
        ("title", "공약명", "가온천"),
        ("unknown", "별빛지수", "높음"),
    ]


def test_a_table_of_people() -> None:
    table = text_table(
        "구분\t성명\t직급\t연락처\n팀장\t나가온\t행정6급\t4801\n담당자\t도하늘\t행정7급\t4802\n"
    )
    found = [
        (p.field, p.span.text)
        for p in read_grid(table, RULES).picks
        if p.field in ("staff_name", "staff_rank")
    ]
    assert found == [
        ("staff_rank", "행정6급"),
        ("staff_name", "나가온"),
        ("staff_rank", "행정7급"),
        ("staff_name", "도하늘"),
    ]


def test_lines_with_labels() -> None:
    text = "○ 추진부서 : 하천과\n○ 사업기간 : 2022. 7.\n○ 공약목표 :\n  - 하나\n  - 둘\n그냥 한 줄\n"
    paragraphs = [b for b in parse(text) if isinstance(b, Paragraph)]
    found, rest = read_lines(paragraphs, RULES)
    assert [(p.field, p.span.text) for p in found.picks[:2]] == [
        ("lead_department", "하천과"),
        ("period", "2022. 7."),
    ]
    (goals,) = (p for p in found.picks if p.field == "goals")
    assert [p.text.strip() for p in goals.lines] == ["- 하나", "- 둘"]
    assert [p.text for p in rest] == ["그냥 한 줄"]


@given(
    st.lists(
        st.lists(st.sampled_from([*FOUR, *VALUES, "", "별빛"]), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_nothing_is_lost_or_invented(rows: list[list[str]]) -> None:
    """Every picked value is a printed text at its place; every printed text is a label, a value or left over."""
    text = "\n".join("\t".join(["공약명", *r]) for r in rows)
    table = text_table(text)
    found = read_grid(table, RULES)
    for p in found.picks:
        if p.span.text:
            assert text[p.span.place.start : p.span.place.end] == p.span.text
    known = (
        {p.span.text for p in found.picks} | {s.text for s in found.unused} | {p.label for p in found.picks}
    )
    for cell in table.cells:
        value = cell.text.strip()
        if value:
            assert value in known or label_fields(value, RULES), value


def test_places_are_those_of_the_text() -> None:
    p = Paragraph("○ 사업기간 : 2022. 7.", Place(line=1, start=10, end=27))
    found, _ = read_lines([p], RULES)
    assert (found.picks[0].span.place.start, found.picks[0].span.place.end) == (19, 27)


def test_equal_figures_side_by_side_are_not_one() -> None:
    """A merged cell that a conversion repeats holds words; two people can have the same extension."""
    rows = "팀장\t담당자\t과장\n강나루(5301)\t강나루(5301)\t온새미(5302)\n추진상황\t정상추진\t정상추진\n"
    found = [p.span.text for p in read_grid(text_table(rows), RULES).picks]
    assert (found.count("강나루(5301)"), found.count("정상추진")) == (2, 1)
