"""What a channel does outside the controller: its stay in Queue(), Dial() or Record(), as a script decides it.

The script is the agents and the other callers: it answers, hangs up, transfers, or says how the application ended.
What Asterisk makes of it (which status, whether the caller comes back) is decided here, as measured on Asterisk 22.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivrctl.testkit.fake_asterisk.channel import Cause, Channel


@dataclass(frozen=True, slots=True)
class QueueSetup:
    """What queues.conf and the agents' sign-on say of a queue."""

    exit_keys: str = ""
    """The keys that lead out of it."""
    is_empty: bool = False
    """Nobody is signed on, and joinempty says no."""
    is_full: bool = False
    """maxlen is reached."""
    ahead: int = 0
    """Callers who wait in it, and stay."""


class Application(StrEnum):
    """What a hand-off can run."""

    QUEUE = "queue"
    DIAL = "dial"
    VOICEMAIL = "voicemail"


@dataclass(eq=False, slots=True)
class Stay:
    """One stay of a channel in an application; the script's verbs are its methods."""

    channel: Channel
    application: Application
    arguments: str
    """The application's whole argument text."""
    target: str
    """The queue, the interface dialled, or the file recorded."""
    options: str
    began: float
    """Seconds since the call began."""
    priority: str = ""
    """QUEUE_PRIO as it stood at the entry."""
    place: str = ""
    """The position that was asked for at the entry; empty for the end of the queue."""
    least_seconds: float = 0.0
    """A message that is shorter has ``-SHORT`` behind its status."""
    ended: float | None = None
    agent: str | None = None
    """Who answered."""
    outcome: str | None = None
    """QUEUESTATUS, DIALSTATUS, RECORD_STATUS or ``KEY_<k>``; empty when Asterisk leaves the status empty."""
    comes_back: bool = True
    """False when the channel is hung up with the end of the application."""

    @property
    def status_left(self) -> str:
        """The status that a caller leaves behind who hangs up during it."""
        if self.application is Application.VOICEMAIL:
            return self._recorded("HANGUP")
        if self.application is Application.QUEUE:
            return "CONTINUE" if self.agent is not None and "c" in self.options else ""
        return "CANCEL" if self.agent is None else "ANSWER"

    @property
    def is_talking(self) -> bool:
        """True while caller and agent are connected."""
        return self.agent is not None and self.outcome is None

    def answer(self, agent: str) -> None:
        """An agent, or whoever was dialled, answers."""
        self._still_on()
        self.agent = agent
        if self.application is Application.QUEUE:
            # The difference of two times in whole seconds, as app_queue has it.
            self.channel.variables["QEHOLDTIME"] = str(int(self.channel.elapsed) - int(self.began))
        self.channel.changed()

    def agent_hangs_up(self) -> None:
        """The agent hangs up first: with the option ``c`` (Queue) or ``g`` (Dial) the caller comes back."""
        self._still_on()
        if self.agent is None:
            raise ValueError(f"nobody has answered in {self.application} {self.target}")
        keeps_caller = ("c" if self.application is Application.QUEUE else "g") in self.options
        status = "CONTINUE" if self.application is Application.QUEUE else "ANSWER"
        self._end(status if keeps_caller else "", comes_back=keeps_caller)

    def transfer(self, extension: str) -> None:
        """The agent transfers the caller blindly: a new leg at another extension, with the same uniqueid."""
        self._still_on()
        self.outcome, self.comes_back = "", False
        self.channel.end_leg(transfer_to=extension)

    def end(self, status: str) -> None:
        """The application ends without an agent: ``TIMEOUT``, ``LEAVEEMPTY``, ``BUSY``, ``NOANSWER`` and so on."""
        self._still_on()
        self._end(status, comes_back=True)

    async def until_over(self, longest: float | None, exit_keys: str) -> None:
        """Stay until the script, a key, the caller or the time ends it.

        Args:
            longest: seconds until the application gives up on its own; a talk is not cut.
            exit_keys: the keys that lead out while nobody has answered.
        """
        left = longest
        while self.outcome is None:
            ending = await self.channel.listen(left, accepts="" if self.is_talking else exit_keys)
            match ending:
                case str() if not self.is_talking:
                    self.outcome = self._left_by_key(ending)
                case Cause.TIME if not self.is_talking:
                    self.outcome = "NOANSWER" if self.application is Application.DIAL else "TIMEOUT"
                case Cause.HANGUP:
                    self._left()
                case _:
                    left = None
        self.ended = self.channel.elapsed

    def _left_by_key(self, key: str) -> str:
        return self._recorded("DTMF") if self.application is Application.VOICEMAIL else f"KEY_{key}"

    def _recorded(self, status: str) -> str:
        """RECORD_STATUS, as the dialplan hands it on: what was recorded is as long as the caller stayed."""
        return status if self.channel.elapsed - self.began >= self.least_seconds else f"{status}-SHORT"

    def _left(self) -> None:
        """The caller has left, or was transferred, which has set the outcome already."""
        self.outcome, self.comes_back = self.outcome or "", False

    def _end(self, outcome: str, *, comes_back: bool) -> None:
        self.outcome, self.comes_back = outcome, comes_back
        self.channel.wake(Cause.OUTCOME)
        self.channel.changed()

    def _still_on(self) -> None:
        if self.outcome is not None:
            raise ValueError(f"{self.application} {self.target} is over")
