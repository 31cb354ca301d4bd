"""Marks that open items, told by their characters: what rules list as markers, notes and arrows, made ready to be looked up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from cardextract.plain import plain

_BEFORE_BLANK = frozenset("ㅇㅁㅡ-–−—+")
"""Markers that are none without a blank behind them: a letter, a minus, a dash within a word."""
DASHES = ("-", "–", "−")
"""What a converter puts in front of a line that has a mark of its own."""
MINUSES = "△▲▽▼"
"""Marks that are a minus before a figure."""
_NEVER = r"(?!)"


@plain(frozen=True, slots=True)
class Mark:
    """What begins with a character: a mark of its own (none without a blank behind it?), arrows (`=>`)."""

    alone: bool
    before_blank: bool
    arrows: tuple[str, ...]


def marks_at(markers: Collection[str], notes: Collection[str], arrows: Collection[str]) -> dict[str, Mark]:
    """First character of a marker, note or arrow -> what it may be.

    >>> marks_at(["-", "○"], ["※"], ["=>"])["-"]
    Mark(alone=True, before_blank=True, arrows=())
    """
    always = {*notes, *arrows}
    return {
        c: Mark(
            alone=c in always or c in markers,
            before_blank=c in _BEFORE_BLANK and c not in always,
            arrows=tuple(arrow for arrow in arrows if len(arrow) > 1 and arrow[0] == c),
        )
        for c in {word[0] for word in (*markers, *always) if word}
    }


def usual_mark(marks: Mapping[str, Mark]) -> re.Pattern[str]:
    """How most lines with a mark begin: a mark that needs no look around it, a dash before it or none; or a dash before a
    word. The group that matched is the mark; whatever begins otherwise is to be looked at closely.

    >>> m = usual_mark(marks_at(["-", "○"], [], [])).match(" - ○ 나루 쉼터")
    >>> m.span(m.lastindex)
    (3, 4)
    """
    sure = [c for c, m in marks.items() if m.alone and not m.before_blank and not m.arrows]
    own = _one_of(c for c in sure if c not in MINUSES and c not in DASHES and not c.isspace())
    dash = _one_of(c for c, m in marks.items() if c in DASHES and m.alone and not m.arrows)
    word = _NEVER if any(map(_is_syllable, marks)) else r"\s+[가-힣](?![.)])"
    return re.compile(rf"\s*(?:(?:{dash}\s+)?({own})|({dash})(?={word}))")


def item_starts(marks: Mapping[str, Mark]) -> re.Pattern[str]:
    """Where a mark can begin in a line: at its start or behind white space, with no word (`가.` is one)."""
    return re.compile(rf"(?:^|(?<=\s))(?:[^\s가-힣]|[가-힣](?=[.)])|{_one_of(filter(_is_syllable, marks))})")


def _is_syllable(c: str) -> bool:
    return "가" <= c <= "힣"


def _one_of(characters: Iterable[str]) -> str:
    """A pattern of one of the characters; of none where there are none."""
    escaped = "".join(map(re.escape, sorted(characters)))
    return f"[{escaped}]" if escaped else _NEVER
