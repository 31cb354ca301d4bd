"""Departments: the one that leads, its partners, and who is named beside them in one value."""

from __future__ import annotations

import re

from cardextract.document import Span
from cardextract.head.words import Pick, label_fields
from cardextract.record.draft import Draft
from cardextract.record.people import add_person
from cardextract.rules import Rules
from cardextract.values import clean, parse_staff, squeeze

_OFFICE = re.compile(r"[가-힣·]{2,}(?:과|국|실|단|센터|사업소|담당관|지원청|보건소)")
_PHONE_BEHIND = re.compile(
    r"\s*[/,(]?\s*(?:☎|☏|[Tt](?:el)?[.:)]|전화|연락처|내선)?\s*[:：]?\s*(?P<number>0\d{1,2}[-).]\s?\d{3,4}-\d{4}|(?<=☎)\s?\d{3,5}|\d{3,4}-\d{4})\s*\)?\s*$"
)
_NAMED = re.compile(
    r"(?P<open>[(（\[【〔<〈]\s*)?(?P<label>[가-힣]{2,8})\s*(?:(?P<colon>[:：])|(?P<close>[)）\]】〕>〉]))"
)
"""A label within a value: `협조 :`, `(협조부서 :`, `(협조)`."""
_OPENING, _CLOSING = "(（[【〔<〈", ")）]】〕>〉"
_BETWEEN = " \t\n/,，;·ㆍ、|"


def own_labels(value: Span, rules: Rules) -> list[tuple[str, Span]]:
    """(field, its part) of a department's value that names its parts itself; empty where it names none.

    `교통과 (협조부서 : 읍면)`, `(주관) 교통과 (협조) 건설과`, `교통과(주관), 건설과(협조)`.
    """
    text = value.text
    found: list[tuple[re.Match[str], str]] = []
    for m in _NAMED.finditer(text):
        names = label_fields(m["label"], rules)
        if (
            len(names) == 1
            and names[0] in ("lead_department", "related_departments")
            and (m["colon"] or m["open"])
        ):
            found.append((m, names[0]))
    if not found:
        return []
    first, last = found[0][0], found[-1][0]
    behind = (
        first.start() > 0 and not text[last.end() :].strip(_BETWEEN) and not any(m["colon"] for m, _ in found)
    )
    lead = _piece(value, 0, first.start())
    if behind:
        starts = [0, *(m.end() for m, _ in found[:-1])]
        parts = [(name, _piece(value, i, m.start())) for i, (m, name) in zip(starts, found, strict=True)]
        named = [name for _, name in found]
        cut = re.search(r"\s*[,，/;、\n]\s*", lead.text)
        if "lead_department" not in named and cut:  # `교통과, 건설과(협조)`
            parts[0] = (named[0], lead.part(cut.end(), len(lead.text)))
            parts.insert(0, ("lead_department", lead.part(0, cut.start())))
    else:
        ends = [*(m.start() for m, _ in found[1:]), len(text)]
        parts = [(name, _piece(value, m.end(), j)) for (m, name), j in zip(found, ends, strict=True)]
        parts.insert(0, ("lead_department", lead))
    parts = [(name, part) for name, part in parts if part.text]
    return parts if sum(name == "lead_department" for name, _ in parts) == 1 else []


def _piece(value: Span, i: int, j: int) -> Span:
    """A part without what stands between the parts; a bracket that closes outside of it is no part of it."""
    piece = value.part(i, j).strip(_BETWEEN)
    while piece.text and sum(map(piece.text.count, _CLOSING)) > sum(map(piece.text.count, _OPENING)):
        shorter = piece.part(0, len(piece.text) - 1).strip(_BETWEEN) if piece.text[-1] in _CLOSING else piece
        if shorter.text == piece.text:
            break
        piece = shorter
    return piece


def read_lead(p: Pick, rules: Rules, d: Draft) -> None:
    """The department that leads, with the people, the telephone and the partners that its value names."""
    parts = own_labels(p.span, rules)
    for name, part in parts or [("lead_department", p.span)]:
        if name == "lead_department":
            _lead(part, p.label, rules, d)
        else:
            _related(part, p.label, rules, d)


def _lead(span: Span, label: str, rules: Rules, d: Draft) -> None:
    if not span.text or squeeze(span.text) in rules.empty_words:
        return
    m = re.match(r"^([^(（]+)[(（](.+)[)）]\s*$", span.text, re.DOTALL)
    if m and any(r in squeeze(m[2]) for r in rules.role_set):
        for person in parse_staff(m[2], rules.roles):
            add_person(
                d,
                person.role,
                person.rank,
                person.name,
                person.phone,
                span.part(m.start(2) + person.start, m.start(2) + person.end),
            )
        span = span.part(*m.span(1)).strip()
    phone = _PHONE_BEHIND.search(span.text)
    if phone and phone.start() > 0:  # `교통과 / ☎ 043-000-5510`
        number = span.part(*phone.span("number")).strip()
        if "전화" not in d.values.setdefault("other_fields", {}):
            d.values["other_fields"]["전화"] = number.text
            d.prove("other_fields.전화", number)
        span = span.part(0, phone.start()).strip()
    d.state("lead_department", clean(span.text), span, label)


def read_related(p: Pick, rules: Rules, d: Draft) -> None:
    """The partners."""
    _related(p.span, p.label, rules, d)


def _related(span: Span, label: str, rules: Rules, d: Draft) -> None:
    out = d.values.setdefault("related_departments", [])
    for i, j in _departments(span.text, rules):
        piece = span.part(i, j).strip()
        d.prove(f"related_departments[{len(out)}]", piece, reason=label)
        out.append(clean(piece.text))


def _departments(text: str, rules: Rules) -> list[tuple[int, int]]:
    """Spans of the single departments of a list; nothing for `-` and `없음`."""
    if squeeze(text) in rules.empty_words:
        return []
    parts = [m.span() for m in re.finditer(r"[^,，/;·ㆍ、\n]+", text) if m.group().strip()]
    if len(parts) > 1:
        return parts
    words = list(re.finditer(r"\S+", text))  # `교육지원과 자치행정과`: a line end is gone
    return [m.span() for m in words] if words and all(_OFFICE.fullmatch(m[0]) for m in words) else parts
