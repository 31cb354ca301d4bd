"""The command line as a user meets it: in a process of its own, with exit codes, files and one clear line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cards.make import INBOX
from tests.conftest import ROOT

CARD = """공약사항 관리카드

(2024. 6. 30. 현재)

공약제목\t가온천 물길 되살리기\t관리번호\t2-3-1
주관부서\t하천녹지과\t사업기간\t2022. 7. ~ 2026. 6.
추진상황\t추진중\t진 도\t40%

1. 추진개요

○ 물길 복원 구간 설계
 - 주민설명회 2회 개최

2. 향후계획

○ 산책로 조성 착공: 2024. 9.
"""


def cardextract(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The program itself, by its module, in a clean process."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("COLUMNS")}
    return subprocess.run(
        [sys.executable, "-c", "from cardextract.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        env=env | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


HEAVY = (
    "pandas",
    "numpy",
    "spacy",
    "pdfplumber",
    "pypdfium2",
    "hwpx",
    "openpyxl",
    "starlette",
    "lxml",
    "docx",
)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["rules", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    probe = (
        f"import sys\nsys.argv = ['cardextract', *{arguments!r}]\nfrom cardextract.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('LOADED', *sorted(m for m in sys.modules if '.' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].split()
    assert loaded[0] == "LOADED"
    assert "typer" in loaded
    assert not set(HEAVY) & set(loaded)


def test_help_names_every_command() -> None:
    done = cardextract("--help")
    assert done.returncode == 0
    for command in (
        "run",
        "review",
        "report",
        "explain",
        "rules",
        "schema",
        "export",
        "eval",
        "history",
        "serve",
    ):
        assert f" {command} " in done.stdout


def test_four_poor_files_cost_the_good_one_nothing(tmp_path: Path) -> None:
    """Empty, binary named .txt, no card, a card cut in the middle: each its ledger line and its finding."""
    alone, mixed = tmp_path / "alone", tmp_path / "mixed"
    for folder in (alone, mixed):
        folder.mkdir()
        (folder / "good.txt").write_text(CARD, encoding="utf-8")
    (mixed / "empty.txt").write_bytes(b"")
    (mixed / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (mixed / "letter.txt").write_text(
        "안녕하십니까.\n\n다음 주 회의는 화요일에 엽니다.\n자료는 따로 보내 드립니다.\n", encoding="utf-8"
    )
    other = CARD.replace("2-3-1", "2-3-2").replace("가온천 물길 되살리기", "작은 도서관 늘리기")
    (mixed / "cut.txt").write_text(other[: other.index("추진상황")], encoding="utf-8")

    done = cardextract("run", mixed, "--output", tmp_path / "out", "--no-mentions", "--workers", "2")
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    ledger = {line["path"]: line for line in jsonl(tmp_path / "out" / "ledger.jsonl")}
    assert set(ledger) == {"good.txt", "empty.txt", "binary.txt", "letter.txt", "cut.txt"}
    assert ledger["good.txt"]["status"] in ("ok", "ok_with_findings")
    assert len(ledger["good.txt"]["cards"]) == len(ledger["cut.txt"]["cards"]) == 1
    for name in ("empty.txt", "binary.txt", "letter.txt"):
        assert ledger[name]["status"] == "quarantined", ledger[name]
        assert not ledger[name]["cards"]
        assert ledger[name]["code"]
        assert any("가" <= c <= "힣" for c in ledger[name]["message"])
    assert ledger["letter.txt"]["code"] == "no_card"
    assert ledger["empty.txt"]["code"] in ("no_text", "empty_file", "empty")

    findings = jsonl(tmp_path / "out" / "findings.jsonl")
    for name in ("empty.txt", "binary.txt", "letter.txt"):
        (found,) = (f for f in findings if f["source_path"] == name)
        assert found["code"].lower() == ledger[name]["code"]
        assert found["severity"] == "error"
    assert [f for f in findings if f["source_path"] == "cut.txt"], "a cut card says what it lacks"

    assert cardextract("run", alone, "--output", tmp_path / "one", "--no-mentions").returncode == 0
    (lone,) = jsonl(tmp_path / "one" / "cards.jsonl")
    (same,) = (c for c in jsonl(tmp_path / "out" / "cards.jsonl") if c["source"]["path"] == "good.txt")
    assert same == lone


def test_a_cut_card_is_read_up_to_the_cut_and_flagged(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "cut.txt").write_text(CARD[: CARD.index("추진상황")], encoding="utf-8")
    done = cardextract("run", inbox, "--output", tmp_path / "out", "--no-mentions")
    assert done.returncode == 0
    (card,) = jsonl(tmp_path / "out" / "cards.jsonl")
    assert card["title"] == "가온천 물길 되살리기"
    assert (card["status"], card["progress"], card["sections"]) == (None, None, [])
    missing = [f for f in card["findings"] if f["code"] == "MISSING_FIELD"]
    assert {p for f in missing for p in f["paths"]} >= {"status", "progress"}


def test_empty_inbox_is_fine_and_a_missing_one_is_usage(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert cardextract("run", tmp_path / "in", "--output", tmp_path / "out").returncode == 0
    done = cardextract("run", tmp_path / "nowhere", "--output", tmp_path / "out2")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_reach_the_readers_and_the_run_after_a_decision(tmp_path: Path) -> None:
    inbox, output = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    (inbox / "a.txt").write_text(CARD, encoding="utf-8")
    given = ("--max-memory", "700", "--max-cpu", "9", "--max-time", "99")
    assert cardextract("run", inbox, "--output", output, "--no-mentions", *given).returncode == 0
    run = json.loads((output / ".state" / "run.json").read_text(encoding="utf-8"))
    assert {"memory_mib": 700, "cpu_seconds": 9, "wall_seconds": 99}.items() <= run["limits"].items()
    again = json.dumps(run | {"output": str(output)})
    rerun = [sys.executable, "-m", "cardextract.review.rerun", again]
    assert subprocess.run(rerun, cwd=ROOT, timeout=120, check=False).returncode == 0
    assert json.loads((output / ".state" / "run.json").read_text(encoding="utf-8")) == run


def test_strict_is_4_with_open_errors(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.txt").write_text(CARD.replace("40%", "400%"), encoding="utf-8")
    arguments = ("run", inbox, "--output", tmp_path / "out", "--no-mentions")
    assert cardextract(*arguments).returncode == 0
    assert cardextract(*arguments, "--strict").returncode == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "{tmp}/in", "--output", "{tmp}/o", "--profile", "bsae"], "did you mean base?"),
        (["rules", "check", "{tmp}"], "no base.toml"),
        (["schema", "recrod"], "record"),
        (["explain", "{tmp}/nothing.txt"], "not found"),
        (["eval", "{tmp}", "{tmp}/nothing"], "not found"),
        (["run", "--no-such-option"], "no-such-option"),
        (["run", "{tmp}/card.txt", "--output", "{tmp}/o"], "no folder"),
        (["run", "{tmp}", "--output", "{tmp}/o"], "--output"),
        (["run", "{tmp}/in", "--output", "{tmp}/o", "--emit", "xml"], "jsonl"),
        (["run", "{tmp}/in", "--output", "{tmp}/o", "--rules", "{tmp}/none"], "no such folder"),
        (["run", "{tmp}/in", "--output", "{tmp}/o", "--corrections", "{tmp}/in"], "no such file"),
        (["rules", "suggest", "{tmp}/none"], "no such folder"),
        (["explain", "{tmp}"], "directory"),
        (["mentions", "{tmp}"], "cardextract run"),
        (["run", "{tmp}/in", "--output", "{tmp}/o", "--max-memory", "1"], "--max-memory"),
        (["nonsense"], "nonsense"),
    ],
)
def test_mistakes_are_usage_with_one_clear_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "card.txt").write_text(CARD, encoding="utf-8")
    done = cardextract(*(a.format(tmp=tmp_path) for a in arguments))
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_misspelt_rule_is_named_with_what_was_meant(tmp_path: Path) -> None:
    rules, inbox = tmp_path / "rules", tmp_path / "in"
    inbox.mkdir()
    shutil.copytree(ROOT / "rules", rules)
    (rules / "gaon.toml").write_text('extends = "base"\n[lables]\ntitle = { append = ["가온명"] }\n', "utf-8")
    done = cardextract("run", inbox, "--output", tmp_path / "out", "--rules", rules)
    assert done.returncode == 2
    assert "gaon.toml: lables" in done.stderr
    assert "did you mean labels?" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has the device that is always full")
@pytest.mark.parametrize(
    "arguments", [["schema"], ["run", "{tmp}/in", "--output", "{tmp}/o", "--emit", "jsonl"]]
)
def test_what_cannot_be_printed_is_one_line_and_74(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "card.txt").write_text(CARD, encoding="utf-8")
    command = [sys.executable, "-c", "from cardextract.cli import main; main()"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, *(a.format(tmp=tmp_path) for a in arguments)],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 74
    assert done.stderr.count("\n") == 1
    assert "standard output" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_harm_nothing(closed: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "card.txt").write_text(CARD, encoding="utf-8")
    script = f'exec "$0" -c "from cardextract.cli import main; main()" run in --no-mentions {closed}'
    assert subprocess.run(["sh", "-c", script, sys.executable], cwd=tmp_path, timeout=120).returncode == 0
    assert len(jsonl(tmp_path / "output" / "cards.jsonl")) == 1


def test_a_damaged_decision_is_said_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.corrections.jsonl").write_text('{"id": "half', encoding="utf-8")
    done = cardextract("run", tmp_path / "in", "--output", tmp_path / "out", "--log", "json")
    assert done.returncode == 0
    first, *_, last = (json.loads(line) for line in done.stderr.splitlines())
    assert first["event"] == "corrections"
    assert "line 1 is no decision" in first["message"]
    assert last["event"] == "summary"


@pytest.mark.parametrize("what", ["record", "finding", "correction", "ledger"])
def test_schema_is_printed(what: str) -> None:
    done = cardextract("schema", what)
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"]


def test_the_sample_inbox_runs(tmp_path: Path) -> None:
    """The first README command: a sample card of every format, three of them with a mistake that is found."""
    done = cardextract("run", ROOT / "inbox", "--output", tmp_path / "out", "--no-mentions")
    assert done.returncode == 0, done.stderr
    cards = jsonl(tmp_path / "out" / "cards.jsonl")
    assert {c["source"]["format"] for c in cards} == {"text", "docx", "hwpx", "hwp", "html", "pdf"}
    errors = {
        c["source"]["path"]: [f["code"] for f in c["findings"] if f["severity"] == "error"] for c in cards
    }
    assert errors == {
        "가온구_물길되살리기.hwpx": [],
        "나루군_작은도서관.txt": ["ROW_SUM", "COLUMN_SUM"],
        "다솜구_안심골목.pdf": ["ROW_SUM", "COLUMN_SUM"],
        "바람시_도시숲.html": ["DATE_AFTER_AS_OF"],
        "은하군_꾸러미센터.hwp": [],
        "해솔시_돌봄센터.docx": [],
    }
    for stem, name in INBOX.items():  # they are the cards that the formats are tested with
        assert (ROOT / "inbox" / name).read_bytes() == (ROOT / "tests/cards" / stem).with_suffix(
            Path(name).suffix
        ).read_bytes()
