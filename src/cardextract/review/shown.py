"""A value of a record as the pages show it: its name in words, what holds and what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardextract.card import Card, Evidence
from cardextract.corrections import Correction
from cardextract.document import Place
from cardextract.labels import LEDGERS, SOURCES, period_label

Held = Mapping[tuple[Place | None, str], Correction]
"""The fixes in force, by place and printed text."""

LABELS = {
    "report_title": "보고 제목", "as_of": "기준일", "number": "관리번호", "title": "공약명",
    "lead_department": "주관부서", "related_departments": "관련부서", "staff": "담당자", "period": "사업기간",
    "budget_total": "소요예산", "budget_by_source": "재원", "status": "추진상태", "progress": "진도율", "rates": "비율",
    "goals": "목표", "tasks": "과제", "captions": "사진 설명", "issuer": "기관",
}  # fmt: skip
PARTS = {
    "start": "시작", "end": "끝", "role": "직책", "rank": "직급", "name": "이름", "phone": "전화", "percent": "",
    "amount": "금액", "until": "기한", "text": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A value to show. now: the text that holds, printed: the text in the document (they differ where corrected)."""

    path: str
    label: str
    shown: str
    now: str | None
    printed: str | None
    certainty: str = ""
    reason: str = ""
    placed: bool = False


def proof_of(card: Card, path: str) -> tuple[str, Evidence] | None:
    """The evidence of a path, which may be named with or without `.amount`; and its own key."""
    for key in (path, f"{path}.amount", path.removesuffix(".amount")):
        if key in card.evidence:
            return key, card.evidence[key]
    return None


def budget_label(path: str) -> str:
    """A budget path in words.

    >>> budget_label("budget[plan/national/2022].amount")
    '계획 국비 2022년'
    """
    inner = path.removeprefix("budget[").split("]")[0].split("/")
    if len(inner) != 3:
        return path
    ledger, source, period = inner
    when = period_label(period) if period not in ("None", "*") else "(열 모름)"
    return f"{LEDGERS.get(ledger, ledger)} {SOURCES.get(source, source)} {when}"


def label_of(path: str) -> str:
    """A path in words, for people.

    >>> label_of("staff[0].name"), label_of("budget_by_source.national"), label_of("budget_total")
    ('담당자 1 이름', '재원 국비', '소요예산')
    """
    if path.startswith("budget["):
        return budget_label(path)
    head, _, rest = path.partition(".")
    name, _, index = head.partition("[")
    words = [LABELS.get(name, name)]
    if index:
        words.append(str(int(index.rstrip("]")) + 1) if index.rstrip("]").isdigit() else index.rstrip("]"))
    if rest:
        words.append(SOURCES.get(rest, PARTS.get(rest, rest)))
    return " ".join(filter(None, words))


def value(card: Card, path: str, shown: str, held: Held) -> Value:
    """A value with its proof."""
    found = proof_of(card, path)
    if found is None:
        return Value(path, label_of(path), shown, None, None)
    key, proof = found
    change = held.get((proof.place, proof.text))
    now = change.now if change is not None else proof.text
    placed = proof.place != Place()
    return Value(key, label_of(path), shown, now, proof.text, proof.certainty, proof.reason or "", placed)
