"""One layout: every choice a government's form makes once for all its cards, drawn from a seed."""

# ruff: noqa: E501
from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from . import words

LEVELS = {  # issuer level -> chief, source names with their meaning
    "gu": ("구청장", {"국비": "national", "시비": "sido", "구비": "sigungu"}),
    "gun": ("군수", {"국비": "national", "도비": "sido", "군비": "sigungu"}),
    "si": ("시장", {"국비": "national", "도비": "sido", "시비": "sigungu"}),
    "metro": ("광역시장", {"국비": "national", "시비": "sido", "구비": "sigungu"}),
    "do": ("도지사", {"국비": "national", "도비": "sido", "시군비": "sigungu"}),
}
EXTRA = [{"기금": "fund"}, {"민자": "private"}, {"민간": "private"}, {"특교세": "grant"}, {"특별조정교부금": "grant"},
         {"교부세": "grant"}, {"기타": "other"}, {}]  # fmt: skip
MARKS = [
    ("○", "-", "·"), ("ㅇ", "-", "•"), ("◦", "-", "·"), ("❍", "-", "⇒"), ("▷", "-", "·"), ("①", "-", "·"), ("◆", "●", "-"),
    ("1)", "가)", "-"), ("가.", "1)", "-"), ("□", "○", "-"), ("○", "▷", "-"), ("•", "-", "∙"), ("▶", "–", "ㆍ"), ("-", "·", "⇒"),
    ("◈", "▸", "-"), ("ㅁ", "ㅇ", "-"), ("■", "-", "·"), ("➔", "-", "·"), ("1.", "-", "·"), ("○", "①", "-"), ("◇", "•", "-"),
]  # fmt: skip
HEADS = ["1. ", "Ⅰ. ", "가. ", "1) ", "□ ", "■ ", "▣ ", "◈ ", "◇ ", "❏ ", "【】", "<>", "[]", "〔〕", "1 ", "cell", "bare", "◎ ", "▢ ", "table2",
         "table1", "① ", "ㅁ ", "《》", "** "]  # fmt: skip


@dataclass(frozen=True)
class Layout:
    seed: int
    level: str
    gov: str
    sources: list[str]
    source_names: dict[str, str]  # canonical -> printed
    labels: dict[str, str]
    section_titles: dict[str, str]
    order: list[str]
    heading: str
    marks: tuple[str, str, str]
    indent: str
    depth: int
    note: str
    note_rate: float
    blank_lines: bool
    number_style: str
    number_place: str  # label | prefix | seq (연번 beside) | line
    title_shape: str
    report_title: str | None
    as_of_style: str
    as_of: str
    as_of_year: int
    grid: str  # grid | below | lines | group
    pairs: int
    staff_shape: str
    roles: list[str]
    ranks: bool
    phone: str
    period_styles: list[str]
    status_shape: str
    status_words: dict[str, str]
    progress_style: str
    unknown: list[tuple[str, str]]
    unit: str
    unit_place: str
    unit_style: str
    ledgers: list[str]
    ledger_names: dict[str, str]
    shape: str
    base_periods: list[str]
    period_names: dict[str, str]
    in_term: bool
    total_pos: str
    source_total_pos: str
    zero: str
    extra: str | None
    local_group: bool
    corner_split: bool
    money_style: str
    dates: str
    task_money: bool
    always_budget: bool
    has_related: bool
    captions: str | None
    one_table: str | None  # None | split | embedded
    budget_first: bool
    indicator: bool
    footer: str | None
    running: bool
    lossy: bool
    table_unit: str | None = None
    """What the table says its unit is, where that is not the unit of its figures."""

    @property
    def says(self) -> str:
        return self.table_unit or self.unit


def _years(rng: random.Random, kind: str) -> dict[str, str]:
    style = rng.choice(["{y}년", "{y}", "'{s}년", "’{s}", "{s}년", "{y}년도", "{y}년 예산", "’{s}년"])
    after = rng.choice(["임기후", "향후", "2027년 이후", "2027~", "임기 후", "'27년 이후", "이후"])
    before = rng.choice(
        ["기투자", "기투자액", "旣투자", "~2021", "2021년까지", "기투자액(~2021)", "2021년 이전", "~'21년"]
    )
    names = {str(y): style.format(y=y, s=y % 100) for y in range(2022, 2027)}
    half = rng.choice(
        ["22.하반기 26.상반기", "'22.하반기 '26.상반기", "2022하반기 2026상반기", "’22년하반기 ’26년상반기"]
    ).split()
    names.update({"before": before, "after_term": after, "2022-H2": half[0], "2026-H1": half[1]})
    names["in_term"] = (
        rng.choice(["소계", "계"])
        if kind == "nested"
        else rng.choice(["임기내", "임기내 소계", "임기 내", "민선8기 계"])
    )
    names["in_term_group"] = rng.choice(["임기내", "민선8기", "임기 내", "민선8기(임기내)"])
    return names


