"""The header grid: label -> value pairs of a table or of `label : value` lines, wherever the labels stand.

A label is a cell whose words a rule knows, or one that its position makes a label. Its value stands right of it; below
it where the row holds labels alone. Nothing is typed here: a Pick is raw text with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cardextract.budget.axes import drop_unit
from cardextract.document import Cell, Paragraph, Span, Table
from cardextract.outline import marker_at
from cardextract.rules import MAX_LINE, Rules
from cardextract.values import squeeze

MAX_LABEL = 22
"""Labels are short; longer text is a value."""
COLON = re.compile(r"^(?P<label>[^:：]{1,30}?)\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Pick:
    """A value as it stands in the document, for a field of the record. cell: where it filled a whole cell."""

    field: str
    label: str
    span: Span
    cell: Cell | None = None
    lines: tuple[Paragraph, ...] = ()
    """The value's lines, where it is a list (goals, tasks)."""


@dataclass
class Grid:
    """What was picked, and what no rule knew."""

    picks: list[Pick] = field(default_factory=list)
    unused: list[Span] = field(default_factory=list)
    alone: list[Paragraph] = field(default_factory=list)
    """Lines of cells that stand alone in their row above all labels: titles and dates printed in a frame."""


@lru_cache(maxsize=8192)
def _bare(text: str) -> str:
    word = squeeze(drop_unit(text)).strip(":·").lstrip("○●◦□■▣▷▶-•※*ㅇ◇◆❍")
    return _BARE_UNIT.sub("", word) if word.endswith(")") else word


_FIGURE = re.compile(r"[\d,.]*")
_BARE_UNIT = re.compile(r"\((?:%|％|단위.*|원|천원|백만원|억원|명|년)\)$")
_WITH_BRACKET = re.compile(r"^([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]$")
_PARTS = re.compile(r"[/·,및]")


def label_fields(text: str, rules: Rules) -> tuple[str, ...]:
    """The fields that a label names: none if it is no known label, two for `추진상태(진도)` or `부서/담당자`."""
    if len(text) > 40 or _FIGURE.fullmatch(text):
        return ()
    key = (rules.sha256, text)
    found = _CACHE.get(key)
    if found is None:
        if len(_CACHE) > 20000:
            _CACHE.clear()
        found = _CACHE[key] = _label_fields(text, rules)
    return found


_CACHE: dict[tuple[str, str], tuple[str, ...]] = {}
"""Labels repeat from card to card; rules cannot be hashed, their digest can."""


def roles_in(word: str, rules: Rules) -> list[str]:
    """The role words that a squeezed label consists of, separators dropped; empty where it holds anything else."""
    out: list[str] = []
    at = 0
    while at < len(word):
        if word[at] in "/·,":
            at += 1
            continue
        role = max((r for r in rules.role_set if word.startswith(r, at)), key=len, default="")
        if not role:
            return []
        out.append(role)
        at += len(role)
    return out


def _label_fields(text: str, rules: Rules) -> tuple[str, ...]:
    word = _bare(text)
    if not word or len(word) > MAX_LABEL:
        return ()
    if word in rules.label_of:
        return (rules.label_of[word],)
    if word in rules.role_set:
        return ("person",)
    if (
        rules.roles_pattern.fullmatch(word) and len(roles_in(word, rules)) > 1
    ):  # `담당팀⏎담당자`: its line end is gone
        return ("staff",)
    m = _WITH_BRACKET.match(word)
    if m:
        first, second = rules.label_of.get(m[1]), rules.label_of.get(m[2])
        if m[1] in rules.role_set:
            return ("person",)
        if first and second and first != second:
            return (first, second)
        if first:
            return (first,)
    parts = _PARTS.split(word)
    if len(parts) > 1 and all(parts):
        if all(p in rules.role_set for p in parts):
            return ("staff",)
        fields = [rules.label_of.get(p) or ("staff" if p in rules.role_set else None) for p in parts]
        if all(fields):
            return tuple(dict.fromkeys(f for f in fields if f))
    if word in rules.axis_of and rules.axis_of[word][0] == "source" and len(word) > 1 and word != "기타":
        return ("source",)
    return ()


