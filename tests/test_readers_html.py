"""HTML: made-up pages, read as a browser shows them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cardextract import extract
from cardextract.card import Card
from cardextract.document import Document, Paragraph, Picture, Place, Table
from cardextract.findings import Unreadable
from cardextract.readers import sniff
from cardextract.readers.html import read
from cardextract.readers.html_page import MAX_ATTRIBUTES, MAX_DEPTH
from cardextract.readers.text import read as read_text

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def shared(*parts: str) -> Path:
    """A folder of the shared material; the test skips without it, but not in CI."""
    folder = SHARED.joinpath(*parts)
    if not folder.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{folder} is missing")
        pytest.skip("the shared material is not here")
    return folder


def made(path: Path, page: str | bytes) -> Document:
    file = path / "card.html"
    file.write_bytes(page.encode() if isinstance(page, str) else page)
    return read(file)[0]


def lines(document: Document) -> list[str]:
    return [f"{b.marker}|{b.text}" for b in document.blocks if isinstance(b, Paragraph)]


def table(document: Document) -> Table:
    return next(b for b in document.blocks if isinstance(b, Table))


def grid(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


# --- tables ---


def test_spans_make_a_grid(tmp_path: Path) -> None:
    page = """<table><tr><th colspan=2>구 분<th>계<th>2022년</tr>
      <tr><th rowspan=2>소요<br>예산<th>총계<td>10<td>4</tr><tr><th>국비<td>6<td>2</tr></table>"""
    t = table(made(tmp_path, page))
    assert grid(t) == [
        ["구 분", "구 분", "계", "2022년"],
        ["소요\n예산", "총계", "10", "4"],
        ["소요\n예산", "국비", "6", "2"],
    ]
    assert t.cells[3].place == Place(table=0, row=1, col=0)
    assert [c.header for c in t.cells[3:6]] == [True, True, False]
    assert not t.ragged


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<table><td>1<td>2</table>", [["1", "2"]]),
        ("<table><tr><td rowspan=9>a<td>b<tr><td>c</table>", [["a", "b"], ["a", "c"]]),
        ("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>", [["a", "b"], ["a", "c"], ["a", "d"]]),
        ("<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>", [["a", "b"], ["c", "b"]]),
        ("<table><tfoot><tr><td>끝<tbody><tr><td>몸<thead><tr><td>머리</table>", [["머리"], ["몸"], ["끝"]]),
        ("<table><thead><tr><td rowspan=3>a<td>b<tbody><tr><td>c<td>d</table>", [["a", "b"], ["c", "d"]]),
        ("<table><tr><td>a<tr style='display:none'><td>b<tr hidden><td>c<tr><td>d</table>", [["a"], ["d"]]),
        ("<table><tr><td colspan=x>a<td colspan=-2>b</table>", [["a", "b"]]),
        ("<div><tr><td>셀만</div>", None),
    ],
)
def test_tables_as_browsers_lay_them_out(tmp_path: Path, page: str, expected: list[list[str]] | None) -> None:
    document = made(tmp_path, page)
    if expected is None:
        assert lines(document) == ["|셀만"]
    else:
        assert grid(table(document)) == expected


ROWS = [["공약명", "물길"], ["부서", "하천과"], ["진도", "50%"]]


@pytest.mark.parametrize(
    "row",
    [
        "<div class=row><div class=col-2>{}</div><div class=col-10>{}</div></div>",
        "<li><strong>{}</strong> <span>{}</span></li>",
        "<p><span class=tit>{}</span><span class=con>{}</span></p>",
        "<dl><dt>{}</dt> <dd>{}</dd></dl>",
        "<div style='display: table-row'><i>{}</i> <b>{}</b></div>",
    ],
)
def test_boxes_of_one_kind_with_their_parts_side_by_side_are_rows(tmp_path: Path, row: str) -> None:
    boxes = "".join(row.format(*pair) for pair in ROWS)
    document = made(tmp_path, f"<h3>현황</h3><div style='display:table'>{boxes}</div><p>끝글</p>")
    assert grid(table(document)) == ROWS
    assert lines(document) == ["|현황", "|끝글"]


def test_a_style_sheet_makes_a_table(tmp_path: Path) -> None:
    page = "<style>.t{display:table}.r{display:table-row}.c{display:table-cell}</style><div class=t>"
    cells = "".join(f"<span class=c>{text}</span>" for text in ("재원", "계"))
    assert grid(table(made(tmp_path, f"{page}<div class=r>{cells}</div></div>"))) == [["재원", "계"]]


@pytest.mark.parametrize(
    "page",
    [
        "<p><b>물길</b>을 <i>고친다</i></p>" * 3,
        "<p><b>강조</b><b>강조</b></p>" * 3,
        "<li><span class=no>1</span><span class=t>착공</span></li>" * 3,
        "<div><div>공약명</div><div>물길</div></div>" * 2,
        f"<div><div>{'긴 글 ' * 20}</div><div>{'긴 글 ' * 20}</div></div>" * 3,
    ],
    ids=["running text", "parts of one kind", "numbers", "two boxes", "columns of text"],
)
def test_boxes_that_are_no_rows(tmp_path: Path, page: str) -> None:
    assert not [b for b in made(tmp_path, page).blocks if isinstance(b, Table)]


def test_no_position_is_covered_twice(tmp_path: Path) -> None:
    page = "<table><tr><td>a<td rowspan=3>b<td>c<tr><td colspan=3>d<tr><td rowspan=2 colspan=2>e<td>f</table>"
    t = table(made(tmp_path, page))
    covered = [
        (r, c)
        for x in t.cells
        for r in range(x.row, x.row + x.rowspan)
        for c in range(x.col, x.col + x.colspan)
    ]
    assert len(covered) == len(set(covered))
    assert {x.text for x in t.cells} == set("abcdef")


def test_a_table_that_lost_its_spans_is_ragged(tmp_path: Path) -> None:
    assert table(made(tmp_path, "<table><tr><td>구분<td>계<tr><td>국비<td>1<td>2</table>")).ragged


def test_nested_tables_and_captions(tmp_path: Path) -> None:
    page = """<table><caption>(단위: 백만원)</caption><tr><td>밖<table><tr><td>안</table>뒤</table>
      <table><tr><td>다음</table>"""
    document = made(tmp_path, page)
    assert [(p.text, p.place.table) for p in document.paragraphs()] == [
        ("(단위: 백만원)", None), ("밖", 0), ("안", 1), ("뒤", 0), ("다음", 2),
    ]  # fmt: skip


def test_labels_and_values_without_a_table(tmp_path: Path) -> None:
    page = """<dl><dt>공약명<dd>작은도서관 늘리기<dt>사업비<dd>10억원<dd>국비 4억원</dl>
      <dl><div><dt>부서</dt><dd>도서관과</dd></div></dl><dl><dd>설명만</dl>"""
    document = made(tmp_path, page)
    tables = [b for b in document.blocks if isinstance(b, Table)]
    assert grid(tables[0]) == [["공약명", "작은도서관 늘리기"], ["사업비", "10억원\n국비 4억원"]]
    assert grid(tables[1]) == [["부서", "도서관과"]]
    assert lines(document) == ["|설명만"]


# --- text ---


def test_white_space_lines_and_blocks(tmp_path: Path) -> None:
    page = """<div>  공약명 :\n   <b>작은</b>도서관<br>&nbsp;&nbsp;- 둘째   줄 <br/><br></div>셋째<p>넷째
      <p>다<span>섯</span>째</p><pre>여섯\n  일곱</pre>"""
    document = made(tmp_path, page)
    expected = ["공약명 : 작은도서관", "\xa0\xa0- 둘째 줄", "셋째", "넷째", "다섯째", "여섯", "  일곱"]
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == expected
    blocks = [b.place.block for b in document.paragraphs()]
    assert blocks[0] == blocks[1] < blocks[2] < blocks[3] < blocks[4] < (blocks[5] or 0)


def test_hidden_text_and_what_is_no_text(tmp_path: Path) -> None:
    page = """<style>.off{display:none} p.dim{visibility:hidden} @media print{.on{display:none}}</style>
      <script>var a = "<table><p>x";</script><!-- <p>주석</p> --><p class=off>a</p><p class=dim>b</p>
      <p style="display: none">c</p><p hidden>d</p><noscript>e</noscript>
      <template>f</template><input type=hidden value=g><p class=on>보임</p><textarea>글 <b></textarea>"""
    assert lines(made(tmp_path, page)) == ["|보임", "|글 <b>"]


def test_forms_show_their_values(tmp_path: Path) -> None:
    page = """<p><input value="작은도서관"> <select><option>a<option selected>2024년</select></p>
      <p><input type=checkbox checked>완료 <input type=checkbox>보류</p>"""
    assert lines(made(tmp_path, page)) == ["|작은도서관 2024년", "|☑완료 ☐보류"]


def test_indent_from_style_sheet_style_and_spaces(tmp_path: Path) -> None:
    page = """<style>.dep1{margin-left:1em} .dep2,.x{padding: 0 0 0 32px}</style><p>○ 가<p class=dep1>- 나
      <p class="dep2">· 다<p style="padding-left:2em;text-indent:-2em">※ 라<p>&nbsp;&nbsp;마"""
    assert [p.indent for p in made(tmp_path, page).paragraphs()] == [0, 1, 2, 0, 1]


def test_list_markers_are_what_the_page_shows(tmp_path: Path) -> None:
    page = """<style>.none{list-style:none}</style><ul><li>가<ul><li>나</ul><li>○ 다<br>라</ul>
      <ol start=3><li>마<li value=7>바</ol><ol type=a><li>사</ol><ul class=none><li>아</ul>
      <ol style="list-style-type:hangul"><li>자</ol>"""
    document = made(tmp_path, page)
    assert lines(document) == [
        "•|가", "◦|나", "|○ 다", "|라", "3.|마", "7.|바", "a.|사", "|아", "가.|자",
    ]  # fmt: skip
    assert [p.level for p in document.paragraphs()][:2] == [0, 1]


def test_headings_pictures_and_bold(tmp_path: Path) -> None:
    page = "<h3>1. 추진<br>개요</h3><p><b>굵게</b></p><p><b>반</b>만</p><div><img alt='조감도'>사진</div>"
    blocks = made(tmp_path, page).blocks
    paragraphs = [b for b in blocks if isinstance(b, Paragraph)]
    assert [(b.text, b.heading, b.bold) for b in paragraphs[:4]] == [
        ("1. 추진", 3, False), ("개요", 3, False), ("굵게", None, True), ("반만", None, False),
    ]  # fmt: skip
    assert [b.alt for b in blocks if isinstance(b, Picture)] == ["조감도"]


def test_running_parts_of_a_site_stand_apart(tmp_path: Path) -> None:
    page = """<title>공약 &lt; 가온구</title><header><a href=/>가온구청</a></header>
      <nav><ul><li>메뉴</ul></nav><div class="btn"><a href=/1>목록</a></div>
      <p><a href=/2>이전</a><a>다음</a></p>
      <main><header><h3>공약명</h3></header><p><a href=/3>내용</a></p></main><footer>대표전화</footer>"""
    document = made(tmp_path, page)
    assert lines(document) == ["|공약명", "|내용"]
    assert {m.text for m in document.margins} == {
        "공약 < 가온구", "가온구청", "메뉴", "대표전화", "목록", "이전다음",
    }  # fmt: skip


def test_a_frame_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text('<iframe src="/card.do"></iframe><iframe src="/x" width="0"></iframe>')
    assert [f.code for f in read(path)[1]] == ["UNREAD_PART", "NO_TEXT"]


def test_a_hidden_part_with_figures_is_kept_as_a_note(tmp_path: Path) -> None:
    """It may be the panel of another tab; menus and words for screen readers are nobody's loss."""
    page = """<p>공약명</p><div style="display:none"><table><tr><td>총사업비<td>1,250백만원</table><script>var a = 12</script></div>
      <table><tr><td>진도<td>40%<span hidden>60%</span><td><span hidden>본문 바로가기</span></table>"""
    document = made(tmp_path, page)
    assert lines(document) == ["|공약명"]
    assert [(n.kind, n.place, n.text) for n in document.notes] == [
        ("hidden", Place(block=1), "총사업비 1,250백만원"),
        ("hidden", Place(table=0, row=0, col=1), "60%"),
    ]


