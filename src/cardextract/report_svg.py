"""The drawings of the report: inline SVG without script, readable without colour (every area has its own
pattern).

Each function returns markup that is safe to put into a page: texts are escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

WIDTH = 680
"""User units across the page's text width."""
INK, FAINT, GRID = "#1f2933", "#5b6773", "#d9dee3"
FILLS = {
    "plan": ("#dfe6ee", ""),
    "secured": ("#a9bfd6", "M0 6 L6 0"),
    "spent": ("#28527a", ""),
    "completed": ("#2c6e49", ""),
    "completed_ongoing": ("#7fb294", "M0 6 L6 0"),
    "in_progress": ("#3d6d9e", ""),
    "partial": ("#a8c0d8", "M0 0 L6 6"),
    "delayed": ("#d99a4e", "M0 3 H6"),
    "on_hold": ("#b9a7c7", "M3 0 V6"),
    "dropped": ("#6b6b6b", "M0 0 L6 6 M0 6 L6 0"),
    "planned": ("#eceff2", "M3 3 h.1"),
    "none": ("#ffffff", ""),
}
"""Name -> colour and the stroke of its pattern."""
DARK = frozenset({"spent", "completed", "in_progress", "dropped"})


def patterns() -> Markup:
    """The fills, once a page."""
    out = []
    for name, (colour, stroke) in FILLS.items():
        ink = "#ffffff" if name in DARK else "#00000066"
        drawn = (
            f'<path d="{stroke}" stroke="{ink}" stroke-width="1" stroke-linecap="round"/>' if stroke else ""
        )
        out.append(
            f'<pattern id="f-{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect width="6" height="6" fill="{colour}"/>{drawn}</pattern>'
        )
    return Markup(
        f'<svg width="0" height="0" aria-hidden="true" class="defs"><defs>{"".join(out)}</defs></svg>'
    )


def swatch(name: str) -> Markup:
    """A small sample of a fill, for legends and tables."""
    drawn = rectangle(0.5, 0.5, 11, 11, f'fill="url(#f-{name})" stroke="{INK}" stroke-width=".6"')
    about = 'viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"'
    return Markup(f'<svg class="swatch" {about}>{drawn}</svg>')


def drawing(height: float, label: str, body: str) -> Markup:
    """An image with a text for those who do not see it."""
    about = f'viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(label)}"'
    return Markup(f'<svg class="chart" {about}>{body}</svg>')


def rectangle(x: float, y: float, width: float, height: float, style: str) -> str:
    """A rectangle."""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" {style}/>'


def rule(left: float, right: float, y: float, *, base: bool) -> str:
    """A horizontal line of the grid, darker at its base."""
    return f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT if base else GRID}"/>'


