"""The PDF reader: small PDFs by hand for each rule, then the shared corpus, its twins and pdfplumber."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests import pdf_maker as make

from cardextract.document import Block, Cell, Document, PageBreak, Paragraph, Picture, Place, Table
from cardextract.draw import draw
from cardextract.findings import Unreadable
from cardextract.readers.pdf import read, read_again

SHARED = Path(__file__).resolve().parents[2] / "shared"
Reader = Callable[..., Document]


def shared(pattern: str) -> list[Path]:
    """Files of the shared corpus; where it is absent the test is skipped, in CI it fails."""
    found = sorted(SHARED.glob(pattern))
    if not found:
        assert os.environ.get("CI") != "true", f"{SHARED / pattern} is missing"
        pytest.skip(f"no {SHARED / pattern} here")
    return found


@pytest.fixture
def load(tmp_path: Path) -> Reader:
    """Read pages made of content; keeps the findings out of the way."""

    def load(*pages: str, **options: object) -> Document:
        path = tmp_path / "made.pdf"
        path.write_bytes(make.pdf(pages, **options))
        return read(path)[0]

    return load


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


def tables(blocks: Sequence[Block]) -> list[Table]:
    out = []
    for block in blocks:
        if isinstance(block, Table):
            out.append(block)
            for cell in block.cells:
                out += tables(cell.blocks)
    return out


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.lines()]


# --- characters and lines ---


def test_no_false_spaces_and_real_ones_kept(load: Reader) -> None:
    spaced = make.text(50, 550, "26") + make.text(71.5, 550, "명 지원")  # 1.5 points of kerning are no space
    apart = make.text(50, 500, "구") + make.text(76, 500, "분")
    assert texts(load(spaced + apart)) == ["26명 지원", "구 분"]


def test_double_struck_text_counts_once(load: Reader) -> None:
    struck = make.text(50, 550, "추진실적") + make.text(50.4, 550, "추진실적")
    each = "".join(make.text(50 + 10 * i + d, 500, c) for i, c in enumerate("향후계획") for d in (0, 0.4))
    twice = make.text(50, 450, "공공시설")  # a syllable that really comes twice
    assert texts(load(struck + each + twice)) == ["추진실적", "향후계획", "공공시설"]


def test_lines_wrapped_by_the_width_are_one_paragraph(load: Reader) -> None:
    document = load(
        make.grid([50, 350], [560, 590])
        + make.text(50, 540, "○ 주민설명회에서 나온 의견을 모아 시설을 고치고 넓히는 사")
        + make.text(62, 525, "업을 추진")
        + make.text(50, 510, "○ 다음 항목")
        + make.text(60, 495, "- 아래 항목")
    )
    assert [squeeze(t) for t in texts(document)] == [
        "○주민설명회에서나온의견을모아시설을고치고넓히는사업을추진", "○다음항목", "-아래항목",
    ]  # fmt: skip
    first, _, below = [b for b in document.blocks if isinstance(b, Paragraph)]
    assert first.indent == 0 < below.indent
    assert first.place.box is not None
    assert first.place.box[3] - first.place.box[1] > 0.03  # both lines


def test_a_short_line_is_not_joined(load: Reader) -> None:
    content = (
        make.grid([50, 350], [560, 590])
        + make.text(50, 540, "팀장 김가람")
        + make.text(50, 525, "담당 이나루")
    )
    assert texts(load(content)) == ["팀장 김가람", "담당 이나루"]


@pytest.mark.parametrize("left", [0, 3], ids=["full line", "centred lines"])
def test_a_bracket_left_open_goes_on(load: Reader, left: float) -> None:
    content = make.grid([50, 146 + 2 * left], [380, 420]) + make.text(53 + left, 403, "협약식(2024-")
    (cell,) = tables(load(content + make.text(83 + left, 388, "03)")).blocks)[0].cells
    assert cell.text == "협약식(2024-03)"


def test_text_at_the_right_of_its_cell_wraps_too(load: Reader) -> None:
    content = make.grid([50, 150, 250], [370, 420]) + make.text(60, 400, "담당자")
    content += make.text(157, 403, "시설6급 김가람찬") + make.text(227, 388, "솔별")
    (table,) = tables(load(content).blocks)
    assert rows(table) == [["담당자", "시설6급 김가람찬솔별"]]


def test_indents_count_spaces(load: Reader) -> None:
    content = "".join(make.text(50 + 3 * n, 500 - 15 * n, f"{m} 항목") for n, m in enumerate("○-·"))
    assert [b.indent for b in load(content).blocks if isinstance(b, Paragraph)] == [0, 1, 2]


# --- tables ---


def test_spans_of_rows_and_columns(load: Reader) -> None:
    content = make.lines(
        [
            (50, 500, 350, 500), (150, 480, 350, 480), (50, 460, 350, 460),
            (50, 500, 50, 460), (150, 500, 150, 460), (250, 480, 250, 460), (350, 500, 350, 460),
        ]
    )  # fmt: skip
    content += make.text(60, 475, "구분") + make.text(200, 486, "연도별")
    content += make.text(160, 466, "2023") + make.text(260, 466, "2024")
    (table,) = tables(load(content).blocks)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells] == [
        (0, 0, 2, 1, "구분"), (0, 1, 1, 2, "연도별"), (1, 1, 1, 1, "2023"), (1, 2, 1, 1, "2024"),
    ]  # fmt: skip


def test_text_next_to_a_border_is_cut_there(load: Reader) -> None:
    content = make.grid([50, 90, 130], [400, 420]) + make.text(60.5, 405, "가나다라마바")
    assert rows(tables(load(content).blocks)[0]) == [["가나다", "라마바"]]


@pytest.mark.parametrize("width", [0.2, 2.5, 4.0])
def test_filled_boxes_as_rules(load: Reader, width: float) -> None:
    thin = [(50, y - width / 2, 200, width) for y in (400, 430, 460)]
    thin += [(x - width / 2, 400, width, 60) for x in (50, 150, 250)]
    content = "".join(make.fill(*box, 0) for box in thin)
    content += (
        make.text(60, 440, "사업비")
        + make.text(160, 440, "12억원")
        + make.text(60, 410, "진도")
        + make.text(160, 410, "5%")
    )
    assert rows(tables(load(content).blocks)[0]) == [["사업비", "12억원"], ["진도", "5%"]]


def test_corner_gaps_and_double_borders(load: Reader) -> None:
    content = make.lines(
        [
            (52, 400, 248, 400), (52, 430, 248, 430), (52, 460, 248, 460), (52, 462, 248, 462),
            (50, 402, 50, 458), (150, 402, 150, 458), (250, 402, 250, 458),
        ]
    )  # fmt: skip
    content += (
        make.text(60, 440, "가")
        + make.text(160, 440, "나")
        + make.text(60, 410, "다")
        + make.text(160, 410, "라")
    )
    assert rows(tables(load(content).blocks)[0]) == [["가", "나"], ["다", "라"]]


def test_a_table_open_at_the_sides(load: Reader) -> None:
    content = make.lines([(50, y, 350, y) for y in (400, 420, 440)] + [(x, 400, x, 440) for x in (150, 250)])
    content += "".join(
        make.text(x, y, t) for x, y, t in ((60, 425, "구분"), (160, 425, "계획"), (260, 425, "집행"))
    )
    assert rows(tables(load(content).blocks)[0]) == [["구분", "계획", "집행"], ["", "", ""]]


def test_a_table_open_at_the_left_and_above_its_first_cell(load: Reader) -> None:
    content = make.lines([(50, y, 350, y) for y in (380, 400, 420)] + [(150, 440, 350, 440)])
    content += make.lines([(x, 380, x, 440) for x in (150, 250, 350)])
    texts = ("번호", "6", "공약명", "국비", "10", "20", "시비", "30", "40")
    places = [(x, y) for y in (425, 405, 385) for x in (60, 160, 260)]
    content += "".join(make.text(x, y, text) for (x, y), text in zip(places, texts, strict=True))
    (table,) = tables(load(content).blocks)
    assert rows(table) == [list(texts[i : i + 3]) for i in (0, 3, 6)]


def test_dots_make_a_border(load: Reader) -> None:
    """A browser paints each dot of `1px dotted` as a box of its own."""
    dots = [(50 + 1.5 * i, y) for y in (400, 430, 460) for i in range(135)]
    dots += [(x, 400 + 1.5 * i) for x in (50, 150, 250) for i in range(41)]
    content = "".join(make.fill(x, y, 0.75, 0.75, 0.2) for x, y in dots)
    content += make.text(60, 440, "국비") + make.text(160, 440, "10") + make.text(60, 410, "시비")
    assert rows(tables(load(content).blocks)[0]) == [["국비", "10"], ["시비", ""]]


def _boxes(edges: Sequence[tuple[float, float, float, float]], texts: Sequence[str]) -> str:
    content = ""
    for (x0, y0, x1, y1), text in zip(edges, texts, strict=True):
        content += make.grid([x0, x1], [y0, y1]) + (make.text(x0 + 5, y1 - 14, text) if text else "")
    return content


def test_boxes_set_apart_by_gutters_are_one_table(load: Reader) -> None:
    """`border-spacing` of a browser; a label that spans rows, a heading that spans columns."""
    edges = [(50, 480, 155, 500), (160, 480, 210, 500), (50, 430, 100, 475)]
    edges += [(x, y, x + w, y + 20) for y in (455, 430) for x, w in ((105, 50), (160, 50))]
    texts = ["구분", "2024", "계획", "국비", "1,000", "시비", "2,000"]
    (table,) = tables(load(_boxes(edges, texts)).blocks)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells] == [
        (0, 0, 1, 2, "구분"), (0, 2, 1, 1, "2024"), (1, 0, 2, 1, "계획"), (1, 1, 1, 1, "국비"),
        (1, 2, 1, 1, "1,000"), (2, 1, 1, 1, "시비"), (2, 2, 1, 1, "2,000"),
    ]  # fmt: skip


def test_boxes_that_leave_a_hole_stay_apart(load: Reader) -> None:
    edges = [(50, 480, 155, 500), (160, 480, 210, 500), (50, 455, 100, 475)]
    assert len(tables(load(_boxes(edges, ["가", "나", "다"])).blocks)) == 3


def test_a_box_cut_by_the_page_break_belongs_to_its_row(load: Reader) -> None:
    """The label's box runs into the margin without a lower border; without neighbours it would be no table."""
    label = make.lines([(50, 60, 100, 60), (50, 60, 50, 20), (100, 60, 100, 20)]) + make.text(55, 46, "계획")
    edges = [(x, y, x + 50, y + 15) for y in (45, 25) for x in (105, 160)]
    content = label + _boxes(edges, ["국비", "1,000", "시비", "2,000"])
    (table,) = tables(load(content).blocks)
    assert rows(table) == [["계획", "국비", "1,000"], ["시비", "2,000"]]
    assert not tables(load(label).blocks)


