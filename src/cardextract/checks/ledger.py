"""One budget ledger as a system of sums: which cells should add up to which.

What a total includes differs between governments: with or without prior spending, the years after the term.
The rows themselves say it: the reading under which most rows close is the card's own, and only rows that
break what the others keep are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from typing import NamedTuple

from cardextract.card import BudgetCell, Card, Evidence, budget_path
from cardextract.findings import with_particles
from cardextract.labels import LEDGERS, SOURCES, UNITS, cell_label, period_label, year_sets
from cardextract.plain import once, plain
from cardextract.values import fold

UNIT = re.compile(r"단위\s*[:：]?\s*(원|천\s*원|만\s*원|십만\s*원|백만\s*원|천만\s*원|억\s*원|조\s*원)")
NUMBER = re.compile(r"[\d,]*\d(?:\.\d+)?")


GROUPED = re.compile(r"(?P<sign>[△▲-])?\s?(?P<groups>\d{1,3}(?:[.,]\d{3})+)(?:\.(?P<rest>\d{1,2}))?")
MARK = re.compile(r"\s?[.·ㆍ‧․・]\s?")
"""A dot, however it is printed."""
SAMPLE = 15
"""Amounts of a table whose printed texts are looked at to learn its unit."""


class Key(NamedTuple):
    """A figure of the plan, secured or spent table, or of the header (ledger `header`)."""

    ledger: str
    source: str
    period: str

    @property
    def path(self) -> str:
        ledger, source, period = self
        if ledger == "header":
            return "budget_total" if source == "total" else f"budget_by_source.{source}"
        return f"{budget_path(ledger, source, period)}.amount"


@plain(frozen=True, slots=True)
class Sum:
    """`whole` should be the sum of `parts`; misses below `slack` won come from rounding in print.

    code: what it is called when it fails.
    """

    code: str
    whole: Key
    parts: tuple[Key, ...]
    slack: float = 0
    kind: str | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.whole, *self.parts)

    @property
    def label(self) -> str:
        """Whose sum it is, in Korean."""
        ledger, source, period = self.whole
        if self.code == "HEADER_BREAKDOWN":
            return "머리표 총액과 재원별 합"
        if self.code == "HEADER_TABLE":
            if self.kind != "source":
                return "머리표 총액과 예산표 총계"
            return with_particles(f"머리표 {SOURCES[source]}과(와) 예산표 {SOURCES[source]}")
        if self.code == "COLUMN_SUM":
            return f"{LEDGERS[ledger]}{'' if period == 'total' else f' {period_label(period)}'} 총계"
        return cell_label(*self.whole)


@plain(frozen=True)
class Ledger:
    """The amounts of one table (won; blank counts as nothing) with its axes in printed order.

    unit: the printed one in won; step: the last printed digit in won; texts: how the amounts other than zero are printed.
    """

    name: str
    amounts: dict[Key, int]
    sources: list[str]
    periods: list[str]
    blank: frozenset[Key]
    unit: int
    step: int
    texts: dict[Key, str]
    sums: list[Sum] = field(default_factory=list)

    @once
    def rows(self) -> dict[str, dict[str, int]]:
        """Source -> period -> amount."""
        out: dict[str, dict[str, int]] = {}
        for (_, source, period), amount in self.amounts.items():
            row = out.get(source)
            if row is None:
                row = out[source] = {}
            row[period] = amount
        return out

    @once
    def keys(self) -> dict[tuple[str, str], Key]:
        return {key[1:]: key for key in self.amounts}

    @once
    def years(self) -> list[str]:
        return [p for p in self.periods if p[0] == "2"]

    def key(self, source: str, period: str) -> Key:
        return self.keys.get((source, period)) or Key(self.name, source, period)


@lru_cache(maxsize=256)
def printed_unit(reason: str | None) -> int | None:
    """The unit that stands in an evidence reason (`단위: 백만원`), in won."""
    found = UNIT.search(reason or "")
    return UNITS["".join(str(found[1]).split())] if found else None


def meant(text: str, unit: int | None) -> int | None:
    """The amount of an unreadable figure with dots for commas between its thousands; else None.

    >>> meant("1.234.567", 1), meant("185.904,000", 1), meant("1.234.5", 10**8), meant("1·234", 1), meant("1,234.5", 1)
    (1234567, 185904000, 123450000000, 1234, None)
    """
    found = GROUPED.fullmatch(MARK.sub(".", fold(text).strip()))
    if found is None or unit is None or "." not in found["groups"]:
        return None
    rest = found["rest"] or ""
    won: int = int(re.sub(r"\D", "", found["groups"]) + rest) * unit // 10 ** len(rest)
    return -won if found["sign"] else won


def printed_step(text: str, amount: int, unit: int | None) -> int | None:
    """The worth of the last printed digit, in won; None where text and amount do not fit together.

    >>> printed_step("117.0", 11_700_000_000, None), printed_step("1,064", 1_064_000_000, None)
    (10000000, 1000000)
    """
    found = NUMBER.search(text)
    if found is None:
        return None
    number = found[0]
    if unit is not None and "." not in number:
        return unit
    digits = number.replace(",", "")
    if unit is None:
        value = float(digits)
        if not value or amount % 1:
            return None
        ratio = abs(amount) / value
        unit = next((u for u in UNITS.values() if abs(ratio - u) < u * 1e-6), None)
        if unit is None:
            return None
    parts: int = 10 ** len(digits.partition(".")[2])
    return max(1, unit // parts)


def scale(amounts: list[int], proofs: list[Evidence | None]) -> tuple[int, int]:
    """(unit, step) of a table in won, by its amounts other than zero and how they are printed: from the texts of the
    first of them, else from how round the amounts are."""
    units: list[int] = []
    steps: list[int] = []
    for amount, proof in zip(amounts[:SAMPLE], proofs, strict=False):
        if proof is None:
            continue
        unit = printed_unit(proof.reason)
        if unit:
            units.append(unit)
        if step := printed_step(proof.text, amount, unit):
            steps.append(step)
    step = most_common(steps) if steps else roundness([abs(a) for a in amounts])
    if units:
        return most_common(units), step
    return next((u for u in (10**8, 10**6, 10**3) if u <= step), 1), step


def most_common(values: list[int]) -> int:
    """The first of those that stand most often."""
    return max(dict.fromkeys(values), key=values.count)


def roundness(amounts: list[int]) -> int:
    """The largest power of ten (up to 10**8) that divides nearly all amounts: one slip must not hide it.

    >>> roundness([317_000_000, 1_000_000_000, 1_397_000_000, 2_259_000, 5_000_000, 6_000_000])
    1000000
    """
    step = 10**8
    while step > 1 and (not amounts or sum(a % step == 0 for a in amounts) < 0.8 * len(amounts)):
        step //= 10
    return step


def time_order(period: str) -> str:
    """Sorts 기투자 before the years and 임기후 after them."""
    return {"before": "0", "after_term": "9", "total": "", "in_term": ""}.get(period, period)


def ledgers_of(card: Card, term: tuple[str, str]) -> dict[str, Ledger]:
    """The tables with their sums, those that have placed amounts. term: first and last day, ISO."""
    tables: dict[str, list[BudgetCell]] = {name: [] for name in LEDGERS}
    for cell in card.budget:
        if cell.period is not None and cell.state != "unplaced":
            tables[cell.ledger].append(cell)
    found = {name: _table(card, name, cells) for name, cells in tables.items() if cells}
    for a in card._aside:
        if a.ledger in found:
            _add(found[a.ledger], Key(a.ledger, a.source, a.period), a.amount, a.text)
    for name, ledger in found.items():
        others = [other for n, other in found.items() if n != name]
        ledger.sums.extend(row_sums(ledger, others, term))
        ledger.sums.extend(column_sums(ledger))
    return found


def _table(card: Card, name: str, cells: list[BudgetCell]) -> Ledger:
    amounts: dict[Key, int] = {}
    proofs: dict[Key, Evidence | None] = {}
    blank: set[Key] = set()
    for c in cells:
        key, amount = Key(name, c.source, c.period or ""), c.amount
        amounts[key] = amount or 0
        if amount:
            proofs[key] = card.evidence.get(key.path)
        elif amount is None and not _is_meant(card, key, c):
            blank.add(key)
    unit, step = scale([amounts[key] for key in proofs], list(proofs.values()))
    return Ledger(
        name,
        amounts,
        list(dict.fromkeys([source for _, source, _ in amounts])),
        list(dict.fromkeys([period for _, _, period in amounts])),
        frozenset(blank),
        unit,
        step,
        {key: proof.text if proof else "" for key, proof in proofs.items()},
    )


def _is_meant(card: Card, key: Key, cell: BudgetCell) -> bool:
    """Is an unreadable figure one with dots for commas?"""
    proof = card.evidence.get(key.path) if cell.state == "unreadable" else None
    return proof is not None and meant(proof.text, printed_unit(proof.reason)) is not None


def _add(ledger: Ledger, key: Key, amount: int, text: str) -> None:
    """A figure that is no cell of the record, as one more addend."""
    if key not in ledger.amounts:
        ledger.amounts[key] = amount
        if amount:
            ledger.texts[key] = text
    for axis, name in ((ledger.sources, key.source), (ledger.periods, key.period)):
        if name not in axis:
            axis.append(name)


def residual(s: Sum, amounts: Mapping[Key, int]) -> int:
    """How much the whole exceeds its parts; 0 within the slack."""
    miss = amounts.get(s.whole, 0)
    for key in s.parts:
        miss -= amounts.get(key, 0)
    return 0 if abs(miss) <= s.slack else miss


def closing(ledger: Ledger, others: list[Ledger], whole: str, readings: list[list[str]]) -> list[str]:
    """The reading (periods that make up `whole`) which the rows keep; the first one unless they deny it.

    One wrong figure can make one row close under another reading, so that reading must win by two rows, those
    of the card's other tables included. A table of one row may at most leave out what was spent before.
    """

    def filled(table: Ledger) -> list[dict[str, int]]:
        return [row for row in table.rows.values() if whole in row and any(row.values())]

    def closed(table: Ledger, parts: list[str]) -> int:
        count = 0
        for row in filled(table):
            values = [row[p] for p in parts if p in row]
            count += bool(values) and row[whole] == sum(values)
        return count

    standard = readings[0]
    if closed(ledger, standard) == len(filled(ledger)):
        return standard
    gains = {tuple(r): closed(ledger, r) - closed(ledger, standard) for r in readings}
    best = max(readings, key=lambda r: gains[tuple(r)])
    if gains[tuple(best)] < 1:
        return standard
    joint = gains[tuple(best)] + sum(closed(o, best) - closed(o, standard) for o in others)
    single = len(ledger.rows) == 1 and set(standard) - set(best) <= {"before"}
    return best if gains[tuple(best)] >= 2 or joint >= (1 if single else 2) else standard


def row_sums(ledger: Ledger, others: list[Ledger], term: tuple[str, str]) -> list[Sum]:
    """Totals and sub-totals of each source over the periods."""
    once, inside = year_sets(ledger.years, term)
    before = [p for p in ("before",) if p in ledger.periods]
    after = [p for p in ("after_term",) if p in ledger.periods]
    late = [y for y in once if y not in inside]
    wholes: list[tuple[str, str, list[str]]] = []
    if "total" in ledger.periods:
        if once:
            readings = [
                before + once + after,
                once + after,
                before + once,
                once,
                before + inside + after,
                inside + after,
            ]
        elif not before and not after and _beyond_term(ledger):
            readings = []
        elif "in_term" in ledger.periods:
            readings = [[*before, "in_term", *after], ["in_term", *after]]
        else:
            readings = [before + after]
        if readings:
            wholes.append(("ROW_SUM", "total", closing(ledger, others, "total", readings)))
    if "in_term" in ledger.periods and once:
        readings = [inside, once, before + inside, before + once]
        wholes.append(("SUBTOTAL", "in_term", closing(ledger, others, "in_term", readings)))
    if (
        "after_term" in ledger.periods
        and late
        and not any("after_term" in parts and set(late) & set(parts) for _, _, parts in wholes)
    ):
        wholes.append(("SUBTOTAL", "after_term", late))
    for year in once:
        halves = [y for y in ledger.years if y.startswith(f"{year}-H")]
        if halves:
            wholes.append(("SUBTOTAL", year, halves))
    sums = []
    keys = ledger.keys
    for code, whole, parts in wholes:
        for source in ledger.sources:
            addends = tuple([key for p in parts if (key := keys.get((source, p)))])
            top = keys.get((source, whole))
            if top is not None and provable(ledger, top, addends):
                sums.append(Sum(code, top, addends))
    return sums


def _beyond_term(ledger: Ledger) -> bool:
    """Do most totals exceed the sum of the term, beside which nothing is printed? Then they hold other years, too."""
    rows = [r for r in ledger.rows.values() if "in_term" in r and r.get("total")]
    return 2 * sum(r["in_term"] < r["total"] for r in rows) > len(rows)


def column_sums(ledger: Ledger) -> list[Sum]:
    """The total over the sources in each period."""
    parts = [s for s in ledger.sources if s != "total"]
    if "total" not in ledger.sources or not parts:
        return []
    left_out = excluded_source(ledger, parts)
    if left_out is not None:
        parts.remove(left_out)
    sums = []
    keys = ledger.keys
    for period in ledger.periods:
        addends = tuple([key for s in parts if (key := keys.get((s, period)))])
        top = keys.get(("total", period))
        if top is not None and provable(ledger, top, addends):
            sums.append(Sum("COLUMN_SUM", top, addends))
    return sums


def provable(ledger: Ledger, whole: Key, parts: tuple[Key, ...]) -> bool:
    """A sum says something unless one of its sides was left blank."""
    blank = ledger.blank
    return bool(parts) and (not blank or (whole not in blank and not blank.issuperset(parts)))


def excluded_source(ledger: Ledger, parts: list[str]) -> str | None:
    """A source the totals leave out (민자, say): if so every column closes, and if not none does."""

    def closed(left_out: str | None) -> Iterator[bool]:
        """For each column that holds anything: does it close?"""
        rows = [ledger.rows[s] for s in parts if s != left_out]
        for period in ledger.periods:
            values = [row.get(period, 0) for row in rows]
            top = ledger.rows["total"].get(period, 0)
            if top or any(values):
                yield top == sum(values)

    if any(closed(None)) or sum(1 for _ in closed(None)) < 3:
        return None
    return next((s for s in parts if all(of := list(closed(s))) and len(of) >= 3), None)
