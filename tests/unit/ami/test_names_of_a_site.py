"""Asking AMI for what the names of a site are compared with."""

from __future__ import annotations

import pytest

from ivrctl.adapters.ami import Login
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.service.doctor import Access
from ivrctl.service.doctor.names import see_names

from .conftest import Starting

ACCESS = Access("ivrctl", Login("ivrctl", "right"))
UNKNOWN = Access("ivrctl-doctor", why="the environment variable IVRCTL_DOCTOR_SECRET is not set")

LISTS = {
    "QueueStatus": (
        "QueueStatusComplete",
        ["Event: QueueParams\r\nQueue: vip", "Event: QueueParams\r\nQueue: billing"],
    ),
    "DeviceStateList": ("DeviceStateListComplete", ["Event: DeviceStateChange\r\nDevice: PJSIP/8105"]),
    "ShowDialPlan": ("ShowDialPlanComplete", ["Event: ListDialplan\r\nContext: from-trunk\r\nExtension: s"]),
}
VALUES = {
    "AST_CONFIG(manager.conf,general,enabled)": "yes",
    "AST_CONFIG(queues.conf,vip,context)": "ivrctl-queue-keys",
    "IVRCTL_RECORDINGS": "/srv/recordings",
    "IFMODULE(func_pjsip_endpoint.so)": "1",
    "PJSIP_ENDPOINT(8105,allow)": "(alaw)",
}


async def asterisk(action: dict[str, str]) -> bytes:
    tag = f"ActionID: {action['ActionID']}\r\n"
    if action["Action"] == "Getvar":
        return f"Response: Success\r\n{tag}Value: {VALUES.get(action['Variable'], '')}\r\n\r\n".encode()
    closing, entries = LISTS[action["Action"]]
    listed = "".join(f"{entry}\r\n{tag}\r\n" for entry in entries)
    head = f"Response: Success\r\n{tag}EventList: start\r\n\r\n"
    return f"{head}{listed}Event: {closing}\r\nEventList: Complete\r\n{tag}\r\n".encode()


async def refusing(action: dict[str, str]) -> bytes:
    return f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: Permission denied\r\n\r\n".encode()


async def test_names_are_seen_over_ami(peer: Starting) -> None:
    """Queues and their contexts, endpoints, contexts, and where messages go."""
    seen = await see_names((await peer(asterisk)).address, ["vip"], [UNKNOWN, ACCESS])
    assert list(seen.queues or {}) == ["vip", "billing"]
    assert seen.setting("queues.conf", "vip", "context") == "ivrctl-queue-keys"
    assert list(seen.endpoints or {}) == ["8105"]
    assert seen.contexts == {"from-trunk"}
    assert seen.globals == {"IVRCTL_RECORDINGS": "/srv/recordings"}
    assert seen.notes == ()


async def test_user_without_rights_sees_nothing_and_says_so(peer: Starting) -> None:
    """What could not be looked at is noted, each with its reason, and is not taken for missing."""
    seen = await see_names((await peer(refusing)).address, ["vip"], [ACCESS])
    assert (seen.queues, seen.endpoints, seen.dialplan, seen.settings) == (None, None, None, None)
    assert [note.partition(":")[0] for note in seen.notes] == [
        "could not look at the keys of queues",
        "could not look at the dialplan",
        "could not look at the queues",
        "could not look at the endpoints",
    ]


async def test_nobody_whose_secret_is_known_is_a_mistake_of_the_set_up() -> None:
    """Why it is not known is in the message."""
    with pytest.raises(ConfigurationError, match="IVRCTL_DOCTOR_SECRET is not set"):
        await see_names(("127.0.0.1", 1), [], [UNKNOWN])


async def test_pbx_that_does_not_answer_is_unreachable(unused_tcp_port: int) -> None:
    """Exit code 5 for the command that asked."""
    with pytest.raises(UnreachableError):
        await see_names(("127.0.0.1", unused_tcp_port), [], [ACCESS])
