"""What `import cardextract` promises: complete, lazy, typed."""

from __future__ import annotations

import subprocess
import sys
import typing
from pathlib import Path

import pytest
from tests.conftest import ROOT

import cardextract
from cardextract import Card, Finding, RulesError, Unreadable, extract


def test_all_is_complete() -> None:
    """Every public name is in __all__, every name of __all__ is there, and nothing else is."""
    public = {n for n in dir(cardextract) if not n.startswith("_")} - {"annotations", "TYPE_CHECKING", "Any"}
    modules = {n for n in public if f"cardextract.{n}" in sys.modules}  # submodules that a test has imported
    assert public - modules == set(cardextract.__all__) - {"__version__"}
    for name in cardextract.__all__:
        assert getattr(cardextract, name) is not None
    assert cardextract.__all__ == sorted(cardextract.__all__)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'extrcat'"):
        cardextract.extrcat  # noqa: B018


def test_import_is_light() -> None:
    probe = "import sys, cardextract; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert "cardextract" in loaded
    assert not loaded & {"pandas", "spacy", "pydantic", "typer", "pdfplumber", "lxml", "hwpx"}


def test_extract_gives_cards_with_proof() -> None:
    (card,) = extract(ROOT / "tests/cards/gaon.hwpx", rules=ROOT / "rules", issuer="가온구", mentions=False)
    assert isinstance(card, Card)
    assert (card.number, card.issuer, card.budget_total) == ("2-1-3", "가온구", 2_050_000_000)
    for cell in card.budget:
        proof = card.evidence[f"budget[{cell.ledger}/{cell.source}/{cell.period}].amount"]
        assert proof.place.table is not None
    (naru,) = extract(str(ROOT / "tests/cards/naru.txt"), rules=str(ROOT / "rules"), mentions=False)
    assert all(isinstance(f, Finding) for f in naru.findings)
    assert "ROW_SUM" in {f.code for f in naru.findings}


def test_extract_finds_mentions_unless_told_otherwise() -> None:
    (card,) = extract(ROOT / "tests/cards/gaon.txt", rules=ROOT / "rules")
    assert any(item.mentions for section in card.sections for item in section.items)
    (bare,) = extract(ROOT / "tests/cards/gaon.txt", rules=ROOT / "rules", mentions=False)
    assert not any(item.mentions for section in bare.sections for item in section.items)


def test_extract_says_why_not(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    with pytest.raises(Unreadable):
        extract(empty)
    with pytest.raises(RulesError):
        extract(ROOT / "tests/cards/gaon.txt", profile="nobody")
    with pytest.raises(RulesError):
        extract(ROOT / "tests/cards/gaon.txt", rules=tmp_path)
    with pytest.raises(OSError, match="nowhere"):
        extract(tmp_path / "nowhere.txt")
    letter = tmp_path / "letter.txt"
    letter.write_text("인사말\n", encoding="utf-8")
    assert extract(letter) == []


def test_it_is_typed() -> None:
    assert (Path(cardextract.__file__).parent / "py.typed").is_file()
    hints = typing.get_type_hints(
        extract, localns={"Card": Card}, globalns={**vars(typing), "os": __import__("os")}
    )
    assert hints["return"] == list[Card]
