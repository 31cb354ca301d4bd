"""Build the sample cards in every format from one description each: `python tests/cards/make.py [--pdf] [--golden]`.

A description (`NAME.card`) is the card as it is printed. A line is a paragraph, its leading spaces are its indent; a line
of cells stands between bars: `<` continues the cell on the left, `^` the one above, `//` ends a line in a cell. All names
and figures are invented; three hold a deliberate mistake: `naru` (2023 군비: 57 instead of 75),
`dasom` (2024 구비 집행: 128 instead of 182), `baram` (a result dated after the as-of date). PDF needs Chromium and a Korean
font, so it is only made with --pdf. --golden writes the record of the text version, without what depends on the run,
to `NAME.json`: read its diff before you commit it, since every format is tested against it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
INBOX = {
    "baram": "바람시_도시숲.html",
    "dasom": "다솜구_안심골목.pdf",
    "eunha": "은하군_꾸러미센터.hwp",
    "gaon": "가온구_물길되살리기.hwpx",
    "haesol": "해솔시_돌봄센터.docx",
    "naru": "나루군_작은도서관.txt",
}
"""Which card stands in which format in the sample inbox."""
SITES = {"baram"}
"""Cards that stand on a web site's page, with its menu and its foot."""
KEEPS_BLANKS = {"naru"}
"""Cards whose text conversion leaves a blank field for each merged cell; the others lose them, as the seed does."""
STYLE = (
    "@page { size: A4; margin: 18mm } body { font-family: 'NanumGothic'; font-size: 10pt } p { margin: 2px 0; white-space: pre-wrap }"
    " table { border-collapse: collapse; width: 100%; margin: 4px 0 } td { border: 1px solid #000; padding: 2px 4px; word-break: keep-all }"
)


@dataclass(frozen=True)
class Box:
    """A cell: its top left corner, its size and its lines."""

    row: int
    col: int
    down: int
    right: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table of boxes."""

    rows: int
    cols: int
    boxes: tuple[Box, ...]


def parse(text: str) -> list[str | Grid]:
    """The paragraphs (blank ones too) and tables of a description. Raises ValueError for a crooked table."""
    out: list[str | Grid] = []
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([c.strip() for c in line.strip()[1:-1].split("|")])
            continue
        if rows:
            out.append(grid(rows))
            rows = []
        out.append(line.rstrip())
    while out and out[-1] == "":
        out.pop()
    return out


def grid(rows: list[list[str]]) -> Grid:
    """Rows of cell texts as a table with spans."""
    width = len(rows[0])
    if any(len(r) != width for r in rows):
        raise ValueError(f"rows of unequal length: {[r for r in rows if len(r) != width]}")
    boxes = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right = down = 1
            while c + right < width and row[c + right] == "<":
                right += 1
            while r + down < len(rows) and rows[r + down][c] == "^":
                down += 1
            boxes.append(Box(r, c, down, right, tuple(x.strip() for x in text.split("//"))))
    return Grid(len(rows), width, tuple(boxes))


def as_text(blocks: list[str | Grid], *, blanks: bool = False) -> str:
    """As a converter prints it: tabs between cells, a cell's lines joined, merged cells lost or left as blanks."""
    out = []
    for b in blocks:
        if isinstance(b, str):
            out.append(b)
            continue
        starts = {(x.row, x.col): " ".join(x.lines) for x in b.boxes}
        merged = {(x.row, x.col + k) for x in b.boxes for k in range(1, 1 if blanks else x.right)}
        for r in range(b.rows):
            out.append("\t".join(starts.get((r, c), "") for c in range(b.cols) if (r, c) not in merged))
    return "\n".join(out) + "\n"


