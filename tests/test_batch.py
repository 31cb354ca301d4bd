"""The batch: what it says of every file, what it does again and what not, and that nobody sees a half-done
file."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import batches
from tests.batches import TIGHT, alive, everything, fill, ledger, records, run, run_apart

from cardextract import batch, storage
from cardextract.engine import fragments, inputs, outputs, plan
from cardextract.engine.cache import Cache
from cardextract.engine.children import Child, StartError, run_chunk
from cardextract.engine.made import Made, Shape
from cardextract.engine.worker import CardPart, Job, Limits, Result, Setup, decode_result, encode_result
from cardextract.ledger import Line, check_complete
from cardextract.profiles import load_rules


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lets children find the poisoned reader, and gives it a place for its marks."""
    folder = tmp_path / "marks"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(batches.HERE), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("POISON_MARKS", str(folder))
    return folder


def poison(inbox: Path, *deeds: str) -> None:
    for deed in deeds:
        (inbox / f"{deed}.txt").write_text(f"POISON {deed}\n" + batches.card_text(990 + len(deed)), "utf-8")


def deadline(seconds: float = 30) -> Iterator[None]:
    """Poll until the time is over; then the test fails."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        threading.Event().wait(0.02)
    pytest.fail("waited in vain")


# --- plain runs ---


def test_every_card_has_a_record_a_file_and_a_ledger_line(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 12), tmp_path / "out"
    (inbox / "2024" / "하반기").mkdir(parents=True)
    (inbox / "card00003.txt").rename(inbox / "2024" / "하반기" / "관리카드.txt")
    assert run(inbox, output) == 0
    lines, cards = ledger(output), records(output)
    assert list(lines) == sorted(lines)
    assert len(lines) == 12
    assert [c["source"]["path"] for c in cards] == sorted(lines)
    for card in cards:
        line = lines[card["source"]["path"]]
        assert line["cards"] == [card["card_id"]]
        assert line["sha256"] == card["source"]["sha256"]
        assert line["status"] == ("ok_with_findings" if card["findings"] else "ok")
        assert json.loads((output / "cards" / f"{card['card_id']}.json").read_text("utf-8")) == card
    found = [json.loads(f) for f in (output / "findings.jsonl").read_text("utf-8").splitlines()]
    assert [f for f in found if f["card_id"]] == [f for c in cards for f in c["findings"]]


def test_the_number_of_workers_does_not_show(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 40)
    (inbox / "no.txt").write_text("")
    for workers in (1, 2, 4):
        assert run(inbox, tmp_path / str(workers), workers=workers) == 3
    assert everything(tmp_path / "1") == everything(tmp_path / "2") == everything(tmp_path / "4")


def test_an_empty_inbox_is_fine_and_a_missing_one_is_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    assert run(tmp_path / "in", tmp_path / "out") == 0
    assert (tmp_path / "out" / "ledger.jsonl").read_bytes() == b""
    assert run(tmp_path / "gone", tmp_path / "out2") == 2
    assert not (tmp_path / "out2").exists()
    assert run(tmp_path / "in", tmp_path / "in" / "out") == 2
    assert list((tmp_path / "in").iterdir()) == []
    assert run(tmp_path / "in", tmp_path / "out", corrections=tmp_path / "none.jsonl") == 2
    assert run(tmp_path / "in", tmp_path / "out", profile="no_such") == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "no such folder" in err
    assert "Traceback" not in err


def test_the_inbox_is_never_changed(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 3)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()}
    run(inbox, tmp_path / "out")
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()} == before


def test_strict_turns_open_errors_into_an_exit_code(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 1)
    assert run(inbox, tmp_path / "out") == 0
    found = [json.loads(f) for f in (tmp_path / "out" / "findings.jsonl").read_text("utf-8").splitlines()]
    errors = [f for f in found if f["severity"] == "error"]
    assert run(inbox, tmp_path / "out", strict=True) == (4 if errors else 0)
    text = batches.card_text(7).replace("7%", "700%")
    (inbox / "bad.txt").write_text(text, "utf-8")
    assert run(inbox, tmp_path / "out", strict=True) == 4


def test_json_log_and_summary(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 3)
    (inbox / "empty\x1b[31m.txt").write_text("")
    done = run_apart(inbox, tmp_path / "out", 'log="json"')
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.stdout == b""
    assert done.returncode == 3
    summary = events[-1]
    assert summary["event"] == "summary"
    assert summary["files"] == 4
    assert summary["cards"] == 3
    assert summary["new"] == 4
    assert summary["exit"] == 3
    assert set(summary["seconds"]) >= {"scan", "read", "write"}
    text = run_apart(inbox, tmp_path / "out")
    assert b"\x1b" not in text.stderr
    assert b"4 files" in text.stderr
    assert b"0 new" in text.stderr


def test_emit_streams_new_cards(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 2)
    first = run_apart(inbox, tmp_path / "out", 'emit="jsonl"')
    assert first.stdout == (tmp_path / "out" / "cards.jsonl").read_bytes()
    fill(inbox, 1, start=2)
    second = run_apart(inbox, tmp_path / "out", 'emit="jsonl"')
    assert [json.loads(x)["source"]["path"] for x in second.stdout.splitlines()] == ["card00002.txt"]


def test_a_reader_of_the_stream_that_goes_away_is_said(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 1)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            batches.command(inbox, tmp_path / "out", 'emit="jsonl"'), stdout=pipe, stderr=subprocess.PIPE, timeout=120,
            check=False,
        )  # fmt: skip
    assert done.returncode == 74
    assert b"cards.jsonl" in done.stderr
    assert len(records(tmp_path / "out")) == 1


# --- again ---


def test_a_second_run_reads_nothing_and_writes_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inbox, output = fill(tmp_path / "in", 5), tmp_path / "out"
    run(inbox, output)
    before = {p: p.stat().st_ino for p in output.rglob("*") if storage.STATE not in p.parts}
    capfd.readouterr()
    assert run(inbox, output) == 0
    assert "0 new, 0 changed, 0 removed; 0 read now" in capfd.readouterr().err
    assert {p: p.stat().st_ino for p in output.rglob("*") if storage.STATE not in p.parts} == before


def test_what_changed_is_read_again_and_what_went_is_removed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inbox, output = fill(tmp_path / "in", 6), tmp_path / "out"
    run(inbox, output)
    (inbox / "card00001.txt").write_text(batches.card_text(77), "utf-8")
    (inbox / "card00002.txt").unlink()
    fill(inbox, 1, start=6)
    capfd.readouterr()
    assert run(inbox, output) == 0
    assert "1 new, 1 changed, 1 removed; 2 read now" in capfd.readouterr().err
    run(inbox, tmp_path / "fresh")
    assert everything(output) == everything(tmp_path / "fresh")


def sole(inbox: Path, folder: Path) -> dict[str, bytes]:
    """What a run without any past leaves."""
    run(inbox, folder)
    return everything(folder)


def test_tables_made_of_the_old_ones_are_the_same_bytes(tmp_path: Path) -> None:
    """CSV files are put together from ranges of those before; whatever changes must not show."""
    inbox, output = fill(tmp_path / "in", 24), tmp_path / "out"
    (inbox / "empty.txt").write_text("", "utf-8")
    run(inbox, output)
    table = "\n4. 소요예산\n(단위: 백만원)\n구분\t계\t{0}\n국비\t30\t30\n"
    steps = [
        lambda: fill(inbox, 1, start=30),  # at the end
        lambda: (inbox / "a first one.txt").write_text(batches.card_text(70), "utf-8"),
        lambda: (inbox / "card00009.txt").write_text(batches.card_text(9) + table.format(2024), "utf-8"),
        lambda: (inbox / "card00011.txt").write_text(batches.card_text(11) + table.format(2023), "utf-8"),
        lambda: (inbox / "card00009.txt").unlink(),  # and with it a period, a column of budget_wide
        lambda: (inbox / "card00005.txt").rename(inbox / "zz last.txt"),
        lambda: (inbox / "empty.txt").unlink(),
        lambda: (inbox / "card00002.txt").write_text(batches.card_text(3), "utf-8"),  # findings across cards
        lambda: (output / "csv" / "cards.csv").write_bytes(b"damaged"),
        lambda: (output / "csv" / "tasks.csv").unlink(missing_ok=True),
        lambda: fill(inbox, 40, start=50),  # so much that all is printed again
    ]
    for n, step in enumerate(steps):
        step()
        run(inbox, output)
        assert everything(output) == sole(inbox, tmp_path / f"sole {n}"), n


def test_one_card_more_copies_all_others(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 12), tmp_path / "out"
    run(inbox, output)
    fill(inbox, 1, start=12)
    with Cache(output / storage.STATE / "cache.sqlite") as cache:
        work = plan.Plan([plan.Planned(e) for e in inputs.scan(inbox)][:12])
        made = Made(output, cache, Shape())
        results = cache.results(p.entry.relative for p in work.inputs)
        outputs.gather(made, work, results, load_rules(Path("rules")), [])
        parts, index = fragments.parts(made, work, old=True)
        assert list(parts) == [range(12)]
        assert index is not None
        assert set(index.tables) >= {"cards", "findings", "budget_wide"}


def test_damaged_outputs_and_state_are_made_again(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 4), tmp_path / "out"
    run(inbox, output)
    wanted = everything(output)
    some = sorted((output / "cards").iterdir())
    some[0].unlink()
    some[1].write_text("{}")
    (output / "cards.jsonl").write_text("")
    (output / "cards" / "0123456789ab-1.json").write_text("{}")
    (output / "cards" / "notes.txt").write_text("mine")
    (output / "cards" / ".tmp-0123456789ab-1.json").write_text("half")
    assert run(inbox, output) == 0
    assert everything(output) == {**wanted, "cards/notes.txt": b"mine"}
    (output / "cards" / "notes.txt").unlink()
    (output / storage.STATE / "cache.sqlite").write_bytes(
        b"this is no database, whatever its name says" * 100
    )
    assert run(inbox, output) == 0
    assert everything(output) == wanted


def test_a_sudden_loss_of_inputs_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inbox, output = fill(tmp_path / "in", 5), tmp_path / "out"
    run(inbox, output)
    before = everything(output)
    for n in range(3):
        (inbox / f"card0000{n}.txt").unlink()
    assert run(inbox, output) == 74
    assert "--prune" in capfd.readouterr().err
    assert everything(output) == before
    assert run(inbox, output, prune=True) == 0
    assert len(records(output)) == 2
    assert len(list((output / "cards").iterdir())) == 2


def test_a_rule_that_changed_is_used(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from cardextract.profiles import find_rules_dir

    rules = tmp_path / "rules"
    rules.mkdir()
    for path in find_rules_dir(None).glob("*.toml"):
        (rules / path.name).write_bytes(path.read_bytes())
    inbox, output = fill(tmp_path / "in", 3), tmp_path / "out"
    run(inbox, output, rules=rules)
    (rules / "gaon.toml").write_text(
        'title = "가온구"\nissuer = "가온구"\n[[detect]]\ntext = "공약사항 관리카드"\n', "utf-8"
    )
    capfd.readouterr()
    run(inbox, output, rules=rules)
    assert {c["profile"] for c in records(output)} == {"gaon"}
    (rules / "base.toml").write_text("labels = 1", "utf-8")
    assert run(inbox, output, rules=rules) == 2


def test_copies_are_named_and_take_over_when_the_first_goes(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 3), tmp_path / "out"
    (inbox / "a copy.txt").write_bytes((inbox / "card00001.txt").read_bytes())
    assert run(inbox, output) == 0
    line = ledger(output)["card00001.txt"]
    assert (line["status"], line["code"], line["cards"]) == ("duplicate", "duplicate", [])
    assert "a copy.txt" in line["message"]
    assert len(records(output)) == 3
    (inbox / "a copy.txt").unlink()
    assert run(inbox, output) == 0
    assert ledger(output)["card00001.txt"]["status"] in ("ok", "ok_with_findings")


def test_an_older_copy_put_back_in_place_is_seen(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 2), tmp_path / "out"
    card = inbox / "card00000.txt"
    os.utime(card, (1, 1))
    run(inbox, output)
    other = batches.card_text(0).replace("설계", "공사")
    assert len(other) == len(batches.card_text(0))
    card.write_text(other, "utf-8")
    os.utime(card, (1, 1))
    run(inbox, output)
    assert "공사 용역" in (output / "cards.jsonl").read_text("utf-8")


def test_two_contents_with_one_record_number_are_not_mixed_up(tmp_path: Path) -> None:
    inbox = fill(tmp_path / "in", 2)
    found = inputs.scan(inbox)
    work = plan.Plan([plan.Planned(e) for e in found])
    with Cache(tmp_path / "cache.sqlite") as cache:
        for entry, end in zip(
            found, "01", strict=True
        ):  # nobody can make such files: their hashes are remembered
            result = Result(entry.path, "a" * 12 + end * 52)
            cache.put_result(entry.relative, result, entry.signature, None)
        jobs = list(plan.jobs(inbox, work, cache, plan.Corrections([]), ("", "")))
    assert [job.path for _, job in jobs] == ["card00000.txt"]
    why = work.inputs[1].verdict
    assert why is not None
    assert (why.status, why.code, why.retryable) == ("quarantined", "id_collision", False)
    assert "card00000.txt" in why.message


# --- poison ---


@pytest.mark.usefixtures("marks")
def test_poison_harms_nobody_else(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 20), tmp_path / "out"
    run(inbox, tmp_path / "clean")
    clean = {c["card_id"]: c for c in records(tmp_path / "clean")}
    poison(
        inbox, "spin", "eat", "crash", "leave", "leave_politely", "rubbish", "rubbish_everywhere", "ask", "bug",
        "dive", "refuse", "grow", "once",
    )  # fmt: skip
    assert run(inbox, output, plugins=("poison_reader",), limits=TIGHT) == 3
    lines = ledger(output)
    codes = {Path(path).stem: line["code"] for path, line in lines.items() if not path.startswith("card0")}
    assert codes == {
        "spin": "limit_cpu", "eat": "limit_memory", "crash": "worker_died",
        "leave": "worker_died", "leave_politely": "worker_died", "rubbish": None, "rubbish_everywhere": "worker_died",
        "ask": None, "bug": "internal_error", "dive": "too_deep", "refuse": "encrypted",
        "grow": "changed_while_reading", "once": None,
    }  # fmt: skip
    assert {c["card_id"]: c for c in records(output) if c["card_id"] in clean} == clean
    assert "암호" in lines["refuse.txt"]["message"]
    assert not lines["refuse.txt"]["retryable"]
    assert lines["crash.txt"]["retryable"]
    assert "SIGSEGV" in lines["crash.txt"]["message"]


@pytest.mark.usefixtures("marks")
def test_a_reader_that_waits_for_ever_is_ended(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 3), tmp_path / "out"
    poison(inbox, "wait")
    patience = Limits(cpu_seconds=60, wall_seconds=3)
    assert run(inbox, output, plugins=("poison_reader",), limits=patience) == 3
    line = ledger(output)["wait.txt"]
    assert line["code"] == "limit_time"
    assert line["retryable"]
    assert len(records(output)) == 3


def test_children_die_with_the_run(tmp_path: Path, marks: Path) -> None:
    inbox = fill(tmp_path / "in", 3)
    poison(inbox, "linger")
    parent = subprocess.Popen(
        batches.command(inbox, tmp_path / "out", 'plugins=["poison_reader"]'), stderr=subprocess.DEVNULL
    )
    told = marks / "linger.txt.pid"
    for _ in deadline():
        if told.exists() and told.read_text():
            break
    child = int(told.read_text())
    assert alive(child)
    parent.kill()
    parent.wait()
    for _ in deadline():
        if not alive(child):
            break


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_cleanly(tmp_path: Path, marks: Path, number: signal.Signals) -> None:
    inbox, output = fill(tmp_path / "in", 3), tmp_path / "out"
    poison(inbox, "linger")
    parent = subprocess.Popen(
        batches.command(inbox, output, 'plugins=["poison_reader"]'),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a background job ignores SIGINT
    )
    told = marks / "linger.txt.pid"
    for _ in deadline():
        if told.exists() and told.read_text():
            break
    parent.send_signal(number)
    try:
        out, err = parent.communicate(timeout=30)
    finally:
        parent.kill()
    assert parent.returncode == 130
    assert out == b""
    assert b"Traceback" not in err
    assert b"interrupted" in err
    assert not alive(int(told.read_text()))
    assert not list(output.rglob(storage.TEMPORARY + "*"))


def test_a_second_run_is_told_to_wait(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 1), tmp_path / "out"
    with storage.locked(output):
        done = run_apart(inbox, output)
    assert done.returncode == 75
    assert b"another run" in done.stderr
    assert run_apart(inbox, output).returncode == 0


def test_a_worker_that_cannot_start_is_no_input_s_fault(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inbox = fill(tmp_path / "in", 1)
    assert run(inbox, tmp_path / "out", plugins=("no_such_module_anywhere",)) == 70
    assert "Traceback" not in capfd.readouterr().err


def test_one_function_reads_a_chunk(tmp_path: Path) -> None:
    from cardextract.engine.children import close_children
    from cardextract.profiles import find_rules_dir, load_rules

    inbox = fill(tmp_path / "in", 3)
    folder = find_rules_dir(None)
    setup = Setup(str(inbox), str(folder), load_rules(folder).sha256, mentions=False)
    wrong = "0" * 64
    results = run_chunk([Job("card00001.txt", wrong), Job("gone.txt", wrong)], setup, Limits())
    assert [r.code for r in results] == ["changed_while_reading", "not_readable"]
    close_children()
    with pytest.raises(StartError):
        Child(Setup(str(inbox), str(folder), "another hash"), Limits())
    close_children()


def test_only_results_are_results() -> None:
    for line in (
        b"{}",
        b"rubbish",
        b'{"path":1,"cards":[{}]}',
        b'{"path":1,"cards":[{"blob":"x","rows":1}]}',
        b"[]",
    ):
        with pytest.raises(ValueError, match=r"not a result|Expecting value"):
            decode_result(line, io.BytesIO(b"abc").read)


def test_a_result_travels_as_it_is() -> None:
    parts = [CardPart(f"a-{i}", i, b"\n\0" * i, "d", 3, "", "{}", "r", b"{}\n" * 2) for i in (1, 2)]
    result = Result("p", "s", cards=tuple(parts), findings=({"code": "칸"},), seconds=0.5, rss_mib=3)
    stream = io.BytesIO(encode_result(result))
    assert decode_result(stream.readline(), stream.read) == result
    assert not stream.read()


def test_a_draft_becomes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a-1.json"
    path.write_text("before")
    draft = storage.draft(path, "07f3")
    storage.write_draft(draft, b"after")
    assert path.read_text() == "before"
    told = dict(storage.write_all([(path, draft), (tmp_path / "b-1.json", b"else")]))
    assert {p.name: (p.read_bytes(), status.st_size) for p, status in told.items()} == {
        "a-1.json": (b"after", 5),
        "b-1.json": (b"else", 4),
    }
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-1.json", "b-1.json"]


def test_a_draft_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    storage.write_draft(tmp_path / "gone" / ".tmp-a-1.json-07f3", b"after")
    taken = tmp_path / ".tmp-a-1.json-07f3"
    taken.mkdir()
    storage.write_draft(taken, b"after")
    assert list(tmp_path.iterdir()) == [taken]


def test_a_ledger_with_a_hole_is_refused() -> None:
    line = Line("a", None, "ok")
    check_complete(["a"], [line])
    for paths, lines in ((["a", "b"], [line]), (["a"], [line, line]), ([], [line])):
        with pytest.raises(RuntimeError, match="not complete"):
            check_complete(paths, lines)


# --- what the system refuses ---


def test_a_full_disk_ends_with_one_line(tmp_path: Path) -> None:
    inbox, output = fill(tmp_path / "in", 30), tmp_path / "out"
    limit = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "sys.argv[0:1] = []; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", limit, *batches.command(inbox, output)[1:]],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 74, done.stderr
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert not list(output.rglob(storage.TEMPORARY + "*"))
    assert run(inbox, output) == 0
    run(inbox, tmp_path / "fresh")
    assert everything(output) == everything(tmp_path / "fresh")


def test_an_inbox_beside_the_results_keeps_its_files(tmp_path: Path) -> None:
    output = tmp_path / "out"
    inbox = fill(output / "in", 1)
    (inbox / ".tmp-notes").write_text("mine")
    assert run(inbox, output) in (0, 3)
    assert run(inbox, output) in (0, 3)
    assert (inbox / ".tmp-notes").read_text() == "mine"


def test_an_output_that_cannot_be_made(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inbox = fill(tmp_path / "in", 1)
    (tmp_path / "file").write_text("")
    assert run(inbox, tmp_path / "file" / "out") == 74
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "cannot write the output" in err


def test_workers_by_default() -> None:
    assert batch.main_workers(3) == 3
    assert batch.main_workers(None) >= 1
