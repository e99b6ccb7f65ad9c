"""One examination: log in twice, look, place the probe call, judge."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from ivrctl.adapters.ami import AmiLoginRefusedError, AmiSession, AmiUnreachableError, Login
from ivrctl.ami.actions import Action
from ivrctl.errors import ConfigurationError
from ivrctl.service.doctor.finding import Report
from ivrctl.service.doctor.judges import judged
from ivrctl.service.doctor.judges.rights import unknown_rights
from ivrctl.service.doctor.looking import Looking, Say
from ivrctl.service.doctor.observed import Expected, LoginSeen, Observed
from ivrctl.service.doctor.probe_call import Hearing, ProbeRefusedError, place


@dataclass(frozen=True, slots=True)
class Access:
    """An AMI user as whom to look."""

    user: str
    login: Login | None = None
    """None: his secret is not known."""
    why: str = ""
    """Why it is not."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is examined, and with what."""

    expected: Expected
    controller: Access
    doctor: Access
    ask: Callable[[str], Mapping[str, Any] | None]
    """Asks the site's controller over its API, such as ``/status``; None when none runs."""
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""


@dataclass(slots=True)
class _Guest:
    """One AMI user in the house."""

    seen: LoginSeen
    session: AmiSession | None
    hearing: Hearing


async def examine(setup: Setup, say: Say = lambda _: None) -> Report:
    """Examine a PBX.

    Args:
        setup: what is expected, and as whom to look.
        say: told what takes long.

    Raises:
        ConfigurationError: no user's secret is known.
    """
    if setup.controller.login is None and setup.doctor.login is None:
        why = f"{setup.controller.why}; {setup.doctor.why}"
        raise ConfigurationError(f"nobody says how to log in to AMI: {why}", advice="export IVRCTL_AMI_SECRET=...")
    say(f"asking AMI at {setup.expected.host}:{setup.expected.port}")
    observed = await _observed(setup, say)
    findings = judged(observed, setup.expected)
    name = " ".join(
        part for part in (f"Asterisk {observed.version}" if observed.version else "", observed.system) if part
    )
    return Report(findings, observed.notes, name, observed.is_reached)


async def _observed(setup: Setup, say: Say) -> Observed:
    with ExitStack() as house:
        try:
            controller = await _enter(setup, setup.controller, house)
            doctor = await _enter(setup, setup.doctor, house)
            return await _looked(setup, controller, doctor, say)
        except AmiUnreachableError as error:
            return Observed(is_reached=False, fault=error.why)


async def _enter(setup: Setup, access: Access, house: ExitStack) -> _Guest:
    """Log in as one user, until the house is closed; a refusal is something seen."""
    hearing = Hearing()
    if access.login is None:
        return _Guest(LoginSeen(access.user), None, hearing)
    address = (setup.expected.host, setup.expected.port)
    try:
        session = await AmiSession.open(address, access.login, on_event=hearing)
    except AmiLoginRefusedError as error:
        return _Guest(LoginSeen(access.user, fault=error.sentence), None, hearing)
    house.callback(session.close)
    commands = await session.ask(Action.of("ListCommands"))
    names = frozenset(name for name, _ in commands.response.headers) - {"Response", "ActionID"}
    return _Guest(LoginSeen(access.user, commands=names), session, hearing)


async def _looked(setup: Setup, controller: _Guest, doctor: _Guest, say: Say) -> Observed:
    observed = Observed(
        is_reached=True,
        controller=controller.seen if setup.controller.login is not None else None,
        doctor=doctor.seen if setup.doctor.login is not None else None,
        is_controller_running=await asyncio.to_thread(setup.ask, "/status") is not None,
        notes=tuple(_unasked(setup)),
    )
    eyes = doctor.session or controller.session
    if eyes is None:
        return replace(observed, notes=(*observed.notes, "could not look at anything: nobody was let in"))
    observed = await Looking(eyes, say).look(observed, setup.expected)
    observed = await _probed(setup, doctor, observed, say)
    if observed.controller is not None:
        told = replace(observed.controller, events=frozenset(controller.hearing.kinds))
        observed = replace(observed, controller=told)
        observed = replace(observed, notes=(*observed.notes, *_unknown(observed, told)))
    return observed


def _unasked(setup: Setup) -> list[str]:
    notes = []
    if setup.controller.login is None:
        notes.append(f"could not look at the rights of the controller's AMI user: {setup.controller.why}")
    if setup.doctor.login is None:
        notes.append(f"no probe call was placed, so nobody saw what Asterisk sees: {setup.doctor.why}")
    return notes


async def _probed(setup: Setup, doctor: _Guest, observed: Observed, say: Say) -> Observed:
    if doctor.session is None:
        return observed
    if observed.dialplan is not None and "ivrctl-probe" not in observed.contexts:
        note = "no probe call was placed: the dialplan has no context ivrctl-probe"
        return replace(observed, notes=(*observed.notes, note))
    say("placing a probe call")
    word = secrets.token_hex(16)
    try:
        probe = await place(doctor.session, doctor.hearing, setup.expected, word, setup.now)
    except ProbeRefusedError as error:
        note = f'no probe call was placed: Asterisk refuses it to the user "{doctor.seen.user}": {error}'
        return replace(observed, notes=(*observed.notes, note))
    if probe.agi_status is None:
        note = "the probe call said nothing: the user lacks read=user, or app_userevent.so is not loaded"
        observed = replace(observed, notes=(*observed.notes, note))
    answered = await asyncio.to_thread(setup.ask, "/probes")
    is_ours = None if answered is None else word in answered.get("probes", ())
    return replace(observed, probe=replace(probe, is_ours=is_ours))


def _unknown(observed: Observed, controller: LoginSeen) -> list[str]:
    if controller.fault is not None:
        return []
    unknown = unknown_rights(observed, controller)
    return [f'could not look whether "{controller.user}" has {", ".join(unknown)}'] if unknown else []
