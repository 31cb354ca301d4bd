"""Facts in the bullets, as data with their places. The only module that imports spaCy (inside functions).

A blank pipeline: our tokenizer (figures stay whole, units and particles come off), the grammars of `values`
as a component, token patterns from `rules/mentions.toml`, components of third parties (entry points of the
group `cardextract.mentions`: a callable Doc -> Doc that adds spans to `doc.spans["mentions"]`), and one rule
for overlaps: the longest mention wins, of two as long the earlier in `mentions_rules.TYPES`.
"""

from __future__ import annotations

import gc
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cardextract.card import Card, Item, Mention
from cardextract.mentions_rules import CLASSES, TYPES, Lexicon, Pattern, load_lexicon
from cardextract.mentions_text import Fact, cut, label_of, particle_at, quantity, values_in
from cardextract.rules import RulesError
from cardextract.values import find_dates, squeeze

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Annotate = Callable[[list[str], int | None], list[list[Mention]]]

MAX_WORDS = 100_000
"""Words spaCy's vocabulary may hold before it is made anew: it never forgets, and figures are words too."""

MAX_TEXT = 50_000
"""Characters of one item that are looked at: a longer one is no bullet."""

SETS = ("IN", "NOT_IN")
GROUP = "cardextract.mentions"
_FORM = re.compile(r"[(（][가-힣][)）]|[㈜㈔㈲㈐]|주식회사|유한회사")
"""The legal form, which is no part of a firm's name."""
_RANK = {name: i for i, name in enumerate(TYPES)}


def load(folder: Path) -> Annotate:
    """The annotator of a rules folder. Raises RulesError for a mistake in its mention rules.

    It takes texts and the year that dates without one mean, and gives the mentions of each text in order.
    """
    lexicon = load_lexicon(folder)
    nlp = _pipeline(folder, lexicon)

    def annotate(texts: list[str], year: int | None) -> list[list[Mention]]:
        nonlocal nlp
        if len(nlp.vocab) > MAX_WORDS:
            nlp = _pipeline(folder, lexicon)
        docs = (_doc(nlp, text, year, lexicon) for text in texts)
        return [_mentions(doc) for doc in nlp.pipe(docs)]

    return annotate


def _import_spacy() -> None:
    """Import spaCy without its command line: it takes half of the time, for one name (`spacy.info`)."""
    if "spacy" in sys.modules:
        return
    collecting = gc.isenabled()
    gc.disable()  # thousands of objects that stay: collecting among them takes a third of the time
    names = ("spacy.cli", "spacy.cli.info")
    sys.modules.update({name: ModuleType(name) for name in names})
    sys.modules["spacy.cli.info"].info = None  # type: ignore[attr-defined]
    try:
        importlib.import_module("spacy")
    finally:
        for name in names:
            del sys.modules[name]  # whoever wants the command line can still import it
        if collecting:
            gc.enable()


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Annotate:
    return load(folder)


