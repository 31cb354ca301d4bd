"""Decisions of people, kept beside the output folder in an append-only file, and their replay.

The pipeline calls, in this order (all do nothing without corrections):

    mine = of_source(effective(load(file)), path, sha256)
    source, stale = correct(document, mine, sha256)    # raw text, before anything is understood
    fills(mine, card_index)                            # header fields the document lacks
    assigns(mine, card_index)                          # places of unplaced figures
    evidence, findings = certify(evidence, findings, document, mine, card_index)   # document: as read
    findings = decide(findings, mine)                  # accepted, ignored; after the findings are stamped

`correct` keeps every offset true: the new text of a text file's line is put *behind* the decoded text, so
`decoded[start:end] == text` still holds while the card is built, and `certify` leads each value back to what
was printed and where. A corrected value's evidence holds the printed text, certainty `corrected`, and who did
it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, Self, TypeVar

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from cardextract.document import NOWHERE, Block, Cell, Document, Paragraph, Place, Span, Table, walk
from cardextract.findings import Finding, finding

Action = Literal["fix", "fill", "assign", "accept", "ignore", "later", "undo"]
DECISIONS = ("accept", "ignore", "later")
"""Actions about a finding; the others are about the text."""

log = logging.getLogger(__name__)


class Correction(BaseModel):
    """One decision: a line of the corrections file."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: str
    author: str
    time: str
    """ISO 8601, UTC, to the second."""
    action: Action
    source_path: str
    """As in the card's source.path."""
    source_sha256: str
    card_index: int
    place: Place | None = None
    """fix, assign: where the text stands that was printed."""
    path: str | None = None
    """The record's path, for people; for fill and assign the path that gets the value."""
    code: str | None = None
    finding: str | None = None
    """Id of the finding decided on."""
    was: str | None = None
    """fix, assign: the printed text. accept, ignore: the finding's values (`values_of`)."""
    now: str | None = None
    """fix, fill: the text that should have been printed."""
    reason: str | None = None
    undoes: str | None = None
    """Id of the decision that this one takes back (undo) or takes the place of (any other action)."""


class Conflict(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """Somebody else appended since the caller read the file; `etag` is the file's present one."""

    def __init__(self, etag: str) -> None:
        super().__init__(f"the corrections file has changed (now {etag})")
        self.etag = etag


def new_id() -> str:
    """A fresh id of a decision."""
    return secrets.token_hex(6)


def now_utc() -> str:
    """The time of a decision."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def corrections_file(output: Path) -> Path:
    """The file that belongs to an output folder.

    >>> corrections_file(Path("work/output")).as_posix()
    'work/output.corrections.jsonl'
    """
    return output.with_name(output.name + ".corrections.jsonl")


# ---------------------------------------------------------------- the file


def load(file: Path) -> list[Correction]:
    """All decisions, oldest first; [] if there is no file. Lines that are none (a torn end) are logged."""
    decisions, problems = read_log(file)
    for problem in problems:
        log.warning("%s: %s", file.name, problem)
    return decisions


def read_log(file: Path) -> tuple[list[Correction], list[str]]:
    """The decisions and a description of every line that could not be read."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return [], []
    decisions: list[Correction] = []
    problems: list[str] = []
    lines = raw.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            decisions.append(Correction.model_validate_json(line))
        except ValidationError as error:
            torn = " (torn: the write was cut off)" if number == len(lines) else ""
            what = error.errors(include_url=False, include_input=False)[0]["msg"]
            problems.append(f"line {number} is no decision{torn}: {what}")
    return decisions, problems


def etag(file: Path) -> str:
    """What the file is now: its size and a hash of its end. Differs after every append."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 4096))
            return f"{size}-{hashlib.sha256(stream.read()).hexdigest()[:12]}"
    except FileNotFoundError:
        return "0-"


def append(file: Path, decisions: Sequence[Correction], expected: str | None = None) -> str:
    """Write decisions at the end, on disk before it returns (fsync), one writer at a time; the new etag.

    Raises Conflict, and writes nothing, where `expected` is given and the file has moved on since.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(file) + ".lock", timeout=30):
        current = etag(file)
        if expected is not None and expected != current:
            raise Conflict(current)
        new = not file.exists()
        with file.open("ab+") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                torn = stream.read(1) != b"\n"
            else:
                torn = False
            lines = b"".join(c.model_dump_json(exclude_none=True).encode() + b"\n" for c in decisions)
            stream.write(b"\n" + lines if torn else lines)
            stream.flush()
            os.fsync(stream.fileno())
        if new:
            _sync_folder(file.parent)
        return etag(file)


