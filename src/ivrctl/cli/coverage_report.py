"""What was walked of a site's flows, as a table and sentences on a page of text."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.flow.coverage import Count, Coverage, FlowCoverage

IN_ALL = "in all"


def render_coverage(coverage: Coverage) -> str:
    """A row for each flow and one for all, then every gap with its place, in the order of the files."""
    rows = [*coverage.flows.items(), (IN_ALL, coverage.in_all)]
    width = max(len(name) for name, _ in rows)
    head = f"{'coverage':<{width}}  {'steps':>16}  {'actions':>16}  {'outcomes':>16}"
    return "\n".join([head, *(_row(name, width, flow) for name, flow in rows), *_gaps(coverage)]) + "\n"


def shortfalls(coverage: Coverage, least: float) -> list[str]:
    """The shares, of all flows together, that are below a threshold in per cent; each in words."""
    flow = coverage.in_all
    counts = {"steps": flow.steps, "actions": flow.actions, "outcomes": flow.outcomes}
    return [f"{share(count)} of the {name}" for name, count in counts.items() if count.percent < least]


def share(count: Count) -> str:
    """``95.4 %``, rounded down: 100 % means all."""
    return f"{int(count.percent * 10) / 10:g} %"


def _row(name: str, width: int, flow: FlowCoverage) -> str:
    return f"{name:<{width}}  {_cell(flow.steps)}  {_cell(flow.actions)}  {_cell(flow.outcomes)}"


def _cell(count: Count) -> str:
    return f"{f'{count.walked}/{count.all}':>9}{share(count):>7}"


def _gaps(coverage: Coverage) -> Iterator[str]:
    for flow in coverage.flows.values():
        yield from map(str, flow.gaps)
