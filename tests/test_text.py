"""The text reader: encodings, line ends, grids; every place is an exact span of the decoded file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardextract.document import Paragraph, Table
from cardextract.findings import Unreadable
from cardextract.readers.text import MAX_BYTES, decode, lines, parse, read

ENDS = st.text("가나 \t.○-\r\n\x0b\x0c\x1c\x85\u2028\u2029ab1", max_size=80)


@given(ENDS)
def test_only_three_line_ends(text: str) -> None:
    wanted = re.split(r"\r\n|\n|\r", text)
    if wanted[-1] == "":
        wanted.pop()
    assert [line for _, line in lines(text)] == wanted
    assert all(text.startswith(line, start) for start, line in lines(text))


@given(ENDS)
def test_every_place_is_exact_and_nothing_is_lost(text: str) -> None:
    seen = []
    for b in parse(text):
        if isinstance(b, Paragraph):
            assert text[b.place.start : b.place.end] == b.text
            seen.append(b.text)
            continue
        assert isinstance(b, Table)
        for cell in b.cells:
            for p in cell.paragraphs:
                assert text[p.place.start : p.place.end] == p.text
                seen.append(p.text)
    assert "".join("".join(seen).split()) == "".join(text.split())


@given(st.lists(st.lists(st.text("가나12,-", max_size=5), min_size=2, max_size=6), min_size=1, max_size=5))
def test_tabs_make_a_grid(rows: list[list[str]]) -> None:
    rows = [r for r in rows if any(r)] or [["가", "나"]]
    text = "\n".join("\t".join(r) for r in rows)
    (table,) = parse(text)
    assert isinstance(table, Table)
    assert table.ragged
    assert [[c.text for c in row] for row in table.lines()] == rows
    assert {c.place.line for c in table.cells} == set(range(1, len(rows) + 1))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_encodings(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("관리카드\n○ 뷁 시험".encode(codec))
    document, findings = read(path)
    assert findings == []
    assert document.decoded == "관리카드\n○ 뷁 시험"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_text"),
        (b" \r\n\t\n", "no_text"),
        (b"\xef\xbb\xbf", "no_text"),
        ("관리카드".encode()[:-1] + b"\xff\xff", "encoding_unknown"),
        (b"\xff\xfe\x00", "encoding_unknown"),
        (b"\xef\xbb\xbf\xff\xff", "encoding_unknown"),
    ],
)
def test_refusals(raw: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.code == code
    assert re.search("[가-힣]", caught.value.message)


def test_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(Unreadable, match="too_large"):
        read(path)


def test_damaged_characters_are_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("사업비 1,0\ufffd0백만원", encoding="utf-8")
    (found,) = read(path)[1]
    assert found.code == "DAMAGED_TEXT"
    assert (found.places[0].start, found.places[0].end) == (7, 8)


@given(st.binary(max_size=60))
def test_bytes_are_decoded_strictly_or_refused(raw: bytes) -> None:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return  # UTF-16 has a test of its own
    body = raw.removeprefix(b"\xef\xbb\xbf")
    codecs = ("utf-8",) if body != raw else ("utf-8", "cp949")
    fitting = [codec for codec in codecs if decodes(body, codec)]
    if not fitting:
        with pytest.raises(Unreadable, match="encoding_unknown"):
            decode(raw)
    else:
        assert decode(raw) == body.decode(fitting[0])


def decodes(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def test_indent_is_kept_and_counted() -> None:
    first, second = parse("○ 가\n   - 나\n")
    assert isinstance(first, Paragraph)
    assert isinstance(second, Paragraph)
    assert (first.indent, second.indent) == (0, 3)
    assert second.text == "   - 나"


@pytest.mark.parametrize(
    "table",
    [
        "| 구분 | 계 |\n|---|---:|\n| 국비 | 1,190 |\n",
        "┌────┬────┐\n│구분│ 계 │\n├────┼────┤\n│국비│1,190│\n└────┴────┘\n",
    ],
)
def test_tables_drawn_with_bars(table: str) -> None:
    (found,) = parse(table)
    assert isinstance(found, Table)
    assert [[c.text for c in row] for row in found.lines()] == [["구분", "계"], ["국비", "1,190"]]
    for cell in found.cells:
        assert table[cell.place.start : cell.place.end] == cell.text


def test_a_heading_of_markdown_is_a_heading() -> None:
    text = "# 공약사항 관리카드\n\n## 1. 추진개요\n- 가\n"
    blocks = [b for b in parse(text) if isinstance(b, Paragraph)]
    assert [(b.heading, b.text) for b in blocks] == [
        (1, "공약사항 관리카드"),
        (2, "1. 추진개요"),
        (None, "- 가"),
    ]
    assert all(text[b.place.start : b.place.end] == b.text for b in blocks)


def test_a_trail_with_bars_is_no_table() -> None:
    assert not any(isinstance(b, Table) for b in parse("홈 | 군수실 | 공약\n"))


@pytest.mark.parametrize(
    "text",
    [
        '구분,계,2022년\n국비,"1,200",300\n구비,,"1,300"\n',
        '"구분","계","2022년"\n"국비","1,200","300"\n"구비","","1,300"\n',
        '"구분"\t"계"\t"2022년"\n"국비"\t"1,200"\t"300"\n"구비"\t""\t"1,300"\n',
        "구분;계;2022년\n국비;1,200;300\n구비;;1,300\n",
        "구분 | 계 | 2022년\n국비 | 1,200 | 300\n구비 |  | 1,300\n",
    ],
    ids=["csv", "quoted csv", "quoted tabs", "semicolons", "open bars"],
)
def test_rows_between_other_marks_are_a_table(text: str) -> None:
    (table,) = parse(text)
    assert isinstance(table, Table)
    assert [[c.text for c in row] for row in table.lines()] == [
        ["구분", "계", "2022년"],
        ["국비", "1,200", "300"],
        ["구비", "", "1,300"],
    ]
    assert all(text[c.place.start : c.place.end] == c.text for c in table.cells)


@pytest.mark.parametrize(
    "text",
    [
        "홈 | 군수실 | 공약\n",
        "- 예산 1,200백만원\n- 국비 1,300백만원\n- 구비 1,400백만원\n",
        "예산 1,200백만원\n국비 1,300백만원\n구비 1,400백만원\n",
        "가온동, 나루동, 다래동\n라온동, 마루동, 바다동\n",
        "추진부서,협조부서\n",
    ],
    ids=["path", "items", "amounts", "prose", "one line"],
)
def test_other_lines_with_such_marks_are_text(text: str) -> None:
    assert all(isinstance(b, Paragraph) for b in parse(text))


def test_a_long_rule_with_words_behind_it_is_a_line_like_others() -> None:
    """Whether a line is a rule must not take longer than the line: going back over each of its strokes took hours."""
    text = "─" * 100_000 + " 끝\n"
    (line,) = parse(text)
    assert isinstance(line, Paragraph)
    assert line.text == text.rstrip()
