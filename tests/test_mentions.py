"""Mentions: the gold bullets, the seed, every span of the corpora, user patterns, third parties, odd text."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cardextract.mentions as mentions_module
from cardextract.card import Card, Item, Mention, Section, SourceFile
from cardextract.mentions import annotate_cards, load, main
from cardextract.mentions_rules import TYPES, load_lexicon
from cardextract.mentions_text import cut, particle_at, split_unit, values_in
from cardextract.rules import RulesError

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules"
GOLD = Path(__file__).parent / "mentions_gold"
SHARED = ROOT.parent / "shared"
UNSCORED = {"org", "group", "place", "law", "document", "label"}  # their value is their text

Key = tuple[str, int, int, str, str]


@pytest.fixture(scope="module")
def annotate() -> mentions_module.Annotate:
    return load(RULES)


def need_shared(path: Path) -> Path:
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is not here")
    return path


def read_gold(path: Path) -> list[tuple[str, set[Key]]]:
    """(bullet, {(type, start, end, value, unit)}) of a marked-up file."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        text, gold, at = "", set(), 0
        for mark in re.finditer(r"\{(\w+)(?:=([^|}]*))?\|([^}]*)\}", line):
            text += line[at : mark.start()]
            value, unit, *_ = [*(mark[2] or "").split(";"), "", ""]
            start = len(text)
            text += mark[3]
            gold.add((mark[1], start, len(text), value, unit))
            at = mark.end()
        out.append((text + line[at:], gold))
    return out


def read_seed() -> list[tuple[str, set[Key]]]:
    truth = json.loads(need_shared(SHARED / "seed/truth/geumjeong_txt.01.json").read_text(encoding="utf-8"))
    texts = [text for section in truth["sections"] for text in item_texts(section["items"])]
    gold: list[set[Key]] = [set() for _ in texts]
    for row in json.loads((GOLD / "seed.json").read_text(encoding="utf-8")):
        key = (row["type"], row["start"], row["end"], row.get("value", ""), row.get("unit", ""))
        gold[row["item"]].add(key)
    return list(zip(texts, gold, strict=True))


