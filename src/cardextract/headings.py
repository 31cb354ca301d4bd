"""A line or a cell as a possible heading: its dress (number, mark, brackets, notes) and the kind its words name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from cardextract.document import BLANKS, Paragraph, Span
from cardextract.outline import marker_at
from cardextract.plain import plain
from cardextract.rules import Rules
from cardextract.values import squeeze

_OPEN, _CLOSE = "【<〈［[「『《≪〔（(", "】>〉］]」』》≫〕）)"
PREFIX = re.compile(
    r"(?:(?P<num>\d{1,2})(?P<numsep>[.)])|(?P<roman>[Ⅰ-Ⅻ]|[IVX]{1,4})(?P<romansep>[.)]?)(?=\s|【)|(?P<han>[가나다라마바사아자차카타파하])(?P<hansep>[.)])"
    r"|(?P<circled>[①-⑳❶-❿⑴-⒇\U000f02b1-\U000f02c4])|(?P<paren>\(\d{1,2}\)|\[\d{1,2}\]|<\d{1,2}>|【\d{1,2}】)"
    r"|제\s?(?P<chapter>\d{1,2})\s?[장절편](?=\s|[.:])[.:]?|(?P<latin>[A-H])\.(?=\s?[가-힣])|(?P<bare>\d{1,2})(?=\s+[가-힣]))\s*"
)
_STYLES = {"roman": "Ⅰ", "circled": "①", "chapter": "제1장", "latin": "A."}
_WITHIN = r"[^<>()\[\]〈〉]"
_NOTE = re.compile(
    rf"[<(\[〈（〔{{※＊*단-](?:(?<=[<(\[〈（〔{{]){_WITHIN}{{0,40}}(?:단위|기준|현재|現在|천원|백만원|억원|\d{{2,4}}\s?[.년~])"
    rf"{_WITHIN}{{0,20}}[>)\]〉）〕}}]\s*$"
    r"|(?<=\s단)위\s?[:：]\s?\S{1,6}\s*$|(?<=[※＊*])\s?\S.{0,40}$|(?<=\s-)\s?['’]?\d{2,4}\s?[.년].{0,20}$)"
)
"""What stands behind the words of a heading: its unit, its date, a note. One set of characters comes first, so that the
search leaps from one of them to the next."""
_NOTE_BEGINS = re.compile(r"[<(\[〈（〔{※＊*단-]")
_DATED = re.compile(r"\s*[(<\[]?\s*(?:['’]?\d{2,4}\s?[.년]|단위).{0,24}$")


def _note_at(text: str) -> int:
    """Where the note behind the words begins, white space before it taken along; the end of the text where none does."""
    m = _NOTE.search(text)
    words = len(text[: m.start()].rstrip()) if m else 0
    return words or len(text)


BRACKETED = re.compile(r"[(\[（][^)\]）]*[)\]）]")
LABELLED = re.compile(r"[:：]\s*\S")
_PAIR = re.compile(r"[^:：【<〈［\[「『《≪〔（(]*[:：]\s*\S")
"""A label : value line, seen before its parts are cut: most lines of a card are no headings."""
BARE_NUMBER = "1"
"""The style of `1 추진배경`: a number without a dot, which heads a section only before a known heading word."""
MAX_HEADING = 34
"""Headings are short; a longer line that holds a heading word is a sentence."""
WEAK = frozenset("○-·•◦ㅇ*※▷❍⇒․∙▶□ㅁ")
"""Marks that head items far more often than sections."""
BARE_REST = 6
"""How many more characters than its heading word a heading without any mark may have."""


@plain(frozen=True)
class Heading:
    """A line or cell that may head a section. style is its outer form (`1.`, `□`, `【 】`, `` for none)."""

    kind: str | None
    number: str | None
    title: Span
    span: Span
    style: str
    note: str
    rest: int
    exact: bool


def kind_of_heading(core: str, rules: Rules) -> tuple[str | None, int, bool]:
    """(kind, characters beyond the heading word, exact) of squeezed heading words.

    The word that stands last decides between several (`추진상 문제점 및 대책`), unless one holds the whole text.
    """
    if not rules.section_pattern.search(core):
        return None, len(core), False
    read = rules.headings_read
    found = read.get(core)
    if found is None:
        if len(read) > MOST_READ:
            read.clear()
        found = read[core] = _kind_of_heading(core, rules)
    return found


MOST_READ = 20_000
"""Headings that are remembered."""


def _kind_of_heading(core: str, rules: Rules) -> tuple[str | None, int, bool]:
    bare = BRACKETED.sub("", core)
    first, joined, _ = bare.partition("및")
    if joined and len(first) >= 2:  # `문제점 및 향후계획`: what is named first
        kind, rest, _ = kind_of_heading(first, rules)
        if kind is not None:
            return kind, rest, False
    whole = rules.exact_sections.get(core) or rules.exact_sections.get(bare)
    if whole is not None:
        return whole, 0, True
    for word, kind, exact in rules.section_words:
        if not exact and word in bare:
            return kind, len(bare) - len(word), False
    return None, len(bare), False


def _numbering(m: re.Match[str]) -> tuple[str, str]:
    """The number that a heading bears, and its style: that of all numbers of its form."""
    name = (m.lastgroup or "").removesuffix("sep")  # what stands behind a number closes last
    if name in ("num", "han"):
        style = ("1" if name == "num" else "가") + m[name + "sep"]
    elif name == "bare":
        style = BARE_NUMBER
    else:
        style = _STYLES.get(name) or re.sub(r"\d+", "1", m[name])
    return m[name].strip("()[]<>【】"), style


def heading_of(span: Span, rules: Rules) -> Heading | None:
    """The line as a possible heading, or None where it cannot be one (too long, a label : value line, a date)."""
    text = span.text.strip(BLANKS)
    end = _end_of_words(text)
    return _heading(span, text, end, rules) if end else None


def _end_of_words(text: str) -> int:
    """Where the words of a possible heading end, before the note behind them; 0 where the line can be none."""
    if not text or len(text) > 90 or "\n" in text:
        return 0
    pair = _PAIR.match(text)
    if pair and not _NOTE_BEGINS.search(text, 1, pair.end()):
        return 0  # no note stands before the value
    end = _note_at(text)
    return 0 if pair and pair.end() <= end else end


def _heading(span: Span, text: str, end: int, rules: Rules) -> Heading | None:
    """text: that of the span without blanks around it; end: of the words."""
    note = text[end:]
    core = text[:end].rstrip(BLANKS)  # always `text[at:]`, up to its own length
    at = 0
    style, number = "", None
    if p := PREFIX.match(core):
        number, style = _numbering(p)
        at, core = _behind(core, p.end(), at)
    elif core[0] not in _OPEN and (i := marker_at(core, 0, rules)) > 0:
        while core[i : i + 1] == core[0]:  # `◎◎ 추진계획`
            i += 1
        style = core[:i]
        at, core = _behind(core, i, at)
        if q := PREFIX.match(core):  # `■ 1. 추진개요`
            number = _numbering(q)[0]
            at, core = _behind(core, q.end(), at)
    if core and core[0] in _OPEN:
        close = _CLOSE[_OPEN.index(core[0])]
        behind = core.find(close) + 1
        if (
            not core.endswith(close) and behind > 1 and _DATED.match(core, behind)
        ):  # `[추진실적] 2024년 상반기`
            note, core = core[behind:] + note, core[:behind]
        if not core.endswith(close):
            return None
        style += core[0] + (" " if core[1:2].isspace() else "") + close
        at, core = _behind(core[:-1].rstrip(BLANKS), 1, at)
        if number is None and (q := PREFIX.match(core)):
            number = q.group().strip().rstrip(".)")
            at, core = _behind(core, q.end(), at)
    name = core.rstrip(":：").rstrip()
    words = squeeze(name)
    if not name or len(words) > MAX_HEADING or LABELLED.search(core):
        return None
    kind, rest, exact = kind_of_heading(words, rules)
    whole = span.strip()
    return Heading(kind, number, whole.part(at, at + len(name)), whole, style, note, rest, exact)


def _behind(text: str, i: int, at: int) -> tuple[int, str]:
    """The text from i on without the blanks before it, and where it stands then. at: where the text stands."""
    rest = text[i:].lstrip(BLANKS)
    return at + len(text) - len(rest), rest


def paragraph_heading(p: Paragraph, rules: Rules, known: bool = False) -> Heading | None:
    """The paragraph as a possible heading, its automatic number put in front. known: it is wanted only if its words name a
    kind of section, which most lines do not."""
    if p.marker:
        span = p.span()
        h = heading_of(Span(f"{p.marker} {p.text}", p.place), rules)
        if h is None:
            return None
        at = p.text.find(h.title.text)
        title = p.span(at, at + len(h.title.text)) if at >= 0 else span.strip()
        return replace(h, title=title, span=span.strip())
    text = p.text.strip(BLANKS)
    end = _end_of_words(text)
    if not end or (known and not rules.section_pattern.search(squeeze(text[:end]))):
        return None
    h = _heading(p.span(), text, end, rules)
    # `<h4>`, a heading style of Word: the format says what the words need not show
    return replace(h, style=f"h{p.heading}") if h is not None and not h.style and p.heading else h


class Looks:
    """How lines begin that wear one of some styles of headings: a quick no for most lines."""

    def __init__(self, styles: Collection[str]) -> None:
        self.firsts = {s[0] for s in styles if s}
        self.counted = any(first.isalnum() for first in self.firsts)  # `1.`, `가.`, `①`: any number will do

    def may_be_of(self, p: Paragraph) -> bool:
        """Could the paragraph be a heading of these styles?"""
        first = p.text.lstrip()[:1]
        if first in self.firsts or p.marker or p.heading:
            return True
        return self.counted and (first.isalnum() or first >= "\U000f0000")


def heading_style(heads: Sequence[Heading]) -> set[str]:
    """The style of this card's headings: the one that names the most kinds; bare lines only when nothing else does."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for h in heads:
        if not h.style and (h.rest > BARE_REST or re.search(r"\d", h.title.text)):
            continue
        if h.style and h.rest > 14:
            continue
        kinds[h.style].add(h.kind or "")
    if not kinds:
        return set()

    def score(style: str) -> tuple[float, int]:
        n = float(len(kinds[style]))
        if (style in WEAK and style not in "□ㅁ") or (len(style) == 1 and style in "①"):
            n -= 1.5
        return n, 1 if style else 0

    best = max(kinds, key=score)
    if score(best)[0] <= 0:
        return set()
    return {best}
