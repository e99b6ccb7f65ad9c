"""What is kept is delivered as the site declares it now, or it waits and says why."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivrctl.adapters.interfaces.site_interfaces import SiteInterfaces
from ivrctl.adapters.outbox import Entry, State
from ivrctl.adapters.submission_databases import SubmissionDatabases
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.model.values import Value
from ivrctl.service.delivering import SiteDestinations
from ivrctl.service.delivering.posts import InterfacePosts
from ivrctl.site.submissions import Submission
from ivrctl.testkit.interface_server import InterfaceServer, closed_port

from .conftest import NOW, SITE, site


@dataclass(slots=True)
class Posted:
    """What was sent to interfaces."""

    got: list[tuple[str, str, Mapping[str, Value]]] = field(default_factory=list)

    async def post(self, submission: Submission, key: str, params: Mapping[str, Value]) -> Delivery:
        """Take it."""
        self.got.append((str(submission.path), key, params))
        return Delivered()

    async def close(self) -> None:
        """Nothing is open."""


def _entry(submission: str = "ticket", **params: Value) -> Entry:
    return Entry(1, "leg/1", submission, params, NOW, State.WAITING, 0, "")


def _destinations(folder: Path, text: str = SITE, posted: Posted | None = None) -> SiteDestinations:
    declared = site(text)
    return SiteDestinations(declared, SubmissionDatabases(declared, folder, {}), posted or Posted())


async def test_submission_that_the_site_has_no_more_waits(tmp_path: Path) -> None:
    """It is not dropped: the name may be back with the next edit."""
    answer = await _destinations(tmp_path, SITE.replace("  ticket:", "  fault:")).deliver(_entry(text="a"))
    assert answer == Failed("the site has no submission ticket")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"words": "a"}, "text is missing, words is not taken"),
        ({"text": "a", "line": "100"}, "line is not taken"),
        ({"count": None}, "text is missing"),
    ],
)
async def test_other_params_than_the_site_declares_now_wait(
    tmp_path: Path, params: dict[str, Value], reason: str
) -> None:
    """Nobody guesses what belongs where; the reason names what differs."""
    answer = await _destinations(tmp_path).deliver(_entry(**params))
    assert answer == Failed(f"the site declares other params by now: {reason}")


async def test_param_that_is_new_and_may_be_none_is_none(tmp_path: Path) -> None:
    """What was kept before it was declared is delivered without it."""
    table = sqlite3.connect(tmp_path / "bss.sqlite")
    table.execute("create table tickets (key text primary key, text text, count integer)")
    destinations = _destinations(tmp_path)
    assert await destinations.deliver(_entry(text="a")) == Delivered()
    await destinations.close()
    assert table.execute("select key, text, count from tickets").fetchall() == [("leg/1", "a", None)]


async def test_submission_of_an_interface_is_posted(tmp_path: Path) -> None:
    """With its key and its params; what stands in its path is the interface's to fill in."""
    text = SITE.replace("databases:", 'http: {crm: {url: "https://crm.example"}}\ndatabases:').replace(
        "  note:", "  call:\n    http: crm\n    path: /calls/{line}\n    params: {line: digits}\n  note:"
    )
    posted = Posted()
    assert await _destinations(tmp_path, text, posted).deliver(_entry("call", line="100")) == Delivered()
    assert posted.got == [("/calls/{line}", "leg/1", {"line": "100"})]


# a real interface


async def _answered(url: str, kind: str, folder: Path) -> Delivery:
    text = SITE.replace("databases:", f'http: {{crm: {{url: "{url}"}}}}\ndatabases:').replace(
        "  note:", f"  call:\n    http: crm\n    path: /{kind}/calls\n    params: {{line: digits}}\n  note:"
    )
    declared = site(text)
    posts = InterfacePosts(SiteInterfaces(declared, folder, {}))
    try:
        return await posts.post(declared.submissions["call"], "leg/1", {"line": "100"})
    finally:
        await posts.close()


async def test_interface_is_sent_a_json_object_under_the_key(tmp_path: Path) -> None:
    """What it needs to take the same thing once stands in a header."""
    async with InterfaceServer() as server:
        assert await _answered(server.url, "good", tmp_path) == Delivered()
    [asked] = server.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/good/calls", b'{"line":"100"}')
    assert asked.headers["idempotency-key"] == "leg/1"


async def test_interface_that_is_away_is_tried_again(tmp_path: Path) -> None:
    """Nobody listens there: the reason says so, without an address."""
    answer = await _answered(f"http://127.0.0.1:{closed_port()}", "good", tmp_path)
    assert answer == Failed("the interface crm: no connection: Connection refused")


@pytest.mark.parametrize("kind", ["unprocessable"])
async def test_answer_about_this_one_refuses_it(kind: str, tmp_path: Path) -> None:
    """An interface that will never take it as it is says so, and nobody asks again."""
    async with InterfaceServer() as server:
        assert isinstance(await _answered(server.url, kind, tmp_path), Refused)


@pytest.mark.parametrize(
    "kind", ["error", "busy", "conflict", "unauthorized", "not-found", "redirect", "nothing", "no-http"]
)
async def test_answer_about_the_interface_is_no_refusal(kind: str, tmp_path: Path) -> None:
    """A server that is not well, a token that has expired and a path that moved are put right, and then it goes out."""
    async with InterfaceServer() as server:
        assert isinstance(await _answered(server.url, kind, tmp_path), Failed)


@pytest.mark.parametrize("kind", ["good", "no-content", "gzip-bomb", "endless", "html", "half-json"])
async def test_what_a_taken_one_is_answered_with_is_not_read(kind: str, tmp_path: Path) -> None:
    """The status says that it is taken; whatever else comes is dropped."""
    async with InterfaceServer() as server:
        assert await _answered(server.url, kind, tmp_path) == Delivered()
