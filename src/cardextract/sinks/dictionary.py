"""The field-by-field dictionary of docs/output.md, made from the models and the tables.

`python -m cardextract.sinks.dictionary docs/output.md` writes it between its marks; a test keeps it fresh.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardextract.sinks import contracts
from cardextract.sinks.content import NEC_COLUMNS, RENAMED
from cardextract.sinks.tables import BUDGET_WIDE, CARDS, TABLES
from cardextract.sinks.vocabulary import FIELDS

MARK = "<!-- {0}: made by cardextract.sinks.dictionary -->"


def row(*cells: str | None) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join((cell or "").replace("|", r"\|").replace("\n", " ") for cell in cells) + " |"


def tables() -> Iterator[str]:
    """The CSV tables, column by column."""
    for table in (*TABLES.values(), BUDGET_WIDE):
        yield f"### {table.name}.csv: {table.title}\n"
        yield f"{table.meaning} Key: {', '.join(f'`{k}`' for k in table.key)}.\n"
        yield row("column", "이름", "type", "unit", "meaning", "문서의 말")
        yield row(*["---"] * 6)
        for column in table.columns:
            kind = column.type + ("" if column.required else ", may be empty")
            meaning = column.meaning
            if column.values:
                meaning += " One of: " + ", ".join(f"`{value}`" for value in column.values) + "."
            yield row(f"`{column.name}`", column.title, kind, column.unit, meaning, column.terms)
        yield ""


def records() -> Iterator[str]:
    """The JSON files, model by model."""
    definitions: dict[str, dict[str, Any]] = {}
    for name, (model, title, meaning) in contracts.SCHEMAS.items():
        made = contracts.schema(name)
        yield f"- `schema/{name}.json`: {title}. {meaning}"
        definitions |= {model.__name__: made} | made.get("$defs", {})
    yield ""
    for name, labels in FIELDS.items():
        yield f"### {name}\n"
        yield row("field", "이름", "type", "unit", "meaning", "문서의 말")
        yield row(*["---"] * 6)
        for key, field in definitions[name]["properties"].items():
            label = labels[key]
            yield row(
                f"`{key}`", label.title, type_of(field), label.unit, field.get("description"), label.terms
            )
        yield ""


def type_of(field: dict[str, Any]) -> str:
    """The type of a property in words.

    >>> type_of({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    'integer or null'
    """
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[1])
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(type_of(part) for part in field["anyOf"]))
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {type_of(field['items'])}" if "items" in field else "list"
    if isinstance(field.get("additionalProperties"), dict):
        return f"map to {type_of(field['additionalProperties'])}"
    return str(field.get("type", "any"))


def names() -> Iterator[str]:
    """The mapping to the names of public APIs."""
    yield row("ours", "이름", "`--names gov`", "`--names nec`")
    yield row(*["---"] * 4)
    for column in CARDS.columns:
        theirs = [RENAMED[kind].get(column.name) for kind in ("gov", "nec")]
        if any(theirs):
            yield row(f"`{column.name}`", column.title, *(f"`{name}`" if name else "" for name in theirs))
    for column in NEC_COLUMNS:
        yield row(column.meaning, column.title, "", f"`{column.name}`")


PARTS = {"tables": tables, "records": records, "names": names}


def filled(text: str) -> str:
    """A document with what stands between its marks made anew. Raises KeyError where a mark is missing."""
    for name, make in PARTS.items():
        begin, end = MARK.format(name), MARK.format(f"end of {name}")
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
        if not pattern.search(text):
            raise KeyError(begin)
        made = "\n".join(make()).rstrip("\n")
        text = pattern.sub(lambda _, b=begin, m=made, e=end: f"{b}\n{m}\n{e}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(filled(document.read_text(encoding="utf-8")), encoding="utf-8")
