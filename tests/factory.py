"""Invented cards for tests: 가온구 does not exist, and neither does anything it spends.

>>> make_card().title
'걷고 싶은 골목길 만들기'
"""

from __future__ import annotations

import hashlib
from typing import Any

from cardextract.card import (
    BudgetCell,
    Card,
    Evidence,
    Grid,
    GridCell,
    Item,
    Mention,
    Period,
    Rate,
    Section,
    SourceFile,
    Staff,
    Task,
    budget_path,
)
from cardextract.document import Place
from cardextract.findings import Finding, Suggestion

MILLION = 1_000_000
YEARS = ("before", "2022", "2023", "2024", "2025", "2026", "after_term")
TITLES = (
    "걷고 싶은 골목길 만들기",
    "온마을 돌봄센터 건립",
    "가온천 물길 되살리기",
    "청년 일자리 이음터 운영",
    "작은 도서관 늘리기",
)
DEPARTMENTS = ("도시재생과", "복지정책과", "환경과", "일자리과", "문화과")
STATUSES = ("in_progress", "completed", "delayed", "completed_ongoing", "planned")

# plan and spent by source and year, in million won, as printed; the sums close
PLAN = {"national": (0, 120, 240, 300, 180, 60, 0), "sigungu": (30, 80, 160, 200, 120, 40, 70)}
SECURED = {"national": (0, 120, 240, 300, 0, 0, 0), "sigungu": (30, 80, 160, 150, 0, 0, 0)}
SPENT = {"national": (0, 120, 235, 110, 0, 0, 0), "sigungu": (30, 75, 150, 60, 0, 0, 0)}


def budget_cells(*, factor: int = 1) -> list[BudgetCell]:
    """The cells of a sound plan, secured and spent table; zeros are printed as dashes."""
    out = []
    for ledger, rows in (("plan", PLAN), ("secured", SECURED), ("spent", SPENT)):
        total = tuple(sum(column) for column in zip(*rows.values(), strict=True))
        for source, years in {"total": total, **rows}.items():
            for period, amount in zip(("total", *YEARS), (sum(years), *years), strict=True):
                out.append(
                    BudgetCell.model_validate(
                        {
                            "ledger": ledger,
                            "source": source,
                            "period": period,
                            "amount": amount * factor * MILLION,
                            "state": "stated" if amount else "zero_mark",
                        }
                    )
                )
    return out


