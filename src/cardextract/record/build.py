"""build: raw fields -> typed record with evidence. What cannot be read becomes a finding, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from cardextract.document import Span, Table
from cardextract.fields import Picked
from cardextract.findings import finding
from cardextract.head.titles import NUMBERED_TITLE
from cardextract.head.words import Pick
from cardextract.outline import Node, marker_at, split_line
from cardextract.record.amounts import add_budget, add_money
from cardextract.record.departments import read_lead, read_related
from cardextract.record.draft import Draft
from cardextract.record.people import add_people
from cardextract.record.standing import read_progress, read_rate, read_status
from cardextract.rules import Rules
from cardextract.values import (
    clean,
    find_money,
    parse_as_of,
    parse_money,
    parse_period,
    squeeze,
)

_RATE = re.compile(r"\d\s?[%％]")
_TAIL = re.compile(r"\s*[(（]([^()（）]{1,40})[)）]\s*$")


def build(picked: Picked, rules: Rules) -> Draft:
    """The typed record of a card, as a dict of the record's fields, with evidence and findings."""
    d = Draft()
    d.findings.extend(picked.findings)
    _titles(picked, rules, d)
    add_people(picked, rules, d)
    for p in picked.picks:
        read = READ.get(p.field)
        if read is not None:
            read(p, rules, d)
    add_money(picked, rules, d)
    _as_of(picked, d)
    _outlines(picked, d)
    add_budget(picked, d)
    for span in picked.unused:
        text = clean(span.text)
        if text:
            rate = d.values.get("progress") is None and _RATE.search(text) is not None
            d.findings.append(
                finding(
                    "UNCLAIMED_TEXT",
                    actual=text[:200],
                    places=[span.place],
                    paths=["progress"] if rate else [],
                    severity="warning" if rate or find_money(text) else None,
                )
            )
    return d


# ------------------------------------------------------------------ titles, dates


def _titles(picked: Picked, rules: Rules, d: Draft) -> None:
    stated = [p for p in picked.picks if p.field == "number" and p.span.text]
    serial = [p for p in picked.picks if p.field == "serial" and p.span.text]
    for p in stated or serial:
        d.state("number", _number(p.span.text), p.span, p.label)
    for p in serial if stated else []:  # `연번` beside `공약번호` counts the rows of a list
        if p.span.place != stated[0].span.place:
            _other(p, rules, d)
    title = next((p for p in picked.picks if p.field == "title"), None)
    if title is not None:
        if title.span.text:
            span = title.span
            m = NUMBERED_TITLE.match(span.text)
            if m and (
                m["a"]
                or m["d"]
                or (m["b"] and not m["b"].isalpha())
                or _leads(m["c"], d.values.get("number"))
            ):
                group = next(g for g in "abcd" if m[g])
                d.state(
                    "number", _number(span.part(*m.span(group)).text), span.part(*m.span(group)), title.label
                )
                span = span.part(*m.span("title"))
            d.state("title", clean(span.text), span, title.label)
            for number, words in picked.numbered:  # `2. 나루 쉼터` above `공약명 | 나루 쉼터`
                if number is not None and squeeze(words.text) == squeeze(span.text):
                    d.state("number", _number(number.text), number)
    elif picked.numbered:
        number, span = picked.numbered[-1]
        d.state("title", clean(span.text), span)
        if number is not None:
            d.state("number", _number(number.text), number)
    elif picked.plain_titles:
        d.state("title", clean(picked.plain_titles[-1].text), picked.plain_titles[-1], "제목 줄")
    claimed = {d.evidence["title"].place} if "title" in d.evidence else set()
    for span in picked.plain_titles:
        if span.place not in claimed:
            picked.unused.append(span)
    if picked.issuers:
        d.state("issuer", clean(picked.issuers[0].text), picked.issuers[0])
    if picked.report_titles:
        span = picked.report_titles[-1]
        d.state("report_title", clean(span.text), span)


