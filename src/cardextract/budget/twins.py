"""Cells that hold a figure of each of several ledgers: `7,142 / 4,324`, `5,547(2,941)`, or one above the other.

Where words say the form (`계획/집행` in a corner, `괄호 안은 집행액` above the table), the table is read as several tables of
one grid, one for each ledger. Where none do, all figures but the first are nobody's: they are reported.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardextract.budget.axes import ledger_in, terms
from cardextract.document import Cell, Paragraph, Place, Table
from cardextract.rules import Rules
from cardextract.values import fold, squeeze

Ledgers = tuple[str, ...]

MOST = 3
"""Figures of a cell: there are three ledgers."""
_FIGURE = r"(?:[△▲▽▼-]\s?)?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?(?:천|백만|억)?원)?|[-–—－−]"
_PIECE = re.compile(rf"\s*(?:(?P<word>[가-힣]{{2,6}})\s?[:：]?\s?)?(?P<figure>{_FIGURE})(?![\d.,])")
_OPENS, _CLOSES = re.compile(r"\s*[(\[〔<]"), re.compile(r"\s*[)\]〕>]\s*$")
_MAY_BE = re.compile(r"\d.*[/(\[〔<\s]|[/(\[〔<\s].*\d", re.DOTALL)
"""A quick no for nearly all cells."""
_BETWEEN, _DIGIT = re.compile(r"[/(\[〔<\s]"), re.compile(r"\d")
_APART = re.compile(r"\s*/|\s+(?=\S)")
_ONE = re.compile(rf"\s*(?:{_FIGURE})\s*")
_SHARE = re.compile(r"\s*[(\[]\s*\d{1,3}(?:\.\d+)?\s*%\s*[)\]]\s*$")
"""How much of the first figure the others are: `90/45(50%)`."""
_SPACED = re.compile(r"\s*\d{1,3}(?:[ \xa0]\d{3})+\s*")
"""May be one figure, its thousands set apart by blanks."""
_YEARS = re.compile(r"\s*(?:(?:19|20)\d\d\s*)+")
_WORD = re.compile(r"[^/()\[\]\s]+")
_SAID = re.compile(r"[가-힣]{2,14}(?:[/(\[·][가-힣]{2,12}[)\]]?)+")
_BRACKETS = re.compile(r"(?:괄호|\(\))[안내속]?의?(?:금액|숫자|값)?[은는이:]?(?P<b>[가-힣]{2,8})")
_ABOVE = re.compile(
    r"(?:상단|위|윗줄|윗칸)[은는:]?(?P<a>[가-힣]{2,8}),?(?:하단|아래|아랫줄|아랫칸)[은는:]?(?P<b>[가-힣]{2,8})"
)
_RATE = re.compile(r"[(\[/]\s*[^()\[\]/\d]*(?:[률율%％]|비율|비중|진도)")


@dataclass(frozen=True)
class Twins:
    """A table with several figures in a cell: the rows and places of these cells, and the ledgers of the figures in their
    order, where words say them. guessed: a heading names them, and not how they are printed. labelled: a label of the table
    says them, so that a figure that stands alone elsewhere is of another ledger."""

    rows: frozenset[int]
    places: tuple[Place, ...]
    ledgers: Ledgers | None = None
    guessed: bool = False
    labelled: bool = False


def _parts(text: str) -> list[tuple[str, int, int]]:
    """(the word before it, start, end) of each figure of a cell; nothing where it holds one alone or anything else."""
    if len(text) > 60 or _YEARS.fullmatch(text):
        return []
    text, at = _SHARE.sub("", fold(text)), 0
    out: list[tuple[str, int, int]] = []
    closed = True
    while m := _PIECE.match(text, at):
        out.append((m["word"] or "", *m.span("figure")))
        at = m.end()
        if not text[at:].strip() or not closed:
            break
        if gap := _OPENS.match(text, at):
            closed = False
        elif not (gap := _APART.match(text, at)):
            break
        at = gap.end()
    whole = not text[at:].strip() if closed else bool(_CLOSES.match(text, at))
    return out if whole and 2 <= len(out) <= MOST else []


def is_pair(text: str) -> bool:
    """Does a cell hold several figures?

    >>> [is_pair(t) for t in ("7,142 / 4,324", "5,547(2,941)", "계획 812 / 집행 73", "9/8/7", "1,234", "2024. 7. 2.")]
    [True, True, True, True, False, False]
    """
    return bool(_MAY_BE.search(text)) and bool(_parts(text))


def _may_hold(table: Table) -> bool:
    """Does any cell hold a digit and what may part it from another? All cells are looked at as one text, parted by NUL."""
    whole = "\0".join([c.text for c in table.cells]) + "\0"
    end = 0
    while m := _BETWEEN.search(whole, end):
        start, end = whole.rfind("\0", end, m.start()) + 1, whole.find("\0", m.end())
        if _DIGIT.search(whole, start, end):
            return True
    return False


def find_twins(table: Table, near: Sequence[str], rules: Rules) -> Twins | None:
    """Whether the cells of a table hold several figures each; near: its heading and the lines around it."""
    if not _may_hold(table):
        return None
    pairs = [c for c in table.cells if is_pair(c.text) and not terms(c.text.strip(), rules)]
    if all(_SPACED.fullmatch(c.text) for c in pairs):
        return None
    size = Counter(len(_parts(c.text)) for c in pairs).most_common(1)[0][0]
    ledgers, guessed = _ledgers_said(table, pairs, size, near, rules)
    if (ledgers is None or guessed) and _rates(table, pairs, near):
        return None
    if guessed and not all(_falls(c.text) for c in pairs):
        ledgers = None  # more is spent than planned: the heading does not say what these figures are
    fitting = sum(len(_parts(c.text)) == size for c in pairs)
    single = sum(_is_single(c, rules) for c in table.cells)
    enough = fitting == len(pairs) >= 2 and len(pairs) >= single
    places = tuple(c.place for c in pairs)
    labelled = any(_all(_names(c.text, rules)[1], size, rules) for c in table.cells)
    return Twins(frozenset(c.row for c in pairs), places, ledgers if enough else None, guessed, labelled)


def _falls(text: str) -> bool:
    """Is no figure of a cell larger than the one before it, as secured and spent money is not?"""
    texts = (text[i:j].replace(",", "") for _, i, j in _parts(text))
    figures = [float(m[0]) if (m := re.search(r"\d+(?:\.\d+)?", t)) else 0.0 for t in texts]
    return all(b <= a for a, b in itertools.pairwise(figures))


def _is_single(cell: Cell, rules: Rules) -> bool:
    text = cell.text.strip()
    return bool(_ONE.fullmatch(text)) and bool(text.strip("-–—－−0")) and not terms(text, rules)


def _ledgers_said(
    table: Table, pairs: Sequence[Cell], size: int, near: Sequence[str], rules: Rules
) -> tuple[Ledgers | None, bool]:
    """The ledgers, and whether only a heading that joins them (`투자계획 및 집행`) says them."""
    words = {tuple(word for word, _, _ in _parts(c.text)) for c in pairs}
    if len(words) == 1:
        first, *rest = words.pop()
        if named := _all([first or "계획", *rest], size, rules):
            return named, False
    for c in table.cells:
        if named := _all(_names(c.text, rules)[1], size, rules):
            return named, False
    seconds = {_in_brackets(c.text, rules)[1] for c in table.cells} - {""}
    bracketed = size == 2 and all("(" in c.text for c in pairs)
    if bracketed and len(seconds) == 1 and seconds != {"plan"}:
        return ("plan", seconds.pop()), False
    joined = None
    for text in (*near, *(c.text for c in table.cells if c.row == 0)):
        bare = squeeze(text)
        m = _ABOVE.search(bare)
        if m and (named := _all([_core(m["a"], rules), _core(m["b"], rules)], size, rules)):
            return named, False
        if size == 2 and (m := _BRACKETS.search(bare)) and (second := _ledger(_core(m["b"], rules), rules)):
            first = next((x for t in near if (x := ledger_in(t, rules)) and x != second), "plan")
            return ((first, second), False) if first != second else (None, False)
        for run in _SAID.finditer(bare.replace("및", "·")):
            found = re.findall("[가-힣]+", run[0])
            names = [_core(found[0], rules, end=True), *(_core(w, rules) for w in found[1:])]
            runs = (_all(names[n : n + size], size, rules) for n in range(len(names)))
            named = next(filter(None, runs), None)
            if named and "·" not in run[0]:
                return named, False
            joined = joined or named
    return joined, joined is not None


def _in_brackets(label: str, rules: Rules) -> tuple[str, str]:
    """A label and the ledger of the figures in brackets below it: `국비(집행)` over `30(25)`."""
    m = re.fullmatch(r"([^()]+)\(([^()]+)\)", label.strip())
    named = m is not None and {"source", "total"} & {t.dimension for t in terms(m[1].strip(), rules)}
    return (m[1], _ledger(m[2], rules)) if m is not None and named else ("", "")


def _core(word: str, rules: Rules, end: bool = False) -> str:
    """The longest part of a word, from its start (or to its end), that names a ledger: `집행액임` -> `집행액`."""
    parts = (word[n:] if end else word[: len(word) - n] for n in range(len(word) - 1))
    return next((p for p in parts if _ledger(p, rules)), word)


def _ledger(word: str, rules: Rules) -> str:
    found = terms(word.strip(), rules)
    return found[0].value if len(found) == 1 and found[0].dimension == "ledger" else ""


def _all(words: Sequence[str], size: int, rules: Rules) -> Ledgers | None:
    """The ledgers that the words name, where they are as many as the figures and all of them differ."""
    ledgers = tuple(_ledger(w, rules) for w in words)
    return ledgers if len(ledgers) == size == len(set(ledgers) - {""}) else None


def _names(label: str, rules: Rules) -> tuple[str, list[str]]:
    """What stands before the names of ledgers in a label, and these: `국비 계획/집행` -> `국비`, [`계획`, `집행`]."""
    words = _WORD.findall(label) if len(label) < 40 else []
    if len(words) == 1 and not terms(words[0], rules):  # two lines that were joined: `계획집행`
        cuts = ((words[0][:n], words[0][n:]) for n in range(2, len(words[0]) - 1))
        words = list(next((c for c in cuts if all(_ledger(w, rules) for w in c)), ()))
    if len(words) < 2:
        return "", []
    first = next((n for n, w in enumerate(words) if _ledger(w, rules)), 0)
    return " ".join(words[:first]), words[first:]


def _rates(table: Table, pairs: Sequence[Cell], near: Sequence[str]) -> bool:
    """Are the second figures rates? Words say so, or they look it: parts of a hundred with decimals beside whole amounts."""
    if any(_RATE.search(squeeze(t)) for t in (*near, *(c.text for c in table.cells if not is_pair(c.text)))):
        return True
    texts = [[c.text[i:j] for _, i, j in _parts(c.text)] for c in pairs]
    parts = [float(b.replace(",", "")) for _, *rest in texts for b in rest if re.fullmatch(r"[\d,.]+", b)]
    dots = [("." in a, any("." in b for b in rest)) for a, *rest in texts]
    return bool(parts) and max(parts) <= 100 and any(b for _, b in dots) and not any(a for a, _ in dots)


def split(table: Table, ledgers: Ledgers, rules: Rules) -> Iterator[Table]:
    """A table for each figure of the cells. A lone figure is a first one; a dash stands for all."""
    for k in range(len(ledgers)):
        yield replace(table, cells=tuple(_part(c, k, len(ledgers), rules) for c in table.cells))


def _part(cell: Cell, k: int, size: int, rules: Rules) -> Cell:
    before, names = _names(cell.text, rules)
    if _all(names, size, rules):
        return replace(cell, blocks=(Paragraph(f"{before} {names[k]}".strip(), cell.place),))
    if terms(cell.text.strip(), rules):
        first = "" if k else _in_brackets(cell.text, rules)[0]
        return replace(cell, blocks=(Paragraph(first, cell.place),)) if first else cell
    if len(parts := _parts(cell.text)) == size:
        return _cut(cell, *parts[k][1:])
    return replace(cell, blocks=(), place=cell.place.part(0, 0)) if k and _is_single(cell, rules) else cell


def _cut(cell: Cell, i: int, j: int) -> Cell:
    """The cell with characters i..j of its text alone, in their own place."""
    at = 0
    for p in cell.paragraphs:
        lead = len(p.marker) + 1 if p.marker else 0
        start = i - at - lead
        if 0 <= start < len(p.text):
            span = p.span(start, min(j - at - lead, len(p.text)))
            return replace(cell, blocks=(Paragraph(span.text, span.place),), place=span.place)
        at += lead + len(p.text) + 1
    return cell
