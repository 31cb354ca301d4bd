"""The report: its numbers are those of the tables, it holds no script, and it is safe whatever a document
says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from tests.factory import make_card, make_finding
from tests.test_sinks import write_output

from cardextract import report
from cardextract.card import BudgetCell, Card
from cardextract.report import ReportError
from cardextract.report_text import vocabulary

TERM = ("2022-07-01", "2026-06-30")


def earlier(n: int, as_of: str, percent: int) -> Card:
    """Card n as an earlier report had it: less spent and secured, less progress."""
    card = make_card(n, path=f"{as_of}/{n:02d}.txt", as_of=as_of)
    card.budget = [
        BudgetCell.model_validate(
            {**c.model_dump(), "amount": c.amount if c.ledger == "plan" else (c.amount or 0) * percent // 100}
        )
        for c in card.budget
    ]
    card.progress = None if card.progress is None else card.progress * percent // 100
    return card


def three_reports(folder: Path) -> Path:
    """An output folder of three half-years; one pledge is new in the last, one is gone, one got another
    title."""
    cards = [make_card(n, path=f"2024-06-30/{n:02d}.txt") for n in range(1, 13)]
    cards[1].findings = [make_finding(cards[1])]
    cards[2].findings = [make_finding(cards[2], "YEAR_OVERSPENT", severity="warning", suggestion=None)]
    cards[3].title = "청년 일자리 이음터 설치·운영"
    cards[5].status = None
    cards[11].title = "가온천 야간 경관 조명"
    gone = earlier(20, "2023-12-31", 50)
    gone.title = "시민 정원 박람회 개최"
    old = [earlier(n, "2023-12-31", 70) for n in range(1, 12)] + [gone]
    older = [earlier(n, "2023-06-30", 40) for n in range(1, 12)]
    output = write_output(folder / "output", [*older, *old, *cards])
    lines = [
        {"path": f"{n}.txt", "status": "ok", "code": None, "message": "", "cards": []} for n in range(12)
    ]
    lines.append(
        {"path": "스캔.pdf", "status": "quarantined", "code": "needs_ocr", "message": "글자가 없습니다."}
    )
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (output / "ledger.jsonl").write_text(text, encoding="utf-8")
    return output


class Page(HTMLParser):
    """Rows of a page as (attributes of the row, exact figures and texts of its cells)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[tuple[dict[str, str | None], list[str]]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        given = dict(attrs)
        if tag == "tr":
            self.rows.append((given, []))
        elif tag in ("td", "th") and self.rows:
            self.rows[-1][1].append(given.get("data-won") or "")

    def handle_data(self, text: str) -> None:
        self.text += text
        if self.rows and self.rows[-1][1]:
            cell = self.rows[-1][1]
            cell[-1] = cell[-1] if cell[-1].isdigit() else (cell[-1] + text).strip()

    def find(self, **wanted: str) -> list[list[str]]:
        """Cells of the rows with this `data-` attribute."""
        ((name, value),) = wanted.items()
        return [cells for given, cells in self.rows if given.get(f"data-{name}") == value]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return three_reports(tmp_path_factory.mktemp("report"))


def page_of(output: Path, **options: object) -> Page:
    path = report.write(output, dest=output.parent / "page.html", term=TERM, **options)  # type: ignore[arg-type]
    return Page(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_numbers_are_those_of_the_tables(output: Path, lang: str) -> None:
    page = page_of(output, lang=lang)
    budget, cards = output / "csv/budget.csv", output / "csv/cards.csv"
    latest = f"FROM '{budget}' b JOIN '{cards}' c USING (card_id) WHERE c.as_of = '2024-06-30'"

    def asked(select: str, more: str) -> list[str]:
        return [str(row[0]) for row in duckdb.sql(f"SELECT {select} {latest} AND {more}").fetchall()]

    for ledger in ("plan", "secured", "spent"):
        by_year, by_source = page.find(ledger=ledger)
        periods = ("before", "2022", "2023", "2024", "2025", "2026", "after_term", "total")
        wanted = [
            asked("sum(amount)::BIGINT", f"ledger = '{ledger}' AND b.source = 'total' AND b.period = '{p}'")[
                0
            ]
            for p in periods
        ]
        assert by_year[1:] == wanted
        sources = [
            asked("sum(amount)::BIGINT", f"ledger = '{ledger}' AND b.source = '{s}' AND b.period = 'total'")[
                0
            ]
            for s in ("national", "sigungu", "total")
        ]
        assert by_source[1:] == sources
    statuses = duckdb.sql(
        f"SELECT coalesce(status, 'none'), count(*) FROM '{cards}' WHERE as_of = '2024-06-30' GROUP BY ALL"
    ).fetchall()
    assert {name: int(page.find(status=name)[0][1]) for name, _ in statuses} == dict(statuses)
    spent, plan = (int(asked("sum(amount)::BIGINT", f"{x} AND b.source = 'total' AND b.period = 'total'")[0])
                   for x in ("ledger = 'spent'", "ledger = 'plan'"))  # fmt: skip
    row = page.find(rate="spent/total/total")[0]
    assert [row[3], row[4], row[5]] == [str(spent), str(plan), f"{100 * spent / plan:.1f}%"]
    after = int(
        asked("sum(amount)::BIGINT", "ledger = 'plan' AND b.source = 'total' AND b.period = 'after_term'")[0]
    )
    row = page.find(rate="spent/in_term/total")[0]
    assert [row[3], row[4], row[5]] == [str(spent), str(plan - after), f"{100 * spent / (plan - after):.1f}%"]
    first = json.loads((output / "cards.jsonl").read_text(encoding="utf-8").splitlines()[-12])
    assert page.find(card=first["card_id"])[0][4:6] == ["1600000000", "780000000"]


def test_changes_findings_and_quality(output: Path) -> None:
    page = page_of(output)
    changed = {cells[0]: cells for given, cells in page.rows if given.get("data-change")}
    assert changed["1-1-1"][3:] == ["28% → 41%", "–", "546 → 780"]
    assert "새 공약" in changed["12-1-1"][1]
    assert "이번 보고에 없음" in changed["20-1-1"][1]
    assert "← 청년 일자리 이음터 운영" in changed["4-1-1"][1]
    assert page.find(findings="ROW_SUM")[0][1:] == ["1", "–", "–", "–", "1"]
    assert page.find(findings="환경과")[0][1:] == ["–", "1", "–", "–", "1"]
    assert "오류가 남은 공약 1건의 금액도 들어 있습니다." in page.text
    assert [cells[1] for given, cells in page.rows if given.get("data-card") and "오류 1" in cells[1]] == [
        "온마을 돌봄센터 건립복지정책과오류 1"
    ]
    assert "스캔.pdf" in page.text
    assert "needs_ocr" in page.text
    early = page_of(output, as_of="2023-06-30")
    assert "비교할 직전 보고가 없습니다." in early.text


def test_one_pledge_over_time(output: Path) -> None:
    page = page_of(output, pledge="3-1-1")
    history = [cells for given, cells in page.rows if given.get("data-card")]
    assert [(c[0], c[2], c[5]) for c in history] == [
        ("2023. 6. 30.", "17%", "936000000"),
        ("2023. 12. 31.", "30%", "1638000000"),
        ("2024. 6. 30.", "43%", "2340000000"),
    ]
    assert "2024-06-30/03.txt" in page.text


def test_the_page_is_self_contained_and_without_script(output: Path) -> None:
    for options in ({}, {"pledge": "1-1-1"}):
        path = report.write(output, dest=output.parent / "page.html", term=TERM, **options)
        html = path.read_text(encoding="utf-8")
        page = Page(html)
        assert not page.tags & {"script", "iframe", "link", "object", "embed", "img"}
        assert not {a for a in page.attributes if a.startswith("on")} | page.attributes & {"href", "src"}
        assert not re.search(r"https?:|@import|url\((?!#f-)", html)


def test_text_of_documents_is_only_text(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    card = make_card(1, title=evil, lead_department=evil, issuer=evil, number=evil, report_title=evil)
    card.findings = [make_finding(card, code="ROW_SUM", message=evil)]
    output = write_output(tmp_path / "output", [card])
    for pledge in (None, evil):
        page = page_of(output, pledge=pledge)
        assert evil in page.text
        assert not page.tags & {"script", "img"}


def test_staff_is_masked(tmp_path: Path) -> None:
    output = write_output(tmp_path / "output", [make_card(1, title="도하늘 주무관의 골목길 010-1234-5678")])
    assert "도하늘 주무관의 골목길 ***-****-****" in page_of(output).text
    assert "*** 주무관의 골목길" in page_of(output, mask_staff=True).text


def test_odd_folders(tmp_path: Path) -> None:
    bare = make_card(
        1, as_of=None, issuer=None, number=None, title=None, budget=[], progress=None, status=None
    )
    output = write_output(tmp_path / "output", [bare])
    assert "기준일 없음" in page_of(output).text
    assert "자치단체 미기재" in page_of(output).text
    assert page_of(write_output(tmp_path / "empty", [])).find(status="none") == []
    two = write_output(tmp_path / "two", [make_card(1), make_card(2, issuer="나래시")])
    assert "전체 자치단체" in page_of(two).text
    assert [c[1] for c in page_of(two, issuer="나래시").find(status="completed")] == ["1"]
    with pytest.raises(ReportError, match="there are: 가온구, 나래시"):
        page_of(two, issuer="다솜군")
    with pytest.raises(ReportError, match="there are: 2024-06-30"):
        page_of(two, as_of="2020-01-01")
    with pytest.raises(ReportError, match="no pledge 9-9"):
        page_of(two, pledge="9-9")
    with pytest.raises(ReportError, match="run `cardextract run` first"):
        page_of(tmp_path / "nowhere")


def test_the_same_folder_gives_the_same_bytes(output: Path) -> None:
    one, two = (report.write(output, dest=output.parent / n, term=TERM) for n in ("a.html", "b.html"))
    assert one.read_bytes() == two.read_bytes()


def test_every_word_is_there_in_both_languages_and_used() -> None:
    folder = Path(report.__file__).parent
    used = "".join(
        p.read_text(encoding="utf-8")
        for p in [*folder.glob("report*.py"), *folder.glob("report_templates/*.html")]
    )
    for group, words in vocabulary().items():
        for key, each in words.items():
            assert set(each) == {"ko", "en"}, key
            assert all(each.values()), key
            if group == "words":
                assert f'"{key}"' in used or key in ("rate_secured", "rate_spent", "in_term", "total"), key


@pytest.mark.browser
def test_it_prints_on_a4_in_chromium(output: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    assert chromium, "CI must have chromium"
    path = report.write(output, dest=tmp_path / "page.html", term=TERM)
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    more = "--disable-component-update --disable-sync --no-pdf-header-footer"
    pdf = tmp_path / "page.pdf"
    subprocess.run(
        [chromium, *flags.split(), *more.split(), f"--user-data-dir={tmp_path / 'profile'}",
         f"--print-to-pdf={pdf}", path.as_uri()], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        assert 2 <= len(document) <= 6
        assert [round(x) for x in document[0].get_size()] == [595, 842]
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    assert "가온구 공약 이행 현황" in text
    assert "1,248.0억원" in text
