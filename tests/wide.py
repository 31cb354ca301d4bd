"""Budget tables that neither the corpus nor the drawn layouts print, written from the field guide alone.

A `Form` gives headings, labels and the key of each column and row; the figures are drawn so that every sum closes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.cards.make import Grid, grid

UNITS = {"원": 1, "천원": 10**3, "백만원": 10**6, "억원": 10**8}
LEDGERS = ("plan", "secured", "spent")
SOURCES = ("national", "sido", "sigungu", "private", "grant", "fund", "other")
Figures = dict[tuple[str, str, str], int]


@dataclass(frozen=True)
class Form:
    """How a budget is printed. A key is `ledger source period` in any order, what it leaves out is said by the other
    axis or is a total; `%` is a rate, `=` a remark, `#part` a share of the figure before it."""

    name: str
    head: str
    cols: str
    rows: str
    sources: str = "national sido sigungu"
    periods: str = "2022 2023 2024 2025"
    title: str = "구청장 공약사항 관리카드"
    lines: tuple[str, ...] = ("(단위: 백만원)",)
    unit: str = "백만원"
    zero: str = "-"
    show: Callable[[int], str] = field(default=lambda n: f"{n:,}")
    negative: bool = False
    noted: frozenset[str] = frozenset()
    """Findings that are true of it."""
    flagged: bool = False
    """It cannot be read for certain: its figures may be flagged instead."""


def value(
    base: Figures, ledger: str, source: str, period: str, sources: list[str], periods: list[str]
) -> int:
    years = [p for p in periods if p[:2] == "20"]
    inside = {"total": periods, "in_term": years}.get(period) or (
        [p for p in years if p[:4] == period] if period not in periods else [period]
    )
    of = sources if source == "total" else [source]
    return sum(base[ledger, s, p] for s in of for p in inside)


def make(form: Form, seed: int) -> tuple[list[str | Grid], Figures]:
    """The lines and the table of a form with drawn figures, and the cells that they state (won)."""
    rng = random.Random(f"{form.name}-{seed}")
    sources, periods = form.sources.split(), form.periods.split()
    base = {}
    for s in sources:
        for p in periods:
            plan = rng.choice([0, rng.randint(1, 9000), rng.randint(1, 9000), rng.randint(1, 9000)])
            if form.negative and rng.random() < 0.3:
                plan = -plan
            past = p < "2025" or p == "before"
            base["plan", s, p] = plan
            base["secured", s, p] = plan if past else 0
            base["spent", s, p] = plan * rng.randint(40, 100) // 100 if past else 0
    head = [[x.strip() for x in line.split("|")] for line in form.head.strip().split("\n")]
    cols = [c.strip() for c in form.cols.split("|")]
    rows, figures = [*head], {}
    for line in form.rows.strip().split("\n"):
        labels, _, key = line.partition("::")
        texts = [x.strip() for x in labels.split("|")]
        before = 0
        for col in cols if key.strip() != "HEAD" else []:
            words = f"{key} {col}".split()
            if "=" in words:
                texts.append("")
                continue
            text, before = _cell(words, base, sources, periods, form, figures, before)
            texts.append(text)
        rows.append(texts)
    return [*form.lines, grid(rows)], figures


def _cell(
    words: list[str],
    base: Figures,
    sources: list[str],
    periods: list[str],
    form: Form,
    figures: Figures,
    before: int,
) -> tuple[str, int]:
    ledger = next((w for w in words if w in LEDGERS), "plan")
    source = next((w for w in words if w in SOURCES), "total")
    period = next(
        (w for w in words if w not in LEDGERS and w not in SOURCES and w != "total" and w[0] not in "#%"),
        "total",
    )
    steps = value(base, ledger, source, period, sources, periods)
    if "%" in words:
        plan = value(base, "plan", source, period, sources, periods)
        return (
            f"{100 * value(base, 'spent', source, period, sources, periods) / plan:.1f}%" if plan else "-"
        ), before
    share = next((w for w in words if w[0] == "#"), "")
    if share == "#half":
        return (form.show(steps // 2) if steps // 2 else form.zero), before
    if share == "#rest":
        return (form.show(steps - steps // 2) if steps - steps // 2 else form.zero), before
    if share == "#localsum":
        local = sum(value(base, ledger, s, period, sources, periods) for s in ("sido", "sigungu"))
        return (form.show(local) if local else form.zero), before
    if share == "#blank":
        return "", before
    won = steps * UNITS[form.unit] if form.unit != "억원" else steps * UNITS["억원"] // 10
    if won:
        figures[ledger, source, period] = won
    return (form.show(steps) if steps else form.zero), steps