def as_html(blocks: list[str | Grid], title: str) -> str:
    """A page with real tables; it is what the PDF is printed from, too."""
    body = []
    for b in blocks:
        if isinstance(b, str):
            if b:
                body.append(f"<p>{escape(b).replace('  ', '&nbsp;&nbsp;')}</p>")
            continue
        body.append("<table>")
        for r in range(b.rows):
            cells = sorted((x for x in b.boxes if x.row == r), key=lambda x: x.col)
            body.append("<tr>" + "".join(_td(x) for x in cells) + "</tr>")
        body.append("</table>")
    return (
        f'<!DOCTYPE html>\n<html lang="ko"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head>\n'
        "<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def on_a_site(page: str) -> str:
    """The page inside a made-up district site: a menu above, the page's owner and the address below."""
    menu = "".join(
        f'<li><a href="#">{name}</a></li>'
        for name in ("시장실", "열린시정", "공약", "공약 이행상황", "시민참여")
    )
    top = f'<header><a href="#main">본문 바로가기</a><nav><ul>{menu}</ul></nav></header>\n<main id="main">'
    foot = (
        '</main>\n<footer><p><a href="#">목록</a></p><p>이 페이지의 정보에 만족하십니까?</p>'
        "<p>자료관리 담당부서: 기획예산과</p><p>바람시청 COPYRIGHT BARAM CITY</p></footer>"
    )
    return page.replace("<body>", f"<body>\n{top}").replace("</body>", f"{foot}\n</body>")


def _td(box: Box) -> str:
    spans = (f' rowspan="{box.down}"' if box.down > 1 else "") + (
        f' colspan="{box.right}"' if box.right > 1 else ""
    )
    return f"<td{spans}>{'<br>'.join(map(escape, box.lines))}</td>"


def as_docx(blocks: list[str | Grid], path: Path) -> None:
    """Word: real tables with merged cells, paragraphs with their indent typed as spaces."""
    from docx import Document

    made = Document()
    for b in blocks:
        if isinstance(b, str):
            made.add_paragraph(b)
            continue
        table = made.add_table(b.rows, b.cols, style="Table Grid")
        for x in b.boxes:
            cell = table.cell(x.row, x.col)
            if x.down > 1 or x.right > 1:
                cell = cell.merge(table.cell(x.row + x.down - 1, x.col + x.right - 1))
            cell.text = x.lines[0]
            for line in x.lines[1:]:
                cell.add_paragraph(line)
    made.save(str(path))
    stable(path)


def as_hwpx(blocks: list[str | Grid], path: Path) -> None:
    """Hangul: python-hwpx writes the package; the suffix decides between HWPX and HWP."""
    from hwpx import HwpxDocument

    made = HwpxDocument.new()
    for b in blocks:
        if isinstance(b, str):
            made.add_paragraph(b)
            continue
        table = made.add_table(b.rows, b.cols)
        for x in b.boxes:
            if x.down > 1 or x.right > 1:
                table.merge_cells(x.row, x.col, x.row + x.down - 1, x.col + x.right - 1)
            table.set_cell_text(x.row, x.col, x.lines[0])
            for line in x.lines[1:]:
                table.cell(x.row, x.col).add_paragraph(line)
    made.save_to_path(path)
    path.chmod(0o644)
    if path.suffix == ".hwpx":
        stable(path)


def stable(path: Path) -> None:
    """The archive again with fixed times: the same description gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(i.filename, i.compress_type, archive.read(i)) for i in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, method, data in members:
            text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", b"2024-07-01T00:00:00Z", data)
            info = zipfile.ZipInfo(name, (2024, 7, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, text if name.endswith((".xml", ".hpf", ".rdf")) else data)


def as_pdf(page: str, path: Path) -> None:
    """Print the page with Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "card.html"
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}",
                f"--user-data-dir={folder}/profile", source.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


RUN_FIELDS = ("card_id", "source", "rules_sha256", "evidence")
"""What depends on the file's bytes, the rules' or the format."""
FORM_CODES = ("HEADER_SHIFTED",)
"""Infos about a conversion, not about the card."""


def golden(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what depends on the run: the same for every format. Mentions have tests of their own."""
    out = {k: v for k, v in record.items() if k not in RUN_FIELDS}
    out["findings"] = [
        {k: f[k] for k in ("code", "kind", "severity", "paths", "expected", "actual", "suggestion")}
        for f in out["findings"]
        if f["code"] not in FORM_CODES
    ]
    return dict(json.loads(json.dumps(out), object_hook=_without_mentions))


def _without_mentions(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != "mentions"}


def write_golden(text: Path) -> None:
    """Read the text version with the project itself; the diff is for a person to read."""
    from cardextract import extract

    (card,) = extract(text, rules=HERE.parents[1] / "rules", profile="base", mentions=False)
    record = golden(json.loads(card.model_dump_json()))
    body = json.dumps(record, ensure_ascii=False, indent=1)
    text.with_suffix(".json").write_text(body + "\n", encoding="utf-8")


def make(source: Path, folder: Path, *, pdf: bool = False) -> list[Path]:
    """Write one description in every format into a folder; PDF on request. Returns the files."""
    blocks = parse(source.read_text(encoding="utf-8"))
    stem = folder / source.stem
    page = as_html(blocks, str(blocks[0]))
    stem.with_suffix(".txt").write_text(as_text(blocks, blanks=source.stem in KEEPS_BLANKS), encoding="utf-8")
    site = on_a_site(page) if source.stem in SITES else page
    stem.with_suffix(".html").write_text(site, encoding="utf-8")
    as_docx(blocks, stem.with_suffix(".docx"))
    as_hwpx(blocks, stem.with_suffix(".hwpx"))
    as_hwpx(blocks, stem.with_suffix(".hwp"))
    if pdf:
        as_pdf(page, stem.with_suffix(".pdf"))
    suffixes = ["txt", "html", "docx", "hwpx", "hwp", *(["pdf"] if pdf else [])]
    return [stem.with_suffix(f".{s}") for s in suffixes]


def main() -> None:
    """All cards, and the sample inbox from them."""
    for source in sorted(HERE.glob("*.card")):
        made = make(source, HERE, pdf="--pdf" in sys.argv)
        print(*(p.name for p in made))
        sample = HERE.parents[1] / "inbox" / INBOX[source.stem]
        if "--golden" in sys.argv:
            write_golden(source.with_suffix(".txt"))
        sample.write_bytes(source.with_suffix(sample.suffix).read_bytes())


if __name__ == "__main__":
    main()
