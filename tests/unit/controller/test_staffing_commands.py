"""``ivrctl staffing`` and what is behind it: rounds of a controller, asked over its API, in lines and in JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.acd.events import BackupChanged, DevicesRead
from ivrctl.acd.picture import DeviceState
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.cli.codes import CHANGES, FINDINGS
from ivrctl.cli.commands import staffing
from ivrctl.cli.commands.staffing import Where
from ivrctl.errors import ConfigurationError, IvrctlError, UnreachableError
from ivrctl.web.client import RefusedRequestError
from ivrctl.web.metrics import figures

from ..forecasting.weeks import weeks_before, write  # noqa: TID252 - test folders are no packages to import from
from .centre import NOON, SECOND, Seen
from .conftest import Whole
from .test_queue_commands import serving

Shown = pytest.CaptureFixture[str]
SITE = """
queues: {sales: {}, billing: {}, night: {}}
extensions: {_81XX: "PJSIP/{extension}"}
agents:
  "8101": {name: Li Na, queues: {sales: 0}}
  "8102": {name: Wang Wei, queues: {sales: 5}}
  "8106": {name: Zhang Wei}
  "8107": {name: Liu Yang}
  "8108": {name: Zhao Lei}
groups: {leaders: ["8106", "8107"], quality: ["8108"]}
pause_reasons: {lunch: "1"}
"""
POLICY = """
queues: [sales]
tiers:
  - {tier: break, people: {paused_for: [lunch]}, bring: ask, patience: 2m}
  - {tier: leaders, people: {group: leaders}, bring: add, penalty: 5}
  - {tier: quality, people: {group: quality}, bring: add, penalty: 7}
triggers:
  longest_wait: {engage: [30s, 60s, 90s], release: 15s}
  service_level: {engage: [85%, 75%, never], release: 92%}
timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 20m, changes_per_hour: 40}
"""
GOLDEN = Path(__file__).parents[2] / "golden/staffing_view"


class Office:
    """A controller that decides, at an afternoon in sales."""

    def __init__(self, whole: Whole, seen: Seen) -> None:
        self.whole, self.seen = whole, seen
        self.loop = whole.controller.staffing.loop

    async def minutes(self, count: int) -> None:
        """So many rounds, a minute apart."""
        for _ in range(count):
            self.seen.now += 60 * SECOND
            await self.loop._turn()

    async def ran(self, what: Callable[..., None], *args: Any, as_json: bool = False) -> None:
        """A command, of somebody beside the controller."""
        async with serving(self.whole):
            await asyncio.to_thread(what, Where(self.whole.folder / "site", self.whole.state, as_json), *args)


@pytest.fixture
async def office(whole: Whole) -> Office:
    site = whole.folder / "site"
    (site / "ivrctl.yaml").write_text((site / "ivrctl.yaml").read_text() + SITE)
    (site / "tiers.staffing.yaml").write_text(POLICY)
    assert not whole.controller.versions.reload().has_errors
    seen = Seen(whole.controller)
    seen.an_afternoon()
    for number in ("8106", "8107"):
        seen.tell(BackupChanged(NOON, number, is_available=True))
    phones = {"PJSIP/8106": DeviceState.NOT_INUSE, "PJSIP/8107": DeviceState.UNAVAILABLE}
    seen.tell(DevicesRead(NOON, phones, is_all=True))
    made = Office(whole, seen)
    await made.loop._turn()
    return made


def golden(name: str, shown: str) -> None:
    """Compare with what is kept; times of day are those of whoever looks, and ids of orders are made by chance."""
    assert shown == (GOLDEN / f"{name}.txt").read_text()


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks is in UTC."""
    import time  # noqa: PLC0415

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


async def test_status_before_anybody_comes(office: Office, capsys: Shown) -> None:
    """Tiers that are out, and each figure against what brings them."""
    await office.ran(staffing.status)
    golden("out", capsys.readouterr().out)


