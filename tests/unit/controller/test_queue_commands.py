"""``ivrctl queue`` and what is behind it: what a controller sees, asked over its API, in lines and in JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.commands.queue import known_of, listing, show
from ivrctl.cli.commands.queue_watch import answers, centre, watch_json, watch_lines
from ivrctl.cli.queue_view.centre import Centre
from ivrctl.errors import ConfigurationError, IvrctlError, UnreachableError
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.web.server import start_api

from .centre import Seen
from .conftest import Whole

Shown = pytest.CaptureFixture[str]
AGENTS = """
queues: {sales: {}, billing: {}}
extensions: {_81XX: "PJSIP/{extension}"}
agents:
  "8101": {name: Li Na, queues: {sales: 0}}
  "8102": {name: Wang Wei, queues: {sales: 5, billing: 0}}
  "8103": {name: Zhao Lei, queues: {billing: 0}}
"""


@pytest.fixture
def seen(whole: Whole) -> Seen:
    """What the controller sees: an afternoon, and agents of whom the site names three."""
    site = whole.folder / "site" / "ivrctl.yaml"
    site.write_text(site.read_text() + AGENTS)
    shown = Seen(whole.controller)
    shown.an_afternoon()
    return shown


@asynccontextmanager
async def serving(whole: Whole) -> AsyncIterator[None]:
    """Its API answers."""
    api = await start_api(whole.controller, listen_unix(StateFolder.open(whole.state).api_socket))
    try:
        yield
    finally:
        await api.cleanup()


async def _ran(whole: Whole, what: Callable[..., None], *args: Any, **options: Any) -> None:
    async with serving(whole):
        await asyncio.to_thread(what, *args, whole.folder / "site", whole.state, **options)


async def test_list_has_a_line_for_each_queue(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """By name, with the figures below their headings; what is not known is a dash."""
    await _ran(whole, listing, as_json=False)
    assert capsys.readouterr().out == (
        "queue    waiting  longest  P50  P80  staff  available  talking  paused\n"
        "billing        0     0:00    -    -      3          1        0       1\n"
        "night          0     0:00    -    -      0          0        0       0\n"
        "sales          2     1:05    -    -      3          0        1       1\n"
    )


async def test_show_has_callers_members_and_talks(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """Callers in their order with the ends of their numbers, and members with what they do, why, and since when."""
    await _ran(whole, show, "sales", as_json=False)
    assert capsys.readouterr().out == (
        "sales  rrmemory\n"
        "waiting 2, longest 1:05\n"
        "expected wait P50 -, P80 -\n"
        "staff 3, available 0, talking 1, paused 1\n"
        "\n"
        "callers\n"
        "     number    waited  priority  rings  channel\n"
        "  1  ***8002   1:05    -         Kim    1.2\n"
        "  2  withheld  0:08    -         -      1.3\n"
        "\n"
        "members\n"
        "  number  name      state         since     for   penalty  interface\n"
        "  8101    Li Na     talking       19:58:36  1:24  0        PJSIP/8101\n"
        "  8102    Wang Wei  paused lunch  19:55:00  5:00  5        PJSIP/8102\n"
        "  -       Kim       ringing       19:59:57  0:03  0        PJSIP/8105\n"
        "\n"
        "talks\n"
        "  number   with        for\n"
        "  ***8001  8101 Li Na  1:24\n"
    )


async def test_json_hides_numbers_too_and_names_agents(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """What programs read has a format version, and no number that somebody could call."""
    await _ran(whole, show, "sales", as_json=True)
    out = capsys.readouterr().out
    body = json.loads(out)
    assert body["format_version"] == 1
    assert [caller["number"] for caller in body["queue"]["callers"]] == ["***8002", "withheld"]
    assert [(member["number"], member["name"]) for member in body["queue"]["members"]][:1] == [("8101", "Li Na")]
    assert "13800138" not in out


async def test_queue_that_asterisk_has_not_is_told_with_the_nearest(whole: Whole, seen: Seen) -> None:
    """Exit code 2, and what may have been meant."""
    with pytest.raises(ConfigurationError, match='Asterisk has no queue "sale"') as refused:
        await _ran(whole, show, "sale", as_json=False)
    assert refused.value.advice == 'did you mean "sales"?'


async def test_picture_that_is_stale_says_since_when_and_why(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """It is shown below that line, since it is the last that is known."""
    seen.lose_sight(40)
    await _ran(whole, listing, as_json=False)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "! stale since 19:59:20 (0:40): the connection to Asterisk is lost"
    assert len(shown) == 5


@pytest.mark.parametrize("what", [listing, lambda *args, **options: show("sales", *args, **options)])
async def test_controller_that_has_seen_nothing_says_why(whole: Whole, what: Callable[..., None]) -> None:
    """Exit code 5: an empty list would look like a centre without queues."""
    with pytest.raises(UnreachableError, match="no queues are seen: this controller watches no queues"):
        await _ran(whole, what, as_json=False)


async def test_no_controller_is_told(whole: Whole) -> None:
    """Exit code 5, and how to start one."""
    with pytest.raises(UnreachableError, match="no controller answers") as refused:
        await asyncio.to_thread(listing, whole.folder / "site", whole.state, as_json=False)
    assert refused.value.advice == "start it: ivrctl serve SITE"


async def test_agent_is_one_in_all_his_queues(whole: Whole, seen: Seen) -> None:
    """What says most of him is what he does; the site's numbers come first, in their order."""
    found = await _centre(whole)
    assert [(agent.number, agent.name, agent.state, dict(agent.queues)) for agent in found.agents] == [
        ("8101", "Li Na", "talking", {"sales": "talking"}),
        ("8102", "Wang Wei", "paused", {"billing": "paused", "sales": "paused"}),
        ("8103", "Zhao Lei", "free", {"billing": "free"}),
        ("", "Kim", "ringing", {"sales": "ringing"}),
        ("", "陈静", "away", {"billing": "away"}),
    ]


