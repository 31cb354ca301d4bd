"""The catalogue and the finding itself."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from cardextract.catalogue import CATALOGUE, FILES, GROUPS, KINDS, page
from cardextract.document import Place
from cardextract.findings import finding, stamp
from cardextract.rules import Rules

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_says_what_why_and_how_to_mend(code: str) -> None:
    entry = CATALOGUE[code]
    assert code == code.upper()
    assert entry.title
    assert entry.message
    assert entry.why.endswith(".")
    assert entry.mend.endswith(".")
    names = {name for _, name, _, _ in string.Formatter().parse(entry.message) if name is not None}
    assert "" not in names, "a word of a message has a name"


def test_every_code_stands_in_one_group() -> None:
    grouped = [code for codes in GROUPS.values() for code in codes]
    assert sorted(grouped) == sorted(CATALOGUE)
    assert set(KINDS) <= set(CATALOGUE)


def test_the_page_is_the_catalogue() -> None:
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m cardextract.catalogue > docs/checks.md"


def test_every_code_of_the_ledger_is_in_the_catalogue_and_tested() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    given = set(re.findall(r'\b(?:Unreadable|_Died|refused)\(\s*"([a-z_]+)"', source))
    given |= set(re.findall(r'\bverdict\("[a-z]+", "([a-z_]+)"', source))
    assert len(given) > 15
    assert given <= {code.lower() for code in FILES}
    files = (p for p in ROOT.glob("tests/test_*.py") if p.name != Path(__file__).name)
    tests = "".join(p.read_text(encoding="utf-8") for p in files)
    assert [code for code in FILES if f'"{code.lower()}"' not in tests] == []


def test_no_rule_hides_a_file_that_was_not_read() -> None:
    with pytest.raises(ValueError, match="the severity of NO_CARD is fixed"):
        Rules.model_validate({"name": "x", "severity": {"NO_CARD": "off"}})


def test_a_finding_fills_its_message_and_refuses_what_it_does_not_know() -> None:
    made = finding("PROGRESS_RANGE", actual=120, label="진도율")
    assert made.message == "진도율 120%는 0~100% 밖입니다"
    with pytest.raises(KeyError):
        finding("NO_SUCH_CODE")
    with pytest.raises(KeyError):
        finding("PROGRESS_RANGE", actual=120)


def test_ids_are_stable_and_say_where() -> None:
    made = finding(
        "DATE_INVALID", actual="2024. 2. 30.", paths=["title"], places=[Place(line=1), Place(line=1)]
    )
    here = stamp(made, "a.txt", "c-1", 1)
    assert here == stamp(made, "a.txt", "c-1", 1)
    assert here.places == (Place(line=1),)
    others = [stamp(made, "b.txt", "c-1", 1), stamp(made, "a.txt", "c-2", 2)]
    others.append(stamp(finding("DATE_INVALID", actual="2024. 2. 31.", paths=["title"]), "a.txt", "c-1", 1))
    assert len({here.id, *(o.id for o in others)}) == 4
    assert len(here.id) == 12


def test_a_path_that_is_no_utf8_can_be_stamped() -> None:
    assert stamp(finding("DATE_INVALID", actual="x"), "\udcff.txt").id
