"""Years against the calendar: spending before its plan or after the as-of date betrays shifted lines."""

from __future__ import annotations

from collections.abc import Iterator

from cardextract.checks.context import Context
from cardextract.checks.culprit import Move
from cardextract.checks.ledger import Key, Ledger, residual, time_order
from cardextract.findings import Finding, Suggestion
from cardextract.labels import LEDGERS, figure, period_label


def future_periods(context: Context, ledger: Ledger) -> list[str]:
    """Periods of a table that had not begun at the as-of date."""
    as_of = context.card.as_of
    if not as_of:
        return []
    out = []
    for period in ledger.periods:
        if period == "after_term":
            if as_of[:7] <= context.term[1][:7]:
                out.append(period)
        elif period[0] == "2":
            begin = f"{period[:4]}-07" if period.endswith("H2") else f"{period[:4]}-01"
            if begin > (as_of if len(as_of) > 4 else f"{as_of}-12")[:7]:
                out.append(period)
    return out


def contradictions(context: Context, amounts: dict[Key, int]) -> int:
    """Years with more spent than planned, and years with spending that had not begun; each source counts."""
    spent = context.ledgers.get("spent")
    if spent is None or "plan" not in context.ledgers:
        return 0
    future = set(future_periods(context, spent))
    wrong = 0
    for key in spent.amounts:
        done, plan = amounts[key], amounts.get(Key("plan", key.source, key.period))
        if key.period[0] == "2" and plan is not None:
            wrong += done > plan or (done > 0 and key.period in future)
    return wrong


def likeliest(context: Context, ways: list[Move]) -> list[Move]:
    """Of several ways to move figures, the one after which spending contradicts plan and calendar least."""
    if len(ways) < 2:
        return ways
    amounts = {k: v for each in context.ledgers.values() for k, v in each.amounts.items()}
    wrong = [contradictions(context, {**amounts, **w.right}) for w in ways]
    return [w for w, n in zip(ways, wrong, strict=True) if n == min(wrong)]


def late_line(context: Context, ledger: Ledger) -> Iterator[Finding]:
    """SHIFTED_CELL without column sums: moved one year back, the line closes and fits what was spent."""
    if ledger.name == "secured" or any(
        s.code == "COLUMN_SUM" and s.whole.period[0] == "2" for s in ledger.sums
    ):
        return
    if context.read_badly("UNPROVEN_COLUMNS") or context.read_badly("UNPLACED"):
        return  # the years themselves are in doubt
    amounts = {k: v for each in context.ledgers.values() for k, v in each.amounts.items()}
    if not contradictions(context, amounts):
        return
    others = [s for each in context.ledgers.values() if each is not ledger for s in each.sums]
    if any(residual(s, amounts) for s in others):
        return  # a wrong figure in the other table may be what contradicts
    line = [
        ledger.key("total", p)
        for p in sorted(ledger.years, key=time_order)
        if ledger.key("total", p) in ledger.amounts
    ]
    values = [ledger.amounts[k] for k in line]
    if len(line) < 3 or values[0] or not values[1]:
        return
    moved = {**amounts, **dict(zip(line, [*values[1:], 0], strict=True))}
    last = line[-1]
    # the shift pushed the last figure out of the table; the row total still holds it
    gaps = {residual(s, moved) for s in ledger.sums if last in s.parts}
    gap = next(iter(gaps)) if len(gaps) == 1 else 0
    if gap < 0:
        return
    moved[last] = gap
    if any(residual(s, moved) for s in ledger.sums) or contradictions(context, moved):
        return
    order = " ".join(figure(moved[k], ledger.unit) for k in line)
    row = f"budget[{ledger.name}/total]"
    tops = [s.whole.path for s in ledger.sums if s.whole.source == "total"]
    yield context.note(
        "SHIFTED_CELL",
        kind="timing",
        paths=[*(k.path for k in line), *tops],
        actual=row,
        suggestion=Suggestion(row, None, order),
        label=f"{LEDGERS[ledger.name]} 총계",
        right=", ".join(f"{period_label(k.period)} {figure(moved[k], ledger.unit)}" for k in line),
    )
