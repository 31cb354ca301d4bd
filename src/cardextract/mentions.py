"""Facts in the bullets, as data with their places. The only module that imports spaCy (inside functions).

A blank pipeline: our tokenizer (figures stay whole, units and particles come off), the grammars of `values` as a
component, token patterns from `rules/mentions.toml`, components of third parties (entry points of the group
`cardextract.mentions`: a callable Doc -> Doc that adds spans to `doc.spans["mentions"]`), and one rule for overlaps:
the longest mention wins, of two as long the earlier in `mentions_rules.TYPES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardextract.card import Card, Item, Mention
from cardextract.mentions_rules import CLASSES, TYPES, Lexicon, Pattern, load_lexicon
from cardextract.mentions_text import Fact, cut, label_of, quantity, values_in
from cardextract.rules import RulesError
from cardextract.values import find_dates, squeeze

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Annotate = Callable[[list[str], int | None], list[list[Mention]]]

MAX_TEXT = 4000
"""Characters of one item that are looked at: a longer one is no bullet."""

GROUP = "cardextract.mentions"
_RANK = {name: i for i, name in enumerate(TYPES)}


def load(folder: Path) -> Annotate:
    """The annotator of a rules folder. Raises RulesError for a mistake in its mention rules.

    It takes texts and the year that dates without one mean, and gives the mentions of each text in order.
    """
    lexicon = load_lexicon(folder)
    nlp = _pipeline(folder, lexicon)

    def annotate(texts: list[str], year: int | None) -> list[list[Mention]]:
        with nlp.memory_zone():
            docs = (_doc(nlp, text, year, lexicon) for text in texts)
            return [_mentions(doc) for doc in nlp.pipe(docs)]

    return annotate


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Annotate:
    return load(folder)


def annotate_cards(cards: list[Card], folder: Path) -> None:
    """Put the mentions on every item of the cards.

    A date without a year takes it from its own bullet, else from the bullets above it, else from the as-of date.
    """
    annotate = _loaded(folder)
    for card in cards:
        year = int(card.as_of[:4]) if card.as_of else None
        by_year: dict[int | None, list[Item]] = {}
        for section in card.sections:
            for item, its_year in _walk(section.items, year):
                by_year.setdefault(its_year, []).append(item)
        for its_year, items in by_year.items():
            found = annotate([item.text for item in items], its_year)
            for item, mentions in zip(items, found, strict=True):
                item.mentions = mentions


def _walk(items: list[Item], year: int | None) -> Iterator[tuple[Item, int | None]]:
    for item in items:
        yield item, year
        if item.children:
            dates = find_dates(item.text)
            yield from _walk(item.children, int(dates[0].iso[:4]) if dates else year)


def _pipeline(folder: Path, lexicon: Lexicon) -> Language:
    import spacy
    from spacy.language import Language

    if not Language.has_factory("cardextract_values"):
        Language.component("cardextract_values", func=_values)
        Language.component("cardextract_resolve", func=_resolve)
        Language.factory("cardextract_patterns", default_config={"folder": ""}, func=_make_patterns)
    nlp = spacy.blank("xx")
    nlp.tokenizer = lambda text: _doc(nlp, text, None, lexicon)
    nlp.add_pipe("cardextract_values")
    nlp.add_pipe("cardextract_patterns", config={"folder": str(folder)})
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        name = f"{GROUP}.{point.name}"
        if not Language.has_factory(name):
            Language.component(name, func=point.load())
        nlp.add_pipe(name)
    nlp.add_pipe("cardextract_resolve")
    return nlp


def _doc(nlp: Language, text: str, year: int | None, lexicon: Lexicon) -> Doc:
    """The text as tokens, with what the grammars found in it."""
    from spacy.tokens import Doc

    seen = text[:MAX_TEXT]
    facts = values_in(seen, year)
    words, spaces = cut(seen, facts, lexicon)
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    if label := label_of(seen, lexicon):
        facts = [*facts, label]
    doc.user_data["found"] = facts
    doc.user_data["facts"] = {}
    doc.spans["mentions"] = []
    return doc


def _add(doc: Doc, span: Span, fact: Fact) -> None:
    doc.spans["mentions"].append(span)
    doc.user_data["facts"][span.start_char, span.end_char, span.label_] = fact


def _values(doc: Doc) -> Doc:
    """Component: money, dates, periods, percent and labels, read by the one grammar of `values`."""
    for fact in doc.user_data["found"]:
        span = doc.char_span(fact.start, fact.end, label=fact.type)
        if span is not None:
            _add(doc, span, fact)
    return doc


def _make_patterns(nlp: Language, name: str, folder: str) -> Patterns:
    return Patterns(nlp, load_lexicon(Path(folder)))


class Patterns:
    """Component: the token patterns and phrases of the rules."""

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self.lexicon = lexicon
        # a flag is worked out once a word, not once a token
        self.flags = {name: nlp.vocab.add_flag(_has(lexicon, name)) for name in CLASSES}
        self.matcher = Matcher(nlp.vocab, validate=False)
        checked = Matcher(nlp.vocab, validate=True)  # spaCy's own check knows no flags of ours
        self.phrases = PhraseMatcher(nlp.vocab)
        self.rules: dict[int, Pattern] = {}
        for number, pattern in enumerate(lexicon.patterns):
            key = f"{pattern.type}:{number}"
            if pattern.tokens:
                try:
                    checked.add(key, [[_plain(t) for t in pattern.tokens]])
                    self.matcher.add(key, [[self._token(t) for t in pattern.tokens]], greedy="LONGEST")
                except Exception as error:
                    raise RulesError(f"mentions: pattern {number} ({pattern.type}): {error}") from error
            if pattern.phrases:
                self.phrases.add(key, [nlp.tokenizer(p) for p in pattern.phrases])
            self.rules[nlp.vocab.strings[key]] = pattern

    def _token(self, token: dict[str, Any]) -> dict[str | int, Any]:
        return {self.flags[v] if k == "IS" else k: True if k == "IS" else v for k, v in token.items()}

    def __call__(self, doc: Doc) -> Doc:
        from spacy.tokens import Span

        found = self.matcher(doc)
        if len(self.phrases):
            found = [*found, *self.phrases(doc)]
        for key, start, end in found:
            pattern = self.rules[key]
            start, end = start + pattern.skip, end - pattern.drop
            if start < end and (fact := self._fact(doc, pattern.type, start, end)):
                _add(doc, Span(doc, start, end, label=fact.type), fact)
        self._conditions(doc)
        return doc

    def _fact(self, doc: Doc, kind: str, start: int, end: int) -> Fact | None:
        """What was found, with its value; None where its surroundings forbid it."""
        begin, stop = doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
        text = doc.text[begin:stop]
        words = [t.text for t in doc[start:end]]
        if kind == "count":
            if not _count_stands(doc, start, end, self.lexicon):
                return None
            number = quantity(words)
            if number is None:
                return None
            unit = self.lexicon.same_unit.get(number[1], number[1])
            return Fact(kind, begin, stop, number[0], unit, counted(doc, start, end, self.lexicon))
        if kind == "condition":
            low, high = (w for w in words if w[0].isdigit())
            return Fact(kind, begin, stop, f">={low} <={high}", words[-1])
        if kind == "law" and words[0] in "「『｢":
            inner = text[1 : max(text.rfind(c) for c in "」』｣")]
            if not squeeze(inner).endswith(self.lexicon.law_endings):
                return None
        if kind == "org":
            name = "".join(w for w in words if w not in "()（）")
            if words[0] in "(（":
                name = text[text.index(words[2]) + 1 :].strip()
            return Fact(kind, begin, stop, name)
        return Fact(kind, begin, stop, text)

    def _conditions(self, doc: Doc) -> None:
        """A quantity with 미만, 이하, 이상, 초과, 이내 behind it, or two of them in a row (19세 이상 39세 이하)."""
        from spacy.tokens import Span

        if not any(t.text in self.lexicon.comparators for t in doc):
            return
        last: tuple[int, int, Fact] | None = None
        for span in sorted(doc.spans["mentions"], key=lambda s: s.start):
            if span.label_ not in ("count", "money", "percent") or span.end >= len(doc):
                continue
            sign = self.lexicon.comparators.get(doc[span.end].text)
            if not sign:
                continue
            fact = doc.user_data["facts"][span.start_char, span.end_char, span.label_]
            start = span.start
            if start and doc[start - 1].text == "만" and fact.unit == "세":
                start -= 1
            value = f"{sign}{fact.value}"
            if last and last[1] == start and last[2].unit == fact.unit:
                start, value = last[0], f"{last[2].value} {value}"
            whole = Span(doc, start, span.end + 1, label="condition")
            made = Fact("condition", whole.start_char, whole.end_char, value, fact.unit, fact.of)
            _add(doc, whole, made)
            last = (start, span.end + 1, made)


def _plain(token: dict[str, Any]) -> dict[str, Any]:
    return {"IS_ALPHA" if k == "IS" else k: True if k == "IS" else v for k, v in token.items()}


def _has(lexicon: Lexicon, name: str) -> Callable[[str], bool]:
    return lambda word: bool(word) and name in lexicon.classes(word)


def _count_stands(doc: Doc, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether number and unit are a count: 민선8기, 제3회 and (year) 24년 are none."""
    if start and not doc[start - 1].whitespace_:
        before = doc[start - 1].text
        if "가" <= before[-1] <= "힣" and before not in lexicon.light:
            return False
    if start and doc[start - 1].text == "제":
        return False
    unit = doc[end - 1].text
    if unit == "년" and end - start == 2 and doc[start].text.isdecimal() and int(doc[start].text) >= 15:
        return end < len(doc) and doc[end].text in ("간", "이상", "이하", "미만", "초과", "이내")
    return end - start > 1


