"""The amounts of the header as witnesses of the plan table, and whole tables in the wrong unit."""

from __future__ import annotations

import re
from dataclasses import replace

from cardextract.checks.context import Context
from cardextract.checks.culprit import HEADER
from cardextract.checks.ledger import Key, Ledger, Sum, printed_step, residual, roundness
from cardextract.findings import Finding
from cardextract.labels import money
from cardextract.values import parse_money

FACTORS = (10**3, 10**6, 10**2, 10**5, 10**4, 10**8)


def header_figures(context: Context) -> dict[Key, int]:
    """Header amounts in won, by (header, source, total)."""
    card = context.card
    out = {Key(HEADER, s, "total"): a for s, a in card.budget_by_source.items()}
    if card.budget_total is not None:
        out[Key(HEADER, "total", "total")] = card.budget_total
    return out


def header_steps(context: Context, header: dict[Key, int]) -> dict[Key, int]:
    """The worth of the last digit the header prints, in won, for each of its figures.

    An amount given as 약 is only as exact as its zeros. Where no printed text is known, all figures of the
    header are taken to be printed to one digit.
    """
    common = roundness(list(header.values()))
    out = {}
    for key, amount in header.items():
        text = context.text(key.path)
        stated = parse_money(text) if text else None
        if stated is not None and stated.won == amount and stated.step:
            out[key] = max(stated.step, zeros(amount)) if stated.approximate else stated.step
        else:
            out[key] = (printed_step(text, amount, None) if text else None) or common
    return out


def zeros(amount: int) -> int:
    """The largest power of ten that divides an amount.

    >>> zeros(40_000_000_000), zeros(117)
    (10000000000, 1)
    """
    step = 1
    while amount and amount % (step * 10) == 0:
        step *= 10
    return step


def _slack(*steps: int) -> float:
    """Figures printed to the same digit must agree; a coarser one may be cut, rounded or rounded up."""
    return 0 if len(set(steps)) == 1 else max(steps) - 1


def plan_total(ledger: Ledger, source: str, stated: int = 0) -> tuple[int, tuple[Key, ...]] | None:
    """The total of a source with the cells it is read from: its total cell, or the parts in its place.

    stated: what it should agree with; where no total is printed, the parts are read so that it does.
    """
    cell = ledger.keys.get((source, "total"))
    if cell is not None and cell not in ledger.blank:
        return ledger.amounts[cell], (cell,)
    if source != "total":
        return None
    parts = tuple(k for s in ledger.sources if (k := ledger.key(s, "total")) in ledger.amounts)
    if not parts and ledger.years:
        sources = ["total"] if "total" in ledger.sources else ledger.sources
        extra = [("before", "after_term"), ("after_term",), ("before",), ()]
        ways = [
            tuple(
                k
                for s in sources
                for p in (*ledger.years, *more)
                if (k := ledger.key(s, p)) in ledger.amounts
            )
            for more in extra
        ]
        parts = next((w for w in ways if sum(ledger.amounts[k] for k in w) == stated), ways[0])
    total = sum(ledger.amounts[k] for k in parts)
    return (total, parts) if total else None


def header_sums(context: Context, header: dict[Key, int], ledger: Ledger | None) -> list[Sum]:
    """What the header's figures should agree with: the plan table and each other."""
    sums = agreements(context, header, ledger)
    steps = header_steps(context, header)
    return [replace(s, slack=_slack_of(s, steps, ledger)) for s in sums]


def _slack_of(s: Sum, steps: dict[Key, int], ledger: Ledger | None) -> float:
    if s.code == "HEADER_TABLE" and ledger:
        return _slack(steps[s.whole], ledger.step)
    finest = max(steps[k] for k in s.parts)
    slack = _slack(steps[s.whole], finest)
    return max(slack, finest * (len(s.parts) + 1) / 2) if ledger and finest > ledger.step else slack


