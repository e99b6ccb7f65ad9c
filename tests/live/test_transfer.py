"""An agent's blind transfer brings the caller into a line anew, with what is known of him."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.lines import PERSON, QUEUE, TARGET, copy_site
from ivrctl.testkit.survival.people import signed_on
from ivrctl.testkit.survival.serving import serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = Path(__file__).parents[2] / "flows"


async def test_a_blind_transfer_runs_the_line_from_its_start_with_the_callers_fields(pbx: Pbx, tmp_path: Path) -> None:
    """A new leg of the same channel: the former one is recorded as served, the call fields go with the caller."""
    site = copy_site(SITE, tmp_path / "site")
    build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(site), "--pbx", pbx.name]
    subprocess.run(build, check=True, capture_output=True)  # noqa: ASYNC221 - before anything runs on the loop
    async with (
        serving(site, tmp_path, pbx, ask) as served,
        Softphone.caller(pbx, "13933330001", folder=tmp_path / "caller") as caller,
        Softphone.agent(pbx, "8101", folder=tmp_path / "agent") as agent,
        signed_on(pbx, QUEUE, "8101"),
    ):
        await caller.dial(PERSON)
        await agent.until(PhoneEvent.INCOMING, within=20)
        await agent.accept()
        await agent.until(PhoneEvent.ESTABLISHED, within=5)
        # Asterisk refuses a transfer of who is answered and not connected to the caller yet.
        await served.until(lambda: served.ask(f"/queues/{QUEUE}")["queue"]["talking"], "they talk", within=5)
        await agent.transfer(TARGET)
        await caller.until(PhoneEvent.CLOSED, within=20)
        await served.until(lambda: len(served.records()) == 2, "both legs are recorded", within=10)
        last, former = served.records()
        assert (former["line"], former["ending"], former["reason"]) == (PERSON, "served", f"transferred to {TARGET}")
        assert (last["line"], last["ending"], last["path"]) == (TARGET, "served", ["survival/target"])
        assert last["uniqueid"] == former["uniqueid"]
        assert last["leg"] != former["leg"]
        assert last["fields"] == former["fields"] == {"subject": "broadband"}
        assert last["caller"] == former["caller"] == "+8613933330001"
        assert served.ask("/status")["status"]["open_legs"] == 0
