"""Stays and spans of agents from the lines of a queue_log, in the order in which they were written.

Memory is bounded: only calls that are under way are held, and one whose end does not come within a day has none. A
call whose beginning is not in the log is reckoned back from what its end says of waiting and talking.

Events and their data as app_queue.c, app_agent_pool and logger.c of Asterisk 22 write them, and as older ones did:
ABANDON ADDMEMBER AGENTDUMP AGENTLOGIN AGENTLOGOFF ATTENDEDTRANSFER BLINDTRANSFER COMPLETEAGENT COMPLETECALLER
CONFIGRELOAD CONNECT ENTERQUEUE EXITEMPTY EXITWITHKEY EXITWITHTIMEOUT OUTCALL PAUSE PAUSEALL PENALTY QUEUESTART
REMOVEMEMBER RINGCANCELED RINGINUSE RINGNOANSWER SYSCOMPAT TRANSFER UNPAUSE UNPAUSEALL WITHDRAW. Whatever else stands
in a log was written by a dialplan, and is counted.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

from ivrctl.acd.queue_log.agents import AgentsRecount
from ivrctl.acd.queue_log.lines import Line, UnreadableLineError
from ivrctl.acd.stay import AgentSpan, Stay, StayEnd

LONGEST = 86_400.0
"""Seconds after which a call is under way no longer: its end is not in the log."""
MOST_UNDER_WAY = 50_000
"""Calls that are held; beyond that the oldest have no end."""
MOST_CHAINS = 5_000
"""Channels of which it is known how many stays they had: who enters another queue does so soon."""
SWEEP = 1_000
"""Lines between two looks for calls that have no end."""
STEP = 0.001
"""Seconds by which stays of one channel are told apart that joined in one second."""
SAME_TALK = 2.0
"""Seconds between the length of a talk by its two lines and what the second one says."""


@dataclass(slots=True)
class _Caller:
    """A call that is under way."""

    queue: str
    call: str
    number: str
    position: int
    joined: float
    is_exact: bool
    chain: int
    missed: int = 0
    left: float | None = None
    agent: str = ""


class Recount:
    """Fed line by line; gives stays when they have ended."""

    def __init__(self, names: Mapping[str, str] | None = None, state: Mapping[str, Any] | None = None) -> None:
        """Begin with nothing, or where ``state`` was taken.

        Args:
            names: interfaces by the names of members; a name that is not there stands for itself.
            state: as ``state()`` gave it.
        """
        kept = state or {}
        self._names = names or {}
        self._waiting: dict[str, _Caller] = {one[1]: _Caller(*one) for one in kept.get("waiting", ())}
        self._talking: dict[str, _Caller] = {one[1]: _Caller(*one) for one in kept.get("talking", ())}
        self._chains: OrderedDict[str, list[Any]] = OrderedDict(kept.get("chains", ()))
        self._agents = AgentsRecount(kept.get("agents"))
        self._stays: list[Stay] = []
        self.last_at: float = kept.get("last_at", 0.0)
        """The time of the latest line."""
        self.others: Counter[str] = Counter()
        """Events that are none of app_queue's own."""
        self._second: set[Line] = set()
        """The lines of the latest second: one that is there twice was written twice, and happened once."""
        self._fed = 0
        self._handlers = self._by_event()

    def feed(self, line: Line) -> None:
        """Take a line.

        Raises:
            UnreadableLineError: its data are not those of its event; nothing has changed.
        """
        handler = self._handlers.get(line.event)
        if handler is not None and not line.queue:
            raise UnreadableLineError("its queue has no name")
        self.last_at = max(self.last_at, line.at)
        if handler is not None:
            try:
                if not self._is_repeated(line):
                    handler(line)
            except (IndexError, ValueError):
                raise UnreadableLineError(f"its data are not those of {line.event}") from None
        elif not self._agents.feed(line, self._name(line)) and line.event not in _SILENT:
            self.others[line.event] += 1
        self._fed += 1
        if self._fed % SWEEP == 0:
            self._sweep(line.at - LONGEST)

    def _is_repeated(self, line: Line) -> bool:
        if self._second and next(iter(self._second)).at != line.at:
            self._second.clear()
        is_there = line in self._second
        self._second.add(line)
        return is_there

    def take(self) -> tuple[list[Stay], list[AgentSpan]]:
        """What has ended since it was last taken."""
        stays, self._stays = self._stays, []
        spans, self._agents.spans = self._agents.spans, []
        return stays, spans

    def under_way(self) -> tuple[list[Stay], list[AgentSpan]]:
        """What has not ended at the last line: of those who wait nobody knows what became."""
        waiting = [_stay(caller, StayEnd.UNKNOWN) for caller in self._waiting.values()]
        talking = [_stay(caller, StayEnd.ANSWERED) for caller in self._talking.values()]
        return [*waiting, *talking], self._agents.under_way(self.last_at)

    def state(self) -> dict[str, Any]:
        """What is under way, for ``Recount``: JSON can hold it."""
        return {
            "waiting": [list(astuple(caller)) for caller in self._waiting.values()],
            "talking": [list(astuple(caller)) for caller in self._talking.values()],
            "chains": list(self._chains.items()),
            "agents": self._agents.state(),
            "last_at": self.last_at,
        }

    def _by_event(self) -> Mapping[str, Callable[[Line], None]]:
        return {
            "ENTERQUEUE": self._entered,
            "CONNECT": self._connected,
            "COMPLETECALLER": self._completed,
            "COMPLETEAGENT": self._completed,
            "BLINDTRANSFER": self._transferred,
            "ATTENDEDTRANSFER": self._transferred,
            "TRANSFER": self._transferred,
            "ABANDON": self._abandoned,
            "EXITWITHTIMEOUT": self._timed_out,
            "EXITEMPTY": self._emptied,
            "EXITWITHKEY": self._exited,
            "WITHDRAW": self._withdrawn,
            "RINGNOANSWER": self._missed,
            "RINGCANCELED": self._rang,
            "AGENTDUMP": self._dumped,
            "QUEUESTART": self._started,
        }

    def _entered(self, line: Line) -> None:
        data = line.data
        position = int(data[2]) if len(data) > 2 and data[2].isdigit() else 1  # noqa: PLR2004 - url, number, position
        number = data[1] if len(data) > 1 else ""
        self._end(line.call, None, StayEnd.UNKNOWN)
        self._waiting[line.call] = self._caller(line, line.at, number=number, position=position)
        if len(self._waiting) > MOST_UNDER_WAY:
            self._end(next(iter(self._waiting)), None, StayEnd.UNKNOWN)

    def _connected(self, line: Line) -> None:
        hold = _seconds(line.data[0])
        ring = _seconds(line.data[2]) if len(line.data) > 2 and line.data[2] else 0.0  # noqa: PLR2004 - hold, channel, ring
        caller = self._waited(line, hold)
        caller.left, caller.agent = max(line.at, caller.joined), self._name(line)
        self._talk_ended(line.call, None, "")
        self._talking[line.call] = caller
        self._agents.rang(caller.agent, ring, line.at)
        self._agents.talks(caller.agent, line.call, line.at)
        if len(self._talking) > MOST_UNDER_WAY:
            self._talk_ended(next(iter(self._talking)), None, "")

    def _completed(self, line: Line) -> None:
        hold, talk = _seconds(line.data[0]), _seconds(line.data[1])
        self._talked(line, hold, talk, "caller" if line.event == "COMPLETECALLER" else "agent")

    def _transferred(self, line: Line) -> None:
        """The last three are waiting, talk and position; the oldest TRANSFER has none."""
        numbers = line.data[-3:-1] if len(line.data) > 2 else ()  # noqa: PLR2004 - and what it was transferred to
        if len(numbers) < 2 or not all(text.isdigit() for text in numbers):  # noqa: PLR2004 - waiting and talk
            self._talked(line, None, None, "transfer")
        else:
            self._talked(line, _seconds(numbers[0]), _seconds(numbers[1]), "transfer")

    def _abandoned(self, line: Line) -> None:
        self._left(line, StayEnd.ABANDONED, 2)

    def _timed_out(self, line: Line) -> None:
        self._left(line, StayEnd.TIMED_OUT, 2)

    def _emptied(self, line: Line) -> None:
        self._left(line, StayEnd.EMPTY, 2)

    def _withdrawn(self, line: Line) -> None:
        self._left(line, StayEnd.WITHDRAWN, 2)

    def _exited(self, line: Line) -> None:
        self._left(line, StayEnd.KEY, 3, line.data[0])

    def _missed(self, line: Line) -> None:
        self._rang(line)
        if (caller := self._waiting.get(line.call)) is not None and caller.queue == line.queue:
            caller.missed += 1

    def _rang(self, line: Line) -> None:
        self._agents.rang(self._name(line), _seconds(line.data[0], most=1000 * LONGEST) / 1000, line.at)

    def _dumped(self, line: Line) -> None:
        """The agent hung up while he was told who calls: the caller waits on."""
        if (caller := self._waiting.get(line.call)) is not None:
            caller.missed += 1

    def _started(self, line: Line) -> None:
        """Asterisk has begun anew: whoever was under way is no more."""
        for call in list(self._waiting):
            self._end(call, None, StayEnd.UNKNOWN)
        for call in list(self._talking):
            self._talk_ended(call, None, "")
        self._agents.restarted(line.at)

    def _left(self, line: Line, end: StayEnd, waited_in: int, key: str = "") -> None:
        """He waits no longer, unanswered; field ``waited_in`` of the data says how long he did, in newer logs."""
        text = line.data[waited_in] if len(line.data) > waited_in else ""
        hold = _seconds(text) if text else None
        self._waiting[line.call] = self._waited(line, hold)
        self._end(line.call, line.at, end, key)

    def _waited(self, line: Line, hold: float | None) -> _Caller:
        """Who waited in this queue; one whose joining is not in the log is reckoned back."""
        caller = self._waiting.pop(line.call, None)
        if caller is not None and caller.queue == line.queue:
            return caller
        if caller is not None:
            self._stays.append(_stay(caller, StayEnd.UNKNOWN))
        return self._caller(line, line.at - (hold or 0.0), is_exact=False)

    def _talked(self, line: Line, hold: float | None, talk: float | None, by: str) -> None:
        if line.call not in self._talking:
            # A caller whose channel was replaced (masquerade) ends under another id.
            other = next((call for call, one in self._talking.items() if self._is_of(one, line, talk)), None)
            if other is not None:
                self._talk_ended(other, line.at, by)
                return
            caller = self._waited(line, hold if talk is None else (hold or 0.0) + talk)
            caller.left, caller.agent = max(caller.joined, line.at - (talk or 0.0)), self._name(line)
            self._talking[line.call] = caller
        self._talk_ended(line.call, line.at, by)

    def _is_of(self, caller: _Caller, line: Line, talk: float | None) -> bool:
        """True when a talk that ends can be this one: of the same agent, and as long."""
        if talk is None or caller.queue != line.queue or caller.agent != self._name(line):
            return False
        return abs(line.at - (caller.left or 0.0) - talk) <= SAME_TALK

    def _end(self, call: str, at: float | None, end: StayEnd, key: str = "") -> None:
        """Somebody waits no longer: without an answer, or nobody knows."""
        caller = self._waiting.pop(call, None)
        if caller is None:
            return
        caller.left = None if at is None else max(at, caller.joined)
        self._stays.append(_stay(caller, end, key=key))

    def _talk_ended(self, call: str, at: float | None, by: str) -> None:
        caller = self._talking.pop(call, None)
        if caller is None:
            return
        self._stays.append(_stay(caller, StayEnd.ANSWERED, talk_ended=at, by=by))
        self._agents.talked(caller.agent, call, self.last_at if at is None else at)

    def _caller(
        self, line: Line, joined: float, *, number: str = "", position: int = 0, is_exact: bool = True
    ) -> _Caller:
        """A caller with the number of his stay, and a time of joining that no other stay of his channel has."""
        chain, last = self._chains.pop(line.call, (0, 0.0))
        if chain and joined <= last < joined + 1:
            joined = round(last + STEP, 3)
        self._chains[line.call] = [chain + 1, joined]
        if len(self._chains) > MOST_CHAINS:
            self._chains.popitem(last=False)
        return _Caller(line.queue, line.call, number, position, joined, is_exact, chain + 1)

    def _sweep(self, before: float) -> None:
        """End what has no end in the log: the oldest stand first."""
        while self._waiting and (oldest := next(iter(self._waiting.values()))).joined < before:
            self._end(oldest.call, None, StayEnd.UNKNOWN)
        while self._talking and ((oldest := next(iter(self._talking.values()))).left or 0.0) < before:
            self._talk_ended(oldest.call, None, "")

    def _name(self, line: Line) -> str:
        return self._names.get(line.agent, line.agent)