# --- character sets ---

KOREAN = "<html><head>{}</head><body><p>공약명 작은도서관 늘리기</p></body></html>"


@pytest.mark.parametrize(
    ("meta", "code"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "cp949"),
        ('<meta charset="euc-kr">', "cp949"),
        ('<meta charset="euc-kr">', "utf-8"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=utf-8">', "cp949"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta charset="no-such-thing">', "utf-8"),
    ],
)
def test_character_sets(tmp_path: Path, meta: str, code: str) -> None:
    assert lines(made(tmp_path, KOREAN.format(meta).encode(code))) == ["|공약명 작은도서관 늘리기"]


def test_unknown_character_set(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="encoding_unknown"):
        made(tmp_path, b"<html><body>\xff\xfa\x80\xff</body></html>")


# --- guards ---

BOMBS = {
    "div": "<div>" * 300_000,
    "tables": "<table><tr><td>" * 40,
    "lists": "<ul><li>" * (MAX_DEPTH + 1),
    "formatting in every block": "".join(f"<div><font size={i}>x</div>" for i in range(30_000)),
    "paragraphs": "<p>" * 300_000,
    "attributes": "<p " + " ".join(f"a{i}" for i in range(MAX_ATTRIBUTES + 1)) + ">",
    "attributes behind a quoted sign": '<p x" b=">" '
    + " ".join(f"a{i}" for i in range(MAX_ATTRIBUTES))
    + ">",
    "spans": "<table>" + "<tr><td colspan=1000 rowspan=65534>x</td></tr>" * 5000 + "</table>",
    "columns": "<table><tr>" + "<td colspan=1000>x" * 5 + "</table>",
    "characters": "&amp;" * 300_000,
}


