"""The budget table of a card in the layout's orientation, and the cells of truth that it prints."""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .content import UNITS, Content
from .grammar import Layout


@dataclass(frozen=True)
class Cell:
    text: str
    rs: int = 1
    cs: int = 1
    head: bool = False


Table = list[list[Cell]]
Entry = tuple[tuple[str, ...], dict[str, str]]  # header path, the part of the key it fixes
TOTAL = {"S": "source", "P": "period", "L": "ledger"}


def won(layout: Layout, steps: int) -> int:
    return steps * (10_000_000 if layout.unit == "억원" else UNITS[layout.unit])


def digits(layout: Layout, steps: int) -> str:
    if layout.unit == "억원":
        return f"{steps / 10:,.1f}"
    return f"{steps:,}"


def figure(layout: Layout, steps: int) -> str:
    if steps == 0:
        return layout.zero
    return ("△" if steps < 0 else "") + digits(layout, abs(steps))


def _total(layout: Layout, axis: str) -> str:
    names = ["계", "합계", "총계", "소계", "총 계", "합 계"]
    return (
        names[(layout.seed + len(axis) * 3 + ord(axis[0])) % len(names)]
        if axis == "S"
        else names[:3][layout.seed % 3]
    )


def axis(layout: Layout, which: str) -> list[Entry]:
    if which == "L":
        unit = f"({layout.says})" if layout.unit_place == "percell" else ""
        return [((layout.ledger_names[k] + unit,), {"ledger": k}) for k in layout.ledgers]
    if which == "S":
        rows: list[Entry] = []
        for s in layout.sources:
            name = layout.source_names.get(s, "계")
            path = ("지방비", name) if layout.local_group and s in ("sido", "sigungu") else (name,)
            rows.append((path, {"source": s}))
        total: Entry = ((_total(layout, "S"),), {"source": "total"})
        if layout.source_total_pos == "none" or layout.sources == ["total"]:
            return rows
        return [total, *rows] if layout.source_total_pos == "first" else [*rows, total]
    entries: list[Entry] = []
    inside = [p for p in layout.base_periods if p[:2] == "20"]
    group = layout.period_names["in_term_group"]
    nested = layout.period_names["in_term"] in ("소계", "계")
    for p in layout.base_periods:
        if p == inside[0] and layout.in_term:
            entries.append(
                (
                    (group, layout.period_names["in_term"]) if nested else (layout.period_names["in_term"],),
                    {"period": "in_term"},
                )
            )
        path = (
            (group, layout.period_names[p])
            if layout.in_term and nested and p in inside
            else (layout.period_names[p],)
        )
        entries.append((path, {"period": p}))
    sum_: Entry = ((_total(layout, "P"),), {"period": "total"})
    return [sum_, *entries] if layout.total_pos == "first" else [*entries, sum_]


def product(layout: Layout, dims: str) -> tuple[list[Entry], list[int]]:
    """Entries of nested axes, each path padded per axis, and the number of header levels of each axis."""
    entries: list[Entry] = [((), {})]
    depths = []
    for d in dims:
        part = axis(layout, d)
        depth = max(len(p) for p, _ in part)
        depths.append(depth)
        padded = [(p + ("^",) * (depth - len(p)), k) for p, k in part]
        entries = [(a + b, {**ka, **kb}) for a, ka in entries for b, kb in padded]
    return entries, depths


def spans(paths: list[tuple[str, ...]]) -> list[list[tuple[str, int, int]]]:
    """For each entry the header cells that start there: (text, length along the axis, levels), per level; '^' prolongs."""
    out: list[list[tuple[str, int, int]]] = [[] for _ in paths]
    for i, path in enumerate(paths):
        for lvl, text in enumerate(path):
            if text == "^" or (i and paths[i - 1][: lvl + 1] == path[: lvl + 1]):
                continue
            run = 1
            while i + run < len(paths) and paths[i + run][: lvl + 1] == path[: lvl + 1]:
                run += 1
            deep = 1
            while lvl + deep < len(path) and path[lvl + deep] == "^":
                deep += 1
            out[i].append((text, run, deep))
    return out


