"""The region of the calling number decides whose phone rings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.softphone import PhoneEvent
from ivrctl.testkit.survival.people import signed_on
from ivrctl.testkit.survival.serving import serving
from ivrctl.web.client import ask

if TYPE_CHECKING:
    from tests.live.conftest import Phones

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = """\
site: regions
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
queues: {vip: {}, broadband: {}}
regions:
  shanghai:  {places: [上海市]}
  guangdong: {places: [广东省]}
"""
FLOW = """\
title: A desk for each region
lines: {"7201": start}
steps:
  start:
    - queue: {name: vip, wait: 60s}
      when: '"shanghai" in caller.regions'
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    - queue: {name: broadband, wait: 60s}
      when: '"guangdong" in caller.regions'
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    - hangup: unserved
"""
SHANGHAI, GUANGDONG = "13816001234", "02087654321"


async def test_callers_of_two_regions_reach_different_agents(phones: Phones, pbx: Pbx, tmp_path: Path) -> None:
    """A mobile from Shanghai and a landline from Guangzhou dial one line; the record of each has his region."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "desk.ivr.yaml").write_text(FLOW)
    async with (
        serving(site, tmp_path, pbx, ask) as served,
        signed_on(pbx, "vip", "8101"),
        signed_on(pbx, "broadband", "8102"),
    ):
        of_shanghai, of_guangdong = await phones.agent("8101"), await phones.agent("8102")
        for number, agent, other in (
            (SHANGHAI, of_shanghai, of_guangdong),
            (GUANGDONG, of_guangdong, of_shanghai),
        ):
            caller = await phones.caller(number)
            await caller.dial("7201")
            await agent.until(PhoneEvent.INCOMING, within=10)
            await agent.accept()
            await caller.until(PhoneEvent.HEARING, within=5)
            assert not other.is_in_call
            await agent.hang_up()
            await caller.until(PhoneEvent.CLOSED, within=10)
        await served.until(lambda: len(served.records()) == 2, "both calls are recorded", within=10)
        second, first = served.records()
    assert (first["caller"], first["regions"]) == ("+8613816001234", ["shanghai"])
    assert (second["caller"], second["regions"]) == ("+862087654321", ["guangdong"])
    assert [record["waits"][0]["queue"] for record in (first, second)] == ["vip", "broadband"]
    assert [record["ending"] for record in (first, second)] == ["served", "served"]