def test_a_page_break_leaves_cells_open(load: Reader) -> None:
    """Browsers close no border at a break: the label's cell is open below, the row behind it open above."""
    first = make.lines([(50, 40, 50, 10), (110, 40, 110, 10), (180, 40, 180, 10), (250, 40, 250, 10)])
    first += make.lines([(50, 40, 250, 40), (110, 10, 250, 10)])
    first += make.text(55, 20, "구분") + make.text(115, 20, "국비") + make.text(185, 20, "시비")
    second = make.lines([(x, 590, x, 530) for x in (50, 110, 145, 180, 215, 250)])
    second += make.lines([(50, 560, 250, 560), (50, 530, 250, 530)])
    for x, text in zip((115, 150, 185, 220), ("계획", "집행", "계획", "집행"), strict=True):
        second += make.text(x, 570, text)
    second += make.text(55, 540, "22년") + "".join(make.text(120 + 35 * i, 540, str(i)) for i in range(4))
    (table,) = tables(load(first, second).blocks)
    assert [[(c.text, c.rowspan, c.colspan) for c in row] for row in table.lines()] == [
        [("구분", 2, 1), ("국비", 1, 2), ("시비", 1, 2)],
        [("계획", 1, 1), ("집행", 1, 1), ("계획", 1, 1), ("집행", 1, 1)],
        [("22년", 1, 1), ("0", 1, 1), ("1", 1, 1), ("2", 1, 1), ("3", 1, 1)],
    ]