def draw(seed: int) -> Layout:
    rng = random.Random(f"layout-{seed}")
    level = rng.choice(["gu", "gu", "gun", "gun", "si", "si", "metro", "do"])
    chief, source_map = LEVELS[level]
    source_map = {**source_map, **rng.choice(EXTRA)}
    if len(source_map) < 4 and rng.random() < 0.5:
        source_map["기타"] = "other"
    names = {v: k for k, v in source_map.items()}
    sources = list(names) if rng.random() < 0.85 else ["total"]
    half = rng.random() < 0.12
    years = (
        ["2022-H2", "2023", "2024", "2025", "2026-H1"]
        if half
        else [str(y) for y in range(rng.choice([2022, 2022, 2023]), 2027)]
    )
    base = [
        *(["before"] if rng.random() < 0.5 else []),
        *years,
        *(["after_term"] if rng.random() < 0.6 else []),
    ]
    in_term = len(base) > len(years) and rng.random() < 0.35
    ledgers = rng.choice([["plan"], ["plan", "spent"], ["plan", "spent"], ["plan", "secured", "spent"]])
    if sources == ["total"]:
        shape = rng.choice(["L|P", "P|L", "|P tables"]) if len(ledgers) > 1 else rng.choice(["L|P", "P|L"])
    elif len(ledgers) == 1:
        shape = rng.choice(["S|P tables", "P|S tables", "L,S|P"])
    else:
        shape = rng.choice(
            [
                "S|P tables",
                "P|S tables",
                "L,S|P",
                "L,S|P",
                "S|L,P",
                "S|P,L",
                "P|L,S",
                "P|L,S",
                "L,P|S",
                "P,L|S",
                "S,L|P",
                "P,S|L",
            ]
        )
    year = rng.choice([2024, 2024, 2025, 2025])
    as_of = rng.choice([(f"{year}-06-30"), (f"{year}-03-31"), (f"{year}-09-30"), (f"{year}-12-31")])
    m = int(as_of[5:7])
    as_of_style = rng.choice(
        [
            "現在",
            "기준점",
            "dot기준",
            "apos",
            "month_end",
            "quarter",
            "half",
            "title",
            "month",
            "field",
            "plain",
            "angle",
        ]
    )
    if as_of_style == "half" and m in (3, 9):
        as_of_style = "quarter"
    order = ["overview", "achievements", "issues", "next_steps"]
    for k in ("background", "schedule", "effects", "references"):
        if rng.random() < 0.4:
            order.append(k)
    if rng.random() < 0.4:
        order.remove(rng.choice(order))
    rank = [
        "background",
        "overview",
        "investment",
        "schedule",
        "achievements",
        "issues",
        "next_steps",
        "effects",
        "references",
    ]
    order = (
        sorted([*order, "investment"], key=rank.index)
        if rng.random() < 0.6
        else rng.sample([*order, "investment"], len(order) + 1)
    )
    heading = rng.choice(HEADS)
    marks = rng.choice([k for k in MARKS if k[0].strip() not in {heading.strip(), {"1)": "1)", "가. ": "가."}.get(heading, "")} and not (
        heading in ("ㅁ ", "□ ", "▢ ", "❏ ") and k[0] in "ㅁ□") and not (heading == "1. " and k[0] in ("1.",)) and not (heading == "① " and "①" in k)])  # fmt: skip
    one_table = rng.choice(["split", "embedded"]) if heading == "cell" else None
    if one_table and marks[0] in ("-",):
        marks = ("○", "-", "·")
    grid = rng.choice(["grid"] * 5 + ["below", "lines", "lines", "group"]) if not one_table else "grid"
    roles = rng.choice(
        [
            ["팀장", "담당자"],
            ["담당자"],
            ["과장", "팀장", "담당자"],
            ["담당팀장", "담당자"],
            ["담당사무관", "주무관"],
            ["팀장", "주무관"],
        ]
    )
    phone = rng.choice(["short", "long", "short", "none"])
    staff_shape = rng.choice(["cells", "cells", "one", "phone_cells", "mini", "slash", "none"])
    if grid == "lines":
        staff_shape = rng.choice(["cells", "one", "none"])
    if phone == "none" and staff_shape in ("phone_cells", "mini"):
        phone = "short"
    if staff_shape == "none":
        roles = []
    extra = rng.choice([None, None, None, "비고", "구성비", "집행률"])
    number_place = rng.choice(["label", "label", "label", "prefix", "seq", "line"])
    number_style = rng.choice(["1-1-1", "1-2", "4-07-1", "P8", "III", "가", "plain", "0plain"])
    shapes = [
        "[{n}] {t}",
        "공약 {n}. {t}",
        "[공약 {n}] {t}",
        "{n}. {t}",
        *([] if number_style == "P8" else ["{n}) {t}"]),
    ]
    kind = "nested" if rng.random() < 0.6 else "flat"
    statuses = rng.sample(list(words.STATUS), len(words.STATUS))
    left_out = rng.choice(["delayed", "on_hold", "dropped", "partial"])
    return Layout(
        seed=seed, level=level, gov=rng.choice(["소담", "다온", "새솔", "한빛"]), sources=sources, source_names=names,
        labels={k: rng.choice(v) for k, v in words.LABELS.items()},
        section_titles={k: rng.choice(v) for k, v in words.SECTIONS.items()}, order=order, heading=heading, marks=marks,
        indent=rng.choice([" ", "  ", "   "]), depth=rng.choice([2, 3, 3]), note=rng.choice(["※", "*"]), note_rate=rng.choice([0, 0.3]),
        blank_lines=rng.random() < 0.3, number_style=number_style,
        number_place=number_place, title_shape=rng.choice(shapes),
        report_title=rng.choice([f"{chief} 공약사항 관리카드", f"민선8기 {chief} 공약 이행현황", f"공약사업 추진상황 카드({chief})"[:9] + f" {chief} 보고",
                                 f"민선 8기 {chief} 공약 실천카드", f"{chief} 공약사업 세부 추진현황"]),
        as_of_style=as_of_style, as_of=as_of, as_of_year=year, grid=grid, pairs=rng.choice([1, 2, 2, 2, 3, 4]), staff_shape=staff_shape,
        roles=roles, ranks=rng.random() < 0.7, phone=phone,
        period_styles=[rng.choice(["years", "년", "dots", "dots0", "월", "apos", "임기내", "days"]), "beyond"] if rng.random() < 0.4
        else [rng.choice(["years", "년", "dots", "dots0", "월", "apos", "임기내", "days"])],
        status_shape=rng.choice(["word", "word", "word", "boxes", "column", "marked", "with_progress", "label_both"]) if grid != "lines"
        else rng.choice(["word", "with_progress", "boxes"]),
        status_words={k: rng.choice(words.STATUS[k]) for k in statuses if k != left_out},
        progress_style=rng.choice(["{p}%", "{p} %", "{p}", "{p}.0%", "{p}％"]),
        unknown=rng.sample(words.UNKNOWN, rng.choice([0, 0, 1, 2])), unit=rng.choice(["백만원", "백만원", "백만원", "천원", "억원", "원"]),
        unit_place=rng.choice(["line", "line", "caption", "corner", "heading", "asof", "percell", "below"]),
        unit_style=rng.choice(["(단위: {u})", "(단위 : {u})", "<단위: {u}>", "[단위:{u}]", "단위: {u}", "( 단위 : {u} )", "※ 단위: {u}"]),
        ledgers=ledgers, ledger_names={k: rng.choice(v) for k, v in words.LEDGERS.items()}, shape=shape, base_periods=base,
        period_names=_years(rng, kind), in_term=in_term, total_pos=rng.choice(["first", "first", "last"]),
        source_total_pos=rng.choice(["first", "last", "first", "none"]), zero=rng.choice(["-", "–", "－", "0", "·", ""]), extra=extra,
        local_group=rng.random() < 0.2, corner_split=rng.random() < 0.3,
        money_style=rng.choice(["plain", "breakdown", "breakdown_full", "eok", "gold", "won_space", "names", "plus"]),
        dates=rng.choice(["dot", "tight", "apos", "word"]), task_money=rng.random() < 0.5, always_budget=rng.random() < 0.5,
        has_related=rng.random() < 0.6, captions=rng.choice([None, None, "table", *(["angle"] if one_table else ["lines"]), "angle", "bracket"]), one_table=one_table,
        budget_first=not one_table and rng.random() < 0.05, indicator=rng.random() < 0.2,
        footer=rng.choice([None, None, "붙임  현황자료 1부.  끝.", "끝."]), running=rng.random() < 0.3, lossy=rng.random() < 0.5,
    )  # fmt: skip


def describe(layout: Layout) -> dict[str, Any]:
    """The choices that explain a failure, for measure.py's table."""
    return {k: getattr(layout, k) for k in ("grid", "pairs", "shape", "unit", "unit_place", "heading", "marks", "as_of_style", "staff_shape",
                                            "number_place", "number_style", "status_shape", "money_style", "one_table", "captions",
                                            "zero", "lossy", "level", "in_term", "extra", "local_group", "report_title")}  # fmt: skip