async def _centre(whole: Whole, *names: str) -> Centre:
    async with serving(whole):
        answered = await asyncio.to_thread(answers, StateFolder.open(whole.state).api_socket)
    return centre(answered, names, known_of(whole.folder / "site"))


async def test_named_queues_are_watched_with_their_agents(whole: Whole, seen: Seen) -> None:
    """In the order in which they were named; one that is gone stays, without figures."""
    found = await _centre(whole, "night", "billing", "gone")
    assert [(queue.name, queue.staff) for queue in found.queues] == [("night", 0), ("billing", 3), ("gone", None)]
    assert [agent.number for agent in found.agents] == ["8102", "8103", ""]


async def test_site_that_is_broken_meanwhile_is_no_reason_not_to_look(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """Agents have Asterisk's names then, and times are UTC."""
    (whole.folder / "site" / "ivrctl.yaml").write_text("site: [")
    await _ran(whole, show, "sales", as_json=False)
    assert "  -       Li Na     talking       11:58:36  1:24" in capsys.readouterr().out


class _Enough(Exception):  # noqa: N818 - it is none
    """Somebody has seen enough."""


def _ticks(count: int) -> Callable[[float], None]:
    left = iter(range(count))

    def sleep(_seconds: float) -> None:
        if next(left, None) is None:
            raise _Enough

    return sleep


def _looks(*answered: Centre | IvrctlError) -> Callable[[], Any]:
    coming: Iterator[Any] = iter(answered)

    def look() -> Any:
        found = next(coming)
        if isinstance(found, IvrctlError):
            raise found
        return found

    return look


async def test_watching_in_a_pipe_tells_what_changes(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """A line for each queue at first, then for those that are others; a restart of the controller is two lines."""
    first = await _centre(whole)
    seen.an_afternoon()
    again = await _centre(whole)
    away = UnreachableError("no controller answers")
    with pytest.raises(_Enough):
        watch_lines(
            first,
            _looks(first, away, away, again),
            known_of(whole.folder / "site"),
            sleep=_ticks(4),
            clock=lambda: 0.0,
        )
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in told[:3]] == ["billing:", "night:", "sales:"]
    assert told[3:5] == ["stale since 20:00:00 (0:00): no controller answers", "the queues are seen again"]


async def test_watching_as_json_is_a_line_each_second(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """Each is complete; while no controller answers that is what it says."""
    async with serving(whole):
        answered = await asyncio.to_thread(answers, StateFolder.open(whole.state).api_socket)
    with pytest.raises(_Enough):
        watch_json(_looks(answered, UnreachableError("no controller answers")), ("night",), _ticks(1))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert ([queue["name"] for queue in first["queues"]], first["agents"]) == (["night"], [])
    assert second == {"format_version": 1, "seen": {"known": False, "why": "no controller answers"}}


async def test_what_a_network_sends_does_nothing_to_a_terminal(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """Escape sequences in a number or a name are shown as marks."""
    seen.hostile_caller()
    await _ran(whole, show, "night", as_json=False)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "evil?[2J" in out