@pytest.mark.parametrize("case", BOMBS)
def test_bombs_are_refused(tmp_path: Path, case: str) -> None:
    with pytest.raises(Unreadable, match="too_large"):
        made(tmp_path, "<!doctype html><body>" + BOMBS[case])


def test_deep_but_honest_pages_are_read(tmp_path: Path) -> None:
    page = "<ul><li>" * 60 + "깊은 곳" + "<table><tr><td>" * 20 + "칸"
    assert [p.text for p in made(tmp_path, page).paragraphs()] == ["깊은 곳", "칸"]


def test_unclosed_formatting_in_many_cells_is_no_bomb(tmp_path: Path) -> None:
    page = "<table>" + "<tr><td><font size=2>가<td><b>나" * 1500 + "</table>"
    assert len(list(made(tmp_path, page).paragraphs())) == 3000


def test_an_unclosed_comment_hides_the_rest_as_in_a_browser(tmp_path: Path) -> None:
    assert lines(made(tmp_path, "<p>앞</p><!-->보임<!-- <p>뒤</p>" + "<!--" * 100_000)) == ["|앞", "|보임"]


# --- the shared material ---


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def missing(text: Path, document: Document) -> list[str]:
    """The fields of the text twin that the page lacks.

    A doubled marker ('- ▷') counts once; the running title of the printed report is on no web page.
    """
    found = squeeze("".join(p.marker + p.text for p in (*document.paragraphs(), *document.margins)))
    out = []
    for part in re.split(r"[\t\r\n]+", read_text(text)[0].decoded or ""):
        bare = squeeze(re.sub(r"^\s*- (?=[▷※⇒*])", "", part))
        if squeeze(part) not in found and bare not in found and not bare.startswith("민선8기시장공약"):
            out.append(part)
    return out