def test_cells_told_apart_by_colour_alone(load: Reader) -> None:
    cells = [(50 + 100 * c, 460 - 22 * r, c, r) for r in range(3) for c in range(3)]
    content = "".join(make.fill(x, y, 99, 21) for x, y, _, _ in cells)
    content += "".join(make.text(x + 10, y + 6, f"{r}행{c}열") for x, y, c, r in cells)
    assert rows(tables(load(content).blocks)[0]) == [[f"{r}행{c}열" for c in range(3)] for r in range(3)]


def test_marked_words_are_no_table(load: Reader) -> None:
    content = "".join(
        make.fill(50 + 60 * i, 498, 40, 14) + make.text(50 + 60 * i, 500, "강조말씀") for i in range(5)
    )
    assert not tables(load(content).blocks)


def test_nested_tables(load: Reader) -> None:
    content = make.grid([50, 120, 350], [300, 480, 500])
    content += make.text(130, 485, "사업개요") + make.text(60, 400, "재원")
    content += make.text(130, 460, "위의 글")
    content += (
        make.grid([140, 240, 340], [400, 420, 440]) + make.text(150, 426, "국비") + make.text(250, 426, "30")
    )
    content += make.text(130, 350, "아래 글")
    outer, inner = tables(load(content).blocks)
    assert (outer.rows, outer.cols, inner.rows, inner.cols) == (2, 2, 2, 2)
    cell = outer.lines()[1][1]
    assert [b.text if isinstance(b, Paragraph) else type(b) for b in cell.blocks] == [
        "위의 글",
        Table,
        "아래 글",
    ]
    assert rows(inner)[0] == ["국비", "30"]


def test_underlines_and_tick_boxes_are_no_tables(load: Reader) -> None:
    content = make.lines([(50, 498, 150, 498)]) + make.text(50, 500, "밑줄 그은 글")
    content += make.grid([50, 55], [450, 455]) + make.text(60, 450, "완료")
    document = load(content)
    assert not tables(document.blocks)
    assert texts(document) == ["밑줄 그은 글", "완료"]


def test_pdfplumber_passes_over_letters_without_text(tmp_path: Path) -> None:
    nothing = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> "
    nothing += "endcodespacerange 1 beginbfchar <043E> <> endbfchar endcmap end"
    font = make.FONT.replace("/DescendantFonts", "/ToUnicode 4 0 R /DescendantFonts")
    content = (
        make.grid([50, 150, 250], [300, 320, 340]) + make.text(60, 306, "가") + make.text(160, 306, "나")
    )
    path = tmp_path / "x.pdf"
    path.write_bytes(make.pdf([content], font=font, objects=[("", nothing)]))
    assert len(read_again(path, 1)) == 1


# --- tables without borders ---


