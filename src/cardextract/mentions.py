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
from cardextract.mentions_rules import CLASSES, Known, Lexicon, Pattern, load_lexicon
from cardextract.mentions_text import (
    Fact,
    conditions,
    count_stands,
    counted,
    cut,
    label_of,
    longest,
    quantity,
    values_in,
)
from cardextract.plain import plain
from cardextract.rules import RulesError
from cardextract.values import first_date, squeeze

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

Annotate = Callable[[list[str], int | None], list[list[Mention]]]

MAX_WORDS = 100_000
"""Words spaCy's vocabulary may hold before it is made anew: it never forgets, and figures are words too."""

MAX_PLANS = 10_000
"""Sets of words and classes for which the patterns to try are remembered."""

MAX_TEXT = 50_000
"""Characters of one item that are looked at: a longer one is no bullet."""

SETS = ("IN", "NOT_IN")
GROUP = "cardextract.mentions"
_FORM = re.compile(r"[(（][가-힣][)）]|[㈜㈔㈲㈐]|주식회사|유한회사")
"""The legal form, which is no part of a firm's name."""


def load(folder: Path) -> Annotate:
    """The annotator of a rules folder. Raises RulesError for a mistake in its mention rules.

    It takes texts and the year that dates without one mean, and gives the mentions of each text in order.
    """
    lexicon = load_lexicon(folder)
    nlp, tokenize = _pipeline(folder, lexicon)

    def annotate(texts: list[str], year: int | None) -> list[list[Mention]]:
        nonlocal nlp, tokenize
        if len(nlp.vocab) > MAX_WORDS:
            nlp, tokenize = _pipeline(folder, lexicon)
        steps = [step for _, step in nlp.pipeline]
        out = []
        for text in texts:
            doc = tokenize(text, year)
            for step in steps:  # `nlp.pipe` does the same by way of a generator a step
                doc = step(doc)
            out.append(_mentions(doc))
        return out

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
                if mentions or item.mentions:
                    item.mentions = mentions


def _walk(items: list[Item], year: int | None) -> Iterator[tuple[Item, int | None]]:
    for item in items:
        yield item, year
        if item.children:
            date = first_date(item.text)
            yield from _walk(item.children, int(date.iso[:4]) if date else year)


def _pipeline(folder: Path, lexicon: Lexicon) -> tuple[Language, Tokenizer]:
    _import_spacy()
    import spacy
    from spacy.language import Language

    if not Language.has_factory("cardextract_values"):
        Language.component("cardextract_values", func=_values)
        Language.component("cardextract_show", func=_show)
        Language.component("cardextract_take", func=_take)
        Language.factory("cardextract_patterns", default_config={"folder": ""}, func=_make_patterns)
    nlp = spacy.blank("xx")
    nlp.tokenizer = tokenize = Tokenizer(nlp.vocab, lexicon)
    nlp.add_pipe("cardextract_values")
    nlp.add_pipe("cardextract_patterns", config={"folder": str(folder)})
    points = sorted(entry_points(group=GROUP), key=lambda p: p.name)
    if points:
        nlp.add_pipe("cardextract_show")
    for point in points:
        name = re.sub(r"\W", "_", f"{GROUP}_{point.name}")
        if not Language.has_factory(name):
            Language.component(name, func=point.load())
        nlp.add_pipe(name)
    if points:
        nlp.add_pipe("cardextract_take")
    return nlp, tokenize


@plain(frozen=False, slots=True)
class _Work:
    """What the components know of a text besides its tokens; `doc.user_data["cardextract"]`."""

    text: str
    year: int | None
    words: list[str]
    spaces: list[bool]
    values: list[Fact]
    lexicon: Lexicon
    facts: list[Fact]

    def starts(self) -> list[int]:
        """Where each word begins."""
        out = []
        at = 0
        for word, space in zip(self.words, self.spaces, strict=True):
            out.append(at)
            at += len(word) + space
        return out


class Tokenizer:
    """A text as tokens; what the grammars found in it is one token each."""

    def __init__(self, vocab: Vocab, lexicon: Lexicon) -> None:
        from spacy.tokens import Doc

        self.vocab, self.lexicon, self.doc = vocab, lexicon, Doc

    def __call__(self, text: str, year: int | None = None) -> Doc:
        seen = text[:MAX_TEXT]
        values = values_in(seen, year)
        words, spaces = cut(seen, values, self.lexicon)
        doc = self.doc(self.vocab, words=words, spaces=spaces)
        doc.user_data["cardextract"] = _Work(seen, year, words, spaces, values, self.lexicon, [])
        return doc


