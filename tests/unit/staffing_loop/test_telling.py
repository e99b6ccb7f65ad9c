"""Who is told of what: people by texts and submissions, supervisors, the log, queue_log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.acd.stay import Stay
from ivrctl.adapters.ami.errors import AmiUnreachableError
from ivrctl.model.values import Value
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.staffing import errands as errands_module
from ivrctl.service.staffing.errands import Errands
from ivrctl.service.staffing.heads_up import HeadsUp, News
from ivrctl.service.staffing.promise_watch import PromiseParts, PromiseWatch
from ivrctl.service.staffing.telling import RoundsTold
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Mode, Warn
from ivrctl.staffing.scene import Scene

from ..staffing.desk import MINUTE, NINE, SECOND  # noqa: TID252 - test folders are no packages to import from
from .office import BY_WAIT, Office

SITE = b"""
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
queues: {broadband: {}}
extensions: {_8XXX: "PJSIP/{extension}"}
agents:
  "8101": {name: Li Na, queues: {broadband: 0}}
  "8201": {name: Zhang Wei}
  "5001": {name: Kim, interface: Local/5001@from-queue/n}
http: {crm: {url: "http://127.0.0.1:1"}}
submissions:
  text-message: {http: crm, path: /texts, params: {agent: digits, name: text, queues: text, text: text}}
  duty: {http: crm, path: /duty, params: {policy: text, tier: text, text: text, at: datetime}}
"""


def site() -> Site:
    program, findings = compile_spoken({"ivrctl.yaml": SITE})
    assert program is not None, findings
    return program.site


@dataclass
class Heard:
    """What was told, and to whom."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    handed: list[tuple[str, str, Mapping[str, Value]]] = field(default_factory=list)
    entries: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    is_away: bool = False

    def __post_init__(self) -> None:
        self.errands = Errands(self.troubles.append)
        self.heads_up = HeadsUp(site, self._text, self._hand, self.troubles.append)
        self.told = RoundsTold(structlog.get_logger(), self.errands, self.heads_up, self._entry)

    async def all(self) -> None:
        """Every errand is done."""
        running = asyncio.ensure_future(self.errands.run())
        await self.errands.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def _text(self, endpoint: str, text: str) -> None:
        if self.is_away:
            raise AmiUnreachableError("127.0.0.1:5038", "not connected")
        self.texts.append((endpoint, text))

    async def _hand(self, key: str, submission: str, params: Mapping[str, Value]) -> None:
        self.handed.append((key, submission, params))

    async def _entry(self, queue: str, event: str, data: Sequence[str]) -> None:
        self.entries.append((queue, event, tuple(data)))


@pytest.fixture
def heard() -> Heard:
    return Heard()


def news(text: str = "You are called in.") -> News:
    return News("hotline/1", "hotline", "leaders", text, NINE, ("broadband",))


async def test_a_text_goes_to_the_phone_of_the_agent(heard: Heard) -> None:
    """Of his interface; behind ``Local/`` of the extension; of a member whom the site does not know as it says."""
    interfaces = ("PJSIP/8201", "Local/5001@from-queue/n", "PJSIP/9999")
    await heard.heads_up.to_people(interfaces, "", news())
    assert [endpoint for endpoint, _ in heard.texts] == ["8201", "5001", "9999"]


async def test_a_submission_has_what_it_takes_of_each(heard: Heard) -> None:
    """And a key of its own, so that nobody is told twice of the same thing."""
    await heard.heads_up.to_people(("PJSIP/8101", "PJSIP/8201"), "text-message", news())
    params = {"agent": "8101", "name": "Li Na", "queues": "broadband", "text": "You are called in."}
    assert heard.handed[0] == ("staffing/hotline/1/PJSIP/8101", "text-message", params)
    assert heard.handed[1][0] == "staffing/hotline/1/PJSIP/8201"
    assert heard.texts == []


async def test_a_target_is_an_agent_or_a_submission(heard: Heard) -> None:
    """By his number, or its name; one that is neither is told in the log."""
    await heard.heads_up.to_target("8201", news())
    await heard.heads_up.to_target("duty", news())
    await heard.heads_up.to_target("nobody", news())
    assert heard.texts == [("8201", "You are called in.")]
    assert heard.handed[0][2] == {"policy": "hotline", "tier": "leaders", "text": "You are called in.", "at": NINE}
    assert heard.troubles == ['nobody was told "You are called in.": the site has no submission nobody']


async def test_whom_nobody_can_tell_holds_nothing_up(heard: Heard) -> None:
    """It is told in the log."""
    heard.is_away = True
    await heard.heads_up.to_people(("PJSIP/8201",), "", news())
    assert heard.troubles[0].startswith('8201 was not told "You are called in.": ')