def _aligned(top: float, body: Sequence[Sequence[str]], *, right: float = 330) -> str:
    """Rows of a label column and figures that end at the right of theirs, 20 points apart; no rules."""
    width = (right - 110) / (len(body[0]) - 1)
    content = ""
    for r, line in enumerate(body):
        content += make.text(60, top - 20 * r, line[0])
        for c, text in enumerate(line[1:], start=1):
            if text:
                content += make.text(110 + width * c - 10 * len(text), top - 20 * r, text)
    return content


BODY = [
    ["재원", "합계", "22년", "23년"],
    ["국비", "30", "10", "20"],
    ["시비", "5", "", "5"],
    ["계", "35", "10", "25"],
]


def test_a_table_by_alignment_alone(load: Reader) -> None:
    (table,) = tables(load(_aligned(500, BODY)).blocks)
    assert table.aligned
    assert rows(table) == BODY


def test_rules_between_rows_alone(load: Reader) -> None:
    content = _aligned(500, BODY) + make.lines([(50, 514 - 20 * r, 340, 514 - 20 * r) for r in range(5)])
    (table,) = tables(load(content).blocks)
    assert rows(table) == BODY


def test_a_label_in_the_middle_of_its_rows_spans_them(load: Reader) -> None:
    body = [["국비", "30", "10", "20"], ["시비", "5", "1", "4"]] * 2
    content = make.text(20, 500, "구분") + _aligned(500, [["재원", "합계", "22년", "23년"], *body])
    content += make.text(20, 470, "계획") + make.text(20, 430, "집행")
    (table,) = tables(load(content).blocks)
    assert [(c.text, c.row, c.rowspan) for c in table.cells if c.col == 0] == [
        ("구분", 0, 1), ("계획", 1, 2), ("집행", 3, 2),
    ]  # fmt: skip


def test_a_heading_in_the_middle_of_its_columns_spans_them(load: Reader) -> None:
    content = _aligned(500, [["국비", "30", "10", "20", "4"], ["시비", "15", "11", "34", "6"]], right=350)
    content += make.text(60, 520, "재원") + "".join(
        make.text(x, 520, t) for x, t in ((163, "계획"), (283, "집행"))
    )
    (table,) = tables(load(content).blocks)
    assert [(c.text, c.colspan) for c in table.lines()[0]] == [("재원", 1), ("계획", 2), ("집행", 2)]


@pytest.mark.parametrize(
    "lines",
    [
        [("○ 사업기간 :", "2022. 7."), ("○ 사업비 :", "12억원"), ("○ 부서 :", "체육과")],
        [("< 개소식 >", "< 설명회 >")],
        [("왼쪽 단에 길게 이어지는 글의 줄", "오른쪽 단에 길게 이어지는 글의 줄")] * 4,
    ],
    ids=["labels with a colon", "captions", "two columns of text"],
)
def test_lines_with_gaps_that_are_no_table(load: Reader, lines: list[tuple[str, str]]) -> None:
    content = "".join(
        make.text(20, 500 - 20 * i, a) + make.text(215, 500 - 20 * i, b) for i, (a, b) in enumerate(lines)
    )
    assert not tables(load(content).blocks)


def test_an_aligned_table_goes_on_behind_a_page_break(load: Reader) -> None:
    first = make.text(20, 560, "투자계획") + _aligned(90, BODY[:3])
    (table,) = tables(load(first, _aligned(560, BODY[3:])).blocks)
    assert rows(table) == BODY


def test_a_cell_that_spans_a_page_break_is_closed_on_both_sides(load: Reader) -> None:
    """Browsers cut a spanning cell without a border, and draw none above the first row of the next page."""
    xs = (50, 150, 250, 350)
    first = make.lines([(50, 140, 350, 140), (150, 120, 350, 120), (150, 100, 350, 100)])
    first += make.lines([(x, 140, x, 100) for x in xs]) + make.text(60, 126, "집행")
    second = make.lines([(150, 540, 350, 540), (50, 520, 350, 520)]) + make.lines(
        [(x, 560, x, 520) for x in xs]
    )
    for y, source, figure in ((126, "국비", "10"), (106, "도비", "20")):
        first += make.text(160, y, source) + make.text(260, y, figure)
    for y, source, figure in ((546, "시비", "30"), (526, "군비", "40")):
        second += make.text(160, y, source) + make.text(260, y, figure)
    (table,) = tables(load(first, second).blocks)
    assert rows(table) == [["집행", "국비", "10"], ["도비", "20"], ["시비", "30"], ["군비", "40"]]
    assert table.cells[0].rowspan == 4


def test_a_cell_of_two_columns_that_spans_a_page_break_is_closed_too(load: Reader) -> None:
    xs = (50, 100, 150, 250, 350)
    first = make.lines([(50, y, 350, y) for y in (160, 140)] + [(150, 120, 350, 120), (150, 100, 350, 100)])
    first += make.lines([(x, 160, x, 100) for x in (50, 150, 250, 350)] + [(100, 160, 100, 140)])
    first += "".join(
        make.text(x + 5, 146, t) for x, t in zip(xs, ("구분", "재원", "계획", "집행"), strict=False)
    )
    first += make.text(60, 126, "이후") + make.text(160, 126, "10") + make.text(160, 106, "20")
    second = make.lines([(150, 540, 350, 540), (50, 520, 350, 520)])
    second += make.lines([(x, 560, x, 520) for x in (50, 150, 250, 350)])
    second += make.text(160, 546, "30") + make.text(160, 526, "40")
    (table,) = tables(load(first, second).blocks)
    assert [(c.text, c.rowspan, c.colspan) for c in table.lines()[1]][:2] == [("이후", 4, 2), ("10", 1, 1)]


