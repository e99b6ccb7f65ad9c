"""Notices over HTTP: what is made, changed and ended, what is refused, and who may."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import pwd
import re
import shlex
import socket
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from ivrctl.service.api_tokens import ApiTokens
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.web import bodies, notices_api, server
from ivrctl.web.api import application, application_for_tokens
from ivrctl.web.authors import FAILURES, SOURCES, WITHIN, Throttle, source_of
from ivrctl.web.bodies import BodyError, NoticeBody, body_of
from ivrctl.web.server import TokenServer, start_api

from .conftest import Whole

Client = TestClient  # type: ignore[type-arg]
TOKEN = "a-token-of-the-duty-manager"
KEYS = st.sampled_from(["texts", "recordings", "scope", "lines", "lasts", "waive", "x"])
NOTICE = {"texts": {"en": "Broadband is down."}, "lasts": "2h"}


@pytest.fixture
async def client(whole: Whole) -> AsyncIterator[Client]:
    async with TestClient(TestServer(application(whole.controller))) as opened:
        yield opened


class Time:
    """Steady seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Tell them."""
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def guarded(whole: Whole, clock: Time) -> AsyncIterator[Client]:
    app = application_for_tokens(whole.controller, lambda: {"duty": TOKEN, "chief": "another-token-of-16"}, clock)
    async with TestClient(TestServer(app)) as opened:
        yield opened


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_notice_is_made_shown_changed_and_ended(client: Client, whole: Whole) -> None:
    """Each answer has the notice as it is then, and calls have it as soon as it is answered."""
    answer = await client.post("/notices", json=NOTICE)
    made = await answer.json()
    assert (answer.status, made["is_new"], made["remarks"]) == (201, True, [])
    notice = made["notice"]
    assert [one.id for one in whole.controller.runner._parts.notices()] == [notice["id"]]
    assert (await (await client.get("/notices")).json())["notices"] == [notice]
    assert (await (await client.get(f"/notices/{notice['id']}")).json())["notice"] == notice
    changed = await (await client.patch(f"/notices/{notice['id']}", json={"reason": "fault 7"})).json()
    assert changed["notice"] == notice | {"reason": "fault 7"}
    assert (await client.delete(f"/notices/{notice['id']}")).status == 200
    assert (await client.delete(f"/notices/{notice['id']}")).status == 404
    assert (await client.patch(f"/notices/{notice['id']}", json={})).status == 404
    assert (await client.get(f"/notices/{notice['id']}")).status == 404
    history = (await (await client.get("/notices/history")).json())["changes"]
    assert [change["happened"] for change in history] == ["ended", "changed", "made"]


async def test_refusals_are_all_told(client: Client) -> None:
    """With what to do for each."""
    answer = await client.post("/notices", json={"texts": {"en": "{x}"}})
    body = await answer.json()
    assert answer.status == 422
    assert [refusal["message"] for refusal in body["refusals"]] == [
        "the text in en holds a value",
        "the notice has no end",
    ]
    assert body["error"] == "the text in en holds a value"


async def test_recording_comes_in_base64(client: Client, whole: Whole) -> None:
    """It lies among the prompts when the request is answered."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x00\x20\x00\xe0" * 4000)
    body = {"recordings": {"en": base64.b64encode(file.getvalue()).decode()}, "lasts": "2h"}
    made = await (await client.post("/notices", json=body)).json()
    recording = whole.prompts / "notices" / f"{made['notice']['recordings']['en']}.wav"
    assert recording.read_bytes() == file.getvalue()


async def test_request_that_is_sent_again_makes_one_notice(client: Client) -> None:
    """Also when both are there at once."""
    headers = {"Idempotency-Key": "7f1d"}
    answers = await asyncio.gather(*(client.post("/notices", json=NOTICE, headers=headers) for _ in range(5)))
    bodies = [await answer.json() for answer in answers]
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 200, 201]
    assert len({body["notice"]["id"] for body in bodies}) == 1
    answer = await client.post("/notices", json=NOTICE, headers={"Idempotency-Key": "x" * 201})
    assert answer.status == 400


