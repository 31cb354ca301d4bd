"""How a pledge stands: its state, from words or marks, and its rates. In doubt a finding, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardextract.document import Span
from cardextract.head.words import Pick
from cardextract.record.draft import Draft
from cardextract.rules import Rules
from cardextract.values import Percent, clean, find_percents, parse_percent, squeeze

_BOXED = re.compile(
    r"[■☑☒◉✔√●]\s*(?P<word>[^■☑☒◉✔√□☐○●\t\n]{1,20}?)\s*(?=[■☑☒◉✔√□☐○●\t\n]|$)|\[\s*[vV√✓○●]\s*\]\s*(?P<word2>[^\[\n]{1,20}?)\s*(?=\[|$)"
)
_TICK_AFTER = re.compile(r"(?P<word>[가-힣][가-힣 ]{0,14}?)\s?(?P<mark>[(\[]\s*\S?\s*[)\]]|[□■☐☑](?=\s|$))")
_PIECE = re.compile(r"[^/,()（）\[\]·;\n:：]*?(?=\s*(?:\d+(?:\.\d+)?\s?[%％])|[/,()（）\[\]·;\n:：]|$)")
_BOXES = re.compile(r"[□☐■☑]|\[\s*\S?\s*\](?=\s*[가-힣])")


def _ticked(span: Span, rules: Rules) -> Span | None:
    """The one status word that bears a mark among several (`■완료 □보류`, `완료( ) 보류(○)`, `완료□ 보류■`)."""
    text = span.text
    marks = r"[■☑☒◉✔√●◎vV○Oo✓]"
    after = [m for m in _TICK_AFTER.finditer(text) if squeeze(m["word"]) in rules.status_of]
    if _BOXES.match(text.lstrip()):  # `□ 완료 ■ 보류`: the mark is that of the word behind it
        after = []
    before = [
        (g, m)
        for m in _BOXED.finditer(text)
        for g in ("word", "word2")
        if squeeze(m[g] or "") in rules.status_of
    ]
    if len(after) > 1:
        hits = [span.part(*m.span("word")) for m in after if re.fullmatch(marks, m["mark"].strip("()[] "))]
    elif len(_BOXES.findall(text)) >= 2 or _BOXED.search(text):
        hits = [span.part(*m.span(g)) for g, m in before]
    else:
        return None
    return hits[0] if len(hits) == 1 else None


_MARKS = "□■☐☑☒○●◎◉√✔✓vV"
_DATE = re.compile(r"['’]?\d{2,4}\s?[.년]\s?(?:\d{1,2}\s?[.월]\s?)?(?:\d{1,2}\s?[.일])?")


def _blank(m: re.Match[str]) -> str:
    return "," * len(m[0])


def _narrower(states: set[str]) -> str | None:
    """The state that says more, where one of two holds the other: `완료(이행후 계속추진)`, `추진중(지연)`."""
    if states == {"completed", "completed_ongoing"}:
        return "completed_ongoing"
    rest = states - {"in_progress"}
    return next(iter(rest)) if len(rest) == 1 and rest < states and rest <= {"delayed", "partial"} else None


def read_status(p: Pick, rules: Rules, d: Draft) -> None:
    """The state a value names, and the progress beside it (`추진중(50%)`)."""
    span = p.span
    if not span.text:
        return
    ticked = _ticked(span, rules)
    if ticked is not None:
        d.state("status", rules.status_of[squeeze(ticked.text)], ticked, p.label)
        return
    percent = next(iter(find_percents(span.text)), None)
    if percent is not None and (percent.label in rules.progress_labels or not percent.label):
        piece = span.part(percent.start, percent.end)
        d.state("progress", percent.value, piece, p.label)
        _add_rate(d, clean(percent.label or p.label), percent.value, piece)
    word = squeeze(span.text)
    m = re.match(r"^(.+?)\s*[(（\[][^()（）\[\]]*\d[^()（）\[\]]*[)）\]]\s*$", span.text) or re.match(
        r"^([^(（\[]+)[(（\[]", span.text
    )  # `완료(계속) (100%)`: the bracket with the figure is no part of the word
    whole = span.part(0, m.end(1)).strip() if m else span
    pieces = [span.part(*x.span()).strip(_MARKS) for x in _PIECE.finditer(_DATE.sub(_blank, span.text))]
    candidates = (span,) if word in rules.status_of else (whole, *pieces)
    found = [x for x in candidates if squeeze(x.text) in rules.status_of]
    states = {rules.status_of[squeeze(x.text)] for x in found}
    state = next(iter(states)) if len(states) == 1 else _narrower(states)
    if state is not None:
        piece = next(x for x in found if rules.status_of[squeeze(x.text)] == state)
        d.state("status", state, piece, p.label)
        return
    if (
        (percent is None or found)
        and word
        and word not in rules.empty_words
        and d.values.get("status") is None
    ):
        d.unreadable("status", p.label, span)


_PLANNED = re.compile(r"(?:계획|목표)[^%％]{0,6}$")
_DONE = re.compile(r"(?:실적|누적|현재|달성|이행|추진)[^%％]{0,6}$")


def _reached(text: str, percents: Sequence[Percent]) -> Percent | None:
    """Of several percentages the one that was reached: behind an arrow, called 실적, outside brackets; None in doubt."""
    if len({x.value for x in percents}) < 2:
        return percents[0] if percents else None
    changed = [x for x in percents if re.search(r"[→⇒➔]\s*\D{0,4}$", text[: x.start])]
    done = [x for x in percents if _DONE.search(text[: x.start]) and not _PLANNED.search(text[: x.start])]
    outer = [
        x for x in percents if sum(map(text[: x.start].count, "([")) <= sum(map(text[: x.start].count, ")]"))
    ]
    return next((c[0] for c in (changed, done, outer) if len(c) == 1), None)


def read_progress(p: Pick, rules: Rules, d: Draft) -> None:
    """The progress a value states; other rates in it keep their own labels."""
    if not p.span.text:
        return
    percent = parse_percent(p.span.text)
    if percent is None:
        if squeeze(p.span.text) in rules.status_of:
            read_status(p, rules, d)
        elif not any(b in p.label for b in "(（/") and squeeze(p.span.text) not in rules.empty_words:
            d.unreadable("progress", p.label, p.span)
        return
    others = {squeeze(w) for w in rules.labels.get("rate", [])}
    printed = find_percents(p.span.text) or [percent]
    own = [x for x in printed if squeeze(x.label) not in others]
    chosen = _reached(p.span.text, own)
    if own and chosen is None:
        d.unreadable("progress", p.label, p.span)
    if chosen is not None:
        d.state("progress", chosen.value, p.span.part(chosen.start, chosen.end), p.label)
        _add_rate(d, clean(p.label), chosen.value, p.span.part(chosen.start, chosen.end))
    for x in printed:  # `40%(공정률 55%)`: a rate of its own
        if x is not chosen:
            _add_rate(d, x.label or clean(p.label), x.value, p.span.part(x.start, x.end))


def read_rate(p: Pick, _rules: Rules, d: Draft) -> None:
    """A rate that is no progress (공정률, 집행률)."""
    percent = parse_percent(p.span.text)
    if percent is not None:
        label = percent.label or clean(p.label)
        _add_rate(d, label, percent.value, p.span.part(percent.start, percent.end))


def _add_rate(d: Draft, label: str, value: float, span: Span) -> None:
    rates = d.values.setdefault("rates", [])
    d.prove(f"rates[{len(rates)}].percent", span, reason=label)
    rates.append({"label": label, "percent": value})