def _text(cell: Cell) -> str:
    return cell.text.strip()


def _value(cell: Cell, name: str, label: str) -> Pick:
    return Pick(name, label, cell.span.strip(), cell, tuple(p for p in cell.paragraphs if p.text.strip()))


def _values(cell: Cell, names: Sequence[str], label: str) -> list[Pick]:
    """The picks of a label that names one field, or several: `주관/협조` over `주택과 / 건축과` gives each its own."""
    own = shares(label, names, cell.span.strip())
    return [Pick(n, label, span, cell) for n, span in own] if own else [_value(cell, n, label) for n in names]


def shares(label: str, names: Sequence[str], value: Span) -> list[tuple[str, Span]]:
    """(field, its part of the value) where label and value have as many parts; empty where they have not."""
    if len(names) < 2 or not re.search(r"[/·,\n]", label):
        return []
    cuts = [m.span() for m in re.finditer(r"\s*[/\n]\s*", value.text)]
    if len(cuts) + 1 != len(names):
        return []
    starts, ends = [0, *(j for _, j in cuts)], [*(i for i, _ in cuts), len(value.text)]
    return [(n, value.part(i, j)) for n, i, j in zip(names, starts, ends, strict=True)]


_BEFORE, _AFTER = re.compile("(?:당초|변경전|종전|기존)"), re.compile("(?:변경|변경후|조정|개정)(?:안|후)?")


def is_change_log(table: Table) -> bool:
    """Does a table set what was planned beside what it was changed to (`구분 | 당초 | 변경`)? Its labels state neither."""
    first = [squeeze(c.text) for c in table.cells if c.row == 0]
    return any(_BEFORE.match(w) and len(w) <= 6 for w in first) and any(_AFTER.fullmatch(w) for w in first)


def read_grid(table: Table, rules: Rules) -> Grid:
    """The label/value pairs of a header table. The cut asks for the same one as the fields: it is read once."""
    known = _READ.get(id(table))
    if known is not None and known[0] is table and known[1] == rules.sha256:
        return known[2]
    if len(_READ) >= REMEMBERED:
        _READ.clear()
    out = _read_grid(table, rules)
    _READ[id(table)] = (table, rules.sha256, out)
    return out


REMEMBERED = 32
_READ: dict[int, tuple[Table, str, Grid]] = {}
"""The header tables read last; each is kept alive here, so that its id stays its own."""


def _once_each(row: Sequence[Cell]) -> list[Cell]:
    """A row of a text without the repetitions that a conversion makes of a merged cell: `상태 | 정상추진 | 정상추진`."""
    return [c for n, c in enumerate(row) if not n or len(_text(c)) < 2 or _text(c) != _text(row[n - 1])]


def _read_grid(table: Table, rules: Rules) -> Grid:
    out = Grid()
    if is_change_log(table):
        out.unused.extend(c.span.strip() for c in table.cells if _text(c))
        return out
    rows = [_once_each(row) for row in table.lines()] if table.ragged else table.lines()
    done: set[int] = set()
    r = 0
    while r < len(rows):
        row = [c for c in rows[r] if id(c) not in done]
        filled = [c for c in row if _text(c)]
        if not filled:
            r += 1
            continue
        used = (
            _status_row(rows, r, filled, rules, out)
            or _staff_rows(rows, r, filled, rules, out, done)
            or _below_row(table, rows, r, filled, rules, out, done)
        )
        if used:
            r += used
            continue
        if len(filled) == 1 and not out.picks and not _inline_label(filled[0], rules):
            out.alone.extend(p for p in filled[0].paragraphs if p.text.strip())
            r += 1
            continue
        _across(table, rows, r, row, rules, out, done)
        r += 1
    return out


