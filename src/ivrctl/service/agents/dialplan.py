"""The dialplan of a site's agents: ``ivrctl.d/agents.conf``, and its lines one by one, to compare with a PBX.

What a code does stands in ``ivrctl.d/extensions.conf``, the same for every site; here stands who the agents are and
what is dialled. So nothing of a site becomes an expression or an application: names, queues and reasons are arguments,
and ``check_agents`` has refused what could end one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ivrctl.site.agents import backup_device
from ivrctl.site.phones import phone_of
from ivrctl.site.site_file import Site

CODES = "ivrctl-agent-codes"
"""What the context of the agents' phones includes."""
PHONES = "ivrctl-agent-phones"
QUEUES = "ivrctl-agent-queues"
REASONS = "ivrctl-agent-reasons"

HINT = "hint"
"""The priority of a line that says whose state a lamp shows."""

_ABOVE = """\
; The agents of a site, made of its ivrctl.yaml. Do not change this file: change that one, then
;     ivrctl agents dialplan > ivrctl.d/agents.conf
;     asterisk -rx "dialplan reload"
"""

_NO_SUCH = "Return(?)"
"""The answer to a code that there is not; no queue and no reason can be named so."""


@dataclass(frozen=True, slots=True)
class Line:
    """One priority of the dialplan."""

    context: str
    extension: str
    does: str
    """An application with its arguments; of a hint, a device."""
    priority: str = ""
    """``hint``; otherwise they count from 1."""

    @property
    def application(self) -> str:
        """As Asterisk tells it; of a hint, the device."""
        return self.does if self.priority == HINT else self.does.partition("(")[0]

    @property
    def arguments(self) -> str:
        """What stands between the outer brackets; of a hint, nothing."""
        return "" if self.priority == HINT else self.does.partition("(")[2].removesuffix(")")


def agents_conf(site: Site) -> str:
    """The file, with who made it and of what."""
    return _ABOVE + "".join(_context(name, group) for name, group in groupby(agent_lines(site), _context_of))


def agent_lines(site: Site) -> tuple[Line, ...]:
    """Every line, context by context; none for a site without agents."""
    if not site.agents:
        return ()
    return (*_codes(site), *_phones(site), *_queues(site), *_reasons(site))


def _codes(site: Site) -> Iterator[Line]:
    """What is dialled: a code alone, and what can stand behind it."""
    codes = site.agent_codes
    for action, code in codes.by_action().items():
        yield Line(CODES, code, f"Goto(ivrctl-agent,{action},1)")
        if action in {"sign_on", "sign_off", "pause"}:
            yield from _keyed(code, action)
    yield from _keyed(codes.backup_on, "backup_turn")
    for number in site.agents:
        lamp = f"{codes.backup_on}*{number}"
        yield Line(CODES, lamp, backup_device(number), HINT)
        yield Line(CODES, lamp, f"Set(IVRCTL_AGENT_KEYED={number})")
        yield Line(CODES, lamp, "Goto(ivrctl-agent,backup_turn,1)")


def _keyed(code: str, action: str) -> Iterator[Line]:
    """A code with digits behind it, whichever: what there is not is refused in words."""
    extension = f"_{code}*X!"
    yield Line(CODES, extension, f"Set(IVRCTL_AGENT_KEYED=${{FILTER(0-9,${{EXTEN:{len(code) + 1}}})}})")
    yield Line(CODES, extension, f"Goto(ivrctl-agent,{action},1)")


def _phones(site: Site) -> Iterator[Line]:
    """The agents, by what their phones dial as."""
    for number, agent in site.agents.items():
        phone = phone_of(site, number, agent)
        if phone is None:
            continue  # a site with a finding, which is not installed
        extension = f"of_{phone.endpoint}"
        is_ = f"{number},{phone.endpoint},{phone.interface},{phone.state_interface},{agent.name}"
        yield Line(PHONES, extension, f"Gosub(ivrctl-agent,is,1({is_}))")
        for queue, penalty in agent.queues.items():
            yield Line(PHONES, extension, f"Gosub(ivrctl-agent,serves,1({queue},{penalty}))")
        yield Line(PHONES, extension, "Return()")
    yield Line(PHONES, "_of_!", "Return()")


def _queues(site: Site) -> Iterator[Line]:
    """Every queue, which is left when somebody signs off; and those that are meant by a code."""
    for name in site.queues:
        yield Line(QUEUES, "all", f"Gosub(ivrctl-agent,leaves,1({name}))")
    yield Line(QUEUES, "all", "Return()")
    yield Line(QUEUES, "by_", "Return()")
    for name, queue in site.queues.items():
        if queue.code is not None:
            yield Line(QUEUES, f"by_{queue.code}", f"Return({name})")
    yield Line(QUEUES, "_by_!", _NO_SUCH)


def _reasons(site: Site) -> Iterator[Line]:
    """Why agents pause, by code; a site that has reasons wants one."""
    if not site.pause_reasons:
        yield Line(REASONS, "by_", "Return()")
    for reason, code in site.pause_reasons.items():
        yield Line(REASONS, f"by_{code}", f"Return({reason})")
    yield Line(REASONS, "_by_!", _NO_SUCH)


def _context_of(line: Line) -> str:
    return line.context


def _context(name: str, lines: Iterable[Line]) -> str:
    text = f"\n[{name}]\n"
    for extension, group in groupby(lines, lambda line: line.extension):
        text += "".join(_written(extension, group))
    return text


def _written(extension: str, lines: Iterable[Line]) -> Iterator[str]:
    is_first = True
    for line in lines:
        if line.priority:
            yield f"exten => {extension},{line.priority},{line.does}\n"
            continue
        yield f"exten => {extension},1,{line.does}\n" if is_first else f" same => n,{line.does}\n"
        is_first = False
