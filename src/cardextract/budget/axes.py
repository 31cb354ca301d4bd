"""The words on the axes of a budget table: years, halves, sources, ledgers, totals.

>>> from cardextract.budget.axes import period_of
>>> [period_of(x) for x in ("2022년", "'22년도", "22.하반기", "2027년 이후", "~2021", "2028년~2030년", "2022", "계")]
['2022', '2022', '2022-H2', 'after_term', 'before', '2028-2030', '2022', None]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from cardextract.budget.phrases import RIDER, is_counted, ledger_of, open_ended, outside_term
from cardextract.plain import plain
from cardextract.rules import Rules
from cardextract.values import fold, squeeze

_YEAR = re.compile(r"^['’‘`]?(?P<y>20\d\d|\d\d)(?:(?P<n>\.|년도|년|年)|(?!\d))(?P<rest>.*)$")
_REST_OK = re.compile(
    r"^(?:\(?(?:예산|예산액|계획|본예산|당초|예정|실적|집행|투자|사업비|소요|목표|이행|현재|\d{1,2}월말|\d{1,2}\.\d{1,2}\.?(?:현재|기준)?|까지집행|분|도분|액|안)\)?)*$"
)
_RANGE = re.compile(r"^['’]?(20\d\d|\d\d)(?:년도?)?[~\-∼～]['’]?(20\d\d|\d\d)(?:년도?)?$")
_AFTER = re.compile(rf"^(?:도)?(?:년)?이후{RIDER}$")
_BEFORE = re.compile(rf"^(?:도)?(?:말)?(?:까지|이전|이전까지|(?<=말)누계){RIDER}$")
_HALF = re.compile(r"^\.?\(?(상|하)(?:반기)?\)?$")
_MONTHS = re.compile(r"^\.?\(?(\d{1,2})\.?월?[~-](\d{1,2})\.?월?\)?$")
_QUARTER = re.compile(r"^\(?([1-4])/?4?분기\)?$")
_MONTH = re.compile(r"^\.?\(?~?(\d{1,2})\.?월?(?:말)?(까지|이전|~|이후|부터)?\)?(?:~)?$")
_PART = re.compile(r"^(?:(상|하)반기|([1-4])/?4?분기)(?:까지|말)?$")
PARTS_OF_YEAR = frozenset({"H1", "H2", "Q1", "Q2", "Q3", "Q4"})
"""Periods that need the year that stands over them."""
_VERSION = re.compile(r"^(?:제?\d{1,2}[회차])?(?=.)")
_FOOTNOTE = re.compile(r"(?<=[가-힣])(?:주?\d\)|\*{1,3}|[¹²³]|[①-⑨])$")
"""The mark of a note behind a name: `국비1)`."""
_CHANGE = re.compile(
    r"(?:비교|변경|전년|당초)?(?:대비)?증[·/(]?[△▲▽▼]?[)]?감(?:액|내역|사유|현황)?(?:\(.*\))?"
)
"""What changed against another budget (`증△감`, `전년대비 증감액`): a difference, no amount of its own."""
_LISTED = re.compile(r"^(?:\(?\d{1,2}[.)]|[가-하][.)]|[①-⑳])(?=[가-힣])|(?<=[가-힣])등$")
_IN_BRACKETS = re.compile(
    r"[(\[<〈（]\s*(?P<unit>(?:천|만|십만|백만|천만|억|십억|백억|조)?\s*원)\s*[)\]>〉）]\s*$"
)
_UNIT_ALONE = re.compile(r"(?:천|만|십만|백만|천만|억|십억|백억|조)원")
_UNIT = re.compile(r"단위\s*[:：]?\s*(?P<unit>(?:천|만|십만|백만|천만|억|십억|백억|조)?\s*원|억|백만|천)")


def _full(year: str) -> str:
    return year if len(year) == 4 else "20" + year


@lru_cache(maxsize=4096)
def period_of(label: str) -> str | None:
    """The period that a heading names by figures, or None: 2022 | 2022-H2 | 2022-Q1 | 2028-2030 | before | after_term.

    A bare two-digit number is a year only with an apostrophe, 년 or a half-year behind it.
    """
    text = squeeze(label).replace("∼", "~").replace("–", "-").strip("()[]<>:")
    m = _RANGE.match(text)
    if m:
        a, b = _full(m[1]), _full(m[2])
        return f"{a}-{b}" if a < b else None
    if text.startswith("~"):
        inner = period_of(text[1:])
        return "before" if inner and (inner.isdigit() or inner.endswith("H1")) else None
    m = _YEAR.match(text)
    if not m:
        return None
    year, rest = m["y"], m["rest"]
    marked = len(year) == 4 or text[0] in "'’‘`" or (m["n"] or "").startswith(("년", "年"))
    if rest in ("이후", "~", "이후~") or _AFTER.match(rest):
        return "after_term" if marked else None
    if _BEFORE.match(rest):
        return "before" if marked else None
    half = _HALF.match(rest)
    if half:
        return f"{_full(year)}-{'H1' if half[1] == '상' else 'H2'}"
    months = _MONTHS.match(rest)
    if months and marked:
        first, last = int(months[1]), int(months[2])
        return (
            f"{_full(year)}-H1"
            if (first, last) == (1, 6)
            else f"{_full(year)}-H2"
            if (first, last) == (7, 12)
            else None
        )
    quarter = _QUARTER.match(rest)
    if quarter:
        return f"{_full(year)}-Q{quarter[1]}"
    month = _MONTH.match(rest)
    if month and marked and int(month[1]) in (6, 7):
        # a term begins in July and ends in June: `2026.6월까지` is the first half, `2022.7월~` the second
        ends = int(month[1]) == 6 and month[2] not in ("이후", "부터", "~")
        begins = int(month[1]) == 7 and month[2] not in ("까지", "이전")
        return f"{_full(year)}-H1" if ends else f"{_full(year)}-H2" if begins else None
    if not marked or not 2000 <= int(_full(year)) <= 2060 or not _REST_OK.match(rest):
        return None
    return _full(year)


@plain(frozen=True, slots=True)
class Term:
    """What an axis label says. dimension: ledger | source | period | total | corner | ignore | not_budget."""

    dimension: str
    value: str = ""
    word: str = ""
    note: str = ""
    """The ledger that is named behind a year: `2023년 결산`."""


def unit_in(text: str) -> str | None:
    """The unit that a text states (`단위: 백만원`, or alone in brackets at its end: `집행액(천원)`), squeezed.

    >>> unit_in("(단위 : 백만 원)"), unit_in("소요예산(계획)(천원)"), unit_in("소요예산(120천원)")
    ('백만원', '천원', None)
    """
    if "單" in text or "圓" in text:
        text = fold(text)
    if "단위" not in text and "원" not in text:
        return None
    if len(text) < 8 and _UNIT_ALONE.fullmatch(squeeze(text)):
        return squeeze(text)
    m = ("단위" in text and _UNIT.search(text)) or _IN_BRACKETS.search(text)
    return squeeze(m["unit"]) if m else None


def drop_unit(text: str) -> str:
    """The label without a unit note: `구 분 (단위: 천원)` -> `구 분`."""
    return (
        re.sub(r"[<(\[〈（]\s*(?:단위\s*[:：]?\s*)?(?:천|백만|억|만|조)?\s*원?\s*[>)\]〉）]", "", text)
        if "단위" in text or "원)" in text
        else text
    )


_FIGURE = re.compile(r"[-△]?\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d+)?|\d{5,}")
"""Most cells of a budget are figures like these, no two alike; no axis is called so."""

MOST_READ = 20_000
"""Labels that are remembered."""


_DATED = re.compile(r"[()\[\]<>:~]*['’‘`]?\d")
"""A quick no for most squeezed labels: none without it names a period by figures."""
_WITH_BRACKETS = re.compile(r"^([^()\[\]]+)[(\[]([^()\[\]]*)[)\]]$")


def terms(label: str, rules: Rules) -> tuple[Term, ...]:
    """What a label says, best first; empty for an unknown word. `민선8기 소계` says in_term, `소요예산(계획)` plan."""
    read = rules.axes_read
    found = read.get(label)
    if found is None:
        if _FIGURE.fullmatch(label):
            return ()
        if len(read) > MOST_READ:
            read.clear()
        found = read[label] = _terms(label, rules)
    return found


def _terms(label: str, rules: Rules) -> tuple[Term, ...]:
    word = squeeze(drop_unit(label)).strip(":·-○□■•*").strip("<>[]〈〉【】")
    dated = _DATED.match(word) is not None
    if dated and (early := open_ended(word, rules) or period_of(word)):
        # before `22.` of `22.하반기` is taken for a list's number
        return (Term("period", early, word, _ledger_behind(word, rules)),)
    word = _FOOTNOTE.sub("", _LISTED.sub("", word))
    if not word:
        return ()
    known = rules.axis_of
    if word in known:
        dimension, value = known[word]
        if dimension == "corner" and rules.label_of.get(word) in ("title", "tasks"):
            value = "tasks"
        return (Term(dimension, value, word),)
    period = period_of(word) or outside_term(word, rules)
    if period:
        return (Term("period", period, word),)
    bracketed = word[-1] in ")]"
    if bracketed and is_counted(word, rules):
        return (Term("ignore", "", word),)
    of_year = _PART.match(word)
    if of_year:
        quarter = of_year[2]
        return (Term("period", f"Q{quarter}" if quarter else "H1" if of_year[1] == "상" else "H2", word),)
    if _VERSION.sub("", word) in rules.axes.version:
        return (Term("version", "", word),)
    # `국비(보조)`, `기투자액(~2025)`, `계(A+B)`: the word before the bracket, then the one in it
    if bracketed and (m := _WITH_BRACKETS.match(word)):
        said = _in_brackets(_terms(m[1], rules), _terms(m[2], rules))
        if said:
            return said
    # `민선8기소계`, `국비계`, `임기내합계`: a known word with a total behind it
    for total in ("소계", "합계", "총계", "계"):
        if word.endswith(total) and len(word) > len(total):
            inner = _terms(word[: -len(total)], rules)
            if inner and inner[0].dimension in ("period", "source", "ledger"):
                return inner
    for split in ("/", "·", "및", "+", ","):
        if split in word:
            parts = _each(word.split(split), rules)
            if len(parts) > 1 and all(p[0].dimension == "source" for p in parts):
                return (Term("group", _level_of(parts), word),)  # `국비+도비`: a sum of sources
            if (
                len(parts) > 1
                and len({p[0] for p in parts}) > 1
                and len({p[0].dimension for p in parts}) == len(parts)
            ):
                return tuple(p[0] for p in parts)
    if _CHANGE.fullmatch(word):
        return (Term("ignore", "", word),)
    source = _without_parts(word, rules)
    if source is not None:
        return (Term("source", source, word),)
    names_ledger = rules.ledger_stems.search(word) is not None
    if names_ledger and (ledger := ledger_of(word, rules)):
        return (Term("ledger", ledger, word),)
    # two words run together: `투입예산국비`, `2022년계획`
    for i in range(len(word) - 1, 1, -1) if names_ledger or word[-1] in rules.axis_ends else ():
        right = known.get(word[i:])
        if right is None and names_ledger and (x := ledger_of(word[i:], rules)):
            right = ("ledger", x)
        if right is None:
            continue
        left = known.get(word[:i])
        first = (
            Term(*left, word[:i])
            if left
            else (Term("period", p, word[:i]) if (p := period_of(word[:i])) else None)
        )
        if (
            first
            and first.dimension != right[0]
            and {first.dimension, right[0]} <= {"ledger", "source", "period"}
        ):
            return (first, Term(*right, word[i:]))
    if len(word) <= 12 and word.endswith(rules.source_tails):
        ends = rules.axes.source_ends.items()
        return (Term("source", next(s for s, words in ends if word.endswith(tuple(words))), word),)
    return ()


def _in_brackets(outer: tuple[Term, ...], inner: tuple[Term, ...]) -> tuple[Term, ...]:
    """What a word and the one in brackets behind it say: both, where they name a ledger and a source or total (`계획(국비)`,
    `계(집행)`) or a ledger and its year, else the first that says anything (`소요예산(계획)`, `계(A+B)`, `2022(결산)`)."""
    dims = ([t.dimension for t in outer], [t.dimension for t in inner])
    if dims in (
        (["ledger"], ["source"]), (["source"], ["ledger"]), (["total"], ["ledger"]), (["ledger"], ["period"]),
    ):  # fmt: skip
        return (*outer, *inner)
    if dims == (["period"], ["ledger"]):
        return (replace(outer[0], note=inner[0].value),)
    return outer or inner


def _ledger_behind(word: str, rules: Rules) -> str:
    """The ledger behind a year: `2023년집행`, `'24예산`."""
    m = _YEAR.match(word)
    found = _terms(m["rest"].strip("()"), rules) if m and m["rest"] else ()
    return found[0].value if len(found) == 1 and found[0].dimension == "ledger" else ""


def _each(words: Sequence[str], rules: Rules) -> list[tuple[Term, ...]]:
    """What each of the words says; nothing where one of them says nothing."""
    out = []
    for word in filter(None, words):
        said = _terms(word, rules)
        if not said:
            return []
        out.append(said)
    return out


def _level_of(parts: Sequence[tuple[Term, ...]]) -> str:
    """The source that joined names stand for where they are of one level (`시/군비`, `구·군비`, `시/도비`); empty where
    they are of several."""
    values = [p[0].value for p in parts]
    if len(set(values)) == 1:
        return values[0]
    return "sigungu" if set(values) == {"si", "sigungu"} else "do" if values == ["si", "do"] else ""


def _without_parts(word: str, rules: Rules) -> str | None:
    """The source that a name says with a part before or behind it: `순구비`, `국비지원금`."""
    parts = rules.axes.source_parts
    if not word.endswith(tuple(parts.tails)) and not word.startswith(tuple(parts.heads)):
        return None
    cores = [
        *(word.removesuffix(t) for t in parts.tails if word.endswith(t)),
        *(word.removeprefix(h) for h in parts.heads if word.startswith(h)),
    ]
    known = (rules.axis_of.get(core, ("", "")) for core in cores if len(core) > 1)
    return next((value for dimension, value in known if dimension == "source"), None)


_UNIT_NOTE = re.compile(r"[<(\[]?\s*단위[^>)\]]*[>)\]]?")
_LEDGER_WORDS = (
    ("secured", re.compile("확보")),
    ("spent", re.compile("집행|투입|투자실적|지출|결산|집행실적")),
    ("plan", re.compile("계획|소요예산|소요사업비|필요재정")),
)


def ledger_in(text: str, rules: Rules) -> str | None:
    """The one ledger that a caption or heading names, or None where it names none or several.

    A heading such as `연도별 투자계획 및 집행` names two and so decides nothing.
    """
    if "단위" in text:
        text = _UNIT_NOTE.sub("", text)
    core = squeeze(text).strip("<>[]〈〉【】()○□■-·※*▷◦ㅇ•")
    found = terms(core, rules)
    if found and found[0].dimension == "ledger":
        return found[0].value
    named = [name for name, pattern in _LEDGER_WORDS if pattern.search(core)]
    return named[0] if len(named) == 1 else None
