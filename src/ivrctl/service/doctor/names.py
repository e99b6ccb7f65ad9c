"""The names that a site shares with its PBX: queues, extensions, where messages go; what the PBX has not of them.

The same judges as the examination's, with another place: the line of the YAML that names what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from ivrctl.adapters.ami import AmiSession
from ivrctl.errors import ConfigurationError
from ivrctl.flow.action import Kind
from ivrctl.flow.actions.dial import Dial
from ivrctl.flow.actions.queue import Queue
from ivrctl.flow.actions.voicemail import Voicemail
from ivrctl.flow.program import Program
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import EXTENSION
from ivrctl.model.dial_pattern import DialPattern, best_match
from ivrctl.service.agents.dialplan import agent_lines
from ivrctl.service.doctor.conventions import conventions_of
from ivrctl.service.doctor.examination import Access
from ivrctl.service.doctor.judges.agents import others, unreached
from ivrctl.service.doctor.judges.phones import fault_of
from ivrctl.service.doctor.judges.queues import keys_that_stay, missing
from ivrctl.service.doctor.looking import Looking, Say
from ivrctl.service.doctor.observed import Entry, Observed
from ivrctl.site.phones import phone_of
from ivrctl.site.site_file import Site

Any_ = TypeVar("Any_", bound=Kind)


async def see_names(
    address: tuple[str, int], queues: Collection[str], accesses: Sequence[Access], say: Say = lambda _: None
) -> Observed:
    """Look at what the names of a site are compared with.

    Args:
        address: of AMI, host and port.
        queues: of the site.
        accesses: as whom to look; the first whose secret is known.
        say: told what takes long.

    Raises:
        ConfigurationError: nobody's secret is known, or Asterisk refuses it.
        AmiUnreachableError: AMI does not answer, or no longer.
    """
    access = next((access for access in accesses if access.login is not None), None)
    if access is None or access.login is None:
        why = "; ".join(access.why for access in accesses)
        raise ConfigurationError(f"nobody says how to log in to AMI: {why}", advice="export IVRCTL_AMI_SECRET=...")
    say(f"asking AMI at {address[0]}:{address[1]}")
    session = await AmiSession.open(address, access.login)
    try:
        return await Looking(session, say).look_for_names(Observed(is_reached=True), queues)
    finally:
        session.close()


def compare(program: Program, observed: Observed) -> Findings:
    """What the site and its flows name and the PBX has not, each at its place."""
    findings = Findings()
    _queues(program, observed, findings)
    _extensions(program, observed, findings)
    _boxes(program, observed, findings)
    _agents(program.site, observed, findings)
    return findings


def agent_entries(site: Site) -> frozenset[Entry]:
    """The dialplan of a site's agents, as a PBX that has it is seen."""
    return frozenset(
        Entry(line.context, line.extension, line.application, line.arguments) for line in agent_lines(site)
    )


def _queues(program: Program, observed: Observed, findings: Findings) -> None:
    if observed.queues is None:
        return
    used = [kind.target for kind in _kinds(program, Queue) if kind.target.is_static]
    for name, queue in program.site.queues.items():
        message = missing(name, observed.queues)
        if message is not None:
            spans = [target.span for target in used if target.source == name]
            for span in spans or [_span(name, queue.span)]:
                findings.error("IVR453", span, message, None if ";" in message else f"add [{name}] to queues.conf")
        elif queue.keys:
            keys = tuple(map(str, queue.keys))
            for stays in keys_that_stay(observed, str(name), keys, conventions_of(observed.contexts)):
                advice = "ivrctl doctor has the lines to paste"
                findings.error("IVR454", queue.keys[0].span, stays.message, advice)


def _extensions(program: Program, observed: Observed, findings: Findings) -> None:
    faulty = set()
    for key, dialled in program.site.extensions.items():
        fault = fault_of(key, dialled.text, observed)
        if fault is not None:
            faulty.add(str(key))
            findings.error("IVR457", _span(key, dialled.span), fault, _advice(fault))
    patterns = {str(key): DialPattern.parse(key) for key in program.site.extensions}
    for number, span in _dialled(program):
        reached = best_match(patterns, number)
        if reached is None or reached in faulty or reached == number:
            continue
        fault = fault_of(number, program.site.extensions[Word(reached)].text, observed)
        if fault is not None:
            findings.error("IVR457", span, fault, _advice(fault))


def _advice(fault: str) -> str | None:
    return None if ";" in fault else "add it to the PBX, or correct the number"


def _dialled(program: Program) -> Iterator[tuple[str, Span]]:
    """The extensions that stand in the flows, and in the settings that they read."""
    for kind in _kinds(program, Dial):
        if kind.to.is_static:
            yield kind.to.source, kind.to.span
    for setting in program.site.settings.values():
        if setting.type == EXTENSION:
            yield str(setting.value), setting.span


def _boxes(program: Program, observed: Observed, findings: Findings) -> None:
    if observed.settings is None or observed.globals.get("IVRCTL_RECORDINGS"):
        return
    for kind in _kinds(program, Voicemail):
        message = f'the PBX does not know where messages for the box "{kind.box}" go: IVRCTL_RECORDINGS is not set'
        findings.error("IVR421", kind.box.span, message, "add IVRCTL_RECORDINGS to ivrctl.d/globals.conf")


def _agents(site: Site, observed: Observed, findings: Findings) -> None:
    for number, agent in site.agents.items():
        phone = phone_of(site, number, agent)
        fault = None if phone is None else fault_of(str(number), phone.interface, observed)
        if fault is not None:
            findings.error("IVR457", _span(number, agent.span), fault, _advice(fault))
    entries = agent_entries(site)
    first = next((_span(number, agent.span) for number, agent in site.agents.items()), site.span)
    if message := others(observed, entries):
        findings.warning("IVR426", first, message, "ivrctl agents dialplan prints them")
    elif message := unreached(observed, entries):
        findings.warning("IVR427", first, message, "ivrctl doctor has the line to paste")


def _kinds(program: Program, kind: type[Any_]) -> Iterator[Any_]:
    for flow in program.flows.values():
        for _place, action in flow.places():
            if isinstance(action.kind, kind):
                yield action.kind


def _span(name: str, otherwise: Span) -> Span:
    return name.span if isinstance(name, Word) else otherwise
