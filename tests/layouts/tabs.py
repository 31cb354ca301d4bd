"""Word documents of people who strike tabs instead of drawing a table: each row is a line, no cell is merged.

`stops`: the line has a tab stop for each column, so one tab leads to the next. `struck`: only the stops that every line
has, and tabs are struck until the columns stand below one another; how wide print is, is drawn with the file's name.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .render import Block, Line, expand

Measure = tuple[float, float, float]
"""Width of a syllable in points, width of a figure in syllables, distance of the stops that every line has."""


def write_tabbed(blocks: list[Block], path: Path, struck: bool) -> None:
    import docx
    from docx.shared import Pt

    rng = random.Random(path.stem)
    measure = (
        rng.choice([9, 9.3, 10, 10.4, 11, 11.7, 12]),
        rng.choice([0.48, 0.5, 0.53, 0.56, 0.6, 0.63]),
        rng.choice([36, 40]),
    )
    made = docx.Document()
    _set_step(made, measure[2])
    for block in blocks:
        if isinstance(block, Line):
            made.add_paragraph(block.text).paragraph_format.left_indent = Pt(10 * block.depth)
            continue
        rows = [[" ".join(t.split()) if own else "" for t, own in row] for row in expand(block)]
        columns = _columns(rows, measure, struck)
        for row in rows:
            if not any(row):
                continue
            line = made.add_paragraph(
                _struck(row, columns, measure) if struck else "\t".join(row).rstrip("\t")
            )
            for stop in [] if struck else columns[1:]:
                line.paragraph_format.tab_stops.add_tab_stop(Pt(stop))
        made.add_paragraph("")
    made.save(str(path))


def _set_step(made: Any, step: float) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    settings = made.settings.element
    element = settings.find(qn("w:defaultTabStop"))
    if element is None:
        element = OxmlElement("w:defaultTabStop")
        settings.append(element)
    element.set(qn("w:val"), str(int(step * 20)))


def _width(text: str, measure: Measure) -> float:
    em, narrow, _ = measure
    return sum(em if unicodedata.east_asian_width(c) in "WFA" else em * narrow for c in text)


def _columns(rows: Sequence[Sequence[str]], measure: Measure, struck: bool) -> list[float]:
    """Where the columns begin: each has room for its widest text."""
    out = [0.0]
    step = measure[2]
    for c in range(max(map(len, rows)) - 1):
        right = out[-1] + max(
            30, 4 + max((_width(row[c], measure) for row in rows if c < len(row)), default=0)
        )
        out.append((right // step + 1) * step if struck else right)
    return out


def _struck(row: Sequence[str], columns: Sequence[float], measure: Measure) -> str:
    out, x, step = "", 0.0, measure[2]
    for c, text in enumerate(row):
        while text and x < columns[c] - 0.01:
            out += "\t"
            x = ((x + 0.001) // step + 1) * step
        out += text
        x += _width(text, measure)
    return out
