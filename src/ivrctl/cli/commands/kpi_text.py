"""Figures as a person reads them: tables, and below them what is incomplete and what is of all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from ivrctl.acd.books import Dimension, Lack
from ivrctl.acd.figure import Figure
from ivrctl.acd.open_stays import BLINK
from ivrctl.acd.promises import PromiseRow
from ivrctl.acd.service_level import Variant
from ivrctl.acd.stay import LEFT_UNANSWERED, AgentState, StayEnd
from ivrctl.cli.columns import table
from ivrctl.service.figures.cells import name_of, time_of
from ivrctl.service.figures.report import AgentRow, Report, ReportRow

_HEADINGS = (
    "",
    "offered",
    "answered",
    "abandoned",
    "short",
    "left",
    "waiting",
    "unknown",
    "level",
    "ASA",
    "AHT",
    "longest",
)
_AGENT_HEADINGS = (
    "",
    "talking",
    "wrap-up",
    "ringing",
    "busy",
    "paused",
    "idle",
    "away",
    "signed on",
    "occupancy",
    "talk",
)


_PROMISE_HEADINGS = ("answered as promised", "promised", "kept", "broken", "promise_unknown", "share")


def told(found: Report, agents: Mapping[str, str]) -> str:
    """A report as text.

    Args:
        found: the report.
        agents: names by interface, as the site file has them.
    """
    parts = [_table(_HEADINGS, [*(_cells(row, found) for row in found.rows), _cells(found.total, found, "total")])]
    parts += _incomplete(found)
    if Dimension.AGENT in found.question.by:
        of_each = [_agent(row, found, _named(row, agents)) for row in found.agents]
        lines = [*of_each, _agent(found.agents_total, found, "total")]
        parts.append("\n" + _table(_AGENT_HEADINGS, lines))
    if promises := found.calls.promises:
        parts.append("\n" + _table(_PROMISE_HEADINGS, [_promise(row, found) for row in promises]))
    parts.append("\n" + "".join(f"{name:22} {text}\n" for name, text in _below(found)))
    return "".join(parts)


def _cells(one: ReportRow, found: Report, name: str | None = None) -> list[str]:
    row, figures = one.row, one.figures
    named = name or found.question.name_of(row)
    return [
        named if row.is_complete else f"! {named}",
        str(row.offered),
        str(row.of(StayEnd.ANSWERED)),
        str(row.of(StayEnd.ABANDONED)),
        str(row.short_abandons),
        str(sum(row.of(end) for end in LEFT_UNANSWERED)),
        str(row.of(StayEnd.WAITING)),
        str(row.of(StayEnd.UNKNOWN)),
        percent(one.level.figure),
        seconds(figures.speed_of_answer),
        seconds(figures.handling_time),
        seconds(figures.longest_wait),
    ]


def _incomplete(found: Report) -> list[str]:
    """A line for each reason of a row: a connection that breaks again and again is one."""
    lines = []
    for one in [*found.rows, *([] if found.rows else [found.total])]:
        name = found.question.name_of(one.row)
        by_reason: dict[str, list[Lack]] = {}
        for lack in one.row.lacks:
            by_reason.setdefault(lack.why, []).append(lack)
        lines += [f"! {name}: {why}{_how_long(lacks)}\n" for why, lacks in by_reason.items()]
    return lines


def _how_long(lacks: Sequence[Lack]) -> str:
    """How often and for how long nothing was seen; of the moment before the very first reading nothing is told."""
    lost = timedelta(seconds=sum(lack.seconds for lack in lacks))
    often = f"{len(lacks)} times, " if len(lacks) > 1 else ""
    return f" ({often}for {_clock(lost)})" if lost > BLINK else ""


def _named(row: AgentRow, agents: Mapping[str, str]) -> str:
    agent = row.time.agent or ""
    return f"{agent} {agents[agent]}" if agent in agents else agent


def _agent(row: AgentRow, found: Report, name: str) -> list[str]:
    time = row.time
    when = "" if time.interval is None else f"/{time_of(time.interval, found.question.intervals.zone)}"
    of = time.of
    return [
        f"{name}{when}",
        *(_clock(of(state)) for state in (AgentState.TALKING, AgentState.WRAP_UP, AgentState.RINGING, AgentState.BUSY)),
        *(_clock(of(state)) for state in (AgentState.PAUSED, AgentState.IDLE, AgentState.AWAY)),
        _clock(time.signed_on),
        percent(row.occupancy),
        percent(row.talk_share),
    ]


def _promise(row: PromiseRow, found: Report) -> list[str]:
    is_of_one = row.cell.tier is not None
    name = name_of(row.cell, found.question.period, found.question.intervals.zone) if is_of_one else "total"
    return [name, *map(str, (row.promised, row.kept, row.broken, row.unknown)), percent(row.share)]


def _below(found: Report) -> list[tuple[str, str]]:
    """What is of all together."""
    levels = {one.variant: one.figure for one in found.levels}
    figures, calls, estimates, agents = found.total.figures, found.calls, found.estimates, found.agents_total
    threshold = f"{found.question.rule.answer_in.total_seconds():g} s"
    variants = (Variant.NEGATIVE, Variant.IGNORE, Variant.POSITIVE)
    lines = [
        (f"service level {threshold}", ", ".join(f"{variant} {percent(levels[variant])}" for variant in variants)),
        ("answered in 15 s", f"{percent(figures.answered_soon)} of {figures.answered_soon.of}"),
        ("abandoned", f"{percent(figures.abandoned)} of {figures.abandoned.of}"),
        ("waits of answered", f"P50 {seconds(figures.wait_p50)}, P80 {seconds(figures.wait_p80)}"),
        (
            "expected wait",
            ", ".join(
                (
                    f"P50 held for {percent(estimates.within_p50)}",
                    f"P80 for {percent(estimates.within_p80)}",
                    f"error {seconds(estimates.error)}",
                )
            ),
        ),
        (
            "agents",
            ", ".join(
                (
                    f"occupancy {percent(agents.occupancy)}",
                    f"talk {percent(agents.talk_share)}",
                    f"at work {percent(agents.working_share)} of {_clock(agents.time.signed_on)}",
                )
            ),
        ),
        ("self-service", f"{percent(calls.self_service)} of {calls.calls} calls"),
        ("first-call resolution", f"{percent(calls.repeats.first_call_resolution)}, {calls.repeats.repeats} repeats"),
    ]
    if calls.satisfaction is not None:
        rated = f"{calls.satisfaction.responses} of {calls.satisfaction.offered} rated"
        lines.append(("satisfied", f"{percent(calls.satisfaction.figure)}, {rated}"))
    return lines


def percent(figure: Figure) -> str:
    """A share; a dash for none."""
    return "-" if figure.value is None else f"{100 * figure.value:.1f} %"


def seconds(figure: Figure) -> str:
    """A time; a dash for none."""
    return "-" if figure.value is None else f"{figure.value:.1f} s"


def _clock(length: timedelta) -> str:
    minutes, rest = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they must be, numbers to the right."""
    return "".join(table([headings, *lines], right=range(1, len(headings))))
