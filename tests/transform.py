"""Transformations of a card that change its print and not its facts, and what must stay the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.texts import cells

from cardextract.boxes import subtable
from cardextract.budget.axes import terms
from cardextract.budget.regions import find_regions
from cardextract.budget.slots import slots
from cardextract.budget.tables import Context, read_budget
from cardextract.card import Card, Item
from cardextract.document import Block, Cell, Document, Table
from cardextract.head.words import label_fields
from cardextract.headings import kind_of_heading
from cardextract.rules import Rules
from cardextract.values import squeeze

HEADER = (
    "report_title", "as_of", "number", "title", "lead_department", "related_departments", "staff", "period", "budget_total",
    "budget_by_source", "status", "progress", "goals", "tasks", "captions",
)  # fmt: skip
FINER = {"원": None, "천원": ("원", 1000), "백만원": ("천원", 1000), "억원": ("백만원", 100)}


def facts(card: Card) -> dict[str, Any]:
    """What a transformation of the print must not change: header, budget figures, sections and their items."""
    out: dict[str, Any] = {name: getattr(card, name) for name in HEADER}
    out["staff"] = [(p.rank, p.name, p.phone) for p in card.staff]  # the role is the printed label
    out["budget"] = cells(card)
    out["sections"] = [(s.kind, [_item(i) for i in s.items]) for s in card.sections]
    return out


def _item(item: Item) -> tuple[str, str, list[Any]]:
    return item.marker, item.text, [_item(c) for c in item.children]


# ---------------------------------------------------------------- words


def rename_labels(text: str, card: Card, rules: Rules, rng: random.Random) -> str:
    """Every header label that a rule knows, in a cell or before a colon, as a synonym of its field."""
    heads = {card.evidence[f"sections[{i}].title"].place.line for i in range(len(card.sections))}
    out = []
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            filled = [f for f in line.split("\t") if f.strip()]
            if number in heads or len(filled) < 2 or any(terms(f.strip(), rules) for f in filled[1:]):
                out.append(line)  # a heading in its row, or a row of the budget whose words are axes
                continue
            out.append("\t".join(_label(f, rules, rng) for f in line.split("\t")))
        else:
            m = re.match(r"^(\s*\S\s+)([^:：]{2,14}?)(\s*[:：].*)$", line)
            out.append(m[1] + _label(m[2], rules, rng) + m[3] if m else line)
    return "\n".join(out)


def _label(field: str, rules: Rules, rng: random.Random) -> str:
    fields = label_fields(field.strip(), rules)
    if len(fields) != 1 or fields[0] not in rules.labels or fields[0] in ("other", "staff", "phone", "rate"):
        return field
    unit = re.search(r"\s*\(\s*단위.*$", field)
    return rng.choice(_safe_labels(fields[0], rules)) + (unit[0] if unit else "")


def _safe_labels(name: str, rules: Rules) -> list[str]:
    """Synonyms that say one thing: words that are an axis, a section heading or a status besides are left out."""
    both = set(rules.axis_of) | {w for w, _, _ in rules.section_words} | set(rules.status_of)
    return [w for w in rules.labels[name] if squeeze(w) not in both] or rules.labels[name][:1]


def rename_headings(text: str, card: Card, rules: Rules, rng: random.Random) -> str:
    """Every section heading of the card as another heading of its kind, in its own dress (`1.`, `□`, `【 】`)."""
    titles = [
        (section.kind, card.evidence[f"sections[{i}].title"].place)
        for i, section in enumerate(card.sections)
        if section.kind != "other"
    ]
    for kind, place in sorted(titles, key=lambda t: -(t[1].start or 0)):
        text = text[: place.start] + rng.choice(_safe_headings(kind, rules)) + text[place.end :]
    return text


def _safe_headings(kind: str, rules: Rules) -> list[str]:
    """Heading words that name their kind alone, and no header field besides (`추진상황`)."""
    return [
        w
        for w in rules.sections[kind].words
        if kind_of_heading(squeeze(w), rules)[0] == kind and squeeze(w) not in rules.label_of
    ]


def rename_axes(text: str, rules: Rules, rng: random.Random) -> str:
    """Sources, ledgers, totals and years of the budget rows as synonyms."""
    chosen: dict[tuple[str, str], str] = {}

    def word(field: str) -> str:
        found = rules.axis_of.get(squeeze(field))
        year = re.fullmatch(r"\s*(?:['’]|20)(2\d)년?\s*", field)
        if year:
            form = chosen.setdefault(
                ("year", ""), rng.choice(["20{}년", "20{}", "'{}년", "’{}년", "20{}년도"])
            )
            return form.format(year[1])
        if found is None or found[0] not in ("source", "ledger", "total"):
            return field
        table = rules.axes.total if found[0] == "total" else getattr(rules.axes, found[0])[found[1]]
        words = [w for w in table if squeeze(w) not in rules.label_of and len(squeeze(w)) > 1] or [field]
        return chosen.setdefault(found, rng.choice(words))

    return "\n".join(
        "\t".join(map(word, line.split("\t"))) if "\t" in line and _budget_line(line, rules) else line
        for line in text.split("\n")
    )


def _budget_line(line: str, rules: Rules) -> bool:
    fields = [f.strip() for f in line.split("\t") if f.strip()]
    known = [f for f in fields if terms(f, rules)]
    figures = [f for f in fields if re.fullmatch(r"[△\d,.\-–]+", f)]
    return bool(known) and (len(figures) >= 2 or len(known) >= 4)


# ---------------------------------------------------------------- units, blanks


def finer_unit(text: str, card: Card) -> str | None:
    """The budget in the next finer unit, every figure of its tables printed anew; None where it has no unit line."""
    m = re.search(r"단위\s*[:：]?\s*(천원|백만원|억원)", text)
    step = FINER.get(m[1]) if m else None
    if m is None or step is None or not card.budget:
        return None
    places = {
        (e.place.start, e.place.end): e.text
        for path, e in card.evidence.items()
        if path.startswith("budget[") and e.place.start is not None and re.search("[1-9]", e.text)
    }
    for (start, end), printed in sorted(places.items(), reverse=True):
        digits = printed.replace(",", "")
        whole, _, fraction = digits.lstrip("△").partition(".")
        won = int(whole + fraction) * step[1] // 10 ** len(fraction)
        text = text[:start] + ("△" if digits.startswith("△") else "") + f"{won:,}" + text[end:]
    return re.sub(r"(단위\s*[:：]?\s*)(?:천원|백만원|억원)", rf"\g<1>{step[0]}", text)


def drop_blanks(text: str, card: Card) -> str:
    """The budget as a conversion without blank cells leaves it: every zero printed as a blank, then every blank field
    of its rows gone, those of merged labels too; what stands right moves left."""
    zeros, rows = set(), set()
    for path, e in card.evidence.items():
        if path.startswith("budget[") and e.place.start is not None:
            rows.add(e.place.line)
            if not re.search("[1-9]", e.text):
                zeros.add(e.place.start)
    heads = {n - 1 for n in rows if n} | {n - 2 for n in rows if n}  # header rows stand above
    out, at = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        fields, kept, here = line.split("\t"), [], at
        for field in fields:
            zero = here + len(field) - len(field.lstrip()) in zeros
            inside = "\t" in line and number in rows | heads
            if not inside or (field.strip() and not (zero and number in rows)):
                kept.append(field)
            here += len(field) + 1
        if len(kept) == 1 and len(fields) > 1:
            kept.append("")  # it stays a row of the table
        out.append("\t".join(kept))
        at += len(line) + 1
    return "\n".join(out)


# ---------------------------------------------------------------- the table turned


def transpose(document: Document, rules: Rules) -> Document | None:
    """The document with every budget table turned: rows are columns. None where it has no budget."""
    turned = False
    blocks: list[Block] = []
    for b in document.blocks:
        if isinstance(b, Table) and read_budget(b, Context(), rules) is not None:
            blocks.extend(_turn(b, rules))
            turned = True
        else:
            blocks.append(b)
    return replace(document, blocks=tuple(blocks)) if turned else None


def _turn(table: Table, rules: Rules) -> Iterator[Table]:
    """The table cut into its budget regions, each turned, and the rows around them."""
    done = 0
    for first, _, end in find_regions(slots(table, rules)):
        if first > done:
            yield subtable(table, done, first)
        part = subtable(table, first, end)
        cells_of = tuple(
            replace(c, row=c.col, col=c.row, rowspan=c.colspan, colspan=c.rowspan) for c in part.cells
        )
        yield replace(part, rows=part.cols, cols=part.rows, cells=tuple(sorted(cells_of, key=_by_row)))
        done = end
    if done < table.rows:
        yield subtable(table, done, table.rows)


def _by_row(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.col
