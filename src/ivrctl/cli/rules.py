"""Every rule of every layer, in one place: what there is to explain."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.flow.rules import RULES as FLOW
from ivrctl.lang.rule import Rule, table
from ivrctl.lang.rules import RULES as LANG
from ivrctl.service.compiling import RULES as SPOKEN
from ivrctl.service.doctor.rules import RULES as DOCTOR
from ivrctl.service.recordings import RULES as RECORDINGS
from ivrctl.simulation.days.rules import RULES as DAY
from ivrctl.site.rules import RULES as SITE
from ivrctl.staffing.policy_files.rules import RULES as STAFFING
from ivrctl.testkit.scenario.rules import RULES as SCENARIO


def every_rule() -> Mapping[str, Rule]:
    """All rules by id, in the order of their ids; a table of each layer that has findings."""
    tables = (LANG, SITE, SPOKEN, RECORDINGS, FLOW, SCENARIO, DOCTOR, STAFFING, DAY)
    rules = (rule for each in tables for rule in each.values())
    return table(*sorted(rules, key=lambda rule: rule.id))