# --- coordinates ---

WORD = make.text(100, 500, "가")


def _box(document: Document) -> tuple[float, float, float, float]:
    place = document.paragraphs()[0].place
    assert place.box is not None
    return place.box


def _near(box: tuple[float, ...], want: tuple[float, ...]) -> bool:
    return all(abs(a - b) < 0.012 for a, b in zip(box, want, strict=True))


@pytest.mark.parametrize(
    ("boxes", "size", "corner"),
    [
        ("/MediaBox [0 0 400 600]", (400, 600), (100, 91.2)),
        ("/MediaBox [0 0 400 600] /CropBox [50 100 350 550]", (300, 450), (50, 41.2)),
        ("/MediaBox [-100 -50 300 550]", (400, 600), (200, 41.2)),
        ("/MediaBox [0 0 400 600] /Rotate 90", (600, 400), (498.8, 100)),
        ("/MediaBox [0 0 400 600] /Rotate 180", (400, 600), (290, 498.8)),
        ("/MediaBox [0 0 400 600] /Rotate 270", (600, 400), (91.2, 290)),
        ("/MediaBox [0 0 400 600] /CropBox [50 100 350 550] /Rotate 90", (450, 300), (398.8, 50)),
    ],
)
def test_places_are_fractions_of_the_rendered_page(
    load: Reader, boxes: str, size: tuple[int, int], corner: tuple[float, float]
) -> None:
    document = load(WORD, box=boxes)
    assert (document.pages[0].width, document.pages[0].height) == size
    (x, y), (w, h) = corner, size
    assert _near(_box(document), (x / w, y / h, (x + 10) / w, (y + 10) / h)), (_box(document), corner)


def test_text_outside_of_the_crop_box_is_not_on_the_page(load: Reader) -> None:
    document = load(WORD + make.text(10, 20, "재단"), box="/MediaBox [0 0 400 600] /CropBox [50 100 350 550]")
    assert texts(document) == ["가"]


def test_a_turned_table_is_a_table(load: Reader) -> None:
    upright = make.grid([50, 150, 250], [300, 320, 340])
    upright += "".join(
        make.text(x, y, t)
        for x, y, t in ((60, 326, "국비"), (160, 326, "10"), (60, 306, "시비"), (160, 306, "20"))
    )
    turned = f"q 0 1 -1 0 400 0 cm {upright} Q"  # drawn a quarter to the left, the page turns it back
    plain = tables(load(upright).blocks)[0]
    table = tables(load(turned, box="/MediaBox [0 0 400 600] /Rotate 90").blocks)[0]
    assert rows(table) == rows(plain) == [["국비", "10"], ["시비", "20"]]


def test_a_page_on_its_side_is_read_upright_and_keeps_its_places(load: Reader) -> None:
    content = "".join(
        make.text(60, 550 - 20 * i, f"○ {i}번째 줄에 적은 사업비 {i}억원") for i in range(1, 12)
    )
    upright = load(content)
    places = [p.place.box for p in upright.paragraphs()]
    boxes = {
        90: lambda x0, y0, x1, y1: (1 - y1, x0, 1 - y0, x1),
        180: lambda *b: (1 - b[2], 1 - b[3], 1 - b[0], 1 - b[1]),
    }
    for turn, move in boxes.items():
        lying = load(content, box=f"/MediaBox [0 0 400 600] /Rotate {turn}")
        assert texts(lying) == texts(upright)
        assert (lying.pages[0].width > lying.pages[0].height) == (turn == 90)
        for box, paragraph in zip(places, lying.paragraphs(), strict=True):
            assert box is not None
            assert paragraph.place.box is not None
            assert _near(paragraph.place.box, move(*box))


@pytest.mark.parametrize("matrix", ["0 1 -1 0", "0 -1 1 0"], ids=["climbs", "falls"])
def test_a_label_set_sideways_in_its_cell(load: Reader, matrix: str) -> None:
    start = 400 if matrix.startswith("0 1") else 450
    label = f"BT /F1 10 Tf {matrix} 70 {start} Tm <{'집행 실적'.encode('utf-16-be').hex()}> Tj ET\n"
    content = make.lines([(50, 380, 50, 470), (80, 380, 80, 470), (180, 380, 180, 470)])
    content += make.lines([(50, 380, 180, 380), (80, 425, 180, 425), (50, 470, 180, 470)])
    content += label + make.text(100, 440, "국비") + make.text(100, 400, "시비")
    (table,) = tables(load(content).blocks)
    assert [c.text for c in table.cells] == ["집행 실적", "국비", "시비"]