_HALF_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94)}


def _number(text: str) -> str:
    """A pledge's number, by which reports are compared: full-width characters are what they stand for (`２－４`)."""
    return clean(text.translate(_HALF_WIDTH))


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
        before = d.values.get("as_of")
        if date is None or len(date.iso) <= 4:
            picked.unused.append(span)
            continue
        if before is not None and len(date.iso) > len(before) and date.iso.startswith(before):
            d.values["as_of"] = None  # `2024년 하반기` above `2024. 12. 31. 기준`
        d.state("as_of", date.iso, span.part(date.start, date.end))
    for p in picked.picks:
        if p.field == "as_of" and p.span.text and parse_as_of(p.span.text) is None:
            d.values.setdefault("other_fields", {})[clean(p.label)] = clean(p.span.text)


# ------------------------------------------------------------------ header fields


_RECURRING = re.compile(
    r"(?:매년|매월|매분기|매반기|연중|수시|상시|분기별|반기별|월별|연\d+회|임기내|임기중|단년도?)(?:계속|추진|사업|운영|시행|실시)?"
)
"""A time that is no range: `연중`, `임기내`. It is kept as printed."""


def _period(p: Pick, rules: Rules, d: Draft) -> None:
    if not p.span.text or d.values.get("period"):
        return
    period = parse_period(p.span.text)
    if period is None or (period.start is None and period.end is None and not period.beyond_term):
        if _RECURRING.fullmatch(squeeze(p.span.text)):
            _other(p, rules, d)
        elif squeeze(p.span.text) not in rules.empty_words:
            d.unreadable("period", p.label, p.span)
        return
    d.values["period"] = {"start": period.start, "end": period.end, "beyond_term": period.beyond_term}
    if period.start and period.start_span:
        d.prove("period.start", p.span.part(*period.start_span), reason=p.label)
    if period.end and period.end_span:
        d.prove("period.end", p.span.part(*period.end_span), reason=p.label)
    if period.beyond_term:
        d.prove("period.beyond_term", p.span, reason=p.label)


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
        if squeeze(piece.text) in rules.empty_words:
            continue
        d.prove(f"goals[{len(goals)}]", piece, reason=p.label)
        goals.append(clean(piece.text))


def _tasks(p: Pick, rules: Rules, d: Draft) -> None:
    tasks = d.values.setdefault("tasks", [])
    for piece in _pieces(p, rules):
        if squeeze(piece.text) in rules.empty_words:
            continue
        path = f"tasks[{len(tasks)}]"
        amount = until = None
        body = piece
        m = _TAIL.search(piece.text) if piece.text.rstrip().endswith((")", "）")) else None
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
    "lead_department": read_lead, "related_departments": read_related, "period": _period, "status": read_status, "progress": read_progress,
    "rate": read_rate, "goals": _goals, "tasks": _tasks, "other": _other, "unknown": _other,
}  # fmt: skip


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
        here, line = f"{path}[{n}]", node.line
        d.prove(f"{here}.text", line.span)
        out.append(
            {
                "marker": line.marker,
                "text": clean_item(line.span.text),
                "children": _items(node.children, f"{here}.children", d) if node.children else [],
                "mentions": [],
            }
        )
    return out


_LINE_ENDS = re.compile(r"[\r\n\t]")


def clean_item(text: str) -> str:
    """An item's text: NFC, line ends as spaces; inner white space stays, since mentions point into it."""
    line = text if text.isprintable() else _LINE_ENDS.sub(" ", text)  # a line end cannot be printed
    return unicodedata.normalize("NFC", line).strip()


def _grid(table: Table) -> dict[str, Any]:
    cells = [
        {"row": c.row, "col": c.col, "rowspan": c.rowspan, "colspan": c.colspan, "text": c.text.strip()}
        for c in table.cells
    ]
    return {"rows": table.rows, "cols": table.cols, "cells": cells}
