"""Text that does not run from left to right: whole pages that lie on a side or stand on their head, and labels
that climb up a narrow cell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from cardextract.document import Box
from cardextract.readers.pdf_shapes import Matrix, times
from cardextract.readers.pdf_words import GAP, Word

Angle = Callable[[int], float]
"""The direction in which the character of an index runs on the page, clockwise, in radians."""

SAMPLE = 40
"""Characters asked for their direction."""

FEWEST = 20
"""Words of one character from which on (and half of all) a page may lie on its side."""


def quarter_turns(words: Sequence[Word], angle: Angle) -> int:
    """How many quarter turns, clockwise, bring the page's text upright; 0 for nearly every page.

    Only a page of many single characters is asked: text that runs up or down falls apart into them.
    """
    alone = [word for word in words if len(word.text) == 1]
    if len(alone) < FEWEST or 2 * len(alone) < len(words):
        return 0
    step = max(1, len(words) // SAMPLE)
    asked = Counter(quarter(angle(word.first)) for word in words[::step])
    turn, often = asked.most_common(1)[0]
    return -turn % 4 if 2 * often > asked.total() else 0


def quarter(angle: float) -> int:
    """An angle in quarter turns."""
    return round(angle / (math.pi / 2)) % 4


def turned(matrix: Matrix, width: float, height: float, turns: int) -> tuple[Matrix, float, float]:
    """The page's matrix and size after quarter turns, clockwise."""
    for _ in range(turns):
        matrix = times(matrix, (0, 1, -1, 0, height, 0))
        width, height = height, width
    return matrix, width, height


def turned_back(box: Box, turns: int) -> Box:
    """A box in fractions of the turned page, in fractions of the page as it is rendered."""
    for _ in range(turns):
        x0, y0, x1, y1 = box
        box = (y0, 1 - x1, y1, 1 - x0)
    return box


def climbed(words: Sequence[Word], angle: Angle) -> list[Word]:
    """Single characters that climb (or fall) one after the other, turned by a quarter, put together as one word."""
    out: list[Word] = []
    last: Word | None = None  # the last character of the word that climbs
    for word in words:
        alone = len(word.text) == 1
        room = _step(last, word) if alone and last is not None else None
        if room is not None and all(quarter(angle(w.first)) % 2 for w in (last, word) if w is not None):
            before = out[-1]
            space = " " if room > GAP * (word.x1 - word.x0) else ""
            out[-1] = before._replace(
                text=before.text + space + word.text,
                x0=min(before.x0, word.x0), top=min(before.top, word.top),
                x1=max(before.x1, word.x1), bottom=max(before.bottom, word.bottom),
                xs=before.xs + word.xs * (1 + len(space)),
            )  # fmt: skip
        else:
            out.append(word)
        last = word if alone else None
    return out


def _step(before: Word, word: Word) -> float | None:
    """The gap between two characters of which the second stands above or below the first, else None."""
    width = max(before.x1 - before.x0, word.x1 - word.x0)
    if abs(before.x0 + before.x1 - word.x0 - word.x1) > 0.8 * width:
        return None
    room = max(before.top - word.bottom, word.top - before.bottom)
    return room if -0.3 * width <= room <= width else None
