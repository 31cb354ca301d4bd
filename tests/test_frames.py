"""Pages laid out with tables, and cards framed by one: the content is read as if the frame were not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.layouts import generate, measure

from cardextract.document import Paragraph, Table
from cardextract.frames import unframe
from cardextract.profiles import RuleSet
from cardextract.readers.html import read

GRID = "<table><tr><td>공약명<td>작은 도서관<td>번호<td>1-1</table>"
BUDGET = "<table><tr><td>구분<td>계<td>2023<tr><td>국비<td>12<td>12</table>"


def shapes(tmp_path: Path, ruleset: RuleSet, page: str) -> list[str]:
    """The blocks after unframing: the text of lines, the first cell of tables in brackets."""
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{page}</body></html>", "utf-8")
    document = unframe(read(path)[0], ruleset.base)
    return [
        f"[{b.cells[0].text}]" if isinstance(b, Table) else b.text
        for b in document.blocks
        if isinstance(b, Table | Paragraph)
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>{}</td></tr></table>",
        "<table><tr><td><a href=/1>시장실</a><br><a href=/2>공약</a></td><td><table><tr><td>{}</td></tr></table></td></tr></table>",
        "<table><tr><td><table><tr><td><a href=/1>시장실</a><td><a href=/2>공약</a></table></td></tr><tr><td>{}</td></tr></table>",
    ],
)
def test_what_a_frame_holds_is_the_page(page: str, tmp_path: Path, ruleset: RuleSet) -> None:
    content = f"<p>공약 관리카드</p>{GRID}<p>2. 투자계획</p>{BUDGET}"
    assert shapes(tmp_path, ruleset, page.format(content)) == [
        "공약 관리카드",
        "[공약명]",
        "2. 투자계획",
        "[구분]",
    ]


def test_a_row_a_line_is_a_page_of_lines(tmp_path: Path, ruleset: RuleSet) -> None:
    lines = [f"{n}번째 줄" for n in range(10)]
    rows = "".join(f"<tr><td>{line}</td></tr>" for line in lines)
    assert shapes(tmp_path, ruleset, f"<table>{rows}</table>") == lines
    few = "<table><tr><td>추진개요</td></tr><tr><td>○ 도서관</td></tr></table>"
    assert shapes(tmp_path, ruleset, few) == ["[추진개요]"]


def test_a_card_in_one_table_is_no_frame(tmp_path: Path, ruleset: RuleSet) -> None:
    """Labels of its own, or a heading beside the table that it heads."""
    own = f"<table><tr><td>공약명<td>작은 도서관<tr><td>사업기간<td>2022<tr><td>투자계획<td>{BUDGET}</table>"
    headed = f"<table><tr><td>1. 추진개요<td>○ 도서관<tr><td>2. 투자계획<td>{BUDGET}</table>"
    assert shapes(tmp_path, ruleset, own) == ["[공약명]"]
    assert shapes(tmp_path, ruleset, headed) == ["[1. 추진개요]"]


def test_drawn_layouts_inside_layout_tables(shared: Path, tmp_path: Path) -> None:
    assert (shared / "corpus" / "score.py").is_file()
    score = measure.scorer()
    generate.write(tmp_path, [1, 2, 3, 4, 9, 14, 24, 28], ("nested",), 1)
    truth = score.load_truth(tmp_path / "truth")
    n = score.score(truth, [score.adapt(c) for c in measure.extract(tmp_path)])["overall"]
    assert n["matched"] == n["cards"]
    assert n["silent"] == 0
    assert n["cells_right"] == n["cells"]
    assert n["head_right"] >= 0.99 * n["head_stated"]
    assert n["items_full"] >= 0.99 * n["items"]
