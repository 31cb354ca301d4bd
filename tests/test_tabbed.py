"""Word documents with tabs in place of tables: read, or flagged; and lines whose tabs are none of a table's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.layouts import generate, measure
from tests.test_readers_docx import WORD, grid, lines, made, p, tbl, tc, tr

from cardextract.document import Paragraph, Place, Table
from cardextract.readers.tabbed import Stops, laid_out, tab_line


def line(text: str, *stops: int) -> str:
    """A paragraph with `>` for tabs and its own stops, in points."""
    own = "".join(f"<w:tab w:val='left' w:pos='{s * 20}'/>" for s in stops)
    runs = "<w:r><w:tab/></w:r>".join(f"<w:r><w:t>{x}</w:t></w:r>" for x in text.split(">"))
    return f"<w:p><w:pPr>{f'<w:tabs>{own}</w:tabs>' if own else ''}</w:pPr>{runs}</w:p>"


def tables(document: object) -> list[Table]:
    return [b for b in document.blocks if isinstance(b, Table)]  # type: ignore[attr-defined]


def test_with_stops_of_its_own_each_tab_is_a_column(tmp_path: Path) -> None:
    stops = (80, 160, 240)
    body = line("구분>계>2022>2023", *stops) + line("국비>12>>12", *stops) + p("") + p("○ 끝")
    found = made(tmp_path, body)
    (table,) = tables(found)
    assert grid(table) == [["구분", "계", "2022", "2023"], ["국비", "12", "", "12"]]
    assert (table.ragged, table.aligned) == (True, False)
    assert table.cells[5].place == Place(table=0, row=1, col=1)
    assert lines(found.blocks) == ["|○ 끝"]


def test_tabs_struck_until_the_columns_stand_right(tmp_path: Path) -> None:
    """At 36 points: `소요예산(계획)` takes two gaps, `국비` three; the blank of 2022 is seen, but must be proved."""
    body = line("구분>>>계>2022>2023") + line("소요예산(계획)>31>12>19") + line("집행>>>12>>12")
    (table,) = tables(made(tmp_path, body))
    assert grid(table) == [
        ["구분", "계", "2022", "2023"],
        ["소요예산(계획)", "31", "12", "19"],
        ["집행", "12", "", "12"],
    ]
    assert table.aligned


def test_a_label_whose_amounts_are_all_blank_is_a_row(tmp_path: Path) -> None:
    stops = (80, 160, 240)
    rows = ["구분>재원>계>2023", "계획>계>12>12", ">국비", "집행", ">구비>12>12", "추진실적"]
    found = made(tmp_path, "".join(line(r, *stops) for r in rows))
    (table,) = tables(found)
    assert [row[:2] for row in grid(table)] == [
        ["구분", "재원"], ["계획", "계"], ["", "국비"], ["집행", ""], ["", "구비"],
    ]  # fmt: skip
    assert lines(found.blocks) == ["|추진실적"]  # no row follows: it is none


def test_a_label_with_its_value_is_a_row_by_itself(tmp_path: Path) -> None:
    assert grid(tables(made(tmp_path, line("소요사업비>351억원") + p("")))[0]) == [["소요사업비", "351억원"]]
    assert not tables(made(tmp_path, line("주민설명회 개최>2024. 3.") + p("")))


def test_a_row_of_figures_alone_stays_a_line(tmp_path: Path) -> None:
    """Nothing stands above it that would tell its columns."""
    assert not tables(made(tmp_path, line("구비>>12>19>31") + p("")))


def test_tables_are_numbered_in_reading_order(tmp_path: Path) -> None:
    stops = (80, 160, 240)
    body = line("공약명>길>번호>1", *stops) + tbl(tr(tc("가"))) + line("구분>계>국비>구비", *stops)
    found = tables(made(tmp_path, body))
    assert [t.place.table for t in found] == [0, 1, 2]
    assert [t.cells[0].place.table for t in found] == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "○>작은 도서관 늘리기",
        "Ⅰ>추진개요",
        ">○>들여 쓴 줄",
        ">들여 쓴 줄",
        "사업기간>: 2022. 7.",
        "○ 1호점 개소>2023. 11. 6.",
        "- 정원>40명",
    ],
)
def test_tabs_that_only_set_apart_are_no_table(tmp_path: Path, text: str) -> None:
    found = made(tmp_path, line(text) * 3)
    assert not tables(found)
    assert len(lines(found.blocks)) == 3


def test_a_list_of_contents_is_no_table(tmp_path: Path) -> None:
    assert not tables(made(tmp_path, line("추진개요>3") + line("향후계획>12")))


def test_figures_out_of_line_stay_lines() -> None:
    """No width of print sets these in columns, and the rows are of unequal length: nothing tells where 5 belongs."""
    rows = [
        "구분\t계\t2022\t2023",
        "국비\t\t\t\t5\t\t\t7",
        "긴 이름의 재원\t\t\t\t\t\t\t5\t7\t9",
        "구비\t1\t\t\t\t\t\t2",
    ]
    run = [tab_line(Paragraph(text), Stops(), False) for text in rows]
    assert laid_out([r for r in run if r], 0) is None


def test_a_mark_stands_below_its_heading(tmp_path: Path) -> None:
    stops = (80, 160, 240)
    body = line("추진상황>완료>추진중>보류", *stops) + line(">>○", *stops)
    assert grid(tables(made(tmp_path, body))[0])[1][:3] == ["", "", "○"]


@pytest.mark.parametrize(("fmt", "read"), [("stops", 0.98), ("struck", 0.85)])
def test_drawn_layouts_in_tabs_are_read_or_flagged(
    fmt: str, read: float, shared: Path, tmp_path: Path
) -> None:
    assert (shared / "corpus" / "score.py").is_file()
    score = measure.scorer()
    generate.write(tmp_path, [1, 2, 4, 6, 9, 14, 22, 28, 36, 68], (fmt,), 1)
    truth = score.load_truth(tmp_path / "truth")
    n = score.score(truth, [score.adapt(c) for c in measure.extract(tmp_path)])["overall"]
    assert n["matched"] == n["cards"]
    assert n["silent"] == 0
    assert n["cells_right"] >= read * n["cells"]
    assert n["head_right"] >= 0.95 * n["head_stated"]


def test_a_header_part_is_not_laid_out(tmp_path: Path) -> None:
    """Margins are lines: their tabs set left, middle and right."""
    header = f"<w:hdr {WORD}>{line('가온구>관리카드>1쪽')}{line('가>나>다')}</w:hdr>"
    found = made(tmp_path, p("본문"), header=header)
    assert [m.text for m in found.margins] == ["가온구\t관리카드\t1쪽", "가\t나\t다"]
