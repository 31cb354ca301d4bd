"""The same blocks as txt, html and docx; a text conversion may lose spans and show it only by short rows."""

# ruff: noqa: E501
from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from .budget import Table


@dataclass(frozen=True)
class Line:
    text: str
    depth: int = 0  # steps of indentation


Block = Line | Table


def width_of(table: Table) -> int:
    return max(len(row) for row in expand(table))


def expand(table: Table) -> list[list[tuple[str, bool]]]:
    """Grid rows of (text, is this the cell's own place)."""
    taken: dict[tuple[int, int], bool] = {}
    rows: list[list[tuple[str, bool]]] = []
    for r, row in enumerate(table):
        line: dict[int, tuple[str, bool]] = {c: ("", below) for (rr, c), below in taken.items() if rr == r}
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            for dr in range(cell.rs):
                for dc in range(cell.cs):
                    taken[r + dr, c + dc] = dr > 0 and dc == 0
            line[c] = (cell.text, True)
            for dc in range(1, cell.cs):
                line[c + dc] = ("", False)
            c += cell.cs
        rows.append([line[k] for k in sorted(line)])
    return rows


def text_table(table: Table, lossy: bool) -> list[str]:
    """Tab-separated rows. Lossy: a cell that spans columns leaves one column, the row ends short and is padded at its end."""
    grid = expand(table)
    width = max(len(r) for r in grid)
    out = []
    for row in grid:
        kept = [" ".join(t.split()) for t, own in row if own or not lossy]
        out.append("\t".join(kept + [""] * (width - len(kept))))
    return out


def as_text(blocks: list[Block], *, lossy: bool, indent: str, blank_lines: bool) -> str:
    out: list[str] = []
    for b in blocks:
        if isinstance(b, Line):
            out.append(indent * b.depth + b.text)
            if blank_lines and b.text and b.depth == 0:
                out.append("")
        else:
            out += ["", *text_table(b, lossy), ""]
    return "\n".join(out) + "\n"


def as_html(blocks: list[Block], gov: str) -> str:
    out = [f'<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>공약현황 | {gov}</title></head><body>',
           '<ul class="menu"><li><a href="/a.do">민원안내</a></li><li><a href="/b.do">공약현황</a></li></ul><div id="content">']  # fmt: skip
    for b in blocks:
        if isinstance(b, Line):
            if b.text:
                out.append(f'<p style="margin-left:{b.depth * 12}px">{html.escape(b.text)}</p>')
            continue
        out.append("<table>")
        for row in b:
            out.append("<tr>" + "".join(_html_cell(c.text, c.rs, c.cs, c.head) for c in row) + "</tr>")
        out.append("</table>")
    out.append(
        "</div><div>자료관리 담당부서 : 홍보담당관 &nbsp; 이 페이지의 정보에 만족하십니까?</div></body></html>"
    )
    return "\n".join(out)


def _html_cell(text: str, rs: int, cs: int, head: bool) -> str:
    tag = "th" if head else "td"
    span = (f' rowspan="{rs}"' if rs > 1 else "") + (f' colspan="{cs}"' if cs > 1 else "")
    return f"<{tag}{span}>{html.escape(text).replace(chr(10), '<br>')}</{tag}>"


def write_docx(blocks: list[Block], path: Path) -> None:
    import docx
    from docx.shared import Pt

    doc = docx.Document()
    for b in blocks:
        if isinstance(b, Line):
            p = doc.add_paragraph(b.text)
            if b.depth:
                p.paragraph_format.left_indent = Pt(10 * b.depth)
            continue
        grid = expand(b)
        table = doc.add_table(rows=len(grid), cols=max(len(r) for r in grid))
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate(b):
            c = 0
            for cell in row:
                while (r, c) in taken:
                    c += 1
                taken |= {(r + i, c + j) for i in range(cell.rs) for j in range(cell.cs)}
                target = table.cell(r, c)
                if cell.rs > 1 or cell.cs > 1:
                    target = target.merge(table.cell(r + cell.rs - 1, c + cell.cs - 1))
                target.text = cell.text
                c += cell.cs
        doc.add_paragraph("")
    doc.save(str(path))
