"""One card, one file: the way of the data. Every step is a function on plain data and can be called alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardextract.amend import amend
from cardextract.asides import asides
from cardextract.card import Card, SourceFile, budget_path
from cardextract.checks import check
from cardextract.corrections import Correction, decide, of_source
from cardextract.cut import CardBlocks, cards
from cardextract.document import Document, Table, walk
from cardextract.fields import Picked, pick
from cardextract.findings import Finding, finding, stamp
from cardextract.frames import unframe
from cardextract.head.lines import unmarked
from cardextract.pairing import pair_up
from cardextract.paths import portable
from cardextract.profiles import RuleSet, Score
from cardextract.readers import reader, sniff
from cardextract.record.build import build
from cardextract.record.draft import Draft
from cardextract.repeats import merge_repeats
from cardextract.replay import certify, compared, correct, stale_by_card
from cardextract.rules import Rules
from cardextract.second import compare, doubtful_pages
from cardextract.sections import Split, split
from cardextract.spaced import lay_out
from cardextract.stacks import restack
from cardextract.unread import unread
from cardextract.wrapping import rejoin_lines


@dataclass(frozen=True)
class FileResult:
    """What one input file gave: its cards and the findings that belong to the file rather than to a card."""

    path: str
    sha256: str
    format: str | None
    cards: list[Card]
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """One card with every intermediate kept, for `explain`."""

    card: Card
    split: Split
    picked: Picked


def extract_card(part: CardBlocks, rules: Rules) -> tuple[Draft, Split, Picked]:
    """One card: cut into sections, picked, typed."""
    labels = unmarked(part.blocks, rules) if part.labels is None else part.labels
    sections = split(part.blocks, rules, labels)
    picked = pick(sections, rules, {name: proof.text for name, proof in part.cover_evidence.items()})
    picked.unused.extend(part.unclaimed)
    draft = build(picked, rules)
    draft.findings.extend(unread(picked, sections, rules))
    return draft, sections, picked


def read_cards(
    document: Document, source: SourceFile, rules: Rules, *, issuer: str | None = None
) -> list[Reading]:
    """Every card of a document, typed and with evidence; not yet checked."""
    for step in (unframe, merge_repeats, lay_out, rejoin_lines, restack, pair_up):
        document = step(document, rules)
    parts = list(cards(document, rules))
    notes = asides(document.notes, [part.blocks for part in parts])
    out = []
    for index, part in enumerate(parts, 1):
        draft, sections, picked = extract_card(part, rules)
        draft.findings += notes[index - 1]
        values = draft.values
        values.update({k: v for k, v in part.cover.items() if values.get(k) is None})
        draft.evidence.update(
            {
                k: v
                for k, v in part.cover_evidence.items()
                if k not in draft.evidence and values.get(k) == part.cover.get(k)
            }
        )
        here = source.model_copy(
            update={"card_index": index, "pages": [] if document.format == "text" else _pages(part)}
        )
        card = Card(
            card_id=f"{source.sha256[:12]}-{index}", source=here, profile=rules.name, rules_sha256=rules.sha256,
            evidence=draft.evidence, **{**values, "issuer": values.get("issuer") or issuer or rules.issuer},
        )  # fmt: skip
        card._aside = tuple(draft.aside)
        card.findings = [stamp(f, here.path, card.card_id, index) for f in draft.findings]
        out.append(Reading(card, sections, picked))
    return out


def _pages(part: CardBlocks) -> list[int]:
    pages = {p.place.page for p in walk(part.blocks)} | {
        t.page for b in part.blocks if isinstance(b, Table) for t in (b.place, *b.fragments)
    }
    return sorted(p for p in pages if p is not None)


def finish(card: Card, rules: Rules, decisions: Sequence[Correction] = (), pdf: Path | None = None) -> Card:
    """The card with the findings of all checks; severities as the rules set them, decisions applied.

    pdf: the card's file, where it is one: pages whose sums do not close are read a second time.
    """
    found = {f.id: f for f in [*card.findings, *check(card, rules)]}
    if pdf is not None and (pages := doubtful_pages(card, list(found.values()))):
        source = card.source
        second = [stamp(f, source.path, card.card_id, source.card_index) for f in compare(pdf, card, pages)]
        found.update({f.id: f for f in second})
    settled = []
    for f in found.values():
        setting = rules.severity.get(f.code)
        if setting == "off":
            continue
        settled.append(replace(f, severity=setting) if setting else f)
    card.findings = decide(settled, decisions)
    return card


def extract_file(
    path: Path, *, root: Path, rules: RuleSet, profile: str | None = None, issuer: str | None = None,
    corrections: Sequence[Correction] = (), mentions: bool = True,
) -> FileResult:  # fmt: skip
    """Read one file and extract its cards. Raises Unreadable for a file that gives no document."""
    relative = portable(_relative(path, root))
    raw = path.read_bytes()
    sha256 = hashlib.sha256(raw).hexdigest()
    kind = sniff(path, raw)
    del raw  # a reader has its own ways to hold a large file
    printed, file_findings = reader(kind)(path)
    mine = of_source(corrections, relative, sha256) if corrections else []
    document = correct(printed, mine, sha256)[0] if mine else printed
    chosen, scores, doubt = rules.choose("\n".join([p.text for p in document.paragraphs()]), profile)
    file_findings = [*file_findings, *_doubts(scores, doubt)]
    stale = stale_by_card(printed, mine, sha256)
    source = SourceFile(path=relative, sha256=sha256, format=kind, card_index=1)
    out = []
    for reading in read_cards(document, source, chosen, issuer=issuer):
        card, index = reading.card, reading.card.source.card_index
        if document.decoded is not None:
            assert_spans(card, document.decoded)
        if mine:
            card = _corrected(card, printed, mine, chosen)
            outdated = [compared(f, card.evidence) for f in stale.pop(index, [])]
            card.findings += [stamp(f, relative, card.card_id, index) for f in outdated]
        out.append(finish(card, chosen, mine, path if kind == "pdf" else None))
    if mentions and out:
        _annotate(out, rules.folder)
    if not out:
        file_findings += asides(document.notes, [()])[0]
    findings = [stamp(f, relative) for f in [*file_findings, *(f for of in stale.values() for f in of)]]
    return FileResult(relative, sha256, kind, out, findings)


def _corrected(card: Card, printed: Document, mine: Sequence[Correction], rules: Rules) -> Card:
    """The card with what people filled in, and with what was printed as the proof of what they corrected."""
    source = card.source
    card = amend(card, mine, rules, source.sha256)
    card.evidence, card.findings = certify(
        card.evidence, card.findings, printed, mine, source.card_index, source.sha256
    )
    for cell in card.budget:
        proof = card.evidence.get(f"{budget_path(cell.ledger, cell.source, cell.period)}.amount")
        if proof is not None and proof.certainty == "corrected" and cell.state == "stated":
            cell.state = "corrected"
    return card


def _doubts(scores: Sequence[Score], doubt: str | None) -> list[Finding]:
    """Why no profile was taken although one scored."""
    if doubt is None:
        return []
    near = ", ".join(f"{s.name} {s.score:.2f}" for s in scores if s.score > 0)
    return [
        finding(
            "PROFILE_DOUBT", label=near, kind=doubt, severity=None if doubt == "tie" else "info", actual=near
        )
    ]


def _relative(path: Path, root: Path) -> bytes:
    if path == root:
        return os.fsencode(path.name)
    full, inside = str(path), str(root).rstrip("/") + "/"
    if full.startswith(inside) and ".." not in full:  # as all files of an inbox: nothing to look up
        return os.fsencode(full[len(inside) :])
    return os.fsencode(os.path.relpath(path, root))


def assert_spans(card: Card, decoded: str) -> None:
    """Every span of the evidence reproduces its text: a wrong place is a bug of ours, not of the file."""
    for path, proof in card.evidence.items():
        place = proof.place
        if place.start is not None and decoded[place.start : place.end] != proof.text:
            raise AssertionError(
                f"evidence of {path}: {decoded[place.start : place.end]!r} != {proof.text!r}"
            )


def _annotate(found: list[Card], folder: Path) -> None:
    """Mentions on every item of the cards; spaCy is loaded here and only here."""
    from cardextract.mentions import annotate_cards

    annotate_cards(found, folder)
