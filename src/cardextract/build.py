"""build: raw fields -> typed record with evidence. What cannot be read becomes a finding, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cardextract.axes import unit_in
from cardextract.card import Evidence, budget_path, evidence
from cardextract.document import Certainty, Span, Table
from cardextract.fields import NUMBERED_TITLE, Picked
from cardextract.findings import Finding, finding
from cardextract.grids import Pick
from cardextract.outline import Node, marker_at, split_line
from cardextract.rules import Rules
from cardextract.tables import Entry
from cardextract.values import (
    UNITS,
    clean,
    find_money,
    find_percents,
    is_non_budget,
    parse_as_of,
    parse_money,
    parse_percent,
    parse_period,
    parse_staff,
    squeeze,
)  # fmt: skip

_TAIL = re.compile(r"\s*[(（]([^()（）]{1,40})[)）]\s*$")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_BOXED = re.compile(
    r"[■☑☒◉✔√●]\s*(?P<word>[^■☑☒◉✔√□☐○●\t\n]{1,20}?)\s*(?=[■☑☒◉✔√□☐○●\t\n]|$)|\[\s*[vV√✓○●]\s*\]\s*(?P<word2>[^\[\n]{1,20}?)\s*(?=\[|$)"
)
_BOXES = re.compile(r"[□☐■☑]")


@dataclass
class Draft:
    """The record under construction: values and their evidence under the same paths."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def prove(self, path: str, span: Span, certainty: Certainty = "exact", reason: str | None = None) -> None:
        """Put evidence under a path."""
        self.evidence[path] = evidence(span.text, span.place, certainty, reason)

    def state(self, path: str, value: Any, span: Span, reason: str | None = None) -> None:
        """A top-level value with its evidence; the first one stays."""
        if self.values.get(path) is None:
            self.values[path] = value
            self.prove(path, span, reason=reason)


def build(picked: Picked, rules: Rules) -> Draft:
    """The typed record of a card, as a dict of the record's fields, with evidence and findings."""
    d = Draft()
    d.findings.extend(picked.findings)
    _titles(picked, rules, d)
    _people(picked, rules, d)
    for p in picked.picks:
        read = READ.get(p.field)
        if read is not None:
            read(p, rules, d)
    _money(picked, rules, d)
    _as_of(picked, d)
    _outlines(picked, d)
    _budget(picked, d)
    for span in picked.unused:
        text = clean(span.text)
        if text:
            d.findings.append(
                finding(
                    "UNCLAIMED_TEXT",
                    actual=text[:200],
                    places=[span.place],
                    severity="warning" if find_money(text) else None,
                )
            )
    return d


# ------------------------------------------------------------------ titles, dates


def _titles(picked: Picked, rules: Rules, d: Draft) -> None:
    stated = [p for p in picked.picks if p.field == "number" and p.span.text]
    serial = [p for p in picked.picks if p.field == "serial" and p.span.text]
    for p in stated or serial:
        d.state("number", clean(p.span.text), p.span, p.label)
    for p in serial if stated else []:  # `연번` beside `공약번호` counts the rows of a list
        _other(p, rules, d)
    title = next((p for p in picked.picks if p.field == "title"), None)
    if title is not None:
        if title.span.text:
            span = title.span
            m = NUMBERED_TITLE.match(span.text)
            if m and (m["a"] or (m["b"] and not m["b"].isalpha()) or _leads(m["c"], d.values.get("number"))):
                group = next(g for g in "abc" if m[g])
                d.state(
                    "number", clean(span.part(*m.span(group)).text), span.part(*m.span(group)), title.label
                )
                span = span.part(*m.span("title"))
            d.state("title", clean(span.text), span, title.label)
    elif picked.numbered:
        number, span = picked.numbered[-1]
        d.state("title", clean(span.text), span)
        if number is not None:
            d.state("number", clean(number.text), number)
    elif picked.plain_titles:
        d.state("title", clean(picked.plain_titles[-1].text), picked.plain_titles[-1], "제목 줄")
    claimed = {d.evidence["title"].place} if "title" in d.evidence else set()
    for span in picked.plain_titles:
        if span.place not in claimed:
            picked.unused.append(span)
    if picked.report_titles:
        span = picked.report_titles[-1]
        d.state("report_title", clean(span.text), span)


