"""Agents: who answers, in which queues, at which phone; groups of them; why they pause; what they key for all that.

``check_agents`` says what is wrong with them, ``phones`` at which phone each one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeAlias

from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word

MAX_PENALTY = 1000
"""app_queue takes any whole number that is not negative; more levels than this are a mistake."""

LONGEST_MEMBER = 79
"""Bytes of a member's name, of its interface and of its state interface: app_queue keeps 80 with the end."""


_NOWHERE = Span("", 0, 0, 0, 0)
"""Where the codes stand of a site that leaves them as they are."""


def backup_device(number: str) -> str:
    """The device whose state says whether an agent is available for backup: INUSE when he is.

    Asterisk keeps the states of ``Custom:`` devices in its astdb, tells of them over AMI, and phones can show them.
    """
    return f"Custom:ivrctl-backup-{number}"


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers."""

    span: Span
    name: Word
    """As supervisors, reports and the PBX's queue log know him: letters, digits, spaces and ``. - _ ' / & @``."""
    queues: Mapping[Annotated[Word, NameOf("queues")], int] = field(default_factory=dict)
    """The queues that he serves, each with his penalty in it: ``{vip: 0, broadband: 5}``. Those with the lowest are
    rung first; 0 where nobody minds. Beside a ``profile`` they add to it, or have another penalty than it says."""
    profile: Annotated[Word, NameOf("profiles")] | None = None
    """One of ``profiles``, whose queues he serves."""
    interface: Word | None = None
    """What the queues ring, such as ``PJSIP/8101``; when left out, what ``extensions`` says of his number, and for one
    that FreePBX dials by ``from-internal``, ``Local/<number>@from-queue/n``."""
    state_interface: Word | None = None
    """Whose state tells whether he is on the phone, for an ``interface`` that is ``Local/``; when left out,
    ``hint:<number>@ext-local`` for one in FreePBX's ``from-queue``."""


Profiles: TypeAlias = Mapping[str, Mapping[Annotated[Word, NameOf("queues")], int]]
"""By name the queues that several agents serve alike, each with the penalty."""


def with_profiles(agents: Mapping[str, Agent], profiles: Profiles) -> Mapping[str, Agent]:
    """The agents with all queues that they serve; what an agent says himself counts before his profile."""
    return {
        number: agent
        if agent.profile is None
        else replace(agent, queues={**profiles.get(agent.profile, {}), **agent.queues})
        for number, agent in agents.items()
    }


@dataclass(frozen=True, slots=True)
class AgentCodes:
    """What agents dial to sign on and off, and to pause: a star and one to four digits."""

    span: Span = _NOWHERE
    sign_on: str = "*81"
    """Sign on to all his queues; with ``*`` and the code of a queue behind it, to that one. It ends a pause."""
    sign_off: str = "*82"
    """Sign off from all queues, and be available for backup no more; with ``*`` and a queue's code, from that one."""
    pause: str = "*83"
    """Pause, with ``*`` and the code of the reason behind it; alone where the site has no reasons."""
    unpause: str = "*84"
    """End the pause."""
    backup_on: str = "*86"
    """Be available for backup: the controller may add him to a queue that needs people. With ``*`` and his own number
    behind it, the one that a lamp key of his phone dials, it changes to the other state."""
    backup_off: str = "*87"
    """Be available for backup no more."""

    def by_action(self) -> Mapping[str, str]:
        """The codes by what they do."""
        return {
            "sign_on": self.sign_on,
            "sign_off": self.sign_off,
            "pause": self.pause,
            "unpause": self.unpause,
            "backup_on": self.backup_on,
            "backup_off": self.backup_off,
        }
