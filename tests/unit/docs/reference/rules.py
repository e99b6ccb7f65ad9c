"""The rules of findings: each with its sentence, a file that breaks it, and what is told of it."""

from __future__ import annotations

from ivrctl.flow.rules import RULES as FLOW
from ivrctl.lang.rules import RULES as LANG
from ivrctl.site.rules import RULES as SITE
from ivrctl.testkit.scenario.rules import RULES as SCENARIO

from .examples import mistakes
from .markdown import page as page_of
from .markdown import section, table

_ABOVE = """
A finding has a place, a sentence, an advice and a rule. `ivrctl check` shows all of them in one run; an *error* makes
the site unusable, a *warning* does not. The ids never change their meaning: scripts may rely on them.

Below each rule stands a file that breaks it and what is told. Findings may differ in their sentence, since a rule
covers all mistakes of a kind.
"""


def page() -> str:
    """The page."""
    rules = {**LANG, **FLOW, **SITE, **SCENARIO}
    index = [(f"[{rule}](#{rule.lower()})", _severity(rule), title) for rule, title in rules.items()]
    parts = [_rule(rule, title) for rule, title in rules.items()]
    return page_of("Rules", _ABOVE, table(("rule", "", "about"), index), *parts)


def _severity(rule: str) -> str:
    mistake = mistakes().get(rule)
    return mistake.severity if mistake else "error"


def _rule(rule: str, title: str) -> str:
    mistake = mistakes().get(rule)
    sentence = title[0].upper() + title[1:] + "."
    return section(rule, sentence, mistake.shown if mistake else "")
