"""The review station without a browser: who may talk to it, what it takes, and that nothing is lost."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.review_cards import text_card
from tests.review_station import Station, budget, decisions, record, run, serving
from typer.testing import CliRunner

from cardextract import batch, review
from cardextract.cli import app
from cardextract.document import Place
from cardextract.profiles import find_rules_dir
from cardextract.review.app import _local_time, main
from cardextract.review.sources import marks, nodes
from cardextract.review.words import ENGLISH

WRONG = ("소요", "구비", "계")
PATH = "budget[plan/sigungu/total].amount"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox with a card with a wrong total, a card over 100 %, and a sound one; and its output."""
    root = tmp_path_factory.mktemp("review")
    inbox = root / "inbox"
    inbox.mkdir()
    (inbox / "하나.txt").write_text(text_card(0, {WRONG: "1.764"}), encoding="utf-8")
    (inbox / "둘.txt").write_text(text_card(1, factor=2, progress="120%"), encoding="utf-8")
    (inbox / "셋.txt").write_text(text_card(2, factor=3), encoding="utf-8")
    run(inbox, root / "output")
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(made, tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture(scope="module")
def quiet(made: Path) -> Iterator[Station]:
    """A server for the tests that decide nothing."""
    with serving(made / "output", made / "inbox") as found:
        yield found


@pytest.fixture
def station(place: Path) -> Iterator[Station]:
    with serving(place / "output", place / "inbox") as found:
        yield found


def test_the_address_is_local_and_its_token_opens_every_page(quiet: Station) -> None:
    assert quiet.address.startswith("http://127.0.0.1:")
    status, headers, _ = quiet.request(f"/?token={quiet.token}", Cookie="")
    assert status == 303
    assert headers["location"] == "/"
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    status, headers, page = quiet.request("/")
    assert status == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "골목상권" in page
    assert "작은 도서관" not in page


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cookie": ""}, 403),
        ({"token": "x"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_strangers_are_refused(quiet: Station, headers: dict[str, str], expected: int) -> None:
    for path in ("/", "/static/app.css", "/status"):
        status, answered, text = quiet.request(path, **headers)
        assert status == expected
        assert "골목" not in text
        assert "content-security-policy" in answered


def test_decisions_come_from_our_own_pages_only(station: Station) -> None:
    card = record(station.output, "하나.txt")
    good = {
        "card": card["card_id"], "version": station.version(card["card_id"]), "action": "fix",
        "edits": [{"path": PATH, "was": "1.764", "now": "1,764"}],
    }  # fmt: skip
    assert station.request("/decide", good, Origin="http://evil.example")[0] == 403
    assert station.request("/decide", good, Origin="null")[0] == 403
    assert station.request("/decide", good, Origin=f"http://localhost:{station.port}")[0] == 403
    assert station.request("/decide", good, Content_Type="text/plain")[0] == 415
    assert station.request("/decide", good, token="wrong")[0] == 403
    assert station.request("/decide", method="GET")[0] == 405
    assert station.request("/decide", b"x" * 300_000)[0] == 413
    assert station.request("/decide", {**good, "place": {"line": 1}})[0] == 422
    assert station.request("/decide", b"not json")[0] == 422
    assert decisions(station.output) == []
    assert station.request("/decide", good)[0] == 200
    assert len(decisions(station.output)) == 1


def raw_status(station: Station, head: str, body: bytes = b"") -> int:
    """The status of a request that no browser would send."""
    with socket.create_connection(("127.0.0.1", station.port), timeout=20) as connection:
        host = f"Host: 127.0.0.1:{station.port}\r\nConnection: close\r\n"
        cookie = f'Cookie: odd={{"a":1}}; cardextract_{station.port}={station.token}\r\n'
        first, _, more = head.partition("\n")
        connection.sendall(f"{first}\r\n{host}{cookie}{more}\r\n".encode() + body)
        return int(connection.makefile("rb").readline().split()[1])


def test_odd_requests_are_answered_and_harm_nothing(station: Station) -> None:
    post = f"POST /decide HTTP/1.1\nOrigin: {station.address}\r\nContent-Type: application/json\r\n"
    chunk = b"20000\r\n" + b"x" * 0x20000 + b"\r\n"
    assert raw_status(station, "GET / HTTP/1.1\n") == 200, "another program's cookie is no lock-out"
    assert raw_status(station, post + "Transfer-Encoding: chunked\r\n", chunk * 3) == 413
    assert raw_status(station, post + "Content-Length: 99999999999\r\n") == 413
    assert raw_status(station, f"GET /%0d%0aX:1?token={station.token} HTTP/1.1\n") == 303
    assert raw_status(station, f"GET /%EC%B9%B4?token={station.token} HTTP/1.1\n") == 303
    upgrade = "Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n"
    assert raw_status(station, "GET /status HTTP/1.1\n" + upgrade) == 200, "there are no web sockets"
    assert (
        station.request(f"//evil.example?token={station.token}", Cookie="")[1]["location"] == "/evil.example"
    )
    assert decisions(station.output) == []


@pytest.mark.parametrize(
    "path",
    [
        "/card/../../etc/passwd", "/card/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/static/../app.py", "/static/%2e%2e/app.py",
        "/static/%2e%2e%2fapp.py", "/card/nothing", "/card/..%2fcards/page/1.png", "//127.0.0.1/",
    ],
)  # fmt: skip
def test_no_path_of_the_browser_reaches_the_disk(quiet: Station, path: str) -> None:
    status, _, text = quiet.request(path)
    assert status == 404
    assert "root:" not in text
    assert "def main" not in text


def test_a_source_path_outside_of_the_inbox_is_not_opened(place: Path) -> None:
    """An output folder that somebody prepared names a file elsewhere."""
    (place / "secret.txt").write_text("비밀", encoding="utf-8")
    (place / "inbox" / "link.txt").symlink_to(place / "secret.txt")
    cards = (place / "output" / "cards.jsonl").read_text("utf-8")
    (place / "output" / "cards.jsonl").write_text(
        cards.replace('"path":"하나.txt"', '"path":"../secret.txt"').replace(
            '"path":"둘.txt"', '"path":"link.txt"'
        ),
        "utf-8",
    )
    with serving(place / "output", place / "inbox") as station:
        for card_id in [json.loads(line)["card_id"] for line in cards.splitlines()]:
            status, _, page = station.request(f"/card/{card_id}")
            assert status == 200
            assert "비밀" not in page


def test_a_fix_changes_record_and_csv_and_shows_what_was_printed(station: Station) -> None:
    card = record(station.output, "하나.txt")
    status, _ = station.decide(
        card["card_id"], action="fix", edits=[{"path": PATH, "was": "1.764", "now": "1,764"}]
    )
    assert status == 200
    _, _, page = station.request(f"/card/{card['card_id']}")
    assert "지적 없음" in page
    station.settled()
    mended = record(station.output, "하나.txt")
    assert budget(mended, "plan", "sigungu", "total") == {
        "ledger": "plan", "source": "sigungu", "period": "total", "amount": 1_764_000_000, "state": "corrected",
    }  # fmt: skip
    proof = mended["evidence"][PATH]
    assert (proof["text"], proof["certainty"]) == ("1.764", "corrected")
    assert "나가온" in proof["reason"]
    decoded = (station.inbox / "하나.txt").read_text("utf-8")
    assert decoded[proof["place"]["start"] : proof["place"]["end"]] == "1.764"
    assert mended["findings"] == []
    with (station.output / "csv" / "budget.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["card_id"] == card["card_id"]]
    assert any(
        r["amount"] == "1764000000" and r["source"] == "sigungu" and r["ledger"] == "plan" for r in rows
    )


def test_decisions_outlive_the_output_folder(station: Station) -> None:
    card = record(station.output, "하나.txt")
    station.decide(card["card_id"], action="fix", edits=[{"path": PATH, "was": "1.764", "now": "1,764"}])
    station.settled()
    station.process.terminate()
    station.process.wait(timeout=60)
    shutil.rmtree(station.output)
    run(station.inbox, station.output)
    assert budget(record(station.output, "하나.txt"), "plan", "sigungu", "total")["amount"] == 1_764_000_000


def test_two_writers_one_is_told_and_nothing_is_lost(station: Station) -> None:
    card_id = record(station.output, "하나.txt")["card_id"]
    seen = station.version(card_id)
    first = {"path": PATH, "was": "1.764", "now": "1,764"}
    second = {"path": PATH, "was": "1.764", "now": "1,765"}
    assert station.decide(card_id, action="fix", edits=[first])[0] == 200
    status, answer = station.decide(card_id, action="fix", edits=[second], version=seen)
    assert status == 409
    assert answer["conflict"] is True
    assert [d["now"] for d in decisions(station.output)] == ["1,764"]
    assert station.decide(card_id, action="fix", edits=[second])[0] == 200
    assert [d["now"] for d in decisions(station.output)] == ["1,764", "1,765"]


def test_a_fix_that_does_not_fit_the_document_is_not_written(station: Station) -> None:
    card_id = record(station.output, "하나.txt")["card_id"]
    for edit in (
        {"path": PATH, "was": "1,764", "now": "5"},
        {"path": "budget[plan/fund/2022]", "was": "", "now": "5"},
        {"path": "../../x", "was": "", "now": "5"},
    ):
        status, answer = station.decide(card_id, action="fix", edits=[edit])
        assert status in (409, 422)
        assert answer["message"]
    assert decisions(station.output) == []


def test_accepting_needs_a_reason_and_takes_the_consequences_along(station: Station) -> None:
    card = record(station.output, "하나.txt")
    cause = next(f for f in card["findings"] if f["code"] == "DECIMAL_SEPARATOR")
    assert station.decide(card["card_id"], action="accept", finding=cause["id"])[0] == 422
    status, _ = station.decide(card["card_id"], action="accept", finding=cause["id"], reason="원본대로")
    assert status == 200
    station.settled()
    states = {f["state"] for f in record(station.output, "하나.txt")["findings"]}
    assert states == {"accepted"}
    assert station.decide(card["card_id"], action="undo")[0] == 200
    station.settled()
    assert {f["state"] for f in record(station.output, "하나.txt")["findings"]} == {"open"}


def test_a_source_saved_anew_makes_a_stale_correction_that_can_be_carried_over(place: Path) -> None:
    output, inbox = place / "output", place / "inbox"
    with serving(output, inbox) as station:
        card_id = record(output, "하나.txt")["card_id"]
        station.decide(card_id, action="fix", edits=[{"path": PATH, "was": "1.764", "now": "1,764"}])
        station.settled()
        (inbox / "하나.txt").write_text(
            "\n" + text_card(0, {WRONG: "1.764"}, progress="60%"), encoding="utf-8"
        )
        status, answer = station.decide(card_id, action="undo")
        assert (status, answer["conflict"]) == (409, True)
        station.settled()
        card = record(output, "하나.txt")
        assert card["card_id"] != card_id
        stale = [f for f in card["findings"] if f["code"] == "STALE_CORRECTION"]
        assert [(f["kind"], f["expected"], f["actual"]) for f in stale] == [
            ("source_changed", "1.764", "1.764")
        ]
        assert stale[0]["message"].endswith("지금: ‘1.764’"), (
            "the value, not what stands at the old place now"
        )
        status, headers, _ = station.request(f"/card/{card_id}?code=ROW_SUM")
        assert (status, headers["location"]) == (303, f"/card/{card['card_id']}?code=ROW_SUM")
        assert budget(card, "plan", "sigungu", "total")["amount"] == 1_764_000
        old = decisions(output)[0]["id"]
        status, _ = station.decide(card["card_id"], action="carry", undoes=old)
        assert status == 200
        station.settled()
        card = record(output, "하나.txt")
        assert budget(card, "plan", "sigungu", "total")["amount"] == 1_764_000_000
        assert [f["code"] for f in card["findings"]] == []


def test_a_fix_takes_the_place_of_an_outdated_one(place: Path) -> None:
    output, inbox = place / "output", place / "inbox"
    edit = {"path": PATH, "was": "1.764", "now": "1,764"}
    with serving(output, inbox) as station:
        station.decide(record(output, "하나.txt")["card_id"], action="fix", edits=[edit])
        station.settled()
        (inbox / "하나.txt").write_text("\n" + text_card(0, {WRONG: "1.764"}), encoding="utf-8")
        run(inbox, output)
        card_id = record(output, "하나.txt")["card_id"]
        assert station.decide(card_id, action="fix", edits=[edit])[0] == 200
        station.settled()
        assert record(output, "하나.txt")["findings"] == []
        # mended at the source: carrying over takes the correction back
        (inbox / "하나.txt").write_text(text_card(0), encoding="utf-8")
        run(inbox, output)
        card = record(output, "하나.txt")
        assert [f["code"] for f in card["findings"]] == ["STALE_CORRECTION"]
        last = decisions(output)[-1]["id"]
        assert station.decide(card["card_id"], action="carry", undoes=last)[0] == 200
        station.settled()
        assert record(output, "하나.txt")["findings"] == []
        assert decisions(output)[-1]["action"] == "undo"


def test_queue_filters_and_searches(quiet: Station) -> None:
    assert "온마을" not in quiet.request("/?code=DECIMAL_SEPARATOR")[2]
    assert "골목상권" in quiet.request("/?code=DECIMAL_SEPARATOR")[2]
    assert "골목상권" not in quiet.request("/?q=%EC%98%A8%EB%A7%88%EC%9D%84")[2]
    assert "가온천" in quiet.request("/?all=1")[2]
    assert "조건에 맞는 카드가 없습니다" in quiet.request("/?q=nothing")[2]
    english = quiet.request("/?lang=en")[2]
    assert "Pledge card review" in english
    assert 'lang="en"' in english


def test_a_filter_by_code_shows_the_finding_of_that_code(quiet: Station) -> None:
    page = quiet.request("/?code=COLUMN_SUM")[2].split("<tbody>")[1]
    assert "골목상권" in page
    assert "열 합계 불일치" in page
    assert "쉼표 자리에 점" not in page, "the surest of the card, but not what was asked for"


def test_a_line_that_moved_is_mended_whole_by_its_suggestion(place: Path) -> None:
    printed = {"2022년": "-", "2023년": "160", "2024년": "158", "2025년": "31"}
    moved = text_card(3, {("투입", "시비", period): text for period, text in printed.items()})
    (place / "inbox" / "넷.txt").write_text(moved, encoding="utf-8")
    run(place / "inbox", place / "output")
    card_id = record(place / "output", "넷.txt")["card_id"]
    with serving(place / "output", place / "inbox") as station:
        page = station.request(f"/card/{card_id}")[2]
        assert 'data-culprit="budget[spent/sido/2022].amount"' in page, "the first cell that changes"
        edits = json.loads(html.unescape(page.split('data-suggest="')[1].split('"')[0]))
        assert [(e["was"], e["now"]) for e in edits] == [
            ("-", "160"), ("160", "158"), ("158", "31"), ("31", "0"),
        ], "the dashes of 기투자, 2026 and 임기후 stay"  # fmt: skip
        assert station.decide(card_id, action="fix", edits=edits)[0] == 200
        station.settled()
        assert record(place / "output", "넷.txt")["findings"] == []
        assert station.decide(card_id, action="undo")[0] == 200, "taken back as one"
        station.settled()
    card = record(place / "output", "넷.txt")
    assert "SHIFTED_CELL" in {f["code"] for f in card["findings"]}
    assert budget(card, "spent", "sido", "2022")["state"] == "zero_mark"


def test_a_long_log_keeps_its_filter_and_can_be_taken_back_on_every_page(station: Station) -> None:
    card = record(station.output, "하나.txt")
    finding = next(f for f in card["findings"] if f["caused_by"] is None)
    file = station.output.with_name("output.corrections.jsonl")
    common = {
        "author": "도하늘", "time": "2024-07-01T01:00:00Z", "action": "later", "source_path": "하나.txt",
        "source_sha256": card["source"]["sha256"], "card_index": 1, "finding": finding["id"],
    }  # fmt: skip
    # the last decision about a finding holds: the oldest line is about another one, and stands on page 2
    lines = [{**common, "id": f"id{n}", "finding": "another" if not n else finding["id"]} for n in range(201)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    first = station.request("/log?action=later&q=%ED%95%98%EB%82%98")[2]
    assert 'href="/log?q=%ED%95%98%EB%82%98&amp;action=later&amp;page=2"' in first
    second = station.request("/log?action=later&page=2")[2]
    assert (
        f'data-undo="id0" data-card="{card["card_id"]}" data-version="{station.version(card["card_id"])}"'
        in second
    )
    assert "data-undo" not in station.request("/log?action=fix")[2]


def test_the_log_shows_the_time_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        assert _local_time("2024-06-30T15:30:00Z") == "2024-07-01 00:30"
        assert _local_time("yesterday") == "yesterday"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_every_word_of_the_pages_is_there_in_english_and_used() -> None:
    folder = Path(review.__file__).parent
    pages = "".join(p.read_text("utf-8") for p in folder.glob("templates/*.html"))
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.name != "words.py")
    asked = set(re.findall(r"""\bt\((["'])(.*?)\1\)""", pages))
    assert {text for _, text in asked} <= set(ENGLISH)
    unused = {text for text in ENGLISH if f'"{text}"' not in pages + code and f"'{text}'" not in pages}
    assert not unused


def test_accepting_all_of_a_code(station: Station) -> None:
    card_id = record(station.output, "둘.txt")["card_id"]
    body = {"code": "PROGRESS_RANGE", "cards": [card_id], "count": 2, "reason": "시험"}
    assert station.request("/accept-all", body)[0] == 409
    assert station.request("/accept-all", {**body, "count": 1, "reason": ""})[0] == 422
    assert station.request("/accept-all", {**body, "count": 1})[0] == 200
    assert [d["code"] for d in decisions(station.output)] == ["PROGRESS_RANGE"]
    assert "온마을" not in station.request("/")[2]


def fill_in(text: str, code: str, **values: str) -> bytes:
    """The CSV as a person gives it back: one finding filled in, saved by a Korean spreadsheet."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        if row["code"] == code:
            row.update(values)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("cp949", "replace")


def test_decisions_by_csv_with_the_same_guards(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, inbox = place / "output", place / "inbox"
    assert main(output, None, inbox, csv=True) == 0
    sheet = capsys.readouterr().out
    filled = place / "filled.csv"
    filled.write_bytes(fill_in(sheet, "DECIMAL_SEPARATOR", action="fix", now="1,764"))
    assert main(output, None, inbox, apply=filled, author="한바다") == 0
    assert [(d["author"], d["now"]) for d in decisions(output)] == [("한바다", "1,764")]
    assert budget(record(output, "하나.txt"), "plan", "sigungu", "total")["amount"] == 1_764_000_000
    assert main(output, None, inbox, apply=filled) == 0, "a second time changes nothing"
    assert len(decisions(output)) == 1
    filled.write_bytes(fill_in(sheet, "PROGRESS_RANGE", action="fix", now="100%", printed="110%"))
    assert main(output, None, inbox, apply=filled) == 3, "the printed text is another one"
    filled.write_bytes(fill_in(sheet, "PROGRESS_RANGE", action="accept"))
    assert main(output, None, inbox, apply=filled) == 3, "no reason"
    filled.write_bytes(fill_in(sheet, "PROGRESS_RANGE", action="drop"))
    assert main(output, None, inbox, apply=filled) == 3
    assert len(decisions(output)) == 1
    assert "line" in capsys.readouterr().err
    assert main(place / "nothing", None, inbox) == 2


def test_review_apply_file(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(place / "output", None, place / "inbox", csv=True)
    filled = place / "filled.csv"
    filled.write_bytes(fill_in(capsys.readouterr().out, "DECIMAL_SEPARATOR", action="fix", now="1,764"))
    monkeypatch.chdir(place)
    assert CliRunner().invoke(app, ["review", "output", "filled.csv"]).exit_code == 2
    assert decisions(place / "output") == []
    assert CliRunner().invoke(app, ["review", "apply", "filled.csv"]).exit_code == 0
    assert [d["now"] for d in decisions(place / "output")] == ["1,764"]


def test_the_log_tells_what_holds(station: Station) -> None:
    card = record(station.output, "둘.txt")
    finding = next(f for f in card["findings"] if f["code"] == "PROGRESS_RANGE")

    def states() -> list[str]:
        page = station.request("/log")[2]
        return re.findall(r'class="decision state-(\w+)"', page)

    _, taken = station.decide(card["card_id"], action="accept", finding=finding["id"], reason="시험")
    _, undone = station.decide(card["card_id"], action="undo", undoes=taken["ids"][0])
    assert states() == ["held", "undone"]
    station.decide(card["card_id"], action="undo", undoes=undone["ids"][0])
    assert states() == ["held", "undone", "held"]
    station.decide(card["card_id"], action="ignore", finding=finding["id"])
    assert states() == ["held", "held", "undone", "replaced"]


def test_a_csv_holds_no_formula(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = text_card(3, factor=4, progress="=120%", title='=HYPERLINK("http://x")')
    (place / "inbox" / "넷.txt").write_text(text, encoding="utf-8")
    run(place / "inbox", place / "output")
    main(place / "output", None, place / "inbox", csv=True)
    cells = [cell for row in csv.reader(io.StringIO(capsys.readouterr().out)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_a_torn_decisions_file_is_shown_and_not_fatal(place: Path) -> None:
    (place / "output.corrections.jsonl").write_bytes(b'{"id":"x","au')
    with serving(place / "output", place / "inbox") as station:
        assert "읽을 수 없는 줄" in station.request("/")[2]
        card_id = record(place / "output", "하나.txt")["card_id"]
        assert (
            station.decide(card_id, action="fix", edits=[{"path": PATH, "was": "1.764", "now": "1,764"}])[0]
            == 200
        )


def test_marks_stand_on_the_characters_of_their_values() -> None:
    block = {"k": "p", "text": "국600, 시300", "place": {"line": 1, "start": 10, "end": 19}}
    found = marks(
        [("a", "600", Place(line=1, start=11, end=14)), ("b", "300", Place(line=1, start=17, end=20))]
    )
    drawn = nodes({"blocks": [block]}, found, None)
    assert [(p.text, p.paths) for p in drawn[0].pieces] == [
        ("국", ()),
        ("600", ("a",)),
        (", 시", ()),
        ("300", ("b",)),
    ]


def test_marks_in_a_cell_stand_on_the_words_that_occur_once() -> None:
    place = {"table": 0, "row": 0, "col": 1}
    paragraph = {"k": "p", "text": "900백만원(국600, 시300)", "place": place}
    cell = {
        "row": 0,
        "col": 1,
        "rowspan": 1,
        "colspan": 1,
        "header": False,
        "place": place,
        "blocks": [paragraph],
    }
    table = {"k": "t", "rows": 1, "cols": 2, "ragged": False, "cells": [cell]}
    at = Place(table=0, row=0, col=1)
    found = marks([("whole", "900백만원(국600, 시300)", at), ("national", "600", at), ("zeros", "00", at)])
    drawn = nodes({"blocks": [table]}, found, None)[0].rows[0][0]
    assert set(drawn.paths) == {"whole", "zeros"}
    assert [(p.text, p.paths) for p in drawn.nodes[0].pieces] == [
        ("900백만원(국", ()), ("600", ("national",)), (", 시300)", ()),
    ]  # fmt: skip


def test_the_decisions_file_of_the_last_run_is_the_one_that_is_written(place: Path) -> None:
    own, output, inbox = place / "own.jsonl", place / "output", place / "inbox"
    own.write_bytes(b"")
    assert batch.run(inbox, output, corrections=own, workers=2, mentions=False) == 0
    with serving(output, inbox) as station:
        card_id = record(output, "하나.txt")["card_id"]
        edit = {"path": PATH, "was": "1.764", "now": "1,764"}
        assert station.decide(card_id, action="fix", edits=[edit])[0] == 200
        station.settled()
    assert "1,764" in own.read_text("utf-8")
    assert decisions(output) == []
    assert budget(record(output, "하나.txt"), "plan", "sigungu", "total")["amount"] == 1_764_000_000


def test_files_without_a_card_are_named_and_edited_rules_do_not_stop_the_work(place: Path) -> None:
    (place / "inbox" / "빈.txt").write_text("", encoding="utf-8")
    rules = place / "rules"
    shutil.copytree(find_rules_dir(Path(__file__).parent.parent / "rules"), rules)
    output, inbox = place / "output", place / "inbox"
    assert batch.run(inbox, output, rules=rules, workers=2, mentions=False) == 3
    with serving(output, inbox) as station:
        assert "빈.txt" in station.request("/")[2]
        with (rules / "base.toml").open("a", encoding="utf-8") as stream:
            stream.write("\n# edited while the station is open\n")
            stream.write('[severity]\nYEAR_OVERSPENT = "info"\n')
        card_id = record(output, "하나.txt")["card_id"]
        edit = {"path": PATH, "was": "1.764", "now": "1,764"}
        assert station.decide(card_id, action="fix", edits=[edit])[0] == 200


def test_a_field_that_the_document_lacks_is_filled_in(place: Path) -> None:
    text = text_card(3, factor=4).replace("관리번호\t1-4-1", "\t")
    (place / "inbox" / "넷.txt").write_text(text, encoding="utf-8")
    run(place / "inbox", place / "output")
    card = record(place / "output", "넷.txt")
    assert card["number"] is None
    missing = next(f for f in card["findings"] if f["code"] == "MISSING_FIELD" and f["paths"] == ["number"])
    with serving(place / "output", place / "inbox") as station:
        fill = {"path": "number", "was": "", "now": " 1-4-1 "}
        status, _ = station.decide(card["card_id"], action="fill", edits=[fill], finding=missing["id"])
        assert status == 200
        station.settled()
    card = record(place / "output", "넷.txt")
    assert card["number"] == "1-4-1"
    proof = card["evidence"]["number"]
    assert (proof["text"], proof["certainty"]) == ("", "corrected")
    assert not [f for f in card["findings"] if f["code"] == "MISSING_FIELD"]