def _inline_label(cell: Cell, rules: Rules) -> bool:
    text = _text(cell)
    colon = COLON.match(text[:MAX_LINE])
    return bool(label_fields(text, rules) or (colon and label_fields(colon["label"], rules)))


def _status_row(
    rows: Sequence[Sequence[Cell]], r: int, filled: Sequence[Cell], rules: Rules, out: Grid
) -> int:
    """Status words side by side with a mark under (or beside) one of them; rows used, or 0."""
    if len(filled) < 3 or r + 1 >= len(rows):
        return 0
    words = [c for c in filled if squeeze(_text(c)) in rules.status_of]
    if len(words) < 3:
        return 0
    marked = []
    for cell in rows[r + 1]:
        text = squeeze(_text(cell))
        over = [w for w in words if w.col <= cell.col < w.col + w.colspan]
        if text in rules.marks and text not in rules.unmarks:
            marked += over
        elif text and not over:
            _under_label(rows[: r + 1], cell, rules, out)
    label = next((c for c in filled if "status" in label_fields(_text(c), rules)), None)
    if len(marked) == 1:
        out.picks.append(Pick("status", _text(label) if label else "", marked[0].span.strip(), marked[0]))
    elif label is not None:
        out.picks.append(Pick("status", _text(label), Span("", label.place), None))
    return 2


def _under_label(above: Sequence[Sequence[Cell]], cell: Cell, rules: Rules, out: Grid) -> None:
    """The value of a label one or two rows above it (`추진율` beside the status words), else unused text."""
    for row in above[:-3:-1]:
        for c in row:
            names = label_fields(_text(c), rules)
            if names and c.col <= cell.col < c.col + c.colspan:
                out.picks.extend(_values(cell, names, _text(c)))
                return
    out.unused.append(cell.span.strip())


def _staff_rows(
    rows: Sequence[Sequence[Cell]], r: int, filled: Sequence[Cell], rules: Rules, out: Grid, done: set[int]
) -> int:
    """A small table of people: a row that names 성명 (and 직위, 연락처), then a person a row; rows used, or 0."""
    names = {c.col: label_fields(_text(c), rules) for c in filled}
    head = next((c for c in filled if "staff_name" in names[c.col]), None)
    if head is None:
        return 0
    columns: dict[int, str] = {}
    start = min(
        c.col for c in filled if set(names[c.col]) & {"staff_name", "staff_rank", "staff_role", "phone"}
    )
    for c in filled:
        kinds = set(names[c.col])
        for kind, name in (
            ("staff_name", "name"),
            ("staff_rank", "rank"),
            ("staff_role", "role"),
            ("phone", "phone"),
        ):
            if kind in kinds:
                columns[c.col] = name
        if (
            "role" not in columns.values() and squeeze(_text(c)) in ("구분", "직위", "직책", ":", "담당구분")
        ) or (squeeze(_text(c)).strip(":") == "구분"):
            columns[c.col] = "role"
            start = min(start, c.col)
    used = 1
    for row in rows[r + 1 :]:
        cells = [c for c in row if _text(c)]
        values: dict[str, Cell] = {}
        for c in cells:
            near = [col for col in columns if col <= c.col]
            if near and c.col >= start:
                values[columns[max(near)]] = c
        role = values.get("role")
        known = role is not None and squeeze(_text(role)) in rules.role_set
        others = [c for c in cells if c is not role and label_fields(_text(c), rules)]
        if (
            not values
            or others
            or (role is not None and not known and label_fields(_text(role), rules))
            or "name" not in values
        ):
            break
        if cells and cells[0].col < start and label_fields(_text(cells[0]), rules):
            break
        out.picks.extend(
            Pick(f"staff_{part}", _text(role) if role else "", cell.span.strip(), cell)
            for part, cell in sorted(
                values.items(), key=lambda kv: ("role", "rank", "name", "phone").index(kv[0])
            )
        )
        out.picks.append(Pick("staff_end", "", Span("", cells[0].place)))
        done.update(id(c) for c in cells)
        used += 1
    return used if used > 1 else 0


