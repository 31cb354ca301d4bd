"""Cards against each other: duplicates in a report, one pledge over reports, and the measures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.budgets import MILLION, card_of, with_amount

from cardextract.card import Card, Section, SourceFile
from cardextract.findings import Finding
from cardextract.history import check_across, facts, links, load, main, timeline
from cardextract.measures import measures
from cardextract.pipeline import extract_file
from cardextract.profiles import load_rules

ROOT = Path(__file__).parents[1]
SEED = ROOT.parent / "shared" / "seed" / "inbox" / "single" / "geumjeong" / "txt" / "geumjeong_txt.txt"
TERM = ("2022-07-01", "2026-06-30")


def make(path: str = "2024/a.txt", index: int = 1, **fields: Any) -> Card:
    """A card of 가온구 with 1,000 of 2,000 million spent by June 2024."""
    amounts = {}
    for ledger, row in (("plan", (2000, 500, 700, 800)), ("spent", (1000, 450, 400, 150))):
        for period, millions in zip(("total", "2022", "2023", "2024"), row, strict=True):
            amounts[ledger, "total", period] = millions * MILLION
    card = card_of(amounts, **{"issuer": "가온구", "report_title": "공약 관리카드", **fields})
    source = SourceFile(path=path, sha256="0123456789ab", format="text", card_index=index)
    return card.model_copy(update={"source": source, "card_id": f"{path}-{index}"})


def later(**fields: Any) -> Card:
    """The same pledge half a year later."""
    return make("2024b/a.txt", **{"as_of": "2024-12-31", "progress": 60, **fields})


def across(*cards: Card) -> list[Finding]:
    return [f for found in check_across([facts(c) for c in cards]).values() for f in found]


def codes(*cards: Card) -> list[tuple[str, str | None]]:
    return [(f.code, f.kind) for f in across(*cards)]


def kinds(*cards: Card) -> list[str | None]:
    return [f.kind for f in across(*cards) if f.code == "LONGITUDINAL"]


# --- facts ---


def test_facts_pass_through_json() -> None:
    slim = facts(make())
    assert load(slim.dump()) == slim
    assert len(slim.dump()) < 3000


# --- one report ---


def test_one_number_on_two_cards_is_reported_on_both() -> None:
    one, two = make(index=1), make(index=2, title="온마을 돌봄센터 건립")
    found = check_across([facts(one), facts(two)])
    assert {k: [f.code for f in v if f.severity == "error"] for k, v in found.items()} == {
        one.card_id: ["DUPLICATE_NUMBER"],
        two.card_id: ["DUPLICATE_NUMBER"],
    }


@pytest.mark.parametrize(
    "other",
    [
        {"number": "1-2"},
        {"as_of": "2023-12-31", "progress": 40},
        {"issuer": "나래군"},
    ],
)
def test_the_same_number_elsewhere_is_no_duplicate(other: dict[str, Any]) -> None:
    two = make("b/b.txt", title="온마을 돌봄센터 건립", **other)
    assert "DUPLICATE_NUMBER" not in {f.code for f in across(make(), two)}


def test_without_an_issuer_a_folder_is_a_report() -> None:
    one = make("x/a.txt", issuer=None)
    near, far = (make(p, issuer=None, title="온마을 돌봄센터 건립") for p in ("x/b.txt", "y/b.txt"))
    assert {f.code for f in across(one, near)} >= {"DUPLICATE_NUMBER"}
    assert "DUPLICATE_NUMBER" not in {f.code for f in across(one, far)}


def test_numbers_that_begin_again_in_every_field_are_a_habit() -> None:
    titles = ("골목길", "돌봄센터 건립", "물길 되살리기", "일자리 이음터", "도서관 늘리기", "주차장 확충")
    cards = [
        make(index=i, title=t, number=str(n))
        for i, (n, t) in enumerate(zip((1, 2, 3, 1, 2, 3), titles, strict=True), 1)
    ]
    assert "DUPLICATE_NUMBER" not in {f.code for f in across(*cards)}


def test_one_card_in_two_files_is_a_copy() -> None:
    found = across(make("2024/a.txt"), make("2024/a.hwpx"))
    assert [(f.code, f.severity, f.source_path) for f in found] == [
        ("DUPLICATE_CARD", "warning", "2024/a.txt")
    ]
    assert "DUPLICATE_CARD" not in {
        f.code for f in across(make("2024/a.txt"), make("2024/b.txt", number="2"))
    }


def test_two_pledges_with_one_budget_are_news() -> None:
    one, two = make(index=1), make(index=2, number="1-2", title="온마을 돌봄센터 건립")
    assert [(f.code, f.severity) for f in across(one, two)] == [("DUPLICATE_BUDGET", "info")]
    other = with_amount(two, "budget[plan/total/2024].amount", 801 * MILLION)
    assert across(one, other) == []


# --- one pledge over reports ---


def test_a_pledge_that_moves_on_is_no_finding() -> None:
    assert across(make(), later()) == []


def spending(card: Card, **years: int) -> Card:
    for period, millions in years.items():
        card = with_amount(card, f"budget[spent/total/{period.removeprefix('y')}].amount", millions * MILLION)
    return card


@pytest.mark.parametrize(
    ("kind", "severity", "after", "near"),
    [
        (
            "spent_back",
            "warning",
            spending(later(), total=900, y2024=50),
            spending(later(), total=1100, y2024=250),
        ),
        ("progress_back", "warning", later(progress=49), later(progress=50)),
        (
            "past_rewritten",
            "warning",
            spending(later(), y2023=300, y2024=250),
            spending(later(), y2024=250, total=1100),
        ),
        (
            "plan_changed",
            "info",
            with_amount(later(), "budget[plan/total/2024].amount", 900 * MILLION),
            later(),
        ),
        (
            "title_changed",
            "info",
            later(title="걷고 싶은 골목길과 마당 만들기"),
            later(title="걷고 싶은  골목길만들기"),
        ),
        ("department_changed", "info", later(lead_department="환경과"), later(lead_department="도시 재생과")),
        (
            "period_changed",
            "info",
            later(period={"start": "2020", "end": "2027"}),
            later(period={"start": "2020", "end": None}),
        ),
    ],
)
def test_longitudinal_kinds(kind: str, severity: str, after: Card, near: Card) -> None:
    after = Card.model_validate(after.model_dump())
    found = [f for f in across(make(), after) if f.kind == kind]
    assert [(f.severity, f.card_id) for f in found] == [(severity, after.card_id)]
    assert kind not in kinds(make(), Card.model_validate(near.model_dump()))


def test_messages_say_what_changed_in_the_words_of_a_card() -> None:
    def said(after: Card, kind: str) -> str:
        found = across(make(status="completed", progress=100), Card.model_validate(after.model_dump()))
        return next(f.message for f in found if f.kind == kind)

    assert (
        said(later(progress=49), "progress_back")
        == "진도율이 줄었습니다 (2024. 6. 30. 보고 대비): 100% → 49%"
    )
    assert said(later(), "status_back").endswith("완료 → 추진중")
    moved = later(period={"start": "2020", "end": "2027-06"})
    assert said(moved, "period_changed").endswith(": 2020년 ~ → 2020년 ~ 2027. 6.")
    less = with_amount(later(), "budget[spent/total/total].amount", 900 * MILLION)
    assert said(less, "spent_back").endswith(": 1,000백만원 → 900백만원")


def test_a_finished_pledge_that_runs_again_goes_back() -> None:
    done = make(status="completed", progress=100)
    assert "status_back" in kinds(done, later(status="in_progress", progress=100))
    assert "status_back" not in kinds(done, later(status="completed_ongoing", progress=100))


def test_rewritten_years_hang_on_the_total_that_went_back() -> None:
    found = across(make(), spending(later(), total=900, y2023=300))
    head = next(f for f in found if f.kind == "spent_back")
    assert (head.expected, head.actual) == (1000 * MILLION, 900 * MILLION)
    assert [f.caused_by for f in found if f.kind == "past_rewritten"] == [head.id]
    assert head.places


def test_copied_achievements_are_news_while_work_goes_on() -> None:
    items = [{"marker": "-", "text": t} for t in ("협약 체결: 2024. 1. 12.", "대상지 3곳 정비")]
    same = [Section.model_validate({"kind": "achievements", "title": "추진실적", "items": items})]
    more = [
        Section.model_validate(
            {"kind": "achievements", "title": "추진실적", "items": [*items, {"marker": "-", "text": "준공"}]}
        )
    ]
    assert kinds(make(sections=same), later(sections=same)) == ["copied"]
    assert kinds(make(sections=same), later(sections=more)) == []


def test_a_report_without_the_pledge_is_news() -> None:
    stay = [
        make(f"{y}/s.txt", number="9", title="도시숲 가꾸기", as_of=f"{y}-12-31") for y in (2022, 2023, 2024)
    ]
    gone = [make(f"{y}/a.txt", as_of=f"{y}-12-31", title="물길 되살리기") for y in (2022, 2024)]
    found = [f for f in across(*stay, *gone) if f.kind == "report_missing"]
    assert [(f.card_id, f.expected) for f in found] == [(gone[1].card_id, "2023-12-31")]
    assert "report_missing" not in kinds(*stay)


def test_severity_comes_from_the_rules() -> None:
    slim = [facts(make()), facts(later(progress=10))]
    assert check_across(slim, {"LONGITUDINAL": "off"}) == {}
    [found] = check_across(slim, {"LONGITUDINAL": "error"}).values()
    assert [(f.kind, f.severity) for f in found] == [("progress_back", "error")]


# --- links ---


def reason(before: Card, after: Card) -> str:
    linked = links([facts(after), facts(before)])
    same = linked[before.card_id].pledge_id == linked[after.card_id].pledge_id
    return linked[after.card_id].reason if same else "apart"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (later(), "number_title"),
        (later(title="걷고 싶은 골목길과 광장 만들기"), "renamed"),
        (later(number="2-7"), "renumbered"),
        (later(title=None), "number"),
        (later(number="7-7", title="작은 도서관 늘리기"), "apart"),
        (later(title="작은 도서관 늘리기"), "apart"),
        (later(issuer="나래군"), "apart"),
    ],
)
def test_links_have_reasons(after: Card, expected: str) -> None:
    assert reason(make(), after) == expected


def test_a_split_pledge_is_linked_twice() -> None:
    one, two = (
        later(),
        make("2024b/b.txt", as_of="2024-12-31", number="1-9", title="걷고 싶은 골목길 만들기(2단계)"),
    )
    linked = links([facts(make()), facts(one), facts(two)])
    assert linked[two.card_id].reason == "split"
    assert linked[two.card_id].pledge_id == linked[one.card_id].pledge_id


def test_links_do_not_depend_on_the_order_of_the_input() -> None:
    cards = [
        facts(c)
        for c in (
            make(),
            later(),
            make("z/y.txt", number="3", title="도시숲", as_of="2024-12-31"),
            make("z/z.txt", number="3", title="도시숲"),
        )
    ]
    assert links(cards) == links(cards[::-1])


# --- the command ---


def write(folder: Path, *cards: Card) -> Path:
    folder.mkdir()
    (folder / "cards.jsonl").write_text("".join(c.model_dump_json() + "\n" for c in cards), encoding="utf-8")
    return folder


def test_history_prints_a_pledge_over_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = write(tmp_path / "output", later(progress=10), make(), make(index=2, number="5", title="도시숲"))
    assert main(output, "골목길") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    values = [dict(zip(head.split("\t"), row.split("\t"), strict=True)) for row in rows]
    assert [(v["as_of"], v["rate"], v["link"]) for v in values] == [
        ("2024-06-30", "50.0", "first"),
        ("2024-12-31", "50.0", "number_title"),
    ]
    assert "진도율이 줄었습니다" in values[1]["notes"]
    assert main(output, "1-1", as_json=True) == 0
    assert [json.loads(line)["progress"] for line in capsys.readouterr().out.splitlines()] == [50, 10]


def test_history_says_what_it_cannot_find(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path, "골목길") == 2
    assert main(write(tmp_path / "output", make()), "없는 공약") == 2
    assert main(write(tmp_path / "other", make()), "골목길") == 0
    (tmp_path / "other" / "cards.jsonl").write_text("{", encoding="utf-8")
    assert main(tmp_path / "other", "골목길") == 74
    assert "없는 공약" in capsys.readouterr().err


def test_timeline_takes_a_pledge_id() -> None:
    cards = [facts(make()), facts(later())]
    pledge = links(cards)[cards[0].card_id].pledge_id
    assert [r.as_of for r in timeline(cards, pledge)] == ["2024-06-30", "2024-12-31"]


# --- measures ---


def test_measures_keep_both_sides() -> None:
    card = with_amount(make(), "budget[plan/total/2024].amount", 800 * MILLION)
    total, in_term = measures(card, TERM)
    assert (total.name, total.scope, total.numerator, total.denominator) == (
        "spent",
        "total",
        1000 * MILLION,
        2000 * MILLION,
    )
    assert in_term.percent == 50.0
    assert total.label == "집행률(전체)"


def test_years_after_the_term_leave_the_term() -> None:
    amounts = {("plan", "national", p): a for p, a in (("2025", 60), ("2026", 40), ("2028-2030", 100))}
    amounts |= {("secured", "national", p): a for p, a in (("2025", 50), ("2026", 0))}
    rates = {(m.source, m.scope): (m.numerator, m.denominator) for m in measures(card_of(amounts), TERM)}
    assert rates == {
        ("total", "total"): (50, 200),
        ("total", "in_term"): (50, 100),
        ("national", "total"): (50, 200),
        ("national", "in_term"): (50, 100),
    }


def test_nothing_planned_is_no_rate() -> None:
    amounts = {("plan", "total", "total"): 0, ("spent", "total", "total"): 0}
    assert [m.percent for m in measures(card_of(amounts), TERM)] == [None, None]
    assert measures(card_of({("plan", "total", "total"): 5}), TERM) == []


def test_the_seed_measures_33_6_and_41_5_percent() -> None:
    if not SEED.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/seed is needed in CI")
        pytest.skip("../shared/seed is not here")
    [card] = extract_file(SEED, root=SEED.parent, rules=load_rules(ROOT / "rules"), mentions=False).cards
    rates = {m.scope: m.percent for m in measures(card, TERM) if m.source == "total"}
    assert {scope: round(p or 0, 1) for scope, p in rates.items()} == {"total": 33.6, "in_term": 41.5}
