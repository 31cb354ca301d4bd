"""Rules: the words and patterns of a layout as validated models, with look-ups made of them. profiles.py reads them from
TOML; nothing in a rules file is ever executed.
"""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from cardextract import marks
from cardextract.catalogue import CATALOGUE, FILES
from cardextract.inherit import did_you_mean
from cardextract.marks import Mark
from cardextract.values import spelled, squeeze

Setting = Literal["error", "warning", "info", "off"]

MAX_LINE = 4000
"""Patterns of rules see at most this many characters of a line: a bound on what a slow pattern can cost."""


STATES = (
    "planned", "in_progress", "partial", "completed", "completed_ongoing", "delayed", "on_hold", "dropped",
)  # fmt: skip
"""The states of a pledge in the record."""


class RulesError(ValueError):
    """A mistake in a rules file: the message names file and key and says what was expected."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def safe_pattern(pattern: str) -> str:
    """The pattern itself. Raises ValueError where it does not compile or repeats a repetition (`(a+)+`).

    >>> safe_pattern(r"(\\\\d+)+")
    Traceback (most recent call last):
    ...
    ValueError: pattern repeats a repetition (catastrophic backtracking): (\\\\d+)+
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # `[[a]`: it will mean something else one day
            tree = re._parser.parse(pattern)  # type: ignore[attr-defined]
            re.compile(pattern)
    except (re.error, FutureWarning) as error:
        raise ValueError(f"pattern does not compile: {pattern} ({error})") from error

    def repeats(tree: Any, inside: bool) -> bool:
        for op, args in tree:
            name = str(op)
            if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                _, high, sub = args
                unbounded = int(high) > 64
                if (unbounded and inside) or repeats(sub, inside or unbounded):
                    return True
            elif name == "BRANCH":
                if any(repeats(branch, inside) for branch in args[1]):
                    return True
            elif name == "SUBPATTERN" and repeats(args[-1], inside):
                return True
        return False

    if repeats(tree, False):
        raise ValueError(f"pattern repeats a repetition (catastrophic backtracking): {pattern}")
    return pattern


def _any_of(words: list[str]) -> str:
    """A pattern of one of the words."""
    return "(?:" + "|".join(re.escape(squeeze(w)) for w in words) + ")"


class Parts(Strict):
    """What may stand before or behind the name of a source without changing it (`순` 구비, 국비 `지원금`)."""

    heads: list[str] = []
    tails: list[str] = []


class LedgerParts(Strict):
    """Of what the name of a ledger may be put together: one stem, and any of the others (`총` `집행` `금액`)."""

    stems: dict[str, list[str]] = {}
    heads: list[str] = []
    nouns: list[str] = []


class Axes(Strict):
    """Words that name the axes of a budget table, squeezed before matching."""

    ledger: dict[str, list[str]]
    ledger_parts: LedgerParts = LedgerParts()
    source: dict[str, list[str]]
    source_ends: dict[str, list[str]] = {}
    """How the names of a source end, for names that no list can hold (`재난관리기금`)."""
    source_parts: Parts = Parts()
    period: dict[str, list[str]]
    total: list[str]
    group: list[str] = []
    """Names over several sources (지방비 over 도비 and 군비): a sub-total, no source."""
    version: list[str] = []
    """Budgets within a year (본예산, 추경); a number before them is left out."""
    corner: list[str]
    """Names of label columns (구분, 항목): they say nothing of the values."""
    ignore: list[str]
    """Columns and rows that hold no amounts (집행률)."""
    remark: list[str] = []
    """Columns and rows of words (비고): a figure in one says that headings and values do not belong together."""
    counts: list[str] = []
    """Units in brackets behind a name that count something else than money (개소, %)."""
    not_budget: list[str]
    """A heading with one of these makes the table an indicator table."""


class Sections(Strict):
    """Heading words of a section kind. `words`: the heading contains one; `exact`: it is one."""

    words: list[str] = []
    exact: list[str] = []


class Required(Strict):
    field: str
    label: str
    severity: Setting = "error"


class Term(Strict):
    """The term of office the cards report on."""

    start: str
    end: str


