"""The rows that one record gives for each tidy table (tables.py says what the columns mean).

A record is JSON-shaped here (`card.model_dump(mode="json")`, or a line of cards.jsonl), already masked; a row
is a plain tuple. So a worker makes all rows of a card in well under a millisecond, without pandas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from cardextract.card import Evidence, Ledger, Source
from cardextract.document import Place

Json = Mapping[str, Any]
Row = tuple[Any, ...]

SOURCES: tuple[str, ...] = get_args(Source)
LEDGERS: tuple[str, ...] = get_args(Ledger)
JOIN = "; "
"""Between the parts of a list in one column (related departments, pages, paths)."""
NUMBERS = (int, float)
NO_BOX = (None, None, None, None)


def place_row(place: Json | None) -> Row:
    """The columns of PLACE."""
    if not place:
        return (None,) * 12
    box = place["box"] or NO_BOX
    return (
        place["page"], *box, place["line"], place["start"], place["end"],
        place["table"], place["row"], place["col"], place["block"],
    )  # fmt: skip


def joined(parts: Sequence[Any] | None) -> str | None:
    """A list as one text; None if it is empty.

    >>> joined(["기획예산과", "안전총괄과"])
    '기획예산과; 안전총괄과'
    """
    return JOIN.join(map(str, parts)) if parts else None


def card_rows(card: Json) -> Iterator[Row]:
    """One row: the header of the card."""
    source, period, by_source = card["source"], card["period"], card["budget_by_source"]
    open_errors = open_warnings = 0
    for f in card["findings"]:
        if f["state"] == "open":
            open_errors += f["severity"] == "error"
            open_warnings += f["severity"] == "warning"
    yield (
        card["card_id"], source["path"], source["sha256"], source["format"], source["card_index"],
        joined(source["pages"]), card["schema_version"], card["profile"], card["rules_sha256"],
        card["issuer"], card["report_title"], card["as_of"], card["number"], card["title"],
        card["lead_department"], joined(card["related_departments"]), period["start"], period["end"],
        period["beyond_term"],
        card["budget_total"], *map(by_source.get, SOURCES[1:]), card["status"], card["progress"],
        open_errors, open_warnings, card.get("pledge_id"), card.get("pledge_link"),
    )  # fmt: skip


def budget_rows(card: Json) -> Iterator[Row]:
    """A row for every cell of the budget tables."""
    card_id = card["card_id"]
    for i, cell in enumerate(card["budget"]):
        ledger, source, period = cell["ledger"], cell["source"], cell["period"]
        path = f"budget[{ledger}/{source}/{period}].amount"
        yield card_id, i, ledger, source, period, cell["amount"], cell["state"], path


def task_rows(card: Json) -> Iterator[Row]:
    """A row for every task."""
    for i, task in enumerate(card["tasks"]):
        yield card["card_id"], i, task["text"], task["amount"], task["until"], f"tasks[{i}].text"


def walk_items(card: Json) -> Iterator[tuple[str, str | None, int, int, Json, Json]]:
    """Every item in printed order: (path, parent's path, level from 0, section number, section, item)."""
    for s, section in enumerate(card["sections"]):
        top = [(f"sections[{s}].items[{i}]", None, 0, item) for i, item in enumerate(section["items"])]
        stack: list[tuple[str, str | None, int, Json]] = [*reversed(top)]
        while stack:
            path, parent, level, item = stack.pop()
            yield path, parent, level, s, section, item
            children = item["children"]
            for i in range(len(children) - 1, -1, -1):
                stack.append((f"{path}.children[{i}]", path, level + 1, children[i]))


def item_rows(card: Json) -> Iterator[Row]:
    """A row for every bullet, parents before their children."""
    card_id = card["card_id"]
    for i, (path, parent, level, s, section, item) in enumerate(walk_items(card)):
        yield (
            card_id, i, path, parent, level, s, section["kind"], section["number"], section["title"],
            item["marker"] or None, item["text"],
        )  # fmt: skip


def mention_rows(card: Json) -> Iterator[Row]:
    """A row for every fact found in a bullet."""
    card_id = card["card_id"]
    n = 0
    for path, _, _, _, _, item in walk_items(card):
        for m in item["mentions"]:
            value = m["value"]
            number = value if isinstance(value, NUMBERS) else None
            words = joined(value) if isinstance(value, list) else shown(value)
            yield (
                card_id, n, path, m["type"], m["text"], words, number, m["unit"], m["of"],
                m["start"], m["end"],
            )  # fmt: skip
            n += 1


def staff_rows(card: Json) -> Iterator[Row]:
    """A row for every person."""
    for i, person in enumerate(card["staff"]):
        yield card["card_id"], i, person["role"], person["rank"], person["name"], person["phone"]


def caption_rows(card: Json) -> Iterator[Row]:
    """A row for every caption."""
    for i, caption in enumerate(card["captions"]):
        yield card["card_id"], i, caption


def detail_rows(card: Json) -> Iterator[Row]:
    """A row for every goal, printed rate, related department and header field without a column of its own."""
    card_id = card["card_id"]
    details: list[tuple[str, str | None, str | None, float | None]] = []
    details += [("goal", None, goal, None) for goal in card["goals"]]
    details += [("rate", rate["label"], None, rate["percent"]) for rate in card["rates"]]
    details += [("related_department", None, name, None) for name in card["related_departments"]]
    details += [("field", label, value, None) for label, value in card["other_fields"].items()]
    for i, detail in enumerate(details):
        yield card_id, i, *detail


def cell_rows(card: Json) -> Iterator[Row]:
    """A row for every cell of the tables that are no budget."""
    card_id = card["card_id"]
    n = 0
    for s, section in enumerate(card["sections"]):
        for t, grid in enumerate(section["tables"]):
            for cell in grid["cells"]:
                yield (
                    card_id, n, s, section["kind"], section["title"], t,
                    cell["row"], cell["col"], cell["rowspan"], cell["colspan"], cell["text"],
                )  # fmt: skip
                n += 1


def finding_row(f: Json) -> Row:
    """The row of one finding, of a card or of a file."""
    suggestion = f["suggestion"] or {}
    places = f["places"]
    return (
        f["id"], f["card_id"], f["source_path"], f["code"], f["kind"], f["severity"], f["state"],
        f["message"], joined(f["paths"]), shown(f["expected"]), shown(f["actual"]), suggestion.get("path"),
        shown(suggestion.get("value")), suggestion.get("text"), f["caused_by"],
        *place_row(places[0] if places else None),
    )  # fmt: skip


def shown(value: int | float | str | None) -> str | None:
    """A value of any type as text."""
    return None if value is None else str(value)


def finding_rows(card: Json) -> Iterator[Row]:
    """A row for every finding of the card."""
    for f in card["findings"]:
        yield finding_row(f)


def evidence_rows(card: Json) -> Iterator[Row]:
    """A row for every proof."""
    proofs = {path: Evidence(**{**e, "place": Place(**e["place"])}) for path, e in card["evidence"].items()}
    return proof_rows(card["card_id"], proofs)


def proof_rows(card_id: str, proofs: Mapping[str, Evidence]) -> Iterator[Row]:
    """The rows of proofs that no JSON was made of: there are more than a hundred on a card."""
    for path, e in proofs.items():
        p = e.place
        box = p.box or NO_BOX
        yield (
            card_id, path, e.text, e.certainty, e.reason, p.page, *box, p.line, p.start,
            p.end, p.table, p.row, p.col, p.block,
        )  # fmt: skip


def wide_rows(card: Json) -> tuple[tuple[str, ...], list[Row]]:
    """The budget in the printed shape: the periods in order of time, and a row for every ledger and source.

    A row is (card_id, as_of, number, title, ledger, source, amounts without a period, amount by period …).
    """
    cells: dict[tuple[str, str], dict[str, int | None]] = {}
    unplaced: dict[tuple[str, str], int] = {}
    periods: set[str] = set()
    for cell in card["budget"]:
        line = cell["ledger"], cell["source"]
        amounts = cells.setdefault(line, {})
        if cell["period"] is None:
            unplaced[line] = unplaced.get(line, 0) + 1
        else:
            amounts[cell["period"]] = cell["amount"]
            periods.add(cell["period"])
    ordered = tuple(sorted(periods, key=period_order))
    head = card["card_id"], card["as_of"], card["number"], card["title"]
    return ordered, [
        (*head, *line, unplaced.get(line, 0), *map(amounts.get, ordered)) for line, amounts in cells.items()
    ]


def period_order(period: str) -> tuple[int, str]:
    """Sort key of a period, as tables print them.

    >>> sorted(["after_term", "2023", "in_term", "total", "2022-H2", "before", "2022"], key=period_order)
    ['total', 'before', '2022', '2022-H2', '2023', 'in_term', 'after_term']
    """
    return {"total": 0, "before": 1, "in_term": 3, "after_term": 4}.get(period, 2), period
