"""What checking costs: milliseconds a card, sound and damaged; seconds for the checks across 50,000 cards.

    python -m benchmarks.checks [CARDS]

CPU time, so that other work on the machine counts little. The aim is under 2 ms a card.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from tests.budgets import Shape, amount_at, make_budget, with_amount

from cardextract.card import Card, Item, Section
from cardextract.checks import check
from cardextract.history import Facts, check_across, facts
from cardextract.profiles import load_rules

LINES = (
    "협약 체결: 2024. 1. 12. 지역 대학 등 6개 기관",
    "보조금 교부: 99,410천원",
    "신청 200명 중 50명 선정",
    "운영: 2024. 3. ~ 2024. 12.",
    "주민 참여 확대 및 홍보 강화",
    "관내 107개 업체(종업원 40인 미만 공장) 현황 조사",
    "수행기관: 가온 도시재생지원센터, 골목상인회",
    "전문기관 기반 수요조사 및 과업지시서 작성",
    "분기별 지도점검: 2회(2024. 3./ 6.)",
)


def card(n: int, *, damage: bool = False) -> Card:
    """A card as large as a real one: 80 cells, 60 bullets."""
    rng = random.Random(n)
    made = make_budget(rng, Shape())
    if damage:
        path = f"budget[plan/{rng.choice(Shape().sources)}/2024].amount"
        made = with_amount(made, path, amount_at(made, path) + 7_000_000)
    kinds = ("overview", "achievements", "issues")
    sections = [
        Section.model_validate(
            {
                "kind": kind,
                "title": kind,
                "items": [Item(marker="-", text=LINES[i % len(LINES)]) for i in range(20)],
            }
        )
        for kind in kinds
    ]
    changes = {
        "sections": sections,
        "number": f"{n}",
        "title": f"{n}번째 골목길 만들기",
        "card_id": f"{n:012x}-1",
    }
    return made.model_copy(update=changes)


def moved(n: int) -> Card:
    """A card one of whose rows stands a year too late: the dearest search for a culprit."""
    made = card(n)
    years = [f"budget[plan/sido/{y}].amount" for y in range(2022, 2027)]
    for path, amount in zip(years, [0, *(amount_at(made, y) for y in years)], strict=False):
        made = with_amount(made, path, amount)
    return made


def milliseconds(cards: list[Card]) -> float:
    rules = load_rules(Path(__file__).parents[1] / "rules").base
    check(cards[0], rules)
    begin = time.process_time()
    for one in cards:
        check(one, rules)
    return 1000 * (time.process_time() - begin) / len(cards)


def across(count: int) -> float:
    """Two reports of 250 governments."""
    base = facts(card(0))
    slim: list[Facts] = []
    for n in range(count):
        pledge, report = divmod(n, 2)
        values = {name: getattr(base, name) for name in Facts.__slots__}
        values |= {"card_id": f"{n:012x}-1", "path": f"{report}/{pledge}.txt", "number": str(pledge % 200)}
        values |= {
            "issuer": f"{pledge // 200}구",
            "title": f"{pledge}번째 골목길",
            "as_of": f"2024-{6 * report + 6:02}",
        }
        slim.append(Facts(**values))
    begin = time.process_time()
    check_across(slim)
    return time.process_time() - begin


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print(f"sound\t{milliseconds([card(n) for n in range(count)]):.2f} ms a card")
    print(f"damaged\t{milliseconds([card(n, damage=True) for n in range(count)]):.2f} ms a card")
    print(f"moved row\t{milliseconds([moved(n) for n in range(count)]):.2f} ms a card")
    print(f"across\t{across(50_000):.1f} s for 50,000 cards")


if __name__ == "__main__":
    main()
