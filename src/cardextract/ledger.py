"""The ledger: one line for every input, with what became of it and what a person can do.

A line's code is the lower-case code of the finding behind it; `CODES` adds the verdicts of the batch itself
to the catalogue. Readers bring codes and messages of their own (`Unreadable`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from cardextract.findings import CATALOGUE, Finding, Severity, stamp

Status = Literal["ok", "ok_with_findings", "quarantined", "skipped", "duplicate"]


@dataclass(frozen=True, slots=True)
class Line:
    """One input. path: relative to the inbox (see `paths.portable`); cards: the ids of its records.

    sha256 is None for what was not read. retryable: the same file may well be read by a later run as it is.
    """

    path: str
    sha256: str | None
    status: Status
    code: str | None = None
    retryable: bool = False
    message: str = ""
    cards: tuple[str, ...] = ()

    def json(self) -> bytes:
        """The line of ledger.jsonl, without line end."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an input gives no record. Codes of one file are the same in every run that sees the same file."""

    status: Status
    code: str
    message: str
    retryable: bool = False


MESSAGES: dict[str, str] = {
    "not_a_regular_file": "일반 파일이 아닙니다({label}). 원본 파일을 접수함 안에 직접 넣어 주세요.",
    "temporary_file": "다른 프로그램이 쓰는 임시 파일이라 건너뜁니다.",
    "system_file": "운영체제가 만든 파일이라 건너뜁니다.",
    "duplicate": "‘{label}’와(과) 내용이 같은 파일입니다. 기록은 그 파일에 한 번만 만듭니다.",
    "not_readable": "파일을 열 수 없습니다({label}). 읽기 권한과 저장 장치를 확인해 주세요.",
    "changed_while_reading": "읽는 동안 파일이 바뀌었습니다. 복사가 끝난 뒤 다시 실행해 주세요.",
    "limit_cpu": "읽는 데 계산 시간이 한도({label}초)를 넘었습니다. 파일을 나누거나 한도를 늘려 주세요.",
    "limit_time": "읽는 데 시간이 한도({label}초)를 넘었습니다. 파일을 나누거나 한도를 늘려 주세요.",
    "limit_memory": "읽는 데 메모리가 한도({label} MiB)를 넘었습니다. 파일을 나누거나 한도를 늘려 주세요.",
    "too_deep": "표나 목록이 너무 깊이 겹쳐 있습니다. 겹친 표를 풀어 다시 저장해 주세요.",
    "worker_died": "이 파일을 읽다가 판독 프로세스가 두 번 멈췄습니다({label}). 원본에서 다시 저장해 주세요.",
    "internal_error": "프로그램 오류로 읽지 못했습니다({label}). 개발자에게 알려 주세요.",
    "no_card": "공약 관리카드로 볼 수 있는 부분이 없습니다. 문서와 규칙(rules)을 확인해 주세요.",
    "id_collision": "내용이 다른 ‘{label}’와(과) 기록 번호가 겹칩니다. 다시 저장하면 번호가 달라집니다.",
}  # fmt: skip
"""Sentences for people; those of the readers come with their `Unreadable`."""

RETRYABLE = frozenset(
    {"not_readable", "changed_while_reading", "limit_cpu", "limit_time", "limit_memory", "worker_died"}
)


def verdict(status: Status, code: str, label: object = "") -> Verdict:
    """A verdict of the batch itself.

    >>> verdict("skipped", "temporary_file").retryable
    False
    """
    return Verdict(status, code, MESSAGES[code].format(label=label), code in RETRYABLE)


def file_finding(line: Line) -> Finding | None:
    """The finding behind a line with a code: an error for what was quarantined, else an info."""
    if line.code is None:
        return None
    severity: Severity = "error" if line.status == "quarantined" else "info"
    code = line.code.upper()
    if code in CATALOGUE:
        severity = severity if severity == "info" else CATALOGUE[code].severity
    made = Finding("", code, None, severity, line.message, None, line.path)
    return stamp(made, line.path)


def check_complete(inputs: Iterable[str], lines: Iterable[Line]) -> None:
    """count(ledger) = count(inbox), name by name. Raises RuntimeError: this is a bug of ours, whatever was
    read."""
    wanted, found = Counter(inputs), Counter(line.path for line in lines)
    if wanted != found:
        missing, extra = list((wanted - found).elements()), list((found - wanted).elements())
        raise RuntimeError(
            f"the ledger is not complete: {len(missing)} inputs missing, {len(extra)} lines too many"
        )
