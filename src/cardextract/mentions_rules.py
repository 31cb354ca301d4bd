"""The words and patterns of mentions: `mentions.toml`, `gazetteer.toml`, the user's `mentions_user.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, field_validator

from cardextract.inherit import did_you_mean
from cardextract.plain import once, plain
from cardextract.profiles import load_model
from cardextract.rules import safe_pattern

Answer = TypeVar("Answer")

TYPES = (
    "condition", "period", "document", "law", "place", "org", "money", "date", "percent", "count", "label",
    "group",
)  # fmt: skip
"""The types of our own; of two mentions of one length the earlier type wins."""

CLASSES = (
    "number", "scale", "unit", "hangul", "name", "org", "org_ending", "place", "ward", "beside", "government",
    "group", "office", "law", "local", "road", "form", "sign", "legal_word",
)  # fmt: skip
"""What `IS` may name in a token pattern."""

KEYS = {"IS", "TEXT", "LOWER", "LENGTH", "OP"}
SCALES = {
    "십": 10,
    "백": 100,
    "천": 10**3,
    "만": 10**4,
    "십만": 10**5,
    "백만": 10**6,
    "천만": 10**7,
    "억": 10**8,
}
"""Scale words between a number and its unit."""


class Strict(BaseModel):
    """An unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pattern(Strict):
    """A pattern over tokens, or phrases, that make a mention of `type`."""

    type: str
    tokens: list[dict[str, Any]] = []
    phrases: list[str] = []
    skip: int = 0
    """Tokens cut off the left end of what was found."""
    drop: int = 0
    """Tokens cut off the right end."""

    @field_validator("type")
    @classmethod
    def _type(cls, value: str) -> str:
        if not value.isascii() or not value.isidentifier() or value != value.lower():
            raise ValueError("a type is a lower-case ASCII word")
        return value

    @field_validator("tokens")
    @classmethod
    def _tokens(cls, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for token in value:
            for key, wanted in token.items():
                if key not in KEYS:
                    raise ValueError(f"unknown key {key}{did_you_mean(key, KEYS)}")
                if key == "IS" and wanted not in CLASSES:
                    raise ValueError(f"unknown class {wanted}{did_you_mean(str(wanted), CLASSES)}")
                if isinstance(wanted, dict) and "REGEX" in wanted:
                    safe_pattern(wanted["REGEX"])
        return value


class Counted(Strict):
    verbs: list[str] = []
    light: list[str] = []
    ordered: list[str] = []
    glued: list[str] = []


class Labels(Strict):
    exact: list[str] = []
    endings: list[str] = []
    longest: int = 8
    """Characters, white space not counted."""


class Organisations(Strict):
    endings: list[str] = []
    forms: list[str] = []
    signs: list[str] = []
    words: list[str] = []


class Places(Strict):
    endings: list[str] = []
    not_places: list[str] = []
    wards: list[str] = []
    not_wards: list[str] = []
    beside: list[str] = []
    roads: list[str] = []
    not_roads: list[str] = []
    not_local: list[str] = []


class Words(Strict):
    words: list[str] = []
    phrases: list[str] = []


class Laws(Strict):
    endings: list[str] = []


class MentionRules(Strict):
    """One file of mention rules; every key is optional, so that a user's file adds only what it has."""

    particles: list[str] = []
    units: list[str] = []
    ordinals: list[str] = []
    same_unit: dict[str, str] = {}
    comparators: dict[str, str] = {}
    counted: Counted = Counted()
    labels: Labels = Labels()
    organisations: Organisations = Organisations()
    places: Places = Places()
    common: Words = Words()
    groups: Words = Words()
    laws: Laws = Laws()
    pattern: list[Pattern] = []


class Gazetteer(Strict):
    """Names of public bodies; basic: governments by their province."""

    ministries: list[str]
    bodies: list[str]
    metropolitan: list[str]
    metropolitan_also: list[str]
    basic: dict[str, list[str]]


def _ends(word: str, endings: tuple[str, ...], least: int) -> str | None:
    """What stands before the longest ending of the word, if at least `least` characters do."""
    best = max((e for e in endings if word.endswith(e)), key=len, default=None)
    return word[: -len(best)] if best and len(word) - len(best) >= least else None


class Known(dict[str, Answer]):
    """What was found out of a word, worked out at its first look-up; bounded for runs over very many files."""

    def __init__(self, find: Callable[[str], Answer]) -> None:
        super().__init__()
        self.find = find
        self.answers: dict[Answer, Answer] = {}

    def __missing__(self, word: str) -> Answer:
        found = self.find(word)
        found = self.answers.setdefault(found, found)  # few answers for many words: one object each
        if len(self) < 50_000:
            self[word] = found
        return found


@plain(frozen=True)
class Lexicon:
    """The rules, ready for look-up."""

    particles: frozenset[str]
    units: frozenset[str]
    ordinals: frozenset[str]
    same_unit: dict[str, str]
    comparators: dict[str, str]
    verbs: tuple[str, ...]
    light: frozenset[str]
    ordered: frozenset[str]
    glued: frozenset[str]
    labels: frozenset[str]
    label_endings: tuple[str, ...]
    longest_label: int
    org_endings: tuple[str, ...]
    forms: frozenset[str]
    signs: frozenset[str]
    legal_words: frozenset[str]
    orgs: frozenset[str]
    governments: frozenset[str]
    place_endings: tuple[str, ...]
    not_places: tuple[str, ...]
    wards: tuple[str, ...]
    not_wards: tuple[str, ...]
    beside: frozenset[str]
    roads: tuple[str, ...]
    not_roads: tuple[str, ...]
    not_local: tuple[str, ...]
    common: frozenset[str]
    groups: frozenset[str]
    law_endings: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    phrase_ends: frozenset[str]
    """The last words of phrases: particles come off them too."""

    @once
    def classes(self) -> Known[frozenset[str]]:
        """The classes of a word (`IS` of the patterns)."""
        return Known(lambda word: frozenset(self._classes(word[:40])))

    @once
    def stems(self) -> Known[int]:
        """How much of a Hangul word is left without its particle, where what is left is a known word."""
        return Known(self._stem)

    @once
    def before_firms(self) -> frozenset[str]:
        """What can stand right before a firm's name."""
        return self.signs | {")", "）"}

    def is_common(self, word: str) -> bool:
        """Whether a word is made of common words only, and so names nothing.

        Every position is looked at once for each length, so the cost is bounded by the word's length.
        """
        reached = [True] + [False] * len(word)
        for i in range(len(word)):
            if reached[i]:
                for j in range(i + 1, min(len(word), i + 8) + 1):
                    reached[j] = reached[j] or word[i:j] in self.common
        return reached[-1]

    def _classes(self, word: str) -> Iterable[str]:
        if word[0].isdigit():
            if word.replace(",", "").replace(".", "", 1).isdecimal():  # 2024.02. is a date
                yield "number"
            return
        if word in self.units:
            yield "unit"
        if word in SCALES:
            yield "scale"
        if word in self.forms:
            yield "form"
        if word in self.signs:
            yield "sign"
        if word in self.legal_words:
            yield "legal_word"
        if word in self.beside:
            yield "beside"
        if word in self.groups:
            yield "group"
        if word in self.governments:
            yield "government"
        if len(word) > 1 and word.isalpha():
            yield "name"
        if word in self.orgs:
            yield "org"
        if not "가" <= word[0] <= "힣":
            return
        yield from self._hangul(word)

    def _hangul(self, word: str) -> Iterable[str]:
        yield "hangul"
        if (name := _ends(word, self.org_endings, 0)) is not None:
            yield "org_ending"
            if len(name) > 1 and word not in self.orgs and not self.is_common(name):
                yield "org"
        if word.endswith("청") and word[:-1] in self.governments:
            yield "org"
        if word[-1] == "동" and word[-2:-1].isdigit():
            yield from ("ward", "place")
        elif word.endswith(self.wards) and not word.endswith(self.not_wards) and not self.is_common(word):
            yield "ward"
        name = _ends(word, self.place_endings, 2)
        other = _ends(word, self.not_places, 0)  # 사업구역 is none for 역, 금사공업지역 is one for 공업지역
        if name and (other is None or len(other) > len(name)) and not self.is_common(name):
            yield "place"
        if (
            len(word) > 2
            and word[-1] in "시군구"
            and not word.endswith(self.not_local)
            and not self.is_common(word)
        ):
            yield "local"
        if _ends(word, self.roads, 2) and not word.endswith(self.not_roads):
            yield "road"
        if _ends(word, ("과", "팀", "실", "관", "국", "소", "단", "센터"), 2):
            yield "office"
        if _ends(word, self.law_endings, 2):
            yield "law"

    def _stem(self, word: str) -> int:
        if self._named(word):
            return len(word)
        for size in range(min(4, len(word) - 2), 0, -1):
            if word[-size:] in self.particles and self._named(word[:-size]):
                return len(word) - size
        return len(word)

    def _named(self, word: str) -> bool:
        return word in self.phrase_ends or not self.classes[word].isdisjoint(
            ("org", "org_ending", "government", "group", "place", "ward", "beside")
        )


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon of a rules folder. Raises RulesError for a mistake in one of its files."""
    stamps = tuple(
        (name, (folder / name).stat().st_mtime_ns if (folder / name).is_file() else 0)
        for name in ("mentions.toml", "gazetteer.toml", "mentions_user.toml")
    )
    return _load(folder, stamps)


@lru_cache(maxsize=4)
def _load(folder: Path, stamps: tuple[tuple[str, int], ...]) -> Lexicon:
    parts = [load_model(folder / "mentions.toml", MentionRules)]
    if dict(stamps)["mentions_user.toml"]:
        parts.append(load_model(folder / "mentions_user.toml", MentionRules))
    names = load_model(folder / "gazetteer.toml", Gazetteer)

    def every(pick: Any) -> list[str]:
        return [word for part in parts for word in pick(part)]

    return Lexicon(
        particles=frozenset(every(lambda p: p.particles)),
        units=frozenset(every(lambda p: p.units)),
        ordinals=frozenset(every(lambda p: p.ordinals)),
        same_unit={k: v for p in parts for k, v in p.same_unit.items()},
        comparators={k: v for p in parts for k, v in p.comparators.items()},
        verbs=tuple(every(lambda p: p.counted.verbs)),
        light=frozenset(every(lambda p: p.counted.light)),
        ordered=frozenset(every(lambda p: p.counted.ordered)),
        glued=frozenset(every(lambda p: p.counted.glued)),
        labels=frozenset(every(lambda p: p.labels.exact)),
        label_endings=tuple(every(lambda p: p.labels.endings)),
        longest_label=max(p.labels.longest for p in parts),
        org_endings=tuple(every(lambda p: p.organisations.endings)),
        forms=frozenset(every(lambda p: p.organisations.forms)),
        signs=frozenset(every(lambda p: p.organisations.signs)),
        legal_words=frozenset(every(lambda p: p.organisations.words)),
        orgs=frozenset([*names.ministries, *names.bodies]),
        governments=frozenset(
            [*names.metropolitan, *names.metropolitan_also, *(g for gs in names.basic.values() for g in gs)]
        ),
        place_endings=tuple(every(lambda p: p.places.endings)),
        not_places=tuple(every(lambda p: p.places.not_places)),
        wards=tuple(every(lambda p: p.places.wards)),
        not_wards=tuple(every(lambda p: p.places.not_wards)),
        beside=frozenset(every(lambda p: p.places.beside)),
        roads=tuple(every(lambda p: p.places.roads)),
        not_roads=tuple(every(lambda p: p.places.not_roads)),
        not_local=tuple(every(lambda p: p.places.not_local)),
        common=frozenset(every(lambda p: p.common.words)),
        groups=frozenset(every(lambda p: p.groups.words)),
        law_endings=tuple(every(lambda p: p.laws.endings)),
        phrase_ends=frozenset(
            phrase.split()[-1]
            for p in parts
            for phrases in (p.groups.phrases, *(x.phrases for x in p.pattern))
            for phrase in phrases
        ),
        patterns=(
            *(pattern for part in parts for pattern in part.pattern),
            Pattern(type="group", phrases=every(lambda p: p.groups.phrases)),
        ),
    )
