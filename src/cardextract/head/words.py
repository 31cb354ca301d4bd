"""Labels of a head: which words name which fields, what their values look like, and what was picked for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cardextract.budget.axes import drop_unit
from cardextract.document import Cell, Paragraph, Span
from cardextract.outline import marker_at
from cardextract.plain import plain
from cardextract.rules import Rules
from cardextract.values import squeeze

MAX_LABEL = 22
"""Labels are short; longer text is a value."""


MAX_BEFORE = 30
"""A colon ends a label where no more characters than this stand before it."""
COLON = re.compile(rf"^(?P<label>[^:：]{{1,{MAX_BEFORE}}}?)\s*[:：]\s*")


@plain(frozen=True, slots=True)
class Pick:
    """A value as it stands in the document, for a field of the record. cell: where it filled a whole cell."""

    field: str
    label: str
    span: Span
    cell: Cell | None = None
    lines: tuple[Paragraph, ...] = ()
    """The value's lines, where it is a list (goals, tasks)."""


@dataclass
class Grid:
    """What was picked, and what no rule knew."""

    picks: list[Pick] = field(default_factory=list)
    unused: list[Span] = field(default_factory=list)
    alone: list[Paragraph] = field(default_factory=list)
    """Lines of cells that stand alone in their row above all labels: titles and dates printed in a frame."""


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    word = squeeze(drop_unit(text)).strip(":·").lstrip("○●◦□■▣▷▶-•※*ㅇ◇◆❍")
    return _BARE_UNIT.sub("", word) if word.endswith(")") else word


_BARE_UNIT = re.compile(r"\((?:%|％|단위.*|원|천원|백만원|억원|명|년)\)$")


_WITH_BRACKET = re.compile(r"^([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]$")


_BRACKET_WITHIN = re.compile(r"^([^()]+)\(([^()]+)\)([^()]+)$")


_PARTS = re.compile(r"[/·,및]")


def label_fields(text: str, rules: Rules) -> tuple[str, ...]:
    """The fields that a label names: none if it is no known label, two for `추진상태(진도)` or `부서/담당자`."""
    read = rules.labels_read
    found = read.get(text)
    if found is None:
        first = text[:1]
        if len(text) > 40 or not first or ("0" <= first <= "9" and first not in rules.label_starts):
            return ()
        if not may_begin_label(text, rules):
            return ()
        if len(read) > MOST_READ:
            read.clear()
        found = read[text] = _label_fields(text, rules)
    return found


MOST_READ = 20_000
"""Labels that are remembered."""
_DRESS = " \t\r\n\f\v\xa0\u3000:·○●◦□■▣▷▶-•※*ㅇ◇◆❍"
"""What `bare` takes away before a label."""


def may_begin_label(text: str, rules: Rules) -> bool:
    """A quick no for most lines: no label of any rule begins as they do, behind their marks. `가.` counts, it says
    nothing; nor does what is no Hangul: it may be folded, or stand between the parts of a label."""
    word = text.lstrip(_DRESS)
    first, second = word[:1], word[1:2]
    if not "가" <= first <= "힣":
        return True
    seconds = rules.label_starts.get(first)
    if seconds is None:
        return second in (".", ")")
    if second.isspace():
        second = word[1:].lstrip()[:1]
    return second in seconds or "" in seconds or not "가" <= second <= "힣"


def roles_in(word: str, rules: Rules) -> list[str]:
    """The role words that a squeezed label consists of, separators dropped; empty where it holds anything else."""
    out: list[str] = []
    at = 0
    while at < len(word):
        if word[at] in "/·,":
            at += 1
            continue
        role = max((r for r in rules.role_set if word.startswith(r, at)), key=len, default="")
        if not role:
            return []
        out.append(role)
        at += len(role)
    return out


