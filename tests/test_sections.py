"""Sections: by the heading's words, never by its number; one-table cards, wrapped dress, sentences that only sound so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT

from cardextract.boxes import row_heading, subtable
from cardextract.card import Card
from cardextract.document import NOWHERE, Cell, Paragraph, Place, Span, Table
from cardextract.headings import Looks, heading_of, kind_of_heading, paragraph_heading
from cardextract.profiles import load_rules
from cardextract.readers.text import parse
from cardextract.sections import Section, split
from cardextract.values import squeeze

RULES = load_rules(ROOT / "rules").base
DRESS = [
    "1. {}",
    "Ⅰ. {}",
    "가. {}",
    "□ {}",
    "■ {}",
    "【{}】",
    "【 {} 】",
    "<{}>",
    "[{}]",
    "○ {}",
    "① {}",
    "(1) {}",
    "3) {}",
]
KINDS = sorted((w, kind) for kind, s in RULES.sections.items() for w in s.words)


def heading(text: str) -> tuple[str | None, str | None, str] | None:
    h = heading_of(Span(text, NOWHERE), RULES)
    return None if h is None else (h.kind, h.number, h.title.text)


def kinds(text: str) -> list[str | None]:
    return [s.heading.kind for s in split(parse(text), RULES).sections]


@given(st.sampled_from(KINDS), st.sampled_from(DRESS), st.booleans())
def test_every_heading_word_in_every_dress(entry: tuple[str, str], dress: str, spaced: bool) -> None:
    word, _ = entry
    kind = kind_of_heading(squeeze(word), RULES)[0]
    text = dress.format(" ".join(word) if spaced else word)
    found = heading_of(Span(text, Place(start=0, end=len(text))), RULES)
    assert found is not None
    assert found.kind == kind
    assert squeeze(found.title.text) == squeeze(word)
    assert text[found.title.place.start : found.title.place.end] == found.title.text


PIECES = st.sampled_from(
    ["1.", "2)", "Ⅳ", "IX.", "다.", "①", "❷", "(3)", "【4】", "제2장", "B. ", "7 ", "□", "◎◎", "-", "※", "【", "】", "(", ")", " ",
     "단위: 천원", "(2024. 6. 30. 현재)", ":", "추진실적", "향후 계획", "가온 쉼터", "1,200"]
)  # fmt: skip


@given(
    st.lists(PIECES, min_size=1, max_size=7).map("".join),
    st.sampled_from(["", "", "2.", "○"]),
    st.sampled_from([None, None, 3]),
)
def test_quick_looks_miss_no_heading(text: str, marker: str, level: int | None) -> None:
    line = Paragraph(text, Place(start=0, end=len(text)), 0, marker, heading=level)
    found = paragraph_heading(line, RULES)
    if found is not None and found.style:
        assert Looks({found.style}).may_be_of(line)
    if found is not None and found.kind is not None:
        assert paragraph_heading(line, RULES, known=True) == found


@given(st.integers(1, 20), st.permutations(["추진개요", "추진실적", "향후계획", "문제점 및 대책"]))
def test_numbers_do_not_decide(first: int, words: list[str]) -> None:
    text = "\n".join(f"{first + i}. {w}\n○ 내용" for i, w in enumerate(words))
    kind_of = {
        "추진개요": "overview",
        "추진실적": "achievements",
        "향후계획": "next_steps",
        "문제점 및 대책": "issues",
    }
    assert kinds(text) == [kind_of[w] for w in words]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4. 추진상 문제점 및 대책(협조사항)", ("issues", "4", "추진상 문제점 및 대책(협조사항)")),
        ("2. 투자계획(예산/비예산)", ("investment", "2", "투자계획(예산/비예산)")),
        ("□ 향 후 계 획", ("next_steps", None, "향 후 계 획")),
        ("Ⅴ. 추진상황", ("achievements", "Ⅴ", "추진상황")),
        ("【 연도별 투자계획 】 (단위:백만원)", ("investment", None, "연도별 투자계획")),
        ("추진실적", ("achievements", None, "추진실적")),
        ("6. 기타 참고사항(관련사진 등)", ("references", "6", "기타 참고사항(관련사진 등)")),
    ],
)
def test_headings(text: str, wanted: tuple[str | None, str | None, str]) -> None:
    assert heading(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "○ 사업기간 : 2022. 7.",
        "가" * 95,
        "【추진실적",
        "1.",
        "추진실적을 자세히 설명하면 다음과 같이 매우 긴 문장이 되어서 아무도 제목으로 여기지 않습니다",
    ],
)
def test_no_heading(text: str) -> None:
    assert heading(text) is None


def test_what_stands_before_the_first_heading_is_the_head() -> None:
    found = split(parse("관리카드\n\n공약명\t가온천\n\n1. 추진실적\n○ 착공\n2. 향후계획\n○ 준공\n"), RULES)
    assert [type(b).__name__ for b in found.head] == ["Paragraph", "Table"]
    assert [(s.heading.kind, len(s.blocks)) for s in found.sections] == [
        ("achievements", 1),
        ("next_steps", 1),
    ]


def test_the_next_number_heads_the_next_ledger() -> None:
    """`3. 예산 집행실적` names no kind of section, but a ledger; below another number it is a caption."""
    lines = "1. 추진개요\n○ 가\n2. 투자계획\n표\n{}. 예산 집행실적\n표\n4. 추진실적\n○ 나\n"
    assert kinds(lines.format(3)) == ["overview", "investment", "investment", "achievements"]
    assert kinds(lines.format(1)) == ["overview", "investment", "achievements"]


def test_a_bullet_that_sounds_like_a_heading_stays_an_item() -> None:
    text = "1. 추진실적\n○ 착공\n - 주요내용\n  · 조사\n - 추진방법\n2. 향후계획\n○ 향후계획 수립\n"
    assert kinds(text) == ["achievements", "next_steps"]


def test_a_card_in_one_table() -> None:
    text = "공약명\t가온천\t번호\t1\n추진부서\t하천과\t진도율\t40%\n추진실적\t○ 착공 - 3월 ○ 설계\n향후계획\t○ 준공 ○ 개통\n"
    found = split(parse(text), RULES)
    assert [s.heading.kind for s in found.sections] == ["achievements", "next_steps"]
    assert all(s.cell for s in found.sections)
    assert len(found.sections[0].blocks) == 3


def test_a_status_cell_is_no_section() -> None:
    (row,) = (b.lines()[0] for b in parse("추진상황\t추진중\n") if isinstance(b, Table))
    assert row_heading(row, RULES) is None


@given(st.text(max_size=120))
def test_no_line_breaks_it(text: str) -> None:
    h = heading_of(Span(text, Place(start=0, end=len(text))), RULES)
    if h is not None:
        assert h.title.text in text
        assert text[h.title.place.start : h.title.place.end] == h.title.text


@given(st.lists(st.text("가나 1.○-\t추진실적향후계획", max_size=20), max_size=12))
def test_no_block_is_lost(lines: list[str]) -> None:
    blocks = parse("\n".join(lines))
    found = split(blocks, RULES)
    kept = list(found.head) + [b for s in found.sections for b in s.blocks]
    texts = "".join(
        "".join(c.text for c in b.cells) if isinstance(b, Table) else b.text
        for b in kept
        if isinstance(b, Table | Paragraph)
    ) + "".join(boxed(s) + s.heading.span.text for s in found.sections)
    printed = "".join(
        "".join(c.text for c in b.cells) if isinstance(b, Table) else b.text
        for b in blocks
        if isinstance(b, Table | Paragraph)
    )
    assert sorted(squeezed(texts)) == sorted(squeezed(printed))


def boxed(section: Section) -> str:
    """The number that stood in a cell of its own beside the heading (`1 | 추진배경`)."""
    h = section.heading
    return h.number or "" if h.style.endswith("|") else ""


def squeezed(text: str) -> str:
    """Without white space, and without the dots of numbers."""
    return "".join(text.split()).replace(".", "")


def test_subtable_keeps_places_and_cuts_spans() -> None:
    def cell(row: int, col: int, down: int = 1) -> Cell:
        return Cell(row, col, down, 1, (Paragraph(f"{row}{col}", Place(table=0, row=row, col=col)),))

    table = Table(4, 2, (cell(0, 0, 3), cell(0, 1), cell(1, 1), cell(2, 1), cell(3, 0), cell(3, 1)))
    part = subtable(table, 1, 3)
    assert (part.rows, [(c.row, c.col, c.rowspan, c.text) for c in part.cells]) == (
        2,
        [(0, 0, 2, "00"), (0, 1, 1, "11"), (1, 1, 1, "21")],
    )
    assert part.cells[1].paragraphs[0].place.row == 1


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("추 진 상 황", "추진 중(진도 55%)"),
        ("총사업비", "1,454백만원"),
        ("이행상황(달성률)", "정상추진 (55%)"),
    ],
)
def test_a_label_over_its_value_heads_no_section(
    label: str, value: str, read_text: Callable[[str], list[Card]]
) -> None:
    (card,) = read_text(
        f"사업명\t풋살장\n{label}\t\n{value}\t\n번호\t담당부서\n10\t체육과\n\n추진실적\n○ 착공\n"
    )
    assert (card.number, card.lead_department) == ("10", "체육과")
    assert [s.kind for s in card.sections] == ["achievements"]
