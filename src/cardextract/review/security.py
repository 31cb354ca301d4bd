"""Who may talk to the station: this computer's browser, with the token, from the station's own pages. Nobody else.

Plain ASGI, so that nothing is read of a refused request.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

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
            where = scope["path"] + (f"?{urlencode(query, doseq=True)}" if query else "")
            cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", {"location": _local(where), "set-cookie": cookie})
            return
        if not self._is_token(self._cookie_of(headers)):
            await _answer(send, 403, "열쇠(token)가 없거나 다릅니다. 터미널에 나온 주소를 그대로 여십시오.")
            return
        limited = _Limited(receive)
        await self._app(scope, limited, _with_headers(send))

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
            if (
                int(headers["content-length"]) > MOST_BYTES
                if headers.get("content-length", "").isdigit()
                else False
            ):
                return 413, "Too large."
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _cookie_of(self, headers: dict[str, str]) -> str:
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        return jar[self._cookie].value if self._cookie in jar else ""


class _Limited:
    """A receive that refuses to read on after MOST_BYTES, whatever the headers said."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._read = receive, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > MOST_BYTES:
            return {"type": "http.disconnect"}
        return message


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
