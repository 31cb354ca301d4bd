"""Cutting a bullet into tokens for mentions: figures stay whole, units and particles come off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter

from cardextract.mentions_rules import SCALES, TYPES, Lexicon
from cardextract.plain import plain
from cardextract.values import Date, find_dates, find_money, find_percents, find_periods, fold, squeeze

Value = int | float | str | list[str] | None


@plain(frozen=True, slots=True)
class Fact:
    """A mention before overlaps are resolved."""

    type: str
    start: int
    end: int
    value: Value = None
    unit: str | None = None
    of: str | None = None


_start = attrgetter("start")
_RANK = {name: i for i, name in enumerate(TYPES)}
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"-\d")
"""사회적기업과-3084 is an office, not 사회적기업."""
_BETWEEN = re.compile(r"\s?[/,·]\s?")
_WORD = re.compile(
    r"([가-힣]{1,5}\d{1,2}동(?![가-힣]{2})|[가-힣]+|\d+(?:,\d{3})*(?:\.\d+)?|[A-Za-z]+|\S)( (?!\s))?|(\s+)",
)
"""A word and the single space behind it, or other white space."""


def values_in(text: str, year: int | None) -> list[Fact]:
    """Money, dates, periods and percent by the grammars of `values`; no two overlap: the longest wins."""
    if not _DIGIT.search(text):
        return []
    found = [Fact("money", m.start, m.end, m.won, "원") for m in find_money(text)]
    found += [Fact("percent", p.start, p.end, p.value, "%", p.label or None) for p in find_percents(text)]
    periods = find_periods(text, year)
    found += [Fact("period", p.span_start, p.span_end, f"{p.start or '..'}/{p.end or '..'}") for p in periods]
    found += _dates(text, find_dates(text, year))
    return longest(found)


def longest(facts: list[Fact]) -> list[Fact]:
    """Without overlaps: the longest wins, of equals the earlier in TYPES; in the order of the text."""
    if len(facts) < 2:
        return facts
    ordered = sorted(facts, key=_start)
    end = 0
    for fact in ordered:
        if fact.start < end:
            break
        end = fact.end
    else:
        return ordered
    taken: list[Fact] = []
    free = bytearray(max(f.end for f in facts))
    for fact in sorted(facts, key=lambda f: (f.start - f.end, _RANK.get(f.type, len(_RANK)), f.start)):
        if not any(free[fact.start : fact.end]):
            free[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
            taken.append(fact)
    return sorted(taken, key=_start)


def _dates(text: str, dates: list[Date]) -> Iterator[Fact]:
    """One fact a date; a list such as `2024. 1./ 3./ 5.` is one fact with all its dates."""
    run: list[Date] = []
    for date in dates:
        if run and date.inherited and _BETWEEN.fullmatch(text, run[-1].end, date.start):
            run.append(date)
            continue
        if run:
            yield _date_fact(run)
        run = [date]
    if run:
        yield _date_fact(run)


def _date_fact(run: list[Date]) -> Fact:
    value: Value = run[0].iso if len(run) == 1 else [d.iso for d in run]
    return Fact("date", run[0].start, run[-1].end, value)


def label_of(text: str, lexicon: Lexicon) -> Fact | None:
    """The label of a `label: value` bullet; its value is the text behind the colon."""
    folded = fold(text[:30])
    colon = folded.find(":")
    if colon < 1:
        return None
    printed = folded[:colon].strip()
    word = squeeze(printed)
    if not word or len(word) > lexicon.longest_label or not word.isalpha():
        return None
    if word not in lexicon.labels and not word.endswith(lexicon.label_endings):
        return None
    value = text[colon + 1 :].strip()
    start = folded.index(printed[0])
    return Fact("label", start, start + len(printed), value, None, word) if value else None


def cut(text: str, facts: list[Fact], lexicon: Lexicon) -> tuple[list[str], list[bool]]:
    """(words, whether a space follows): a fact is one token, units and particles are tokens of their own."""
    words: list[str] = []
    spaces: list[bool] = []
    at = 0
    text = _SURROGATE.sub("\ufffd", text)  # half a character: spaCy cannot store it
    for fact in facts:
        _add_words(text, at, fact.start, lexicon, words, spaces)
        words.append(text[fact.start : fact.end])
        spaces.append(False)
        at = fact.end
    _add_words(text, at, len(text), lexicon, words, spaces)
    return words, spaces


def _add_words(
    text: str, start: int, end: int, lexicon: Lexicon, words: list[str], spaces: list[bool]
) -> None:
    number = False
    dashed = "-" in text
    at = start
    for word, space, blank in _WORD.findall(text, start, end):
        at += len(word)
        if blank:
            if blank == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
            else:
                words.append(blank)
                spaces.append(False)
            number = False
        elif "가" <= word[0] <= "힣" and len(word) > 1:
            cuts = split_unit(word, lexicon) if number else None
            if cuts is None:
                size = len(word)
                if words and words[-1] in lexicon.before_firms and _firm(words, spaces, lexicon):
                    size = particle_at(word)
                elif not (dashed and _NUMBERED.match(text, at, end)):
                    size = lexicon.stems[word]
                cuts = [word] if size == len(word) else [word[:size], word[size:]]
            words += cuts
            spaces += [False] * len(cuts)
            spaces[-1] = space == " "
            number = False
        else:
            words.append(word)
            spaces.append(space == " ")
            number = not space and word[0].isdigit()
        at += len(space or blank)


def _firm(before: list[str], spaces: list[bool], lexicon: Lexicon) -> bool:
    """Whether a firm's name comes next: (주), ㈜."""
    if any(spaces[-3:]):
        return before[-1] in lexicon.signs and not spaces[-1]
    return before[-1] in lexicon.signs or (
        len(before) > 2 and before[-1] in ")）" and before[-2] in lexicon.forms and before[-3] in "(（"
    )


