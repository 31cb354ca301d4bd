"""`cardextract serve`: the records of an output folder over HTTP, read-only, on this machine unless told
otherwise.

Starlette, a handful of routes and an OpenAPI document made from the same models as the schemas. Only the
headers of the cards are kept in memory; records are read from cards.jsonl when asked for, and a new run is
noticed. Texts are masked here as in every other sink.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardextract import __version__
from cardextract.exits import IO_ERROR, USAGE
from cardextract.sinks import contracts
from cardextract.sinks.content import ExportError, condition, read_lines, read_links
from cardextract.sinks.mask import Privacy, mask_card, mask_finding, names_of
from cardextract.sinks.tables import TABLES, Column

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

MOST = 1000
"""Rows of one answer."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}


class Bad(Exception):  # noqa: N818 - the caller's mistake, with its HTTP status
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Store:
    """The output folder as it is now (an open resource: it reads anew when a run has replaced
    cards.jsonl)."""

    output: Path
    privacy: Privacy
    signature: tuple[int, ...] = ()
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    """card_id -> its row of the table `cards`, in the order of the file."""
    offsets: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    people: frozenset[str] = frozenset()

    @property
    def path(self) -> Path:
        """The file behind it."""
        return self.output / "cards.jsonl"

    def refresh(self) -> None:
        """Read the headers again if the file is another one. Raises OSError."""
        stat = self.path.stat()
        signature = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if signature == self.signature:
            return
        if self.privacy.mask_staff:
            self.people = frozenset(n for card in read_lines(self.path) for n in names_of(card))
        links = read_links(self.output)
        table = TABLES["cards"]
        cards, offsets = {}, {}
        with self.path.open("rb") as stream:
            offset = 0
            for line in stream:
                card = self.masked(json.loads(line))
                pledge_id, why = links.get(card["card_id"], (None, None))
                card |= {"pledge_id": pledge_id, "pledge_link": why}
                cards[card["card_id"]] = dict(zip(table.names, next(iter(table.rows(card))), strict=True))
                offsets[card["card_id"]] = offset
                offset += len(line)
        own = Privacy(self.privacy.mask_staff, self.privacy.keep_personal, self.people)
        found = self.output / "findings.jsonl"
        self.findings = [mask_finding(f, own) for f in read_lines(found)] if found.is_file() else []
        self.cards, self.offsets, self.signature = cards, offsets, signature

    def masked(self, card: Mapping[str, Any]) -> dict[str, Any]:
        """A record as it may leave the program."""
        return mask_card(card, Privacy(self.privacy.mask_staff, self.privacy.keep_personal, self.people))

    def record(self, card_id: str) -> dict[str, Any]:
        """The whole record. Raises Bad for an unknown id."""
        if card_id not in self.offsets:
            raise Bad(404, f"no card {card_id}")
        with self.path.open("rb") as stream:
            stream.seek(self.offsets[card_id])
            return self.masked(json.loads(stream.readline()))


# ---------------------------------------------------------------- what the routes answer

Query = Mapping[str, str]
BUDGET_FILTERS = ("card_id", "number", "issuer", "as_of", "ledger", "source", "period")
FINDING_FILTERS = ("card_id", "source_path", "code", "severity", "state")


def paged(rows: Iterator[dict[str, Any]], query: Query) -> dict[str, Any]:
    """A page of rows: limit (at most 1000) and offset; `next` is the offset of the next page, if there is
    one."""
    limit, offset = number(query, "limit", 100, MOST), number(query, "offset", 0, 10**9)
    items = list(islice(rows, offset, offset + limit + 1))
    more = len(items) > limit
    return {"items": items[:limit], "next": offset + limit if more else None}


def number(query: Query, name: str, default: int, most: int) -> int:
    """A whole number of the query. Raises Bad."""
    given = query.get(name, str(default))
    if not given.isascii() or not given.isdigit() or int(given[:12]) > most:
        raise Bad(400, f"{name} must be a whole number up to {most}")
    return int(given)


def allowed(query: Query, names: tuple[str, ...]) -> dict[str, str]:
    """The filters of a query. Raises Bad for a name that is none: a mistyped filter must not show
    everything."""
    unknown = set(query) - {*names, "limit", "offset", "where"}
    if unknown:
        raise Bad(
            400, f"unknown parameter {', '.join(sorted(unknown))}; known: {', '.join(names)}, limit, offset"
        )
    return {name: query[name] for name in names if name in query}


