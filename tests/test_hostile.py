"""Hostile names, trees and files: everything in the inbox gets a ledger line, and nothing gets out of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import batches
from tests.batches import SHARED, command, everything, fill, ledger, records, run

from cardextract import storage
from cardextract.engine.inputs import Signature, hash_file, scan
from cardextract.paths import portable

TORTURE = SHARED / "torture"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return fill(tmp_path / "in", 3)


def test_two_spellings_of_a_name_stay_two_files(tmp_path: Path, inbox: Path) -> None:
    names = [unicodedata.normalize(form, "관리카드.txt") for form in ("NFC", "NFD")]
    for i, name in enumerate(names):
        (inbox / name).write_text(batches.card_text(50 + i), "utf-8")
    if len(list(inbox.iterdir())) < 5:
        pytest.skip("this file system takes both spellings for one name")
    assert run(inbox, tmp_path / "out") == 0
    assert set(names) <= set(ledger(tmp_path / "out"))
    assert set(names) <= {c["source"]["path"] for c in records(tmp_path / "out")}


NAMES = [
    b"two\nlines.txt", b"tab\there.txt", b"esc\x1b[2J\x1b]0;title\x07.txt", b"\xb0\xf8\xbe\xe0.txt",
    "\u202etxt.exe.txt".encode(), b"x" * 251 + b".txt", b" .txt", b"-rf.txt", b"--output=x.txt", b"a;b|c&d.txt",
    b"'\"`$(touch x).txt", b"{}.txt", b"%s%n.txt", b"CON.txt", b"con", b"..txt", b"...", b"\\.txt", b"*.txt",
    "가".encode() * 83 + b".txt", b"no end", b"=cmd.txt", b"\xff", b"\xed\xa0\x80.txt",
]  # fmt: skip


def test_hostile_names(tmp_path: Path, inbox: Path, capfd: pytest.CaptureFixture[str]) -> None:
    refused = 0
    for i, name in enumerate(NAMES):
        try:
            with open(os.fsencode(inbox) + b"/" + name, "w", encoding="utf-8") as stream:  # noqa: PTH123
                stream.write(batches.card_text(100 + i) if i else "")
        except OSError:  # this file system has its own mind about names
            refused += 1
    assert refused < 5
    assert run(inbox, tmp_path / "out") == 3
    lines = ledger(tmp_path / "out")
    assert len(lines) == 3 + len(NAMES) - refused
    assert {line["status"] for path, line in lines.items() if path != "two\nlines.txt"} <= {
        "ok",
        "ok_with_findings",
    }
    assert lines["two\nlines.txt"]["code"] == "no_text"
    assert "%B0%F8%BE%E0.txt" in lines
    assert "%FF" in lines
    out, err = capfd.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert "\u202e" not in err
    assert all(c.isprintable() or c == "\n" for c in err)
    written = {p.name for p in (tmp_path / "out" / "cards").iterdir()}
    assert written == {f"{c['card_id']}.json" for c in records(tmp_path / "out")}


def test_links_pipes_and_sockets_are_named_and_left_alone(tmp_path: Path, inbox: Path) -> None:
    outside = tmp_path / "outside"
    fill(outside, 2, start=500)
    (inbox / "link to file").symlink_to(outside / "card00500.txt")
    (inbox / "link to folder").symlink_to(outside)
    (inbox / "link inside.txt").symlink_to("card00001.txt")
    (inbox / "broken link").symlink_to("nowhere")
    (inbox / "circle").symlink_to(inbox)
    os.mkfifo(inbox / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        short = Path(os.path.relpath(inbox / "socket"))
        try:
            server.bind(str(short))
        except OSError:
            server.bind("")  # the path is too long for a socket
        assert run(inbox, tmp_path / "out") == 0
    lines = ledger(tmp_path / "out")
    strange = {"link to file", "link to folder", "link inside.txt", "broken link", "circle", "pipe"}
    for name in strange:
        assert (lines[name]["status"], lines[name]["code"]) == ("skipped", "not_a_regular_file"), name
    assert len(records(tmp_path / "out")) == 3
    assert "00500" not in (tmp_path / "out" / "cards.jsonl").read_text("utf-8")


def test_files_of_systems_and_half_downloads_are_skipped(tmp_path: Path, inbox: Path) -> None:
    (inbox / "sub").mkdir()
    names = ["~$card.docx", "card.hwp.part", ".DS_Store", "sub/Thumbs.db", "sub/._card.txt", "x.crdownload"]
    for name in names:
        (inbox / name).write_text(batches.card_text(9), "utf-8")
    assert run(inbox, tmp_path / "out") == 0
    lines = ledger(tmp_path / "out")
    assert {lines[name]["status"] for name in names} == {"skipped"}
    assert {lines[name]["code"] for name in names} == {"temporary_file", "system_file"}


def test_a_deep_tree(tmp_path: Path, inbox: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(inbox)
        for _ in range(60):
            Path("d" * 100).mkdir()
            os.chdir("d" * 100)
        Path("card.txt").write_text(batches.card_text(8), "utf-8")
    finally:
        os.chdir(here)
    assert run(inbox, tmp_path / "out") == 3
    lines = ledger(tmp_path / "out")
    deep = [line for path, line in lines.items() if path.startswith("ddd")]
    assert len(deep) == 1
    assert deep[0]["code"] == "not_readable"
    assert len(records(tmp_path / "out")) == 3


def bound() -> list[str]:
    """What to put before a command so that permissions bind it, even where root runs the tests."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("nothing is forbidden to root")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_a_folder_without_permission_gets_a_line(tmp_path: Path, inbox: Path) -> None:
    (inbox / "closed").mkdir(mode=0)
    (inbox / "card00001.txt").chmod(0)
    try:
        assert subprocess.run([*bound(), *command(inbox, tmp_path / "out")], timeout=120).returncode == 3
    finally:
        (inbox / "closed").chmod(0o700)
    lines = ledger(tmp_path / "out")
    assert lines["closed"]["code"] == lines["card00001.txt"]["code"] == "not_readable"
    assert lines["closed"]["retryable"]


