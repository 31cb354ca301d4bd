"""What people decided that no text of the document can say: fields it lacks, and the columns of unplaced figures.

Works on a built card, before its checks; the texts go through the same grammar as any other header field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cardextract.card import BudgetCell, Card, budget_path
from cardextract.corrections import Correction, assigns, fills
from cardextract.document import NOWHERE, Place, Span
from cardextract.fields import Picked
from cardextract.findings import stamp
from cardextract.head.words import Pick
from cardextract.record.build import build
from cardextract.rules import Rules

UNPLACED = re.compile(r"budget\[(?P<ledger>\w+)/(?P<source>\w+)/None(?:#(?P<number>\d+))?\]\.amount")
TARGET = re.compile(r"budget\[(?P<ledger>\w+)/(?P<source>\w+)/(?P<period>[\w-]+)\](?:\.amount)?")


def amend(card: Card, decisions: Sequence[Correction], rules: Rules, sha256: str | None = None) -> Card:
    """The card with the fills and assigns of its own; one that does not fit (any more) changes nothing."""
    index = card.source.card_index
    given = fills(decisions, index, sha256)
    if given:
        card = _filled(card, given, rules)
    for (place, text), path in assigns(decisions, index, sha256).items():
        card = _assigned(card, place, text, path)
    return card


def _filled(card: Card, given: Mapping[str, str], rules: Rules) -> Card:
    """Header fields that the document lacks; one that it has is left alone."""
    picked = Picked(
        picks=[
            Pick(path.split(".")[0].split("[")[0], path, Span(text, NOWHERE)) for path, text in given.items()
        ]
    )
    draft = build(picked, rules)
    known = card.model_dump(include=set(Card.model_fields))
    lacking = {
        name: value
        for name, value in draft.values.items()
        if name in known and _is_empty(known[name]) and value
    }
    proofs = {
        path: proof for path, proof in draft.evidence.items() if path.split(".")[0].split("[")[0] in lacking
    }
    source = card.source
    found = [stamp(f, source.path, card.card_id, source.card_index) for f in draft.findings]
    return Card.model_validate(
        {**known, **lacking, "evidence": {**card.evidence, **proofs}, "findings": [*card.findings, *found]}
    )


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_empty(v) for v in value.values())
    return value in (None, "", [])


def _assigned(card: Card, place: Place, text: str, path: str) -> Card:
    """An unplaced figure in its column; the finding goes with the last one of its row."""
    target = TARGET.fullmatch(path)
    found = next(
        (
            m for key, proof in card.evidence.items()
            if (m := UNPLACED.fullmatch(key)) and (proof.place, proof.text) == (place, text)
        ),
        None,
    )  # fmt: skip
    if (
        target is None
        or found is None
        or target["ledger"] != found["ledger"]
        or target["source"] != found["source"]
    ):
        return card
    ledger, source, period = target["ledger"], target["source"], target["period"]
    row = [c for c in card.budget if (c.ledger, c.source) == (ledger, source)]
    loose = [c for c in row if c.period is None]
    there = [c for c in row if c.period == period]
    number = int(found["number"] or 1) - 1
    if number >= len(loose) or any(c.amount is not None for c in there):
        return card
    figure = loose[number]
    placed = BudgetCell.model_validate({**figure.model_dump(), "period": period, "state": "corrected"})
    cells = [placed if c is figure else c for c in card.budget if c not in there]
    evidence = dict(card.evidence)
    keys = [
        k for k in evidence if (m := UNPLACED.fullmatch(k)) and (m["ledger"], m["source"]) == (ledger, source)
    ]
    proofs = [evidence.pop(k) for k in keys]
    evidence[budget_path(ledger, source, period) + ".amount"] = proofs.pop(number)
    for i, proof in enumerate(proofs):
        evidence[budget_path(ledger, source, f"None#{i + 1}" if i else None) + ".amount"] = proof
    findings = card.findings
    if not proofs:
        prefix = f"budget[{ledger}/{source}/"
        findings = [f for f in findings if not (f.code == "UNPLACED" and f.paths and f.paths[0] == prefix)]
    return card.model_copy(update={"budget": cells, "evidence": evidence, "findings": findings})