def _below_row(
    table: Table,
    rows: Sequence[Sequence[Cell]],
    r: int,
    filled: Sequence[Cell],
    rules: Rules,
    out: Grid,
    done: set[int],
) -> int:
    """A row of labels alone whose values stand in the row below, column by column; rows used, or 0."""
    if r + 1 >= len(rows):
        return 0
    fields = [label_fields(_text(c), rules) for c in filled]
    below = [c for c in rows[r + 1] if _text(c)]
    alone = len(filled) == 1 and len(below) == 1 and filled[0].col == below[0].col and table.cols > 1
    if len(filled) < 2 and not (alone and (filled[0].colspan >= table.cols or set(fields[0]) - {"other"})):
        return 0
    if not below or sum(bool(f) for f in fields) * 2 < len(filled):
        return 0
    if not all(f or could_be_label(_text(c), rules) for c, f in zip(filled, fields, strict=True)):
        return 0
    if (
        len(filled) > 1
        and all(not f or f == ("other",) for f in fields[1::2])
        and any(fields[0::2])
        and not all(fields)
        and not _fits_below(filled, fields, below, rules)
    ):
        return 0  # label, value, label, value: `유형 | 신규 | …`
    columns = {c.col: c for c in filled}
    if any(b.col not in columns for b in below) or any(
        label_fields(_text(b), rules) and rules.label_of.get(_bare(_text(b))) != "other" for b in below
    ):
        return 0
    if not table.ragged and any(id(c) for c in rows[r] if not _text(c)):
        return 0
    under = {b.col: b for b in rows[r + 1]}
    for c, names in zip(filled, fields, strict=True):
        cell = under.get(c.col)
        span_cell = cell if cell is not None else c
        if cell is None or not _text(cell):
            out.picks.extend(Pick(n, _text(c), Span("", span_cell.place)) for n in names)
            continue
        out.picks.extend(_values(cell, names or ("unknown",), _text(c)))
    done.update(id(b) for b in rows[r + 1])
    return 2


def _fits_below(
    filled: Sequence[Cell], fields: Sequence[tuple[str, ...]], below: Sequence[Cell], rules: Rules
) -> bool:
    """Does a known label's value stand below it rather than right of it? `달성률 | 사업성격` over `40% | 하드웨어`."""
    under = {b.col: b for b in below}
    judged = [
        (fits(name, _text(right), rules), fits(name, _text(under[c.col]), rules))
        for c, right, names in zip(filled, filled[1:], fields, strict=False)
        for name in names
        if c.col in under
    ]
    return any(low and right is False for right, low in judged) and not any(right for right, _ in judged)


_SHAPES = {
    "progress": re.compile(r"^[-–]$|\d"),
    "period": re.compile(r"\d"),
    "budget_total": re.compile(r"\d|비예산|해당없음"),
    "number": re.compile(r"\d"),
    "serial": re.compile(r"\d"),
    "phone": re.compile(r"\d"),
    "as_of": re.compile(r"\d"),
    "lead_department": re.compile(r"(?:과|실|국|관|소|센터|단|팀|원|부|처|서|면|동|읍|청|본부)$"),
}
"""What the values of some fields look like; other fields take any text."""


def fits(name: str, text: str, rules: Rules) -> bool | None:
    """Can this be a value of the field? None where any text can."""
    if name == "status":
        return squeeze(re.sub(r"[(\[].*", "", text)) in rules.status_of
    shape = _SHAPES.get(name)
    return bool(shape.search(text)) and not label_fields(text, rules) if shape else None


def could_be_label(text: str, rules: Rules) -> bool:
    """Short words without figures, no list and no mark: what a label unknown to the rules looks like."""
    word = squeeze(text)
    return (
        len(word) <= 12
        and "\n" not in text
        and not re.search(r"[\d%☎■□☐☑]", word)
        and marker_at(text, 0, rules) == 0
    )


