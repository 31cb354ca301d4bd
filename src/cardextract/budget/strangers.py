"""Rows and columns of a budget that are no source of their own: sub-totals, parts of a source, tasks, unknown words.

Where the sums prove what they are, they are left out (or taken in) and nothing is said; else they are reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from cardextract.budget.entries import Budget, Entry
from cardextract.budget.kin import judge, set_aside, stands_alone, take_in
from cardextract.budget.slots import Key, Slot
from cardextract.findings import finding
from cardextract.plain import plain

Why = Literal["", "group", "part", "task", "stranger", "remark", "kin"]
Place = tuple[str, str, str | None]
NAMELESS = "이름 없는 열"


@plain(frozen=True)
class Odd:
    """A figure in a row or column that is no source of its own, and the entry it would be."""

    why: Why
    slot: Slot
    row: Key
    col: Key
    entry: Entry

    @property
    def name(self) -> str:
        key = self.row if oddity(self.row, False) in ("kin", self.why) else self.col
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
    if key.kin:
        return "kin"
    if key.group:
        return "group"
    states = key.ledger is not None or key.source is not None or key.period is not None
    return "" if (states or nameless) and not (key.stranger and not nameless) else "stranger"


def either_odd(of_row: Why, of_col: Why) -> Why:
    """Why a figure is no entry of its own; one whose row and column both are not has no place at all."""
    return "stranger" if of_row and of_col and "kin" in (of_row, of_col) else of_row or of_col


def settle(odd: Sequence[Odd], out: Budget, tasks: bool = False) -> None:
    """Compare the odd figures with the entries, take in what the sums prove or its kin suggest, and report the rest.
    tasks: the labels are named as tasks."""
    if not odd:
        return
    by = {why: [o for o in odd if o.why == why] for why in get_args(Why)}
    if tasks and {e.source for e in out.entries} == {"total"} and _add_up(by["stranger"], out.entries):
        by["stranger"] = []  # `쉼터 조성`, `쉼터 운영`, `합계`
    unknown: dict[str, list[Odd]] = defaultdict(list)
    for o in (*_once(by["kin"]), *by["stranger"], *by["remark"]):
        unknown[o.name].append(o)
    _settle_names(unknown, out)
    unknown = defaultdict(list)
    for o in by["group"]:
        if not _is_subtotal(o.entry, out.entries):
            unknown[o.name].append(o)
    for o in _unproved_parts(by["part"], out):
        unknown[o.name].append(o)
    if by["task"] and not _add_up(by["task"], out.entries):
        for o in by["task"]:
            unknown[o.name].append(o)
    _settle_names(unknown, out)


def _once(odd: Sequence[Odd]) -> list[Odd]:
    """Each cell once, also a merged one."""
    return list({id(o.slot.cell): o for o in reversed(odd)}.values())[::-1]


def _settle_names(unknown: Mapping[str, Sequence[Odd]], out: Budget) -> None:
    """Report each unknown name whose figures say something, and take in those that are sources."""
    told = {n: found for n, found in unknown.items() if any(_says(o) for o in found)}
    able = {n: f for n, f in told.items() if all(o.why in ("kin", "stranger", "group") for o in f)}
    kin = [n for n, f in able.items() if all(o.why == "kin" for o in f)]
    verdicts = judge({n: [o.entry for o in f] for n, f in able.items()}, out, kin)
    several = sum(map(bool, verdicts.values())) > 1
    for name, found in told.items():
        verdict, entries = verdicts.get(name, ""), [o.entry for o in found]
        taken = bool(verdict) and not several and stands_alone(entries, out)
        if taken:
            take_in(name, entries, verdict, out)
        elif verdict:
            set_aside(name, entries, out)
        places = [o.slot.cell.place for o in found if o.slot.cell and _says(o)]
        kind = "source" if taken else "aside" if verdict else None
        out.findings.append(
            finding(
                "UNKNOWN_COLUMN",
                kind=f"likely_{kind}" if verdict == "likely" else kind,
                label=name,
                actual=name,
                paths=["budget"],
                places=places,
                severity="info" if taken and verdict == "proved" else None,
            )
        )


def _says(odd: Odd) -> bool:
    """Does it print an amount, or what cannot be read as one?"""
    return bool(odd.entry.amount.won) or odd.entry.amount.state == "unreadable" or odd.why != "kin"


def _is_subtotal(figure: Entry, entries: Sequence[Entry]) -> bool:
    """Is the figure the sum of some neighbouring sources of its ledger and period, as 지방비 is of 도비 and 군비?"""
    parts = [e.amount.won or 0 for e in entries if (e.ledger, e.period) == (figure.ledger, figure.period)]
    parts = [p for p in parts if p]
    sums = {sum(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    sums |= {part + new for part in sums for new in _inferred(figure, entries)}
    return not figure.amount.won or figure.amount.won in sums


def _inferred(figure: Entry, entries: Sequence[Entry]) -> list[int]:
    """The amounts of unknown sources beside a figure, wherever they stand among the known ones."""
    return [
        e.amount.won or 0
        for e in entries
        if e.certainty == "inferred"
        and (e.ledger, e.source, e.period) == (figure.ledger, "other", figure.period)
    ]


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
