"""The documents do what they say: every code block runs, every option is described, dictionaries are fresh.

The consumers are the real ones: pandas, DuckDB, SQLite, Datasette, PostgreSQL, curl.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from tests.factory import make_cards
from tests.test_sinks import write_output

from cardextract import sinks
from cardextract.cli import app
from cardextract.sinks import dictionary

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("output.md", "integrations.md", "en/manual.md", "ko/manual.md")
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.M | re.S)
CARD = """구청장 공약사항 관리카드

(2024. 6. 30. 현재)

공약제목\t가온천 물길 되살리기\t\t관리번호\t1-1-1
주관부서\t환경과\t팀 장\t행정6급 나가온(☎4803)\t관련부서\t-
사업기간\t2022 ~ 2026\t\t소요예산\t300백만원(국200, 구100)
추진상황\t추진중\t\t진 도\t50%

1. 추진개요

○ 가온천 2km 정비
"""


def bin_of_postgres() -> Path | None:
    """The folder of initdb and postgres; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def missing(what: str) -> None:
    """Skip where a program is not installed; in CI it has to be."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed, and CI must have it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def postgres() -> Iterator[dict[str, str]]:
    """A PostgreSQL server of our own on a socket of our own; what a client needs to know, as its variables."""
    programs = bin_of_postgres()
    if programs is None or shutil.which("psql") is None:
        missing("postgresql")
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    root = os.getuid() == 0
    if root:
        shutil.chown(folder, "postgres", "postgres")
    become = ["runuser", "-u", "postgres", "--"] if root else []

    def do(*command: str) -> None:
        subprocess.run([*become, *command], check=True, capture_output=True, cwd=folder, timeout=120)

    data = str(folder / "data")
    do(
        str(programs / "initdb"),
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "tester",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    )
    options = f"-k {folder} -h '' -c fsync=off"
    do(str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield {"PGHOST": str(folder), "PGUSER": "tester", "PGDATABASE": "postgres"}
    finally:
        do(str(programs / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_code_block_runs(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert blocks
    assert text.count("\n```") == 2 * len(blocks), "a block of a language that no test runs"
    write_output(tmp_path / "output", make_cards(4))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "card.txt").write_text(CARD, encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "default"}
    if "psql" in text:
        environment |= request.getfixturevalue("postgres")
    if name.endswith("manual.md"):  # their first block makes the output folder
        shutil.rmtree(tmp_path / "output")
    for language, code in blocks:
        code = code.replace("8321", str(free_port()))
        command = (
            [sys.executable, "-c", code] if language == "python" else ["bash", "-euo", "pipefail", "-c", code]
        )
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"


def test_postgres_takes_the_tables_with_their_constraints(tmp_path: Path, postgres: dict[str, str]) -> None:
    cards = make_cards(3)
    cards[0].captions = ['두 줄\r\n"설명", 쉼표', "\\N", "=1+1", ""]
    output = write_output(tmp_path / "output", cards)
    for encoding, names in (("utf-8", "own"), ("cp949", "gov")):
        folder = sinks.export(output, to="csv", csv_encoding=encoding, names=names, dest=tmp_path / encoding)
        schema = f"s_{names}"
        environment = {**os.environ, **postgres, "PGOPTIONS": f"-c search_path={schema}"}
        with psycopg.connect(
            host=postgres["PGHOST"], user="tester", dbname="postgres", autocommit=True
        ) as base:
            base.execute(f"CREATE SCHEMA {schema}")  # type: ignore[arg-type]
            subprocess.run(
                ["psql", "-q", "-f", "postgresql.sql"],
                cwd=folder,
                env=environment,
                check=True,
                capture_output=True,
            )
            base.execute(f"SET search_path = {schema}")  # type: ignore[arg-type]
            sums = base.execute(
                "SELECT ledger, sum(amount)::bigint FROM budget WHERE source='total' AND period='total' GROUP BY 1"
            ).fetchall()
            assert dict(sums) == {"plan": 9_600_000_000, "secured": 6_480_000_000, "spent": 4_680_000_000}
            captions = base.execute(
                "SELECT text FROM captions WHERE card_id = %s ORDER BY position", [cards[0].card_id]
            ).fetchall()
            assert [c[0] for c in captions] == ['두 줄\r\n"설명", 쉼표', "\\N", "=1+1", None]
            assert base.execute("SELECT beyond_term FROM cards LIMIT 1").fetchone() == (False,)
            with pytest.raises(psycopg.errors.CheckViolation):
                base.execute("UPDATE budget SET state = 'dreamt'")
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                base.execute("DELETE FROM cards")
            with pytest.raises(psycopg.errors.UniqueViolation):
                base.execute("INSERT INTO budget SELECT * FROM budget LIMIT 1")


def test_the_dictionary_is_that_of_the_models() -> None:
    text = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    assert dictionary.filled(text) == text, "run: python -m cardextract.sinks.dictionary docs/output.md"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_command_and_option_is_in_the_manual(lang: str) -> None:
    text = (ROOT / "docs" / lang / "manual.md").read_text(encoding="utf-8")
    parts = {part.split()[0]: part for part in text.split("\n### ")[1:]}
    root = typer.main.get_command(app)
    commands = root.commands  # type: ignore[attr-defined]
    assert set(commands) == set(parts)
    for name, command in commands.items():
        for sub in getattr(command, "commands", {}):
            assert f"{name} {sub}" in parts[name]
        for parameter in command.params:
            for option in [*parameter.opts, *parameter.secondary_opts]:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}`" in parts[name], f"{name} {option}"


def test_both_manuals_have_the_same_parts() -> None:
    korean, english = (
        re.findall(r"^(#+) ", (ROOT / "docs" / lang / "manual.md").read_text(encoding="utf-8"), re.M)
        for lang in ("ko", "en")
    )
    assert korean == english