class Detect(Strict):
    """Weighted evidence for a profile: words or patterns looked for in the document."""

    text: str | None = None
    pattern: str | None = None
    weight: float = 1

    @field_validator("pattern")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        return None if value is None else safe_pattern(value)

    @cached_property
    def spaced(self) -> re.Pattern[str]:
        """Finds the words in a document as it was printed."""
        return spelled(self.text or "")


class ProfileTest(Strict):
    """A test of a profile, inside the profile: text in, record values out (`cardextract rules test`)."""

    name: str
    text: str
    expect: dict[str, Any]


class Rules(Strict):
    """Resolved rules of one profile."""

    name: str
    title: str = ""
    extends: str | None = None
    issuer: str | None = None
    sigungu_is_city: bool | None = None
    """시비 is the issuer's own money (a 시 under a 도); None: decided from the card."""
    labels: dict[str, list[str]]
    roles: list[str]
    status: dict[str, list[str]]
    marks: list[str]
    unmarks: list[str]
    progress_labels: list[str]
    sections: dict[str, Sections]
    axes: Axes
    markers: list[str]
    notes: list[str]
    arrows: list[str]
    inline: list[str]
    """What may follow an arrow inside an item (`▷ 수시`): then it begins no item of its own."""
    report_title: list[str]
    empty: list[str]
    end_words: list[str]
    foot_words: list[str] = []
    """Patterns of the first line of a page's foot (목록, 이전글): nothing behind it belongs to the card."""
    term: Term
    required: list[Required]
    severity: dict[str, Setting] = {}
    detect: list[Detect] = []
    tests: list[ProfileTest] = []
    sha256: str = ""

    @field_validator("status")
    @classmethod
    def _states(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for state in value:
            if state not in STATES:
                raise ValueError(f"unknown state {state}{did_you_mean(state, STATES)}")
        return value

    @field_validator("inline", "report_title", "end_words", "foot_words")
    @classmethod
    def _safe(cls, value: list[str]) -> list[str]:
        return [safe_pattern(v) for v in value]

    @field_validator("severity")
    @classmethod
    def _codes(cls, value: dict[str, Setting]) -> dict[str, Setting]:
        for code in value:
            if code in FILES:
                raise ValueError(f"the severity of {code} is fixed: what was not read must show")
            if code not in CATALOGUE:
                raise ValueError(f"unknown code {code}{did_you_mean(code, CATALOGUE)}")
        return value

    @cached_property
    def label_of(self) -> dict[str, str]:
        """Squeezed label -> field."""
        return {squeeze(word): name for name, words in self.labels.items() for word in words}

    @cached_property
    def label_starts(self) -> dict[str, set[str]]:
        """How all words begin that can be a label: first character -> the second ones, "" where it is a word alone."""
        sources = (word for word, (dimension, _) in self.axis_of.items() if dimension == "source")
        out: dict[str, set[str]] = {}
        for word in (*self.label_of, *self.role_set, *sources):
            out.setdefault(word[:1], set()).add(word[1:2])
        return out

    @cached_property
    def labels_read(self) -> dict[str, tuple[str, ...]]:
        """Text of a label -> the fields it names, as far as read: labels repeat from card to card."""
        return {}

    @cached_property
    def headings_read(self) -> dict[str, tuple[str | None, int, bool]]:
        """Squeezed words of a heading -> its kind, as far as read."""
        return {}

    @cached_property
    def axes_read(self) -> dict[str, tuple[Any, ...]]:
        """Text of an axis label -> its terms, as far as read."""
        return {}

    @cached_property
    def cells_read(self) -> dict[str, Any]:
        """Text of a cell of a budget table -> what it is, as far as read."""
        return {}

    @cached_property
    def status_of(self) -> dict[str, str]:
        return {squeeze(word): name for name, words in self.status.items() for word in words}

    @cached_property
    def empty_words(self) -> frozenset[str]:
        """What stands, squeezed, where there is no value."""
        return frozenset(map(squeeze, self.empty))

    @cached_property
    def role_set(self) -> frozenset[str]:
        return frozenset(squeeze(r) for r in self.roles)

    @cached_property
    def roles_pattern(self) -> re.Pattern[str]:
        """A squeezed text of role words and separators alone."""
        return re.compile("(?:[/·,]|" + "|".join(map(re.escape, sorted(self.role_set))) + ")+")

    @cached_property
    def axis_of(self) -> dict[str, tuple[str, str]]:
        """Squeezed axis word -> (dimension, value); dimension ledger | source | period | total | corner | ignore | not_budget."""
        out: dict[str, tuple[str, str]] = {}
        for dimension, table in (
            ("ledger", self.axes.ledger),
            ("source", self.axes.source),
            ("period", self.axes.period),
        ):
            for value, words in table.items():
                out.update({squeeze(w): (dimension, value) for w in words})
        for dimension in ("total", "group", "corner", "ignore", "not_budget"):
            out.update({squeeze(w): (dimension, "") for w in getattr(self.axes, dimension)})
        out.update({squeeze(w): ("ignore", "remark") for w in self.axes.remark})
        return out

    @cached_property
    def axis_ends(self) -> frozenset[str]:
        """The last characters of all axis words: a quick no for labels that could be two of them run together."""
        return frozenset(word[-1:] for word in self.axis_of)

    @cached_property
    def outside_words(self) -> tuple[str, ...]:
        """The axis words for what lies before or after the term."""
        outside = (("period", "before"), ("period", "after_term"))
        return tuple(word for word, named in self.axis_of.items() if named in outside)

    @cached_property
    def ledger_patterns(self) -> dict[str, re.Pattern[str]]:
        """The squeezed names of each ledger that are put together of parts."""
        parts = self.axes.ledger_parts
        heads, nouns = (_any_of(words) for words in (parts.heads, parts.nouns))
        return {
            ledger: re.compile(f"{heads}*{nouns}*{_any_of(stems)}{nouns}*")
            for ledger, stems in parts.stems.items()
        }

    @cached_property
    def ledger_stems(self) -> re.Pattern[str]:
        """Any word that names a ledger: a quick no for most labels."""
        return re.compile(
            _any_of([word for words in self.axes.ledger_parts.stems.values() for word in words])
        )

    @cached_property
    def counts(self) -> frozenset[str]:
        return frozenset(map(squeeze, self.axes.counts))

    @cached_property
    def source_tails(self) -> tuple[str, ...]:
        """All ends of names of sources."""
        return tuple(word for words in self.axes.source_ends.values() for word in words)

    @cached_property
    def mark_starts(self) -> frozenset[str]:
        """The first characters of all markers, notes and arrows: a quick no for lines that begin with a word."""
        return frozenset(word[:1] for word in (*self.markers, *self.notes, *self.arrows))

    @cached_property
    def marks_at(self) -> dict[str, Mark]:
        """First character of a marker, note or arrow -> what it may be."""
        return marks.marks_at(self.markers, self.notes, self.arrows)

    @cached_property
    def usual_mark(self) -> re.Pattern[str]:
        """How most lines with a mark begin; the group that matched is the mark."""
        return marks.usual_mark(self.marks_at)

    @cached_property
    def item_starts(self) -> re.Pattern[str]:
        """Where a mark can begin in a line."""
        return marks.item_starts(self.marks_at)

    @cached_property
    def inline_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.inline) or r"(?!)")

    @cached_property
    def report_title_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.report_title) or r"(?!)")

    @cached_property
    def end_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.end_words) or r"(?!)")

    @cached_property
    def foot_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.foot_words) or r"(?!)")

    @cached_property
    def section_pattern(self) -> re.Pattern[str]:
        """Any word of any heading: a quick no for the many lines that hold none. Words that begin alike share their first
        character, for every alternative is tried at every place."""
        behind: dict[str, list[str]] = {}
        for word, _, _ in self.section_words:
            behind.setdefault(word[:1], []).append(re.escape(word[1:]))
        return re.compile(
            "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in behind.items()) or r"(?!)"
        )

    @cached_property
    def section_words(self) -> list[tuple[str, str, bool]]:
        """(squeezed words, kind, exact), longest first, so that the most specific heading wins."""
        out = [(squeeze(w), k, False) for k, s in self.sections.items() for w in s.words]
        out += [(squeeze(w), k, True) for k, s in self.sections.items() for w in s.exact]
        return sorted(out, key=lambda x: (-len(x[0]), not x[2]))

    @cached_property
    def exact_sections(self) -> dict[str, str]:
        """Squeezed words that head a section only as its whole heading -> kind; the first one named wins."""
        return {word: kind for word, kind, exact in reversed(self.section_words) if exact}