_SILENT = frozenset({"CONFIGRELOAD", "PENALTY", "RINGINUSE", "SYSCOMPAT", "OUTCALL"})
"""What changes nothing here: an ABANDON follows SYSCOMPAT, and an OUTCALL was in no queue."""


def _stay(caller: _Caller, end: StayEnd, *, key: str = "", talk_ended: float | None = None, by: str = "") -> Stay:
    ended = None if talk_ended is None else max(talk_ended, caller.left or talk_ended)
    return Stay(
        queue=caller.queue,
        uniqueid=caller.call,
        linkedid=caller.call,
        number=caller.number,
        line="",
        joined_at=_time(caller.joined),
        is_joined_exactly=caller.is_exact,
        position=caller.position,
        chain=caller.chain,
        end=end,
        key=key,
        left_at=None if caller.left is None else _time(caller.left),
        interface=caller.agent,
        talk_ended_at=None if ended is None else _time(ended),
        talk_ended_by=by,
        missed=caller.missed,
    )


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _seconds(text: str, most: float = LONGEST) -> float:
    """A whole number that Asterisk has written; less than nothing where its clock was set back.

    Raises:
        ValueError: it is none, or more than anything lasts: a stay would be reckoned back by years.
    """
    value = int(text)
    if value > most:
        raise ValueError(text)
    return float(max(0, value))