def cards(store: Store, query: Query, where: list[str]) -> dict[str, Any]:
    """Rows of the table `cards`; `where` as in `cardextract export`."""
    wanted = allowed(query, TABLES["cards"].names)
    try:
        conditions = [
            condition(each) for each in where + [f"{name}={value}" for name, value in wanted.items()]
        ]
    except ExportError as error:
        raise Bad(400, str(error)) from None
    return paged((row for row in store.cards.values() if all(c.of_row(row) for c in conditions)), query)


def budget(store: Store, query: Query) -> dict[str, Any]:
    """Rows of the table `budget` with number, issuer and as-of date of their cards."""
    wanted = allowed(query, BUDGET_FILTERS)
    of_card = {k: v for k, v in wanted.items() if k in ("card_id", "number", "issuer", "as_of")}
    of_cell = {k: v for k, v in wanted.items() if k not in of_card}

    def rows() -> Iterator[dict[str, Any]]:
        for card_id, head in store.cards.items():
            if any(head[name] != value for name, value in of_card.items()):
                continue
            about = {name: head[name] for name in ("issuer", "as_of", "number")}
            table = TABLES["budget"]
            for made in table.rows(store.record(card_id)):
                row = dict(zip(table.names, made, strict=True)) | about
                if all(row[name] == value for name, value in of_cell.items()):
                    yield row

    return paged(rows(), query)


def findings(store: Store, query: Query) -> dict[str, Any]:
    """Findings of cards and files."""
    wanted = allowed(query, FINDING_FILTERS)
    return paged((f for f in store.findings if all(f[k] == v for k, v in wanted.items())), query)


def pledge(store: Store, pledge_id: str) -> dict[str, Any]:
    """One pledge over all reports, oldest first. Raises Bad for an unknown id."""
    reports = [row for row in store.cards.values() if row["pledge_id"] == pledge_id]
    if not reports:
        raise Bad(404, f"no pledge {pledge_id}")
    out = []
    for row in sorted(reports, key=lambda row: (row["as_of"] or "", row["source_path"], row["card_index"])):
        printed = {
            (c["ledger"], c["source"], c["period"]): c["amount"]
            for c in store.record(row["card_id"])["budget"]
        }
        totals = {ledger: printed.get((ledger, "total", "total")) for ledger in ("plan", "secured", "spent")}
        names = (
            "card_id",
            "as_of",
            "number",
            "title",
            "lead_department",
            "status",
            "progress",
            "pledge_link",
        )
        out.append({name: row[name] for name in names} | totals)
    return {"pledge_id": pledge_id, "reports": out}


# ---------------------------------------------------------------- the application


