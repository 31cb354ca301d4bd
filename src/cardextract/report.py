"""`cardextract report`: one self-contained HTML file for a government's report, or for one pledge over time.

No script, no file beside it, nothing from the network; it prints on A4. Every figure in it carries its exact
value (`data-won`), and is a sum over the same printed amounts that stand in csv/budget.csv.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardextract import __version__, storage
from cardextract import report_data as data
from cardextract import report_svg as svg
from cardextract.findings import CATALOGUE
from cardextract.report_text import Lang, Words, in_unit, percent, plain, unit_of
from cardextract.sinks.mask import Privacy
from cardextract.sinks.rows import LEDGERS

SHOWN = 40
"""Refused files that are listed by name."""


class ReportError(ValueError):
    """The report cannot be made as asked; the message is one line for people."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cards a report is about. day: as-of day of the report; before: that of the one before, if any."""

    issuer: str | None
    day: str
    before: str | None


def main(output: Path, **options: Any) -> int:
    """`cardextract report`: write it, print where, return the exit code. Options: those of `write`."""
    try:
        print(write(output, **options))
    except ReportError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or output}: {error.strerror or error}", file=sys.stderr)
        return 74
    return 0


def write(
    output: Path,
    *,
    dest: Path | None = None,
    pledge: str | None = None,
    issuer: str | None = None,
    as_of: str | None = None,
    lang: Lang = "ko",
    mask_staff: bool = False,
    keep_personal: bool = False,
    term: tuple[str, str] | None = None,
) -> Path:
    """Write the report of an output folder and return where it is (default: `<output>.report.html`).

    pledge: number, card id or pledge id: the report of this one pledge over time. issuer: one government,
    where the folder holds several. as_of: the report of this date; the latest one by default. term: first and
    last day of the term of office (default: that of the rules). Raises ReportError, OSError.
    """
    if not (output / "cards.jsonl").is_file():
        raise ReportError(f"{output}: no cards.jsonl; run `cardextract run` first")
    lines, linked = data.read_lines(output, Privacy(mask_staff, keep_personal), term or term_of_rules())
    words = Words(lang)
    if pledge is None:
        page = government(lines, linked, data.files_of(output), scope_of(lines, issuer, as_of), words)
        name = output.name + ".report.html"
    else:
        page = one_pledge(chain_of(lines, linked, pledge, issuer), words)
        name = output.name + ".pledge.html"
    path = dest or output.with_name(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    storage.write(path, page.encode())
    return path


def term_of_rules() -> tuple[str, str]:
    """The term of office of the base rules."""
    from cardextract.profiles import find_rules_dir, load_rules

    term = load_rules(find_rules_dir(None)).base.term
    return term.start, term.end


def scope_of(lines: Sequence[data.Line], issuer: str | None, as_of: str | None) -> Scope:
    """The report asked for. Raises ReportError where there is none."""
    issuers = sorted({line.issuer for line in lines if line.issuer is not None})
    if issuer is not None and issuer not in issuers:
        raise ReportError(f"no cards of {issuer}; there are: {', '.join(issuers) or 'none'}")
    if issuer is None and len(issuers) == 1 and all(line.issuer for line in lines):
        issuer = issuers[0]
    days = data.dates(lines, issuer)
    day = days[-1] if days else ""
    if as_of is not None:
        from cardextract.pledges import last_day

        day = last_day(as_of)
        if day not in days:
            raise ReportError(
                f"no report as of {as_of}; there are: {', '.join(d or '?' for d in days) or 'none'}"
            )
    earlier = [d for d in days if d and d < day]
    return Scope(issuer, day, earlier[-1] if earlier else None)


def chain_of(
    lines: Sequence[data.Line], linked: Mapping[str, Any], pledge: str, issuer: str | None
) -> list[data.Line]:
    """The cards of one pledge, oldest first. Raises ReportError for none, or for several pledges."""
    wanted = {
        linked[line.card_id].pledge_id
        for line in lines
        if pledge in (line.number, line.card_id, linked[line.card_id].pledge_id)
        and (issuer is None or line.issuer == issuer)
    }
    if not wanted:
        raise ReportError(f"no pledge {pledge} (a number, card id or pledge id)")
    if len(wanted) > 1:
        raise ReportError(f"{pledge} is the number of several pledges: {', '.join(sorted(wanted))}")
    found = [line for line in lines if linked[line.card_id].pledge_id in wanted]
    return sorted(found, key=lambda line: (line.day, line.path, line.card_id))


# ---------------------------------------------------------------- pages


def government(
    lines: Sequence[data.Line], linked: Mapping[str, Any], files: data.Files, scope: Scope, words: Words
) -> str:
    """The page of a government's report."""
    chosen = data.of_report(lines, scope.issuer, scope.day)
    before = data.of_report(lines, scope.issuer, scope.before) if scope.before else []
    amounts, rates = data.sums(chosen), data.rates(chosen)
    statuses = data.by_status(chosen)
    parts = [(status or "none", words.of("statuses", status), n) for status, n in statuses.items()]
    titles = {line.report_title for line in chosen if line.report_title}
    return render(
        "government.html",
        words,
        unit=unit_of(won for line in chosen for won in line.amounts.values()),
        issuer=scope.issuer or (words("all_issuers") if any(line.issuer for line in lines) else None),
        subtitle=titles.pop() if len(titles) == 1 else None,
        scope=scope,
        cards=chosen,
        outside=sum(1 for line in lines if scope.day and not line.day),
        doubtful=sum(1 for line in chosen if line.open_errors),
        amounts=amounts,
        rates=rates,
        statuses=parts,
        status_bar=svg.stacked(parts, words("by_status")),
        periods=data.periods_of(amounts),
        sources=data.sources_of(amounts),
        year_chart=year_chart(amounts, words),
        by_code=data.findings_by(chosen, "code"),
        by_department=data.findings_by(chosen, "department"),
        changes=data.changes(before, chosen, linked),
        files=files,
        certainties=data.certainties(chosen),
    )


def one_pledge(chain: Sequence[data.Line], words: Words) -> str:
    """The page of one pledge over time."""
    last = chain[-1]
    shown = [words.day(line.as_of) for line in chain]

    def rate(line: data.Line) -> float | None:
        found = line.measure("spent", "total")
        return found.percent if found else None

    series = {
        "progress": (words("progress"), [line.progress for line in chain]),
        "spent": (words("execution"), [rate(line) for line in chain]),
    }
    return render(
        "pledge.html",
        words,
        unit=unit_of(won for line in chain for won in line.amounts.values()),
        heading=last.title or last.number or last.card_id,
        chain=chain,
        last=last,
        titles=[line.title for line in chain if line.title != last.title],
        line_chart=svg.lines(shown, series, words("over_time")),
        year_chart=year_chart(last.amounts, words),
        amounts=data.sums([last]),
        periods=data.periods_of(last.amounts),
        sources=data.sources_of(last.amounts),
    )


def year_chart(amounts: data.Amounts, words: Words) -> Any:
    """Plan, secured and spent by year."""
    periods = data.periods_of(amounts)
    series = {
        ledger: [data.total(amounts, ledger, p) for p in periods]
        for ledger in LEDGERS
        if any(key[0] == ledger for key in amounts)
    }
    most = max((v for values in series.values() for v in values if v), default=0)
    if not most:
        return ""
    axis = [(mark, words.axis(mark, most)) for mark in svg.ticks(most)]
    return svg.columns([words.period(p) for p in periods], series, axis, words("by_year"))


def render(template: str, words: Words, *, unit: int, **values: Any) -> str:
    """A page with its amounts in `unit`; everything that comes from documents is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cardextract", "report_templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        w=words, svg=svg, figure=lambda won: in_unit(won, unit), unit=words.of("units", str(unit)),
        percent=percent, plain=plain, total=data.total,
        ledgers=LEDGERS, catalogue=CATALOGUE, shown=SHOWN, version=__version__,
    )  # fmt: skip
    return environment.get_template(template).render(**values)
