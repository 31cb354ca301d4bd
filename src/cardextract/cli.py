"""The command line. Every command imports what it needs inside, so that `--help` stays fast."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cardextract.exits import INTERNAL, INTERRUPTED, IO_ERROR, OK, QUARANTINED, USAGE

app = typer.Typer(
    name="cardextract",
    help="Korean pledge management cards (공약사항 관리카드) in, proved records out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules_app = typer.Typer(help="Test, check and draft rules.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

Inbox = Annotated[Path, typer.Argument(help="Folder of reports, read with its sub-folders; never changed.")]
Output = Annotated[Path, typer.Argument(help="Output folder of an earlier run.")]
RulesDir = Annotated[
    Path | None,
    typer.Option("--rules", help="Folder with base.toml and profiles; else ./rules, else the packaged ones."),
]
Profile = Annotated[
    str | None, typer.Option(help="Use this profile instead of choosing one by the document.")
]
Issuer = Annotated[str | None, typer.Option(help="The government that issued the reports.")]


class Encoding(StrEnum):
    """Encodings of CSV files."""

    utf8 = "utf-8"
    cp949 = "cp949"


class LogForm(StrEnum):
    """How the log on stderr looks."""

    text = "text"
    json = "json"


class Stream(StrEnum):
    """What `run --emit` puts on stdout."""

    jsonl = "jsonl"


class Target(StrEnum):
    """What `export` writes."""

    xlsx = "xlsx"
    sqlite = "sqlite"
    parquet = "parquet"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"


class Names(StrEnum):
    """Whose column names `export` uses."""

    own = "own"
    gov = "gov"
    nec = "nec"


class Lang(StrEnum):
    """Language of pages and reports."""

    ko = "ko"
    en = "en"


def _fail(message: str, code: int) -> typer.Exit:
    from cardextract.paths import printable

    typer.echo("\n".join(printable(line, 2000) for line in message.splitlines()), err=True)
    return typer.Exit(code)


def _version(value: bool) -> None:
    if value:
        from cardextract import __version__

        typer.echo(__version__)
        raise typer.Exit()


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Korean pledge management cards in, proved records out."""


@app.command()
def run(
    inbox: Inbox = Path("inbox"),
    output: Annotated[Path, typer.Option(help="Where records, tables and the ledger go.")] = Path("output"),
    rules: RulesDir = None,
    profile: Profile = None,
    issuer: Issuer = None,
    corrections: Annotated[
        Path | None,
        typer.Option(help="Decisions of the review; else OUTPUT.corrections.jsonl beside the output folder."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Child processes; else one for each core.")
    ] = None,
    max_memory: Annotated[
        int, typer.Option(min=512, metavar="MIB", help="Memory that reading one file may take, in MiB.")
    ] = 2048,
    max_cpu: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="CPU time that reading one file may take.")
    ] = 60,
    max_time: Annotated[
        int,
        typer.Option(min=1, metavar="SECONDS", help="Time that reading one file may take, waiting included."),
    ] = 300,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 while errors are open.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Go on although more than half of the known inputs are gone.")
    ] = False,
    mask_staff: Annotated[
        bool, typer.Option("--mask-staff", help="Mask names and telephones in every output.")
    ] = False,
    keep_personal: Annotated[
        bool, typer.Option("--keep-personal", help="Leave resident and mobile numbers unmasked.")
    ] = False,
    csv_encoding: Annotated[Encoding, typer.Option(help="Encoding of the CSV files.")] = Encoding.utf8,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV whose cells no spreadsheet takes for formulas or dates.")
    ] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions/--no-mentions", help="Find facts in the bullets (spaCy).")
    ] = True,
    log: Annotated[LogForm, typer.Option(help="Log for people or for machines.")] = LogForm.text,
    dask: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler (extra: cardextract[dask]).")
    ] = None,
    emit: Annotated[Stream | None, typer.Option(help="`jsonl`: new and changed records on stdout.")] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Stay and run again whenever files arrive (extra: cardextract[watch])."),
    ] = False,
) -> None:
    """Read every report of INBOX into records, tables and a ledger."""
    options: dict[str, Any] = {
        "rules": rules, "profile": profile, "issuer": issuer, "corrections": corrections, "strict": strict, "prune": prune,
        "mask_staff": mask_staff, "keep_personal": keep_personal, "csv_encoding": csv_encoding.value, "excel": excel,
        "mentions": mentions, "log": log.value, "dask": dask, "emit": emit and emit.value,
    }  # fmt: skip
    from cardextract import batch
    from cardextract.engine.worker import Limits

    options["workers"] = batch.main_workers(workers)
    options["limits"] = Limits(cpu_seconds=max_cpu, wall_seconds=max_time, memory_mib=max_memory)
    if watch:
        from cardextract import watch as watching

        raise typer.Exit(watching.watch(inbox, output, **options))
    raise typer.Exit(batch.run(inbox, output, **options))


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="One report.")],
    rules: RulesDir = None,
    profile: Profile = None,
    draw: Annotated[
        Path | None,
        typer.Option(help="Write page pictures with tables, cells and claimed values here (PDF)."),
    ] = None,
) -> None:
    """Show why each value of a report was chosen: profile, sections, fields with place, findings, leftovers."""
    from cardextract.explain import main as explain_main

    raise typer.Exit(_guard(lambda: explain_main(file, rules, profile, draw)))


