"""What one card says, before it gets a shape: facts, sections and a budget whose sums close."""

# ruff: noqa: E501
from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from . import words

Rng = random.Random
Amounts = dict[tuple[str, str, str], int]  # (ledger, source, period) -> steps of the printed unit
UNITS = {"원": 1, "천원": 1_000, "백만원": 1_000_000, "억원": 100_000_000}


@dataclass(frozen=True)
class Item:
    text: str
    children: tuple[Item, ...] = ()
    note: bool = False


@dataclass(frozen=True)
class Person:
    role: str
    rank: str
    name: str
    phone: str


@dataclass(frozen=True)
class Content:
    number: str
    title: str
    dept: str
    related: list[str]
    staff: list[Person]
    period_text: str
    period: dict[str, Any]
    status: str
    progress: int
    goals: list[str]
    tasks: list[dict[str, Any]]
    sections: list[tuple[str, tuple[Item, ...]]]
    amounts: Amounts
    budgeted: bool
    captions: list[str] = field(default_factory=list)
    misprints: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)
    """Table cells that print something else than `amounts`: the text, and what it means in steps x 1000."""
    misstated: dict[str, int] = field(default_factory=dict)
    """Amounts of the header, by source or `total`, that are not those of the table."""


def pick_number(rng: Rng, style: str, n: int) -> str:
    return {
        "1-1-1": f"{n}-{rng.randint(1, 4)}-{rng.randint(1, 9)}", "1-2": f"{n}-{rng.randint(1, 12)}",
        "4-07-1": f"{n}-0{rng.randint(1, 9)}-{rng.randint(1, 3)}", "P8": f"P8-{10 + n} ({rng.choice('AB')})",
        "III": f"{['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ'][n % 4]}-{'①②③④'[rng.randint(0, 3)]}-{n}", "가": f"{'가나다라마'[n % 5]}-{rng.randint(1, 9)}",
        "plain": str(n * 7 + rng.randint(0, 6)), "0plain": f"{n * 3 + 1:03d}",
    }[style]  # fmt: skip


def person(rng: Rng, role: str, layout: Any) -> Person:
    rank = rng.choice(words.RANKS) if layout.ranks else ""
    phone = {"short": f"{rng.randint(2000, 9899)}", "long": f"031-5{rng.randint(10, 99)}-{rng.randint(2000, 9899)}",
             "none": ""}[layout.phone]  # fmt: skip
    return Person(role, rank, rng.choice(words.SURNAMES) + rng.choice(words.GIVEN), phone)


def period_of(rng: Rng, style: str, as_of_year: int, ended: bool) -> tuple[str, dict[str, Any]]:
    y1, m1 = 2022 + rng.randint(0, 1), rng.randint(1, 9)
    y2, m2 = (as_of_year, rng.randint(1, 5)) if ended else (2026, rng.randint(1, 12))
    if (y1, m1) >= (y2, m2):
        y1, m1 = y2 - 1, 1
    months = {"start": f"{y1}-{m1:02d}", "end": f"{y2}-{m2:02d}", "beyond_term": False}
    years = {"start": str(y1), "end": str(y2), "beyond_term": False}
    if style == "years":
        return f"{y1} ~ {y2}", years
    if style == "년":
        return f"{y1}년~{y2}년", years
    if style == "dots":
        return f"{y1}. {m1}. ~ {y2}. {m2}.", months
    if style == "dots0":
        return f"{y1}.{m1:02d}.∼{y2}.{m2:02d}.", months
    if style == "월":
        return f"{y1}년 {m1}월 ～ {y2}년 {m2}월", months
    if style == "apos":
        return f"’{y1 % 100}. {m1}월 ~ ’{y2 % 100}. {m2}월", months
    if style == "임기내":
        return f"{y1} ~ {y2}(임기내)", years
    if style == "days":
        return (f"{y1}. {m1}. 1. ~ {y2}. {m2}. 28.",
                {"start": f"{y1}-{m1:02d}-01", "end": f"{y2}-{m2:02d}-28", "beyond_term": False})  # fmt: skip
    return f"{y1} ~ 【임기 후 계속】", {"start": str(y1), "end": None, "beyond_term": True}


def draw_amounts(rng: Rng, layout: Any, as_of_year: int, planned: bool) -> Amounts:
    """Base cells (source × period without totals) of each ledger; secured and spent never above the plan."""
    step = {"원": 1000, "천원": 1, "백만원": 1, "억원": 1}[layout.unit]
    big = {"원": 400_000, "천원": 300_000, "백만원": 1900, "억원": 900}[layout.unit]
    out: Amounts = {}
    missing = (
        set(rng.sample(layout.sources, k=rng.randint(0, max(0, len(layout.sources) - 1))))
        if layout.sources != ["total"]
        else set()
    )
    for source in layout.sources:
        for period in layout.base_periods:
            zero = source in missing or rng.random() < 0.12
            plan = 0 if zero else rng.randint(1, big) * step
            out["plan", source, period] = plan
            past = period == "before" or (period[:4].isdigit() and int(period[:4]) <= as_of_year)
            secured = plan if past else 0
            out["secured", source, period] = secured
            whole = period == "before"  # what was invested before the term is spent
            out["spent", source, period] = (
                plan
                if whole
                else 0
                if planned or not past
                else int(secured / step * rng.choice([1, 0.9, 0.73, 0.5])) * step
            )
    return out


