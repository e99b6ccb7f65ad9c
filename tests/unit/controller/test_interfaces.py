"""What a controller tells of the site's interfaces: in its log, and by ``ivrctl status``."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from ivrctl.cli.commands.operate import status
from ivrctl.flow.commands import LookUp, LookupFailed
from ivrctl.model.utterance import Utterance
from ivrctl.service.answering import Asker
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.testkit.interface_server import InterfaceServer
from ivrctl.web.server import start_api

from .conftest import SITE, Whole

ROUTE = """
lookups:
  route: {http: crm, path: "/good/{number}", params: {number: phone}, returns: {command: text}}
"""


async def serve(whole: Whole, interface: str) -> None:
    """Serve a site with an interface."""
    (whole.folder / "site" / "ivrctl.yaml").write_text(f"{SITE}{interface}{ROUTE}")
    assert not whole.controller.versions.reload().has_errors
    await whole.controller.took_version()


async def fail(whole: Whole, times: int) -> None:
    """So many questions of flows fail."""
    question = LookUp("route", {"number": "+8613800138000"}, timedelta(seconds=5), Utterance("", ()))
    answers = whole.controller._answers(whole.controller.versions.current)
    for _ in range(times):
        assert isinstance(await answers.answer(question, Asker("1.0-1", "", "100")), LookupFailed)


async def test_interface_that_is_asked_no_more_is_told(whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    """Once in the log, and by status for as long as it lasts."""
    async with InterfaceServer() as server:
        server.always = "error"
        await serve(whole, f'http: {{crm: {{url: "{server.url}"}}}}')
        assert whole.controller.status()["interfaces"]["crm"]["state"] == "closed"
        await fail(whole, 7)
    told = [entry["trouble"] for entry in whole.logged if entry["event"] == "interface"]
    assert told == ["crm is not asked for 10 s: it answered with the status 500"]
    runner = await start_api(whole.controller, listen_unix(whole.state / "api.sock"))
    try:
        await asyncio.to_thread(status, None, whole.state, as_json=False)
    finally:
        await runner.cleanup()
    assert "interface crm    not asked for " in capsys.readouterr().out


async def test_interface_that_cannot_be_asked_is_told_when_its_site_is_taken(whole: Whole) -> None:
    """Before the first call: a variable that is not set would fail all of them."""
    await serve(whole, "http: {crm: {url: {env: CRM_URL}}}")
    told = [entry["fault"] for entry in whole.logged if entry["event"] == "lookups"]
    assert told == ['the interface "crm": the environment variable CRM_URL is not set; export CRM_URL=…']
    await fail(whole, 1)
    assert whole.controller.status()["interfaces"]["crm"]["faults"] == 0
