"""Label lines: the header of a card that stands in no table, as `○ 사업기간 : 2022. 7.`, alone or several in a line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from cardextract.document import Paragraph, Span
from cardextract.head.titles import names_report
from cardextract.head.words import (
    MAX_BEFORE,
    MAX_LABEL,
    Grid,
    Pick,
    fits,
    label_fields,
    may_begin_label,
    shares,
)
from cardextract.outline import marker_at
from cardextract.rules import MAX_LINE, Rules
from cardextract.values import squeeze

_GAP = re.compile(r"\s+")
_NEXT_LABEL = re.compile(r"(?:^|(?<=[\s/|,;·)]))(?=\S)")


_BRACKETED = re.compile(
    r"(?:^\s*|(?<=\s))[\[【〔<〈《]\s*(?P<label>[^\[\]【】〔〕<>〈〉《》:：]{1,16}?)\s*[\]】〕>〉》]\s*(?=[^\s\[【〔<〈《])"
)
"""`[공약번호] 3-2`: a label in brackets."""
_OPENING = re.compile(r"[\[【〔<〈《]")
RUN = 3
"""So many labels without a colon must follow each other: a single one may be a heading or a sentence."""
MAX_VALUE = 80
"""A value below its label is no longer than this."""


def facts(p: Paragraph, rules: Rules) -> list[Paragraph]:
    """A line with several `label : value` pairs (`○ 부서 : 가  ○ 기간 : 나`) as one paragraph a pair."""
    text = p.text
    pairs = text.count(":") + text.count("：")
    if pairs < 2 and not (_OPENING.search(text) and _BRACKETED.search(text)):
        return [p]
    if len(text) > MAX_LINE or not line_label(p, rules):
        return [p]
    cuts = [m.start() for m in _BRACKETED.finditer(text) if label_fields(m["label"], rules)][1:]
    colons = [m.start() for m in re.finditer(r"[:：]", text)]
    for before, colon in itertools.pairwise(colons):
        cut = _label_start(text, before + 1, colon, rules)
        if cut is not None:
            cuts.append(cut)
    cuts.sort()
    if not cuts:
        return [p]
    bounds = [0, *cuts, len(text)]
    pieces = [
        p.span(i, len(text[:j].rstrip(" \t,/|;·")) if j < len(text) else j)
        for i, j in itertools.pairwise(bounds)
    ]
    return [p.part(s, "" if n else p.marker) for n, s in enumerate(pieces)]


_COUNTED = re.compile(r"\s*(?:\d{1,2}[.)]|[가-하][.)]|[①-⑳])")
_COUNTING = re.compile(r"(?<=\s)(?:\d{1,2}[.)]|[가-하][.)]|[①-⑳])\s*$")


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
        counting = _COUNTING.search(text, floor, i)
        if counting and _COUNTED.match(text):
            return counting.start()
        j = max(text.rfind(" ", 0, mark), text.rfind("\t", 0, mark), floor - 1) + 1
        marked = floor < j < mark and not text[j].isalnum() and marker_at(text, j, rules) == mark
        return j if marked else i  # `2026. 6.  총사업비 : …`: the end of a date is no mark
    return None


def read_lines(paragraphs: Sequence[Paragraph], rules: Rules) -> tuple[Grid, list[Paragraph]]:
    """`○ 사업기간 : 2022. 7.` lines; a label without a value takes the lines below it. Returns the rest, too."""
    out = Grid()
    paragraphs = [fact for p in paragraphs for fact in facts(p, rules)]
    rest: list[Paragraph] = []
    labelled = [line_label(p, rules) for p in paragraphs]
    known = len(labelled) - labelled.count(None)
    i = 0
    while i < len(paragraphs):
        p = paragraphs[i]
        bare = _run(paragraphs, i, rules)
        if bare:
            for label, names, value in bare:
                line = (Paragraph(value.text, value.place),)
                out.picks.extend(Pick(n, label, value, None, line) for n in names)
            i += len(bare) * (2 if _alone(p, rules) else 1)
            continue
        boxed = _boxed(p, rules)
        if boxed:
            for piece, pair in boxed:
                if pair is None:
                    rest.append(p.part(piece, p.marker))
                else:
                    out.picks.extend(Pick(n, pair[0], pair[2]) for n in pair[1])
            i += 1
            continue
        found = labelled[i] or _list_label(paragraphs, i, rules)
        if not found:
            m = _colon_of(p, rules) if known >= 3 else None
            if m and len(squeeze(m[0])) <= 12 and not re.search(r"\d", m[0]):
                out.picks.append(Pick("unknown", m[0], m[1]))
            else:
                rest.append(p)
            i += 1
            continue
        label, fields, value = found
        lines: list[Paragraph] = []
        j = i + 1
        if not value.text or set(fields) & {"goals", "tasks"}:
            own, mark = p.indent, _mark(p, rules)
            while j < len(paragraphs) and not labelled[j]:
                below = paragraphs[j]
                if not (below.indent > own or (not value.text and _mark(below, rules) not in ("", mark))):
                    break
                lines.append(below)
                j += 1
        if value.text:
            lines.insert(0, Paragraph(value.text, value.place))
        elif len(lines) == 1 and not set(fields) & {"goals", "tasks"}:
            value = lines[0].span().strip()
        if value.text and "budget_total" in fields and j < len(paragraphs) and _sources(paragraphs[j], rules):
            out.picks.append(Pick("budget_by_source", label, paragraphs[j].body()))
            j += 1
        mine = shares(label, fields, value) or [(n, label, value) for n in fields]
        out.picks.extend(Pick(n, word, span, None, tuple(lines)) for n, word, span in mine)
        i = j
    return out, rest


Labelled = tuple[str, tuple[str, ...], Span]
"""A label, its fields, its value."""


def unmarked(blocks: Sequence[object], rules: Rules) -> dict[int, tuple[str, ...]]:
    """The fields of labels that no colon marks, by the index of their line: in runs that `read_lines` reads, too."""
    out: dict[int, tuple[str, ...]] = {}
    start = 0
    for is_line, group in itertools.groupby(blocks, lambda b: isinstance(b, Paragraph)):
        found = list(group)
        paragraphs = [b for b in found if isinstance(b, Paragraph)] if is_line else []
        begins = [_may_begin_run(p.text, rules) for p in paragraphs]
        i = 0
        while i < len(paragraphs):
            several = begins[i] and (all(begins[i : i + RUN]) or all(begins[i : i + 2 * RUN : 2]))
            run = _run(paragraphs, i, rules) if several else []
            if not run:
                i += 1
                continue
            step = 2 if _alone(paragraphs[i], rules) else 1
            for n, (_, names, _) in enumerate(run):
                out[start + i + n * step] = names
            i += len(run) * step
        start += len(found)
    return out


_WITH_VALUE = re.compile(r"[^:：(（\[［<〈【〔《]*[:：]\s*\S")
"""A line whose first colon has a value behind it, which no label has; in a bracket it may (`사업비(단위: 억원)`)."""


def _may_begin_run(text: str, rules: Rules) -> bool:
    """A quick no for most lines: a label without a colon begins none of them."""
    colon = ":" in text or "：" in text
    return not (colon and _WITH_VALUE.match(text)) and may_begin_label(text, rules)


def _run(paragraphs: Sequence[Paragraph], i: int, rules: Rules) -> list[Labelled]:
    """Labels without a colon from line i on: each with its value in the line below, or behind it in its own line."""
    if len(paragraphs) - i < RUN or not _may_begin_run(paragraphs[i].text, rules):
        return []
    stacked: list[Labelled] = []
    at = i
    while at + 1 < len(paragraphs):
        names = _alone(paragraphs[at], rules)
        if not names:
            break
        below = paragraphs[at + 1].body()
        if label_fields(below.text, rules) or not 0 < len(below.text) <= MAX_VALUE:
            break
        stacked.append((paragraphs[at].text.strip(), names, below))
        at += 2
    if len(stacked) >= RUN:
        return stacked
    run: list[Labelled] = []
    for p in itertools.islice(paragraphs, i, None):
        labelled = _beside(p, rules)
        if labelled is None:
            break
        run.append(labelled)
    if len(run) < RUN or _titles_report(paragraphs[i], run, _mark(paragraphs[i + 1], rules), rules):
        return []
    return run


def _titles_report(p: Paragraph, run: Sequence[Labelled], mark: str, rules: Rules) -> bool:
    """Is the first line of a run the report's title (`공약사업 관리카드`), though it looks like a pledge's? Another line
    names the pledge, or the others bear a mark that it has not."""
    return names_report(p.text.strip(), rules) and (
        any(set(run[0][1]) & set(names) for _, names, _ in run[1:]) or _mark(p, rules) != mark
    )


_BOXES = re.compile(r"\s*(?:[\[【〔<〈《(][^\[\]【】〔〕<>〈〉《》()]{2,40}[\]】〕>〉》)]\s*)+")
_OPENINGS = frozenset("[【〔<〈《(")
_BOX = re.compile(r"[\[【〔<〈《(]([^\[\]【】〔〕<>〈〉《》()]{2,40})[\]】〕>〉》)]")


def boxed_fields(p: Paragraph, rules: Rules) -> set[str]:
    """The header fields in a line of brackets."""
    boxed = _boxed(p, rules)
    return {name for _, pair in boxed if pair for name in pair[1]} if boxed else set()


def _boxed(p: Paragraph, rules: Rules) -> list[tuple[Span, Labelled | None]]:
    """A line of brackets that hold a label and its value each, or something else (`[공약번호 2-1]  [2025년 2분기]`)."""
    if p.text.lstrip()[:1] not in _OPENINGS or not _BOXES.fullmatch(p.text[:MAX_LINE]):
        return []
    out: list[tuple[Span, Labelled | None]] = []
    for m in _BOX.finditer(p.text):
        inner = p.span(*m.span(1)).strip()
        fact = Paragraph(inner.text, inner.place)
        pair = line_label(fact, rules) or _beside(fact, rules)
        sure = pair and (":" in fact.text or "title" in pair[1] or fits(pair[1][0], pair[2].text, rules))
        out.append((p.span(*m.span()), pair if sure and not names_report(fact.text, rules) else None))
    return out if any(pair for _, pair in out) else []


def _alone(p: Paragraph, rules: Rules) -> tuple[str, ...]:
    return label_fields(p.text.strip(), rules)


_SIGN = re.compile(r"(?:=>?\s*|[-–—]>\s*|[-–—]\s+|[→⇒➔▶>|]\s*)(?=\S)")
"""What may stand for the colon: `공약명 = 나루 쉼터`."""


def _beside(p: Paragraph, rules: Rules) -> Labelled | None:
    """`담당부서 기업투자과`: a known label with a value of its kind behind it."""
    text = p.text.strip()
    if ":" in text or "：" in text or len(text) > MAX_VALUE:
        return None
    for gap in reversed(list(_GAP.finditer(text, 0, MAX_LABEL + 2))):
        names = label_fields(text[: gap.start()], rules)
        if not names:
            continue
        value = p.body().part(gap.end(), len(text))
        sign = _SIGN.match(value.text)
        value = value.part(sign.end(), len(value.text)) if sign else value
        if not label_fields(value.text, rules):
            return (
                (text[: gap.start()], names, value)
                if fits(names[0], value.text, rules) is not False
                else None
            )
    return None


def _list_label(paragraphs: Sequence[Paragraph], i: int, rules: Rules) -> Labelled | None:
    """`● 추진과제` above its list, without a colon."""
    p = paragraphs[i]
    begin = len(p.text) - len(p.text.lstrip())
    start = marker_at(p.text, begin, rules)
    names = label_fields(p.text[start:].strip(), rules)
    if (
        not ("goals" in names or "tasks" in names)
        or i + 1 >= len(paragraphs)
        or not (start > begin or p.marker or p.heading)
    ):
        return None
    word, below = p.body(start), paragraphs[i + 1]
    listed = (
        below.heading is None
        if p.heading
        else below.indent > p.indent and _mark(below, rules) not in ("", _mark(p, rules))
    )
    return (word.text, names, word.part(len(word.text), len(word.text))) if listed else None


def _sources(p: Paragraph, rules: Rules) -> bool:
    """Does a line break an amount down: `- 국비 3,480원, 도비 1,044원`?"""
    words = [squeeze(w) for w in re.findall(r"([가-힣·]{1,10})\s*[:：]?\s*\d", p.text)]
    known = [w for w in words if rules.axis_of.get(w, ("",))[0] == "source"]
    return len(known) >= 2 and len(known) == len(words)


def _mark(p: Paragraph, rules: Rules) -> str:
    text = p.text.lstrip()
    return p.marker or text[: marker_at(text, 0, rules)]


_COLON = re.compile(r"[:：]\s*")


def _colon_at(p: Paragraph, rules: Rules) -> tuple[str, int] | None:
    """The words before a line's first colon and where its value begins."""
    text = p.text
    i = len(text) - len(text.lstrip())
    i = marker_at(text, i, rules) if not p.marker else i
    m = _COLON.search(text, i)
    label = text[i : m.start()].strip() if m else ""
    if not m or not 0 < len(label) <= MAX_BEFORE:
        return None
    if _ANY_BRACKET.search(label) and any(
        label.count(a) != label.count(b) for a, b in ("()", "[]", "<>", "〈〉", "（）")
    ):
        return None
    return label, m.end()


_ANY_BRACKET = re.compile(r"[()\[\]<>〈〉（）]")


def _colon_of(p: Paragraph, rules: Rules) -> tuple[str, Span] | None:
    found = _colon_at(p, rules)
    return (found[0], p.body(found[1])) if found else None


def line_label(p: Paragraph, rules: Rules) -> Labelled | None:
    """(label, its fields, its value) of a `○ 사업기간 : 2022` line whose label a rule knows."""
    text = p.text
    found = None
    if ":" in text or "：" in text:
        if not may_begin_label(text, rules):
            return None
        found = _colon_at(p, rules)
    if found is None:
        m = _BRACKETED.match(text) if text.lstrip()[:1] in _OPENINGS else None
        if m is None:
            return None
        found = m["label"], m.end()
    fields = label_fields(found[0], rules)
    return (found[0], fields, p.body(found[1])) if fields else None