def table(layout: Layout, card: Content, fixed: dict[str, str]) -> tuple[Table, list[dict[str, Any]]]:
    rows_dims, cols_dims = layout.shape.split()[0].split("|")
    rows_dims, cols_dims = rows_dims.replace(",", ""), cols_dims.replace(",", "")
    if not rows_dims:  # one row of totals
        rows_dims = "S"
    rows, rdepth = product(layout, rows_dims)
    cols, cdepth = product(layout, cols_dims)
    width, height = sum(rdepth), sum(cdepth)
    defaults = {"ledger": layout.ledgers[0], "source": "total", "period": "total", **fixed}
    out: Table = []
    levels: list[list[Cell]] = [[] for _ in range(height)]
    for starts, (path, _) in zip(spans([p for p, _ in cols]), cols, strict=True):
        lvl = height - len(path)
        done = 0
        firsts = [i for i, t in enumerate(path) if t != "^"]
        for text, run, deep in starts:
            at = next(i for i in firsts if path[i] == text and i >= done)
            levels[lvl + at].append(Cell(text, deep, run, True))
            done = at + 1
    corner = (
        f"구 분 {layout.unit_style.format(u=layout.says)}"
        if layout.unit_place == "corner"
        else ("구 분" if layout.seed % 2 else "구분")
    )
    if layout.corner_split and width > 1 and layout.unit_place != "corner":
        names = {"L": "구분", "S": "재원", "P": "연도"}
        corner_cells = [Cell(names[d], height, n, True) for d, n in zip(rows_dims, rdepth, strict=True)]
    else:
        corner_cells = [Cell(corner, height, width, True)]
    extra = layout.extra
    if extra == "집행률" and cols_dims != "L":
        extra = None
    if extra == "구성비" and not (
        rows_dims == "S" and cols_dims == "P" and "total" in [k["source"] for _, k in rows]
    ):
        extra = None
    if extra == "집행률" and not {"plan", "spent"} <= set(layout.ledgers):
        extra = None
    if extra:
        levels[0].append(
            Cell({"비고": "비고", "구성비": "구성비(%)", "집행률": "집행률(%)"}[extra], height, 1, True)
        )
    out.extend([[*corner_cells, *levels[0]], *levels[1:]])
    truth: list[dict[str, Any]] = []
    amounts = card.amounts
    whole = amounts[defaults["ledger"], "total", "total"] or 1
    for starts, (_, rkey) in zip(spans([p for p, _ in rows]), rows, strict=True):
        line = [Cell(text, run, deep, True) for text, run, deep in starts]
        for _, ckey in cols:
            key = {**defaults, **rkey, **ckey}
            where = key["ledger"], key["source"], key["period"]
            steps = amounts[where]
            text, thousandths = card.misprints.get(where, (figure(layout, steps), 1000 * steps))
            line.append(Cell(text))
            truth.append(
                {
                    **{k: key[k] for k in ("ledger", "source", "period")},
                    "amount": None
                    if text == ""
                    else won(layout, thousandths) * UNITS[layout.says] // UNITS[layout.unit] // 1000,
                }
            )
        if extra == "비고":
            line.append(Cell(""))
        elif extra == "구성비":
            line.append(Cell(f"{100 * amounts[defaults['ledger'], rkey['source'], 'total'] / whole:.1f}"))
        elif extra == "집행률":
            key = {**defaults, **rkey}
            plan, spent = (amounts[x, key["source"], key["period"]] for x in ("plan", "spent"))
            line.append(Cell(f"{100 * spent / plan:.1f}" if plan else "-"))
        out.append(line)
    return out, truth


def money(layout: Layout, card: Content) -> tuple[str, dict[str, int]]:
    """The header's line about the whole amount, and the breakdown by source it states."""
    steps = card.misstated.get("total", card.amounts["plan", "total", "total"])
    total = won(layout, steps)
    text = f"{digits(layout, steps)}{layout.unit}"
    by = {
        s: card.misstated.get(s, card.amounts["plan", s, "total"])
        for s in layout.sources
        if s != "total" and card.amounts["plan", s, "total"]
    }
    if layout.money_style == "eok" and layout.unit == "백만원" and total >= 100_000_000:
        rest = total % 100_000_000 // 10_000
        return f"{total // 100_000_000}억" + (f" {rest:,}만원" if rest else "원"), {}
    if layout.money_style == "gold" and layout.unit == "원":
        return f"금{total:,}원", {}
    if layout.money_style == "won_space":
        return f"총 {digits(layout, steps)} {layout.unit}", {}
    if not by or layout.money_style in ("plain", "gold", "eok"):
        return text, {}
    names = {s: layout.source_names[s] for s in by}
    stated = {s: won(layout, v) for s, v in by.items()}
    if layout.money_style == "breakdown":
        return f"{text}(" + ", ".join(f"{names[s][:1] if s in ('national', 'sido', 'sigungu') and names[s] != '시군비' else names[s]}{digits(layout, v)}" for s, v in by.items()) + ")", stated  # fmt: skip
    if layout.money_style == "breakdown_full":
        return f"총 {text} (" + ", ".join(
            f"{names[s]} {digits(layout, v)}" for s, v in by.items()
        ) + ")", stated
    if layout.money_style == "plus":
        return f"{text} [" + "+".join(f"{names[s]} {digits(layout, v)}" for s, v in by.items()) + "]", stated
    return f"{text} / " + " / ".join(
        f"{names[s]} {digits(layout, v)}{layout.unit}" for s, v in by.items()
    ), stated
