"""Words of a PDF page: characters that stand together, with their places."""

from __future__ import annotations

from typing import NamedTuple

GAP = 0.22
"""Of the line height: a wider gap between two characters is a space (a space has 0.25 to 0.5 em)."""

SCRIPT_GAP = 0.4
"""Of the line height: where scripts meet on a page that prints its spaces, only a wider gap is a space."""

CUT = "…"
"""Put behind a text whose end is not shown: a figure without its last digits is none."""


class Word(NamedTuple):
    """Characters that stand together, spaces within included; `first` is the index of the first in the page.

    xs: the left edge of each character; their middle decides in which cell a character stands.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    first: int
    xs: tuple[float, ...]