def _leads(lead: str | None, number: object) -> bool:
    """Is what stands before the title (`1-2. `, `004) `) the pledge's number? Not a year, and not against a label."""
    word = clean(lead or "")
    if number is not None:
        return number == word
    return bool(re.search(r"\d", word)) and not re.fullmatch(r"(?:19|20)\d\d", word)


def _as_of(picked: Picked, d: Draft) -> None:
    spans = [p.span for p in picked.picks if p.field == "as_of" and p.span.text] + picked.as_of
    for span in spans:
        date = parse_as_of(span.text)
        if date and len(date.iso) > 4:
            if d.values.get("as_of") is None:
                d.state("as_of", date.iso, span.part(date.start, date.end))
            continue
    for p in picked.picks:
        if p.field == "as_of" and p.span.text and parse_as_of(p.span.text) is None:
            d.values.setdefault("other_fields", {})[clean(p.label)] = clean(p.span.text)


# ------------------------------------------------------------------ header fields


def _departments(text: str, rules: Rules) -> list[tuple[int, int]]:
    """Spans of the single departments of a list; nothing for `-` and `없음`."""
    if squeeze(text) in {squeeze(e) for e in rules.empty}:
        return []
    return [m.span() for m in re.finditer(r"[^,，/;·ㆍ、\n]+", text) if m.group().strip()]


def _lead(p: Pick, rules: Rules, d: Draft) -> None:
    span = p.span
    if not span.text or squeeze(span.text) in {squeeze(e) for e in rules.empty}:
        return
    m = re.match(r"^([^(（]+)[(（](.+)[)）]\s*$", span.text, re.DOTALL)
    if m and any(r in squeeze(m[2]) for r in rules.role_set):
        for person in parse_staff(m[2], rules.roles):
            _add_person(
                d,
                person.role,
                person.rank,
                person.name,
                person.phone,
                span.part(m.start(2) + person.start, m.start(2) + person.end),
            )
        span = span.part(*m.span(1)).strip()
    d.state("lead_department", clean(span.text), span, p.label)


def _related(p: Pick, rules: Rules, d: Draft) -> None:
    out = d.values.setdefault("related_departments", [])
    for i, j in _departments(p.span.text, rules):
        piece = p.span.part(i, j).strip()
        d.prove(f"related_departments[{len(out)}]", piece, reason=p.label)
        out.append(clean(piece.text))


def _period(p: Pick, rules: Rules, d: Draft) -> None:
    if not p.span.text or d.values.get("period"):
        return
    period = parse_period(p.span.text)
    if period is None or (period.start is None and period.end is None and not period.beyond_term):
        if squeeze(p.span.text) not in {squeeze(e) for e in rules.empty}:
            d.findings.append(
                finding(
                    "UNREADABLE_VALUE",
                    label=clean(p.label),
                    actual=clean(p.span.text),
                    paths=["period"],
                    places=[p.span.place],
                )
            )
        return
    d.values["period"] = {"start": period.start, "end": period.end, "beyond_term": period.beyond_term}
    if period.start and period.start_span:
        d.prove("period.start", p.span.part(*period.start_span), reason=p.label)
    if period.end and period.end_span:
        d.prove("period.end", p.span.part(*period.end_span), reason=p.label)
    if period.beyond_term:
        d.prove("period.beyond_term", p.span, reason=p.label)


