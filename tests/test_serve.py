"""The API: read by an HTTP client, checked against its own OpenAPI document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import openapi_spec_validator
import pytest
from tests.factory import make_card, make_cards, make_finding
from tests.test_sinks import raw, write_output

from cardextract import serve
from cardextract.sinks import csv, write_tables


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_output(tmp_path_factory.mktemp("serve") / "output", make_cards(3))
    parts = [csv.amended(csv.fragment(raw(c)), (), ("p1", "number_title")) for c in make_cards(3)]
    write_tables(folder, parts, csv.Dialect())
    return folder


@pytest.fixture
def client(output: Path) -> Iterator[httpx.Client]:
    with httpx.Client(transport=transport(output), base_url="http://127.0.0.1") as made:
        yield made


def transport(output: Path, **options: Any) -> httpx.BaseTransport:
    """The application without a socket."""
    return Direct(httpx.ASGITransport(serve.application(output, **options)))


class Direct(httpx.BaseTransport):
    """Calls an ASGI application from code that is not asynchronous."""

    def __init__(self, inner: httpx.ASGITransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        import asyncio

        async def call() -> httpx.Response:
            response = await self.inner.handle_async_request(request)
            return httpx.Response(
                response.status_code, headers=response.headers, content=await response.aread()
            )

        return asyncio.run(call())


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    """The answer, which must fit the OpenAPI document."""
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    document = client.get("/openapi.json").json()
    known = next(
        p
        for p in document["paths"]
        if p.split("/")[1] == path.split("/")[1] and p.count("/") == path.count("/")
    )
    schema = document["paths"][known]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(
        response.json()
    )
    return response.json()


def test_the_document_is_openapi(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    openapi_spec_validator.validate(document)
    assert document["components"]["schemas"]["BudgetRow"]["properties"]["amount"]["unit"] == "KRW"


def test_cards_budget_findings_and_history(client: httpx.Client) -> None:
    cards = get(client, "/cards", status="completed")["items"]
    assert [(c["number"], c["budget_total"]) for c in cards] == [("2-1-1", 3_200_000_000)]
    assert [c["number"] for c in get(client, "/cards", where=["budget_total>1600000000"])["items"]] == [
        "2-1-1",
        "3-1-1",
    ]
    one = get(client, f"/cards/{cards[0]['card_id']}")
    assert one == raw(make_cards(3)[1])
    cells = get(client, "/budget", number="2-1-1", ledger="spent", source="national", period="2023")["items"]
    assert [(c["amount"], c["issuer"], c["state"]) for c in cells] == [(470_000_000, "가온구", "stated")]
    found = get(client, "/findings", severity="error")["items"]
    assert [(f["code"], f["card_id"]) for f in found] == [
        ("NEEDS_OCR", None), ("ROW_SUM", cards[0]["card_id"]),
    ]  # fmt: skip
    history = get(client, "/pledges/p1")
    assert [r["plan"] for r in history["reports"]] == [1_600_000_000, 3_200_000_000, 4_800_000_000]


def test_pages_come_one_after_the_other(client: httpx.Client) -> None:
    rows, offset = [], 0
    while offset is not None:
        page = get(client, "/budget", limit=100, offset=offset)
        rows += page["items"]
        offset = page["next"]
    assert len(rows) == 3 * 72
    assert len({(r["card_id"], r["position"]) for r in rows}) == len(rows)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cards?stauts=x", 400),
        ("/cards?limit=5000", 400),
        ("/cards?limit=-1", 400),
        ("/cards?offset=²", 400),
        ("/cards?where=nothing", 400),
        ("/budget?ledgr=plan", 400),
        ("/cards/000000000000-1", 404),
        ("/cards/..%2f..%2fetc%2fpasswd", 404),
        ("/pledges/nobody", 404),
        ("/nowhere", 404),
    ],
)
def test_mistakes_are_refused(client: httpx.Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert "passwd" not in response.text or status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_is_read_only(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/cards").status_code == 405


def test_foreign_host_names_are_refused(output: Path) -> None:
    with httpx.Client(transport=transport(output), base_url="http://evil.invalid") as client:
        assert client.get("/cards").status_code == 400
    with httpx.Client(
        transport=transport(output, hosts=("cards.invalid",)), base_url="http://cards.invalid"
    ) as client:
        assert client.get("/cards").status_code == 200


def test_answers_are_masked(tmp_path: Path) -> None:
    card = make_card(1, captions=["도하늘 010-1234-5678"])
    card.findings = [make_finding(card, message="도하늘 010-1234-5678")]
    output = write_output(tmp_path / "output", [card])
    for options, shown in (
        ({}, "도하늘 ***-****-****"),
        ({"mask_staff": True}, "*** ***-****-****"),
        ({"keep_personal": True}, "도하늘 010-1234-5678"),
    ):
        with httpx.Client(transport=transport(output, **options), base_url="http://localhost") as client:
            assert client.get(f"/cards/{card.card_id}").json()["captions"] == [shown]
            assert client.get("/findings").json()["items"][-1]["message"] == shown


def test_a_new_run_is_noticed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with httpx.Client(transport=transport(output), base_url="http://localhost") as client:
        assert client.get("/cards").status_code == 503
        write_output(output, make_cards(1))
        assert client.get("/").json()["cards"] == 1
        write_output(output, make_cards(4))
        assert client.get("/").json()["cards"] == 4


def test_it_serves_on_localhost_for_real(output: Path) -> None:
    code = "import sys; from pathlib import Path; from cardextract import serve;"
    code += f"sys.exit(serve.main(Path({str(output)!r}), port=0))"
    server = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = line.split(" on ")[1].split(" ")[0]
        assert address.startswith("http://127.0.0.1:")
        deadline = time.monotonic() + 30
        while True:
            try:
                answer = httpx.get(f"{address}cards", timeout=10)
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
        assert json.loads(answer.content)["items"][0]["number"] == "1-1-1"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert serve.main(output, port=int(address.rsplit(":", 1)[1].strip("/"))) == 74
    finally:
        server.terminate()
        assert server.wait(30) in (0, -15)
        server.stderr.close()


def test_no_records_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    assert serve.main(tmp_path) == 2