def _label_fields(text: str, rules: Rules) -> tuple[str, ...]:
    word = bare(text)
    if not word or len(word) > MAX_LABEL:
        return ()
    if word in rules.label_of:
        return (rules.label_of[word],)
    if word in rules.role_set:
        return ("person",)
    if (
        rules.roles_pattern.fullmatch(word) and len(roles_in(word, rules)) > 1
    ):  # `담당팀⏎담당자`: its line end is gone
        return ("staff",)
    m = _WITH_BRACKET.match(word)
    if m:
        first, second = rules.label_of.get(m[1]), rules.label_of.get(m[2])
        if m[1] in rules.role_set:
            return ("person",)
        if first and second and first != second:
            return (first, second)
        if first == "lead_department" and m[2] in rules.role_set:
            return (first, "person")
        if first:
            return (first,)
    m = _BRACKET_WITHIN.match(word)
    if m:  # `주관(협조)부서`
        first, second = rules.label_of.get(m[1] + m[3]), rules.label_of.get(m[2] + m[3])
        if first and second and first != second:
            return (first, second)
    parts = _PARTS.split(word)
    if len(parts) > 1 and all(parts):
        if all(p in rules.role_set for p in parts):
            return ("staff",)
        fields = [rules.label_of.get(p) or ("staff" if p in rules.role_set else None) for p in parts]
        if all(fields):
            return tuple(dict.fromkeys(f for f in fields if f))
    if word in rules.axis_of and rules.axis_of[word][0] == "source" and len(word) > 1 and word != "기타":
        return ("source",)
    return ()


def value_of(cell: Cell, name: str, label: str) -> Pick:
    lines = [p for p in cell.paragraphs if p.text.strip()]
    return Pick(name, label, cell.span.strip(), cell, tuple(lines))


def values_of(cell: Cell, names: Sequence[str], label: str) -> list[Pick]:
    """The picks of a label that names one field, or several: `주관/협조` over `주택과 / 건축과` gives each its own."""
    if len(names) == 1:
        return [value_of(cell, names[0], label)]
    own = shares(label, names, cell.span.strip())
    return [Pick(n, word, span, cell) for n, word, span in own] or [value_of(cell, n, label) for n in names]


def shares(label: str, names: Sequence[str], value: Span) -> list[tuple[str, str, Span]]:
    """(field, label, its part of the value) where label and value have as many parts; empty where they have not."""
    if len(names) < 2:
        return []
    bracket = _LABEL_BRACKET.search(label)
    if bracket and names[0] == "lead_department":
        inner = _VALUE_BRACKET.fullmatch(value.text)
        if inner is None:  # `주관부서(협조부서) | 물길과`: no partner
            return [(names[0], label, value)]
        parts = value.part(*inner.span(1)).strip(), value.part(*inner.span(2)).strip()
        return [(names[0], label, parts[0]), (names[1], bracket[1], parts[1])]
    if not re.search(r"[/·,\n]", label):
        return []
    cuts = [m.span() for m in re.finditer(r"\s*[/\n]\s*", value.text)]
    if len(cuts) + 1 != len(names):
        return []
    starts, ends = [0, *(j for _, j in cuts)], [*(i for i, _ in cuts), len(value.text)]
    return [(n, label, value.part(i, j)) for n, i, j in zip(names, starts, ends, strict=True)]


_LABEL_BRACKET = re.compile(r"[(（\[]\s*([^()（）\[\]]+?)\s*[)）\]]")
_VALUE_BRACKET = re.compile(r"([^()（）]+)[(（](.+)[)）]\s*", re.DOTALL)


_SHAPES = {
    "progress": re.compile(r"^[-–]$|\d"),
    "period": re.compile(r"\d"),
    "budget_total": re.compile(r"\d|비예산|해당없음"),
    "number": re.compile(r"\d"),
    "serial": re.compile(r"\d"),
    "phone": re.compile(r"\d"),
    "as_of": re.compile(r"\d"),
    "lead_department": re.compile(r"(?:과|실|국|관|소|센터|단|팀|원|부|처|서|면|동|읍|청|본부)$"),
}
"""What the values of some fields look like; other fields take any text."""


def fits(name: str, text: str, rules: Rules) -> bool | None:
    """Can this be a value of the field? None where any text can."""
    if name == "status":
        return squeeze(re.sub(r"[(\[].*", "", text)) in rules.status_of
    shape = _SHAPES.get(name)
    return bool(shape.search(text)) and not label_fields(text, rules) if shape else None


def could_be_label(text: str, rules: Rules) -> bool:
    """Short words without figures, no list and no mark: what a label unknown to the rules looks like."""
    word = squeeze(text)
    return (
        len(word) <= 12
        and "\n" not in text
        and not re.search(r"[\d%☎■□☐☑]", word)
        and marker_at(text, 0, rules) == 0
    )
