"""Every code of the catalogue has a test that triggers it and a near miss that does not: this module keeps the list.

Cases of the checks stand in test_checks.py, those of the reading in test_findings_reading.py, both as pairs. The others
are named here; the near misses of codes of files are made here: files that look refusable, and are read.
"""

from __future__ import annotations

import importlib
import inspect
import os
from pathlib import Path

import pytest
from tests import batches, pdf_maker, test_checks, test_findings_reading
from tests.batches import ledger, run

from cardextract.catalogue import CATALOGUE, FILES
from cardextract.document import Document
from cardextract.findings import Finding
from cardextract.readers import reader, sniff

HERE = "test_codes.test_documents_that_only_look_bad"
PROOFS = {
    "MISSING_SECTION": ("test_checks.test_missing_section_is_required_by_rules_alone",) * 2,
    "CONFLICTING_READING": (
        "test_findings_reading.test_a_figure_that_two_readings_see_differently_is_conflicting",
    )
    * 2,
    "STALE_CORRECTION": (
        "test_corrections.test_changed_text_and_changed_bytes_make_a_stale_correction",
        "test_corrections.test_a_cell_of_a_text_file_is_replaced_and_its_offsets_stay_true",
    ),
    "PROFILE_DOUBT": ("test_rules.test_profiles_that_tie_are_reported",) * 2,
    "NEEDS_OCR": ("test_readers_pdf.test_a_page_of_an_image_needs_ocr", HERE),
    "UNDECODABLE_TEXT": ("test_readers_pdf.test_fonts_without_letters_are_named", HERE),
    "UNREAD_PART": ("test_readers_html.test_a_frame_is_a_finding", HERE),
    "MEMO": (
        "test_asides.test_a_memo_is_a_finding_at_its_place",
        "test_asides.test_a_page_header_in_a_cell_is_no_memo",
    ),
    "DUPLICATE_NUMBER": (
        "test_history.test_one_number_on_two_cards_is_reported_on_both",
        "test_history.test_the_same_number_elsewhere_is_no_duplicate",
    ),
    "DUPLICATE_CARD": ("test_history.test_one_card_in_two_files_is_a_copy",) * 2,
    "DUPLICATE_BUDGET": ("test_history.test_two_pledges_with_one_budget_are_news",) * 2,
    "LONGITUDINAL": (
        "test_history.test_longitudinal_kinds",
        "test_history.test_a_pledge_that_moves_on_is_no_finding",
    ),
}
"""Code -> (the test that triggers it, the test of a near miss); one test may hold both."""

TRIGGERS = {
    "ENCRYPTED": "test_sniff.test_encrypted_package",
    "CORRUPT": "test_readers_pdf.test_refusals",
    "TRUNCATED": "test_readers_pdf.test_refusals",
    "UNSUPPORTED_TYPE": "test_readers_hwpx.test_other_files_are_refused_with_advice",
    "ENCODING_UNKNOWN": "test_readers_html.test_unknown_character_set",
    "NO_TEXT": "test_readers_pdf.test_refusals",
    "TOO_LARGE": "test_readers_html.test_bombs_are_refused",
    "NO_CARD": "test_cli.test_four_poor_files_cost_the_good_one_nothing",
    "LIMIT_CPU": "test_batch.test_poison_harms_nobody_else",
    "LIMIT_TIME": "test_batch.test_a_reader_that_waits_for_ever_is_ended",
    "LIMIT_MEMORY": "test_batch.test_poison_harms_nobody_else",
    "TOO_DEEP": "test_batch.test_poison_harms_nobody_else",
    "WORKER_DIED": "test_batch.test_poison_harms_nobody_else",
    "INTERNAL_ERROR": "test_batch.test_poison_harms_nobody_else",
    "NOT_READABLE": "test_hostile.test_a_deep_tree",
    "CHANGED_WHILE_READING": "test_batch.test_poison_harms_nobody_else",
    "ID_COLLISION": "test_batch.test_two_contents_with_one_record_number_are_not_mixed_up",
    "DUPLICATE": "test_batch.test_copies_are_named_and_take_over_when_the_first_goes",
    "NOT_A_REGULAR_FILE": "test_hostile.test_links_pipes_and_sockets_are_named_and_left_alone",
    "TEMPORARY_FILE": "test_hostile.test_files_of_systems_and_half_downloads_are_skipped",
    "SYSTEM_FILE": "test_hostile.test_files_of_systems_and_half_downloads_are_skipped",
}