def _sync_folder(folder: Path) -> None:
    """The new name is on disk too; where folders cannot be synced (Windows) the file's own sync must do."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------- which decisions hold


def effective(decisions: Sequence[Correction]) -> list[Correction]:
    """The decisions that hold: what was taken back is gone, the last one about the same thing wins.

    Taking back an undo brings the decision back; taking back a fix brings back the fix before it.
    """
    gone: set[str] = set()
    kept: list[Correction] = []
    for c in reversed(decisions):
        if c.id in gone:
            continue
        if c.undoes is not None:
            gone.add(c.undoes)
        if c.action != "undo":
            kept.append(c)
    last: dict[tuple[object, ...], Correction] = {}
    for c in reversed(kept):
        last.pop(_about(c), None)
        last[_about(c)] = c
    return list(last.values())


def _about(c: Correction) -> tuple[object, ...]:
    if c.action in ("fix", "assign"):
        # the unplaced figure `-` may stand twice in one place of a PDF: the printed text belongs to the key
        return (c.action, c.source_sha256, c.card_index, c.place, c.was)
    if c.action == "fill":
        return ("fill", c.source_sha256, c.card_index, c.path)
    return ("finding", c.finding)


def of_source(decisions: Iterable[Correction], path: str, sha256: str) -> list[Correction]:
    """Those about one input file: by path, or by content where the file was moved."""
    return [c for c in decisions if c.source_path == path or c.source_sha256 == sha256]


def of_card(decisions: Iterable[Correction], card_index: int) -> list[Correction]:
    """Those about one card of the file."""
    return [c for c in decisions if c.card_index == card_index]


def fills(decisions: Iterable[Correction], card_index: int, sha256: str | None = None) -> dict[str, str]:
    """Header fields that the document lacks: path -> raw text, to be read by the field's own grammar."""
    return {
        c.path: c.now
        for c in of_card(decisions, card_index)
        if c.action == "fill"
        and c.path is not None
        and c.now is not None
        and sha256 in (None, c.source_sha256)
    }


def assigns(
    decisions: Iterable[Correction], card_index: int, sha256: str | None = None
) -> dict[tuple[Place, str], str]:
    """Where unplaced figures belong: (place, printed text) -> path of the budget entry."""
    return {
        (c.place, c.was or ""): c.path
        for c in of_card(decisions, card_index)
        if c.action == "assign"
        and c.place is not None
        and c.path is not None
        and sha256 in (None, c.source_sha256)
    }


def values_of(f: Finding) -> str:
    """What a finding says about the values; an accept holds only while it stays the same."""
    return f"{f.actual} | {f.expected}"


def decide(findings: Iterable[Finding], decisions: Iterable[Correction]) -> list[Finding]:
    """The (stamped) findings with the state people gave them; it lapses when the finding's values change."""
    states = {c.finding: c for c in decisions if c.action in ("accept", "ignore") and c.finding}
    out: list[Finding] = []
    for f in findings:
        c = states.get(f.id)
        if c is not None and (c.was is None or c.was == values_of(f)):
            f = replace(f, state="accepted" if c.action == "accept" else "ignored")
        out.append(f)
    return out


def why(c: Correction) -> str:
    """Who changed what and when: the reason of a corrected value's evidence.

    >>> why(Correction(id="1", author="김하나", time="2024-07-01T01:00:00Z", action="fix", source_path="a",
    ...     source_sha256="", card_index=1, was="1.764", now="1,764", reason="원문 대조"))
    '‘1.764’ → ‘1,764’ (김하나, 2024-07-01: 원문 대조)'
    """
    note = f": {c.reason}" if c.reason else ""
    return f"‘{c.was or ''}’ → ‘{c.now or ''}’ ({c.author}, {c.time[:10]}{note})"


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
        message = f"파일이 다시 저장되어 수정 {why(c)}을(를) 적용하지 않았습니다. 지금: ‘{actual or ''}’"
        f = replace(f, message=message)
    elif kind == "overlap":
        f = replace(f, message=f"다른 수정과 겹쳐 수정 {why(c)}을(를) 적용하지 않았습니다")
    return f


# ---------------------------------------------------------------- back to what was printed


class Proof(Protocol):
    """What card.Evidence is, seen from below."""

    text: str
    place: Place

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values."""


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
        update: dict[str, object] = {"text": text, "place": place}
        if by is not None:
            update |= {"certainty": "corrected", "reason": why(by)}
            if by.action == "fill":
                update["text"] = ""
        out[path] = proof.model_copy(update=update)
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


def corrected_places(decisions: Iterable[Correction]) -> set[Place]:
    """The printed places that fixes and assigns speak of."""
    return {c.place for c in decisions if c.action in ("fix", "assign") and c.place is not None}


def texts(document: Document) -> list[str]:
    """Every paragraph's text in reading order: what two versions of a document are compared by."""
    return [p.text for p in walk(document.blocks)]