def totals(layout: Any, base: Amounts) -> Amounts:
    """With the sums that this layout prints."""
    full = dict(base)
    for ledger in layout.ledgers:
        for period in layout.base_periods:
            if "total" not in layout.sources:
                full[ledger, "total", period] = sum(base[ledger, s, period] for s in layout.sources)
        for source in {"total", *layout.sources}:
            inside = [p for p in layout.base_periods if p[:2] == "20"]
            full[ledger, source, "in_term"] = sum(full[ledger, source, p] for p in inside)
            full[ledger, source, "total"] = sum(full[ledger, source, p] for p in layout.base_periods)
    return full


def when(_rng: Rng, style: str, y: int, m: int) -> str:
    return {"dot": f"{y}. {m}.", "tight": f"{y}.{m}.", "apos": f"'{y % 100}. {m}월", "word": f"{y}년 {m}월"}[
        style
    ]


def past_items(rng: Rng, layout: Any, works: list[str], y: int) -> tuple[Item, ...]:
    w = layout.dates

    def leaf() -> Item:
        return Item(rng.choice([
            f"모집기간: {when(rng, w, y - 1, rng.randint(2, 6))} ~ {when(rng, w, y - 1, rng.randint(7, 12))}",
            f"대 상: 관내 주민 {rng.randint(20, 900)}명", f"총 {rng.randint(2, 9)}개소, {rng.randint(11, 99)},400천원 지급",
            f"분기별 점검: 3회({when(rng, w, y - 1, 3)}/ 6./ 9.)", "방 법: 서면심사 및 현장평가", f"만족도 {rng.randint(61, 98)}%",
            "민-관 실무협의체 구성·운영", "(재)소담문화재단 위탁 운영", f"사업비: {rng.randint(20, 90)}백만원(국비 50%, 시비 50%)",
            "주민설명회(1차: 42명, 2차: 38명)", f"기본 및 실시설계 용역 준공: {when(rng, w, y - 1, rng.randint(1, 12))}",
            "다온동~새솔동 구간 1.2km", "협의내용", "1단계 공사 발주(토목·건축 분리)",
        ]))  # fmt: skip

    out = []
    for _ in range(rng.randint(1, 4)):
        head = Item(rng.choice([
            f"{rng.choice(works)} 설계용역 착수: {when(rng, w, y - 1, rng.randint(1, 12))}", f"{y - 1}년 {rng.choice(works)} 추진",
            f"{rng.choice(works)} 참여자 모집", f"‘{rng.choice(works)} 한마당’ 개최 ※공모 선정",
            f"{rng.choice(works)} {'→' if layout.one_table else '⇒'} 2개 동 추가 선정",
        ]))  # fmt: skip
        kids = []
        for _ in range(rng.randint(0, 3)):
            deep = tuple(leaf() for _ in range(rng.choice([0, 0, 1, 2]))) if layout.depth > 2 else ()
            kids.append(replace(leaf(), children=deep))
        if rng.random() < layout.note_rate:
            note = Item(
                rng.choice(
                    [f"{y - 1}년 신규 사업", "추경 확보 예정액 12백만원 별도", "세부 일정은 변동 가능"]
                ),
                note=True,
            )
            if kids and not kids[-1].children:
                kids[-1] = replace(kids[-1], children=(note,))
            elif not kids:
                kids.append(note)
        out.append(replace(head, children=tuple(kids)))
    return tuple(out)


