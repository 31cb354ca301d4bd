"""cardextract: Korean pledge management cards in, proved records out.

Every figure in the output is right or it is flagged, and every figure shows its place in the source.

    from cardextract import extract

    for card in extract("inbox/카드.hwpx"):
        print(card.number, card.title, card.budget_total)      # plain values, amounts in won
        for cell in card.budget:                               # plan | secured | spent, by source and period
            path = f"budget[{cell.ledger}/{cell.source}/{cell.period}].amount"
            print(path, cell.amount, card.evidence[path].text, card.evidence[path].place)
        for found in card.findings:                            # what a person should look at
            print(found.severity, found.code, found.message, found.paths)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from cardextract.card import Card
    from cardextract.findings import Finding, Unreadable
    from cardextract.rules import RulesError

__version__ = "0.1.0"

__all__ = ["Card", "Finding", "RulesError", "Unreadable", "__version__", "extract"]

_HOMES = {"Card": "card", "Finding": "findings", "Unreadable": "findings", "RulesError": "rules"}


def extract(
    path: str | os.PathLike[str],
    *,
    rules: str | os.PathLike[str] | None = None,
    profile: str | None = None,
    issuer: str | None = None,
    mentions: bool = True,
) -> list[Card]:
    """The cards of one file in their order, each with its evidence and findings; [] where nothing looks like a card.

    rules: a folder of rules, else ./rules, else the packaged ones. profile: the layout's rules by name, else chosen by
    the document. issuer: the government that printed the card, where the document does not say. mentions: find facts
    in the bullets (spaCy; the first call takes two seconds).

    Raises Unreadable for a file that gives no document (code and Korean message), RulesError for a mistake in the
    rules or an unknown profile, OSError where the path cannot be opened.
    """
    from pathlib import Path

    from cardextract.pipeline import extract_file
    from cardextract.profiles import find_rules_dir, load_rules

    file = Path(path)
    ruleset = load_rules(find_rules_dir(None if rules is None else Path(rules)))
    return extract_file(
        file, root=file.parent, rules=ruleset, profile=profile, issuer=issuer, mentions=mentions
    ).cards


def __getattr__(name: str) -> Any:
    # The records' module brings pydantic, which no `--version` needs.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"cardextract.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