def item_texts(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        yield item["text"]
        yield from item_texts(item["children"])


def key_of(mention: Mention) -> Key:
    value = ",".join(mention.value) if isinstance(mention.value, list) else str(mention.value)
    unit = mention.unit or ""
    unit = "" if mention.type in ("money", "percent") else unit
    return (mention.type, mention.start, mention.end, "" if mention.type in UNSCORED else value, unit)


def scores(
    gold: list[tuple[str, set[Key]]], annotate: mentions_module.Annotate
) -> dict[str, tuple[float, float]]:
    """type -> (precision, recall); the errors are printed for whoever runs into them."""
    hit, found_n, gold_n = Counter[str](), Counter[str](), Counter[str]()
    for (text, wanted), found in zip(gold, annotate([t for t, _ in gold], 2024), strict=True):
        # a percentage's unit is its sign; in the mark-up the second place holds its label
        wanted = {(*k[:4], "" if k[0] in ("money", "percent") else k[4]) for k in wanted}
        keys = {key_of(m) for m in found}
        hit.update(k[0] for k in keys & wanted)
        found_n.update(k[0] for k in keys)
        gold_n.update(k[0] for k in wanted)
        for k in keys ^ wanted:
            print("+" if k in keys else "-", text, k, text[k[1] : k[2]])
    return {t: (hit[t] / max(1, found_n[t]), hit[t] / max(1, gold_n[t])) for t in gold_n | found_n}


# --- gold -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tuning", "heldout"])
def test_own_bullets(name: str, annotate: mentions_module.Annotate) -> None:
    gold = read_gold(GOLD / f"{name}.txt")
    assert len(gold) >= 75
    got = scores(gold, annotate)
    assert set(got) == set(TYPES)
    assert {t: s for t, s in got.items() if s[0] < 0.97 or s[1] < 0.95} == {}


@pytest.mark.parametrize(("name", "known"), [("fresh", set()), ("second", set()), ("third", {"org"})])
def test_bullets_written_after_the_tuning(
    name: str, known: set[str], annotate: mentions_module.Annotate
) -> None:
    """known: the types with a miss that the gold's README lists."""
    gold = read_gold(GOLD / f"{name}.txt")
    assert len(gold) >= 35
    got = scores(gold, annotate)
    assert {t for t, (precision, recall) in got.items() if precision < 0.97 or recall < 0.95} == known


def test_what_the_later_bullets_taught(annotate: mentions_module.Annotate) -> None:
    """Each form, and what only looks like it."""

    def found(text: str, kind: str) -> list[str]:
        return [m.text for m in annotate([text], 2024)[0] if m.type == kind]

    assert found("1회 추경 반영, 설명회 1회", "count") == ["1회"]
    assert found("2개동 시범운영, 3개년 계획, 12개과정을 운영", "count") == ["2개", "12개"]
    assert found("민원 7일 이내 처리", "condition") == ["7일 이내"]
    assert found("처리기간 14일 → 7일 단축", "count") == ["14일", "7일"]
    assert found("5월 7일 개최", "count") == []
    assert found("샛별로 1.2km 구간 정비", "place") == ["샛별로"]
    assert found("자전거도로 1.2km, 산책로 300m 정비", "place") == []
    assert found("온천 일원 정비", "place") == []
    assert found("새솔온천 일원, 상습침수위험지구 정비", "place") == ["새솔온천"]
    assert found("누리구 금연구역 지정 등에 관한 조례 공포", "law") == ["누리구 금연구역 지정 등에 관한 조례"]
    assert found("신도시 주차에 관한 조례", "law") == []
    assert found("개인정보 보호법 제15조 준수", "law") == ["개인정보 보호법 제15조"]
    assert found("누리구 도시계획위원회 심의", "org") == ["누리구 도시계획위원회"]
    assert found("정비지구 주민위원회 구성", "org") == []


def test_the_seed(annotate: mentions_module.Annotate) -> None:
    gold = read_seed()
    assert len(gold) == 58
    assert {t: s for t, s in scores(gold, annotate).items() if s[0] < 0.97 or s[1] < 0.95} == {}


def test_every_span_of_the_corpora(annotate: mentions_module.Annotate) -> None:
    folder = need_shared(SHARED / "corpus/truth")
    texts = {
        text
        for path in sorted(folder.glob("*_txt*.json"))
        for section in json.loads(path.read_text(encoding="utf-8"))["sections"]
        for text in item_texts(section["items"])
    }
    assert len(texts) > 500
    ordered = sorted(texts)
    total = 0
    for text, found in zip(ordered, annotate(ordered, 2024), strict=True):
        total += len(found)
        check_spans(text, found)
    assert total > 500


def check_spans(text: str, found: list[Mention]) -> None:
    end = 0
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        end = mention.end


# --- single facts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "26명 청년 및 19개 기업",
            [("count", 26, "명", "청년"), ("group", "청년", None, None), ("count", 19, "개", "기업")],
        ),
        ("컨설턴트 3명", [("count", 3, "명", "컨설턴트")]),
        ("8만 3천명이 이용", [("count", 83000, "명", None)]),
        ("하수관로 1.8㎞", [("count", 1.8, "km", "하수관로")]),
        ("37,000천원 교부", [("money", 37_000_000, "원", None)]),
        ("2회(2024. 3./ 6.)", [("count", 2, "회", None), ("date", ["2024-03", "2024-06"], None, None)]),
        ("2024. 3. ~ 2024.12.", [("period", "2024-03/2024-12", None, None)]),
        ("2024. 1. ~", [("period", "2024-01/..", None, None)]),
        ("2024.02.회 개최", [("date", "2024-02", None, None)]),
        ("2024.3.5.명단 확정", [("date", "2024-03-05", None, None)]),
        ("종업원 40인 미만", [("condition", "<40", "인", "종업원")]),
        ("19세 이상 39세 이하", [("condition", ">=19 <=39", "세", None)]),
        ("(주)샛별테크와 협약", [("org", "샛별테크", None, None)]),
        ("샛별테크(주) 협약", [("org", "샛별테크", None, None)]),
        ("고용노동부의 지침", [("org", "고용노동부", None, None)]),
        ("금정구 관내", [("place", "금정구", None, None)]),
        ("금정구 협약", [("org", "금정구", None, None)]),
        ("대 상: 관내 공장", [("label", "관내 공장", None, "대상")]),
        ("공정률 62%", [("percent", 62, "%", "공정률")]),
        ("민선8기 공약", []),
        ("1회용품 없는 축제", []),
        ("제3회 축제, 2차 공모, 1호점, 3개년 계획", []),
        ("위원회 심의, 지역 대학, 행정복지센터, 전통시장", []),
        ("활동, 이동, 지역, 구역, 방법 제시", []),
        ("청년일자리사업", []),
        ("추진내용", []),
    ],
)
def test_facts(text: str, expected: list[tuple[Any, ...]], annotate: mentions_module.Annotate) -> None:
    (found,) = annotate([text], 2024)
    assert [(m.type, m.value, m.unit, m.of) for m in found] == expected
    check_spans(text, found)


