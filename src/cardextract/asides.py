"""What hangs on a place of the source and is no part of its text: memos and hidden comments are named, not lost.

Office staff settle figures in memos ("이 금액은 추경 뒤 512"). They are not printed, so they are no value of the
record; but whoever looks at the figure must know of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardextract.document import Block, Note, PageBreak, Place, Table
from cardextract.findings import Finding, finding
from cardextract.values import clean, find_money

_LABELS = {"memo": "메모", "comment": "숨은 설명", "hidden": "숨긴 글"}
"""Notes that people write to each other; a running header that hangs on a cell is none."""

LONGEST = 200
"""Characters of a memo that are quoted; the rest stands in the source."""


def asides(notes: Sequence[Note], parts: Sequence[Sequence[Block]]) -> list[list[Finding]]:
    """The findings for each part (card) of a document; what hangs on none of them belongs to the first.

    One finding for all notes that say the same: its places are theirs.
    """
    if not notes:
        return [[] for _ in parts]
    homes = {place: i for i, blocks in reversed([*enumerate(parts)]) for place in _homes(blocks)}
    said: list[dict[tuple[str, str], list[Place]]] = [{} for _ in parts]
    for note in notes if parts else ():
        text = clean(" ".join(note.text.split()))
        if note.kind in _LABELS and text:
            home = homes.get((note.place.table, note.place.block), 0)
            said[home].setdefault((note.kind, text), []).append(note.place)
    return [[_finding(kind, text, places) for (kind, text), places in card.items()] for card in said]


def _finding(kind: str, text: str, places: list[Place]) -> Finding:
    return finding(
        "MEMO", kind=kind, label=_LABELS[kind], actual=text[:LONGEST], places=places,
        severity="warning" if find_money(text) else None,
    )  # fmt: skip


def _homes(blocks: Sequence[Block]) -> Iterator[tuple[int | None, int | None]]:
    """(table, block) of everything in these blocks, nested tables too."""
    for block in blocks:
        if isinstance(block, PageBreak):
            continue
        yield block.place.table, block.place.block
        if isinstance(block, Table):
            for fragment in block.fragments:
                yield fragment.table, fragment.block
            for cell in block.cells:
                yield from _homes(cell.blocks)
