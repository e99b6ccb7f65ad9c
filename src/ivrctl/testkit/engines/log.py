"""What is noted of a call while it is played: heard prompts, stays, steps, the end.

Filled by a stage, read by the interpreter and the judge. Times are seconds since the call began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ivrctl.flow.commands import Answer, Question, Submit, Submitted
from ivrctl.flow.coverage import Walk
from ivrctl.model.call import TraceEntry
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Row
from ivrctl.service.answering import as_declared
from ivrctl.site.site_file import Site
from ivrctl.site.submissions import params_of
from ivrctl.testkit.scenario.script import By
from ivrctl.testkit.verdict import Course, Noted


@dataclass(slots=True)
class Heard:
    """One utterance that is, or is about to be, said to the caller."""

    utterance: Utterance
    written: str
    began: float
    ends: float
    """When it has been heard, if nothing cuts it."""
    cut_at: float | None = None
    cut_by: str = ""
    """The key, or ``hang-up``."""
    is_running: bool = False
    """True while the end is only expected: whoever plays it will tell."""


@dataclass(slots=True)
class Stay:
    """One stay in a queue, one ringing of an extension, or one message."""

    application: Literal["queue", "dial", "voicemail"]
    target: str
    began: float
    rings: tuple[str, ...] = ()
    """The agents of the scenario whose phones it can ring."""
    priority: int = 0
    agent: str | None = None
    """Who answered."""
    answered: float | None = None
    """When he did, where the engine is the one to know."""
    ended: float | None = None
    outcome: str | None = None
    """In the language's words."""
    is_ended_by_agent: bool = False

    @property
    def is_on(self) -> bool:
        """True while the caller is in it."""
        return self.ended is None

    @property
    def is_talking(self) -> bool:
        """True while an agent and the caller talk."""
        return self.ended is None and self.agent is not None

    @property
    def outcome_of_leaving(self) -> str:
        """What becomes of it when the caller hangs up in it, as far as that can be seen."""
        if self.application == "voicemail":
            return "hung up"
        return "answered" if self.is_talking else "abandoned"

    @property
    def was_let_in(self) -> bool:
        """False for a queue that turned the caller away."""
        return self.outcome not in _TURNED_AWAY


_TURNED_AWAY = frozenset({"empty", "full", "failed", "unknown", "unavailable"})


@dataclass(slots=True)
class LegLog:
    """One leg: from an entry into the site's lines to its end."""

    path: tuple[str, ...] = ()
    fields: Row = field(default_factory=dict)
    promise: str = ""
    """What became of the promise to answer; known once the leg is over."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One thing that was submitted, and taken."""

    submission: str
    params: Row