def _status(p: Pick, rules: Rules, d: Draft) -> None:
    span = p.span
    if not span.text:
        return
    if len(_BOXES.findall(span.text)) >= 2 or _BOXED.search(span.text):
        marked = [
            m for m in _BOXED.finditer(span.text) if squeeze(m["word"] or m["word2"] or "") in rules.status_of
        ]
        if len(marked) == 1:
            group = "word" if marked[0]["word"] else "word2"
            piece = span.part(*marked[0].span(group))
            d.state("status", rules.status_of[squeeze(piece.text)], piece, p.label)
            return
    percent = next(iter(find_percents(span.text)), None)
    if percent is not None and (percent.label in rules.progress_labels or not percent.label):
        d.state("progress", percent.value, span.part(percent.start, percent.end), p.label)
    word = squeeze(span.text)
    m = re.match(r"^(.+?)\s*[(（\[][^()（）\[\]]*\d[^()（）\[\]]*[)）\]]\s*$", span.text) or re.match(
        r"^([^(（\[]+)[(（\[]", span.text
    )  # `완료(계속) (100%)`: the bracket with the figure is no part of the word
    for candidate, piece in (
        (word, span),
        (squeeze(m[1]) if m else "", span.part(0, m.end(1)).strip() if m else span),
    ):
        if candidate in rules.status_of:
            d.state("status", rules.status_of[candidate], piece, p.label)
            return
    if (
        percent is None
        and word
        and word not in {squeeze(e) for e in rules.empty}
        and d.values.get("status") is None
    ):
        d.findings.append(
            finding(
                "UNREADABLE_VALUE",
                label=clean(p.label),
                actual=clean(span.text)[:80],
                paths=["status"],
                places=[span.place],
            )
        )


def _progress(p: Pick, rules: Rules, d: Draft) -> None:
    if not p.span.text:
        return
    percent = parse_percent(p.span.text)
    if percent is None:
        if squeeze(p.span.text) in rules.status_of:
            _status(p, rules, d)
        elif not any(b in p.label for b in "(（/") and squeeze(p.span.text) not in {
            squeeze(e) for e in rules.empty
        }:
            d.findings.append(
                finding(
                    "UNREADABLE_VALUE",
                    label=clean(p.label),
                    actual=clean(p.span.text)[:80],
                    paths=["progress"],
                    places=[p.span.place],
                )
            )
        return
    if percent.label and squeeze(percent.label) in {squeeze(w) for w in rules.labels.get("rate", [])}:
        _rate(p, rules, d)
        return
    piece = p.span.part(percent.start, percent.end)
    d.state("progress", percent.value, piece, p.label)
    _add_rate(d, clean(p.label), percent.value, piece)


def _rate(p: Pick, _rules: Rules, d: Draft) -> None:
    percent = parse_percent(p.span.text)
    if percent is not None:
        _add_rate(d, clean(p.label), percent.value, p.span.part(percent.start, percent.end))


def _add_rate(d: Draft, label: str, value: float, span: Span) -> None:
    rates = d.values.setdefault("rates", [])
    d.prove(f"rates[{len(rates)}].percent", span, reason=label)
    rates.append({"label": label, "percent": value})


def _pieces(p: Pick, rules: Rules) -> list[Span]:
    """The single lines of a list value, markers dropped."""
    out = []
    for line in p.lines or ():
        for part in split_line(line, rules):
            text = part.text
            i = len(text) - len(text.lstrip())
            end = marker_at(text, i, rules)
            piece = part.span(end if end > i else i).strip()
            if piece.text:
                out.append(piece)
    if not p.lines and p.span.text:
        out.append(p.span.strip())
    return out


def _goals(p: Pick, rules: Rules, d: Draft) -> None:
    goals = d.values.setdefault("goals", [])
    for piece in _pieces(p, rules):
        if squeeze(piece.text) in {squeeze(e) for e in rules.empty}:
            continue
        d.prove(f"goals[{len(goals)}]", piece, reason=p.label)
        goals.append(clean(piece.text))


def _tasks(p: Pick, rules: Rules, d: Draft) -> None:
    tasks = d.values.setdefault("tasks", [])
    for piece in _pieces(p, rules):
        if squeeze(piece.text) in {squeeze(e) for e in rules.empty}:
            continue
        path = f"tasks[{len(tasks)}]"
        amount = until = None
        body = piece
        m = _TAIL.search(piece.text)
        if m:
            inner = piece.part(*m.span(1))
            money = parse_money(inner.text)
            period = parse_period(inner.text)
            if money is not None:
                amount = money.won
                d.prove(f"{path}.amount", inner.part(money.start, money.end), reason=p.label)
            if period is not None and period.end and period.end_span:
                until = period.end
                d.prove(f"{path}.until", inner.part(*period.end_span), reason=p.label)
            if money is not None or until:
                body = piece.part(0, m.start()).strip()
        d.prove(f"{path}.text", body, reason=p.label)
        tasks.append({"text": clean(body.text), "amount": amount, "until": until})