def agreements(context: Context, header: dict[Key, int], ledger: Ledger | None) -> list[Sum]:
    """The header's sums to the won, as if nothing were rounded in print."""
    card = context.card
    sums: list[Sum] = []
    top = Key(HEADER, "total", "total")
    parts = tuple(k for k in header if k != top)
    table: dict[str, tuple[int, tuple[Key, ...]] | None] = {}
    if ledger:
        table = {s: plan_total(ledger, s, header.get(top, 0)) for s in ("total", *card.budget_by_source)}
    if (
        top in header
        and header[top]
        and ledger
        and (found := table.get("total"))
        and any(ledger.amounts.values())
    ):
        sums.append(Sum("HEADER_TABLE", top, found[1]))
    listed = (
        {s for s in ledger.sources if s != "total" and ledger.amounts.get(ledger.key(s, "total"))}
        if ledger
        else set()
    )
    same_sources = {k.source for k in parts if header[k]} <= listed
    for key in parts:
        found = table.get(key.source)
        if ledger and found and same_sources:
            sums.append(Sum("HEADER_TABLE", key, found[1], kind="source"))
    if top in header and header[top] and parts and not _partial(header, parts, table):
        sums.append(Sum("HEADER_BREAKDOWN", top, parts))
    return sums


def _partial(
    header: dict[Key, int], parts: tuple[Key, ...], table: dict[str, tuple[int, tuple[Key, ...]] | None]
) -> bool:
    """`50억원(국비 30억)`: a single source named beside the total, and the table agrees with it."""
    if len(parts) != 1:
        return False
    found = table.get(parts[0].source)
    return header[parts[0]] < header[Key(HEADER, "total", "total")] and (
        found is None or found[0] == header[parts[0]]
    )


def unit_slip(context: Context, header: dict[Key, int]) -> Finding | None:
    """The whole plan table is off from the header by a power of ten: one of the two units is wrong."""
    ledger = context.ledgers.get("plan")
    found = plan_total(ledger, "total") if ledger else None
    if ledger is None or found is None or not found[0]:
        return None
    parts = {k: a for k, a in header.items() if k.source != "total" and a}
    stated = header.get(Key(HEADER, "total", "total")) or sum(parts.values())
    if stated == found[0]:
        return None
    for factor in FACTORS:
        for up in (True, False):
            if stated and _off_by(stated, found[0], factor, up):
                shared = [(a, t[0]) for k, a in parts.items() if (t := plan_total(ledger, k.source)) and t[0]]
                if not all(_off_by(a, t, factor, up) for a, t in shared) or (
                    parts and sum(parts.values()) * 2 < stated
                ):
                    continue
                if _misprinted(ledger, found[1], factor, up) or (
                    up and factor == 1000 and _dotted(context, found[1])
                ):
                    continue
                paths = ["budget", *(k.path for k in header), *(k.path for k in found[1])]
                return context.note(
                    "UNIT_SLIP",
                    kind="table",
                    paths=paths,
                    expected=stated,
                    actual=found[0],
                    caused_by=context.read_badly("UNKNOWN_UNIT"),
                    label="예산표",
                    header=f"머리표 {money(stated, ledger.unit)}",
                    table=f"예산표 {money(found[0], ledger.unit)}",
                )
    return None


def _dotted(context: Context, cells: tuple[Key, ...]) -> bool:
    """A total printed as 2.521 in a table without a sum: its own unit is right."""
    return len(cells) == 1 and bool(
        re.fullmatch(r"\D*\d{1,3}(?:,\d{3})*[.·]\d{3}\D*", context.text(cells[0].path))
    )


def _misprinted(ledger: Ledger, cells: tuple[Key, ...], factor: int, up: bool) -> bool:
    """The total's own parts differ from it by that factor too: that one figure is wrong, not the unit."""
    amounts = ledger.amounts
    return any(
        _off_by(sum(amounts[k] for k in s.parts), amounts[s.whole], factor, up)
        for s in ledger.sums
        if s.whole in cells and amounts[s.whole] and residual(s, amounts)
    )


def _off_by(stated: int, table: int, factor: int, up: bool) -> bool:
    """The two differ by just this factor, but for rounding in the first three digits."""
    large, small = (stated, table * factor) if up else (stated * factor, table)
    return abs(large - small) * 200 <= large
