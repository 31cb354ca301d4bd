"""What the tests of the batch share: inboxes with invented cards, runs in this process and in one of their
own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cardextract import batch
from cardextract.engine.worker import Limits

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
TIGHT = Limits(cpu_seconds=2, wall_seconds=120, memory_mib=512)
"""Limits under which poison shows soon."""

CARD = """공약사항 관리카드
(2024. 6. 30. 現在)

관리번호\t{number}\t공약제목\t{title}
주관부서\t도시재생과\t관련부서\t기획예산과
사업기간\t2022. 7. ~ 2026. 6.\t소요예산\t{total}백만원
추진상황\t정상추진\t진 도\t{progress}%

1. 추진개요
 ○ 사업내용 : 가온구 골목길 {number} 정비
  - 보도 정비 {progress}개소

2. 추진실적
 ○ 2024. 3. 설계 용역 착수
"""


def card_text(n: int) -> str:
    """The text of an invented card; every number gives other words."""
    title = f"걷고 싶은 골목길 {n}구간 만들기"
    return CARD.format(number=f"1-{n // 10}-{n % 10}", title=title, total=f"{1000 + n:,}", progress=n % 100)


def fill(inbox: Path, count: int, start: int = 0) -> Path:
    """An inbox with so many cards."""
    inbox.mkdir(parents=True, exist_ok=True)
    for n in range(start, start + count):
        (inbox / f"card{n:05}.txt").write_text(card_text(n), encoding="utf-8")
    return inbox


def run(inbox: Path, output: Path, **options: Any) -> int:
    """A run in this process, without mentions unless asked for."""
    return batch.run(inbox, output, **{"workers": 2, "mentions": False, **options})


def command(inbox: Path, output: Path, *more: str) -> list[str]:
    """The same as a command, started through tests/runner.py."""
    return [sys.executable, str(HERE / "runner.py"), str(inbox), str(output), *more]


def run_apart(inbox: Path, output: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    """A run in a process of its own."""
    return subprocess.run(command(inbox, output, *more), capture_output=True, timeout=300, check=False)


def ledger(output: Path) -> dict[str, dict[str, Any]]:
    """path -> line of the ledger; every path stands there once."""
    lines = [json.loads(line) for line in (output / "ledger.jsonl").read_text("utf-8").splitlines()]
    found = {line["path"]: line for line in lines}
    assert len(found) == len(lines)
    return found


def records(output: Path) -> list[dict[str, Any]]:
    """The lines of cards.jsonl."""
    return [json.loads(line) for line in (output / "cards.jsonl").read_text("utf-8").split("\n")[:-1]]


def everything(output: Path) -> dict[str, bytes]:
    """All final files of an output folder: name -> bytes."""
    found = {}
    for folder, names, files in os.walk(output):
        if ".state" in names:
            names.remove(".state")
        for name in files:
            path = Path(folder) / name
            found[path.relative_to(output).as_posix()] = path.read_bytes()
    return found


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
