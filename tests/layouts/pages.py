"""Web pages of the old kind: tables for layout, one in another, with the site's menu, sidebar and foot in their cells."""

from __future__ import annotations

import random

from .render import Block, as_html

MENU = ("시장실", "열린시정", "공약", "공약 이행현황", "시민참여", "정보공개", "분야별정보")


def as_layout_page(blocks: list[Block], gov: str, seed: str) -> str:
    """The page's content in one to three tables that only lay it out."""
    rng = random.Random(seed)
    page = as_html(blocks, gov)
    start, end = page.index('<div id="content">') + len('<div id="content">'), page.rindex("</div><div>")
    head, content = page[: page.index("<ul class")], page[start:end]
    if rng.random() < 0.5:
        content = _in_rows(content)
    for level in range(rng.randint(1, 3)):
        content = _WRAPS[level](content, gov, rng)
    return f"{head}{content}</body></html>"


def _in_rows(content: str) -> str:
    """Each line and table of the content in a row of its own."""
    return (
        "<table border=0 width=100%>"
        + "".join(f"<tr><td>{line}</td></tr>" for line in _parts(content))
        + "</table>"
    )


def _parts(content: str) -> list[str]:
    out, depth = [""], 0
    for line in content.split("\n"):
        depth += line.count("<table") - line.count("</table")
        out[-1] += line
        if not depth and out[-1]:
            out.append("")
    return [part for part in out if part]


def _framed(content: str, gov: str, _rng: random.Random) -> str:
    title = f"<tr><td><img src=t.gif alt='{gov} 공약'> <b>공약 이행현황</b></td><td align=right>홈 &gt; 열린시정 &gt; 공약</td></tr>"
    return f"<table width=700>{title}<tr><td colspan=2>{content}</td></tr></table>"


def _beside_menu(content: str, _gov: str, rng: random.Random) -> str:
    menu = "<br>".join(f"<a href=/{i}.do>{name}</a>" for i, name in enumerate(rng.sample(MENU, 5)))
    side = f"<td width=180 valign=top>{menu}</td>"
    return f"<table cellpadding=0><tr>{side}<td valign=top>{content}</td></tr></table>"


def _whole_page(content: str, gov: str, rng: random.Random) -> str:
    top = "".join(f"<td><a href=/m{i}.do>{name}</a></td>" for i, name in enumerate(MENU))
    foot = f"({rng.randint(10000, 63000)}) {gov} 중앙로 {rng.randint(1, 300)} 대표전화 000-000-0000"
    return (
        f"<table width=100%><tr><td><table><tr>{top}</tr></table></td></tr>"
        f"<tr><td>{content}</td></tr><tr><td align=center>{foot}<br>COPYRIGHT {gov}</td></tr></table>"
    )


_WRAPS = (_framed, _beside_menu, _whole_page)
