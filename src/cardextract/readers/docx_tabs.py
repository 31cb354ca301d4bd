"""The tab stops of a Word document, and its runs of lines with tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cardextract.document import Block, Paragraph
from cardextract.readers.docx_lists import VAL, W, number
from cardextract.readers.tabbed import Stops, TabLine, laid_out, tab_line

_KINDS = {"right": "right", "end": "right", "decimal": "right", "center": "center"}
_NONE = frozenset(("clear", "bar", "num"))
USUAL_STEP = 36.0
"""Half an inch: what Word takes where a document says nothing."""


@dataclass
class TabRun:
    """Lines with tabs that follow one another. step: the distance of the stops that every line has, in points."""

    step: float
    lines: list[TabLine] = field(default_factory=list)

    def takes(self, p: Any, blocks: Sequence[Block]) -> bool:
        """Adds the lines of a paragraph, if all of them are rows between tabs."""
        if not any(isinstance(b, Paragraph) and "\t" in b.text for b in blocks):
            return False
        stops = tab_stops(p.find(W + "pPr"), self.step)
        goes_on = bool(self.lines)
        rows = [tab_line(b, stops, goes_on) if isinstance(b, Paragraph) else None for b in blocks]
        taken = [row for row in rows if row is not None]
        if len(taken) < len(blocks):
            return False
        self.lines += taken
        return True

    def end(self, number: int) -> list[Block]:
        """The run as table `number`, or its lines where they are none; the run is empty then."""
        table = laid_out(self.lines, number) if self.lines else None
        out: list[Block] = [line.paragraph for line in self.lines] if table is None else [table]
        self.lines.clear()
        return out


def tab_stops(ppr: Any, step: float) -> Stops:
    """The stops that a paragraph sets itself."""
    tabs = None if ppr is None else ppr.find(W + "tabs")
    found = [
        (number(tab.get(W + "pos")) / 20, _KINDS.get(tab.get(VAL, ""), "left"))
        for tab in (tabs if tabs is not None else ())
        if tab.get(VAL) not in _NONE
    ]
    return Stops(tuple(sorted(found)), step)


def tab_step(settings: Any) -> float:
    """The distance of the stops that every line has, in points."""
    stop = None if settings is None else settings.find(W + "defaultTabStop")
    stated = number(stop.get(VAL)) / 20 if stop is not None else 0.0
    return stated if stated >= 1 else USUAL_STEP