def test_tables_and_text_in_nested_forms(load: Reader) -> None:
    inner = make.grid([0, 100, 200], [0, 20, 40]) + make.text(10, 26, "국비") + make.text(110, 26, "10")
    form = "/Type /XObject /Subtype /Form /BBox [0 0 400 600] /Resources << /Font << /F1 3 0 R >> {} >>"
    document = load(
        "q 1 0 0 1 50 100 cm /X1 Do Q",
        objects=[
            (form.format("/XObject << /X2 5 0 R >>"), "q 1 0 0 1 20 30 cm /X2 Do Q"),
            (form.format(""), inner),
        ],
        xobjects="/X1 4 0 R",
    )
    (table,) = tables(document.blocks)
    assert rows(table) == [["국비", "10"], ["", ""]]
    assert table.place.box is not None
    assert _near(table.place.box, (70 / 400, 430 / 600, 270 / 400, 470 / 600))


# --- several pages ---


def _page(number: int, *body: str, header: str = "공약 관리카드 모음") -> str:
    top = make.text(280, 575, header, 8) + make.text(190, 15, f"- {number} -", 8)
    return top + "".join(make.text(50, 540 - 15 * i, t) for i, t in enumerate(body))


def test_running_headers_and_page_numbers_are_margins(load: Reader) -> None:
    document = load(*(_page(n, f"{n}번째 쪽의 글", "같은 글") for n in range(1, 5)))
    assert texts(document) == [t for n in range(1, 5) for t in (f"{n}번째 쪽의 글", "같은 글")]
    assert sorted({m.text for m in document.margins}) == [
        "- 1 -",
        "- 2 -",
        "- 3 -",
        "- 4 -",
        "공약 관리카드 모음",
    ]
    assert [b.page for b in document.blocks if isinstance(b, PageBreak)] == [2, 3, 4]


def test_a_title_at_the_top_of_each_card_stays(load: Reader) -> None:
    pages = [
        make.text(120, 560, "공약 관리카드", 16) + make.text(50, 520, f"공약명 : 사업 {n}") for n in range(3)
    ]
    document = load(*pages)
    assert texts(document).count("공약 관리카드") == 3
    assert not document.margins


def test_pages_of_one_line_keep_it(load: Reader) -> None:
    document = load(*(make.text(50, 570, f"{n}쪽의 제목") for n in range(1, 5)))
    assert texts(document) == [f"{n}쪽의 제목" for n in range(1, 5)]


def _table_page(top: float, table_rows: Sequence[Sequence[str]], before: str = "") -> str:
    ys = [top - 20 * i for i in range(len(table_rows) + 1)]
    content = make.text(50, top + 20, before) if before else ""
    content += make.grid([50, 150, 250, 350], ys)
    for y, row in zip(ys[1:], table_rows, strict=True):
        content += "".join(make.text(60 + 100 * i, y + 6, t) for i, t in enumerate(row) if t)
    return content


HEAD = ["재원", "2023", "2024"]


@pytest.mark.parametrize("again", [True, False], ids=["header repeated", "header once"])
def test_tables_go_on_over_page_breaks(load: Reader, again: bool) -> None:
    first = _table_page(90, [HEAD, ["국비", "1", "2"], ["시비", "3", "4"]], "투자계획")
    second = _table_page(570, ([HEAD] if again else []) + [["구비", "5", "6"], ["기타", "7", "8"]])
    document = load(make.text(50, 560, "첫 쪽") + first, second + make.text(50, 300, "다음 글"))
    (table,) = tables(document.blocks)
    assert rows(table) == [
        HEAD,
        ["국비", "1", "2"],
        ["시비", "3", "4"],
        ["구비", "5", "6"],
        ["기타", "7", "8"],
    ]
    assert [part.page for part in table.fragments] == [1, 2]
    assert [cell.place.page for cell in table.cells if cell.col == 0] == [1, 1, 1, 2, 2]
    assert not any(isinstance(b, PageBreak) for b in document.blocks)


def test_a_table_that_ends_in_the_middle_of_a_page_does_not_go_on(load: Reader) -> None:
    first = _table_page(500, [HEAD, ["국비", "1", "2"]])
    filler = make.text(50, 30, "쪽의 끝", 10)
    other = _table_page(570, [["구분", "계획", "집행"], ["계", "5", "6"]])
    document = load(first, other + filler)
    assert len(tables(document.blocks)) == 2


def test_a_cell_cut_by_the_break_is_one(load: Reader) -> None:
    def part(ys: Sequence[float], label: str, body: Sequence[str]) -> str:
        content = make.grid([50, 120, 350], ys) + (make.text(60, ys[0] - 14, label) if label else "")
        return content + "".join(make.text(125, ys[0] - 14 - 15 * i, t) for i, t in enumerate(body))

    first = make.text(50, 560, "첫 쪽") + part([100, 60], "추진실적", ["○ 협약 체결", "○ 설계 착수"])
    second = part([570, 540], "", ["○ 공사 발주"])
    (table,) = tables(load(first, second).blocks)
    assert rows(table) == [["추진실적", "○ 협약 체결\n○ 설계 착수\n○ 공사 발주"]]
    assert [p.place.page for p in table.cells[1].paragraphs] == [1, 1, 2]


# --- findings and refusals ---


def codes(tmp_path: Path, data: bytes) -> list[tuple[str, int | None]]:
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    return [(f.code, f.places[0].page) for f in read(path)[1]]


