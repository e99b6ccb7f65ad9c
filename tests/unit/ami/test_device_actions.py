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


def answer(**headers: str) -> Scripted:
    return Scripted(Answer(Response((("Response", "Success"), *headers.items()))))


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


async def test_a_phone_is_asked_for() -> None:
    """By the function of the dialplan that asks its channel driver."""
    ami = answer(Variable="DEVICE_STATE(PJSIP/8101)", Value="NOT_INUSE")
    assert await device_state(ami, "PJSIP/8101") == "NOT_INUSE"
    assert [(action.name, dict(action.headers)) for action in ami.asked] == [
        ("Getvar", {"Variable": "DEVICE_STATE(PJSIP/8101)"})
    ]


@pytest.mark.parametrize(
    ("status", "state"), [("0", "NOT_INUSE"), ("17", "ONHOLD"), ("-1", "INVALID"), ("?", "UNKNOWN")]
)
async def test_a_hint_is_asked_for(status: str, state: str) -> None:
    """It is no device to Asterisk, and says its state in numbers."""
    ami = answer(Status=status)
    assert await device_state(ami, "hint:5001@ext-local") == state
    assert [(action.name, dict(action.headers)) for action in ami.asked] == [
        ("ExtensionState", {"Exten": "5001", "Context": "ext-local"})
    ]


async def test_what_is_no_device_is_not_asked_for() -> None:
    """Asterisk would have a word for it all the same."""
    ami = answer(Value="INVALID")
    with pytest.raises(LocalProtocolError):
        await device_state(ami, "8101)")
    assert ami.asked == []


async def test_a_refusal_is_told() -> None:
    """Such as a missing right."""
    with pytest.raises(QueueActionRefusedError, match="Permission denied"):
        await device_state(error("Permission denied"), "PJSIP/8101")
