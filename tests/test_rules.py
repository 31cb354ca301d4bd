"""Rules: merged, resolved and validated; a mistake names its file, its key and what was probably meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.texts import read

from cardextract.inherit import did_you_mean, merge
from cardextract.pipeline import extract_file
from cardextract.profiles import RuleSet, find_rules_dir, load_rules
from cardextract.rules import Rules, RulesError, safe_pattern
from cardextract.rules_tools import check, run_test, suggest, value_at
from cardextract.rules_tools import test as run_profiles

BASE = (ROOT / "rules" / "base.toml").read_text(encoding="utf-8")

keys = st.sampled_from("abcd")
leaves = st.integers(0, 3) | st.lists(st.integers(0, 4), max_size=4)
tables: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(keys, leaves, max_size=3),
    lambda inner: st.dictionaries(keys, leaves | inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    return tmp_path


def profile(folder: Path, text: str, name: str = "haesol") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------- merge


@given(tables)
def test_merging_nothing_changes_nothing(a: dict[str, Any]) -> None:
    assert merge(a, {}) == a
    assert merge({}, a) == a
    assert merge(a, a) == a


@given(tables, tables)
def test_the_profile_wins_and_the_rest_stays(a: dict[str, Any], b: dict[str, Any]) -> None:
    out = merge(a, b)
    assert out.keys() == a.keys() | b.keys()
    for key, value in b.items():
        if not isinstance(value, dict):
            assert out[key] == value
    for key in a.keys() - b.keys():
        assert out[key] == a[key]


@given(tables, tables)
def test_merging_leaves_its_arguments_alone(a: dict[str, Any], b: dict[str, Any]) -> None:
    before = repr((a, b))
    merge(a, b)
    assert repr((a, b)) == before


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_append_and_off_edit_lists(old: list[int], more: list[int], less: list[int]) -> None:
    out = merge({"x": old}, {"x": {"append": more, "off": less}})["x"]
    assert out == [v for v in old if v not in less] + more


# ---------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    "pattern", [r"(a+)+", r"(\d+)*", r"(a*b?)*", r"((ab)*c*)+", r"(?:a|b+)*", r"(a{1,200})+", r"(a+?)+?"]
)
def test_repeated_repetitions_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="repeats a repetition"):
        safe_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", r"(?P<x>a)(?P<x>b)", "a{2,1}"])
def test_broken_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="does not compile"):
        safe_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\d{1,3}(?:,\d{3})*", r"공약.{0,12}카드", r"^붙임(?:\s|$)", r"(ab){1,3}c+", ""]
)
def test_sound_patterns_pass_as_they_are(pattern: str) -> None:
    assert safe_pattern(pattern) == pattern


@given(st.text("ab|()*+?[].{1,2}", max_size=12), st.text("ab", min_size=20, max_size=40))
def test_what_passes_compiles_and_ends(pattern: str, text: str) -> None:
    try:
        safe_pattern(pattern)
    except ValueError:
        return
    # an exponential pattern would keep the suite here for hours
    assert re.search(f"(?:{pattern})?!", text + "!") is not None


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('marker = ["○"]', ["marker", "did you mean markers?"]),
        ("[axis]\nx = 1", ["axis", "did you mean axes?"]),
        ('[severity]\nROW_SUMM = "off"', ["severity", "ROW_SUMM", "did you mean ROW_SUM?"]),
        ('[severity]\nROW_SUM = "fatal"', ["severity.ROW_SUM", "'error'"]),
        ('markers = "○"', ["markers", "list"]),
        ('extends = "bsae"', ["extends", "bsae", "did you mean base?"]),
        ('inline = ["(a+)+"]', ["inline", "repeats a repetition"]),
        ('[[detect]]\npattern = "("', ["detect.0.pattern", "does not compile"]),
        ("labels = [", ["not valid TOML"]),
        ("[labels]\ntitle = 3", ["labels.title"]),
        ('[term]\nstart = "2022-07-01"\nends = "2026"', ["term.ends"]),
    ],
)
def test_a_mistake_is_explained(text: str, words: list[str], folder: Path) -> None:
    path = profile(folder, text)
    with pytest.raises(RulesError) as caught:
        load_rules(folder)
    message = str(caught.value)
    assert path.name in message
    for word in words:
        assert word in message, message


def test_circles_are_refused(folder: Path) -> None:
    profile(folder, 'extends = "나"', "가")
    profile(folder, 'extends = "가"', "나")
    with pytest.raises(RulesError, match="a circle"):
        load_rules(folder)


def test_no_base_no_rules(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"base\.toml"):
        load_rules(tmp_path)
    with pytest.raises(RulesError, match=r"base\.toml"):
        find_rules_dir(tmp_path)


def test_not_utf8_is_a_mistake_of_the_file(folder: Path) -> None:
    (folder / "x.toml").write_bytes("title = '해솔'".encode("cp949"))
    with pytest.raises(RulesError, match=r"x\.toml: cannot be read"):
        load_rules(folder)


def test_unknown_profile(ruleset: RuleSet) -> None:
    with pytest.raises(RulesError, match=r"did you mean base\?"):
        ruleset.choose("", "bse")


def test_did_you_mean_is_silent_without_a_neighbour() -> None:
    assert did_you_mean("완전히다른말", ["base"]) == ""


# ---------------------------------------------------------------- profiles


def test_a_profile_extends_and_edits(folder: Path) -> None:
    text = 'issuer = "해솔시"\nmarkers = { off = ["◦"] }\n[labels]\ntitle = { append = ["해솔약속"] }\n[severity]\nROW_SUM = "warning"\n'
    profile(folder, text)
    profile(folder, 'extends = "haesol"\n[labels]\nnumber = { append = ["약속번호"] }\n', "haesol2025")
    rules = load_rules(folder).profiles
    assert rules["haesol"].label_of["해솔약속"] == "title"
    assert "공약명" in rules["haesol"].label_of
    assert "◦" not in rules["haesol"].markers
    assert "◦" in rules["base"].markers
    assert rules["haesol2025"].label_of["해솔약속"] == "title"
    assert rules["haesol2025"].label_of["약속번호"] == "number"
    assert rules["haesol2025"].issuer == "해솔시"
    assert rules["haesol2025"].severity == {"ROW_SUM": "warning"}


def test_the_hash_follows_what_counts(folder: Path) -> None:
    def sha(text: str) -> str:
        profile(folder, text)
        return load_rules(folder).profiles["haesol"].sha256

    one = sha('[labels]\ntitle = { append = ["해솔약속"] }')
    assert one == sha('# a remark\n[labels]\ntitle = { append = ["해솔약속"] }')
    assert one != sha('[labels]\ntitle = { append = ["해솔약조"] }')


def test_a_profile_reads_what_base_does_not(folder: Path) -> None:
    text = "해솔약속\t돌봄센터 건립\t약속번호\t3-1\n맡은부서\t복지과\t추진상황\t추진중\n"
    text += "사업기간\t2022 ~ 2026\t진도율\t40%\n\n1. 추진실적\n\n○ 착공\n"
    profile(
        folder,
        '[labels]\ntitle = { append = ["해솔약속"] }\nnumber = { append = ["약속번호"] }\nlead_department = { append = ["맡은부서"] }\n',
    )
    ruleset = load_rules(folder)
    (card,) = read(text, ruleset, "haesol")
    assert (card.title, card.number, card.lead_department, card.profile) == (
        "돌봄센터 건립",
        "3-1",
        "복지과",
        "haesol",
    )
    assert [c.title for c in read(text, ruleset)] in ([], [None])


def test_detection_needs_evidence_and_a_margin(folder: Path) -> None:
    profile(folder, '[[detect]]\ntext = "해솔시장 공약"\nweight = 2\n[[detect]]\npattern = "^약속 번호"\n')
    rules = load_rules(folder)
    chosen, scores, doubt = rules.choose("해솔시장 공약 관리카드\n약속 번호 3")
    assert (chosen.name, scores[0].score, doubt) == ("haesol", 1.0, None)
    assert rules.choose("다른 카드")[0].name == "base"
    assert rules.choose("약속 번호 3")[0].name == "base"
    profile(folder, '[[detect]]\ntext = "해솔시장 공약"\n', "twin")
    tied = load_rules(folder).choose("해솔시장 공약\n약속 번호 3")
    assert (tied[0].name, tied[2]) == ("base", "tie")
    assert load_rules(folder).choose("해솔시장 공약\n약속 번호 3", "twin")[0].name == "twin"


# ---------------------------------------------------------------- tools


def test_own_rules_have_no_doubts(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(ROOT / "rules") == 0, capsys.readouterr().out


def test_own_profiles_pass_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_profiles(ROOT / "rules") == 0, capsys.readouterr().out


def test_doubts_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile(folder, '[labels]\nnumber = { append = ["공약명"] }\n')
    assert check(folder) == 3
    out = capsys.readouterr().out
    assert "공약명" in out
    assert "no [[detect]]" in out


CASE = """
[[tests]]
name = "돌봄"
text = "공약명\\t돌봄센터\\t관리번호\\t3-1\\n주관부서\\t복지과\\t진도율\\t40%\\n"
expect = { title = "%s", "progress" = 40 }
"""


def test_tests_inside_a_profile(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile(folder, CASE.replace("%s", "돌봄센터"))
    assert run_profiles(folder) == 0
    profile(folder, CASE.replace("%s", "다른 것"))
    assert run_profiles(folder) == 3
    assert "expected '다른 것', got '돌봄센터'" in capsys.readouterr().out


def test_a_test_without_a_card_says_so(ruleset: RuleSet) -> None:
    assert list(run_test(ruleset, "base", "인사말", {"title": "x"})) == ["no card found"]
    assert next(iter(run_test(ruleset, "base", " ", {"title": "x"}))).startswith("no_text")


def test_values_by_path(ruleset: RuleSet) -> None:
    (card,) = read((ROOT / "tests/cards/gaon.txt").read_text(encoding="utf-8"), ruleset)
    assert value_at(card, "period.start") == "2022-07"
    assert value_at(card, "staff[1].name") == "도하늘"
    assert value_at(card, "budget_by_source.national") == 900_000_000
    assert value_at(card, "budget[plan/national/2023].amount") == 240_000_000
    assert value_at(card, "budget[plan/national/1999].amount") is None
    assert value_at(card, "sections[0].items[0].children[1].text") == "방식: 3개 구간 단계별 철거"
    assert value_at(card, "staff[9].name") is None


def test_suggest_lists_what_no_rule_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    text = (ROOT / "tests/cards/gaon.txt").read_text(encoding="utf-8")
    text = (
        text.replace("관련부서", "도움손길")
        .replace("5. 향후계획", "5. 별빛 나들이")
        .replace("구비", "달빛씨앗")
    )
    (inbox / "a.txt").write_text(text, encoding="utf-8")
    draft = tmp_path / "new.toml"
    assert suggest(inbox, ROOT / "rules", draft) == 0
    out = capsys.readouterr().out
    for word in ("도움손길", "별빛 나들이", "달빛씨앗"):
        assert word in out
        assert word in draft.read_text(encoding="utf-8")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "base.toml").write_text(BASE, encoding="utf-8")
    (rules / "new.toml").write_bytes(draft.read_bytes())
    assert "new" in load_rules(rules).profiles, "the draft is a valid profile as it stands"


def test_rules_are_frozen(rules: Rules) -> None:
    with pytest.raises(Exception, match="frozen"):
        rules.name = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('[labels]\ntitel = ["가"]', "labels: unknown name titel (did you mean title?)"),
        ('[status]\ncompletd = ["끝"]', "status: unknown name completd (did you mean completed?)"),
        ('[sections.achievments]\nwords = ["끝"]', "sections: unknown name achievments (did you mean achievements?)"),
        ('[axes.source]\nnatoinal = ["나랏돈"]', "axes.source: unknown name natoinal (did you mean national?)"),
        ('[labels]\ntitle = { apend = ["가"] }', "labels.title: apend is neither append nor off (did you mean append?)"),
        ('[labels]\ntitle = { append = "가" }', "labels.title.append: a list is expected, as in append = [...]"),
        ('[labels]\ntitle = "가"', "labels.title: a list is expected, or { append = [...], off = [...] }"),
        ('[[detect]]\ntxt = "가"', "detect.0.txt: unknown key (did you mean text?)"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_profile_is_named(folder: Path, body: str, message: str) -> None:
    (folder / "mine.toml").write_text(f'extends = "base"\n{body}\n', encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rules(folder)
    assert str(caught.value) == f"{folder / 'mine.toml'}: {message}"


def test_doubts_about_profiles(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = 'extends = "base"\n[labels]\ntitle = { off = ["없는말"], append = ["공약명"] }\n[[detect]]\ntext = "해솔약속"\n'
    test = '[[tests]]\nname = "한 장"\ntext = "공약명 : 가\\n주관부서 : 나과\\n번호 : 1"\n[tests.expect]\ntitel = "가"\n'
    (folder / "one.toml").write_text(body + test, encoding="utf-8")
    (folder / "two.toml").write_text('extends = "base"\n[[detect]]\ntext = "해솔 약속"\n', encoding="utf-8")
    assert check(folder) == 3
    said = capsys.readouterr().out
    assert "one: labels.title: off: 없는말 is not in the list" in said
    assert "one: labels.title: append: 공약명 is in the list already" in said
    assert "two: [[detect]] is that of one" in said
    assert run_profiles(folder) == 3
    assert "titel: no such path in a record (did you mean title?)" in capsys.readouterr().out


def test_profiles_that_tie_are_reported(folder: Path, tmp_path: Path) -> None:
    for name, word in (("one", "해솔"), ("two", "약속")):
        (folder / f"{name}.toml").write_text(
            f'extends = "base"\n[[detect]]\ntext = "{word}"\n', encoding="utf-8"
        )
    report = tmp_path / "card.txt"
    report.write_text("해솔 약속 카드\n공약명 : 쉼터\n주관부서 : 복지과\n번호 : 1\n", encoding="utf-8")
    rules = load_rules(folder)
    result = extract_file(report, root=tmp_path, rules=rules, mentions=False)
    assert [(f.code, f.kind, f.actual) for f in result.findings] == [
        ("PROFILE_DOUBT", "tie", "one 1.00, two 1.00")
    ]
    assert result.cards[0].profile == "base"
    assert not extract_file(report, root=tmp_path, rules=rules, profile="two", mentions=False).findings
