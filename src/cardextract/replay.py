"""Decisions put into a document: text is replaced before anything is understood, and led back to what was printed.

`correct` keeps every offset true: the new text of a text file's line is put *behind* the decoded text, so
`decoded[start:end] == text` still holds while the card is built, and `certify` leads each value back to what
was printed and where. A corrected value's evidence holds the printed text, certainty `corrected`, and who did
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

from cardextract.corrections import Correction, of_card, why
from cardextract.document import NOWHERE, Block, Cell, Document, Paragraph, Place, Span, Table
from cardextract.findings import Finding, finding, with_particles

# ---------------------------------------------------------------- replacing the text


@dataclass(frozen=True, slots=True)
class _Change:
    """Characters i..j of a paragraph become `text`."""

    i: int
    j: int
    text: str
    by: Correction


@dataclass(frozen=True, slots=True)
class _Edit:
    """A paragraph (or a blank cell) with its changes.

    start: where its new text stands behind the decoded text (text files).
    """

    place: Place
    cell: Place | None
    old: str
    new: str
    changes: tuple[_Change, ...]
    start: int | None


@dataclass(frozen=True, slots=True)
class _Target:
    """What can be changed: a paragraph, or a cell without one (`key` is its identity in the document)."""

    key: int
    text: str
    place: Place
    cell: Cell | None


def correct(
    document: Document, decisions: Sequence[Correction], sha256: str | None = None
) -> tuple[Document, list[Finding]]:
    """The document with the raw text of cells and lines replaced; a STALE_CORRECTION for what did not apply.

    A fix applies where the freshly read text equals `was`. sha256: of the file as it is now; where given, a
    decision made on other bytes does not apply (kind `source_changed`), otherwise the kind is `text_changed`.
    """
    if not any(c.action in ("fix", "fill", "assign") for c in decisions):
        return document, []
    edits, stale = _edits(document, decisions, sha256)
    if not edits:
        return document, stale
    blocks = tuple(_rebuilt(block, edits) for block in document.blocks)
    decoded = document.decoded
    if decoded is not None:
        decoded = "\n".join([decoded, *(e.new for e in edits.values())])
    return replace(document, blocks=blocks, decoded=decoded), stale


def stale_by_card(
    document: Document, decisions: Sequence[Correction], sha256: str | None = None
) -> dict[int, list[Finding]]:
    """The STALE_CORRECTION findings of `correct` by the card that they are about (not stamped)."""
    out: dict[int, list[Finding]] = {}
    for index in sorted({c.card_index for c in decisions}):
        stale = correct(document, of_card(decisions, index), sha256)[1]
        if stale:
            out[index] = stale
    return out


def printed_at(document: Document, place: Place) -> str | None:
    """The text that stands at a place of the document as it was read; None if nothing does."""
    if document.decoded is not None and place.start is not None and place.end is not None:
        return document.decoded[place.start : place.end] if place.end <= len(document.decoded) else None
    cells = {
        id(t.cell): t.cell
        for t in _targets(document.blocks)
        if t.cell is not None and _same(t.cell.place, place)
    }
    if cells:
        return "\n".join(cell.text for cell in cells.values())
    texts = [t.text for t in _targets(document.blocks) if _same(t.place, place)]
    return "\n".join(texts) if texts else None


def _edits(
    document: Document, decisions: Sequence[Correction], sha256: str | None
) -> tuple[dict[int, _Edit], list[Finding]]:
    targets = list(_targets(document.blocks))
    found: dict[int, list[_Change]] = {}
    stale: list[Finding] = []
    for c in decisions:
        if c.action not in ("fix", "fill", "assign"):
            continue
        if sha256 is not None and c.source_sha256 != sha256:
            stale.append(_stale(c, document, "source_changed"))
            continue
        if c.action != "fix" or c.place is None:
            continue
        hits = _hits(c, targets, document.decoded)
        taken = [old for key, change in hits for old in found.get(key, []) if _crosses(old, change)]
        if not hits or taken:
            stale.append(_stale(c, document, "overlap" if taken else "text_changed"))
            continue
        for key, change in hits:
            found.setdefault(key, []).append(change)
    edits: dict[int, _Edit] = {}
    start = len(document.decoded) + 1 if document.decoded is not None else None
    for target in targets:
        if target.key not in found or target.key in edits:
            continue
        changes = tuple(sorted(found[target.key], key=lambda change: change.i))
        new = target.text
        for change in reversed(changes):
            new = new[: change.i] + change.text + new[change.j :]
        edits[target.key] = _Edit(
            target.place, target.cell.place if target.cell else None, target.text, new, changes, start
        )
        if start is not None:
            start += len(new) + 1
    return edits, stale


def _targets(blocks: Sequence[Block], cell: Cell | None = None) -> Iterator[_Target]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _Target(id(block), block.text, block.place, cell)
        elif isinstance(block, Table):
            for row in block.lines():
                for inner in row:
                    if inner.blocks:
                        yield from _targets(inner.blocks, inner)
                    else:
                        yield _Target(id(inner), "", inner.place, inner)


def _hits(c: Correction, targets: list[_Target], decoded: str | None) -> list[tuple[int, _Change]]:
    """The paragraphs that a fix changes; [] where the text is not what it was."""
    assert c.place is not None
    was, now = c.was or "", c.now or ""
    if decoded is not None and c.place.start is not None and c.place.end is not None:
        return _hits_by_offset(c, c.place.start, c.place.end, targets, decoded)
    near = [
        t for t in targets if _same(t.place, c.place) or (t.cell is not None and _same(t.cell.place, c.place))
    ]
    whole = [t for t in near if t.text == was]
    if len(whole) == 1:
        return [(whole[0].key, _core(0, was, now, c))]
    if len(near) > 1 and "\n".join(t.text for t in near) == was:
        return _by_lines(c, near)
    if not was:
        return []
    near = near or [t for t in targets if _inside(c.place, t.place)]
    parts = [t for t in near if was in t.text]
    if len(parts) == 1 and parts[0].text.count(was) == 1:
        return [(parts[0].key, _core(parts[0].text.index(was), was, now, c))]
    return []


def _hits_by_offset(
    c: Correction, start: int, end: int, targets: list[_Target], decoded: str
) -> list[tuple[int, _Change]]:
    was, now = c.was or "", c.now or ""
    if decoded[start:end] != was:
        return []
    over: list[_Target] = []
    for t in targets:
        if t.place.start is None or t.place.end is None:
            continue
        if t.place.start <= start and end <= t.place.end:
            return [(t.key, _core(start - t.place.start, was, now, c))]
        if start <= t.place.start and t.place.end <= end and t.text.strip():
            over.append(t)
    if len(over) == 1:  # the place of a cell reaches over the white space around its text
        return [(over[0].key, _core(0, over[0].text, now.strip(), c))]
    return _by_lines(c, over)


def _by_lines(c: Correction, targets: list[_Target]) -> list[tuple[int, _Change]]:
    """A cell of several lines: line by line, and no line may be added."""
    lines = (c.now or "").split("\n")
    if len(lines) > len(targets):
        return []
    lines += [""] * (len(targets) - len(lines))
    return [(t.key, _core(0, t.text, line, c)) for t, line in zip(targets, lines, strict=True)]


def _core(at: int, was: str, now: str, by: Correction) -> _Change:
    """The change without what both texts begin and end with, so that its neighbours keep their own places."""
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    return _Change(at + head, at + len(was) - tail, now[head : len(now) - tail], by)


def _crosses(a: _Change, b: _Change) -> bool:
    return (a.i < b.j and b.i < a.j) or (a.i, a.j) == (b.i, b.j)


def _same(a: Place, b: Place) -> bool:
    if a.box is None or b.box is None:
        return a == b and a != NOWHERE
    close = all(abs(x - y) < 0.0005 for x, y in zip(a.box, b.box, strict=True))
    return a.page == b.page and close


def _inside(a: Place, b: Place) -> bool:
    """The middle of box a lies in box b."""
    if a.box is None or b.box is None or a.page != b.page:
        return False
    x, y = (a.box[0] + a.box[2]) / 2, (a.box[1] + a.box[3]) / 2
    return b.box[0] <= x <= b.box[2] and b.box[1] <= y <= b.box[3]


def _rebuilt(block: Block, edits: Mapping[int, _Edit]) -> Block:
    if isinstance(block, Paragraph):
        edit = edits.get(id(block))
        return replace(block, text=edit.new, place=_new_place(edit)) if edit else block
    if isinstance(block, Table):
        return replace(block, cells=tuple(_rebuilt_cell(cell, edits) for cell in block.cells))
    return block


def _rebuilt_cell(cell: Cell, edits: Mapping[int, _Edit]) -> Cell:
    edit = edits.get(id(cell))
    if edit is not None:
        place = _new_place(edit)
        return replace(cell, blocks=(Paragraph(edit.new, place),), place=place)
    blocks = tuple(_rebuilt(block, edits) for block in cell.blocks)
    if blocks == cell.blocks:
        return cell
    only = blocks[0] if len(blocks) == 1 else None
    place = only.place if isinstance(only, Paragraph) and cell.place.start is not None else cell.place
    return replace(cell, blocks=blocks, place=place)


def _new_place(edit: _Edit) -> Place:
    if edit.start is None:
        return edit.place
    return replace(edit.place, start=edit.start, end=edit.start + len(edit.new))


def _stale(c: Correction, document: Document, kind: str) -> Finding:
    actual = printed_at(document, c.place) if c.place is not None else None
    f = finding(
        "STALE_CORRECTION", kind=kind, paths=[c.path] if c.path else [], places=[c.place] if c.place else [],
        expected=c.was or "", actual=actual or "",
    )  # fmt: skip
    if kind == "source_changed":
        f = replace(
            f, message=with_particles(f"파일이 다시 저장되어 수정 {why(c)}을(를) 적용하지 않았습니다.")
        )
    elif kind == "overlap":
        f = replace(f, message=with_particles(f"다른 수정과 겹쳐 수정 {why(c)}을(를) 적용하지 않았습니다"))
    return f


def compared(stale: Finding, evidence: Mapping[str, Proof]) -> Finding:
    """An outdated correction beside what its value says now.

    In a file that was saved anew the old place may hold anything: the value is found by its path.
    """
    if stale.kind != "source_changed" or not stale.paths:
        return stale
    proof = evidence.get(stale.paths[0])
    now = f"지금: ‘{proof.text}’" if proof is not None else "지금 문서에는 그 값이 없습니다."
    places = (proof.place,) if proof is not None else ()
    actual = proof.text if proof is not None else ""
    return replace(stale, actual=actual, places=places, message=f"{stale.message} {now}")


# ---------------------------------------------------------------- back to what was printed


class Proof(Protocol):
    """What card.Evidence is, seen from below."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    text: str
    place: Place