def _other(p: Pick, _rules: Rules, d: Draft) -> None:
    if not p.span.text:
        return
    label = clean(p.label).rstrip(" :：")
    fields = d.values.setdefault("other_fields", {})
    if label not in fields:
        fields[label] = clean(p.span.text)
        d.prove(f"other_fields.{label}", p.span)
    if p.field == "unknown":
        d.findings.append(
            finding(
                "UNKNOWN_LABEL",
                label=label,
                paths=[f"other_fields.{label}"],
                places=[p.span.place],
                actual=label,
            )
        )


READ = {
    "lead_department": _lead, "related_departments": _related, "period": _period, "status": _status, "progress": _progress,
    "rate": _rate, "goals": _goals, "tasks": _tasks, "other": _other, "unknown": _other,
}  # fmt: skip


# ------------------------------------------------------------------ people


def _add_person(
    d: Draft, role: str | None, rank: str | None, name: str | None, phone: str | None, span: Span
) -> None:
    staff = d.values.setdefault("staff", [])
    path = f"staff[{len(staff)}]"
    staff.append({"role": role, "rank": rank, "name": name, "phone": phone})
    for part, value in (("role", role), ("rank", rank), ("name", name), ("phone", phone)):
        if value:
            at = span.text.find(value)
            d.prove(f"{path}.{part}", span.part(at, at + len(value)) if at >= 0 else span)


def _people(picked: Picked, rules: Rules, d: Draft) -> None:
    row: dict[str, Pick] = {}
    for p in picked.picks:
        if p.field.startswith("staff_"):
            if p.field == "staff_end":
                _person_row(row, d)
                row = {}
            else:
                row[p.field[6:]] = p
        elif p.field in ("person", "staff") and p.span.text:
            role = squeeze(re.sub(r"[(\[].*", "", p.label)).strip(":○□■◦-") if p.field == "person" else None
            people = parse_staff(
                re.sub(r"\n(?=\s*[(（])", " ", p.span.text), rules.roles
            )  # `이름\n(직급, 전화)`
            roles = [squeeze(r) for r in re.split(r"[/·,]", p.label)] if p.field == "staff" else []
            named = len(roles) == len(people) and not any(person.role for person in people)
            for n, person in enumerate(people):
                own = person.role or (roles[n] if named else role)  # `팀장/담당자`: one each, in order
                _add_person(
                    d, own, person.rank, person.name, person.phone, p.span.part(person.start, person.end)
                )
            if not people and squeeze(p.span.text) not in {squeeze(e) for e in rules.empty}:
                d.values.setdefault("other_fields", {})[clean(p.label)] = clean(p.span.text)
        elif p.field == "phone" and p.span.text:
            staff = d.values.get("staff") or []
            if staff and not staff[-1]["phone"]:
                number = re.sub(r"^[☎☏\s:]+", "", p.span.text).strip()
                staff[-1]["phone"] = number
                d.prove(f"staff[{len(staff) - 1}].phone", p.span)
        elif p.field == "staff_rank" and p.span.text:
            staff = d.values.get("staff") or []
            if staff and not staff[-1]["rank"]:
                staff[-1]["rank"] = clean(p.span.text)


def _person_row(row: dict[str, Pick], d: Draft) -> None:
    staff = d.values.setdefault("staff", [])
    path = f"staff[{len(staff)}]"
    person: dict[str, str | None] = {"role": None, "rank": None, "name": None, "phone": None}
    for part, p in row.items():
        value = squeeze(p.span.text) if part == "role" else clean(p.span.text).lstrip("☎ ")
        person[part] = value or None
        d.prove(f"{path}.{part}", p.span)
    staff.append(person)


# ------------------------------------------------------------------ money in the header


def _own(word: str, level: dict[str, str]) -> str:
    """The record's source of a rules' source (`do`, `si` become sido or sigungu by the issuer's level)."""
    return level.get(word, word)


