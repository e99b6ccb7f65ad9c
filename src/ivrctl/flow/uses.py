"""What is set and never asked for, and what is asked for and never set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivrctl.flow.action import Action
from ivrctl.flow.actions.set import Set
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Place
from ivrctl.flow.parts import names_in
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.site.site_file import Site


def check_unused(flow: Flow, gains: Mapping[Place, frozenset[str]], findings: Findings) -> None:
    """Report flow names and params that no action of the flow reads.

    Args:
        flow: one without errors.
        gains: the flow names that the action of each place sets.
        findings: receives them as warnings.
    """
    read = _read(flow)
    for param in flow.params:
        if param not in read:
            message = f'no action of the flow reads the parameter "{param}"'
            findings.warning("IVR131", param.span, message, "remove it, also where the flow is entered")
    told: set[str] = set()
    for place, action in flow.places():
        for name in sorted(gains[place] - read - told):
            told.add(name)
            given = next((word for word in names_given(action) if word == name), None)
            span = action.span if given is None else given.span
            findings.warning(
                "IVR131", span, f'no action of the flow reads "{name}"', "remove it, or say it where it counts"
            )


def _read(flow: Flow) -> frozenset[str]:
    """The flow names that are read somewhere, or go back to the flow that entered this one."""
    read = {str(name) for name in flow.returns}
    for _place, action in flow.places():
        read |= {path[0] for path in names_in(action)}
    return frozenset(read)


def names_given(action: Action) -> Iterator[Word]:
    """The names to which an action gives a value when it ends well; call fields as ``call.x``."""
    if action.save is not None:
        yield action.save
    if isinstance(action.kind, Set):
        yield from action.kind.values


def check_site_uses(site: Site, flows: Mapping[str, Flow], findings: Findings) -> None:
    """Report settings that no flow reads, and call fields that are read and that no flow sets.

    Args:
        site: one without errors.
        flows: all of its flows, without errors.
        findings: receives them as warnings.
    """
    reading = [
        (action, {path[:2] for path in names_in(action)}) for flow in flows.values() for _, action in flow.places()
    ]
    read = {path for _, paths in reading for path in paths}
    for name, setting in site.settings.items():
        if ("settings", name) not in read and flows:
            findings.warning("IVR131", setting.span, f'no flow reads the setting "{name}"', "remove it, or use it")
    given = {str(name) for action, _ in reading for name in names_given(action)}
    told: set[tuple[str, ...]] = set()
    for action, paths in reading:
        for path in sorted(path for path in paths if _is_field(path, site)):
            if f"call.{path[1]}" not in given and path not in told:
                told.add(path)
                message = f'no flow ever sets "call.{path[1]}": it is none here'
                findings.warning("IVR132", action.span, message, f"set: {{call.{path[1]}: …}} where it is known")


def _is_field(path: tuple[str, ...], site: Site) -> bool:
    return path[0] == "call" and len(path) > 1 and path[1] in site.call_fields