E = TypeVar("E", bound=Proof)


def certify(
    evidence: Mapping[str, E],
    findings: Sequence[Finding],
    document: Document,
    decisions: Sequence[Correction],
    card_index: int,
    sha256: str | None = None,
) -> tuple[dict[str, E], list[Finding]]:
    """Evidence and findings of a corrected document, led back to the places and texts that were printed.

    evidence: path -> card.Evidence; where a fix, fill or assign touched the value its text becomes what was
    printed ("" for a fill), its certainty `corrected`, its reason who did it. (The state of a budget entry
    whose evidence is corrected is `corrected` too; that is the caller's to set.) document: as it was read,
    before `correct`.
    """
    held = [c for c in decisions if sha256 in (None, c.source_sha256)]
    edits = list(_edits(document, held, None)[0].values())
    paths = {c.path: c for c in of_card(held, card_index) if c.action in ("fill", "assign") and c.path}
    if not edits and not paths:
        return dict(evidence), list(findings)
    out: dict[str, E] = {}
    for path, proof in evidence.items():
        text, place, by = restored(Span(proof.text, proof.place), edits, document.decoded)
        by = by or paths.get(path)
        update: dict[str, Any] = {"text": text, "place": place}
        if by is not None:
            update |= {"certainty": "corrected", "reason": why(by)}
            if by.action == "fill":
                update["text"] = ""
        out[path] = replace(proof, **update)
    return out, [
        replace(
            f,
            places=tuple(dict.fromkeys(restored(Span("", p), edits, document.decoded)[1] for p in f.places)),
        )
        for f in findings
    ]