_NO_PARTICLE = (
    "회의", "협의", "심의", "건의", "결의", "동의", "문의", "강의", "논의", "주의", "정의", "합의",
    "성과", "결과", "학과", "효과", "경과", "추가", "허가", "부가", "놀이", "어린이", "길이", "높이",
    "깊이", "종이", "나이", "아이", "차이",
)  # fmt: skip
"""Words that only look as if they ended in a particle."""
_AFTER_CONSONANT = "과은이을"
_AFTER_VOWEL = "와는가를"


def particle_at(word: str) -> int:
    """Where the particle of an unknown name begins; its form must fit the sound before it.

    >>> [w[: particle_at(w)] for w in ("푸른건설과", "한빛테크와", "한빛한과", "누리의", "샛별에서")]
    ['푸른건설', '한빛테크', '한빛한', '누리', '샛별']
    """
    for ending in ("에서", "에게", "으로"):
        if word.endswith(ending) and len(word) > 3:
            return len(word) - 2
    if len(word) < 3 or word.endswith(_NO_PARTICLE):
        return len(word)
    closed = (ord(word[-2]) - ord("가")) % 28 > 0
    fits = word[-1] in "의에" or word[-1] in (_AFTER_CONSONANT if closed else _AFTER_VOWEL)
    return len(word) - 1 if fits else len(word)


def split_unit(word: str, lexicon: Lexicon) -> list[str] | None:
    """A word right after a number as scale, `여`, unit and particle; None where that is not what it is.

    1회용품 and 3개년 hold no unit, 26명이 does, and 2개동 with what is counted.
    """
    cuts: list[str] = []
    rest = word
    scale = next((s for s in ("천만", "백만", "십만", "만", "억", "천", "백") if rest.startswith(s)), None)
    if scale and rest not in lexicon.units:
        cuts.append(scale)
        rest = rest[len(scale) :]
    if rest.startswith("여"):
        cuts.append("여")
        rest = rest[1:]
    if not rest:
        return cuts
    for size in range(min(4, len(rest)), 0, -1):
        after = rest[size:]
        if (rest[:size] in lexicon.units or rest[:size] in lexicon.ordinals) and (
            not after or after in lexicon.particles or after in lexicon.comparators
        ):
            return [*cuts, rest[:size], *([after] if after else [])]
    if rest[0] == "개":  # 2개동, 12개과정을
        noun = next((rest[1:size] for size in range(len(rest), 1, -1) if rest[1:size] in lexicon.glued), None)
        after = rest[1 + len(noun) :] if noun else ""
        if noun and (not after or after in lexicon.particles):
            return [*cuts, "개", noun, *([after] if after else [])]
    return None