async def test_an_errand_that_fails_or_hangs_does_not_keep_the_next(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its deadline, and its place in the log."""
    monkeypatch.setattr(errands_module, "WITHIN", 0.01)
    done: list[str] = []

    async def fails() -> None:
        raise ValueError("no")

    async def works() -> None:
        done.append("it")

    heard.errands.add("first", fails)
    heard.errands.add("second", asyncio.Event().wait)  # type: ignore[arg-type]
    heard.errands.add("third", works)
    await heard.all()
    assert done == ["it"]
    assert heard.troubles == ["first was not done: ValueError('no')", "second was not done: TimeoutError()"]


async def test_too_many_errands_are_dropped_and_told(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that comes an hour later is none."""
    monkeypatch.setattr(errands_module, "MOST", 1)
    errands, told = Errands(heard.troubles.append), heard.troubles
    errands.add("first", asyncio.Event().wait)  # type: ignore[arg-type]
    errands.add("second", asyncio.Event().wait)  # type: ignore[arg-type]
    assert told == ["second was not done: too much waits already"]


async def test_of_a_rush_everybody_is_told_in_his_turn(office: Office, heard: Heard) -> None:
    """A warning before anybody comes; who pauses is asked; who is called in knows where and why; queue_log has it."""
    policy = replace(BY_WAIT, warn=Warn(0.8, "8101"))
    office.policies = {"hotline": policy}
    office.tell = heard.told
    office.sign_on("PJSIP/8102", is_paused=True, pause_reason="break")
    with capture_logs() as logged:
        async with office.open():
            office.calls()
            await office.passes(4 * MINUTE)
    await heard.all()
    asked = [text for endpoint, text in heard.texts if endpoint == "8102"]
    assert asked[0].startswith(
        "Please end your pause, callers wait in broadband, mobile-data: break came in: the longest"
    )
    leaders = [text for endpoint, text in heard.texts if endpoint == "8201"]
    assert leaders[0].startswith("You are called in to broadband, mobile-data: leaders came in: the longest wait in ")
    warnings = [text for endpoint, text in heard.texts if endpoint == "8101"]
    assert warnings[0] == "break may be called in soon: the longest wait in broadband is 28 s (30 s brings them)."
    queue, event, data = heard.entries[0]
    assert (queue, event, data[:3]) == ("broadband", "IVRCTLTIERIN", ("break", "hotline", "trigger"))
    assert data[4].startswith("break came in: the longest wait in broadband was ")
    assert next(entry["happened"] for entry in logged if "happened" in entry).startswith("break came in: ")
    assert next(entry["near"] for entry in logged if "near" in entry).startswith("break may be called in soon: ")


async def test_who_only_advises_calls_nobody(office: Office, heard: Heard) -> None:
    """People are told when somebody has the plan carried out; the log has it at once."""
    office.policies = {"hotline": replace(BY_WAIT, mode=Mode.ADVISE)}
    office.tell = heard.told
    async with office.open() as loop:
        office.calls(waited=70)
        await office.passes(4 * MINUTE)
        await heard.all()
        assert {endpoint for endpoint, _ in heard.texts} == {"8101"}
        assert heard.entries != []
        await loop.apply(office.policies["hotline"])
        await heard.all()
        assert {"8201", "8202"} <= {endpoint for endpoint, _ in heard.texts}


async def test_a_promise_that_is_about_to_break_and_breaks_is_told_once_each(office: Office, heard: Heard) -> None:
    """With how long he has waited in all queues of his call; within a minute another caller's is no text more."""
    recent = RecentStays()
    for number in ("1.0", "1.1"):
        recent.take(
            Stay("broadband", number, "", "", "", NINE, is_joined_exactly=True, position=1, chain=1, tier="gold")
        )
    policies = {"hotline": replace(BY_WAIT, warn=Warn(0.8, "8101"))}
    parts = PromiseParts(
        scene=lambda: Scene(office.picture, recent, ExpectedWaits(), office.now, {"gold": timedelta(seconds=30)}),
        policies=lambda: policies,
        heads_up=heard.heads_up,
        errands=heard.errands,
        log=structlog.get_logger(),
        pause=office._pause,
        on_fault=heard.troubles.append,
    )
    watch = PromiseWatch(parts)
    office.calls()
    with capture_logs() as logged:
        for second in range(40):
            office.now = NINE + second * SECOND
            watch.look()
        office.calls(waited=39)
        watch.look()
    await heard.all()
    assert watch.counts == {("gold", "near"): 1, ("gold", "broken"): 2}
    told = [entry["alarm"] for entry in logged]
    assert (
        told[0] == "a caller of the tier gold has waited 24 s, now in broadband, and is promised an answer within 30 s"
    )
    assert told[1].endswith("has waited 31 s, now in broadband, and was promised an answer within 30 s")
    assert [text[:44] for _, text in heard.texts] == [
        "A caller of the tier gold has waited 24 s, n",
        "A caller of the tier gold has waited 31 s, n",
    ]


async def test_while_nothing_is_seen_no_promise_is_told_of(office: Office, heard: Heard) -> None:
    """He may be answered already."""
    recent = RecentStays()
    recent.take(Stay("broadband", "1.0", "", "", "", NINE, is_joined_exactly=True, position=1, tier="gold"))
    office.calls(waited=60)
    office.blind = "the connection is lost"
    scene = Scene(office.picture, recent, ExpectedWaits(), office.now, {"gold": timedelta(seconds=30)})
    parts = PromiseParts(
        lambda: scene, dict, heard.heads_up, heard.errands, structlog.get_logger(), office._pause, heard.troubles.append
    )
    watch = PromiseWatch(parts)
    watch.look()
    assert not watch.counts


async def test_who_pauses_while_the_tier_is_in_is_asked_and_that_is_kept(office: Office, heard: Heard) -> None:
    """By what holds then; the decision has an id, though no tier came or went."""
    office.policies = {"hotline": BY_WAIT}
    office.tell = heard.told
    keeper = office.keeper()
    with capture_logs() as logged:
        async with office.open(office.loop(keeper)):
            office.calls()
            await office.passes(4 * MINUTE)
            office.sign_on("PJSIP/8102", is_paused=True, pause_reason="break")
            await office.passes(MINUTE)
            kept = (await keeper.history(2))[1]
    await heard.all()
    asked = [text for endpoint, text in heard.texts if endpoint == "8102"]
    assert len(asked) == 1
    assert "break asks to end a pause: PJSIP/8102" in [line.get("happened") for line in logged]
    assert asked[0].startswith("Please end your pause, callers wait in broadband, mobile-data: break still in: ")
    assert kept.plan["asked"] == ["PJSIP/8102"]
    assert not any(reason.is_change for reason in kept.reasons)
