"""Amounts: what the header states, by source too, and the cells of the budget tables. All in won."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from cardextract.budget.axes import drop_unit, unit_in
from cardextract.budget.entries import Budget, Entry
from cardextract.card import Aside, budget_path
from cardextract.document import Span
from cardextract.fields import Picked
from cardextract.findings import finding
from cardextract.head.issuers import upper_money
from cardextract.labels import ASIDE, cell_label
from cardextract.record.draft import Draft
from cardextract.record.unnamed import weigh
from cardextract.rules import Rules
from cardextract.values import (
    UNITS,
    Money,
    clean,
    find_money,
    is_non_budget,
    money_among,
    parse_amount,
    parse_money,
    squeeze,
)

_BEFORE_FIGURE = re.compile(r"(?P<word>[가-힣A-Za-z·]{1,12}?)\s*[:：(]?\s*(?=\d|△|약)")
_RATE_BEHIND = re.compile(r"\s*[%％]")
_TABLE_UNITS = ("원", "천원", "만원", "백만원", "억원")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def _own(word: str, level: dict[str, str]) -> str:
    """The record's source of a rules' source (`do`, `si` become sido or sigungu by the issuer's level)."""
    return level.get(word, word)


def source_level(words: set[str], title: str, rules: Rules, issuer: str = "") -> tuple[dict[str, str], str]:
    """What 도비 and 시비 mean on this card, and why.

    시비 is the issuer's own money on the card of a 시 under a 도 (도비 stands beside it), and the upper government's on
    a 구·군 card of a metropolitan city and on a metropolitan city's own.
    """
    if rules.sigungu_is_city is not None:
        return {"do": "sido", "si": "sigungu" if rules.sigungu_is_city else "sido"}, "규칙"
    if "do" in words and "sigungu" not in words:
        return {"do": "sido", "si": "sigungu"}, "도비가 함께 있음"
    if "do" in words and "si" in words:
        return {"do": "sido", "si": "sigungu"}, "도비가 함께 있음"
    if "sigungu" in words:
        return {"do": "sido", "si": "sido"}, "구비·군비가 함께 있음"
    upper = upper_money(issuer)
    if upper is not None:
        return {"do": "sido", "si": "sido" if upper else "sigungu"}, f"발행 기관: {issuer}"
    if re.search(r"구청장|군수|광역시|특별시|시도지사|도지사|자치구", title):
        return {"do": "sido", "si": "sido"}, "발행 기관이 구·군 또는 광역"
    if re.search(r"시장", title):
        return {"do": "sido", "si": "sigungu"}, "시장 공약"
    return {"do": "sido", "si": "sigungu"}, "도비·구비·군비가 없음"


def breakdown(
    span: Span,
    after: int,
    unit: int,
    rules: Rules,
    total: int = 0,
    names: Collection[str] = (),
    stated: Sequence[Money] | None = None,
) -> list[tuple[str, int, Span]]:
    """(rules' source, won, figure) of `국비 1,419, 시비 766` from a position on; shares in percent are none.

    total: the amount that the sources come to; a name that no rule knows (returned with ASIDE before it) is one of
    them where exactly that makes it so, or where it is among the names that the budget's tables know. stated: the
    amounts of the span, where they are known.
    """
    text = span.text
    moneys = {m.start: m for m in (find_money(text) if stated is None else stated)}
    rows = _names_over_figures(span, after, unit, rules)
    if rows is not None:
        return rows
    out = []
    for m in _BEFORE_FIGURE.finditer(text[after:] if after else text):
        word = m["word"].strip("·")
        found = _source_word(word, rules)
        if found is None and not total:
            continue
        found = found or ASIDE + word
        at = after + m.end()
        number = _NUMBER.match(text, at)
        if number is None:
            continue
        if _RATE_BEHIND.match(text, number.end()):
            continue
        money = moneys.get(at)
        if money is not None:
            out.append((found, money.won, span.part(money.start, money.end)))
        else:
            digits = number.group().replace(",", "")
            whole, _, fraction = digits.partition(".")
            won = int(whole) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
            out.append((found, won, span.part(*number.span())))
    known = [part for part in out if not part[0].startswith(ASIDE)]
    if len(out) != len(known) + 1 or any(word == "other" for word, _, _ in known):
        return known
    word = next(word for word, _, _ in out if word.startswith(ASIDE)).removeprefix(ASIDE)
    named = any(squeeze(name).endswith(word) for name in names)
    return out if named or (known and sum(won for _, won, _ in out) == total) else known


_RUN = re.compile(
    r"(?P<names>(?:[가-힣·]+\s+){2,})(?P<figures>(?:[\d.,]+\s?(?:[조억만천백]*원?)(?:\s+|$)){1,})"
)


def _names_over_figures(
    span: Span, after: int, unit: int, rules: Rules
) -> list[tuple[str, int, Span]] | None:
    """`국비 도비 군비 1억 1억 2억`: a small table that a conversion wrote on one line, names first. Each name gets its
    figure where there are as many; where there are not, nothing is paired: no figure beats a wrong one."""
    for m in _RUN.finditer(span.text, after):
        names = list(re.finditer(r"\S+", m["names"]))
        while names and _source_word(names[0][0], rules) is None and names[0][0] not in _TOTALS:
            names.pop(0)
        words = [_source_word(n[0], rules) for n in names]
        if sum(w is not None for w in words) < 2 or any(
            w is None and n[0] not in _TOTALS for w, n in zip(words, names, strict=True)
        ):
            continue
        at = m.start("figures")
        figures = [f.span() for f in re.finditer(r"[\d.,]+\s?[조억만천백]*원?", m["figures"])]
        if len(figures) != len(names):
            return []
        out = []
        for word, (i, j) in zip(words, figures, strict=True):
            piece = span.part(at + i, at + j).strip()
            money = parse_money(piece.text, unit)
            if word is not None and money is not None:
                out.append((word, money.won, piece))
        return out
    return None


_TOTALS = frozenset({"계", "합계", "총계", "소계", "총"})


def _source_word(word: str, rules: Rules) -> str | None:
    for i in range(len(word)):
        hit = rules.axis_of.get(word[i:])
        if hit and hit[0] == "source":
            return hit[1] if i == 0 or word[i - 1] in "·,+/" else None
        if hit is None and "·" in word[i:]:
            hit = rules.axis_of.get(word[i:].replace("·", ""))
            if hit and hit[0] == "source":
                return hit[1]
    return None


def add_money(picked: Picked, rules: Rules, d: Draft) -> None:
    parts: list[tuple[str, int, Span]] = []
    unit = 0
    doc_unit = UNITS.get(picked.unit or "", 0)
    names = {
        str(f.actual) for b in picked.budgets for f in b.findings if f.kind in ("source", "likely_source")
    }
    for p in picked.picks:
        if p.field == "budget_total" and p.span.text and d.values.get("budget_total") is None:
            if is_non_budget(p.span.text) or squeeze(p.span.text) in ("0", "0원"):
                d.state("budget_total", 0, p.span, p.label)
                continue
            label_unit = (
                UNITS.get(unit_in(p.label) or _bracket_unit(p.label) or unit_in(p.span.text) or "", 0)
                or doc_unit
            )
            stated = find_money(p.span.text)
            money = _changed(p.span.text, stated) or money_among(stated, p.span.text, label_unit or None)
            if money is not None and (listed := _only_parts(p.span, money, stated, rules)):
                parts.extend(listed)  # 국비 10억원, 시비 5억원: their total is not printed
                unit, money = money.unit, None
            if money is None:
                if squeeze(p.span.text) not in rules.empty_words:
                    d.unreadable("budget_total", p.label, p.span)
                continue
            reason = p.label + (" (약)" if money.approximate else "")
            d.state("budget_total", money.won, p.span.part(money.start, money.end), reason)
            unit = money.unit
            head = breakdown(p.span.part(0, money.start), 0, money.unit, rules) if money.start > 4 else []
            parts.extend(head or breakdown(p.span, money.end, money.unit, rules, money.won, names, stated))
    for p in picked.picks:
        if p.field == "budget_by_source" and p.span.text:
            parts.extend(breakdown(p.span, 0, unit or doc_unit or 10**6, rules))
        elif (
            p.field == "source" or (p.field == "other" and any(q.field == "source" for q in picked.picks))
        ) and p.span.text:
            money = parse_money(p.span.text, UNITS.get(unit_in(p.label) or "", 0) or unit or doc_unit or None)
            found = _source_word(squeeze(drop_unit(p.label)), rules)
            if money is not None and found:
                parts.append((found, money.won, p.span.part(money.start, money.end)))
    picked_words = {w for w, _, _ in parts} | {s for b in picked.budgets for s in b.sources}
    issuer = next((s.text for s in picked.issuers), picked.cover.get("issuer") or rules.issuer or "")
    titles = " ".join([*(s.text for s in picked.report_titles), picked.cover.get("report_title", "")])
    level, why = source_level(picked_words, titles, rules, issuer)
    d.values["_level"] = level
    by = d.values.setdefault("budget_by_source", {})
    for word, won, span in parts:
        strange = word.removeprefix(ASIDE) if word.startswith(ASIDE) else ""
        source = "other" if strange else _own(word, level)
        if source in by:
            by[source] += won
            continue
        by[source] = won
        d.prove(
            f"budget_by_source.{source}",
            span,
            "inferred" if word == "si" or strange else "exact",
            f"이름 ‘{strange}’은(는) 모르지만 합계가 맞음"
            if strange
            else f"시비: {why}"
            if word == "si"
            else None,
        )


def _changed(text: str, stated: Sequence[Money]) -> Money | None:
    """The amount behind an arrow: `10억원 → 15억원` was changed to it."""
    arrow = max(text.rfind(c) for c in "→⇒➔")
    return next((m for m in stated if m.start > arrow), None) if arrow >= 0 else None


def _only_parts(
    span: Span, first: Money, stated: Sequence[Money], rules: Rules
) -> list[tuple[str, int, Span]]:
    """The amounts of several sources, where a value states these and no total."""
    amount = span.part(first.start, first.end)
    if span.text.find(amount.text, 1) < 0:
        return []  # no name stands before it
    parts = breakdown(span, 0, first.unit, rules, stated=stated)
    places = {(s.place, s.text) for _, _, s in parts}
    amounts = (amount, *(span.part(m.start, m.end) for m in stated))
    return parts if len(parts) > 1 and all((a.place, a.text) in places for a in amounts) else []


def _bracket_unit(label: str) -> str | None:
    m = re.search(r"[(\[]\s*((?:천|백만|억|만)?원)\s*[)\]]", label)
    return m[1] if m else None


def add_budget(picked: Picked, d: Draft) -> None:
    level: dict[str, str] = d.values.pop("_level", {"do": "sido", "si": "sido"})
    entries: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    unit = _unit_of_total(picked.budgets, d.values.get("budget_total"))
    for b in weigh(picked.budgets, d.values.get("budget_total")):
        d.findings.extend(b.findings)
        lost = next((e for e in b.entries if not e.unit and _unitless(e)), None)
        if lost is not None and unit is None:
            d.findings.append(finding("UNKNOWN_UNIT", paths=["budget"], places=[lost.span.place]))
        for e in b.entries:
            _enter(_restated(e, unit) if unit and not e.unit else e, level, entries, d)
        d.aside.extend(
            Aside(x.ledger, x.source, x.period, x.amount.won, x.span.text, x.span.place)
            for e in b.aside
            if (x := _restated(e, unit) if unit and not e.unit else e).period and x.amount.won is not None
        )
    d.values["budget"] = list(entries.values())


def _unit_of_total(budgets: Sequence[Budget], stated: int | None) -> str | None:
    """The unit in which tables that name none come to the header's amount, which names its own; None unless exactly
    one does."""
    plan = [e for b in budgets for e in b.entries if not e.unit and e.ledger == "plan" and e.period]
    if not stated or not plan:
        return None
    sums = [
        [e for e in plan if (e.source, e.period) == ("total", "total")],
        [e for e in plan if e.source != "total" and e.period == "total"],
        [e for e in plan if e.source == "total" and e.period not in ("total", "in_term")],
    ]
    figures = next((s for s in sums if s), [])
    if not figures:
        return None
    fitting = [
        u
        for u in _TABLE_UNITS
        if sum(parse_amount(squeeze(e.span.text), UNITS[u]).won or 0 for e in figures) == stated
    ]
    return fitting[0] if len(fitting) == 1 else None


def _unitless(e: Entry) -> bool:
    """A figure of a table without a unit whose cell names none either."""
    return bool(e.amount.won) and "원" not in e.span.text and "억" not in e.span.text


def _restated(e: Entry, unit: str) -> Entry:
    """The entry in a unit that its table does not name."""
    amount = replace(parse_amount(squeeze(e.span.text), UNITS[unit]), state=e.amount.state)
    return replace(
        e,
        amount=amount,
        unit=unit,
        certainty="inferred",
        reason=f"총사업비에 맞는 단위로 읽음 (단위: {unit})",
    )


def _enter(
    e: Entry, level: dict[str, str], entries: dict[tuple[str, str, str | None], dict[str, Any]], d: Draft
) -> None:
    ledger, source, period = e.ledger, level.get(e.source, e.source), e.period
    won, state = e.amount.won, e.amount.state
    key = (ledger, source, period)
    if period is None:  # a figure without a known column stands beside the others of its row
        number = sum(k[:2] == key[:2] and entries[k]["period"] is None for k in entries)
        key = (ledger, source, f"None#{number + 1}" if number else None)
    path = budget_path(*key) + ".amount"
    old = entries.get(key)
    if old is not None:
        if old["amount"] == won or won is None or (not won and state != "stated"):
            return
        if old["amount"] is not None and (old["state"] == "stated" or old["amount"]):
            d.findings.append(
                finding(
                    "AMBIGUOUS_CELL",
                    label=cell_label(*key),
                    paths=[path],
                    places=[d.evidence[path].place, e.span.place],
                    expected=old["amount"],
                    actual=won,
                )
            )
            return
    if state == "unreadable" or e.doubtful:
        d.findings.append(
            finding("UNREADABLE_AMOUNT", actual=clean(e.span.text)[:40], paths=[path], places=[e.span.place])
        )
    entries[key] = {
        "ledger": ledger,
        "source": source,
        "period": period,
        "amount": won,
        "state": state,
    }
    d.prove(path, e.span, e.certainty, e.reason or (f"단위: {e.unit}" if e.unit else None))
