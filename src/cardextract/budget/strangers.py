"""Rows and columns of a budget that are no source of their own: sub-totals, parts of a source, tasks, unknown words.

Where the sums prove what they are, they are left out (or taken in) and nothing is said; else they are reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cardextract.budget.entries import Budget, Entry
from cardextract.budget.slots import Key, Slot
from cardextract.findings import finding
from cardextract.values import squeeze

Why = Literal["", "group", "part", "task", "stranger", "remark"]
Place = tuple[str, str, str | None]
NAMELESS = "이름 없는 열"


@dataclass(frozen=True)
class Odd:
    """A figure in a row or column that is no source of its own, and the entry it would be."""

    why: Why
    slot: Slot
    row: Key
    col: Key
    entry: Entry

    @property
    def name(self) -> str:
        key = self.row if oddity(self.row, False) else self.col
        return key.task or key.unknown or key.source_word or NAMELESS

    @property
    def at(self) -> Place:
        return (self.entry.ledger, self.entry.source, self.entry.period)


def oddity(key: Key, nameless: bool) -> Why:
    """Why the figures of a row or column are no entries of their own; nameless: its axis names nothing and has one."""
    if key.task:
        return "task"
    if key.part:
        return "part"
    if key.group:
        return "group"
    states = key.ledger is not None or key.source is not None or key.period is not None
    return "" if (states or nameless) and not (key.stranger and not nameless) else "stranger"


def settle(odd: Sequence[Odd], out: Budget) -> None:
    """Compare the odd figures with the entries, take in what the sums prove, and report the rest."""
    unknown: dict[str, list[Odd]] = defaultdict(list)
    by = {why: [o for o in odd if o.why == why] for why in ("group", "part", "task", "stranger", "remark")}
    for o in by["group"]:
        if not _is_subtotal(o.entry, out.entries):
            unknown[o.name].append(o)
    for o in _unproved_parts(by["part"], out):
        unknown[o.name].append(o)
    if by["task"] and not _add_up(by["task"], out.entries):
        for o in by["task"]:
            unknown[o.name].append(o)
    for o in (*by["stranger"], *by["remark"]):
        unknown[o.name].append(o)
    for name, found in unknown.items():
        places = [o.slot.cell.place for o in found if o.slot.cell]
        out.findings.append(
            finding("UNKNOWN_COLUMN", label=name, actual=name, paths=["budget"], places=places)
        )
        if all(o.why in ("stranger", "group") for o in found):
            _take_in(name, [o.entry for o in found], out)


def _is_subtotal(figure: Entry, entries: Sequence[Entry]) -> bool:
    """Is the figure the sum of some neighbouring sources of its ledger and period, as 지방비 is of 도비 and 군비?"""
    parts = [e.amount.won or 0 for e in entries if (e.ledger, e.period) == (figure.ledger, figure.period)]
    parts = [p for p in parts if p]
    sums = {sum(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return not figure.amount.won or figure.amount.won in sums


def _sums(odd: Iterable[Odd]) -> dict[Place, int]:
    out: dict[Place, int] = defaultdict(int)
    for o in odd:
        out[o.at] += o.entry.amount.won or 0
    return out


def _unproved_parts(parts: Sequence[Odd], out: Budget) -> list[Odd]:
    """The parts of a source that are neither its whole amount nor, alone, stand for it."""
    whole = {(e.ledger, e.source, e.period): e.amount.won or 0 for e in out.entries}
    sums = _sums(parts)
    alone = {o.at for o in parts if o.at not in whole and [p.at for p in parts].count(o.at) == 1}
    out.entries.extend(o.entry for o in parts if o.at in alone)
    return [o for o in parts if o.at not in alone and whole.get(o.at) != sums[o.at]]


def _add_up(tasks: Sequence[Odd], entries: Sequence[Entry]) -> bool:
    """Do the tasks of a table come to its totals, each of them?"""
    whole = {(e.ledger, e.source, e.period): e.amount.won or 0 for e in entries}
    sums = _sums(tasks)
    return sum(map(bool, sums.values())) >= 2 and all(whole.get(at) == amount for at, amount in sums.items())


def _take_in(name: str, new: Sequence[Entry], out: Budget) -> None:
    """A source that no rule knows, where it makes every sum of the sources close: `other`, inferred."""
    known: dict[tuple[str, str | None], dict[str, int]] = {}
    for e in out.entries:
        cell = known.setdefault((e.ledger, e.period), {})
        cell[e.source] = cell.get(e.source, 0) + (e.amount.won or 0)
    if any(sources.get("other") for sources in known.values()):
        return  # 기타 has amounts of its own
    proved = 0
    for e in new:
        sources = known.get((e.ledger, e.period), {})
        if (
            "total" not in sources
            or e.source != "total"
            or sources["total"] - sum(v for k, v in sources.items() if k != "total") != e.amount.won
        ):
            return
        proved += bool(e.amount.won)
    if proved >= 2:
        reason = f"이름 ‘{name}’은(는) 모르지만 합계가 맞음"
        out.entries.extend(
            replace(e, source="other", source_word=squeeze(name), certainty="inferred", reason=reason)
            for e in new
        )