def source_level(words: set[str], title: str, rules: Rules) -> tuple[dict[str, str], str]:
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
    if re.search(r"구청장|군수|광역시|특별시|시도지사|도지사|자치구", title):
        return {"do": "sido", "si": "sido"}, "발행 기관이 구·군 또는 광역"
    if re.search(r"시장", title):
        return {"do": "sido", "si": "sigungu"}, "시장 공약"
    return {"do": "sido", "si": "sigungu"}, "도비·구비·군비가 없음"


def breakdown(span: Span, after: int, unit: int, rules: Rules) -> list[tuple[str, int, Span]]:
    """(rules' source, won, figure) of `국비 1,419, 시비 766` from a position on; shares in percent are none."""
    text = span.text
    moneys = {m.start: m for m in find_money(text)}
    out = []
    for m in re.finditer(
        r"(?P<word>[가-힣·]{1,10}?)\s*[:：(]?\s*(?=\d|△|약)", text[after:] if after else text
    ):
        word = m["word"].strip("·")
        found = _source_word(word, rules)
        if found is None:
            continue
        at = after + m.end()
        number = _NUMBER.match(text, at)
        if number is None:
            continue
        if re.match(r"\s*[%％]", text[number.end() :]):
            continue
        money = moneys.get(at)
        if money is not None:
            out.append((found, money.won, span.part(money.start, money.end)))
        else:
            digits = number.group().replace(",", "")
            whole, _, fraction = digits.partition(".")
            won = int(whole) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
            out.append((found, won, span.part(*number.span())))
    return out


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


def _money(picked: Picked, rules: Rules, d: Draft) -> None:
    parts: list[tuple[str, int, Span]] = []
    unit = 0
    doc_unit = UNITS.get(picked.unit or "", 0)
    for p in picked.picks:
        if p.field == "budget_total" and p.span.text and d.values.get("budget_total") is None:
            if is_non_budget(p.span.text):
                d.state("budget_total", 0, p.span, p.label)
                continue
            label_unit = UNITS.get(unit_in(p.label) or _bracket_unit(p.label) or "", 0) or doc_unit
            money = parse_money(p.span.text, label_unit or None)
            if money is None:
                if squeeze(p.span.text) not in {squeeze(e) for e in rules.empty}:
                    d.findings.append(
                        finding(
                            "UNREADABLE_VALUE",
                            label=clean(p.label),
                            actual=clean(p.span.text)[:80],
                            paths=["budget_total"],
                            places=[p.span.place],
                        )
                    )
                continue
            reason = p.label + (" (약)" if money.approximate else "")
            d.state("budget_total", money.won, p.span.part(money.start, money.end), reason)
            unit = money.unit
            head = breakdown(p.span.part(0, money.start), 0, money.unit, rules) if money.start > 4 else []
            parts.extend(head or breakdown(p.span, money.end, money.unit, rules))
    for p in picked.picks:
        if p.field == "budget_by_source" and p.span.text:
            parts.extend(breakdown(p.span, 0, unit or doc_unit or 10**6, rules))
        elif (
            p.field == "source" or (p.field == "other" and any(q.field == "source" for q in picked.picks))
        ) and p.span.text:
            money = parse_money(p.span.text, unit or doc_unit or None)
            found = _source_word(squeeze(p.label), rules)
            if money is not None and found:
                parts.append((found, money.won, p.span.part(money.start, money.end)))
    picked_words = {w for w, _, _ in parts} | {s for b in picked.budgets for s in b.sources}
    titles = " ".join(s.text for s in picked.report_titles) + " " + (rules.issuer or "")
    level, why = source_level(picked_words, titles, rules)
    d.values["_level"] = level
    by = d.values.setdefault("budget_by_source", {})
    for word, won, span in parts:
        source = _own(word, level)
        if source in by:
            by[source] += won
            continue
        by[source] = won
        d.prove(
            f"budget_by_source.{source}",
            span,
            "inferred" if word == "si" else "exact",
            f"시비: {why}" if word == "si" else None,
        )


def _bracket_unit(label: str) -> str | None:
    m = re.search(r"[(\[]\s*((?:천|백만|억|만)?원)\s*[)\]]", label)
    return m[1] if m else None


# ------------------------------------------------------------------ the budget table


