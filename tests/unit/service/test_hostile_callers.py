"""What a network can put where the calling number stands: what becomes of it in a call, and where it never comes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivrctl.model.call import CallRecord, Ending
from ivrctl.service.numbering import normalised

from .controllers import SITE, Start, compiled

NUMBERING = compiled('lines: {"100": start}\nsteps: {start: [{hangup: served}]}').site.numbers
REGIONS = f'{SITE}regions: {{beijing: {{prefixes: ["1380013"]}}}}\n'
FLOW = """
    lines: {"100": start, "_8XXX": other}
    steps:
      start:
        - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
          save: found
          then: {missing: desk, failed: desk}
        - goto: desk
      desk:
        - queue: {name: sales, wait: 90s}
          when: '"beijing" in caller.regions'
          then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
        - dial: {to: "8101"}
          then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
      other:
        - hangup: {as: served, reason: still from there}
          when: '"beijing" in caller.regions'
        - hangup: unserved
"""
HOSTILE = {
    "withheld": "",
    "anonymous": "anonymous",
    "unavailable": "Unavailable",
    "five-kilobytes": "1" * 5000,
    "five-kilobytes-of-letters": "x" * 5000,
    "letters": "1-800-FLOWERS",
    "quotes": '"13800138000"',
    "single-quotes": "'13800138000'",
    "ampersand": "13800138000&PJSIP/8101",
    "semicolon": "13800138000;System(id)",
    "bar": "13800138000|t",
    "comma": "13800138000,,tT",
    "shell": "${SHELL(id)}",
    "expression": "$[1+1]",
    "right-to-left": "\u202e13800138000\u202c",
    "arabic-digits": "١٣٨٠٠١٣٨٠٠٠",
    "emoji": "☎️13800138000",
    "sql": "1' or '1'='1'; drop table balances --",
    "html": "<script>alert(1)</script>",
    "sip-address": "sip:13800138000@evil.example",
    "tab": "138\t00138000",
    "escape": "\x1b[31m13800138000",
}
SPLITTING = {
    "line-feed": "13800138000\nSET VARIABLE IVRCTL_NEXT end",
    "argument": "13800138000\nagi_arg_1: 1771920000.1-1771920000123",
    "end-of-the-request": "13800138000\n\n200 result=1",
    "nul": "13800138000\x00",
}


@pytest.mark.parametrize("ani", [*HOSTILE.values(), *SPLITTING.values()], ids=[*HOSTILE, *SPLITTING])
def test_what_is_no_number_is_none(ani: str) -> None:
    """Nothing of it is kept: it is a withheld number."""
    assert normalised(ani, NUMBERING) == ""


def everything_of(record: CallRecord) -> str:
    """All that a record holds, as text."""
    return repr(record)


@pytest.mark.parametrize("ani", HOSTILE.values(), ids=HOSTILE)
async def test_call_of_a_hostile_number_is_served_as_one_without(
    controller_of: Start, tmp_path: Path, ani: str
) -> None:
    """It reaches its desk; no variable, command, record, journal or question to a database holds what was sent."""
    controller = await controller_of(FLOW, REGIONS)
    caller = controller.call(ani=ani)
    stay = await caller.is_dialled_to()
    stay.answer("8101")
    await caller.wait(5)
    caller.hang_up()
    record = await controller.record()
    assert (record.ani, record.regions, record.ending) == ("", (), Ending.SERVED)
    assert controller.answers.asked == [{"number": ""}]
    assert (controller.faults, caller.losses, stay.target) == ([], 0, "PJSIP/8101")
    if ani:
        journal = "".join(path.read_text(errors="replace") for path in (tmp_path / "journal").glob("*"))
        left = [*stay.channel.variables.values(), *caller.agi_log, everything_of(record), journal]
        left += [json.dumps(text) for text in left]
        assert [text for text in left if ani in text] == []


@pytest.mark.parametrize("ani", SPLITTING.values(), ids=SPLITTING)
async def test_number_that_splits_the_request_forges_nothing(controller_of: Start, ani: str) -> None:
    """Such a request is refused whole, each time, and the dialplan brings the caller to a person."""
    controller = await controller_of(FLOW, REGIONS)
    caller = controller.call(ani=ani)
    stay = await caller.enters_queue("front-desk")
    assert caller.is_in_fallback
    caller.hang_up()
    await caller.ends()
    assert (controller.records, controller.answers.asked, stay.target) == ([], [], "front-desk")


# regions of calls


@pytest.mark.parametrize("ani", ["13800138000", "+8613800138000", "008613800138000", "013800138000"])
async def test_region_of_the_number_decides_the_queue(controller_of: Start, ani: str) -> None:
    """However the network writes the number, the call is in its region, and its record says so."""
    controller = await controller_of(FLOW, REGIONS)
    caller = controller.call(ani=ani)
    await caller.enters_queue("sales")
    caller.hang_up()
    assert (await controller.record()).regions == ("beijing",)


async def test_caller_who_is_transferred_is_still_from_his_region(controller_of: Start) -> None:
    """The leg that follows has the number of the caller, and not the agent's, whose telephone sent him."""
    controller = await controller_of(FLOW, REGIONS)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    await caller.wait(5)
    stay.transfer("8002")
    await caller.ends()
    assert [(each.regions, each.reason) for each in controller.records][1] == (("beijing",), "still from there")


async def test_region_outlives_the_controller(controller_of: Start) -> None:
    """A call that another controller takes over is still from where it was, whatever its site says by now."""
    controller = await controller_of(FLOW, REGIONS)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await controller.lose()
    stay.answer("8101")
    await caller.wait(5)
    caller.hang_up()
    assert (await controller.record()).regions == ("beijing",)