def annotate_cards(cards: list[Card], folder: Path) -> None:
    """Put the mentions on every item of the cards.

    A date without a year takes it from its own bullet, else from the bullets above, else from the as-of date.
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
    _import_spacy()
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
        name = re.sub(r"\W", "_", f"{GROUP}_{point.name}")
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
    doc.user_data["words"] = words
    doc.user_data["text"] = seen
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


def _make_patterns(nlp: Language, name: str, folder: str) -> Patterns:  # noqa: ARG001 - spaCy passes it
    return Patterns(nlp, load_lexicon(Path(folder)))


class Patterns:
    """Component: the token patterns and phrases of the rules."""

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self.lexicon = lexicon
        # a flag is worked out once a word, not once a token
        self.vocab = nlp.vocab
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
                    tokens: list[Any] = [self._token(t) for t in pattern.tokens]
                    self.matcher.add(key, [tokens], greedy="LONGEST")
                except Exception as error:
                    raise RulesError(f"mentions: pattern {number} ({pattern.type}): {error}") from error
            if pattern.phrases:
                self.phrases.add(key, [nlp.tokenizer(p) for p in pattern.phrases])
            self.rules[nlp.vocab.strings[key]] = pattern

    def _token(self, token: dict[str, Any]) -> dict[str | int, Any]:
        out: dict[str | int, Any] = {}
        for key, wanted in token.items():
            if key == "IS":
                out[self.flags[wanted]] = True
            elif (
                key == "TEXT"
                and isinstance(wanted, dict)
                and len(wanted) == 1
                and not wanted.keys().isdisjoint(SETS)
            ):
                ((sign, words),) = wanted.items()
                out[self._word_flag(tuple(words))] = sign == "IN"
            else:
                out[key] = wanted
        return out

    def _word_flag(self, words: tuple[str, ...]) -> int:
        """A flag for a list of words: spaCy looks such lists up in Python at every token."""
        name = "\0".join(words)
        if name not in self.flags:
            self.flags[name] = self.vocab.add_flag(frozenset(words).__contains__)
        return self.flags[name]

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
        words = doc.user_data["words"][start:end]
        begin, stop = doc[start].idx, doc[end - 1].idx + len(words[-1])
        text = doc.user_data["text"][begin:stop]
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
            return Fact(kind, begin, stop, _FORM.sub("", text).strip())
        return Fact(kind, begin, stop, text)

    def _conditions(self, doc: Doc) -> None:
        """A quantity with 미만 or 이상 behind it, or two in a row (19세 이상 39세 이하), is a condition."""
        from spacy.tokens import Span

        words = doc.user_data["words"]
        if self.lexicon.comparators.keys().isdisjoint(words):
            return
        last: tuple[int, int, Fact] | None = None
        for span in sorted(doc.spans["mentions"], key=lambda s: s.start):
            if span.label_ not in ("count", "money", "percent") or span.end >= len(doc):
                continue
            sign = self.lexicon.comparators.get(words[span.end])
            if not sign:
                continue
            fact = doc.user_data["facts"][span.start_char, span.end_char, span.label_]
            start = span.start
            if start and words[start - 1] == "만" and fact.unit == "세":
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
    words = doc.user_data["words"]
    if start and not doc[start - 1].whitespace_:
        before = words[start - 1]
        if "가" <= before[-1] <= "힣" and before not in lexicon.light:
            return False
    if start and words[start - 1] == "제":
        return False
    if words[end - 1] == "년" and end - start == 2 and words[start].isdecimal() and int(words[start]) >= 15:
        return end < len(words) and words[end] in ("간", "이상", "이하", "미만", "초과", "이내")
    return end - start > 1


def counted(doc: Doc, start: int, end: int, lexicon: Lexicon) -> str | None:
    """What is counted: the noun right after the unit (26명 청년), else the last before it (컨설턴트 3명)."""
    words = doc.user_data["words"]
    if end < len(words) and doc[end - 1].whitespace_ and (word := _noun(words[end], lexicon)):
        return word
    for i in range(start - 1, max(-1, start - 8), -1):
        text = words[i]
        if text in lexicon.units:
            return None
        if text in ":(：（" or text in lexicon.light or text in lexicon.particles:
            continue
        return _noun(text, lexicon, before=True)
    return None


def _noun(text: str, lexicon: Lexicon, *, before: bool = False) -> str | None:
    """The word without its particle, if it names a thing."""
    if not text.isalpha() or not ("가" <= text[0] <= "힣" or text.isupper()):
        return None
    if text not in lexicon.groups:
        text = text[: particle_at(text)]
    if (not before and text.endswith(tuple(lexicon.verbs))) or text.endswith("별"):
        return None
    if text in lexicon.particles or text in lexicon.comparators or (not before and text in lexicon.light):
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
    facts, whole = doc.user_data["facts"], doc.user_data["text"]
    for span in doc.spans["mentions"]:
        fact = facts.get((span.start_char, span.end_char, span.label_))
        text = whole[span.start_char : span.end_char]
        if fact is None:  # a third party's span: its text is all there is to know
            out.append(
                Mention(
                    type=span.label_.lower(), text=text, value=text, start=span.start_char, end=span.end_char
                )
            )
            continue
        out.append(
            Mention(
                type=fact.type,
                text=text,
                value=fact.value,
                unit=fact.unit,
                of=fact.of,
                start=span.start_char,
                end=span.end_char,
            )
        )
    return out


def main(folder: Path, type_: str | None) -> int:
    """`cardextract mentions`: a quick look at a finished run; returns the exit code. It needs no spaCy."""
    from cardextract.mentions_look import main as look

    return look(folder, type_)