@pytest.mark.parametrize("place", ["corpus", "layouts"])
def test_every_line_of_the_text_twin_is_found(place: str) -> None:
    folder = shared(place, "inbox", "single")
    texts = sorted(folder.glob("dev*/txt/*.txt")) + sorted(folder.glob("fz10[0-3]?/txt/*.txt"))
    assert len(texts) >= 30
    lost = {}
    for text in texts:
        page = text.parents[1] / "html" / f"{text.stem.removesuffix('_txt')}_html.html"
        gone = missing(text, read(page)[0])
        if gone:
            lost[page.name] = gone
    assert not lost


def test_odd_pages_end_in_a_document_or_a_code() -> None:
    codes = {}
    for path in sorted(shared("torture", "txt").glob("*.html")):
        try:
            assert sniff(path) == "html"
            codes[path.name] = sum(len(p.text) for p in read(path)[0].paragraphs())
        except Unreadable as verdict:
            codes[path.name] = verdict.code
    assert codes["tika__testArabicMisleadingCharset.html"] == "encoding_unknown"
    assert codes["docling__wiki_duck.html"] > 20_000
    assert all(codes.values())


# --- pages as district sites build them ---


def card_of(path: Path, body: str) -> Card:
    file = path / "card.html"
    file.write_text(f"<meta charset=utf-8>{body}", encoding="utf-8")
    (card,) = extract(file, profile="base", mentions=False)
    return card


