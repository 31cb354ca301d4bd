"""Findings: what is wrong, where, and how to mend it; and the catalogue of their codes.

A rule, reader or check makes a finding with `finding(code, ...)`; the pipeline stamps it with the file and the card.
Expected trouble is a Finding (data). A file that cannot be read at all raises `Unreadable`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from cardextract.document import Place

Severity = Literal["error", "warning", "info"]
FindingState = Literal["open", "accepted", "ignored"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would mend the finding: the value at `path`, normalized, and as it would be printed."""

    path: str
    value: int | float | str | None
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should look at. `id` is stable over runs and lapses when the values change."""

    id: str
    code: str
    kind: str | None
    severity: Severity
    message: str
    card_id: str | None
    source_path: str
    paths: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    expected: int | float | str | None = None
    actual: int | float | str | None = None
    suggestion: Suggestion | None = None
    caused_by: str | None = None
    state: FindingState = "open"


@dataclass(frozen=True, slots=True)
class Code:
    """A catalogue entry. `message` is filled with the keyword arguments of `finding()`."""

    severity: Severity
    title: str
    message: str
    why: str
    mend: str


class Unreadable(Exception):  # noqa: N818 - it is a verdict on the input, not an error of ours
    """A file that gives no document. `code` is the ledger code (`encrypted`, `corrupt`, …), `message` is Korean."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retryable = code, message, retryable


CATALOGUE: dict[str, Code] = {}
"""Filled below; docs/checks.md is made from it."""


def finding(
    code: str,
    *,
    kind: str | None = None,
    paths: Sequence[str] = (),
    places: Sequence[Place] = (),
    expected: int | float | str | None = None,
    actual: int | float | str | None = None,
    suggestion: Suggestion | None = None,
    caused_by: str | None = None,
    severity: Severity | None = None,
    **words: Any,
) -> Finding:
    """A finding of the catalogue, not yet stamped with its file and card (`stamp` does that).

    words: what the message template names; expected and actual may be named there too.
    Raises KeyError for a code that is not in the catalogue or a word the template lacks.
    """
    entry = CATALOGUE[code]
    message = entry.message.format(expected=expected, actual=actual, kind=kind, **words)
    return Finding(
        id="", code=code, kind=kind, severity=severity or entry.severity, message=message, card_id=None, source_path="",
        paths=tuple(paths), places=tuple(dict.fromkeys(places)), expected=expected, actual=actual, suggestion=suggestion,
        caused_by=caused_by,
    )  # fmt: skip


def stamp(f: Finding, source_path: str, card_id: str | None = None, card_index: int | None = None) -> Finding:
    """The finding with file, card and id: hash(source_path, card_index, code, kind, paths, actual)."""
    key = json.dumps([source_path, card_index, f.code, f.kind, f.paths, f.actual], ensure_ascii=False)
    return replace(f, id=hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:12], card_id=card_id, source_path=source_path)


CATALOGUE.update({
    "ROW_SUM": Code("error", "행 합계 불일치", "{label} 계 {actual:,} ≠ 합 {expected:,} (차이 {gap})", "", ""),
    "COLUMN_SUM": Code("error", "열 합계 불일치", "{label} 계 {actual:,} ≠ 합 {expected:,} (차이 {gap})", "", ""),
    "HEADER_TABLE": Code("error", "머리표와 예산표의 금액 불일치", "머리표 {actual:,}원 ≠ 예산표 {expected:,}원", "", ""),
    "HEADER_BREAKDOWN": Code("error", "재원별 합계 불일치", "재원별 합 {expected:,}원 ≠ 총액 {actual:,}원", "", ""),
    "MISSING_FIELD": Code("error", "필수 항목 없음", "‘{label}’ 항목을 찾지 못했습니다", "", ""),
    "PROGRESS_RANGE": Code("error", "진도율 범위 벗어남", "진도율 {actual}%는 0~100% 밖입니다", "", ""),
    "STATUS_PROGRESS": Code("error", "추진상태와 진도율 모순", "{label}인데 진도율이 {actual}%입니다", "", ""),
    "PERIOD_REVERSED": Code("error", "사업기간 앞뒤 바뀜", "사업기간의 시작({label})이 끝({actual})보다 늦습니다", "", ""),
    "DATE_INVALID": Code("error", "없는 날짜", "‘{actual}’은(는) 달력에 없는 날짜입니다", "", ""),
    "YEAR_OVERSPENT": Code("warning", "연도 집행액이 계획 초과", "{label}년 집행 {actual:,}원 > 계획 {expected:,}원", "", ""),
    "UNPLACED": Code("error", "열을 알 수 없는 금액", "‘{label}’ 행의 금액이 어느 열의 것인지 합계로 정할 수 없습니다", "", ""),
    "UNREADABLE_AMOUNT": Code("error", "읽을 수 없는 금액", "‘{actual}’을(를) 금액으로 읽을 수 없습니다", "", ""),
    "AMBIGUOUS_CELL": Code("error", "같은 칸이 두 번", "{label}이(가) 두 번 나오고 값이 다릅니다", "", ""),
    "UNREAD_BUDGET": Code("error", "읽지 못한 예산표", "예산표로 보이지만 축을 알 수 없습니다: {label}", "", ""),
    "UNKNOWN_LABEL": Code("info", "모르는 항목 이름", "‘{label}’은(는) 규칙에 없는 항목입니다", "", ""),
    "UNKNOWN_COLUMN": Code("warning", "모르는 열 이름", "예산표의 열 ‘{label}’을(를) 알 수 없습니다", "", ""),
    "UNCLAIMED_TEXT": Code("info", "쓰이지 않은 글", "어느 규칙도 읽지 않은 글: {actual}", "", ""),
    "UNREADABLE_VALUE": Code("warning", "읽을 수 없는 값", "‘{label}’의 값 ‘{actual}’을(를) 읽을 수 없습니다", "", ""),
    "HEADER_SHIFTED": Code("info", "제목 행이 밀림", "제목 행이 {label}칸 짧아 값에 맞추어 옮겼습니다", "", ""),
    "UNKNOWN_UNIT": Code("warning", "단위 없음", "예산표의 단위를 찾지 못했습니다", "", ""),
    "CONFLICTING_READING": Code("warning", "두 판독이 다름", "두 판독 결과가 다릅니다: {label}", "", ""),
    "STALE_CORRECTION": Code("warning", "낡은 수정", "수정 당시의 글 ‘{expected}’이(가) 지금은 ‘{actual}’입니다", "", ""),
    "NEEDS_OCR": Code("error", "글자가 없는 쪽", "{label}쪽에 글자가 없습니다. 문자 인식(OCR)이 필요합니다", "", ""),
    "UNDECODABLE_TEXT": Code("error", "풀 수 없는 글자", "{label}쪽의 글꼴에서 글자를 알아낼 수 없습니다", "", ""),
    "DAMAGED_TEXT": Code("warning", "손상된 글자", "손상된 글자가 있습니다: {actual}", "", ""),
})
