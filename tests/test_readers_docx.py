"""DOCX: made-up documents, built with python-docx or by hand, python-docx being the judge of plain grids."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml as docx_xml
from docx.oxml.ns import nsdecls

from cardextract.document import Block, Document, PageBreak, Paragraph, Picture, Place, Table
from cardextract.findings import Unreadable
from cardextract.readers import sniff
from cardextract.readers.docx import read
from cardextract.readers.text import read as read_text

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shared(*parts: str) -> Path:
    """A folder of the shared material; the test skips without it, but not in CI."""
    folder = SHARED.joinpath(*parts)
    if not folder.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{folder} is missing")
        pytest.skip("the shared material is not here")
    return folder


def package(path: Path, body: str, **parts: str) -> Path:
    """A package with this body; parts: styles, numbering, footnotes, header, footer."""
    kinds = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "header": "header",
             "footer": "footer", "comments": "comments"}  # fmt: skip
    rels = "".join(
        f'<Relationship Id="r{i}" Type="{REL}/{kinds[name]}" Target="{name}.xml"/>'
        for i, name in enumerate(parts)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr(
            "_rels/.rels",
            f'<Relationships><Relationship Id="r" Type="{REL}/officeDocument" Target="/word/document.xml"/>'
            "</Relationships>",
        )
        z.writestr("word/document.xml", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")
        z.writestr("word/_rels/document.xml.rels", f"<Relationships>{rels}</Relationships>")
        for name, xml in parts.items():
            z.writestr(f"word/{name}.xml", xml)
    return path


def made(path: Path, body: str, **parts: str) -> Document:
    return read(package(path / "card.docx", body, **parts))[0]


def lines(blocks: tuple[Block, ...]) -> list[str]:
    return [f"{b.marker}|{b.text}" for b in blocks if isinstance(b, Paragraph)]


def table(document: Document) -> Table:
    return next(b for b in document.blocks if isinstance(b, Table))


def grid(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


def p(text: str, ppr: str = "") -> str:
    return f'<w:p><w:pPr>{ppr}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def tc(text: str, tcpr: str = "") -> str:
    return f"<w:tc><w:tcPr>{tcpr}</w:tcPr>{p(text)}</w:tc>"


def tr(*cells: str, trpr: str = "") -> str:
    return f"<w:tr><w:trPr>{trpr}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def span(columns: int) -> str:
    return f"<w:gridSpan w:val='{columns}'/>"


BEGIN, GO_ON = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"


# --- tables ---


def test_grid_equals_python_docx(tmp_path: Path) -> None:
    book = docx.Document()
    t = book.add_table(4, 5)
    for r in range(4):
        for c in range(5):
            t.cell(r, c).text = f"{r}{c}"
    t.cell(0, 1).merge(t.cell(0, 3)).text = "머리"
    t.cell(1, 0).merge(t.cell(3, 0)).text = "소요"
    t.cell(2, 2).merge(t.cell(3, 4)).text = "블록"
    path = tmp_path / "card.docx"
    book.save(str(path))
    ours = table(read(path)[0])
    assert grid(ours) == [[t.cell(r, c).text for c in range(5)] for r in range(4)]
    assert len(ours.cells) == 20 - 2 - 2 - 5


def test_grid_before_and_rows_that_end_early(tmp_path: Path) -> None:
    before = "<w:gridBefore w:val='1'/>"
    body = tbl(tr(tc("구분", span(2)), tc("계")), tr(tc("국비"), tc("10"), trpr=before), tr(tc("끝")))
    t = table(made(tmp_path, body))
    assert grid(t) == [["구분", "구분", "계"], ["", "국비", "10"], ["끝", "", ""]]
    assert t.cells[2].place == Place(table=0, row=1, col=1)


def test_vmerge_without_a_beginning_and_of_another_width(tmp_path: Path) -> None:
    body = tbl(
        tr(tc("a", GO_ON), tc("b", BEGIN), tc("c")),
        tr(tc("", GO_ON), tc("d", span(2) + GO_ON)),
        tr(tc("", GO_ON), tc("e", GO_ON), tc("f")),
    )
    t = table(made(tmp_path, body))
    assert grid(t) == [["a", "b", "c"], ["a", "d", "d"], ["a", "e", "f"]]


def test_old_horizontal_merge_deleted_rows_and_header_rows(tmp_path: Path) -> None:
    body = tbl(
        tr(tc("계", "<w:hMerge w:val='restart'/>"), tc("", "<w:hMerge/>"), trpr="<w:tblHeader/>"),
        tr(tc("지움"), tc("지움"), trpr="<w:del/>"),
        tr(tc("1"), tc("2")),
    )
    t = table(made(tmp_path, body))
    assert grid(t) == [["계", "계"], ["1", "2"]]
    assert [cell.header for cell in t.cells] == [True, False, False]


def test_nested_tables_are_numbered_in_reading_order(tmp_path: Path) -> None:
    body = tbl(tr(f"<w:tc>{p('밖')}{tbl(tr(tc('안')))}</w:tc>")) + tbl(tr(tc("뒤")))
    document = made(tmp_path, body)
    assert [(q.text, q.place.table) for q in document.paragraphs()] == [("밖", 0), ("안", 1), ("뒤", 2)]


@pytest.mark.parametrize(
    "body",
    [
        "<w:tbl><w:tr><w:tc>" * 40 + p("x") + "</w:tc></w:tr></w:tbl>" * 40,
        tbl(tr(tc("x", span(100_000)))),
        tbl(tr(tc("x"), trpr="<w:gridBefore w:val='99999'/>")),
        tbl(*[tr(tc("x", span(900)))] * 3000),
    ],
)
def test_bombs_are_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(Unreadable, match="too_large"):
        made(tmp_path, body)


# --- text ---


def test_what_the_page_shows_is_text(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>가</w:t></w:r><w:ins><w:r><w:t>나</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>지움</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>옮김</w:t></w:r></w:moveFrom>"
        "<w:hyperlink><w:r><w:t>다</w:t></w:r></w:hyperlink>"
        "<w:sdt><w:sdtPr><w:placeholder/></w:sdtPr><w:sdtContent><w:r><w:t>라</w:t></w:r></w:sdtContent></w:sdt>"
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>마</w:t></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>숨김</w:t></w:r><w:r><w:tab/><w:t>바</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent>" + p("사") + "</w:sdtContent></w:sdt>"
    )
    assert [x.text for x in made(tmp_path, body).paragraphs()] == ["가나다라마", "바", "사"]


def test_comments_and_hidden_text_hang_on_their_place(tmp_path: Path) -> None:
    """Neither is part of the text, and neither is lost."""
    refers = "<w:r><w:commentReference w:id='{}'/></w:r>"
    secret = (
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>비</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>밀</w:t></w:r>"
    )
    cell = f"<w:tc><w:p><w:r><w:t>512</w:t></w:r>{refers.format(7)}{secret}</w:p></w:tc>"
    said = "".join(
        f"<w:comment w:id='{i}'>{body}</w:comment>"
        for i, body in ((3, p("안 쓰임")), (7, p("580") + p("추경")))
    )
    found = made(
        tmp_path, p("앞") + tbl(tr(tc("국비"), cell)), comments=f"<w:comments {WORD}>{said}</w:comments>"
    )
    assert grid(table(found)) == [["국비", "512"]]
    assert [(n.kind, n.place, n.text) for n in found.notes] == [
        ("memo", Place(table=0, row=0, col=1), "580\n추경"),
        ("hidden", Place(table=0, row=0, col=1), "비밀"),
    ]


def test_a_text_box_counts_once_with_its_table(tmp_path: Path) -> None:
    box = p("상자") + tbl(tr(tc("칸")))
    body = (
        "<w:p><w:r><w:t>앞</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
        "<wps:wsp>"
        f"<wps:txbx><w:txbxContent>{box}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox></w:pict>"
        "</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert [q.text for q in made(tmp_path, body).paragraphs()] == ["앞", "상자", "칸"]


def test_line_breaks_page_breaks_and_places(tmp_path: Path) -> None:
    body = (
        p("○ 첫째", "<w:ind w:left='400' w:hanging='200'/>") + p("")
        + '<w:p><w:r><w:t>둘째</w:t><w:br/><w:t>  - 셋째</w:t><w:br w:type="page"/>'
        + "<w:t>넷째</w:t></w:r></w:p>"
        + p("다섯째", "<w:pageBreakBefore/>")
        + "<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:drawing><wp:docPr descr='사진'/></w:drawing></w:r></w:p>"
    )  # fmt: skip
    blocks = made(tmp_path, body).blocks
    kinds = [b.text if isinstance(b, Paragraph) else type(b).__name__ for b in blocks]
    assert kinds == [
        "○ 첫째", "둘째", "  - 셋째", "PageBreak", "넷째", "PageBreak", "다섯째", "Picture", "PageBreak"
    ]  # fmt: skip
    paragraphs = [b for b in blocks if isinstance(b, Paragraph)]
    assert [q.place.block for q in paragraphs] == [0, 2, 2, 2, 3]
    assert paragraphs[0].indent == 1
    assert paragraphs[2].indent > paragraphs[1].indent
    assert blocks[-2] == Picture(Place(block=4), "사진")
    assert isinstance(blocks[-1], PageBreak)


def test_a_deleted_paragraph_mark_joins_lines(tmp_path: Path) -> None:
    body = p("앞의 ", "<w:rPr><w:del/></w:rPr>") + p("뒤") + p("따로")
    assert lines(made(tmp_path, body).blocks) == ["|앞의뒤", "|따로"]


def test_headers_footers_and_notes_stand_apart(tmp_path: Path) -> None:
    body = "<w:p><w:r><w:t>총사업비 10억원</w:t><w:footnoteReference w:id='2'/></w:r></w:p>"
    note = f"<w:footnotes {WORD}><w:footnote w:id='0'>{p('구분선')}</w:footnote><w:footnote w:id='2'>"
    note += p(" 국비 포함")
    document = made(
        tmp_path, body, header=f"<w:hdr {WORD}>{p('관리카드')}</w:hdr>",
        footer=f"<w:ftr {WORD}>{p('- 1 -')}</w:ftr>",
        footnotes=note + "</w:footnote></w:footnotes>",
    )  # fmt: skip
    assert lines(document.blocks) == ["|총사업비 10억원", "1)|국비 포함"]
    assert [m.text for m in document.margins] == ["관리카드", "- 1 -"]


# --- lists and styles ---


def level(at: int, kind: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/>{more}'
        f'<w:pPr><w:ind w:left="{400 * (at + 1)}" w:hanging="400"/></w:pPr></w:lvl>'
    )


NUMBERING = (
    f"<w:numbering {WORD}><w:abstractNum w:abstractNumId='0'>{level(0, 'decimal', '%1.')}"
    f"{level(1, 'ganada', '%2.')}{level(2, 'decimalEnclosedCircle', '%3')}{level(3, 'decimal', '%1-%4)')}"
    "</w:abstractNum><w:abstractNum w:abstractNumId='1'>"
    + level(0, "bullet", "\uf06d", '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>')
    + level(1, "bullet", "-", '<w:pStyle w:val="Sub"/>')
    + "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
    "<w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num><w:num w:numId='3'><w:abstractNumId w:val='0'/>"
    "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='7'/></w:lvlOverride></w:num></w:numbering>"
)


def item(text: str, num: int, at: int) -> str:
    return p(text, f"<w:numPr><w:ilvl w:val='{at}'/><w:numId w:val='{num}'/></w:numPr>")


def test_automatic_numbers_count_as_word_does(tmp_path: Path) -> None:
    body = "".join(
        item(text, num, at)
        for text, num, at in [
            ("a", 1, 0), ("b", 1, 1), ("c", 1, 1), ("d", 1, 2), ("e", 1, 3), ("f", 1, 0), ("g", 1, 1),
            ("h", 3, 0),
        ]
    )  # fmt: skip
    blocks = made(tmp_path, body, numbering=NUMBERING, styles=f"<w:styles {WORD}/>").blocks
    assert lines(blocks) == ["1.|a", "가.|b", "나.|c", "①|d", "1-1)|e", "2.|f", "가.|g", "7.|h"]
    assert [b.level for b in blocks if isinstance(b, Paragraph)] == [0, 1, 1, 2, 3, 0, 1, 0]


STYLES = (
    f"<w:styles {WORD}><w:style w:type='paragraph' w:styleId='Item'><w:pPr><w:numPr><w:numId w:val='2'/>"
    "</w:numPr></w:pPr></w:style>"
    "<w:style w:type='paragraph' w:styleId='Sub'><w:basedOn w:val='Item'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='Loop'><w:basedOn w:val='Loop2'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='Loop2'><w:basedOn w:val='Loop'/></w:style>"
    "<w:style w:type='paragraph' w:styleId='H'><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:style></w:styles>"
)


def test_bullets_come_through_styles(tmp_path: Path) -> None:
    def styled(text: str, name: str, more: str = "") -> str:
        return p(text, f"<w:pStyle w:val='{name}'/>{more}")

    body = (
        styled("하나", "Item") + styled("둘", "Sub") + styled("셋", "Loop") + styled("넷", "H")
        + styled("다섯", "Item", "<w:numPr><w:numId w:val='0'/></w:numPr>") + styled("여섯", "없는것")
    )  # fmt: skip
    document = made(tmp_path, body, numbering=NUMBERING, styles=STYLES)
    blocks = list(document.paragraphs())
    assert [(b.marker, b.level) for b in blocks[:2]] == [("❍", 0), ("-", 1)]
    assert blocks[1].indent > blocks[0].indent
    assert [b.marker for b in blocks[2:]] == ["", "", "", ""]
    assert blocks[3].heading == 2


def test_symbols_of_symbol_fonts(tmp_path: Path) -> None:
    body = (
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0E8"/><w:t> 가</w:t></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf06e</w:t></w:r>'
        "<w:r><w:t>\uf06e</w:t></w:r></w:p>"
    )
    assert lines(made(tmp_path, body).blocks) == ["|➔ 가■\uf06e"]


def test_list_styles_of_python_docx(tmp_path: Path) -> None:
    book = docx.Document()
    book.add_heading("추진계획", 2)
    for text in ("설계", "착공"):
        book.add_paragraph(text, style="List Number")
    book.add_paragraph("준공", style="List Bullet")
    book.element.body.insert(0, docx_xml(f"<w:p {nsdecls('w')}><w:r><w:t>맨 앞</w:t></w:r></w:p>"))
    path = tmp_path / "card.docx"
    book.save(str(path))
    blocks = read(path)[0].blocks
    assert lines(blocks) == ["|맨 앞", "|추진계획", "1.|설계", "2.|착공", "•|준공"]
    assert [b.heading for b in blocks if isinstance(b, Paragraph)] == [None, 2, None, None, None]


# --- odd packages ---


def test_strict_namespaces_and_a_main_part_of_another_name(tmp_path: Path) -> None:
    usual = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    path = package(tmp_path / "a.docx", p("공약명"))
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as z:
        for name in source.namelist():
            text = (
                source.read(name).decode().replace(usual, "http://purl.oclc.org/ooxml/wordprocessingml/main")
            )
            z.writestr(name.replace("/document", "/body"), text.replace("/document.xml", "/body.xml"))
    path.write_bytes(out.getvalue())
    assert lines(read(path)[0].blocks) == ["|공약명"]


def test_an_embedded_document_is_a_finding(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", "<w:altChunk r:id='x'/>")
    assert [f.code for f in read(path)[1]] == ["UNREAD_PART", "NO_TEXT"]


def test_charts_and_objects_are_named_once_a_kind(tmp_path: Path) -> None:
    chart = "<w:r><w:drawing><a:graphic xmlns:a='a'><a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/{}'/></a:graphic></w:drawing></w:r>"
    sheet = "<w:r><w:object><o:OLEObject xmlns:o='o' ProgID='Excel.Sheet.12'/></w:object></w:r>"
    body = (
        p("가")
        + f"<w:p>{chart.format('chart')}{sheet}</w:p><w:p>{chart.format('chart')}{chart.format('picture')}</w:p>"
    )
    found = read(package(tmp_path / "a.docx", body))[1]
    assert [(f.code, f.places) for f in found] == [
        ("UNREAD_PART", (Place(block=1), Place(block=2))),
        ("UNREAD_PART", (Place(block=1),)),
    ]
    assert ["차트" in f.message for f in found] == [True, False]


def test_a_body_without_text_is_a_finding(tmp_path: Path) -> None:
    """Pictures alone, or text in the page header alone."""
    page = package(tmp_path / "a.docx", "<w:p/>", header=f"<w:hdr {WORD}>{p('관리카드')}</w:hdr>")
    assert [f.code for f in read(page)[1]] == ["NO_TEXT"]
    assert read(package(tmp_path / "b.docx", p("가")))[1] == []


def test_no_body_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("word/document.xml", f"<w:document {WORD}/>")
    with pytest.raises(Unreadable, match="corrupt"):
        read(path)


# --- the shared material ---


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def twins(folder: Path, kind: str) -> list[tuple[Path, Path]]:
    """(text, other) of each card; fz1040 and up are kept for measuring."""
    texts = sorted(folder.glob("dev*/txt/*.txt")) + sorted(folder.glob("fz10[0-3]?/txt/*.txt"))
    return [(t, t.parents[1] / kind / f"{t.stem.removesuffix('_txt')}_{kind}.{kind}") for t in texts]


def missing(text: Path, document: Document) -> list[str]:
    """The fields of the text twin that the document lacks. Its converter doubles markers: '- ▷'."""
    found = squeeze("".join(q.marker + q.text for q in (*document.paragraphs(), *document.margins)))
    decoded = read_text(text)[0].decoded or ""
    out = []
    for part in re.split(r"[\t\r\n]+", decoded):
        wanted = squeeze(part)
        if wanted not in found and squeeze(re.sub(r"^\s*- (?=[▷※⇒*])", "", part)) not in found:
            out.append(part)
    return out


@pytest.mark.parametrize("place", ["corpus", "layouts"])
def test_every_line_of_the_text_twin_is_found(place: str) -> None:
    pairs = twins(shared(place, "inbox", "single"), "docx")
    assert len(pairs) >= 30
    lost = {other.name: gone for text, other in pairs if (gone := missing(text, read(other)[0]))}
    assert not lost


def test_hostile_files_end_in_a_document_or_a_code() -> None:
    files = sorted(shared("torture", "docx").iterdir())
    codes = {}
    for path in files:
        try:
            sniff(path)
            codes[path.name] = "read" if any(True for _ in read(path)[0].paragraphs()) else "empty"
        except Unreadable as verdict:
            codes[path.name] = verdict.code
    assert codes["made__billion_laughs.docx"] == codes["made__xxe_http.docx"] == "corrupt"
    assert codes["made__zip_bomb_1M_paragraphs.docx"] == codes["made__nested_tables_2000.docx"] == "too_large"
    assert (
        codes["poi__bug53475-password-is-solrcell.docx"] == codes["made__encrypted_flag.docx"] == "encrypted"
    )
    assert codes["tika__testWORD_truncated.docx"] == "truncated"
    assert codes["docling__legacy_sample.docx"] == codes["made__is_exe.docx"] == "unsupported_type"
    assert codes["docling__equations.docx"] == codes["poi__MultipleBodyBug.docx"] == "read"
    assert len(codes) == len(files)
