"""Who may talk to the station: this computer's browser, with the token, from the station's own pages. Nobody else.

Plain ASGI, so that nothing is read of a refused request, and never more than a decision needs.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 256 * 1024
"""A decision has some hundred bytes; a pasted reason some thousand."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware: Host, Origin and Sec-Fetch-Site, token, size of the body, headers of every answer."""

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._cookie = f"cardextract_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed; answer the rest."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        given = query.pop("token", [""])[0]
        if scope["method"] == "GET" and given and self._is_token(given):
            where = quote(scope["path"]) + (f"?{urlencode(query, doseq=True)}" if query else "")
            cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", {"location": _local(where), "set-cookie": cookie})
            return
        if not any(map(self._is_token, self._cookies(headers))):
            await _answer(send, 403, "열쇠(token)가 없거나 다릅니다. 터미널에 나온 주소를 그대로 여십시오.")
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, 413, "Too large.")
            return
        await self._app(scope, _Given(body, receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """Status and message for a request that is not ours."""
        host = headers.get("host", "")
        if host not in self._hosts:
            return 421, "Host is not this station's."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Method not allowed."
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "The request comes from another site."
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, "The request comes from another origin."
        if scope["method"] == "POST":
            if origin is None and headers.get("sec-fetch-site") != "same-origin":
                return 403, "The request does not say where it comes from."
            if headers.get("content-type", "").split(";")[0].strip() != "application/json":
                return 415, "Only application/json."
        declared = headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or int(declared) > MOST_BYTES:
            return 413, "Too large."
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _cookies(self, headers: dict[str, str]) -> list[str]:
        """The values of our cookie. Those of other programs on this computer may be of any shape."""
        parts = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
        return [value for name, _, value in parts if name == self._cookie]


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than MOST_BYTES, whatever the headers said, or broke off."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body", False):
            return bytes(body)


class _Given:
    """A receive that gives the body that was read, then goes on with the connection."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _local(where: str) -> str:
    """A redirect that stays here: `//host` would not."""
    return "/" + where.lstrip("/\\")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {k.lower() for k, _ in message["headers"]}
            more = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
            if b"cache-control" not in present:
                more.append((b"cache-control", b"no-store"))
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sending


async def _answer(send: Send, status: int, text: str, more: dict[str, str] | None = None) -> None:
    body = text.encode()
    headers = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body)), **(more or {})}
    await _with_headers(send)(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
