"""`cardextract explain`: every value with its reason and place, and what nobody claimed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import ROOT

from cardextract.document import NOWHERE, Place
from cardextract.explain import main, place_text
from cardextract.findings import Unreadable

RULES = ROOT / "rules"


def explain(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(path, RULES, None, None) == 0
    return capsys.readouterr().out


def test_every_field_shows_raw_text_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "tests/cards/gaon.txt"
    out = explain(path, capsys)
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"^    (\S+) <- '(.*?)' at line (\d+), (\d+)-(\d+)", out, re.MULTILINE)
    assert len(shown) > 80
    for _, raw, line, start, end in shown:
        assert text[int(start) : int(end)] == raw.encode().decode("unicode_escape") if "\\" in raw else raw
        assert text[: int(start)].count("\n") + 1 == int(line)
    assert "budget[plan/national/2023].amount <- '240'" in out
    assert "profile: base" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [("gaon.docx", "table "), ("gaon.hwpx", "table "), ("gaon.pdf", "page 1"), ("gaon.html", "table ")],
)
def test_places_of_every_format(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = explain(ROOT / "tests/cards" / name, capsys)
    assert words in out
    assert "investment" in out


def test_findings_and_leftovers_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "tests/cards/naru.txt").read_text(encoding="utf-8")
    path = tmp_path / "naru.txt"
    path.write_text(text.replace("공약 7.", "◈ 아무도 모르는 줄입니다.\n\n공약 7."), encoding="utf-8")
    out = explain(path, capsys)
    assert "error ROW_SUM" in out
    assert "아무도 모르는 줄" in out[out.index("unclaimed:") :]


def test_no_card_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("인사말\n", encoding="utf-8")
    assert "no card found" in explain(path, capsys)


def test_what_cannot_be_read_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    with pytest.raises(Unreadable):
        main(path, RULES, None, None)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(line=3, start=5, end=9), "line 3, 5-9"),
        (Place(page=2, box=(0.1, 0.2, 0.3, 0.4)), "page 2 (0.10, 0.20)"),
        (Place(page=2), "page 2"),
        (Place(table=1, row=0, col=2), "table 1 row 0 col 2"),
        (Place(table=1), "table 1"),
        (Place(block=7), "block 7"),
        (NOWHERE, "-"),
    ],
)
def test_places_for_people(place: Place, text: str) -> None:
    assert place_text(place) == text
