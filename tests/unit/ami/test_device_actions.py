from __future__ import annotations

import pytest

from ivrctl.adapters.ami.device_actions import custom_devices, device_state
from ivrctl.adapters.ami.queue_actions import QueueActionRefusedError
from ivrctl.ami.answer import Answer
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Event, Response

from .test_queue_actions import Scripted, error


def tree(*entries: tuple[str, str], items: int) -> Scripted:
    closing = Event((("Event", "DBGetTreeComplete"), ("EventList", "Complete"), ("ListItems", str(items))))
    told = tuple(Event((("Event", "DBGetTreeResponse"), ("Key", key), ("Val", value))) for key, value in entries)
    return Scripted(Answer(Response((("Response", "Success"), ("EventList", "start"))), told, closing))


def value(word: str) -> Scripted:
    return Scripted(Answer(Response((("Response", "Success"), ("Variable", "x"), ("Value", word)))))


async def test_what_the_dialplan_keeps_is_read_by_name() -> None:
    """Without the family that it lies in."""
    entries = ("/CustomDevstate/ivrctl-backup-8101", "INUSE"), ("/CustomDevstate/DND/x", "NOT_INUSE")
    ami = tree(*entries, items=2)
    assert await custom_devices(ami) == {"ivrctl-backup-8101": "INUSE", "DND/x": "NOT_INUSE"}
    assert [(action.name, dict(action.headers)) for action in ami.asked] == [
        ("DBGetTree", {"Family": "CustomDevstate"})
    ]


async def test_a_list_that_was_cut_is_none() -> None:
    """Who is missing in it would be taken for not available."""
    with pytest.raises(QueueActionRefusedError, match="cut after 1 entries"):
        await custom_devices(tree(("/CustomDevstate/x", "INUSE"), items=2))


@pytest.mark.parametrize(
    ("device", "asked"),
    [("PJSIP/8101", "DEVICE_STATE(PJSIP/8101)"), ("hint:5001@ext-local", "EXTENSION_STATE(5001@ext-local)")],
)
async def test_a_phone_is_asked_for_by_the_function_that_knows_it(device: str, asked: str) -> None:
    """A hint is no device to Asterisk."""
    ami = value("NOT_INUSE")
    assert await device_state(ami, device) == "NOT_INUSE"
    assert [(action.name, dict(action.headers)) for action in ami.asked] == [("Getvar", {"Variable": asked})]


async def test_what_is_no_device_is_not_asked_for() -> None:
    """Asterisk would have a word for it all the same."""
    ami = value("INVALID")
    with pytest.raises(LocalProtocolError):
        await device_state(ami, "8101)")
    assert ami.asked == []


async def test_a_refusal_is_told() -> None:
    """Such as a missing right."""
    with pytest.raises(QueueActionRefusedError, match="Permission denied"):
        await device_state(error("Permission denied"), "PJSIP/8101")