def test_an_inbox_or_output_without_permission_is_one_line(tmp_path: Path, inbox: Path) -> None:
    output = tmp_path / "out"
    assert run(inbox, output) == 0
    before = everything(output)
    fill(inbox, 1, start=9)
    for folder, mode, words in ((inbox, 0, b"cannot read: "), (output, 0o500, b"cannot write the output: ")):
        was = folder.stat().st_mode
        folder.chmod(mode)
        try:
            done = subprocess.run([*bound(), *command(inbox, output)], stderr=subprocess.PIPE, timeout=120)
        finally:
            folder.chmod(was)
        assert done.returncode == 74
        assert done.stderr.startswith(words)
        assert done.stderr.count(b"\n") == 1
        assert before.items() <= everything(output).items()
        assert not list(output.rglob(storage.TEMPORARY + "*"))


def test_a_file_that_goes_or_turns_into_a_pipe_after_the_scan(inbox: Path) -> None:
    entries = scan(inbox)
    (inbox / "card00000.txt").unlink()
    (inbox / "card00001.txt").unlink()
    os.mkfifo(inbox / "card00001.txt")
    for entry in entries[:2]:
        with pytest.raises(OSError, match=r".*"):
            hash_file(inbox, entry)
    digest, signature = hash_file(inbox, entries[2])
    assert len(digest) == 64
    assert signature == entries[2].signature


def test_a_file_still_being_copied_is_left_for_the_next_run(tmp_path: Path, inbox: Path) -> None:
    stop = threading.Event()
    target = inbox / "big.txt"
    target.write_text(batches.card_text(60), "utf-8")

    def copy() -> None:
        with target.open("a", encoding="utf-8") as stream:
            while not stop.wait(0.01):
                stream.write(" ○ 한 줄 더\n")
                stream.flush()

    writer = threading.Thread(target=copy)
    writer.start()
    try:
        code = run(inbox, tmp_path / "out")
    finally:
        stop.set()
        writer.join()
    line = ledger(tmp_path / "out")["big.txt"]
    assert code == 3
    assert line["code"] == "changed_while_reading"
    assert line["retryable"]
    assert line["cards"] == []
    assert run(inbox, tmp_path / "out") == 0


def test_names_of_many_kinds_are_told_apart() -> None:
    names = [b"a.txt", b"%61.txt", "é".encode(), unicodedata.normalize("NFD", "é").encode()]
    assert len({portable(n) for n in names}) == len(names)


def test_a_signature_notices_every_change(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("one")
    before = Signature.of(file.stat())
    assert before == Signature.of(file.stat())
    os.utime(file, ns=(before.mtime_ns, before.mtime_ns))
    assert before != Signature.of(file.stat()), "the time of change cannot be set back"
    assert before.settled(before.ctime_ns + 3_000_000_000)
    assert not before.settled(before.ctime_ns)


def files_below(folder: Path) -> Iterator[Path]:
    return (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


@pytest.mark.slow
def test_torture_changes_nothing_for_good_cards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not TORTURE.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared documents are missing")
        pytest.skip("the shared documents (../shared/torture) are not there")
    good = fill(tmp_path / "good", 60)
    assert run(good, tmp_path / "clean") == 0
    mixed = tmp_path / "mixed"
    shutil.copytree(good, mixed)
    for folder in TORTURE.iterdir():
        if folder.is_dir():
            shutil.copytree(folder, mixed / folder.name)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in files_below(mixed)}
    assert run(mixed, tmp_path / "out") == 3
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in files_below(mixed)} == before
    lines = ledger(tmp_path / "out")
    assert set(lines) == {p.relative_to(mixed).as_posix() for p in before}
    clean = (tmp_path / "clean" / "cards.jsonl").read_bytes().splitlines()
    after = {
        json.loads(x)["card_id"]: x for x in (tmp_path / "out" / "cards.jsonl").read_bytes().split(b"\n")[:-1]
    }
    assert [after[json.loads(x)["card_id"]] for x in clean] == clean
    assert not [line for line in lines.values() if line["code"] == "internal_error"]
    assert all(line["message"] for line in lines.values() if line["status"] == "quarantined")
    assert "Traceback" not in capfd.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"good", "clean", "mixed", "out"}
    assert run(mixed, tmp_path / "again", workers=1) == 3
    assert everything(tmp_path / "again") == everything(tmp_path / "out")