@dataclass(slots=True)
class CallLog:
    """Everything that is noted of one call."""

    heard: list[Heard] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    legs: list[LegLog] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)
    submitted: dict[tuple[str, str], Handed] = field(default_factory=dict)
    """What was taken, by its leg and its key: asked again, it is the same."""
    acts: list[Noted] = field(default_factory=list)
    """What the people of the script did."""
    walk: Walk | None = None
    """What the flow has walked, where somebody asks for it."""
    faults: list[str] = field(default_factory=list)
    ended: By | None = None
    ended_at: float = 0.0
    ending: str = ""
    """How the last leg ended, in the words of its record."""
    reason: str = ""

    @property
    def stay(self) -> Stay | None:
        """The stay that the caller is in now."""
        return self.stays[-1] if self.stays and self.stays[-1].is_on else None

    def says(self, at: float, said: Iterable[tuple[Utterance, float]]) -> float:
        """Utterances begin to be said one after the other; when the last one ends.

        Args:
            at: when the first one begins.
            said: the utterances with the seconds that each takes.
        """
        for utterance, seconds in said:
            if written := utterance.written:
                self.heard.append(Heard(utterance, written, at, at + seconds))
            at += seconds
        return at

    def cut(self, at: float, by: str) -> None:
        """Whatever is being said is cut; what had not begun was never heard."""
        while self.heard and self.heard[-1].ends > at and self.heard[-1].cut_at is None:
            if self.heard[-1].began < at:
                self.heard[-1].cut_at, self.heard[-1].cut_by = at, by
                self.heard[-1].is_running = False
                return
            self.heard.pop()

    def end(self, by: By, at: float, ending: str, reason: str = "") -> None:
        """The call is over."""
        self.cut(at, "hang-up")
        self.ended, self.ended_at, self.ending, self.reason = by, at, ending, reason
        if self.stay is not None:
            self.stay.outcome = self.stay.outcome_of_leaving
            self.stay.ended = at

    def answers(self, question: Question, leg: str, reply: Answer, site: Site) -> None:
        """A question of a flow has an answer, or will have it: what was submitted is there now, as it is delivered."""
        if isinstance(question, Submit) and isinstance(reply, Submitted):
            params = as_declared(question.params, params_of(question.submission, site.submissions) or {}, site)
            self.submitted.setdefault((leg, question.key), Handed(question.submission, params))

    def act(self, at: float, who: str, what: str) -> None:
        """Somebody of the script did something."""
        self.acts.append(Noted(at, who, what))

    def course(self, silence: float, outcomes: Mapping[str, str]) -> Course:
        """The call in the words of the flow; its longest silence and its outcomes are others' to know."""
        return Course(
            path=tuple(step for leg in self.legs for step in leg.path),
            ending=self.ending,
            heard=tuple(heard.written for heard in self.heard if heard.cut_at is None),
            outcomes=outcomes,
            fields=dict(self.legs[-1].fields) if self.legs else {},
            queues={stay.target: stay.outcome or "" for stay in self.stays if stay.application == "queue"},
            submissions=tuple((each.submission, each.params) for each in self.submitted.values()),
            promise=next((leg.promise for leg in reversed(self.legs) if leg.promise), ""),
            longest_silence=silence,
            trace=tuple(self.trace),
            walked=frozenset() if self.walk is None else frozenset(self.walk.walked),
        )

    def transcript(self) -> tuple[Noted, ...]:
        """Who did what, in order."""
        said = [Noted(heard.began, "ivr", _said(heard)) for heard in self.heard]
        left = [_left(stay, stay.ended) for stay in self.stays if stay.ended is not None]
        entered = [_entered(stay) for stay in self.stays]
        # Of what has the same time, causes come first: sorting keeps this order.
        lines = [*self.acts, *left, *_steps(self.trace), *entered, *said, *self._ending()]
        return tuple(sorted(lines, key=lambda noted: round(noted.at, 3)))

    def _ending(self) -> Sequence[Noted]:
        if self.ended is None:
            return ()
        reason = f": {self.reason}" if self.reason else ""
        return (Noted(self.ended_at, "call", f"ends by {self.ended}, {self.ending or 'without a record'}{reason}"),)


def longest_silence(log: CallLog, until: float) -> float:
    """The longest time without a prompt, outside of queues and talks, from the beginning to ``until``."""
    sounds = [(heard.began, heard.ends if heard.cut_at is None else heard.cut_at) for heard in log.heard]
    sounds += [(stay.began, until if stay.ended is None else stay.ended) for stay in log.stays]
    longest = quiet_since = 0.0
    for began, ended in [*sorted(sounds), (until, until)]:
        longest, quiet_since = max(longest, began - quiet_since), max(quiet_since, ended)
    return longest


_SHOWN = {
    "step": "{}",
    "resumes": "resumes {}",
    "looks-up": "looks up {}",
    "found": "found",
    "missing": "missing",
    "submits": "submits to {}",
    "submitted": "submitted",
    "failed": "failed: {}",
    "outcome": "outcome {}",
    "return": "returns {}",
    "dials": "dials {}",
    "records": "records for {}",
    "recorded": "message kept",
}
"""The events of a trace that a transcript shows; what is said, pressed and queued for, others have noted already."""


def _steps(trace: Iterable[TraceEntry]) -> list[Noted]:
    return [
        Noted(entry.at, "flow", _SHOWN[entry.event].format(entry.detail)) for entry in trace if entry.event in _SHOWN
    ]


def _said(heard: Heard) -> str:
    return heard.written if heard.cut_at is None else f"{heard.written} (cut by {heard.cut_by})"


def _entered(stay: Stay) -> Noted:
    priority = f", priority {stay.priority}" if stay.application == "queue" else ""
    return Noted(stay.began, stay.application, f"{stay.target}{priority}")


def _left(stay: Stay, at: float) -> Noted:
    return Noted(at, stay.application, f"{stay.target}: {stay.outcome}")
