"""Calls that are spread progressively, on a real Asterisk: who is answered first, whose phone rings, who helps when."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, credentials, down, up
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.adapters.site_folder import read_site
from ivrctl.service.compiling import compile_spoken
from ivrctl.testkit.signal_phone import SignalCall, SignalPhones
from ivrctl.testkit.survival.people import signed_on
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("spread"), pytest.mark.timeout(180)]

SITE = Path(__file__).parents[1] / "sites" / "spread-progressively"
LINE, SIGN_ON = "10086", "*81"
TOO_LONG = 3.0
"""Seconds, of the setting that has two minutes on the site."""
TWO_CITIES, FOUR_CITIES, ALL_CITIES, HELPER = "8101", "8102", "8105", "8106"
ORDINARY = tuple(f"05718765432{number}" for number in range(6))
HIGH = ("057187654328", "057187654329")
"""All of them call from Hangzhou."""
CALLERS = (*ORDINARY, *HIGH)
CUSTOMERS = "customer,tier,numbers\n" + "".join(
    f"C-{number},{tier},{number}\n" for tier, numbers in (("ordinary", ORDINARY), ("high", HIGH)) for number in numbers
)


@dataclass
class Desk:
    """Agents' phones: each keeps what rings until the test looks."""

    phones: SignalPhones
    ringing: dict[str, asyncio.Queue[SignalCall]] = field(default_factory=dict)
    talks: list[SignalCall] = field(default_factory=list)

    async def opens(self, pbx: Pbx, *agents: str) -> None:
        """The agents sign on by what they dial; the helper's phone is there."""
        passwords = credentials(pbx).agents
        for number in (*agents, HELPER):
            phone = await self.phones.agent(number, passwords[number])
            rung = self.ringing[number] = asyncio.Queue()
            phone.on_call = rung.put_nowait
            if number != HELPER:
                await phone.dial(SIGN_ON).until_over(20)

    async def answers(self, agent: str, caller: str) -> SignalCall:
        """The agent's phone rings for this caller, no other phone has rung meanwhile, and he answers."""
        async with Deadline(15):
            call = await self.ringing[agent].get()
        assert call.number == caller, f"{agent} was rung for {call.number}"
        assert [number for number, rung in self.ringing.items() if not rung.empty()] == []
        call.accept()
        self.talks.append(call)
        return call

    def closes(self) -> None:
        """Everybody hangs up."""
        for talk in self.talks:
            talk.hang_up()

    def calls(self, caller: str) -> SignalCall:
        """Somebody calls."""
        return self.phones.caller(caller).dial(LINE)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site, with times of seconds."""
    folder = tmp_path / "site"
    shutil.copytree(SITE, folder)
    file = folder / "ivrctl.yaml"
    file.write_text(file.read_text().replace("too_long: 2m", f"too_long: {TOO_LONG:g}s"))
    return folder


@contextmanager
def pbx_with_queues_of(site: Path, folder: Path) -> Iterator[Pbx]:
    """A development PBX that has the queues and the agents of a site."""
    program, findings = compile_spoken(read_site(site))
    assert program is not None, findings.items
    configuration = folder / "asterisk-conf"
    shutil.copytree(configuration_source(), configuration)
    queues = configuration / "queues.conf"
    settings, _, _ = queues.read_text().partition("[vip](desk)")
    names = (*program.site.queues, "front-desk")
    queues.write_text(settings + "".join(f"[{name}](desk)\n" for name in names))
    name = f"spread-{os.getpid()}"
    pbx = up(name, agi=(LOOPBACK, free_tcp_port(11_000 + os.getpid() % 20_000)), configuration=configuration)
    try:
        for command in (("prompts", "build", str(site)), ("agents", "dialplan", "--site", str(site))):
            subprocess.run([sys.executable, "-m", "ivrctl", *command, "--pbx", name], check=True, capture_output=True)
        yield pbx
    finally:
        down(name)
        shutil.rmtree(pbx.folder)


def take_customers(site: Path, served: Serving, folder: Path) -> None:
    """The directory of customers is the site's own."""
    file = folder / "customers.csv"
    file.write_text(CUSTOMERS)
    command = ["customers", "import", str(file), "--site", str(site), "--state", str(served.state.path)]
    subprocess.run([sys.executable, "-m", "ivrctl", *command], check=True, capture_output=True)


