"""PDF tables without borders, or with some of them: which cells texts stand in is told by where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests import pdf_maker as make
from tests.test_readers_pdf import rows, tables

from cardextract.document import Table
from cardextract.readers.pdf import read

HEAD = ["재원", "합계", "2022", "2023"]
BODY = [HEAD, ["국비", "30", "10", "20"], ["시비", "5", "-", "5"], ["계", "35", "10", "25"]]
LEFT, STEP, PITCH = 60.0, 60.0, 16.0


def _centred(x: float, y: float, text: str) -> str:
    return make.text(x - 5 * len(text), y, text)


def _row(y: float, texts: Sequence[str]) -> str:
    """Texts in the middle of columns 60 points wide, from x = 90 on."""
    return "".join(_centred(90 + STEP * i, y, text) for i, text in enumerate(texts) if text)


def _only(tmp_path: Path, *pages: str) -> Table:
    path = tmp_path / "made.pdf"
    path.write_bytes(make.pdf(pages))
    (table,) = tables(read(path)[0].blocks)
    return table


def _spans(table: Table) -> list[tuple[str, int, int, int, int]]:
    return [(c.text.replace("\n", ""), c.row, c.col, c.rowspan, c.colspan) for c in table.cells if c.text]


def _drawn(body: Sequence[Sequence[str]]) -> str:
    return "".join(_row(500 - PITCH * i, line) for i, line in enumerate(body))


TOP, BOTTOM, RIGHT = 514.0, 514.0 - 4 * PITCH, LEFT + 4 * STEP

DRESS = {
    "nothing": "",
    "a frame": make.grid([LEFT, RIGHT], [BOTTOM, TOP]),
    "vertical rules": make.lines([(LEFT + STEP * i, BOTTOM, LEFT + STEP * i, TOP) for i in range(5)]),
    "three rules": make.lines([(LEFT, y, RIGHT, y) for y in (TOP, TOP - PITCH, BOTTOM)]),
    "a heading filled": "".join(
        make.fill(LEFT + STEP * i, TOP - PITCH, STEP, PITCH) for i in range(4)
    ),
    "labels filled": "".join(
        make.fill(LEFT, TOP - PITCH * (i + 1), STEP, PITCH) + make.fill(LEFT + STEP * i, TOP - PITCH, STEP, PITCH)
        for i in range(4)
    ),
    "every second row filled": "".join(
        make.fill(LEFT + STEP * i, y, STEP, PITCH) for y in (BOTTOM, BOTTOM + 2 * PITCH) for i in range(4)
    ),
}  # fmt: skip


@pytest.mark.parametrize("dress", DRESS)
def test_whatever_is_drawn_around_them_the_cells_are_the_same(tmp_path: Path, dress: str) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(make.pdf([DRESS[dress] + _drawn(BODY)]))
    table = tables(read(path)[0].blocks)[-1]
    assert rows(table) == BODY
    assert table.aligned


@pytest.mark.parametrize("gap", [2, 1], ids=["long", "short"])
def test_dashes_of_one_path_are_a_border(tmp_path: Path, gap: int) -> None:
    def dashes(box: tuple[float, float, float, float]) -> str:
        x0, y0, x1, y1 = box
        step = 3 + gap
        across = x1 - x0 > y1 - y0
        count = int(max(x1 - x0, y1 - y0) / step)
        parts = [
            f"{x0 + step * i} {y0} 3 1 re" if across else f"{x0} {y0 + step * i} 1 3 re" for i in range(count)
        ]
        return f"0 g {' '.join(parts)} f\n"

    content = "".join(dashes((50, y, 351, y + 1)) for y in (400, 430, 460))
    content += "".join(dashes((x, 400, x + 1, 461)) for x in (50, 150, 350))
    content += make.text(60, 440, "국비") + make.text(160, 440, "10") + make.text(60, 410, "시비")
    table = _only(tmp_path, content)
    assert rows(table) == [["국비", "10"], ["시비", ""]]
    assert not table.aligned


def test_labels_span_the_rows_that_repeat_beside_them(tmp_path: Path) -> None:
    """By middles alone the second label could span one row, or all: what stands beside them says which."""
    sources = ["소계", "국비", "시비"]
    content = _row(500, ["", "", "2022", "2023"]) + _row(500, ["구분"])
    for i, source in enumerate(sources * 2):
        content += _row(500 - PITCH * (i + 1), ["", source, str(10 + i), str(20 + i)])
    content += _row(500 - PITCH * 2, ["계획"]) + _row(500 - PITCH * 5, ["집행"])
    spans = _spans(_only(tmp_path, content))
    assert ("계획", 1, 0, 3, 1) in spans
    assert ("집행", 4, 0, 3, 1) in spans


def test_a_label_cut_by_the_page_break_keeps_its_rows(tmp_path: Path) -> None:
    sources = ["소계", "국비", "시비"]
    first = make.text(40, 580, "투자계획") + _row(120, ["구분", "재원", "2022", "2023"])
    for i, source in enumerate([*sources, *sources[:2]]):
        first += _row(120 - PITCH * (i + 1), ["", source, str(10 + i), str(20 + i)])
    first += _row(120 - PITCH * 2, ["계획"]) + _row(120 - PITCH * 5, ["집행"])
    spans = _spans(_only(tmp_path, first + make.text(40, 22, "※ 집행은 6월 말")))
    assert ("계획", 1, 0, 3, 1) in spans
    assert ("집행", 4, 0, 2, 1) in spans


def test_a_label_for_two_columns_stands_between_their_labels(tmp_path: Path) -> None:
    content = _row(500, ["", "", "국비", "시비", "계"]) + _centred(120, 500, "구분")
    body = [("계", "8", "7", "15"), ("2022", "4", "3", "7"), ("2023", "4", "4", "8")]
    for i, (label, *figures) in enumerate(body):
        y = 500 - PITCH * (i + 1)
        content += _row(y, ["", "", *figures]) + _centred(150 if i else 120, y, label)
    content += _centred(90, 500 - PITCH * 2.5, "임기내")
    spans = _spans(_only(tmp_path, content))
    assert ("계", 1, 0, 1, 2) in spans
    assert ("임기내", 2, 0, 2, 1) in spans
    assert ("2022", 2, 1, 1, 1) in spans


def test_a_label_on_two_lines_belongs_to_the_figures_beside_it(tmp_path: Path) -> None:
    content = _row(500, ["구분", "합계", "국비", "시비"])
    for i in range(3):
        y = 500 - 24 * (i + 1)
        content += _row(y, ["", f"{i + 3},000", f"{i + 1},000", "2,000"])
        content += _row(y + 6, ["투자계"]) + _row(y - 6, ["획액"])
    table = _only(tmp_path, content)
    assert [[text.replace("\n", "") for text in line] for line in rows(table)][1:] == [
        ["투자계획액", f"{i + 3},000", f"{i + 1},000", "2,000"] for i in range(3)
    ]


def test_a_label_and_one_text_are_a_row_of_their_own(tmp_path: Path) -> None:
    content = make.text(60, 500, "사업명") + make.text(130, 500, "작은도서관 열 곳 짓기")
    for i, (a, b, c, d) in enumerate(
        [("주관부서", "도서관과", "진도", "45%"), ("사업주체", "가온구", "성격", "신규")]
    ):
        y = 500 - PITCH * (i + 1)
        content += make.text(60, y, a) + make.text(130, y, b) + make.text(220, y, c) + make.text(290, y, d)
    content += make.text(60, 500 - 3 * PITCH, "사업기간") + make.text(230, 500 - 3 * PITCH, "2022 ~ 2026년")
    table = _only(tmp_path, content)
    assert table.lines()[0][1].colspan == 3
    assert [(c.text, c.col, c.colspan) for c in table.lines()[3]] == [
        ("사업기간", 0, 1),
        ("2022 ~ 2026년", 1, 3),
    ]


def test_a_list_beside_its_label_is_one_cell(tmp_path: Path) -> None:
    content = "".join(
        make.text(60, 500 - PITCH * i, label) + make.text(150, 500 - PITCH * i, value)
        for i, (label, value) in enumerate([("사업명", "도서관"), ("부서", "교육과"), ("진도", "40%")])
    )
    content += (
        make.text(60, 440, "세부과제")
        + make.text(150, 446, "○ 열람실 넓히기")
        + make.text(150, 434, "○ 밤에 열기")
    )
    table = _only(tmp_path, content)
    assert rows(table)[3] == ["세부과제", "○ 열람실 넓히기\n○ 밤에 열기"]


def test_rules_behind_labels_alone_leave_the_columns_of_the_text(tmp_path: Path) -> None:
    """A rule right of each label: between a value and the next label stands none."""
    body = [
        ["사업명", "도서관", "부서", "교육과"],
        ["진도", "40%", "성격", "신규"],
        ["기간", "2년", "유형", "새일"],
    ]
    content = make.lines([(x, 450, x, 514) for x in (115, 255)])
    for i, line in enumerate(body):
        content += "".join(
            make.text(x, 500 - PITCH * i, t) for x, t in zip((60, 125, 200, 265), line, strict=True)
        )
    assert rows(_only(tmp_path, content)) == body


def test_labels_set_to_the_left_are_not_for_two_columns(tmp_path: Path) -> None:
    """Shorter labels stand further left in the middle, not at their edge: that is no sign of two columns."""
    content = make.text(40, 500, "구분") + "".join(
        make.text(x, 500, t) for x, t in ((170, "국비"), (220, "시비"), (270, "합계"))
    )
    for i, label in enumerate(["예산계획", "집행", "예산계획", "집행"]):
        y = 500 - PITCH * (i + 1)
        content += make.text(90, y, label)
        content += "".join(make.text(x, y, t) for x, t in ((170, "10"), (220, "20"), (270, "30")))
    content += make.text(40, 500 - PITCH * 1.5, "본청") + make.text(40, 500 - PITCH * 3.5, "읍면")
    spans = _spans(_only(tmp_path, content))
    assert [span for span in spans if span[2] < 2][1:] == [
        ("본청", 1, 0, 2, 1), ("예산계획", 1, 1, 1, 1), ("집행", 2, 1, 1, 1),
        ("읍면", 3, 0, 2, 1), ("예산계획", 3, 1, 1, 1), ("집행", 4, 1, 1, 1),
    ]  # fmt: skip


def test_the_rest_of_a_table_behind_a_page_break_may_lack_its_label(tmp_path: Path) -> None:
    first = make.text(40, 580, "투자계획") + _row(60, ["구분", "재원", "2023", "2024"])
    first += _row(44, ["", "국비", "10", "20"]) + _row(28, ["", "시비", "30", "40"]) + _row(36, ["계획"])
    second = _row(570, ["", "군비", "50", "60"]) + _row(554, ["", "기타", "70", "80"])
    table = _only(tmp_path, first, second)
    assert [line[-3:] for line in rows(table)][3:] == [["군비", "50", "60"], ["기타", "70", "80"]]


def test_a_rule_that_passes_by_a_label_leaves_it_its_rows(tmp_path: Path) -> None:
    """Lower borders alone: where the label is not in the middle of its rows the rules tell which are its own."""
    content = _row(500, ["구분", "재원", "2023", "2024"])
    for i, source in enumerate(["국비", "시비", "군비"]):
        content += _row(500 - PITCH * (i + 1), ["계획" if not i else "", source, str(10 + i), str(20 + i)])
    content += _row(500 - PITCH * 4, ["집행", "국비", "11", "21"])
    ends = [496 - PITCH * i for i in range(5)]
    content += make.lines(
        [(LEFT if i in (0, 3, 4) else LEFT + STEP, y, RIGHT, y) for i, y in enumerate(ends)]
    )
    spans = _spans(_only(tmp_path, content))
    assert ("계획", 1, 0, 3, 1) in spans
    assert ("집행", 4, 0, 1, 1) in spans
