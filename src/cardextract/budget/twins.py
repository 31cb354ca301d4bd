"""Cells that hold a figure of each of two ledgers: `7,142 / 4,324`, `5,547(2,941)`, or one above the other.

Where words say the form (`계획/집행` in a corner, `괄호 안은 집행액` above the table), the table is read as two tables of
one grid, one for each ledger. Where none do, the second figures are nobody's: they are reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardextract.budget.axes import ledger_in, terms
from cardextract.document import Cell, Paragraph, Place, Table
from cardextract.rules import Rules
from cardextract.values import fold, squeeze

Ledgers = tuple[str, str]

_FIGURE = r"(?:[△▲▽▼-]\s?)?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?(?:천|백만|억)?원)?|[-–—－−]"
_HALF = r"(?:(?P<word#>[가-힣]{2,6})\s?[:：]?\s?)?(?P<figure#>" + _FIGURE + ")"
_A, _B, _C = (_HALF.replace("#", k) for k in "012")
_PAIR = re.compile(rf"\s*{_A}\s*(?:[(\[〔<]\s*{_B}\s*[)\]〕>]|(?:/|\s)\s*{_C})\s*")
_ONE = re.compile(rf"\s*(?:{_FIGURE})\s*")
_SPACED = re.compile(r"\s*\d{1,3}(?:[ \xa0]\d{3})+\s*")
"""May be one figure, its thousands set apart by blanks."""
_LABEL = re.compile(r"\s*(?P<a>[^/()\[\]]+?)\s*(?:[/(\[]|\s)\s*[(\[]?(?P<b>[^/()\[\]\s]+)[)\]]?\s*")
"""A label of two words: `계획/집행`, `계획(집행)`, `계획 집행`."""
_SAID = re.compile(r"(?=(?P<a>(?:(?!및)[가-힣]){2,14})(?P<by>[/(\[]|및)(?P<b>[가-힣]{2,12}))")
_BRACKETS = re.compile(r"(?:괄호|\(\))[안내속]?의?(?:금액|숫자|값)?[은는이:]?(?P<b>[가-힣]{2,8})")
_ABOVE = re.compile(
    r"(?:상단|위|윗줄|윗칸)[은는:]?(?P<a>[가-힣]{2,8}),?(?:하단|아래|아랫줄|아랫칸)[은는:]?(?P<b>[가-힣]{2,8})"
)
_RATE = re.compile(r"[(\[/]\s*[^()\[\]/\d]*(?:[률율%％]|비율|비중|진도)")


@dataclass(frozen=True)
class Twins:
    """A table with two figures in a cell: the rows of these cells, and the ledgers of the first and second figures, where
    words say them. guessed: a heading names the two, and not how they are printed."""

    rows: frozenset[int]
    places: tuple[Place, ...]
    ledgers: Ledgers | None = None
    guessed: bool = False


def _halves(text: str) -> list[tuple[str, int, int]]:
    """(the word before it, start, end) of the two figures of a cell; nothing where it holds no two."""
    if len(text) > 60:
        return []
    m = _PAIR.fullmatch(fold(text))
    if m is None:
        return []
    second = 1 if m["figure1"] else 2
    return [(m[f"word{k}"] or "", *m.span(f"figure{k}")) for k in (0, second)]


def is_pair(text: str) -> bool:
    """Does a cell hold two figures?

    >>> [is_pair(t) for t in ("7,142 / 4,324", "5,547(2,941)", "계획 812 / 집행 73", "1,234", "2024. 7. 2.")]
    [True, True, True, False, False]
    """
    return any(map(str.isdigit, text)) and bool(_halves(text))


def find_twins(table: Table, near: Sequence[str], rules: Rules) -> Twins | None:
    """Whether the cells of a table hold two figures each; near: its heading and the lines around it."""
    pairs = [c for c in table.cells if is_pair(c.text) and not terms(c.text.strip(), rules)]
    if all(_SPACED.fullmatch(c.text) for c in pairs):
        return None
    ledgers, guessed = _ledgers_said(table, pairs, near, rules)
    if (ledgers is None or guessed) and _rates(table, pairs, near):
        return None
    single = sum(_is_single(c, rules) for c in table.cells)
    enough = len(pairs) >= 2 and len(pairs) >= single
    places = tuple(c.place for c in pairs)
    return Twins(frozenset(c.row for c in pairs), places, ledgers if enough else None, guessed)


def _is_single(cell: Cell, rules: Rules) -> bool:
    text = cell.text.strip()
    return bool(_ONE.fullmatch(text)) and bool(text.strip("-–—－−0")) and not terms(text, rules)


def _ledgers_said(
    table: Table, pairs: Sequence[Cell], near: Sequence[str], rules: Rules
) -> tuple[Ledgers | None, bool]:
    """The two ledgers, and whether only a heading that joins them (`투자계획 및 집행`) says them."""
    words = {tuple(word for word, _, _ in _halves(c.text)) for c in pairs}
    if len(words) == 1:
        first, second = words.pop()
        if named := _two(first, second, rules):
            return named, False
    for c in table.cells:
        if (label := _LABEL.fullmatch(c.text)) and (named := _two(label["a"], label["b"], rules)):
            return named, False
    joined = None
    for text in (*near, *(c.text for c in table.cells if c.row == 0)):
        bare = squeeze(text)
        if (m := _ABOVE.search(bare)) and (named := _two(_core(m["a"], rules), _core(m["b"], rules), rules)):
            return named, False
        if (m := _BRACKETS.search(bare)) and (second := _ledger(_core(m["b"], rules), rules)):
            first = next((x for t in near if (x := ledger_in(t, rules)) and x != second), "plan")
            return ((first, second), False) if first != second else (None, False)
        for m in _SAID.finditer(bare):
            named = _two(_core(m["a"], rules, end=True), _core(m["b"], rules), rules)
            if named and m["by"] != "및":
                return named, False
            joined = joined or named
    return joined, joined is not None


def _core(word: str, rules: Rules, end: bool = False) -> str:
    """The longest part of a word, from its start (or to its end), that names a ledger: `집행액임` -> `집행액`."""
    parts = (word[n:] if end else word[: len(word) - n] for n in range(len(word) - 1))
    return next((p for p in parts if _ledger(p, rules)), word)


def _ledger(word: str, rules: Rules) -> str:
    found = terms(word.strip(), rules)
    return found[0].value if len(found) == 1 and found[0].dimension == "ledger" else ""


def _two(a: str, b: str, rules: Rules) -> Ledgers | None:
    first, second = _ledger(a, rules), _ledger(b, rules)
    return (first, second) if first and second and first != second else None


def _rates(table: Table, pairs: Sequence[Cell], near: Sequence[str]) -> bool:
    """Are the second figures rates? Words say so, or they look it: parts of a hundred with decimals beside whole amounts."""
    if any(_RATE.search(squeeze(t)) for t in (*near, *(c.text for c in table.cells if not is_pair(c.text)))):
        return True
    texts = [[c.text[i:j] for _, i, j in _halves(c.text)] for c in pairs]
    parts = [float(b.replace(",", "")) for _, b in texts if re.fullmatch(r"[\d,.]+", b)]
    dots = [("." in a, "." in b) for a, b in texts]
    return bool(parts) and max(parts) <= 100 and any(b for _, b in dots) and not any(a for a, _ in dots)


def split(table: Table, rules: Rules) -> Iterator[Table]:
    """The table of the first figures, and that of the second ones. A lone figure is a first one; a dash stands for both."""
    for k in (0, 1):
        yield replace(table, cells=tuple(_half(c, k, rules) for c in table.cells))


def _half(cell: Cell, k: int, rules: Rules) -> Cell:
    if terms(cell.text.strip(), rules) and not _LABEL.fullmatch(cell.text):
        return cell
    if halves := _halves(cell.text):
        return _part(cell, *halves[k][1:])
    if k and _is_single(cell, rules):
        return replace(cell, blocks=())
    label = _LABEL.fullmatch(cell.text)
    if label and _two(label["a"], label["b"], rules):
        return _part(cell, *label.span("ab"[k]))
    return cell


def _part(cell: Cell, i: int, j: int) -> Cell:
    """The cell with characters i..j of its text alone, each with its own place."""
    at = 0
    for p in cell.paragraphs:
        lead = len(p.marker) + 1 if p.marker else 0
        start = i - at - lead
        if 0 <= start < len(p.text):
            span = p.span(start, min(j - at - lead, len(p.text)))
            return replace(cell, blocks=(Paragraph(span.text, span.place),), place=span.place)
        at += lead + len(p.text) + 1
    return cell