@pytest.mark.parametrize(
    "other", [{"texts": {"en": "Lines are up."}}, {"scope": {"callers": ["+8613800138000"]}}, {"lasts": "3h"}]
)
async def test_key_of_another_request_makes_nothing(client: Client, other: dict[str, object]) -> None:
    """Its author would take the old notice for the new one, which nobody hears: 409, and the sentence says so."""
    headers = {"Idempotency-Key": "storm"}
    made = await (await client.post("/notices", json=NOTICE, headers=headers)).json()
    answer = await client.post("/notices", json={**NOTICE, **other}, headers=headers)
    assert answer.status == 409
    told = "this Idempotency-Key made the notice {} of another request: nothing was made"
    assert (await answer.json())["error"] == told.format(made["notice"]["id"])
    assert (await client.post("/notices", json=NOTICE, headers=headers)).status == 200
    assert len((await (await client.get("/notices")).json())["notices"]) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the body: Invalid JSON"),
        (b"{", "the body: Invalid JSON"),
        (b"[]", "the body: Input should be an object"),
        (b"\xff\xfe", "the body: Invalid JSON"),
        (b"[" * 100_000, "the body: Invalid JSON"),
        (b'{"texts": {"en": "\\ud800"}}', "the body: Invalid JSON"),
        (b'{"lasts": 7}', "lasts: Input should be a valid string"),
        (b'{"lasts": NaN}', "lasts: Input should be a valid string"),
        (b'{"secret": "s3cret"}', "secret: Extra inputs are not permitted"),
        (b'{"recordings": {"en": "???"}}', "recordings.en: a WAV file in base64 is due"),
        (json.dumps({"lasts": "x" * 200}).encode(), "lasts: String should have at most 128 characters"),
        (json.dumps({"scope": {"lines": ["1"] * 2000}}).encode(), "scope.lines: List should have at most 1000 items"),
    ],
)
async def test_body_that_is_none_is_refused(client: Client, body: bytes, told: str) -> None:
    """With the place, and without what stands there."""
    answer = await client.post("/notices", data=body)
    error = (await answer.json())["error"]
    assert answer.status == 400
    assert error.startswith(told)
    assert "s3cret" not in error


async def test_body_that_is_too_large_is_not_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight megabytes are more than the longest recordings take."""
    answer = await client.post("/notices", data=BytesIO(bytes(notices_api.MAX_BODY + 1)))
    assert answer.status == 413


async def test_body_that_does_not_come_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends a byte now and then is told so."""
    monkeypatch.setattr(bodies, "BODY_WITHIN", 0.05)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = await client.post("/notices", data=never())
    assert answer.status == 408


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
        max_leaves=8,
    )
)
def test_any_json_is_a_notice_or_is_refused(body: object) -> None:
    """SAFETY: nothing else comes out of a body."""
    with contextlib.suppress(BodyError):
        body_of(NoticeBody, json.dumps(body).encode()).draft("duty")


async def test_author_on_the_unix_socket_is_the_user(whole: Whole, tmp_path: Path) -> None:
    """The kernel says who has connected."""
    api = await start_api(whole.controller, listen_unix(tmp_path / "api.sock"))
    connector = aiohttp.UnixConnector(str(tmp_path / "api.sock"))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post("http://x/notices", json=NOTICE) as answer,
    ):
        made = await answer.json()
    await api.cleanup()
    assert made["notice"]["author"] == pwd.getpwuid(os.getuid()).pw_name


async def test_token_opens_notices_and_the_status_and_nothing_else(guarded: Client) -> None:
    """Its name is the author."""
    made = await (await guarded.post("/notices", json=NOTICE, headers=bearer(TOKEN))).json()
    assert made["notice"]["author"] == "duty"
    assert (await guarded.get("/status", headers=bearer(TOKEN))).status == 200
    for method, path in (("GET", "/calls"), ("GET", "/live"), ("POST", "/reload")):
        assert (await guarded.request(method, path, headers=bearer(TOKEN))).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer("wrong"),
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        bearer(f"{TOKEN}x"),
    ],
)
async def test_without_a_token_nothing_is_answered(guarded: Client, headers: dict[str, str]) -> None:
    """Not even whether something is there."""
    for path in ("/notices", "/status", "/nothing"):
        answer = await guarded.get(path, headers=headers)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_whoever_guesses_is_not_listened_to_for_a_minute(guarded: Client, clock: Time) -> None:
    """Also with the right token: or a guess would tell that it was the right one."""
    for _ in range(FAILURES):
        assert (await guarded.get("/status", headers=bearer("wrong"))).status == 401
    assert (await guarded.get("/status", headers=bearer(TOKEN))).status == 429
    clock.now = WITHIN + 1
    assert (await guarded.get("/status", headers=bearer(TOKEN))).status == 200


def test_failures_of_many_sources_are_bounded(clock: Time) -> None:
    """Those that were heard of last are remembered."""
    throttle = Throttle(clock)
    for number in range(SOURCES + 10):
        throttle.fail(str(number))
    assert len(throttle._failures) == SOURCES


def test_subscriber_of_ipv6_is_one_source() -> None:
    """Whatever address below his 64 bits he takes."""
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff") != source_of("2001:db9::1")
    assert source_of("::ffff:192.0.2.1") == "192.0.2.1"