HEAD = "<h2>공약카드</h2><h3>3-5. 물길</h3><dl><dt>담당부서<dd>하천과<dt>추진상황<dd>추진중<dt>이행률<dd>61%</dl>"


def test_headings_of_one_level_head_sections_whatever_they_say(tmp_path: Path) -> None:
    table = "<table><caption>연도별 소요예산</caption><tr><th>구분<th>합계<th>2023<th>2024<tr><th>시비<td>30<td>10<td>20</table>"
    card = card_of(
        tmp_path,
        f"{HEAD}<h4>사업목적</h4><ul><li>맑은 물</ul><h4>해마다 드는 돈</h4><p>(단위: 백만원){table}"
        "<h4>추진실적</h4><ul><li>착공<ul><li>1구간</ul></ul>",
    )
    assert [s.kind for s in card.sections] == ["background", "investment", "achievements"]
    assert [i.text for s in card.sections for i in s.items] == ["맑은 물", "착공"]


def test_the_line_behind_a_picture_is_its_caption(tmp_path: Path) -> None:
    card = card_of(
        tmp_path,
        f"{HEAD}<h4>추진실적</h4><ul><li>착공</ul><h4>향후계획</h4><ul><li>준공</ul>"
        "<figure><img src=a.jpg><figcaption>개통식</figcaption></figure>",
    )
    assert card.captions == ["개통식"]
    assert [i.text for s in card.sections for i in s.items] == ["착공", "준공"]


def test_rows_of_divisions_are_labels_and_values(tmp_path: Path) -> None:
    pairs = {"공약번호": "7-2", "공약명": "통학버스", "주관부서": "교육과", "추진상황": "추진중"}
    pairs |= {"총사업비": "2,875백만원", "이행률": "76%"}
    rows = "".join(f"<div><div>{label}</div><div>{value}</div></div>" for label, value in pairs.items())
    card = card_of(
        tmp_path, f"<h2>공약카드</h2>{rows}<h3>공약목표</h3><p>ㅇ 30분 이내<h3>추진실적</h3><p>ㅇ 11대 운행"
    )
    assert (card.number, card.title, card.budget_total, card.progress) == (
        "7-2",
        "통학버스",
        2_875_000_000,
        76.0,
    )
    assert [i.text for i in card.sections[0].items] == ["30분 이내"]


def test_tables_that_only_lay_out_a_page_are_opened(tmp_path: Path) -> None:
    budget = "<table><tr><th>구분<th>계<th>2023<th>2024<tr><th>시비<td>30<td>10<td>20</table>"
    card = card_of(
        tmp_path,
        "<table><tr><td>메뉴<td><p>공약명 : 물길<p>담당부서 : 하천과<p>추진상황 : 추진중<p>□ 투자계획 (단위: 백만원)"
        f"{budget}<p>□ 추진실적<p>○ 착공</table>",
    )
    assert (card.title, card.status) == ("물길", "in_progress")
    assert {b.amount for b in card.budget} == {30_000_000, 10_000_000, 20_000_000}


def test_what_the_foot_says_of_the_date_is_kept(tmp_path: Path) -> None:
    page = "<h2>공약카드</h2><table><tr><td>공약명<td>물길<tr><td>담당부서<td>하천과<tr><td>추진상황<td>추진중</table>"
    card = card_of(
        tmp_path,
        f"{page}<h3>추진실적</h3><p>ㅇ 착공</p><p class='foot'>자료 기준일: 2025. 6. 30.<p class='foot'>담당 02-000-1111",
    )
    assert card.as_of == "2025-06-30"
    assert [i.text for i in card.sections[0].items] == ["착공"]
