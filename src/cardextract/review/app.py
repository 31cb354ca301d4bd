"""The review station: `main` starts it; the routes below are all it can do."""

from __future__ import annotations

import getpass
import json
import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from cardextract.review.index import Row
    from cardextract.review.sources import Sources
    from cardextract.review.store import Store

HERE = Path(__file__).parent
QUEUE_PAGE = 100
LOG_PAGE = 200


def main(
    output: Path,
    port: int | None = None,
    inbox: Path | None = None,
    rules: Path | None = None,
    lang: str = "ko",
    *,
    csv: bool = False,
    apply: Path | None = None,
    author: str | None = None,
) -> int:
    """Serve the station for an output folder until interrupted; or, with csv or apply, do that and end.

    csv: the findings as CSV on stdout. apply: take the decisions of such a file, filled in. Exit code: 0; 2 where
    there is no output folder; with apply 3 where some lines were refused (each is named on stderr).
    """
    from cardextract.review.store import Store, last_run
    from cardextract.rules import RulesError

    if not (output / "cards.jsonl").is_file():
        print(f"no cards in {output}: run `cardextract run` first", file=sys.stderr)
        return 2
    try:
        store = Store(output, last_run(output, inbox, rules))
    except RulesError as e:
        print(e, file=sys.stderr)
        return 2
    try:
        if csv:
            from cardextract.review.sheet import write_findings

            sys.stdout.write(write_findings(store))
            return 0
        if apply is not None:
            from cardextract.review.sheet import apply_file

            return apply_file(store, apply, author or _user())
        return _serve(store, port, lang, author or _user())
    finally:
        store.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _serve(store: Store, port: int | None, lang: str, author: str) -> int:
    import uvicorn

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port or 0))
        except OSError as e:
            print(f"port {port} is not free: {e.strerror}", file=sys.stderr)
            return 74
        listener.listen(64)
        token = secrets.token_urlsafe(24)
        bound = listener.getsockname()[1]
        app, sources = build(store, token, bound, lang, author)
        store.start()
        print(f"http://127.0.0.1:{bound}/?token={token}", flush=True)
        print(
            "The review station is open at the address above (this computer only). Ctrl-C ends it.",
            file=sys.stderr,
        )
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, ws="none", server_header=False, date_header=False, lifespan="off",
            h11_max_incomplete_event_size=65536, limit_concurrency=64, timeout_keep_alive=30,
        )  # fmt: skip
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            return 0
        finally:
            sources.close()
    return 0


