"""Decisions of people: the file that keeps them, and the replay before anything is understood."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardextract.card import Evidence
from cardextract.corrections import (
    Conflict,
    Correction,
    append,
    assigns,
    corrections_file,
    decide,
    effective,
    etag,
    fills,
    of_source,
    read_log,
    values_of,
)
from cardextract.document import Cell, Document, Paragraph, Place, Table
from cardextract.findings import Finding, finding, stamp
from cardextract.readers.text import parse
from cardextract.replay import certify, correct, printed_at

TEXT = "○ 총사업비 : 900백만원(국600, 시300)\n구분\t계\t2023\t2024\n구비\t1.764\t\t964\n끝.\n"


def fix(was: str, now: str, place: Place, **more: object) -> Correction:
    values = {
        "id": f"{was}>{now}", "author": "김하나", "time": "2024-07-01T00:00:00Z", "action": "fix",
        "source_path": "a.txt", "source_sha256": "s1", "card_index": 1, "place": place,
        "was": was, "now": now,
    }  # fmt: skip
    return Correction.model_validate(values | more)


def text_document(text: str = TEXT) -> Document:
    return Document("text", parse(text), decoded=text)


def place_of(piece: str, text: str = TEXT) -> Place:
    at = text.index(piece)
    return Place(line=text[:at].count("\n") + 1, start=at, end=at + len(piece))


def every_text(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs()]


# ---------------------------------------------------------------- the file


def test_what_is_appended_is_read_back_with_its_place(tmp_path: Path) -> None:
    file = corrections_file(tmp_path / "output")
    one = fix("1.764", "1,764", Place(page=2, box=(0.1, 1 / 3, 0.5, 0.7)))
    append(file, [one])
    assert read_log(file)[0] == [one]
    assert file.name == "output.corrections.jsonl"


def test_a_torn_last_line_is_reported_and_the_next_append_keeps_every_whole_one(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    one, two = fix("a", "b", Place(line=1)), fix("c", "d", Place(line=2))
    append(file, [one])
    with file.open("ab") as stream:
        stream.write(b'{"id":"x","auth')
    decisions, problems = read_log(file)
    assert decisions == [one]
    assert "line 2" in problems[0]
    assert "torn" in problems[0]
    append(file, [two])
    assert read_log(file)[0] == [one, two]


def test_an_outdated_etag_conflicts_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    seen = etag(file)
    append(file, [fix("a", "b", Place(line=1))], seen)
    before = file.read_bytes()
    with pytest.raises(Conflict) as caught:
        append(file, [fix("a", "c", Place(line=1))], seen)
    assert file.read_bytes() == before
    assert caught.value.etag == etag(file) != seen


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"

    def write(n: int) -> None:
        for i in range(10):
            append(file, [fix(f"{n}", f"{i}", Place(line=1), id=f"{n}-{i}")])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {c.id for c in read_log(file)[0]} == {f"{n}-{i}" for n in range(4) for i in range(10)}
    assert all(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


# ---------------------------------------------------------------- which decisions hold


def test_undo_takes_back_and_undo_of_the_undo_brings_back() -> None:
    first = fix("a", "b", Place(line=1), id="1")
    second = fix("a", "c", Place(line=1), id="2")
    undo = fix("", "", Place(line=1), id="3", action="undo", undoes="2")
    redo = fix("", "", Place(line=1), id="4", action="undo", undoes="3")
    assert effective([first, second]) == [second]
    assert effective([first, second, undo]) == [first]
    assert effective([first, second, undo, redo]) == [second]


def test_a_decision_that_takes_the_place_of_another_ends_it() -> None:
    old = fix("a", "b", Place(line=1), id="1", source_sha256="old")
    carried = fix("a", "b", Place(line=1), id="2", source_sha256="new", undoes="1")
    assert effective([old, carried]) == [carried]


def test_fills_and_assigns_speak_of_their_card_and_their_bytes() -> None:
    place = Place(line=3, start=1, end=4)
    fill = fix("", "복지과", place, action="fill", path="lead_department")
    assign = fix("964", "", place, action="assign", path="budget[plan/sido/2024]", card_index=2)
    both = [fill, assign]
    assert fills(both, 1) == {"lead_department": "복지과"}
    assert fills(both, 2) == {}
    assert fills(both, 1, "other") == {}
    assert assigns(both, 2, "s1") == {(place, "964"): "budget[plan/sido/2024]"}


def test_a_file_is_known_by_path_or_by_content() -> None:
    one = fix("a", "b", Place(line=1))
    assert of_source([one], "a.txt", "new") == of_source([one], "moved.txt", "s1") == [one]
    assert of_source([one], "b.txt", "s2") == []


def test_accepting_lapses_when_the_values_change() -> None:
    def row_sum(expected: int) -> Finding:
        made = Finding("", "ROW_SUM", None, "error", "", None, "", ("p",), (), expected, 10)
        return stamp(made, "a.txt", "c-1", 1)

    f = row_sum(12)
    accept = fix(values_of(f), "", Place(), action="accept", finding=f.id, reason="원문 그대로")
    assert decide([f], [accept])[0].state == "accepted"
    other = row_sum(13)
    assert decide([replace(other, id=f.id)], [accept])[0].state == "open"
    assert decide([other], [accept])[0].state == "open"


# ---------------------------------------------------------------- replacing the text


def test_a_cell_of_a_text_file_is_replaced_and_its_offsets_stay_true() -> None:
    document = text_document()
    new, stale = correct(document, [fix("1.764", "11,764", place_of("1.764"))], "s1")
    assert not stale
    assert "11,764" in every_text(new)
    assert new.decoded is not None
    for paragraph in new.paragraphs():
        assert new.decoded[paragraph.place.start : paragraph.place.end] == paragraph.text
    table = new.blocks[1]
    assert isinstance(table, Table)
    assert [(c.text, c.span.place == c.place) for c in table.lines()[1]][1] == ("11,764", True)


def test_evidence_of_a_corrected_cell_shows_what_was_printed_and_where() -> None:
    document = text_document()
    change = fix("1.764", "11,764", place_of("1.764"), reason="원문 대조")
    new, _ = correct(document, [change])
    cell = next(p for p in new.paragraphs() if p.text == "11,764")
    sound = Evidence(text="964", place=place_of("964"))
    proofs = {"a": Evidence(text=cell.text, place=cell.place), "b": sound}
    f = finding("UNREADABLE_AMOUNT", actual="x", places=[cell.place])
    evidence, findings = certify(proofs, [f], document, [change], 1)
    assert evidence["a"].text == "1.764"
    assert evidence["a"].place == place_of("1.764")
    assert evidence["a"].certainty == "corrected"
    assert evidence["a"].reason == "‘1.764’ → ‘11,764’ (김하나, 2024-07-01: 원문 대조)"
    assert evidence["b"] == sound
    assert findings[0].places == (place_of("1.764"),)


def test_only_the_values_that_a_line_fix_touched_are_corrected() -> None:
    document = text_document()
    line = "○ 총사업비 : 900백만원(국600, 시300)"
    change = fix(line, line.replace("900", "1,900"), place_of(line))
    new, _ = correct(document, [change])
    paragraph = new.paragraphs()[0]
    spans = {
        w: paragraph.span(paragraph.text.index(w), paragraph.text.index(w) + len(w))
        for w in ("1,900", "600", "300")
    }
    evidence, _ = certify(
        {k: Evidence(text=s.text, place=s.place) for k, s in spans.items()}, [], document, [change], 1
    )
    assert (evidence["1,900"].text, evidence["1,900"].certainty) == ("900", "corrected")
    assert evidence["1,900"].place == place_of("900")
    assert (evidence["600"].text, evidence["600"].place, evidence["600"].certainty) == (
        "600",
        place_of("600"),
        "exact",
    )
    assert evidence["300"].place == place_of("300")


def test_a_blank_cell_gets_a_figure() -> None:
    document = text_document()
    at = TEXT.index("1.764\t") + len("1.764\t")
    change = fix("", "800", Place(line=3, start=at, end=at))
    new, stale = correct(document, [change])
    assert not stale
    cell = next(p for p in new.paragraphs() if p.text == "800")
    evidence, _ = certify({"x": Evidence(text="800", place=cell.place)}, [], document, [change], 1)
    assert (evidence["x"].text, evidence["x"].certainty) == ("", "corrected")
    assert (evidence["x"].place.start, evidence["x"].place.end) == (at, at)


def test_changed_text_and_changed_bytes_make_a_stale_correction() -> None:
    document = text_document(TEXT.replace("1.764", "1.765"))
    change = fix("1.764", "1,764", place_of("1.764"), path="budget[plan/sigungu/total]")
    same, stale = correct(document, [change], "s1")
    assert same == document
    assert [(f.code, f.kind, f.expected, f.actual) for f in stale] == [
        ("STALE_CORRECTION", "text_changed", "1.764", "1.765")
    ]
    same, stale = correct(text_document(), [change], "s2")
    assert same == text_document()
    assert [(f.kind, f.expected, f.actual) for f in stale] == [("source_changed", "1.764", "1.764")]
    assert "다시 저장" in stale[0].message


def test_crossing_fixes_are_reported_and_neither_is_lost() -> None:
    whole = fix("1.764", "1,764", place_of("1.764"))
    inner = place_of("1.764")
    assert inner.start is not None
    crossing = fix(".76", "9", replace(inner, start=inner.start + 1, end=inner.start + 4))
    new, stale = correct(text_document(), [whole, crossing])
    assert "1,764" in every_text(new)
    assert [f.kind for f in stale] == ["overlap"]


def cell(row: int, col: int, text: str, place: Place) -> Cell:
    lines = text.split("\n") if text else []
    return Cell(row, col, blocks=tuple(Paragraph(line, place) for line in lines), place=place)


def grid(places: bool = True) -> Document:
    def at(row: int, col: int) -> Place:
        if places:
            return Place(table=0, row=row, col=col)
        return Place(page=1, box=(col / 4, row / 4, (col + 1) / 4, (row + 1) / 4))

    cells = (
        cell(0, 0, "소요예산", at(0, 0)), cell(0, 1, "900백만원(국600, 시300)", at(0, 1)),
        cell(1, 0, "세부사업", at(1, 0)), cell(1, 1, "가로등\n보도", at(1, 1)), cell(1, 2, "", at(1, 2)),
    )  # fmt: skip
    return Document("docx" if places else "pdf", (Table(2, 3, cells),))


@pytest.mark.parametrize("places", [True, False], ids=["cells", "boxes"])
def test_cells_without_offsets_are_found_by_place_and_text(places: bool) -> None:
    document = grid(places)
    table = document.blocks[0]
    assert isinstance(table, Table)
    at = {(c.row, c.col): c.place for c in table.cells}
    part = fix("600", "500", at[0, 1])
    lines = fix("가로등\n보도", "가로등 12개\n보도", at[1, 1])
    blank = fix("", "-", at[1, 2])
    new, stale = correct(document, [part, lines, blank])
    assert not stale
    assert every_text(new) == ["소요예산", "900백만원(국500, 시300)", "세부사업", "가로등 12개", "보도", "-"]
    proofs = {"national": Evidence(text="500", place=at[0, 1]), "sido": Evidence(text="300", place=at[0, 1])}
    evidence, _ = certify(proofs, [], document, [part, lines, blank], 1)
    assert (evidence["national"].text, evidence["national"].certainty) == ("600", "corrected")
    assert (evidence["sido"].text, evidence["sido"].certainty) == ("300", "exact")
    assert printed_at(document, at[1, 1]) == "가로등\n보도"


def test_a_text_that_stands_twice_is_not_guessed() -> None:
    document = Document("docx", (Paragraph("국600, 시600", Place(block=0)),))
    same, stale = correct(document, [fix("600", "500", Place(block=0))])
    assert same == document
    assert stale[0].kind == "text_changed"


def test_a_cell_of_two_lines_gets_no_third() -> None:
    document = grid()
    _, stale = correct(document, [fix("가로등\n보도", "가\n나\n다", Place(table=0, row=1, col=1))])
    assert [f.code for f in stale] == ["STALE_CORRECTION"]


WORDS = st.text(alphabet="가1,. x", max_size=8)


@given(old=WORDS, new=WORDS, before=WORDS, after=WORDS)
def test_every_span_of_a_changed_line_leads_back_to_the_printed_line(
    old: str, new: str, before: str, after: str
) -> None:
    line = f"|{before}{old}{after}|"
    at = 1 + len(before)
    document = Document("text", (Paragraph(line, Place(line=1, start=0, end=len(line))),), decoded=line)
    change = fix(old, new, Place(line=1, start=at, end=at + len(old)))
    changed, stale = correct(document, [change])
    assert not stale
    paragraph = changed.paragraphs()[0]
    assert paragraph.text == f"|{before}{new}{after}|"
    for i in range(len(paragraph.text)):
        span = paragraph.span(i, i + 1)
        evidence, _ = certify({"x": Evidence(text=span.text, place=span.place)}, [], document, [change], 1)
        proof = evidence["x"]
        assert proof.place.start is not None
        assert proof.place.end is not None
        assert line[proof.place.start : proof.place.end] == proof.text
        assert proof.certainty == "corrected" or proof.text == span.text
