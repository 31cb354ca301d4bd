"""Figures against each other: spending and plan, status and progress, period and budget, counts in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cardextract.checks.context import Context, Found
from cardextract.checks.header import plan_total
from cardextract.checks.ledger import Key, Ledger
from cardextract.checks.timing import future_periods
from cardextract.findings import Finding
from cardextract.labels import STATUSES, cell_label, last_year, money, official_day, period_label, short_money
from cardextract.values import find_dates, find_money, find_percents, is_non_budget

DONE = {"completed", "completed_ongoing"}
COUNTED = r"(명|개소|개|건|팀|가구|세대|곳|농가|업체|개사|필지|대)"
APPLIED = re.compile(
    rf"(?:신청|접수|응모)[^\d\n]{{0,6}}([\d,]+)\s?{COUNTED}|([\d,]+)\s?{COUNTED}[^\d\n]{{0,8}}(?:신청|접수|응모)"
)
CHOSEN = re.compile(
    rf"([\d,]+)\s?{COUNTED}[^\d,.\n]{{0,8}}(?:선정|선발)|(?:선정|선발)[^\d\n]{{0,4}}([\d,]+)\s?{COUNTED}"
)
TIMES = re.compile(r"(\d+)\s?회\s?\(([^()]*)\)")


def check_spending(context: Context, found: Found) -> Iterator[Finding]:
    """SPENT_OVER_PLAN, YEAR_OVERSPENT, SPENT_AFTER_AS_OF, BEFORE_DIFFERS."""
    plan, spent = context.ledgers.get("plan"), context.ledgers.get("spent")
    if spent is not None:
        yield from _after_as_of(context, spent, found)
    if plan is None or spent is None:
        return
    over = _over_in_total(context, plan, spent, found)
    if over is not None:
        yield over
    yield from _over_in_years(context, plan, spent, found, over)
    before = plan.key("total", "before"), spent.key("total", "before")
    planned, done = plan.amounts.get(before[0]), spent.amounts.get(before[1])
    if planned is not None and done is not None and not (before[0] in plan.blank or before[1] in spent.blank):
        slack = max(plan.step, spent.step) - 1 if plan.step != spent.step else 0
        if abs(planned - done) > slack:
            paths = [k.path for k in before]
            yield context.note(
                "BEFORE_DIFFERS",
                paths=paths,
                expected=planned,
                actual=done,
                caused_by=found.cause(paths),
                **_two(planned, plan, done, spent),
            )


def _over_in_total(context: Context, plan: Ledger, spent: Ledger, found: Found) -> Finding | None:
    planned, done = plan_total(plan, "total"), plan_total(spent, "total")
    if not planned or not done or planned[0] <= 0:
        return None
    slack = max(plan.step, spent.step) - 1 if plan.step != spent.step else 0
    if done[0] <= planned[0] + slack:
        return None
    paths = [k.path for k in (*done[1], *planned[1])]
    return context.note(
        "SPENT_OVER_PLAN",
        paths=paths,
        expected=planned[0],
        actual=done[0],
        caused_by=found.cause(paths),
        label="총계",
        **_two(planned[0], plan, done[0], spent),
    )


def _two(planned: int, plan: Ledger, done: int, spent: Ledger) -> dict[str, Any]:
    """Planned, spent and the difference in their printed units, for messages."""
    words = {"plan": money(planned, plan.unit), "spent": money(done, spent.unit)}
    return words | {"gap": money(abs(done - planned), min(plan.unit, spent.unit))}


def _over_in_years(
    context: Context, plan: Ledger, spent: Ledger, found: Found, over: Finding | None
) -> Iterator[Finding]:
    for period in spent.years:
        planned = _year_total(plan, period)
        done = _year_total(spent, period)
        if planned is None or done is None or done[0] <= planned[0]:
            continue
        sources = [
            s
            for s in spent.sources
            if s != "total"
            and spent.amounts.get(spent.key(s, period), 0) > plan.amounts.get(plan.key(s, period), 0)
        ]
        paths = [k.path for k in (*done[1], *planned[1])]
        cause = found.cause(paths) or (over.id if over else None)
        paths += [
            led.key(s, period).path
            for s in sources
            for led in (spent, plan)
            if led.key(s, period) in led.amounts
        ]
        yield context.note(
            "YEAR_OVERSPENT",
            paths=paths,
            expected=planned[0],
            actual=done[0],
            caused_by=cause,
            label=period_label(period),
            **_two(planned[0], plan, done[0], spent),
        )


def _year_total(ledger: Ledger, period: str) -> tuple[int, list[Key]] | None:
    """The total of one year: its cell in the total row, else the sum over the sources."""
    keys = ledger.keys
    cell = keys.get(("total", period))
    if cell is not None:
        return ledger.amounts[cell], [cell]
    parts = [key for s in ledger.sources if (key := keys.get((s, period)))]
    return (sum(ledger.amounts[k] for k in parts), parts) if parts and "total" not in ledger.sources else None


def _after_as_of(context: Context, spent: Ledger, found: Found) -> Iterator[Finding]:
    future = future_periods(context, spent)
    keys = [k for p in future for s in spent.sources if spent.amounts.get(k := spent.key(s, p), 0) > 0]
    if not keys:
        return
    tops = [k for k in keys if k.source == "total"] or keys
    periods = list(dict.fromkeys(k.period for k in keys))
    paths = [k.path for k in keys]
    amount = sum(spent.amounts[k] for k in tops)
    yield context.note(
        "SPENT_AFTER_AS_OF",
        paths=paths,
        expected=context.card.as_of,
        actual=amount,
        spent=money(amount, spent.unit),
        as_of=official_day(context.card.as_of),
        caused_by=found.cause(paths),
        label="·".join(period_label(p) for p in periods),
    )


def check_progress(context: Context, _: Found) -> Iterator[Finding]:
    """PROGRESS_RANGE, STATUS_PROGRESS."""
    card = context.card
    for i, rate in enumerate(card.rates):
        if rate.percent is not None and rate.percent < 0:
            yield context.note(
                "PROGRESS_RANGE",
                kind="rate",
                paths=[f"rates[{i}].percent"],
                actual=rate.percent,
                label=rate.label,
            )
    if card.progress is None:
        return
    shown = int(card.progress) if card.progress == int(card.progress) else card.progress
    if not 0 <= card.progress <= 100:
        yield context.note(
            "PROGRESS_RANGE", paths=["progress"], expected="0-100", actual=shown, label="진도율"
        )
        return
    label = STATUSES.get(card.status or "", "")
    paths = ["status", "progress"]
    if card.status in DONE and card.progress < 100:
        yield context.note(
            "STATUS_PROGRESS", kind="not_finished", paths=paths, expected=100, actual=shown, label=label
        )
    elif card.status in ("in_progress", "partial", "delayed", "planned") and card.progress == 100:
        yield context.note(
            "STATUS_PROGRESS", kind="finished", paths=paths, actual=shown, label=label, severity="warning"
        )
    elif card.status == "planned" and card.progress >= 30:
        yield context.note(
            "STATUS_PROGRESS", kind="not_begun", paths=paths, actual=shown, label=label, severity="warning"
        )


def check_budget_words(context: Context, found: Found) -> Iterator[Finding]:
    """TASKS_OVER_BUDGET, NON_BUDGET, NEGATIVE_AMOUNT, SHARE_SUM, PERIOD_BUDGET."""
    card = context.card
    plan = context.ledgers.get("plan")
    table = plan_total(plan, "total") if plan else None
    total = max(card.budget_total or 0, table[0] if table else 0)
    unit = plan.unit if plan else 1
    tasks = {f"tasks[{i}].amount": t.amount for i, t in enumerate(card.tasks) if t.amount}
    if total > 0 and sum(tasks.values()) > total and "UNIT_SLIP" not in found.codes:
        yield context.note(
            "TASKS_OVER_BUDGET",
            paths=[*tasks, "budget_total"],
            expected=total,
            actual=sum(tasks.values()),
            caused_by=found.cause(["budget_total"]),
            tasks=money(sum(tasks.values()), unit),
            total=money(total, unit),
            gap=money(sum(tasks.values()) - total, unit),
        )
    words = context.text("budget_total")
    if (card.budget_total == 0 or is_non_budget(words)) and table and table[0] > 0:
        paths = ["budget_total", *(k.path for k in table[1])]
        yield context.note(
            "NON_BUDGET", paths=paths, actual=table[0], amount=money(table[0], unit), label="예산표의 금액"
        )
    for ledger in context.ledgers.values():
        if min(ledger.amounts.values()) >= 0:
            continue
        for key, amount in ledger.amounts.items():
            if amount < 0:
                yield context.note(
                    "NEGATIVE_AMOUNT",
                    paths=[key.path],
                    actual=amount,
                    amount=money(amount, ledger.unit),
                    label=cell_label(*key),
                )
    shares = find_percents(words) if "%" in words or "％" in words else []
    if len(shares) > 1 and abs(sum(p.value for p in shares) - 100) > 1:
        yield context.note(
            "SHARE_SUM", paths=["budget_total"], actual=round(sum(p.value for p in shares), 2), label=words
        )
    if plan is not None and not found.codes & {"SHIFTED_CELL", "PERIOD_REVERSED"}:
        yield from _outside_period(context, plan)


def _outside_period(context: Context, plan: Ledger) -> Iterator[Finding]:
    period = context.card.period
    if period.start is None:
        return
    begin, end = period.start[:4], "9999" if period.end is None or period.beyond_term else period.end[:4]
    outside = []
    for p in plan.years:
        if last_year(p) < begin or p[:4] > end:
            total = _year_total(plan, p)
            if total and total[0] > 0:
                outside.append((p, total))
    after = _year_total(plan, "after_term")
    if (
        after
        and after[0] > 0
        and period.end is not None
        and not period.beyond_term
        and period.end[:7] <= context.term[1][:7]
    ):
        outside.append(("after_term", after))
    if period.beyond_term and after and not after[0] and any(plan.amounts.values()):
        yield context.note(
            "PERIOD_BUDGET",
            kind="nothing_after",
            paths=["period.beyond_term", *(k.path for k in after[1])],
            expected="임기 후 계속",
            period="임기 후 계속",
            actual=0,
            plan=money(0, plan.unit),
            label=period_label("after_term"),
        )
    if outside:
        yield context.note(
            "PERIOD_BUDGET",
            kind="outside",
            paths=["period.start", "period.end", *(k.path for _, t in outside for k in t[1])],
            expected=f"{period.start} ~ {period.end or ''}",
            period=f"{official_day(period.start)} ~ {official_day(period.end)}".strip(),
            actual=sum(t[0] for _, t in outside),
            plan=money(sum(t[0] for _, t in outside), plan.unit),
            label="·".join(period_label(p) for p, _ in outside),
        )


def check_text(context: Context, found: Found) -> Iterator[Finding]:
    """TEXT_AMOUNT, COUNT_LIST, SELECTED_OVER_APPLIED in the bullets."""
    card = context.card
    plan = context.ledgers.get("plan")
    table = plan_total(plan, "total") if plan else None
    total = max(card.budget_total or 0, table[0] if table else 0)
    compared = total > 0 and "UNIT_SLIP" not in found.codes
    for _, path, item, _ in context.items:
        text = item.text
        if compared and "원" in text:
            for m in find_money(text):
                if m.won > total:
                    printed = text[m.start : m.end]
                    yield context.note(
                        "TEXT_AMOUNT",
                        paths=[path, "budget_total"],
                        expected=total,
                        actual=m.won,
                        total=money(total, plan.unit) if plan else short_money(total),
                        label=printed,
                    )
        if "회" in text:
            yield from _count_list(context, path, text)
        if "선정" in text or "선발" in text:
            yield from _selected(context, path, text)


def _count_list(context: Context, path: str, text: str) -> Iterator[Finding]:
    for match in TIMES.finditer(text):
        inner = match[2]
        if re.search(r"[~～∼〜]|등|외|매|…", inner):
            continue
        dates = find_dates(inner)
        if len(dates) >= 2 and len(dates) != int(match[1]):
            yield context.note(
                "COUNT_LIST", paths=[path], expected=int(match[1]), actual=len(dates), label=match[0]
            )


def _selected(context: Context, path: str, text: str) -> Iterator[Finding]:
    applied, chosen = APPLIED.search(text), CHOSEN.search(text)
    if not applied or not chosen:
        return
    asked, unit = (applied[1], applied[2]) if applied[1] else (applied[3], applied[4])
    taken, same = (chosen[1], chosen[2]) if chosen[1] else (chosen[3], chosen[4])
    if unit == same and int(taken.replace(",", "") or 0) > int(asked.replace(",", "") or 0):
        yield context.note(
            "SELECTED_OVER_APPLIED",
            paths=[path],
            expected=int(asked.replace(",", "")),
            actual=int(taken.replace(",", "")),
            label=unit,
        )
