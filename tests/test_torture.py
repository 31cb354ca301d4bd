"""Hostile and odd documents of other projects: none reads as empty, or as less than others see, in silence.

The other reader of a package is its bare XML, of HWP the preview text that Hangul stores beside the body, of a page
lxml's tree, of text every decoding. They are compared as bags of letters and digits, so that order, marks and blanks
do not matter. PDFs have tests of their own.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT

from cardextract.catalogue import FILES
from cardextract.document import Document
from cardextract.findings import Unreadable
from cardextract.readers import reader, sniff

MOST_LOST = 0.05
MOST_BYTES = 30 << 20
"""A member that inflates to more is not looked at: what a bomb holds is nobody's text."""
TEXT_PARTS = re.compile(
    r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml|Contents/section\d+\.xml", re.I
)
RUNS = re.compile(r"<(?:w|hp):t(?:\s[^>]*)?>(.*?)</(?:w|hp):t>", re.S)


def letters(text: str) -> Counter[str]:
    return Counter(c for c in text if c.isalnum())


def kept(document: Document) -> str:
    """Everything a Document holds: body, margins, notes."""
    body = "".join(p.marker + p.text for p in document.paragraphs())
    return (
        body + "".join(m.marker + m.text for m in document.margins) + "".join(n.text for n in document.notes)
    )


def others(path: Path) -> str:
    """What another reader finds in the file; nothing where it fails."""
    head = path.read_bytes()[:8]
    if head.startswith(b"PK"):
        return _package_text(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _preview(path)
    if path.suffix == ".html":
        return _page_text(path)
    return ""


def _package_text(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [
                i for i in archive.infolist() if TEXT_PARTS.fullmatch(i.filename) and i.file_size < MOST_BYTES
            ]
            texts = [archive.read(i).decode("utf-8", "replace") for i in parts if not i.flag_bits & 1]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError):
        return ""
    once = (re.sub(r"<mc:Fallback.*?</mc:Fallback>", "", text, flags=re.S) for text in texts)
    return html.unescape(re.sub(r"<[^>]+>", "", " ".join(" ".join(RUNS.findall(text)) for text in once)))


def _preview(path: Path) -> str:
    from hwpx.hwp5.cfb import CompoundFile
    from hwpx.hwp5.errors import Hwp5Error

    try:
        file = CompoundFile(path.read_bytes())
        return str(file.read("PrvText").decode("utf-16-le", "replace")) if file.has_stream("PrvText") else ""
    except Hwp5Error:
        return ""


def _page_text(path: Path) -> str:
    import lxml.html

    page = lxml.html.fromstring(path.read_bytes())
    for element in list(page.iter("script", "style", "noscript")):
        element.drop_tree()
    return str(page.text_content())


def verdict(path: Path) -> dict[str, Any]:
    """How our reading of a file ended, and how many letters of the other reading it lacks."""
    seen = letters(others(path))
    out: dict[str, Any] = {"name": path.name, "others": seen.total(), "codes": []}
    try:
        document, findings = reader(sniff(path))(path)
    except Unreadable as refusal:
        return {**out, "refused": refusal.code}
    text = kept(document)
    written = any(p.text.strip() or p.marker for p in document.paragraphs())
    codes = [f.code for f in findings]
    return {**out, "codes": codes, "written": written, "lost": (seen - letters(text)).total()}


CHILD = """
import json, pathlib, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1536 << 20, 1536 << 20))
sys.path.insert(0, sys.argv[1])
from tests.test_torture import verdict
for name in sys.stdin.read().split("\\n"):
    print(json.dumps(verdict(pathlib.Path(name))), flush=True)
"""


@pytest.fixture(scope="module")
def verdicts(shared: Path) -> list[dict[str, Any]]:
    """All files, in one child whose memory is limited."""
    names = [str(f) for f in sorted(_files(shared / "torture"))]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(ROOT)], input="\n".join(names), capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    found = [json.loads(line) for line in child.stdout.splitlines()]
    assert len(found) == len(names)
    return found


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        pytest.skip("../shared/torture is not here")
    return (f for f in folder.rglob("*") if f.parent.name in ("docx", "hwp", "hwpx", "txt") and f.is_file())


@pytest.mark.skipif(sys.platform == "win32", reason="the memory limit of the child is POSIX")
def test_every_file_ends_in_text_a_finding_or_a_code(verdicts: list[dict[str, Any]]) -> None:
    assert len(verdicts) > 70
    for v in verdicts:
        if "refused" in v:
            assert v["refused"].upper() in {*FILES, "DISTRIBUTION"}, v
        else:
            assert v["written"] or "NO_TEXT" in v["codes"], v


@pytest.mark.skipif(sys.platform == "win32", reason="the memory limit of the child is POSIX")
def test_no_text_that_others_find_is_lost_in_silence(verdicts: list[dict[str, Any]]) -> None:
    read = [v for v in verdicts if "refused" not in v]
    assert sum(v["others"] > 0 for v in read) > 25  # the others do see something
    silent = [v for v in read if v["lost"] > MOST_LOST * v["others"] and not v["codes"]]
    assert silent == []
    # a file that others read and we refuse is refused for what it is, never for want of text
    assert [v for v in verdicts if v.get("refused") == "no_text" and v["others"]] == []