def counted(doc: Doc, start: int, end: int, lexicon: Lexicon) -> str | None:
    """What is counted: the noun right after the unit (26명 청년), else the last noun before it (컨설턴트 3명)."""
    if end < len(doc) and doc[end - 1].whitespace_ and (word := _noun(doc[end].text, lexicon)):
        return word
    for i in range(start - 1, max(-1, start - 8), -1):
        text = doc[i].text
        if text in ":(：（" or text in lexicon.light or text in lexicon.particles:
            continue
        return _noun(text, lexicon, before=True)
    return None


def _noun(text: str, lexicon: Lexicon, *, before: bool = False) -> str | None:
    """The word without its particle, if it names a thing."""
    if not text.isalpha() or not ("가" <= text[0] <= "힣" or text.isupper()):
        return None
    if not before and text in lexicon.verbs:
        return None
    if len(text) > 2 and text[-1] in "을를이가은는의에" and text not in lexicon.groups:
        text = text[:-1]
        if not before and text in lexicon.verbs:
            return None
    if text in lexicon.particles or (not before and (text in lexicon.light or text in lexicon.comparators)):
        return None
    return text if len(text) > 1 or text in lexicon.units else None


def _resolve(doc: Doc) -> Doc:
    """Component: no two mentions overlap; the longest wins, of equals the earlier in TYPES."""
    spans = [*doc.spans["mentions"], *doc.ents]
    if len(spans) > 1:
        spans.sort(key=lambda s: (s.start_char - s.end_char, _RANK.get(s.label_, len(_RANK)), s.start))
        taken: list[Span] = []
        free = bytearray(len(doc))
        for span in spans:
            if not any(free[span.start : span.end]):
                free[span.start : span.end] = b"\1" * (span.end - span.start)
                taken.append(span)
        spans = sorted(taken, key=lambda s: s.start)
    doc.spans["mentions"] = spans
    return doc


def _mentions(doc: Doc) -> list[Mention]:
    out = []
    facts = doc.user_data["facts"]
    for span in doc.spans["mentions"]:
        fact = facts.get((span.start_char, span.end_char, span.label_))
        text = span.text
        if fact is None:  # a third party's span: its text is all there is to know
            out.append(Mention(type=span.label_.lower(), text=text, value=text, start=span.start_char, end=span.end_char))
            continue
        out.append(
            Mention(
                type=fact.type, text=text, value=fact.value, unit=fact.unit, of=fact.of, start=span.start_char,
                end=span.end_char,
            )  # fmt: skip
        )
    return out


def _lines(folder: Path) -> Iterable[dict[str, Any]]:
    import json

    with (folder / "cards.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
