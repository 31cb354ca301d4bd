"""Figures of a table that came as bare lines: what was a budget in print must not pass for text in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cardextract.budget.axes import terms
from cardextract.document import Span
from cardextract.outline import Node
from cardextract.rules import Rules

FEWEST, WORDS = 3, 5
"""Figures, together with a word of a budget's axis, that make lines a table; words of axes that do so alone."""

LONG = 40
"""No figure and no word of an axis is so long."""
SHORT = 16
"""A word of an axis is shorter."""
_FIGURE = re.compile(r"[-△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_BLANK = re.compile(r"[-–—－·0]")
_APART = re.compile(r"\s{2,}|[\t\u3000;|│┃║]|(?<!\d),(?=\S)|(?<=\S),(?!\d{3}|\s)")
"""What stands between the cells of a row that came as a line: blanks, bars, the commas of a CSV file."""


def stray_budget(lines: Iterable[Span], rules: Rules) -> Span | None:
    """The first of the lines that look like the rows (or the cells, one below the other) of a budget, if any do."""
    start: Span | None = None
    figures = named = 0
    indicators = False  # figures below `성과지표` are no amounts
    for line in lines:
        pieces = _pieces(line.text, rules)
        if len(pieces) == 1 and len(only := pieces[0]) >= SHORT:
            if len(only) > LONG:
                start, figures, named = None, 0, 0  # a sentence
                continue
            if not only[-1].isdecimal():
                start, figures, named = None, 0, 0  # neither a word nor a figure: most lines
                indicators = False
                continue
        count = axis = known = 0
        for p in pieces:
            figure = _FIGURE.fullmatch(p) is not None
            dimensions = _dimensions(p, rules)
            on_axis = any(d != "not_budget" for d in dimensions)
            indicators = indicators or "not_budget" in dimensions
            count += figure
            axis += on_axis
            known += figure + on_axis + (_BLANK.fullmatch(p) is not None)
        if not pieces or known + (len(pieces) > 1) < len(pieces):
            start, figures, named = None, 0, 0
            indicators = False
            continue
        start = start or line
        figures += count
        named += axis
        if not indicators and (named >= WORDS or (figures >= FEWEST and named)):
            return start
    return None


def cells_of(text: str) -> list[str]:
    """What stands apart in a line: between wide blanks, tabs, bars or the commas of a CSV file.

    >>> cells_of('"구분","계","1,200"'), cells_of("○ 위치: 가온동, 나루동")
    (['구분', '계', '1,200'], ['○ 위치: 가온동, 나루동'])
    """
    return [bare for p in _APART.split(text.strip()) if p and (bare := p.strip(" \"'"))]


def _pieces(text: str, rules: Rules) -> list[str]:
    """The cells of a line: what stands apart, or single words where all of four or more could be cells."""
    words = text.split()
    if len(words) > 3 and _are_cells(words, rules):
        return words
    whole = text.strip()
    if whole == " ".join(words) and not _PARTS.search(whole):
        return [bare] if (bare := whole.strip(' "')) else []  # most lines: nothing stands apart
    return [bare for p in _APART.split(whole) if p and (bare := p.strip(' "'))]


_PARTS = re.compile(r"[;|│┃║,](?:(?<!,)|(?!\s|(?<=\d,)\d{3}))")
"""What parts cells beside blanks: without it, a line of single blanks is one piece."""


def _are_cells(words: Iterable[str], rules: Rules) -> bool:
    for w in words:
        if not w[0].isalpha() and (_FIGURE.fullmatch(w) or _BLANK.fullmatch(w)):
            continue
        said = terms(w, rules) if len(w) < SHORT else ()
        if not said or all(t.dimension == "not_budget" for t in said):
            return False
    return True


def _dimensions(text: str, rules: Rules) -> list[str]:
    """What a cell says as a word of a budget's axis."""
    return [t.dimension for t in terms(text, rules)] if len(text) < SHORT else []


_YEARLY = re.compile(r"(?:20\d\d|['’]\d\d)\s?년?\D{0,20}\d[\d,.]*\s?(?:천|백만|억|만)?\s?원")


def yearly_amounts(lines: Iterable[Span]) -> Span | None:
    """The first of two or more lines that state an amount for a year: a budget in words."""
    found = [line for line in lines if _YEARLY.search(line.text)]
    return found[0] if len(found) > 1 or sum(len(_YEARLY.findall(f.text)) for f in found) > 1 else None


def lines_of(nodes: Iterable[Node]) -> list[Span]:
    """The texts of items, in the order in which they stand."""
    out: list[Span] = []
    for node in nodes:
        out.append(node.line.span)
        if node.children:
            out += lines_of(node.children)
    return out
