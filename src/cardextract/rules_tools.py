"""`cardextract rules check | test | suggest`: tools for people who write profiles."""

from __future__ import annotations

import difflib
import errno
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardextract.budget.axes import terms
from cardextract.card import Card
from cardextract.document import Paragraph, Table
from cardextract.findings import Unreadable
from cardextract.head.words import could_be_label, label_fields
from cardextract.headings import heading_of
from cardextract.inherit import did_you_mean, idle
from cardextract.paths import printable
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, find_rules_dir, load_rules
from cardextract.readers import reader, sniff
from cardextract.rules import Rules
from cardextract.values import squeeze


def check(folder: Path | None) -> int:
    """Load all rules; print what is doubtful. Returns 0, or 3 where a doubt was found. Raises RulesError."""
    rules = load_rules(find_rules_dir(folder))
    doubts = [doubt for r in rules.profiles.values() for doubt in _doubts(r)]
    doubts += [*_idle(rules), *_alike(rules)]
    for line in doubts:
        print(line)
    print(f"{len(rules.profiles)} profiles loaded from {rules.folder}, {len(doubts)} doubts")
    return 3 if doubts else 0


def _idle(rules: RuleSet) -> Iterator[str]:
    """Edits of profiles that change nothing."""
    for name in rules.profiles:
        own = tomllib.loads((rules.folder / f"{name}.toml").read_text(encoding="utf-8"))
        if name != "base":
            parent = rules.profiles[str(own.get("extends", "base"))].model_dump()
            yield from (f"{name}: {line}" for line in idle(own, parent))


def _alike(rules: RuleSet) -> Iterator[str]:
    """Profiles whose evidence is the same: detection can only tie."""
    seen: dict[frozenset[str], str] = {}
    for profile in rules.profiles.values():
        evidence = frozenset(squeeze(d.text) if d.text else f"/{d.pattern}/" for d in profile.detect)
        if evidence and seen.setdefault(evidence, profile.name) != profile.name:
            yield f"{profile.name}: [[detect]] is that of {seen[evidence]}: the two tie on every document"


def _doubts(rules: Rules) -> Iterator[str]:
    headings = {kind: [*s.words, *s.exact] for kind, s in rules.sections.items()}
    for table, entries in (("labels", rules.labels), ("status", rules.status), ("sections", headings)):
        seen: dict[str, str] = {}
        for name, words in entries.items():
            for word in words:
                key = squeeze(word)
                if seen.setdefault(key, name) != name:
                    yield f"{rules.name}: {table}: {word} stands under {seen[key]} and {name}"
    if rules.name != "base" and not rules.detect:
        yield f"{rules.name}: no [[detect]] entry: it is used only with --profile {rules.name}"
    for word in rules.roles:
        if squeeze(word) in rules.label_of and rules.label_of[squeeze(word)] != "staff":
            yield f"{rules.name}: roles: {word} is a label too ({rules.label_of[squeeze(word)]})"


def value_at(card: Card, path: str) -> Any:
    """The value of a record at a path such as `period.start`, `staff[0].name`, `budget[plan/total/2022].amount`."""
    m = re.fullmatch(r"budget\[(\w+)/(\w+)/([\w-]+)\]\.(amount|state)", path)
    if m:
        return next(
            (getattr(b, m[4]) for b in card.budget if (b.ledger, b.source, str(b.period)) == m.groups()[:3]),
            None,
        )
    value: Any = card
    for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path):
        if value is None:
            return None
        if index:
            value = value[int(index)] if int(index) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else getattr(value, name)
    return value


def test(folder: Path | None) -> int:
    """Run every `[[tests]]` of every profile. Returns 0, or 3 where one fails. Raises RulesError."""
    rules = load_rules(find_rules_dir(folder))
    ran = failed = 0
    for profile in rules.profiles.values():
        for case in profile.tests:
            ran += 1
            problems = list(run_test(rules, profile.name, case.text, case.expect))
            failed += bool(problems)
            print(f"{'FAILED' if problems else 'ok'}  {profile.name}: {case.name}")
            for problem in problems:
                print(f"        {problem}")
    print(f"{ran - failed} passed, {failed} failed")
    return 3 if failed else 0


