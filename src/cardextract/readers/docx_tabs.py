"""The tab stops of a Word document."""

from __future__ import annotations

from typing import Any

from cardextract.readers.docx_lists import VAL, W, number
from cardextract.readers.tabbed import Stops

_KINDS = {"right": "right", "end": "right", "decimal": "right", "center": "center"}
_NONE = frozenset(("clear", "bar", "num"))
USUAL_STEP = 36.0
"""Half an inch: what Word takes where a document says nothing."""


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
