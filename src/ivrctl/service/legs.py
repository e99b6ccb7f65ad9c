"""The contract with the dialplan: what a leg says when it enters, and how an application's outcome is called.

Counterpart of ``asterisk-conf/ivrctl.d/extensions.conf``, where the loop is that runs legs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ivrctl.agi.request import Request
from ivrctl.flow.commands import RECORDED, HandOff, HandOffToDial, HandOffToQueue, HandOffToVoicemail

START = "start"
"""What a leg says when it enters for the first time."""

PROGRESS = "progress"
"""IVRCTL_NEXT for a line that is not answered: the dialplan opens the way for early media, and comes back saying so."""

SCRIPT_ENDED = "ended"
"""The AGI path by which the h extension says that a caller left while he was handed off."""

LEG_ID = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
"""``<uniqueid>-<epoch><random>``, as the dialplan makes it."""

_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?\Z")

_QUEUE_STATUS = {
    "CONTINUE": "answered",
    "TIMEOUT": "timed_out",
    "LEAVEEMPTY": "left",
    "LEAVEUNAVAIL": "left",
    "JOINEMPTY": "empty",
    "JOINUNAVAIL": "empty",
    "FULL": "full",
    "UNKNOWN": "failed",
    "WITHDRAW": "failed",
}
"""QUEUESTATUS of app_queue; the caller was connected and the agent hung up first: CONTINUE, by option c."""

_DIAL_STATUS = {
    "ANSWER": "answered",
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "no_answer",
    "CHANUNAVAIL": "unavailable",
    "CONGESTION": "unavailable",
    "INVALIDARGS": "unavailable",
    "DONTCALL": "refused",
    "TORTURE": "refused",
    "REFUSED": "refused",
}
"""DIALSTATUS of app_dial; REFUSED where the dialplan saw that the call was rejected."""


_RECORD_STATUS = {
    "DTMF": RECORDED,
    "TIMEOUT": RECORDED,
    "SILENCE": RECORDED,
    "OPERATOR": RECORDED,
    "HANGUP": RECORDED,
}
"""RECORD_STATUS of app_record, where there is a message; SKIP and ERROR have none."""

SHORT = "SHORT"
"""Behind a RECORD_STATUS, as in ``DTMF-SHORT``: the file is smaller than IVRCTL_LEAST."""

_WAV_HEADER = 44
_WAV_BYTES_PER_SECOND = 16_000
"""16 bit, 8 kHz, mono: what Asterisk's format ``wav`` is."""


@dataclass(frozen=True, slots=True)
class LegEntry:
    """One entry of a leg into AGI."""

    leg: str
    after: str
    """``start``, ``progress``, or the id of the hand-off that the dialplan comes back from."""
    former: str | None
    """The leg that a transfer or a redirect of the same channel has left for this one."""
    is_over: bool
    """True when the h extension says that the caller has left."""
    uniqueid: str
    caller: str
    number: str
    """The dialled number."""
    is_from_agents: bool = False
    """True when an agent's phone sent the call in, by dialling or by a transfer."""
    limit: float | None = None
    """Seconds after which the dialplan takes the caller out of the flow; None when it does not, or does not say."""

    @classmethod
    def of(cls, request: Request) -> LegEntry | None:
        """Read the request of a session; None when it does not come from our dialplan."""
        if len(request.args) < 2 or not LEG_ID.match(request.args[0]):  # noqa: PLR2004 - leg and after
            return None
        return cls(
            request.args[0],
            request.args[1],
            request.args[2] if len(request.args) > 2 and LEG_ID.match(request.args[2]) else None,  # noqa: PLR2004 - the third
            request.network_script == SCRIPT_ENDED,
            request.uniqueid,
            request.callerid,
            request.extension,
            request.args[3:4] == ("agents",),
            _limit(request.args[4]) if len(request.args) > 4 else None,  # noqa: PLR2004 - the fifth
        )


def _limit(text: str) -> float | None:
    """IVRCTL_LEG_LIMIT, where 0 is for ever."""
    return float(text) or None if _SECONDS.match(text) else None


def handoff_kind(handoff_id: str) -> str:
    """``queue``, ``dial`` or ``voicemail``: the part of a hand-off's id that is also the label in the dialplan."""
    return handoff_id.partition("-")[0]


def outcome_of(handoff_id: str, status: str) -> str:
    """The language's word for what an application left in IVRCTL_OUTCOME.

    Args:
        handoff_id: such as ``queue-3``.
        status: QUEUESTATUS, DIALSTATUS (or REFUSED) or RECORD_STATUS as it came; ``KEY_<k>`` for an exit
            key; ``-SHORT`` behind the status of a message that is none.
    """
    if status.startswith("KEY_"):
        return f"key_{status.removeprefix('KEY_')}"
    if handoff_kind(handoff_id) == "queue":
        # An empty QUEUESTATUS with the caller here: Queue without option c, whose agent hung up.
        return _QUEUE_STATUS.get(status, "answered" if not status else "failed")
    if handoff_kind(handoff_id) == "voicemail":
        recorded, _, short = status.partition("-")
        outcome = _RECORD_STATUS.get(recorded, "failed")
        return "too_short" if short == SHORT and outcome == RECORDED else outcome
    return _DIAL_STATUS.get(status, "unavailable")


def message_file(leg: str, handoff_id: str) -> str:
    """The file of a message that was left in a leg, in the recordings folder."""
    return f"{message_name(leg, handoff_id)}.wav"


def message_name(leg: str, handoff_id: str) -> str:
    """The same without its ending, as Asterisk is told what to play."""
    return f"{leg}-{handoff_id}"


def least_bytes(shortest: timedelta) -> int:
    """The size of the file of the shortest message."""
    return _WAV_HEADER + round(shortest.total_seconds() * _WAV_BYTES_PER_SECOND)


def application_arguments(command: HandOff, file: str = "") -> str:
    """The whole argument text of Queue(), Dial() or Record(), of the last without the folder, which the dialplan knows.

    Queue gets option ``c``: the caller goes on in the dialplan when the agent hangs up, so that a survey can follow.
    Dial gets ``g`` for the same reason. Record gets ``k``: what was said before a hang-up is kept.
    """
    match command:
        case HandOffToQueue(queue=queue, wait=wait, place=place):
            # Queue takes whole seconds; 0 would mean no limit.
            seconds = "" if wait is None else f"{max(1, round(wait.total_seconds()))}"
            return f"{queue},c,,,{seconds},,,,{'' if place is None else place}".rstrip(",")
        case HandOffToDial(dial_string=dial_string, ring=ring):
            return f"{dial_string},{max(1, round(ring.total_seconds()))},g"
        case HandOffToVoicemail(longest=longest):
            return f"{file},0,{max(1, round(longest.total_seconds()))},k"
