"""The books against what was done and what Asterisk wrote, call by call: every difference is a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.testkit.queue_day.evidence import Bridged, Logged, Recorded
from ivrctl.testkit.queue_day.people import Made, Noted, Talked
from ivrctl.testkit.queue_day.plan import Kind
from ivrctl.testkit.queue_day.site import EXPERT, LINES, RING_SECONDS, RINGS_OUT, SALES, SUPPORT, WAITING

SECOND = 1.0
"""What times may differ by: phones, queue_log and CDR are compared to the second."""
WHOLE = SECOND + 1.0
"""Where one of the two is cut to whole seconds at each end."""
_ALONE: Mapping[Kind, Sequence[str]] = {
    Kind.TURNED_AWAY: (),
    Kind.EMPTY: ("empty",),
    Kind.ABANDONED: ("abandoned",),
    Kind.ABANDONED_RINGING: ("abandoned",),
    Kind.TIMED_OUT: ("timed_out",),
    Kind.TIMED_OUT_RINGING: ("timed_out",),
    Kind.WITHDRAWN: ("withdrawn",),
    Kind.KEY: ("key 1",),
}
"""What becomes of those who are not answered anywhere."""
QUEUE_OF = {line: queue for queue, line in LINES.items()}


@dataclass(slots=True)
class Evidence:
    """Everything that is compared."""

    noted: Noted
    logged: Mapping[str, list[Logged]]
    pauses: Mapping[tuple[str, str], int]
    """By the agent's name and the reason, how often."""
    recorded: Mapping[str, Recorded]
    bridged: Mapping[str, list[Bridged]]
    stays: Sequence[Stay]
    spans: Sequence[AgentSpan]
    gaps: Sequence[Gap]


@dataclass(slots=True)
class Compared:
    """What was found."""

    differences: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    """Calls by what was planned for them."""
    ends: Counter[str] = field(default_factory=Counter)
    """Stays by what became of them."""
    worst: dict[str, float] = field(default_factory=dict)
    """The largest difference of each kind of time; seconds."""

    def near(self, what: str, ours: datetime | None, theirs: datetime | float | None, within: float) -> str | None:
        """None where two times agree; else how they differ."""
        if ours is None or theirs is None:
            return None if ours is theirs else f"{what}: {ours} and {theirs}"
        moment = theirs.timestamp() if isinstance(theirs, datetime) else theirs
        apart = ours.timestamp() - moment
        self.worst[what] = max(self.worst.get(what, 0.0), abs(apart))
        return None if abs(apart) <= within else f"{what}: {apart:+.3f} s apart"


def compare(evidence: Evidence) -> Compared:
    """Every difference there is."""
    found = Compared()
    by_number: dict[str, list[Stay]] = defaultdict(list)
    for stay in sorted(evidence.stays, key=lambda stay: stay.joined_at):
        by_number[stay.number[-11:]].append(stay)
        found.ends[stay.end.value] += 1
    for made in evidence.noted.made.values():
        found.kinds[made.planned.kind.value] += 1
        stays = by_number.pop(made.number, [])
        for difference in _of_call(found, made, stays, evidence):
            found.differences.append(f"{made.number} ({made.planned.kind.value}): {difference}")
    for number, stays in by_number.items():
        found.differences.append(f"{number}: nobody called, and the books have {stays}")
    known = {stay.uniqueid for stay in evidence.stays}
    for uniqueid, logged in evidence.logged.items():
        if uniqueid not in known:
            found.differences.append(f"{uniqueid}: queue_log has {logged}, the books have nothing")
    found.differences += [f"a gap: {gap}" for gap in evidence.gaps]
    found.differences += _of_agents(found, evidence)
    return found


def _of_call(found: Compared, made: Made, stays: list[Stay], evidence: Evidence) -> Iterator[str]:
    if made.fault:
        yield f"the call went otherwise than planned: {made.fault}"
    yield from _told(made, stays)
    yield from _by_clock(found, made, stays)
    ids = {stay.uniqueid for stay in stays}
    if len(ids) > 1:
        yield f"stays of several channels: {ids}"
    recorded = {id_: call for id_, call in evidence.recorded.items() if call.number == made.number}
    if len(recorded) != 1:
        yield f"{len(recorded)} calls in the CDRs"
        return
    uniqueid, call = next(iter(recorded.items()))
    if ids and ids != {uniqueid}:
        yield f"the CDRs have it as {uniqueid}, the books as {ids}"
    yield from _by_log(found, stays, evidence.logged.get(uniqueid, []))
    yield from _by_records(found, made, stays, call)
    yield from _by_events(found, stays, evidence.bridged.get(uniqueid, []))


