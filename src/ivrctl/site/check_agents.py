"""What is wrong with agents: names that no queue can keep, phones that are not there, codes that collide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Span, Word
from ivrctl.site.agents import LONGEST_MEMBER, MAX_PENALTY, Agent
from ivrctl.site.phones import Phone, phone_of
from ivrctl.site.site_file import IDENTIFIER, Site

_NUMBER = re.compile(r"[0-9]{1,15}\Z")
_CODE = re.compile(r"\*[0-9]{1,4}\Z")
_SELECTION = re.compile(r"[0-9]{1,6}\Z")
"""What is dialled behind a code."""
_INTERFACE = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9][A-Za-z0-9_.@/-]*\Z")
_STATE_INTERFACE = re.compile(r"(?:[A-Za-z0-9]+/|[A-Za-z]+:)[A-Za-z0-9][A-Za-z0-9_.@/:-]*\Z")
_MARKS = frozenset(" .-_'/&@")
"""What a name may hold beside letters and digits. Each other mark means something to Asterisk: its astdb keeps members
between ; | and , , the dialplan reads $ { } ( ) and quotes, its files take ; for a comment."""


def check_agents(site: Site, findings: Findings) -> None:
    """Report agents that no queue could have, groups of nobody, and codes that mean two things."""
    for number, agent in site.agents.items():
        _check_agent(number, agent, site, findings)
    _check_twice(site, findings)
    for name, served in site.profiles.items():
        _check_profile(name, served, site, findings)
    for name, members in site.groups.items():
        _check_group(name, members, site, findings)
    _check_codes(site, findings)


def _check_agent(number: str, agent: Agent, site: Site, findings: Findings) -> None:
    span = _place(number, agent.span)
    if not _NUMBER.match(number):
        findings.error("IVR206", span, f'"{shortened(number)}" cannot be the number of an agent', "up to 15 digits")
        return
    _check_name(agent.name, findings)
    if agent.profile is not None and agent.profile not in site.profiles:
        advice = did_you_mean(agent.profile, site.profiles) or "declare it under profiles"
        findings.error("IVR205", agent.profile.span, f'the profile "{shortened(agent.profile)}" does not exist', advice)
    _check_served(number, agent.queues, agent.span, site, findings)
    _check_phone(number, agent, site, findings)


def _check_profile(name: str, served: Mapping[Word, int], site: Site, findings: Findings) -> None:
    span = _place(name, site.span)
    if not IDENTIFIER.match(name):
        message = f'"{shortened(name)}" cannot be a name'
        findings.error("IVR206", span, message, "letters, digits, - and _, a letter first")
    _check_served(name, served, span, site, findings)


def _check_served(whose: str, served: Mapping[Word, int], span: Span, site: Site, findings: Findings) -> None:
    """Report queues that are not there, and penalties that are none, of an agent or a profile."""
    for queue, penalty in served.items():
        place = _place(queue, span)
        if queue not in site.queues:
            advice = did_you_mean(queue, site.queues) or "declare it under queues"
            findings.error("IVR205", place, f'the queue "{shortened(queue)}" does not exist', advice)
        if not 0 <= penalty <= MAX_PENALTY:
            message = f'the penalty of "{whose}" in the queue "{queue}" is between 0 and {MAX_PENALTY}, not {penalty}'
            findings.error("IVR261", place, message, "0 is rung first")


def _check_name(name: Word, findings: Findings) -> None:
    wrong = sorted({mark for mark in name if not (mark.isalnum() or mark in _MARKS or _is_accent(mark))})
    if wrong:
        shown = " ".join(mark if mark.isprintable() else f"U+{ord(mark):04X}" for mark in wrong)
        advice = "letters, digits, spaces and . - _ ' / & @"
        findings.error("IVR260", name.span, f"the name of an agent cannot hold {shown}", advice)
    elif not any(mark.isalnum() for mark in name) or name != name.strip():
        findings.error(
            "IVR260", name.span, "the name of an agent begins and ends with what can be read", "write a name"
        )
    elif len(name.encode()) > LONGEST_MEMBER:
        message = f"the name of an agent has {len(name.encode())} bytes, and queues keep {LONGEST_MEMBER}"
        findings.error("IVR260", name.span, message, "shorten it")


def _is_accent(mark: str) -> bool:
    """True for what is written over or under a letter, or joins letters of a script such as Devanagari."""
    return unicodedata.category(mark) in {"Mn", "Mc"}


def _check_phone(number: str, agent: Agent, site: Site, findings: Findings) -> None:
    for word, form, advice in (
        (agent.interface, _INTERFACE, "such as PJSIP/8101 or Local/8101@from-queue/n"),
        (agent.state_interface, _STATE_INTERFACE, "such as hint:8101@ext-local or PJSIP/8101"),
    ):
        if word is not None and (not form.match(word) or len(word.encode()) > LONGEST_MEMBER):
            findings.error("IVR206", word.span, f'"{shortened(word)}" is no interface', advice)
            return
    phone = phone_of(site, number, agent)
    if phone is None:
        advice = did_you_mean(number, site.extensions) or "declare it under extensions, or give the agent an interface"
        findings.error("IVR205", _place(number, agent.span), f'the site has no extension "{number}"', advice)
    elif phone.is_blind:
        message = f'nobody knows whether the agent "{number}" is on the phone: {phone.interface} has no state'
        advice = f"add state_interface, such as PJSIP/{number}"
        findings.warning("IVR262", _place(number, agent.span), message, advice)


def _check_twice(site: Site, findings: Findings) -> None:
    """Report two agents at one phone, and two of one name."""
    phones: dict[str, str] = {}
    names: dict[str, str] = {}
    for number, agent in site.agents.items():
        place = _place(number, agent.span)
        for key in _identities(phone_of(site, number, agent)):
            if phones.setdefault(key, number) != number:
                message = f'the agents "{phones[key]}" and "{number}" have one phone'
                findings.error("IVR263", place, message, "each has his own, by which he is known")
                break
        if names.setdefault(agent.name, number) != number:
            message = f'the agents "{names[agent.name]}" and "{number}" have one name'
            findings.warning("IVR264", agent.name.span, message, "add something that tells them apart")


def _identities(phone: Phone | None) -> Iterator[str]:
    """By what a phone is known: dashes do not count in an extension of the dialplan."""
    if phone is not None:
        yield f"interface {phone.interface.lower()}"
        yield f"endpoint {phone.endpoint.replace('-', '').lower()}"


def _check_group(name: str, members: tuple[Word, ...], site: Site, findings: Findings) -> None:
    span = _place(name, site.span)
    if not IDENTIFIER.match(name):
        findings.error(
            "IVR206", span, f'"{shortened(name)}" cannot be a name', "letters, digits, - and _, a letter first"
        )
    if not members:
        findings.warning("IVR265", span, f'nobody is in the group "{name}"', "name its agents")
    for index, member in enumerate(members):
        if member not in site.agents:
            advice = did_you_mean(member, site.agents) or "declare him under agents"
            findings.error("IVR205", member.span, f'the agent "{shortened(member)}" does not exist', advice)
        elif member in members[:index]:
            findings.warning("IVR265", member.span, f'"{member}" stands twice in the group "{name}"', "remove one")


def _check_codes(site: Site, findings: Findings) -> None:
    for reason in site.pause_reasons:
        if not IDENTIFIER.match(reason):
            message = f'"{shortened(reason)}" cannot be a reason'
            findings.error("IVR206", _place(reason, site.span), message, "letters, digits, - and _, a letter first")
    codes = site.agent_codes.by_action()
    for code in codes.values():
        if not _CODE.match(code):
            place = _place(code, site.agent_codes.span)
            findings.error("IVR206", place, f'"{shortened(code)}" is no code', "a star and one to four digits")
    queues = {str(name): queue.code for name, queue in site.queues.items() if queue.code is not None}
    for code in (*site.pause_reasons.values(), *queues.values()):
        if not _SELECTION.match(code):
            findings.error("IVR206", code.span, f'"{shortened(code)}" is no code', "one to six digits")
    for what, owned in (("do", codes), ("select", site.pause_reasons), ("select", queues)):
        _check_distinct(what, owned, site.agent_codes.span, findings)


def _check_distinct(what: str, codes: Mapping[str, str], otherwise: Span, findings: Findings) -> None:
    owners: dict[str, str] = {}
    for name, code in codes.items():
        if owners.setdefault(code, name) != name:
            message = f'the code "{code}" would {what} two things: {owners[code]} and {name}'
            findings.error("IVR266", _place(code, otherwise), message, "take another")


def _place(name: str, otherwise: Span) -> Span:
    return name.span if isinstance(name, Word) else otherwise
