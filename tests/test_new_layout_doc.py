"""The walk-through of docs/new-layout.md, command by command, against what it says they print."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardextract.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "new-layout.md"


def blocks() -> Iterator[tuple[str, str]]:
    """(kind, text) of the fenced blocks, in order."""
    for m in re.finditer(r"^```(console|toml)\n(.*?)^```$", DOC.read_text(encoding="utf-8"), re.S | re.M):
        yield m[1], m[2]


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, *printed = part.splitlines()
        yield command, printed


def same(printed: list[str], expected: list[str]) -> bool:
    """Are these the lines, `…` standing for any number of them?"""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def run(command: str) -> list[str]:
    """Run a command of the document where it stands: `mkdir`, `cp` and cardextract's own."""
    program, *words = command.split()
    if program == "mkdir":
        Path(words[0]).mkdir()
        return []
    if program == "cp":
        for name in words[:-1]:
            shutil.copy(name, words[-1])
        return []
    assert program == "cardextract"
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_the_walk_through_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DOC.with_suffix(""), "docs/new-layout")
    Path("rules").mkdir()
    for name in ("base", "gazetteer", "mentions"):
        shutil.copy(ROOT / "rules" / f"{name}.toml", "rules")
    profile = Path("my-rules/plain.toml")
    text = ""
    for kind, block in blocks():
        if kind == "toml":
            text += block
            profile.write_text(text, encoding="utf-8")
            continue
        for command, expected in commands(block):
            printed = run(command)
            assert same(printed, expected), "\n".join([command, *printed])
    assert text == (ROOT / "rules" / "plain.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30
    cards = [json.loads(line) for line in Path("out/cards.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [c["profile"] for c in cards] == ["plain"] * 6
    assert all(c["number"] and c["status"] and c["lead_department"] and c["budget"] for c in cards)
    assert not [f for c in cards for f in c["findings"] if f["severity"] in ("error", "warning")]