def restored(span: Span, edits: Sequence[_Edit], decoded: str | None) -> tuple[str, Place, Correction | None]:
    """Text and place as printed, and the correction that touched them."""
    place = span.place
    if decoded is not None and place.start is not None and place.end is not None:
        for edit in edits:
            if (
                edit.start is not None
                and edit.start <= place.start
                and place.end <= edit.start + len(edit.new)
            ):
                i, j, by = _old_range(edit, place.start - edit.start, place.end - edit.start)
                return edit.old[i:j], edit.place.part(i, i if edit.place.start is None else j), by
        for edit in edits:
            start = edit.place.start
            if start is not None and place.start <= start and start + len(edit.old) <= place.end:
                return decoded[place.start : place.end], place, edit.changes[0].by
        return span.text, place, None
    for edit in edits:
        if (
            _same(edit.place, place)
            or (edit.cell is not None and _same(edit.cell, place))
            or _inside(place, edit.place)
        ):
            text, by = _old_text(edit, span.text)
            if by is not None:
                return text, place, by
    return span.text, place, None


def _old_range(edit: _Edit, i: int, j: int) -> tuple[int, int, Correction | None]:
    """Characters i..j of the new text, in the old one; and the correction of the first change they touch."""
    shift = 0
    by: Correction | None = None
    for change in edit.changes:
        first, last = change.i + shift, change.i + shift + len(change.text)
        if i < last and first < j if first < last else i <= first <= j:
            by = by or change.by
        shift += len(change.text) - (change.j - change.i)
    return _old_position(edit, i, end=False), _old_position(edit, j, end=True), by


def _old_position(edit: _Edit, position: int, *, end: bool) -> int:
    """Where a span of the new text begins (or ends) in the old one; a change is never cut in two."""
    shift = 0
    for change in edit.changes:
        first, last = change.i + shift, change.i + shift + len(change.text)
        if position < first or (end and position == first < last):
            break
        if position < last or (position == last and (end or first == last)):
            return change.j if end else change.i
        shift += len(change.text) - (change.j - change.i)
    return position - shift


def _old_text(edit: _Edit, text: str) -> tuple[str, Correction | None]:
    """Where a format knows no offsets: the text's own words tell whether a change touched it."""
    if edit.new and edit.new in text:
        return text.replace(edit.new, edit.old, 1), edit.changes[0].by
    best: tuple[str, Correction | None] = (text, None)
    at = edit.new.find(text) if text else -1
    while at >= 0:
        i, j, by = _old_range(edit, at, at + len(text))
        if by is None:
            return text, None
        best = (edit.old[i:j], by)
        at = edit.new.find(text, at + 1)
    return best
