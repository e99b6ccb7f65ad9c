"""What a controller survives that an operator does to its folders, and what it writes down of whom it does not take."""

from __future__ import annotations

import asyncio
import shutil
import time

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.model.call import Ending

from .conftest import SITE, Whole


async def test_state_folder_that_is_cleared_ends_no_controller(whole: Whole) -> None:
    """Looking for legs left behind and taking a version go on; both folders are there again when they are needed."""
    shutil.rmtree(whole.state)
    whole.controller.hand_in_left_behind()
    whole.controller.journal.record("1.0-1", {})
    await whole.controller.took_version()
    assert [leg.leg for leg in whole.controller.journal.open_legs()] == ["1.0-1"]
    assert whole.controller.journal.find("1.0-1") == {}


async def test_position_that_cannot_be_read_is_told_once(whole: Whole) -> None:
    """Such a leg stays for the release that wrote it, and does not fill the log meanwhile."""
    line = f'{{"leg":"1.0-2","n":1,"t":{time.time():.3f},"at":{{}}}}\n'
    (whole.state / "journal" / "1-1.jsonl").write_text(line)
    whole.controller.hand_in_left_behind()
    whole.controller.hand_in_left_behind()
    assert [entry["leg"] for entry in whole.logged if entry["event"] == "fault"] == ["1.0-2"]
    assert whole.controller.journal.find("1.0-2") == {}


async def test_prompts_that_cannot_be_written_end_no_controller(whole: Whole) -> None:
    """A folder of prompts that refuses is told, and calls go on with what there is."""
    shutil.rmtree(whole.prompts)
    whole.prompts.write_text("not a folder")
    await whole.controller.build_prompts()
    assert [entry["event"] for entry in whole.logged if "fault" in entry] == ["prompts"]


async def test_store_that_the_site_names_later_is_told(whole: Whole) -> None:
    """Records go on to where they went: the next controller takes the other store."""
    with (whole.folder / "site" / "ivrctl.yaml").open("a") as site:
        site.write('store: {url: "sqlite:calls.sqlite"}\n')
    assert whole.controller.versions.reload_if_changed()
    await whole.controller.took_version()
    assert [entry["trouble"] for entry in whole.logged if entry["event"] == "call store"] == [
        "the site names another store: the next controller takes it (SIGHUP)"
    ]


async def test_lookups_of_a_version_that_no_call_needs_are_closed(whole: Whole) -> None:
    """A site that is edited for a year keeps no connection of its former versions."""
    before = whole.controller.versions.current.version
    with (whole.folder / "site" / "ivrctl.yaml").open("a") as site:
        site.write("settings: {another: 1}\n")
    assert whole.controller.versions.reload_if_changed()
    await whole.controller.took_version()
    assert set(whole.controller._lookups_of) == {whole.controller.versions.current.version} != {before}


async def test_who_knows_the_callers_of_a_version_that_no_call_needs_is_let_go(whole: Whole) -> None:
    """Each edit of a site would leave two threads and a whole version behind otherwise, for months."""
    pins = []
    for edit in range(3):
        site = f"{SITE}settings: {{edit: {edit}}}\npepper: {{file: pepper}}\n"
        (whole.folder / "site" / "pepper").write_text("p3pper-that-nobody-guesses")
        (whole.folder / "site" / "ivrctl.yaml").write_text(site)
        assert not whole.controller.versions.reload().has_errors
        await whole.controller.took_version()
        program = whole.controller.versions.current
        whole.controller._answers(program)
        pins.append(whole.controller.known_callers._known[program.version].secrets.pins())
        assert await pins[-1].hash("271828")
    assert [pin._threads._shutdown for pin in pins] == [True, True, False]
    assert list(whole.controller.known_callers._known) == [program.version]


async def test_controller_that_serves_names_its_address(whole: Whole) -> None:
    """In the log stands where Asterisk finds it."""
    [serving] = [entry for entry in whole.logged if entry["event"] == "serving"]
    assert serving["agi"] == whole.controller.server.address
    assert str(serving["agi"]).startswith("127.0.0.1:")


LEG = "1.0-1795336241799"


async def _is_refused(whole: Whole, ani: str) -> None:
    """Call a controller that is leaving, and take note of the refusal as the dialplan does."""
    whole.controller.server.refusing = True
    address = str(whole.controller.server.address).rpartition(":")
    reader, writer = await asyncio.open_connection(address[0], int(address[2]))
    lines = ["request: agi://h/leg", "network_script: leg", "channel: PJSIP/1", "uniqueid: 1.0", f"callerid: {ani}"]
    lines += ["extension: 100", f"arg_1: {LEG}", "arg_2: start"]
    writer.write("".join(f"agi_{line}\n" for line in lines).encode() + b"\n")
    async with Deadline(5):
        assert b"fallback" in await reader.readline()
        writer.write(b"200 result=1\n")
        assert await reader.read() == b""
    writer.close()
    await whole.controller.store.flushed()


async def test_refused_call_is_in_the_store_with_its_reason(whole: Whole) -> None:
    """The controller that leaves writes down whom it did not take, and says so in its log."""
    await _is_refused(whole, "13800138000")
    record = await whole.controller.store.get(LEG)
    assert record is not None
    assert (record.ending, record.reason) == (Ending.FALLBACK, "the controller is leaving")
    assert whole.controller.journal.find(LEG) is None
    refused = [entry for entry in whole.logged if entry["event"] == "refused"]
    assert [(entry["caller"], entry["reason"]) for entry in refused] == [
        ("+8613800138000", "the controller is leaving")
    ]


@pytest.mark.parametrize(
    "ani",
    ["\x1b[2J13800138000", "\u202e13800138000", "☎13800138000", "1" * 5000, "<b>1</b>", "${SHELL(id)}", "1' or 1=1 --"],
    ids=["terminal", "right-to-left", "emoji", "five-kilobytes", "html", "shell", "sql"],
)
async def test_what_is_no_number_stands_nowhere_when_its_call_is_refused(whole: Whole, ani: str) -> None:
    """Neither in the log nor in the record, which say that nobody gave a number; nor in a file of the state folder."""
    await _is_refused(whole, ani)
    record = await whole.controller.store.get(LEG)
    assert record is not None
    assert (record.ani, record.regions) == ("", ())
    assert [entry["caller"] for entry in whole.logged if entry["event"] == "refused"] == [""]
    assert ani not in repr(record)
    assert [str(path) for path in whole.state.rglob("*") if path.is_file() and ani.encode() in path.read_bytes()] == []
