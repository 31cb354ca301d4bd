"""What random layouts found (tests/layouts), one small text per cause: each is a mechanism, no layout's own case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cardextract.card import Card, Item

Read = Callable[[str], list[Card]]
TOP = "군수 공약사업 관리카드\n(2024. 6. 30. 기준)\n\n"
HEAD = TOP + "관리번호\t1-2\t공약명\t동네 쉼터 조성\n주관부서\t체육과\t추진상황\t정상추진\n\n"


@pytest.fixture
def one(read_text: Read) -> Callable[[str], Card]:
    def read(text: str) -> Card:
        (card,) = read_text(text)
        return card

    return read


One = Callable[[str], Card]


def texts(items: list[Item]) -> list[object]:
    """Items as nested lists of their texts."""
    return [[i.text, texts(i.children)] if i.children else i.text for i in items]


def test_a_number_without_a_dot_heads_a_section(one: One) -> None:
    card = one(
        HEAD + "1 사업개요\n○ 쉼터 2곳\n - 정자 설치\n\n2 추진실적\n○ 2 단계 착공\n\n3 향후계획\n○ 준공\n"
    )
    assert [(s.kind, s.number) for s in card.sections] == [
        ("overview", "1"),
        ("achievements", "2"),
        ("next_steps", "3"),
    ]
    assert texts(card.sections[0].items) == [["쉼터 2곳", ["정자 설치"]]]
    assert texts(card.sections[1].items) == ["2 단계 착공"]


def test_a_heading_boxed_with_its_number_in_a_cell_of_its_own(one: One) -> None:
    card = one(HEAD + "Ⅰ\t추진배경\n\n○ 주민 요청\n\nⅡ\t추진실적\n\n○ 착공\n")
    assert [(s.kind, s.number) for s in card.sections] == [("background", "Ⅰ"), ("achievements", "Ⅱ")]
