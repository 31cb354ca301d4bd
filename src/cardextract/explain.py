"""`cardextract explain FILE`: why each value was chosen, and what nobody claimed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cardextract.card import Card, SourceFile
from cardextract.document import Document, Place
from cardextract.paths import printable
from cardextract.pipeline import Reading, finish, read_cards
from cardextract.profiles import find_rules_dir, load_rules
from cardextract.readers import reader, sniff


def place_text(place: Place) -> str:
    """A place for people: `line 7, 120-135`, `page 2 (0.12, 0.30)`, `table 1 row 3 col 2`, `block 4`."""
    if place.start is not None:
        return f"line {place.line}, {place.start}-{place.end}" if place.line else f"{place.start}-{place.end}"
    if place.page is not None:
        at = f" ({place.box[0]:.2f}, {place.box[1]:.2f})" if place.box else ""
        return f"page {place.page}{at}"
    if place.table is not None:
        return (
            f"table {place.table} row {place.row} col {place.col}"
            if place.row is not None
            else f"table {place.table}"
        )
    return f"block {place.block}" if place.block is not None else "-"


def main(file: Path, rules_dir: Path | None, profile: str | None, draw: Path | None) -> int:
    """Print the reading of one file. Raises Unreadable, RulesError, OSError."""
    rules = load_rules(find_rules_dir(rules_dir))
    kind = sniff(file)
    document, findings = reader(kind)(file)
    text = "\n".join(p.text for p in document.paragraphs())
    chosen, scores, doubt = rules.choose(text, profile)
    lines = [f"{printable(str(file))}: {kind}, {len(document.blocks)} blocks, {len(document.pages)} pages"]
    lines.append(f"profile: {chosen.name}" + (f" ({doubt} match of another)" if doubt else ""))
    lines += [f"  {s.name}: {s.score:.2f}  {', '.join(s.hits)}" for s in scores]
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    source = SourceFile(path=file.name, sha256=sha256, format=kind, card_index=1)
    readings = read_cards(document, source, chosen)
    for reading in readings:
        finish(reading.card, chosen)
        lines += _card(reading)
    if not readings:
        lines.append("no card found: no table or run of lines states three header fields")
    lines += [f"{f.severity} {f.code}: {f.message}" for f in findings]
    print("\n".join(printable(line, 1000) for line in lines))
    if draw is not None:
        _draw(file, document, draw, [r.card for r in readings])
    return 0


def _card(reading: Reading) -> Iterator[str]:
    card = reading.card
    yield ""
    yield f"card {card.card_id}: {card.title or '(no title)'}"
    yield "  sections:"
    for s in reading.split.sections:
        h = s.heading
        yield f"    {h.kind or 'other':13s} {h.span.text!r} style {h.style or 'bare'!r} at {place_text(h.span.place)}"
    yield "  fields:"
    for path, proof in card.evidence.items():
        if path.startswith("sections["):
            continue
        why = f"  [{proof.reason}]" if proof.reason else ""
        mark = "" if proof.certainty == "exact" else f" {proof.certainty}"
        yield f"    {path} <- {proof.text!r} at {place_text(proof.place)}{mark}{why}"
    items = sum(1 for p in card.evidence if p.startswith("sections[") and ".items[" in p)
    yield f"  items: {items}"
    yield "  findings:"
    for f in card.findings:
        yield f"    {f.severity} {f.code}: {f.message}" + (
            f" (because of {f.caused_by})" if f.caused_by else ""
        )
    yield "  unclaimed:"
    for span in reading.picked.unused:
        yield f"    {span.text!r} at {place_text(span.place)}"


def _draw(file: Path, document: Document, folder: Path, cards: list[Card]) -> None:
    from cardextract.draw import draw

    labels = [
        (proof.place, path)
        for card in cards
        for path, proof in card.evidence.items()
        if proof.place.page is not None
    ]
    for path in draw(file, document, labels, folder):
        print(path)