def _budget(picked: Picked, d: Draft) -> None:
    level: dict[str, str] = d.values.pop("_level", {"do": "sido", "si": "sido"})
    entries: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for b in picked.budgets:
        d.findings.extend(b.findings)
        if b.unit is None and b.entries and any(e.amount.won for e in b.entries):
            d.findings.append(finding("UNKNOWN_UNIT", paths=["budget"], places=[b.entries[0].span.place]))
        for e in b.entries:
            _enter(e, level, entries, d)
    d.values["budget"] = list(entries.values())


def _enter(
    e: Entry, level: dict[str, str], entries: dict[tuple[str, str, str | None], dict[str, Any]], d: Draft
) -> None:
    source = _own(e.source, level)
    key = (e.ledger, source, e.period)
    if e.period is None:  # a figure without a known column stands beside the others of its row
        number = sum(k[:2] == key[:2] and entries[k]["period"] is None for k in entries)
        key = (e.ledger, source, f"None#{number + 1}" if number else None)
    path = budget_path(*key) + ".amount"
    reason = e.reason or (f"단위: {e.unit}" if e.unit else None)
    old = entries.get(key)
    if old is not None:
        if (
            old["amount"] == e.amount.won
            or e.amount.won is None
            or (not e.amount.won and e.amount.state != "stated")
        ):
            return
        if old["amount"] is not None and (old["state"] == "stated" or old["amount"]):
            if e.source != "total" and d.evidence[path].reason != reason:
                return
            d.findings.append(
                finding(
                    "AMBIGUOUS_CELL",
                    label=" ".join(map(str, key)),
                    paths=[path],
                    places=[d.evidence[path].place, e.span.place],
                    expected=old["amount"],
                    actual=e.amount.won,
                )
            )
            return
    certainty = e.certainty
    if e.amount.state == "unreadable":
        d.findings.append(
            finding("UNREADABLE_AMOUNT", actual=clean(e.span.text)[:40], paths=[path], places=[e.span.place])
        )
    entries[key] = {
        "ledger": e.ledger,
        "source": source,
        "period": e.period,
        "amount": e.amount.won,
        "state": e.amount.state,
    }
    d.prove(path, e.span, certainty, reason)


# ------------------------------------------------------------------ sections


def _outlines(picked: Picked, d: Draft) -> None:
    sections = d.values.setdefault("sections", [])
    captions = d.values.setdefault("captions", [])
    for o in picked.outlines:
        h = o.section.heading
        path = f"sections[{len(sections)}]"
        d.prove(f"{path}.title", h.title)
        sections.append({
            "kind": h.kind or "other", "number": h.number, "title": clean(h.title.text),
            "items": _items(o.nodes, f"{path}.items", d), "tables": [_grid(t) for t in o.tables],
        })  # fmt: skip
        for span in o.captions:
            text = re.sub(r"^[\[<〈(]\s*사진\s*\d*\s*[\])>〉]\s*", "", span.text)
            text = (
                re.sub(r"^[▲△▶▷■□<〈\[]\s*|\s*[>〉\]]$", "", text).strip()
                if text[:1] in "▲△▶▷■□<〈["
                else text
            )
            if clean(text):
                d.prove(f"captions[{len(captions)}]", span)
                captions.append(clean(text))


def _items(nodes: Sequence[Node], path: str, d: Draft) -> list[dict[str, Any]]:
    out = []
    for n, node in enumerate(nodes):
        here = f"{path}[{n}]"
        d.prove(f"{here}.text", node.line.span)
        out.append(
            {
                "marker": node.line.marker,
                "text": clean_item(node.line.span.text),
                "children": _items(node.children, f"{here}.children", d),
            }
        )
    return out


def clean_item(text: str) -> str:
    """An item's text: NFC, line ends as spaces; inner white space stays, since mentions point into it."""
    return unicodedata.normalize("NFC", text.replace("\n", " ").replace("\t", " ")).strip()


def _grid(table: Table) -> dict[str, Any]:
    cells = [
        {"row": c.row, "col": c.col, "rowspan": c.rowspan, "colspan": c.colspan, "text": c.text.strip()}
        for c in table.cells
    ]
    return {"rows": table.rows, "cols": table.cols, "cells": cells}
