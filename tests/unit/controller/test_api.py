"""What the API answers to requests that no command of ours makes."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from ivrctl.errors import UnreachableError
from ivrctl.web.api import application

from .conftest import Whole


@pytest.fixture
async def client(whole: Whole) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    async with TestClient(TestServer(application(whole.controller))) as opened:
        yield opened


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "0000011000000", "1" * 5000, "٣", "x", ""])
async def test_limit_outside_its_range_is_refused(client: TestClient, limit: str) -> None:  # type: ignore[type-arg]
    """However it is written, more than the range is never read from the database."""
    answer = await client.get("/calls", params={"limit": limit})
    assert (answer.status, (await answer.json())["error"]) == (400, "limit is a number from 1 to 1000")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/status", 405)])
async def test_refusals_are_json(client: TestClient, method: str, path: str, status: int) -> None:  # type: ignore[type-arg]
    """A client that asks for what there is not learns so, instead of taking the controller for away."""
    answer = await client.request(method, path)
    assert answer.status == status
    assert (await answer.json())["error"].startswith(f"{method} {path}: ")


async def test_database_that_is_away_is_told(
    client: TestClient,  # type: ignore[type-arg]
    whole: Whole,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer names the database and does not look like a controller that has failed."""

    async def away(_limit: int) -> list[object]:
        raise UnreachableError("the database of call records does not answer")

    monkeypatch.setattr(whole.controller.store, "recent", away)
    answer = await client.get("/calls")
    assert (answer.status, (await answer.json())["error"]) == (503, "the database of call records does not answer")


async def test_fault_of_ours_is_told_and_logged(client: TestClient, whole: Whole) -> None:  # type: ignore[type-arg]
    """A command that gets no JSON would say that no controller answers."""
    ledger = whole.state / "notices" / "ledger.jsonl"
    ledger.unlink(missing_ok=True)
    ledger.mkdir()
    answer = await client.get("/notices/history")
    assert (answer.status, (await answer.json())["error"]) == (500, "GET /notices/history: it failed here")
    told = [entry for entry in whole.logged if entry["event"] == "a request failed"]
    assert [entry["path"] for entry in told] == ["/notices/history"]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_body_that_is_not_packed_as_it_says_is_refused(client: TestClient, coding: str) -> None:  # type: ignore[type-arg]
    """That is the client's fault, and he learns so."""
    answer = await client.post("/notices", data=b'{"lasts": "2h"}', headers={"Content-Encoding": coding})
    assert (answer.status, (await answer.json())["error"]) == (400, "POST /notices: the body cannot be read")


async def test_reload_takes_new_recordings(client: TestClient, whole: Whole) -> None:  # type: ignore[type-arg]
    """A recording is no part of a version: it is made into a prompt although the same version goes on serving."""
    await whole.controller.build_prompts()
    folder = whole.folder / "site" / "prompts" / "en"
    folder.mkdir(parents=True)
    with wave.open(str(folder / "Hello.wav"), "wb") as recording:
        recording.setparams((1, 2, 8000, 0, "NONE", ""))
        recording.writeframes(bytes(16000))
    answer = await client.post("/reload")
    assert answer.status == 200
    assert [entry["made"] for entry in whole.logged if entry["event"] == "prompts"][1:] == [1]