def test_tokens() -> None:
    lexicon = load_lexicon(RULES)
    assert split_unit("명이", lexicon) == ["명", "이"]
    assert split_unit("여명", lexicon) == ["여", "명"]
    assert split_unit("천명", lexicon) == ["천", "명"]
    assert split_unit("회용품", lexicon) is None
    assert particle_at("샛별건설과") == 4
    assert particle_at("간호학과") == 4
    text = "고용노동부의 37,000천원,  26명"
    words, spaces = cut(text, values_in(text, None), lexicon)
    assert words[:3] == ["고용노동부", "의", "37,000천원"]
    assert "".join(w + " " * s for w, s in zip(words, spaces, strict=True)) == text


def test_common_words_name_nothing() -> None:
    lexicon = load_lexicon(RULES)
    assert lexicon.is_common("지역사회복지")
    assert not lexicon.is_common("샛별복지")
    assert "org" in lexicon.classes["샛별복지재단"]
    assert "org" not in lexicon.classes["복지재단"]
    assert len(lexicon.governments) >= 200


# --- cards ------------------------------------------------------------------------------------------------


def a_card(items: list[Item], as_of: str | None = "2024-06-30") -> Card:
    source = SourceFile(path="card.txt", sha256="0" * 64, format="text", card_index=1)
    section = Section(kind="achievements", title="추진실적", items=items)
    return Card(
        card_id="0-1", source=source, profile="base", rules_sha256="", as_of=as_of, sections=[section]
    )


def test_years_come_from_the_bullet_above_before_the_as_of_date() -> None:
    inner = Item(marker="-", text="설명회 3월, 5월")
    items = [Item(marker="○", text="2022년 추진실적", children=[inner]), Item(marker="○", text="점검 4월")]
    card = a_card(items)
    annotate_cards([card], RULES)
    assert inner.mentions[0].value == ["2022-03", "2022-05"]
    assert items[1].mentions[0].value == "2024-04"
    undated = a_card([Item(marker="○", text="점검 4월")], as_of=None)
    annotate_cards([undated], RULES)
    assert undated.sections[0].items[0].mentions == []


def test_quick_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = a_card([Item(marker="○", text="샛별문화재단과 협약, 12명 교육(5백만원)")])
    annotate_cards([card], RULES)
    (tmp_path / "cards.jsonl").write_text(card.model_dump_json() + "\n", encoding="utf-8")
    assert main(tmp_path, None) == 0
    out = capsys.readouterr().out
    assert "샛별문화재단" in out
    assert "5,000,000  추진실적" in out
    assert main(tmp_path, "count") == 0
    assert capsys.readouterr().out.startswith("1\t12\t명\t")
    assert main(tmp_path / "nowhere", None) == 2  # usage: nothing was extracted yet


# --- rules of users, components of third parties ----------------------------------------------------------


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    for name in ("mentions.toml", "gazetteer.toml"):
        shutil.copy(RULES / name, tmp_path / name)
    return tmp_path


