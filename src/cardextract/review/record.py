"""The record side of the card page: fields, budget grids, sums, findings and sections of one card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardextract.card import Card, Item
from cardextract.checks.context import Context
from cardextract.checks.ledger import Key, printed_unit
from cardextract.corrections import Correction
from cardextract.document import Place
from cardextract.labels import LEDGERS, SOURCES, UNITS, period_label
from cardextract.review.reasons import FindingView, findings_of
from cardextract.review.shown import Held, Value, budget_label, proof_of, value
from cardextract.review.sums import SumView, sums_of
from cardextract.rules import Rules
from cardextract.sinks.tables import STATUS_TITLES


@dataclass(frozen=True, slots=True)
class GridCellView:
    """A cell of the budget grid. amount in won; unit: what one of its printed figures is worth in won."""

    path: str
    now: str
    printed: str
    amount: int | None
    unit: int
    state: str
    certainty: str
    reason: str
    label: str
    editable: bool


@dataclass(frozen=True, slots=True)
class GridView:
    """One ledger: sources down, periods across."""

    ledger: str
    title: str
    unit: str
    periods: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, tuple[GridCellView | None, ...]], ...]
    row_checks: tuple[int | None, ...] = ()
    """The number of the sum that proves each row, if there is one; likewise of each column."""
    col_checks: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Record:
    """Everything the card page shows of the record."""

    fields: tuple[Value, ...]
    grids: tuple[GridView, ...]
    sums: tuple[SumView, ...]
    findings: tuple[FindingView, ...]
    sections: tuple[tuple[str, str, tuple[Line, ...]], ...]
    unplaced: tuple[Value, ...] = ()
    proofs: tuple[tuple[str, str, Place], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a section."""

    path: str
    depth: int
    marker: str
    text: str


def build(card: Card, rules: Rules, decisions: Sequence[Correction]) -> Record:
    """The record of a card as the page shows it. decisions: those that hold about this card's file."""
    held = {
        (c.place, c.was or ""): c
        for c in decisions
        if c.action == "fix" and c.source_sha256 == card.source.sha256
    }
    context = Context(card, rules)
    sums = tuple(sums_of(context))
    proofs = [(path, e.text, e.place) for path, e in card.evidence.items()]
    findings = findings_of(card, sums, decisions, held)
    proofs += [(v.pseudo, "", place) for v in findings for place in v.f.places if v.pseudo]
    return Record(
        tuple(_fields(card, held)), tuple(_grids(card, context, held, sums)), sums, findings, tuple(_sections(card)),
        tuple(_unplaced(card, held)), tuple(proofs),
    )  # fmt: skip


def _fields(card: Card, held: Held) -> Iterator[Value]:
    for path, shown in _flat(card):
        yield value(card, path, shown, held)


def _flat(card: Card) -> Iterator[tuple[str, str]]:
    for name in ("title", "number", "report_title", "issuer", "as_of", "lead_department"):
        if name != "issuer" or card.issuer:
            yield name, getattr(card, name) or ""
    for i, department in enumerate(card.related_departments):
        yield f"related_departments[{i}]", department
    for i, person in enumerate(card.staff):
        for name in ("role", "rank", "name", "phone"):
            if text := getattr(person, name):
                yield f"staff[{i}].{name}", text
    yield "period.start", card.period.start or ""
    yield "period.end", card.period.end or ("(임기 후 계속)" if card.period.beyond_term else "")
    yield "budget_total", _won(card.budget_total)
    for source, amount in card.budget_by_source.items():
        yield f"budget_by_source.{source}", _won(amount)
    yield "status", STATUS_TITLES.get(card.status or "", "")
    yield "progress", "" if card.progress is None else f"{card.progress:g}%"
    for i, rate in enumerate(card.rates):
        yield f"rates[{i}].percent", f"{rate.label} {'' if rate.percent is None else f'{rate.percent:g}%'}"
    for i, goal in enumerate(card.goals):
        yield f"goals[{i}]", goal
    for i, task in enumerate(card.tasks):
        yield f"tasks[{i}].text", task.text
        if task.amount is not None:
            yield f"tasks[{i}].amount", _won(task.amount)
    for name, text in card.other_fields.items():
        yield f"other_fields.{name}", text


def _won(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}원"


def _grids(
    card: Card,
    context: Context,
    held: Held,
    sums: Sequence[SumView],
) -> Iterator[GridView]:
    wholes = {(s.code, s.whole.path): s.number for s in sums}
    for name, title in LEDGERS.items():
        cells = [
            c for c in card.budget if c.ledger == name and c.period is not None and c.state != "unplaced"
        ]
        if not cells:
            continue
        ledger = context.ledgers.get(name)
        unit = ledger.unit if ledger is not None else _unit_of(card, name)
        periods = list(dict.fromkeys(str(c.period) for c in cells))
        sources = list(dict.fromkeys(c.source for c in cells))
        by_key = {(c.source, str(c.period)): c for c in cells}
        rows = []
        for source in sources:
            row: list[GridCellView | None] = []
            for period in periods:
                cell = by_key.get((source, period))
                row.append(
                    None if cell is None else _grid_cell(card, Key(name, source, period), cell, unit, held)
                )
            rows.append((source, SOURCES[source], tuple(row)))
        shown = next((n for n, u in UNITS.items() if u == unit), "원")
        row_checks = tuple(wholes.get(("ROW_SUM", Key(name, s, "total").path)) for s in sources)
        col_checks = tuple(wholes.get(("COLUMN_SUM", Key(name, "total", p).path)) for p in periods)
        axis = tuple((p, period_label(p)) for p in periods)
        yield GridView(name, title, shown, axis, tuple(rows), row_checks, col_checks)


def _unit_of(card: Card, ledger: str) -> int:
    """The printed unit of a table that holds no figure yet."""
    proofs = (e for path, e in card.evidence.items() if path.startswith(f"budget[{ledger}/"))
    return next((unit for e in proofs if (unit := printed_unit(e.reason))), 1)


def _grid_cell(card: Card, key: Key, cell: Any, unit: int, held: Held) -> GridCellView:
    v = value(card, key.path, "", held)
    found = proof_of(card, key.path)
    own = printed_unit(found[1].reason) if found else None
    text = v.now if v.now is not None else ("" if cell.amount is None else f"{cell.amount / unit:,.15g}")
    return GridCellView(
        v.path, text, v.printed if v.printed is not None else text, cell.amount, own or unit, cell.state,
        v.certainty, v.reason, budget_label(key.path), v.placed,
    )  # fmt: skip


def _unplaced(card: Card, held: Held) -> Iterator[Value]:
    for path, proof in card.evidence.items():
        if path.startswith("budget[") and "/None]" in path:
            yield value(card, path, proof.text, held)


def _sections(card: Card) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
    for s, section in enumerate(card.sections):
        lines = tuple(
            line
            for i, item in enumerate(section.items)
            for line in _lines(item, f"sections[{s}].items[{i}]", 0)
        )
        yield section.number or "", section.title, lines


def _lines(item: Item, path: str, depth: int) -> Iterator[Line]:
    yield Line(f"{path}.text", min(depth, 6), item.marker, item.text)
    for i, child in enumerate(item.children):
        yield from _lines(child, f"{path}.children[{i}]", depth + 1)