async def test_status_with_tiers_in(office: Office, capsys: Shown) -> None:
    """Who is in, what is pending with its age, and why."""
    await office.minutes(5)
    await office.ran(staffing.status)
    golden("in", capsys.readouterr().out)


async def test_why_is_understood_without_the_policy(office: Office, capsys: Shown) -> None:
    """Of each tier what brought it, what holds, and each of its people."""
    await office.minutes(5)
    await office.ran(staffing.why, None)
    golden("why", capsys.readouterr().out)


async def test_history_and_one_decision(office: Office, capsys: Shown) -> None:
    """A line for each tier that came; and what was seen, decided and done then."""
    await office.minutes(5)
    await office.ran(staffing.history, 20, "")
    history = capsys.readouterr().out
    golden("history", history)
    await office.ran(staffing.why, history.split()[0])
    golden("decision", capsys.readouterr().out)


async def test_plan_of_what_is_served_and_of_an_edited_file(office: Office, capsys: Shown, tmp_path: Path) -> None:
    """Exit code 3 where something would change; the file's policy is not served, and nothing of it is kept."""
    await office.ran(staffing.plan, None, "")
    golden("plan-none", capsys.readouterr().out)
    await office.minutes(4)
    edited = tmp_path / "tiers.staffing.yaml"
    edited.write_text(POLICY.replace("penalty: 5", "penalty: 6"))
    with pytest.raises(SystemExit) as ended:
        await office.ran(staffing.plan, edited, "")
    assert ended.value.code == CHANGES
    golden("plan-edited", capsys.readouterr().out)
    edited.write_text(POLICY.replace("release: 15s", "release: 45s"))
    with pytest.raises(SystemExit) as ended:
        await office.ran(staffing.plan, edited, "")
    assert ended.value.code == FINDINGS
    assert "IVR513" in capsys.readouterr().out


async def test_orders_are_given_shown_and_ended(office: Office, capsys: Shown) -> None:
    """With who, why and until when; a tier that nobody knows is refused with the one that may be meant."""
    body = {"kind": "engage", "tier": "leaders", "policy": "", "lasts": "1h", "reason": "fault in Pudong"}
    await office.ran(staffing.order, body)
    told = capsys.readouterr().out
    assert told.startswith("order o")
    assert "  engage leaders until " in told
    assert told.endswith(": fault in Pudong\n")
    await office.loop._turn()
    assert office.loop.rounds["tiers"].changed == ("break", "leaders")
    await office.ran(staffing.status)
    assert "\norders\n" in capsys.readouterr().out
    await office.ran(staffing.cancel, None)
    assert capsys.readouterr().out.startswith("ended: o")
    assert office.loop.orders == ()
    with pytest.raises(ConfigurationError, match="no orders are in force"):
        await office.ran(staffing.cancel, None)
    for wrong, why in (
        ({**body, "tier": "leader"}, 'no policy has a tier "leader"'),
        ({**body, "lasts": "long"}, "for how long the order is"),
        ({**body, "lasts": "30d"}, "an order lasts 7 days at most"),
        ({**body, "reason": " "}, "a reason is due"),
        ({**body, "policy": "tier"}, 'the site has no staffing policy "tier"'),
    ):
        with pytest.raises(RefusedRequestError, match=why) as refused:
            await office.ran(staffing.order, wrong)
        assert refused.value.advice