def refusal(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert re.search("[가-힣]", caught.value.message)
    return caught.value.code


IMAGE = ("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "0")


def test_a_page_of_an_image_needs_ocr(tmp_path: Path) -> None:
    scan = "q 400 0 0 600 0 0 cm /I1 Do Q"
    data = make.pdf(
        [make.text(50, 500, "글이 있는 쪽"), scan, scan + make.text(190, 15, "- 3 -", 8), ""],
        objects=[IMAGE], xobjects="/I1 4 0 R",
    )  # fmt: skip
    assert codes(tmp_path, data) == [("NEEDS_OCR", 2), ("NEEDS_OCR", 3)]  # the empty last page is just empty


def test_a_file_of_empty_pages_is_not_silent(tmp_path: Path) -> None:
    assert codes(tmp_path, make.pdf(["", ""])) == [("NEEDS_OCR", 1), ("NEEDS_OCR", 2)]


def test_pictures_stand_where_they_are(load: Reader) -> None:
    content = (
        make.text(50, 500, "관련사진") + "q 200 0 0 100 50 380 cm /I1 Do Q\n" + make.text(80, 360, "착공식")
    )
    document = load(content, objects=[IMAGE], xobjects="/I1 4 0 R")
    assert [type(b) for b in document.blocks] == [Paragraph, Picture, Paragraph]


def test_a_figure_cut_by_the_edge_of_what_is_shown_is_none(tmp_path: Path) -> None:
    """A browser prints a table wider than the page: of the last column a part is seen, and the rest is not there."""
    content = make.lines([(50, y, 190, y) for y in (500, 520)] + [(x, 500, x, 520) for x in (50, 120)])
    content += make.text(60, 506, "국비") + make.text(140, 506, "894")
    content += "q 30 400 160 200 re W n " + make.text(170, 506, "0") + make.text(180, 506, "18") + "Q"
    path = tmp_path / "x.pdf"
    path.write_bytes(make.pdf([content]))
    document, findings = read(path)
    assert [(f.code, f.places[0].page) for f in findings] == [("UNREAD_PART", 1)]
    assert rows(tables(document.blocks)[0]) == [["국비", "894018…"]]


FIELD = "/Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (1,200) /F 4 /Rect [150 495 350 515]"


def test_the_value_in_a_field_is_on_the_page(tmp_path: Path) -> None:
    """A form that was filled in: the value is drawn by the field, not by the page."""
    form = "/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 3 0 R >> >>"
    path = tmp_path / "x.pdf"
    path.write_bytes(
        make.pdf(
            [make.text(50, 500, "소요예산")],
            objects=[(form, make.text(2, 5, "1,200백만원"))],
            box=f"/MediaBox [0 0 400 600] /Annots [ << {FIELD} /AP << /N 4 0 R >> >> ]",
        )
    )
    document, findings = read(path)
    assert [squeeze(p.text) for p in document.paragraphs()] == ["소요예산1,200백만원"]
    assert not findings


def test_a_field_whose_value_is_not_drawn_is_named(tmp_path: Path) -> None:
    data = make.pdf(
        [make.text(50, 500, "소요예산")], box=f"/MediaBox [0 0 400 600] /Annots [ << {FIELD} >> ]"
    )
    assert codes(tmp_path, data) == [("UNREAD_PART", 1)]


def test_fonts_without_letters_are_named(tmp_path: Path) -> None:
    font = make.FONT.replace("/UniKS-UTF16-H", "/Identity-H").replace("(Korea1)", "(Identity)")
    assert codes(tmp_path, make.pdf([make.text(50, 500, "알아볼 수 없는 글자들")], font=font)) == [
        ("UNDECODABLE_TEXT", 1)
    ]


def test_refusals(tmp_path: Path) -> None:
    good = make.pdf([make.text(50, 500, "글")])
    assert refusal(tmp_path, b"") == "no_text"
    assert refusal(tmp_path, b"%PDF-1.7\n" + b"x" * 50) == "truncated"
    assert refusal(tmp_path, good[: good.index(b"trailer")].replace(b"/Catalog", b"/Nothing")) == "truncated"
    assert refusal(tmp_path, b"%PDF-1.7\nnonsense\nstartxref\n0\n%%EOF") == "corrupt"


def test_forms_that_call_themselves_are_refused(tmp_path: Path) -> None:
    entries = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 4 0 R >> >>"
    data = make.pdf(["/X1 Do"], objects=[(entries, "/X1 Do /X1 Do")], xobjects="/X1 4 0 R")
    assert refusal(tmp_path, data) == "corrupt"


def test_forms_that_only_share_a_dictionary_are_read(load: Reader) -> None:
    entries = "/Type /XObject /Subtype /Form /BBox [0 0 400 600] /Resources << /Font << /F1 3 0 R >> "
    entries += "/XObject << /X1 4 0 R >> >>"
    document = load("/X1 Do", objects=[(entries, make.text(50, 500, "직인"))], xobjects="/X1 4 0 R")
    assert texts(document) == ["직인"]


def test_filters_in_a_row_are_refused(tmp_path: Path) -> None:
    data = make.pdf([""], objects=[("/Filter [/FlateDecode /FlateDecode]", "x")])
    assert refusal(tmp_path, data) == "too_large"


# --- drawing, second reading ---


def test_draw_writes_a_page_image_with_the_claim(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "카드.pdf"
    path.write_bytes(make.pdf([make.grid([50, 150], [300, 340]) + make.text(60, 310, "계")] * 2))
    document = read(path)[0]
    claim = Place(page=1, box=(0.5, 0.5, 0.75, 0.6))
    first, second = draw(path, document, [(claim, "title"), (Place(line=3), "no box")], tmp_path / "out")
    with Image.open(first) as image, Image.open(second) as other:
        assert image.size == (600, 900)
        corner = (300, 450)
        assert image.getpixel(corner) == (211, 47, 47)
        assert other.getpixel(corner) == (255, 255, 255)
        assert image.getpixel((75, 420)) == (46, 125, 50)  # the table's left border


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("corner", ["0 0 400 600", "-50 -20 420 600"])
def test_pdfplumber_reads_the_same_tables(tmp_path: Path, turn: int, corner: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(
        make.pdf(
            [make.text(50, 550, "글"), _table_page(400, [HEAD, ["국비", "1", "2"]])],
            box=f"/MediaBox [{corner}] /CropBox [20 30 380 590] /Rotate {turn}",
        )
    )
    (table,) = tables(read(path)[0].blocks)
    (again,) = read_again(path, 2)
    if not turn:  # pdfplumber reads turned letters one by one
        assert rows(again) == rows(table)
    assert again.place.box is not None
    assert table.place.box is not None
    assert _near(again.place.box, table.place.box)
    assert read_again(path, 1) == []


# --- the shared corpus ---

CORPUS = "corpus/inbox/*/*/pdf/*.pdf"


def _flat(blocks: Sequence[Block]) -> list[str]:
    out = []
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(squeeze(block.text))
        elif isinstance(block, Table):
            out += ["".join(_cell(cell) for cell in row) for row in block.lines()]
    return [text for text in out if text]


def _cell(cell: Cell) -> str:
    return "".join(_flat(cell.blocks))


def _twin(path: Path) -> list[str]:
    """The text twin's lines without white space; its converter wrote "- " before some markers, once."""
    text = path.parents[1].joinpath("txt", path.name.replace("_pdf.pdf", "_txt.txt")).read_text("utf-8-sig")
    found = [re.sub(r"^-(?=[▷⇒※])", "", squeeze(line)) for line in text.splitlines()]
    return [re.sub(r"^--", "-", line) for line in found if line]


@pytest.mark.parametrize("kind", ["single", "multi", "long"])
def test_every_line_of_the_twin_in_its_order(kind: str) -> None:
    for path in shared(f"corpus/inbox/{kind}/*/pdf/*.pdf"):
        document = read(path)[0]
        margins = {squeeze(m.text) for m in document.margins}
        got = [re.sub(r"^-(?=[▷⇒※])", "", t) for t in _flat(document.blocks)]
        want = [t for t in _twin(path) if t not in margins or t in got]
        assert [t for t in got if t not in margins] == [t for t in want if t not in margins], path.name
        if kind == "multi":  # the title stands on the cover, in dev1 also on each of twelve cards
            titles = 13 if path.name.startswith("dev1") else 1
            assert [got.count(title) for title in margins & set(got)] == [titles], path.name


def test_layouts_too() -> None:
    for path in shared("layouts/inbox/single/fz10[01]*/pdf/*_01_pdf.pdf"):
        document = read(path)[0]
        margins = {squeeze(m.text) for m in document.margins}
        got = [re.sub(r"^-(?=[▷⇒※])", "", t) for t in _flat(document.blocks)]
        assert [t for t in got if t not in margins] == [t for t in _twin(path) if t not in margins], path.name


def test_cells_are_those_of_pdfplumber() -> None:
    import pdfplumber

    for path in shared("corpus/inbox/single/*/pdf/*_0[25]_pdf.pdf"):
        mine = [
            (cell.place, _cell(cell), table)
            for table in tables(read(path)[0].blocks)
            for cell in table.cells
            if not table.fragments
        ]
        whole = {place.page for place, _, _ in mine}
        joined = {part.page for table in tables(read(path)[0].blocks) for part in table.fragments}
        with pdfplumber.open(path) as pdf:
            for number, page in enumerate(pdf.pages, start=1):
                if number not in whole or number in joined:
                    continue
                theirs = [
                    (box, squeeze(text or ""))
                    for table in page.find_tables()
                    for row, line in zip(table.rows, table.extract(), strict=True)
                    for box, text in zip(row.cells, line, strict=True)
                    if box
                ]
                ours = [
                    (
                        tuple(v * s for v, s in zip(place.box, (page.width, page.height) * 2, strict=True)),
                        text,
                    )
                    for place, text, _ in mine
                    if place.page == number and place.box
                ]
                assert len(ours) == len(theirs)
                key = lambda c: (round(c[0][1] / 6), round(c[0][0] / 6))  # noqa: E731
                for (a, text), (b, other) in zip(sorted(ours, key=key), sorted(theirs, key=key), strict=True):
                    assert text == other
                    assert max(abs(u - v) for u, v in zip(a, b, strict=True)) < 3