def text(x: float, y: float, words: str, anchor: str = "start", size: float = 11, fill: str = INK) -> str:
    """A piece of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{fill}">'
        f"{escape(words)}</text>"
    )


def stacked(parts: Sequence[tuple[str, str, int]], label: str) -> Markup:
    """One bar of parts: (fill, words, count); words stand in or under their part."""
    whole = sum(count for _, _, count in parts)
    if not whole:
        return Markup("")
    x, body = 0.0, []
    for fill, _, count in parts:
        width = WIDTH * count / whole
        body.append(rectangle(x, 0, width, 34, f'fill="url(#f-{fill})" stroke="#fff"'))
        if width > 24:
            middle = x + width / 2
            body.append(rectangle(middle - 12, 8, 24, 18, 'rx="2" fill="#fff" fill-opacity=".92"'))
            body.append(text(middle, 21.5, f"{count}", "middle", 12))
        x += width
    body.append(rectangle(0.5, 0.5, WIDTH - 1, 33, f'fill="none" stroke="{FAINT}"'))
    return drawing(34, label, "".join(body))


def ticks(most: int) -> list[int]:
    """Round amounts from 0 to at least `most`, at most five steps apart.

    >>> ticks(5_360_000_000), ticks(35)
    ([0, 2000000000, 4000000000, 6000000000], [0, 10, 20, 30, 40])
    """
    size = 10 ** (len(str(most)) - 1)
    step = next(s for s in (size // 5, size // 4, size // 2, size, 2 * size) if s and -(-most // s) <= 5)
    return [step * i for i in range(-(-most // step) + 1)]


def columns(
    groups: Sequence[str],
    series: Mapping[str, Sequence[int | None]],
    axis: Sequence[tuple[int, str]],
    label: str,
) -> Markup:
    """Upright bars: for every group one of each series; `axis`: amounts and their words, from 0 up."""
    top, bottom, left = 14.0, 170.0, 64.0
    most = axis[-1][0]
    body = []
    for mark, words in axis:
        y = bottom - (bottom - top) * mark / most
        body.append(rule(left, WIDTH, y, base=not mark))
        body.append(text(left - 8, y + 4, words, "end", 10.5, FAINT))
    step = (WIDTH - left) / max(1, len(groups))
    width = min(22.0, step * 0.8 / max(1, len(series)))
    for i, group in enumerate(groups):
        middle = left + step * (i + 0.5)
        body.append(text(middle, bottom + 17, group, "middle", 11))
        for k, (name, values) in enumerate(series.items()):
            value = values[i]
            if not value:
                continue
            height = (bottom - top) * value / most
            x = middle + width * (k - len(series) / 2)
            style = f'fill="url(#f-{name})" stroke="{INK}" stroke-width=".6"'
            body.append(rectangle(x + 0.5, bottom - height, width - 1, height, style))
    return drawing(bottom + 26, label, "".join(body))


def meter(value: float | None, fill: str) -> Markup:
    """A small bar of 0..100 percent; what lies above is shown as an arrow."""
    if value is None:
        return Markup("")
    share = max(0.0, min(100.0, value))
    over = f'<path d="M96 1.5 l3 3.5 l-3 3.5 z" fill="{INK}"/>' if value > 100 else ""
    return Markup(
        f'<svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x=".4" y="1" width="99.2" height="8" fill="#fff" stroke="#b8c0c8" stroke-width=".6"/>'
        f'<rect x=".4" y="1" width="{share * 0.992:.2f}" height="8" fill="url(#f-{fill})"/>{over}</svg>'
    )


def lines(
    dates: Sequence[str], series: Mapping[str, tuple[str, Sequence[float | None]]], label: str
) -> Markup:
    """Percentages over reports: name -> (words, values). The first line is solid with dots, the second dashed
    with squares, so that they differ without colour."""
    top, bottom, left, right = 16.0, 180.0, 44.0, 120.0
    most = max(100.0, *(v for _, values in series.values() for v in values if v is not None))
    styles = (("#28527a", "", "circle"), ("#a35b12", "6 4", "square"))
    body = []
    for mark in (0, 25, 50, 75, 100):
        y = bottom - (bottom - top) * mark / most
        body.append(rule(left, WIDTH - right, y, base=not mark))
        body.append(text(left - 8, y + 4, f"{mark}%", "end", 10.5, FAINT))
    step = (WIDTH - left - right) / max(1, len(dates))
    for i, day in enumerate(dates):
        body.append(text(left + step * (i + 0.5), bottom + 18, day, "middle", 11))
    ends = []
    for (colour, dash, shape), (words, values) in zip(styles, series.values(), strict=False):
        points = [
            (left + step * (i + 0.5), bottom - (bottom - top) * v / most)
            for i, v in enumerate(values)
            if v is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        body.append(f'<polyline points="{path}" {stroke}/>')
        for x, y in points:
            if shape == "circle":
                body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
            else:
                body.append(rectangle(x - 3.5, y - 3.5, 7, 7, f'fill="{colour}"'))
        if points:
            last = next(v for v in reversed(values) if v is not None)
            ends.append((points[-1][1], points[-1][0], f"{words} {last:.1f}%", colour))
    lowest = 0.0
    for y, x, words, colour in sorted(ends):
        lowest = max(y, lowest + 15)
        body.append(text(x + 10, lowest + 4, words, "start", 11, colour))
    return drawing(bottom + 28, label, "".join(body))