def _values(doc: Doc) -> Doc:
    """Component: money, dates, periods, percent and labels, read by the one grammar of `values`."""
    work: _Work = doc.user_data["cardextract"]
    work.facts += work.values
    if label := label_of(work.text, work.lexicon):
        work.facts.append(label)
    return doc


def _show(doc: Doc) -> Doc:
    """Component: our mentions as spans, for the components of third parties behind it."""
    facts = longest(doc.user_data["cardextract"].facts)
    spans = (doc.char_span(f.start, f.end, label=f.type) for f in facts)
    doc.spans["mentions"] = [span for span in spans if span is not None]
    return doc


def _take(doc: Doc) -> Doc:
    """Component: what the components of third parties found, besides our own."""
    facts: list[Fact] = doc.user_data["cardextract"].facts
    known = {(f.type, f.start, f.end) for f in facts}
    for span in (*doc.spans.get("mentions", ()), *doc.ents):
        kind = span.label_.lower()
        if (kind, span.start_char, span.end_char) not in known:
            facts.append(Fact(kind, span.start_char, span.end_char, span.text))
    return doc


def _make_patterns(nlp: Language, name: str, folder: str) -> Patterns:  # noqa: ARG001 - spaCy passes it
    return Patterns(nlp, load_lexicon(Path(folder)))


_NOTHING: frozenset[str] = frozenset()
_Several = tuple[Pattern, list[frozenset[str]], list[frozenset[str]], Any]
"""A pattern of several tokens with what `_needs` says of it, and spaCy's matcher for it."""


@plain(frozen=True, slots=True)
class _Plan:
    """What is to be looked for in a bullet: patterns of a single token, these of several, phrases, comparisons."""

    single: bool
    several: list[_Several]
    phrases: bool
    compared: bool


class Patterns:
    """Component: the token patterns and phrases of the rules."""

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self.lexicon = lexicon
        self.vocab = nlp.vocab
        # a flag is worked out once a word, not once a token
        self.flags = {name: nlp.vocab.add_flag(_has(lexicon, name)) for name in CLASSES}
        self.single: dict[str, list[Pattern]] = {}
        self.several: list[_Several] = []
        self.phrases = PhraseMatcher(nlp.vocab)
        self.phrase_words: list[frozenset[str]] = []
        self.phrase_rules: dict[int, Pattern] = {}
        self.plans: dict[frozenset[str], _Plan] = {}
        checked = Matcher(nlp.vocab, validate=True)  # spaCy's own check knows no flags of ours
        for number, pattern in enumerate(lexicon.patterns):
            key = f"{pattern.type}:{number}"
            if len(pattern.tokens) == 1 and pattern.tokens[0].keys() == {"IS"}:
                self.single.setdefault(pattern.tokens[0]["IS"], []).append(pattern)
            elif pattern.tokens:
                matcher = Matcher(nlp.vocab, validate=False)
                try:
                    checked.add(key, [[_plain(t) for t in pattern.tokens]])
                    tokens: list[Any] = [self._token(t) for t in pattern.tokens]
                    matcher.add(key, [tokens], greedy="LONGEST")
                except Exception as error:
                    raise RulesError(f"mentions: pattern {number} ({pattern.type}): {error}") from error
                self.several.append((pattern, *_needs(pattern), matcher))
            if pattern.phrases:
                phrases = [nlp.tokenizer(p) for p in pattern.phrases]
                self.phrases.add(key, phrases)
                self.phrase_words += [frozenset(token.text for token in phrase) for phrase in phrases]
                self.phrase_rules[nlp.vocab.strings[key]] = pattern
        asked: frozenset[str] = frozenset().union(
            self.single,
            lexicon.comparators,
            *self.phrase_words,
            *(n for each in self.several for n in each[1]),
        )
        self.asked = Known(lambda word: asked & {word, *lexicon.classes[word]})
        """What the patterns ask for, of a word and its classes."""

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
        work: _Work = doc.user_data["cardextract"]
        words = work.words
        asked = self.asked
        held = _NOTHING.union(*[asked[word] for word in words])
        plan = self.plans.get(held) or self._plan(held)
        found: list[tuple[Pattern, int, int]] = []
        classes = [self.lexicon.classes[word] for word in words] if plan.single or plan.several else []
        if plan.single:
            found = [
                (pattern, i, i + 1)
                for i, its in enumerate(classes)
                for name in its
                if name in self.single
                for pattern in self.single[name]
            ]
        for pattern, _, lead, matcher in plan.several:
            # spaCy takes its time at every token: it is asked only where the pattern can begin
            if not lead:
                found += [(pattern, start, end) for _, start, end in matcher(doc)]
                continue
            size = len(pattern.tokens)
            for i in _begins(lead, words, classes):
                if len(lead) == size:  # nothing is left to ask
                    found.append((pattern, i, i + size))
                else:
                    found += [(pattern, i + m[1], i + m[2]) for m in matcher(doc[i : i + size])]
        if plan.phrases:
            found += [(self.phrase_rules[key], start, end) for key, start, end in self.phrases(doc)]
        starts = work.starts() if found else []
        for pattern, start, end in found:
            start, end = start + pattern.skip, end - pattern.drop
            if start < end and (fact := self._fact(work, pattern.type, start, end, starts)):
                work.facts.append(fact)
        if plan.compared:
            work.facts += conditions(work.facts, work.text, work.words, work.spaces, self.lexicon)
        return doc

    def _plan(self, held: frozenset[str]) -> _Plan:
        """What is to be looked for in a bullet that holds these of the words and classes asked for."""
        plan = _Plan(
            not held.isdisjoint(self.single),
            [each for each in self.several if not any(map(held.isdisjoint, each[1]))],
            any(map(held.issuperset, self.phrase_words)),
            not held.isdisjoint(self.lexicon.comparators),
        )
        if len(self.plans) < MAX_PLANS:
            self.plans[held] = plan
        return plan

    def _fact(self, work: _Work, kind: str, start: int, end: int, starts: list[int]) -> Fact | None:
        """What was found, with its value; None where its surroundings forbid it."""
        words = work.words[start:end]
        begin, stop = starts[start], starts[end - 1] + len(words[-1])
        text = work.text[begin:stop]
        numbers = [w for w in words if w[0].isdigit()]
        if kind == "count":
            if not numbers or not count_stands(work.words, work.spaces, start, end, self.lexicon):
                return None
            number, unit = quantity(words)
            unit = self.lexicon.same_unit.get(unit, unit)
            return Fact(
                kind, begin, stop, number, unit, counted(work.words, work.spaces, start, end, self.lexicon)
            )
        if kind == "condition" and len(numbers) == 2:
            return Fact(kind, begin, stop, f">={numbers[0]} <={numbers[1]}", words[-1])
        if kind == "law" and words[0] in "「『｢":
            inner = text[1 : max(text.rfind(c) for c in "」』｣")]
            if not squeeze(inner).endswith(self.lexicon.law_endings):
                return None
        if kind == "org":
            return Fact(kind, begin, stop, _FORM.sub("", text).strip())
        return Fact(kind, begin, stop, text)


