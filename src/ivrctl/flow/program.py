"""From the files of a site to a program that calls run on, or to the findings that say why not.

A program is immutable and named by the content hash of all its files: a call ends on the version it began with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePath
from types import MappingProxyType

from ivrctl.flow.action import Action, Kind
from ivrctl.flow.actions.notices import Notices
from ivrctl.flow.check import check_flow
from ivrctl.flow.flow_file import SUFFIX, Flow, Line
from ivrctl.flow.graph import Graph, graph_of, places_before_input
from ivrctl.flow.position import Frame, Position
from ivrctl.flow.reach import check_reach
from ivrctl.flow.refusals import check_refusals
from ivrctl.flow.rounds_through_flows import check_rounds_through_flows
from ivrctl.flow.scope import Signature
from ivrctl.flow.silence import check_silence
from ivrctl.flow.uses import check_site_uses
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one
from ivrctl.lang.named_files import bound_files, name_of
from ivrctl.lang.source import Span, Word
from ivrctl.model.dial_pattern import DialPattern, best_match, common_number
from ivrctl.model.utterance import Utterance, in_one_breath
from ivrctl.site.areas import Areas, areas_of
from ivrctl.site.check import bind_site, check_day, shared_texts
from ivrctl.site.check_identity import method_texts
from ivrctl.site.check_regions import bind_regions
from ivrctl.site.file_names import DAY_SUFFIX, POLICY_SUFFIX
from ivrctl.site.region_files import is_table
from ivrctl.site.regions import RegionTable
from ivrctl.site.site_file import Site
from ivrctl.site.text import Text

SITE_FILE = "ivrctl.yaml"

UNKNOWN = Signature(is_known=False)
"""Of a flow whose file has findings of its own."""

_STEPS = re.compile(rb"^steps *:", re.MULTILINE)
"""The key that a flow has and other YAML files beside a site rarely have at their margin."""

_TRIGGERS = re.compile(rb"^triggers *:", re.MULTILINE)
"""The same of a policy of backup staff."""

VERSION_DIGITS = 12
"""Hexadecimal digits of a version's name: 48 bits tell the versions of one site apart."""


@dataclass(frozen=True, slots=True)
class Program:
    """A site and its flows, checked and ready to run."""

    version: str
    site: Site
    flows: Mapping[str, Flow]
    lines: Mapping[str, tuple[str, Line]]
    """Number or pattern to the flow that claims it."""
    patterns: Mapping[str, DialPattern]
    signatures: Mapping[str, Signature]
    """How each flow is entered by gosub, and what comes back."""
    takes_secrets: bool = False
    """True when some input takes a secret: then keys that count for nothing may be one, typed early."""
    regions: RegionTable = field(default_factory=RegionTable)
    """Which regions a calling number belongs to."""

    def begin(
        self,
        caller: str,
        number: str,
        now: datetime,
        *,
        is_from_agents: bool = False,
        regions: frozenset[str] | None = None,
    ) -> Position | None:
        """Where a call to a number begins; None when no line of the site has it.

        Args:
            caller: the calling number, in E.164 where it is one.
            number: the dialled one.
            now: aware.
            is_from_agents: True when an agent's phone dialled it, or an agent transferred the caller to it.
            regions: the caller's; when left out, those that the calling number belongs to.
        """
        key = best_match(self.patterns, number)
        if key is None:
            return None
        flow, line = self.lines[key]
        language = line.language or self.site.default_language
        frame = Frame(flow, str(line.step))
        is_turned_away = line.from_ == "agents" and not is_from_agents
        begun = Position(
            self.version,
            caller,
            number,
            now,
            str(language),
            (frame,),
            is_turned_away=is_turned_away,
            regions=self.regions.of(caller) if regions is None else regions,
            is_language_known=line.language is not None or len(set(self.site.languages)) == 1,
        )
        return begun.entering(str(line.step))

    def begin_after(
        self, former: Position, number: str, now: datetime, *, is_from_agents: bool = True
    ) -> Position | None:
        """Where a caller goes on who was transferred to a number; None when no line of the site has it.

        Who he is, the call fields and what he has heard of the notices go with him; so does his language, unless the
        line has its own.

        Args:
            former: where the leg stood that he was in, perhaps on another version of the site.
            number: to which he was transferred.
            now: aware.
            is_from_agents: as for ``begin``.
        """
        position = self.begin(former.caller, number, now, is_from_agents=is_from_agents)
        if position is None:
            return None
        fields = {name: value for name, value in former.fields.items() if name in self.site.call_fields}
        regions = position.regions | (former.regions & frozenset(map(str, self.site.regions)))
        position = replace(position, fields=fields, customer=former.customer, regions=regions, heard=former.heard)
        is_kept = former.is_language_known and former.language in self.site.languages
        if position.is_language_known or not is_kept:
            return position
        return replace(position, language=former.language, is_language_known=True)

    @property
    def points(self) -> frozenset[str]:
        """The points at which its flows say notices: they exist by being used."""
        return frozenset(str(kind.point) for kind in self._kinds() if isinstance(kind, Notices))

    def line(self, number: str) -> Line | None:
        """The line that a number reaches."""
        key = best_match(self.patterns, number)
        return None if key is None else self.lines[key][1]

    def action(self, frame: Frame) -> Action:
        """The action at a place, which the checker proved to exist."""
        return self.flows[frame.flow].steps[Word(frame.step)][frame.index]

    def utterances(self) -> tuple[Utterance, ...]:
        """Everything that the site and its flows say, in every language, with nothing in the places of values.

        Inputs are also listed as they are said again, after the words for silence and for a wrong key.
        """
        prompts = self.site.prompts
        said: list[tuple[Text, ...]] = [(text,) for text in shared_texts(self.site)]
        said += method_texts(self.site)
        for kind in self._kinds():
            for together in kind.said_together():
                said.append(together)
                if kind.asks():
                    said += [(prompts.no_input, *together), (prompts.no_match, *together)]
        spoken = (_together(texts, str(language)) for texts in said for language in self.site.languages)
        return tuple(dict.fromkeys(spoken))

    def _kinds(self) -> Iterator[Kind]:
        for flow in self.flows.values():
            for actions in flow.steps.values():
                yield from (action.kind for action in actions)


