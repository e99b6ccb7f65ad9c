"""From the bytes of scenario files to scenarios, or to findings with their places."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.flow.program import Program
from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.testkit.scenario.check import check_scenario
from ivrctl.testkit.scenario.file import Scenario

SUFFIX = ".scenario.yaml"


def load_scenarios(source: bytes, path: str, program: Program) -> tuple[tuple[Scenario, ...], Findings]:
    """Read one scenario file.

    Args:
        source: its bytes.
        path: its name as findings and verdicts show it.
        program: the site that its scenarios are about: names and types are checked against it.

    Returns:
        The scenarios that can be played, in order, and all findings; a scenario with an error is left out.
    """
    findings = Findings()
    scenarios: list[Scenario] = []
    for document in load(source, path, findings):
        own = Findings()
        try:
            scenario = Scenario.bound(document, Binder(own, program))
            check_scenario(scenario, program, own)
        except Unbound:
            findings.items.extend(own.items)
            continue
        findings.items.extend(own.items)
        if not own.has_errors:
            scenarios.append(scenario)
    return tuple(scenarios), findings


def read_scenarios(files: Mapping[str, bytes], program: Program) -> tuple[tuple[Scenario, ...], Findings]:
    """Read every scenario file of a site, in the order of their names; other files are passed over.

    Args:
        files: path to content, as ``adapters.site_folder.read_site`` gives them.
        program: the site.
    """
    findings = Findings()
    scenarios: list[Scenario] = []
    for path in sorted(files):
        if path.endswith(SUFFIX):
            read, found = load_scenarios(files[path], path, program)
            scenarios.extend(read)
            findings.items.extend(found.items)
    return tuple(scenarios), findings