def run_test(rules: RuleSet, profile: str, text: str, expect: dict[str, Any]) -> Iterator[str]:
    """The differences between what a text gives under a profile and what is expected (path -> value)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.txt"
        path.write_text(text, encoding="utf-8")
        try:
            cards = extract_file(path, root=path.parent, rules=rules, profile=profile, mentions=False).cards
        except Unreadable as error:
            yield f"{error.code}: {error.message}"
            return
    if not cards:
        yield "no card found"
        return
    for key, wanted in expect.items():
        try:
            got = value_at(cards[0], key)
        except AttributeError:
            yield f"{key}: no such path in a record{did_you_mean(key, Card.model_fields)}"
            continue
        if got != wanted:
            yield f"{key}: expected {wanted!r}, got {got!r}"


FORM = 3
"""From so many files on, a word that stands only once is taken for content, not for a part of the form."""


def suggest(inbox: Path, rules_dir: Path | None, draft: Path | None) -> int:
    """Print what no rule knows in a folder of reports, with counts; write a draft profile. Raises RulesError, OSError."""
    rules = load_rules(find_rules_dir(rules_dir))
    found: dict[str, Counter[str]] = {
        k: Counter() for k in ("labels", "headings", "columns", "markers", "status")
    }
    files = 0
    if not inbox.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "no such folder of reports", str(inbox))
    for path in sorted(p for p in inbox.rglob("*") if p.is_file()):
        try:
            document, _ = reader(sniff(path))(path)
            cards = extract_file(path, root=inbox, rules=rules, mentions=False).cards
        except Unreadable as error:
            print(printable(f"{path.name}: {error.code}: {error.message}"))
            continue
        files += 1
        for card in cards:
            for f in card.findings:
                if f.code == "UNKNOWN_LABEL" and f.actual:
                    found["labels"][str(f.actual)] += 1
                if f.code == "UNREADABLE_VALUE" and "status" in f.paths:
                    found["status"][str(f.actual)] += 1
        _survey(
            [b for b in document.blocks if isinstance(b, Paragraph)],
            [b for b in document.blocks if isinstance(b, Table)],
            rules.profiles[cards[0].profile] if cards else rules.base,
            found,
        )
    if files >= FORM:  # what a form prints comes back; what stands once in so many files is content
        for kind in ("labels", "headings", "columns"):
            found[kind] = Counter({word: n for word, n in found[kind].items() if n > 1})
    for kind, counter in found.items():
        print(f"[{kind}]")
        for word, count in counter.most_common(40):
            guess = _like(word, rules.base) if kind == "labels" else ""
            print(printable(f"  {count:5d}  {word}{guess}"))
    print(f"{files} files read")
    if draft is not None:
        draft.write_text(_draft(found), encoding="utf-8")
        print(f"draft profile written to {draft}")
    return 0


def _like(word: str, rules: Rules) -> str:
    """The known label that an unknown one most resembles, and its field: a first guess for the draft."""
    near = difflib.get_close_matches(squeeze(word), list(rules.label_of), 1, cutoff=0.6)
    return f"    (like {near[0]}: labels.{rules.label_of[near[0]]}?)" if near else ""


def _survey(
    paragraphs: list[Paragraph], tables: list[Table], rules: Rules, found: dict[str, Counter[str]]
) -> None:
    for p in paragraphs:
        text = p.text.strip()
        h = heading_of(p.span(), rules)
        if (
            h is not None
            and h.kind is None
            and h.style
            and 2 <= len(squeeze(h.title.text)) <= 14
            and not label_fields(h.title.text, rules)
        ):
            found["headings"][h.title.text] += 1
        if (
            text
            and not text[0].isalnum()
            and text[0] not in "([<〈【「『‘“'\""
            and text[0] not in (*rules.markers, *rules.notes, *rules.arrows)
        ):
            found["markers"][text[0]] += 1
        m = re.match(r"^\S?\s*([^:：]{2,14}?)\s*[:：]\s*\S", text)
        if m and not label_fields(m[1], rules) and not re.search(r"\d", m[1]):
            found["labels"][m[1].strip()] += 1
    for table in tables:
        figures = sum(bool(re.fullmatch(r"[\d,.\-]+", c.text.strip())) for c in table.cells)
        if figures < 4:
            found["labels"].update(_label_shaped(table, rules))
            continue
        for c in table.cells:
            text = c.text.strip()
            if (
                text
                and len(text) < 24
                and not re.fullmatch(r"[\d,.\-–—△%\s]+", text)
                and not terms(text, rules)
                and not label_fields(text, rules)
                and squeeze(text) not in rules.status_of
                and squeeze(text) not in rules.marks
            ):
                found["columns"][" ".join(text.split())] += 1


def _label_shaped(table: Table, rules: Rules) -> Iterator[str]:
    """Cells of a header grid that stand where labels stand (before a value) and look like one, but are none that a rule
    knows: those of a form come back in every file, so their counts tell them from values."""
    for row in table.lines():
        filled = [c.text.strip() for c in row if c.text.strip()]
        if any(label_fields(text, rules) for text in filled[1::2]):
            continue
        for label, value in zip(filled[0::2], filled[1::2], strict=False):
            if value and could_be_label(label, rules) and not label_fields(label, rules):
                yield " ".join(label.split())


def _draft(found: dict[str, Counter[str]]) -> str:
    def words(kind: str) -> str:
        return ", ".join(f'"{w}"' for w, _ in found[kind].most_common(40)) or ""

    return f"""# A draft: move each word to the field it names, delete the rest, add a [[detect]] and a [[tests]] entry.
extends = "base"
title = "새 서식"

# unknown labels: {words("labels")}
# [labels]
# title = {{ append = ["…"] }}

# unknown headings: {words("headings")}
# [sections.achievements]
# words = {{ append = ["…"] }}

# unknown rows and columns of budget tables: {words("columns")}
# [axes.source]
# other = {{ append = ["…"] }}

# unknown markers: {words("markers")}
# unknown status words: {words("status")}

# [[detect]]
# text = "a phrase that only this layout prints"
"""
