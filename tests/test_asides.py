"""Memos and hidden text: no value of the record, but named beside the value they hang on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardextract.card import SourceFile
from cardextract.document import Document, Note, NoteKind, Paragraph, Place, Table
from cardextract.findings import Finding
from cardextract.pipeline import read_cards
from cardextract.profiles import RuleSet
from cardextract.readers.html import read

CARD = """<table><tr><td>공약명</td><td>{0} 만들기</td><td>관리번호</td><td>{0}</td></tr>
<tr><td>주관부서</td><td>물길과</td><td>사업기간</td><td>2022. 7. ~ 2026. 6.</td></tr></table>
<p>1. 추진실적</p><p>○ 물길 {0}곳 정비</p>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Two cards on one page."""
    path = tmp_path_factory.mktemp("asides") / "a.html"
    path.write_text(f"<html><body>{CARD.format(1)}{CARD.format(2)}</body></html>", "utf-8")
    return read(path)[0]


def memos(page: Document, ruleset: RuleSet, *notes: Note) -> list[list[Finding]]:
    source = SourceFile(path="a.html", sha256="0" * 64, format="html", card_index=1)
    readings = read_cards(replace(page, notes=notes), source, ruleset.base)
    return [[f for f in reading.card.findings if f.code == "MEMO"] for reading in readings]


def note(text: str, place: Place, kind: NoteKind = "memo") -> Note:
    return Note(kind, place, (Paragraph(text),))


def second_table(page: Document) -> Place:
    return [b.cells[3].place for b in page.blocks if isinstance(b, Table)][1]


def test_a_memo_is_a_finding_at_its_place(page: Document, ruleset: RuleSet) -> None:
    place = second_table(page)
    first, second = memos(
        page, ruleset, note("번호를 고칠 것", place), note("소요예산 580백만원", Place(block=0))
    )
    assert [(f.kind, f.severity, f.actual, f.places) for f in second] == [
        ("memo", "info", "번호를 고칠 것", (place,))
    ]
    assert [(f.severity, f.actual) for f in first] == [
        ("warning", "소요예산 580백만원")
    ]  # a figure: look at it


def test_the_same_memo_on_two_cells_is_one_finding(page: Document, ruleset: RuleSet) -> None:
    place = second_table(page)
    here, there = place, replace(place, col=1)
    _, (only,) = memos(page, ruleset, note("고칠 것", here), note("고칠  것", there))
    assert only.places == (here, there)


def test_a_page_header_in_a_cell_is_no_memo(page: Document, ruleset: RuleSet) -> None:
    assert memos(page, ruleset, note("2024 관리카드", second_table(page), "header")) == [[], []]