def _needs(pattern: Pattern) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """(for each token that must stand: the classes or words one of which the bullet must hold; those of them
    with which the pattern begins, none where its length is not bounded by its tokens)."""
    needs, lead = [], []
    leading = True
    for token in pattern.tokens:
        text = token.get("TEXT")
        one: frozenset[str] | None = None
        if "IS" in token:
            one = frozenset([token["IS"]])
        elif isinstance(text, str):
            one = frozenset([text])
        elif isinstance(text, dict) and text.keys() == {"IN"}:
            one = frozenset(text["IN"])
        operator = token.get("OP", "1")
        if one and operator in ("1", "+"):
            needs.append(one)
        leading = leading and one is not None and operator == "1"
        if leading and one:
            lead.append(one)
    bounded = all(token.get("OP", "1") in ("1", "?") for token in pattern.tokens)
    return needs, lead if bounded else []


def _begins(lead: list[frozenset[str]], words: list[str], classes: list[frozenset[str]]) -> list[int]:
    """Where words stand in a row each of which is one of the wanted, or of a wanted class."""
    first, *others = lead
    out = []
    for i in range(len(words) - len(others)):
        if words[i] not in first and first.isdisjoint(classes[i]):
            continue  # so it is nearly everywhere
        for j, wanted in enumerate(others, i + 1):
            if words[j] not in wanted and wanted.isdisjoint(classes[j]):
                break
        else:
            out.append(i)
    return out


def _plain(token: dict[str, Any]) -> dict[str, Any]:
    return {"IS_ALPHA" if k == "IS" else k: True if k == "IS" else v for k, v in token.items()}


def _has(lexicon: Lexicon, name: str) -> Callable[[str], bool]:
    return lambda word: bool(word) and name in lexicon.classes[word]


def _mentions(doc: Doc) -> list[Mention]:
    """The document's mentions without overlaps: the longest wins, of equals the earlier in TYPES."""
    work: _Work = doc.user_data["cardextract"]
    return [
        Mention(
            type=f.type,
            text=work.text[f.start : f.end],
            value=f.value,
            unit=f.unit,
            of=f.of,
            start=f.start,
            end=f.end,
        )
        for f in longest(work.facts)
    ]


def main(folder: Path, type_: str | None) -> int:
    """`cardextract mentions`: a quick look at a finished run; returns the exit code. It needs no spaCy."""
    from cardextract.mentions_look import main as look

    return look(folder, type_)