NEAR = {
    "ENCRYPTED": "암호가 걸린 문서.txt",
    "CORRUPT": "pdf with a tail.pdf",
    "TRUNCATED": "pdf with a tail.pdf",
    "UNSUPPORTED_TYPE": "card.xlsx",
    "ENCODING_UNKNOWN": "cp949.txt",
    "NO_TEXT": "blank lines.txt",
    "TOO_LARGE": "blank lines.txt",
    "NO_CARD": "card.xlsx",
    "LIMIT_CPU": "blank lines.txt",
    "LIMIT_TIME": "blank lines.txt",
    "LIMIT_MEMORY": "blank lines.txt",
    "TOO_DEEP": "deep.html",
    "WORKER_DIED": "crash.txt",
    "INTERNAL_ERROR": "bug.txt",
    "NOT_READABLE": "read only.txt",
    "CHANGED_WHILE_READING": "from the future.txt",
    "ID_COLLISION": "nearly a copy.txt",
    "DUPLICATE": "nearly a copy.txt",
    "NOT_A_REGULAR_FILE": "pipe",
    "TEMPORARY_FILE": "~card.tmp.txt",
    "SYSTEM_FILE": "Thumbs.db.txt",
}
"""Code -> a file of the inbox below that is read although it looks like one that is not."""


def source(name: str) -> str:
    """A test's text with the decorators that give it its cases, and the tables of its module that they name."""
    module, _, function = name.partition(".")
    found = importlib.import_module(f"tests.{module}")
    return inspect.getsource(getattr(found, function))


def test_every_code_has_both() -> None:
    pairs = {*test_checks.CASES, *test_findings_reading.CASES}
    assert [c for c in CATALOGUE if c not in {*pairs, *PROOFS, *FILES}] == [], "no trigger or no near miss"
    assert [c for c in FILES if c not in TRIGGERS or c not in NEAR] == [], "no trigger or no near miss"
    for tests in (*PROOFS.values(), *((t,) for t in TRIGGERS.values())):
        for name in tests:
            assert source(name), name


@pytest.mark.parametrize("code", sorted(TRIGGERS))
def test_the_trigger_names_the_code(code: str) -> None:
    module = inspect.getsource(importlib.import_module(f"tests.{TRIGGERS[code].partition('.')[0]}"))
    assert code.lower() in source(TRIGGERS[code]) or code.lower() in module


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The ledger of a run over the near misses."""
    root = tmp_path_factory.mktemp("near")
    inbox = root / "in"
    inbox.mkdir()
    for n, name in enumerate(sorted({*NEAR.values()})):
        text = batches.card_text(n)
        if name == "blank lines.txt":
            text = "\n" * 200_000 + text
        (inbox / name).write_bytes(text.encode("cp949" if name == "cp949.txt" else "utf-8"))
    grid = [["구분", "계", "2022년"], ["국비", "12", "12"], ["구비", "19", "19"]]
    (inbox / "pdf with a tail.pdf").write_bytes(
        test_findings_reading.drawn(grid) + b"\n\0\0 tail of a download"
    )
    facts = (
        ("공약명", "골목길 만들기", "관리번호", "1-9"),
        ("주관부서", "도시재생과", "사업기간", "2022 ~ 2026"),
    )
    rows = "".join("<tr>" + "".join(f"<td>{t}</td>" for t in row) + "</tr>" for row in facts)
    page = f"<p>공약사항 관리카드</p><table>{rows}</table><p>1. 추진실적</p><p>○ 협약 체결</p>"
    (inbox / "deep.html").write_text("<html><body>" + "<div>" * 60 + page + "</div>" * 60, "utf-8")
    (inbox / "read only.txt").chmod(0o400)
    os.utime(inbox / "from the future.txt", (4_000_000_000, 4_000_000_000))
    (inbox / "original.txt").write_text(batches.card_text(77), "utf-8")
    (inbox / "nearly a copy.txt").write_text(batches.card_text(77) + " ", "utf-8")
    run(inbox, root / "out")
    return ledger(root / "out")


@pytest.mark.parametrize("code", sorted(NEAR))
def test_a_file_that_only_looks_refusable_is_read(code: str, lines: dict[str, dict[str, object]]) -> None:
    line = lines[NEAR[code]]
    assert line["code"] is None, line
    assert line["cards"], line


def read(path: Path) -> tuple[Document, list[Finding]]:
    return reader(sniff(path))(path)


def test_documents_that_only_look_bad(tmp_path: Path) -> None:
    """A page that is all picture but for a line, a font that has letters, a frame of no size."""
    scan = "q 400 0 0 600 0 0 cm /I1 Do Q\n"
    image = (
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        "0",
    )
    pdf = tmp_path / "a.pdf"
    words = scan + "".join(
        pdf_maker.text(50, y, "걷고 싶은 골목길 만들기 사업의 추진실적") for y in range(100, 560, 20)
    )
    pdf.write_bytes(pdf_maker.pdf([words], objects=[image], xobjects="/I1 4 0 R"))
    assert read(pdf)[1] == []
    html = tmp_path / "a.html"
    html.write_text(
        '<html><body><p>공약사항 관리카드</p><iframe src="/x" width="0"></iframe></body></html>', "utf-8"
    )
    assert read(html)[1] == []
