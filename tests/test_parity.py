"""One card in every format of the corpus gives one record: the readers differ, the facts do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.scoring import load_truth, overall, plain, scorer

from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet

LAYOUTS = ("dev1_seed_gu", "dev2_si_grid", "dev3_gun_lines", "dev4_metro_eok", "dev5_gu_onebig")
FORMATS = {"txt": "txt", "docx": "docx", "hwpx": "hwpx", "html": "html", "pdf": "pdf"}


def squeezed(value: object) -> str:
    """A value as JSON without white space: PDF lines wrap inside Korean words."""
    return "".join(json.dumps(value, ensure_ascii=False, sort_keys=True).replace("\\n", "").split())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_card_in_all_formats(layout: str, shared: Path, ruleset: RuleSet) -> None:
    module = scorer(shared)
    folder = shared / "corpus/inbox/single" / layout
    seen = {}
    for suffix in FORMATS:
        path = folder / suffix / f"{layout}_01_{suffix}.{suffix}"
        cards = extract_file(path, root=folder, rules=ruleset, profile="base", mentions=False).cards
        truth = load_truth(shared / "corpus/truth", path.stem)
        counts = overall(module, truth, plain(cards, path), spaces=suffix != "pdf")
        assert counts["head_right"] == counts["head_stated"], (suffix, counts)
        assert counts["cells_right"] == counts["cells_found"] == counts["cells"], (suffix, counts)
        assert counts["items_full"] == counts["items_found"] == counts["items"], (suffix, counts)
        assert counts["evidence_good"] == counts["evidence"] > 0, (suffix, counts)
        assert counts["silent"] == 0
        (record,) = plain(cards)
        module.SPACES = ""  # before anything is sorted
        fields = {name: module.field(record, name) for name in module.HEADER}
        fields["cells"] = sorted((*k, v) for k, v in module.cells(record).items())
        fields["items"] = sorted(map(squeezed, module.bullets(record)[1].elements()))
        seen[suffix] = squeezed(fields)
    assert len(set(seen.values())) == 1, seen
