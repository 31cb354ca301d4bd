"""Completeness and form: what is missing or empty, damaged text, and numbers that must not be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cardextract.card import Card
from cardextract.checks.context import FIGURE, MISREAD, Context, Found
from cardextract.findings import Finding

# the replacement character, private-use glyphs of a word processor's own fonts, control characters
BROKEN = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd\x00-\x08\x0e-\x1f\x7f]")
# fake bold in a PDF prints every character twice: 추추진진실실적적
DOUBLED = re.compile(r"([가-힣])\1(?:([가-힣])\2){3,}")
# the look behind stands after `01`, so that the search can leap from one `01` to the next
MOBILE = re.compile(r"(01(?<!\d01)[016789])[-.)\s]{0,2}(\d{3,4})[-.\s]{0,2}(\d{4})(?!\d)")
AFTER_DASH = re.compile(r"[-–]\s?[1-8]\d{6}")
"""What every registration number ends in."""
RESIDENT = re.compile(r"(?<!\d)(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\s?[-–]\s?([1-8]\d{6})(?!\d)")


def value_at(card: Card, path: str) -> Any:
    """The value of a plain field (`title`, `period.start`)."""
    value: Any = card
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def check_fields(context: Context, _: Found) -> Iterator[Finding]:
    """MISSING_FIELD and MISSING_SECTION (required as `sections.achievements`, say), as the rules require."""
    card = context.card
    kinds = {s.kind for s in card.sections}
    for need in context.rules.required:
        if need.severity == "off":
            continue
        kind = need.field.removeprefix("sections.")
        if kind != need.field:
            if kind not in kinds:
                severity = "info" if need.severity == "error" else need.severity
                yield context.note(
                    "MISSING_SECTION", paths=["sections"], label=need.label, actual=kind, severity=severity
                )
        elif value_at(card, need.field) in (None, "", [], {}):
            yield context.note("MISSING_FIELD", paths=[need.field], label=need.label, severity=need.severity)


def check_reading(context: Context, _: Found) -> Iterator[Finding]:
    """Findings of the reading step that another of them explains, again with `caused_by`."""
    for f in context.card.findings:
        named = f.code == "UNKNOWN_COLUMN" and not FIGURE.fullmatch(str(f.actual))
        if f.code in MISREAD and not named and f.caused_by is None and (cause := context.root(f)) != f.id:
            yield replace(f, caused_by=cause)


def check_sections(context: Context, _: Found) -> Iterator[Finding]:
    """EMPTY_SECTION."""
    card = context.card
    for i, section in enumerate(card.sections):
        filled = section.items or section.tables or (section.kind == "investment" and card.budget)
        if not filled and not (section.kind == "references" and card.captions):
            yield context.note(
                "EMPTY_SECTION", paths=[f"sections[{i}].title"], label=section.title, actual=section.kind
            )


def texts(context: Context) -> Iterator[tuple[str, str]]:
    """(path, text) of everything printed as words."""
    card = context.card
    for name in ("report_title", "title", "number", "lead_department"):
        if value := getattr(card, name):
            yield name, value
    yield from ((f"related_departments[{i}]", t) for i, t in enumerate(card.related_departments))
    yield from ((f"goals[{i}]", t) for i, t in enumerate(card.goals))
    yield from ((f"tasks[{i}].text", t.text) for i, t in enumerate(card.tasks))
    yield from ((f"captions[{i}]", t) for i, t in enumerate(card.captions))
    yield from ((f"other_fields.{name}", t) for name, t in card.other_fields.items())
    for i, s in enumerate(card.staff):
        yield from ((f"staff[{i}].{n}", t) for n in ("name", "rank", "phone") if (t := getattr(s, n)))
    yield from ((f"sections[{i}].title", s.title) for i, s in enumerate(card.sections))
    yield from ((path, item.text) for _, path, item, _ in context.items)


def check_texts(context: Context, _: Found) -> Iterator[Finding]:
    """DAMAGED_TEXT (one finding for the card), PERSONAL_NUMBER."""
    printed = list(texts(context))
    every = "\n".join([text for _, text in printed])  # one look at all texts: nearly no card has any of these
    if AFTER_DASH.search(every) or ("01" in every and MOBILE.search(every)):
        for path, text in printed:
            yield from _personal(context, path, text)
    if BROKEN.search(every) or DOUBLED.search(every):
        hurt = [(path, m) for path, text in printed if (m := BROKEN.search(text) or DOUBLED.search(text))]
        first = hurt[0][1]
        example = first.string[max(0, first.start() - 10) : first.end() + 10]
        yield context.note("DAMAGED_TEXT", paths=[path for path, _ in hurt], actual=example)


def _personal(context: Context, path: str, text: str) -> Iterator[Finding]:
    """The number itself must not spread through reports: it is masked."""
    for m in MOBILE.finditer(text) if "01" in text else ():
        yield context.note(
            "PERSONAL_NUMBER",
            kind="mobile",
            paths=[path],
            label="휴대전화",
            actual=f"{m[1]}-****-**{m[3][2:]}",
        )
    for m in RESIDENT.finditer(text) if "-" in text or "–" in text else ():
        yield context.note(
            "PERSONAL_NUMBER", kind="resident", paths=[path], label="주민등록번호", actual=f"{m[1]}-*******"
        )