async def test_apply_says_what_is_not_seen(office: Office, capsys: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody carries anything out here: exit code 1, and each change with what it lacks."""
    monkeypatch.setattr("ivrctl.service.staffing.staffing.APPLIED_WITHIN", 0.2)
    await office.minutes(4)
    with pytest.raises(SystemExit) as ended:
        await office.ran(staffing.apply, "")
    assert ended.value.code == FINDINGS
    golden("apply", capsys.readouterr().out)


NOW_BUSY = dict.fromkeys(range(23, 27), 40)
"""Eighty calls an hour from half past eleven to half past one."""


async def forecast(office: Office, weeks: int) -> None:
    """The policy asks for the shortfall, and so many weeks are in the books."""
    row = "  forecast_shortfall: {engage: [2, 4, never], release: 0}\n"
    policy = POLICY.replace("  service_level:", f"{row}  service_level:")
    (office.whole.folder / "site" / "tiers.staffing.yaml").write_text(policy)
    assert not office.whole.controller.versions.reload().has_errors
    store = SiteStore(sqlite_url(office.whole.folder / "state" / "calls.sqlite"))
    await write(store, weeks_before(NOON.date(), weeks=weeks, by_half=NOW_BUSY, queue="sales"))
    await store.close()
    await office.whole.controller.staffing.forecaster.make()
    await office.minutes(1)


@pytest.mark.thorough
async def test_status_has_what_is_forecast(office: Office, capsys: Shown) -> None:
    """The shortfall beside the other figures, and the people whom it comes from; the API and metrics have them too."""
    await forecast(office, weeks=8)
    await office.ran(staffing.status)
    lines = capsys.readouterr().out.splitlines()
    assert next(line.split() for line in lines if line.startswith("forecast shortfall"))[2:4] == ["5", "people"]
    assert "  forecast: 7 people are needed from 12:00 to 12:30, for 40 calls" in lines
    async with serving(office.whole):
        where = Where(office.whole.folder / "site", office.whole.state, as_json=True)
        body = await asyncio.to_thread(where.ask, "/staffing/forecast?policy=tiers")
    (made,) = body["forecasts"]
    assert (made["queues"], made["fault"], len(made["days"])) == (["sales"], "", 2)
    assert {one["people"] for one in made["days"][0]["intervals"] if one["offered"] > 20} == {7}
    shown = dict(figures(office.whole.controller))
    assert list(shown["ivrctl_forecast_people"]) == [(("tiers",), 7.0)]
    assert list(shown["ivrctl_forecast_calls"]) == [(("tiers",), pytest.approx(40, rel=0.01))]
    assert (("tiers", "forecast_shortfall"), 5.0) in list(shown["ivrctl_staffing_figure"])


@pytest.mark.thorough
async def test_status_says_what_a_forecast_lacks(office: Office, capsys: Shown) -> None:
    """Of a young site, of whose three Mondays two were holidays; the row of the figure says nothing."""
    await forecast(office, weeks=3)
    await office.ran(staffing.status)
    shown = capsys.readouterr().out
    assert "  forecast shortfall: for a Monday, 3 such days of the last 8 weeks must be known, and 1 is\n" in shown
    assert "are needed" not in shown


async def test_json_has_a_format_version(office: Office, capsys: Shown) -> None:
    """Of every command."""
    await office.minutes(4)
    for what, args in ((staffing.status, ()), (staffing.why, (None,)), (staffing.history, (20, ""))):
        await office.ran(what, *args, as_json=True)
        assert json.loads(capsys.readouterr().out)["format_version"] == 1


async def test_a_controller_that_does_not_act_says_so(office: Office, capsys: Shown) -> None:
    """And one that is not there is exit code 5."""
    office.loop.is_acting, office.loop.why_not = False, "another controller acts"
    await office.ran(staffing.status)
    assert capsys.readouterr().out.startswith("! this controller does not act: another controller acts\n")
    with pytest.raises(RefusedRequestError, match="another controller acts"):
        await office.ran(staffing.apply, "")
    where = Where(office.whole.folder / "site", office.whole.state, as_json=False)
    with pytest.raises(UnreachableError) as away:
        await asyncio.to_thread(staffing.status, where)
    assert away.value.exit_code == 5


async def test_what_is_in_a_name_does_nothing_to_a_terminal(office: Office, capsys: Shown) -> None:
    """Names and reasons come from elsewhere."""
    body = {"kind": "freeze", "tier": "", "policy": "", "lasts": "1h", "reason": "\x1b[2Jgone"}
    with pytest.raises(RefusedRequestError, match="a reason is due"):
        await office.ran(staffing.order, body)
    with pytest.raises(IvrctlError, match="no tier and no decision"):
        await office.ran(staffing.why, "nobody")
