"""A few drawn layouts (tests/layouts) in text: the floor under the extraction on forms it was not written for.

The whole range is measured by `python -m tests.layouts.measure`, which says how good the extraction is; this does not: the
twelve seeds are ones that are read right today, so that a change that costs a mechanism is seen at once.
"""

from __future__ import annotations

from pathlib import Path

from tests.layouts import generate, grammar, measure
from tests.layouts.named import NAMED
from tests.layouts.render import as_text

SEEDS = [1, 2, 3, 4, 5, 9, 14, 24, 28, 36, 44, 48]


def text_of(seed: int) -> str:
    layout, blocks, _ = generate.generate(seed, 1)
    return as_text(blocks, lossy=layout.lossy, indent=layout.indent, blank_lines=layout.blank_lines)


def test_each_seed_writes_a_layout_of_its_own(tmp_path: Path) -> None:
    """What is written is what the seed draws: a measurement over one layout repeated would say nothing."""
    generate.write(tmp_path, SEEDS, ("txt",), cards=1)
    written = {int(p.stem[2:6]): p.read_text(encoding="utf-8") for p in tmp_path.glob("inbox/*/*/*/*.txt")}
    assert sorted(written) == SEEDS
    assert len(set(written.values())) == len(SEEDS)
    for seed, text in written.items():
        assert text.strip() == text_of(seed).strip()
    assert len({grammar.draw(s).shape for s in SEEDS}) >= 5


def test_the_scorer_sees_a_wrong_figure(shared: Path, tmp_path: Path) -> None:
    """The negative control of the measurement: a figure off by one won, and a title off by a letter, cost their cards."""
    assert (shared / "corpus" / "score.py").is_file()
    score = measure.scorer()
    generate.write(tmp_path, [1, 2], ("txt",), cards=1)
    truth = score.load_truth(tmp_path / "truth")
    found = [score.adapt(c) for c in measure.extract(tmp_path)]
    before = score.score(truth, found)["overall"]
    next(b for b in truth[0]["budget"] if b["amount"])["amount"] += 1
    truth[0]["title"] += "가"
    after = score.score(truth, found)["overall"]
    assert (after["cells_right"], after["head_right"]) == (
        before["cells_right"] - 1,
        before["head_right"] - 1,
    )
    assert after["silent"] == before["silent"] + 1


def test_drawn_layouts_are_read_or_flagged(shared: Path, tmp_path: Path) -> None:
    assert (shared / "corpus" / "score.py").is_file()
    score = measure.scorer()
    generate.write(tmp_path, SEEDS, ("txt",))
    truth = score.load_truth(tmp_path / "truth")
    n = score.score(truth, [score.adapt(c) for c in measure.extract(tmp_path)])["overall"]
    assert n["matched"] == n["cards"] == n["found"] == 2 * len(SEEDS)
    assert n["silent"] == 0
    assert n["head_right"] >= 0.99 * n["head_stated"]
    assert n["cells_right"] >= 0.99 * n["cells"]
    assert n["items_full"] >= 0.98 * n["items"]
    assert n["evidence_good"] == n["evidence"]


def test_the_named_layouts(shared: Path, tmp_path: Path) -> None:
    """Three layouts of the project's own; the one in plain words needs its profile, which its words bring up."""
    assert (shared / "corpus" / "score.py").is_file()
    score = measure.scorer()
    for number, (name, layout) in enumerate(sorted(NAMED.items())):
        root = tmp_path / name
        generate.write(root, [9000 + number], ("txt",), 3, layout=layout())
        found = [score.adapt(c) for c in measure.extract(root, None if name == "plain" else "base")]
        n = score.score(score.load_truth(root / "truth"), found)["overall"]
        assert n["cards"] == n["matched"] == 3, name
        assert n["silent"] == 0, name
        assert n["head_right"] == n["head_stated"], name
        assert n["cells_right"] == n["cells"], name
        assert n["items_full"] == n["items"], name