def build(store: Store, token: str, port: int, lang: str = "ko", author: str = "") -> tuple[Any, Sources]:
    """The ASGI application, and the sources that are to be closed after it."""
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    from cardextract import storage
    from cardextract.review.security import Guard
    from cardextract.review.sources import Sources

    sources = Sources(store.output / storage.STATE / "review")
    pages = Pages(store, sources, lang, author)
    app: Starlette = Starlette(
        routes=[
            Route("/", pages.queue),
            Route("/card/{card_id}", pages.card),
            Route("/card/{card_id}/page/{number:int}.png", pages.page),
            Route("/log", pages.log),
            Route("/status", pages.status),
            Route("/findings.csv", pages.sheet),
            Route("/decide", pages.decide, methods=["POST"]),
            Route("/accept-all", pages.accept_all, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        exception_handlers={404: pages.not_found},
    )
    return Guard(app, token, port), sources


class Pages:
    """The handlers. Each is a plain function of the request; Starlette runs them in its threads."""

    def __init__(self, store: Store, sources: Sources, lang: str, author: str) -> None:
        import jinja2

        from cardextract.review.shown import label_of
        from cardextract.review.words import named

        self.store, self.sources, self.lang, self.author = store, sources, lang, author
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters["paths"] = lambda paths: json.dumps(list(paths), ensure_ascii=False)
        self.environment.filters["edits"] = _edits
        self.environment.filters["label"] = label_of
        self.environment.filters["local"] = _local_time
        self.environment.filters["named"] = jinja2.pass_context(lambda c, text: named(text, c["lang"]))

    # --- pages ---

    def queue(self, request: Request) -> Response:
        """The cards that are left, surest mistakes first."""
        from cardextract.review.queue import Filter, choices, select

        self.store.reload()
        chosen = Filter.of(request.query_params)
        found = select(self.store, chosen)
        number = _number(request.query_params.get("page"), 1)
        shown = found[(number - 1) * QUEUE_PAGE : number * QUEUE_PAGE]
        bulk = sum(
            f.code == chosen.code and f.state == "open"
            for e in found for f in self.store.findings(e.row.card_id)
        ) if chosen.code else 0  # fmt: skip
        return self._html(
            request, "queue.html", entries=shown, total=len(found), page=number,
            pages=max(1, -(-len(found) // QUEUE_PAGE)), chosen=chosen, choices=choices(self.store), bulk=bulk,
            files=[f for f in self.store.index.of_files if f.severity != "info"],
            ids=[e.row.card_id for e in found] if bulk else [],
        )  # fmt: skip

    def card(self, request: Request) -> Response:
        """One card: its source and its record."""
        from cardextract.review.queue import Filter, around
        from cardextract.review.record import build as build_record

        store = self.store
        store.reload()
        if (successor := store.successor(request.path_params["card_id"])) is not None:
            return self._moved(request, successor)
        row = self._row(request)
        with store.lock:
            card = store.card(row.card_id)
            record = build_record(card, store.rules_of(row), store.of_file(row))
            chosen = Filter.of(request.query_params)
            before, after, place = around(store, chosen, row.card_id)
            own = store.of_card(row)[::-1]
            mine = list(zip(own, store.states_of(own), strict=True))
        source = self._source(row, card, record.proofs)
        return self._html(
            request, "card.html", card=card, row=row, record=record, source=source, before=before, after=after,
            place=place, mine=mine, counts=store.open_counts(row.card_id), version=store.version(row),
            chosen=chosen, kinds=ACTIONS,
        )  # fmt: skip

    def _source(self, row: Row, card: Any, proofs: Any) -> dict[str, Any]:
        from cardextract.document import Place
        from cardextract.review import sources
        from cardextract.review.store import Refusal, file_sha256, source_file

        found = sources.marks(proofs)
        try:
            file = source_file(self.store.run.inbox, row.path)
            if file_sha256(file) != row.sha256:
                self.store.refresher.wake()
                return {"refused": "원본 파일이 바뀌었습니다. 새로 읽는 중입니다.", "changed": True}
            if row.format == "pdf":
                return {"sheets": sources.sheets(card, found)}
            siblings = self.store.siblings(row)
            following = next((r for r in siblings if r.index == row.index + 1), None)
            place: Place | None = None
            if following is not None:
                after = self.store.card(following.card_id).evidence.values()
                places = [e.place for e in after if e.place != Place()]
                place = min(places, key=_reading_order, default=None)
            return {"nodes": sources.nodes(self.sources.document(file, row.sha256), found, place)}
        except (Refusal, sources.Refused) as e:
            return {"refused": str(e)}

    def page(self, request: Request) -> Response:
        """A page of a PDF as a picture."""
        from starlette.responses import PlainTextResponse, Response

        from cardextract.review.sources import Refused
        from cardextract.review.store import Refusal, source_file

        row = self._row(request)
        try:
            file = source_file(self.store.run.inbox, row.path)
            png = self.sources.page(file, row.sha256, request.path_params["number"])
        except (Refusal, Refused) as e:
            return PlainTextResponse(str(e), 404)
        return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=3600"})

    def log(self, request: Request) -> Response:
        """All decisions, newest first."""
        self.store.reload()
        store = self.store
        asked = request.query_params
        by_source = {(r.path, r.index): r for r in store.index.rows.values()}
        entries = []
        newest = store.decisions[::-1]
        for c, state in zip(newest, store.states_of(newest), strict=True):
            words = f"{c.source_path} {c.path} {c.was} {c.now} {c.reason} {c.code}".casefold()
            if (
                (asked.get("action") in (None, "", c.action))
                and (asked.get("author") in (None, "", c.author))
                and (asked.get("state") in (None, "", state))
                and asked.get("q", "").casefold() in words
            ):
                entries.append((c, state, by_source.get((c.source_path, c.card_index))))
        number = _number(asked.get("page"), 1)
        shown = entries[(number - 1) * LOG_PAGE : number * LOG_PAGE]
        filters = {name: asked[name] for name in ("q", "action", "author", "state") if asked.get(name)}
        return self._html(
            request, "log.html", entries=shown, page=number, pages=max(1, -(-len(entries) // LOG_PAGE)),
            asked=asked, query=f"{urlencode(filters)}&" if filters else "", actions=ACTIONS, states=STATES,
            authors=sorted({c.author for c in store.decisions}),
            versions={r.card_id: store.version(r) for _, _, r in shown if r is not None},
        )  # fmt: skip

    def status(self, _: Request) -> Response:
        """Whether the output files follow, and how much is left."""
        from starlette.responses import JSONResponse

        from cardextract.review.queue import progress

        return JSONResponse({"output": self.store.refresher.state, **progress(self.store)})

    def sheet(self, _: Request) -> Response:
        """The findings as CSV, to be filled in and applied with `review apply`."""
        from starlette.responses import Response

        from cardextract.review.sheet import write_findings

        headers = {"content-disposition": 'attachment; filename="findings.csv"'}
        return Response(
            "\ufeff" + write_findings(self.store), media_type="text/csv; charset=utf-8", headers=headers
        )

    # --- decisions ---

    async def decide(self, request: Request) -> Response:
        """Take a decision about a card."""
        from cardextract.review.decide import Request as Asked
        from cardextract.review.decide import take

        return await self._take(request, Asked, lambda asked: vars_of(take(self.store, asked, self.author)))

    async def accept_all(self, request: Request) -> Response:
        """Accept all open findings of one code."""
        from cardextract.review.decide import Bulk, accept_all

        return await self._take(
            request, Bulk, lambda asked: {"count": accept_all(self.store, asked, self.author)}
        )

    async def _take(self, request: Request, model: Any, work: Callable[[Any], dict[str, Any]]) -> Response:
        from pydantic import ValidationError
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import JSONResponse

        from cardextract.review.store import Refusal

        try:
            asked = model.model_validate_json(await request.body())
        except ValidationError as e:
            return JSONResponse(
                {"message": str(e.errors(include_url=False, include_input=False)[0]["msg"])}, 422
            )
        try:
            return JSONResponse(await run_in_threadpool(work, asked))
        except KeyError:
            return JSONResponse({"message": "그런 카드가 없습니다."}, 404)
        except Refusal as e:
            return JSONResponse({"message": str(e), "conflict": e.conflict}, 409 if e.conflict else 422)

    # --- shared ---

    def _row(self, request: Request) -> Row:
        from starlette.exceptions import HTTPException

        row = self.store.index.rows.get(request.path_params["card_id"])
        if row is None:
            raise HTTPException(404)
        return row

    def _moved(self, request: Request, row: Row) -> Response:
        from starlette.responses import RedirectResponse

        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/card/{row.card_id}{query}", 303)

    def _html(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        from starlette.responses import HTMLResponse

        from cardextract.catalogue import CATALOGUE
        from cardextract.review.queue import progress
        from cardextract.review.words import Lang, word

        cookie = request.cookies.get("lang", self.lang)
        asked = request.query_params.get("lang", cookie)
        lang: Lang = "en" if asked == "en" else "ko"
        html = self.environment.get_template(template).render(
            t=lambda text: word(text, lang), lang=lang, progress=progress(self.store),
            output_state=self.store.refresher.state, problems=self.store.problems, catalogue=CATALOGUE,
            author=unquote(request.cookies.get("author", "")) or self.author, **values,
        )  # fmt: skip
        response = HTMLResponse(html, status)
        if asked != cookie:
            response.set_cookie("lang", lang, samesite="strict")
        return response

    def not_found(self, request: Request, _: Exception) -> Response:
        """A page that is not there."""
        return self._html(request, "missing.html", 404)


ACTIONS = {
    "fix": "고침", "fill": "채움", "assign": "자리", "accept": "받아들임", "ignore": "무시함", "later": "미룸",
    "undo": "되돌림",
}  # fmt: skip
STATES = {"held": "유효", "undone": "되돌려짐", "replaced": "바뀜"}


def vars_of(taken: Any) -> dict[str, Any]:
    """What the page learns of a decision that was taken."""
    return {"ids": list(taken.ids), "version": taken.version}


def _edits(proposal: Any) -> str:
    """The cells of a suggestion as the page sends them."""
    edits = [{"path": p.cell.path, "was": p.cell.printed or "", "now": p.text} for p in proposal]
    return json.dumps(edits, ensure_ascii=False)


def _local_time(time: str) -> str:
    """The time of a decision as the clocks of this computer show it."""
    from datetime import datetime

    try:
        return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:  # written by another program
        return time


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10**6 else default


def _reading_order(place: Any) -> tuple[int, ...]:
    return tuple(
        -1 if x is None else x
        for x in (place.page, place.start, place.block, place.table, place.row, place.col)
    )