def test_user_patterns_add_to_ours(own_rules: Path) -> None:
    text = """
        units = ["꾸러미"]
        [groups]
        words = ["샛별주민"]
        [[pattern]]
        type = "event"
        phrases = ["샛별 축제"]
    """
    (own_rules / "mentions_user.toml").write_text(text, encoding="utf-8")
    (found,) = load(own_rules)(["샛별 축제에서 샛별주민에게 30꾸러미 전달, 12명 참여"], None)
    assert [m.text for m in found] == ["샛별 축제", "샛별주민", "30꾸러미", "12명"]
    assert [m.type for m in found] == ["event", "group", "count", "count"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('unit = ["x"]', "did you mean units?"),
        ('[[pattern]]\ntype = "x"\ntokens = [{ TEX = "org" }]', "did you mean TEXT?"),
        ('[[pattern]]\ntype = "x"\ntokens = [{ IS = "orgs" }]', "did you mean org?"),
        ('[[pattern]]\ntype = "x"\ntokens = [{ TEXT = { REGEX = "(a+)+" } }]', "catastrophic"),
        ('[[pattern]]\ntype = "x"\ntokens = [{ OP = "?!" }]', "pattern"),
        ('[[pattern]]\ntype = "큰 것"', "ASCII"),
        ("units = [", "not valid TOML"),
    ],
)
def test_a_mistake_in_user_patterns_is_named(own_rules: Path, text: str, said: str) -> None:
    (own_rules / "mentions_user.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=re.escape(said)):
        load(own_rules)


SHOUT = """
def shout(doc):
    from spacy.tokens import Span

    found = [Span(doc, t.i, t.i + 1, label="SHOUT") for t in doc if t.text == "!"]
    doc.spans["mentions"].extend(found)
    return doc
"""


def test_a_third_partys_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "shouting-1.0.dist-info"
    installed.mkdir()
    (tmp_path / "shouting.py").write_text(SHOUT, encoding="utf-8")
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n", encoding="utf-8"
    )
    (installed / "entry_points.txt").write_text(
        "[cardextract.mentions]\nshout = shouting:shout\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = load(RULES)(["드디어 완공! 12명 참석"], None)
    assert [(m.type, m.text) for m in found] == [("shout", "!"), ("count", "12명")]


# --- robustness -------------------------------------------------------------------------------------------

ODD = [
    "",
    " ",
    "\n\t 3명",
    "🎉👨‍👩‍👧 26명\ue0a1\uf8ff 3건",
    "\ud800 3명",
    "\x00 ＡＢＣ １２３명 שלום ひらがな",
    "2024. 3. ~ " * 900,
    "1," * 5000,
    "9" * 10000,
    "3억 " * 3000,
    "가" * 10000,
    "「" * 10000,
    "‘가 나 센터’ " * 1000,
    "중구 관내 " * 2000,
    "26명 청년 " * 1500,
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text(text: str, annotate: mentions_module.Annotate) -> None:
    (found,) = annotate([text], 2024)
    check_spans(text, found)


PIECES = [
    "26명",
    "3개소 ",
    "청년",
    "2024. 3./ 6.",
    " ~ ",
    "(주)",
    "샛별",
    "재단",
    "의",
    "제3조",
    "「",
    "」법",
    "금정구",
    " 관내",
]
MORE = [
    "65세 이상",
    "19~39세",
    "50%",
    "이하",
    "대 상: ",
    "5억원",
    "🎉",
    "\ue0a1",
    "\n",
    "‘",
    "센터’",
    "과-12",
    "호",
    "조례",
]


@settings(max_examples=60)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*PIECES, *MORE]), max_size=12).map("".join)))
def test_any_text(text: str) -> None:
    (found,) = mentions_module._loaded(RULES)([text], 2024)
    check_spans(text, found)


def test_spacy_is_imported_only_for_mentions() -> None:
    code = (
        "import sys, cardextract.mentions; assert 'spacy' not in sys.modules;"
        f"cardextract.mentions.load(__import__('pathlib').Path({str(RULES)!r}));"
        "assert 'spacy' in sys.modules and 'spacy.cli' not in sys.modules;"
        "import spacy.cli; assert spacy.cli.download"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_full_vocabulary_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    annotate = load(RULES)
    monkeypatch.setattr(mentions_module, "MAX_WORDS", 10)
    before = annotate(["샛별문화재단 12명"], None)
    assert annotate(["샛별문화재단 12명"], None) == before