def _across(
    table: Table,
    rows: Sequence[Sequence[Cell]],
    r: int,
    row: Sequence[Cell],
    rules: Rules,
    out: Grid,
    done: set[int],
) -> None:
    """Label, value, label, value … from left to right."""
    i = 0
    after_pair = True
    while i < len(row):
        cell = row[i]
        text = _text(cell)
        if not text:
            i += 1
            continue
        fields = label_fields(text, rules)
        j = i + 1
        if table.ragged:
            while j < len(row) and not _text(row[j]):
                j += 1
        nxt = row[j] if j < len(row) else None
        if nxt is not None and "budget_total" in fields and _total_word(_text(nxt), rules):
            after = next((c for c in row[j + 1 :] if _text(c)), None)
            if after is not None:  # `예산 | 총액 | 24억원`
                j, nxt = j + 1 + list(row[j + 1 :]).index(after), after
        if i == 0 and nxt is not None and _over_columns(text, _text(nxt), rules):
            return
        nested = nxt is not None and any(isinstance(b, Table) for b in nxt.blocks)
        if fields:
            last = nxt is not None and not any(_text(c) for c in row[j + 1 :])
            if nxt is not None and (
                not label_fields(_text(nxt), rules)
                or _value_like(fields, nxt, rules)
                or (last and label_fields(_text(nxt), rules) == ("other",) and "status" in fields)
            ):
                out.picks.extend(_values(nxt, fields, text))
                if nested:
                    for b in nxt.blocks:
                        if isinstance(b, Table):
                            inner = read_grid(b, rules)
                            out.picks.extend(inner.picks)
                i = j + 1
            else:
                below = (
                    next((c for c in rows[r + 1] if c.col == cell.col and _text(c)), None)
                    if r + 1 < len(rows) and nxt is None and cell.col > 0
                    else None
                )
                if below is not None and not label_fields(_text(below), rules):
                    out.picks.extend(_values(below, fields, text))
                    done.add(id(below))
                else:
                    inline = COLON.match(text)
                    if inline and inline.end() < len(text):
                        out.picks.extend(
                            Pick(n, inline["label"], cell.span.strip().part(inline.end(), len(text)), cell)
                            for n in fields
                        )
                    else:
                        out.picks.extend(
                            Pick(n, text, Span("", (row[i + 1] if i + 1 < len(row) else cell).place))
                            for n in fields
                        )
                i += 1
            after_pair = True
            continue
        colon = COLON.match(text[:MAX_LINE])
        if colon and label_fields(colon["label"], rules) and colon.end() < len(text):
            for name in label_fields(colon["label"], rules):
                out.picks.append(
                    Pick(name, colon["label"], cell.span.strip().part(colon.end(), len(text)), cell)
                )
            i += 1
            after_pair = True
            continue
        if (
            could_be_label(text, rules)
            and after_pair
            and nxt is not None
            and not label_fields(_text(nxt), rules)
            and (i == 0 or row[i - 1] is not None)
        ):
            out.picks.append(_value(nxt, "unknown", text))
            i = j + 1
            continue
        out.unused.append(cell.span.strip())
        after_pair = False
        i += 1


def _over_columns(first: str, second: str, rules: Rules) -> bool:
    """`구분 | 내용` over a column of labels and one of values: a head, no pair."""
    return rules.axis_of.get(squeeze(first), ("",))[0] == "corner" and squeeze(second) in (
        "내용", "세부내용", "주요내용", "추진내용", "내역", "세부내역",
    )  # fmt: skip


def _total_word(text: str, rules: Rules) -> bool:
    return rules.axis_of.get(squeeze(text), ("",))[0] == "total"


def _value_like(fields: Sequence[str], cell: Cell, rules: Rules) -> bool:
    """A label's neighbour that is a known word too, but fits as its value (`유형 | 기타`)."""
    text = squeeze(_text(cell))
    if "status" in fields:
        return text in rules.status_of
    return "other" in fields and label_fields(_text(cell), rules) == ("other",)