def make_card(n: int = 1, *, path: str | None = None, sections: bool = True, **changes: Any) -> Card:
    """Card number n of the invented 가온구; fields given in `changes` replace those made here.

    The same n gives the same card; n changes title, department, status, number, staff and the budget's size.
    """
    path = path or f"2024_상반기/{n:03d}.txt"
    sha256 = hashlib.sha256(f"{path}#{n}".encode()).hexdigest()
    cells = budget_cells(factor=n)
    evidence: dict[str, Evidence] = {}
    offset = 40

    def prove(at: str, text: str, **more: Any) -> None:
        nonlocal offset
        place = Place(line=offset // 20, start=offset, end=offset + len(text))
        evidence[at] = Evidence(text=text, place=place, **more)
        offset += len(text) + 7

    title = TITLES[(n - 1) % len(TITLES)]
    staff = [
        Staff(role="팀장", rank="행정6급", name=f"나가온{'가나다라마'[n % 5]}", phone=f"48{n % 100:02d}"),
        Staff(role="담당자", rank="행정7급", name="도하늘", phone=f"051-000-{n % 10000:04d}"),
    ]
    prove("title", title)
    prove("number", f"{n}-1-1")
    prove("as_of", "2024. 6. 30.")
    prove("progress", f"{(40 + n) % 101}%")
    prove("budget_total", f"{1600 * n:,}백만원")
    for i, person in enumerate(staff):
        prove(f"staff[{i}].name", str(person.name))
        prove(f"staff[{i}].phone", str(person.phone))
    for cell in cells:
        shown = f"{cell.amount // MILLION:,}" if cell.amount else "-"
        prove(budget_path(cell.ledger, cell.source, cell.period) + ".amount", shown, reason="단위: 백만원")
    parts = [
        Section(
            kind="overview",
            number="1",
            title="추진개요",
            items=[
                Item(
                    marker="○",
                    text="골목길 12곳 정비(1,600백만원)",
                    mentions=[
                        Mention(type="count", text="12곳", value=12, unit="곳", of="골목길", start=4, end=7),
                        Mention(
                            type="money",
                            text="1,600백만원",
                            value=1600 * MILLION,
                            unit="원",
                            start=11,
                            end=19,
                        ),
                    ],
                    children=[
                        Item(
                            marker="-",
                            text="가로등 설치 및 보도 포장",
                            children=[Item(marker="⇒", text="주민 설명회 2회 개최")],
                        ),
                        Item(marker="-", text=f"현장 문의: 도하늘 ☎ 051-000-{n % 10000:04d}"),
                    ],
                )
            ],
            tables=[
                Grid(
                    rows=2,
                    cols=2,
                    cells=[
                        GridCell(row=0, col=0, colspan=2, text="성과지표"),
                        GridCell(row=1, col=0, text="정비 구간"),
                        GridCell(row=1, col=1, text="12곳"),
                    ],
                )
            ],
        ),
        Section(
            kind="achievements",
            number="3",
            title="추진실적",
            items=[
                Item(
                    marker="○",
                    text="2024. 3. 15. 설계 용역 착수",
                    mentions=[Mention(type="date", text="2024. 3. 15.", value="2024-03-15", start=0, end=12)],
                )
            ],
        ),
    ]
    for s, section in enumerate(parts):
        for i, item in enumerate(section.items):
            prove(f"sections[{s}].items[{i}].text", item.text)
    values: dict[str, Any] = {
        "card_id": f"{sha256[:12]}-1",
        "source": SourceFile(path=path, sha256=sha256, format="text", card_index=1),
        "profile": "base",
        "rules_sha256": hashlib.sha256(b"rules").hexdigest(),
        "issuer": "가온구",
        "report_title": "구청장 공약사항 관리카드",
        "as_of": "2024-06-30",
        "number": f"{n}-1-1",
        "title": title,
        "lead_department": DEPARTMENTS[(n - 1) % len(DEPARTMENTS)],
        "related_departments": ["기획예산과", "안전총괄과"],
        "staff": staff,
        "period": Period(start="2022-07", end="2026-06", beyond_term=False),
        "budget_total": 1600 * n * MILLION,
        "budget_by_source": {"national": 900 * n * MILLION, "sigungu": 700 * n * MILLION},
        "status": STATUSES[(n - 1) % len(STATUSES)],
        "progress": float((40 + n) % 101),
        "rates": [Rate(label="진도율", percent=float((40 + n) % 101))],
        "goals": ["누구나 안심하고 걷는 골목길"],
        "tasks": [
            Task(text="골목길 정비", amount=900 * MILLION, until="2025"),
            Task(text="주민 참여단 운영"),
        ],
        "other_fields": {"분야": "도시"},
        "sections": parts if sections else [],
        "budget": cells,
        "captions": ["골목길 정비 현장"],
        "evidence": evidence,
    }
    return Card.model_validate(values | changes)


def make_finding(card: Card, code: str = "ROW_SUM", **changes: Any) -> Finding:
    """A finding of the card: a sum that misses by 10 million won, with a suggestion."""
    path = budget_path("plan", "sigungu", "2024") + ".amount"
    proof = card.evidence.get(path)
    values: dict[str, Any] = {
        "id": hashlib.sha256(f"{card.card_id}{code}".encode()).hexdigest()[:12],
        "code": code,
        "kind": None,
        "severity": "error",
        "message": "구비 계 700 ≠ 연도별 합 690 (차이 10백만원)",
        "card_id": card.card_id,
        "source_path": card.source.path,
        "paths": (budget_path("plan", "sigungu", "total") + ".amount", path),
        "places": (proof.place,) if proof else (),
        "expected": 690 * MILLION,
        "actual": 700 * MILLION,
        "suggestion": Suggestion(path=path, value=210 * MILLION, text="210"),
    }
    return Finding(**(values | changes))


def make_cards(count: int = 5) -> list[Card]:
    """Cards 1 to count as the batch writes them; the second has an error, the third a warning."""
    cards = [make_card(n) for n in range(1, count + 1)]
    if count > 1:
        cards[1].findings = [make_finding(cards[1])]
    if count > 2:
        cards[2].findings = [make_finding(cards[2], "YEAR_OVERSPENT", severity="warning", suggestion=None)]
    return sorted(cards, key=lambda card: (card.source.path, card.source.card_index))