def application(
    output: Path, *, mask_staff: bool = False, keep_personal: bool = False, hosts: tuple[str, ...] = ()
) -> Starlette:
    """The read-only API over an output folder, as an ASGI application. hosts: names it may be called by."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    store = Store(output, Privacy(mask_staff, keep_personal))
    document = openapi()

    def answer(make: Callable[[Request], Any]) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            try:
                store.refresh()
                return JSONResponse(make(request), headers=HEADERS)
            except Bad as bad:
                return JSONResponse({"detail": str(bad)}, bad.status, headers=HEADERS)
            except FileNotFoundError:
                return JSONResponse({"detail": "no records yet: run `cardextract run`"}, 503, headers=HEADERS)

        return endpoint

    routes: dict[str, Callable[[Request], Any]] = {
        "/": lambda _: {"cards": len(store.cards), "version": __version__, "openapi": "/openapi.json"},
        "/openapi.json": lambda _: document,
        "/cards": lambda r: cards(store, r.query_params, r.query_params.getlist("where")),
        "/cards/{card_id}": lambda r: store.record(r.path_params["card_id"]),
        "/budget": lambda r: budget(store, r.query_params),
        "/findings": lambda r: findings(store, r.query_params),
        "/pledges/{pledge_id}": lambda r: pledge(store, r.path_params["pledge_id"]),
    }
    names = ["*"] if "0.0.0.0" in hosts or "::" in hosts else ["127.0.0.1", "localhost", "[::1]", *hosts]
    return Starlette(
        routes=[Route(path, answer(make), methods=["GET"]) for path, make in routes.items()],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)],
    )


def main(
    output: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8321,
    mask_staff: bool = False,
    keep_personal: bool = False,
) -> int:
    """Serve until interrupted; the exit code: 2 without records, 74 where the address cannot be had."""
    import socket

    import uvicorn

    if not (output / "cards.jsonl").is_file():
        print(f"{output}: no cards.jsonl; run `cardextract run` first", file=sys.stderr)
        return USAGE
    app = application(output, mask_staff=mask_staff, keep_personal=keep_personal, hosts=(host,))
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        print(f"cannot listen on {host}:{port}: {error.strerror or error}", file=sys.stderr)
        return IO_ERROR
    shown = f"[{host}]" if ":" in host else host
    print(
        f"serving {output} on http://{shown}:{listening.getsockname()[1]}/ (Ctrl-C ends it)", file=sys.stderr
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with listening:
        server.run(sockets=[listening])
    return 0


# ---------------------------------------------------------------- OpenAPI


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document, made from the models and the tables."""
    schemas: dict[str, Any] = {}
    for name, kind in (("Card", "record"), ("Finding", "finding")):
        made = contracts.schema(kind)
        schemas |= made.pop("$defs", {})
        schemas[name] = {k: v for k, v in made.items() if k not in ("$schema", "$id")}
    schemas["CardRow"] = row_schema(TABLES["cards"].columns)
    extra = tuple(c for c in TABLES["cards"].columns if c.name in ("issuer", "as_of", "number"))
    schemas["BudgetRow"] = row_schema(TABLES["budget"].columns + extra)
    schemas = json.loads(json.dumps(schemas).replace("#/$defs/", "#/components/schemas/"))
    page = ("limit", "offset")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cardextract",
            "version": __version__,
            "description": "Pledge cards, read-only. Amounts are whole won; a blank is null, never zero.",
        },
        "paths": {
            "/cards": path(
                "Cards, one row each", listed("CardRow"), ("where", *TABLES["cards"].names, *page)
            ),
            "/cards/{card_id}": path("One whole record", ref("Card"), path_parameter="card_id"),
            "/budget": path("Budget cells", listed("BudgetRow"), (*BUDGET_FILTERS, *page)),
            "/findings": path("Findings", listed("Finding"), (*FINDING_FILTERS, *page)),
            "/pledges/{pledge_id}": path(
                "One pledge over all reports", {"type": "object"}, path_parameter="pledge_id"
            ),
        },
        "components": {"schemas": schemas},
    }


def ref(name: str) -> dict[str, Any]:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str) -> dict[str, Any]:
    """A page of items."""
    following = {"type": ["integer", "null"], "description": "Offset of the next page."}
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": ref(name)}, "next": following},
        "required": ["items", "next"],
    }


def row_schema(columns: tuple[Column, ...]) -> dict[str, Any]:
    """The schema of a table's row as an object."""
    properties: dict[str, Any] = {}
    for column in columns:
        kinds = [column.type] if column.required else [column.type, "null"]
        properties[column.name] = {"type": kinds, "title": column.title, "description": column.meaning}
        if column.values:
            properties[column.name]["enum"] = [*column.values, *([] if column.required else [None])]
        if column.unit:
            properties[column.name]["unit"] = column.unit
    names = list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def path(
    summary: str, schema: dict[str, Any], query: tuple[str, ...] = (), path_parameter: str | None = None
) -> dict[str, Any]:
    """One path of the document."""
    parameters: list[dict[str, Any]] = []
    if path_parameter:
        parameters.append(
            {"name": path_parameter, "in": "path", "required": True, "schema": {"type": "string"}}
        )
    for name in query:
        kind: dict[str, Any] = {"type": "string"}
        if name in ("limit", "offset"):
            kind = {"type": "integer", "minimum": 0, "maximum": MOST if name == "limit" else 10**9}
        if name == "where":
            kind = {"type": "array", "items": {"type": "string"}}
        parameters.append({"name": name, "in": "query", "schema": kind})
    said = {
        "type": "object",
        "properties": {"detail": {"type": "string"}},
        "required": ["detail"],
    }
    refused = {"description": "Why not", "content": {"application/json": {"schema": said}}}
    answers = {"200": {"description": summary, "content": {"application/json": {"schema": schema}}}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers | {"4XX": refused}}}
