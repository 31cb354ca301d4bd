"""inject(layout, card, code, rng) -> the card with one defect of the publishers, as its form prints it, or None.

The documents stay what their layout makes them: only the one figure, unit, date or field is wrong.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from . import budget
from .content import Content, Item
from .grammar import Layout

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Defect:
    """where: the table cell, row or header field that is wrong; right: what stood there, in steps of the unit."""

    code: str
    where: str
    layout: Layout
    card: Content
    right: int | None = None


def keys(layout: Layout) -> list[Key]:
    """The cells that the layout's tables print."""
    sources = [k["source"] for _, k in budget.axis(layout, "S")] if layout.sources != ["total"] else ["total"]
    periods = [k["period"] for _, k in budget.axis(layout, "P")]
    return [(led, s, p) for led in layout.ledgers for s in sources for p in periods]


def path(key: Key) -> str:
    return f"budget[{'/'.join(key)}].amount"


def _misprint(layout: Layout, card: Content, code: str, key: Key, steps: int) -> Defect:
    wrong = {**card.misprints, key: (budget.figure(layout, steps), 1000 * steps)}
    return Defect(code, path(key), layout, replace(card, misprints=wrong), card.amounts[key])


def _off(rng: random.Random, steps: int) -> int:
    """Another figure of about the same size."""
    return max(1, steps + rng.choice([-1, 1]) * max(3, round(steps * rng.uniform(0.03, 0.15))))


def _choose(rng: random.Random, found: list[Key]) -> Key | None:
    return rng.choice(found) if found else None


