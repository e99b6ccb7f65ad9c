"""Asking AMI what a PBX is: lists and values, never console output. It needs the class ``reporting`` to write.

Settings are read by the dialplan function AST_CONFIG instead of the action GetConfig: that one needs the class
``config`` or ``system``, with which a user may also rewrite every file of the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ivrctl.adapters.ami import AmiSession
from ivrctl.ami.actions import Action
from ivrctl.ami.packet import Event
from ivrctl.service.doctor.judges.dialplan import GLOBALS
from ivrctl.service.doctor.judges.system import ASKED_MODULES, LOG_FILES
from ivrctl.service.doctor.observed import INCLUDE, Entry, Expected, MemberSeen, Observed, Setting

MAX_ENDPOINTS = 500
"""Endpoints that are asked one by one; of more, so many."""

_WORD = re.compile(r"[A-Za-z0-9_.+-]{1,80}\Z")
"""A name that cannot end an argument of a dialplan function."""

USER_SETTINGS = ("read", "write", "writetimeout", "permit", "acl")

Say = Callable[[str], None]


class Looking:
    """Looks through one session, and notes what it could not see."""

    def __init__(self, session: AmiSession, say: Say) -> None:
        self._session = session
        self._say = say
        self._notes: list[str] = []

    async def look(self, observed: Observed, expected: Expected) -> Observed:
        """Fill in what AMI can say.

        Raises:
            AmiUnreachableError: the session was lost on the way.
        """
        self._say("asking AMI for version, modules and settings")
        observed = await self._system(observed)
        observed = replace(observed, modules=await self._modules(), settings=await self._settings(observed, expected))
        self._say("asking AMI for dialplan, queues and endpoints")
        observed = replace(
            observed,
            globals={name: await self._value(name) for name in GLOBALS},
            dialplan=await self._dialplan(),
            queues=await self._queues(),
            endpoints=await self._endpoints(),
        )
        return replace(observed, notes=(*observed.notes, *self._notes))

    async def look_for_names(self, observed: Observed, queues: Iterable[str]) -> Observed:
        """Fill in what the names of a site are compared with: queues and their keys, extensions, where messages go.

        Raises:
            AmiUnreachableError: the session was lost on the way.
        """
        self._say("asking AMI for queues, endpoints and dialplan")
        named = (("queues.conf", name, "context") for name in queues if _WORD.match(name))
        can_read = await self._setting(("manager.conf", "general", "enabled"))
        if not can_read:
            self._could_not("the keys of queues", "func_config.so is not loaded, or the user lacks reporting")
        observed = replace(
            observed,
            settings={setting: await self._setting(setting) for setting in named} if can_read else None,
            globals={"IVRCTL_RECORDINGS": await self._value("IVRCTL_RECORDINGS")},
            dialplan=await self._dialplan(),
            queues=await self._queues(),
            endpoints=await self._endpoints(),
        )
        return replace(observed, notes=(*observed.notes, *self._notes))

    async def _system(self, observed: Observed) -> Observed:
        answer = await self._session.ask(Action.of("CoreSettings"))
        if not answer.response.is_success:
            self._could_not("the version", answer.response.message)
            return observed
        response = answer.response
        return replace(observed, version=response.text("AsteriskVersion"), system=response.text("SystemName"))

    async def _modules(self) -> Mapping[str, bool] | None:
        found = {module: await self._value(f"IFMODULE({module})") for module in ASKED_MODULES}
        if not all(value in {"0", "1"} for value in found.values()):
            self._could_not("the modules", "func_module.so is not loaded, or the user lacks reporting")
            return None
        return {module: value == "1" for module, value in found.items()}

    async def _settings(self, observed: Observed, expected: Expected) -> Mapping[Setting, str] | None:
        # AMI answers, so this one stands somewhere.
        if not await self._setting(("manager.conf", "general", "enabled")):
            self._could_not("the settings", "func_config.so is not loaded, or the user lacks reporting")
            return None
        asked = _asked_settings(observed, expected)
        settings = {setting: await self._setting(setting) for setting in asked}
        if not any(settings["logger.conf", "logfiles", name] for name in LOG_FILES):
            self._could_not("the logs", f"logger.conf names none of {', '.join(LOG_FILES)}")
        return settings

    async def _dialplan(self) -> tuple[Entry, ...] | None:
        answer = await self._session.ask(Action.of("ShowDialPlan"))
        if not answer.response.is_success:
            self._could_not("the dialplan", answer.response.message)
            return None
        return tuple(map(_entry, answer.named("ListDialplan")))

    async def _queues(self) -> Mapping[str, tuple[MemberSeen, ...]] | None:
        answer = await self._session.ask(Action.of("QueueStatus"))
        if not answer.response.is_success:
            self._could_not("the queues", answer.response.message)
            return None
        queues: dict[str, list[MemberSeen]] = {event.text("Queue"): [] for event in answer.named("QueueParams")}
        for event in answer.named("QueueMember"):
            member = MemberSeen(event.text("Location"), event.text("StateInterface"), event.text("Membership"))
            queues.setdefault(event.text("Queue"), []).append(member)
        return {name: tuple(members) for name, members in queues.items()}

    async def _endpoints(self) -> Mapping[str, str] | None:
        """Every endpoint has a device state, whether its phone is there or not."""
        if await self._value("IFMODULE(func_pjsip_endpoint.so)") != "1":
            self._could_not("the endpoints", "func_pjsip_endpoint.so is not loaded, or the user lacks reporting")
            return None
        answer = await self._session.ask(Action.of("DeviceStateList"))
        if not answer.response.is_success:
            self._could_not("the endpoints", f"res_manager_devicestate.so: {answer.response.message}")
            return None
        names = list(_endpoint_names(event.text("Device") for event in answer.entries))
        if len(names) > MAX_ENDPOINTS:
            self._could_not(f"{len(names) - MAX_ENDPOINTS} endpoints", f"there are more than {MAX_ENDPOINTS}")
        allowed = {name: await self._value(f"PJSIP_ENDPOINT({name},allow)") for name in names[:MAX_ENDPOINTS]}
        # A device that was once an endpoint has a state, and no codecs.
        return {name: codecs for name, codecs in allowed.items() if codecs}

    async def _setting(self, setting: Setting) -> str:
        return await self._value(f"AST_CONFIG({','.join(setting)})")

    async def _value(self, name: str) -> str:
        """A global variable or a function's value; empty also when the user may not ask."""
        answer = await self._session.ask(Action.of("Getvar", Variable=name))
        return answer.response.text("Value") if answer.response.is_success else ""

    def _could_not(self, what: str, why: str) -> None:
        self._notes.append(f"could not look at {what}: {why}")


def _entry(event: Event) -> Entry:
    context = event.text("Context")
    if included := event.text("IncludeContext"):
        return Entry(context, "", INCLUDE, included)
    return Entry(context, event.text("Extension"), event.text("Application"), event.text("AppData"))


def _asked_settings(observed: Observed, expected: Expected) -> Iterator[Setting]:
    yield "manager.conf", "general", "bindaddr"
    for login in (observed.controller, observed.doctor):
        if login is not None and _WORD.match(login.user):
            yield from (("manager.conf", login.user, name) for name in USER_SETTINGS)
    yield from (("logger.conf", "logfiles", name) for name in LOG_FILES)
    yield "queues.conf", "general", "persistentmembers"
    for name in filter(_WORD.match, expected.queues):
        yield from (("queues.conf", name, setting) for setting in ("context", "setqueueentryvar"))


def _endpoint_names(devices: Iterable[str]) -> Iterator[str]:
    for device in devices:
        technology, _, name = device.partition("/")
        if technology == "PJSIP" and _WORD.match(name):
            yield name
