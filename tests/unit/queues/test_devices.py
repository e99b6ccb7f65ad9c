"""Who is available for backup, and whether his phone is there."""

from __future__ import annotations

import pytest

from ivrctl.acd.picture import DeviceState
from ivrctl.adapters.ami import Lost, Opened
from ivrctl.adapters.ami.queue_actions import QueueActionRefusedError
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.testkit.fake_ami import event

from .scripted import Scripted, ScriptedLink


async def test_who_is_available_for_backup_is_known_from_the_first_reading() -> None:
    """Before it nobody knows; other devices that the dialplan keeps are none of ours."""
    it = Scripted()
    it.pbx.backup("8103", is_available=True)
    it.pbx.backup("8104", is_available=False)
    it.pbx.devices |= {"Custom:DND8105": "INUSE", "PJSIP/8103": "NOT_INUSE"}
    async with it:
        assert it.observer.picture.backup is None
        await it.tell(Opened())
        assert it.observer.picture.backup == {"8103"}
        assert it.observer.picture.devices == {"PJSIP/8103": DeviceState.NOT_INUSE}


async def test_who_becomes_available_is_seen_at_once_with_his_phone() -> None:
    """And who is so no more; whatever else changes its state is nobody."""
    async with Scripted() as it:
        it.pbx.devices["PJSIP/8103"] = "UNAVAILABLE"
        await it.tell(Opened(), it.pbx.backup("8103", is_available=True))
        assert it.observer.picture.backup == {"8103"}
        assert it.observer.picture.device("PJSIP/8103") is DeviceState.UNAVAILABLE
        await it.tell(event("DeviceStateChange", Device="PJSIP/8104", State="INUSE"))
        assert it.observer.picture.backup == {"8103"}
        await it.tell(it.pbx.backup("8103", is_available=False))
        assert it.observer.picture.backup == frozenset()
        assert it.observer.counts.readings == 1


async def test_of_an_agent_in_a_queue_the_queue_tells() -> None:
    """His phone is asked for when he leaves his last one; of somebody who is not available nobody asks."""
    async with Scripted() as it:
        it.pbx.devices |= {"PJSIP/8101": "INUSE", "PJSIP/8102": "INUSE"}
        await it.tell(Opened(), it.pbx.sign_on("PJSIP/8102"), it.pbx.backup("8101", is_available=True))
        assert (it.observer.picture.devices, "Getvar" in it.link.asked) == ({}, False)
        assert it.observer.picture.device("PJSIP/8101") is DeviceState.NOT_INUSE
        await it.tell(it.pbx.sign_off("PJSIP/8101"), it.pbx.sign_off("PJSIP/8102"))
        assert it.observer.picture.devices == {"PJSIP/8101": DeviceState.INUSE}
        assert it.observer.picture.device("PJSIP/8102") is None


async def test_phones_are_asked_for_behind_each_reading_and_when_somebody_wants_to_know() -> None:
    """Between them nobody tells."""
    async with Scripted() as it:
        it.pbx.devices["PJSIP/8103"] = "NOT_INUSE"
        await it.tell(Opened(), it.pbx.backup("8103", is_available=True))
        it.pbx.devices["PJSIP/8103"] = "UNAVAILABLE"
        assert it.observer.picture.devices == {"PJSIP/8103": DeviceState.NOT_INUSE}
        await it.observer.ask_devices()
        assert it.observer.picture.devices == {"PJSIP/8103": DeviceState.UNAVAILABLE}
        it.pbx.devices["PJSIP/8103"] = "NOT_INUSE"
        await it.minutes()
        assert it.observer.picture.devices == {"PJSIP/8103": DeviceState.NOT_INUSE}


async def test_who_is_available_is_right_again_after_sight_was_lost() -> None:
    """With all that changed meanwhile."""
    async with Scripted() as it:
        it.pbx.devices |= {"PJSIP/8103": "NOT_INUSE", "PJSIP/8104": "NOT_INUSE"}
        await it.tell(Opened(), it.pbx.backup("8103", is_available=True))
        await it.tell(Lost("cut"))
        it.pbx.backup("8103", is_available=False)
        it.pbx.backup("8104", is_available=True)
        assert not it.observer.picture.is_known
        await it.tell(Opened())
        assert it.observer.picture.backup == {"8104"}
        assert it.observer.picture.devices == {"PJSIP/8104": DeviceState.NOT_INUSE}


async def test_an_agent_whom_the_site_does_not_know_has_no_phone() -> None:
    """He is one of another site, or was taken out of the file."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.backup("9999", is_available=True))
        await it.minutes()
        assert (it.observer.picture.backup, it.observer.picture.devices) == ({"9999"}, {})


@pytest.mark.parametrize("refused", ["DBGetTree", "Getvar"])
async def test_what_asterisk_refuses_to_say_is_not_known(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queues are seen all the same."""
    asked = ScriptedLink.ask

    async def ask(link: ScriptedLink, action: Action) -> Answer:
        if action.name == refused:
            raise QueueActionRefusedError(action.name, "Permission denied")
        return await asked(link, action)

    monkeypatch.setattr(ScriptedLink, "ask", ask)
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.backup("8103", is_available=True))
        await it.minutes()
        assert it.observer.picture.is_known
        assert it.observer.picture.backup == (None if refused == "DBGetTree" else {"8103"})
        assert it.observer.picture.devices == {}