def section_items(
    rng: Rng, layout: Any, kind: str, works: list[str], goal: str, y: int, planned: bool
) -> tuple[Item, ...]:
    if kind == "achievements":
        return (Item("추진 준비 중(실적 없음)"),) if planned else past_items(rng, layout, works, y)
    if kind == "overview":
        return tuple(Item(f"{w} 추진" if rng.random() < 0.5 else w, tuple(
            Item(rng.choice([f"위 치: 다온동 {rng.randint(2, 99)}번지", f"규 모: 연면적 {rng.randint(2, 9)},{rng.randint(100, 900)}㎡",
                             f"연 {rng.randint(2, 9)}회 운영", "동별 순회 교육 실시", f"지원대상 {rng.randint(30, 400)}가구"]))
            for _ in range(rng.randint(0, 2)))) for w in works[:3])  # fmt: skip
    if kind == "background":
        return tuple(rng.sample([Item("생활권 안에서 이용할 시설이 부족하다는 의견이 이어짐"), Item(f"{goal} 실현을 위한 기반 필요"),
                                 Item("고령 인구 비율 증가에 따른 수요 대응")], rng.randint(1, 2)))  # fmt: skip
    if kind == "schedule":
        return tuple(
            Item(f"{n}년: {t}")
            for n, t in zip(
                range(2023, 2027), ["타당성 조사", "설계 및 인허가", "공사 추진", "준공 및 운영"], strict=True
            )
        )
    if kind == "issues":
        return rng.choice([(Item("해당없음"),), (Item("편입부지 협의가 길어져 공정 조정 필요", (Item("감정평가 재실시 후 수용재결 검토"),)),),
                           (Item("자재비 상승에 따른 사업비 증가 우려"), Item("국비 추가 확보를 위한 중앙부처 협의"))])  # fmt: skip
    if kind == "next_steps":
        return tuple(rng.sample([Item(f"{works[0]} 준공: {y + 1}년 하반기"), Item("만족도 조사 결과 반영"), Item(f"차년도 예산 편성: {y}. 11."),
                                 Item(f"{works[1]} 확대: 연중", (Item("상·하반기 각 1회 점검"),)), Item("유지관리 방안 수립: 수시")], rng.randint(1, 3)))  # fmt: skip
    if kind == "effects":
        return (Item(f"{goal} 체감도 향상"), Item(f"연간 {rng.randint(3, 90) * 100:,}명 이용"))
    return (Item("관련 조례: 소담구 평생교육 진흥 조례"), Item("유사 사례: 이웃 시 2곳 운영 중"))


def draw(rng: Rng, layout: Any, n: int) -> Content:
    dept, goal, works = rng.choice(words.THEMES)
    works = rng.sample(works, len(works))
    status = rng.choice(
        ["in_progress"] * 5
        + ["completed", "completed_ongoing", "partial", "delayed", "on_hold", "planned", "dropped"]
    )
    if status not in layout.status_words:
        status = "in_progress"
    planned = status == "planned"
    progress = {"completed": 100, "completed_ongoing": 100, "planned": 0}.get(
        status, rng.choice([12, 25, 40, 55, 67, 80, 95])
    )
    year = layout.as_of_year
    text, period = period_of(rng, rng.choice(layout.period_styles), year, status == "completed")
    title = rng.choice([works[0], f"{works[0]} 및 {works[1]}", f"‘{works[0]}’ 추진", f"{works[0]}(2단계)", f"{goal}, {works[0]}",
                        f"{works[0]} - {works[1]}", f"{works[0]}·{works[1]} 확대"])  # fmt: skip
    tasks: list[dict[str, Any]] = []
    for w in works[: rng.randint(2, 4)]:
        amount = rng.choice([None, rng.randint(10, 900)])
        tasks.append(
            {
                "text": w + rng.choice([" 추진", " 확대", ""]),
                "amount": amount,
                "until": rng.choice([None, "2025", "2026"]) if amount else None,
            }
        )
    if not layout.task_money:
        tasks = [{**t, "amount": None, "until": None} for t in tasks]
    budgeted = rng.random() > 0.1 or layout.always_budget
    base = draw_amounts(rng, layout, year, planned)
    if budgeted and not any(v for (led, _, _), v in base.items() if led == "plan"):
        first = (
            "plan",
            layout.sources[0],
            "2026" if "2026" in layout.base_periods else layout.base_periods[-1],
        )
        base[first] = 1000 if layout.unit == "원" else 17
    sections = [
        (k, () if k == "investment" else section_items(rng, layout, k, works, goal, year, planned))
        for k in layout.order
    ]
    related = rng.choice([[], ["안전총괄과"], ["회계과", "도시계획과"]]) if layout.has_related else []
    number = pick_number(rng, layout.number_style, n)
    staff = [person(rng, r, layout) for r in layout.roles]
    goals = [f"{works[0]}을 통한 {goal}", f"{goal} 만들기"][: rng.randint(1, 2)]
    captions = (
        [
            f"{works[i]} {c}"
            for i, c in enumerate(rng.sample(["현장점검", "개소식", "주민설명회"], rng.randint(1, 3)))
        ]
        if layout.captions
        else []
    )
    amounts = totals(layout, base)
    if sum(t["amount"] or 0 for t in tasks) > amounts["plan", "total", "total"]:
        tasks = [
            {**t, "amount": None, "until": None} for t in tasks
        ]  # the tasks of a sound card cost no more than it
    return Content(number, title, dept, related, staff, text, period, status, progress, goals, tasks, sections,
                   amounts, budgeted, captions)  # fmt: skip