def expected(made: Made) -> list[tuple[str, str]]:
    """The stays that what was done must have led to: queue, and end with the agent or the key.

    Who was to be answered and has hung up after ``LONG`` has abandoned the last of them.
    """
    kind, line = made.planned.kind, made.planned.line
    first = QUEUE_OF.get(line, SALES if line == RINGS_OUT else WAITING)
    talks = [f"answered by PJSIP/{talk.extension}, ended by {talk.by}" for talk in made.talks]
    if not talks and made.hung_up_at is not None:
        talks = ["abandoned"]
    alone = _ALONE.get(kind)
    if alone is not None:
        return [(first, end) for end in alone]
    then = {Kind.KEY_ON: ("key 1", SALES), Kind.TIMED_OUT_ON: ("timed_out", SUPPORT)}.get(kind)
    if then is not None:
        return [(first, then[0]), *((then[1], talk) for talk in talks)]
    if kind is Kind.TRANSFER_ABANDONED:
        return [*((first, talk) for talk in talks), *([(EXPERT, "abandoned")] if made.talks else [])]
    return list(zip((first, EXPERT), talks, strict=False))


def _told(made: Made, stays: list[Stay]) -> Iterator[str]:
    """What was done, against the books."""
    ours = [(stay.queue, _end(stay)) for stay in stays]
    if made.planned.kind is Kind.RACE:
        wins = [(QUEUE_OF[made.planned.line], "abandoned")], expected(made)
        if ours not in wins:
            yield f"the script saw one of {wins}, the books have {ours}"
    elif ours != expected(made):
        yield f"the script did {expected(made)}, the books have {ours}"
    if [stay.chain for stay in stays] != list(range(1, len(stays) + 1)):
        yield f"the chain is {[stay.chain for stay in stays]}"
    if not all(stay.is_joined_exactly for stay in stays):
        yield "a joining was reckoned"


def _end(stay: Stay) -> str:
    if stay.end is StayEnd.ANSWERED:
        return f"answered by {stay.interface}, ended by {stay.talk_ended_by or 'nobody'}"
    return f"key {stay.key}" if stay.end is StayEnd.KEY else stay.end.value


def _by_clock(found: Compared, made: Made, stays: list[Stay]) -> Iterator[str]:
    """The books' times against those of the phones."""
    answered = [stay for stay in stays if stay.end is StayEnd.ANSWERED]
    for stay, talk in zip(answered, made.talks, strict=False):
        yield from _said(found.near("answer by the phone", stay.left_at, talk.began_at, SECOND))
        yield from _said(found.near("end of talk by the phone", stay.talk_ended_at, talk.ended_at, SECOND))
        if stay.left_at and stay.talk_ended_at and talk.ended_at:
            apart = (stay.talk_ended_at - stay.left_at) - (talk.ended_at - talk.began_at)
            found.worst["talk time by the phone"] = max(
                found.worst.get("talk time by the phone", 0.0), abs(apart.total_seconds())
            )
            if abs(apart) > timedelta(seconds=SECOND):
                yield f"talk time by the phone: {apart.total_seconds():+.3f} s apart"
    ends = {StayEnd.ABANDONED: made.hung_up_at, StayEnd.KEY: made.pressed_at, StayEnd.WITHDRAWN: made.withdrawn_at}
    for stay in stays:
        if (done_at := ends.get(stay.end)) is not None:
            within = WHOLE if stay.end is StayEnd.WITHDRAWN else SECOND  # app_queue looks once a second
            yield from _said(found.near(f"{stay.end.value} by the script", stay.left_at, done_at, within))


def _by_log(found: Compared, stays: list[Stay], logged: list[Logged]) -> Iterator[str]:
    """The books against queue_log."""
    if [stay.queue for stay in stays] != [each.queue for each in logged]:
        yield f"queue_log has {[(each.queue, each.end) for each in logged]}"
        return
    for stay, theirs in zip(stays, logged, strict=True):
        ours = (stay.end.value, stay.key, stay.interface, stay.talk_ended_by, stay.missed)
        agent = f"PJSIP/{theirs.agent.rpartition(' ')[2]}" if theirs.agent.startswith("Agent ") else theirs.agent
        written = (theirs.end, theirs.key, agent, theirs.ended_by, theirs.missed)
        if ours != written:
            yield f"in {stay.queue} the books have {ours}, queue_log {written}"
        yield from _said(found.near("joining in queue_log", stay.joined_at, theirs.joined_at, WHOLE))
        yield from _said(found.near("leaving in queue_log", stay.left_at, theirs.left_at, WHOLE))
        if stay.end is not StayEnd.ANSWERED or stay.left_at is None:
            continue
        yield from _said(found.near("end of talk in queue_log", stay.talk_ended_at, theirs.ended_at, WHOLE))
        for what, seconds, whole in (
            ("wait", stay.waited(stay.left_at), theirs.hold),
            ("talk", stay.talked(stay.talk_ended_at or stay.left_at), theirs.talk),
        ):
            if abs(seconds - whole) > SECOND:
                yield f"{what} of {seconds:.3f} s in the books, {whole} s in queue_log"


