"""Label lines: the header of a card that stands in no table, as `○ 사업기간 : 2022. 7.`, alone or several in a line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from cardextract.document import Paragraph, Span
from cardextract.grids import COLON, MAX_LABEL, Grid, Pick, label_fields, shares
from cardextract.outline import marker_at
from cardextract.rules import MAX_LINE, Rules
from cardextract.values import squeeze

_NEXT_LABEL = re.compile(r"(?:^|(?<=[\s/|,;·)]))(?=\S)")


def facts(p: Paragraph, rules: Rules) -> list[Paragraph]:
    """A line with several `label : value` pairs (`○ 부서 : 가  ○ 기간 : 나`) as one paragraph a pair."""
    text = p.text
    colons = [m.start() for m in re.finditer(r"[:：]", text)]
    if len(colons) < 2 or len(text) > MAX_LINE or not line_label(p, rules):
        return [p]
    cuts: list[int] = []
    for before, colon in itertools.pairwise(colons):
        cut = _label_start(text, before + 1, colon, rules)
        if cut is not None:
            cuts.append(cut)
    if not cuts:
        return [p]
    bounds = [0, *cuts, len(text)]
    pieces = [
        p.span(i, len(text[:j].rstrip(" \t,/|;·")) if j < len(text) else j)
        for i, j in itertools.pairwise(bounds)
    ]
    return [
        replace(p, text=s.text, place=s.place, marker="" if n else p.marker) for n, s in enumerate(pieces)
    ]


def _label_start(text: str, floor: int, colon: int, rules: Rules) -> int | None:
    """Where the label (or the mark before it) of the pair begins whose colon stands at `colon`, if one does."""
    for m in _NEXT_LABEL.finditer(text, max(floor, colon - MAX_LABEL), colon):
        i = m.start()
        fields = label_fields(text[i:colon].strip(), rules)
        if i <= floor or not fields or set(fields) == {"source"}:
            continue
        if sum(map(text[:i].count, "([（〔")) > sum(map(text[:i].count, ")]）〕")):
            return None
        mark = len(text[:i].rstrip())
        if "other" in fields and i - mark < 2 and text[mark - 1] not in "/|,;·":
            continue
        j = mark - 1
        if j > floor and marker_at(text, j, rules) > j and text[j - 1].isspace():
            return j
        return i
    return None


def read_lines(paragraphs: Sequence[Paragraph], rules: Rules) -> tuple[Grid, list[Paragraph]]:
    """`○ 사업기간 : 2022. 7.` lines; a label without a value takes the lines below it. Returns the rest, too."""
    out = Grid()
    paragraphs = [fact for p in paragraphs for fact in facts(p, rules)]
    rest: list[Paragraph] = []
    known = sum(bool(line_label(p, rules)) for p in paragraphs)
    i = 0
    while i < len(paragraphs):
        p = paragraphs[i]
        found = line_label(p, rules)
        m = _colon_of(p, rules)
        if not found and m and known >= 3 and len(squeeze(m[0])) <= 12 and not re.search(r"\d", m[0]):
            out.picks.append(Pick("unknown", m[0], m[1]))
            i += 1
            continue
        if not found:
            rest.append(p)
            i += 1
            continue
        label, fields, value = found
        lines: list[Paragraph] = []
        j = i + 1
        if not value.text or set(fields) & {"goals", "tasks"}:
            own, mark = p.indent, _mark(p, rules)
            while j < len(paragraphs) and not line_label(paragraphs[j], rules):
                below = paragraphs[j]
                if not (below.indent > own or (not value.text and _mark(below, rules) not in ("", mark))):
                    break
                lines.append(below)
                j += 1
        if value.text:
            lines.insert(0, Paragraph(value.text, value.place))
        elif len(lines) == 1 and not set(fields) & {"goals", "tasks"}:
            value = lines[0].span().strip()
        mine = shares(label, fields, value) or [(n, value) for n in fields]
        out.picks.extend(Pick(n, label, span, None, tuple(lines)) for n, span in mine)
        i = j
    return out, rest


def _mark(p: Paragraph, rules: Rules) -> str:
    text = p.text.lstrip()
    return p.marker or text[: marker_at(text, 0, rules)]


def _colon_of(p: Paragraph, rules: Rules) -> tuple[str, Span] | None:
    text = p.text
    if ":" not in text and "：" not in text:
        return None
    i = len(text) - len(text.lstrip())
    i = marker_at(text, i, rules) if not p.marker else i
    m = COLON.match(text[i : i + MAX_LINE].lstrip())
    if not m:
        return None
    i += len(text[i:]) - len(text[i:].lstrip())
    if any(m["label"].count(a) != m["label"].count(b) for a, b in ("()", "[]", "<>", "〈〉", "（）")):
        return None
    return m["label"].strip(), p.span(i + m.end()).strip()


def line_label(p: Paragraph, rules: Rules) -> tuple[str, tuple[str, ...], Span] | None:
    """(label, its fields, its value) of a `○ 사업기간 : 2022` line whose label a rule knows."""
    m = _colon_of(p, rules)
    if not m:
        return None
    fields = label_fields(m[0], rules)
    return (m[0], fields, m[1]) if fields else None