def quantity(words: list[str]) -> tuple[int | float, str]:
    """(number, unit) of the tokens of a count.

    >>> quantity(["8", "만", "3", "천", "명"]), quantity(["100", "여", "명"]), quantity(["1.8", "km"])
    ((83000, '명'), (100, '명'), (1.8, 'km'))
    """
    total = 0.0
    exact = 0
    parts: list[tuple[str, int]] = []
    unit = ""
    for word in words:
        if word[0].isdigit():
            parts.append((word.replace(",", ""), 1))
        elif word in SCALES and parts and parts[-1][1] == 1:
            parts[-1] = (parts[-1][0], SCALES[word])
        elif word != "여":
            unit = word
    for number, scale in parts:
        whole, _, decimals = number.partition(".")
        digits = int(whole + decimals) * scale
        if digits % 10 ** len(decimals) == 0:
            exact += digits // 10 ** len(decimals)
        else:
            total += float(number) * scale
    return (exact + total if total else exact), unit


def count_stands(words: list[str], spaces: list[bool], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether number and unit are a count: 민선8기, 제3회, 1회 추경 and (year) 24년 are none."""
    if end < len(words) and words[end - 1] == "회" and words[end] in lexicon.ordered:
        return False
    if start:
        before = words[start - 1]
        if before == "제" or (
            "가" <= before[-1] <= "힣" and not spaces[start - 1] and before not in lexicon.light
        ):
            return False
    if words[end - 1] == "년" and end - start == 2 and words[start].isdecimal() and int(words[start]) >= 15:
        return end < len(words) and (words[end] == "간" or words[end] in lexicon.comparators)
    return True


def counted(words: list[str], spaces: list[bool], start: int, end: int, lexicon: Lexicon) -> str | None:
    """What is counted: the noun right after the unit (26명 청년), else the last before it (컨설턴트 3명)."""
    if end < len(words) and not spaces[end - 1] and words[end] in lexicon.glued:
        return words[end]
    if end < len(words) and spaces[end - 1] and (word := _noun(words[end], lexicon)):
        return word
    for i in range(start - 1, max(-1, start - 8), -1):
        text = words[i]
        if text in lexicon.units:
            return None
        if text not in ":(：（" and text not in lexicon.light and text not in lexicon.particles:
            return _noun(text, lexicon, before=True)
    return None


def _noun(text: str, lexicon: Lexicon, *, before: bool = False) -> str | None:
    """The word without its particle, if it names a thing."""
    if not text.isalpha() or not ("가" <= text[0] <= "힣" or text.isupper()):
        return None
    if text not in lexicon.groups:
        text = text[: particle_at(text)]
    if text.endswith("별") or text in lexicon.particles or text in lexicon.comparators:
        return None
    if not before and (text.endswith(lexicon.verbs) or text in lexicon.light):
        return None
    return text if len(text) > 1 or text in lexicon.units else None


def conditions(
    facts: list[Fact], text: str, words: list[str], spaces: list[bool], lexicon: Lexicon
) -> list[Fact]:
    """Quantities with 미만 or 이상 behind them; two in a row (19세 이상 39세 이하) are one condition."""
    ends: dict[int, int] = {}
    at = 0
    for i, word in enumerate(words):
        at += len(word)
        ends[at] = i  # where a token ends
        at += spaces[i]
    out: list[Fact] = []
    for fact in sorted(facts, key=lambda f: f.start):
        index = ends.get(fact.end)
        if fact.type not in ("count", "money", "percent") or index is None or index + 1 >= len(words):
            continue
        word = words[index + 1]
        if word not in lexicon.comparators:
            continue
        start = fact.start
        if fact.unit == "세" and text[:start].rstrip().endswith("만"):  # 만 19세 이상
            start = text.rindex("만", 0, start)
        end = fact.end + spaces[index] + len(word)
        value = f"{lexicon.comparators[word]}{fact.value}"
        if out and text[out[-1].end : start].isspace() and out[-1].unit == fact.unit:
            start, value = out[-1].start, f"{out.pop().value} {value}"
        out.append(Fact("condition", start, end, value, fact.unit, fact.of))
    return out