def row_sum(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    key = _choose(rng, [k for k in keys(layout) if k[2] == "total" and card.amounts[k] > 9])
    return key and _misprint(layout, card, "ROW_SUM", key, _off(rng, card.amounts[key]))


def column_sum(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    cells = keys(layout)
    if not {"total"} < {s for _, s, _ in cells}:
        return None
    key = _choose(rng, [k for k in cells if k[1] == "total" and k[2][:2] == "20" and card.amounts[k] > 9])
    return key and _misprint(layout, card, "COLUMN_SUM", key, _off(rng, card.amounts[key]))


def decimal_separator(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    """1,234 printed as 1.234."""
    key = _choose(rng, [k for k in keys(layout) if 1000 <= _printed(layout, card.amounts[k]) < 10**6])
    if not key:
        return None
    right = card.amounts[key]
    text = budget.figure(layout, right)
    wrong = {**card.misprints, key: (text.replace(",", "."), right)}
    return Defect("DECIMAL_SEPARATOR", path(key), layout, replace(card, misprints=wrong), right)


def _printed(layout: Layout, steps: int) -> int:
    return 0 if layout.unit == "억원" else steps


def shifted_cell(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    """The figures of the years one column to the right; the last of them falls out of the table."""
    years = [p for p in layout.base_periods if p[:2] == "20"]
    rows = list(dict.fromkeys(k[:2] for k in keys(layout)))
    rng.shuffle(rows)
    for ledger, source in rows:
        values = [card.amounts[ledger, source, y] for y in years]
        if values[0] and len({*values}) > 2:
            moved = [0, *values[:-1]]
            wrong = {
                (ledger, source, y): (budget.figure(layout, v), 1000 * v)
                for y, v in zip(years, moved, strict=True)
            }
            return Defect("SHIFTED_CELL", f"budget[{ledger}/{source}", layout, replace(card, misprints=wrong))
    return None


def spent_over_plan(layout: Layout, card: Content, _rng: random.Random) -> Defect | None:
    key = ("spent", "total", "total")
    if key not in keys(layout):
        return None
    return _misprint(
        layout, card, "SPENT_OVER_PLAN", key, round(card.amounts["plan", "total", "total"] * 1.12) + 1
    )


def header_table(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    steps = card.amounts["plan", "total", "total"]
    stated = round(steps * rng.choice([0.9, 1.1, 1.25])) + rng.choice([-2, 2])
    if layout.unit == "원":
        stated -= stated % 1000
    return Defect("HEADER_TABLE", "budget_total", layout, replace(card, misstated={"total": stated}), steps)


def header_breakdown(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    _, by = budget.money(layout, card)
    if len(by) < 2:
        return None
    source = rng.choice(sorted(by))
    steps = card.amounts["plan", source, "total"]
    stated = _off(rng, steps)
    return Defect(
        "HEADER_BREAKDOWN",
        f"budget_by_source.{source}",
        layout,
        replace(card, misstated={source: stated}),
        steps,
    )


def unit_slip(layout: Layout, card: Content, _rng: random.Random) -> Defect | None:
    """The table says another unit than the header."""
    other = {"백만원": "천원", "천원": "백만원"}.get(layout.unit)
    unprinted = layout.unit_place == "percell" and "L" not in layout.shape
    if other is None or unprinted:
        return None
    return Defect("UNIT_SLIP", "budget", replace(layout, table_unit=other), card)


def progress_range(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    return Defect(
        "PROGRESS_RANGE", "progress", layout, replace(card, progress=rng.choice([101, 150, 500, 670]))
    )


def status_progress(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    if "completed" not in layout.status_words:
        return None
    return Defect(
        "STATUS_PROGRESS",
        "status",
        layout,
        replace(card, status="completed", progress=rng.choice([50, 75, 90, 95])),
    )


def period_reversed(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    style = rng.choice(["{0} ~ {1}", "{0}. 6. ~ {1}. 7.", "{0}년 6월 ~ {1}년 7월", "'{2}. 6월 ~ '{3}. 7월"])
    late, early = rng.choice([(2026, 2022), (2025, 2023), (2026, 2024)])
    text = style.format(late, early, late % 100, early % 100)
    return Defect("PERIOD_REVERSED", "period.start", layout, replace(card, period_text=text))


def _with_achievement(card: Content, text: str, rng: random.Random) -> Content | None:
    """The line among the achievements, at the top or below another one."""
    sections = []
    done = False
    for kind, items in card.sections:
        if kind == "achievements" and not done and items:
            done = True
            at = rng.randrange(len(items))
            if rng.random() < 0.5:
                items = (*items[: at + 1], Item(text), *items[at + 1 :])
            else:
                above = items[at]
                items = (
                    *items[:at],
                    replace(above, children=(*above.children, Item(text))),
                    *items[at + 1 :],
                )
        sections.append((kind, items))
    return replace(card, sections=sections) if done else None


def date_invalid(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    m, d = rng.choice([(2, 30), (4, 31), (6, 31), (13, 5), (9, 31), (11, 31)])
    return _dated(layout, card, rng, "DATE_INVALID", layout.as_of_year - 1, m, d)


def date_after_as_of(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    year, month = layout.as_of_year, int(layout.as_of[5:7]) + rng.randint(1, 5)
    return _dated(
        layout, card, rng, "DATE_AFTER_AS_OF", year + month // 13, (month - 1) % 12 + 1, rng.randint(1, 28)
    )


def _dated(
    layout: Layout, card: Content, rng: random.Random, code: str, y: int, m: int, d: int
) -> Defect | None:
    style = rng.choice(
        [
            "{y}. {m}. {d}.",
            "{y}.{m:02}.{d:02}.",
            "'{s}. {m}. {d}.",
            "{y}년 {m}월 {d}일",
            "{y}-{m:02}-{d:02}",
            "’{s}.{m}.{d}.",
        ]
    )
    when = style.format(y=y, s=y % 100, m=m, d=d)
    words = rng.choice(
        [
            "협약 체결: {w}",
            "주민설명회 개최({w})",
            "{w} 준공식 개최",
            "조례 공포 : {w}",
            "1차 현장점검 실시 {w}",
        ]
    )
    made = _with_achievement(card, words.format(w=when), rng)
    return made and Defect(code, "achievements", layout, made)


def missing_field(layout: Layout, card: Content, rng: random.Random) -> Defect | None:
    """The value of a field left out: an empty cell, or no line at all."""
    ways = [("lead_department", replace(card, dept=""))]
    if layout.number_place == "label":
        ways += [("number", replace(card, number="")), ("title", replace(card, title=""))]
    where, made = rng.choice(ways)
    return Defect("MISSING_FIELD", where, layout, made)


INJECTORS = {
    "ROW_SUM": row_sum, "COLUMN_SUM": column_sum, "DECIMAL_SEPARATOR": decimal_separator, "SHIFTED_CELL": shifted_cell,
    "SPENT_OVER_PLAN": spent_over_plan, "HEADER_TABLE": header_table, "HEADER_BREAKDOWN": header_breakdown,
    "UNIT_SLIP": unit_slip, "PROGRESS_RANGE": progress_range, "STATUS_PROGRESS": status_progress,
    "PERIOD_REVERSED": period_reversed, "DATE_INVALID": date_invalid, "DATE_AFTER_AS_OF": date_after_as_of,
    "MISSING_FIELD": missing_field,
}  # fmt: skip


def inject(layout: Layout, card: Content, code: str, rng: random.Random) -> Defect | None:
    """None where this form or card has no place for the defect."""
    plain = {
        "PROGRESS_RANGE",
        "STATUS_PROGRESS",
        "PERIOD_REVERSED",
        "DATE_INVALID",
        "DATE_AFTER_AS_OF",
        "MISSING_FIELD",
    }
    budgetary = code not in plain
    return None if budgetary and not card.budgeted else INJECTORS[code](layout, card, rng)