@app.command()
def review(
    output: Output = Path("output"),
    port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1; else a free one.")] = None,
    inbox: Annotated[Path | None, typer.Option(help="Inbox; else that of the last run.")] = None,
    rules: RulesDir = None,
    lang: Annotated[Lang, typer.Option(help="Language of the pages.")] = Lang.ko,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print the findings as CSV to fill in, and end.")
    ] = False,
    apply: Annotated[Path | None, typer.Option(help="Take the decisions of such a CSV, and end.")] = None,
    author: Annotated[
        str | None, typer.Option(help="Name under which decisions are logged; else the login name.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(hidden=True)] = None,
) -> None:
    """Open the review station for flagged findings in the browser; `review apply FILE` is --apply FILE."""
    if file is not None:
        if str(output) != "apply":
            raise _fail(f"unexpected argument {file}; decisions are taken by `review apply FILE`", USAGE)
        output, apply = Path("output"), file
    from cardextract.review import app as station

    raise typer.Exit(
        station.main(output, port, inbox, rules, lang.value, csv=csv, apply=apply, author=author)
    )


@app.command()
def report(
    output: Output = Path("output"),
    dest: Annotated[
        Path | None, typer.Option(help="The HTML file; else OUTPUT.report.html beside the output folder.")
    ] = None,
    pledge: Annotated[
        str | None, typer.Option(help="Only this pledge (number), with its line over time.")
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the report.")] = Lang.ko,
    issuer: Annotated[str | None, typer.Option(help="Only this government.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The report of this date; else the latest one.")] = None,
    mask_staff: Annotated[bool, typer.Option("--mask-staff", help="Mask names and telephones.")] = False,
    keep_personal: Annotated[
        bool, typer.Option("--keep-personal", help="Leave resident and mobile numbers unmasked.")
    ] = False,
) -> None:
    """Write one self-contained HTML report that prints on A4."""
    from cardextract import report as reporting

    raise typer.Exit(
        reporting.main(
            output, dest=dest, pledge=pledge, issuer=issuer, as_of=as_of, lang=lang.value,
            mask_staff=mask_staff, keep_personal=keep_personal,
        )
    )  # fmt: skip


@app.command()
def export(
    output: Output = Path("output"),
    to: Annotated[Target, typer.Option(help="The shape to write.")] = Target.xlsx,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Condition on a column of cards, such as status=completed; repeatable."),
    ] = None,
    released: Annotated[bool, typer.Option("--released", help="Only cards without open errors.")] = False,
    names: Annotated[
        Names, typer.Option(help="Column names: our own, a municipal API's, the election commission's.")
    ] = Names.own,
    dest: Annotated[Path | None, typer.Option(help="File or folder to write.")] = None,
    mask_staff: Annotated[bool, typer.Option("--mask-staff", help="Mask names and telephones.")] = False,
    keep_personal: Annotated[
        bool, typer.Option("--keep-personal", help="Leave resident and mobile numbers unmasked.")
    ] = False,
    csv_encoding: Annotated[Encoding, typer.Option(help="Encoding of CSV files.")] = Encoding.utf8,
    excel: Annotated[bool, typer.Option("--excel", help="CSV safe for spreadsheets.")] = False,
) -> None:
    """Write the records of an output folder for another system."""
    from cardextract import sinks

    def body() -> int:
        path = sinks.export(
            output, to=to.value, where=where or (), released=released, names=names.value, dest=dest, mask_staff=mask_staff,
            keep_personal=keep_personal, csv_encoding=csv_encoding.value, excel=excel,
        )  # fmt: skip
        typer.echo(str(path))
        return 0

    raise typer.Exit(_guard(body))


@app.command(name="eval")
def evaluate(
    truth: Annotated[Path, typer.Argument(help="Folder of gold records (JSON, one a card).")],
    output: Output = Path("output"),
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Score an output folder against your own gold records: per field, format and layout."""
    from cardextract.evaluate import main as evaluate_main

    raise typer.Exit(_guard(lambda: evaluate_main(truth, output, as_json=as_json)))


@app.command()
def history(
    pledge: Annotated[str, typer.Argument(help="Number, card id or words of the title.")],
    output: Annotated[Path, typer.Option(help="Output folder of an earlier run.")] = Path("output"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print one pledge over all reports."""
    from cardextract import history as histories

    raise typer.Exit(histories.main(output, pledge, as_json=as_json))


@app.command()
def mentions(
    output: Output = Path("output"),
    kind: Annotated[
        str | None, typer.Option("--type", help="org, money, count, date, …; else a summary of all.")
    ] = None,
) -> None:
    """A quick look at the facts found in the bullets."""
    from cardextract.mentions import main as look

    raise typer.Exit(look(output, kind))


@app.command()
def serve(
    output: Output = Path("output"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8321,
    mask_staff: Annotated[bool, typer.Option("--mask-staff", help="Mask names and telephones.")] = False,
    keep_personal: Annotated[
        bool, typer.Option("--keep-personal", help="Leave resident and mobile numbers unmasked.")
    ] = False,
) -> None:
    """Serve records, budget, findings and history over a read-only HTTP API (OpenAPI at /openapi.json)."""
    from cardextract import serve as serving

    raise typer.Exit(
        serving.main(output, host=host, port=port, mask_staff=mask_staff, keep_personal=keep_personal)
    )


@app.command()
def schema(
    what: Annotated[str, typer.Argument(help="record, finding, correction or ledger.")] = "record",
) -> None:
    """Print a JSON Schema (2020-12)."""
    import json

    from cardextract.sinks.contracts import SCHEMAS
    from cardextract.sinks.contracts import schema as schema_of

    if what not in SCHEMAS:
        raise _fail(f"no schema {what}: one of {', '.join(sorted(SCHEMAS))}", USAGE)
    typer.echo(json.dumps(schema_of(what), ensure_ascii=False, indent=2))


@rules_app.command("check")
def rules_check(folder: Annotated[Path | None, typer.Argument(help="Folder of rules.")] = None) -> None:
    """Load all rules and report mistakes, words used twice and profiles that cannot be told apart."""
    from cardextract.rules_tools import check

    raise typer.Exit(_guard(lambda: check(folder)))


@rules_app.command("test")
def rules_test(folder: Annotated[Path | None, typer.Argument(help="Folder of rules.")] = None) -> None:
    """Run the tests that stand inside the profiles."""
    from cardextract.rules_tools import test

    raise typer.Exit(_guard(lambda: test(folder)))


@rules_app.command("suggest")
def rules_suggest(
    inbox: Annotated[Path, typer.Argument(help="Folder of reports in the new layout.")],
    rules: RulesDir = None,
    draft: Annotated[Path | None, typer.Option(help="Write a draft profile here.")] = None,
) -> None:
    """List labels, headings, columns and markers that no rule knows, with counts; draft a profile."""
    from cardextract.rules_tools import suggest

    raise typer.Exit(_guard(lambda: suggest(inbox, rules, draft)))


def _guard(body: Callable[[], int]) -> int:
    """Run a command's body; mistakes of the user become one clear line and their exit code."""
    from cardextract.findings import Unreadable
    from cardextract.rules import RulesError

    try:
        return body()
    except RulesError as error:
        raise _fail(str(error), USAGE) from None
    except Unreadable as error:
        raise _fail(f"{error.code}: {error.message}", QUARANTINED) from None
    except FileNotFoundError as error:
        raise _fail(f"{error.filename}: not found", USAGE) from None
    except (IsADirectoryError, NotADirectoryError) as error:
        raise _fail(f"{error.filename}: {error.strerror}", USAGE) from None
    except ValueError as error:
        raise _fail(str(error), USAGE) from None


def main() -> None:
    """Entry point: exit codes as documented, never 1; a bug of ours is 70 with a traceback."""
    _open_standard_streams()
    sys.exit(_run(app))


def _open_standard_streams() -> None:
    """What is closed leads nowhere: else the next file that is opened gets its number, and what is printed."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r+", encoding="utf-8"))  # noqa: SIM115


def _run(command: Callable[[], object]) -> int:
    """The exit code of a command; what it printed has left us then."""
    code = OK
    try:
        try:
            command()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else OK if end.code is None else INTERNAL
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads us has seen enough
        _drop_stdout()
    except OSError as error:
        _drop_stdout()
        if code != IO_ERROR:  # else it has been said
            _fail(f"{error.filename or 'standard output'}: {error.strerror or error}", IO_ERROR)
        code = IO_ERROR
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception:
        import traceback

        traceback.print_exc()
        code = INTERNAL
    return INTERNAL if code == 1 else code


def _drop_stdout() -> None:
    """What could not be written is not tried again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
