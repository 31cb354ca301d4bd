"""Pieces of text that stand together, and the rows they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cardextract.plain import plain

LEADING = 0.5
"""Of the line height: lines nearer than this may stand in one cell; rows of a table stand further apart."""

APART = 1.0
"""Points: half of the least white space between columns."""

_FIGURE = re.compile(r"[-–—－△▲()\d.,%·]+$")


def is_figure(text: str) -> bool:
    """Whether a text is a figure or a sign for none."""
    return _FIGURE.match(text.strip()) is not None


class Piece(NamedTuple):
    """Text that stands together in one line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def figure(self) -> bool:
        """A figure or a sign for none."""
        return is_figure(self.text)


@plain(frozen=True, slots=True)
class Row:
    """A row of a table, or part of one: its pieces from left to right."""

    pieces: tuple[Piece, ...]
    floating: tuple[Piece, ...] = ()

    @property
    def breadth(self) -> int:
        """How many pieces stand side by side."""
        return len(columns_of(self.pieces, 2 * APART))

    def between(self, low: float, high: float) -> Row:
        """The row's pieces that stand between two edges."""
        inside = [
            tuple(p for p in pieces if low < p.x0 + 1 and p.x1 - 1 < high)
            for pieces in (self.pieces, self.floating)
        ]
        return Row(inside[0], inside[1])

    @property
    def top(self) -> float:
        return min(p.top for p in self.pieces)

    @property
    def bottom(self) -> float:
        return max(p.bottom for p in self.pieces)


def columns_of(pieces: Iterable[Piece], apart: float) -> list[tuple[float, float]]:
    """What the pieces cover from left to right, as intervals that stand apart."""
    out: list[tuple[float, float]] = []
    for p in sorted(pieces, key=lambda p: p.x0):
        if out and p.x0 - out[-1][1] < apart:
            out[-1] = (out[-1][0], max(out[-1][1], p.x1))
        else:
            out.append((p.x0, p.x1))
    return out
