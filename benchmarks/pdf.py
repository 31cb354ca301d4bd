"""PDF reading against pdfplumber and bare PDFium text, on the same pages in one run: medians and ratios.

    python benchmarks/pdf.py [FOLDER ...] [--rounds 5] [--long 300]

Figures are CPU time of this process a page (the machine may be busy with other things). --long N: writes
the pages into one PDF of N pages; reports memory and time of reading it in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from cardextract.readers.pdf import read

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "cards"


def ours(path: Path) -> int:
    """The whole reader: text, tables, paragraphs, places."""
    return len(read(path)[0].pages)


def judge(path: Path) -> int:
    """pdfplumber: tables with their text, and words."""
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for table in page.find_tables():
                table.extract()
            page.extract_words()
        return len(pdf.pages)


def judge_bare(path: Path) -> int:
    """pdfplumber: find_tables (geometry only) and words."""
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.find_tables()
            page.extract_words()
        return len(pdf.pages)


def bare(path: Path) -> int:
    """PDFium's text call alone: no boxes, no tables."""
    document = pypdfium2.PdfDocument(path)
    count = len(document)
    for index in range(count):
        page = document[index]
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    document.close()
    return count


def milliseconds(run: Callable[[Path], int], path: Path) -> float:
    """CPU milliseconds a page."""
    start = time.process_time()
    pages = run(path)
    return (time.process_time() - start) * 1000 / max(1, pages)


def compare(files: list[Path], rounds: int) -> None:
    """Print the table."""
    runs = {
        "cardextract": ours,
        "pdfplumber find_tables + extract_words": judge_bare,
        "pdfplumber with cell text": judge,
        "PDFium text": bare,
    }
    for run in runs.values():
        run(files[0])  # imports and caches
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for path in files:
            for name, run in runs.items():
                figures[name].append(milliseconds(run, path))
    own = statistics.median(figures["cardextract"])
    for name, values in figures.items():
        median = statistics.median(values)
        print(f"{name:40} {median:8.2f} ms a page   {median / own:6.2f} x cardextract")


def long_file(files: list[Path], pages: int, target: Path) -> None:
    """One PDF of `pages` pages, made of the files over and over."""
    out = pypdfium2.PdfDocument.new()
    sources = [pypdfium2.PdfDocument(path) for path in files]
    while len(out) < pages:
        for source in sources:
            if len(out) < pages:
                out.import_pages(source, list(range(min(len(source), pages - len(out)))))
    with target.open("wb") as stream:
        pdfium_save(out, stream)


def pdfium_save(document: pypdfium2.PdfDocument, stream: object) -> None:
    """Without incremental parts, so that the file is a plain one."""
    document.save(stream, flags=pdfium.FPDF_NO_INCREMENTAL)


def measure_long(files: list[Path], pages: int) -> None:
    """Peak memory of a process that reads one long file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "long.pdf"
        long_file(files, pages, target)
        argv = ["pdf", "--peak", str(target)]
        run = f"runpy.run_path({__file__!r}, run_name='__main__')"
        code = f"import runpy, sys; sys.argv = {argv!r}; {run}"
        print(
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout,
            end="",
        )


def peak(path: Path) -> None:
    """Read one file and print pages, time and peak memory of this process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    document, _ = read(path)
    seconds = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    print(
        f"{len(document.pages)} pages, {path.stat().st_size / 2**20:.1f} MiB: {seconds:.2f} s CPU, "
        f"peak {after / unit:.0f} MiB (before reading {before / unit:.0f} MiB)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, default=[SAMPLES])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", type=int, default=300, help="pages of the long file; 0 for none")
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak)
        return
    files = sorted(path for folder in options.folders for path in folder.rglob("*.pdf"))
    if not files:
        sys.exit("no PDF files found")
    compare(files, options.rounds)
    if options.long:
        measure_long(files, options.long)


if __name__ == "__main__":
    main()
