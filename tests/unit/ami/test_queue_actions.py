from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters.ami import queue_fields
from ivrctl.adapters.ami.queue_actions import (
    Asking,
    Outcome,
    QueueActionRefusedError,
    queue_add,
    queue_log,
    queue_pause,
    queue_penalty,
    queue_remove,
    queue_status,
)
from ivrctl.ami.actions import Action, encode
from ivrctl.ami.answer import Answer
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Event, Response

VIP, PHONE = "vip", "PJSIP/8101"


class Scripted:
    """Answers each action with one answer, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Action] = []

    async def ask(self, action: Action) -> Answer:
        """As a session does."""
        encode(action, "1")
        self.asked.append(action)
        return self.answer


def good() -> Scripted:
    return Scripted(Answer(Response((("Response", "Success"),))))


def error(sentence: str) -> Scripted:
    return Scripted(Answer(Response((("Response", "Error"), ("Message", sentence)))))


def listing(*names: str, items: int | None = None, closed: str = "Complete") -> Scripted:
    count = len(names) if items is None else items
    closing = Event((("Event", "ListComplete"), ("EventList", closed), ("ListItems", str(count))))
    entries = tuple(Event((("Event", name), ("Queue", "vip"), ("Device", name), ("State", "INUSE"))) for name in names)
    return Scripted(Answer(Response((("Response", "Success"), ("EventList", "start"))), entries, closing))


async def test_a_member_is_added_with_all_that_he_has() -> None:
    """As the headers of QueueAdd."""
    ami = good()
    outcome = await queue_add(
        ami, VIP, "Local/5001@from-queue/n", penalty=5, name="王小明", state_interface="hint:5001@ext-local"
    )
    assert outcome is Outcome.ADDED
    assert dict(ami.asked[0].headers) == {
        "Queue": VIP,
        "Interface": "Local/5001@from-queue/n",
        "Penalty": "5",
        "MemberName": "王小明",
        "StateInterface": "hint:5001@ext-local",
    }


Asked = Callable[[Asking], Awaitable[Outcome]]

OUTCOMES: list[tuple[Asked, str, Outcome]] = [
    (lambda ami: queue_add(ami, VIP, PHONE), "Unable to add interface: Already there", Outcome.ALREADY_THERE),
    (lambda ami: queue_add(ami, VIP, PHONE), "Unable to add interface to queue: No such queue", Outcome.NO_SUCH_QUEUE),
    (lambda ami: queue_remove(ami, VIP, PHONE), "Unable to remove interface: Not there", Outcome.NOT_THERE),
    (
        lambda ami: queue_remove(ami, VIP, PHONE),
        "Unable to remove interface from queue: No such queue",
        Outcome.NO_SUCH_QUEUE,
    ),
    (lambda ami: queue_remove(ami, VIP, PHONE), "Member not dynamic", Outcome.NOT_DYNAMIC),
    (lambda ami: queue_pause(ami, VIP, PHONE, paused=True), "Interface not found", Outcome.NOT_THERE),
    (lambda ami: queue_penalty(ami, VIP, PHONE, 1), "Invalid interface, queuename or penalty", Outcome.NOT_THERE),
]


@pytest.mark.parametrize(("asked", "sentence", "outcome"), OUTCOMES, ids=[row[1] for row in OUTCOMES])
async def test_what_asterisk_says_is_an_outcome(asked: Asked, sentence: str, outcome: Outcome) -> None:
    """Nobody has to catch it: whoever wanted a member there, or away, has him so."""
    assert await asked(error(sentence)) is outcome


async def test_good_outcomes_have_words_of_their_own() -> None:
    """Each action has done what it is named for."""
    assert await queue_remove(good(), VIP, PHONE) == "removed"
    assert await queue_pause(good(), VIP, PHONE, paused=True, reason="lunch") == "paused"
    assert await queue_pause(good(), VIP, PHONE, paused=False) == "unpaused"
    assert await queue_penalty(good(), VIP, PHONE, 0) == "set"
    assert await queue_log(good(), VIP, "TIERIN") == "logged"


async def test_another_refusal_is_an_error() -> None:
    """A right that is missing is no state of a queue."""
    with pytest.raises(QueueActionRefusedError, match="refuses QueueAdd: Permission denied"):
        await queue_add(error("Permission denied"), VIP, PHONE)
    with pytest.raises(QueueActionRefusedError, match="refuses QueueStatus"):
        await queue_status(error("Permission denied"))


async def test_an_entry_of_the_log_has_its_fields() -> None:
    """data1 to data5 stand in one header, as they stand in one line of the file."""
    ami = good()
    await queue_log(ami, VIP, "TIERIN", interface=PHONE, uniqueid="1771920000.7", data=("2", "waited 31 s; 3 callers"))
    assert dict(ami.asked[0].headers) == {
        "Queue": VIP,
        "Event": "TIERIN",
        "Interface": PHONE,
        "Uniqueid": "1771920000.7",
        "Message": "2|waited 31 s; 3 callers",
    }


async def test_a_reading_has_queues_members_and_callers() -> None:
    """Each apart, in the order they came."""
    reading = await queue_status(listing("QueueParams", "QueueMember", "QueueMember", "QueueEntry"))
    assert [len(reading.queues), len(reading.members), len(reading.callers)] == [1, 2, 1]


@pytest.mark.parametrize("cut", [listing("QueueParams", items=2), listing("QueueParams", closed="Cancelled")])
async def test_a_reading_that_was_cut_is_none(cut: Scripted) -> None:
    """Members that are missing in it would be taken for signed off."""
    with pytest.raises(QueueActionRefusedError, match="cut after 1 entries"):
        await queue_status(cut)


BAD: list[tuple[str, Asked]] = [
    ("Queue is empty", lambda ami: queue_pause(ami, "", PHONE, paused=True)),
    ("Queue holds one of", lambda ami: queue_add(ami, "vip|x", PHONE)),
    ("Queue has more than 79 bytes", lambda ami: queue_add(ami, "客" * 27, PHONE)),
    ("Interface is empty", lambda ami: queue_remove(ami, VIP, "")),
    ("Interface is not of the form", lambda ami: queue_add(ami, VIP, "garbage")),
    ("Interface is not of the form", lambda ami: queue_add(ami, VIP, "PJSIP/81 01")),
    ("Interface holds one of", lambda ami: queue_add(ami, VIP, "PJSIP/1,PJSIP/2")),
    ("MemberName holds one of", lambda ami: queue_add(ami, VIP, PHONE, name="a;b|c")),
    ("MemberName holds one of", lambda ami: queue_add(ami, VIP, PHONE, name="a\r\nAction: Command")),
    ("MemberName begins or ends", lambda ami: queue_add(ami, VIP, PHONE, name=" a")),
    ("needs a StateInterface", lambda ami: queue_add(ami, VIP, "Local/5001@from-queue/n")),
    ("StateInterface is not", lambda ami: queue_add(ami, VIP, PHONE, state_interface="5001")),
    ("Penalty is no whole number", lambda ami: queue_add(ami, VIP, PHONE, penalty="abc")),  # type: ignore[arg-type]
    ("Penalty is no whole number", lambda ami: queue_penalty(ami, VIP, PHONE, -1)),
    ("Penalty is no whole number", lambda ami: queue_penalty(ami, VIP, PHONE, True)),
    ("Penalty is no whole number", lambda ami: queue_penalty(ami, VIP, PHONE, 2**31)),
    ("Reason holds one of", lambda ami: queue_pause(ami, VIP, PHONE, paused=True, reason="a|b")),
    ("Event is no name", lambda ami: queue_log(ami, VIP, "tier in")),
    ("Uniqueid holds one of", lambda ami: queue_log(ami, VIP, "TIERIN", uniqueid="1|2")),
    ("Message has more than five", lambda ami: queue_log(ami, VIP, "TIERIN", data=("1|2",))),
    ("Message has more than five", lambda ami: queue_log(ami, VIP, "TIERIN", data=("",) * 6)),
]


@pytest.mark.parametrize(("message", "asked"), BAD)
async def test_what_asterisk_would_misunderstand_is_not_sent(message: str, asked: Asked) -> None:
    """It is refused with the field's name, and without its value."""
    ami = good()
    with pytest.raises(LocalProtocolError, match=message):
        await asked(ami)
    assert ami.asked == []


@given(value=st.text())
def test_safety_a_field_that_is_taken_is_one_field(value: str) -> None:
    """SAFETY: whatever passes is a single line, and a single entry of the members that Asterisk keeps."""
    try:
        taken = queue_fields.field("MemberName", value)
    except LocalProtocolError:
        return
    assert taken == value
    assert len(f"PJSIP/1;0;0;{taken}|PJSIP/2;0;0;".split("|")) == 2
    assert len(f"Name: {taken}".splitlines()) == 1


@given(value=st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=19))
def test_liveness_names_of_people_are_taken(value: str) -> None:
    """LIVENESS: letters and digits of any script."""
    assert queue_fields.field("MemberName", value) == value