def _by_records(found: Compared, made: Made, stays: list[Stay], call: Recorded) -> Iterator[str]:
    """The books against the CDRs."""
    ours = [stay.interface for stay in stays if stay.end is StayEnd.ANSWERED]
    if ours != call.answered_by:
        yield f"the CDRs have him answered by {call.answered_by}, the books by {ours}"
    if made.call is not None and made.call.ended_at is not None:
        # Between two rings no CDR of the caller is open: who hangs up then has ended with the ring before.
        within = WHOLE if not stays or stays[-1].end is StayEnd.ANSWERED else WHOLE + RING_SECONDS
        yield from _said(found.near("end of the call in the CDRs", made.call.ended_at, call.ended_at, within))


def _by_events(found: Compared, stays: list[Stay], bridged: list[Bridged]) -> Iterator[str]:
    """The books against the channel event log."""
    answered = [stay for stay in stays if stay.end is StayEnd.ANSWERED]
    if [stay.interface for stay in answered] != [talk.agent for talk in bridged]:
        yield f"the channel event log has talks with {[talk.agent for talk in bridged]}"
        return
    for stay, talk in zip(answered, bridged, strict=True):
        yield from _said(found.near("answer in CEL", stay.left_at, talk.began_at, SECOND))
        yield from _said(found.near("end of talk in CEL", stay.talk_ended_at, talk.ended_at, SECOND))


def _of_agents(found: Compared, evidence: Evidence) -> Iterator[str]:
    """Spans against talks and pauses."""
    talked: dict[str, list[Talked]] = defaultdict(list)
    bridged = {evidence.recorded[uniqueid].number for uniqueid in evidence.bridged if uniqueid in evidence.recorded}
    for made in evidence.noted.made.values():
        for talk in made.talks:
            if made.planned.kind is not Kind.RACE or made.number in bridged:
                talked[f"PJSIP/{talk.extension}"].append(talk)
    spans: dict[str, list[AgentSpan]] = defaultdict(list)
    for span in evidence.spans:
        spans[span.interface].append(span)
    for interface, own in spans.items():
        yield from _in_a_row(interface, own)
    for interface, talks in talked.items():
        of = [span for span in spans[interface] if span.state is AgentState.TALKING]
        yield from _talks_of(found, interface, talks, of)
    rests = Counter((f"Agent {each.agent}", each.reason) for each in evidence.noted.rested if each.reason)
    if rests != evidence.pauses:
        yield f"agents paused {dict(rests)}, by queue_log {dict(evidence.pauses)}"
    for rested in evidence.noted.rested:
        interface = f"PJSIP/{rested.agent}"
        if rested.reason and not any(
            span.state is AgentState.PAUSED
            and span.reason == rested.reason
            and abs((span.began_at - rested.began_at).total_seconds()) <= SECOND
            and span.ended_at is not None
            and abs((span.ended_at - rested.ended_at).total_seconds()) <= SECOND
            for span in spans[interface]
        ):
            near = [span for span in spans[interface] if span.began_at > rested.began_at - timedelta(seconds=3)][:6]
            yield f"{interface} paused for {rested.reason} {rested.began_at} to {rested.ended_at}; the spans are {near}"


def _talks_of(found: Compared, interface: str, talks: list[Talked], spans: list[AgentSpan]) -> Iterator[str]:
    """One span for each talk, as long as that was by the phone."""
    if len(spans) != len(talks):
        yield f"{interface} talked {len(talks)} times by his phone, {len(spans)} times by his spans"
    talks.sort(key=lambda talk: talk.began_at)
    for span, talk in zip(spans, talks, strict=False):
        for what, ours, theirs in (
            ("beginning", span.began_at, talk.began_at),
            ("end", span.ended_at, talk.ended_at),
        ):
            for difference in _said(found.near(f"{what} of a span of talk", ours, theirs, SECOND / 4)):
                yield f"{interface}, {difference}, {span}"


def _in_a_row(interface: str, spans: Iterable[AgentSpan]) -> Iterator[str]:
    """No two at a time."""
    last: AgentSpan | None = None
    for span in sorted(spans, key=lambda span: span.began_at):
        if last is not None and (last.ended_at is None or last.ended_at > span.began_at):
            yield f"{interface} has two spans at a time: {last} and {span}"
        last = span


def _said(difference: str | None) -> Iterator[str]:
    if difference is not None:
        yield difference
