"""``ivrctl agents``: what the site file says, joined with what a controller sees."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ivrctl.cli.commands.agents import listed

from .centre import Seen
from .conftest import Whole
from .test_queue_commands import AGENTS, seen, serving

__all__ = ["seen"]
Shown = pytest.CaptureFixture[str]


async def _listed(whole: Whole, capsys: Shown, *, as_json: bool = False) -> Any:
    async with serving(whole):
        await asyncio.to_thread(listed, whole.folder / "site", whole.state, as_json=as_json)
    return capsys.readouterr()


async def test_agents_are_shown_with_what_they_do(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """Those of the site in its order, and behind them who is in a queue and in no site file."""
    shown = await _listed(whole, capsys)
    assert shown.out == (
        "number  name      state         for   in now         backup  queues           groups  interface\n"
        "8101    Li Na     talking       1:24  sales          -       sales            -       PJSIP/8101\n"
        "8102    Wang Wei  paused lunch  5:00  billing sales  -       sales:5 billing  -       PJSIP/8102\n"
        "8103    Zhao Lei  free          5:00  billing        yes     billing          -       PJSIP/8103\n"
        "-       Kim       ringing       0:03  sales          ?       -                -       PJSIP/8105\n"
        "-       陈静      away          5:00  billing        ?       -                -       PJSIP/8104\n"
    )
    assert shown.err == "what the controller sees, and the site file says\n"


async def test_asterisk_that_does_not_say_who_is_available_is_no_reason_not_to_list(
    whole: Whole, seen: Seen, capsys: Shown
) -> None:
    """What is not known is a question mark, and null for programs."""
    seen.does_not_say_who_is_available()
    body = json.loads((await _listed(whole, capsys, as_json=True)).out)
    assert (body["format_version"], body["source"], body["seen"]["known"]) == (1, "controller", True)
    assert [agent["backup"] for agent in body["agents"]] == [None] * 5
    assert [agent["state"] for agent in body["agents"]][:2] == ["talking", "paused"]


async def test_agent_who_is_in_no_queue_is_signed_off(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """He is in the site file, and nowhere else."""
    site = whole.folder / "site" / "ivrctl.yaml"
    site.write_text(site.read_text() + '  "8109": {name: Sun Li, queues: {sales: 0}}\n')
    shown = await _listed(whole, capsys)
    assert "8109    Sun Li    signed off    -     -  " in shown.out


async def test_stale_picture_says_so_above_the_agents(whole: Whole, seen: Seen, capsys: Shown) -> None:
    """What they did last is shown below that line."""
    seen.lose_sight(40)
    shown = await _listed(whole, capsys)
    assert shown.out.startswith("! stale since 19:59:20 (0:40): the connection to Asterisk is lost\nnumber ")


async def test_site_alone_is_listed_where_nobody_sees_the_queues(whole: Whole, capsys: Shown) -> None:
    """It is said which it is, and why; the keys of JSON are those of the site file."""
    site = whole.folder / "site" / "ivrctl.yaml"
    site.write_text(site.read_text() + AGENTS)
    shown = await _listed(whole, capsys)
    assert shown.out.splitlines()[1] == "8101    Li Na     PJSIP/8101  sales            -"
    assert shown.err == "what the site file says: this controller watches no queues\n"
    await asyncio.to_thread(listed, whole.folder / "site", whole.folder / "nowhere", as_json=True)
    told = capsys.readouterr()
    body = json.loads(told.out)
    assert (body["source"], body["seen"], "state" in body["agents"][0]) == ("site", None, False)
    assert not (whole.folder / "nowhere").exists()