async def test_nothing_of_a_token_is_logged(whole: Whole, guarded: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the right one, nor what somebody took for it, nor what is no HTTP at all."""
    for token in (TOKEN, "almost-the-token"):
        await guarded.post("/notices", json=NOTICE, headers=bearer(token))
    port = guarded.server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/9\r\nAuthorization: Bearer almost-the-token\r\n\x00\r\n\r\n")
    await reader.read()
    writer.close()
    said = caplog.text + json.dumps(whole.logged, default=str)
    assert TOKEN not in said
    assert "almost-the-token" not in said


@pytest.fixture
async def over_tcp(whole: Whole, tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """The real server, with the tokens of a site file."""
    site = tmp_path / "site" / "ivrctl.yaml"
    site.write_text(site.read_text() + "api: {tokens: {duty: {file: duty.token}, night: {env: NIGHT}}}\n")
    (tmp_path / "site" / "duty.token").write_text(f"{TOKEN}\n")
    assert whole.controller.versions.reload_if_changed()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    serving = TokenServer(whole.controller, listener)
    await serving.start()
    yield listener.getsockname()
    await serving.close()


async def test_token_of_the_site_file_is_taken(over_tcp: tuple[str, int], whole: Whole) -> None:
    """One that cannot be read is told, and nobody has it."""
    url = f"http://127.0.0.1:{over_tcp[1]}/status"
    async with aiohttp.ClientSession() as session:
        for token, status in ((TOKEN, 200), ("", 401)):
            async with session.get(url, headers=bearer(token)) as answer:
                assert answer.status == status
    told = [entry["fault"] for entry in whole.logged if entry["event"] == "api"]
    assert told == ["the token of night cannot be used: the environment variable NIGHT is not set"]


async def test_connections_of_one_source_are_bounded(over_tcp: tuple[str, int]) -> None:
    """One that holds all that he may have gets no more, and the others go on."""
    held = [await asyncio.open_connection(*over_tcp) for _ in range(server.MOST_OF_A_SOURCE)]
    reader, writer = await asyncio.open_connection(*over_tcp)
    assert await reader.read() == b""
    for _, holding in [*held, (reader, writer)]:
        holding.close()


async def test_connection_is_held_for_a_minute_at_most(
    over_tcp: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends the beginning of a request and nothing more."""
    monkeypatch.setattr(server, "LONGEST_CONNECTION", 0.05)
    reader, writer = await asyncio.open_connection(*over_tcp)
    writer.write(b"GET /status HTTP/1.1\r\nHost:")
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()


def test_tokens_that_are_weak_are_not_taken(whole: Whole, clock: Time, tmp_path: Path) -> None:
    """Short ones, and one that two have; a file that is written anew is taken within seconds."""
    (tmp_path / "site" / "ivrctl.yaml").write_text(
        (tmp_path / "site" / "ivrctl.yaml").read_text()
        + "api: {tokens: {a: {env: A}, b: {env: B}, c: {env: C}, d: {file: d}}}\n"
    )
    whole.controller.versions.reload()
    (tmp_path / "site" / "d").write_text("x" * 5000)
    told: list[str] = []
    environ = {"A": TOKEN, "B": TOKEN, "C": "short"}
    tokens = ApiTokens(
        lambda: whole.controller.versions.current.site, tmp_path / "site", environ, on_fault=told.append, clock=clock
    )
    assert tokens() == {"a": TOKEN}
    assert told == [
        "the token of b cannot be used: another has the same",
        "the token of c cannot be used: it has less than 16 characters",
        "the token of d cannot be used: d is too long",
    ]
    (tmp_path / "site" / "d").write_text("another-token-of-16\n")
    clock.now = 6.0
    assert tokens() == {"a": TOKEN, "d": "another-token-of-16"}
    assert len(told) == 3


async def test_request_of_the_how_to_page_makes_a_notice(guarded: Client) -> None:
    """As ``docs/how-to/announce.md`` writes it for curl."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "announce.md").read_text()
    [block] = re.findall(r"```sh by=[^\n]*\n(.*?)```", page, re.DOTALL)
    curl, url, *options = shlex.split(block.replace("$DUTY_TOKEN", TOKEN))
    given = list(itertools.pairwise(options))
    headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
    [body] = [value for option, value in given if option == "-d"]
    answer = await guarded.post(URL(url).path, data=body, headers=headers)
    assert (curl, answer.status) == ("curl", 201)
    assert (await answer.json())["notice"]["texts"] == {"en": "Our warehouse is closed by a storm."}