def hangzhou(served: Serving) -> dict[str, Any]:
    """The queue of the city, as the controller sees it."""
    queue: dict[str, Any] = served.ask("/queues/hangzhou")["queue"]
    return queue


async def until_waiting(served: Serving, *callers: str) -> None:
    """Return when these wait in the city's queue, in this order."""

    def numbers() -> list[str]:
        return [each["number"] for each in sorted(hangzhou(served)["callers"], key=lambda each: int(each["position"]))]

    await served.until(lambda: numbers() == list(callers), "they wait")


async def test_priority_penalties_and_overflow_hold(site: Path, tmp_path: Path) -> None:
    """The narrowest free agent is rung, high-value callers are answered first, the partner helps meanwhile."""
    first, second, third, waits, sent_on, after = ORDINARY
    high, stays = HIGH
    with pbx_with_queues_of(site, tmp_path) as pbx:
        async with (
            serving(site, tmp_path, pbx, ask) as served,
            SignalPhones.opened(pbx) as phones,
            signed_on(pbx, "partner", HELPER),
        ):
            take_customers(site, served, tmp_path)
            desk = Desk(phones)
            await desk.opens(pbx, ALL_CITIES, FOUR_CITIES, TWO_CITIES)
            signed = {f"PJSIP/{TWO_CITIES}": 0, f"PJSIP/{FOUR_CITIES}": 1, f"PJSIP/{ALL_CITIES}": 4}
            await served.until(lambda: penalties(served) == signed, "three have signed on, with their penalties")

            # Who serves few cities is rung before who serves many, whoever signed on first.
            desk.calls(first)
            talk_of_two = await desk.answers(TWO_CITIES, first)
            desk.calls(second)
            talk_of_four = await desk.answers(FOUR_CITIES, second)
            desk.calls(third)
            talk_of_all = await desk.answers(ALL_CITIES, third)

            # All of them talk: callers wait, the high-value one before the one who came earlier.
            desk.calls(waits)
            await until_waiting(served, waits)
            desk.calls(high)
            await until_waiting(served, high, waits)

            # The overflow begins: whoever comes now is the partner's, unless he is high-value.
            await served.until(lambda: hangzhou(served)["longest_wait"] > TOO_LONG, "somebody waits too long")
            desk.calls(sent_on)
            await desk.answers(HELPER, sent_on)
            desk.calls(stays)
            await until_waiting(served, high, stays, waits)

            # Whoever is free answers by priority, and then by who came first.
            talk_of_two.hang_up()
            await desk.answers(TWO_CITIES, high)
            talk_of_four.hang_up()
            await desk.answers(FOUR_CITIES, stays)
            talk_of_all.hang_up()
            last = await desk.answers(ALL_CITIES, waits)

            # The overflow has ended with the last long wait.
            await until_waiting(served)
            last.hang_up()
            desk.calls(after)
            await desk.answers(ALL_CITIES, after)
            desk.closes()
            await served.until(lambda: len(served.records()) == len(CALLERS), "all calls are recorded")
            waited = {record["caller"]: waits_of(record) for record in served.records()}
            promises = await asyncio.to_thread(promises_of, site, served)
    joined = {caller: tuple(waited[f"+86{caller[1:]}"]) for caller in CALLERS}
    assert joined == {
        **dict.fromkeys((first, second, third, waits, after), (("hangzhou", 0),)),
        **dict.fromkeys(HIGH, (("hangzhou", 10),)),
        sent_on: (("partner", 0),),
    }
    assert promises == {"ordinary": (6, 6), "high": (2, 2)}


def waits_of(record: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The queues in which a call waited, with its priority in each."""
    return [(wait["queue"], wait["priority"]) for wait in record["waits"]]


def promises_of(site: Path, served: Serving) -> dict[str, tuple[int, int]]:
    """By tier how many calls were promised an answer in time, and how many of these promises were kept."""
    command = ["kpi", "show", "--site", str(site), "--state", str(served.state.path), "--json"]
    ran = subprocess.run([sys.executable, "-m", "ivrctl", *command], check=True, capture_output=True)
    rows = json.loads(ran.stdout)["calls"]["promises"]
    return {row["tier"]: (row["promised"], row["kept"]) for row in rows if row["tier"]}


def penalties(served: Serving) -> dict[str, int]:
    """Of the members of the city's queue, by interface."""
    return {each["interface"]: each["penalty"] for each in hangzhou(served)["members"]}