def _together(texts: tuple[Text, ...], language: str) -> Utterance:
    return in_one_breath(language, *(text.said(language).parts for text in texts))


def version_of(files: Mapping[str, bytes]) -> str:
    """The content hash that names a version: of the files' names and bytes, wherever the folder lies."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: PurePath(path).name):
        name = PurePath(path).name.encode()
        digest.update(b"%d:%s%d:" % (len(name), name, len(files[path])) + files[path])
    return digest.hexdigest()[:VERSION_DIGITS]


def compile_site(
    files: Mapping[str, bytes],
    folder: str = ".",
    today: date | None = None,
    areas: Callable[[str], Areas] = areas_of,
    beside: Callable[[Site | None, Findings], None] | None = None,
) -> tuple[Program | None, Findings]:
    """Bind and check the files of a site: ``ivrctl.yaml``, every ``*.ivr.yaml`` and every ``*.regions.csv``.

    Args:
        files: path as it is to be shown in findings -> content. Other files than those of a site are passed over.
        folder: named in the finding that says that there is no site file.
        today: the day for which the site is to be fit, where that is asked: of holidays not known yet nothing is told
            without it.
        areas: the areas of a calling code, asked for a site whose regions name places.
        beside: what else is checked against the site, or without one where that is broken: files that are no flows,
            whose errors leave no program either.

    Returns:
        The program, or None when a finding is an error; and all findings.
    """
    findings = Findings()
    _warn_of_unread(files, findings)
    site = _bind_site(files, folder, findings)
    regions = RegionTable() if site is None else bind_regions(site, files, areas, findings)
    flows = bound_files(Flow, SUFFIX, files, findings)
    broken = {name_of(path, SUFFIX) for path in files if path.endswith(SUFFIX)} - set(flows)
    signatures = {**dict.fromkeys(broken, UNKNOWN), **{name: flow.signature for name, flow in flows.items()}}
    graphs = {name: graph_of(flow, signatures) for name, flow in flows.items()}
    if site is not None:
        for name, flow in flows.items():
            check_flow(flow, graphs[name], site, signatures, findings)
            _check_lines_for_agents(flow, site, findings)
        if not findings.has_errors and not broken:
            check_refusals(flows, graphs, signatures, findings)
            check_site_uses(site, flows, findings)
            check_reach(site, flows, findings)
            check_silence(site, flows, findings)
            check_rounds_through_flows(flows, graphs, findings)
        if today is not None:
            check_day(site, today, findings)
    lines = _claim_lines(flows, findings)
    if beside is not None:
        beside(site, findings)
    if site is None or findings.has_errors:
        return None, findings
    ready = {name: _with_barge_in(flow, graphs[name]) for name, flow in flows.items()}
    patterns = {number: DialPattern.parse(number) for number in lines}
    version = version_of({path: content for path, content in files.items() if is_site_file(path)})
    takes_secrets = any(
        action.kind.asks() and not action.kind.takes_keys_ahead()
        for flow in ready.values()
        for _, action in flow.places()
    )
    program = Program(
        version, site, ready, MappingProxyType(lines), MappingProxyType(patterns), signatures, takes_secrets, regions
    )
    return program, findings


def is_site_file(path: str) -> bool:
    """True for the files that make up a version: the site file, flows, policies and tables of regions.

    Scenarios and synthetic days are none of it: no call needs them.
    """
    return PurePath(path).name == SITE_FILE or path.endswith((SUFFIX, POLICY_SUFFIX)) or is_table(path)


def _warn_of_unread(files: Mapping[str, bytes], findings: Findings) -> None:
    """A flow under a name that is passed over would be missing without a word."""
    for path, content in files.items():
        name = PurePath(path).name
        due = _due_name(name, content)
        if due is not None:
            findings.warning("IVR214", Span(path, 1, 1, 1, 1), f"{name} is not read", f"name it {due}")


def _due_name(name: str, content: bytes) -> str | None:
    """What a file should be named; None when it is right, or no part of a site."""
    stem, _, ending = name.rpartition(".")
    if ending == "yml" and (stem == "ivrctl" or stem.endswith((".ivr", ".scenario", ".staffing", ".day"))):
        return f"{stem}.yaml"
    if is_site_file(name) or name.endswith(DAY_SUFFIX) or stem.endswith(".scenario"):
        return None
    kinds = ((_STEPS, SUFFIX), (_TRIGGERS, POLICY_SUFFIX))
    return next((f"{stem}{suffix}" for key, suffix in kinds if key.search(content) is not None), None)


def _bind_site(files: Mapping[str, bytes], folder: str, findings: Findings) -> Site | None:
    for path, content in files.items():
        if PurePath(path).name == SITE_FILE:
            node = load_one(content, path, findings)
            return None if node is None else bind_site(node, findings)
    path = str(PurePath(folder) / SITE_FILE)
    findings.error(
        "IVR207", Span(path, 1, 1, 1, 1), "the site has no ivrctl.yaml", "ivrctl check takes a site's folder"
    )
    return None


def _claim_lines(flows: Mapping[str, Flow], findings: Findings) -> dict[str, tuple[str, Line]]:
    claimed: dict[str, tuple[str, Line]] = {}
    for name, flow in flows.items():
        for number, line in flow.lines.items():
            try:
                DialPattern.parse(number)
            except ValueError as error:
                findings.error("IVR118", number.span, f'"{number}" is no number and no pattern', str(error))
                continue
            if number in claimed:
                other, _ = claimed[number]
                message = f"the line {number} is claimed by flow {other} too"
                findings.error("IVR118", number.span, message, "leave it to one of them")
            claimed[str(number)] = (name, line)
    _check_overlaps(claimed, {str(number): number.span for flow in flows.values() for number in flow.lines}, findings)
    return claimed


def _check_overlaps(lines: Iterable[str], spans: Mapping[str, Span], findings: Findings) -> None:
    """Report patterns of which neither wins where both fit: which of them has the number would be anybody's guess."""
    patterns = sorted((number for number in lines if number.startswith("_")), key=lambda number: spans[number])
    for index, later in enumerate(patterns):
        for earlier in patterns[:index]:
            both = common_number(earlier, later)
            if both is not None:
                message = f"the line {later} and the line {earlier} both take {both}, and neither is narrower"
                findings.error("IVR118", spans[later], message, "write patterns that do not overlap")


def _check_lines_for_agents(flow: Flow, site: Site, findings: Findings) -> None:
    """Report lines for agents in a site that has no words for those who are turned away."""
    if site.prompts.agents_only is not None:
        return
    for number, line in flow.lines.items():
        if line.from_ is not None:
            message = f"the site has no words for a caller from outside who dials {number}"
            advice = "add agents_only to prompts in ivrctl.yaml: This number is for our staff only."
            findings.error("IVR126", line.span, message, advice)


def _with_barge_in(flow: Flow, graph: Graph) -> Flow:
    """The flow with the barge-in of every action decided."""
    before_input = places_before_input(flow, graph)
    steps = {
        step: tuple(replace(action, barges=(str(step), index) in before_input) for index, action in enumerate(actions))
        for step, actions in flow.steps.items()
    }
    return replace(flow, steps=steps)
